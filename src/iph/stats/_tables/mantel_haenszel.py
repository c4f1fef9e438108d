"""The Cochran-Mantel-Haenszel test of stratified 2 x 2 tables, also exact."""

import math
from fractions import Fraction
from typing import Literal

import attrs
import numpy as np

from iph._checks import level, one_of, whole
from iph._options import switch
from iph._results import Result
from iph.errors import WorkError
from iph.stats._inference.exact_distribution import Distribution
from iph.stats._inference.tails import (
    normal_two_sided,
    normal_upper,
    two_sided_quantile,
)
from iph.stats._inference.tilting import Tilting
from iph.stats._tables.cross_table import Table
from iph.stats._tables.strata import Strata, read_strata

Alternative = Literal["two-sided", "less", "greater"]
Method = Literal["auto", "exact", "asymptotic"]
TwoSided = Literal["central", "probability"]

AUTO_LIMIT = 20_000_000  # steps: under a second
EXACT_LIMIT = 1_000_000_000  # steps: about half a minute


@attrs.frozen(kw_only=True, eq=False)
class CochranMantelHaenszel(Result):
    """What the test of stratified 2 x 2 tables found.

    Attributes
    ----------
    statistic : float
        The chi-square statistic of one degree of freedom, corrected for continuity if
        that was asked; NaN if no stratum tells anything.
    p_value : float
        The p-value for the alternative asked; NaN if nobody was counted.
    alternative : str
        ``"two-sided"``, ``"less"`` or ``"greater"``.
    two_sided : str
        What counts as extreme in a two-sided exact test: ``"central"`` or
        ``"probability"``.
    method : str
        How the p-value was found: ``"exact"``, ``"asymptotic"`` or ``"asymptotic,
        continuity-corrected"``.
    estimate : float
        The common odds ratio; 0 or infinite at an end of what the margins allow, NaN
        if no stratum tells anything.
    low, high : float
        Its confidence interval; the whole range if nothing is known, NaN if the
        approximate one is undefined.
    estimator : str
        ``"conditional maximum likelihood, exact interval"`` beside an exact p-value,
        else ``"Mantel-Haenszel, Robins-Breslow-Greenland interval"``.
    confidence_level : float
        The level of the interval.
    n_strata : int
        The strata.
    n_strata_uninformative : int
        The strata that tell nothing: nobody in one group, or one outcome only.
    n : int
        The patients of all strata.
    n_missing : int
        The patients missing from the tables, as told.
    """

    statistic: float
    p_value: float
    alternative: str
    two_sided: str
    method: str
    estimate: float
    low: float
    high: float
    estimator: str
    confidence_level: float
    n_strata: int
    n_strata_uninformative: int
    n: int
    n_missing: int


