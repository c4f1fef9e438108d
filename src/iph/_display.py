"""How an object shows itself: a few lines in a session, a table in a notebook."""

import enum
import html
from collections.abc import Iterable, Mapping
from textwrap import wrap
from typing import TYPE_CHECKING, Any, Final

import attrs
import numpy as np

_WHOLE: Final = 600  # characters up to which an object is told whole
_WIDTH: Final = 88
_LINES: Final = 12
_PIECE: Final = 56  # characters of one value
_ROWS: Final = 10
_COLUMNS: Final = 8
_PAGE: Final = 7_500  # characters of HTML, in which as many lists are told as fit
_FIGURES: Final = (("estimate", "low", "high"), ("median", "q1", "q3"))
_NO_BREAK: Final = "\N{NO-BREAK SPACE}"  # keeps a value on one line while it is filled


class ShowsItself:
    """What is told in full while that is short, and in a dozen lines otherwise.

    A class that derives from this one and from nothing else gains no field and no other
    behavior. attrs would write a ``__repr__`` of its own over an inherited one, so each
    derived class is given it as if it had been written there.
    """

    __slots__ = ()

    def __init_subclass__(cls, **more: Any) -> None:
        super().__init_subclass__(**more)
        if cls.__repr__ is ShowsItself.__repr__ and "__repr__" not in vars(cls):
            cls.__repr__ = ShowsItself.__repr__  # type: ignore[method-assign]

    def __repr__(self) -> str:
        name, values = type(self).__qualname__.rsplit(">.", 1)[-1], _told(self)
        whole = ", ".join(f"{name}={value!r}" for name, value in values.items())
        if len(whole) <= _WHOLE:
            return f"{name}({whole})"
        return _cut(name, values)

    def _repr_html_(self) -> str:
        """Return what a notebook shows: the values, and a table for each list."""
        told = _told(self)
        cells = {name: _cell(value) for name, value in told.items()}
        text = table_of_values(type(self).__name__, cells)
        for name, value in told.items():
            if _is_list_of_objects(value):
                table = _table(name, value)
                text += table if len(text) + len(table) <= _PAGE else ""
        return text


if TYPE_CHECKING:
    # A checker would otherwise give what two objects have in common a private name.
    Displayed = object
else:
    Displayed = ShowsItself


def table_of_values(title: str, cells: Mapping[str, str]) -> str:
    """Return a table of HTML with a row a value; the cells are HTML already."""
    rows = "".join(
        f"<tr><th scope='row'>{html.escape(name)}</th>"
        f"<td style='text-align:left'>{cell}</td></tr>"
        for name, cell in cells.items()
    )
    caption = html.escape(title)
    return f"<table><caption>{caption}</caption><tbody>{rows}</tbody></table>"


def _told(thing: Any) -> dict[str, Any]:
    fields = (field for field in attrs.fields(type(thing)) if field.repr)
    return {field.name: getattr(thing, field.name) for field in fields}


def _cut(name: str, values: Mapping[str, Any]) -> str:
    """Return the values that fit into a dozen lines, each of them short."""
    empty = [key for key, value in values.items() if value is None]
    parts = [f"{k}={in_short(v)}" for k, v in values.items() if v is not None]
    if empty:
        parts.append(f"None: {', '.join(empty)}"[:_WIDTH])
    text = ", ".join(part.replace(" ", _NO_BREAK) for part in parts)
    lines = wrap(text, _WIDTH - 4, break_long_words=False, break_on_hyphens=False)
    if len(lines) > _LINES - 2:
        lines = [*lines[: _LINES - 3], "..."]
    body = "\n".join(f"    {line}" for line in lines).replace(_NO_BREAK, " ")
    return f"<{name}:\n{body}>"


def in_short(value: Any) -> str:
    """Return a value as one short piece of text."""
    if isinstance(value, np.ndarray) and value.ndim == 1:
        value = tuple(value.tolist())
    if isinstance(value, enum.Enum):
        return f"{type(value).__name__}.{value.name}"
    if isinstance(value, (tuple, list, frozenset, set)):
        return _items_in_short(list(value), len(value))
    text = " ".join(repr(value).split())
    return text if len(text) <= _PIECE else _cut_piece(value, text)


def _cut_piece(value: Any, text: str) -> str:
    if isinstance(value, str):
        return text[: _PIECE - 4].rstrip() + "..." + text[-1]
    if isinstance(value, Mapping):
        return f"<{len(value)} entries>"
    if isinstance(value, np.ndarray):
        return f"<array of {' by '.join(map(str, value.shape))}>"
    named = next((n for n in ("code", "name", "title") if hasattr(value, n)), None)
    told = f" {in_short(getattr(value, named))}" if named else ""
    return f"<{type(value).__name__}{told}>"


def _items_in_short(items: list[Any], length: int) -> str:
    if not items:
        return "()"
    if _is_list_of_objects(items):
        kinds = sorted({type(item).__name__ for item in items})
        return f"<{length} {' or '.join(kinds)}>"
    texts = [_item_in_short(item) for item in items[: _PIECE // 2]]
    whole = ", ".join(texts)
    if len(texts) == length and len(whole) <= _PIECE:
        return f"({whole}{',' if length == 1 else ''})"
    shown = [texts[0]]
    for text in texts[1:]:
        if sum(map(len, shown)) + 2 * len(shown) + len(text) > _PIECE - 16:
            break
        shown.append(text)
    return f"({', '.join(shown)}, ... {length} in all)"


def _item_in_short(item: Any) -> str:
    if isinstance(item, float):
        return f"{item:.4g}"
    text = " ".join(
        str(item.name if isinstance(item, enum.Enum) else repr(item)).split()
    )
    return text if len(text) <= _PIECE // 2 else text[: _PIECE // 2 - 3] + "..."


def _is_list_of_objects(value: Any) -> bool:
    return (
        isinstance(value, (tuple, list))
        and bool(value)
        and all(attrs.has(type(item)) for item in value)
    )


def _cell(value: Any) -> str:
    """Return a value as a cell: rounded, and a result by its leading figures."""
    if isinstance(value, float):
        return f"{value:.4g}"
    for names in _FIGURES:
        found: list[Any] = [getattr(value, name, None) for name in names]
        if all(isinstance(one, (int, float)) for one in found):
            middle, low, high = (f"{float(one):.4g}" for one in found)
            return f"{middle} ({low} to {high})"
    if isinstance(p_value := getattr(value, "p_value", None), float):
        return f"P = {p_value:.4g}"
    if isinstance(value, enum.Enum):
        return html.escape(value.name.lower())
    text = in_short(value)
    return html.escape(text[1:-1] if isinstance(value, str) else text)


def _table(name: str, items: Iterable[Any]) -> str:
    """Return the first objects of a list as a table with a column a value."""
    rows = [_told(item) for item in items]
    columns = [*dict.fromkeys(key for row in rows for key in row)]
    shown = [c for c in columns if any(row.get(c) is not None for row in rows)]
    head = "".join(f"<th>{html.escape(column)}</th>" for column in shown[:_COLUMNS])
    body = "".join(
        "<tr>"
        + "".join(
            f"<td>{_cell(row[c]) if c in row else ''}</td>" for c in shown[:_COLUMNS]
        )
        + "</tr>"
        for row in rows[:_ROWS]
    )
    more = len(rows) - _ROWS
    return (
        f"<table><caption>{html.escape(name)}</caption><thead><tr>{head}</tr></thead>"
        f"<tbody>{body}</tbody></table>"
        + (f"<p>and {more} more</p>" if more > 0 else "")
    )
