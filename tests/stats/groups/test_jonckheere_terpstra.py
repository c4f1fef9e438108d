"""The Jonckheere-Terpstra test."""

import itertools
import math
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given

from iph.errors import InputError, WorkError
from iph.stats import jonckheere_terpstra, mann_whitney
from iph.stats._groups import jonckheere_terpstra as _jonckheere
from iph.stats._groups.jonckheere_terpstra import trend_variance
from iph.stats._groups.ranks import rank_table
from iph.stats._inference.exact_work import dealing_steps
from iph.testing import grouped_scores

Reference = Callable[[str], list[dict[str, Any]]]
SMALL = grouped_scores(min_groups=2, max_groups=3, max_size=3)


def split(values: list[float], sizes: list[int]) -> list[list[float]]:
    """Cut pooled values into groups."""
    rest = iter(values)
    return [[next(rest) for _ in range(size)] for size in sizes]


def j_of(samples: list[list[float]]) -> Fraction:
    """Count pairs by the definition."""
    return sum(
        (
            Fraction((b > a) * 2 + (a == b), 2)
            for earlier, later in itertools.combinations(samples, 2)
            for a in earlier
            for b in later
        ),
        Fraction(0),
    )


def test_r(reference: Reference) -> None:
    """J, z and p agree with R (z is that of Kendall's S of values and groups)."""
    cases = [c for c in reference("independent_groups.json") if c["kind"] == "several"]
    assert len(cases) >= 200
    for case in cases:
        samples, told = split(case["values"], case["sizes"]), case["jonckheere"]
        test = jonckheere_terpstra(*samples, method="asymptotic")
        assert test.statistic == told["statistic"]
        np.testing.assert_allclose(
            [test.z, test.p_value], [told["z"], told["p"]], rtol=1e-9, atol=1e-12
        )


@given(SMALL)
def test_exact_is_full_enumeration(samples: list[list[int]]) -> None:
    """Exact p-values, mean and variance are those of all orders of the values."""
    values = [float(v) for sample in samples for v in sample][:6]
    sizes = [len(sample) for sample in samples]
    while sum(sizes) > len(values):
        sizes[int(np.argmax(sizes))] -= 1
    groups = split(values, sizes)
    found = [j_of(split(list(o), sizes)) for o in itertools.permutations(values)]
    mean = sum(found, Fraction(0)) / len(found)
    observed = j_of(groups)
    upper = sum(j >= observed for j in found) / len(found)
    lower = sum(j <= observed for j in found) / len(found)
    far = sum(abs(j - mean) >= abs(observed - mean) for j in found) / len(found)
    test = jonckheere_terpstra(*groups)
    assert test.method == "exact"
    assert test.mean == mean
    assert trend_variance(rank_table(groups)) == sum(
        ((j - mean) ** 2 for j in found), Fraction(0)
    ) / len(found)
    assert test.p_value == pytest.approx(far, rel=1e-14)
    for alternative, expected in (("greater", upper), ("less", lower)):
        one = jonckheere_terpstra(*groups, alternative=alternative)  # type: ignore[arg-type] # a word
        assert one.p_value == pytest.approx(expected, rel=1e-14)
    central = jonckheere_terpstra(*groups, two_sided="central").p_value
    assert central == pytest.approx(min(1.0, 2 * min(lower, upper)), rel=1e-14)


@given(grouped_scores(min_groups=2, max_groups=2, max_size=6))
def test_two_groups_are_the_mann_whitney_test(samples: list[list[int]]) -> None:
    """With two groups it is the Mann-Whitney test of the second against the first."""
    x, y = samples
    expected = mann_whitney(y, x, method="exact", alternative="greater")
    test = jonckheere_terpstra(x, y, method="exact", alternative="greater")
    assert test.statistic == expected.statistic
    assert test.p_value == expected.p_value
    np.testing.assert_allclose(test.z, expected.z, rtol=1e-12)


@given(grouped_scores(max_groups=3, max_size=4))
def test_turning_the_order_flips_the_sign(samples: list[list[int]]) -> None:
    """Groups in the opposite order have the opposite trend; scale does not matter."""
    turned = [[math.exp(v) for v in sample[::-1]] for sample in samples[::-1]]
    for method in ("asymptotic", "exact"):
        one = jonckheere_terpstra(*samples, method=method, alternative="greater")
        two = jonckheere_terpstra(*turned, method=method, alternative="less")
        np.testing.assert_array_equal(two.z, -one.z)
        np.testing.assert_allclose(two.p_value, one.p_value, rtol=1e-14)


@given(grouped_scores(max_groups=3, max_size=3))
def test_weights_are_repetitions(samples: list[list[int]]) -> None:
    """Case counts and repeated rows give the same answer."""
    doubled = [sample * 2 for sample in samples]
    weights = [[2] * len(sample) for sample in samples]
    found = jonckheere_terpstra(*samples, weights=weights)
    assert repr(found) == repr(jonckheere_terpstra(*doubled))


