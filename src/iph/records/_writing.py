"""Writing cohorts to files: whole or not at all, and safe to open in a spreadsheet."""

import csv
import functools
import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final, Protocol

from iph._cohort import Cohort
from iph._fields import DeclaredField
from iph._options import pathname, switch
from iph._saving import replacing
from iph.errors import FileError, InputError
from iph.records._excel import write_excel
from iph.records._formulas import disarmed
from iph.records._json import write_json
from iph.records._progress import Progress
from iph.records._rows import as_cell, long_rows
from iph.records._spss import write_spss

_THOUSANDS: Final = re.compile(r"-?[1-9][0-9]{0,2}\.[0-9]{3}")
_REMEMBERED: Final = 5_000


def write(
    cohort: Cohort[Any],
    path: str | os.PathLike[str],
    *,
    raw: bool = False,
    progress: Progress | None = None,
    overwrite: bool = False,
) -> Path:
    """Write a cohort to a file that `read` gives back.

    Parameters
    ----------
    cohort : Cohort
        The patients.
    path : path
        The file; its ending says its kind: ``.csv``, ``.tsv``, ``.xlsx``, ``.sav`` or
        ``.json``. An existing file is replaced, but only once the new one is complete.
    raw : bool
        Leave text that a spreadsheet would run as a formula as it is. By default it
        gets an apostrophe in front, which `read` takes away again.
    progress : callable, optional
        Called as ``progress(what, done, total)`` while thousands of patients are
        written.
    overwrite : bool, default False
        Whether to replace a file of that name.

    Returns
    -------
    Path
        The file.

    Raises
    ------
    InputError
        If something else than a cohort is given.
    FileError
        If the file exists already or cannot be written, or its ending is not known; or
        if the cohort has a table of events, and the file cannot hold it.

    Notes
    -----
    CSV holds one long table: one row a patient and visit, the values of the patient in
    the first of its rows. Excel holds the sheets ``patients`` and ``assessments``,
    and ``events`` if the cohort has a table of events; so does JSON.
    Made-up cohorts say so in the column ``synthetic``. A part
    with nothing recorded is not told from a missing one.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> from iph import Assessment, Cohort, FollowUp, Patient
    >>> from iph.records import read, write
    >>> course = FollowUp(assessments=[Assessment(visit="week_1", vas=4)])
    >>> cohort = Cohort([Patient(patient_id="P01", sex="female", follow_up=course)])
    >>> folder = tempfile.TemporaryDirectory()
    >>> read(write(cohort, Path(folder.name) / "series.csv")) == cohort
    True
    >>> folder.cleanup()
    """
    if not isinstance(cohort, Cohort):
        raise InputError("cohort", "a Cohort", cohort)
    raw, target = switch(raw, "raw"), pathname(path)
    sink = SINKS.get(target.suffix.casefold())
    if sink is None:
        problem = f"the ending {target.suffix or '(none)'} is not known"
        raise FileError(str(target), problem, f"it must be one of {', '.join(SINKS)}")
    if cohort.events is not None and target.suffix.casefold() not in WITH_EVENTS:
        problem = f"a {target.suffix} file holds no table of events"
        kinds = " or ".join(WITH_EVENTS)
        hint = (
            f"write {kinds}; or the events apart with write_events, and the patients "
            "as attrs.evolve(cohort, events=None)"
        )
        raise FileError(str(target), problem, hint)
    with replacing(target, overwrite=overwrite) as draft:
        sink(cohort, draft, raw=raw, progress=progress)
    return target


def as_text(value: Any, *, raw: bool = False) -> str:
    """Return a cell as text: the shortest that reads back as the same value."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, str):
        return value if raw else disarmed(value)
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    text = repr(value)
    # 1.125 could be read as a thousand and more, 1.1250 cannot
    return text + "0" if _THOUSANDS.fullmatch(text) else text


def _write_delimited(
    cohort: Cohort[Any],
    path: Path,
    separator: str,
    *,
    raw: bool,
    progress: Progress | None,
) -> None:
    # codes and numbers are ASCII; the mark tells spreadsheets what the rest is
    ascii_only = all(patient.patient_id.isascii() for patient in cohort)
    encoding = "ascii" if ascii_only else "utf-8-sig"
    with path.open("w", encoding=encoding, newline="") as file:
        rows = csv.writer(file, delimiter=separator, lineterminator="\n")
        form = functools.partial(_text_of, raw=raw)
        rows.writerows(long_rows(cohort, form, progress))


def _text_of(field: DeclaredField, *, raw: bool) -> Callable[[Any], str]:
    """Return what makes a recorded value of a field a text."""
    make = as_cell(field)
    known: dict[Any, str] = {}

    def text(value: Any) -> str:
        made = make(value)
        found = known.get(made)
        if found is None:
            found = as_text(made, raw=raw)
            if len(known) < _REMEMBERED:
                known[made] = found
        return found

    return text


def _write_csv(
    cohort: Cohort[Any], path: Path, *, raw: bool, progress: Progress | None
) -> None:
    _write_delimited(cohort, path, ",", raw=raw, progress=progress)


def _write_tsv(
    cohort: Cohort[Any], path: Path, *, raw: bool, progress: Progress | None
) -> None:
    _write_delimited(cohort, path, "\t", raw=raw, progress=progress)


class Sink(Protocol):
    """Writes a cohort to a file of one kind."""

    def __call__(
        self, cohort: Cohort[Any], path: Path, *, raw: bool, progress: Progress | None
    ) -> None:
        """Write the file."""


SINKS: Final[dict[str, Sink]] = {
    ".csv": _write_csv,
    ".tsv": _write_tsv,
    ".xlsx": write_excel,
    ".json": write_json,
    ".sav": write_spss,
}
"""What writes a cohort to a file, by its ending."""

WITH_EVENTS: Final = (".xlsx", ".json")
"""The endings of files that hold the table of events as well."""
