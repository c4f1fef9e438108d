"""What counts as better, in each outcome of a protocol."""

import operator
from collections import Counter
from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any

import attrs

from iph._categories import ScheduledVisit
from iph._fields import Declaration, Kind
from iph.protocol._outcomes import OutcomeRule
from iph.protocol._protocol import Protocol
from iph.study._visit_counts import Outcome


@attrs.frozen
class Response:
    """What counts as better, for the patients of a study.

    Attributes
    ----------
    field : str
        The outcome.
    label : str
        The response in words.
    start : ScheduledVisit or None
        The visit that it is counted from.
    answer : callable
        Takes the values before and now; says whether the patient is better.
    best : float or None
        The best value that there is, from which nobody can improve; None without an
        end.
    """

    field: str
    label: str
    start: ScheduledVisit | None
    answer: Callable[[float, float], bool | None]
    best: float | None

    def answers(self, found: Outcome, visit: ScheduledVisit) -> Counter[bool | None]:
        """Count who is better at a visit; None if that is not known."""
        if self.start is None:
            return Counter()
        return self.of(found.pairs(self.start, visit).both)

    def without_room(self, pairs: Mapping[tuple[Any, Any], int]) -> int:
        """Count those with an answer who had the best value before."""
        return sum(
            n
            for (before, now), n in pairs.items()
            if self.best is not None
            and float(before) == self.best
            and self.answer(float(before), float(now)) is not None
        )

    def of(self, pairs: Mapping[tuple[Any, Any], int]) -> Counter[bool | None]:
        """Count the answers of those whose values before and now are known."""
        found: Counter[bool | None] = Counter()
        for (before, now), n in pairs.items():
            found[self.answer(float(before), float(now))] += n
        return found


def responses_of(protocol: Protocol[Any]) -> tuple[Response, ...]:
    """Return what counts as better in each outcome of a protocol."""
    return tuple(response_of(protocol, outcome) for outcome in protocol.outcomes)


def response_of(protocol: Protocol[Any], outcome: OutcomeRule) -> Response:
    """Return what counts as better in one outcome."""
    declared = protocol.assessment_declarations[outcome.field]
    label = outcome.label or declared.label
    return Response(
        outcome.field,
        outcome.response_label or _label(outcome, label),
        protocol.baseline,
        responded(outcome, lower_is_better=declared.best == "low"),
        _best_value(declared),
    )


def _best_value(declared: Declaration) -> float | None:
    """Return the end of a scale that is the best; None if it has no such end."""
    falls = declared.best == "low"
    if declared.kind is Kind.GRADE:
        grades: Any = declared.options  # whole numbers, in order
        return float((min if falls else max)(grades))
    end = declared.low if falls else declared.high
    return None if end is None else float(end)


def _label(outcome: OutcomeRule, label: str) -> str:
    sign = "more than" if outcome.strict else "at least"
    if outcome.response_percent is not None:
        return f"{label} better by {sign} {outcome.response_percent:g} %"
    if outcome.response is not None:
        return f"{label} better by {sign} {outcome.response:g}"
    return f"{label} improved"


def responded(
    outcome: OutcomeRule, *, lower_is_better: bool
) -> Callable[[float, float], bool | None]:
    """Return what says of a value before and one now whether a patient responded.

    A patient without any room for a response in percent (0 before) is no case of one.
    """
    percent, amount = outcome.response_percent, outcome.response
    beyond = operator.gt if outcome.strict or amount is None else operator.ge
    if percent is not None:
        beyond = operator.gt if outcome.strict else operator.ge

    def answer(before: float, now: float) -> bool | None:
        gain = (
            exact(before) - exact(now)
            if lower_is_better
            else exact(now) - exact(before)
        )
        if percent is None:
            return bool(beyond(gain, exact(amount or 0)))
        if before <= 0:
            return None
        return bool(beyond(gain, exact(before) * exact(percent) / 100))

    return answer


def exact(value: float) -> Fraction:
    """Return a number as it is written: 0.1 is a tenth."""
    return Fraction(repr(value))
