"""Bowker's and Stuart and Maxwell's tests."""

import itertools
import math
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from iph.errors import InputError, WorkError
from iph.stats import bowker, mcnemar, stuart_maxwell
from iph.stats._inference.tails import chi2_upper
from iph.stats._tables import symmetry as _symmetry
from iph.testing import contingency_tables

Reference = Callable[[str], list[dict[str, Any]]]
Table = list[list[int]]


def squares(k: int = 3, most: int = 6) -> st.SearchStrategy[Table]:
    """Square tables of k categories."""
    return contingency_tables(
        min_rows=k, max_rows=k, min_columns=k, max_columns=k, max_count=most
    )


def cases(reference: Reference) -> list[dict[str, Any]]:
    """Return the square tables of the reference file."""
    return [c for c in reference("paired_samples.json") if c["kind"] == "square"]


def test_bowker_agrees_with_r(reference: Reference) -> None:
    """Where every pair of categories is met, R gives the same; else it gives NaN."""
    checked = 0
    for case in cases(reference):
        found = bowker(case["table"], method="asymptotic")
        if case["bowker"] is None:
            k = len(case["table"])
            assert found.df < k * (k - 1) // 2
            continue
        assert found.statistic == pytest.approx(case["bowker"], abs=1e-9)
        assert found.p_value == pytest.approx(case["bowker_p"], abs=1e-9)
        checked += 1
    assert checked > 100


def test_stuart_maxwell_agrees_with_coin(reference: Reference) -> None:
    """Statistic, df and p-value are those of coin over 200 tables."""
    checked = 0
    for case in cases(reference):
        found = stuart_maxwell(case["table"])
        if case["stuart"] is None:
            continue
        assert found.statistic == pytest.approx(case["stuart"], abs=1e-9)
        assert found.df == case["stuart_df"]
        assert found.p_value == pytest.approx(case["stuart_p"], abs=1e-9)
        checked += 1
    assert checked > 200


@given(table=squares(k=3, most=3))
def test_exact_symmetry_is_the_list_of_all_changes(table: Table) -> None:
    """The exact p-value is that of letting every change go either way."""
    pairs = [(table[i][j], table[j][i]) for i in range(3) for j in range(i + 1, 3)]

    def form(moved: list[tuple[int, int]]) -> Fraction:
        terms = [Fraction((u - d) ** 2, u + d) for u, d in moved if u + d]
        return sum(terms, Fraction(0))

    hits = total = 0
    for ups in itertools.product(*(range(u + d + 1) for u, d in pairs)):
        other = [(up, u + d - up) for up, (u, d) in zip(ups, pairs, strict=True)]
        ways = math.prod(math.comb(u + d, u) for u, d in other)
        total += ways
        hits += ways * (form(other) >= form(pairs))
    found = bowker(table, method="exact")
    if found.n:
        assert found.p_value == hits / total
        assert found.method == "exact"


@given(table=squares(k=2, most=30))
def test_two_categories_are_mcnemar(table: Table) -> None:
    """With two categories all three tests are one."""
    plain, exact = mcnemar(table, method="asymptotic"), mcnemar(table)
    for found in (bowker(table, method="asymptotic"), stuart_maxwell(table)):
        assert found.statistic == pytest.approx(plain.statistic, nan_ok=True)
        assert found.p_value == pytest.approx(plain.p_value, nan_ok=True)
    assert bowker(table, method="exact").p_value == pytest.approx(
        exact.p_value, nan_ok=True
    )


@given(table=squares(k=4), order=st.permutations(range(4)))
def test_relabeling_and_transposing(table: Table, order: list[int]) -> None:
    """Neither the order of the categories nor that of the occasions matters."""
    moved = [[table[j][i] for j in order] for i in order]
    for one, two in (
        (bowker(table, method="asymptotic"), bowker(moved, method="asymptotic")),
        (stuart_maxwell(table), stuart_maxwell(moved)),
    ):
        assert two.statistic == pytest.approx(one.statistic, nan_ok=True)
        assert (one.df, one.n_changed, one.n) == (two.df, two.n_changed, two.n)
    differences = stuart_maxwell(table).differences
    assert stuart_maxwell(moved).differences == tuple(-differences[i] for i in order)


@given(table=squares(k=3))
def test_columns_give_the_table(table: Table) -> None:
    """Ratings of each patient, weighted, give what their table gives."""
    x, y = zip(*itertools.product(range(3), repeat=2), strict=True)
    weights = [count for row in table for count in row]
    assert repr(bowker(x, y, weights=weights)) == repr(bowker(table))
    found = stuart_maxwell(x, y, weights=weights)
    assert repr(found) == repr(stuart_maxwell(table))


