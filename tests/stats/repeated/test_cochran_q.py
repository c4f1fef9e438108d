"""Cochran's Q."""

import itertools
import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from iph.errors import InputError
from iph.stats import cochran_q, friedman, mcnemar
from iph.testing import rating_rows

Rows = list[list[int | None]]
Reference = Callable[[str], list[dict[str, Any]]]

yes_no_rows = rating_rows(high=1, missing=True, max_rows=6, max_visits=4)


def naive_q(rows: list[list[int]]) -> float:
    """Cochran 1950, by its formula; NaN where it is 0 / 0."""
    k = len(rows[0])
    columns = [sum(c) for c in zip(*rows, strict=True)]
    totals = [sum(row) for row in rows]
    below = k * sum(totals) - sum(u * u for u in totals)
    above = (k - 1) * (k * sum(c * c for c in columns) - sum(columns) ** 2)
    return above / below if below else math.nan


def test_agrees_with_r(reference: Reference) -> None:
    """Q, df and p-value are those of rstatix over 200 tables."""
    cases = reference("repeated_measures.json")
    chosen = [case for case in cases if case["kind"] == "cochran"]
    assert len(chosen) >= 200
    for case in chosen:
        found = cochran_q(case["rows"], method="asymptotic")
        if case["statistic"] is None:
            assert math.isnan(found.statistic)
            continue
        assert found.statistic == pytest.approx(case["statistic"], abs=1e-9)
        assert found.df == case["df"]
        assert found.p_value == pytest.approx(case["p_value"], abs=1e-9)


@given(rows=rating_rows(high=1, max_rows=3, max_visits=3))
def test_exact_is_the_list_of_all_orders(rows: Rows) -> None:
    """Q is its formula; the exact p-value is that of listing every table."""
    table = [[int(v or 0) for v in row] for row in rows]
    observed = naive_q(table)
    found = cochran_q(rows, method="exact")
    assert found.statistic == pytest.approx(observed, abs=1e-12, nan_ok=True)
    every = [naive_q(list(t)) for t in itertools.product(*map(_orders, table))]
    if not math.isnan(observed):
        share = sum(q >= observed - 1e-9 for q in every) / len(every)
        assert found.p_value == pytest.approx(share, abs=1e-15)


def _orders(row: list[int]) -> list[list[int]]:
    return [list(order) for order in itertools.permutations(row)]


@given(rows=yes_no_rows, method=st.sampled_from(["asymptotic", "exact"]))
def test_it_is_friedman_of_yes_and_no(rows: Rows, method: Any) -> None:
    """Q is Friedman's statistic corrected for ties; the counts are those seen."""
    found, other = cochran_q(rows, method=method), friedman(rows, method=method)
    assert repr(found.statistic) == repr(other.statistic)
    assert repr(found.p_value) == repr(other.p_value)
    whole = [row for row in rows if None not in row]
    assert (found.n, found.n_missing) == (len(whole), len(rows) - len(whole))
    for j, count in enumerate(found.counts):
        assert count == sum(row[j] == 1 for row in whole)


@given(rows=rating_rows(high=1, min_visits=2, max_visits=2))
def test_two_visits_are_mcnemar(rows: Rows) -> None:
    """With two visits Q is McNemar's chi-square without correction."""
    x, y = [row[0] for row in rows], [row[1] for row in rows]
    expected = mcnemar(x, y, method="asymptotic").statistic
    assert cochran_q(rows).statistic == pytest.approx(expected, nan_ok=True)


@pytest.mark.parametrize(
    "rows",
    [
        [[True, False], [True, True], [True, False], [None, True]],
        np.array([[1, 0], [1, 1], [1, 0], [np.nan, 1]]),
        np.array([[1, 0], [1, 1], [1, 0], [None, True]], dtype=object),
    ],
)
def test_yes_and_no_of_any_kind(rows: Any) -> None:
    """Truth values and 0/1 are taken from lists and arrays alike."""
    found = cochran_q(rows)
    assert (found.counts, found.proportions) == ((3, 1), (1.0, 1 / 3))
    assert (found.statistic, found.n, found.n_missing) == (2.0, 3, 1)
    assert cochran_q(np.array([[True, False]] * 2)).counts == (2, 0)


@given(
    rows=rating_rows(high=1, max_rows=8, max_visits=4),
    kind=st.sampled_from([bool, np.int8, np.uint64, np.float32]),
    method=st.sampled_from(["asymptotic", "exact", "monte-carlo"]),
)
def test_arrays_are_lists(rows: Rows, kind: Any, method: Any) -> None:
    """Rows that are counted by their pattern give what rows of a list give."""
    options: Any = {"method": method, "rng": 3, "n_resamples": 50}
    assert cochran_q(np.array(rows, dtype=kind), **options) == cochran_q(
        rows, **options
    )


def test_more_visits_than_patterns_are_counted_of() -> None:
    """17 and more visits are taken row by row."""
    rows = np.tri(20, 17, dtype=np.int64)
    found = cochran_q(rows)
    assert found == cochran_q(rows.tolist())
    assert found.counts == tuple(range(20, 3, -1))


@pytest.mark.parametrize("kind", [bool, np.int8, np.float64, object])
def test_masked_outcomes_are_missing(kind: type) -> None:
    """What is hidden under the mask of a table is a missed visit."""
    masked: Any = np.ma.masked_array(
        np.array([[1, 0], [1, 1], [1, 0]]).astype(kind),
        [[False, False], [True, False], [False, False]],
    )
    rows: list[list[int | None]] = [[1, 0], [None, 1], [1, 0]]
    assert cochran_q(masked) == cochran_q(rows)


def test_weights_and_simulation() -> None:
    """Weights are repeated rows; a simulated p-value surrounds the exact one."""
    rows = [[1, 0, 0], [1, 1, 0], [0, 1, 1]]
    repeated = [rows[0]] * 3 + [rows[1]] * 2
    found = cochran_q(rows, weights=[3, 2, 0], method="exact")
    assert found == cochran_q(repeated, method="exact")
    simulated = cochran_q(rows, weights=[3, 2, 0], method="monte-carlo", rng=5)
    assert simulated.p_low is not None
    assert simulated.p_high is not None
    assert simulated.p_low < found.p_value < simulated.p_high


def test_nothing_changes() -> None:
    """If no outcome ever changes Q is NaN and the exact p-value 1; no patient: NaN."""
    assert math.isnan(cochran_q([[1, 1], [0, 0]]).statistic)
    assert cochran_q([[1, 1], [0, 0]], method="exact").p_value == 1.0
    empty = cochran_q([[None, 1]])
    assert math.isnan(empty.p_value)
    assert math.isnan(empty.proportions[0])


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([[0, 2]], r"rows\[0\]\[1\] must be True/1 \(present\) or False/0 \(absent\)"),
        ("ab", "rows must be a table of numbers"),
        (["ab"], r"rows\[0\] must be a sequence of numbers"),
        ([3], r"rows\[0\] must be a sequence of numbers"),
    ],
)
def test_anything_else_is_refused(rows: Any, message: str) -> None:
    """Grades and text are no yes/no outcome."""
    with pytest.raises(InputError, match=message):
        cochran_q(rows)
