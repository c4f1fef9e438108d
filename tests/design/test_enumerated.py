"""Every test that can be planned, against sums over all patients and simulation."""

import itertools
import math
from collections.abc import Callable, Sequence
from typing import Any, Final

import attrs
import numpy as np
import pytest

from iph import stats
from iph.design import power, sample_size
from iph.design._planned_tests import TESTS
from iph.stats import proportion

Outcomes = tuple[tuple[Any, ...], ...]  # the outcome of each patient, arm by arm


@attrs.frozen(kw_only=True)
class Design:
    """A small study, its p-value from its patients, and "no difference" by hand."""

    test: str
    arms: Any
    n: tuple[int, ...]
    p_value: Callable[[Outcomes], float]
    null: Any
    more: dict[str, Any] = attrs.field(factory=dict)
    level: float = 0.05
    null_values: Any = None  # of the outcomes, where "no difference" has others


def summed(design: Design, arms: Any, values: Any) -> float:
    """Return the chance of p <= level, patient by patient."""
    rows = [[1 - a, a] if isinstance(a, float) else a for a in arms]
    each: list[dict[tuple[int, ...], float]] = []
    for n, shares in zip(design.n, rows, strict=True):
        seen: dict[tuple[int, ...], float] = {}
        for patients in itertools.product(range(len(shares)), repeat=n):
            chance = math.prod(shares[one] for one in patients)
            alike = tuple(sorted(patients))
            seen[alike] = seen.get(alike, 0.0) + chance
        each.append(seen)
    found = []
    for outcome in itertools.product(*(one.items() for one in each)):
        chance = math.prod(chance for _, chance in outcome)
        told = tuple(patients for patients, _ in outcome)
        if values is not None:
            told = tuple(tuple(values[one] for one in arm) for arm in told)
        if chance and design.p_value(told) <= design.level * (1.0 + 1e-12):
            found.append(chance)
    return math.fsum(found)


def defined(p_value: float) -> float:
    """Return a p-value, or 1 where there is none."""
    return 1.0 if math.isnan(p_value) else p_value


def table(arms: Outcomes) -> list[list[int]]:
    """Return with and without the outcome, arm by arm."""
    return [[arm.count(1), arm.count(0)] for arm in arms]


def fisher(arms: Outcomes) -> float:
    """Return the share of tables at most as likely, in whole numbers."""
    (a, b), (c, d) = table(arms)
    ways = {
        x: math.comb(a + b, x) * math.comb(c + d, a + c - x)
        for x in range(max(0, a - d), min(a + b, a + c) + 1)
    }
    return sum(w for w in ways.values() if w <= ways[a]) / sum(ways.values())


def coin(ups: int, downs: int) -> float:
    """Return twice the smaller tail of a fair coin."""
    n, least = ups + downs, min(ups, downs)
    ways = sum(math.comb(n, k) for k in range(least + 1))
    return min(1.0, 2.0 * ways / float(2**n))


def one_share(arms: Outcomes) -> float:
    """Return twice the smaller tail of six patients with a share of 0.4."""
    having = arms[0].count(1)
    ways = [math.comb(6, k) * 0.4**k * 0.6 ** (6 - k) for k in range(7)]
    return min(1.0, 2 * min(sum(ways[having:]), sum(ways[: having + 1])))


def mcnemar(arms: Outcomes) -> float:
    """Return the test of those with one outcome and not the other."""
    return coin(arms[0].count(1), arms[0].count(2))


def signs(arms: Outcomes) -> float:
    """Return the test of those who changed."""
    return coin(sum(v > 0 for v in arms[0]), sum(v < 0 for v in arms[0]))


def signed_ranks(arms: Outcomes) -> float:
    """Return the share of all signs that are as far out; nobody changed: 1."""
    changes = [v for v in arms[0] if v]
    if not changes:
        return 1.0
    sizes = [abs(v) for v in changes]
    ranks = [
        sum(o < v for o in sizes) + (1 + sum(o == v for o in sizes)) / 2 for v in sizes
    ]
    seen = sum(r for r, v in zip(ranks, changes, strict=True) if v > 0)
    sums = [
        sum(r for r, up in zip(ranks, ups, strict=True) if up)
        for ups in itertools.product([0, 1], repeat=len(ranks))
    ]
    middle = sum(ranks) / 2
    far = [abs(one - middle) >= abs(seen - middle) - 1e-9 for one in sums]
    return float(sum(far)) / len(far)


def margin_of_shares(arms: Outcomes) -> float:
    """Return twice the one-sided p-value against 30 points less."""
    return min(1.0, 2 * stats.shares_within_margins(table(arms), lower=-0.3).p_value)


