"""A likelihood that grows without end, settled by a linear program.

It is looked for only where Newton's method finds no maximum.
"""

import numpy as np
import numpy.typing as npt

from iph._checks import Floats, Ints
from iph.stats._regression.risk_sets import Flags, RiskSets

_SLACK = 1e-7  # what the linear program leaves of a zero


def endless_hazard(x: Floats, happened: Flags, sets: RiskSets) -> Floats:
    """Return a combination of the columns along which a partial likelihood rises.

    The likelihood is monotone along b if x b is, at every event, at least as large in
    the patient with the event as in all others at risk, and larger than in some. The
    sum over the events of x b less its mean at risk is then above 0, and no other b
    that meets the inequalities has it above 0, so its largest value decides. Variables
    M above x b of all who are at risk at a moment, or in a block of moments, keep the
    number of inequalities near that of the rows instead of that of the pairs.

    Parameters
    ----------
    x : ndarray of float, shape (n, p)
        The columns, in the order of `sets`.
    happened : ndarray of bool, shape (n,)
        Whether the row ends with the event.
    sets : RiskSets
        Who is at risk when.

    Returns
    -------
    ndarray of float, shape (p,)
        The combination, with values from -1 to 1; zeros if there is none.
    """
    from scipy.sparse import csr_array, hstack, vstack

    p = x.shape[1]
    row, node, above, below, leaf = sets.cover()
    nodes = int(max(node.max(), leaf.max(), above.max(initial=0))) + 1
    profiles: Floats = np.unique(np.column_stack((node, x[row])), axis=0)
    own: Floats = np.unique(
        np.column_stack((leaf[sets.first], x))[happened], axis=0, return_counts=False
    )

    def bound(place: npt.NDArray[np.floating] | Ints) -> csr_array:
        place = place.astype(np.intp)
        cells = (np.ones(place.size), (np.arange(place.size, dtype=np.int64), place))
        return csr_array(cells, shape=(place.size, nodes))

    # x b - M <= 0 at risk, M below - M above <= 0, M - x b <= 0 with the event.
    matrix = vstack(
        [
            hstack([csr_array(profiles[:, 1:]), -bound(profiles[:, 0])]),
            hstack([csr_array((above.size, p)), bound(below) - bound(above)]),
            hstack([csr_array(-own[:, 1:]), bound(own[:, 0])]),
        ],
        format="csr",
    )
    at_risk = sets.sums(np.vstack((np.ones(len(x)), x.T)))
    excess = x - (at_risk[1:] / at_risk[0]).T[sets.first]
    return _direction(excess[happened].sum(axis=0), matrix, nodes)


def endless_odds(x: Floats, happened: Flags) -> Floats:
    """Return a combination of the columns that separates events from the others.

    The likelihood of a logistic regression has no maximum if some combination, with an
    intercept, is 0 or more in all patients with the event, 0 or less in all others, and
    not 0 in some.

    Parameters
    ----------
    x : ndarray of float, shape (n, p)
        The columns, about as wide as 1.
    happened : ndarray of bool, shape (n,)
        Whether the patient had the event.

    Returns
    -------
    ndarray of float, shape (p,)
        The combination, with values from -1 to 1; zeros if there is none.
    """
    from scipy.sparse import csr_array

    sign = np.where(happened, 1.0, -1.0)
    signed = np.column_stack((x, np.ones(len(x)))) * sign[:, None]
    profiles: Floats = np.unique(signed, axis=0)
    return _direction(
        profiles[:, :-1].sum(axis=0), csr_array(-profiles), 1, profiles[:, -1].sum()
    )


def endless_order(x: Floats, grades: Ints) -> Floats:
    """Return a combination of the columns that puts the grades in their order.

    The likelihood of a proportional odds model has no maximum if, for some combination
    and some shift of each threshold, no patient is on the wrong side of a threshold,
    and some patient is off it.

    Parameters
    ----------
    x : ndarray of float, shape (n, p)
        The columns, about as wide as 1.
    grades : ndarray of int, shape (n,)
        The grade of each patient, from 0, each at least once.

    Returns
    -------
    ndarray of float, shape (p,)
        The combination, with values from -1 to 1; zeros if there is none.
    """
    from scipy.sparse import csr_array

    profiles: Floats = np.unique(np.column_stack((grades, x)), axis=0)
    codes = profiles[:, 0].astype(np.intp)
    inner = int(codes.max())
    thresholds = np.eye(inner)
    above, below = codes > 0, codes < inner
    signed = np.vstack(
        (
            np.hstack((profiles[above, 1:], -thresholds[codes[above] - 1])),
            np.hstack((-profiles[below, 1:], thresholds[codes[below]])),
        )
    )
    gain = signed.sum(axis=0)
    p = x.shape[1]
    return _direction(gain[:p], csr_array(-signed), inner, gain[p:])


def _direction(
    gain: Floats, matrix: object, others: int, other_gain: Floats | float = 0.0
) -> Floats:
    """Return the b from -1 to 1 of the highest gain, or zeros if none is above 0."""
    from scipy.optimize import linprog

    p = gain.size
    gains = np.concatenate((gain, np.full(others, other_gain)))
    found = linprog(  # type: ignore[call-overload] # the stubs know no sparse matrix
        -gains,
        A_ub=matrix,
        b_ub=np.zeros(matrix.shape[0]),  # type: ignore[attr-defined]
        bounds=[(-1.0, 1.0)] * p + [(None, None)] * others,
        method="highs",
    )
    # b = 0 always meets the inequalities, so the program has a solution.
    if -found.fun <= _SLACK:
        return np.zeros(p)
    direction: Floats = np.where(np.abs(found.x) > np.sqrt(_SLACK), found.x, 0.0)[:p]
    return direction
