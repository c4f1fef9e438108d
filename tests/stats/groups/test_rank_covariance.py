"""Rank analysis of covariance."""

import itertools
import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from iph.errors import DataError, InputError, WorkError
from iph.stats import mann_whitney, rank_covariance

Reference = Callable[[str], list[dict[str, Any]]]
Columns = tuple[list[int], list[str], list[int]]


@st.composite
def trials(draw: st.DrawFn) -> Columns:
    """Draw grades before and after of up to nine patients of two groups."""
    n = draw(st.integers(3, 9))
    grades = st.lists(st.integers(0, 4), min_size=n, max_size=n)
    before = draw(grades)
    assume(len(set(before)) > 1)
    rest = draw(st.lists(st.sampled_from("ab"), min_size=n - 2, max_size=n - 2))
    return draw(grades), ["a", "b", *rest], before


def mid_ranks(values: list[int]) -> list[float]:
    """Return the mid-ranks."""
    return [
        sum(v < w for v in values) + (sum(v == w for v in values) + 1) / 2
        for w in values
    ]


def plain_residuals(data: Columns) -> Any:
    """Return the residuals of the ranks by least squares."""
    y = np.array(mid_ranks(data[0]))
    x = np.column_stack([np.ones(y.size), mid_ranks(data[2])])
    return y - x @ np.linalg.lstsq(x, y, rcond=None)[0]


@given(trials())
def test_enumeration(data: Columns) -> None:
    """Exact p-values are those of a loop over all allocations of the residuals."""
    residuals = plain_residuals(data)
    mine = [place for place, g in enumerate(data[1]) if g == "a"]
    seen = residuals[mine].sum()
    every = np.array(
        [
            residuals[list(chosen)].sum()
            for chosen in itertools.combinations(range(residuals.size), len(mine))
        ]
    )
    expected: Any = [
        ({"alternative": "greater"}, np.mean(every >= seen - 1e-9)),
        ({"alternative": "less"}, np.mean(every <= seen + 1e-9)),
        ({}, np.mean(np.abs(every) >= abs(seen) - 1e-9)),
    ]
    for options, p_value in expected:
        found = rank_covariance(
            data[0], data[1], {"before": data[2]}, method="exact", **options
        )
        assert found.p_value == pytest.approx(p_value, rel=1e-9)
        assert found.mean_residuals[0] == pytest.approx(seen / len(mine), abs=1e-9)
    if every.std() > 1e-9:
        assert found.z == pytest.approx(seen / every.std(), abs=1e-6)
    else:
        assert math.isnan(found.z)


def test_r(reference: Reference) -> None:
    """Statistics agree with residuals of lm, compared by coin."""
    cases = reference("rank_covariance.json")
    assert len(cases) >= 60
    for case in cases:
        covariates = {f"x{j}": v for j, v in enumerate(case["covariates"])}
        found = rank_covariance(
            case["values"], case["group"], covariates, method="asymptotic"
        )
        assert found.z == pytest.approx(case["z"], abs=1e-9)
        assert found.statistic == pytest.approx(case["z"] ** 2, abs=1e-9)
        assert found.p_value == pytest.approx(case["asymptotic"], abs=1e-9)
        assert list(found.mean_residuals) == pytest.approx(case["means"], abs=1e-9)


@given(trials())
def test_swapping_groups(data: Columns) -> None:
    """With the groups renamed the sides are swapped."""
    values, group, before = data
    renamed = ["b" if g == "a" else "a" for g in group]
    methods: Any = ("exact", "asymptotic")
    for method in methods:
        one = rank_covariance(
            values, group, {"x": before}, alternative="less", method=method
        )
        two = rank_covariance(
            values, renamed, {"x": before}, alternative="greater", method=method
        )
        np.testing.assert_allclose(one.p_value, two.p_value, rtol=1e-12)
        np.testing.assert_allclose(one.z, -two.z)


@given(trials(), st.randoms())
def test_order_scale_and_missing(data: Columns, random: Any) -> None:
    """Rows in any order, a stretched covariate and rows with gaps change nothing."""
    rows: list[Any] = [*zip(*data, strict=True), (None, "a", 1), (2, "b", None)]
    random.shuffle(rows)
    values, group, before = map(list, zip(*rows, strict=True))
    stretched = [None if b is None else 0.1 * b**3 for b in before]
    one = rank_covariance(data[0], data[1], {"x": data[2]})
    two = rank_covariance(values, group, {"x": stretched})
    assert (one.p_value, two.n_missing) == (two.p_value, 2)
    np.testing.assert_equal(one.z, two.z)


def test_a_covariate_that_tells_nothing() -> None:
    """A covariate without any relation to the outcome leaves the Mann-Whitney test."""
    values, arm = [1, 2, 3, 4, 1, 2, 3, 4], list("aabbabab")
    balanced = [0, 1, 1, 0, 1, 0, 0, 1]
    found = rank_covariance(values, arm, {"x": balanced}, method="exact")
    x = [v for v, a in zip(values, arm, strict=True) if a == "a"]
    y = [v for v, a in zip(values, arm, strict=True) if a == "b"]
    assert found.p_value == mann_whitney(x, y).p_value


def test_ways_of_auto() -> None:
    """Middling groups are simulated, large ones asymptotic."""
    rng = np.random.default_rng(3)
    for n, method in ((120, "monte-carlo"), (1200, "asymptotic")):
        age, arm = rng.normal(size=n), rng.integers(0, 2, n)
        values = age + rng.normal(size=n)
        found = rank_covariance(values, arm, {"age": age})
        assert found.method == method
        exact: Any = {"method": "exact"}
        with pytest.raises(WorkError, match="exact rank analysis of covariance"):
            rank_covariance(values, arm, {"age": age}, **exact)


def test_two_covariates_of_a_small_trial() -> None:
    """Two covariates, one of labels, are adjusted for together."""
    rng = np.random.default_rng(4)
    side = ["left", "right"] * 10
    found = rank_covariance(
        rng.integers(0, 5, 20),
        [0] * 10 + [1] * 10,
        {"before": rng.integers(0, 5, 20), "side": side},
    )
    assert found.method == "exact"
    assert found.mean_residuals[0] == pytest.approx(-found.mean_residuals[1])


def test_nothing_left() -> None:
    """If the baseline tells the outcome without rest, no treatment is favored."""
    found = rank_covariance([1, 2, 3, 4], list("abab"), {"x": [10, 20, 30, 40]})
    assert found.p_value == 1.0
    assert math.isnan(found.z)


def test_refused() -> None:
    """Covariates that tell nothing new, and other than two groups, are refused."""
    arm = list("abab")
    with pytest.raises(DataError, match="covariate x is constant"):
        rank_covariance([1, 2, 3, 4], arm, {"x": [1, 1, 1, 1]})
    with pytest.raises(DataError, match="ranks of covariate y follow"):
        rank_covariance([1, 2, 3, 4], arm, {"x": [1, 2, 3, 5], "y": [5, 6, 7, 9]})
    with pytest.raises(InputError, match="two groups among the complete cases"):
        rank_covariance([1, 2, 3, 4], list("aaaa"), {"x": [1, 2, 3, 4]})
    with pytest.raises(InputError, match="as long as values"):
        rank_covariance([1, 2, 3, 4], list("abc"), {"x": [1, 2, 3, 4]})
