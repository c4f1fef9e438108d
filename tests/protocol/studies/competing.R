# Admission of the patients with a foot ulcer, by survival: the first of admission,
# amputation and death, of one day in this order; the Aalen-Johansen estimate of each.
# Run by hand after make.py: Rscript competing.R > competing.json
library(survival)
sheet <- read.csv("foot_ulcer.csv")
own <- sheet[sheet$age_years >= 18, ]
later <- function(day) ifelse(is.na(day), Inf, day)
lost <- later(own$amputation_day)
died <- later(own$died_day)
seen <- own$admitted_day
status <- ifelse(own$admitted == "yes" & seen <= lost, "recovered",
  ifelse(lost <= died & is.finite(lost), "amputation",
    ifelse(is.finite(died), "died", "last seen")))
day <- ifelse(status == "recovered", seen,
  ifelse(status == "amputation", lost, ifelse(status == "died", died, seen)))
causes <- c("recovered", "died", "amputation")
fit <- survfit(Surv(day, factor(status, c("last seen", causes))) ~ 1)
listed <- function(values) paste0("[", paste(sprintf("%.15g", values), collapse = ", "), "]")
cat(sprintf('{"r": "%s", "survival": "%s", "day": %s',
  paste(R.version$major, R.version$minor, sep = "."), packageVersion("survival"),
  listed(fit$time)))
for (one in causes) {
  cat(sprintf(', "%s": %s', one, listed(fit$pstate[, match(one, fit$states)])))
}
cat("}\n")
