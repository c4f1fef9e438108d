"""Severity of a bleed: ISTH and BARC, for one patient, a column and every engine."""

from collections.abc import Callable, Mapping, Sequence
from itertools import product
from typing import Any

import attrs
import narwhals.stable.v2 as nw
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from iph import Assessment, Bound, FollowUp, Hematoma, Imaging, Patient, fields
from iph.errors import InputError
from iph.scales import (
    BARC_BLEEDING,
    ISTH_BLEEDING,
    BARCType,
    BleedingRule,
    ISTHBleeding,
    barc_bleeding,
    isth_bleeding,
    recorded_bleeding,
)
from iph.testing import bleeds, patients

Evaluate = Callable[[Mapping[str, Sequence[Any]], nw.Expr], list[Any]]
RULES = (ISTH_BLEEDING, BARC_BLEEDING)
AMOUNTS = {"hemoglobin_fall_g_l": (0, 250), "transfused_units": (0, 200)}


def nothing(rule: BleedingRule[Any]) -> dict[str, Any]:
    """Return findings that are all known, none of which meets a criterion."""
    return {name: 0 if name in AMOUNTS else False for name in rule.inputs}


def isth_by_hand(bleed: Mapping[str, Any]) -> set[ISTHBleeding]:
    """Return all classes that completions of what is not known can have.

    Each unknown finding is tried as nothing and as the worst, and the definition is
    read from its text: one criterion is enough.
    """
    found = set()
    options = [
        [value] if value is not None else [0, 250 if name in AMOUNTS else True]
        for name, value in bleed.items()
    ]
    for values in product(*options):
        b = dict(zip(bleed, values, strict=True))
        if (
            b["fatal"]
            or b["critical_site"]
            or b["hemoglobin_fall_g_l"] >= 20
            or b["transfused_units"] >= 2
        ):
            found.add(ISTHBleeding.MAJOR)
        elif b["medical_intervention"] or b["hospitalized"] or b["evaluated"]:
            found.add(ISTHBleeding.CLINICALLY_RELEVANT_NON_MAJOR)
        else:
            found.add(ISTHBleeding.MINOR)
    return found


def barc_by_hand(bleed: Mapping[str, Any]) -> set[BARCType]:
    """Return all types that completions of what is not known can have."""
    found = set()
    options = [
        [value] if value is not None else [0, 30, 250] if name in AMOUNTS else [0, 1]
        for name, value in bleed.items()
    ]
    for values in product(*options):
        b = dict(zip(bleed, values, strict=True))
        fall = b["hemoglobin_fall_g_l"]
        if b["fatal_definite"]:
            found.add(BARCType.TYPE_5B)
        elif b["fatal_probable"]:
            found.add(BARCType.TYPE_5A)
        elif b["bypass_surgery"]:
            found.add(BARCType.TYPE_4)
        elif b["intracranial"] or b["intraocular"]:
            found.add(BARCType.TYPE_3C)
        elif (
            fall >= 50
            or b["tamponade"]
            or b["surgery_for_control"]
            or b["vasoactive_drugs"]
        ):
            found.add(BARCType.TYPE_3B)
        elif fall >= 30 or b["transfused_units"] > 0:
            found.add(BARCType.TYPE_3A)
        elif b["medical_intervention"] or b["hospitalized"] or b["evaluated"]:
            found.add(BARCType.TYPE_2)
        else:
            found.add(BARCType.TYPE_1)
    return found


@given(bleed=bleeds(ISTH_BLEEDING))
def test_isth_is_what_all_completions_agree_on(bleed: dict[str, Any]) -> None:
    """The class is given where every completion has it, else its bounds are theirs."""
    possible = isth_by_hand(bleed)
    found = ISTH_BLEEDING.findings(bleed)
    assert found.at_least is min(possible)
    assert found.at_most is max(possible)
    assert found.grade is (min(possible) if len(possible) == 1 else None)
    assert isth_bleeding(**bleed) == found


