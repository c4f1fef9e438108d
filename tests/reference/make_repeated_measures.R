# Reference values of tests on repeated grades: random small tables with heavy ties, some
# with missed visits, and the rounding-first-base data of Hollander and Wolfe.
# Run: Rscript make_repeated_measures.R  (writes repeated_measures.json beside itself)
suppressMessages({library(coin); library(rstatix); library(jsonlite)})
set.seed(20236)

cases <- list()
add <- function(...) cases[[length(cases) + 1L]] <<- list(...)
quiet <- function(expr) suppressMessages(suppressWarnings(expr))
number <- function(expr) tryCatch(as.numeric(quiet(expr)), error = function(e) NA_real_)

long <- function(y) {
  data.frame(y = as.vector(t(y)), x = factor(rep(seq_len(ncol(y)), nrow(y))),
             b = factor(rep(seq_len(nrow(y)), each = ncol(y))))
}

one <- function(name, y, counts = NULL) {
  whole <- y[complete.cases(y), , drop = FALSE]
  weight <- if (is.null(counts)) rep(1L, nrow(y)) else counts
  whole <- whole[rep(seq_len(nrow(whole)), weight[complete.cases(y)]), , drop = FALSE]
  some <- nrow(whole) > 1 && any(apply(whole, 1, function(r) length(unique(r)) > 1))
  found <- quiet(friedman.test(whole))
  d <- long(whole)
  d$o <- ordered(d$x)
  ranks <- t(apply(whole, 1, rank))
  trend <- function(alternative) {
    # A linear statistic with the scores 1..k of the ordered visits, ranks as responses.
    e <- data.frame(r = as.vector(t(ranks)), x = as.numeric(d$x), b = d$b)
    independence_test(r ~ x | b, data = e, alternative = alternative, teststat = "scalar")
  }
  case <- list(kind = "friedman", name = name, rows = y,
    statistic = unname(found$statistic), df = unname(found$parameter), p_value = found$p.value,
    w = if (some) number(friedman_effsize(d, y ~ x | b)$effsize) else NA,
    coin = if (some) number(statistic(coin::friedman_test(y ~ x | b, data = d))) else NA,
    page_z = if (some) number(statistic(trend("two.sided"))) else NA,
    page_p = if (some) number(pvalue(trend("two.sided"))) else NA,
    page_greater = if (some) number(pvalue(trend("greater"))) else NA,
    page_less = if (some) number(pvalue(trend("less"))) else NA,
    page_coin = if (some && ncol(y) > 2)
      number(statistic(coin::friedman_test(y ~ o | b, data = d))) else NA)
  if (!is.null(counts)) case$weights <- I(counts)
  do.call(add, case)
}

base <- matrix(c(5.40, 5.50, 5.55, 5.85, 5.70, 5.75, 5.20, 5.60, 5.50, 5.55, 5.50, 5.40,
  5.90, 5.85, 5.70, 5.45, 5.55, 5.60, 5.40, 5.40, 5.35, 5.45, 5.50, 5.35, 5.25, 5.15, 5.00,
  5.85, 5.80, 5.70, 5.25, 5.20, 5.10, 5.65, 5.55, 5.45, 5.60, 5.35, 5.45, 5.05, 5.00, 4.95,
  5.50, 5.50, 5.40, 5.45, 5.55, 5.50, 5.55, 5.55, 5.35, 5.45, 5.50, 5.55, 5.50, 5.45, 5.25,
  5.65, 5.60, 5.40, 5.70, 5.65, 5.55, 6.30, 6.30, 6.25), ncol = 3, byrow = TRUE)
one("rounding first base", base)

for (i in 1:220) {
  n <- sample(2:9, 1); k <- sample(2:5, 1)
  y <- matrix(sample(0:sample(1:6, 1), n * k, replace = TRUE), n)
  if (i %% 3 == 0) y[sample(n * k, sample(0:2, 1))] <- NA
  if (sum(complete.cases(y)) < 2) next
  one(paste("table", i), y, if (i %% 4 == 0) sample(1:4, n, replace = TRUE))
}

for (i in 1:210) {
  n <- sample(2:10, 1); k <- sample(2:5, 1)
  y <- matrix(rbinom(n * k, 1, runif(1, 0.2, 0.8)), n)
  found <- quiet(tryCatch(cochran_qtest(long(y), y ~ x | b), error = function(e) NULL))
  if (is.null(found)) next
  add(kind = "cochran", name = paste("yes-no", i), rows = y,
      statistic = unname(found$statistic), df = unname(found$df), p_value = found$p)
}

out <- list(source = list(
  citation = paste("Hollander M, Wolfe DA. Nonparametric statistical methods. Wiley 1973,",
    "p. 140 ff. (rounding first base); otherwise simulated"),
  obtained = paste("friedman.test, coin::friedman_test, coin::independence_test with ranks",
    "within blocks, rstatix::friedman_effsize, rstatix::cochran_qtest"),
  versions = list(R = paste(R.version$major, R.version$minor, sep = "."),
    coin = as.character(packageVersion("coin")),
    rstatix = as.character(packageVersion("rstatix"))),
  date = "2026-11-22", generator = "make_repeated_measures.R"), cases = cases)
writeLines(toJSON(out, auto_unbox = TRUE, digits = I(17), na = "null", null = "null"),
           "repeated_measures.json")
