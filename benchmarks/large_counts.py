"""Rows about counts so large that an exact test has to be careful."""

from collections.abc import Callable
from typing import Any

import numpy as np
from scipy import stats
from scipy.stats import contingency

from iph.stats import bowker, kendall, odds_ratio
from timing import Row, in_r, in_turn, once, ratio_of

MILLION = 1_000_000


def odds_of_many() -> Row:
    """Take the exact odds ratio of a table of 20,000 patients."""
    cells = [[4100, 5900], [3900, 6100]]
    counts = np.ravel(cells).astype(float)
    r = in_r("odds", (counts, counts > 0, np.array([0, 0, 1, 1]), [0, 1, 0, 1]), 3)

    def theirs() -> tuple[float, float]:
        interval = contingency.odds_ratio(cells).confidence_interval(0.95)
        return float(interval.low), float(interval.high)

    def ours() -> tuple[float, float]:
        found = odds_ratio(cells)
        return found.low, found.high

    np.testing.assert_allclose(ours(), r["bounds"], rtol=1e-3)
    np.testing.assert_allclose(ours(), theirs(), rtol=1e-6)
    found = {**in_turn({"iph": ours, "scipy": theirs}, 3), "R": r["seconds"]}
    return Row(
        number=59,
        work="exact odds ratio with interval, a table of 20,000 patients",
        found=found,
        asked="under 0.1 s",
        reached=found["iph"] < 0.1,
    )


def ranks_of_pairs() -> Row:
    """Take Kendall's correlation of a million pairs, few values alike."""
    rng = np.random.default_rng(60)
    x = rng.permutation(MILLION)
    y = 5 * rng.permutation(MILLION) + x
    works: dict[str, Callable[[], Any]] = {
        "iph": lambda: kendall(x, y).estimate,
        "scipy": lambda: stats.kendalltau(x, y, method="asymptotic").statistic,
    }
    seconds, tau = once(works["scipy"])
    np.testing.assert_allclose(works["iph"](), tau, rtol=1e-9)
    found = {**in_turn({"iph": works["iph"]}, 3), "scipy": seconds}
    return Row(
        number=60,
        work="Kendall's correlation with interval, 1e6 pairs",
        found=found,
        asked="no slower",
        reached=ratio_of(found) >= 1,
        note="scipy gives no interval.",
    )


def exact_symmetry() -> Row:
    """Take Bowker's exact test of a table of 300 patients and 4 grades."""
    rng = np.random.default_rng(61)
    before = rng.integers(0, 4, 300)
    after = np.clip(before + rng.integers(-1, 2, 300), 0, 3)
    test = bowker(before, after, method="exact")
    normal = bowker(before, after, method="asymptotic")
    np.testing.assert_allclose(test.p_value, normal.p_value, atol=0.02)
    found = in_turn({"iph": lambda: bowker(before, after, method="exact")}, 3)
    return Row(
        number=61,
        work="Bowker, exact, 300 patients, 4 grades",
        found=found,
        asked="under a second",
        reached=found["iph"] < 1.0,
    )


ROWS = (odds_of_many, ranks_of_pairs, exact_symmetry)
