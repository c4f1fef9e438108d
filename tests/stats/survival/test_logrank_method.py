"""What "auto" does in the log-rank family: its rule, its seed, its cautions."""

import itertools
import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given

from iph.errors import DataError, InputError
from iph.stats import logrank, logrank_trend
from iph.stats._survival import logrank_method
from iph.stats._survival.logrank_method import one_last_day
from iph.stats._survival.survival_table import survival_table
from iph.testing import survival_data

Rows = tuple[list[int], list[bool], list[int]]
TESTS: tuple[Any, ...] = (logrank, logrank_trend)


@pytest.mark.parametrize("test", TESTS)
def test_equal_follow_up_is_exact(test: Any) -> None:
    """One last day for all without the event, or a word of the reader: exact."""
    one_day = test([1, 2, 5, 9, 9, 9], [1, 1, 1, 0, 0, 0], list("ababab"))
    assert (one_day.method, one_day.equal_follow_up) == ("exact", True)
    assert (one_day.caution, one_day.seed, one_day.p_low) == ("", None, None)
    all_seen = test([1, 2, 5, 9], [1, 1, 1, 1], list("abab"))
    assert all_seen.method == "exact"
    data: Any = ([1, 2, 5, 9, 7, 3], [1, 1, 1, 0, 0, 0], list("ababab"))
    assert test(*data).method == "imputed"
    assert test(*data, equal_follow_up=True).method == "exact"
    assert test(*data, equal_follow_up=True).equal_follow_up is True
    said = test([1, 2, 5, 9], [1, 1, 1, 1], list("abab"), equal_follow_up=False)
    assert (said.method, said.equal_follow_up) == ("imputed", False)


@given(survival_data())
def test_one_last_day(rows: Rows) -> None:
    """All censored on one day, and no event after it, by looking at each patient."""
    time, event, group = rows
    lost = {t for t, e in zip(time, event, strict=True) if not e}
    alike = len(lost) == 0 or (len(lost) == 1 and max(lost) >= max(time))
    assert one_last_day([survival_table(time, event, group=group)]) == alike


@pytest.mark.parametrize("test", TESTS)
def test_draws_of_auto_have_the_documented_seed(test: Any) -> None:
    """Without a generator the seed is 2023, and named; with one it is not."""
    data: Any = ([1, 2, 5, 9, 7, 3], [1, 1, 1, 0, 0, 0], list("ababab"))
    found = test(*data)
    assert found.seed == 2023
    named = test(*data, rng=np.random.Generator(np.random.PCG64(2023)))
    assert (named.seed, named.p_value) == (None, found.p_value)
    assert found.p_low <= found.p_value <= found.p_high


def test_simulated_where_exact_is_too_much(monkeypatch: pytest.MonkeyPatch) -> None:
    """Above the limit of states the labels are permuted at random."""
    data: Any = ([5, 3, 4, 1, 2, 6], [True] * 6, list("aabbab"))
    assert logrank(*data).method == "exact"
    monkeypatch.setattr(logrank_method, "AUTO_LIMIT", 3)
    found = logrank(*data)
    assert (found.method, found.seed) == ("monte-carlo", 2023)
    exact = logrank(*data, method="exact").p_value
    assert found.p_low is not None
    assert found.p_high is not None
    assert found.p_low <= exact <= found.p_high


@pytest.mark.parametrize("test", TESTS)
def test_large_groups_are_asymptotic(test: Any) -> None:
    """Above 200 events expected in every group, whatever was said of follow-up."""
    rng = np.random.default_rng(1)
    time = rng.integers(1, 40, 900)
    event = rng.random(900) < 0.6
    group = np.arange(900) % 2
    for said in (None, True, False):
        assert test(time, event, group, equal_follow_up=said).method == "asymptotic"
    assert test(time, event, group < 0.5, equal_follow_up=True).p_value < 1.0
    few = np.arange(900) < 100
    assert test(time, event, few, n_resamples=50).method == "imputed"


