# Reference values of tests of paired grades and of square tables: random small samples
# with heavy ties and zeros, and the examples of the manual pages.
# Run: Rscript make_paired_samples.R  (writes paired_samples.json beside itself)
suppressMessages({library(coin); library(jsonlite)})
set.seed(20237)

cases <- list()
add <- function(...) cases[[length(cases) + 1L]] <<- list(...)
quiet <- function(expr) suppressMessages(suppressWarnings(expr))
number <- function(expr) tryCatch(as.numeric(quiet(expr)), error = function(e) NA_real_)
sides <- c("two.sided", "less", "greater")

one <- function(name, x, y) {
  d <- data.frame(x = x, y = y)
  case <- list(kind = "signed-rank", name = name, x = I(x), y = I(y))
  for (zero in c("Wilcoxon", "Pratt")) {
    run <- function(...) wilcoxsign_test(x ~ y, data = d, zero.method = zero, ...)
    case[[tolower(zero)]] <- list(
      z = number(statistic(run())),
      asymptotic = I(sapply(sides, function(s) number(pvalue(run(alternative = s))))),
      exact = I(sapply(sides, function(s)
        number(pvalue(run(alternative = s, distribution = "exact"))))))
  }
  run <- function(...) wilcox.test(x, y, paired = TRUE, ...)
  case$v <- number(run(exact = FALSE)$statistic)
  case$corrected <- I(sapply(sides, function(s)
    number(run(exact = FALSE, alternative = s)$p.value)))
  size <- abs(x - y)
  case$distinct <- all(size > 0) && !anyDuplicated(round(size, 9))
  case$exact <- if (case$distinct) I(sapply(sides, function(s)
    number(run(exact = TRUE, alternative = s)$p.value))) else NA
  up <- sum(x > y); down <- sum(x < y)
  case$sign <- I(sapply(sides, function(s) number(binom.test(up, up + down,
    alternative = s)$p.value)))
  do.call(add, case)
}

one("depression scores",
    c(1.83, 0.50, 1.62, 2.48, 1.68, 1.88, 1.55, 3.06, 1.30),
    c(0.878, 0.647, 0.598, 2.05, 1.06, 1.29, 1.06, 3.14, 1.29))
for (i in 1:230) {
  n <- sample(2:14, 1)
  if (i %% 4 == 0) {
    d <- sample(1:40, n) * sample(c(-1, 1), n, replace = TRUE)
    y <- sample(0:10, n, replace = TRUE)
    x <- y + d
  } else if (i %% 4 == 1) {
    y <- round(runif(n, 0, 3), 1); x <- round(runif(n, 0, 3), 1)
    # The packages subtract floats; whole numbers keep decimal ties as ties.
    x <- round(10 * x); y <- round(10 * y)
  } else {
    top <- sample(2:10, 1)
    x <- sample(0:top, n, replace = TRUE); y <- sample(0:top, n, replace = TRUE)
  }
  if (all(x == y)) next
  one(paste("pairs", i), x, y)
}

for (i in 1:220) {
  m <- matrix(sample(0:sample(c(3, 12, 60), 1), 4, replace = TRUE), 2)
  b <- m[1, 2]; c <- m[2, 1]
  if (b + c == 0) next
  ci <- binom.test(b, b + c)$conf.int
  odds <- ci / (1 - ci)
  add(kind = "mcnemar", table = m,
      statistic = number(mcnemar.test(m, correct = FALSE)$statistic),
      p_value = number(mcnemar.test(m, correct = FALSE)$p.value),
      # Where b = c the manual's formula would correct past zero.
      corrected = if (b != c) number(mcnemar.test(m)$p.value) else NA,
      exact = binom.test(b, b + c)$p.value,
      mid = if (b == c) 1 else binom.test(b, b + c)$p.value - dbinom(b, b + c, 0.5),
      low = odds[1], high = if (is.finite(odds[2])) odds[2] else NA)
}

square <- function(name, m) {
  names <- LETTERS[seq_len(nrow(m))]
  t <- as.table(matrix(m, nrow(m), dimnames = list(first = names, second = names)))
  change <- quiet(tryCatch(mh_test(t), error = function(e) NULL))
  add(kind = "square", name = name, table = m,
      bowker = number(mcnemar.test(m)$statistic), bowker_p = number(mcnemar.test(m)$p.value),
      stuart = if (is.null(change)) NA else number(statistic(change)),
      stuart_df = if (is.null(change)) NA else change@statistic@df,
      stuart_p = if (is.null(change)) NA else number(pvalue(change)))
}
square("unaided vision", matrix(c(1520, 234, 117, 36, 266, 1512, 362, 82, 124, 432, 1772, 179,
                                  66, 78, 205, 492), 4))
for (i in 1:220) {
  k <- sample(3:5, 1)
  m <- matrix(rpois(k * k, sample(c(0.7, 2, 8), 1)), k)
  if (sum(m) == sum(diag(m))) next
  square(paste("grades", i), m)
}

out <- list(source = list(
  citation = paste("Hollander M, Wolfe DA. Nonparametric statistical methods. Wiley 1973",
    "(depression scores); Stuart A. Biometrika 1953;40:105-110 (unaided vision); otherwise",
    "simulated"),
  obtained = paste("coin::wilcoxsign_test, wilcox.test, binom.test, mcnemar.test, coin::mh_test;",
    "signed-rank p-values in the order two-sided, less, greater"),
  versions = list(R = paste(R.version$major, R.version$minor, sep = "."),
    coin = as.character(packageVersion("coin"))),
  date = "2026-11-22", generator = "make_paired_samples.R"), cases = cases)
writeLines(toJSON(out, auto_unbox = TRUE, digits = I(17), na = "null", null = "null"),
           "paired_samples.json")