def cochran_mantel_haenszel(
    tables: Table,
    *,
    method: Method = "auto",
    alternative: Alternative = "two-sided",
    two_sided: TwoSided = "central",
    continuity: bool = True,
    confidence_level: float = 0.95,
    n_missing: int = 0,
) -> CochranMantelHaenszel:
    """Test and estimate a common odds ratio of 2 x 2 tables, one table a stratum.

    Does the outcome depend on the treatment when patients are only compared within
    their center, their side or their severity?

    Parameters
    ----------
    tables : array-like of shape (k, 2, 2)
        The counts ``[[a, b], [c, d]]`` of each stratum: one row a group, the first
        column the patients with the outcome.
    method : {"auto", "exact", "asymptotic"}, default: "auto"
        The p-value from all tables with the same margins in each stratum, or from the
        chi-square distribution. ``"auto"`` is exact up to 20,000,000 steps (hundreds of
        strata, or thousands of patients in a few), else asymptotic.
    alternative : {"two-sided", "less", "greater"}, default: "two-sided"
        ``"greater"``: the common odds ratio is above 1.
    two_sided : {"central", "probability"}, default: "central"
        What is two-sided in an exact test: twice the smaller tail, which agrees with
        the interval, or sums at most as likely as that observed, which R prints and
        which need not agree with it.
    continuity : bool, default: True
        Whether the chi-square statistic moves the sum observed by one half towards its
        expectation.
    confidence_level : float, default: 0.95
        Level of the interval, between 0 and 1.
    n_missing : int, default: 0
        Patients missing from the tables; reported, not used.

    Returns
    -------
    CochranMantelHaenszel
        With attributes ``statistic``, ``p_value``, ``alternative``, ``two_sided``,
        ``method``, ``estimate``, ``low``, ``high``, ``estimator``,
        ``confidence_level``, ``n_strata``, ``n_strata_uninformative``, ``n`` and
        ``n_missing``. If no stratum tells anything the statistic and the estimate are
        NaN, the interval is 0 to infinity and the p-value is 1 (NaN with no patient).

    Raises
    ------
    iph.errors.InputError
        Anything but a sequence of 2 x 2 tables of counts, an unknown option, or a level
        not between 0 and 1.
    iph.errors.WorkError
        ``method="exact"`` would take more than 1,000,000,000 steps.

    See Also
    --------
    odds_ratio_homogeneity : Whether the odds ratio is the same in all strata.
    fisher_exact, odds_ratio : One table.
    exact_logistic : Strata and further covariates, exactly.
    van_elteren : A grade or score instead of a yes or no.

    Notes
    -----
    Given the margins of all strata, the sum of the first cells is a sum of independent
    hypergeometric numbers, each with the common odds ratio as its parameter [1]_. The
    exact p-value, the conditional maximum likelihood estimate and the exact interval
    come from that distribution, counted in whole numbers; they are those of
    ``mantelhaen.test(exact = TRUE)`` of R with ``two_sided="probability"``. The
    chi-square statistic compares the sum with its expectation [2]_, the estimate beside
    it is that of Mantel and Haenszel, its interval that of Robins, Breslow and
    Greenland [3]_, as in ``mantelhaen.test()``, which leaves out the correction if the
    sum is less than one half from its expectation. SPSS prints the test with the
    correction, SAS without.

    A pair of matched patients is a stratum of two; then the exact test is McNemar's.
    Where the odds ratio differs between strata the test asks whether there is an effect
    on average.

    References
    ----------
    .. [1] Gart JJ. Point and interval estimation of the common odds ratio in the
       combination of 2 x 2 tables with fixed marginals. Biometrika 1970;57:471-475.
       :doi:`10.1093/biomet/57.3.471`
    .. [2] Mantel N, Haenszel W. Statistical aspects of the analysis of data from
       retrospective studies of disease. J Natl Cancer Inst 1959;22:719-748.
       :doi:`10.1093/jnci/22.4.719`
    .. [3] Robins J, Breslow N, Greenland S. Estimators of the Mantel-Haenszel variance
       consistent in both sparse data and large-strata limiting models. Biometrics
       1986;42:311-323. :doi:`10.2307/2531052`

    Examples
    --------
    Penicillin at once or after an hour and a half, five doses, cured or dead rabbits
    (Mantel 1963, in ``help(mantelhaen.test)`` of R, where p = 0.03994):

    >>> from iph.stats import cochran_mantel_haenszel
    >>> doses = [[[0, 6], [0, 5]], [[3, 3], [0, 6]], [[6, 0], [2, 4]],
    ...          [[5, 1], [6, 0]], [[2, 0], [5, 0]]]
    >>> test = cochran_mantel_haenszel(doses)
    >>> print(f"odds ratio {test.estimate:.1f} ({test.low:.2f} to {test.high:.0f}), "
    ...       f"p = {test.p_value:.5f} ({test.method})")
    odds ratio 10.4 (1.08 to 532), p = 0.03994 (exact)
    """
    one_of(method, "method", ("auto", "exact", "asymptotic"))
    one_of(alternative, "alternative", ("two-sided", "less", "greater"))
    one_of(two_sided, "two_sided", ("central", "probability"))
    asked, left_out = level(confidence_level), whole(n_missing, "n_missing")
    strata = read_strata(tables)
    excess = strata.observed - strata.mean
    step = Fraction(1, 2) if switch(continuity, "continuity") else Fraction(0)
    moved = max(abs(excess) - step, Fraction(0))
    squared = moved * moved / strata.variance if strata.cells else None
    distribution = None if method == "asymptotic" else _counted(strata, method)
    if distribution is not None:
        p_value = _exact_p(distribution, strata.observed, alternative, two_sided)
        estimate, low, high = _exact_bounds(distribution, strata.observed, asked)
    else:
        p_value = _normal_p(excess, strata.variance, step, alternative)
        estimate, low, high = _mantel_haenszel(strata, asked)
    corrected = "asymptotic, continuity-corrected" if continuity else "asymptotic"
    return CochranMantelHaenszel(
        statistic=math.nan if squared is None else float(squared),
        p_value=p_value if strata.n else math.nan,
        alternative=alternative,
        two_sided=two_sided,
        method=corrected if distribution is None else "exact",
        estimate=estimate,
        low=low,
        high=high,
        estimator=(
            "Mantel-Haenszel, Robins-Breslow-Greenland interval"
            if distribution is None
            else "conditional maximum likelihood, exact interval"
        ),
        confidence_level=asked,
        n_strata=strata.n_strata,
        n_strata_uninformative=strata.n_strata - len(strata.cells),
        n=strata.n,
        n_missing=left_out,
    )


