import itertools
import math
from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import assume, given

from iph.errors import DataError, InputError, WorkError
from iph.stats import logrank
from iph.stats._survival import logrank_permutation as _logrank_permutation
from iph.stats._survival.logrank_permutation import _strata_states, exact_states
from iph.stats._survival.logrank_scores import pools
from iph.stats._survival.logrank_terms import exact_weights, strata_tables, weighting
from iph.stats._survival.survival_table import survival_rows
from iph.testing import survival_data

Rows = tuple[list[int], list[bool], list[int]]


def differences(
    time: list[int], event: list[bool], group: tuple[int, ...], weight: str
) -> list[Fraction]:
    """Return observed minus expected events by the definition, without scores."""
    k = max(group) + 1
    found = [Fraction(0)] * k
    survival = Fraction(1)
    for t in sorted({t for t, e in zip(time, event, strict=True) if e}):
        at_risk = [g for s, g in zip(time, group, strict=True) if s >= t]
        died = [g for s, e, g in zip(time, event, group, strict=True) if e and s == t]
        n, d = len(at_risk), len(died)
        w = {"logrank": Fraction(1), "gehan": Fraction(n), "peto": survival}[weight]
        for g in range(k):
            found[g] += w * (died.count(g) - Fraction(d * at_risk.count(g), n))
        survival *= 1 - Fraction(d, n)
    return found


def allocations(group: list[int], strata: list[int]) -> Iterator[tuple[int, ...]]:
    """Yield all ways to allocate the labels within strata."""
    places = [
        [i for i, s in enumerate(strata) if s == stratum]
        for stratum in sorted(set(strata))
    ]
    arranged = [
        sorted(set(itertools.permutations([group[i] for i in place])))
        for place in places
    ]
    for choice in itertools.product(*arranged):
        out = list(group)
        for place, labels in zip(places, choice, strict=True):
            for i, label in zip(place, labels, strict=True):
                out[i] = label
        yield tuple(out)


@given(
    survival_data(groups=2, min_size=2, max_size=8, last_day=5),
    st.sampled_from(["logrank", "gehan", "peto"]),
    st.integers(1, 3),
)
def test_two_groups_enumerated(rows: Rows, kind: Any, n_strata: int) -> None:
    """Both two-sided p-values are shares of all allocations, also within strata."""
    time, event, group = rows
    assume(len(set(group)) == 2)
    strata = [i % n_strata for i in range(len(time))]
    values = []
    for labels in allocations(group, strata):
        parts = [
            differences(
                [time[i] for i in range(len(time)) if strata[i] == s],
                [event[i] for i in range(len(time)) if strata[i] == s],
                tuple(labels[i] for i in range(len(time)) if strata[i] == s),
                kind,
            )[0]
            for s in sorted(set(strata))
            if any(labels[i] == 0 for i in range(len(time)) if strata[i] == s)
        ]
        values.append(sum(parts, Fraction(0)))
        if labels == tuple(group):
            observed = values[-1]
    far = sum(abs(v) >= abs(observed) for v in values)
    lower, upper = (
        sum(v <= observed for v in values),
        sum(v >= observed for v in values),
    )
    found = logrank(time, event, group, strata=strata, kind=kind, method="exact")
    assert found.method == "exact"
    assert found.p_value == far / len(values)
    central = logrank(
        time,
        event,
        group,
        strata=strata,
        kind=kind,
        method="exact",
        two_sided="central",
    )
    assert central.p_value == min(2 * min(lower, upper), len(values)) / len(values)
    swapped = logrank(
        time, event, [1 - g for g in group], strata=strata, kind=kind, method="exact"
    )
    assert swapped.p_value == found.p_value


@given(
    survival_data(groups=3, min_size=3, max_size=6, last_day=4),
    st.sampled_from(["logrank", "gehan", "peto"]),
)
def test_three_groups_enumerated(rows: Rows, kind: Any) -> None:
    """The p-value of three groups is the share of forms at least as large."""
    time, event, group = rows
    assume(set(group) == {0, 1, 2})
    sizes = [group.count(g) for g in range(3)]

    def form(labels: tuple[int, ...]) -> Fraction:
        found = differences(time, event, labels, kind)
        return sum((u * u / n for u, n in zip(found, sizes, strict=True)), Fraction(0))

    forms = [form(labels) for labels in allocations(group, [0] * len(group))]
    expected = sum(x >= form(tuple(group)) for x in forms) / len(forms)
    found = logrank(time, event, group, kind=kind, method="exact")
    assert found.p_value == expected
    # Among other things the mean of the chi-square over all allocations is its df.
    if not math.isnan(found.statistic) and found.df == 2:
        ratio = form(tuple(group)) / (sum(forms, Fraction(0)) / len(forms))
        assert found.statistic == pytest.approx(2 * float(ratio), rel=1e-9)


