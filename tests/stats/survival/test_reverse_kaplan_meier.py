import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given

from iph.errors import InputError
from iph.stats import kaplan_meier, median_follow_up, reverse_kaplan_meier
from iph.testing import survival_data

Rows = tuple[list[int], list[bool], list[int]]


def test_published_example() -> None:
    """Freireich's 21 children under 6-mercaptopurine were followed 25 weeks in median.

    R 4.2.2, survival 3.5-3: quantile(survfit(Surv(t, 1 - e) ~ 1,
    conf.type = "log-log"), 0.5) gives 25 with the bounds 11 and 32.
    """
    weeks = [6, 6, 6, 6, 7, 9, 10, 10, 11, 13, 16, 17, 19, 20, 22, 23, 25, 32, 32]
    weeks += [34, 35]
    relapse = [1, 1, 1, 0, 1, 0, 1, 0, 0, 1, 1, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0]
    found = median_follow_up(weeks, relapse, interval="log-log")
    assert (found.value, found.low, found.high) == (25.0, 11.0, 32.0)


@given(survival_data())
def test_is_the_curve_of_the_censorings(rows: Rows) -> None:
    """Event and censoring change places, and nothing else."""
    time, event, _ = rows
    entry = [t - 1 for t in time]
    found = reverse_kaplan_meier(time, event, entry=entry, interval="plain")
    turned = kaplan_meier(time, [not e for e in event], entry=entry, interval="plain")
    for name in ("time", "survival", "low", "high", "at_risk", "events", "censored"):
        np.testing.assert_array_equal(getattr(found, name), getattr(turned, name))
    assert found.method == "reverse kaplan-meier"
    np.testing.assert_array_equal(found.at(time).at_risk, turned.at(time).at_risk)


def test_all_followed_to_the_end() -> None:
    """Without events the median follow-up is the median time of observation."""
    found = median_follow_up([2, 4, 6, None], [False] * 4, weights=[1, 1, 1, 2])
    assert (found.value, found.n, found.n_missing) == (4.0, 3, 2)


def test_all_with_the_event() -> None:
    """If all had the event, nothing is known of the follow-up."""
    assert math.isnan(median_follow_up([2, 4], [True, True]).value)


@pytest.mark.parametrize(
    ("option", "value"),
    [("flat", "last"), ("interval", "none"), ("confidence_level", 2.0)],
)
def test_messages(option: str, value: Any) -> None:
    """An unknown option is refused by name."""
    with pytest.raises(InputError, match=f"{option} must be"):
        median_follow_up([1], [True], **{option: value})
