"""Which column names mean which field: derived from the declarations.

A column is known by the field's name (``hemoglobin_g_l``), its label (``Hemoglobin``,
``Hemoglobin (g/L)``), or its name with another unit (``hemoglobin_g_dl``,
``symptom_months``). One row a patient may hold visits in columns: the name of an
assessment field and of a visit (``vas_week_1``). Case, spaces and underscores do not
matter; nothing else is read into a name.
"""

import re
import unicodedata
from collections.abc import Iterator
from fractions import Fraction
from functools import lru_cache
from typing import Any, Final

import attrs

from iph._categories import ScheduledVisit, Visit
from iph._fields import DeclaredField, Kind
from iph.records._study import once_a_study, the_study
from iph.records._times import DAYS_IN
from iph.records._words import words

LONGEST_NAME: Final = 1_000
"""Characters of a column name; a longer one names no field, and takes long to read."""

FIRST_IDEOGRAPH: Final = 0x2E80
"""Chinese and Japanese words begin here, and stand behind another without a space."""

BOUND_ENDING: Final = "_bound"
"""Behind the name of a field, the column with the sign of its bounds."""

DIAMETERS: Final = {"diameters_cm": "cm", "diameters_mm": "mm"}
"""Columns that hold three diameters in one cell, and their unit."""

_IN_COMPLETED_YEARS: Final = (
    ("decimal_years", "years", Fraction(1)),
    ("months", "months", Fraction(1, 12)),
)
"""Other ways to write an age. Days are none: a birthday does not come every 365.25."""

