"""A study beside what another one prints, with the intervals that print allows."""

import math
from collections.abc import Iterable
from typing import Any

import attrs

from iph._checks import level
from iph._options import each
from iph.errors import InputError
from iph.evidence._audit import audit
from iph.evidence._claims import Claim
from iph.evidence._ledger import Ledger
from iph.evidence._loading import li2023_claims
from iph.evidence._variables import variables_of
from iph.protocol._li2023 import LI_2023_PROTOCOL
from iph.protocol._protocol import Protocol
from iph.study._compared import ComparedClaim, Comparison
from iph.study._comparison_rows import Rows
from iph.study._study import Study

LI_2023_NAME = "Li et al. 2023"
_METHOD = "shares, miettinen-nurminen; means, welch; medians, no interval"


def compare_with_claims(
    study: Study,
    claims: Iterable[Claim] | None = None,
    *,
    source: str | None = None,
    confidence_level: float = 0.95,
) -> Comparison:
    """Put a study beside what a paper prints.

    Were our patients like theirs, and did they fare like theirs? Each printed figure
    that names a field and that our patients can answer is computed from them, with
    the difference and the interval that the print allows.

    Parameters
    ----------
    study : Study
        What `analyze` returns.
    claims : iterable of Claim, optional
        The claims of a paper, from `iph.evidence.read_claims` or, to compare two
        studies, from `iph.report.study_claims`; those of Li et al. 2023 if not given.
    source : str, optional
        What the paper is called in print; needed if `claims` are given.
    confidence_level : float, default: 0.95
        Level of the intervals, between 0 and 1.

    Returns
    -------
    Comparison
        With ``source``, ``rows`` (each with ``published``, ``ours`` and
        ``difference``), ``unanswered``, ``cautions``, ``confidence_level``,
        ``method``, ``n`` and ``n_missing``.

    Raises
    ------
    InputError
        If `study` is no `Study`, a claim no `Claim`, the claims have no source, or the
        level is not between 0 and 1.

    See Also
    --------
    iph.evidence.audit : Whether the printed figures can be true at all.
    iph.stats.risk_difference, iph.stats.mean_difference : The intervals.

    Notes
    -----
    *Shares* are compared by Miettinen and Nurminen's interval [1]_. A percentage that
    is printed
    without a count stands for the counts that it can be rounded from; if these are
    several, the interval covers those of all of them. Where a printed number of
    patients was seen at a visit, the shares at that visit are of them.

    *Means* are compared by Welch's interval [2]_ from mean, SD and number.

    *Medians* have a difference and no interval: quartiles alone tell nothing of the
    distribution between them, so any interval would be an assumption about it. The
    exact interval of our own median is given beside it.

    A *convenience sample* stands for no population, so that its figures have a
    difference, and no interval of any kind.

    The patients of both studies are taken as different people. Nothing is adjusted,
    neither for the number of figures nor for who came to which hospital: a difference
    says that the groups differ and not why.

    References
    ----------
    .. [1] Miettinen O, Nurminen M. Comparative analysis of two rates. Stat Med
       1985;4:213-226. :doi:`10.1002/sim.4780040211`
    .. [2] Welch BL. The generalization of "Student's" problem when several different
       population variances are involved. Biometrika 1947;34:28-35.
       :doi:`10.1093/biomet/34.1-2.28`

    Examples
    --------
    The published cases are a convenience sample, and have no interval:

    >>> from iph.evidence import published_cases
    >>> from iph.study import analyze, compare_with_claims
    >>> study = analyze(published_cases(), population="not-excluded")
    >>> found = compare_with_claims(study)
    >>> men = next(row for row in found.rows if row.level_label == "male")
    >>> men.published.count, men.published.n, men.ours.count, men.ours.n
    (24, 28, 39, 54)
    >>> print(f"{men.difference.estimate:.3f}, by {men.difference.method}")
    -0.135, by none

    For twelve patients of one hospital, nine of them men:

    >>> from iph import Cohort, Patient
    >>> sexes = ["male"] * 9 + ["female"] * 3
    >>> ours = Cohort(Patient(patient_id=f"P{k}", sex=s) for k, s in enumerate(sexes))
    >>> found = compare_with_claims(analyze(ours, population="all"))
    >>> less = next(r for r in found.rows if r.level_label == "male").difference
    >>> print(f"{less.estimate:.3f} ({less.low:.3f} to {less.high:.3f})")
    -0.107 (-0.415 to 0.137)
    """
    if not isinstance(study, Study):
        raise InputError("study", "a Study", study, "use iph.study.analyze(cohort)")
    asked_level = level(confidence_level)
    if claims is None:
        claims = li2023_claims()
        source = LI_2023_NAME if source is None else source
    if not isinstance(source, str) or not source:
        raise InputError("source", "the name of the paper that prints them", source)
    claims = tuple(each(claims, "claims", "a sequence of Claim"))
    protocol = _vocabulary(claims, study.protocol)
    findings = audit(claims, protocol=protocol)
    ledger = Ledger((finding.claim for finding in findings), variables_of(protocol))
    builder = Rows(study, ledger, findings, asked_level)
    for claim in ledger.claims:
        builder.add(claim)
    for claim in ledger.claims:
        builder.add_share_of(claim)
    rows, method = builder.rows(), _METHOD
    if study.convenience:
        rows, method = tuple(map(_without_intervals, rows)), "none"
    return Comparison(
        source=source,
        rows=rows,
        unanswered=tuple(builder.unanswered),
        cautions=_cautions(study),
        confidence_level=asked_level,
        method=method,
        n=len(study.patients),
        n_missing=len(study.cohort) - len(study.patients),
    )


def _vocabulary(claims: Iterable[object], own: Protocol[Any]) -> Protocol[Any]:
    """Return the study whose fields and visits claims name: this one, or Li's."""
    given = [claim for claim in claims if isinstance(claim, Claim)]
    visits = {claim.visit for claim in given} - {None}
    names = {claim.variable for claim in given} - {""}
    known = {*own.patient_declarations, *own.assessment_declarations}
    mine = visits <= {*own.visits} and names <= known
    return own if mine else LI_2023_PROTOCOL


def _without_intervals(row: ComparedClaim) -> ComparedClaim:
    """Leave the figures of a sample that stands for no population without limits."""
    nan = math.nan
    return attrs.evolve(
        row,
        ours=attrs.evolve(row.ours, low=nan, high=nan),
        difference=attrs.evolve(row.difference, low=nan, high=nan, method="none"),
    )


def _cautions(study: Study) -> tuple[str, ...]:
    lines = list(study.cohort.notes)
    if study.cohort.synthetic:
        lines.append("made-up patients: that they agree with a paper says nothing")
    if study.convenience:
        lines.append(
            "no figure of this study has an interval, since a convenience sample "
            "stands for no population"
        )
    lines.append(
        "differences are descriptive: they are not adjusted for case mix, nor for the "
        "number of comparisons"
    )
    return tuple(lines)
