# Reference values for rank tests of values some of which are bounds: Gehan's scores by a
# double loop in a permutation test, and, where all bounds are lower ones (values censored
# on the right), the Gehan-Breslow test of coin, which finds its scores by itself.
# Run in this folder: Rscript make_bounds.R
suppressMessages({library(coin); library(survival); library(jsonlite)})
RNGkind("Mersenne-Twister", "Inversion", "Rejection")
set.seed(20261130)

# Whether a value with one sign is surely below another
below <- function(v, s, w, t) {
  if (s %in% c(">", ">=") || t %in% c("<", "<=")) return(FALSE)
  v < w || (v == w && (s == "<" || t == ">"))
}
gehan <- function(v, s) vapply(seq_along(v), function(i) sum(vapply(seq_along(v),
  function(j) below(v[j], s[j], v[i], s[i]) - below(v[i], s[i], v[j], s[j]), 0)), 0)

answers <- function(test_of) {
  found <- list()
  for (side in c("two.sided", "less", "greater")) {
    exact <- test_of(distribution = "exact", alternative = side)
    plain <- test_of(alternative = side)
    found[[sub("two.sided", "two-sided", side)]] <-
      list(exact = as.numeric(pvalue(exact)), asymptotic = as.numeric(pvalue(plain)))
  }
  found$z <- as.numeric(statistic(plain))
  found
}

cases <- list()
while (length(cases) < 160) {
  kind <- c("mixed", "right-censored", "several")[1 + length(cases) %% 3]
  n <- sample(6:16, 1)
  k <- if (kind == "several") sample(3:4, 1) else 2
  d <- data.frame(g = factor(sample(letters[1:k], n, TRUE), levels = letters[1:k]))
  d$v <- sample(1:sample(c(3, 6, 30), 1), n, TRUE)
  signs <- if (kind == "right-censored") ">" else c("<", "<=", ">", ">=")
  d$s <- ifelse(runif(n) < runif(1), sample(signs, n, TRUE), "")
  d$a <- gehan(d$v, d$s)
  if (any(table(d$g) == 0) || !any(d$s != "") || length(unique(d$a)) < 2) next
  out <- list(kind = kind, value = d$v, sign = d$s, group = as.character(d$g), scores = d$a)
  if (kind == "several") {
    plain <- independence_test(a ~ g, d, teststat = "quadratic")
    out$statistic <- as.numeric(statistic(plain))
    out$p <- as.numeric(pvalue(plain))
  } else {
    out$test <- answers(function(...) independence_test(a ~ g, d, teststat = "scalar", ...))
  }
  if (kind == "right-censored") {
    d$time <- Surv(d$v, d$s == "")
    out$censored <- list(
      score_sum = as.numeric(statistic(logrank_test(time ~ g, d, type = "Gehan-Breslow"),
                                       "linear")),
      test = answers(function(...)
        independence_test(time ~ g, d, teststat = "scalar",
          ytrafo = function(x) trafo(x, surv_trafo = function(y)
            logrank_trafo(y, type = "Gehan-Breslow")), ...)))
  }
  cases[[length(cases) + 1]] <- out
}
source <- list(
  citation = "Hothorn T et al.: R package coin, independence_test of Gehan's scores, and of its own Gehan-Breslow scores of censored times",
  obtained = "Rscript make_bounds.R",
  versions = paste(R.version.string, "coin", packageVersion("coin"), "survival",
                   packageVersion("survival")),
  date = "2026-11-30", generator = "make_bounds.R")
write(toJSON(list(source = source, cases = cases), digits = 17, auto_unbox = TRUE), "bounds.json")
