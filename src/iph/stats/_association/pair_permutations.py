"""Rank correlations of all equally likely pairings of two variables.

If two variables have nothing to do with each other, every way to pair their values is
equally likely. Pairings that differ only among tied values are counted together: the
cases of one variable are dealt out value by value, and all that has to be remembered
is how many cases of each value of the other are left, and the statistic so far.
"""

from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from itertools import accumulate
from math import comb, factorial, gcd, prod
from typing import Any

import attrs
import numpy as np
import numpy.typing as npt

from iph._checks import Ints
from iph._wide import repeat
from iph.errors import WorkError
from iph.stats._association.paired_ranks import centered_scores, tied_pairs
from iph.stats._inference.gaussian import inversion_counts, inversions_work

AUTO_LIMIT = 2_000_000_000  # steps: about a second
EXACT_LIMIT = 60_000_000_000  # about half a minute

_MOST_CASES = 500  # beyond it even the estimate of the work takes its time
_MEMORY_LIMIT = 500_000_000  # bytes
_INT64_SAFE = 2**62
_BIG_INTEGER = 30  # how much dearer than an addition of machine integers
_VISIT = 10_000  # the fixed price of one step of dealing, in additions

Counts = tuple[int, ...]
Taken = tuple[tuple[int, int], ...]  # place and count, of what is taken at all
Gain = Callable[[int, Taken, Counts], int]


@attrs.frozen(kw_only=True, eq=False)
class PairingDistribution:
    """Of each value of a statistic, how many pairings give it.

    Attributes
    ----------
    values : list of int
        Distinct values; their mean is zero.
    ways : list of int
        How many of equally likely pairings give each.
    """

    values: list[int]
    ways: list[int]

    def p_value(self, observed: int, alternative: str) -> float:
        """Return the share of pairings at least as extreme as the observed one."""
        pairs = zip(self.values, self.ways, strict=True)
        if alternative == "two-sided":
            hits = sum(w for v, w in pairs if abs(v) >= abs(observed))
        elif alternative == "greater":
            hits = sum(w for v, w in pairs if v >= observed)
        else:
            hits = sum(w for v, w in pairs if v <= observed)
        return hits / sum(self.ways)


@attrs.frozen(kw_only=True, eq=False)
class Dealing:
    """How the cases are dealt out, with an estimate of the work.

    Attributes
    ----------
    rows, columns : tuple of int
        Cases of each value of the variable dealt out, and of the other.
    length : int
        How many values of the statistic are kept apart.
    start : int
        The place of zero among them.
    gain : callable
        What dealing out one value adds: of its index, the cases taken and those left.
    """

    rows: Counts
    columns: Counts
    length: int
    start: int
    gain: Gain

    @property
    def total(self) -> int:
        """The number of ways to deal."""
        return factorial(sum(self.rows)) // prod(map(factorial, self.rows))

    def work(self) -> float:
        """Return an upper bound of the steps; infinite if memory does not suffice."""
        states = _bounded_counts(self.columns)
        price = 1 if self.total < _INT64_SAFE else _BIG_INTEGER
        left, steps, most = sum(self.rows), 0, 0
        for count in self.rows:
            # of a single case no more than one choice for each case left
            shares = min(states[1], left) if count == 1 else states[count]
            steps += states[left] * shares
            most = max(most, states[left])
            left -= count
        if most * self.length * 16 * price > _MEMORY_LIMIT:
            return float("inf")
        return float(steps * (_VISIT + price * self.length))

    def deal(self) -> tuple[list[int], list[int]]:
        """Return the places reached and how many ways lead there.

        To deal out 26 different cases to values of 7, 13 and 6 there are 26! ways, but
        only 26! / (7! 13! 6!) if cases of one value are the same: a number of 64 bits.
        Each of these stands for equally many, so the smaller number is counted.
        """
        each, alike = (
            prod(map(factorial, self.columns)),
            prod(map(factorial, self.rows)),
        )
        is_of_values = each > alike
        counted = self.total * alike // max(each, alike)
        kind = np.dtype(np.int64 if counted < _INT64_SAFE else object)
        begin: npt.NDArray[Any] = np.zeros(self.length, dtype=kind)
        begin[self.start] = 1
        # Few places are reached before the last values are dealt out: of each table of
        # ways, only the part from the lowest to the highest is read and added to.
        table = {self.columns: (begin, self.start, self.start + 1)}
        for index, count in enumerate(self.rows):
            new: dict[Counts, tuple[npt.NDArray[Any], int, int]] = {}
            for left, (ways, low, high) in table.items():
                reached = ways[low:high]
                for taken, rest, choices in _shares(count, left, is_of_values):
                    gain = self.gain(index, taken, rest)
                    first, last = low + gain, high + gain
                    if rest in new:
                        target, lowest, highest = new[rest]
                        new[rest] = target, min(lowest, first), max(highest, last)
                    else:
                        target = np.zeros(self.length, dtype=kind)
                        new[rest] = target, first, last
                    target[first:last] += choices * reached
            table = new
        ((found, _, _),) = table.values()
        places = np.flatnonzero(found != 0)
        stands_for = Fraction(each, alike) if is_of_values else Fraction(1)
        return places.tolist(), [
            int(way * stands_for) for way in found[places].tolist()
        ]


