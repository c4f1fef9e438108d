"""What an editor found in the lines on deaths, stated outcomes and attendance.

Each test is a kind of line that was wrong, half true, or said nothing.
"""

from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Any

import pytest

from iph import Assessment, Cohort, FollowUp, Laboratory, Patient
from iph._admission import NerveInvolvement
from iph.report._checklists import ABSENT
from iph.report._contents import (
    assumptions,
    document_of,
    methods_sentences,
    warnings_of,
)
from iph.report._document import Block, Bullets, Document, Paragraph, Picture
from iph.report._parts.baseline_tables import table_one_sheet
from iph.report._parts.compared_variables import variables_sheet
from iph.report._parts.participants import attendance_sheet
from iph.report._parts.stated import stated_sentence
from iph.report._references import publications
from iph.report._rules import rules_used
from iph.stats import barnard
from iph.study import StatedOutcomes, Study, analyze, compare_with_claims
from iph.study._recovery_results import RecoveryAnalysis

CLOTTING = {
    "laboratory": Laboratory(inr=1.0, aptt_s=30),
    "anticoagulant": [],
    "comorbidities": [],
}


def texts(document: Document) -> Iterator[str]:
    """Yield every text of a report that a reader sees."""
    return chain.from_iterable(
        lines_of(block) for section in document.sections for block in section.blocks
    )


def lines_of(block: Block) -> Iterable[str]:
    """Return what one block of a report says."""
    match block:
        case Paragraph():
            return [block.text]
        case Bullets():
            return block.items
        case Picture():
            return [block.caption]
    return [*(cell for row in block.rows for cell in row.cells), *block.notes]


def made(place: int, **changed: Any) -> Patient:
    """Return a patient who was seen at admission alone."""
    seen = FollowUp(assessments=[Assessment(visit="baseline", vas=8)])
    values: dict[str, Any] = {
        "patient_id": f"P{place}",
        "age_years": 40 + place,
        "etiology": "anticoagulant",
        "follow_up": seen,
    }
    return Patient(**values | changed)


def dated_patient(place: int, day: int | None, **changed: Any) -> Patient:
    """Return a patient of whom recovery was stated with a day, or not stated."""
    stated: dict[str, Any] = (
        {} if day is None else {"outcome": "complete", "outcome_day": day}
    )
    seen = FollowUp(assessments=[Assessment(visit="baseline", vas=8)], **stated)
    return made(place, **{"follow_up": seen} | changed)


def stated_study(*patients: Patient, **rules: Any) -> tuple[Study, RecoveryAnalysis]:
    """Return the study of patients, and its analysis of stated recovery."""
    study = analyze(Cohort(patients), population="all", **rules)
    (found,) = (
        one
        for one in study.recovery
        if isinstance(one, RecoveryAnalysis) and one.endpoint == "stated"
    )
    return study, found


def dead_patient(place: int, day: int) -> Patient:
    """Return a patient who died before anything was stated."""
    seen = [Assessment(visit="baseline", vas=8)]
    return made(place, follow_up=FollowUp(assessments=seen, died_day=day))


def test_deaths_without_a_statement_are_counted_beside_stated_recovery() -> None:
    """Of three without a dated statement two died: nobody reads past them."""
    alive = dated_patient(9, None)
    patients = [dated_patient(k, 20 + k) for k in range(4)]
    study, found = stated_study(
        *patients, alive, dead_patient(10, 20), dead_patient(11, 75)
    )
    assert (found.n, found.n_unknown_baseline, found.n_undated_gone) == (4, 3, 2)
    told = list(texts(document_of(study)))
    left_out = "3 without one, 2 of whom died, are not analyzed"
    assert any(f"4 patients had a dated statement ({left_out})" in t for t in told)
    assert f"4 patients with a dated statement; {left_out}." in told
    assert any(
        "3 patients without a dated statement, 2 of whom died, are not analyzed; "
        "leaving them out can overstate how many recovered" in line
        for line in warnings_of(study)
    )


@pytest.mark.parametrize(
    ("others", "said"),
    [
        ((), None),
        ((dated_patient(9, None),), "(1 without one is not analyzed)"),
        ((dead_patient(9, 20),), "(1 without one, who died, is not analyzed)"),
    ],
)
def test_one_without_a_statement_has_a_sentence(
    others: tuple[Patient, ...], said: str | None
) -> None:
    """None, one alive and one dead are told apart."""
    study, _ = stated_study(*(dated_patient(k, 20 + k) for k in range(4)), *others)
    told = " ".join(texts(document_of(study)))
    assert ("not analyzed" in told) == (said is not None)
    assert (said or "") in told


