"""The probability of superiority and Cliff's delta."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given

from iph.errors import InputError
from iph.stats import cliffs_delta, probability_of_superiority
from iph.testing import grouped_scores

Reference = Callable[[str], list[dict[str, Any]]]
PAIR = grouped_scores(min_groups=2, max_groups=2)


def test_r(reference: Reference) -> None:
    """Estimate and both intervals agree with R, written from the definitions there."""
    cases = [c for c in reference("independent_groups.json") if c["kind"] == "two"]
    assert len(cases) >= 200
    for case in cases:
        told = case["superiority"]
        for method in ("newcombe", "logit"):
            found = probability_of_superiority(case["x"], case["y"], method=method)
            low, high = (math.nan if b is None else b for b in told[method])
            np.testing.assert_allclose(
                [found.estimate, found.low, found.high],
                [told["estimate"], low, high],
                rtol=0,
                atol=1e-9,
            )


@given(PAIR)
def test_estimate_is_the_share_of_pairs(samples: list[list[int]]) -> None:
    """The estimate counts pairs; delta is higher minus lower."""
    x, y = samples
    higher = sum(a > b for a in x for b in y)
    lower = sum(a < b for a in x for b in y)
    pairs = len(x) * len(y)
    found = probability_of_superiority(x, y)
    assert found.estimate == pytest.approx(0.5 + (higher - lower) / (2 * pairs))
    assert cliffs_delta(x, y).estimate == pytest.approx((higher - lower) / pairs)


@given(PAIR)
def test_interval(samples: list[list[int]]) -> None:
    """Newcombe's interval holds the estimate, is proper, and grows with the level."""
    narrow = probability_of_superiority(*samples, confidence_level=0.8)
    wide = probability_of_superiority(*samples, confidence_level=0.99)
    assert 0.0 <= wide.low <= narrow.low <= narrow.estimate
    assert narrow.estimate <= narrow.high <= wide.high <= 1.0
    assert narrow.low < narrow.high


@given(PAIR)
def test_swapping_the_groups(samples: list[list[int]]) -> None:
    """With groups swapped the interval is mirrored, by both methods."""
    x, y = samples
    for method in ("newcombe", "logit"):
        one = cliffs_delta(x, y, method=method)
        two = cliffs_delta(y, x, method=method)
        np.testing.assert_allclose(
            [one.estimate, one.low, one.high],
            [-two.estimate, -two.high, -two.low],
            rtol=0,
            atol=1e-12,
        )


@given(PAIR)
def test_scale_and_weights(samples: list[list[int]]) -> None:
    """Only the order counts, and case counts are repetitions."""
    x, y = samples
    for method in ("newcombe", "logit"):
        found = probability_of_superiority(
            [math.exp(v) for v in x],
            [math.exp(v) for v in y],
            weights=([2] * len(x), [2] * len(y)),
            method=method,
        )
        repeated = probability_of_superiority(x * 2, y * 2, method=method)
        assert repr(found) == repr(repeated)


def test_separated_groups() -> None:
    """Without overlap Newcombe's interval is proper, the logit one undefined."""
    found = probability_of_superiority([5, 6, 7], [1, 2])
    assert (found.estimate, found.high) == (1.0, 1.0)
    assert 0.0 < found.low < 1.0
    logit = probability_of_superiority([5, 6, 7], [1, 2], method="logit")
    assert math.isnan(logit.low)
    assert math.isnan(logit.high)


def test_one_pair_in_very_many() -> None:
    """An estimate that a float cannot tell from 0 or 1 has no logit interval."""
    many = 10**10
    high, low = ([0, 2], [1, many]), ([-1, 1], [many, 1])
    for (x, wx), (y, wy), estimate in ((high, low, 1.0), (low, high, (many + 1) ** -2)):
        found = probability_of_superiority(x, y, weights=(wx, wy), method="logit")
        assert found.estimate == pytest.approx(estimate, rel=1e-12, abs=0.0)
        assert math.isnan(found.low) == math.isnan(found.high) == (estimate == 1.0)


def test_ten_million_cases() -> None:
    """At 1e7 tied cases the error of the estimate follows from exact sums."""
    found = probability_of_superiority(
        [0, 1], [0, 1], weights=([2_000_000, 3_000_000], [2_500_000, 2_500_000]),
        method="logit",
    )  # fmt: skip
    # placements are 1/4 and 3/4 among y (half of each), 3/10 and 8/10 among x
    error = math.sqrt(0.24 * 0.25 / (5e6 - 1) + 0.25 * 0.25 / (5e6 - 1))
    reach = 1.959963984540054 * error / (0.55 * 0.45)
    center = math.log(0.55 / 0.45)
    assert found.estimate == 0.55
    assert found.low == pytest.approx(1 / (1 + math.exp(reach - center)), rel=1e-12)
    assert found.high == pytest.approx(1 / (1 + math.exp(-reach - center)), rel=1e-12)


@given(PAIR)
def test_logit_interval(samples: list[list[int]]) -> None:
    """Logits of the bounds lie one reach from that of the estimate, both sides of 0."""
    for level in (0.01, 0.95, 0.999999):
        found = probability_of_superiority(
            *samples, method="logit", confidence_level=level
        )
        if math.isnan(found.low):
            continue
        logits = [
            math.log(v) - math.log1p(-v)
            for v in (found.low, found.estimate, found.high)
            if 1e-12 < v < 1 - 1e-12
        ]
        assert found.low < found.estimate < found.high
        if len(logits) == 3:
            assert logits[2] - logits[1] == pytest.approx(
                logits[1] - logits[0], rel=1e-3
            )


def test_empty_group() -> None:
    """Without cases in a group nothing is known."""
    found = probability_of_superiority([1, 2], [None])
    assert math.isnan(found.estimate)
    assert (found.low, found.high, found.n, found.n_missing) == (0.0, 1.0, 2, 1)
    delta = cliffs_delta([1, 2], [])
    assert (delta.low, delta.high) == (-1.0, 1.0)


def test_one_case() -> None:
    """One case has no variance: the logit interval is undefined, Newcombe's is not."""
    assert math.isnan(probability_of_superiority([2], [1, 2], method="logit").low)
    assert probability_of_superiority([2], [1, 2]).low > 0.0


@pytest.mark.parametrize("lower", [0, 1, 2, 50, 98, 99, 100])
def test_one_case_against_a_hundred(lower: int) -> None:
    """The bounds of very unequal groups solve Newcombe's equation within 0 and 1."""
    found = probability_of_superiority([lower + 0.5], range(1, 101))
    a, z, m = lower / 100, 1.959963984540054, 49.5
    for bound, end in ((found.low, 0.0), (found.high, 1.0)):
        assert 0.0 <= bound <= 1.0
        if a == end:
            assert bound == end
            continue
        assert (bound < a) == (end == 0.0)
        spread = 1 + m * (1 - bound) / (2 - bound) + m * bound / (1 + bound)
        variance = bound * (1 - bound) * spread / 100
        assert abs(a - bound) == pytest.approx(z * math.sqrt(variance), rel=1e-9)


def test_messages() -> None:
    """A level in per cent and an unknown method are refused."""
    with pytest.raises(InputError, match=r"did you mean 0.95\?"):
        cliffs_delta([1], [2], confidence_level=95)
    with pytest.raises(InputError, match="method must be one of"):
        cliffs_delta([1], [2], method="wald")  # type: ignore[arg-type] # what is tested
