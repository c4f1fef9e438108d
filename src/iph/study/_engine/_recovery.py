"""When patients reached an endpoint, worked out on an engine.

No two known assessments of a patient are on one day, so that every "first" and "last"
of `_risk` is here the least or the largest day of those that it speaks of.
"""

import itertools
from collections.abc import Iterator
from typing import Any

import attrs

from iph.protocol._outcomes import EndpointRule
from iph.study._by_visit import STATES
from iph.study._engine._coding import EngineColumn, chosen
from iph.study._engine._rows import DIED_DAY, Rows, _col, told
from iph.study._risk import DEATH


def with_risks(rows: Rows) -> Rows:
    """Add the columns of all endpoints, in as few steps as one of them needs."""
    endpoints = enumerate(rows.protocol.endpoints)
    steps = [_steps(rows, rule, number) for number, rule in endpoints]
    for together in itertools.zip_longest(*steps, fillvalue={}):
        rows = rows.with_columns(**{k: v for one in together for k, v in one.items()})
    return rows


def _steps(rows: Rows, rule: EndpointRule, number: int) -> Iterator[dict[str, Any]]:
    """Yield the columns of an endpoint, whose names begin with its number, in steps.

    They are ``start`` (0 at risk, 1 reached, 2 not known), the days ``left``,
    ``right``, ``lasting_left``, ``lasting_right`` and ``last``, null for none, and
    ``at_<place>``, the day of each visit at which the endpoint was assessed.
    """
    if not rule.of_visits:
        yield _dated(rows, rule, number)
        return
    import narwhals.stable.v2 as nw

    visits = list(enumerate(rows.protocol.visits))
    of_visits = [one for one in rows.protocol.endpoints if one.of_visits]
    answer = f"told_{of_visits.index(rule)}"

    def name(what: str) -> str:
        return f"iph_e{number}_{what}"

    def days(where: Any) -> list[Any]:
        """Return the day of each visit where a condition of its place holds."""
        return [nw.when(where(place)).then(_col("time", place)) for place, _ in visits]

    until = competing_day(rule)

    def is_known(place: int) -> Any:
        known = ~_col(answer, place).is_null()
        if until is None:
            return known
        return known & (until.is_null() | (_col("time", place) <= until))

    def is_start(place: int) -> Any:
        known = is_known(place)
        if rows.protocol.visits[place].is_baseline:
            return known
        return known & (_col("time", place) <= 0)

    first = greatest(days(is_start))
    yield {name("first"): first}
    first = nw.col(name("first"))
    at_first = nw.lit(value=False)
    later: dict[str, Any] = {}
    for place, _ in visits:
        time = _col("time", place)
        reached = is_start(place) & (time == first) & (_col(answer, place) == 1)
        at_first |= reached.fill_null(value=False)
        after = first.is_null() | (time > first)
        seen = is_known(place) & after
        later[name(f"at_{place}")] = nw.when(seen).then(time)
    zero, one, two = (nw.lit(number, nw.Int64()) for number in range(3))
    known = nw.when(at_first).then(one).otherwise(zero)
    start = nw.when(~first.is_null()).then(known).otherwise(two)
    origin = nw.when(first > 0).then(first).otherwise(zero)
    yield {**later, name("start"): start, name("origin"): origin}
    at = {place: nw.col(name(f"at_{place}")) for place, _ in visits}

    def first_day(where: Any) -> Any:
        return least([nw.when(where(p)).then(at[p]) for p in at])

    def last_day(where: Any) -> Any:
        return greatest([nw.when(where(p)).then(at[p]) for p in at])

    yield {
        name("right"): first_day(lambda place: _col(answer, place) == 1),
        name("lost"): last_day(lambda place: _col(answer, place) == 0),
    }
    lost, right = nw.col(name("lost")), nw.col(name("right"))
    yield {
        name("lasting_right"): first_day(
            lambda p: (_col(answer, p) == 1) & (lost.is_null() | (at[p] > lost))
        ),
    }
    lasting = nw.col(name("lasting_right"))
    yield {
        name("before"): last_day(lambda p: right.is_null() | (at[p] < right)),
        name("lasting_before"): last_day(
            lambda p: lasting.is_null() | (at[p] < lasting)
        ),
        name("end"): greatest(list(at.values())),
    }
    start_day = nw.col(name("origin"))

    def not_before_start(what: str) -> Any:
        day = nw.col(name(what))
        return nw.when(day > start_day).then(day).otherwise(start_day)

    end = nw.col(name("end"))
    yield {
        name("left"): not_before_start("before"),
        name("lasting_left"): not_before_start("lasting_before"),
        name("last"): nw.when(end.is_null()).then(start_day).otherwise(end),
    }


def knowledge_of(rows: Rows) -> dict[str, Any]:
    """Return what is known of each endpoint on the day of each patient's own visits."""
    columns: dict[str, Any] = {}
    for number, rule in enumerate(rows.protocol.endpoints):
        for lasting in (False, True):
            risks = RiskColumns(number, rule, lasting=lasting)
            for place, visit in enumerate(rows.protocol.visits):
                if visit.nominal_day:
                    state = _state_at(risks, place, visit.nominal_day)
                    columns[risks.name_of(place)] = state.expr
    return columns


