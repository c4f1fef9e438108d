"""Numbers in print."""

import math
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from iph.report._numbers import (
    MINUS,
    days,
    decimal,
    estimate_interval,
    p_equals,
    p_value,
    p_with_error,
    percent,
    sentence,
    share,
    share_interval,
    trimmed,
    unbroken,
)
from iph.stats import proportion


@given(
    value=st.floats(-1e9, 1e9, allow_nan=False) | st.integers(-(10**12), 10**12),
    places=st.integers(0, 6),
)
@example(value=0.125, places=2)
@example(value=2.675, places=2)
@example(value=-0.5, places=0)
@example(value=-0.0001, places=2)
def test_rounding_is_half_away_from_zero_of_what_is_typed(
    value: float, places: int
) -> None:
    """The printed number is the decimal rounding of the shortest decimal."""
    exact = Decimal(repr(value))
    wanted = exact.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)
    printed = decimal(value, places).replace(MINUS, "-")
    assert Decimal(printed) == wanted
    assert printed[0] != "-" or wanted != 0


@given(count=st.integers(0, 500), more=st.integers(0, 500))
def test_a_share_is_rounded_from_its_counts(count: int, more: int) -> None:
    """A percentage lies within half a unit of its last digit of the true share."""
    n = count + more
    if n == 0:
        assert share(count, n) == "none recorded"
        return
    printed = Fraction(percent(count, n).removesuffix(" %"))
    half = Fraction(1, 2) if n < 100 else Fraction(1, 20)
    assert abs(printed - Fraction(100 * count, n)) <= half
    assert share(count, n) == f"{count}/{n} ({percent(count, n)})"


@given(p=st.floats(0, 1))
@example(p=0.05)
@example(p=0.125)
@example(p=0.0499999)
@example(p=0.00099999)
@example(p=0.0099)
@example(p=1.0)
def test_a_p_value_stays_on_its_side_of_the_level(p: float) -> None:
    """Rounding never carries a p-value over .05, to 0 or to 1."""
    text = p_value(p)
    if text.startswith("<"):
        assert p < float(f"0{text[2:]}")
    elif text.startswith(">"):
        assert p > 0.99
    else:
        assert text[0] == "."
        assert 0 < float(text) < 1
        assert (float(text) < 0.05) == (p < 0.05)
        assert abs(Fraction(f"0{text}") - Fraction(p)) <= Fraction(1, 200)


def test_p_values_of_the_manual() -> None:
    """The examples of the AMA Manual of Style come out as printed there."""
    given_p = [0.0001, 0.001, 0.006, 0.0136, 0.046, 0.20, 0.9951]
    printed = ["< .001", ".001", ".006", ".01", ".046", ".20", "> .99"]
    assert [p_value(p) for p in given_p] == printed
    assert p_equals(0.0136) == "P = .01"
    assert p_equals(0.0001) == "P < .001"
    assert p_equals(math.nan) == "P not defined"
    assert p_value(None) == "not defined"
    assert p_value(0.0499999) == "< .05"


def test_a_simulated_p_value_shows_its_error() -> None:
    """A p-value from random draws comes with the interval of what it stands for."""
    text = p_with_error(0.031, 0.027, 0.036)
    assert text == "P = .03 (simulated; 99 % interval .03 to .04)"
    assert p_with_error(0.031, None, None) == "P = .03"


@pytest.mark.parametrize(
    ("value", "printed"),
    [
        (20.25, "20.25"),
        (63.0, "63"),
        (100.0, "100"),
        (0.0, "0"),
        (math.inf, "infinite"),
    ],
)
def test_zeros_at_the_end_are_left_out(value: float, printed: str) -> None:
    """A quartile is printed with the decimals that it has."""
    assert trimmed(value) == printed


def test_what_is_undefined_says_so() -> None:
    """NaN is never printed as a number."""
    assert decimal(math.nan, 2) == "not defined"
    assert decimal(-math.inf, 2) == f"{MINUS}infinite"
    assert days(math.nan) == "not reached"
    assert estimate_interval(math.nan, 0.0, 1.0) == "not defined"
    assert estimate_interval(1.0, math.nan, 1.0) == "1.00 (CI not defined)"
    assert share_interval(proportion(0, 0)) == "not defined"


def test_lines_do_not_part_numbers_from_their_signs() -> None:
    """A percent sign stays with its number and a P with its value."""
    assert " %" not in unbroken("24/28 (85.7 %; 95 % CI, 68.5 to 94.3 %)")
    assert unbroken("P < .001, n = 28") == "P\xa0<\xa0.001, n\xa0=\xa028"


def test_a_sentence_begins_and_ends_as_one() -> None:
    """A rule is printed as a sentence, and one that is a sentence stays."""
    assert sentence("quartiles: weibull") == "Quartiles: weibull."
    assert sentence("Done.") == "Done."
    assert sentence("") == ""
