"""Estimates against their tables, and intervals against their estimates."""

import itertools
import math
from collections.abc import Callable, Iterable, Iterator

import attrs

from iph.evidence._claims import Claim, ClaimKind
from iph.evidence._inverted_intervals import Counts, Ends
from iph.evidence._ledger import Ledger
from iph.evidence._printed import PrintedNumber
from iph.evidence._printed_intervals import (
    PrintedEstimate,
    estimate_in,
    prints,
    range_of,
)
from iph.evidence._share_figures import share_intervals, shares
from iph.evidence._two_by_two import (
    odds_ratio_intervals,
    odds_ratios,
    risk_difference_intervals,
    risk_differences,
    risk_ratio_intervals,
    risk_ratios,
    turned,
    unconditional_intervals,
)
from iph.evidence._verdict import Outcome, Verdict
from iph.stats._inference.tails import normal_two_sided, two_sided_quantile

_LEVELS = (0.95, 0.9, 0.99)  # that are tried where none is printed
# What 1.96 for the quantile moves an end, as a share of its distance; and how far
# beyond all known intervals an end may lie, since there are others (bootstrap).
_QUANTILE, _BEYOND = 1e-4, 0.5
_TWO = 2
_HUNDRED = 100.0


@attrs.frozen
class _Measure:
    """How a measure is spoken of, and what programs print of it."""

    words: str
    ratio: bool
    estimates: Callable[[Counts], dict[str, float]] = lambda _: {}
    intervals: Callable[[Counts, float], dict[str, Ends]] | None = None
    slow: Callable[[Counts, float], dict[str, Ends]] | None = None


def _shares(cells: Counts) -> dict[str, float]:
    return shares(cells[0], cells[0] + cells[1])


def _share_intervals(cells: Counts, level: float) -> dict[str, Ends]:
    return share_intervals(cells[0], cells[0] + cells[1], level)


MEASURES = {
    "correlation": _Measure("correlation", ratio=False),
    "hazard-ratio": _Measure("hazard ratio", ratio=True),
    "mean": _Measure("mean", ratio=False),
    "mean-difference": _Measure("difference of means", ratio=False),
    "odds-ratio": _Measure(
        "odds ratio", ratio=True, estimates=odds_ratios, intervals=odds_ratio_intervals
    ),
    "proportion": _Measure(
        "share", ratio=False, estimates=_shares, intervals=_share_intervals
    ),
    "rate-ratio": _Measure("rate ratio", ratio=True),
    "risk-difference": _Measure(
        "risk difference",
        ratio=False,
        estimates=risk_differences,
        intervals=risk_difference_intervals,
    ),
    "risk-ratio": _Measure(
        "risk ratio",
        ratio=True,
        estimates=risk_ratios,
        intervals=risk_ratio_intervals,
        slow=unconditional_intervals,
    ),
}


def check_estimate(claim: Claim, ledger: Ledger) -> Iterable[Outcome]:
    """Hold an estimate against its counts, and its interval against both."""
    printed = estimate_in(claim.figure) if claim.kind is ClaimKind.ESTIMATE else None
    if printed is None:
        return
    measure = MEASURES.get(claim.test.lower())
    wrong = _never(printed, measure, claim.test.lower())
    if wrong:
        yield Outcome(verdict=Verdict.IMPOSSIBLE, reason=wrong)
        return
    if measure is None:
        yield Outcome(
            verdict=Verdict.NOT_CHECKABLE,
            reason=f"test names no measure: it may be {', '.join(MEASURES)}",
        )
        return
    counts = _counts_of(claim, ledger)
    if counts and measure.intervals:
        yield _against_counts(printed, measure, counts)
    elif printed.ends:
        yield _by_itself(printed, measure, claim.test.lower())


def _never(printed: PrintedEstimate, measure: _Measure | None, name: str) -> str:
    """Say what no data give; nothing if there is no such thing."""
    figures = [printed.estimate, *(end for end in printed.ends if end is not None)]
    negative = any(range_of(figure)[1] < 0.0 for figure in figures)
    if negative and measure is not None and measure.ratio:
        return f"{measure.words} below zero: there is no such thing"
    low, high = range_of(printed.estimate)
    if name == "correlation" and (low > 1.0 or high < -1.0):
        return "a correlation lies between -1 and 1"
    if name == "proportion" and (high < 0.0 or low > _HUNDRED):
        return "a share lies between 0 and 100 %"
    if printed.ends:
        first, last = printed.ends
        if first is None or (
            last is not None and range_of(first)[0] > range_of(last)[1]
        ):
            return "the lower end of its interval lies above the upper end"
    return ""


