"""A study gives back the counts that its patients have, with every denominator."""

import copy
import math
import pickle
import re

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from iph import Cohort, Nerve, Patient, Visit
from iph.criteria import LI_2023
from iph.errors import DataError, InputError
from iph.evidence import published_cases
from iph.stats import mann_whitney
from iph.study import (
    CategoryCell,
    GradeCourse,
    NumberCell,
    PainCourse,
    RecoveryAnalysis,
    SizeCorrelation,
    StatedOutcomes,
    Study,
    TableRow,
    Unavailable,
    Zones,
    analyze,
)
from iph.study._parts import available
from iph.study._table_one import compared_numbers
from iph.testing import cohorts


@pytest.fixture(scope="module")
def study(by_hand: Cohort) -> Study:
    """Return the study of the cohort made by hand."""
    return analyze(by_hand)


def row(study: Study, name: str) -> TableRow:
    """Return a row of the first table."""
    return next(r for r in study.table_one.rows if r.name == name)


def quartiles(study: Study, name: str) -> tuple[float, float, float]:
    """Return median and quartiles of a row, overall."""
    cell = row(study, name).cells[0]
    assert isinstance(cell, NumberCell)
    found = cell.description.quartiles
    return found.median, found.q1, found.q3


def counts(study: Study, name: str) -> dict[str, int]:
    """Return the counts of a row, overall."""
    found = row(study, name)
    cell = found.cells[0]
    assert isinstance(cell, CategoryCell)
    return dict(zip(found.level_labels, cell.counts, strict=True))


def test_everybody_is_included(study: Study) -> None:
    """The cohort was made to meet the criteria."""
    assert study.screening.n_included == study.screening.n_assessed == 28
    assert len(study.patients) == 28
    assert study.unavailable == (study.outcomes, study.recovery[3])


def test_printed_medians_and_quartiles(study: Study) -> None:
    """Median and quartiles are those of Table 1, which only the (n + 1)p rule gives."""
    assert quartiles(study, "age_years") == (48, 20.25, 63)
    assert quartiles(study, "symptom_days") == (3, 1.25, 7)
    assert quartiles(study, "platelets_10e9_l") == (207, 180.5, 286.25)
    assert quartiles(study, "vas") == (7, 6, 8)


def test_printed_counts(study: Study) -> None:
    """Sex, side, coagulation and cause have the printed counts."""
    assert counts(study, "sex")["male"] == 24
    assert counts(study, "side")["right"] == 13
    assert counts(study, "coagulation_status") == {"normal": 10, "abnormal": 18}
    assert counts(study, "etiology")["hemophilia"] == 7
    assert counts(study, "etiology")["anticoagulant"] == 9
    assert counts(study, "treated_conservatively") == {"yes": 25}


def grades(study: Study, place: int, visit: Visit) -> tuple[tuple[int, ...], int]:
    """Return the counts and the denominator of a scale at a visit."""
    course = study.grades[place]
    assert isinstance(course, GradeCourse)
    found = next(v for v in course.visits if v.visit is visit)
    assert found.n + found.n_missing == 28
    return found.counts, found.n


def test_printed_grades(study: Study) -> None:
    """Grades at each visit have the printed counts and denominators."""
    assert grades(study, 0, Visit.BASELINE) == ((2, 5, 11, 10), 28)
    assert grades(study, 0, Visit.MONTH_6)[0][0] == 22
    assert grades(study, 0, Visit.YEAR_1) == ((21, 1, 0, 0), 22)
    assert grades(study, 1, Visit.BASELINE) == ((0, 0, 1, 10, 8, 9), 28)
    assert grades(study, 1, Visit.MONTH_6)[0][5] == 19
    assert grades(study, 2, Visit.BASELINE) == ((10, 5, 13), 28)
    assert grades(study, 2, Visit.DISCHARGE) == ((1, 13, 14), 28)
    assert grades(study, 2, Visit.MONTH_6) == ((0, 3, 25), 28)
    assert grades(study, 2, Visit.YEAR_1) == ((0, 1, 21), 22)


