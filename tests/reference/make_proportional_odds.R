# Reference values for the proportional odds model: polr of MASS, its estimates, standard
# errors and log-likelihoods. Run in this folder: Rscript make_proportional_odds.R
suppressMessages({library(MASS); library(jsonlite)})
RNGkind("Mersenne-Twister", "Inversion", "Rejection")
set.seed(20261129)
cases <- list()
while (length(cases) < 40) {
  n <- sample(20:60, 1); k <- sample(3:5, 1); p <- sample(0:2, 1)
  x <- cbind(sample(0:4, n, TRUE), round(rnorm(n), 1))[, seq_len(p), drop = FALSE]
  g <- sample(c("a", "b"), n, TRUE)
  y <- pmin(pmax(round(rnorm(n, 2 + 0.5 * (g == "a") + 0.3 * rowSums(x)), 0), 0), k)
  if (any(table(g) < 5) || length(unique(y)) < 3) next
  frame <- data.frame(y = factor(y, ordered = TRUE), first = as.numeric(g == "a"), x)
  fit <- tryCatch(polr(y ~ ., frame, Hess = TRUE,
                       control = list(reltol = 1e-15, maxit = 1000)),
                  warning = function(w) NULL, error = function(e) NULL)
  if (is.null(fit) || max(abs(coef(fit))) > 6) next
  cases[[length(cases) + 1]] <- list(
    values = y, group = g, covariates = lapply(seq_len(p), function(j) x[, j]),
    coefficient = unname(coef(fit)[1]), error = unname(sqrt(diag(vcov(fit)))[1]))
}
source <- list(
  citation = "Venables WN, Ripley BD: R package MASS, polr",
  obtained = "Rscript make_proportional_odds.R",
  versions = paste(R.version.string, "MASS", packageVersion("MASS")),
  date = "2026-11-29", generator = "make_proportional_odds.R")
write(toJSON(list(source = source, cases = cases), digits = 17, auto_unbox = TRUE), "proportional_odds.json")
