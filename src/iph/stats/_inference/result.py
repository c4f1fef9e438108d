"""Result types that several statistics share."""

from typing import Any, TypeVar

import attrs
import numpy as np
import numpy.typing as npt

from iph._results import Result

_Kind = TypeVar("_Kind", bound=np.generic)


@attrs.frozen(kw_only=True, eq=False)
class Estimate(Result):
    """An estimate with its confidence interval.

    Attributes
    ----------
    estimate : float
        The point estimate; NaN where it is undefined.
    low, high : float
        The bounds of the confidence interval; NaN where undefined.
    confidence_level : float
        The level of the interval.
    method : str
        The name of the rule that made the interval.
    n : int
        The number of cases used.
    n_missing : int
        The number of cases left out because a value was missing.
    """

    estimate: float
    low: float
    high: float
    confidence_level: float
    method: str
    n: int
    n_missing: int


def read_only(values: npt.NDArray[_Kind]) -> npt.NDArray[_Kind]:
    """Return a copy that cannot be written into, for a frozen result."""
    copied: npt.NDArray[Any] = values.copy()
    copied.setflags(write=False)
    return copied
