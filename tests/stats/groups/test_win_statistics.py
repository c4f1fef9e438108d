"""Win ratio, win odds and net benefit."""

import itertools
import math
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from iph.errors import InputError, WorkError
from iph.stats import mann_whitney, probability_of_superiority, win_statistics

PATIENTS = st.lists(
    st.tuples(
        st.integers(0, 1),  # group
        st.none() | st.integers(0, 4),  # day of death or last day seen
        st.none() | st.booleans(),  # died
        st.none() | st.integers(0, 3),  # grade
    ),
    min_size=2,
    max_size=9,
)
Patients = list[tuple[int, int | None, bool | None, int | None]]


def columns(patients: Patients) -> tuple[list[int], dict[str, Any]]:
    """Return the group, and death before the grade."""
    group, time, died, grade = (list(column) for column in zip(*patients, strict=True))
    return group, {"death": (time, died), "grade": grade}


def usable(patients: Patients) -> Patients:
    """Return the patients with any outcome."""
    return [
        p
        for p in patients
        if (p[1] is not None and p[2] is not None) or p[3] is not None
    ]


def winner(a: Any, b: Any) -> tuple[int, int]:
    """Return 1 if the first did better, -1 if worse, and which outcome said so."""
    (_, time_a, died_a, grade_a), (_, time_b, died_b, grade_b) = a, b
    if None not in (time_a, died_a, time_b, died_b):
        if died_b and (time_a > time_b or (time_a == time_b and not died_a)):
            return 1, 0
        if died_a and (time_b > time_a or (time_b == time_a and not died_b)):
            return -1, 0
    if grade_a is not None and grade_b is not None and grade_a != grade_b:
        return (1 if grade_a > grade_b else -1), 1
    return 0, 2


def balance(first: list[Any], second: list[Any]) -> int:
    """Return wins minus losses of all pairs."""
    return sum(winner(a, b)[0] for a in first for b in second)


@given(patients=PATIENTS)
def test_naive(patients: Patients) -> None:
    """Wins, losses and what decided them are those of a loop over pairs."""
    used = usable(patients)
    first = [p for p in used if p[0] == 0]
    second = [p for p in used if p[0] == 1]
    assume(first and second)
    found = win_statistics(*columns(patients))
    results = [winner(a, b) for a in first for b in second]
    for place, outcome in enumerate(found.outcomes):
        assert outcome.wins == results.count((1, place))
        assert outcome.losses == results.count((-1, place))
        assert outcome.open == sum(which > place for _, which in results)
    assert found.ties == results.count((0, 2))
    assert found.wins + found.losses + found.ties == len(first) * len(second)
    wins, losses, ties = found.wins, found.losses, found.ties
    assert found.net_benefit.estimate == pytest.approx((wins - losses) / len(results))
    if 2 * losses + ties:
        odds = (2 * wins + ties) / (2 * losses + ties)
        assert found.win_odds.estimate == pytest.approx(odds)
    else:
        assert found.win_odds.estimate == math.inf
    if losses:
        assert found.win_ratio.estimate == pytest.approx(wins / losses)
    assert (found.n, found.n_missing) == (len(used), len(patients) - len(used))


@settings(max_examples=25)  # all allocations each
@given(patients=PATIENTS, two_sided=st.sampled_from(["central", "abs"]))
def test_exact_p_value_counts_all_allocations(
    patients: Patients, two_sided: Any
) -> None:
    """The exact p-value is that of all allocations, gone through one by one."""
    used = usable(patients)
    sizes = [sum(p[0] == g for p in used) for g in (0, 1)]
    assume(all(sizes))
    observed = balance([p for p in used if p[0] == 0], [p for p in used if p[0] == 1])
    reached = []
    for chosen in itertools.combinations(range(len(used)), sizes[0]):
        rest = [p for i, p in enumerate(used) if i not in chosen]
        reached.append(balance([used[i] for i in chosen], rest))
    lower = sum(value <= observed for value in reached)
    upper = sum(value >= observed for value in reached)
    far = sum(abs(value) >= abs(observed) for value in reached)
    both = min(2 * min(lower, upper), len(reached)) if two_sided == "central" else far
    group, outcomes = columns(patients)
    sides: tuple[Any, ...] = (("two-sided", both), ("less", lower), ("greater", upper))
    for alternative, hits in sides:
        found = win_statistics(
            group,
            outcomes,
            alternative=alternative,
            two_sided=two_sided,
        )
        assert found.method == "exact"
        assert found.p_value == pytest.approx(float(Fraction(hits, len(reached))))


