"""How events that compete with an endpoint are spoken of: death, and those declared.

The words fit any noun without an article: "amputation came first in 3 patients".
"""

from collections.abc import Iterable

from iph.report._numbers import counted, listing
from iph.report._phrases import capital
from iph.study._recovery_results import (
    CompetingEvents,
    RecoveryAnalysis,
    RecoveryGroup,
)


def either(events: Iterable[CompetingEvents]) -> str:
    """Join the names of events of which a patient had one."""
    names = [event.label for event in events]
    parts = [*([", ".join(names[:-1])] if names[1:] else []), *names[-1:]]
    return " or ".join(parts)


def came(events: Iterable[CompetingEvents]) -> tuple[CompetingEvents, ...]:
    """Return the events that came first in anybody."""
    return tuple(event for event in events if event.n)


def declared_causes(found: Iterable[RecoveryAnalysis]) -> tuple[str, ...]:
    """Name what competes with some endpoints by the protocol, death first."""
    labels = [event.label for one in found for event in one.competing]
    return tuple(dict.fromkeys(["death", *labels]))


def causes_that_came(found: Iterable[RecoveryAnalysis]) -> tuple[str, ...]:
    """Name what came before some endpoints in anybody, death first."""
    analyses = tuple(found)
    death = ["death"] if any(one.n_died for one in analyses) else []
    labels = [event.label for one in analyses for event in came(one.competing)]
    return tuple(dict.fromkeys([*death, *labels]))


def as_competing(causes: tuple[str, ...], noun: str) -> str:
    """Say of causes that they compete: the noun, one or several."""
    return f"{listing(causes)} before {noun} " + (
        "is a competing event" if len(causes) == 1 else "are competing events"
    )


def taken_for(causes: tuple[str, ...]) -> str:
    """Name causes as what they are taken for: "death as a competing event"."""
    one = len(causes) == 1
    return f"{listing(causes)} as {'a competing event' if one else 'competing events'}"


def those_gone(found: Iterable[RecoveryAnalysis]) -> str:
    """Name the patients who died, or had another event, before an endpoint."""
    causes = causes_that_came(found)
    others = " or ".join(name for name in causes if name != "death")
    died = "those who died" if "death" in causes else ""
    if not others:
        return died
    first = f"in whom {others} came first"
    return f"{died}, or {first}," if died else f"those {first}"


def why_no_test(found: Iterable[RecoveryAnalysis]) -> str:
    """Say what happened to patients at risk, so that no single test leads."""
    causes = causes_that_came(found)
    others = " or ".join(name for name in causes if name != "death")
    if "death" not in causes:
        return f"{others} came first in patients at risk"
    return "patients at risk died" + (f", or {others} came first" if others else "")


def treated_as_competing(
    found: Iterable[RecoveryAnalysis], noun: str, head: str
) -> str:
    """Return the methods: what competed with endpoints, and what follows from it."""
    analyses = tuple(found)
    causes = causes_that_came(analyses)
    others = [name for name in causes if name != "death"]
    treated = (
        "was treated as a competing event"
        if len(causes) == 1
        else "were treated as competing events"
    )
    why = why_no_test(analyses)
    text = (
        f"{capital(listing(causes))} before {noun} {treated} (Aalen-Johansen): "
        f"{those_gone(analyses)} count as not {head}, and where {why}"
        f"{',' if ',' in why else ''} no single test compares groups of visits."
    )
    if others:
        text += f" What was seen after {' or '.join(others)} does not count."
    return text


def not_dated(analysis: RecoveryAnalysis, dated: str = "one") -> str:
    """Count those without a day, and who of them died: they are in no analysis."""
    out, gone = analysis.n_unknown_baseline, analysis.n_undated_gone
    patients = "" if dated == "one" else " patient" + "s" * (out != 1)
    text, be = f"{out}{patients} without {dated}", "is" if out == 1 else "are"
    if not gone:
        return f"{text} {be} not analyzed"
    if not analysis.competing:
        died = "who died" if out == 1 else f"{gone} of whom died"
        return f"{text}, {died}, {be} not analyzed"
    death = CompetingEvents(label="death", n=gone)
    came_to = "to whom" if out == 1 else f"to {gone} of whom"
    what = either((death, *analysis.competing))
    return f"{text}, {came_to} {what} came, {be} not analyzed"


def _each(analysis: RecoveryAnalysis, noun: str) -> list[str]:
    """Count those who died before, and those in whom each other event came first."""
    told = []
    if analysis.n_died:
        died = counted(analysis.n_died, "patient")
        told.append(f"{died} died before {noun} was seen")
    told += [
        f"{event.label} came first in {counted(event.n, 'patient')}"
        for event in came(analysis.competing)
    ]
    return told


def no_median(analysis: RecoveryAnalysis, noun: str) -> str:
    """Say who can no longer reach the endpoint, and that it has no median time."""
    causes, told = causes_that_came([analysis]), ", and ".join(_each(analysis, noun))
    are = (
        f"{causes[0]} is a competing event"
        if len(causes) == 1
        else "these are competing events"
    )
    return f"{capital(told)}: {are}, so that no median time to {noun} is given."


def gone_by(group: RecoveryGroup, n: int) -> str:
    """Count those of a group in whom another event had come first by a visit."""
    return f"{either(came(group.competing))} had come first in {n}" if n else ""
