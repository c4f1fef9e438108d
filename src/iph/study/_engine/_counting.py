"""Counting a study where its records lie: two queries, and only cells come back.

The first asks for the distinct cells of each column, which are read as the study
declares them, so that what is no cell of the study is refused. The second lays one row
a patient out by those readings and counts every table of the study in one pass.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

import attrs

from iph._carried import CARRIED, RANGES
from iph._course import Stands, leaves_no_room, stands
from iph._fields import Kind
from iph.criteria._criterion import Criteria
from iph.criteria._frames import ANSWER, states
from iph.errors import InputError
from iph.protocol._protocol import Protocol
from iph.protocol._recorded_days import recorded_days
from iph.study._asked import Asked
from iph.study._attendance import compared
from iph.study._characteristics import NOBODY_GROUPED, Characteristic
from iph.study._engine._carried import Carried, carried_fields, carried_of
from iph.study._engine._coding import (
    EngineColumn,
    constant,
    kept_columns,
)
from iph.study._engine._columns import Asking, EngineColumns
from iph.study._engine._distinct import ID, ReadColumn, distinct_cells, sign_of
from iph.study._engine._events import (
    EVENT_CHECKS,
    event_checks,
    event_tables,
    fields_of_events,
    with_events,
)
from iph.study._engine._parts import (
    fields_of_parts,
    part_tables,
    speaking_columns,
    special_columns,
    stated_day_of,
)
from iph.study._engine._passes import counted_tables
from iph.study._engine._recovery import knowledge_of, with_risks
from iph.study._engine._rows import N_ROWS, Rows, check_visits, patients_of, with_visits
from iph.study._engine._tables import (
    EngineTable,
    attendance_tables,
    bound_tables,
    characteristic_tables,
    outcome_tables,
    recovery_tables,
)
from iph.study._event_counts import OF_OTHERS, TOLD
from iph.study._selection import is_convenience, lost_codes
from iph.study._study_counts import Path, Table


def engine_tables(
    patients: Any, assessments: Any, events: Any, asked: Asked
) -> tuple[dict[Path, Table], Carried]:
    """Count a lazy table of patients, and those beside it, where they lie.

    What the cohort carries is returned as well: a convenience sample has no recovery.
    """
    import narwhals.stable.v2 as nw

    protocol = asked.protocol
    asking = _asked(asked)
    seen_names = tuple(
        dict.fromkeys([*(one.field for one in protocol.outcomes), *asking.of_baseline])
    )
    read = _read((patients, assessments, events), asking, protocol, seen_names)
    carried = _taken(read)
    sampled = not is_convenience(carried.notes)
    if assessments is not None:
        check_visits(read["assessments"])
    # All that is told of a patient alone comes before visits are laid beside it: it
    # is worked out among few columns, and no text has to be kept for it.
    own, recorded = _coded_once(patients_of(patients, protocol, read["patients"]))
    own, analyzed, late = _screened(own, asked)
    own, special = _with_parts(own, recorded, asked)
    rows = with_visits(own, assessments, read.get("assessments"), seen_names)
    if events is not None:
        rows = with_events(rows, events, read["events"])
    rows = with_risks(rows)
    columns = EngineColumns(rows, special, recorded)
    by, group = (_group(columns, one) for one in (asked.by_all, asked.groups))
    rows = rows.with_states(
        iph_by=by.expr,
        iph_group=group.expr,
        iph_analyzed=analyzed,
        **knowledge_of(rows),
    )
    by = attrs.evolve(by, expr=nw.col("iph_by"))
    group = attrs.evolve(group, expr=nw.col("iph_group"))
    columns = EngineColumns(rows, special, recorded)
    stated = stated_day_of(protocol) or ()
    days = _ends_of_days(protocol, read, stated)

    def listed() -> Iterator[EngineTable]:
        yield EngineTable(("patients",), [group])
        yield EngineTable(("columns",), [by])
        yield EngineTable(("late losses",), [constant()], late, of_everybody=True)
        yield from _decisions(asked.criteria)
        own_days = (field.name for field in recorded_days(protocol))
        yield from _checks(rows, (*stated, *own_days))
        yield from bound_tables(columns)
        yield from characteristic_tables(columns, asked.rows, by)
        yield from attendance_tables(rows, columns, days, stated)
        yield from outcome_tables(rows, group)
        yield from part_tables(rows, columns, asked, sampled=sampled)
        if events is not None:
            yield from event_tables(rows, read["events"], by)
            yield from event_checks(n_events)
        lost = late if asked.population == "included" else None
        for number, rule in enumerate(protocol.endpoints if sampled else ()):
            yield from recovery_tables(
                rows, rule, number, group=group, late=lost, last_day=days[1]
            )

    n_seen, n_events = (
        sum(read[title][name].n.values()) if title in read else 0
        for title, name in (("assessments", "visit"), ("events", "event"))
    )
    found = counted_tables(rows.frame, list(listed()))
    _refuse_what_contradicts(found, n_seen, n_events)
    if events is not None:
        found[TOLD] = Table({(): n} if (n := found["records",].total()) else {})
    return _as_counted(found), carried


def _read(
    tables: tuple[Any, Any, Any],
    asked: Asking,
    protocol: Protocol[Any],
    seen: tuple[str, ...],
) -> dict[str, dict[str, ReadColumn]]:
    """Return the distinct cells of the tables, as far as the study asks for them."""
    patients, assessments, events = tables
    fields = {field.name: field for field in protocol.patient_fields}
    names = _recorded(protocol, asked.of_patient, fields)
    found: dict[str, Any] = {
        "patients": (
            patients,
            [
                *(fields[name] for name in names if name != ID),
                *(sign_of(fields[name]) for name in names),
                *carried_fields(protocol.patient),
            ],
        )
    }
    if assessments is not None:
        of_visits = _seen_fields(protocol, seen)
        of_visits += carried_fields(protocol.assessment)
        found["assessments"] = (assessments, of_visits)
    if events is not None:
        found["events"] = (events, fields_of_events(protocol))
    return distinct_cells(found)


def _taken(read: Mapping[str, dict[str, ReadColumn]]) -> Carried:
    """Take what is said of the cohort out of the columns; ranges are a patient's."""
    names = [name for name in CARRIED if name != RANGES]
    own: list[dict[str, Mapping[Any, Any]]] = [
        {name: table.pop(name).said for name in names if name in table}
        for table in read.values()
    ]
    return carried_of(own)


