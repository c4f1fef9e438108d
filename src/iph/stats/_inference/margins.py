"""Tests against a margin: non-inferiority, and equivalence by two one-sided tests."""

import math
from typing import Any

import attrs

from iph._options import one_number
from iph._results import Result
from iph.errors import InputError


@attrs.frozen(kw_only=True, eq=False)
class MarginTest(Result):
    """What a test of non-inferiority or equivalence found.

    Attributes
    ----------
    measure : str
        What is compared with the margins, such as ``"difference"``.
    estimate : float
        Its value, first group against second; NaN where it is undefined.
    low, high : float
        Its confidence interval.
    confidence_level : float
        The level of the interval.
    lower, upper : float or None
        The margins; None where there is none.
    p_lower : float or None
        The one-sided p-value of the hypothesis that the measure is at or below the
        lower margin; None without a lower margin, NaN if a group is empty.
    p_upper : float or None
        The same of the hypothesis that it is at or above the upper margin.
    p_value : float
        The larger of both, which is the p-value of equivalence; the only one if there
        is one margin.
    shown : bool
        Whether the measure is shown to be within the margins: `p_value` is at most
        (1 - level) / 2.
    method : str
        How p-values and interval were found.
    n : int
        The patients of both groups.
    n_missing : int
        The patients who are missing.
    """

    measure: str
    estimate: float
    low: float
    high: float
    confidence_level: float
    lower: float | None
    upper: float | None
    p_lower: float | None
    p_upper: float | None
    p_value: float
    shown: bool
    method: str
    n: int
    n_missing: int


def checked_margins(
    lower: object, upper: object, least: float, most: float
) -> tuple[float | None, float | None]:
    """Return the margins as floats; refuse none, those out of range or in disorder."""
    found = (_margin(lower, "lower", least, most), _margin(upper, "upper", least, most))
    if found == (None, None):
        raise InputError(
            "lower",
            "a margin, unless upper is given",
            None,
            "for non-inferiority one margin, for equivalence both: -0.1 and 0.1",
        )
    if None not in found and not found[0] < found[1]:  # type: ignore[operator] # floats
        raise InputError("lower", f"below upper ({found[1]:g})", lower)
    return found


def _margin(value: Any, name: str, least: float, most: float) -> float | None:
    if value is None:
        return None
    rule = "a finite number or None"
    if math.isfinite(least) or math.isfinite(most):
        rule = f"a number between {least:g} and {most:g}, or None"
    number = one_number(value, name, rule)
    if not least < number < most:
        raise InputError(name, rule, value)
    return number


def judged(p_lower: float | None, p_upper: float | None, tail: float) -> dict[str, Any]:
    """Return both p-values, the larger of them, and whether the margins are held."""
    given = [p for p in (p_lower, p_upper) if p is not None]
    worst = math.nan if any(map(math.isnan, given)) else max(given)
    return {
        "p_lower": p_lower,
        "p_upper": p_upper,
        "p_value": worst,
        "shown": worst <= tail,
    }
