"""The interval-censored log-rank test: R's values, full enumeration, properties."""

import itertools
import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from iph.errors import DataError, InputError, WorkError
from iph.stats import interval_logrank, logrank, turnbull
from iph.testing import recovery_intervals, survival_data

Reference = Callable[[str], list[dict[str, Any]]]
RULES = {"sun": "logrank1", "finkelstein": "logrank2"}


def ends(case: dict[str, Any]) -> list[float]:
    """Return right ends, null being infinity (JSON has none)."""
    return [math.inf if end is None else end for end in case["right"]]


def naive_scores(left: list[float], right: list[float], rule: str) -> list[float]:
    """Score each patient from the curve, as Sun (1996) and Finkelstein (1986)."""
    curve = turnbull(left, right)
    cells = list(zip(curve.left, curve.right, curve.mass, strict=True))

    def part(inside: list[bool], before: list[bool]) -> tuple[float, float]:
        """Return S log R before the first cell and after the last one."""
        out = []
        for gone in (before, [a or b for a, b in zip(inside, before, strict=True)]):
            survival, hazard = 1.0, 0.0
            for (_, _, mass), is_gone in zip(cells, gone, strict=True):
                if is_gone:
                    hazard += mass / survival
                    survival -= mass
            if survival < 1e-9:
                out.append(0.0)
            elif rule == "sun":
                out.append(-survival * hazard)
            else:
                out.append(survival * math.log(survival))
        return out[0], out[1]

    scores = []
    for low, high in zip(left, right, strict=True):
        inside = [
            a == b == low
            if low == high
            else a >= low and b <= high and (a, b) != (low, low)
            for a, b, _ in cells
        ]
        first = inside.index(True)
        before = [j < first for j in range(len(cells))]
        start, end = part(inside, before)
        covered = sum(m for (_, _, m), i in zip(cells, inside, strict=True) if i)
        scores.append((start - end) / covered)
    return scores


def enumerated(scores: list[float], group: list[int], two_sided: str) -> float:
    """Go through all allocations of the scores, with a tolerance for floats."""
    size, total = sum(group), sum(scores)
    mean = size * total / len(scores)
    observed = sum(s for s, g in zip(scores, group, strict=True) if g)
    sums = [sum(chosen) for chosen in itertools.combinations(scores, size)]
    if two_sided == "abs":
        far = abs(observed - mean)
        return sum(abs(x - mean) >= far - 1e-9 for x in sums) / len(sums)
    upper = sum(x >= observed - 1e-9 for x in sums)
    lower = sum(x <= observed + 1e-9 for x in sums)
    return min(2 * min(upper, lower), len(sums)) / len(sums)


def chi_square(scores: list[float], group: list[int]) -> float:
    """Return the permutation statistic of Fay and Shaw (2010) by loops."""
    n = len(scores)
    mean = sum(scores) / n
    between = 0.0
    for label in set(group):
        mine = [s for s, g in zip(scores, group, strict=True) if g == label]
        between += (sum(mine) - len(mine) * mean) ** 2 / len(mine)
    return (n - 1) * between / sum((s - mean) ** 2 for s in scores)


@st.composite
def grouped_intervals(
    draw: st.DrawFn, groups: int = 2, max_size: int = 9
) -> tuple[list[int], list[float], list[int]]:
    """Draw intervals with a group each, no group empty."""
    left, right = draw(recovery_intervals(min_size=groups, max_size=max_size))
    group = [
        *range(groups),
        *draw(
            st.lists(
                st.integers(0, groups - 1),
                min_size=len(left) - groups,
                max_size=len(left) - groups,
            )
        ),
    ]
    return left, right, draw(st.permutations(group))


