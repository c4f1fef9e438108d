"""How a clinical field is declared: once, on the domain object.

A declaration says what a field is called in print, its unit, its plausible bounds, its
measurement step and its codes. Everything else that speaks of the field (the check of a
value, table columns, the data dictionary, property-test strategies, the granularity
that an audit of printed means needs) reads this one declaration.

Bounds are physiological, so they double as unit checks: a hemoglobin of 13.0 in a
g/L field is refused with the question whether it is in g/dL.
"""

import enum
import math
import operator
import unicodedata
from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import Any, Final, Literal

import attrs

from iph._bound import Bound
from iph._checks import one_of
from iph._options import instance
from iph._scalars import is_missing
from iph.errors import FieldError

NOT_ROUNDED: Final = "it is not rounded for you"

LONGEST_IDENTIFIER: Final = 200
"""Characters of a pseudonym."""

End = Literal["low", "high"]


class Kind(enum.Enum):
    """What kind of value a field holds."""

    IDENTIFIER = "identifier"
    QUANTITY = "quantity"
    GRADE = "grade"
    CHOICE = "choice"
    YES_NO = "yes/no"
    CHOICES = "set of choices"
    DAYS = "days"
    PART = "part"


@attrs.frozen
class OtherUnit:
    """Another unit that a value may have been recorded in.

    Attributes
    ----------
    unit : str
        The other unit, as printed.
    factor : Fraction
        What a value in the other unit is multiplied by.
    """

    unit: str
    factor: Fraction = attrs.field(converter=Fraction)


@attrs.frozen(kw_only=True)
class Declaration:
    """All that is known of a field before any patient is seen.

    Attributes
    ----------
    kind : Kind
        What kind of value it holds.
    label : str
        What it is called in print, without the unit.
    unit, ucum : str or None
        The unit as printed, and its UCUM code.
    low, high : float or None
        The plausible bounds, both allowed.
    step : Fraction or None
        The measurement step: the last digit that is recorded.
    options : type of Enum or None
        The codes of a grade, choice or set of choices.
    other_units : tuple of OtherUnit
        Units that slip in, for the hint in the error message.
    loinc : str or None
        The LOINC code, where one is sure.
    best : {"low", "high"} or None
        Which end is the healthy one, where one is.
    closed : bool
        Whether the bounds are the ends of the scale: no value lies beyond, whatever the
        patient. Other bounds are only plausible.
    part : type or None
        The class of a nested part.
    required : bool
        Whether it must be recorded; every other field may be None.
    bounded : bool
        Whether a `Bound` is a value of it, such as ``Bound(">", 8)``.
    missing : tuple of str
        Codes that tables hold for "not recorded", as text.
    note : str
        What the reader of a data dictionary needs beyond the label.
    """

    kind: Kind
    label: str
    unit: str | None = None
    ucum: str | None = None
    low: float | None = None
    high: float | None = None
    step: Fraction | None = None
    options: type[enum.Enum] | None = None
    other_units: tuple[OtherUnit, ...] = ()
    loinc: str | None = None
    best: End | None = None
    closed: bool = False
    part: type[Any] | None = None
    required: bool = False
    note: str = ""
    bounded: bool = False
    missing: tuple[str, ...] = ()

    def __attrs_post_init__(self) -> None:
        for name in ("label", "note"):
            instance(getattr(self, name), name, str, "a text")
        for name in ("unit", "ucum", "loinc"):
            instance(getattr(self, name), name, (str, type(None)), "a text or None")
        if self.best is not None:
            one_of(self.best, "best", ("low", "high"))

    @property
    def whole(self) -> bool:
        """Whether only whole numbers are recorded."""
        return self.step is not None and self.step.denominator == 1

    def rule(self) -> str:
        """Say what a value must be, as it follows the words "must be"."""
        if self.options is not None:
            codes = ", ".join(str(option.value) for option in self.options)
            if self.kind is Kind.CHOICES:
                return f"a set out of: {codes}"
            return f"one of: {codes}"
        if self.kind is Kind.YES_NO:
            return "True, False or None"
        if self.kind is Kind.IDENTIFIER:
            return (
                f"a non-empty text of at most {LONGEST_IDENTIFIER} characters "
                "without line breaks"
            )
        if self.part is not None:
            return f"a {self.part.__name__}" + ("" if self.required else " or None")
        number = "a whole number" if self.whole else "a number"
        unit = f" {self.unit}" if self.unit else ""
        return f"{number} from {self.low:g} to {self.high:g}{unit}"

    def accept(self, name: str, value: Any) -> Any:
        """Return the value in the field's own type, or refuse it.

        Only lossless readings are made: 48.0 is 48, "male" is ``Sex.MALE``; 7.9 is
        never 7 and "no" is never true. NaN and None are "not recorded".

        Raises
        ------
        FieldError
            If the value is not one that the field can hold.
        """
        if is_missing(value):
            if self.required:
                raise FieldError(name, self.rule(), value)
            return None
        return _ACCEPT[self.kind](self, name, value)


