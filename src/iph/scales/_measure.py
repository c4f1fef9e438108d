"""One measured value, or a column of them.

Every scale takes both. A single value comes back as a member of the enumeration (None
where it is missing), a column as a masked array of integers, masked where missing.
The number under the mask is -1, which is no grade: code that forgets the mask fails
(`numpy.bincount`) or shows the -1, and never counts a missing value as a grade.
"""

import math
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Final, TypeAlias

import numpy as np
import numpy.typing as npt

from iph._checks import numbers
from iph._scalars import is_missing
from iph.errors import InputError

Number: TypeAlias = int | float | np.integer[Any] | np.floating[Any]
Column: TypeAlias = npt.NDArray[Any] | Iterable[object]
if TYPE_CHECKING:
    import narwhals.stable.v2 as nw

    Grades: TypeAlias = np.ma.MaskedArray[Any, np.dtype[np.int64]]
    Answers: TypeAlias = np.ma.MaskedArray[Any, np.dtype[np.bool_]]
else:  # numpy.ma is not loaded with numpy, and only a column of grades needs it
    Grades = npt.NDArray[np.int64]
    Answers = npt.NDArray[np.bool_]

NOT_GRADED: Final = -1

_FORMS = "a number, None, or a sequence of them"


def is_column(value: object, name: str) -> bool:
    """Tell a column from a single value; refuse text, yes/no and anything else."""
    if value is None or isinstance(value, (int, float, np.number)):
        if isinstance(value, bool):
            raise InputError(name, _FORMS, value)
        return False
    if isinstance(value, np.ndarray):
        return value.ndim > 0
    if is_missing(value):
        return False
    if isinstance(value, (str, bytes, dict, np.generic)):
        raise InputError(name, _FORMS, value)
    if isinstance(value, Iterable):
        return True
    if hasattr(value, "__float__"):  # Decimal, Fraction
        return False
    raise InputError(name, _FORMS, value)


def measured(value: object, name: str, *, low: float, high: float, hint: str) -> float:
    """Return one value as a float, NaN where missing; refuse one out of range."""
    if is_missing(value):
        return math.nan
    try:
        number = float(value)  # type: ignore[arg-type] # refused here
    except OverflowError:
        number = math.inf
    except (TypeError, ValueError):  # such as a class of numbers
        raise InputError(name, _FORMS, value) from None
    if number < low or number > high:
        raise InputError(name, f"a number from {low:g} to {high:g}", value, hint)
    return number


def column(
    values: Column, name: str, *, low: float, high: float, hint: str
) -> npt.NDArray[np.float64]:
    """Return a column as floats, NaN where missing; name the first out of range."""
    array = numbers(values, name, infinite=True)  # refused below, with the bounds
    outside = (array < low) | (array > high)  # false for NaN
    if outside.any():
        first = int(np.argmax(outside))
        rule = f"a number from {low:g} to {high:g}"
        raise InputError(f"{name}[{first}]", rule, float(array[first]), hint)
    return array


def expression(given: "str | nw.Expr", name: str) -> "nw.Expr":
    """Return the expression of a column; refuse what no frame could be asked for."""
    import narwhals
    import narwhals.stable.v2 as nw

    if isinstance(given, str):
        return nw.col(given)
    if not isinstance(given, narwhals.Expr):
        raise InputError(name, "the name of a column or an expression", given)
    return given


def masked_grades(grades: npt.NDArray[np.int64]) -> Grades:
    """Mask the values that were not graded."""
    return np.ma.MaskedArray(
        grades, mask=grades == NOT_GRADED, fill_value=NOT_GRADED, dtype=np.int64
    )
