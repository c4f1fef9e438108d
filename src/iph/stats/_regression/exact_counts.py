"""How many choices of the patients with the outcome give each sum of a covariate.

Given how many patients of each stratum had the outcome, and the sums of all other
covariates over them, every such choice of patients is equally likely if the covariate
does nothing. Patients are taken one after the other. A state is how many had the
outcome so far, with the sums of the other covariates; what it holds is a polynomial of
the sum of the covariate asked about, packed into one long integer, so that a patient
costs one shift and one addition a state. States from which the sums observed cannot be
reached are dropped.
"""

import math
from collections.abc import Iterator, Sequence
from itertools import accumulate

import attrs

from iph.errors import WorkError
from iph.stats._inference.exact_dense import digit_width, unpack
from iph.stats._inference.exact_distribution import Distribution, from_ways

_LONGEST = 50_000  # values of a sum that are packed; sparser ones are listed
_WORD = 64
_WORDS_A_STATE = 16  # of a long integer that take as long as the state itself
_LISTED = 20.0  # times as dear is a state of sums that are listed, above all in memory
_AT_ONCE = 0.1  # of the limit, so that one set of states fits the memory

Row = tuple[int, ...]
_States = dict[int, dict[int, int]]  # by patients chosen, by the other sums


@attrs.frozen(kw_only=True)
class Stratum:
    """The patients of one stratum.

    Attributes
    ----------
    rows : tuple of tuple of int
        The covariates of each patient, 0 or more.
    happened : tuple of bool
        Whether each had the outcome.
    """

    rows: tuple[Row, ...]
    happened: tuple[bool, ...]

    @property
    def chosen(self) -> int:
        """How many had the outcome."""
        return sum(self.happened)

    @property
    def tells(self) -> bool:
        """Whether some had the outcome and some not."""
        return 0 < self.chosen < len(self.rows)

    def observed(self, column: int) -> int:
        """Return the sum of a covariate over those with the outcome."""
        pairs = zip(self.rows, self.happened, strict=True)
        return sum(row[column] for row, yes in pairs if yes)

    def ends(self, column: int) -> tuple[int, int]:
        """Return the smallest and the largest sum of so many patients."""
        values = sorted(row[column] for row in self.rows)
        return sum(values[: self.chosen]), sum(values[len(values) - self.chosen :])


def conditional_ways(
    strata: Sequence[Stratum], free: int, limit: float
) -> Distribution:
    """Count the choices that give each sum of one covariate, given all other sums.

    Parameters
    ----------
    strata : sequence of Stratum
        The strata in which some had the outcome and some not.
    free : int
        The covariate asked about.
    limit : float
        The most steps.

    Raises
    ------
    WorkError
        If it would take more steps.
    """
    order = _by_span(strata, free)
    plan = _Plan.of(strata, free, order)
    states: _States = {0: {0: 1}}
    steps = 0.0
    for place, stratum in enumerate(strata):
        for rest, row in _in_turn(stratum, order):
            windows = plan.windows(place, rest)
            states, done = plan.step(states, row, stratum.chosen, windows, len(rest))
            steps += done
            if steps > limit or done > limit * _AT_ONCE:
                raise WorkError(
                    f"the exact distribution takes more than {limit:,.0f} steps; round "
                    "the covariates (such as age to five years), leave one out, make "
                    "one of them the strata, or use logistic_regression with "
                    'estimator="firth"'
                )
        states = {0: states[stratum.chosen]}
    return plan.found(states[0])


def _by_span(strata: Sequence[Stratum], free: int) -> list[int]:
    """Return the other covariates, that with the most values first."""
    others = [c for c in range(len(strata[0].rows[0])) if c != free]
    return sorted(others, key=lambda c: -max(max(r[c] for r in s.rows) for s in strata))


def _in_turn(stratum: Stratum, order: list[int]) -> Iterator[tuple[list[Row], Row]]:
    """Yield each patient with those still to come, sorted by the other covariates."""
    rows = sorted(stratum.rows, key=lambda row: [row[c] for c in order], reverse=True)
    for place, row in enumerate(rows):
        yield rows[place + 1 :], row