def test_long_imputations_are_asymptotic() -> None:
    """With thousands of distinct times nothing is imputed; few events are a caution."""
    rng = np.random.default_rng(2)
    time, group = rng.exponential(10.0, 2000), np.arange(2000) % 2
    lost = rng.exponential(50.0, 2000)
    data: Any = (np.minimum(time, lost), group)
    few = logrank(data[0], np.arange(2000) < 40, data[1])
    assert few.method == "asymptotic"
    assert "up to 8 %" in few.caution
    some = logrank(data[0], np.arange(2000) < 300, data[1])
    assert (some.method, some.caution) == ("asymptotic", "")


@pytest.mark.parametrize("test", TESTS)
def test_late_entry_and_strata(test: Any) -> None:
    """Late entry is asymptotic; strata too, with a caution, if follow-up may differ."""
    data: Any = ([3, 4, 5, 9, 7, 6, 8, 2], [1, 1, 1, 0, 0, 1, 1, 1], list("ababbaab"))
    assert test(*data, entry=[0] * 8).method == "asymptotic"
    strata = [0, 0, 0, 0, 1, 1, 1, 1]
    found = test(*data, strata=strata)
    assert found.method == "asymptotic"
    assert "up to 8 %" in found.caution
    assert test(*data, strata=strata, equal_follow_up=True).method == "exact"
    named = test(*data, strata=strata, method="asymptotic")
    assert (named.caution, named.equal_follow_up) == ("", None)


def test_cautions_name_what_was_not_simulated() -> None:
    """Fewer patients or events than in the table, or more groups, are said so."""
    time = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]
    event = [1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1]
    assert logrank(time, event, [0] * 5 + [1] * 6).caution == ""
    for given_group, seen in (
        ([0] * 4 + [1] * 7, event),
        ([0] * 5 + [1] * 6, [1, 0, 1] + [0] * 8),
        ([0] * 5 + [1] * 5 + [2], event),
    ):
        assert "table of simulated sizes" in logrank(time, seen, given_group).caution


@given(survival_data(min_size=2, max_size=9))
def test_one_sided_is_a_tail(rows: Rows) -> None:
    """Counted over all allocations: the first group has at least as many events."""
    time, event, group = [*rows[0], 2, 5], [*rows[1], True, True], [*rows[2], 0, 1]
    found = {
        side: logrank(time, event, group, method="exact", alternative=side)
        for side in ("greater", "less", "two-sided")
    }
    central = logrank(time, event, group, method="exact", two_sided="central")
    smaller = min(found["greater"].p_value, found["less"].p_value)
    assert central.p_value == pytest.approx(min(1.0, 2 * smaller), abs=1e-12)
    # Scores by the definition: 1 - H after an event, -H after a censoring.
    hazard, risen = {}, 0.0
    for day in sorted(set(time)):
        d = sum(t == day and e for t, e in zip(time, event, strict=True))
        risen += d / sum(t >= day for t in time)
        hazard[day] = risen
    scores = [e - hazard[t] for t, e in zip(time, event, strict=True)]
    first = [k for k, g in enumerate(group) if g == 0]
    observed = sum(scores[k] for k in first)
    sums = [
        sum(scores[k] for k in chosen)
        for chosen in itertools.combinations(range(len(time)), len(first))
    ]
    upper = sum(s >= observed - 1e-9 for s in sums) / len(sums)
    assert found["greater"].p_value == pytest.approx(upper, abs=1e-12)
    normal = {
        side: logrank(time, event, group, method="asymptotic", alternative=side)
        for side in ("greater", "less")
    }
    if not math.isnan(normal["less"].z):
        tail = 0.5 * math.erfc(normal["greater"].z / math.sqrt(2))
        assert normal["greater"].p_value == pytest.approx(tail)
        assert normal["less"].p_value == pytest.approx(1 - tail)


def test_one_sided_simulated() -> None:
    """The 99 % interval of a simulated side holds the exact one, at this seed."""
    data: Any = ([1, 2, 3, 4, 6, 6, 8, 9], [1, 1, 0, 1, 1, 1, 0, 1], list("abaababb"))
    for side in ("greater", "less"):
        exact = logrank(*data, method="exact", alternative=side).p_value
        drawn = logrank(*data, method="monte-carlo", rng=1, alternative=side)
        assert drawn.p_low is not None
        assert drawn.p_high is not None
        assert drawn.p_low <= exact <= drawn.p_high
        assert drawn.alternative == side


