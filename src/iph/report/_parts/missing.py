"""What was not recorded: each field, and each outcome at each visit."""

from collections.abc import Iterator

from iph._fields import Kind
from iph.report._document import Block
from iph.report._numbers import counted, listing, none_or, share
from iph.report._parts.part import Material, Part, Results, headed
from iph.report._phrases import lowered
from iph.report._sheet import Sheet, SheetRow
from iph.study._characteristics import known
from iph.study._grades import GradeCourse
from iph.study._pain import PainCourse
from iph.study._scores import ScoreCourse
from iph.study._study import Study

Count = tuple[str, int, int]  # what, how many known, of how many
Seen = tuple[str, str, int, int]  # what, at which visit, how many known, of how many


def _results(material: Material) -> Results:
    return (material.study,) if material.study.patients else ()


def _fields(study: Study) -> Iterator[Count]:
    """Count for how many patients each field of admission is known.

    Of a study that was made from counts, the rows of its tables are known alone.
    """
    if not isinstance(study.patients, tuple):
        for row in (*study.table_one.rows, *study.coagulation.rows):
            cell = row.cells[0]
            yield row.label, cell.n, cell.n + cell.n_missing
        return
    endpoints = study.protocol.endpoints
    ends = {event.at for rule in endpoints for event in rule.competing}
    for field in study.protocol.patient_fields:
        kind = field.declaration.kind
        if kind is Kind.IDENTIFIER or field.path[0] == "follow_up":
            continue
        if field.name in ends:  # without a day it did not happen
            continue
        values = [known(field.value_of(patient)) for patient in study.patients]
        found = sum(value is not None for value in values)
        yield field.declaration.label, found, len(values)


def _outcomes(study: Study) -> Iterator[Seen]:
    """Count for how many of those alive each outcome is known at each visit."""
    for course in (study.pain, *study.scores, *study.grades):
        if isinstance(course, (PainCourse, ScoreCourse)):
            label = getattr(course, "label", "Pain")
            for at in course.visits:
                seen = at.quartiles
                yield label, at.visit.label, seen.n, seen.n + seen.n_missing
        elif isinstance(course, GradeCourse):
            for one in course.visits:
                due = one.n + one.n_missing
                yield course.label, one.visit.label, one.n, due


def missing_sheet(study: Study) -> Sheet:
    """Print how much is known of each field, and of each outcome at each visit."""
    counts = [
        *_fields(study),
        *((f"{what}, {visit}", found, n) for what, visit, found, n in _outcomes(study)),
    ]
    nowhere = [what for what, found, _ in counts if not found]
    notes = [
        (
            "Of the patients analyzed; at visits, of those not known to have died. A "
            "value entered as unknown, or known by a bound alone, is missing here."
        )
    ]
    if nowhere:
        notes.append(f"Recorded for nobody: {listing(map(lowered, nowhere))}.")
    return Sheet(
        name="missing",
        title="Missing data",
        header=("Field", "Known", "Missing"),
        rows=tuple(
            SheetRow((what, share(found, n), str(n - found)))
            for what, found, n in counts
            if found
        ),
        notes=tuple(notes),
    )


def _blocks(study: Study, _material: Material) -> Iterator[Block]:
    yield missing_sheet(study)


def _sentences(study: Study, _material: Material) -> Iterator[str]:
    """Say how many fields are whole; the table says the rest."""
    fields = [one for one in _fields(study) if one[1]]
    whole = sum(found == n for _, found, n in fields)
    if not fields:
        yield "No field was recorded at admission."
    elif whole == len(fields):
        what = "The only field" if whole == 1 else f"All {whole} fields"
        be = "is" if whole == 1 else "are"
        yield f"{what} recorded at admission {be} known for every patient."
    else:
        yield (
            f"Of {counted(len(fields), 'field')} recorded at admission, "
            f"{none_or(whole)} {'is' if whole < 2 else 'are'} known for every patient."
        )


def _warnings(found: tuple[Study, ...], _material: Material) -> Iterator[str]:
    """Name for each outcome the visit at which the fewest were assessed."""
    least: dict[str, tuple[str, int, int]] = {}
    for what, visit, known_at, due in _outcomes(found[0]):
        if due and (what not in least or known_at < least[what][1]):
            least[what] = visit, known_at, due
    visits: dict[tuple[str, int, int], list[str]] = {}
    for what, (visit, known_at, due) in least.items():
        if known_at < due:
            visits.setdefault((visit, known_at, due), []).append(lowered(what))
    for (visit, known_at, due), names in visits.items():
        were = "patient due was" if due == 1 else "patients due were"
        yield (
            f"at {visit}, {none_or(known_at)} of {due} {were} assessed for "
            f"{listing(names)}; percentages refer to the patients assessed at a visit"
        )


PART = Part(
    chapter="missing",
    heading=headed("Missing data"),
    results=_results,
    blocks=_blocks,
    sentences=_sentences,
    warnings=_warnings,
    answers=lambda _found, _material: {"missing": ""},
)
