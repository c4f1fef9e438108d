"""Read a step function of days at the days asked for."""

from collections.abc import Iterable
from typing import Any

import numpy as np
import numpy.typing as npt

from iph._checks import Floats, Ints
from iph._checks import days as checked_days
from iph._scalars import is_one
from iph.errors import InputError


def asked_days(days: npt.ArrayLike | Iterable[object]) -> Floats:
    """Return one day or a column of days, none of them missing."""
    asked: Any = [days] if is_one(days) else days
    day = checked_days(asked, "days")
    missing = np.isnan(day)
    if missing.any():
        raise InputError(f"days[{int(np.argmax(missing))}]", "a number", None)
    return day


def read_steps(
    values: Floats, start: float, before: Ints, known: npt.NDArray[np.bool_]
) -> Floats:
    """Read a right-continuous step function that begins at `start`."""
    read: Floats = np.concatenate(([start], values))[before]
    return np.where(known, read, np.nan)
