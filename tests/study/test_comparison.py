"""A study beside printed figures: published intervals, itself, gaps and messages."""

import math
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats as scipy_stats

from iph import Assessment, Cohort, FollowUp, Hematoma, Laboratory, Patient, Visit
from iph.errors import InputError
from iph.evidence import Claim, published_cases, read_claims
from iph.protocol import read_protocol
from iph.protocol._file_reading import protocol_of
from iph.records import read
from iph.report import study_claims
from iph.study import Comparison, Study, analyze, compare_with_claims

STUDIES = Path(__file__).parents[1] / "protocol" / "studies"


def study_of(patients: Sequence[Patient], **options: Any) -> Study:
    """Return a study of all of some patients."""
    return analyze(Cohort(patients), population="all", **options)


def of_sex(men: int, n: int) -> Study:
    """Return a study of n patients of whom some are men."""
    sexes = ["male"] * men + ["female"] * (n - men)
    return study_of([Patient(patient_id=f"P{k}", sex=s) for k, s in enumerate(sexes)])


def claim(**given_: Any) -> Claim:
    """Return a claim of a made-up paper."""
    return Claim(**{"code": "c", "where": "Table 1", "of": "80", **given_})


def men(printed: str, kind: str = "count", **more: Any) -> Claim:
    """Return a claim of how many are men."""
    return claim(printed=printed, kind=kind, variable="sex", levels=["male"], **more)


def compared(study: Study, *claims: Claim) -> Comparison:
    """Compare with some claims."""
    return compare_with_claims(study, claims, source="A 2020")


@pytest.mark.parametrize(
    ("ours", "theirs", "low", "high"),
    [
        # Newcombe 1998 (differences), Table II, method 6, examples a, b, c and h.
        ((56, 70), (48, 80), 0.0528, 0.3382),
        ((9, 10), (3, 10), 0.1700, 0.8406),
        ((6, 7), (2, 7), 0.0342, 0.8534),
        ((10, 10), (0, 10), 0.6636, 1.0),
    ],
)
def test_shares_have_the_interval_of_miettinen_and_nurminen(
    ours: tuple[int, int], theirs: tuple[int, int], low: float, high: float
) -> None:
    """The difference of the printed examples has the interval of the paper."""
    printed = men(str(theirs[0]), of=str(theirs[1]))
    (row,) = compared(of_sex(*ours), printed).rows
    np.testing.assert_allclose(
        [row.difference.low, row.difference.high], [low, high], atol=5e-5
    )
    assert (row.ours.count, row.ours.n) == ours
    assert (row.published.count, row.published.n) == theirs
    assert row.difference.method == "miettinen-nurminen"
    exact = Fraction(*ours) - Fraction(*theirs)
    assert row.difference.estimate == float(exact)


def test_means_have_the_interval_of_welch() -> None:
    """From a printed mean and SD follows what scipy has of the values behind them."""
    theirs = [98, 121, 87, 133, 104, 115, 92, 140]
    ours = [101, 88, 126, 119, 97]
    patients = [
        Patient(patient_id=f"P{k}", laboratory=Laboratory(hemoglobin_g_l=value))
        for k, value in enumerate(ours)
    ]
    printed = claim(
        printed=f"{np.mean(theirs)} \N{PLUS-MINUS SIGN} {np.std(theirs, ddof=1):.12f}",
        kind="mean-sd",
        variable="hemoglobin_g_l",
        of="8",
    )
    (row,) = compared(study_of([*patients, Patient(patient_id="none")]), printed).rows
    expected = scipy_stats.ttest_ind(
        ours, theirs, equal_var=False
    ).confidence_interval()
    np.testing.assert_allclose(
        [row.difference.low, row.difference.high], [expected.low, expected.high]
    )
    assert (row.difference.method, row.measure, row.unit) == ("welch", "mean", "g/L")
    assert (row.ours.n, row.ours.n_missing, row.published.n) == (5, 1, 8)


