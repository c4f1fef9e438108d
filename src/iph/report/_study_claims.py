"""What a report of a study prints, as claims that an audit can check."""

from collections.abc import Iterator

from iph._fields import declared_fields
from iph._follow_up import Assessment
from iph._model import Patient
from iph.evidence._claims import Claim, ClaimKind
from iph.report._baseline_sheets import number_text
from iph.report._numbers import percent, trimmed
from iph.stats._description import Description
from iph.stats._quartiles import Quartiles
from iph.study._grades import GradeCourse
from iph.study._pain import PainCourse
from iph.study._study import Study
from iph.study._table_one import CategoryCell, NumberCell, Table

__all__ = ["study_claims"]

_DECLARED = {f.name for cls in (Patient, Assessment) for f in declared_fields(cls)}
# Computed from others, so not in steps of its own.
_COMPUTED = frozenset({"volume_ml"})


def study_claims(study: Study) -> tuple[Claim, ...]:
    """Return the figures that the report of a study prints, as claims.

    Is what we print ourselves beyond reproach? The figures are written as the report
    writes them, so that `iph.evidence.audit` checks the rounding, denominators and sums
    of the report, and not those of the study in memory.

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


def _table(table: Table, where: str) -> Iterator[Claim]:
    for row in table.rows:
        shown = row.cells[0]
        how = shown.description.shown if isinstance(shown, NumberCell) else ""
        for column, cell in zip(table.columns, row.cells, strict=True):
            code = f"{where}: {row.name}, {column}"
            if isinstance(cell, CategoryCell):
                divides = row.exclusive and len(row.level_labels) > 1
                counts = dict(zip(row.level_labels, cell.counts, strict=True))
                yield from _counts(code, where, counts, cell.n, divides=divides)
            elif isinstance(cell, NumberCell) and cell.n:
                yield from _number(code, where, row.name, cell.description, how)


def _number(
    code: str, where: str, name: str, found: Description, shown: str
) -> Iterator[Claim]:
    text = number_text(found, shown)
    kind = ClaimKind.MEAN_SD if shown == "mean" else ClaimKind.MEDIAN
    if text.count("(") == 1 and "not defined" not in text:
        known = name in _DECLARED and name not in _COMPUTED
        yield Claim(
            code=code,
            where=where,
            printed=text.replace("\N{MINUS SIGN}", "-"),
            kind=kind,
            variable=name if known else "",
            of=str(found.n),
        )


def _counts(
    code: str, where: str, counts: dict[str, int], n: int, *, divides: bool
) -> Iterator[Claim]:
    """Print counts with their shares; those that divide the group add up to it."""
    for label, count in counts.items() if n else ():
        partition = code if divides else ""
        yield Claim(
            code=f"{code}: {label}",
            where=where,
            printed=str(count),
            kind=ClaimKind.COUNT,
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
    for visit in course.visits:
        code = f"{course.field} at {visit.visit.value}"
        counts = dict(zip(labels, visit.counts, strict=True))
        yield from _counts(code, course.label, counts, visit.n, divides=True)


def _pain(course: PainCourse) -> Iterator[Claim]:
    labels = ("none", "mild", "moderate", "severe")
    for visit in course.visits:
        code, n = f"pain at {visit.visit.value}", visit.quartiles.n
        yield from _median(code, visit.quartiles)
        severity = dict(zip(labels, visit.severity, strict=True))
        yield from _counts(code, "Pain", severity, n, divides=True)
        if visit.at_least_half is not None:
            relieved = {
                "50 % or more": visit.n_responders,
                "more than 50 %": visit.n_strict_responders,
            }
            code, n = f"relief at {visit.visit.value}", visit.at_least_half.n
            yield from _counts(code, "Pain", relieved, n, divides=False)


def _median(code: str, found: Quartiles) -> Iterator[Claim]:
    if found.n:
        quartiles = f"({trimmed(found.q1)}, {trimmed(found.q3)})"
        yield Claim(
            code=f"{code}: median",
            where="Pain",
            printed=f"{trimmed(found.median)} {quartiles}",
            kind=ClaimKind.MEDIAN,
            variable="vas",
            of=str(found.n),
        )
