"""The groups of a study at each visit, in each outcome."""

import math
from collections.abc import Iterator

from iph.report._document import Block
from iph.report._numbers import (
    decimal,
    level_text,
    p_equals,
    p_simulated,
)
from iph.report._parts.part import Material, Part, Results, headed
from iph.report._phrases import lowered, visit_text
from iph.report._sheet import Sheet, SheetRow
from iph.study._group_visits import GroupValues, GroupVisit

Outcome = tuple[GroupVisit, ...]  # one outcome at each visit


def _results(material: Material) -> Results:
    """Return each outcome with its visits."""
    found: dict[str, list[GroupVisit]] = {}
    for one in material.study.group_visits:
        found.setdefault(one.field, []).append(one)
    return tuple(map(tuple, found.values()))


def _blocks(outcome: Outcome, material: Material) -> Iterator[Block]:
    yield group_visits_sheet(outcome, material)


def _group(material: Material) -> str:
    """Name the grouping as its field is declared."""
    name = str(material.protocol.group)
    return lowered(material.protocol.patient_declarations[name].label)


def _is_compared(one: GroupVisit, material: Material) -> bool:
    """Whether groups are compared: at baseline, and of convenience, they are not."""
    return not (one.visit.is_baseline or material.study.convenience)


def group_visits_sheet(outcome: Outcome, material: Material) -> Sheet:
    """Print the values of each group at each visit, with the effect and the test."""
    first, group = outcome[0], _group(material)
    names = tuple(values.label for values in first.groups)
    compared = [_is_compared(one, material) for one in outcome]
    shown = any(compared)
    two = len(names) == 2 and shown
    effect = (f"{names[1]} better than {names[0]} (95 % CI)",) if two else ()
    rows = [
        (
            one.visit.label,
            *(f"{_values(v)}; n = {_n(v)}" for v in one.groups),
            *(_better(one) if is_compared else "" for _ in effect),
            *([_p_value(one) if is_compared else ""] * shown),
        )
        for one, is_compared in zip(outcome, compared, strict=True)
    ]
    twice = "Mann-Whitney test, twice the smaller tail"
    test = twice if two else "Kruskal-Wallis test"
    notes = ["Median (Q1, Q3) and number of patients."]
    if shown:
        notes[0] += f" P, {test}; unadjusted."
    if any(one.visit.is_baseline for one in outcome):
        notes.append("At baseline the groups are described and not compared.")
    if two:
        notes.append(
            "Better: how often a patient of the one group has a better value than one "
            "of the other, in percent; a tie counts one half, and 50 % is no "
            "difference."
        )
    notes += [note for note in (_bounds_text(outcome, material, two=two),) if note]
    return Sheet(
        name=f"groups_{first.field}",
        title=f"{first.label} at each visit, by {group}",
        header=("Visit", *names, *effect, *(["P value"] * shown)),
        rows=tuple(SheetRow(row) for row in rows),
        notes=tuple(notes),
    )


def _values(group: GroupValues) -> str:
    return visit_text(group.quartiles, group.bounded)


def _n(group: GroupValues) -> int:
    return (group.bounded or group.quartiles).n


def _bounds_text(outcome: Outcome, material: Material, *, two: bool) -> str:
    """Say how the tests rank values that are known by a bound alone."""
    told, compared = [], [one for one in outcome if _is_compared(one, material)]
    for one in compared:
        rule = _bound_rule(one)
        if rule is not None:
            told.append(f"{one.visit.label}, {rule}")
        elif any(values.bounded is not None for values in one.groups):
            told.append(f"{one.visit.label}, not tested")
    values = [group for one in outcome for group in one.groups]
    if not any(group.bounded is not None for group in values):
        return ""
    text = (
        "Quartiles heed the bounds, and are given as a bound or by two limits where "
        "they are not known."
    )
    if told:
        text = f"Values known by a bound alone, for P: {'; '.join(told)}. {text}"
    if two and any(_is_unordered(one) for one in compared):
        text += " Better is not estimable where values lie beyond the bounds."
    return text


def _bound_rule(one: GroupVisit) -> str | None:
    tests = (one.mann_whitney, one.kruskal_wallis)
    return next((t.bound_rule for t in tests if t is not None), None)


def _is_unordered(one: GroupVisit) -> bool:
    return one.mann_whitney is not None and one.better is None


def _better(one: GroupVisit) -> str:
    found = one.better
    if found is None or math.isnan(found.estimate):
        return "not estimable"
    if math.isnan(found.low) or math.isnan(found.high):
        return f"{decimal(found.estimate * 100, 0)} %"
    low, high = (decimal(bound * 100, 0) for bound in (found.low, found.high))
    return f"{decimal(found.estimate * 100, 0)} % ({low} to {high} %)"


def _p_value(one: GroupVisit) -> str:
    for test in (one.mann_whitney, one.kruskal_wallis):
        if test is not None:
            return p_simulated(test.p_value, test.p_high)
    return "not tested"


def _sentences(outcome: Outcome, material: Material) -> Iterator[str]:
    """Say how the groups stood at the primary visit, and nothing of the others."""
    primary = material.study.rules.primary_visit
    at = next((one for one in outcome if one.visit == primary), None)
    if at is None or material.study.convenience:
        return
    told = "; ".join(f"{v.label}, {_values(v)} (n = {_n(v)})" for v in at.groups)
    text = f"{at.label} at {primary.label}, median by {_group(material)}: {told}."
    found, tests = at.better, (at.mann_whitney, at.kruskal_wallis)
    test = next((one for one in tests if one is not None), None)
    p = "" if test is None else p_equals(test.p_value)
    if found is not None and not math.isnan(found.estimate):
        level = level_text(found.confidence_level)
        text += (
            f" A patient of the group {at.groups[1].label} had a better value than one "
            f"of the group {at.groups[0].label} in "
            + _better(at)
            .replace(" %", " % of pairs", 1)
            .replace(" (", f" ({level} CI, ", 1)
            + (f"; Mann-Whitney test, {p}." if p else ".")
        )
    elif p:
        name = "Kruskal-Wallis" if at.mann_whitney is None else "Mann-Whitney"
        text += f" {name} test, {p}."
    yield text


def _methods(found: tuple[Outcome, ...], material: Material) -> Iterator[str]:
    visits = [one for outcome in found for one in outcome]
    if not any(_is_compared(one, material) for one in visits):
        return
    groups = max(len(one.groups) for one in found[0])
    after = " after baseline" if any(one.visit.is_baseline for one in visits) else ""
    if groups > 2:
        yield (
            f"At each visit{after} the groups by {_group(material)} were compared by "
            "the Kruskal-Wallis test."
        )
        return
    yield (
        f"At each visit{after} the groups by {_group(material)} were compared by the "
        "exact Mann-Whitney test and the probability that a patient of the one group "
        "has a better value than one of the other, with Newcombe's score-type interval."
    )


PART = Part(
    chapter="visits",
    heading=headed("Groups at each visit"),
    results=_results,
    blocks=_blocks,
    sentences=_sentences,
    methods=_methods,
    answers=lambda _found, _material: dict.fromkeys(("subgroups", "others"), ""),
)
