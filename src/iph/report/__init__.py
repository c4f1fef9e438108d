"""The report: figures, tables, sentences and documents from a study's results."""

from iph.report._anatomy_figure import anatomy_figure
from iph.report._comparison_figure import comparison_figure
from iph.report._document import Sheet, SheetRow
from iph.report._flow_figure import flow_figure
from iph.report._forest_figure import ForestRow, forest_figure
from iph.report._grades_figure import alluvial_figure, grades_figure
from iph.report._incidence_figure import incidence_figure
from iph.report._interval_figure import interval_figure
from iph.report._pain_figure import pain_figure
from iph.report._recovery_figure import recovery_figure
from iph.report._result_sheet import sheet
from iph.report._study_claims import study_claims
from iph.report._write import Written, write
from iph.report._zones_figure import zones_figure

__all__ = [
    "ForestRow",
    "Sheet",
    "SheetRow",
    "Written",
    "alluvial_figure",
    "anatomy_figure",
    "comparison_figure",
    "flow_figure",
    "forest_figure",
    "grades_figure",
    "incidence_figure",
    "interval_figure",
    "pain_figure",
    "recovery_figure",
    "sheet",
    "study_claims",
    "write",
    "zones_figure",
]