def margin_of_scores(arms: Outcomes) -> float:
    """Return twice the one-sided p-value against a shift of one down."""
    found = stats.mann_whitney(
        [v + 1 for v in arms[0]], list(arms[1]), alternative="greater"
    )
    return min(1.0, 2 * found.p_value)


def by_arm(arms: Outcomes) -> tuple[list[Any], list[int]]:
    """Return the values of all patients, and the arm of each."""
    values = [one for arm in arms for one in arm]
    return values, [place for place, arm in enumerate(arms) for _ in arm]


def within(test: Callable[..., Any], **options: Any) -> Callable[[Outcomes], float]:
    """Return the test of the courses of one group."""
    return lambda arms: defined(test([list(one) for one in arms[0]], **options).p_value)


def between(effect: str) -> Callable[[Outcomes], float]:
    """Return the test of the courses of two arms."""

    def p_value(arms: Outcomes) -> float:
        rows, groups = by_arm(arms)
        found = stats.group_by_visit([list(row) for row in rows], groups)
        return defined(getattr(found, effect).p_value)

    return p_value


def recovery(arms: Outcomes) -> float:
    """Return the log-rank test of days 7 and 30, where 2 is never."""
    values, groups = by_arm(arms)
    time, event = [[7, 30, 30][v] for v in values], [v < 2 for v in values]
    return defined(stats.logrank(time, event, groups, equal_follow_up=True).p_value)


def censored(arms: Outcomes) -> float:
    """Return the interval-censored test of the same."""
    values, groups = by_arm(arms)
    left, right = (
        [[0, 7, 30][v] for v in values],
        [[7, 30, math.inf][v] for v in values],
    )
    found = stats.interval_logrank(left, right, groups, equal_follow_up=True)
    return defined(found.p_value)


def kappa(arms: Outcomes) -> float:
    """Return 0 where the 50 % interval of two grades by two readers leaves 0 out."""
    pairs = [divmod(one, 2) for one in arms[0]]
    found = stats.weighted_kappa(
        *zip(*pairs, strict=True), levels=[0, 1], confidence_level=0.5
    )
    if math.isnan(found.low):
        return 1.0
    return float(found.low <= 0.0 <= found.high)


_GRADES: Final = ([0.5, 0.3, 0.2], [0.1, 0.3, 0.6])
_MEAN_OF_GRADES: Final = ([0.3, 0.3, 0.4],) * 2
_THREE: Final = ([0.8, 0.2], [0.5, 0.5], [0.2, 0.8])
_HALVES: Final = ([0.5, 0.5],) * 3
_COURSES: Final = [(0, 1, 2), (1, 0, 2), (2, 1, 0)]
_ORDERS: Final = sorted(itertools.permutations(range(3)))
_PAIRS: Final = [(0, 0), (0, 1), (1, 1)]

