"""Clinical studies of small cohorts, and of iliopsoas hematoma first of all.

Out of scope: diagnosis or treatment advice for a patient. Not a medical device.
"""

from iph import _stopping

if _stopping.is_command():  # before the modules that take long to load
    _stopping.stop_at_once()

from importlib import import_module
from typing import TYPE_CHECKING, Any

from iph._admission import Hematoma, Imaging, NerveInvolvement
from iph._bound import Bound
from iph._categories import (
    Agent,
    AssociatedLesion,
    Comorbidity,
    Etiology,
    HematomaZone,
    ImagingFinding,
    Involvement,
    Muscle,
    Nerve,
    Outcome,
    PainSite,
    ScheduledVisit,
    Sex,
    Side,
    StrengthModifier,
    Treatment,
    Visit,
)
from iph._cohort import Cohort
from iph._course import Course, Recovery, SeenAt
from iph._follow_up import Assessment, FollowUp
from iph._laboratory import Laboratory
from iph._model import Patient
from iph._subject import Subject

if TYPE_CHECKING:
    from iph import criteria as criteria
    from iph import design as design
    from iph import errors as errors
    from iph import evidence as evidence
    from iph import fields as fields
    from iph import protocol as protocol
    from iph import records as records
    from iph import report as report
    from iph import scales as scales
    from iph import stats as stats
    from iph import study as study
    from iph import testing as testing

    __version__: str

__all__ = [
    "Agent",
    "Assessment",
    "AssociatedLesion",
    "Bound",
    "Cohort",
    "Comorbidity",
    "Course",
    "Etiology",
    "FollowUp",
    "Hematoma",
    "HematomaZone",
    "Imaging",
    "ImagingFinding",
    "Involvement",
    "Laboratory",
    "Muscle",
    "Nerve",
    "NerveInvolvement",
    "Outcome",
    "PainSite",
    "Patient",
    "Recovery",
    "ScheduledVisit",
    "SeenAt",
    "Sex",
    "Side",
    "StrengthModifier",
    "Subject",
    "Treatment",
    "Visit",
]

_ROOMS = frozenset(
    {
        "criteria",
        "design",
        "errors",
        "evidence",
        "fields",
        "protocol",
        "records",
        "report",
        "scales",
        "stats",
        "study",
        "testing",
    }
)


if not TYPE_CHECKING:  # a checker that saw this would let any name pass

    def __getattr__(name: str) -> Any:
        """Load a room, or look up the version, when it is first asked for."""
        if name in _ROOMS:
            return import_module(f"{__name__}.{name}")
        if name == "__version__":
            from importlib.metadata import version

            return version(__name__)
        message = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(message)


def __dir__() -> list[str]:
    return sorted({*globals(), *_ROOMS, "__version__"})
