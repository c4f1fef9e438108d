"""The columns of a Cox regression: numbers, indicators of labels, complete rows."""

from collections.abc import Hashable, Iterable, Mapping
from typing import Any

import attrs
import numpy as np
import numpy.typing as npt

from iph import _checks
from iph._checks import Floats, Ints
from iph.errors import DataError, InputError

_Column = npt.ArrayLike | Iterable[object]


@attrs.frozen(kw_only=True, eq=False)
class CoxData:
    """The complete rows.

    Attributes
    ----------
    names : tuple of str
        The names of the columns.
    x : ndarray of float, shape (n, p)
        The columns.
    time : ndarray of float, shape (n,)
        Days under observation.
    happened : ndarray of bool, shape (n,)
        Whether the event was seen.
    counts : ndarray of int, shape (n,)
        How many cases each row stands for, at least 1.
    n_missing : int
        The number of cases left out because a value was missing.
    """

    names: tuple[str, ...]
    x: Floats
    time: Floats
    happened: npt.NDArray[np.bool_]
    counts: Ints
    n_missing: int


def cox_data(
    time: _Column,
    event: _Column,
    covariates: Mapping[str, _Column],
    weights: _Column | None,
) -> CoxData:
    """Check the columns and keep the rows in which nothing is missing."""
    days = _checks.days(time, "time")
    happened = _checks.events(event, "event")
    _checks.same_length(days.size, happened.size, "time", "event")
    counts = _checks.case_counts(weights, days.size)
    names, x = _design(covariates, days.size)
    missing = np.isnan(days) | (happened < 0) | np.isnan(x).any(axis=1)
    kept = ~missing & (counts > 0)
    return CoxData(
        names=tuple(names),
        x=x[kept],
        time=days[kept],
        happened=happened[kept] > 0,
        counts=counts[kept],
        n_missing=int(counts[missing].sum()),
    )


def _design(
    covariates: Any,
    n: int,
) -> tuple[list[str], Floats]:
    """Return the names of the columns and the matrix, NaN where missing."""
    if not isinstance(covariates, Mapping) or len(covariates) == 0:
        raise InputError(
            "covariates",
            "a mapping of names to columns",
            covariates,
            'for example {"age": ages, "treatment": treatments}',
        )
    names: list[str] = []
    columns: list[Floats] = []
    for name, values in covariates.items():
        for own, column in _columns(str(name), values):
            names.append(own)
            columns.append(column)
        _checks.same_length(n, columns[-1].size, "time", str(name))
    return names, np.column_stack(columns)


def _columns(name: str, values: _Column) -> list[tuple[str, Floats]]:
    """Return one covariate as columns: numbers as they are, labels as indicators."""
    if isinstance(values, (str, bytes)) or not isinstance(values, Iterable):
        raise InputError(name, "a sequence of numbers or labels", values)
    raw = values if isinstance(values, np.ndarray) else list(values)
    if isinstance(raw, np.ndarray) and raw.dtype.kind in "fiub":
        return [(name, _checks.numbers(raw.astype(np.float64), name))]
    listed: list[Hashable] = list(raw)
    if not any(isinstance(value, str) for value in listed):
        yes_no = (bool, np.bool_)
        plain = [float(v) if isinstance(v, yes_no) else v for v in listed]
        return [(name, _checks.numbers(plain, name))]
    codes, found = _checks.labels(listed, name)
    if len(found) == 1:
        raise DataError(f"covariate {name} is constant; leave it out")
    missing = codes < 0
    return [
        (f"{name}[{label}]", np.where(missing, np.nan, codes == code))
        for code, label in enumerate(found)
        if code > 0
    ]
