"""Argument checks that every public function shares.

Each check returns its argument in the one form that the kernels take, or raises
`InputError`. Missing values (None, NaN) stay visible: numbers become NaN, labels and
events become -1, and the caller counts them.
"""

import contextlib
import functools
import math
import operator
from collections.abc import Callable, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import Any, ParamSpec, TypeVar

import numpy as np
import numpy.typing as npt

from iph._bound import Bound
from iph._scalars import is_missing
from iph.errors import InputError

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

_Choice = TypeVar("_Choice", bound=str)
_P = ParamSpec("_P")
_R = TypeVar("_R")

_DIGITS = 12  # of computed values that count; a float has more than 15
_MOST_PLACES = 22
_PLAIN = {bool, int, float, type(None)}  # what NumPy converts as `_number_of` does
_NUMBERS_HINT = "give one sequence of numbers, with None or NaN where one is missing"

_BOUNDS_HINT = (
    "rank tests of groups such as iph.stats.mann_whitney, sign_test and "
    "bounded_quartiles take bounds; to leave bounds out, give None, and say so"
)


def one_of(value: _Choice, name: str, allowed: Sequence[str]) -> _Choice:
    """Check that an option is one of the allowed words."""
    given: object = value  # an array would compare with each word
    if not isinstance(given, str) or given not in allowed:
        words = ", ".join(repr(word) for word in allowed)
        raise InputError(name, f"one of {words}", value)
    return value


def of_one_table(function: Callable[_P, _R]) -> Callable[_P, _R]:
    """Tell those who give each visit as an argument how to give a table instead."""

    @functools.wraps(function)
    def checked(*args: _P.args, **kwargs: _P.kwargs) -> _R:
        if len(args) > 1:
            told = f"put the columns side by side: {function.__name__}("
            hint = f"{told}numpy.column_stack([a, b, c]))"
            given = f"{len(args)} arguments"
            raise InputError("rows", "one table with a row a patient", given, hint)
        return function(*args, **kwargs)

    return checked


def level(value: float, name: str = "confidence_level") -> float:
    """Check a confidence level: strictly between 0 and 1."""
    if isinstance(value, bool) or not isinstance(value, (int, float, np.number)):
        raise InputError(name, "a number between 0 and 1", value)
    number = float(max(min(value, 1e9), -1e9))  # an integer may be beyond all floats
    if not 0.0 < number < 1.0:
        hint = f"did you mean {number / 100:g}?" if 1.0 < number < 100.0 else ""  # noqa: PLR2004 - per cent
        raise InputError(name, "between 0 and 1 (both excluded)", value, hint)
    return number


def whole(value: object, name: str, *, low: int = 0, high: int | None = None) -> int:
    """Check a whole number within bounds (7.0 is whole, 7.9 and True are not)."""
    rule = f"a whole number of at least {low}"
    if high is not None:
        rule = f"a whole number from {low} to {high}"
    if isinstance(value, (bool, np.bool_)):
        raise InputError(name, rule, value)
    if isinstance(value, (float, np.floating)) and float(value).is_integer():
        value = int(value)
    try:
        number = operator.index(value)  # type: ignore[arg-type] # refused below
    except TypeError:
        raise InputError(name, rule, value) from None
    if number < low or (high is not None and number > high):
        raise InputError(name, rule, value)
    return number


def numbers(
    values: npt.ArrayLike | Iterable[object],
    name: str,
    *,
    low: float = -math.inf,
    high: float = math.inf,
    infinite: bool = False,
) -> Floats:
    """Return a vector of floats, NaN where missing; refuse text, infinity and shape.

    With `infinite`, infinity is a number like others (an end that was never seen).
    """
    values = unmasked(values)
    raw = values if isinstance(values, np.ndarray) else array_or_list(values, name)
    if isinstance(raw, np.ndarray) and raw.ndim != 1:
        raise InputError(name, "one-dimensional", raw.shape, _NUMBERS_HINT)
    if isinstance(raw, np.ndarray) and raw.dtype.kind in "fiu":
        array = raw.astype(np.float64, copy=False)
    else:
        array = _numbers_one_by_one(raw, name)
    # NaN compares false with every bound, so missing values pass.
    outside = (array < low) | (array > high)
    if not infinite:
        outside |= np.isinf(array)
    if outside.any():
        first = int(np.argmax(outside))
        kind = "a number" if infinite else "a finite number"
        bounds = f"from {low:g} to {high:g}"
        raise InputError(f"{name}[{first}]", f"{kind} {bounds}", array[first])
    return array


def on_grid(values: Floats, largest: float | None = None) -> Floats:
    """Return computed values with twelve digits of the largest, so that decimals tie.

    0.3 and 0.1 + 0.2 are two floats of one number. Values are moved to a grid, not
    compared with a tolerance, so that equality stays transitive. Whole numbers are left
    as they are, and so is NaN.
    """
    moving = values != np.rint(values)  # NaN too, which stays NaN
    if not moving.any():
        return values
    if largest is None:
        largest = float(np.nanmax(np.abs(values), where=np.isfinite(values), initial=0))
    if not 0.0 < largest < math.inf:
        return values
    places = _DIGITS - 1 - math.floor(math.log10(largest))
    if places > _MOST_PLACES:  # beyond it no power of ten is a float
        return values
    # The quotient of two exact floats is the float nearest to the decimal number.
    scale = 10.0 ** abs(places)
    moved = (
        np.rint(values * scale) / scale
        if places >= 0
        else np.rint(values / scale) * scale
    )
    return np.where(moving, moved, values)


def unmasked(values: Any) -> Any:
    """Return a masked array with its missing values visible, anything else as it is."""
    if not isinstance(values, np.ndarray) or not hasattr(values, "mask"):
        return values
    if values.dtype.kind in "fiu":
        return np.where(values.mask, math.nan, np.asarray(values))
    return values.tolist()  # None where masked


