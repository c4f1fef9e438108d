"""Agreement of two raters of a grade."""

import math
from collections.abc import Hashable, Iterable
from typing import Any, Literal

import attrs
import numpy as np
import numpy.typing as npt

from iph._checks import (
    Ints,
    case_counts,
    level,
    one_of,
    same_length,
)
from iph._labels import coded, declared_order
from iph._results import Result
from iph.errors import InputError
from iph.stats._inference.tails import normal_two_sided
from iph.stats._tables.proportion import proportion
from iph.stats._tables.rating_levels import (
    level_distances,
    level_places,
    ordered_levels,
    refuse_text,
)

KappaScheme = Literal["linear", "quadratic", "none"]

# The least variance of kappa that the interval takes, times n, by scheme.
_FLOORS = {"linear": 1.0, "quadratic": 1.5, "none": 1.0}
_ROUNDING = 1e-28  # a variance below it is the square of a rounding error


@attrs.frozen(kw_only=True, eq=False)
class Agreement(Result):
    """How far two raters agree beyond chance.

    Attributes
    ----------
    estimate : float
        Kappa: 1 for full agreement, 0 for that of chance, negative below; NaN if both
        raters gave one and the same grade throughout.
    low, high : float
        The confidence interval; NaN at full agreement, where the share of agreement
        with its interval stands in its place; -1 to 1 if the grades leave no room
        for chance (see ``null_standard_error``).
    agreed : float
        The share of patients with the same grade from both raters.
    agreed_low, agreed_high : float
        Its exact interval (Clopper and Pearson).
    standard_error : float
        The standard error of kappa for large samples.
    p_value : float
        Two-sided p-value of kappa = 0, from the standard error under that hypothesis;
        NaN if that is 0.
    null_standard_error : float
        The standard error if kappa is 0; 0 if any pairing of the two raters' grades
        would agree alike, as when one of them gave a single grade throughout. Kappa is
        then 0 and says nothing.
    observed : float
        The (weighted) share of agreement seen.
    expected : float
        The same by chance, given both raters' shares of the grades.
    confidence_level : float
        The level of the interval.
    scheme : str
        What a disagreement weighs: ``"linear"``, ``"quadratic"`` or ``"none"``.
    method : str
        The source of the standard errors: ``"fleiss-cohen-everitt"``.
    levels : tuple
        The grades, in order.
    n : int
        Number of patients graded by both.
    n_missing : int
        Number of patients left out because a grade was missing.
    """

    estimate: float
    low: float
    high: float
    agreed: float
    agreed_low: float
    agreed_high: float
    standard_error: float
    p_value: float
    null_standard_error: float
    observed: float
    expected: float
    confidence_level: float
    scheme: str
    method: str
    levels: tuple[Any, ...]
    n: int
    n_missing: int


