"""The one free cell of a 2 x 2 table whose margins are fixed."""

import functools
import math

import attrs
import numpy as np
import numpy.typing as npt

from iph.stats._inference.exact_work import check_work
from iph.stats._tables.cross_table import Counts

Floats = npt.NDArray[np.float64]

_WHOLE_LIMIT = 100_000_000  # support times cases; beyond it the integers get slow
_NEAR = 1e-6  # of a logarithm; closer weights are compared as integers
_REACH = 40  # standard deviations
_MOST_FACTORS = 100_000  # of two integers that are compared: under a second
_SHORT_RANGE = 20_000  # values of the cell
_SHORT = 32  # factors multiplied one after the other


@attrs.frozen(kw_only=True, eq=False)
class FreeCell:
    """The first cell of a 2 x 2 table, given its margins.

    Attributes
    ----------
    observed : int
        The cell.
    row : int
        The total of the first row.
    column : int
        The total of the first column.
    n : int
        The cases.
    """

    observed: int
    row: int
    column: int
    n: int

    @classmethod
    def of(cls, counts: Counts) -> "FreeCell":
        """Return the free cell of a table."""
        (a, b), (c, d) = counts
        return cls(observed=a, row=a + b, column=a + c, n=a + b + c + d)

    @property
    def low(self) -> int:
        """The smallest value the cell can have."""
        return max(0, self.row + self.column - self.n)

    @property
    def high(self) -> int:
        """The largest value the cell can have."""
        return min(self.row, self.column)

    def _log_steps(self, first: int, last: int) -> Floats:
        """Return the logarithms of weight(x + 1) / weight(x), x from first to last.

        The four factors are found for the first value as whole numbers: of cells that
        no float holds exactly, small differences stay exact.
        """
        step = np.arange(last - first, dtype=np.float64)
        rest = float(self.n - self.row - self.column + first + 1)
        return np.log((float(self.row - first) - step) / (float(first + 1) + step)) + (
            np.log((float(self.column - first) - step) / (rest + step))
        )

    @functools.cached_property
    def log_weights(self) -> Floats:
        """The logarithm of the weight of each value relative to that observed."""
        return self.log_weights_between(self.low, self.high)

    def near_observed(self) -> tuple[int, int]:
        """Return the values between which an odds ratio and its bounds are decided.

        At any odds ratio the cell is distributed as a sum of independent indicators,
        one for each value that it can have but one, so its variance v is at most their
        number by four. Where a tail from the observed value on has a probability that a
        float can ask for (1e-16 or more), Bernstein's bound exp(-t^2 / 2 (v + t / 3))
        puts the mean within 9 sqrt(v) + 25 of it; and beyond a further 13 sqrt(v) + 54
        less than exp(-80) is left. Short ranges are taken whole.
        """
        reach = 11 * (math.isqrt(self.high - self.low) + 1) + 100
        if self.high - self.low <= _SHORT_RANGE:
            return self.low, self.high
        return max(self.low, self.observed - reach), min(
            self.high, self.observed + reach
        )

    def log_weights_between(self, first: int, last: int) -> Floats:
        """Return the logarithms of the weights of a range that holds the observed."""
        steps = self._log_steps(first, last)
        at = self.observed - first
        below = -np.cumsum(steps[:at][::-1])[::-1]
        return np.concatenate([below, [0.0], np.cumsum(steps[at:])])

    def p_value(
        self, alternative: str, two_sided: str, *, limit: float = math.inf
    ) -> float:
        """Return the p-value of Fisher's test; a limit refuses too many values."""
        if (self.high - self.low + 1) * self.n <= _WHOLE_LIMIT:
            return self._whole_p(alternative, two_sided)
        first, last = self._likely()
        check_work(last - first + 1, limit, "Fisher test")
        return self._float_p(alternative, two_sided, first, last)

    def _likely(self) -> tuple[int, int]:
        """Return the values between which all lie whose probability is a float above 0.

        A hypergeometric number is distributed as a sum of independent indicators, so
        Bernstein's bound exp(-t^2 / 2 (v + t / 3)) holds with its variance v; at
        t = 40 (sqrt(v) + 40) it is below exp(-750), less than any float above 0.
        """
        n, row, column = self.n, self.row, self.column
        mean = row * column // n
        spread = row * (n - row) * column * (n - column) // (n * n * max(n - 1, 1))
        reach = _REACH * (math.isqrt(spread) + 1 + _REACH)
        return max(self.low, mean - reach), min(self.high, mean + reach)

    def _whole_p(self, alternative: str, two_sided: str) -> float:
        weight = math.comb(self.row, self.low) * math.comb(
            self.n - self.row, self.column - self.low
        )
        weights = [weight]
        for x in range(self.low, self.high):
            up = (self.row - x) * (self.column - x)
            weight = (
                weight * up // ((x + 1) * (self.n - self.row - self.column + x + 1))
            )
            weights.append(weight)
        at = self.observed - self.low
        total = sum(weights)
        lower, upper = sum(weights[: at + 1]), sum(weights[at:])
        if alternative == "less":
            return lower / total
        if alternative == "greater":
            return upper / total
        if two_sided == "central":
            return min(2 * min(lower, upper), total) / total
        return sum(w for w in weights if w <= weights[at]) / total

    def _float_p(
        self, alternative: str, two_sided: str, first: int, last: int
    ) -> float:
        logs = np.concatenate(([0.0], np.cumsum(self._log_steps(first, last))))
        weights = np.exp(logs - logs.max())
        total = float(weights.sum())
        # An observed value beyond the likely ones lies in a tail that underflows.
        at = self.observed - first
        lower = min(float(weights[: max(at + 1, 0)].sum()) / total, 1.0)
        upper = min(float(weights[max(at, 0) :].sum()) / total, 1.0)
        if alternative == "less":
            return lower
        if alternative == "greater":
            return upper
        if two_sided == "central":
            return min(2.0 * min(lower, upper), 1.0)
        if not 0 <= at < weights.size:
            return min(lower, upper)
        logs -= logs[at]
        counted = logs < -_NEAR
        for index in np.flatnonzero(np.abs(logs) <= _NEAR).tolist():
            counted[index] = self._at_most_as_likely(first + index)
        return min(float(weights[counted].sum()) / total, 1.0)  # it is rounded

    def _at_most_as_likely(self, value: int) -> bool:
        """Compare the weight of a value with that observed, as whole numbers."""
        mirrored = value + self.observed
        if value == self.observed or (
            (2 * self.row == self.n and mirrored == self.column)
            or (2 * self.column == self.n and mirrored == self.row)
        ):
            return True
        start, stop = sorted((value, self.observed))
        check_work(stop - start, _MOST_FACTORS, "comparison of two tables")
        rest = self.n - self.row - self.column
        up = _product([(self.row - x) * (self.column - x) for x in range(start, stop)])
        down = _product([(x + 1) * (rest + x + 1) for x in range(start, stop)])
        return up <= down if value >= self.observed else down <= up


def _product(factors: list[int]) -> int:
    """Multiply in pairs, so that the long factors are of like length."""
    if len(factors) <= _SHORT:
        return math.prod(factors)
    middle = len(factors) // 2
    return _product(factors[:middle]) * _product(factors[middle:])
