"""What pooled series say, line by line, for a terminal."""

import math
from collections.abc import Iterator, Sequence

from iph.evidence._pooling import PooledProportion, pooled_proportion
from iph.evidence._recovery_series import RecoverySeries

_FEWEST = 2


def pooled_recovery(series: Sequence[RecoverySeries]) -> PooledProportion:
    """Pool recovery over the series; those without both numbers are missing."""
    return pooled_proportion(
        [one.recovered for one in series],
        [one.n for one in series],
        labels=[one.label for one in series],
    )


def pooled_lines(series: Sequence[RecoverySeries]) -> Iterator[str]:
    """Yield the series, what they give together, and their doubts."""
    pooled = pooled_recovery(series)
    yield f"Recovery in {pooled.n} patients of {pooled.n_series} series"
    width = max(len(one.label) for one in pooled.series)
    for one in pooled.series:
        share = f"{one.count}/{one.n}"
        yield (
            f"  {one.label:{width}}  {share:>9}  {_percent(one.estimate):>4} % "
            f"({_percent(one.low)} to {_percent(one.high)})"
        )
    yield f"Pooled, the middle series: {_middle(pooled)}"
    if not math.isnan(pooled.prediction_low):
        yield f"A further series like these: {_next(pooled)}"
    yield (
        f"Between series: tau2 {pooled.tau2:.2f} of the logits, I2 "
        f"{_percent(pooled.i2)} %, Q {pooled.q:.1f} on {pooled.q_df} df "
        f"(P = {pooled.q_p_value:.2g})"
    )
    yield f"Method: {pooled.method}; 95 % intervals, of single series exact"
    firm = [one for one in series if one.is_counted and not one.doubt]
    if _FEWEST <= len(firm) < pooled.n_series:
        yield f"Without the series in doubt: {_middle(pooled_recovery(firm))}"
    left_out = [one for one in series if not one.is_counted]
    if left_out:
        yield "Not pooled, since a number is not printed:"
        yield from (f"  {one.label}: {one.doubt or one.outcome}" for one in left_out)
    doubted = [one for one in series if one.is_counted and one.doubt]
    if doubted:
        yield "Doubts:"
        yield from (f"  {one.label}: {one.doubt}" for one in doubted)
    meant = {one.outcome or "not stated" for one in series if one.is_counted}
    if len(meant) > 1:
        yield f"Recovery has {len(meant)} meanings in these series: see their outcome"


def changed_lines(
    before: Sequence[RecoverySeries], after: Sequence[RecoverySeries]
) -> Iterator[str]:
    """Yield what the pooled figure was, and what it is now."""
    for when, series in (("Before", before), ("Now", after)):
        counted = sum(one.is_counted for one in series)
        if counted < _FEWEST:
            yield f"{when}: {counted} series with both numbers, too few to pool"
            continue
        pooled = pooled_recovery(series)
        ahead = ""
        if not math.isnan(pooled.prediction_low):
            ahead = f"; a further series {_next(pooled)}"
        yield (
            f"{when}: {pooled.n_series} series, {pooled.n} patients: "
            f"{_middle(pooled)}{ahead}"
        )


def _middle(pooled: PooledProportion) -> str:
    ends = f"{_percent(pooled.low)} to {_percent(pooled.high)}"
    return f"{_percent(pooled.estimate)} % ({ends})"


def _next(pooled: PooledProportion) -> str:
    return f"{_percent(pooled.prediction_low)} to {_percent(pooled.prediction_high)} %"


def _percent(share: float) -> str:
    return f"{100.0 * share:.0f}"
