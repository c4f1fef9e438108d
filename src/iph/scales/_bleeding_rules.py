"""Definitions of the severity of a bleed, as data: named findings and their classes.

A bleed belongs to the most severe class with a criterion that is met. An unknown
finding may or may not meet its criterion, so the bleed lies between two classes; they
are the same class where enough is known.
"""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, Final, Generic, TypeVar

import attrs
import numpy as np
import numpy.typing as npt

from iph._bound import Bound
from iph._checks import numbers
from iph._display import Displayed
from iph._options import one_number
from iph._scalars import is_missing
from iph.errors import InputError
from iph.scales._answers import yes_no, yes_no_expr
from iph.scales._bleeding_findings import BleedingCriterion, BleedingFindings
from iph.scales._grade import Grade
from iph.scales._measure import NOT_GRADED, Grades, expression, is_column, masked_grades

if TYPE_CHECKING:
    import narwhals.stable.v2 as nw

__all__ = ["BleedingRule"]

_Level = TypeVar("_Level", bound=Grade)
_Answers = npt.NDArray[np.int8]

_YES: Final = 1
_NO: Final = 0
_UNKNOWN: Final = -1

_UNITS: Final = "transfused_units"
_HIGHEST: Final = {  # what no patient exceeds
    "hemoglobin_fall_g_l": (250.0, "in g/L: a fall of 2 g/dL is 20 g/L"),
    _UNITS: (200.0, "whole units of red cells or whole blood"),
}


