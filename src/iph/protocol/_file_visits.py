"""The schedule of a study file: visits, their days and their windows."""

import re
from collections.abc import Iterable, Mapping
from typing import Any, Final

from iph._categories import ScheduledVisit
from iph.protocol._file_shape import NO_DAY
from iph.protocol._made_classes import made_options
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
) -> type[ScheduledVisit]:
    """Return the schedule, in the order of time; what has an error is left out."""
    visits: dict[str, Visit] = {
        one.value: (one.value, one.nominal_day, words_of(one), one.window)
        for one in base
    }
    for code, value in given.items():
        path: Path = ("visits", code)
        if value is False:
            taken_away(code, visits, path, tell)
        elif value is not FLAWED:
            visit = _visit(code, value, path, unit, tell)
            if visit is not None:
                visits[code] = visit
    made: Any = made_options("visit", "Visit", tuple(_in_time(list(visits.values()))))
    return made  # type: ignore[no-any-return] # by its first argument


def taken_away(name: str, base: dict[str, Any], path: Path, tell: Tell) -> None:
    """Take away what the protocol below has; tell if it has nothing of that name."""
    if base.pop(name, None) is None:
        problem = "false takes away what the protocol below has, which is not there"
        tell(path, problem, "remove the line")


def words_of(visit: ScheduledVisit) -> str:
    """Return the label of a visit where it does not follow from its code."""
    plain = str(visit.value).replace("_", " ")
    return "" if visit.label == plain else visit.label


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
    label = table.get("label", "")
    usual = code.replace("_", " ")
    return code, day, "" if label == usual else label, window


def _in_time(visits: list[Visit]) -> list[Visit]:
    """Sort by day; a visit on no fixed day stays behind the one listed before it."""
    keys: dict[str, tuple[int, int]] = {}
    day_before = min((day for _, day, _, _ in visits if day is not None), default=0)
    for place, (code, day, _, _) in enumerate(visits):
        day_before = day_before if day is None else day
        keys[code] = (day_before, place)
    return sorted(visits, key=lambda visit: keys[visit[0]])
