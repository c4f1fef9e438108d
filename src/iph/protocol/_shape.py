"""What kind of value each key of a study file holds, looked at before any meaning.

What has the wrong shape is told once and left out; a name whose value is wrong stays
known as flawed, so that nothing else is told of it.
"""

import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final, Protocol

import attrs

from iph.protocol._problems import nearest

Path = tuple[str | int, ...]
Tell = Callable[[Path, str, str], None]
_LONGEST: Final = 2_000
_DIGITS: Final = 15
_LARGEST: Final = 10**_DIGITS
_AMOUNT: Final = re.compile(r"[0-9]{1,15}(?:\.[0-9]{1,15}|/0*[1-9][0-9]{0,14})?")


class Flawed:
    """Stands for a value that has an error; there is one."""

    def __repr__(self) -> str:
        return "FLAWED"


FLAWED: Final = Flawed()


class Shape(Protocol):
    """What a value may be."""

    @property
    def words(self) -> str:
        """What it must be, as it follows the words "must be"."""

    def take(self, value: Any, path: Path, tell: Tell) -> Any:
        """Return the value without what is malformed in it, or `FLAWED`."""


@attrs.frozen
class Simple:
    """A value without parts."""

    words: str
    holds: Callable[[Any], bool]

    def take(self, value: Any, path: Path, tell: Tell) -> Any:
        if self.holds(value):
            return value
        tell(path, f"must be {self.words}, got {_shown(value)}", "")
        return FLAWED


def _shown(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, dict):
        return "a table"
    text = repr(value) if isinstance(value, str) else str(value)
    return text if len(text) <= 40 else f"{text[:37]}..."


@attrs.frozen
class Each:
    """A table of names that the study chooses, all of one shape.

    Where names are `removable`, ``NAME = false`` takes one of the base away, and a name
    that has an error stays in the table as `FLAWED`.
    """

    item: Shape
    removable: bool = attrs.field(default=False, kw_only=True)
    words: str = "a table"

    def take(self, value: Any, path: Path, tell: Tell) -> Any:
        if not isinstance(value, dict):
            tell(path, f"must be a table, got {_shown(value)}", "")
            return {} if self.removable else FLAWED
        found = {
            name: one
            if one is False and self.removable
            else self.item.take(one, (*path, name), tell)
            for name, one in value.items()
        }
        flawed = any(one is FLAWED for one in found.values())
        return FLAWED if flawed and not self.removable else found


@attrs.frozen
class Table:
    """A table of keys that are known.

    Where each key speaks `alone`, what is wrong is left out and the rest is looked at.
    """

    keys: Mapping[str, Shape]
    needed: tuple[str, ...] = ()
    words: str = "a table in braces"
    alone: bool = attrs.field(default=False, kw_only=True)

    def take(self, value: Any, path: Path, tell: Tell) -> Any:
        if not isinstance(value, dict):
            tell(path, f"must be {self.words}, got {_shown(value)}", "")
            return FLAWED
        for name in value:
            if name not in self.keys:
                tell((*path, name), "is no key here", nearest(name, self.keys))
        missing = [name for name in self.needed if name not in value]
        for name in missing:
            tell(path, f"{name} is missing", "")
        found = {
            name: shape.take(value[name], (*path, name), tell)
            for name, shape in self.keys.items()
            if name in value
        }
        if self.alone:
            return found
        flawed = missing or any(one is FLAWED for one in found.values())
        unknown = any(name not in self.keys for name in value)
        return FLAWED if path and (flawed or unknown) else found


@attrs.frozen
class Either:
    """A short form or a table."""

    short: Simple
    table: Shape

    @property
    def words(self) -> str:
        return f"{self.short.words} or {self.table.words}"

    def take(self, value: Any, path: Path, tell: Tell) -> Any:
        if isinstance(value, dict):
            return self.table.take(value, path, tell)
        if self.short.holds(value):
            return value
        tell(path, f"must be {self.words}, got {_shown(value)}", "")
        return FLAWED


def _is_text(value: Any) -> bool:
    return (
        isinstance(value, str)
        and len(value.strip()) > 0
        and len(value) <= _LONGEST
        and value.isprintable()
    )


def _is_whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _is_number(value: Any) -> bool:
    if isinstance(value, Decimal):
        # Exact arithmetic would write out every digit of 1e-999999999.
        exponent = value.as_tuple().exponent
        return isinstance(exponent, int) and exponent >= -_DIGITS and _is_small(value)
    return _is_whole(value) and _is_small(value)


def _is_small(value: Decimal | int) -> bool:
    return -_LARGEST < value < _LARGEST


def _is_amount(value: Any) -> bool:
    if isinstance(value, str):
        return _AMOUNT.fullmatch(value) is not None and Fraction(value) > 0
    above: bool = _is_number(value) and value > 0
    return above


def _is_time(value: Any) -> bool:
    return _is_number(value) if _is_whole(value) else isinstance(value, str)


TEXT: Final = Simple("a text in quotes", _is_text)
WHOLE: Final = Simple(
    "a whole number", lambda value: _is_whole(value) and _is_number(value)
)
NUMBER: Final = Simple("a number", _is_number)
AMOUNT: Final = Simple("a number above 0", _is_amount)
TRUE: Final = Simple("true", lambda value: value is True)
FALSE: Final = Simple("false", lambda value: value is False)
YES_NO: Final = Simple("true or false", lambda value: isinstance(value, bool))
TIME: Final = Simple('a whole number or a time such as "6 weeks"', _is_time)


def among(*known: str) -> Simple:
    """Return the shape of one of some texts."""
    return Simple(
        "one of: " + ", ".join(known),
        lambda value: isinstance(value, str) and value in known,
    )


def several(item: Simple, *, least: int = 1, most: int | None = None) -> Simple:
    """Return the shape of a list of different values."""
    count = "a list" if most is None else f"a list of {most}"

    def holds(value: Any) -> bool:
        return (
            isinstance(value, list)
            and least <= len(value)
            and (most is None or len(value) <= most)
            and all(item.holds(one) for one in value)
            and len(set(value)) == len(value)
        )

    return Simple(f"{count}, each different and {item.words}", holds)


def some(item: Simple, other: Simple) -> Simple:
    """Return the shape of either of two kinds of values."""
    return Simple(
        f"{item.words} or {other.words}",
        lambda value: item.holds(value) or other.holds(value),
    )
