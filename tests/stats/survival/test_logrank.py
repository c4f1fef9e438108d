import math
from collections.abc import Callable
from fractions import Fraction
from functools import partial
from typing import Any

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given

from iph.errors import InputError
from iph.stats import logrank
from iph.stats._survival.logrank_terms import KINDS, Kind
from iph.testing import survival_data

asymptotic = partial(logrank, method="asymptotic")

Reference = Callable[[str], list[dict[str, Any]]]
Rows = tuple[list[int], list[bool], list[int]]

PUBLISHED = {
    # survdiff and the papers: chi-square to two or one decimals
    "Freireich 6-MP": ("logrank", 16.79),
    "veteran by treatment": ("logrank", 0.01),
    "lung by sex": ("logrank", 10.33),
}


def naive(
    time: list[int], event: list[bool], group: list[int], weight: str
) -> tuple[Fraction, Fraction, Fraction]:
    """Sum observed and expected events of group 0, and the variance, by loops."""
    observed = expected = variance = Fraction(0)
    survival = Fraction(1)
    for t in sorted({t for t, e in zip(time, event, strict=True) if e}):
        at_risk = [g for s, g in zip(time, group, strict=True) if s >= t]
        died = [g for s, e, g in zip(time, event, group, strict=True) if e and s == t]
        n, n_0, d, d_0 = len(at_risk), at_risk.count(0), len(died), died.count(0)
        w = {"logrank": Fraction(1), "gehan": Fraction(n), "peto": survival}[weight]
        observed += w * d_0
        expected += w * Fraction(d * n_0, n)
        if n > 1:
            variance += w * w * Fraction(d * (n - d) * n_0 * (n - n_0), (n - 1) * n * n)
        survival *= 1 - Fraction(d, n)
    return observed, expected, variance


def test_published(reference: Reference) -> None:
    """The chi-squares printed for well-known studies come out."""
    found = {
        case["name"]: asymptotic(case["time"], case["event"], case["group"])
        for case in reference("logrank.json")
    }
    for name, (_, statistic) in PUBLISHED.items():
        assert round(found[name].statistic, 2) == statistic
    assert f"{found['lung by sex'].p_value:.4f}" == "0.0013"


def test_survdiff(reference: Reference) -> None:
    """Statistic, observed and expected events are those of R, also with strata."""
    for case in reference("logrank.json"):
        runs: tuple[tuple[str, Kind, Any], ...] = (
            ("logrank", "logrank", None),
            ("peto", "peto", None),
            ("stratified", "logrank", case["stratum"]),
            ("stratified_peto", "peto", case["stratum"]),
        )
        for name, kind, strata in runs:
            found = asymptotic(
                case["time"], case["event"], case["group"], strata=strata, kind=kind
            )
            expected = case[name]
            np.testing.assert_allclose(
                found.statistic, expected["statistic"], rtol=1e-9, atol=1e-12
            )
            assert found.df == expected["df"]
            np.testing.assert_allclose(found.observed, expected["observed"], rtol=1e-11)
            np.testing.assert_allclose(found.expected, expected["expected"], rtol=1e-11)
            if kind == "peto":
                same = asymptotic(
                    case["time"],
                    case["event"],
                    case["group"],
                    strata=strata,
                    kind="fleming-harrington",
                    rho=1,
                )
                assert same.statistic == found.statistic


def test_coin(reference: Reference) -> None:
    """Permutation statistic and exact p-value are those of coin."""
    for case in reference("logrank.json"):
        for kind, expected in case["permuted"].items():
            two = len(set(case["group"])) == 2
            exact = "p_value" in expected
            found = asymptotic(
                case["time"],
                case["event"],
                case["group"],
                kind=kind,
                method="exact" if exact else "monte-carlo",
                rng=1,
                n_resamples=1,
            )
            np.testing.assert_allclose(
                found.statistic, expected["statistic"], rtol=1e-8, atol=1e-12
            )
            if exact:
                assert two
                # coin compares floats: it is exact but for rounding at ties.
                np.testing.assert_allclose(
                    found.p_value, expected["p_value"], rtol=1e-12, atol=1e-12
                )


