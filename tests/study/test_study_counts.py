"""A study of counts is the study of the patients, and counts of parts add up to it."""

import json
import math
from typing import Any

import attrs
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from iph import Assessment, Bound, Cohort, FollowUp, Laboratory, Patient
from iph.criteria import LI_2023, Compare, Criteria, Criterion
from iph.errors import DataError, InputError
from iph.evidence import published_cases
from iph.protocol import LI_2023_PROTOCOL
from iph.study import CountedRecords, Study, StudyCounts, Unavailable, analyze, count
from iph.testing import cohorts, cohorts_of, protocols

# What tells of single patients, and is not made of counts.
_SINGLE = {"sequences", "died", "rows", "decisions", "cohort", "patients"}
_VISITS = ("baseline", "week_1", "month_1", "month_3", "month_6")


def figures(value: Any) -> Any:
    """Return every figure of a result, without what tells of single patients."""
    if isinstance(value, Study):
        inner = {f.name: getattr(value, f.name) for f in attrs.fields(Study)}
        skipped = {*_SINGLE, "protocol", "visits"}
        return {k: figures(v) for k, v in inner.items() if k not in skipped}
    if attrs.has(type(value)):
        return (
            type(value).__name__,
            {
                f.name: figures(getattr(value, f.name))
                for f in attrs.fields(type(value))
                if f.name not in _SINGLE or type(value).__name__ == "VisitAttendance"
            },
        )
    if isinstance(value, dict):
        return {key: figures(one) for key, one in value.items()}
    if isinstance(value, (tuple, list, np.ndarray)):
        return [figures(one) for one in value]
    if isinstance(value, float) and math.isnan(value):
        return "NaN"
    return value


def split(cohort: Cohort[Any], places: list[int], n_parts: int) -> list[Cohort[Any]]:
    """Deal the patients of a cohort out to several hospitals."""
    return [
        of_some(
            cohort,
            [
                patient
                for patient, place in zip(cohort, places, strict=True)
                if place == part
            ],
        )
        for part in range(n_parts)
    ]


def of_some(cohort: Cohort[Any], patients: list[Any]) -> Cohort[Any]:
    """Return a cohort of some patients, with their events."""
    names = {patient.patient_id for patient in patients}
    events = cohort.events
    if events is not None:
        events = tuple(one for one in events if one.patient_id in names)
    return attrs.evolve(cohort, patients=patients, events=events)


def same(cohort: Cohort[Any], draw: Any, protocol: Any, **options: Any) -> None:
    """Compare the study of a cohort with that of the sum of its parts, through JSON."""
    n_parts = draw(st.integers(1, 4))
    places = draw(
        st.lists(
            st.integers(0, n_parts - 1), min_size=len(cohort), max_size=len(cohort)
        )
    )
    parts = [
        StudyCounts.from_json(
            count(part, protocol=protocol, **options).to_json(), protocol=protocol
        )
        for part in split(cohort, places, n_parts)
    ]
    summed = sum(parts[1:], parts[0])
    assert summed == count(cohort, protocol=protocol, **options)
    found = figures(analyze(summed))
    assert found == figures(analyze(cohort, protocol=protocol, **options))


@settings(max_examples=10)  # two whole studies an example
@given(cohorts(), st.data())
def test_the_sum_of_parts_is_the_study_of_all(
    cohort: Cohort[Any], data: st.DataObject
) -> None:
    """However the patients are dealt out to hospitals, every figure is the same."""
    population = data.draw(st.sampled_from(["included", "not-excluded", "all"]))
    same(cohort, data.draw, LI_2023_PROTOCOL, population=population)


@settings(max_examples=15)  # two whole studies an example
@given(protocols(), st.data())
def test_the_same_of_any_protocol(protocol: Any, data: st.DataObject) -> None:
    """Counts know no field, scale or visit of one condition."""
    same(data.draw(cohorts_of(protocol)), data.draw, protocol)


@pytest.fixture(scope="module")
def counts(by_hand: Cohort[Any]) -> StudyCounts:
    """Return the counts of the cohort made by hand."""
    return count(by_hand)