def test_gray_makes_no_test_with_one_patient_in_a_group() -> None:
    """Two against one have a difference, and no P value of large samples."""
    normal, abnormal = (
        [
            dated_patient(10 * group + k, day, etiology=cause, **clotting)
            for k, day in enumerate(days)
        ]
        for group, (cause, clotting, days) in enumerate(
            (
                ("trauma", CLOTTING, (60, 90)),
                ("anticoagulant", {}, (200,)),
            )
        )
    )
    study, found = stated_study(*normal, *abnormal)
    assert [group.n for group in found.groups] == [2, 1]
    assert found.gray is None
    assert found.difference is not None
    told = " ".join(texts(document_of(study)))
    assert "no test compares the groups" in told
    both = [*abnormal, dated_patient(20, 250)]
    assert stated_study(*normal, *both)[1].gray is not None


def test_groups_add_up_in_the_sentence_of_recovery() -> None:
    """Who is at risk and in no group is counted beside the groups."""
    patients = [dated_patient(k, 20 + k) for k in range(3)]
    patients += [
        dated_patient(10 + k, 40 + k, etiology="trauma", **CLOTTING) for k in range(3)
    ]
    unknown = dated_patient(20, 50, etiology=None)
    for more, said in (((), ""), ((unknown,), "; coagulation was not known for 1.")):
        study, found = stated_study(*patients, *more)
        (told,) = (t for t in texts(document_of(study)) if "By month 6, in groups" in t)
        assert said in told
        assert ("not known for" in told) == bool(said)
        assert sum(group.n for group in found.groups) + found.n_ungrouped == found.n


def treated(place: int, outcome: str | None, **changed: Any) -> Patient:
    """Return a patient of whom the outcome was stated without a day."""
    follow_up = FollowUp(
        assessments=[Assessment(visit="baseline", vas=8)],
        outcome=outcome,
        died=changed.pop("died", None),
    )
    return made(place, follow_up=follow_up, **changed)


def test_stated_outcomes_of_two_groups_have_a_difference() -> None:
    """The P value stands beside the difference with an interval that holds."""
    with_one, without = {"treatments": ["embolization"]}, {"treatments": ["analgesic"]}
    patients = [
        treated(0, "complete", **with_one),
        *(treated(1 + k, "complete", **without) for k in range(3)),
        *(treated(4 + k, "partial", **without) for k in range(2)),
        treated(6, "complete"),
        treated(7, None, died=True),
    ]
    study = analyze(Cohort(patients), population="all")
    found = study.outcomes
    assert isinstance(found, StatedOutcomes)
    gap, peer = found.difference, barnard([[1, 0], [3, 2]])
    assert gap is not None
    assert found.test is not None
    assert gap.estimate == pytest.approx(1 - 3 / 5)
    assert (gap.low < 0 < gap.high) == (peer.p_value > 0.05)
    assert (gap.n, found.n_ungrouped) == (6, 2)
    told = list(texts(document_of(study)))
    (sentence,) = (text for text in told if "It was complete in" in text)
    assert "; treatment was not known for the other. The difference" in sentence
    assert "with a procedure less without a procedure, was 40 perc" in sentence
    assert sentence.endswith("; treatment was not allocated at random.")
    who = "Treatment was not known for 2 patients, who count in the first column only."
    assert who in told
    assert any("Chan and Zhang" in t and "40 percentage points" in t for t in told)


def test_stated_outcomes_without_completeness_have_no_test() -> None:
    """Groups of whom nobody says whether recovery was complete keep their row."""
    vague = [
        treated(k, "improved", treatments=[name])
        for k, name in enumerate(("embolization", "analgesic"))
    ]
    one = analyze(Cohort(vague[:1]), population="all")
    assert isinstance(one.outcomes, StatedOutcomes)
    assert stated_sentence(one.outcomes, one) == (
        "An outcome was stated in words for 1 patient, without saying whether recovery "
        "was complete."
    )
    both = [*vague, treated(2, "complete", treatments=["analgesic"])]
    study = analyze(Cohort(both), population="all")
    assert isinstance(study.outcomes, StatedOutcomes)
    assert [group.label for group in study.outcomes.groups] == [
        "with a procedure",
        "without a procedure",
    ]
    assert (study.outcomes.test, study.outcomes.difference) == (None, None)
    assert "It was complete in" not in stated_sentence(study.outcomes, study)


