"""Quartiles and tests of groups at visits where values are known by a bound alone."""

import itertools
import json
import math
from collections import Counter
from fractions import Fraction
from pathlib import Path
from statistics import median
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from iph import Bound, Cohort
from iph.protocol import read_protocol
from iph.report import write
from iph.report._contents import document_of
from iph.stats import bounded_quartiles, kruskal_wallis, mann_whitney, quartiles
from iph.study import StudyCounts, analyze, count
from iph.study._bounded_change import bounded_change
from iph.study._visit_counts import Pairs

STUDY = """
title = "t"
condition = "c"
group = "arm"
[visits]
before = 0
week_1 = 7
[patient]
arm = { label = "Arm", codes = ["a", "b", "c"] }
[at_visit]
grip = { label = "Grip", unit = "kg", low = 0, high = 90, step = 1, bounded = true }
[outcomes]
grip = { better = "high" }
"""
FAR, NEAR = 2**20, Fraction(1, 2**20)
BOUNDS = st.builds(Bound, st.sampled_from(["<", "<=", ">", ">="]), st.integers(0, 6))
ROWS = st.lists(
    st.tuples(st.sampled_from("abc"), *[st.none() | st.integers(0, 6) | BOUNDS] * 2),
    min_size=1,
    max_size=8,
)


