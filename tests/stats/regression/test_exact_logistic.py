"""Exact conditional logistic regression."""

import itertools
import math
from collections import Counter
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from iph.errors import DataError, InputError, WorkError
from iph.stats import (
    cochran_mantel_haenszel,
    exact_logistic,
    fisher_exact,
    odds_ratio,
)
from iph.stats._regression import exact_counts
from iph.stats._regression.exact_counts import Stratum, conditional_ways
from iph.testing import contingency_tables

Reference = Callable[[str], list[dict[str, Any]]]
Rows = list[tuple[bool, int, tuple[int, ...]]]  # outcome, stratum, covariates


@st.composite
def patients(draw: st.DrawFn) -> Rows:
    """Draw up to nine patients of up to three strata with up to three covariates."""
    p = draw(st.integers(1, 3))
    ranges = [st.integers(0, most) for most in (1, 3, 8)[:p]]
    row = st.tuples(st.booleans(), st.integers(0, 1), st.tuples(*ranges))
    return draw(st.lists(row, min_size=2, max_size=9))


def choices(rows: Rows, free: int) -> Counter[int]:
    """List every choice with the same numbers and sums, and count the free sum."""
    blocks = [
        [row for row in rows if row[1] == s] for s in sorted({row[1] for row in rows})
    ]

    def others(chosen: Any) -> list[int]:
        sums = [sum(column) for column in zip(*chosen, strict=True)]
        return sums[:free] + sums[free + 1 :]

    seen = others([x for yes, _, x in rows if yes])
    found: Counter[int] = Counter()
    for parts in itertools.product(
        *[
            itertools.combinations(
                [x for _, _, x in block], sum(y for y, _, _ in block)
            )
            for block in blocks
        ]
    ):
        chosen = [x for part in parts for x in part]
        if others(chosen) == seen:
            found[sum(x[free] for x in chosen)] += 1
    return found


def telling(rows: Rows) -> Rows:
    """Leave out strata in which all or none had the outcome."""
    both = [s for s in (0, 1) if {y for y, own, _ in rows if own == s} == {True, False}]
    return [row for row in rows if row[1] in both]


@pytest.mark.parametrize("longest", [50_000, -1], ids=["packed", "listed"])
@given(rows=patients())
def test_ways_by_listing_all_choices(longest: int, rows: Rows) -> None:
    """Both ways of holding the sums count what a loop over all choices counts."""
    rows = telling(rows)
    if not rows:
        return
    strata = [
        Stratum(
            rows=tuple(x for _, own, x in rows if own == s),
            happened=tuple(y for y, own, _ in rows if own == s),
        )
        for s in sorted({own for _, own, _ in rows})
    ]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(exact_counts, "_LONGEST", longest)
        for free in range(len(rows[0][2])):
            found = conditional_ways(strata, free, math.inf)
            counted = dict(zip(found.values, found.counts, strict=True))
            assert counted == dict(choices(rows, free))


def test_thirty_patients_by_a_plain_table() -> None:
    """Without dropping any state the counts of 30 patients are the same."""
    rng = np.random.default_rng(4)
    age, arm = rng.integers(30, 80, 30).tolist(), rng.integers(0, 2, 30).tolist()
    happened = [bool(v) for v in rng.integers(0, 2, 30)]
    table: Counter[tuple[int, int, int]] = Counter({(0, 0, 0): 1})
    for a, b in zip(age, arm, strict=True):
        moved = Counter({(m + 1, s + a, t + b): c for (m, s, t), c in table.items()})
        table.update(moved)
    observed = (
        sum(happened),
        sum(a for a, y in zip(age, happened, strict=True) if y),
        sum(b for b, y in zip(arm, happened, strict=True) if y),
    )
    stratum = Stratum(rows=tuple(zip(age, arm, strict=True)), happened=tuple(happened))
    for free, fixed in ((0, 2), (1, 1)):
        found = conditional_ways([stratum], free, math.inf)
        expected = {
            key[free + 1]: ways
            for key, ways in table.items()
            if key[0] == observed[0] and key[fixed] == observed[fixed]
        }
        assert dict(zip(found.values, found.counts, strict=True)) == expected


