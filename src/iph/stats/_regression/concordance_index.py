"""Concordance of a model with the order in which patients had the event."""

import math

import attrs
import numpy as np
import numpy.typing as npt

from iph._checks import Floats, Ints
from iph._wide import bincount

_SAME = 1e-9  # relative distance below which two predictions are one


def concordance_index(
    risk: Floats,
    time: Floats,
    happened: npt.NDArray[np.bool_],
    counts: Ints,
    *,
    entry: Floats | None = None,
    stratum: Ints | None = None,
) -> float:
    """Return the share of comparable pairs that the risk puts in the right order.

    A pair is comparable if one patient had the event and the other, of the same
    stratum, was then under observation without it: later in time, or censored on that
    day. It is right if the first has the higher risk; equal risks count one half.

    Parameters
    ----------
    risk : ndarray of float
        The linear predictor. Equal rows can differ in the last digits of a float, so
        values nearer than rounding are taken as equal.
    time, happened, counts : ndarray
        Days, events and the number of cases of each row.
    entry, stratum : ndarray, optional
        The day from which a row is under observation, and its stratum.
    """
    strata = np.zeros(risk.size, dtype=np.int64) if stratum is None else stratum
    # Ranks of a stratum lie above those of the strata before it: what is counted below
    # a rank then holds all rows of those, and their number is taken off again.
    rank = _ranks(risk)
    rank = strata * (int(rank.max()) + 1) + rank
    if stratum is not None:
        rank = np.unique(rank, return_inverse=True)[1]
    rows = _Rows(rank=rank, counts=counts, strata=strata, events=happened)
    # On one day censorings stand before events: still observed when these happen.
    order = np.lexsort((happened, -time, strata))
    found = rows.among(order, _places(time, happened, strata, order))
    if entry is not None:
        later = np.lexsort((-entry, strata))
        days = time[happened], strata[happened]
        found = found - rows.among(later, _not_yet(entry[later], strata[later], *days))
    below, equal, pairs = found
    cases = counts[happened].astype(np.float64)
    right = float(cases @ (below + equal / 2.0))
    comparable = float(cases @ pairs)
    return right / comparable if comparable else math.nan


@attrs.frozen(kw_only=True, eq=False)
class _Rows:
    """What is counted: ranks, cases and strata of the rows, and which have the event.

    Ranks of a stratum lie above those of the strata before it.
    """

    rank: Ints
    counts: Ints
    strata: Ints
    events: npt.NDArray[np.bool_]

    def among(self, order: Ints, upto: Ints) -> Ints:
        """Count for each event among the first `upto` rows of an order by strata.

        Returns three rows: the cases of its stratum with a lower rank, with its own
        rank, and with any.
        """
        weights = self.counts[order]
        below, equal = ranked_before(
            self.rank[order], weights, upto, self.rank[self.events]
        )
        total = np.concatenate(([0], np.cumsum(weights)))
        own = np.searchsorted(self.strata[order], self.strata[self.events])
        return np.stack((below - total[own], equal, total[upto] - total[own]))


def c_statistic(risk: Floats, happened: npt.NDArray[np.bool_], counts: Ints) -> float:
    """Return the share of pairs, one with the event, in which it has the higher risk.

    Equal risks count one half: the area under the ROC curve.
    """
    rank = _ranks(risk)
    levels = int(rank.max()) + 1
    with_it = bincount(rank, counts * happened, levels)
    without = bincount(rank, counts * ~happened, levels)
    right = float(with_it @ (np.cumsum(without) - without / 2.0))
    return right / float(with_it.sum() * without.sum())


def _ranks(risk: Floats) -> Ints:
    """Return dense ranks from 0; values nearer than rounding have one rank."""
    order = np.argsort(risk)
    gaps = np.diff(risk[order], prepend=risk[order[:1]])
    rank = np.empty(risk.size, dtype=np.int64)
    rank[order] = np.cumsum(gaps > _SAME * (1.0 + np.abs(risk).max()))
    return rank


def _places(
    time: Floats, happened: npt.NDArray[np.bool_], strata: Ints, order: Ints
) -> Ints:
    """Return for each event how many rows stand before those tied with it."""
    day, had, own = time[order], happened[order], strata[order]
    new = np.ones(order.size, dtype=bool)
    new[1:] = (day[1:] != day[:-1]) | (had[1:] != had[:-1]) | (own[1:] != own[:-1])
    start = np.flatnonzero(new)[np.cumsum(new) - 1]
    before = np.empty(order.size, dtype=np.int64)
    before[order] = start
    return before[happened]


def _not_yet(entry: Floats, strata: Ints, day: Floats, own: Ints) -> Ints:
    """Return for each event how many rows enter on its day or later, or stand before.

    The rows are in order: by strata, the last entry first.
    """
    # All days as whole numbers, so that stratum and day are one key.
    days, code = np.unique(np.concatenate((entry, day)), return_inverse=True)
    code = code.astype(np.int64, copy=False)
    key = (strata + 1) * days.size - code[: entry.size]
    return np.searchsorted(key, (own + 1) * days.size - code[entry.size :], "right")


def ranked_before(
    rank: Ints, weights: Ints, upto: Ints, bound: Ints
) -> tuple[Ints, Ints]:
    """Return the weights of lower and of equal rank among the first rows.

    One pass for each binary digit of the ranks, the highest first. Rows with a zero go
    to the front and rows with a one to the back, both in their order, so that the rows
    that share the digits of a bound so far, among the first `upto`, stay together from
    `low` to `high`. Where the bound has a one, those with a zero are lower.

    Parameters
    ----------
    rank, weights : ndarray of int, shape (n,)
        Ranks from 0, and the weight of each row.
    upto, bound : ndarray of int, shape (m,)
        How many rows are looked at, and the rank to compare with.
    """
    low, high = np.zeros_like(upto), upto
    below = np.zeros_like(upto)
    for digit in reversed(range(int(rank.max(initial=0)).bit_length())):
        zero = (rank >> digit) & 1 == 0
        zeros = np.concatenate(([0], np.cumsum(zero)))
        lower = np.concatenate(([0], np.cumsum(weights * zero)))
        one = (bound >> digit) & 1 == 1
        from_zeros, to_zeros = zeros[low], zeros[high]
        below += np.where(one, lower[high] - lower[low], 0)
        back = zeros[-1]
        low = np.where(one, back + low - from_zeros, from_zeros)
        high = np.where(one, back + high - to_zeros, to_zeros)
        rank = np.concatenate((rank[zero], rank[~zero]))
        weights = np.concatenate((weights[zero], weights[~zero]))
    total = np.concatenate(([0], np.cumsum(weights)))
    return below, total[high] - total[low]
