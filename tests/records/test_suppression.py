"""Hidden cells of tables of counts, attacked by trying every table there can be."""

import itertools
from collections.abc import Iterator

import hypothesis.strategies as st
import pytest
from hypothesis import given

from iph.records._suppression import Sum, System, hidden_cells
from iph.testing import contingency_tables

Table = tuple[int, ...]


def line(*counts: int) -> System:
    """Return one line of counts with a total that everybody knows."""
    n = len(counts)
    sums = (Sum(n, tuple(range(n))),)
    return System(counts=(*counts, sum(counts)), sums=sums, known=frozenset({n}))


def two_way(rows: list[list[int]]) -> System:
    """Return a table with totals, those of the columns known to everybody."""
    wide = [[*row, sum(row)] for row in rows]
    wide.append([sum(column) for column in zip(*wide, strict=True)])
    height, width = len(wide), len(wide[0])
    of_rows = [
        Sum(r * width + width - 1, tuple(r * width + c for c in range(width - 1)))
        for r in range(height)
    ]
    of_columns = [
        Sum((height - 1) * width + c, tuple(r * width + c for r in range(height - 1)))
        for c in range(width)
    ]
    return System(
        counts=tuple(count for row in wide for count in row),
        sums=(*of_rows, *of_columns),
        known=frozenset(range((height - 1) * width, height * width)),
    )


def tables_like(system: System, hidden: frozenset[int]) -> Iterator[Table]:
    """Yield every table of whole numbers that agrees with all that is shown."""
    left = sorted(hidden | system.unseen)
    most = max(system.counts)
    for guess in itertools.product(range(most + 1), repeat=len(left)):
        made = list(system.counts)
        for place, value in zip(left, guess, strict=True):
            made[place] = value
        if all(made[s.total] == sum(made[p] for p in s.parts) for s in system.sums):
            yield tuple(made)


def assert_protected(system: System, least: int) -> frozenset[int]:
    """Check that no hidden number, and no small one, can be told."""
    hidden = hidden_cells(system, least)
    assert hidden is not None
    assert not hidden & (system.known | system.unseen)
    found = list(tables_like(system, hidden))
    for place, count in enumerate(system.counts):
        values = {table[place] for table in found}
        small = 0 < count < least and place not in system.known
        if small and place not in system.unseen - system.sensitive:
            assert place in hidden | system.unseen
            assert min(values) <= 1
            assert max(values) >= least - 1
        if place in hidden:
            assert len(values) > 1
    return hidden


@pytest.mark.parametrize(
    ("counts", "hidden"),
    [
        ((15, 12, 10), set()),
        ((15, 12, 0), set()),
        ((15, 1), {0, 1}),
        ((20, 9, 3), {1, 2}),
        ((20, 2, 2, 2), {1, 2, 3}),
        ((20, 6, 1, 1), {1, 2, 3}),
        ((20, 6, 3, 2), {2, 3}),
        ((5, 0, 1), {0, 2}),
    ],
)
def test_one_line(counts: tuple[int, ...], hidden: set[int]) -> None:
    """Small counts are hidden, and the fewest and smallest others that protect them."""
    assert assert_protected(line(*counts), 5) == hidden


@given(
    contingency_tables(min_rows=2, max_rows=3, min_columns=2, max_columns=2),
    st.integers(2, 3),
)
def test_no_small_count_can_be_computed(rows: list[list[int]], least: int) -> None:
    """Of all tables that agree with what is shown, no number is the same in all."""
    if all(sum(column) >= least for column in zip(*rows, strict=True)):
        system = two_way(rows)
        hidden = hidden_cells(system, least)
        assert hidden is not None
        if (max(system.counts) + 1) ** len(hidden) < 20_000:  # as many are tried
            assert_protected(system, least)


@pytest.mark.parametrize("alone", [1, 2, 4])
def test_a_small_count_may_be_the_largest_of_all(alone: int) -> None:
    """A count that is in no sum can be anything, though all others are smaller."""
    empty = System(
        counts=(0, 0, alone, 0), sums=(Sum(3, (0, 1)),), known=frozenset({3})
    )
    assert hidden_cells(empty, 5) == frozenset({2})


def test_what_follows_from_the_table_is_protected_as_well() -> None:
    """A count that nobody prints, but everybody can compute, may not be small."""
    shown = System(
        counts=(8, 9, 1),
        sums=(Sum(1, (0, 2)),),
        known=frozenset({1}),
        unseen=frozenset({2}),
        sensitive=frozenset({2}),
    )
    assert assert_protected(shown, 5) == {0}


def test_what_nothing_can_protect() -> None:
    """If all else is known, there is no way; that is said, not overlooked."""
    told = System(counts=(2, 7, 9), sums=(Sum(2, (0, 1)),), known=frozenset({1, 2}))
    assert hidden_cells(told, 5) is None
