# Reference values for stratified 2 x 2 tables: the test of Cochran, Mantel and Haenszel,
# exact and not, and the statistic of Breslow, Day and Tarone. Run in this folder:
# Rscript make_strata.R
library(jsonlite)
RNGkind("Mersenne-Twister", "Inversion", "Rejection")
set.seed(20261129)

# Breslow and Day 1980, section 4.4, with the correction of Tarone 1985: the expected
# cells are found numerically.
tarone <- function(x) {
  n <- apply(x, 3, sum)
  x <- x[, , n > 0, drop = FALSE]
  keep <- apply(x, 3, function(m) all(rowSums(m) > 0) && all(colSums(m) > 0))
  x <- x[, , keep, drop = FALSE]
  if (dim(x)[3] < 2) return(NA)
  n <- apply(x, 3, sum)
  r <- sum(x[1, 1, ] * x[2, 2, ] / n); s <- sum(x[1, 2, ] * x[2, 1, ] / n)
  if (r == 0 || s == 0) return(NA)
  or <- r / s
  parts <- sapply(seq_along(n), function(k) {
    row <- sum(x[1, , k]); col <- sum(x[, 1, k])
    lo <- max(0, row + col - n[k]); hi <- min(row, col)
    f <- function(a) log(a) + log(n[k] - row - col + a) - log(row - a) - log(col - a) - log(or)
    e <- uniroot(f, c(lo, hi) + c(1, -1) * 1e-13 * (hi - lo), tol = 1e-15, maxiter = 10000)$root
    c(x[1, 1, k] - e, 1 / (1 / e + 1 / (row - e) + 1 / (col - e) + 1 / (n[k] - row - col + e)))
  })
  sum(parts[1, ]^2 / parts[2, ]) - sum(parts[1, ])^2 / sum(parts[2, ])
}

cases <- list()
while (length(cases) < 150) {
  k <- sample(2:5, 1)
  x <- array(rpois(4 * k, rep(rgamma(4, 3), k)), c(2, 2, k))
  if (any(apply(x, 3, sum) < 2)) next
  told <- apply(x, 3, function(m) all(rowSums(m) > 0) && all(colSums(m) > 0))
  if (sum(told) < 2) next
  conf <- sample(c(0.9, 0.95, 0.99), 1)
  exact <- lapply(c("two.sided", "less", "greater"), function(side)
    mantelhaen.test(x, exact = TRUE, alternative = side, conf.level = conf))
  plain <- mantelhaen.test(x, correct = FALSE, conf.level = conf)
  corrected <- mantelhaen.test(x, correct = TRUE, conf.level = conf)
  cases[[length(cases) + 1]] <- list(
    tables = lapply(1:k, function(i) x[, , i]), level = conf,
    p = sapply(exact, function(t) t$p.value),
    printed = c(unname(exact[[1]]$estimate), exact[[1]]$conf.int),
    chi_square = unname(plain$statistic), asymptotic = plain$p.value,
    corrected_chi_square = unname(corrected$statistic), corrected = corrected$p.value,
    mantel_haenszel = c(unname(plain$estimate), plain$conf.int),
    tarone = tarone(x))
}
infinite <- function(x) {
  if (is.list(x)) return(lapply(x, infinite))
  if (is.matrix(x) || !is.numeric(x) || !any(is.infinite(x))) return(x)
  parts <- lapply(x, function(v) if (is.infinite(v)) "inf" else v)
  if (length(parts) == 1) parts[[1]] else parts
}
source <- list(
  citation = "R Core Team: stats::mantelhaen.test, stats::uniroot; Breslow and Day 1980 and Tarone 1985 from their formulas",
  obtained = "Rscript make_strata.R", versions = R.version.string,
  date = "2026-11-29", generator = "make_strata.R")
write(toJSON(list(source = source, cases = infinite(cases)), digits = 17, auto_unbox = TRUE,
             na = "null"), "strata.json")
