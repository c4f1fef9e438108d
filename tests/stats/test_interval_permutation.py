"""Scores known to a stated accuracy are compared as whole numbers, with ties."""

import math

import numpy as np
import pytest

from iph.stats._interval_permutation import exact_p, exact_work, pooled


def test_scores_equal_up_to_rounding_are_one() -> None:
    """Two classes whose scores differ by an error of rounding are one score."""
    third = 1.0 / 3.0
    scores = np.array([third, -0.5, third + 4e-13])
    pool = pooled(scores, np.array([[1, 2], [3, 0], [0, 4]]))
    assert pool.counts.tolist() == [3, 7]
    assert pool.sizes == (4, 6)
    assert pool.scores.tolist() == [-(2**39), round(third * 2**40)]
    assert pool.sums == (
        pool.scores.tolist()[1] - 3 * 2**39,
        6 * pool.scores.tolist()[1],
    )
    assert pool.n == 10
    assert pool.total == sum(pool.sums)


def test_sums_equal_up_to_rounding_are_tied() -> None:
    """Sums that only rounding tells apart, such as a + b and (a + b) + 0, are tied."""
    scores = np.array([0.0, 1e8 + 0.4, 2e8 + 0.4, 3e8 + 0.8]) / 2**40
    allocated = np.array([[1, 0], [0, 1], [0, 1], [1, 0]])
    pool = pooled(scores, allocated)
    assert pool.sums == (300_000_001, 300_000_000)
    # Both are the mean of the six sums of two, so all allocations are as far.
    assert exact_p(pool, "abs") == 1.0
    assert exact_p(pool, "central") == 1.0


def test_either_group_gives_the_same_p() -> None:
    """The smaller group is drawn, whichever it is."""
    draw = np.random.default_rng(5)
    scores = draw.normal(size=9)
    group = np.array([1, 0, 0, 1, 0, 0, 0, 1, 0])
    table = np.stack((group == 0, group == 1), axis=1).astype(np.int64)
    for rule in ("abs", "central"):
        p_value = exact_p(pooled(scores, table), rule)
        assert p_value == exact_p(pooled(scores, table[:, ::-1]), rule)
        assert p_value * math.comb(9, 3) == pytest.approx(
            round(p_value * math.comb(9, 3))
        )


def test_grid_is_coarser_where_sums_would_overflow() -> None:
    """With 10**12 patients the sum of all scores still fits a machine word."""
    pool = pooled(np.array([-1.0, 1.0]), np.array([[10**12, 1], [1, 10**12]]))
    assert abs(pool.total) < 2**62
    assert abs(int(pool.scores[1]) * 10**12) < 2**62
    assert pool.tie >= 1


def test_work_is_not_estimated_for_many_cases() -> None:
    """Above 5,000 patients an exact test is out of the question."""
    pool = pooled(np.array([0.0, 1.0]), np.array([[3000, 0], [0, 2001]]))
    assert exact_work(pool) == math.inf
    small = pooled(np.array([0.0, 1.0]), np.array([[3, 0], [0, 2]]))
    assert 0 < exact_work(small) < 1000
