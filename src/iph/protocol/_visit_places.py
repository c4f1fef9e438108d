"""Which scheduled visit an unscheduled one stands for: the windows, and their rule."""

from collections.abc import Iterable, Mapping
from typing import Any, Final, Generic, Literal

import attrs

from iph._categories import ScheduledVisit
from iph._cohort import Cohort
from iph._course import SeenAt, in_order
from iph._display import Displayed
from iph._options import instance
from iph._subject import Subject
from iph.errors import InputError
from iph.protocol._protocol import P_co, Protocol

Reason = Literal[
    "in the window",
    "outside every window",
    "outside its window",
    "the visit has an assessment of that name",
    "another assessment is chosen",
    "out of order",
]

_PLACED: Final = "in the window"
_NOWHERE: Final[tuple[None, Reason]] = (None, "outside every window")

PLACING_RULE: Final = (
    "An assessment that names its visit is that visit. One without a name stands for "
    "the visit whose window holds its day, unless another names that visit or the "
    "order of visits would be broken; of several in one window, the one nearest to the "
    "nominal day, and of two equally near the earlier."
)


@attrs.frozen(kw_only=True)
class VisitPlace(Displayed):
    """One assessment and the schedule.

    Attributes
    ----------
    patient_id : str
        The patient.
    day : int
        The day on which the patient was seen, in the time unit of the study.
    visit : ScheduledVisit or None
        The visit whose window holds the day or, for an assessment that names its visit,
        the one named; None if no window holds the day.
    reason : str
        Why it stands where it does: ``"in the window"`` for one that was placed;
        ``"outside every window"``, ``"the visit has an assessment of that name"``,
        ``"another assessment is chosen"`` or ``"out of order"`` for one that was not;
        ``"outside its window"`` for one that names its visit.
    """

    patient_id: str
    day: int
    visit: ScheduledVisit | None
    reason: Reason


@attrs.frozen(kw_only=True)
class PlacedVisits(Generic[P_co], Displayed):
    """A cohort whose unscheduled visits stand in the windows of the schedule.

    Attributes
    ----------
    cohort : Cohort
        The same patients and assessments; those in `placed` have a visit now.
    placed : tuple of VisitPlace
        Assessments without a visit of their own that stand for a scheduled one.
    unscheduled : tuple of VisitPlace
        Those that stand for none, each with the reason.
    off_window : tuple of VisitPlace
        Assessments that name their visit and were made outside its window. They stay
        what they are named.
    rule : str
        The rule, in words.
    """

    cohort: Cohort[P_co]
    placed: tuple[VisitPlace, ...]
    unscheduled: tuple[VisitPlace, ...]
    off_window: tuple[VisitPlace, ...]
    rule: str = PLACING_RULE

    def __repr__(self) -> str:
        """Say how many; the visits would fill hundreds of lines."""
        return (
            f"<PlacedVisits: {len(self.placed)} placed, "
            f"{len(self.unscheduled)} unscheduled, {len(self.off_window)} off window>"
        )


def place_visits(cohort: Cohort[P_co], protocol: Protocol[P_co]) -> PlacedVisits[P_co]:
    """Let unscheduled visits stand for the scheduled ones whose windows hold them.

    A patient came on day 50 and nobody wrote which visit that was. Is it the one of
    week 6, and who decides if there are two?

    Parameters
    ----------
    cohort : Cohort
        Patients of the study, as read. Reading places nothing.
    protocol : Protocol
        The study, with the windows of its visits. A visit without a window takes no
        assessment but those that name it, and a study without windows changes nothing.

    Returns
    -------
    PlacedVisits
        With ``cohort``, ``placed``, ``unscheduled``, ``off_window`` and ``rule``.

    Raises
    ------
    InputError
        If the cohort is none of patients of this protocol.

    Notes
    -----
    An assessment that names its visit is that visit, whatever its day. One without a
    name stands for the visit whose window holds its day, both ends included. It stays
    unscheduled if no window does, if another assessment names that visit, or if a
    visit that is named before it comes later in the schedule, or the reverse. Of
    several in one window, the one nearest to the nominal day is chosen, and of two
    equally near the earlier; the rest stay unscheduled. Windows of one schedule do not
    overlap.

    `iph.study.analyze` places visits by this rule before anything else.

    Examples
    --------
    >>> from iph import Cohort
    >>> from iph.protocol import place_visits, read_protocol
    >>> import tempfile
    >>> from pathlib import Path
    >>> folder = tempfile.TemporaryDirectory()
    >>> file = Path(folder.name) / "study.toml"
    >>> size = file.write_text('''
    ... title = "Carpal tunnel release"
    ... condition = "carpal tunnel syndrome"
    ... [visits]
    ... before = 0
    ... week_6 = { day = 42, window = [35, 56] }
    ... [at_visit]
    ... grip_kg = { label = "Grip strength", unit = "kg", low = 0, high = 120 }
    ... ''')
    >>> study = read_protocol(file)
    >>> seen = [study.assessment(day=day) for day in (40, 44, 90)]
    >>> course = study.course(assessments=seen)
    >>> cohort = Cohort([study.patient(patient_id="P1", follow_up=course)])
    >>> visits = place_visits(cohort, study)
    >>> visits
    <PlacedVisits: 1 placed, 2 unscheduled, 0 off window>
    >>> visits.cohort.patients[0].follow_up.at("week_6").day
    40
    >>> [(place.day, place.reason) for place in visits.unscheduled]
    [(44, 'another assessment is chosen'), (90, 'outside every window')]
    >>> folder.cleanup()
    """
    given: object = cohort
    if not isinstance(given, Cohort):
        raise InputError("cohort", "a Cohort", cohort)
    instance(protocol, "protocol", Protocol, "a Protocol, such as LI_2023_PROTOCOL")
    if not issubclass(cohort.patient_class, protocol.patient):
        wanted = f"of patients of the protocol ({protocol.patient.__name__})"
        raise InputError("cohort", wanted, cohort.patient_class.__name__)
    windowed = tuple(visit for visit in protocol.visits if visit.window is not None)
    patients: list[Any] = []
    stands: list[VisitPlace] = []
    off_window: list[VisitPlace] = []
    for patient in cohort:
        places = _places(patient, windowed)
        stands += places.values()
        off_window += _off_window(patient)
        chosen = {n: one.visit for n, one in places.items() if one.reason == _PLACED}
        patients.append(_with_visits(patient, chosen) if chosen else patient)
    placed = tuple(one for one in stands if one.reason == _PLACED)
    changed: Any = attrs.evolve(cohort, patients=patients) if placed else cohort
    return PlacedVisits(
        cohort=changed,
        placed=placed,
        unscheduled=tuple(one for one in stands if one.reason != _PLACED),
        off_window=tuple(off_window),
    )


