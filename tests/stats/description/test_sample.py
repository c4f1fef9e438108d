"""One sample of numbers with its case counts."""

import numpy as np
import pytest

from iph.stats._description.sample import (
    compact,
    is_whole,
    order_statistics,
    read_sample,
    table,
)


@pytest.mark.parametrize("size", [5, 2000])
@pytest.mark.parametrize("whole", [True, False])
def test_table(size: int, whole: bool) -> None:  # noqa: FBT001 - a case
    """Distinct values and their counts, by whichever way is the shorter."""
    rng = np.random.default_rng(size)
    x = rng.integers(-3, 4, size) * (1.0 if whole else 0.1)
    cases = rng.integers(0, 3, size)
    values, counts = table(read_sample(x, None))
    expected = np.unique(x, return_counts=True)
    np.testing.assert_array_equal(values, expected[0])
    np.testing.assert_array_equal(counts, expected[1])
    values, counts = table(read_sample(x, cases))
    expected = np.unique(np.repeat(x, cases), return_counts=True)
    np.testing.assert_array_equal(values, expected[0])
    np.testing.assert_array_equal(counts, expected[1])


@pytest.mark.parametrize("size", [7, 512, 513, 3000])
@pytest.mark.parametrize("kind", ["whole", "far apart", "fractions"])
def test_order_statistics(size: int, kind: str) -> None:
    """Order statistics are those of the sorted list, ranks outside are the ends."""
    rng = np.random.default_rng(size)
    x = rng.integers(-20, 20, size).astype(np.float64)
    if kind == "far apart":
        x = rng.permutation(size).astype(np.float64) * 1000
    elif kind == "fractions":
        x = rng.permutation(size).astype(np.float64) / 7
    cases = rng.integers(0, 3, size)
    for weights, ordered in ((None, np.sort(x)), (cases, np.sort(np.repeat(x, cases)))):
        sample = read_sample(x, weights)
        n = sample.n
        assert n == ordered.size
        for ranks in (
            [1],
            [n],
            [n // 2, n // 2 + 1],
            [n, 3, n // 3, 3],
            [-4, 0, n + 9],
        ):
            expected = [ordered[min(max(rank, 1), n) - 1] for rank in ranks]
            assert order_statistics(sample, ranks) == expected


def test_missing_are_counted() -> None:
    """Missing values are left out and counted, by their cases where there are some."""
    x = [3.0, None, 1.0, float("nan"), 2.0]
    sample = read_sample(x, None)
    assert (sample.values.tolist(), sample.counts) == ([3.0, 1.0, 2.0], None)
    assert (sample.n, sample.n_missing) == (3, 2)
    weighted = read_sample(x, [2, 5, 0, 0, 1])
    assert weighted.counts is not None
    assert (weighted.values.tolist(), weighted.counts.tolist()) == ([3.0, 2.0], [2, 1])
    assert (weighted.n, weighted.n_missing) == (3, 5)
    whole = read_sample([1, 2], None)
    assert (whole.n, whole.n_missing) == (2, 0)


def test_whole_numbers_far_apart_take_no_long_table() -> None:
    """The length of a table is bounded by the sample, not by its range."""
    x = np.arange(600) * 2.0**42
    values, counts = table(read_sample(x[::-1], None))
    np.testing.assert_array_equal(values, x)
    assert counts.tolist() == [1] * 600
    assert order_statistics(read_sample(x, None), [300]) == [x[299]]
    whole = read_sample(x, None)
    assert compact(whole) is whole


def test_compact() -> None:
    """A large sample of few whole numbers becomes its table; small ones stay."""
    x = np.arange(2000) % 7.0
    found = compact(read_sample([*x, None], None))
    assert found.values.tolist() == [0, 1, 2, 3, 4, 5, 6]
    assert found.counts is not None
    assert found.counts.tolist() == np.bincount(x.astype(np.int64)).tolist()
    assert (found.n, found.n_missing) == (2000, 1)
    small = read_sample(x[:512], None)
    assert compact(small) is small
    shares = read_sample(x / 7, None)
    assert compact(shares) is shares


def test_whole() -> None:
    """Whole means that a float holds the number exactly."""
    assert is_whole(np.array([]))
    assert is_whole(np.array([-3.0, 2.0**52]))
    assert not is_whole(np.array([0.5]))
    assert not is_whole(np.array([2.0**53]))
