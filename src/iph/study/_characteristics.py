"""What a table of baseline characteristics lists, and where each value comes from."""

import enum
from collections.abc import Callable
from typing import Any

import attrs

from iph._bound import Bound
from iph._categories import Visit
from iph._fields import DeclaredField, Kind
from iph._follow_up import ASSESSMENT_FIELDS
from iph._model import PATIENT_FIELDS, Patient
from iph.scales._coagulation import coagulation_status
from iph.scales._coagulation_findings import CoagulationStatus
from iph.study._anatomy import volume_ml

UNKNOWN = "unknown"


class Shape(enum.Enum):
    """How a characteristic is described."""

    NUMBER = "number"
    CATEGORY = "category"
    SEVERAL = "several categories"


@attrs.frozen(kw_only=True)
class Characteristic:
    """One variable of the table.

    Attributes
    ----------
    name : str
        The field that it comes from, or the name of what is derived.
    label : str
        What it is called in print.
    unit : str or None
        Its unit.
    shape : Shape
        A number; a category; or several categories at once.
    levels : tuple
        The codes of a category, in order.
    level_labels : tuple of str
        The codes in print.
    value : callable
        Takes a patient; returns the number, the code, or the set of codes; None if not
        recorded or not known.
    """

    name: str
    label: str
    unit: str | None
    shape: Shape
    levels: tuple[Any, ...]
    level_labels: tuple[str, ...]
    value: Callable[[Patient], Any]


def known(value: Any) -> Any:
    """Return a code or set of codes; None if it is not known, or by a bound alone."""
    if isinstance(value, Bound):
        return None
    if isinstance(value, frozenset):
        codes = frozenset(option.value for option in value)
        return None if UNKNOWN in codes else codes
    if isinstance(value, enum.Enum):
        return None if value.value == UNKNOWN else value.value
    return value


def of_field(
    declared: DeclaredField, read: Callable[[Patient], Any] | None = None
) -> Characteristic:
    declaration = declared.declaration
    find = declared.value_of if read is None else read

    def value(patient: Patient) -> Any:
        return known(find(patient))

    shape = {
        Kind.QUANTITY: Shape.NUMBER,
        Kind.DAYS: Shape.NUMBER,
        Kind.CHOICES: Shape.SEVERAL,
    }.get(declaration.kind, Shape.CATEGORY)
    levels: tuple[Any, ...] = ()
    labels: tuple[str, ...] = ()
    if declaration.kind is Kind.YES_NO:
        levels, labels = (True,), ("yes",)
    elif declaration.options is not None:
        options = [o for o in declaration.options if o.value != UNKNOWN]
        levels = tuple(option.value for option in options)
        labels = tuple(_option_label(option) for option in options)
    return Characteristic(
        name=declared.name,
        label=declaration.label,
        unit=declaration.unit,
        shape=shape,
        levels=levels,
        level_labels=labels,
        value=value,
    )


def _option_label(option: Any) -> str:
    """Name a grade by numeral and word, a category by its words."""
    numeral = getattr(option, "numeral", None)
    return str(option.label) if numeral is None else f"{numeral}, {option.label}"


def _at_baseline(declared: DeclaredField) -> Characteristic:
    def read(patient: Patient) -> Any:
        return declared.value_of(patient.follow_up.at(Visit.BASELINE))

    found = of_field(declared, read)
    return attrs.evolve(found, label=f"{found.label} at baseline")


def anticoagulated(patient: Patient) -> bool | None:
    """Whether the patient takes an agent that acts on clotting; None if not known."""
    if patient.anticoagulant is None:
        return None
    answers = {agent.is_anticoagulant for agent in patient.anticoagulant}
    if True in answers:
        return True
    return None if None in answers else False


def has_hemophilia(patient: Patient) -> bool | None:
    """Whether the patient has hemophilia; None if not known."""
    codes = known(patient.comorbidities)
    if codes is not None and "hemophilia" in codes:
        return True
    etiology = known(patient.etiology)
    if etiology == "hemophilia":
        return True
    return None if codes is None else False