def test_what_is_chosen_after_counting(by_hand: Cohort[Any], counts: Any) -> None:
    """Rules of description, cut points of pain, tests and primary visit come later."""
    options: dict[str, Any] = {
        "description": "mean",
        "quartiles": "linear",
        "primary_visit": "month_1",
        "p_values": True,
        "pain": "jensen2003",
        "seed": 7,
    }
    assert figures(analyze(counts, **options)) == figures(analyze(by_hand, **options))


def test_what_is_chosen_before_counting_is_not_chosen_again(counts: Any) -> None:
    """An option that the counts were not made with is refused, and says what to do."""
    assert analyze(counts, population="included").rules.population == "included"
    with pytest.raises(InputError, match=r"by must be that of the counts.*count again"):
        analyze(counts, by="sex")
    with pytest.raises(InputError, match="population must be that of the counts"):
        analyze(counts, population="all")
    adults = Criteria(
        name="adults",
        include=[Criterion("A", "adults", Compare("age_years", ">=", 18))],
    )
    with pytest.raises(InputError, match="criteria must be those of the counts"):
        analyze(counts, criteria=adults)
    other = attrs.evolve(LI_2023_PROTOCOL, title="Another study")
    with pytest.raises(InputError, match="protocol must be that of the counts"):
        analyze(counts, protocol=other)
    with pytest.raises(InputError, match="None beside counts"):
        analyze(counts, assessments=object())


def test_single_patients_are_not_available(counts: StudyCounts) -> None:
    """What needs single patients says so, and everything else is there."""
    study = analyze(counts)
    assert len(study.patients) == len(study.cohort) == study.screening.n_assessed == 28
    assert study.screening.decisions is None
    parts = [gap.part for gap in study.unavailable]
    assert "Pain (VAS): the scores of single patients" in parts
    for gap in study.unavailable:
        if "single" in gap.part:
            assert "not available from counts" in gap.sentence.lower()
    course = study.grades[0]
    assert not isinstance(course, Unavailable)
    assert isinstance(course.sequences, Unavailable)
    with pytest.raises(DataError, match=r"(?i)not available from counts"):
        list(course.columns)
    assert isinstance(study.patients, CountedRecords)
    with pytest.raises(DataError, match="single patients are not available"):
        list(study.patients)


def test_flows_count_everybody(by_hand: Cohort[Any]) -> None:
    """From one visit to the next everybody goes from one state to another."""
    for course in analyze(by_hand).grades:
        assert not isinstance(course, Unavailable)
        for place, flow in enumerate(course.flows):
            pairs = list(zip(*course.columns[place : place + 2], strict=True))
            assert flow == {pair: pairs.count(pair) for pair in pairs}


def test_no_table_holds_a_patient(by_hand: Cohort[Any]) -> None:
    """No text of the counts has a pseudonym, and no table all scores of a patient."""
    named = Cohort(
        [attrs.evolve(p, patient_id=f"SECRET-{k:02}") for k, p in enumerate(by_hand)]
    )
    counts = count(named)
    assert "SECRET" not in counts.to_json()
    widest = max(len(key) for table in counts.tables.values() for key in table)
    # The longest rows are the orders of a patient's own scores, one number a visit.
    assert widest == len(LI_2023_PROTOCOL.visits)
    orders = counts.table("patterns", "vas")
    assert all(value is None or value < len(key) for key in orders for value in key)


def patient(name: str, *scores: float | None, **fields: Any) -> Patient:
    """Return a patient with a score of pain at each visit; None, not seen."""
    seen = [
        Assessment(visit=visit, vas=score)
        for visit, score in zip(_VISITS, scores, strict=False)
        if score is not None
    ]
    died_day = fields.pop("died_day", None)
    follow_up = FollowUp(assessments=seen, died_day=died_day)
    return Patient(patient_id=name, follow_up=follow_up, **fields)


