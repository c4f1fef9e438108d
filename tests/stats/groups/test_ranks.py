"""Tables of counts and their exact mid-ranks."""

from fractions import Fraction
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from iph.errors import InputError
from iph.stats._groups.ranks import rank_table
from iph.testing import grouped_scores


def naive_ranks(pooled: list[float]) -> dict[float, Fraction]:
    """Rank by the definition: the mean of the places that equal values share."""
    ordered = sorted(pooled)
    places: dict[float, list[int]] = {}
    for place, value in enumerate(ordered, start=1):
        places.setdefault(value, []).append(place)
    return {v: Fraction(sum(p), len(p)) for v, p in places.items()}


@given(grouped_scores())
def test_agrees_with_the_definition(samples: list[list[int]]) -> None:
    """Counts, mid-ranks, rank sums and tie sum follow from their definitions."""
    table = rank_table(samples)
    pooled = [float(v) for sample in samples for v in sample]
    ranks = naive_ranks(pooled)
    assert table.values.tolist() == sorted(ranks)
    assert table.scores.tolist() == [2 * ranks[v] for v in sorted(ranks)]
    assert list(table.score_sums) == [
        2 * sum((ranks[float(v)] for v in sample), Fraction(0)) for sample in samples
    ]
    assert table.sizes == tuple(map(len, samples))
    assert table.tie_sum == sum(pooled.count(v) ** 3 - pooled.count(v) for v in ranks)
    assert table.is_constant == (len(ranks) < 2)


@given(grouped_scores(), st.sampled_from([1.0, 0.5, -3.0, 1e9, 1e-9]))
def test_counting_does_not_depend_on_the_numbers(
    samples: list[list[int]], factor: float
) -> None:
    """Counting whole numbers and sorting any numbers give the same table."""
    moved = [[factor * v + factor for v in sample] for sample in samples]
    expected, found = rank_table(samples), rank_table(moved)
    assert sorted(map(tuple, found.counts.tolist())) == sorted(
        map(tuple, expected.counts.tolist())
    )
    assert found.tie_sum == expected.tie_sum


@given(grouped_scores(), st.integers(1, 3), st.sampled_from([1.0, 0.1]))
def test_weights_are_repetitions(
    samples: list[list[int]], top: int, scale: float
) -> None:
    """Case counts give the table of the repeated rows, also with fractions."""
    values = [[scale * v for v in sample] for sample in samples]
    weights = [
        [(i + j) % (top + 1) for i in range(len(s))] for j, s in enumerate(samples)
    ]
    repeated = [
        [v for v, w in zip(sample, counts, strict=True) for _ in range(w)]
        for sample, counts in zip(values, weights, strict=True)
    ]
    found, expected = rank_table(values, weights), rank_table(repeated)
    assert found.values.tolist() == expected.values.tolist()
    assert found.counts.tolist() == expected.counts.tolist()


@pytest.mark.parametrize("dtype", [np.int8, np.uint8, np.int64, np.uint64, np.float64])
def test_number_types_do_not_matter(dtype: type) -> None:
    """Every type of number gives the same table."""
    table = rank_table(
        [np.array([3, 100, 3], dtype=dtype), np.array([100], dtype=dtype)]
    )
    assert table.values.tolist() == [3, 100]
    assert table.counts.tolist() == [[2, 0], [1, 1]]


@pytest.mark.parametrize(
    "kind", [np.int8, np.int16, np.uint16, np.int64, np.uint64, np.float32, np.float64]
)
@given(grouped_scores(min_size=0))
def test_arrays_are_counted_as_lists(kind: type, samples: list[list[int]]) -> None:
    """Arrays of every type, as objects too, empty ones among them, give one table."""
    expected = rank_table(samples)
    for found in (
        rank_table([np.array(sample, dtype=kind) for sample in samples]),
        rank_table([np.array(sample, dtype=object) for sample in samples]),
        rank_table([np.array(samples[0], dtype=kind), *samples[1:]]),
    ):
        assert found.values.tolist() == expected.values.tolist()
        assert found.counts.tolist() == expected.counts.tolist()
        assert found.scores.tolist() == expected.scores.tolist()


@pytest.mark.parametrize("offset", [0, 2**52, 2**53, 2**62, -(2**62)])
def test_neighboring_whole_numbers_differ(offset: int) -> None:
    """Whole numbers of an integer type are told apart where floats are not."""
    first = np.array([offset + 1, offset, offset + 1])
    second = np.array([offset - 1, offset + 1])
    table = rank_table([first, second])
    assert table.values.tolist() == [offset - 1, offset, offset + 1]
    assert table.counts.tolist() == [[0, 1], [1, 0], [2, 1]]


