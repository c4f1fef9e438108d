"""Rows about two arms of a small trial: exact, adjusted, with margins and gaps."""

from collections.abc import Callable
from typing import Any

import numpy as np
from scipy import stats

import by_hand
from iph.stats import (
    clustered_mann_whitney,
    missing_bounds,
    odds_ratio_homogeneity,
    odds_within_margins,
    one_sample_logrank,
    rank_covariance,
    scores_within_margins,
    shares_within_margins,
)
from timing import Row, in_turn, ratio_of

NO_SLOWER = "no slower than by hand"


def _beside_hand(
    number: int,
    work: str,
    works: dict[str, Callable[[], Any]],
    loops: int = 1,
    note: str = "",
) -> Row:
    found = in_turn(works, 5, loops)
    return Row(
        number=number,
        work=work,
        found=found,
        asked=NO_SLOWER,
        reached=ratio_of(found) >= 1,
        note=note,
    )


def equal_odds() -> Row:
    """Test whether five strata of 14 patients have one odds ratio."""
    rng = np.random.default_rng(45)
    tables = [
        [[k, 7 - k] for k in rng.binomial(7, (0.4, 0.6)).tolist()] for _ in range(5)
    ]
    works: dict[str, Callable[[], Any]] = {
        "iph": lambda: odds_ratio_homogeneity(tables, method="exact").p_value,
        "by hand": lambda: by_hand.zelen_p(tables),
    }
    np.testing.assert_allclose(works["iph"](), works["by hand"](), rtol=1e-9)
    return _beside_hand(45, "Zelen's exact test, 5 strata of 14 patients", works)


def hips() -> Row:
    """Compare the hips of 24 patients, some of whom have two."""
    rng = np.random.default_rng(46)
    cluster = np.array([*range(24), *range(0, 24, 3)])
    group = (np.arange(24) % 2)[cluster]
    values = rng.integers(0, 6, len(cluster))
    works: dict[str, Callable[[], Any]] = {
        "iph": lambda: (
            clustered_mann_whitney(values, group, cluster, method="exact").p_value
        ),
        "by hand": lambda: by_hand.clustered_p(values, group, cluster),
    }
    np.testing.assert_allclose(works["iph"](), works["by hand"](), rtol=1e-9)
    work = "exact rank sum test of clusters, 32 hips of 24 patients"
    return _beside_hand(46, work, works)


def adjusted_ranks() -> Row:
    """Compare ranks of two groups of 10 patients, adjusted for baseline."""
    rng = np.random.default_rng(47)
    before, group = rng.integers(0, 6, 20), np.arange(20) % 2
    after = np.clip(before + rng.integers(-1, 3, 20), 0, 5)
    works: dict[str, Callable[[], Any]] = {
        "iph": lambda: (
            rank_covariance(after, group, {"before": before}, method="exact").p_value
        ),
        "by hand": lambda: by_hand.rank_covariance_p(after, group, before),
    }
    np.testing.assert_allclose(works["iph"](), works["by hand"](), rtol=1e-9)
    work = "exact rank analysis of covariance, 10 v 10 patients"
    return _beside_hand(47, work, works)


def margin_of_shares() -> Row:
    """Test two shares of 60 patients against a margin of ten points."""
    table, margin = [[55, 5], [52, 8]], -0.1
    works: dict[str, Callable[[], Any]] = {
        "iph": lambda: shares_within_margins(table, lower=margin).p_lower,
        "by hand": lambda: by_hand.inferiority_p(table, margin),
    }
    np.testing.assert_allclose(works["iph"](), works["by hand"](), rtol=1e-3)
    found = in_turn(works, 5)
    return Row(
        number=48,
        work="exact non-inferiority of shares, 60 v 60 patients",
        found=found,
        asked="under a second",
        reached=found["iph"] < 1.0,
        note="by hand there is no interval; most of the time of iph goes to its own.",
    )


def margin_of_scores() -> Row:
    """Test scores of two groups of 30 patients against a margin of two points."""
    rng = np.random.default_rng(49)
    x, y = rng.permutation(300)[:30] / 10.0, rng.permutation(300)[:30] / 10.0 + 0.05

    def theirs() -> float:
        test = stats.mannwhitneyu(x + 2.0, y, alternative="greater", method="exact")
        return float(test.pvalue)

    works: dict[str, Callable[[], Any]] = {
        "iph": lambda: scores_within_margins(x, y, lower=-2.0).p_lower,
        "scipy": theirs,
    }
    np.testing.assert_allclose(works["iph"](), works["scipy"](), rtol=1e-9)
    found = in_turn(works, 5)
    return Row(
        number=49,
        work="exact non-inferiority of scores, 30 v 30 patients, distinct",
        found=found,
        asked="under 0.1 s",
        reached=found["iph"] < 0.1,
        note="scipy gives no interval.",
    )


def margin_of_grades() -> Row:
    """Test grades of two groups of 40 patients against a margin of the odds."""
    rng = np.random.default_rng(50)
    x, y = rng.integers(1, 6, 40), rng.integers(0, 6, 40)
    found = in_turn(
        {"iph": lambda: odds_within_margins(x, y, levels=range(6), lower=0.5)}, 5
    )
    return Row(
        number=50,
        work="exact non-inferiority of grades by their odds, 40 v 40 patients",
        found=found,
        asked="under a second",
        reached=found["iph"] < 1.0,
    )


def ways_of_the_missing() -> Row:
    """Compare two shares in all ways in which 20 and 20 missing could have gone."""
    table, missing = [[40, 20], [28, 32]], (20, 20)
    works: dict[str, Callable[[], Any]] = {
        "iph": lambda: missing_bounds(table, missing).p_values,
        "by hand": lambda: by_hand.p_of_all_ways(table, missing),
    }
    np.testing.assert_allclose(works["iph"](), works["by hand"](), rtol=1e-9)
    work = "tipping point of a comparison of shares, 20 and 20 missing"
    note = "by hand: Fisher's test of scipy in each of the 441 ways."
    return _beside_hand(51, work, works, note=note)


def published_curve() -> Row:
    """Compare a thousand patients with a published curve of 50 days."""
    rng = np.random.default_rng(52)
    days = np.arange(1.0, 51.0) * 8
    survival = np.exp(-days / 150)
    time, event = rng.integers(1, 400, 1000).astype(float), rng.random(1000) < 0.5

    def ours() -> Any:
        test = one_sample_logrank(time, event, curve_days=days, curve_survival=survival)
        return test.expected, test.p_value

    works: dict[str, Callable[[], Any]] = {
        "iph": ours,
        "by hand": lambda: by_hand.one_sample(time, event, days, survival),
    }
    np.testing.assert_allclose(ours(), works["by hand"](), rtol=1e-9)
    found = in_turn(works, 9, loops=5)
    return Row(
        number=52,
        work="one-sample log-rank, 1,000 patients against a published curve",
        found=found,
        asked="under 10 ms",
        reached=found["iph"] < 0.01,
        note="by hand nothing is checked and there is no interval.",
    )


ROWS = (
    equal_odds,
    hips,
    adjusted_ranks,
    margin_of_shares,
    margin_of_scores,
    margin_of_grades,
    ways_of_the_missing,
    published_curve,
)
