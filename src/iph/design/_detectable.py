"""What difference a number of patients can find."""

import math
from collections.abc import Callable, Sequence
from typing import Any, Final

import attrs
import numpy as np
import numpy.typing as npt

from iph._checks import level as checked_level
from iph._checks import one_of
from iph._results import Result
from iph.design._chances import Progress
from iph.design._differences import DETECTABLE, Difference, difference_of
from iph.design._outcomes import arm_sizes, distributions
from iph.design._planned_tests import TESTS
from iph.design._power import Method, Power, Test, power

_HALVINGS: Final = {"odds ratio": 14}  # 1 part in 1,000; as fine as that for others
_OTHERWISE: Final = 10


@attrs.frozen(kw_only=True, eq=False)
class Detectable(Result):
    """What difference a number of patients can find.

    Attributes
    ----------
    measure : str
        What the difference is measured by: ``"odds ratio"``, ``"margin"``, ``"kappa"``
        or ``"ICC"``.
    difference : float
        The smallest one that reaches the power, to 1 part in 1,000; infinite if none
        does.
    arms : tuple of tuple of float
        The distribution of the outcomes in each arm at it, or at the largest that was
        looked at; of changes those down by each size, none, and those up by each; of
        readers that of their pairs of grades, or the ICC alone.
    power, size : float
        The power there, and the true size.
    test : str
        The test.
    n_arms : tuple of int
        The patients recruited of each arm.
    level : float
        The significance level.
    method : str
        ``"enumerated"``, ``"simulated"`` or ``"formula"``.
    n : int
        The patients of all arms who are analyzed.
    n_missing : int
        The patients recruited whose outcome is not known in the end: lost to follow-up.
        0 for a test that uses what was seen of them.
    """

    measure: str
    difference: float
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
    values: npt.ArrayLike | Sequence[float] | None = None,
    days: npt.ArrayLike | Sequence[float] | None = None,
    null: float | None = None,
    readers: int | None = None,
    loss: float = 0.0,
    level: float = 0.05,
    method: Method = "auto",
    rng: np.random.Generator | int | None = None,
    n_simulations: int = 10_000,
    progress: Progress | None = None,
) -> Detectable:
    """Find the smallest difference that a study finds with a given power.

    The number of patients is fixed: what difference can the study hope to find?

    Parameters
    ----------
    test : str
        Of two arms ``"mann-whitney"``, ``"fisher"``, ``"barnard"``, ``"boschloo"``,
        ``"logrank"`` or ``"interval-logrank"``; of two or more ``"kruskal-wallis"`` or
        ``"jonckheere-terpstra"``; of one ``"one-share"``, ``"mcnemar"``, ``"sign"`` or
        ``"wilcoxon-signed-rank"``; of a margin ``"shares-within-margins"`` or
        ``"scores-within-margins"``; of readers ``"kappa"`` or ``"icc"``.
    control : array-like of shape (k,) or float
        What is assumed without a difference: the probability of each outcome in the
        last arm, or the share with it; the share or ICC that is known; of changes the
        probability of each of `values`, or for McNemar of "in both", "in the first
        alone", "in the second alone" and "in neither"; how often readers give each
        grade.
    n : int or sequence of int
        The patients of each arm who are recruited; two arms if it is one number, and
        the test has arms.
    wanted : float, default: 0.8
        The power to be reached.
    values : array-like of shape (k,), optional
        The changes of a signed-rank or sign test, or the scores within a margin.
    days : array-like of shape (k - 1,), optional
        The days of the visits at which recovery is seen.
    null : float, optional
        The kappa that is tested against.
    readers : int, optional
        How many read each patient, for an ICC; up to 1,000.
    loss : float, default: 0.0
        The share lost to follow-up, as `power` takes it: tests of recovery at visits
        use what was seen of them until then, for others the arms are smaller.
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
        With attributes ``measure``, ``difference``, ``arms``, ``power``, ``size``,
        ``test``, ``n_arms``, ``level``, ``method``, ``n`` and ``n_missing``.

    Raises
    ------
    iph.errors.InputError
        As `power`; or a test of courses over visits, in which the arms can differ in
        more ways than one.

    See Also
    --------
    proportional_odds : How the arms differ.

    Notes
    -----
    By an odds ratio, the first arm has odds of a higher grade, or of the outcome, that
    many times those of the control [1]_; of recovery by days, which stand in ascending
    order, odds of a later one. Of more arms than two the first alone differs for
    Kruskal-Wallis, and each from the next for Jonckheere-Terpstra. Of changes it is the
    odds of going up rather than down, whatever the size of the change. A margin is the
    least by which a treatment that is as good can be shown not to be worse. Of a kappa,
    readers agree in so many more patients than by chance, alike in each grade.

    References
    ----------
    .. [1] McCullagh P. Regression models for ordinal data. J R Stat Soc B
       1980;42:109-142. :doi:`10.1111/j.2517-6161.1980.tb01109.x`

    Examples
    --------
    With 28 patients in each arm, and the outcome in 9 of 28 without the treatment:

    >>> from iph.design import detectable
    >>> found = detectable("fisher", 9 / 28, 28)
    >>> print(f"{found.measure} {found.difference:.1f}: {found.arms[0][1]:.0%}")
    odds ratio 5.6: 72%

    With 10 and 18 patients, as in the comparison of Li et al. 2023, and recovery in 10
    of the 18, no difference reaches a power of 80 %:

    >>> print(detectable("fisher", 10 / 18, (10, 18)).difference)
    inf

    Two readers of 20 patients, held against an ICC of 0.75:

    >>> print(f"{detectable('icc', 0.75, 20, readers=2).difference:.2f}")
    0.93
    """
    one_of(test, "test", DETECTABLE)
    target = checked_level(wanted, "wanted")
    (base,) = distributions([control])
    least, _ = TESTS[test].arms
    several = isinstance(n, (Sequence, np.ndarray)) and not isinstance(n, (str, bytes))
    several = several and getattr(n, "ndim", 1) > 0
    sizes = arm_sizes(n, max(least, len(n)) if several and least > 1 else least)  # type: ignore[arg-type] # it has a length
    difference = difference_of(
        test,
        base,
        len(sizes),
        days=days,
        values=values,
        null=null,
        readers=readers,
    )

    def at(value: float) -> Power:
        return power(
            test,
            difference.arms(value),
            sizes,
            loss=loss,
            level=level,
            method=method,
            rng=rng,
            n_simulations=n_simulations,
            progress=progress,
            **difference.options(value),
        )

    value, found = _least(at, difference, target)
    shown = difference.rungs[-1] if math.isinf(value) else value
    return Detectable(
        measure=difference.measure,
        difference=value,
        arms=_rows(difference.arms(shown)),
        power=found.power,
        size=found.size,
        test=test,
        n_arms=sizes,
        level=found.level,
        method=found.method,
        n=found.n,
        n_missing=found.n_missing,
    )


def _least(
    at: Callable[[float], Power], difference: Difference, wanted: float
) -> tuple[float, Power]:
    """Return the smallest difference with the power, or infinity, and the power."""
    low = high = difference.none
    for rung in difference.rungs:
        low, high = high, rung
        found = at(high)
        if found.power >= wanted:
            break
    else:
        return math.inf, found
    ratio = difference.measure == "odds ratio"
    for _ in range(_HALVINGS.get(difference.measure, _OTHERWISE)):
        middle = math.sqrt(low * high) if ratio else (low + high) / 2.0
        there = at(middle)
        if there.power >= wanted:
            high, found = middle, there
        else:
            low = middle
    return high, found


def _rows(arms: Any) -> tuple[tuple[float, ...], ...]:
    """Return arms as `power` takes them, as rows of numbers."""
    if isinstance(arms, float):
        return ((arms,),)
    rows = arms if hasattr(arms[0], "__len__") else [arms]
    return tuple(tuple(float(one) for one in row) for row in rows)