_AT_DAY: Final = re.compile(r"(.+)_day_([0-9]{1,4})")
_ALSO: Final[dict[ScheduledVisit, tuple[str, ...]]] = {
    Visit.YEAR_1: ("month 12", "12 months")
}
_UNIT_BEHIND: Final = re.compile(
    r"(.*?[^\s,])\s*(?:[(\[]\s*([^()\[\]]+?)\s*[)\]]|,\s*([^,]+))"
)
_RAISED: Final = {ord(sign): f"^{digit}" for digit, sign in enumerate("⁰¹²³⁴⁵⁶⁷⁸⁹")}
_SPELLINGS: Final = {
    "g/100ml": "g/dl",
    "sec": "s",
    "seconds": "s",
    "sek": "s",
    "secondes": "s",
    "y": "years",
    "yr": "years",
    "yrs": "years",
    "year": "years",
    "jahre": "years",
    "ans": "years",
    "años": "years",
    "岁": "years",
    "month": "months",
    "mo": "months",
    "mos": "months",
    "monate": "months",
    "mois": "months",
    "meses": "months",
    "mesi": "months",
    "ay": "months",
    "月": "months",
    "个月": "months",
    "week": "weeks",
    "wk": "weeks",
    "wks": "weeks",
    "wochen": "weeks",
    "semaines": "weeks",
    "d": "days",
    "day": "days",
    "tage": "days",
    "jours": "days",
    "días": "days",
    "天": "days",
    "deg": "degrees",
    "°": "degrees",
    "grad": "degrees",
    "0-10": "points",
    "/10": "points",
    "cc": "ml",
    "cm3": "ml",
    "cm^3": "ml",
    "/ul": "cellspermicroliter",
    "1/ul": "cellspermicroliter",
    "10^3/ul": "10^9/l",
    "g/nl": "10^9/l",
    "/nl": "10^9/l",
    "tsd/ul": "10^9/l",
}


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
    completed : bool
        Whether only whole units are counted, as for the age in completed years.
    """

    unit: str
    factor: Fraction
    rounded: bool = False
    completed: bool = False


@attrs.frozen(kw_only=True)
class Target:
    """What a column holds.

    Attributes
    ----------
    field : DeclaredField
        The field.
    of_assessment : bool
        Whether it is a field of an assessment (else of the patient).
    visit : ScheduledVisit or None
        The visit that the column's name states.
    day : int or None
        The day that the column's name states, of an assessment outside the schedule.
    conversion : Conversion or None
        How to convert it, if its name states another unit.
    decimal : str
        The decimal mark that its numbers are said to have; empty if nobody said.
    from_zero : bool
        Whether a grade is coded one lower than its scale is numbered.
    is_bound : bool
        Whether it holds the sign of a bound, whose limit stands in the field's column.
    """

    field: DeclaredField
    of_assessment: bool = False
    visit: ScheduledVisit | None = None
    day: int | None = None
    conversion: Conversion | None = None
    decimal: str = ""
    from_zero: bool = False
    is_bound: bool = False

    @property
    def key(self) -> tuple[str, ScheduledVisit | None, int | None, bool]:
        """What two columns of one table may not share."""
        return self.field.name, self.visit, self.day, self.is_bound


@lru_cache(maxsize=4096)  # a reader asks again and again for the names it knows
def normal(name: str) -> str:
    """Return a column name without case, spaces, underscores and accents at play."""
    if not name.isascii():
        name = unicodedata.normalize("NFKC", name)
    return re.sub(r"[\s_]+", "_", name.strip().casefold())


def unit_slug(unit: str) -> str:
    """Return a unit as it stands in a column name: ``g/dL`` is ``g_dl``."""
    spelled = unit.casefold().replace("^", "e").replace("%", "percent")
    return re.sub(r"[^a-z0-9]+", "_", spelled).strip("_")


def _conversions(field: DeclaredField) -> Iterator[tuple[str, Conversion]]:
    declared = field.declaration
    if declared.kind is Kind.DAYS:
        for ending in ("_days", "_day"):
            if field.name.endswith(ending):
                stem = field.name.removesuffix(ending)
                plural = "s" if ending == "_days" else ""
                for unit, factor in DAYS_IN.items():
                    if factor == 1:
                        continue
                    conversion = Conversion(
                        unit=f"{unit}s",
                        factor=factor,
                        rounded=factor.denominator > 1,
                    )
                    yield f"{stem}_{unit}{plural}", conversion
                return
    own = unit_slug(declared.unit) if declared.unit else ""
    stem = field.name.removesuffix(f"_{own}") if own else field.name
    if declared.whole and own == "years":
        for slug, unit, factor in _IN_COMPLETED_YEARS:
            conversion = Conversion(unit=unit, factor=factor, completed=True)
            yield f"{stem}_{slug}", conversion
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


@once_a_study
def known_names() -> dict[str, Target]:
    """Return every column name that is understood, in its normal form."""
    found: dict[str, Target] = {}
    for field in the_study().patient_fields:
        for name, conversion in _names(field):
            found.setdefault(normal(name), Target(field=field, conversion=conversion))
        if field.declaration.bounded:
            found[f"{field.name}{BOUND_ENDING}"] = Target(field=field, is_bound=True)
    for field in the_study().assessment_fields:
        for name, conversion in _names(field):
            target = Target(field=field, of_assessment=True, conversion=conversion)
            _with_visits(found, name, target)
        if field.declaration.bounded:
            target = Target(field=field, of_assessment=True, is_bound=True)
            _with_visits(found, f"{field.name}{BOUND_ENDING}", target)
        lowest = min((o.value for o in _grades(field)), default=0)
        if lowest == 1:
            target = Target(field=field, of_assessment=True, from_zero=True)
            _with_visits(found, f"{field.name}_0_{len(_grades(field)) - 1}", target)
    return found


def _grades(field: DeclaredField) -> list[Any]:
    declared = field.declaration
    return list(declared.options or ()) if declared.kind is Kind.GRADE else []


def _with_visits(found: dict[str, Target], name: str, target: Target) -> None:
    """Add a name, and the name with each visit behind it."""
    found.setdefault(normal(name), target)
    if target.field.name == "visit":
        return
    for visit in the_study().visits:
        at_visit = attrs.evolve(target, visit=visit)
        for word in (visit.value, visit.label, *_ALSO.get(visit, ())):
            found.setdefault(normal(f"{name} {word}"), at_visit)
            if ord(word[0]) >= FIRST_IDEOGRAPH:  # written without a space
                found.setdefault(normal(f"{name}{word}"), at_visit)


def wide_name(field: DeclaredField, visit: ScheduledVisit) -> str:
    """Return the column name of a field at a visit."""
    return f"{field.name}_{visit.value}"


@once_a_study
def target_of(name: str) -> Target | None:
    """Return what a column name means; None if it is not known."""
    if len(name) > LONGEST_NAME:
        return None
    found = known_names().get(normal(name))
    return found or _at_day(normal(name)) or _with_unit(name)


def _at_day(name: str) -> Target | None:
    """Return what a name such as ``vas_day_61`` means: a visit outside the schedule."""
    match = _AT_DAY.fullmatch(name)
    target = known_names().get(match.group(1)) if match is not None else None
    if match is None or target is None or not target.of_assessment:
        return None
    if target.visit is not None or target.field.name in ("visit", "day"):
        return None
    return attrs.evolve(target, day=int(match.group(2)))


def _with_unit(name: str) -> Target | None:
    """Return what a name with a unit behind it means, in the common spellings."""
    match = _UNIT_BEHIND.fullmatch(name.strip())
    if match is None:
        return None
    stem, unit = normal(match.group(1)), match.group(2) or match.group(3)
    target = known_names().get(stem) or guesses().get(stem)
    if target is None or target.conversion is not None or target.is_bound:
        return None
    if is_own_unit(target.field, unit):
        return target
    conversion = in_unit(target.field, unit)
    return None if conversion is None else attrs.evolve(target, conversion=conversion)


def in_unit(field: DeclaredField, unit: str) -> Conversion | None:
    """Return how a field is converted from another of its units; None if not known."""
    spelled = _spelled(unit)
    found = dict(_conversions(field)).values()
    return next((one for one in found if spelled == _spelled(one.unit)), None)


def is_own_unit(field: DeclaredField, unit: str) -> bool:
    """Whether a unit is the field's own, in whatever spelling."""
    own = field.declaration.unit
    return bool(own) and _spelled(unit) == _spelled(own or "")


