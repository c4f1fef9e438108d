"""The audit: every check on every claim, and one verdict each."""

from collections.abc import Callable, Iterable
from typing import Any

import attrs

from iph._options import each
from iph.evidence._claims import Claim, ClaimKind
from iph.evidence._consistency import check_quantities, check_range
from iph.evidence._curves import check_curve
from iph.evidence._estimates import check_estimate
from iph.evidence._flows import check_at_most, check_partitions, check_parts
from iph.evidence._granularity import check_mean_sd
from iph.evidence._ledger import Ledger
from iph.evidence._methods import check_method, check_p_value
from iph.evidence._percentages import check_count, check_percentage
from iph.evidence._printed import has_ambiguous_commas
from iph.evidence._quartile_granularity import check_median
from iph.evidence._references import check_reference
from iph.evidence._rules import check_rule
from iph.evidence._variables import Variables, variables_of
from iph.evidence._verdict import SEVERITY, Finding, Outcome, Verdict
from iph.protocol._li2023 import LI_2023_PROTOCOL
from iph.protocol._protocol import Protocol

__all__ = ["audit"]

_CHECKS: tuple[Callable[[Claim, Ledger], Iterable[Outcome]], ...] = (
    check_percentage,
    check_count,
    check_at_most,
    check_mean_sd,
    check_median,
    check_p_value,
    check_estimate,
    check_curve,
    check_range,
    check_reference,
    check_method,
    check_rule,
)

_UNCHECKED = {
    ClaimKind.COUNT: "no share, sum or second mention is printed to hold it against",
    ClaimKind.SIZE: "no sum or second mention is printed to hold it against",
    ClaimKind.PERCENTAGE: "its denominator is not stated",
    ClaimKind.P_VALUE: "the counts or times behind it are not printed",
    ClaimKind.ESTIMATE: "neither the counts behind it nor an interval are printed",
    ClaimKind.IDENTIFIER: "it stands in one place only",
    ClaimKind.CAPTION: "the figure itself is not part of the text",
    ClaimKind.METHOD: "the method alone makes no figure that could be recomputed",
    ClaimKind.RULE: "nothing that is printed says whether it was kept",
}


def audit(
    claims: Iterable[Claim], *, protocol: Protocol[Any] = LI_2023_PROTOCOL
) -> tuple[Finding, ...]:
    """Check printed figures against what data can give, and against each other.

    Can what this paper prints be true? Each claim gets one verdict: the most serious
    of all checks, with its reason in one sentence. The verdict is about the number; it
    says nothing of how it came about, and a slip of the pen is the usual cause.

    Parameters
    ----------
    claims : iterable of Claim
        The claims of one paper: `li2023_claims`, `read_claims`, or one's own.
    protocol : Protocol, default LI_2023_PROTOCOL
        The study, whose fields and visits the claims name.

    Returns
    -------
    tuple of Finding
        One a claim, in the order given, each with ``claim``, ``verdict``, ``reason``,
        ``related`` (the claims that it rests on) and ``witness`` (for a mean with SD,
        a sample that has both, where one is known).

    Raises
    ------
    iph.errors.InputError
        If a code stands twice or refers to a claim that is not there, or a claim names
        a field or a visit that the study does not have.

    See Also
    --------
    findings_markdown, findings_html : The findings as a table.
    twin : Patients that could stand behind the claims.

    Notes
    -----
    *Percentages* are held against their count and denominator under rounding half
    away from zero, half to even, half down, and under truncation; then against the
    other groups that are printed.

    *Means and SDs* of values in steps: the sum must be a whole number of steps (GRIM
    [1]_), and some values on the scale must have this sum and a sum of squares that
    gives the SD (GRIMMER [2]_). Such values are looked for by dynamic programming, so
    the answer is exact: they are found and stand in ``witness``, or there are none.
    (For several hundred patients, or scales of many thousand steps, the search may be
    given up, which makes the claim not checkable.) The SD is the one with n - 1. A mean
    less than two SDs above zero is reported as implausible for a normal quantity [3]_.

    *Medians and quartiles* are tried under all nine rules of Hyndman and Fan.

    *Ratios, differences and shares with intervals* are recomputed from their counts by
    every estimate and interval that programs print. An interval contradicts its counts
    only if it lies far from all of these; one that no counts are printed for is held
    against its estimate on the scale on which it is made.

    *Kaplan-Meier shares* are held against the least and the greatest that the printed
    numbers at risk allow, whatever the order of events and losses.

    *Sums, repeated figures, ranges, pointers to figures, methods* are compared as far
    as the claims say what belongs together. A figure printed in more places than its
    rival stands; the rival contradicts it.

    References
    ----------
    .. [1] Brown NJL, Heathers JAJ. The GRIM test. Soc Psychol Personal Sci
       2017;8:363-369. :doi:`10.1177/1948550616673876`
    .. [2] Anaya J. The GRIMMER test. PeerJ Preprints 2016;4:e2400v1.
       :doi:`10.7287/peerj.preprints.2400v1`
    .. [3] Altman DG, Bland JM. Detecting skewness from summary information. BMJ
       1996;313:1200. :doi:`10.1136/bmj.313.7066.1200`

    Examples
    --------
    Li et al. 2023 print that 24 of 28 patients are men, 46.15 %.

    >>> from iph.evidence import audit, li2023_claims
    >>> findings = audit(li2023_claims())
    >>> men = next(f for f in findings if f.claim.printed == "46.15%")
    >>> men.verdict
    <Verdict.IMPOSSIBLE: 'impossible'>
    >>> print(men.reason)
    24 of 28 is 85.71 %, and no rounding makes that 46.15 %; no count of 28 gives it, and 24 would need 52 patients.
    """  # noqa: E501 - the reason is one line
    listed = tuple(each(claims, "claims", "a sequence of Claim"))
    variables = variables_of(protocol)
    findings = _audited(listed, variables)
    # "13,243" may be thirteen thousand or, with a decimal comma, thirteen.
    again = {
        finding.claim.code: attrs.evolve(finding.claim, value=other)
        for finding in findings
        if finding.verdict.is_problem and (other := _read_otherwise(finding.claim))
    }
    if not again:
        return findings
    reread = _audited(tuple(again.get(c.code, c) for c in listed), variables)
    good = {f.claim.code for f in reread if not f.verdict.is_problem} & set(again)
    kept = _audited(
        tuple(again[c.code] if c.code in good else c for c in listed), variables
    )
    by_code = {claim.code: claim for claim in listed}
    return tuple(
        attrs.evolve(
            finding,
            claim=by_code[finding.claim.code],
            related=tuple(by_code[claim.code] for claim in finding.related),
        )
        for finding in kept
    )


