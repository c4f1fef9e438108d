"""Strategies for patients and what they are made of."""

from functools import cache
from typing import Any

import hypothesis.strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from iph._admission import Hematoma, Imaging, NerveInvolvement
from iph._categories import Side, Visit
from iph._cohort import Cohort
from iph._follow_up import Assessment, FollowUp
from iph._laboratory import Laboratory
from iph._model import Patient
from iph.errors import RuleError
from iph.scales._reference_ranges import UNITS, ReferenceRange
from iph.testing._answers import Answers, width_of_subset
from iph.testing._declared import recorded, values_of

_SCHEDULE = tuple(visit for visit in Visit if visit != Visit.DISCHARGE)
_UNPLANNED = 2  # visits at most that are none of the schedule
_MOST = len(_SCHEDULE) + _UNPLANNED
# One byte for each answer: the visits, those outside the schedule, the days known.
_BYTES = width_of_subset(len(_SCHEDULE)) + 1 + 2 * _UNPLANNED + _MOST
_OF_A_COURSE = st.binary(min_size=_BYTES, max_size=_BYTES)
_ANY_VISIT = st.sampled_from(Visit)
_TRUE_OR_NONE = st.sampled_from([True, None])


@st.composite
def _reference_ranges(draw: DrawFn) -> ReferenceRange:
    """Draw a range that is open below, above, or not at all."""
    ends = draw(st.lists(_LIMITS, min_size=2, max_size=2, unique=True))
    low, high = draw(st.sampled_from([(0, 1), (0, None), (None, 1)]))
    return ReferenceRange(
        test=draw(st.sampled_from(sorted(UNITS))),
        low=None if low is None else min(ends),
        high=None if high is None else max(ends),
        reference=draw(st.sampled_from(["", "our laboratory"])),
    )


_LIMITS = st.integers(0, 300) | st.floats(0, 300, allow_subnormal=False)
# Most state none, as in life: then the defaults hold.
_RANGES = st.just(()) | st.lists(
    _reference_ranges(), max_size=3, unique_by=lambda one: one.test
)


@st.composite
def _objects(draw: DrawFn, cls: type[Any], given: dict[str, Any]) -> Any:
    return cls(**values_of(draw, cls, given))


def laboratories(**fields: SearchStrategy[Any]) -> SearchStrategy[Laboratory]:
    """Draw blood counts and clotting tests; override single fields by name.

    Parameters
    ----------
    **fields : SearchStrategy
        Strategies that override those of single fields.

    Returns
    -------
    SearchStrategy of Laboratory
        Values over the whole plausible range; any of them may be missing. Some
        laboratories state ranges of their own.

    Examples
    --------
    >>> from hypothesis import given, settings
    >>> from iph.testing import laboratories
    >>> @settings(max_examples=5, deadline=None)
    ... @given(laboratories())
    ... def test_any(laboratory):
    ...     assert laboratory.inr is None or laboratory.inr > 0
    >>> test_any()
    """
    return _objects(Laboratory, {"reference_ranges": _RANGES} | fields)


def imagings(**fields: SearchStrategy[Any]) -> SearchStrategy[Imaging]:
    """Draw examinations and their findings; override single fields by name.

    Parameters
    ----------
    **fields : SearchStrategy
        Strategies that override those of single fields.

    Returns
    -------
    SearchStrategy of Imaging
        Any finding, or none recorded, of each examination.

    Examples
    --------
    >>> from hypothesis import given, settings
    >>> from hypothesis import strategies as st
    >>> from iph.testing import imagings
    >>> @settings(max_examples=5, deadline=None)
    ... @given(imagings(ct=st.just("yes")))
    ... def test_any(imaging):
    ...     assert imaging.ct.value == "yes"
    >>> test_any()
    """
    return _objects(Imaging, fields)


