"""TOML text of the few kinds of values that a study file holds."""

import re
from collections.abc import Iterable, Mapping
from decimal import Context, Decimal, localcontext
from fractions import Fraction
from typing import Any, Final

_BARE: Final = re.compile(r"[A-Za-z0-9_-]+")
_EXACT: Final = Context(prec=1_000)
_ESCAPES: Final = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t", "\r": "\\r"}


def toml_key(name: str) -> str:
    """Return a key, in quotes if it must be."""
    return name if _BARE.fullmatch(name) else _text(name)


def toml_value(value: Any) -> str:
    """Return a value on one line."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, Mapping):
        items = (f"{toml_key(key)} = {toml_value(one)}" for key, one in value.items())
        inside = ", ".join(items)
        return f"{{ {inside} }}" if inside else "{}"
    if isinstance(value, Iterable):
        return f"[{', '.join(map(toml_value, value))}]"
    return repr(value)


def _text(text: str) -> str:
    return f'"{"".join(map(_letter, text))}"'


def _letter(letter: str) -> str:
    if letter in _ESCAPES:
        return _ESCAPES[letter]
    hidden = ord(letter) < 0x20 or ord(letter) == 0x7F
    return f"\\u{ord(letter):04x}" if hidden else letter


def amount(value: Fraction) -> int | str:
    """Return an exact amount as a file states it: whole, decimal, or a fraction."""
    if value.denominator == 1:
        return int(value)
    rest = value.denominator
    for prime in (2, 5):
        while rest % prime == 0:
            rest //= prime
    if rest != 1:
        return f"{value.numerator}/{value.denominator}"
    with localcontext(_EXACT):
        return format(Decimal(value.numerator) / Decimal(value.denominator), "f")
