"""Random draws of a part of a pool, and the sums of the scores drawn."""

import math

import attrs
import numpy as np
import numpy.typing as npt

from iph._checks import Floats, Ints
from iph._wide import repeat

# Of a pool of many cases, parts are drawn as counts by class. The cases are labeled
# independently of each other, so that the labels of a class are a binomial number, from
# a table made once. Then their number is repaired: given how many they are, independent
# labels are a uniform draw, and so they stay when cases chosen uniformly lose or gain a
# label.
_LABELS_AT_ONCE = 1 << 21  # numbers of labels held at a time
_STEPS = 32  # cases chosen of each row before those that are right are left alone
_CLASSES = 16  # drawn at a time: their tables stay in the cache as well
_BITS = 8  # of a random number, that say where to begin in a table
_REACH = 10.0  # standard deviations; farther out no float of 64 bits is drawn
_FARTHEST = 40  # the same where few labels are expected


def label_sums(
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
        The score of each class: whole numbers whose sums are exact.
    counts : ndarray of int, shape (c,)
        How many cases each class has.
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
    share = size / int(counts.sum())
    tables = [
        _BinomialTables.of(counts[start : start + _CLASSES], share)
        for start in range(0, counts.size, _CLASSES)
    ]
    rows = min(n_resamples, max(1, _LABELS_AT_ONCE // counts.size))
    labels = np.empty((rows, counts.size), dtype=np.int64)
    sums = np.empty(n_resamples)
    for start in range(0, n_resamples, rows):
        own = sums[start : start + rows]
        part = labels[: own.size]
        for index, table in enumerate(tables):
            block = part[:, index * _CLASSES : (index + 1) * _CLASSES]
            block[...] = table.draw(block.shape, rng)
        own[...] = _repaired(part, scores, counts, size, rng)
    return sums


def _repaired(
    labels: Ints, scores: Floats, counts: Ints, size: int, rng: "np.random.Generator"
) -> Floats:
    """Bring each row to `size` labels, case by case, and return the sums of scores.

    Of a class only the number of its labels is known. Which cases have them may be
    settled anew for each case chosen: they are taken for the first ones.
    """
    first = np.cumsum(counts) - counts
    class_of = repeat(np.arange(counts.size, dtype=np.int64), counts)
    flat, sums = labels.reshape(-1), labels @ scores
    excess = labels.sum(axis=1) - size
    active = np.flatnonzero(excess)
    while active.size:
        case = rng.integers(0, class_of.size, size=(_STEPS, active.size))
        of = class_of[case]
        case -= first[of]
        worth = scores[of]
        of += active * counts.size
        left, own = excess[active], sums[active]
        less = left > 0
        gain = np.where(less, -1, 1)
        for place, rank, score in zip(of, case, worth, strict=True):
            found = flat[place]
            step = gain * (((rank < found) == less) & (left != 0))
            flat[place] = found + step
            left += step
            own += step * score
        excess[active], sums[active] = left, own
        active = active[left != 0]
    return sums


@attrs.frozen(eq=False)
class _BinomialTables:
    """The distributions of some binomial numbers, to be drawn from.

    Attributes
    ----------
    limits : ndarray of uint64
        Of all numbers in a row: the largest random number of 64 bits that means it.
    guide : ndarray of int64
        Of each number and each value of the first bits: where in `limits` to begin.
        One more, where they end.
    zero : ndarray of int64
        The place of 0 of each number in `limits`; it need not be there.
    """

    limits: npt.NDArray[np.uint64]
    guide: Ints
    zero: Ints

    @classmethod
    def of(cls, counts: Ints, share: float) -> "_BinomialTables":
        edges = np.arange(1 << _BITS, dtype=np.uint64) << np.uint64(64 - _BITS)
        limits, guide, zero = [], [], []
        start = 0
        for count in counts.tolist():
            least, own = _limits(count, share)
            limits.append(own)
            guide.append(start + np.searchsorted(own, edges))
            zero.append(start - least)
            start += own.size
        guide.append(np.array([start], dtype=np.int64))
        zeros = np.array(zero, dtype=np.int64)
        return cls(np.concatenate(limits), np.concatenate(guide), zeros)

    def draw(self, shape: tuple[int, ...], rng: "np.random.Generator") -> Ints:
        """Return random numbers, one column a distribution."""
        drawn = rng.integers(0, 2**64 - 1, size=shape, dtype=np.uint64, endpoint=True)
        bins = (drawn >> np.uint64(64 - _BITS)).view(np.int64)
        bins += np.arange(shape[1], dtype=np.int64) << _BITS
        found = self.guide[bins]
        # Most limits are alone among the numbers of like first bits.
        found += drawn > self.limits[found]
        more = np.flatnonzero(drawn > self.limits[found])
        if more.size:
            found.reshape(-1)[more] = self._searched(
                found.reshape(-1)[more],
                self.guide[bins.reshape(-1)[more] + 1],
                drawn.reshape(-1)[more],
            )
        return found - self.zero

    def _searched(self, low: Ints, high: Ints, drawn: npt.NDArray[np.uint64]) -> Ints:
        """Return the first limits from `low` to `high` that the numbers do not pass."""
        while (low < high).any():
            middle = (low + high) >> 1
            beyond = drawn > self.limits[middle]
            low, high = (
                np.where(beyond, middle + 1, low),
                np.where(beyond, high, middle),
            )
        return low


def _limits(count: int, share: float) -> tuple[int, npt.NDArray[np.uint64]]:
    """Return the least binomial number that can be drawn, and the limits above each."""
    mean = count * share
    reach = _REACH * math.sqrt(mean * (1.0 - share)) + _FARTHEST
    least, most = max(0, math.floor(mean - reach)), min(count, math.ceil(mean + reach))
    x = np.arange(least, most, dtype=np.float64)
    steps = np.log((count - x) / (x + 1.0) * (share / (1.0 - share)))
    logs = np.concatenate(([0.0], np.cumsum(steps)))
    below = np.cumsum(np.exp(logs - logs.max()))
    # The last limit is above every number.
    inner = (below[:-1] / below[-1]) * 2.0**64
    whole = np.minimum(inner, 2.0**64 - 2.0**11).astype(np.uint64)
    return least, np.append(whole, np.uint64(2**64 - 1))


_BYTES = 1 << 24  # labels held at a time
_BLOCK = 1 << 18  # labels turned into floats at a time: fits the cache
_MOST_CASES = 10_000_000  # whose class is looked up case by case

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
    cases = repeat(scores, counts) if way == "cases" else scores
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
