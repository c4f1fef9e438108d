"""What counts as recovered, as data."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

import attrs

from iph._categories import Visit
from iph._follow_up import Assessment
from iph._model import Patient
from iph.scales._hip_flexion import HipFlexionGrade, hip_flexion_grade
from iph.scales._numbness import NumbnessGrade
from iph.scales._strength import MRCGrade


@attrs.frozen(kw_only=True)
class Seen:
    """What one assessment shows of an outcome.

    Attributes
    ----------
    day : int
        The day since the start of treatment.
    reached : bool
        Whether the outcome was reached then.
    visit : Visit or None
        The scheduled visit; None outside the schedule.
    """

    day: int
    reached: bool
    visit: Visit | None = None


@attrs.frozen
class Endpoint:
    """An outcome that a patient reaches or not.

    Parameters
    ----------
    name : str
        The name by which it is chosen.
    label : str
        The outcome in words.
    seen : callable
        Takes a patient and returns what is known of the outcome, one `Seen` an
        assessment, in the order of time.
    recorded_days : bool
        Whether the days are those on which the outcome was stated, and not days of
        scheduled visits.
    """

    name: str
    label: str
    seen: Callable[[Patient], tuple[Seen, ...]]
    recorded_days: bool = False


def _assessed(
    reached: Callable[[Assessment], bool | None],
) -> Callable[[Patient], tuple[Seen, ...]]:
    """Return what the assessments of known day and state show."""

    def seen(patient: Patient) -> tuple[Seen, ...]:
        course = patient.follow_up
        return tuple(
            Seen(day=day, reached=state, visit=assessment.visit)
            for assessment, day in zip(
                course.assessments, course.time_days, strict=True
            )
            if day is not None and (state := reached(assessment)) is not None
        )

    return seen


def _strength_five(assessment: Assessment) -> bool | None:
    found = assessment.strength
    return None if found is None else found == MRCGrade.NORMAL


def _no_numbness(assessment: Assessment) -> bool | None:
    found = assessment.numbness
    return None if found is None else found == NumbnessGrade.NONE


def _free_flexion(assessment: Assessment) -> bool | None:
    grade = hip_flexion_grade(assessment.hip_flexion_deg)
    return None if grade is None else grade == HipFlexionGrade(max(HipFlexionGrade))


def _stated(patient: Patient) -> tuple[Seen, ...]:
    """Read recovery in words; who is said to recover, or not to, had a deficit."""
    course = patient.follow_up
    complete = None if course.outcome is None else course.outcome.is_complete
    if complete is None or course.outcome_day is None or course.outcome_day <= 0:
        return ()
    return (
        Seen(day=0, reached=False, visit=Visit.BASELINE),
        Seen(day=course.outcome_day, reached=complete),
    )


ENDPOINTS: Final[Mapping[str, Endpoint]] = MappingProxyType(
    {
        endpoint.name: endpoint
        for endpoint in (
            Endpoint(
                "strength-5",
                "recovery of thigh strength to grade 5",
                _assessed(_strength_five),
            ),
            Endpoint(
                "numbness-I",
                "recovery of sensation to grade I",
                _assessed(_no_numbness),
            ),
            Endpoint(
                "flexion-3",
                "recovery of hip flexion to grade 3",
                _assessed(_free_flexion),
            ),
            Endpoint(
                "stated",
                "complete recovery, as stated in words",
                _stated,
                recorded_days=True,
            ),
        )
    }
)
"""The outcomes by name."""
