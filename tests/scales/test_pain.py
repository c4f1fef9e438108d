"""Severity of pain by named rules."""

import math

import pytest

from iph.errors import InputError
from iph.scales import PAIN_RULES, PainSeverity, pain_severity

# The severity of 0, 1, ..., 10 as the reference of each rule prints it.
WHOLE = {
    "li2023": "0 111 222 3333",
    "jensen2003": "0 1111 222 333",
    "collins1997": "0 111 22 33333",
    "boonstra2014-words": "0 111 2222 333",
    "boonstra2014-function": "0 111 222 3333",
    "boonstra2016": "0 11111 22 333",
    "woo2015": "0 1111 22 3333",
}


@pytest.mark.parametrize(("rule", "expected"), WHOLE.items())
def test_whole_scores(rule: str, expected: str) -> None:
    """Every rule grades the whole scores as its reference prints them."""
    grades = pain_severity(range(11), rule=rule)
    assert grades.tolist() == [int(digit) for digit in expected.replace(" ", "")]


@pytest.mark.parametrize(
    ("rule", "vas", "severity"),
    [
        ("jensen2003", 0.4, "none"),
        ("jensen2003", 0.5, "mild"),
        ("jensen2003", 4.4, "mild"),
        ("jensen2003", 4.5, "moderate"),
        ("jensen2003", 7.4, "moderate"),
        ("jensen2003", 7.5, "severe"),
        ("collins1997", 3.0, "mild"),
        ("collins1997", 3.1, "moderate"),
        ("collins1997", 5.4, "moderate"),
        ("collins1997", 5.5, "severe"),
        ("boonstra2014-words", 3.4, "mild"),
        ("boonstra2014-words", 3.45, "mild"),
        ("boonstra2014-words", 3.5, "moderate"),
        ("boonstra2014-words", 7.4, "moderate"),
        ("boonstra2014-words", 7.5, "severe"),
        ("boonstra2014-function", 6.4, "moderate"),
        ("boonstra2014-function", 6.5, "severe"),
        ("li2023", 0.1, "mild"),
        ("li2023", 3.9, "mild"),
        ("li2023", 6.9, "moderate"),
        ("boonstra2016", 5.5, "mild"),
        ("woo2015", 4.5, "mild"),
    ],
)
def test_printed_limits(rule: str, vas: float, severity: str) -> None:
    """Printed limits are kept; a value in a gap stays in the lower class."""
    grade = pain_severity(vas, rule=rule)
    assert grade is not None
    assert grade.label == severity


@pytest.mark.parametrize("rule", PAIN_RULES)
def test_every_rule(rule: str) -> None:
    """No rule calls 0 pain or 10 less than severe; each stands under its own name."""
    assert pain_severity(0, rule=rule) is PainSeverity.NONE
    assert pain_severity(10, rule=rule) is PainSeverity.SEVERE
    assert PAIN_RULES[rule].name == rule


def test_every_rule_is_tested() -> None:
    """A rule that is added needs its printed classes above."""
    assert set(WHOLE) == set(PAIN_RULES)


@pytest.mark.parametrize("rule", PAIN_RULES)
def test_ends_of_the_scale(rule: str) -> None:
    """0 and 10 are legal, the next numbers beyond are not."""
    for beyond in (math.nextafter(0, -1), math.nextafter(10, 11)):
        with pytest.raises(InputError, match="vas must be a number from 0 to 10"):
            pain_severity(beyond, rule=rule)


def test_default_rule() -> None:
    """Without a rule the usual one of the study is taken."""
    scores = [0, 1, 3, 4, 6, 7, 10, None]
    expected = pain_severity(scores, rule="li2023").tolist()
    assert pain_severity(scores).tolist() == expected
    assert pain_severity(None) is None


def test_messages() -> None:
    """A score in millimeters and an unknown rule are refused with what to do."""
    with pytest.raises(InputError, match="divide millimeters by 10"):
        pain_severity(70)
    with pytest.raises(InputError, match="rule must be one of 'li2023', 'jensen2003'"):
        pain_severity(7, rule="jensen")
