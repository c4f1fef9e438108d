# Reference values of Kaplan-Meier curves, their intervals, quantiles and restricted
# means: random small series with heavy ties, case counts and left truncation, and
# three published series with all five transforms.
#
# Run with: Rscript make_kaplan_meier.R   (writes kaplan_meier.json beside itself)

suppressMessages({
  library(survival)
  library(jsonlite)
})
set.seed(20231)
transforms <- c("log-log", "log", "plain", "logit", "arcsin")
shares <- c(0.25, 0.5, 0.75)

# The curve that R reports, its quantiles, and the mean up to `tau`.
one_case <- function(name, time, event, transform, entry = NULL, weights = NULL,
                     level = 0.95, tau = NULL) {
  w <- if (is.null(weights)) rep(1, length(time)) else weights
  outcome <- if (is.null(entry)) Surv(time, event) else Surv(entry, time, event)
  fit <- survfit(outcome ~ 1, weights = w, conf.type = transform,
                 conf.int = level, robust = FALSE, se.fit = TRUE)
  q <- quantile(fit, shares)
  case <- list(name = name, time = I(time), event = I(as.integer(event)),
               transform = transform, level = level)
  if (!is.null(entry)) case$entry <- I(entry)
  if (!is.null(weights)) case$weights <- I(weights)
  case$out <- list(
    time = I(fit$time), at_risk = I(fit$n.risk), events = I(fit$n.event),
    censored = I(fit$n.censor), survival = I(fit$surv),
    standard_error = I(fit$surv * fit$std.err),
    low = I(fit$lower), high = I(fit$upper),
    quantile = I(unname(q$quantile)), quantile_low = I(unname(q$lower)),
    quantile_high = I(unname(q$upper)))
  if (!is.null(tau)) {
    table <- summary(fit, rmean = tau)$table
    case$tau <- tau
    case$out$mean <- unname(table["rmean"])
    case$out$mean_se <- unname(table["se(rmean)"])
  }
  case
}

cases <- list()
for (i in 1:240) {
  n <- sample(2:18, 1)
  top <- sample(2:9, 1)
  entry <- NULL
  weights <- NULL
  time <- sample(0:top, n, replace = TRUE)
  if (i %% 3 == 0) {
    entry <- sample(0:top, n, replace = TRUE)
    time <- entry + sample(1:4, n, replace = TRUE)
  }
  if (i %% 4 == 0) weights <- sample(1:4, n, replace = TRUE)
  event <- rbinom(n, 1, runif(1, 0.2, 1))
  tau <- max(1, sample(1:max(time, 1), 1) - sample(c(0, 0.5), 1))
  cases[[i]] <- one_case(paste0("random ", i), time, event,
                         transforms[(i - 1) %% 5 + 1], entry, weights,
                         level = c(0.95, 0.9, 0.99)[(i - 1) %% 3 + 1],
                         # R refuses a limit before the first time.
                         tau = if (max(time) >= tau && tau >= min(time)) tau else NULL)
}

# Freireich et al. 1963: weeks of remission under 6-mercaptopurine.
weeks <- c(6, 6, 6, 6, 7, 9, 10, 10, 11, 13, 16, 17, 19, 20, 22, 23, 25, 32, 32, 34, 35)
relapse <- c(1, 1, 1, 0, 1, 0, 1, 0, 0, 1, 1, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0)
for (transform in transforms)
  cases[[length(cases) + 1]] <- one_case(
    paste("Freireich 6-MP,", transform), weeks, relapse, transform, tau = 35)
cases[[length(cases) + 1]] <- one_case(
  "lung", lung$time, lung$status - 1, "log-log", tau = 1000)
for (transform in c("log-log", "arcsin"))
  cases[[length(cases) + 1]] <- one_case(
    paste("veteran,", transform), veteran$time, veteran$status, transform, tau = 500)

source <- list(
  citation = paste("Therneau T. A package for survival analysis in R;",
                   "random series, and the data sets of the package;",
                   "Freireich et al., Blood 1963;21:699"),
  obtained = "survfit, quantile and summary(rmean=) of R's survival",
  versions = paste0(R.version.string, "; survival ", packageVersion("survival")),
  date = "2026-11-22", generator = "make_kaplan_meier.R")
here <- dirname(sub("--file=", "", grep("--file=", commandArgs(), value = TRUE)))
write_json(list(source = source, cases = cases),
           file.path(here, "kaplan_meier.json"),
           digits = 17, auto_unbox = TRUE, na = "null")
