"""P-values from printed counts, by every variant that programs print."""

import math
from collections.abc import Callable

from iph.stats._groups.kruskal_wallis import kruskal_wallis as kruskal_wallis_test
from iph.stats._inference.fair_coin import exact_p
from iph.stats._inference.tails import chi2_upper
from iph.stats._tables.fisher import fisher_exact

Table = tuple[tuple[int, ...], ...]


def fisher(table: Table) -> dict[str, float]:
    """Return the two-sided exact p of a two-by-two table; none for other shapes."""
    if len(table) != 2 or len(table[0]) != 2 or not any(map(any, table)):
        return {}
    less = fisher_exact(table, alternative="less")
    greater = fisher_exact(table, alternative="greater")
    return {
        "two-sided": fisher_exact(table).p_value,
        "twice one-sided": fisher_exact(table, two_sided="central").p_value,
        "one-sided": min(less.p_value, greater.p_value),
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
    if len(table) != 1 or len(table[0]) != 2:
        return {}
    fallen, risen = table[0]
    fewer, more = sorted((fallen, risen))
    return {
        "two-sided": exact_p(fallen, risen, "two-sided"),
        "one-sided": exact_p(fewer, more, "less"),
    }


def kruskal_wallis(table: Table) -> dict[str, float]:
    """Return the asymptotic p of groups (rows) over ordered grades (columns)."""
    if len(table) < 2 or not all(map(any, table)):
        return {}
    grades = range(len(table[0]))
    found = kruskal_wallis_test(
        *[grades] * len(table), weights=table, method="asymptotic"
    )
    return {} if math.isnan(found.p_value) else {"asymptotic": found.p_value}


TESTS: dict[str, Callable[[Table], dict[str, float]]] = {
    "chi-square": chi_square,
    "fisher": fisher,
    "kruskal-wallis": kruskal_wallis,
    "mann-whitney": kruskal_wallis,
    "sign": sign,
}
