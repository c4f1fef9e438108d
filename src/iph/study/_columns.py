"""The patients of a study as columns, each read once: what every count is made of."""

import enum
import functools
from collections import Counter
from collections.abc import Callable, Collection, Hashable, Iterable, Sequence
from operator import attrgetter
from typing import Any, Final

import attrs
import numpy as np
import numpy.typing as npt

from iph._bound import Bound
from iph._categories import ScheduledVisit
from iph._course import leaves_no_room, stands
from iph._fields import DeclaredField
from iph._subject import Subject, fields_by_name
from iph._wide import bincount
from iph.protocol._protocol import Protocol
from iph.study._parts import value_at

Codes = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]
Days = npt.NDArray[np.float64]

DIED: Final = "died"
"""The state of a patient known to have died by a visit at which nothing was seen."""

_ROOM: Final = 1 << 16  # cells that a table of counts may always have
_FEW: Final = 64  # rows that are counted one by one
_FAR: Final = 1 << 62  # beyond it keys would not fit into 64 bits


@attrs.frozen(eq=False)
class Coded:
    """A column as numbers: the place of each row's value among the distinct ones."""

    codes: Codes
    values: Sequence[Any]

    def listed(self) -> list[Any]:
        """Return the value of each row."""
        return [self.values[code] for code in self.codes.tolist()]

    def mapped(self, change: Callable[[Any], Any]) -> "Coded":
        """Return the column of what a function makes of each distinct value."""
        found = coded([change(value) for value in self.values])
        return Coded(found.codes[self.codes], found.values)


class _Places(dict[Hashable, int]):
    """Gives each new value the next number."""

    def __missing__(self, value: Hashable) -> int:
        self[value] = place = len(self)
        return place


def coded(values: Iterable[Hashable]) -> Coded:
    """Give each distinct value of a column a number, in the order of their coming."""
    places = _Places()
    codes = np.array(list(map(places.__getitem__, values)), dtype=np.int64)
    return Coded(codes, list(places))


def crossed(columns: Sequence[Coded], where: Mask | None = None) -> Counter[Any]:
    """Count the rows by the values of some columns together."""
    picked = [c.codes if where is None else c.codes[where] for c in columns]
    if picked[0].size <= _FEW:
        return _crossed_one_by_one(columns, picked)
    widths = [max(len(c.values), 1) for c in columns]
    keys, size = _keys(picked, widths)
    if size <= _ROOM + 2 * keys.size:
        counts = bincount(keys, minlength=size)
        used = np.flatnonzero(counts)
        counts, places = counts[used], _digits(used, widths)
    else:
        _, rows, counts = np.unique(keys, return_index=True, return_counts=True)
        places = [codes[rows] for codes in picked]
    named = [
        [column.values[place] for place in found.tolist()]
        for column, found in zip(columns, places, strict=True)
    ]
    found: Counter[Any] = Counter()
    for *key, count in zip(*named, counts.tolist(), strict=True):
        found[tuple(key)] += count  # values that were mapped can be one
    return found


def _crossed_one_by_one(
    columns: Sequence[Coded], picked: Sequence[Codes]
) -> Counter[Any]:
    """Count few rows, for which calls of NumPy would take longer than the counting."""
    rows: dict[tuple[int, ...], int] = {}
    for row in zip(*(codes.tolist() for codes in picked), strict=True):
        rows[row] = rows.get(row, 0) + 1
    found: Counter[Any] = Counter()
    for codes, count in sorted(rows.items()):  # in the order of the keys of many rows
        key = (one.values[code] for one, code in zip(columns, codes, strict=True))
        found[tuple(key)] += count
    return found


def _digits(keys: Codes, widths: Sequence[int]) -> list[Codes]:
    """Return the columns that keys were made of."""
    found: list[Codes] = []
    for width in reversed(widths):
        keys, place = np.divmod(keys, width)
        found.insert(0, place)
    return found


def _keys(picked: Sequence[Codes], widths: Sequence[int]) -> tuple[Codes, int]:
    """Return one number a row, and one above the largest that there can be."""
    keys, size = picked[0], widths[0]
    for codes, width in zip(picked[1:], widths[1:], strict=True):
        if size * width >= _FAR:
            distinct, keys = np.unique(keys, return_inverse=True)
            size = distinct.size
        keys, size = keys * width + codes, size * width
    return keys, size


def together(columns: Sequence[Coded]) -> tuple[Codes, Codes]:
    """Return one row of each combination of values, and which one each row has."""
    keys, _ = _keys(
        [column.codes for column in columns], [max(len(c.values), 1) for c in columns]
    )
    _, firsts, places = np.unique(keys, return_index=True, return_inverse=True)
    return firsts, places.reshape(-1)


