"""Agreement of two or more readers who graded the same patients, with gaps."""

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
    of_one_table,
    one_of,
    unmasked,
)
from iph._labels import coded, declared_order
from iph._options import each
from iph._results import Result
from iph.errors import InputError
from iph.stats._tables.agreement_terms import Terms, agreement_terms
from iph.stats._tables.rating_levels import (
    level_distances,
    level_places,
    ordered_levels,
    refuse_text,
)

Coefficient = Literal["gwet", "fleiss", "krippendorff", "percent"]
Scheme = Literal["linear", "quadratic", "none"]

_COEFFICIENTS = ("gwet", "fleiss", "krippendorff", "percent")
# Measured: the least variance that the interval takes, times n, for two readers; with
# equal or linear weights, and with quadratic ones, under which one large and rare
# disagreement makes most of the variance and is mostly not seen in few patients.
_FLOORS = {"gwet": (0.75, 1.0), "fleiss": (1.0, 1.75), "krippendorff": (1.0, 1.75)}
_ROUNDING = 1e-12
_ROWS_HINT = "one row a patient, one column a reader, None where one did not read"


@attrs.frozen(kw_only=True, eq=False)
class ReaderAgreement(Result):
    """How far two or more readers agree.

    Attributes
    ----------
    estimate : float
        The coefficient; NaN if it is undefined.
    low, high : float
        Its confidence interval; -1 and 1 (0 and 1 of the percent agreement) where
        nothing is known of it. An estimate below -1, which gaps can lead to, is its own
        lower bound.
    standard_error : float
        Its standard error for large samples; NaN where undefined.
    observed : float
        The (weighted) share of pairs of readers who agree.
    expected : float
        The same by chance, as the coefficient takes it; 0 for the percent agreement.
    coefficient : str
        ``"gwet"``, ``"fleiss"``, ``"krippendorff"`` or ``"percent"``.
    scheme : str
        What a disagreement weighs: ``"linear"``, ``"quadratic"`` or ``"none"``.
    method : str
        The rule of the interval: ``"score"`` or ``"clopper-pearson"``.
    confidence_level : float
        The level of the interval.
    levels : tuple
        The grades, in order.
    n_readers : int
        The number of columns.
    n : int
        The patients graded by two readers or more.
    n_single : int
        The patients graded by one reader alone; their grades count in the shares of the
        grades of Gwet and Fleiss, and nowhere else.
    n_missing : int
        The patients graded by nobody.
    """

    estimate: float
    low: float
    high: float
    standard_error: float
    observed: float
    expected: float
    coefficient: str
    scheme: str
    method: str
    confidence_level: float
    levels: tuple[Any, ...]
    n_readers: int
    n: int
    n_single: int
    n_missing: int


