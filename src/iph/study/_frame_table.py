"""A table of characteristics counted where the data lie."""

import datetime as dt
import math
from collections import Counter
from collections.abc import Iterable, Mapping
from itertools import islice
from typing import Any, Literal

import attrs

from iph._checks import plain, whole
from iph._collecting import collected
from iph._fields import DeclaredField, Kind
from iph._options import each, instance, switch
from iph.errors import InputError
from iph.protocol._protocol import Protocol
from iph.study._characteristics import (
    NOBODY_GROUPED,
    Characteristic,
    Shape,
    of_field,
)
from iph.study._counting import (
    MOST_CELLS,
    MOST_ROWS,
    cells,
    declared_levels,
    gathered,
    in_order,
    of_one_kind,
    opened,
    single_values,
    truths,
)
from iph.study._declared_columns import declared_columns, read_as_declared
from iph.study._frame_bounds import counted_values, sign_column_of
from iph.study._numbering import grouped_counts
from iph.study._table_one import DescriptionRules, Table, described

Declared = Mapping[str, DeclaredField]
Counts = Counter[tuple[Any, Any]]
"""How many rows have which value in which group; None for missing."""


def describe_frame(
    frame: Any,
    columns: Iterable[str],
    *,
    by: str | None = None,
    protocol: Protocol[Any] | None = None,
    description: Literal["shapiro-wilk", "mean", "median"] = "median",
    quartiles: str = "weibull",
    missing: Iterable[Any] = ("",),
    most_cells: int = MOST_CELLS,
    p_values: bool = False,
    seed: int = 2023,
) -> Table:
    """Describe columns of a dataframe, overall and by group, where the data lie.

    What were the patients of a registry like? Only the distinct values of each column
    and their counts are fetched, in one query where the engine is lazy; the table is
    made of them and equals that of the patients themselves.

    Parameters
    ----------
    frame : dataframe
        Anything that narwhals takes (pandas, Polars, PyArrow, DuckDB, Dask, PySpark,
        SQLFrame, Ibis), eager or lazy.
    columns : iterable of str
        What to describe. A column of numbers is described as a number, one of texts or
        yes/no as a category; one of several kinds as a category of texts, in which the
        number 2 and the text "2" are one level. Where ``NAME_bound`` beside it holds
        signs such as ">", the numbers are bounds: ranked by the test, and heeded by the
        quartiles.
    by : str, optional
        What to group by.
    protocol : Protocol, optional
        The study, whose fields say what the columns of their names hold: label, unit,
        and the codes in their order, also those that nobody has. Words are read as
        `iph.criteria.screen` does. Without one, a name says nothing.
    description : {"shapiro-wilk", "mean", "median"}, default "median"
        When a number is described by its mean and when by its median.
    quartiles : str, default "weibull"
        The rule of the quartiles; see `iph.stats.quartiles`.
    missing : iterable, default ("",)
        Values that say "not recorded", beside null, NaN and NA.
    most_cells : int, default 100,000
        The most combinations of value and group that may come back of a column.
    p_values : bool, default False
        Whether to test each row between the groups: by Fisher's test, grades and
        numbers by ranks.
    seed : int, default 2023
        The seed of simulated p-values, where exact ones would take too long.

    Returns
    -------
    Table
        With ``group``, ``columns``, ``sizes``, ``n_ungrouped`` and ``rows``, as in the
        table of a `Study`.

    Raises
    ------
    InputError
        If it is no dataframe, lacks a column, or if cells are none that a declared
        field can hold, with their number.
    DataError
        If a column has more distinct values than `most_cells`.

    See Also
    --------
    tally : One column, for a test of one's own.

    Notes
    -----
    Columns are described as they are. Nothing is called abnormal here, by reference
    ranges that the frame carries (``reference_ranges``) or by others: `analyze` and
    `count` classify, and heed them.

    Examples
    --------
    >>> from iph.evidence import published_cases
    >>> from iph.protocol import LI_2023_PROTOCOL
    >>> from iph.study import CategoryCell, NumberCell, describe_frame
    >>> frame = published_cases().patients_frame("polars").lazy()
    >>> table = describe_frame(frame, ["age_years", "sex"], protocol=LI_2023_PROTOCOL)
    >>> age, sex = table.rows
    >>> number, category = age.cells[0], sex.cells[0]
    >>> assert isinstance(number, NumberCell) and isinstance(category, CategoryCell)
    >>> number.description.median, number.n
    (59.0, 59)
    >>> dict(zip(sex.level_labels, category.counts))
    {'female': 15, 'male': 42}
    """
    asked = tuple(each(columns, "columns", "a list of names of columns"))
    for column in asked:
        instance(column, "columns", str, "names of columns")
    instance(by, "by", (str, type(None)), "the name of a column, or None")
    p_values = switch(p_values, "p_values")
    if not asked or len(set(asked)) != len(asked):
        raise InputError("columns", "different columns, at least one", asked)
    seed = whole(seed, "seed")
    most = min(whole(most_cells, "most_cells", low=1), MOST_ROWS)
    table = opened(frame, asked if by is None else (*asked, by))
    declared = declared_columns(protocol)
    for name, kind in table.collect_schema().items():
        if name in asked and name not in declared and kind.is_temporal():
            raise _no_days(name, "dates or times")  # an engine gives back texts
    absent = single_values(missing)
    counted = _counted(table, asked, by, absent, most)
    for name in asked:
        if sign_column_of(name, table.collect_schema().names(), declared) is not None:
            group = {"iph_g": _no_group() if by is None else by}
            counted[name] = counted_values(
                table, name, group, declared, missing=absent, most=most
            )
    counted = {n: _read(n, by, counts, declared) for n, counts in counted.items()}
    groups = _groups(by, counted[asked[0]], declared, declared_levels(table, by))
    sizes = Counter[Any]()
    for (_, group), n in counted[asked[0]].items():
        sizes[group] += n
    characteristics = []
    for name in asked:
        overall: Counter[Any] = Counter()
        for (value, _), n in counted[name].items():
            overall[value] += n
        levels = declared_levels(table, name)
        what = _characteristic(name, overall, declared, levels)
        characteristics.append((what, counted[name]))
    rules = DescriptionRules(
        description=description, quartiles=quartiles, p_values=p_values, seed=seed
    )
    return described(
        characteristics, sizes, by=None if by is None else groups, rules=rules
    )


