"""A report that is fit to leave the hospital: counts that point to nobody."""

import os
from collections.abc import Iterator, Sequence
from typing import Final

import attrs

from iph._checks import whole
from iph.errors import DataError, InputError
from iph.report._document import Block, Document, Paragraph, Section
from iph.report._folder import folder_of, replace_folder
from iph.report._numbers import counted
from iph.report._outside import outside_files
from iph.report._phrases import capital, middle_text, numeral_of
from iph.report._sheet import Sheet, SheetRow
from iph.report._write import Written
from iph.stats._description.quartiles import Quartiles
from iph.study._event_table import EventTable
from iph.study._grades import GradeCourse
from iph.study._grouping import follows_from_one_field
from iph.study._pain import PainCourse
from iph.study._scores import ScoreCourse
from iph.study._study import Study
from iph.study._suppressed_tally import SuppressedTally
from iph.study._table_one import CategoryCell, NumberCell, Table, TableRow
from iph.study._tally import Tally

FORMAT = 1
_HIDDEN: Final = "hidden"
_LOWEST: Final = 3  # below it a hidden count would keep too few values
_QUARTERS: Final = 4
_SAID = (
    "A report for readers outside the hospital. It holds no patient, no curve, no "
    "range and no test; a small number of patients, and what would reveal it, is "
    "hidden. Each variable stands in one table only, since two tables of the same "
    "patients could be subtracted from each other. Nothing is promised of what this "
    "report tells together with an earlier one, or with what a reader knows already."
)


def write_protected(
    study: Study, folder: str | os.PathLike[str], *, least: int = 5
) -> Written:
    """Write a report of a study that may leave the hospital into a folder.

    What can a colleague elsewhere, or a registry, be shown of our patients without
    pointing to one of them?

    Parameters
    ----------
    study : Study
        The results, from `iph.study.analyze`.
    folder : str or path
        Where to write; absent, empty, or a former report in which nothing was changed.
    least : int, default 5
        The smallest number of patients that is shown, at least 3; 0 is shown as well.
        Ask your registry: rules run from 5 to 11.

    Returns
    -------
    Written
        With ``folder``, ``files`` and ``summary``.

    Raises
    ------
    FileError
        If the folder holds other things than a former report, or cannot be written.
    InputError
        If `study` is no `Study`, or `least` is below 3; if the tables are grouped by
        what follows from several fields, such as whether there was a procedure.

    See Also
    --------
    write : The whole report, which stays in the hospital.
    write_pooled : A report of several hospitals that show no small count.
    iph.study.Tally.suppressed : The rule by which counts are hidden.

    Notes
    -----
    Categories and grades are printed as `iph.study.Tally.suppressed` shows them, where
    it shows them at all. Medians and quartiles are printed where at least `least`
    patients lie in each quarter. Everything that is derived from other variables is
    left out: response, recovery, courses of single patients, correlations, comparisons
    and tests. For the same reason groups are those of one recorded field: of two
    procedures that four patients each had, the number with any procedure, eight, would
    tell both.

    Examples
    --------
    >>> import tempfile
    >>> from iph.evidence import published_cases
    >>> from iph.report import write_protected
    >>> from iph.study import analyze
    >>> study = analyze(published_cases(), population="not-excluded")
    >>> with tempfile.TemporaryDirectory() as place:
    ...     written = write_protected(study, f"{place}/outside")
    ...     print((written.folder / "report.md").read_text(encoding="utf-8")[:40])
    # Iliopsoas hematoma: report for readers
    """
    if not isinstance(study, Study):
        raise InputError("study", "a Study", study, "use iph.study.analyze(cohort)")
    limit = whole(least, "least")
    if limit < _LOWEST:
        raise InputError("least", f"{_LOWEST} or more", least)
    by = study.rules.by
    if by and not follows_from_one_field(by, study.protocol):
        raise InputError(
            "study",
            "grouped by one recorded field, by one of its members, or by a cut of it",
            by,
            "groups that follow from several would tell of the counts that are hidden "
            "in their tables; analyze it again without this group",
        )
    path = folder_of(folder)
    document = protected_document(study, limit)
    files = outside_files(
        document,
        study.protocol,
        format_number=FORMAT,
        about={"protected": {"least": limit}},
    )
    replace_folder(path, files)
    withheld = sum(
        isinstance(block, Paragraph) and block.text.endswith("withheld.")
        for section in document.sections
        for block in section.blocks
    )
    summary = (
        f"{document.title}, {document.subtitle}",
        f"{counted(len(document.sheets), 'table')}, and {withheld} withheld",
    )
    return Written(folder=path, files=tuple(sorted(files)), summary=summary)


