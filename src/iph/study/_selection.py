"""Which records a study analyzes, and what is known of how they were selected."""

from typing import Any, Final

import attrs

from iph._cohort import Cohort
from iph._subject import Subject
from iph.criteria._criterion import Criteria, Criterion
from iph.criteria._rule import FIELDS, Fields, Lookup
from iph.criteria._screening import Eligibility, Screening
from iph.errors import InputError

_LOST: Final = "lost to follow-up"
_CONVENIENCE: Final = "convenience sample"


@attrs.frozen
class _Always:
    """The rule of a study that leaves nobody out."""

    fields: tuple[str, ...] = ()

    def check(self, fields: Fields = FIELDS) -> tuple[InputError, ...]:  # noqa: ARG002 - as every rule
        """Find nothing wrong: it asks for no field."""
        return ()

    def of(self, lookup: Lookup) -> bool | None:  # noqa: ARG002 - as every rule
        """Answer yes."""
        return True

    def expr(self, fields: Fields = FIELDS) -> Any:  # noqa: ARG002 - as every rule
        """Answer yes for each row."""
        import narwhals.stable.v2 as nw

        return nw.lit(True)


EVERYBODY: Final = Criteria(
    name="everybody",
    include=[Criterion("I1", "every patient of the cohort", _Always())],
)
"""The criteria of a study that has none."""


def is_convenience(cohort: Cohort[Any]) -> bool:
    """Whether a note says so, as that of the published cases does."""
    return any(_CONVENIENCE in note.lower() for note in cohort.notes)


def late_losses(cohort: Cohort[Any], screening: Screening) -> tuple[Subject[Any], ...]:
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
    cohort: Cohort[Any], screening: Screening, population: str
) -> tuple[Subject[Any], ...]:
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
