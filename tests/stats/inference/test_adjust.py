"""Adjustment of p-values for the number of tests."""

import itertools
import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from iph.errors import InputError
from iph.stats import adjust_p_values

P_VALUES = st.lists(st.floats(0.0, 1.0), max_size=8)


@pytest.mark.parametrize(
    ("method", "expected"),
    [
        # R 4.2.2: p.adjust(c(0.01, 0.02, 0.03, 0.04, 0.05, NA, 0.9), method)
        ("bonferroni", [0.06, 0.12, 0.18, 0.24, 0.3, math.nan, 1.0]),
        ("holm", [0.06, 0.1, 0.12, 0.12, 0.12, math.nan, 0.9]),
        ("benjamini-hochberg", [0.06, 0.06, 0.06, 0.06, 0.06, math.nan, 0.9]),
        ("none", [0.01, 0.02, 0.03, 0.04, 0.05, math.nan, 0.9]),
    ],
)
def test_r(method: str, expected: list[float]) -> None:
    """The rules agree with p.adjust of R, missing p-values included."""
    raw = [0.01, 0.02, 0.03, 0.04, 0.05, None, 0.9]
    found = adjust_p_values(raw, method=method)  # type: ignore[arg-type] # parametrized
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-15)


def test_r_by_reference(reference: Callable[[str], list[dict[str, Any]]]) -> None:
    """All rules agree with p.adjust of R on 60 sets of p-values."""
    cases = reference("adjust.json")
    assert len(cases) == 60
    for case in cases:
        for method, expected in case["adjusted"].items():
            found = adjust_p_values(case["p"], method=method)
            np.testing.assert_allclose(found, expected, rtol=1e-12, atol=1e-15)


@given(st.lists(st.floats(0.0, 1.0), min_size=1, max_size=6))
def test_hommel_is_the_closed_test(raw: list[float]) -> None:
    """A hypothesis gets the largest Simes p-value of all sets that hold it."""
    found = adjust_p_values(raw, method="hommel")
    places = range(len(raw))
    for i, adjusted in enumerate(found):
        simes = [
            min(len(chosen) * p / (k + 1) for k, p in enumerate(sorted(values)))
            for size in range(1, len(raw) + 1)
            for chosen in itertools.combinations(places, size)
            if i in chosen
            for values in [[raw[j] for j in chosen]]
        ]
        assert adjusted == pytest.approx(min(1.0, max(simes)), abs=1e-12)


@given(P_VALUES)
def test_power_of_the_rules(raw: list[float]) -> None:
    """Hommel's p-values are at most Hochberg's, and those at most Holm's."""
    hommel, hochberg, holm = (
        np.array(adjust_p_values(raw, method=method))
        for method in ("hommel", "hochberg", "holm")
    )
    assert (hommel <= hochberg + 1e-12).all()
    assert (hochberg <= holm + 1e-12).all()


@given(P_VALUES)
def test_order_of_the_rules(raw: list[float]) -> None:
    """No rule lowers a p-value; Holm lies between the others."""
    plain, bh, holm, bonferroni = (
        np.array(adjust_p_values(raw, method=method))
        for method in ("none", "benjamini-hochberg", "holm", "bonferroni")
    )
    slack = 1e-12
    assert (plain <= bh + slack).all()
    assert (bh <= holm + slack).all()
    assert (holm <= bonferroni + slack).all()
    assert (bonferroni <= 1.0).all()


@given(P_VALUES, st.sampled_from(["holm", "bonferroni", "benjamini-hochberg"]))
def test_order_of_the_tests(raw: list[float], method: str) -> None:
    """The answer belongs to the test, wherever it stands, and keeps the ranking."""
    found = adjust_p_values(raw, method=method)  # type: ignore[arg-type] # drawn
    turned = adjust_p_values(raw[::-1], method=method)  # type: ignore[arg-type] # drawn
    assert found == turned[::-1]
    ordered = [q for _, q in sorted(zip(raw, found, strict=True))]
    assert ordered == sorted(ordered)


@pytest.mark.parametrize("raw", [[], [None], [None, math.nan]])
@pytest.mark.parametrize("method", ["none", "bonferroni", "holm", "benjamini-hochberg"])
def test_without_any_test(method: str, raw: list[float | None]) -> None:
    """Without a known p-value there is nothing to adjust, by any rule."""
    found = adjust_p_values(raw, method=method)  # type: ignore[arg-type] # parametrized
    assert len(found) == len(raw)
    assert all(map(math.isnan, found))


@pytest.mark.parametrize("raw", [[0.5, 1.5], [-0.1], ["p"]])
def test_bad_p_values(raw: list[object]) -> None:
    """What is no probability is refused."""
    with pytest.raises(InputError, match="p_values"):
        adjust_p_values(raw)  # type: ignore[arg-type] # what is tested


def test_unknown_method() -> None:
    """An unknown rule is refused with those known."""
    with pytest.raises(InputError, match="'holm'"):
        adjust_p_values([0.1], method="sidak")  # type: ignore[arg-type] # what is tested
