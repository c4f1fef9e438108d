"""Power and size: of R, of a naive sum over outcomes, and of simulation."""

import itertools
import math
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from iph.design import power, proportional_odds
from iph.errors import InputError, WorkError
from iph.stats import interval_logrank, logrank, proportion
from iph.testing import distributions

Tables = tuple[tuple[int, ...], ...]


def ways(n: int, shares: Sequence[float]) -> Iterator[tuple[tuple[int, ...], float]]:
    """Yield every table of an arm, found patient by patient, with its chance."""
    seen: dict[tuple[int, ...], float] = {}
    for patients in itertools.product(range(len(shares)), repeat=n):
        table = tuple(patients.count(level) for level in range(len(shares)))
        chance = math.prod(shares[level] for level in patients)
        seen[table] = seen.get(table, 0.0) + chance
    yield from seen.items()


def summed(
    p_value: Callable[[Tables], float], sizes: Sequence[int], arms: Any, level: float
) -> float:
    """Return the chance of a significant outcome."""
    found = 0.0
    for outcome in itertools.product(*map(ways, sizes, arms)):
        chance = math.prod(chance for _, chance in outcome)
        if p_value(tuple(table for table, _ in outcome)) <= level * (1 + 1e-9):
            found += chance
    return found


def rank_sum_p(side: str) -> Callable[[Tables], float]:
    """Return the test over every allocation of the pooled values."""

    def p_value(tables: Tables) -> float:
        first, second = ([g for g, n in enumerate(t) for _ in range(n)] for t in tables)
        values = [*first, *second]
        ranks = [
            sum(o < v for o in values) + (1 + sum(o == v for o in values)) / 2
            for v in values
        ]
        center = len(first) * (len(values) + 1) / 2

        def out(sum_: float) -> float:
            distances = {
                "two-sided": abs(sum_ - center),
                "greater": sum_,
                "less": -sum_,
            }
            return distances[side]

        seen = out(sum(ranks[: len(first)]))
        sums = [sum(own) for own in itertools.combinations(ranks, len(first))]
        return sum(out(one) >= seen - 1e-9 for one in sums) / len(sums)

    return p_value


def test_matches_r(reference: Callable[[str], list[dict[str, Any]]]) -> None:
    """Sums over all outcomes with the tests of R, to 1e-12."""
    for case in reference("power.json"):
        found = power(case["test"], case["arms"], case["n"], alternative=case["side"])
        assert found.method == "enumerated"
        assert found.power == pytest.approx(case["power"], abs=1e-12)


def test_matches_exact2x2(reference: Callable[[str], list[dict[str, Any]]]) -> None:
    """Fisher's and McNemar's tests, to 1e-12; R leaves out a chance of 1e-14."""
    for case in reference("power_exact2x2.json"):
        found = power(case["test"], case["arms"], case["n"], alternative=case["side"])
        assert found.method == "enumerated"
        assert found.power == pytest.approx(case["power"], abs=1e-12)


@settings(max_examples=20)  # each is a sum over some hundred outcomes
@given(
    arms=st.integers(2, 4).flatmap(
        lambda k: st.tuples(distributions(k), distributions(k))
    ),
    sizes=st.tuples(st.integers(1, 4), st.integers(1, 4)),
    level=st.sampled_from([0.01, 0.05, 0.1, 0.2, 0.5]),
    side=st.sampled_from(["two-sided", "greater", "less"]),
)
def test_rank_sums_are_those_of_every_outcome(
    arms: Any, sizes: tuple[int, int], level: float, side: Any
) -> None:
    """Two arms of grades: power and size equal the naive sums, also at the level."""
    found = power("mann-whitney", arms, sizes, level=level, alternative=side)
    absent = np.average(arms, axis=0, weights=sizes)
    p_value = rank_sum_p(side)
    assert found.method == "enumerated"
    assert found.power == pytest.approx(summed(p_value, sizes, arms, level), abs=1e-12)
    null = summed(p_value, sizes, [absent, absent], level)
    assert found.size == pytest.approx(null, abs=1e-12)


@settings(max_examples=15)  # each is two sums over up to 49 tests
@given(
    test=st.sampled_from(["fisher", "barnard", "boschloo"]),
    shares=st.tuples(st.floats(0, 1), st.floats(0, 1)),
    sizes=st.tuples(st.integers(1, 6), st.integers(1, 6)),
    level=st.sampled_from([0.01, 0.05, 0.1]),
)
def test_tests_of_two_shares_hold_their_level(
    test: Any, shares: Any, sizes: tuple[int, int], level: float
) -> None:
    """The size of an exact test is at most its level; equal shares give the size."""
    found = power(test, shares, sizes, level=level)
    assert 0.0 <= found.size <= level + 1e-9
    same = power(test, (shares[0], shares[0]), sizes, level=level)
    assert same.power == pytest.approx(same.size, abs=1e-12)


