# Reference values of the difference of two restricted means, from the restricted
# means that survfit prints for each group.
#
# Run with: Rscript make_restricted_mean.R   (writes restricted_mean.json beside itself)

suppressMessages({
  library(survival)
  library(jsonlite)
})
set.seed(20232)

one_case <- function(name, time, event, group, weights = NULL, tau = NULL) {
  w <- if (is.null(weights)) rep(1, length(time)) else weights
  case <- list(name = name, time = I(time), event = I(as.integer(event)),
               group = I(group))
  if (!is.null(weights)) case$weights <- I(weights)
  if (!is.null(tau)) case$tau <- tau
  limit <- if (is.null(tau)) min(tapply(time, group, max)) else tau
  means <- sapply(sort(unique(group)), function(g) {
    mine <- group == g
    fit <- survfit(Surv(time[mine], event[mine]) ~ 1, weights = w[mine],
                   robust = FALSE)
    summary(fit, rmean = limit)$table[c("rmean", "se(rmean)")]
  })
  difference <- unname(means[1, 2] - means[1, 1])
  se <- sqrt(sum(means[2, ]^2))
  case$out <- list(
    tau = limit, estimate = difference, standard_error = se,
    low = difference - qnorm(0.975) * se, high = difference + qnorm(0.975) * se,
    p_value = if (se > 0) 2 * pnorm(-abs(difference / se)) else NA,
    means = I(unname(means[1, ])), errors = I(unname(means[2, ])))
  case
}

cases <- list()
while (length(cases) < 210) {
  n <- sample(4:24, 1)
  time <- sample(1:sample(3:12, 1), n, replace = TRUE)
  group <- sample(rep(1:2, length.out = n))
  event <- rbinom(n, 1, runif(1, 0.3, 1))
  weights <- if (length(cases) %% 4 == 0) sample(1:4, n, replace = TRUE) else NULL
  limit <- min(tapply(time, group, max))
  tau <- if (length(cases) %% 2 == 0) sample(1:limit, 1) - 0.5 else NULL
  # R refuses a limit before the first time.
  first <- max(tapply(time, group, min))
  if (first > (if (is.null(tau)) limit else tau)) next
  cases[[length(cases) + 1]] <- one_case(
    paste0("random ", length(cases) + 1), time, event, group, weights, tau)
}
cases[[length(cases) + 1]] <- one_case(
  "veteran", veteran$time, veteran$status, veteran$trt, tau = 365)

source <- list(
  citation = "Therneau T. A package for survival analysis in R; random series, veteran",
  obtained = "summary(survfit, rmean=) of each group, then the normal formula",
  versions = paste0(R.version.string, "; survival ", packageVersion("survival")),
  date = "2026-11-22", generator = "make_restricted_mean.R")
here <- dirname(sub("--file=", "", grep("--file=", commandArgs(), value = TRUE)))
write_json(list(source = source, cases = cases),
           file.path(here, "restricted_mean.json"),
           digits = 17, auto_unbox = TRUE, na = "null")