def test_tables_by_hand() -> None:
    """Three patients: states at a visit, pairs of visits, and orders of scores."""
    cohort = Cohort(
        [
            patient("A", 8, 4, 1, sex="male"),
            patient("B", 7, None, 7, sex="male"),
            patient("C", 5, 5, died_day=20),
        ]
    )
    counts = count(cohort, population="all", recovery_group="sex")
    assert counts.n == 3
    assert counts.table("patients") == {("male",): 2, (None,): 1}
    assert counts.table("values", "vas", "month_1") == {
        (1.0, "male"): 1,
        (7.0, "male"): 1,
        ("died", None): 1,
    }
    assert counts.table("pairs", "vas", "week_1", "month_1") == {
        (4.0, 1.0, "male"): 1,
        (None, 7.0, "male"): 1,
        (5.0, "died", None): 1,
    }
    patterns = counts.table("patterns", "vas")
    baseline, week_1, month_1 = (
        [v.value for v in LI_2023_PROTOCOL.visits].index(name)
        for name in ("baseline", "week_1", "month_1")
    )
    assert {
        (key[baseline], key[week_1], key[month_1]): n for key, n in patterns.items()
    } == {(2, 1, 0): 1, (0, None, 0): 1, (0, 0, None): 1}
    assert counts.table("attendance", "month_1") == {
        ("seen", None): 2,
        ("died", None): 1,
    }


def test_counts_of_another_kind_do_not_add_up(by_hand: Cohort[Any]) -> None:
    """Another protocol, population or group is refused, and the message says which."""
    one = count(by_hand)
    other = attrs.evolve(LI_2023_PROTOCOL, title="Another study")
    with pytest.raises(InputError, match="of one protocol"):
        one + count(by_hand, protocol=other)
    with pytest.raises(InputError, match="of one population"):
        one + count(by_hand, population="all")
    with pytest.raises(InputError, match="of one by"):
        one + count(by_hand, by="sex")
    with pytest.raises(InputError, match="of one recovery group"):
        one + count(by_hand, recovery_group="sex")
    with pytest.raises(TypeError):
        one + 1
    assert sum([one]) == one
    assert (one == 1) is False


def test_a_cohort_of_convenience_stays_one() -> None:
    """No rate of recovery is computed of a sum that has a convenience sample."""
    cases = published_cases()
    both = count(cases, population="all") + count(
        Cohort([Patient(patient_id="X")]), population="all"
    )
    study = analyze(both)
    assert study.convenience
    assert all(isinstance(part, Unavailable) for part in study.recovery)
    assert both.n == len(cases) + 1


def test_what_is_known_of_the_cohorts_is_kept() -> None:
    """Labels, notes and made-up patients are told of the sum."""
    north = Cohort([Patient(patient_id="A")], label="North", notes=("a note",))
    south = Cohort([Patient(patient_id="A")], label="South", synthetic=True)
    both = count(north, population="all") + count(south, population="all")
    study = analyze(both)
    assert (both.label, both.notes, both.synthetic) == (
        "North + South",
        ("a note",),
        True,
    )
    assert study.cohort.synthetic
    assert "n = 2" in repr(both)


def test_small_cells_are_told() -> None:
    """One patient is in cells of one; nobody is in none."""
    assert count(Cohort(())).n_small_cells() == 0
    one = count(Cohort([Patient(patient_id="A")]), population="all")
    assert one.n_small_cells() == sum(map(len, one.tables.values()))
    with pytest.raises(InputError, match="least"):
        one.n_small_cells(0)


def test_bounds_and_gaps_are_counted() -> None:
    """What a report warns of is known from counts."""
    cohort = Cohort(
        [
            Patient(patient_id="A", laboratory=Laboratory(inr=Bound(">", 8))),
            Patient(patient_id="B"),
        ]
    )
    study = analyze(count(cohort, population="all"))
    assert study.bounds == {("inr", ">8"): 1}
    assert study.coagulation_gaps == {
        ("a clotting test", "anticoagulant", "comorbidities"): 1
    }
    assert figures(study) == figures(analyze(cohort, population="all"))


