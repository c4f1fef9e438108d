"""What a report of a study prints, as claims that an audit can check."""

from iph._options import instance
from iph.evidence._claims import Claim
from iph.report._contents import PARTS, results_there
from iph.report._parts.part import Material
from iph.study._study import Study


def study_claims(study: Study) -> tuple[Claim, ...]:
    """Return the figures that the report of a study prints, as claims.

    Is what we print ourselves beyond reproach? The figures are written as the report
    writes them, so that `iph.evidence.audit` checks the rounding, denominators and sums
    of the report, and not those of the study in memory. Those of all patients name
    their fields and visits, so that another hospital can hold its own study against
    them with `iph.study.compare_with_claims`; no patient is in them. The audit of a
    study by its own protocol takes that protocol: ``audit(claims, protocol=...)``.

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
    instance(study, "study", Study, "a Study", "use iph.study.analyze(cohort)")
    material = Material(study=study)
    return tuple(
        claim
        for part in PARTS
        for found in results_there(part, material)
        for claim in part.claims(found, material)
    )
