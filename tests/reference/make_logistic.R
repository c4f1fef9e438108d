# Reference values of logistic regression: maximum likelihood by glm, its profile
# intervals by glm with the coefficient held by an offset, and Firth's estimate by brglm,
# also where covariates separate the outcomes.
#
# Run with: Rscript make_logistic.R   (writes logistic.json beside itself)

suppressMessages({
  library(brglm)
  library(jsonlite)
})
set.seed(20265)
tight <- glm.control(epsilon = 1e-14, maxit = 100)

profile_bounds <- function(rows, name, fit) {
  limit <- deviance(fit) + qchisq(0.95, 1)
  others <- setdiff(names(coef(fit)), c("(Intercept)", name))
  form <- reformulate(c(if (length(others)) others else "1", "offset(held)"), "y")
  loss <- function(b) {
    rows$held <- b * rows[[name]]
    deviance(suppressWarnings(
      glm(form, binomial, rows, weights = rows$w, control = tight))) - limit
  }
  b <- coef(fit)[[name]]
  step <- sqrt(vcov(fit)[name, name])
  low <- high <- 1
  while (loss(b - low * step) < 0) low <- 1.5 * low
  while (loss(b + high * step) < 0) high <- 1.5 * high
  exp(c(uniroot(loss, c(b - low * step, b), tol = 1e-12)$root,
        uniroot(loss, c(b, b + high * step), tol = 1e-12)$root))
}

one_case <- function(i, separated) {
  n <- sample(14:60, 1)
  x <- data.frame(a = rbinom(n, 1, 0.4), b = round(rnorm(n, 50, 9), 1))
  if (i %% 2 == 0) x$c <- sample(0:5, n, replace = TRUE)
  y <- rbinom(n, 1, plogis(-0.3 + 0.8 * x$a + 0.03 * (x$b - 50)))
  if (separated) y[x$a == 1] <- 1
  w <- if (i %% 3 == 0) sample(1:4, n, replace = TRUE) else rep(1, n)
  if (length(unique(y)) < 2 || qr(cbind(1, as.matrix(x)))$rank <= ncol(x)) return(NULL)
  rows <- cbind(x, y = y, w = w)
  form <- reformulate(names(x), "y")
  case <- list(name = paste("random", i), outcome = I(y), x = lapply(as.list(x), I),
               separated = separated)
  if (any(w > 1)) case$weights <- I(w)
  firth <- suppressWarnings(
    brglm(form, binomial, rows, weights = rows$w,
          control.brglm = brglm.control(br.epsilon = 1e-13, br.maxit = 2000)))
  case$firth <- list(
    coefficient = I(unname(coef(firth))),
    standard_error = I(unname(sqrt(diag(vcov(firth))))))
  if (!separated) {
    fit <- suppressWarnings(glm(form, binomial, rows, weights = rows$w, control = tight))
    if (!fit$converged || any(abs(coef(fit)[-1]) * apply(x, 2, sd) > 4)) return(NULL)
    # Standard errors are those of the step before the last: one more from the end.
    fit <- glm(form, binomial, rows, weights = rows$w, control = tight,
               start = coef(fit))
    table <- summary(fit)$coefficients
    null <- glm(y ~ 1, binomial, rows, weights = rows$w, control = tight)
    null <- glm(y ~ 1, binomial, rows, weights = rows$w, control = tight,
                start = coef(null))
    score <- anova(null, fit, test = "Rao")
    case$out <- list(
      coefficient = I(unname(coef(fit))), standard_error = I(unname(table[, 2])),
      z = I(unname(table[-1, 3])), p_value = I(unname(table[-1, 4])),
      log_likelihood = -deviance(fit) / 2, null_log_likelihood = -deviance(null) / 2,
      score = score$Rao[2],
      profile = lapply(names(x), function(v) I(profile_bounds(rows, v, fit))))
  }
  case
}

cases <- list()
i <- 0
while (length(cases) < 80) {
  i <- i + 1
  found <- tryCatch(one_case(i, i %% 4 == 1), error = function(e) NULL)
  if (!is.null(found)) cases[[length(cases) + 1]] <- found
}

source <- list(
  citation = "R Core Team, glm; Kosmidis I, brglm: bias reduction in binomial models",
  obtained = "glm, epsilon = 1e-14, profiles by an offset; brglm, br.epsilon = 1e-13",
  versions = paste0(R.version.string, "; brglm ", packageVersion("brglm")),
  date = "2026-11-29", generator = "make_logistic.R")
here <- dirname(sub("--file=", "", grep("--file=", commandArgs(), value = TRUE)))
write_json(list(source = source, cases = cases), file.path(here, "logistic.json"),
           digits = 17, auto_unbox = TRUE, na = "null")
