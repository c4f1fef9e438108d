"""Risk ratio and risk difference."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from scipy import stats

from iph.errors import InputError
from iph.stats import barnard, risk_difference, risk_ratio
from iph.stats._tables.risk import DIFFERENCES, _score
from iph.testing import contingency_tables

Reference = Callable[[str], list[dict[str, Any]]]
TABLES = contingency_tables(max_rows=2, max_columns=2, max_count=12)


def test_r(reference: Reference) -> None:
    """Both intervals agree with R; Koopman's is fitted there by root finding."""
    cases = [c for c in reference("cross_tables.json") if c["kind"] == "two by two"]
    checked = 0
    for case in cases:
        for method in ("koopman", "katz"):
            if case[method][0] is None:
                continue
            found = risk_ratio(
                case["table"], confidence_level=case["level"], method=method
            )  # fmt: skip
            expected = [float(value) for value in (case["ratio"], *case[method])]
            np.testing.assert_allclose(
                [found.estimate, found.low, found.high], expected, rtol=1e-9, atol=1e-12
            )
            checked += 1
    assert checked >= 400


def test_scipy() -> None:
    """Katz's interval is that of scipy's relative_risk."""
    found = risk_ratio([[27, 95], [44, 399]], method="katz")
    expected = stats.contingency.relative_risk(27, 122, 44, 443)
    interval = expected.confidence_interval(0.95)
    assert found.estimate == pytest.approx(expected.relative_risk, rel=1e-14)
    assert found.low == pytest.approx(interval.low, rel=1e-9)
    assert found.high == pytest.approx(interval.high, rel=1e-9)


@given(TABLES)
def test_interval(table: list[list[int]]) -> None:
    """Koopman's interval holds the estimate and grows with the level."""
    narrow = risk_ratio(table, confidence_level=0.8, method="koopman")
    wide = risk_ratio(table, confidence_level=0.99, method="koopman")
    slack = 1 + 1e-9
    assert wide.low <= narrow.low * slack
    assert narrow.high <= wide.high * slack
    if not math.isnan(narrow.estimate):
        assert narrow.low <= narrow.estimate * slack
        assert narrow.estimate <= narrow.high * slack


@given(TABLES)
def test_swapping_rows(table: list[list[int]]) -> None:
    """With groups swapped the ratio is inverted, the difference changes sign."""
    for method in ("koopman", "katz"):
        one = risk_ratio(table, method=method)
        two = risk_ratio(table[::-1], method=method)
        inverse = [1 / v if v else math.inf for v in (two.estimate, two.high, two.low)]
        np.testing.assert_allclose(
            [one.estimate, one.low, one.high], inverse, rtol=1e-9
        )
    minus, plus = risk_difference(table), risk_difference(table[::-1])
    np.testing.assert_allclose(
        [minus.estimate, minus.low, minus.high],
        [-plus.estimate, -plus.high, -plus.low],
        atol=1e-12,
    )


def test_newcombe_1998() -> None:
    """Method 10 of Newcombe's Table II, all eight examples, as printed."""
    for (a, n1, c, n2), low, high in [
        ((56, 70, 48, 80), 0.0524, 0.3339),
        ((9, 10, 3, 10), 0.1705, 0.8090),
        ((6, 7, 2, 7), 0.0582, 0.8062),
        ((5, 56, 0, 29), -0.0381, 0.1926),
        ((0, 10, 0, 20), -0.1611, 0.2775),
        ((0, 10, 0, 10), -0.2775, 0.2775),
        ((10, 10, 0, 20), 0.6791, 1.0),
        ((10, 10, 0, 10), 0.6075, 1.0),
    ]:
        found = risk_difference([[a, n1 - a], [c, n2 - c]], method="newcombe")
        assert (round(found.low, 4), round(found.high, 4)) == (low, high)


def test_newcombe_1998_miettinen_nurminen() -> None:
    """Method 6 of the same table (Miettinen and Nurminen), as printed."""
    for (a, n1, c, n2), low, high in [
        ((56, 70, 48, 80), 0.0528, 0.3382),
        ((9, 10, 3, 10), 0.1700, 0.8406),
        ((6, 7, 2, 7), 0.0342, 0.8534),
        ((5, 56, 0, 29), -0.0326, 0.1933),
        ((0, 10, 0, 20), -0.1658, 0.2844),
        ((0, 10, 0, 10), -0.2879, 0.2879),
        ((10, 10, 0, 20), 0.7156, 1.0),
        ((10, 10, 0, 10), 0.6636, 1.0),
    ]:
        found = risk_difference([[a, n1 - a], [c, n2 - c]])
        assert (round(found.low, 4), round(found.high, 4)) == (low, high)


