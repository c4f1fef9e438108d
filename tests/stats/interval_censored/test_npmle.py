"""The Newton search reaches the maximum on every kind of data."""

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from iph._checks import Floats
from iph.stats._interval_censored import npmle as _npmle
from iph.stats._interval_censored.intervals import Cells, innermost, read_intervals
from iph.stats._interval_censored.npmle import (
    _conjugate,
    _direct,
    _fraction,
    _hessian,
    _minimize_model,
    _newton_step,
    _support,
    fit_masses,
    offered,
)


def visits(n: int, seed: int, known: float = 0.0) -> tuple[Floats, Floats]:
    """Draw patients seen on up to eight days of their own; some days are known."""
    draw = np.random.default_rng(seed)
    day = draw.weibull(1.5, n) * 100
    seen = np.cumsum(draw.exponential(30, (n, 8)), axis=1)
    before = np.where(seen < day[:, None], seen, 0.0).max(axis=1)
    after = np.where(seen >= day[:, None], seen, np.inf).min(axis=1)
    exact = draw.random(n) < known
    return np.where(exact, day, before), np.where(exact, day, after)


def gap_by_loops(cells: Cells, mass: Floats) -> float:
    """Return the gap with each sum taken by itself."""
    covered = np.array(
        [mass[a : b + 1].sum() for a, b in zip(cells.first, cells.last, strict=True)]
    )
    offer = np.zeros(mass.size)
    for a, b, share in zip(
        cells.first, cells.last, cells.counts / covered, strict=True
    ):
        offer[a : b + 1] += share
    return float(offer.max() / cells.counts.sum() - 1.0)


@pytest.mark.parametrize(
    ("n", "known"), [(28, 0.0), (300, 0.3), (1000, 0.0), (10_000, 0.0), (10_000, 0.5)]
)
def test_gap_is_closed_on_continuous_ends(n: int, known: float) -> None:
    """The gap is below 1e-10 up to n = 10,000, also by an independent sum."""
    cells = innermost(read_intervals(*visits(n, n, known)))
    found = fit_masses(
        cells.first,
        cells.last,
        cells.counts,
        cells.left.size,
        tolerance=1e-10,
        max_iterations=500,
    )
    assert found.gap <= 1e-10
    assert gap_by_loops(cells, found.mass) <= 1e-10
    assert found.mass.min() >= 0.0
    assert found.mass.sum() == pytest.approx(1.0, abs=1e-12)


def test_report_is_of_the_masses_however_early_it_stops() -> None:
    """Gap, likelihood and steps are those of the masses given, which get no worse."""
    cells = innermost(read_intervals(*visits(200, 5, 0.2)))
    before = math.inf
    for most in range(1, 12):
        found = fit_masses(
            cells.first,
            cells.last,
            cells.counts,
            cells.left.size,
            tolerance=1e-10,
            max_iterations=most,
        )
        gap = gap_by_loops(cells, found.mass)
        assert found.gap == pytest.approx(gap, rel=1e-6, abs=1e-11)
        assert found.gap <= before
        before = found.gap
        covered = [
            found.mass[a : b + 1].sum()
            for a, b in zip(cells.first, cells.last, strict=True)
        ]
        likelihood = float(cells.counts @ np.log(covered))
        assert found.log_likelihood == pytest.approx(likelihood, rel=1e-12)
        assert found.iterations == most or found.gap <= 1e-10
    assert found.gap <= 1e-10


