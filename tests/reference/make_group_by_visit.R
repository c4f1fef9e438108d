# Reference values of the tests of group and visit: random small tables of repeated
# grades of two to four groups with heavy ties, most of them with missed visits.
# Run: Rscript make_group_by_visit.R  (writes group_by_visit.json beside itself)
suppressMessages({library(nparLD); library(jsonlite)})
set.seed(202312)

cases <- list()
while (length(cases) < 200) {
  groups <- sample(2:4, 1)
  visits <- sample(2:5, 1)
  sizes <- sample(3:9, groups, replace = TRUE)
  group <- rep(seq_len(groups), sizes)
  n <- sum(sizes)
  levels <- sample(c(3, 5, 11, 60), 1)
  drift <- sample(0:2, groups, replace = TRUE)
  y <- matrix(sample(0:(levels - 1), n * visits, replace = TRUE), n)
  y <- y + outer(drift[group], seq_len(visits))
  share <- sample(c(0, 0.1, 0.3), 1)
  y[matrix(runif(n * visits) < share, n)] <- NA
  if (any(rowSums(!is.na(y)) == 0)) next
  few <- sapply(seq_len(groups), function(g) {
    seen <- !is.na(y[group == g, , drop = FALSE])
    any(colSums(seen) < 2) || any(crossprod(seen) == 0)
  })
  if (any(few)) next
  given <- list(
    y = as.vector(t(y)), time = rep(seq_len(visits), n),
    group = rep(group, each = visits), subject = rep(seq_len(n), each = visits),
    description = FALSE, order.warning = FALSE
  )
  found <- tryCatch({
    invisible(capture.output(
      test <- suppressWarnings(do.call(f1.ld.f1, c(given, plot.RTE = FALSE)))
    ))
    test
  }, error = function(e) NULL)
  if (is.null(found)) next
  numbers <- c(unlist(found$ANOVA.test), unlist(found$ANOVA.test.mod.Box))
  if (!all(is.finite(as.numeric(numbers)))) next
  variance <- NULL
  if (!anyNA(y)) {
    invisible(capture.output(variance <- do.call(ld.ci, c(given, rounds = 15))$Variance))
  }
  cells <- tail(found$RTE, groups * visits)
  cases[[length(cases) + 1L]] <- list(
    kind = "f1.ld.f1", rows = y, group = group,
    anova = unname(as.matrix(found$ANOVA.test)),
    wald = unname(as.matrix(found$Wald.test)),
    group_by_box = as.numeric(found$ANOVA.test.mod.Box),
    relative_effects = cells[, "RTE"], n_at_visit = cells[, "Nobs"],
    variance = variance
  )
}

source <- list(
  citation = paste(
    "Noguchi K, Gel YR, Brunner E, Konietschke F. nparLD: an R software package for the",
    "nonparametric analysis of longitudinal data in factorial experiments. J Stat Softw",
    "2012;50(12)."
  ),
  obtained = paste(
    "f1.ld.f1 of nparLD; without missing visits also ld.ci, whose variances are those",
    "of the effects times the number of patients"
  ),
  versions = paste0(R.version.string, "; nparLD ", packageVersion("nparLD")),
  date = "2026-11-29",
  generator = "make_group_by_visit.R"
)
writeLines(toJSON(list(source = source, cases = cases), digits = 15, na = "null",
                  auto_unbox = TRUE), "group_by_visit.json")
