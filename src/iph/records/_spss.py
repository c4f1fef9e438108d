"""SPSS files: coded values with their labels, and the reason why one is missing."""

import errno
import functools
import math
import re
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, Final

from iph._cohort import Cohort
from iph._fields import DeclaredField, Kind
from iph._opening import opened
from iph._subject import patient_fields, seen_fields
from iph.errors import FieldError, FileError
from iph.records._cells import option_words, read_cell
from iph.records._delimited import MOST_COLUMNS
from iph.records._header import Asked
from iph.records._odd_cells import MissingCell, Unreadable
from iph.records._progress import Progress
from iph.records._report import shown
from iph.records._rows import long_rows
from iph.records._sav import read_sav
from iph.records._sav_bytes import SavError
from iph.records._table import Table
from iph.records._targets import BOUND_ENDING, Target, target_of

_TRIAL: Final = """
import contextlib, sys, pyreadstat
with contextlib.suppress(ImportError):
    import resource
    resource.setrlimit(resource.RLIMIT_AS, (int(sys.argv[2]), int(sys.argv[2])))
options = {} if sys.argv[3] in ("read_xport", "read_por") else {"user_missing": True}
getattr(pyreadstat, sys.argv[3])(sys.argv[1], output_format="dict", **options)
"""
_READERS: Final = {
    ".sav": "read_sav",
    ".zsav": "read_sav",
    ".por": "read_por",
    ".dta": "read_dta",
    ".sas7bdat": "read_sas7bdat",
    ".xpt": "read_xport",
}
"""What of pyreadstat reads a file, by its ending."""

_NO_USER_MISSING: Final = {"read_xport", "read_por"}
_NOT_KNOWN: Final = frozenset(
    {"missing", "unknown", "not recorded", "not known", "n/a"}
)
_STARTS_WITH: Final = re.compile(r"\s*([0-9]+)\b")
_LONGEST_TRIAL: Final = 120
_MOST_MEMORY: Final = 4 << 30
_RAISED: Final = 1
_PROGRAMS: Final = {"read_dta": "Stata", "read_sas7bdat": "SAS", "read_xport": "SAS"}
_HINT: Final = "pip install 'iph[spss]'"
_MEASURE: Final = {
    Kind.QUANTITY: "scale",
    Kind.DAYS: "scale",
    Kind.GRADE: "ordinal",
}


def spss_tables(path: Path, asked: Asked) -> list[Table]:
    """Open a file of SPSS, Stata or SAS; the first case is row 1, as they count.

    Raises
    ------
    FileError
        If it is no such file.
    """
    del asked  # such a file has one table, and names its variables
    reader = _READERS[path.suffix.casefold()]
    opened(path)
    columns, about = _contents(path, reader)
    if not all(isinstance(name, str) for name in columns):
        raise FileError(str(path), _no_file(reader, "a variable has no name"))
    if len(columns) > MOST_COLUMNS:
        wide = f"the table has {len(columns)} columns, more than {MOST_COLUMNS}"
        raise FileError(str(path), wide)
    labels = about.column_names_to_labels
    header = tuple(_header(name, labels.get(name)) for name in columns)
    readers = [
        _reader(
            head,
            about.variable_value_labels.get(name, {}),
            about.missing_ranges.get(name, []),
        )
        for head, name in zip(header, columns, strict=True)
    ]
    rows = _rows([list(values) for values in columns.values()], readers)
    return [
        Table(
            name=path.name,
            header=header,
            rows=rows,
            header_row=0,
            literal=True,
            n_rows=about.number_rows or 0,
        )
    ]


def _contents(path: Path, reader: str) -> tuple[dict[str, list[Any]], Any]:
    """Return the values of each variable, and what the file says of them.

    Without pyreadstat, such as in a browser, files of SPSS are read all the same.
    """
    try:
        import pyreadstat
    except ImportError:
        if reader != "read_sav":
            problem = "reading this kind of file needs pyreadstat"
            raise FileError(str(path), problem, _HINT) from None
        try:
            return read_sav(path)
        except SavError as damaged:
            raise FileError(str(path), _no_file(reader, damaged)) from damaged
    _survive(path, reader)
    options = {} if reader in _NO_USER_MISSING else {"user_missing": True}
    read = getattr(pyreadstat, reader)
    try:
        columns, about = read(str(path), output_format="dict", **options)
    except (pyreadstat.ReadstatError, ValueError, OverflowError) as problem:
        raise FileError(str(path), _no_file(reader, problem)) from problem
    return columns, about


