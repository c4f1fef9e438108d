"""P-values from printed counts, by every variant that programs print."""

import math
from collections.abc import Callable
from fractions import Fraction

from iph.stats._tails import chi2_upper

Table = tuple[tuple[int, ...], ...]
_TWO = 2


def fisher(table: Table) -> dict[str, float]:
    """Return the two-sided exact p of a two-by-two table; none for other shapes."""
    if len(table) != _TWO or len(table[0]) != _TWO:
        return {}
    (a, b), (c, d) = table
    first, column, n = a + b, a + c, a + b + c + d
    ways = {
        x: math.comb(first, x) * math.comb(n - first, column - x)
        for x in range(max(0, column - (n - first)), min(first, column) + 1)
    }
    total = math.comb(n, column)
    smaller = sum(w for w in ways.values() if w <= ways[a])
    lower = sum(w for x, w in ways.items() if x <= a)
    upper = sum(w for x, w in ways.items() if x >= a)
    doubled = min(Fraction(2 * min(lower, upper), total), Fraction(1))
    return {
        "two-sided": float(Fraction(smaller, total)),
        "twice one-sided": float(doubled),
        "one-sided": float(Fraction(min(lower, upper), total)),
    }


def chi_square(table: Table) -> dict[str, float]:
    """Return the p of the chi-square test, for two rows and columns corrected too."""
    rows = [sum(row) for row in table]
    columns = [sum(column) for column in zip(*table, strict=True)]
    df = (len(rows) - 1) * (len(columns) - 1)
    if df < 1 or 0 in rows or 0 in columns:
        return {}
    n = sum(rows)
    plain = corrected = 0.0
    for i, row in enumerate(table):
        for j, seen in enumerate(row):
            expected = rows[i] * columns[j] / n
            off = abs(seen - expected)
            plain += off**2 / expected
            corrected += (off - min(0.5, off)) ** 2 / expected
    found = {"uncorrected": chi2_upper(plain, df)}
    if df == 1:
        found["Yates"] = chi2_upper(corrected, 1)
    return found


def sign(table: Table) -> dict[str, float]:
    """Return the exact p of fallen against risen, such as ``28 0``."""
    if len(table) != 1 or len(table[0]) != _TWO:
        return {}
    fallen, risen = table[0]
    n = fallen + risen
    tail = sum(math.comb(n, k) for k in range(min(fallen, risen) + 1))
    one_sided = Fraction(tail, 2**n)
    return {
        "two-sided": float(min(2 * one_sided, Fraction(1))),
        "one-sided": float(one_sided),
    }


def kruskal_wallis(table: Table) -> dict[str, float]:
    """Return the asymptotic p of groups (rows) over ordered grades (columns)."""
    sizes = [sum(row) for row in table]
    grades = [sum(column) for column in zip(*table, strict=True)]
    n = sum(sizes)
    if len(table) < _TWO or 0 in sizes or max(grades) == n:
        return {}
    below, ranks = 0, []
    for count in grades:
        ranks.append(Fraction(2 * below + count + 1, 2))
        below += count
    mean = Fraction(n + 1, 2)
    between = sum(
        Fraction(size)
        * (sum(c * r for c, r in zip(row, ranks, strict=True)) / size - mean) ** 2
        for row, size in zip(table, sizes, strict=True)
    )
    spread = sum(c * (r - mean) ** 2 for c, r in zip(grades, ranks, strict=True))
    statistic = float(between * (n - 1) / spread)
    return {"asymptotic": chi2_upper(statistic, len(table) - 1)}


TESTS: dict[str, Callable[[Table], dict[str, float]]] = {
    "chi-square": chi_square,
    "fisher": fisher,
    "kruskal-wallis": kruskal_wallis,
    "mann-whitney": kruskal_wallis,
    "sign": sign,
}
