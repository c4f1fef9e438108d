# Reference values for rank analysis of covariance: lm of ranks on ranks, its residuals
# compared by coin. Run in this folder: Rscript make_rank_covariance.R
suppressMessages({library(coin); library(jsonlite)})
RNGkind("Mersenne-Twister", "Inversion", "Rejection")
set.seed(20261129)
cases <- list()
while (length(cases) < 60) {
  n <- sample(8:30, 1); p <- sample(1:2, 1)
  x <- cbind(sample(0:4, n, TRUE), sample(20:60, n, TRUE))[, seq_len(p), drop = FALSE]
  y <- pmin(pmax(x[, 1] + sample(-1:2, n, TRUE), 0), 5)
  g <- factor(sample(c("a", "b"), n, TRUE), levels = c("a", "b"))
  if (any(table(g) < 2) || length(unique(y)) < 2 || length(unique(x[, 1])) < 2) next
  ranks <- apply(x, 2, rank)
  r <- residuals(lm(rank(y) ~ ranks))
  if (max(abs(r)) < 1e-6) next
  plain <- independence_test(r ~ g, data.frame(r = r, g = g), teststat = "scalar")
  case <- list(values = y, group = as.character(g),
               covariates = lapply(seq_len(p), function(j) x[, j]),
               z = as.numeric(statistic(plain)), asymptotic = as.numeric(pvalue(plain)),
               means = as.numeric(tapply(r, g, mean)))
  cases[[length(cases) + 1]] <- case
}
source <- list(
  citation = "R Core Team: stats::lm of ranks; Hothorn T et al.: R package coin",
  obtained = "Rscript make_rank_covariance.R",
  versions = paste(R.version.string, "coin", packageVersion("coin")),
  date = "2026-11-29", generator = "make_rank_covariance.R")
write(toJSON(list(source = source, cases = cases), digits = 17, auto_unbox = TRUE), "rank_covariance.json")
