"""Scores known to a stated accuracy are compared as whole numbers, with ties."""

import itertools
import math
from fractions import Fraction

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given

from iph._checks import Floats
from iph.stats._interval_censored import interval_permutation as _interval_permutation
from iph.stats._interval_censored.interval_permutation import (
    ScorePool,
    ScoreRule,
    class_scores,
    exact_p,
    exact_work,
    pooled,
)
from iph.stats._interval_censored.intervals import Cells, innermost, read_intervals


def scores_of(left: list[float], right: list[float], rule: ScoreRule) -> Floats:
    """Score patients of whom each interval is a cell of its own."""
    cells = innermost(read_intervals(left, right))
    mass = cells.counts / cells.counts.sum()
    return class_scores(cells, mass, rule)


def test_sun_is_one_minus_the_hazards_so_far() -> None:
    """For separate intervals: 1 - 1/4, 1 - 1/4 - 1/3, ... as for known days."""
    found = scores_of([0, 1, 2, 3], [1, 2, 3, math.inf], "sun")
    hazard = np.cumsum([1 / 4, 1 / 3, 1 / 2, 1])
    np.testing.assert_allclose(found, 1 - hazard, atol=1e-12)


def test_finkelstein_is_the_slope_of_s_log_s() -> None:
    """For separate intervals: (S log S before - S log S after) / mass."""
    found = scores_of([0, 1, 2, 3], [1, 2, 3, math.inf], "finkelstein")
    survival = np.array([1, 3 / 4, 1 / 2, 1 / 4])
    entropy = np.append(survival * np.log(survival), 0.0)
    np.testing.assert_allclose(found, -np.diff(entropy) * 4, atol=1e-12)


@pytest.mark.parametrize("rule", ["sun", "finkelstein"])
def test_scores_of_all_patients_sum_to_zero(rule: ScoreRule) -> None:
    """At the maximum the scores of all patients cancel."""
    cells = innermost(read_intervals([0, 0, 1, 2], [1, 1, 2, math.inf], [3, 2, 4, 5]))
    mass = cells.counts / cells.counts.sum()
    assert class_scores(cells, mass, rule) @ cells.counts == pytest.approx(0, abs=1e-12)


@pytest.mark.parametrize("rule", ["sun", "finkelstein"])
def test_wide_intervals_take_the_scores_of_what_they_cover(rule: ScoreRule) -> None:
    """Who was seen rarely has the mean score of the cells covered, by their mass."""
    left = [0, 1, 2, 3, 0, 0, 1, 2]
    right = [1, 2, 3, math.inf, 2, 3, 3, math.inf]
    cells = innermost(read_intervals(left, right))
    mass = np.array([0.1, 0.2, 0.3, 0.4])
    alone = (cells.first == cells.last).nonzero()[0]
    found = class_scores(cells, mass, rule)
    score = np.empty(4)
    score[cells.first[alone]] = found[alone]
    if rule == "finkelstein":
        entropy = [s * math.log(s) for s in (1.0, 0.9, 0.7, 0.4)]
        expected = -np.diff([*entropy, 0.0]) / mass
    else:
        expected = 1 - np.cumsum([0.1, 0.2 / 0.9, 0.3 / 0.7, 1.0])
    np.testing.assert_allclose(score, expected, atol=1e-12)
    assert found.size == 8
    for first, last, value in zip(cells.first, cells.last, found, strict=True):
        part = slice(first, last + 1)
        mean = np.average(expected[part], weights=mass[part])
        assert value == pytest.approx(mean, abs=1e-12)


@pytest.mark.parametrize("rule", ["sun", "finkelstein"])
def test_cells_without_mass_add_nothing(rule: ScoreRule) -> None:
    """Where the curve has come to zero before the last cell, that cell is nothing."""

    def score(mass: list[float], last: list[int]) -> Floats:
        ends = np.arange(len(mass), dtype=np.float64)
        cells = Cells(
            left=ends,
            right=ends + 1,
            first=np.array([0, 1, 0]),
            last=np.array(last),
            counts=np.array([1, 1, 1]),
            of_row=np.arange(3),
        )
        return class_scores(cells, np.array(mass), rule)

    expected = score([0.5, 0.5], [0, 1, 1])
    np.testing.assert_allclose(expected[2], (expected[0] + expected[1]) / 2, atol=1e-15)
    np.testing.assert_array_equal(score([0.5, 0.5, 0.0, 0.0], [0, 2, 3]), expected)


GRID = 2**40


def all_sums(pool: ScorePool) -> list[tuple[int, ...]]:
    """List the sums of scores of every allocation of the patients to the groups."""
    scores = np.repeat(pool.scores, pool.counts).tolist()
    labels = [g for g, size in enumerate(pool.sizes) for _ in range(size)]
    return [
        tuple(
            sum(s for s, g in zip(scores, arranged, strict=True) if g == group)
            for group in range(len(pool.sizes))
        )
        for arranged in set(itertools.permutations(labels))
    ]


def far_root(pool: ScorePool, sums: tuple[int, ...]) -> float:
    """Return the root of the sum of (sum - expected)**2 / size."""
    parts = (
        (found - Fraction(size * pool.total, pool.n)) ** 2 / size
        for found, size in zip(sums, pool.sizes, strict=True)
    )
    return math.sqrt(sum(parts))


