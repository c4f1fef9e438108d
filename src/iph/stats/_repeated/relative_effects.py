"""Relative effects of the visits of several groups, with their intervals.

The relative effect of a cell (one group at one visit) is the probability that a grade
of it is higher than one drawn from all grades of all cells, ties counting half. The
estimate is a function of the empirical distributions of the cells; its variance is that
of what each patient adds to it, to first order: through the grades in the cell itself,
and through the patient's own grades among those to which the cell is compared.
"""

import math
from typing import Any

import attrs
import numpy as np

from iph._checks import Floats, Ints
from iph._results import Result
from iph.stats._repeated.overall_ranks import Flags

_ROUNDING = 1e-14  # of what a patient adds, which is about 1 over the grades
_FLOOR = 0.25  # measured: the least of a variance over q (1 - q), times patients


@attrs.frozen(kw_only=True, eq=False)
class RelativeEffect(Result):
    """How high the grades of one group at one visit lie among all grades.

    Attributes
    ----------
    group : object
        The label of the group.
    visit : int
        The place of the visit, from 0.
    estimate : float
        The probability that a grade of this group at this visit is higher than one
        drawn from all groups and visits together (ties count half); NaN if nobody of
        the group was seen.
    low, high : float
        Its confidence interval; 0 and 1 where one cannot be had.
    standard_error : float
        The standard error of the estimate; NaN where one group has a single patient.
    n : int
        The patients of the group who were seen at the visit.
    n_missing : int
        The patients of the group who were not.
    """

    group: Any
    visit: int
    estimate: float
    low: float
    high: float
    standard_error: float
    n: int
    n_missing: int


@attrs.frozen(kw_only=True, eq=False)
class Cells:
    """The grades of all groups and visits, cell by cell.

    Attributes
    ----------
    values : numpy.ndarray
        One row a patient, one column a visit; NaN where missing.
    known : numpy.ndarray
        Where a grade was recorded.
    counts : numpy.ndarray
        How many patients each row stands for.
    codes : numpy.ndarray
        The group of each row, from 0.
    groups : int
        The number of groups.
    """

    values: Floats
    known: Flags
    counts: Ints
    codes: Ints
    groups: int

    @property
    def visits(self) -> int:
        """The number of visits."""
        return int(self.values.shape[1])

    @property
    def in_groups(self) -> Ints:
        """The patients of each group."""
        found = np.zeros(self.groups, dtype=np.int64)
        np.add.at(found, self.codes, self.counts)
        return found

    @property
    def seen(self) -> Ints:
        """The patients seen, one row a group, one column a visit."""
        found = np.zeros((self.groups, self.visits), dtype=np.int64)
        np.add.at(found, self.codes, self.known * self.counts[:, None])
        return found


def effects_and_covariances(cells: Cells) -> tuple[Floats, Floats]:
    """Return the effects, and what each group adds to their covariance.

    The effects have one row a group and one column a visit. The parts have one matrix a
    group, with a row and a column for each effect.
    """
    size = cells.groups * cells.visits
    distinct, place = np.unique(cells.values[cells.known], return_inverse=True)
    rows, columns = np.nonzero(cells.known)
    cases = cells.counts[rows]
    cell = cells.codes[rows] * cells.visits + columns
    table = np.zeros((size, distinct.size))
    np.add.at(table, (cell, place), cases)
    n_cell = table.sum(axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):  # cells without patients
        below = (np.cumsum(table, axis=1) - table / 2.0) / n_cell[:, None]
        below_all = (
            np.cumsum(table.sum(axis=0)) - table.sum(axis=0) / 2.0
        ) / cases.sum()
        effects = (table @ below_all) / n_cell
        # Of a patient of the cell in the row, against the cell in the column
        higher = 1.0 - (table @ below.T) / n_cell[:, None]
        added = np.zeros((len(cells.values), size))
        np.add.at(added, rows, (1.0 - below[:, place].T - higher[cell]) / cases.sum())
        np.add.at(
            added, (rows, cell), (below_all[place] - effects[cell]) / n_cell[cell]
        )
    # What cancels but for rounding must not pass for a variance.
    added[np.abs(added) < _ROUNDING] = 0.0
    parts = np.zeros((cells.groups, size, size))
    for group, patients in enumerate(cells.in_groups.tolist()):
        mine = cells.codes == group
        products = (added[mine] * cells.counts[mine, None]).T @ added[mine]
        parts[group] = products * (
            patients / (patients - 1.0) if patients > 1 else math.nan
        )
    return effects.reshape(cells.groups, cells.visits), parts


def errors_of(covariances: Floats, cells: Cells) -> tuple[Floats, Floats]:
    """Return the standard errors of the effects, and the errors' degrees of freedom.

    The latter are those of Satterthwaite, from the parts that come from each group.
    """
    shape = (cells.groups, cells.visits)
    parts = np.diagonal(covariances, axis1=1, axis2=2)
    variance = parts.sum(axis=0)
    with np.errstate(invalid="ignore", divide="ignore"):  # groups of one patient
        spare = cells.in_groups.astype(np.float64) - 1.0
        df = variance**2 / (parts**2 / spare[:, None]).sum(axis=0)
    return np.sqrt(variance).reshape(shape), df.reshape(shape)


def score_bounds(
    effects: Floats, errors: Floats, df: Floats, cells: Cells, confidence_level: float
) -> tuple[Floats, Floats]:
    """Return the bounds of each effect; 0 and 1 where there is no interval.

    An effect cannot leave ``w / 2`` to ``1 - w / 2``, with w the share that its own
    cell has in all grades, so that what is bounded is its probability q against the
    other cells. The interval holds the t with ``(q - t)**2 <= s**2 k t (1 - t)``, where
    k is the variance of q over ``q (1 - q)``. In few patients that variance is often
    seen as far too small, and as 0 where a cell lies above all others; so q is drawn to
    1/2 by half a patient, and k is not less than `_FLOOR` over the patients of the cell
    (without an effect and without ties these alone make it 1/3 of it).
    """
    from scipy.special import stdtrit

    seen = cells.seen.astype(np.float64)
    least = cells.in_groups.min() - 1.0
    with np.errstate(invalid="ignore", divide="ignore"):  # cells without patients
        own = seen / seen.sum()
        other = 1.0 - own
        q = np.clip((effects - own / 2.0) / other, 0.0, 1.0)
        drawn_in = (q * seen + 0.5) / (seen + 1.0)
        scale = (errors / other) ** 2 / (drawn_in * (1.0 - drawn_in))
        scale = np.maximum(scale, _FLOOR / seen)
        # A variance of 0 has no degrees of freedom; fmax passes its NaN over.
        quantile = stdtrit(np.fmax(df, least), 0.5 + confidence_level / 2.0)
        reach = quantile**2 * scale
        root = np.sqrt(reach * q * (1.0 - q) + reach**2 / 4.0)
        low = (q + reach / 2.0 - root) / (1.0 + reach)
        high = (q + reach / 2.0 + root) / (1.0 + reach)
        bounds = [own / 2.0 + other * np.clip(end, 0.0, 1.0) for end in (low, high)]
        # Rounding may set a limit that equals the effect on its other side.
        bounds = [np.minimum(bounds[0], effects), np.maximum(bounds[1], effects)]
    known = np.isfinite(bounds[0] + bounds[1])
    return np.where(known, bounds[0], 0.0), np.where(known, bounds[1], 1.0)
