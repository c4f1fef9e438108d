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
import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from fractions import Fraction
from typing import (
    Any,
    Final,
    Generic,
    Literal,
    NoReturn,
    SupportsFloat,
    SupportsIndex,
    TypeVar,
)

import attrs

from iph._bound import Bound
from iph._scalars import is_missing, shown
from iph.errors import FieldError, InputError

KEY: Final = "iph"

NOT_ROUNDED: Final = "it is not rounded for you"

LONGEST_IDENTIFIER: Final = 200
"""Characters of a pseudonym."""

End = Literal["low", "high"]

_Option = TypeVar("_Option", bound=enum.Enum)
_Level = TypeVar("_Level", bound=enum.IntEnum)
_Item = TypeVar("_Item")


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


Convert = Callable[[Any, "attrs.Attribute[Any]"], Any]


def converter_of(declared: Declaration) -> "attrs.Converter[Any, Any]":
    """Return what makes a value the field's own, for an attrs class."""
    return attrs.Converter(_converter(declared), takes_field=True)


def _converter(declared: Declaration) -> Convert:
    """Return what makes a value the field's own, or refuses it.

    Values already of the field's type skip the checks, since reading a large file makes
    millions of them; `Declaration.accept` returns the same.
    """
    if declared.options is not None and declared.kind is Kind.CHOICES:
        return _set_converter(declared, declared.options)
    if declared.low is not None and declared.high is not None:
        return _number_converter(declared, declared.low, declared.high)
    own = (
        declared.options
        or declared.part
        or (bool if declared.kind is Kind.YES_NO else None)
    )
    optional = not declared.required

    def convert(value: Any, attribute: "attrs.Attribute[Any]") -> Any:
        if (value is None and optional) or value.__class__ is own:
            return value
        return declared.accept(attribute.name, value)

    return convert


def _number_converter(declared: Declaration, low: float, high: float) -> Convert:
    own = int if declared.whole else float

    def convert(value: Any, attribute: "attrs.Attribute[Any]") -> Any:
        if value is None or (value.__class__ is own and low <= value <= high):
            return value
        return declared.accept(attribute.name, value)

    return convert


def _set_converter(declared: Declaration, options: type[enum.Enum]) -> Convert:
    alone = next((option for option in options if option.value == "unknown"), None)

    def convert(value: Any, attribute: "attrs.Attribute[Any]") -> Any:
        if value is None:
            return None
        if value.__class__ is frozenset:
            for one in value:
                if one.__class__ is not options or (one is alone and len(value) > 1):
                    break
            else:
                return value
        return declared.accept(attribute.name, value)

    return convert


def converting(
    cls: type[Any],  # noqa: ARG001 - attrs gives it
    fields: "list[attrs.Attribute[Any]]",
) -> "list[attrs.Attribute[Any]]":
    """Let each declared field of an attrs class convert by its declaration.

    The hook is the ``field_transformer`` of the class. The converter that stands at a
    field in the source is the one that type checkers read: they know what may be
    given, such as ``Sex | str | None``, by its parameter.
    """
    return [
        field.evolve(converter=converter_of(declared))
        if (declared := field.metadata.get(KEY))
        else field
        for field in fields
    ]


def _undeclared(value: object) -> NoReturn:
    message = "the class needs field_transformer=iph._fields.converting"
    raise TypeError(f"{message} to take {shown(value)}")


class Coded(Generic[_Option]):
    """What a choice takes: an option, its code, or None."""

    def __new__(cls, value: _Option | str | None) -> _Option | None:  # type: ignore[misc] # a converter
        _undeclared(value)


class CodedSet(Generic[_Option]):
    """What a set of choices takes: options and codes, or None."""

    def __new__(  # type: ignore[misc] # a converter
        cls, value: Iterable[_Option | str] | None
    ) -> frozenset[_Option] | None:
        _undeclared(value)


class Graded(Generic[_Level]):
    """What a grade takes: a level, its number, or None."""

    def __new__(cls, value: _Level | SupportsIndex | None) -> _Level | None:  # type: ignore[misc] # a converter
        _undeclared(value)


def number(value: SupportsFloat | SupportsIndex | None) -> float | None:
    """Take a measured number, of any library, or None."""
    _undeclared(value)