def test_json_of_another_protocol(by_hand: Cohort[Any]) -> None:
    """The digest tells by which protocol and criteria was counted."""
    text = count(by_hand).to_json()
    other = attrs.evolve(LI_2023_PROTOCOL, title="Another study")
    with pytest.raises(InputError, match=r"protocol must be the one by which"):
        StudyCounts.from_json(text, protocol=other)
    stricter = attrs.evolve(LI_2023, name="stricter")
    with pytest.raises(InputError, match=r"criteria must be the one by which"):
        StudyCounts.from_json(text, criteria=stricter)


def _with(*cells: Any, name: Any = ("values",)) -> dict[str, Any]:
    return {"tables": [{"table": name, "cells": list(cells)}]}


@pytest.mark.parametrize(
    ("told", "message"),
    [
        ("", "JSON of counts"),
        ("[]", "of the format iph-study-counts/1"),
        ('{"format": "iph-study-counts/2"}', "of the format iph-study-counts/1"),
        ({"more": 1}, "an object with"),
        ({"by": 1}, "by must be a text"),
        ({"notes": "x"}, "notes must be a list of texts"),
        ({"synthetic": 1}, "synthetic must be true or false"),
        ({"tables": 1}, "tables must be a list"),
        ({"tables": [1]}, "objects with table and cells"),
        (_with(name=[1]), "named by a list of texts"),
        (_with([1]), "pairs of values and a whole number"),
        (_with([[1], True]), "pairs of values and a whole number"),
        (_with([[1], 0]), "a count above 0"),
        (_with([1, 1]), "a list of values"),
        (_with([[{"a": 1}], 1]), "numbers, texts"),
        (_with([[1], 1], [[1], 2]), "each combination of values once"),
        (_with([[1], 1], [[1, 2], 2]), "rows of one length"),
        (_with([[math.nan], 1]), "JSON of counts"),
        (
            {"tables": [{"table": ["a"], "cells": []}] * 2},
            "each once",
        ),
    ],
)
def test_what_is_no_json_of_counts(told: str | dict[str, Any], message: str) -> None:
    """A text that is none says what is wrong, and where."""
    if isinstance(told, str):
        text = told
    else:  # the text of nobody, but for what is told
        text = json.dumps(json.loads(count(Cohort(())).to_json()) | told)
    with pytest.raises(InputError, match=message):
        StudyCounts.from_json(text)


def test_json_says_what_it_holds(counts: StudyCounts) -> None:
    """The text begins with its format, and is restored to equal counts."""
    text = counts.to_json(indent=1)
    assert json.loads(text)["format"] == "iph-study-counts/1"
    assert json.loads(text)["protocol"] == LI_2023_PROTOCOL.digest
    assert StudyCounts.from_json(text) == counts
    with pytest.raises(TypeError):
        hash(counts)


@pytest.mark.parametrize("backend", ["pandas", "polars", "pyarrow"])
def test_frames_are_counted_as_the_cohort_is(
    by_hand: Cohort[Any], backend: Any
) -> None:
    """The tables of a dataframe, and of its pieces, are those of the cohort."""
    wanted = count(by_hand).tables

    def counted(cohort: Cohort[Any]) -> StudyCounts:
        visits = cohort.assessments_frame(backend)
        return count(cohort.patients_frame(backend), assessments=visits)

    assert counted(by_hand).tables == wanted
    north, south = Cohort(by_hand.patients[:10]), Cohort(by_hand.patients[10:])
    assert (counted(north) + counted(south)).tables == wanted


@settings(max_examples=20)  # three cohorts an example
@given(st.lists(cohorts(), min_size=3, max_size=3))
def test_the_order_of_hospitals_does_not_matter(drawn: list[Cohort[Any]]) -> None:
    """Counts add up in any order, and nobody adds nothing."""
    one, two, three = (count(cohort, population="all") for cohort in drawn)
    assert (one + two).tables == (two + one).tables
    assert ((one + two) + three).tables == (one + (two + three)).tables
    nobody = count(Cohort(()), population="all")
    assert (one + nobody).tables == one.tables
    assert (one + two).n == one.n + two.n