@given(survival_data(), st.sampled_from(["logrank", "gehan", "peto"]))
def test_naive(rows: Rows, kind: Any) -> None:
    """Moments are those of loops over the event times with fractions."""
    time, event, group = rows
    group = [*group, 0, 1]
    time, event = [*time, 0, 0], [*event, False, False]
    observed, expected, variance = naive(time, event, group, kind)
    found = asymptotic(time, event, group, kind=kind)
    assert found.observed[0] == pytest.approx(float(observed), rel=1e-12)
    assert found.expected[0] == pytest.approx(float(expected), rel=1e-12)
    if variance:
        statistic = float((observed - expected) ** 2 / variance)
        assert found.statistic == pytest.approx(statistic, rel=1e-9, abs=1e-12)
        assert found.p_value == pytest.approx(
            math.erfc(math.sqrt(found.statistic / 2)), rel=1e-9
        )
    else:
        assert math.isnan(found.statistic)
        assert math.isnan(found.p_value)
        assert found.df == 0


@given(survival_data(groups=3, min_size=3), st.sampled_from(KINDS), st.data())
def test_invariances(rows: Rows, kind: Any, data: st.DataObject) -> None:
    """Row order, labels, the scale of time and repetition change nothing."""
    time, event, group = rows
    time, event, group = [*time, 1, 2], [*event, True, False], [*group, 0, 1]
    n = len(time)
    order = data.draw(st.permutations(range(n)))
    counts = data.draw(st.lists(st.integers(0, 3), min_size=n, max_size=n))
    first = asymptotic(time, event, group, kind=kind)
    shuffled = asymptotic(
        [3 * time[i] + 0.5 for i in order],
        [event[i] for i in order],
        [f"arm {group[i]}" for i in order],
        kind=kind,
    )
    np.testing.assert_allclose(shuffled.statistic, first.statistic, rtol=1e-9)
    np.testing.assert_allclose(shuffled.observed, first.observed, rtol=1e-12)
    weighted = asymptotic(time, event, group, kind=kind, weights=counts)
    repeated = [
        (t, e, g)
        for t, e, g, c in zip(time, event, group, counts, strict=True)
        for _ in range(c)
    ]
    # Empty groups stay in the table with labels of rows that count nothing.
    repeated += [(None, True, g) for g in sorted(set(group))]  # type: ignore[misc] # missing
    plain = asymptotic(*zip(*repeated, strict=True), kind=kind)
    np.testing.assert_allclose(weighted.statistic, plain.statistic, rtol=1e-12)
    assert weighted.observed == plain.observed
    assert weighted.group_sizes == plain.group_sizes
    assert plain.n_missing == len(set(group))


@given(survival_data(groups=3, min_size=2), st.integers(1, 5))
def test_strata_of_one_kind(rows: Rows, shift: int) -> None:
    """Strata that repeat the same patients add up: the statistic doubles."""
    time, event, group = rows
    time, event, group = [*time, 1, 1], [*event, True, False], [*group, 0, 1]
    once = asymptotic(time, event, group)
    twice = asymptotic(
        [*time, *(t + shift for t in time)],
        event * 2,
        group * 2,
        strata=[0] * len(time) + [1] * len(time),
    )
    np.testing.assert_allclose(twice.statistic, 2 * once.statistic, rtol=1e-9)
    np.testing.assert_allclose(twice.expected, 2 * np.array(once.expected), rtol=1e-12)


def test_entry() -> None:
    """Under left truncation a patient is at risk only after entry."""
    time, event = [4, 5, 6, 7, 8, 9], [True, True, False, True, True, True]
    group, entry = list("ababab"), [0, 0, 5, 1, 6, 4]
    found = asymptotic(time, event, group, entry=entry)
    # At risk: day 4 1,2,4 (6 enters on day 4: not yet); day 5: 2,4,6; day 7: 4,5,6;
    # day 8: 5,6; day 9: 6.
    assert found.expected[0] == pytest.approx(1 / 3 + 0 + 1 / 3 + 1 / 2 + 0)
    assert (
        logrank(time, event, group, entry=entry, method="auto").method == "asymptotic"
    )
    with pytest.raises(InputError, match="left truncation"):
        logrank(time, event, group, entry=entry, method="exact")


