"""The line of each patient: what stands on it, and which lines are drawn."""

from typing import Any

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from iph import Assessment, Cohort, FollowUp, Patient
from iph.errors import DataError, InputError
from iph.protocol import LI_2023_PROTOCOL, EventRule
from iph.records import Event
from iph.report import swimmer_figure
from iph.report._contents import document_of
from iph.report._figures.swimmer import MOST, drawn_of, swims_of
from iph.study import Study, analyze, count
from iph.testing import cohorts_of, protocols

BLEEDING = attrs.evolve(
    LI_2023_PROTOCOL, events=[EventRule(name="bleeding", label="Another bleeding")]
)


def patient(name: str, *grades: tuple[int, int], died: int | None = None) -> Patient:
    """Return a patient with grades of strength by day."""
    seen = [Assessment(day=day, strength=grade) for day, grade in grades]
    return Patient(patient_id=name, follow_up=FollowUp(assessments=seen, died_day=died))


COHORT = Cohort(
    [
        patient("A", (0, 3), (30, 5), (90, 4)),
        patient("B", (0, 2), died=200),
        patient("C", (0, 5), (10, 5)),
        Patient(patient_id="D"),
    ],
    events=[Event(patient_id="A", event="bleeding", day=120)],
)


def drawn(cohort: Cohort = COHORT) -> Study:
    """Return the study of some patients."""
    return analyze(cohort, protocol=BLEEDING, population="all")


def test_what_stands_on_a_line() -> None:
    """Visits, the endpoint and its loss, an event, death and the end, by hand."""
    first, second, third = swims_of(drawn())
    assert (first.patient_id, first.died, first.end) == ("B", 200, 200)
    assert (second.seen, second.reached, second.lost) == ((0, 30, 90), 30, 90)
    assert (second.events, second.end) == ((120,), 120)
    assert (third.at_start, third.reached, third.lost) == (True, 0, None)


def test_the_drawing_names_what_happened() -> None:
    """Each mark has its name; nothing that did not happen is in the legend."""
    figure = swimmer_figure(drawn())
    (ax,) = figure.axes
    legend: Any = ax.get_legend()
    names = [text.get_text().replace("\n", " ") for text in legend.get_texts()]
    label = BLEEDING.endpoints[0].label
    assert names == [
        *("seen", f"{label} first seen", f"{label} at the start", "no longer"),
        *("complication or adverse event", "died", "end of follow-up"),
    ]
    assert not any("P0" in one.get_text() for one in ax.texts)
    alive = swimmer_figure(drawn(Cohort([patient("A", (0, 3))])))
    legend = alive.axes[0].get_legend()
    assert [t.get_text() for t in legend.get_texts()] == ["seen", "end of follow-up"]


def test_it_stands_above_the_line_listing_alone() -> None:
    """Single patients are shown where they are asked for; the table names the lines."""
    assert not any(p.name == "swimmer" for p in document_of(drawn()).pictures)
    document = document_of(drawn(), listed=True)
    (picture,) = (p for p in document.pictures if p.name == "swimmer")
    assert [row.cells[1] for row in picture.data.rows] == ["B", "A", "C"]
    assert "1 patient with no known time left out" in picture.caption
    (listing,) = (s for s in document.sheets if s.name == "patients")
    assert listing.rows[0].cells[-1] == "Another bleeding (day 120)"


def test_of_many_a_stated_part_is_drawn() -> None:
    """The longest and the shortest are among them, at equal steps, none twice."""
    many = Cohort([patient(f"P{k:03}", (0, 3), (k + 1, 4)) for k in range(150)])
    swims = swims_of(drawn(many))
    chosen = drawn_of(swims)
    assert len(set(chosen)) == len(chosen) == MOST
    assert (chosen[0], chosen[-1]) == (swims[0], swims[-1])
    assert drawn_of(swims[:MOST]) == swims[:MOST]
    document = document_of(drawn(many), listed=True)
    (picture,) = (p for p in document.pictures if p.name == "swimmer")
    assert "Of 150 patients 60 are drawn" in picture.caption


def test_what_cannot_be_drawn_is_refused() -> None:
    """Counts, unknown endpoints, and patients of whom nothing is dated."""
    with pytest.raises(InputError, match="study must be one of single patients"):
        swimmer_figure(analyze(count(COHORT, protocol=BLEEDING, population="all")))
    with pytest.raises(InputError, match="endpoint must be one of"):
        swimmer_figure(drawn(), endpoint="none")
    with pytest.raises(DataError, match="no patient has an assessment"):
        swimmer_figure(drawn(Cohort([Patient(patient_id="D")])))


@settings(max_examples=10)  # a whole study each
@given(st.data())
def test_each_line_is_that_of_a_plain_loop(data: st.DataObject) -> None:
    """Of any protocol: a line for whoever has a time, ending at the last one."""
    protocol = data.draw(protocols())
    cohort = data.draw(cohorts_of(protocol, min_size=1, max_size=4))
    study = analyze(cohort, protocol=protocol, population="all")
    swims = {swim.patient_id: swim for swim in swims_of(study)}
    for one in study.patients:
        times = [day for day in one.follow_up.time_days if day is not None]
        died = one.follow_up.died_day
        if died is not None:
            times.append(died)
        times += [
            event.day
            for event in cohort.events or ()
            if event.patient_id == one.patient_id and event.day is not None
        ]
        # The first event that competes with the endpoint drawn, if it came before it.
        days = [
            getattr(one, rule.at)
            for endpoint in protocol.endpoints[:1]
            for rule in endpoint.competing
        ]
        gone = min((day for day in days if day is not None), default=None)
        swim = swims.get(one.patient_id)
        in_time = gone is not None and (died is None or gone <= died)
        if in_time and (swim is None or swim.reached is None):
            times.append(gone)
        assert (one.patient_id in swims) == bool(times)
        if times:
            assert swims[one.patient_id].end == max(times)
