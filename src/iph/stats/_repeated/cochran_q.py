"""Cochran's Q: a yes/no outcome of the same patients at several visits."""

import math
from collections.abc import Iterable

import attrs
import numpy as np
import numpy.typing as npt

from iph._checks import Ints, of_one_table, one_of, unmasked
from iph._results import Result
from iph._wide import bincount
from iph.errors import InputError
from iph.stats._inference.p_value import METHODS, Method
from iph.stats._repeated.friedman import agreement
from iph.stats._repeated.repeated_grades import Rows, ratings, signed_ranks, total

_MOST_PACKED = 16  # visits: their patterns are counted in 65,536 places


@attrs.frozen(kw_only=True, eq=False)
class CochranQ(Result):
    """What `cochran_q` found.

    Attributes
    ----------
    statistic : float
        Q; NaN if no patient's outcome ever changes.
    df : int
        Its degrees of freedom: visits minus one.
    p_value : float
        The probability of such a Q or a larger one if visits do not matter.
    p_low, p_high : float or None
        The 99 % interval of a simulated p-value; None if nothing was simulated.
    method : str
        ``"exact"``, ``"asymptotic"`` or ``"monte-carlo"``: what was really done.
    seed : int or None
        The documented seed if a p-value was simulated without `rng`, else None.
    counts : tuple of int
        The patients with the outcome at each visit.
    proportions : tuple of float
        Their share of `n`.
    n : int
        The patients seen at every visit, who alone are used.
    n_missing : int
        The patients with a missed visit, who are left out.
    """

    statistic: float
    df: int
    p_value: float
    p_low: float | None
    p_high: float | None
    method: str
    seed: int | None
    counts: tuple[int, ...]
    proportions: tuple[float, ...]
    n: int
    n_missing: int


@of_one_table
def cochran_q(
    rows: Rows,
    *,
    weights: npt.ArrayLike | Iterable[object] | None = None,
    method: Method = "auto",
    rng: np.random.Generator | int | None = None,
    n_resamples: int = 10_000,
) -> CochranQ:
    """Test whether the share of patients with an outcome differs between visits.

    Is numbness present in fewer patients at each later visit, when the same patients
    are seen every time?

    Parameters
    ----------
    rows : array-like of shape (patients, visits)
        1 or True (present), 0 or False (absent); None or NaN where a visit was missed.
    weights : array-like of int, optional
        How many patients each row stands for.
    method : {"auto", "exact", "asymptotic", "monte-carlo"}, default: "auto"
        The distribution of Q over all orders of each patient's outcomes, counted
        exactly or simulated, or the chi-square distribution (the default of SPSS);
        ``"auto"`` as in `friedman`.
    rng : numpy.random.Generator or int, optional
        Generator or seed of a simulated p-value; needed by ``"monte-carlo"``, while
        ``"auto"`` does with a documented seed.
    n_resamples : int, default: 10000
        How many tables are simulated.

    Returns
    -------
    CochranQ
        With attributes ``statistic``, ``df``, ``p_value``, ``p_low``, ``p_high``,
        ``method``, ``seed``, ``counts``, ``proportions``, ``n`` and ``n_missing``. If
        no patient's outcome ever changes, Q and the asymptotic p-value are NaN, the
        exact p-value is 1; with no complete patient all of them are NaN.

    Raises
    ------
    iph.errors.InputError
        A value is neither 0 nor 1, or the rows are no table with two or more columns.
    iph.errors.WorkError
        The exact distribution was asked for and would take too long.

    See Also
    --------
    mcnemar : Two visits, with an odds ratio.
    friedman : Graded outcomes.

    Notes
    -----
    With C_j the number of patients with the outcome at visit j and u_i the number of
    visits at which patient i has it, ``Q = (k - 1) (k sum C^2 - (sum C)^2) /
    (k sum u - sum u^2)`` [1]_. It is Friedman's statistic, corrected for ties, of the
    same table, and is computed as such. Patients whose outcome never changes do not
    influence Q.

    References
    ----------
    .. [1] Cochran WG. The comparison of percentages in matched samples. Biometrika
       1950;37:256-266. :doi:`10.1093/biomet/37.3-4.256`

    Examples
    --------
    Numbness at three visits of eight patients:

    >>> from iph.stats import cochran_q
    >>> numb = [[1, 1, 0], [1, 0, 0], [1, 1, 1], [1, 1, 0],
    ...         [0, 0, 0], [1, 0, 0], [1, 1, 0], [1, 0, 0]]
    >>> test = cochran_q(numb, method="asymptotic")
    >>> print(f"{test.counts} of {test.n}: Q = {test.statistic:.2f}, "
    ...       f"p = {test.p_value:.4f}")
    (7, 4, 1) of 8: Q = 9.00, p = 0.0111
    >>> print(f"exact p = {cochran_q(numb).p_value:.4f}")
    exact p = 0.0082
    """
    one_of(method, "method", METHODS)
    rows = _yes_no(rows)
    if weights is None:
        rows, weights = _counted(rows)
    table = ratings(rows, weights)
    wrong = (table.values != 0.0) & (table.values != 1.0) & ~np.isnan(table.values)
    if wrong.any():
        row, column = (int(i[0]) for i in np.nonzero(wrong))
        raise InputError(
            f"rows[{row}][{column}]",
            "True/1 (present) or False/0 (absent)",
            float(table.values[row, column]),
        )
    values, cases = table.complete()
    found = agreement(signed_ranks(values), cases, method, rng, n_resamples)
    n = table.n_complete
    present = values.astype(np.int64)
    counts = tuple(total(present[:, j] * cases) for j in range(table.visits))
    return CochranQ(
        statistic=found.statistic,
        df=table.visits - 1,
        p_value=found.p.p_value,
        p_low=found.p.p_low,
        p_high=found.p.p_high,
        method=found.p.method,
        seed=found.p.seed,
        counts=counts,
        proportions=tuple(c / n if n else math.nan for c in counts),
        n=n,
        n_missing=table.n_incomplete,
    )


