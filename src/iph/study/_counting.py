"""Counting where the data lie: one grouped count, and only its cells come back."""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any, Final

from iph._bound import Bound
from iph._checks import plain
from iph._collecting import collected
from iph._labels import declared_order
from iph._options import each
from iph._scalars import is_missing
from iph.errors import DataError, InputError
from iph.scales._measure import expression

MOST_CELLS: Final = 100_000
MOST_ROWS: Final = 1_000_000_000  # that any engine can be asked for
"""Distinct combinations that a count may come back with."""

_COUNT = "iph_n"


def opened(frame: Any, columns: Iterable[Any]) -> Any:
    """Return a frame, eager or lazy as it is, that has the columns given by name."""
    import narwhals.stable.v2 as nw

    try:
        found = nw.from_native(frame)
    except TypeError:
        raise InputError(
            "frame", "a dataframe that narwhals takes", type(frame)
        ) from None
    except nw.exceptions.DuplicateError:
        raise InputError(
            "frame", "a dataframe whose columns have different names", list(frame)
        ) from None
    schema = found.collect_schema()
    names = schema.names()
    for column in columns:
        if not isinstance(column, str):
            continue
        if column not in names:
            raise InputError("column", f"one of: {', '.join(map(str, names))}", column)
        cell = _of_several(found, column, schema[column])
        if cell is not None:
            raise InputError(column, "a column of one value a cell", cell)
    return found


def _of_several(frame: Any, column: str, kind: Any) -> object | None:
    """Return a cell that holds several values, or their type; None if none does."""
    import narwhals.stable.v2 as nw

    if kind.is_nested():
        return str(kind)
    if kind != nw.Object() or isinstance(frame, nw.LazyFrame):
        return None
    several = (cell for cell in frame[column] if isinstance(cell, (list, dict, set)))
    return next(several, None)


def cells(
    frame: Any, keys: Mapping[str, Any], *, missing: Iterable[Any], most: int
) -> Counter[tuple[Any, ...]]:
    """Count the rows of a frame by some columns or expressions, in one pass.

    Missing in every form (null, NaN, NA, and the values declared to mean it) is None.
    """
    import narwhals.stable.v2 as nw

    asked = {name: expression(key, "a column") for name, key in keys.items()}
    counted = collected(
        frame.lazy()
        .select(**asked)
        .group_by(*asked)
        .agg(nw.len().alias(_COUNT))
        .head(most + 1)
    )
    return gathered(counted.select(*asked, _COUNT).iter_rows(), missing, most)


def single_values(missing: Iterable[Any]) -> tuple[Any, ...]:
    """Return the values that say "not recorded"; each must be a text or a number."""
    rule = "a list of texts and numbers that mean missing"
    listed = [one for one in each(missing, "missing", rule) if not is_missing(one)]
    try:
        frozenset(listed)
    except TypeError:
        raise InputError("missing", rule, missing) from None
    return tuple(listed)


def gathered(
    rows: Iterable[tuple[Any, ...]], missing: Iterable[Any], most: int
) -> Counter[tuple[Any, ...]]:
    """Add up counted rows; several may be one once missing is one thing."""
    absent = frozenset(single_values(missing))
    clean = []
    for *key, n in rows:
        values = (plain(value) for value in key)
        clean.append((*(None if v in absent else v for v in values), int(n)))
    if len(clean) > most:  # as fetched, where one more than the most may be the last
        raise DataError(
            f"there are more than {most} different combinations of values to count; "
            "round or grade the values first, or raise `most_cells`"
        )
    *keys, counts = zip(*clean, strict=True) if clean else ((),)
    read = [truths(column) for column in keys]
    found: Counter[tuple[Any, ...]] = Counter()
    for *row, n in zip(*keys, counts, strict=True):
        found[tuple(as_read[v] for as_read, v in zip(read, row, strict=True))] += n
    return found


def truths(values: Iterable[Any]) -> dict[Any, Any]:
    """Return what each value is, where an engine for want of a missing yes/no has text.

    A column of nothing but "true" and "false" is one of yes and no.
    """
    distinct = set(values)
    words = {value for value in distinct if value is not None}
    if not words or not all(isinstance(word, str) for word in words):
        return {value: value for value in distinct}
    if not {word.lower() for word in words} <= {"true", "false"}:
        return {value: value for value in distinct}
    return {v: None if v is None else v.lower() == "true" for v in distinct}


def of_one_kind(read: Mapping[Any, Any]) -> dict[Any, Any]:
    """Return values of several kinds as texts: none is taken for one of another kind.

    The number 2 and the text "2" are one level, and True among words is a word.
    """
    kinds = {_kind(value) for value in read.values() if value is not None}
    if len(kinds) < 2:
        return dict(read)
    return {raw: None if v is None else _in_words(v) for raw, v in read.items()}


def _kind(value: Any) -> str:
    if isinstance(value, (bool, str)):
        return type(value).__name__
    return "number" if isinstance(value, (int, float, Bound)) else "other"


def _in_words(value: Any) -> str:
    whole = isinstance(value, float) and value.is_integer()
    return str(int(value) if whole else value)


def declared_levels(frame: Any, column: object) -> tuple[Any, ...]:
    """Return the levels of an ordered categorical in a frame; none of other columns."""
    import narwhals.stable.v2 as nw

    if not isinstance(column, str) or isinstance(frame, nw.LazyFrame):
        return ()
    return declared_order(frame[column].to_native()) or ()


def in_order(values: Iterable[Any]) -> tuple[Any, ...]:
    """Return distinct values sorted; those of several types by type first."""
    distinct = set(values)
    if Bound in set(map(type, distinct)) and not any(map(_is_text, distinct)):
        return tuple(sorted(distinct, key=_place_of))
    try:
        return tuple(sorted(distinct))
    except TypeError:
        return tuple(sorted(distinct, key=lambda v: (type(v).__name__, str(v))))


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _place_of(value: Any) -> tuple[float, int]:
    """Return where a number or bound stands; a bound stands beside its limit."""
    if not isinstance(value, Bound):
        return float(value), 0
    beside = int(not value.operator.endswith("="))
    return value.value, -1 - beside if value.is_upper else 1 + beside