@of_one_table
def agreement(
    rows: npt.ArrayLike | Iterable[Any],
    *,
    coefficient: Coefficient = "gwet",
    scheme: Scheme = "linear",
    levels: Iterable[Hashable] | None = None,
    confidence_level: float = 0.95,
    weights: npt.ArrayLike | Iterable[object] | None = None,
) -> ReaderAgreement:
    """Agreement of two or more readers beyond chance, some of whom left gaps.

    Several radiologists graded the same scans: how far do they agree, where not
    everybody read every scan?

    Parameters
    ----------
    rows : array-like of shape (patients, readers)
        The grades, at least two readers; None or NaN where one did not read. Whole
        numbers, the members of an enumeration, or words, which need `levels` unless
        `scheme` is ``"none"``.
    coefficient : {"gwet", "fleiss", "krippendorff", "percent"}, default: "gwet"
        Gwet's AC1 (with weights, AC2), Fleiss' kappa, Krippendorff's alpha, or the
        share of agreeing pairs of readers without regard to chance.
    scheme : {"linear", "quadratic", "none"}, default: "linear"
        Whether disagreement grows with the distance of the grades, with its square,
        or is the same for any two grades.
    levels : sequence, optional
        All grades, from the lowest to the highest. By default those that an enumeration
        declares, else those that occur; of whole numbers every one from the lowest to
        the highest that occurs. Gwet's coefficient depends on how many there are.
    confidence_level : float, default: 0.95
        Level of the interval, between 0 and 1.
    weights : sequence of int, optional
        How many patients each row stands for (case counts, not the weights of
        disagreement, which `scheme` names).

    Returns
    -------
    ReaderAgreement
        With attributes ``estimate``, ``low``, ``high``, ``standard_error``,
        ``observed``, ``expected``, ``coefficient``, ``scheme``, ``method``,
        ``confidence_level``, ``levels``, ``n_readers``, ``n``, ``n_single`` and
        ``n_missing``.

    Raises
    ------
    iph.errors.InputError
        The rows are no table with two or more columns, a grade is not among `levels`,
        or an option is unknown.

    See Also
    --------
    weighted_kappa : Two readers, each with own shares of the grades.
    icc : Readers of a number, such as a volume.

    Notes
    -----
    Every coefficient is ``(observed - expected) / (1 - expected)``. Of a patient with r
    readers, of whom r_k gave grade k, the share of agreeing pairs is
    ``sum r_k (sum_l w_kl r_l - 1) / (r (r - 1))``, with the weight ``w_kl`` of two
    grades from 1 if they are the same to 0 if they are farthest apart; ``observed`` is
    its mean over patients. With the shares p of the grades, ``expected`` is
    ``sum w_kl p_k p_l`` by Fleiss [1]_, and
    ``sum(w) sum p_k (1 - p_k) / (q (q - 1))`` with q grades by Gwet [2]_. Where nearly
    all patients have one grade the former nears 1, so that kappa is low although the
    readers agree, and the latter nears 0. Krippendorff [3]_ weighs a patient by the
    number of his readers and corrects for small samples; his alpha with ``"quadratic"``
    is the one for intervals, with ``"none"`` the nominal one. The estimates are those
    of the R package ``irrCAC``, and so are the standard errors of Gwet and Fleiss if
    nobody was read once only (whom that package counts as a patient without agreement).

    Wald's interval, which other programs print, holds in as few as .27 of samples of 8
    patients and .77 of 60. Here the interval is that of `weighted_kappa`: the k with
    ``(estimate - k)^2 <= t^2 c (1 - k^2)``, where c is the squared standard error over
    ``1 - estimate^2``, but at least ``f sqrt(2 / r) / n`` with r readers a patient on
    average, so that full agreement in few patients has an interval as well; f is 0.75
    for Gwet and 1 for the others, or 1 and 1.75 with quadratic weights. The interval of
    the percent agreement is Clopper and Pearson's for ``n * observed`` agreements in n
    patients, taken for a fraction; for two readers and no weights it is theirs.

    References
    ----------
    .. [1] Fleiss JL. Measuring nominal scale agreement among many raters. Psychol Bull
       1971;76:378-382. :doi:`10.1037/h0031619`
    .. [2] Gwet KL. Computing inter-rater reliability and its variance in the presence
       of high agreement. Br J Math Stat Psychol 2008;61:29-48.
       :doi:`10.1348/000711006X126600`
    .. [3] Krippendorff K. Computing Krippendorff's alpha-reliability. Philadelphia:
       University of Pennsylvania; 2011.

    Examples
    --------
    Four observers of twelve units, with seven gaps, the example by which alpha is
    mostly explained (nominal alpha 0.743, that of intervals 0.849 [3]_; AC1 0.775):

    >>> from iph.stats import agreement
    >>> units = [
    ...     [1, 1, None, 1], [2, 2, 3, 2], [3, 3, 3, 3], [3, 3, 3, 3], [2, 2, 2, 2],
    ...     [1, 2, 3, 4], [4, 4, 4, 4], [1, 1, 2, 1], [2, 2, 2, 2], [None, 5, 5, 5],
    ...     [None, None, 1, 1], [None, None, 3, None],
    ... ]
    >>> for coefficient in ("krippendorff", "gwet"):
    ...     found = agreement(units, coefficient=coefficient, scheme="none")
    ...     print(f"{found.estimate:.3f} ({found.low:.2f} to {found.high:.2f})")
    0.743 (0.17 to 0.94)
    0.775 (0.30 to 0.94)
    >>> alpha = agreement(units, coefficient="krippendorff", scheme="quadratic")
    >>> print(f"{alpha.estimate:.3f}, {alpha.n} units read twice or more")
    0.849, 11 units read twice or more
    """
    one_of(coefficient, "coefficient", _COEFFICIENTS)
    one_of(scheme, "scheme", ("linear", "quadratic", "none"))
    asked = level(confidence_level)
    table = _table(rows, levels, scheme)
    counts = case_counts(weights, len(table.read))
    readings = table.read.sum(axis=1)
    n = int(counts[readings > 1].sum())
    size = len(table.levels)
    paired = counts * (readings > 1)
    per_patient = float(paired @ readings) / n if n else math.nan
    apart = level_distances(size, scheme)
    agreeing = 1.0 - apart / max(int(apart.max(initial=0)), 1)
    used = (readings > 0) & (counts > 0)
    terms = agreement_terms(table.read[used], counts[used], agreeing, coefficient)
    method = "clopper-pearson" if coefficient == "percent" else "score"
    low, high = (
        _share_bounds(terms.estimate, n, asked)
        if coefficient == "percent"
        else _score_bounds(terms, n, _floor(coefficient, scheme, per_patient), asked)
    )
    return ReaderAgreement(
        estimate=terms.estimate,
        low=low,
        high=high,
        standard_error=terms.standard_error,
        observed=terms.observed,
        expected=terms.expected,
        coefficient=coefficient,
        scheme=scheme,
        method=method,
        confidence_level=asked,
        levels=table.levels,
        n_readers=table.readers,
        n=n,
        n_single=int(counts[readings == 1].sum()),
        n_missing=int(counts[readings == 0].sum()),
    )


