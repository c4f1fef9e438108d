# Reference values of the Turnbull estimate by the R package survival. survfit() stops
# when no survival value moves by 5e-5; the same iteration is run here to 1e-14 (or 3,000 steps) as well.
# R takes closed intervals, so left ends are moved by a hundredth of a day: (l, u] is
# [l + 0.01, u] on whole days. Run in this folder:  Rscript make_turnbull.R
suppressMessages({library(survival); library(jsonlite)})
RNGkind("Mersenne-Twister"); set.seed(1976)

coarse <- survival:::survfitTurnbull
fine <- eval(parse(text = gsub("eps > 5e-05", "eps > 1e-14 && iter < 3000", deparse(coarse), fixed = TRUE)),
             environment(coarse))
use <- function(f) assignInNamespace("survfitTurnbull", f, "survival")

jumps <- function(left, right, count) {
  exact <- left == right
  fit <- survfit(Surv(ifelse(exact, left, left + 0.01), ifelse(is.finite(right), right, NA),
                      type = "interval2") ~ 1, weights = count, se.fit = FALSE)
  mass <- -diff(c(1, fit$surv))
  list(time = c(fit$time[mass > 0], Inf), mass = c(mass[mass > 0], fit$surv[length(fit$surv)]))
}
covered <- function(left, right, j) mapply(function(l, r)
  sum(j$mass[(j$time > l | (l == r & j$time == l)) & j$time <= r]), left, right)
log_likelihood <- function(left, right, count, j) sum(count * log(covered(left, right, j)))
gap <- function(left, right, count, j) {
  share <- count / covered(left, right, j)
  at <- sort(unique(c(right, left + 0.005)))
  offer <- sapply(at, function(t) sum(share[(t > left | (left == right & t == left)) & t <= right]))
  max(offer) / sum(count) - 1
}

draw <- function(i) {
  visits <- list(c(7, 30, 91, 182, 365), c(1, 2, 3, 5, 8, 13), 1:20)[[1 + i %% 3]]
  n <- sample(c(3, 5, 8, 12, 20, 28, 60), 1)
  day <- ceiling(rexp(n, 2 / max(visits)))
  left <- numeric(n); right <- rep(Inf, n)
  for (j in seq_len(n)) {
    kept <- visits[runif(length(visits)) < 0.6]
    if (any(kept < day[j])) left[j] <- max(kept[kept < day[j]])
    if (any(kept >= day[j])) right[j] <- min(kept[kept >= day[j]])
  }
  if (i %% 4 == 0) { known <- runif(n) < 0.3; left[known] <- right[known] <- day[known] }
  count <- if (i %% 5 == 0) sample(1:4, n, TRUE) else rep(1, n)
  if (all(is.infinite(right))) return(NULL)
  use(fine); tight <- jumps(left, right, count)
  # Where even this iteration has not arrived, its values are no reference.
  if (gap(left, right, count, tight) > 1e-14) return(NULL)
  use(coarse); usual <- jumps(left, right, count)
  list(left = left, right = ifelse(is.finite(right), right, NA), count = count,
       time = ifelse(is.finite(tight$time), tight$time, NA), mass = tight$mass,
       log_likelihood = log_likelihood(left, right, count, tight),
       log_likelihood_usual = log_likelihood(left, right, count, usual))
}

cases <- list(); tried <- 0
while (length(cases) < 220) {
  tried <- tried + 1
  case <- draw(tried)
  if (!is.null(case)) cases[[length(cases) + 1]] <- case
}
cat(tried, "drawn,", length(cases), "kept\n")
write(toJSON(list(
  source = list(
    citation = "Therneau T. survival: survival analysis (R package); random data, seed 1976",
    obtained = "survfit(Surv(type = \"interval2\")) with its stopping rule tightened to 1e-14, and as it is",
    versions = paste("R", getRversion(), "survival", packageVersion("survival")),
    date = "2026-11-22", generator = "make_turnbull.R"),
  cases = cases), auto_unbox = TRUE, digits = I(17), na = "null"), "turnbull.json")
