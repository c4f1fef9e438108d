"""What a sheet leaves open: the rows of a mapping file, with guesses marked."""

import difflib
import re
from collections.abc import Iterator, Sequence
from typing import Final

from iph._categories import Outcome, ScheduledVisit
from iph._fields import Declaration, DeclaredField, Kind
from iph.records._cells import option_words, yes_no_rule
from iph.records._columns import Column
from iph.records._date_guesses import date_guesses
from iph.records._dates import is_date
from iph.records._guessing import guess_of, patterns, stem_of
from iph.records._header import DATE_ORDERS, NUMBER
from iph.records._mapping import (
    DATE_ORDER,
    DECIMAL,
    FIELD_LIST,
    GUESS,
    IGNORED,
    MISSING,
    NOT_RECORDED_WORD,
    ROWS,
    WHOLE_SHEET,
    ColumnMapping,
    since,
)
from iph.records._matching import Matched
from iph.records._privacy import looks_like
from iph.records._study import the_study
from iph.records._targets import known_names, normal, target_of
from iph.records._times import guessed_visit, split_time, visit_at

Row = tuple[str, str, str, str]
"""The column, the cell, what it is read as, and a comment."""

_SAME_FOR_ALL: Final = (
    "records_complete",
    "hematoma_present",
    "other_areas",
    "imaging_available",
)
"""Questions of the criteria that often have one answer for a whole series."""

_ID: Final = "patient_id"
_SAYS_GUESS: Final = "a guess: remove the mark if it is right"
_CODE_BEFORE: Final = re.compile(r"[0-9]{1,2}\s*[_.:=)-]\s*(?=\D)")
_TIME_OF: Final = {"time": "outcome_day", "status": "outcome"}
"""A time and whether it ended with the outcome, as statistical programs hold them."""

_ENDED: Final = {"1": Outcome.COMPLETE, "0": Outcome.NONE}


def questions(tables: Sequence[Matched], told: ColumnMapping) -> list[Row]:
    """Return the rows of a mapping file for tables as far as they are understood."""
    rows: list[Row] = []
    for table in tables:
        rows += _column_rows(table, told)
        rows += _pattern_rows(table, told)
        for column in table.columns:
            rows += _word_rows(column)
    rows += _row_rows(tables, told)
    rows += _sheet_rows(tables, told)
    rows += field_rows()
    return rows


def _row_rows(tables: Sequence[Matched], told: ColumnMapping) -> Iterator[Row]:
    """Ask whether each row is a patient, if no column names them."""
    if ROWS in told.columns:
        yield ROWS, "", told.columns[ROWS], ""
    elif tables and not _names_patients(tables[0]):
        said = "if no column names the patients and each row is one: remove the mark"
        yield ROWS, "", f"{GUESS} {_ID}", said


def _names_patients(table: Matched) -> bool:
    """Whether a column holds pseudonyms, or may."""
    if any(column.target.field.name == _ID for column in table.columns):
        return True
    return any(guess_of(name) == _ID for _, name in table.set_aside)


def _sheet_rows(tables: Sequence[Matched], told: ColumnMapping) -> Iterator[Row]:
    """Yield the questions that one answer settles for the whole sheet."""
    columns = [column for table in tables for column in table.columns]
    known = {column.target.field.name for column in columns}
    points = [text for column in columns for text in column.doubted()]
    answers = dict(told.answers)
    if points or DECIMAL in answers:
        asked = f"is {points[0]} a decimal or thousands? . or ," if points else ""
        yield WHOLE_SHEET, DECIMAL, answers.pop(DECIMAL, ""), asked
    if _has_dates(tables) or DATE_ORDER in answers:
        said = f"{DATE_ORDERS[0]} or {DATE_ORDERS[1]}, if 03/04/2021 stands for a date"
        yield WHOLE_SHEET, DATE_ORDER, answers.pop(DATE_ORDER, ""), said
    said = "texts that mean missing throughout, with ; between them"
    yield WHOLE_SHEET, MISSING, answers.pop(MISSING, ""), said
    for name in _SAME_FOR_ALL:
        if name not in known and name in known_names():
            label = known_names()[name].field.declaration.label
            said = f"{label}: yes or no, if it is the same for all patients"
            yield WHOLE_SHEET, name, answers.pop(name, ""), said
    for question, answer in answers.items():
        yield WHOLE_SHEET, question, answer, ""


def _has_dates(tables: Sequence[Matched]) -> bool:
    seen = (texts for table in tables for texts in table.samples.values())
    return any(is_date(text) for texts in seen for text in texts)


def fields_of_tables() -> dict[str, tuple[DeclaredField, ...]]:
    """Return all fields of the study, for a person to choose from."""
    study = the_study()
    return {
        "One row a patient": study.patient_fields,
        "At each visit": study.assessment_fields,
    }


def field_rows() -> Iterator[Row]:
    """Yield every field, for the user to choose from."""
    for fields in fields_of_tables().values():
        for field in fields:
            yield FIELD_LIST, "", field.name, meaning(field.declaration)


def meaning(declared: Declaration) -> str:
    """Say what a field is, in which unit, and what a cell may hold."""
    return f"{_meaning(declared)}: {yes_no_rule(declared)}"


