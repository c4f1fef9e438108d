"""How many patients reach a power, and what a number of patients can find."""

import math
from collections.abc import Callable, Sequence
from typing import Any, Final

import attrs
import numpy as np
import numpy.typing as npt

from iph._checks import level as checked_level
from iph._checks import whole
from iph._options import each
from iph._results import Result
from iph.design._chances import Progress, Study
from iph.design._outcomes import written
from iph.design._planned_tests import assumed
from iph.design._power import (
    Alternative,
    Method,
    Power,
    Test,
    checked_loss,
    find_power,
)
from iph.errors import InputError, WorkError

_MOST_UNEQUAL: Final = 20  # beyond it more patients of one arm tell next to nothing
_AROUND: Final = 5  # sizes below the one found that are looked at, and beyond it
_MOST_UNITS: Final = 1_000


@attrs.frozen(kw_only=True, eq=False)
class SampleSize(Result):
    """How many patients reach a power.

    Attributes
    ----------
    test : str
        The test.
    n_arms : tuple of int
        The patients of each arm to be analyzed: the smallest study that reaches the
        power, as do the five next larger ones.
    n_recruited : tuple of int
        The patients of each arm to be recruited, so that as many are left.
    first : tuple of int
        The smallest study that reaches it at all; smaller than `n_arms` where the power
        falls below it again with one patient more.
    power, size : float
        The power and the true size at `n_arms`.
    low, high : float or None
        The 99 % interval of a simulated power.
    wanted : float
        The power asked for.
    level : float
        The significance level.
    alternative : str
        ``"two-sided"``, ``"greater"`` or ``"less"``.
    method : str
        ``"enumerated"``, ``"simulated"`` or ``"formula"``.
    curve_n : tuple of int
        The patients in all arms of the studies looked at, in order.
    curve_power : tuple of float
        Their power.
    curve_size : tuple of float
        Their true size.
    n : int
        The patients analyzed in all arms.
    n_missing : int
        The patients recruited and lost.
    """

    curve_n: tuple[int, ...]
    curve_power: tuple[float, ...]
    curve_size: tuple[float, ...]
    test: str
    n_arms: tuple[int, ...]
    n_recruited: tuple[int, ...]
    first: tuple[int, ...]
    power: float
    size: float
    low: float | None
    high: float | None
    wanted: float
    level: float
    alternative: str
    method: str
    n: int
    n_missing: int


