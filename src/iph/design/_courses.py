"""Courses of grades over visits, from their distribution at each visit."""

import itertools
from collections.abc import Sequence
from statistics import NormalDist
from typing import Any, Final

import attrs
import numpy as np
import numpy.typing as npt

from iph._checks import Floats, numbers
from iph._options import each
from iph._results import Result
from iph.design._outcomes import distributions
from iph.errors import InputError, WorkError

_MOST_COURSES: Final = 20_000
_MOST_ALIKE: Final = 0.999  # so that the steps are finer than what is integrated
_STEPS: Final = 801
_FURTHEST: Final = 8.5  # beyond it a normal variable has a chance of 1e-17


@attrs.frozen(kw_only=True, eq=False)
class Courses(Result):
    """The courses that patients can take, and how likely each is.

    Attributes
    ----------
    values : tuple of tuple of int
        The grade at each visit, from 0 for the lowest; a course a row.
    arms : tuple of tuple of float
        The probability of each course, an arm a row.
    """

    values: tuple[tuple[int, ...], ...]
    arms: tuple[tuple[float, ...], ...]


def courses(
    arms: npt.ArrayLike | Sequence[Any], *, correlation: float = 0.5
) -> Courses:
    """Make courses over visits from the grades at each visit.

    One knows how grades are distributed at each visit, and that a patient who is worse
    than others at one visit is so at the next. Which courses follow from that?

    Parameters
    ----------
    arms : array-like of shape (arms, visits, grades)
        The probability of each grade, in ascending order, at each visit of each arm.
    correlation : float, default: 0.5
        How like each other the visits of a patient are, from 0 to 0.999: the
        correlation of the normal variables that are cut into grades.

    Returns
    -------
    Courses
        With attributes ``values`` and ``arms``, as `power` and `sample_size` take them.

    Raises
    ------
    iph.errors.InputError
        Probabilities that do not sum to 1, arms that differ in visits or grades, or a
        correlation out of range.
    iph.errors.WorkError
        More than 20,000 courses: fewer visits or grades must do for planning.

    See Also
    --------
    power : Takes them for the tests over visits.

    Notes
    -----
    Each grade is a normal variable cut at the quantiles that give its distribution. All
    visits of a patient share one part of that variable, whose share of the variance is
    the correlation; given it they are independent, so that the probability of a course
    is an integral over that one part, summed over fine steps.

    Examples
    --------
    Two grades at two visits, of which half and four fifths are the higher one:

    >>> from iph.design import courses
    >>> found = courses([[[0.5, 0.5], [0.2, 0.8]]], correlation=0.5)
    >>> for course, share in zip(found.values, found.arms[0]):
    ...     print(course, f"{share:.3f}")
    (0, 0) 0.156
    (0, 1) 0.344
    (1, 0) 0.044
    (1, 1) 0.456
    """
    (shared,) = numbers(
        [correlation], "correlation", low=0.0, high=_MOST_ALIKE
    ).tolist()
    if np.isnan(shared):
        raise InputError("correlation", f"from 0 to {_MOST_ALIKE}", correlation)
    listed = each(arms, "arms", "a table of visits for each arm")
    tables = [distributions(arm) for arm in listed]
    shapes = {table.shape for table in tables}
    if len(shapes) != 1:
        raise InputError("arms", "as many visits and grades in each arm", len(shapes))
    visits, grades = tables[0].shape
    if grades**visits > _MOST_COURSES:
        raise WorkError(
            f"{grades} grades at {visits} visits make {grades**visits:,} courses, more "
            f"than {_MOST_COURSES:,}; plan with fewer visits, or put grades together"
        )
    values = tuple(itertools.product(range(grades), repeat=visits))
    return Courses(
        values=values,
        arms=tuple(tuple(_chances(table, shared).tolist()) for table in tables),
    )


def _chances(table: Floats, shared: float) -> Floats:
    """Return the chance of each course, in the order of `itertools.product`."""
    from scipy.special import ndtr

    nodes = np.linspace(-_FURTHEST, _FURTHEST, _STEPS)
    weights = np.exp(-nodes * nodes / 2.0)
    weights /= weights.sum()
    below = np.array(
        [[_quantile(float(edge)) for edge in np.cumsum(row)[:-1]] for row in table]
    )
    # The chance of at most each grade, at each visit, given the shared part.
    within = ndtr(
        (below[None] - np.sqrt(shared) * nodes[:, None, None]) / np.sqrt(1.0 - shared)
    )
    ends = np.zeros((len(nodes), len(table), 1))
    each = np.diff(np.concatenate([ends, within, ends + 1.0], axis=2), axis=2)
    found = each[:, 0]
    for visit in range(1, len(table)):
        found = (found[:, :, None] * each[:, visit][:, None, :]).reshape(len(nodes), -1)
    chances: Floats = weights @ found
    chances /= chances.sum()
    return chances


def _quantile(share: float) -> float:
    if share <= 0.0:
        return -np.inf
    return np.inf if share >= 1.0 else NormalDist().inv_cdf(share)
