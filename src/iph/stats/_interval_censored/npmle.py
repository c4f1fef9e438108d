"""Masses of the nonparametric estimate by a constrained Newton method.

Each class of patients covers neighboring cells `first` to `last`; the masses p of the
cells maximize sum(w log P), where P is the mass that a class covers. The multiplier of
sum(p) = 1 is known to be the number of cases N, so this is the convex problem

    minimize  f(p) = N sum(p) - sum(w log P)   over p >= 0,

with the gradient N - d, where d is the sum of w / P over the classes that cover a cell.
The method holds the few cells that carry mass (the support), adds the cells that offer
most between them, and takes Newton steps in which masses may fall to zero (Wang 2010).
It stops on the duality gap max(d) / N - 1, never on small steps: by concavity, the log
likelihood is within N times the gap of its maximum.
"""

from collections.abc import Callable

import attrs
import numpy as np

from iph._checks import Floats, Ints
from iph._wide import bincount

# Up to this number of cells the search starts from all of them.
_START_FROM_ALL = 48
# Up to this support the Newton equations are solved directly: 128 MB of them, where the
# many conjugate gradient steps over all classes would take a hundred times as long.
_DIRECT_SUPPORT = 4000
# Below this squared Newton decrement a full step of a self-concordant function is safe.
_SAFE_DECREMENT = 1.0 / 16.0
_MAX_CONJUGATE_STEPS = 1000
_CONJUGATE_TOLERANCE = 1e-11
_MAX_HALVINGS = 60
_ENOUGH = 1e-4  # of the fall to first order, as usual in a line search (Armijo)
# Less than this part of one case may be what Newton steps have left of nothing.
_REMNANT = 1e-3
_ROUNDING = 1e-12  # a smaller gap is due to rounding
# Relative ridge that makes the equations solvable where the masses are not unique.
_RIDGE = 1e-14

_Solve = Callable[[Ints, Floats], Floats]


@attrs.frozen(kw_only=True, eq=False)
class Masses:
    """The masses of all cells, and how well they solve the problem.

    Attributes
    ----------
    mass : array
        Mass of each cell, exactly zero outside the support; the sum is 1.
    gap : float
        max(d) / N - 1, zero at the maximum.
    iterations : int
        Number of Newton steps.
    log_likelihood : float
        sum(w log P).
    """

    mass: Floats
    gap: float
    iterations: int
    log_likelihood: float


def fit_masses(
    first: Ints,
    last: Ints,
    counts: Ints,
    n_cells: int,
    *,
    tolerance: float,
    max_iterations: int,
) -> Masses:
    """Maximize the likelihood; the best masses found if iterations run out."""
    weight = counts.astype(np.float64)
    n = float(weight.sum())
    mass = _start(first, last, weight, n_cells)
    covered = _covered(mass, first, last)
    gradient = offered(weight / covered, first, last, n_cells)
    gap = float(gradient.max()) / n - 1.0
    best, best_gap = mass, gap
    iterations = 0
    while iterations < max_iterations:
        iterations += 1
        # One more step after the gap is reached squares what error is left.
        last_step = best_gap <= tolerance
        support = _support(mass, gradient, n)
        mass = _newton_step(mass, gradient, support, (first, last, weight), n)
        mass /= mass.sum()
        covered = _covered(mass, first, last)
        gradient = offered(weight / covered, first, last, n_cells)
        gap = float(gradient.max()) / n - 1.0
        if gap < best_gap:
            best, best_gap = mass, gap
        if last_step:
            break
    best, best_gap = _without_remnants(best, best_gap, (first, last, weight), n)
    return Masses(
        mass=best,
        gap=max(best_gap, 0.0),
        iterations=iterations,
        log_likelihood=float(weight @ np.log(_covered(best, first, last))),
    )


def _without_remnants(
    mass: Floats, gap: float, classes: tuple[Ints, Ints, Floats], n: float
) -> tuple[Floats, float]:
    """Drop masses that have not quite fallen to zero, if the rest is as good.

    Where the gradient is zero at a mass of zero, Newton steps only halve the mass, and
    the gap cannot tell the rest from nothing; yet two patients who differ by it alone
    would not be tied.
    """
    first, last, weight = classes
    remnant = (mass > 0.0) & (mass < _REMNANT / n)
    if not remnant.any():
        return mass, gap
    rest = np.where(remnant, 0.0, mass)
    covered = _covered(rest, first, last)
    if not (covered > 0.0).all():
        return mass, gap
    gradient = offered(weight / covered, first, last, mass.size)
    rest = _newton_step(rest, gradient, np.flatnonzero(rest), classes, n)
    rest /= rest.sum()
    covered = _covered(rest, first, last)
    reached = float(offered(weight / covered, first, last, mass.size).max()) / n - 1.0
    return (rest, reached) if reached <= max(gap, _ROUNDING) else (mass, gap)


