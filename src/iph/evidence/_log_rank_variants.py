"""Variants of the log-rank test, from printed numbers at risk and events."""

import itertools
import math
from collections.abc import Callable
from typing import Any

from iph.errors import IphError
from iph.evidence._rank_variants import Table, Variants, point, simulated_band
from iph.stats._inference.tails import chi2_upper, normal_two_sided
from iph.stats._survival.logrank import logrank

_CORRECTIONS = (0.0, 0.5)
_KINDS = ("logrank", "gehan", "tarone-ware", "peto")
# By how much an exact p-value may differ from that of the chi-square.
_EXACT = 4.0
# With fewer in a group its few allocations have few exact p-values, which may lie far
# above that of the chi-square.
_FEWEST = 6


def two_curves(table: Table) -> Variants:
    """Return the tests of rows of at risk, events, at risk, events."""
    weights: dict[str, Callable[[float, float, float], float]] = {
        "log-rank": lambda n, s, k: 1.0,  # noqa: ARG005 - one form for all weights
        "Gehan": lambda n, s, k: n,  # noqa: ARG005 - the same
        "Tarone-Ware": lambda n, s, k: math.sqrt(n),  # noqa: ARG005 - the same
        "Peto": lambda n, s, k: s,  # noqa: ARG005 - the same
        "Peto, modified": lambda n, s, k: s * n / (n + 1.0),  # noqa: ARG005 - the same
        "Fleming-Harrington": lambda n, s, k: k,  # noqa: ARG005 - the same
    }
    found: Variants = {}
    for name, weight in weights.items():
        excess, variance = _sums(table, weight)
        if variance > 0.0:
            for correction in _CORRECTIONS:
                z = max(abs(excess) - correction, 0.0) / math.sqrt(variance)
                full = name + (f", corrected by {correction}" if correction else "")
                p = normal_two_sided(z)
                found[full] = point(p)
                found[f"{full}, one-sided"] = point(p / 2.0)
                found[f"{full}, one-sided, other side"] = point(1.0 - p / 2.0)
    observed, expected = [0, 0], [0.0, 0.0]
    for n1, d1, n2, d2 in table:
        for group, (seen, here) in enumerate(((d1, n1), (d2, n2))):
            observed[group] += seen
            expected[group] += (d1 + d2) * here / (n1 + n2) if n1 + n2 else 0.0
    if min(expected) > 0.0:
        terms = zip(observed, expected, strict=True)
        sums = sum((o - e) ** 2 / e for o, e in terms)
        found["sum of (O - E)^2 / E"] = point(chi2_upper(sums, 1))
    return found


def _sums(
    table: Table, weight: Callable[[float, float, float], float]
) -> tuple[float, float]:
    """Return events less those expected in the first group, and their variance.

    Weights know the number at risk, Peto's survival with the events of the time, and
    the Kaplan-Meier estimate before them.
    """
    excess = variance = 0.0
    peto = curve = 1.0
    for n1, d1, n2, d2 in table:
        n, d = n1 + n2, d1 + d2
        if not d:
            continue
        w = weight(n, peto, curve)
        excess += w * (d1 - d * n1 / n)
        if n > 1:
            share = n1 * n2 / (n * n)
            variance += w * w * d * share * (n - d) / (n - 1)
        peto *= 1.0 - d / (n + 1)
        curve *= 1.0 - d / n
    return excess, variance


def curves(table: Table, counted: Callable[..., tuple[float, float]]) -> Variants:
    """Return the tests of two or more groups, each with at risk and events in a row."""
    groups = len(table[0]) // 2
    found = two_curves(table) if groups == 2 else {}
    patients = _patients(table)
    if patients is None:
        return found
    times, events, members, weights = patients

    def test(**how: Any) -> Any:
        return logrank(times, events, members, weights=weights, **how)

    for kind in _KINDS:
        try:
            p = test(kind=kind, method="asymptotic").p_value
        except IphError:  # one group only
            return found
        if not math.isnan(p):
            found[f"{kind}, chi-square"] = point(p)
    if not found:
        return found
    exact = counted(lambda **how: test(equal_follow_up=True, **how))
    found["exact"] = exact
    found["simulated"] = simulated_band(*exact)
    return found


def _patients(
    table: Table,
) -> tuple[list[float], list[bool], list[int], list[int]] | None:
    """Return patients who give these rows; None if numbers at risk rise."""
    times, events, members, weights = list[float](), list[bool](), [], []
    rows = (*table, (0,) * len(table[0]))
    for time, (row, below) in enumerate(itertools.pairwise(rows), start=1):
        for group in range(len(row) // 2):
            risk, seen = row[2 * group], row[2 * group + 1]
            lost = risk - seen - below[2 * group]
            if lost < 0:
                return None
            for happened, count in ((True, seen), (False, lost)):
                if count:
                    times.append(time if happened else time + 0.5)
                    events.append(happened)
                    members.append(group)
                    weights.append(count)
    return times, events, members, weights


def curves_between(table: Table) -> Variants:
    """Return what the log-rank test may be, with rows at some times only.

    The order of events and losses between two rows is not printed. An event adds the
    share of the first group among those at risk to the events expected there, and
    that share lies between those with all of the one or of the other group gone.
    """
    rows = (*table, (0,) * len(table[0]))
    observed, low, high = 0, 0.0, 0.0
    least = most = 0.0
    for (n1, d1, n2, d2), (m1, _, m2, _) in itertools.pairwise(rows):
        if m1 > n1 or m2 > n2:
            return {}
        d = d1 + d2
        if not d:
            continue
        observed += d1
        first, last = m1 / max(m1 + n2, 1), n1 / max(n1 + m2, 1)
        low, high = low + d * first, high + d * last
        ends = (first * (1.0 - first), last * (1.0 - last))
        middle = 0.25 if first <= 0.5 <= last else max(ends)  # noqa: PLR2004 - the top
        # All tied at the last moment vary least; these may be among those below.
        n = max(d, m1 + m2, 2)
        least += d * min(ends) * (n - d) / (n - 1)
        most += d * middle
    if most <= 0.0:
        return {}
    near = max(observed - high, low - observed, 0.0)
    far = max(observed - low, high - observed)
    greatest = normal_two_sided(near / math.sqrt(most))
    smallest = normal_two_sided(far / math.sqrt(least)) if least > 0.0 else 0.0
    few = min(table[0][0], table[0][2]) < _FEWEST
    p = (smallest / _EXACT, 1.0 if few else min(greatest * _EXACT, 1.0))
    return {
        "times between rows in any order": p,
        "one-sided": (p[0] / 2.0, p[1] / 2.0),
        "one-sided, other side": (1.0 - p[1] / 2.0, 1.0 - p[0] / 2.0),
    }
