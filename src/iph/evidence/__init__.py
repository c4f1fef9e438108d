"""Published evidence: claims, their audit, twin cohorts, and published series.

A paper's printed figures are claims, as data. `audit` holds them against what data of
that size can give and against each other; `twin` makes patients that could stand behind
them. The verdicts are about numbers, never about people.
"""

from iph.evidence._audit import audit
from iph.evidence._cases import (
    CaseDoubt,
    CaseSource,
    published_case_doubts,
    published_case_sources,
    published_cases,
)
from iph.evidence._claims import Claim, ClaimKind
from iph.evidence._finding_tables import findings_html, findings_markdown
from iph.evidence._loading import li2023_claims, read_claims
from iph.evidence._plausible_range import PlausibleRange, plausible_range
from iph.evidence._pooling import (
    PooledProportion,
    SeriesProportion,
    pooled_proportion,
)
from iph.evidence._recovery_series import (
    RecoverySeries,
    published_recovery,
    read_recovery_series,
    write_recovery_series,
)
from iph.evidence._series import SeriesFigure, aggregate_series
from iph.evidence._twin import Infeasible, twin
from iph.evidence._verdict import Finding, Verdict

__all__ = [
    "CaseDoubt",
    "CaseSource",
    "Claim",
    "ClaimKind",
    "Finding",
    "Infeasible",
    "PlausibleRange",
    "PooledProportion",
    "RecoverySeries",
    "SeriesFigure",
    "SeriesProportion",
    "Verdict",
    "aggregate_series",
    "audit",
    "findings_html",
    "findings_markdown",
    "li2023_claims",
    "plausible_range",
    "pooled_proportion",
    "published_case_doubts",
    "published_case_sources",
    "published_cases",
    "published_recovery",
    "read_claims",
    "read_recovery_series",
    "twin",
    "write_recovery_series",
]
