"""Random draws of a part of a pool, and the sums of the scores drawn."""

import math

import numpy as np

from iph._checks import Floats, Ints
from iph.stats._inference.label_counts import label_sums

_BYTES = 1 << 24  # labels held at a time
_BLOCK = 1 << 18  # labels turned into floats at a time: fits the cache
_MOST_CASES = 10_000_000  # of which the class is looked up case by case

# What drawing the part of a class takes, as a hypergeometric number or as the number of
# its labels, beside a table of these, and what a case takes that repairs their number:
# all in labels of single cases.
_HYPERGEOMETRIC, _LABELS, _TABLE, _REPAIR = 12.0, 2.0, 3000.0, 8.0


def drawn_sums(
    scores: Floats,
    counts: Ints,
    size: int,
    n_resamples: int,
    rng: "np.random.Generator",
) -> Floats:
    """Draw `size` cases without replacement, many times, and sum their scores.

    Parameters
    ----------
    scores : ndarray of float, shape (c,)
        Whole numbers so small that the sum of all cases is exact (below 2**53).
    counts : ndarray of int, shape (c,)
        How many cases have each score.
    size : int
        How many cases are drawn.
    n_resamples : int
        How many times.
    rng : numpy.random.Generator
        The source of randomness.

    Returns
    -------
    ndarray of float, shape (n_resamples,)
        The sums, exact.
    """
    n = int(counts.sum())
    if 2 * size > n:  # draw the rest instead
        everything = float(scores @ counts)
        return everything - drawn_sums(scores, counts, n - size, n_resamples, rng)
    if size == 0:
        return np.zeros(n_resamples)
    way = _shortest_way(counts, size, n_resamples)
    if way == "labels":
        return label_sums(scores, counts, size, n_resamples, rng)
    cases = np.repeat(scores, counts) if way == "cases" else scores
    # Of a case a byte is held, of a class a whole number.
    batch = max(1, _BYTES // (cases.size if way == "cases" else 8 * cases.size))
    sums = []
    for start in range(0, n_resamples, batch):
        rows = min(batch, n_resamples - start)
        if way == "parts":
            drawn = rng.multivariate_hypergeometric(
                counts, size, size=rows, method="marginals"
            )
            sums.append(drawn @ scores)
        else:
            sums.append(_labeled_sums(cases, size, rows, rng))
    return np.concatenate(sums)


def _shortest_way(counts: Ints, size: int, n_resamples: int) -> str:
    """Return whether to draw parts of classes, or labels by class or by case."""
    n, classes = int(counts.sum()), counts.size
    # How far a binomial number is from its mean; half of the cases tried repair it.
    off = 0.8 * math.sqrt(size * (n - size) / n)
    work = {
        "parts": _HYPERGEOMETRIC * classes,
        "labels": (_LABELS + _TABLE / n_resamples) * classes + _REPAIR * 2.0 * off,
        "cases": float(n),
    }
    if n > _MOST_CASES:
        del work["labels"]
    return min(work, key=work.__getitem__)


def _labeled_sums(
    cases: Floats, size: int, rows: int, rng: "np.random.Generator"
) -> Floats:
    """Label each case at random, then repair the number of labels.

    Given its number of labels, a set of independent labels is uniform; so it stays
    when cases chosen uniformly lose or gain a label until the number is right.
    """
    n = cases.size
    cut = max(round(256 * size / n), 1)  # at most half of 256: no more are drawn
    labels = np.frombuffer(rng.bytes(rows * n), dtype=np.uint8).reshape(rows, n) < cut
    both = np.column_stack((cases, np.ones(n)))
    block = max(1, _BLOCK // n)
    sums, drawn = np.empty(rows), np.empty(rows)
    for start in range(0, rows, block):
        part = slice(start, start + block)
        found = labels[part].astype(np.float64) @ both
        sums[part], drawn[part] = found[:, 0], found[:, 1]
    excess = drawn.astype(np.int64) - size
    active = np.flatnonzero(excess)
    while active.size:
        chosen = rng.integers(0, n, size=active.size)
        # With too many labels a labeled case is wanted, with too few another one.
        wanted = excess[active] > 0
        hit = labels[active, chosen] == wanted
        row, case = active[hit], chosen[hit]
        step = np.where(wanted[hit], 1, -1)
        labels[row, case] ^= True
        sums[row] -= step * cases[case]
        excess[row] -= step
        active = active[excess[active] != 0]
    return sums