def _start(first: Ints, last: Ints, weight: Floats, n_cells: int) -> Floats:
    """Spread mass over cells such that every class covers some."""
    chosen = np.zeros(n_cells, dtype=bool)
    if n_cells <= _START_FROM_ALL:
        chosen[:] = True
    else:
        # The fewest cells that meet every class: go on to the first end among the
        # classes that begin after the cell chosen last.
        nearest = np.full(n_cells + 1, n_cells, dtype=np.int64)
        np.minimum.at(nearest, first, last)
        following = np.minimum.accumulate(nearest[::-1])[::-1].tolist()
        cell = following[0]
        while cell < n_cells:
            chosen[cell] = True
            cell = following[cell + 1]
    mass: Floats = chosen / chosen.sum()
    n = float(weight.sum())
    for _ in range(3):  # self-consistency: safe and cheap far from the maximum
        share = weight / _covered(mass, first, last)
        mass = mass * offered(share, first, last, n_cells) / n
    return mass / float(mass.sum())


def _covered(mass: Floats, first: Ints, last: Ints) -> Floats:
    """Return the mass that each class covers."""
    total = np.zeros(mass.size + 1)
    np.cumsum(mass, out=total[1:])
    # A class of one cell is read directly: the difference would lose its small mass.
    out: Floats = np.where(first == last, mass[first], total[last + 1] - total[first])
    return out


def offered(share: Floats, first: Ints, last: Ints, n_cells: int) -> Floats:
    """Return the sum of the shares of all classes that cover a cell."""
    change = bincount(first, share, n_cells + 1).astype(np.float64, copy=False)
    change -= bincount(last + 1, share, n_cells + 1)
    out: Floats = np.cumsum(change)[:-1]
    return out


def _support(mass: Floats, gradient: Floats, n: float) -> Ints:
    """Return the cells with mass, and the best cell in each stretch between them."""
    carrying = mass > 0.0
    starts = np.flatnonzero(carrying)
    if starts.size < mass.size and gradient.max() > n:
        bounds = np.concatenate(([0], starts))
        stretch = np.cumsum(carrying)
        tops = np.maximum.reduceat(gradient, bounds)
        offers = np.flatnonzero(
            ~carrying & (gradient > n) & (gradient >= tops[stretch])
        )
        carrying[offers] = True
    return np.flatnonzero(carrying)


def _newton_step(
    mass: Floats,
    gradient: Floats,
    support: Ints,
    classes: tuple[Ints, Ints, Floats],
    n: float,
) -> Floats:
    """Return better masses on the support."""
    first, last, weight = classes
    position = np.zeros(mass.size + 1, dtype=np.int64)
    position[support + 1] = 1
    np.cumsum(position, out=position)
    low, high = position[first], position[last + 1] - 1
    p = mass[support]
    covered = _covered(p, low, high)
    curvature = weight / covered**2
    slope = gradient[support] - n
    if support.size <= _DIRECT_SUPPORT:
        hessian = _hessian(low, high, curvature, support.size)
        solve, apply = _direct(hessian)
    else:
        solve, apply = _conjugate(low, high, curvature, support.size)
    goal = _minimize_model(p, slope, solve, apply)
    step = goal - p
    decrement = float(slope @ step)
    moved = _covered(goal, low, high)
    fraction = _fraction(covered, moved, weight, n * float(step.sum()), decrement)
    out = np.zeros_like(mass)
    out[support] = goal if fraction == 1.0 else p + fraction * step
    return out


def _fraction(
    covered: Floats, moved: Floats, weight: Floats, grown: float, decrement: float
) -> float:
    """Return how far to go: all the way, or halved until the function falls enough.

    Parameters
    ----------
    covered, moved : array
        What the classes cover now, and at the end of the step.
    weight : array
        The cases of the classes.
    grown : float
        What the term N sum(p) grows by over the whole step.
    decrement : float
        What the function falls by, to first order.
    """
    fraction = 1.0
    for _ in range(_MAX_HALVINGS):
        reached = covered + fraction * (moved - covered)
        if (reached > 0.0).all():
            if decrement < _SAFE_DECREMENT:
                break
            change = grown * fraction - float(weight @ np.log(reached / covered))
            if change <= -_ENOUGH * fraction * decrement:
                break
        fraction /= 2.0
    return fraction


