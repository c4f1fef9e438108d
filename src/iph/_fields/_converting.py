"""What makes a value a field's own when an object is made, and what checkers read."""

import enum
from collections.abc import Callable, Iterable
from typing import (
    Any,
    Final,
    Generic,
    NoReturn,
    SupportsFloat,
    SupportsIndex,
    TypeVar,
)

import attrs

from iph._bound import Bound
from iph._fields._declaration import Declaration, Kind
from iph._scalars import shown
from iph.errors import InputError

KEY: Final = "iph"
"""Where the metadata of an attrs field holds its declaration."""

_Option = TypeVar("_Option", bound=enum.Enum)
_Level = TypeVar("_Level", bound=enum.IntEnum)
_Item = TypeVar("_Item")

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
