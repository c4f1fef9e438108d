# Reference values for tests of independent groups: Kruskal-Wallis, Dunn, Mann-Whitney,
# Jonckheere-Terpstra and the size of the difference.
# Run in this folder: Rscript make_independent_groups.R
suppressMessages({library(coin); library(jsonlite)})
RNGkind("Mersenne-Twister", "Inversion", "Rejection")
set.seed(20230718)

adjust <- c(bonferroni = "bonferroni", holm = "holm", `benjamini-hochberg` = "BH")

dunn_of <- function(d, k) {
  found <- as.data.frame(rstatix::dunn_test(d, y ~ g, p.adjust.method = "none", detailed = TRUE))
  list(first = as.integer(found$group1) - 1L, second = as.integer(found$group2) - 1L,
       # rstatix subtracts the first group from the second
       difference = -unname(found$estimate), z = -unname(found$statistic),
       p = unname(found$p),
       adjusted = lapply(adjust, function(m) p.adjust(found$p, method = m)))
}

# Koopman and Newcombe intervals are in make_cross_tables.R; here the probability of
# superiority, from its definitions, by loops and root finding.
superiority <- function(x, y) {
  pairs <- outer(x, y, function(a, b) (a > b) + 0.5 * (a == b))
  a <- mean(pairs)
  n1 <- length(x); n2 <- length(y); z <- qnorm(0.975)
  m <- (n1 + n2) / 2 - 1
  gap <- function(t) (a - t)^2 -
    z^2 * t * (1 - t) * (1 + m * (1 - t) / (2 - t) + m * t / (1 + t)) / (n1 * n2)
  root <- function(lo, hi) uniroot(gap, c(lo, hi), tol = 1e-15, maxiter = 10000)$root
  low <- if (a == 0) 0 else root(0, if (a == 1) 1 - 1e-12 else a)
  high <- if (a == 1) 1 else root(if (a == 0) 1e-12 else a, 1)
  se <- if (n1 > 1 && n2 > 1)
    sqrt(var(rowMeans(pairs)) / n1 + var(colMeans(pairs)) / n2) else NA
  logit <- c(NA, NA)
  if (!is.na(se) && se > 0 && a > 0 && a < 1)
    logit <- plogis(qlogis(a) + c(-1, 1) * z * se / (a * (1 - a)))
  list(estimate = a, newcombe = c(low, high), logit = logit)
}

two_groups <- function(x, y) {
  d <- data.frame(v = c(x, y), g = factor(rep(c("x", "y"), c(length(x), length(y)))))
  out <- list(x = x, y = y)
  for (alternative in c("two.sided", "less", "greater")) {
    exact <- pvalue(wilcox_test(v ~ g, d, distribution = "exact", alternative = alternative))
    plain <- suppressWarnings(wilcox.test(x, y, exact = FALSE, correct = FALSE,
                                          alternative = alternative))
    moved <- suppressWarnings(wilcox.test(x, y, exact = FALSE, correct = TRUE,
                                          alternative = alternative))
    out[[sub("two.sided", "two-sided", alternative)]] <-
      list(exact = as.numeric(exact), asymptotic = plain$p.value, corrected = moved$p.value)
    if (!anyDuplicated(c(x, y)))
      out$untied[[sub("two.sided", "two-sided", alternative)]] <-
        wilcox.test(x, y, exact = TRUE, alternative = alternative)$p.value
  }
  out$statistic <- unname(plain$statistic)
  out$superiority <- superiority(x, y)
  out
}

several_groups <- function(values, sizes) {
  k <- length(sizes)
  g <- factor(rep(seq_len(k), sizes))
  d <- data.frame(y = values, g = g)
  test <- kruskal.test(values, g)
  size <- as.data.frame(rstatix::kruskal_effsize(d, y ~ g))
  r <- rank(values)
  # Jonckheere-Terpstra by its definition, pairs of cases, the later group against the
  # earlier; standardized it is Kendall's S of values and group numbers.
  j <- 0
  for (a in seq_len(k - 1)) for (b in (a + 1):k)
    j <- j + sum(outer(values[g == b], values[g == a], function(u, v) (u > v) + 0.5 * (u == v)))
  trend <- suppressWarnings(cor.test(values, as.numeric(g), method = "kendall", exact = FALSE))
  list(values = values, sizes = sizes, statistic = unname(test$statistic),
       df = unname(test$parameter), p = test$p.value,
       mean_ranks = as.numeric(tapply(r, g, mean)), eta = unname(size$effsize),
       dunn = dunn_of(d, k),
       jonckheere = list(statistic = j, z = unname(trend$statistic), p = trend$p.value))
}

draw <- function(n, top) {
  repeat {
    v <- if (is.na(top)) round(rnorm(n), 3) else sample(0:top, n, replace = TRUE)
    if (length(unique(v)) > 1) return(v)
  }
}

cases <- list()
for (i in 1:220) {
  n1 <- sample(2:9, 1); n2 <- sample(2:9, 1)
  v <- draw(n1 + n2, sample(c(1, 2, 3, 5, 10, NA), 1))
  cases[[length(cases) + 1]] <- c(kind = "two", two_groups(v[seq_len(n1)], v[-seq_len(n1)]))
}
for (i in 1:220) {
  k <- sample(2:5, 1)
  sizes <- sample(1:9, k, replace = TRUE)
  if (sum(sizes) < 4) sizes <- sizes + 2L
  v <- draw(sum(sizes), sample(c(1, 2, 3, 5, 10, NA), 1))
  cases[[length(cases) + 1]] <- c(kind = "several", several_groups(v, sizes))
}
source <- list(
  citation = "R Core Team: stats::kruskal.test, stats::wilcox.test; Hothorn et al.: coin::wilcox_test (exact, with ties); Kassambara: rstatix::dunn_test, rstatix::kruskal_effsize; intervals of the probability of superiority from their formulas (Newcombe 2006, method 5; DeLong 1988 on the logit scale)",
  obtained = "Rscript make_independent_groups.R",
  versions = paste0(R.version.string, ", coin ", packageVersion("coin"), ", rstatix ",
                    packageVersion("rstatix")),
  date = "2026-11-22", generator = "make_independent_groups.R")
write(toJSON(list(source = source, cases = cases), digits = 17, auto_unbox = TRUE,
             na = "null"), "independent_groups.json")
