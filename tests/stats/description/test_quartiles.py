"""Quartiles and quantiles by the nine rules."""

import math
from collections.abc import Callable
from fractions import Fraction
from random import Random
from typing import Any

import attrs
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from iph.errors import InputError
from iph.stats import QUANTILE_RULES, quantile, quartiles
from iph.testing import scores

RULES = st.integers(1, 9)


def naive(values: list[int], p: Fraction, number: int) -> Fraction:
    """Hyndman and Fan's definitions, read word by word from a sorted list."""
    x, n = sorted(values), len(values)
    if number in (1, 2, 3):
        m = Fraction(-1, 2) if number == 3 else Fraction(0)
        j = math.floor(n * p + m)
        g = n * p + m - j
        if g > 0:
            gamma = Fraction(1)
        elif number == 1:
            gamma = Fraction(0)
        elif number == 2:
            gamma = Fraction(1, 2)
        else:
            gamma = Fraction(0 if j % 2 == 0 else 1)
    else:
        m = {
            4: Fraction(0),
            5: Fraction(1, 2),
            6: p,
            7: 1 - p,
            8: (p + 1) / 3,
            9: p / 4 + Fraction(3, 8),
        }[number]
        j = math.floor(n * p + m)
        gamma = n * p + m - j
    below = x[min(max(j, 1), n) - 1]
    above = x[min(max(j + 1, 1), n) - 1]
    return (1 - gamma) * below + gamma * above


def test_paper() -> None:
    """Whole-number ages of 28 patients give 48 (20.25, 63), as Li 2023 prints."""
    ages = [18] * 6 + [20, 21] + [40] * 5 + [47, 49] + [55] * 5 + [63, 63] + [70] * 6
    found = quartiles(ages)
    assert (found.q1, found.median, found.q3) == (20.25, 48.0, 63.0)
    assert (found.n, found.n_missing, found.method) == (28, 0, "weibull")


def test_r(reference: Callable[[str], list[dict[str, Any]]]) -> None:
    """All nine rules give what R's quantile gives."""
    cases = [c for c in reference("description.json") if c["kind"] == "quantile"]
    assert len(cases) == 200
    for case in cases:
        for number, expected in enumerate(case["values"], start=1):
            found = [quantile(case["x"], p, method=number).value for p in case["p"]]
            np.testing.assert_allclose(found, expected, rtol=1e-9, atol=1e-9)


@given(scores(min_size=1), st.fractions(0, 1, max_denominator=40), RULES)
def test_definition(values: list[int], p: Fraction, number: int) -> None:
    """Every rule is its definition, exactly."""
    found = quantile(values, p, method=number)
    assert found.value == float(naive(values, p, number))


@given(scores(min_size=1), RULES, st.randoms())
def test_row_order(values: list[int], number: int, random: Random) -> None:
    """The order of the patients does not matter."""
    shuffled = list(values)
    random.shuffle(shuffled)
    assert quartiles(shuffled, method=number) == quartiles(values, method=number)


@given(st.lists(st.tuples(st.integers(-5, 5), st.integers(0, 4)), max_size=9), RULES)
def test_weights_are_repetition(pairs: list[tuple[int, int]], number: int) -> None:
    """Case counts give what the repeated rows give."""
    rows = [value for value, count in pairs for _ in range(count)]
    found = quartiles(
        [v for v, _ in pairs], weights=[c for _, c in pairs], method=number
    )
    np.testing.assert_equal(
        attrs.astuple(found), attrs.astuple(quartiles(rows, method=number))
    )


@given(scores(min_size=1), st.integers(-20, 20), st.sampled_from([1, 2, 8]), RULES)
def test_shift_and_scale(values: list[int], shift: int, scale: int, rule: int) -> None:
    """Quartiles follow a change of unit."""
    plain = quartiles(values, method=rule)
    moved = quartiles([shift + scale * v for v in values], method=rule)
    np.testing.assert_allclose(
        [moved.q1, moved.median, moved.q3],
        [shift + scale * q for q in (plain.q1, plain.median, plain.q3)],
        rtol=1e-12,
        atol=1e-12,
    )


@given(scores(min_size=1), RULES)
def test_order(values: list[int], number: int) -> None:
    """The quartiles rise and lie within the data."""
    found = quartiles(values, method=number)
    assert min(values) <= found.q1 <= found.median <= found.q3 <= max(values)


