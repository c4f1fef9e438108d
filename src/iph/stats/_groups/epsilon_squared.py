"""Epsilon-squared: how much of the spread of the ranks the groups explain."""

import math
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from iph._checks import Floats, generator, level, one_of
from iph._options import resamples
from iph.stats._groups.kruskal_wallis import at_least_two, h_statistic
from iph.stats._groups.ranks import Ints, rank_table
from iph.stats._inference.result import Estimate

Method = Literal["noncentral", "bootstrap"]

METHODS = ("noncentral", "bootstrap")
_CELLS_AT_ONCE = 2_000_000  # 16 MB of counts


def epsilon_squared(
    *samples: npt.ArrayLike | Iterable[object],
    weights: Sequence[Any] | None = None,
    confidence_level: float = 0.95,
    method: Method = "noncentral",
    rng: np.random.Generator | int | None = None,
    n_resamples: int = 10_000,
) -> Estimate:
    """Effect size of a Kruskal-Wallis test.

    What share of the spread of the ranks lies between the groups: from 0, the groups do
    not differ, to 1, no value of one group occurs among those of another?

    Parameters
    ----------
    *samples : array-like of shape (n_j,)
        The values of each group, at least two groups; None or NaN where missing. A
        value known by a bound alone is an `iph.Bound`; no value may lie beyond it.
    weights : sequence of array-like, optional
        Case counts, one vector for each sample (None within it for ones).
    confidence_level : float, default: 0.95
        Level of the interval, between 0 and 1.
    method : {"noncentral", "bootstrap"}, default: "noncentral"
        The interval: from the noncentral chi-square distribution of H, which is that of
        small to moderate differences; or the percentiles of `n_resamples` bootstrap
        samples, drawn within each group.
    rng : numpy.random.Generator or int, optional
        Generator or seed; needed by ``"bootstrap"``.
    n_resamples : int, default: 10_000
        Bootstrap samples.

    Returns
    -------
    Estimate
        With attributes ``estimate``, ``low``, ``high``, ``confidence_level``,
        ``method``, ``n`` and ``n_missing``. With an empty group or all values equal
        they are NaN.

    Raises
    ------
    iph.errors.InputError
        Fewer than two samples, values that are no numbers, bounds with values beyond
        them, weights that do not fit, a bootstrap without `rng`.

    See Also
    --------
    kruskal_wallis : The test itself.
    cliffs_delta : The effect size of two groups.

    Notes
    -----
    ``epsilon^2 = H / (N - 1)`` with H corrected for ties [1]_: the between-group share
    of the sum of squares of the mid-ranks. Under no difference its expected value is
    ``(k - 1) / (N - 1)``, not 0; ``rstatix::kruskal_effsize`` takes that off,
    ``eta^2 = (H - k + 1) / (N - k)``. The noncentral bounds are
    ``(L + k - 1) / (N - 1)`` with L a bound of the noncentrality at which H would be
    expected as observed [2]_. Where no noncentrality makes H that large with
    (1 - level) / 2 or more, the lower bound is 0; an upper one of L = 0 is
    ``(k - 1) / (N - 1)``, what chance alone gives on average. A percentile interval is
    shifted upwards, as resampled groups differ more than the populations, and need not
    hold an estimate near 0.

    References
    ----------
    .. [1] Tomczak M, Tomczak E. The need to report effect size estimates revisited.
       Trends Sport Sci 2014;21:19-25.
    .. [2] Smithson M. Confidence intervals. Sage 2003, chapter 4.
       :doi:`10.4135/9781412983761`

    Examples
    --------
    >>> from iph.stats import epsilon_squared
    >>> found = epsilon_squared([3, 3, 2, 3], [2, 1, 2, 1], [0, 1, 0, 1])
    >>> print(f"{found.estimate:.2f} ({found.low:.2f} to {found.high:.2f})")
    0.79 (0.22 to 1.00)
    """
    at_least_two(len(samples))
    asked = level(confidence_level)
    one_of(method, "method", METHODS)
    drawn = resamples(n_resamples)
    random = generator(rng) if method == "bootstrap" else None
    table = rank_table(samples, weights)
    h = h_statistic(table)
    estimate, low, high = math.nan, math.nan, math.nan
    if not math.isnan(h):
        estimate = h / (table.n - 1)
        if random is None:
            low, high = _noncentral(h, len(samples), table.n, asked)
        else:
            tail = (1.0 - asked) / 2.0
            found = np.concatenate(list(_resampled(table.counts, drawn, random)))
            low, high = np.quantile(found, [tail, 1.0 - tail]).tolist()
    return Estimate(
        estimate=estimate,
        low=low,
        high=high,
        confidence_level=asked,
        method=method,
        n=table.n,
        n_missing=table.n_missing,
    )


def _noncentral(h: float, k: int, n: int, asked: float) -> tuple[float, float]:
    from scipy.special import chndtr, chndtrinc

    tail = (1.0 - asked) / 2.0

    def bound(probability: float) -> float:
        """Return the noncentrality at which H exceeds `h` so seldom; 0 if none does."""
        if chndtr(h, k - 1, 0.0) <= probability:
            return 0.0
        return float(chndtrinc(h, k - 1, probability))

    lower, upper = bound(1.0 - tail), bound(tail)
    low = (lower + k - 1) / (n - 1) if lower else 0.0
    high = min(1.0, (upper + k - 1) / (n - 1))
    estimate = h / (n - 1)  # may lie outside at levels far below one half
    return min(low, estimate), max(high, estimate)


def _resampled(
    counts: Ints, drawn: int, rng: "np.random.Generator"
) -> Iterator[Floats]:
    """Yield epsilon-squared of tables drawn with replacement within each group."""
    sizes = counts.sum(axis=0)
    n = int(sizes.sum())
    batch = max(1, _CELLS_AT_ONCE // counts.size)
    for start in range(0, drawn, batch):
        size = min(batch, drawn - start)
        tables = np.stack(
            [
                rng.multinomial(m, counts[:, j] / m, size=size)
                for j, m in enumerate(sizes.tolist())
            ],
            axis=2,
        )
        ties = tables.sum(axis=2, dtype=np.float64)
        scores = 2.0 * np.cumsum(ties, axis=1) - ties - n  # mid-ranks, centered
        sums = np.einsum("bm,bmk->bk", scores, tables)
        between = (sums**2 / sizes).sum(axis=1)
        total = (ties * scores**2).sum(axis=1)
        # A sample of one value only shows no difference.
        yield np.divide(between, total, out=np.zeros(size), where=total > 0.0)
