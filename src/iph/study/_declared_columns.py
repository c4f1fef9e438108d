"""What a column of a frame holds, if a protocol declares a field of its name.

Without a protocol a name says nothing: a `vas` may run from 0 to 100, and a `sex` may
be coded F and M. With one, cells are read as declared, and what cannot be is counted.
"""

from collections import Counter
from collections.abc import Iterable
from typing import Any

from iph._fields import (
    CHOICE_SEPARATOR,
    NO_CHOICE,
    NOT_RECORDED,
    Declaration,
    DeclaredField,
    Kind,
    option_of_word,
    plain_word,
)
from iph._options import instance
from iph.criteria._frame_words import YES_NO_WORDS
from iph.errors import FieldError, InputError
from iph.protocol._protocol import Protocol
from iph.study._characteristics import bounded, of_field
from iph.study._counting import declared_levels

_ANSWERS = {word: answer for answer, words in YES_NO_WORDS.items() for word in words}
_EXAMPLES = 3


def declared_columns(protocol: Protocol[Any] | None) -> dict[str, DeclaredField]:
    """Return what a protocol declares, by the name of a column; nothing without one."""
    if protocol is None:
        return {}
    instance(protocol, "protocol", Protocol, "a Protocol, such as LI_2023_PROTOCOL")
    declared = {**protocol.assessment_declarations, **protocol.patient_declarations}
    return {
        name: DeclaredField(
            name=name, path=(name,), owner=protocol.patient, declaration=declaration
        )
        for name, declaration in declared.items()
    }


def read_as_declared(
    declared: DeclaredField, counts: Iterable[tuple[Any, int]]
) -> dict[Any, Any]:
    """Return what each distinct cell of a column says: number, code, codes, or None.

    Raises
    ------
    InputError
        If cells are none that the field can hold, with how many they are.
    """
    return {raw: bounded(one) for raw, one in accepted_cells(declared, counts).items()}


def accepted_cells(
    declared: DeclaredField, counts: Iterable[tuple[Any, int]]
) -> dict[Any, Any]:
    """Return the same in the type of the field, in which "unknown" is a value."""
    found: dict[Any, Any] = {}
    odd: Counter[str] = Counter()
    hint = ""
    for raw, count in counts:
        try:
            found[raw] = _value(declared, raw)
        except FieldError as refused:
            odd[str(raw)[:30]] += count
            hint = hint or refused.hint
    if odd:
        shown = [f"{cell} ({n})" for cell, n in odd.most_common(_EXAMPLES)]
        more = "" if len(odd) <= _EXAMPLES else f" and {len(odd) - _EXAMPLES} more"
        told = f"cells that are not: {', '.join(shown)}{more}"
        hint = f"{told}; {hint}" if hint else told
        total = sum(odd.values())
        what = f"{total} {'cells' if total > 1 else 'cell'} of another kind"
        raise InputError(declared.name, declared.declaration.rule(), what, hint)
    return found


def _value(declared: DeclaredField, raw: Any) -> Any:
    declaration, value = declared.declaration, raw
    if raw is None or _says_missing(declaration, raw):
        return None
    if isinstance(raw, str):
        value = _from_text(declaration, raw.strip())
    elif declaration.kind is Kind.YES_NO and raw in (0, 1):
        value = bool(raw)
    return declaration.accept(declared.name, value)


def _says_missing(declaration: Declaration, raw: Any) -> bool:
    if isinstance(raw, str):
        text = raw.strip()
        return text.lower() in NOT_RECORDED or text in {"", *declaration.missing}
    whole = isinstance(raw, float) and raw.is_integer()
    return str(int(raw) if whole else raw) in declaration.missing


def _from_text(declaration: Declaration, text: str) -> Any:
    """Return what a text says, in a form that the declaration accepts or refuses."""
    kind = declaration.kind
    if kind is Kind.CHOICES:
        return [] if text == NO_CHOICE else text.split(CHOICE_SEPARATOR)
    if kind is Kind.YES_NO:
        return _ANSWERS.get(text.lower(), text)
    if kind in {Kind.CHOICE, Kind.GRADE}:
        option = option_of_word(declaration).get(plain_word(text))
        if option is not None:
            return option
    if kind in {Kind.GRADE, Kind.QUANTITY, Kind.DAYS}:
        try:
            return float(text)
        except ValueError:
            return text
    return text


def field_of(declared: dict[str, DeclaredField], column: Any) -> DeclaredField | None:
    """Return the declared field of a column; None for any other, or an expression."""
    return declared.get(column) if isinstance(column, str) else None


def cells_read(
    field: DeclaredField | None, counts: Iterable[tuple[Any, int]]
) -> dict[Any, Any]:
    """Return what each cell of a declared column says; nothing of any other."""
    if field is None:
        return {}
    found = read_as_declared(field, counts)
    return {raw: _plain(field, value) for raw, value in found.items()}


def _plain(field: DeclaredField, value: Any) -> Any:
    """Return a set of codes as one text, as tables hold it."""
    if not isinstance(value, frozenset):
        return value
    codes = [one.value for one in field.declaration.options or ()]
    return CHOICE_SEPARATOR.join(c for c in codes if c in value) or NO_CHOICE


def levels_of(
    field: DeclaredField | None, frame: Any, column: object
) -> tuple[Any, ...]:
    """Return the levels of a column in their order, where a field or it has one."""
    if field is None:
        return declared_levels(frame, column)
    has_levels = field.declaration.kind in {Kind.CHOICE, Kind.GRADE}
    return of_field(field).levels if has_levels else ()