def test_a_study_does_not_differ_from_itself() -> None:
    """Held against its own printed figures a study differs by rounding alone."""
    few = [patient(f"P{k}", (8, k % 3), age_years=40 + k) for k in range(6)]
    study = analyze(
        Cohort([*published_cases(), *few]), population="not-excluded", by="sex"
    )
    claims = study_claims(study)
    found = compared(study, *claims)
    told = {c.code for row in found.rows for c in row.claims}
    assert {c.code for c in claims if c.levels} <= told
    for row in found.rows:
        if row.ours.n < 5:
            assert math.isnan(row.difference.estimate)
            assert "fewer than 5" in row.remark
        elif row.measure == "share":
            assert row.difference.estimate == 0.0
            assert row.published.n == row.ours.n
        else:  # printed with the decimals that its size deserves
            size = abs(row.ours.value)
            rounding = 0.005 if size < 10 else 0.05 if size < 100 else 0.5
            assert abs(row.difference.estimate) <= rounding + 1e-9


def test_fewer_than_five_are_not_compared() -> None:
    """Four of ours have a figure and no difference; five have one."""
    few, enough = (compared(of_sex(2, n), men("24")).rows[0] for n in (4, 5))
    assert (few.ours.n, few.remark) == (4, "not compared, with fewer than 5 patients")
    assert math.isnan(few.difference.estimate)
    assert few.difference.method == "none"
    assert (enough.ours.n, enough.remark) == (5, "")
    assert enough.difference.method == "miettinen-nurminen"


@settings(max_examples=25)  # each draw analyzes a study
@given(count=st.integers(0, 12), extra=st.integers(0, 12), theirs=st.integers(0, 80))
def test_intervals_hold_the_difference_and_mirror(
    count: int, extra: int, theirs: int
) -> None:
    """The interval holds the difference; women differ as men do, the other way."""
    study = of_sex(count, count + extra + 5)
    women = claim(
        code="w",
        printed=str(80 - theirs),
        kind="count",
        variable="sex",
        levels=["female"],
    )
    found = {
        r.level_label: r.difference
        for r in compared(study, men(str(theirs)), women).rows
    }
    one, other = found["male"], found["female"]
    assert one.low <= one.estimate <= one.high
    np.testing.assert_allclose(
        [one.estimate, one.low, one.high],
        [-other.estimate, -other.high, -other.low],
        atol=1e-12,
    )


def test_a_figure_printed_twice_stands_once() -> None:
    """A count, its share and its repetition make one row; another print its own."""
    claims = (
        men("24", code="a", of="28"),
        men("24", code="b", of="28", where="Abstract"),
        claim(code="s", printed="46.15%", kind="percentage", count="a", of="28"),
        men("20", code="d", of="28"),
    )
    first, second = compared(of_sex(3, 5), *claims).rows
    assert [c.code for c in first.claims] == ["a", "b", "s"]
    assert [f.claim.code for f in first.doubtful] == ["s"]
    assert [c.code for c in second.claims] == ["d"]


def test_a_percentage_stands_for_the_counts_that_print_it() -> None:
    """Without a count the interval covers every count that rounds to the percentage."""
    (row,) = compared(of_sex(30, 60), men("57%", "percentage", of="174")).rows
    ends = [compared(of_sex(30, 60), men(k, of="174")).rows[0] for k in ("99", "100")]
    assert row.published.count == 99
    assert row.difference.estimate == ends[0].difference.estimate
    assert row.difference.low == ends[1].difference.low
    assert row.difference.high == ends[0].difference.high
    assert row.remark.startswith("99 to 100 patients are printed so")
    known = men("57%", "percentage", of="174", count="100")
    assert compared(of_sex(30, 60), known).rows[0].published.count == 100


def test_medians_have_no_interval() -> None:
    """Quartiles alone give none; our own median keeps its exact one."""
    study = study_of([Patient(patient_id=f"P{k}", age_years=20 + k) for k in range(9)])
    printed = claim(printed="48 (20.25, 63)", kind="median", variable="age_years")
    (row,) = compared(study, printed).rows
    assert row.difference.estimate == 24 - 48
    assert math.isnan(row.difference.low)
    assert row.difference.method == "none"
    assert row.remark == "no interval without an assumption about the distribution"
    assert (row.published.q1, row.published.value, row.published.q3) == (20.25, 48, 63)
    assert (row.ours.low, row.ours.high) == (21, 27)
    alone = claim(printed="48", kind="median", variable="age_years")
    assert math.isnan(compared(study, alone).rows[0].published.q1)


