"""A Cox model, fitted in coordinates of its own."""

import attrs
import numpy as np

from iph._checks import Floats
from iph.errors import DataError
from iph.stats._regression.coordinates import Coordinates, coordinates, leading
from iph.stats._regression.cox_data import CoxData
from iph.stats._regression.inference import Estimator, Fitted, fitted
from iph.stats._regression.partial_likelihood import (
    PartialLikelihood,
    Ties,
    partial_likelihood,
)
from iph.stats._regression.risk_sets import risk_sets
from iph.stats._regression.separation import endless_hazard

_NEVER = 1e-12  # of the largest information: no risk set tells anything
_WHY = (
    "at each event the patient with it has the most extreme value of those at risk, "
    "so that no finite hazard ratio fits"
)


@attrs.frozen(kw_only=True, eq=False)
class CoxFit:
    """A fitted Cox model.

    Attributes
    ----------
    scale : Coordinates
        The coordinates of the fit.
    likelihood : PartialLikelihood
        The likelihood in them, without a penalty.
    fit : Fitted
        The maximum and what it is compared with.
    """

    scale: Coordinates
    likelihood: PartialLikelihood
    fit: Fitted

    @property
    def coefficients(self) -> Floats:
        """The coefficients of the columns as given."""
        return self.scale.back @ self.fit.peak.place


def fit_cox(data: CoxData, ties: Ties, estimator: Estimator) -> CoxFit:
    """Fit; refuse what the data do not determine."""
    sets = risk_sets(data.time, data.happened, data.entry, data.stratum)
    happened, names = data.happened[sets.rows], data.covariates.names
    stratum = None if data.stratum is None else sets.stratum
    among = "the patients at risk"
    if stratum is not None:
        among += " of each stratum"
    scale = coordinates(names, data.covariates.x[sets.rows], among, stratum)
    likelihood = partial_likelihood(
        sets, scale.columns, happened, data.counts[sets.rows], ties
    )
    if sets.late:
        _refuse_never_compared(likelihood, scale)
    fit = fitted(
        likelihood,
        0,
        scale,
        estimator=estimator,
        endless=lambda: endless_hazard(scale.scaled, happened, sets),
        why=_WHY,
    )
    return CoxFit(scale=scale, likelihood=likelihood, fit=fit)


def _refuse_never_compared(likelihood: PartialLikelihood, scale: Coordinates) -> None:
    """Refuse columns that vary, but not among any who are at risk together."""
    information = likelihood.at(np.zeros(len(scale.names))).information
    values, directions = np.linalg.eigh(information)
    if values[0] <= _NEVER * scale.columns.shape[1]:
        direction = scale.back @ directions[:, 0] * np.ptp(scale.scaled, axis=0)
        words = ", ".join(scale.names[i] for i in leading(direction))
        raise DataError(
            f"patients who are at risk on the same day do not differ in {words}; "
            "leave it out"
        )
