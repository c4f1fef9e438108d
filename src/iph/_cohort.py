"""A cohort: patients, and the two tidy tables that they make."""

import importlib
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, Generic, Literal

import attrs

from iph._bound import Bound
from iph._carried import MADE_UP, SYNTHETIC, carried_columns, cohort_cells
from iph._checks import one_of
from iph._cohort_summary import summary_html
from iph._display import Displayed
from iph._event import Event
from iph._fields import DeclaredField, Kind, cell, declared_fields, sequence_of
from iph._model import Patient
from iph._subject import Subject, patient_fields, seen_fields, sound_class
from iph.errors import InputError, RuleError

if TYPE_CHECKING:
    from typing_extensions import TypeVar  # with a default, which Python 3.13 brings

    P_co = TypeVar("P_co", bound=Subject[Any], covariant=True, default=Patient)
else:
    from typing import TypeVar

    P_co = TypeVar("P_co", bound=Subject, covariant=True)

_P = TypeVar("_P", bound=Subject[Any])

LONGEST_LABEL = 200
LONGEST_NOTES = 5_000

Backend = Literal["pandas", "polars", "pyarrow"]


def _patients(values: Iterable[_P]) -> tuple[_P, ...]:
    return sequence_of(values, Subject, "patients", called="Patient")  # type: ignore[arg-type] # of any subclass


def _label(value: str) -> str:
    given: object = value
    if not isinstance(given, str):
        raise InputError("label", "a text", value)
    if len(given) > LONGEST_LABEL or _unprintable(given):
        rule = f"a line of at most {LONGEST_LABEL} characters that can be printed"
        raise InputError("label", rule, value)
    return str(given)


def _unprintable(text: str) -> bool:
    """Whether a text holds what no document may: control signs, half characters."""
    return any(
        unicodedata.category(sign) in {"Cc", "Cs"} or sign in "\ufffe\uffff"
        for sign in text
    )


def _synthetic(value: bool) -> bool:  # noqa: FBT001 - a converter
    if value is not True and value is not False:
        raise InputError("synthetic", "True or False", value)
    return value


def _notes(values: Iterable[str]) -> tuple[str, ...]:
    if isinstance(values, Mapping):
        raise InputError("notes", "a sequence of str", values)
    listed = sequence_of(values, str, "notes")
    for place, note in enumerate(listed):
        if _unprintable(note.replace("\n", "").replace("\t", "")):
            raise InputError(f"notes[{place}]", "text that can be printed", note)
    if sum(map(len, listed)) > LONGEST_NOTES:  # a cell of a workbook holds no more
        rule = f"of at most {LONGEST_NOTES} characters together"
        raise InputError("notes", rule, listed)
    return listed


def _events(values: Iterable[Event] | None) -> tuple[Event, ...] | None:
    return None if values is None else sequence_of(values, Event, "events")


def _not_read(values: Iterable[str]) -> tuple[str, ...]:
    return sequence_of(values, str, "not_read")


def _check_event(event: Event, last: Mapping[str, int | None]) -> None:
    """Refuse an event of nobody, and one after death."""
    name = event.patient_id
    if name not in last:
        raise RuleError(
            "events-of-patients",
            f"an event is of {name!r}, who is no patient of the cohort",
            ("patient_id",),
        )
    died = last[name]
    if died is not None and event.day is not None and event.day > died:
        raise RuleError(
            "events-before-death",
            f"an event of {name!r} is on day {event.day}, after the death on {died}",
            ("day",),
        )