DESIGNS: Final = (
    Design(
        test="mann-whitney",
        arms=_GRADES,
        n=(4, 4),
        p_value=lambda arms: stats.mann_whitney(*map(list, arms)).p_value,
        null=_MEAN_OF_GRADES,
    ),
    Design(
        test="kruskal-wallis",
        arms=_THREE,
        n=(3, 3, 3),
        p_value=lambda arms: stats.kruskal_wallis(*map(list, arms)).p_value,
        null=_HALVES,
    ),
    Design(
        test="jonckheere-terpstra",
        arms=_THREE,
        n=(3, 3, 3),
        p_value=lambda arms: stats.jonckheere_terpstra(*map(list, arms)).p_value,
        null=_HALVES,
    ),
    Design(
        test="fisher", arms=[0.9, 0.3], n=(6, 5), p_value=fisher, null=[6.9 / 11] * 2
    ),
    Design(
        test="barnard",
        arms=[0.9, 0.4],
        n=(3, 3),
        p_value=lambda arms: stats.barnard(table(arms)).p_value,
        null=[0.65] * 2,
        level=0.2,
    ),
    Design(
        test="boschloo",
        arms=[0.9, 0.4],
        n=(3, 3),
        p_value=lambda arms: stats.boschloo(table(arms)).p_value,
        null=[0.65] * 2,
        level=0.2,
    ),
    Design(
        test="shares-within-margins",
        arms=[0.9, 0.8],
        n=(3, 3),
        p_value=margin_of_shares,
        null=[0.5, 0.8],
        more={"lower": -0.3},
        level=0.5,
    ),
    Design(
        test="scores-within-margins",
        arms=_GRADES,
        n=(4, 4),
        p_value=margin_of_scores,
        null=([0.1, 0.3, 0.6, 0.0], [0.0, 0.1, 0.3, 0.6]),
        more={"values": [0, 1, 2], "lower": -1},
        null_values=[-1, 0, 1, 2],
        level=0.2,
    ),
    Design(
        test="one-share",
        arms=[0.9],
        n=(6,),
        p_value=one_share,
        null=[0.4],
        more={"null": 0.4},
    ),
    Design(
        test="mcnemar",
        arms=[[0.1, 0.7, 0.1, 0.1]],
        n=(6,),
        p_value=mcnemar,
        null=[[0.1, 0.4, 0.4, 0.1]],
        level=0.1,
    ),
    Design(
        test="sign",
        arms=[[0.1, 0.1, 0.8]],
        n=(6,),
        p_value=signs,
        null=[[0.4, 0.05, 0.1, 0.05, 0.4]],
        more={"values": [-1, 0, 2]},
        null_values=[-2, -1, 0, 1, 2],
        level=0.1,
    ),
    Design(
        test="wilcoxon-signed-rank",
        arms=[[0.1, 0.2, 0.7]],
        n=(6,),
        p_value=signed_ranks,
        null=[[0.35, 0.15, 0.15, 0.35]],
        more={"values": [-1, 1, 2]},
        null_values=[-2, -1, 1, 2],
        level=0.1,
    ),
    Design(
        test="friedman",
        arms=[[0.7, 0.2, 0.1]],
        n=(4,),
        p_value=within(stats.friedman),
        null=[[1 / 6] * 6],
        more={"values": _COURSES},
        null_values=_ORDERS,
    ),
    Design(
        test="page-trend",
        arms=[[0.7, 0.2, 0.1]],
        n=(4,),
        p_value=within(stats.page_trend, alternative="two-sided"),
        null=[[1 / 6] * 6],
        more={"values": _COURSES},
        null_values=_ORDERS,
    ),
    Design(
        test="anova-type",
        arms=[[0.7, 0.2, 0.1]],
        n=(4,),
        p_value=within(stats.anova_type_statistic),
        null=[[1 / 6] * 6],
        more={"values": _COURSES},
        null_values=_ORDERS,
    ),
    Design(
        test="group-over-visits",
        arms=_GRADES,
        n=(4, 4),
        p_value=between("group"),
        null=_MEAN_OF_GRADES,
        more={"values": _PAIRS},
        null_values=_PAIRS,
    ),
    Design(
        test="group-by-visit",
        arms=([0.1, 0.8, 0.1], [0.6, 0.1, 0.3]),
        n=(4, 4),
        p_value=between("interaction"),
        null=([0.35, 0.45, 0.2],) * 2,
        more={"values": _PAIRS},
        null_values=_PAIRS,
    ),
    Design(
        test="logrank",
        arms=_GRADES,
        n=(4, 4),
        p_value=recovery,
        null=_MEAN_OF_GRADES,
        more={"days": [7, 30]},
    ),
    Design(
        test="interval-logrank",
        arms=_GRADES,
        n=(4, 4),
        p_value=censored,
        null=_MEAN_OF_GRADES,
        more={"days": [7, 30]},
    ),
    Design(
        test="kappa",
        arms=[[[0.4, 0.1], [0.1, 0.4]]],
        n=(6,),
        p_value=kappa,
        null=[[0.25] * 4],
        more={"null": 0.0},
        level=0.5,
    ),
)
"""One small design of each test: each must be enumerated."""


@pytest.mark.parametrize("design", DESIGNS, ids=lambda design: design.test)
def test_power_and_size_are_sums_over_all_patients(design: Design) -> None:
    """To 1e-12, in arms of 3 to 6 patients."""
    arms = design.arms[0] if len(design.n) == 1 else design.arms
    n = design.n[0] if len(design.n) == 1 else design.n
    test: Any = design.test
    found = power(test, arms, n, method="enumerated", level=design.level, **design.more)
    assert found.method == "enumerated"
    rows = design.arms
    if design.test == "kappa":
        rows = [[share for row in design.arms[0] for share in row]]
    expected = summed(design, rows, design.more.get("values"))
    assert 0.0 < expected < 1.0
    assert found.power == pytest.approx(expected, abs=1e-12)
    absent = summed(design, design.null, design.null_values)
    assert found.size == pytest.approx(absent, abs=1e-12)


def test_each_test_has_a_design() -> None:
    """All but the one whose power follows from a formula."""
    assert {design.test for design in DESIGNS} == TESTS.keys() - {"icc"}


