"""What any study sees of a patient over time: visits in order, loss, death.

A study declares what it sees on subclasses: those of `SeenAt` hold what is measured at
a visit, those of `Course` what is known of the whole course. `Assessment` and
`FollowUp` are the first pair.
"""

import itertools
import operator
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any, Generic, Literal

import attrs

from iph import _fields
from iph._categories import ScheduledVisit
from iph._display import Displayed
from iph.errors import InputError, RuleError

if TYPE_CHECKING:
    from typing_extensions import TypeVar  # with a default, which Python 3.13 brings

    Seen_co = TypeVar("Seen_co", bound="SeenAt", covariant=True, default="SeenAt")
else:
    from typing import TypeVar

    Seen_co = TypeVar("Seen_co", bound="SeenAt", covariant=True)

_Seen = TypeVar("_Seen", bound="SeenAt")

LOST = _fields.yes_no("Lost to follow-up")
DIED = _fields.yes_no("Died")
DIED_DAY = _fields.days("Day of death")


@attrs.frozen(kw_only=True, field_transformer=_fields.converting)
class SeenAt(Displayed):
    """Anything seen of a patient at one moment: the base of every assessment.

    Attributes
    ----------
    visit : ScheduledVisit or None
        The scheduled visit; None for one outside the schedule. A subclass declares it
        again, with the schedule of its study.
    day : int or None
        Time since day zero (negative before it). A visit without a day counts at its
        nominal day; a visit outside the schedule must have a day.

    Raises
    ------
    FieldError
        If a value is not one that its field can hold.
    RuleError
        ``assessment-when``: neither visit nor day is given.

    See Also
    --------
    Assessment : What the study of Li et al. 2023 sees at a visit.
    """

    visit: ScheduledVisit | None = attrs.field(
        default=None,
        converter=_fields.Coded[ScheduledVisit],
        metadata=_fields.choice("Visit", ScheduledVisit),
    )
    day: int | None = attrs.field(
        default=None,
        converter=_fields.whole,
        metadata=_fields.days("Day since day zero", low=-365),
    )

    def __attrs_post_init__(self) -> None:
        if self.visit is None and self.day is None:
            raise RuleError(
                "assessment-when",
                "an assessment must have a visit or a day",
                ("visit", "day"),
            )

    @property
    def time_day(self) -> int | None:
        """The day, or the nominal day of the visit; None if neither is known."""
        if self.day is not None or self.visit is None:
            return self.day
        return self.visit.nominal_day


@attrs.frozen(kw_only=True)
class Recovery(Displayed):
    """When a patient reached an outcome, as far as visits can tell.

    The outcome was reached in the half-open interval (after_day, by_day].

    Attributes
    ----------
    after_day : int or None
        The last day on which it was seen not to be reached; None if it never was.
    by_day : int or None
        The first day on which it was seen to be reached; None if it never was.
    at_start : bool
        Whether it was already reached at baseline or before the start of treatment:
        such a patient was never at risk.
    """

    after_day: int | None
    by_day: int | None
    at_start: bool

    @property
    def is_known(self) -> bool:
        """Whether anything was seen at all."""
        return self.after_day is not None or self.by_day is not None


def _assessments(values: Iterable[_Seen]) -> tuple[_Seen, ...]:
    return _fields.sequence_of(values, SeenAt, "assessments", called="Assessment")  # type: ignore[arg-type] # of any subclass