def test_groups_that_are_compared_are_not_denied(published: Study) -> None:
    """Groups by coagulation, or of stated outcomes, are subgroups."""
    normal = [dated_patient(k, 30 + k, etiology="trauma", **CLOTTING) for k in range(2)]
    study, _ = stated_study(*normal, dated_patient(5, 90), dated_patient(6, 120))
    for one in (study, published):
        told = list(texts(document_of(one)))
        assert ABSENT not in told
        sheets = {s.name: s for s in document_of(one).sheets}
        where = {row.cells[1]: row.cells[2] for row in sheets["checklist_strobe"].rows}
        assert where["12b"] == "Methods in sentences"
    bare = analyze(Cohort([made(1)]), population="all")
    assert ABSENT in list(texts(document_of(bare)))


def test_those_missed_are_told_from_those_with_a_score() -> None:
    """Two were missed, and one of them had a score at baseline."""
    seen = [
        Assessment(visit="baseline", vas=6),
        Assessment(visit="month_6", vas=1),
    ]
    patients = [made(k, follow_up=FollowUp(assessments=seen)) for k in range(3)]
    unscored = FollowUp(assessments=[Assessment(visit="baseline", strength=4)])
    patients += [made(8), made(9, follow_up=unscored)]
    told = " ".join(texts(document_of(analyze(Cohort(patients), population="all"))))
    assert (
        "Median pain at baseline was 8 in the 1 of 2 patients not seen with a known "
        "value and 6 (6, 6) in 3 patients seen."
    ) in told


def test_follow_up_has_its_number_of_patients(published: Study) -> None:
    """Of 59 published cases 23 have a day, and none had a visit to attend."""
    told = list(texts(document_of(published)))
    assert any("Median follow-up was 67 days (n = 23;" in text for text in told)
    names = {sheet.name for sheet in document_of(published).sheets}
    assert not names & {"attendance", "missed"}
    assert attendance_sheet(published.attendance).notes[0] in " ".join(told)


def test_a_visit_without_a_nominal_day_counts_at_none() -> None:
    """Discharge is on no fixed day: its day is not recorded, and not nominal."""
    seen = [
        Assessment(visit="baseline", vas=8),
        Assessment(visit="discharge", vas=5),
        Assessment(visit="month_6", vas=1, day=180),
    ]
    patients = [made(k, follow_up=FollowUp(assessments=seen)) for k in range(2)]
    study = analyze(Cohort(patients), population="all")
    notes = attendance_sheet(study.attendance).notes
    assert (
        "The day was not recorded of 2 visits, which count at the nominal day."
    ) in notes
    assert (
        "Discharge has no nominal day; its day was not recorded for 2 patients."
    ) in notes


def test_an_exact_test_of_stated_days_speaks_of_no_visits() -> None:
    """A day that was stated is of no visit: what was equal is the follow-up."""
    normal = [dated_patient(k, 30 + k, etiology="trauma", **CLOTTING) for k in range(2)]
    study, found = stated_study(*normal, *(dated_patient(5 + k, 90) for k in range(2)))
    assert found.exact is not None
    told = list(texts(document_of(study)))
    assert "nobody left before the last to recover had" in told
    assert "all were assessed at the same visits" not in told


def test_notes_are_of_rows_that_stand_in_the_table(
    published: Study, by_hand: Study
) -> None:
    """Presence alone is explained where a row shows it, and nowhere else."""
    only = made(1, nerves=NerveInvolvement(femoral="involved"))
    for study in (published, by_hand, analyze(Cohort([only]), population="all")):
        table = table_one_sheet(study.table_one)
        cells = [cell for row in table.rows for cell in row.cells]
        shown = any(cell.startswith("reported in") for cell in cells)
        assert any(note.startswith("Reported in") for note in table.notes) == shown


