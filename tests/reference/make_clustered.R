# Reference values for the rank sum test of clustered values (Rosner, Glynn and Lee), by
# the R package clusrank, asymptotic.
# clusrank adds the ranks of the group with the higher code, here written as the first.
# Run in this folder: Rscript make_clustered.R
suppressMessages({library(clusrank); library(jsonlite)})
RNGkind("Mersenne-Twister", "Inversion", "Rejection")
set.seed(20261129)
cases <- list()
while (length(cases) < 60) {
  k <- sample(6:12, 1)
  even <- runif(1) < 0.5
  sizes <- if (even) rep(2, k) else sample(1:3, k, TRUE, c(2, 3, 1))
  g <- sample(0:1, k, TRUE)
  both <- tapply(g, sizes, function(v) length(unique(v)))
  if (any(both < 2)) next
  base <- rnorm(k) + g
  d <- data.frame(id = rep(seq_len(k), sizes), group = rep(g, sizes))
  d$y <- pmin(pmax(round(2 + rep(base, sizes) + rnorm(nrow(d))), 0), sample(c(3, 8), 1))
  if (length(unique(d$y)) < 2) next
  run <- function(side) tryCatch(suppressWarnings(
    clusWilcox.test(y ~ group + cluster(id), data = d, method = "rgl", alternative = side,
                    exact = FALSE)), error = function(e) NULL)
  plain <- lapply(c("two.sided", "less", "greater"), run)
  if (any(sapply(plain, is.null))) next
  case <- list(values = d$y, group = 1 - d$group, cluster = d$id,
               asymptotic = sapply(plain, function(t) t$p.value),
               z = unname(plain[[1]]$statistic))
  cases[[length(cases) + 1]] <- case
}
source <- list(
  citation = "Jiang Y, Lee MLT, He X, Rosner B, Yan J: R package clusrank, clusWilcox.test, method rgl",
  obtained = "Rscript make_clustered.R",
  versions = paste(R.version.string, "clusrank", packageVersion("clusrank")),
  date = "2026-11-29", generator = "make_clustered.R")
write(toJSON(list(source = source, cases = cases), digits = 17, auto_unbox = TRUE), "clustered.json")