def weighted_kappa(
    rater1: npt.ArrayLike | Iterable[Hashable],
    rater2: npt.ArrayLike | Iterable[Hashable],
    *,
    scheme: KappaScheme = "linear",
    levels: Iterable[Hashable] | None = None,
    confidence_level: float = 0.95,
    weights: npt.ArrayLike | Iterable[object] | None = None,
) -> Agreement:
    """Agreement of two raters of a grade beyond chance (Cohen's weighted kappa).

    Two clinicians graded the strength of the same legs: how far do they agree, if
    being one grade apart is a small disagreement and three a large one?

    Parameters
    ----------
    rater1, rater2 : sequence
        The grades of both raters, in the same order of patients; None or NaN where
        missing. Whole numbers, the members of an enumeration, or an ordered
        categorical, whose order is that of its levels; words need `levels`, unless
        `scheme` is ``"none"``.
    scheme : {"linear", "quadratic", "none"}, default: "linear"
        Whether disagreement grows with the distance of the grades, with its square,
        or is the same for any two grades (the unweighted kappa).
    levels : sequence, optional
        All grades, from the lowest to the highest. By default those that an enumeration
        or an ordered categorical declares, else those that occur; of
        whole numbers every one from the lowest to the highest that occurs, so that a
        grade that nobody received keeps its place.
    confidence_level : float, default: 0.95
        Level of the interval, between 0 and 1.
    weights : sequence of int, optional
        How many patients each row stands for (case counts, not the weights of
        disagreement, which `scheme` names).

    Returns
    -------
    Agreement
        With attributes ``estimate``, ``low``, ``high``, ``agreed``, ``agreed_low``,
        ``agreed_high``, ``standard_error``, ``p_value``, ``null_standard_error``,
        ``observed``, ``expected``,
        ``confidence_level``, ``scheme``, ``method``, ``levels``, ``n`` and
        ``n_missing``.

    Raises
    ------
    iph.errors.InputError
        A grade is not among `levels`, the columns differ in length, or an option is
        unknown.

    See Also
    --------
    kendall, spearman : Association, which raters can have without agreeing.

    Notes
    -----
    ``kappa = 1 - n sum(v_ij n_ij) / sum(v_ij r_i c_j)`` with the distances ``v`` of the
    grades, their squares, or 1 off the diagonal; from whole numbers, with one division.
    Both standard errors are those of Fleiss, Cohen and Everitt [1]_ for large samples.
    The one of the interval is the ``ASE`` of ``Kappa`` in the R package ``vcd``, which
    divides by it for the test of kappa = 0 as well; here that test has the standard
    error under its hypothesis, as the authors ask, and another p-value.
    The interval holds the k with ``(kappa - k)^2 <= t^2 c (1 - k^2)``, t being
    Student's quantile with n - 1 degrees of freedom and c the largest of three: the
    squared standard error under no agreement; that of the interval, times n / (n - 1),
    over ``1 - kappa^2``; and 1 / n, or 1.5 / n with quadratic weights, under which one
    large and rare disagreement makes most of the variance and is mostly not seen in few
    patients. Wald's interval holds in .64 to .93 of samples of 28; this one, for 2 to 5
    grades, kappa from 0 to 0.9 and 8 to 60 patients, in .97 to .99 on average and in
    about .92 at the least (five skewed grades, quadratic weights).
    With full agreement both standard errors of that kappa are 0, which says nothing
    about the next patient: there is no interval of kappa, but the exact one of the
    share of agreement. Quadratic weights make kappa grow with the number of grades, so
    always name the scheme.

    References
    ----------
    .. [1] Fleiss JL, Cohen J, Everitt BS. Large sample standard errors of kappa and
       weighted kappa. Psychol Bull 1969;72:323-327. :doi:`10.1037/h0028106`

    Examples
    --------
    Two raters of 100 patients (Fleiss, Levin and Paik, Table 18.1: kappa 0.68, with a
    standard error of 0.076 under the hypothesis of no agreement):

    >>> from iph.stats import weighted_kappa
    >>> first = ["psychosis"] * 3 + ["neurosis"] * 3 + ["organic"] * 3
    >>> second = ["psychosis", "neurosis", "organic"] * 3
    >>> cases = [75, 1, 4, 5, 4, 1, 0, 0, 10]
    >>> found = weighted_kappa(first, second, scheme="none", weights=cases)
    >>> f"{found.estimate:.2f} ({found.low:.2f} to {found.high:.2f})"
    '0.68 (0.47 to 0.81)'
    >>> round(found.null_standard_error, 3)
    0.076
    """
    one_of(scheme, "scheme", ("linear", "quadratic", "none"))
    asked = level(confidence_level)
    if levels is None:
        levels = _declared(rater1, rater2)
    table, ordered, n_missing = _table(rater1, rater2, levels, weights)
    if levels is None and scheme != "none":
        refuse_text(ordered)
    n = int(table.sum())
    distances = level_distances(len(ordered), scheme)
    rows, columns = table.sum(axis=1), table.sum(axis=0)
    seen = _exact_sum(distances, table) * n
    by_chance = _exact_sum(distances, rows[:, None] * columns.astype(object)[None, :])
    widest = int(distances.max(initial=1))
    kappa = error = null_error = observed = expected = math.nan
    if n:
        observed = 1.0 - seen / (n * n * widest)
        expected = 1.0 - by_chance / (n * n * widest)
    if by_chance:
        kappa = (by_chance - seen) / by_chance
        error, null_error = _standard_errors(table, 1.0 - distances / widest, kappa)
    low = high = p_value = math.nan
    if null_error > 0.0:
        p_value = normal_two_sided(kappa / null_error)
        if seen:
            spread = max(null_error**2, _FLOORS[scheme] / n)
            if n > 1 and abs(kappa) < 1.0:
                spread = max(spread, error**2 * n / (n - 1) / (1.0 - kappa**2))
            low, high = _score_bounds(kappa, spread, n, asked)
    elif seen:  # one rater gave a single grade: nothing is known of kappa
        low, high = -1.0, 1.0
    share = proportion(int(np.trace(table)), n, confidence_level=asked)
    return Agreement(
        estimate=kappa,
        low=low,
        high=high,
        agreed=share.estimate,
        agreed_low=share.low,
        agreed_high=share.high,
        standard_error=error,
        p_value=p_value,
        null_standard_error=null_error,
        observed=observed,
        expected=expected,
        confidence_level=asked,
        scheme=scheme,
        method="fleiss-cohen-everitt",
        levels=ordered,
        n=n,
        n_missing=n_missing,
    )


