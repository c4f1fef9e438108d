import math
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import pytest
from hypothesis import given

from iph.errors import InputError
from iph.stats import logrank, logrank_trend
from iph.testing import survival_data

asymptotic = partial(logrank_trend, method="asymptotic")

Reference = Callable[[str], list[dict[str, Any]]]


def test_survdiff(reference: Reference) -> None:
    """Z is that of the observed and expected events and the covariance of R."""
    for case in reference("logrank.json"):
        for name, kind, strata in (
            ("logrank", "logrank", None),
            ("peto", "peto", None),
            ("stratified", "logrank", case["stratum"]),
        ):
            options: dict[str, Any] = {"kind": kind, "strata": strata}
            found = asymptotic(case["time"], case["event"], case["group"], **options)
            np.testing.assert_allclose(
                found.z, case[name]["trend_z"], rtol=1e-8, atol=1e-10
            )


@given(survival_data(groups=3, min_size=3))
def test_scores(rows: tuple[list[int], list[bool], list[int]]) -> None:
    """Moving and stretching the scores changes nothing, turning them turns z."""
    time, event, group = rows
    time, event, group = [*time, 1, 2], [*event, True, False], [*group, 0, 1]
    k = len(set(group))
    first = asymptotic(time, event, group)
    moved = asymptotic(time, event, group, group_scores=[7.0 + 3 * i for i in range(k)])
    turned = asymptotic(time, event, group, group_scores=[-i for i in range(k)])
    np.testing.assert_allclose(moved.z, first.z, rtol=1e-9, atol=1e-9)
    np.testing.assert_allclose(turned.z, -first.z, rtol=1e-9, atol=1e-9)


def test_two_groups() -> None:
    """With two groups the trend test is the log-rank test."""
    time, event, group = [1, 2, 3, 4, 5, 6], [1, 1, 0, 1, 1, 0], list("abbaba")
    trend, test = (
        asymptotic(time, event, group),
        logrank(time, event, group, method="asymptotic"),
    )
    assert trend.statistic == pytest.approx(test.statistic, rel=1e-12)
    assert trend.p_value == pytest.approx(test.p_value, rel=1e-12)
    assert (trend.n, trend.n_missing, trend.df) == (6, 0, 1)


def test_no_comparison() -> None:
    """Without an event there is nothing to test."""
    found = asymptotic([1, 2, 3], [False] * 3, [1, 2, 3])
    assert math.isnan(found.z)
    assert math.isnan(found.p_value)
    assert found.df == 0


@pytest.mark.parametrize("scores", [[1, 2], [1, 1, 1], [1, None, 3]])
def test_messages(scores: Any) -> None:
    """Scores must be one number a group, and not all equal."""
    with pytest.raises(InputError, match="group_scores"):
        asymptotic([1, 2, 3], [1, 1, 1], [1, 2, 3], group_scores=scores)
