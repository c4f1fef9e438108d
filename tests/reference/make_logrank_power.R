# Power of the log-rank test with patients lost, by its large-sample distribution.
# Rscript make_logrank_power.R > logrank_power.json
library(npsurvSS)
days <- 182
lost <- 0.1
arm <- function(n, rate) {
  create_arm(size = n, accr_time = 1e-6, surv_scale = rate,
             loss_scale = -log(1 - lost) / days, follow_time = days)
}
cases <- list()
for (n in c(20, 40)) for (rates in list(c(1 / 60, 1 / 120), c(1 / 40, 1 / 120))) {
  power <- power_two_arm(arm(n, rates[1]), arm(n, rates[2]),
                         test = list(test = "weighted logrank"), alpha = 0.05, sides = 2)
  cases[[length(cases) + 1]] <- list(n = n, rates = rates, days = days, loss = lost, power = power)
}
json <- jsonlite::toJSON(
  list(source = list(
    citation = "Yung G, Liu Y. npsurvSS: sample size and power calculation for common non-parametric tests in survival analysis.",
    obtained = "power_two_arm, weighted logrank, two-sided at .05",
    versions = paste0("R ", getRversion(), ", npsurvSS ", packageVersion("npsurvSS")),
    date = format(Sys.Date()), generator = "make_logrank_power.R"), cases = cases),
  auto_unbox = TRUE, digits = NA, pretty = TRUE)
cat(json, "\n")