def _counted(strata: Strata, method: str) -> Distribution | None:
    """Return the exact distribution; None if "auto" is to do without it."""
    try:
        limit = AUTO_LIMIT if method == "auto" else EXACT_LIMIT
        return strata.distribution(limit, "test of stratified tables")
    except WorkError:
        if method == "exact":
            raise
    return None


def _exact_p(
    distribution: Distribution, observed: int, alternative: str, two_sided: str
) -> float:
    if alternative != "two-sided" or two_sided == "central":
        return distribution.tail(observed).p_value(alternative, "central")
    mine = distribution.counts[distribution.values.index(observed)]
    as_rare = sum(count for count in distribution.counts if count <= mine)
    return as_rare / distribution.total


def _exact_bounds(
    distribution: Distribution, observed: int, asked: float
) -> tuple[float, float, float]:
    tilting = Tilting(
        steps=np.array(distribution.values, dtype=np.float64) - observed,
        logs=np.array([math.log(count) for count in distribution.counts]),
        at=distribution.values.index(observed),
    )
    low, high = tilting.bounds((1.0 - asked) / 2.0)
    return math.exp(tilting.likeliest()), math.exp(low), math.exp(high)


def _normal_p(
    excess: Fraction, variance: Fraction, step: Fraction, alternative: str
) -> float:
    if not variance:
        return 1.0
    if alternative == "less":
        return _normal_p(-excess, variance, step, "greater")
    if alternative == "greater":
        moved = excess - step
        z = math.copysign(math.sqrt(moved * moved / variance), moved)
        return normal_upper(z)
    moved = max(abs(excess) - step, Fraction(0))
    return normal_two_sided(math.sqrt(moved * moved / variance))


def _mantel_haenszel(strata: Strata, asked: float) -> tuple[float, float, float]:
    """Return the estimate of Mantel and Haenszel with its approximate interval."""
    if not strata.cells:
        return math.nan, 0.0, math.inf
    over = under = both = mixed = apart = Fraction(0)
    for cell in strata.cells:
        a, b, c = cell.observed, cell.row - cell.observed, cell.column - cell.observed
        d, n = cell.n - a - b - c, cell.n
        r, s, p = Fraction(a * d, n), Fraction(b * c, n), Fraction(a + d, n)
        over, under = over + r, under + s
        both, apart = both + p * r, apart + (1 - p) * s
        mixed += p * s + (1 - p) * r
    if not over or not under:
        estimate = math.nan if not over and not under else (math.inf if over else 0.0)
        return estimate, math.nan, math.nan
    variance = both / over**2 + mixed / (over * under) + apart / under**2
    reach = two_sided_quantile(asked) * math.sqrt(variance / 2)
    center = math.log(over / under)
    return float(over / under), math.exp(center - reach), math.exp(center + reach)
