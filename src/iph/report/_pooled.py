"""A report of hospitals that show no small count: exact counts, and ranges."""

import itertools
import os
from collections.abc import Iterator, Sequence
from operator import attrgetter
from typing import Final

from iph._options import instance
from iph.records._coarsening import NOT_RECORDED
from iph.records._shared_tables import EVERYBODY
from iph.report._document import Document, Paragraph, Section
from iph.report._folder import folder_of, replace_folder
from iph.report._numbers import counted
from iph.report._outside import outside_files
from iph.report._phrases import capital
from iph.report._sheet import Sheet, SheetRow
from iph.report._write import Written
from iph.study._hospital_bounds import PooledCount
from iph.study._protected_counts import ProtectedCounts
from iph.study._protecting import tabled_events

FORMAT: Final = 1
_UNKNOWN: Final = "not available"
_SAID: Final = (
    "Counts of hospitals that show no small one. A single number is exact. Where a "
    "hospital hides a count, the smallest and the largest that the sum can be stand "
    "instead, and the shares are those that both allow: they are no confidence "
    "intervals. What needs two values of a patient together, such as a change or a "
    "time to recovery, is not available, because hospitals do not show it."
)


def write_pooled(counts: ProtectedCounts, folder: str | os.PathLike[str]) -> Written:
    """Write what hospitals that show no small count know together, into a folder.

    How many patients of all hospitals had which cause, strength or pain, if none of
    the hospitals may pass on a small count?

    Parameters
    ----------
    counts : ProtectedCounts
        The sum of what `iph.study.StudyCounts.protected` returned at each hospital.
    folder : str or path
        Where to write; absent, empty, or a former report in which nothing was changed.

    Returns
    -------
    Written
        With ``folder``, ``files`` and ``summary``.

    Raises
    ------
    FileError
        If the folder holds other things than a former report, or cannot be written.
    InputError
        If `counts` are no `ProtectedCounts`.

    See Also
    --------
    write_protected : A report of one hospital, from its own study.

    Notes
    -----
    The sum tells no more of a hospital than what it has sent. Each count is exact, or
    lies in the range that is printed, or is said not to be available.

    Examples
    --------
    >>> import tempfile
    >>> from iph.evidence import published_cases
    >>> from iph.report import write_pooled
    >>> from iph.study import count
    >>> shown = count(published_cases(), population="all").protected()
    >>> with tempfile.TemporaryDirectory() as place:
    ...     written = write_pooled(shown + shown, f"{place}/pooled")
    ...     print(written.summary[0])
    Iliopsoas hematoma: pooled counts, 124 patients of 2 hospitals
    """
    hint = "add what the hospitals sent: north + south"
    instance(counts, "counts", ProtectedCounts, f"ProtectedCounts; {hint}")
    path = folder_of(folder)
    document = pooled_document(counts)
    about = {"pooled": {"least": counts.least, "hospitals": len(counts.hospitals)}}
    files = outside_files(document, counts.protocol, format_number=FORMAT, about=about)
    replace_folder(path, files)
    summary = (f"{document.title}, {document.subtitle}", _told(counts))
    return Written(folder=path, files=tuple(sorted(files)), summary=summary)


def pooled_document(counts: ProtectedCounts) -> Document:
    """Return the report, not yet in any format."""
    found = list(_variables(counts))
    named = {event.name for _, event in tabled_events(counts.protocol)}
    events = tuple(_sheet(counts, *one) for one in found if one[0] in named)
    fields = tuple(
        _sheet(counts, *one) for one in found if not (one[1] or one[0] in named)
    )
    outcomes = tuple(_sheet(counts, *one) for one in found if one[1])
    sections = (
        Section(
            name="said",
            title="What this is",
            blocks=(Paragraph(_SAID), Paragraph(_participants(counts))),
        ),
        Section(name="fields", title="Characteristics", blocks=fields),
        Section(name="outcomes", title="Outcomes at each visit", blocks=outcomes),
        Section(name="events", title="Complications and adverse events", blocks=events),
    )
    n_hospitals = counted(len(counts.hospitals), "hospital")
    return Document(
        title=f"{capital(counts.protocol.condition)}: pooled counts",
        subtitle=f"{counted(counts.n, 'patient')} of {n_hospitals}",
        banner="Made-up patients: nothing in this report is a finding."
        if counts.synthetic
        else "",
        sections=tuple(section for section in sections if section.blocks),
    )


