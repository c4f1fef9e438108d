"""Events that compete with an endpoint, in every table and sentence of a report."""

import re
from pathlib import Path
from typing import Any

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from iph import Cohort
from iph.design import plan
from iph.protocol import read_protocol
from iph.records import read
from iph.report import deviations, incidence_figure, sheet, swimmer_figure
from iph.report._contents import document_of, results_sentences, warnings_of
from iph.report._formats.markdown import document_markdown
from iph.report._parts.recovery_tables import by_visit_sheet, incidence_sheet
from iph.study import RecoveryAnalysis, Study, Unavailable, analyze

STUDIES = Path(__file__).parents[1] / "protocol" / "studies"
TEXT = """
title = "Feet"
condition = "diabetic foot ulcer"
[visits]
before = 0
week_6 = 42
week_12 = 84
[patient]
arm = { label = "Dressing", codes = ["moist", "pressure"] }
amputation_day = { label = "Day of amputation", days = true }
bypass_day = { label = "Day of the bypass", days = true }
[at_visit]
closed = { label = "Wound closed", yes_no = true }
[endpoints.healed]
label = "a healed wound"
when = "closed"
competing = { amputation_day = "amputation", bypass_day = "bypass surgery" }
"""
WORKED = """
A healed wound: 44 patients were at risk; 15 were seen to reach it; 7 died before
the endpoint was seen; amputation came first in 10.

moist, 5 of 21 had reached it, 3 had died, amputation had come first in 6 and 1 was
undetermined (24 to 29 %; exact 95 % limits, 8 to 52 %)

7 patients died before the endpoint was seen, and amputation came first in 10
patients: these are competing events, so that no median time to the endpoint is
given.

Those who died, or in whom amputation came first, count as not reached.

| of those alive and without amputation |

Patients at risk died, or amputation came first, so that no single test compares the
groups.

Death and amputation before the endpoint are competing events and are not censored.

Death and amputation before reaching the endpoint were treated as competing events
(Aalen-Johansen): those who died, or in whom amputation came first, count as not
reached, and where patients at risk died, or amputation came first, no single test
compares groups of visits. What was seen after amputation does not count.

with death and amputation as competing events; groups were compared by Gray's test

Kaplan-Meier treats death and amputation as if the endpoint were still possible (17
patients), and so overstates its share: the main analysis counts death and
amputation as competing events.

- Competing with a healed wound: death and amputation (amputation_day).

- Amputation came first in 10 patients at risk: what was seen of a healed wound
after that does not count.
"""
ALONE = """
1 of 3 had reached it, amputation had come first in 1 and 1 was undetermined

Amputation came first in 1 patient: amputation is a competing event, so that no
median time to the endpoint is given.

Those in whom amputation came first count as not reached.

Amputation before reaching the endpoint was treated as a competing event
(Aalen-Johansen): those in whom amputation came first count as not reached, and
where amputation came first in patients at risk no single test compares groups of
visits. What was seen after amputation does not count.

Kaplan-Meier treats amputation as if the endpoint were still possible (1 patient)

| Died before | Amputation or bypass surgery before |

| Bypass surgery before the endpoint |
"""
DAYS = {"before": 0, "week 6": 42, "week 12": 84}


def blocks(text: str) -> list[str]:
    """Return the texts that blank lines part, each in one line."""
    return [" ".join(block.split()) for block in text.split("\n\n")]


@pytest.fixture(scope="session", name="feet")
def _feet(tmp_path_factory: pytest.TempPathFactory) -> Any:
    path = tmp_path_factory.mktemp("feet") / "feet.toml"
    path.write_text(TEXT, encoding="utf-8")
    return read_protocol(path)


