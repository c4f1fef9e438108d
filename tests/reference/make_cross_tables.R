# Reference values for cross tables: Fisher's exact test, odds ratio, risk ratio, risk
# difference. Run in this folder: Rscript make_cross_tables.R
library(jsonlite)
RNGkind("Mersenne-Twister", "Inversion", "Rejection")
set.seed(20230719)

# The conditional odds ratio to the precision of a double; fisher.test stops at 1e-4.
odds <- function(m, conf) {
  r <- sum(m[1, ]); n <- sum(m); k <- sum(m[, 1]); x <- m[1, 1]
  lo <- max(0, k - (n - r)); hi <- min(r, k)
  if (lo == hi) return(c(NA, 0, Inf))
  support <- lo:hi
  base <- dhyper(support, r, n - r, k, log = TRUE)
  p <- function(t) { w <- base + t * support; w <- exp(w - max(w)); w / sum(w) }
  root <- function(f) exp(uniroot(f, c(-40, 40), tol = 1e-14, maxiter = 10000)$root)
  a <- (1 - conf) / 2
  c(if (x == lo) 0 else if (x == hi) Inf else root(function(t) sum(p(t) * support) - x),
    if (x == lo) 0 else root(function(t) sum(p(t)[support >= x]) - a),
    if (x == hi) Inf else root(function(t) a - sum(p(t)[support <= x])))
}

# Koopman's interval: the risks under a ratio are fitted numerically, not in closed form.
koopman <- function(a, n1, c, n2, conf) {
  if (a + c == 0) return(c(0, Inf))
  z2 <- qchisq(conf, 1)
  score <- function(t) {
    r <- exp(t)
    slope <- function(p) (a + c) / p - (n1 - a) * r / (1 - r * p) - (n2 - c) / (1 - p)
    top <- min(1, 1 / r)
    ends <- top * c(1e-15, 1 - 1e-15)
    p2 <- if (slope(ends[2]) >= 0) top else
      uniroot(slope, ends, tol = 1e-300, maxiter = 100000)$root
    p1 <- r * p2
    part <- function(x, n, p) if (p >= 1) (if (x == n) 0 else Inf) else (x - n * p)^2 / (n * p * (1 - p))
    part(a, n1, p1) + part(c, n2, p2)
  }
  est <- log((a / n1) / (c / n2))
  f <- function(t) min(score(t), 1e6) - z2
  root <- function(lo, hi) exp(uniroot(f, c(lo, hi), tol = 1e-13, maxiter = 100000)$root)
  c(if (a == 0) 0 else root(-25, if (is.finite(est)) est else 20),
    if (c == 0) Inf else root(if (is.finite(est)) est else -20, 25))
}

cases <- list()
fill <- function(r, c, n) {
  repeat {
    m <- matrix(rmultinom(1, n, rgamma(r * c, 1)), r, c)
    if (all(rowSums(m) > 0) && all(colSums(m) > 0)) return(m)
  }
}
for (i in 1:240) {
  m <- fill(2, 2, sample(6:60, 1))
  conf <- sample(c(0.9, 0.95, 0.99), 1)
  test <- fisher.test(m, conf.level = conf)
  a <- m[1, 1]; n1 <- sum(m[1, ]); b <- m[2, 1]; n2 <- sum(m[2, ])
  s <- sqrt(1 / a - 1 / n1 + 1 / b - 1 / n2); rr <- (a / n1) / (b / n2)
  cases[[i]] <- list(kind = "two by two", table = m, level = conf,
    p = test$p.value,
    less = fisher.test(m, alternative = "less")$p.value,
    greater = fisher.test(m, alternative = "greater")$p.value,
    printed = c(unname(test$estimate), test$conf.int), odds = odds(m, conf),
    katz = if (a > 0 && b > 0) rr * exp(c(-1, 1) * qnorm((1 + conf) / 2) * s) else c(NA, NA),
    koopman = if (a + b > 0 && a + b < n1 + n2) koopman(a, n1, b, n2, conf) else c(NA, NA),
    ratio = rr, difference = a / n1 - b / n2)
}
for (i in 1:240) {
  r <- sample(2:4, 1); c <- sample(2:5, 1)
  if (r * c == 4) c <- 3
  m <- fill(r, c, sample((r * c):40, 1))
  cases[[length(cases) + 1]] <- list(kind = "larger", table = m,
    p = fisher.test(m, workspace = 2e7)$p.value)
}
infinite <- function(x) {
  if (is.list(x)) return(lapply(x, infinite))
  if (is.matrix(x) || !is.numeric(x) || !any(is.infinite(x))) return(x)
  parts <- lapply(x, function(v) if (is.infinite(v)) "inf" else v)
  if (length(parts) == 1) parts[[1]] else parts
}
source <- list(
  citation = "R Core Team: stats::fisher.test, stats::dhyper, stats::uniroot; Koopman 1984 and Katz 1978 from their formulas",
  obtained = "Rscript make_cross_tables.R", versions = R.version.string,
  date = "2026-11-22", generator = "make_cross_tables.R")
write(toJSON(list(source = source, cases = infinite(cases)), digits = 17, auto_unbox = TRUE,
             na = "null"), "cross_tables.json")
