"""An evidence file: series of patients and how many of them recovered."""

import csv
import io
import os
import re
from collections.abc import Iterable, Sequence
from importlib import resources
from pathlib import Path
from typing import Any

import attrs
import numpy as np

from iph._checks import whole
from iph._display import Displayed
from iph._opening import opened
from iph._options import each, instance, pathname
from iph._saving import replacing
from iph.errors import FileError, InputError

__all__ = [
    "RecoverySeries",
    "published_recovery",
    "read_recovery_series",
    "write_recovery_series",
]

_LARGEST = 10_000_000
_FORMAT = "iph recovery series, format 1"
_FIRST = re.compile(r"#\s*iph recovery series, format (\d+)[\s,;\"]*")
_MOST = 10**9
_BOUNDS = {"year": (1800, 2200), "recovered": (0, _MOST), "n": (1, _MOST)}
_LONGEST = 500
_HEADER_ROW = 2


def _stripped(value: Any) -> str:
    return value.strip() if isinstance(value, str) else value


def _counted(value: Any) -> int | None:
    """Make a whole float an integer, so that it is written as one."""
    whole_float = isinstance(value, (float, np.floating)) and value.is_integer()
    return int(value) if whole_float else value


def _text(_: object, field: "attrs.Attribute[str]", value: object) -> None:
    """Check a text that fits a cell: on one line, and no formula of a spreadsheet."""
    if not isinstance(value, str):
        raise InputError(field.name, "text", value)
    if len(value) > _LONGEST or not value.isprintable() or value[:1] in {*"=+-@#"}:
        rule = (
            f"one line of up to {_LONGEST} letters that begins with none of = + - @ #"
        )
        raise InputError(field.name, rule, value)


def _number(_: object, field: "attrs.Attribute[int | None]", value: object) -> None:
    low, high = _BOUNDS[field.name]
    if value is not None:
        whole(value, field.name, low=low, high=high)


@attrs.frozen(kw_only=True)
class RecoverySeries(Displayed):
    """A series of patients, and how many of them recovered.

    Parameters
    ----------
    study : str
        Its name, usually the first author.
    year : int, optional
        The year of publication; with the name it tells the series apart.
    recovered, n : int, optional
        Patients who recovered, and patients whose outcome is known. None where it is
        not printed; such a series is kept and not pooled.
    outcome : str
        What was counted as recovery, in the words of the series.
    follow_up : str
        When.
    source : str
        The DOI, or where it is printed.
    doubt : str
        What a reader of the pooled figure must know of this one.

    Raises
    ------
    iph.errors.InputError
        If a part is not what it must be, or more recovered than there are.

    See Also
    --------
    pooled_proportion : Pool them.

    Examples
    --------
    >>> from iph.evidence import RecoverySeries
    >>> RecoverySeries(study="Li", year=2023, recovered=19, n=28).label
    'Li 2023'
    """

    study: str = attrs.field(converter=_stripped, validator=_text)
    year: int | None = attrs.field(default=None, converter=_counted, validator=_number)
    recovered: int | None = attrs.field(
        default=None, converter=_counted, validator=_number
    )
    n: int | None = attrs.field(default=None, converter=_counted, validator=_number)
    outcome: str = attrs.field(default="", converter=_stripped, validator=_text)
    follow_up: str = attrs.field(default="", converter=_stripped, validator=_text)
    source: str = attrs.field(default="", converter=_stripped, validator=_text)
    doubt: str = attrs.field(default="", converter=_stripped, validator=_text)

    def __attrs_post_init__(self) -> None:
        if not self.study:
            raise InputError("study", "given", self.study)
        if (
            self.recovered is not None
            and self.n is not None
            and self.recovered > self.n
        ):
            raise InputError(
                "recovered",
                f"at most the {self.n} patients of the series",
                self.recovered,
            )

    @property
    def label(self) -> str:
        """Name and year."""
        return self.study if self.year is None else f"{self.study} {self.year}"

    @property
    def is_counted(self) -> bool:
        """Whether both numbers are known, so that it can be pooled."""
        return self.recovered is not None and self.n is not None


_FIELDS = tuple(field.name for field in attrs.fields(RecoverySeries))


def published_recovery() -> tuple[RecoverySeries, ...]:
    """Return the published series of iliopsoas hematoma that print recovery.

    How many patients were reported to recover, and what is doubtful about each figure?

    Returns
    -------
    tuple of RecoverySeries
        By year of publication, those without a count last.

    See Also
    --------
    aggregate_series : All figures that the series print.
    read_recovery_series : One's own file of the same form.

    Notes
    -----
    What counts as recovery, and when, differs between series: each says so in
    ``outcome`` and ``follow_up``, and why its figure may mislead in ``doubt``.

    Examples
    --------
    >>> from iph.evidence import published_recovery
    >>> counted = [s for s in published_recovery() if s.is_counted]
    >>> len(counted), sum(series.n or 0 for series in counted)
    (6, 86)
    >>> sum(series.recovered or 0 for series in counted)
    58
    """
    name = "recovery_series.csv"
    text = (resources.files("iph.evidence") / name).read_text(encoding="utf-8")
    return _from_text(text, name)


