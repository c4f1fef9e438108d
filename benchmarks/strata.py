"""Rows about exact tests within strata and of several covariates."""

from typing import Any

import numpy as np

import by_hand
from iph.stats import (
    cochran_mantel_haenszel,
    exact_logistic,
    negative_binomial_rates,
    odds_of_higher_grades,
    proportional_odds,
    van_elteren,
)
from timing import Row, in_r, in_turn, ratio_of


def exact_model() -> Row:
    """Take an exact logistic regression of 60 patients, by age in years and arm."""
    rng = np.random.default_rng(60)
    age, arm = rng.integers(25, 85, 60), rng.integers(0, 2, 60)
    outcome = rng.random(60) < 1.0 / (1.0 + np.exp(0.5 - (age - 55) / 30 - arm))
    covariates: dict[str, Any] = {"age": age, "arm": arm}

    def ours() -> list[float]:
        odds_ratios = exact_logistic(outcome, covariates).odds_ratios
        return [ratio.p_probability for ratio in odds_ratios]

    def hand() -> tuple[float, float]:
        return by_hand.exact_logistic_p(outcome, arm, age)

    np.testing.assert_allclose(ours(), hand(), rtol=1e-9)
    found = in_turn({"iph": ours, "by hand": hand}, 5)
    return Row(
        number=24,
        work="exact logistic regression, n = 60, age in years and a yes/no",
        found=found,
        asked="about a second",
        reached=found["iph"] <= 1.0,
        note=(
            "R has no exact peer; LogXact, SAS and Stata are closed. By hand there are "
            "two p-values, without estimates and intervals."
        ),
    )


def exact_strata() -> Row:
    """Take the exact test of 2 x 2 tables in 20 strata of 20."""
    rng = np.random.default_rng(20)
    stratum = np.repeat(np.arange(20), 20)
    group = rng.integers(0, 2, 400)
    outcome = rng.random(400) < 0.3 + 0.2 * group
    tables = [
        [
            [
                int(np.sum((stratum == s) & (group == g) & (outcome == y)))
                for y in (True, False)
            ]
            for g in (0, 1)
        ]
        for s in range(20)
    ]

    def ours() -> Any:
        return cochran_mantel_haenszel(tables, two_sided="probability")

    r = in_r("strata", (np.ones(400), outcome, group, stratum), 5)
    np.testing.assert_allclose(ours().p_value, r["p"], rtol=1e-9)
    found = {**in_turn({"iph": ours}, 7), "R": r["seconds"]}
    return Row(
        number=25,
        work="exact test of 20 strata of 20 patients, with the common odds ratio",
        found=found,
        asked="under 20 ms",
        reached=found["iph"] < 0.02,
        note="R counts in floats, and solves for estimate and bounds to 1e-4.",
    )


def exact_ranks() -> Row:
    """Take van Elteren's exact test of grades in three strata of 20."""
    rng = np.random.default_rng(3)
    stratum = np.repeat(np.arange(3), 20)
    group = rng.integers(0, 2, 60)
    grade = rng.integers(0, 5, 60) + group * rng.integers(0, 2, 60)

    def ours() -> Any:
        return van_elteren(grade, group, stratum)

    r = in_r("van-elteren", (grade, np.ones(60), group, stratum), 5)
    np.testing.assert_allclose(ours().p_value, r["p"], rtol=1e-9)
    found = {**in_turn({"iph": ours}, 7), "R coin": r["seconds"]}
    return Row(
        number=26,
        work="exact van Elteren test, grades of 3 strata of 20 patients",
        found=found,
        asked="no slower than coin",
        reached=ratio_of(found) >= 1,
    )


def adjusted_odds() -> Row:
    """Take the odds ratio of grades of 28 patients, adjusted for baseline."""
    rng = np.random.default_rng(28)
    before, group = rng.integers(0, 5, 28), np.arange(28) % 2
    after = np.clip(before + rng.integers(-1, 3, 28), 0, 5)
    covariates: dict[str, Any] = {"before": before}

    def ours() -> Any:
        return proportional_odds(after, group, covariates)

    assert ours().method == "exact"
    found = in_turn({"iph": ours}, 7)
    return Row(
        number=27,
        work="odds ratio of grades adjusted for baseline, exact test, n = 28",
        found=found,
        asked="under a second",
        reached=found["iph"] < 1.0,
    )


def exact_odds() -> Row:
    """Take the exact common odds ratio of two groups of 100 graded patients."""
    rng = np.random.default_rng(29)
    first, second = rng.integers(1, 6, 100), rng.integers(0, 6, 100)
    found = in_turn(
        {"iph": lambda: odds_of_higher_grades(first, second, levels=range(6))}, 7
    )
    return Row(
        number=28,
        work="exact common odds ratio of grades, 100 v 100 patients",
        found=found,
        asked="under 0.2 s",
        reached=found["iph"] < 0.2,
    )


def event_rates() -> Row:
    """Take negative binomial rates of 60 patients with one covariate."""
    rng = np.random.default_rng(30)
    arm = np.arange(60) % 2
    events = rng.poisson(rng.gamma(1.0, 1.0 + arm))
    years = rng.uniform(0.5, 2.0, 60)
    covariates: dict[str, Any] = {"arm": arm}

    def ours() -> Any:
        return negative_binomial_rates(events, years, covariates)

    r = in_r("rates", (events, events > 0, arm, arm, years), 5)
    np.testing.assert_allclose(ours().rate_ratios[0].estimate, r["ratio"], rtol=1e-4)
    found = {**in_turn({"iph": ours}, 7), "R MASS": r["seconds"]}
    return Row(
        number=29,
        work="negative binomial rate ratio with profile interval, n = 60",
        found=found,
        asked="under a second",
        reached=found["iph"] < 1.0,
    )


ROWS = (exact_model, exact_strata, exact_ranks, adjusted_odds, exact_odds, event_rates)