@st.composite
def pools(draw: st.DrawFn, groups: int) -> ScorePool:
    """Draw scores of a few steps, some a little off, and groups of unequal sizes."""
    n = draw(st.integers(groups, 7))
    rest = n - groups
    more = st.lists(st.integers(0, groups - 1), min_size=rest, max_size=rest)
    labels = [*range(groups), *draw(more)]
    steps = draw(st.lists(st.integers(-3, 3), min_size=n, max_size=n))
    # Off by up to 60 of the 1024 units in which two sums are tied.
    off = draw(st.lists(st.integers(-60, 60), min_size=n, max_size=n))
    scores = np.array([a / 8 + b / GRID for a, b in zip(steps, off, strict=True)])
    return pooled(scores, np.eye(groups, dtype=np.int64)[labels])


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


@pytest.mark.parametrize(("units", "distinct"), [(1, 1), (8, 1), (9, 2), (16, 2)])
def test_scores_apart_by_more_than_rounding_are_two(units: int, distinct: int) -> None:
    """On the grid of 2**-40, scores are one up to a distance of 2**-37."""
    pool = pooled(np.array([0.5, 0.5 + units / GRID]), np.array([[1, 0], [0, 1]]))
    assert pool.scores.size == distinct


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


@given(pools(groups=2))
def test_two_groups_enumerated(pool: ScorePool) -> None:
    """Exact and random allocations are extreme by the rule, listed one by one."""
    sums = all_sums(pool)
    observed, mean = pool.sums[0], Fraction(pool.sizes[0] * pool.total, pool.n)
    first = [row[0] for row in sums]
    far = sum(abs(x - mean) >= abs(observed - mean) - pool.tie for x in first)
    upper = sum(x >= observed - pool.tie for x in first)
    lower = sum(x <= observed + pool.tie for x in first)
    assert exact_p(pool, "abs") == far / len(sums)
    assert exact_p(pool, "central") == min(2 * min(upper, lower) / len(sums), 1.0)
    count = _interval_permutation._counter(pool)
    assert count(np.array(sums), "abs")[0] == far
    assert count(np.array(sums), "central").tolist() == [upper, lower]


@given(pools(groups=3))
def test_three_groups_enumerated(pool: ScorePool) -> None:
    """Allocations at least as far from the expected sums are extreme, ties included."""
    sums = all_sums(pool)
    roots = [far_root(pool, row) for row in sums]
    # Scores are 1/8 apart, or tied: roots differ by more than 1e-7, or by rounding.
    limit = far_root(pool, pool.sums) - GRID / 10**8
    hits = sum(root >= limit for root in roots)
    assert exact_p(pool, "abs") == hits / len(sums)
    count = _interval_permutation._counter(pool)
    assert count(np.array(sums), "abs")[0] == hits


@pytest.mark.parametrize("sizes", [(1, 1), (1, 1, 1), (2, 3, 4), (1, 1, 9, 2)])
def test_sums_off_by_a_tie(sizes: tuple[int, ...]) -> None:
    """Whichever sums are off by a tie, the allocation is still as extreme."""
    tie = 1 << 10
    for away in itertools.product((-1, 0, 2), repeat=len(sizes)):
        pool = ScorePool(
            scores=np.array([0]),
            counts=np.array([sum(sizes)]),
            sizes=sizes,
            sums=tuple(10**9 * x for x in away),
            tie=tie,
        )
        least = _interval_permutation._least_root(pool) ** 2
        for off in itertools.product((-tie, 0, tie), repeat=len(sizes)):
            if not sum(off):
                sums = tuple(a + b for a, b in zip(pool.sums, off, strict=True))
                assert _interval_permutation._square_sum(pool, sums) >= least


@pytest.mark.parametrize("groups", [2, 3])
def test_sums_as_expected(groups: int) -> None:
    """If each group has what is expected, every allocation is at least as far."""
    scores = np.array([-0.25, 0.25])
    pool = pooled(scores, np.ones((2, groups), dtype=np.int64))
    for rule in ("abs", "central"):
        assert exact_p(pool, rule) == 1.0
    sums = np.array(all_sums(pool))
    count = _interval_permutation._counter(pool)
    assert count(sums, "abs").tolist() == [len(sums), 0]


@pytest.mark.parametrize("sign", [1, -1])
def test_sums_at_the_edge_of_a_tie(sign: int) -> None:
    """Sums that differ by just the width of a tie are tied, one step more are not."""
    tie = 1024
    for step, far, same_side in ((0, 3, 2), (1, 2, 1)):
        nearer = 9 * tie - step
        scores = [sign * x for x in (10 * tie, nearer, 0, -10 * tie - nearer)]
        pool = ScorePool(
            scores=np.array(sorted(scores)),
            counts=np.ones(4, dtype=np.int64),
            sizes=(1, 3),
            sums=(scores[0], -scores[0]),
            tie=tie,
        )
        sums = np.array([[x, -x] for x in scores])
        count = _interval_permutation._counter(pool)
        assert count(sums, "abs")[0] == far
        assert exact_p(pool, "abs") == far / 4
        assert count(sums, "central")[(1 - sign) // 2] == same_side
        assert exact_p(pool, "central") == 2 * same_side / 4
