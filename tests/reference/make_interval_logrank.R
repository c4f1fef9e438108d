# Reference values of the interval-censored log-rank test by the R packages interval
# (Sun's and Finkelstein's scores, permutation form) and perm; bcos are the breast
# cosmesis data of Finkelstein and Wolfe (1985). Run in this folder:
#   Rscript make_interval_logrank.R
suppressMessages({library(interval); library(jsonlite)})
data(bcos)
RNGkind("Mersenne-Twister"); set.seed(1985)
control <- icfitControl(epsilon = 1e-13, maxit = 200000)

one <- function(name, left, right, group) {
  group <- as.character(group)
  out <- list(name = name, left = left, right = ifelse(is.finite(right), right, NA), group = group)
  for (rule in c("logrank1", "logrank2")) {
    t <- ictest(left, right, group, scores = rule, method = "pclt", icontrol = control)
    k <- length(unique(group))
    z <- if (k == 2) unname(t$statistic) else NA
    out[[rule]] <- list(
      statistic = if (k == 2) z^2 else unname(t$statistic), z = z, p_value = unname(t$p.value),
      scores = unname(t$scores))
    if (k == 2 && length(left) <= 16) {
      e <- ictest(left, right, group, scores = rule, method = "exact.network", icontrol = control,
                  mcontrol = mControl(tsmethod = "abs"))
      out[[rule]]$exact_abs <- unname(e$p.values["p.twosidedAbs"])
      out[[rule]]$exact_central <- unname(e$p.values["p.twosided"])
    }
  }
  out
}

draw <- function(i) {
  visits <- list(c(7, 30, 91, 182, 365), c(1, 2, 3, 5, 8, 13))[[1 + i %% 2]]
  k <- if (i %% 5 == 0) 3 else 2
  n <- if (i %% 3 == 0) 40 else sample(8:14, 1)
  repeat {
    group <- sample(letters[1:k], n, TRUE)
    day <- rexp(n, 1 / c(40, 90, 150)[match(group, letters)]) * max(visits) / 365
    left <- numeric(n); right <- rep(Inf, n)
    for (j in seq_len(n)) {
      kept <- visits[runif(length(visits)) < 0.7]
      if (any(kept < day[j])) left[j] <- max(kept[kept < day[j]])
      if (any(kept >= day[j])) right[j] <- min(kept[kept >= day[j]])
    }
    if (min(table(factor(group, letters[1:k]))) > 1 && length(unique(paste(left, right))) > 3) break
  }
  one(paste("random", i), left, right, group)
}

# Where the EM of icfit has not converged it warns, and the data are drawn anew.
settled <- function(i) repeat {
  case <- tryCatch(draw(i), warning = function(w) NULL)
  if (!is.null(case)) return(case)
}
cases <- c(list(one("breast cosmesis", bcos$left, bcos$right, bcos$treatment)), lapply(1:200, settled))
write(toJSON(list(
  source = list(
    citation = "Finkelstein DM, Wolfe RA. A semiparametric model for regression analysis of interval-censored failure time data. Biometrics 1985;41:933-945 (breast cosmesis, as bcos in the R package interval); otherwise random data, seed 1985",
    obtained = "ictest of the R package interval, NPMLE with epsilon 1e-13",
    versions = paste("R", getRversion(), "interval", packageVersion("interval"), "perm", packageVersion("perm"),
                     "Icens", packageVersion("Icens")),
    date = "2026-11-22", generator = "make_interval_logrank.R"),
  cases = cases), auto_unbox = TRUE, digits = I(17), na = "null"), "interval_logrank.json")
