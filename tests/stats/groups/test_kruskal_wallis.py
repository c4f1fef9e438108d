"""The Kruskal-Wallis test."""

import itertools
import math
from collections import Counter
from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from scipy import stats

from iph.errors import InputError, WorkError
from iph.stats import kruskal_wallis, mann_whitney
from iph.stats._groups import kruskal_wallis as _kruskal
from iph.testing import grouped_scores

Reference = Callable[[str], list[dict[str, Any]]]
SMALL = grouped_scores(min_groups=2, max_groups=3, max_size=3)


def split(values: list[float], sizes: list[int]) -> list[list[float]]:
    """Cut pooled values into groups."""
    rest = iter(values)
    return [[next(rest) for _ in range(size)] for size in sizes]


def rank_spread(samples: Sequence[Sequence[float]]) -> Fraction:
    """Return the sum of R^2 / n by its definition; H rises with it."""
    pooled = sorted(v for sample in samples for v in sample)
    rank = {v: Fraction(2 * pooled.index(v) + pooled.count(v) + 1, 2) for v in pooled}
    return sum(
        (sum((rank[v] for v in s), Fraction(0)) ** 2 / len(s) for s in samples),
        Fraction(0),
    )


def test_r(reference: Reference) -> None:
    """H, df, p and mean ranks agree with kruskal.test of R under heavy ties."""
    cases = [c for c in reference("independent_groups.json") if c["kind"] == "several"]
    assert len(cases) >= 200
    for case in cases:
        groups = split(case["values"], case["sizes"])
        test = kruskal_wallis(*groups, method="asymptotic")
        assert test.df == case["df"]
        np.testing.assert_allclose(
            [test.statistic, test.p_value, *test.mean_ranks],
            [case["statistic"], case["p"], *case["mean_ranks"]],
            rtol=1e-9,
            atol=1e-9,
        )


@given(SMALL)
def test_exact_is_full_enumeration(samples: list[list[int]]) -> None:
    """The exact p-value is the share of all orders with an H as large."""
    values = [float(v) for sample in samples for v in sample][:6]
    sizes = [len(sample) for sample in samples]
    while sum(sizes) > len(values):
        sizes[int(np.argmax(sizes))] -= 1
    groups = split(values, sizes)
    observed = rank_spread(groups)
    orders = Counter(
        tuple(tuple(sorted(group)) for group in split(list(order), sizes))
        for order in itertools.permutations(values)
    )
    hits = sum(n for drawn, n in orders.items() if rank_spread(drawn) >= observed)
    test = kruskal_wallis(*groups, method="exact")
    assert test.p_value == pytest.approx(hits / orders.total(), rel=1e-15)
    ways = math.factorial(len(values)) // math.prod(map(math.factorial, sizes))
    assert (test.p_value * ways) == pytest.approx(round(test.p_value * ways), abs=1e-9)


@given(grouped_scores(min_groups=3))
def test_order_of_groups_and_scale_do_not_matter(samples: list[list[int]]) -> None:
    """Groups may change places and values be stretched."""
    changed = [[math.exp(v) for v in sample[::-1]] for sample in samples[::-1]]
    expected, found = (
        kruskal_wallis(*groups, method="asymptotic") for groups in (samples, changed)
    )
    np.testing.assert_array_equal(found.statistic, expected.statistic)
    assert found.mean_ranks == expected.mean_ranks[::-1]


@given(grouped_scores(max_groups=3, max_size=4))
def test_weights_are_repetitions(samples: list[list[int]]) -> None:
    """Case counts and repeated rows give the same answer, exact ones too."""
    doubled = [sample * 2 for sample in samples]
    weights = [[2] * len(sample) for sample in samples]
    for method in ("asymptotic", "exact"):
        found = kruskal_wallis(*samples, weights=weights, method=method)
        expected = kruskal_wallis(*doubled, method=method)
        assert repr(found) == repr(expected)  # NaN equals itself in print


