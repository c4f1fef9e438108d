"""What programs print of two groups: ratios and differences, with their intervals.

A figure contradicts its counts only if no program gives it, so all that are known are
listed: the estimates with and without a half added to each cell, by maximum likelihood
with and without the margins given, unbiased in the median; the intervals of Wald (also
with a half added, and with a correction for continuity), by the score, by the
likelihood ratio, exact, mid-p, and by the order of probability.
"""

import math
from collections.abc import Callable, Iterator
from typing import Any

from iph.errors import IphError
from iph.evidence._inverted_intervals import (
    Counts,
    Ends,
    by_probability,
    corrected_cornfield,
    fit_difference,
    median_unbiased,
    solved,
)
from iph.stats._inference.tails import two_sided_quantile
from iph.stats._tables.odds_ratio import odds_ratio
from iph.stats._tables.proportion import wilson
from iph.stats._tables.risk import risk_difference, risk_ratio
from iph.stats._tables.risk_score import fit_odds_ratio, fit_ratio

_MOST = 2_000  # patients up to which exact intervals are solved
_MOST_UNCONDITIONAL = 120


def _quotient(over: float, under: float) -> float:
    if under == 0.0:
        return math.nan if over == 0.0 else math.inf
    return over / under


def odds_ratios(cells: Counts) -> dict[str, float]:
    """Return the odds ratios that programs print."""
    a, b, c, d = cells
    found = {
        "a d / (b c)": _quotient(a * d, b * c),
        "a half added": _quotient((a + 0.5) * (d + 0.5), (b + 0.5) * (c + 0.5)),
        "small sample": a * d / ((b + 1) * (c + 1)),
    }
    if sum(cells) <= _MOST:
        found["conditional"] = odds_ratio([[a, b], [c, d]]).estimate
        found["median unbiased"] = median_unbiased(cells)
    return found


def risk_ratios(cells: Counts) -> dict[str, float]:
    """Return the risk ratios that programs print."""
    a, b, c, d = cells
    n1, n2 = a + b, c + d
    return {
        "risks divided": _quotient(a * n2, c * n1),
        "a half added": (a + 0.5) / (n1 + 0.5) * (n2 + 0.5) / (c + 0.5),
        "a half added to each cell": (a + 0.5) / (n1 + 1) * (n2 + 1) / (c + 0.5),
        "small sample": a * (n2 + 1) / ((c + 1) * n1),
    }


def risk_differences(cells: Counts) -> dict[str, float]:
    """Return the differences of risks that programs print."""
    a, b, c, d = cells
    n1, n2 = a + b, c + d
    return {
        "risks subtracted": a / n1 - c / n2,
        "one added": (a + 1) / (n1 + 2) - (c + 1) / (n2 + 2),
        "a half added": (a + 0.5) / (n1 + 1) - (c + 0.5) / (n2 + 1),
    }


def odds_ratio_intervals(cells: Counts, level: float) -> dict[str, Ends]:
    """Return the intervals of an odds ratio."""
    a, b, c, d = cells
    z = two_sided_quantile(level)
    found: dict[str, Ends] = {}
    for name, add in (("Woolf", 0.0), ("Woolf, a half added", 0.5)):
        w, x, y, v = (float(cell) + add for cell in cells)
        if min(w, x, y, v) > 0.0:
            error = math.sqrt(1.0 / w + 1.0 / x + 1.0 / y + 1.0 / v)
            found |= _log_wald(name, w * v / (x * y), error, z)
    found |= solved(cells, fit_odds_ratio, z)
    found |= corrected_cornfield(cells, z)
    if sum(cells) <= _MOST:
        for method in ("exact", "mid-p"):
            how: Any = {"confidence_level": level, "method": method}
            found[method] = _ends(odds_ratio([[a, b], [c, d]], **how))
        found["by probability"] = by_probability(cells, 1.0 - level)
    return found


