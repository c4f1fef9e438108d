"""The first cell of a 2 x 2 table with fixed margins."""

import math

import pytest
from hypothesis import given
from scipy import stats

from iph.stats._tables.hypergeometric import FreeCell
from iph.testing import contingency_tables

TABLES = contingency_tables(max_rows=2, max_columns=2, max_count=12)


def weights(cell: FreeCell) -> list[int]:
    """Return how many ways there are to have each value of the cell."""
    return [
        math.comb(cell.row, x) * math.comb(cell.n - cell.row, cell.column - x)
        for x in range(cell.low, cell.high + 1)
    ]


@given(TABLES)
def test_values_and_their_weights(table: list[list[int]]) -> None:
    """The cell has the values that leave no cell negative, each with its ways."""
    cell = FreeCell.of(tuple(map(tuple, table)))
    possible = [
        x
        for x in range(cell.n + 1)
        if min(cell.row - x, cell.column - x, cell.n - cell.row - cell.column + x) >= 0
    ]
    assert list(range(cell.low, cell.high + 1)) == possible
    ways = weights(cell)
    observed = ways[cell.observed - cell.low]
    logs = [math.log(way / observed) for way in ways]
    assert cell.log_weights.tolist() == pytest.approx(logs, abs=1e-11)


@given(TABLES)
def test_weights_are_compared_as_whole_numbers(table: list[list[int]]) -> None:
    """A value counts as at most as likely exactly if it has no more ways."""
    cell = FreeCell.of(tuple(map(tuple, table)))
    ways = weights(cell)
    observed = ways[cell.observed - cell.low]
    found = [cell._at_most_as_likely(x) for x in range(cell.low, cell.high + 1)]
    assert found == [way <= observed for way in ways]


@pytest.mark.parametrize(
    "table", [[[400, 0], [0, 400]], [[5, 700], [650, 20]], [[0, 500], [600, 3]]]
)
def test_far_from_what_is_expected(table: list[list[int]]) -> None:
    """Floats give the same p-value as whole numbers where it is below 1e-200."""
    cell = FreeCell.of(tuple(map(tuple, table)))
    for two_sided in ("probability", "central"):
        exact = cell._whole_p("two-sided", two_sided)
        assert exact < 1e-200
        assert cell._float_p(
            "two-sided", two_sided, cell.low, cell.high
        ) == pytest.approx(exact, rel=1e-9, abs=0.0)


def test_two_million_cases() -> None:
    """Tables whose whole numbers would take hours have p-values in no time."""
    cell = FreeCell(observed=500_600, row=10**6, column=10**6, n=2 * 10**6)
    less = stats.hypergeom.cdf(500_600, 2 * 10**6, 10**6, 10**6)
    more = stats.hypergeom.sf(500_599, 2 * 10**6, 10**6, 10**6)
    assert cell.p_value("less", "central") == pytest.approx(less, rel=1e-7)
    assert cell.p_value("greater", "central") == pytest.approx(more, rel=1e-7)
    assert cell.p_value("two-sided", "central") == pytest.approx(2 * more, rel=1e-7)
    # As many in each row as in each column: both tails are alike.
    both = cell.p_value("two-sided", "probability")
    assert both == pytest.approx(2 * more, rel=1e-7)
