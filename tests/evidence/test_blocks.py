"""Claims that are true of some cohort always have a twin, and it has them."""

import statistics
from typing import Any

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import assume, given, settings

from iph import Cohort
from iph.evidence import Claim, Infeasible, Verdict, audit, twin
from iph.evidence._block_samples import sample_block
from iph.evidence._blocks import blocks_of, cohort_size
from iph.evidence._ledger import Ledger
from iph.stats import quartiles

FEW = settings(max_examples=1 + settings().max_examples // 4)  # each solves


def recorded(cohort: Cohort, name: str) -> list[Any]:
    """Return what the assessments record of a variable."""
    return [v for v in cohort.assessment_columns()[name] if v is not None]


@FEW
@given(
    st.lists(st.integers(0, 10), min_size=4, max_size=20),
    st.sampled_from(["weibull", "linear", "median-unbiased"]),
    st.integers(0, 2**32),
)
def test_true_scores_have_a_twin(values: list[int], rule: str, seed: int) -> None:
    """Median, quartiles and counts of a true sample are reproduced."""
    found = quartiles(values, method=rule)
    common = {"variable": "vas", "visit": "baseline", "of": "n", "step": 1}
    claims = [
        Claim(code="n", where="A", printed=str(len(values)), kind="size"),
        Claim(
            code="median",
            where="A",
            printed=f"{found.median:.3f} ({found.q1:.3f}, {found.q3:.3f})",
            kind="median",
            **common,
        ),
        Claim(
            code="mild",
            where="A",
            printed=str(sum(1 <= v <= 3 for v in values)),
            kind="count",
            levels="1-3",
            **common,
        ),
    ]
    made = twin(claims, rng=seed, quantile_rule=rule)
    assert isinstance(made, Cohort)
    again = recorded(made, "vas")
    figures = quartiles(again, method=rule)
    assert len(again) == len(values)
    np.testing.assert_allclose(
        (figures.q1, figures.median, figures.q3),
        (found.q1, found.median, found.q3),
        atol=6e-4,
    )
    assert sum(1 <= v <= 3 for v in again) == sum(1 <= v <= 3 for v in values)


@FEW
@given(st.lists(st.integers(60, 180), min_size=5, max_size=25), st.integers(0, 2**32))
def test_true_means_have_a_twin(values: list[int], seed: int) -> None:
    """Mean, SD and median of a true sample, all at once, are reproduced."""
    mean, sd = statistics.fmean(values), statistics.stdev(values)
    assume(sd > 1)
    common = {"variable": "hemoglobin_g_l", "of": "n", "step": 1}
    claims = [
        Claim(code="n", where="A", printed=str(len(values)), kind="size"),
        Claim(
            code="mean",
            where="A",
            printed=f"{mean:.1f} ± {sd:.1f}",
            kind="mean-sd",
            **common,
        ),
    ]
    made = twin(claims, rng=seed)
    assert isinstance(made, Cohort)
    again = made.patient_columns()["hemoglobin_g_l"]
    assert abs(statistics.fmean(again) - mean) <= 0.1
    assert abs(statistics.stdev(again) - sd) <= 0.1


def test_mean_and_median_together() -> None:
    """Mean, SD and quartiles of one variable hold in one sample."""
    claims = [
        Claim(code="n", where="A", printed="28", kind="size"),
        Claim(
            code="mean",
            where="A",
            printed="46.4 ± 22.5",
            kind="mean-sd",
            variable="age_years",
            of="n",
        ),
        Claim(
            code="median",
            where="A",
            printed="48 (20.25, 63)",
            kind="median",
            variable="age_years",
            of="n",
        ),
        Claim(
            code="rule",
            where="A",
            printed="age > 14",
            kind="rule",
            variable="age_years",
            low=15,
        ),
    ]
    made = twin(claims, rng=5)
    assert isinstance(made, Cohort)
    ages = made.patient_columns()["age_years"]
    found = quartiles(ages)
    assert (found.q1, found.median, found.q3) == (20.25, 48, 63)
    assert f"{statistics.fmean(ages):.1f}" == "46.4"
    assert f"{statistics.stdev(ages):.1f}" == "22.5"
    assert min(ages) >= 15


def test_block_without_target_sample() -> None:
    """A variable with a share alone gets that share, the rest another category."""
    claims = [
        Claim(code="n", where="A", printed="9", kind="size"),
        Claim(
            code="right",
            where="A",
            printed="33.3%",
            kind="percentage",
            variable="side",
            levels="right",
            of="n",
        ),
    ]
    assert {f.verdict for f in audit(claims)[1:]} == {Verdict.CONSISTENT}
    ledger = Ledger(claims)
    (block,) = blocks_of(ledger, claims, cohort_size(ledger))
    values = sample_block(block, rule="weibull", rng=np.random.default_rng(1))
    assert values is not None
    assert sorted(str(v) for v in values) == ["left"] * 6 + ["right"] * 3


def test_conflict_among_many_claims() -> None:
    """Of many claims a set is named from which none can be taken away."""
    claims = [Claim(code="n", where="A", printed="28", kind="size")]
    claims += [
        Claim(
            code=f"age {decade}",
            where="A",
            printed="2",
            kind="count",
            variable="age_years",
            levels=f"{decade}-{decade + 9}",
            of="n",
        )
        for decade in range(0, 120, 10)
    ]
    claims.append(
        Claim(
            code="old",
            where="A",
            printed="9",
            kind="count",
            variable="age_years",
            levels="80-99",
            of="n",
        )
    )
    made = twin(claims, rng=1)
    assert isinstance(made, Infeasible)
    assert {claim.code for claim in made.claims} == {"age 80", "age 90", "old"}


def test_yes_and_no_and_what_has_no_level() -> None:
    """Yes-no fields come true; a count without a level says nothing of a value."""
    common = {"where": "A", "of": "n"}
    claims = [
        Claim(code="n", where="A", printed="12", kind="size"),
        Claim(
            code="lost",
            printed="2",
            kind="count",
            variable="lost_to_follow_up",
            levels="yes",
            **common,
        ),
        Claim(
            code="other",
            printed="3",
            kind="count",
            variable="other_areas",
            levels="yes",
            **common,
        ),
        Claim(code="some", printed="5", kind="count", variable="side", **common),
        Claim(
            code="right",
            printed="25%",
            kind="percentage",
            variable="side",
            levels="right",
            **common,
        ),
        Claim(code="seen", where="A", printed="8", kind="size"),
        Claim(
            code="odd",
            printed="12.5%",
            kind="percentage",
            variable="sex",
            levels="female",
            count="1",
            **common,
        ),
    ]
    made = twin(claims, rng=3)
    assert isinstance(made, Cohort)
    columns = made.patient_columns()
    assert columns["lost_to_follow_up"].count(True) == 2
    assert columns["other_areas"].count(True) == 3
    assert columns["side"].count("right") == 3
    # 12.5 % is 1 of 8, and of 12 patients no count has it.
    assert columns["sex"] == [None] * 12


@pytest.mark.parametrize(
    ("printed", "found"),
    [
        ("48 (20, 63)", True),
        ("0 (0, 63)", True),  # half of them at the lowest value of the scale
        ("48.3 (20, 63)", False),  # no two whole years have that middle
        ("70.3 (60, 90)", False),
        ("48 (20.1, 63)", False),
    ],
)
def test_long_scales_with_quartiles(printed: str, *, found: bool) -> None:
    """Quartiles of ages are met by values around them, or by none."""
    claims = [
        Claim(code="n", where="A", printed="28", kind="size"),
        Claim(
            code="median",
            where="A",
            printed=printed,
            kind="median",
            variable="age_years",
            step=1,
            of="n",
        ),
    ]
    ledger = Ledger(claims)
    (block,) = blocks_of(ledger, claims, cohort_size(ledger))
    values = sample_block(block, rule="weibull", rng=np.random.default_rng(1))
    assert (values is not None) == found
    if values is not None:
        figures = quartiles([float(v) for v in values])
        texts = [f"{x:g}" for x in (figures.median, figures.q1, figures.q3)]
        assert f"{texts[0]} ({texts[1]}, {texts[2]})" == printed
