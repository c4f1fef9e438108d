"""Monotone likelihood of a Cox regression, settled by a linear program."""

import numpy as np
import numpy.typing as npt

from iph._checks import Floats
from iph.errors import DataError
from iph.stats._survival.cox_checks import ever_at_risk, scaled_columns
from iph.stats._survival.cox_data import CoxData

_SLACK = 1e-7  # what the linear program leaves of a zero


def refuse_monotone(data: CoxData) -> None:
    """Refuse a likelihood that grows without end in some direction of the columns."""
    scaled = scaled_columns(data)
    ever = ever_at_risk(data)
    direction = endless_direction(scaled, data.time[ever], data.happened[ever])
    involved = np.flatnonzero(np.abs(direction) > np.sqrt(_SLACK))
    if involved.size:
        words = ", ".join(data.names[i] for i in involved)
        raise DataError(
            f"the likelihood is monotone in {words}: at each event the patient with "
            "it has the most extreme value of those at risk, so that no finite hazard "
            "ratio fits; leave the covariate out, join rare categories, or compare the "
            "curves by an exact log-rank test"
        )


def endless_direction(
    x: Floats, time: Floats, happened: npt.NDArray[np.bool_]
) -> Floats:
    """Return a combination of the columns along which the likelihood never falls.

    The likelihood is monotone along b if x b is, at every event, at least as large in
    the patient with the event as in all others at risk, and larger than in some. The
    sum over the events of x b less its mean at risk is then above 0, and no other b
    that meets the inequalities has it above 0, so its largest value decides. A variable
    M for each event time, above x b of all who are at risk then, keeps the number of
    inequalities near that of the rows instead of that of the pairs.

    Returns
    -------
    ndarray of float, shape (p,)
        The combination, with values from -1 to 1; zeros if there is none.
    """
    from scipy.optimize import linprog
    from scipy.sparse import csr_array

    moments = np.unique(time[happened])
    k, p = moments.size, x.shape[1]
    last = np.searchsorted(moments, time, side="right") - 1
    profiles: Floats = np.unique(np.column_stack((last, happened, x)), axis=0)
    at, own, x = profiles[:, 0].astype(np.intp), profiles[:, 1] > 0.0, profiles[:, 2:]
    n, d = at.size, int(own.sum())
    # x b - M <= 0 at risk, M later - M <= 0, M - x b <= 0 with the event.
    columns = np.zeros((n + (k - 1) + d, p))
    columns[:n] = x
    columns[n + k - 1 :] = -x[own]
    step = np.arange(k - 1)
    row = np.concatenate((np.arange(n), n + step, n + step, n + k - 1 + np.arange(d)))
    column = np.concatenate((at, step + 1, step, at[own]))
    sign = np.repeat([-1.0, 1.0, -1.0, 1.0], [n, k - 1, k - 1, d])
    filled = np.nonzero(columns)
    matrix = csr_array(
        (
            np.concatenate((columns[filled], sign)),
            (
                np.concatenate((filled[0], row)),
                np.concatenate((filled[1], p + column)),
            ),
        ),
        shape=(columns.shape[0], p + k),
    )
    found = linprog(  # type: ignore[call-overload] # the stubs know no sparse matrix
        np.concatenate((-_excess(x, at, own, k), np.zeros(k))),
        A_ub=matrix,
        b_ub=np.zeros(columns.shape[0]),
        bounds=[(-1.0, 1.0)] * p + [(None, None)] * k,
        method="highs",
    )
    direction: Floats = np.zeros(p)
    # b = 0 always meets the inequalities, so the program has a solution.
    if -found.fun > _SLACK:
        direction = found.x[:p]
    return direction


def _excess(
    x: Floats, at: npt.NDArray[np.intp], own: npt.NDArray[np.bool_], k: int
) -> Floats:
    """Return the sum over the events of their columns less the mean at risk."""
    p = x.shape[1]
    sums = np.zeros((k, p + 1))
    np.add.at(sums, at, np.column_stack((x, np.ones(at.size))))
    sums = np.cumsum(sums[::-1], axis=0)[::-1]
    means = sums[:, :p] / sums[:, [p]]
    total: Floats = (x[own] - means[at[own]]).sum(axis=0)
    return total