def test_one_value_has_no_spread() -> None:
    """With a single value of ours the difference of means has no interval."""
    study = study_of([Patient(patient_id="P", age_years=40)])
    printed = claim(printed="48 (12)", kind="mean-sd", variable="age_years")
    (row,) = compared(study, printed).rows
    assert math.isnan(row.difference.estimate)
    assert row.difference.method == "none"
    assert row.remark == "not compared, with fewer than 5 patients"


def patient(name: str, vas: tuple[float, float], **fields: Any) -> Patient:
    """Return a patient seen twice."""
    seen = [
        Assessment(visit="baseline", vas=vas[0], strength=2, hip_flexion_deg=44),
        Assessment(visit="week_1", vas=vas[1], strength=3, hip_flexion_deg=90),
    ]
    return Patient(patient_id=name, follow_up=FollowUp(assessments=seen), **fields)


@pytest.mark.parametrize(
    ("asked", "count", "n"),
    [
        ({"variable": "vas", "visit": "week_1", "levels": ["0"]}, 1, 3),
        ({"variable": "vas", "visit": "week_1", "levels": ["1-3"], "step": 1}, 2, 3),
        ({"variable": "vas", "visit": "week_1", "levels": ["1-3"]}, 1, 3),
        ({"variable": "strength", "visit": "week_1", "levels": ["2"]}, 0, 3),
        ({"variable": "strength", "visit": "week_1", "levels": ["2-3"]}, 3, 3),
        (
            {"variable": "hip_flexion_deg", "visit": "baseline", "levels": ["0-44"]},
            3,
            3,
        ),
        ({"variable": "zones", "levels": ["only mid"]}, 1, 2),
        ({"variable": "zones", "levels": ["mid"]}, 2, 2),
        ({"variable": "zones", "levels": ["only mid", "only mid+lower"]}, 2, 2),
        ({"variable": "records_complete", "levels": ["yes"]}, 1, 2),
        ({"derived": "treated_conservatively", "levels": ["no"]}, 1, 2),
        ({"derived": "coagulation_status", "levels": ["abnormal"]}, 1, 2),
        (
            {"derived": "pain_relief", "visit": "week_1", "levels": ["at-least-half"]},
            2,
            3,
        ),
        (
            {"derived": "pain_relief", "visit": "week_1", "levels": ["more-than-half"]},
            1,
            3,
        ),
    ],
)
def test_levels_are_counted_as_they_are_named(
    asked: dict[str, Any], count: int, n: int
) -> None:
    """Grades, stretches, sets, answers and what follows from several fields."""
    study = study_of(
        [
            patient(
                "A",
                (8, 0),
                hematoma=Hematoma(zones=["mid"]),
                records_complete=True,
                treatments=["analgesic"],
                anticoagulant=["warfarin"],
            ),
            patient(
                "B",
                (6, 3),
                hematoma=Hematoma(zones=["mid", "lower"]),
                records_complete=False,
                treatments=["embolization"],
                anticoagulant=[],
                comorbidities=[],
                laboratory=Laboratory(inr=1.0),
            ),
            patient("C", (7, 3.8)),
        ]
    )
    (row,) = compared(study, claim(printed="1", kind="count", **asked)).rows
    assert (row.ours.count, row.ours.n) == (count, n)


def test_a_visit_is_of_those_seen_there() -> None:
    """A printed number of patients at a visit is the denominator at that visit."""
    study = study_of([patient("A", (8, 0))])
    seen = claim(code="n", printed="22", kind="size", visit="week_1")
    share = claim(
        code="s",
        printed="95.45%",
        kind="percentage",
        variable="vas",
        visit="week_1",
        levels=["0"],
        of="28",
        count="n",
    )
    (row,) = compared(study, seen, share).rows
    assert (row.published.count, row.published.n) == (21, 22)


