"""Patients and their parts: every cross-field rule by its name."""

from fractions import Fraction
from typing import Any

import attrs
import pytest
from hypothesis import given

from iph import (
    Assessment,
    FollowUp,
    Hematoma,
    HematomaZone,
    Imaging,
    ImagingFinding,
    Involvement,
    Laboratory,
    Nerve,
    NerveInvolvement,
    Patient,
    Recovery,
    Side,
    Treatment,
    Visit,
)
from iph._course import in_time
from iph._follow_up import ASSESSMENT_FIELDS
from iph._model import PATIENT_FIELDS
from iph.errors import InputError, RuleError
from iph.scales import MRCGrade, ReferenceRange
from iph.testing import (
    assessments,
    follow_ups,
    hematomas,
    imagings,
    laboratories,
    nerve_involvements,
    patients,
)

# Bounds, step and factors of each declaration, written a second time: these numbers
# refuse values, so one that is changed by a slip must be noticed.
DECLARED = {
    "age_years": (0, 120, "1", {}),
    "symptom_days": (0, 36525, "1", {}),
    "hemoglobin_g_l": (20, 250, "0.1", {"g/dL": "10", "mmol/L": "16.114"}),
    "hemoglobin_fall_g_l": (0, 250, "0.1", {"g/dL": "10", "mmol/L": "16.114"}),
    "platelets_10e9_l": (1, 2000, "0.1", {"cells per microliter": "0.001"}),
    "pt_s": (5, 300, "0.1", {}),
    "inr": (0.5, 30, "0.01", {}),
    "aptt_s": (10, 400, "0.1", {}),
    "tt_s": (5, 300, "0.1", {}),
    "fibrinogen_g_l": (0, 15, "0.01", {"mg/dL": "0.01"}),
    "factor_viii_percent": (0, 600, "0.1", {"IU/mL": "100"}),
    "factor_ix_percent": (0, 600, "0.1", {"IU/mL": "100"}),
    "factor_xi_percent": (0, 600, "0.1", {"IU/mL": "100"}),
    "diameter_a_cm": (0.1, 40, "0.1", {"mm": "0.1"}),
    "diameter_b_cm": (0.1, 40, "0.1", {"mm": "0.1"}),
    "diameter_c_cm": (0.1, 40, "0.1", {"mm": "0.1"}),
    "volume_ml": (1, 5000, "0.1", {"L": "1000"}),
    "resolved_day": (0, 36525, "1", {}),
    "died_day": (0, 36525, "1", {}),
    "outcome_day": (0, 36525, "1", {}),
    "day": (-365, 36525, "1", {}),
    "vas": (0, 10, "0.1", {"mm": "0.1"}),
    "hip_flexion_deg": (0, 160, "1", {}),
}


def test_every_number_is_declared_as_listed() -> None:
    """Bounds, steps and other units of all fields are those of the list."""
    found = {
        field.name: (
            field.declaration.low,
            field.declaration.high,
            field.declaration.step,
            {other.unit: other.factor for other in field.declaration.other_units},
        )
        for field in (*PATIENT_FIELDS, *ASSESSMENT_FIELDS)
        if field.declaration.low is not None
    }
    assert found == {
        name: (low, high, Fraction(step), {u: Fraction(f) for u, f in units.items()})
        for name, (low, high, step, units) in DECLARED.items()
    }


def seen(*pairs: tuple[int | None, int | None]) -> FollowUp:
    """Return a course of (day, strength) pairs."""
    return FollowUp(
        assessments=tuple(
            Assessment(day=day, visit=Visit.DISCHARGE if day is None else None, **grade)
            for day, grade in ((d, {} if s is None else strength(s)) for d, s in pairs)
        )
    )


def strength(grade: int) -> dict[str, Any]:
    """Return the strength field of an assessment."""
    return {"strength": grade}


def reached_five(assessment: Assessment) -> bool | None:
    """Say whether strength is normal."""
    return None if assessment.strength is None else assessment.strength == 5


