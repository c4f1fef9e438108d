"""Printed numbers are read exactly, and know what is printed like them."""

from decimal import ROUND_DOWN, ROUND_HALF_DOWN, ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal
from fractions import Fraction

import hypothesis.strategies as st
import pytest
from hypothesis import given

from iph.evidence._printed import (
    ROUNDED,
    TRUNCATED,
    decimal,
    mean_sd_in,
    number,
    numbers_in,
    p_value_in,
    quartiles_in,
)


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("46.15%", ["46.15"]),
        ("4,251", ["4251"]),
        ("Total (n = 28)", ["28"]),
        ("eight", ["8"]),
        ("no patients", ["0"]),
        ("none", ["0"]),
        ("16.20(3.5,178.05)", ["16.20", "3.5", "178.05"]),
        ("level", []),
    ],
)
def test_numbers_are_read(text: str, values: list[str]) -> None:
    """Digits before words, thousands with their comma."""
    assert [n.value for n in numbers_in(text)] == [Fraction(v) for v in values]


@pytest.mark.parametrize(
    ("text", "figures"),
    [
        ("48 (20.25, 63)", ("20.25", "48", "63")),
        ("16.20(3.5,178.05)", ("3.5", "16.20", "178.05")),
        ("207 [180.50; 286.25]", ("180.50", "207", "286.25")),
        ("3 (1.25–7)", ("1.25", "3", "7")),
        ("7 (IQR 6 to 8)", ("6", "7", "8")),
        ("median of 4", ("4",)),
    ],
)
def test_quartiles_are_read(text: str, figures: tuple[str, ...]) -> None:
    """The median comes first in print and second here, with its digits."""
    found = quartiles_in(text)
    assert found is not None
    assert tuple(str(n) for n in found) == figures


def test_what_is_no_figure_is_none() -> None:
    """Text without the figure gives none."""
    assert quartiles_in("about 4 or 5") is None
    assert mean_sd_in("110.57") is None
    assert p_value_in("not significant") is None


@pytest.mark.parametrize(
    ("text", "mean", "sd"),
    [
        ("110.57 ± 26.17", "110.57", "26.17"),
        ("110.6 (26.2)", "110.6", "26.2"),
        ("-1.5 +/- 2", "-1.5", "2"),
    ],
)
def test_mean_and_sd_are_read(text: str, mean: str, sd: str) -> None:
    """With a sign between them or in parentheses."""
    found = mean_sd_in(text)
    assert found is not None
    assert (str(found[0]), str(found[1])) == (mean, sd)


@pytest.mark.parametrize(
    ("text", "relation", "value"),
    [
        ("P < 0.05", "<", "0.05"),
        ("p=.049", "=", "0.049"),
        ("p ≤ 1e-4", "<=", "0.0001"),
        ("P > 0.05", ">", "0.05"),
        ("P ≥ 0.1", ">=", "0.1"),
    ],
)
def test_p_values_are_read(text: str, relation: str, value: str) -> None:
    """The relation and the bound."""
    found = p_value_in(text)
    assert found is not None
    assert (found[0], found[1].value) == (relation, Fraction(value))


@given(
    st.fractions(min_value=-1000, max_value=1000, max_denominator=999),
    st.integers(0, 3),
    st.sampled_from([ROUND_HALF_UP, ROUND_HALF_EVEN, ROUND_HALF_DOWN, ROUND_DOWN]),
)
def test_every_rounding_of_a_value_matches_it(
    value: Fraction, decimals: int, rounding: str
) -> None:
    """What any rule prints is recognized, as rounded or as cut off."""
    exact = Decimal(value.numerator) / Decimal(value.denominator)
    text = str(exact.quantize(Decimal(1).scaleb(-decimals), rounding))
    how = number(text).matches(value)
    assert how == ROUNDED if rounding != ROUND_DOWN else how in {ROUNDED, TRUNCATED}


@given(st.integers(-10_000, 10_000), st.integers(0, 3), st.integers(2, 9))
def test_other_values_do_not_match(digits: int, decimals: int, away: int) -> None:
    """A value more than one digit away is never printed so."""
    unit = Fraction(1, 10**decimals)
    printed = number(str(Decimal(digits).scaleb(-decimals)))
    assert printed.value == digits * unit
    assert printed.matches(printed.value + away * unit) is None
    assert printed.matches(printed.value - away * unit) is None


def test_decimal_rounds_half_away_from_zero() -> None:
    """Reasons quote figures as the house rounds them."""
    assert decimal(Fraction(1, 8), 2) == "0.13"
    assert decimal(Fraction(-1, 8), 2) == "-0.13"
    assert decimal(Fraction(-1, 1000), 1) == "0.0"
    assert decimal(Fraction(5, 2), 0) == "3"