def nerve_involvements(
    **fields: SearchStrategy[Any],
) -> SearchStrategy[NerveInvolvement]:
    """Draw affected branches; override single fields by name.

    Parameters
    ----------
    **fields : SearchStrategy
        Strategies that override those of single fields.

    Returns
    -------
    SearchStrategy of NerveInvolvement
        Each branch involved, spared, unknown or not recorded.

    Examples
    --------
    >>> from hypothesis import given, settings
    >>> from iph.testing import nerve_involvements
    >>> @settings(max_examples=5, deadline=None)
    ... @given(nerve_involvements())
    ... def test_any(nerves):
    ...     assert len(nerves.involved) <= 6
    >>> test_any()
    """
    return _objects(NerveInvolvement, fields)


@st.composite
def hematomas(draw: DrawFn, /, **fields: SearchStrategy[Any]) -> Hematoma:
    """Draw a hematoma; override single fields by name.

    Parameters
    ----------
    **fields : SearchStrategy
        Strategies that override those of single fields.

    Returns
    -------
    SearchStrategy of Hematoma
        Legal ones: zones without a gap, and no size of a hematoma that is not there.

    Examples
    --------
    >>> from hypothesis import given, settings
    >>> from iph.testing import hematomas
    >>> @settings(max_examples=5, deadline=None)
    ... @given(hematomas())
    ... def test_any(hematoma):
    ...     assert hematoma.zones is None or len(hematoma.zones) > 0
    >>> test_any()
    """
    values = values_of(draw, Hematoma, fields)
    zones = values["zones"]
    if zones is not None and len(zones) != 1:
        codes = {zone.value for zone in zones}
        if not codes or codes == {"upper", "lower"}:
            values["zones"] = {*zones, "mid"}
    sizes = ("diameter_a_cm", "diameter_b_cm", "diameter_c_cm", "volume_ml")
    described = ("zones", *sizes)
    if any(values[name] is not None for name in described):
        values["hematoma_present"] = draw(_TRUE_OR_NONE)
    return Hematoma(**values)


@st.composite
def assessments(draw: DrawFn, /, **fields: SearchStrategy[Any]) -> Assessment:
    """Draw one assessment; override single fields by name.

    Parameters
    ----------
    **fields : SearchStrategy
        Strategies that override those of single fields.

    Returns
    -------
    SearchStrategy of Assessment
        With a visit or a day, or both; all else may be missing.

    Examples
    --------
    >>> from hypothesis import given, settings
    >>> from iph.testing import assessments
    >>> @settings(max_examples=5, deadline=None)
    ... @given(assessments())
    ... def test_any(assessment):
    ...     assert assessment.vas is None or 0 <= assessment.vas <= 10
    >>> test_any()
    """
    values = values_of(draw, Assessment, fields)
    if values["visit"] is None and values["day"] is None:
        values["visit"] = draw(_ANY_VISIT)
    return _assessment(values)


def _assessment(values: dict[str, Any]) -> Assessment:
    if values["strength"] is None:
        values["strength_modifier"] = None
    return Assessment(**values)


@cache
def _days(count: int) -> SearchStrategy[set[int]]:
    return st.sets(st.integers(-30, 400), min_size=count, max_size=count)


def _visits(answers: Answers, max_visits: int) -> list[Visit | None]:
    """Return visits in a legal order, with some outside the schedule (None)."""
    chosen = answers.subset(_SCHEDULE, at_most=max_visits)
    visits: list[Visit | None] = [visit for visit in _SCHEDULE if visit in chosen]
    first = 1 if Visit.BASELINE in chosen else 0
    for _ in range(answers.below(_UNPLANNED + 1)):
        extra = Visit.DISCHARGE if answers.below(2) else None
        place = first + answers.below(len(visits) + 1 - first)
        if (extra is None or extra not in visits) and len(visits) < max_visits:
            visits.insert(place, extra)
    return visits