@given(patients())
def test_patients_are_values(patient: Patient) -> None:
    """A drawn patient is hashable and equal to its copy."""
    copy = attrs.evolve(patient)
    assert copy == patient
    assert hash(copy) == hash(patient)


@given(
    laboratories()
    | imagings()
    | nerve_involvements()
    | hematomas()
    | assessments()
    | follow_ups()
)
def test_parts_are_values(part: Any) -> None:
    """Drawn parts are hashable and equal to their copies."""
    copy = attrs.evolve(part)
    assert copy == part
    assert hash(copy) == hash(part)


@pytest.mark.parametrize(
    "part",
    [
        Assessment,
        FollowUp,
        Hematoma,
        Imaging,
        Laboratory,
        NerveInvolvement,
        Patient,
        Recovery,
    ],
)
def test_values_are_given_by_name(part: type) -> None:
    """No field can be given by its place, so that a new field breaks no call."""
    with pytest.raises(TypeError, match="positional argument"):
        part(None)
    assert all(field.kw_only for field in attrs.fields(part))


def test_patients_do_not_change() -> None:
    """A patient is frozen."""
    patient = Patient(patient_id="P01")
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        patient.age_years = 3  # type: ignore[misc]


@pytest.mark.parametrize(
    "zones",
    [
        {HematomaZone.UPPER},
        {HematomaZone.MID},
        {HematomaZone.LOWER},
        {HematomaZone.UPPER, HematomaZone.MID},
        {HematomaZone.MID, HematomaZone.LOWER},
        set(HematomaZone),
    ],
)
def test_zones_without_a_gap_are_legal(zones: set[HematomaZone]) -> None:
    """Every contiguous set of zones is taken."""
    assert Hematoma(zones=frozenset(zones)).zones == frozenset(zones)


@pytest.mark.parametrize(
    ("values", "rule"),
    [
        ({"zones": ["upper", "lower"]}, "zones-contiguous"),
        ({"zones": []}, "zones-not-empty"),
        ({"hematoma_present": False, "volume_ml": 100}, "hematoma-present"),
        ({"hematoma_present": False, "zones": ["mid"]}, "hematoma-present"),
        ({"hematoma_present": False, "diameter_a_cm": 3}, "hematoma-present"),
        ({"hematoma_present": False, "diameter_b_cm": 3}, "hematoma-present"),
        ({"hematoma_present": False, "diameter_c_cm": 3}, "hematoma-present"),
    ],
)
def test_rules_of_a_hematoma(values: dict[str, Any], rule: str) -> None:
    """Contradictions within a hematoma are refused by name."""
    with pytest.raises(RuleError) as caught:
        Hematoma(**values)
    assert caught.value.rule == rule
    assert set(caught.value.fields) <= {f.name for f in attrs.fields(Hematoma)}


@pytest.mark.parametrize(
    "values",
    [
        {"zones": ["mid"], "volume_ml": 100},
        {"hematoma_present": True, "volume_ml": 100},
        {"hematoma_present": False},
        {"hematoma_present": False, "resolved_day": 10},
    ],
)
def test_a_hematoma_without_contradiction(values: dict[str, Any]) -> None:
    """A size needs no word that there is a hematoma, and "no" needs no size."""
    given = Hematoma(**values)
    assert given.hematoma_present is values.get("hematoma_present")


@pytest.mark.parametrize(
    ("values", "rule"),
    [
        ({"vas": 3}, "assessment-when"),
        ({"day": 1, "strength_modifier": "+"}, "modifier-needs-grade"),
    ],
)
def test_rules_of_an_assessment(values: dict[str, Any], rule: str) -> None:
    """An assessment has a time, and a modifier stands beside a grade."""
    with pytest.raises(RuleError) as caught:
        Assessment(**values)
    assert caught.value.rule == rule


def day(number: int) -> Assessment:
    """Return an assessment outside the schedule."""
    return Assessment(day=number)


def visit(which: Visit, number: int | None = None) -> Assessment:
    """Return a scheduled assessment."""
    return Assessment(visit=which, day=number)


