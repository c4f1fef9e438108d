"""Means and SDs that no near-normal quantity has.

A quantity that cannot fall below a bound, with a mean closer than two standard
deviations to that bound, is skewed.

Altman DG, Bland JM. Detecting skewness from summary information. BMJ 1996;313:1200.
"""

from collections.abc import Iterator
from fractions import Fraction

from iph.evidence._ledger import Grid
from iph.evidence._printed import PrintedNumber
from iph.evidence._verdict import Outcome, Verdict
from iph.stats._inference.tails import normal_upper

_TWO_SD = 2


def implausible(
    mean: PrintedNumber, sd: PrintedNumber, grid: Grid, related: tuple[str, ...]
) -> Iterator[Outcome]:
    """Yield an outcome if no near-normal quantity has this mean and SD.

    The bound is zero or that of the scale: physiological bounds would be passed even
    sooner, but they are a matter of judgement.
    """
    if grid.low is None or sd.value <= 0:
        return
    least_sd = sd.value - sd.unit / 2  # no alarm that rounding could explain
    above = mean.value + mean.unit - grid.low
    if above >= _TWO_SD * least_sd:
        return
    distance = (mean.value - grid.low) / sd.value
    below = normal_upper(float(distance))
    yield Outcome(
        verdict=Verdict.IMPLAUSIBLE,
        reason=(
            f"the mean lies {float(distance):.2f} SD above {_bound(grid.low)}, the "
            f"least possible value: were it normal, {100 * below:.0f} % of patients "
            "would be below, so it is skewed, and median and quartiles would say more"
        ),
        related=related,
    )


def _bound(low: Fraction) -> str:
    return "zero" if low == 0 else f"{float(low):g}"
