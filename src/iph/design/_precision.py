"""How wide the interval of a study will be."""

import itertools
import math
from collections.abc import Sequence
from typing import Any, Final, Literal

import attrs
import numpy as np
import numpy.typing as npt

from iph._checks import Floats, generator, one_of, whole
from iph._checks import level as checked_level
from iph._results import Result
from iph.design._assumed import Assumed
from iph.design._chances import MOST_TABLES, drawn_tables
from iph.design._outcomes import (
    arm_sizes,
    compositions,
    distributions,
    multinomial,
    n_compositions,
)
from iph.design._planned_tests import assumed
from iph.design._rater_tests import icc_limits, kappa_of, true_kappa
from iph.errors import InputError
from iph.stats import proportion, risk_difference
from iph.stats._inference.p_value import SEED

Interval = Literal["proportion", "risk-difference", "kappa", "icc"]

_INTERVALS: Final = ("proportion", "risk-difference", "kappa", "icc")
_STEPS: Final = 100_000  # of the distribution of an F statistic


@attrs.frozen(kw_only=True, eq=False)
class Precision(Result):
    """How wide an interval will be.

    Attributes
    ----------
    interval : str
        What the interval is of.
    expected : float
        The mean width over all outcomes that have an interval.
    assured : float
        The width that is not exceeded with probability `assurance`.
    assurance : float
        That probability.
    coverage : float
        The probability that the interval holds what is assumed; an outcome without an
        interval does not.
    undefined : float
        The probability of an outcome without an interval: full agreement of readers.
    confidence_level : float
        The level of the interval.
    method : str
        The rule of the interval.
    found_by : str
        ``"enumerated"``, ``"simulated"`` or, of an intraclass correlation,
        ``"formula"``.
    n_simulations : int or None
        How many studies were simulated.
    seed : int or None
        The documented seed if no generator was given to a simulation, else None.
    n_arms : tuple of int
        The patients of each arm.
    n : int
        All patients.
    n_missing : int
        0: all are analyzed.
    """

    interval: str
    expected: float
    assured: float
    assurance: float
    coverage: float
    undefined: float
    confidence_level: float
    method: str
    found_by: str
    n_simulations: int | None
    seed: int | None
    n_arms: tuple[int, ...]
    n: int
    n_missing: int


@attrs.frozen(kw_only=True, eq=False)
class _Widths:
    """The intervals of outcomes: how wide, whether they hold the truth, how likely."""

    widths: Floats
    holds: Floats
    chances: Floats
    rule: str
    found_by: str = "enumerated"


def precision(
    interval: Interval,
    shares: npt.ArrayLike | Sequence[Any] | float,
    n: int | Sequence[int],
    *,
    readers: int | None = None,
    confidence_level: float = 0.95,
    assurance: float = 0.9,
    method: str | None = None,
    rng: np.random.Generator | int | None = None,
    n_simulations: int = 10_000,
) -> Precision:
    """Find how wide the interval of a share, a difference or an agreement will be.

    Many small studies test nothing. How exactly will so many patients tell the share
    that recovers, by how much two arms differ, or how well two readers agree?

    Parameters
    ----------
    interval : {"proportion", "risk-difference", "kappa", "icc"}
        Of one share, of the first of two shares minus the second, of the weighted kappa
        of two readers, or of the intraclass correlation of readers (consistency).
    shares : float, pair of float, or array-like of shape (grades, grades)
        The share assumed, in each arm; for kappa the probability of each pair of
        grades, a row each grade of the first reader; for an ICC the correlation.
    n : int or pair of int
        The patients of each arm.
    readers : int, optional
        How many read each patient, for an ICC; up to 1,000.
    confidence_level : float, default: 0.95
        The level of the interval.
    assurance : float, default: 0.9
        With what probability the width is not to be exceeded.
    method : str, optional
        As `iph.stats.proportion` or `iph.stats.risk_difference` takes it; their default
        if left out.
    rng : numpy.random.Generator or int, optional
        Generator or seed of a simulation; without it the documented seed is used.
    n_simulations : int, default: 10_000
        Studies to be simulated where outcomes are too many.

    Returns
    -------
    Precision
        With attributes ``interval``, ``expected``, ``assured``, ``assurance``,
        ``coverage``, ``undefined``, ``confidence_level``, ``method``, ``found_by``,
        ``n_simulations``, ``seed``, ``n_arms``, ``n`` and ``n_missing``.

    Raises
    ------
    iph.errors.InputError
        An unknown interval or method, or shares that do not fit.

    See Also
    --------
    power : How often a test finds what is assumed.

    Notes
    -----
    Outcomes are enumerated, and the interval of each is made by the function that will
    make it of the data. Of kappa more than 10,000 tables are simulated. The interval of
    an ICC depends on the F statistic alone, whose distribution is gone through in
    100,000 steps of equal probability [2]_.

    References
    ----------
    .. [1] Beal SL. Sample size determination for confidence intervals on the population
       mean and on the difference between two population means. Biometrics
       1989;45:969-977. :doi:`10.2307/2531696`
    .. [2] McGraw KO, Wong SP. Forming inferences about some intraclass correlation
       coefficients. Psychol Methods 1996;1:30-46. :doi:`10.1037/1082-989X.1.1.30`

    Examples
    --------
    The 95 % interval of the share with pain relief, if it is 18/28, with 28 patients:

    >>> from iph.design import precision
    >>> found = precision("proportion", 18 / 28, 28)
    >>> print(f"expected {found.expected:.2f}, with 90 % assurance {found.assured:.2f}")
    expected 0.37, with 90 % assurance 0.39

    Three readers of the hematoma volume of 28 patients, if the correlation is 0.9:

    >>> found = precision("icc", 0.9, 28, readers=3)
    >>> print(f"expected {found.expected:.2f}, with 90 % assurance {found.assured:.2f}")
    expected 0.13, with 90 % assurance 0.18
    """
    one_of(interval, "interval", _INTERVALS)
    asked = checked_level(confidence_level)
    sure = checked_level(assurance, "assurance")
    draws = whole(n_simulations, "n_simulations", low=1)
    if interval in {"kappa", "icc"}:
        if method is not None:
            raise InputError("method", f"left out: {interval} has one alone", method)
        given = assumed(
            interval, shares, alternative="two-sided", null=0.0, readers=readers
        )
        sizes = arm_sizes(n, 1)
        if interval == "icc":
            found = _of_icc(given, sizes[0], asked)
        else:
            found = _of_kappa(given, sizes[0], asked, rng, draws)
    else:
        if readers is not None:
            rule = f"left out: {interval} takes none"
            raise InputError("readers", rule, readers)
        arms = distributions([shares] if interval == "proportion" else shares)
        sizes = arm_sizes(n, len(arms))
        found = _of_shares(interval, arms, sizes, asked, method)
    given_rng = found.found_by == "simulated" and rng is None
    known = ~np.isnan(found.widths)
    width, share = found.widths[known], found.chances[known]
    there = float(share.sum())
    order = np.argsort(width)
    reached = np.searchsorted(np.cumsum(share[order]), sure * there - 1e-12)
    return Precision(
        interval=interval,
        expected=float(width @ share) / there if there else math.nan,
        assured=(
            float(width[order][min(int(reached), len(width) - 1)])
            if len(width)
            else math.nan
        ),
        assurance=sure,
        coverage=float(found.holds @ found.chances),
        undefined=max(0.0, 1.0 - there) if not known.all() else 0.0,
        confidence_level=asked,
        method=found.rule,
        found_by=found.found_by,
        n_simulations=draws if found.found_by == "simulated" else None,
        seed=SEED if given_rng else None,
        n_arms=sizes,
        n=sum(sizes),
        n_missing=0,
    )


