# Reference values of the agreement of several readers: random small tables of grades,
# half of them with gaps.
# Run: Rscript make_agreement.R  (writes agreement.json beside itself)
suppressMessages({library(irrCAC); library(jsonlite)})
set.seed(202313)

functions <- list(
  gwet = gwet.ac1.raw, fleiss = fleiss.kappa.raw,
  krippendorff = krippen.alpha.raw, percent = pa.coeff.raw
)
cases <- list()
while (length(cases) < 120) {
  n <- sample(5:30, 1)
  readers <- sample(2:5, 1)
  size <- sample(2:5, 1)
  true <- sample(size, n, replace = TRUE)
  slip <- matrix(sample(-1:1, n * readers, replace = TRUE, prob = c(1, 4, 1)), n)
  y <- pmin(pmax(true + slip, 1), size)
  dim(y) <- c(n, readers)
  if (runif(1) < 0.5) y[matrix(runif(n * readers) < 0.2, n)] <- NA
  if (any(rowSums(!is.na(y)) == 0)) next
  if (!setequal(unique(na.omit(as.vector(y))), seq_len(size))) next
  scheme <- sample(c("unweighted", "linear", "quadratic"), 1)
  found <- lapply(functions, function(f) f(as.data.frame(y), weights = scheme)$est)
  numbers <- sapply(found, function(e) c(e$coeff.val, e$coeff.se, e$pa, e$pe))
  if (!all(is.finite(numbers))) next
  cases[[length(cases) + 1L]] <- list(
    kind = "irrCAC", rows = y, scheme = sub("unweighted", "none", scheme),
    gwet = numbers[, "gwet"], fleiss = numbers[, "fleiss"],
    krippendorff = numbers[, "krippendorff"], percent = numbers[, "percent"]
  )
}

source <- list(
  citation = "Gwet KL. irrCAC: computing chance-corrected agreement coefficients.",
  obtained = paste(
    "gwet.ac1.raw, fleiss.kappa.raw, krippen.alpha.raw and pa.coeff.raw of irrCAC:",
    "coefficient and standard error (to five digits), observed and expected agreement"
  ),
  versions = paste0(R.version.string, "; irrCAC ", packageVersion("irrCAC")),
  date = "2026-11-29",
  generator = "make_agreement.R"
)
writeLines(toJSON(list(source = source, cases = cases), digits = 12, na = "null",
                  auto_unbox = TRUE), "agreement.json")