def _meaning(declared: Declaration) -> str:
    return declared.label + (f" ({declared.unit})" if declared.unit else "")


def _column_rows(table: Matched, told: ColumnMapping) -> list[Row]:
    rows: list[tuple[int, Row]] = []
    shifted = {c.target.field.name for c in table.columns if c.saw_zero}
    for column in table.columns:
        if column.header == ROWS:
            continue
        said = _meaning(column.target.field.declaration)
        row = (column.header, "", column.meant, said)
        kept = told.columns.get(normal(column.header), "")
        if since(kept) is not None:
            row = (column.header, "", kept, said)
        elif _is_decimal_age(column):
            guess = column.target.field.name.replace("years", "decimal_years")
            said = "holds decimals; a guess: completed years are read of them"
            row = (column.header, "", f"{GUESS} {guess}", said)
        elif column.target.field.name in shifted and column.is_graded:
            said = "holds a 0; a guess: the scale is coded from 0"
            row = (column.header, "", f"{GUESS} {column.name_from_zero}", said)
        elif column.is_doubtful:
            said = f"{said}? its cells say {', '.join(column.refused()[:3])}"
            row = (column.header, "", f"{GUESS} {column.meant}", said)
        rows.append((column.place, row))
    dates = date_guesses(table)
    headers = {normal(name) for _, name in table.set_aside}
    for place, header in table.set_aside:
        rows.append((place, _row_of(header, place, table, dates, headers)))
    return [row for _, row in sorted(rows)]


def _row_of(
    header: str,
    place: int,
    table: Matched,
    dates: dict[str, tuple[str, str]],
    headers: set[str],
) -> Row:
    """Return the row of a column that is not loaded."""
    if header in table.told:
        return header, "", IGNORED, ""
    if header in dates:
        return header, "", *dates[header]
    guess = guess_of(header)
    personal = looks_like(normal(header))
    if personal and guess != _ID:
        return header, "", IGNORED, f"looks like {personal}: not loaded"
    if headers >= _TIME_OF.keys() and normal(header) in _TIME_OF:
        time = _TIME_OF[normal(header)]
        guess = time if time in known_names() else guess
    if place in table.reasons:
        return header, "", IGNORED, table.reasons[place]
    if guess:
        return header, "", f"{GUESS} {guess}", _SAYS_GUESS
    seen = ", ".join(table.samples.get(place, [])[:4])
    return header, "", "", "not known" + (f"; holds {seen}" if seen else "")


def _is_decimal_age(column: Column) -> bool:
    """Whether an age is refused for its decimals alone."""
    target = column.target
    name = target.field.name.removesuffix("years") + "decimal_years"
    if target.conversion is not None or target_of(name) is None:
        return False
    refused = column.refused()
    return bool(refused) and all(re.fullmatch(r"[0-9]+[.,][0-9]+", t) for t in refused)


def _pattern_rows(table: Matched, told: ColumnMapping) -> Iterator[Row]:
    """Yield what several columns named by a stem and a number may hold."""
    for key, read_as in told.columns.items():
        if NUMBER in key:
            yield key, "", read_as, ""
            for cell, meant in told.cells.get(key, {}).items():
                yield key, cell, meant, ""
    open_ = [name for _, name in table.set_aside if name not in table.told]
    for key, columns in patterns(open_).items():
        if normal(key) in told.columns:
            continue
        stem = split_time(columns[0][0])
        target = stem_of(stem[0]) if stem is not None else None
        named = ", ".join(header for header, _ in columns[:4])
        said = f"a field without its visit, for {named} together"
        yield key, "", "" if target is None else f"{GUESS} {target.field.name}", said
        codes = ", ".join(visit.value for visit in the_study().visits)
        for header, number in columns:
            found = split_time(header)
            if found is None or visit_at(found[1], found[2]) is None:
                guess = guessed_visit(header)
                meant = "" if guess is None else f"{GUESS} {guess.value}"
                yield key, number, meant, f"which visit? {codes}; or day and a number"


def _word_rows(column: Column) -> list[Row]:
    declared = column.target.field.declaration
    if declared.kind is Kind.IDENTIFIER or column.is_doubtful:
        return []
    told = [
        (column.header, word, m or NOT_RECORDED_WORD, "")
        for word, m in column.words.items()
    ]
    if _is_decimal_age(column):
        return told
    asked = [
        (column.header, word, _close(column, word), yes_no_rule(declared))
        for word in column.refused()
        if word not in column.words
    ]
    return told + asked


def _close(column: Column, word: str) -> str:
    """Return the code whose word is close, marked as a guess."""
    options = column.target.field.declaration.options
    if options is None:
        return ""
    if options is Outcome and word in _ENDED:
        return f"{GUESS} {_ENDED[word].value}"
    if issubclass(options, ScheduledVisit):
        visit = the_study().baseline if word == "0" else guessed_visit(word)
        if visit is not None:
            return f"{GUESS} {visit.value}"
    known = option_words(options)[1]
    bare = _CODE_BEFORE.sub("", word.casefold(), count=1)
    if bare in known:
        return f"{GUESS} {known[bare].value}"
    close = difflib.get_close_matches(bare[:80], list(known), n=1, cutoff=0.7)
    return f"{GUESS} {known[close[0]].value}" if close else ""
