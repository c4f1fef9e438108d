"""Baseline against a later visit: who improved, stayed and got worse, and who died."""

import attrs

from iph._categories import ScheduledVisit
from iph._display import Displayed
from iph.stats._repeated.sign import sign_test
from iph.study._visit_counts import Pairs


def is_half(n: int, n_missing: int) -> bool:
    """Whether at least half of those due were seen, so that they can be tested."""
    return 2 * n >= n + n_missing > 0


@attrs.frozen(kw_only=True)
class Direction(Displayed):
    """Patients known at baseline and at a later visit, by the direction of change.

    Attributes
    ----------
    visit : ScheduledVisit
        The later visit.
    improved, same, worse : int
        Patients who were better, as before and worse; they add up to n.
    died : int
        Patients who had died by the visit, with a value at baseline.
    p_value : float
        The exact sign test of improved against worse: it needs an order and no
        distances, as grades have.
    p_value_death_worst : float
        The same with each death counted as worse.
    n : int
        Patients known at both.
    n_missing : int
        The others who had not died: not known at one of both.
    """

    visit: ScheduledVisit
    improved: int
    same: int
    worse: int
    died: int
    p_value: float
    p_value_death_worst: float
    n: int
    n_missing: int


def direction(visit: ScheduledVisit, pairs: Pairs, *, falls: bool) -> Direction:
    """Count the directions; `falls` says that a lower value is the better one."""
    sign = -1.0 if falls else 1.0
    both = pairs.both
    gains = [sign * (now - before) for before, now in both]
    weights, died = list(both.values()), pairs.n_died_known
    told = list(zip(gains, weights, strict=True))
    n = sum(weights)
    return Direction(
        visit=visit,
        improved=sum(count for gain, count in told if gain > 0),
        same=sum(count for gain, count in told if gain == 0),
        worse=sum(count for gain, count in told if gain < 0),
        died=died,
        p_value=sign_test(gains, weights=weights, method="exact").p_value,
        p_value_death_worst=sign_test(
            [*gains, -1.0], weights=[*weights, died], method="exact"
        ).p_value,
        n=n,
        n_missing=pairs.n - n - pairs.n_died,
    )