def _accept_number(declared: Declaration, name: str, value: Any) -> float | int | Bound:
    if isinstance(value, Bound):
        if not declared.bounded:
            hint = "this field holds no bounds: leave it empty, or give the value"
            raise FieldError(name, declared.rule(), str(value), hint)
        return Bound(value.operator, _accept_number(declared, name, value.value))
    number = _number(value)
    if number is None:
        raise FieldError(name, declared.rule(), value)
    low, high = declared.low, declared.high
    if (low is not None and number < low) or (high is not None and number > high):
        raise FieldError(name, declared.rule(), value, unit_hint(declared, number))
    if declared.whole:
        if number != int(number):
            raise FieldError(name, declared.rule(), value, NOT_ROUNDED)
        return int(number)
    return float(number)


def _number(value: Any) -> float | int | None:
    """Read a number of any library; None if it is none (booleans are none)."""
    if isinstance(value, bool) or type(value).__name__ in {"bool", "bool_"}:
        return None
    try:
        return operator.index(value)
    except TypeError:
        pass
    if isinstance(value, (str, bytes)) or getattr(value, "ndim", None):
        return None
    try:
        number = float(value)
    except (TypeError, ValueError, OverflowError):  # a fraction of huge terms
        return None
    return None if math.isnan(number) or math.isinf(number) else number


def unit_hint(declared: Declaration, number: float) -> str:
    """Ask whether the value is in another unit, if that would make it plausible."""
    for other in declared.other_units:
        converted = Fraction(number) * other.factor  # no float could overflow here
        low = -math.inf if declared.low is None else declared.low
        high = math.inf if declared.high is None else declared.high
        if low <= converted <= high:
            return f"is it in {other.unit}? ({float(converted):g} {declared.unit})"
    return ""


def _accept_option(declared: Declaration, name: str, value: Any) -> enum.Enum:
    options = declared.options
    assert options is not None  # noqa: S101 - the helpers below always give it
    if isinstance(value, options):
        return value
    if isinstance(value, enum.Enum) and not isinstance(value, int):
        for option in options:  # a visit of another schedule is equal, by its code
            if option == value:
                return option
    elif not isinstance(value, bool):
        scalar = getattr(value, "ndim", None) == 0 and hasattr(value, "item")
        plain = value.item() if scalar else value
        if isinstance(plain, float) and plain.is_integer():
            plain = int(plain)
        for option in options:
            if type(option.value) is type(plain) and option.value == plain:
                return option
    raise FieldError(name, declared.rule(), value)


def _accept_yes_no(declared: Declaration, name: str, value: Any) -> bool:
    if isinstance(value, bool):
        return value
    if type(value).__name__ in {"bool", "bool_"}:  # numpy's, without importing it
        return bool(value)
    raise FieldError(name, declared.rule(), value)


def _accept_choices(
    declared: Declaration,
    name: str,
    value: Any,
) -> frozenset[enum.Enum]:
    scalar = (
        isinstance(value, (str, bytes, Mapping)) or getattr(value, "ndim", None) == 0
    )
    if scalar or not isinstance(value, Iterable):
        raise FieldError(name, declared.rule(), value, "give a set, even of one")
    found = frozenset(_accept_option(declared, name, item) for item in value)
    unknown = {option for option in found if option.value == "unknown"}
    if unknown and len(found) > 1:
        raise FieldError(
            name, "either unknown alone or known choices", sorted_values(found)
        )
    return found


def sorted_values(options: Iterable[enum.Enum]) -> list[Any]:
    """Return the codes of a set of choices in the order of their definition."""
    listed = list(options)
    if len(listed) < 2:
        return [option.value for option in listed]
    order = {option: place for place, option in enumerate(type(listed[0]))}
    return [option.value for option in sorted(listed, key=order.__getitem__)]


_LONGEST: Final = 10**300  # Python prints no whole number of thousands of digits


def _accept_identifier(declared: Declaration, name: str, value: Any) -> str:
    if isinstance(value, int) and not isinstance(value, bool):
        if abs(value) >= _LONGEST:
            raise FieldError(name, declared.rule(), value)
        value = str(value)  # 17 and "17" name the same patient
    if isinstance(value, str) and not value.isascii():
        value = unicodedata.normalize("NFC", value)  # an accent is one, however typed
    if not isinstance(value, str) or not value.strip() or not value.isprintable():
        raise FieldError(name, declared.rule(), value)
    if len(value) > LONGEST_IDENTIFIER:  # no cell of a workbook holds any length
        raise FieldError(name, declared.rule(), value)
    return value.strip()


def _accept_part(declared: Declaration, name: str, value: Any) -> Any:
    if declared.part is None or not isinstance(value, declared.part):
        raise FieldError(name, declared.rule(), value)
    return value


_ACCEPT: Final = {
    Kind.IDENTIFIER: _accept_identifier,
    Kind.QUANTITY: _accept_number,
    Kind.DAYS: _accept_number,
    Kind.GRADE: _accept_option,
    Kind.CHOICE: _accept_option,
    Kind.YES_NO: _accept_yes_no,
    Kind.CHOICES: _accept_choices,
    Kind.PART: _accept_part,
}
