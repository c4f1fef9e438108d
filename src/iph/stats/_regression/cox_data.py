"""The complete rows of a Cox regression."""

from collections.abc import Hashable, Iterable, Mapping

import attrs
import numpy as np
import numpy.typing as npt

from iph import _checks
from iph._checks import Floats, Ints
from iph._labels import coded
from iph.errors import DataError, InputError
from iph.stats._regression.covariates import (
    Column,
    Covariates,
    complete,
    covariate_columns,
    refuse_few_events,
)


@attrs.frozen(kw_only=True, eq=False)
class CoxData:
    """The complete rows.

    Attributes
    ----------
    covariates : Covariates
        The columns.
    time : ndarray of float, shape (n,)
        Days under observation.
    happened : ndarray of bool, shape (n,)
        Whether the event was seen.
    counts : ndarray of int, shape (n,)
        How many cases each row stands for, at least 1.
    entry : ndarray of float, shape (n,), or None
        The day from which a row is under observation.
    stratum : ndarray of int, shape (n,), or None
        The stratum of a row.
    n, n_events : int
        The number of cases used, and of those with the event.
    n_missing : int
        The number of cases left out because a value was missing.
    """

    covariates: Covariates
    time: Floats
    happened: npt.NDArray[np.bool_]
    counts: Ints
    entry: Floats | None
    stratum: Ints | None
    n: int
    n_events: int
    n_missing: int


def cox_data(
    time: Column,
    event: Column,
    covariates: Mapping[str, Column],
    *,
    weights: Column | None = None,
    strata: npt.ArrayLike | Iterable[Hashable] | None = None,
    entry: Column | None = None,
    least: int = 0,
) -> CoxData:
    """Check the columns and keep the rows in which nothing is missing.

    Fewer events for each column than `least` are refused.
    """
    days = _checks.days(time, "time")
    happened = _checks.events(event, "event")
    _checks.same_length(days.size, happened.size, "time", "event")
    counts = _checks.case_counts(weights, days.size)
    began = stratum = None
    if strata is not None:
        stratum, _ = coded(strata, "strata")
        _checks.same_length(days.size, stratum.size, "time", "strata")
    if entry is not None:
        began = _entry(entry, days)
    columns = covariate_columns(covariates, days.size, "time")
    whole = complete(days, happened, began, stratum, columns.x)
    kept = whole & (counts > 0)
    n, n_events = int(counts[kept].sum()), int(counts[kept & (happened > 0)].sum())
    if n_events == 0:
        raise DataError(
            f"Cox regression needs events, got none among {n} complete cases"
        )
    refuse_few_events(columns, n_events, least)
    return CoxData(
        covariates=columns.select(kept),
        time=days[kept],
        happened=happened[kept] > 0,
        counts=counts[kept],
        entry=None if began is None else began[kept],
        stratum=None if stratum is None else stratum[kept],
        n=n,
        n_events=n_events,
        n_missing=int(counts[~whole].sum()),
    )


def _entry(entry: Column, days: Floats) -> Floats:
    """Return the days of entry; refuse one that is not before the end."""
    began = _checks.numbers(entry, "entry")
    _checks.same_length(days.size, began.size, "time", "entry")
    late = began >= days
    if late.any():
        first = int(np.argmax(late))
        raise InputError(
            f"entry[{first}]", f"before time ({days[first]:g})", began[first]
        )
    return began
