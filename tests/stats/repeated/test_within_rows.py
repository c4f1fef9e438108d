"""Column sums when every row is permuted."""

import itertools
import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from iph.errors import WorkError
from iph.stats._repeated import within_rows as _within_rows
from iph.stats._repeated.within_rows import (
    n_arrangements,
    n_orders,
    orders,
    random_sums,
    squares_tail,
    steps,
)

Pattern = tuple[int, ...]

PATTERNS: dict[int, list[Pattern]] = {
    2: [(-1, 1), (0, 0)],
    3: [(-2, 0, 2), (-1, -1, 2), (-2, 1, 1), (0, 0, 0)],
    4: [(-3, -1, 1, 3), (-2, -2, 2, 2), (-3, 0, 0, 3), (-1, -1, -1, 3)],
}


def enumerate_squares(patterns: dict[Pattern, int]) -> list[int]:
    """List the sum of squares of every arrangement of the table."""
    rows = [p for p, count in patterns.items() for _ in range(count)]
    return [
        sum(sum(column) ** 2 for column in zip(*table, strict=True))
        for table in itertools.product(*map(itertools.permutations, rows))
    ]


@st.composite
def small_tables(draw: st.DrawFn) -> dict[Pattern, int]:
    """Draw a table of at most four rows."""
    k = draw(st.sampled_from([2, 3, 4]))
    rows = draw(
        st.lists(st.sampled_from(PATTERNS[k]), min_size=1, max_size={4: 3}.get(k, 4))
    )
    return {row: rows.count(row) for row in rows}


@given(patterns=small_tables(), data=st.data())
def test_tail_is_that_of_all_arrangements(
    patterns: dict[Pattern, int], data: st.DataObject
) -> None:
    """The probability is the exact ratio found by listing every arrangement."""
    listed = enumerate_squares(patterns)
    observed = data.draw(st.sampled_from(sorted(set(listed))))
    reached = sum(value >= observed for value in listed)
    found = squares_tail(patterns, observed)
    assert found == Fraction(reached, len(listed))
    assert n_arrangements(patterns) % found.denominator == 0


@given(pattern=st.lists(st.integers(0, 3), min_size=1, max_size=5))
def test_orders_are_the_distinct_permutations(pattern: list[int]) -> None:
    """Each distinct order is listed once."""
    found = [tuple(row) for row in orders(tuple(pattern)).tolist()]
    assert len(found) == n_orders(tuple(pattern))
    assert set(found) == set(itertools.permutations(pattern))


@pytest.mark.parametrize(("chunk", "dense"), [(50, 8), (50, 0), (2_000_000, 0)])
def test_chunks_and_keys_do_not_change_the_count(
    monkeypatch: pytest.MonkeyPatch, chunk: int, dense: int
) -> None:
    """Merging in parts, by sorting or by counting, gives the same exact number."""
    patterns: dict[Pattern, int] = {
        (-3, -1, 1, 3): 4,
        (-2, -2, 2, 2): 3,
        (-3, 0, 0, 3): 2,
    }
    expected = squares_tail(patterns, 500)
    monkeypatch.setattr(_within_rows, "_CHUNK", chunk)
    monkeypatch.setattr(_within_rows, "_DENSE", dense)
    assert squares_tail(patterns, 500) == expected
    monkeypatch.setattr(_within_rows, "_MOST_KEYS", 10)
    assert squares_tail(patterns, 500) == expected


@pytest.mark.parametrize("chunk", [1, 5, 12])
def test_chunks_shorter_than_one_row(
    monkeypatch: pytest.MonkeyPatch, chunk: int
) -> None:
    """A row of more orders than a chunk holds is still met by each state once."""
    patterns: dict[Pattern, int] = {(-3, -1, 1, 3): 1, (-2, -2, 2, 2): 2}
    listed = enumerate_squares(patterns)
    monkeypatch.setattr(_within_rows, "_CHUNK", chunk)
    for observed in sorted(set(listed)):
        reached = sum(value >= observed for value in listed)
        assert squares_tail(patterns, observed) == Fraction(reached, len(listed))


def test_large_counts_are_whole() -> None:
    """A count far beyond 64 bits is exact: all arrangements reach the least value."""
    patterns: dict[Pattern, int] = {(-2, 0, 2): 60}
    assert squares_tail(patterns, 0) == 1
    # All 60 patients in one order: 6 of 6**60 tables.
    assert squares_tail(patterns, 2 * 120**2) == Fraction(6, 6**60)


