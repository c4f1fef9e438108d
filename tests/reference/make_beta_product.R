# Reference values of the beta product confidence procedure: pointwise intervals and
# medians of random small series with ties and censoring, in the plain and the mid-p
# form, and melded differences and ratios of two curves at a time.
#
# Run with: Rscript make_beta_product.R   (writes beta_product.json beside itself)

suppressMessages({
  library(bpcp)
  library(jsonlite)
})
set.seed(20132)
tight <- bpcpControl(midpMMTol = 1e-12)

series <- function(top) {
  n <- sample(2:18, 1)
  list(time = sample(1:top, n, replace = TRUE), event = rbinom(n, 1, runif(1, 0.3, 1)))
}

curve <- function(s, level, midp) {
  bpcp(s$time, s$event, alpha = 1 - level, midp = midp, control = tight)
}

cases <- list()
for (i in 1:120) {
  s <- series(sample(3:12, 1))
  level <- sample(c(0.9, 0.95, 0.99), 1)
  midp <- i %% 2 == 0
  fit <- curve(s, level, midp)
  q <- quantile(fit, c(0.25, 0.5, 0.75))
  cases[[length(cases) + 1]] <- list(
    name = paste("curve", i), time = I(s$time), event = I(s$event), level = level,
    midp = midp,
    out = list(start = I(fit$L), low = I(fit$lower), high = I(fit$upper),
               quantile_low = I(unname(q[, "lower"])),
               quantile_high = I(unname(q[, "upper"]))))
}
for (i in 1:80) {
  first <- series(10)
  second <- series(10)
  day <- sample(1:8, 1)
  level <- sample(c(0.9, 0.95), 1)
  measure <- c("difference", "ratio")[1 + i %% 2]
  parameters <- lapply(list(first, second), function(s) {
    fit <- curve(s, level, FALSE)
    k <- max(which(fit$L <= day))
    as.list(sapply(fit$betaParms, function(x) x[k]))
  })
  names <- c("alower", "blower", "aupper", "bupper")
  if (min(unlist(parameters)) <= 0) next # points at 0 and 1 are not integrated
  test <- betaMeldTest(parameters[[1]], parameters[[2]], parmtype = measure,
                       conf.level = level, eps = 1e-12)
  cases[[length(cases) + 1]] <- list(
    name = paste("two curves", i), time = I(c(first$time, second$time)),
    event = I(c(first$event, second$event)),
    group = I(rep(1:2, c(length(first$time), length(second$time)))),
    day = day, level = level, measure = measure,
    out = list(low = test$conf.int[1], high = test$conf.int[2],
               p_value = test$p.value))
}

source <- list(
  citation = paste("Fay MP, Brittain EH, Proschan MA. Biostatistics 2013;14:723-736;",
                   "random series"),
  obtained = "bpcp, quantile and betaMeldTest of R's bpcp",
  versions = paste0(R.version.string, "; bpcp ", packageVersion("bpcp")),
  date = format(Sys.Date()),
  generator = "make_beta_product.R")
writeLines(toJSON(list(source = source, cases = cases), digits = 17,
                  auto_unbox = TRUE, na = "null", null = "null"), "beta_product.json")
