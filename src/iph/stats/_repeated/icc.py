"""Intraclass correlation: how far readers of a number agree."""

import math
from collections.abc import Iterable
from typing import Literal

import attrs
import numpy as np
import numpy.typing as npt

from iph._checks import level, of_one_table, one_of
from iph._results import Result
from iph.errors import InputError
from iph.stats._repeated.generalized_icc import generalized_bounds
from iph.stats._repeated.repeated_grades import Ratings, Rows, ratings

Form = Literal["agreement", "consistency", "one-way"]
Unit = Literal["single", "average"]
IccInterval = Literal["generalized", "mcgraw-wong"]

_NAMES = {"agreement": "A", "consistency": "C", "one-way": "1"}
_LARGEST = 1e140  # a sum of squares of so many cases is a float
_ROUNDING = 1e-12  # relative; a sum of squares below it is a rounding error


@attrs.frozen(kw_only=True, eq=False)
class IntraclassCorrelation(Result):
    """What `icc` found.

    Attributes
    ----------
    estimate : float
        The intraclass correlation; NaN if it is undefined.
    low, high : float
        Its confidence interval; NaN where normal readings cannot be judged: full
        agreement, or patients who do not differ at all.
    statistic : float
        The F statistic of the hypothesis that patients do not differ.
    df, df_error : float
        Its degrees of freedom.
    p_value : float
        Its upper tail.
    name : str
        The coefficient in the notation of McGraw and Wong, such as ``"ICC(A,1)"``.
    method : str
        The rule of the interval: ``"generalized"``, ``"mcgraw-wong"`` or ``"f"``.
    confidence_level : float
        The level of the interval.
    n_readers : int
        The number of columns.
    n : int
        The patients read by everybody.
    n_missing : int
        The patients left out because a reading was missing.
    """

    estimate: float
    low: float
    high: float
    statistic: float
    df: float
    df_error: float
    p_value: float
    name: str
    method: str
    confidence_level: float
    n_readers: int
    n: int
    n_missing: int