def protected_document(study: Study, least: int) -> Document:
    """Return the report with small counts hidden, not yet in any format."""
    sections = (
        Section(name="said", title="What this is", blocks=(Paragraph(_SAID),)),
        Section(
            name="participants",
            title="Participants",
            blocks=tuple(_participants(study, least)),
        ),
        Section(
            name="baseline",
            title="Characteristics",
            blocks=tuple(_characteristics(study, least)),
        ),
        Section(
            name="outcomes",
            title="Outcomes at each visit",
            blocks=tuple(_outcomes(study, least)),
        ),
        Section(
            name="events",
            title="Complications and adverse events",
            blocks=tuple(_events(study, least)),
        ),
    )
    return Document(
        title=f"{capital(study.protocol.condition)}: report for readers outside",
        subtitle=f"counts from 1 to {least - 1} are hidden",
        banner="Made-up patients: nothing in this report is a finding."
        if study.cohort.synthetic
        else "",
        sections=tuple(section for section in sections if section.blocks),
    )


def _participants(study: Study, least: int) -> Iterator[Block]:
    """Say how many are analyzed, and of how many, where few are left out by neither."""
    analyzed, assessed = len(study.patients), study.screening.n_assessed
    if analyzed < least:
        yield Paragraph("The number of patients: withheld.")
        return
    text = f"{counted(analyzed, 'patient')} analyzed"
    if assessed == analyzed or assessed - analyzed >= least:
        text += f", of {counted(assessed, 'record')} assessed"
    yield Paragraph(f"{text} ({study.screening.criteria.name}).")


def _characteristics(study: Study, least: int) -> Iterator[Block]:
    """Print the fields of admission; what is derived, or of a visit, is left out."""
    own = {field.name for field in study.protocol.patient_fields}
    table = study.table_one
    columns = _columns(table, least)
    groups = tuple(table.columns[k] for k in columns)
    numbers: list[SheetRow] = []
    for row in table.rows:
        if row.name not in own or row.name == study.protocol.group:
            continue
        cells = [row.cells[k] for k in columns]
        shown = [c.description.quartiles for c in cells if isinstance(c, NumberCell)]
        if shown:
            label = row.label + ("" if row.unit is None else f", {row.unit}")
            texts = (_quartiles(one, least) for one in shown)
            numbers.append(SheetRow((label, *texts)))
        else:
            yield from _category(row, cells, groups, least)
    if numbers:
        yield Sheet(
            name="numbers",
            title="Numbers at admission, median (Q1, Q3)",
            header=("Characteristic", *map(capital, groups)),
            rows=tuple(numbers),
            notes=(_of_quartiles(least),),
        )


def _columns(table: Table, least: int) -> range:
    """Return the columns of the groups, or of all patients where a group is small."""
    small = [n for n in (*table.sizes[1:], table.n_ungrouped) if 0 < n < least]
    grouped = len(table.columns) > 1 and not small
    return range(1, len(table.columns)) if grouped else range(1)


def _category(
    row: TableRow, cells: Sequence[object], groups: tuple[str, ...], least: int
) -> Iterator[Block]:
    """Print one variable; of several categories at once each is a variable."""
    found = [cell for cell in cells if isinstance(cell, CategoryCell)]
    missing = tuple(cell.n_missing for cell in found)
    if row.exclusive and len(row.level_labels) > 1:
        parts = [("", row.level_labels, [cell.counts for cell in found])]
    else:
        parts = [
            (
                f"_{place}" if len(row.level_labels) > 1 else "",
                (level, f"not {level}"),
                [(c.counts[place], c.n - c.counts[place]) for c in found],
            )
            for place, level in enumerate(row.level_labels)
        ]
    for suffix, levels, counts in parts:
        yield _counts(
            Tally(
                value=row.name,
                by="group",
                levels=levels,
                groups=groups,
                counts=tuple(counts),
                missing=missing,
            ),
            least,
            name=f"{row.name}{suffix}",
            title=row.label if not suffix else f"{row.label}: {levels[0]}",
        )


