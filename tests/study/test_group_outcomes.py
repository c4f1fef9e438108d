"""Outcomes by group and by treatment are those of the records."""

import itertools
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom

from iph import Assessment, Cohort, FollowUp, Patient
from iph.report._parts.groups import group_outcomes_sheet, treatments_sheet
from iph.stats import barnard, proportion
from iph.study import GroupOutcome, Study, analyze
from iph.study._group_outcomes import OutcomeCount, compared
from iph.study._share_difference import lower_limit

Row = tuple[str, int | None, int | None, int | None]


def study_of(rows: list[Row]) -> Study:
    """Return a study of rows of sex, pain at baseline and month 6, and day of death."""
    patients = []
    for k, (sex, before, now, died) in enumerate(rows):
        seen = [Assessment(visit="baseline", vas=before, strength=3)]
        if died is None and now is not None:
            seen.append(Assessment(visit="month_6", vas=now))
        patients.append(
            Patient(
                patient_id=f"P{k}",
                sex=sex,
                treatments=["analgesic"] if k % 2 else ["analgesic", "embolization"],
                follow_up=FollowUp(assessments=seen, died_day=died),
            )
        )
    return analyze(Cohort(patients), population="all", recovery_group="sex")


ROWS = st.lists(
    st.tuples(
        st.sampled_from(["male", "female"]),
        st.none() | st.integers(1, 10),
        st.none() | st.integers(0, 10),
        st.none() | st.just(20),
    ),
    min_size=1,
    max_size=10,
)


@given(rows=ROWS)
def test_counts_are_those_of_the_records(rows: list[Row]) -> None:
    """Relief, deaths and gaps of each group, and of each treatment, are counted."""
    study = study_of(rows)
    found = {one.label: one for one in study.group_outcomes}
    relief = found.get("Pain reduced by at least half")
    for group in () if relief is None else relief.groups:
        mine = [row for row in rows if row[0] == group.label]
        alive = [row for row in mine if row[3] is None]
        pairs = [(b, a) for _, b, a, _ in alive if b is not None and a is not None]
        assert group.n_died == len(mine) - len(alive)
        assert group.n == len(pairs)
        assert group.n_missing == len(alive) - len(pairs)
        assert group.count == sum(2 * a <= b for b, a in pairs)
    for label, counts in study.treatment_outcomes:
        for count in counts:
            given_to = rows if count.label == "analgesic" else rows[::2]
            assert count.n + count.n_died + count.n_missing == len(given_to), label
    told = group_outcomes_sheet(study, "Sex")
    assert (told is None) == (not study.group_outcomes)
    assert (treatments_sheet(study) is None) == (not study.treatment_outcomes)


def counted(first: int, n: int, second: int, m: int) -> GroupOutcome:
    """Return two groups compared."""
    groups = [
        OutcomeCount(label=label, count=k, n=size, n_died=0, n_missing=0)
        for label, k, size in (("a", first, n), ("b", second, m))
    ]
    return compared("x", analyze(Cohort([])).rules.primary_visit, groups)


def test_limits_of_small_and_of_large_groups() -> None:
    """Barnard's test is inverted where that is quick; else the limits are joined."""
    small = counted(8, 10, 16, 18)
    exact = barnard([[8, 2], [16, 2]])
    assert small.method == "chan-zhang"
    assert small.low == pytest.approx(exact.low, abs=1e-4)
    assert small.high == pytest.approx(exact.high, abs=1e-4)
    assert small.low <= exact.low <= exact.high <= small.high
    large = counted(80, 100, 160, 180)
    joint = [
        proportion(k, n, confidence_level=math.sqrt(0.95), method="clopper-pearson")
        for k, n in ((80, 100), (160, 180))
    ]
    assert large.method == "joint clopper-pearson"
    assert large.low == joint[0].low - joint[1].high
    assert large.high == pytest.approx(joint[0].high - joint[1].low)


@pytest.mark.parametrize(("n", "m"), [(5, 5), (3, 8)])
def test_limits_move_with_the_counts(n: int, m: int) -> None:
    """Limits of bounds hold for whatever lies between, since no count reverses them."""
    limits = np.array(
        [[lower_limit(k, n, j, m, 0.95) for j in range(m + 1)] for k in range(n + 1)]
    )
    assert (np.diff(limits, axis=0) >= 0.0).all()
    assert (np.diff(limits, axis=1) <= 0.0).all()


@pytest.mark.parametrize(("n", "m"), [(4, 6), (6, 6)])
def test_the_interval_of_a_difference_holds_everywhere(n: int, m: int) -> None:
    """By enumeration, it covers each true difference with at least 95 percent."""
    made = {
        (k, j): counted(k, n, j, m)
        for k, j in itertools.product(range(n + 1), range(m + 1))
    }
    shares = [0.01, 0.1, 0.3, 0.5, 0.7, 0.95]
    for p, q in itertools.product(shares, shares):
        covered = math.fsum(
            binom.pmf(k, n, p) * binom.pmf(j, m, q)
            for (k, j), found in made.items()
            if found.low <= p - q <= found.high
        )
        assert covered >= 0.95, (p, q)


def test_more_than_two_groups_have_no_difference() -> None:
    """A difference is one of two groups; with nobody known there is none."""
    one = OutcomeCount(label="a", count=1, n=2, n_died=0, n_missing=0)
    visit = analyze(Cohort([])).rules.primary_visit
    assert math.isnan(compared("x", visit, [one, one, one]).difference)
    assert math.isnan(counted(0, 0, 1, 2).difference)


def graded(rows: list[tuple[str, int, int]]) -> Study:
    """Return a study of sex, strength at baseline and strength at month 6."""
    patients = [
        Patient(
            patient_id=f"P{k}",
            sex=sex,
            treatments=["analgesic"],
            follow_up=FollowUp(
                assessments=[
                    Assessment(visit="baseline", strength=before),
                    Assessment(visit="month_6", strength=now),
                ]
            ),
        )
        for k, (sex, before, now) in enumerate(rows)
    ]
    return analyze(Cohort(patients), population="all", recovery_group="sex")


def test_patients_at_the_ceiling_are_stated() -> None:
    """Three of five had grade 5 at baseline: they could not improve, and notes say so.

    Grade 4 at baseline is no ceiling, whatever came of it.
    """
    rows = [("male", 5, 5), ("male", 5, 4), ("male", 3, 5), ("male", 4, 4)]
    rows += [("female", 5, 5), ("female", 2, 4)]
    study = graded(rows)
    (strength,) = study.group_outcomes
    assert {g.label: (g.count, g.n, g.n_best_before) for g in strength.groups} == {
        "male": (1, 4, 2),
        "female": (1, 2, 1),
    }
    said = (
        "With the best value at baseline already, and so counted among those who did "
        "not improve: thigh strength improved, "
    )
    table = group_outcomes_sheet(study, "Sex")
    assert table is not None
    assert table.notes[-1] == f"{said}female 1, male 2."
    treatments = treatments_sheet(study)
    assert treatments is not None
    assert treatments.notes[-1] == f"{said}analgesic 3."
    free = graded([(sex, 3, now) for sex, _, now in rows])
    table = group_outcomes_sheet(free, "Sex")
    assert table is not None
    assert "already" not in " ".join(table.notes)
