"""Rank tests of values some of which are known by a bound alone."""

import itertools
import math
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from iph import Bound
from iph.errors import InputError
from iph.stats import (
    cliffs_delta,
    dunn,
    epsilon_squared,
    jonckheere_terpstra,
    kruskal_wallis,
    mann_whitney,
    probability_of_superiority,
    scores_within_margins,
    van_elteren,
)
from iph.stats._groups.ranks import rank_table
from iph.testing import bounded_scores

Value = int | float | Bound
INNER = Fraction(1, 1000)  # stands for the values next to a limit of small numbers


def ends(value: Value) -> tuple[float | Fraction, float | Fraction]:
    """Return the least and the greatest that a value of small numbers can be."""
    if not isinstance(value, Bound):
        return value, value
    limit = Fraction(value.value)
    both: dict[str, tuple[float | Fraction, float | Fraction]] = {
        "<": (-math.inf, limit - INNER),
        "<=": (-math.inf, limit),
        ">=": (limit, math.inf),
        ">": (limit + INNER, math.inf),
    }
    return both[value.operator]


def is_below(one: Value, other: Value) -> bool:
    """Whether every value that the first can have is below all of the second."""
    return ends(one)[1] < ends(other)[0]


def naive_scores(pooled: list[Value]) -> list[int]:
    """Score by the definition, pair by pair."""
    return [
        sum(is_below(other, one) - is_below(one, other) for other in pooled)
        for one in pooled
    ]


def is_a_ranking(pooled: list[Value]) -> bool:
    """Whether no value may lie beyond a bound, and what is not ordered is one tie."""
    for one, other in itertools.permutations(pooled, 2):
        if not isinstance(one, Bound):
            continue
        beyond = (
            ends(other)[0] < ends(one)[1]
            if one.is_upper
            else ends(other)[1] > ends(one)[0]
        )
        alike = isinstance(other, Bound) and one.is_upper == other.is_upper
        if beyond and not alike:
            return False
    open_pairs = {
        (i, j)
        for (i, one), (j, other) in itertools.product(enumerate(pooled), repeat=2)
        if not is_below(one, other) and not is_below(other, one)
    }
    return all(
        (i, k) in open_pairs for i, j in open_pairs for h, k in open_pairs if h == j
    )


def values_of(case: dict[str, Any]) -> list[list[Value]]:
    """Return the samples of a case of the reference."""
    rows = list(zip(case["value"], case["sign"], case["group"], strict=True))
    return [
        [Bound(s, v) if s else v for v, s, one in rows if one == group]
        for group in sorted(set(case["group"]))
    ]


@pytest.mark.parametrize("alternative", ["two-sided", "less", "greater"])
def test_two_groups_are_those_of_r(
    reference: Callable[[str], list[dict[str, Any]]], alternative: Any
) -> None:
    """Exact and asymptotic p-values are those of coin, of its own scores as well."""
    cases = [c for c in reference("bounds.json") if c["kind"] != "several"]
    assert len(cases) > 100
    for case in cases:
        x, y = values_of(case)
        for witness in (case, case.get("censored", case)):
            expected = witness["test"]
            for method in ("exact", "asymptotic"):
                found = mann_whitney(
                    x, y, method=method, alternative=alternative, continuity=False
                )
                assert found.p_value == pytest.approx(
                    expected[alternative][method], rel=1e-9
                )
            assert found.z == pytest.approx(expected["z"], rel=1e-9, abs=1e-12)
        score_sum = 2 * found.statistic - len(x) * len(y)
        first = zip(case["scores"], case["group"], strict=True)
        assert score_sum == sum(score for score, group in first if group == "a")
        if "censored" in case:
            assert score_sum == pytest.approx(case["censored"]["score_sum"], abs=1e-9)
        assert found.n_bounds == sum(sign != "" for sign in case["sign"])


def test_several_groups_are_those_of_r(
    reference: Callable[[str], list[dict[str, Any]]],
) -> None:
    """H of Gehan's scores is the quadratic statistic of coin."""
    cases = [c for c in reference("bounds.json") if c["kind"] == "several"]
    assert len(cases) > 50
    for case in cases:
        found = kruskal_wallis(*values_of(case), method="asymptotic")
        assert found.statistic == pytest.approx(case["statistic"], rel=1e-9)
        assert found.p_value == pytest.approx(case["p"], rel=1e-9)


