"""A score against baseline where values at either visit are known by a bound alone."""

import attrs
import numpy as np

from iph._bound import Bound
from iph._display import Displayed
from iph.stats._description.bounded_quartiles import BoundedMedian, median_of
from iph.stats._description.completions import End, bounded_sample, ends_of
from iph.stats._repeated.sign import sign_test
from iph.study._visit_counts import Pairs

_DECIMALS = 9  # 0.3 less 0.1 and 0.5 less 0.3 are one change


@attrs.frozen(kw_only=True)
class BoundedChange(Displayed):
    """The change of all who have a number or a bound at both visits.

    Attributes
    ----------
    change : BoundedMedian
        The median of the changes with its interval, whatever the bounds stand for;
        negative where the score fell.
    improved, same, worse : int
        Patients who surely were better, as before and worse.
    undecided : int
        The others: from one bound to another, or to a number beyond it.
    p_value : float
        The exact sign test of improved against worse.
    n, n_bounds : int
        Patients with a number or a bound at both, and those of them with a bound.
    """

    change: BoundedMedian
    improved: int
    same: int
    worse: int
    undecided: int
    p_value: float
    n: int
    n_bounds: int


def bounded_change(pairs: Pairs, *, falls: bool) -> BoundedChange | None:
    """Compare two visits; None if no value of a pair is a bound.

    `falls` says that a lower value is the better one.
    """
    both = pairs.both
    is_bound = np.array([any(isinstance(v, Bound) for v in pair) for pair in both])
    if not is_bound.any():
        return None
    before, now = [b for b, _ in both], [a for _, a in both]
    weights = list(both.values())
    better, worse = (before, now) if falls else (now, before)
    test = sign_test(better, worse, weights=weights, method="exact")
    ends = [_difference(ends_of(b), ends_of(a)) for b, a in both]
    sample = bounded_sample(
        np.array([[low[0] for low, _ in ends], [high[0] for _, high in ends]]),
        np.array([[low[1] for low, _ in ends], [high[1] for _, high in ends]]),
        np.array(weights, dtype=np.int64),
        np.ones(len(both), dtype=bool),
        is_bound,
    )
    return BoundedChange(
        change=median_of(sample, 0.95),
        improved=test.n_positive,
        same=test.n_zero,
        worse=test.n_negative,
        undecided=test.n_undecided,
        p_value=test.p_value,
        n=sample.n,
        n_bounds=sample.n_bounds,
    )


def _difference(before: tuple[End, End], now: tuple[End, End]) -> tuple[End, End]:
    """Return the least and the greatest that the change can be.

    It comes up to a limit only if both values do.
    """
    (least, least_side), (most, most_side) = now
    (first, first_side), (last, last_side) = before
    low, high = round(least - last, _DECIMALS), round(most - first, _DECIMALS)
    return (low, int(bool(least_side or last_side))), (
        high,
        -int(bool(most_side or first_side)),
    )