@pytest.mark.parametrize("two_sided", ["abs", "central"])
@pytest.mark.parametrize("alternative", ["two-sided", "less", "greater"])
def test_trend_over_all_allocations(alternative: Any, two_sided: Any) -> None:
    """The exact trend test counts the sums of group score times patient score."""
    time = [1, 2, 2, 4, 5, 7, 7]
    event = [True, True, False, True, True, False, True]
    group, points = [0, 1, 0, 2, 1, 2, 2], [0.5, 1.0, 3.25]
    hazard, risen = {}, 0.0
    for day in sorted(set(time)):
        d = sum(t == day and e for t, e in zip(time, event, strict=True))
        risen += d / sum(t >= day for t in time)
        hazard[day] = risen
    scores = [e - hazard[t] for t, e in zip(time, event, strict=True)]
    observed = sum(points[g] * s for g, s in zip(group, scores, strict=True))
    sums = [
        sum(points[g] * s for g, s in zip(dealt, scores, strict=True))
        for dealt in itertools.permutations(group)
    ]
    lower = sum(s <= observed + 1e-9 for s in sums) / len(sums)
    upper = sum(s >= observed - 1e-9 for s in sums) / len(sums)
    far = sum(abs(s) >= abs(observed) - 1e-9 for s in sums) / len(sums)
    both = far if two_sided == "abs" else min(1.0, 2 * min(lower, upper))
    expected = {"less": lower, "greater": upper, "two-sided": both}[alternative]
    options: Any = {
        "group_scores": points,
        "alternative": alternative,
        "two_sided": two_sided,
    }
    found = logrank_trend(time, event, group, method="exact", **options)
    assert found.p_value == pytest.approx(expected, abs=1e-12)
    drawn = logrank_trend(time, event, group, method="monte-carlo", rng=1, **options)
    assert drawn.p_low is not None
    assert drawn.p_high is not None
    assert drawn.p_low <= expected <= drawn.p_high


@pytest.mark.parametrize("points", [[1.0, 2.0], [2.0, -1.0]])
def test_trend_of_two_groups_is_the_log_rank_test(points: list[float]) -> None:
    """Whichever group has the higher score, its side is the one counted."""
    data: Any = ([1, 2, 3, 4, 6, 6, 8, 9], [1, 1, 0, 1, 1, 1, 0, 1], list("abaababb"))
    for side in ("greater", "less"):
        rising = points[1] > points[0]
        turned = {"greater": "less", "less": "greater"}
        other: Any = turned[side] if rising else side
        for method in ("exact", "asymptotic"):
            trend = logrank_trend(
                *data, group_scores=points, method=method, alternative=side
            )
            test: Any = logrank(*data, method=method, alternative=other)
            assert trend.p_value == pytest.approx(test.p_value)


def test_exact_trend_of_strata_is_refused() -> None:
    """More than two groups in strata have no exact trend test; auto draws."""
    data: Any = (range(6), [1] * 6, list("abcabc"))
    strata = [0, 0, 0, 1, 1, 1]
    with pytest.raises(DataError, match="cannot be stratified"):
        logrank_trend(*data, strata=strata, method="exact")
    assert logrank_trend(*data, strata=strata).method == "monte-carlo"


def test_messages() -> None:
    """A side of three groups, and unknown words, are refused."""
    data: Any = ([1, 2, 3], [1, 1, 1], [1, 2, 3])
    with pytest.raises(InputError, match='alternative must be "two-sided" with more'):
        logrank(*data, alternative="less")
    with pytest.raises(InputError, match="alternative must be one of"):
        logrank_trend(*data, alternative="both")  # type: ignore[arg-type] # refused
    with pytest.raises(InputError, match="method must be one of 'auto'"):
        logrank_trend(*data, method="guess")  # type: ignore[arg-type] # refused