def _no_file(reader: str, problem: object) -> str:
    """Say that a file is not what its ending says."""
    return f"is no {_PROGRAMS.get(reader, 'SPSS')} file ({problem})"


def _survive(path: Path, reader: str) -> None:
    """Let another process read the file first: a damaged one can end the process.

    The library that reads SPSS files is written in C, and some damaged files make it
    crash, or ask for endless memory, instead of raising an error.
    """
    now = path.stat()
    state = now.st_mtime_ns, now.st_size, now.st_ino
    problem = _trial(str(path.resolve()), reader, *state)
    if problem:
        raise FileError(str(path), _no_file(reader, problem))


@functools.lru_cache(maxsize=16)
def _trial(path: str, reader: str, *_: int) -> str:
    """Say why a file must not be read; a file that has not changed is tried once."""
    command = [sys.executable, "-c", _TRIAL, path, str(_MOST_MEMORY), reader]
    try:
        tried = subprocess.run(  # noqa: S603 - our own interpreter, no shell
            command, capture_output=True, check=False, timeout=_LONGEST_TRIAL
        )
    except subprocess.TimeoutExpired:
        return "reading never ends"
    if b"MemoryError" in tried.stderr or b"allocate memory" in tried.stderr:
        return "it asks for too much memory"
    return "" if 0 <= tried.returncode <= _RAISED else "it is damaged"


def _header(name: str, label: str | None) -> str:
    """Return a variable's name; its label if only that is known."""
    if target_of(name) is None and label and target_of(label) is not None:
        return label
    return name


def _rows(
    columns: list[list[Any]], readers: list[Callable[[Any], Any]]
) -> Iterator[tuple[int, Sequence[Any]]]:
    for number, cells in enumerate(zip(*columns, strict=True), start=1):
        yield number, [read(cell) for read, cell in zip(readers, cells, strict=True)]


def _reader(
    header: str, labels: dict[Any, str], ranges: Sequence[Any]
) -> Callable[[Any], Any]:
    """Return what turns a value of one variable into a cell."""
    target = target_of(header)
    cells = {
        code: _cell_of(target, code, label)
        for code, label in labels.items()
        if label and label.strip()
    }
    # A code whose label is another level shows that codes alone say nothing.
    is_grade = target is not None and target.field.declaration.kind is Kind.GRADE
    shifted = is_grade and any(
        isinstance(cell, str) and _level(target, cell) is not None
        for cell in cells.values()
    )

    def read(value: Any) -> Any:
        if value is None or (isinstance(value, float) and math.isnan(value)):
            return None
        label, cell = labels.get(value), cells.get(value)
        is_choice = cell is not None and cell == label and _is_code(target, label)
        if not is_choice and any(_within(value, one) for one in ranges):
            said = f"{value:g}" if isinstance(value, float) else str(value)
            return MissingCell(f"{said} ({label})" if label else said)
        if cell is None and shifted:
            return Unreadable(f"{shown(value)} (without a label)")
        return value if cell is None else cell

    return read


def _is_code(target: Target | None, label: Any) -> bool:
    """Whether a label is a choice, even where the file counts it missing."""
    options = None if target is None else target.field.declaration.options
    if options is None or not isinstance(label, str):
        return False
    return label.strip().casefold() in option_words(options)[1]


def _cell_of(target: Target | None, code: Any, label: str) -> Any:
    """Return the cell of a code by its label; the code where both say the same."""
    declared = None if target is None else target.field.declaration
    if declared is None or declared.kind in (Kind.CHOICE, Kind.CHOICES, Kind.YES_NO):
        return label
    if declared.kind is not Kind.GRADE:
        is_missing = label.strip().casefold() in _NOT_KNOWN
        return MissingCell(f"{shown(code)} ({label})") if is_missing else code
    first = _STARTS_WITH.match(label)
    level = _level(target, label)
    if level is None and first is not None:
        level = _level(target, first.group(1))
        label = first.group(1)
    return code if level is not None and level == code else label


