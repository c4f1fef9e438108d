"""Questionnaires and scores with their version: which totals there can be."""

from typing import TYPE_CHECKING, Literal

import attrs
import numpy as np
import numpy.typing as npt

from iph._checks import one_of
from iph._display import Displayed
from iph._options import one_number
from iph._scalars import is_missing
from iph.errors import InputError
from iph.scales._measure import Column, Number, column, expression, is_column, measured

if TYPE_CHECKING:
    import narwhals.stable.v2 as nw

__all__ = ["Instrument", "Score"]

Better = Literal["higher", "lower"]


@attrs.frozen(kw_only=True)
class Instrument(Displayed):
    """A questionnaire or score in one version.

    Its items are not reproduced here; see `license` for who grants their use.

    Attributes
    ----------
    name : str
        The name in `INSTRUMENTS`, such as ``"fish-8"``.
    title : str
        The full name.
    version : str
        The version that the totals are of.
    low, high : float
        The smallest and the largest total.
    better : {"higher", "lower"}
        Which totals are better for the patient.
    whole : bool
        Whether totals are whole numbers.
    reference : str
        Where the instrument and its totals are published.
    license : str
        Who grants its use, as far as that could be read.
    languages : str
        Languages in which it is known to exist.
    others : tuple of (str, float, float)
        Other versions: what they are called, and their smallest and largest totals.
    note : str
        What else must be known to read a total.

    Examples
    --------
    >>> from iph.scales import INSTRUMENTS
    >>> fish = INSTRUMENTS["fish-7"]
    >>> fish.low, fish.high, fish.better
    (7.0, 28.0, 'higher')
    >>> fish.score(29)
    Traceback (most recent call last):
    iph.errors.InputError: total must be a whole number from 7 to 28, got 29; possible \
in another version: eight activities (8 to 32)
    """

    name: str
    title: str
    version: str
    low: float
    high: float
    better: Better
    reference: str
    license: str
    languages: str = ""
    whole: bool = True
    others: tuple[tuple[str, float, float], ...] = ()
    note: str = ""

    def __attrs_post_init__(self) -> None:
        one_of(self.better, "better", ("higher", "lower"))
        low, high = (
            one_number(getattr(self, name), name, "a number")
            for name in ("low", "high")
        )
        if not low < high:
            raise InputError("high", f"above low ({low:g})", self.high)

    def score(self, total: Number | None) -> "Score | None":
        """Check one total and keep it with its version.

        Parameters
        ----------
        total : number or None
            The total; None or NaN where the questionnaire was not completed.

        Returns
        -------
        Score or None
            None where it is missing.

        Raises
        ------
        InputError
            If this version has no such total; the message names one that has.
        """
        if is_column(total, "total"):
            raise InputError("total", "a number or None", total, "scores() takes more")
        if is_missing(total):
            return None
        number = measured(total, "total", low=-np.inf, high=np.inf, hint="")
        if not self._possible(np.array([number]))[0]:
            raise InputError("total", self._rule(), total, self._hint(number))
        return Score(instrument=self, total=number)

    def scores(self, totals: Column) -> npt.NDArray[np.float64]:
        """Check a column of totals.

        Parameters
        ----------
        totals : sequence of numbers and None
            The totals; None or NaN where the questionnaire was not completed.

        Returns
        -------
        array of float
            The totals, NaN where missing.

        Raises
        ------
        InputError
            If this version has no such total. The message names the first such total,
            and another version that has it.
        """
        array = column(totals, "totals", low=-np.inf, high=np.inf, hint="")
        wrong = ~self._possible(array)
        if wrong.any():
            first = int(np.argmax(wrong))
            found = float(array[first])
            name = f"totals[{first}]"
            raise InputError(name, self._rule(), found, self._hint(found))
        return array

    def impossible_expr(self, total: "str | nw.Expr") -> "nw.Expr":
        """Say which rows of a data frame or database hold no total of this version.

        Parameters
        ----------
        total : str or narwhals expression
            The column.

        Returns
        -------
        narwhals expression
            True where `scores` would refuse the total, else False; never null.
        """
        import narwhals.stable.v2 as nw

        value = expression(total, "total")
        number = (value - value) == 0  # false for NaN, null for NULL
        wrong = (value < self.low) | (value > self.high)
        if self.whole:
            wrong = wrong | (value.round(0) != value)
        infinite = (value == float("inf")) | (value == float("-inf"))
        refused = (number & wrong) | infinite
        return nw.when(refused).then(nw.lit(True)).otherwise(nw.lit(False))

    def _possible(self, totals: npt.NDArray[np.float64]) -> npt.NDArray[np.bool_]:
        """Say which totals this version can have; missing ones pass."""
        return np.isnan(totals) | _within(totals, self.low, self.high, whole=self.whole)

    def _rule(self) -> str:
        kind = "a whole number" if self.whole else "a number"
        return f"{kind} from {self.low:g} to {self.high:g}"

    def _hint(self, total: float) -> str:
        """Name the other versions that have such a total."""
        found = [
            f"{version} ({low:g} to {high:g})"
            for version, low, high in self.others
            if _within(np.array([total]), low, high, whole=self.whole)[0]
        ]
        if found:
            return f"possible in another version: {', '.join(found)}"
        return f"{self.title}, {self.version}"


def _within(
    totals: npt.NDArray[np.float64], low: float, high: float, *, whole: bool
) -> npt.NDArray[np.bool_]:
    inside = (totals >= low) & (totals <= high)
    return inside & (totals == np.floor(totals)) if whole else inside


@attrs.frozen(kw_only=True, order=False)
class Score(Displayed):
    """A total that knows its instrument and version.

    Attributes
    ----------
    instrument : Instrument
        The instrument, in one version.
    total : float
        The total.

    Notes
    -----
    Scores are ordered within one instrument and version; comparing two of different
    ones raises.

    Examples
    --------
    >>> from iph.scales import INSTRUMENTS
    >>> before, after = INSTRUMENTS["lefs"].score(31), INSTRUMENTS["lefs"].score(52)
    >>> assert before is not None and after is not None  # a missing total has none
    >>> before < after
    True
    >>> print(after)
    52 (lefs)
    """

    instrument: Instrument
    total: float

    def __str__(self) -> str:
        return f"{self.total:g} ({self.instrument.name})"

    def __lt__(self, other: object) -> bool:
        return self.total < self._same(other).total

    def __le__(self, other: object) -> bool:
        return self.total <= self._same(other).total

    def __gt__(self, other: object) -> bool:
        return self.total > self._same(other).total

    def __ge__(self, other: object) -> bool:
        return self.total >= self._same(other).total

    def _same(self, other: object) -> "Score":
        """Return the other score, if it is of the same instrument and version."""
        if not isinstance(other, Score) or other.instrument != self.instrument:
            rule = f"compared with one of {self.instrument.name}"
            raise InputError("a score", rule, str(other))
        return other