def _counts_of(claim: Claim, ledger: Ledger) -> Counts | None:
    """Return the counts behind a claim: of two groups, or of one."""
    if claim.test.lower() == "proportion" and not claim.table:
        count, of = ledger.number(claim.count), ledger.number(claim.of)
        if count is None or not of or count > of:
            return None
        return count, of - count, 0, 0
    rows = claim.table
    one_group = claim.test.lower() == "proportion"
    if [len(row) for row in rows] != [_TWO] * (1 if one_group else _TWO):
        return None
    if not all(map(any, rows)):
        return None
    cells = [cell for row in rows for cell in row] + [0, 0]
    return cells[0], cells[1], cells[2], cells[3]


def _ways(
    printed: PrintedEstimate, measure: _Measure, counts: Counts
) -> Iterator[tuple[str, Counts, float]]:
    """Yield how the table may be read, and by what its figures are multiplied."""
    percents = (
        (1.0,) if measure.ratio else (100.0,) if printed.percent else (1.0, 100.0)
    )
    tables = (
        [("", counts), ("without the outcome", (counts[1], counts[0], 0, 0))]
        if measure.words == "share"
        else turned(counts)
    )
    for name, cells in tables:
        for factor in percents:
            yield name, cells, factor


def _against_counts(
    printed: PrintedEstimate, measure: _Measure, counts: Counts
) -> Outcome:
    """Hold an estimate against all that programs make of the counts."""
    fitting: dict[str, list[tuple[Counts, float]]] = {}
    for turn, cells, factor in _ways(printed, measure, counts):
        for name, value in measure.estimates(cells).items():
            if prints(printed.estimate, factor * value):
                full = f"{name}; {turn}" if turn else name
                fitting.setdefault(full, []).append((cells, factor))
    if not fitting:
        factor = 100.0 if printed.percent else 1.0
        shown = _listed(measure.estimates(counts), factor)
        return Outcome(
            verdict=Verdict.CONTRADICTS,
            reason=f"the {measure.words} of the printed counts is {shown}, and none is "
            "printed so",
        )
    first = next(iter(fitting))
    reason = f"the printed counts give this {measure.words} ({first})"
    if not printed.ends:
        return Outcome(verdict=Verdict.CONSISTENT, reason=reason)
    ways = list(dict.fromkeys(way for listed in fitting.values() for way in listed))
    return _interval(printed, measure, ways, reason)


def _interval(
    printed: PrintedEstimate,
    measure: _Measure,
    ways: list[tuple[Counts, float]],
    reason: str,
) -> Outcome:
    """Hold a printed interval against all that programs make of the counts."""
    levels = _LEVELS if printed.level is None else (printed.level,)
    every: dict[str, Ends] = {}
    sources = [source for source in (measure.intervals, measure.slow) if source]
    for source, (cells, factor) in itertools.product(sources, ways):
        for level in levels:
            for name, ends in source(cells, level).items():
                low, high = (factor * end for end in ends)
                full = f"{100 * level:g} % {name}"
                if _prints_both(printed, (low, high), factor, measure):
                    return Outcome(
                        verdict=Verdict.CONSISTENT,
                        reason=f"{reason}, and its interval ({full})",
                    )
                every.setdefault(full, (low, high))
    known = [
        e for e in every.values() if not math.isnan(e[0] + e[1]) or e[1] == math.inf
    ]
    shown = "; ".join(
        f"{low:.3g} to {high:.3g} ({name})"
        for name, (low, high) in [*every.items()][:3]
    )
    beyond = any(
        _is_beyond(end, [ends[side] for ends in known], printed.estimate, measure)
        for side, end in enumerate(printed.ends)
    )
    if beyond:
        return Outcome(
            verdict=Verdict.CONTRADICTS,
            reason=f"{reason}, but an interval of {shown}, and none of {len(every)} "
            "that programs make is near the printed one",
        )
    return Outcome(
        verdict=Verdict.CONSISTENT,
        reason=f"{reason}; its interval lies near those that programs make, and is "
        f"none of {len(every)} that were tried",
    )


