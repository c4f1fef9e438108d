"""What a check of a file finds: errors, interpretations, warnings."""

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any, Final

import attrs

from iph._display import Displayed
from iph.errors import InputError, IphError
from iph.records._numbers import is_number

LONGEST_VALUE: Final = 60
_SHOWN: Final = 20


def shown(value: Any) -> str:
    """Show a cell as text, cut to a length that cannot flood a terminal."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)  # a spreadsheet shows it so
    text = "" if value is None else str(value)
    return text if len(text) <= LONGEST_VALUE else text[: LONGEST_VALUE - 3] + "..."


@attrs.frozen(kw_only=True)
class RecordError(Displayed):
    """One thing that keeps a file from being read.

    Attributes
    ----------
    row : int or None
        The row as a spreadsheet shows it; None if it concerns the whole table.
    column : str
        The column as its header names it; several with commas between them where
        fields contradict each other.
    value : str
        What stands there, cut to 60 characters.
    rule : str
        What it must be.
    hint : str
        What to do about it, where there is something to do.
    table : str
        The table: the file or its sheet.
    name : str
        The short name of the rule: ``"value"`` for a single cell, else that of the
        rule between cells, such as ``"zones-contiguous"``.
    """

    row: int | None
    column: str
    value: str
    rule: str
    hint: str = ""
    table: str = ""
    name: str = "value"

    def __str__(self) -> str:
        where = self.table
        if self.row is not None:
            where += f" row {self.row}"
        if self.column:
            where += f", {self.column}"
        if self.name == "value":
            said = f"must be {self.rule}, got {self.value!r}"
        else:
            said = f"{self.rule} (rule {self.name})"
        return f"{where}: {said}" + (f"; {self.hint}" if self.hint else "")


@attrs.frozen(kw_only=True)
class Interpretation(Displayed):
    """A reading that is not literally what the cell says; equal ones are counted.

    Attributes
    ----------
    column : str
        The column as its header names it.
    value : str
        What stands in the cell.
    read_as : str
        What it was read as.
    reason : str
        Why, such as ``"decimal comma"``.
    count : int
        How many cells were read so.
    first_row : int
        The first of them.
    table : str
        The table: the file or its sheet.
    """

    column: str
    value: str
    read_as: str
    reason: str
    count: int
    first_row: int
    table: str = ""

    def __str__(self) -> str:
        cells = "1 cell" if self.count == 1 else f"{self.count} cells"
        return (
            f"{self.column}: {self.value!r} read as {self.read_as!r} ({self.reason}; "
            f"{cells}, first in row {self.first_row})"
        )


@attrs.frozen(kw_only=True)
class RecordReport(Displayed):
    """What a check of a file found.

    Attributes
    ----------
    path : str
        The file.
    layout : str
        How the tables were understood: ``"long"`` (one row a patient and visit),
        ``"wide"`` (one row a patient, visits in columns), ``"two tables"``, or
        ``"patients"`` (no assessments).
    n_patients, n_assessments : int
        How many were found, those with errors included.
    errors : tuple of RecordError
        Sorted by table, row and column. The file can be read if there are none.
    interpretations : tuple of Interpretation
        Cells that were not read literally.
    ignored_columns : tuple of str
        Columns that were not loaded, as their headers name them.
    warnings : tuple of str
        What a reader of the results must know.
    not_read : tuple of str
        Columns, rows and sheets that hold something and were not used, and why. What
        the mapping says to ignore does not stand here.
    """

    path: str
    layout: str = "patients"
    n_patients: int = 0
    n_assessments: int = 0
    errors: tuple[RecordError, ...] = ()
    interpretations: tuple[Interpretation, ...] = ()
    ignored_columns: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    not_read: tuple[str, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether the file can be read."""
        return not self.errors

    def by_rule(self) -> tuple[tuple[str, int], ...]:
        """Return each rule and the number of errors against it, most first."""
        return count_by_rule(self.errors)


