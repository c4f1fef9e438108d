"""The Turnbull estimate is at its maximum, and says what it does not know."""

import itertools
import math
import random
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from iph.errors import DataError, InputError, IphWarning
from iph.stats import kaplan_meier, turnbull
from iph.testing import recovery_intervals, survival_data

Reference = Callable[[str], list[dict[str, Any]]]


def ends(case: dict[str, Any]) -> list[float]:
    """Return right ends, null being infinity (JSON has none)."""
    return [math.inf if end is None else end for end in case["right"]]


def inside(day: float, low: float, high: float) -> bool:
    """Return whether a day lies in (low, high], or is the day low = high."""
    return day == high if low == high else low < day <= high


def log_likelihood(
    left: list[float], right: list[float], count: list[int], jumps: dict[float, float]
) -> float:
    """Return the log likelihood of masses on days."""
    return sum(
        many
        * math.log(sum(mass for day, mass in jumps.items() if inside(day, low, high)))
        for low, high, many in zip(left, right, count, strict=True)
    )


def naive_em(
    left: list[float], right: list[float], *, steps: int, stop: float = 0.0
) -> tuple[float, list[float]]:
    """Iterate self-consistency over all pairs of neighboring ends (Turnbull 1976)."""
    days = sorted({*left, *right})
    cells = [(a, a) for a in days if a in left and a in right]
    cells = sorted(set(cells) | set(itertools.pairwise(days)))
    covers = np.array(
        [
            [
                a >= low and b <= high and (a < b or low == high or a > low)
                for a, b in cells
            ]
            if low < high
            else [a == b == low for a, b in cells]
            for low, high in zip(left, right, strict=True)
        ],
        dtype=float,
    )
    mass = np.full(len(cells), 1.0 / len(cells))
    for _ in range(steps):
        part = covers * mass
        new = (part / part.sum(axis=1, keepdims=True)).mean(axis=0)
        moved = np.abs(np.cumsum(new) - np.cumsum(mass)).max()
        mass = new
        if moved < stop:
            break
    covered = covers @ mass
    return float(np.log(covered).sum()), covered.tolist()


def test_half_open_example() -> None:
    """Five patients on a grid of three visits: S(1, 3, 6) = 0.8, 0.6, 0.2 exactly.

    Programs that take closed intervals give 1.0, 0.668, 0.498 here.
    """
    curve = turnbull([0, 1, 3, 3, 6], [1, 3, 6, 6, math.inf])
    for day, survival in ((1, 0.8), (3, 0.6), (6, 0.2)):
        found = curve.survival_bounds(day)
        assert found.low == pytest.approx(survival, abs=1e-12)
        assert found.high == pytest.approx(survival, abs=1e-12)


def test_masses_are_those_of_r(reference: Reference) -> None:
    """R's iteration, run on until it stands still, arrives at the same masses."""
    for case in reference("turnbull.json"):
        right = ends(case)
        curve = turnbull(case["left"], right, weights=case["count"])
        days = [math.inf if day is None else day for day in case["time"]]
        for low, high, mass in zip(curve.left, curve.right, curve.mass, strict=True):
            expected = sum(
                there
                for day, there in zip(days, case["mass"], strict=True)
                if inside(day, low, high)
            )
            assert expected == pytest.approx(mass, abs=1e-9)


def test_log_likelihood_is_never_below_that_of_r(reference: Reference) -> None:
    """R as it is stops early; the maximum found here is never lower."""
    short = []
    for case in reference("turnbull.json"):
        curve = turnbull(case["left"], ends(case), weights=case["count"])
        found = curve.log_likelihood
        assert found == pytest.approx(case["log_likelihood"], abs=1e-9)
        assert found >= case["log_likelihood_usual"] - 1e-9
        short.append(found - case["log_likelihood_usual"])
    assert max(short) > 1e-3  # so the comparison is not an empty one


def test_breast_cosmesis(reference: Reference) -> None:
    """Radiotherapy alone: the estimate of icfit (R interval 1.1) to 5 decimals.

    Data of Finkelstein and Wolfe, Biometrics 1985;41:933-945.
    """
    case = reference("interval_logrank.json")[0]
    rows = [
        (low, high)
        for low, high, group in zip(
            case["left"], ends(case), case["group"], strict=True
        )
        if group == "Rad"
    ]
    assert len(rows) == 46
    curve = turnbull(*zip(*rows, strict=True))
    expected = {
        (4, 5): 0.04635,
        (6, 7): 0.03336,
        (7, 8): 0.08867,
        (11, 12): 0.07075,
        (24, 25): 0.09265,
        (33, 34): 0.08179,
        (38, 40): 0.12088,
        (46, 48): 0.46556,
    }
    assert list(zip(curve.left, curve.right, strict=True)) == list(expected)
    np.testing.assert_allclose(curve.mass, list(expected.values()), atol=6e-6)


