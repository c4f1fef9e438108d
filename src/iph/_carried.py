"""What a cohort carries besides its patients, as the cells of a table hold it."""

import functools
import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

import attrs

from iph.errors import InputError
from iph.scales._reference_ranges import ReferenceRange, one_each

SYNTHETIC: Final = "synthetic"
LABEL: Final = "cohort_label"
NOTES: Final = "cohort_notes"
RANGES: Final = "reference_ranges"
CARRIED: Final[tuple[str, ...]] = (SYNTHETIC, LABEL, NOTES, RANGES)
"""Columns that hold no clinical field, but what a cohort carries besides."""

MADE_UP: Final = "yes"
"""The cell of what is synthetic."""


def ranges_of(patient: object) -> tuple[ReferenceRange, ...]:
    """Return the ranges of the laboratory, where a patient has one that states some."""
    laboratory = getattr(patient, "laboratory", None)
    return tuple(getattr(laboratory, RANGES, None) or ())


def ranges_cell(patient: object) -> str | None:
    """Return the cell of the ranges of a patient's laboratory; None without any."""
    ranges = [attrs.asdict(one) for one in ranges_of(patient)]
    return json.dumps(ranges) if ranges else None


def cohort_cells(
    *, synthetic: bool, label: str, notes: Sequence[str]
) -> dict[str, str]:
    """Return the cells of what all patients of a cohort have in common."""
    cells = {SYNTHETIC: MADE_UP} if synthetic else {}
    if label:
        cells[LABEL] = json.dumps(label)
    if notes:
        cells[NOTES] = json.dumps(list(notes))
    return cells


def carried_columns(
    patients: Sequence[object], cells: Mapping[str, str]
) -> dict[str, list[str | None]]:
    """Return columns with a cell for each patient; only of what is there.

    Each row says all, since a row of a dataframe may be the only one that is kept.
    """
    columns: dict[str, list[str | None]] = {}
    if patients:
        columns |= {name: [cell] * len(patients) for name, cell in cells.items()}
    ranges = [ranges_cell(patient) for patient in patients]
    return columns | ({RANGES: ranges} if any(ranges) else {})


@functools.lru_cache
def carried_value(name: str, text: str) -> Any:
    """Return what a cell of such a column says.

    Raises
    ------
    ValueError
        If it does not stand there as iph writes it.
    """
    try:
        return _MEANINGS[name](text)
    except (TypeError, KeyError, RecursionError, InputError) as problem:
        raise ValueError(text) from problem


def _synthetic(text: str) -> bool:
    answers = {MADE_UP: True, "true": True, "no": False, "false": False}
    return answers[text.strip().casefold()]


def _notes(text: str) -> tuple[str, ...]:
    found = json.loads(text)
    if not isinstance(found, list) or not all(isinstance(one, str) for one in found):
        raise ValueError(text)
    return tuple(found)


def _ranges(text: str) -> tuple[ReferenceRange, ...]:
    return one_each((ReferenceRange(**one) for one in json.loads(text)), RANGES)


def _label(text: str) -> str:
    found = json.loads(text)
    if not isinstance(found, str):
        raise TypeError(text)
    return found


_MEANINGS: Final[Mapping[str, Callable[[str], Any]]] = {
    SYNTHETIC: _synthetic,
    LABEL: _label,
    NOTES: _notes,
    RANGES: _ranges,
}