def test_many_visits_scatter_the_sums() -> None:
    """Sums too far apart to be numbered are merged as rows.

    Of 40 visits each of 14 patients has one high grade: the sum of squares says how
    often two patients share their visit.
    """
    visits, n = 40, 14

    def parts(left: int, most: int) -> list[list[int]]:
        if not left:
            return [[]]
        return [
            [first, *rest]
            for first in range(min(left, most), 0, -1)
            for rest in parts(left - first, first)
        ]

    observed, hits = 22, 0  # of the squared numbers of patients with a visit
    for found in parts(n, n):
        if sum(size * size for size in found) >= observed:
            # visits are chosen in order, patients dealt out, equal parts not told apart
            ways = math.perm(visits, len(found)) * math.factorial(n)
            for size in set(found):
                ways //= math.factorial(found.count(size))
            hits += ways // math.prod(map(math.factorial, found))
    row = (-1,) * (visits - 1) + (visits - 1,)
    squares = visits * visits * observed - visits * n * n
    assert squares_tail({row: n}, squares) == Fraction(hits, visits**n)


def test_nothing_to_permute() -> None:
    """Without a row, or with constant rows only, there is one arrangement."""
    assert squares_tail({}, 0) == 1
    assert squares_tail({(0, 0, 0): 5}, 0) == 1
    assert steps({}) == 1.0
    assert steps({(0, 0): 3}) == 1.0


def test_too_much_work_is_refused_at_once() -> None:
    """The estimate stands before the work: many visits or patients are refused."""
    assert math.isinf(steps({tuple(range(-10, 11, 2)): 2}))
    assert math.isinf(steps({(-4, -2, 0, 2, 4): 500}))
    with pytest.raises(WorkError, match="500 patients needs more than 500000000"):
        squares_tail({(-4, -2, 0, 2, 4): 500}, 0)


def visited(patterns: dict[Pattern, int]) -> int:
    """Count how often a state meets an order, rows of many orders first."""
    rows = [p for p, count in patterns.items() for _ in range(count)]
    states: set[Pattern] = {(0,) * len(rows[0])}
    found = 0
    for row in sorted(rows, key=n_orders, reverse=True):
        choice = set(itertools.permutations(row))
        found += len(states) * len(choice)
        states = {
            tuple(sorted(a + b for a, b in zip(state, order, strict=True)))
            for state in states
            for order in choice
        }
    return found


@pytest.mark.parametrize(
    "patterns",
    [
        {(-1, 1): 40},
        {(-2, 0, 2): 15},
        {(-2, 0, 2): 12, (-1, -1, 2): 6},
        {(-3, -1, 1, 3): 10},
        {(-3, -1, 1, 3): 4, (-2, -2, 2, 2): 4},
        {(-4, -2, 0, 2, 4): 3, (-3, -3, 0, 2, 4): 1},
    ],
)
def test_estimate_of_the_work(patterns: dict[Pattern, int]) -> None:
    """Steps are estimated by no less than they are, and not by much more."""
    count = visited(patterns)
    assert count <= steps(patterns) <= 1.5 * count


@pytest.mark.parametrize("row", [(-1, 1), (-2, 1, 1), (-3, -1, 1, 3), (-4, 0, 0, 0, 4)])
def test_one_patient_is_one_step_an_order(row: Pattern) -> None:
    """One row meets nothing yet; rows without a choice are no work."""
    assert steps({row: 1}) == n_orders(row) == visited({row: 1})
    assert steps({row: 1, (0,) * len(row): 9}) == n_orders(row)


def test_far_scattered_sums() -> None:
    """Few sums in a long range need no more memory than they are."""
    far = 10**7
    patterns: dict[Pattern, int] = {(-far, 0, far): 2, (1 - far, -1, far): 1}
    listed = enumerate_squares(patterns)
    for observed in sorted(set(listed)):
        reached = sum(value >= observed for value in listed)
        assert squares_tail(patterns, observed) == Fraction(reached, len(listed))


def test_random_sums_of_very_many_patients() -> None:
    """How many of a trillion patients take each order is drawn, not each of them."""
    count = 10**12
    sums = random_sums({(-2, 0, 2): count}, 2000, np.random.default_rng(3))
    assert not sums.sum(axis=1).any()
    assert (sums**2).mean() / count == pytest.approx(8 / 3, rel=0.1)


def test_random_sums_have_the_right_variance() -> None:
    """Simulated sums add up to zero and vary as all orders do."""
    # Both ways of drawing: few patients (row by row) and many (multinomial).
    for count in (3, 500):
        patterns: dict[Pattern, int] = {(-3, -1, 1, 3): count, (0, 0, 0, 0): 7}
        sums = random_sums(patterns, 20_000, np.random.default_rng(1))
        assert not sums.sum(axis=1).any()
        # The variance of a signed rank is 5, of 20,000 draws known to about 1 %.
        assert sums[:, 0].var() / count == pytest.approx(5.0, rel=0.05)
