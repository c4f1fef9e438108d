"""Strategies for studies of any condition: protocols, and cohorts of a protocol."""

import enum
from typing import Any, Final

import attrs
import hypothesis.strategies as st
from hypothesis.strategies import DrawFn

from iph import fields
from iph._categories import Category, ScheduledVisit
from iph._cohort import Cohort
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
from iph.testing._declared import recorded

_CODES: Final = ("open", "70 mg", "label", "2nd", "mro", "other", "unknown")
_WORDS: Final = ("Load", "Grip", "Stage", "Drug", "Rest")
_DAYS: Final = (7, 14, 42, 91, 182, 365)
_RULES_AT_MOST: Final = 3


@st.composite
def _options(draw: DrawFn) -> Any:
    """Draw the codes of a choice, some of which are no Python names."""
    codes = draw(st.lists(st.sampled_from(_CODES), min_size=2, unique=True))
    named = {f"CODE_{place}": code for place, code in enumerate(codes)}
    make: Any = Category  # an enumeration is made by calling one without members
    return make("Drawn", named)


@st.composite
def _grades(draw: DrawFn) -> Any:
    n_grades, first = draw(st.integers(2, 6)), draw(st.integers(0, 1))
    named = {f"GRADE_{place}": place + first for place in range(n_grades)}
    make: Any = enum.IntEnum
    return make("Drawn", named)


@st.composite
def _field(draw: DrawFn, label: str, kind: Kind) -> Any:
    if kind is Kind.YES_NO:
        return fields.yes_no(label)
    if kind is Kind.DAYS:
        return fields.days(label, high=draw(st.integers(1, 5_000)))
    if kind is Kind.CHOICE:
        return fields.choice(label, draw(_options()))
    if kind is Kind.CHOICES:
        return fields.choices(label, draw(_options()))
    best: Any = draw(st.sampled_from(["low", "high"]))
    if kind is Kind.GRADE:
        return fields.grade(label, draw(_grades()), best=best)
    low, width = draw(st.integers(-20, 20)), draw(st.integers(1, 300))
    step = draw(st.sampled_from(["1", "0.1", "0.5"]))
    missing: Any = draw(st.sampled_from([(), (999,), ("n.a.",)]))
    return fields.quantity(
        label, low=low, high=low + width, step=step, best=best, missing=missing
    )


@st.composite
def _fields(draw: DrawFn, prefix: str, at_most: int) -> dict[str, Any]:
    kinds = [kind for kind in Kind if kind not in {Kind.IDENTIFIER, Kind.PART}]
    drawn = draw(st.lists(st.sampled_from(kinds), min_size=1, max_size=at_most))
    return {
        f"{prefix}{place}": draw(_field(f"{_WORDS[place]} {prefix}", kind))
        for place, kind in enumerate(drawn)
    }


@st.composite
def _schedules(draw: DrawFn) -> Any:
    days = sorted(draw(st.sets(st.sampled_from(_DAYS), min_size=1, max_size=3)))
    members: dict[str, tuple[Any, ...]] = {"BEFORE": ("before", 0)}
    for place, day in enumerate(days):
        window = draw(st.none() | st.just((day - 3, day + 3)))
        members[f"VISIT_{place}"] = (f"visit_{place}", day, "", window)
    if draw(st.booleans()):
        members["CALL"] = ("call", None)
    make: Any = ScheduledVisit
    return make("Drawn", members)


