"""How wide the interval of a study will be."""

import itertools
import math
from collections.abc import Sequence
from typing import Any, Final, Literal

import attrs
import numpy as np
import numpy.typing as npt

from iph._checks import level as checked_level
from iph._checks import one_of
from iph._results import Result
from iph.design._outcomes import arm_sizes, compositions, distributions, multinomial
from iph.stats import proportion, risk_difference

Interval = Literal["proportion", "risk-difference"]

_INTERVALS: Final = ("proportion", "risk-difference")


@attrs.frozen(kw_only=True, eq=False)
class Precision(Result):
    """How wide an interval will be.

    Attributes
    ----------
    interval : str
        What the interval is of.
    expected : float
        The mean width over all outcomes.
    assured : float
        The width that is not exceeded with probability `assurance`.
    assurance : float
        That probability.
    coverage : float
        The probability that the interval holds what is assumed.
    confidence_level : float
        The level of the interval.
    method : str
        The rule of the interval.
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
    confidence_level: float
    method: str
    n_arms: tuple[int, ...]
    n: int
    n_missing: int


def precision(
    interval: Interval,
    shares: npt.ArrayLike | Sequence[float] | float,
    n: int | Sequence[int],
    *,
    confidence_level: float = 0.95,
    assurance: float = 0.9,
    method: str | None = None,
) -> Precision:
    """Find how wide the interval of a share or of a difference will be.

    Many small studies test nothing. How exactly will so many patients tell the share
    that recovers, or by how much two arms differ?

    Parameters
    ----------
    interval : {"proportion", "risk-difference"}
        Of one share, or of the first of two shares minus the second.
    shares : float, or pair of float
        The share assumed, in each arm.
    n : int or pair of int
        The patients of each arm.
    confidence_level : float, default: 0.95
        The level of the interval.
    assurance : float, default: 0.9
        With what probability the width is not to be exceeded.
    method : str, optional
        As `iph.stats.proportion` or `iph.stats.risk_difference` takes it; their default
        if left out.

    Returns
    -------
    Precision
        With attributes ``interval``, ``expected``, ``assured``, ``assurance``,
        ``coverage``, ``confidence_level``, ``method``, ``n_arms``, ``n`` and
        ``n_missing``.

    Raises
    ------
    iph.errors.InputError
        An unknown interval or method, or shares that do not fit.

    See Also
    --------
    power : How often a test finds what is assumed.

    Notes
    -----
    All outcomes are enumerated, and the interval of each is made by the function that
    will make it of the data.

    References
    ----------
    .. [1] Beal SL. Sample size determination for confidence intervals on the population
       mean and on the difference between two population means. Biometrics
       1989;45:969-977. :doi:`10.2307/2531696`

    Examples
    --------
    The 95 % interval of the share with pain relief, if it is 18/28, with 28 patients:

    >>> from iph.design import precision
    >>> found = precision("proportion", 18 / 28, 28)
    >>> print(f"expected {found.expected:.2f}, with 90 % assurance {found.assured:.2f}")
    expected 0.37, with 90 % assurance 0.39
    """
    one_of(interval, "interval", _INTERVALS)
    asked = checked_level(confidence_level)
    sure = checked_level(assurance, "assurance")
    arms = distributions([shares] if interval == "proportion" else shares)
    sizes = arm_sizes(n, len(arms))
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
        holds.append(found.low <= truth <= found.high)
        chances.append(math.prod(chance for _, chance in outcome))
        rule = found.method
    width, share = np.array(widths), np.array(chances)
    order = np.argsort(width)
    reached = np.searchsorted(np.cumsum(share[order]), sure - 1e-12)
    return Precision(
        interval=interval,
        expected=float(width @ share),
        assured=float(width[order][min(int(reached), len(width) - 1)]),
        assurance=sure,
        coverage=float(np.array(holds) @ share),
        confidence_level=asked,
        method=rule,
        n_arms=sizes,
        n=sum(sizes),
        n_missing=0,
    )