@pytest.mark.parametrize("kind", ["whole", "shifted", "continuous", "wide"])
@pytest.mark.parametrize("number", range(1, 10))
def test_large(kind: str, number: int) -> None:
    """Counting and partial sorting give what full sorting gives."""
    rng = np.random.default_rng(5)
    x = {
        "whole": rng.integers(0, 11, 3001).astype(float),
        "shifted": rng.integers(-400, -30, 3001).astype(float),
        "continuous": rng.normal(size=3001),
        "wide": rng.integers(0, 2**40, 3001).astype(float),
    }[kind]
    found = quartiles(x, method=number)
    expected = [np.quantile(x, p, method=_NUMPY[number - 1]) for p in (0.25, 0.5, 0.75)]
    np.testing.assert_allclose([found.q1, found.median, found.q3], expected, rtol=1e-12)
    twice = quartiles(np.append(x, math.nan), weights=[2] * 3002, method=number)
    assert (twice.n, twice.n_missing) == (6002, 2)
    doubled = quartiles(np.repeat(x, 2), method=number)
    assert (twice.q1, twice.median, twice.q3) == (
        doubled.q1,
        doubled.median,
        doubled.q3,
    )


_NUMPY: Any = (
    "inverted_cdf",
    "averaged_inverted_cdf",
    "closest_observation",
    "interpolated_inverted_cdf",
    "hazen",
    "weibull",
    "linear",
    "median_unbiased",
    "normal_unbiased",
)


@pytest.mark.parametrize("name", sorted(QUANTILE_RULES))
def test_names(name: str) -> None:
    """A name, a program and a number that mean one rule give one result."""
    number = QUANTILE_RULES[name]
    found = quartiles([1, 2, 4, 8, 16, 32], method=name)
    assert found == quartiles([1, 2, 4, 8, 16, 32], method=number)
    assert QUANTILE_RULES[found.method] == number


# Of ?quantile in R, and of the manuals that it names.
PROGRAMS = {
    "r": 7, "numpy": 7, "excel": 7, "excel-exc": 6, "minitab": 6, "spss": 6, "prism": 6,
    "matlab": 5, "stata": 2, "sas": 2, "sas-1": 4, "sas-2": 3, "sas-3": 1, "sas-4": 6,
    "sas-5": 2,
}  # fmt: skip


@pytest.mark.parametrize(("name", "number"), PROGRAMS.items())
def test_programs(
    name: str, number: int, reference: Callable[[str], list[dict[str, Any]]]
) -> None:
    """A program's name gives what R gives for the rule that the program has."""
    cases = [c for c in reference("description.json") if c["kind"] == "quantile"]
    for case in cases[:40]:
        found = [quantile(case["x"], p, method=name).value for p in case["p"]]
        expected = case["values"][number - 1]
        np.testing.assert_allclose(found, expected, rtol=1e-9, atol=1e-9)


def test_every_program_is_tested() -> None:
    """Whatever is no rule of Hyndman and Fan is a program of the list."""
    assert len(QUANTILE_RULES) == len(PROGRAMS) + 9
    assert set(PROGRAMS) < set(QUANTILE_RULES)


def test_decimal_probability() -> None:
    """A float probability means the decimal number it is printed as."""
    # 10 x 0.7 is 7.000000000000001 for the binary number next to 0.7
    x = list(range(1, 11))
    assert quantile(x, 0.7, method=1).value == 7.0
    assert quantile(x, 0.7, method=1) == quantile(x, Fraction(7, 10), method=1)


def test_empty() -> None:
    """Without a recorded value the quartiles are undefined, and counted."""
    found = quartiles([None, math.nan])
    assert math.isnan(found.q1)
    assert math.isnan(found.median)
    assert math.isnan(found.q3)
    assert (found.n, found.n_missing) == (0, 2)
    assert math.isnan(quantile([], 0.5).value)


def test_one_patient() -> None:
    """One patient is all quartiles, by every rule."""
    for number in range(1, 10):
        found = quartiles([7], method=number)
        assert (found.q1, found.median, found.q3) == (7.0, 7.0, 7.0)


def test_refused() -> None:
    """Unknown rules and impossible shares are refused with what is allowed."""
    for method in (0, 10, "tukey", True, 6.5):
        with pytest.raises(InputError, match="a number from 1 to 9 or one of"):
            quartiles([1, 2], method=method)  # type: ignore[arg-type] # refused
    for p in (-0.1, 1.1, math.nan, Fraction(3, 2)):
        with pytest.raises(InputError, match="p must be a number from 0 to 1"):
            quantile([1, 2], p)
    with pytest.raises(InputError, match=r"x\[1\] must be a number"):
        quartiles([1, "2"])
    with pytest.raises(InputError, match="at most 2"):
        quartiles([1, 2], weights=[2**53, 2**53])
