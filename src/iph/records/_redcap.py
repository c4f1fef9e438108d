"""Raw exports of REDCap projects: events, repeated forms and checkboxes."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

import attrs

from iph._fields import CHOICE_SEPARATOR, NO_CHOICE, Kind
from iph.records._guessing import guess_of
from iph.records._redcap_dictionary import UNSCHEDULED, box_name
from iph.records._table import MISSING_CELLS, Table
from iph.records._targets import Target, target_of

_EVENT: Final = "redcap_event_name"
_ITS_OWN: Final = re.compile(
    r"redcap_(repeat_instrument|repeat_instance|data_access_group|survey_identifier)"
)
_STATE: Final = re.compile(r"\w+_(complete|timestamp)")
_ARM: Final = re.compile(r"_arm_[0-9]+[a-z]?$")
_WORD: Final = re.compile(r"\w++")
_BOX: Final = "___"
_RECORD: Final = "record_id"
_INSTANCE: Final = "redcap_repeat_instance"
_VARIABLE: Final = re.compile(r"[a-z][a-z0-9_]*")
_RAW: Final = (
    "this is a REDCap export with labels: export raw data, which every project can "
    "(Data Exports, CSV raw data)"
)
_ID: Final = "patient_id"


def is_export(header: Sequence[str]) -> bool:
    """Whether a header is one of a raw REDCap export."""
    names = {name.strip() for name in header}
    if _EVENT in names or any(_ITS_OWN.fullmatch(name) for name in names):
        return True
    return _is_classic(header) or any(_box(name) is not None for name in names)


def _is_classic(header: Sequence[str]) -> bool:
    """Whether a header is one of a project without events: its forms say it alone."""
    names = [name.strip() for name in header]
    if not names or not all(_VARIABLE.fullmatch(name) for name in names):
        return False
    if not any(_is_state(name) for name in names):
        return False
    return names[0] == _RECORD or (guess_of(names[0]) == _ID and _is_state(names[-1]))


def _is_state(name: str) -> bool:
    """Whether a column is REDCap's own state of a form."""
    return name.endswith("_complete") and target_of(name) is None


def _is_labeled(header: Sequence[str]) -> bool:
    """Whether a header is one of an export with labels in place of names."""
    names = {name.strip() for name in header}
    own = names & {"Event Name", "Repeat Instrument", "Repeat Instance", "Complete?"}
    return bool(own) and (len(own) > 1 or "Record ID" in names)


def _box(name: str) -> tuple[Target, str] | None:
    """Return the field and the code of a checkbox column; None if it is none."""
    bare = name.strip()
    at = bare.find(_BOX, 1)
    stem, code = bare[:at], bare[at + len(_BOX) :]
    if at < 0 or not code or not _WORD.fullmatch(bare):
        return None
    target = target_of(stem)
    if target is None or target.field.declaration.kind is not Kind.CHOICES:
        return None
    field = target.field
    options = [str(option.value) for option in field.declaration.options or ()]
    for option in (*options, NO_CHOICE):
        if box_name(field.name, option) == box_name(field.name, code):
            return target, option
    return target, code


@attrs.define(kw_only=True)
class _Plan:
    """Which columns of an export become which columns of a table."""

    plain: list[tuple[int, str]] = attrs.field(factory=list)
    boxes: dict[str, list[tuple[int, str]]] = attrs.field(factory=dict)
    event: int | None = None
    instance: int | None = None
    of_visit: list[int] = attrs.field(factory=list)
    dropped: list[str] = attrs.field(factory=list)