def _level(target: Target | None, label: str) -> Any:
    """Return the grade that a label names; None if it names none."""
    if target is None:
        return None
    try:
        grade = read_cell(target, label).value
    except FieldError:
        return None
    return None if grade is None else grade.value


def _within(value: Any, bounds: dict[str, Any]) -> bool:
    low, high = bounds["lo"], bounds["hi"]
    try:
        return bool(low <= value <= high)
    except TypeError:  # a date, or a text where numbers are declared missing
        return False


def write_spss(
    cohort: Cohort[Any], path: Path, *, raw: bool, progress: Progress | None
) -> None:
    """Write one long table with labels of variables and values."""
    del raw  # nothing in an SPSS file runs
    try:
        import pandas as pd
        import pyreadstat
    except ImportError:
        problem = "writing SPSS files needs pyreadstat and pandas"
        raise FileError(str(path), problem, _HINT) from None

    cls = cohort.patient_class
    fields = {f.name: f for f in (*patient_fields(cls), *seen_fields(cls))}
    header, *rows = long_rows(cohort, progress=progress)
    columns = zip(*rows, strict=True) if rows else [()] * len(header)
    data: dict[str, Any] = {}
    value_labels: dict[str, dict[float, str]] = {}
    for name, given in zip(header, columns, strict=True):
        cells: Sequence[Any] = given
        field = fields.get(name)
        if field is None or field.declaration.kind in {Kind.IDENTIFIER, Kind.CHOICES}:
            data[name] = pd.Series([cell or "" for cell in cells], dtype=object)
            continue
        numbers = _numbers(field)
        if field.declaration.bounded:
            signs, cells = _apart(given)
            if any(signs):
                data[name + BOUND_ENDING] = pd.Series(signs, dtype=object)
        data[name] = pd.Series([numbers(cell) for cell in cells], dtype=float)
        value_labels[name] = _value_labels(field)
    try:
        pyreadstat.write_sav(
            pd.DataFrame(data),
            str(path),
            column_labels={name: _label(fields.get(name)) for name in data},
            variable_value_labels={
                n: given for n, given in value_labels.items() if given
            },
            variable_measure={name: _measure(fields.get(name)) for name in data},
        )
    except pyreadstat.ReadstatError as problem:
        reason = "the disk is full, or takes no file of this size"
        raise OSError(errno.EFBIG, reason) from problem


def _apart(cells: Sequence[Any]) -> tuple[list[str], list[Any]]:
    """Return the signs of bounds, and all cells as numbers."""
    texts = [cell if isinstance(cell, str) else "" for cell in cells]
    signs = [text[: len(text) - len(text.lstrip("<>="))] for text in texts]
    return signs, [
        float(text[len(sign) :]) if sign else cell
        for cell, text, sign in zip(cells, texts, signs, strict=True)
    ]


def _numbers(field: DeclaredField) -> Callable[[Any], float]:
    options = [option.value for option in field.declaration.options or ()]
    is_choice = field.declaration.kind is Kind.CHOICE

    def number(cell: Any) -> float:
        if cell is None:
            return math.nan
        return float(options.index(cell) + 1 if is_choice else cell)

    return number


def _value_labels(field: DeclaredField) -> dict[float, str]:
    declared = field.declaration
    if declared.kind is Kind.YES_NO:
        return {0.0: "no", 1.0: "yes"}
    options = list(declared.options or ())
    if declared.kind is Kind.GRADE:
        return {float(one.value): getattr(one, "label", "") for one in options}
    return {
        float(number): str(getattr(option, "label", option.value))
        for number, option in enumerate(options, start=1)
    }


def _label(field: DeclaredField | None) -> str:
    if field is None:
        return ""
    unit = field.declaration.unit
    return field.declaration.label + (f" ({unit})" if unit else "")


def _measure(field: DeclaredField | None) -> str:
    return (
        "nominal" if field is None else _MEASURE.get(field.declaration.kind, "nominal")
    )
