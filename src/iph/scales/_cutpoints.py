"""Cut points: how a measured value becomes a grade, as data."""

from collections.abc import Iterable, Mapping
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Generic, Literal, TypeAlias, TypeVar, overload

import attrs
import numpy as np
import numpy.typing as npt

from iph._bound import Bound
from iph._checks import one_of
from iph._display import Displayed
from iph._fields import sequence_of
from iph._options import each, one_number, texts
from iph.errors import InputError
from iph.scales._grade import Grade
from iph.scales._measure import (
    NOT_GRADED,
    Column,
    Grades,
    Number,
    column,
    expression,
    is_column,
    masked_grades,
    measured,
)

if TYPE_CHECKING:
    import narwhals.stable.v2 as nw

__all__ = ["Cutpoints"]

Closed: TypeAlias = Literal["left", "right"]
_Level = TypeVar("_Level", bound=Grade)


def _sides(closed: str | Iterable[str]) -> tuple[str, ...]:
    return texts(closed, "closed", "one side, or one per edge")


def _floats(values: Iterable[float]) -> tuple[float, ...]:
    given = enumerate(each(values, "edges", "numbers"))
    return tuple(one_number(one, f"edges[{at}]", "a number") for at, one in given)


def _members(levels: Iterable[_Level]) -> tuple[_Level, ...]:
    kind: Any = Grade  # of any scale
    return sequence_of(levels, kind, "levels")


def _end(value: float) -> float:
    return one_number(value, "low and high", "numbers")


