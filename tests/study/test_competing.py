"""Competing events beside death: who can no longer reach an endpoint."""

from pathlib import Path
from typing import Any

import pytest

from iph import Cohort
from iph.protocol import ProtocolErrors, read_protocol, write_protocol
from iph.study import RecoveryAnalysis, analyze

STUDY = """
title = "Feet"
condition = "diabetic foot ulcer"
[visits]
before = 0
week_6 = 42
week_12 = 84
[patient]
amputation_day = { label = "Day of amputation", days = true }
[at_visit]
closed = { label = "Wound closed", yes_no = true }
pain = { label = "Pain", low = 0, high = 10, step = 1 }
[outcomes]
pain = { better = "low" }
[endpoints.healed]
label = "a healed wound"
when = "closed"
competing = { amputation_day = "amputation" }
"""


def study(folder: Path, text: str = STUDY) -> Any:
    """Read the study of feet, or another text."""
    path = folder / "study.toml"
    path.write_text(text, encoding="utf-8")
    return read_protocol(path)


def test_an_event_ends_the_chance_to_reach_the_endpoint(tmp_path: Path) -> None:
    """Worked by hand (Aalen-Johansen): 2 of 6 heal, 3 are amputated, 1 dies.

    The third wound is seen closed after the amputation, which does not count; the
    fifth is seen closed on the very day of it, which does. Death before amputation
    ends the chance, and amputation before death is no death.
    """
    feet = study(tmp_path)
    rows: list[tuple[tuple[bool | None, ...], int | None, int | None]] = [
        ((False, True, True), None, None),
        ((False, False, None), 50, None),
        ((False, False, True), 50, None),
        ((False, None, None), None, 30),
        ((False, True, None), 42, None),
        ((False, None, None), 30, 60),
    ]
    patients = [
        feet.patient(
            patient_id=f"P{number}",
            amputation_day=amputated,
            follow_up=feet.course(
                assessments=[
                    feet.assessment(visit=visit, closed=closed)
                    for visit, closed in zip(feet.visits, states, strict=True)
                    if closed is not None
                ],
                died_day=died,
            ),
        )
        for number, (states, amputated, died) in enumerate(rows)
    ]
    (found,) = analyze(Cohort(patients), protocol=feet).recovery
    assert isinstance(found, RecoveryAnalysis)
    assert (found.lead, found.n, found.n_died, found.n_gone) == (
        "incidence-at-visit",
        6,
        1,
        4,
    )
    assert [(one.label, one.n) for one in found.competing] == [("amputation", 3)]
    curves = {curve.cause: curve for curve in found.overall.incidence}
    right = {
        "recovered": [0, 1 / 3, 1 / 3],
        "died": [1 / 6, 1 / 6, 1 / 6],
        "amputation": [1 / 6, 1 / 6, 1 / 2],
    }
    for cause, incidence in right.items():
        assert list(curves[cause].time) == [30, 42, 50]
        assert list(curves[cause].incidence) == pytest.approx(incidence)
    assert [
        (at.recovered, at.died, at.competing, at.not_recovered, at.undetermined)
        for at in found.overall.by_visit
    ] == [(2, 1, 1, 2, 0), (2, 1, 3, 0, 0)]


def test_a_file_keeps_its_competing_events(tmp_path: Path) -> None:
    """Written and read back, the study is the same."""
    feet = study(tmp_path)
    again = tmp_path / "again.toml"
    write_protocol(feet, again)
    assert read_protocol(again).digest == feet.digest


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ('{ amputated_day = "amputation" }', "did you mean amputation_day"),
        ('{ died_day = "death" }', "death competes already"),
        ('{ amputation_day = "died" }', "words for the event"),
    ],
)
def test_a_wrong_competing_event_is_told(tmp_path: Path, wrong: str, told: str) -> None:
    """Each is refused, with what to do."""
    text = STUDY.replace('{ amputation_day = "amputation" }', wrong)
    with pytest.raises(ProtocolErrors, match=told):
        study(tmp_path, text)
