"""What was planned before the data, and what was done otherwise."""

from collections.abc import Iterator

from iph.design import Deviation, Plan
from iph.report._deviations import deviations, deviations_of
from iph.report._document import Block, Paragraph
from iph.report._numbers import counted, listing
from iph.report._parts.part import Material, Part, Results, headed


def _results(material: Material) -> Results:
    return () if material.plan is None else (material.plan,)


def _blocks(plan: Plan, material: Material) -> Iterator[Block]:
    sheet = deviations(plan, material.study)
    yield Paragraph(_said(plan, material))
    if sheet.rows:
        yield sheet


def _said(plan: Plan, material: Material) -> str:
    """Say which plan it was, and how much was done otherwise."""
    same = plan.protocol_digest == material.protocol.digest
    protocol = "the same protocol" if same else "another protocol"
    return (
        f"The study was held against version {plan.version} of its plan, which was "
        f"made from {protocol}. {_counted(deviations_of(plan, material.study))}."
    )


def _counted(found: tuple[Deviation, ...]) -> str:
    """Count the deviations by topic."""
    if not found:
        return "Nothing was done otherwise than planned"
    topics = dict.fromkeys(one.topic for one in found)
    named = listing(
        f"{topic} ({sum(one.topic == topic for one in found)})" for topic in topics
    )
    return f"Done otherwise than planned, {counted(len(found), 'item')}: {named}"


def _warned(found: tuple[Plan, ...], material: Material) -> tuple[str, ...]:
    listed = deviations_of(found[0], material.study)
    return (_counted(listed),) if listed else ()


PART = Part(
    chapter="planned",
    heading=headed("What was planned, and done otherwise"),
    results=_results,
    blocks=_blocks,
    summary=lambda found, material: (
        _counted(deviations_of(found[0], material.study)),
    ),
    methods=lambda found, material: (_said(found[0], material),),
    warnings=_warned,
)
