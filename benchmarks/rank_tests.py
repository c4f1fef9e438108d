"""Rows about rank tests."""

import functools
from collections.abc import Callable
from typing import Any

import numpy as np
from scipy import stats

from iph.stats import jonckheere_terpstra, mann_whitney
from timing import Row, in_r, in_turn, ratio_of


def _two_samples(n: int) -> tuple[Any, Any]:
    """Return two samples, no two values alike."""
    values = np.random.default_rng(11).permutation(2 * n).astype(np.float64)
    return values[:n], values[n:]


def simulated_ranks() -> Row:
    """Deal the labels of two groups of 1,000 distinct values 10,000 times."""
    first, second = _two_samples(1_000)
    values, group = np.concatenate((first, second)), np.arange(2_000) >= 1_000
    r = in_r("ranks", (values, group, group), 5)
    work = functools.partial(
        mann_whitney, first, second, method="monte-carlo", n_resamples=10_000, rng=1
    )
    test = work()
    np.testing.assert_allclose(test.p_value, r["p"], atol=0.02)
    found = {**in_turn({"iph": work}, 7), "R coin": r["seconds"]}
    return Row(
        number=33,
        work="Mann-Whitney, 10,000 Monte Carlo samples, 1,000 v 1,000 distinct",
        found=found,
        asked="no slower than coin",
        reached=ratio_of(found) >= 1,
    )


def ranks_of_a_million() -> Row:
    """Compare two samples of half a million distinct values."""
    first, second = _two_samples(500_000)
    scipy = functools.partial(stats.mannwhitneyu, first, second, method="asymptotic")
    ours = mann_whitney(first, second)
    assert ours.method.startswith("asymptotic")
    np.testing.assert_allclose(ours.p_value, scipy().pvalue, rtol=1e-9)
    works = {"iph": functools.partial(mann_whitney, first, second), "scipy": scipy}
    found = in_turn(works, 7)
    return Row(
        number=34,
        work="Mann-Whitney, all defaults, 1e6 distinct values",
        found=found,
        asked="faster than scipy",
        reached=ratio_of(found) > 1,
        note="iph counts the probability of superiority and its interval as well.",
    )


def exact_ranks_of_300() -> Row:
    """Compare two samples of 150 distinct values exactly."""
    first, second = _two_samples(150)
    works: dict[str, Callable[[], Any]] = {
        "iph": functools.partial(mann_whitney, first, second, method="exact"),
        "scipy": functools.partial(stats.mannwhitneyu, first, second, method="exact"),
    }
    p_values = [works["iph"]().p_value, works["scipy"]().pvalue]
    np.testing.assert_allclose(*p_values, rtol=1e-9)
    found = in_turn(works, 5)
    return Row(
        number=35,
        work="Mann-Whitney, exact, 150 v 150 distinct",
        found=found,
        asked="0.4 s",
        reached=found["iph"] < 0.4,
    )


def exact_trend() -> Row:
    """Test a trend over three samples of 30 distinct values exactly."""
    samples = np.random.default_rng(12).permutation(90).reshape(3, 30).tolist()
    work = functools.partial(jonckheere_terpstra, *samples, method="exact")
    normal = jonckheere_terpstra(*samples, method="asymptotic")
    np.testing.assert_allclose(work().p_value, normal.p_value, atol=0.01)
    found = in_turn({"iph": work}, 15)
    return Row(
        number=36,
        work="Jonckheere, exact, 3 x 30 distinct",
        found=found,
        asked="20 ms",
        reached=found["iph"] < 0.02,
    )


ROWS = (simulated_ranks, ranks_of_a_million, exact_ranks_of_300, exact_trend)