_FIGURES = frozenset(
    {ClaimKind.ESTIMATE, ClaimKind.MEAN_SD, ClaimKind.MEDIAN, ClaimKind.PERCENTAGE}
)


def _read_otherwise(claim: Claim) -> str:
    """Return the print with decimal points, if its commas may mark decimals."""
    if claim.kind not in _FIGURES or not has_ambiguous_commas(claim.figure):
        return ""
    return claim.figure.replace(",", ".")


def _audited(claims: tuple[Claim, ...], variables: Variables) -> tuple[Finding, ...]:
    """Hold all claims against each other, each read in one way."""
    ledger = Ledger(claims, variables)
    repeated = check_quantities(ledger)
    divided = check_partitions(ledger)
    summed = check_parts(ledger)
    return tuple(
        _unread(claim)
        if not claim.readable
        else _finding(
            claim,
            [outcome for check in _CHECKS for outcome in check(claim, ledger)]
            + repeated.get(claim.code, [])
            + divided.get(claim.code, [])
            + summed.get(claim.code, []),
            ledger,
        )
        for claim in ledger.every
    )


def _unread(claim: Claim) -> Finding:
    """Say that a print cannot be read as what it is said to be."""
    what = f'"{claim.figure}" cannot be read as a {claim.kind.value}'
    return Finding(claim=claim, verdict=Verdict.NOT_CHECKABLE, reason=f"{what}.")


def _finding(claim: Claim, outcomes: list[Outcome], ledger: Ledger) -> Finding:
    if not outcomes:
        reason = _UNCHECKED.get(claim.kind, "nothing is printed to hold it against")
        outcomes = [Outcome(verdict=Verdict.NOT_CHECKABLE, reason=reason)]
    worst = min((outcome.verdict for outcome in outcomes), key=SEVERITY.index)
    telling = [outcome for outcome in outcomes if outcome.verdict is worst]
    reasons = list(dict.fromkeys(outcome.reason for outcome in telling))
    if claim.note:
        reasons.append(claim.note)
    related = dict.fromkeys(code for outcome in telling for code in outcome.related)
    witnesses = [outcome.witness for outcome in outcomes if outcome.witness]
    return Finding(
        claim=claim,
        verdict=worst,
        reason="; ".join(reasons) + ".",
        related=tuple(ledger.by_code[code] for code in related if code != claim.code),
        witness=witnesses[0] if witnesses else (),
    )
