"""Hypothesis strategies for studies: patients, cohorts, and data for statistics.

Needs hypothesis (``pip install 'iph[testing]'``).
"""

from iph.testing._declared import field_values
from iph.testing._events import events_of
from iph.testing._patients import (
    assessments,
    cohorts,
    follow_ups,
    hematomas,
    imagings,
    laboratories,
    nerve_involvements,
    patients,
)
from iph.testing._protocols import protocols
from iph.testing._samples import (
    bounded_scores,
    contingency_tables,
    distributions,
    grouped_scores,
    rating_rows,
    recovery_intervals,
    scores,
    survival_data,
)
from iph.testing._scales import bleeds, totals
from iph.testing._subjects import cohorts_of, subjects
from iph.testing._tables import PlantedTable, planted_tables, refused_texts

__all__ = [
    "PlantedTable",
    "assessments",
    "bleeds",
    "bounded_scores",
    "cohorts",
    "cohorts_of",
    "contingency_tables",
    "distributions",
    "events_of",
    "field_values",
    "follow_ups",
    "grouped_scores",
    "hematomas",
    "imagings",
    "laboratories",
    "nerve_involvements",
    "patients",
    "planted_tables",
    "protocols",
    "rating_rows",
    "recovery_intervals",
    "refused_texts",
    "scores",
    "subjects",
    "survival_data",
    "totals",
]
