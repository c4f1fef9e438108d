"""A first draft of a study file, guessed from the columns of a sheet."""

import itertools
import os
from collections import Counter
from collections.abc import Iterable, Iterator
from collections.abc import Set as AbstractSet
from pathlib import Path
from typing import Any, Final

import attrs

from iph._fields import NOT_RECORDED
from iph._options import pathname
from iph._saving import refuse_old, replacing
from iph.protocol import ProtocolErrors
from iph.protocol._file_reading import protocol_of
from iph.protocol._toml_writing import toml_key, toml_value
from iph.records._footers import names_no_patient
from iph.records._guessed_fields import (
    Column,
    Guess,
    built_in_of,
    guess_of,
    unit_behind,
)
from iph.records._guessed_visits import GuessedVisit, visit_behind, visits_listed
from iph.records._mapping import ColumnMapping
from iph.records._sources import asked_of, tables_of
from iph.records._table import Table, is_empty
from iph.records._targets import is_of_time, is_pseudonym, normal

_NONE: Final = frozenset[str]()
_ROWS_SEEN: Final = 5_000
_TIME_NAMES: Final = frozenset({"visit", "day", "time", "timepoint", "time_point"})


def suggest_protocol(
    path: str | os.PathLike[str],
    out: str | os.PathLike[str],
    *,
    sheet: str | None = None,
    header_row: int | None = None,
    decimal: str | None = None,
    encoding: str | None = None,
    missing: Iterable[str] = (),
) -> Path:
    r"""Write a first draft of a study file, guessed from a sheet.

    My study has its own variables and visits: how do I begin to describe it?

    Parameters
    ----------
    path : path
        The sheet: one row a patient, or one row a patient and visit.
    out : path
        The study file to write; it must not exist.
    sheet, header_row, decimal, encoding, missing : object
        As for `read`.

    Returns
    -------
    Path
        The study file. It is sound, and every line of it is a guess: kinds, codes,
        units and visits come from the names of the columns and from what stands in
        them. Bounds leave room above what was seen; say what is plausible. Which end
        of an outcome is better cannot be guessed, so that the outcomes stand there as
        remarks.

    Raises
    ------
    FileError
        If the sheet cannot be opened, or the study file exists already.

    Notes
    -----
    Columns that seem to name a person, dates and free text are not declared; each is
    named with the reason. Age, sex, and laboratory values whose column says the unit
    that iph knows them in, are the built-in fields; a value in another unit stays in
    it, as a field of the study's own, and so do two columns of one built-in field.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> from iph.records import suggest_protocol
    >>> folder = tempfile.TemporaryDirectory()
    >>> sheet = Path(folder.name) / "series.csv"
    >>> size = sheet.write_text(
    ...     "patient_id,arm,Grip (kg) before,Grip (kg) 6 weeks\n"
    ...     "P1,open,18.5,24\nP2,scope,20,31.5\nP3,open,,28\nP4,scope,19,30\n"
    ... )
    >>> file = suggest_protocol(sheet, Path(folder.name) / "study.toml")
    >>> text = file.read_text(encoding="utf-8")
    >>> print(text[text.index("[visits]") : text.index("[outcomes]")].strip())
    [visits]
    before = 0
    week_6 = { day = "6 weeks", label = "6 weeks" }
    [patient]
    arm = { codes = ["open", "scope"] }  # if the order matters: grades = [...] in order
    [at_visit]
    grip = { label = "Grip", unit = "kg", low = 0, high = 50, step = "0.1" }  # seen from 18.5 to 31.5: what is plausible?
    >>> folder.cleanup()
    """  # noqa: E501 - a field is one line
    source, target = pathname(path), pathname(out, "out")
    refuse_old(target)
    asked = asked_of(
        ColumnMapping(),
        sheet=sheet,
        header_row=header_row,
        decimal=decimal,
        encoding=encoding,
        missing=missing,
    )
    asked = attrs.evolve(asked, every_sheet=True)
    tables = tables_of(source, asked, assessments=None)
    text = suggested_text(tables, source.stem, asked.missing)
    with replacing(target) as draft:
        draft.write_text(text, encoding="utf-8")
    return target


