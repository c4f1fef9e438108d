"""What a report of a study prints, as claims that an audit can check."""

import itertools
from collections.abc import Iterator
from fractions import Fraction

import attrs

from iph._categories import ScheduledVisit, Visit
from iph._fields import declared_fields
from iph._follow_up import Assessment
from iph._model import Patient
from iph.evidence._claims import Claim, ClaimKind
from iph.report._attendance_sheets import middle_text
from iph.report._baseline_sheets import number_text
from iph.report._numbers import MINUS, percent
from iph.scales._hip_flexion import HIP_FLEXION
from iph.stats._description.quartiles import Quartiles
from iph.study._characteristics import UNKNOWN
from iph.study._grades import GradeCourse
from iph.study._pain import PainCourse
from iph.study._study import Study
from iph.study._table_one import CategoryCell, NumberCell, Table, TableRow

__all__ = ["study_claims"]

_FIELDS = {
    f.name: f.declaration for cls in (Assessment, Patient) for f in declared_fields(cls)
}
_ASSESSED = {f.name for f in declared_fields(Assessment)}
# What follows from several fields, by its name, with the code of each level.
_DERIVED = {
    "coagulation_status": ("normal", "abnormal"),
    "treated_conservatively": ("yes",),
}
_RELIEF = ("at-least-half", "more-than-half")
_HIP_LEVELS = tuple(
    f"{int(low)}-{int(high) - (high in HIP_FLEXION.edges)}"
    for low, high in itertools.pairwise(
        (HIP_FLEXION.low, *HIP_FLEXION.edges, HIP_FLEXION.high)
    )
)
# Computed from others where it is not recorded, so not in steps of its own.
_COMPUTED = frozenset({"volume_ml"})


def study_claims(study: Study) -> tuple[Claim, ...]:
    """Return the figures that the report of a study prints, as claims.

    Is what we print ourselves beyond reproach? The figures are written as the report
    writes them, so that `iph.evidence.audit` checks the rounding, denominators and sums
    of the report, and not those of the study in memory. Those of all patients name
    their fields, so that another hospital can hold its own study against them with
    `iph.study.compare_with_claims`; no patient is in them.

    Parameters
    ----------
    study : Study
        What `iph.study.analyze` returns.

    Returns
    -------
    tuple of Claim
        The flow of patients, the tables of characteristics, and the courses of grades
        and pain.

    See Also
    --------
    iph.evidence.audit : Check them.
    iph.study.compare_with_claims : Put another study beside them.

    Examples
    --------
    >>> from iph.evidence import audit, published_cases
    >>> from iph.report import study_claims
    >>> from iph.study import analyze
    >>> study = analyze(published_cases(), population="not-excluded")
    >>> claims = study_claims(study)
    >>> sum(finding.verdict.is_problem for finding in audit(claims))
    0
    """
    return (
        *_flow(study),
        *_table(study.table_one, "Table 1"),
        *_table(study.coagulation, "Coagulation"),
        *(
            c
            for one in study.grades
            if isinstance(one, GradeCourse)
            for c in _grades(one)
        ),
        *(_pain(study.pain) if isinstance(study.pain, PainCourse) else ()),
    )


def _flow(study: Study) -> Iterator[Claim]:
    screening, where = study.screening, "Flow"
    parts = {
        "included": screening.n_included,
        "excluded": screening.n_excluded,
        "undecided": screening.n_unknown,
    }
    yield Claim(
        code="assessed",
        where=where,
        printed=str(screening.n_assessed),
        kind=ClaimKind.SIZE,
        parts=tuple(parts),
    )
    for name, count in parts.items():
        yield Claim(
            code=name,
            where=where,
            printed=str(count),
            kind=ClaimKind.COUNT,
            of="assessed",
        )


@attrs.frozen(kw_only=True)
class _Asked:
    """What figures speak of, so that another study can be held against them.

    Attributes
    ----------
    variable, derived : str
        The field, or what follows from several; both empty if neither can be named.
    visit : ScheduledVisit or None
        The visit.
    levels : tuple of str
        The levels that are counted, in the order of the counts.
    """

    variable: str = ""
    derived: str = ""
    visit: ScheduledVisit | None = None
    levels: tuple[str, ...] = ()


