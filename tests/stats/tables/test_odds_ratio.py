"""The conditional odds ratio."""

import math
import time
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given

from iph.errors import InputError, WorkError
from iph.stats import fisher_exact, odds_ratio
from iph.stats._tables import hypergeometric
from iph.testing import contingency_tables

Reference = Callable[[str], list[dict[str, Any]]]
TABLES = contingency_tables(max_rows=2, max_columns=2, max_count=12)


def test_r(reference: Reference) -> None:
    """Estimate and bounds agree with R's own distribution, solved to the end."""
    cases = [c for c in reference("cross_tables.json") if c["kind"] == "two by two"]
    assert len(cases) >= 200
    for case in cases:
        found = odds_ratio(case["table"], confidence_level=case["level"])
        expected = [float(value) for value in case["odds"]]
        np.testing.assert_allclose(
            [found.estimate, found.low, found.high], expected, rtol=1e-9
        )


def test_fisher_test_as_printed(reference: Reference) -> None:
    """What fisher.test prints is the same to the 1e-4 to which it solves.

    Above 1 it solves for the inverse.
    """
    for case in reference("cross_tables.json"):
        if case["kind"] == "two by two":
            found = odds_ratio(case["table"], confidence_level=case["level"])
            printed = [float(value) for value in case["printed"]]
            for value, told in zip(
                (found.estimate, found.low, found.high), printed, strict=True
            ):
                small, expected = (v if v <= 1 else 1 / v for v in (value, told))
                assert small == pytest.approx(expected, abs=1e-4)


@given(TABLES)
def test_interval(table: list[list[int]]) -> None:
    """The interval holds the estimate and grows with the level."""
    narrow = odds_ratio(table, confidence_level=0.8)
    wide = odds_ratio(table, confidence_level=0.99)
    assert wide.low <= narrow.low
    assert narrow.high <= wide.high
    if not math.isnan(narrow.estimate):
        assert narrow.low <= narrow.estimate <= narrow.high


@given(TABLES)
def test_swapping_rows_inverts(table: list[list[int]]) -> None:
    """With groups swapped the odds ratio is inverted."""
    one, two = odds_ratio(table), odds_ratio(table[::-1])
    inverse = [1 / v if v else math.inf for v in (two.estimate, two.high, two.low)]
    np.testing.assert_allclose([one.estimate, one.low, one.high], inverse, rtol=1e-9)


@given(TABLES)
def test_interval_agrees_with_the_central_test(table: list[list[int]]) -> None:
    """The 95 % interval leaves out 1 exactly if the central p-value is below 0.05."""
    found = odds_ratio(table)
    if sum(map(sum, table)):
        p = fisher_exact(table, two_sided="central").p_value
        assert (found.low > 1.0 or found.high < 1.0) == (p < 0.05)


def test_large_table() -> None:
    """With many cases the estimate is the sample odds ratio."""
    found = odds_ratio([[30_000, 70_000], [20_000, 80_000]])
    assert found.estimate == pytest.approx(3 / 7 * 4, rel=1e-4)
    assert found.low < found.estimate < found.high


def test_margins_that_decide_alone() -> None:
    """Where the margins allow one table only, the ratio can be anything."""
    for table in ([[0, 0], [3, 4]], [[3, 0], [4, 0]], [[0, 0], [0, 0]]):
        found = odds_ratio(table, n_missing=3)
        assert math.isnan(found.estimate)
        assert (found.low, found.high, found.n_missing) == (0.0, math.inf, 3)


@pytest.mark.parametrize("table", [[[1, 2, 3], [4, 5, 6]], [[1, 2]], [[1], [2]]])
def test_only_two_by_two(table: list[list[int]]) -> None:
    """Other tables are refused with their shape."""
    with pytest.raises(InputError, match="table of 2 x 2 counts, got '"):
        odds_ratio(table)


@pytest.mark.parametrize("method", ["exact", "mid-p"])
def test_only_tables_near_that_observed_matter(
    monkeypatch: pytest.MonkeyPatch, method: Any
) -> None:
    """Estimate and interval are those of all tables, though most are left out."""
    for table in (
        [[15_000, 14_000], [16_000, 17_000]],
        [[25_000, 2], [30_000, 40]],
        [[1, 30_000], [40_000, 90_000]],
        [[30_000, 0], [3, 30_000]],
    ):
        near = odds_ratio(table, method=method, confidence_level=0.999_999)
        with monkeypatch.context() as patch:
            patch.setattr(hypergeometric, "_SHORT_RANGE", 10**9)
            whole = odds_ratio(table, method=method, confidence_level=0.999_999)
        for name in ("estimate", "low", "high"):
            assert getattr(near, name) == pytest.approx(getattr(whole, name), rel=1e-9)


def test_counts_of_any_size_end() -> None:
    """Hundreds of millions take a second or two; more are refused at once."""
    begun = time.process_time()
    found = odds_ratio([[10**8, 10**8 + 7], [10**8 - 3, 10**8]])
    error = 1.959964 * 2e-4  # the standard error of the logarithm is sqrt(4e-8)
    assert math.log(found.low) == pytest.approx(-error, rel=1e-3)
    assert math.log(found.high) == pytest.approx(error, rel=1e-3)
    for large in (10**12, 10**18, 10**300):
        with pytest.raises(WorkError, match="use risk_ratio"):
            odds_ratio([[large, large], [large, large]])
    assert time.process_time() - begun < 20