def readings(interpretations: Iterable[Interpretation]) -> Iterator[str]:
    """Say what was not read literally: words one by one, numbers of a column at once.

    Another word may be misread, so that each is shown; another number with a decimal
    comma is read as the first one was.
    """
    together: dict[tuple[str, ...], list[Interpretation]] = {}
    for one in interpretations:
        told_apart = () if is_number(one.read_as) else (one.value, one.read_as)
        key = (one.table, one.column, one.reason, *told_apart)
        together.setdefault(key, []).append(one)
    for first, *others in together.values():
        if others:
            cells = first.count + sum(other.count for other in others)
            yield (
                f"{first.column}: {cells} cells like {first.value!r} read as "
                f"{first.read_as!r} ({first.reason}; first in row {first.first_row})"
            )
        else:
            yield str(first)


def count_by_rule(errors: tuple[RecordError, ...]) -> tuple[tuple[str, int], ...]:
    """Return each rule and the number of errors against it, most first."""
    counted = Counter(
        f"{error.column} must be {error.rule}" if error.name == "value" else error.name
        for error in errors
    )
    return tuple(sorted(counted.items(), key=lambda item: (-item[1], item[0])))


class RecordErrors(IphError):  # noqa: N818 - it holds many
    """A file holds errors; every one of them is listed.

    Attributes
    ----------
    errors : tuple of RecordError
        All errors, sorted by table, row and column.
    path : str
        The file.
    """

    def __init__(self, errors: tuple[RecordError, ...], path: str = "") -> None:
        self.errors = errors
        self.path = path
        lines = [str(error) for error in errors[:_SHOWN]]
        if len(errors) > _SHOWN:
            lines.append(f"and {len(errors) - _SHOWN} more (see .errors)")
        count = "1 error" if len(errors) == 1 else f"{len(errors)} errors"
        super().__init__("\n".join([f"{path}: {count}", *lines]))

    def __reduce__(self) -> tuple[Any, ...]:
        """Survive a trip to another process with all errors."""
        return type(self), (self.errors, self.path)


def errors_text(report: RecordReport) -> str:
    """Return a report as text for a terminal.

    Which cells are wrong, and what was read otherwise than it stands?

    Parameters
    ----------
    report : RecordReport
        What `check` found.

    Returns
    -------
    str
        What was found, one line each: errors by row, then their number by rule, then
        interpretations, columns that were not loaded, and warnings.

    Examples
    --------
    >>> from iph.records import RecordError, RecordReport, errors_text
    >>> wrong = RecordError(row=2, column="sex", value="x", rule="one of: female, male")
    >>> print(errors_text(RecordReport(path="a.csv", n_patients=1, errors=(wrong,))))
    a.csv: 1 patient, 0 assessments (patients): 1 error
     row 2, sex: must be one of: female, male, got 'x'
    By rule:
      1  sex must be one of: female, male
    """
    given: object = report
    if not isinstance(given, RecordReport):
        raise InputError("report", "what `check` returns", given)
    found = len(report.errors)
    lines = [
        f"{report.path}: {_count(report.n_patients, 'patient')}, "
        f"{_count(report.n_assessments, 'assessment')} ({report.layout}): "
        + (_count(found, "error") if found else "no errors")
    ]
    lines += [str(error) for error in report.errors]
    if report.errors:
        lines.append("By rule:")
        lines += [f"  {number}  {rule}" for rule, number in report.by_rule()]
    if report.interpretations:
        lines.append("Not read literally:")
        lines += [f"  {reading}" for reading in readings(report.interpretations)]
    if report.ignored_columns:
        lines.append("Columns not loaded: " + ", ".join(report.ignored_columns))
    others = [said for said in report.not_read if not said.startswith("column ")]
    lines += [f"Not read: {said}" for said in others]
    lines += [f"Warning: {warning}" for warning in report.warnings]
    return "\n".join(lines)


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
