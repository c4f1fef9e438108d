"""The report: figures, tables, sentences and documents from a study's results."""

from iph.report._flow_figure import flow_figure
from iph.report._recovery_figure import recovery_figure
from iph.report._write import Written, write

__all__ = [
    "Written",
    "flow_figure",
    "recovery_figure",
    "write",
]
