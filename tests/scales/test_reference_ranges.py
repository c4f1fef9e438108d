"""Reference ranges as data."""

import math
from collections.abc import Callable
from typing import Any

import attrs
import pytest

from iph.errors import InputError
from iph.scales import CLOTTING_TESTS, DEFAULT_RANGES, RangeFinding, ReferenceRange


def test_defaults() -> None:
    """Platelets and every clotting test have one default range with its source."""
    tests = [one.test for one in DEFAULT_RANGES]
    assert tests == ["platelets_10e9_l", *CLOTTING_TESTS]
    assert all(one.reference for one in DEFAULT_RANGES)
    ranges = {one.test: (one.low, one.high, one.unit) for one in DEFAULT_RANGES}
    assert ranges == {
        "platelets_10e9_l": (150, 450, "10^9/L"),
        "pt_s": (11, 13.5, "s"),
        "inr": (0.8, 1.2, ""),
        "aptt_s": (25, 35, "s"),
        "tt_s": (14, 19, "s"),
        "fibrinogen_g_l": (2, 4, "g/L"),
        "factor_viii_percent": (50, 150, "%"),
        "factor_ix_percent": (60, 150, "%"),
        "factor_xi_percent": (60, 150, "%"),
    }


def test_limits_are_normal() -> None:
    """Both limits are normal, and the numbers next to them are not."""
    aptt = ReferenceRange(test="aptt_s", low=25, high=35)
    assert aptt.finding(25) is RangeFinding.NORMAL
    assert aptt.finding(35) is RangeFinding.NORMAL
    assert aptt.finding(math.nextafter(25, 0)) is RangeFinding.LOW
    assert aptt.finding(math.nextafter(35, 99)) is RangeFinding.HIGH
    assert aptt.finding(None) is None


def test_findings_are_numbers_in_their_order() -> None:
    """Columns hold a finding as its number."""
    assert [(f.name, int(f)) for f in RangeFinding] == [
        ("LOW", 0),
        ("NORMAL", 1),
        ("HIGH", 2),
    ]


def test_open_ranges() -> None:
    """A range without a lower or an upper limit has no low or no high values."""
    below = ReferenceRange(test="inr", high=1.2)
    assert [below.finding(x) for x in (0, 1.2)] == [RangeFinding.NORMAL] * 2
    assert below.finding(1.3) is RangeFinding.HIGH
    above = ReferenceRange(test="platelets_10e9_l", low=150)
    assert above.finding(149) is RangeFinding.LOW
    assert above.finding(5000) is RangeFinding.NORMAL


def test_a_range_from_nothing() -> None:
    """A range may start at 0: then nothing is low, and a negative value is refused."""
    factor = ReferenceRange(test="factor_ix_percent", low=0, high=0.5)
    assert factor.low == 0
    assert factor.finding(0) is RangeFinding.NORMAL
    assert factor.finding(1e4) is RangeFinding.HIGH
    with pytest.raises(InputError, match="factor_ix_percent must be"):
        factor.finding(-0.1)


def test_an_end_of_all_ranges() -> None:
    """Up to a million anything is high, beyond it nothing is taken for a value."""
    platelets = ReferenceRange(test="platelets_10e9_l", low=150, high=450)
    assert platelets.finding(1e6) is RangeFinding.HIGH
    with pytest.raises(InputError, match="platelets_10e9_l must be a number from 0"):
        platelets.finding(math.nextafter(1e6, math.inf))


def test_everything_is_given_by_name() -> None:
    """A range is made by the names of its parts, so that no limit is mistaken."""
    assert all(field.kw_only for field in attrs.fields(ReferenceRange))


def test_expression(evaluate: Callable[..., list[Any]]) -> None:
    """An expression finds what `finding` finds; missing stays missing."""
    inr = ReferenceRange(test="inr", low=0.8, high=1.2)
    values = [0.79, 0.8, 1.2, 1.21, None, math.nan]
    expected = [inr.finding(value) for value in values]
    assert evaluate({"x": values}, inr.expr("x")) == expected


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"test": "d_dimer"}, "test must be one of 'hemoglobin_g_l'"),
        ({"unit": "min"}, "unit must be one of 's', got 'min'"),
        ({"low": 35, "high": 25}, "low must be below high"),
        ({"low": 25, "high": 25}, "low must be below high"),
        ({"low": None, "high": None}, "low must be given, or high, or both"),
        ({"low": -1}, "low must be a number from 0 to 1,000,000"),
        ({"high": math.inf}, "high must be a number from 0 to 1,000,000"),
        ({"high": 2e6}, "high must be a number from 0 to 1,000,000"),
        ({"low": math.nan}, "low must be a number from 0 to 1,000,000"),
        ({"low": "25"}, "low must be a number or None"),
        ({"low": True}, "low must be a number or None"),
    ],
    ids=str,
)
def test_messages(change: dict[str, Any], message: str) -> None:
    """A range that cannot be is refused."""
    arguments: dict[str, Any] = {"test": "aptt_s", "low": 25, "high": 35, **change}
    with pytest.raises(InputError, match=message):
        ReferenceRange(**arguments)