@given(patients=PATIENTS)
def test_swapped_groups(patients: Patients) -> None:
    """Swapping the groups turns wins into losses and leaves the p-value alone."""
    used = usable(patients)
    assume({p[0] for p in used} == {0, 1})
    found = win_statistics(*columns(patients))
    turned = win_statistics(*columns([(1 - p[0], *p[1:]) for p in patients]))
    assert (found.wins, found.losses) == (turned.losses, turned.wins)
    assert found.p_value == pytest.approx(turned.p_value)
    one, other = found.net_benefit, turned.net_benefit
    assert (one.low, one.high) == pytest.approx((-other.high, -other.low))
    ratio, inverse = found.win_ratio, turned.win_ratio
    if ratio.low > 1e-9:
        assert inverse.high == pytest.approx(1.0 / ratio.low, rel=1e-6)
    # All three intervals exclude no difference together.
    assert (ratio.low > 1.0) == (found.win_odds.low > 1.0) == (one.low > 0.0)
    for figure in (ratio, found.win_odds, one):
        if not math.isnan(figure.estimate):
            assert figure.low <= figure.estimate <= figure.high


@given(
    patients=st.lists(
        st.tuples(
            st.integers(0, 1), st.booleans(), st.integers(1, 9), st.integers(0, 3)
        ),
        min_size=2,
        max_size=12,
    )
)
def test_equal_follow_up_is_the_test_of_worst_ranks(patients: list[Any]) -> None:
    """With all survivors seen to the end it is Mann and Whitney's on worst ranks."""
    assume({p[0] for p in patients} == {0, 1})
    group = [p[0] for p in patients]
    time = [p[2] if p[1] else 10 for p in patients]
    found = win_statistics(
        group,
        {"death": (time, [p[1] for p in patients]), "grade": [p[3] for p in patients]},
        two_sided="abs",
    )
    # Same-day deaths are compared by their grades.
    worst = [(p[2] - 10) * 4 + p[3] if p[1] else p[3] + 1 for p in patients]
    samples = [[w for w, g in zip(worst, group, strict=True) if g == k] for k in (0, 1)]
    expected = mann_whitney(*samples)
    assert found.p_value == pytest.approx(expected.p_value)
    assert found.wins + found.ties / 2 == expected.statistic
    superior = probability_of_superiority(*samples)
    assert found.net_benefit.low == pytest.approx(2 * superior.low - 1)


@given(
    patients=st.lists(
        st.tuples(
            st.integers(0, 1),
            st.integers(0, 4),
            st.booleans(),
            st.integers(0, 3),
        ),
        min_size=2,
        max_size=5,
    ),
    counts=st.lists(st.integers(0, 3), min_size=5, max_size=5),
)
def test_weights_are_repeated_rows(patients: Any, counts: list[int]) -> None:
    """Case counts give what the repeated rows give."""
    weights = counts[: len(patients)]
    several = [p for p, w in zip(patients, weights, strict=True) for _ in range(w)]
    assume({p[0] for p in several} == {0, 1})
    group, outcomes = columns(patients)
    found = win_statistics(group, outcomes, weights=weights)
    assert found == win_statistics(*columns(several))


def test_gehan() -> None:
    """Gehan counts 271 more wins than losses in the 42 children of Freireich."""
    drug = [
        6,
        6,
        6,
        7,
        10,
        13,
        16,
        22,
        23,
        6,
        9,
        10,
        11,
        17,
        19,
        20,
        25,
        32,
        32,
        34,
        35,
    ]
    placebo = [1, 1, 2, 2, 3, 4, 4, 5, 5, 8, 8, 8, 8, 11, 11, 12, 12, 15, 17, 22, 23]
    event = [True] * 9 + [False] * 12 + [True] * 21
    group = ["drug"] * 21 + ["placebo"] * 21
    found = win_statistics(group, {"relapse": ([*drug, *placebo], event)})
    assert found.wins - found.losses == 271
    assert found.groups == ("drug", "placebo")
    wanted = win_statistics(
        group, {"relapse": ([*drug, *placebo], event)}, lower_is_better=["relapse"]
    )
    assert (wanted.wins, wanted.losses) == (found.losses, found.wins)