def risk_ratio_intervals(cells: Counts, level: float) -> dict[str, Ends]:
    """Return the intervals of a risk ratio."""
    z = two_sided_quantile(level)
    found: dict[str, Ends] = {}
    for name, add in (("Katz", 0.0), ("Katz, a half added", 0.5)):
        a, b, c, d = (float(cell) + add for cell in cells)
        if a > 0.0 and c > 0.0:
            for more, n1, n2 in (
                ("", a + b, c + d),
                (" to two cells", a + b - add, c + d - add),
            ):
                variance = 1.0 / a - 1.0 / n1 + 1.0 / c - 1.0 / n2
                ratio, error = a * n2 / (c * n1), math.sqrt(max(variance, 0.0))
                found |= _log_wald(name + more, ratio, error, z)
    return found | solved(cells, fit_ratio, z)


def unconditional_intervals(cells: Counts, level: float) -> dict[str, Ends]:
    """Return the exact interval of a risk ratio, which takes longer."""
    if sum(cells) > _MOST_UNCONDITIONAL:
        return {}
    return _of_stats(risk_ratio, cells, level, "exact")


def risk_difference_intervals(cells: Counts, level: float) -> dict[str, Ends]:
    """Return the intervals of a difference of risks."""
    a, b, c, d = cells
    n1, n2, z = a + b, c + d, two_sided_quantile(level)
    p, q = a / n1, c / n2
    middle = p - q
    error = math.sqrt(p * (1.0 - p) / n1 + q * (1.0 - q) / n2)
    more = (1.0 / n1 + 1.0 / n2) / 2.0
    found = _wald("Wald", middle, error, z)
    found |= _wald("Wald, corrected", middle, error + min(more, abs(middle)) / z, z)
    found |= _wald("Wald, corrected in full", middle, error + more / z, z)
    less = math.sqrt(p * (1.0 - p) / max(n1 - 1, 1) + q * (1.0 - q) / max(n2 - 1, 1))
    found |= _wald("Wald, n - 1", middle, less, z)
    p, q = (a + 1) / (n1 + 2), (c + 1) / (n2 + 2)
    error = math.sqrt(p * (1.0 - p) / (n1 + 2) + q * (1.0 - q) / (n2 + 2))
    found |= _wald("Agresti-Caffo", p - q, error, z)
    for method in ("miettinen-nurminen", "newcombe"):
        found |= _of_stats(risk_difference, cells, level, method)
    found["Newcombe, corrected"] = _newcombe_corrected(cells, z)
    return found | solved(cells, fit_difference, z)


def _newcombe_corrected(cells: Counts, z: float) -> Ends:
    a, b, c, d = cells
    n1, n2 = a + b, c + d
    l1, u1 = wilson(max(a - 0.5, 0.0), n1, z)[0], wilson(min(a + 0.5, n1), n1, z)[1]
    l2, u2 = wilson(max(c - 0.5, 0.0), n2, z)[0], wilson(min(c + 0.5, n2), n2, z)[1]
    p, q = a / n1, c / n2
    return (
        p - q - math.hypot(p - l1, u2 - q),
        p - q + math.hypot(u1 - p, q - l2),
    )


def _ends(found: Any) -> Ends:
    return float(found.low), float(found.high)


def _wald(name: str, middle: float, error: float, z: float) -> dict[str, Ends]:
    return {name: (middle - z * error, middle + z * error)}


def _log_wald(name: str, ratio: float, error: float, z: float) -> dict[str, Ends]:
    return {name: (ratio * math.exp(-z * error), ratio * math.exp(z * error))}


def _of_stats(
    function: Callable[..., Any], cells: Counts, level: float, method: str
) -> dict[str, Ends]:
    a, b, c, d = cells
    try:
        found = function([[a, b], [c, d]], confidence_level=level, method=method)
    except IphError:
        return {}
    return {method: _ends(found)}


def turned(cells: Counts) -> Iterator[tuple[str, Counts]]:
    """Yield the table as it is, with its rows and with its columns exchanged."""
    a, b, c, d = cells
    yield "", (a, b, c, d)
    yield "the second group first", (c, d, a, b)
    yield "without the outcome", (b, a, d, c)
    yield "the second group first, without the outcome", (d, c, b, a)
