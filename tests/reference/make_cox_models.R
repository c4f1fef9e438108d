# Reference values of whole Cox models: strata, late entry, case counts, both rules for
# ties; the three tests; the test of proportional hazards on four scales of time; and
# profile intervals, from coxph with the coefficient held by an offset.
#
# Run with: Rscript make_cox_models.R   (writes cox_models.json beside itself)

suppressMessages({
  library(survival)
  library(jsonlite)
})
set.seed(20264)
control <- coxph.control(eps = 1e-13, iter.max = 60)

profile_bounds <- function(rows, rest, fit, ties) {
  limit <- fit$loglik[2] - qchisq(0.95, 1) / 2
  others <- setdiff(names(coef(fit)), "a")
  form <- reformulate(c(others, if (rest != "") rest, "offset(held)"), "outcome")
  loss <- function(b) {
    rows$held <- b * rows$a
    held <- coxph(form, data = rows, ties = ties, control = control)
    tail(held$loglik, 1) - limit
  }
  b <- coef(fit)[["a"]]
  step <- sqrt(vcov(fit)["a", "a"])
  exp(c(uniroot(loss, c(b - 9 * step, b), tol = 1e-12)$root,
        uniroot(loss, c(b, b + 9 * step), tol = 1e-12)$root))
}

one_case <- function(i) {
  n <- sample(25:70, 1)
  stop <- sample(1:sample(5:40, 1), n, replace = TRUE)
  if (i %% 4 == 0) stop <- round(rexp(n) * 100, 2) + 1
  start <- if (i %% 2 == 0) pmax(stop - sample(1:20, n, replace = TRUE), 0) - 0.5 else NULL
  if (!is.null(start)) start[runif(n) < 0.5] <- -1
  strata <- if (i %% 3 == 0) sample(c("x", "y"), n, replace = TRUE) else NULL
  weights <- if (i %% 5 == 0) sample(1:3, n, replace = TRUE) else rep(1, n)
  x <- data.frame(a = rbinom(n, 1, 0.5), b = rnorm(n),
                  c = sample(c("k", "l", "m"), n, replace = TRUE))
  event <- rbinom(n, 1, 0.8)
  ties <- if (i %% 7 < 4) "efron" else "breslow"
  row <- rep(seq_len(n), weights)
  rows <- x[row, ]
  rows$outcome <- if (is.null(start)) Surv(stop[row], event[row]) else
    Surv(start[row], stop[row], event[row])
  if (!is.null(strata)) rows$s <- strata[row]
  rest <- if (is.null(strata)) "" else "strata(s)"
  form <- reformulate(c("a", "b", "c", if (rest != "") rest), "outcome")
  fit <- suppressWarnings(coxph(form, data = rows, ties = ties, control = control))
  if (anyNA(coef(fit)) || max(abs(coef(fit))) > 4) return(NULL)
  table <- summary(fit)
  plain <- rows
  plain$cl <- as.numeric(plain$c == "l")
  plain$cm <- as.numeric(plain$c == "m")
  form <- reformulate(c("a", "b", "cl", "cm", if (rest != "") rest), "outcome")
  again <- coxph(form, data = plain, ties = ties, control = control)
  zph <- list()
  for (scale in c("km", "rank", "identity", "log")) {
    found <- cox.zph(fit, transform = scale)$table
    zph[[scale]] <- list(statistic = I(unname(found[, "chisq"])),
                         df = I(unname(found[, "df"])), p_value = I(unname(found[, "p"])))
  }
  case <- list(name = paste("random", i), time = I(stop), event = I(event),
               x = lapply(as.list(x), I), ties = ties)
  if (!is.null(start)) case$entry <- I(start)
  if (!is.null(strata)) case$strata <- I(strata)
  if (any(weights > 1)) case$weights <- I(weights)
  case$out <- list(
    coefficient = I(unname(coef(fit))),
    standard_error = I(unname(table$coefficients[, "se(coef)"])),
    z = I(unname(table$coefficients[, "z"])),
    p_value = I(unname(table$coefficients[, "Pr(>|z|)"])),
    null_log_likelihood = fit$loglik[1], log_likelihood = fit$loglik[2],
    likelihood_ratio = I(unname(table$logtest)), score = I(unname(table$sctest)),
    wald = unname(fit$wald.test),
    concordance = unname(fit$concordance["concordance"]),
    profile = I(profile_bounds(plain, rest, again, ties)), zph = zph)
  case
}

cases <- list()
i <- 0
while (length(cases) < 42) {
  i <- i + 1
  found <- tryCatch(one_case(i), error = function(e) NULL)
  if (!is.null(found)) cases[[length(cases) + 1]] <- found
}

source <- list(
  citation = "Therneau T. A package for survival analysis in R; random series",
  obtained = "coxph, its summary and cox.zph; profiles by coxph with an offset",
  versions = paste0(R.version.string, "; survival ", packageVersion("survival")),
  date = "2026-11-29", generator = "make_cox_models.R")
here <- dirname(sub("--file=", "", grep("--file=", commandArgs(), value = TRUE)))
write_json(list(source = source, cases = cases), file.path(here, "cox_models.json"),
           digits = 17, auto_unbox = TRUE, na = "null")
