"""The report: figures, tables, sentences and documents from a study's results."""

from iph._drawing.options import FigureOptions
from iph.report._deviations import deviations
from iph.report._figures.anatomy import anatomy_figure
from iph.report._figures.comparison import comparison_figure
from iph.report._figures.flow import flow_figure
from iph.report._figures.forest import ForestRow, forest_figure
from iph.report._figures.grades import alluvial_figure, grades_figure
from iph.report._figures.incidence import incidence_figure
from iph.report._figures.interval import interval_figure
from iph.report._figures.pain import pain_figure
from iph.report._figures.power import power_figure
from iph.report._figures.recovery import recovery_figure
from iph.report._figures.swimmer import swimmer_figure
from iph.report._figures.zones import zones_figure
from iph.report._plan_writing import write_plan
from iph.report._pooled import write_pooled
from iph.report._protected import write_protected
from iph.report._result_sheet import sheet
from iph.report._sheet import Sheet, SheetRow
from iph.report._study_claims import study_claims
from iph.report._write import Written, write

__all__ = [
    "FigureOptions",
    "ForestRow",
    "Sheet",
    "SheetRow",
    "Written",
    "alluvial_figure",
    "anatomy_figure",
    "comparison_figure",
    "deviations",
    "flow_figure",
    "forest_figure",
    "grades_figure",
    "incidence_figure",
    "interval_figure",
    "pain_figure",
    "power_figure",
    "recovery_figure",
    "sheet",
    "study_claims",
    "swimmer_figure",
    "write",
    "write_plan",
    "write_pooled",
    "write_protected",
    "zones_figure",
]

# The folders of figures and parts are private: a pickle must not name them.
for _name in __all__:
    globals()[_name].__module__ = __name__