def suggested_text(
    tables: Iterable[Table], title: str, missing: AbstractSet[str] = _NONE
) -> str:
    """Return the text of a sound study file for tables, to be corrected by hand."""
    tables = list(tables)
    visits, guesses = guesses_of(tables, missing)
    lines = list(_lines(title, visits, guesses, _identifier(tables)))
    while errors := _errors(lines):
        for place, problem in errors.items():
            lines[place] = f"# {lines[place]}  # {problem}"
    return "\n".join(lines) + "\n"


def guesses_of(
    tables: Iterable[Table], missing: AbstractSet[str] = _NONE
) -> tuple[list[GuessedVisit], list[Guess]]:
    """Return the visits and the fields that tables seem to hold, each with a name."""
    columns, visits = _columns(list(tables), missing)
    named: dict[str, Guess] = {}
    claims = Counter(built_in_of(column.header) for column in columns)
    for column in columns:
        is_own = claims[built_in_of(column.header)] > 1  # in two units, or at two times
        guess = guess_of(attrs.evolve(column, is_own=is_own))
        number = itertools.count(2)
        name = guess.name
        while name in named:
            name = f"{guess.name}_{next(number)}"
        named[name] = attrs.evolve(guess, name=name)
    return visits, list(named.values())


def _errors(lines: list[str]) -> dict[int, str]:
    """Return what is wrong with which lines, as a reader of the file would tell."""
    try:
        protocol_of("\n".join(lines), "draft")
    except ProtocolErrors as found:
        return {
            error.line - 1: error.problem
            for error in found.errors
            if error.line is not None and not lines[error.line - 1].startswith("#")
        }
    return {}


def _columns(
    tables: list[Table], missing: AbstractSet[str]
) -> tuple[list[Column], list[GuessedVisit]]:
    """Return the columns of all tables, those of one field together, and the visits."""
    found: list[Column] = []
    visits: dict[GuessedVisit, None] = {}
    names: set[str] = set()
    together: dict[str, Column] = {}
    for table in tables:
        values = _values(table, missing)
        listed: dict[str, GuessedVisit] = {}
        for place, header in enumerate(table.header):
            if _is_time(header):
                listed |= visits_listed(dict.fromkeys(values[place]))
        visits |= dict.fromkeys(listed.values())
        repeats = bool(listed)
        stems = _stems(table.header)
        for place, header in enumerate(table.header):
            if not header.strip() or _is_known(header, values[place]):
                continue
            stem, unit = unit_behind(header)
            if header in stems:
                stem, unit, visit = stems[header]
                visits[visit] = None
            elif normal(stem) in together:  # a sheet of visits has it without one
                pass
            elif not (repeats and _varies(values, table.header, place)):
                if normal(header) not in names:
                    found.append(Column(header=header, values=values[place]))
                names.add(normal(header))
                continue
            if normal(stem) not in together:
                named = f"{stem} ({unit})" if unit else stem
                column = Column(header=named, values=[], at_visit=True)
                together[normal(stem)] = column
                found.append(column)
            together[normal(stem)].values.extend(values[place])
    return found, list(visits)


def _values(table: Table, missing: AbstractSet[str]) -> list[list[str]]:
    """Return the cells of each column as text; empty where nothing stands."""
    found: list[list[str]] = [[] for _ in table.header]
    for _, cells in itertools.islice(table.rows, _ROWS_SEEN):
        if names_no_patient(table.header, cells):
            continue
        for column, cell in itertools.zip_longest(found, cells[: len(found)]):
            text = "" if is_empty(cell) else _as_text(cell)
            column.append("" if text in missing else text)
    return found


def _as_text(cell: Any) -> str:
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    text = str(cell).strip()
    return "" if text.casefold() in NOT_RECORDED else text


