"""P-values from printed counts, by every variant that programs print.

An audit may say "contradicts" only of a p-value that no variant of any program gives.
So each test lists all of them: exact, mid-p, with and without the corrections for
continuity and for ties, one-sided, and simulated. A variant is a range: one point where
it can be computed, and what a simulation leaves open where it cannot.
"""

import math
from collections.abc import Callable
from typing import Any

from iph.errors import WorkError
from iph.evidence._log_rank_variants import curves, curves_between
from iph.evidence._rank_variants import (
    Variants,
    add_normal,
    add_sides,
    f_upper,
    friedman_rows,
    point,
    rank_sums,
    signed_ranks,
    simulated_band,
)
from iph.stats._groups.kruskal_wallis import kruskal_wallis as kruskal_wallis_test
from iph.stats._inference import fair_coin
from iph.stats._inference.tails import chi2_upper
from iph.stats._tables.fisher import fisher_exact
from iph.stats._tables.symmetry import bowker, stuart_maxwell

Table = tuple[tuple[int, ...], ...]
_SEED = 2023  # of the simulation that stands in where counting would take too long
_DRAWS = 100_000
_TWO_CURVES = 4  # columns: at risk and events of each


def counted(test: Callable[..., Any]) -> tuple[float, float]:
    """Return the exact p of a test, or what a simulation leaves of it."""
    try:
        return point(test(method="exact").p_value)
    except WorkError:
        drawn = test(method="monte-carlo", rng=_SEED, n_resamples=_DRAWS)
        hits = round(drawn.p_value * (_DRAWS + 1)) - 1
        return simulated_band(hits / _DRAWS, hits / _DRAWS, _DRAWS)


def fisher(table: Table) -> Variants:
    """Return the exact p of a cross table; of two by two also mid-p and one-sided."""
    if len(table) < 2 or len(table[0]) < 2 or not any(map(any, table)):
        return {}
    if (len(table), len(table[0])) != (2, 2):
        exact = counted(lambda **how: fisher_exact(table, **how))
        return {"exact": exact, "simulated": simulated_band(*exact)}
    found: Variants = {"two-sided": point(fisher_exact(table).p_value)}
    less = fisher_exact(table, alternative="less").p_value
    greater = fisher_exact(table, alternative="greater").p_value
    add_sides(found, less, greater)
    here = less + greater - 1.0
    found["two-sided mid-p"] = point(found["two-sided"][0] - here / 2.0)
    return found


def chi_square(table: Table) -> Variants:
    """Return the p of the chi-square tests of a cross table."""
    rows = [sum(row) for row in table]
    columns = [sum(column) for column in zip(*table, strict=True)]
    df = (len(rows) - 1) * (len(columns) - 1)
    if df < 1 or 0 in rows or 0 in columns:
        return {}
    n = sum(rows)
    plain = corrected = ratio = 0.0
    for i, row in enumerate(table):
        for j, seen in enumerate(row):
            expected = rows[i] * columns[j] / n
            off = abs(seen - expected)
            plain += off**2 / expected
            corrected += (off - min(0.5, off)) ** 2 / expected
            ratio += 2.0 * seen * math.log(seen / expected) if seen else 0.0
    found = {
        "uncorrected": point(chi2_upper(plain, df)),
        "likelihood ratio": point(chi2_upper(ratio, df)),
        "linear by linear": point(chi2_upper(_linear(table, n), 1)),
        "with n - 1": point(chi2_upper(plain * (n - 1) / n, df)),
    }
    if df == 1:
        found["Yates"] = point(chi2_upper(corrected, 1))
        for name in ("uncorrected", "Yates"):
            found[f"{name}, one-sided"] = point(found[name][0] / 2.0)
            other = point(1.0 - found[name][0] / 2.0)
            found[f"{name}, one-sided, other side"] = other
    return found


def chi_square_exact(table: Table) -> Variants:
    """Return the p of the exact test that orders tables by their chi-square."""
    rows = [sum(row) for row in table]
    columns = [sum(column) for column in zip(*table, strict=True)]
    n = sum(rows)
    plain = sum(
        (seen - rows[i] * columns[j] / n) ** 2 / (rows[i] * columns[j] / n)
        for i, row in enumerate(table)
        for j, seen in enumerate(row)
    )
    exact = _exact_chi_square(rows, columns, plain)
    return {"exact": exact, "simulated": simulated_band(*exact)}


def _linear(table: Table, n: int) -> float:
    """Return (n - 1) times the squared correlation of row and column numbers."""
    cells = [(i, j, c) for i, row in enumerate(table) for j, c in enumerate(row)]
    row_mean = sum(i * c for i, _, c in cells) / n
    column_mean = sum(j * c for _, j, c in cells) / n
    xy = sum((i - row_mean) * (j - column_mean) * c for i, j, c in cells)
    xx = sum((i - row_mean) ** 2 * c for i, _, c in cells)
    yy = sum((j - column_mean) ** 2 * c for _, j, c in cells)
    return (n - 1) * xy * xy / (xx * yy)


