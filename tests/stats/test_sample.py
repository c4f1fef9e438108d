"""One sample of numbers with its case counts."""

import numpy as np
import pytest

from iph.stats._sample import is_whole, read_sample, table


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


def test_whole() -> None:
    """Whole means that a float holds the number exactly."""
    assert is_whole(np.array([]))
    assert is_whole(np.array([-3.0, 2.0**52]))
    assert not is_whole(np.array([0.5]))
    assert not is_whole(np.array([2.0**53]))