def test_breast_cosmesis(reference: Reference) -> None:
    """The figures printed by Fay and Shaw, J Stat Softw 2010;36(2), section 3.

    Z = -2.6684, p = 0.007622 with Sun's scores, the sums -9.141846 and 9.141846; with
    Finkelstein's scores the sums are -9.944182 and 9.944182 (Finkelstein 1986: 9.94).
    """
    case = reference("interval_logrank.json")[0]
    sun = interval_logrank(case["left"], ends(case), case["group"])
    assert sun.groups == ("Rad", "RadChem")
    assert sun.group_sizes == (46, 48)
    assert sun.z == pytest.approx(-2.6684, abs=5e-5)
    assert sun.p_value == pytest.approx(0.007622, abs=5e-7)
    assert sun.score_sums == pytest.approx((-9.141846, 9.141846), abs=5e-6)
    other = interval_logrank(
        case["left"], ends(case), case["group"], scores="finkelstein"
    )
    assert other.score_sums == pytest.approx((-9.944182, 9.944182), abs=5e-6)
    assert other.z == pytest.approx(-2.6839, abs=5e-5)


@pytest.mark.parametrize("rule", ["sun", "finkelstein"])
def test_asymptotic_values_are_those_of_r(reference: Reference, rule: Any) -> None:
    """Statistic, p-value and sums of scores of ictest, for two and three groups."""
    for case in reference("interval_logrank.json"):
        expected = case[RULES[rule]]
        found = interval_logrank(case["left"], ends(case), case["group"], scores=rule)
        assert found.statistic == pytest.approx(expected["statistic"], rel=1e-9)
        assert found.p_value == pytest.approx(expected["p_value"], abs=1e-9)
        assert found.kkt_gap <= 1e-10
        for label, total in zip(found.groups, found.score_sums, strict=True):
            summed = sum(
                score
                for score, group in zip(expected["scores"], case["group"], strict=True)
                if group == label
            )
            assert total == pytest.approx(summed, abs=1e-9)


@pytest.mark.parametrize("rule", ["sun", "finkelstein"])
@pytest.mark.parametrize("two_sided", ["abs", "central"])
def test_exact_values_are_those_of_r(
    reference: Reference, rule: Any, two_sided: Any
) -> None:
    """Exact p-values of ictest's network algorithm."""
    cases = [
        case
        for case in reference("interval_logrank.json")
        if f"exact_{two_sided}" in case[RULES[rule]]
    ]
    assert len(cases) > 100
    for case in cases:
        found = interval_logrank(
            case["left"],
            ends(case),
            case["group"],
            scores=rule,
            method="exact",
            two_sided=two_sided,
        )
        expected = case[RULES[rule]][f"exact_{two_sided}"]
        assert found.p_value == pytest.approx(expected, abs=1e-12)


@given(
    grouped_intervals(),
    st.sampled_from(["sun", "finkelstein"]),
    st.sampled_from(["abs", "central"]),
)
def test_exact_is_full_enumeration(
    data: tuple[list[int], list[float], list[int]], rule: Any, two_sided: Any
) -> None:
    """The exact p-value counts all allocations of independently computed scores."""
    left, right, group = data
    scores = naive_scores([float(x) for x in left], right, rule)
    found = interval_logrank(
        left, right, group, scores=rule, method="exact", two_sided=two_sided
    )
    assert found.p_value == pytest.approx(
        enumerated(scores, group, two_sided), abs=1e-12
    )
    allocations = math.comb(len(group), sum(group))
    assert found.p_value * allocations == pytest.approx(
        round(found.p_value * allocations), abs=1e-6
    )
    if max(scores) - min(scores) > 1e-6:
        assert found.statistic == pytest.approx(chi_square(scores, group), rel=1e-8)
        assert found.z**2 == pytest.approx(found.statistic, rel=1e-12)


@given(grouped_intervals(groups=3, max_size=7))
def test_exact_of_three_groups_is_full_enumeration(
    data: tuple[list[int], list[float], list[int]],
) -> None:
    """With three groups all arrangements of the labels are gone through."""
    left, right, group = data
    scores = naive_scores([float(x) for x in left], right, "sun")
    assume(max(scores) - min(scores) > 1e-6)
    observed = chi_square(scores, group)
    arrangements = list(itertools.permutations(group))
    extreme = sum(chi_square(scores, list(g)) >= observed - 1e-8 for g in arrangements)
    found = interval_logrank(left, right, group, method="exact")
    assert found.statistic == pytest.approx(observed, rel=1e-8)
    assert found.p_value == pytest.approx(extreme / len(arrangements), abs=1e-12)
    assert math.isnan(found.z)
    assert found.df == 2


