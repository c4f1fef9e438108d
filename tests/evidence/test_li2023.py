"""The claims of Li et al. 2023, and what their audit finds."""

import collections

import pytest

from iph.evidence import (
    Claim,
    ClaimKind,
    Finding,
    Verdict,
    audit,
    findings_markdown,
    li2023_claims,
)

QUOTED_WORDS = 13


@pytest.fixture(scope="module")
def findings() -> dict[str, Finding]:
    """Return the findings by code."""
    return {finding.claim.code: finding for finding in audit(li2023_claims())}


def test_every_printed_figure_is_a_claim() -> None:
    """The number of claims, by kind, is that counted in the paper."""
    kinds = collections.Counter(claim.kind for claim in li2023_claims())
    assert kinds == {
        ClaimKind.COUNT: 74,
        ClaimKind.SIZE: 14,
        ClaimKind.PERCENTAGE: 56,
        ClaimKind.MEAN_SD: 7,
        ClaimKind.MEDIAN: 11,
        ClaimKind.P_VALUE: 3,
        ClaimKind.RANGE: 6,
        ClaimKind.IDENTIFIER: 8,
        ClaimKind.CAPTION: 13,
        ClaimKind.REFERENCE: 13,
        ClaimKind.METHOD: 3,
        ClaimKind.RULE: 4,
        ClaimKind.CONSTANT: 40,
    }


@pytest.mark.parametrize("claim", li2023_claims(), ids=lambda claim: claim.code)
def test_printed_string_stands_in_its_quote(claim: Claim) -> None:
    """Each figure stands in a short excerpt around it, as printed."""
    assert claim.printed in claim.quote
    assert len(claim.quote.split()) <= QUOTED_WORDS


def test_verdicts_are_counted(findings: dict[str, Finding]) -> None:
    """A change in any verdict is noticed."""
    assert collections.Counter(f.verdict for f in findings.values()) == {
        Verdict.CONSISTENT: 135,
        Verdict.TRUNCATED: 22,
        Verdict.OTHER_DENOMINATOR: 6,
        Verdict.IMPOSSIBLE: 2,
        Verdict.CONTRADICTS: 18,
        Verdict.IMPLAUSIBLE: 3,
        Verdict.NOT_CHECKABLE: 66,
    }


def test_impossible_figures(findings: dict[str, Finding]) -> None:
    """24 of 28 is not 46.15 %, 6 of 28 is not 21.41 %; nothing else is impossible."""
    impossible = {
        code for code, f in findings.items() if f.verdict is Verdict.IMPOSSIBLE
    }
    assert impossible == {"men-share", "stent-share"}
    assert "85.71 %" in findings["men-share"].reason
    assert "52" in findings["men-share"].reason
    assert "21.43 %" in findings["stent-share"].reason


@pytest.mark.parametrize(
    ("code", "rival"),
    [
        ("coagulation-abstract", "coagulation"),
        ("coagulation-share-abstract", "coagulation-share"),
        ("ethics-methods", "ethics-declarations"),
        ("ethics-declarations", "ethics-methods"),
        ("numbness-scale-3", "numbness-label"),
        ("hip-scale-1", "hip-scale-2"),
        ("hip-scale-2", "hip-scale-3"),
        ("hip-6m", "hip-12"),
        ("hip-6m-abstract", "hip-12"),
        ("rule-surgery", "conservative"),
        ("method-kruskal", "schedule-methods"),
        ("see-table-1", "table-1"),
        ("see-fig-3-strength", "fig-2"),
        ("see-fig-3d", "fig-3d"),
        ("see-fig-4-zone", "fig-3a"),
        ("see-reference-8", "reference-8"),
    ],
)
def test_contradictions(findings: dict[str, Finding], code: str, rival: str) -> None:
    """Each contradiction names the claim that it contradicts."""
    finding = findings[code]
    assert finding.verdict is Verdict.CONTRADICTS
    assert rival in {claim.code for claim in finding.related}