def sample_size(
    test: Test,
    arms: npt.ArrayLike | Sequence[Any],
    *,
    wanted: float = 0.8,
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
) -> SampleSize:
    """Find how many patients reach a power.

    How many patients must a study have to find the difference that is assumed, with a
    chance of, say, 80 %?

    Parameters
    ----------
    test : str
        One of the tests of `power`.
    arms : array-like of shape (arms, k)
        The probability of each outcome, as `power` takes it.
    wanted : float, default: 0.8
        The power to be reached, between 0 and 1.
    allocation : sequence of int, optional
        How the patients are shared out: ``(2, 1)`` for two in the first arm to each one
        in the second, each from 1 to 20. Equal arms if left out.
    values, days, null, lower, upper, readers : optional
        What else a test needs, as `power` takes it.
    loss : float, default: 0.0
        The share lost to follow-up; as many more are to be recruited.
    level : float, default: 0.05
        The significance level, between 0 and 1.
    alternative : {"two-sided", "greater", "less"}, default: "two-sided"
        As the test takes it.
    method : {"auto", "enumerated", "simulated"}, default: "auto"
        As `power` takes it.
    rng : numpy.random.Generator or int, optional
        Generator or seed of a simulation.
    n_simulations : int, default: 10_000
        Studies to be simulated, of each size looked at.
    progress : callable, optional
        Wraps the loop over what takes long, for instance ``tqdm.tqdm``.

    Returns
    -------
    SampleSize
        With attributes ``test``, ``n_arms``, ``n_recruited``, ``first``, ``power``,
        ``size``, ``low``, ``high``, ``wanted``, ``level``, ``alternative``, ``method``,
        ``curve_n``, ``curve_power``, ``curve_size``, ``n`` and ``n_missing``.

    Raises
    ------
    iph.errors.InputError
        As `power`; or the power is not between 0 and 1.
    iph.errors.WorkError
        No study of up to 1,000 patients in each arm (times the allocation) reaches it.

    See Also
    --------
    power : The power of one study.

    Notes
    -----
    The power of an exact test falls here and there when one patient is added. Sizes
    around the smallest one found by halving are all looked at: ``first`` is the
    smallest of them that reaches the power, ``n_arms`` the smallest from which on the
    five next reach it too.

    References
    ----------
    .. [1] Chernick MR, Liu CY. The saw-toothed behavior of power versus sample size and
       software solutions. Am Stat 2002;56:149-155. :doi:`10.1198/000313002317572835`

    Examples
    --------
    How many patients in each arm find recovery of 18/28 against 9/28, if a tenth is
    lost?

    >>> from iph.design import sample_size
    >>> found = sample_size("fisher", [18 / 28, 9 / 28], loss=0.1)
    >>> found.n_arms, found.n_recruited, f"{found.power:.3f}"
    ((45, 45), (50, 50), '0.814')
    """
    target = checked_level(wanted, "wanted")
    checked = checked_loss(loss)
    given = assumed(
        test,
        arms,
        alternative=alternative,
        values=values,
        days_=days,
        null=null,
        lower=lower,
        upper=upper,
        readers=readers,
        loss=checked,
    )
    shares = allocation_of(allocation, len(given.arms))
    significance = checked_level(level, "level")

    def at(units: int) -> Power:
        study = Study(
            test=test,
            sizes=tuple(units * share for share in shares),
            level=significance,
            alternative=alternative,
        )
        return find_power(
            study,
            given,
            method=method,
            rng=rng,
            n_simulations=whole(n_simulations, "n_simulations", low=1),
            progress=progress,
        )

    looked = _search(at, target)
    reaching = [units for units, one in looked.items() if one.power >= target]
    steady = next(
        units
        for units in reaching
        if all(looked[u].power >= target for u in looked if u >= units)
    )
    found = looked[steady]
    recruited = _recruited(found.n_arms, 0.0 if given.loss else checked)
    return SampleSize(
        test=test,
        n_arms=found.n_arms,
        n_recruited=recruited,
        first=looked[reaching[0]].n_arms,
        power=found.power,
        size=found.size,
        low=found.low,
        high=found.high,
        wanted=target,
        level=significance,
        alternative=alternative,
        method=found.method,
        curve_n=tuple(one.n for one in looked.values()),
        curve_power=tuple(one.power for one in looked.values()),
        curve_size=tuple(one.size for one in looked.values()),
        n=found.n,
        n_missing=sum(recruited) - found.n,
    )


def allocation_of(allocation: Sequence[int] | None, arms: int) -> tuple[int, ...]:
    """Return how the patients are shared out between arms."""
    if allocation is None:
        return (1,) * arms
    rule = f"{arms} whole numbers"
    listed = each(allocation, "allocation", rule)
    most = _MOST_UNEQUAL
    shares = tuple(whole(one, "allocation", low=1, high=most) for one in listed)
    if len(shares) != arms:
        raise InputError("allocation", rule, allocation)
    return shares


def _recruited(sizes: Sequence[int], loss: float) -> tuple[int, ...]:
    """Return the patients to be recruited so that as many are left."""
    return tuple(math.ceil(n / (1 - written(loss))) for n in sizes)


def _search(at: Callable[[int], Power], wanted: float) -> dict[int, Power]:
    """Return the studies around the first that reaches the power, in order."""
    above = 1
    while at(above).power < wanted:
        above *= 2
        if above > _MOST_UNITS:
            raise WorkError(
                f"no study of up to {_MOST_UNITS:,} patients in an arm has a power of "
                f"{wanted:g}; is the difference assumed the one you mean?"
            )
    below = above // 2
    while above - below > 1:
        middle = (above + below) // 2
        if at(middle).power < wanted:
            below = middle
        else:
            above = middle
    looked: dict[int, Power] = {}
    units, reached = max(1, above - _AROUND), 0
    while reached <= _AROUND:
        looked[units] = at(units)
        reached = reached + 1 if looked[units].power >= wanted else 0
        units += 1
    return looked