def _exact_chi_square(
    rows: list[int], columns: list[int], observed: float
) -> tuple[float, float]:
    """Simulate the exact test that orders tables by their chi-square."""
    import numpy as np
    from scipy.stats import random_table

    expected = np.outer(rows, columns) / sum(rows)
    rng = np.random.default_rng(_SEED)
    tables = random_table(rows, columns).rvs(_DRAWS, random_state=rng)
    found = ((tables - expected) ** 2 / expected).sum(axis=(1, 2))
    hits = int(np.count_nonzero(found >= observed * (1.0 - 1e-9)))
    return simulated_band(hits / _DRAWS, hits / _DRAWS, _DRAWS)


def sign(table: Table) -> Variants:
    """Return the p of fallen against risen, such as ``28 0``."""
    if len(table) != 1 or len(table[0]) != 2 or not any(table[0]):
        return {}
    fallen, risen = table[0]
    fewer, more = sorted(table[0])
    found: Variants = {
        "two-sided": point(fair_coin.exact_p(fallen, risen, "two-sided")),
        "one-sided": point(fair_coin.exact_p(fewer, more, "less")),
        "one-sided, other side": point(fair_coin.exact_p(more, fewer, "less")),
        "mid-p": point(fair_coin.mid_p(fallen, risen, "two-sided")),
        "mid-p, one-sided": point(fair_coin.mid_p(fewer, more, "less")),
    }
    # The excess counts tosses twice, so that a correction by 1 is the usual half.
    add_normal(found, abs(fallen - risen), math.sqrt(fallen + risen), (0.0, 0.5, 1.0))
    return found


def mcnemar(table: Table) -> Variants:
    """Return the p of a square table of two occasions."""
    if {len(table), *map(len, table)} != {len(table)} or len(table) < 2:
        return {}
    if len(table) == 2:
        return sign(((table[0][1], table[1][0]),))
    found = {"Stuart-Maxwell": point(stuart_maxwell(table).p_value)}
    found["Bowker"] = point(bowker(table, method="asymptotic").p_value)
    try:
        found["Bowker, exact"] = point(bowker(table, method="exact").p_value)
    except WorkError:
        found["Bowker, exact"] = (0.0, 1.0)
    return {name: p for name, p in found.items() if not math.isnan(p[0])}


def kruskal_wallis(table: Table) -> Variants:
    """Return the p of groups (rows) over ordered grades (columns)."""
    if len(table) < 2 or not all(map(any, table)):
        return {}
    grades = [range(len(table[0]))] * len(table)

    def test(**how: Any) -> Any:
        return kruskal_wallis_test(*grades, weights=table, **how)

    found = test(method="asymptotic")
    if math.isnan(found.p_value):
        return {}
    variants: Variants = {"asymptotic": point(found.p_value)}
    ties = [sum(column) for column in zip(*table, strict=True)]
    n = sum(ties)
    untied = found.statistic * (1.0 - sum(t**3 - t for t in ties) / (n**3 - n))
    variants["no correction for ties"] = point(chi2_upper(untied, len(table) - 1))
    rest = n - 1.0 - found.statistic
    if rest > 1e-9 * n and n > len(table):
        ratio = (n - len(table)) * found.statistic / ((len(table) - 1) * rest)
        variants["analysis of variance of the ranks"] = point(
            f_upper(ratio, len(table) - 1, n - len(table))
        )
    variants["exact"] = counted(test)
    variants["simulated"] = simulated_band(*variants["exact"])
    return variants | (rank_sums(table) if len(table) == 2 else {})


def wilcoxon(table: Table) -> Variants:
    """Return the p of the signed ranks of a square table of ordered grades."""
    if {len(table), *map(len, table)} != {len(table)}:
        return {}
    moved: dict[int, int] = {}
    for i, row in enumerate(table):
        for j, count in enumerate(row):
            moved[j - i] = moved.get(j - i, 0) + count
    moved = {by: count for by, count in moved.items() if count}
    return signed_ranks(moved) if any(moved) else {}


def friedman(table: Table) -> Variants:
    """Return the p of grades, one patient a row and one visit a column."""
    if len(table) < 2 or len(table[0]) < 2:
        return {}
    return friedman_rows(table, counted)


def survival(table: Table) -> Variants:
    """Return the p of curves from rows of at risk and events of each group."""
    return curves(table, counted) if _is_sound(table) else {}


def survival_between(table: Table) -> Variants:
    """Return the same of two curves, of whose events only the intervals are printed."""
    return (
        curves_between(table)
        if _is_sound(table) and len(table[0]) == _TWO_CURVES
        else {}
    )


def _is_sound(table: Table) -> bool:
    """Whether each group has a column at risk and one of no more events than that."""
    width = len(table[0])
    pairs = all(row[i + 1] <= row[i] for row in table for i in range(0, width - 1, 2))
    return width >= _TWO_CURVES and width % 2 == 0 and pairs


TESTS: dict[str, Callable[[Table], Variants]] = {
    "bowker": mcnemar,
    "chi-square": chi_square,
    "cochran-q": friedman,
    "fisher": fisher,
    "friedman": friedman,
    "kruskal-wallis": kruskal_wallis,
    "log-rank": survival,
    "log-rank, times in intervals": survival_between,
    "mann-whitney": kruskal_wallis,
    "mcnemar": mcnemar,
    "sign": sign,
    "wilcoxon signed-rank": wilcoxon,
}

# What takes longer is asked for only where none of the others fits.
MORE: dict[str, Callable[[Table], Variants]] = {"chi-square": chi_square_exact}