def _holds(visit: ScheduledVisit, day: int) -> bool:
    return visit.window is not None and visit.window[0] <= day <= visit.window[1]


def _off_window(patient: Subject[Any]) -> list[VisitPlace]:
    """Return the assessments whose day lies outside the window of their visit."""
    return [
        VisitPlace(
            patient_id=patient.patient_id,
            day=one.day,
            visit=one.visit,
            reason="outside its window",
        )
        for one in patient.follow_up.assessments
        if one.visit is not None
        and one.visit.window is not None
        and one.day is not None
        and not _holds(one.visit, one.day)
    ]


def _places(
    patient: Subject[Any], windowed: Iterable[ScheduledVisit]
) -> dict[int, VisitPlace]:
    """Return where each unscheduled assessment of a patient stands, by its number."""
    seen: tuple[SeenAt, ...] = patient.follow_up.assessments
    days = {n: one.day for n, one in enumerate(seen) if one.visit is None}
    found: dict[int, tuple[ScheduledVisit | None, Reason]] = {}
    for visit in windowed:
        inside = {n: d for n, d in days.items() if d is not None and _holds(visit, d)}
        if any(one.visit == visit for one in seen):
            found |= dict.fromkeys(
                inside, (visit, "the visit has an assessment of that name")
            )
            continue
        fitting = {n: day for n, day in inside.items() if _fits(seen, n, visit)}
        found |= dict.fromkeys(inside, (visit, "out of order"))
        found |= dict.fromkeys(fitting, (visit, "another assessment is chosen"))
        if fitting:
            found[_nearest(fitting, visit)] = (visit, _PLACED)
    return {
        number: VisitPlace(
            patient_id=patient.patient_id,
            day=day,
            visit=found.get(number, _NOWHERE)[0],
            reason=found.get(number, _NOWHERE)[1],
        )
        for number, day in days.items()
        if day is not None  # always: an assessment has a visit or a day
    }


def _nearest(days: Mapping[int, int], visit: ScheduledVisit) -> int:
    """Return the number of the assessment nearest to the nominal day; the earlier."""
    nominal = visit.nominal_day or 0  # a visit with a window has one
    return min(days, key=lambda number: (abs(days[number] - nominal), days[number]))


def _fits(seen: tuple[SeenAt, ...], number: int, visit: ScheduledVisit) -> bool:
    """Return whether a visit may stand at a place among those that are named."""
    before = [one.visit for one in seen[:number] if one.visit is not None]
    after = [one.visit for one in seen[number:] if one.visit is not None]
    return in_order([*before, visit, *after])


def _with_visits(patient: Any, chosen: Mapping[int, ScheduledVisit | None]) -> Any:
    """Return a patient whose assessments have the visits that were chosen for them."""
    course = patient.follow_up
    seen = [
        attrs.evolve(one, visit=chosen[number]) if number in chosen else one
        for number, one in enumerate(course.assessments)
    ]
    return attrs.evolve(patient, follow_up=attrs.evolve(course, assessments=seen))
