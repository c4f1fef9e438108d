"""One row a patient on an engine, with what was seen at each visit beside it."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

import attrs

from iph._course import leaves_no_room, stands
from iph._fields import Declaration, DeclaredField, Kind
from iph.criteria._change import AT_BASELINE
from iph.errors import InputError
from iph.protocol._outcomes import EndpointRule
from iph.protocol._protocol import Protocol
from iph.study._columns import DIED
from iph.study._engine._coding import FAR, EngineColumn, chosen, constant, kept_columns
from iph.study._engine._distinct import ID, ReadColumn, coded
from iph.study._engine._melting import greatest
from iph.study._engine._packing import Pack, packs

N_ROWS: Final = "iph_rows"
DIED_DAY: Final = "iph_died_day"

Read = Mapping[str, ReadColumn]


@attrs.frozen(eq=False)
class Rows:
    """One row a patient.

    Attributes
    ----------
    protocol : Protocol
        What the study is.
    frame : narwhals frame
        The patients by columns of rules; of each visit a column ``iph_seen_0`` (null
        where nobody was seen), ``iph_day_0``, ``iph_time_0`` and so on.
    read : mapping
        The recorded columns of the patients.
    codes : mapping
        What was seen at any visit, by the name of a field: the number is in the column
        ``iph_<name>_<place>``.
    states : mapping
        The state of each outcome at each visit, once the engine keeps it as a column;
        its score is then in the column ``iph_score_<name>_<place>``.
    """

    protocol: Protocol[Any]
    frame: Any
    read: Read
    codes: Mapping[str, EngineColumn]
    states: Mapping[tuple[str, int], EngineColumn] = attrs.field(factory=dict)

    def with_columns(self, **columns: Any) -> "Rows":
        """Return the rows with more columns, which the engine works out once."""
        if not columns:
            return self
        return attrs.evolve(self, frame=self.frame.with_columns(**columns))

    def with_states(self, **more: Any) -> "Rows":
        """Return the rows with state and score of each outcome at each visit, and more.

        A step costs an engine time for every column that it hands on.
        """
        states = {
            (outcome.field, place): self.state(outcome.field, place)
            for outcome in self.protocol.outcomes
            for place in range(len(self.protocol.visits))
        }
        names = {key: f"iph_state_{key[0]}_{key[1]}" for key in states}
        kept, columns = kept_columns(states, names)
        scores = {f"iph_score_{n}_{k}": self._score(n, k) for n, k in states}
        return attrs.evolve(self.with_columns(**kept, **scores, **more), states=columns)

    def _score(self, name: str, place: int) -> Any:
        """Return the number of what was seen at a visit; `FAR` if nothing was."""
        import narwhals.stable.v2 as nw

        here, values = _col(name, place), self.codes[name].values
        none = [code for code, value in values.items() if value is None]
        known = ~(here.is_in(none) if none else here.is_null())
        return nw.when(known).then(here).otherwise(nw.lit(FAR, nw.Int64()))

    def seen(self, place: int) -> Any:
        """Return who was seen at a visit."""
        return ~_col("seen", place).is_null()

    def dead(self, place: int) -> Any:
        """Return who is known to have died by a visit at which nothing was seen."""
        import narwhals.stable.v2 as nw

        nominal = self.protocol.visits[place].nominal_day
        if nominal is None:
            return nw.lit(value=False)
        return _col("seen", place).is_null() & (nw.col(DIED_DAY) <= nominal)

    def known_dead(self) -> Any:
        """Return who is known to have died, on a known day or not."""
        import narwhals.stable.v2 as nw

        dated = ~nw.col(DIED_DAY).is_null()
        return (nw.col("died") | dated).fill_null(value=False)

    def value(self, name: str, place: int) -> EngineColumn:
        """Return what was seen at a visit; None if nothing was."""
        import narwhals.stable.v2 as nw

        column = self.codes[name]
        here, none = _col(name, place), nw.lit(column.size - 1, nw.Int64())
        known = nw.when(~here.is_null()).then(here).otherwise(none)
        return attrs.evolve(column, expr=known)

    def state(self, name: str, place: int) -> EngineColumn:
        """Return the state of an outcome at a visit: a value, None, or `DIED`."""
        import narwhals.stable.v2 as nw

        if (name, place) in self.states:
            return self.states[name, place]
        value = self.value(name, place)
        died = nw.lit(value.size, nw.Int64())
        expr = nw.when(self.dead(place)).then(died).otherwise(value.expr)
        return EngineColumn(expr, value.size + 1, {**value.values, value.size: DIED})


def _col(name: str, place: int) -> Any:
    import narwhals.stable.v2 as nw

    return nw.col(f"iph_{name}_{place}")


def patients_of(patients: Any, protocol: Protocol[Any], read: Read) -> Rows:
    """Return one row a patient, as rules ask for the fields; no visit is beside it."""
    import narwhals.stable.v2 as nw

    fields = {field.name: field for field in protocol.patient_fields}
    typed = {n: one.typed() for n, one in read.items()}
    typed |= {
        n: _nothing(f.declaration)
        for n, f in fields.items()
        if n not in typed and n != ID
    }
    frame = patients.select(nw.col(ID).cast(nw.String()), **typed)
    for one in protocol.derived:
        if one.function is None and set(one.fields) <= set(
            protocol.patient_declarations
        ):
            found = one.expr(protocol.patient_declarations).alias(one.name)
            frame = frame.with_columns(found)
    frame = frame.with_columns(**{DIED_DAY: nw.col("died_day").cast(nw.Int64())})
    return Rows(protocol, frame, read, {})


def with_visits(
    rows: Rows, assessments: Any, read: Read | None, names: Iterable[str]
) -> Rows:
    """Lay what was seen at visits beside the patients, given its distinct cells."""
    import narwhals.stable.v2 as nw

    protocol = rows.protocol
    if read is None:
        nobody = {
            f"iph_{name}_{place}": nw.lit(None, nw.Int64())
            for place in range(len(protocol.visits))
            for name in ("seen", "day", "time", *names, *_told(protocol))
        }
        nobody[N_ROWS] = nw.lit(None, nw.Int64())
        codes = dict.fromkeys(names, constant())
        return attrs.evolve(rows.with_columns(**nobody), codes=codes)
    seen, codes, at_visits = _by_patient(assessments, protocol, read, names)
    joined = rows.frame.join(seen, on=ID, how="left").with_columns(**at_visits)
    return _with_times(attrs.evolve(rows, frame=joined, codes=codes))


def _nothing(declaration: Declaration) -> Any:
    """Return the column of a field that a table does not have."""
    import narwhals.stable.v2 as nw

    dtype: Any = {
        Kind.YES_NO: nw.Boolean(),
        Kind.CHOICE: nw.String(),
        Kind.CHOICES: nw.String(),
    }.get(declaration.kind, nw.Float64())
    return nw.lit(None, dtype)


def _told(protocol: Protocol[Any]) -> list[str]:
    rules = [rule for rule in protocol.endpoints if rule.of_visits]
    return [f"told_{place}" for place in range(len(rules))]


def told(rule: EndpointRule, fields: Any) -> Any:
    """Return whether an endpoint is reached: yes, no, or null for not known."""
    import narwhals.stable.v2 as nw

    answer = (rule.when or rule.reached).expr(fields)  # type: ignore[union-attr] # one of both is there
    if rule.unclear is None:
        return answer
    return nw.when(~rule.unclear.expr(fields)).then(answer)


def _by_patient(
    assessments: Any, protocol: Protocol[Any], read: Read, names: Iterable[str]
) -> tuple[Any, dict[str, EngineColumn], dict[str, Any]]:
    """Return one row a patient of what was seen at each visit, packed into numbers.

    Beside them is returned how each patient is read: columns that take them apart.
    """
    import narwhals.stable.v2 as nw

    declared: Mapping[str, Declaration] = protocol.assessment_declarations
    fields = {field.name: field for field in protocol.assessment_fields}
    typed = {name: one.typed() for name, one in read.items()}
    typed |= {n: _nothing(f.declaration) for n, f in fields.items() if n not in typed}
    frame = assessments.select(nw.col(ID).cast(nw.String()), **typed)
    for one in protocol.derived:
        if one.function is None and set(one.fields) <= set(declared):
            frame = frame.with_columns(one.expr(declared).alias(one.name))
    changes = [r for r in protocol.endpoints if r.of_visits and protocol.asks_change(r)]
    if changes:
        frame, declared = _with_baseline(frame, protocol, changes)
    codes = {name: _coded(name, protocol, read) for name in names}
    days = _day_of_visit(read)
    items = {**codes, "day": days}
    rules = [rule for rule in protocol.endpoints if rule.of_visits]
    for name, rule in zip(_told(protocol), rules, strict=True):
        answer = told(rule, declared)
        items[name] = chosen([(~answer, 0), (answer, 1)], None)
    together = packs(items)
    numbers = {f"iph_pack_{n}": pack.expr() for n, pack in enumerate(together)}
    flags = {
        f"iph_at_{place}": nw.col("visit") == visit.value
        for place, visit in enumerate(protocol.visits)
    }
    seen = greatest(frame.select(ID, **numbers, **flags), ID, numbers, flags, N_ROWS)
    at_visits: dict[str, Any] = {}
    for place in range(len(flags)):
        parts = _at_visit(together, place, days, _told(protocol))
        at_visits |= {f"iph_{name}_{place}": part for name, part in parts.items()}
    return seen, codes, at_visits


def _day_of_visit(read: Read) -> EngineColumn:
    """Return the day of a visit, counted from the first that occurs."""
    import narwhals.stable.v2 as nw

    said = read["day"].said.values() if "day" in read else ()
    days = [int(day) for day in said if day is not None]
    if not days:
        return constant()
    first, n = min(days), max(days) - min(days) + 1
    day = nw.col("day").cast(nw.Int64())
    expr = nw.when(~day.is_null()).then(day - first).otherwise(nw.lit(n, nw.Int64()))
    return EngineColumn(expr, n + 1, {0: first, n: None})


def _at_visit(
    together: Iterable[Pack], place: int, days: EngineColumn, answers: Iterable[str]
) -> dict[str, Any]:
    """Return what was seen at a visit, out of the numbers it was packed into."""
    import narwhals.stable.v2 as nw

    found: dict[str, Any] = {}
    for n, pack in enumerate(together):
        found |= pack.parts(_col(f"pack_{n}", place))
    for name in answers:
        found[name] = nw.when(found[name] < 2).then(found[name])
    day, first = found["day"], days.values[0]
    none = nw.lit(None, nw.Int64())
    dated = nw.when(day < days.size - 1).then(day + first)
    found["day"] = none if first is None else dated
    one = nw.lit(1, nw.Int64())
    found["seen"] = nw.when(~_col("pack_0", place).is_null()).then(one)
    return found


def _with_baseline(
    frame: Any, protocol: Protocol[Any], rules: Iterable[EndpointRule]
) -> tuple[Any, dict[str, Declaration]]:
    """Put the values at baseline beside those of each assessment, for some rules."""
    import narwhals.stable.v2 as nw

    declared = dict(protocol.assessment_declarations)
    parts = [part for one in rules for part in (one.when, one.unclear) if part]
    names = dict.fromkeys(name for part in parts for name in part.fields)
    before = {f"{AT_BASELINE}{name}": name for name in names}
    start = protocol.baseline
    if start is None:
        none = {new: _nothing(declared[name]) for new, name in before.items()}
        frame = frame.with_columns(**none)
    else:
        first = frame.filter(nw.col("visit") == start.value).select(
            ID, **{new: nw.col(name) for new, name in before.items()}
        )
        frame = frame.join(first, on=ID, how="left")
    return frame, declared | {new: declared[name] for new, name in before.items()}


def _coded(name: str, protocol: Protocol[Any], read: Read) -> EngineColumn:
    """Return a field of an assessment, or a value derived from one, by numbers."""
    import narwhals.stable.v2 as nw

    if name in read:
        return read[name].coded()
    declaration = protocol.assessment_declarations[name]
    column: Any = nw.col(name)
    if declaration.kind is Kind.YES_NO:
        return chosen([(column, True), (~column, False)], None)
    if name in {field.name for field in protocol.assessment_fields}:
        return constant()
    options: Any = declaration.options
    field = DeclaredField(
        name=name, path=(name,), owner=protocol.assessment, declaration=declaration
    )
    return coded(name, column, field, list(options))


def _with_times(rows: Rows) -> Rows:
    """Add the day of each visit, as `Course.time_days` has it."""
    import narwhals.stable.v2 as nw

    visits = rows.protocol.visits
    times: dict[str, Any] = {}
    for place, visit in enumerate(visits):
        day, nominal = _col("day", place), visit.nominal_day
        if nominal is not None:
            possible = rows.seen(place)
            for other, against in enumerate(visits):
                if other != place:
                    where = stands(against, visit, first=other < place)
                    no_room = leaves_no_room(_col("day", other), nominal, where)
                    possible &= ~no_room.fill_null(value=False)
            at = nw.when(possible).then(nw.lit(nominal, nw.Int64()))
            day = nw.when(~day.is_null()).then(day).otherwise(at)
        times[f"iph_time_{place}"] = day
    return rows.with_columns(**times)


def check_visits(read: Read) -> None:
    """Refuse assessments that are at no visit of the schedule."""
    visit = read.get("visit")
    if visit is None:
        raise InputError("assessments", "a table with the column visit", "none")
    without = sum(visit.n[raw] for raw, said in visit.said.items() if said is None)
    if without:
        raise InputError(
            "assessments",
            "each at a visit of the schedule, where a table is not fetched",
            f"{without} without",
            "name the visits; or read the tables with iph.records.from_frames, which "
            "fetches them, and count the cohort",
        )
