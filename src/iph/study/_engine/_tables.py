"""The tables of a study as packed columns of one row a patient."""

import functools
import itertools
import math
from collections.abc import Iterable, Iterator
from functools import partial
from typing import Any

import attrs

from iph._bound import Bound
from iph.protocol._outcomes import EndpointRule
from iph.study._attendance import MISSED, SEEN, compared
from iph.study._characteristics import Characteristic
from iph.study._columns import DIED
from iph.study._engine._coding import (
    FAR,
    EngineColumn,
    chosen,
    constant,
    yes_no,
)
from iph.study._engine._columns import EngineColumns
from iph.study._engine._recovery import RiskColumns, least
from iph.study._engine._rows import DIED_DAY, Rows
from iph.study._recovery_tables import (
    LASTING,
    LOST,
    MAIN,
    UNKNOWN_NEVER,
    UNKNOWN_SEEN,
)
from iph.study._risk import STARTS
from iph.study._study_counts import Path


@attrs.frozen(eq=False)
class EngineTable:
    """A table that is counted: its name, its columns, and of which rows.

    Attributes
    ----------
    path : tuple of str
        Its name.
    columns : list of EngineColumn
        What is counted together.
    where : narwhals.Expr or None
        The rows of the study that are counted; None for all.
    of_everybody : bool
        Whether it counts the records that are not analyzed as well.
    """

    path: Path
    columns: list[EngineColumn]
    where: Any = None
    of_everybody: bool = False

    @property
    def size(self) -> int:
        """How many cells it can have."""
        return math.prod(column.size for column in self.columns)


def attendance_tables(
    rows: Rows, columns: EngineColumns, days: tuple[int, int], stated: Iterable[str]
) -> Iterator[EngineTable]:
    """Yield who was seen at each visit, and until when everybody was followed.

    `stated` names the fields of a day that is known beside the visits.
    """
    import narwhals.stable.v2 as nw

    protocol = rows.protocol
    for place, visit in enumerate(protocol.visits):
        state = chosen([(rows.seen(place), SEEN), (rows.dead(place), DIED)], MISSED)
        day = _days(nw.col(f"iph_day_{place}"), days)
        yield EngineTable(("attendance", visit.value), [state, day])
        if visit.nominal_day:
            for name, _, read in compared(protocol):
                value: Any = read(columns)  # type: ignore[arg-type] # has what is read
                path = ("attrition", name, visit.value)
                yield EngineTable(path, [state, value.mapped(_number)])
    times = [nw.col(f"iph_time_{place}") for place in range(len(protocol.visits))]
    beside = [nw.col(name).cast(nw.Int64()) for name in stated]
    last = nw.max_horizontal(nw.col(DIED_DAY), *times, *beside)
    dated = ~nw.col(DIED_DAY).is_null()
    yield EngineTable(("follow-up",), [_days(last, days), yes_no(dated)])
    yield EngineTable(("deaths",), [yes_no(dated)], rows.known_dead())


def _number(value: Any) -> float | None:
    return None if value is None or isinstance(value, Bound) else float(value)


def _days(column: Any, ends: tuple[int, int]) -> EngineColumn:
    """Return whole days, None where there is none."""
    import narwhals.stable.v2 as nw

    low, high = ends
    none = high - low + 1
    known = nw.when(~column.is_null()).then(column - low)
    expr = known.otherwise(nw.lit(none, nw.Int64()))
    return EngineColumn(expr, none + 1, _values_of_days(low, high))


@functools.cache
def _values_of_days(low: int, high: int) -> dict[int, int | None]:
    values: dict[int, int | None] = {day - low: day for day in range(low, high + 1)}
    return {**values, high - low + 1: None}


def outcome_tables(rows: Rows, group: EngineColumn) -> Iterator[EngineTable]:
    """Yield each outcome at each visit, at two visits together, and by ranks."""
    import narwhals.stable.v2 as nw

    visits = rows.protocol.visits
    places = range(len(visits))
    for outcome in rows.protocol.outcomes:
        name = outcome.field
        states = [rows.state(name, place).mapped(score) for place in places]
        for visit, state in zip(visits, states, strict=True):
            yield EngineTable(("values", name, visit.value), [state, group])
        for one, two in itertools.combinations(places, 2):
            path = ("pairs", name, visits[one].value, visits[two].value)
            yield EngineTable(path, [states[one], states[two], group])
        scores = [nw.col(f"iph_score_{name}_{place}") for place in places]
        yield EngineTable(("patterns", name), _ranks(scores))
        ever = least(scores) < nw.lit(FAR, nw.Int64())
        yield EngineTable(("ever", name), [yes_no(ever)])


