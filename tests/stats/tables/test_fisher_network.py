"""The parts of the network of Fisher's test: keys, fillings, bounds and near ties."""

import math

import attrs
import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from iph.stats import fisher_exact
from iph.stats._tables.factorial_keys import UNIT, Keys
from iph.stats._tables.fillings import filled, number_filled, sorted_states
from iph.stats._tables.fisher_network import network_p
from iph.testing import contingency_tables

margins = st.lists(st.integers(1, 40), min_size=1, max_size=6)


def factorials(cells: list[int]) -> int:
    """Return the product of the factorials."""
    return math.prod(map(math.factorial, cells))


@given(st.lists(st.lists(st.integers(0, 30), min_size=3, max_size=3), min_size=2))
def test_keys_are_those_of_the_product(table: list[list[int]]) -> None:
    """Words unpack to the product, and the order is its logarithm but for the error."""
    rows = [sum(row) for row in table]
    columns = [sum(column) for column in zip(*table, strict=True)]
    assume(all(rows) and all(columns))
    keys = Keys.of(rows, columns)
    cells = [cell for row in table for cell in row]
    words = keys.words[:, cells].sum(axis=1).tolist()
    assert all(0 <= word < 2**62 for word in words)
    product = factorials(cells)
    assert keys.product(words) == product
    order = int(keys.order[cells].sum())
    assert abs(order - UNIT * math.log(product)) <= keys.unsure / 2 + 1


@given(margins, st.data())
def test_fillings_are_all_there_are(rows: list[int], data: st.DataObject) -> None:
    """Fillings differ, sum to the column, fit the rows, and are as many as counted."""
    rows = [row % 7 for row in rows[:4]]
    column = data.draw(st.integers(0, sum(rows)))
    states = np.array([rows, rows[::-1]], dtype=np.int64)
    which, cells = filled(states, column)
    assert (cells.sum(axis=1) == column).all()
    assert ((cells >= 0) & (cells <= states[which])).all()
    whole = np.column_stack((which, cells))
    assert len(np.unique(whole, axis=0)) == len(whole)
    expected = [
        sum(sum(found) == column for found in np.ndindex(*(room + 1 for room in state)))
        for state in states.tolist()
    ]
    assert number_filled(states, column).tolist() == expected
    assert np.bincount(which, minlength=2).tolist() == expected


@pytest.mark.parametrize("scale", [1, 10**12])
def test_states_that_differ_by_order_are_one(scale: int) -> None:
    """Also where their codes would not fit in a machine's integer."""
    states = np.array([[3, 1, 2], [1, 2, 3], [2, 2, 2]], dtype=np.int64) * scale
    found, which = sorted_states(states)
    assert (found[which] == np.sort(states, axis=1)).all()
    assert len(found) == 2


@given(contingency_tables(max_rows=3, max_columns=4, max_count=2))
def test_near_ties_are_settled_by_whole_numbers(table: list[list[int]]) -> None:
    """If no order were sure, whole numbers would decide all, and find the same."""
    counts = tuple(
        tuple(cell for cell, total in zip(row, totals, strict=True) if total)
        for totals in [[sum(column) for column in zip(*table, strict=True)]]
        for row in table
        if sum(row)
    )
    assume(len(counts) > 1 and len(counts[0]) > 1)
    expected = network_p(counts)
    of = Keys.of
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            Keys,
            "of",
            lambda rows, columns: attrs.evolve(of(rows, columns), unsure=2**60),
        )
        assert network_p(counts) == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize(
    ("table", "expected"),
    [  # R 4.2.2, fisher.test(workspace = 2e8), whose tolerance is 1e-7
        ([[39, 33, 32], [37, 38, 29], [27, 27, 38]], 0.328216676221),
        ([[110, 95, 99, 93, 105], [98, 101, 100, 104, 95]], 0.740301087742),
        ([[9, 6, 5, 4], [5, 8, 7, 4], [6, 5, 9, 5], [4, 7, 6, 10]], 0.576533375525),
    ],
)
def test_tables_of_hundreds(table: list[list[int]], expected: float) -> None:
    """A hundred in sixteen cells, three in nine and a thousand in ten are exact."""
    found = fisher_exact(table)
    assert found.method == "exact"
    assert found.p_value == pytest.approx(expected, rel=1e-6)