@attrs.frozen
class Foot:
    """A patient: whether the wound was closed at each visit, and what happened when."""

    seen: tuple[bool | None, ...]
    amputated: int | None
    bypass: int | None
    died: int | None

    @property
    def first(self) -> tuple[str, int] | None:
        """What ended the chance to heal, and when: of one day, as in the file."""
        had = [
            ("amputation", self.amputated, 0),
            ("bypass surgery", self.bypass, 1),
            ("died", self.died, 2),
        ]
        known = sorted((day, place, why) for why, day, place in had if day is not None)
        return (known[0][2], known[0][0]) if known else None

    @property
    def told(self) -> list[tuple[int, bool]]:
        """What the visits say that count: not after an amputation or a bypass."""
        ends = [day for day in (self.amputated, self.bypass) if day is not None]
        until = min(ends, default=10_000)
        pairs = zip(DAYS.values(), self.seen, strict=True)
        return [(d, said) for d, said in pairs if said is not None and d <= until]

    @property
    def at_risk(self) -> bool:
        """Whether the wound is known to have been open at first."""
        return self.told[:1] == [(0, False)]

    @property
    def healed(self) -> int | None:
        """The day of the first visit that saw the wound closed."""
        return next((day for day, said in self.told if said), None)

    def state(self, day: int) -> str:
        """Say what is known by a day."""
        before = [d for d, said in self.told if self.healed is None or d < self.healed]
        if self.healed is not None:
            if self.healed <= day:
                return "healed"
        elif self.first is not None and self.first[1] <= day:
            return "died" if self.first[0] == "died" else "other"
        return "not" if max(before) >= day else "open"


@st.composite
def _drawn_feet(draw: st.DrawFn) -> list[Foot]:
    made = []
    for _ in range(draw(st.integers(1, 8))):
        died = draw(st.none() | st.sampled_from([20, 42, 60, 90]))
        told = (draw(st.sampled_from([None, False, True])) for _ in DAYS)
        seen = [
            None if died is not None and day > died else said
            for day, said in zip(DAYS.values(), told, strict=True)
        ]
        alive = [d for d in (0, 20, 42, 60, 84, 100) if died is None or d <= died]
        days = st.none() | st.none() | st.sampled_from(alive)
        made.append(Foot(tuple(seen), draw(days), draw(days), died))
    return made


def study_of(feet: Any, rows: list[Foot]) -> Study:
    """Return the study of some patients."""
    patients = [
        feet.patient(
            patient_id=f"P{number}",
            arm=["moist", "pressure"][number % 2],
            amputation_day=row.amputated,
            bypass_day=row.bypass,
            follow_up=feet.course(
                assessments=[
                    feet.assessment(visit=visit, closed=closed)
                    for visit, closed in zip(feet.visits, row.seen, strict=True)
                    if closed is not None
                ],
                died_day=row.died,
            ),
        )
        for number, row in enumerate(rows)
    ]
    return analyze(Cohort(patients), protocol=feet)


def first_in(rows: list[Foot], why: str) -> int:
    """Count those at risk in whom an event came first, and no healing was seen."""
    risk = [row for row in rows if row.at_risk and row.healed is None]
    return sum(row.first is not None and row.first[0] == why for row in risk)


@settings(max_examples=60)  # a study and its tables each
@given(rows=_drawn_feet())
def test_every_count_is_that_of_the_records(feet: Any, rows: list[Foot]) -> None:
    """Tables, sentences and warnings count whom plain loops count."""
    study = study_of(feet, rows)
    (found,) = study.recovery
    risk = [row for row in rows if row.at_risk]
    told = {
        why: first_in(rows, why) for why in ("died", "amputation", "bypass surgery")
    }
    text = " ".join(results_sentences(study))
    if isinstance(found, Unavailable):
        assert not any(row.healed is not None for row in risk)
        for why, n in list(told.items())[1:]:
            assert (f"{why} came first in {n}" in found.reason) == bool(n)
        return
    assert isinstance(found, RecoveryAnalysis)
    (row,) = sheet(found).rows
    healed = sum(one.healed is not None for one in risk)
    assert row.cells[1:3] == (str(len(risk)), str(healed))
    assert row.cells[4:7] == tuple(map(str, told.values()))
    assert (found.lead == "incidence-at-visit") == any(told.values())
    for line in by_visit_sheet(found).rows:
        states = [one.state(DAYS[line.cells[1]]) for one in risk]
        kinds = ("healed", "not", "died", "other", "open")
        assert line.cells[2:7] == tuple(str(states.count(kind)) for kind in kinds)
    warned = " ".join(warnings_of(study)).lower()
    for why, n in list(told.items())[1:]:
        assert (f"{why} came first in {n}" in text) == bool(n)
        assert (f"{why} came first in {n} patient" in warned) == bool(n)
    curves = {row.cells[1] for row in incidence_sheet(found).rows}
    came = {why for why, n in told.items() if n}
    assert curves == ({"reached", *came} if came else set())
    shown = document_markdown(document_of(study, listed=True))
    assert "Day of amputation |" not in shown  # no characteristic of the start
    for place, one in enumerate(rows):
        listed = next(t for t in shown.splitlines() if t.startswith(f"| P{place} |"))
        happened = re.search(r"; (amputation|bypass surgery) on day (\d+)", listed)
        other = one.first if one.healed is None else None
        other = None if other is None or other[0] == "died" else other
        expected = None if other is None else (other[0], str(other[1]))
        assert (happened and happened.groups()) == expected


