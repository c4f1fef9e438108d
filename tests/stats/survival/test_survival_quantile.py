import math
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given

from iph.errors import InputError
from iph.stats import kaplan_meier
from iph.testing import survival_data

Rows = tuple[list[int], list[bool], list[int]]


def naive_quantile(
    time: list[int], event: list[bool], share: Fraction, *, midpoint: bool
) -> float:
    """Walk down the curve in fractions until it is at 1 - share or below."""
    target, survival = 1 - share, Fraction(1)
    days = sorted(set(time))
    for day in days:
        n = sum(t >= day for t in time)
        d = sum(t == day and e for t, e in zip(time, event, strict=True))
        survival *= 1 - Fraction(d, n)
        if d and survival <= target:
            if survival < target or not midpoint:
                return day
            later = [t for t, e in zip(time, event, strict=True) if e and t > day]
            return (day + min(later, default=days[-1])) / 2
    return math.nan


def test_reference(reference: Callable[[str], list[dict[str, Any]]]) -> None:
    """Quartiles and their bounds are those of R's quantile of a survfit."""
    rising = 0
    for case in reference("kaplan_meier.json"):
        curve = kaplan_meier(
            case["time"],
            case["event"],
            weights=case.get("weights"),
            entry=case.get("entry"),
            confidence_level=case["level"],
            interval=case["transform"],
        )
        out = case["out"]
        # R's search takes a bound as falling; where one rises again (late entry) it
        # can pass over the first crossing, so those lower bounds are not compared.
        low = curve.low[~np.isnan(curve.low)]
        falling = bool((np.diff(low) <= 0).all())
        rising += not falling
        for index, share in enumerate((0.25, 0.5, 0.75)):
            found = curve.quantile(share)
            pairs = [
                (found.value, out["quantile"][index]),
                (found.high, out["quantile_high"][index]),
            ]
            if falling:
                pairs.append((found.low, out["quantile_low"][index]))
            for mine, expected in pairs:
                if expected is None:
                    assert math.isnan(mine), case["name"]
                else:
                    assert mine == pytest.approx(expected, abs=1e-9), case["name"]
    assert rising < 40


def test_freireich_median() -> None:
    """The median remission under 6-mercaptopurine is 23 weeks, from 13 upward."""
    weeks = [6, 6, 6, 6, 7, 9, 10, 10, 11, 13, 16, 17, 19, 20, 22, 23, 25, 32, 32]
    weeks += [34, 35]
    relapse = [1, 1, 1, 0, 1, 0, 1, 0, 0, 1, 1, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0]
    median = kaplan_meier(weeks, relapse, interval="log-log").median()
    assert (median.value, median.low) == (23.0, 13.0)
    assert math.isnan(median.high)
    assert (median.probability, median.flat) == (0.5, "midpoint")
    assert (median.method, median.confidence_level) == ("brookmeyer-crowley", 0.95)
    assert (median.n, median.n_missing) == (21, 0)


@given(
    survival_data(),
    st.sampled_from([Fraction(1, 2), Fraction(1, 3), Fraction(1, 4), Fraction(5, 6)]),
    st.booleans(),
)
def test_naive_walk(rows: Rows, share: Fraction, midpoint: bool) -> None:  # noqa: FBT001 - drawn
    """The quantile is that of a walk down the curve in exact fractions."""
    time, event, _ = rows
    found = kaplan_meier(time, event).quantile(
        share, flat="midpoint" if midpoint else "first"
    )
    expected = naive_quantile(time, event, share, midpoint=midpoint)
    np.testing.assert_equal(found.value, expected)


@pytest.mark.parametrize("n", [2, 6, 10, 20, 22, 28, 36, 50, 98, 1000])
def test_exactly_one_half(n: int) -> None:
    """A curve at exactly 1/2 is seen as such, however many factors made it.

    The product of the factors as floats misses 0.5 in the last digits for most of these
    n (0.5000000000000001 for 28), which shifts the median of programs that compare it.
    """
    half = n // 2
    curve = kaplan_meier(range(1, n + 1), [True] * n)
    assert curve.median().value == half + 0.5
    assert curve.median(flat="first").value == half
    assert curve.survival[half - 1] == 0.5


def test_exact_through_censoring() -> None:
    """A product that does not cancel, 9/10 x 4/6, is known to be exactly 3/5."""
    counts = kaplan_meier([1, 2, 3, 5], [True, False, True, True], weights=[1, 3, 2, 4])
    assert counts.quantile(Fraction(2, 5)).value == 4.0
    assert counts.quantile(0.4).value == 4.0
    assert counts.quantile(0.4, flat="first").value == 3.0


