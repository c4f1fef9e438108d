"""Fisher's exact test."""

import itertools
import math
from collections.abc import Callable, Iterator
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy import stats

from iph.errors import InputError, WorkError
from iph.stats import fisher_exact
from iph.stats._tables.fisher import _at_most_as_likely
from iph.stats._tables.fisher_network import network_p
from iph.stats._tables.hypergeometric import FreeCell
from iph.testing import contingency_tables

Reference = Callable[[str], list[dict[str, Any]]]
Row = tuple[int, ...]


def rows_of(total: int, room: Row) -> Iterator[Row]:
    """Yield all rows with a total and no cell above the room of its column."""
    if len(room) == 1:
        if total <= room[0]:
            yield (total,)
        return
    for first in range(min(total, room[0]) + 1):
        for rest in rows_of(total - first, room[1:]):
            yield (first, *rest)


def tables_of(totals: Row, room: Row) -> Iterator[tuple[Row, ...]]:
    """Yield all tables with the margins."""
    if not totals:
        yield ()
        return
    for row in rows_of(totals[0], room):
        left = tuple(r - c for r, c in zip(room, row, strict=True))
        for rest in tables_of(totals[1:], left):
            yield (row, *rest)


def enumerated(table: list[list[int]]) -> Fraction:
    """Return the p-value from all tables, by the definition."""
    totals = tuple(map(sum, table))
    room = tuple(sum(column) for column in zip(*table, strict=True))

    def weight(cells: Any) -> Fraction:  # any nested rows
        return Fraction(1, math.prod(math.factorial(c) for row in cells for c in row))

    weights = [weight(found) for found in tables_of(totals, room)]
    observed = weight(table)
    return sum((w for w in weights if w <= observed), Fraction(0)) / sum(weights)


def test_r(reference: Reference) -> None:
    """2 x 2 and larger tables agree with fisher.test of R."""
    cases = reference("cross_tables.json")
    for kind in ("two by two", "larger"):
        chosen = [case for case in cases if case["kind"] == kind]
        assert len(chosen) >= 200
        for case in chosen:
            test = fisher_exact(case["table"])
            assert test.method == "exact"
            assert test.p_value == pytest.approx(case["p"], rel=1e-9, abs=1e-12)
            for alternative in ("less", "greater"):
                if alternative in case:
                    one = fisher_exact(case["table"], alternative=alternative)
                    expected = case[alternative]
                    assert one.p_value == pytest.approx(expected, rel=1e-9, abs=1e-12)


@given(contingency_tables(max_rows=3, max_columns=3, max_count=3))
def test_is_full_enumeration(table: list[list[int]]) -> None:
    """The p-value is that of all tables with the margins, to the last digit."""
    assume(sum(map(sum, table)))
    expected = float(enumerated(table))
    sides = (map(sum, table), map(sum, zip(*table, strict=True)))
    ways = max(
        math.factorial(sum(totals)) // math.prod(map(math.factorial, totals))
        for totals in map(list, sides)
    )
    found = fisher_exact(table).p_value
    assert found == pytest.approx(expected, rel=1e-11)
    if ways < 2**35:  # then counted in whole numbers
        assert found == expected


@given(contingency_tables(max_rows=3, max_columns=4, max_count=5), st.randoms())
def test_order_does_not_matter(table: list[list[int]], random: Any) -> None:
    """Rows and columns may change places, the table may be turned."""
    expected = fisher_exact(table).p_value
    turned = [list(column) for column in zip(*table, strict=True)]
    random.shuffle(turned)
    np.testing.assert_array_equal(fisher_exact(turned).p_value, expected)
    np.testing.assert_array_equal(fisher_exact(np.array(turned)).p_value, expected)