@given(grouped_scores(min_groups=2, max_groups=2, max_size=6))
def test_two_groups_are_the_mann_whitney_test(samples: list[list[int]]) -> None:
    """With two groups H is z squared, and both exact p-values are one."""
    x, y = samples
    expected = mann_whitney(x, y, method="exact")
    test = kruskal_wallis(x, y, method="exact")
    np.testing.assert_allclose(test.statistic, expected.z**2, rtol=1e-12, atol=1e-12)
    assert test.p_value == expected.p_value


def test_ten_million_cases() -> None:
    """At 1e7 cases with ties H is the exact fraction, rounded once."""
    counts = [[2_000_001, 1_500_000, 1_500_000], [1_999_999, 1_500_500, 1_499_500]]
    test = kruskal_wallis([0, 1, 2], [0, 1, 2], weights=counts)
    ties = [a + b for a, b in zip(*counts, strict=True)]
    n = sum(ties)
    assert n == 10_000_000
    sums = [
        sum(
            Fraction(2 * sum(ties[:i]) + ties[i] + 1, 2) * c
            for i, c in enumerate(column)
        )
        for column in counts
    ]
    h = Fraction(12, n * (n + 1)) * sum(
        (r**2 / sum(column) for r, column in zip(sums, counts, strict=True)),
        Fraction(0),
    ) - 3 * (n + 1)
    h /= 1 - Fraction(sum(t**3 - t for t in ties), n**3 - n)
    assert test.statistic == float(h)
    assert test.p_value == pytest.approx(stats.chi2.sf(float(h), 1), rel=1e-12)


def test_small_p_values_keep_their_digits() -> None:
    """A p-value far below 1e-16 is that of the chi-square tail, not zero."""
    samples = [range(i * 100, i * 100 + 100) for i in range(4)]
    test = kruskal_wallis(*samples, method="asymptotic")
    expected = stats.kruskal(*samples)
    assert test.p_value < 1e-70
    assert test.p_value == pytest.approx(expected.pvalue, rel=1e-9)


def test_monte_carlo_holds_the_exact_p() -> None:
    """The interval of a simulated p-value covers the exact one, ties or none."""
    for samples in (
        ([3, 3, 2, 3], [2, 1, 2, 1], [0, 1, 2, 1]),
        ([1.5, 2.5, 9.0], [3.5, 4.5, 8.0], [5.5, 7.5, 6.5]),
    ):
        exact = kruskal_wallis(*samples, method="exact")
        test = kruskal_wallis(*samples, method="monte-carlo", rng=3, n_resamples=20_000)
        assert test.method == "monte-carlo"
        assert test.p_low is not None
        assert test.p_high is not None
        assert test.p_low <= exact.p_value <= test.p_high
        assert exact.p_low is None


def test_auto() -> None:
    """Auto is exact while cheap, then simulates if it may, else approximates."""
    grades = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9] * 3
    assert kruskal_wallis([1, 2, 2], [2, 3], method="auto").method == "exact"
    drawn = kruskal_wallis(grades, grades, grades)
    assert (drawn.method, drawn.p_value, drawn.seed) == ("monte-carlo", 1.0, 2023)
    given = kruskal_wallis(grades, grades, grades, rng=1, n_resamples=99)
    assert (given.method, given.p_value, given.seed) == ("monte-carlo", 1.0, None)
    large = kruskal_wallis(grades * 10, grades * 10, grades * 10)
    assert large.method == "asymptotic"
    many = kruskal_wallis([0, 1], [0, 1], weights=[[10**9, 1], [1, 2]], method="auto")
    assert many.method == "asymptotic"


