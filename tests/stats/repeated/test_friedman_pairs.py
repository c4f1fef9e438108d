"""Pairwise comparisons of visits."""

import itertools
import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from iph.errors import InputError
from iph.stats import adjust_p_values, friedman, friedman_pairs, wilcoxon_signed_rank
from iph.testing import rating_rows

Rows = list[list[int | None]]

PAIN = [[8, 5, 1], [7, 6, 2], [9, 4, 4], [6, 7, 3], [8, 8, 2], [7, 3, 0]]


def complete(rows: Rows) -> list[list[int]]:
    """Keep the patients seen at every visit."""
    return [[v for v in row if v is not None] for row in rows if None not in row]


def siegel(rows: list[list[int]], i: int, j: int) -> float:
    """Siegel and Castellan 1988, section 7.2, as printed (no ties)."""
    ranks = np.array([stats.rankdata(row) for row in rows])
    n, k = ranks.shape
    difference = ranks[:, i].sum() - ranks[:, j].sum()
    return float(difference / math.sqrt(n * k * (k + 1) / 6))


def conover(rows: list[list[int]], i: int, j: int) -> tuple[float, float]:
    """Conover 1999, equation 5.8.7: t and two-sided p."""
    ranks = np.array([stats.rankdata(row) for row in rows])
    n, k = ranks.shape
    sums = ranks.sum(axis=0)
    a = (ranks**2).sum()
    b = (sums**2).sum()
    root = math.sqrt(2 * (n * a - b) / ((n - 1) * (k - 1)))
    t = float((sums[i] - sums[j]) / root)
    return t, float(2 * stats.t.sf(abs(t), (n - 1) * (k - 1)))


def random_rows(seed: int) -> list[list[int]]:
    """Draw a small tied table."""
    rng = np.random.default_rng(seed)
    shape = (int(rng.integers(3, 9)), int(rng.integers(3, 6)))
    rows: list[list[int]] = rng.integers(0, rng.integers(2, 8), shape).tolist()
    return rows


def test_siegel_is_the_published_formula() -> None:
    """Over 200 tied tables z is the naive one; ties enlarge it by the same factor."""
    for seed in range(200):
        rows = random_rows(seed)
        plain = friedman_pairs(rows, tie_correction=False)
        corrected = friedman_pairs(rows)
        ranks = np.array([stats.rankdata(row) for row in rows])
        n, k = ranks.shape
        spread = ((ranks - (k + 1) / 2) ** 2).sum() / (n * k * (k * k - 1) / 12)
        for one, two in zip(plain, corrected, strict=True):
            z = siegel(rows, one.first, one.second)  # type: ignore[arg-type] # columns
            assert one.statistic == pytest.approx(z, abs=1e-12)
            assert one.p_value == pytest.approx(2 * stats.norm.sf(abs(z)), rel=1e-9)
            if spread:
                assert two.statistic == pytest.approx(z / math.sqrt(spread), abs=1e-12)


def test_conover_is_the_published_formula() -> None:
    """Over 200 tied tables t and p are the naive ones."""
    checked = 0
    for seed in range(200):
        rows = random_rows(seed)
        for pair in friedman_pairs(rows, test="conover"):
            if not math.isfinite(pair.statistic):
                continue
            t, p = conover(rows, pair.first, pair.second)  # type: ignore[arg-type] # columns
            assert pair.statistic == pytest.approx(t, rel=1e-9, abs=1e-12)
            assert pair.p_value == pytest.approx(p, rel=1e-9)
            checked += 1
    assert checked > 1000


def test_conover_with_one_degree_of_freedom() -> None:
    """Two patients at two visits leave one degree of freedom, and t is what it is."""
    rows = [[1, 2], [3, 3]]
    (pair,) = friedman_pairs(rows, test="conover")
    t, p = conover(rows, 0, 1)
    assert pair.statistic == pytest.approx(t)
    assert pair.p_value == pytest.approx(p)
    assert pair.p_value == pytest.approx(0.5)


def test_squares_of_siegel_add_up_to_friedman() -> None:
    """The squared z of all pairs sum to k / 2 times Friedman's statistic."""
    found = friedman_pairs(PAIN)
    k = 3
    total = sum(pair.statistic**2 for pair in found)
    assert total == pytest.approx(k * friedman(PAIN).statistic / 2, rel=1e-12)


