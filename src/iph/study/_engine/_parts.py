"""The parts of a study that only some conditions have, counted on an engine."""

import functools
import operator
from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

from iph._carried import RANGES, carried_value
from iph._categories import HematomaZone, Nerve, Treatment
from iph._course import Course
from iph._follow_up import FollowUp
from iph.protocol._protocol import Protocol
from iph.scales._coagulation_findings import CoagulationStatus, coagulation_findings
from iph.scales._volume import ellipsoid_volume_ml
from iph.study._anatomy import DIAMETERS, is_involved
from iph.study._asked import Asked
from iph.study._coagulation import (
    COAGULATION_RULES,
    DISORDERED,
    GAPS_JOINED,
    POISONED,
    by_agents,
    by_comorbidities,
)
from iph.study._engine._coding import EngineColumn, chosen, packed, unpacked, yes_no
from iph.study._engine._columns import EngineColumns
from iph.study._engine._rows import Rows
from iph.study._engine._tables import EngineTable, score
from iph.study._grouping import TREATED

_FIELDS = {
    "zones": ("zones", *(nerve.value for nerve in Nerve)),
    "nerves": tuple(nerve.value for nerve in Nerve),
    "size": ("zones", "volume_ml", *DIAMETERS, *(nerve.value for nerve in Nerve)),
    "stated outcome": ("outcome", "treatments"),
    "treatments": ("treatments",),
}


def stated_day_of(protocol: Protocol[Any]) -> tuple[str, ...] | None:
    """Return the field of a day stated beside the visits; None if it is a function."""
    stated = protocol.course.stated_day
    if stated is Course.stated_day:
        return ()
    return ("outcome_day",) if stated is FollowUp.stated_day else None


def fields_of_parts(asked: Asked) -> tuple[str, ...]:
    """Return the fields that the parts of a study rest on."""
    found = [n for part in asked.protocol.parts for n in _FIELDS.get(part, ())]
    if asked.coagulation:
        tests, _ = COAGULATION_RULES[asked.coagulation]
        found += [*tests, "etiology", "anticoagulant", "comorbidities"]
    return tuple(dict.fromkeys([*found, *(stated_day_of(asked.protocol) or ())]))


def speaking_columns(columns: EngineColumns, asked: Asked) -> dict[str, EngineColumn]:
    """Return whether each clotting test that is asked for speaks for bleeding."""
    if "coagulation" not in asked.protocol.parts:
        return {}
    tests, _ = COAGULATION_RULES[asked.coagulation]
    return {_speaking(test): _speaks(columns, test) for test in tests}


def _speaking(test: str) -> str:
    return f"{test} speaks"


def special_columns(columns: EngineColumns, asked: Asked) -> dict[str, EngineColumn]:
    """Return what the parts of a study find of several fields together."""
    found: dict[str, EngineColumn] = {}
    parts = frozenset(asked.protocol.parts)
    if "coagulation" in parts:
        status = _Coagulation(columns, asked.coagulation).status
        found[f"coagulation by {asked.coagulation}"] = status
    if "size" in parts:
        found[f"volume by {asked.volume}"] = _volume(columns, asked.volume)
    if {"treatments", "stated outcome"} & parts:
        given = columns.of_patients("treatments")
        found[TREATED] = given.mapped(_conservative).few("treatments")
    return found


def _conservative(given: Any) -> bool | None:
    """Whether no treatment is invasive; None if that is not known."""
    if given is None:
        return None
    answers = {treatment.is_invasive for treatment in given}
    return False if True in answers else None if None in answers else True


