"""How results stand in print, in tables, sentences and figures alike."""

import math
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import accumulate
from typing import Any

from iph._bound import Bound
from iph._categories import ScheduledVisit
from iph.report._numbers import (
    MINUS,
    NOBODY,
    days,
    decimal,
    exact,
    level_text,
    listing,
    of_patients,
    outward,
    p_value,
    percent,
    places_for,
    share,
    share_interval,
    sized,
    trimmed,
)
from iph.stats._description.bounded_quartiles import BoundedMedian, BoundedQuartiles
from iph.stats._description.describe import Description
from iph.stats._description.location import LocationEstimate
from iph.stats._description.quartiles import Quartiles
from iph.stats._description.value_range import ValueRange
from iph.stats._inference.result import Estimate
from iph.stats._survival.cumulative_incidence import CumulativeIncidence
from iph.study._anatomy import Count
from iph.study._by_visit import RecoveredBy, RecoveryDifference
from iph.study._compared import ComparedClaim
from iph.study._recovery_results import RecoveryAnalysis, RecoveryGroup
from iph.study._recovery_words import Wording
from iph.study._share_difference import INVERTED, JOINED
from iph.study._table_one import NumberCell

_EQUAL = 1e-9  # sums of estimated shares that are told apart from one half
_BILLION = "10\N{SUPERSCRIPT NINE}"
_WAYS = {
    INVERTED: "inverts Barnard's exact test (Chan and Zhang)",
    JOINED: "joins the Clopper-Pearson limits of both groups",
}
_QUARTILES = {
    "weibull": "Weibull's rule",
    "hazen": "Hazen's rule",
    "linear": "linear interpolation",
}
_SIGNS = {"<=": "\N{LESS-THAN OR EQUAL TO}", ">=": "\N{GREATER-THAN OR EQUAL TO}"}
_UNDETERMINED = "not determined"
_NOT_COMPARED = "not compared"
_NO_INTERVAL = "no interval"


def numeral_of(grade: Any) -> str:
    """Return the numeral of a grade; that of a plain enumeration is its number."""
    return str(getattr(grade, "numeral", int(grade)))


def capital(text: str) -> str:
    """Begin with a capital, and leave the rest as it is."""
    return text[:1].upper() + text[1:]


def lowered(text: str) -> str:
    """Begin with a small letter within a sentence, unless it is an abbreviation."""
    return text if text[1:2].isupper() else text[:1].lower() + text[1:]


def quartile_words(rule: str) -> str:
    """Name a rule for quartiles as papers do."""
    return _QUARTILES.get(rule, f"the {rule.replace('-', ' ')} rule")


def severity_words(rule: str) -> str:
    """Name a rule of severity by its author and year."""
    found = re.fullmatch(r"([a-z]+)(\d{4})(?:-([a-z]+))?", rule)
    if found is None:
        return f"the rule {rule}"
    author, year, kind = found.groups()
    return f"the rule of {author.title()} {year}" + (f" ({kind})" if kind else "")


def method_words(method: str) -> str:
    """Name the way to a p-value as papers do."""
    return method.replace("monte-carlo", "Monte Carlo")


def unit_words(unit: str) -> str:
    """Write a unit with its power raised."""
    return unit.replace("10^9", _BILLION)


def middle_text(found: Quartiles) -> str:
    """Write the median with the quartiles; a single value stands alone."""
    if not found.n:
        return "none recorded"
    middle = sized(found.median, found.median)
    if found.n == 1 or math.isnan(found.q1) or math.isnan(found.q3):
        return middle
    low, high = (sized(value, found.median) for value in (found.q1, found.q3))
    return f"{middle} ({low}, {high})"


def number_text(found: Description, shown: str) -> str:
    """Write mean (SD), or median (Q1, Q3), from the exact values if there are any."""
    if found.n == 0:
        return NOBODY
    if shown == "mean":
        mean = found.mean if found.exact_mean is None else found.exact_mean
        sd = "" if math.isnan(found.sd) else f" ({decimal(found.sd, 1)})"
        return f"{decimal(mean, 1)}{sd}"
    return middle_text(found.quartiles)


def bounded_text(found: BoundedQuartiles) -> str:
    """Write the quartiles of values of which some are known by a bound alone.

    What they do not determine is a bound, or stands between two limits.
    """
    like = _size_of(found.median)
    middle = range_text(found.median, like)
    if found.n == 1:
        return middle
    low, high = (range_text(one, like) for one in (found.q1, found.q3))
    return f"{middle} ({low}, {high})"


