"""Statistics of small cohorts: pure functions of arrays and counts."""

from iph.stats._friedman import (
    FriedmanResult,
    friedman,
)
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
    "FriedmanResult",
    "Quartiles",
    "SampleQuantile",
    "friedman",
    "proportion",
    "proportion_difference",
    "quantile",
    "quartiles",
]