@pytest.mark.parametrize(
    ("values", "rule"),
    [
        ({"assessments": [day(3), day(3)]}, "days-increase"),
        ({"assessments": [day(4), day(3)]}, "days-increase"),
        ({"assessments": [visit(Visit.WEEK_1)] * 2}, "visits-unique"),
        (
            {"assessments": [visit(Visit.MONTH_1), visit(Visit.WEEK_1)]},
            "visits-ordered",
        ),
        (
            {"assessments": [visit(Visit.DISCHARGE), visit(Visit.BASELINE)]},
            "visits-ordered",
        ),
        ({"assessments": [day(30)], "died_day": 20}, "nothing-after-death"),
        ({"outcome_day": 30, "died_day": 20}, "nothing-after-death"),
        ({"died": False, "died_day": 20}, "death-consistent"),
        ({"limb": Side.BILATERAL}, "one-limb"),
    ],
)
def test_rules_of_a_follow_up(values: dict[str, Any], rule: str) -> None:
    """Visits are ordered and unique, nothing follows death, a limb is one limb."""
    with pytest.raises(RuleError) as caught:
        FollowUp(**values)
    assert caught.value.rule == rule


def test_the_day_of_death_may_be_seen() -> None:
    """On the day of death itself a patient may be assessed; "died" may be left open."""
    course = FollowUp(assessments=(day(20),), died_day=20, outcome_day=20)
    assert course.died is None
    assert course.last_day == 20
    assert FollowUp(died=True, died_day=20).last_day == 20
    assert FollowUp(died=False).last_day is None


def test_the_first_visit_is_a_start_only_at_baseline() -> None:
    """Recovered at a late baseline is recovered at the start; later it is not."""
    late = visit(Visit.BASELINE, 3)
    for first, at_start in (
        (late, True),
        (visit(Visit.WEEK_1), False),
        (day(1), False),
    ):
        course = FollowUp(assessments=(attrs.evolve(first, strength=MRCGrade.NORMAL),))
        assert course.recovery(reached_five).at_start is at_start
    before = Assessment(day=1, strength=MRCGrade.AGAINST_GRAVITY)
    course = FollowUp(
        assessments=(before, attrs.evolve(late, strength=MRCGrade.NORMAL))
    )
    assert not course.recovery(reached_five).at_start


def test_a_nominal_day_stands_between_its_neighbors() -> None:
    """A nominal day equal to a recorded one beside it cannot be; one off it can."""
    month = visit(Visit.MONTH_1)
    for earlier, known in ((29, 30), (30, None), (31, None)):
        assert FollowUp(assessments=(day(earlier), month)).time_days[1] == known
    for later, known in ((29, None), (30, None), (31, 30)):
        assert FollowUp(assessments=(month, day(later))).time_days[0] == known


def test_discharge_has_no_fixed_place() -> None:
    """Discharge may come before or after the visit at one week."""
    for order in ([Visit.DISCHARGE, Visit.WEEK_1], [Visit.WEEK_1, Visit.DISCHARGE]):
        course = FollowUp(assessments=tuple(visit(which) for which in order))
        assert [a.visit for a in course.assessments] == order
    assert visit(Visit.DISCHARGE).time_day is None


@pytest.mark.parametrize(
    ("values", "rule"),
    [
        (
            {"deficit_side": "left", "follow_up": FollowUp(limb=Side.RIGHT)},
            "limb-has-deficit",
        ),
        ({"sex": "male", "pregnancy": "trimester_1"}, "pregnancy-needs-female"),
    ],
)
def test_rules_of_a_patient(values: dict[str, Any], rule: str) -> None:
    """Contradictions between parts are refused by name."""
    with pytest.raises(RuleError) as caught:
        Patient(patient_id="P01", **values)
    assert caught.value.rule == rule


