"""The likelihood of a proportional odds model of ordered grades.

The odds of a grade of at most j are ``exp(a_j - x b)``, with ascending thresholds a. A
grade lies between two of them; with u and l their distances from x b, its probability
is ``expit(u) expit(-l) (1 - exp(l - u))``, in which nothing cancels.
"""

from typing import Any, NoReturn

import attrs
import numpy as np

from iph._checks import Floats, Ints
from iph._wide import bincount
from iph.stats._regression.newton import Point


@attrs.frozen(kw_only=True, eq=False)
class CumulativeLikelihood:
    """The log-likelihood of thresholds and coefficients.

    Attributes
    ----------
    columns : ndarray of float, shape (p, n)
        The columns of the covariates.
    grades : ndarray of int, shape (n,)
        The grade of each row, from 0, each of them at least once.
    counts : ndarray of int, shape (n,)
        The cases of each row.
    base : ndarray of float, shape (k - 1,)
        The thresholds at the place 0: those without covariates.
    """

    columns: Floats
    grades: Ints
    counts: Ints
    base: Floats

    @classmethod
    def of(cls, columns: Floats, grades: Ints, counts: Ints) -> "CumulativeLikelihood":
        """Return the likelihood of rows, with the thresholds that shares give."""
        below = np.cumsum(bincount(grades, counts))
        base = np.log(below[:-1]) - np.log(below[-1] - below[:-1])
        return cls(columns=columns, grades=grades, counts=counts, base=base)

    def at(self, place: Floats) -> Point:
        """Return value, slope and information; minus infinity out of order."""
        inner = self.base.size
        thresholds = self.base + place[:inner]
        if not (np.diff(thresholds) > 0.0).all():
            return Point(
                value=-np.inf,
                score=np.zeros(place.size),
                information=np.eye(place.size),
                tilt=_no_penalty,
            )
        high, low = self._distances(thresholds, place[inner:])
        above, below = _expit(-high), _expit(low)
        with np.errstate(over="ignore"):
            between = 1.0 / np.expm1(high - low)
        rises, falls = above + between, -below - between
        bend = between * (1.0 + between)
        upper, lower = above * (1.0 - above), below * (1.0 - below)
        cases = self.counts
        score = np.concatenate(
            (
                self._by_threshold(cases * rises, cases * falls),
                -self.columns @ (cases * (above - below)),
            )
        )
        information = np.zeros((place.size, place.size))
        inside = np.arange(inner, dtype=np.int64)
        information[inside, inside] = self._by_threshold(
            cases * (upper + bend), cases * (lower + bend)
        )
        # A grade between two thresholds ties them together.
        tied = bincount(self.grades, cases * bend, inner + 1)[1:inner]
        information[inside[1:], inside[:-1]] -= tied
        information[inside[:-1], inside[1:]] -= tied
        for row, column in enumerate(self.columns, start=inner):
            crossed = -self._by_threshold(
                cases * upper * column, cases * lower * column
            )
            information[row, :inner] = information[:inner, row] = crossed
        information[inner:, inner:] = (
            self.columns * (cases * (upper + lower))
        ) @ self.columns.T
        value = (
            np.log1p(-np.exp(low - high))
            - np.logaddexp(0.0, -high)
            - np.logaddexp(0.0, low)
        )
        return Point(
            value=float(cases @ value),
            score=score,
            information=information,
            tilt=_no_penalty,
        )

    def residuals(self, place: Floats) -> Floats:
        """Return of each row the slope of the likelihood in its own x b.

        It is the chance of a lower grade minus that of a higher one: high where the
        grade is higher than the covariates let expect.
        """
        inner = self.base.size
        high, low = self._distances(self.base + place[:inner], place[inner:])
        found: Floats = _expit(low) - _expit(-high)
        return found

    def _distances(self, thresholds: Floats, slopes: Floats) -> tuple[Floats, Floats]:
        """Return how far the thresholds above and below each grade are from x b."""
        edges = np.concatenate(([-np.inf], thresholds, [np.inf]))
        predictor = slopes @ self.columns
        return edges[self.grades + 1] - predictor, edges[self.grades] - predictor

    def _by_threshold(self, above: Floats, below: Floats) -> Floats:
        """Sum over the grades right below each threshold, and right above it."""
        size = self.base.size + 1
        found = (
            bincount(self.grades, above, size)[:-1]
            + bincount(self.grades, below, size)[1:]
        )
        return found.astype(np.float64)


def _expit(value: Floats) -> Floats:
    """Return 1 / (1 + exp(-value)), exact in both tails."""
    small = np.exp(-np.abs(value))
    found: Floats = np.where(value >= 0.0, 1.0, small) / (1.0 + small)
    return found


def _no_penalty(*_: Any) -> NoReturn:
    raise NotImplementedError  # Firth's penalty of this model is not offered
