"""Checklists claim what stands in the report: each part says what it answers."""

from pathlib import Path

import attrs
import pytest

from iph import Assessment, Cohort, FollowUp, Patient
from iph.records import read
from iph.report import _contents
from iph.report._checklists import ABSENT, AUTHOR, checklist_sheets, topics
from iph.report._contents import answered, document_of
from iph.report._parts.part import Material
from iph.study import Study, analyze

HOSPITAL = Path(__file__).parents[2] / "docs" / "tutorial" / "files" / "hospital.csv"


@pytest.fixture(scope="module")
def hospital() -> Study:
    """Return a study in which all but complications are recorded."""
    return analyze(read(HOSPITAL), by="sex")


@pytest.fixture(scope="module")
def ward() -> Study:
    """Return a study of pain and nothing else."""
    patients = [
        Patient(
            patient_id=f"W{k}",
            age_years=40 + k,
            follow_up=FollowUp(
                assessments=[
                    Assessment(visit="baseline", vas=8),
                    Assessment(visit="month_6", vas=k % 3),
                ]
            ),
        )
        for k in range(6)
    ]
    return analyze(Cohort(patients), population="all")


def places(study: Study) -> dict[str, dict[str, str]]:
    """Return where each item of each checklist is answered."""
    sheets = checklist_sheets(study, answered(Material(study=study)))
    return {
        found.name.removeprefix("checklist_"): {
            row.cells[1] or row.cells[0]: row.cells[2] for row in found.rows
        }
        for found in sheets
    }


def test_each_topic_is_answered_by_a_part(hospital: Study) -> None:
    """No item asks for a topic that no part can answer, and no part for none."""
    found = set(answered(Material(study=hospital)))
    assert topics() - found == {"events"}
    assert found <= topics()


@pytest.mark.parametrize("name", ["by_hand", "published", "nobody", "alone"])
def test_a_claim_names_a_chapter_with_a_table_of_it(
    name: str, request: pytest.FixtureRequest
) -> None:
    """A chapter that is claimed holds a table, a figure or a sentence of results."""
    study: Study = request.getfixturevalue(name)
    filled = {
        section.title for section in document_of(study).sections if section.blocks
    }
    told = answered(Material(study=study))
    assert set(told) <= topics()
    for found in told.values():
        assert {place.split(" (")[0] for place in found} <= filled


def test_what_is_not_recorded_is_not_claimed(ward: Study, hospital: Study) -> None:
    """Treatment, history, tests and nerves are claimed where somebody has them."""
    little, much = places(ward), places(hospital)
    for checklist, item in (
        ("process", "Interventions"),
        ("care", "5c"),
        ("care", "8a"),
        ("care", "9a"),
        ("robins_i", "3"),
        ("strobe", "17"),
        ("strobe", "12e"),
        ("strobe", "16c"),
    ):
        assert little[checklist][item] == AUTHOR, item
        assert much[checklist][item] != AUTHOR, item
    assert little["strobe"]["15"] == "Pain"
    assert little["strobe"]["12b"] == little["robins_i"]["1"] == ABSENT
    assert much["strobe"]["12b"] == "Methods in sentences"
    assert much["strobe"]["14b"] == "Missing data"
    assert "Grades by visit" not in much["strobe"]["16a"]  # no interval stands there


def test_a_grade_at_admission_alone_is_no_course(published: Study) -> None:
    """Outcomes over time are those stated in words; grades were seen once."""
    found = places(published)["strobe"]
    assert found["15"] == "Recovery (outcome as stated in words)"
    assert found["16a"] == AUTHOR


def test_a_new_part_answers_by_itself(
    ward: Study, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a part answers stands in its own file: the checklists are not touched."""
    last = _contents.PARTS[0]
    more = attrs.evolve(last, answers=lambda _found, _material: {"events": "of a part"})
    monkeypatch.setattr(_contents, "PARTS", (more, *_contents.PARTS[1:]))
    assert places(ward)["process"]["Complications"] == "Participants (of a part)"
