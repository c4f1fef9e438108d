"""Every count that a report prints is that of the records, counted anew."""

import re
from typing import Any

import attrs
from hypothesis import given, settings
from hypothesis import strategies as st

from iph import Assessment, Cohort, FollowUp, Patient
from iph.report import sheet
from iph.report._contents import document_of, results_sentences, warnings_of
from iph.report._parts.baseline_tables import table_one_sheet
from iph.report._parts.changes import PAIN, changes_sheet
from iph.report._parts.grades import transition_sheet
from iph.report._parts.recovery_tables import by_visit_sheet
from iph.study import GradeCourse, PainCourse, RecoveryAnalysis, Study, analyze

DAYS = {"baseline": 0, "week_1": 7, "month_1": 30, "month_6": 182, "year_1": 365}
LABELS = {v: v.replace("_", " ") for v in DAYS}

Row = dict[str, tuple[float | None, int | None] | None]


@attrs.frozen
class Course:
    """What was recorded of one patient: pain and strength by visit, and death."""

    seen: Row
    died: int | None
    sex: str

    def value(self, visit: str, place: int) -> Any:
        """Return pain (0) or strength (1) at a visit."""
        found = self.seen[visit]
        return None if found is None else found[place]

    def dead_at(self, visit: str) -> bool:
        """Whether the patient had died by a visit at which nothing was seen."""
        gone = self.died is not None and self.died <= DAYS[visit]
        return gone and self.seen[visit] is None


DEATHS = st.none() | st.sampled_from([5, 30, 100, 300])
SEXES = st.sampled_from(["male", "female"])
VALUES = st.none() | st.tuples(
    st.none() | st.integers(0, 9), st.none() | st.sampled_from([3, 4, 5])
).filter(lambda pair: pair != (None, None))


@st.composite
def courses(draw: st.DrawFn) -> list[Course]:
    """Draw patients with missing values, missed visits, relapses and deaths."""
    made = []
    for _ in range(draw(st.integers(1, 8))):
        died = draw(DEATHS)
        seen: Row = {}
        for visit, day in DAYS.items():
            late = died is not None and day > died
            seen[visit] = None if late else draw(VALUES)
        made.append(Course(seen, died, draw(SEXES)))
    return made


def study_of(rows: list[Course]) -> Study:
    """Return the study of all of them."""
    patients = []
    for k, row in enumerate(rows):
        seen = [
            Assessment(visit=visit, vas=found[0], strength=found[1])
            for visit, found in row.seen.items()
            if found is not None
        ]
        follow_up = FollowUp(assessments=seen, died_day=row.died)
        patients.append(Patient(patient_id=f"P{k}", sex=row.sex, follow_up=follow_up))
    return analyze(Cohort(patients), population="all", recovery_group="sex", by="sex")


def cells(found: Any) -> dict[str, tuple[str, ...]]:
    """Return the rows of a table by their heads."""
    return {row.cells[0]: row.cells[1:] for row in found.rows}


def signs(rows: list[Course], visit: str, place: int) -> list[float]:
    """Return how much each patient known at both gained since baseline."""
    pairs = [(r.value("baseline", place), r.value(visit, place)) for r in rows]
    way = -1 if place == 0 else 1
    return [way * (b - a) for a, b in pairs if a is not None and b is not None]


@settings(max_examples=100, deadline=None)
@given(rows=courses())
def test_tables_and_sentences_reconcile_with_the_records(rows: list[Course]) -> None:
    """Attendance, changes, grades and recovery count whom the records count."""
    study = study_of(rows)
    shown = cells(sheet(study.attendance))
    for visit, label in LABELS.items():
        if label in shown:
            died = sum(r.dead_at(visit) for r in rows)
            seen = sum(r.seen[visit] is not None for r in rows)
            due = len(rows) - died
            expected = (str(due), str(seen), str(due - seen), str(died))
            assert shown[label][:4] == expected
    if isinstance(study.pain, PainCourse):
        check_pain(study, study.pain, rows)
    for course in study.grades:
        if isinstance(course, GradeCourse):
            check_grades(study, course, rows)
    analysis = study.recovery[0]
    if isinstance(analysis, RecoveryAnalysis):
        check_recovery(analysis, rows)
    check_sentences(study, rows)


def check_pain(study: Study, course: PainCourse, rows: list[Course]) -> None:
    """Compare the tables of pain with the scores."""
    shown = cells(sheet(course))
    for visit, label in LABELS.items():
        if label in shown:
            n = sum(r.value(visit, 0) is not None for r in rows)
            died = sum(r.dead_at(visit) for r in rows)
            expected = (str(n), str(len(rows) - n - died), str(died))
            assert shown[label][:3] == expected
    changes = changes_sheet(course, PAIN, study)
    for label, found in ({} if changes is None else cells(changes)).items():
        visit = label.replace(" ", "_")
        gains = signs(rows, visit, 0)
        counted = (sum(g > 0 for g in gains), gains.count(0), sum(g < 0 for g in gains))
        died = sum(
            r.dead_at(visit) and r.value("baseline", 0) is not None for r in rows
        )
        assert found[0] == str(len(gains))
        assert found[4:8] == tuple(map(str, (*counted, died)))


