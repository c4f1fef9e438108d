# Reference values of kappa: random small tables of two raters.
# Run: Rscript make_kappa.R  (writes kappa.json beside itself)
suppressMessages({library(vcd); library(jsonlite)})
set.seed(202312)

cases <- list()
while (length(cases) < 260) {
  size <- sample(2:5, 1)
  n <- sample(8:60, 1)
  first <- sample(size, n, replace = TRUE)
  slip <- sample(-1:1, n, replace = TRUE, prob = c(1, sample(1:6, 1), 1))
  second <- pmin(pmax(first + slip, 1), size)
  table <- table(factor(first, seq_len(size)), factor(second, seq_len(size)))
  if (sum(rowSums(table) > 0) < 2 || sum(colSums(table) > 0) < 2) next
  linear <- Kappa(table)
  quadratic <- Kappa(table, weights = "Fleiss-Cohen")
  cases[[length(cases) + 1L]] <- list(
    kind = "kappa", table = unclass(unname(as.matrix(table))),
    none = unname(linear$Unweighted), linear = unname(linear$Weighted),
    quadratic = unname(quadratic$Weighted)
  )
}

source <- list(
  citation = "Meyer D, Zeileis A, Hornik K. vcd: visualizing categorical data.",
  obtained = "Kappa of vcd: value and ASE, unweighted, equal spacing, Fleiss-Cohen",
  versions = paste0(R.version.string, "; vcd ", packageVersion("vcd")),
  date = "2026-11-22",
  generator = "make_kappa.R"
)
writeLines(toJSON(list(source = source, cases = cases), digits = 17, na = "null",
                  auto_unbox = TRUE), "kappa.json")
