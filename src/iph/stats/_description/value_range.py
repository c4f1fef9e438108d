"""What is known of a value that follows from others, some of them known by a bound."""

import math

import attrs

from iph._bound import Bound
from iph._results import Result


@attrs.frozen(kw_only=True, eq=False)
class ValueRange(Result):
    """Between which limits a figure lies, whatever values the bounds stand for.

    Attributes
    ----------
    low, high : float
        The least and the greatest that the figure can be; infinite where it has no
        such limit, equal where it is known, NaN if no value is recorded.
    includes_low, includes_high : bool
        Whether the figure can be the limit itself; False for an infinite limit.
    """

    low: float
    high: float
    includes_low: bool
    includes_high: bool

    @property
    def known(self) -> float | Bound | None:
        """The figure, or the bound that is known of it; None if neither is."""
        if self.low == self.high:
            return self.low
        if math.isinf(self.high) and math.isfinite(self.low):
            return Bound(">=" if self.includes_low else ">", self.low)
        if math.isinf(self.low) and math.isfinite(self.high):
            return Bound("<=" if self.includes_high else "<", self.high)
        return None