@given(contingency_tables(max_rows=2, max_columns=2, max_count=30))
def test_both_ways_for_two_by_two(table: list[list[int]]) -> None:
    """Whole numbers, floats and the network give the same p-value."""
    cell = FreeCell.of(tuple(map(tuple, table)))
    for two_sided in ("probability", "central"):
        for alternative in ("two-sided", "less", "greater"):
            exact = cell._whole_p(alternative, two_sided)
            found = cell._float_p(alternative, two_sided, cell.low, cell.high)
            assert found == pytest.approx(exact, rel=1e-11)
    if min(map(sum, (*table, *zip(*table, strict=True)))):
        counts = tuple(map(tuple, table))
        exact = cell._whole_p("two-sided", "probability")
        assert network_p(counts) == pytest.approx(exact, rel=1e-11)


@given(contingency_tables(max_rows=2, max_columns=2))
def test_central_is_twice_the_smaller_tail(table: list[list[int]]) -> None:
    """The central p-value is twice the smaller one-sided one, at most 1."""
    assume(sum(map(sum, table)))
    one_sided = [
        fisher_exact(table, alternative=a).p_value for a in ("less", "greater")
    ]
    central = fisher_exact(table, two_sided="central").p_value
    np.testing.assert_allclose(central, min(1.0, 2 * min(one_sided)), rtol=1e-14)


def test_job_satisfaction() -> None:
    """The table of Agresti (2002, page 57) has p = 0.7827, as in R's own example."""
    jobs = [[1, 2, 1, 0], [3, 3, 6, 1], [10, 10, 14, 9], [6, 7, 12, 11]]
    test = fisher_exact(jobs)
    assert test.method == "exact"
    assert test.p_value == pytest.approx(0.78268493896653246, rel=1e-12)  # R 4.2.2


def test_large_two_by_two_table() -> None:
    """A registry's table is exact as well, and ties are decided by whole numbers."""
    table = [[100_000, 100], [101_000, 140]]
    expected = float(stats.fisher_exact(np.array(table)).pvalue)
    assert fisher_exact(table).p_value == pytest.approx(expected, rel=1e-9)
    even = [[60_000, 60_010], [60_010, 60_000]]  # both tails tie exactly
    tails = [fisher_exact(even, alternative=a).p_value for a in ("less", "greater")]
    assert fisher_exact(even).p_value == pytest.approx(2 * min(tails), rel=1e-12)
    for rule, value in (("central", 2 * min(tails)), ("probability", 2 * min(tails))):
        test = fisher_exact(even, two_sided=rule)  # type: ignore[arg-type] # a word
        assert test.p_value == pytest.approx(value, rel=1e-12)


def test_small_p_values_keep_their_digits() -> None:
    """A p-value far below 1e-16 is exact: one table of C(200, 100), and its mirror."""
    test = fisher_exact([[100, 0], [0, 100]])
    assert test.p_value == float(Fraction(2, math.comb(200, 100)))


@pytest.mark.parametrize("table", [[[3, 1], [0, 4]], [[3, 1, 0], [0, 4, 2]]])
def test_monte_carlo_holds_the_exact_p(table: list[list[int]]) -> None:
    """A simulated p-value covers the exact one; 2 x 2 tables are never simulated."""
    exact = fisher_exact(table)
    test = fisher_exact(table, method="monte-carlo", rng=5)
    if len(table[0]) == 2:
        assert test == exact
    else:
        assert test.p_low is not None
        assert test.p_high is not None
        assert test.p_low <= exact.p_value <= test.p_high
        assert (exact.p_low, exact.p_high) == (None, None)


def test_auto() -> None:
    """Auto simulates where exact steps run out, and approximates for large cells."""
    table = [[20 + (3 * i + 2 * j) % 7 for j in range(5)] for i in range(5)]
    assert fisher_exact(table, rng=1, n_resamples=99).method == "monte-carlo"
    drawn = fisher_exact(table)
    assert (drawn.method, drawn.seed) == ("monte-carlo", 2023)
    assert (
        fisher_exact([[300 + i * j for i in range(4)] for j in range(4)]).method
        == "asymptotic"
    )
    with pytest.raises(WorkError, match="Fisher test"):
        fisher_exact(table, method="exact")
    with pytest.raises(WorkError, match="Fisher test"):
        fisher_exact([[9000, 1, 5], [1, 8000, 7]], method="exact")
    grown = [[30, 31, 32, 33, 34], [34, 30, 31, 32, 39]]
    counts = tuple(map(tuple, grown))
    with pytest.raises(WorkError, match="Fisher test"):  # on the way, not before
        network_p(counts, limit=20_000)


