"""A cohort as rows of cells: one long table, or one of patients and one of visits."""

from collections.abc import Callable, Iterator, Sequence
from itertools import groupby
from operator import attrgetter
from typing import Any

from iph._bound import Bound
from iph._carried import MADE_UP, RANGES, SYNTHETIC, ranges_cell, ranges_of
from iph._cohort import Cohort, carried_cells
from iph._fields import DeclaredField, Kind, cell
from iph._subject import Subject, patient_fields, seen_fields
from iph.records._progress import Progress, stepped

Form = Callable[[DeclaredField], Callable[[Any], Any]]
"""Gives for a field what makes a recorded value a cell."""


def as_cell(field: DeclaredField) -> Callable[[Any], Any]:
    """Return what makes of a recorded value the cell that `cell` makes of it."""
    if field.declaration.kind is Kind.CHOICES:
        known: dict[Any, Any] = {}

        def of_set(value: Any) -> Any:
            found = known.get(value)
            if found is None:
                found = known[value] = cell(field, value)
            return found

        return of_set
    if field.declaration.options is not None:
        codes = {id(option): option.value for option in field.declaration.options}
        return lambda value: codes[id(value)]
    return _with_bounds if field.declaration.bounded else _itself


def _itself(value: Any) -> Any:
    return value


def _with_bounds(value: Any) -> Any:
    return str(value) if value.__class__ is Bound else value


class RowMaker:
    """Makes the cells of an object, one for each field; None where not recorded."""

    def __init__(self, fields: Sequence[DeclaredField], form: Form) -> None:
        self._forms = [form(field) for field in fields]
        self._runs: list[tuple[tuple[str, ...], Callable[[Any], Any], list[None]]] = []
        for path, run in groupby(fields, key=lambda field: field.path[:-1]):
            names = [field.name for field in run]
            self._runs.append((path, _getter(names), [None] * len(names)))

    def row(self, instance: object) -> list[Any]:
        """Return the cells of one object."""
        values: list[Any] = []
        for path, get, empty in self._runs:
            owner: Any = instance
            for step in path:
                owner = None if owner is None else getattr(owner, step)
            values += empty if owner is None else get(owner)
        return [
            None if value is None else form(value)
            for form, value in zip(self._forms, values, strict=True)
        ]


def _getter(names: list[str]) -> Callable[[Any], Any]:
    """Return what gets several attributes at once, even if there is only one."""
    get = attrgetter(*names)
    return get if len(names) > 1 else lambda owner: (get(owner),)


def about_columns(cohort: Cohort[Any]) -> list[str]:
    """Return the names of what a cohort carries besides fields, where it does."""
    has_ranges = any(map(ranges_of, cohort))
    return [*carried_cells(cohort), *([RANGES] if has_ranges else [])]


def about_cells(
    cohort: Cohort[Any], patient: Subject[Any], *, first: bool
) -> dict[str, str]:
    """Return the cells of `about_columns` in the first row of a patient.

    Label and notes stand in the first row of all.
    """
    every = {SYNTHETIC: MADE_UP} if cohort.synthetic else {}
    cells = carried_cells(cohort) if first else every
    ranges = ranges_cell(patient)
    return cells if ranges is None else {**cells, RANGES: ranges}


def long_rows(
    cohort: Cohort[Any], form: Form = as_cell, progress: Progress | None = None
) -> Iterator[list[Any]]:
    """Yield the header and the rows of the long table."""
    about = about_columns(cohort)
    own_fields = patient_fields(cohort.patient_class)
    of_visits = seen_fields(cohort.patient_class)
    yield [*[field.name for field in (*own_fields, *of_visits)], *about]
    no_patient = [None] * (len(own_fields) - 1)
    no_assessment = [None] * len(of_visits)
    patients = RowMaker(own_fields, form)
    assessments = RowMaker(of_visits, form)
    for place, patient in enumerate(written(cohort, progress)):
        own = patients.row(patient)
        cells = about_cells(cohort, patient, first=place == 0)
        for number, seen in enumerate(patient.follow_up.assessments or (None,)):
            visit = no_assessment if seen is None else assessments.row(seen)
            first = own if number == 0 else [own[0], *no_patient]
            if number == 1:
                cells = {name: cells[name] for name in cells if name == SYNTHETIC}
            yield [*first, *visit, *[cells.get(name) for name in about]]


def written(cohort: Cohort[Any], progress: Progress | None) -> Iterator[Subject[Any]]:
    """Pass the patients on that are written, and say how many."""
    return stepped(cohort, "patients written", len(cohort), progress)


def patient_rows(cohort: Cohort[Any]) -> Iterator[list[Any]]:
    """Yield the header and the rows of the patients table."""
    about = about_columns(cohort)
    fields = patient_fields(cohort.patient_class)
    yield [*[field.name for field in fields], *about]
    patients = RowMaker(fields, as_cell)
    for place, patient in enumerate(cohort):
        cells = about_cells(cohort, patient, first=place == 0)
        yield [*patients.row(patient), *[cells.get(name) for name in about]]


def assessment_rows(
    cohort: Cohort[Any], progress: Progress | None = None
) -> Iterator[list[Any]]:
    """Yield the header and the rows of the assessments table."""
    mark = [SYNTHETIC] if cohort.synthetic else []
    fields = seen_fields(cohort.patient_class)
    yield ["patient_id", *[field.name for field in fields], *mark]
    assessments = RowMaker(fields, as_cell)
    for patient in written(cohort, progress):
        for seen in patient.follow_up.assessments:
            yield [patient.patient_id, *assessments.row(seen), *[MADE_UP for _ in mark]]
