"""The permutation log-rank test with imputed times, part by part and as a whole."""

import itertools
import math
from collections import Counter
from collections.abc import Iterable
from typing import Any

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import example, given

from iph.errors import InputError
from iph.stats import kaplan_meier, logrank, logrank_trend
from iph.stats._survival.logrank_imputed import (
    Patients,
    contrast,
    dealt,
    drift,
    imputed,
    quadratic,
)
from iph.stats._survival.logrank_terms import weighting
from iph.stats._survival.survival_table import survival_table
from iph.testing import survival_data

Rows = tuple[list[int], list[bool], list[int]]
PLAIN = weighting("logrank", 0.0, 0.0)
KINDS = ["logrank", "gehan", "tarone-ware", "peto"]


def patients_of(rows: Rows) -> Patients:
    """Return the patients of counted rows."""
    return Patients.of(survival_table(rows[0], rows[1], group=rows[2]))


@given(survival_data(), st.randoms(use_true_random=False))
def test_patients_are_those_of_the_rows(rows: Rows, random: Any) -> None:
    """Each patient stands there once, in an order that does not depend on the rows."""
    found = patients_of(rows)
    times, labels = sorted(set(rows[0])), sorted(set(rows[2]))
    ours = zip(
        [times[k] for k in found.rank],
        [bool(e) for e in found.event],
        [labels[g] for g in found.group],
        strict=True,
    )
    assert Counter(ours) == Counter(zip(*rows, strict=True))
    order = list(range(len(rows[0])))
    random.shuffle(order)
    mixed = patients_of(tuple([column[k] for k in order] for column in rows))  # type: ignore[arg-type] # three columns
    assert (found.rank == mixed.rank).all()
    assert (found.event == mixed.event).all()
    curve = kaplan_meier(rows[0], rows[1])
    np.testing.assert_allclose(found.survival, curve.survival, atol=1e-12)


def test_follow_up_counts_events_first() -> None:
    """Who has the event on a day is not at risk of being lost on it.

    Group a: event on days 1 and 3, lost on 1, 2 and 3. On day 1 four are at risk of
    being lost, on day 2 three, on day 3 one.
    """
    found = Patients.of(
        survival_table([1, 3, 1, 2, 3], [1, 1, 0, 0, 0], group=["a"] * 5)
    )
    np.testing.assert_allclose(found.followed, [[3 / 4, 3 / 4 * 2 / 3, 0.0]])


def test_what_was_seen_is_kept() -> None:
    """Times to the event of those who had it, follow-up of the others, never change."""
    rows: Rows = (
        [1, 2, 2, 3, 5, 6],
        [True, False, True, True, False, True],
        [0, 1] * 3,
    )
    patients = patients_of(rows)
    times, followed = imputed(patients, 500, np.random.default_rng(1))
    had = patients.event == 1
    assert (times[:, had] == patients.rank[had]).all()
    assert (followed[:, ~had] == patients.rank[~had]).all()
    assert (times[:, ~had] > patients.rank[~had]).all()
    assert (followed[:, had] >= patients.rank[had]).all()


def place_of(patients: Patients, *, group: int, event: int, rank: int) -> int:
    """Return the place of the one patient with these values."""
    found = (patients.group == group) & (patients.event == event)
    (place,) = np.flatnonzero(found & (patients.rank == rank))
    return int(place)


def test_shares_of_imputed_times_are_those_of_the_curves() -> None:
    """After the day lost, the curve of all; after the event, that of the own group."""
    time = [1, 2, 3, 4, 5, 1, 3, 4, 6, 6]
    event = [True, False, True, True, False, False, True, False, True, False]
    group = [0] * 5 + [1] * 5
    patients = Patients.of(survival_table(time, event, group=group))
    times, followed = imputed(patients, 40_000, np.random.default_rng(3))
    ranks = sorted(set(time))
    curve = kaplan_meier(time, event).survival
    index = place_of(patients, group=0, event=0, rank=ranks.index(2))
    drawn = np.bincount(times[:, index], minlength=7) / 40_000
    left = np.concatenate(([1.0], curve, [0.0]))
    expected = -np.diff(left) / curve[ranks.index(2)]
    expected[: ranks.index(2) + 1] = 0.0
    np.testing.assert_allclose(drawn, expected, atol=0.01)
    # Of the second group lost on days 1, 4 and 6, at risk 5, 3 and 1 after the events.
    index = place_of(patients, group=1, event=1, rank=ranks.index(3))
    drawn = np.bincount(followed[:, index], minlength=7) / 40_000
    expected = np.zeros(7)
    expected[ranks.index(4)], expected[ranks.index(6)] = 1 / 3, 2 / 3
    np.testing.assert_allclose(drawn, expected, atol=0.01)


def test_permutation_deals_the_event_times() -> None:
    """Without censoring the permutations are those of the labels, each as likely."""
    time, group = [1, 2, 3, 4], [0, 0, 1, 1]
    patients = Patients.of(survival_table(time, [True] * 4, group=group))
    ranks, events = dealt(patients, 24_000, np.random.default_rng(5))
    assert events.all()
    seen = Counter(map(tuple, ranks.tolist()))
    assert set(seen) == set(itertools.permutations(range(4)))
    assert max(abs(n / 1000 - 1) for n in seen.values()) < 0.12


