"""The distinct cells of the columns that a study asks for, read as it declares them."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

import attrs

from iph._carried import CARRIED
from iph._checks import plain
from iph._collecting import collected
from iph._fields import Declaration, DeclaredField, Kind, cell
from iph.criteria._frame_words import NUMERAL
from iph.errors import DataError, InputError
from iph.study._declared_columns import accepted_cells
from iph.study._engine._carried import carried_cells
from iph.study._engine._coding import EngineColumn, of_cells, of_numbers
from iph.study._engine._melting import melted

MOST_DISTINCT: Final = 1_000_000
"""Distinct cells that all columns of a study may have together."""

ID: Final = "patient_id"

_KEYS: Final = ("iph_title", "iph_c", "iph_v", "iph_s")

_MEASURED: Final = {Kind.QUANTITY, Kind.DAYS}
_NUMBERS: Final = {*_MEASURED, Kind.GRADE}


@attrs.frozen(eq=False)
class ReadColumn:
    """A recorded column: its distinct cells, and what each says.

    Attributes
    ----------
    field : DeclaredField
        What it holds.
    is_number, is_yes_no : bool
        Whether its cells are numbers, or yes/no, to the engine.
    said : mapping
        What each distinct cell says, in the type of the field; None for missing.
    n : mapping
        How many cells are alike.
    """

    field: DeclaredField
    is_number: bool
    is_yes_no: bool
    said: Mapping[Any, Any]
    n: Mapping[Any, int]

    def typed(self) -> Any:
        """Return the column as rules ask it: number, yes/no or code; null if missing.

        Null, NaN and whatever is declared to say "not recorded" are one thing then.
        """
        import narwhals.stable.v2 as nw

        column, kind = nw.col(self.field.name), self.field.declaration.kind
        missing = [raw for raw, value in self.said.items() if value is None]
        missing = [raw for raw in missing if raw is not None]
        if self.is_number and kind in _NUMBERS:
            known = (column - column) == 0  # false for NaN, which statistics hide
            if missing:
                known = known & ~column.is_in(missing)
            return nw.when(known).then(column.cast(nw.Float64()))
        if self.is_yes_no and kind is Kind.YES_NO:
            return column
        if self.is_yes_no:
            column = nw.when(column).then(nw.lit("true")).otherwise(nw.lit("false"))
        if kind in _MEASURED:
            text = column.str.strip_chars()
            numeral = nw.when(text.str.contains(NUMERAL)).then(text)
            number = numeral.otherwise(nw.lit(None, nw.String())).cast(nw.Float64())
            return nw.when(~column.is_in(missing)).then(number) if missing else number
        return self._translated(column)

    def _translated(self, column: Any) -> Any:
        """Return a code for each word, by comparison with every word that occurs."""
        import narwhals.stable.v2 as nw

        kind = self.field.declaration.kind
        dtype = {Kind.YES_NO: nw.Boolean(), Kind.GRADE: nw.Float64()}.get(kind)
        found = nw.lit(None, dtype or nw.String())
        words: dict[Any, list[Any]] = {}
        for raw, value in self.said.items():
            if value is not None:
                words.setdefault(cell(self.field, value), []).append(raw)
        if dtype is None and all([code] == raws for code, raws in words.items()):
            return nw.when(column.is_in(sorted(words))).then(column) if words else found
        for code, raws in words.items():
            cell_of = float(code) if kind is Kind.GRADE else code
            same = column.is_in(raws) if len(raws) > 1 else column == raws[0]
            found = nw.when(same).then(nw.lit(cell_of, dtype)).otherwise(found)
        return found

    def coded(self) -> EngineColumn:
        """Return the typed column by numbers."""
        import narwhals.stable.v2 as nw

        values = {value for value in self.said.values() if value is not None}
        return coded(self.field.name, nw.col(self.field.name), self.field, values)


def coded(
    name: str, column: Any, field: DeclaredField, values: Iterable[Any]
) -> EngineColumn:
    """Return a typed column by numbers, given the values of the field that occur."""
    if field.declaration.kind in _MEASURED:
        return of_numbers(name, column, values)
    if field.declaration.kind is Kind.GRADE:
        by_number = {float(int(value)): value for value in values}
        found = of_numbers(name, column, by_number)
        return found.mapped(by_number.get)
    listed = sorted(values, key=lambda value: str(cell(field, value)))
    return of_cells(name, column, {cell(field, value): value for value in listed})


def sign_of(field: DeclaredField) -> DeclaredField:
    """Return the field of the signs of bounds, such as ``inr_bound``."""
    declaration = Declaration(kind=Kind.IDENTIFIER, label=f"{field.name}, sign")
    name = f"{field.name}_bound"
    return attrs.evolve(field, name=name, path=(name,), declaration=declaration)


def distinct_cells(
    tables: Mapping[str, tuple[Any, Iterable[DeclaredField]]],
) -> dict[str, dict[str, ReadColumn]]:
    """Return the columns of some tables, each with its distinct cells, in one query.

    Raises
    ------
    InputError
        If cells are none that their field can hold; it names every such column.
    DataError
        If there are more distinct cells than a study has.
    """
    import narwhals.stable.v2 as nw

    kinds: dict[str, dict[str, Any]] = {}
    parts = []
    for title, (frame, fields) in tables.items():
        schema = frame.collect_schema()
        kinds[title] = {f.name: schema[f.name] for f in fields if f.name in schema}
        numbers = [n for n, kind in kinds[title].items() if kind.is_numeric()]
        texts = [n for n in kinds[title] if n not in numbers]
        parts += _melted(frame, title, numbers, texts, kinds[title])
    patients = tables["patients"][0]
    if patients.implementation.is_spark_like():
        cells = _counted_at_once([*parts, _pseudonym_cells(patients)])
    else:
        parts = [_counted(part) for part in parts]
        cells = nw.concat([*parts, _pseudonyms(patients)], how="vertical")
    fetched = collected(cells.head(MOST_DISTINCT + 1))
    counts: dict[tuple[str, str], dict[Any, int]] = {}
    for title, name, number, text, n in fetched.select(*_KEYS, "iph_n").iter_rows():
        raw = plain(number) if plain(text) is None else plain(text)
        seen = counts.setdefault((title, name), {})
        seen[raw] = seen.get(raw, 0) + int(n)
    wrong = list(_wrong_pseudonyms(counts.pop(("patients", ID), {})))
    if len(fetched) > MOST_DISTINCT and not wrong:
        raise DataError(
            f"there are more than {MOST_DISTINCT} different cells; round or grade the "
            "values first"
        )
    found: dict[str, dict[str, ReadColumn]] = {}
    for title, (_, fields) in tables.items():
        found[title] = {}
        for field in fields:
            if field.name not in kinds[title]:
                continue
            counted, kind = (
                counts.get((title, field.name), {}),
                kinds[title][field.name],
            )
            try:
                said = (
                    carried_cells(field.name, counted)
                    if field.name in CARRIED
                    else accepted_cells(field, counted.items())
                )
            except InputError as problem:
                wrong.append(problem)
                continue
            found[title][field.name] = ReadColumn(
                field, kind.is_numeric(), kind == nw.Boolean(), said, counted
            )
    if len(wrong) == 1:
        raise wrong[0]
    if wrong:
        rule = "tables whose cells are as the study declares them"
        raise InputError(
            "records",
            rule,
            f"{len(wrong)} columns that are not",
            "; ".join(map(str, wrong)),
        )
    return found


def _pseudonyms(patients: Any) -> Any:
    """Return how many pseudonyms stand how often; none for what is no pseudonym."""
    import narwhals.stable.v2 as nw

    times = (
        patients.select(iph_id=nw.col(ID).cast(nw.String()))
        .group_by("iph_id")
        .agg(iph_k=nw.len())
    )
    given = nw.when(~nw.col("iph_id").is_null()).then(nw.col("iph_k"))
    return (
        times.select(iph_v=given.cast(nw.Float64()))
        .group_by("iph_v")
        .agg(iph_n=nw.len())
        .select(
            nw.lit("patients").alias("iph_title"),
            nw.lit(ID).alias("iph_c"),
            "iph_v",
            nw.lit(None, nw.String()).alias("iph_s"),
            iph_n=nw.col("iph_n").cast(nw.Int64()),
        )
    )


def _wrong_pseudonyms(times: Mapping[Any, int]) -> Iterable[InputError]:
    """Yield what is wrong with pseudonyms: one is missing, or stands twice."""
    rule = "one for each patient"
    twice = sum(n for k, n in times.items() if k is not None and k > 1)
    if twice:
        yield InputError(ID, rule, f"{twice} that stand in several rows")
    if times.get(None):
        yield InputError(ID, rule, "rows without one")


def _melted(
    frame: Any,
    title: str,
    numbers: list[str],
    texts: list[str],
    kinds: Mapping[str, Any],
) -> list[Any]:
    """Return the numbers and the texts of a table, one row a cell."""
    import narwhals.stable.v2 as nw

    def text(name: str) -> Any:
        """Return a column of texts; one that is empty for null, which some drop."""
        column = nw.col(name)
        if kinds[name] != nw.Boolean():
            return column.cast(nw.String()).fill_null("")
        no = nw.when(~column).then(nw.lit("false")).otherwise(nw.lit(""))
        return nw.when(column).then(nw.lit("true")).otherwise(no)

    whole = {name: nw.col(name).cast(nw.Float64()) for name in numbers}
    words = {name: text(name) for name in texts}
    found = []
    for columns, value, other in ((whole, "iph_v", "iph_s"), (words, "iph_s", "iph_v")):
        if not columns:
            continue
        dtype = nw.String() if other == "iph_s" else nw.Float64()
        cells = melted(frame.select(**columns), columns, "iph_c", value)
        none = nw.lit(None, dtype).alias(other)
        found.append(
            cells.with_columns(nw.lit(title).alias("iph_title"), none).select(*_KEYS)
        )
    return found


def _counted(cells: Any) -> Any:
    """Return how many cells are alike."""
    import narwhals.stable.v2 as nw

    counted = cells.group_by(*_KEYS).agg(iph_n=nw.len())
    return counted.with_columns(iph_n=nw.col("iph_n").cast(nw.Int64()))


def _counted_at_once(cells: list[Any]) -> Any:
    """Return how many cells of all tables are alike, in one sorting of them.

    Spark has a job for each table that it counts alone. Of a pseudonym is told how
    often it stands, if not once; none is fetched.
    """
    import narwhals.stable.v2 as nw

    found = _counted(nw.concat(cells, how="vertical"))
    is_id, n = nw.col("iph_c") == ID, nw.col("iph_n")
    known = nw.col("iph_s") != ""
    found = found.filter(~is_id | ~known | (n > 1))
    times = nw.when(known).then(n.cast(nw.Float64()))
    return found.with_columns(
        iph_v=nw.when(is_id).then(times).otherwise(nw.col("iph_v")),
        iph_s=nw.when(~is_id).then(nw.col("iph_s")),
        iph_n=nw.when(is_id).then(nw.lit(1, nw.Int64())).otherwise(n),
    )


def _pseudonym_cells(patients: Any) -> Any:
    """Return the pseudonyms as cells, each after a mark; empty for none."""
    import narwhals.stable.v2 as nw

    one = nw.col(ID).cast(nw.String())
    marked = nw.concat_str(nw.lit("="), one)
    return patients.select(
        nw.lit("patients").alias("iph_title"),
        nw.lit(ID).alias("iph_c"),
        nw.lit(None, nw.Float64()).alias("iph_v"),
        nw.when(~one.is_null()).then(marked).otherwise(nw.lit("")).alias("iph_s"),
    )
