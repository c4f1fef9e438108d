"""P-values of test statistics that are printed with their degrees of freedom."""

import itertools
import math
import re
from collections.abc import Callable

from iph.evidence._printed import PrintedNumber, number, one_spelling
from iph.evidence._rank_variants import Variants, point

_FIGURE = r"(?:\d+(?:\.\d+)?|\.\d+)"
_STATISTIC = re.compile(
    rf"(t|f|z|r|chi2|chi-?square|x2|\u03c72|q)\s*"
    rf"(?:\(\s*({_FIGURE})\s*(?:,\s*(?:n\s*=\s*)?({_FIGURE})\s*)?\))?"
    rf"\s*([<>=])\s*(-?{_FIGURE})"
    rf"(?:\s*[,;]?\s*\(?d\.?f\.?\s*=\s*({_FIGURE})\s*(?:,\s*({_FIGURE}))?\)?)?",
    re.IGNORECASE,
)
_LONGEST = 80


def p_of(text: str) -> Variants | None:
    """Return what ``t(28) = 2.20`` or ``t = 2.20, df = 28`` gives; None if it is none.

    All values that are printed so, and all degrees of freedom, give a range of
    p-values; its ends lie at the ends, since p falls with the size of the statistic
    and moves one way with the degrees of freedom.
    """
    plain = one_spelling(text).lower().replace("\u03c7^2", "\u03c72")
    match = _STATISTIC.fullmatch(plain) if len(plain) <= _LONGEST else None
    if match is None:
        return None
    kind = match[1].replace("-", "")
    kind = "chi2" if kind in {"chisquare", "x2", "\u03c72", "q"} else kind
    dfs = [number(df) for df in (match[2], match[3], match[6], match[7]) if df]
    needed = {"t": 1, "f": 2, "z": 0, "r": 1, "chi2": 1}[kind]
    # A chi-square may have the number of patients beside its df.
    if len(dfs) < needed or (len(dfs) > needed and kind != "chi2"):
        return None
    size = number(match[5].lstrip("-"))
    ends = _ends(size)
    if kind == "r" and ends[0] > 1.0:
        return None
    tails = [
        _TAILS[kind](at, *at_dfs)
        for at in ends
        for at_dfs in itertools.product(*map(_ends, dfs[:needed]))
    ]
    low, high = min(tails), max(tails)
    if match[4] == "<":  # a smaller statistic, a larger p
        high = 1.0
    elif match[4] == ">":
        low = 0.0
    found: Variants = {"two-sided": (point(low)[0], point(high)[1])}
    if kind == "r":
        near = [_by_fisher_z(at, float(dfs[0].value)) for at in ends]
        found["two-sided, by Fisher's z"] = (point(min(near))[0], point(max(near))[1])
    if kind in {"t", "z", "r"}:
        one = (point(low)[0] / 2.0, point(high)[1] / 2.0)
        found["one-sided"] = one
        found["one-sided, other side"] = (1.0 - one[1], 1.0 - one[0])
    return found


def _ends(printed: PrintedNumber) -> tuple[float, ...]:
    """Return the least and the largest value that is printed so, never below 0."""
    if printed.value.denominator == 1 and printed.unit == 1:
        # Whole degrees of freedom are themselves; a whole statistic was rounded.
        return (float(printed.value),)
    least = max(float(printed.rounded[0]), 0.0)
    return least, float(printed.value + printed.unit)


def _t(at: float, df: float) -> float:
    from scipy.stats import t

    return float(2.0 * t.sf(at, df)) if df > 0.0 else math.nan


def _f(at: float, df1: float, df2: float) -> float:
    from scipy.stats import f

    return float(f.sf(at, df1, df2)) if min(df1, df2) > 0.0 else math.nan


def _chi2(at: float, df: float) -> float:
    from scipy.stats import chi2

    return float(chi2.sf(at, df)) if df > 0.0 else math.nan


def _z(at: float) -> float:
    return math.erfc(at / math.sqrt(2.0))


def _r(at: float, df: float) -> float:
    if at >= 1.0:
        return 0.0
    return _t(at * math.sqrt(df / (1.0 - at * at)), df)


def _by_fisher_z(at: float, df: float) -> float:
    """Return the normal p of a correlation on the z scale, where n is df + 2."""
    if at >= 1.0 or df <= 1.0:
        return 0.0 if at >= 1.0 else 1.0
    return _z(math.atanh(at) * math.sqrt(df - 1.0))


_TAILS: dict[str, Callable[..., float]] = {
    "t": _t,
    "f": _f,
    "z": _z,
    "r": _r,
    "chi2": _chi2,
}