def test_no_rule_and_no_assumption_of_groups_that_there_are_not() -> None:
    """One group is no grouping, and a death leaves no test of groups to assume for."""
    one, _ = stated_study(*(dated_patient(k, 20 + k) for k in range(3)))
    assert "Groups of time" not in " ".join(rules_used(one))
    patients = []
    for k in range(8):
        cause: dict[str, Any] = {"etiology": "trauma", **CLOTTING} if k % 2 else {}
        seen = [Assessment(visit="baseline", strength=3)]
        seen += [Assessment(visit="month_6", strength=5)] if k < 5 else []
        died: dict[str, Any] = {"died_day": 40} if k == 7 else {}
        patients.append(made(k, follow_up=FollowUp(assessments=seen, **died), **cause))
    alive = analyze(Cohort(patients[:7]), population="all")
    dead = analyze(Cohort(patients), population="all")
    said = "Tests of groups assume similar visit schedules"
    for study, expected in ((alive, True), (dead, False)):
        assert "Groups of time" in " ".join(rules_used(study))
        assert any(said in line for line in assumptions(study)) == expected


def test_methods_name_each_interval(by_hand: Study) -> None:
    """A reader learns how each interval was made, and where it was published."""
    stated, _ = stated_study(*(dated_patient(k, 20 + k) for k in range(4)))
    told = " ".join(methods_sentences(stated))
    assert "Clopper and Pearson for a count out of an effective sample size" in told
    assert "the beta product kind; that of its median is where they cross" in told
    assert "Bonett and Wright" in " ".join(methods_sentences(by_hand))
    listed = {one.key for one in publications(document_of(stated).sections)}
    assert {"dorey1987", "korn1998", "fay2013"} <= listed


@pytest.mark.parametrize(
    ("by", "said"),
    [
        ("coagulation_status", "Coagulation is defined by the clotting tests, the et"),
        ("conservative", "Treatment is defined by the treatments: differences"),
        ("sex", ""),
    ],
)
def test_differences_that_are_built_in_are_named(by: str, said: str) -> None:
    """Groups made of some rows differ in these, and the note says so."""
    patients = [
        made(
            k,
            sex="male" if k % 3 else "female",
            treatments=["embolization" if k % 2 else "analgesic"],
            **({"etiology": "trauma", **CLOTTING} if k % 2 else {}),
        )
        for k in range(8)
    ]
    study = analyze(Cohort(patients), population="all", by=by)
    document = document_of(study)
    told = list(texts(document))
    assert any("built in" in text for text in told) == bool(said)
    assert not said or any(text.startswith(said) for text in told)
    assert any("of numbers that of their means" in text for text in told)
    assert "Bonett's interval" in " ".join(methods_sentences(study))
    (balance,) = (p for p in document.pictures if p.name == "balance")
    group = study.table_one.group.lower()
    assert balance.title == f"Standardized differences by {group}"


def test_groups_without_a_number_have_no_interval_in_the_methods() -> None:
    """Where one group has a single patient nothing of an interval is said."""
    pair = [
        made(k, sex=sex, age_years=None) for k, sex in enumerate(("male", "female"))
    ]
    study = analyze(Cohort(pair), population="all", by="sex")
    told = " ".join(methods_sentences(study))
    assert "given as standardized differences." in told
    assert "Bonett" not in told


def test_doubtful_prints_are_marked_in_both_tables(by_hand: Study) -> None:
    """The distance from an implausible mean has the mark that the mean has."""
    sheet = variables_sheet(compare_with_claims(by_hand))
    (inr,) = (row.cells for row in sheet.rows if row.cells[0] == "INR")
    assert inr[3].endswith("\N{DOUBLE DAGGER}")
    assert any("implausible distribution" in note for note in sheet.notes)


def test_named_authors_are_listed_wherever_they_stand(published: Study) -> None:
    """Yang and Dalton stand below a table, and so among the references, once a year."""
    document = document_of(published, compare_with_claims(published))
    (yang,) = (o for o in publications(document.sections) if o.key == "yang2012")
    assert str(yang).endswith("SAS Global Forum 2012.")


def test_one_of_several_is_spoken_of_as_one() -> None:
    """One was male, one record was analyzed."""
    sexes = ("male", "female", "female")
    patients = [made(k, sex=sex) for k, sex in enumerate(sexes)]
    told = " ".join(texts(document_of(analyze(Cohort(patients), population="all"))))
    assert "1 of 3 patients (33 %) was male" in told
    alone = document_of(analyze(Cohort(patients[:1]), population="all"))
    assert alone.subtitle.endswith("1 of 1 record analyzed")
    said = " ".join(texts(alone))
    assert "1 of 1 record;" in said
    assert "not recorded in the only patient" in said
    assert "any of 1 patient" not in said