@given(bleed=bleeds(BARC_BLEEDING, unknown=5))
def test_barc_is_what_all_completions_agree_on(bleed: dict[str, Any]) -> None:
    """The same for the types, with at most five findings not known."""
    possible = barc_by_hand(bleed)
    found = BARC_BLEEDING.findings(bleed)
    assert found.at_least is min(possible)
    assert found.at_most is max(possible)
    assert found.grade is (min(possible) if len(possible) == 1 else None)
    assert barc_bleeding(**bleed) == found


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
@given(data=st.data())
def test_columns_are_graded_as_patients_are(
    rule: BleedingRule[Any], data: st.DataObject
) -> None:
    """A column for each finding gives what its rows give one by one."""
    rows = data.draw(st.lists(bleeds(rule), max_size=5))
    columns = {name: [row[name] for row in rows] for name in rule.inputs}
    expected = [rule.findings(row).grade for row in rows]
    assert rule.grades(columns).tolist() == expected
    kept = data.draw(st.sets(st.sampled_from(rule.inputs)))
    some = [{k: v for k, v in row.items() if k in kept} for row in rows]
    expected = [rule.findings(row).grade for row in some] if kept else []
    assert rule.grades({k: columns[k] for k in kept}).tolist() == expected


@given(
    bleed=bleeds(ISTH_BLEEDING),
    name=st.sampled_from(ISTH_BLEEDING.inputs),
    rule=st.just(ISTH_BLEEDING),
)
def test_more_knowledge_never_contradicts(
    bleed: dict[str, Any], name: str, rule: BleedingRule[Any]
) -> None:
    """What is said of a bleed stays true when a finding becomes known, or is worse."""
    before = rule.findings({**bleed, name: None})
    after = rule.findings(bleed)
    assert before.at_least <= after.at_least <= after.at_most <= before.at_most
    worst: dict[str, Any] = {name: AMOUNTS[name][1] if name in AMOUNTS else True}
    assert rule.findings({**bleed, **worst}).at_least >= after.at_least


@pytest.mark.parametrize(
    ("fall", "isth", "barc"),
    [
        (0, 0, "1"),
        (np.nextafter(20, 0), 0, "1"),
        (20, 2, "1"),
        (np.nextafter(30, 0), 2, "1"),
        (30, 2, "3a"),
        (np.nextafter(50, 0), 2, "3a"),
        (50, 2, "3b"),
        (250, 2, "3b"),
    ],
)
def test_edges_of_the_fall(fall: float, isth: int, barc: str) -> None:
    """20 g/L is major; 30 g/L is type 3a and 50 g/L type 3b."""
    found = ISTH_BLEEDING.findings(
        {**nothing(ISTH_BLEEDING), "hemoglobin_fall_g_l": fall}
    )
    assert found.grade == isth
    types = BARC_BLEEDING.findings(
        {**nothing(BARC_BLEEDING), "hemoglobin_fall_g_l": fall}
    )
    assert types.grade is not None
    assert types.grade.numeral == barc


@pytest.mark.parametrize(("units", "isth", "barc"), [(0, 0, 1), (1, 0, 3), (2, 2, 3)])
def test_edges_of_the_units(units: int, isth: int, barc: int) -> None:
    """Two units are major; any transfusion is type 3a."""
    for rule, expected in ((ISTH_BLEEDING, isth), (BARC_BLEEDING, barc)):
        found = rule.findings({**nothing(rule), "transfused_units": units})
        assert found.grade == expected


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_each_criterion_alone(rule: BleedingRule[Any]) -> None:
    """Each criterion alone puts a bleed into its class, and is its reason."""
    for criterion in rule.criteria:
        value = True if criterion.at_least is None else criterion.at_least
        found = rule.findings({**nothing(rule), criterion.finding: value})
        assert found.grade is criterion.level
        assert criterion in found.reasons
        assert found.unknown == ()
        assert (found.n, found.n_missing) == (len(rule.inputs), 0)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_unknown_is_not_no(rule: BleedingRule[Any]) -> None:
    """Of a bleed of which nothing is known nothing is said; nor where one is open."""
    found = rule.findings({})
    assert found.grade is None
    assert (found.at_least, found.at_most) == (rule.levels[0], rule.levels[-1])
    assert found.n == 0
    for criterion in rule.criteria:
        open_ = rule.findings({**nothing(rule), criterion.finding: None})
        assert open_.grade is None
        assert open_.reaches(criterion.level) is None
        assert criterion in open_.unknown
    assert rule.findings(nothing(rule)).grade is rule.levels[0]


def test_reaches() -> None:
    """Whether a bleed is major can be known where its class is not, and the reverse."""
    major = ISTHBleeding.MAJOR
    assert isth_bleeding(fatal=True).reaches(major) is True
    assert ISTH_BLEEDING.findings(nothing(ISTH_BLEEDING)).reaches(major) is False
    assert isth_bleeding(fatal=False).reaches(major) is None
    no_type = "level must be a member of ISTHBleeding"
    with pytest.raises(InputError, match=no_type):
        isth_bleeding().reaches(BARCType.TYPE_2)