@given(survival_data(min_size=2), st.sampled_from(KINDS))
@example(([3, 3, 3, 6], [False, True, True, False], [0, 1, 1, 1]), "peto")
def test_statistic_is_that_of_the_log_rank_test(rows: Rows, kind: Any) -> None:
    """Row by row: the statistic of `logrank`, of two groups and of several."""
    group = [*rows[2], 0, 1, 2]
    time, event = [*rows[0], 3, 4, 6], [*rows[1], True, False, True]
    for code, k in ((group, 3), ([g % 2 for g in group], 2)):
        patients = Patients.of(survival_table(time, event, group=code))
        size = (k, patients.survival.size + 1)
        twice = [
            np.stack([x, x]) for x in (patients.rank, patients.event, patients.group)
        ]
        rule = weighting(kind, 0.0, 0.0)
        found = drift(twice[0], twice[1], twice[2], size, rule)
        test = logrank(time, event, code, kind=kind, method="asymptotic")
        difference = np.subtract(test.observed, test.expected)
        np.testing.assert_allclose(found[0], [difference, difference], atol=1e-9)
        if test.df == 0:
            continue
        chi_square = test.statistic
        if test.df == k - 1:
            np.testing.assert_allclose(
                quadratic(*found), chi_square, rtol=1e-6, atol=1e-12
            )
        if k == 2:
            z = contrast(*found, np.array([1.0, 0.0]))
            np.testing.assert_allclose(z, test.z, rtol=1e-9, atol=1e-12)


def small_p(time: Iterable[int], group: list[int]) -> float:
    """Return the p-value over all permutations of |z|, without censoring."""
    days = list(time)
    observed = abs(logrank(days, [True] * len(days), group, method="asymptotic").z)
    far = [
        abs(logrank(p, [True] * len(days), group, method="asymptotic").z)
        >= observed - 1e-9
        for p in itertools.permutations(days)
    ]
    return sum(far) / len(far)


def test_simulated_p_holds_the_enumerated_one() -> None:
    """Without censoring nothing is imputed, and all permutations can be counted."""
    time, group = [1, 2, 2, 4, 5], [0, 0, 1, 0, 1]
    exact = small_p(time, group)
    found = logrank(time, [True] * 5, group, method="imputed", rng=7)
    assert found.p_low is not None
    assert found.p_high is not None
    assert found.p_low <= exact <= found.p_high
    assert (found.method, found.seed, found.equal_follow_up) == ("imputed", None, None)


def test_sides() -> None:
    """Both sides together make twice the smaller one; the first group is earlier."""
    time = [3, 5, 6, 8, 9, 11, 12, 4, 9, 14, 15, 16, 20, 21]
    event = [True] * 6 + [False] + [True, False, True, True, False, True, False]
    data: Any = (time, event, ["a"] * 7 + ["b"] * 7)
    p = {
        side: logrank(*data, method="imputed", rng=1, alternative=side).p_value
        for side in ("greater", "less")
    }
    central = logrank(*data, method="imputed", rng=1, two_sided="central")
    assert central.p_value == pytest.approx(2 * min(p.values()))
    assert p["greater"] < 0.05 < p["less"]
    assert p["greater"] + p["less"] >= 1.0


def test_row_order_does_not_matter() -> None:
    """The draws of a seed are the same however the rows are sorted."""
    time, event = [3, 5, 6, 8, 9, 11, 12], [True, False, True, True, False, True, True]
    group = ["a", "b", "a", "b", "b", "a", "b"]
    once = logrank(time, event, group)
    again = logrank(time[::-1], event[::-1], group[::-1])
    assert once == again
    assert (once.method, once.seed) == ("imputed", 2023)
    counted = logrank(time, event, group, weights=[1, 2, 1, 1, 1, 3, 1])
    rows = np.repeat(np.arange(7), [1, 2, 1, 1, 1, 3, 1])
    assert counted == logrank(
        [time[k] for k in rows], [event[k] for k in rows], [group[k] for k in rows]
    )


def test_nothing_to_compare() -> None:
    """Without events the p-value is 1, and no statistic is made up."""
    found = logrank([1, 2, 3], [False] * 3, list("aab"), method="imputed", rng=1)
    assert found.p_value == 1.0
    assert math.isnan(found.statistic)


def test_what_cannot_be_imputed_is_refused() -> None:
    """Late entry and strata have no imputed permutation."""
    data: Any = ([3, 4, 5, 6], [True] * 4, list("abab"))
    with pytest.raises(InputError, match="left truncation"):
        logrank(*data, method="imputed", entry=[0, 1, 2, 3])
    with pytest.raises(InputError, match='must be "asymptotic" with strata'):
        logrank(*data, method="imputed", strata=[0, 0, 1, 1], rng=1)
    with pytest.raises(InputError, match="rng must be"):
        logrank_trend(*data, method="imputed")


def test_progress_sees_the_draws() -> None:
    """The callable hears of each chunk before it starts, and of the end."""
    seen: list[tuple[str, int, int]] = []

    def progress(what: str, done: int, total: int) -> None:
        seen.append((what, done, total))

    data: Any = ([3, 4, 5, 6], [True, False, True, True], list("abab"))
    watched = logrank(*data, method="imputed", rng=1, progress=progress)
    assert seen == [("allocations", 0, 1), ("allocations", 1, 1)]
    assert watched.p_value == logrank(*data, method="imputed", rng=1).p_value
