"""What a protocol plans, item by item in words, so that two can be held together."""

from collections.abc import Iterator, Sequence
from typing import Any, Final

import attrs

from iph._display import Displayed
from iph._fields import Declaration, Kind, label_of
from iph.criteria._criterion import Criteria
from iph.protocol._changes import changes_text
from iph.protocol._outcomes import EndpointRule, OutcomeRule
from iph.protocol._protocol import Protocol
from iph.protocol._rule_writing import rule_text

NOT_MADE: Final = "none"
_TWO: Final = 2
_GROUPED_BY_COAGULATION: Final = "coagulation_status"  # as `analyze` groups, unasked


@attrs.frozen(kw_only=True)
class PlanItem(Displayed):
    """One thing that a plan lays down, or that a study did.

    Attributes
    ----------
    topic : str
        What it is about: ``"field"``, ``"visit"``, ``"outcome"``, ``"endpoint"``,
        ``"test"``, ``"population"``, ``"level"`` and the like.
    name : str
        Which of its topic.
    text : str
        What is laid down, in words.
    """

    topic: str
    name: str
    text: str


def protocol_items(
    protocol: Protocol[Any], criteria: Criteria | None
) -> Iterator[PlanItem]:
    """Yield what a protocol lays down by itself."""
    yield PlanItem(topic="protocol", name="digest", text=protocol.digest)
    fields = [*protocol.patient_fields, *protocol.assessment_fields]
    for field in fields:
        yield PlanItem(
            topic="field", name=field.name, text=declared_text(field.declaration)
        )
    for one in protocol.derived:
        yield PlanItem(
            topic="derived value", name=one.name, text=_derived_text(one, protocol)
        )
    for visit in protocol.visits:
        yield PlanItem(topic="visit", name=visit.value, text=_visit(visit, protocol))
    for outcome in protocol.outcomes:
        yield PlanItem(
            topic="outcome", name=outcome.field, text=outcome_text(outcome, protocol)
        )
    for endpoint in protocol.endpoints:
        yield PlanItem(
            topic="endpoint", name=endpoint.name, text=endpoint_text(endpoint)
        )
    for topic in ("include", "exclude"):
        for criterion in getattr(criteria, topic, ()):
            reading = f" ({criterion.reading})" if criterion.reading else ""
            text = f"{criterion.statement}{reading} [{rule_text(criterion.rule)}]"
            name = {"include": "inclusion", "exclude": "exclusion"}[topic]
            yield PlanItem(topic=name, name=criterion.code, text=text)
    if protocol.primary is not None:
        yield PlanItem(
            topic="primary outcome",
            name="primary",
            text=f"{protocol.primary.outcome} at {protocol.primary.visit}",
        )


def rule_items(
    *,
    population: str,
    level: float,
    primary_visit: str,
    group: str,
    description: str,
    quartiles: str,
) -> Iterator[PlanItem]:
    """Yield the rules of an analysis that a protocol leaves open."""
    yield PlanItem(topic="population", name="analyzed", text=population)
    yield PlanItem(
        topic="level",
        name="significance",
        text=f"{percent(level)} two-sided, with {percent(1.0 - level)} intervals",
    )
    yield PlanItem(topic="primary visit", name="visit", text=primary_visit)
    yield PlanItem(topic="group", name="comparison", text=group or NOT_MADE)
    yield PlanItem(topic="rule", name="description of numbers", text=description)
    yield PlanItem(topic="rule", name="quartiles", text=quartiles)


def items_of_tests(protocol: Protocol[Any], group: str) -> Iterator[PlanItem]:
    """Yield the tests that an analysis by the protocol makes."""
    groups = group_labels(protocol, group)
    for outcome in protocol.outcomes:
        declared = protocol.assessment_declarations[outcome.field]
        label = outcome.label or declared.label
        yield change_item(label, "sign test")
        if declared.kind is not Kind.GRADE:
            yield visits_item(label, "Skillings-Mack test")
        if protocol.group is not None:
            two = groups is not None and len(groups) == _TWO
            named = "Mann-Whitney test" if two else "Kruskal-Wallis test"
            yield groups_item(label, named)
    for endpoint in protocol.endpoints:
        if group:
            recorded = endpoint.form == "recorded"
            yield groups_item(
                endpoint.label,
                "Gray's test" if recorded else "interval-censored log-rank test",
            )


def change_item(label: str, test: str) -> PlanItem:
    """Return the item of a change since baseline."""
    return PlanItem(topic="test", name=f"{label}: change since baseline", text=test)


