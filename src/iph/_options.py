"""Checks of options: switches, lists of names, paths, and who listens to progress."""

import os
from collections.abc import Callable, Iterable, Mapping
from collections.abc import Set as AbstractSet
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from iph._checks import whole
from iph.errors import InputError

_NUMBERS = (int, float, np.integer, np.floating, Decimal, Fraction)
_MOST_RESAMPLES = 100_000_000
_Kind = TypeVar("_Kind")
_Listener = TypeVar("_Listener", bound=Callable[..., object])


def switch(value: object, name: str) -> bool:
    """Check a switch: True or False, not what Python would take for one."""
    if not isinstance(value, (bool, np.bool_)):
        raise InputError(name, "True or False", value)
    return bool(value)


def each(values: Any, name: str, rule: str, hint: str = "") -> list[Any]:
    """Return a list of what is given in some order; a text or a mapping is no list."""
    if (
        isinstance(values, (str, bytes, Mapping, AbstractSet))
        or not isinstance(values, Iterable)
        or isinstance(values, type)
        or getattr(values, "ndim", 1) == 0  # NumPy's single values look iterable
    ):
        raise InputError(name, rule, values, hint)
    return list(values)


def texts(values: Any, name: str, rule: str) -> tuple[str, ...]:
    """Return texts as a tuple; a single text is one."""
    given = [values] if isinstance(values, str) else each(values, name, rule)
    return tuple(wording(one, f"{name}[{at}]") for at, one in enumerate(given))


def instance(
    value: _Kind, name: str, kind: type | tuple[type, ...], rule: str, hint: str = ""
) -> _Kind:
    """Check that an argument is an object of iph, before its fields are asked for."""
    if not isinstance(value, kind):
        raise InputError(name, rule, value, hint)
    return value


def wording(value: Any, name: str, hint: str = "") -> str:
    """Check words that are printed and written to files: half a character is none."""
    if not isinstance(value, str):
        raise InputError(name, "a text", value, hint)
    try:
        value.encode("utf-8")
    except UnicodeEncodeError:
        raise InputError(name, "a text of whole characters", value, hint) from None
    return value


def one_number(value: Any, name: str, rule: str) -> float:
    """Return one number as a float; refuse a column, and what no float can hold."""
    if isinstance(value, (bool, np.bool_)) or not isinstance(value, _NUMBERS):
        raise InputError(name, rule, value)
    try:
        return float(value)
    except (OverflowError, ValueError):  # beyond all floats, or a signaling NaN
        raise InputError(name, rule, value) from None


def listener(value: _Listener | None, name: str = "progress") -> _Listener | None:
    """Check what is called with the progress, before minutes of work."""
    if value is not None and not callable(value):
        raise InputError(name, "a function", value)
    return value


def resamples(value: object, name: str = "n_resamples") -> int:
    """Check a number of random draws that ends within hours."""
    return whole(value, name, low=1, high=_MOST_RESAMPLES)


def pathname(value: Any, name: str = "path", *, kind: str = "file") -> Path:
    """Return a path; refuse what is none, before anything is opened."""
    rule = f"the path of a {kind}"
    if not isinstance(value, (str, os.PathLike)):
        raise InputError(name, rule, value)
    found = os.fspath(value)
    if not isinstance(found, str) or not found or "\0" in found:
        raise InputError(name, rule, value)
    try:
        os.fsencode(found)
    except UnicodeEncodeError:  # half a character: no file can be called so
        raise InputError(name, rule, value) from None
    return Path(found)
