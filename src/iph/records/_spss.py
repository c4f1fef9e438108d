"""SPSS files: coded values with their labels, and the reason why one is missing."""

import functools
import math
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, Final

from iph._cohort import Cohort
from iph._fields import DeclaredField, Kind
from iph._follow_up import ASSESSMENT_FIELDS
from iph._model import PATIENT_FIELDS
from iph.errors import FileError
from iph.records._cells import option_words
from iph.records._delimited import MOST_COLUMNS, opened
from iph.records._odd_cells import MissingCell
from iph.records._progress import Progress
from iph.records._rows import long_rows
from iph.records._table import Table
from iph.records._targets import target_of

_TRIAL: Final = """
import contextlib, sys, pyreadstat
with contextlib.suppress(ImportError):
    import resource
    resource.setrlimit(resource.RLIMIT_AS, (int(sys.argv[2]), int(sys.argv[2])))
pyreadstat.read_sav(sys.argv[1], user_missing=True, output_format="dict")
"""
_LONGEST_TRIAL: Final = 120
_MOST_MEMORY: Final = 4 << 30
_RAISED: Final = 1
_HINT: Final = "pip install 'iph[spss]'"
_CODED: Final = {Kind.CHOICE, Kind.CHOICES}
_FIELDS: Final = {f.name: f for f in (*PATIENT_FIELDS, *ASSESSMENT_FIELDS)}
_MEASURE: Final = {
    Kind.QUANTITY: "scale",
    Kind.DAYS: "scale",
    Kind.GRADE: "ordinal",
}


def spss_tables(path: Path, sheet: str | None) -> list[Table]:
    """Open an SPSS file (.sav, .zsav); the first case is row 1, as SPSS counts.

    Raises
    ------
    FileError
        If it is no SPSS file.
    """
    del sheet  # an SPSS file has one table
    opened(path)
    try:
        import pyreadstat
    except ImportError:
        problem = "reading SPSS files needs pyreadstat"
        raise FileError(str(path), problem, _HINT) from None
    _survive(path)
    try:
        columns, about = pyreadstat.read_sav(
            str(path), user_missing=True, output_format="dict"
        )
    except (pyreadstat.ReadstatError, ValueError, OverflowError) as problem:
        raise FileError(str(path), f"is no SPSS file ({problem})") from problem
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


def _survive(path: Path) -> None:
    """Let another process read the file first: a damaged one can end the process.

    The library that reads SPSS files is written in C, and some damaged files make it
    crash, or ask for endless memory, instead of raising an error.
    """
    now = path.stat()
    problem = _trial(str(path.resolve()), now.st_mtime_ns, now.st_size, now.st_ino)
    if problem:
        raise FileError(str(path), f"is no SPSS file ({problem})")


@functools.lru_cache(maxsize=16)
def _trial(path: str, *_: int) -> str:
    """Say why a file must not be read; a file that has not changed is tried once."""
    command = [sys.executable, "-c", _TRIAL, path, str(_MOST_MEMORY)]
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
    declared = None if target is None else target.field.declaration
    labelled = declared is None or declared.kind in _CODED
    words: dict[str, Any] = {}
    if declared is not None and declared.options is not None:
        words = option_words(declared.options)[1]

    def read(value: Any) -> Any:
        if value is None or (isinstance(value, float) and math.isnan(value)):
            return None
        label = labels.get(value)
        if labelled and label is not None and label.strip().casefold() in words:
            return label  # "unknown" is a choice, even where SPSS counts it missing
        if any(_within(value, one) for one in ranges):
            said = f"{value:g}" if isinstance(value, float) else str(value)
            return MissingCell(f"{said} ({label})" if label else said)
        return label if labelled and label is not None else value

    return read


def _within(value: Any, bounds: dict[str, Any]) -> bool:
    low, high = bounds["lo"], bounds["hi"]
    try:
        return bool(low <= value <= high)
    except TypeError:  # a date, or a text where numbers are declared missing
        return False


def write_spss(
    cohort: Cohort, path: Path, *, raw: bool, progress: Progress | None
) -> None:
    """Write one long table with labels of variables and values."""
    del raw  # nothing in an SPSS file runs
    try:
        import pandas as pd
        import pyreadstat
    except ImportError:
        problem = "writing SPSS files needs pyreadstat and pandas"
        raise FileError(str(path), problem, _HINT) from None

    header, *rows = long_rows(cohort, progress=progress)
    columns = zip(*rows, strict=True) if rows else [()] * len(header)
    data: dict[str, Any] = {}
    value_labels: dict[str, dict[float, str]] = {}
    for name, cells in zip(header, columns, strict=True):
        field = _FIELDS.get(name)
        if field is None or field.declaration.kind in {Kind.IDENTIFIER, Kind.CHOICES}:
            data[name] = pd.Series([cell or "" for cell in cells], dtype=object)
            continue
        numbers = _numbers(field)
        data[name] = pd.Series([numbers(cell) for cell in cells], dtype=float)
        value_labels[name] = _value_labels(field)
    pyreadstat.write_sav(
        pd.DataFrame(data),
        str(path),
        column_labels={name: _label(name) for name in header},
        variable_value_labels={n: given for n, given in value_labels.items() if given},
        variable_measure={name: _measure(name) for name in header},
    )


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


def _label(name: str) -> str:
    field = _FIELDS.get(name)
    if field is None:
        return ""
    unit = field.declaration.unit
    return field.declaration.label + (f" ({unit})" if unit else "")


def _measure(name: str) -> str:
    field = _FIELDS.get(name)
    return (
        "nominal" if field is None else _MEASURE.get(field.declaration.kind, "nominal")
    )
