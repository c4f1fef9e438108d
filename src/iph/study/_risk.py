"""Who is at risk of recovery, from when on, and what became of each.

At risk means known to be at risk: a patient whose state at baseline is not recorded is
not in the risk set, whatever is seen later.
"""

from typing import Any, Final

import attrs
import numpy as np

from iph._subject import fields_by_name
from iph.protocol._outcomes import EndpointRule
from iph.study._columns import Coded, Codes, Columns, Days, Mask, coded

AT_RISK: Final = "not reached"
REACHED: Final = "reached"
UNKNOWN: Final = "not recorded"
STARTS: Final = (AT_RISK, REACHED, UNKNOWN)
"""What can be known of the outcome at baseline."""

DEATH: Final = "died"
"""The competing event that any endpoint has."""

_YES, _NO, _UNCLEAR = 1, 0, -1


def causes_of(rule: EndpointRule) -> tuple[str | None, ...]:
    """Return what may end the chance to reach an endpoint; None stands last."""
    return (DEATH, *(event.at for event in rule.competing), None)


@attrs.frozen
class _Seen:
    """What is known of an outcome: one row a patient, in the order of time.

    Attributes
    ----------
    day : array
        The day of each assessment.
    reached, known : array of bool
        Whether the outcome was reached then; whether day and state are known.
    at_start : array of bool
        Whether it shows the state before treatment could act.
    visit : array of int
        The place of the scheduled visit; -1 outside the schedule.
    """

    day: Days
    reached: Mask
    known: Mask
    at_start: Mask
    visit: Codes


@attrs.frozen
class _Competing:
    """The first declared event of each patient after which nothing is reached.

    Attributes
    ----------
    day : array
        Its day; NaN for none.
    cause : array of int
        Which it was, as a place in `causes_of`.
    """

    day: Days
    cause: Codes

    @classmethod
    def of(cls, columns: Columns, rule: EndpointRule) -> "_Competing":
        day, cause = np.full(columns.n, np.nan), np.zeros(columns.n, dtype=np.int64)
        for place, event in enumerate(rule.competing, start=1):
            listed = columns.of_patients(event.at).listed()
            own = np.array([np.nan if v is None else v for v in listed], dtype=float)
            sooner = ~np.isnan(own) & ~(own >= day)
            day, cause = np.where(sooner, own, day), np.where(sooner, place, cause)
        return cls(day, cause)

    def first(self, died_day: Days) -> "_Competing":
        """Return death where it came before any of them."""
        later = ~np.isnan(died_day) & ~(self.day <= died_day)
        return _Competing(
            np.where(later, died_day, self.day), np.where(later, 0, self.cause)
        )


def _seen(columns: Columns, rule: EndpointRule, until: Days) -> _Seen:
    find = _assessed if rule.of_visits else _dated
    return find(columns, rule, until)


def _assessed(columns: Columns, rule: EndpointRule, until: Days) -> _Seen:
    """Return what the assessments of known day and state show.

    What is seen after a competing event does not count.
    """
    told = _told(columns, rule)
    values = [_UNCLEAR if v is None else int(v) for v in told.values]
    state = columns.on_grid(np.array([*values, _UNCLEAR])[told.codes], _UNCLEAR)
    visit = columns.on_grid(columns.visit_codes, -1)
    day = columns.time_days
    at_start = (day <= 0) | columns.on_grid(columns.of_baseline, 0).astype(bool)
    order = np.argsort(day, axis=1, kind="stable")  # what has no day comes last
    day, state, at_start, visit = (
        np.take_along_axis(one, order, axis=1) for one in (day, state, at_start, visit)
    )
    return _Seen(
        day=day,
        reached=state == _YES,
        known=(state != _UNCLEAR) & ~np.isnan(day) & ~(day > until[:, None]),
        at_start=at_start,
        visit=visit.astype(np.int64),
    )


def _told(columns: Columns, rule: EndpointRule) -> Coded:
    """Return what each assessment says; a change is since the patient's baseline."""
    protocol = columns.protocol
    if not protocol.asks_change(rule):
        return columns.asked(_names(rule), protocol.reached(rule))
    return coded(
        reached(assessment)
        for patient in columns.patients
        for reached in [protocol.reached(rule, patient=patient)]
        for assessment in patient.follow_up.assessments
    )


def _names(rule: EndpointRule) -> tuple[str, ...]:
    rules = (one for one in (rule.when, rule.reached, rule.unclear) if one is not None)
    return tuple(dict.fromkeys(name for one in rules for name in one.fields))


def _dated(columns: Columns, rule: EndpointRule, until: Days) -> _Seen:
    """Read a time that was recorded, or the day of a statement.

    A recorded time is exact, so that nothing came the unit before. Who is said to
    recover, or not to, had a deficit on day zero. Who had a competing event first is
    known to be without the endpoint until then, unless it is only stated.
    """
    protocol = columns.protocol
    rests_on = columns.recorded_of(_names(rule), fields_by_name(protocol.patient))
    told = columns.answered(
        f"reached {rule.name}", rests_on, protocol.reached(rule)
    ).listed()
    days = columns.of_patients(str(rule.at or rule.seen_by)).listed()
    day = np.zeros((columns.n, 3))
    day[:, 2] = [np.nan if one is None else one for one in days]
    state = np.array([_UNCLEAR if v is None else int(v) for v in told], dtype=np.int64)
    known = (state != _UNCLEAR) & (day[:, 2] > 0)
    late = until < day[:, 2]
    told_end = known & ~(late & (until <= 0))
    if rule.form == "stated":
        told_end &= ~late | (state == _NO)
    reached = (state == _YES) & ~late
    day[:, 2] = np.where(late, until, day[:, 2])
    day[:, 1] = day[:, 2] - 1
    exact = known & reached & (day[:, 1] > 0) & (rule.form == "recorded")
    start = 0 if protocol.baseline is None else protocol.visits.index(protocol.baseline)
    visit = np.full(day.shape, -1)
    visit[:, 0] = start if protocol.baseline is not None else -1
    no = np.zeros(columns.n, dtype=bool)
    return _Seen(
        day=day,
        reached=np.stack([no, no, reached], axis=1),
        known=np.stack([known, exact, told_end], axis=1),
        at_start=np.stack([~no, no, no], axis=1),
        visit=visit,
    )