def _counted(
    frame: Any,
    columns: tuple[str, ...],
    by: str | None,
    missing: tuple[Any, ...],
    most: int,
) -> dict[str, Counts]:
    """Count every column by group."""
    import narwhals.stable.v2 as nw

    if isinstance(frame, nw.LazyFrame):
        return _in_one_query(frame, columns, by, missing, most)
    if frame.implementation.is_pandas():
        return {
            name: gathered(islice(rows, most + 1), missing, most)
            for name, rows in grouped_counts(frame.to_native(), columns, by)
        }
    group = _no_group() if by is None else nw.col(by)
    return {
        name: cells(frame, {"iph_v": name, "iph_g": group}, missing=missing, most=most)
        for name in columns
    }


def _no_days(name: str, found: Any) -> InputError:
    hint = "count days from a day zero, or leave the column out"
    return InputError(name, "numbers, words or yes/no", found, hint)


def _no_group() -> Any:
    import narwhals.stable.v2 as nw

    return nw.lit(None, nw.String())


def _in_one_query(
    frame: Any,
    columns: tuple[str, ...],
    by: str | None,
    missing: tuple[Any, ...],
    most: int,
) -> dict[str, Counts]:
    """Count each column, and stack the counts, numbers beside texts.

    A column is counted as it is stored, and only the counts are brought into one form.
    """
    import narwhals.stable.v2 as nw

    schema = frame.collect_schema()
    none_number, none_text = nw.lit(None, nw.Float64()), nw.lit(None, nw.String())
    group = none_text if by is None else nw.col(by)
    value = nw.col("iph_v")
    parts = []
    for place, name in enumerate(columns):
        number, text = schema[name].is_numeric(), value
        if schema[name] == nw.Boolean():
            no = nw.when(value == nw.lit(False)).then(nw.lit("false"))
            yes = nw.when(value == nw.lit(True)).then(nw.lit("true"))
            text = yes.otherwise(no.otherwise(none_text))
        parts.append(
            frame.select(iph_g=group, iph_v=nw.col(name))
            .group_by("iph_g", "iph_v")
            .agg(iph_count=nw.len())
            .head(most + 1)
            .select(
                "iph_g",
                "iph_count",
                iph_c=nw.lit(place),
                iph_n=value.cast(nw.Float64()) if number else none_number,
                iph_t=none_text if number else text.cast(nw.String()),
            )
        )
    counted = collected(nw.concat(parts, how="vertical"))
    rows: dict[int, list[tuple[Any, Any, Any]]] = {p: [] for p in range(len(columns))}
    for place, label, figure, text, n in counted.select(
        "iph_c", "iph_g", "iph_n", "iph_t", "iph_count"
    ).iter_rows():
        word = plain(text)  # some engines have NaN for a missing text
        rows[int(place)].append((figure if word is None else word, label, n))
    return {name: gathered(rows[p], missing, most) for p, name in enumerate(columns)}


