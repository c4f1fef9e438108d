"""The Mann-Whitney test."""

import itertools
import math
from collections.abc import Callable
from fractions import Fraction
from typing import Any, get_args

import numpy as np
import pytest
from hypothesis import assume, given
from scipy import stats

from iph.errors import InputError, WorkError
from iph.stats import mann_whitney
from iph.stats._groups import mann_whitney as _mann_whitney
from iph.stats._groups.mann_whitney import ALTERNATIVES, Alternative
from iph.stats._inference.gaussian import inversion_counts
from iph.testing import grouped_scores, scores

Reference = Callable[[str], list[dict[str, Any]]]
PAIR = grouped_scores(min_groups=2, max_groups=2, max_size=5)


def u_of(x: list[int], y: list[int]) -> Fraction:
    """Count pairs by the definition."""
    return sum((Fraction((a > b) * 2 + (a == b), 2) for a in x for b in y), Fraction(0))


def test_words_and_types_agree() -> None:
    """The words allowed are those of the type."""
    assert set(ALTERNATIVES) == set(get_args(Alternative))


def test_coin_and_wilcox_test(reference: Reference) -> None:
    """Exact p-values with ties agree with coin, the others with wilcox.test of R."""
    cases = [c for c in reference("independent_groups.json") if c["kind"] == "two"]
    assert len(cases) >= 200
    for case in cases:
        x, y = case["x"], case["y"]
        for alternative in ALTERNATIVES:
            told = case[alternative]
            exact = mann_whitney(x, y, alternative=alternative)  # type: ignore[arg-type] # a word
            assert exact.method == "exact"
            assert exact.statistic == case["statistic"]
            assert exact.p_value == pytest.approx(told["exact"], rel=1e-12, abs=1e-12)
            if "untied" in case:
                untied = case["untied"][alternative]
                assert exact.p_value == pytest.approx(untied, rel=1e-12, abs=1e-12)
            for continuity, name in ((False, "asymptotic"), (True, "corrected")):
                test = mann_whitney(
                    x, y, method="asymptotic", continuity=continuity,
                    alternative=alternative,  # type: ignore[arg-type] # a word
                )  # fmt: skip
                assert test.p_value == pytest.approx(told[name], rel=1e-9, abs=1e-12)


@given(PAIR)
def test_exact_is_full_enumeration(samples: list[list[int]]) -> None:
    """Every exact p-value is the share of all splits at least as extreme."""
    x, y = samples
    pooled, n1 = x + y, len(x)
    mean = Fraction(n1 * len(y), 2)
    found = []
    for chosen in itertools.combinations(range(len(pooled)), n1):
        rest = [pooled[i] for i in range(len(pooled)) if i not in chosen]
        found.append(u_of([pooled[i] for i in chosen], rest))
    observed = u_of(x, y)
    upper = sum(u >= observed for u in found)
    lower = sum(u <= observed for u in found)
    far = sum(abs(u - mean) >= abs(observed - mean) for u in found)
    total = math.comb(len(pooled), n1)
    assert mann_whitney(x, y).statistic == observed
    assert mann_whitney(x, y).p_value == far / total
    assert mann_whitney(x, y, alternative="greater").p_value == upper / total
    assert mann_whitney(x, y, alternative="less").p_value == lower / total
    central = mann_whitney(x, y, two_sided="central").p_value
    assert central == min(1.0, 2 * min(lower, upper) / total)


@given(PAIR)
def test_swapping_the_groups(samples: list[list[int]]) -> None:
    """With groups swapped z changes sign, greater becomes less, two-sided stays."""
    x, y = samples
    for method in ("exact", "asymptotic"):
        one = mann_whitney(x, y, method=method, alternative="greater")
        two = mann_whitney(y, x, method=method, alternative="less")
        np.testing.assert_array_equal(one.z, -two.z)
        np.testing.assert_array_equal(one.p_value, two.p_value)
        assert one.statistic + two.statistic == len(x) * len(y)
        np.testing.assert_array_equal(
            mann_whitney(x, y, method=method).p_value,
            mann_whitney(y, x, method=method).p_value,
        )


