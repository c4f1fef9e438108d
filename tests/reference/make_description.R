# Reference values of the description of one variable: quantiles by the nine rules,
# Shapiro-Wilk, intervals of a proportion, Hodges-Lehmann estimates.
# Run: Rscript make_description.R  (writes description.json beside itself)
library(jsonlite)
set.seed(20231)

cases <- list()
add <- function(...) cases[[length(cases) + 1L]] <<- list(...)

for (i in 1:200) {
  n <- sample(1:30, 1)
  x <- switch(sample(3, 1), sample(0:10, n, replace = TRUE),
              sample(c(0, 3, 7, 30, 91), n, replace = TRUE),
              round(rnorm(n, 50, 12), 1))
  p <- sample(c(0, 0.05, 0.1, 0.2, 0.25, 0.3, 0.5, 0.6, 0.7, 0.75, 0.9, 0.95, 1), 4)
  values <- lapply(1:9, function(type) unname(quantile(x, p, type = type)))
  add(kind = "quantile", x = I(x), p = I(p), values = values)
}

for (i in 1:200) {
  n <- sample(3:40, 1)
  x <- if (i %% 2) sample(0:10, n, replace = TRUE) else round(rexp(n, 0.1), 1)
  if (length(unique(x)) < 2) next
  found <- shapiro.test(x)
  add(kind = "shapiro", x = I(x), statistic = unname(found$statistic),
      p_value = found$p.value, mean = mean(x), sd = sd(x))
}

for (i in 1:200) {
  n <- sample(1:60, 1)
  k <- sample(0:n, 1)
  level <- sample(c(0.8, 0.9, 0.95, 0.99), 1)
  wilson <- suppressWarnings(prop.test(k, n, conf.level = level, correct = FALSE))
  exact <- binom.test(k, n, conf.level = level)
  a <- (1 - level) / 2
  add(kind = "proportion", count = k, n = n, level = level,
      wilson = as.numeric(wilson$conf.int), exact = as.numeric(exact$conf.int),
      jeffreys = c(if (k == 0) 0 else qbeta(a, k + 0.5, n - k + 0.5),
                   if (k == n) 1 else qbeta(a, k + 0.5, n - k + 0.5, lower.tail = FALSE)))
}

source <- list(
  citation = "R Core Team. R: a language and environment for statistical computing.",
  obtained = "quantile, shapiro.test, prop.test, binom.test, qbeta of base R",
  versions = R.version.string,
  date = "2026-11-22",
  generator = "make_description.R"
)
writeLines(toJSON(list(source = source, cases = cases), digits = 17, na = "null",
                  auto_unbox = TRUE), "description.json")
