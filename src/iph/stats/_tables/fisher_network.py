"""All tables with the margins of an r x c table, visited as a network of states.

The columns are filled one after the other; what is left of the row totals is the state,
the idea of Mehta and Patel's network algorithm. Here the network is entered from both
ends: the last two columns of a table are given by how one of them is filled, so the
rests of a state are listed once, sorted, and each past of the state needs but one
search among them. Where bounds of the rests settle a past, no search is needed.

Which tables are less probable is decided by keys in whole numbers (see
`factorial_keys`), exactly. Probabilities are summed as floats. Where the ways to deal
the cases to the columns are few, they are whole numbers below 2**53, without any error.
Else each is the exponential of logarithms of factorials, so the relative error of a sum
of them is below ``2**-52 (4 r log(n!) + the number of terms)``, 1e-12 for some hundred
cases.
"""

import itertools
import math
from collections.abc import Iterable, Iterator, Sequence

import attrs
import numpy as np
import numpy.typing as npt

from iph._checks import Ints
from iph._wide import bincount, repeat
from iph.stats._inference.exact_sums import check_work
from iph.stats._inference.exact_work import allocations_bits, state_counts
from iph.stats._tables.cross_table import Counts
from iph.stats._tables.factorial_keys import UNIT, Keys
from iph.stats._tables.fillings import (
    Floats,
    filled,
    log_factorials,
    number_filled,
    sorted_states,
)
from iph.stats._tables.table_paths import Paths, joined_paths

EXACT_LIMIT = 1_000_000_000  # steps: about a minute, and a gigabyte
_MOST_CASES = 10_000  # the keys of more are slow by themselves
_WHOLE_BITS = 40  # up to here exponentials round to the whole numbers meant
_FAR = 2**60  # above all orders
_OPENING, _LISTED, _KEPT = 100, 10, 5  # steps: what a state, a filling, a path costs
_BOUNDED = 400  # steps: to fill one of the columns that are left, from all states
_AT_ONCE = 1_000_000  # fillings, each of some 100 bytes
_WHAT = "Fisher test"


def network_p(counts: Counts, *, limit: float = EXACT_LIMIT) -> float:
    """Return the probability of all tables at most as likely as that observed.

    Parameters
    ----------
    counts : tuple of tuple of int
        The table, without empty rows and columns, at least 2 x 2.
    limit : float
        The most steps that may be taken.

    Returns
    -------
    float

    Raises
    ------
    WorkError
        If it would take, or takes, more steps than the limit.
    """
    return _Network(counts, limit).p_value()


def _margins(counts: Counts) -> tuple[list[int], list[int]]:
    """Return the totals of the shorter side, and those of the other, largest first."""
    rows = sorted(sum(row) for row in counts)
    columns = sorted(
        (sum(column) for column in zip(*counts, strict=True)), reverse=True
    )
    if (len(rows), math.prod(rows)) > (len(columns), math.prod(columns)):
        return columns[::-1], rows[::-1]
    return rows, columns