@given(bounded_scores())
def test_scores_are_those_of_the_definition(samples: list[list[Value]]) -> None:
    """Each value is scored by the pairs, and the rule is named as it is."""
    pooled = [value for sample in samples for value in sample]
    table = rank_table(samples, scores=True)
    expected = naive_scores(pooled)
    n = len(pooled)
    start = 0
    for sample, total in zip(samples, table.score_sums, strict=True):
        own = expected[start : start + len(sample)]
        assert total == sum(own) + len(own) * (n + 1)
        start += len(sample)
    assert table.spread == 3 * sum(score * score for score in expected)
    assert table.n_bounds == sum(isinstance(value, Bound) for value in pooled)
    if not table.n_bounds:
        assert table.bound_rule is None
        return
    upper = {v.is_upper for v in pooled if isinstance(v, Bound)}
    words = {True: "bottom", False: "top"}
    tie = " and the ".join(words[side] for side in sorted(upper))
    ranked = is_a_ranking(pooled)
    assert table.bound_rule == (
        f"ranked in the {tie} tie" if ranked else "scored after Gehan"
    )
    assert (table.given_scores is None) == ranked


@given(bounded_scores(max_groups=3, max_size=3))
def test_exact_is_full_enumeration(samples: list[list[Value]]) -> None:
    """The exact p-values are shares of all allocations of the definition's scores."""
    pooled = [value for sample in samples for value in sample]
    scores, sizes = naive_scores(pooled), [len(sample) for sample in samples]

    def spread(order: tuple[int, ...]) -> Fraction:
        start, total = 0, Fraction(0)
        for size in sizes:
            total += Fraction(sum(order[start : start + size]) ** 2, size)
            start += size
        return total

    if len(sizes) == 2:
        sums = [sum(one) for one in itertools.combinations(scores, sizes[0])]
        seen = sum(scores[: sizes[0]])
        x, y = samples
        for alternative, hits in (
            ("two-sided", sum(abs(one) >= abs(seen) for one in sums)),
            ("greater", sum(one >= seen for one in sums)),
            ("less", sum(one <= seen for one in sums)),
        ):
            test = mann_whitney(x, y, method="exact", alternative=alternative)  # type: ignore[arg-type] # a word of the list
            assert test.p_value == pytest.approx(hits / len(sums), rel=1e-12)
    if len(pooled) <= 6:
        orders = list(itertools.permutations(scores))
        observed = spread(tuple(scores))
        hits = sum(spread(order) >= observed for order in orders)
        found = kruskal_wallis(*samples, method="exact").p_value
        assert found == pytest.approx(hits / len(orders), rel=1e-12)


@given(bounded_scores(max_groups=2))
def test_two_groups_agree(samples: list[list[Value]]) -> None:
    """H of two groups and Dunn's z are those of the Mann-Whitney test."""
    one = mann_whitney(*samples, method="asymptotic", continuity=False)
    several = kruskal_wallis(*samples, method="asymptotic")
    (pair,) = dunn(*samples)
    np.testing.assert_allclose(several.statistic, one.z**2, rtol=1e-12, atol=1e-12)
    np.testing.assert_allclose(pair.z, one.z, rtol=1e-12, atol=1e-12)
    for found in (several, pair):
        assert (found.n_bounds, found.bound_rule) == (one.n_bounds, one.bound_rule)


@given(bounded_scores())
def test_mirrored(samples: list[list[Value]]) -> None:
    """Turned about, lower bounds are upper ones, and the tests are the same."""
    turned = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}
    mirrored = [
        [
            Bound(turned[v.operator], -v.value) if isinstance(v, Bound) else -v
            for v in sample
        ]
        for sample in samples
    ]
    one = kruskal_wallis(*samples, method="asymptotic")
    other = kruskal_wallis(*mirrored, method="asymptotic")
    np.testing.assert_equal(one.statistic, other.statistic)
    assert one.n_bounds == other.n_bounds


@given(bounded_scores(), st.randoms(use_true_random=False))
def test_weights_are_repetitions(samples: list[list[Value]], random: Any) -> None:
    """Case counts, other containers and missing values change nothing."""
    cases = [[random.randint(0, 3) for _ in sample] for sample in samples]
    repeated = [
        [v for v, n in zip(sample, own, strict=True) for _ in range(n)]
        for sample, own in zip(samples, cases, strict=True)
    ]
    expected = rank_table(repeated, scores=True)
    for kind in (list, pd.Series, lambda s: np.array(s, dtype=object), iter):
        given_samples = [kind([*sample, None]) for sample in samples]
        found = rank_table(given_samples, [[*own, 2] for own in cases], scores=True)
        assert found.score_sums == expected.score_sums
        assert found.spread == expected.spread
        assert (found.n_bounds, found.bound_rule) == (
            expected.n_bounds,
            expected.bound_rule,
        )
        assert found.n_missing == 2 * len(samples)


