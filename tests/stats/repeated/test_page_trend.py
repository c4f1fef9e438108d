"""Page's trend test."""

import itertools
import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from iph.errors import InputError, WorkError
from iph.stats import page_trend
from iph.stats._repeated import page_trend as _page_trend
from iph.testing import rating_rows

Rows = list[list[int | None]]
Reference = Callable[[str], list[dict[str, Any]]]

SIDES = ("two-sided", "less", "greater")


def test_agrees_with_coin(reference: Reference) -> None:
    """Z and one- and two-sided p-values are those of coin over 180 tied tables."""
    checked = 0
    for case in reference("repeated_measures.json"):
        if case["kind"] != "friedman" or case["page_z"] is None:
            continue
        names = ("page_p", "page_less", "page_greater")
        for side, name in zip(SIDES, names, strict=True):
            found = page_trend(
                case["rows"],
                weights=case.get("weights"),
                method="asymptotic",
                alternative=side,  # type: ignore[arg-type] # one of the three
            )
            assert found.z == pytest.approx(case["page_z"], abs=1e-9)
            assert found.p_value == pytest.approx(case[name], abs=1e-9)
        if case["page_coin"] is not None:
            assert abs(found.z) == pytest.approx(abs(case["page_coin"]), abs=1e-9)
        checked += 1
    assert checked > 180


def test_without_ties_agrees_with_scipy() -> None:
    """L and the exact p-value are those of scipy, which knows no ties."""
    rng = np.random.default_rng(4)
    for _ in range(30):
        n, k = int(rng.integers(3, 7)), int(rng.integers(3, 6))
        rows = np.array([rng.permutation(k) for _ in range(n)])
        expected = stats.page_trend_test(rows, method="exact")
        found = page_trend(rows, alternative="greater")
        assert found.statistic == expected.statistic
        assert found.p_value == pytest.approx(expected.pvalue, abs=1e-12)


@given(
    rows=rating_rows(max_rows=4, max_visits=3),
    two_sided=st.sampled_from(["abs", "central"]),
    days=st.lists(st.integers(0, 9), min_size=3, max_size=3),
)
def test_exact_is_the_list_of_all_orders(
    rows: Rows, two_sided: Any, days: list[int]
) -> None:
    """Exact p-values are those of listing every order of every patient."""
    ranks = [stats.rankdata(row) for row in rows]  # type: ignore[arg-type] # no None here
    scores = days[: len(rows[0])]

    def page(table: Any) -> float:
        return float(np.dot(np.sum(table, axis=0), scores))

    every = np.array([page(t) for t in itertools.product(*map(_orders, ranks))])
    observed = page(ranks)
    mean = every.mean()
    share = {
        "less": float(np.mean(every <= observed + 1e-9)),
        "greater": float(np.mean(every >= observed - 1e-9)),
    }
    if two_sided == "abs":
        far = np.abs(every - mean) >= abs(observed - mean) - 1e-9
        share["two-sided"] = float(np.mean(far))
    else:
        share["two-sided"] = min(1.0, 2 * min(share["less"], share["greater"]))
    for side in SIDES:
        found = page_trend(
            rows,
            scores=scores,
            alternative=side,  # type: ignore[arg-type] # one of the three
            two_sided=two_sided,
        )
        assert found.method == "exact"
        assert found.statistic == observed
        assert found.p_value == pytest.approx(share[side], abs=1e-12)


def _orders(row: Any) -> list[tuple[float, ...]]:
    return list(itertools.permutations(row))


@given(
    rows=rating_rows(missing=True, max_rows=6, max_visits=4),
    method=st.sampled_from(["exact", "asymptotic"]),
)
def test_reversed_columns_flip_the_sign(rows: Rows, method: Any) -> None:
    """Columns in reverse order turn a rise into a fall."""
    one = page_trend(rows, method=method, alternative="greater")
    two = page_trend([row[::-1] for row in rows], method=method, alternative="less")
    assert repr(one.p_value) == repr(two.p_value)
    assert (one.n, one.n_missing) == (two.n, two.n_missing)
    if not math.isnan(one.z):
        assert one.z == -two.z
        assert one.mean_ranks == two.mean_ranks[::-1]


@given(
    rows=rating_rows(missing=True, max_rows=5, max_visits=4),
    counts=st.lists(st.integers(0, 3), min_size=5, max_size=5),
)
def test_weights_are_repeated_rows(rows: Rows, counts: list[int]) -> None:
    """Case counts give what the repeated rows give."""
    weights = counts[: len(rows)]
    repeated = [row for row, w in zip(rows, weights, strict=True) for _ in range(w)]
    if repeated:
        found = page_trend(rows, weights=weights)
        assert repr(found) == repr(page_trend(repeated))