class _Coagulation:
    """Coagulation by a rule, from the tests and the history of each patient."""

    def __init__(self, columns: EngineColumns, rule: str) -> None:
        tests, kind = COAGULATION_RULES[rule]
        found = [columns.special[_speaking(test)] for test in tests]
        abnormal = _any(test.where(lambda one: one[1] is True) for test in found)
        unclear = _any(test.where(lambda one: one[1] is None) for test in found)
        self.untested = ~_any(test.where(lambda one: not one[0]) for test in found)
        history = _history(columns) if kind == "laboratory-or-history" else {}
        self.unknown = {
            name: answer.where(lambda one: one is None)
            for name, answer in history.items()
        }
        for answer in history.values():
            abnormal |= answer.where(lambda one: one is True)
        unclear |= _any([self.untested, *self.unknown.values()])
        self.status = chosen(
            [
                (abnormal, CoagulationStatus.ABNORMAL),
                (unclear, CoagulationStatus.NOT_ASSESSABLE),
            ],
            CoagulationStatus.NORMAL,
        )

    def gaps(self, status: EngineColumn) -> EngineTable:
        """Return what would have to be recorded to decide, where it is undecided."""
        gaps = {"a clotting test": self.untested, **self.unknown}
        expr: Any = None
        values = {0: ""}
        for name, missing in gaps.items():
            bit = len(values)
            here = chosen([(missing, bit)], 0)
            one = (1 - here.expr) * bit
            expr = one if expr is None else expr + one
            values |= {
                code + bit: GAPS_JOINED.join(filter(None, (told, name)))
                for code, told in values.items()
            }
        told = EngineColumn(expr, len(values), values)
        undecided = status.where(lambda one: one is CoagulationStatus.NOT_ASSESSABLE)
        return EngineTable(("coagulation gaps",), [told], undecided & (expr > 0))


def _is_among(codes: Any, value: Any) -> bool:
    return value in codes


def _holds(code: Any, codes: Any) -> bool:
    return codes is not None and code in codes


def _any(conditions: Any) -> Any:
    return functools.reduce(operator.or_, conditions)


def _speaks(columns: EngineColumns, test: str) -> EngineColumn:
    """Return whether a test was not measured, and whether it speaks for bleeding.

    Each value is held against the ranges of the patient's own laboratory.
    """
    measured, stated = columns.of_patients(test), columns.of_patients(RANGES)

    def speaks(value: Any, own: str | None) -> tuple[bool, bool | None]:
        ranges = () if own is None else carried_value(RANGES, own)
        laboratory = {test: value, RANGES: ranges}
        found = coagulation_findings(laboratory, tests=(test,)).findings[0]
        return found.value is None, found.counts

    values = {
        place * measured.size + code: speaks(value, own)
        for place, own in stated.values.items()
        for code, value in measured.values.items()
    }
    expr = stated.expr * measured.size + measured.expr
    return EngineColumn(expr, stated.size * measured.size, values).few(test)


def _history(columns: EngineColumns) -> dict[str, EngineColumn]:
    """Return what is known of agents, and of disorders of clotting."""
    found = {}
    for name, causes, by in (
        ("anticoagulant", POISONED, by_agents),
        ("comorbidities", DISORDERED, by_comorbidities),
    ):
        cause = columns.of_patients("etiology").where(partial(_is_among, causes))
        said: Any = columns.of_patients(name).mapped(by).few(name)
        found[name] = chosen(
            [
                (cause | said.where(lambda one: one is True), True),
                (said.where(lambda one: one is False), False),
            ],
            None,
        )
    return found


class _Volumes(Mapping[int, Any]):
    """The volume that a number stands for: recorded, or of three diameters."""

    def __init__(
        self, recorded: EngineColumn, sides: list[EngineColumn], rule: str
    ) -> None:
        self._recorded, self._sides, self._rule = recorded, sides, rule

    def __getitem__(self, code: int) -> float | None:
        if code < self._recorded.size:
            value: float | None = self._recorded.values[code]
            return value
        sides = unpacked(code - self._recorded.size, self._sides)
        if None in sides:
            return None
        volume: float = ellipsoid_volume_ml(*sides, rule=self._rule)
        return volume

    def __iter__(self) -> Iterator[int]:
        return iter(range(len(self)))

    def __len__(self) -> int:
        sizes = (side.size for side in self._sides)
        return self._recorded.size + functools.reduce(operator.mul, sizes, 1)


def _volume(columns: EngineColumns, rule: str) -> EngineColumn:
    """Return the recorded volume, or else that of three diameters."""
    import narwhals.stable.v2 as nw

    recorded = columns.of_patients("volume_ml")
    sides = [columns.of_patients(name) for name in DIAMETERS]
    by_sides = packed("diameters", sides) + recorded.size
    none = recorded.expr == recorded.size - 1
    expr = nw.when(none).then(by_sides).otherwise(recorded.expr)
    values = _Volumes(recorded, sides, rule)
    return EngineColumn(expr, len(values), values)


