"""The melded difference of two curves: R's bpcp, Fisher's test, and enumeration."""

import math
from collections.abc import Callable
from typing import Any

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given, settings

from iph.errors import DataError, InputError
from iph.stats import kaplan_meier, kaplan_meier_difference
from iph.testing import survival_data

Reference = Callable[[str], list[dict[str, Any]]]
Rows = tuple[list[int], list[bool], list[int]]


def at_day_two(first: int, second: int, sizes: tuple[int, int]) -> Any:
    """Return columns in which so many of each group have the event by day 2."""
    events = (first, second)
    time = [
        t for k, n in zip(events, sizes, strict=True) for t in [1] * k + [3] * (n - k)
    ]
    group = [g for g, n in enumerate(sizes) for _ in range(n)]
    return time, [t == 1 for t in time], group


def test_reference(reference: Reference) -> None:
    """Bounds and p-values of censored series are those of R's betaMeldTest."""
    compared = 0
    for case in reference("beta_product.json"):
        if "measure" not in case:
            continue
        compared += 1
        found = kaplan_meier_difference(
            case["time"],
            case["event"],
            case["group"],
            day=case["day"],
            measure=case["measure"],
            confidence_level=case["level"],
        )
        out = case["out"]
        assert found.p_value == pytest.approx(out["p_value"], abs=2e-9)
        # The bounds of R come from uniroot, which stops at 6e-5.
        assert found.low == pytest.approx(out["low"], abs=1e-4)
        assert found.high == pytest.approx(out["high"], rel=1e-4, abs=1e-4)
    assert compared >= 35


@pytest.mark.parametrize("sizes", [(3, 4), (1, 6)])
def test_p_value_is_fishers_without_censoring(sizes: tuple[int, int]) -> None:
    """Twice the smaller tail of the hypergeometric distribution, and its mid-p form."""
    n, m = sizes
    for first in range(n + 1):
        for second in range(m + 1):
            chances = {
                k: math.comb(n, k) * math.comb(m, first + second - k)
                for k in range(max(0, first + second - m), min(n, first + second) + 1)
            }
            total = sum(chances.values())
            own = chances[first] / total
            less = sum(c for k, c in chances.items() if k < first) / total
            more = sum(c for k, c in chances.items() if k > first) / total
            time, event, group = at_day_two(first, second, sizes)
            found = kaplan_meier_difference(time, event, group, day=2)
            exact = min(1.0, 2 * (min(less, more) + own))
            assert found.p_value == pytest.approx(exact, abs=1e-9)
            middle = kaplan_meier_difference(
                time, event, group, day=2, interval="beta-product-mid-p"
            )
            mid_p = min(1.0, 2 * min(less, more) + own)
            assert middle.p_value == pytest.approx(mid_p, abs=1e-9)


@pytest.mark.parametrize("measure", ["difference", "ratio"])
def test_coverage_enumerated_without_censoring(measure: Any) -> None:
    """All pairs of shares from .05 to .95 are covered at least as often as .95."""
    sizes = (4, 3)
    shares = np.arange(1, 20) / 20
    covered = np.zeros((shares.size, shares.size))
    ours, theirs = np.meshgrid(shares, shares, indexing="ij")
    truth = theirs - ours if measure == "difference" else theirs / ours
    for first in range(sizes[0] + 1):
        for second in range(sizes[1] + 1):
            time, event, group = at_day_two(first, second, sizes)
            found = kaplan_meier_difference(time, event, group, day=2, measure=measure)
            chance = np.ones_like(truth)
            for events, n, share in ((first, 4, ours), (second, 3, theirs)):
                chance *= math.comb(n, events)
                chance *= (1 - share) ** events * share ** (n - events)
            covered += chance * ((found.low <= truth) & (truth <= found.high))
    assert covered.min() >= 0.95


