"""Protocols, criteria, rules and scales refuse what they cannot hold, at once."""

import re
from typing import Any

import attrs
import pytest

from iph import Bound
from iph.criteria import AllOf, Answered, Compare, Criteria, Criterion, HasAny, Not
from iph.errors import InputError
from iph.fields import yes_no
from iph.protocol import (
    LI_2023_PROTOCOL,
    Derived,
    EndpointRule,
    OutcomeRule,
    PrimaryOutcome,
    ProtocolErrors,
    StudyRules,
)
from iph.scales import CHANGE_RULES, HIP_FLEXION, INSTRUMENTS
from iph.testing import field_values, refused_texts, scores, totals

ADULT = Compare("age_years", ">=", 18)
CHANGE = next(iter(CHANGE_RULES.values()))
FISH = INSTRUMENTS["fish-7"]


CHANGES: list[tuple[Any, str]] = [
    ({"outcomes": 5}, "outcomes must be a sequence of OutcomeRule"),
    ({"outcomes": OutcomeRule(field="vas")}, "outcomes must be a sequence of"),
    ({"endpoints": ["x"]}, "endpoints[0] must be an EndpointRule, got 'x'"),
    ({"events": {"a": 1}}, "events[0] must be an EventRule"),
    ({"derived": None}, "derived must be a sequence of Derived"),
    ({"table": 5}, "table must be names of rows"),
    ({"parts": [5]}, "parts[0] must be a text"),
    ({"attrition": {"vas"}}, "attrition must be names of fields"),
    ({"criteria": ADULT}, "criteria must be Criteria, or None"),
    ({"primary": "vas"}, "primary must be a PrimaryOutcome, or None"),
    ({"group": ["sex"]}, "group must be the name of a field, or None"),
    ({"reference": b"doi"}, "reference must be a text"),
    ({"rules": "weibull"}, "rules must be StudyRules"),
]


MADE: list[tuple[Any, str]] = [
    (AllOf, "rules must be a sequence of rules"),
    (lambda x: AllOf([x]), "rules[0] must be a rule, such as Compare(...)"),
    (Not, "rule must be a rule"),
    (lambda x: Criterion("I1", "adult", x), "rule must be a rule"),
    (lambda x: Criterion(x, "adult", ADULT), "code must be a text"),
    (lambda x: Criteria(name="n", include=x), "include must be a sequence of"),
    (lambda x: Criteria(name="n", exclude=[x]), "exclude[0] must be a Criterion"),
    (lambda x: Compare("age_years", ">", x), "limit must be a number"),
    (lambda x: Compare(x, ">", 18), "field must be a text"),
    (lambda x: Answered("died", x), "answer must be True or False"),
    (lambda x: HasAny("agents", [x]), "codes[0] must be a text"),
    (lambda x: OutcomeRule(field=x), "field must be a text"),
    (lambda x: EndpointRule(name="n", label="l", when=x), "when must be a rule"),
    (lambda x: PrimaryOutcome(outcome="vas", visit=x), "visit must be a text"),
    (lambda x: StudyRules(quartiles=x), "quartiles must be a text"),
    (lambda x: StudyRules(description=x), "description must be one of"),
    (
        lambda x: Derived(name="d", declaration=yes_no("D"), when=x),
        "when must be a rule",
    ),
    (
        lambda x: Derived(name="d", declaration=yes_no("D"), cut="vas", at=[x]),
        "at[0] must be a number",
    ),
    (lambda x: attrs.evolve(HIP_FLEXION, edges=[x, 90]), "edges[0] must be a"),
    (lambda x: attrs.evolve(HIP_FLEXION, low=x), "low and high must be numbers"),
    (lambda x: attrs.evolve(HIP_FLEXION, levels=[x]), "levels[0] must be a Grade"),
    (lambda x: attrs.evolve(HIP_FLEXION, closed=[x]), "closed[0] must be a text"),
    (lambda x: attrs.evolve(CHANGE, points=x), "points must be a finite number"),
    (lambda x: attrs.evolve(FISH, low=x), "low must be a number"),
]


@pytest.mark.parametrize(
    ("changed", "said"),
    CHANGES,
    ids=range(len(CHANGES)),
)
def test_what_a_protocol_cannot_hold(changed: dict[str, Any], said: str) -> None:
    """The argument is named, and what it takes."""
    with pytest.raises(InputError, match=re.escape(said)):
        attrs.evolve(LI_2023_PROTOCOL, **changed)


def test_a_unit_of_time_is_a_word() -> None:
    """What could not be looked up is refused as an unknown word is."""
    unit: Any = ["days"]
    with pytest.raises(ProtocolErrors, match="time_unit: is days, hours or minutes"):
        attrs.evolve(LI_2023_PROTOCOL, time_unit=unit)


@pytest.mark.parametrize(
    ("make", "said"),
    MADE,
    ids=range(len(MADE)),
)
def test_what_rules_and_scales_cannot_hold(make: Any, said: str) -> None:
    """An object that is nothing of the kind is refused where it is given."""
    with pytest.raises(InputError, match=re.escape(said)):
        make(object())


@pytest.mark.parametrize("limit", [10**400, [8.0], int, "8", True, float("nan")])
def test_what_a_bound_cannot_hold(limit: Any) -> None:
    """Its limit is one finite number, and its sign a text."""
    with pytest.raises(InputError, match="value must be a finite number"):
        Bound(">", limit)
    with pytest.raises(InputError, match="operator must be one of"):
        Bound([limit], 8)


def test_what_no_values_can_be_drawn_of() -> None:
    """Strategies refuse what is nothing of the kind before anything is drawn."""
    wrong: Any = ["vas"]
    for draw in (field_values, refused_texts, totals):
        with pytest.raises(InputError, match="must be"):
            draw(wrong)
    with pytest.raises(InputError, match="low must be a whole number"):
        scores(low=wrong)