def visits_item(label: str, test: str) -> PlanItem:
    """Return the item of all visits at once."""
    return PlanItem(topic="test", name=f"{label}: all visits", text=test)


def groups_item(label: str, test: str) -> PlanItem:
    """Return the item of the groups compared."""
    return PlanItem(topic="test", name=f"{label}: groups", text=test)


def default_group(protocol: Protocol[Any]) -> str:
    """Return what an analysis groups by unless it is told otherwise."""
    if protocol.group is not None:
        return protocol.group
    return _GROUPED_BY_COAGULATION if "coagulation" in protocol.parts else ""


def group_labels(protocol: Protocol[Any], group: str) -> tuple[str, ...] | None:
    """Return the groups in words; None where the protocol alone does not name them."""
    declared = protocol.patient_declarations.get(group)
    if declared is None:
        return None
    if declared.kind is Kind.YES_NO:
        return f"{declared.label}: no", f"{declared.label}: yes"
    if declared.options is None:
        return None
    options = [one for one in declared.options if one.value != "unknown"]
    reference = protocol.group_reference if group == protocol.group else None
    options.sort(key=lambda one: str(one.value) != reference if reference else False)
    return tuple(label_of(one) for one in options)


def declared_text(declared: Declaration) -> str:
    """Return what a field holds, in words."""
    unit = f", {declared.unit}" if declared.unit else ""
    if declared.options is not None:
        codes = ", ".join(f"{one.value}" for one in declared.options)
        return f"{declared.label}{unit}: {declared.kind.value} ({codes})"
    if declared.low is None or declared.high is None:
        return f"{declared.label}{unit}: {declared.kind.value}"
    limits = f"{declared.low:.12g} to {declared.high:.12g}"
    return f"{declared.label}{unit}: {declared.kind.value} from {limits}"


def _derived_text(one: Any, protocol: Protocol[Any]) -> str:
    known = {**protocol.patient_declarations, **protocol.assessment_declarations}
    words = known[one.name].label if one.name in known else one.declaration.label
    if one.when is not None:
        unclear = f", unclear if {rule_text(one.unclear)}" if one.unclear else ""
        return f"{words} [{rule_text(one.when)}{unclear}]"
    if one.cut is not None:
        limits = ", ".join(f"{limit:g}" for limit in one.at)
        return f"{words} [{one.cut} cut at {limits}]"
    return f"{words} [a function in Python]"


def _visit(visit: Any, protocol: Protocol[Any]) -> str:
    unit = protocol.time_unit.removesuffix("s")
    when = "on no fixed day"
    if visit.nominal_day is not None:
        when = f"{unit} {visit.nominal_day}"
    if visit.window:
        when += f", window {visit.window[0]} to {visit.window[1]}"
    return f"{visit.label}: {when}"


def outcome_text(outcome: OutcomeRule, protocol: Protocol[Any]) -> str:
    """Return an outcome, its better end and its response in words."""
    label = outcome.label or protocol.assessment_declarations[outcome.field].label
    end = "low" if protocol.lower_is_better(outcome.field) else "high"
    than = "more than" if outcome.strict else "at least"
    response = ", a response is any change for the better"
    if outcome.response is not None:
        response = f", a response is {than} {outcome.response:g} better"
    if outcome.response_percent is not None:
        response = f", a response is {than} {outcome.response_percent:g} % better"
    changes = changes_text(outcome, protocol.assessment_declarations[outcome.field])
    return f"{label}: {end} is better{response}{changes}"


def endpoint_text(endpoint: EndpointRule) -> str:
    """Return an endpoint and how its time is known, in words."""
    rule = endpoint.when or endpoint.reached
    told = "" if rule is None else f" [{rule_text(rule)}]"
    unclear = f", unclear if {rule_text(endpoint.unclear)}" if endpoint.unclear else ""
    known = {
        "visits": "seen at visits",
        "recorded": f"recorded in {endpoint.at}",
        "stated": f"stated on the day in {endpoint.seen_by}",
    }[endpoint.form]
    competing = ""
    if endpoint.competing:
        events = [f"{event.label} (in {event.at})" for event in endpoint.competing]
        compete = "competes" if len(events) == 1 else "compete"
        competing = f"; {' and '.join(events)} {compete} with it, as death does"
    return f"{endpoint.label}: {known}{told}{unclear}{competing}"


def percent(share: float) -> str:
    """Return a share in percent, with the decimals that it needs."""
    return f"{100.0 * share:.4g} %"


def by_topic(items: Sequence[PlanItem], *topics: str) -> tuple[PlanItem, ...]:
    """Return the items of some topics, in order."""
    return tuple(item for item in items if item.topic in topics)