@attrs.frozen
class Cohort(Generic[P_co], Displayed):
    """Patients of one study.

    Parameters
    ----------
    patients : iterable of Patient
        With different pseudonyms, all of one class: `Patient`, or the study's own.
    label : str
        What the cohort is called in print, at most 200 characters.
    synthetic : bool
        Whether the patients were made up. Every file written from it says so.
    notes : tuple of str
        What a reader of any result must know about where the patients come from, at
        most 5,000 characters together.
    not_read : tuple of str
        What the table of these patients holds that was not used, and why. It is no
        part of the cohort: cohorts that differ only here are equal.
    events : iterable of Event, optional
        Complications and adverse events, as `iph.records.read` reads them. Empty if the
        table of events holds none; None if there is no such table, which says nothing
        of whether there were any.
    patient_class : type, optional
        The class of the patients, which says what fields their tables have. It need
        not be given, except for a cohort of nobody.

    Raises
    ------
    InputError
        If something else than patients is given, patients of two classes, or of a class
        that lacks the decorator of attrs; or if the label, the mark or a note is not of
        its type, too long, or holds control characters.
    RuleError
        ``patients-unique``: two patients have one pseudonym; ``events-of-patients``: an
        event is of nobody in the cohort; ``events-before-death``: an event comes after
        the death of its patient.

    Examples
    --------
    >>> from iph import Assessment, Cohort, FollowUp, Patient
    >>> course = FollowUp(assessments=[Assessment(visit="baseline", vas=7)])
    >>> cohort = Cohort([Patient(patient_id="P01", age_years=48, follow_up=course)])
    >>> cohort
    <Cohort: n = 1, assessments = 1>
    >>> cohort.assessments_frame()[["patient_id", "visit", "vas"]]
      patient_id     visit  vas
    0        P01  baseline  7.0
    """

    patients: tuple[P_co, ...] = attrs.field(default=(), converter=_patients)
    label: str = attrs.field(default="", converter=_label, kw_only=True)
    synthetic: bool = attrs.field(default=False, converter=_synthetic, kw_only=True)
    notes: tuple[str, ...] = attrs.field(default=(), converter=_notes, kw_only=True)
    not_read: tuple[str, ...] = attrs.field(
        default=(), converter=_not_read, kw_only=True, eq=False
    )
    events: tuple[Event, ...] | None = attrs.field(
        default=None, converter=_events, kw_only=True
    )
    _patient_class: type[P_co] | None = attrs.field(
        default=None, kw_only=True, alias="patient_class"
    )

    def __attrs_post_init__(self) -> None:
        object.__setattr__(self, "_patient_class", self._class_of_all())
        last: dict[str, int | None] = {}
        for patient in self.patients:
            if patient.patient_id in last:
                raise RuleError(
                    "patients-unique",
                    f"patient_id {patient.patient_id!r} stands twice",
                    ("patient_id",),
                )
            last[patient.patient_id] = patient.follow_up.died_day
        for event in self.events or ():
            _check_event(event, last)

    @property
    def patient_class(self) -> type[P_co]:
        """The class of the patients, which says what fields their tables have."""
        found: Any = self._patient_class
        return found  # type: ignore[no-any-return] # found when the cohort was made

    def _class_of_all(self) -> type[Subject[Any]]:
        """Return the one class of the patients; refuse two, or a careless one."""
        given: Any = self._patient_class
        found: dict[type[Any], None] = dict.fromkeys(map(type, self.patients))
        if given is None:
            given = next(iter(found), Patient)
        if not (isinstance(given, type) and issubclass(given, Subject)):
            raise InputError("patient_class", "a class of patients", given)
        if any(cls is not given for cls in found):
            names = ", ".join(sorted({cls.__name__ for cls in found}))
            raise InputError("patients", f"all of the class {given.__name__}", names)
        return sound_class(given)

    def __repr__(self) -> str:
        """Say what is in it; its patients would fill hundreds of lines."""
        seen = sum(len(patient.follow_up.assessments) for patient in self)
        label = f" {self.label!r}" if self.label else ""
        told = "" if self.events is None else f", events = {len(self.events)}"
        made_up = ", synthetic" if self.synthetic else ""
        return f"<Cohort{label}: n = {len(self)}, assessments = {seen}{told}{made_up}>"

    def _repr_html_(self) -> str:
        """Return what a notebook shows: a summary without the rows of patients."""
        return summary_html(
            self.patients,
            self.patient_class,
            label=self.label,
            synthetic=self.synthetic,
            notes=self.notes,
            not_read=self.not_read,
            events=self.events,
        )

    def __len__(self) -> int:
        return len(self.patients)

    def __iter__(self) -> Iterator[P_co]:
        return iter(self.patients)

    def patient_columns(self) -> dict[str, list[Any]]:
        """Return the patients table as columns: one row a patient.

        A bound is its limit, with the sign in a column of its own (``inr_bound``) that
        is there if any patient has one. What the cohort carries stands in each row, in
        the columns that `patients_frame` names.
        """
        columns: dict[str, list[Any]] = {}
        for declared in patient_fields(self.patient_class):
            values = [declared.value_of(patient) for patient in self.patients]
            columns |= _columns(declared, values)
        return columns | carried_columns(self.patients, carried_cells(self))

    def assessment_columns(self) -> dict[str, list[Any]]:
        """Return the assessments table as columns: one row a patient and visit.

        Bounds are as in `patient_columns`.
        """
        rows = [(p.patient_id, a) for p in self for a in p.follow_up.assessments]
        columns: dict[str, list[Any]] = {"patient_id": [name for name, _ in rows]}
        for declared in seen_fields(self.patient_class):
            columns |= _columns(declared, [declared.value_of(row) for _, row in rows])
        if rows and self.synthetic:
            columns[SYNTHETIC] = [MADE_UP] * len(rows)
        return columns

    def patients_frame(self, backend: Backend = "pandas") -> Any:
        """Return the patients table as a dataframe: one row a patient.

        Parameters
        ----------
        backend : {"pandas", "polars", "pyarrow"}
            The library of the dataframe. iph does not bring it.

        Returns
        -------
        dataframe
            One column a field; missing values are the library's own null. The columns
            of pandas are nullable, so that whole numbers stay whole. What the cohort
            carries besides stands in further columns, if there is any:
            ``synthetic`` (``yes``), ``cohort_label``, ``cohort_notes``, and
            ``reference_ranges``, those of each patient's laboratory. All readers of
            such a frame heed them.

        Raises
        ------
        InputError
            The library is not installed, or none of these.
        """
        fields = patient_fields(self.patient_class)
        return _frame(self.patient_columns(), fields, backend)

    def assessments_frame(self, backend: Backend = "pandas") -> Any:
        """Return the assessments table as a dataframe: one row a patient and visit.

        Parameters
        ----------
        backend : {"pandas", "polars", "pyarrow"}
            The library of the dataframe. iph does not bring it.

        Returns
        -------
        dataframe
            ``patient_id`` and one column a field of `Assessment`; ``synthetic``
            (``yes``), if the cohort is.

        Raises
        ------
        InputError
            The library is not installed, or none of these.
        """
        fields = seen_fields(self.patient_class)
        return _frame(self.assessment_columns(), fields, backend)

    def events_frame(self, backend: Backend = "pandas") -> Any:
        """Return the table of events as a dataframe: one row an event.

        Parameters
        ----------
        backend : {"pandas", "polars", "pyarrow"}
            The library of the dataframe. iph does not bring it.

        Returns
        -------
        dataframe
            With ``patient_id``, ``event``, ``day``, ``grade`` and ``related``, which
            `iph.records.from_frames` reads; empty if there were no events.

        Raises
        ------
        InputError
            The library is not installed, or none of these; or the cohort has no table
            of events.
        """
        if self.events is None:
            hint = "read it with the patients, or give events=[] if there were none"
            raise InputError("cohort", "one with a table of events", self, hint)
        fields = declared_fields(Event)
        columns = {
            one.name: [cell(one, one.value_of(event)) for event in self.events]
            for one in fields
        }
        return _frame(columns, fields, backend)


