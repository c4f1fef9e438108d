"""Epsilon-squared."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy import stats

from iph.errors import InputError
from iph.stats import epsilon_squared, kruskal_wallis
from iph.stats._groups import epsilon_squared as _epsilon
from iph.stats._groups.ranks import rank_table
from iph.testing import grouped_scores

Reference = Callable[[str], list[dict[str, Any]]]


def test_rstatix(reference: Reference) -> None:
    """It is eta-squared of rstatix::kruskal_effsize before that is shifted."""
    cases = [c for c in reference("independent_groups.json") if c["kind"] == "several"]
    checked = 0
    for case in cases:
        rest = iter(case["values"])
        samples = [[next(rest) for _ in range(size)] for size in case["sizes"]]
        n, k = len(case["values"]), len(samples)
        if n > k:
            h = epsilon_squared(*samples).estimate * (n - 1)
            assert (h - k + 1) / (n - k) == pytest.approx(
                case["eta"], rel=1e-9, abs=1e-9
            )
            checked += 1
    assert checked >= 200


@given(grouped_scores(max_size=6))
def test_interval(samples: list[list[int]]) -> None:
    """The interval holds the estimate, is proper, and grows with the level."""
    assume(len({v for sample in samples for v in sample}) > 1)
    narrow = epsilon_squared(*samples, confidence_level=0.5)
    wide = epsilon_squared(*samples, confidence_level=0.99)
    slack = 1e-9
    assert 0.0 <= wide.low <= narrow.low + slack
    assert narrow.low <= narrow.estimate + slack
    assert narrow.estimate <= narrow.high + slack
    assert narrow.high <= wide.high + slack
    assert wide.high <= 1.0 + slack


@given(grouped_scores(max_size=6), st.sampled_from([0.5, 0.1, 0.001]))
def test_interval_of_a_low_level_holds_the_estimate(
    samples: list[list[int]], level: float
) -> None:
    """However low the level, the interval ends no sooner than at the estimate."""
    assume(len({v for sample in samples for v in sample}) > 1)
    found = epsilon_squared(*samples, confidence_level=level)
    assert found.low <= found.estimate <= found.high


@given(grouped_scores(max_size=6))
def test_is_the_share_of_the_spread_of_ranks(samples: list[list[int]]) -> None:
    """Between-group over total sum of squares of the mid-ranks; 1 if separated."""
    pooled = [v for sample in samples for v in sample]
    assume(len(set(pooled)) > 1)
    ranks = stats.rankdata(pooled)
    groups = np.split(ranks, np.cumsum([len(s) for s in samples])[:-1])
    between = sum(len(g) * (g.mean() - ranks.mean()) ** 2 for g in groups)
    total = ((ranks - ranks.mean()) ** 2).sum()
    assert epsilon_squared(*samples).estimate == pytest.approx(
        between / total, abs=1e-12
    )


def test_bounds_are_noncentral() -> None:
    """At the bounds, H as observed has the tail probabilities of the level."""
    samples = [3, 3, 2, 3, 1] * 3, [2, 1, 2, 1, 3] * 3, [0, 1, 0, 1, 2] * 3
    found = epsilon_squared(*samples, confidence_level=0.9)
    h, n = kruskal_wallis(*samples).statistic, 45
    for bound, tail in ((found.low, 0.95), (found.high, 0.05)):
        noncentrality = bound * (n - 1) - 2
        assert stats.ncx2.cdf(h, 2, noncentrality) == pytest.approx(tail, abs=1e-8)


def test_bounds_of_groups_that_hardly_differ() -> None:
    """Where H is too small for any noncentrality, bounds are those of none."""
    alike = epsilon_squared([1, 4], [2, 3], [1, 4])
    assert (alike.estimate, alike.low) == (0.0, 0.0)
    assert alike.high == pytest.approx(2 / 5, rel=1e-12)
    near = epsilon_squared([1, 2, 3, 4], [1, 2, 3, 4], [1, 2, 4, 4])
    assert near.low == 0.0 < near.estimate


def test_interval_of_a_low_level_begins_at_the_estimate() -> None:
    """The bounds of a level near 0 lie above H, and the interval holds it even so."""
    samples = [3, 3, 2, 3, 1] * 3, [2, 1, 2, 1, 3] * 3, [0, 1, 0, 1, 2] * 3
    found = epsilon_squared(*samples, confidence_level=0.001)
    h, n = kruskal_wallis(*samples).statistic, 45
    upper = (found.high * (n - 1)) - 2
    assert stats.ncx2.cdf(h, 2, upper) == pytest.approx(0.4995, abs=1e-8)
    assert found.low == found.estimate < found.high


def test_bootstrap_is_a_percentile_interval(monkeypatch: pytest.MonkeyPatch) -> None:
    """Bootstrap bounds agree with resampling rows and ranking anew."""
    samples = [3, 3, 2, 3, 1], [2, 1, 2, 1, 3], [0, 1, 0, 1, 2]
    found = epsilon_squared(*samples, method="bootstrap", rng=1, n_resamples=20_000)
    rng = np.random.default_rng(2)
    drawn = [
        epsilon_squared(*(rng.choice(s, len(s)) for s in samples)).estimate
        for _ in range(2000)
    ]
    low, high = np.nanquantile(drawn, [0.025, 0.975])
    assert found.low == pytest.approx(low, abs=0.05)
    assert found.high == pytest.approx(high, abs=0.05)
    assert found.method == "bootstrap"
    monkeypatch.setattr("iph.stats._groups.epsilon_squared._CELLS_AT_ONCE", 30)
    parts = epsilon_squared(*samples, method="bootstrap", rng=1, n_resamples=21)
    assert 0.0 <= parts.low <= parts.high <= 1.0


@pytest.mark.parametrize("cells", [1, 30, 40, 10**6])
def test_bootstrap_draws_what_was_asked(
    cells: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However little is drawn at once, the samples are as many as asked."""
    monkeypatch.setattr(_epsilon, "_CELLS_AT_ONCE", cells)
    counts = rank_table(([3, 3, 2], [2, 1, 2, 1], [0, 1])).counts
    parts = list(_epsilon._resampled(counts, 21, np.random.default_rng(1)))
    assert sum(part.size for part in parts) == 21
    assert {part.size for part in parts[:-1]} <= {max(1, cells // counts.size)}


def test_bootstrap_is_of_samples_drawn_anew() -> None:
    """Each value is that of the groups drawn: the variance of ranks between groups."""
    counts = rank_table(([3, 3, 2, 0], [2, 1, 2, 1, 0], [0, 1])).counts
    (found,) = _epsilon._resampled(counts, 40, np.random.default_rng(5))
    rng = np.random.default_rng(5)
    sizes = counts.sum(axis=0).tolist()
    drawn = [rng.multinomial(m, counts[:, j] / m, 40) for j, m in enumerate(sizes)]
    for value, *groups in zip(found.tolist(), *drawn, strict=True):
        samples = [np.repeat(np.arange(len(group)), group) for group in groups]
        ranks = stats.rankdata(np.concatenate(samples))
        mean, spread = ranks.mean(), float(((ranks - ranks.mean()) ** 2).sum())
        parts = np.split(ranks, np.cumsum(sizes)[:-1])
        between = sum(part.size * (part.mean() - mean) ** 2 for part in parts)
        assert value == pytest.approx(between / spread if spread else 0.0, abs=1e-12)


def test_bootstrap_leaves_half_of_the_rest_on_either_side() -> None:
    """Of 90 % in the interval, 5 % of the samples lie below and 5 % above."""
    samples = [3, 3, 2, 3, 1], [2, 1, 2, 1, 3], [0, 1, 0, 1, 2]
    found = epsilon_squared(
        *samples, method="bootstrap", rng=1, n_resamples=2000, confidence_level=0.9
    )
    parts = _epsilon._resampled(
        rank_table(samples).counts, 2000, np.random.default_rng(1)
    )
    drawn = np.concatenate(list(parts))
    assert (drawn < found.low).mean() <= 0.05 <= (drawn <= found.low).mean()
    assert (drawn > found.high).mean() <= 0.05 <= (drawn >= found.high).mean()


def test_bootstrap_of_one_value() -> None:
    """Resamples in which all values are equal show no difference."""
    found = epsilon_squared([0, 1], [1, 1], method="bootstrap", rng=1, n_resamples=400)
    assert found.low == 0.0


@pytest.mark.parametrize("samples", [([1, 1], [1]), ([1, 2], []), ([], [])])
def test_undefined(samples: tuple[list[int], ...]) -> None:
    """With an empty group or all values equal nothing is defined."""
    found = epsilon_squared(*samples, method="bootstrap", rng=1)
    assert math.isnan(found.estimate)
    assert math.isnan(found.low)


def test_messages() -> None:
    """One group and a bootstrap without a generator are refused."""
    with pytest.raises(InputError, match="at least two groups"):
        epsilon_squared([1, 2])
    with pytest.raises(InputError, match="rng must be"):
        epsilon_squared([1, 2], [3], method="bootstrap")