def test_bounds() -> None:
    """A bound counts where all values within it answer alike."""
    rest = nothing(ISTH_BLEEDING)
    for given_, grade in (
        (Bound(">=", 2), ISTHBleeding.MAJOR),
        (Bound(">", 2), ISTHBleeding.MAJOR),
        (Bound(">=", 1), None),
        (Bound("<", 2), ISTHBleeding.MINOR),
        (Bound("<=", 2), None),
    ):
        found = ISTH_BLEEDING.findings({**rest, "transfused_units": given_})
        assert found.grade is grade, given_


@pytest.mark.parametrize(
    ("given_", "message"),
    [
        ({"hemoglobin_fall_g_l": -1}, "hemoglobin_fall_g_l must be a number from 0 to"),
        ({"hemoglobin_fall_g_l": 251}, "in g/L: a fall of 2 g/dL is 20 g/L"),
        ({"hemoglobin_fall_g_l": True}, "hemoglobin_fall_g_l must be a number"),
        ({"hemoglobin_fall_g_l": "20"}, "hemoglobin_fall_g_l must be a number"),
        ({"hemoglobin_fall_g_l": Bound(">", 300)}, "must be a bound from 0 to 250"),
        ({"transfused_units": 1.5}, "transfused_units must be .* whole units"),
        ({"transfused_units": 201}, "transfused_units must be a number from 0 to 200"),
        ({"fatal": 1}, "fatal must be True, False or None, got 1"),
        ({"fatal": "yes"}, "fatal must be True, False or None"),
        ({"fatel": True}, "a finding must be one of fatal, critical_site, .* 'fatel'"),
    ],
)
def test_messages(given_: dict[str, Any], message: str) -> None:
    """What is no finding, no answer or no amount is named, for one and in a column."""
    with pytest.raises(InputError, match=message):
        ISTH_BLEEDING.findings(given_)
    ((name, value),) = given_.items()
    if not isinstance(value, Bound):
        message = message.replace(" must be", r"(\[1\])? must be")
        with pytest.raises(InputError, match=message):
            ISTH_BLEEDING.grades({name: [None, value]})


def test_columns_belong_together() -> None:
    """Columns of two lengths, and one value for a column, are refused."""
    with pytest.raises(InputError, match="evaluated must be as long as the first"):
        ISTH_BLEEDING.grades({"fatal": [True, False], "evaluated": [True]})
    alone: Any = {"fatal": None}
    with pytest.raises(InputError, match="fatal must be a sequence"):
        ISTH_BLEEDING.grades(alone)
    with pytest.raises(InputError, match="columns must be at least one column"):
        ISTH_BLEEDING.expr({})
    masked = np.ma.MaskedArray([True, True], mask=[False, True])
    grades = ISTH_BLEEDING.grades({"fatal": masked})
    assert grades.tolist() == [2, None]


@settings(max_examples=10)  # a dataframe each
@given(data=st.data())
@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_expressions_agree_on_any_bleed(
    rule: BleedingRule[Any], data: st.DataObject
) -> None:
    """An expression answers as the function, whatever is known."""
    import polars as pl

    rows = data.draw(st.lists(bleeds(rule), min_size=1, max_size=4))
    schema = {n: pl.Float64 if n in AMOUNTS else pl.Boolean for n in rule.inputs}
    columns = {name: [row[name] for row in rows] for name in rule.inputs}
    frame = nw.from_native(pl.DataFrame(columns, schema=schema))
    found = frame.select(grade=rule.expr({n: n for n in rule.inputs}))["grade"]
    assert found.to_list() == [rule.findings(row).grade for row in rows]


def test_expression(evaluate: Evaluate) -> None:
    """Every engine answers alike; what is out of range has no class."""
    data: dict[str, list[Any]] = {
        "fatal": [False, False, True, None, False, False, False, None],
        "site": [False, False, None, False, False, False, False, None],
        "fall": [19.9, 20.0, None, 0.0, -1.0, 251.0, float("nan"), None],
        "units": [1.0, 0.0, None, 0.0, 0.0, 0.0, 0.0, None],
        "care": [True, False, None, True, True, True, True, None],
    }
    expression = ISTH_BLEEDING.expr(
        {
            "fatal": "fatal",
            "critical_site": nw.col("site"),
            "hemoglobin_fall_g_l": "fall",
            "transfused_units": "units",
            "medical_intervention": "care",
        }
    )
    assert evaluate(data, expression) == [1, 2, 2, None, None, None, None, None]
    units = ISTH_BLEEDING.expr({"transfused_units": "units"})
    assert evaluate({"units": [2.0, 1.0, 2.5, -1.0, 201.0]}, units) == [2, *[None] * 4]


