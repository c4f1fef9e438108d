"""What is seen of a patient over time: assessments, and recovery between them."""

import itertools
from collections.abc import Callable, Iterable

import attrs

from iph import _fields
from iph._categories import Outcome, Side, StrengthModifier, Visit
from iph.errors import RuleError
from iph.scales._numbness import NumbnessGrade
from iph.scales._strength import MRCGrade


@attrs.frozen(kw_only=True, field_transformer=_fields.converting)
class Assessment:
    """One visit: pain, numbness, strength and hip flexion of the assessed limb.

    Attributes
    ----------
    visit : Visit or None
        The scheduled visit; None for one outside the schedule.
    day : int or None
        Days since the start of treatment (negative before it). A visit without a day
        counts at its nominal day; a visit outside the schedule must have a day.
    vas : float or None
        Pain on the visual analog scale, 0 to 10.
    numbness : NumbnessGrade or None
        Barrow Neurological Institute grade, I (none) to IV.
    strength : MRCGrade or None
        Knee extension (quadriceps), Medical Research Council grade 0 to 5.
    strength_modifier : StrengthModifier or None
        A plus or minus written beside the strength grade; never used as a number.
    hip_flexor_strength : MRCGrade or None
        Hip flexion against resistance, grade 0 to 5.
    hip_flexion_deg : int or None
        Range of hip flexion, degrees.

    Raises
    ------
    FieldError
        If a value is not one that its field can hold.
    RuleError
        ``assessment-when``: neither visit nor day is given.
        ``modifier-needs-grade``: a modifier stands without a strength grade.

    Examples
    --------
    >>> from iph import Assessment, Visit
    >>> week_1 = Assessment(visit=Visit.WEEK_1, vas=4, strength=3)
    >>> week_1.strength
    <MRCGrade.AGAINST_GRAVITY: 3>
    >>> week_1.time_day
    7
    """

    visit: Visit | None = attrs.field(
        default=None,
        converter=_fields.Coded[Visit],
        metadata=_fields.choice("Visit", Visit),
    )
    day: int | None = attrs.field(
        default=None,
        converter=_fields.whole,
        metadata=_fields.days("Day since start of treatment", low=-365),
    )
    vas: float | None = attrs.field(
        default=None,
        converter=_fields.number,
        metadata=_fields.quantity(
            "Pain (VAS)",
            unit="points",
            ucum="{score}",
            low=0,
            high=10,
            step="0.1",
            other_units={"mm": "0.1"},
            loinc="38214-3",
            best="low",
            closed=True,
            note="visual analog scale, 0 no pain to 10 worst pain",
        ),
    )
    numbness: NumbnessGrade | None = attrs.field(
        default=None,
        converter=_fields.Graded[NumbnessGrade],
        metadata=_fields.grade(
            "Numbness (BNI)",
            NumbnessGrade,
            best="low",
            note="a face scale, not validated for the leg",
        ),
    )
    strength: MRCGrade | None = attrs.field(
        default=None,
        converter=_fields.Graded[MRCGrade],
        metadata=_fields.grade(
            "Thigh strength (MRC)",
            MRCGrade,
            best="high",
            note="knee extension of the assessed limb",
        ),
    )
    strength_modifier: StrengthModifier | None = attrs.field(
        default=None,
        converter=_fields.Coded[StrengthModifier],
        metadata=_fields.choice(
            "Plus or minus of the strength grade", StrengthModifier
        ),
    )
    hip_flexor_strength: MRCGrade | None = attrs.field(
        default=None,
        converter=_fields.Graded[MRCGrade],
        metadata=_fields.grade("Hip flexor strength (MRC)", MRCGrade, best="high"),
    )
    hip_flexion_deg: int | None = attrs.field(
        default=None,
        converter=_fields.whole,
        metadata=_fields.quantity(
            "Hip flexion",
            unit="degrees",
            ucum="deg",
            low=0,
            high=160,
            step=1,
            best="high",
        ),
    )

    def __attrs_post_init__(self) -> None:
        if self.visit is None and self.day is None:
            raise RuleError(
                "assessment-when",
                "an assessment must have a visit or a day",
                ("visit", "day"),
            )
        if self.strength_modifier is not None and self.strength is None:
            raise RuleError(
                "modifier-needs-grade",
                "strength_modifier needs a strength grade beside it",
                ("strength_modifier", "strength"),
            )

    @property
    def time_day(self) -> int | None:
        """The day, or the nominal day of the visit; None if neither is known."""
        if self.day is not None or self.visit is None:
            return self.day
        return self.visit.nominal_day


ASSESSMENT_FIELDS = _fields.declared_fields(Assessment)
# What is measured at every visit, with its declaration.
MEASURED = {
    field.name: field.declaration
    for field in ASSESSMENT_FIELDS
    if field.declaration.best is not None
}


@attrs.frozen(kw_only=True)
class Recovery:
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


def _assessments(values: Iterable[Assessment]) -> tuple[Assessment, ...]:
    return _fields.sequence_of(values, Assessment, "assessments")