@attrs.frozen(kw_only=True)
class Risks:
    """All patients and one outcome: a column each.

    Attributes
    ----------
    start : array of int
        What is known of the outcome at baseline, as a place in `STARTS`.
    left, right : array
        The outcome was first reached after day `left` and by day `right`, which is
        infinite if it was not seen.
    lasting_left, lasting_right : array
        The same of the outcome that lasted to the last assessment.
    relapsed : array of bool
        Whether the outcome was seen, and later seen to be lost.
    seen : array of bool
        Whether anything is known after baseline.
    gone_day : array
        The day of death, or of the competing event before it; NaN if there is none.
    cause : array of int
        Which it was, as a place in `causes_of`.
    last_day : array
        The day of the last assessment.
    days : array
        The day of each scheduled visit at which the outcome was assessed, one column a
        visit; NaN where it was not.
    """

    start: Codes
    left: Days
    right: Days
    lasting_left: Days
    lasting_right: Days
    relapsed: Mask
    seen: Mask
    gone_day: Days
    cause: Codes
    last_day: Days
    days: Days

    @property
    def event(self) -> Mask:
        """Who was seen to recover."""
        return np.isfinite(self.right)

    @property
    def gone_first(self) -> Mask:
        """Who is known to have had a competing event before recovery was seen."""
        return ~self.event & ~np.isnan(self.gone_day)

    def lasting(self) -> "Risks":
        """Return the same patients, with recovery that lasted as the outcome."""
        return attrs.evolve(self, left=self.lasting_left, right=self.lasting_right)

    def state_at(self, place: int, nominal: int) -> Codes:
        """Return what is known of each on the day of the patient's own visit.

        0 recovered, 1 died before, 2 not recovered, 3 not known, 4 had another
        competing event before.
        """
        own = self.days[:, place]
        day = np.where(np.isnan(own), nominal, own)
        gone = self.gone_first & (self.gone_day <= day)
        state = np.full(day.shape, 3, np.int64)  # the first that holds is set last
        state[self.left >= day] = 2
        state[gone] = 4
        state[gone & (self.cause == 0)] = 1
        state[self.right <= day] = 0
        return state


def risks_of(columns: Columns, rule: EndpointRule) -> Risks:
    """Read the courses of all patients."""
    competing = _Competing.of(columns, rule)
    gone = competing.first(columns.died_day)
    seen = _seen(columns, rule, competing.day)
    n, width = seen.day.shape
    place = np.arange(width, dtype=np.int64)
    first = _last(seen.known & seen.at_start)
    has_start = first >= 0
    at_first = _picked(seen.reached, first, none=False).astype(bool)
    origin = np.where(has_start, np.maximum(_picked(seen.day, first, none=0), 0), 0)
    later = seen.known & (place > first[:, None])
    yes, no = later & seen.reached, later & ~seen.reached
    by = np.where(yes.any(axis=1), _first(yes), width)
    lost = _last(no)  # after it the outcome goes on to the last assessment
    onward = yes & (place > lost[:, None])
    run = np.where(onward.any(axis=1), _first(onward), width)

    def before(end: Codes) -> Days:
        """Return the last day before a place; that of baseline if there is none."""
        last = _last(later & (place < end[:, None]))
        return np.where(last < 0, origin, np.maximum(origin, _picked(seen.day, last)))

    days = np.full((n, len(columns.visits)), np.nan)
    rows, places = np.nonzero(later & (seen.visit >= 0))
    days[rows, seen.visit[rows, places]] = seen.day[rows, places]
    end = _last(later)
    return Risks(
        start=np.select([~has_start, at_first], [2, 1], 0),
        left=before(by),
        right=np.where(by < width, _picked(seen.day, by % max(width, 1)), np.inf),
        lasting_left=before(run),
        lasting_right=np.where(
            run < width, _picked(seen.day, run % max(width, 1)), np.inf
        ),
        relapsed=(by < width) & (lost > by),
        seen=np.asarray(later.any(axis=1)),
        gone_day=gone.day,
        cause=gone.cause,
        last_day=np.where(end < 0, origin, _picked(seen.day, end)),
        days=days,
    )


def _first(marked: Mask) -> Codes:
    """Return the first marked place of each row; any if none is marked."""
    if not marked.shape[1]:
        return np.zeros(len(marked), dtype=np.int64)
    return np.asarray(np.argmax(marked, axis=1))


def _last(marked: Mask) -> Codes:
    """Return the last marked place of each row; -1 if none is marked."""
    width = marked.shape[1]
    if not width:
        return np.full(len(marked), -1)
    found = width - 1 - np.argmax(marked[:, ::-1], axis=1)
    return np.where(marked.any(axis=1), found, -1)


def _picked(values: Any, places: Codes, none: float = np.nan) -> Any:
    """Return the value at a place of each row; another where the place is -1."""
    if not values.shape[1]:
        return np.full(len(values), none)
    found = np.take_along_axis(values, np.maximum(places, 0)[:, None], axis=1)[:, 0]
    return np.where(places < 0, none, found)