def part_tables(
    rows: Rows, columns: EngineColumns, asked: Asked, *, sampled: bool
) -> Iterator[EngineTable]:
    """Yield the tables of the parts that a study asks for.

    What became of treatments is told only of a sample of patients.
    """
    parts = frozenset(asked.protocol.parts)
    if "coagulation" in parts:
        status = columns.special[f"coagulation by {asked.coagulation}"]
        yield _Coagulation(columns, asked.coagulation).gaps(status)
    zones = columns.of_patients("zones").mapped(_codes)
    states = {
        nerve: columns.of_patients(nerve.value).mapped(is_involved) for nerve in Nerve
    }
    if "zones" in parts:
        yield EngineTable(("zones",), [zones])
        for zone in HematomaZone:
            if not zones.somebody(partial(_holds, zone.value)):
                continue
            here = zones.where(partial(_holds, zone.value))
            for nerve, state in states.items():
                path = ("zone and nerve", zone.value, nerve.value)
                yield EngineTable(path, [state], here)
    recorded = _any(
        columns.of_patients(nerve.value).where(lambda one: one is not None)
        for nerve in Nerve
    )
    if "nerves" in parts:
        for nerve, state in states.items():
            yield EngineTable(("nerves", nerve.value), [state])
        yield EngineTable(("nerves recorded",), [yes_no(recorded)])
    if "size" in parts:
        volume = columns.special[f"volume by {asked.volume}"]
        extent = zones.mapped(lambda one: None if one is None else len(one)).few(
            "zones"
        )
        yield EngineTable(("size", "zones"), [volume, extent])
        yield EngineTable(("size", "nerves"), [volume, _n_involved(states)])
        measured = columns.of_patients("volume_ml").mapped(lambda one: one is not None)
        yield EngineTable(("size measured",), [measured.few("volume_ml")])
    if "stated outcome" in parts:
        stated = columns.of_patients("outcome")
        told = stated.mapped(lambda one: None if one is None else one.value)
        treated = columns.special[TREATED]
        dead = yes_no(rows.known_dead())
        yield EngineTable(("stated",), [told, dead, treated])
    if sampled and "treatments" in parts:
        yield from _by_treatment(rows, columns)


def _codes(zones: Any) -> frozenset[str] | None:
    return None if zones is None else frozenset(zone.value for zone in zones)


def _n_involved(states: Mapping[Nerve, EngineColumn]) -> EngineColumn:
    """Return how many nerves are involved, if every branch is known."""
    import narwhals.stable.v2 as nw

    one, zero = nw.lit(1, nw.Int64()), nw.lit(0, nw.Int64())
    count: Any = zero
    for state in states.values():
        count += (
            nw.when(state.where(lambda is_so: is_so is True)).then(one).otherwise(zero)
        )
    unknown = _any(
        state.where(lambda is_so: is_so is None) for state in states.values()
    )
    none = nw.lit(len(states) + 1, nw.Int64())
    values: dict[int, Any] = {n: n for n in range(len(states) + 1)}
    expr = nw.when(unknown).then(none).otherwise(count)
    return EngineColumn(expr, len(states) + 2, {**values, len(states) + 1: None})


def _by_treatment(rows: Rows, columns: EngineColumns) -> Iterator[EngineTable]:
    """Yield each outcome at baseline and later, of those given a treatment."""
    protocol, given = rows.protocol, columns.of_patients("treatments")
    if protocol.baseline is None:
        return
    start = protocol.visits.index(protocol.baseline)
    for treatment in Treatment:
        if treatment is Treatment.UNKNOWN:
            continue
        if not given.somebody(partial(_holds, treatment)):
            continue
        has = given.where(partial(_holds, treatment))
        for outcome in protocol.outcomes:
            name = outcome.field
            before = rows.state(name, start).mapped(score)
            for place, visit in enumerate(protocol.visits):
                if visit.nominal_day:
                    path = ("treated", treatment.value, name, visit.value)
                    now = rows.state(name, place).mapped(score)
                    yield EngineTable(path, [before, now], has)