@pytest.mark.parametrize(
    ("asked", "reason"),
    [
        (
            {"printed": "3", "kind": "count", "levels": ["x"]},
            "nothing recorded corresponds",
        ),
        (
            {"printed": "3", "kind": "count", "derived": "luck", "levels": ["x"]},
            "no study derives luck",
        ),
        ({"printed": "3", "kind": "median", "variable": "vas"}, "it names no visit"),
        (
            {"printed": "3", "kind": "median", "variable": "vas", "visit": "year_1"},
            "no patient has a recorded value",
        ),
        (
            {"printed": "3", "kind": "median", "variable": "sex"},
            "sex is no number",
        ),
        (
            {"printed": "3", "kind": "count", "variable": "sex", "levels": ["martian"]},
            "sex has no level 'martian'",
        ),
        (
            {
                "printed": "3",
                "kind": "count",
                "variable": "age_years",
                "levels": ["old"],
            },
            "age_years has no level 'old'",
        ),
        (
            {"printed": "30%", "kind": "percentage", "variable": "sex"},
            "it names no levels",
        ),
        (
            {"printed": "90", "kind": "count", "variable": "sex", "levels": ["male"]},
            "no count of 80 patients is printed so",
        ),
        (
            {
                "printed": "3",
                "kind": "count",
                "variable": "sex",
                "levels": ["male"],
                "of": "",
            },
            "it is printed of no number of patients",
        ),
        (
            {"printed": "48", "kind": "median", "variable": "age_years", "of": ""},
            "it is printed of no number of patients",
        ),
    ],
)
def test_what_cannot_be_compared_is_said(asked: dict[str, Any], reason: str) -> None:
    """A figure of patients without an answer is listed with the reason."""
    study = study_of([Patient(patient_id="P", sex="male", age_years=50)])
    found = compared(study, claim(**asked))
    assert found.rows == ()
    assert [one.reason for one in found.unanswered] == [reason]


def test_the_share_of_a_count_follows_it() -> None:
    """A percentage whose count is not compared is not compared either."""
    study = study_of([Patient(patient_id="P", age_years=50)])
    share = claim(code="s", printed="30%", kind="percentage", count="c")
    found = compared(study, men("24"), share)
    assert [one.claim.code for one in found.unanswered] == ["c", "s"]


def test_cautions_say_where_patients_come_from() -> None:
    """Published cases are a convenience sample; made-up ones prove nothing."""
    found = compare_with_claims(analyze(published_cases(), population="not-excluded"))
    assert found.source == "Li et al. 2023"
    assert (found.n, found.n_missing) == (59, 3)
    assert "convenience sample" in found.cautions[0]
    made_up = Cohort([Patient(patient_id="P", age_years=5)], synthetic=True)
    lines = compared(analyze(made_up, population="all")).cautions
    assert any("made-up patients" in line for line in lines)


def test_rows_stand_in_the_order_of_fields_visits_and_levels() -> None:
    """However the claims are ordered, the table reads like the other tables."""
    study = study_of([patient("A", (8, 0), age_years=40, sex="male")])
    asked: list[dict[str, Any]] = [
        {"variable": "hip_flexion_deg", "visit": "week_1", "levels": ["90-160"]},
        {"variable": "hip_flexion_deg", "visit": "week_1", "levels": ["0-44"]},
        {"variable": "hip_flexion_deg", "visit": "baseline", "levels": ["90-160"]},
        {"variable": "sex", "levels": ["male"]},
        {"variable": "age_years", "levels": ["65-120"]},
    ]
    claims = [
        claim(code=f"c{k}", printed="1", kind="count", **one)
        for k, one in enumerate(asked)
    ]
    found = [row.claims[0].code for row in compared(study, *claims).rows]
    assert found == ["c4", "c3", "c2", "c1", "c0"]


def test_the_level_of_confidence_is_kept() -> None:
    """A higher level makes every interval wider."""
    study = of_sex(3, 9)
    wide = compare_with_claims(
        study, [men("48")], source="A", confidence_level=0.99
    ).rows[0]
    narrow = compared(study, men("48")).rows[0]
    assert wide.difference.low < narrow.difference.low
    assert wide.difference.high > narrow.difference.high
    assert wide.ours.low < narrow.ours.low
    assert wide.difference.confidence_level == 0.99