@attrs.frozen(kw_only=True, field_transformer=_fields.converting)
class FollowUp:
    """The course of one patient: assessments in order, loss, death, stated outcome.

    An assessment speaks of one limb. It is `limb` where that is given; else the limb of
    a one-sided deficit (`Patient.assessed_limb`). Where both sides are affected and
    `limb` is not given, the more affected limb is meant, and which one it is stays
    unknown.

    Attributes
    ----------
    assessments : tuple of Assessment
        In the order of time.
    limb : Side or None
        The limb that the assessments speak of, left or right.
    lost_to_follow_up : bool or None
        Whether the patient was lost before the end of the study.
    died : bool or None
        Whether the patient is known to have died.
    died_day : int or None
        Day of death since the start of treatment.
    outcome : Outcome or None
        Recovery in words, as the treating team stated it.
    outcome_day : int or None
        The day on which the stated outcome was seen.

    Raises
    ------
    FieldError, InputError
        If a value is not one that its field can hold.
    RuleError
        ``visits-unique``: one visit stands twice. ``visits-ordered``: scheduled visits
        out of order. ``days-increase``: days do not strictly increase.
        ``nothing-after-death``: an assessment or outcome after death.
        ``death-consistent``: a day of death of a patient said to be alive.
        ``one-limb``: the assessed limb is not one limb.
    """

    assessments: tuple[Assessment, ...] = attrs.field(
        default=(), converter=_assessments
    )
    limb: Side | None = attrs.field(
        default=None,
        converter=_fields.Coded[Side],
        metadata=_fields.choice(
            "Assessed limb",
            Side,
            note="left or right; empty if the deficit is one-sided",
        ),
    )
    lost_to_follow_up: bool | None = attrs.field(
        default=None, metadata=_fields.yes_no("Lost to follow-up")
    )
    died: bool | None = attrs.field(default=None, metadata=_fields.yes_no("Died"))
    died_day: int | None = attrs.field(
        default=None, converter=_fields.whole, metadata=_fields.days("Day of death")
    )
    outcome: Outcome | None = attrs.field(
        default=None,
        converter=_fields.Coded[Outcome],
        metadata=_fields.choice(
            "Stated recovery", Outcome, note="in words, as stated; not a grade"
        ),
    )
    outcome_day: int | None = attrs.field(
        default=None,
        converter=_fields.whole,
        metadata=_fields.days("Day of the stated recovery"),
    )

    def __attrs_post_init__(self) -> None:
        if self.limb in {Side.BILATERAL, Side.UNKNOWN}:
            raise RuleError(
                "one-limb",
                "limb must be left or right: an assessment speaks of one limb",
                ("limb",),
            )
        if self.died_day is not None and self.died is False:
            raise RuleError(
                "death-consistent",
                f"died is no, but died_day is {self.died_day}",
                ("died", "died_day"),
            )
        _check_order(self.assessments)
        self._check_death()

    def _check_death(self) -> None:
        if self.died_day is None:
            return
        seen = [a.day for a in self.assessments if a.day is not None]
        if self.outcome_day is not None:
            seen.append(self.outcome_day)
        late = [day for day in seen if day > self.died_day]
        if late:
            raise RuleError(
                "nothing-after-death",
                f"seen on day {max(late)}, but died on day {self.died_day}",
                ("day", "died_day"),
            )

    def at(self, visit: Visit) -> Assessment | None:
        """Return the assessment of a scheduled visit; None if it was missed."""
        for assessment in self.assessments:
            if assessment.visit is visit:
                return assessment
        return None

    @property
    def time_days(self) -> tuple[int | None, ...]:
        """The day of each assessment, as far as it is known.

        A visit without a day counts at its nominal day, unless it stands where that day
        cannot be: a visit at one month (day 30) that follows one on day 195 was late,
        and nobody wrote down how late. Its day is None.
        """
        recorded = [a.day for a in self.assessments]
        found: list[int | None] = []
        for place, assessment in enumerate(self.assessments):
            day = assessment.time_day
            if day is not None and assessment.day is None:
                before = [d for d in found if d is not None]
                after = [d for d in recorded[place:] if d is not None]
                if (before and day <= before[-1]) or (after and day >= after[0]):
                    day = None
            found.append(day)
        return tuple(found)

    @property
    def last_day(self) -> int | None:
        """The last day on which anything is known (death included)."""
        seen = list(self.time_days)
        seen += [self.outcome_day, self.died_day]
        known = [day for day in seen if day is not None]
        return max(known) if known else None

    def recovery(self, reached: Callable[[Assessment], bool | None]) -> Recovery:
        """Return when an outcome was first reached, as an interval between visits.

        Parameters
        ----------
        reached : callable
            Takes an assessment; True if the outcome is reached there, False if not,
            None if that cannot be told (the assessment is passed over).

        Returns
        -------
        Recovery
            With ``after_day``, ``by_day`` and ``at_start``. What happens after the
            first day on which the outcome was seen does not count.

        Notes
        -----
        An assessment without a known day (see `time_days`) cannot bound the interval
        and is passed over.

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
        for assessment, day in zip(self.assessments, self.time_days, strict=True):
            state = reached(assessment)
            if day is None or state is None:
                continue
            if state:
                first_seen = after is None and assessment.visit is Visit.BASELINE
                at_start = day <= 0 or first_seen
                return Recovery(after_day=after, by_day=day, at_start=at_start)
            after = day
        return Recovery(after_day=after, by_day=None, at_start=False)


_SCHEDULE = [visit for visit in Visit if visit is not Visit.DISCHARGE]


def _check_order(assessments: tuple[Assessment, ...]) -> None:
    visits = [a.visit for a in assessments if a.visit is not None]
    for visit in visits:
        if visits.count(visit) > 1:
            raise RuleError(
                "visits-unique", f"visit {visit.value} stands twice", ("visit",)
            )
    scheduled = [_SCHEDULE.index(v) for v in visits if v is not Visit.DISCHARGE]
    first_is_late = Visit.BASELINE in visits and visits[0] is not Visit.BASELINE
    if scheduled != sorted(scheduled) or first_is_late:
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
