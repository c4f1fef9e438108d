"""The tables of a report before there are data: heads and rows, and empty cells."""

from collections.abc import Iterator
from typing import Any, Final

import attrs

from iph._display import Displayed
from iph._fields import Declaration, Kind, label_of
from iph.design._plan_items import group_labels
from iph.protocol._protocol import Protocol

_COUNT: Final = "__ (__ %)"
_MIDDLE: Final = {
    "median": "__ [__, __]",
    "mean": "__ (__)",
    "shapiro-wilk": "__ (__) or __ [__, __]",
}
_NUMBER: Final = {
    "median": "median and quartiles",
    "mean": "mean and standard deviation",
    "shapiro-wilk": "mean or median",
}


@attrs.frozen(kw_only=True)
class Shell(Displayed):
    """A table to be filled.

    Attributes
    ----------
    name : str
        What it is called.
    title : str
        What it will show.
    header : tuple of str
        The heads of the columns.
    rows : tuple of tuple of str
        The rows; ``__`` is a figure to come.
    """

    name: str
    title: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def shells(protocol: Protocol[Any], group: str, description: str) -> Iterator[Shell]:
    """Yield the tables that a report of the study will have."""
    labels = group_labels(protocol, group)
    columns = tuple(f"{one} (n = __)" for one in labels or ())
    heads = (*columns, "All (n = __)")
    yield _flow(protocol)
    yield _baseline(protocol, heads, description)
    for outcome in protocol.outcomes:
        declared = protocol.assessment_declarations[outcome.field]
        label = outcome.label or declared.label
        yield Shell(
            name=f"outcome-{outcome.field}",
            title=f"{label} at each visit",
            header=("Visit", "Seen", *heads),
            rows=tuple(_course(protocol, declared, len(heads), description)),
        )
    for endpoint in protocol.endpoints:
        yield Shell(
            name=f"endpoint-{endpoint.name}",
            title=f"{endpoint.label[0].upper()}{endpoint.label[1:]}",
            header=("By", *heads, *(("Test",) if labels else ())),
            rows=tuple(
                (
                    visit.label,
                    *["__ to __ %"] * len(heads),
                    *(("P = __",) if labels else ()),
                )
                for visit in protocol.visits
                if not visit.is_baseline
            )
            or (
                ("the last day", *["__ %"] * len(heads), *(("P = __",) * bool(labels))),
            ),
        )


def _reached(
    protocol: Protocol[Any], columns: int, *, tested: bool
) -> Iterator[tuple[str, ...]]:
    """Yield the rows of an endpoint: its share by each visit, within bounds."""
    later = [visit.label for visit in protocol.visits if not visit.is_baseline]
    for label in later or ["the last day"]:
        yield (label, *["__ to __ %"] * columns, *(("P = __",) * tested))


def _flow(protocol: Protocol[Any]) -> Shell:
    criteria = protocol.criteria
    steps = [("Assessed for eligibility", "__", "__")]
    if criteria is not None:
        steps += [(f"{one.code}: {one.statement}", "__", "__") for one in criteria.all]
    steps += [
        (f"Seen at {visit.label}", "__", "__")
        for visit in protocol.visits
        if not visit.is_baseline
    ]
    return Shell(
        name="flow",
        title="Patients from assessment to the last visit",
        header=("Step", "Left here", "Remaining"),
        rows=tuple(steps),
    )


def _baseline(
    protocol: Protocol[Any], heads: tuple[str, ...], description: str
) -> Shell:
    known = {**protocol.assessment_declarations, **protocol.patient_declarations}
    rows: list[tuple[str, ...]] = []
    for name in protocol.rows:
        declared = known.get(name)
        if declared is None:
            rows.append((name.replace("_", " "), *[_COUNT] * len(heads)))
        else:
            rows += _described(declared, len(heads), description)
    return Shell(
        name="baseline",
        title="Characteristics at baseline",
        header=("Characteristic", *heads),
        rows=tuple(rows),
    )


def _described(
    declared: Declaration, columns: int, description: str
) -> Iterator[tuple[str, ...]]:
    """Yield the rows of one characteristic."""
    unit = f", {declared.unit}" if declared.unit else ""
    if declared.options is not None:
        yield (f"{declared.label}{unit}, n (%)", *[""] * columns)
        for one in declared.options:
            yield (f"- {label_of(one)}", *[_COUNT] * columns)
    elif declared.kind is Kind.YES_NO:
        yield (f"{declared.label}, n (%)", *[_COUNT] * columns)
    else:
        said = f"{declared.label}{unit}, {_NUMBER[description]}"
        yield (said, *[_MIDDLE[description]] * columns)
    yield ("- not recorded", *["__"] * columns)


def _course(
    protocol: Protocol[Any], declared: Declaration, columns: int, description: str
) -> Iterator[tuple[str, ...]]:
    """Yield the rows of an outcome at its visits."""
    graded = declared.kind is Kind.GRADE and declared.options is not None
    for visit in protocol.visits:
        if graded:
            yield (visit.label, "__", *[""] * columns)
            for one in declared.options or ():
                yield (f"- {label_of(one)}", "", *[_COUNT] * columns)
        else:
            yield (visit.label, "__", *[_MIDDLE[description]] * columns)
