import math
from typing import Any

import attrs
import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given

from iph.errors import InputError
from iph.stats import kaplan_meier
from iph.stats._survival.survival_bands import TRANSFORMS, Transform
from iph.stats._survival.survival_quantile import Flat
from iph.testing import survival_data

Rows = tuple[list[int], list[bool], list[int]]

# Freireich et al. 1963: weeks of remission of 21 children under 6-mercaptopurine.
WEEKS = [6, 6, 6, 6, 7, 9, 10, 10, 11, 13, 16, 17, 19, 20, 22, 23, 25, 32, 32, 34, 35]
RELAPSE = [1, 1, 1, 0, 1, 0, 1, 0, 0, 1, 1, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0]


def test_freireich_table() -> None:
    """Survival and number at risk at round weeks are those printed below the curve."""
    found = kaplan_meier(WEEKS, RELAPSE).at([0, 5, 10, 15, 20, 25, 30, 35])
    assert found.at_risk.tolist() == [21, 21, 15, 11, 8, 5, 4, 1]
    assert [round(s, 4) for s in found.survival.tolist()] == [
        1.0,
        1.0,
        0.7529,
        0.6902,
        0.6275,
        0.4482,
        0.4482,
        0.4482,
    ]
    assert (found.n, found.n_missing, found.method) == (21, 0, "kaplan-meier")
    assert (found.interval, found.confidence_level) == ("beta-product", 0.95)


def test_at_risk_before_the_events_of_the_day() -> None:
    """With visits at 1, 3, 6 and 12 months, 10, 8, 4 and 1 are at risk at them."""
    time = [1] * 2 + [3] * 4 + [6] * 3 + [12]
    found = kaplan_meier(time, [True] * 9 + [False]).at([1, 3, 6, 12])
    assert found.at_risk.tolist() == [10, 8, 4, 1]


@given(survival_data(), st.lists(st.floats(0, 14), max_size=6), st.data())
def test_naive_reading(rows: Rows, days: list[float], data: st.DataObject) -> None:
    """The survival is that of the last time not after the day; counts are counted."""
    time = [t + 1 for t in rows[0]]
    entry = [data.draw(st.integers(0, t - 1)) for t in time]
    late = data.draw(st.booleans())
    curve = kaplan_meier(time, rows[1], entry=entry if late else None)
    found = curve.at(days)
    assert found.day.tolist() == days
    for index, day in enumerate(days):
        began = entry if late else [-1] * len(time)
        at_risk = sum(a < day <= t for a, t in zip(began, time, strict=True))
        assert found.at_risk[index] == at_risk
        passed = [k for k, t in enumerate(curve.time) if t <= day]
        if day > max(time) and curve.survival[-1] > 0:
            assert math.isnan(found.survival[index])
            # Nobody is left: only that the share was below the last upper bound.
            assert found.low[index] == 0.0
            assert found.high[index] == curve.high[-1]
        elif passed:
            for name in ("survival", "low", "high", "standard_error"):
                np.testing.assert_equal(
                    getattr(found, name)[index], getattr(curve, name)[passed[-1]]
                )
        else:
            assert (found.survival[index], found.standard_error[index]) == (1.0, 0.0)


@given(survival_data(), st.data())
def test_reading_with_case_counts(rows: Rows, data: st.DataObject) -> None:
    """Late entries are counted with their weight."""
    time = np.array(rows[0]) + 1
    entry = np.array([data.draw(st.integers(0, t - 1)) for t in time.tolist()])
    weights = np.array([data.draw(st.integers(0, 3)) for _ in rows[0]])
    event = np.array(rows[1])
    days = range(15)
    counted = kaplan_meier(time, event, entry=entry, weights=weights).at(days)
    copies = np.repeat(np.arange(time.size), weights)
    repeated = kaplan_meier(time[copies], event[copies], entry=entry[copies]).at(days)
    np.testing.assert_array_equal(counted.at_risk, repeated.at_risk)
    np.testing.assert_array_equal(counted.survival, repeated.survival)


