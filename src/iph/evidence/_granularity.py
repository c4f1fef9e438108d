"""Means and SDs that come from whole measurement steps: GRIM and GRIMMER.

A mean of n values that are recorded in steps is a whole number of steps over n, and the
sum of squares is a whole number of squared steps with the parity of the sum. Few
patients or coarse steps leave gaps, and a printed mean or SD may lie in one.

Brown NJL, Heathers JAJ. The GRIM test. Soc Psychol Personal Sci 2017;8:363-369.
Anaya J. The GRIMMER test. PeerJ Preprints 2016;4:e2400v1.
"""

from collections.abc import Iterable, Iterator
from fractions import Fraction
from math import ceil, floor

import attrs

from iph.evidence._claims import Claim, ClaimKind
from iph.evidence._ledger import Grid, Ledger, grid_of
from iph.evidence._normality import implausible
from iph.evidence._printed import (
    ROUNDED,
    TRUNCATED,
    PrintedNumber,
    decimal,
    mean_sd_in,
)
from iph.evidence._samples import Search, find_sample
from iph.evidence._verdict import Outcome, Verdict

# With more sums than this inside one print there are no gaps to fall into.
_MOST_SUMS = 2_000


def check_mean_sd(claim: Claim, ledger: Ledger) -> Iterable[Outcome]:
    """Check whether any sample has both the printed mean and the printed SD."""
    if claim.kind is not ClaimKind.MEAN_SD:
        return
    pair = mean_sd_in(claim.figure)
    if pair is None:  # pragma: no cover - a Claim reads its print
        return
    mean, sd = pair
    grid = grid_of(claim)
    n = ledger.number(claim.of)
    related = ledger.codes(claim.of)
    yield from _bounds(mean, grid, related)
    yield from implausible(mean, sd, grid, related)
    if n is None:
        yield Outcome(
            verdict=Verdict.NOT_CHECKABLE,
            reason="the number of patients behind it is not stated",
        )
        return
    if n < 2:  # noqa: PLR2004 - an SD needs two
        yield Outcome(
            verdict=Verdict.IMPOSSIBLE,
            reason=f"{n} patients have no standard deviation",
            related=related,
        )
        return
    if grid.step is None:
        yield Outcome(
            verdict=Verdict.NOT_CHECKABLE,
            reason="the measurement step of its variable is not known",
            related=related,
        )
        return
    claimed = _Claimed(mean=mean, sd=sd, n=n, step=grid.step, grid=grid)
    yield attrs.evolve(_exists(claimed), related=related)


def _bounds(
    mean: PrintedNumber, grid: Grid, related: tuple[str, ...]
) -> Iterator[Outcome]:
    top, bottom = mean.value + mean.unit, mean.value - mean.unit
    if (grid.low is not None and top < grid.low) or (
        grid.high is not None and bottom > grid.high
    ):
        yield Outcome(
            verdict=Verdict.IMPOSSIBLE,
            reason=f"{mean} lies outside the scale",
            related=related,
        )
    elif (grid.plausible_low is not None and top < grid.plausible_low) or (
        grid.plausible_high is not None and bottom > grid.plausible_high
    ):
        yield Outcome(
            verdict=Verdict.IMPLAUSIBLE,
            reason=f"a mean of {mean} lies outside what is plausible for any patient",
            related=related,
        )


@attrs.frozen(kw_only=True)
class _Claimed:
    """A printed mean and SD of n values on a grid."""

    mean: PrintedNumber
    sd: PrintedNumber
    n: int
    step: Fraction
    grid: Grid

    def __str__(self) -> str:
        if self.step == 1:
            return f"{self.n} whole numbers"
        return f"{self.n} values in steps of {float(self.step):g}"


def _exists(claimed: _Claimed) -> Outcome:
    """Look for a sample; rounded figures go before cut-off ones."""
    mean, sd = claimed.mean, claimed.sd
    if sd.value < 0:
        reason = "a standard deviation is never negative"
        return Outcome(verdict=Verdict.IMPOSSIBLE, reason=reason)
    cut_off: tuple[float, ...] | None = None
    some_sum = False
    for how, sums in _possible_sums(claimed):
        some_sum = some_sum or bool(sums)
        for total in sums[:: max(len(sums) // _MOST_SUMS, 1)]:
            for sd_how, witness in _samples(claimed, total):
                if how == sd_how == ROUNDED:
                    reason = f"{claimed} can have a mean of {mean} and an SD of {sd}"
                    return Outcome(
                        verdict=Verdict.CONSISTENT, reason=reason, witness=witness
                    )
                cut_off = witness if cut_off is None else cut_off
    if cut_off is not None:
        reason = (
            f"{claimed} have a mean of {mean} and an SD of {sd} only if a last digit "
            "was cut off"
        )
        return Outcome(verdict=Verdict.TRUNCATED, reason=reason, witness=cut_off)
    if some_sum:
        pair = f"a mean of {mean} and an SD of {sd}"
        reason = f"no {claimed}{_within(claimed.grid)} have {pair}"
    else:
        reason = f"no {claimed} have a mean of {mean} ({_nearest_means(claimed)})"
    return Outcome(verdict=Verdict.IMPOSSIBLE, reason=reason)


def _possible_sums(claimed: _Claimed) -> Iterator[tuple[str, range]]:
    """Yield the sums (in steps) whose mean rounds, or is cut off, to the print."""
    mean, scale = claimed.mean, claimed.n / claimed.step
    low, high = mean.rounded
    yield ROUNDED, range(ceil(low * scale), floor(high * scale) + 1)
    low, high = mean.truncated
    if mean.value < 0:
        yield TRUNCATED, range(floor(low * scale) + 1, floor(high * scale) + 1)
    else:
        yield TRUNCATED, range(ceil(low * scale), ceil(high * scale))


def _samples(claimed: _Claimed, total: int) -> Iterator[tuple[str, tuple[float, ...]]]:
    """Yield samples with this sum (in steps) and the printed SD."""
    sd, n, step, grid = claimed.sd, claimed.n, claimed.step, claimed.grid
    base = Fraction(total * total, n)
    for how, (low, high) in ((ROUNDED, sd.rounded), (TRUNCATED, sd.truncated)):
        squares = (
            base + (n - 1) * (max(low, Fraction(0)) / step) ** 2,
            base + (n - 1) * (high / step) ** 2,
        )
        # A sample of plausible values makes the better witness, if there is one.
        for bottom, top in ((grid.plausible_low, grid.plausible_high), (None, None)):
            least = grid.low if bottom is None else bottom
            most = grid.high if top is None else top
            search = Search(
                n=n,
                low=None if least is None else ceil(least / step),
                high=None if most is None else floor(most / step),
                open_end=how == TRUNCATED,
            )
            found = find_sample(total, *squares, search)
            if found:
                break
        if found is not None:
            yield how, tuple(float(value * step) for value in found)


def _within(grid: Grid) -> str:
    if grid.low is None or grid.high is None:
        return ""
    return f" from {float(grid.low):g} to {float(grid.high):g}"


def _nearest_means(claimed: _Claimed) -> str:
    mean = claimed.mean
    below = floor(mean.value * claimed.n / claimed.step)
    places = max(len(str(mean.unit.denominator)) - 1, 0)
    low, high = (
        decimal(claimed.step * total / claimed.n, places)
        for total in (below, below + 1)
    )
    return f"the nearest are {low} and {high}"
