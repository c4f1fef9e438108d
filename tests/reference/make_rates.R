# Reference values of Poisson rates and their ratio: poisson.test.
# Run: Rscript make_rates.R  (writes rates.json beside itself)
library(jsonlite)
set.seed(20261129)
show <- function(x) ifelse(is.finite(x), x, as.character(x))
cases <- list()
for (i in 1:60) {
  x <- rpois(1, sample(c(0.5, 3, 20), 1)); y <- rpois(1, sample(c(0.5, 3, 20), 1))
  t <- signif(runif(1, 0.1, 500), 6); u <- signif(runif(1, 0.1, 500), 6)
  level <- sample(c(0.8, 0.9, 0.95, 0.99), 1)
  one <- poisson.test(x, t, conf.level = level)$conf.int
  cases[[length(cases) + 1L]] <- list(kind = "rate", x = x, t = t, level = level,
                                      low = one[1], high = one[2])
  if (x + y == 0) x <- 1L
  two <- poisson.test(c(x, y), c(t, u), conf.level = level)$conf.int
  cases[[length(cases) + 1L]] <- list(
    kind = "ratio", x = x, t = t, y = y, u = u, level = level,
    low = two[1], high = if (is.finite(two[2])) two[2] else "Inf")
}
source <- list(
  citation = "R Core Team. R: a language and environment for statistical computing.",
  obtained = "poisson.test: exact interval of a rate and of a ratio of rates",
  versions = R.version.string, date = "2026-11-29", generator = "make_rates.R")
writeLines(toJSON(list(source = source, cases = cases), digits = 17, na = "null",
                  auto_unbox = TRUE), "rates.json")
