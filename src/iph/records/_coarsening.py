"""What is counted of a patient: few levels for each field, and bands for numbers."""

import math
from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from typing import Any, Final

import attrs

from iph._checks import numbers
from iph._fields import NO_CHOICE, Declaration, DeclaredField, Kind, sorted_values
from iph._follow_up import ASSESSMENT_FIELDS
from iph._model import PATIENT_FIELDS
from iph.errors import InputError
from iph.scales._cutpoints import Cutpoints
from iph.scales._hip_flexion import HIP_FLEXION
from iph.scales._pain import PAIN_RULES
from iph.scales._reference_ranges import DEFAULT_RANGES

NOT_RECORDED: Final = "not recorded"
UNKNOWN: Final = "unknown"

_DAYS: Final = (2, 8, 31, 92, 183, 366)
_EDGES: Final[Mapping[str, tuple[float, ...]]] = {
    "age_years": tuple(range(10, 100, 10)),
    "hemoglobin_g_l": (80, 110, 130),
    "hemoglobin_fall_g_l": (20, 30, 50),
    "diameter_a_cm": (5, 10),
    "diameter_b_cm": (5, 10),
    "diameter_c_cm": (5, 10),
    "volume_ml": (100, 250, 500),
}
_SCALES: Final[Mapping[str, Cutpoints[Any]]] = {
    "vas": PAIN_RULES["li2023"],
    "hip_flexion_deg": HIP_FLEXION,
    **{one.test: one.cutpoints for one in DEFAULT_RANGES},
}
_BUILT_IN: Final = {
    field.name: field.declaration for field in (*PATIENT_FIELDS, *ASSESSMENT_FIELDS)
}
_NUMBERS: Final = (Kind.QUANTITY, Kind.DAYS)
_BANDS: Final = 4


@attrs.frozen(kw_only=True)
class Coarse:
    """A field in few levels.

    Attributes
    ----------
    levels : tuple of str
        All levels that there can be in their order, the missing one excepted.
    answers : tuple
        For each patient the level, or a tuple of levels where several may apply; None
        where nothing is recorded.
    how : str
        How numbers were put into levels; empty if they are those of the field.
    overlap : bool
        Whether several levels may apply to a patient.
    """

    levels: tuple[str, ...]
    answers: tuple[Any, ...]
    how: str = ""
    overlap: bool = False


def checked_bands(
    bands: Any, fields: Iterable[DeclaredField]
) -> dict[str, tuple[float, ...]]:
    """Return the cut points that the user gives, by field."""
    if bands is None:
        return {}
    if not isinstance(bands, Mapping):
        hint = 'for example {"volume_ml": (100, 300)}'
        raise InputError("bands", "cut points by the name of a field", bands, hint)
    known = {
        field.name: field.declaration
        for field in fields
        if field.declaration.kind in _NUMBERS
    }
    found: dict[str, tuple[float, ...]] = {}
    for name, edges in bands.items():
        if name not in known:
            raise InputError("bands", "for fields that hold a number", name)
        low, high = known[name].low or 0.0, known[name].high or 0.0
        given = numbers(edges, f"bands[{name!r}]", low=low, high=high).tolist()
        if not given or not all(a < b for a, b in pairwise(given)):
            raise InputError(f"bands[{name!r}]", "rising cut points", given)
        found[name] = tuple(given)
    return found


def coarse(
    field: DeclaredField,
    values: Iterable[Any],
    bands: Mapping[str, tuple[float, ...]],
) -> Coarse:
    """Return the values of a field in few levels, which do not depend on them."""
    declared = field.declaration
    given = tuple(values)
    if declared.kind in _NUMBERS:
        known = declared == _BUILT_IN.get(field.name)  # an own one may be another
        scale = _SCALES.get(field.name) if known else None
        if field.name not in bands and scale is not None:
            return _graded(scale, given)
        usual = _EDGES.get(field.name) if known else None
        edges = bands.get(field.name) or usual or _usual_edges(declared)
        return _banded(given, edges, whole=declared.whole)
    read = _several if declared.kind is Kind.CHOICES else _word
    answers = [None if value is None else read(value) for value in given]
    order = [_word(option) for option in declared.options or (True, False)]
    if declared.kind is Kind.CHOICES:
        order.append(NO_CHOICE)
    return Coarse(
        levels=tuple(order),
        answers=tuple(answers),
        overlap=declared.kind is Kind.CHOICES,
    )


def _usual_edges(declared: Declaration) -> tuple[float, ...]:
    """Return cut points that follow from the declaration, never from the values."""
    if declared.kind is Kind.DAYS and declared.unit == "days":
        return _DAYS
    low, high = declared.low or 0.0, declared.high or 0.0
    inner = [low + (high - low) * part / _BANDS for part in range(1, _BANDS)]
    if declared.whole:
        inner = [float(math.ceil(edge)) for edge in inner]
    return tuple(dict.fromkeys(edge for edge in inner if edge > low)) or (low,)


def _word(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(getattr(value, "value", value))


def _several(value: Any) -> tuple[str, ...]:
    return tuple(str(code) for code in sorted_values(value)) or (NO_CHOICE,)


def _graded(scale: Cutpoints[Any], values: Sequence[Any]) -> Coarse:
    levels = {int(level): str(level.label) for level in sorted(scale.levels)}
    grades = scale.grade(list(values)).tolist()  # None where missing
    edges = ", ".join(f"{edge:g}" for edge in scale.edges)
    unit = f" {scale.unit}" if scale.unit else ""
    return Coarse(
        levels=tuple(levels.values()),
        answers=tuple(None if grade is None else levels[grade] for grade in grades),
        how=f"graded at {edges}{unit} ({scale.name})",
    )


def _banded(values: Sequence[Any], edges: tuple[float, ...], *, whole: bool) -> Coarse:
    """Put numbers into bands."""
    name = _band_names(edges, whole=whole)
    cut = ", ".join(f"{edge:g}" for edge in edges)
    return Coarse(
        levels=name,
        answers=tuple(
            None if value is None else name[bisect_right(edges, value)]
            for value in values
        ),
        how=f"put into bands cut at {cut}",
    )


def _band_names(edges: tuple[float, ...], *, whole: bool) -> tuple[str, ...]:
    inner = [
        f"{low:g} to {high - 1:g}" if whole else f"{low:g} to below {high:g}"
        for low, high in pairwise(edges)
    ]
    return (f"below {edges[0]:g}", *inner, f"{edges[-1]:g} or more")
