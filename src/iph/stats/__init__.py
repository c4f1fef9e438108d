"""Statistics of small cohorts: pure functions of arrays and counts."""

from iph.stats._proportion import (
    proportion,
    proportion_difference,
)
from iph.stats._quartiles import (
    QUANTILE_RULES,
    Quartiles,
    SampleQuantile,
    quantile,
    quartiles,
)
from iph.stats._result import (
    Estimate,
)

__all__ = [
    "QUANTILE_RULES",
    "Estimate",
    "Quartiles",
    "SampleQuantile",
    "proportion",
    "proportion_difference",
    "quantile",
    "quartiles",
]