@given(TABLES)
def test_miettinen_nurminen(table: list[list[int]]) -> None:
    """At a bound the difference, over its error at the fitted risks, is z.

    The risks are fitted here by going through them in steps, and in finer ones between
    the neighbors of the best: the likelihood has one peak.
    """
    (a, b), (c, d) = table
    n1, n2 = a + b, c + d
    found = risk_difference(table)
    if not n1 or not n2:
        assert (found.low, found.high) == (-1.0, 1.0)
        return
    for bound in (found.low, found.high):
        if abs(bound) > 0.98:
            continue
        low, high = max(0, -bound), min(1, 1 - bound)
        for _ in range(3):
            grid = np.linspace(low, high, 203)
            p2 = grid[1:-1]
            p1 = p2 + bound
            likely = a * np.log(p1) + b * np.log1p(-p1)
            likely += c * np.log(p2) + d * np.log1p(-p2)
            best = int(np.argmax(likely))
            low, high = grid[best], grid[best + 2]
        variance = p1[best] * (1 - p1[best]) / n1 + p2[best] * (1 - p2[best]) / n2
        n = n1 + n2
        score = (a / n1 - c / n2 - bound) / math.sqrt(variance * n / (n - 1))
        assert abs(score) == pytest.approx(1.959964, rel=5e-3)


@given(TABLES)
def test_difference_swaps(table: list[list[int]]) -> None:
    """Swapping the groups changes the sign and mirrors both intervals."""
    for method in DIFFERENCES:
        one = risk_difference(table, method=method)
        two = risk_difference(table[::-1], method=method)
        np.testing.assert_allclose(
            [-two.high, -two.low], [one.low, one.high], atol=1e-12
        )
        if not math.isnan(one.estimate):
            assert -1.0 <= one.low <= one.estimate <= one.high <= 1.0
            assert one.estimate == -two.estimate


def test_empty_cells() -> None:
    """Zeros leave Koopman's interval proper; Katz's is undefined."""
    none = risk_ratio([[0, 10], [5, 5]], method="koopman")
    assert (none.estimate, none.low) == (0.0, 0.0)
    assert 0.0 < none.high < 1.0
    all_of_them = risk_ratio([[5, 5], [0, 10]], method="koopman")
    assert (all_of_them.estimate, all_of_them.high) == (math.inf, math.inf)
    assert all_of_them.low == pytest.approx(1 / none.high, rel=1e-9)
    assert math.isnan(risk_ratio([[0, 10], [5, 5]], method="katz").high)
    both = risk_ratio([[7, 0], [7, 0]], method="koopman")
    assert both.low < both.estimate < both.high


@pytest.mark.parametrize("level", [1e-12, 1e-6, 0.01, 0.5, 0.95, 0.999])
@pytest.mark.parametrize(("n1", "n2"), [(3, 3), (7, 101), (12345, 11)])
def test_everybody_has_the_outcome(n1: int, n2: int, level: float) -> None:
    """Then the score is n (r - 1) of the group that falls short, at any level."""
    found = risk_ratio([[n1, 0], [n2, 0]], confidence_level=level, method="koopman")
    square = stats.norm.isf((1 - level) / 2) ** 2
    assert found.high == pytest.approx(1 + square / n2, rel=1e-7)
    assert found.low == pytest.approx(1 / (1 + square / n1), rel=1e-7)


def test_no_information() -> None:
    """Without outcomes, or without a group, the ratio can be anything."""
    for table in ([[0, 10], [0, 10]], [[0, 0], [3, 4]], [[3, 4], [0, 0]]):
        found = risk_ratio(table, method="koopman")
        assert math.isnan(found.estimate)
        assert (found.low, found.high) == (0.0, math.inf)


def test_impossible_ratio() -> None:
    """A ratio under which the data could not have come up is infinitely far."""
    assert _score(1, 10, 5, 10, 1e200) == math.inf


def test_messages() -> None:
    """Other tables and unknown methods are refused."""
    with pytest.raises(InputError, match="2 x 2"):
        risk_ratio([[1, 2, 3], [4, 5, 6]], method="koopman")
    with pytest.raises(InputError, match="2 x 2"):
        risk_difference([[1, 2, 3]])
    with pytest.raises(InputError, match="method must be one of"):
        risk_ratio([[1, 2], [3, 4]], method="wald")  # type: ignore[arg-type] # what is tested


def test_exact_ratio() -> None:
    """By default few patients have the interval of Barnard's test; many, Koopman's."""
    table = [[5, 1], [1, 5]]
    found = risk_ratio(table)
    expected = barnard(table, measure="ratio")
    assert found.method == "exact"
    assert (found.low, found.high) == (expected.low, expected.high)
    large = risk_ratio([[50, 50], [20, 80]])
    assert large.method == "koopman"
    assert large == risk_ratio([[50, 50], [20, 80]], method="koopman")