@given(survival_data(groups=2, min_size=2, max_size=7, last_day=6))
def test_square_roots_enumerated(rows: Rows) -> None:
    """Tarone-Ware scores count the same ties as their square roots do."""
    time, event, group = rows
    assume(len(set(group)) == 2)
    times = sorted({t for t, e in zip(time, event, strict=True) if e})

    def value(labels: tuple[int, ...]) -> float:
        total = 0.0
        for t in times:
            at_risk = [g for s, g in zip(time, labels, strict=True) if s >= t]
            died = [
                g for s, e, g in zip(time, event, labels, strict=True) if e and s == t
            ]
            share = at_risk.count(0) / len(at_risk)
            total += math.sqrt(len(at_risk)) * (died.count(0) - len(died) * share)
        return total

    values = [value(labels) for labels in allocations(group, [0] * len(group))]
    far = sum(abs(v) >= abs(value(tuple(group))) - 1e-9 for v in values)
    found = logrank(time, event, group, kind="tarone-ware", method="exact")
    assert found.p_value == far / len(values)


def test_square_roots_keep_ties() -> None:
    """sqrt(8) is exactly twice sqrt(2), and sqrt(9) exactly 3."""
    rule = weighting("tarone-ware", 0.0, 0.0)
    two, eight, nine = exact_weights(rule, [1, 1, 1], [2, 8, 9])
    assert eight == 2 * two
    assert nine == 3
    assert float(two) == math.sqrt(2)


def test_broken_exponents() -> None:
    """Fleming-Harrington weights with broken exponents are the nearest floats."""
    rule = weighting("fleming-harrington", 0.5, 1.0)
    weights = exact_weights(rule, [1, 1], [4, 3])
    assert weights == [0, Fraction(math.sqrt(0.75)) * Fraction(1, 4)]
    time, event, group = [1, 2, 3, 4, 5, 6], [True] * 6, list("aababb")
    found = logrank(
        time, event, group, kind="fleming-harrington", rho=0.5, gamma=1, method="exact"
    )
    assert (found.p_value * 20).is_integer()


def test_all_distinct() -> None:
    """With 8 against 12 on different days p is a share of C(20, 8), as enumerated."""
    time, event = list(range(1, 21)), [i % 4 > 0 for i in range(20)]
    group = [int(i * 7 % 20 < 12) for i in range(20)]
    scores, risen = [], Fraction(0)
    for i, happened in enumerate(event):
        risen += Fraction(int(happened), 20 - i)
        scores.append(int(happened) - risen)
    common = math.lcm(*(s.denominator for s in scores))
    whole = np.array([int(s * common) for s in scores])
    chosen = np.array(list(itertools.combinations(range(20), 8)))
    sums = whole[chosen].sum(axis=1)
    observed = sum(w for w, g in zip(whole.tolist(), group, strict=True) if g == 0)
    found = logrank(time, event, group, method="exact")
    assert found.p_value == int((abs(sums) >= abs(observed)).sum()) / math.comb(20, 8)


def test_tails_of_unequal_groups_in_strata() -> None:
    """Two patients against one in each stratum: only 1 of 9 allocations reaches 10.

    The scores are 4, 1 and -5 sixths, so two of three sum to 5, -1 or -4 sixths.
    """
    time, strata = [1, 2, 3, 1, 2, 3], [0, 0, 0, 1, 1, 1]
    data: dict[str, Any] = {"strata": strata, "method": "exact", "event": [True] * 6}
    for first in ([0, 0, 1], [1, 1, 0]):
        found = logrank(time, group=first * 2, **data)
        assert found.p_value == 1 / 9
        central = logrank(time, group=first * 2, two_sided="central", **data)
        assert central.p_value == 2 / 9