def test_pain(study: Study) -> None:
    """Pain falls; the published test and the paired one stand side by side."""
    pain = study.pain
    assert isinstance(pain, PainCourse)
    medians = [visit.quartiles.median for visit in pain.visits]
    assert [visit.visit.value for visit in pain.visits] == [
        "baseline",
        "week_1",
        "month_1",
        "month_3",
        "month_6",
    ]
    assert medians == [7, 4, 2, 0, 0]
    assert pain.visits[-1].severity == (18, 10, 0, 0)
    assert pain.visits[0].at_least_half is None
    week_1 = pain.visits[1]
    assert week_1.n_strict_responders <= week_1.n_responders <= 28
    assert pain.kruskal_wallis is not None
    assert pain.friedman is not None
    assert pain.friedman.n == 28
    assert len(pain.dunn) == 10
    assert [change.visit for change in pain.changes] == [
        visit.visit for visit in pain.visits[1:]
    ]
    assert pain.skillings_mack is not None
    assert pain.skillings_mack.statistic == pytest.approx(pain.friedman.statistic)


def test_zones_and_nerves(study: Study) -> None:
    """Zones are counted as stretches, nerves one by one."""
    assert isinstance(study.zones, Zones)
    stretches = {c.label: c.count for c in study.zones.stretches}
    assert stretches == {
        "upper": 0,
        "upper-mid": 8,
        "upper-mid-lower": 6,
        "mid": 6,
        "mid-lower": 8,
        "lower": 0,
    }
    assert sum(stretches.values()) == study.zones.n == 28
    assert not isinstance(study.nerves, Unavailable)
    nerves = {c.label: c.count for c in study.nerves}
    assert nerves[Nerve.FEMORAL.label] == 25
    assert nerves[Nerve.LATERAL_FEMORAL_CUTANEOUS.label] == 15
    middle = study.zones.by_nerve[1]
    assert middle[list(Nerve).index(Nerve.FEMORAL)] == 25
    assert study.zones.known_by_nerve[1] == (28,) * 6
    assert isinstance(study.size, SizeCorrelation)
    assert study.size.zones.estimate > 0.8
    assert study.size.n_measured == 28


def test_recovery_of_strength(study: Study) -> None:
    """The nine with normal strength at baseline are not at risk, and counted."""
    found = study.recovery[0]
    assert isinstance(found, RecoveryAnalysis)
    assert found.n_at_start == 9
    assert found.n == 19
    assert found.n + found.n_missing == 28
    assert [group.label for group in found.groups] == ["normal", "abnormal"]
    assert sum(group.n for group in found.groups) == 19
    assert sum(group.n_recovered for group in found.groups) == 10
    assert found.lead == "interval-censored"
    assert not found.equal_attendance  # six were not seen at one year
    assert found.exact is None
    assert found.logrank is not None
    assert 0 < found.logrank.p_value <= 1
    assert found.interval is not None
    for group in (*found.groups, found.overall):
        assert group.visits.n == group.curve.n == group.n


def test_tables_by_group(by_hand: Cohort) -> None:
    """Groups add up to the whole, and a row names its test."""
    study = analyze(by_hand, by="coagulation_status", p_values=True)
    table = study.table_one
    assert table.columns == ("overall", "normal", "abnormal")
    assert table.sizes == (28, 10, 18)
    assert table.n_ungrouped == 0
    assert all(r.name != "coagulation_status" for r in table.rows)
    for found in table.rows:
        for place, size in enumerate(table.sizes):
            cell = found.cells[place]
            assert cell.n + cell.n_missing == size
        assert (found.p_value is None) == (found.test == "")
    assert row(study, "age_years").test == "Mann-Whitney, exact"
    assert row(study, "sex").test.startswith("Fisher, ")
    assert row(study, "sex").difference is not None
    assert row(study, "strength").test == "Mann-Whitney, exact"
    assert row(study, "anticoagulant").p_value is None


def test_tables_by_more_groups(by_hand: Cohort) -> None:
    """More than two groups are compared by other tests, without a difference."""
    study = analyze(by_hand, by="etiology", recovery_group="etiology", p_values=True)
    assert len(study.table_one.columns) == 6
    assert row(study, "age_years").test.startswith("Kruskal-Wallis")
    assert row(study, "age_years").difference is None


def test_large_groups_are_not_simulated() -> None:
    """Large groups are compared by the limit law, a small one among them is not."""
    sizes = [[3000, 2000, 2500], [2500, 2500, 3000]]
    _, test, p_value, _ = compared_numbers([[1, 2, 4], [1, 2, 4]], 1, sizes)
    assert test == "Mann-Whitney, asymptotic, continuity-corrected"
    expected = mann_whitney(
        [1, 2, 4], [1, 2, 4], weights=(sizes[0], sizes[1]), method="asymptotic"
    )
    assert p_value == expected.p_value
    three = [*sizes, [200, 300, 100]]
    _, test, _, _ = compared_numbers([[1, 2, 4]] * 3, 1, three)
    assert test == "Kruskal-Wallis, asymptotic"
    _, test, _, _ = compared_numbers([[1, 2, 4]] * 3, 1, [*sizes, [10, 10, 10]])
    assert test == "Kruskal-Wallis, monte-carlo"


