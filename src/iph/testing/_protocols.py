"""Strategies for studies of any condition: their protocols.

A protocol takes some hundred draws, and to make a strategy costs more than to draw from
it: so each is made once, here or by a function that keeps it.
"""

import enum
from functools import cache, lru_cache
from typing import Any, Final

import attrs
import hypothesis.strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from iph import fields
from iph._categories import Category, ScheduledVisit
from iph._course import SeenAt
from iph._fields import KEY, Kind, yes_no
from iph._subject import Subject
from iph.criteria._change import Change
from iph.criteria._criterion import Criteria, Criterion
from iph.criteria._rule import Rule
from iph.criteria._rules import AllOf, Answered, AnyOf, Compare, HasAny, Not, OneOf
from iph.protocol._derived import Derived
from iph.protocol._events import EventRule
from iph.protocol._outcomes import (
    CompetingRule,
    EndpointRule,
    OutcomeRule,
    PrimaryOutcome,
)
from iph.protocol._protocol import Protocol

_CODES: Final = ("open", "70 mg", "label", "2nd", "mro", "other", "unknown")
_WORDS: Final = ("Load", "Grip", "Stage", "Drug", "Rest")
_DAYS: Final = (7, 14, 42, 91, 182, 365)
_RULES_AT_MOST: Final = 3
_CHANCE: Final = st.booleans()
_CHANGES: Final = st.integers(-1, 1)
_CODES_OF_A_CHOICE: Final = st.lists(st.sampled_from(_CODES), min_size=2, unique=True)
_DAYS_OF_VISITS: Final = st.sets(st.sampled_from(_DAYS), min_size=1, max_size=3)
_DEVIATIONS: Final = st.sampled_from([0.5, 3, 14.2])
_JOINS: Final = st.sampled_from([AllOf, AnyOf])
_KINDS: Final = st.sampled_from(
    [kind for kind in Kind if kind not in {Kind.IDENTIFIER, Kind.PART}]
)
_MISSING: Final = st.sampled_from([(), (999,), ("n.a.",)])
_RELIABILITIES: Final = st.sampled_from([0, 0.7, 0.95])
_SIGNS: Final = st.sampled_from(["<", "<=", ">=", ">"])
_STEPS: Final = st.sampled_from(["1", "0.1", "0.5"])


@lru_cache(maxsize=1024)
def _between(low: int, high: int) -> SearchStrategy[int]:
    return st.integers(low, high)


@lru_cache(maxsize=1024)
def _one_of(values: tuple[Any, ...]) -> SearchStrategy[Any]:
    return st.sampled_from(values)


@lru_cache(maxsize=1024)
def _some_of(
    values: tuple[Any, ...], max_size: int | None, *, unique: bool
) -> SearchStrategy[list[Any]]:
    return st.lists(
        st.sampled_from(values), min_size=1, max_size=max_size, unique=unique
    )


@st.composite
def _options(draw: DrawFn) -> Any:
    """Draw the codes of a choice, some of which are no Python names."""
    codes = draw(_CODES_OF_A_CHOICE)
    named = {f"CODE_{place}": code for place, code in enumerate(codes)}
    make: Any = Category  # an enumeration is made by calling one without members
    return make("Drawn", named)


@st.composite
def _grades(draw: DrawFn) -> Any:
    n_grades, first = draw(_between(2, 6)), draw(_between(0, 1))
    named = {f"GRADE_{place}": place + first for place in range(n_grades)}
    make: Any = enum.IntEnum
    return make("Drawn", named)


_OPTIONS: Final = _options()
_GRADES: Final = _grades()


