# Reference values of the one-sample log-rank test: random small samples against an
# exponential curve.
# Run: Rscript make_one_sample_logrank.R  (writes one_sample_logrank.json beside itself)
suppressMessages({library(survival); library(jsonlite)})
set.seed(202315)

cases <- list()
for (i in 1:60) {
  n <- sample(4:40, 1)
  rate <- runif(1, 0.005, 0.05)
  time <- ceiling(rexp(n, rate * sample(c(0.5, 1, 2), 1)))
  end <- ceiling(runif(n, 5, 200))
  event <- time <= end
  time <- pmin(time, end)
  test <- survdiff(Surv(time, event) ~ offset(exp(-rate * time)))
  exact <- poisson.test(sum(event), sum(rate * time))
  cases[[i]] <- list(
    kind = "offset", time = time, event = event, rate = rate, observed = test$obs,
    expected = test$exp, chi_square = test$chisq, bounds = exact$conf.int[1:2],
    less = ppois(sum(event), sum(rate * time)),
    greater = ppois(sum(event) - 1, sum(rate * time), lower.tail = FALSE)
  )
}

source <- list(
  citation = "Therneau T. A package for survival analysis in R.",
  obtained = "survdiff with an offset, poisson.test and ppois",
  versions = paste0(R.version.string, "; survival ", packageVersion("survival")),
  date = "2026-11-29",
  generator = "make_one_sample_logrank.R"
)
writeLines(toJSON(list(source = source, cases = cases), digits = 15, na = "null",
                  auto_unbox = TRUE), "one_sample_logrank.json")
