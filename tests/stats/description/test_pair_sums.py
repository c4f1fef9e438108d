"""Ranked sums of pairs, whether written out or searched for."""

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given

from iph.stats._description import pair_sums as _pair_sums
from iph.stats._description.pair_sums import PairSums

Cases = dict[float, int]
# Some with ties among the sums, some without.
CASES = st.dictionaries(
    st.integers(-9, 9) | st.floats(-9.0, 9.0).map(lambda x: round(x, 6)),
    st.integers(1, 3),
    min_size=1,
    max_size=7,
)


def sample(cases: Cases) -> tuple[list[float], list[int]]:
    """Return the values in order, and their counts."""
    values = sorted(cases)
    return [float(value) for value in values], [cases[value] for value in values]


def naive(x: Cases, y: Cases | None) -> list[float]:
    """Write out the sums of all pairs; within one sample each unordered pair twice."""
    first = [float(value) for value in x for _ in range(x[value])]
    if y is None:
        sums = [a + b for i, a in enumerate(first) for b in first[i:]]
        return sorted(2 * sums)
    second = [float(value) for value in y for _ in range(y[value])]
    return sorted(a + b for a in first for b in second)


@pytest.mark.parametrize("most", [4_000_000, 30, 6, 1])
@pytest.mark.parametrize("within", [True, False])
@given(x=CASES, y=CASES)
def test_every_rank(most: int, within: bool, x: Cases, y: Cases) -> None:  # noqa: FBT001 - a case
    """Each rank is that of a sorted list, however few sums are held at once."""
    if within:
        y = x
    expected = naive(x, None if within else y)
    (values, counts), (others, numbers) = sample(x), sample(y)
    sums = PairSums(
        x=np.array(values),
        x_counts=np.array(counts),
        y=np.array(others),
        y_counts=np.array(numbers),
        within=within,
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(_pair_sums, "_WRITTEN_OUT", most)
        found = sums.ranked(range(1, len(expected) + 1))
    np.testing.assert_allclose(found, expected, rtol=1e-12, atol=1e-12)
    if all(float(value).is_integer() for value in (*x, *y)):
        assert found == expected