def test_staircase_of_the_unconditional_tests() -> None:
    """The edge of what is significant is that of one test after the other."""
    from iph.stats import barnard, boschloo

    for name, test in (("barnard", barnard), ("boschloo", boschloo)):
        expected = summed(
            lambda tables, test=test: (
                test(  # type: ignore[misc] # bound in the loop
                    [[tables[0][1], tables[0][0]], [tables[1][1], tables[1][0]]]
                ).p_value
            ),
            (3, 2),
            [(0.2, 0.8), (0.7, 0.3)],
            0.3,
        )
        found = power(name, [0.8, 0.3], (3, 2), level=0.3)  # type: ignore[arg-type] # a name
        assert found.power == pytest.approx(expected, abs=1e-12)


@given(share=st.floats(0.01, 0.99), null=st.floats(0.01, 0.99), n=st.integers(1, 40))
def test_one_share_is_its_interval(share: float, null: float, n: int) -> None:
    """A share is refused where the Clopper-Pearson interval leaves it out."""
    found = power("one-share", share, n, null=null)
    expected = sum(
        math.comb(n, k) * share**k * (1 - share) ** (n - k)
        for k in range(n + 1)
        if not proportion(k, n).low <= null <= proportion(k, n).high
    )
    assert found.power == pytest.approx(expected, abs=1e-9)
    assert found.size <= 0.05 + 1e-12


def test_levels_are_decimal_numbers() -> None:
    """A p-value of exactly 1/20 is at most 0.05: 3 against 3 apart have 2/20."""
    apart = [[1.0, 0.0], [0.0, 1.0]]
    assert power("mann-whitney", apart, 3, level=0.1).power == 1.0
    assert power("mann-whitney", apart, 3, level=0.05).power == 0.0
    one_sided = power("mann-whitney", apart, 3, level=0.05, alternative="less")
    assert one_sided.power == 1.0


def test_a_simulation_says_so() -> None:
    """It has intervals, its number of studies, and the documented seed."""
    arms = [[0.5, 0.3, 0.2], [0.1, 0.3, 0.6]]
    exact = power("mann-whitney", arms, 5)
    drawn = power("mann-whitney", arms, 5, method="simulated", n_simulations=500)
    assert (exact.method, drawn.method) == ("enumerated", "simulated")
    assert drawn.low is not None
    assert drawn.high is not None
    assert drawn.low <= exact.power <= drawn.high
    assert drawn.size_low is not None
    assert drawn.size_high is not None
    assert drawn.size_low <= exact.size <= drawn.size_high
    assert (drawn.seed, drawn.n_simulations) == (2023, 500)
    assert (exact.seed, exact.low, exact.n_simulations) == (None, None, None)


def seen(patients: int, gone: float, stays: float) -> tuple[np.ndarray[Any, Any], Any]:
    """Draw visits of patients one by one: recovery by a visit, unless lost before."""
    rng = np.random.default_rng(5)
    counts = np.zeros(5)
    for _ in range(patients):
        recovery = rng.choice(3, p=[0.5, 0.2, 0.3])
        outcome = 2
        for visit in range(2):
            if rng.random() > stays:
                outcome = 3 + visit
                break
            if recovery == visit:
                outcome = visit
                break
        counts[outcome] += 1
    return counts / patients, gone


def test_losses_are_spread_over_the_visits() -> None:
    """Of those still followed, the same share is lost before each visit."""
    from iph.design._planned_tests import assumed
    from iph.design._recovery_tests import with_lost

    arms = [[0.5, 0.2, 0.3]] * 2
    days = [7, 30]
    whole = assumed("logrank", arms, alternative="two-sided", days_=days, loss=0.36)
    found = with_lost(whole, whole.loss)
    expected, _ = seen(20_000, 0.36, 0.8)
    np.testing.assert_allclose(found.arms.sum(axis=1), 1.0, atol=1e-12)
    np.testing.assert_allclose(found.arms[0], expected, atol=0.015)


def test_recovery_with_losses_is_tested_as_seen() -> None:
    """With losses the p-values are those of the log-rank tests on what was seen."""
    from iph.design import _recovery_tests
    from iph.design._planned_tests import assumed

    arms = [[0.5, 0.2, 0.3]] * 2
    kept = assumed("logrank", arms, alternative="two-sided", days_=[7, 30], loss=0.2)
    tables = (4, 1, 2, 1, 2), (1, 2, 5, 1, 1)
    time = [7, 30, 30, 0, 7] * 2
    event = [True, True, False, False, False] * 2
    group = list("aaaaabbbbb")
    weights = [*tables[0], *tables[1]]
    for name, expected in (
        ("logrank", logrank(time, event, group, weights=weights, method="asymptotic")),
        (
            "interval-logrank",
            interval_logrank(
                [0, 7, 30, 0, 7] * 2,
                [7, 30, *[math.inf] * 3] * 2,
                group,
                weights=weights,
                method="asymptotic",
            ),
        ),
    ):
        p_value = getattr(_recovery_tests, name.replace("-", "_"))(tables, kept)
        assert p_value == pytest.approx(expected.p_value)


def test_losses_make_the_arms_smaller() -> None:
    """Of 30 recruited with a tenth lost, 27 are analyzed; 3 are said to be missing."""
    planned = power("fisher", [0.3, 0.8], 30, loss=0.1)
    assert planned.n_arms == (27, 27)
    assert planned.n_missing == 6
    assert planned.power == power("fisher", [0.3, 0.8], 27).power


