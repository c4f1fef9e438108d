"""Who is at risk of recovery, who recovered, relapsed and died: naive counts agree."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import beta

from iph import Assessment, Cohort, FollowUp, Patient, Visit
from iph.stats import barnard
from iph.study import RecoveryAnalysis, Unavailable, analyze

DAYS = {"baseline": 0, "week_1": 7, "month_1": 30, "month_3": 91, "month_6": 182}
VISITS = tuple(DAYS)


def patient(
    name: str, *grades: int | None, died_day: int | None = None, **fields: Any
) -> Patient:
    """Return a patient of a grade of strength at each visit; None, not assessed."""
    seen = [
        Assessment(visit=visit, strength=grade)
        for visit, grade in zip(VISITS, grades, strict=False)
        if grade is not None
    ]
    follow_up = FollowUp(assessments=seen, died_day=died_day)
    return Patient(patient_id=name, follow_up=follow_up, **fields)


def strength(patients: list[Patient], **options: Any) -> RecoveryAnalysis:
    """Return the analysis of strength of all patients."""
    found = analyze(Cohort(patients), population="all", **options).recovery[0]
    assert isinstance(found, RecoveryAnalysis), found
    return found


def test_an_unknown_baseline_is_not_at_risk() -> None:
    """Five without a baseline grade do not recover: 3 of 7 do, and all 3 relapse."""
    patients = [patient(f"u{k}", None, 5) for k in range(5)]
    patients += [patient(f"r{k}", 3, 5, 4) for k in range(3)]
    patients += [patient(f"n{k}", 3, 4, 4) for k in range(4)]
    found = strength(patients)
    assert (found.n, found.n_unknown_baseline, found.n_at_start) == (7, 5, 0)
    assert (found.overall.n_recovered, found.overall.n_relapsed) == (3, 3)
    assert found.n_missing == 5
    table = {row.name: row for row in found.sensitivity}
    assert table["main"].result.n == 7
    assert table["unknown-at-risk"].result.n == 12
    assert table["unknown-at-risk"].result.recovered == 8
    assert table["unknown-best"].result.n == 12
    assert table["unknown-worst"].result.n == 7
    assert table["lasting"].result.recovered == 0


def test_the_smallest_case_of_an_unknown_baseline() -> None:
    """One seen only at week 1 with grade 5 is not at risk beside one who recovers."""
    found = strength([patient("a", None, 5), patient("b", 3, 5)])
    assert (found.n, found.overall.n_recovered, found.n_unknown_baseline) == (1, 1, 1)


def test_deaths_lead_to_incidence_and_to_no_single_test() -> None:
    """Of ten abnormal six die after week 1 and four recover: incidence 0.40."""
    patients = [
        patient(f"d{k}", 3, 4, died_day=20 + k, etiology="anticoagulant")
        for k in range(6)
    ]
    patients += [
        patient(f"r{k}", 3, 4, 4, 5, etiology="anticoagulant") for k in range(4)
    ]
    patients += [
        patient(f"n{k}", 3, 4, 5, etiology="trauma", **HEALTHY) for k in range(8)
    ]
    found = strength(patients)
    assert found.lead == "incidence-at-visit"
    assert found.n_died == 6
    assert found.interval is None
    ill = next(g for g in found.groups if g.label == "abnormal")
    recovered, died = ill.incidence
    assert recovered.incidence[-1] == pytest.approx(0.4)
    assert died.incidence[-1] == pytest.approx(0.6)
    late = next(v for v in ill.by_visit if v.visit is Visit.MONTH_6)
    assert (late.recovered, late.not_recovered, late.died, late.undetermined) == (
        *(4, 0, 6),
        0,
    )
    assert (late.lowest, late.highest) == (0.4, 0.4)
    assert late.low == pytest.approx(beta.ppf(0.025, 4, 7))
    assert late.high == pytest.approx(beta.ppf(0.975, 5, 6))


HEALTHY: dict[str, Any] = {"anticoagulant": [], "comorbidities": []}
HEALTHY = {**HEALTHY, "laboratory": None}


def test_a_patient_who_dies_before_the_first_visit_is_at_risk() -> None:
    """Known to be impaired and never seen again, dead on day 3: a competing death."""
    found = strength([patient("a", 3, died_day=3), patient("b", 3, 5)])
    assert (found.n, found.n_died, found.n_unseen) == (2, 1, 0)
    week = found.overall.by_visit[0]
    assert (week.recovered, week.died, week.undetermined) == (1, 1, 0)


def test_a_day_by_which_every_status_is_known_has_the_exact_interval() -> None:
    """Without gaps the bounds are one point; one missed visit opens them by 1/n."""
    known = [patient(f"p{k}", 3, 3, 3, 3, 5 if k < 6 else 4) for k in range(10)]
    last = strength(known).overall.by_visit[-1]
    assert (last.lowest, last.highest, last.undetermined) == (0.6, 0.6, 0)
    assert last.low == pytest.approx(beta.ppf(0.025, 6, 5))
    missed = [*known[:-1], patient("p9", 3, 3, 3)]
    last = strength(missed).overall.by_visit[-1]
    assert (last.lowest, last.highest, last.undetermined) == (0.6, 0.7, 1)
    assert last.low == pytest.approx(beta.ppf(0.025, 6, 5))
    assert last.high == pytest.approx(beta.ppf(0.975, 8, 3))


def test_a_comparison_that_is_lost_is_named_as_lost() -> None:
    """Where only one group is known, the study says which comparison it cannot make."""
    patients = [patient(f"p{k}", 3, 5, etiology="hemophilia") for k in range(3)]
    study = analyze(Cohort(patients), population="all")
    found = study.recovery[0]
    assert isinstance(found, RecoveryAnalysis)
    lost = found.comparison
    assert isinstance(lost, Unavailable)
    assert "abnormal" in lost.reason
    assert lost in study.unavailable


def test_a_permutation_test_is_called_exact_only_with_equal_attendance() -> None:
    """Where one group misses visits there is no exact log-rank test of visit days."""
    sexes = ["male", "female"] * 4
    full = [
        patient(f"p{k}", 3, 4, 4, 4, 5 if k % 3 else 4, sex=sex)
        for k, sex in enumerate(sexes)
    ]
    found = strength(full, recovery_group="sex")
    assert found.equal_attendance
    assert found.exact is not None
    gaps = [*full[:-1], patient("p7", 3, None, 4, 4, 5, sex="female")]
    found = strength(gaps, recovery_group="sex")
    assert not found.equal_attendance
    assert found.exact is None
    assert found.interval is not None
    assert found.lead == "interval-censored"


def test_groups_differ_by_a_guaranteed_interval() -> None:
    """The limits of the difference invert Barnard's test; gaps widen them."""
    patients = [
        patient(f"m{k}", 3, 3, 3, 3, 5 if k < 5 else 4, sex="male") for k in range(6)
    ]
    patients += [
        patient(f"f{k}", 3, 3, 3, 3, 5 if k < 2 else 4, sex="female") for k in range(7)
    ]
    found = strength(patients, recovery_group="sex")
    gap = found.difference
    assert gap is not None
    assert (gap.first, gap.second) == ("female", "male")
    assert gap.lowest == gap.highest == pytest.approx(2 / 7 - 5 / 6)
    exact = barnard([[2, 5], [5, 1]])
    assert gap.low == pytest.approx(exact.low, abs=1e-4)
    assert gap.high == pytest.approx(exact.high, abs=1e-4)
    # one more woman, of whom only the start is known
    open_ = strength(
        [*patients, patient("f7", 3, None, None, None, None, sex="female")],
        recovery_group="sex",
    ).difference
    assert open_ is not None
    assert (open_.lowest, open_.highest) == pytest.approx(
        (2 / 8 - 5 / 6, 3 / 8 - 5 / 6)
    )
    low, high = barnard([[2, 6], [5, 1]]).low, barnard([[3, 5], [5, 1]]).high
    assert open_.low == pytest.approx(low, abs=1e-4)
    assert open_.high == pytest.approx(high, abs=1e-4)