def _spelled(unit: str) -> str:
    """Return one spelling of a unit for all."""
    plain = unit.translate(_RAISED).casefold().replace("µ", "u").replace("μ", "u")
    plain = re.sub(r"\s+|^[x×]", "", plain)
    plain = re.sub(r"10(\*\*|\*|e)([0-9])", r"10^\2", plain)
    return _SPELLINGS.get(plain, plain)


@once_a_study
def guesses() -> dict[str, Target]:
    """Return what usual column names may mean, which is a guess without a unit."""
    found: dict[str, Target] = {}
    for field, names in words()["headers"].items():
        target = known_names().get(field)
        if target is None:  # the study has no such field
            continue
        for name in names:
            found.setdefault(normal(name), target)
            if target.of_assessment and field not in ("visit", "day"):
                for visit in the_study().visits:
                    listed = words()["cells"]["Visit"].get(visit.value, ())
                    at_visit = attrs.evolve(target, visit=visit)
                    for word in (visit.label, *listed):
                        found.setdefault(normal(f"{name} {word}"), at_visit)
    return found


def guessed_target(header: str) -> Target | None:
    """Return what a usual column name may mean, whatever signs part its words."""
    plain = re.sub(r"[^\w]+", " ", header).strip()
    return guesses().get(normal(header)) or guesses().get(normal(plain))


def is_pseudonym(header: str) -> bool:
    """Whether a column names the patient, by its name or by a usual one."""
    target = target_of(header) or guessed_target(header)
    return target is not None and target.field.name == "patient_id"


def is_of_time(header: str) -> bool:
    """Whether a column says at which visit or on which day its rows were seen."""
    target = target_of(header) or guessed_target(header)
    return target is not None and target.field.name in ("visit", "day")