def test_r(reference: Reference) -> None:
    """Estimates, bounds and p-values agree with R's list of all choices."""
    cases = reference("exact_logistic.json")
    assert len(cases) >= 60
    for case in cases:
        names = [f"x{j}" for j in range(len(case["covariates"]))]
        model = exact_logistic(
            case["outcome"],
            dict(zip(names, case["covariates"], strict=True)),
            strata=case["strata"],
            confidence_level=case["level"],
        )
        for found, told in zip(model.odds_ratios, case["found"], strict=True):
            if not told:
                assert (found.estimator, found.n_possible) == ("undetermined", 1)
                continue
            assert found.n_possible == told["possible"]
            np.testing.assert_allclose(
                [found.coefficient, math.log(found.low) if found.low else -math.inf],
                [told["coefficient"], float(told["low"])],
                rtol=1e-7, atol=1e-9,
            )  # fmt: skip
            assert math.log(found.high) == pytest.approx(float(told["high"]), rel=1e-7)
            np.testing.assert_allclose(
                [found.p_value, found.p_score, found.p_probability],
                [told["p"], told["score"], told["probability"]],
                rtol=1e-9,
            )
            if "clogit" in case:
                assert found.coefficient == pytest.approx(case["clogit"], abs=1e-6)


@given(contingency_tables(max_rows=2, max_columns=2, max_count=7))
def test_one_covariate_is_fisher(table: list[list[int]]) -> None:
    """With one yes/no covariate this is Fisher's test and its odds ratio."""
    (a, b), (c, d) = table
    if not min(a + b, c + d, a + c, b + d):
        return
    model = exact_logistic(
        [1, 0, 1, 0], {"treated": [1, 1, 0, 0]}, weights=[a, b, c, d]
    )
    (found,), ratio = model.odds_ratios, odds_ratio(table)
    assert found.p_value == fisher_exact(table, two_sided="central").p_value
    assert found.p_probability == fisher_exact(table).p_value
    np.testing.assert_allclose(
        [found.low, found.high], [ratio.low, ratio.high], rtol=1e-9
    )
    if found.estimator == "conditional maximum likelihood":
        assert found.estimate == pytest.approx(ratio.estimate, rel=1e-9)
    else:
        assert (found.estimator, ratio.estimate) in {
            ("median unbiased", 0.0),
            ("median unbiased", math.inf),
        }
        assert 0.0 < found.estimate < math.inf


@given(
    st.lists(
        contingency_tables(max_rows=2, max_columns=2, max_count=4),
        min_size=1,
        max_size=3,
    )
)
def test_strata_are_mantel_haenszel(tables: list[list[list[int]]]) -> None:
    """With strata and one yes/no covariate this is the exact test of strata."""
    outcome = [1, 0, 1, 0] * len(tables)
    treated = [1, 1, 0, 0] * len(tables)
    strata = [s for s in range(len(tables)) for _ in range(4)]
    weights = [cell for table in tables for row in table for cell in row]
    expected = cochran_mantel_haenszel(tables)
    try:
        model = exact_logistic(
            outcome, {"treated": treated}, strata=strata, weights=weights
        )
    except DataError:
        assert expected.low == 0.0
        assert expected.high == math.inf
        return
    (found,) = model.odds_ratios
    assert found.p_value == expected.p_value
    np.testing.assert_allclose(
        [found.low, found.high], [expected.low, expected.high], rtol=1e-7
    )


@given(patients(), st.randoms())
def test_scale_and_order(rows: Rows, random: Any) -> None:
    """A covariate in other units, and rows in another order, tell the same."""
    columns = list(zip(*[x for _, _, x in rows], strict=True))
    if not telling(rows) or any(len(set(column)) < 2 for column in columns):
        return

    def model(rows: Rows, factor: float, shift: float) -> Any:
        return exact_logistic(
            [y for y, _, _ in rows],
            {
                f"x{j}": [factor * x[j] + shift for _, _, x in rows]
                for j in range(len(columns))
            },
            strata=[s for _, s, _ in rows],
        ).odds_ratios

    shuffled = rows.copy()
    random.shuffle(shuffled)
    plain, moved = model(rows, 1, 0), model(shuffled, 0.1, 36.6)
    flipped = model([(not y, s, x) for y, s, x in rows], 1, 0)
    for one, two, other in zip(plain, moved, flipped, strict=True):
        ps = [(r.p_value, r.p_score, r.p_probability) for r in (one, two, other)]
        assert ps[0] == ps[1] == ps[2]
        assert one.estimator == two.estimator == other.estimator
        np.testing.assert_allclose(two.coefficient, 10 * one.coefficient, atol=1e-9)
        np.testing.assert_allclose(other.coefficient, -one.coefficient, atol=1e-9)
        if one.estimator != "undetermined":
            assert one.low <= one.estimate <= one.high


def test_interval_agrees_with_the_p_value() -> None:
    """The interval leaves out 1 exactly if the p-value is below .05."""
    age, arm = [31, 35, 44, 52, 52, 60, 67, 71], [0, 1, 0, 1, 0, 1, 1, 0]
    for outcome in itertools.product([0, 1], repeat=8):
        if len(set(outcome)) < 2:
            continue
        for found in exact_logistic(outcome, {"age": age, "arm": arm}).odds_ratios:
            outside = found.low > 1.0 or found.high < 1.0
            assert outside == (found.p_value < 0.05)