def check_grades(study: Study, course: GradeCourse, rows: list[Course]) -> None:
    """Compare the transitions of strength with the grades."""
    found = transition_sheet(course, study)
    gains = signs(rows, "month_6", 1)
    if found is None:
        assert not gains
        return
    total = found.rows[-1].cells
    assert total[-1] == str(len(gains))
    after = [r.value("month_6", 1) for r in rows if r.value("baseline", 1) is not None]
    assert total[1:-1] == tuple(str(after.count(grade)) for grade in range(6))


def check_recovery(analysis: RecoveryAnalysis, rows: list[Course]) -> None:
    """Compare the risk set and recovery by visit with the grades."""
    risk = [r for r in rows if r.value("baseline", 1) in {3, 4}]
    shown = sheet(analysis)
    assert shown.rows[-1].cells[1] == str(len(risk)) == str(analysis.n)
    first = [
        next((v for v in list(DAYS)[1:] if r.value(v, 1) == 5), None) for r in risk
    ]
    assert shown.rows[-1].cells[2] == str(len(first) - first.count(None))
    by = {
        row.cells[1]: row.cells
        for row in by_visit_sheet(analysis).rows
        if row.cells[0] == "all"
    }
    for visit, label in LABELS.items():
        if label in by:
            recovered = sum(v is not None and DAYS[v] <= DAYS[visit] for v in first)
            assert by[label][2] == str(recovered)
            assert sum(map(int, by[label][2:6])) == len(risk)


def check_sentences(study: Study, rows: list[Course]) -> None:
    """Compare the counts of the sentences with the records, and hear of each death."""
    text = " ".join(results_sentences(study))
    gains = signs(rows, "month_6", 1)
    found = re.search(
        r"Thigh strength \(MRC\): of (\d+) patients? assessed both at baseline and at "
        r"month 6, (\w+) improved, (\w+) stayed the same and (\w+) got worse",
        text,
    )
    if found is not None:
        told = [0 if word == "none" else int(word) for word in found.groups()]
        ups, downs = sum(g > 0 for g in gains), sum(g < 0 for g in gains)
        assert told == [len(gains), ups, len(gains) - ups - downs, downs]
    else:
        assert not gains
    died = sum(r.died is not None for r in rows)
    assert ("known to have died" in text) == bool(died)
    if died:
        assert f"{died} patient" in " ".join(warnings_of(study))
    sizes = table_one_sheet(study.table_one).header[1]
    assert sizes == f"Overall (n = {len(rows)})"
    assert not re.search(r"\bnan\b|\bNone\b|keeps its level|recommended", text)


def test_the_document_of_deaths_names_no_median_of_recovery() -> None:
    """Four of ten recover and six die: incidence 40 %, and no median in the results."""
    rows = [
        Course({v: (7, 3) if d <= 7 else None for v, d in DAYS.items()}, 20 + k, "male")
        for k in range(6)
    ]
    rows += [
        Course({v: (5, 5 if d >= 182 else 3) for v, d in DAYS.items()}, None, "male")
        for _ in range(4)
    ]
    study = study_of(rows)
    analysis = study.recovery[0]
    assert isinstance(analysis, RecoveryAnalysis)
    assert analysis.lead == "incidence-at-visit"
    text = " ".join(results_sentences(study))
    assert (
        "4 of 10 had recovered, 6 had died (40 %; exact 95 % limits, 12 to 74 %)"
        in (text)
    )
    told = next(t for t in text.split("Recovery of ") if t.startswith("thigh"))
    assert "edian" not in told
    document = document_of(study)
    titles = [p.title for p in document.pictures]
    assert any(t.startswith("Cumulative incidence") for t in titles)
    assert not any("interval-censored" in t for t in titles)
    for section in document.sections:
        if section.name not in {"published", "methods", "checklists"}:
            assert "log-rank" not in str(section.blocks), section.name


def test_one_late_score_never_takes_the_place_of_the_primary_visit() -> None:
    """Twelve scored at month 6 and one at year 1: the headline is of month 6."""
    full = {v: (8 - 2 * k, 3) for k, v in enumerate(DAYS)}
    early: Row = {**full, "year_1": None}
    rows = [Course(early, None, "male")] * 11 + [Course(dict(full), None, "male")]
    text = " ".join(results_sentences(study_of(rows)))
    assert "From baseline to month 6, pain fell by a median of 6 points" in text
    assert "n = 12 scored at both" in text
    assert "year 1" not in text


def test_too_few_at_the_primary_visit_are_counted_and_not_tested() -> None:
    """Two of six due at month 6: counts, and no test in any sentence of pain."""
    late = {v: (8, 3) if d < 182 else None for v, d in DAYS.items()}
    seen = {v: (8 if d < 182 else 2, 3) for v, d in DAYS.items()}
    rows = [Course(dict(late), None, "male")] * 4 + [
        Course(dict(seen), None, "male")
    ] * 2
    told = next(t for t in results_sentences(study_of(rows)) if "pain score" in t)
    assert told == (
        "At month 6, 2 of 6 patients due (33 %) had a pain score. Of 2 scored at "
        "baseline as well, 2 had less pain, none the same and none more; no test was "
        "made. Whatever the others alive had, at least 2 and at most 6 of 6 had less "
        "pain."
    )
