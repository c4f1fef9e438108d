"""Reading the counts of a study from JSON, and refusing what is none."""

import json
from collections import Counter
from typing import Any, Final, NoReturn

from iph._bound import Bound
from iph.errors import InputError

SET: Final = "set"
"""The name under which JSON holds a set of codes."""

BOUND: Final = "bound"
"""The name under which JSON holds the sign and the limit of a bound."""

_TEXTS: Final = (
    "protocol",
    "criteria",
    "population",
    "by",
    "recovery_group",
    "coagulation",
    "volume",
    "label",
)
_LISTS: Final = ("notes", "not_read")
_KEYS: Final = frozenset({"format", *_TEXTS, *_LISTS, "synthetic", "tables"})

Tables = dict[tuple[str, ...], Counter[tuple[Any, ...]]]


def read_counts(text: str, wanted: str) -> tuple[dict[str, Any], Tables]:
    """Return what was asked, and the tables."""
    try:
        content = json.loads(text, parse_constant=_refuse)
    except (ValueError, TypeError, RecursionError) as error:
        raise InputError("text", "JSON of counts of a study", str(error)) from None
    if not isinstance(content, dict) or content.get("format") != wanted:
        found = content.get("format") if isinstance(content, dict) else type(content)
        raise InputError("text", f"of the format {wanted}", found)
    if content.keys() != _KEYS:
        odd = sorted(content.keys() ^ _KEYS)
        raise InputError("text", f"an object with {', '.join(sorted(_KEYS))}", odd)
    head = {name: content[name] for name in _KEYS - {"format", "tables"}}
    for name in _TEXTS:
        if not isinstance(head[name], str):
            raise InputError(name, "a text", head[name])
    for name in _LISTS:
        if not _are_texts(head[name]):
            raise InputError(name, "a list of texts", head[name])
    if not isinstance(head["synthetic"], bool):
        raise InputError("synthetic", "true or false", head["synthetic"])
    if not isinstance(content["tables"], list):
        raise InputError("tables", "a list", content["tables"])
    tables: Tables = {}
    for one in content["tables"]:
        path, table = _table(one)
        if path in tables:
            raise InputError("tables", "each once", path)
        tables[path] = table
    return head, tables


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is no count and no value")


def _are_texts(values: object) -> bool:
    return isinstance(values, list) and all(isinstance(v, str) for v in values)


def _table(one: Any) -> tuple[tuple[str, ...], Counter[tuple[Any, ...]]]:
    if not isinstance(one, dict) or one.keys() != {"table", "cells"}:
        raise InputError("tables", "objects with table and cells", one)
    path, cells = one["table"], one["cells"]
    if not _are_texts(path) or not isinstance(cells, list):
        raise InputError("tables", "named by a list of texts, with a list", path)
    name = " ".join(path)
    found: Counter[tuple[Any, ...]] = Counter()
    for cell in cells:
        if not isinstance(cell, list) or len(cell) != 2 or type(cell[1]) is not int:
            raise InputError(name, "pairs of values and a whole number", cell)
        key, n = cell
        if not isinstance(key, list) or n < 1:
            raise InputError(name, "a list of values, and a count above 0", cell)
        values = tuple(_value(name, value) for value in key)
        if values in found:
            raise InputError(name, "each combination of values once", key)
        found[values] = n
    if len({len(key) for key in found}) > 1:
        raise InputError(name, "rows of one length", sorted({len(k) for k in found}))
    return tuple(path), found


def _value(name: str, value: Any) -> Any:
    if isinstance(value, dict) and value.keys() == {SET} and _are_texts(value[SET]):
        return frozenset(value[SET])
    if isinstance(value, dict) and value.keys() == {BOUND} and _is_pair(value[BOUND]):
        return Bound(*value[BOUND])
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    rule = "numbers, texts, yes/no, null, bounds and sets of texts"
    raise InputError(name, rule, value)


def _is_pair(value: object) -> bool:
    return isinstance(value, list) and len(value) == 2
