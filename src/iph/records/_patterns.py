"""Columns named by a stem and a number: ``pain.{n}m`` stands for all of them."""

import re
from collections.abc import Mapping, Sequence
from typing import Final

import attrs

from iph._categories import ScheduledVisit
from iph.records._cells import option_words
from iph.records._header import NUMBER, pattern_of
from iph.records._mapping import IGNORED, ColumnMapping
from iph.records._report import RecordError
from iph.records._study import the_schedule
from iph.records._targets import normal
from iph.records._times import split_time, visit_at, visit_of

_DAY: Final = re.compile(r"day\s*([0-9]{1,4})")


def with_patterns(
    headers: Sequence[str], mapping: ColumnMapping
) -> tuple[ColumnMapping, list[RecordError]]:
    """Return the mapping with a row for each column that a pattern stands for."""
    columns = dict(mapping.columns)
    errors: list[RecordError] = []
    for key, read_as in mapping.columns.items():
        if NUMBER not in key:
            continue
        told = mapping.cells.get(key, {})
        for header in headers:
            match = pattern_of(key).fullmatch(normal(header))
            if match is None or normal(header) in mapping.columns:
                continue
            meant = _meant(header, match.group(1), read_as, told)
            if meant is not None:
                columns[normal(header)] = meant
                continue
            errors.append(_which(key, match.group(1), header))
    return attrs.evolve(mapping, columns=columns), errors


def _meant(
    header: str, number: str, read_as: str, told: Mapping[str, str]
) -> str | None:
    """Return what one of the columns holds; None if its visit is not known."""
    if normal(read_as) == IGNORED:
        return IGNORED
    if number in told:
        word = told[number].strip()
        if not word or normal(word) == IGNORED:
            return IGNORED
        words: dict[str, ScheduledVisit] = option_words(the_schedule())[1]
        visit = words.get(word.casefold().replace("_", " "))
        visit = visit or visit_of(word)
        day = _DAY.fullmatch(word.casefold().replace("_", " "))
        if visit is None and day is not None:
            return f"{read_as}_day_{day.group(1)}"
    else:
        found = split_time(header)
        is_it = found is not None and found[2] == int(number)
        visit = visit_at(*found[1:]) if is_it and found is not None else None
    return None if visit is None else f"{read_as}_{visit.value}"


def _which(key: str, number: str, header: str) -> RecordError:
    codes = ", ".join(visit.value for visit in the_schedule())
    return RecordError(
        row=None,
        column=header,
        value=number,
        rule=f"a visit, but nobody says which one {number} is in {key}",
        hint=f"map the cell {number} of {key} to one of: {codes}; or to day and a "
        f"number; or to {IGNORED}",
        table="mapping",
        name="visit-known",
    )