@pytest.fixture(scope="module")
def protocol(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """Return a study in which what is seen at visits may be a bound."""
    file = tmp_path_factory.mktemp("study") / "study.toml"
    file.write_text(STUDY, encoding="utf-8")
    return read_protocol(file)


def of_rows(protocol: Any, rows: Any, name: str = "P") -> Cohort[Any]:
    """Return patients with a group, a value at the beginning and one a week later."""
    found = []
    for place, (arm, *values) in enumerate(rows):
        seen = [
            protocol.assessment(visit=visit, day=visit.nominal_day, grip=value)
            for visit, value in zip(protocol.visits, values, strict=True)
        ]
        course = protocol.course(assessments=seen)
        found.append(
            protocol.patient(patient_id=f"{name}{place}", arm=arm, follow_up=course)
        )
    return Cohort(found)


def counted(protocol: Any, rows: Any, name: str = "P") -> StudyCounts:
    """Count such patients."""
    return count(of_rows(protocol, rows, name), protocol=protocol, population="all")


@given(rows=ROWS)
@settings(max_examples=40)  # each analyzes a study
def test_figures_are_those_of_the_values(protocol: Any, rows: Any) -> None:
    """Each visit has the quartiles and the test of all its values and bounds."""
    study = analyze(counted(protocol, rows), protocol=protocol)
    for place, visit in enumerate(protocol.visits, start=1):
        at_visit = [row[place] for row in rows]
        has_bounds = any(isinstance(value, Bound) for value in at_visit)
        for course in study.scores:
            for at in getattr(course, "visits", ()):
                if at.visit == visit:
                    wanted = bounded_quartiles(at_visit) if has_bounds else None
                    assert at.bounded == wanted
        for one in study.group_visits:
            if one.visit != visit:
                continue
            samples = [[r[place] for r in rows if r[0] == g.label] for g in one.groups]
            for group, sample in zip(one.groups, samples, strict=True):
                numbers = [None if isinstance(v, Bound) else v for v in sample]
                assert group.quartiles == quartiles(numbers)
                told = bounded_quartiles(sample)
                assert group.bounded == (told if told.n_bounds else None)
            filled = all(any(v is not None for v in sample) for sample in samples)
            test: Any = one.mann_whitney or one.kruskal_wallis
            assert (test is not None) is filled
            if filled:
                two = len(samples) == 2
                wanted_test: Any = (
                    mann_whitney(*samples, two_sided="central")
                    if two
                    else kruskal_wallis(*samples)
                )
                assert test == wanted_test
                unordered = test.bound_rule == "scored after Gehan"
                assert (one.better is None) is (not two or unordered)


@given(rows=ROWS, others=ROWS)
@settings(max_examples=40)  # each counts three studies
def test_counts_add_up(protocol: Any, rows: Any, others: Any) -> None:
    """Hospitals with and without bounds give the counts of all patients together."""
    both = counted(protocol, rows, "P") + counted(protocol, others, "Q")
    assert both.tables == counted(protocol, [*rows, *others]).tables
    assert StudyCounts.from_json(both.to_json(), protocol=protocol) == both


def filled(value: Any) -> list[Fraction]:
    """Return values that a bound may stand for: its limit, just beyond it, far out."""
    if not isinstance(value, Bound):
        return [Fraction(value)]
    way = -1 if value.is_upper else 1
    limit = Fraction(value.value)
    at = [limit] if value.operator.endswith("=") else []
    return [*at, limit + way * NEAR, limit + way * FAR]


@given(
    pairs=st.lists(st.tuples(*[st.integers(0, 6) | BOUNDS] * 2), min_size=1, max_size=3)
)
def test_a_change_holds_for_every_filling(pairs: list[tuple[Any, Any]]) -> None:
    """Limits of the median change are sharp, and a sure direction is that of all."""
    found = bounded_change(Pairs(Counter(pairs)), falls=False)
    if found is None:
        assert not any(isinstance(v, Bound) for pair in pairs for v in pair)
        return
    changes = [[a - b for b in filled(one) for a in filled(two)] for one, two in pairs]
    assert found.improved == sum(all(c > 0 for c in some) for some in changes)
    assert found.worse == sum(all(c < 0 for c in some) for some in changes)
    assert found.same == sum(set(some) == {0} for some in changes)
    assert found.undecided == len(pairs) - found.improved - found.same - found.worse
    assert found.n == len(pairs)
    medians = [median(some) for some in itertools.product(*changes)]
    told = found.change.median
    for end, limit, reached in (
        (min(medians), told.low, told.includes_low),
        (max(medians), told.high, told.includes_high),
    ):
        if math.isinf(limit):
            assert not reached
            assert (end > FAR / 8) if limit > 0 else (end < -FAR / 8)
        else:
            assert abs(end - Fraction(limit)) <= 2 * NEAR
            assert (end == Fraction(limit)) is reached
    turned = bounded_change(Pairs(Counter(pairs)), falls=True)
    assert turned is not None
    assert (turned.improved, turned.worse) == (found.worse, found.improved)
    assert (turned.p_value, turned.change) == (found.p_value, found.change)


@given(rows=ROWS)
@settings(max_examples=40)  # each analyzes a study
def test_changes_are_those_of_the_values(protocol: Any, rows: Any) -> None:
    """A change has all pairs of values and bounds, if there are pairs of numbers."""
    study = analyze(counted(protocol, rows), protocol=protocol)
    pairs = [(before, now) for _, before, now in rows if None not in (before, now)]
    plain = [pair for pair in pairs if not any(isinstance(v, Bound) for v in pair)]
    for course in study.scores:
        for change in getattr(course, "changes", ()):
            assert change.n == len(plain)
            assert change.bounded == bounded_change(Pairs(Counter(pairs)), falls=False)


@pytest.mark.parametrize("backend", ["pandas", "polars", "pyarrow", "lazy"])
def test_frames_give_the_same(protocol: Any, backend: Any) -> None:
    """A dataframe with the signs in a column is counted as its patients are."""
    cohort = of_rows(protocol, [("a", Bound(">", 5), 3), ("b", 2, Bound("<=", 1))])
    kind: Any = "polars" if backend == "lazy" else backend
    frames = [cohort.patients_frame(kind), cohort.assessments_frame(kind)]
    if backend == "lazy":
        frames = [frame.lazy() for frame in frames]
    patients, seen = frames
    found = count(patients, assessments=seen, protocol=protocol, population="all")
    assert found.tables == count(cohort, protocol=protocol, population="all").tables
    assert found.table("limits", "grip", "before") == {(Bound(">", 5), "a"): 1}


def test_a_hospital_shares_no_bound(protocol: Any) -> None:
    """Protected counts are those of patients whose bounds were not recorded."""
    rows = [("a", Bound(">", 5), 3), ("a", 4, Bound("<", 1)), ("b", 2, 2)] * 6
    without = [(g, *(None if isinstance(v, Bound) else v for v in r)) for g, *r in rows]
    told = [counted(protocol, some).protected().to_json() for some in (rows, without)]
    assert told[0] == told[1]


@pytest.mark.usefixtures("undrawn")
def test_the_report_prints_them(protocol: Any, tmp_path: Path) -> None:
    """Tables of the visits show bounds, the rule of the test, and what does without."""
    rows = [
        ("a", Bound(">", 5), 3),
        ("a", 4, 2),
        ("a", 3, 2),
        ("b", 2, Bound("<", 3)),
        ("b", 1, 2),
        ("b", 6, 1),
    ]
    study = analyze(of_rows(protocol, rows), protocol=protocol, population="all")
    write(study, tmp_path / "report")
    text = (tmp_path / "report" / "report.md").read_text(encoding="utf-8")
    assert "| before | 6 | 0 | 0 | 3.5 (1.75, > 5.25) |" in text
    assert "| before | 4 (3, > 5); n = 3 | 2 (1, 6); n = 3 |  |  |" in text
    assert "for P: week 1, scored after Gehan." in text
    assert "Better is not estimable where values lie beyond the bounds." in text
    assert "Known by a bound alone: before, 1; week 1, 1. The quartiles heed" in text
    assert "values known by a bound alone are not drawn" in text
    assert "| week 1 | 6 | 2 | " in text
    assert (
        "With the values known by a bound alone, of 6 patients 1 surely improved, 4 "
        "surely got worse and of 1 it is not known (sign test, P = .38)." in text
    )
    told = json.loads((tmp_path / "report" / "results.json").read_bytes())
    before, _ = told["study"]["scores"][0]["visits"]
    assert before["bounded"]["q3"]["low"] == 5.25
    assert told["study"]["group_visits"][0]["groups"][0]["bounded"]["n_bounds"] == 1
    assert "bounded" not in told["study"]["group_visits"][1]["groups"][0]


@pytest.mark.usefixtures("undrawn")
def test_a_group_that_is_not_tested(protocol: Any, tmp_path: Path) -> None:
    """Where one group has no value at all the note says that nothing was tested."""
    rows = [("a", 2, 4), ("a", 3, Bound(">", 5)), ("b", 3, None), ("b", 2, None)]
    study = analyze(of_rows(protocol, rows), protocol=protocol, population="all")
    write(study, tmp_path / "report")
    text = (tmp_path / "report" / "report.md").read_text(encoding="utf-8")
    assert "for P: week 1, not tested." in text


@pytest.mark.usefixtures("undrawn")
def test_bounds_of_few_are_not_tested(protocol: Any, tmp_path: Path) -> None:
    """Two of five seen at week 1, one by a bound: no P value of them."""
    rows = [("a", 4, 5), ("a", 6, Bound("<", 3)), *[("b", 3, None)] * 3]
    study = analyze(of_rows(protocol, rows), protocol=protocol, population="all")
    write(study, tmp_path / "report")
    text = (tmp_path / "report" / "report.md").read_text(encoding="utf-8")
    (line,) = [
        one
        for one in text.split("bounds included")[1].splitlines()
        if one.startswith("| week 1 | 2 | 1 |")
    ]
    assert line.endswith("| not tested |")


def test_quartiles_heed_bounds_where_nothing_is_compared(protocol: Any) -> None:
    """A bound at baseline alone has no rule of a test."""
    rows = [("a", Bound(">", 5), 2), ("a", 4, 3), ("b", 3, 3), ("b", 2, 2)]
    study = analyze(of_rows(protocol, rows), protocol=protocol, population="all")
    (sheet,) = [s for s in document_of(study).sheets if s.name == "groups_grip"]
    assert sheet.notes[-1].startswith("Quartiles heed the bounds, and are given")
