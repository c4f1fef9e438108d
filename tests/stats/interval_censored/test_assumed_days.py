"""Assumed days are where the rule puts them, and the medians follow."""

import math

import numpy as np
import pytest
from hypothesis import given

from iph.errors import DataError, InputError
from iph.stats import assumed_days, interval_sensitivity, kaplan_meier, turnbull
from iph.testing import recovery_intervals

LEFT = [0, 7, 7, 30, 30, 30, 91, 91, 182, 182]
RIGHT = [7, 30, 30, 91, 91, 182, 182, 365, 365, math.inf]


def test_days_of_each_rule() -> None:
    """Right end, middle, left end; never recovered is censored at the left end."""
    left, right = [0, 30, 91, 5], [7, 91, math.inf, 5]
    expected = {
        "right-point": [7.0, 91.0, 91.0, 5.0],
        "midpoint": [3.5, 60.5, 91.0, 5.0],
        "left-point": [0.0, 30.0, 91.0, 5.0],
    }
    assert assumed_days(left, right).time.tolist() == expected["right-point"]
    assert (
        assumed_days(left, right, rule="midpoint").time.tolist()
        == (expected["midpoint"])
    )
    found = assumed_days(left, right, rule="left-point")
    assert found.time.tolist() == expected["left-point"]
    assert found.event.tolist() == [True, True, False, True]
    assert (found.rule, found.n, found.n_missing) == ("left-point", 4, 0)


def test_rows_keep_their_place() -> None:
    """A missing end leaves a hole, so that other columns still fit."""
    found = assumed_days([0, None, 7], [7, 30, math.inf])
    np.testing.assert_array_equal(found.time, [7.0, math.nan, 7.0])
    assert found.event.tolist() == [True, False, False]
    assert (found.n, found.n_missing) == (2, 1)


@given(recovery_intervals())
def test_medians_are_those_of_kaplan_meier(
    data: tuple[list[int], list[float]],
) -> None:
    """Each row is the Kaplan-Meier median of the days under its rule, in order."""
    left, right = data
    found = interval_sensitivity(left, right)
    assert [row.rule for row in found.assumed] == [
        "right-point",
        "midpoint",
        "left-point",
    ]
    for row in found.assumed:
        event = [math.isfinite(high) for high in right]
        share = {"right-point": 1.0, "midpoint": 0.5, "left-point": 0.0}[row.rule]
        time = [
            low + share * (high - low) if seen else low
            for low, high, seen in zip(left, right, event, strict=True)
        ]
        expected = kaplan_meier(time, event).median()
        assert repr(row.median) == repr(expected)
    medians = [row.median.value for row in found.assumed]
    if all(map(math.isfinite, right)):  # whoever is censored leaves the rules apart
        assert medians[0] >= medians[2]
    assert found.median == turnbull(left, right).median()


def test_everyone_seen_at_every_visit() -> None:
    """With no visit missed the right-point curve is Turnbull's on the visit days."""
    left, right = [0, 0, 7, 7, 30, 91], [7, 7, 30, 30, 91, math.inf]
    curve = turnbull(left, right)
    days = assumed_days(left, right)
    product = kaplan_meier(days.time, days.event)
    for day in (7, 30, 91):
        assert curve.survival_bounds(day).low == pytest.approx(
            product.at([day]).survival[0], abs=1e-9
        )


def test_weights_missing_and_options_arrive() -> None:
    """Counts, level, scale and flat rule reach the curves."""
    found = interval_sensitivity(
        iter([*LEFT, None]),
        iter([*RIGHT, 7]),
        weights=iter([2] * 10 + [3]),
        confidence_level=0.9,
        interval="log",
        flat="first",
    )
    assert (found.n, found.n_missing) == (20, 3)
    for row in found.assumed:
        assert (row.curve.n, row.curve.n_missing) == (20, 3)
        assert row.curve.confidence_level == 0.9
        assert row.curve.interval == "log"
    assert found.assumed[0].median.value == 91.0
    assert interval_sensitivity(LEFT, RIGHT).assumed[0].median.value == 136.5
    assert found.method == "Turnbull and Kaplan-Meier with assumed days"


def test_wrong_rule_and_no_patient_are_refused() -> None:
    """The rules are three; without a patient there is no median."""
    with pytest.raises(InputError, match="rule must be one of 'right-point'"):
        assumed_days([0], [7], rule="left")  # type: ignore[arg-type] # on purpose
    with pytest.raises(DataError, match="no patient has both ends"):
        interval_sensitivity([None], [7])
