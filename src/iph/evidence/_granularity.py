"""Means and SDs that come from whole measurement steps: GRIM and GRIMMER.

A mean of n values that are recorded in steps is a whole number of steps over n, and the
sum of squares is a whole number of squared steps with the parity of the sum. Few
patients or coarse steps leave gaps, and a printed mean or SD may lie in one.

Brown NJL, Heathers JAJ. The GRIM test. Soc Psychol Personal Sci 2017;8:363-369.
Anaya J. The GRIMMER test. PeerJ Preprints 2016;4:e2400v1.
"""

from collections.abc import Iterable, Iterator
from fractions import Fraction
from math import ceil, floor, isqrt

import attrs

from iph.evidence._claims import Claim, ClaimKind
from iph.evidence._ledger import Grid, Ledger
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
# Beyond a registry of this size no single value is looked for.
_MOST_PATIENTS = 100_000
# After so many open searches of one print it stays open.
_MOST_GIVEN_UP = 3


def check_mean_sd(claim: Claim, ledger: Ledger) -> Iterable[Outcome]:
    """Check whether any sample has both the printed mean and the printed SD."""
    if claim.kind is not ClaimKind.MEAN_SD:
        return
    pair = mean_sd_in(claim.figure)
    if pair is None:  # pragma: no cover - a Claim reads its print
        return
    mean, sd = pair
    grid = ledger.grid_of(claim)
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
    if n < 2:  # an SD needs two
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


@attrs.define
class _Found:
    """Samples that were found, by how their figures are printed."""

    rounded: tuple[float, ...] = ()
    cut_off: tuple[float, ...] = ()
    given_up: int = 0


def _exists(claimed: _Claimed) -> Outcome:
    """Say whether some sample has the printed pair."""
    if claimed.sd.value < 0:
        reason = "a standard deviation is never negative"
        return Outcome(verdict=Verdict.IMPOSSIBLE, reason=reason)
    pair = f"a mean of {claimed.mean} and an SD of {claimed.sd}"
    if not any(sums for _, sums in _possible_sums(claimed)):
        mean, near = claimed.mean, _nearest_means(claimed)
        reason = f"no {claimed} have a mean of {mean} ({near})"
        return Outcome(verdict=Verdict.IMPOSSIBLE, reason=reason)
    nowhere = f"no {claimed}{_within(claimed.grid)} have {pair}"
    most = _greatest_variance(claimed)
    if most is not None and max(claimed.sd.rounded[0], Fraction(0)) ** 2 > most:
        limit = decimal(_root_above(most, claimed.sd), _places(claimed.sd))
        reason = f"{nowhere}: with this mean the SD is at most {limit}"
        return Outcome(verdict=Verdict.IMPOSSIBLE, reason=reason)
    return _as_found(_search(claimed), claimed, pair, nowhere)


def _as_found(found: _Found, claimed: _Claimed, pair: str, nowhere: str) -> Outcome:
    if found.rounded:
        return Outcome(
            verdict=Verdict.CONSISTENT,
            reason=f"{claimed} can have {pair}",
            witness=found.rounded,
        )
    if found.cut_off:
        only = "" if found.given_up else "only "
        return Outcome(
            verdict=Verdict.TRUNCATED,
            reason=f"{claimed} have {pair} {only}if a last digit was cut off",
            witness=found.cut_off,
        )
    if found.given_up:
        return Outcome(
            verdict=Verdict.NOT_CHECKABLE,
            reason=(
                f"the search for {claimed} with {pair} was given up, neither found "
                "nor excluded"
            ),
        )
    return Outcome(verdict=Verdict.IMPOSSIBLE, reason=nowhere)


def _search(claimed: _Claimed) -> _Found:
    """Look for a sample; rounded figures go before cut-off ones."""
    found = _Found()
    if claimed.n > _MOST_PATIENTS:
        found.given_up = 1
        return found
    for how, sums in _possible_sums(claimed):
        stride = max((sums.stop - sums.start) // _MOST_SUMS, 1)
        found.given_up += int(stride > 1)
        for total in sums[::stride]:
            for sd_how, witness in _samples(claimed, total):
                if not witness:
                    found.given_up += 1
                elif how == sd_how == ROUNDED:
                    found.rounded = witness
                    return found
                else:
                    found.cut_off = found.cut_off or witness
            if found.given_up > _MOST_GIVEN_UP:
                return found
    return found


def _greatest_variance(claimed: _Claimed) -> Fraction | None:
    """Return a bound that no variance passes, whichever mean is printed so."""
    grid, n, mean = claimed.grid, claimed.n, claimed.mean
    if grid.low is None:
        return None
    low, high = mean.value - mean.unit, mean.value + mean.unit
    if grid.high is None:  # all of the sum in one value
        return max(high - grid.low, Fraction(0)) ** 2 * n
    # All values at the two ends; most scattered with half of them at either.
    middle = min(max((grid.low + grid.high) / 2, low), high)
    spread = max((middle - grid.low) * (grid.high - middle), Fraction(0))
    return spread * n / (n - 1)


def _root_above(square: Fraction, printed: PrintedNumber) -> Fraction:
    """Return a root, rounded up to the digits of a printed number."""
    scaled = square / printed.unit**2
    return (isqrt(ceil(scaled) - 1) + 1 if scaled else 0) * printed.unit


def _places(printed: PrintedNumber) -> int:
    return len(str(printed.unit.denominator)) - 1


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
    if grid.low is None:
        return ""
    end = "up" if grid.high is None else f"to {float(grid.high):g}"
    return f" from {float(grid.low):g} {end}"


def _nearest_means(claimed: _Claimed) -> str:
    mean = claimed.mean
    below = floor(mean.value * claimed.n / claimed.step)
    low, high = (
        decimal(claimed.step * total / claimed.n, _places(mean))
        for total in (below, below + 1)
    )
    return f"the nearest are {low} and {high}"
