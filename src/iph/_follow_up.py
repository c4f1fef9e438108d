"""What the study of Li et al. 2023 sees of a patient: assessments and outcome."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

import attrs

from iph import _fields
from iph._categories import Outcome, Side, StrengthModifier, Visit
from iph._course import DIED, DIED_DAY, LOST, Course, SeenAt
from iph.errors import RuleError
from iph.scales._numbness import NumbnessGrade
from iph.scales._strength import MRCGrade

if TYPE_CHECKING:
    from typing_extensions import TypeVar

    Assessed_co = TypeVar(
        "Assessed_co", bound="Assessment", covariant=True, default="Assessment"
    )
else:
    from typing import TypeVar

    Assessed_co = TypeVar("Assessed_co", bound="Assessment", covariant=True)

_Assessed = TypeVar("_Assessed", bound="Assessment")


@attrs.frozen(kw_only=True, field_transformer=_fields.converting)
class Assessment(SeenAt):
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
        super().__attrs_post_init__()
        if self.strength_modifier is not None and self.strength is None:
            raise RuleError(
                "modifier-needs-grade",
                "strength_modifier needs a strength grade beside it",
                ("strength_modifier", "strength"),
            )


ASSESSMENT_FIELDS = _fields.declared_fields(Assessment)
# What is measured at every visit, with its declaration.
MEASURED = {
    field.name: field.declaration
    for field in ASSESSMENT_FIELDS
    if field.declaration.best is not None
}


def _assessments(values: Iterable[_Assessed]) -> tuple[_Assessed, ...]:
    return _fields.sequence_of(values, Assessment, "assessments")  # type: ignore[arg-type] # of any subclass


@attrs.frozen(kw_only=True, field_transformer=_fields.converting)
class FollowUp(Course[Assessed_co]):
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

    assessments: tuple[Assessed_co, ...] = attrs.field(
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
    # Declared again, so that the columns of a table stand in this order.
    lost_to_follow_up: bool | None = attrs.field(default=None, metadata=LOST)
    died: bool | None = attrs.field(default=None, metadata=DIED)
    died_day: int | None = attrs.field(
        default=None, converter=_fields.whole, metadata=DIED_DAY
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
        super().__attrs_post_init__()

    @property
    def stated_day(self) -> int | None:
        """The day of the stated outcome."""
        return self.outcome_day