@of_one_table
def icc(
    rows: Rows,
    *,
    form: Form = "agreement",
    unit: Unit = "single",
    interval: IccInterval = "generalized",
    confidence_level: float = 0.95,
    weights: npt.ArrayLike | Iterable[object] | None = None,
) -> IntraclassCorrelation:
    """Intraclass correlation of readers who measured the same patients.

    Two or more readers measured the volume of the same hematomas: how much of the
    variance of a reading is that of the patients, and how much that of the readers?

    Parameters
    ----------
    rows : array-like of shape (patients, readers)
        The readings, at least two readers; None or NaN where missing.
    form : {"agreement", "consistency", "one-way"}, default: "agreement"
        Whether a reader who always reads higher disagrees (``"agreement"``) or not
        (``"consistency"``); or whether each patient had readers of his own, so that
        columns mean nothing (``"one-way"``). The ICC(2), ICC(3) and ICC(1) of Shrout
        and Fleiss.
    unit : {"single", "average"}, default: "single"
        Whether one reading is judged, or the mean of as many as there are columns.
    interval : {"generalized", "mcgraw-wong"}, default: "generalized"
        The interval of ``form="agreement"``; the other forms have one alone.
    confidence_level : float, default: 0.95
        Level of the interval, between 0 and 1.
    weights : array-like of int, optional
        How many patients each row stands for.

    Returns
    -------
    IntraclassCorrelation
        With attributes ``estimate``, ``low``, ``high``, ``statistic``, ``df``,
        ``df_error``, ``p_value``, ``name``, ``method``, ``confidence_level``,
        ``n_readers``, ``n`` and ``n_missing``. All is NaN with fewer than two patients
        read by everybody, or if all readings are the same. The correlation of averages
        has no lower end, so that its bound can be minus infinity.

    Raises
    ------
    iph.errors.InputError
        The rows are no table of numbers with two or more columns, a rating is
        beyond 1e140, or an option is unknown.

    See Also
    --------
    agreement : Readers of a grade.
    limits_of_agreement : How far two readings of a patient may lie apart, in units.

    Notes
    -----
    With the mean squares R of the patients, C of the readers and E of the rest, and W
    within patients, n patients and k readers, the single forms are
    ``(R - E) / (R + (k - 1) E + k (C - E) / n)``, ``(R - E) / (R + (k - 1) E)`` and
    ``(R - W) / (R + (k - 1) W)``; the average of k readings has
    ``k r / (1 + (k - 1) r)`` [1]_ [2]_. It tells about these patients: the more they
    differ, the higher it is with the same readers.

    The intervals take readings for normal, so take logarithms of volumes. Those of
    ``"consistency"`` and ``"one-way"`` are exact then. That of ``"agreement"`` has to
    learn how readers differ from the few there are: McGraw and Wong's [2]_, which R and
    SPSS print, holds in as few as .72 of samples with two readers and .84 with three.
    The generalized interval [3]_ takes, in place of each mean square, what it would be
    divided by its chi-square, and of the distribution that the coefficient then has,
    found by integration, the outer tails; it holds in .94 to .97 of samples, with 2 to
    5 readers and 8 to 60 patients. The F statistic is that of the patients over the
    rest, or within patients if ``"one-way"``. For averages R's ``irr`` prints other
    bounds of ``"agreement"`` by McGraw and Wong; here both units always agree.

    References
    ----------
    .. [1] Shrout PE, Fleiss JL. Intraclass correlations: uses in assessing rater
       reliability. Psychol Bull 1979;86:420-428. :doi:`10.1037/0033-2909.86.2.420`
    .. [2] McGraw KO, Wong SP. Forming inferences about some intraclass correlation
       coefficients. Psychol Methods 1996;1:30-46. :doi:`10.1037/1082-989X.1.1.30`
    .. [3] Weerahandi S. Generalized confidence intervals. J Am Stat Assoc
       1993;88:899-905.

    Examples
    --------
    Six patients and four judges (Shrout and Fleiss, Table 2, whose six coefficients are
    .17, .29, .71, .44, .62 and .91):

    >>> from iph.stats import icc
    >>> judged = [
    ...     [9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9],
    ...     [6, 2, 4, 7],
    ... ]
    >>> for unit in ("single", "average"):
    ...     for form in ("one-way", "agreement", "consistency"):
    ...         found = icc(judged, form=form, unit=unit)
    ...         interval = f"({found.low:.2f} to {found.high:.2f})"
    ...         print(f"{found.name} {found.estimate:.2f} {interval}")
    ICC(1,1) 0.17 (-0.13 to 0.72)
    ICC(A,1) 0.29 (0.03 to 0.75)
    ICC(C,1) 0.71 (0.34 to 0.95)
    ICC(1,k) 0.44 (-0.88 to 0.91)
    ICC(A,k) 0.62 (0.10 to 0.92)
    ICC(C,k) 0.91 (0.68 to 0.99)
    """
    one_of(form, "form", ("agreement", "consistency", "one-way"))
    one_of(unit, "unit", ("single", "average"))
    one_of(interval, "interval", ("generalized", "mcgraw-wong"))
    asked = level(confidence_level)
    table = ratings(rows, weights)
    squares = _squares(table)
    estimate = statistic = df = df_error = p_value = math.nan
    low = high = math.nan
    if squares is not None and squares.total > 0.0:
        estimate = squares.single(form)
        df, df_error = squares.n - 1.0, squares.df_error(form)
        error = squares.error(form)
        if error:
            statistic = squares.patients / df / (error / df_error)
        elif squares.patients:
            statistic = math.inf
        p_value = _f_upper(statistic, df, df_error)
        low, high = squares.bounds(form, interval, asked)
    readers = table.visits
    if unit == "average":
        estimate, low, high = (_stepped_up(r, readers) for r in (estimate, low, high))
    return IntraclassCorrelation(
        estimate=estimate,
        low=low,
        high=high,
        statistic=statistic,
        df=df,
        df_error=df_error,
        p_value=p_value,
        name=f"ICC({_NAMES[form]},{'1' if unit == 'single' else 'k'})",
        method=interval if form == "agreement" else "f",
        confidence_level=asked,
        n_readers=readers,
        n=table.n_complete,
        n_missing=table.n_incomplete,
    )


