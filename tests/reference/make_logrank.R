# Reference values of log-rank tests by survival::survdiff (rho = 0 and 1, strata) and
# coin::logrank_test (permutation covariance; exact for two groups). Run in this folder:
#   Rscript make_logrank.R
suppressMessages({library(survival); library(coin); library(jsonlite)})
RNGkind("Mersenne-Twister"); set.seed(1963)

hypergeometric <- function(d, rho, stratified) {
  fit <- if (stratified) survdiff(Surv(time, event) ~ group + strata(stratum), data = d, rho = rho)
         else survdiff(Surv(time, event) ~ group, data = d, rho = rho)
  obs <- if (is.matrix(fit$obs)) rowSums(fit$obs) else fit$obs
  exp <- if (is.matrix(fit$exp)) rowSums(fit$exp) else fit$exp
  v <- fit$var; s <- seq_along(obs)
  list(statistic = fit$chisq, df = sum(exp > 0) - 1, observed = obs, expected = exp, variance = v,
       trend_z = sum(s * (obs - exp)) / sqrt(drop(s %*% v %*% s)))
}

permutation <- function(d, type, exact) {
  d$group <- factor(d$group)
  form <- Surv(time, event) ~ group
  t <- logrank_test(form, data = d, type = type, rho = 1, gamma = 0)
  s <- unname(statistic(t))
  out <- list(statistic = if (nlevels(d$group) == 2) s^2 else s)
  if (exact && nlevels(d$group) == 2)
    out$p_value <- as.numeric(pvalue(logrank_test(form, data = d, type = type, rho = 1, gamma = 0,
                                                  distribution = "exact")))
  out
}

one <- function(name, d, exact = TRUE) {
  list(name = name, time = d$time, event = d$event == 1, group = d$group, stratum = d$stratum,
       logrank = hypergeometric(d, 0, FALSE), peto = hypergeometric(d, 1, FALSE),
       stratified = hypergeometric(d, 0, TRUE), stratified_peto = hypergeometric(d, 1, TRUE),
       permuted = list(logrank = permutation(d, "logrank", exact),
                       gehan = permutation(d, "Gehan-Breslow", exact),
                       peto = permutation(d, "Fleming-Harrington", exact)))
}

draw <- function(i) {
  k <- if (i %% 4 == 0) 3 else 2
  n <- if (i %% 5 == 0) sample(25:40, 1) else sample(8:18, 1)
  days <- list(1:4, c(7, 30, 91, 182, 365), 1:9)[[1 + i %% 3]]
  d <- data.frame(time = sample(days, n, TRUE), event = as.integer(runif(n) < 0.6),
                  group = sample(k, n, TRUE), stratum = sample(2, n, TRUE))
  if (length(unique(d$group)) < k || length(unique(d$stratum)) < 2) stop("drawn anew")
  out <- one(paste("random", i), d, n < 19)
  if (any(sapply(c("logrank", "peto", "stratified", "stratified_peto"), function(x)
      out[[x]]$df < k - 1 || rcond(out[[x]]$variance[-1, -1, drop = FALSE]) < 1e-8)))
    stop("drawn anew")
  out
}
# survdiff stops where the covariance is singular; such data are drawn anew.
settled <- function(i) repeat {
  case <- tryCatch(draw(i), error = function(e) NULL, warning = function(w) NULL)
  if (!is.null(case)) return(case)
}

freireich <- data.frame(
  time = c(1,1,2,2,3,4,4,5,5,8,8,8,8,11,11,12,12,15,17,22,23,
           6,6,6,7,10,13,16,22,23,6,9,10,11,17,19,20,25,32,32,34,35),
  event = rep(1:0, c(30, 12)), group = rep(1:2, c(21, 21)), stratum = rep(1:3, 14))
lung$stratum <- ifelse(is.na(lung$ph.ecog), 9, lung$ph.ecog)
published <- list(
  one("Freireich 6-MP", freireich, FALSE),
  one("veteran by treatment", with(veteran, data.frame(time, event = status, group = trt,
      stratum = as.integer(celltype))), FALSE),
  one("veteran by cell type", with(veteran, data.frame(time, event = status,
      group = as.integer(celltype), stratum = trt)), FALSE),
  one("lung by sex", with(lung, data.frame(time, event = status - 1, group = sex, stratum)), FALSE))
write(toJSON(list(
  source = list(
    citation = "Freireich EJ et al. Blood 1963;21:699-716; veteran and lung of the R package survival; otherwise random data, seed 1963",
    obtained = "survdiff of the R package survival (rho 0 and 1, strata); logrank_test of the R package coin (mid-ranks scores)",
    versions = paste("R", getRversion(), "survival", packageVersion("survival"), "coin", packageVersion("coin")),
    date = "2026-11-22", generator = "make_logrank.R"),
  cases = c(published, lapply(1:220, settled))), digits = 17, auto_unbox = TRUE, na = "null"),
  "logrank.json")