def read_recovery_series(path: str | os.PathLike[str]) -> tuple[RecoverySeries, ...]:
    """Read an evidence file: a table (CSV) with one series a row.

    Parameters
    ----------
    path : str or path
        The file, as `write_recovery_series` writes it. A spreadsheet may have saved it
        with semicolons.

    Returns
    -------
    tuple of RecoverySeries
        In the order of the file.

    Raises
    ------
    iph.errors.FileError
        If the file cannot be read, is of another format, or holds rows that are wrong;
        the message names all of them.

    See Also
    --------
    published_recovery : The published series.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> from iph.evidence import RecoverySeries, read_recovery_series
    >>> from iph.evidence import write_recovery_series
    >>> own = RecoverySeries(study="Own", year=2026, recovered=14, n=20)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = pathlib.Path(folder) / "evidence.csv"
    ...     _ = write_recovery_series([own], file)
    ...     back = read_recovery_series(file)
    >>> back == (own,)
    True
    """
    file = pathname(path)
    opened(file, largest=_LARGEST)
    try:
        text = file.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise FileError(str(file), error.strerror or "cannot be read") from error
    except UnicodeDecodeError as error:
        hint = "save it as CSV UTF-8"
        raise FileError(str(file), "is not UTF-8 text", hint) from error
    return _from_text(text, str(file))


def write_recovery_series(
    series: Iterable[RecoverySeries],
    path: str | os.PathLike[str],
    *,
    overwrite: bool = False,
) -> Path:
    """Write an evidence file; a former one is replaced in one step.

    Parameters
    ----------
    series : iterable of RecoverySeries
        The series; none may stand twice.
    path : str or path
        The file.
    overwrite : bool, default False
        Whether to replace a file of that name.

    Returns
    -------
    Path
        The file.

    Raises
    ------
    iph.errors.InputError
        If a series stands twice.
    iph.errors.FileError
        If the file exists already or cannot be written.

    See Also
    --------
    read_recovery_series : Read it again.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> from iph.evidence import published_recovery, write_recovery_series
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = pathlib.Path(folder) / "evidence.csv"
    ...     text = write_recovery_series(published_recovery(), file).read_text("utf-8")
    >>> print(text.splitlines()[1])
    study,year,recovered,n,outcome,follow_up,source,doubt
    """
    listed = each(series, "series", "a list of RecoverySeries")
    for place, one in enumerate(listed):
        instance(one, f"series[{place}]", RecoverySeries, "a RecoverySeries")
    twice = _twice(listed)
    if twice:
        raise InputError("series", "named once each", twice)
    held = io.StringIO()
    held.write(f"# {_FORMAT}\n")
    writer = csv.writer(held, lineterminator="\n")
    writer.writerow(_FIELDS)
    for one in listed:
        values = (getattr(one, name) for name in _FIELDS)
        writer.writerow(["" if value is None else value for value in values])
    file = pathname(path)
    with replacing(file, overwrite=overwrite) as draft:
        draft.write_text(held.getvalue(), encoding="utf-8")
    return file


def _twice(series: Sequence[RecoverySeries]) -> list[str]:
    names = [one.label for one in series]
    return sorted({name for name in names if names.count(name) > 1})


def _from_text(text: str, path: str) -> tuple[RecoverySeries, ...]:
    lines = text.splitlines()
    known = _FIRST.fullmatch(lines[0].strip()) if lines else None
    if known is None:
        hint = "the command python -m iph pool FILE --new writes one"
        raise FileError(path, f"does not begin with the line # {_FORMAT}", hint)
    if known[1] != "1":
        problem = f"is of format {known[1]}, and this version reads format 1"
        raise FileError(path, problem, "use a newer version of iph")
    mark = ";" if lines[1:] and lines[1].count(";") > lines[1].count(",") else ","
    rows = [
        [cell.strip() for cell in row] for row in csv.reader(lines[1:], delimiter=mark)
    ]
    header = rows[0] if rows else []
    while header and not header[-1]:  # a spreadsheet may fill up the rows
        header = header[:-1]
    if sorted(header) != sorted(_FIELDS):
        problem = f"has other columns than {', '.join(_FIELDS)}"
        raise FileError(path, problem, "keep the row of their names as it was written")
    found, wrong = [], []
    for place, row in enumerate(rows[1:], start=_HEADER_ROW + 1):
        if not any(row):
            continue
        try:
            found.append(_from_row(header, row))
        except InputError as error:
            wrong.append(f"row {place}: {error}")
    wrong += [f"{name} stands twice" for name in _twice(found)]
    if wrong:
        raise FileError(path, "; ".join(wrong))
    return tuple(found)


def _from_row(header: Sequence[str], row: Sequence[str]) -> RecoverySeries:
    if any(row[len(header) :]):
        raise InputError("a row", "no longer than the header", list(row))
    cells: dict[str, Any] = dict.fromkeys(header, "")
    cells |= dict(zip(header, row, strict=False))
    for name in _BOUNDS:
        text = cells[name]
        if text and re.fullmatch(r"[0-9]{1,10}", text) is None:
            raise InputError(name, "a whole number, or empty", text)
        cells[name] = int(text) if text else None
    return RecoverySeries(**cells)
