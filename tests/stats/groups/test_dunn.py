"""Dunn's pairwise comparisons."""

import math
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given

from iph.errors import InputError
from iph.stats import dunn
from iph.testing import grouped_scores

Reference = Callable[[str], list[dict[str, Any]]]


def split(values: list[float], sizes: list[int]) -> list[list[float]]:
    """Cut pooled values into groups."""
    rest = iter(values)
    return [[next(rest) for _ in range(size)] for size in sizes]


def listed(value: Any) -> list[Any]:  # a single value is not written as a list
    """Return a list also of what was written as one value."""
    return value if isinstance(value, list) else [value]


def test_rstatix(reference: Reference) -> None:
    """Differences, z, p-values and adjusted p-values agree with rstatix::dunn_test."""
    cases = [c for c in reference("independent_groups.json") if c["kind"] == "several"]
    assert len(cases) >= 200
    for case in cases:
        samples, told = split(case["values"], case["sizes"]), case["dunn"]
        for adjust, adjusted in told["adjusted"].items():
            pairs = {(p.first, p.second): p for p in dunn(*samples, adjust=adjust)}
            for first, second, difference, z, p, q in zip(
                *(listed(told[k]) for k in ("first", "second", "difference", "z", "p")),
                listed(adjusted),
                strict=True,
            ):
                pair = pairs[first, second]
                np.testing.assert_allclose(
                    [pair.mean_rank_difference, pair.z, pair.p_value, pair.p_adjusted],
                    [difference, z, p, q],
                    rtol=1e-9,
                    atol=1e-9,
                )
                assert pair.z * pair.standard_error == pytest.approx(difference)


@given(grouped_scores(min_groups=2))
def test_turning_the_groups_flips_the_sign(samples: list[list[int]]) -> None:
    """In the opposite order the same pairs have the opposite z."""
    last = len(samples) - 1
    turned = {(p.first, p.second): p for p in dunn(*samples[::-1])}
    for pair in dunn(*samples):
        other = turned[last - pair.second, last - pair.first]  # type: ignore[operator] # positions
        np.testing.assert_array_equal(other.z, -pair.z)
        np.testing.assert_array_equal(other.p_adjusted, pair.p_adjusted)


@given(grouped_scores(min_groups=2))
def test_any_increasing_scale(samples: list[list[int]]) -> None:
    """Only the order of the values matters."""
    stretched = [[float(v) ** 3 + 0.5 for v in sample] for sample in samples]
    for found, expected in zip(dunn(*stretched), dunn(*samples), strict=True):
        np.testing.assert_array_equal(found.z, expected.z)


def test_weights_and_labels() -> None:
    """Case counts stand for rows, labels for positions; the rest stays the same."""
    plain = dunn([1, 2, 2], [2, 3], [3, 3, 3, None], adjust="holm")
    told = dunn(
        [1, 2], [2, 3], [3, None],
        weights=[[1, 2], None, [3, 1]], labels=["a", "b", "c"], adjust="holm",
    )  # fmt: skip
    assert [(p.first, p.second) for p in told] == [("a", "b"), ("a", "c"), ("b", "c")]
    assert [p.p_adjusted for p in told] == [p.p_adjusted for p in plain]
    assert {(p.n, p.n_missing, p.adjust, p.method) for p in told} == {
        (8, 1, "holm", "asymptotic")
    }


def test_control() -> None:
    """With a control the same pairs are compared, and adjusted for fewer of them."""
    groups = [[1, 2, 2, 4], [3, 4, 4, 5], [2, 3, 5, 5]]
    every = {(p.first, p.second): p for p in dunn(*groups, labels=("a", "b", "c"))}
    found = dunn(*groups, labels=("a", "b", "c"), control="a")
    assert [(p.first, p.second) for p in found] == [("b", "a"), ("c", "a")]
    for pair in found:
        other = every[pair.second, pair.first]
        assert pair.z == -other.z
        assert pair.p_value == other.p_value
        assert pair.p_adjusted == min(1.0, 2 * pair.p_value)
    assert [p.second for p in dunn(*groups, control=1)] == [1, 1]
    with pytest.raises(InputError, match="control must be one of the groups"):
        dunn(*groups, control="placebo")
    with pytest.raises(InputError, match="control must be one of the groups"):
        dunn(*groups, control=Decimal("sNaN"))


def test_ten_million_tied_cases() -> None:
    """The variance at 1e7 cases is exact, where N^3 leaves 64 bits."""
    counts = [[2_000_001, 1_500_000, 3], [1_500_000, 2_500_000, 2_499_996]]
    (pair,) = dunn([0, 1, 2], [0, 1, 2], weights=counts)
    n1, n2 = map(sum, counts)
    ties = [a + b for a, b in zip(*counts, strict=True)]
    n = n1 + n2
    assert n == 10_000_000
    places = [Fraction(2 * sum(ties[:i]) + t + 1, 2) for i, t in enumerate(ties)]
    mean = [
        sum((p * c for p, c in zip(places, column, strict=True)), Fraction(0))
        / sum(column)
        for column in counts
    ]
    tied = sum(t**3 - t for t in ties)
    variance = (Fraction(n * (n + 1), 12) - Fraction(tied, 12 * (n - 1))) * (
        Fraction(1, n1) + Fraction(1, n2)
    )
    assert pair.mean_rank_difference == float(mean[0] - mean[1])
    assert pair.standard_error == pytest.approx(math.sqrt(variance), rel=1e-15)
    assert pair.z == pytest.approx(float(mean[0] - mean[1]) / math.sqrt(variance))
    assert pair.p_value == 0.0  # beyond the smallest float, not for want of precision


def test_small_p_values_keep_their_digits() -> None:
    """A p-value far below 1e-16 is no zero."""
    (pair,) = dunn(range(100), range(100, 200))
    assert 0.0 < pair.p_value < 1e-30


def test_empty_group() -> None:
    """A pair with an empty group is undefined and does not count in the adjustment."""
    with_empty = dunn([1, 2], [], [3, 4])
    assert math.isnan(with_empty[0].z)
    assert math.isnan(with_empty[2].p_adjusted)
    assert with_empty[1].p_adjusted == with_empty[1].p_value


@pytest.mark.parametrize("samples", [([1, 1], [1]), ([1], []), ([], [])])
def test_no_spread(samples: tuple[list[int], ...]) -> None:
    """Without two different values there is no z; equal ranks differ by 0, surely."""
    (pair,) = dunn(*samples)
    told = 0.0 if all(samples) else math.nan
    np.testing.assert_equal(
        [pair.mean_rank_difference, pair.standard_error], [told] * 2
    )
    assert math.isnan(pair.z)
    assert math.isnan(pair.p_adjusted)


def test_bad_input() -> None:
    """One group, a missing label or an unknown rule are refused."""
    with pytest.raises(InputError, match="at least two groups"):
        dunn([1, 2])
    with pytest.raises(InputError, match="labels must be one for each of 2"):
        dunn([1], [2], labels=["a"])
    with pytest.raises(InputError, match="adjust must be one of"):
        dunn([1], [2], adjust="tukey")  # type: ignore[arg-type] # what is tested
