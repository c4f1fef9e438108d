"""Columns of numbers of a dataframe in which some are known by a bound alone."""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from iph._bound import SPELLINGS, Bound
from iph._fields import DeclaredField
from iph.criteria._bound_columns import sign_column
from iph.study._counting import cells

_SIGNS = frozenset(spelling for each in SPELLINGS.values() for spelling in each)


def sign_column_of(
    column: Any, columns: Iterable[str], declared: Mapping[str, DeclaredField]
) -> str | None:
    """Return the column that holds the signs of a column of numbers, if there is one.

    A column that a study declares has signs if its field takes bounds.
    """
    if not isinstance(column, str):  # an expression
        return None
    name, own = sign_column(column), declared.get(column)
    if name not in set(columns) or name in declared:
        return None
    return name if own is None or own.declaration.bounded else None


def counted_values(
    frame: Any,
    column: Any,
    groups: Mapping[str, Any],
    declared: Mapping[str, DeclaredField],
    *,
    missing: Iterable[Any],
    most: int,
) -> Counter[tuple[Any, ...]]:
    """Count the values and bounds of a column, by groups."""
    sign = sign_column_of(column, frame.collect_schema().names(), declared)
    if sign is None:
        return cells(frame, {"iph_v": column, **groups}, missing=missing, most=most)
    keys = {"iph_v": column, "iph_s": sign, **groups}
    return _folded(
        cells(frame, keys, missing=missing, most=most), is_declared=column in declared
    )


def _folded(
    counted: Counter[tuple[Any, ...]], *, is_declared: bool
) -> Counter[tuple[Any, ...]]:
    """Join the number and the sign, the first two of each row, to a bound.

    Without a declaration a column of other cells than signs is one of another kind.
    """
    told = {row[1] for row in counted if row[1] is not None}
    as_bounds = is_declared or told <= _SIGNS
    found: Counter[tuple[Any, ...]] = Counter()
    for (value, sign, *groups), n in counted.items():
        limit = _number(value) if as_bounds and sign is not None else None
        found[value if limit is None else Bound(sign, limit), *groups] += n
    return found


def _number(value: Any) -> float | None:
    """Return a limit as a number; None if it is none."""
    if isinstance(value, bool):
        return None
    try:
        return float(value)
    except (TypeError, ValueError):
        return None