def test_mean_ranks_are_those_of_each_visit() -> None:
    """The mean rank of a visit is that of scipy's ranks within complete patients."""
    complete = np.array([[2, 3, 4, 5], [1, 3, 3, 4], [3, 3, 4, 4]])
    weights = [1, 2, 4]
    ranks = stats.rankdata(complete, axis=1)
    expected = np.average(ranks, axis=0, weights=weights)
    rows = [*complete.tolist(), [5, None, 1, 2]]
    found = page_trend(rows, weights=[*weights, 3])
    assert found.mean_ranks == pytest.approx(tuple(expected), abs=1e-12)
    assert (found.n, found.n_missing) == (7, 3)
    assert all(map(math.isnan, page_trend([[1, None]]).mean_ranks))


@pytest.mark.parametrize("alternative", SIDES)
def test_simulation_surrounds_the_exact_p(alternative: Any) -> None:
    """The 99 % interval of a simulated p-value holds the exact one."""
    rows = [[2, 3, 3], [1, 1, 2], [3, 2, 4], [0, 0, 1], [2, 1, 1]]
    exact = page_trend(rows, alternative=alternative)
    found = page_trend(rows, method="monte-carlo", rng=2, alternative=alternative)
    assert found.p_low is not None
    assert found.p_high is not None
    assert found.p_low < exact.p_value < found.p_high


def test_auto_falls_back() -> None:
    """Tables too large to count are approximated if large, else simulated."""
    rows = np.random.default_rng(1).random((400, 6))
    assert page_trend(rows).method == "asymptotic"
    assert page_trend(rows, rng=1, n_resamples=99).method == "asymptotic"
    drawn = page_trend(np.random.default_rng(1).random((3, 12)))
    assert (drawn.method, drawn.seed) == ("monte-carlo", 2023)
    with pytest.raises(WorkError, match="exact trend test"):
        page_trend(np.random.default_rng(1).random((3, 12)), method="exact")


def test_limits_of_work(monkeypatch: pytest.MonkeyPatch) -> None:
    """Auto counts as far as its limit, and a count asked for by name has one too.

    Two patients with a tie have 3 orders, whose sums lie within 6, so 3 x 2 x (1 + 6)
    steps; then two without have 6 orders within 8, so 6 x 2 x (1 + 12 + 8) steps.
    """
    rows = [[1, 2, 3], [3, 1, 2], [1, 2, 2], [2, 1, 2]]
    for limit, auto in ((42 + 252, "exact"), (42 + 251, "monte-carlo")):
        monkeypatch.setattr(_page_trend, "AUTO_LIMIT", limit)
        assert page_trend(rows).method == auto
    monkeypatch.setattr(_page_trend, "EXACT_LIMIT", 42 + 252)
    assert page_trend(rows, method="exact").p_value > 0.0
    monkeypatch.setattr(_page_trend, "EXACT_LIMIT", 42 + 251)
    with pytest.raises(WorkError, match="exact trend test"):
        page_trend(rows, method="exact")


def test_degenerate_tables() -> None:
    """No order, equal scores and no patient have stated results."""
    assert math.isnan(page_trend([[1, 1], [2, 2]], method="asymptotic").p_value)
    assert page_trend([[1, 1], [2, 2]]).p_value == 1.0
    assert math.isnan(page_trend([[1, 2]], scores=[3, 3]).z)
    assert page_trend([[1, 2]], scores=[3, 3]).p_value == 1.0
    for method in ("exact", "asymptotic", "monte-carlo", "auto"):
        found = page_trend([[1, None]], method=method, rng=1)
        assert math.isnan(found.p_value)
        assert math.isnan(found.statistic)
        assert (found.n, found.n_missing) == (0, 1)


def test_refusals() -> None:
    """Scores must be whole numbers, one a visit; options are checked."""
    with pytest.raises(InputError, match="scores must be one for each of 2 visits"):
        page_trend([[1, 2]], scores=[1, 2, 3])
    with pytest.raises(InputError, match=r"scores\[1\] must be a whole number"):
        page_trend([[1, 2]], scores=[1, 2.5])  # type: ignore[list-item] # that is the test
    with pytest.raises(InputError, match="rng must be"):
        page_trend([[1, 2]], method="monte-carlo")