def test_no_other_contradictions(findings: dict[str, Finding]) -> None:
    """What stands is not reported: 18 patients, 7 + 9 + 2, 31 - 3, 10 normal."""
    for code in (
        "coagulation",
        "coagulation-discussion",
        "identified",
        "excluded",
        "normal-group",
        "included-conservative",
        "hemophilia",
        "hip-6m-3",
        "seen-1y",
        "numbness-6m",
    ):
        assert findings[code].verdict is Verdict.CONSISTENT


def test_truncated_percentages(findings: dict[str, Finding]) -> None:
    """Percentages are cut off, not rounded, wherever that makes a difference."""
    truncated = {
        f.claim.printed for f in findings.values() if f.verdict is Verdict.TRUNCATED
    }
    assert truncated == {
        "17.85%",
        "21.42%",
        "42.85%",
        "46.42%",
        "64.28%",
        "67.85%",
        "89.28%",
    }


def test_one_year_figures_are_of_22(findings: dict[str, Finding]) -> None:
    """The figures at one year speak of the 22 patients seen, not of all 28."""
    of_22 = {
        code for code, f in findings.items() if f.verdict is Verdict.OTHER_DENOMINATOR
    }
    assert of_22 == {
        "numbness-1y-share",
        "hip-1y-1",
        "hip-1y-2",
        "hip-1y-2-share",
        "hip-1y-3",
        "hip-1y-3-share",
    }
    assert "21 of 22" in findings["numbness-1y-share"].reason


def test_skewed_quantities(findings: dict[str, Finding]) -> None:
    """PT, INR and factor IX are printed as mean and SD, and cannot be near normal."""
    skewed = {code for code, f in findings.items() if f.verdict is Verdict.IMPLAUSIBLE}
    assert skewed == {"pt", "inr", "factor-ix"}


def test_only_one_quantile_rule_fits(findings: dict[str, Finding]) -> None:
    """The (n + 1)p rule of SPSS, which the paper names, can print all quartiles."""
    finding = findings["method-quartiles"]
    assert finding.verdict is Verdict.CONSISTENT
    assert "weibull can print them all" in finding.reason


def test_every_reason_is_one_sentence(findings: dict[str, Finding]) -> None:
    """Reasons are there, end once, and speak of no person."""
    for finding in findings.values():
        assert finding.reason.endswith(".")
        assert not finding.reason.endswith("..")
        assert "author" not in finding.reason


def test_responders_of_two_thresholds_can_both_be_true() -> None:
    """18 with at least half and 17 with more than half go together."""
    found = {finding.claim.code: finding for finding in audit(li2023_claims())}
    for code in ("responders", "responders-abstract"):
        assert found[code].verdict is Verdict.CONSISTENT
        assert "exactly 50 %" in found[code].reason


@pytest.mark.parametrize(
    ("code", "remark"),
    [
        ("strength-levels", "four of them"),
        ("vas-0-6m", "copied for the other"),
        ("falls-share", "four patients no cause"),
        ("pt", "six are means"),
        ("warfarin", "make the same 9"),
        ("rule-lost", "22 of 28"),
    ],
)
def test_remarks_stand_before_what_is_in_order(code: str, remark: str) -> None:
    """What a reader must know is not hidden under what could not be checked."""
    findings = audit(li2023_claims())
    table = findings_markdown(findings)
    assert "with a remark" in table.splitlines()[0]
    (found,) = (f for f in findings if f.claim.code == code)
    assert remark in found.reason
    silent = next(
        f for f in findings if f.verdict is Verdict.CONSISTENT and not f.claim.note
    )
    assert table.index(found.reason.rstrip(".")) < table.index(silent.reason)


def test_every_finding_is_a_sentence() -> None:
    """It names the place and the print, and gives the reason, without a judgment."""
    for finding in audit(li2023_claims()):
        found = finding.sentence
        assert found.startswith(f'{finding.claim.where}: "{finding.claim.printed}" ')
        assert found.endswith(finding.reason)
        assert "error" not in found.lower()
        assert "wrong" not in found.lower()