def unfolded(table: Table) -> Table:
    """Return an export as a table of patients and visits; any other table as it is."""
    if _is_labeled(table.header):
        return attrs.evolve(table, advice=_RAW, remarks=(*table.remarks, _RAW))
    if not is_export(table.header):
        return table
    plan = _plan(table.header)
    header = [name for _, name in plan.plain] + list(plan.boxes)
    if plan.event is not None:
        header.append("visit")
    if plan.instance is not None:
        header.append(_INSTANCE)
    remarks = (*table.remarks, "read as a raw REDCap export")
    if plan.dropped:
        remarks = (*remarks, f"REDCap's own columns: {', '.join(plan.dropped)}")
    return attrs.evolve(
        table,
        header=tuple(header),
        rows=_rows(table, plan),
        remarks=remarks,
        repeats=True,
    )


def _plan(header: Sequence[str]) -> _Plan:
    plan = _Plan()
    has_id = any(target_of(name) == target_of(_ID) for name in header)
    own = has_own_columns(header)
    first = next((p for p, n in enumerate(header) if not _ITS_OWN.fullmatch(n)), 0)
    for place, given in enumerate(header):
        name = given.strip()
        box = _box(name)
        target = target_of(name)
        if name == _EVENT:
            plan.event = place
        elif box is not None:
            found, code = box
            plan.boxes.setdefault(found.field.name, []).append((place, code))
        elif target is None and _is_its_own(name, header):
            plan.dropped.append(name)
        elif not has_id and (name == _RECORD or (own and place == first)):
            plan.plain.append((place, _ID))
        elif name == _INSTANCE:
            plan.instance = place
        else:
            plan.plain.append((place, given))
            if target is not None and target.of_assessment:
                plan.of_visit.append(place)
    return plan


def _is_its_own(name: str, header: Sequence[str]) -> bool:
    """Whether REDCap made a column by itself; instances may stand for visits."""
    if name == _INSTANCE and _EVENT not in {one.strip() for one in header}:
        return False
    return _ITS_OWN.fullmatch(name) is not None or _STATE.fullmatch(name) is not None


def has_own_columns(header: Sequence[str]) -> bool:
    """Whether REDCap's own columns say that it wrote the table."""
    names = {name.strip() for name in header}
    own = _EVENT in names or any(_ITS_OWN.fullmatch(name) for name in names)
    return own or _is_classic(header)


def _rows(table: Table, plan: _Plan) -> Iterator[tuple[int, Sequence[Any]]]:
    width = len(table.header)
    for number, given in table.rows:
        cells = given
        length = len(cells)
        if length != width:
            cells = [*cells[:width], *[None] * (width - length)]
        row = [cells[place] for place, _ in plan.plain]
        row += [_ticked(cells, boxes) for boxes in plan.boxes.values()]
        seen = any(cells[place] not in MISSING_CELLS for place in plan.of_visit)
        if plan.event is not None:
            row.append(_visit(cells[plan.event]) if seen else None)
        if plan.instance is not None:
            row.append(cells[plan.instance] if seen else None)
        if length != width:  # one cell too many makes it an error of the row
            row.append(f"{length} cells for {width} columns")
        yield number, row


def _visit(event: Any) -> Any:
    """Return the visit of an event; one outside the schedule has none."""
    if not isinstance(event, str):
        return event
    name = _ARM.sub("", event.strip())
    return None if name == UNSCHEDULED else name


def _ticked(cells: Sequence[Any], boxes: list[tuple[int, str]]) -> Any:
    """Return the ticked codes as one cell; without a tick nothing is recorded."""
    codes = []
    for place, code in boxes:
        value = cells[place]
        state = value.strip() if isinstance(value, str) else value
        if state in ("1", 1):
            codes.append(code)
        elif state not in (*MISSING_CELLS, "0", 0):
            codes.append(f"{code}={state}")
    return CHOICE_SEPARATOR.join(codes) or None


def records_table(records: Sequence[Mapping[str, Any]], *, name: str) -> Table:
    """Return records (one mapping a row) as an export; rows count from 1."""
    header: dict[str, None] = {}
    for record in records:
        header |= dict.fromkeys(record)
    rows = ((n, [r.get(key) for key in header]) for n, r in enumerate(records, 1))
    return Table(name=name, header=tuple(header), rows=rows, header_row=0, literal=True)