def _of_shares(
    interval: str, arms: Floats, sizes: Sequence[int], asked: float, method: str | None
) -> _Widths:
    """Return the intervals of every number with the outcome."""
    options: dict[str, Any] = {"confidence_level": asked}
    options |= {} if method is None else {"method": method}
    widths, chances, holds, rule = [], [], [], ""
    truth = float(arms[0, 1] - (arms[1, 1] if interval == "risk-difference" else 0.0))
    outcomes = [
        list(zip(range(m + 1), multinomial(compositions(m, 2)[::-1], arm), strict=True))
        for m, arm in zip(sizes, arms, strict=True)
    ]
    for outcome in itertools.product(*outcomes):
        counts = [count for count, _ in outcome]
        if interval == "proportion":
            found = proportion(counts[0], sizes[0], **options)
        else:
            table = [[c, m - c] for c, m in zip(counts, sizes, strict=True)]
            found = risk_difference(table, **options)
        widths.append(found.high - found.low)
        holds.append(float(found.low <= truth <= found.high))
        chances.append(math.prod(chance for _, chance in outcome))
        rule = found.method
    return _Widths(
        widths=np.array(widths),
        holds=np.array(holds),
        chances=np.array(chances),
        rule=rule,
    )


def _of_kappa(
    given: Assumed,
    n: int,
    asked: float,
    rng: np.random.Generator | int | None,
    draws: int,
) -> _Widths:
    """Return the intervals of every table of two readers, or of tables drawn."""
    (shares,) = given.arms
    simulated = n_compositions(n, len(shares)) > MOST_TABLES
    if simulated:
        source = generator(SEED if rng is None else rng)
        tables, counts = drawn_tables(n, shares, source, draws)
        chances = counts / counts.sum()
    else:
        tables = compositions(n, len(shares))
        chances = multinomial(tables, shares)
    found = [kappa_of(table, asked) for table in tables.tolist()]
    low, high = (np.array([getattr(o, end) for o in found]) for end in ("low", "high"))
    truth = true_kappa(shares)
    return _Widths(
        widths=high - low,
        holds=((low <= truth) & (truth <= high)).astype(float),
        chances=chances,
        rule="weighted kappa, linear",
        found_by="simulated" if simulated else "enumerated",
    )


def _of_icc(given: Assumed, n: int, asked: float) -> _Widths:
    """Return the intervals of F statistics in steps of equal probability."""
    from scipy.special import fdtri

    if n < 2:
        raise InputError("n", "at least two patients", n)
    k, truth = given.readers, float(given.arms[0, 1])
    steps = (np.arange(_STEPS, dtype=np.int64) + 0.5) / _STEPS
    ratio = 1.0 + k * truth / (1.0 - truth)
    low, high = icc_limits(
        ratio * fdtri(n - 1.0, (n - 1.0) * (k - 1.0), steps), n, k, asked
    )
    return _Widths(
        widths=high - low,
        holds=((low <= truth) & (truth <= high)).astype(float),
        chances=np.full(_STEPS, 1.0 / _STEPS),
        rule="ICC(C,1), f",
        found_by="formula",
    )