def test_degrees_of_freedom_are_counted() -> None:
    """Unmet pairs cost Bowker, separate groups cost Stuart and Maxwell, their df."""
    table = [[3, 5, 0, 0], [1, 2, 0, 0], [0, 0, 1, 4], [0, 0, 2, 2]]
    symmetric, margins = bowker(table), stuart_maxwell(table)
    assert (symmetric.df, margins.df) == (2, 2)
    # The table falls into two 2 x 2 tables, whose chi-squares add up.
    expected = (5 - 1) ** 2 / 6 + (4 - 2) ** 2 / 6
    assert symmetric.statistic == pytest.approx(expected)
    assert margins.statistic == pytest.approx(expected)
    assert margins.p_value == pytest.approx(chi2_upper(expected, 2))
    isolated = [[3, 5, 0], [1, 2, 0], [0, 0, 9]]
    assert stuart_maxwell(isolated).df == 1


def test_those_who_stayed_do_not_matter() -> None:
    """However many patients did not change, the statistics keep all their digits."""
    table = [[0, 7, 2], [3, 0, 4], [1, 9, 0]]
    many = [[v or 10**20 for v in row] for row in table]
    for test in (bowker, stuart_maxwell):
        assert test(many).statistic == test(table).statistic
        assert test(many).p_value == test(table).p_value


def test_nobody_changed() -> None:
    """The statistics are NaN; the exact p-value is 1; without a patient NaN."""
    table = np.diag([4, 5, 6])
    assert math.isnan(bowker(table, method="asymptotic").p_value)
    assert bowker(table, method="exact").p_value == 1.0
    assert math.isnan(stuart_maxwell(table).statistic)
    assert math.isnan(stuart_maxwell(table).p_value)
    for test in (bowker, stuart_maxwell):
        assert math.isnan(test([], []).p_value)
        assert test([1, None], [1, 2]).n_missing == 1
    assert math.isnan(bowker([None], [1], method="exact").p_value)


@pytest.mark.parametrize(
    ("upper", "steps"),
    [
        # two, three and four squares: the products of 1, 2 and 6 pairs met so far
        ([3, 5, 7], 1 * 2 + 2 * 3 + 6 * 4),
        # 0 or 4 each time: of six, sums up to 20 are met, which are 21 whole numbers
        ([2] * 7, 2 * (1 + 2 + 4 + 8 + 16 + 21 + 25)),
    ],
)
def test_limit_of_work(
    upper: list[int], steps: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As many steps as the limit are taken, and one more is refused."""
    table = np.zeros((5, 5), dtype=int)
    table[tuple(index[: len(upper)] for index in np.triu_indices(5, 1))] = upper
    monkeypatch.setattr(_symmetry, "EXACT_LIMIT", steps)
    assert 0.0 < bowker(table, method="exact").p_value < 1.0
    monkeypatch.setattr(_symmetry, "EXACT_LIMIT", steps - 1)
    with pytest.raises(WorkError, match="exact test of symmetry"):
        bowker(table, method="exact")


def test_refusals() -> None:
    """Unknown methods and endless work are refused."""
    with pytest.raises(InputError, match="method must be one of"):
        bowker([[1, 2], [3, 4]], method="mid-p")  # type: ignore[arg-type] # that is the test
    primes = [[0, 97, 89, 83], [0, 0, 79, 73], [0, 0, 0, 71], [0, 0, 0, 0]]
    with pytest.raises(WorkError, match="exact test of symmetry"):
        bowker(primes, method="exact")
    many = [[0, 10_000, 9_000], [10_100, 0, 8_000], [9_100, 8_300, 0]]
    with pytest.raises(WorkError, match="exact test of symmetry"):  # at once
        bowker(many, method="exact")
    with pytest.raises(InputError, match="rng must be a numpy Generator"):
        bowker(primes, method="monte-carlo")


@given(
    st.lists(
        st.lists(st.integers(0, 4), min_size=3, max_size=3), min_size=3, max_size=3
    )
)
def test_simulated_p_holds_the_exact_one(table: list[list[int]]) -> None:
    """The interval of a simulated p-value contains the exact p-value."""
    found = bowker(table, method="monte-carlo", rng=3)
    exact = bowker(table, method="exact").p_value
    if math.isnan(exact):
        assert math.isnan(found.p_value)
    else:
        assert found.p_low is not None
        assert found.p_high is not None
        # Ten times the 99 % interval's odds to miss: half its width more on each side.
        slack = (found.p_high - found.p_low) / 2
        assert found.p_low - slack <= exact <= found.p_high + slack


def test_auto() -> None:
    """Auto counts few changes, simulates more, and approximates many."""
    assert bowker([[5, 3, 1], [2, 5, 4], [0, 1, 7]]).method == "exact"
    drawn = bowker([[9 * abs(7 * i - 3 * j) for i in range(6)] for j in range(6)])
    assert (drawn.method, drawn.seed) == ("monte-carlo", 2023)
    many = [[0, 10_000, 9_000], [10_100, 0, 8_000], [9_100, 8_300, 0]]
    assert bowker(many).method == "asymptotic"