def test_large_counts() -> None:
    """With 10**7 patients in few days, no sum wraps around: whole numbers agree."""
    days = [1, 2, 3, 4]
    table = {
        (day, event, group): 1_000_003 * (1 + (7 * day + 3 * event + group) % 5) // 3
        for day in days
        for event in (True, False)
        for group in (0, 1)
    }
    observed = expected = variance = Fraction(0)
    for day in days:
        n_0 = sum(c for (t, _, g), c in table.items() if t >= day and g == 0)
        n = sum(c for (t, _, _), c in table.items() if t >= day)
        d_0, d_1 = table[day, True, 0], table[day, True, 1]
        d = d_0 + d_1
        observed += d_0
        expected += Fraction(d * n_0, n)
        variance += Fraction(d * (n - d) * n_0 * (n - n_0), (n - 1) * n * n)
    time, event, group = zip(*table, strict=True)
    found = asymptotic(time, event, group, weights=list(table.values()))
    statistic = float((observed - expected) ** 2 / variance)
    assert found.n == sum(table.values())
    np.testing.assert_allclose(found.statistic, statistic, rtol=1e-9)


def test_yearly_grid() -> None:
    """200,000 patients on a yearly grid, where scipy 1.17 wraps around at 150,000."""
    rng = np.random.default_rng(5)
    n = 200_000
    group = rng.integers(0, 2, n)
    time = np.ceil(rng.exponential(np.where(group == 1, 5.1, 5.0)))
    event = rng.random(n) < 0.9
    found = asymptotic(time, event, group)
    observed = expected = variance = Fraction(0)
    for t in np.unique(time[event]).tolist():
        at_risk = time >= t
        here = event & (time == t)
        size, first = int(at_risk.sum()), int((at_risk & (group == 0)).sum())
        d = int(here.sum())
        observed += int((here & (group == 0)).sum())
        expected += Fraction(d * first, size)
        if size > 1:
            variance += Fraction(
                d * (size - d) * first * (size - first), (size - 1) * size * size
            )
    np.testing.assert_allclose(
        found.statistic, float((observed - expected) ** 2 / variance), rtol=1e-9
    )


def test_small_p() -> None:
    """A p-value far below 1e-16 is a number, not zero."""
    time = list(range(1, 201))
    found = asymptotic(time, [True] * 200, [0] * 100 + [1] * 100)
    assert 0.0 < found.p_value < 1e-20


def test_missing() -> None:
    """A patient who misses any value is left out and counted."""
    found = asymptotic(
        [1, 2, None, 4, 5, 6, 7],
        [True, None, True, True, True, False, True],
        ["a", "b", "a", None, "b", "a", "b"],
        strata=[1, 1, 1, 1, float("nan"), 1, 1],
    )
    assert (found.n, found.n_missing) == (3, 4)
    assert found.group_sizes == (2, 1)


def test_no_comparison() -> None:
    """Without two groups at risk at an event time there is nothing to test."""
    found = asymptotic([1, 2, 3, 4], [True, True, False, False], list("aabb"))
    assert found.df == 1
    apart = asymptotic([1, 2, 3, 4], [False, False, True, True], list("aabb"))
    assert math.isnan(apart.statistic)
    assert math.isnan(apart.p_value)
    none = asymptotic([1, 2, 3], [False] * 3, list("abc"))
    assert math.isnan(none.statistic)
    assert none.df == 0
    nobody = asymptotic([None, None], [True, True], list("ab"), strata=[1, 2])
    assert nobody.n == 0
    assert math.isnan(nobody.p_value)
    assert nobody.observed == (0.0, 0.0)


def test_events_coded_one_two() -> None:
    """Codes 1 and 2 are refused, since programs disagree on what they mean."""
    with pytest.raises(InputError, match="recode it first"):
        logrank([1, 2, 3], [1, 2, 2], [0, 1, 0])


def test_one_group() -> None:
    """A comparison needs two groups."""
    with pytest.raises(InputError, match="at least two groups"):
        logrank([1, 2, 3], [1, 0, 1], ["a", "a", "a"])


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"kind": "wilcoxon"}, "kind must be one of"),
        ({"method": "permutation"}, "method must be one of"),
        ({"two_sided": "both"}, "two_sided must be one of"),
        ({"rho": 1}, "fleming-harrington"),
        ({"kind": "fleming-harrington", "rho": -1}, "rho"),
        ({"kind": "fleming-harrington", "rho": math.nan}, "rho"),
        ({"strata": [1, 2]}, "strata must be as long as time"),
        ({"entry": [0, 0, 3]}, r"entry\[2\] must be before time"),
        ({"weights": [1, 2.5, 1]}, "weights"),
        ({"n_resamples": 0}, "n_resamples"),
    ],
)
def test_messages(options: dict[str, Any], message: str) -> None:
    """Options that make no sense are refused with what they must be."""
    with pytest.raises(InputError, match=message):
        logrank([1, 2, 3], [1, 0, 1], ["a", "b", "a"], **options)