@st.composite
def follow_ups(
    draw: DrawFn, /, *, max_visits: int = 7, **fields: SearchStrategy[Any]
) -> FollowUp:
    """Draw a course of up to `max_visits` assessments; override fields by name.

    Parameters
    ----------
    max_visits : int, default 7
        The largest number of assessments.
    **fields : SearchStrategy
        Strategies that override those of single fields of `iph.FollowUp`.

    Returns
    -------
    SearchStrategy of FollowUp
        Visits in a legal order; some days unknown, some visits outside the schedule.

    Examples
    --------
    >>> from hypothesis import given, settings
    >>> from iph.testing import follow_ups
    >>> @settings(max_examples=5, deadline=None)
    ... @given(follow_ups(max_visits=2))
    ... def test_any(course):
    ...     assert len(course.assessments) <= 2
    >>> test_any()
    """
    answers = Answers(draw(_OF_A_COURSE))
    is_known = [answers.below(2) for _ in range(_MOST)]
    visits = _visits(answers, max_visits)
    days = sorted(draw(_days(len(visits))))
    seen = []
    for visit, day, known in zip(visits, days, is_known, strict=False):
        moment = {"visit": visit, "day": day if known or visit is None else None}
        record = draw(recorded(Assessment, frozenset(moment)))
        seen.append(_assessment(record | moment))
    values = values_of(draw, FollowUp, fields)
    if values["limb"] in {Side.BILATERAL, Side.UNKNOWN}:
        values["limb"] = None
    if values["died_day"] is not None:
        last = max([0, *days, values["outcome_day"] or 0])
        values["died_day"] = max(values["died_day"], last)
        values["died"] = draw(_TRUE_OR_NONE)
    return FollowUp(assessments=seen, **values)


@cache
def _parts() -> dict[str, SearchStrategy[Any]]:
    return {
        "laboratory": st.none() | laboratories(),
        "imaging": st.none() | imagings(),
        "hematoma": st.none() | hematomas(),
        "nerves": st.none() | nerve_involvements(),
        "follow_up": follow_ups(),
    }


@st.composite
def patients(draw: DrawFn, /, **fields: SearchStrategy[Any]) -> Patient:
    """Draw a patient, any field possibly not recorded.

    Parameters
    ----------
    **fields : SearchStrategy
        Strategies that override those of single fields, such as
        ``age_years=st.integers(15, 90)`` or ``follow_up=follow_ups(max_visits=2)``.

    Returns
    -------
    SearchStrategy of Patient
        Legal patients; whatever is not asked for may be missing.

    Examples
    --------
    >>> from hypothesis import given, settings
    >>> from hypothesis import strategies as st
    >>> from iph.testing import patients
    >>> @settings(max_examples=5, deadline=None)
    ... @given(patients(age_years=st.integers(15, 90)))
    ... def test_any(patient):
    ...     assert 15 <= patient.age_years <= 90
    >>> test_any()
    """
    values = values_of(draw, Patient, _parts() | fields)
    limb = values["follow_up"].limb
    if {limb, values["deficit_side"]} == {Side.LEFT, Side.RIGHT}:
        values["deficit_side"] = limb
    try:
        return Patient(**values)
    except RuleError:  # a pregnancy of a male patient
        return Patient(**values | {"pregnancy": None})


@st.composite
def cohorts(
    draw: DrawFn,
    /,
    *,
    min_size: int = 0,
    max_size: int = 6,
    **fields: SearchStrategy[Any],
) -> Cohort:
    """Draw a cohort of different patients; `fields` as for `patients`.

    Parameters
    ----------
    min_size, max_size : int
        The least and the largest number of patients.
    **fields : SearchStrategy
        Strategies that override those of single fields of a patient.

    Returns
    -------
    SearchStrategy of Cohort
        Marked as synthetic; every patient has a pseudonym of its own.

    Examples
    --------
    >>> from hypothesis import given, settings
    >>> from iph.testing import cohorts
    >>> @settings(max_examples=5, deadline=None)
    ... @given(cohorts(min_size=1, max_size=2))
    ... def test_any(cohort):
    ...     assert 1 <= len(cohort) <= 2
    >>> test_any()
    """
    drawn = draw(
        st.lists(
            patients(**fields),
            min_size=min_size,
            max_size=max_size,
            unique_by=lambda patient: patient.patient_id,
        )
    )
    return Cohort(drawn, synthetic=True)