@attrs.frozen(kw_only=True)
class BleedingRule(Generic[_Level], Displayed):
    """A definition of severity: one for a patient, a column, a database.

    Attributes
    ----------
    name : str
        The name of the rule, as results print it.
    reference : str
        Where it is published.
    levels : tuple of enumeration members
        The classes from the mildest, of a bleed that meets no criterion, upward.
    criteria : tuple of BleedingCriterion
        What puts a bleed into a class above the mildest.
    note : str
        What was decided where the reference leaves it open.

    Examples
    --------
    >>> from iph.scales import ISTH_BLEEDING
    >>> ISTH_BLEEDING.findings({"hemoglobin_fall_g_l": 23}).grade
    <ISTHBleeding.MAJOR: 2>
    >>> ISTH_BLEEDING.grades(
    ...     {"hemoglobin_fall_g_l": [23, 11], "critical_site": [None, True]}
    ... ).tolist()
    [2, 2]
    """

    name: str
    reference: str
    levels: tuple[_Level, ...]
    criteria: tuple[BleedingCriterion, ...]
    note: str = ""

    @property
    def inputs(self) -> tuple[str, ...]:
        """The findings that the rule asks for, each once, in order."""
        return tuple(dict.fromkeys(one.finding for one in self.criteria))

    def findings(self, given: Mapping[str, object]) -> BleedingFindings[_Level]:
        """Find the class of one bleed and what it rests on.

        Parameters
        ----------
        given : mapping of str to bool, number, Bound or None
            The findings by name (`inputs`). One that is None or left out is not known.

        Returns
        -------
        BleedingFindings
            The class, the reasons, and what is not known.

        Raises
        ------
        InputError
            If a finding has another name, a yes/no is neither, or an amount is out of
            range.
        """
        self._check_names(given)
        values = {name: _one(given.get(name), name) for name in self.inputs}
        answers = [_meets(one, values[one.finding]) for one in self.criteria]
        met = [c for c, a in zip(self.criteria, answers, strict=True) if a is True]
        open_ = [c for c, a in zip(self.criteria, answers, strict=True) if a is None]
        least = max([self._place(one) for one in met], default=0)
        most = max([self._place(one) for one in (*met, *open_)], default=0)
        known = sum(value is not None for value in values.values())
        return BleedingFindings(
            grade=self.levels[least] if least == most else None,
            at_least=self.levels[least],
            at_most=self.levels[most],
            reasons=tuple(met),
            unknown=tuple(open_),
            method=self.name,
            n=known,
            n_missing=len(values) - known,
        )

    def grades(self, columns: Mapping[str, Iterable[object]]) -> Grades:
        """Grade many bleeds, a column for each finding.

        Parameters
        ----------
        columns : mapping of str to sequence
            The findings by name, all of one length. A finding that is left out is not
            known for anyone.

        Returns
        -------
        masked array of int64
            The integer values of the classes, masked where what is not known leaves the
            class open.

        Raises
        ------
        InputError
            If a finding has another name, the lengths differ, a yes/no is neither, or
            an amount is out of range.
        """
        self._check_names(columns)
        known: dict[str, tuple[_Answers | None, npt.NDArray[np.float64]]] = {}
        n: int | None = None
        for name, values in columns.items():
            if not is_column(values, name):
                raise InputError(name, "a sequence", values, "findings() takes one")
            known[name] = self._column(name, values)
            size = known[name][1].size
            if n is not None and size != n:
                raise InputError(name, f"as long as the first column ({n})", size)
            n = size
        least = np.zeros(n or 0, dtype=np.int64)
        most = np.zeros(n or 0, dtype=np.int64)
        for criterion in self.criteria:
            place = self._place(criterion)
            if criterion.finding not in known:
                most = np.maximum(most, place)
                continue
            answers, amounts = known[criterion.finding]
            if answers is None:
                answers = (amounts >= (criterion.at_least or 0)).astype(np.int8)
                answers[np.isnan(amounts)] = _UNKNOWN
            least = np.maximum(least, np.where(answers == _YES, place, 0))
            most = np.maximum(most, np.where(answers != _NO, place, 0))
        codes = np.array([int(level) for level in self.levels], dtype=np.int64)
        return masked_grades(np.where(least == most, codes[least], NOT_GRADED))

    def expr(self, columns: Mapping[str, "str | nw.Expr"]) -> "nw.Expr":
        """Grade the bleeds in the rows of a data frame or database.

        Parameters
        ----------
        columns : mapping of str to str or narwhals expression
            The column of each finding: booleans, or amounts. A finding that is left out
            is not known for anyone.

        Returns
        -------
        narwhals expression
            The integer value of the class; null where what is not known leaves it open,
            or an amount is out of range.

        Raises
        ------
        InputError
            If a finding has another name, or no column is given.
        """
        import narwhals.stable.v2 as nw

        self._check_names(columns)
        if not columns:
            raise InputError("columns", "at least one column", columns)

        def lit(number: int) -> "nw.Expr":
            return nw.lit(number, nw.Int64)

        floor = 0  # what a finding without a column leaves open for everyone
        met: dict[int, nw.Expr] = {}
        open_: dict[int, nw.Expr] = {}
        wrong: dict[int, nw.Expr] = {}
        for criterion in self.criteria:
            place = self._place(criterion)
            given = columns.get(criterion.finding)
            if given is None:
                floor = max(floor, place)
                continue
            value = expression(given, f"columns[{criterion.finding!r}]")
            if criterion.at_least is None:
                yes, no = yes_no_expr(value)
            else:
                yes, no, outside = _amount_expr(value, criterion)
                _count(wrong, 0, nw.when(outside).then(lit(1)).otherwise(lit(0)))
            _count(met, place, nw.when(yes).then(lit(1)).otherwise(lit(0)))
            _count(open_, place, nw.when(no).then(lit(0)).otherwise(lit(1)))
        # The highest place whose count is not 0 comes last, and decides. A maximum
        # across columns would say it in a word, but not on every engine.
        lowest, highest = lit(0), lit(floor)
        for place in sorted(met):
            lowest = nw.when(met[place] > 0).then(lit(place)).otherwise(lowest)
            if place > floor:
                highest = nw.when(open_[place] > 0).then(lit(place)).otherwise(highest)
        sure = lowest == highest
        if wrong:
            sure = sure & (wrong[0] == 0)
        coded = lit(int(self.levels[-1]))
        for place, level in list(enumerate(self.levels))[-2::-1]:
            coded = nw.when(lowest == place).then(lit(int(level))).otherwise(coded)
        return nw.when(sure).then(coded)

    def _place(self, criterion: BleedingCriterion) -> int:
        """Return the place among the levels of the class of a criterion."""
        return [*self.levels].index(criterion.level)  # type: ignore[arg-type] # one of them

    def _check_names(self, given: Mapping[str, object]) -> None:
        for name in given:
            if name not in self.inputs:
                raise InputError(
                    "a finding", f"one of {', '.join(self.inputs)}", name, self.name
                )

    def _column(
        self, name: str, values: Iterable[object]
    ) -> tuple[_Answers | None, npt.NDArray[np.float64]]:
        """Return the answers of a yes/no column, or the amounts of another."""
        if name not in _HIGHEST:
            answers = _yes_no_column(values, name)
            return answers, answers.astype(np.float64)
        high, hint = _HIGHEST[name]
        amounts = numbers(values, name, infinite=True)
        outside = (amounts < 0) | (amounts > high)
        if name == _UNITS:
            outside |= ~np.isnan(amounts) & (amounts != np.floor(amounts))
        if outside.any():
            first = int(np.argmax(outside))
            rule = f"a number from 0 to {high:g}"
            raise InputError(f"{name}[{first}]", rule, float(amounts[first]), hint)
        return None, amounts