def _score_bounds(
    kappa: float, spread: float, n: int, asked: float
) -> tuple[float, float]:
    """Return the k with ``(kappa - k)^2 <= t^2 spread (1 - k^2)``, t with n - 1 df."""
    if n < 2:
        return -1.0, 1.0
    from scipy.special import stdtrit

    reach = float(stdtrit(n - 1, 0.5 + asked / 2.0)) ** 2 * spread
    root = math.sqrt(reach * (1.0 - kappa * kappa) + reach * reach)
    low, high = ((kappa + side * root) / (1.0 + reach) for side in (-1.0, 1.0))
    return max(min(low, kappa), -1.0), min(max(high, kappa), 1.0)


def _table(
    rater1: Any, rater2: Any, levels: Any, weights: Any
) -> tuple[Ints, tuple[Any, ...], int]:
    """Return the square table of both raters' grades."""
    codes1, found1 = coded(rater1, "rater1")
    codes2, found2 = coded(rater2, "rater2")
    same_length(codes1.size, codes2.size, "rater1", "rater2")
    counts = case_counts(weights, codes1.size)
    ordered = ordered_levels([*found1, *found2], levels)
    place = {value: index for index, value in enumerate(ordered)}
    rows = level_places(found1, place, "rater1")[codes1]
    columns = level_places(found2, place, "rater2")[codes2]
    known = (codes1 >= 0) & (codes2 >= 0)
    table = np.zeros((len(ordered), len(ordered)), dtype=np.int64)
    np.add.at(table, (rows[known], columns[known]), counts[known])
    return table, ordered, int(counts[~known].sum())


def _declared(rater1: Any, rater2: Any) -> tuple[Any, ...] | None:
    """Return the grades that both raters' columns declare; None if they do not."""
    first, second = declared_order(rater1), declared_order(rater2)
    if first is not None and second is not None and first != second:
        raise InputError(
            "rater2", f"of the same ordered levels as rater1 {first}", second
        )
    return first if first is not None else second


def _exact_sum(distances: Ints, cells: npt.NDArray[Any]) -> int:
    return int((distances.astype(object) * cells.astype(object)).sum())


def _standard_errors(
    table: Ints, agreement: npt.NDArray[np.float64], kappa: float
) -> tuple[float, float]:
    """Return the standard error, and that under the hypothesis of no agreement."""
    n = float(table.sum())
    shares = table / n
    rows, columns = shares.sum(axis=1), shares.sum(axis=0)
    by_chance = np.multiply.outer(rows, columns)
    # mean agreement of a grade of one rater with the grades of the other
    means = np.add.outer(agreement @ columns, rows @ agreement)
    expected = float((by_chance * agreement).sum())
    rest = 1.0 - kappa
    terms = agreement - means * rest
    center = kappa - expected * rest
    variance = float((shares * (terms - center) ** 2).sum())
    null_terms = agreement - means + expected
    null_variance = float((by_chance * null_terms**2).sum())
    scale = math.sqrt(n) * (1.0 - expected)
    if variance < _ROUNDING:
        variance = 0.0
    if null_variance < _ROUNDING:
        null_variance = 0.0
    return math.sqrt(variance) / scale, math.sqrt(null_variance) / scale