def test_limits_of_work(monkeypatch: pytest.MonkeyPatch) -> None:
    """Both limits are of states, of which one step costs ten; cases are steps too.

    With 3 x 2 cases without ties there are 72 steps at most: 3, 9, 15, 18, 15 and 12.
    """
    pairs = [1, 2], [3, 4], [5, 6]
    for limit, auto in ((720, "exact"), (719, "monte-carlo")):
        monkeypatch.setattr(_kruskal, "AUTO_LIMIT", limit)
        assert kruskal_wallis(*pairs, method="auto").method == auto
    # One case against many has few states, but is not even looked at beyond the limit.
    for cases, auto in ((9, "exact"), (10, "monte-carlo")):
        weights = [[1, 0], [4, cases - 4]]
        monkeypatch.setattr(_kruskal, "AUTO_LIMIT", 100)
        found = kruskal_wallis([0, 1], [0, 1], weights=weights, method="auto")
        assert found.method == auto
    monkeypatch.setattr(_kruskal, "EXACT_LIMIT", 720)
    assert kruskal_wallis(*pairs, method="exact").p_value > 0.0
    monkeypatch.setattr(_kruskal, "EXACT_LIMIT", 719)
    with pytest.raises(WorkError, match="Kruskal-Wallis"):
        kruskal_wallis(*pairs, method="exact")


def test_all_values_equal() -> None:
    """Without two different values H is undefined; every allocation is the same."""
    assert math.isnan(kruskal_wallis([2, 2], [2], method="asymptotic").p_value)
    for method in ("exact", "monte-carlo"):
        test = kruskal_wallis([2, 2], [2], method=method, rng=1)
        assert math.isnan(test.statistic)
        assert test.p_value == 1.0


@pytest.mark.parametrize("method", ["asymptotic", "exact", "monte-carlo", "auto"])
def test_empty_group(method: str) -> None:
    """With an empty group the test is undefined, by every method."""
    test = kruskal_wallis([1, 2], [None], method=method, rng=1)  # type: ignore[arg-type] # a word
    assert math.isnan(test.statistic)
    assert math.isnan(test.p_value)
    assert math.isnan(test.mean_ranks[1])
    assert (test.group_sizes, test.n, test.n_missing) == ((2, 0), 2, 1)


def test_long_sums_are_compared_exactly() -> None:
    """Sums whose squares pass 2**53 tie, or differ by one, as whole numbers do."""
    rng = np.random.default_rng(1)
    sizes = 4, 3, 3, 3
    factors = _kruskal._weighted_squares(sizes)
    for _ in range(20):
        given_sums = rng.integers(10**8, 10**9, 4).tolist()
        rows = [
            [given_sums[0] + shift, *others]
            for others in itertools.permutations(given_sums[1:])
            for shift in (-1, 0, 1)
        ]
        spread = [
            sum(Fraction(s * s, m) for s, m in zip(row, sizes, strict=True))
            for row in [given_sums, *rows]
        ]
        observed = _kruskal._square_sum(given_sums, factors)
        found = _kruskal._at_least(np.array(rows), factors, observed)
        assert found.tolist() == [value >= spread[0] for value in spread[1:]]


def test_too_many_groups_to_count() -> None:
    """Work that no float can hold is refused when asked for, else simulated."""
    groups = [[i % 3, (i + 1) % 2, 2, 0] * 10 for i in range(120)]
    assert kruskal_wallis(*groups, n_resamples=99).method == "monte-carlo"
    with pytest.raises(WorkError, match=r"about .*e\+\d{3} states"):
        kruskal_wallis(*groups, method="exact")


def test_messages() -> None:
    """One group, a missing generator and too much work are told with the way out."""
    with pytest.raises(InputError, match=r"kruskal_wallis\(a, b, c\)"):
        kruskal_wallis([[1, 2], [3, 4]])
    with pytest.raises(InputError, match="rng must be a numpy Generator"):
        kruskal_wallis([1], [2], method="monte-carlo")
    with pytest.raises(InputError, match="n_resamples"):
        kruskal_wallis([1], [2], n_resamples=0)
    with pytest.raises(WorkError, match="Kruskal-Wallis"):
        kruskal_wallis(*np.arange(600.0).reshape(3, 200), method="exact")
    with pytest.raises(InputError, match="method must be one of"):
        kruskal_wallis([1], [2], method="bayes")  # type: ignore[arg-type] # what is tested
