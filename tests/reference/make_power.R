# Power and size by summing over all outcomes, with the tests of R.
# Rscript make_power.R > power.json
library(stats)
level <- 0.05 * (1 + 1e-9)

fisher <- function(p1, p2, n1, n2, side) {
  total <- 0
  for (a in 0:n1) for (c in 0:n2) {
    table <- matrix(c(a, c, n1 - a, n2 - c), 2)
    p <- fisher.test(table, alternative = side)$p.value
    if (p <= level) total <- total + dbinom(a, n1, p1) * dbinom(c, n2, p2)
  }
  total
}

mcnemar <- function(first, second, n) {
  total <- 0
  for (b in 0:n) for (c in 0:(n - b)) {
    p <- if (b + c) binom.test(b, b + c)$p.value else 1
    if (p <= level) {
      total <- total + dmultinom(c(b, c, n - b - c), prob = c(first, second, 1 - first - second))
    }
  }
  total
}

tables <- function(n, k) {
  if (k == 1) return(matrix(n, 1, 1))
  do.call(rbind, lapply(0:n, function(i) cbind(i, tables(n - i, k - 1))))
}

# Every allocation of the pooled values to the first arm; U against its mean.
rank_sum <- function(p1, p2, n1, n2) {
  x <- tables(n1, length(p1)); y <- tables(n2, length(p2)); total <- 0
  for (i in seq_len(nrow(x))) for (j in seq_len(nrow(y))) {
    values <- c(rep(seq_along(p1), x[i, ]), rep(seq_along(p2), y[j, ]))
    ranks <- rank(values)
    sums <- colSums(combn(n1 + n2, n1, function(own) ranks[own]))
    center <- n1 * (n1 + n2 + 1) / 2
    seen <- abs(sum(ranks[1:n1]) - center)
    p <- mean(abs(sums - center) >= seen - 1e-9)
    if (p <= level) {
      total <- total + dmultinom(x[i, ], prob = p1) * dmultinom(y[j, ], prob = p2)
    }
  }
  total
}

case <- function(test, arms, n, side, power) {
  list(test = test, arms = arms, n = n, side = side, power = power)
}
shares <- c(18 / 28, 9 / 28)
square <- c(0.2, 0.4, 0.1, 0.3)
low <- c(0.5, 0.3, 0.2)
high <- c(0.1, 0.3, 0.6)
sizes <- list(c(8, 8), c(10, 18), c(28, 28))
cases <- c(
  lapply(sizes, function(n) {
    case("fisher", shares, n, "two-sided", fisher(shares[1], shares[2], n[1], n[2], "two.sided"))
  }),
  lapply(sizes, function(n) {
    case("fisher", shares, n, "greater", fisher(shares[1], shares[2], n[1], n[2], "greater"))
  }),
  lapply(c(12, 30), function(n) {
    case("mcnemar", square, n, "two-sided", mcnemar(square[2], square[3], n))
  }),
  lapply(list(c(3, 4), c(5, 5), c(6, 4)), function(n) {
    case("mann-whitney", list(low, high), n, "two-sided", rank_sum(low, high, n[1], n[2]))
  })
)
json <- jsonlite::toJSON(
  list(source = list(
    citation = "R Core Team. R: a language and environment for statistical computing.",
    obtained = "sums over all outcomes with fisher.test, binom.test and all allocations",
    versions = paste("R", getRversion()), date = format(Sys.Date()),
    generator = "make_power.R"), cases = cases),
  auto_unbox = TRUE, digits = NA, pretty = TRUE)
cat(json, "\n")
