"""One result of a study as a table, for a notebook or another document."""

from collections.abc import Callable
from typing import Any, Final, TypeAlias

from iph.criteria._screening import Screening
from iph.errors import InputError
from iph.report._parts.anatomy import nerves_sheet, zones_sheet
from iph.report._parts.baseline_tables import coagulation_sheet, table_one_sheet
from iph.report._parts.comparison import comparison_sheet
from iph.report._parts.grades import grades_sheet
from iph.report._parts.pain import pain_sheet
from iph.report._parts.participants import attendance_sheet, flow_sheet
from iph.report._parts.recovery_tables import recovery_sheet
from iph.report._parts.size import size_sheet
from iph.report._parts.stated import outcomes_sheet
from iph.report._sheet import Sheet
from iph.study._anatomy import Count, SizeCorrelation, Zones
from iph.study._attendance import Attendance
from iph.study._characteristics import BLOOD
from iph.study._compared import Comparison
from iph.study._grades import GradeCourse
from iph.study._outcomes import StatedOutcomes
from iph.study._pain import PainCourse
from iph.study._recovery_results import RecoveryAnalysis
from iph.study._table_one import Table

Tabulated: TypeAlias = (
    Screening
    | Table
    | PainCourse
    | GradeCourse
    | Zones
    | tuple[Count, ...]
    | SizeCorrelation
    | RecoveryAnalysis
    | Attendance
    | StatedOutcomes
    | Comparison
)

_SHEETS: Final[dict[type, Callable[[Any], Sheet]]] = {
    Screening: flow_sheet,
    PainCourse: pain_sheet,
    GradeCourse: grades_sheet,
    Zones: zones_sheet,
    SizeCorrelation: size_sheet,
    RecoveryAnalysis: recovery_sheet,
    Attendance: attendance_sheet,
    StatedOutcomes: outcomes_sheet,
    Comparison: comparison_sheet,
}


def sheet(result: Tabulated) -> Sheet:
    """Return a result of a study as a table to be shown or pasted.

    Parameters
    ----------
    result : part of a Study
        ``study.screening``, ``table_one``, ``coagulation``, ``attendance``, ``pain``,
        one of ``grades``, ``zones``, ``nerves``, ``size``, ``outcomes`` or one of
        ``recovery``; or a comparison with a published study.

    Returns
    -------
    Sheet
        A notebook shows it as it is; ``html()``, ``markdown()``, ``latex()`` and
        ``csv()`` return it as text.

    Raises
    ------
    InputError
        If it is nothing of the kind; a part that the data cannot carry has a
        ``sentence`` instead.

    Examples
    --------
    >>> from iph.evidence import published_cases
    >>> from iph.report import sheet
    >>> from iph.study import analyze
    >>> study = analyze(published_cases(), population="not-excluded")
    >>> print(sheet(study.screening).csv().splitlines()[0])
    Criterion,Excluded here,Fail this criterion (total),Cannot be answered,Remaining
    """
    if isinstance(result, Table):
        blood = bool(result.rows) and all(row.name in BLOOD for row in result.rows)
        return coagulation_sheet(result) if blood else table_one_sheet(result)
    if isinstance(result, tuple) and result and isinstance(result[0], Count):
        return nerves_sheet(result)
    make = _SHEETS.get(type(result))
    if make is None:
        hint = "a part that is Unavailable has a sentence"
        raise InputError("result", "a part of a Study", result, hint)
    return make(result)