@pytest.mark.parametrize("offset", [0.0, 2.0**52, 2.0**60, 1e300])
@pytest.mark.parametrize("step", [0.0, 0.5, 1.0, 500.0, 5000.0])
def test_wide_ranges(offset: float, step: float) -> None:
    """However far apart the values lie, the table is that of the definition."""
    samples = [[offset + step, offset, offset], [offset + 3 * step, offset + step]]
    ranks = naive_ranks([v for sample in samples for v in sample])
    for found in (rank_table(samples), rank_table([np.array(s) for s in samples])):
        assert found.values.tolist() == sorted(ranks)
        assert found.scores.tolist() == [2 * ranks[v] for v in sorted(ranks)]


@pytest.mark.parametrize(
    "sample",
    [
        np.array([1.0, np.inf]),
        np.array([-np.inf, 1.0], dtype=np.float32),
        np.array([np.nan, np.inf]),
        np.array([True, False]),
        np.array(["1", "2"]),
        np.array([1, "2"], dtype=object),
        np.array([[1, 2], [3, 4]]),
        np.array([[1.0, 2.0]]),
        np.array(5),
    ],
)
def test_arrays_of_no_numbers_are_refused(sample: npt.NDArray[Any]) -> None:
    """An array is checked like a list: finite numbers in one dimension."""
    with pytest.raises(InputError, match=r"samples\[1\]"):
        rank_table([[1, 2], sample])


def test_extremes_of_a_small_integer_type() -> None:
    """The lowest int8 has no positive counterpart in its type."""
    table = rank_table(
        [np.array([-128, 127], dtype=np.int8), np.array([], dtype=np.int8)]
    )
    assert table.values.tolist() == [-128, 127]


def test_huge_values() -> None:
    """Values that no integer type holds are ranked as they are."""
    table = rank_table([[1e300, 1e300], [1e300, -1e300]])
    assert table.counts.tolist() == [[0, 1], [2, 1]]


def test_missing_values_are_counted() -> None:
    """None and NaN are left out, with their case counts."""
    table = rank_table([[1, None, 2], [float("nan"), 2]], [[1, 5, 1], None])
    assert table.n_missing == 6
    assert table.counts.tolist() == [[1, 0], [1, 1]]
    assert rank_table([[1, None], [2]]).n_missing == 1


def test_sums_beyond_64_bits() -> None:
    """Ten million cases and more overflow nothing: all sums are exact integers."""
    many = 3_000_000_000
    table = rank_table([[0, 1], [0, 1]], [[many, 1], [1, many]])
    n, t = 2 * many + 2, many + 1
    assert table.tie_sum == 2 * (t**3 - t)
    assert table.scores.tolist() == [t + 1, 2 * t + t + 1]
    assert table.score_sums == (
        many * (t + 1) + 3 * t + 1,
        t + 1 + many * (3 * t + 1),
    )
    assert sum(table.score_sums) == n * (n + 1)


def test_no_value_at_all() -> None:
    """Empty samples give an empty table."""
    table = rank_table([[], [None]])
    assert (table.n, table.n_missing, table.tie_sum) == (0, 1, 0)
    assert np.isnan(table.mean_ranks).all()
    assert table.is_constant
    assert (table.values.tolist(), table.counts.shape) == ([], (0, 2))


@pytest.mark.parametrize(
    ("samples", "weights", "message"),
    [
        ([[1], ["a"]], None, r"samples\[1\]\[0\] must be a number"),
        ([[1], 3], None, r"samples\[1\] must be a sequence"),
        ([[1], [2]], [[1]], "weights must be one vector of case counts for each"),
        ([[1], [2]], 3, "weights must be a sequence of count vectors"),
        ([[1], [2]], [[1], [0.5]], r"weights\[1\]\[0\] must be a whole number"),
        ([[1], [2]], [[1], [1, 1]], r"weights\[1\] must be as long as"),
        (
            [[1], [2, 3]],
            [[1], [2.0**53, 2.0**53]],
            r"weights\[1\] must be at most 2\*\*53",
        ),
        ([[1], [float("inf")]], None, "must be a finite number"),
    ],
)
def test_bad_input(samples: object, weights: object, message: str) -> None:
    """Anything but numbers and case counts is refused by name."""
    with pytest.raises(InputError, match=message):
        rank_table(samples, weights)  # type: ignore[arg-type] # what is tested
