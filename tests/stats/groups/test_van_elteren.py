"""Van Elteren's test of two groups within strata."""

import itertools
import math
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from iph.errors import InputError, WorkError
from iph.stats import mann_whitney, van_elteren

Reference = Callable[[str], list[dict[str, Any]]]
WEIGHTS: Any = st.sampled_from(["locally-best", "design-free"])
WARPS = {
    ("A", "L"): [26, 30, 54, 25, 70, 52, 51, 26, 67],
    ("A", "M"): [18, 21, 29, 17, 12, 18, 35, 30, 36],
    ("A", "H"): [36, 21, 24, 18, 10, 43, 28, 15, 26],
    ("B", "L"): [27, 14, 29, 19, 29, 31, 41, 20, 44],
    ("B", "M"): [42, 26, 19, 16, 39, 28, 21, 39, 29],
    ("B", "H"): [20, 21, 24, 17, 13, 15, 15, 16, 28],
}


@st.composite
def stratified(draw: st.DrawFn, most: int = 14) -> tuple[list[int], str, list[int]]:
    """Draw grades, two groups and up to three strata, both groups being seen."""
    n = draw(st.integers(2, most))
    values = draw(st.lists(st.integers(0, 4), min_size=n, max_size=n))
    groups = draw(st.lists(st.sampled_from("ab"), min_size=n - 2, max_size=n - 2))
    strata = draw(st.lists(st.integers(0, 2), min_size=n, max_size=n))
    return values, "ab" + "".join(groups), strata


def ridits(
    values: list[int], group: str, strata: list[int], kind: str
) -> list[tuple[list[Fraction], int]]:
    """Return, of each stratum, the weighted ranks and how many are of the first."""
    found = []
    for s in sorted(set(strata)):
        rows = [i for i, one in enumerate(strata) if one == s]
        mine = sum(group[i] == "a" for i in rows)
        under = len(rows) + 1
        if kind == "design-free":
            under = mine * (len(rows) - mine) or 1
        ranks = []
        for i in rows:
            below = sum(values[j] < values[i] for j in rows)
            equal = sum(values[j] == values[i] for j in rows)
            ranks.append(Fraction(2 * below + equal + 1, 2 * under))
        found.append((ranks, mine))
    return found


@given(stratified(most=10), WEIGHTS)
def test_enumeration(data: tuple[list[int], str, list[int]], kind: Any) -> None:
    """Exact p-values are those of a loop over all allocations within the strata."""
    values, group, strata = data
    blocks = ridits(values, group, strata, kind)
    sums: list[Fraction] = [
        sum(parts, Fraction(0))
        for parts in itertools.product(
            *[
                [sum(c, Fraction(0)) for c in itertools.combinations(ranks, mine)]
                for ranks, mine in blocks
            ]
        )
    ]
    seen = Fraction(0)
    for s, (ranks, _) in zip(sorted(set(strata)), blocks, strict=True):
        rows = [i for i, one in enumerate(strata) if one == s]
        pairs = zip(rows, ranks, strict=True)
        seen += sum(rank for i, rank in pairs if group[i] == "a")
    mean = sum(sums, Fraction(0)) / len(sums)
    upper = sum(t >= seen for t in sums) / len(sums)
    lower = sum(t <= seen for t in sums) / len(sums)
    far = sum(abs(t - mean) >= abs(seen - mean) for t in sums) / len(sums)
    expected: Any = [
        ({"alternative": "greater"}, upper),
        ({"alternative": "less"}, lower),
        ({}, far),
        ({"two_sided": "central"}, min(1.0, 2 * min(upper, lower))),
    ]
    for options, p_value in expected:
        found = van_elteren(
            values, list(group), strata, strata_weights=kind, method="exact", **options
        )
        assert found.p_value == pytest.approx(p_value, rel=1e-12)
    variance = sum((t - mean) ** 2 for t in sums) / len(sums)
    if variance:
        assert found.z == pytest.approx((seen - mean) / math.sqrt(variance), abs=1e-9)
    else:
        assert math.isnan(found.z)


def test_r(reference: Reference) -> None:
    """P-values and z agree with those of coin, exact and asymptotic."""
    cases = reference("van_elteren.json")
    assert len(cases) >= 100
    for case in cases:
        data = (case["values"], case["group"], case["strata"])
        for kind in ("locally-best", "design-free"):
            for side in ("two-sided", "less", "greater"):
                for method in ("exact", "asymptotic"):
                    found = van_elteren(
                        *data,
                        method=method,
                        alternative=side,
                        strata_weights=kind,
                    )
                    expected = case[kind][side][method]
                    assert found.p_value == pytest.approx(expected, rel=1e-7)
                assert found.z == pytest.approx(case[kind]["z"], rel=1e-9, abs=1e-9)


def test_warp_breaks() -> None:
    """Breaks of two wools at three tensions: coin finds Z = 1.1752, p = .2473."""
    rows = [(y, wool, t) for (wool, t), breaks in WARPS.items() for y in breaks]
    found = van_elteren(*map(list, zip(*rows, strict=True)))
    assert found.z == pytest.approx(1.175199977, abs=1e-8)
    assert found.p_value == pytest.approx(0.247293009, abs=1e-8)
    assert (found.n1, found.n2, found.n_strata, found.groups) == (27, 27, 3, ("A", "B"))


