"""Columns of a table on an engine as whole numbers, each of which stands for a value.

An engine counts whole numbers alike wherever it runs, several of them are packed into
one, and only Python knows what they mean: it reads every distinct cell as declared.
"""

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from typing import Any, Final, TypeVar

import attrs

from iph.errors import DataError

_Key = TypeVar("_Key", bound=Hashable)

FAR: Final = 1 << 62
"""Beyond it packed numbers would not fit into 64 bits."""

_DIGITS: Final = 6  # decimals that a measured number may have
_RANGE: Final = 1 << 40  # steps between the least and the largest number of a column
_CASES: Final = 1_000  # comparisons in one expression
_NEAR: Final = 1e-3  # a step; far more than a float of that range can be off


@attrs.frozen(eq=False)
class EngineColumn:
    """A column of whole numbers from 0 on, never null, and what each stands for.

    Attributes
    ----------
    expr : narwhals.Expr
        The number of each row.
    size : int
        One above the largest number.
    values : mapping
        What the numbers that occur stand for.
    """

    expr: Any
    size: int
    values: Mapping[int, Any]

    def mapped(self, change: Callable[[Any], Any]) -> "EngineColumn":
        """Return the column of what a function makes of each value."""
        changed = {code: change(value) for code, value in self.values.items()}
        return attrs.evolve(self, values=changed)

    def where(self, holds: Callable[[Any], Any]) -> Any:
        """Return the rows whose value a function accepts; the values are few."""
        import narwhals.stable.v2 as nw

        codes = [code for code, value in self.values.items() if holds(value)]
        return self.expr.is_in(codes) if codes else nw.lit(value=False)

    def somebody(self, holds: Callable[[Any], Any]) -> bool:
        """Whether a function accepts any of the values that occur."""
        return any(holds(value) for value in self.values.values())

    def few(self, name: str) -> "EngineColumn":
        """Return the same with one number a distinct value, as a group needs it."""
        import narwhals.stable.v2 as nw

        runs: list[tuple[int, Any]] = []  # where each run of one value ends
        for code in sorted(self.values):
            if runs and runs[-1][1] == self.values[code]:
                runs[-1] = (code, runs[-1][1])
            else:
                runs.append((code, self.values[code]))
        places = {value: place for place, value in enumerate(dict(_turned(runs)))}
        if len(runs) > _CASES:
            raise too_many(name)
        found = nw.lit(places[runs[-1][1]] if runs else 0, nw.Int64())
        for end, value in reversed(runs[:-1]):
            here = nw.lit(places[value], nw.Int64())
            found = nw.when(self.expr <= end).then(here).otherwise(found)
        values = {place: value for value, place in places.items()}
        return EngineColumn(found, max(len(places), 1), values)


def _turned(runs: Iterable[tuple[int, Any]]) -> Iterable[tuple[Any, int]]:
    return ((value, end) for end, value in runs)


def too_many(name: str) -> DataError:
    """Return the error of a column that has too many different values."""
    return DataError(
        f"{name} has too many different values to be counted where it lies; round or "
        "grade it first"
    )


def constant(value: Any = None) -> EngineColumn:
    """Return a column of one value."""
    import narwhals.stable.v2 as nw

    return EngineColumn(nw.lit(0, nw.Int64()), 1, {0: value})


def yes_no(answer: Any) -> EngineColumn:
    """Return the column of an answer; no where it is null."""
    return chosen([(answer, True)], False)


def answered(answer: Any) -> EngineColumn:
    """Return the column of an answer of three values; None where it is null."""
    return chosen([(answer, True), (~answer, False)], None)


def chosen(cases: Iterable[tuple[Any, Any]], otherwise: Any) -> EngineColumn:
    """Return the value of the first condition that holds; one that is null does not."""
    import narwhals.stable.v2 as nw

    listed = list(cases)
    found = nw.lit(len(listed), nw.Int64())
    for place, (condition, _) in reversed(list(enumerate(listed))):
        found = nw.when(condition).then(nw.lit(place, nw.Int64())).otherwise(found)
    values = dict(enumerate([*(value for _, value in listed), otherwise]))
    return EngineColumn(found, len(values), values)


def of_numbers(name: str, column: Any, numbers: Iterable[float]) -> EngineColumn:
    """Return a column of numbers, null where missing, by its distinct ones.

    Decimals are counted in steps of their last digit.
    """
    import narwhals.stable.v2 as nw

    listed = sorted(set(numbers))
    if not listed:
        return constant()
    for digits in range(_DIGITS + 1):
        steps = [number * 10**digits for number in listed]
        codes = [round(step) for step in steps]
        near = all(abs(s - c) < _NEAR for s, c in zip(steps, codes, strict=True))
        if near and len(set(codes)) == len(codes):
            break
    else:
        return _by_comparison(name, column, listed)
    low, size = codes[0], codes[-1] - codes[0] + 2
    if size > _RANGE:
        return _by_comparison(name, column, listed)
    scaled = column.cast(nw.Float64()) * float(10**digits) if digits else column
    code = scaled.round(0).cast(nw.Int64()) - low
    none = nw.lit(size - 1, nw.Int64())
    values: dict[int, Any] = {
        code - low: number for code, number in zip(codes, listed, strict=True)
    }
    found = nw.when(~column.is_null()).then(code).otherwise(none)
    return EngineColumn(found, size, {**values, size - 1: None})


def _by_comparison(name: str, column: Any, listed: Sequence[float]) -> EngineColumn:
    """Give each value a number where no decimal step fits, if they are few."""
    if len(listed) > _CASES:
        raise too_many(name)
    return chosen([(column == number, number) for number in listed], None)


def of_cells(name: str, column: Any, cells: Mapping[Any, Any]) -> EngineColumn:
    """Return a column of texts or yes/no, by what each distinct cell stands for."""
    if len(cells) > _CASES:
        raise too_many(name)
    return chosen([(column == cell, value) for cell, value in cells.items()], None)


def kept_columns(
    columns: Mapping[_Key, EngineColumn], names: Mapping[_Key, str]
) -> tuple[dict[str, Any], dict[_Key, EngineColumn]]:
    """Return the columns as the engine keeps them, and what stands for them then."""
    import narwhals.stable.v2 as nw

    kept = {names[key]: column.expr for key, column in columns.items()}
    return kept, {
        key: attrs.evolve(column, expr=nw.col(names[key]))
        for key, column in columns.items()
    }


def packed(name: str, columns: Sequence[EngineColumn]) -> Any:
    """Return several columns as one number a row."""
    expr, size = columns[0].expr, columns[0].size
    for column in columns[1:]:
        expr, size = expr * column.size + column.expr, size * column.size
    if size > FAR:
        raise too_many(name)
    return expr


def unpacked(number: int, columns: Sequence[EngineColumn]) -> tuple[Any, ...]:
    """Return the values that a packed number stands for."""
    found = []
    for column in reversed(columns):
        number, code = divmod(number, column.size)
        found.append(column.values[code])
    return tuple(reversed(found))
