"""How many patients reach a power, and what a number of patients can find."""

import math
from collections.abc import Callable, Sequence
from typing import Any, Final

import attrs
import numpy as np
import numpy.typing as npt

from iph._checks import level as checked_level
from iph._checks import one_of, whole
from iph._results import Result
from iph.design._outcomes import (
    arm_sizes,
    distributions,
    proportional_odds,
    written,
)
from iph.design._plan import assumed
from iph.design._power import (
    Alternative,
    Method,
    Power,
    Progress,
    Study,
    Test,
    checked_loss,
    find_power,
    power,
)
from iph.errors import InputError, WorkError

_AROUND: Final = 5  # sizes below the one found that are looked at, and beyond it
_MOST_UNITS: Final = 1_000
_TWO_ARMS: Final = (
    "mann-whitney",
    "fisher",
    "barnard",
    "boschloo",
    "logrank",
    "interval-logrank",
)
_MOST_ODDS: Final = 2.0**16
_STEPS: Final = 14  # of halving: 1 part in 1,000


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
        ``"enumerated"`` or ``"simulated"``.
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


@attrs.frozen(kw_only=True, eq=False)
class Detectable(Result):
    """What difference a number of patients can find.

    Attributes
    ----------
    odds_ratio : float
        The smallest common odds ratio above 1 that reaches the power, to 1 part in
        1,000; infinite if no difference does.
    arms : tuple of tuple of float
        The distribution of the outcomes in both arms at it.
    power, size : float
        The power there, and the true size.
    test : str
        The test.
    n_arms : tuple of int
        The patients of each arm.
    level : float
        The significance level.
    method : str
        ``"enumerated"`` or ``"simulated"``.
    n : int
        The patients of both arms.
    n_missing : int
        0: all are analyzed.
    """

    odds_ratio: float
    arms: tuple[tuple[float, ...], ...]
    power: float
    size: float
    test: str
    n_arms: tuple[int, ...]
    level: float
    method: str
    n: int
    n_missing: int


def sample_size(
    test: Test,
    arms: npt.ArrayLike | Sequence[Any],
    *,
    wanted: float = 0.8,
    allocation: Sequence[int] | None = None,
    values: npt.ArrayLike | Sequence[float] | None = None,
    days: npt.ArrayLike | Sequence[float] | None = None,
    null: float | None = None,
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
        in the second. Equal arms if left out.
    values : array-like of shape (k,), optional
        The changes of a signed-rank or sign test.
    days : array-like of shape (k - 1,), optional
        The days of the visits at which recovery is seen.
    null : float, optional
        The share against which ``"one-share"`` tests.
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
        loss=checked,
    )
    shares = _shares(allocation, len(given.arms))
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
    recruited = _recruited(found.n_arms, 0.0 if given.lost else checked)
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


def _shares(allocation: Sequence[int] | None, arms: int) -> tuple[int, ...]:
    if allocation is None:
        return (1,) * arms
    shares = tuple(whole(one, "allocation", low=1) for one in allocation)
    if len(shares) != arms:
        raise InputError("allocation", f"{arms} whole numbers", allocation)
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


def detectable(
    test: Test,
    control: npt.ArrayLike | Sequence[float] | float,
    n: int | Sequence[int],
    *,
    wanted: float = 0.8,
    days: npt.ArrayLike | Sequence[float] | None = None,
    level: float = 0.05,
    method: Method = "auto",
    rng: np.random.Generator | int | None = None,
    n_simulations: int = 10_000,
    progress: Progress | None = None,
) -> Detectable:
    """Find the smallest difference that a study of two arms finds with a given power.

    The number of patients is fixed: what difference can the study hope to find?

    Parameters
    ----------
    test : str
        ``"mann-whitney"``, ``"fisher"``, ``"barnard"``, ``"boschloo"``,
        ``"logrank"`` or ``"interval-logrank"``.
    control : array-like of shape (k,) or float
        The probability of each outcome in the second arm, or the share with it.
    n : int or pair of int
        The patients of each arm.
    wanted : float, default: 0.8
        The power to be reached.
    days : array-like of shape (k - 1,), optional
        The days of the visits at which recovery is seen.
    level : float, default: 0.05
        The significance level; the test is two-sided.
    method : {"auto", "enumerated", "simulated"}, default: "auto"
        As `power` takes it.
    rng : numpy.random.Generator or int, optional
        Generator or seed of a simulation.
    n_simulations : int, default: 10_000
        Studies to be simulated, of each difference looked at.
    progress : callable, optional
        Wraps the loop over what takes long, for instance ``tqdm.tqdm``.

    Returns
    -------
    Detectable
        With attributes ``odds_ratio``, ``arms``, ``power``, ``size``, ``test``,
        ``n_arms``, ``level``, ``method``, ``n`` and ``n_missing``. The first arm has
        odds of a higher grade, or of the outcome, that many times those of the second;
        of recovery by days, which stand in ascending order, odds of a later one.

    Raises
    ------
    iph.errors.InputError
        As `power`; or the test is none of two arms.

    See Also
    --------
    proportional_odds : How the arms differ.

    References
    ----------
    .. [1] McCullagh P. Regression models for ordinal data. J R Stat Soc B
       1980;42:109-142. :doi:`10.1111/j.2517-6161.1980.tb01109.x`

    Examples
    --------
    With 28 patients in each arm, and the outcome in 9 of 28 without the treatment:

    >>> from iph.design import detectable
    >>> found = detectable("fisher", 9 / 28, 28)
    >>> print(f"odds ratio {found.odds_ratio:.1f}: {found.arms[0][1]:.0%} against 32%")
    odds ratio 5.6: 72% against 32%

    With 10 and 18 patients, as in the comparison of Li et al. 2023, and recovery in 10
    of the 18, no difference reaches a power of 80 %:

    >>> print(detectable("fisher", 10 / 18, (10, 18)).odds_ratio)
    inf
    """
    one_of(test, "test", _TWO_ARMS)
    target = checked_level(wanted, "wanted")
    (base,) = distributions([control])
    sizes = arm_sizes(n, 2)

    def at(odds: float) -> tuple[Power, tuple[tuple[float, ...], ...]]:
        arms = (proportional_odds(base, odds), tuple(base.tolist()))
        found = power(
            test,
            arms,
            sizes,
            days=days,
            level=level,
            method=method,
            rng=rng,
            n_simulations=n_simulations,
            progress=progress,
        )
        return found, arms

    low, high = 1.0, 2.0
    found, arms = at(high)
    while found.power < target and high < _MOST_ODDS:
        low, high = high, high * 2.0
        found, arms = at(high)
    if found.power < target:
        high = math.inf
    else:
        for _ in range(_STEPS):
            middle = math.sqrt(low * high)
            there = at(middle)
            if there[0].power >= target:
                high, (found, arms) = middle, there
            else:
                low = middle
    return Detectable(
        odds_ratio=high,
        arms=arms,
        power=found.power,
        size=found.size,
        test=test,
        n_arms=sizes,
        level=found.level,
        method=found.method,
        n=found.n,
        n_missing=0,
    )
