"""What is assumed of a study's patients, and what a test must say of itself."""

import math
from collections.abc import Callable, Sequence
from typing import Any

import attrs
import numpy as np

from iph._checks import Floats

Tables = tuple[tuple[int, ...], ...]


@attrs.frozen(kw_only=True, eq=False)
class Assumed:
    """What a plan assumes, as it was given and checked.

    Attributes
    ----------
    arms : ndarray, shape (arms, outcomes)
        How likely each outcome of a patient is, arm by arm.
    alternative : str
        The alternative of the test.
    values : tuple
        What each outcome is: a change, a score, the grades of all visits, the days of
        visits; empty for grades.
    null_value : float
        The share, kappa or ICC to be tested against; NaN where there is none.
    margins : pair of float or None
        The lower and the upper margin.
    readers : int
        How many read each patient; 0 where nobody does.
    loss : float
        The share lost before the last day, of a test that uses what was seen of them;
        0 for other tests.
    """

    arms: Floats
    alternative: str
    values: tuple[Any, ...] = ()
    null_value: float = math.nan
    margins: tuple[float | None, float | None] = (None, None)
    readers: int = 0
    loss: float = 0.0


@attrs.frozen(kw_only=True, eq=False)
class Planned:
    """A test that can be planned.

    Attributes
    ----------
    name : str
        What it is called in a sentence.
    arms : tuple of (int, float)
        The least and the most arms.
    refuses : callable or None
        Whether tables, the patients of each arm with each outcome, are significant at a
        level; None if the power follows from a formula alone.
    null : callable
        Returns what is assumed if there is nothing to find, given the sizes of arms.
    sided : bool
        Whether it can be one-sided.
    needs : tuple of str
        What must be given beside the arms: ``"values"``, ``"courses"``, ``"days"``,
        ``"null"``, ``"margins"`` or ``"readers"``.
    outcomes : (int, str) or None
        How many outcomes a patient has, and what they are; None for any number.
    with_lost : callable or None
        Returns the outcomes with a share of the patients lost on the way; None if the
        test leaves them out.
    """

    name: str
    arms: tuple[int, float]
    refuses: Callable[[Tables, Assumed, float], bool] | None
    null: Callable[[Assumed, Sequence[int]], Assumed]
    sided: bool = True
    needs: tuple[str, ...] = ()
    outcomes: tuple[int, str] | None = None
    with_lost: Callable[[Assumed, float], Assumed] | None = None


def average(given: Assumed, sizes: Sequence[int]) -> Assumed:
    """Return the same average outcomes in all arms: no difference."""
    mean = np.average(given.arms, axis=0, weights=sizes)
    return attrs.evolve(given, arms=np.tile(mean, (len(sizes), 1)))
