"""Intervals of a share that is known of fewer patients than there are.

A share with a variance says as much as that share of so many patients as would give
this variance. The interval of Clopper and Pearson for so many, whole or not, is that of
the share. Where the status of all is known it is the exact one.
"""

import numpy as np

from iph._checks import Floats, Ints


def bearing_cases(share: Floats, variance: Floats, lost: Ints, n: int) -> Floats:
    """Return of how many patients each share speaks.

    Parameters
    ----------
    share, variance : ndarray of float
        Shares, 0 to 1, with their variances.
    lost : ndarray of int
        Patients whose status is not known any more.
    n : int
        All patients.

    Returns
    -------
    ndarray of float
        All while nobody is lost. A share of 0 or 1 has no variance, and speaks of those
        who are not.
    """
    found = np.divide(
        share * (1.0 - share), variance, out=n - lost + 0.0, where=variance > 0.0
    )
    return np.where(lost == 0, float(n), np.minimum(found, n))


def bearing_bounds(share: Floats, cases: Floats, tail: float) -> tuple[Floats, Floats]:
    """Return the bounds of shares of so many patients, with one tail beyond each."""
    from scipy.special import betaincinv

    with_event = cases * share
    without = np.maximum(cases - with_event, 0.0)
    low, high = np.zeros(share.size), np.ones(share.size)
    # A rounding error of the product is no patient.
    some, rest = with_event > 0.0, without > 1e-9 * np.maximum(cases, 1.0)
    low[some] = betaincinv(with_event[some], without[some] + 1.0, tail)
    high[rest] = betaincinv(with_event[rest] + 1.0, without[rest], 1.0 - tail)
    low[np.isnan(share)] = high[np.isnan(share)] = np.nan
    return low, high
