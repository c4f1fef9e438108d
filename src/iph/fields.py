"""How a study declares its own fields, on a subclass of the classes of iph.

Each function stands to the right of a field of a class and says what the field holds:
its label, unit, bounds, codes. Reading, templates, checks, data dictionaries and test
strategies follow from that one line. Every field may be missing, which is None.

    >>> import attrs
    >>> import iph
    >>> @attrs.frozen(kw_only=True)
    ... class OurAssessment(iph.Assessment):
    ...     grip_kg: float | None = iph.fields.quantity(
    ...         "Grip strength", unit="kg", low=0, high=120, step="0.1", best="high"
    ...     )
    >>> @attrs.frozen(kw_only=True)
    ... class OurPatient(iph.Patient[OurAssessment]):
    ...     ck_u_l: int | None = iph.fields.quantity(
    ...         "Creatine kinase", unit="U/L", low=1, high=500_000
    ...     )
    >>> OurPatient(patient_id="P01", ck_u_l=1_840).ck_u_l
    1840

Longer than other modules: a type checker is told four kinds of `quantity`.
"""

import enum
from collections.abc import Iterable, Mapping
from typing import Any, Literal, TypeVar, overload

import attrs

from iph import _fields
from iph._bound import Bound

__all__ = ["choice", "choices", "days", "grade", "quantity", "yes_no"]

_Option = TypeVar("_Option", bound=enum.Enum)
_Level = TypeVar("_Level", bound=enum.IntEnum)


def _field(metadata: _fields.Metadata) -> Any:
    """Return a field that converts by its declaration, in whichever class it stands."""
    return attrs.field(
        default=None,
        converter=_fields.converter_of(metadata[_fields.KEY]),
        metadata=metadata,
    )


@overload
def quantity(
    label: str,
    *,
    low: float,
    high: float,
    step: int = 1,
    unit: str | None = None,
    ucum: str | None = None,
    other_units: Mapping[str, str | int] | None = None,
    loinc: str | None = None,
    best: Literal["low", "high"] | None = None,
    closed: bool = False,
    bounded: Literal[False] = False,
    missing: Iterable[str | float] = (),
    note: str = "",
) -> int | None: ...
@overload
def quantity(
    label: str,
    *,
    low: float,
    high: float,
    step: str,
    unit: str | None = None,
    ucum: str | None = None,
    other_units: Mapping[str, str | int] | None = None,
    loinc: str | None = None,
    best: Literal["low", "high"] | None = None,
    closed: bool = False,
    bounded: Literal[False] = False,
    missing: Iterable[str | float] = (),
    note: str = "",
) -> float | None: ...
@overload
def quantity(
    label: str,
    *,
    low: float,
    high: float,
    step: int = 1,
    unit: str | None = None,
    ucum: str | None = None,
    other_units: Mapping[str, str | int] | None = None,
    loinc: str | None = None,
    best: Literal["low", "high"] | None = None,
    closed: bool = False,
    bounded: Literal[True],
    missing: Iterable[str | float] = (),
    note: str = "",
) -> int | Bound | None: ...
@overload
def quantity(
    label: str,
    *,
    low: float,
    high: float,
    step: str,
    unit: str | None = None,
    ucum: str | None = None,
    other_units: Mapping[str, str | int] | None = None,
    loinc: str | None = None,
    best: Literal["low", "high"] | None = None,
    closed: bool = False,
    bounded: Literal[True],
    missing: Iterable[str | float] = (),
    note: str = "",
) -> float | Bound | None: ...
def quantity(
    label: str,
    *,
    low: float,
    high: float,
    step: str | int = 1,
    unit: str | None = None,
    ucum: str | None = None,
    other_units: Mapping[str, str | int] | None = None,
    loinc: str | None = None,
    best: Literal["low", "high"] | None = None,
    closed: bool = False,
    bounded: bool = False,
    missing: Iterable[str | float] = (),
    note: str = "",
) -> Any:
    """Declare a number: how much, how many, which score.

    Parameters
    ----------
    label : str
        What it is called in print, without the unit.
    low, high : float
        The plausible bounds, both allowed; they double as a check of the unit.
    step : int or str
        The last digit that is recorded: 1 for whole numbers, ``"0.1"`` for tenths.
        Give fractions as text, which holds them exactly.
    unit, ucum : str, optional
        The unit as printed, and its UCUM code.
    other_units : mapping of str to str or int, optional
        Units that slip in, each with the factor that makes the field's own unit of it.
    loinc : str, optional
        The LOINC code, where one is sure.
    best : {"low", "high"}, optional
        Which end is the healthy one, of what is followed over the visits.
    closed : bool
        Whether the bounds are the ends of the scale, and not only plausible.
    bounded : bool
        Whether a `Bound` is a value of it, such as ``Bound(">", 8)``.
    missing : iterable of str or float
        Codes that tables hold for "not recorded", such as 999.
    note : str
        What the reader of a data dictionary needs beyond the label.

    Returns
    -------
    field
        A whole number or None with a whole `step`; else a float or None.

    Raises
    ------
    InputError
        If the bounds are in the wrong order, the step is not above 0, or a code for
        "not recorded" lies within the bounds.

    Examples
    --------
    >>> import attrs
    >>> import iph
    >>> @attrs.frozen(kw_only=True)
    ... class Hand(iph.SeenAt):
    ...     grip_kg: float | None = iph.fields.quantity(
    ...         "Grip strength", unit="kg", low=0, high=120, step="0.1", best="high"
    ...     )
    >>> Hand(day=0, grip_kg=18.5).grip_kg
    18.5
    """
    return _field(
        _fields.quantity(
            label,
            low=low,
            high=high,
            step=step,
            unit=unit,
            ucum=ucum,
            other_units=other_units,
            loinc=loinc,
            best=best,
            closed=closed,
            bounded=bounded,
            missing=missing,
            note=note,
        )
    )


