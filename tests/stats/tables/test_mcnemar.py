"""McNemar's test."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from iph.errors import InputError
from iph.stats import mcnemar
from iph.testing import contingency_tables

Reference = Callable[[str], list[dict[str, Any]]]

two_by_two = contingency_tables(max_rows=2, max_columns=2)


def test_agrees_with_r(reference: Reference) -> None:
    """Chi-square, all p-values and the odds interval are those of R over 200 tables."""
    cases = reference("paired_samples.json")
    chosen = [case for case in cases if case["kind"] == "mcnemar"]
    assert len(chosen) > 200
    for case in chosen:
        table = case["table"]
        plain = mcnemar(table, method="asymptotic")
        assert plain.statistic == pytest.approx(case["statistic"], rel=1e-9)
        assert plain.p_value == pytest.approx(case["p_value"], rel=1e-9)
        if case["corrected"] is not None:
            corrected = mcnemar(table, method="asymptotic", continuity=True)
            assert corrected.p_value == pytest.approx(case["corrected"], rel=1e-9)
            assert corrected.method == "asymptotic, continuity-corrected"
        exact = mcnemar(table)
        assert exact.method == "exact"
        assert exact.p_value == pytest.approx(case["exact"], abs=1e-12)
        mid = mcnemar(table, method="mid-p")
        assert mid.p_value == pytest.approx(case["mid"], abs=1e-12)
        assert exact.low == pytest.approx(case["low"], rel=1e-9, abs=1e-12)
        if case["high"] is None:
            assert math.isinf(exact.high)
        else:
            assert exact.high == pytest.approx(case["high"], rel=1e-9)


@given(table=two_by_two, method=st.sampled_from(["exact", "mid-p", "asymptotic"]))
def test_occasions_swapped(table: list[list[int]], method: Any) -> None:
    """The table transposed: the same p-value, the odds ratio inverted."""
    one = mcnemar(table, method=method)
    two = mcnemar([list(column) for column in zip(*table, strict=True)], method=method)
    assert repr(one.p_value) == repr(two.p_value)
    assert one.discordant == two.discordant[::-1]
    assert one.n == two.n == sum(map(sum, table))
    if all(one.discordant):
        assert one.odds_ratio == pytest.approx(1 / two.odds_ratio)
        assert one.low == pytest.approx(1 / two.high)


@given(table=two_by_two)
def test_interval_holds_the_estimate(table: list[list[int]]) -> None:
    """The odds ratio lies in its interval, which grows with the level."""
    found = mcnemar(table)
    wide = mcnemar(table, confidence_level=0.99)
    if any(found.discordant):
        assert wide.low <= found.low <= found.odds_ratio <= found.high <= wide.high
        assert (found.confidence_level, wide.confidence_level) == (0.95, 0.99)


@given(table=two_by_two)
def test_columns_give_the_table(table: list[list[int]]) -> None:
    """Outcomes of each patient, repeated or weighted, give what their table gives."""
    x, y = ["no", "no", "yes", "yes"], ["no", "yes", "no", "yes"]
    weights = [count for row in table for count in row]
    found = mcnemar(x, y, weights=weights)
    assert repr(found) == repr(mcnemar(table))
    repeated = [np.repeat(column, weights).tolist() for column in (x, y)]
    other = mcnemar(*repeated)
    assert repr(other.p_value) == repr(found.p_value)
    assert other.n == found.n


def test_missing_outcomes_are_counted() -> None:
    """A patient with one outcome missing is left out and counted."""
    found = mcnemar([True, False, None, True], [False, False, True, math.nan])
    assert (found.n, found.n_missing, found.discordant) == (2, 2, (0, 1))


def test_nobody_changed() -> None:
    """Exact and mid p are 1, the rest NaN; without any patient all is NaN."""
    for method, p in (("exact", 1.0), ("mid-p", 1.0), ("asymptotic", math.nan)):
        found = mcnemar([[5, 0], [0, 3]], method=method)  # type: ignore[arg-type] # one of the three
        assert found.p_value == pytest.approx(p, nan_ok=True)
        assert math.isnan(found.statistic)
        assert math.isnan(found.odds_ratio)
        assert (found.low, found.high) == (0.0, math.inf)
    alike = mcnemar(["yes"] * 3, ["yes"] * 3)
    assert (alike.p_value, alike.discordant) == (1.0, (0, 0))
    assert math.isnan(mcnemar([[0, 0], [0, 0]]).p_value)
    assert math.isnan(mcnemar([None], [1]).p_value)


def test_one_way_only() -> None:
    """If nobody changed back the odds ratio is infinite, its lower bound is not."""
    found = mcnemar([[5, 6], [0, 3]])
    assert math.isinf(found.odds_ratio)
    assert math.isinf(found.high)
    assert found.low == pytest.approx(0.025 ** (1 / 6) / (1 - 0.025 ** (1 / 6)))


def test_refusals() -> None:
    """More than two categories, other tables and unknown options are refused."""
    with pytest.raises(InputError, match="use bowker or stuart_maxwell for more"):
        mcnemar(["a", "b", "c"], ["a", "b", "c"])
    with pytest.raises(InputError, match="table must be square, got '2 x 3'"):
        mcnemar([[1, 2, 3], [4, 5, 6]])
    with pytest.raises(InputError, match="weights must be None with a table"):
        mcnemar([[1, 2], [3, 4]], weights=[1, 2])
    with pytest.raises(InputError, match="method must be one of"):
        mcnemar([[1, 2], [3, 4]], method="sure")  # type: ignore[arg-type] # that is the test


@pytest.mark.parametrize("method", ["exact", "mid-p"])
def test_interval_agrees_with_the_test(method: Any) -> None:
    """The 95 % interval leaves out an odds ratio of 1 exactly if p is at most .05."""
    for changed in range(1, 31):
        for up in range(changed + 1):
            found = mcnemar([[0, up], [changed - up, 0]], method=method)
            outside = not found.low <= 1.0 <= found.high
            assert outside == (found.p_value <= 0.05)


def test_mid_p_interval() -> None:
    """Seven against one: p = .039, so the interval lies above 1 (exact: .90)."""
    found = mcnemar([[5, 7], [1, 5]], method="mid-p")
    assert round(found.p_value, 3) == 0.039
    assert found.low > 1.0
    assert mcnemar([[5, 7], [1, 5]]).low == pytest.approx(0.90, abs=0.005)
