"""Which records a study analyzes, and what is known of how they were selected."""

from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any, Final

import attrs
import numpy as np

from iph._cohort import Cohort
from iph._subject import Subject, fields_by_name
from iph.criteria._criterion import Criteria, Criterion
from iph.criteria._known import sound
from iph.criteria._rule import FIELDS, Fields, Lookup, Rule
from iph.criteria._screening import Eligibility, Screening, decided, of_decisions
from iph.errors import InputError
from iph.protocol._recorded_days import days_after_death, recorded_days
from iph.study._columns import Columns

_LOST: Final = "lost to follow-up"
_CONVENIENCE: Final = "convenience sample"
_EXAMPLES: Final = 10


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


def screened(columns: Columns, criteria: Criteria) -> Screening:
    """Screen all patients; each criterion is asked once of what it rests on."""
    protocol = columns.protocol
    sound(criteria, protocol.patient_declarations)
    recorded = fields_by_name(protocol.patient)

    def answer(rule: Rule) -> Callable[[Any], bool | None]:
        return lambda patient: rule.of(protocol.lookup_of(patient))

    answers = [
        columns.answered(
            f"criterion {one.code}",
            columns.recorded_of(one.rule.fields, recorded),
            answer(one.rule),
        )
        for one in criteria.all
    ]
    alike = columns.by_case(
        answers, lambda patient: decided(patient, criteria, protocol.lookup_of(patient))
    )
    decisions = tuple(
        attrs.evolve(decision, patient_id=patient.patient_id)
        for decision, patient in zip(alike.listed(), columns.patients, strict=True)
    )
    return of_decisions(criteria, decisions)


def check_days(columns: Columns) -> None:
    """Refuse a day of an endpoint, or of what competes with it, after that of death."""
    dead = np.flatnonzero(~np.isnan(columns.died_day)).tolist()
    fields = recorded_days(columns.protocol) if dead else ()
    told = [
        f"{patient.patient_id}: {name} {day}, died on day {patient.follow_up.died_day}"
        for patient in (columns.patients[place] for place in dead)
        for name, day in days_after_death(fields, patient)
    ]
    if told:
        more = "" if len(told) <= _EXAMPLES else f"; {len(told) - _EXAMPLES} more"
        raise InputError(
            "records",
            "without an endpoint or a competing event after death",
            f"{len(told)} that are not",
            f"{'; '.join(told[:_EXAMPLES])}{more}",
        )


def is_convenience(notes: Iterable[str]) -> bool:
    """Whether a note says so, as that of the published cases does."""
    return any(_CONVENIENCE in note.lower() for note in notes)


def count_decisions(screening: Screening) -> Counter[tuple[Any, ...]]:
    """Count the records by the first criterion that fails, and the first unknown."""
    found: Counter[tuple[Any, ...]] = Counter()
    for decision in screening.decisions or ():
        unknown = decision.unknown[0] if decision.unknown else None
        found[decision.first_failed, unknown] += 1
    return found


def lost_codes(criteria: Criteria) -> frozenset[str]:
    """Return the criteria that leave out whoever was lost to follow-up."""
    return frozenset(c.code for c in criteria.exclude if _LOST in c.statement)


def late_losses(cohort: Cohort[Any], screening: Screening) -> tuple[Subject[Any], ...]:
    """Return the patients whom loss to follow-up alone excludes.

    Who was lost is known only later, so that leaving them out can overstate recovery.
    """
    codes = lost_codes(screening.criteria)
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
