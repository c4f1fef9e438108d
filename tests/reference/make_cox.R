# Reference values of Cox regression with Efron's rule: random series with heavy ties,
# with and without case counts (as repeated rows), and three published data sets.
#
# Run with: Rscript make_cox.R   (writes cox.json beside itself)

suppressMessages({
  library(survival)
  library(jsonlite)
})
set.seed(20234)

# `endless` tells that the fit has a coefficient that runs away, seen from its size;
# fits between the two bounds are left out, since their size decides nothing.
one_case <- function(name, time, event, x, weights = NULL) {
  row <- seq_along(time)
  if (!is.null(weights)) row <- rep(row, weights)
  fit <- suppressWarnings(
    coxph(Surv(time[row], event[row]) ~ ., data = x[row, , drop = FALSE],
          control = coxph.control(eps = 1e-13, iter.max = 60)))
  if (anyNA(coef(fit))) return(NULL)
  reach <- max(abs(coef(fit)) * apply(x, 2, function(v) diff(range(v))))
  if (reach > 8 && reach < 15) return(NULL)
  case <- list(name = name, time = I(time), event = I(as.integer(event)),
               x = lapply(as.list(x), I), endless = reach >= 15)
  if (!is.null(weights)) case$weights <- I(weights)
  if (reach <= 8) {
    table <- summary(fit)
    case$out <- list(
      coefficient = I(unname(coef(fit))),
      standard_error = I(unname(table$coefficients[, "se(coef)"])),
      low = I(unname(table$conf.int[, "lower .95"])),
      high = I(unname(table$conf.int[, "upper .95"])),
      p_value = I(unname(table$coefficients[, "Pr(>|z|)"])),
      log_likelihood = fit$loglik[2],
      concordance = unname(fit$concordance["concordance"]))
  }
  case
}

cases <- list()
while (length(cases) < 230) {
  i <- length(cases) + 1
  n <- sample(8:30, 1)
  time <- sample(1:sample(4:30, 1), n, replace = TRUE)
  event <- rbinom(n, 1, runif(1, 0.4, 1))
  if (sum(event) < 3) next
  x <- data.frame(a = rbinom(n, 1, 0.5), b = sample(0:10, n, replace = TRUE))
  if (i %% 3 == 0) x$c <- rnorm(n)
  if (i %% 4 == 0) x <- x["a"]
  first <- min(time[event == 1])
  x_at_risk <- as.matrix(x[time >= first, , drop = FALSE])
  if (qr(cbind(1, x_at_risk))$rank <= ncol(x)) next
  weights <- if (i %% 5 == 0) sample(1:3, n, replace = TRUE) else NULL
  cases[[i]] <- one_case(paste0("random ", i), time, event, x, weights)
}
# Very small series, in which many likelihoods are monotone.
while (length(cases) < 270) {
  n <- sample(5:8, 1)
  time <- sample(1:10, n, replace = TRUE)
  event <- rbinom(n, 1, 0.7)
  x <- data.frame(a = rbinom(n, 1, 0.5), b = sample(0:3, n, replace = TRUE))
  if (sum(event) < 2) next
  at_risk <- as.matrix(x[time >= min(time[event == 1]), , drop = FALSE])
  if (qr(cbind(1, at_risk))$rank <= ncol(x)) next
  i <- length(cases) + 1
  cases[[i]] <- one_case(paste0("tiny ", i), time, event, x)
}
full <- na.omit(lung[c("time", "status", "age", "sex", "ph.ecog")])
cases[[length(cases) + 1]] <- one_case(
  "lung", full$time, full$status - 1,
  data.frame(age = full$age, sex = full$sex, ph.ecog = full$ph.ecog))
cases[[length(cases) + 1]] <- one_case(
  "veteran", veteran$time, veteran$status, veteran[c("karno", "age", "prior")])
weeks <- c(6, 6, 6, 6, 7, 9, 10, 10, 11, 13, 16, 17, 19, 20, 22, 23, 25, 32, 32, 34, 35,
           1, 1, 2, 2, 3, 4, 4, 5, 5, 8, 8, 8, 8, 11, 11, 12, 12, 15, 17, 22, 23)
relapse <- c(1, 1, 1, 0, 1, 0, 1, 0, 0, 1, 1, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0, rep(1, 21))
cases[[length(cases) + 1]] <- one_case(
  "Freireich", weeks, relapse, data.frame(placebo = rep(0:1, each = 21)))

source <- list(
  citation = paste("Therneau T. A package for survival analysis in R;",
                   "random series, and the data sets of the package;",
                   "Freireich et al., Blood 1963;21:699"),
  obtained = "coxph of R's survival, ties by Efron, eps = 1e-13",
  versions = paste0(R.version.string, "; survival ", packageVersion("survival")),
  date = "2026-11-22", generator = "make_cox.R")
here <- dirname(sub("--file=", "", grep("--file=", commandArgs(), value = TRUE)))
write_json(list(source = source, cases = cases), file.path(here, "cox.json"),
           digits = 17, auto_unbox = TRUE, na = "null")
