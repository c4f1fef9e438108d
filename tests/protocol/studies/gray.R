# Gray's test of admission by dressing, of the patients with a foot ulcer, by cmprsk:
# the first of admission, amputation and death, of one day in this order.
# Run by hand after make.py: Rscript gray.R > gray.json
suppressMessages(library(cmprsk))
sheet <- read.csv("foot_ulcer.csv")
own <- sheet[sheet$age_years >= 18, ]
later <- function(day) ifelse(is.na(day), Inf, day)
lost <- later(own$amputation_day)
died <- later(own$died_day)
seen <- own$admitted_day
status <- ifelse(own$admitted == "yes" & seen <= lost, 1,
  ifelse(lost <= died & is.finite(lost), 2, ifelse(is.finite(died), 3, 0)))
day <- ifelse(status == 1 | status == 0, seen, ifelse(status == 2, lost, died))
found <- cuminc(day, status, own$dressing)$Tests["1", ]
cat(sprintf(
  '{"r": "%s", "cmprsk": "%s", "n": %d, "statistic": %.15g, "p_value": %.15g, "df": %d}\n',
  paste(R.version$major, R.version$minor, sep = "."), packageVersion("cmprsk"),
  nrow(own), found["stat"], found["pv"], as.integer(found["df"])))