class Columns:
    """Columns of the patients of a study, by name.

    Assessments stand in one long list, those of a patient in the order of time; the
    grid has the place of each in that list, one row a patient.
    """

    def __init__(
        self, patients: Sequence[Subject[Any]], protocol: Protocol[Any]
    ) -> None:
        self.patients = tuple(patients)
        self.protocol = protocol
        self.n = len(self.patients)
        courses = [patient.follow_up for patient in self.patients]
        self.assessments = [a for course in courses for a in course.assessments]
        lengths = np.array([len(c.assessments) for c in courses], dtype=np.int64)
        width = int(lengths.max(initial=0))
        starts = np.cumsum(lengths) - lengths
        places = np.arange(width, dtype=np.int64)
        self.grid: Codes = np.where(
            places < lengths[:, None], starts[:, None] + places, -1
        )
        self.of_baseline: Mask = np.array(
            [a.visit is not None and a.visit.is_baseline for a in self.assessments],
            dtype=bool,
        )
        self.visits = protocol.visits
        order = {visit: place for place, visit in enumerate(self.visits)}
        self.visit_codes: Codes = np.array(
            [-1 if a.visit is None else order[a.visit] for a in self.assessments],
            dtype=np.int64,
        )
        self.died_day = _days([course.died_day for course in courses])
        self.died: Mask = np.array([bool(c.died) for c in courses], dtype=bool)
        self.stated_day = _days([course.stated_day for course in courses])
        self._found: dict[str, Coded] = {}
        self._of_assessments: dict[str, Coded] = {}
        self._seen = self._placed()

    def _placed(self) -> dict[ScheduledVisit, Codes]:
        """Return the place of each patient's assessment at each visit; -1 for none."""
        found = {visit: np.full(self.n, -1) for visit in self.visits}
        of_visit = self.on_grid(self.visit_codes, -1)
        for place, visit in enumerate(self.visits):
            rows, columns = np.nonzero(of_visit == place)
            found[visit][rows] = self.grid[rows, columns]
        return found

    def on_grid(self, values: npt.NDArray[Any], none: float) -> npt.NDArray[Any]:
        """Lay out what assessments have, one row a patient."""
        padded = np.append(values, none)  # the place -1 is the last one
        return padded[self.grid]

    def seen(self, visit: ScheduledVisit) -> Codes:
        """Return the place of each patient's assessment at a visit; -1 for none."""
        return self._seen[visit]

    def dead(self, visit: ScheduledVisit) -> Mask:
        """Return who is known to have died by a visit at which nothing was seen.

        A patient who was seen at the visit had not died; discharge has no nominal day,
        so that death before it cannot be told from a visit that was missed.
        """
        if visit.nominal_day is None:
            return np.zeros(self.n, dtype=bool)
        return (self._seen[visit] < 0) & (self.died_day <= visit.nominal_day)

    def recorded_days(self) -> Days:
        """Return the day that is recorded of each assessment; NaN for none."""
        return _days([a.day for a in self.assessments])

    @functools.cached_property
    def time_days(self) -> Days:
        """Return the day of each assessment on the grid, as `Course.time_days` has it.

        A nominal day that stands where it cannot be is NaN.
        """
        recorded = self.on_grid(self.recorded_days(), np.nan)
        nominal = self.on_grid(_days([a.time_day for a in self.assessments]), np.nan)
        visit = self.on_grid(self.visit_codes, -1)
        unfixed = [p for p, v in enumerate(self.visits) if v.nominal_day is None]
        fixed = np.where(np.isin(visit, unfixed), np.nan, recorded)
        # Recorded days rise, so that of those before a place the last one is enough.
        before = np.fmax.accumulate(fixed, axis=1)
        behind = np.fmin.accumulate(fixed[:, ::-1], axis=1)[:, ::-1]
        late = leaves_no_room(before, nominal, "before")
        late |= leaves_no_room(behind, nominal, "behind")
        for place in unfixed:
            own = np.where(visit == place, recorded, np.nan)
            day = np.fmax.reduce(own, axis=1, initial=np.nan)[:, None]
            for other, one in enumerate(self.visits):
                where = stands(self.visits[place], one, first=False)
                late |= (visit == other) & leaves_no_room(day, nominal, where)
        return np.where(np.isnan(recorded) & late, np.nan, nominal)

    def kept(self, name: str, make: Callable[[], Coded]) -> Coded:
        """Return a column that is made once, under a name."""
        if name not in self._found:
            self._found[name] = make()
        return self._found[name]

    def found(self, name: str, find: Callable[[Any], Hashable]) -> Coded:
        """Return what a function finds of each patient."""
        return self.kept(name, lambda: coded(map(find, self.patients)))

    def of_patients(self, name: str) -> Coded:
        """Return a recorded field of the patients."""
        return self.found(name, _reader(fields_by_name(self.protocol.patient)[name]))

    def derived(self, name: str) -> Coded:
        """Return a value that follows from the fields of a patient.

        A function is asked of every patient, a rule once of each combination of the
        values that it rests on.
        """
        rests_on = self.recorded_of([name], fields_by_name(self.protocol.patient))
        return self.answered(
            name, rests_on, lambda patient: self.protocol.lookup_of(patient)(name)
        )

    def answered(
        self,
        name: str,
        rests_on: Iterable[str],
        answer: Callable[[Any], Hashable],
    ) -> Coded:
        """Return what is answered of patients and rests on some recorded fields."""
        columns = [self.of_patients(field) for field in rests_on]
        if not columns:
            return self.found(name, answer)
        return self.kept(name, lambda: self.by_case(columns, answer))

    def by_case(
        self, columns: Sequence[Coded], answer: Callable[[Any], Hashable]
    ) -> Coded:
        """Return what is answered of one patient of each combination of values."""
        if not self.n:
            return coded([])
        firsts, places = together(columns)
        found = coded([answer(self.patients[row]) for row in firsts.tolist()])
        return Coded(found.codes[places], found.values)

    def at_baseline(self, name: str) -> Coded:
        """Return a field of the assessment at baseline, or a grade from one."""
        start, column = self.protocol.baseline, self.of_assessments(name)
        values = [*column.values, None]
        if start is None:
            return Coded(np.full(self.n, len(values) - 1), values)
        return Coded(
            np.append(column.codes, len(values) - 1)[self._seen[start]], values
        )

    def of_assessments(self, name: str) -> Coded:
        """Return a column of all assessments: a recorded field, or a grade from one."""
        if name not in self._of_assessments:
            fields = {field.name: field for field in self.protocol.assessment_fields}
            self._of_assessments[name] = (
                coded(map(_reader(fields[name]), self.assessments))
                if name in fields
                else self.asked([name], value_at(self.protocol, name))
            )
        return self._of_assessments[name]

    def asked(self, names: Iterable[str], answer: Callable[[Any], Hashable]) -> Coded:
        """Return what is answered of assessments that depends on some fields alone.

        It is asked once of each combination of their values that occurs.
        """
        recorded = {field.name for field in self.protocol.assessment_fields}
        rests_on = self.recorded_of(names, recorded)
        columns = [self.of_assessments(name) for name in rests_on]
        if not columns or not self.assessments:
            return coded([answer(a) for a in self.assessments])
        firsts, places = together(columns)
        found = coded([answer(self.assessments[row]) for row in firsts.tolist()])
        return Coded(found.codes[places], found.values)

    def recorded_of(
        self, names: Iterable[str], recorded: Collection[str]
    ) -> tuple[str, ...]:
        """Return the recorded fields that some names rest on; none for a function."""
        derived = {one.name: one.fields for one in self.protocol.derived}
        found: dict[str, None] = {}
        for name in names:
            inner = (
                (name,)
                if name in recorded
                else self.recorded_of(derived[name], recorded)
            )
            if not inner:
                return ()
            found |= dict.fromkeys(inner)
        return tuple(found)

    def states(self, name: str, visit: ScheduledVisit) -> Coded:
        """Return the state of an outcome at a visit: a number, None, or `DIED`."""
        return self._at(name, visit, _number)

    def told(self, name: str, visit: ScheduledVisit) -> Coded:
        """Return the same with bounds in their places, which are None in `states`."""
        return self._at(
            name, visit, lambda v: v if isinstance(v, Bound) else _number(v)
        )

    def _at(
        self, name: str, visit: ScheduledVisit, told: Callable[[Any], Hashable]
    ) -> Coded:
        column = self.of_assessments(name)
        values = [told(value) for value in column.values]
        none, died = len(values), len(values) + 1
        seen = self._seen[visit]
        codes = np.append(column.codes, none)[seen]
        codes[self.dead(visit)] = died
        return Coded(codes, [*values, None, DIED])

    def ever(self, name: str) -> Mask:
        """Return who has a value at any assessment, on the schedule or off it."""
        column = self.of_assessments(name)
        has = np.array([value is not None for value in column.values], dtype=bool)
        known = has[column.codes] if has.size else np.zeros(0, dtype=bool)
        on_grid: Mask = self.on_grid(known, 0).astype(bool)
        return np.asarray(on_grid.any(axis=1))


def _reader(field: DeclaredField) -> Callable[[Any], Hashable]:
    """Return what reads a field, the quickest way that there is."""
    return attrgetter(field.name) if len(field.path) == 1 else field.value_of


def _days(values: Sequence[int | None]) -> Days:
    return np.array([np.nan if v is None else v for v in values], dtype=np.float64)


def _number(value: Any) -> float | int | None:
    """Return a grade by its number, any other value as a float; None for a bound."""
    if value is None or isinstance(value, Bound):
        return None
    return int(value) if isinstance(value, enum.IntEnum) else float(value)