@attrs.frozen(kw_only=True)
class _Plan:
    """How sums are held: the others as digits of the key, that asked about packed.

    Attributes
    ----------
    free : int
        The covariate asked about.
    others : list of int
        The covariates that are held fixed.
    targets : list of int
        Their sums as observed.
    sizes : list of int
        How many values the digit of each can have, after one more patient.
    radix : list of int
        What each of them counts for in a key.
    later : list of list of tuple
        For each stratum, the ends of the sums of each of them over all later strata.
    width : int
        The bits of a digit of the polynomial; 0 if the sum is listed in the key.
    above : int
        What a unit of the sum asked about counts for in a key, if it is listed.
    """

    free: int
    others: list[int]
    targets: list[int]
    sizes: list[int]
    radix: list[int]
    later: list[list[tuple[int, int]]]
    width: int
    above: int

    @classmethod
    def of(cls, strata: Sequence[Stratum], free: int, others: list[int]) -> "_Plan":
        targets = [sum(s.observed(c) for s in strata) for c in others]
        largest = [max(row[c] for s in strata for row in s.rows) for c in others]
        sizes = [t + most + 1 for t, most in zip(targets, largest, strict=True)]
        radix = [1, *accumulate(sizes, lambda a, b: a * b)]
        later = []
        for place in range(len(strata)):
            after = strata[place + 1 :]
            ends = [[s.ends(c) for s in after] for c in others]
            later.append(
                [
                    (sum(low for low, _ in each), sum(high for _, high in each))
                    for each in ends
                ]
            )
        total = math.prod(math.comb(len(s.rows), s.chosen) for s in strata)
        longest = sum(s.ends(free)[1] for s in strata)
        return cls(
            free=free,
            others=others,
            targets=targets,
            sizes=sizes,
            radix=radix[:-1],
            later=later,
            width=digit_width(total) if longest <= _LONGEST else 0,
            above=radix[-1],
        )

    def windows(self, place: int, rest: list[Row]) -> list[list[tuple[int, int]]]:
        """Return between which sums so far the target of each covariate is reached.

        One list for each number of patients still to be chosen among the `rest`.
        """
        found: list[list[tuple[int, int]]] = [[] for _ in range(len(rest) + 1)]
        for column, target, (low, high) in zip(
            self.others, self.targets, self.later[place], strict=True
        ):
            values = sorted(row[column] for row in rest)
            lows = [0, *accumulate(values)]
            highs = [0, *accumulate(reversed(values))]
            for wanted, (small, large) in enumerate(zip(lows, highs, strict=True)):
                found[wanted].append((target - high - large, target - low - small))
        return found

    def step(
        self,
        states: _States,
        row: Row,
        chosen: int,
        windows: list[list[tuple[int, int]]],
        rest: int,
    ) -> tuple[_States, float]:
        """Return the states after one more patient, and the work that they took."""
        value = row[self.free]
        moved = sum(row[c] * r for c, r in zip(self.others, self.radix, strict=True))
        if not self.width:
            moved += value * self.above
        shift = value * self.width
        found: dict[int, dict[int, int]] = {}
        work = 0.0
        for count, table in states.items():
            if chosen - count <= rest:
                kept = self._kept(table, 0, windows[chosen - count])
                into = found.setdefault(count, {})
                for key in kept:
                    into[key] = into.get(key, 0) + table[key]
                work += len(kept)
            if count < chosen:
                kept = self._kept(table, moved, windows[chosen - count - 1])
                into = found.setdefault(count + 1, {})
                for key in kept:
                    new = key + moved
                    into[new] = into.get(new, 0) + (table[key] << shift)
                work += len(kept)
        if not self.width:
            return found, work * _LISTED
        longest = max(v.bit_length() for t in found.values() for v in t.values())
        return found, work * (1.0 + longest / (_WORD * _WORDS_A_STATE))

    def _kept(
        self, table: dict[int, int], moved: int, window: list[tuple[int, int]]
    ) -> list[int]:
        """Return the keys from which, moved, all targets are still in reach."""
        if not window:
            return list(table)
        if self.width and len(window) == 1:
            low, high = window[0][0] - moved, window[0][1] - moved
            return [key for key in table if low <= key <= high]
        kept = []
        for key in table:
            left = key + moved
            for place, (low, high) in enumerate(window):
                left, digit = divmod(left, self.sizes[place])
                if not low <= digit <= high:
                    break
            else:
                kept.append(key)
        return kept

    def found(self, table: dict[int, int]) -> Distribution:
        """Return the distribution of the sum asked about at the sums observed."""
        aim = sum(t * r for t, r in zip(self.targets, self.radix, strict=True))
        if self.width:
            return from_ways(unpack(table[aim], self.width))
        # At the end the windows have left the sums observed alone.
        return from_ways({key // self.above: ways for key, ways in table.items()})