def bounded_location_text(found: BoundedMedian) -> str:
    """Write a median change of which bounds leave something open, with its interval."""
    like = _size_of(found.median)
    ends = found.interval
    size = 0.0 if like is None else like
    low, high = outward(ends.low, size, up=False), outward(ends.high, size, up=True)
    interval = f"{low} to {high}"
    if math.isinf(ends.low) or math.isinf(ends.high):
        interval = f"CI from {low}" if math.isfinite(ends.low) else f"CI to {high}"
    if math.isinf(ends.low) and math.isinf(ends.high):
        interval = "CI not estimable"
    return f"{range_text(found.median, like)} ({interval})"


def _size_of(found: ValueRange) -> float | None:
    """Return a number by whose size a figure is rounded; None if it has no limit."""
    return next((end for end in (found.low, found.high) if math.isfinite(end)), None)


def range_text(found: ValueRange, like: float | None) -> str:
    """Write a number, or the bound or the two limits that are known of it."""
    known = found.known
    if isinstance(known, Bound):
        sign = _SIGNS.get(known.operator, known.operator)
        size = known.value if like is None else like
        return f"{sign} {outward(known.value, size, up=known.is_upper)}"
    if known is not None:
        return sized(known, known if like is None else like)
    if not (math.isfinite(found.low) and math.isfinite(found.high)):
        return _UNDETERMINED
    size = found.low if like is None else like
    low, high = outward(found.low, size, up=False), outward(found.high, size, up=True)
    return f"{low} to {high}"


def visit_text(found: Quartiles, bounded: BoundedQuartiles | None) -> str:
    """Write the quartiles at a visit; those that heed bounds where there are any."""
    return middle_text(found) if bounded is None else bounded_text(bounded)


def cell_text(cell: NumberCell, shown: str) -> str:
    """Write a cell of a table of numbers; bounds have quartiles, and no mean."""
    if cell.bounded is not None:
        return bounded_text(cell.bounded)
    return number_text(cell.description, shown)


def shown_of(cells: Iterable[Any]) -> str:
    """Return what a row of numbers shows: that of all patients, or the median."""
    numbers = [cell for cell in cells if isinstance(cell, NumberCell)]
    if not numbers:
        return ""
    has_bounds = any(cell.bounded is not None for cell in numbers)
    return "median" if has_bounds else numbers[0].description.shown


def location_text(found: LocationEstimate) -> str:
    """Write a median change with its interval."""
    middle = trimmed(found.estimate, 1)
    if not (math.isfinite(found.low) and math.isfinite(found.high)):
        return f"{middle} (CI not estimable)"
    return f"{middle} ({trimmed(found.low, 1)} to {trimmed(found.high, 1)})"


def with_interval(count: int, estimate: Estimate | None) -> str:
    """Write a share with count, denominator and interval."""
    if estimate is None:
        return str(count)
    text = of_patients(count, estimate.n)
    if not estimate.n:
        return text
    level = level_text(estimate.confidence_level)
    return f"{text[:-1]}; {level} CI, {share_interval(estimate)})"


def count_text(count: Count) -> str:
    """Write a count with its share; without it where only presence was recorded."""
    if count.share is None:
        return f"reported in {count.count} of {count.n + count.n_missing}"
    return share(count.count, count.n)


def shown_groups(analysis: RecoveryAnalysis) -> tuple[RecoveryGroup, ...]:
    """Return the groups to show: those compared, or else all patients together."""
    return analysis.groups if len(analysis.groups) > 1 else (analysis.overall,)


def listed_groups(analysis: RecoveryAnalysis) -> tuple[RecoveryGroup, ...]:
    """Return the groups compared and all patients together."""
    return (
        (*analysis.groups, analysis.overall)
        if len(analysis.groups) > 1
        else (analysis.overall,)
    )


def group_head(analysis: RecoveryAnalysis) -> str:
    """Name the column of groups."""
    return analysis.group if len(analysis.groups) > 1 else "Patients"


def analysis_title(analysis: RecoveryAnalysis, what: str = "") -> str:
    """Name the outcome, and what the groups are groups of."""
    label = f"{analysis.label[0].upper()}{analysis.label[1:]}{what}"
    return label + (
        f", by {analysis.group.lower()}" if len(analysis.groups) > 1 else ""
    )


def at_primary(group: RecoveryGroup, visit: ScheduledVisit) -> RecoveredBy:
    """Return recovery by the primary visit, which every analysis holds."""
    return next(at for at in group.by_visit if at.visit == visit)


def window_text(group: RecoveryGroup, unit: str = "days") -> str:
    """Write where the median lies, as far as the visits show.

    Where exactly half are reached, every time up to the next event is a median; the
    first is taken, as in a Kaplan-Meier curve, so that both name one visit.
    """
    found, one = group.visits, unit.removesuffix("s")
    reached = (total >= 0.5 - _EQUAL for total in accumulate(found.mass))
    ends = zip(found.left, found.right, reached, strict=True)
    low, high = next((left, right) for left, right, is_half in ends if is_half)
    if math.isinf(high):
        return f"after {one} {days(low)}"
    if low == high:
        return f"{one} {days(low)}"
    return f"after {one} {days(low)}, by {one} {days(high)}"


