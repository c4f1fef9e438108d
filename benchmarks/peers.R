# What R does with the same data. Each job reads columns of doubles, takes its own
# processor time over repeats, and prints results and median seconds as JSON.
#
#   Rscript peers.R JOB FOLDER REPEATS

suppressPackageStartupMessages({
  library(survival)
  library(jsonlite)
})

job <- commandArgs(TRUE)[1]
if (job %in% c("exact", "monte-carlo", "van-elteren", "ranks")) suppressPackageStartupMessages(library(coin))
folder <- commandArgs(TRUE)[2]
repeats <- as.integer(commandArgs(TRUE)[3])

column <- function(name) {
  path <- file.path(folder, paste0(name, ".f64"))
  readBin(path, "double", file.size(path) / 8)
}

versions <- function() {
  packages <- c("survival", "coin")
  versions <- lapply(packages, function(p) as.character(packageVersion(p)))
  c(list(R = paste(R.version$major, R.version$minor, sep = ".")),
    setNames(versions, packages))
}

timed <- function(work, loops = 1) {
  seconds <- replicate(repeats, {
    invisible(gc())
    sum(system.time(for (i in seq_len(loops)) work())[1:2]) / loops
  })
  median(seconds)
}

answer <- function(...) {
  cat(toJSON(list(...), auto_unbox = TRUE, digits = NA), "\n", sep = "")
}

if (job == "versions") {
  do.call(answer, versions())
} else {
  time <- column("time")
  event <- column("event")
  group <- factor(column("group"))
  outcome <- Surv(time, event)
  if (job == "fisher") {
    counts <- xtabs(time ~ group + column("a"))
    test <- function() fisher.test(counts, workspace = 2e8)
    answer(p = test()$p.value, seconds = timed(test))
  } else if (job == "odds") {
    counts <- xtabs(time ~ group + column("a"))
    test <- function() fisher.test(counts)
    answer(bounds = as.numeric(test()$conf.int), seconds = timed(test))
  } else if (job == "rates") {
    d <- data.frame(events = time, arm = column("a"), years = column("b"))
    fit <- function() MASS::glm.nb(events ~ arm + offset(log(years)), d)
    answer(ratio = exp(unname(coef(fit())[2])),
           seconds = timed(function() suppressMessages(confint(fit()))))
  } else if (job == "kaplan-meier") {
    # The same without tolerance, by which R ties times and shares that are close.
    fit <- survfit(outcome ~ 1, conf.type = "log-log", timefix = FALSE)
    found <- quantile(fit, 0.5, tolerance = 0)
    answer(
      median = unname(c(found$quantile, found$lower, found$upper)),
      seconds = timed(function() summary(survfit(Surv(time, event) ~ 1,
                                                 conf.type = "log-log"))$table)
    )
  } else if (job == "logrank") {
    loops <- if (length(time) < 1000) 20 else 1
    answer(
      # Of ranks, which R does not tie; its `timefix = FALSE` fails here.
      chi_square = survdiff(Surv(rank(time), event) ~ group)$chisq,
      seconds = timed(function() survdiff(Surv(time, event) ~ group), loops)
    )
  } else if (job == "strata") {
    counts <- table(group, factor(event, c(1, 0)), column("a"))
    found <- mantelhaen.test(counts, exact = TRUE)
    answer(p = found$p.value,
           seconds = timed(function() mantelhaen.test(counts, exact = TRUE)))
  } else if (job == "van-elteren") {
    stratum <- column("a")
    d <- data.frame(group = group, stratum = factor(stratum))
    d$rank <- round(2 * ave(time, stratum, FUN = rank))  # strata of one size
    test <- function() independence_test(rank ~ group | stratum, d,
                                         distribution = "exact", teststat = "scalar")
    answer(p = as.numeric(pvalue(test())), seconds = timed(function() pvalue(test())))
  } else if (job == "cox") {
    x <- cbind(column("group"), column("a"), column("b"))
    loops <- if (length(time) < 1000) 20 else 1
    # Concordance comes with the fit; checked without the tolerance that ties times.
    fit <- coxph(Surv(time, event) ~ x,
                 control = coxph.control(eps = 1e-13, timefix = FALSE))
    answer(
      coefficients = unname(coef(fit)),
      errors = unname(sqrt(diag(vcov(fit)))),
      log_likelihoods = fit$loglik,
      concordance = unname(fit$concordance["concordance"]),
      seconds = timed(function() coxph(Surv(time, event) ~ x), loops)
    )
  } else if (job == "exact") {
    test <- function() {
      pvalue(logrank_test(Surv(time, event) ~ group, distribution = "exact"))
    }
    answer(p_value = test(), seconds = timed(test, 5))
  } else if (job == "ranks") {
    test <- function() {
      wilcox_test(time ~ group, distribution = approximate(nresample = 10000))
    }
    set.seed(2023)
    answer(p = as.numeric(pvalue(test())), seconds = timed(function() pvalue(test())))
  } else if (job == "monte-carlo") {
    test <- function() {
      pvalue(logrank_test(Surv(time, event) ~ group,
                          distribution = approximate(nresample = 10000)))
    }
    set.seed(2023)
    answer(p_value = as.numeric(test()), seconds = timed(test))
  }
}
