"""Statistics of small cohorts: pure functions of arrays and counts."""

from iph.stats._adjust import (
    adjust_p_values,
)
from iph.stats._description import (
    Description,
    describe,
)
from iph.stats._dunn import (
    DunnComparison,
    dunn,
)
from iph.stats._friedman import (
    Friedman,
    friedman,
)
from iph.stats._kruskal import (
    KruskalWallis,
    kruskal_wallis,
)
from iph.stats._mann_whitney import (
    MannWhitney,
    mann_whitney,
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
    "Description",
    "DunnComparison",
    "Estimate",
    "Friedman",
    "KruskalWallis",
    "MannWhitney",
    "Quartiles",
    "SampleQuantile",
    "adjust_p_values",
    "describe",
    "dunn",
    "friedman",
    "kruskal_wallis",
    "mann_whitney",
    "proportion",
    "proportion_difference",
    "quantile",
    "quartiles",
]