def test_published_cases_degrade_with_words() -> None:
    """A gap says which field is missing for how many patients."""
    study = analyze(published_cases(), population="not-excluded")
    assert len(study.patients) == 59
    parts = [gap.part for gap in study.unavailable]
    assert "Pain (VAS)" in parts
    assert "Hematoma zones" in parts
    for gap in study.unavailable:
        if gap.missing:
            assert str(gap.missing[0].n_missing) in gap.sentence
    assert study.convenience
    for analysis in study.recovery:
        assert isinstance(analysis, Unavailable)
        assert "no rate of recovery can be estimated" in analysis.reason
    assert isinstance(study.outcomes, StatedOutcomes)
    assert study.outcomes.test is None
    assert study.outcomes.n + study.outcomes.n_missing == 59


def test_what_is_recorded_only_where_present_has_no_share() -> None:
    """Of 59 published cases 4 have the lateral nerve involved, and none spared."""
    study = analyze(published_cases(), population="not-excluded")
    assert not isinstance(study.nerves, Unavailable)
    nerves = dict(zip(Nerve, study.nerves, strict=True))
    lateral, femoral = nerves[Nerve.LATERAL_FEMORAL_CUTANEOUS], nerves[Nerve.FEMORAL]
    assert (lateral.count, lateral.share, lateral.n_missing) == (4, None, 55)
    assert (femoral.count, femoral.n) == (42, 51)
    assert femoral.share is not None
    for name in ("anticoagulant", "lateral_femoral_cutaneous", "coagulation_status"):
        cell = row(study, name).cells[0]
        assert isinstance(cell, CategoryCell)
        assert cell.presence_only
        assert cell.shares == ()
    cell = row(study, "femoral").cells[0]
    assert isinstance(cell, CategoryCell)
    assert len(cell.shares) == 2


@pytest.mark.parametrize(
    ("by", "columns"),
    [
        ("conservative", {"with a procedure": 3, "without a procedure": 25}),
        (
            "treatments=surgical_evacuation",
            {"no surgical evacuation": 25, "surgical evacuation": 3},
        ),
        ("treatments=surgical_evacuation+analgesic", None),
        ("etiology=hemophilia", {"no hemophilia": 21, "hemophilia": 7}),
        ("age_years>=60", {"< 60": 19, ">= 60": 9}),
        ("vas>7", {"<= 7": 18, "> 7": 10}),
    ],
)
def test_groups_of_any_kind(
    by_hand: Cohort, by: str, columns: dict[str, int] | None
) -> None:
    """Patients are grouped by procedure, by a member of a set, and by a cut."""
    table = analyze(by_hand, by=by, recovery_group=by).table_one
    found = dict(zip(table.columns[1:], table.sizes[1:], strict=True))
    if columns is None:
        assert list(found.values()) == [28]
    else:
        assert found == columns


def test_p_values_are_given_on_request_alone(by_hand: Cohort) -> None:
    """By default no row of the tables is tested, and categories have no interval."""
    study = analyze(by_hand, by="coagulation_status")
    assert {r.test for r in study.table_one.rows} == {""}
    assert {r.p_value for r in study.table_one.rows} == {None}
    shown = row(study, "sex").difference
    assert shown is not None
    assert math.isnan(shown.low)


@pytest.mark.parametrize("population", ["included", "not-excluded", "all"])
def test_populations_nest(population: str) -> None:
    """Included patients are among those not excluded, and those among all."""
    study = analyze(published_cases(), population=population)  # type: ignore[arg-type]
    sizes = {"included": 0, "not-excluded": 59, "all": 62}
    assert len(study.patients) == sizes[population]
    assert study.rules.population == population