def test_margins_that_decide_alone() -> None:
    """With one row or column the p-value is 1, with nobody NaN; zeros do not matter."""
    for table in ([[3, 4, 5]], [[3], [4]], [[0, 0, 0], [1, 2, 3]], [[1, 2], [0, 0]]):
        assert fisher_exact(table).p_value == 1.0
    for table in ([[0, 0], [0, 0]], [[0, 0, 0]]):
        assert math.isnan(fisher_exact(table).p_value)
    assert (
        fisher_exact([[1, 2, 3], [0, 0, 0]], method="monte-carlo", rng=1).p_value == 1.0
    )
    padded = fisher_exact([[3, 0, 1], [0, 0, 0], [1, 0, 4]])
    assert padded.p_value == fisher_exact([[3, 1], [1, 4]]).p_value


def test_what_is_reported() -> None:
    """The result names its rules and its cases."""
    test = fisher_exact([[3, 1], [1, 3]], n_missing=2)
    assert (test.n, test.n_missing) == (8, 2)
    assert (test.alternative, test.two_sided) == ("two-sided", "probability")


@pytest.mark.parametrize(
    ("table", "options", "message"),
    [
        ([[1, 2], [3]], {}, "all rows equally long"),
        ([], {}, "all rows equally long"),
        ([[], []], {}, "all rows equally long"),
        (np.ones(3), {}, "two-dimensional"),
        ("ab", {}, "table must be a table of counts"),
        (["ab", "cd"], {}, r"table\[0\] must be a row of counts"),
        ([[1, 2], [3, None]], {}, r"table\[1\]\[1\] must be a whole number"),
        ([[1, 2], [3, -1]], {}, r"table\[1\]\[1\] must be a whole number"),
        ([[1, 2], [3, 0.5]], {}, r"table\[1\]\[1\] must be a whole number"),
        ([[1, 2, 3], [3, 4, 5]], {"alternative": "less"}, "only a 2 x 2 table"),
        ([[1, 2, 3], [3, 4, 5]], {"two_sided": "central"}, "only a 2 x 2 table"),
        ([[1, 2, 3], [3, 4, 5]], {"method": "monte-carlo"}, "rng must be"),
        ([[1, 2], [3, 4]], {"method": "chi-square"}, "method must be one of"),
    ],
)
def test_messages(table: Any, options: dict[str, Any], message: str) -> None:
    """Anything but counts, and options without meaning, are refused by name."""
    with pytest.raises(InputError, match=message):
        fisher_exact(table, **options)


def test_product_of_all_small_tables() -> None:
    """All 2 x 3 tables with cells up to 2: the p-value is never 0 nor above 1."""
    for cells in itertools.product(range(3), repeat=6):
        if any(cells):
            p = fisher_exact([cells[:3], cells[3:]]).p_value
            assert 0.0 < p <= 1.0


@given(st.lists(st.tuples(st.integers(0, 60), st.integers(0, 60)), min_size=1))
def test_likelihoods_are_compared_as_products_of_factorials(
    pairs: list[tuple[int, int]],
) -> None:
    """A table is at most as likely if the factorials of its cells multiply to more."""
    cells, than = [a for a, _ in pairs], [b for _, b in pairs]
    expected = math.prod(map(math.factorial, cells)) >= math.prod(
        map(math.factorial, than)
    )
    assert _at_most_as_likely(cells, than) == expected
    assert _at_most_as_likely(cells, cells[::-1])


