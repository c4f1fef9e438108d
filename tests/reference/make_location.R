# Reference values of Hodges-Lehmann estimates and of the interval of a median.
# Run: Rscript make_location.R  (writes location.json beside itself)
library(jsonlite)
set.seed(20232)

cases <- list()
add <- function(...) cases[[length(cases) + 1L]] <<- list(...)

# No two averages or differences tie, so that R's exact interval applies.
for (i in 1:200) {
  n <- sample(6:25, 1)
  level <- sample(c(0.8, 0.9, 0.95), 1)
  x <- round(rnorm(n, 1, 3), 6)
  found <- wilcox.test(x, conf.int = TRUE, conf.level = level, exact = TRUE)
  stopifnot(grepl("exact", found$method))
  qu <- qsignrank((1 - level) / 2, n)
  add(kind = "one", x = x, level = level, estimate = unname(found$estimate),
      interval = as.numeric(found$conf.int), achieved = 1 - 2 * psignrank(qu - 1, n))
}
for (i in 1:200) {
  m <- sample(4:20, 1); n <- sample(4:20, 1)
  level <- sample(c(0.8, 0.9, 0.95), 1)
  x <- round(rnorm(m, 1, 3), 6); y <- round(rexp(n, 0.5), 6)
  found <- wilcox.test(x, y, conf.int = TRUE, conf.level = level, exact = TRUE)
  stopifnot(grepl("exact", found$method))
  qu <- qwilcox((1 - level) / 2, m, n)
  add(kind = "two", x = x, y = y, level = level, estimate = unname(found$estimate),
      interval = as.numeric(found$conf.int), achieved = 1 - 2 * pwilcox(qu - 1, m, n))
}
for (i in 1:200) {
  n <- sample(c(6:60, 900:1100, 4000), 1)
  level <- sample(c(0.8, 0.9, 0.95), 1)
  rank <- qbinom((1 - level) / 2, n, 0.5)
  add(kind = "median", n = n, level = level, rank = rank,
      achieved = 1 - 2 * pbinom(rank - 1, n, 0.5))
}

source <- list(
  citation = "R Core Team. R: a language and environment for statistical computing.",
  obtained = "wilcox.test(conf.int = TRUE), psignrank, pwilcox, pbinom of base R",
  versions = R.version.string,
  date = "2026-11-22",
  generator = "make_location.R"
)
writeLines(toJSON(list(source = source, cases = cases), digits = 17, na = "null",
                  auto_unbox = TRUE), "location.json")
