"""What a single value of any library is: missing or not, and how it is shown."""

import math
import reprlib
from collections.abc import Iterable
from decimal import Decimal
from pathlib import PurePath
from typing import Any, Final

_NEVER_MISSING: Final = {bool, int, str}
_MISSING: Final = {"NAType", "NaTType", "MaskedConstant"}  # pandas, Polars, NumPy
_LINE: Final = 60


def is_one(value: Any) -> bool:
    """Whether a value is one and no column of them, ragged ones included."""
    if isinstance(value, (str, bytes)) or not isinstance(value, Iterable):
        return True
    return bool(getattr(value, "ndim", 1) == 0)  # NumPy's single values look iterable


def is_missing(value: Any) -> bool:
    """Whether a value says "not recorded": None, or the missing value of a library.

    NaN is missing, also the signaling NaN of `decimal`, which refuses every comparison.
    """
    kind = value.__class__
    if kind in _NEVER_MISSING:
        return False
    if isinstance(value, float):
        return value != value  # noqa: PLR0124 - NaN alone differs from itself
    if value is None or kind.__name__ in _MISSING:
        return True
    if isinstance(value, Decimal):
        return value.is_nan()
    return _is_missing_array(value)


def _is_missing_array(value: Any) -> bool:
    """Whether a value is an array without axes, or a NumPy scalar, that is missing."""
    if getattr(value, "ndim", None) != 0 or not hasattr(value, "dtype"):
        return False
    masked = bool(getattr(value, "mask", False))
    return masked or (value.dtype.kind in "fmM" and bool(value != value))  # noqa: PLR0124


class _Shown(reprlib.Repr):
    """As `repr`, but NumPy scalars read like plain numbers, and paths like texts."""

    def __init__(self) -> None:
        super().__init__()
        self.maxlevel = 4
        self.maxtuple = self.maxlist = self.maxset = self.maxfrozenset = _LINE
        self.maxdict = _LINE
        self.maxstring = self.maxother = 1 << 16

    def repr1(self, x: Any, level: int) -> str:
        if isinstance(x, PurePath):
            return self.repr_str(str(x), level)
        if not hasattr(x, "dtype") or getattr(x, "ndim", None) != 0:
            return super().repr1(x, level)
        if x.dtype.kind not in "biufUS" or hasattr(x, "mask"):
            return str(x)
        own = x.item()
        return str(x) if hasattr(own, "dtype") else repr(own)

    def repr_int(self, x: int, level: int) -> str:  # noqa: ARG002 - as the base has it
        size = math.log10(abs(x)) if x else 0.0
        return repr(x) if size < _LINE else f"a number of {int(size) + 1} digits"


_SHOWN: Final = _Shown()


def shown(value: object) -> str:
    """Show a value in a message, cut to a length that cannot flood a terminal."""
    text = _SHOWN.repr(value)
    return text if len(text) <= _LINE else f"{text[: _LINE - 3]}..."
