"""Baseline against a later visit: who improved, stayed and got worse, and who died."""

from collections.abc import Sequence

import attrs

from iph._categories import ScheduledVisit
from iph.stats._repeated.sign import sign_test


@attrs.frozen(kw_only=True)
class Direction:
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


def direction(
    visit: ScheduledVisit,
    before: Sequence[float | None],
    now: Sequence[float | None],
    dead: Sequence[bool],
    *,
    falls: bool,
) -> Direction:
    """Count the directions; `falls` says that a lower value is the better one."""
    sign = -1.0 if falls else 1.0
    gains = [
        sign * (b - a)
        for a, b in zip(before, now, strict=True)
        if a is not None and b is not None
    ]
    died = sum(gone and a is not None for a, gone in zip(before, dead, strict=True))
    return Direction(
        visit=visit,
        improved=sum(gain > 0 for gain in gains),
        same=sum(gain == 0 for gain in gains),
        worse=sum(gain < 0 for gain in gains),
        died=died,
        p_value=sign_test(gains, method="exact").p_value,
        p_value_death_worst=sign_test([*gains, *[-1.0] * died], method="exact").p_value,
        n=len(gains),
        n_missing=len(before) - len(gains) - sum(dead),
    )
