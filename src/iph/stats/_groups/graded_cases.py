"""The complete cases of a proportional odds model of two groups."""

from collections.abc import Hashable
from typing import Any

import attrs
import numpy as np
import numpy.typing as npt

from iph import _checks
from iph._checks import Floats, Ints
from iph._labels import coded
from iph.errors import DataError, InputError, WorkError
from iph.stats._regression.covariates import complete, covariate_columns

_MOST_GRADES = 200


@attrs.frozen(kw_only=True, eq=False)
class GradedCases:
    """The complete cases.

    Attributes
    ----------
    codes : ndarray of int
        The grade of each row, from 0.
    grades : tuple of float
        The grades.
    first : ndarray of bool
        Whether the row is of the first group.
    groups : tuple
        The labels of both groups.
    x : ndarray of float, shape (n, p)
        The covariates.
    names : tuple of str
        Their names.
    counts : ndarray of int
        The cases of each row.
    n_missing : int
        The cases left out.
    """

    codes: Ints
    grades: tuple[float, ...]
    first: npt.NDArray[np.bool_]
    groups: tuple[Hashable, Hashable]
    x: Floats
    names: tuple[str, ...]
    counts: Ints
    n_missing: int


def graded_cases(values: Any, group: Any, covariates: Any, weights: Any) -> GradedCases:
    """Return the complete cases; refuse what the model cannot take."""
    measured = _checks.on_grid(_checks.numbers(values, "values"))
    member, labels = coded(group, "group")
    _checks.same_length(measured.size, member.size, "values", "group")
    cases = _checks.case_counts(weights, measured.size)
    x: Floats = np.zeros((measured.size, 0))
    names: tuple[str, ...] = ()
    if covariates is not None:
        columns = covariate_columns(covariates, measured.size, "values")
        x, names = columns.x, columns.names
    whole_rows = complete(measured, member, x)
    used = whole_rows & (cases > 0)
    seen = np.unique(member[used])
    if seen.size != 2:
        found_groups = tuple(labels[code] for code in seen.tolist())
        raise InputError("group", "two groups among the complete cases", found_groups)
    grades, codes = np.unique(measured[used], return_inverse=True)
    if grades.size < 2:
        raise DataError(
            f"all {int(cases[used].sum())} complete cases have the grade "
            f"{grades[0]:g}; there is nothing to compare"
        )
    if grades.size > _MOST_GRADES:
        raise WorkError(
            f"a proportional odds model takes at most {_MOST_GRADES} grades, got "
            f"{grades.size}; use rank_covariance"
        )
    return GradedCases(
        codes=codes,
        grades=tuple(grades.tolist()),
        first=member[used] == seen[0],
        groups=(labels[int(seen[0])], labels[int(seen[1])]),
        x=x[used],
        names=names,
        counts=cases[used],
        n_missing=int(cases[~whole_rows].sum()),
    )