GRADES = st.lists(st.sampled_from([None, 3, 4, 5, 5]), min_size=5, max_size=5)
DEATHS = st.none() | st.sampled_from([3, 20, 30, 100, 400])
SEXES = st.sampled_from(["male", "female"])


@st.composite
def courses(draw: st.DrawFn) -> list[Patient]:
    """Draw patients with missing baselines, relapses, deaths and missed visits."""
    made = []
    for k in range(draw(st.integers(1, 9))):
        grades = draw(GRADES)
        died = draw(DEATHS)
        if died is not None:
            grades = [
                g if day <= died else None
                for g, day in zip(grades, DAYS.values(), strict=True)
            ]
        sex = draw(SEXES)
        made.append(patient(f"p{k}", *grades, died_day=died, sex=sex))
    return made


def naive(one: Patient) -> dict[str, Any]:
    """Read a course anew, from its records alone."""
    grades = dict.fromkeys(VISITS)
    for a in one.follow_up.assessments:
        assert a.visit is not None
        grades[a.visit.value] = None if a.strength is None else int(a.strength)
    later = [(DAYS[v], grades[v]) for v in VISITS[1:] if grades[v] is not None]
    reached = [day for day, g in later if g == 5]
    by = min(reached) if reached else None
    return {
        "baseline": grades["baseline"],
        "by": by,
        "after": max([0, *(d for d, g in later if g != 5 and (by is None or d < by))]),
        "relapsed": by is not None and any(d > by and g != 5 for d, g in later),
        "died": one.follow_up.died_day,
        "seen": bool(later),
        "last": later[-1][0] if later else 0,
        "last_is_five": bool(later) and later[-1][1] == 5,
    }