@given(survival_data(min_size=2, max_size=10))
def test_known_days_give_the_logrank_test(
    rows: tuple[list[int], list[bool], list[int]],
) -> None:
    """With exact days, Sun's scores and their exact p-value are the log-rank test's."""
    time, event, group = rows
    assume(len(set(group)) == 2 and any(event))
    right = [t if e else math.inf for t, e in zip(time, event, strict=True)]
    found = interval_logrank(time, right, group, method="exact")
    known = logrank(time, event, group, method="exact")
    for total, seen, expected in zip(
        found.score_sums, known.observed, known.expected, strict=True
    ):
        assert total == pytest.approx(seen - expected, abs=1e-9)
    if not math.isnan(known.p_value):
        assert found.p_value == pytest.approx(known.p_value, abs=1e-12)


@given(grouped_intervals(max_size=15), st.randoms(use_true_random=False))
def test_row_order_and_group_names_do_not_matter(
    data: tuple[list[int], list[float], list[int]], shuffler: Any
) -> None:
    """Shuffled rows change nothing; swapped groups flip the sign and nothing else."""
    found = interval_logrank(*data)
    rows = list(zip(*data, strict=True))
    shuffler.shuffle(rows)
    again = interval_logrank(*zip(*rows, strict=True))
    assert repr(again) == repr(found)
    left, right, group = data
    swapped = interval_logrank(left, right, ["b" if g == 0 else "a" for g in group])
    assert swapped.score_sums == found.score_sums[::-1]
    assert swapped.statistic == pytest.approx(found.statistic, rel=1e-12, nan_ok=True)
    assert swapped.p_value == pytest.approx(found.p_value, rel=1e-9, nan_ok=True)
    if not math.isnan(found.z) and found.statistic > 1e-12:
        assert swapped.z == pytest.approx(-found.z, rel=1e-9)


@given(grouped_intervals(), st.data())
def test_weights_are_repeated_rows(
    data: tuple[list[int], list[float], list[int]], draw: st.DataObject
) -> None:
    """A row of weight 3 is three patients, for every method."""
    left, right, group = data
    counts = draw.draw(
        st.lists(st.integers(1, 3), min_size=len(left), max_size=len(left))
    )
    columns = [np.repeat(column, counts) for column in data]
    for method in ("asymptotic", "exact"):
        weighted = interval_logrank(
            left,
            right,
            group,
            weights=counts,
            method=method,
        )
        repeated = interval_logrank(*columns, method=method)
        assert repr(weighted) == repr(repeated)


@pytest.mark.parametrize(
    ("groups", "two_sided"), [(2, "abs"), (2, "central"), (3, "abs")]
)
def test_simulated_interval_holds_the_exact_p(two_sided: Any, groups: int) -> None:
    """The 99 % interval of the simulated p-value holds the exact one, at this seed."""
    left = [0, 0, 7, 7, 30, 7, 30, 91, 91, 182, 30, 7]
    right = [7, 7, 30, 30, 91, 91, 91, 182, 182, math.inf, math.inf, math.inf]
    group = [j % groups for j in range(12)]
    group[:4] = [0] * 4
    exact = interval_logrank(left, right, group, method="exact", two_sided=two_sided)
    drawn = interval_logrank(
        left,
        right,
        group,
        method="monte-carlo",
        two_sided=two_sided,
        n_resamples=6000,
        rng=2023,
    )
    assert (exact.p_low, exact.p_high, exact.method) == (None, None, "exact")
    assert drawn.p_low is not None
    assert drawn.p_high is not None
    assert drawn.p_low <= exact.p_value <= drawn.p_high
    assert drawn.p_low <= drawn.p_value <= drawn.p_high
    assert (drawn.method, drawn.two_sided) == ("monte-carlo", two_sided)


