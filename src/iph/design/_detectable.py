"""What difference a number of patients can find."""

import math
from collections.abc import Sequence
from typing import Final

import attrs
import numpy as np
import numpy.typing as npt

from iph._checks import level as checked_level
from iph._checks import one_of
from iph._results import Result
from iph.design._chances import Progress
from iph.design._outcomes import arm_sizes, distributions, proportional_odds
from iph.design._power import Method, Power, Test, power

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
