"""The report passes its own audit."""

from collections.abc import Callable

import pytest

from iph import Cohort
from iph.criteria import LI_2023
from iph.evidence import (
    ClaimKind,
    Verdict,
    audit,
    published_cases,
)
from iph.report import study_claims
from iph.study import Study, analyze

ALARMS = {Verdict.IMPOSSIBLE, Verdict.CONTRADICTS, Verdict.OTHER_DENOMINATOR}


@pytest.fixture(scope="module")
def study(twin_of_li: Callable[[int], Cohort]) -> Study:
    """Return the study of a twin of Li 2023."""
    return analyze(twin_of_li(2023), criteria=LI_2023)


def test_report_of_published_cases_is_clean() -> None:
    """No figure printed of the bundled cases is impossible or contradicts another."""
    findings = audit(
        study_claims(analyze(published_cases(), population="not-excluded"))
    )
    assert len(findings) > 50
    assert not [f for f in findings if f.verdict in ALARMS]


def test_report_of_a_twin_is_clean(study: Study) -> None:
    """The report of a twin is beyond reproach, unlike that it was made from."""
    findings = audit(study_claims(study))
    assert not [f for f in findings if f.verdict in ALARMS]
    assert not [f for f in findings if f.verdict is Verdict.TRUNCATED]


def test_study_of_a_twin_prints_the_figures_of_the_paper(study: Study) -> None:
    """What the paper prints and can be true comes out of the twin's own study."""
    printed = {claim.code: claim.printed for claim in study_claims(study)}
    assert printed["included"] == "28"
    assert printed["Table 1: sex, overall: male"] == "24"
    assert printed["Table 1: sex, overall: male, share"] == "86 %"
    assert printed["Table 1: side, overall: right"] == "13"
    assert printed["Table 1: coagulation_status, overall: abnormal"] == "18"
    assert printed["pain at baseline: median"] == "7 (6, 8)"
    assert printed["pain at month_6: none"] == "18"
    assert printed["numbness at month_6: I"] == "22"
    assert printed["numbness at year_1: I"] == "21"
    assert printed["strength at month_6: 5"] == "19"
    assert printed["strength at year_1: 4"] == "4"
    hips = [printed[f"hip_flexion_deg at discharge: {grade}"] for grade in "123"]
    assert hips == ["1", "13", "14"]


def test_wrong_print_is_found(study: Study) -> None:
    """If a share were printed wrongly, the audit would say so."""
    claims = list(study_claims(study))
    place = next(
        i for i, claim in enumerate(claims) if claim.kind is ClaimKind.PERCENTAGE
    )
    wrong = type(claims[place])(
        code="wrong",
        where="Table 1",
        printed="46.15 %",
        kind="percentage",
        count=claims[place].count,
        of=claims[place].of,
    )
    assert audit([*claims, wrong])[-1].verdict is Verdict.IMPOSSIBLE
