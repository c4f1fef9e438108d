"""Weights of the event times: as floats, as fractions, and as they are defined."""

import itertools
import math
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from iph.errors import InputError
from iph.stats._survival.logrank_terms import (
    Weighting,
    exact_weights,
    float_weights,
    weighting,
)

RULES = [
    weighting("logrank", 0, 0),
    weighting("gehan", 0, 0),
    weighting("tarone-ware", 0, 0),
    weighting("peto", 0, 0),
    weighting("fleming-harrington", 1, 0),
    weighting("fleming-harrington", 0, 1),
    weighting("fleming-harrington", 2, 1),
    weighting("fleming-harrington", 0.5, 0.5),
    weighting("fleming-harrington", 0, 0),
]


@st.composite
def risk_sets(draw: st.DrawFn) -> tuple[list[int], list[int]]:
    """Events and patients at risk, of whom some are censored between events."""
    steps = draw(
        st.lists(
            st.tuples(st.integers(1, 3), st.integers(0, 3)), min_size=1, max_size=7
        )
    )
    left = itertools.accumulate((d + lost for d, lost in reversed(steps)), initial=0)
    return [d for d, _ in steps], list(left)[:0:-1]


def defined(rule: Weighting, events: list[int], at_risk: list[int]) -> list[float]:
    """Return the weights by the book, from the survival just before each time."""
    weights, survival = [], Fraction(1)
    for d, n in zip(events, at_risk, strict=True):
        weights.append(
            {
                "logrank": 1.0,
                "gehan": float(n),
                "tarone-ware": math.sqrt(n),
                "peto": float(survival),
                "fleming-harrington": float(survival) ** rule.rho
                * float(1 - survival) ** rule.gamma,
            }[rule.kind]
        )
        survival *= Fraction(n - d, n)
    return weights


@pytest.mark.parametrize("rule", RULES, ids=lambda r: f"{r.kind}-{r.rho}-{r.gamma}")
@given(sets=risk_sets())
def test_both_ways_are_as_defined(
    rule: Weighting, sets: tuple[list[int], list[int]]
) -> None:
    """Floats and fractions are the weights by the book."""
    events, at_risk = sets
    expected = defined(rule, events, at_risk)
    exact = [float(weight) for weight in exact_weights(rule, events, at_risk)]
    np.testing.assert_allclose(exact, expected, rtol=1e-12, atol=0)
    found = float_weights(rule, np.array(events, float), np.array(at_risk, float))
    if found is None:
        assert expected == [1.0] * len(events)
    else:
        np.testing.assert_allclose(found, expected, rtol=1e-12, atol=1e-15)


def test_whole_exponents_are_exact() -> None:
    """Survival 2/3, then 2/9: their products are fractions without rounding."""
    rule = weighting("fleming-harrington", 2, 1)
    assert exact_weights(rule, [1, 2, 1], [3, 3, 1]) == [
        Fraction(0),
        Fraction(4, 9) * Fraction(1, 3),
        Fraction(4, 81) * Fraction(7, 9),
    ]
    assert exact_weights(weighting("peto", 0, 0), [1, 2, 1], [3, 3, 1]) == [
        Fraction(1),
        Fraction(2, 3),
        Fraction(2, 9),
    ]
    assert exact_weights(weighting("gehan", 0, 0), [1, 1], [9, 4]) == [9, 4]


def test_roots_keep_ties() -> None:
    """Roots of a number and of its multiples by squares stay multiples, to 80 bits."""
    rule = weighting("tarone-ware", 0, 0)
    numbers = range(1, 200)
    roots = exact_weights(rule, [1] * 199, list(numbers))
    for n, root in zip(numbers, roots, strict=True):
        whole = math.isqrt(n)
        if whole**2 == n:
            assert root == whole
        assert 0 <= n - root**2 < Fraction(30 * n, 2**80)
        for factor in range(2, math.isqrt(199 // n) + 1):
            assert roots[n * factor**2 - 1] == factor * root
            assert root.denominator <= 2**80


def test_roots_have_all_80_digits() -> None:
    """One more unit in the 80th binary digit would be above the root."""
    prime = [2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37]
    roots = exact_weights(weighting("tarone-ware", 0, 0), [1] * len(prime), prime)
    for n, root in zip(prime, roots, strict=True):
        assert root**2 < n < (root + Fraction(1, 2**80)) ** 2


def test_only_weights_that_differ_are_made() -> None:
    """Where all weights are one there are none to multiply by."""
    events, at_risk = np.array([1.0, 1.0]), np.array([4.0, 2.0])
    for rule in (weighting("logrank", 0, 0), weighting("fleming-harrington", 0, 0)):
        assert float_weights(rule, events, at_risk) is None
    late = float_weights(weighting("fleming-harrington", 0, 1), events, at_risk)
    assert late is not None
    assert late.tolist() == [0.0, 0.25]


def test_rules_are_kept() -> None:
    """Peto's rule weights by the survival; exponents are those given, as floats."""
    peto, fleming = weighting("peto", 0, 0), weighting("fleming-harrington", 2, 0.5)
    assert (peto.kind, peto.rho, peto.gamma) == ("peto", 1.0, 0.0)
    assert (fleming.rho, fleming.gamma) == (2.0, 0.5)
    plain = weighting("logrank", 0.0, 0.0)
    assert (plain.rho, plain.gamma) == (0.0, 0.0)


@pytest.mark.parametrize(("rho", "gamma"), [(1, 0), (0, 1), (0.5, 0.5)])
@pytest.mark.parametrize("kind", ["logrank", "gehan", "tarone-ware", "peto"])
def test_exponents_belong_to_one_rule(kind: str, rho: float, gamma: float) -> None:
    """Other rules have no exponents, and say to whom they belong."""
    with pytest.raises(InputError, match='belong to kind="fleming-harrington"'):
        weighting(kind, rho, gamma)


@pytest.mark.parametrize("rho", [-1, math.nan, math.inf, None])
def test_exponents_are_numbers_from_zero(rho: Any) -> None:
    """A negative, infinite or missing exponent is refused, on either place."""
    for powers in ((rho, 0.0), (0.0, rho)):
        with pytest.raises(InputError, match=r"\(rho, gamma\)"):
            weighting("fleming-harrington", *powers)


def test_kinds_are_named() -> None:
    """An unknown rule is refused with those there are."""
    with pytest.raises(InputError, match=r"kind must be .*peto"):
        weighting("wilcoxon", 0, 0)