@pytest.mark.parametrize("most", [1, 2, 500])
def test_steps_are_counted(most: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """As many Newton steps are taken as are told, and never more than allowed."""
    taken: list[int] = []

    def counted(*given: Any) -> Floats:
        taken.append(1)
        return _newton_step(*given)

    monkeypatch.setattr(_npmle, "_newton_step", counted)
    cells = innermost(read_intervals(*visits(80, 2)))
    found = fit_masses(
        cells.first,
        cells.last,
        cells.counts,
        cells.left.size,
        tolerance=1e-10,
        max_iterations=most,
    )
    assert found.iterations == len(taken) <= most


@pytest.mark.parametrize("counts", [[5], [3, 3], [1, 1, 1, 1]])
def test_maximum_at_the_start_takes_one_step(counts: list[int]) -> None:
    """Days known exactly, as many on each: the first masses are right already."""
    place = np.arange(len(counts))
    found = fit_masses(
        place, place, np.array(counts), place.size, tolerance=1e-10, max_iterations=500
    )
    assert found.iterations == 1
    assert found.gap == pytest.approx(0.0, abs=1e-14)
    np.testing.assert_allclose(found.mass, 1 / place.size, rtol=1e-14)


@given(
    st.lists(
        st.tuples(st.sampled_from([0.0, 0.0, 0.5]), st.integers(1, 9)),
        min_size=1,
        max_size=20,
    )
)
def test_support_is_mass_and_the_best_offers(cells: list[tuple[float, int]]) -> None:
    """Between two cells with mass those that offer most join, if above N."""
    mass, gradient = np.array([m for m, _ in cells]), [float(d) for _, d in cells]
    n = 5.0
    expected = []
    for cell, (own, offer) in enumerate(cells):
        before = [i for i in range(cell + 1) if mass[i] > 0]
        after = [i for i in range(cell + 1, len(cells)) if mass[i] > 0]
        first, last = (before or [0])[-1], (after or [len(cells)])[0]
        if own or (offer > n and offer == max(gradient[first:last])):
            expected.append(cell)
    assert _support(mass, np.array(gradient), n).tolist() == expected


@pytest.mark.parametrize("top", [1, 1000, 10**9])
def test_gap_is_closed_with_large_counts(top: int) -> None:
    """Counts of very different size are no obstacle."""
    for seed in range(40):
        draw = np.random.default_rng(seed)
        n = int(draw.integers(1, 60))
        left = draw.integers(0, 20, n)
        right = left + draw.integers(0, 12, n).astype(float)
        right[draw.random(n) < 0.3] = np.inf
        rows = read_intervals(left, right, draw.integers(1, top, n, endpoint=True))
        cells = innermost(rows)
        found = fit_masses(
            cells.first,
            cells.last,
            cells.counts,
            cells.left.size,
            tolerance=1e-10,
            max_iterations=500,
        )
        assert found.gap <= 1e-10
        assert gap_by_loops(cells, found.mass) <= 1e-10


def test_both_solvers_agree() -> None:
    """Conjugate gradients and elimination solve the same equations."""
    draw = np.random.default_rng(3)
    low = draw.integers(0, 12, 80)
    high = np.minimum(low + draw.integers(0, 6, 80), 11)
    low, high = np.append(low, range(12)), np.append(high, range(12))
    curvature = draw.exponential(1.0, low.size)
    direct, multiply = _direct(_hessian(low, high, curvature, 12))
    gradients, apply = _conjugate(low, high, curvature, 12)
    index = np.array([0, 2, 3, 7, 11])
    right = draw.normal(size=5)
    np.testing.assert_allclose(direct(index, right), gradients(index, right), rtol=1e-7)
    step = draw.normal(size=12)
    np.testing.assert_allclose(multiply(step), apply(step), rtol=1e-12)
    naive = np.array(
        [
            [
                sum(
                    c
                    for a, b, c in zip(low, high, curvature, strict=True)
                    if a <= min(i, j) and b >= max(i, j)
                )
                for j in range(12)
            ]
            for i in range(12)
        ]
    )
    np.testing.assert_allclose(_hessian(low, high, curvature, 12), naive, rtol=1e-12)


@pytest.mark.parametrize(("reach", "steps"), [(0, 1), (1, 12), (2, 12)])
def test_conjugate_gradients_end(
    reach: int, steps: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As many steps as there are cells solve the equations; one does if all are apart.

    Each step is eased by the diagonal, which is all there is in that case.
    """
    monkeypatch.setattr(_npmle, "_MAX_CONJUGATE_STEPS", steps)
    low, curvature = np.arange(12), np.linspace(1.0, 30.0, 12)
    high = np.minimum(low + reach, 11)
    index, right = np.arange(12), np.sin(np.arange(12.0))
    direct, _ = _direct(_hessian(low, high, curvature, 12))
    gradients, _ = _conjugate(low, high, curvature, 12)
    expected = direct(index, right)
    np.testing.assert_allclose(gradients(index, right), expected, rtol=1e-6)


def test_model_never_rises() -> None:
    """The masses proposed are not negative, and no worse than staying, by any path."""
    for seed in range(300):
        draw = np.random.default_rng(seed)
        size = int(draw.integers(1, 9))
        root = draw.normal(size=(size, size)) * draw.exponential(1.0, size)
        matrix = root @ root.T + 1e-3 * np.eye(size)
        p = draw.exponential(1.0, size) * (draw.random(size) < 0.8)
        slope = draw.normal(size=size) * 5
        solve, apply = _direct(matrix)
        goal = _minimize_model(p, slope, solve, apply)
        assert goal.min() >= 0.0
        step = goal - p
        assert 0.5 * step @ matrix @ step - slope @ step <= 1e-9


def test_minimum_of_the_model_is_found() -> None:
    """Masses that stay positive are solved for; those that would not are zero."""
    solve, apply = _direct(np.diag([1.0, 2.0, 4.0]))
    goal = _minimize_model(np.ones(3), np.array([-0.8, -1.8, -3.0]), solve, apply)
    np.testing.assert_allclose(goal, [0.2, 0.1, 0.25], rtol=1e-12)
    goal = _minimize_model(np.ones(3), np.array([-0.8, -3.0, 1.0]), solve, apply)
    np.testing.assert_allclose(goal, [0.2, 0.0, 1.25], rtol=1e-12)


def test_step_that_overshoots_is_halved() -> None:
    """From 0.5 a step to 9 passes the minimum of x - log x by far and is cut."""
    start, goal = np.array([0.5]), np.array([9.0])
    found = _fraction(start, goal, np.array([1.0]), 8.5, 8.5)
    assert 0.0 < found < 1.0
    reached = 0.5 + found * 8.5
    assert reached - math.log(reached) < 0.5 - math.log(0.5)


def test_step_that_leaves_a_class_uncovered_is_halved() -> None:
    """A class must stay covered, even where the step is small."""
    found = _fraction(np.array([1.0]), np.array([0.0]), np.array([1.0]), -1.0, 1e-3)
    assert found == 0.5


@pytest.mark.parametrize("decrement", [0.1, 1.0, 10.0])
def test_step_must_fall_by_a_share_of_what_was_promised(decrement: float) -> None:
    """A ten-thousandth of the promised fall is enough, less is not (Armijo).

    To e times the mass the logarithm grows by 1, and N sum(p) by a little less.
    """
    covered, moved, weight = np.array([1.0]), np.array([math.e]), np.array([1.0])
    for fall, fraction in ((1.1, 1.0), (0.9, 0.5)):
        grown = 1.0 - fall * 1e-4 * decrement
        assert _fraction(covered, moved, weight, grown, decrement) == fraction


def test_step_uphill_is_given_up() -> None:
    """Where no fraction helps, the masses stay where they are."""
    found = _fraction(np.array([1.0]), np.array([2.0]), np.array([1.0]), 5.0, 1.0)
    assert found < 1e-15


def test_unfinished_solution_still_goes_down(monkeypatch: pytest.MonkeyPatch) -> None:
    """Conjugate gradients that are cut off leave a direction of descent."""
    monkeypatch.setattr(_npmle, "_MAX_CONJUGATE_STEPS", 2)
    low, high = np.arange(20), np.minimum(np.arange(20) + 6, 19)
    solve, _ = _conjugate(low, high, np.linspace(1.0, 30.0, 20), 20)
    right = np.sin(np.arange(20.0))
    assert solve(np.arange(20), right) @ right > 0.0


def test_offers_by_hand() -> None:
    """Each cell is offered the shares of the classes that cover it."""
    first, last = np.array([0, 1]), np.array([1, 2])
    assert offered(np.array([1.0, 10.0]), first, last, 3).tolist() == [1.0, 11.0, 10.0]