@st.composite
def _rules(
    draw: DrawFn,
    declared: dict[str, Any],
    names: tuple[str, ...],
    *,
    of_change: bool = False,
) -> Rule:
    """Draw a rule over some fields, of any depth that a person would write."""
    tests: list[Rule] = []
    for name in draw(st.lists(st.sampled_from(names), min_size=1, max_size=3)):
        field = declared[name]
        codes = [o.value for o in field.options or () if o.value != "unknown"]
        if field.kind is Kind.YES_NO:
            stated = draw(st.booleans())
            tests.append(
                Answered(name, answer=draw(st.booleans()), missing_is_unmet=stated)
            )
        elif field.kind in {Kind.CHOICE, Kind.CHOICES}:
            make = OneOf if field.kind is Kind.CHOICE else HasAny
            chosen = draw(st.lists(st.sampled_from(codes), min_size=1, unique=True))
            tests.append(make(name, tuple(chosen)))
        else:
            limit = (
                draw(st.sampled_from(codes))
                if codes
                else draw(st.integers(int(field.low), int(field.high)))
            )
            sign: Any = draw(st.sampled_from(["<", "<=", ">=", ">"]))
            if of_change and draw(st.booleans()):
                percent = field.kind is not Kind.GRADE and draw(st.booleans())
                by = draw(st.integers(-1, 1))
                tests.append(Change(name, sign, by, percent=percent))
            else:
                tests.append(Compare(name, sign, limit))
    join: Any = draw(st.sampled_from([AllOf, AnyOf]))
    rule: Rule = tests[0] if len(tests) == 1 else join(tests)
    return Not(rule) if draw(st.booleans()) else rule


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
        {"visit": fields.choice("Visit", draw(_schedules())), **draw(_fields("s", 4))},
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
        if field.best is not None and draw(st.booleans())
    ]
    asked, asked_seen = _usable(of_patient), _usable(of_visit)
    derived = (
        Derived(
            name="d0",
            declaration=yes_no("Derived")[KEY],
            when=draw(_rules(of_patient, asked)),
            unclear=draw(st.none() | _rules(of_patient, asked)),
        ),
    )
    of_patient["d0"] = derived[0].declaration
    times = [name for name, field in of_patient.items() if field.kind is Kind.DAYS]
    reached = draw(_rules(of_patient, asked))
    competing = [
        CompetingRule(at=name, label=f"event {place}")
        for place, name in enumerate(times)
        if name != "died_day"
        and (of_patient[name].low or 0) >= 0
        and draw(st.booleans())
    ]
    endpoints = [
        EndpointRule(
            name="e0",
            label="seen",
            when=draw(_rules(of_visit, asked_seen, of_change=True)),
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
    rules = draw(
        st.lists(
            _rules(of_patient, (*asked, "d0")), min_size=1, max_size=_RULES_AT_MOST
        )
    )
    listed = [Criterion(f"C{n}", f"rule {n}", rule) for n, rule in enumerate(rules)]
    cut = draw(st.integers(0, len(listed)))
    later = [visit.value for visit in bare.visits if visit.nominal_day]
    events = [
        EventRule(
            name=f"v{place}",
            label=f"Event {place}",
            grades=draw(st.none() | _grades()),
            related=draw(st.booleans()),
        )
        for place in range(draw(st.integers(0, 2)))
    ]
    return attrs.evolve(
        bare,
        events=events,
        outcomes=[_outcome(draw, bare, name) for name in followed],
        derived=derived,
        endpoints=endpoints,
        criteria=Criteria(name="drawn", include=listed[:cut], exclude=listed[cut:]),
        group=draw(st.none() | st.sampled_from(groups)),
        primary=(
            PrimaryOutcome(outcome=followed[0], visit=later[-1]) if followed else None
        ),
    )


def _outcome(draw: DrawFn, protocol: Protocol[Any], name: str) -> OutcomeRule:
    """Draw an outcome; a number with bounds may have a rule of reliable change."""
    bounded = protocol.assessment_declarations[name].kind is Kind.QUANTITY
    if not (bounded and draw(st.booleans())):
        return OutcomeRule(field=name)
    return OutcomeRule(
        field=name,
        standard_deviation=draw(st.sampled_from([0.5, 3, 14.2])),
        reliability=draw(st.sampled_from([0, 0.7, 0.95])),
    )


@st.composite
def subjects(draw: DrawFn, protocol: Protocol[Any]) -> Subject[Any]:
    """Draw a patient of a study, by its protocol.

    Parameters
    ----------
    protocol : Protocol
        The study, whose classes have no rules of their own between fields.

    Returns
    -------
    SearchStrategy of Subject
        Legal patients; visits in order, whatever is not required possibly missing.

    Examples
    --------
    >>> from hypothesis import given, settings
    >>> from iph.testing import protocols, subjects
    >>> @settings(max_examples=5, deadline=None)
    ... @given(protocols().flatmap(subjects))
    ... def test_any(patient):
    ...     assert patient.patient_id
    >>> test_any()
    """
    chosen = [visit for visit in protocol.visits if draw(st.booleans())]
    count = len(chosen)
    days = sorted(draw(st.sets(st.integers(-30, 400), min_size=count, max_size=count)))
    seen = []
    seen_class: Any = protocol.assessment  # hashable, as every class is
    record = recorded(seen_class, frozenset({"visit", "day"}))
    for visit, day in zip(chosen, days, strict=True):
        moment: dict[str, Any] = {
            "visit": visit,
            "day": draw(st.sampled_from([day, None])),
        }
        seen.append(protocol.assessment(**draw(record), **moment))
    died = draw(st.booleans())
    course = protocol.course(
        assessments=seen,
        lost_to_follow_up=draw(st.none() | st.booleans()),
        died=draw(st.just(True) if died else st.sampled_from([False, None])),
        died_day=draw(st.none() | st.integers(400, 4_000)) if died else None,
    )
    patient_class: Any = protocol.patient
    own = draw(recorded(patient_class, frozenset()))
    made: Subject[Any] = protocol.patient(**own, follow_up=course)
    return made


@st.composite
def cohorts_of(
    draw: DrawFn, protocol: Protocol[Any], *, min_size: int = 0, max_size: int = 6
) -> Cohort[Any]:
    """Draw a cohort of a study, by its protocol.

    Parameters
    ----------
    protocol : Protocol
        The study, as for `subjects`.
    min_size, max_size : int
        The least and the largest number of patients.

    Returns
    -------
    SearchStrategy of Cohort
        Marked as synthetic; every patient has a pseudonym of its own.

    Examples
    --------
    >>> from hypothesis import given, settings
    >>> from iph.testing import cohorts_of, protocols
    >>> @settings(max_examples=5, deadline=None)
    ... @given(protocols().flatmap(cohorts_of))
    ... def test_any(cohort):
    ...     assert cohort.synthetic
    >>> test_any()
    """
    # After a protocol is varied, what followed it often falls back to the simplest: so
    # that is two patients, or most cohorts would be of nobody.
    least = max(min_size, draw(st.sampled_from((min(2, max_size), 0))))
    drawn = draw(
        st.lists(
            subjects(protocol),
            min_size=least,
            max_size=max_size,
            unique_by=lambda patient: patient.patient_id,
        )
    )
    return Cohort(drawn, synthetic=True, patient_class=protocol.patient)
