"""The likelihood of a logistic regression."""

from functools import partial

import attrs
import numpy as np

from iph._checks import Floats, Ints
from iph.stats._regression.newton import Point
from iph.stats._regression.risk_sets import Flags


@attrs.frozen(kw_only=True, eq=False)
class LogisticLikelihood:
    """The log-likelihood of an intercept and coefficients.

    Attributes
    ----------
    columns : ndarray of float, shape (q, n)
        Ones, then the columns of the covariates.
    happened : ndarray of bool, shape (n,)
        Whether the row has the outcome.
    counts : ndarray of int, shape (n,)
        The cases of each row.
    """

    columns: Floats
    happened: Flags
    counts: Ints

    def at(self, place: Floats) -> Point:
        """Return value, slope and information."""
        predictor = place @ self.columns
        signed = np.where(self.happened, predictor, -predictor)
        # Half the tangent is the probability less 1/2, exact in both tails.
        half = np.tanh(predictor / 2.0) / 2.0
        rest = self.happened - 0.5 - half
        spread = self.counts * (0.25 - half**2)
        return Point(
            value=-float(self.counts @ np.logaddexp(0.0, -signed)),
            score=self.columns @ (self.counts * rest),
            information=(self.columns * spread) @ self.columns.T,
            tilt=partial(self._tilt, -2.0 * spread * half),
        )

    def _tilt(self, change: Floats, inverse: Floats) -> Floats:
        """Return the slope of half the log determinant of the information.

        `change` is how fast the weight of each row changes with its predictor.
        """
        form = ((inverse @ self.columns) * self.columns).sum(axis=0)
        slope: Floats = self.columns @ (change * form) / 2.0
        return slope
