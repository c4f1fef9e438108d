"""Counting and repeating by 64-bit integers, on machines whose own have 32 bits too.

There, as in a browser, NumPy takes no 64-bit integers as places or numbers of
repetitions, and counts in 32 bits, in which a product of counts is soon wrong.
"""

from typing import Any, overload

import numpy as np
import numpy.typing as npt


@overload
def bincount(
    codes: npt.NDArray[Any], weights: None = None, minlength: int = 0
) -> npt.NDArray[np.int64]: ...
@overload
def bincount(
    codes: npt.NDArray[Any], weights: npt.NDArray[Any], minlength: int = 0
) -> npt.NDArray[np.float64]: ...
@overload
def bincount(
    codes: npt.NDArray[Any], weights: npt.NDArray[Any] | None, minlength: int = 0
) -> npt.NDArray[Any]: ...
def bincount(
    codes: npt.NDArray[Any], weights: npt.NDArray[Any] | None = None, minlength: int = 0
) -> npt.NDArray[Any]:
    """Count how often each code occurs, or sum its weights."""
    places = codes.astype(np.intp, copy=False)
    found = np.bincount(places, weights, minlength)  # noqa: TID251 - made wide here
    return found.astype(np.int64, copy=False) if weights is None else found


def repeat(
    values: npt.ArrayLike, counts: npt.ArrayLike, axis: int | None = None
) -> npt.NDArray[Any]:
    """Repeat each value as often as it counts."""
    times = np.asarray(counts, dtype=np.intp)
    return np.repeat(values, times, axis)  # noqa: TID251 - made wide here
