"""Figures of made-up patients as programs print them, for `true_manuscripts.py`.

Everything here comes from SciPy, textbook formulas and enumeration, never from iph.
"""

import itertools
import math
import random

import numpy as np
from scipy import stats

Rows = list[list[int]]


def by_sample_ratio(cells: list[int], level: float) -> tuple[float, ...]:
    """Return the sample odds ratio with the interval of Woolf."""
    a, b, c, d = cells
    found = a * d / (b * c)
    error = math.sqrt(sum(1 / cell for cell in cells))
    reach = math.exp(stats.norm.isf((1 - level) / 2) * error)
    return found, found / reach, found * reach


def by_conditional_ratio(cells: list[int], level: float) -> tuple[float, ...]:
    """Return the conditional odds ratio with its exact interval."""
    table = np.array(cells).reshape(2, 2)
    result = stats.contingency.odds_ratio(table, kind="conditional")
    ends = result.confidence_interval(level)
    return float(result.statistic), float(ends.low), float(ends.high)


def by_relative_risk(cells: list[int], level: float) -> tuple[float, ...]:
    """Return the risk ratio with the interval of Katz."""
    a, b, c, d = cells
    result = stats.contingency.relative_risk(a, a + b, c, c + d)
    ends = result.confidence_interval(level)
    return float(result.relative_risk), float(ends.low), float(ends.high)


def by_difference(cells: list[int], level: float) -> tuple[float, ...]:
    """Return the difference of risks with the interval of Wald."""
    a, b, c, d = cells
    p, q = a / (a + b), c / (c + d)
    reach = stats.norm.isf((1 - level) / 2) * math.sqrt(
        p * (1 - p) / (a + b) + q * (1 - q) / (c + d)
    )
    return p - q, p - q - reach, p - q + reach


ESTIMATES = {
    "Woolf": ("odds-ratio", by_sample_ratio),
    "conditional, exact": ("odds-ratio", by_conditional_ratio),
    "Katz": ("risk-ratio", by_relative_risk),
    "Wald": ("risk-difference", by_difference),
}


def share(count: int, n: int, level: float, way: str) -> tuple[float, ...]:
    """Return a share with an interval of SciPy's: exact, wilson or wilsoncc."""
    ends = stats.binomtest(count, n).proportion_ci(level, method=way)
    return count / n, float(ends.low), float(ends.high)


def fisher(table: Rows) -> float:
    """Return the exact p of a table of two rows from all tables with its margins."""
    rows = [sum(row) for row in table]
    columns = [sum(column) for column in zip(*table, strict=True)]

    def weight(first: tuple[int, ...]) -> int:
        pairs = zip(columns, first, strict=True)
        return math.prod(math.comb(c, x) for c, x in pairs)

    here = weight(tuple(table[0]))
    every = [
        weight(first)
        for first in itertools.product(*(range(c + 1) for c in columns))
        if sum(first) == rows[0]
    ]
    return sum(w for w in every if w <= here) / sum(every)


def signed_ranks(changes: list[int], rng: random.Random) -> tuple[str, float]:
    """Return a p-value of changes, by all signs or as SciPy and SPSS."""
    moved = [change for change in changes if change]
    way = rng.choice(["exact", "normal", "corrected"])
    if way != "exact":
        how = {"correction": way == "corrected", "method": "asymptotic"}
        return way, float(stats.wilcoxon(changes, **how).pvalue)
    ranks = stats.rankdata(np.abs(moved))
    here = abs(float(np.sign(moved) @ ranks))
    signs = np.array(list(itertools.product((-1, 1), repeat=len(moved))))
    return way, float(np.mean(np.abs(signs @ ranks) >= here - 1e-9))


def friedman(rows: Rows) -> float:
    """Return the chi-square p of grades, one patient a row."""
    return float(stats.friedmanchisquare(*zip(*rows, strict=True)).pvalue)


Patient = tuple[int, bool, int]  # day, event, group


def patients(sizes: list[int], rng: random.Random) -> list[Patient]:
    """Make up patients with an event or without."""
    return [
        (rng.randint(1, 12), rng.random() < 0.7, group)
        for group, size in enumerate(sizes)
        for _ in range(size)
    ]


def at_risk(people: list[Patient], times: list[int]) -> Rows:
    """Return at risk at each time and events up to the next, both groups in turn."""
    rows = []
    for start, end in zip(times, [*times[1:], 99], strict=True):
        row = []
        for group in (0, 1):
            here = [(t, e) for t, e, g in people if g == group]
            row += [
                sum(t >= start for t, _ in here),
                sum(start <= t < end and e for t, e in here),
            ]
        rows.append(row)
    return rows


def survival(people: list[Patient], time: int) -> float:
    """Return the Kaplan-Meier estimate of the first group."""
    here = [(t, e) for t, e, g in people if g == 0]
    found = 1.0
    for day in sorted({t for t, e in here if e and t <= time}):
        risk = sum(t >= day for t, _ in here)
        found *= 1 - sum(e and t == day for t, e in here) / risk
    return found


def log_rank(people: list[Patient]) -> float:
    """Return the p of SciPy's log-rank test."""
    samples = [
        stats.CensoredData(
            uncensored=[t for t, e, g in people if g == group and e],
            right=[t for t, e, g in people if g == group and not e],
        )
        for group in (0, 1)
    ]
    with np.errstate(all="ignore"):
        return float(stats.logrank(*samples).pvalue)


def statistic(rng: random.Random) -> tuple[str, str, float]:
    """Return a statistic with its degrees of freedom as printed, and its p."""
    kind = rng.choice(["F", "chi2", "z", "r"])
    at = rng.uniform(0.1, 5)
    df, more = rng.randint(4, 60), rng.randint(1, 4)
    if kind == "F":
        return kind, f"F({more}, {df}) = {at:.2f}", float(stats.f.sf(at, more, df))
    if kind == "chi2":
        return kind, f"χ2 = {at:.2f}, df = {more}", float(stats.chi2.sf(at, more))
    if kind == "z":
        return kind, f"z = {at:.2f}", float(2 * stats.norm.sf(at))
    r = at / 5.5
    t = r * math.sqrt(df / (1 - r * r))
    return kind, f"r({df}) = {r:.2f}", float(2 * stats.t.sf(t, df))


def sign_variants(better: int, worse: int) -> list[float]:
    """Return every p of a sign test that textbooks and programs give."""
    n, far = better + worse, max(better, worse)
    upper = float(stats.binom.sf(far - 1, n, 0.5))
    here = float(stats.binom.pmf(far, n, 0.5))
    lower = float(stats.binom.cdf(far, n, 0.5))
    found = [upper, min(1, 2 * upper), lower, upper - here / 2]
    found += [min(1, 2 * (upper - here / 2)), 1.0 if better == worse else upper]
    for correction in (0, 0.5, 1):
        z = (abs(better - worse) - correction) / math.sqrt(n)
        one = float(stats.norm.sf(z))
        back = float(stats.norm.cdf((abs(better - worse) + correction) / math.sqrt(n)))
        found += [one, min(2 * one, 2 * (1 - one)), back, 1 - one]
    return found


def t_variants(text: str, df: int) -> tuple[float, float]:
    """Return between which values a t that is printed so has its p, two-sided."""
    at, half = abs(float(text)), 0.005
    ends = (at + 2 * half, max(at - half, 0.0))  # rounded, or cut off
    low, high = (float(2 * stats.t.sf(end, df)) for end in ends)
    return low, high