# Of usual size. Each must be enumerated; the last number is of the studies drawn.
_SQUARE: Final = [0.2, 0.4, 0.2, 0.2]
_USUAL: Final[tuple[tuple[str, Any, Any, dict[str, Any], int], ...]] = (
    ("mann-whitney", [[0.1, 0.2, 0.3, 0.4], [0.2, 0.4, 0.3, 0.1]], 12, {}, 1_000),
    ("kruskal-wallis", [[0.5, 0.5], [0.1, 0.9], [0.9, 0.1]], 6, {}, 2_000),
    ("jonckheere-terpstra", [[0.5, 0.5], [0.3, 0.7], [0.1, 0.9]], 6, {}, 2_000),
    ("fisher", [0.3, 0.6], (60, 40), {}, 4_000),
    ("fisher", [0.3, 0.45], 250, {}, 2_000),
    ("shares-within-margins", [0.9, 0.9], 12, {"lower": -0.3}, 2_000),
    ("one-share", 0.6, 60, {"null": 0.4}, 4_000),
    ("mcnemar", _SQUARE, 150, {}, 4_000),
    ("sign", [0.5, 0.2, 0.3], 200, {"values": [-1, 0, 2]}, 2_000),
    ("wilcoxon-signed-rank", [0.6, 0.2, 0.2], 20, {"values": [-2, -1, 1]}, 2_000),
    ("logrank", _GRADES, 5, {"days": [7, 30]}, 400),
    ("interval-logrank", _GRADES, 5, {"days": [7, 30]}, 400),
    ("kappa", [[0.4, 0.1], [0.1, 0.4]], 20, {"null": 0.2}, 2_000),
)


@pytest.mark.parametrize(
    ("test", "arms", "n", "more", "runs"),
    _USUAL,
    ids=[f"{one[0]} {one[2]}" for one in _USUAL],
)
def test_simulation_stays_within_a_band(
    test: Any, arms: Any, n: Any, more: dict[str, Any], runs: int
) -> None:
    """Power and size of all designs lie in one simultaneous 99.9 % band."""
    exact = power(test, arms, n, method="enumerated", **more)
    drawn = power(test, arms, n, method="simulated", n_simulations=runs, rng=23, **more)
    assert (exact.method, drawn.method) == ("enumerated", "simulated")
    level = 1.0 - 0.001 / (2 * len(_USUAL))
    for true, seen in ((exact.power, drawn.power), (exact.size, drawn.size)):
        band = proportion(round(seen * runs), runs, confidence_level=level)
        assert band.low <= true <= band.high


def test_large_studies_of_two_shares_are_counted() -> None:
    """Hundreds of patients are no reason to simulate."""
    assert sample_size("fisher", [0.5, 0.3]).method == "enumerated"
    for n in (1, 2, 400):
        found = power("fisher", [0.45, 0.5], n, method="enumerated")
        assert found.size <= 0.05
    for test, arms, more in (
        ("mcnemar", _SQUARE, {}),
        ("sign", [0.4, 0.2, 0.4], {"values": [-1, 0, 1]}),
    ):
        found = power(test, arms, 400, method="enumerated", **more)  # type: ignore[arg-type] # of each
        assert found.size <= 0.05


@pytest.mark.parametrize("alternative", ["two-sided", "greater", "less"])
@pytest.mark.parametrize("level", [0.05, 0.1, 1 / 3, 0.5])
def test_what_fisher_calls_significant(alternative: Any, level: float) -> None:
    """Each pair of numbers, also at a level that a p-value equals, and with ties."""
    from iph.design._fisher_region import fisher_refuses

    for n1, n2 in ((1, 3), (6, 6), (4, 9)):
        found = fisher_refuses((n1, n2), level, alternative)
        expected = [
            [
                stats.fisher_exact(
                    [[a, n1 - a], [c, n2 - c]], alternative=alternative
                ).p_value
                <= level
                for c in range(n2 + 1)
            ]
            for a in range(n1 + 1)
        ]
        np.testing.assert_array_equal(found, expected)


@pytest.mark.parametrize("level", [0.05, 0.5, 0.7])
def test_edges_of_the_sign_test(level: float) -> None:
    """The most on one side that are significant, for each number who changed."""
    from iph.design._signs import _edges

    def expected(changed: int) -> int:
        tails = np.cumsum([math.comb(changed, k) for k in range(changed + 1)])
        return int(np.count_nonzero(tails / 2**changed <= level)) - 1

    found: Sequence[int] = list(_edges(40, level))
    assert found == [expected(changed) for changed in range(41)]
