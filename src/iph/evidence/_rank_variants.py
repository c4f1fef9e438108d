"""Variants of the p-values of rank tests."""

import math
from collections.abc import Callable, Mapping
from typing import Any

from iph.stats._groups.mann_whitney import mann_whitney
from iph.stats._inference.tails import chi2_upper, normal_two_sided
from iph.stats._repeated.friedman import friedman
from iph.stats._repeated.signed_rank import wilcoxon_signed_rank

Variants = dict[str, tuple[float, float]]
Table = tuple[tuple[int, ...], ...]

# The fewest draws that a program makes unless it is told otherwise (R; SPSS 10,000).
_FEWEST_DRAWS = 2_000
_CHANCE = 5e-10  # on each side that a true value leaves the band
_MOST_UNTIED = 200  # cases up to which programs print exact p-values that ignore ties


def point(p: float) -> tuple[float, float]:
    """Return a p-value as the range that rounding of floats leaves."""
    return p * (1.0 - 1e-9), min(1.0, p * (1.0 + 1e-9))


def f_upper(ratio: float, df1: int, df2: int) -> float:
    """Return the chance of an F ratio at least as large."""
    from scipy.special import fdtrc

    return float(fdtrc(df1, df2, ratio))


def simulated_band(
    low: float, high: float, draws: int = _FEWEST_DRAWS
) -> tuple[float, float]:
    """Return what a simulation of a p-value in a range may print."""
    from scipy.stats import binom

    least = float(binom.ppf(_CHANCE, draws, low))
    most = float(binom.isf(_CHANCE, draws, high))
    return max(least, 0.0) / (draws + 1), min(1.0, (most + 1.0) / draws)


def add_sides(found: Variants, less: float, greater: float) -> None:
    """Add the one-sided p-values, twice the smaller of them, and mid-p."""
    one = min(less, greater)
    here = max(less + greater - 1.0, 0.0)  # the chance of just what was seen
    found["one-sided"] = point(one)
    found["one-sided, other side"] = point(max(less, greater))
    found["twice one-sided"] = point(min(1.0, 2.0 * one))
    found["mid-p, one-sided"] = point(max(one - here / 2.0, 0.0))
    found["mid-p"] = point(min(1.0, 2.0 * max(one - here / 2.0, 0.0)))


def add_normal(
    found: Variants,
    excess: float,
    spread: float,
    corrections: tuple[float, ...],
    *,
    name: str = "normal",
    df: int | None = None,
) -> None:
    """Add normal p-values of an excess, with each correction for continuity.

    Without an excess, a two-sided test is not corrected, but a one-sided test is, so
    that its p-value is above one half.
    """
    for correction in corrections:
        z = (excess - correction) / spread
        full = name + (f", corrected by {correction:g}" if correction else "")
        p = normal_two_sided(z)
        found[full] = point(p if excess else 1.0)
        one = p / 2.0 if z > 0.0 else 1.0 - p / 2.0
        found[f"{full}, one-sided"] = point(one)
        # On the other side the correction goes the other way.
        other = 1.0 - normal_two_sided((excess + correction) / spread) / 2.0
        found[f"{full}, one-sided, other side"] = point(other)
        if df is not None and df > 0:
            from scipy.stats import t

            p = float(2.0 * t.sf(abs(z), df))
            found[f"{full}, by t"] = point(p if excess else 1.0)
            found[f"{full}, by t, one-sided"] = point(float(t.sf(z, df)))
            back = float(t.cdf((excess + correction) / spread, df))
            found[f"{full}, by t, one-sided, other side"] = point(back)


def rank_sums(table: Table) -> Variants:
    """Return the variants of the Mann-Whitney test of two rows of graded counts."""
    grades = range(len(table[0]))
    (n1, n2), n = map(sum, table), sum(map(sum, table))

    def test(**how: Any) -> Any:
        return mann_whitney(grades, grades, weights=(table[0], table[1]), **how)

    ties = [a + b for a, b in zip(*table, strict=True)]
    below = twice = 0
    for tie, seen in zip(ties, table[0], strict=True):
        twice += seen * (2 * below + tie + 1)
        below += tie
    excess = abs(twice - n1 * (n + 1)) / 2.0
    plain = n1 * n2 * (n + 1) / 12.0
    share = sum(t**3 - t for t in ties) / (n**3 - n)
    found: Variants = {}
    for name, variance in (
        ("normal", plain * (1.0 - share)),
        ("normal, no correction for ties", plain),
    ):
        if variance > 0.0:
            add_normal(
                found, excess, math.sqrt(variance), (0.0, 0.5), name=name, df=n - 1
            )
    sides = [_exactly(test, alternative=side) for side in ("less", "greater")]
    if None not in sides:
        add_sides(found, *(p for p in sides if p is not None))
    if n <= _MOST_UNTIED:
        # Half a pair for each tie: programs round it down or up.
        smaller = n1 * n2 / 2.0 - excess
        ways = _without_ties(n1, n2)
        _add_untied(found, ways, smaller)
    return found


