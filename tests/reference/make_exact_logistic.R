# Reference values for exact conditional logistic regression: all choices of the patients
# with the outcome are listed; bounds by uniroot; clogit of survival for one covariate.
# Run in this folder: Rscript make_exact_logistic.R
suppressMessages({library(survival); library(jsonlite)})
RNGkind("Mersenne-Twister", "Inversion", "Rejection")
set.seed(20261129)

choices <- function(happened, stratum) {
  # one row a choice, one column a patient
  out <- matrix(0, 1, 0)
  order <- integer(0)
  for (s in unique(stratum)) {
    rows <- which(stratum == s); m <- sum(happened[rows])
    sets <- if (m == 0) matrix(0, 1, length(rows)) else
      t(apply(combn(length(rows), m), 2, function(i) { v <- rep(0, length(rows)); v[i] <- 1; v }))
    out <- cbind(out[rep(seq_len(nrow(out)), each = nrow(sets)), , drop = FALSE],
                 sets[rep(seq_len(nrow(sets)), nrow(out)), , drop = FALSE])
    order <- c(order, rows)
  }
  out[, match(seq_along(happened), order), drop = FALSE]
}

one <- function(sums, observed, j, conf) {
  same <- apply(sums[, -j, drop = FALSE], 1, function(r) all(abs(r - observed[-j]) < 1e-9))
  t <- round(sums[same, j], 9); o <- round(observed[j], 9)
  values <- sort(unique(t)); ways <- as.numeric(table(t))
  if (length(values) == 1) return(NULL)
  p <- function(b) { w <- log(ways) + b * (values - o); w <- exp(w - max(w)); w / sum(w) }
  root <- function(f) uniroot(f, c(-60, 60), tol = 1e-13, maxiter = 10000)$root
  upper <- function(b) sum(p(b)[values >= o]); lower <- function(b) sum(p(b)[values <= o])
  a <- (1 - conf) / 2
  low <- if (o == min(values)) -Inf else root(function(b) upper(b) - a)
  high <- if (o == max(values)) Inf else root(function(b) a - lower(b))
  est <- if (o == min(values)) root(function(b) 0.5 - lower(b)) else
    if (o == max(values)) root(function(b) upper(b) - 0.5) else
    root(function(b) sum(p(b) * (values - o)))
  mean <- sum(p(0) * values)
  list(coefficient = est, low = low, high = high, possible = length(values),
       p = min(1, 2 * min(upper(0), lower(0))),
       score = sum(p(0)[abs(values - mean) >= abs(o - mean) - 1e-9]),
       probability = sum(ways[ways <= ways[values == o]]) / sum(ways))
}

cases <- list()
while (length(cases) < 60) {
  n <- sample(6:12, 1); k <- sample(1:2, 1); p <- sample(1:3, 1)
  stratum <- sort(sample(seq_len(k), n, TRUE))
  x <- cbind(sample(0:1, n, TRUE), sample(3:9, n, TRUE) / 2, sample(20:60, n, TRUE))
  x <- x[, seq_len(p), drop = FALSE]
  happened <- rbinom(n, 1, plogis(x[, p] - mean(x[, p])))
  if (any(apply(x, 2, function(v) length(unique(v))) < 2)) next
  if (!any(tapply(happened, stratum, function(v) length(unique(v))) == 2)) next
  conf <- sample(c(0.9, 0.95, 0.99), 1)
  sets <- choices(happened, stratum)
  sums <- sets %*% x; observed <- as.numeric(happened %*% x)
  case <- list(outcome = happened, strata = stratum, level = conf,
    covariates = lapply(seq_len(p), function(j) x[, j]),
    found = lapply(seq_len(p), function(j) one(sums, observed, j, conf)))
  if (p == 1 && !is.null(case$found[[1]])) {
    fit <- tryCatch(suppressWarnings(clogit(happened ~ x[, 1] + strata(stratum), method = "exact",
      control = coxph.control(eps = 1e-12, toler.inf = 1e-8))), error = function(e) NULL)
    if (!is.null(fit) && abs(coef(fit)) < 5) case$clogit <- unname(coef(fit))
  }
  cases[[length(cases) + 1]] <- case
}
infinite <- function(x) {
  if (is.list(x)) return(lapply(x, infinite))
  if (!is.numeric(x) || !any(is.infinite(x))) return(x)
  if (x > 0) "inf" else "-inf"
}
source <- list(
  citation = "R Core Team: utils::combn, stats::uniroot, over all choices; Therneau T: survival::clogit",
  obtained = "Rscript make_exact_logistic.R",
  versions = paste(R.version.string, "survival", packageVersion("survival")),
  date = "2026-11-29", generator = "make_exact_logistic.R")
write(toJSON(list(source = source, cases = infinite(cases)), digits = 17, auto_unbox = TRUE,
             null = "null"), "exact_logistic.json")
