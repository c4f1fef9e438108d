# Reference values of rank correlations.
# Run: Rscript make_association.R  (writes association.json beside itself)
library(jsonlite)
library(coin)
set.seed(20233)

cases <- list()
add <- function(...) cases[[length(cases) + 1L]] <<- list(...)
sides <- c("two.sided", "less", "greater")

# Without ties R is exact: Spearman up to 9 patients, Kendall below 50.
for (i in 1:200) {
  n <- sample(3:9, 1); side <- sample(sides, 1)
  x <- sample(100, n); y <- sample(100, n)
  found <- cor.test(x, y, method = "spearman", exact = TRUE, alternative = side)
  add(kind = "spearman-exact", x = x, y = y, side = side,
      estimate = unname(found$estimate), p_value = found$p.value)
}
for (i in 1:200) {
  n <- sample(3:45, 1); side <- sample(sides, 1)
  x <- sample(100, n); y <- sample(100, n)
  found <- cor.test(x, y, method = "kendall", exact = TRUE, alternative = side)
  add(kind = "kendall-exact", x = x, y = y, side = side,
      estimate = unname(found$estimate), p_value = found$p.value)
}

# With ties: the asymptotic tests.
for (i in 1:220) {
  n <- sample(5:40, 1); side <- sample(sides, 1)
  x <- sample(0:sample(2:8, 1), n, replace = TRUE)
  y <- pmax(0, x + sample(-3:3, n, replace = TRUE))
  if (length(unique(x)) < 2 || length(unique(y)) < 2) next
  one <- suppressWarnings(cor.test(x, y, method = "spearman", exact = FALSE,
                                   alternative = side))
  two <- suppressWarnings(cor.test(x, y, method = "kendall", exact = FALSE,
                                   alternative = side))
  z <- statistic(spearman_test(y ~ x, data = data.frame(x, y)))
  add(kind = "ties", x = x, y = y, side = side, spearman = unname(one$estimate),
      spearman_p = one$p.value, kendall = unname(two$estimate),
      kendall_p = two$p.value, coin_z = unname(z))
}

source <- list(
  citation = "R Core Team. R: a language and environment for statistical computing.",
  obtained = "cor.test of base R, spearman_test of coin",
  versions = paste0(R.version.string, "; coin ", packageVersion("coin")),
  date = "2026-11-22",
  generator = "make_association.R"
)
writeLines(toJSON(list(source = source, cases = cases), digits = 17, na = "null",
                  auto_unbox = TRUE), "association.json")