def _columns(declared: DeclaredField, values: list[Any]) -> dict[str, list[Any]]:
    """Return the cells of a field, and beside them the signs of bounds."""
    if not any(isinstance(value, Bound) for value in values):
        return {declared.name: [cell(declared, value) for value in values]}
    number = int if declared.declaration.whole else float
    limits, signs = [], []
    for value in values:
        is_bound = isinstance(value, Bound)
        limits.append(number(value.value) if is_bound else cell(declared, value))
        signs.append(value.operator if is_bound else None)
    return {declared.name: limits, f"{declared.name}_bound": signs}


def carried_cells(cohort: Cohort[Any]) -> dict[str, str]:
    """Return what a cohort carries beside its patients, as the cells of a table."""
    return cohort_cells(
        synthetic=cohort.synthetic, label=cohort.label, notes=cohort.notes
    )


def _frame(
    columns: dict[str, list[Any]], declared: tuple[DeclaredField, ...], backend: Backend
) -> Any:
    one_of(backend, "backend", ("pandas", "polars", "pyarrow"))
    try:
        importlib.import_module(backend)
    except ImportError:
        hint = f"python -m pip install {backend}"
        raise InputError("backend", "an installed library", backend, hint) from None
    kinds = {field.name: _column_type(field) for field in declared}
    kinds["patient_id"] = "String"
    kinds |= {name: "String" for name in columns if name not in kinds}
    if backend == "pandas":
        import pandas as pd

        nullable = {"String": "string", "Boolean": "boolean"}
        return pd.DataFrame(
            {
                name: pd.array(values, dtype=nullable.get(kinds[name], kinds[name]))
                for name, values in columns.items()
            }
        )
    import narwhals.stable.v2 as nw

    schema = {name: getattr(nw, kinds[name])() for name in columns}
    return nw.from_dict(columns, schema, backend=backend).to_native()


def _column_type(field: DeclaredField) -> str:
    declared = field.declaration
    if declared.kind is Kind.YES_NO:
        return "Boolean"
    if declared.kind in {Kind.QUANTITY, Kind.DAYS}:
        return "Int64" if declared.whole else "Float64"
    return "Int64" if declared.kind is Kind.GRADE else "String"