def _coded_once(rows: Rows) -> tuple[Rows, dict[str, EngineColumn]]:
    """Return the rows with the number of each recorded cell as a column."""
    fields = {RANGES, *(field.name for field in rows.protocol.patient_fields)}
    own = fields & rows.read.keys()
    columns = {name: EngineColumns(rows).of_patients(name) for name in sorted(own)}
    kept, recorded = kept_columns(columns, {n: f"iph_of_{n}" for n in columns})
    return rows.with_columns(**kept), recorded


def _with_parts(
    rows: Rows, recorded: Mapping[str, EngineColumn], asked: Asked
) -> tuple[Rows, dict[str, EngineColumn]]:
    """Return the rows with what the parts of a study find of each patient."""
    special: dict[str, EngineColumn] = {}
    for step in (speaking_columns, special_columns):
        found = step(EngineColumns(rows, special, recorded), asked)
        first = len(special)
        names = {name: f"iph_part_{first + n}" for n, name in enumerate(found)}
        kept, columns = kept_columns(found, names)
        rows, special = rows.with_columns(**kept), special | columns
    return rows, special


def _asked(asked: Asked) -> Asking:
    """Return the fields that the study asks for."""
    protocol, asking = asked.protocol, Asking()
    for one in (*asked.rows, asked.by_all, asked.groups):
        if one is not NOBODY_GROUPED:
            one.column(asking)  # type: ignore[arg-type] # has what is read
    for _, _, read in compared(protocol):
        read(asking)  # type: ignore[arg-type] # has what is read
    for rule in protocol.endpoints:
        if not rule.of_visits:
            rules = [one for one in (rule.reached, rule.unclear) if one is not None]
            names = [*(n for one in rules for n in one.fields), rule.at or rule.seen_by]
            asking.of_patient |= dict.fromkeys(str(name) for name in names)
        asking.of_patient |= dict.fromkeys(event.at for event in rule.competing)
    asking.of_patient |= dict.fromkeys([*asked.criteria.fields, "died", "died_day"])
    bounded = [f.name for f in protocol.patient_fields if f.declaration.bounded]
    asking.of_patient |= dict.fromkeys([*bounded, *fields_of_parts(asked)])
    return asking