def _yes_no(rows: Rows) -> Rows:
    """Let True and False pass as 1 and 0."""
    rows = unmasked(rows)
    if isinstance(rows, np.ndarray) and rows.dtype.kind == "b":
        return rows.astype(np.int8)
    if hasattr(rows, "__array__"):
        array = np.asarray(rows)
        if array.dtype.kind == "b":
            return array.astype(np.int8)
        return array if array.dtype.kind in "iuf" else _yes_no(array.tolist())
    if isinstance(rows, (str, bytes)) or not isinstance(rows, Iterable):
        return rows
    return [_whole(row) for row in rows]


def _counted(rows: Rows) -> tuple[Rows, Ints | None]:
    """Return each row of zeros and ones once, with its patients; others as they are."""
    if not isinstance(rows, np.ndarray) or rows.dtype.kind not in "iu":
        return rows, None
    if rows.ndim != 2 or not 0 < rows.shape[1] <= _MOST_PACKED:
        return rows, None
    if not (rows.min(initial=0) >= 0 and rows.max(initial=0) <= 1):
        return rows, None
    bits = np.arange(rows.shape[1], dtype=np.uint16)
    code = np.zeros(len(rows), dtype=np.uint16)
    for j, column in enumerate(rows.T.astype(np.uint16)):
        code |= column << bits[j]
    counts = bincount(code, minlength=1 << len(bits))
    found = np.flatnonzero(counts)
    return (found[:, None] >> bits) & 1, counts[found]


def _whole(row: object) -> Iterable[object]:
    if getattr(row, "ndim", 1) == 0 or (
        isinstance(row, (str, bytes)) or not isinstance(row, Iterable)
    ):
        return row  # type: ignore[return-value] # refused where rows are checked
    return [int(v) if isinstance(v, (bool, np.bool_)) else v for v in row]
