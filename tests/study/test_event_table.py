"""Who had which complication or adverse event, by group."""

import enum
from collections import Counter
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest

import iph
from iph import fields
from iph.errors import InputError
from iph.protocol import LI_2023_PROTOCOL, EventRule, Protocol
from iph.records import Event
from iph.study import EventTable, event_table
from iph.testing import cohorts_of, events_of, protocols


class Severity(enum.IntEnum):
    """Three grades."""

    MILD = 1
    MODERATE = 2
    SEVERE = 3


class Arm(enum.Enum):
    """Two operations, and an answer that is none."""

    OPEN = "open"
    ENDOSCOPIC = "endoscopic"
    UNKNOWN = "unknown"


@attrs.frozen(kw_only=True)
class Hand(iph.Subject[iph.SeenAt]):
    """A patient."""

    age_years: int | None = fields.quantity("Age", unit="years", low=0, high=120)
    arm: Arm | None = fields.choice("Operation", Arm)
    smoker: bool | None = fields.yes_no("Smoker")


HANDS: Protocol[Any] = Protocol(
    title="Hands",
    condition="carpal tunnel syndrome",
    patient=attrs.make_class(
        "HandPatient", {}, bases=(Hand,), frozen=True, kw_only=True
    ),
    events=[
        EventRule(name="scar", label="Painful scar", grades=Severity, related=True),
        EventRule(name="infection", label="Wound infection"),
    ],
    group="arm",
    group_reference="endoscopic",
)


def hands(**arms: str | None) -> iph.Cohort[Any]:
    """Return patients by their arms."""
    return iph.Cohort(
        [HANDS.patient(patient_id=name, arm=arm) for name, arm in arms.items()],
        patient_class=HANDS.patient,
    )


COHORT = hands(
    a="open", b="open", c="open", d="endoscopic", e="endoscopic", f=None, g="unknown"
)


def scar(name: str, grade: int | None = None, *, related: bool | None = None) -> Event:
    """Return a painful scar."""
    return Event(patient_id=name, event="scar", grade=grade, related=related)


EVENTS = [
    scar("a", 1, related=True),
    scar("a", 3),
    scar("b", related=False),
    scar("d", 2),
    scar("f", 1, related=False),
    Event(patient_id="d", event="infection", day=4),
    Event(patient_id="d", event="infection", day=30),
]


def test_a_patient_counts_once_by_the_worst_grade() -> None:
    """Events and patients, grades, relation, and groups with the comparison first."""
    table = event_table(EVENTS, COHORT, protocol=HANDS)
    assert table.columns == ("overall", "endoscopic", "open")
    assert (table.group, table.sizes, table.n_ungrouped) == ("Operation", (7, 2, 3), 2)
    scars, infections = table.rows
    assert scars.grades == ("mild", "moderate", "severe")
    assert [c.n_patients for c in scars.cells] == [4, 1, 2]
    assert [c.n_events for c in scars.cells] == [5, 1, 3]
    assert [c.by_grade for c in scars.cells] == [(1, 1, 1), (0, 1, 0), (0, 0, 1)]
    assert [c.n_ungraded for c in scars.cells] == [1, 0, 1]
    assert [c.n_related for c in scars.cells] == [1, 0, 1]
    assert [c.n_relation_unknown for c in scars.cells] == [1, 1, 0]
    assert [c.n_patients for c in infections.cells] == [1, 1, 0]
    assert infections.cells[0].n_events == 2
    assert infections.cells[0].n_related is None
    assert infections.cells[0].by_grade == ()
    assert [c.n_patients for c in table.any_event.cells] == [4, 1, 2]
    assert table.any_event.cells[0].n_events == 7


def test_other_groups_and_none() -> None:
    """A yes/no question groups as well; a study without groups has one column."""
    table = event_table(EVENTS, COHORT, protocol=HANDS, by="smoker")
    assert (table.columns, table.n_ungrouped) == (("overall",), 7)
    alone = attrs.evolve(HANDS, group=None, group_reference=None)
    assert event_table([], COHORT, protocol=alone).group == ""


@pytest.mark.parametrize("count", [0, 1, 3, 7])
def test_the_share_has_an_exact_interval(count: int) -> None:
    """It is that of the binomial distribution, as SciPy has it."""
    names = [patient.patient_id for patient in COHORT][:count]
    events = [Event(patient_id=name, event="infection") for name in names]
    share = event_table(events, COHORT, protocol=HANDS).rows[1].cells[0].share
    exact = binomtest(count, len(COHORT)).proportion_ci(method="exact")
    assert (share.low, share.high) == pytest.approx((exact.low, exact.high), abs=1e-12)


def test_nobody_has_no_events() -> None:
    """An empty cohort has a table without a rate."""
    table = event_table([], hands(), protocol=HANDS)
    assert (table.columns, table.sizes) == (("overall",), (0,))
    assert (table.rows[0].cells[0].share.low, table.rows[0].cells[0].share.high) == (
        0,
        1,
    )


@given(st.data())
def test_counts_reconcile(data: st.DataObject) -> None:
    """Grades and the ungraded are the patients; groups and the ungrouped are all."""
    protocol = data.draw(protocols().filter(lambda one: bool(one.events)))
    cohort = data.draw(cohorts_of(protocol, max_size=4))
    events = data.draw(events_of(protocol, cohort))
    table: EventTable = event_table(events, cohort, protocol=protocol)
    times = Counter(event.event for event in events)
    patients = {(event.event, event.patient_id) for event in events}
    for row, rule in zip(table.rows, protocol.events, strict=True):
        overall, *groups = row.cells
        assert overall.n_events == times[row.name]
        assert overall.n_patients == sum(name == row.name for name, _ in patients)
        for cell in row.cells:
            graded = sum(cell.by_grade) + cell.n_ungraded
            assert graded == (cell.n_patients if rule.grades is not None else 0)
        assert sum(cell.n_patients for cell in groups) <= overall.n_patients
    if table.group:
        assert sum(table.sizes[1:]) + table.n_ungrouped == len(cohort)
    least = max(row.cells[0].n_patients for row in table.rows)
    assert least <= table.any_event.cells[0].n_patients <= len(cohort)


@pytest.mark.parametrize(
    ("events", "changed", "message"),
    [
        ([scar("z")], {}, "events must be of patients of the cohort, got 'z'"),
        (
            [Event(patient_id="a", event="fever")],
            {},
            "one of the events of the protocol: scar, infection, got 'fever'",
        ),
        ([], {"by": "age_years"}, "by must be one of: arm, smoker"),
        ([], {"by": "ward"}, "by must be one of: arm, smoker"),
        ([], {"protocol": LI_2023_PROTOCOL}, "protocol must be one that declares"),
        ([], {"cohort": [1]}, "cohort must be a Cohort"),
        ([1], {}, "must be an Event"),
    ],
)
def test_what_does_not_belong_to_the_study_is_refused(
    events: Any, changed: dict[str, Any], message: str
) -> None:
    """Events of nobody, events that nobody asked for, and groups that are none."""
    given: dict[str, Any] = {"cohort": COHORT, "protocol": HANDS, **changed}
    with pytest.raises(InputError, match=message):
        event_table(events, given.pop("cohort"), **given)