@attrs.frozen(kw_only=True, eq=False)
class _Squares:
    """The sums of squares of patients and readers crossed."""

    patients: float
    readers: float
    rest: float
    n: int
    k: int

    @property
    def total(self) -> float:
        return self.patients + self.readers + self.rest

    def error(self, form: Form) -> float:
        """Return the sum of squares that patients are compared with."""
        return self.rest + self.readers if form == "one-way" else self.rest

    def df_error(self, form: Form) -> float:
        return (self.n if form == "one-way" else self.n - 1.0) * (self.k - 1.0)

    def single(self, form: Form) -> float:
        """Return the correlation of single readings."""
        n, k = self.n, self.k
        mean = self.patients / (n - 1)
        error = self.error(form) / self.df_error(form)
        below = mean + (k - 1) * error
        if form == "agreement":
            below += k * (self.readers / (k - 1) - error) / n
        return (mean - error) / below if below else math.nan

    def bounds(self, form: Form, interval: str, asked: float) -> tuple[float, float]:
        """Return the bounds of the correlation of single readings."""
        estimate = self.single(form)
        error = self.error(form)
        full = not error and not (form == "agreement" and self.readers)
        if math.isnan(estimate) or full or not self.patients:
            return math.nan, math.nan
        if form != "agreement":
            low, high = self._f_bounds(form, asked)
        elif interval == "generalized":
            low, high = generalized_bounds(
                (self.patients, self.readers, self.rest), self.n, self.k, asked
            )
        else:
            low, high = self._mcgraw_wong(estimate, asked)
        return min(low, estimate), max(high, estimate)

    def _f_bounds(self, form: Form, asked: float) -> tuple[float, float]:
        from scipy.special import fdtri

        df, df_error, k = self.n - 1.0, self.df_error(form), self.k
        ratio = self.patients / df / (self.error(form) / df_error)
        upper = 0.5 + asked / 2.0
        ends = (
            ratio / float(fdtri(df, df_error, upper)),
            ratio * float(fdtri(df_error, df, upper)),
        )
        low, high = ((end - 1.0) / (end + k - 1.0) for end in ends)
        return low, high

    def _mcgraw_wong(self, r: float, asked: float) -> tuple[float, float]:
        from scipy.special import fdtri

        n, k = self.n, self.k
        patients, readers = self.patients / (n - 1), self.readers / (k - 1)
        rest = self.rest / ((n - 1) * (k - 1))
        a, b = k * r / (n * (1.0 - r)), 1.0 + k * r * (n - 1) / (n * (1.0 - r))
        parts = (a * readers) ** 2 / (k - 1) + (b * rest) ** 2 / ((n - 1) * (k - 1))
        df = (a * readers + b * rest) ** 2 / parts
        if not df > 0.0:
            return math.nan, math.nan
        upper = 0.5 + asked / 2.0
        first, second = float(fdtri(n - 1, df, upper)), float(fdtri(df, n - 1, upper))
        below = k * readers + (k * n - k - n) * rest
        return (
            n * (patients - first * rest) / (first * below + n * patients),
            n * (second * patients - rest) / (below + n * second * patients),
        )


def _squares(table: Ratings) -> _Squares | None:
    """Return the sums of squares of the patients read by everybody; None if too few."""
    values, counts = table.complete()
    n, k = int(counts.sum()), table.visits
    if n < 2:
        return None
    if (largest := float(np.abs(values).max())) > _LARGEST:
        raise InputError("rows", "numbers between -1e140 and 1e140", largest)
    values = values - counts @ values.mean(axis=1) / n
    by_patient = values.mean(axis=1)
    by_reader = counts @ values / n
    rest = values - by_patient[:, None] - by_reader
    found = [
        k * float(counts @ by_patient**2),
        n * float((by_reader**2).sum()),
        float(counts @ (rest**2).sum(axis=1)),
    ]
    least = _ROUNDING * (sum(found) + _ROUNDING * float(np.abs(values).max()) ** 2)
    patients, readers, error = (0.0 if part <= least else part for part in found)
    return _Squares(patients=patients, readers=readers, rest=error, n=n, k=k)


def _stepped_up(r: float, readers: int) -> float:
    """Return the correlation of means of so many readings (Spearman and Brown)."""
    below = 1.0 + (readers - 1) * r
    return -math.inf if below <= _ROUNDING else readers * r / below


def _f_upper(statistic: float, df: float, df_error: float) -> float:
    from scipy.special import fdtrc

    if math.isinf(statistic):
        return 0.0
    return float(fdtrc(df, df_error, statistic))