def coagulation_of(patient: Patient, *, rule: str) -> CoagulationStatus:
    """Return the coagulation status of a patient by a named rule."""
    return coagulation_status(
        patient.laboratory,
        rule=rule,  # type: ignore[arg-type] # checked there
        anticoagulant=anticoagulated(patient),
        hemophilia=has_hemophilia(patient),
    )


def _coagulation(rule: str) -> Characteristic:
    known = [s for s in CoagulationStatus if s is not CoagulationStatus.NOT_ASSESSABLE]

    def value(patient: Patient) -> Any:
        status = coagulation_of(patient, rule=rule)
        return status if status in known else None

    return Characteristic(
        name="coagulation_status",
        label=f"Coagulation (rule {rule})",
        unit=None,
        shape=Shape.CATEGORY,
        levels=tuple(known),
        level_labels=tuple(status.name.lower() for status in known),
        value=value,
    )


def _conservative() -> Characteristic:
    return Characteristic(
        name="treated_conservatively",
        label="Treated without a procedure",
        unit=None,
        shape=Shape.CATEGORY,
        levels=(True,),
        level_labels=("yes",),
        value=lambda patient: patient.treated_conservatively,
    )


def _volume(rule: str) -> Characteristic:
    return Characteristic(
        name="volume_ml",
        label=f"Hematoma volume (recorded, or {rule})",
        unit="mL",
        shape=Shape.NUMBER,
        levels=(),
        level_labels=(),
        value=lambda patient: volume_ml(patient, rule=rule),
    )


_LISTED = (
    "age_years",
    "sex",
    "side",
    "symptom_days",
    "pain_sites",
    "etiology",
    "anticoagulant",
    "comorbidities",
    "hemoglobin_g_l",
    "platelets_10e9_l",
)
_AT_BASELINE = ("vas", "numbness", "strength", "hip_flexion_deg")
_AFTER = ("muscle", "femoral", "lateral_femoral_cutaneous", "treatments")

BLOOD = (
    "pt_s",
    "inr",
    "aptt_s",
    "tt_s",
    "fibrinogen_g_l",
    "factor_viii_percent",
    "factor_ix_percent",
    "factor_xi_percent",
)

_BY_NAME = {declared.name: declared for declared in PATIENT_FIELDS}
_ASSESSED = {declared.name: declared for declared in ASSESSMENT_FIELDS}


def baseline_characteristics(
    *, coagulation_rule: str, volume_rule: str
) -> tuple[Characteristic, ...]:
    """Return the rows of a table of baseline characteristics, in print order."""
    return (
        *(of_field(_BY_NAME[name]) for name in _LISTED),
        _coagulation(coagulation_rule),
        *(_at_baseline(_ASSESSED[name]) for name in _AT_BASELINE),
        _volume(volume_rule),
        *(of_field(_BY_NAME[name]) for name in _AFTER),
        _conservative(),
    )


def blood_characteristics() -> tuple[Characteristic, ...]:
    """Return the clotting tests, in print order."""
    return tuple(of_field(_BY_NAME[name]) for name in BLOOD)


def grouping(name: str, *, coagulation_rule: str) -> Characteristic | None:
    """Return the characteristic of one category each to group by, by its name."""
    if name == "coagulation_status":
        return _coagulation(coagulation_rule)
    declared = _BY_NAME.get(name)
    if declared is None:
        return None
    found = of_field(declared)
    if declared.declaration.kind is Kind.YES_NO:
        return attrs.evolve(found, levels=(False, True), level_labels=("no", "yes"))
    return found if found.shape is Shape.CATEGORY else None


def groupings() -> tuple[str, ...]:
    """Return the names that a table can be grouped by."""
    kinds = {Kind.CHOICE, Kind.YES_NO}
    names = (n for n, f in _BY_NAME.items() if f.declaration.kind in kinds)
    return ("coagulation_status", *names)
