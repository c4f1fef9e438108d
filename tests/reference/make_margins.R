# Reference values for non-inferiority of two shares: Chan's exact p-value by the package
# EC, whose file R/EC.R (github.com/NourHawila/EC) is loaded from the path given.
# Run in this folder: Rscript make_margins.R path/to/EC.R
suppressMessages(library(jsonlite))
source(commandArgs(TRUE)[1])
RNGkind("Mersenne-Twister", "Inversion", "Rejection")
set.seed(20261129)
cases <- list(list(table = matrix(c(83, 69, 5, 7), 2), margin = 0.1))
while (length(cases) < 25) {
  n <- sample(5:20, 2, TRUE)
  x <- rbinom(2, n, runif(2, 0.2, 0.95))
  cases[[length(cases) + 1]] <- list(table = cbind(x, n - x),
                                     margin = sample(c(0.05, 0.1, 0.15, 0.2, 0.3), 1))
}
cases <- lapply(cases, function(case) {
  t <- unname(case$table); n <- rowSums(t)
  p <- pval_Chan(x.T = t[1, 1], x.C = t[2, 1], N.T = n[1], N.C = n[2],
                 delta0 = case$margin, method = "MN", tol = 1e-4)
  list(table = t, margin = case$margin, p = p)
})
source <- list(
  citation = "Hawila N, Berg A: R package EC, pval_Chan with the score statistic of Miettinen and Nurminen",
  obtained = "Rscript make_margins.R EC.R", versions = paste(R.version.string, "EC 4.0"),
  date = "2026-11-29", generator = "make_margins.R")
write(toJSON(list(source = source, cases = cases), digits = 17, auto_unbox = TRUE), "margins.json")