def spearman_distribution(
    x_sizes: Ints, y_sizes: Ints, limit: float
) -> PairingDistribution | None:
    """Return the distribution of the sum of products of centered scores.

    None if the work is above the limit.
    """
    if int(x_sizes.sum()) > _MOST_CASES:
        return None
    a, b = _steps(x_sizes), _steps(y_sizes)
    most = sum(
        p * q
        for p, q in zip(
            repeat(a.steps, x_sizes).tolist(),
            repeat(b.steps, y_sizes).tolist(),
            strict=True,
        )
    )

    def dealing(first: _Steps, second: _Steps) -> Dealing:
        weights = second.steps

        def gain(index: int, taken: Taken, _: Counts) -> int:
            return first.steps[index] * sum(weights[j] * t for j, t in taken)

        return Dealing(
            rows=first.sizes,
            columns=second.sizes,
            length=most + 1,
            start=0,
            gain=gain,
        )

    plan = min((dealing(a, b), dealing(b, a)), key=Dealing.work)
    if plan.work() > limit:
        return None
    places, ways = plan.deal()
    n = sum(a.sizes)
    # (a0 + g a)(b0 + h b), summed over all cases
    fixed = (
        n * a.lowest * b.lowest
        + a.lowest * b.unit * b.total
        + b.lowest * a.unit * a.total
    )
    values = [fixed + a.unit * b.unit * place for place in places]
    return PairingDistribution(values=values, ways=ways)


def kendall_distribution(
    x_sizes: Ints, y_sizes: Ints, limit: float
) -> PairingDistribution | None:
    """Return the distribution of concordant minus discordant pairs.

    None if the work is above the limit.
    """
    rows, columns = (tuple(sizes.tolist()) for sizes in (x_sizes, y_sizes))
    if max(rows) == 1:
        return _untied_distribution(columns, limit)
    if max(columns) == 1:
        return _untied_distribution(rows, limit)
    return _tied_distribution(rows, columns, limit)


def _untied_distribution(sizes: Counts, limit: float) -> PairingDistribution | None:
    """Return the distribution if one variable has no ties, from a product formula."""
    if float(inversions_work(sizes) * _BIG_INTEGER) > limit:
        return None
    ways = inversion_counts(sizes)
    most = len(ways) - 1
    values = [most - 2 * discordant for discordant in range(most + 1)]
    return PairingDistribution(values=values, ways=ways)


def _tied_distribution(
    rows: Counts, columns: Counts, limit: float
) -> PairingDistribution | None:
    """Return the distribution for ties in both variables, by dealing out cases."""
    n = sum(rows)
    if n > _MOST_CASES:
        return None

    def dealing(first: Counts, second: Counts) -> Dealing:
        most = n * (n - 1) // 2 - tied_pairs(np.array(first))

        def gain(_: int, taken: Taken, rest: Counts) -> int:
            return sum(t * (sum(rest[j + 1 :]) - sum(rest[:j])) for j, t in taken)

        return Dealing(
            rows=first, columns=second, length=2 * most + 1, start=most, gain=gain
        )

    plan = min((dealing(rows, columns), dealing(columns, rows)), key=Dealing.work)
    if plan.work() > limit:
        return None
    places, ways = plan.deal()
    values = [place - plan.start for place in places]
    return PairingDistribution(values=values, ways=ways)


def too_much_work(what: str, limit: float) -> WorkError:
    """Return the refusal of a distribution above the limit."""
    return WorkError(
        f"the exact distribution of {what} needs more than {limit:.0e} steps or half a "
        "gigabyte for data of this size; use method='auto', which then turns to "
        "another method, or method='monte-carlo' with rng="
    )


@attrs.frozen(kw_only=True)
class _Steps:
    """Centered scores as whole steps above the lowest."""

    sizes: tuple[int, ...]
    steps: tuple[int, ...]
    unit: int
    lowest: int
    total: int


def _steps(sizes: Ints) -> _Steps:
    scores = centered_scores(sizes).tolist()
    unit = gcd(*(score - scores[0] for score in scores)) or 1
    steps = tuple((score - scores[0]) // unit for score in scores)
    cases = tuple(sizes.tolist())
    return _Steps(
        sizes=cases,
        steps=steps,
        unit=unit,
        lowest=scores[0],
        total=sum(s * c for s, c in zip(steps, cases, strict=True)),
    )


def _bounded_counts(bounds: Sequence[int]) -> list[int]:
    """Return, for each total, how many vectors of counts within bounds have it."""
    found = [1]
    for bound in bounds:
        through = [0, *accumulate(found + [0] * bound)]
        found = [
            through[have + 1] - through[max(have - bound, 0)]
            for have in range(len(found) + bound)
        ]
    return found


def _shares(
    count: int,
    room: Counts,
    is_of_values: bool,  # noqa: FBT001 - asked a million times
) -> Iterator[tuple[Taken, Counts, int]]:
    """Yield all ways to take cases: what is taken, what is left, and how many ways.

    They differ in the cases taken; if of values, in which taker has which value.
    """
    if count == 1:
        for j, r in enumerate(room):
            if r:
                ways = 1 if is_of_values else r
                yield ((j, 1),), (*room[:j], r - 1, *room[j + 1 :]), ways
        return
    if count == 0:
        yield (), room, 1
        return
    here, behind = room[0], room[1:]
    for first in range(max(0, count - sum(behind)), min(count, here) + 1):
        choices = comb(count if is_of_values else here, first)
        for taken, rest, ways in _shares(count - first, behind, is_of_values):
            moved = tuple((j + 1, t) for j, t in taken)
            if first:
                moved = ((0, first), *moved)
            yield moved, (here - first, *rest), choices * ways
