"""The table of events on an engine: what each patient had, beside the patient."""

import functools
import operator
from collections.abc import Iterator, Mapping
from typing import Any, Final

import attrs

from iph._event import Event
from iph._fields import DeclaredField, declared_fields
from iph.errors import InputError
from iph.protocol._events import EventRule
from iph.protocol._protocol import Protocol
from iph.records._event_fields import NEEDED, event_fields
from iph.study._engine._coding import EngineColumn, chosen, constant, of_numbers
from iph.study._engine._distinct import ID, ReadColumn
from iph.study._engine._rows import DIED_DAY, Rows
from iph.study._engine._tables import EngineTable
from iph.study._event_counts import ANY, OF_OTHERS, grades_of, path_of

_N_ROWS: Final = "iph_event_rows"
_LAST: Final = "iph_event_last"
_WRONG: Final = "iph_event_wrong"

Read = Mapping[str, ReadColumn]


def fields_of_events(protocol: Protocol[Any]) -> list[DeclaredField]:
    """Return what is read of each event; whose it is, the engine keeps to itself.

    An answer that the study does not ask for is read as well, so that it is refused.
    """
    found = {field.name: field for field in declared_fields(Event)}
    found |= {field.name: field for field in event_fields(protocol)}
    return [field for name, field in found.items() if name != ID]


def check_columns(names: list[str]) -> None:
    """Refuse a table that does not say whose event a row is, or which."""
    if not {*NEEDED} <= {*names}:
        rule = f"a table with the columns {' and '.join(NEEDED)}"
        raise InputError("events", rule, ", ".join(names))


@attrs.frozen(eq=False)
class _Times(Mapping[int, int]):
    """Whole numbers that stand for themselves."""

    size: int

    def __getitem__(self, number: int) -> int:
        return number

    def __iter__(self) -> Iterator[int]:
        return iter(range(self.size))

    def __len__(self) -> int:
        return self.size


def with_events(rows: Rows, events: Any, read: Read) -> Rows:
    """Lay beside each patient how often each event was, and how severe."""
    import narwhals.stable.v2 as nw

    rules = rows.protocol.events
    typed = {name: one.typed() for name, one in read.items()}
    nothing = {"day": nw.Float64(), "grade": nw.Float64(), "related": nw.Boolean()}
    typed |= {n: nw.lit(None, d) for n, d in nothing.items() if n not in typed}
    frame = events.select(nw.col(ID).cast(nw.String()), **typed)
    one, zero = nw.lit(1, nw.Int64()), nw.lit(0, nw.Int64())
    graded, related = ~nw.col("grade").is_null(), nw.col("related")
    right = nw.lit(value=False)
    columns: dict[str, Any] = {}
    for place, rule in enumerate(rules):
        here = (nw.col("event") == rule.name).fill_null(value=False)
        sound = here
        columns[f"iph_event_n_{place}"] = nw.when(here).then(one).otherwise(zero)
        if rule.grades is not None:
            grade = nw.when(here & graded).then(nw.col("grade"))
            columns[f"iph_event_worst_{place}"] = grade.cast(nw.Int64())
            sound &= ~graded | nw.col("grade").is_in(list(map(float, grades_of(rule))))
        else:
            sound &= ~graded
        if rule.related:
            told = nw.when(here & related.fill_null(value=False)).then(one)
            columns[f"iph_event_yes_{place}"] = told
            untold = nw.when(here & related.is_null()).then(one)
            columns[f"iph_event_untold_{place}"] = untold
        else:
            sound &= related.is_null()
        right |= sound
    columns[_LAST] = nw.col("day").cast(nw.Int64())
    columns[_WRONG] = nw.when(~right.fill_null(value=False)).then(one)
    most = [nw.col(name).max() for name in columns if "_n_" not in name]
    times = [nw.col(name).sum() for name in columns if "_n_" in name]
    of_patient = (
        frame.select(ID, **columns)
        .group_by(ID)
        .agg(nw.len().alias(_N_ROWS), *times, *most)
    )
    joined = rows.frame.join(of_patient, on=ID, how="left")
    whole = {
        name: nw.col(name).fill_null(0).cast(nw.Int64())
        for name in (_N_ROWS, *(name for name in columns if "_n_" in name))
    }
    return attrs.evolve(rows, frame=joined).with_columns(**whole)


def event_tables(rows: Rows, read: Read, group: EngineColumn) -> Iterator[EngineTable]:
    """Yield the patients by how often they had an event, how severe, and if related."""
    import narwhals.stable.v2 as nw

    protocol = rows.protocol
    times = [nw.col(f"iph_event_n_{n}") for n, _ in enumerate(protocol.events)]
    for place, rule in enumerate(protocol.events):
        columns = [
            _times(times[place], _n_of(rule, read)),
            _worst(rule, place),
            _relation([place] if rule.related else []),
            group,
        ]
        yield EngineTable(path_of(rule), columns, times[place] > 0)
    every = _times(functools.reduce(operator.add, times), _n_of(None, read))
    asked = [n for n, rule in enumerate(protocol.events) if rule.related]
    yield EngineTable(ANY, [every, _relation(asked), group], every.expr > 0)
    others = (every.expr > 0) & ~nw.col("iph_analyzed")
    yield EngineTable(OF_OTHERS, [every], others, of_everybody=True)


def _n_of(rule: EventRule | None, read: Read) -> int:
    """Return how many rows tell of an event, or of any."""
    event = read["event"]
    return sum(
        n
        for raw, n in event.n.items()
        if rule is None
        or (event.said[raw] is not None and event.said[raw].value == rule.name)
    )


def _times(expr: Any, most: int) -> EngineColumn:
    return EngineColumn(expr, most + 1, _Times(most + 1))


def _worst(rule: EventRule, place: int) -> EngineColumn:
    import narwhals.stable.v2 as nw

    worst = nw.col(f"iph_event_worst_{place}")
    return of_numbers("grade", worst, grades_of(rule)) if rule.grades else constant()


def _relation(places: list[int]) -> EngineColumn:
    """Return whether any of some events was related; None as well if not asked."""
    import narwhals.stable.v2 as nw

    if not places:
        return constant()

    def some(name: str) -> Any:
        found = (~nw.col(f"iph_event_{name}_{place}").is_null() for place in places)
        return functools.reduce(operator.or_, found)

    return chosen([(some("yes"), True), (some("untold"), None)], False)


EVENT_CHECKS: Final = {
    "events unknown": "an event has no name, or an answer that the study does not ask",
    "events after death": "an event comes after the day of death",
}
"""What may be wrong with the events of a patient."""


def event_checks(n_events: int) -> Iterator[EngineTable]:
    """Yield what is wrong with events, and how many are of a patient."""
    import narwhals.stable.v2 as nw

    late = (nw.col(_LAST) > nw.col(DIED_DAY)).fill_null(value=False)
    for name, where in zip(
        EVENT_CHECKS, (~nw.col(_WRONG).is_null(), late), strict=True
    ):
        yield EngineTable(("check", name), [constant()], where, of_everybody=True)
    count = _times(nw.col(_N_ROWS), n_events)
    yield EngineTable(("check", "events"), [count], None, of_everybody=True)
