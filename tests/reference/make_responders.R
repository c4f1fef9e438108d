# Reference values of responder tables: random answers, some missing, in groups.
# Run: Rscript make_responders.R  (writes responders.json beside itself)
suppressMessages(library(jsonlite))
set.seed(20261129)

cases <- list()
for (i in 1:120) {
  n <- sample(1:40, 1)
  answer <- sample(c(TRUE, FALSE, NA), n, replace = TRUE, prob = runif(3))
  group <- factor(sample(letters[1:3], n, replace = TRUE))
  level <- sample(c(0.8, 0.9, 0.95, 0.99), 1)
  rows <- lapply(levels(group), function(g) {
    of <- answer[group == g]
    known <- of[!is.na(of)]
    exact <- function(k, n) {
      if (n == 0) return(c(0, 1))
      as.numeric(binom.test(k, n, conf.level = level)$conf.int)
    }
    list(
      group = g, responders = sum(known), n = length(known),
      n_missing = length(of) - length(known),
      interval = exact(sum(known), length(known)),
      missing_failed = exact(sum(known), length(of))
    )
  })
  cases[[i]] <- list(
    kind = "responders", level = level, answer = answer,
    group = as.character(group), rows = rows
  )
}

source <- list(
  citation = "Clopper CJ, Pearson ES. Biometrika 1934;26:404-413",
  obtained = "tapply by group; binom.test of those known and of all",
  versions = R.version.string,
  date = "2026-11-29",
  generator = "make_responders.R"
)
writeLines(toJSON(list(source = source, cases = cases), digits = 17, na = "null",
                  auto_unbox = TRUE), "responders.json")