@given(PAIR)
def test_scale_and_weights(samples: list[list[int]]) -> None:
    """Only the order counts, and case counts are repetitions."""
    x, y = samples
    expected = mann_whitney(x * 2, y * 2)
    stretched = [math.exp(v) for v in x[::-1]], [math.exp(v) for v in y]
    found = mann_whitney(*stretched, weights=([2] * len(x), [2] * len(y)))
    assert repr(found) == repr(expected)


@given(scores(min_size=1, max_size=25, high=4), scores(min_size=1, max_size=25, high=4))
def test_asymptotic_agrees_with_scipy(x: list[int], y: list[int]) -> None:
    """The approximation with ties is that of scipy, with and without correction."""
    assume(len({*x, *y}) > 1)
    for alternative in ALTERNATIVES:
        for continuity in (True, False):
            expected = stats.mannwhitneyu(
                x, y, use_continuity=continuity, method="asymptotic",
                alternative=alternative,  # type: ignore[call-overload] # a word
            )  # fmt: skip
            test = mann_whitney(
                x, y, method="asymptotic", continuity=continuity,
                alternative=alternative,  # type: ignore[arg-type] # a word
            )  # fmt: skip
            assert test.statistic == expected.statistic
            assert test.p_value == pytest.approx(float(expected.pvalue), rel=1e-9)


def test_continuity_never_crosses_the_mean() -> None:
    """At the expected U the corrected two-sided p-value is 1, not above."""
    test = mann_whitney([1, 4], [2, 3], method="asymptotic")
    assert test.p_value == 1.0
    assert test.method == "asymptotic, continuity-corrected"


def test_ten_million_cases() -> None:
    """The variance at 1e7 tied cases is the exact fraction."""
    counts = [3_000_001, 2_000_000], [2_500_000, 2_499_999]
    test = mann_whitney([0, 1], [0, 1], weights=counts, method="asymptotic")
    n1, n2 = map(sum, counts)
    n = n1 + n2
    assert n == 10_000_000
    tied = sum((a + b) ** 3 - (a + b) for a, b in zip(*counts, strict=True))
    u = counts[0][1] * counts[1][0] + Fraction(
        counts[0][0] * counts[1][0] + counts[0][1] * counts[1][1], 2
    )
    variance = Fraction(n1 * n2, 12) * (n + 1 - Fraction(tied, n * (n - 1)))
    assert test.statistic == float(u)
    z = float(u - Fraction(n1 * n2, 2)) / math.sqrt(variance)
    assert test.z == pytest.approx(z, rel=1e-14)


def test_monte_carlo_holds_the_exact_p() -> None:
    """Simulated p-values cover the exact ones, for every alternative and rule."""
    x, y = [3, 3, 2, 5, 3], [2, 1, 2, 1, 3, 0, 0]
    for alternative in ALTERNATIVES:
        for two_sided in ("abs", "central"):
            options = {"alternative": alternative, "two_sided": two_sided}
            exact = mann_whitney(x, y, method="exact", **options)  # type: ignore[arg-type] # words
            test = mann_whitney(x, y, method="monte-carlo", rng=4, **options)  # type: ignore[arg-type] # words
            assert test.p_low is not None
            assert test.p_high is not None
            assert test.p_low <= exact.p_value <= test.p_high


def test_auto() -> None:
    """Auto is exact while cheap, then simulates, and approximates for large groups."""
    assert mann_whitney(range(45), range(45, 90)).method == "exact"
    assert mann_whitney(range(150), range(150, 300)).method == "exact"
    x = range(100), range(50, 150)
    drawn = mann_whitney(*x)
    assert (drawn.method, drawn.seed) == ("monte-carlo", 2023)
    given = mann_whitney(*x, rng=2023)
    assert (given.method, given.seed) == ("monte-carlo", None)
    assert given.p_value == drawn.p_value
    large = mann_whitney(range(300), range(50, 350))
    assert large.method == "asymptotic, continuity-corrected"
    assert large.seed is None
    many = mann_whitney([0, 1, 2] * 60, [0, 1, 1] * 60)
    assert many.method == "exact"