def test_progress_and_seed() -> None:
    """The callable sees the chunks; the numbers depend on the seed alone."""
    seen: list[tuple[str, int, int]] = []

    def progress(what: str, done: int, total: int) -> None:
        seen.append((what, done, total))

    data = ([0, 7, 7, 30], [7, 30, 91, 91], [0, 0, 1, 1])
    options: dict[str, Any] = {"method": "monte-carlo", "n_resamples": 5100}
    first = interval_logrank(*data, rng=5, progress=progress, **options)
    assert seen == [("allocations", done, 3) for done in range(4)]
    again = interval_logrank(*data, rng=np.random.default_rng(5), **options)
    assert first.p_value == again.p_value


def test_auto_asks_the_protocol() -> None:
    """Permutations only if visits were alike; large groups are asymptotic."""
    draw = np.random.default_rng(1)
    small = ([0, 7, 7, 30], [7, 30, 91, 91], [0, 0, 1, 1])
    known = interval_logrank(*small, equal_follow_up=True)
    assert (known.method, known.equal_follow_up, known.caution) == ("exact", True, "")
    for said in (None, False):
        unknown = interval_logrank(*small, equal_follow_up=said)
        assert (unknown.method, unknown.equal_follow_up) == ("asymptotic", False)
        assert "equal_follow_up" in unknown.caution
    left = draw.exponential(50, 200)
    right, group = left + draw.exponential(50, 200), draw.integers(0, 2, 200)
    simulated = interval_logrank(
        left, right, group, equal_follow_up=True, n_resamples=2500
    )
    assert (simulated.method, simulated.seed) == ("monte-carlo", 2023)
    named = interval_logrank(
        left, right, group, equal_follow_up=True, n_resamples=2500, rng=1
    )
    assert named.seed is None
    with pytest.raises(WorkError, match="monte-carlo"):
        interval_logrank(left, right, group, method="exact")
    many = interval_logrank(
        [0, 7], [7, 30], ["a", "b"], weights=[4000, 2000], equal_follow_up=True
    )
    assert (many.method, many.caution) == ("asymptotic", "")


@given(grouped_intervals(), st.sampled_from(["sun", "finkelstein"]))
@example(  # a cell in which the estimate has no mass, just so
    (
        [0, 7, 7, 30, 30, 0, 0, 0, 0],
        [7.0, 91.0, 91.0, 91.0, 91.0, 7.0, 30.0, 30.0, 91.0],
        [0, 1, 0, 0, 0, 0, 0, 0, 0],
    ),
    "sun",
)
def test_one_sided_is_a_tail(
    data: tuple[list[int], list[float], list[int]], rule: Any
) -> None:
    """Counted over all allocations: the first group recovers as early at least."""
    left, right, group = data
    scores = naive_scores([float(x) for x in left], right, rule)
    first = [k for k, g in enumerate(group) if g == min(group)]
    observed = sum(scores[k] for k in first)
    sums = [
        sum(scores[k] for k in chosen)
        for chosen in itertools.combinations(range(len(group)), len(first))
    ]
    for side, hits in (
        ("greater", sum(s >= observed - 1e-9 for s in sums)),
        ("less", sum(s <= observed + 1e-9 for s in sums)),
    ):
        options: Any = {"scores": rule, "alternative": side}
        found = interval_logrank(left, right, group, method="exact", **options)
        assert found.p_value == pytest.approx(hits / len(sums), abs=1e-12)
        drawn = interval_logrank(
            left, right, group, method="monte-carlo", rng=1, n_resamples=400, **options
        )
        assert drawn.p_value == pytest.approx(found.p_value, abs=0.13)
        normal = interval_logrank(left, right, group, method="asymptotic", **options)
        if not math.isnan(normal.z):
            sign = 1 if side == "greater" else -1
            tail = 0.5 * math.erfc(sign * normal.z / math.sqrt(2))
            assert normal.p_value == pytest.approx(tail)


