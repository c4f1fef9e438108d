"""Strategies for patients and cohorts of a study, by its protocol."""

from functools import cache
from typing import Any, Final

import attrs
import hypothesis.strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from iph._cohort import Cohort
from iph._subject import Subject
from iph.protocol._protocol import Protocol
from iph.protocol._recorded_days import days_after_death, recorded_days
from iph.testing._declared import recorded
from iph.testing._events import events_of

_ALIVE: Final = st.sampled_from([False, None])
_CHANCE: Final = st.booleans()
_DEATHS: Final = st.none() | st.integers(400, 4_000)
_LOST: Final = st.none() | st.booleans()


@cache  # a strategy is made once: making it costs more than a draw
def _days_apart(count: int) -> SearchStrategy[set[int]]:
    return st.sets(st.integers(-30, 400), min_size=count, max_size=count)


@st.composite
def subjects(draw: DrawFn, protocol: Protocol[Any]) -> Subject[Any]:
    """Draw a patient of a study, by its protocol.

    Parameters
    ----------
    protocol : Protocol
        The study, whose classes have no rules of their own between fields.

    Returns
    -------
    SearchStrategy of Subject
        Legal patients; visits in order, whatever is not required possibly missing,
        no endpoint and no competing event after death.

    Examples
    --------
    >>> from hypothesis import given, settings
    >>> from iph.testing import protocols, subjects
    >>> @settings(max_examples=5, deadline=None)
    ... @given(protocols().flatmap(subjects))
    ... def test_any(patient):
    ...     assert patient.patient_id
    >>> test_any()
    """
    chosen = [visit for visit in protocol.visits if draw(_CHANCE)]
    count = len(chosen)
    days = sorted(draw(_days_apart(count)))
    seen = []
    seen_class: Any = protocol.assessment  # hashable, as every class is
    record = recorded(seen_class, frozenset({"visit", "day"}))
    for visit, day in zip(chosen, days, strict=True):
        moment: dict[str, Any] = {
            "visit": visit,
            "day": None if draw(_CHANCE) else day,
        }
        seen.append(protocol.assessment(**draw(record), **moment))
    died = draw(_CHANCE)
    course = protocol.course(
        assessments=seen,
        lost_to_follow_up=draw(_LOST),
        died=died or draw(_ALIVE),
        died_day=draw(_DEATHS) if died else None,
    )
    patient_class: Any = protocol.patient
    own = draw(recorded(patient_class, frozenset()))
    made: Subject[Any] = protocol.patient(**own, follow_up=course)
    late = days_after_death(recorded_days(protocol), made)
    unknown: dict[str, Any] = {name: None for name, _ in late}
    return attrs.evolve(made, **unknown)


@st.composite
def cohorts_of(
    draw: DrawFn, protocol: Protocol[Any], *, min_size: int = 0, max_size: int = 6
) -> Cohort[Any]:
    """Draw a cohort of a study, by its protocol.

    Parameters
    ----------
    protocol : Protocol
        The study, as for `subjects`.
    min_size, max_size : int
        The least and the largest number of patients.

    Returns
    -------
    SearchStrategy of Cohort
        Marked as synthetic; every patient has a pseudonym of its own. With a table of
        events or without one, if the study declares events.

    See Also
    --------
    events_of : The table of events alone.

    Examples
    --------
    >>> from hypothesis import given, settings
    >>> from iph.testing import cohorts_of, protocols
    >>> @settings(max_examples=5, deadline=None)
    ... @given(protocols().flatmap(cohorts_of))
    ... def test_any(cohort):
    ...     assert cohort.synthetic
    >>> test_any()
    """
    # After a protocol is varied, what followed it often falls back to the simplest: so
    # that is two patients, or most cohorts would be of nobody.
    least = max(min_size, draw(st.sampled_from((min(2, max_size), 0))))
    drawn = draw(
        st.lists(
            subjects(protocol),
            min_size=least,
            max_size=max_size,
            unique_by=lambda patient: patient.patient_id,
        )
    )
    cohort = Cohort(drawn, synthetic=True, patient_class=protocol.patient)
    if not protocol.events or draw(_CHANCE):
        return cohort
    return attrs.evolve(cohort, events=draw(events_of(protocol, cohort)))