@pytest.mark.parametrize(
    ("side", "deficit", "limb", "assessed"),
    [
        (Side.LEFT, None, None, Side.LEFT),
        (Side.LEFT, Side.RIGHT, None, Side.RIGHT),
        (Side.BILATERAL, Side.RIGHT, None, Side.RIGHT),
        (Side.LEFT, Side.BILATERAL, None, None),
        (Side.BILATERAL, None, None, None),
        (Side.LEFT, Side.BILATERAL, Side.RIGHT, Side.RIGHT),
        (Side.UNKNOWN, None, None, None),
        (None, None, None, None),
    ],
)
def test_the_assessed_limb(
    side: Side | None, deficit: Side | None, limb: Side | None, assessed: Side | None
) -> None:
    """The limb is that given, else that of a one-sided deficit, else not known."""
    patient = Patient(
        patient_id="P01",
        side=side,
        deficit_side=deficit,
        follow_up=FollowUp(limb=limb),
    )
    assert patient.assessed_limb is assessed


@pytest.mark.parametrize(
    ("treatments", "conservative"),
    [
        (None, None),
        ({Treatment.FRESH_FROZEN_PLASMA}, True),
        (set(), True),
        ({Treatment.OTHER}, None),
        ({Treatment.OTHER, Treatment.EMBOLIZATION}, False),
        ({Treatment.ANALGESIC, Treatment.SURGICAL_EVACUATION}, False),
    ],
)
def test_conservative_is_derived(
    treatments: set[Treatment] | None,
    conservative: bool | None,  # noqa: FBT001
) -> None:
    """One procedure decides; else something not known leaves it unknown."""
    known = None if treatments is None else frozenset(treatments)
    patient = Patient(patient_id="P01", treatments=known)
    assert patient.treated_conservatively is conservative


def test_nerves() -> None:
    """Involved nerves are those known to be; complete means nothing is unknown."""
    some = NerveInvolvement(femoral=Involvement.INVOLVED, obturator=Involvement.UNKNOWN)
    assert some.involved == {Nerve.FEMORAL}
    assert some.of(Nerve.OBTURATOR) is Involvement.UNKNOWN
    assert not some.is_complete
    every: dict[str, Any] = {nerve.value: "spared" for nerve in Nerve}
    assert NerveInvolvement(**every).is_complete


def test_diameters_need_all_three() -> None:
    """Two diameters make no volume."""
    sizes: dict[str, Any] = {f"diameter_{side}_cm": 5 for side in "abc"}
    for missing in sizes:
        assert Hematoma(**{**sizes, missing: None}).diameters_cm is None
    whole = Hematoma(diameter_a_cm=8, diameter_b_cm=5, diameter_c_cm=7)
    assert whole.diameters_cm == (8, 5, 7)


def test_reference_ranges_are_kept() -> None:
    """A laboratory's own ranges travel with its values; nothing else does."""
    own = ReferenceRange(test="aptt_s", low=24, high=37, reference="ours")
    assert Laboratory(aptt_s=43.3, reference_ranges=(own,)).reference_ranges == (own,)
    wrong: Any
    for wrong in (own, 5, [(25, 35)], [own, own]):
        with pytest.raises(InputError, match="reference_ranges"):
            Laboratory(reference_ranges=wrong)


def test_assessments_are_assessments() -> None:
    """A course refuses anything else, and says where it stands."""
    wrong: Any
    for wrong in (Assessment(day=1), 5):
        with pytest.raises(InputError, match="assessments must be"):
            FollowUp(assessments=wrong)
    wrong = [Assessment(day=1), "x"]
    with pytest.raises(InputError, match=r"assessments\[1\]"):
        FollowUp(assessments=wrong)


@pytest.mark.parametrize(
    ("course", "expected"),
    [
        (seen(), (None, None, False)),
        (seen((0, 3), (30, 4), (180, 5)), (30, 180, False)),
        (seen((0, 3), (30, None), (180, 5)), (0, 180, False)),
        (seen((0, 3), (None, 5), (180, 5)), (0, 180, False)),
        (seen((0, 3), (30, 4)), (30, None, False)),
        (seen((0, 5), (30, 4)), (None, 0, True)),
        (seen((30, 5)), (None, 30, False)),
        (seen((0, 3), (30, 5), (180, 4)), (0, 30, False)),
        (seen((-10, 3), (-8, 5), (180, 4)), (-10, -8, True)),
    ],
)
def test_recovery_is_an_interval(
    course: FollowUp, expected: tuple[int | None, int | None, bool]
) -> None:
    """Recovery lies after the last visit without it, by the first visit with it."""
    after, by, at_start = expected
    found = course.recovery(reached_five)
    assert found == Recovery(after_day=after, by_day=by, at_start=at_start)
    assert found.is_known is (after is not None or by is not None)


