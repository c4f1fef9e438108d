"""Which column names mean which field: derived from the declarations.

A column is known by the field's name (``hemoglobin_g_l``), its label (``Hemoglobin``,
``Hemoglobin (g/L)``), or its name with another unit (``hemoglobin_g_dl``,
``symptom_months``). One row a patient may hold visits in columns: the name of an
assessment field and of a visit (``vas_week_1``). Case, spaces and underscores do not
matter; nothing else is read into a name.
"""

import functools
import re
import unicodedata
from collections.abc import Iterator
from fractions import Fraction
from typing import Final

import attrs

from iph._categories import Visit
from iph._fields import DeclaredField, Kind
from iph._follow_up import ASSESSMENT_FIELDS
from iph._model import PATIENT_FIELDS

_DAYS_IN: Final = {
    "week": Fraction(7),
    "month": Fraction(487, 16),
    "year": Fraction(1461, 4),
}
"""Days in longer units; a month is a twelfth of 365.25 days."""


@attrs.frozen(kw_only=True)
class Conversion:
    """How a column in another unit becomes the field.

    Attributes
    ----------
    unit : str
        The unit of the column.
    factor : Fraction
        What its values are multiplied by.
    rounded : bool
        Whether the product is rounded to whole days (months and years are no whole
        number of days, so that rounding loses nothing that was recorded).
    """

    unit: str
    factor: Fraction
    rounded: bool = False


@attrs.frozen(kw_only=True)
class Target:
    """What a column holds.

    Attributes
    ----------
    field : DeclaredField
        The field.
    of_assessment : bool
        Whether it is a field of an assessment (else of the patient).
    visit : Visit or None
        The visit that the column's name states.
    conversion : Conversion or None
        How to convert it, if its name states another unit.
    decimal : str
        The decimal mark that its numbers are said to have; empty if nobody said.
    """

    field: DeclaredField
    of_assessment: bool = False
    visit: Visit | None = None
    conversion: Conversion | None = None
    decimal: str = ""

    @property
    def key(self) -> tuple[str, Visit | None]:
        """What two columns of one table may not share."""
        return self.field.name, self.visit


def normal(name: str) -> str:
    """Return a column name without case, spaces, underscores and accents at play."""
    if not name.isascii():
        name = unicodedata.normalize("NFKC", name)
    return re.sub(r"[\s_]+", "_", name.strip().casefold())


def unit_slug(unit: str) -> str:
    """Return a unit as it stands in a column name: ``g/dL`` is ``g_dl``."""
    return re.sub(r"[^a-z0-9]+", "_", unit.casefold().replace("^", "e")).strip("_")


def _conversions(field: DeclaredField) -> Iterator[tuple[str, Conversion]]:
    declared = field.declaration
    if declared.kind is Kind.DAYS:
        for ending in ("_days", "_day"):
            if field.name.endswith(ending):
                stem = field.name.removesuffix(ending)
                plural = "s" if ending == "_days" else ""
                for unit, factor in _DAYS_IN.items():
                    conversion = Conversion(
                        unit=f"{unit}s",
                        factor=factor,
                        rounded=factor.denominator > 1,
                    )
                    yield f"{stem}_{unit}{plural}", conversion
                return
    own = unit_slug(declared.unit) if declared.unit else ""
    stem = field.name.removesuffix(f"_{own}") if own else field.name
    for other in declared.other_units:
        slug = unit_slug(other.unit)
        yield f"{stem}_{slug}", Conversion(unit=other.unit, factor=other.factor)


def _names(field: DeclaredField) -> Iterator[tuple[str, Conversion | None]]:
    declared = field.declaration
    yield field.name, None
    yield declared.label, None
    if declared.unit:
        yield f"{declared.label} ({declared.unit})", None
    for other in declared.other_units:
        conversion = Conversion(unit=other.unit, factor=other.factor)
        yield f"{declared.label} ({other.unit})", conversion
    yield from _conversions(field)


@functools.cache
def known_names() -> dict[str, Target]:
    """Return every column name that is understood, in its normal form."""
    found: dict[str, Target] = {}
    for field in PATIENT_FIELDS:
        for name, conversion in _names(field):
            found.setdefault(normal(name), Target(field=field, conversion=conversion))
    for field in ASSESSMENT_FIELDS:
        for name, conversion in _names(field):
            target = Target(field=field, of_assessment=True, conversion=conversion)
            found.setdefault(normal(name), target)
            if field.name == "visit":
                continue
            for visit in Visit:
                at_visit = attrs.evolve(target, visit=visit)
                found.setdefault(normal(f"{name} {visit.label}"), at_visit)
    return found


def wide_name(field: DeclaredField, visit: Visit) -> str:
    """Return the column name of a field at a visit."""
    return f"{field.name}_{visit.value}"


def target_of(name: str) -> Target | None:
    """Return what a column name means; None if it is not known."""
    return known_names().get(normal(name))