def test_em_that_stops_on_small_steps_stops_early() -> None:
    """Self-consistency stopped at steps of 5e-5 falls short; the gap shows it here."""
    draw = np.random.default_rng(7)
    day = draw.weibull(1.5, 300) * 100
    left = np.floor(np.maximum(day - draw.exponential(25, 300), 0.0) * 10) / 10
    right = np.ceil((day + draw.exponential(25, 300)) * 10) / 10
    curve = turnbull(left, right)
    early, _ = naive_em(left.tolist(), right.tolist(), steps=10_000, stop=5e-5)
    late, _ = naive_em(left.tolist(), right.tolist(), steps=5000)
    assert curve.kkt_gap < 1e-10
    assert early < late - 0.01
    assert curve.log_likelihood >= late - 1e-9


@given(recovery_intervals())
def test_no_em_does_better(data: tuple[list[int], list[float]]) -> None:
    """Self-consistency over all neighboring days never exceeds the maximum."""
    left, right = [float(x) for x in data[0]], data[1]
    curve = turnbull(left, right)
    best, _ = naive_em(left, right, steps=300)
    assert curve.log_likelihood >= best - 1e-9
    assert best > curve.log_likelihood - 0.5
    jumps = dict(zip(curve.right.tolist(), curve.mass.tolist(), strict=True))
    ones = [1] * len(left)
    direct = log_likelihood(left, right, ones, jumps)
    assert curve.log_likelihood == pytest.approx(direct, abs=1e-9)


@given(recovery_intervals(), st.data())
def test_optimality_conditions_hold(
    data: tuple[list[int], list[float]], draw: st.DataObject
) -> None:
    """No cell offers more than n, cells with mass offer n: recomputed by loops."""
    left, right = [float(x) for x in data[0]], data[1]
    counts = draw.draw(
        st.lists(st.integers(1, 50), min_size=len(left), max_size=len(left))
    )
    curve = turnbull(left, right, weights=counts)
    assert curve.converged
    assert curve.kkt_gap <= 1e-10
    assert curve.mass.sum() == pytest.approx(1.0, abs=1e-12)
    assert (curve.mass > 0).all()
    jumps = dict(zip(curve.right.tolist(), curve.mass.tolist(), strict=True))
    n = sum(counts)
    for day in sorted({*right, *(x + 0.5 for x in left)}):
        offer = sum(
            many / sum(m for d, m in jumps.items() if inside(d, low, high))
            for low, high, many in zip(left, right, counts, strict=True)
            if inside(day, low, high)
        )
        assert offer <= n * (1 + 1e-9)
        if day in jumps:
            assert offer == pytest.approx(n, rel=1e-6)


@given(recovery_intervals(), st.randoms(use_true_random=False))
def test_row_order_does_not_matter(
    data: tuple[list[int], list[float]], shuffler: random.Random
) -> None:
    """Patients are counted first, so their order cannot change a bit."""
    rows = list(zip(*data, strict=True))
    before = turnbull(*zip(*rows, strict=True))
    shuffler.shuffle(rows)
    after = turnbull(*zip(*rows, strict=True))
    assert before.mass.tolist() == after.mass.tolist()
    assert before.left.tolist() == after.left.tolist()


@given(recovery_intervals(), st.data())
def test_weights_are_repeated_rows(
    data: tuple[list[int], list[float]], draw: st.DataObject
) -> None:
    """A row of weight 3 is three patients."""
    left, right = data
    counts = draw.draw(
        st.lists(st.integers(0, 3), min_size=len(left), max_size=len(left)).filter(any)
    )
    weighted = turnbull(left, right, weights=counts)
    repeated = turnbull(np.repeat(left, counts), np.repeat(right, counts))
    assert weighted.n == repeated.n == sum(counts)
    assert weighted.mass.tolist() == repeated.mass.tolist()


@given(survival_data(groups=1))
def test_known_days_give_kaplan_meier(rows: tuple[list[int], list[bool], Any]) -> None:
    """With exact days and endless intervals the estimate is the product limit."""
    time, event, _ = rows
    right = [t if e else math.inf for t, e in zip(time, event, strict=True)]
    curve = turnbull(time, right)
    product = kaplan_meier(time, event)
    for day in range(max(time) + 1):  # later the product limit is undefined
        found = curve.survival_bounds(day)
        expected = product.at([day]).survival[0]
        assert found.high == pytest.approx(expected, abs=1e-9)
        if day <= max((t for t, e in zip(time, event, strict=True) if e), default=-1):
            assert found.low == pytest.approx(expected, abs=1e-9)


def test_no_mass_is_left_where_none_is_offered() -> None:
    """A cell whose gradient is zero at no mass keeps none, not what rounding left."""
    left = [0, 0, 0, 0, 0, 7, 7, 30, 30]
    right = [7, 7, 30, 30, 91, 91, 91, 91, 91]
    found = turnbull(left, right)
    assert found.mass.tolist() == [0.5, 0.5]
    assert found.left.tolist() == [0.0, 30.0]