def test_monte_carlo_holds_the_exact_p() -> None:
    """Simulated p-values cover the exact ones, for every alternative and rule."""
    samples = [1, 2, 2, 0], [2, 3, 1], [3, 3, 2, 4]
    for alternative in ("two-sided", "greater", "less"):
        for two_sided in ("abs", "central"):
            options: Any = {"alternative": alternative, "two_sided": two_sided}
            exact = jonckheere_terpstra(*samples, method="exact", **options)
            test = jonckheere_terpstra(*samples, method="monte-carlo", rng=6, **options)
            assert test.p_low is not None
            assert test.p_high is not None
            assert test.p_low <= exact.p_value <= test.p_high


def test_auto() -> None:
    """Auto is exact while cheap, then simulates if it may, else approximates."""
    wide = [list(range(i, i + 40)) for i in range(4)]
    assert jonckheere_terpstra([1, 2], [2], [3]).method == "exact"
    drawn = jonckheere_terpstra(*wide)
    assert (drawn.method, drawn.seed) == ("monte-carlo", 2023)
    given = jonckheere_terpstra(*wide, rng=1, n_resamples=20)
    assert (given.method, given.seed) == ("monte-carlo", None)
    large = jonckheere_terpstra(*(list(group) * 10 for group in wide))
    assert large.method == "asymptotic"
    many = jonckheere_terpstra([0, 1], [0, 1], weights=[[10**6, 1], [1, 2]])
    assert many.method == "asymptotic"


def test_limits_of_work(monkeypatch: pytest.MonkeyPatch) -> None:
    """Auto counts as far as its limit, and a count asked for by name has one too.

    Three groups of four: J runs over 2 (16 + 16 + 16) + 1 = 97 values, each of three
    bytes for 12! / (4! 4! 4!) = 34,650 allocations, so 36 words of 64 bits in all.
    """
    groups = [1, 1, 3, 4], [5, 6, 7, 8], [9, 10, 11, 12]
    steps = dealing_steps([2, *[1] * 10], [4, 4, 4])
    for words_a_step, work in ((1, steps * 37), (1000, steps)):
        monkeypatch.setattr(_jonckheere, "_WORDS_A_STEP", words_a_step)
        monkeypatch.setattr(_jonckheere, "AUTO_LIMIT", work)
        assert jonckheere_terpstra(*groups).method == "exact"
        monkeypatch.setattr(_jonckheere, "AUTO_LIMIT", work - 1)
        assert jonckheere_terpstra(*groups).method == "monte-carlo"
    untied = [1, 2, 3, 4], [5, 6, 7, 8], [9, 10, 11, 12]
    for limit, auto in ((8 * 48 / 30, "exact"), (8 * 48 / 31, "monte-carlo")):
        monkeypatch.setattr(_jonckheere, "AUTO_LIMIT", limit)
        assert jonckheere_terpstra(*untied).method == auto
    monkeypatch.setattr(_jonckheere, "EXACT_LIMIT", 12_000)
    assert jonckheere_terpstra(*groups, method="exact").p_value > 0.0
    monkeypatch.setattr(_jonckheere, "EXACT_LIMIT", 11_999)
    with pytest.raises(WorkError, match="Jonckheere-Terpstra"):
        jonckheere_terpstra(*groups, method="exact")


@given(grouped_scores(max_groups=4, max_size=4))
def test_every_allocation_is_counted_once(samples: list[list[int]]) -> None:
    """The counts of all values of J add up to the number of allocations."""
    table = rank_table(samples)
    found = _jonckheere._distribution(table.ties.tolist(), table.sizes)
    parts = math.prod(map(math.factorial, table.sizes))
    assert found.total == math.factorial(table.n) // parts


def test_too_many_groups_to_count() -> None:
    """Work that no float can hold is refused when asked for, else left to z."""
    groups = [[i % 3, (i + 1) % 2, 2, 0] * 10 for i in range(120)]
    assert jonckheere_terpstra(*groups).method == "asymptotic"
    with pytest.raises(WorkError, match=r"about .*e\+\d{3} states"):
        jonckheere_terpstra(*groups, method="exact")


def test_all_values_equal() -> None:
    """Without two different values z is undefined and the exact p-value is 1."""
    test = jonckheere_terpstra([1, 1], [1], [1])
    assert math.isnan(test.z)
    assert test.p_value == 1.0
    plain = jonckheere_terpstra([1, 1], [1], method="asymptotic")
    assert math.isnan(plain.p_value)
    assert trend_variance(rank_table([[1], []])) == 0


@pytest.mark.parametrize("method", ["auto", "exact", "asymptotic", "monte-carlo"])
def test_empty_group(method: str) -> None:
    """With an empty group everything is undefined, by every method."""
    test = jonckheere_terpstra([1, 2], [], [3, None], method=method, rng=1)  # type: ignore[arg-type] # a word
    assert math.isnan(test.statistic)
    assert math.isnan(test.p_value)
    assert (test.group_sizes, test.n, test.n_missing) == ((2, 0, 1), 3, 1)


def test_messages() -> None:
    """Bad options and too much work are told."""
    with pytest.raises(InputError, match="at least two groups"):
        jonckheere_terpstra([1, 2])
    with pytest.raises(InputError, match="alternative must be one of"):
        jonckheere_terpstra([1], [2], alternative="increasing")  # type: ignore[arg-type] # what is tested
    with pytest.raises(WorkError, match="Jonckheere-Terpstra"):
        jonckheere_terpstra(*([range(40)] * 4), method="exact")