@settings(max_examples=1 + settings().max_examples // 4)  # each analyzes a study
@given(
    cohort=cohorts(), population=st.sampled_from(["included", "not-excluded", "all"])
)
def test_any_cohort_can_be_analyzed(cohort: Cohort, population: str) -> None:
    """No legal cohort fails, and each part accounts for all its patients."""
    study = analyze(cohort, population=population)  # type: ignore[arg-type]
    n = len(study.patients)
    for found in study.table_one.rows + study.coagulation.rows:
        assert found.cells[0].n + found.cells[0].n_missing == n
    for course in study.grades:
        if isinstance(course, GradeCourse):
            assert all(v.n + v.n_missing + v.n_died == n for v in course.visits)
            assert len(course.sequences) == n
    for analysis in study.recovery:
        if isinstance(analysis, RecoveryAnalysis):
            assert analysis.n + analysis.n_missing == n


@settings(max_examples=1 + settings().max_examples // 10)  # each analyzes two studies
@given(cohort=cohorts(min_size=2))
def test_row_order_does_not_matter(cohort: Cohort) -> None:
    """Patients in another order give the same tables and gaps."""
    backwards = attrs.evolve(cohort, patients=cohort.patients[::-1])
    one, other = (analyze(c, population="all") for c in (cohort, backwards))
    # By their text, since NaN (an undefined share, say) equals nothing.
    assert repr(one.table_one.rows) == repr(other.table_one.rows)
    assert one.unavailable == other.unavailable
    assert repr(one.zones) == repr(other.zones)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"population": "some"}, "population must be one of"),
        ({"by": "vas"}, "by must be one of: coagulation_status, conservative"),
        ({"by": "treatments=magic"}, "treatments must be one of: clotting_factor"),
        ({"by": "sex>=2"}, "by must be one of"),
        ({"primary_visit": "discharge"}, "primary_visit must be one of 'week_1'"),
        ({"by": "comorbidities"}, "by must be"),
        ({"recovery_group": "vas"}, "recovery_group must be one of"),
        ({"coagulation": "history"}, "coagulation must be one of"),
        ({"quartiles": "tukey"}, "method"),
        ({"pain": "mine"}, "rule"),
        ({"seed": -1}, "seed must be"),
    ],
)
def test_wrong_options(by_hand: Cohort, options: dict[str, str], message: str) -> None:
    """A wrong option is named with what is allowed."""
    with pytest.raises(InputError, match=message):
        analyze(by_hand, **options)  # type: ignore[arg-type]


def test_patients_instead_of_a_cohort(by_hand: Cohort) -> None:
    """A list of patients is refused with what to do."""
    with pytest.raises(InputError, match=r"use Cohort\(patients\)"):
        analyze(list(by_hand), criteria=LI_2023)


def test_a_figure_of_a_gap_says_why_there_is_none() -> None:
    """Asking a gap for a number tells what is missing; copies and pickles work."""
    study = analyze(Cohort([Patient(patient_id="P01")]), population="all")
    gap = study.pain
    assert isinstance(gap, Unavailable)
    with pytest.raises(DataError, match=re.escape(gap.sentence)):
        gap.friedman  # noqa: B018 - that is the test
    assert not hasattr(gap, "friedman")
    assert pickle.loads(pickle.dumps(copy.deepcopy(gap))) == gap  # noqa: S301 - ours
    with pytest.raises(DataError, match=re.escape(gap.sentence)):
        available(gap, "gap", PainCourse)
    assert available(study, "study", Study) is study
    with pytest.raises(InputError, match="pain must be a PainCourse or Unavailable"):
        available(study, "pain", PainCourse)


def test_results_of_any_size_are_shown_on_a_few_lines() -> None:
    """A cohort or study at the prompt says what it is, and does not flood it."""
    cohort = published_cases()
    study = analyze(cohort, population="all", by="sex")
    assert repr(cohort) == f"<Cohort {cohort.label!r}: n = 62, assessments = 12>"
    assert repr(study).startswith("<Study: n = 62 of 62 assessed; not available: ")
    assert repr(study.screening) == (
        "<Screening by 'Li 2023': 62 assessed, 0 included, 3 excluded, 59 unknown>"
    )
    assert "overall (n = 62), " in repr(study.table_one)
    for thing in (cohort, study, study.screening, study.table_one, study.coagulation):
        assert len(repr(thing)) < 12 * 80
    shown = study._repr_html_()
    assert shown.count("<table>") == 1
    assert "62 of 62 assessed (all)" in shown
    assert ">screening, table_one, coagulation, attendance, grades, nerves, " in shown
    assert "Pain (VAS); Hematoma zones; " in shown
    assert "C01" not in shown
    assert len(shown) < 2_000