@cache
@st.composite
def _field(draw: DrawFn, label: str, kind: Kind) -> Any:
    if kind is Kind.YES_NO:
        return fields.yes_no(label)
    if kind is Kind.DAYS:
        return fields.days(label, high=draw(_between(1, 5_000)))
    if kind is Kind.CHOICE:
        return fields.choice(label, draw(_OPTIONS))
    if kind is Kind.CHOICES:
        return fields.choices(label, draw(_OPTIONS))
    best: Any = draw(_one_of(("low", "high")))
    if kind is Kind.GRADE:
        return fields.grade(label, draw(_GRADES), best=best)
    low, width = draw(_between(-20, 20)), draw(_between(1, 300))
    step = draw(_STEPS)
    missing: Any = draw(_MISSING)
    return fields.quantity(
        label, low=low, high=low + width, step=step, best=best, missing=missing
    )


@cache
def _kinds(at_most: int) -> SearchStrategy[list[Kind]]:
    return st.lists(_KINDS, min_size=1, max_size=at_most)


@cache
@st.composite
def _fields(draw: DrawFn, prefix: str, at_most: int) -> dict[str, Any]:
    drawn = draw(_kinds(at_most))
    return {
        f"{prefix}{place}": draw(_field(f"{_WORDS[place]} {prefix}", kind))
        for place, kind in enumerate(drawn)
    }


@st.composite
def _schedules(draw: DrawFn) -> Any:
    days = sorted(draw(_DAYS_OF_VISITS))
    members: dict[str, tuple[Any, ...]] = {"BEFORE": ("before", 0)}
    for place, day in enumerate(days):
        window = (day - 3, day + 3) if draw(_CHANCE) else None
        members[f"VISIT_{place}"] = (f"visit_{place}", day, "", window)
    if draw(_CHANCE):
        members["CALL"] = ("call", None)
    make: Any = ScheduledVisit
    return make("Drawn", members)


_SCHEDULES: Final = _schedules()


def _rule(
    draw: DrawFn,
    declared: dict[str, Any],
    names: tuple[str, ...],
    *,
    of_change: bool = False,
) -> Rule:
    """Draw a rule over some fields, of any depth that a person would write."""
    tests: list[Rule] = []
    for name in draw(_some_of(names, 3, unique=False)):
        field = declared[name]
        options = field.options or ()
        codes = tuple(o.value for o in options if o.value != "unknown")
        if field.kind is Kind.YES_NO:
            stated = draw(_CHANCE)
            tests.append(Answered(name, answer=draw(_CHANCE), missing_is_unmet=stated))
        elif field.kind in {Kind.CHOICE, Kind.CHOICES}:
            make = OneOf if field.kind is Kind.CHOICE else HasAny
            chosen = draw(_some_of(codes, None, unique=True))
            tests.append(make(name, tuple(chosen)))
        else:
            limit = (
                draw(_one_of(codes))
                if codes
                else draw(_between(int(field.low), int(field.high)))
            )
            sign: Any = draw(_SIGNS)
            if of_change and draw(_CHANCE):
                percent = field.kind is not Kind.GRADE and draw(_CHANCE)
                by = draw(_CHANGES)
                tests.append(Change(name, sign, by, percent=percent))
            else:
                tests.append(Compare(name, sign, limit))
    join: Any = draw(_JOINS)
    rule: Rule = tests[0] if len(tests) == 1 else join(tests)
    return Not(rule) if draw(_CHANCE) else rule


@st.composite
def protocols(draw: DrawFn) -> Protocol[Any]:
    """Draw the protocol of a study of some condition, with classes of its own.

    Returns
    -------
    SearchStrategy of Protocol
        Sound ones: one to four fields of a patient and of an assessment, of any kind;
        two to five visits; outcomes, endpoints of each form, events, a derived value,
        criteria, a group and a primary outcome, wherever the fields allow them.

    Examples
    --------
    >>> from hypothesis import given, settings
    >>> from iph.testing import protocols
    >>> @settings(max_examples=5, deadline=None)
    ... @given(protocols())
    ... def test_any(protocol):
    ...     assert protocol.baseline is not None
    >>> test_any()
    """
    seen: Any = attrs.make_class(
        "DrawnSeen",
        {"visit": fields.choice("Visit", draw(_SCHEDULES)), **draw(_fields("s", 4))},
        bases=(SeenAt,),
        frozen=True,
        slots=True,
        kw_only=True,
    )
    patient: Any = attrs.make_class(
        "DrawnPatient",
        draw(_fields("p", 4)),
        bases=(Subject[seen],),
        frozen=True,
        slots=True,
        kw_only=True,
    )
    return _with_rules(draw, Protocol(title="t", condition="c", patient=patient))


