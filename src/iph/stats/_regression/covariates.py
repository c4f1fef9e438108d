"""The columns of a regression: numbers as they are, labels as indicators."""

from collections.abc import Iterable, Mapping
from typing import Any

import attrs
import numpy as np
import numpy.typing as npt

from iph import _checks
from iph._checks import Floats, Ints
from iph._labels import coded
from iph.errors import DataError, InputError

Column = npt.ArrayLike | Iterable[object]


@attrs.frozen(kw_only=True, eq=False)
class Covariates:
    """The columns that covariates become.

    Attributes
    ----------
    names : tuple of str
        The name of each column; of labels ``name[label]``.
    terms : tuple of str
        The covariate that each column comes from.
    x : ndarray of float, shape (n, p)
        The columns, NaN where missing.
    """

    names: tuple[str, ...]
    terms: tuple[str, ...]
    x: Floats

    def select(self, rows: npt.NDArray[np.bool_]) -> "Covariates":
        """Return some of the rows."""
        return self if rows.all() else attrs.evolve(self, x=self.x[rows])


def covariate_columns(covariates: Any, n: int, like: str) -> Covariates:
    """Return the columns of `n` rows, as many as those of the argument `like`."""
    if not isinstance(covariates, Mapping) or len(covariates) == 0:
        raise InputError(
            "covariates",
            "a mapping of names to columns",
            covariates,
            'for example {"age": ages, "treatment": treatments}',
        )
    names: list[str] = []
    terms: list[str] = []
    columns: list[Floats] = []
    for name, values in covariates.items():
        for own, column in _columns(str(name), values):
            _checks.same_length(n, column.size, like, str(name))
            names.append(own)
            terms.append(str(name))
            columns.append(column)
    return Covariates(
        names=tuple(names), terms=tuple(terms), x=np.column_stack(columns)
    )


def _columns(name: str, values: Column) -> list[tuple[str, Floats]]:
    """Return one covariate as columns."""
    values = _checks.unmasked(values)
    if isinstance(values, (str, bytes)) or not isinstance(values, Iterable):
        raise InputError(name, "a sequence of numbers or labels", values)
    raw: Any = np.asarray(values) if hasattr(values, "__array__") else list(values)
    if isinstance(raw, np.ndarray) and raw.dtype.kind in "fiub":
        return [(name, _checks.numbers(raw.astype(np.float64), name))]
    listed: list[Any] = list(raw)
    if not any(isinstance(value, str) for value in listed):
        yes_no = (bool, np.bool_)
        plain = [float(v) if isinstance(v, yes_no) else v for v in listed]
        return [(name, _checks.numbers(plain, name))]
    codes, found = coded(listed, name)
    if len(found) < 2:
        raise DataError(f"covariate {name} is constant; leave it out")
    missing = codes < 0
    return [
        (f"{name}[{label}]", np.where(missing, np.nan, codes == code))
        for code, label in enumerate(found)
        if code > 0
    ]


def refuse_few_events(covariates: Covariates, fewest: int, least: int) -> None:
    """Refuse fewer events (or patients without it) for each column than `least`."""
    p = len(covariates.names)
    if fewest < least * p:
        most = fewest // least
        advice = (
            f"keep at most {most}" if most else "describe the outcome without a model"
        )
        raise DataError(
            f"{fewest} events cannot carry {p} covariates with at least {least} "
            f"events for each; {advice}, or lower min_events_per_covariate"
        )


def complete(*columns: Floats | Ints | None) -> npt.NDArray[np.bool_]:
    """Return the rows in which nothing is missing: no NaN, no code below 0."""
    flags = []
    for column in columns:
        if column is not None and column.dtype.kind == "f":
            gap = np.isnan(column)
            flags.append(~(gap if gap.ndim == 1 else gap.any(axis=1)))
        elif column is not None:
            flags.append(column >= 0)
    kept: npt.NDArray[np.bool_] = np.logical_and.reduce(flags)
    return kept
