"""Grades that are written down as codes, such as "S3+": one list for all readers."""

import string
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Final, Generic, TypeVar, overload

import attrs
import numpy as np

from iph._display import Displayed
from iph._scalars import is_missing
from iph.errors import InputError
from iph.scales._grade import Grade
from iph.scales._measure import NOT_GRADED, Grades, expression, masked_grades

if TYPE_CHECKING:
    import narwhals.stable.v2 as nw

__all__ = ["Codes"]

_Level = TypeVar("_Level", bound=Grade)
_BLANKS: Final = string.whitespace  # as a text is read, and a column
_AROUND: Final = f"^[{_BLANKS}]+|[{_BLANKS}]+$"


@attrs.frozen(kw_only=True)
class Codes(Generic[_Level], Displayed):
    """The codes of a scale: one list for a word, a column, a database.

    Attributes
    ----------
    name : str
        The name of the scale, as results print it.
    measure : str
        What is graded, as error messages name it.
    reference : str
        Where the grades are published.
    levels : tuple of enumeration members
        The grades in order; each is written as its numeral.
    hint : str
        Likely cause of a code that is none of them.
    note : str
        What was decided where the reference leaves it open.

    Notes
    -----
    Capital and small letters are the same, and blanks around a code are passed over.
    Nothing else is: a bare "3" may be a grade of another scale.

    Examples
    --------
    >>> from iph.scales import SENSORY_RECOVERY
    >>> SENSORY_RECOVERY.grade("S3+")
    <SensoryRecovery.S3_PLUS: 6>
    >>> SENSORY_RECOVERY.grade(["s2", None, "S4"]).tolist()
    [3, None, 7]
    """

    name: str
    measure: str
    reference: str
    levels: tuple[_Level, ...]
    hint: str = ""
    note: str = ""

    @overload
    def grade(self, value: None) -> None: ...
    @overload
    def grade(  # type: ignore[overload-overlap] # a text is one code, not a sequence
        self, value: str | _Level | None
    ) -> _Level | None: ...
    @overload
    def grade(self, value: Iterable[str | _Level | None]) -> Grades: ...
    def grade(
        self, value: str | _Level | Iterable[str | _Level | None] | None
    ) -> _Level | Grades | None:
        """Read one code, or a column of them.

        Parameters
        ----------
        value : str, enumeration member, None, or sequence of them
            The code as it was written. None, NaN or blank text where it was not.

        Returns
        -------
        enumeration member, None, or masked array of int64
            The grade of one code; for a sequence the integer values of the grades,
            masked where there is none.

        Raises
        ------
        InputError
            If a code is none of the scale.
        """
        name = self.measure.replace(" ", "_")
        single = isinstance(value, (str, Grade)) or is_missing(value)
        if single or not isinstance(value, Iterable):
            return self._read(value, name)
        found = [self._read(one, f"{name}[{i}]") for i, one in enumerate(value)]
        grades = [NOT_GRADED if one is None else int(one) for one in found]
        return masked_grades(np.array(grades, dtype=np.int64))

    def expr(self, code: "str | nw.Expr") -> "nw.Expr":
        """Read a column of a data frame or database.

        Parameters
        ----------
        code : str or narwhals expression
            The column of codes.

        Returns
        -------
        narwhals expression
            The integer value of the grade; null where there is no code of the scale.
        """
        import narwhals.stable.v2 as nw

        written = self._written(code)
        coded = nw.lit(NOT_GRADED, nw.Int64)
        for level in self.levels:
            this = nw.lit(int(level), nw.Int64)
            coded = (
                nw.when(written == level.numeral.upper()).then(this).otherwise(coded)
            )
        return nw.when(coded != NOT_GRADED).then(coded)

    def unreadable_expr(self, code: "str | nw.Expr") -> "nw.Expr":
        """Say which rows hold a text that is no code of the scale.

        Parameters
        ----------
        code : str or narwhals expression
            The column of codes.

        Returns
        -------
        narwhals expression
            True where `grade` would refuse the text, else False; never null.
        """
        import narwhals.stable.v2 as nw

        written = self._written(code)
        known = written.is_in(["", *(level.numeral.upper() for level in self.levels)])
        fine = nw.when(known).then(nw.lit(1)).otherwise(nw.lit(0))
        there = nw.when(written >= "").then(nw.lit(1)).otherwise(nw.lit(0))
        return (there == 1) & (fine == 0)

    def _written(self, code: "str | nw.Expr") -> "nw.Expr":
        column = expression(code, "code")
        # A pattern, since Ibis strips no characters of our choice.
        return column.str.replace_all(_AROUND, "").str.to_uppercase()

    def _read(self, value: Any, name: str) -> _Level | None:
        """Return the grade of one code; None where nothing was written."""
        if is_missing(value):
            return None
        if isinstance(value, Grade):
            if value.__class__ is self.levels[0].__class__:
                return value
        elif isinstance(value, str):
            text = value.strip(_BLANKS).upper()
            if not text:
                return None
            for level in self.levels:
                if text == level.numeral.upper():
                    return level
        codes = ", ".join(level.numeral for level in self.levels)
        raise InputError(name, f"one of {codes}", value, self.hint)