def test_one_day() -> None:
    """A single day may be given as a number; the answer is a column of one."""
    found = kaplan_meier([2, 4], [True, False]).at(3)
    assert found.survival.tolist() == [0.5]
    assert found.at_risk.tolist() == [1]


def test_interval_before_the_first_event() -> None:
    """Before any event the bounds are 1 where their formula says so, else NaN."""
    plain = kaplan_meier([2, 4], [True, False], interval="plain").at(1)
    assert (plain.low[0], plain.high[0]) == (1.0, 1.0)
    log_log = kaplan_meier([2, 4], [True, False], interval="log-log").at(1)
    assert math.isnan(log_log.low[0])
    assert math.isnan(log_log.high[0])


@pytest.mark.parametrize("transform", TRANSFORMS)
def test_bounds_of_no_event_are_alike(transform: Transform) -> None:
    """Bounds where nobody has had the event are those of the curve's own censorings."""
    curve = kaplan_meier([1, 2, 4], [False, True, False], interval=transform)
    found = curve.at([0, 0.5, 1, 2, 3])
    edge = 1.0 if transform in {"plain", "log"} else math.nan
    for name in ("low", "high"):
        own = getattr(curve, name)
        np.testing.assert_equal(getattr(found, name)[:3], [edge, edge, own[0]])
        np.testing.assert_equal(own[0], edge)
        np.testing.assert_equal(getattr(found, name)[3:], [own[1], own[1]])


@given(survival_data(), st.sampled_from(["midpoint", "first"]))
def test_median_is_the_quantile_of_one_half(rows: Rows, flat: Flat) -> None:
    """The median is the day by which half have had the event, by the same rule."""
    curve = kaplan_meier(rows[0], rows[1])
    median, half = curve.median(flat=flat), curve.quantile(0.5, flat=flat)
    np.testing.assert_equal(attrs.astuple(median), attrs.astuple(half))
    assert (median.probability, median.flat) == (0.5, flat)
    same = attrs.astuple(curve.median()), attrs.astuple(curve.median(flat="midpoint"))
    np.testing.assert_equal(*same)


def test_beyond_the_last_day() -> None:
    """After the last day nothing is known, unless nobody is left."""
    assert math.isnan(kaplan_meier([2, 4], [True, False]).at(5).survival[0])
    assert kaplan_meier([2, 4], [True, True]).at(5).survival.tolist() == [0.0]
    nobody = kaplan_meier([], []).at([0, 1])
    assert np.isnan(nobody.survival).all()
    assert nobody.at_risk.tolist() == [0, 0]


def test_messages() -> None:
    """A day must be a number of 0 or more."""
    curve = kaplan_meier([2], [True])
    with pytest.raises(InputError, match=r"days\[1\] must be a number, got None"):
        curve.at([1, None])
    with pytest.raises(InputError, match=r"days\[0\] must be a finite number from 0"):
        curve.at(-1)
    with pytest.raises(InputError, match=r"days\[0\] must be a number or None"):
        curve.at("12")


def test_a_printed_curve_shows_its_attributes() -> None:
    """What is kept for late entries only is not printed."""
    found = kaplan_meier([3, 5, 8], [True, False, True], entry=[0, 1, 2])
    names = [name for name in attrs.asdict(found) if not name.startswith("_")]
    printed = repr(found)
    assert [name for name in attrs.asdict(found) if f"{name}=" in printed] == names


@pytest.mark.parametrize("days", [[[1], [2, 3]], [[1, 2]], [None]])
def test_days_are_one_or_a_column(days: Any) -> None:
    """Columns in a column are refused, whatever their lengths."""
    curve = kaplan_meier([1, 2, 3], [1, 1, 0])
    with pytest.raises(InputError, match=r"days\[0\] must be"):
        curve.at(days)
