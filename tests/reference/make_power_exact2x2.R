# Power of Fisher's test and of McNemar's exact test, by their author's package.
# Rscript make_power_exact2x2.R > power_exact2x2.json
library(exact2x2)
left_out <- 1e-14  # chance of the outcomes that the functions do not visit

fisher <- function(p1, p2, n1, n2, alternative) {
  power2x2(p0 = p2, p1 = p1, n0 = n2, n1 = n1, alternative = alternative,
           strict = TRUE, tsmethod = "minlike", errbound = left_out)$power
}

mcnemar <- function(first, second, n) {
  powerPaired2x2(pb = first, pc = second, npairs = n, strict = TRUE,
                 errbound = left_out)$power
}

shares <- list(c(18 / 28, 9 / 28), c(0.9, 0.5), c(0.2, 0.05))
sizes <- list(c(10, 18), c(28, 28), c(45, 45))
cases <- list()
add <- function(...) cases[[length(cases) + 1]] <<- list(...)
for (p in shares) for (n in sizes) for (side in c("two.sided", "one.sided")) {
  add(test = "fisher", arms = p, n = n,
      side = if (side == "two.sided") "two-sided" else "greater",
      power = fisher(p[1], p[2], n[1], n[2], side))
}
for (square in list(c(0.2, 0.4, 0.1, 0.3), c(0.5, 0.2, 0.02, 0.28))) for (n in c(20, 60)) {
  add(test = "mcnemar", arms = square, n = n, side = "two-sided",
      power = mcnemar(square[2], square[3], n))
}
json <- jsonlite::toJSON(
  list(source = list(
    citation = "Fay MP. Two-sided exact tests and matching confidence intervals for discrete data. R J 2010;2(1):53-58. doi:10.32614/RJ-2010-008",
    obtained = "power2x2 (strict, minlike) and powerPaired2x2 (strict, central)",
    versions = paste0("R ", getRversion(), ", exact2x2 ", packageVersion("exact2x2")),
    date = format(Sys.Date()), generator = "make_power_exact2x2.R"), cases = cases),
  auto_unbox = TRUE, digits = NA, pretty = TRUE)
cat(json, "\n")
