"""The range of a figure that a paper does not print, over twin cohorts."""

from collections.abc import Callable, Iterable

import attrs
import numpy as np

from iph._checks import generator, whole
from iph._cohort import Cohort
from iph._display import Displayed
from iph._options import each, one_number
from iph.errors import DataError, InputError
from iph.evidence._claims import Claim
from iph.evidence._twin import Infeasible, twin
from iph.protocol._protocol import P_co, Protocol

__all__ = ["PlausibleRange", "plausible_range"]


@attrs.frozen(kw_only=True)
class PlausibleRange(Displayed):
    """The range of a figure over twins.

    Attributes
    ----------
    low, median, high : float
        The smallest, middle and greatest value.
    values : tuple of float
        One value a twin.
    n : int
        Number of twins with a value.
    n_missing : int
        Number of twins in which the figure is undefined (NaN).
    method : str
        How the twins were made.
    """

    low: float
    median: float
    high: float
    values: tuple[float, ...]
    n: int
    n_missing: int
    method: str


def plausible_range(
    claims: Iterable[Claim],
    statistic: Callable[[Cohort[P_co]], float],
    *,
    rng: np.random.Generator | int,
    protocol: Protocol[P_co] | None = None,
    n_twins: int = 20,
    quantile_rule: str = "weibull",
) -> PlausibleRange:
    """Find the range of an unprinted figure over many twins.

    Could the p-value that the paper does not print be anything, or do its printed
    figures pin it down?

    Parameters
    ----------
    claims : iterable of Claim
        The claims of one paper.
    statistic : callable
        Takes a `Cohort` and returns a number.
    rng : numpy.random.Generator or int
        The source of the twins.
    protocol : Protocol, optional
        As in `twin`.
    n_twins : int, default: 20
        How many twins to make.
    quantile_rule : str, default: "weibull"
        As in `twin`.

    Returns
    -------
    PlausibleRange
        With attributes ``low``, ``median``, ``high``, ``values``, ``n``, ``n_missing``
        and ``method``.

    Raises
    ------
    iph.errors.InputError
        If an argument is not what it must be.
    iph.errors.DataError
        If the claims cannot hold together, or the figure is defined in no twin.

    See Also
    --------
    twin : One such cohort.

    Notes
    -----
    The range is that of the twins that were made, not of all that exist: the true range
    is at least as wide.

    Examples
    --------
    How many patients could have been in pain (VAS 4 or more) at one week?

    >>> from iph.evidence import li2023_claims, plausible_range
    >>> def in_pain(cohort):
    ...     week_1 = [a.vas for p in cohort for a in p.follow_up.assessments
    ...               if a.visit is not None and a.visit.value == "week_1"]
    ...     return sum(vas >= 4 for vas in week_1)
    >>> found = plausible_range(li2023_claims(), in_pain, rng=1, n_twins=3)
    >>> found.n, 14 <= found.low <= found.high <= 28
    (3, True)
    """
    random = generator(rng)
    count = whole(n_twins, "n_twins", low=1, high=100_000)
    listed = each(claims, "claims", "a list of claims")
    if not callable(statistic):
        raise InputError("statistic", "a function of a cohort", statistic)
    values = []
    for _ in range(count):
        made = twin(listed, rng=random, protocol=protocol, quantile_rule=quantile_rule)
        if isinstance(made, Infeasible):
            raise DataError(f"there is no twin: {made.reason}")
        values.append(one_number(statistic(made), "statistic", "a number"))
    known = sorted(value for value in values if not np.isnan(value))
    if not known:
        raise DataError("the figure is undefined in every twin")
    return PlausibleRange(
        low=known[0],
        median=float(np.median(known)),
        high=known[-1],
        values=tuple(values),
        n=len(known),
        n_missing=len(values) - len(known),
        method=f"{count} twins, quantile rule {quantile_rule}",
    )