@settings(max_examples=25)  # each draw melds two curves twice
@given(survival_data(min_size=2), st.integers(0, 14), st.data())
def test_two_readings_of_one_comparison(
    rows: Rows, day: int, data: st.DataObject
) -> None:
    """The interval leaves out 0 as the p-value says; swapping the groups mirrors it."""
    interval: Any = data.draw(st.sampled_from(["beta-product", "beta-product-mid-p"]))
    time, event = [*rows[0], 3, 5], [*rows[1], True, False]
    group = [*rows[2], 0, 1]
    found = kaplan_meier_difference(time, event, group, day=day, interval=interval)
    turned = kaplan_meier_difference(
        time, event, [1 - g for g in group], day=day, interval=interval
    )
    assert -1 <= found.low <= found.high <= 1
    assert found.low == pytest.approx(-turned.high, abs=1e-9)
    assert found.high == pytest.approx(-turned.low, abs=1e-9)
    assert found.p_value == pytest.approx(turned.p_value, abs=1e-9)
    if abs(found.p_value - 0.05) > 1e-6:
        assert (found.low > 0 or found.high < 0) == (found.p_value < 0.05)
    ratio = kaplan_meier_difference(
        time, event, group, day=day, interval=interval, measure="ratio"
    )
    assert (ratio.low > 1 or ratio.high < 1) == (found.p_value < 0.05)
    if not math.isnan(found.estimate):
        assert found.low - 1e-9 <= found.estimate <= found.high + 1e-9
        curves = [
            kaplan_meier(
                [t for t, g in zip(time, group, strict=True) if g == k],
                [e for e, g in zip(event, group, strict=True) if g == k],
            ).at(day)
            for k in (0, 1)
        ]
        assert found.survival == tuple(c.survival[0] for c in curves)
        assert found.at_risk == tuple(c.at_risk[0] for c in curves)


def test_nothing_seen_excludes_nothing() -> None:
    """One patient each, before any event, and beyond the last day: the whole range."""
    found = kaplan_meier_difference([5, 6], [False, False], ["a", "b"], day=3)
    assert found.estimate == 0.0
    assert found.low == pytest.approx(-0.975, abs=1e-9)
    assert found.high == pytest.approx(0.975, abs=1e-9)
    beyond = kaplan_meier_difference([5, 6], [False, False], ["a", "b"], day=9)
    assert math.isnan(beyond.estimate)
    assert (beyond.low, beyond.high, beyond.p_value) == (-1.0, 1.0, 1.0)
    ratio = kaplan_meier_difference(
        [5, 6], [True, False], ["a", "b"], day=5.5, measure="ratio"
    )
    assert ratio.estimate == math.inf
    assert ratio.high == math.inf


def test_everything_is_reported() -> None:
    """Groups, day, rule, cases and missing cases stand in the result."""
    found = kaplan_meier_difference(
        [3, 5, None, 7], [1, 0, 1, 1], ["a", "b", "a", "b"], day=4, weights=[1, 2, 3, 1]
    )
    assert (found.groups, found.day, found.measure) == (("a", "b"), 4.0, "difference")
    assert (found.n, found.n_missing) == (4, 3)
    assert (found.interval, found.method) == ("beta-product", "melded")
    assert found.confidence_level == 0.95


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"measure": "odds"}, "measure must be one of"),
        ({"interval": "log-log"}, "interval must be one of"),
        ({"day": -1}, r"days\[0\] must be"),
        ({"confidence_level": 95}, "confidence_level must be"),
    ],
)
def test_messages(options: dict[str, Any], message: str) -> None:
    """An argument that cannot be is refused by name."""
    with pytest.raises(InputError, match=message):
        kaplan_meier_difference([1, 2], [1, 0], [0, 1], **{"day": 1, **options})


def test_two_groups_are_needed() -> None:
    """One group, or three, is no difference."""
    for group in ([0, 0, 0], [0, 1, 2]):
        with pytest.raises(DataError, match="takes two groups"):
            kaplan_meier_difference([1, 2, 3], [1, 0, 1], group, day=1)
