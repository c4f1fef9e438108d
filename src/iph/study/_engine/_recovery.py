"""When patients reached an endpoint, worked out on an engine.

The days of a patient's known assessments rise strictly, so that every "first" and
"last" of `_risk` is here the least or the largest day of those that it speaks of.
"""

from typing import Any, Final

from iph.protocol._outcomes import EndpointRule
from iph.study._engine._rows import DIED_DAY, Rows, _col, told

DAYS: Final = ("left", "right", "lasting_left", "lasting_right", "last")
"""The days that are worked out of each patient, null for none."""


def with_risks(rows: Rows, rule: EndpointRule, number: int) -> Rows:
    """Add the columns of an endpoint, whose names begin with its number.

    They are ``start`` (0 at risk, 1 reached, 2 not known), the days of `DAYS`, and
    ``at_<place>``, the day of each visit at which the endpoint was assessed.
    """
    if not rule.of_visits:
        return _dated(rows, rule, number)
    import narwhals.stable.v2 as nw

    visits = list(enumerate(rows.protocol.visits))
    of_visits = [one for one in rows.protocol.endpoints if one.of_visits]
    answer = f"told_{of_visits.index(rule)}"

    def name(what: str) -> str:
        return f"iph_e{number}_{what}"

    def days(where: Any) -> list[Any]:
        """Return the day of each visit where a condition of its place holds."""
        return [nw.when(where(place)).then(_col("time", place)) for place, _ in visits]

    def is_start(place: int) -> Any:
        known = ~_col(answer, place).is_null()
        if rows.protocol.visits[place].is_baseline:
            return known
        return known & (_col("time", place) <= 0)

    first = nw.max_horizontal(*days(is_start))
    rows = rows.with_columns(**{name("first"): first})
    first = nw.col(name("first"))
    at_first = nw.lit(value=False)
    later: dict[str, Any] = {}
    for place, _ in visits:
        time = _col("time", place)
        reached = is_start(place) & (time == first) & (_col(answer, place) == 1)
        at_first |= reached.fill_null(value=False)
        after = first.is_null() | (time > first)
        seen = ~_col(answer, place).is_null() & after
        later[name(f"at_{place}")] = nw.when(seen).then(time)
    zero, one, two = (nw.lit(number, nw.Int64()) for number in range(3))
    known = nw.when(at_first).then(one).otherwise(zero)
    start = nw.when(~first.is_null()).then(known).otherwise(two)
    origin = nw.when(first > 0).then(first).otherwise(zero)
    rows = rows.with_columns(**later, **{name("start"): start, name("origin"): origin})
    at = {place: nw.col(name(f"at_{place}")) for place, _ in visits}

    def least(where: Any) -> Any:
        return nw.min_horizontal(*(nw.when(where(p)).then(at[p]) for p in at))

    def most(where: Any) -> Any:
        return nw.max_horizontal(*(nw.when(where(p)).then(at[p]) for p in at))

    rows = rows.with_columns(
        **{
            name("right"): least(lambda place: _col(answer, place) == 1),
            name("lost"): most(lambda place: _col(answer, place) == 0),
        }
    )
    lost, right = nw.col(name("lost")), nw.col(name("right"))
    rows = rows.with_columns(
        **{
            name("lasting_right"): least(
                lambda p: (_col(answer, p) == 1) & (lost.is_null() | (at[p] > lost))
            ),
        }
    )
    lasting = nw.col(name("lasting_right"))
    rows = rows.with_columns(
        **{
            name("before"): most(lambda p: right.is_null() | (at[p] < right)),
            name("lasting_before"): most(
                lambda p: lasting.is_null() | (at[p] < lasting)
            ),
            name("end"): nw.max_horizontal(*at.values()),
        }
    )
    start_day = nw.col(name("origin"))

    def not_before_start(what: str) -> Any:
        day = nw.col(name(what))
        return nw.when(day > start_day).then(day).otherwise(start_day)

    end = nw.col(name("end"))
    return rows.with_columns(
        **{
            name("left"): not_before_start("before"),
            name("lasting_left"): not_before_start("lasting_before"),
            name("last"): nw.when(end.is_null()).then(start_day).otherwise(end),
        }
    )


def _dated(rows: Rows, rule: EndpointRule, number: int) -> Rows:
    """Read a time that was recorded, or the day of a statement; see `_risk`."""
    import narwhals.stable.v2 as nw

    day = nw.col(str(rule.at or rule.seen_by)).cast(nw.Int64())
    answer = told(rule, rows.protocol.patient_declarations)
    zero, none = nw.lit(0, nw.Int64()), nw.lit(None, nw.Int64())
    yes, no = answer & (day > 0), ~answer & (day > 0)
    before = day - 1 if rule.form == "recorded" else zero
    right = nw.when(yes).then(day)
    left = nw.when(yes).then(before).otherwise(nw.when(no).then(day).otherwise(zero))
    last = nw.when(yes | no).then(day).otherwise(zero)
    found = {
        "start": nw.when(yes | no).then(zero).otherwise(nw.lit(2, nw.Int64())),
        "lost": none,
        "left": left,
        "right": right,
        "lasting_left": left,
        "lasting_right": right,
        "end": nw.when(yes | no).then(day),
        "last": last,
    }
    found |= {f"at_{place}": none for place in range(len(rows.protocol.visits))}
    return rows.with_columns(
        **{f"iph_e{number}_{what}": expr for what, expr in found.items()}
    )


class RiskColumns:
    """The columns of an endpoint that `with_risks` has added."""

    def __init__(self, number: int, *, lasting: bool = False) -> None:
        import narwhals.stable.v2 as nw

        def column(what: str) -> Any:
            return nw.col(f"iph_e{number}_{what}")

        kind = "lasting_" if lasting else ""
        self.start = column("start")
        self.left, self.right = column(f"{kind}left"), column(f"{kind}right")
        self.last, self._column = column("last"), column
        self.died_day = nw.col(DIED_DAY)
        self.event = ~self.right.is_null()
        self.died_first = self.right.is_null() & ~self.died_day.is_null()
        self.seen = ~column("end").is_null()
        self.relapsed = (column("lost") > column("right")).fill_null(value=False)

    def at(self, place: int) -> Any:
        """Return the day of a visit at which the endpoint was assessed."""
        return self._column(f"at_{place}")
