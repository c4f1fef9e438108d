"""Counts of one and of several agree with their verbs, wherever they stand."""

import re

import pytest

from iph import Assessment, Cohort, FollowUp, Patient
from iph.report._contents import document_of
from iph.report._formats.markdown import document_markdown
from iph.study import analyze

# A count of one before a verb of several, and of several before a verb of one.
_ONE = r"\b1 (?:patient|visit|other|record)"
_MANY = r"\b(?:[2-9]|\d\d+) (?:patient|visit|other|record)"
_WRONG = re.compile(
    rf"{_ONE}s\b|{_MANY}\b|\b1 visit was not recorded; these"
    rf"|{_ONE}\b[^.;|]*?\b(?:who count|count as|are|were|have)\b"
    rf"|{_MANY}s\b[^.;|]*?\b(?:who counts|counts as)\b"
)


def patients(times: int) -> list[Patient]:
    """Return as many patients of each kind that a note speaks of."""
    seen = [
        Assessment(visit="baseline", day=0, vas=8, strength=3, numbness=2),
        Assessment(visit="month_6", day=180, vas=3, strength=5, numbness=1),
    ]
    undated = [seen[0], Assessment(visit="month_1", vas=5, strength=4)]
    first = FollowUp(assessments=seen[:1])
    kinds = {
        "ungrouped": (None, FollowUp(assessments=seen)),
        "unseen": ("male", first),
        "undated": ("female", FollowUp(assessments=undated)),
        "dead": ("male", FollowUp(assessments=seen[:1], died=True)),
        "dated": ("female", FollowUp(assessments=seen[:1], died_day=90)),
        "late": ("male", FollowUp(assessments=seen)),
    }
    return [
        Patient(patient_id=f"{kind}{k}", sex=sex, follow_up=course)
        for kind, (sex, course) in kinds.items()
        for k in range(times)
    ]


@pytest.mark.parametrize("times", [1, 2])
def test_verbs_agree_with_their_counts(times: int) -> None:
    """One patient counts, and two patients count, wherever a report speaks of them."""
    cohort = Cohort(patients(times), label="By hand")
    study = analyze(cohort, population="all", by="sex", recovery_group="sex")
    text = document_markdown(document_of(study)).replace("\N{NO-BREAK SPACE}", " ")
    told = [m.group() for m in _WRONG.finditer(text)]
    assert told == []
    count = "who counts" if times == 1 else "who count"
    for what in ("Sex was not known for", "The day of death was not recorded for"):
        assert re.search(rf"{what} {times} patients?( at risk)?, {count} ", text), what