def number_or_bound(
    value: SupportsFloat | SupportsIndex | Bound | None,
) -> float | Bound | None:
    """Take a measured number, of any library, a bound of one, or None."""
    _undeclared(value)


def whole(value: SupportsFloat | SupportsIndex | None) -> int | None:
    """Take a whole number, of any library, or None."""
    _undeclared(value)


def pseudonym(value: str | int) -> str:
    """Take a text, or a whole number as text."""
    _undeclared(value)


def sequence_of(
    values: Any, cls: type[_Item], name: str, *, called: str = ""
) -> tuple[_Item, ...]:
    """Return a sequence of one class as a tuple; refuse anything else."""
    called = called or cls.__name__
    article = "an" if called[0] in "AEIOU" else "a"
    if isinstance(values, (cls, str, bytes)) or not isinstance(values, Iterable):
        raise InputError(name, f"a sequence of {called}", values)
    if getattr(values, "ndim", 1) == 0:  # NumPy's single values look iterable
        raise InputError(name, f"a sequence of {called}", values)
    listed = tuple(values)
    for place, value in enumerate(listed):
        if not isinstance(value, cls):
            raise InputError(f"{name}[{place}]", f"{article} {called}", value)
    return listed


Metadata = dict[str, Declaration]


def identifier(label: str, *, note: str = "") -> Metadata:
    """Declare a pseudonym; the one kind that may not be missing."""
    declared = Declaration(kind=Kind.IDENTIFIER, label=label, required=True, note=note)
    return {KEY: declared}


def quantity(
    label: str,
    *,
    low: float,
    high: float,
    step: str | int,
    unit: str | None = None,
    ucum: str | None = None,
    other_units: Mapping[str, str | int] | None = None,
    loinc: str | None = None,
    best: End | None = None,
    closed: bool = False,
    note: str = "",
    bounded: bool = False,
    missing: Iterable[str | float] = (),
) -> Metadata:
    """Declare a measured quantity with unit, bounds and measurement step."""
    _check_bounds(low, high)
    if Fraction(step) <= 0:
        raise InputError("step", "above 0", step)
    others = (other_units or {}).items()
    declared = Declaration(
        kind=Kind.QUANTITY,
        label=label,
        unit=unit,
        ucum=ucum,
        low=low,
        high=high,
        step=Fraction(step),
        other_units=tuple(OtherUnit(name, Fraction(f)) for name, f in others),
        loinc=loinc,
        best=best,
        closed=closed,
        note=note,
        bounded=bounded,
        missing=_missing_codes(missing, low, high),
    )
    return {KEY: declared}


def _check_bounds(low: float, high: float) -> None:
    if not low <= high:
        raise InputError("high", f"a number not below low ({low:g})", high)


_NUMERAL: Final = re.compile(r"[-+]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d{1,3})?")


def _missing_codes(
    codes: Iterable[str | float], low: float, high: float
) -> tuple[str, ...]:
    """Return the codes for "not recorded" as text; refuse one that is a value."""
    listed = [codes] if isinstance(codes, str) else list(codes)
    for code in listed:
        text = str(code).strip()
        if _NUMERAL.fullmatch(text) and low <= Fraction(text) <= high:
            wanted = f"codes outside the bounds {low:g} to {high:g}"
            raise InputError("missing", wanted, code)
    return tuple(f"{c:g}" if isinstance(c, float) else str(c) for c in listed)


def days(label: str, *, low: int = 0, high: int = 36_525, note: str = "") -> Metadata:
    """Declare a number of whole days (never a date)."""
    _check_bounds(low, high)
    declared = Declaration(
        kind=Kind.DAYS,
        label=label,
        unit="days",
        ucum="d",
        low=low,
        high=high,
        step=Fraction(1),
        note=note,
    )
    return {KEY: declared}


def _check_options(options: type[enum.Enum], kind: type, words: str) -> None:
    given: object = options
    if not isinstance(given, enum.EnumMeta) or any(
        not isinstance(option.value, kind) for option in options
    ):
        raise InputError("options", f"an enumeration of {words}", options)