@given(patient=patients())
@settings(max_examples=20)  # a whole patient each
def test_a_record_never_contradicts_itself(patient: Patient) -> None:
    """What a record says are findings of the rule, and of both rules the same."""
    for rule in RULES:
        known = recorded_bleeding(patient, rule)
        assert tuple(known) == rule.inputs
        rule.findings(known)
    isth = recorded_bleeding(patient)
    barc = recorded_bleeding(patient, BARC_BLEEDING)
    shared = set(isth) & set(barc)
    assert {n: isth[n] for n in shared} == {n: barc[n] for n in shared}


def test_what_a_record_says() -> None:
    """Each finding from its field; what a field leaves open stays open."""
    bare = Patient(patient_id="P1")
    assert set(recorded_bleeding(bare).values()) == {None}
    full = Patient(
        patient_id="P1",
        symptom_days=0,
        hematoma=Hematoma(muscle="retroperitoneal"),
        imaging=Imaging(ct="yes"),
        treatments=["red_cells", "surgical_evacuation"],
        follow_up=FollowUp(assessments=[Assessment(visit="month_1", day=30)]),
    )
    assert recorded_bleeding(full) == {
        "fatal": False,
        "critical_site": True,
        "hemoglobin_fall_g_l": None,
        "transfused_units": Bound(">=", 1),
        "medical_intervention": True,
        "hospitalized": True,
        "evaluated": True,
    }
    barc = recorded_bleeding(full, BARC_BLEEDING)
    assert barc["surgery_for_control"] is None
    assert (barc["fatal_definite"], barc["fatal_probable"]) == (False, False)


@pytest.mark.parametrize(
    ("treatments", "units", "care", "surgery"),
    [
        ([], 0, False, False),
        (["analgesic"], 0, False, False),
        (["vitamin_k1"], 0, True, False),
        (["other"], None, None, None),
        (["other", "vitamin_k1"], None, True, None),
        (["unknown"], None, None, None),
        (["medical_unspecified"], None, None, None),
    ],
)
def test_treatments(
    treatments: list[str],
    units: int | None,
    *,
    care: bool | None,
    surgery: bool | None,
) -> None:
    """A list of treatments is whole unless it says that something is not in it."""
    patient = Patient(patient_id="P1", treatments=treatments)
    found = recorded_bleeding(patient, BARC_BLEEDING)
    assert found["transfused_units"] == units
    assert found["medical_intervention"] is care
    assert found["surgery_for_control"] is surgery


def test_a_death_may_have_another_cause() -> None:
    """Of a patient who died the record does not say whether of the bleed."""
    seen = [Assessment(visit="month_1", day=30)]
    either: list[dict[str, Any]] = [{"died": True}, {"died_day": 40}]
    for died in either:
        course = FollowUp(assessments=seen, **died)
        patient = Patient(patient_id="P1", follow_up=course)
        assert recorded_bleeding(patient)["fatal"] is None
    early = FollowUp(assessments=[Assessment(visit="baseline", day=0)])
    assert recorded_bleeding(Patient(patient_id="P1", follow_up=early))["fatal"] is None


def test_own_fields_go_first() -> None:
    """A study's own field that bears the name of a finding is that finding."""

    class Own:
        treatments = ("red_cells",)
        transfused_units = 4
        hemoglobin_fall_g_l = 31
        critical_site = float("nan")

    @attrs.frozen(kw_only=True)
    class OurPatient(Patient):
        fatal: bool | None = fields.yes_no("Fatal bleed")

    ours = OurPatient(patient_id="P", hemoglobin_fall_g_l=20, fatal=False)
    assert recorded_bleeding(ours)["hemoglobin_fall_g_l"] == 20
    assert recorded_bleeding(ours)["fatal"] is False
    assert ISTH_BLEEDING.findings(recorded_bleeding(ours)).grade is ISTHBleeding.MAJOR
    found = recorded_bleeding(Own())
    assert (found["transfused_units"], found["hemoglobin_fall_g_l"]) == (4, 31)
    assert found["critical_site"] is None
    bound = Patient(patient_id="P", hemoglobin_fall_g_l=Bound(">", 30))
    found = recorded_bleeding(bound)
    assert ISTH_BLEEDING.findings(found).grade is ISTHBleeding.MAJOR
    with pytest.raises(InputError, match="patient must be an object with the fields"):
        recorded_bleeding("P1")