def _count(counts: dict[int, "nw.Expr"], place: int, flag: "nw.Expr") -> None:
    """Add a flag to the count at its place."""
    counts[place] = counts[place] + flag if place in counts else flag


def _amount_expr(
    value: "nw.Expr", criterion: BleedingCriterion
) -> "tuple[nw.Expr, nw.Expr, nw.Expr]":
    """Say where an amount meets a criterion, where not, and where it is no amount."""
    high = _HIGHEST[criterion.finding][0]
    number = (value - value) == 0  # false for NaN, null for NULL
    within = number & (value >= 0) & (value <= high)
    outside = (value < 0) | (value > high)
    if criterion.finding == _UNITS:
        outside = outside | (value.round(0) != value)
    infinite = (value == float("inf")) | (value == float("-inf"))
    return (
        within & (value >= criterion.at_least),
        within & (value < criterion.at_least),
        (number & outside) | infinite,
    )


def _yes_no_column(values: Iterable[object], name: str) -> _Answers:
    """Return 1 for yes, 0 for no and -1 where it is not known."""
    if isinstance(values, np.ndarray) and hasattr(values, "mask"):
        values = values.tolist()  # None where masked
    found = [yes_no(v, f"{name}[{i}]") for i, v in enumerate(values)]
    return np.array([_UNKNOWN if v is None else int(v) for v in found], dtype=np.int8)


def _one(value: object, name: str) -> Any:
    """Return a finding of one patient, checked; None where it is not known."""
    if name not in _HIGHEST:
        return yes_no(value, name)
    if is_missing(value):
        return None
    high, hint = _HIGHEST[name]
    rule = f"a number from 0 to {high:g}"
    if isinstance(value, Bound):
        if not 0 <= value.value <= high:
            raise InputError(name, f"a bound from 0 to {high:g}", value, hint)
        return value
    number = one_number(value, name, rule)
    whole = name != _UNITS or number.is_integer()
    if not 0 <= number <= high or not whole:
        raise InputError(name, rule, value, hint)
    return number


def _meets(criterion: BleedingCriterion, value: Any) -> bool | None:
    """Say whether a criterion is met; None if that is not known."""
    if value is None or criterion.at_least is None:
        return None if value is None else bool(value)
    if isinstance(value, Bound):
        return value.compare(">=", criterion.at_least)
    return bool(value >= criterion.at_least)