@attrs.frozen(kw_only=True, field_transformer=_fields.converting)
class Course(Generic[Seen_co], Displayed):
    """The course of one patient: assessments in order, loss and death.

    Attributes
    ----------
    assessments : tuple of SeenAt
        In the order of time.
    lost_to_follow_up : bool or None
        Whether the patient was lost before the end of the study.
    died : bool or None
        Whether the patient is known to have died.
    died_day : int or None
        Time of death since day zero.

    Raises
    ------
    FieldError, InputError
        If a value is not one that its field can hold.
    RuleError
        ``visits-unique``: one visit stands twice. ``visits-ordered``: scheduled visits
        out of order. ``days-increase``: days do not strictly increase.
        ``nothing-after-death``: an assessment or outcome after death.
        ``death-consistent``: a day of death of a patient said to be alive.

    See Also
    --------
    FollowUp : The course in the study of Li et al. 2023.
    """

    assessments: tuple[Seen_co, ...] = attrs.field(default=(), converter=_assessments)
    lost_to_follow_up: bool | None = attrs.field(default=None, metadata=LOST)
    died: bool | None = attrs.field(default=None, metadata=DIED)
    died_day: int | None = attrs.field(
        default=None, converter=_fields.whole, metadata=DIED_DAY
    )

    def __attrs_post_init__(self) -> None:
        if self.died_day is not None and self.died is False:
            raise RuleError(
                "death-consistent",
                f"died is no, but died_day is {self.died_day}",
                ("died", "died_day"),
            )
        _check_order(self.assessments)
        self._check_death()

    @property
    def stated_day(self) -> int | None:
        """The day of what is known beside the assessments; a subclass may have one."""
        return None

    def _check_death(self) -> None:
        if self.died_day is None:
            return
        seen = [a.day for a in self.assessments if a.day is not None]
        if self.stated_day is not None:
            seen.append(self.stated_day)
        late = [day for day in seen if day > self.died_day]
        if late:
            raise RuleError(
                "nothing-after-death",
                f"seen on day {max(late)}, but died on day {self.died_day}",
                ("day", "died_day"),
            )

    def at(self, visit: ScheduledVisit | str) -> Seen_co | None:
        """Return the assessment of a scheduled visit; None if it was missed.

        Parameters
        ----------
        visit : ScheduledVisit or str
            The visit, or its code.

        Returns
        -------
        SeenAt or None
            An `Assessment`, in the study of Li et al. 2023.

        Raises
        ------
        InputError
            If no visit of the schedule has that code.
        """
        for assessment in self.assessments:
            seen = assessment.visit
            if seen is visit or (seen is not None and seen == visit):
                return assessment
        if isinstance(visit, str):
            return self._at_code(visit)
        return None

    def _at_code(self, code: str) -> Seen_co | None:
        """Return the assessment of a visit that is given by its code."""
        known = [a.visit for a in self.assessments if a.visit is not None]
        if not known:
            return None
        schedule = type(known[0])
        if code not in {visit.value for visit in schedule}:
            allowed = ", ".join(visit.value for visit in schedule)
            raise InputError("visit", f"one of: {allowed}", code)
        return self.at(schedule(code))

    @property
    def time_days(self) -> tuple[int | None, ...]:
        """The day of each assessment, as far as it is known; no two are on one day.

        A visit without a day counts at its nominal day, unless it stands where that day
        cannot be: a visit at one month (day 30) that follows one on day 195 was late,
        and nobody wrote down how late. Its day is None. A visit on no fixed day, such
        as discharge, says nothing by where it stands: its own day may be before that
        of a visit that stands before it.
        """
        found: list[int | None] = []
        for place, assessment in enumerate(self.assessments):
            day = assessment.time_day
            if day is not None and assessment.day is None and assessment.visit:
                others = enumerate(self.assessments)
                if any(
                    leaves_no_room(
                        other.day,
                        day,
                        stands(other.visit, assessment.visit, first=number < place),
                    )
                    for number, other in others
                    if other.day is not None
                ):
                    day = None
            found.append(day)
        return tuple(found)

    @property
    def last_day(self) -> int | None:
        """The last day on which anything is known (death included)."""
        seen = list(self.time_days)
        seen += [self.stated_day, self.died_day]
        known = [day for day in seen if day is not None]
        return max(known) if known else None

    def recovery(
        self, reached: Callable[[Seen_co], bool | None], *, until: int | None = None
    ) -> Recovery:
        """Return when an outcome was first reached, as an interval between visits.

        Parameters
        ----------
        reached : callable
            Takes an assessment; True if the outcome is reached there, False if not,
            None if that cannot be told (the assessment is passed over).
        until : int, optional
            The day of an event after which the outcome cannot be reached any more,
            such as an amputation where a wound should heal. What is seen later does
            not count.

        Returns
        -------
        Recovery
            With ``after_day``, ``by_day`` and ``at_start``. What happens after the
            first day on which the outcome was seen does not count.

        Notes
        -----
        An assessment without a known day (see `time_days`) cannot bound the interval
        and is passed over. The others are taken in the order of their days.

        Examples
        --------
        >>> from iph import Assessment, FollowUp, Visit
        >>> course = FollowUp(
        ...     assessments=[
        ...         Assessment(visit=Visit.BASELINE, strength=3),
        ...         Assessment(visit=Visit.MONTH_1, strength=4),
        ...         Assessment(visit=Visit.MONTH_6, strength=5),
        ...     ]
        ... )
        >>> full = course.recovery(
        ...     lambda a: None if a.strength is None else a.strength == 5
        ... )
        >>> full.after_day, full.by_day
        (30, 182)
        """
        after: int | None = None
        for day, assessment in in_time(self):
            if until is not None and day > until:
                break
            state = reached(assessment)
            if state is None:
                continue
            if state:
                seen = assessment.visit
                first_seen = after is None and seen is not None and seen.is_baseline
                at_start = day <= 0 or first_seen
                return Recovery(after_day=after, by_day=day, at_start=at_start)
            after = day
        return Recovery(after_day=after, by_day=None, at_start=False)