def test_the_report_of_the_worked_study_read_line_by_line() -> None:
    """What it says of a healed wound, an amputation and a death, as counted by hand."""
    protocol = read_protocol(STUDIES / "foot_ulcer.toml")
    study = analyze(
        read(STUDIES / "foot_ulcer.csv", protocol=protocol), protocol=protocol
    )
    document = document_of(study)
    text = document_markdown(document).replace("\N{NO-BREAK SPACE}", " ")
    for line in blocks(WORKED):
        assert line in text, line
    titles = [picture.title for picture in document.pictures]
    assert (
        "Cumulative incidence of a healed wound, and of death and amputation before it"
        in titles
    )
    assert "interval-censored" not in text.split("## Methods")[0]


def test_without_a_death_no_word_is_said_of_one(feet: Any) -> None:
    """The event alone competes, in notes, tables and titles; nobody died."""
    rows = [
        Foot((False, True, True), None, None, None),
        Foot((False, None, True), 50, None, None),
        Foot((False, False, None), None, None, None),
    ]
    study = study_of(feet, rows)
    document = document_of(study)
    text = document_markdown(document).replace("\N{NO-BREAK SPACE}", " ")
    for line in blocks(ALONE):
        assert line in text, line
    assert "and of death" not in text
    titles = [picture.title for picture in document.pictures]
    assert (
        "Cumulative incidence of a healed wound, and of amputation before it" in titles
    )


def test_a_plan_names_the_event_and_no_test_stands_for_it(feet: Any) -> None:
    """Planned: the test of intervals. Not made, because amputations came first."""
    grouped = attrs.evolve(feet, group="arm")
    planned = {(i.topic, i.name): i.text for i in plan(grouped).items}
    assert planned["endpoint", "healed"].endswith(
        "; amputation (in amputation_day) and bypass surgery (in bypass_day) compete "
        "with it, as death does"
    )
    rows = [
        Foot((False, True, True), None, None, None),
        Foot((False, False, True), None, 90, None),
        Foot((False, None, True), 50, None, None),
    ]
    found = deviations(plan(grouped), study_of(grouped, rows))
    told = {row.cells[1]: row.cells[3] for row in found.rows}
    assert told["a healed wound: groups"] == (
        "not made: amputation came first in patients at risk, shares by visit stand in "
        "its place"
    )


def in_legend(ax: Any) -> list[str]:
    """Return the names in a legend."""
    return [text.get_text() for text in ax.get_legend().get_texts()]


def test_the_figures_name_each_event(feet: Any) -> None:
    """The legend of the curves, and of the lines of patients, say what happened."""
    rows = [
        Foot((False, True, True), None, None, None),
        Foot((False, None, True), 50, None, None),
        Foot((False, None, None), None, 20, 30),
    ]
    study = study_of(feet, rows)
    (found,) = study.recovery
    assert isinstance(found, RecoveryAnalysis)
    curves = {str(one.cause): one for one in found.overall.incidence}
    assert list(curves) == ["recovered", "amputation", "bypass surgery"]
    (ax,) = incidence_figure(curves).axes
    assert in_legend(ax) == [
        "recovered: 1 of 3",
        "amputation: 1 of 3",
        "bypass surgery: 1 of 3",
    ]
    (lines,) = swimmer_figure(study).axes
    assert {"amputation", "bypass surgery", "died"} <= set(in_legend(lines))