def signed_ranks(moved: Mapping[int, int]) -> Variants:
    """Return the variants of the signed-rank test of counted changes."""
    changes, counts = list(moved), list(moved.values())

    def test(**how: Any) -> Any:
        return wilcoxon_signed_rank(changes, weights=counts, **how)

    found: Variants = {}
    for zeros in ("wilcox", "pratt"):
        exact = _exactly(test, zeros=zeros)
        if exact is not None:
            found[f"exact ({zeros})"] = point(exact)
            found[f"simulated ({zeros})"] = simulated_band(exact, exact)
            sides: Variants = {}
            tails = [
                _exactly(test, zeros=zeros, alternative=side)
                for side in ("less", "greater")
            ]
            add_sides(sides, *(p for p in tails if p is not None))
            found |= {f"{name} ({zeros})": p for name, p in sides.items()}
        for continuity in (False, True):
            p = test(method="asymptotic", zeros=zeros, continuity=continuity).p_value
            name = f"normal{', corrected' if continuity else ''} ({zeros})"
            found[name] = point(p)
            found[f"{name}, one-sided"] = point(p / 2.0)
    sizes: dict[int, int] = {}
    for change, count in moved.items():
        if change:
            sizes[abs(change)] = sizes.get(abs(change), 0) + count
    n = sum(sizes.values())
    below = 0
    twice = 0
    for size in sorted(sizes):
        rank = 2 * below + sizes[size] + 1
        twice += rank * moved.get(size, 0)
        below += sizes[size]
    excess = abs(twice / 2.0 - n * (n + 1) / 4.0)
    plain = n * (n + 1) * (2 * n + 1) / 24.0
    ties = sum(t**3 - t for t in sizes.values()) / 48.0
    for name, variance in (
        ("normal", plain - ties),
        ("normal, no correction for ties", plain),
    ):
        if variance > 0.0:
            add_normal(
                found, excess, math.sqrt(variance), (0.0, 0.5), name=name, df=n - 1
            )
    if n <= _MOST_UNTIED:
        _add_untied(found, _signs_without_ties(n), n * (n + 1) / 4.0 - excess)
    return {name: p for name, p in found.items() if not math.isnan(p[0])}


def friedman_rows(rows: Table, counted: Callable[..., tuple[float, float]]) -> Variants:
    """Return the variants of Friedman's test (Cochran's, of zeros and ones)."""

    def test(**how: Any) -> Any:
        return friedman(rows, **how)

    found = test(method="asymptotic")
    if math.isnan(found.p_value):
        return {}
    n, k = len(rows), len(rows[0])
    ties = sum(row.count(v) ** 3 - row.count(v) for row in rows for v in set(row))
    untied = found.statistic * (1.0 - ties / (n * (k**3 - k)))
    variants: Variants = {
        "asymptotic": point(found.p_value),
        "no correction for ties": point(chi2_upper(untied, k - 1)),
        "exact": counted(test),
    }
    variants["simulated"] = simulated_band(*variants["exact"])
    rest = n * (k - 1) - found.statistic
    if rest > 0.0:
        ratio = (n - 1) * found.statistic / rest
        variants["by F"] = point(f_upper(ratio, k - 1, (n - 1) * (k - 1)))
    return variants


def _exactly(test: Callable[..., Any], **how: Any) -> float | None:
    """Return an exact p-value; None if it takes too long to count."""
    from iph.errors import WorkError

    try:
        found = float(test(method="exact", **how).p_value)
    except WorkError:
        return None
    return None if math.isnan(found) else found


def _add_untied(found: Variants, ways: list[int], smaller: float) -> None:
    """Add exact p-values as if there were no ties, the statistic rounded both ways."""
    total = sum(ways)
    for name, cut in (("down", math.floor(smaller)), ("up", math.ceil(smaller))):
        one = sum(ways[: max(cut, -1) + 1]) / total
        found[f"exact without ties, rounded {name}"] = point(min(1.0, 2.0 * one))
        found[f"exact without ties, rounded {name}, one-sided"] = point(one)


def _without_ties(n1: int, n2: int) -> list[int]:
    """Return how many arrangements give each Mann-Whitney count.

    They are the coefficients of the product of (1 - q^(n2 + i)) / (1 - q^i), i from 1
    to n1: multiplied and divided in turn, each step leaves whole numbers.
    """
    ways = [1] + [0] * (n1 * n2)
    for i in range(1, n1 + 1):
        for u in range(n1 * n2, n2 + i - 1, -1):
            ways[u] -= ways[u - n2 - i]
        for u in range(i, n1 * n2 + 1):
            ways[u] += ways[u - i]
    return ways


def _signs_without_ties(n: int) -> list[int]:
    """Return how many choices of signs give each sum of the ranks 1 to n."""
    ways = [1] + [0] * (n * (n + 1) // 2)
    for rank in range(1, n + 1):
        for total in range(len(ways) - 1, rank - 1, -1):
            ways[total] += ways[total - rank]
    return ways
