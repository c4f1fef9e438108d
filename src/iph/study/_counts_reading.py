"""Reading the counts of a study from JSON, and refusing what is none."""

from collections import Counter
from typing import Any, Final

from iph._bound import Bound
from iph.criteria._criterion import Criteria
from iph.errors import InputError
from iph.protocol._protocol import Protocol
from iph.study._counts_head import read_head

FORMAT: Final = "iph-study-counts/1"

SET: Final = "set"
"""The name under which JSON holds a set of codes."""

BOUND: Final = "bound"
"""The name under which JSON holds the sign and the limit of a bound."""

_LISTS: Final = ("notes", "not_read")
_OTHERS: Final = frozenset({"label", *_LISTS, "tables"})
_KIND: Final = ("counts of a study", FORMAT)

Tables = dict[tuple[str, ...], Counter[tuple[Any, ...]]]


def read_counts(
    text: str, protocol: Protocol[Any], criteria: Criteria | None
) -> tuple[dict[str, Any], Tables]:
    """Return what was asked and is said of the patients, and the tables."""
    head, content = read_head(text, _KIND, _OTHERS, protocol, criteria)
    if not isinstance(content["label"], str):
        raise InputError("label", "a text", content["label"])
    for name in _LISTS:
        if not _are_texts(content[name]):
            raise InputError(name, "a list of texts", content[name])
    if not isinstance(content["tables"], list):
        raise InputError("tables", "a list", content["tables"])
    tables: Tables = {}
    for one in content["tables"]:
        path, table = _table(one)
        if path in tables:
            raise InputError("tables", "each once", path)
        tables[path] = table
    return head | {name: content[name] for name in ("label", *_LISTS)}, tables


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