def share_text(found: RecoveredBy) -> str:
    """Write the share recovered, or its lowest and highest value."""
    if not found.undetermined:
        return percent(found.recovered, found.n)
    low = percent(found.recovered, found.n)
    most = percent(found.recovered + found.undetermined, found.n)
    return f"{low.removesuffix(' %')} to {most}"


def limits_text(found: RecoveredBy) -> str:
    """Write the exact limits of the share recovered."""
    places = places_for(found.n)
    low, high = (decimal(exact(b) * 100, places) for b in (found.low, found.high))
    return f"{low} to {high} %"


def difference_text(found: RecoveryDifference) -> str:
    """Write a difference in percentage points with its interval."""
    places = places_for(found.n)
    low, most, lower, upper = (
        decimal(exact(round(v, 12)) * 100, places)
        for v in (found.lowest, found.highest, found.low, found.high)
    )
    middle = low if low == most else f"{low} to {most}"
    level = level_text(found.confidence_level)
    points = "point" if middle in {"1", f"{MINUS}1"} else "points"
    return f"{middle} percentage {points} ({level} CI, {lower} to {upper})"


def interval_way(methods: Iterable[str]) -> str:
    """Say how intervals of differences of two shares are made; empty without one."""
    made = set(methods)
    ways = [text for name, text in _WAYS.items() if name in made]
    return " or, where groups are larger, ".join(ways)


def share_of_all(value: float, n: int) -> str:
    """Write an estimated share of n patients in percent."""
    return f"{decimal(exact(round(float(value), 12)) * 100, places_for(n))} %"


def band_text(low: float, high: float, n: int) -> str:
    """Write the limits of an estimated share."""
    if math.isnan(low) or math.isnan(high):
        return "not estimable"
    return f"{share_of_all(low, n).removesuffix(' %')} to {share_of_all(high, n)}"


def cause_text(curve: CumulativeIncidence, wording: Wording) -> str:
    """Name what a curve of cumulative incidence is of."""
    return wording.head.lower() if curve.cause == "recovered" else str(curve.cause)


def lead_text(analysis: RecoveryAnalysis) -> str:
    """Write the test that leads, for a figure; empty where none does."""
    for found, name in (
        (analysis.interval, "interval-censored log-rank test"),
        (analysis.gray, "Gray's test"),
    ):
        if found is not None:
            text = p_value(found.p_value)
            joined = f"P {text}" if text[0] in "<>n" else f"P = {text}"
            return f"{joined} ({name})"
    return ""


def row_label(row: ComparedClaim) -> str:
    """Name what is compared, with the visit."""
    return row.label if row.visit is None else f"{row.label} at {row.visit.label}"


def told_apart(rows: Sequence[ComparedClaim]) -> tuple[str, ...]:
    """Say where a figure is printed that is printed elsewhere with another value."""
    names = [(row_label(row), row.level_label, row.measure) for row in rows]
    places = [listing(dict.fromkeys(c.where for c in row.claims)) for row in rows]
    named, placed = Counter(names), Counter(zip(names, places, strict=True))
    told = []
    for row, name, place in zip(rows, names, places, strict=True):
        text = f" ({place})" if named[name] > 1 else ""
        if placed[name, place] > 1:
            text = f" ({place}, {row.claims[0].printed})"
        told.append(text)
    return tuple(told)


def gap_text(row: ComparedClaim, *, intervals: bool = True) -> str:
    """Write a difference with its interval, if any has one; its sign always shown."""
    found = row.difference

    def signed(value: float) -> str:
        if row.measure == "median":
            text = trimmed(value)
        elif row.measure == "share":
            text = decimal(value * 100, 1)
        else:
            text = decimal(value, 2)
        return text if text.startswith(MINUS) or not text.strip("0.") else f"+{text}"

    if math.isnan(found.estimate):
        return _NOT_COMPARED
    if not intervals:
        return signed(found.estimate)
    if math.isnan(found.low):
        return f"{signed(found.estimate)} ({_NO_INTERVAL})"
    return f"{signed(found.estimate)} ({signed(found.low)} to {signed(found.high)})"


def grouped_text(analysis: RecoveryAnalysis) -> str:
    """Say what the groups of a figure are, and who is in none."""
    if len(analysis.groups) <= 1:
        return ""
    text = f" Groups: {analysis.group.lower()}."
    if analysis.n_ungrouped:
        text += f" It was not known for {analysis.n_ungrouped}, who are not drawn."
    return text
