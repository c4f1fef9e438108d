"""The coefficients of agreement and their standard errors, from a table of counts.

Each coefficient is a smooth function of means over patients. Its variance is that of
what each patient adds to it to first order, divided by the patients less one.
"""

import math

import attrs
import numpy as np

from iph._checks import Floats, Ints

_ROUNDING = 1e-12  # of what is left of 1 by chance agreement


@attrs.frozen(kw_only=True)
class Terms:
    """A coefficient with its parts; NaN where it is undefined."""

    estimate: float
    standard_error: float
    observed: float
    expected: float


def agreement_terms(
    read: Ints, counts: Ints, agreeing: Floats, coefficient: str
) -> Terms:
    """Return a coefficient of agreement.

    Parameters
    ----------
    read : numpy.ndarray
        How many readers gave each patient (row) each grade (column), at least one.
    counts : numpy.ndarray
        How many patients each row stands for.
    agreeing : numpy.ndarray
        The weight of agreement of any two grades, from 0 to 1.
    coefficient : str
        Its name.

    Returns
    -------
    Terms
        The coefficient, with its parts and its standard error.
    """
    readings = read.sum(axis=1).astype(np.float64)
    paired = readings > 1.0
    if not counts[paired].sum():
        nan = math.nan
        return Terms(estimate=nan, standard_error=nan, observed=nan, expected=nan)
    # Over all ordered pairs of the readers of a patient
    agreed = (read * (read @ agreeing - 1.0)).sum(axis=1)
    if coefficient == "krippendorff":
        by_reader = agreed[paired] / (readings[paired] - 1.0)
        return _krippendorff(read[paired], by_reader, counts[paired], agreeing)
    share = np.zeros(len(read))
    share[paired] = agreed[paired] / (readings[paired] * (readings[paired] - 1.0))
    n_paired, n = float(counts[paired].sum()), float(counts.sum())
    observed = float(counts @ share) / n_paired
    if coefficient == "percent":
        # Who was read once says nothing of the share of agreement
        own_share = share[paired] - observed
        return Terms(
            estimate=observed,
            standard_error=_standard_error(own_share, counts[paired]),
            observed=observed,
            expected=0.0,
        )
    own = read / readings[:, None]
    shares = (counts @ own) / n
    expected, slope = _by_chance(shares, agreeing, coefficient)
    rest = 1.0 - expected
    if not rest > _ROUNDING:  # one grade throughout leaves no room for chance; NaN too
        return Terms(
            estimate=math.nan,
            standard_error=math.nan,
            observed=observed,
            expected=expected,
        )
    estimate = 1.0 - (1.0 - observed) / rest
    added = np.where(paired, share - observed, 0.0) * (n / n_paired)
    added = (added - (1.0 - estimate) * ((own - shares) @ slope)) / rest
    return Terms(
        estimate=estimate,
        standard_error=_standard_error(added, counts),
        observed=observed,
        expected=expected,
    )


def _by_chance(
    shares: Floats, agreeing: Floats, coefficient: str
) -> tuple[float, Floats]:
    """Return the agreement by chance of Gwet or Fleiss, and its gradient."""
    if coefficient == "fleiss":
        means = agreeing @ shares
        return float(shares @ means), 2.0 * means
    size = len(shares)
    scale = float(agreeing.sum()) / (size * (size - 1)) if size > 1 else math.nan
    return scale * float(shares @ (1.0 - shares)), scale * (1.0 - 2.0 * shares)


def _krippendorff(
    read: Ints, by_reader: Floats, counts: Ints, agreeing: Floats
) -> Terms:
    """Return alpha, in which each reading counts alike."""
    readings = read.sum(axis=1)
    total = float(counts @ readings)
    per_patient = total / float(counts.sum())
    shares = (counts @ read) / total
    means = agreeing @ shares
    expected = float(shares @ means)
    raw = float(counts @ by_reader) / total
    few = 1.0 - 1.0 / total  # the correction for small samples
    observed = raw * few + 1.0 / total
    rest = 1.0 - expected
    if rest <= _ROUNDING:
        return Terms(
            estimate=math.nan,
            standard_error=math.nan,
            observed=observed,
            expected=expected,
        )
    estimate = 1.0 - (1.0 - observed) / rest
    agreed = few * (by_reader - raw * readings)
    chance = 2.0 * ((read - shares * readings[:, None]) @ means)
    added = (agreed - (1.0 - estimate) * chance) / (rest * per_patient)
    return Terms(
        estimate=estimate,
        standard_error=_standard_error(added, counts),
        observed=observed,
        expected=expected,
    )


def _standard_error(added: Floats, counts: Ints) -> float:
    """Return the standard error of a mean of what each patient adds."""
    n = float(counts.sum())
    if n <= 1.0:
        return math.nan
    return math.sqrt(float(counts @ added**2) / (n * (n - 1.0)))
