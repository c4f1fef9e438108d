"""Concordance of a model with the order in which patients had the event."""

import math

import numpy as np
import numpy.typing as npt

from iph._checks import Floats, Ints

_SAME = 1e-9  # relative distance below which two predictions are one


def concordance_index(
    risk: Floats, time: Floats, happened: npt.NDArray[np.bool_], counts: Ints
) -> float:
    """Return the share of comparable pairs that the risk puts in the right order.

    A pair is comparable if one patient had the event and the other was then still under
    observation without it: later in time, or censored on that day. It is right if the
    first has the higher risk; equal risks count one half.

    Parameters
    ----------
    risk : ndarray of float
        The linear predictor. Equal rows can differ in the last digits of a float, so
        values nearer than rounding are taken as equal.
    time, happened, counts : ndarray
        Days, events and the number of cases of each row.
    """
    order = np.argsort(risk)
    gaps = np.diff(risk[order], prepend=risk[order[:1]])
    rank = np.empty(risk.size, dtype=np.intp)
    rank[order] = np.cumsum(gaps > _SAME * (1.0 + np.abs(risk).max()))
    levels = int(rank.max()) + 1
    later = np.zeros(levels)
    right = pairs = 0.0
    # From the last day back, so that those still observed are already counted.
    by_time = np.lexsort((happened, time))
    starts = np.flatnonzero(np.diff(time[by_time], prepend=-1.0))
    for rows in reversed(np.split(by_time, starts[1:])):
        had = rows[happened[rows]]
        censored = rows[~happened[rows]]
        later += np.bincount(rank[censored], counts[censored], minlength=levels)
        below = np.cumsum(later)
        at = rank[had]
        right += float((counts[had] * (below[at] - later[at] / 2.0)).sum())
        pairs += float(counts[had].sum() * below[-1])
        later += np.bincount(at, counts[had], minlength=levels)
    return right / pairs if pairs else math.nan
