# Reference values for negative binomial rates: glm.nb of MASS. Run in this folder:
# Rscript make_negative_binomial.R
suppressMessages({library(MASS); library(jsonlite)})
RNGkind("Mersenne-Twister", "Inversion", "Rejection")
set.seed(20261129)
cases <- list()
while (length(cases) < 30) {
  n <- sample(12:50, 1); p <- sample(0:2, 1)
  x <- cbind(sample(0:1, n, TRUE), sample(2015:2020, n, TRUE))[, seq_len(p), drop = FALSE]
  years <- sample(c(0.5, 1, 1.5, 2), n, TRUE)
  slope <- if (p > 0) x[, 1] * 0.7 else 0
  y <- rnbinom(n, mu = years * exp(0.7 + slope), size = sample(c(0.7, 1.5), 1))
  frame <- data.frame(y = y, x)
  formula <- if (p > 0) y ~ . - years + offset(log(years)) else y ~ offset(log(years))
  fit <- tryCatch(glm.nb(formula, data.frame(frame, years = years),
                         control = glm.control(epsilon = 1e-14, maxit = 200)),
                  warning = function(w) NULL, error = function(e) NULL)
  if (is.null(fit) || fit$theta > 20) next
  cases[[length(cases) + 1]] <- list(
    events = y, years = years, covariates = lapply(seq_len(p), function(j) x[, j]),
    coefficients = unname(coef(fit)), theta = fit$theta, likelihood = as.numeric(logLik(fit)))
}
source <- list(
  citation = "Venables WN, Ripley BD: R package MASS, glm.nb",
  obtained = "Rscript make_negative_binomial.R",
  versions = paste(R.version.string, "MASS", packageVersion("MASS")),
  date = "2026-11-29", generator = "make_negative_binomial.R")
write(toJSON(list(source = source, cases = cases), digits = 17, auto_unbox = TRUE), "negative_binomial.json")
