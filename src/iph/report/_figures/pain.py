"""The course of pain: every patient's line behind medians and quartiles."""

from typing import TYPE_CHECKING

from iph.report._figures.course import draw_course
from iph.study._pain import PainCourse
from iph.study._parts import Unavailable, available

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_SPREAD = 0.36  # points of the scale over which equal scores are spread
_SCALE = (0.0, 10.0)


def pain_figure(
    course: PainCourse | Unavailable, *, ax: "Axes | None" = None
) -> "Figure":
    """Draw every patient's scores, with medians and quartiles.

    Parameters
    ----------
    course : PainCourse or Unavailable
        Pain over the visits.
    ax : Axes, optional
        Where to draw; a new figure by default.

    Returns
    -------
    Figure
        The figure drawn on.

    Raises
    ------
    DataError
        If the data cannot carry this part of the study.

    Notes
    -----
    Equal scores are spread by less than half a point, inside the scale, so that no line
    hides another.

    Examples
    --------
    >>> from iph import Assessment, Cohort, FollowUp, Patient
    >>> from iph.report import pain_figure
    >>> from iph.study import analyze
    >>> def patient(name, *found):
    ...     visits = zip(("baseline", "week_1", "month_1"), found)
    ...     seen = [Assessment(visit=v, vas=value) for v, value in visits]
    ...     return Patient(patient_id=name, follow_up=FollowUp(assessments=seen))
    >>> cohort = Cohort([patient("A", 8, 4, 1), patient("B", 9, 3, 2)])
    >>> study = analyze(cohort, population="all")
    >>> figure = pain_figure(study.pain)
    >>> len(figure.axes)
    1
    """
    return draw_course(
        available(course, "course", PainCourse),
        ax=ax,
        scale=_SCALE,
        spread=_SPREAD,
        label="Pain (VAS)",
    )