@given(rows=rating_rows(missing=True, min_visits=3))
def test_wilcoxon_is_the_test_of_two_columns(rows: Rows) -> None:
    """Each pair is the signed-rank test of the complete patients."""
    kept = complete(rows)
    for pair in friedman_pairs(rows, test="wilcoxon", adjust="none"):
        columns = [[row[j] for row in kept] for j in (pair.first, pair.second)]  # type: ignore[call-overload] # columns
        expected = wilcoxon_signed_rank(columns[0], columns[1])
        assert repr(pair.p_value) == repr(expected.p_value)
        assert repr(pair.statistic) == repr(expected.statistic)
        assert pair.method == expected.method
        assert repr(pair.p_adjusted) == repr(pair.p_value)


@given(
    rows=rating_rows(missing=True, min_visits=3),
    test=st.sampled_from(["siegel", "conover", "wilcoxon"]),
    adjust=st.sampled_from(["holm", "bonferroni", "benjamini-hochberg", "none"]),
)
def test_pairs_are_whole(rows: Rows, test: Any, adjust: Any) -> None:
    """All pairs come in order, adjusted together, with the patients counted."""
    k = len(rows[0])
    found = friedman_pairs(rows, test=test, adjust=adjust)
    pairs = [(pair.first, pair.second) for pair in found]
    assert pairs == list(itertools.combinations(range(k), 2))
    expected = adjust_p_values([pair.p_value for pair in found], method=adjust)
    assert repr([pair.p_adjusted for pair in found]) == repr(list(expected))
    whole = friedman(rows)
    for pair in found:
        assert (pair.n, pair.n_missing) == (whole.n, whole.n_missing)
        ranks = whole.mean_ranks
        difference = ranks[pair.first] - ranks[pair.second]  # type: ignore[call-overload] # columns
        if whole.n:
            assert pair.mean_rank_difference == pytest.approx(difference, abs=1e-12)


@given(
    rows=rating_rows(min_visits=3, max_visits=3),
    test=st.sampled_from(["siegel", "conover"]),
)
def test_reversed_columns_flip_the_sign(rows: Rows, test: Any) -> None:
    """Columns in reverse order give the same p-values and opposite statistics."""
    found = friedman_pairs(rows, test=test)
    other = friedman_pairs([row[::-1] for row in rows], test=test)
    for one, two in zip(found, reversed(other), strict=True):
        assert repr(one.p_value) == repr(two.p_value)
        if not math.isnan(one.statistic):
            assert one.statistic == -two.statistic


@given(
    rows=rating_rows(missing=True, max_rows=5, min_visits=3),
    counts=st.lists(st.integers(0, 3), min_size=5, max_size=5),
    test=st.sampled_from(["siegel", "conover", "wilcoxon"]),
)
def test_weights_are_repeated_rows(rows: Rows, counts: list[int], test: Any) -> None:
    """Case counts give what the repeated rows give."""
    weights = counts[: len(rows)]
    repeated = [row for row, w in zip(rows, weights, strict=True) for _ in range(w)]
    if repeated:
        found = friedman_pairs(rows, weights=weights, test=test)
        assert repr(found) == repr(friedman_pairs(repeated, test=test))


def test_labels_name_the_visits() -> None:
    """Labels stand where columns stood."""
    found = friedman_pairs(PAIN, labels=["baseline", "week 1", "month 1"])
    assert (found[1].first, found[1].second) == ("baseline", "month 1")


def test_degenerate_tables() -> None:
    """Perfect agreement, one patient, no order and no patient have stated results."""
    agreed = friedman_pairs([[1, 2, 2]] * 4, test="conover")
    assert [pair.statistic for pair in agreed[:2]] == [-math.inf, -math.inf]
    assert [pair.p_value for pair in agreed[:2]] == [0.0, 0.0]
    assert math.isnan(agreed[2].p_value)
    assert math.isnan(friedman_pairs([[1, 2, 3]], test="conover")[0].p_value)
    assert math.isnan(friedman_pairs([[1, 1, 1]] * 3)[0].p_value)
    for test in ("siegel", "conover", "wilcoxon"):
        empty = friedman_pairs([[1, None, 3]], test=test)[0]
        assert math.isnan(empty.p_value)
        assert math.isnan(empty.mean_rank_difference)
        assert (empty.n, empty.n_missing) == (0, 1)


def test_refusals() -> None:
    """Unknown options and labels that do not fit are refused."""
    with pytest.raises(InputError, match="labels must be one for each of 3 visits"):
        friedman_pairs(PAIN, labels=["a", "b"])
    with pytest.raises(InputError, match="test must be one of 'siegel'"):
        friedman_pairs(PAIN, test="nemenyi")  # type: ignore[arg-type] # that is the test
    with pytest.raises(InputError, match="adjust must be one of"):
        friedman_pairs(PAIN, adjust="bh")  # type: ignore[arg-type] # that is the test
