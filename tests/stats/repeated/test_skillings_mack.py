"""The Skillings-Mack test."""

import itertools
import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from iph.errors import InputError
from iph.stats import friedman, skillings_mack
from iph.testing import rating_rows

Rows = list[list[int | None]]

ASSEMBLY: list[list[float | None]] = [
    [3.2, 4.1, 3.8, 4.2],
    [3.1, 3.9, 3.4, 4.0],
    [4.3, 3.5, 4.6, 4.8],
    [3.5, 3.6, 3.9, 4.0],
    [3.6, 4.2, 3.7, 3.9],
    [4.5, 4.7, 3.7, None],
    [None, 4.2, 3.4, None],
    [4.3, 4.6, 4.4, 4.9],
    [3.5, None, 3.7, 3.9],
]


def naive(rows: Rows) -> tuple[float, int]:
    """Find statistic and rank with the covariance of all orders of each patient."""
    k = len(rows[0])
    sums, covariance = np.zeros(k), np.zeros((k, k))
    for row in rows:
        seen = [j for j, v in enumerate(row) if v is not None]
        if len(seen) < 2:
            continue
        ranks = stats.rankdata([row[j] for j in seen])
        scores = math.sqrt(12 / (len(seen) + 1)) * (ranks - (len(seen) + 1) / 2)
        sums[seen] += scores
        every = np.array(list(itertools.permutations(scores)))
        covariance[np.ix_(seen, seen)] += every.T @ every / len(every)
    inverse = np.linalg.pinv(covariance, rcond=1e-10, hermitian=True)
    rank = int(np.linalg.matrix_rank(covariance, tol=1e-8, hermitian=True))
    return float(sums @ inverse @ sums), rank


def test_published_example() -> None:
    """Assembly times with gaps: SM 15.493, df 3, p 0.0014, as published."""
    found = skillings_mack(ASSEMBLY, method="asymptotic")
    assert f"{found.statistic:.3f} {found.df} {found.p_value:.4f}" == "15.493 3 0.0014"
    assert (found.n, found.n_incomplete, found.n_missing) == (9, 3, 0)
    assert found.n_at_visit == (8, 8, 9, 7)


def test_covariance_without_ties_is_the_published_one() -> None:
    """Without ties the form is that of Skillings and Mack: counts of common visits."""
    known = np.array([[v is not None for v in row] for row in ASSEMBLY])
    together = (known.T.astype(float)) @ known
    covariance = np.diag(together.sum(axis=1) - np.diag(together)) - (
        together - np.diag(np.diag(together))
    )
    found = skillings_mack(ASSEMBLY, method="asymptotic")
    sums = np.array(found.adjusted_sums)
    expected = sums @ np.linalg.pinv(covariance) @ sums
    assert found.statistic == pytest.approx(expected, rel=1e-9)


@given(rows=rating_rows(missing=True))
def test_agrees_with_all_orders(rows: Rows) -> None:
    """Statistic and df are those of the covariance found by listing every order."""
    found = skillings_mack(rows, method="asymptotic")
    expected, rank = naive(rows)
    assert found.df == rank
    if rank:
        assert found.statistic == pytest.approx(expected, abs=1e-9)
        assert found.p_value == pytest.approx(stats.chi2.sf(expected, rank), abs=1e-9)
    else:
        assert math.isnan(found.statistic)
        assert math.isnan(found.p_value)


@given(rows=rating_rows())
def test_complete_data_give_friedman(rows: Rows) -> None:
    """With no visit missed it is Friedman's test corrected for ties."""
    found = skillings_mack(rows, method="asymptotic")
    expected = friedman(rows, method="asymptotic")
    assert found.statistic == pytest.approx(expected.statistic, nan_ok=True)
    assert found.p_value == pytest.approx(expected.p_value, abs=1e-12, nan_ok=True)
    assert (found.n, found.n_incomplete) == (expected.n, 0)


@given(rows=rating_rows(missing=True), data=st.data())
def test_patients_are_counted(rows: Rows, data: st.DataObject) -> None:
    """Used, incomplete and left out add up; columns may be moved."""
    found = skillings_mack(rows, method="asymptotic")
    seen = [sum(v is not None for v in row) for row in rows]
    k = len(rows[0])
    assert found.n == sum(s > 1 for s in seen)
    assert found.n_incomplete == sum(1 < s < k for s in seen)
    assert found.n_missing == sum(s < 2 for s in seen)
    columns = data.draw(st.permutations(range(k)))
    moved = skillings_mack([[row[j] for j in columns] for row in rows])
    assert moved.statistic == pytest.approx(found.statistic, abs=1e-9, nan_ok=True)
    assert moved.n_at_visit == tuple(found.n_at_visit[j] for j in columns)


