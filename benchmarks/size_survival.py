"""Size of the test of one group against a published curve."""

import itertools
import math
from typing import Any

import numpy as np

from iph.stats import one_sample_logrank
from size_cases import Family

_SIZES = (8, 12, 28, 60)
_SHARES = (0.1, 0.4, 0.8, 0.95)  # with the event by the end of follow-up
_DAYS = 100.0
_CHI_SQUARE = 3.841458820694124  # 5 % lie above


def _p_values(setting: Any, rng: np.random.Generator) -> list[float]:
    n, share = setting
    rate = -math.log(1.0 - share) / _DAYS
    day = rng.exponential(1.0 / rate, n)
    time, event = np.minimum(day, _DAYS), day <= _DAYS
    found = one_sample_logrank(
        time, event, curve_days=[_DAYS], curve_survival=[1.0 - share]
    )
    mean = (found.observed + found.expected) / 2.0
    wu = (found.observed - found.expected) ** 2 / mean
    return [
        found.p_value,
        float(found.statistic < _CHI_SQUARE),
        float(wu < _CHI_SQUARE),
    ]


TESTS = [
    Family(
        name="one_sample_logrank",
        what="Exponential times; everybody is followed to one day, by which the share "
        "named has the event.\nThe test is that of Poisson; the others are the "
        "chi-square with the expected events, and with the mean of observed and "
        "expected events, as the variance.",
        columns=("Poisson", "chi-square", "by the mean"),
        settings=list(itertools.product(_SIZES, _SHARES)),
        name_of=lambda setting: f"{setting[0]} patients, {setting[1]:.0%} events",
        p_values=_p_values,
    )
]
