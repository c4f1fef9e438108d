"""The course of each patient in one line: when seen, what happened, and until when."""

import itertools
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

import attrs
import numpy as np

from iph._checks import one_of
from iph._course import in_time
from iph._drawing.style import (
    BLACK,
    EMPTY,
    FAINT,
    GREEN,
    LEGEND_WIDTH,
    ONE_COLUMN,
    PURPLE,
    VERMILION,
    canvas,
    house_style,
    time_axis,
    wrapped,
)
from iph._options import instance
from iph.errors import DataError, InputError
from iph.study._endpoints import competing_event, endpoint_of
from iph.study._study import Study

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

MOST: Final = 60
"""Lines that can be told apart; of more patients a part is drawn."""
_GONE_SIGNS: Final = ("P", "X", "*", "h")
_LABELED: Final = 30  # lines; of more, every fifth has its number


@attrs.frozen(kw_only=True)
class Swim:
    """The line of one patient.

    Attributes
    ----------
    patient_id : str
        The patient.
    seen : tuple of int
        The times of the assessments.
    reached, lost : int or None
        When the endpoint was first seen to be reached, and when it was first seen not
        to be any more; None if never.
    at_start : bool
        Whether it was reached at the first assessment already.
    events : tuple of int
        The times of complications and adverse events.
    died : int or None
        The time of death.
    gone : tuple of int and str, or None
        The time and the name of the event, other than death, that ended the chance to
        reach the endpoint.
    """

    patient_id: str
    seen: tuple[int, ...]
    reached: int | None
    lost: int | None
    at_start: bool
    events: tuple[int, ...]
    died: int | None
    gone: tuple[int, str] | None = None

    @property
    def end(self) -> int:
        """The last time that anything is known of."""
        gone = [] if self.gone is None else [self.gone[0]]
        died = [] if self.died is None else [self.died]
        return max([*self.seen, *self.events, *gone, *died])


def swims_of(study: Study, name: str | None = None) -> tuple[Swim, ...]:
    """Return the lines, the longest first; a patient of no known time has none."""
    rules = [r for r in study.protocol.endpoints if name in {None, r.name}]
    endpoint = endpoint_of(study.protocol, rules[0]) if rules else None
    of_patient: dict[str, list[int]] = {}
    for event in study.cohort.events or () if hasattr(study.cohort, "events") else ():
        if event.day is not None:
            of_patient.setdefault(event.patient_id, []).append(event.day)
    found = []
    for patient in study.patients:
        course = patient.follow_up
        shown = () if endpoint is None else endpoint.seen(patient)
        reached = next((one.day for one in shown if one.reached), None)
        lost = None
        if reached is not None:
            lost = next(
                (s.day for s in shown if s.day > reached and not s.reached), None
            )
        gone = competing_event(study.protocol, rules[0], patient) if rules else None
        swim = Swim(
            patient_id=patient.patient_id,
            seen=tuple(day for day, _ in in_time(course)),
            reached=reached,
            lost=lost,
            at_start=bool(shown) and shown[0].reached,
            events=tuple(sorted(of_patient.get(patient.patient_id, ()))),
            died=course.died_day,
            gone=gone if reached is None else None,
        )
        if swim.seen or swim.events or swim.gone or swim.died is not None:
            found.append(swim)
    return tuple(sorted(found, key=lambda swim: (-swim.end, swim.patient_id)))