def _stems(header: Iterable[str]) -> dict[str, tuple[str, str, GuessedVisit]]:
    """Return field, unit and visit of columns whose visit stands behind two names."""
    split: dict[str, tuple[str, str, GuessedVisit]] = {}
    for name in header:
        label, unit = unit_behind(name)
        found = visit_behind(name) or visit_behind(label)
        if found is not None:
            stem, own = unit_behind(found[0])
            split[name] = (stem, own or unit, found[1])
    stems = Counter(stem for stem, _, _ in split.values())
    seen = Counter(visit for _, _, visit in split.values())
    return {
        name: found
        for name, found in split.items()
        if stems[found[0]] > 1 or seen[found[2]] > 1
    }


def _is_known(header: str, values: list[str]) -> bool:
    """Whether a column is one that every study has, or holds nothing."""
    name = normal(header)
    always = {"lost_to_follow_up", "died", "died_day"}
    told = _is_time(header) or name in always or is_pseudonym(header)
    return told or not any(values)


def _is_time(header: str) -> bool:
    """Whether a column says at which visit, or when, its rows were seen."""
    return is_of_time(header) or normal(header) in _TIME_NAMES


def _identifier(tables: Iterable[Table]) -> str:
    """Return a column that seems to name the patient by another name; empty if none."""
    headers = [header for table in tables for header in table.header]
    if any(normal(header) == "patient_id" for header in headers):
        return ""
    return next((header for header in headers if is_pseudonym(header)), "")


def _varies(values: list[list[str]], header: tuple[str, ...], place: int) -> bool:
    """Whether a column may differ within a patient of a table with a row a visit."""
    key = next((key for key, name in enumerate(header) if is_pseudonym(name)), None)
    if key is None:
        return True
    seen: dict[str, list[str]] = {}
    for who, value in zip(values[key], values[place], strict=True):
        seen.setdefault(who, []).append(value)
    several = [of_one for of_one in seen.values() if len(of_one) > 1]
    return not several or any(len(set(of_one)) > 1 for of_one in several)


def _lines(
    title: str, visits: list[GuessedVisit], guessed: list[Guess], identifier: str
) -> Iterator[str]:
    yield "# A draft, guessed from a sheet. Every line is yours to correct."
    yield "# Columns need these names, or these labels; patient_id names the patient."
    if identifier:
        yield f"# It seems to be {identifier!r}: say so by a mapping (check --ask)."
    yield "format = 1"
    yield f"title = {toml_value(title)}"
    yield 'condition = "the condition"          # follows "patients with"'
    yield 'day_zero = "start of treatment"      # what happened on day 0'
    short = any(visit.is_short for visit in visits)
    if short:
        yield 'time_unit = "minutes"'
    yield '# group = "arm"                      # the field that parts the groups'
    yield "[visits]"
    yield from _visit_lines(visits)
    for role, at_visit in (("patient", False), ("at_visit", True)):
        yield f"[{role}]"
        for guess in guessed:
            if guess.at_visit is at_visit:
                yield _line(guess)
    followed = [g for g in guessed if g.at_visit and g.declared and "low" in g.declared]
    if followed:
        yield "[outcomes]                           # remove the # of what you follow"
    for guess in followed:
        yield f'# {guess.name} = {{ better = "low" }}     # or "high"?'


def _visit_lines(visits: list[GuessedVisit]) -> Iterator[str]:
    has_start = False
    codes: set[str] = set()
    for visit in visits:
        if visit.code in codes or (visit.time == "0" and has_start):
            yield f"# {visit.code} = ...  # {visit.words}: a second time for one visit?"
            continue
        codes.add(visit.code)
        has_start |= visit.time == "0"
        day: Any = visit.time or "none"
        day = 0 if day == "0" else day
        plain = normal(visit.words) == visit.code
        table = {"day": day} if plain else {"day": day, "label": visit.words}
        yield f"{visit.code} = {toml_value(table if len(table) > 1 else day)}"
    if not has_start and "baseline" not in codes:
        yield "baseline = 0"


def _line(guess: Guess) -> str:
    remark = f"  # {guess.remark}" if guess.remark else ""
    if guess.declared is None:
        return f"# {guess.name}: {guess.remark}"
    return f"{toml_key(guess.name)} = {toml_value(guess.declared)}{remark}"