def _usable(declared: dict[str, Any]) -> tuple[str, ...]:
    """Return the names of fields that a rule can ask for."""
    return tuple(
        name
        for name, field in declared.items()
        if field.kind is not Kind.IDENTIFIER
        and name != "visit"
        and [o for o in field.options or (True,) if getattr(o, "value", 1) != "unknown"]
    )


def _with_rules(draw: DrawFn, bare: Protocol[Any]) -> Protocol[Any]:
    """Add what the fields of a protocol allow."""
    of_patient, of_visit = (
        dict(bare.patient_declarations),
        dict(bare.assessment_declarations),
    )
    followed = [
        name
        for name, field in of_visit.items()
        if field.best is not None and draw(_CHANCE)
    ]
    asked, asked_seen = _usable(of_patient), _usable(of_visit)
    derived = (
        Derived(
            name="d0",
            declaration=yes_no("Derived")[KEY],
            when=_rule(draw, of_patient, asked),
            unclear=_rule(draw, of_patient, asked) if draw(_CHANCE) else None,
        ),
    )
    of_patient["d0"] = derived[0].declaration
    times = [name for name, field in of_patient.items() if field.kind is Kind.DAYS]
    reached = _rule(draw, of_patient, asked)
    competing = [
        CompetingRule(at=name, label=f"event {place}")
        for place, name in enumerate(times)
        if name != "died_day" and (of_patient[name].low or 0) >= 0 and draw(_CHANCE)
    ]
    endpoints = [
        EndpointRule(
            name="e0",
            label="seen",
            when=_rule(draw, of_visit, asked_seen, of_change=True),
            competing=competing,
        ),
        EndpointRule(
            name="e1",
            label="rec",
            reached=reached,
            at=times[0],
            competing=[one for one in competing if one.at != times[0]],
        ),
        EndpointRule(
            name="e2",
            label="said",
            reached=reached,
            seen_by=times[-1],
            competing=[one for one in competing if one.at != times[-1]],
        ),
    ]
    groups = [
        name
        for name, field in of_patient.items()
        if field.kind in {Kind.CHOICE, Kind.YES_NO, Kind.GRADE}
    ]
    rules = [
        _rule(draw, of_patient, (*asked, "d0"))
        for _ in range(draw(_between(1, _RULES_AT_MOST)))
    ]
    listed = [Criterion(f"C{n}", f"rule {n}", rule) for n, rule in enumerate(rules)]
    cut = draw(_between(0, len(listed)))
    later = [visit.value for visit in bare.visits if visit.nominal_day]
    events = [
        EventRule(
            name=f"v{place}",
            label=f"Event {place}",
            grades=draw(_GRADES) if draw(_CHANCE) else None,
            related=draw(_CHANCE),
        )
        for place in range(draw(_between(0, 2)))
    ]
    return attrs.evolve(
        bare,
        events=events,
        outcomes=[_outcome(draw, bare, name) for name in followed],
        derived=derived,
        endpoints=endpoints,
        criteria=Criteria(name="drawn", include=listed[:cut], exclude=listed[cut:]),
        group=draw(_one_of((None, *groups))),
        primary=(
            PrimaryOutcome(outcome=followed[0], visit=later[-1]) if followed else None
        ),
    )


def _outcome(draw: DrawFn, protocol: Protocol[Any], name: str) -> OutcomeRule:
    """Draw an outcome; a number with bounds may have a rule of reliable change."""
    bounded = protocol.assessment_declarations[name].kind is Kind.QUANTITY
    if not (bounded and draw(_CHANCE)):
        return OutcomeRule(field=name)
    return OutcomeRule(
        field=name,
        standard_deviation=draw(_DEVIATIONS),
        reliability=draw(_RELIABILITIES),
    )
