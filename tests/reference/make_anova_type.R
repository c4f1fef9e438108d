# Reference values of the ANOVA-type statistic: random small tables of repeated grades
# with heavy ties, most of them with missed visits.
# Run: Rscript make_anova_type.R  (writes anova_type.json beside itself)
suppressMessages({library(nparLD); library(jsonlite)})
set.seed(202311)

cases <- list()
while (length(cases) < 260) {
  n <- sample(4:14, 1)
  visits <- sample(2:5, 1)
  levels <- sample(c(3, 5, 11, 60), 1)
  drift <- sample(0:2, 1)
  y <- matrix(sample(0:(levels - 1), n * visits, replace = TRUE), n)
  y <- pmin(y + rep(drift * seq_len(visits), each = n), levels + 2)
  share <- sample(c(0, 0.1, 0.3), 1)
  y[matrix(runif(n * visits) < share, n)] <- NA
  if (any(colSums(!is.na(y)) < 2) || any(rowSums(!is.na(y)) == 0)) next
  if (any(crossprod(!is.na(y)) == 0)) next
  found <- tryCatch({
    invisible(capture.output(test <- suppressWarnings(ld.f1(
      y = as.vector(t(y)), time = rep(seq_len(visits), n),
      subject = rep(seq_len(n), each = visits), description = FALSE,
      plot.RTE = FALSE, order.warning = FALSE, show.covariance = TRUE
    ))))
    test
  }, error = function(e) NULL)
  if (is.null(found)) next
  ats <- as.numeric(unlist(found$ANOVA.test[1, ]))
  if (!all(is.finite(ats))) next
  cases[[length(cases) + 1L]] <- list(
    kind = "ld.f1", rows = y, statistic = ats[1], df = ats[2], p_value = ats[3],
    relative_effects = unname(found$RTE[, "RTE"]),
    n_at_visit = unname(found$RTE[, "Nobs"])
  )
}

source <- list(
  citation = paste(
    "Noguchi K, Gel YR, Brunner E, Konietschke F. nparLD: an R software package for the",
    "nonparametric analysis of longitudinal data in factorial experiments. J Stat Softw",
    "2012;50(12)."
  ),
  obtained = "ld.f1 of nparLD",
  versions = paste0(R.version.string, "; nparLD ", packageVersion("nparLD")),
  date = "2026-11-22",
  generator = "make_anova_type.R"
)
writeLines(toJSON(list(source = source, cases = cases), digits = 17, na = "null",
                  auto_unbox = TRUE), "anova_type.json")