def _outcomes(study: Study, least: int) -> Iterator[Block]:
    for course in (study.pain, *study.scores, *study.grades):
        if isinstance(course, (PainCourse, ScoreCourse)):
            name = getattr(course, "field", "pain")
            yield Sheet(
                name=f"course_{name}",
                title=f"{getattr(course, 'label', 'Pain')}, median (Q1, Q3)",
                header=("Visit", "Median (Q1, Q3)"),
                rows=tuple(
                    SheetRow((at.visit.label, _quartiles(at.quartiles, least)))
                    for at in course.visits
                ),
                notes=(_of_quartiles(least),),
            )
        elif isinstance(course, GradeCourse):
            yield _counts(
                Tally(
                    value=course.field,
                    by="visit",
                    levels=tuple(numeral_of(grade) for grade in course.scale),
                    groups=tuple(at.visit.label for at in course.visits),
                    counts=tuple(at.counts for at in course.visits),
                    missing=tuple(at.n_missing + at.n_died for at in course.visits),
                ),
                least,
                name=f"grades_{course.field}",
                title=f"{course.label} at each visit",
            )


def _events(study: Study, least: int) -> Iterator[Block]:
    """Print who had each event; any event is derived from these, and is left out."""
    found = study.events
    if not isinstance(found, EventTable):
        return
    small = [n for n in (*found.sizes[1:], found.n_ungrouped) if 0 < n < least]
    grouped = len(found.columns) > 1 and not small
    columns = range(1, len(found.columns)) if grouped else range(1)
    for row in found.rows:
        cells = [row.cells[k] for k in columns]
        yield _counts(
            Tally(
                value=row.name,
                by="group",
                levels=(row.label, "none"),
                groups=tuple(found.columns[k] for k in columns),
                counts=tuple((c.n_patients, c.n - c.n_patients) for c in cells),
                missing=(0,) * len(cells),
            ),
            least,
            name=f"event_{row.name}",
            title=row.label,
        )


def _quartiles(found: Quartiles, least: int) -> str:
    """Write quartiles where each quarter holds enough patients."""
    return middle_text(found) if found.n >= _QUARTERS * least else _HIDDEN


def _of_quartiles(least: int) -> str:
    return f"Hidden where fewer than {_QUARTERS * least} values are known."


def _counts(tally: Tally, least: int, *, name: str, title: str) -> Block:
    """Print counts of which none is small; say so where they must be withheld."""
    # Levels that nobody has say nothing of anybody, and would only merge others.
    used = [
        k for k, _ in enumerate(tally.levels) if any(row[k] for row in tally.counts)
    ]
    tally = attrs.evolve(
        tally,
        levels=tuple(tally.levels[k] for k in used),
        counts=tuple(tuple(row[k] for k in used) for row in tally.counts),
    )
    try:
        found = tally.suppressed(least)
    except DataError:
        return Paragraph(f"{title}: withheld.")
    return Sheet(
        name=name,
        title=title,
        header=("", *(capital(str(group)) for group in found.groups)),
        rows=tuple(_count_rows(found)),
        notes=(
            (
                f"Numbers of patients. {capital(_HIDDEN)} are those below {least}, and "
                "others from which they could be computed."
            ),
        ),
    )


def _count_rows(found: SuppressedTally) -> Iterator[SheetRow]:
    for place, level in enumerate(found.levels):
        cells = (row[place] for row in found.counts)
        yield SheetRow((str(level), *map(_shown, cells)))
    yield SheetRow(("not recorded", *map(_shown, found.missing)))
    for one in found.together:
        names = " or ".join(
            "not recorded" if level is None else str(level) for level in one.levels
        )
        yield SheetRow((f"together: {names}", *map(_shown, one.counts)))
    yield SheetRow(("all", *map(str, found.sizes)))


def _shown(count: int | None) -> str:
    return _HIDDEN if count is None else str(count)
