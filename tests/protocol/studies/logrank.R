# The log-rank test of the recorded times of the interscalene block, by survival.
# Run by hand after make.py: Rscript logrank.R > logrank.json
library(survival)
sheet <- read.csv("interscalene_block.csv")
own <- sheet[sheet$weight_kg >= 50, ]
test <- survdiff(Surv(rescue_time, rescue == "yes") ~ drug, data = own)
cat(sprintf(
  '{"r": "%s", "survival": "%s", "n": %d, "events": %d, "statistic": %.12f, "p_value": %.12f}\n',
  paste(R.version$major, R.version$minor, sep = "."), packageVersion("survival"),
  nrow(own), sum(own$rescue == "yes"), test$chisq, pchisq(test$chisq, 1, lower.tail = FALSE)
))
