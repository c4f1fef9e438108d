# Reference values of pooled proportions: metafor (logit-normal models) and lme4
# (binomial-normal model). Writes pooling.json beside itself.
# Rscript tests/reference/make_pooling.R
suppressMessages({library(metafor); library(lme4); library(jsonlite)})
sets <- list(
  conservative = list(a = c(13, 7, 25), n = c(25, 16, 28)),
  anticoagulated = list(a = c(94, 47, 56, 158), n = c(174, 61, 77, 195)),
  resolution = list(a = c(12, 13, 4, 9), n = c(25, 14, 11, 10)),
  zeros = list(a = c(0, 3, 1, 10), n = c(12, 20, 9, 10)),
  alike = list(a = c(10, 12, 8), n = c(20, 22, 18)),
  two = list(a = c(3, 20), n = c(30, 40))
)
cases <- list()
for (name in names(sets)) {
  a <- sets[[name]]$a; n <- sets[[name]]$n
  corrected <- escalc(measure = "PLO", xi = a, ni = n, add = 0.5, to = "only0")
  for (tau2 in c("REML", "DL")) for (test in c("knha", "adhoc", "z")) {
    fit <- suppressWarnings(rma(yi, vi, data = corrected, method = tau2, test = test,
               control = list(threshold = 1e-12, maxiter = 10000, stepadj = 0.5)))
    cases[[length(cases) + 1]] <- list(
      name = name, a = a, n = n, model = "logit-normal",
      tau2_method = if (tau2 == "REML") "reml" else "dersimonian-laird",
      interval = c(knha = "hartung-knapp without floor", adhoc = "hartung-knapp",
                   z = "normal")[[test]],
      estimate = plogis(as.numeric(fit$beta)), low = plogis(fit$ci.lb),
      high = plogis(fit$ci.ub), tau2 = fit$tau2, i2 = fit$I2 / 100, q = fit$QE, q_p_value = fit$QEp)
  }
  study <- factor(seq_along(a))
  fit <- glmer(cbind(a, n - a) ~ 1 + (1 | study), family = binomial, nAGQ = 25,
    control = glmerControl(optimizer = "Nelder_Mead",
      optCtrl = list(maxfun = 1e5, FtolAbs = 1e-14, FtolRel = 1e-15, XtolRel = 1e-12)))
  est <- as.numeric(fixef(fit)); se <- sqrt(as.numeric(vcov(fit, use.hessian = TRUE)))
  cases[[length(cases) + 1]] <- list(
    name = name, a = a, n = n, model = "binomial-normal", tau2_method = NA, interval = NA,
    estimate = plogis(est), low = plogis(est - qnorm(0.975) * se),
    high = plogis(est + qnorm(0.975) * se),
    tau2 = as.numeric(VarCorr(fit)$study), q = NA, q_p_value = NA)
}
args <- commandArgs(FALSE)
here <- dirname(sub("^--file=", "", args[grep("^--file=", args)]))
versions <- paste0("R ", getRversion(), ", metafor ", packageVersion("metafor"),
                   ", lme4 ", packageVersion("lme4"))
write(toJSON(list(source = list(
  citation = "Viechtbauer W. J Stat Softw 2010;36(3); Bates D, et al. J Stat Softw 2015;67(1)",
  obtained = "metafor::rma on metafor::escalc(measure = PLO); lme4::glmer with nAGQ = 25",
  versions = versions, date = "2026-11-29", generator = "make_pooling.R"),
  cases = cases), auto_unbox = TRUE, digits = 17, na = "null", pretty = TRUE),
  file.path(here, "pooling.json"))