def _prints_both(
    printed: PrintedEstimate, ends: Ends, factor: float, measure: _Measure
) -> bool:
    """Say whether an interval can be printed so, cut off at its scale or not."""
    middle = float(printed.estimate.value)
    limits = (-math.inf, math.inf)
    if not measure.ratio:
        limits = (0.0 if measure.words == "share" else -factor, factor)
    cut = (max(ends[0], limits[0]), min(ends[1], limits[1]))
    return all(
        any(
            prints(end, value + sign * _QUANTILE * abs(value - middle))
            for value in (raw, short)
            for sign in (0.0, -1.0, 1.0)
            if math.isfinite(value) or sign == 0.0
        )
        for end, raw, short in zip(printed.ends, ends, cut, strict=True)
    )


def _scaled(value: float, measure: _Measure) -> float:
    if not measure.ratio:
        return value
    return math.log(value) if value > 0.0 else -math.inf


def _is_beyond(
    end: PrintedNumber | None,
    known: list[float],
    estimate: PrintedNumber,
    measure: _Measure,
) -> bool:
    """Say whether an end lies far from all that are known."""
    ends = [_scaled(value, measure) for value in known]
    middle = _scaled(float(estimate.value), measure)
    if not ends or not math.isfinite(middle):
        return False
    low, high = min(ends), max(ends)
    if end is None:
        return math.isfinite(high)
    room = _BEYOND * max(abs(e - middle) for e in ends)
    if not math.isfinite(room):
        room = _BEYOND * max(
            (abs(e - middle) for e in ends if math.isfinite(e)), default=math.inf
        )
    least, most = (_scaled(value, measure) for value in range_of(end))
    return most < low - room or least > high + room


def _by_itself(printed: PrintedEstimate, measure: _Measure, name: str) -> Outcome:
    """Hold an interval against its estimate where no counts are printed."""
    first, last = printed.ends
    if first is None or last is None:
        reason = "an interval without end has no middle to hold it against"
        return Outcome(verdict=Verdict.NOT_CHECKABLE, reason=reason)
    figures = (first, printed.estimate, last)
    if (
        range_of(first)[0] > range_of(printed.estimate)[1]
        or range_of(last)[1] < range_of(printed.estimate)[0]
    ):
        return Outcome(
            verdict=Verdict.IMPLAUSIBLE,
            reason=f"the {measure.words} lies outside its own interval, which no usual "
            "one but that of a bootstrap can do",
        )
    if name == "proportion":
        reason = "the counts behind the share are not printed"
        return Outcome(verdict=Verdict.NOT_CHECKABLE, reason=reason)
    turn, scale = _SCALES.get(name, (_plain, "plain"))
    if measure.ratio:
        turn, scale = _log, "log"
    ranges = [tuple(map(turn, range_of(figure))) for figure in figures]
    (l1, l2), (e1, e2), (h1, h2) = ranges
    if l1 + h1 <= 2.0 * e2 and l2 + h2 >= 2.0 * e1:
        return Outcome(
            verdict=Verdict.CONSISTENT,
            reason=f"it lies in the middle of its interval on the {scale} scale"
            + _standard_error(printed, measure, ranges),
        )
    return Outcome(
        verdict=Verdict.NOT_CHECKABLE,
        reason=f"it does not lie in the middle of its interval on the {scale} scale, "
        "so that is not Wald's; exact, profile and bootstrap intervals need the data",
    )


def _plain(value: float) -> float:
    return value


def _log(value: float) -> float:
    return math.log(value) if value > 0.0 else -math.inf


def _fisher_z(value: float) -> float:
    if abs(value) >= 1.0:
        return math.copysign(math.inf, value)
    return math.atanh(value)


_SCALES = {"correlation": (_fisher_z, "z")}


def _standard_error(
    printed: PrintedEstimate, measure: _Measure, ranges: list[tuple[float, ...]]
) -> str:
    """Return the standard error and p-value that go with an interval of Wald."""
    width = sum(ranges[2]) / 2.0 - sum(ranges[0]) / 2.0
    middle = sum(ranges[1]) / 2.0
    if printed.level is None or not 0.0 < width < math.inf:
        return ""
    error = width / (2.0 * two_sided_quantile(printed.level))
    of = " of the logarithm" if measure.ratio else ""
    p = normal_two_sided(middle / error)
    if measure.words == "mean":
        return f" (standard error {error:.2g})"
    return f" (standard error {error:.2g}{of}, normal P = {p:.2g})"


def _listed(values: dict[str, float], factor: float) -> str:
    parts: dict[str, list[str]] = {}
    for name, value in values.items():
        if not math.isnan(value):
            parts.setdefault(f"{factor * value:.3g}", []).append(name)
    return " or ".join(f"{value} ({', '.join(n)})" for value, n in parts.items())