@settings(max_examples=100)
@given(patients=courses())
def test_every_count_reconciles_with_the_records(patients: list[Patient]) -> None:
    """Nobody is at risk who is not known to be, and each count is that of the rows."""
    read = [naive(p) for p in patients]
    risk = [r for r in read if r["baseline"] in (3, 4)]
    study = analyze(Cohort(patients), population="all", recovery_group="sex")
    found = study.recovery[0]
    if not any(r["by"] is not None for r in risk):
        assert isinstance(found, Unavailable)
        none = "no patient is known to be at risk"
        told = f"of {len(risk)} patients known to be at risk" if risk else none
        assert told in found.reason
        return
    assert isinstance(found, RecoveryAnalysis)
    assert found.n == len(risk) == found.overall.n
    assert found.n_at_start == sum(r["baseline"] == 5 for r in read)
    assert found.n_unknown_baseline == sum(r["baseline"] is None for r in read)
    assert found.n + found.n_missing == len(patients)
    assert found.overall.n_recovered == sum(r["by"] is not None for r in risk)
    assert found.overall.n_relapsed == sum(r["relapsed"] for r in risk)
    before = [r for r in risk if r["by"] is None and r["died"] is not None]
    assert found.n_died == len(before) == found.overall.n_died
    assert found.n_unseen == sum(not r["seen"] and r["died"] is None for r in risk)
    lasting = next(row for row in found.sensitivity if row.name == "lasting")
    assert lasting.n_recovered == sum(r["last_is_five"] for r in risk)
    assert found.overall.curve.n == found.n
    for at in found.overall.by_visit:
        assert at.visit is not None
        day = DAYS.get(at.visit.value, 365)
        recovered = sum(r["by"] is not None and r["by"] <= day for r in risk)
        died = sum(r["died"] <= day for r in before)
        known = sum(
            r["after"] >= day
            for r in risk
            if not (r["by"] is None and r["died"] is not None and r["died"] <= day)
        )
        assert (at.recovered, at.died, at.not_recovered) == (recovered, died, known)
        assert at.undetermined == found.n - recovered - died - known
        assert at.n == found.n
        assert at.low <= at.lowest <= at.highest <= at.high
        assert at.highest == pytest.approx((recovered + at.undetermined) / found.n)
    days = sorted(r["last"] for r in risk)
    middle = (days[(len(days) - 1) // 2] + days[len(days) // 2]) / 2
    assert found.overall.followed.median == middle
    for group in found.groups:
        assert group.n == sum(
            p.sex is not None and p.sex.label == group.label
            for p, r in zip(patients, read, strict=True)
            if r["baseline"] in (3, 4)
        )
    if found.n_died:
        assert found.interval is None
        assert found.lead == "incidence-at-visit"
