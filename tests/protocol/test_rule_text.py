"""Rules as text: what is written is read again, and errors name their place."""

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iph._fields import Kind
from iph._model import PATIENT_FIELDS
from iph.criteria import (
    LI_2023,
    LI_2023_AS_PRINTED,
    AllOf,
    Answered,
    AnyOf,
    Compare,
    HasAny,
    Not,
    OneOf,
    Rule,
)
from iph.errors import InputError
from iph.protocol._rule_reading import parse_rule
from iph.protocol._rule_writing import rule_text

FIELDS = {field.name: field.declaration for field in PATIENT_FIELDS}


def of_kind(*kinds: Kind) -> st.SearchStrategy[str]:
    """Draw the name of a field of one of these kinds."""
    return st.sampled_from([n for n, d in FIELDS.items() if d.kind in kinds])


@st.composite
def comparisons(draw: st.DrawFn) -> Rule:
    """Draw a comparison of a number with a limit that it may have."""
    name = draw(of_kind(Kind.QUANTITY, Kind.DAYS))
    low, high = FIELDS[name].low, FIELDS[name].high
    assert low is not None
    assert high is not None
    whole = st.integers(math.ceil(low), int(high))
    limit = draw(whole if FIELDS[name].whole else whole | st.floats(low, high))
    shape = draw(st.sampled_from([">", ">=", "<", "<=", "=", "!="]))
    if shape in {"=", "!="}:
        equal = AllOf((Compare(name, ">=", limit), Compare(name, "<=", limit)))
        return Not(equal) if shape == "!=" else equal
    return Compare(name, shape, limit)  # type: ignore[arg-type] # one of the four


@st.composite
def code_rules(draw: st.DrawFn) -> Rule:
    """Draw a rule over codes."""
    name = draw(of_kind(Kind.CHOICE, Kind.CHOICES))
    codes = [str(one.value) for one in FIELDS[name].options or ()]
    known = st.sampled_from([code for code in codes if code != "unknown"])
    found = draw(st.lists(known, min_size=1, max_size=3, unique=True))
    if FIELDS[name].kind is Kind.CHOICES:
        return HasAny(name, tuple(found))
    return OneOf(name, tuple(found))


def answers() -> st.SearchStrategy[Rule]:
    """Draw a rule over a question."""
    return st.builds(
        Answered, of_kind(Kind.YES_NO), st.booleans(), missing_is_unmet=st.booleans()
    )


def rules() -> st.SearchStrategy[Rule]:
    """Draw any rule; what is joined has at least two parts."""

    def joined(inner: st.SearchStrategy[Rule]) -> st.SearchStrategy[Rule]:
        parts = st.lists(inner, min_size=2, max_size=3)
        return st.one_of(parts.map(AllOf), parts.map(AnyOf), inner.map(Not))

    single = st.one_of(comparisons(), code_rules(), answers())
    return st.recursive(single, joined, max_leaves=8)


@given(rules())
def test_what_is_written_is_read_again(rule: Rule) -> None:
    """The text of a rule gives the rule, whatever stands in what."""
    text = rule_text(rule)
    assert parse_rule(text, FIELDS) == (rule, ())
    spaced = text.replace("(", " ( ").replace(">=", " >= ")
    assert parse_rule(spaced, FIELDS) == (rule, ())


@given(rules(), st.sampled_from([AllOf, AnyOf]))
def test_a_joined_rule_of_one_part_is_that_part(
    rule: Rule, kind: type[AllOf] | type[AnyOf]
) -> None:
    """It is written, and read again, without its cover."""
    assert rule_text(kind([rule])) == rule_text(rule)
    assert rule_text(Not(kind([rule]))) == rule_text(Not(rule))


@pytest.mark.parametrize("criteria", [LI_2023, LI_2023_AS_PRINTED])
def test_published_criteria_can_be_written(criteria: Any) -> None:
    """Every criterion of Li et al. 2023 is one text."""
    for criterion in criteria.all:
        assert parse_rule(rule_text(criterion.rule), FIELDS) == (criterion.rule, ())


