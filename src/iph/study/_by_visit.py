"""How many had recovered by a visit: what is known, and what could be at most.

Those whose state at the visit is not known are counted both ways. Death before
recovery is known not to be recovery; only the living can be undetermined.
"""

from collections import Counter
from collections.abc import Mapping
from typing import Final

import attrs

from iph._categories import ScheduledVisit
from iph._display import Displayed
from iph.stats._tables.proportion import proportion
from iph.study._share_difference import lower_limit, method_of

STATES: Final = ("recovered", "died", "not", "open", "competing")
"""What is known of a patient by a visit."""


@attrs.frozen(kw_only=True)
class RecoveredBy(Displayed):
    """Recovery by one visit.

    Attributes
    ----------
    visit : ScheduledVisit
        The visit.
    recovered, not_recovered, died, undetermined : int
        Patients known to have recovered by then; known not to have; who had died
        without recovery; and whose state is not known. With `competing` they add up
        to n.
    lowest, highest : float
        The share recovered if none, and if all, of those undetermined had recovered.
    low, high : float
        The lower exact (Clopper-Pearson) limit of the lowest share and the upper one of
        the highest.
    confidence_level : float
        The level of both limits.
    n : int
        Patients at risk.
    n_missing : int
        Those undetermined.
    method : str
        How the limits are made.
    competing : int
        Patients who had another competing event first, which the protocol names: the
        rest of n.
    """

    visit: ScheduledVisit
    recovered: int
    not_recovered: int
    died: int
    undetermined: int
    lowest: float
    highest: float
    low: float
    high: float
    confidence_level: float
    n: int
    n_missing: int
    method: str = "clopper-pearson of the bounds"
    competing: int = 0


@attrs.frozen(kw_only=True)
class RecoveryDifference(Displayed):
    """The difference of two groups in recovery by one visit.

    Attributes
    ----------
    visit : ScheduledVisit
        The visit.
    first, second : str
        The groups: the share of the first less that of the second.
    lowest, highest : float
        The difference at the bounds of those undetermined.
    low, high : float
        An interval with at least the stated level whatever the shares, and whatever
        happened to those undetermined.
    confidence_level : float
        The level.
    n, n_missing : int
        Patients of both groups, and those undetermined.
    method : str
        How the interval is made: ``"chan-zhang"``, by inverting Barnard's test, or in
        large groups ``"joint clopper-pearson"``, from the limits of both shares, which
        hold jointly at that level.
    """

    visit: ScheduledVisit
    first: str
    second: str
    lowest: float
    highest: float
    low: float
    high: float
    confidence_level: float
    n: int
    n_missing: int
    method: str


def recovered_by(
    states: Counter[str], visit: ScheduledVisit, *, confidence_level: float = 0.95
) -> RecoveredBy:
    """Count those at risk by what is known of them at a visit with a nominal day."""
    n = states.total()
    most = states["recovered"] + states["open"]
    low, high = (
        proportion(k, n, confidence_level=confidence_level, method="clopper-pearson")
        for k in (states["recovered"], most)
    )
    return RecoveredBy(
        visit=visit,
        recovered=states["recovered"],
        not_recovered=states["not"],
        died=states["died"],
        undetermined=states["open"],
        lowest=low.estimate,
        highest=high.estimate,
        low=low.low,
        high=high.high,
        confidence_level=confidence_level,
        n=n,
        n_missing=states["open"],
        competing=states["competing"],
    )


def difference_by(
    groups: Mapping[str, Counter[str]],
    visit: ScheduledVisit,
    *,
    confidence_level: float = 0.95,
) -> RecoveryDifference | None:
    """Compare two groups at a visit; None unless there are two with patients."""
    if len(groups) != 2:
        return None
    (first, one), (second, other) = (
        (label, recovered_by(found, visit)) for label, found in groups.items()
    )
    limits = [
        lower_limit(
            a.recovered, a.n, b.recovered + b.undetermined, b.n, confidence_level
        )
        for a, b in ((one, other), (other, one))
    ]
    return RecoveryDifference(
        visit=visit,
        first=first,
        second=second,
        lowest=one.lowest - other.highest,
        highest=one.highest - other.lowest,
        low=limits[0],
        high=-limits[1],
        confidence_level=confidence_level,
        n=one.n + other.n,
        n_missing=one.n_missing + other.n_missing,
        method=method_of(one.n, other.n),
    )