def _participants(counts: ProtectedCounts) -> str:
    sizes = ", ".join(str(one.n) for one in counts.hospitals)
    text = f"{counted(counts.n, 'patient')} analyzed ({sizes} by hospital)"
    if counts.n_left_out is None:
        return f"{text}; a hospital hides how many records it left out."
    return f"{text}; {counted(counts.n_left_out, 'record')} left out."


def _told(counts: ProtectedCounts) -> str:
    """Say how much is known of all patients."""
    figures = [
        one.count
        for _, _, found in _variables(counts)
        for one in found
        if one.group == EVERYBODY and _printed(one)
    ]
    known = [count for count in figures if count is not None]
    exact = sum(count.exact for count in known)
    return (
        f"{exact} counts exact, {len(known) - exact} as a range, "
        f"{len(figures) - len(known)} not available"
    )


def _variables(
    counts: ProtectedCounts,
) -> Iterator[tuple[str, str, list[PooledCount]]]:
    """Yield field, visit and figures of each variable that anybody may have."""
    for (field, visit), found in itertools.groupby(
        counts.counts(), attrgetter("field", "visit")
    ):
        figures = list(found)
        if any(_possible(one) for one in figures if one.levels != (NOT_RECORDED,)):
            yield field, visit, figures


def _possible(one: PooledCount) -> bool:
    """Whether anybody may have the level."""
    return one.count is None or one.count.high > 0


def _printed(one: PooledCount) -> bool:
    """Whether a level has a row: what nobody has would fill pages."""
    return one.levels == (NOT_RECORDED,) or _possible(one)


def _sheet(
    counts: ProtectedCounts, field: str, visit: str, figures: Sequence[PooledCount]
) -> Sheet:
    protocol = counts.protocol
    by_cell = {(one.level, one.group): one for one in figures}
    groups = list(dict.fromkeys(one.group for one in figures))
    labels = {one.level: _label(one) for one in figures}
    declared = {e.name: e.declaration for _, e in tabled_events(protocol)}
    declared |= (
        protocol.assessment_declarations if visit else protocol.patient_declarations
    )
    visits = {place.value: place.label for place in protocol.visits}
    at = f", {visits[visit].lower()}" if visit else ""
    reasons = sorted({one.unavailable for one in figures} - {""})
    notes = [f"{capital(_UNKNOWN)}: {reason}." for reason in reasons]
    return Sheet(
        name=f"{field}_{visit}" if visit else field.replace(" ", "-"),
        title=f"{declared[field].label}{at}, number (share of those recorded)",
        header=("", *(capital(group.replace("_", " ")) for group in groups)),
        rows=tuple(
            SheetRow(
                (
                    label,
                    *(_cell(by_cell[level, group]) for group in groups),
                )
            )
            for level, label in labels.items()
            if any(_printed(by_cell[level, group]) for group in groups)
        ),
        notes=tuple(notes),
    )


def _label(one: PooledCount) -> str:
    names = [level.replace("_", " ") for level in one.levels]
    return names[0] if len(names) == 1 else f"together: {' or '.join(names)}"


def _cell(one: PooledCount) -> str:
    if one.count is None:
        return _UNKNOWN
    if one.share is None:
        return str(one.count)
    if one.share == (0.0, 1.0):  # the share tells nothing
        return str(one.count)
    low, high = (f"{100 * share:.0f}%" for share in one.share)
    return f"{one.count} ({low if low == high else f'{low} to {high}'})"
