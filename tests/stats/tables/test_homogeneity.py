"""Equal odds ratios in all strata: Zelen's test and that of Breslow, Day and Tarone."""

import itertools
import math
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from iph.errors import WorkError
from iph.stats import odds_ratio_homogeneity
from iph.stats._inference.tails import chi2_upper
from iph.testing import contingency_tables

Reference = Callable[[str], list[dict[str, Any]]]
Tables = list[list[list[int]]]
STRATA: Any = st.lists(
    contingency_tables(max_rows=2, max_columns=2, max_count=5), min_size=1, max_size=4
)


def zelen(tables: Tables) -> Fraction:
    """Add up the chances of all tables at most as likely, in a plain loop."""
    ranges, seen, observed = [], 0, 1
    for (a, b), (c, d) in tables:
        row, column, n = a + b, a + c, a + b + c + d
        ways = {
            x: math.comb(row, x) * math.comb(n - row, column - x)
            for x in range(max(0, row + column - n), min(row, column) + 1)
        }
        ranges.append(list(ways.items()))
        seen += a
        observed *= ways[a]
    rare = total = 0
    for cells in itertools.product(*ranges):
        if sum(x for x, _ in cells) == seen:
            weight = math.prod(w for _, w in cells)
            total += weight
            rare += weight * (weight <= observed)
    return Fraction(rare, total)


@given(STRATA)
def test_enumeration(tables: Tables) -> None:
    """Zelen's p-value is that of a loop over all tables with these margins and sum."""
    found = odds_ratio_homogeneity(tables)
    if any(map(sum, itertools.chain(*tables))):
        assert found.p_value == float(zelen(tables))
    else:
        assert math.isnan(found.p_value)


def test_r(reference: Reference) -> None:
    """The statistic agrees with one whose expected cells R found numerically."""
    cases = [case for case in reference("strata.json") if case["tarone"] is not None]
    assert len(cases) >= 100
    for case in cases:
        found = odds_ratio_homogeneity(case["tables"], method="asymptotic")
        assert found.statistic == pytest.approx(case["tarone"], rel=1e-7, abs=1e-9)
        assert found.p_value == chi2_upper(found.statistic, found.df)


@settings(max_examples=20)  # a simulation each
@example([[[300, 700], [20, 980]], [[10, 990], [300, 700]]])  # far from no effect
@given(STRATA)
def test_simulation_finds_the_exact_p_value(tables: Tables) -> None:
    """The 99.9 % interval of a simulation of 2,000 tables holds the exact p-value."""
    exact = odds_ratio_homogeneity(tables, method="exact").p_value
    found = odds_ratio_homogeneity(
        tables, method="monte-carlo", rng=7, n_resamples=2000
    )
    if math.isnan(exact):
        assert math.isnan(found.p_value)
        return
    error = math.sqrt(exact * (1 - exact) / 2000)
    assert abs(found.p_value - exact) <= 5 * error + 2e-3
    assert found.p_low is not None
    assert found.p_high is not None
    assert found.p_low <= found.p_value <= found.p_high


@given(STRATA)
def test_symmetry(tables: Tables) -> None:
    """Swapped groups, swapped outcomes and another order change nothing."""
    one = odds_ratio_homogeneity(tables)
    for others in (
        [table[::-1] for table in tables],
        [[row[::-1] for row in table] for table in tables],
        tables[::-1],
    ):
        two = odds_ratio_homogeneity(others)
        np.testing.assert_equal(one.p_value, two.p_value)
        np.testing.assert_allclose(one.statistic, two.statistic, rtol=1e-6, atol=1e-9)
        assert one.df == two.df


@given(contingency_tables(max_rows=2, max_columns=2), st.integers(1, 4))
def test_equal_strata(table: list[list[int]], k: int) -> None:
    """Where all strata are alike nothing speaks against equal odds ratios."""
    found = odds_ratio_homogeneity([table] * k, method="asymptotic")
    assert math.isnan(found.statistic) or found.statistic == pytest.approx(0, abs=1e-9)
    assert found.n_strata == k


def test_one_stratum_tells_nothing() -> None:
    """A single stratum that tells anything has p = 1 exactly, and no statistic."""
    tables = [[[3, 1], [1, 3]], [[0, 0], [2, 4]]]
    found = odds_ratio_homogeneity(tables, n_missing=1)
    assert (found.p_value, found.df, found.n_missing) == (1.0, 0, 1)
    assert math.isnan(found.statistic)
    assert math.isnan(odds_ratio_homogeneity(tables, method="asymptotic").p_value)


def test_ways_of_auto() -> None:
    """Many patients are asymptotic; many middling strata are simulated."""
    large = [[[5000, 5000], [4000, 6000]]] * 3
    assert odds_ratio_homogeneity(large).method == "asymptotic"
    middling = [[[30 + k, 70], [60, 40]] for k in range(12)]
    found = odds_ratio_homogeneity(middling)
    assert (found.method, found.seed) == ("monte-carlo", 2023)
    with pytest.raises(WorkError, match="test of equal odds ratios"):
        odds_ratio_homogeneity(middling, method="exact")