@given(
    control=st.integers(2, 5).flatmap(distributions),
    odds=st.floats(0.01, 100),
)
def test_odds_are_proportional(control: list[float], odds: float) -> None:
    """Wherever the line is drawn, the odds above it are that many times as high."""
    shifted = proportional_odds(control, odds)
    assert sum(shifted) == pytest.approx(1.0)
    for line in range(1, len(control)):
        before, after = sum(control[line:]), sum(shifted[line:])
        if 1e-6 < before < 1 - 1e-6:
            ratio = after / (1 - after) / (before / (1 - before))
            assert ratio == pytest.approx(odds, rel=1e-6)


def test_a_distribution_shifted_by_one_stays() -> None:
    """An odds ratio of 1 is no difference."""
    assert proportional_odds([0.25, 0.25, 0.5], 1) == (0.25, 0.25, 0.5)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: power("fisher", [0.3, 1.2], 20), "from 0 to 1"),
        (lambda: power("fisher", [0.3], 20), "2 arms"),
        (lambda: power("fisher", 0.3, 20), "list"),
        (lambda: power("fisher", [[0.2, 0.2, 0.6]] * 2, 20), "2 probabilities"),
        (
            lambda: power("mann-whitney", [[0.5, 0.4], [0.5, 0.5]], 20),
            "sum to 1, got 0.9",
        ),
        (
            lambda: power("mann-whitney", [[0.5, None], [0.5, 0.5]], 20),
            "sum to 1, got nan",
        ),
        (lambda: power("mann-whitney", [[0.5, 0.5], [1.0]], 20), "as many"),
        (lambda: power("fisher", [0.3, 0.5], (20, 20, 20)), "n must be"),
        (lambda: power("fisher", [0.3, 0.5], 0), "from 1 to 1000000, got 0"),
        (lambda: power("fisher", [0.3, 0.5], 1, loss=0.5), "at least one patient"),
        (lambda: power("fisher", [0.3, 0.5], 20, loss=1.0), "loss"),
        (lambda: power("fisher", [0.3, 0.5], 20, null=0.3), "left out"),
        (lambda: power("one-share", 0.3, 20), "null must be given"),
        (lambda: power("one-share", 0.3, 20, null=1.0), "between 0 and 1"),
        (lambda: power("sign", [0.5, 0.5], 20, values=[1]), "2 numbers"),
        (lambda: power("logrank", [[0.5, 0.5]] * 2, 20, days=[7, 7]), "1 numbers"),
        (
            lambda: power("logrank", [[0.5, 0.1, 0.4]] * 2, 20, days=[7, 7]),
            "in order",
        ),
        (
            lambda: power("mcnemar", [0.2, 0.5, 0.1, 0.2], 9, alternative="less"),
            "no direction",
        ),
        (lambda: power("t-test", [0.3, 0.5], 20), "one of"),  # type: ignore[arg-type] # refused
    ],
)
def test_what_cannot_be_planned_is_refused(
    call: Callable[[], object], words: str
) -> None:
    """The message says what is wrong and what is allowed."""
    with pytest.raises(InputError, match=words):
        call()


def test_too_many_outcomes_are_refused_by_name_only() -> None:
    """By name enumeration has a limit; "auto" simulates instead."""
    arms = [np.full(11, 1 / 11)] * 2
    with pytest.raises(WorkError, match="simulated"):
        power("mann-whitney", arms, 60, method="enumerated")
    found = power("mann-whitney", arms, 60, n_simulations=2)
    assert found.method == "simulated"


def test_progress_is_shown() -> None:
    """Long work goes through what shows it."""
    steps: list[int] = []

    def shown(items: Any, *, total: int, desc: str) -> Any:
        assert desc == "kruskal-wallis"
        steps.append(total)
        return items

    power("kruskal-wallis", [0.3, 0.5], 5, progress=shown)
    assert steps == [36, 36]


def test_the_same_seed_gives_the_same_power() -> None:
    """A simulation can be repeated."""
    one, other = (
        power("fisher", [0.3, 0.5], 5, method="simulated", rng=7, n_simulations=200)
        for _ in range(2)
    )
    assert one == other
    assert one.seed is None
    assert one.power * 200 == pytest.approx(round(one.power * 200))


def test_log_rank_power_is_near_that_of_r(
    reference: Callable[[str], list[dict[str, Any]]],
) -> None:
    """Large-sample power in continuous time lies in the interval of weekly visits."""
    for case in reference("logrank_power.json"):
        last = case["days"]
        visits = list(range(7, last + 1, 7))
        edges = np.exp(-np.outer(case["rates"], [0, *visits]))
        arms = [[*-np.diff(row), row[-1]] for row in edges]
        found = power(
            "logrank",
            arms,
            case["n"],
            days=visits,
            loss=case["loss"],
            n_simulations=400,
        )
        assert found.low is not None
        assert found.high is not None
        assert found.low <= case["power"] <= found.high
