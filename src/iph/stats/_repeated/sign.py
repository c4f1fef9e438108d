"""The sign test of paired grades."""

import math
from typing import Any, Literal

import attrs
import numpy as np

from iph._checks import case_counts, numbers, on_grid, one_of
from iph._results import Result
from iph.stats._inference.definite_order import (
    Bounds,
    as_places,
    bounds_apart,
    ends,
    limits_of,
)
from iph.stats._inference.fair_coin import exact_p, mid_p, normal_p, standardized
from iph.stats._repeated.signed_rank import Column, sized_differences

Method = Literal["auto", "exact", "mid-p", "asymptotic"]
Alternative = Literal["two-sided", "less", "greater"]


@attrs.frozen(kw_only=True, eq=False)
class SignTest(Result):
    """What `sign_test` found.

    Attributes
    ----------
    statistic : int
        The positive differences.
    z : float
        The standardized statistic; positive if `x` tends to be higher, NaN if all
        differences are zero.
    p_value : float
        The p-value for the alternative asked.
    method, alternative : str
        The rules chosen.
    n_positive, n_negative, n_zero : int
        The pairs with a positive, a negative and no difference.
    n : int
        The pairs with both values.
    n_missing : int
        The pairs left out because a value was missing.
    n_bounds : int
        The pairs with a value that is known by a bound alone, such as ">8".
    n_undecided : int
        Those of them that may have changed either way; they are left out as pairs
        without a difference are.
    """

    statistic: int
    z: float
    p_value: float
    method: str
    alternative: str
    n_positive: int
    n_negative: int
    n_zero: int
    n: int
    n_missing: int
    n_bounds: int
    n_undecided: int


def sign_test(
    x: Column,
    y: Column | None = None,
    *,
    weights: Any = None,
    method: Method = "auto",
    alternative: Alternative = "two-sided",
) -> SignTest:
    """Test whether the same patients more often get better than worse.

    Only the direction of a patient's change counts, not its size: the test to use where
    the steps of a grade are not equally wide.

    Parameters
    ----------
    x : array-like of shape (n,)
        The values on one occasion, or the differences themselves; None or NaN where
        missing. A value known by a bound alone is an `iph.Bound`.
    y : array-like of shape (n,), optional
        The values of the same patients, in the same order, on the other occasion.
    weights : array-like of int, optional
        How many pairs each row stands for.
    method : {"auto", "exact", "mid-p", "asymptotic"}, default: "auto"
        The binomial distribution, the same counting the observed outcome by half, or
        the normal distribution (without continuity correction). ``"auto"`` is exact at
        any number of patients, since it is quick.
    alternative : {"two-sided", "less", "greater"}, default: "two-sided"
        ``"greater"``: the values of `x` tend to be higher than those of `y`.

    Returns
    -------
    SignTest
        With attributes ``statistic``, ``z``, ``p_value``, ``method``, ``alternative``,
        ``n_positive``, ``n_negative``, ``n_zero``, ``n``, ``n_missing``, ``n_bounds``
        and ``n_undecided``. If all differences are zero the asymptotic p-value is NaN,
        the others are 1; without any pair the p-value is NaN.

    Raises
    ------
    iph.errors.InputError
        Values that are no numbers, columns of unequal length, an unknown option.

    See Also
    --------
    wilcoxon_signed_rank : When larger changes shall count more.
    mcnemar : The same test for yes/no outcomes, with an odds ratio.

    Notes
    -----
    Pairs without a difference are dropped and counted [1]_. The exact p-value is that
    of ``binom.test(n_positive, n_positive + n_negative)`` in R, which SPSS prints too
    up to 25 differences, from whole numbers up
    to 20,000 differences and from the incomplete beta function above.

    A pair with a bound counts by its direction where that is sure: from ">8" to 1.2 is
    a fall. From ">8" to ">8", or to 9, it is not; such a pair is left out and counted
    in ``n_undecided``. The test holds its level still, if both occasions were measured
    up to the same limits: which pairs are undecided does not depend on which of the two
    values came first.

    References
    ----------
    .. [1] Dixon WJ, Mood AM. The statistical sign test. J Am Stat Assoc 1946;41:
       557-566. :doi:`10.1080/01621459.1946.10501898`

    Examples
    --------
    Strength (MRC grade) of nine patients after three months and at baseline:

    >>> from iph.stats import sign_test
    >>> test = sign_test([4, 5, 4, 3, 5, 4, 4, 2, 5], [2, 3, 3, 3, 4, 2, 3, 3, 4])
    >>> print(f"{test.n_positive} better, {test.n_negative} worse, "
    ...       f"{test.n_zero} alike: p = {test.p_value:.4f}")
    7 better, 1 worse, 1 alike: p = 0.0703
    """
    one_of(method, "method", ("auto", "exact", "mid-p", "asymptotic"))
    one_of(alternative, "alternative", ("two-sided", "less", "greater"))
    apart = [bounds_apart(x, "x"), (None, {}) if y is None else bounds_apart(y, "y")]
    (first, _), (second, _) = apart
    pairs = sized_differences(first, second, weights)
    with_bounds = _decided(apart, weights)
    up = int(pairs.positive.sum()) + with_bounds.up
    down = int(pairs.negative.sum()) + with_bounds.down
    n = pairs.n + with_bounds.n
    z = standardized(up, down)
    if n == 0:
        p_value = math.nan
    elif method == "asymptotic":
        p_value = normal_p(z, alternative)
    else:
        p_value = (mid_p if method == "mid-p" else exact_p)(up, down, alternative)
    return SignTest(
        statistic=up,
        z=z,
        p_value=p_value,
        method="exact" if method == "auto" else method,
        alternative=alternative,
        n_positive=up,
        n_negative=down,
        n_zero=pairs.n_zero,
        n=n,
        n_missing=pairs.n_missing - with_bounds.n,
        n_bounds=with_bounds.n,
        n_undecided=with_bounds.n - with_bounds.up - with_bounds.down,
    )


@attrs.frozen
class _Decided:
    """How many pairs with a bound surely go up, surely down, and there are."""

    up: int
    down: int
    n: int


def _decided(apart: list[tuple[Any, Bounds]], weights: Any) -> _Decided:
    """Tell the directions of the pairs with a bound."""
    (first, of_first), (second, of_second) = apart
    rows = sorted({*of_first, *of_second})
    if not rows:
        return _Decided(0, 0, 0)
    place = {row: at for at, row in enumerate(rows)}
    bounds = [
        {place[row]: b for row, b in one.items()} for one in (of_first, of_second)
    ]
    x = numbers([first[row] for row in rows], "x")
    y = np.zeros(len(rows))  # of differences
    if second is not None:
        y = numbers([second[row] for row in rows], "y")
    limits = limits_of(bounds)
    largest = float(np.nanmax(np.abs(np.concatenate([x, y, limits]))))
    sides = [on_grid(side, largest) for side in (x, y)]
    x, y = as_places(sides, bounds, on_grid(limits, largest))
    known = ~(np.isnan(x) | np.isnan(y))
    cases = case_counts(weights, len(first))[rows][known]
    (least, most), n = ends(np.concatenate([x[known], y[known]])), cases.size
    return _Decided(
        up=int(cases[least[:n] > most[n:]].sum()),
        down=int(cases[most[:n] < least[n:]].sum()),
        n=int(cases.sum()),
    )