@attrs.frozen(kw_only=True, eq=False)
class _Table:
    """How many readers gave each patient each grade, one row a patient."""

    read: Ints
    levels: tuple[Any, ...]
    readers: int


def _table(rows: Any, levels: Any, scheme: str) -> _Table:
    """Check the table of grades and count the readers of each patient and grade."""
    listed = _listed(rows)
    readers = len(listed[0])
    flat = [grade for row in listed for grade in row]
    codes, found = coded(flat, "rows")
    if levels is None:
        levels = declared_order(flat)
    ordered = ordered_levels(list(found), levels)
    if levels is None and scheme != "none":
        refuse_text(ordered)
    place = {value: index for index, value in enumerate(ordered)}
    grades = level_places(found, place, "rows")[codes].reshape(-1, readers)
    known = (codes >= 0).reshape(-1, readers)
    read = np.zeros((len(listed), len(ordered)), dtype=np.int64)
    patients, columns = np.nonzero(known)
    np.add.at(read, (patients, grades[patients, columns]), 1)
    return _Table(read=read, levels=ordered, readers=readers)


def _listed(rows: Any) -> list[list[Any]]:
    """Return the rows as lists of one length, two readers or more."""
    rows = unmasked(rows)
    if hasattr(rows, "__array__"):
        rows = np.asarray(rows)
        if rows.ndim != 2:
            raise InputError("rows", "two-dimensional", rows.shape, _ROWS_HINT)
        rows = rows.tolist()
    if isinstance(rows, (str, bytes)) or not isinstance(rows, Iterable):
        raise InputError("rows", "a table of grades", rows, _ROWS_HINT)
    listed = []
    for index, row in enumerate(rows):
        listed.append(each(row, f"rows[{index}]", "a row of grades", _ROWS_HINT))
        if len(listed[-1]) != len(listed[0]):
            rule = f"as long as rows[0] ({len(listed[0])})"
            raise InputError(f"rows[{index}]", rule, len(listed[-1]), _ROWS_HINT)
    if not listed or len(listed[0]) < 2:
        shown: object = len(listed[0]) if listed else []
        raise InputError("rows", "a table with at least 2 columns", shown, _ROWS_HINT)
    return listed


def _floor(coefficient: str, scheme: str, per_patient: float) -> float:
    """Return the least variance, times n; less where more readers read each patient."""
    return _FLOORS[coefficient][scheme == "quadratic"] * math.sqrt(2.0 / per_patient)


def _score_bounds(
    terms: Terms, n: int, floor: float, asked: float
) -> tuple[float, float]:
    """Return the k with ``(estimate - k)^2 <= t^2 c (1 - k^2)``."""
    if n < 2 or math.isnan(terms.estimate):
        return min(-1.0, terms.estimate), 1.0  # NaN is not below -1
    # Gaps can leave a sample, though not the truth, below -1.
    kappa = max(terms.estimate, -1.0)
    from scipy.special import stdtrit

    spread = floor / n
    if abs(kappa) < 1.0 - _ROUNDING:
        spread = max(spread, terms.standard_error**2 / (1.0 - kappa**2))
    reach = float(stdtrit(n - 1, 0.5 + asked / 2.0)) ** 2 * spread
    root = math.sqrt(reach * max(1.0 - kappa * kappa, 0.0) + reach * reach)
    low, high = ((kappa + side * root) / (1.0 + reach) for side in (-1.0, 1.0))
    if terms.estimate < -1.0:
        return terms.estimate, min(high, 1.0)
    return max(min(low, kappa), -1.0), min(max(high, kappa), 1.0)


def _share_bounds(share: float, n: int, asked: float) -> tuple[float, float]:
    """Return Clopper and Pearson's bounds of a share of n, which may be a fraction."""
    if math.isnan(share):
        return 0.0, 1.0
    from scipy.special import betaincinv

    tail = (1.0 - asked) / 2.0
    agreed, not_agreed = n * share, n * (1.0 - share)
    none, all_ = agreed < _ROUNDING * n, not_agreed < _ROUNDING * n
    low = 0.0 if none else float(betaincinv(agreed, not_agreed + 1.0, tail))
    high = 1.0 if all_ else float(betaincinv(agreed + 1.0, not_agreed, 1.0 - tail))
    return low, high
