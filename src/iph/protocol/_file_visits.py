"""The schedule of a study file: visits, their days and their windows."""

import itertools
import re
from collections.abc import Iterable, Mapping
from typing import Any, Final

from iph._categories import ScheduledVisit
from iph.protocol._file_shape import NO_DAY
from iph.protocol._made_classes import made_options
from iph.protocol._problems import nearest
from iph.protocol._shape import FLAWED, Path, Tell
from iph.protocol._times import TimeUnit, whole_time

Visit = tuple[str, int | None, str, tuple[int, int] | None]
"""Code, nominal day, label and window."""

_CODE: Final = re.compile(r"[a-z0-9][a-z0-9_]*")


def schedule_of(
    given: Mapping[str, Any],
    base: Iterable[ScheduledVisit],
    unit: TimeUnit,
    tell: Tell,
) -> type[ScheduledVisit] | None:
    """Return the schedule, in the order of time; None if anything is wrong with it."""
    visits: dict[str, Visit] = {
        one.value: (one.value, one.nominal_day, words_of(one), one.window)
        for one in base
    }
    sound = True
    for code, value in given.items():
        path: Path = ("visits", code)
        if value is False:
            sound &= _take_away(code, visits, path, tell)
            continue
        visit = None if value is FLAWED else _visit(code, value, path, unit, tell)
        sound &= visit is not None
        if visit is not None:
            visits.pop(code, None)
            visits[code] = visit
    if not (sound and _sound_days(visits, given, unit, tell)):
        return None
    made: Any = made_options("visit", "Visit", tuple(_in_time(list(visits.values()))))
    return made  # type: ignore[no-any-return] # by its first argument


def words_of(visit: ScheduledVisit) -> str:
    """Return the label of a visit where it does not follow from its code."""
    plain = str(visit.value).replace("_", " ")
    return "" if visit.label == plain else visit.label


def _take_away(code: str, visits: dict[str, Visit], path: Path, tell: Tell) -> bool:
    if code in visits:
        del visits[code]
        return True
    tell(path, "is no visit of the protocol that this one is based on", "remove it")
    return False


def _visit(
    code: str, value: Any, path: Path, unit: TimeUnit, tell: Tell
) -> Visit | None:
    if not _CODE.fullmatch(code):
        hint = "use small letters a to z, digits and _"
        tell(path, f"{code!r} cannot be the name of a visit", hint)
        return None
    table = value if isinstance(value, dict) else {"day": value}
    if "day" not in table:
        hint = f'write a day, or day = "{NO_DAY}" for a visit on no fixed day'
        tell(path, "day is missing", hint)
        return None
    times: dict[str, Any] = {"day": table["day"]}
    if table["day"] == NO_DAY:
        times = {}
    for place, one in enumerate(table.get("window", ())):
        times[f"window {place}"] = one
    whole: dict[str, int] = {}
    for name, one in times.items():
        found = whole_time(one, unit)
        if isinstance(found, str):
            tell((*path, name.split()[0]) if table is value else path, found, "")
            return None
        whole[name] = found
    day = whole.get("day")
    window = None
    if "window" in table:
        window = (whole["window 0"], whole["window 1"])
        if not window[0] < window[1]:
            tell((*path, "window"), "must have its first day before its last", "")
            return None
        if day is not None and not window[0] <= day <= window[1]:
            problem = f"from {window[0]} to {window[1]} does not hold the day {day}"
            tell((*path, "window"), problem, "")
            return None
    return code, day, table.get("label", ""), window


def _sound_days(
    visits: Mapping[str, Visit], given: Mapping[str, Any], unit: TimeUnit, tell: Tell
) -> bool:
    """Whether one visit is the baseline, no two share a day, no windows overlap."""
    sound = True
    days: dict[int, str] = {}
    for code, day, _, _ in visits.values():
        if day is not None and day in days:
            other = days[day]
            late = code if code in given else other
            problem = f"stands on day {day}, as {other if late == code else code} does"
            tell(("visits", late), problem, "two visits need two days")
            sound = False
        elif day is not None:
            days[day] = code
    if 0 not in days:
        hint = f"the baseline is the visit on day 0: NAME = 0 (time is in {unit.name})"
        tell(("visits",), "no visit stands on day 0", hint)
        return False
    windows = sorted((w, code) for code, _, _, w in visits.values() if w is not None)
    for (first, one), (second, other) in itertools.pairwise(windows):
        if second[0] <= first[1]:
            late = other if other in given else one
            problem = f"overlaps with the window of {one if late == other else other}"
            tell(("visits", late, "window"), problem, "a day belongs to one visit")
            sound = False
    return sound


def _in_time(visits: list[Visit]) -> list[Visit]:
    """Sort by day; a visit on no fixed day stays behind the one listed before it."""
    keys: dict[str, tuple[int, int]] = {}
    day_before = min(day for _, day, _, _ in visits if day is not None)
    for place, (code, day, _, _) in enumerate(visits):
        day_before = day_before if day is None else day
        keys[code] = (day_before, place)
    return sorted(visits, key=lambda visit: keys[visit[0]])


def known_visit(code: str, schedule: type[ScheduledVisit]) -> str:
    """Return a hint where a code is no visit; empty where it is one."""
    codes = [visit.value for visit in schedule]
    return "" if code in codes else nearest(code, codes)