def test_nobody_recovered() -> None:
    """Without any recovery all scores are zero: no statistic, exact p-value 1."""
    data = ([7, 30, 30], [math.inf] * 3, [0, 1, 1])
    found = interval_logrank(*data)
    assert math.isnan(found.statistic)
    assert math.isnan(found.p_value)
    assert found.score_sums == (0.0, 0.0)
    for two_sided in ("abs", "central"):
        exact = interval_logrank(*data, method="exact", two_sided=two_sided)
        assert exact.p_value == 1.0
        drawn = interval_logrank(
            *data,
            method="monte-carlo",
            two_sided=two_sided,
            rng=1,
            n_resamples=99,
        )
        assert drawn.p_value == 1.0


def test_group_without_patients() -> None:
    """A group of which everyone is missing leaves nothing to compare."""
    for method in ("asymptotic", "exact"):
        found = interval_logrank(
            [0, 7, None],
            [7, 30, 30],
            ["a", "a", "b"],
            method=method,
        )
        assert math.isnan(found.statistic)
        assert math.isnan(found.p_value)
        assert (found.group_sizes, found.n_missing) == ((2, 0), 1)


def test_disjoint_groups() -> None:
    """Groups that do not overlap are the most extreme allocation of all."""
    found = interval_logrank(
        [0, 0, 0, 30, 30, 30], [7, 7, 7, 91, 91, 91], [0, 0, 0, 1, 1, 1], method="exact"
    )
    assert found.p_value == pytest.approx(2 / math.comb(6, 3), abs=1e-12)
    assert found.z > 0.0


def test_missing_group_is_counted() -> None:
    """A patient without a group is left out like one without an interval."""
    found = interval_logrank([0, 7, 7, 0], [7, 30, 30, 7], ["a", "b", None, "b"])
    assert (found.n, found.n_missing, found.group_sizes) == (3, 1, (1, 2))


@pytest.mark.parametrize(
    ("group", "options", "message"),
    [
        ([0, 0], {}, "group must be labels of at least two groups"),
        ([0, 1, 1], {}, r"group must be as long as left \(2\), got 3"),
        ([0, 1], {"scores": "peto"}, "scores must be one of 'sun', 'finkelstein'"),
        ([0, 1], {"method": "network"}, "method must be one of"),
        ([0, 1], {"two_sided": "double"}, "two_sided must be one of"),
        ([0, 1], {"method": "monte-carlo"}, "rng must be a numpy Generator"),
        ([0, 1], {"n_resamples": 0}, "n_resamples must be a whole number"),
    ],
)
def test_wrong_options_are_refused(
    group: list[int], options: dict[str, Any], message: str
) -> None:
    """The message says what the argument must be."""
    with pytest.raises(InputError, match=message):
        interval_logrank([0, 7], [7, 30], group, **options)


def test_nothing_left_is_refused() -> None:
    """Without a patient there is nothing to test."""
    with pytest.raises(DataError, match="no patient has both ends"):
        interval_logrank([None, None], [7, 7], [0, 1])


def test_simulated_central_is_twice_the_tail() -> None:
    """The hits of the smaller tail are doubled as a p-value, as in `logrank`.

    The scores are those of the log-rank test where all days are known: with separated
    groups no draw reaches the observed sum, so p is 2 / (N + 1).
    """
    days = list(range(1, 21))
    group = ["a"] * 10 + ["b"] * 10
    found = interval_logrank(
        days,
        days,
        group,
        method="monte-carlo",
        two_sided="central",
        rng=1,
        n_resamples=999,
    )
    assert found.p_value == pytest.approx(2 / 1000, abs=1e-15)
    assert found.p_low == 0.0
    # Twice the upper 99 % bound of no hit in 999 draws.
    assert found.p_high == pytest.approx(2 * (1 - 0.005 ** (1 / 999)), rel=1e-9)
