"""Hypothesis strategies for studies: patients, cohorts, and data for statistics.

Needs hypothesis (``pip install 'iph[testing]'``).
"""

from iph.testing._samples import (
    contingency_tables,
    grouped_scores,
    rating_rows,
    recovery_intervals,
    scores,
    survival_data,
)

__all__ = [
    "contingency_tables",
    "grouped_scores",
    "rating_rows",
    "recovery_intervals",
    "scores",
    "survival_data",
]
