# Reference values for van Elteren's test: ranks within strata over n + 1, and over
# n1 n2, in a permutation test by blocks. Run in this folder: Rscript make_van_elteren.R
suppressMessages({library(coin); library(jsonlite)})
RNGkind("Mersenne-Twister", "Inversion", "Rejection")
set.seed(20261129)

lcm <- function(x) { best <- 1; for (v in x) { a <- best; b <- v
  while (b > 0) { r <- a %% b; a <- b; b <- r }; best <- best * v / a }; best }

cases <- list()
while (length(cases) < 120) {
  k <- sample(1:4, 1)
  sizes <- sample(4:10, k, TRUE)
  d <- data.frame(b = factor(rep(seq_len(k), sizes)))
  d$g <- factor(sample(c("a", "b"), nrow(d), TRUE), levels = c("a", "b"))
  d$y <- sample(0:sample(c(2, 4, 20), 1), nrow(d), TRUE)
  t <- table(d$b, d$g)
  if (any(t == 0) || any(tapply(d$y, d$b, function(v) length(unique(v))) < 2)) next
  ranks <- ave(d$y, d$b, FUN = rank)
  out <- list(values = d$y, group = as.character(d$g), strata = as.integer(d$b))
  for (kind in c("locally-best", "design-free")) {
    under <- if (kind == "locally-best") rowSums(t) + 1 else t[, 1] * t[, 2]
    # coin counts exactly with whole scores: twice the ranks over the common denominator
    d$s <- round(2 * ranks * lcm(under) / under[as.integer(d$b)])
    found <- list()
    for (side in c("two.sided", "less", "greater")) {
      exact <- independence_test(s ~ g | b, d, distribution = "exact", alternative = side,
                                 teststat = "scalar")
      plain <- independence_test(s ~ g | b, d, alternative = side, teststat = "scalar")
      found[[sub("two.sided", "two-sided", side)]] <-
        list(exact = as.numeric(pvalue(exact)), asymptotic = as.numeric(pvalue(plain)))
    }
    found$z <- as.numeric(statistic(plain))
    out[[kind]] <- found
  }
  cases[[length(cases) + 1]] <- out
}
source <- list(
  citation = "Hothorn T et al.: R package coin, independence_test of ranks within blocks",
  obtained = "Rscript make_van_elteren.R",
  versions = paste(R.version.string, "coin", packageVersion("coin")),
  date = "2026-11-29", generator = "make_van_elteren.R")
write(toJSON(list(source = source, cases = cases), digits = 17, auto_unbox = TRUE), "van_elteren.json")
