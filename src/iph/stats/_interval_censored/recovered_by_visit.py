"""The share of patients recovered at each visit, and how many are unknown."""

from collections.abc import Iterable
from typing import Any

import attrs
import numpy as np
import numpy.typing as npt

from iph._checks import days, level
from iph._results import Result
from iph.errors import InputError
from iph.stats._interval_censored.intervals import IntervalEnds, read_intervals
from iph.stats._tables.proportion import ProportionMethod, proportion


@attrs.frozen(kw_only=True, eq=False)
class RecoveredByVisit(Result):
    """The patients recovered by the day of one visit.

    Attributes
    ----------
    visit : float
        The day of the visit.
    recovered : int
        Patients known to have recovered by then.
    not_recovered : int
        Patients known not to have.
    undetermined : int
        Patients not seen at the time, so that it is unknown.
    estimate : float
        The share recovered among those whose state is known; NaN if none is.
    low, high : float
        The confidence interval of this share.
    lowest, highest : float
        The share among all if nobody, and if everybody, of the undetermined had
        recovered.
    confidence_level : float
        The level of the interval.
    method : str
        The name of the interval.
    n : int
        Patients with both ends of their interval, the undetermined among them.
    n_missing : int
        Patients left out because an end was missing.
    """

    visit: float
    recovered: int
    not_recovered: int
    undetermined: int
    estimate: float
    low: float
    high: float
    lowest: float
    highest: float
    confidence_level: float
    method: str
    n: int
    n_missing: int


def recovered_by_visit(
    left: IntervalEnds,
    right: IntervalEnds,
    visits: npt.ArrayLike | Iterable[object],
    *,
    weights: Any = None,
    confidence_level: float = 0.95,
    method: ProportionMethod = "clopper-pearson",
) -> tuple[RecoveredByVisit, ...]:
    """Count who has recovered by each visit.

    Of those whose state at a visit is known, what share has recovered, and how many
    have an unknown state?

    Parameters
    ----------
    left, right : sequence of float
        Recovery lies in (left, right], as for `turnbull`.
    visits : sequence of float
        The days of the visits.
    weights : sequence of int, optional
        How many patients each row stands for.
    confidence_level : float, default: 0.95
        Level of the intervals.
    method : {"clopper-pearson", "blaker", "mid-p", "wilson", "agresti-coull", \
"jeffreys"}, default: "clopper-pearson"
        The interval, as for `proportion`.

    Returns
    -------
    tuple of RecoveredByVisit
        One for each visit in the order given, with `visit`, `recovered`,
        `not_recovered`, `undetermined`, `estimate`, `low`, `high`, `lowest`, `highest`,
        `confidence_level`, `method`, `n` and `n_missing`.

    Raises
    ------
    InputError
        If an argument is not what it must be.

    See Also
    --------
    turnbull : Use what is known of those not seen at a visit as well.

    Notes
    -----
    On day v a patient has recovered if right <= v and has not if left >= v; with
    left < v < right it is undetermined. A patient seen not recovered before and lost
    afterwards is undetermined at every later visit. The share among those determined
    is biased if patients stay away because they recovered, or because they did not;
    `lowest` and `highest` show by how much at most.

    Examples
    --------
    >>> import math
    >>> from iph.stats import recovered_by_visit
    >>> left, right = [0, 7, 7, 30], [7, 30, 91, math.inf]
    >>> for row in recovered_by_visit(left, right, [7, 30, 91]):
    ...     known = row.recovered + row.not_recovered
    ...     print(f"day {row.visit:.0f}: {row.recovered}/{known}, {row.undetermined} ?")
    day 7: 1/4, 0 ?
    day 30: 2/3, 1 ?
    day 91: 3/3, 1 ?
    """
    rows = read_intervals(left, right, weights)
    at = days(visits, "visits")
    if np.isnan(at).any():
        raise InputError("visits", "days without missing ones", visits)
    asked = level(confidence_level)
    return tuple(
        _at_visit(
            day,
            int(rows.counts[rows.right <= day].sum()),
            int(rows.counts[(rows.left >= day) & (rows.right > day)].sum()),
            (rows.n, rows.n_missing),
            confidence_level=asked,
            method=method,
        )
        for day in at.tolist()
    )


def _at_visit(
    day: float,
    recovered: int,
    not_recovered: int,
    cases: tuple[int, int],
    *,
    confidence_level: float,
    method: ProportionMethod,
) -> RecoveredByVisit:
    n, n_missing = cases
    known = recovered + not_recovered
    share = proportion(
        recovered, known, confidence_level=confidence_level, method=method
    )
    return RecoveredByVisit(
        visit=day,
        recovered=recovered,
        not_recovered=not_recovered,
        undetermined=n - known,
        estimate=share.estimate,
        low=share.low,
        high=share.high,
        lowest=recovered / n if n else np.nan,
        highest=(n - not_recovered) / n if n else np.nan,
        confidence_level=confidence_level,
        method=method,
        n=n,
        n_missing=n_missing,
    )
