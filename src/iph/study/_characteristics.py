"""What a table of baseline characteristics lists, and where each value comes from."""

import enum
from collections.abc import Callable, Iterable
from typing import Any, Final

import attrs
import numpy as np

from iph._bound import Bound
from iph._categories import Nerve
from iph._fields import DeclaredField, Kind, label_of
from iph._subject import fields_by_name
from iph.protocol._protocol import Protocol
from iph.scales._coagulation_findings import CoagulationStatus
from iph.study._anatomy import volumes_ml
from iph.study._coagulation import coagulation_column
from iph.study._columns import Coded, Columns

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
    column : callable
        Takes the columns of the patients; returns the column of numbers and bounds,
        codes, or sets of codes; None where not recorded or not known.
    ordered : bool
        Whether the levels are grades, so that their order says more than their names.
    absent : tuple
        The levels that say that what is asked for is not there; ``frozenset()`` for an
        empty set. Where nobody has one of them, and some are not recorded, only
        presence was recorded, and no share can be read.
    """

    name: str
    label: str
    unit: str | None
    shape: Shape
    levels: tuple[Any, ...]
    level_labels: tuple[str, ...]
    column: Callable[[Columns], Coded]
    ordered: bool = False
    absent: tuple[Any, ...] = ()

    def records_presence_only(self, values: Iterable[Any]) -> bool:
        """Whether nobody is recorded without it while some are not recorded."""
        listed = list(values)
        if not self.absent or None not in listed:
            return False
        return not any(value in self.absent for value in listed)


# Nobody without an agent is recorded as "none", and so on: then only presence is
# recorded. Of treatments and pain sites everybody has some.
ABSENT: Final = {
    "anticoagulant": (frozenset(),),
    "comorbidities": (frozenset(),),
    "coagulation_status": ("normal",),
    **dict.fromkeys((nerve.value for nerve in Nerve), ("spared",)),
}


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


def bounded(value: Any) -> Any:
    """Return a number, or the bound that is known of it."""
    return value if isinstance(value, Bound) else known(value)


def of_field(
    declared: DeclaredField, read: Callable[[Columns], Coded] | None = None
) -> Characteristic:
    declaration = declared.declaration

    def recorded(columns: Columns) -> Coded:
        return columns.of_patients(declared.name)

    find = recorded if read is None else read

    def column(columns: Columns) -> Coded:
        return find(columns).mapped(bounded if shape is Shape.NUMBER else known)

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
        column=column,
        ordered=declaration.kind is Kind.GRADE,
        absent=ABSENT.get(declared.name, ()),
    )


def _option_label(option: Any) -> str:
    """Name a grade by numeral and word, a category by its words."""
    numeral = getattr(option, "numeral", None)
    label = label_of(option)
    return label if numeral is None else f"{numeral}, {label}"


def coagulation_characteristic(rule: str) -> Characteristic:
    told = [s for s in CoagulationStatus if s is not CoagulationStatus.NOT_ASSESSABLE]

    def column(columns: Columns) -> Coded:
        found = coagulation_column(columns, rule=rule)
        return found.mapped(lambda status: status if status in told else None)

    return Characteristic(
        name="coagulation_status",
        label="Coagulation",
        unit=None,
        shape=Shape.CATEGORY,
        levels=tuple(told),
        level_labels=tuple(status.name.lower() for status in told),
        column=column,
        absent=(CoagulationStatus.NORMAL,),
    )


def _volume(rule: str) -> Characteristic:
    return Characteristic(
        name="volume_ml",
        label=f"Hematoma volume (recorded, or {rule})",
        unit="mL",
        shape=Shape.NUMBER,
        levels=(),
        level_labels=(),
        column=lambda columns: volumes_ml(columns, rule=rule),
    )


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

NOBODY_GROUPED: Final = Characteristic(
    name="",
    label="",
    unit=None,
    shape=Shape.CATEGORY,
    levels=(),
    level_labels=(),
    column=lambda columns: Coded(np.zeros(columns.n, dtype=np.int64), [None]),
)
"""The grouping of a study without groups."""

_COAGULATION: Final = "coagulation_status"
_VOLUME: Final = "volume_ml"


def baseline_characteristics(
    protocol: Protocol[Any], *, coagulation_rule: str, volume_rule: str
) -> tuple[Characteristic, ...]:
    """Return the rows of a table of baseline characteristics, in print order."""
    special: dict[str, Characteristic] = {}
    if "coagulation" in protocol.parts:
        special[_COAGULATION] = coagulation_characteristic(coagulation_rule)
    if "size" in protocol.parts:
        special[_VOLUME] = _volume(volume_rule)
    return tuple(
        special.get(name) or characteristic_of(protocol, name) for name in protocol.rows
    )


def characteristic_of(protocol: Protocol[Any], name: str) -> Characteristic:
    """Return a field of the patient, one at baseline, or a derived value, as a row."""
    declared = fields_by_name(protocol.patient).get(name)
    if declared is not None:
        return of_field(declared)
    of_patient = protocol.patient_declarations.get(name)
    declaration = of_patient or protocol.assessment_declarations[name]
    field = DeclaredField(
        name=name, path=(name,), owner=protocol.patient, declaration=declaration
    )
    if of_patient is None:
        found = of_field(field, lambda columns: columns.at_baseline(name))
        return attrs.evolve(found, label=f"{found.label} at baseline")
    return of_field(field, lambda columns: columns.derived(name))


def blood_characteristics(protocol: Protocol[Any]) -> tuple[Characteristic, ...]:
    """Return the clotting tests, in print order; none if the study asks for none."""
    if "coagulation" not in protocol.parts:
        return ()
    by_name = fields_by_name(protocol.patient)
    return tuple(of_field(by_name[name]) for name in BLOOD)