def test_wrong_arguments_are_named() -> None:
    """What is no study, claims without a source, and a level in percent."""
    study = of_sex(1, 2)
    with pytest.raises(InputError, match="study must be a Study"):
        compare_with_claims(Fraction(1))  # type: ignore[arg-type] # on purpose
    with pytest.raises(InputError, match="source must be the name of the paper"):
        compare_with_claims(study, [men("48")])
    with pytest.raises(InputError, match=r"did you mean 0\.95"):
        compare_with_claims(study, confidence_level=95)
    with pytest.raises(InputError, match=r"claims\[0\]|a Claim"):
        compare_with_claims(study, [1], source="A")  # type: ignore[list-item] # on purpose


FOOT: Any = read_protocol(STUDIES / "foot_ulcer.toml")
THEIRS = """
code,where,printed,kind,variable,derived,visit,levels,of
n,Text,50,size,,,,,
men,Table 1,30,count,sex,,,male,50
closed,Table 2,20,count,closed,,week_8,yes,50
area,Table 2,"5.0 (2.1, 9.0)",median,area_cm2,,before,,50
relief,Table 2,10,count,,pain_relief,week_8,at-least-half,50
"""


def test_claims_of_another_study(tmp_path: Path) -> None:
    """Fields, visits and levels are those of its protocol; what it lacks is said."""
    file = tmp_path / "paper.csv"
    file.write_text(THEIRS.lstrip(), encoding="utf-8")
    study = analyze(read(STUDIES / "foot_ulcer.csv", protocol=FOOT), protocol=FOOT)
    claims = read_claims(file, protocol=FOOT)
    found = compare_with_claims(study, claims, source="A 2020")
    rows = {(row.field, row.visit): row for row in found.rows}
    assert list(rows) == [
        ("sex", None),
        ("closed", FOOT.visits[2]),
        ("area_cm2", FOOT.visits[0]),
    ]
    closed = [patient.follow_up.at("week_8") for patient in study.patients]
    told = [None if one is None else one.closed for one in closed]
    ours = rows["closed", FOOT.visits[2]].ours
    assert (ours.count, ours.n_missing) == (told.count(True), told.count(None))
    area = rows["area_cm2", FOOT.visits[0]]
    assert (area.label, area.unit) == ("Wound area", "cm2")
    assert area.ours.value == pytest.approx(7.2)
    (relief,) = found.unanswered
    assert (relief.claim.code, relief.reason) == (
        "relief",
        "no study derives pain_relief",
    )


@pytest.mark.parametrize("name", ["carpal_tunnel", "foot_ulcer", "pelvic_floor"])
def test_another_study_does_not_differ_from_itself(name: str) -> None:
    """Its report names fields and visits of its protocol, and every level is found."""
    protocol: Any = read_protocol(STUDIES / f"{name}.toml")
    study = analyze(read(STUDIES / f"{name}.csv", protocol=protocol), protocol=protocol)
    claims = study_claims(study)
    found = compare_with_claims(study, claims, source="our own report")
    told = {c.code for row in found.rows for c in row.claims}
    assert told >= {c.code for c in claims if c.levels}
    shares = [row for row in found.rows if row.measure == "share"]
    for row in shares:
        assert (row.ours.count, row.ours.n) == (row.published.count, row.published.n)


def test_claims_of_li_beside_another_study() -> None:
    """Of the fields that both have by one declaration; no other is compared."""
    study = analyze(read(STUDIES / "foot_ulcer.csv", protocol=FOOT), protocol=FOOT)
    found = compare_with_claims(study)
    assert {row.field for row in found.rows} == {"age_years", "sex"}
    assert "no field vas" in {one.reason for one in found.unanswered}


def test_a_field_or_a_visit_of_another_kind_is_not_compared() -> None:
    """A score of the same name with other bounds, and a visit on another day."""
    text = """
title = "t"
condition = "c"
[visits]
baseline = 0
month_6 = 170
[at_visit]
vas = { label = "Pain", low = 0, high = 100, step = 1 }
strength = {}
[outcomes]
vas = { better = "low" }
"""
    other = protocol_of(text, "study.toml")
    found = compare_with_claims(
        analyze(Cohort([], patient_class=other.patient), protocol=other)
    )
    assert found.rows == ()
    reasons = {
        (one.claim.variable, one.claim.visit, one.reason) for one in found.unanswered
    }
    assert ("vas", Visit.BASELINE, "vas is recorded otherwise") in reasons
    day = "no visit of this study is on its day"
    assert ("strength", Visit.MONTH_6, day) in reasons
