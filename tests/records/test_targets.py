"""Column names are derived from the declarations, and mean one thing each."""

import math
from decimal import Decimal
from fractions import Fraction

import hypothesis.strategies as st
import pytest
from hypothesis import given, reject

from iph import Visit
from iph._fields import DeclaredField
from iph._follow_up import ASSESSMENT_FIELDS
from iph._model import PATIENT_FIELDS
from iph.errors import FieldError
from iph.records._cells import read_cell
from iph.records._targets import Target, known_names, target_of

FIELDS = (*PATIENT_FIELDS, *ASSESSMENT_FIELDS)
CONVERTED = [t for t in known_names().values() if t.conversion and t.visit is None]


@pytest.mark.parametrize("field", FIELDS, ids=lambda field: str(field.name))
def test_names_and_labels_mean_their_own_field(field: DeclaredField) -> None:
    """A field is known by its name, by its label, and with its unit behind."""
    declared = field.declaration
    names = [field.name, declared.label, field.name.upper(), f" {declared.label} "]
    if declared.unit:
        names.append(f"{declared.label} ({declared.unit})")
    for name in names:
        target = target_of(name)
        assert target is not None
        assert target.field is field
        assert (target.visit, target.conversion) == (None, None)


@pytest.mark.parametrize("visit", Visit)
def test_wide_names_mean_a_field_at_a_visit(visit: Visit) -> None:
    """Each field of an assessment has a column for each visit, but the visit itself."""
    for field in ASSESSMENT_FIELDS[1:]:
        target = target_of(f"{field.name}_{visit.value}")
        assert target is not None
        assert (target.field, target.visit) == (field, visit)
    assert target_of(f"visit_{visit.value}") is None


def test_units_that_columns_may_be_in() -> None:
    """Each other unit of a declaration is known as the ending of a column name."""
    expected = {
        "hemoglobin_g_dl": 10,
        "hemoglobin_mmol_l": Fraction("16.114"),
        "platelets_cells_per_microliter": Fraction(1, 1000),
        "fibrinogen_mg_dl": Fraction(1, 100),
        "diameter_a_mm": Fraction(1, 10),
        "volume_l": 1000,
        "vas_mm_week_1": Fraction(1, 10),
        "symptom_weeks": 7,
        "died_week": 7,
        "outcome_month": Fraction(487, 16),
        "resolved_year": Fraction(1461, 4),
    }
    found = {}
    for name in expected:
        target = target_of(name)
        assert target is not None
        assert target.conversion is not None
        found[name] = target.conversion.factor
    assert found == expected


@given(st.sampled_from(CONVERTED), st.decimals(0, 3000, places=3))
def test_conversions_are_exact(target: Target, number: Decimal) -> None:
    """A converted value is the nearest number to the exact product, never a drift."""
    assert target.conversion is not None
    exact = Fraction(number) * target.conversion.factor
    if target.conversion.rounded:
        exact = Fraction(math.floor(exact + Fraction(1, 2)))
    if target.conversion.completed:
        exact = Fraction(math.floor(exact))
    try:
        found = read_cell(target, str(number))
    except FieldError:
        reject()
    assert found.value == float(exact)
    assert found.reason
    assert read_cell(target, float(number)).value == pytest.approx(float(exact))
