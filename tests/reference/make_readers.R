# Reference values of the intraclass correlation and of the limits of agreement: random
# small tables of readings.
# Run: Rscript make_readers.R  (writes readers.json beside itself)
suppressMessages({library(irr); library(jsonlite)})
set.seed(202314)

cases <- list()
while (length(cases) < 100) {
  n <- sample(4:30, 1)
  readers <- sample(2:5, 1)
  y <- rnorm(n, 50, sample(c(2, 10), 1)) +
    matrix(rnorm(readers, 0, sample(c(0, 3), 1)), n, readers, byrow = TRUE) +
    rnorm(n * readers, 0, 3)
  y <- round(y, sample(0:2, 1))
  found <- list()
  for (form in c("one-way", "consistency", "agreement")) {
    for (unit in c("single", "average")) {
      test <- icc(
        y, model = if (form == "one-way") "oneway" else "twoway",
        type = if (form == "one-way") "consistency" else form, unit = unit
      )
      found[[paste(form, unit)]] <- c(
        test$value, test$lbound, test$ubound, test$Fvalue, test$df1, test$df2,
        test$p.value
      )
    }
  }
  if (!all(is.finite(unlist(found)))) next
  cases[[length(cases) + 1L]] <- list(kind = "icc", rows = y, found = found)
}
while (length(cases) < 160) {
  n <- sample(2:60, 1)
  x <- round(rnorm(n, 50, 10), 1)
  y <- round(x + rnorm(n, 2, 4), 1)
  d <- x - y
  if (sd(d) == 0) next
  share <- sample(c(0.9, 0.95), 1)
  z <- qnorm((1 + share) / 2)
  reach <- qt(c(0.025, 0.975), n - 1, ncp = z * sqrt(n)) * sd(d) / sqrt(n)
  cases[[length(cases) + 1L]] <- list(
    kind = "limits", x = x, y = y, share = share, bias = c(mean(d), t.test(d)$conf.int),
    sd = sd(d), lower = mean(d) - c(z * sd(d), rev(reach)),
    upper = mean(d) + c(z * sd(d), reach)
  )
}

source <- list(
  citation = paste(
    "Gamer M, Lemon J, Fellows I, Singh P. irr: various coefficients of interrater",
    "reliability and agreement."
  ),
  obtained = paste(
    "icc of irr; the bounds of limits of agreement from the noncentral t distribution",
    "qt(ncp =) of R"
  ),
  versions = paste0(R.version.string, "; irr ", packageVersion("irr")),
  date = "2026-11-29",
  generator = "make_readers.R"
)
writeLines(toJSON(list(source = source, cases = cases), digits = 15, na = "null",
                  auto_unbox = TRUE), "readers.json")
