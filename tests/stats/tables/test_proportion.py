"""Proportions and the difference of two."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from iph.errors import InputError
from iph.stats import proportion
from iph.stats._tables.proportion import METHODS, ProportionMethod

IN_R: tuple[ProportionMethod, ...] = ("wilson", "clopper-pearson", "jeffreys")
LEVELS = st.sampled_from([0.5, 0.8, 0.9, 0.95, 0.99, 0.999])


@st.composite
def counts_of(draw: st.DrawFn, *, least: int = 1) -> tuple[int, int]:
    """Draw a count and the number of patients it is out of."""
    n = draw(st.integers(least, 300))
    return draw(st.integers(0, n)), n


def test_newcombe_1998_single() -> None:
    """The score interval of Newcombe's Table I, as printed."""
    for count, n, low, high in [
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ]:
        found = proportion(count, n, method="wilson")
        assert (round(found.low, 4), round(found.high, 4)) == (low, high)


def test_r(reference: Callable[[str], list[dict[str, Any]]]) -> None:
    """All three intervals are those of R."""
    cases = [c for c in reference("description.json") if c["kind"] == "proportion"]
    assert len(cases) == 200
    for case in cases:
        for method, key in zip(IN_R, ("wilson", "exact", "jeffreys"), strict=True):
            found = proportion(
                case["count"],
                case["n"],
                confidence_level=case["level"],
                method=method,
            )
            np.testing.assert_allclose(
                [found.low, found.high], case[key], rtol=1e-9, atol=1e-12
            )


@given(counts_of(), st.sampled_from(METHODS), LEVELS)
def test_interval_holds_estimate(
    counts: tuple[int, int], method: ProportionMethod, confidence_level: float
) -> None:
    """The interval holds the estimate and stays within 0 and 1."""
    found = proportion(*counts, method=method, confidence_level=confidence_level)
    assert 0.0 <= found.low <= found.estimate <= found.high <= 1.0


@given(counts_of(), st.sampled_from(METHODS), LEVELS, LEVELS)
def test_interval_grows_with_level(
    counts: tuple[int, int], method: ProportionMethod, one: float, other: float
) -> None:
    """A higher level gives an interval that holds the other."""
    inner = proportion(*counts, method=method, confidence_level=min(one, other))
    outer = proportion(*counts, method=method, confidence_level=max(one, other))
    assert outer.low <= inner.low
    assert inner.high <= outer.high


@given(counts_of(), st.sampled_from(METHODS), st.integers(2, 20))
def test_interval_shrinks_with_n(
    counts: tuple[int, int], method: ProportionMethod, times: int
) -> None:
    """More patients at the same share give a shorter interval."""
    k, n = counts
    few = proportion(k, n, method=method)
    many = proportion(k * times, n * times, method=method)
    assert many.high - many.low < few.high - few.low


@given(counts_of(), st.sampled_from(METHODS), LEVELS)
def test_mirror(
    counts: tuple[int, int], method: ProportionMethod, confidence_level: float
) -> None:
    """Having a finding and not having it mirror each other."""
    k, n = counts
    found = proportion(k, n, method=method, confidence_level=confidence_level)
    other = proportion(n - k, n, method=method, confidence_level=confidence_level)
    np.testing.assert_allclose(
        [1.0 - other.high, 1.0 - other.low], [found.low, found.high], atol=1e-14
    )


@given(st.integers(1, 10**9), st.sampled_from(METHODS), LEVELS)
def test_none_and_all(
    n: int, method: ProportionMethod, confidence_level: float
) -> None:
    """With 0 of n the lower bound is exactly 0; with n of n the upper exactly 1."""
    none = proportion(0, n, method=method, confidence_level=confidence_level)
    every = proportion(n, n, method=method, confidence_level=confidence_level)
    assert none.low == 0.0 == none.estimate
    assert every.high == 1.0 == every.estimate
    assert none.high > 0.0
    assert every.low < 1.0


def test_no_patients() -> None:
    """Of nobody nothing is known."""
    for method in METHODS:
        found = proportion(0, 0, method=method, n_missing=3)
        assert math.isnan(found.estimate)
        assert (found.low, found.high, found.n, found.n_missing) == (0.0, 1.0, 0, 3)


def test_large_counts() -> None:
    """At a billion patients the bound of a rare finding keeps its digits."""
    found = proportion(0, 10**9, method="wilson")
    assert found.high == pytest.approx(3.8414588e-9, rel=1e-7)
    exact = proportion(0, 10**9)
    assert exact.high == pytest.approx(-math.log(0.025) * 1e-9, rel=1e-7)


