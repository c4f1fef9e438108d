# Reference values of cumulative incidence and of Gray's test: random small series
# with heavy ties, with and without case counts (as repeated rows) and strata.
#
# Run with: Rscript make_competing_risks.R   (writes competing_risks.json beside itself)

suppressMessages({
  library(cmprsk)
  library(jsonlite)
})
set.seed(20233)

one_case <- function(name, time, status, group, rho = 0, weights = NULL,
                     strata = NULL) {
  case <- list(name = name, time = I(time), status = I(status), group = I(group),
               rho = rho)
  row <- seq_along(time)
  if (!is.null(weights)) {
    case$weights <- I(weights)
    row <- rep(row, weights)
  }
  part <- if (is.null(strata)) rep(1, length(row)) else strata[row]
  if (!is.null(strata)) case$strata <- I(strata)
  t <- time[row]
  s <- status[row]
  all_patients <- timepoints(cuminc(t, s), sort(unique(t)))
  curve <- function(what) unname(all_patients[[what]][grep(" 1$", rownames(all_patients$est)), ])
  case$out <- list(time = I(sort(unique(t))), incidence = I(curve("est")),
                   variance = I(curve("var")))
  if (length(unique(group)) > 1) {
    test <- suppressWarnings(tryCatch(
      cuminc(t, s, group[row], part, rho = rho)$Tests, error = function(e) NULL))
    if (!is.null(test) && "1" %in% rownames(test)) {
      found <- test["1", ]
      # A negative statistic is the program's sign that its variance is singular.
      singular <- !is.finite(found["stat"]) || found["stat"] < 0
      case$out$statistic <- if (singular) NA else unname(found["stat"])
      case$out$p_value <- if (singular) NA else unname(found["pv"])
      case$out$df <- unname(found["df"])
    }
  }
  case
}

cases <- list()
while (length(cases) < 260) {
  i <- length(cases) + 1
  n <- sample(5:26, 1)
  time <- if (i %% 5 == 0) sample(1:200, n) else
    sample(0:sample(2:8, 1), n, replace = TRUE)
  status <- sample(0:3, n, replace = TRUE, prob = c(0.25, 0.4, 0.25, 0.1))
  groups <- sample(2:4, 1)
  group <- sample(rep(1:groups, length.out = n))
  if (!any(status == 1)) next
  weights <- if (i %% 6 == 0) sample(1:3, n, replace = TRUE) else NULL
  strata <- if (i %% 7 == 0) sample(1:2, n, replace = TRUE) else NULL
  cases[[i]] <- one_case(paste0("random ", i), time, status, group,
                         rho = c(0, 0, 0.5, 1)[i %% 4 + 1], weights, strata)
}

source <- list(
  citation = "Gray RJ. Ann Stat 1988;16:1141-1154, as programmed by its author",
  obtained = "cuminc and timepoints of R's cmprsk on random series",
  versions = paste0(R.version.string, "; cmprsk ", packageVersion("cmprsk")),
  date = "2026-11-22", generator = "make_competing_risks.R")
here <- dirname(sub("--file=", "", grep("--file=", commandArgs(), value = TRUE)))
write_json(list(source = source, cases = cases),
           file.path(here, "competing_risks.json"),
           digits = 17, auto_unbox = TRUE, na = "null")