def _read(name: str, by: str | None, counts: Counts, declared: Declared) -> Counts:
    """Read values and groups as the fields declare them; refuse what cannot be."""
    found: Counts = Counter()
    values = _values(name, [(value, n) for (value, _), n in counts.items()], declared)
    groups = _values(by or "", [(g, n) for (_, g), n in counts.items()], declared)
    for (value, group), n in counts.items():
        found[values[value], groups[group]] += n
    return found


def _values(
    name: str, counts: list[tuple[Any, int]], declared: Declared
) -> dict[Any, Any]:
    """Return each value as a characteristic has it."""
    if name in declared:
        return read_as_declared(declared[name], counts)
    for value, _ in counts:
        if isinstance(value, (dt.date, dt.time, dt.timedelta)):
            raise _no_days(name, value)
        if isinstance(value, float) and math.isinf(value):
            hint = "mend the cell, or name it in missing"
            raise InputError(name, "finite numbers", value, hint)
    return of_one_kind(truths(value for value, _ in counts))


def _groups(
    by: str | None, counts: Counts, known: Declared, order: tuple[Any, ...]
) -> Characteristic:
    """Return what the table is grouped by, with all groups that can be."""
    found = in_order(group for _, group in counts if group is not None)
    if by is None:
        return _undeclared("", ())
    declared = known.get(by)
    if declared is None:
        return _undeclared(by, order or found)
    what = of_field(declared)
    if declared.declaration.kind is Kind.YES_NO:
        return attrs.evolve(what, levels=(False, True), level_labels=("no", "yes"))
    if what.shape is not Shape.CATEGORY:
        raise InputError("by", "a column of one category each", by)
    return what


def _characteristic(
    name: str, overall: Counter[Any], known: Declared, order: tuple[Any, ...]
) -> Characteristic:
    declared = known.get(name)
    if declared is not None:
        return of_field(declared)
    if order:  # with the levels that nobody has
        return _undeclared(name, order)
    values = [value for value in overall if value is not None]
    if any(isinstance(value, bool) for value in values):
        return attrs.evolve(_undeclared(name, (True,)), level_labels=("yes",))
    if any(isinstance(value, str) for value in values):
        return _undeclared(name, in_order(values))
    return attrs.evolve(_undeclared(name, ()), shape=Shape.NUMBER)


def _undeclared(name: str, levels: tuple[Any, ...]) -> Characteristic:
    return Characteristic(
        name=name,
        label=name,
        unit=None,
        shape=Shape.CATEGORY,
        levels=levels,
        level_labels=tuple(str(level) for level in levels),
        column=NOBODY_GROUPED.column,
    )