def test_mass_on_one_day_is_gone_on_that_day() -> None:
    """A day known exactly is its own interval; before it all, from it on none."""
    curve = turnbull([0, 5], [0, 5])
    assert curve.left.tolist() == curve.right.tolist() == [0.0, 5.0]
    survival = {day: curve.survival_bounds(day) for day in (0, 4.9, 5)}
    assert survival[0].low == survival[0].high == pytest.approx(0.5)
    assert survival[4.9].low == survival[4.9].high == pytest.approx(0.5)
    assert survival[5].low == survival[5].high == 0.0


def test_survival_is_bounded_within_an_interval() -> None:
    """Between visits the curve is known only to lie between its ends."""
    curve = turnbull([0, 1, 3, 3, 6], [1, 3, 6, 6, math.inf])
    between = curve.survival_bounds(4)
    assert (between.low, between.high) == pytest.approx((0.2, 0.6))
    late = curve.survival_bounds(1000)
    assert (late.low, late.high) == pytest.approx((0.0, 0.2))
    start = curve.survival_bounds(0)
    assert (start.low, start.high) == (1.0, 1.0)
    assert (start.n, start.n_missing) == (5, 0)


def test_quantiles_are_intervals() -> None:
    """A quantile lies in the interval in which its share is reached."""
    curve = turnbull([0, 1, 3, 3, 6], [1, 3, 6, 6, math.inf])
    median = curve.median()
    assert (median.low, median.high, median.probability) == (3.0, 6.0, 0.5)
    late = curve.quantile(0.9)
    assert (late.low, late.high) == (6.0, math.inf)
    early = curve.quantile(0.1)
    assert (early.low, early.high, early.n) == (0.0, 1.0, 5)


def test_flat_stretch_at_the_median() -> None:
    """Where half have recovered exactly, the median reaches into the next interval."""
    curve = turnbull([0, 0, 7, 7, 30, 30], [7, 7, 30, 30, 91, 91])
    third = curve.quantile(1 / 3)
    assert (third.low, third.high) == (0.0, 30.0)
    half = turnbull([0, 7], [7, 30]).median()
    assert (half.low, half.high) == (0.0, 30.0)


@given(recovery_intervals(), st.floats(0.01, 0.99))
def test_quantile_agrees_with_the_curve(
    data: tuple[list[int], list[float]], share: float
) -> None:
    """At the low end the share is not yet passed, at the high end it is reached."""
    curve = turnbull(*data)
    found = curve.quantile(share)
    assert 1.0 - curve.survival_bounds(found.low).high <= share + 1e-8
    if math.isfinite(found.high):
        assert 1.0 - curve.survival_bounds(found.high).low >= share - 1e-8


def test_nobody_recovered() -> None:
    """All intervals without end: the mass lies after the last visit."""
    curve = turnbull([7, 30, 30], [math.inf] * 3)
    assert (curve.left.tolist(), curve.right.tolist()) == ([30.0], [math.inf])
    assert curve.log_likelihood == 0.0
    assert curve.median().high == math.inf


def test_one_patient_and_all_alike() -> None:
    """One interval carries all the mass."""
    for n in (1, 5):
        curve = turnbull([7] * n, [30] * n)
        assert curve.mass.tolist() == [1.0]
        assert (curve.median().low, curve.median().high) == (7.0, 30.0)
        assert (curve.n, curve.n_innermost, curve.method) == (
            n,
            1,
            "constrained-newton",
        )


def test_missing_are_counted() -> None:
    """A missing end leaves the patient out and is reported."""
    curve = turnbull([0, None, 7], [7, 30, None])
    assert (curve.n, curve.n_missing) == (1, 2)


def test_nothing_left_is_refused() -> None:
    """Without a single interval there is nothing to estimate."""
    with pytest.raises(DataError, match="no patient has both ends"):
        turnbull([None], [7])


def test_too_few_iterations_are_told() -> None:
    """A search cut short warns, and says by how much it is short."""
    left, right = [0, 0, 7, 7, 30, 0, 30], [7, 30, 30, 91, 182, 91, math.inf]
    with pytest.warns(IphWarning, match="kkt_gap .* after 1 iterations"):
        curve = turnbull(left, right, max_iterations=1)
    assert not curve.converged
    assert curve.kkt_gap > 1e-10


@pytest.mark.parametrize("tolerance", [0.0, -1.0, math.inf, True, "small"])
def test_tolerance_is_checked(tolerance: Any) -> None:
    """The tolerance is a number above zero."""
    with pytest.raises(InputError, match="tolerance must be a number above zero"):
        turnbull([0], [7], tolerance=tolerance)


@pytest.mark.parametrize("most", [0, -1, 1.5])
def test_iterations_are_checked(most: Any) -> None:
    """A search has at least one step, and whole ones."""
    with pytest.raises(InputError, match="max_iterations must be a whole number"):
        turnbull([0], [7], max_iterations=most)


def test_day_and_probability_are_checked() -> None:
    """A day must be known, a probability lie between 0 and 1."""
    curve = turnbull([0], [7])
    with pytest.raises(InputError, match="day must be a number of days"):
        curve.survival_bounds(math.nan)
    with pytest.raises(InputError, match="probability must be between 0 and 1"):
        curve.quantile(1.0)