def test_guaranteed_coverage() -> None:
    """At each pair of log odds ratios tried, 95 % of samples have the truth inside."""
    score, arm = [0, 1, 2, 3, 0, 1, 2, 4], [0, 0, 0, 0, 1, 1, 1, 1]
    found = {
        outcome: exact_logistic(outcome, {"score": score, "arm": arm}).odds_ratios
        for outcome in itertools.product([0, 1], repeat=8)
        if len(set(outcome)) == 2
    }
    for slope, effect in itertools.product((-1.0, 0.0, 0.7), (0.0, 1.5)):
        logits = [
            slope * (s - 2) + effect * (a - 0.5)
            for s, a in zip(score, arm, strict=True)
        ]
        held, total = [0.0, 0.0], 0.0
        for outcome, ratios in found.items():
            chance = math.prod(
                1 / (1 + math.exp(-b if y else b))
                for b, y in zip(logits, outcome, strict=True)
            )
            total += chance
            for place, true in enumerate((slope, effect)):
                ratio = ratios[place]
                held[place] += chance * (ratio.low <= math.exp(true) <= ratio.high)
        assert min(held) >= 0.95 * total


def test_separation() -> None:
    """Under separation the estimate is finite, and one bound is not."""
    model = exact_logistic([0, 0, 0, 1, 1, 1], {"age": [30, 40, 45, 50, 60, 70]})
    (found,) = model.odds_ratios
    assert found.estimator == "median unbiased"
    assert 1.0 < found.estimate < math.inf
    assert found.high == math.inf
    assert found.p_value == pytest.approx(2 / 20)


def test_friends() -> None:
    """Recovery of 49 children: with a friend, 28 of 41, and without, none of 8."""
    model = exact_logistic(
        [1, 0, 0, 1, 0],
        {"depressed": [0, 0, 1, 1, 1], "friends": [1, 1, 0, 1, 1]},
        weights=[13, 8, 8, 15, 5],
    )
    second = model.odds_ratios[1]
    # given that depressed, the others have 15 of 20 and none of 8
    assert second.p_probability == pytest.approx(
        math.comb(20, 15) / math.comb(28, 15), rel=1e-12
    )
    assert (model.n, model.n_events, second.sufficient) == (49, 28, 28.0)


def test_labels_and_missing() -> None:
    """Labels become columns; rows with a gap are left out and counted."""
    model = exact_logistic(
        [1, 0, 1, 0, 1, None, 0],
        {"arm": ["a", "b", "c", "b", "a", "c", None], "age": [3, 1, 2, 4, 5, 6, 7]},
        weights=[1, 2, 1, 1, 1, 4, 5],
    )
    assert [ratio.name for ratio in model.odds_ratios] == ["arm[b]", "arm[c]", "age"]
    assert (model.n, model.n_missing, model.n_strata) == (6, 9, 1)


def test_nothing_to_tell() -> None:
    """If other choices have other sums, nothing is told, and that is said."""
    model = exact_logistic(
        [1, 0, 1, 0], {"hb": [101.3, 88.7, 93.1, 120.2], "age": [31, 44, 58, 72]}
    )
    for found in model.odds_ratios:
        assert (found.estimator, found.n_possible) == ("undetermined", 1)
        assert math.isnan(found.estimate)
        assert (found.low, found.high, found.p_value) == (0.0, math.inf, 1.0)


def test_refused() -> None:
    """Constant covariates, one outcome only and too much work are refused in words."""
    with pytest.raises(DataError, match="covariate sex is constant"):
        exact_logistic([0, 1, 1], {"sex": [1, 1, 1]})
    with pytest.raises(DataError, match="with the outcome and without it, got 3"):
        exact_logistic([1, 1, 1], {"age": [1, 2, 3]})
    with pytest.raises(DataError, match="without it in one stratum"):
        exact_logistic([1, 1, 0], {"age": [1, 2, 3]}, strata=["a", "a", "b"])
    with pytest.raises(InputError, match="as long as outcome"):
        exact_logistic([1, 0], {"age": [1, 2]}, strata=["a"])
    rng = np.random.default_rng(1)
    with pytest.raises(WorkError, match="round the covariates"):
        exact_logistic([0, 1] * 20, {"x": rng.normal(size=40)})
    with pytest.raises(WorkError, match="use logistic_regression"):
        exact_logistic([0, 1, 1], {"x": [1, 2, 3]}, weights=[2000, 2000, 2000])


def test_no_float_holds_the_bound() -> None:
    """A covariate in tiny units has bounds that no float holds; they are infinite."""
    (found,) = exact_logistic([0, 1, 0, 1], {"x": [0.0, 2e-6, 1e-6, 3e-6]}).odds_ratios
    assert found.high == math.inf
    assert found.low < 1.0