def drawn_of(swims: Sequence[Swim]) -> tuple[Swim, ...]:
    """Return the lines to draw: all, or 60 at equal steps from longest to shortest."""
    if len(swims) <= MOST:
        return tuple(swims)
    last = len(swims) - 1
    return tuple(swims[k * last // (MOST - 1)] for k in range(MOST))


def swimmer_figure(
    study: Study, *, endpoint: str | None = None, ax: "Axes | None" = None
) -> "Figure":
    """Draw each patient as a line from day zero to the end of follow-up.

    Who was seen when, who reached the endpoint and lost it again, and what happened on
    the way?

    Parameters
    ----------
    study : Study
        The results, made of patients one by one.
    endpoint : str, optional
        The endpoint of the protocol that is marked; the first one by default.
    ax : Axes, optional
        Where to draw; a new figure by default.

    Returns
    -------
    Figure
        The figure drawn on. The lines are numbered and stand in order of their length;
        no pseudonym is written.

    Raises
    ------
    InputError
        If the study was made from counts, or the protocol has no such endpoint.
    DataError
        If nothing is dated.

    Notes
    -----
    Up to 60 patients are drawn. Of more, 60 are drawn, at equal steps in the order from
    the longest follow-up to the shortest, so that the first and the last are among them
    and none is chosen.

    Examples
    --------
    >>> from iph import Assessment, Cohort, FollowUp, Patient
    >>> from iph.report import swimmer_figure
    >>> from iph.study import analyze
    >>> seen = [
    ...     Assessment(visit="baseline", strength=3),
    ...     Assessment(visit="month_1", strength=5),
    ... ]
    >>> patient = Patient(patient_id="P01", follow_up=FollowUp(assessments=seen))
    >>> figure = swimmer_figure(analyze(Cohort([patient]), population="all"))
    >>> len(figure.axes)
    1
    """
    instance(study, "study", Study, "a Study")
    if not isinstance(study.patients, tuple):
        hint = "a study made from counts holds no single patient"
        raise InputError("study", "one of single patients", study, hint)
    names = [rule.name for rule in study.protocol.endpoints]
    if endpoint is not None:
        one_of(endpoint, "endpoint", names)
    swims = drawn_of(swims_of(study, endpoint))
    if not swims:
        raise DataError("no patient has an assessment, an event or a death with a time")
    label = endpoint or (names[0] if names else "")
    label = next((r.label for r in study.protocol.endpoints if r.name == label), "")
    with house_style():
        height = 2.0 + 0.085 * len(swims)  # the legend, and a line for each
        figure, ax = canvas(ax, width=ONE_COLUMN, height=height)
        _draw(ax, swims, label)
        rows = range(1, len(swims) + 1)
        step = 1 if len(swims) <= _LABELED else 5
        ax.set_yticks([k for k in rows if k % step == 0 or k == 1])
        ax.set_ylim(len(swims) + 0.8, 0.2)
        ax.set_ylabel("Patients, longest follow-up first")
        protocol = study.protocol
        ax.set_xlabel(time_axis(protocol.time_unit, protocol.day_zero))
        ax.legend(
            loc="lower left",
            bbox_to_anchor=(0, 1.01),
            borderaxespad=0,
            handlelength=1.2,
        )
    return figure


def _draw(ax: "Axes", swims: Sequence[Swim], label: str) -> None:
    """Draw the lines, and on them what happened; only what happened has a name."""
    rows = np.arange(1, len(swims) + 1, dtype=np.float64)
    starts = [min(0, *s.seen, *s.events) for s in swims]
    ax.hlines(rows, starts, [s.end for s in swims], color=EMPTY, lw=3, zorder=1)
    gone = [
        ((s.gone[0], float(row)), s.gone[1])
        for row, s in zip(rows, swims, strict=True)
        if s.gone is not None
    ]
    marks: tuple[tuple[str, str, str, float, list[tuple[int, float]]], ...] = (
        (
            *("seen", "|", FAINT, 9.0),
            [(day, row) for row, s in zip(rows, swims, strict=True) for day in s.seen],
        ),
        (
            *(f"{label} first seen", "o", GREEN, 13.0),
            _at(rows, [None if s.at_start else s.reached for s in swims]),
        ),
        (
            *(f"{label} at the start", "s", GREEN, 10.0),
            _at(rows, [s.reached if s.at_start else None for s in swims]),
        ),
        (
            *("no longer", "v", VERMILION, 13.0),
            _at(rows, [s.lost for s in swims]),
        ),
        (
            *("complication or adverse event", "D", PURPLE, 9.0),
            [(d, row) for row, s in zip(rows, swims, strict=True) for d in s.events],
        ),
        *(
            (name, sign, BLACK, 13.0, [p for p, one in gone if one == name])
            for name, sign in zip(
                dict.fromkeys(one for _, one in gone),
                itertools.cycle(_GONE_SIGNS),
                strict=False,
            )
        ),
        (*("died", "x", BLACK, 14.0), _at(rows, [s.died for s in swims])),
        (
            *("end of follow-up", ">", FAINT, 9.0),
            _at(rows, [s.end if s.died is None else None for s in swims]),
        ),
    )
    for name, sign, color, size, points in marks:
        if points:
            times, places = zip(*points, strict=True)
            ax.scatter(
                times,
                places,
                marker=sign,
                s=size,
                color=color,
                linewidths=0.9,
                label=wrapped(name, LEGEND_WIDTH),
                zorder=3 if sign != "|" else 2,
            )


def _at(rows: Any, times: Sequence[int | None]) -> list[tuple[int, float]]:
    return [
        (time, float(row))
        for row, time in zip(rows, times, strict=True)
        if time is not None
    ]