@given(
    rows=rating_rows(missing=True, max_rows=5),
    counts=st.lists(st.integers(0, 3), min_size=5, max_size=5),
)
def test_weights_are_repeated_rows(rows: Rows, counts: list[int]) -> None:
    """Case counts give what the repeated rows give."""
    weights = counts[: len(rows)]
    repeated = [row for row, w in zip(rows, weights, strict=True) for _ in range(w)]
    if repeated:
        found, other = skillings_mack(rows, weights=weights), skillings_mack(repeated)
        assert found.statistic == pytest.approx(other.statistic, nan_ok=True, abs=1e-9)
        assert (found.df, found.n, found.n_incomplete, found.n_missing) == (
            other.df,
            other.n,
            other.n_incomplete,
            other.n_missing,
        )


@pytest.mark.parametrize("method", ["asymptotic", "monte-carlo"])
def test_a_row_of_no_patient(method: Any) -> None:
    """A row that stands for no patient changes nothing, whatever its visits."""
    rows: Rows = [[1, 2, 3], [2, 1, 3], [1, 1, 2], [None, 1, 3]]
    none: Rows = [[1, None, 2], [3, 2, 1], [None, None, 1], [None, 2, 2]]
    found = skillings_mack(
        rows + none, weights=[1, 1, 2, 1, 0, 0, 0, 0], method=method, rng=3
    )
    assert found == skillings_mack(rows, weights=[1, 1, 2, 1], method=method, rng=3)


def test_simulation_surrounds_all_orders() -> None:
    """The 99 % interval of a simulated p-value holds the share of all tables."""
    rows: Rows = [[1, 2, 3], [1, None, 2], [2, 2, 4], [None, 1, 3]]
    observed, _ = naive(rows)
    choices = []
    for row in rows:
        seen = [j for j, v in enumerate(row) if v is not None]
        moved = []
        for order in itertools.permutations([row[j] for j in seen]):
            other: list[int | None] = [None] * 3
            for j, value in zip(seen, order, strict=True):
                other[j] = value
            moved.append(other)
        choices.append(moved)
    every = [naive(list(table))[0] for table in itertools.product(*choices)]
    share = sum(q >= observed - 1e-9 for q in every) / len(every)
    found = skillings_mack(rows, method="monte-carlo", rng=9)
    assert found.p_low is not None
    assert found.p_high is not None
    assert found.p_low < share < found.p_high
    assert found.method == "monte-carlo"
    assert found == skillings_mack(rows, method="monte-carlo", rng=9)


@pytest.mark.parametrize("method", ["asymptotic", "monte-carlo"])
def test_nothing_to_compare(method: Any) -> None:
    """Tied patients, or one visit each: NaN and no degree of freedom."""
    rows: Rows = [[1, 1, None], [2, 2, 2]]
    tied = skillings_mack(rows, method=method, rng=1)
    assert (tied.df, tied.n, tied.n_incomplete) == (0, 2, 1)
    assert math.isnan(tied.p_value)
    rows = [[1, None], [None, None]]
    single = skillings_mack(rows, method=method, rng=1)
    assert (single.n, single.n_missing, single.n_at_visit) == (0, 2, (0, 0))
    assert math.isnan(single.statistic)


def test_separate_groups_of_visits_cost_degrees_of_freedom() -> None:
    """Visits that no patient connects are tested apart, and their df add up."""
    rows: Rows = [[1, 2, None, None]] * 4 + [[None, None, 3, 1]] * 3
    found = skillings_mack(rows)
    first = friedman([[1, 2]] * 4).statistic
    second = friedman([[3, 1]] * 3).statistic
    assert found.df == 2
    assert found.statistic == pytest.approx(first + second)


def test_refusals() -> None:
    """A simulation needs a generator; unknown methods are refused."""
    with pytest.raises(InputError, match="rng must be"):
        skillings_mack([[1, 2]], method="monte-carlo")
    with pytest.raises(InputError, match="method must be one of"):
        skillings_mack([[1, 2]], method="exact")  # type: ignore[arg-type] # that is the test
