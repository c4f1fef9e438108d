"""A cohort: patients, and the two tidy tables that they make."""

from collections.abc import Iterable, Iterator
from typing import Any, Literal

import attrs

from iph._bound import Bound
from iph._checks import one_of
from iph._fields import DeclaredField, Kind, cell
from iph._follow_up import ASSESSMENT_FIELDS
from iph._model import PATIENT_FIELDS, Patient
from iph.errors import InputError, RuleError

Backend = Literal["pandas", "polars", "pyarrow"]


def _patients(values: Any) -> tuple[Patient, ...]:
    if isinstance(values, Patient) or not isinstance(values, Iterable):
        raise InputError("patients", "a sequence of Patient", values)
    listed = tuple(values)
    for place, value in enumerate(listed):
        if not isinstance(value, Patient):
            raise InputError(f"patients[{place}]", "a Patient", value)
    return listed


def _notes(values: Iterable[str]) -> tuple[str, ...]:
    return _sentences("notes", values)


def _not_read(values: Iterable[str]) -> tuple[str, ...]:
    return _sentences("not_read", values)


def _sentences(name: str, values: Any) -> tuple[str, ...]:
    """Return sentences as a tuple; a single text is not a list of its letters."""
    if isinstance(values, (str, bytes)) or not isinstance(values, Iterable):
        raise InputError(name, "a sequence of sentences", values)
    listed = tuple(values)
    for place, value in enumerate(listed):
        if not isinstance(value, str):
            raise InputError(f"{name}[{place}]", "a sentence", value)
    return listed


@attrs.frozen
class Cohort:
    """Patients of one study.

    Parameters
    ----------
    patients : iterable of Patient
        With different pseudonyms.
    label : str
        What the cohort is called in print.
    synthetic : bool
        Whether the patients were made up. Every file written from it says so.
    notes : tuple of str
        What a reader of any result must know about where the patients come from.
    not_read : tuple of str
        What the table of these patients holds that was not used, and why. It is no
        part of the cohort: cohorts that differ only here are equal.

    Raises
    ------
    InputError
        If something else than patients is given, or an option is not what it must be.
    RuleError
        ``patients-unique``: two patients have one pseudonym.

    Examples
    --------
    >>> from iph import Assessment, Cohort, FollowUp, Patient
    >>> course = FollowUp(assessments=[Assessment(visit="baseline", vas=7)])
    >>> cohort = Cohort([Patient(patient_id="P01", age_years=48, follow_up=course)])
    >>> len(cohort)
    1
    >>> cohort.assessments_frame()[["patient_id", "visit", "vas"]]
      patient_id     visit  vas
    0        P01  baseline  7.0
    """

    patients: tuple[Patient, ...] = attrs.field(default=(), converter=_patients)
    label: str = attrs.field(default="", kw_only=True)
    synthetic: bool = attrs.field(default=False, kw_only=True)
    notes: tuple[str, ...] = attrs.field(default=(), converter=_notes, kw_only=True)
    not_read: tuple[str, ...] = attrs.field(
        default=(), converter=_not_read, kw_only=True, eq=False
    )

    def __attrs_post_init__(self) -> None:
        if not isinstance(self.label, str):
            raise InputError("label", "a text", self.label)
        if not isinstance(self.synthetic, bool):
            raise InputError("synthetic", "True or False", self.synthetic)
        seen: set[str] = set()
        for patient in self.patients:
            if patient.patient_id in seen:
                raise RuleError(
                    "patients-unique",
                    f"patient_id {patient.patient_id!r} stands twice",
                    ("patient_id",),
                )
            seen.add(patient.patient_id)

    def __len__(self) -> int:
        return len(self.patients)

    def __iter__(self) -> Iterator[Patient]:
        return iter(self.patients)

    def patient_columns(self) -> dict[str, list[Any]]:
        """Return the patients table as columns: one row a patient.

        A bound is its limit, with the sign in a column of its own (``inr_bound``) that
        is there if any patient has one.
        """
        columns: dict[str, list[Any]] = {}
        for declared in PATIENT_FIELDS:
            values = [declared.value_of(patient) for patient in self.patients]
            bounds = [value for value in values if isinstance(value, Bound)]
            columns[declared.name] = [
                value.value if isinstance(value, Bound) else cell(declared, value)
                for value in values
            ]
            if bounds:
                columns[f"{declared.name}_bound"] = [
                    value.operator if isinstance(value, Bound) else None
                    for value in values
                ]
        return columns

    def assessment_columns(self) -> dict[str, list[Any]]:
        """Return the assessments table as columns: one row a patient and visit."""
        rows = [(p.patient_id, a) for p in self for a in p.follow_up.assessments]
        columns: dict[str, list[Any]] = {"patient_id": [name for name, _ in rows]}
        for declared in ASSESSMENT_FIELDS:
            columns[declared.name] = [
                cell(declared, declared.value_of(row)) for _, row in rows
            ]
        return columns

    def patients_frame(self, backend: Backend = "pandas") -> Any:
        """Return the patients table as a dataframe: one row a patient.

        Parameters
        ----------
        backend : {"pandas", "polars", "pyarrow"}
            The library of the dataframe. It must be installed.

        Returns
        -------
        dataframe
            One column a field; missing values are the library's own null. The columns
            of pandas are nullable, so that whole numbers stay whole.
        """
        return _frame(self.patient_columns(), PATIENT_FIELDS, backend)

    def assessments_frame(self, backend: Backend = "pandas") -> Any:
        """Return the assessments table as a dataframe: one row a patient and visit.

        Parameters
        ----------
        backend : {"pandas", "polars", "pyarrow"}
            The library of the dataframe. It must be installed.

        Returns
        -------
        dataframe
            ``patient_id`` and one column a field of `Assessment`.
        """
        return _frame(self.assessment_columns(), ASSESSMENT_FIELDS, backend)


def _frame(
    columns: dict[str, list[Any]], declared: tuple[DeclaredField, ...], backend: Backend
) -> Any:
    one_of(backend, "backend", ("pandas", "polars", "pyarrow"))
    kinds = {field.name: _column_type(field) for field in declared}
    kinds["patient_id"] = "String"
    kinds |= {name: "String" for name in columns if name not in kinds}
    if backend == "pandas":  # comes with lifelines
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
