"""The rank sum test of two groups in which a patient has several values."""

import itertools
import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from iph.errors import InputError, WorkError
from iph.stats import clustered_mann_whitney, mann_whitney

Reference = Callable[[str], list[dict[str, Any]]]
Columns = tuple[list[int], list[str], list[int]]


@st.composite
def clustered(draw: st.DrawFn) -> Columns:
    """Draw up to seven patients with one to three grades, both groups being seen."""
    k = draw(st.integers(2, 7))
    sizes = draw(st.lists(st.integers(1, 3), min_size=k, max_size=k))
    rest = draw(st.lists(st.sampled_from("ab"), min_size=k - 2, max_size=k - 2))
    arms = ["a", "b", *rest]
    n = sum(sizes)
    values = draw(st.lists(st.integers(0, 4), min_size=n, max_size=n))
    patients = [p for p, size in enumerate(sizes) for _ in range(size)]
    return values, [arms[p] for p in patients], patients


def allocations(data: Columns) -> tuple[float, list[float]]:
    """Return the rank sum of the first group, and those of all allocations.

    Whole patients are dealt anew among those with as many values.
    """
    values, group, patient = data
    ranks = [
        sum(v < w for v in values) + (sum(v == w for v in values) + 1) / 2
        for w in values
    ]
    sums: dict[int, float] = {}
    sizes: dict[int, int] = {}
    arm: dict[int, str] = {}
    for rank, g, p in zip(ranks, group, patient, strict=True):
        sums[p], sizes[p], arm[p] = sums.get(p, 0) + rank, sizes.get(p, 0) + 1, g
    blocks = []
    for size in set(sizes.values()):
        own = [p for p in sums if sizes[p] == size]
        few = sum(arm[p] == "a" for p in own)
        blocks.append(
            [
                sum(sums[p] for p in chosen)
                for chosen in itertools.combinations(own, few)
            ]
        )
    every = [sum(parts) for parts in itertools.product(*blocks)]
    return sum(sums[p] for p in sums if arm[p] == "a"), every


@given(clustered())
def test_enumeration(data: Columns) -> None:
    """P-values, mean and variance are those of a loop over all allocations."""
    seen, every = allocations(data)
    mean = sum(every) / len(every)
    upper = sum(s >= seen - 1e-9 for s in every) / len(every)
    lower = sum(s <= seen + 1e-9 for s in every) / len(every)
    far = sum(abs(s - mean) >= abs(seen - mean) - 1e-9 for s in every) / len(every)
    expected: Any = [
        ({"alternative": "greater"}, upper),
        ({"alternative": "less"}, lower),
        ({}, far),
        ({"two_sided": "central"}, min(1.0, 2 * min(upper, lower))),
    ]
    for options, p_value in expected:
        found = clustered_mann_whitney(*data, method="exact", **options)
        assert found.p_value == pytest.approx(p_value, rel=1e-12)
        assert found.statistic == seen
    variance = sum((s - mean) ** 2 for s in every) / len(every)
    if variance > 1e-9:
        assert found.z == pytest.approx((seen - mean) / math.sqrt(variance), abs=1e-9)
    else:
        assert math.isnan(found.z)


def test_r(reference: Reference) -> None:
    """Asymptotic p-values and z agree with those of clusrank of R."""
    cases = reference("clustered.json")
    assert len(cases) >= 50
    for case in cases:
        data = (case["values"], case["group"], case["cluster"])
        for place, side in enumerate(("two-sided", "less", "greater")):
            options: Any = {"alternative": side}
            found = clustered_mann_whitney(*data, method="asymptotic", **options)
            assert found.p_value == pytest.approx(case["asymptotic"][place], rel=1e-7)
            assert found.z == pytest.approx(case["z"], abs=1e-9)