def in_time(course: Course[Seen_co]) -> list[tuple[int, Seen_co]]:
    """Return the assessments of known day, in the order of their days."""
    days = zip(course.time_days, course.assessments, strict=True)
    known = [(day, seen) for day, seen in days if day is not None]
    return sorted(known, key=operator.itemgetter(0))


Stands = Literal["before", "behind", "anywhere"]


def stands(
    other: ScheduledVisit | None, visit: ScheduledVisit, *, first: bool
) -> Stands:
    """Return where an assessment stands in time to a visit, by the visits alone.

    `first` says whether it stands before it in the list, or in the schedule. A visit on
    no fixed day may stand anywhere, but behind the baseline if the schedule has it so.
    """
    if other is None or other.nominal_day is not None:
        return "before" if first else "behind"
    return "behind" if visit.is_baseline and other.place > visit.place else "anywhere"


def leaves_no_room(day: Any, nominal: Any, where: Stands) -> Any:
    """Return whether a recorded day elsewhere rules a nominal day out.

    This is the one rule of nominal days; days are numbers, arrays, or columns of an
    engine. Whatever stands before is on an earlier day, whatever stands behind on a
    later one, and nobody is seen twice on one day.
    """
    if where == "anywhere":
        return day == nominal
    return day >= nominal if where == "before" else day <= nominal


def in_order(visits: Sequence[ScheduledVisit]) -> bool:
    """Return whether visits stand in the order of their schedule.

    One on no fixed day, such as discharge, may stand anywhere, but not before the
    baseline if the schedule has it behind.
    """
    places = [visit.place for visit in visits if visit.nominal_day is not None]
    if places != sorted(places):
        return False
    return not any(
        visit.is_baseline and any(e.place > visit.place for e in visits[:number])
        for number, visit in enumerate(visits)
    )


def _check_order(assessments: tuple[SeenAt, ...]) -> None:
    visits = [a.visit for a in assessments if a.visit is not None]
    if len(set(visits)) < len(visits):
        twice = next(visit for visit in visits if visits.count(visit) > 1)
        raise RuleError(
            "visits-unique", f"visit {twice.value} stands twice", ("visit",)
        )
    if not in_order(visits):
        raise RuleError(
            "visits-ordered",
            "scheduled visits must stand in the order of time, got "
            + ", ".join(visit.value for visit in visits),
            ("visit",),
        )
    days = [a.day for a in assessments if a.day is not None]
    for earlier, later in itertools.pairwise(days):
        if later <= earlier:
            raise RuleError(
                "days-increase",
                f"days must strictly increase, got {later} after {earlier}",
                ("day",),
            )
