"""Power over numbers of patients, for one assumption beside another."""

import itertools
from collections.abc import Mapping, Sequence
from typing import Any, Final

import attrs
import numpy as np
import numpy.typing as npt

from iph._checks import level as checked_level
from iph._checks import whole
from iph._options import each, instance
from iph._results import Result
from iph.design._assumed import Assumed
from iph.design._chances import Progress, Study, bare, enumerated, n_tables
from iph.design._outcomes import MOST_PATIENTS
from iph.design._planned_tests import assumed
from iph.design._power import (
    Alternative,
    Method,
    Test,
    checked_loss,
    find_power,
    kept,
)
from iph.design._sample_size import allocation_of
from iph.errors import InputError

_MOST_UNITS: Final = 60  # beyond which nobody waits for a first rejection
_MOST_OUTCOMES: Final = 1_100_000  # that are looked at for it: a tenth of a second


@attrs.frozen(kw_only=True, eq=False)
class PowerCurves(Result):
    """Power over numbers of patients, under several assumptions.

    Attributes
    ----------
    test : str
        The test.
    labels : tuple of str
        The assumptions.
    n_arms : tuple of tuple of int
        The patients recruited of each arm, for each size of the study.
    power, size : tuple of tuple of float
        The power and the true size of each assumption (rows) at each size.
    low, high : tuple of tuple of float
        The 99 % interval of simulated powers; the power itself where outcomes were
        enumerated.
    falls : tuple of int
        For each assumption, at how many sizes the power is lower than at the one
        before.
    first : tuple of int or None
        The arms of the smallest study in which any outcome at all is significant; None
        if that was not found out, as outcomes are too many, or of a formula.
    level : float
        The significance level.
    alternative : str
        ``"two-sided"``, ``"greater"`` or ``"less"``.
    method : str
        How powers were found: ``"enumerated"``, ``"simulated"``, ``"formula"``, or the
        first two joined by "and".
    n : int
        The patients of the largest study.
    n_missing : int
        Those of them who are lost.
    """

    test: str
    labels: tuple[str, ...]
    n_arms: tuple[tuple[int, ...], ...]
    power: tuple[tuple[float, ...], ...]
    size: tuple[tuple[float, ...], ...]
    low: tuple[tuple[float, ...], ...]
    high: tuple[tuple[float, ...], ...]
    falls: tuple[int, ...]
    first: tuple[int, ...] | None
    level: float
    alternative: str
    method: str
    n: int
    n_missing: int