def score(value: Any) -> Any:
    """Return a grade by its number, any other value as a float."""
    if value is None or value == DIED:
        return value
    return int(value) if isinstance(value, int) else float(value)


def _ranks(scores: list[Any]) -> list[EngineColumn]:
    """Return how many of a patient's scores are smaller than that of each visit."""
    import narwhals.stable.v2 as nw

    far = nw.lit(FAR, nw.Int64())  # where there is no score; smaller than none
    ranks = {rank + 1: rank for rank in range(len(scores))}
    columns = []
    for place, here in enumerate(scores):
        rank: Any = nw.lit(1, nw.Int64())  # 0 stands for a visit without a score
        for other, there in enumerate(scores):
            if other != place:
                rank += (there < here).cast(nw.Int64())
        expr = nw.when(here < far).then(rank).otherwise(nw.lit(0, nw.Int64()))
        columns.append(EngineColumn(expr, len(scores) + 1, {0: None, **ranks}))
    return columns


def recovery_tables(
    rows: Rows,
    rule: EndpointRule,
    number: int,
    *,
    group: EngineColumn,
    late: Any,
    last_day: int,
) -> Iterator[EngineTable]:
    """Yield time to one endpoint; `late` are those excluded for being lost alone."""
    import narwhals.stable.v2 as nw

    every, name = RiskColumns(number, rule), rule.name
    start = EngineColumn(every.start, len(STARTS), dict(enumerate(STARTS)))
    risk, unknown = every.start == 0, every.start == 2
    day = partial(_days, ends=(0, last_day))
    gone = nw.when(every.gone_first).then(every.gone_day)
    causes = [every.cause()] if rule.competing else []
    alone = ~every.seen & every.gone_day.is_null()
    yield EngineTable(("start", name), [start])
    yield EngineTable(
        ("interval", name),
        [day(every.left), day(every.right), day(gone), *causes, group],
        risk,
    )
    yield EngineTable(
        ("course", name),
        [yes_no(every.relapsed), yes_no(alone), day(every.last), group],
        risk,
    )
    visits = rows.protocol.visits
    for place, visit in enumerate(visits):
        attended = ~every.at(place).is_null()
        before = nw.lit(value=False)
        if visit.nominal_day is not None:
            before = ~attended & (every.gone_day <= visit.nominal_day)
        path = ("assessed", name, visit.value)
        yield EngineTable(path, [yes_no(attended), yes_no(before), group], risk)
    unknown &= every.seen | ~every.gone_day.is_null()
    lasting = RiskColumns(number, rule, lasting=True)
    nobody = constant()
    for kind, where, risks, by in (
        (MAIN, risk, every, group),
        (LASTING, risk, lasting, nobody),
        (UNKNOWN_SEEN, unknown & every.event, every, nobody),
        (UNKNOWN_NEVER, unknown & ~every.event, every, nobody),
        (LOST, None if late is None else late & risk, every, nobody),
    ):
        if kind == LOST and late is None:
            continue
        lost = kind == LOST
        path = ("recovered", name, kind)
        yield EngineTable(path, [yes_no(risks.event)], where, lost)
        for place, visit in enumerate(visits):
            if visit.nominal_day:
                state = risks.known(place, visit.nominal_day)
                by_visit = ("known", name, kind, visit.value)
                yield EngineTable(by_visit, [state, by], where, lost)


def characteristic_tables(
    columns: EngineColumns, rows: tuple[Characteristic, ...], group: EngineColumn
) -> Iterator[EngineTable]:
    """Yield the values of each characteristic by group."""
    for one in rows:
        column: Any = one.column(columns)  # type: ignore[arg-type] # has what is read
        yield EngineTable(("characteristics", one.name), [column, group])


def bound_tables(columns: EngineColumns) -> Iterator[EngineTable]:
    """Yield the values of fields that are known by a bound alone, each field's own."""
    for field in columns.rows.protocol.patient_fields:
        if f"{field.name}_bound" in columns.rows.read:
            column = columns.of_patients(field.name)
            told = {
                code: str(value) if isinstance(value, Bound) else None
                for code, value in column.values.items()
            }
            yield EngineTable(
                ("bounds", field.name), [attrs.evolve(column, values=told)]
            )