def test_lower_and_margins() -> None:
    """Lower can be better, and a win can ask for more than a margin."""
    group = list("aabb")
    pain = {"pain": [1.0, 2.5, 2.0, 4.0]}
    found = win_statistics(group, pain, lower_is_better=("pain",))
    assert (found.wins, found.losses) == (3, 1)
    wide = win_statistics(group, pain, lower_is_better=("pain",), margins={"pain": 1})
    assert (wide.wins, wide.losses, wide.ties) == (2, 0, 2)
    tenths = win_statistics(list("ab"), {"x": [0.3, 0.1]}, margins={"x": 0.2})
    assert tenths.ties == 1  # 0.3 - 0.1 is 0.2, whatever floats say
    days = {"death": ([10, 30, 12, 40], [True, False, True, False])}
    assert win_statistics(group, days).wins == 1
    assert win_statistics(group, days).losses == 2
    later = win_statistics(group, days, margins={"death": 5})
    assert (later.wins, later.losses) == (1, 1)


def test_without_wins_or_losses() -> None:
    """Ratios without losses are infinite, and without either not defined."""
    found = win_statistics(list("aabb"), {"x": [3, 4, 1, 2]})
    assert found.win_ratio.estimate == math.inf
    assert found.win_ratio.high == math.inf
    assert found.win_ratio.low > 0.0
    assert found.win_odds.estimate == math.inf
    assert found.net_benefit.estimate == 1.0
    lost = win_statistics(list("bbaa"), {"x": [3, 4, 1, 2]})
    assert (lost.win_ratio.estimate, lost.win_ratio.low) == (0.0, 0.0)
    tied = win_statistics(list("aabb"), {"x": [3, 3, 3, 3]})
    assert math.isnan(tied.win_ratio.estimate)
    assert (tied.win_ratio.low, tied.win_ratio.high) == (0.0, math.inf)
    assert math.isnan(tied.z)
    assert tied.p_value == 1.0


def test_monte_carlo_and_asymptotic_near_exact() -> None:
    """Random allocations and the normal distribution come near all of them."""
    rng = np.random.default_rng(11)
    group = np.repeat([0, 1], [14, 16])
    outcomes = {
        "death": (rng.integers(1, 9, 30), rng.random(30) < 0.3),
        "grade": rng.integers(0, 5, 30) + group,
    }
    exact = win_statistics(group, outcomes)
    drawn = win_statistics(group, outcomes, method="monte-carlo", rng=3)
    normal = win_statistics(group, outcomes, method="asymptotic")
    assert drawn.p_low is not None
    assert drawn.p_high is not None
    assert drawn.p_low <= exact.p_value <= drawn.p_high
    assert normal.p_value == pytest.approx(exact.p_value, abs=0.03)
    for alternative in ("less", "greater"):
        one = win_statistics(
            group,
            outcomes,
            method="asymptotic",
            alternative=alternative,
        )
        all_ = win_statistics(group, outcomes, alternative=alternative)
        assert one.p_value == pytest.approx(all_.p_value, abs=0.03)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"group": [1, 1, 1]}, "of two groups with an outcome"),
        ({"group": [1, 2, 3]}, "of two groups with an outcome"),
        ({"outcomes": {}}, "a mapping of names to outcomes"),
        ({"outcomes": [1, 2, 3]}, "a mapping of names to outcomes"),
        ({"outcomes": {"x": [1, 2]}}, "as long as group"),
        ({"outcomes": {"x": ([1, 2, 3], [True])}}, "as long as group"),
        ({"outcomes": {"x": ([1, 2], [True, True, True])}}, "as long as group"),
        ({"lower_is_better": ["y"]}, "among the names of the outcomes"),
        ({"lower_is_better": "x"}, "a list of names"),
        ({"margins": {"y": 1}}, "among the names of the outcomes"),
        ({"margins": [1]}, "a mapping of names to numbers"),
        ({"margins": {"x": -1}}, "margins"),
        ({"margins": {"x": math.inf}}, "finite"),
    ],
)
def test_refused(change: dict[str, Any], message: str) -> None:
    """What cannot be compared is refused with the reason."""
    given_: dict[str, Any] = {
        "group": [1, 2, 1],
        "outcomes": {"x": [1, 2, 3]},
        **change,
    }
    with pytest.raises(InputError, match=message):
        win_statistics(given_.pop("group"), given_.pop("outcomes"), **given_)


def test_too_many_rows() -> None:
    """Pairs of tens of thousands of rows are refused before the work begins."""
    n = 20_001
    with pytest.raises(WorkError, match="weights="):
        win_statistics(np.arange(n) % 2, {"x": np.arange(n)})
