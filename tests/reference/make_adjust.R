# Reference values of adjusted p-values: p.adjust.
# Run: Rscript make_adjust.R  (writes adjust.json beside itself)
library(jsonlite)
set.seed(20261129)
cases <- list()
for (i in 1:60) {
  p <- round(runif(sample(1:9, 1))^2, sample(2:4, 1))
  found <- lapply(c("bonferroni", "holm", "hochberg", "hommel", "BH", "BY"),
                  function(rule) I(p.adjust(p, rule)))
  names(found) <- c("bonferroni", "holm", "hochberg", "hommel", "benjamini-hochberg",
                    "benjamini-yekutieli")
  cases[[i]] <- list(p = I(p), adjusted = found)
}
source <- list(
  citation = "R Core Team. R: a language and environment for statistical computing.",
  obtained = "p.adjust, six rules", versions = R.version.string, date = "2026-11-29",
  generator = "make_adjust.R")
writeLines(toJSON(list(source = source, cases = cases), digits = 17, na = "null",
                  auto_unbox = TRUE), "adjust.json")