def _asked(row: TableRow) -> _Asked:
    """Return what a row of a table speaks of."""
    if row.name in _DERIVED:
        return _Asked(derived=row.name, levels=_DERIVED[row.name])
    if row.name not in _FIELDS or row.name in _COMPUTED:
        return _Asked()
    declared = _FIELDS[row.name]
    options = declared.options or ()
    codes = [str(o.value) for o in options if o.value != UNKNOWN]
    return _Asked(
        variable=row.name,
        visit=Visit.BASELINE if row.name in _ASSESSED else None,
        levels=tuple(codes or ("yes",)),
    )


def _table(table: Table, where: str) -> Iterator[Claim]:
    for row in table.rows:
        shown = row.cells[0]
        how = shown.description.shown if isinstance(shown, NumberCell) else ""
        for column, cell in zip(table.columns, row.cells, strict=True):
            code = f"{where}: {row.name}, {column}"
            # A figure of a group says nothing of the patients as a whole.
            asked = _asked(row) if column == table.columns[0] else _Asked()
            if isinstance(cell, CategoryCell):
                divides = row.exclusive and len(row.level_labels) > 1
                if cell.presence_only:  # its counts are shares of nothing known
                    continue
                counts = dict(zip(row.level_labels, cell.counts, strict=True))
                yield from _counts(code, where, counts, cell.n, asked, divides=divides)
            elif isinstance(cell, NumberCell) and cell.n:
                text = number_text(cell.description, how)
                if text.count("(") == 1 and "not defined" not in text:
                    mean = how == "mean"
                    yield Claim(
                        code=code,
                        where=where,
                        printed=text.replace(MINUS, "-"),
                        kind=ClaimKind.MEAN_SD if mean else ClaimKind.MEDIAN,
                        variable=asked.variable,
                        visit=asked.visit,
                        step=None if asked.variable else _step(row.name),
                        of=str(cell.n),
                    )


def _step(name: str) -> Fraction | None:
    """Return the step of a figure that does not name its field."""
    return None if name in _COMPUTED else _FIELDS[name].step


def _counts(
    code: str,
    where: str,
    counts: dict[str, int],
    n: int,
    asked: _Asked,
    *,
    divides: bool,
) -> Iterator[Claim]:
    """Print counts with their shares; those that divide the group add up to it."""
    levels = asked.levels or ("",) * len(counts)
    for (label, count), level in zip(
        counts.items() if n else (), levels[: len(counts) if n else 0], strict=True
    ):
        partition = code if divides else ""
        yield Claim(
            code=f"{code}: {label}",
            where=where,
            printed=str(count),
            kind=ClaimKind.COUNT,
            variable=asked.variable,
            derived=asked.derived,
            visit=asked.visit,
            levels=(level,) if level else (),
            of=str(n),
            partition=partition,
        )
        yield Claim(
            code=f"{code}: {label}, share",
            where=where,
            printed=percent(count, n),
            kind=ClaimKind.PERCENTAGE,
            count=f"{code}: {label}",
            of=str(n),
            partition=partition,
        )


def _grades(course: GradeCourse) -> Iterator[Claim]:
    labels = [grade.numeral for grade in course.scale]
    levels = tuple(str(int(grade)) for grade in course.scale)
    if course.field == "hip_flexion_deg":
        levels = _HIP_LEVELS
    for visit in course.visits:
        code = f"{course.field} at {visit.visit.value}"
        counts = dict(zip(labels, visit.counts, strict=True))
        asked = _Asked(variable=course.field, visit=visit.visit, levels=levels)
        yield from _counts(code, course.label, counts, visit.n, asked, divides=True)


def _pain(course: PainCourse) -> Iterator[Claim]:
    labels = ("none", "mild", "moderate", "severe")
    for visit in course.visits:
        code, n = f"pain at {visit.visit.value}", visit.quartiles.n
        yield from _median(code, visit.visit, visit.quartiles)
        severity = dict(zip(labels, visit.severity, strict=True))
        yield from _counts(code, "Pain", severity, n, _Asked(), divides=True)
        if visit.at_least_half is not None:
            relieved = {
                "50 % or more": visit.n_responders,
                "more than 50 %": visit.n_strict_responders,
            }
            asked = _Asked(derived="pain_relief", visit=visit.visit, levels=_RELIEF)
            code, n = f"relief at {visit.visit.value}", visit.at_least_half.n
            yield from _counts(code, "Pain", relieved, n, asked, divides=False)


def _median(code: str, visit: ScheduledVisit, found: Quartiles) -> Iterator[Claim]:
    if found.n:
        yield Claim(
            code=f"{code}: median",
            where="Pain",
            printed=middle_text(found),
            kind=ClaimKind.MEDIAN,
            variable="vas",
            visit=visit,
            of=str(found.n),
        )