READ = {
    "age_years >= 18": Compare("age_years", ">=", 18),
    "age_years ≥ 18": Compare("age_years", ">=", 18),
    "inr > 1.5": Compare("inr", ">", 1.5),
    "inr = 2": AllOf((Compare("inr", ">=", 2), Compare("inr", "<=", 2))),
    "sex = female": OneOf("sex", "female"),
    'sex == "female"': OneOf("sex", "female"),
    "sex != female": Not(OneOf("sex", "female")),
    "etiology in (trauma, 'iatrogenic')": OneOf("etiology", ("trauma", "iatrogenic")),
    "ct = yes": OneOf("ct", "yes"),
    "records_complete": Answered("records_complete", answer=True),
    "records_complete != yes": Answered("records_complete", answer=False),
    "not records_complete": Not(Answered("records_complete", answer=True)),
    "stated records_complete = no": Answered(
        "records_complete", answer=False, missing_is_unmet=True
    ),
    "treatments has embolization or red_cells": HasAny(
        "treatments", ("embolization", "red_cells")
    ),
    "treatments has embolization or records_complete": AnyOf(
        (
            HasAny("treatments", "embolization"),
            Answered("records_complete", answer=True),
        )
    ),
    "treatments has embolization or sex = male": AnyOf(
        (HasAny("treatments", "embolization"), OneOf("sex", "male"))
    ),
    "treatments has embolization or not records_complete": AnyOf(
        (
            HasAny("treatments", "embolization"),
            Not(Answered("records_complete", answer=True)),
        )
    ),
    "age_years < 18 and sex = male or age_years > 60": AnyOf(
        (
            AllOf((Compare("age_years", "<", 18), OneOf("sex", "male"))),
            Compare("age_years", ">", 60),
        )
    ),
}


@pytest.mark.parametrize("text", READ)
def test_the_forms_of_a_rule(text: str) -> None:
    """Each form of the grammar says what it reads like."""
    assert parse_rule(text, FIELDS) == (READ[text], ())


WRONG = {
    "agee_years >= 18": (0, "is no field", "did you mean age_years?"),
    "age_years >= 300": (13, "between 0 and 120 years, never at 300", ""),
    "age_years => 18": (10, "is followed by", "such as"),
    "age_years": (9, "is followed by", "such as age_years >= 120"),
    "age_years = 17.5": (12, "a whole number, never 17.5", ""),
    "age_years >= old": (13, "a number is missing", ""),
    "age_years >=": (12, "a number is missing", ""),
    "age_years >= '18": (13, "means nothing", "a quote"),
    "sex = femal": (6, "has no code 'femal'", "did you mean female?"),
    "sex = unknown": (6, "unknown counts as missing", ""),
    "sex =": (5, "a code of sex is missing", "known: female, male"),
    "sex >= female": (4, "is followed by = or != or in", ""),
    "sex in female": (7, "( is missing", ""),
    "sex in (female": (14, ", or ) is missing", ""),
    "treatments = embolization": (11, "is followed by has", ""),
    "stated age_years > 5": (7, "yes/no question only", ""),
    "records_complete = true": (19, "answered yes or no", ""),
    "records_complete > 5": (17, "is followed by = or !=", ""),
    "patient_id = P01": (0, "no value that a rule can compare", ""),
    "age_years > 5 age_years < 9": (14, "one too many", "join"),
    "age_years > 5)": (13, "one too many", ""),
    "(age_years > 5": (14, "a ) is missing", ""),
    "age_years > 5 and": (17, "the name of a field is missing", ""),
    "": (0, "the name of a field is missing", ""),
    "and": (0, "the name of a field is missing, found and", ""),
    "age_years > 5; sex": (13, "; means nothing", ""),
}


@pytest.mark.parametrize("text", WRONG)
def test_what_is_wrong_is_told_with_its_place(text: str) -> None:
    """The character, the reason, and what may have been meant."""
    rule, (problem,) = parse_rule(text, FIELDS)
    at, said, hint = WRONG[text]
    assert rule is None
    assert problem.at == at
    assert said in problem.problem
    assert hint in problem.hint


def test_every_wrong_test_of_a_rule_is_told() -> None:
    """One error does not hide the next."""
    text = "agee > 1 and (sex = x or inr > 1) or not ct = maybe (x) and tt_s > 9999"
    rule, problems = parse_rule(text, FIELDS)
    assert rule is None
    assert [problem.at for problem in problems] == [0, 20, 46, 67]


def test_a_field_that_has_an_error_is_passed_over() -> None:
    """Its declaration is the error; the rule adds none of its own."""
    fields = {**FIELDS, "grip": None}
    assert parse_rule("grip > 5 and sex = male", fields) == (None, ())
    assert len(parse_rule("grip in (a, b) or sex = x", fields)[1]) == 1


def test_deep_parentheses_are_refused() -> None:
    """No text ends the program."""
    rule, (problem,) = parse_rule("(" * 100_000 + "sex = male", FIELDS)
    assert rule is None
    assert "parentheses" in problem.problem


@given(st.text("age_yrs sx()=<>'and or not has in 1", max_size=40))
def test_any_text_is_read_or_refused(text: str) -> None:
    """There is a rule or a problem within the text, never both."""
    rule, problems = parse_rule(text, FIELDS)
    assert (rule is None) == bool(problems)
    assert all(0 <= problem.at <= len(text) for problem in problems)


def test_only_rules_have_a_text() -> None:
    """Anything else is refused."""
    with pytest.raises(InputError, match=r"rules of iph\.criteria"):
        rule_text("sex = male")  # type: ignore[arg-type] # what is tested