def test_a_million_cases_are_simulated() -> None:
    """Tables of a registry are compared without the factorials of its counts."""
    counts = [[200_000, 150_000, 100_000, 50_000], [200_900, 149_500, 99_900, 49_700]]
    found = fisher_exact(counts, method="monte-carlo", rng=2023)
    chi_square = stats.chi2_contingency(counts, correction=False)
    assert found.method == "monte-carlo"
    assert found.p_low is not None
    assert found.p_high is not None
    assert found.p_low <= chi_square.pvalue <= found.p_high
    auto = fisher_exact(counts)
    assert auto.method == "asymptotic"
    assert auto.p_value == pytest.approx(chi_square.pvalue, rel=1e-9)


@given(
    st.lists(
        st.lists(st.integers(0, 30), min_size=3, max_size=3), min_size=2, max_size=4
    )
)
def test_asymptotic_is_pearsons(table: list[list[int]]) -> None:
    """By name the p-value is that of Pearson's chi-square, without correction."""
    found = fisher_exact(table, method="asymptotic")
    kept = np.array(table)
    kept = kept[kept.any(axis=1)][:, kept.any(axis=0)]
    if kept.size == 0:
        assert math.isnan(found.p_value)
    elif min(kept.shape) == 1:
        assert found.p_value == 1.0
    else:
        expected = stats.chi2_contingency(kept, correction=False).pvalue
        assert found.p_value == pytest.approx(expected, rel=1e-9)


@given(st.lists(st.integers(1, 40), min_size=4, max_size=4))
def test_asymptotic_sides_of_two_by_two(cells: list[int]) -> None:
    """The sides of a 2 x 2 table are those of the signed root of chi-square."""
    a, b, c, d = cells
    table = [[a, b], [c, d]]
    less, greater, both = (
        fisher_exact(table, method="asymptotic", alternative=side).p_value
        for side in ("less", "greater", "two-sided")
    )
    assert less + greater == pytest.approx(1.0)
    assert both == pytest.approx(2 * min(less, greater))
    assert (greater < 0.5) == (a * d > b * c)
    expected = stats.chi2_contingency(np.array(table), correction=False).pvalue
    assert both == pytest.approx(expected, rel=1e-9)


def test_two_by_two_of_any_size() -> None:
    """A hundred million patients a cell are counted, many more are approximated."""
    counts = [[100_000_000, 100_030_000], [100_000_000, 100_000_000]]
    found = fisher_exact(counts)
    assert found.method == "exact"
    expected = stats.chi2_contingency(np.array(counts), correction=True).pvalue
    # Yates' correction is no closer than that.
    assert found.p_value == pytest.approx(expected, rel=1e-4)
    even = [[10**8, 10**8], [10**8, 10**8]]
    assert fisher_exact(even).p_value == pytest.approx(1.0, rel=1e-12)
    huge = [[10**18, 10**18], [10**18, 10**18 + 10**9]]
    assert fisher_exact(huge).method == "asymptotic"
    with pytest.raises(WorkError, match="Fisher test"):
        fisher_exact(huge, method="exact")
    far = [[10**8, 10**6], [10**6, 10**8]]
    assert fisher_exact(far).p_value == 0.0


@given(
    st.sampled_from([2**53, 10**15, 10**18, 10**160, 10**300]),
    st.integers(0, 9),
    st.integers(0, 9),
    st.integers(0, 9),
)
def test_one_cell_of_any_size(large: int, b: int, c: int, d: int) -> None:
    """Beside a cell that no float holds exactly the small ones are still counted."""
    weight, weights = Fraction(1), [Fraction(1)]  # by d, from its least value on
    least, most = 0, min(b, c) + d
    for one in range(least, most):
        a, second, third = large - d + one, b + d - one, c + d - one
        weight *= Fraction(second * third, (a + 1) * (one + 1))
        weights.append(weight)
    expected = sum(w for w in weights if w <= weights[d]) / sum(weights)
    found = fisher_exact([[large, b], [c, d]], method="exact").p_value
    assert found == pytest.approx(float(expected), rel=1e-9)