def _recorded(protocol: Protocol[Any], names: Any, fields: Any) -> list[str]:
    """Return the recorded fields that some names rest on."""
    derived = {one.name: one for one in protocol.derived}
    found: dict[str, None] = {}
    for name in names:
        if name in fields:
            found[name] = None
        else:
            inner = _recorded(protocol, derived[name].fields, fields)
            found |= dict.fromkeys(inner)
    return list(found)


def _seen_fields(protocol: Protocol[Any], names: tuple[str, ...]) -> list[Any]:
    """Return the fields of the assessments that outcomes and endpoints rest on."""
    fields = {field.name: field for field in protocol.assessment_fields}
    found: dict[str, None] = dict.fromkeys(["visit", "day", *names])
    for rule in protocol.endpoints:
        for one in (rule.when, rule.unclear):
            if rule.of_visits and one is not None:
                found |= dict.fromkeys(one.fields)
    return [fields[name] for name in _recorded(protocol, found, fields)]


def _group(columns: EngineColumns, one: Characteristic) -> EngineColumn:
    """Return a group with one number a level."""
    if one is NOBODY_GROUPED:
        return constant()
    found: Any = one.column(columns)  # type: ignore[arg-type] # has what is read
    few: EngineColumn = found.few(one.name)
    return few


def _screened(rows: Rows, asked: Asked) -> tuple[Rows, Any, Any]:
    """Return who is analyzed, and whom loss to follow-up alone excludes."""
    import narwhals.stable.v2 as nw

    criteria, fields = asked.criteria, rows.protocol.patient_declarations
    rules = {
        f"{ANSWER}{n}": one.rule.expr(fields) for n, one in enumerate(criteria.all)
    }
    rows = rows.with_columns(**rules)
    failed, unknown = states(criteria)
    rows = rows.with_columns(iph_failed=failed, iph_unknown=unknown)
    never = len(criteria.all)
    no_failure, no_doubt = nw.col("iph_failed") == never, nw.col("iph_unknown") == never
    analyzed = {
        "included": no_failure & no_doubt,
        "not-excluded": no_failure,
        "all": nw.lit(value=True),
    }[asked.population]
    lost = lost_codes(criteria)
    alone, fails = no_doubt, nw.lit(value=False)
    for place, one in enumerate(criteria.all):
        answer = nw.col(f"{ANSWER}{place}")
        if one.code in lost:
            fails |= answer
        else:
            alone &= answer if place < len(criteria.include) else ~answer
    return rows, analyzed, alone & fails


def _decisions(criteria: Criteria) -> Iterator[EngineTable]:
    """Yield the records by the first criterion that fails, and the first unknown."""
    import narwhals.stable.v2 as nw

    codes = dict(enumerate([*(one.code for one in criteria.all), None]))
    columns = [
        EngineColumn(nw.col(name).cast(nw.Int64()), len(codes), codes)
        for name in ("iph_failed", "iph_unknown")
    ]
    yield EngineTable(("records",), columns, None, of_everybody=True)