def test_visits_of_many_patients() -> None:
    """100 patients at 5 visits have an exact p-value near that of a simulation."""
    rng = np.random.default_rng(8)
    time = rng.integers(1, 6, 100)
    event, group = rng.random(100) < 0.5, rng.integers(0, 2, 100)
    exact = logrank(time, event, group, method="exact")
    drawn = logrank(
        time, event, group, method="monte-carlo", rng=rng, n_resamples=20_000
    )
    assert drawn.p_low is not None
    assert drawn.p_high is not None
    assert drawn.p_low <= exact.p_value <= drawn.p_high
    assert drawn.statistic == exact.statistic


def test_weights() -> None:
    """Case counts give the p-value of repeated rows."""
    time, event, group = [1, 2, 3, 1, 3, 5], [1, 1, 0, 1, 1, 1], list("aaabbb")
    counts = [2, 1, 3, 1, 2, 2]
    repeated = [np.repeat(x, counts).tolist() for x in (time, event, group)]
    weighted = logrank(time, event, group, weights=counts, method="exact")
    assert weighted.p_value == logrank(*repeated, method="exact").p_value


def test_alike() -> None:
    """If all scores are equal, every allocation is as extreme: p is 1."""
    found = logrank([1, 2, 3], [False] * 3, list("aab"), method="exact")
    assert found.p_value == 1.0
    assert math.isnan(found.statistic)
    several = logrank([1, 2, 3], [False] * 3, list("abc"), method="exact")
    assert several.p_value == 1.0
    empty = logrank([1, None, 3], [True] * 3, ["a", "b", "a"], method="exact")
    assert empty.p_value == 1.0
    nobody = logrank([None, None], [True] * 2, ["a", "b"], method="exact")
    assert nobody.p_value == 1.0


def test_states_of_strata() -> None:
    """The work of strata counts all but the two longest lists as multiplied."""
    rows = survival_rows(
        list(range(30)),
        [True] * 30,
        group=[0, 1] * 15,
        strata=[i // 10 for i in range(30)],
    )
    scores = pools(strata_tables(rows), weighting("logrank", 0, 0))
    assert exact_states(scores) > exact_states(scores[:2]) > 0


def test_states_of_lists() -> None:
    """Each list is made, and all but the longest may be multiplied by each other."""
    assert _strata_states([5.0, 2.0, 3.0]) == 10 + 2 * 3
    assert _strata_states([7.0, 2.0]) == 9 + 2


def test_strata_are_refused_by_the_sums_to_be_joined(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Of three strata with 20 sums each, 400 pairs are joined at a tenth the limit."""
    data: dict[str, Any] = {
        "time": [*range(1, 7)] * 3,
        "event": [True] * 18,
        "group": [0, 1] * 9,
        "strata": [i // 6 for i in range(18)],
        "method": "exact",
    }
    monkeypatch.setattr(_logrank_permutation, "DEFAULT_LIMIT", 4000)
    assert 0.0 < logrank(**data).p_value < 1.0
    monkeypatch.setattr(_logrank_permutation, "DEFAULT_LIMIT", 3000)
    with pytest.raises(WorkError, match="limit"):
        logrank(**data)


def test_limits() -> None:
    """Too much work is refused with what to do instead."""
    n = 120
    days, events = list(range(n)), [True] * n
    with pytest.raises(WorkError, match='or method="monte-carlo"'):
        logrank(days, events, [0, 1] * 60, method="exact")
    with pytest.raises(WorkError, match="several groups"):
        logrank(days, events, [0, 1, 2] * 40, method="exact")
    with pytest.raises(WorkError, match="limit"):
        logrank(
            days, events, [0, 1] * 60, strata=[i % 3 for i in range(n)], method="exact"
        )
    many = [10**6] * 6
    with pytest.raises(WorkError, match="limit"):
        logrank(range(6), [True] * 6, [0, 1] * 3, weights=many, method="exact")
    with pytest.raises(WorkError, match="limit"):
        logrank(range(6), [True] * 6, [0, 1, 2] * 2, weights=many, method="exact")
    long = np.arange(20_000)
    with pytest.raises(WorkError, match="thousands of digits"):
        logrank(long, long >= 0, long % 2, method="exact")


def test_refused() -> None:
    """What has no exact answer here says so."""
    with pytest.raises(DataError, match="cannot be stratified"):
        logrank([1, 2, 3], [1, 1, 1], [1, 2, 3], strata=[1, 1, 2], method="exact")
    with pytest.raises(InputError, match="more than two groups"):
        logrank([1, 2, 3], [1, 1, 1], [1, 2, 3], method="exact", two_sided="central")