@pytest.mark.parametrize(
    ("order", "days"),
    [
        ([day(195), visit(Visit.MONTH_1)], (195, None)),
        ([visit(Visit.MONTH_1), day(20)], (None, 20)),
        ([visit(Visit.WEEK_1), day(20), visit(Visit.MONTH_1)], (7, 20, 30)),
        ([visit(Visit.WEEK_1), visit(Visit.MONTH_1, 5)], (None, 5)),
        ([visit(Visit.BASELINE), visit(Visit.DISCHARGE)], (0, None)),
        # Discharge stands anywhere, but on no day of another and behind the baseline.
        ([visit(Visit.MONTH_6), visit(Visit.DISCHARGE, 20)], (182, 20)),
        ([visit(Visit.DISCHARGE, 40), visit(Visit.MONTH_1)], (40, 30)),
        ([visit(Visit.DISCHARGE, 30), visit(Visit.MONTH_1)], (30, None)),
        ([visit(Visit.MONTH_1), visit(Visit.DISCHARGE, 30)], (None, 30)),
        ([visit(Visit.BASELINE), visit(Visit.DISCHARGE, -5)], (None, -5)),
    ],
)
def test_a_nominal_day_that_cannot_be(
    order: list[Assessment], days: tuple[int | None, ...]
) -> None:
    """A visit without a day has none if it stands where its nominal day cannot be."""
    assert FollowUp(assessments=tuple(order)).time_days == days


@given(follow_ups())
def test_days_increase(course: FollowUp) -> None:
    """The days of the assessments, where known, strictly increase but at discharge."""
    seen = list(zip(course.assessments, course.time_days, strict=True))
    days = [d for a, d in seen if d is not None and a.visit is not Visit.DISCHARGE]
    assert days == sorted(days)
    every = [day for _, day in seen if day is not None]
    assert len(every) == len(set(every))
    assert [day for day, _ in in_time(course)] == sorted(every)


def test_recovery_is_in_the_order_of_days() -> None:
    """Who has recovered at discharge was seen so then, wherever discharge stands."""
    month_6 = visit(Visit.MONTH_6)
    seen = [month_6, visit(Visit.DISCHARGE, 20)]
    course = FollowUp(
        assessments=[attrs.evolve(one, strength=MRCGrade.NORMAL) for one in seen]
    )
    assert course.recovery(reached_five).by_day == 20


@given(follow_ups())
def test_recovery_is_ordered(course: FollowUp) -> None:
    """The interval is not empty, and the patient was seen at its ends."""
    found = course.recovery(reached_five)
    days = set(course.time_days)
    if found.after_day is not None and found.by_day is not None:
        assert found.after_day < found.by_day
    for end in (found.after_day, found.by_day):
        assert end is None or end in days
    if found.by_day is not None and found.by_day <= 0:
        assert found.at_start


@given(follow_ups())
def test_courses_know_their_visits_and_last_day(course: FollowUp) -> None:
    """`at` finds each visit, and nothing known is later than the last day."""
    for assessment, known in zip(course.assessments, course.time_days, strict=True):
        if assessment.visit is not None:
            assert course.at(assessment.visit) is assessment
        if known is not None:
            assert course.last_day is not None
            assert known <= course.last_day
    if course.died_day is not None:
        assert course.last_day is not None


def test_imaging_findings_tell_not_done_from_no() -> None:
    """An examination that was not done found nothing, and did not exclude anything."""
    assert Imaging(ct="not_done").ct is ImagingFinding.NOT_DONE