@given(stratified(), WEIGHTS)
def test_swapping_groups(data: tuple[list[int], str, list[int]], kind: Any) -> None:
    """With the groups renamed the sign of z and the sides are swapped."""
    values, group, strata = data
    renamed = ["b" if one == "a" else "a" for one in group]
    for method in ("exact", "asymptotic"):
        one = van_elteren(
            values, list(group), strata, strata_weights=kind, method=method,
            alternative="less",
        )  # fmt: skip
        two = van_elteren(
            values, renamed, strata, strata_weights=kind, method=method,
            alternative="greater",
        )  # fmt: skip
        np.testing.assert_allclose(one.p_value, two.p_value, rtol=1e-12)
        np.testing.assert_allclose(one.z, -two.z, rtol=1e-12)


@given(stratified())
def test_one_stratum_is_mann_whitney(data: tuple[list[int], str, list[int]]) -> None:
    """With one stratum the p-values are those of the Mann-Whitney test."""
    values, group, _ = data
    x = [v for v, g in zip(values, group, strict=True) if g == "a"]
    y = [v for v, g in zip(values, group, strict=True) if g == "b"]
    for method in ("exact", "asymptotic"):
        found = van_elteren(values, list(group), [1] * len(values), method=method)
        expected = mann_whitney(x, y, method=method, continuity=False)
        np.testing.assert_allclose(found.p_value, expected.p_value, rtol=1e-12)
        np.testing.assert_allclose(found.z, expected.z, rtol=1e-12)


@given(stratified(), st.randoms())
def test_order_of_rows_does_not_matter(
    data: tuple[list[int], str, list[int]], random: Any
) -> None:
    """Neither the order of the rows nor a missing one changes the test."""
    rows: list[Any] = [*zip(*data, strict=True), (None, "a", 1), (3, "b", None)]
    random.shuffle(rows)
    one = van_elteren(data[0], list(data[1]), data[2])
    two = van_elteren(*map(list, zip(*rows, strict=True)))
    assert two.n_missing == 2
    assert one.p_value == two.p_value
    np.testing.assert_equal(one.z, two.z)
    assert (one.n, one.n_strata_uninformative) == (two.n, two.n_strata_uninformative)


@settings(max_examples=20)  # a simulation each
@given(stratified(), WEIGHTS)
def test_simulation_finds_the_exact_p_value(
    data: tuple[list[int], str, list[int]], kind: Any
) -> None:
    """A simulated p-value is near the exact one."""
    values, group, strata = data
    options: Any = {"strata_weights": kind}
    exact = van_elteren(values, list(group), strata, method="exact", **options).p_value
    found = van_elteren(
        values, list(group), strata, method="monte-carlo", rng=3, n_resamples=2000,
        **options,
    )  # fmt: skip
    error = math.sqrt(exact * (1 - exact) / 2000)
    assert abs(found.p_value - exact) <= 5 * error + 2e-3


def test_common_denominator_beyond_64_bits() -> None:
    """Strata of many sizes have a common denominator that no machine word holds."""
    rng = np.random.default_rng(5)
    strata = np.repeat(np.arange(45), np.arange(5, 50))
    values, group = rng.integers(0, 6, strata.size), rng.integers(0, 2, strata.size)
    limit = van_elteren(values, group, strata, method="asymptotic")
    found = van_elteren(values, group, strata, method="monte-carlo", rng=1)
    assert found.p_value == pytest.approx(limit.p_value, abs=0.02)
    with pytest.raises(WorkError, match="exact van Elteren test"):
        van_elteren(values, group, strata, method="exact")


def test_large_groups_are_asymptotic() -> None:
    """With thousands of patients "auto" takes the normal distribution."""
    rng = np.random.default_rng(5)
    strata, group = rng.integers(0, 5, 4000), rng.integers(0, 2, 4000)
    found = van_elteren(rng.normal(size=4000), group, strata)
    assert found.method == "asymptotic"


def test_nothing_to_tell() -> None:
    """If no stratum has both groups and two values, nothing speaks against equality."""
    found = van_elteren([1, 2, 3, 3], ["a", "a", "b", "b"], [1, 1, 2, 2])
    assert (found.p_value, found.n_strata_uninformative) == (1.0, 2)
    assert math.isnan(found.z)
    assert math.isnan(found.statistic)
    plain = van_elteren([1, 1], ["a", "b"], [1, 1], method="asymptotic")
    assert math.isnan(plain.p_value)


def test_refused() -> None:
    """Other than two groups, and columns of unequal length, are refused."""
    with pytest.raises(InputError, match="two groups among the complete cases"):
        van_elteren([1, 2, 3], ["a", "b", "c"], [1, 1, 1])
    with pytest.raises(InputError, match="two groups among the complete cases"):
        van_elteren([1, 2, None], ["a", "a", "b"], [1, 1, 1])
    with pytest.raises(InputError, match="as long as values"):
        van_elteren([1, 2, 3], ["a", "b"], [1, 1, 1])
    with pytest.raises(InputError, match="as long as values"):
        van_elteren([1, 2], ["a", "b"], [1, 1, 1])