def test_top_tie() -> None:
    """Bounds beyond which nothing was seen are one tie at the top, as 9 would be."""
    beyond = [1, 2, Bound(">", 8), Bound(">", 12)], [3, 8, Bound(">=", 9)]
    ranked = [1, 2, 9, 9], [3, 8, 9]
    for test in (mann_whitney, kruskal_wallis, jonckheere_terpstra):
        found, expected = test(*beyond), test(*ranked)
        assert found.statistic == expected.statistic
        assert found.p_value == expected.p_value
        assert found.bound_rule == "ranked in the top tie"
        assert expected.bound_rule is None
    for effect in (cliffs_delta, probability_of_superiority, epsilon_squared):
        assert repr(effect(*beyond)) == repr(effect(*ranked))


def test_the_end_of_a_bound() -> None:
    """A limit that belongs to its bound ties with it; one that does not, does not."""
    table = rank_table([[1, 8], [Bound(">=", 8)]])
    assert table.scores.tolist() == [2, 5]
    table = rank_table([[1, 8], [Bound(">", 8)]])
    assert table.scores.tolist() == [2, 4, 6]
    # 8 is below the one and not the other, and these are not ordered: no ranking
    table = rank_table([[8], [Bound(">=", 8), Bound(">", 8)]], scores=True)
    assert table.scores.tolist() == [3, 4, 5]
    assert table.bound_rule == "scored after Gehan"


def test_decimals_tie_with_limits() -> None:
    """A computed decimal is its limit, as it is any other value."""
    table = rank_table([[0.1 + 0.2], [Bound(">", 0.3), Bound("<", 0.3)]])
    assert table.scores.tolist() == [2, 4, 6]


@pytest.mark.parametrize(
    "test",
    [
        jonckheere_terpstra,
        probability_of_superiority,
        cliffs_delta,
        epsilon_squared,
    ],
)
def test_an_unknown_order_is_refused(test: Any) -> None:
    """Where pairs have to be ordered, words say which tests do without."""
    with pytest.raises(InputError, match=r"known order.*mann_whitney, kruskal_wallis"):
        test([1, 2, Bound(">", 1.5)], [2, 3])


def test_margins_take_no_bounds() -> None:
    """A bound has no distance from a margin."""
    with pytest.raises(InputError, match="mann_whitney, sign_test and bounded"):
        scores_within_margins([1, 2, Bound(">", 3)], [2, 3], lower=-1)


def test_nobody_is_left() -> None:
    """Bounds that stand for no case are nobody."""
    table = rank_table([[Bound(">", 8)], []], [[0], []])
    assert (table.n, table.n_bounds, table.bound_rule) == (0, 0, None)
    table = rank_table([[Bound(">", 8), 1], [2]], [[0, 2], [1]])
    assert (table.n, table.n_bounds, table.bound_rule) == (3, 0, None)
    assert math.isnan(mann_whitney([Bound(">", 8)], []).p_value)
    alike = mann_whitney([Bound(">", 8)], [Bound("<", 9)], method="exact")
    assert (alike.p_value, alike.bound_rule) == (1.0, "scored after Gehan")


@given(st.lists(bounded_scores(max_groups=2, max_size=3), min_size=1, max_size=2))
def test_strata_are_scored_apart(strata: list[list[list[Value]]]) -> None:
    """The test of van Elteren is that of scores of each stratum over n + 1."""
    rows = [
        (value, group, stratum)
        for stratum, samples in enumerate(strata)
        for group, sample in enumerate(samples)
        for value in sample
    ]
    values, groups, places = (list(column) for column in zip(*rows, strict=True))
    found = van_elteren([*values, None], [*groups, 0], [*places, 0], method="exact")
    sums = [Fraction(0)]
    observed = Fraction(0)
    variance = Fraction(0)
    for x, y in strata:
        scores = naive_scores([*x, *y])
        n = len(scores)
        own = [
            Fraction(sum(chosen), n + 1)
            for chosen in itertools.combinations(scores, len(x))
        ]
        observed += Fraction(sum(scores[: len(x)]), n + 1)
        sums = [before + more for before in sums for more in own]
        variance += sum((one * one for one in own), Fraction(0)) / len(own)
    hits = sum(abs(one) >= abs(observed) for one in sums)
    assert found.p_value == pytest.approx(hits / len(sums), rel=1e-12)
    if variance:
        assert found.z == pytest.approx(float(observed) / math.sqrt(variance))
    assert found.n_bounds == sum(isinstance(value, Bound) for value in values)
    assert (found.bound_rule is None) == (found.n_bounds == 0)
    assert found.n_missing == 1