@given(st.integers(3, 60), st.integers(1, 40), st.integers(1, 40))
def test_no_float_decides(n: int, a: int, b: int) -> None:
    """Two curves that straddle 1/2 by less than a float can tell are told apart."""
    big = 2**50
    time, event = [1, 2, 3, 4], [True, False, True, True]
    # S after day 3 is (1 - a/n') x (1 - d/m); choose d so that it is about 1/2.
    first, censored = big // n + a, big // n + b
    at_risk = big - first - censored
    d = at_risk - big * at_risk // (2 * (big - first))
    for shift in (-1, 0, 1):
        weights = [first, censored, d + shift, at_risk - d - shift]
        curve = kaplan_meier(time, event, weights=weights)
        exact = Fraction(big - first, big)
        exact *= Fraction(at_risk - d - shift, at_risk)
        expected = 3.0 if exact < Fraction(1, 2) else 4.0
        if exact == Fraction(1, 2):
            expected = 3.5
        assert curve.median().value == expected


def test_long_exact_product() -> None:
    """Many factors are multiplied as integers and still give the exact answer."""
    # A censoring after each event: no factor cancels against the next.
    n = 400
    time = [day + part for day in range(n // 2) for part in (0.0, 0.5)]
    event = [True, False] * (n // 2)
    curve = kaplan_meier(time, event)
    survival = Fraction(1)
    for step in range(n // 2):
        at_risk = n - 2 * step
        survival *= Fraction(at_risk - 1, at_risk)
        if step == 120:
            share = 1 - survival
    assert curve.quantile(share, flat="first").value == 120.0
    assert curve.quantile(share).value == 120.5
    assert curve.quantile(share + Fraction(1, 10**40), flat="first").value == 121.0
    assert curve.quantile(share - Fraction(1, 10**40), flat="first").value == 120.0


@given(survival_data())
def test_interval_holds_the_quantile(rows: Rows) -> None:
    """The bounds of the median lie on both sides of its first day."""
    median = kaplan_meier(rows[0], rows[1]).median(flat="first")
    if not math.isnan(median.low):
        assert math.isnan(median.value) or median.low <= median.value
    if not math.isnan(median.high):
        assert median.high >= median.value


@given(survival_data(), st.floats(0.05, 0.45))
def test_quantiles_rise(rows: Rows, share: float) -> None:
    """A larger share is reached later."""
    curve = kaplan_meier(rows[0], rows[1])
    first, second = curve.quantile(share), curve.quantile(1 - share)
    assert math.isnan(second.value) or first.value <= second.value


def test_flat_to_the_end() -> None:
    """Flat at 1/2 to the last day: the middle of that stretch, as in R."""
    curve = kaplan_meier([1, 2, 3, 9], [True, True, False, False])
    assert curve.median().value == 5.5
    assert curve.median(flat="first").value == 2.0
    ends_there = kaplan_meier([1, 2, 2, 2], [True, True, False, False])
    assert ends_there.median().value == 2.0


def test_degenerate() -> None:
    """Without patients or events no quantile is reached."""
    for data in (([], []), ([1, 2], [False, False])):
        median = kaplan_meier(*data, interval="log-log").median()
        assert all(math.isnan(v) for v in (median.value, median.low, median.high))
        # Two patients do not exclude any day.
        exact = kaplan_meier(*data).median()
        assert math.isnan(exact.value)
        assert exact.low == 0.0
        assert math.isnan(exact.high)
    at_once = kaplan_meier([5, 5], [True, True], interval="log-log").median()
    assert at_once.value == 5.0
    assert math.isnan(at_once.low)


@pytest.mark.parametrize("share", [0, 1, 0.0, 1.0, -0.5, True, "0.5", None, math.nan])
def test_share_refused(share: Any) -> None:
    """A share is a number strictly between 0 and 1."""
    with pytest.raises(InputError, match="p must be a share between 0 and 1"):
        kaplan_meier([1], [True]).quantile(share)


def test_flat_refused() -> None:
    """The rule for a flat stretch is one of two words."""
    with pytest.raises(InputError, match="flat must be one of 'midpoint', 'first'"):
        kaplan_meier([1], [True]).median(flat="last")  # type: ignore[arg-type] # refused


def test_a_share_that_is_missed_by_its_last_digit() -> None:
    """Two of three recovered: the curve ends at 1/3, just above the share typed."""
    curve = kaplan_meier([1, 2, 3], [True, True, False])
    assert curve.quantile(Fraction(2, 3)).value == 2.5
    assert math.isnan(curve.quantile(0.6666666666666667).value)
    assert curve.quantile(0.6666666666666666).value == 2
