"""Which records a study analyzes, and what is known of how they were selected."""

from typing import Final

from iph._cohort import Cohort
from iph._model import Patient
from iph.criteria._screening import Eligibility, Screening

_LOST: Final = "lost to follow-up"
_CONVENIENCE: Final = "convenience sample"


def is_convenience(cohort: Cohort) -> bool:
    """Whether a note says so, as that of the published cases does."""
    return any(_CONVENIENCE in note.lower() for note in cohort.notes)


def late_losses(cohort: Cohort, screening: Screening) -> tuple[Patient, ...]:
    """Return the patients whom loss to follow-up alone excludes.

    Who was lost is known only later, so that leaving them out can overstate recovery.
    """
    codes = {c.code for c in screening.criteria.exclude if _LOST in c.statement}
    return tuple(
        patient
        for patient, decision in zip(cohort, screening.decisions or (), strict=True)
        if decision.failed and set(decision.failed) <= codes and not decision.unknown
    )


def population_of(
    cohort: Cohort, screening: Screening, population: str
) -> tuple[Patient, ...]:
    """Return the patients to analyze; `screen` decides on every one of a cohort."""
    wanted = {
        "included": {Eligibility.INCLUDED},
        "not-excluded": {Eligibility.INCLUDED, Eligibility.UNKNOWN},
        "all": set(Eligibility),
    }[population]
    decisions = screening.decisions or ()
    return tuple(
        patient
        for patient, decision in zip(cohort, decisions, strict=True)
        if decision.eligibility in wanted
    )