def array_or_list(values: Any, name: str) -> Any:
    """Return a sequence as an array or a list; refuse what has no order or no end."""
    if isinstance(values, (Mapping, AbstractSet)):
        hint = "a mapping or a set has no order and no repeats; give a list"
        raise InputError(name, "a sequence", values, hint)
    if isinstance(values, (str, bytes)) or not isinstance(values, Iterable):
        raise InputError(name, "a sequence of numbers", values, _NUMBERS_HINT)
    if hasattr(values, "__array__"):
        return np.asarray(values)
    return list(values)


def _numbers_one_by_one(raw: Any, name: str) -> Floats:
    if isinstance(raw, list) and set(map(type, raw)) <= _PLAIN - {bool}:
        with contextlib.suppress(OverflowError):  # which of them is said below
            return np.array(raw, dtype=np.float64)
    out = np.empty(len(raw), dtype=np.float64)
    for index, value in enumerate(raw):
        if is_missing(value):
            out[index] = math.nan
        elif _is_number(value):
            out[index] = _float(value, f"{name}[{index}]")
        else:
            hint = _BOUNDS_HINT if isinstance(value, Bound) else ""
            raise InputError(f"{name}[{index}]", "a number or None", value, hint)
    return out


def _float(value: Any, name: str) -> float:
    """Return a number as a float; refuse one that no float can hold."""
    try:
        return float(value)
    except (OverflowError, ValueError, TypeError):
        raise InputError(name, "a number below 1.8e308", value) from None


def _is_number(value: object) -> bool:
    """Whether a value is a number, also one of another library.

    Every scalar of NumPy offers to become a float, be it a text or a date.
    """
    if isinstance(value, (np.generic, np.ndarray)):
        return value.ndim == 0 and value.dtype.kind in "fiu"
    return not isinstance(value, bool) and hasattr(value, "__float__")


def days(values: npt.ArrayLike | Iterable[object], name: str) -> Floats:
    """Return times as floats, NaN where missing; refuse negative times."""
    return numbers(values, name, low=0.0)


def events(values: npt.ArrayLike | Iterable[object], name: str) -> Ints:
    """Return 1 for an event, 0 for a censoring, -1 where missing.

    Only yes/no is taken: codes such as 1/2 mean different things in different
    programs, so they are refused rather than guessed.
    """
    values = unmasked(values)
    raw = values if isinstance(values, np.ndarray) else array_or_list(values, name)
    if isinstance(raw, np.ndarray) and raw.dtype.kind == "b":
        return raw.astype(np.int64)
    if isinstance(raw, list) and set(map(type, raw)) <= {bool, type(None)}:
        return np.array([-1 if one is None else one for one in raw], dtype=np.int64)
    if not (isinstance(raw, np.ndarray) and raw.dtype.kind in "fiu"):
        raw = [_yes_no(value) for value in raw]
    array = numbers(raw, name)
    missing = np.isnan(array)
    wrong = ~missing & (array != 0.0) & (array != 1.0)
    if wrong.any():
        first = int(np.argmax(wrong))
        raise InputError(
            f"{name}[{first}]",
            "True/1 (event) or False/0 (censored)",
            array[first],
            "recode it first, for example event = (status == 2)",
        )
    return np.where(missing, -1.0, array).astype(np.int64)


def _yes_no(value: object) -> object:
    return int(value) if isinstance(value, (bool, np.bool_)) else value


def plain(value: Any) -> Any:
    """Return a cell as any library gives it in one form; None where missing.

    Whole numbers are int even where a library, for want of a missing integer, made
    them floats.
    """
    if is_missing(value):
        return None
    if hasattr(value, "as_py"):
        value = value.as_py()
    elif getattr(value, "ndim", None) == 0:
        value = value.item()
    # A whole number stays as it is: an identifier may have more digits than a float.
    if isinstance(value, int):
        return value if isinstance(value, bool) else int(value)
    if isinstance(value, str) or not hasattr(value, "__float__"):
        return value
    if is_missing(value):
        return None
    number = _float(value, "a cell")
    return int(number) if number.is_integer() else number


def case_counts(
    weights: npt.ArrayLike | Iterable[object] | None, n: int, name: str = "weights"
) -> Ints:
    """Return how many cases each row stands for (ones if not given)."""
    if weights is None:
        return np.ones(n, dtype=np.int64)
    array = numbers(weights, name, low=0.0, high=2.0**53)
    same_length(n, array.size, "the values", name)
    wrong = np.isnan(array) | (array != np.floor(array))
    if wrong.any():
        first = int(np.argmax(wrong))
        raise InputError(
            f"{name}[{first}]",
            "a whole number of cases",
            float(array[first]),
            "weights are case counts, not sampling weights",
        )
    total = float(array.sum())
    if total > 2.0**53:  # so that sums of counts are exact everywhere
        raise InputError(name, "at most 2**53 cases together", total)
    return array.astype(np.int64)


def same_length(n: int, other: int, name: str, other_name: str) -> None:
    """Check that two columns belong together."""
    if n != other:
        raise InputError(other_name, f"as long as {name} ({n})", other)


def generator(rng: "np.random.Generator | int | None", name: str = "rng") -> Any:
    """Return a random generator; a missing one is refused, never seeded silently."""
    if isinstance(rng, np.random.Generator):
        return rng
    if isinstance(rng, (int, np.integer)) and not isinstance(rng, bool) and rng >= 0:
        return np.random.default_rng(int(rng))
    raise InputError(
        name,
        "a numpy Generator or a whole number as seed",
        rng,
        "for example rng=np.random.default_rng(2023)",
    )