@given(
    st.lists(st.integers(0, 5), min_size=1, max_size=6),
    st.lists(st.integers(0, 5), min_size=1, max_size=6),
)
def test_one_value_a_patient_is_mann_whitney(x: list[int], y: list[int]) -> None:
    """With one value a patient this is the Mann-Whitney test."""
    group = ["x"] * len(x) + ["y"] * len(y)
    for method in ("exact", "asymptotic"):
        found = clustered_mann_whitney(
            [*x, *y], group, range(len(group)), method=method
        )
        expected = mann_whitney(x, y, method=method, continuity=False)
        np.testing.assert_allclose(found.p_value, expected.p_value, rtol=1e-12)
        np.testing.assert_allclose(found.z, expected.z, rtol=1e-12)


@given(clustered(), st.randoms())
def test_order_and_missing(data: Columns, random: Any) -> None:
    """The order of rows does not matter; those with a gap are left out and counted."""
    rows: list[Any] = [*zip(*data, strict=True), (None, "a", 0), (3, None, 1)]
    random.shuffle(rows)
    one = clustered_mann_whitney(*data)
    two = clustered_mann_whitney(*map(list, zip(*rows, strict=True)))
    assert (two.n, two.n_missing) == (one.n, 2)
    assert one.p_value == two.p_value
    assert one.statistic == two.statistic


@settings(max_examples=20)  # a simulation each
@given(clustered())
def test_simulation_finds_the_exact_p_value(data: Columns) -> None:
    """A simulated p-value is near the exact one."""
    exact = clustered_mann_whitney(*data, method="exact").p_value
    found = clustered_mann_whitney(*data, method="monte-carlo", rng=3, n_resamples=2000)
    error = math.sqrt(exact * (1 - exact) / 2000)
    assert abs(found.p_value - exact) <= 5 * error + 2e-3


def test_pairs_that_agree_count_once() -> None:
    """If both hips always agree, the test is that of one hip a patient."""
    grades, arm = [3, 2, 3, 1, 0, 1, 2, 0], list("aaaabbbb")
    twice = clustered_mann_whitney(
        [g for g in grades for _ in range(2)],
        [a for a in arm for _ in range(2)],
        [p for p in range(8) for _ in range(2)],
    )
    once = mann_whitney(grades[:4], grades[4:])
    assert twice.p_value == once.p_value
    naive = mann_whitney(grades[:4] * 2, grades[4:] * 2)
    assert naive.p_value < twice.p_value / 3


def test_ways_of_auto() -> None:
    """Many patients are asymptotic; some in between are simulated."""
    rng = np.random.default_rng(5)
    for k, method in ((250, "monte-carlo"), (1000, "asymptotic")):
        patient = np.repeat(np.arange(k), rng.integers(1, 4, k))
        arm = rng.integers(0, 2, k)[patient]
        found = clustered_mann_whitney(rng.normal(size=patient.size), arm, patient)
        assert found.method == method
        with pytest.raises(WorkError, match="exact rank sum test of clusters"):
            clustered_mann_whitney(
                rng.normal(size=patient.size), arm, patient, method="exact"
            )


def test_nothing_varies() -> None:
    """If each size of cluster has one group only, nothing can be dealt anew."""
    found = clustered_mann_whitney([1, 2, 3], ["a", "a", "b"], [1, 1, 2])
    assert (found.p_value, found.n_clusters_uninformative) == (1.0, 2)
    assert math.isnan(found.z)


def test_refused() -> None:
    """A patient in both groups is sent to a paired test; other faults are named."""
    with pytest.raises(InputError, match="wilcoxon_signed_rank or sign_test"):
        clustered_mann_whitney([1, 2, 3], ["a", "b", "b"], ["p", "p", "q"])
    with pytest.raises(InputError, match="two groups among the complete cases"):
        clustered_mann_whitney([1, 2], ["a", "a"], [1, 2])
    with pytest.raises(InputError, match="as long as values"):
        clustered_mann_whitney([1, 2], ["a", "b"], [1])
    with pytest.raises(InputError, match="as long as values"):
        clustered_mann_whitney([1, 2], ["a"], [1, 2])