def grade(
    label: str, options: type[enum.Enum], *, best: End | None, note: str = ""
) -> Metadata:
    """Declare a grade of an ordered scale."""
    _check_options(options, int, "whole numbers")
    declared = Declaration(
        kind=Kind.GRADE, label=label, options=options, best=best, note=note
    )
    return {KEY: declared}


def choice(label: str, options: type[enum.Enum], *, note: str = "") -> Metadata:
    """Declare one choice out of several."""
    _check_options(options, str, "texts")
    declared = Declaration(kind=Kind.CHOICE, label=label, options=options, note=note)
    return {KEY: declared}


def choices(label: str, options: type[enum.Enum], *, note: str = "") -> Metadata:
    """Declare a set of choices; an empty set says that none applies."""
    _check_options(options, str, "texts")
    declared = Declaration(kind=Kind.CHOICES, label=label, options=options, note=note)
    return {KEY: declared}


def yes_no(label: str, *, note: str = "") -> Metadata:
    """Declare a question answered with yes or no."""
    return {KEY: Declaration(kind=Kind.YES_NO, label=label, note=note)}


def part(label: str, cls: type[Any], *, required: bool = False) -> Metadata:
    """Declare a nested object, which may be missing as a whole unless required."""
    declared = Declaration(kind=Kind.PART, label=label, part=cls, required=required)
    return {KEY: declared}


@attrs.frozen(kw_only=True)
class DeclaredField:
    """A declared field and where it stands.

    Attributes
    ----------
    name : str
        The attribute's name, and the name of the table column.
    path : tuple of str
        The attributes from the outermost object to the value.
    owner : type
        The class that declares it.
    declaration : Declaration
        What it is.
    """

    name: str
    path: tuple[str, ...]
    owner: type[Any]
    declaration: Declaration

    def value_of(self, instance: object) -> Any:
        """Return the field's value; None if a part on the way is not recorded."""
        value: Any = instance
        for step in self.path:
            if value is None:
                return None
            value = getattr(value, step)
        return value


def declared_fields(cls: type[Any]) -> tuple[DeclaredField, ...]:
    """Return all declared fields of a class, those of its parts in their place.

    A part that is always there, the course, comes last: a subclass adds its own fields
    before it. What is found is kept on the class, and goes when the class goes.
    """
    if _DECLARED not in cls.__dict__:
        setattr(cls, _DECLARED, _declared_fields(cls))
    found: tuple[DeclaredField, ...] = cls.__dict__[_DECLARED]
    return found


_DECLARED: Final = "_iph_declared"


def _declared_fields(cls: type[Any]) -> tuple[DeclaredField, ...]:
    found: list[DeclaredField] = []
    last: list[DeclaredField] = []
    for attribute in attrs.fields(cls):
        declared = attribute.metadata.get(KEY)
        if declared is None:
            continue
        if declared.kind is Kind.PART:
            inner = [
                attrs.evolve(field, path=(attribute.name, *field.path))
                for field in declared_fields(declared.part)
            ]
            if declared.required:
                last += inner
            else:
                found += inner
        else:
            found.append(
                DeclaredField(
                    name=attribute.name,
                    path=(attribute.name,),
                    owner=cls,
                    declaration=declared,
                )
            )
    return (*found, *last)


def label_of(option: enum.Enum) -> str:
    """Return an option in words: its label, else its code, or the name of a number."""
    label = getattr(option, "label", None)
    if label is not None:
        return str(label)
    plain = option.name.lower() if isinstance(option.value, int) else option.value
    return str(plain).replace("_", " ")


NO_CHOICE: Final = "none"
CHOICE_SEPARATOR: Final = ";"


def cell(declared: DeclaredField, value: Any) -> Any:
    """Return a field's value as a table cell: number, text, yes/no, or None.

    A set is one text, its codes in the order of their definition with ``;`` between
    them; the empty set is ``none``, since an empty cell says "not recorded". A bound
    is a text as well, such as ``>8``.
    """
    if value is None:
        return None
    if isinstance(value, Bound):
        return str(value)
    if declared.declaration.kind is Kind.CHOICES:
        return CHOICE_SEPARATOR.join(sorted_values(value)) or NO_CHOICE
    return value.value if isinstance(value, enum.Enum) else value