def days(label: str, *, low: int = 0, high: int = 36_525, note: str = "") -> int | None:
    """Declare a time since day zero, a whole number (never a date).

    Parameters
    ----------
    label : str
        What it is called in print.
    low, high : int
        The plausible bounds, both allowed.
    note : str
        What the reader of a data dictionary needs beyond the label.

    Returns
    -------
    field
        A whole number or None.

    Raises
    ------
    InputError
        If the bounds are in the wrong order.

    Examples
    --------
    >>> import attrs
    >>> import iph
    >>> @attrs.frozen(kw_only=True)
    ... class OurPatient(iph.Patient):
    ...     walking_day: int | None = iph.fields.days("First day out of bed")
    >>> OurPatient(patient_id="P01", walking_day=4).walking_day
    4
    """
    declared: int | None = _field(_fields.days(label, low=low, high=high, note=note))
    return declared


def grade(
    label: str,
    options: type[_Level],
    *,
    best: Literal["low", "high"] | None,
    note: str = "",
) -> _Level | None:
    """Declare a grade of an ordered scale.

    Parameters
    ----------
    label : str
        What it is called in print.
    options : type of IntEnum
        The grades, in order; the number of each is its code in tables.
    best : {"low", "high"} or None
        Which end is the healthy one; None for a grade without one, which cannot be an
        outcome.
    note : str
        What the reader of a data dictionary needs beyond the label.

    Returns
    -------
    field
        A grade or None.

    Raises
    ------
    InputError
        If the options are no enumeration of whole numbers.

    Examples
    --------
    >>> import enum
    >>> import attrs
    >>> import iph
    >>> class Symptom(enum.IntEnum):
    ...     NONE = 0
    ...     MILD = 1
    ...     SEVERE = 2
    >>> @attrs.frozen(kw_only=True)
    ... class Hand(iph.SeenAt):
    ...     symptom: Symptom | None = iph.fields.grade("Symptoms", Symptom, best="low")
    >>> Hand(day=0, symptom=Symptom(2)).symptom
    <Symptom.SEVERE: 2>
    """
    declared: _Level | None = _field(
        _fields.grade(label, options, best=best, note=note)
    )
    return declared


def choice(label: str, options: type[_Option], *, note: str = "") -> _Option | None:
    """Declare one choice out of several.

    Parameters
    ----------
    label : str
        What it is called in print.
    options : type of Enum
        The choices; the value of each is its code in tables. The code ``"unknown"``
        says that it was asked and is not known: neither a group nor an answer.
    note : str
        What the reader of a data dictionary needs beyond the label.

    Returns
    -------
    field
        A choice or None.

    Raises
    ------
    InputError
        If the options are no enumeration of texts.

    Examples
    --------
    >>> import enum
    >>> import attrs
    >>> import iph
    >>> class Arm(enum.Enum):
    ...     OPEN = "open"
    ...     ENDOSCOPIC = "endoscopic"
    >>> @attrs.frozen(kw_only=True)
    ... class HandPatient(iph.Subject):
    ...     arm: Arm | None = iph.fields.choice("Operation", Arm)
    >>> HandPatient(patient_id="P01", arm=Arm.OPEN).arm
    <Arm.OPEN: 'open'>
    """
    declared: _Option | None = _field(_fields.choice(label, options, note=note))
    return declared


def choices(
    label: str, options: type[_Option], *, note: str = ""
) -> frozenset[_Option] | None:
    """Declare a set of choices; several may apply.

    Parameters
    ----------
    label : str
        What it is called in print.
    options : type of Enum
        The choices; the value of each is its code in tables.
    note : str
        What the reader of a data dictionary needs beyond the label.

    Returns
    -------
    field
        A set of choices or None; an empty set says that none applies.

    Raises
    ------
    InputError
        If the options are no enumeration of texts.

    Examples
    --------
    >>> import enum
    >>> import attrs
    >>> import iph
    >>> class Disease(enum.Enum):
    ...     DIABETES = "diabetes"
    ...     STROKE = "stroke"
    >>> @attrs.frozen(kw_only=True)
    ... class OurPatient(iph.Patient):
    ...     diseases: frozenset[Disease] | None = iph.fields.choices(
    ...         "Other diseases", Disease
    ...     )
    >>> OurPatient(patient_id="P01", diseases=frozenset()).diseases
    frozenset()
    """
    declared: frozenset[_Option] | None = _field(
        _fields.choices(label, options, note=note)
    )
    return declared


def yes_no(label: str, *, note: str = "") -> bool | None:
    """Declare a question answered with yes or no.

    Parameters
    ----------
    label : str
        What it is called in print.
    note : str
        What the reader of a data dictionary needs beyond the label.

    Returns
    -------
    field
        True, False or None.

    Examples
    --------
    >>> import attrs
    >>> import iph
    >>> @attrs.frozen(kw_only=True)
    ... class OurPatient(iph.Patient):
    ...     icu: bool | None = iph.fields.yes_no("Intensive care")
    >>> OurPatient(patient_id="P01", icu=True).icu
    True
    """
    declared: bool | None = _field(_fields.yes_no(label, note=note))
    return declared