def test_limit_law_beyond_the_largest_simulated_groups() -> None:
    """With 201 against 201 cases the approximation is as close as the docs say."""
    n = 201
    ways = inversion_counts((n, n))
    total, below, worst = sum(ways), 0, 0.0
    deviation = math.sqrt(n * n * (2 * n + 1) / 12)
    for u, count in enumerate(ways[: n * n // 2]):
        below += count
        exact = 2 * below / total
        z = (n * n / 2 - u - 0.5) / deviation
        approximate = math.erfc(z / math.sqrt(2))
        worst = max(worst, abs(exact - approximate))
        for level, told in ((0.05, 0.0501), (0.001, 0.00104)):
            if exact - 2 * count / total < level <= exact:
                assert approximate == pytest.approx(told, abs=5 * told / 10**3)
    assert 0.0003 < worst < 0.00045


def test_limits_of_work(monkeypatch: pytest.MonkeyPatch) -> None:
    """Auto counts as far as its limit, and a count asked for by name has one too.

    Of 4 against 5 cases with one tie, each case goes one of two ways from each state,
    the tied ones one of three: from 1 and 3, 6, 12, 24 and 48 states, and then twice
    from the most there can be, which is 5 numbers drawn times 41 sums, over 4, or 51:
    3, 6, 12, 24, 48, 96 and 204 steps.
    """
    x, y = [1, 1, 3, 4], [5, 6, 7, 8, 9]
    for limit, auto in ((393, "exact"), (392, "monte-carlo")):
        monkeypatch.setattr(_mann_whitney, "AUTO_LIMIT", limit)
        assert mann_whitney(x, y).method == auto
        assert mann_whitney(y, x).method == auto
    monkeypatch.setattr(_mann_whitney, "EXACT_LIMIT", 393)
    assert mann_whitney(x, y, method="exact").p_value == 2 / 126
    monkeypatch.setattr(_mann_whitney, "EXACT_LIMIT", 392)
    with pytest.raises(WorkError, match="Mann-Whitney"):
        mann_whitney(x, y, method="exact")


def test_all_values_equal() -> None:
    """Without two different values z is undefined and the exact p-value is 1."""
    assert mann_whitney([1, 1], [1]).p_value == 1.0
    assert math.isnan(mann_whitney([1, 1], [1]).z)
    assert math.isnan(mann_whitney([1, 1], [1], method="asymptotic").p_value)


@pytest.mark.parametrize("method", ["auto", "exact", "asymptotic", "monte-carlo"])
def test_empty_group(method: str) -> None:
    """Without cases in a group everything is undefined, by every method."""
    test = mann_whitney([1, None], [], method=method, rng=1)  # type: ignore[arg-type] # a word
    assert math.isnan(test.statistic)
    assert math.isnan(test.z)
    assert math.isnan(test.p_value)
    assert (test.n1, test.n2, test.n, test.n_missing) == (1, 0, 1, 1)


def test_messages() -> None:
    """Bad options and too much work are told."""
    with pytest.raises(InputError, match=r"y\[1\] must be a number"):
        mann_whitney([1], [1, "2"])
    with pytest.raises(InputError, match="alternative must be one of"):
        mann_whitney([1], [2], alternative="up")  # type: ignore[arg-type] # what is tested
    with pytest.raises(InputError, match="two_sided must be one of"):
        mann_whitney([1], [2], two_sided="both")  # type: ignore[arg-type] # what is tested
    with pytest.raises(InputError, match="rng must be"):
        mann_whitney([1], [2], method="monte-carlo")
    with pytest.raises(WorkError, match="Mann-Whitney"):
        mann_whitney(range(500), range(250, 750), method="exact")