def _minimize_model(
    p: Floats,
    slope: Floats,
    solve: _Solve,
    apply: Callable[[Floats], Floats],
) -> Floats:
    """Lower the quadratic model over masses that are not negative.

    Cells that would fall below zero are set to zero together; if the model is not
    lowered by that, one by one at the boundary, which always lowers it.
    """

    def drop_together() -> Floats:
        free = np.ones(p.size, dtype=bool)
        while free.any():
            goal = _face(p, slope, free, solve, apply)
            negative = goal < 0.0
            if not negative.any():
                return goal
            free &= ~negative
        return np.zeros_like(p)

    goal = drop_together()
    step = goal - p
    if 0.5 * step @ apply(step) - slope @ step <= 0.0:
        return goal
    free = np.ones(p.size, dtype=bool)
    here = p
    while True:
        goal = _face(p, slope, free, solve, apply)
        negative = goal < 0.0
        if not negative.any():
            return goal
        distance = np.full(p.size, np.inf)
        distance[negative] = here[negative] / (here - goal)[negative]
        shortest = float(distance.min())
        here = np.where(free, here + shortest * (goal - here), 0.0)
        blocked = distance <= shortest
        here[blocked] = 0.0
        free &= ~blocked


def _face(
    p: Floats,
    slope: Floats,
    free: np.ndarray[tuple[int], np.dtype[np.bool_]],
    solve: _Solve,
    apply: Callable[[Floats], Floats],
) -> Floats:
    """Minimize the model with the masses that are not free held at zero."""
    held = np.where(free, 0.0, -p)
    right = slope - apply(held) if held.any() else slope
    index = np.flatnonzero(free)
    step = held
    step[index] += solve(index, right[index])
    return p + step


def _hessian(low: Ints, high: Ints, curvature: Floats, size: int) -> Floats:
    """Return the sum of curvature over the classes that cover both cells."""
    pairs = bincount(low * size + high, curvature, size * size)
    table = pairs.astype(np.float64, copy=False).reshape(size, size)
    upper = np.cumsum(np.cumsum(table, axis=0)[:, ::-1], axis=1)[:, ::-1]
    out: Floats = np.triu(upper) + np.triu(upper, 1).T
    return out


def _direct(hessian: Floats) -> tuple[_Solve, Callable[[Floats], Floats]]:
    """Solve by elimination, scaled to a unit diagonal."""
    scale = 1.0 / np.sqrt(np.diagonal(hessian))
    scaled = hessian * scale * scale[:, None]
    scaled[np.diag_indices_from(scaled)] += _RIDGE * scale.size

    def solve(index: Ints, right: Floats) -> Floats:
        block = scaled[np.ix_(index, index)]
        root = scale[index]
        return np.asarray(np.linalg.solve(block, right * root) * root)

    def apply(step: Floats) -> Floats:
        return np.asarray(hessian @ step)

    return solve, apply


def _conjugate(
    low: Ints, high: Ints, curvature: Floats, size: int
) -> tuple[_Solve, Callable[[Floats], Floats]]:
    """Solve by conjugate gradients; the matrix is never formed."""
    diagonal = offered(curvature, low, high, size)

    def apply(step: Floats) -> Floats:
        return offered(curvature * _covered(step, low, high), low, high, size)

    def solve(index: Ints, right: Floats) -> Floats:
        inverse = 1.0 / diagonal[index]
        out = np.zeros(index.size)
        full = np.zeros(size)
        residual = right.copy()
        eased = inverse * residual
        direction = eased.copy()
        energy = float(residual @ eased)
        target = _CONJUGATE_TOLERANCE**2 * energy
        for _ in range(_MAX_CONJUGATE_STEPS):
            if energy <= target:
                break
            full[index] = direction
            image = apply(full)[index]
            length = energy / float(direction @ image)
            out += length * direction
            residual -= length * image
            eased = inverse * residual
            former, energy = energy, float(residual @ eased)
            direction = eased + energy / former * direction
        return out

    return solve, apply