class _Network:
    """The tables with given margins, and the work that was spent on them."""

    def __init__(self, counts: Counts, limit: float) -> None:
        self._limit = limit
        self._steps: float = 0  # whole at first: a product of counts may be no float
        self._rows, self._columns = _margins(counts)
        n = sum(self._rows)
        self._spend(n**3 if n > _MOST_CASES else 0)
        first = sum(self._columns[: min(2, max(len(self._columns) - 2, 0))])
        self._spend(_OPENING * state_counts(self._rows)[first])
        self._whole = allocations_bits(self._columns) < _WHOLE_BITS
        self._keys = Keys.of(self._rows, self._columns)
        self._logs = log_factorials(sum(self._rows))
        cells = np.array([cell for row in counts for cell in row], dtype=np.int64)
        order, words = self._gained(cells[np.newaxis])
        self._order, self._words = int(order[0]), words[:, 0]
        self._hits: list[float] = []
        self._misses: list[float] = []

    def p_value(self) -> float:
        """Return the probability of the tables at most as likely."""
        columns = self._columns
        opening = min(2, len(columns) - 2)
        states, pasts = self._opened(columns[:opening])
        for place in range(opening, len(columns) - 2):
            states, pasts = self._followed(states, pasts, columns[place:])
        rests = self._split(states, columns[-2])
        for past, rest in zip(pasts, rests, strict=True):
            self._join(past, rest)
        hits = math.fsum(self._hits)
        return hits / (hits + math.fsum(self._misses))

    def _spend(self, steps: float) -> None:
        """Count steps that are about to be taken; refuse those above the limit."""
        self._steps += steps
        check_work(self._steps, self._limit, _WHAT)

    def _gained(self, cells: Ints) -> tuple[Ints, Ints]:
        """Return the keys of filled cells, one filling a row."""
        order = self._keys.order[cells].sum(axis=1)
        words = [word[cells].sum(axis=1) for word in self._keys.words]
        return order, np.array(words, dtype=np.int64).reshape(len(words), len(cells))

    def _mass(self, totals: Ints, cells: Ints, column: int) -> Floats:
        """Return the probability of each filling, given what is left of the rows.

        Times a number that is the same for all, if that makes them whole numbers.
        """
        logs = self._logs
        left = int(totals[0].sum()) if len(totals) else column
        fixed = logs[left] - logs[column] - logs[left - column]
        ways = (logs[totals] - logs[cells] - logs[totals - cells]).sum(axis=1)
        if self._whole:
            counted: Floats = np.rint(np.exp(ways))
            return counted
        found: Floats = np.exp(ways - fixed)
        return found

    def _opened(self, columns: Sequence[int]) -> tuple[Ints, Iterable[Paths]]:
        """Return the states after the first columns, and the pasts of each."""
        rows = np.array([self._rows], dtype=np.int64)
        if not columns:
            return rows, [self._start()]
        column = sum(columns)
        _, taken = filled(rows, column)
        mass = self._mass(rows, taken, column)
        begun, which_begun = sorted_states(taken)
        states, which = sorted_states(rows - taken)
        # What was taken, and what is left: pairs of states, as often as they occur.
        codes, place = np.unique(which * len(begun) + which_begun, return_inverse=True)
        mass = bincount(place.ravel(), mass)
        ends, starts = codes // len(begun), codes % len(begun)
        low, high = self._bounds(begun, columns)
        left = self._columns[len(columns) :]
        least, most = self._bounds(states, left)
        still = self._undecided(
            low[starts],
            mass,
            least[ends],
            high[starts] - low[starts] + most[ends],
            self._rests(columns) * self._rests(left),
        )
        ends, starts, mass = ends[still], starts[still], mass[still]
        used, starts = np.unique(starts, return_inverse=True)
        if len(columns) == 1:
            order, words = self._gained(begun[used])
            ones = np.ones(1)
            parts = [Paths(order[[i]], words[:, [i]], ones) for i in range(used.size)]
        else:
            parts = list(self._split(begun[used], columns[0]))
        self._spend(float(sum(parts[start].order.size for start in starts)))
        bounds = np.flatnonzero(np.diff(ends, prepend=-1, append=len(states)))

        def joined(some: slice) -> Paths:
            return joined_paths(
                [
                    attrs.evolve(parts[start], mass=parts[start].mass * weight)
                    for start, weight in zip(starts[some], mass[some], strict=True)
                ]
            )

        reached = ends[bounds[:-1]]
        pasts = (joined(slice(*pair)) for pair in itertools.pairwise(bounds))
        if len(self._columns) < 5:
            return states[reached], pasts
        return self._kept(states[reached], pasts, left)

    def _kept(
        self, states: Ints, pasts: Iterable[Paths], columns: Sequence[int]
    ) -> tuple[Ints, list[Paths]]:
        """Return the states with pasts whose rests decide, and those pasts."""
        least, most = self._bounds(states, columns)
        rests = self._rests(columns)
        found = []
        for past, low, high in zip(pasts, least, most, strict=True):
            merged = past.merged()
            still = self._undecided(merged.order, merged.mass, low, high, rests)
            found.append(merged.take(still))
        kept = [place for place, past in enumerate(found) if past.order.size]
        return states[kept], [found[place] for place in kept]

    def _start(self) -> Paths:
        words = np.zeros((len(self._words), 1), dtype=np.int64)
        return Paths(np.zeros(1, dtype=np.int64), words, np.ones(1))

    def _split(self, states: Ints, first: int) -> Iterator[Paths]:
        """Return for each state the ways to part what is left between two columns."""
        numbers = number_filled(states, first)
        self._spend(_LISTED * float(numbers.sum()))
        batches = (np.cumsum(numbers) // _AT_ONCE).astype(np.int64)
        for batch in np.unique(batches):
            some = states[batches == batch]
            which, cells = filled(some, first)
            totals = some[which]
            order, words = self._gained(np.hstack((cells, totals - cells)))
            paths = Paths(order, words, self._mass(totals, cells, first))
            ends = np.searchsorted(which, np.arange(len(some) + 1, dtype=np.int64))
            for begin, end in itertools.pairwise(ends):
                yield paths.take(slice(begin, end)).merged()

    def _followed(
        self, states: Ints, pasts: Iterable[Paths], columns: Sequence[int]
    ) -> tuple[Ints, list[Paths]]:
        """Return the states after one more column, and the undecided pasts of each."""
        column = columns[0]
        self._spend(_LISTED * float(number_filled(states, column).sum()))
        which, cells = filled(states, column)
        targets, reached = sorted_states(states[which] - cells)
        arcs = Paths(*self._gained(cells), self._mass(states[which], cells, column))
        codes = which * len(targets) + reached
        arcs, codes = arcs.merged_within(codes)
        which, reached = codes // len(targets), codes % len(targets)
        pasts = list(pasts)
        sizes = np.array([past.order.size for past in pasts], dtype=np.int64)
        self._spend(_KEPT * float(sizes[which].sum()))
        least, most = self._bounds(targets, columns[1:])
        rests = self._rests(columns[1:])
        parts: list[list[Paths]] = [[] for _ in targets]
        ends = np.searchsorted(which, np.arange(len(states) + 1, dtype=np.int64))
        for past, begin, end in zip(pasts, ends[:-1], ends[1:], strict=True):
            some, to = arcs.take(slice(begin, end)), reached[begin:end]
            order = np.add.outer(some.order, past.order)
            mass = np.multiply.outer(some.mass, past.mass)
            still = self._undecided(
                order, mass, least[to][:, np.newaxis], most[to][:, np.newaxis], rests
            )
            arc, before = np.nonzero(still)
            found = Paths(
                order[still],
                some.words[:, arc] + past.words[:, before],
                mass[still],
            )
            target, starts = np.unique(to[arc], return_index=True)
            stops = [*starts.tolist(), arc.size][1:]
            for place, first, stop in zip(
                target.tolist(), starts.tolist(), stops, strict=True
            ):
                parts[place].append(found.take(slice(first, stop)))
        kept = [place for place, part in enumerate(parts) if part]
        return targets[kept], [joined_paths(parts[place]).merged() for place in kept]

    def _bounds(self, states: Ints, columns: Sequence[int]) -> tuple[Ints, Ints]:
        """Return bounds of the order of all ways to fill the columns from each state.

        The least: Lagrange's, the totals of the columns enter by a price a case, and
        each row is filled as is best for it. With the logarithms of the totals as
        prices little is lost. The largest: one cell after the other is filled up, the
        rows or the columns held to their totals, which bounds what both allow.
        """
        self._spend(_BOUNDED * len(columns))
        keys = self._keys.order
        cheapest, prices = self._priced(tuple(columns), int(states.max(initial=0)))
        least = cheapest[states].sum(axis=1) + prices
        totals = np.broadcast_to(
            np.array(columns, dtype=np.int64), (len(states), len(columns))
        )
        most = []
        for side, other in ((states, totals), (totals, states)):
            left = side
            full = np.zeros(len(states), dtype=np.int64)
            for room in -np.sort(-other, axis=1).T:
                taken = np.minimum(left, room[:, np.newaxis])
                full += keys[taken].sum(axis=1)
                left = left - taken
            most.append(full)
        return least, np.minimum(*most)

    def _priced(self, columns: tuple[int, ...], largest: int) -> tuple[Ints, int]:
        """Return the least order of a row of each total, less prices; and all prices.

        Rows are filled column by column, so that only the best way to place so many
        cases in the columns so far is kept.
        """
        best = np.zeros(1, dtype=np.int64)
        paid = 0
        for column in columns:
            price = round(UNIT * math.log(column))
            paid += price * column
            most = min(column, self._keys.order.size - 1)
            cells = np.arange(most + 1, dtype=np.int64)
            added = self._keys.order[: most + 1] - price * cells
            size = min(best.size + most, largest + 1)
            longer = np.full(size, _FAR, dtype=np.int64)
            for cell, cost in zip(cells.tolist(), added.tolist(), strict=True):
                part = best[: max(size - cell, 0)]
                reach = longer[cell : cell + part.size]
                np.minimum(reach, part + cost, out=reach)
            best = longer
        return best, paid

    def _undecided(
        self,
        order: Ints,
        mass: Floats,
        least: Ints | int,
        most: Ints | int,
        rests: float,
    ) -> npt.NDArray[np.bool_]:
        """Return which paths their rests decide; count the others, with their rests."""
        unsure = self._keys.unsure
        hit = order + least >= self._order + unsure
        missed = order + most < self._order - unsure
        self._hits.append(float(mass[hit].sum()) * rests)
        self._misses.append(float(mass[missed].sum()) * rests)
        found: npt.NDArray[np.bool_] = ~(hit | missed)
        return found

    def _rests(self, columns: Sequence[int]) -> float:
        """Return the summed mass of all ways to fill the columns from a state."""
        if not self._whole:
            return 1.0
        return float(
            math.factorial(sum(columns)) // math.prod(map(math.factorial, columns))
        )

    def _join(self, past: Paths, rest: Paths) -> None:
        """Count the tables made of the pasts and the rests of one state."""
        unsure = self._keys.unsure
        least, most = int(rest.order[0]), int(rest.order[-1])
        rests = self._rests(self._columns[-2:])
        still = self._undecided(past.order, past.mass, least, most, rests)
        past = past.take(still)
        if not past.order.size:
            return
        self._spend(past.order.size)
        wanted = self._order - past.order  # of the rest, for a tie
        begin = np.searchsorted(rest.order, wanted - unsure)
        end = np.searchsorted(rest.order, wanted + unsure, side="right")
        above = np.append(np.cumsum(rest.mass[::-1])[::-1], 0.0)
        below = np.append(0.0, np.cumsum(rest.mass))
        self._hits.append(float(past.mass @ above[end]))
        self._misses.append(float(past.mass @ below[begin]))
        close = np.flatnonzero(end > begin)
        if close.size:
            self._settle(past.take(close), rest, begin[close], end[close])

    def _settle(self, past: Paths, rest: Paths, begin: Ints, end: Ints) -> None:
        """Count the tables that are too close to tell by their order."""
        many = end - begin
        self._spend(float(many.sum()))
        left: Ints = repeat(np.arange(many.size, dtype=np.int64), many)
        starts = np.cumsum(many) - many
        right = begin[left] + np.arange(left.size, dtype=np.int64) - starts[left]
        words = past.words[:, left] + rest.words[:, right]
        hit = (words == self._words[:, np.newaxis]).all(axis=0)
        observed = self._keys.product(self._words.tolist())
        for place in np.flatnonzero(~hit):
            hit[place] = self._keys.product(words[:, place].tolist()) > observed
        mass = past.mass[left] * rest.mass[right]
        self._hits.append(float(mass[hit].sum()))
        self._misses.append(float(mass[~hit].sum()))
