import math
from collections.abc import Callable
from fractions import Fraction
from statistics import NormalDist
from typing import Any

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import assume, given

from iph.errors import DataError, InputError
from iph.stats import kaplan_meier
from iph.testing import survival_data

Rows = tuple[list[int], list[bool], list[int]]


def test_reference(reference: Callable[[str], list[dict[str, Any]]]) -> None:
    """Mean and error are those that R prints for a survfit with rmean."""
    compared = 0
    for case in reference("kaplan_meier.json"):
        if "tau" not in case:
            continue
        compared += 1
        found = kaplan_meier(
            case["time"],
            case["event"],
            weights=case.get("weights"),
            entry=case.get("entry"),
        ).restricted_mean(case["tau"])
        expected = case["out"]["mean"], case["out"]["mean_se"]
        assert (found.value, found.standard_error) == pytest.approx(
            expected, rel=1e-12, abs=1e-9
        ), case["name"]
    assert compared >= 150


@given(survival_data(), st.fractions(Fraction(1, 2), 12, max_denominator=4))
def test_area_by_hand(rows: Rows, tau: Fraction) -> None:
    """The mean is the area under the curve, the variance Greenwood's, in fractions."""
    time, event, _ = rows
    assume(tau <= max(time))
    area, variance, survival = Fraction(0), Fraction(0), Fraction(1)
    steps: list[tuple[int, Fraction, int, int]] = []
    for day in sorted(set(time)):
        n = sum(t >= day for t in time)
        d = sum(t == day and e for t, e in zip(time, event, strict=True))
        survival *= 1 - Fraction(d, n)
        steps.append((day, survival, n, d))
    days = [Fraction(0), *(Fraction(day) for day, *_ in steps)]
    values = [Fraction(1), *(s for _, s, *_ in steps)]

    def area_from(start: Fraction) -> Fraction:
        ends = [*days[1:], tau]
        return sum(
            (
                s * max(min(b, tau) - max(a, start), Fraction(0))
                for a, b, s in zip(days, ends, values, strict=True)
            ),
            Fraction(0),
        )

    area = area_from(Fraction(0))
    for day, _, n, d in steps:
        if day < tau and d < n:
            variance += area_from(Fraction(day)) ** 2 * Fraction(d, n * (n - d))
    found = kaplan_meier(time, event).restricted_mean(float(tau))
    assert found.value == pytest.approx(float(area), rel=1e-12, abs=1e-12)
    assert found.standard_error == pytest.approx(
        math.sqrt(variance), rel=1e-12, abs=1e-12
    )


@given(survival_data())
def test_complete_data_give_the_mean(rows: Rows) -> None:
    """If everybody has the event, the mean of min(time, tau) comes out."""
    time = np.array(rows[0], dtype=float)
    tau = float(time.max()) + 2.0
    found = kaplan_meier(time, [True] * time.size).restricted_mean(tau)
    assert found.value == pytest.approx(time.mean(), rel=1e-12, abs=1e-12)


@given(survival_data(), st.floats(0.5, 0.95))
def test_interval(rows: Rows, level: float) -> None:
    """The interval holds the mean and grows with the level."""
    time, event, _ = rows
    assume(max(time) > 0)
    narrow = kaplan_meier(time, event, confidence_level=level)
    wide = kaplan_meier(time, event, confidence_level=(1 + level) / 2)
    a, b = (c.restricted_mean(max(time)) for c in (narrow, wide))
    assert b.low <= a.low <= a.value <= a.high <= b.high
    assert a.confidence_level == level
    half = NormalDist().inv_cdf((1 + level) / 2) * a.standard_error
    assert (a.low, a.high) == pytest.approx((a.value - half, a.value + half), abs=1e-9)


def test_interval_by_hand() -> None:
    """Of 4 patients 1 recovers on day 2: 5 of the first 6 days, 3.30 to 6.70.

    The curve is 1 for 2 days and 3/4 for 4; from day 2 on the area is 3, Greenwood's
    share 1 / (4 x 3), so the error is sqrt(9 / 12) and the 95 % bounds 1.70 away.
    """
    found = kaplan_meier([2, 6, 6, 6], [True, False, False, False]).restricted_mean(6)
    assert found.value == 5.0
    assert found.standard_error == pytest.approx(math.sqrt(0.75), rel=1e-12)
    assert found.low == pytest.approx(5 - 1.959963984540054 * math.sqrt(0.75))
    assert found.high == pytest.approx(5 + 1.959963984540054 * math.sqrt(0.75))


def test_limit_beyond_the_last_day() -> None:
    """A limit beyond the last day is refused unless nobody is left by then."""
    unknown = kaplan_meier([2, 4], [True, False])
    with pytest.raises(DataError, match=r"unknown after day 4.*tau of at most 4"):
        unknown.restricted_mean(5)
    found = unknown.restricted_mean(4)
    assert (found.value, found.tau) == (3.0, 4.0)
    assert (found.n, found.n_missing) == (2, 0)
    assert found.method == "area under Kaplan-Meier, Greenwood"
    assert kaplan_meier([2, 4], [True, True]).restricted_mean(9).value == 3.0


def test_degenerate() -> None:
    """No event before the limit gives the limit itself, without error."""
    found = kaplan_meier([5, 6], [True, False]).restricted_mean(3)
    assert (found.value, found.standard_error) == (3.0, 0.0)
    at_once = kaplan_meier([2, 2], [True, True]).restricted_mean(3)
    assert (at_once.value, at_once.standard_error) == (2.0, 0.0)
    on_day_0 = kaplan_meier([0, 4], [True, False]).restricted_mean(4)
    assert on_day_0.value == 2.0


def test_messages() -> None:
    """The limit is one positive number, and there must be patients."""
    curve = kaplan_meier([2, 4], [True, False])
    for tau in (0, None, math.nan):
        with pytest.raises(InputError, match="tau must be a positive number of days"):
            curve.restricted_mean(tau)  # type: ignore[arg-type] # refused
    with pytest.raises(InputError, match=r"tau\[0\] must be a finite number from 0"):
        curve.restricted_mean(-1)
    with pytest.raises(DataError, match="needs at least one patient"):
        kaplan_meier([], []).restricted_mean(3)