def power_curves(
    test: Test,
    assumptions: Mapping[str, npt.ArrayLike | Sequence[Any]],
    n: Sequence[int],
    *,
    allocation: Sequence[int] | None = None,
    values: npt.ArrayLike | Sequence[Any] | None = None,
    days: npt.ArrayLike | Sequence[float] | None = None,
    null: float | None = None,
    lower: float | None = None,
    upper: float | None = None,
    readers: int | None = None,
    loss: float = 0.0,
    level: float = 0.05,
    alternative: Alternative = "two-sided",
    method: Method = "auto",
    rng: np.random.Generator | int | None = None,
    n_simulations: int = 10_000,
    progress: Progress | None = None,
) -> PowerCurves:
    """Find the power of a test over a grid of numbers and of assumptions.

    One assumption is a guess. How does the power change if the difference is smaller,
    or the patients do better without the treatment, than was thought?

    Parameters
    ----------
    test : str
        One of the tests of `power`.
    assumptions : mapping of str to array-like of shape (arms, k)
        What is assumed, by what it is called; each as `power` takes it.
    n : sequence of int
        The patients of each arm, in ascending order; with `allocation` so many times
        its numbers.
    allocation : sequence of int, optional
        How the patients are shared out, as `sample_size` takes it.
    values, days, null, lower, upper, readers : optional
        What else a test needs, as `power` takes it.
    loss : float, default: 0.0
        The share lost to follow-up, as `power` takes it.
    level : float, default: 0.05
        The significance level, between 0 and 1.
    alternative : {"two-sided", "greater", "less"}, default: "two-sided"
        As the test takes it.
    method : {"auto", "enumerated", "simulated"}, default: "auto"
        As `power` takes it.
    rng : numpy.random.Generator or int, optional
        Generator or seed of a simulation.
    n_simulations : int, default: 10_000
        Studies to be simulated, of each size and assumption.
    progress : callable, optional
        Wraps the loop over what takes long, for instance ``tqdm.tqdm``.

    Returns
    -------
    PowerCurves
        With attributes ``test``, ``labels``, ``n_arms``, ``power``, ``size``, ``low``,
        ``high``, ``falls``, ``first``, ``level``, ``alternative``, ``method``, ``n``
        and ``n_missing``.

    Raises
    ------
    iph.errors.InputError
        As `power`; or no assumption, or numbers not in order.

    See Also
    --------
    planning_values : Where assumptions come from.

    Notes
    -----
    An exact test has few attainable p-values. The largest one under the level changes
    with each patient, and with it the true size: where it falls, power falls too, and
    the curve saws [1]_. Below `first` no outcome at all is significant.

    References
    ----------
    .. [1] Chernick MR, Liu CY. The saw-toothed behavior of power versus sample size and
       software solutions. Am Stat 2002;56:149-155. :doi:`10.1198/000313002317572835`

    Examples
    --------
    Pain relief in 18 of 28 patients, and half of that in the other arm; or two thirds:

    >>> from iph.design import power_curves
    >>> found = power_curves(
    ...     "fisher",
    ...     {"half": [18 / 28, 9 / 28], "two thirds": [18 / 28, 12 / 28]},
    ...     [20, 40, 60],
    ... )
    >>> for label, row in zip(found.labels, found.power):
    ...     print(label, " ".join(f"{power:.2f}" for power in row))
    half 0.39 0.79 0.93
    two thirds 0.17 0.42 0.60
    >>> found.first
    (4, 4)
    """
    rule = "a mapping of what each is called to the arms assumed"
    instance(assumptions, "assumptions", Mapping, rule)
    if not assumptions:
        raise InputError("assumptions", "at least one, by its name", assumptions)
    given_n = each(n, "n", "numbers of patients in ascending order")
    units = [
        whole(one, f"n[{place}]", low=1, high=MOST_PATIENTS)
        for place, one in enumerate(given_n)
    ]
    if not units or any(b <= a for a, b in itertools.pairwise(units)):
        raise InputError("n", "numbers of patients in ascending order", n)
    share, significance = checked_loss(loss), checked_level(level, "level")
    checked = {
        str(label): assumed(
            test,
            arms,
            alternative=alternative,
            values=values,
            days_=days,
            null=null,
            lower=lower,
            upper=upper,
            readers=readers,
            loss=share,
        )
        for label, arms in assumptions.items()
    }
    shares = allocation_of(allocation, len(next(iter(checked.values())).arms))
    recruited = [tuple(one * k for k in shares) for one in units]

    def study(sizes: tuple[int, ...], given: Assumed) -> Study:
        return Study(
            test=test,
            sizes=sizes if given.loss else kept(sizes, share),
            level=significance,
            alternative=alternative,
        )

    found = [
        [
            find_power(
                study(sizes, given),
                given,
                method=method,
                rng=rng,
                n_simulations=whole(n_simulations, "n_simulations", low=1),
                progress=progress,
            )
            for sizes in recruited
        ]
        for given in checked.values()
    ]
    powers = tuple(tuple(one.power for one in row) for row in found)
    return PowerCurves(
        test=test,
        labels=tuple(checked),
        n_arms=tuple(recruited),
        power=powers,
        size=tuple(tuple(one.size for one in row) for row in found),
        low=tuple(
            tuple(p.power if p.low is None else p.low for p in row) for row in found
        ),
        high=tuple(
            tuple(p.power if p.high is None else p.high for p in row) for row in found
        ),
        falls=tuple(sum(b < a for a, b in itertools.pairwise(row)) for row in powers),
        first=_first(
            next(iter(checked.values())), test, shares, significance, alternative
        ),
        level=significance,
        alternative=alternative,
        method=" and ".join(sorted({one.method for row in found for one in row})),
        n=sum(recruited[-1]),
        n_missing=sum(recruited[-1]) - found[0][-1].n,
    )


def _first(
    given: Assumed,
    test: str,
    shares: tuple[int, ...],
    level: float,
    alternative: str,
) -> tuple[int, ...] | None:
    """Return the arms of the smallest study in which anything can be significant.

    If every outcome of a patient is as likely as any other, no outcome of the study is
    impossible: one that is significant has a chance.
    """
    if test == "icc":
        return None
    arms = np.full(given.arms.shape, 1.0 / given.arms.shape[1])
    even = attrs.evolve(given, arms=arms, loss=0.0)
    for units in range(1, _MOST_UNITS + 1):
        sizes = tuple(units * share for share in shares)
        if n_tables(sizes, even) > _MOST_OUTCOMES:
            return None
        study = Study(test=test, sizes=sizes, level=level, alternative=alternative)
        found = enumerated(study, even, even, bare)
        if found is None:
            return None
        if found[0] > 0.0:
            return sizes
    return None