@attrs.frozen(kw_only=True)
class Cutpoints(Generic[_Level], Displayed):
    """The cut points of a scale: one definition for a value, a column, a database.

    Attributes
    ----------
    name : str
        The name of the rule, as results print it.
    measure : str
        What is graded, as error messages name it, such as ``"hip flexion"``.
    unit : str
        The unit of the measure.
    reference : str
        Where the cut points are published.
    levels : tuple of enumeration members
        The grades, from that of the smallest values to that of the largest.
    edges : tuple of float
        The cut points between them, one fewer than levels.
    closed : tuple of {"left", "right"}
        For each edge, which of the two intervals that meet there holds it.
        ``"left"``: the upper one, which is closed on its left, so 45 is in [45, 90).
        ``"right"``: the lower one, which is closed on its right.
        One word stands for all edges.
    low, high : float
        The smallest and the largest legal value, both allowed, both finite.
    whole : bool
        Whether only whole numbers are legal, as of a sum of points.
    hint : str
        Likely cause of a value outside the legal range.
    note : str
        What was decided where the reference leaves it open.

    Raises
    ------
    InputError
        If edges, levels and bounds do not fit each other.

    Notes
    -----
    `grade` and `expr` read the same edges and agree on every value.

    In databases NaN is not NULL, compares as larger than every number, and DuckDB
    folds comparisons by Parquet statistics in which NaN is not counted: there
    ``x >= 90 AND x <= 160``, and `isnan` as well, can be answered wrongly for NaN.
    The expressions therefore require ``x - x = 0`` first, which no statistics answer,
    and bound the top grade by the largest legal value.
    They contain no negation, so a missing value cannot pass for a present one on any
    backend.

    Examples
    --------
    >>> from iph.scales import HIP_FLEXION
    >>> HIP_FLEXION.edges, HIP_FLEXION.low, HIP_FLEXION.high
    ((45.0, 90.0), 0.0, 160.0)
    >>> HIP_FLEXION.grade(45)
    <HipFlexionGrade.FROM_45: 2>

    The same cut points on the rows of a data frame or database:

    >>> import narwhals.stable.v2 as nw
    >>> import pandas as pd
    >>> frame = nw.from_native(pd.DataFrame({"deg": [44.9, 45.0, 90.0, 170.0]}))
    >>> frame.select(grade=HIP_FLEXION.expr("deg"))["grade"].to_list()
    [1.0, 2.0, 3.0, nan]
    >>> wrong = HIP_FLEXION.out_of_range_expr("deg")
    >>> int(frame.select(wrong=wrong)["wrong"].sum())
    1
    """

    name: str
    measure: str
    unit: str
    reference: str
    levels: tuple[_Level, ...] = attrs.field(converter=_members)
    edges: tuple[float, ...] = attrs.field(converter=_floats)
    closed: tuple[str, ...] = attrs.field(default="left", converter=_sides)
    low: float = attrs.field(converter=_end)
    high: float = attrs.field(converter=_end)
    whole: bool = False
    hint: str = ""
    note: str = ""

    def __attrs_post_init__(self) -> None:
        if len(self.levels) != len(self.edges) + 1:
            raise InputError("levels", "one more than edges", self.levels)
        if any(level < 0 for level in self.levels):
            raise InputError("levels", "at least 0: -1 is not graded", self.levels)
        if len(self.closed) == 1:
            object.__setattr__(self, "closed", self.closed * len(self.edges))
        if len(self.closed) != len(self.edges):
            raise InputError("closed", "one side, or one per edge", self.closed)
        for side in self.closed:
            one_of(side, "closed", ("left", "right"))
        if not np.isfinite([self.low, self.high]).all():
            bounds = (self.low, self.high)
            raise InputError("low and high", "finite", bounds)
        within = (self.low, *self.edges, self.high)
        inner_rises = all(a < b for a, b in pairwise(self.edges))
        if not inner_rises or any(not a <= b for a, b in pairwise(within)):
            raise InputError("edges", "rising, from low to high", within)

    @overload
    def grade(self, value: None, *, name: str = ...) -> None: ...
    @overload
    def grade(
        self, value: Number | Bound | None, *, name: str = ...
    ) -> _Level | None: ...
    @overload
    def grade(self, value: Column, *, name: str = ...) -> Grades: ...
    def grade(
        self, value: Number | Bound | Column | None, *, name: str = ""
    ) -> _Level | Grades | None:
        """Grade one value, or a column of them.

        Parameters
        ----------
        value : number, Bound, None, or sequence of numbers and None
            What was measured, in `unit`; None or NaN where it was not. A `Bound` is
            graded if all values within it have one grade.
        name : str, optional
            What an error message calls it (default: the measure).

        Returns
        -------
        enumeration member, None, or masked array of int64
            The grade of one value (None if missing); for a sequence the integer values
            of the grades, masked where missing.

        Raises
        ------
        InputError
            If a value is below `low` or above `high` (the first one is named), or is
            no number.
        """
        name = name or self.measure.replace(" ", "_")
        if isinstance(value, Bound):
            found = {self.grade(one) for one in value.ends(self.low, self.high)}
            return found.pop() if len(found) == 1 else None
        if not is_column(value, name):
            number = measured(value, name, low=self.low, high=self.high, hint=self.hint)
            self._check_whole(np.array([number]), name, single=True)
            place = int(self._places(np.array([number]))[0])
            return None if place == NOT_GRADED else self.levels[place]
        array = column(
            value,  # type: ignore[arg-type] # is_column says so
            name,
            low=self.low,
            high=self.high,
            hint=self.hint,
        )
        self._check_whole(array, name)
        places = self._places(array)
        codes = np.array([*map(int, self.levels), NOT_GRADED], dtype=np.int64)
        return masked_grades(codes[places])  # place -1 is the last code

    def _check_whole(
        self, values: npt.NDArray[np.float64], name: str, *, single: bool = False
    ) -> None:
        """Refuse the first value that is no whole number, if all must be."""
        broken = (values != np.floor(values)) & ~np.isnan(values)
        if not self.whole or not broken.any():
            return
        first = int(np.argmax(broken))
        where = name if single else f"{name}[{first}]"
        rule = f"a whole number from {self.low:g} to {self.high:g}"
        raise InputError(where, rule, float(values[first]), self.hint)

    def _places(self, values: npt.NDArray[np.float64]) -> npt.NDArray[np.int64]:
        """Return the place among the levels of each legal value, -1 for NaN."""
        places = np.zeros(values.shape, dtype=np.int64)
        for edge, side in zip(self.edges, self.closed, strict=True):
            places += values >= edge if side == "left" else values > edge
        places[np.isnan(values)] = NOT_GRADED
        return places

    def expr(self, measure: "str | nw.Expr") -> "nw.Expr":
        """Grade a column of a data frame or database.

        Parameters
        ----------
        measure : str or narwhals expression
            The column.

        Returns
        -------
        narwhals expression
            The integer value of the grade; null where the value is missing (NULL or
            NaN) or outside the legal range, which `out_of_range_expr` finds.

        Notes
        -----
        The expression is of ``narwhals.stable.v2`` and has no name of its own: give it
        one, as in ``frame.with_columns(hip_flexion=HIP_FLEXION.expr("deg"))``.
        pandas without nullable types has no integer null: there the column becomes
        float, 2.0 and NaN.
        """
        import narwhals.stable.v2 as nw

        none = min(map(int, self.levels)) - 1
        coded = self.coded_expr(measure, none=none)
        return nw.when(coded > none).then(coded)

    def coded_expr(
        self,
        measure: "str | nw.Expr",
        *,
        none: int,
        codes: Mapping[_Level, int] | None = None,
    ) -> "nw.Expr":
        """Grade a column, with a whole number where there is no grade.

        Parameters
        ----------
        measure : str or narwhals expression
            The column.
        none : int
            What stands for "no grade".
        codes : mapping of enumeration member to int, optional
            What stands for each grade (default: its integer value).

        Returns
        -------
        narwhals expression
            As `expr`, with `none` in place of null, so that the column stays one of
            whole numbers on every backend.
        """
        import narwhals.stable.v2 as nw

        value = expression(measure, "measure")
        number = (value - value) == 0  # false for NaN, null for NULL: see Notes above
        legal = number & (value >= self.low) & (value <= self.high)
        if self.whole:
            legal = legal & (value.round(0) == value)
        given = [int(level if codes is None else codes[level]) for level in self.levels]
        coded = nw.lit(given[-1], nw.Int64)
        steps = list(zip(given, self.edges, self.closed, strict=False))
        for code, edge, side in reversed(steps):
            below = value < edge if side == "left" else value <= edge
            coded = nw.when(below).then(nw.lit(code, nw.Int64)).otherwise(coded)
        # The test of what is legal stands outside, so that nothing else gets a grade.
        return nw.when(legal).then(coded).otherwise(nw.lit(none, nw.Int64))

    def out_of_range_expr(self, measure: "str | nw.Expr") -> "nw.Expr":
        """Say which rows hold a value outside the legal range.

        Parameters
        ----------
        measure : str or narwhals expression
            The column.

        Returns
        -------
        narwhals expression
            True where a value is present and illegal (infinity is), else False; never
            null, so that its sum counts the rows which `grade` would refuse.
        """
        import narwhals.stable.v2 as nw

        value = expression(measure, "measure")
        number = (value - value) == 0
        # The difference of an infinity from itself is NaN, so it is asked for by name.
        infinite = (value == float("inf")) | (value == float("-inf"))
        wrong = (value < self.low) | (value > self.high)
        if self.whole:
            wrong = wrong | (value.round(0) != value)
        outside = (number & wrong) | infinite
        return nw.when(outside).then(nw.lit(True)).otherwise(nw.lit(False))
