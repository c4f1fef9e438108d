"""What counts as recovered, as data."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

import attrs

from iph._follow_up import Recovery
from iph._model import Patient
from iph.scales._hip_flexion import HipFlexionGrade, hip_flexion_grade
from iph.scales._numbness import NumbnessGrade
from iph.scales._strength import MRCGrade


@attrs.frozen
class Endpoint:
    """An outcome that a patient reaches or not.

    Parameters
    ----------
    name : str
        The name by which it is chosen.
    label : str
        The outcome in words.
    recovery : callable
        Takes a patient and returns when it was reached, as a `Recovery`.
    """

    name: str
    label: str
    recovery: Callable[[Patient], Recovery]


def _strength_five(patient: Patient) -> Recovery:
    return patient.follow_up.recovery(
        lambda a: None if a.strength is None else a.strength == MRCGrade.NORMAL
    )


def _no_numbness(patient: Patient) -> Recovery:
    return patient.follow_up.recovery(
        lambda a: None if a.numbness is None else a.numbness == NumbnessGrade.NONE
    )


def _free_flexion(patient: Patient) -> Recovery:
    top = HipFlexionGrade(max(HipFlexionGrade))

    def reached(degrees: int | None) -> bool | None:
        grade = hip_flexion_grade(degrees)
        return None if grade is None else grade == top

    return patient.follow_up.recovery(lambda a: reached(a.hip_flexion_deg))


def _stated(patient: Patient) -> Recovery:
    """Read recovery in words: seen complete on a day, or seen incomplete on a day."""
    course = patient.follow_up
    complete = None if course.outcome is None else course.outcome.is_complete
    if complete is None or course.outcome_day is None:
        return Recovery(after_day=None, by_day=None, at_start=False)
    if complete:
        return Recovery(after_day=0, by_day=course.outcome_day, at_start=False)
    return Recovery(after_day=course.outcome_day, by_day=None, at_start=False)


ENDPOINTS: Final[Mapping[str, Endpoint]] = MappingProxyType(
    {
        endpoint.name: endpoint
        for endpoint in (
            Endpoint(
                "strength-5", "recovery of thigh strength to grade 5", _strength_five
            ),
            Endpoint("numbness-I", "recovery of sensation to grade I", _no_numbness),
            Endpoint("flexion-3", "recovery of hip flexion to grade 3", _free_flexion),
            Endpoint("stated", "complete recovery, as stated in words", _stated),
        )
    }
)