def test_refused() -> None:
    """Impossible counts and levels are refused with the argument's name."""
    with pytest.raises(InputError, match="count must be a whole number from 0 to 3"):
        proportion(4, 3)
    with pytest.raises(InputError, match="n must be a whole number of at least 0"):
        proportion(0, -1)
    for n in (2**53 + 1, 10**400, 10**5000):
        with pytest.raises(InputError, match=r"n must be at most 2\*\*53 patients"):
            proportion(1, n)
    with pytest.raises(InputError, match=r"did you mean 0\.95"):
        proportion(1, 3, confidence_level=95)
    with pytest.raises(InputError, match="method must be one of 'clopper-pearson'"):
        proportion(1, 3, method="wald")  # type: ignore[arg-type] # refused


def tails(n: int, share: float) -> tuple[list[float], list[float]]:
    """Return the lower and upper tail of every count of n."""
    chances = [
        math.comb(n, k) * share**k * (1 - share) ** (n - k) for k in range(n + 1)
    ]
    lower = [math.fsum(chances[: k + 1]) for k in range(n + 1)]
    upper = [math.fsum(chances[k:]) for k in range(n + 1)]
    return lower, upper


@pytest.mark.parametrize("n", range(1, 13))
def test_clopper_pearson_agrees_with_the_central_test(n: int) -> None:
    """A share is in the interval exactly if twice the smaller tail exceeds 5 %."""
    found = [proportion(k, n) for k in range(n + 1)]
    for i in range(1, 201):
        share = i / 201  # never a bound to the last digit
        lower, upper = tails(n, share)
        for k, interval in enumerate(found):
            inside = interval.low < share < interval.high
            assert inside == (2 * min(lower[k], upper[k]) > 0.05)


@pytest.mark.parametrize("method", ["clopper-pearson", "blaker"])
@pytest.mark.parametrize("n", range(1, 13))
def test_guaranteed_coverage(n: int, method: ProportionMethod) -> None:
    """Of all samples at least 95 % have an interval that holds the share, anywhere."""
    found = [proportion(k, n, method=method) for k in range(n + 1)]
    shares = [i / 500 for i in range(1, 500)]
    for share in shares + [end for one in found for end in (one.low, one.high)]:
        held = math.fsum(
            math.comb(n, k) * share**k * (1 - share) ** (n - k)
            for k, one in enumerate(found)
            if one.low <= share <= one.high
        )
        assert held >= 0.95 - 1e-9


@pytest.mark.parametrize("n", range(1, 13))
def test_blaker(n: int) -> None:
    """The interval is the hull of the shares that Blaker's test accepts.

    It accepts a share if all counts with a smaller tail no larger than that of the one
    observed have a chance of more than 5 % together.
    """
    grid = [i / 2000 for i in range(1, 2000)]
    accepted: list[list[float]] = [[] for _ in range(n + 1)]
    for share in grid:
        lower, upper = tails(n, share)
        least = [min(pair) for pair in zip(lower, upper, strict=True)]
        for k in range(n + 1):
            together = math.fsum(
                math.comb(n, j) * share**j * (1 - share) ** (n - j)
                for j in range(n + 1)
                if least[j] <= least[k] * (1 + 1e-12)
            )
            if together > 0.05:
                accepted[k].append(share)
    for k in range(n + 1):
        found = proportion(k, n, method="blaker")
        central = proportion(k, n)
        assert central.low <= found.low
        assert found.high <= central.high
        assert found.low == pytest.approx(accepted[k][0] if k else 0.0, abs=6e-4)
        assert found.high == pytest.approx(accepted[k][-1] if k < n else 1.0, abs=6e-4)


@given(counts_of(), LEVELS)
def test_mid_p(counts: tuple[int, int], confidence_level: float) -> None:
    """At a bound the tail with half of the count observed is half of 1 - level."""
    k, n = counts
    found = proportion(k, n, method="mid-p", confidence_level=confidence_level)
    tail = (1.0 - confidence_level) / 2.0
    binom = stats.binom(n, found.low)
    if k:
        assert binom.sf(k) + binom.pmf(k) / 2 == pytest.approx(tail, rel=1e-6)
    binom = stats.binom(n, found.high)
    if k < n:
        assert binom.cdf(k - 1) + binom.pmf(k) / 2 == pytest.approx(tail, rel=1e-6)


def test_agresti_coull() -> None:
    """Two successes and failures are added (about), as in their paper: 0 of 10."""
    z = 1.959963984540054
    found = proportion(0, 10, method="agresti-coull")
    middle = (z * z / 2) / (10 + z * z)
    half = z * math.sqrt(middle * (1 - middle) / (10 + z * z))
    assert found.low == 0.0
    assert found.high == pytest.approx(middle + half, rel=1e-12)