def _ends_of_days(
    protocol: Protocol[Any], read: Any, stated: Iterable[str]
) -> tuple[int, int]:
    """Return the first and the last day that anything is known of."""
    days = [0, *(v.nominal_day for v in protocol.visits if v.nominal_day is not None)]
    kinds = {Kind.DAYS, Kind.QUANTITY}
    recorded = {"day", "died_day", *stated} | {
        str(rule.at or rule.seen_by)
        for rule in protocol.endpoints
        if not rule.of_visits
    }
    recorded |= {event.at for rule in protocol.endpoints for event in rule.competing}
    for title, table in read.items():
        for name, column in table.items() if title != "events" else ():
            if name in recorded and column.field.declaration.kind in kinds:
                days += [int(day) for day in column.said.values() if day is not None]
    return min(days), max(days)


_CHECKS: Final = {
    "twice": "a visit of a patient stands twice",
    "order": "days of a patient's visits do not rise in the order of the schedule",
    "after death": "something is recorded of a patient after the day of death",
    "alive": "a day of death is given of a patient who is said not to have died",
}


def _checks(rows: Rows, stated: Iterable[str]) -> Iterator[EngineTable]:
    """Yield what contradicts itself, by the rules of `Course`."""
    import narwhals.stable.v2 as nw

    places = range(len(rows.protocol.visits))
    n_seen: Any = nw.lit(0, nw.Int64())
    for place in places:
        one, zero = nw.lit(1, nw.Int64()), nw.lit(0, nw.Int64())
        n_seen += nw.when(rows.seen(place)).then(one).otherwise(zero)
    dated = [nw.col(f"iph_day_{place}") for place in places]
    visits = rows.protocol.visits
    died = nw.col("iph_died_day")
    disorder, late = nw.lit(value=False), nw.lit(value=False)
    for name in stated:
        late |= (nw.col(name) > died).fill_null(value=False)
    for place in places:
        late |= (dated[place] > died).fill_null(value=False)
        for other in range(place):
            where: Stands = "anywhere"
            if visits[other].nominal_day is not None:
                where = stands(visits[place], visits[other], first=False)
            wrong = leaves_no_room(dated[place], dated[other], where)
            disorder |= wrong.fill_null(value=False)
    alive = ~nw.col("died") & ~died.is_null()
    found = {
        "twice": nw.col(N_ROWS) > n_seen,
        "order": disorder,
        "after death": late,
        "alive": alive,
    }
    for name, where in found.items():
        yield EngineTable(("check", name), [constant()], where, of_everybody=True)
    count = EngineColumn(
        n_seen, len(places) + 1, {n: n for n in range(len(places) + 1)}
    )
    yield EngineTable(("check", "seen"), [count], None, of_everybody=True)


def _refuse_what_contradicts(
    found: dict[Path, Table], n_seen: int, n_events: int
) -> None:
    """Refuse records that no cohort could hold, and say how many patients they are."""
    told = [
        f"{words} ({n})"
        for name, words in (_CHECKS | EVENT_CHECKS).items()
        if (n := found.pop(("check", name), Table()).total())
    ]
    events = found.pop(("check", "events"), Table())
    of_nobody = n_events - sum(n * times for (times,), n in events.items())
    if of_nobody:
        told.append(f"{of_nobody} events are of no patient")
    counted = found.pop(("check", "seen"))
    of_patients = sum(n * seen for (seen,), n in counted.items())
    if of_patients != n_seen and not told:
        told.append(f"{n_seen - of_patients} assessments are of no patient, or of two")
    if told:
        rule = "tables that hold patients without contradictions"
        raise InputError("records", rule, "other tables", "; ".join(told))


def _as_counted(found: dict[Path, Table]) -> dict[Path, Table]:
    """Bring the tables into the form in which patients are counted."""
    late = found["late losses",].total()
    found["late losses",] = Table({(): late} if late else {})
    others = found.get(OF_OTHERS, Table())
    if others:
        n_others = sum(n * times for (times,), n in others.items())
        found[OF_OTHERS] = Table({(): n_others})
    bounds = Table()
    for path in [path for path in found if path[0] == "bounds"]:
        for (told,), n in found.pop(path).items():
            if told is not None:
                bounds[path[1], told] += n
    found["bounds",] = bounds
    return found
