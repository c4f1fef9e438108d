"""A mapping file: what the user says that columns and words of a table mean."""

import csv
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import attrs

from iph._display import Displayed
from iph._fields import Kind
from iph._options import pathname
from iph.errors import FileError
from iph.records._delimited import delimited_table
from iph.records._excel import excel_tables
from iph.records._formulas import rearmed
from iph.records._header import NUMBER, Asked
from iph.records._report import RecordError, shown
from iph.records._study import the_study
from iph.records._targets import DIAMETERS, normal, target_of

IGNORED: Final = "ignore"
MAPPING_HEADER: Final = ("column", "cell", "read_as", "comment")
NOT_RECORDED_WORD: Final = "not recorded"
MAPPING_SHEET: Final = "mapping"
"""The sheet of a mapping file that is a workbook."""

GUESS: Final = "?"
"""Stands before an answer that is a guess; it counts once the mark is removed."""

FIELD_LIST: Final = "(field)"
"""Stands in place of a column name where a field is listed, for you to choose from."""

WHOLE_SHEET: Final = "(sheet)"
"""Stands in place of a column name where an answer holds for the whole sheet."""

ROWS: Final = "(row)"
"""Stands in place of a column name where the rows are numbered to name patients."""

DECIMAL, HEADER, ENCODING, MISSING, DATE_ORDER = (
    "decimal mark",
    "header row",
    "encoding",
    "missing codes",
    "date order",
)
ANSWERS: Final = frozenset({DECIMAL, HEADER, ENCODING, MISSING, DATE_ORDER})
"""Questions about the whole sheet."""

_SINCE: Final = re.compile(r"\s*(\w+)\s+since\s+(.*\S)\s*", re.IGNORECASE)


def since(read_as: str) -> tuple[str, str] | None:
    """Return the field and the column of the zero, if a column of dates is meant."""
    found = _SINCE.fullmatch(read_as)
    return None if found is None else (found.group(1), found.group(2))


def _words() -> dict[str, dict[str, str]]:
    return {}


@attrs.frozen(kw_only=True)
class ColumnMapping(Displayed):
    """What columns and cells of a table mean, in the user's own words.

    Attributes
    ----------
    columns : mapping of str to str
        From column names (in their normal form) to names of fields, with a visit or
        another unit where there is one, or ``"ignore"``.
    cells : mapping of str to mapping
        From column names to what each cell text there is to be read as; empty for
        "not recorded".
    answers : mapping of str to str
        What holds for the whole sheet: ``decimal mark``, ``header row``, ``encoding``,
        ``missing codes``, or the name of a field that has one value for all patients.
    """

    columns: Mapping[str, str] = attrs.field(factory=dict)
    cells: Mapping[str, Mapping[str, str]] = attrs.field(factory=_words)
    answers: Mapping[str, str] = attrs.field(factory=dict)


def column_mapping(
    mapping: Any,
) -> tuple[ColumnMapping, tuple[RecordError, ...]]:
    """Return a mapping from a file, a dictionary or None, and the errors in it."""
    if mapping is None:
        return ColumnMapping(), ()
    if isinstance(mapping, ColumnMapping):
        return mapping, ()
    if isinstance(mapping, Mapping):
        rows = [(0, str(k), "", str(v)) for k, v in mapping.items()]
        return _checked(rows, "mapping")
    path = pathname(mapping, "mapping")
    is_book = path.suffix.casefold() in (".xlsx", ".xlsm", ".ods")
    asked = Asked(sheet=MAPPING_SHEET, header_row=1)
    table = excel_tables(path, asked)[0] if is_book else delimited_table(path)
    places = {normal(name): place for place, name in enumerate(table.header)}
    if not {"column", "read_as"} <= places.keys():
        what = "is not a mapping file: it needs the columns column and read_as"
        raise FileError(str(path), what, "iph.records.suggest_mapping writes one")
    listed: list[tuple[int, str, str, str]] = []
    for number, row in table.rows:
        cells = [rearmed(shown(cell)).strip() for cell in row]
        cells += [""] * len(table.header)
        column, read_as = cells[places["column"]], cells[places["read_as"]]
        word = cells[places["cell"]] if "cell" in places else ""
        is_guess = read_as.startswith(GUESS) or normal(column) == FIELD_LIST
        if column and read_as and not is_guess:  # what is empty is not decided yet
            listed.append((number, column, word, read_as))
    return _checked(listed, path.name)


def _checked(
    rows: list[tuple[int, str, str, str]], name: str
) -> tuple[ColumnMapping, tuple[RecordError, ...]]:
    columns: dict[str, str] = {}
    cells: dict[str, dict[str, str]] = {}
    answers: dict[str, str] = {}
    errors: list[RecordError] = []
    for number, column, word, read_as in rows:
        key = normal(column)
        if key == WHOLE_SHEET:
            answers[word.strip().casefold()] = read_as
            continue
        if word:
            meant = "" if normal(read_as) == normal(NOT_RECORDED_WORD) else read_as
            cells.setdefault(key, {})[word] = meant
            continue
        rule = _rule(key, read_as)
        if rule:
            errors.append(
                RecordError(
                    row=number or None,
                    column=column,
                    value=shown(read_as),
                    rule=rule,
                    table=name,
                )
            )
        columns[key] = read_as
    mapping = ColumnMapping(columns=columns, cells=cells, answers=answers)
    return mapping, tuple(errors)


def _rule(key: str, read_as: str) -> str:
    """Say what a column must be read as; empty if it is such."""
    if normal(read_as) in (IGNORED, *DIAMETERS):
        return ""
    if NUMBER in key:
        baseline = the_study().baseline
        target = None if baseline is None else target_of(f"{read_as}_{baseline.value}")
        is_sound = target is not None and target.of_assessment
        return "" if is_sound else "a field that is seen at visits, without the visit"
    dated = since(read_as)
    if dated is not None:
        target = target_of(dated[0])
        is_sound = target is not None and target.field.declaration.kind is Kind.DAYS
        return "" if is_sound else "a field of days, since, and the column of the zero"
    if key == ROWS:
        return "" if normal(read_as) == "patient_id" else "patient_id"
    return (
        "" if target_of(read_as) is not None else f"the name of a field, or {IGNORED}"
    )


def write_rows(
    path: Path, rows: list[tuple[str, str, str, str]], separator: str = ","
) -> None:
    """Write the rows of a mapping file, so that a spreadsheet opens it in columns."""
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file, delimiter=separator)
        writer.writerow(MAPPING_HEADER)
        writer.writerows(rows)