def _state_at(risks: "RiskColumns", place: int, nominal: int) -> EngineColumn:
    """Return what is known of each on the day of the patient's own visit."""
    import narwhals.stable.v2 as nw

    own = risks.at(place)
    day = nw.when(own.is_null()).then(nw.lit(nominal, nw.Int64())).otherwise(own)
    recovered, died, still, open_, competing = STATES
    gone = risks.gone_first & (risks.gone_day <= day)
    return chosen(
        [
            (risks.right <= day, recovered),
            (gone & risks.by_death, died),
            (gone, competing),
            (risks.left >= day, still),
        ],
        open_,
    )


def greatest(columns: list[Any]) -> Any:
    """Return the largest of some columns; Spark takes no fewer than two."""
    import narwhals.stable.v2 as nw

    return nw.max_horizontal(*columns) if len(columns) > 1 else columns[0]


def least(columns: list[Any]) -> Any:
    """Return the least of some columns."""
    import narwhals.stable.v2 as nw

    return nw.min_horizontal(*columns) if len(columns) > 1 else columns[0]


def _dated(rows: Rows, rule: EndpointRule, number: int) -> dict[str, Any]:
    """Read a time that was recorded, or the day of a statement; see `_risk`."""
    import narwhals.stable.v2 as nw

    day = nw.col(str(rule.at or rule.seen_by)).cast(nw.Int64())
    answer = told(rule, rows.protocol.patient_declarations)
    zero, none = nw.lit(0, nw.Int64()), nw.lit(None, nw.Int64())
    yes, no = answer & (day > 0), ~answer & (day > 0)
    start = nw.when(yes | no).then(zero).otherwise(nw.lit(2, nw.Int64()))
    until = competing_day(rule)
    if until is not None:
        late = (until < day).fill_null(value=False)
        end = nw.when(late).then(until).otherwise(day)
        no = (no | (yes & late) if rule.form == "recorded" else no) & (end > 0)
        yes, day = yes & ~late, end
    before = day - 1 if rule.form == "recorded" else zero
    right = nw.when(yes).then(day)
    left = nw.when(yes).then(before).otherwise(nw.when(no).then(day).otherwise(zero))
    last = nw.when(yes | no).then(day).otherwise(zero)
    found = {
        "start": start,
        "lost": none,
        "left": left,
        "right": right,
        "lasting_left": left,
        "lasting_right": right,
        "end": nw.when(yes | no).then(day),
        "last": last,
    }
    found |= {f"at_{place}": none for place in range(len(rows.protocol.visits))}
    return {f"iph_e{number}_{what}": expr for what, expr in found.items()}


def competing_day(rule: EndpointRule) -> Any:
    """Return the day of the first declared competing event; None if none is."""
    import narwhals.stable.v2 as nw

    if not rule.competing:
        return None
    return least([nw.col(event.at).cast(nw.Int64()) for event in rule.competing])


class RiskColumns:
    """The columns of an endpoint that `with_risks` has added."""

    def __init__(
        self, number: int, rule: EndpointRule, *, lasting: bool = False
    ) -> None:
        import narwhals.stable.v2 as nw

        def column(what: str) -> Any:
            return nw.col(f"iph_e{number}_{what}")

        kind = "lasting_" if lasting else ""
        self._prefix = f"iph_e{number}_{kind}known"
        self.start = column("start")
        self.left, self.right = column(f"{kind}left"), column(f"{kind}right")
        self.last, self._column = column("last"), column
        died, until = nw.col(DIED_DAY), competing_day(rule)
        if until is None:
            self.gone_day, self.by_death = died, ~died.is_null()
        else:
            other = until.is_null() | (died < until).fill_null(value=False)
            self.by_death = ~died.is_null() & other
            self.gone_day = nw.when(self.by_death).then(died).otherwise(until)
        self.event = ~self.right.is_null()
        self.gone_first = self.right.is_null() & ~self.gone_day.is_null()
        self._rule, self._until = rule, until
        self.seen = ~column("end").is_null()
        self.relapsed = (column("lost") > column("right")).fill_null(value=False)

    def cause(self) -> EngineColumn:
        """Return what ended the chance to reach the endpoint, first of all."""
        import narwhals.stable.v2 as nw

        answers = [(self.gone_first & self.by_death, DEATH)]
        for event in self._rule.competing:
            first = (nw.col(event.at) <= self._until).fill_null(value=False)
            answers.append((self.gone_first & first, event.at))
        return chosen(answers, None)

    def at(self, place: int) -> Any:
        """Return the day of a visit at which the endpoint was assessed."""
        return self._column(f"at_{place}")

    def name_of(self, place: int) -> str:
        """Return the column of what is known on the day of a visit."""
        return f"{self._prefix}_{place}"

    def known(self, place: int, nominal: int) -> EngineColumn:
        """Return what is known on the day of a visit; see `knowledge_of`."""
        import narwhals.stable.v2 as nw

        expr = nw.col(self.name_of(place))
        return attrs.evolve(_state_at(self, place, nominal), expr=expr)
