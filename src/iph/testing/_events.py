"""Strategies for tables of events."""

from functools import lru_cache
from typing import Any, Final

import hypothesis.strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from iph._cohort import Cohort
from iph._event import Event
from iph.protocol._events import EventRule
from iph.protocol._protocol import Protocol

_DAYS_OF_THE_LIVING: Final = st.none() | st.integers(-30, 400)
_RELATED: Final = st.none() | st.booleans()


@lru_cache(maxsize=64)  # a strategy is made once: making it costs more than a draw
def _grades(grades: tuple[int, ...]) -> SearchStrategy[int | None]:
    return st.none() | st.sampled_from(grades)


@st.composite
def events_of(
    draw: DrawFn,
    protocol: Protocol[Any],
    cohort: Cohort[Any],
    *,
    max_size: int = 8,
) -> tuple[Event, ...]:
    """Draw the table of events of a cohort.

    Parameters
    ----------
    protocol : Protocol
        The study, which declares its events.
    cohort : Cohort
        Its patients.
    max_size : int, default 8
        The largest number of events.

    Returns
    -------
    SearchStrategy of tuple of Event
        Legal ones: of the patients, before death, graded where the event has grades;
        none if the study declares no event or has no patient.

    Examples
    --------
    >>> from hypothesis import given, settings
    >>> from iph import Cohort, Patient
    >>> from iph.protocol import LI_2023_PROTOCOL
    >>> from iph.testing import events_of
    >>> @settings(max_examples=5, deadline=None)
    ... @given(events_of(LI_2023_PROTOCOL, Cohort([Patient(patient_id="P1")])))
    ... def test_any(events):
    ...     assert events == ()
    >>> test_any()
    """
    if not protocol.events or not cohort.patients:
        return ()
    rules, patients = (
        st.sampled_from(protocol.events),
        st.sampled_from(cohort.patients),
    )
    size = draw(st.integers(0, max_size))
    return tuple(_event(draw, draw(rules), draw(patients)) for _ in range(size))


def _event(draw: DrawFn, rule: EventRule, patient: Any) -> Event:
    last = patient.follow_up.died_day
    grades = tuple(int(grade.value) for grade in rule.grades or ())
    days = _DAYS_OF_THE_LIVING if last is None else st.none() | st.integers(-30, last)
    return Event(
        patient_id=patient.patient_id,
        event=rule.name,
        day=draw(days),
        grade=draw(_grades(grades)) if grades else None,
        related=draw(_RELATED) if rule.related else None,
    )
