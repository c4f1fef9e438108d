"""Equal odds ratios in all strata: Zelen's exact test, and Tarone's."""

import math
from bisect import bisect_right
from collections import defaultdict
from itertools import accumulate

import attrs
import numpy as np

from iph._checks import Floats, Ints, one_of, whole
from iph._options import resamples
from iph._results import Result
from iph.stats._inference.dealing import words
from iph.stats._inference.exact_distribution import Distribution
from iph.stats._inference.exact_work import check_work
from iph.stats._inference.monte_carlo import monte_carlo_p
from iph.stats._inference.p_value import METHODS, Method, Routes, find_p_value
from iph.stats._inference.tails import chi2_upper
from iph.stats._tables.cross_table import Table
from iph.stats._tables.hypergeometric import FreeCell
from iph.stats._tables.strata import Strata, read_strata, ways

AUTO_LIMIT = 500_000  # tables of half the strata: about a second
EXACT_LIMIT = 20_000_000  # tables of half the strata: about a minute
_NEAR = 1e-9  # relative; logarithms this close are compared as whole numbers
_WHOLE_FLOATS = 2.0**53
_WORDS_A_CASE = 100  # of long numbers, that are worth dealing one case

_Weights = dict[int, dict[int, int]]  # by sum: how often each weight comes up


@attrs.frozen(kw_only=True, eq=False)
class OddsRatioHomogeneity(Result):
    """What the test of equal odds ratios found.

    Attributes
    ----------
    statistic : float
        The Breslow-Day statistic with Tarone's correction; NaN if fewer than two strata
        tell anything, or the Mantel-Haenszel odds ratio is 0 or infinite.
    df : int
        Its degrees of freedom.
    p_value : float
        The p-value; NaN if nobody was counted, and of the asymptotic test if the
        statistic is NaN.
    p_low, p_high : float or None
        The 99 % interval of a simulated p-value; None if nothing was simulated.
    method : str
        How the p-value was found: ``"exact"`` (Zelen's test), ``"asymptotic"`` (that of
        the statistic) or ``"monte-carlo"`` (Zelen's, simulated).
    seed : int or None
        The documented seed if a p-value was simulated without `rng`, else None.
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
    df: int
    p_value: float
    p_low: float | None
    p_high: float | None
    method: str
    seed: int | None
    n_strata: int
    n_strata_uninformative: int
    n: int
    n_missing: int


def odds_ratio_homogeneity(
    tables: Table,
    *,
    method: Method = "auto",
    rng: np.random.Generator | int | None = None,
    n_resamples: int = 10_000,
    n_missing: int = 0,
) -> OddsRatioHomogeneity:
    """Test whether the odds ratio is the same in several 2 x 2 tables.

    Does the treatment act alike in all centers, or in patients with a large and a small
    hematoma?

    Parameters
    ----------
    tables : array-like of shape (k, 2, 2)
        The counts ``[[a, b], [c, d]]`` of each stratum: one row a group, the first
        column the patients with the outcome.
    method : {"auto", "exact", "asymptotic", "monte-carlo"}, default: "auto"
        The p-value of Zelen's test from all tables with the same margins and the same
        sum of first cells, from `n_resamples` of them drawn at random, or from the
        chi-square distribution of the statistic. ``"auto"`` is exact up to 500,000
        steps (tables of half the strata), else asymptotic if more than 200 patients are
        expected in every cell, else Monte Carlo; see :doc:`the rule
        </reference/p-values>`.
    rng : numpy.random.Generator or int, optional
        Generator or seed of a simulated p-value; needed by ``"monte-carlo"``, while
        ``"auto"`` does with a documented seed.
    n_resamples : int, default: 10_000
        Random tables of a Monte Carlo test.
    n_missing : int, default: 0
        Patients missing from the tables; reported, not used.

    Returns
    -------
    OddsRatioHomogeneity
        With attributes ``statistic``, ``df``, ``p_value``, ``p_low``, ``p_high``,
        ``method``, ``seed``, ``n_strata``, ``n_strata_uninformative``, ``n`` and
        ``n_missing``. If fewer than two strata tell anything, the exact p-value is 1.

    Raises
    ------
    iph.errors.InputError
        Anything but a sequence of 2 x 2 tables of counts, or an unknown option.
    iph.errors.WorkError
        ``method="exact"`` would take more than 20,000,000 steps.

    See Also
    --------
    cochran_mantel_haenszel : The common odds ratio and its test.

    Notes
    -----
    If the odds ratio is the same in all strata, the tables given all margins and the
    sum of the first cells have known chances. Zelen's test adds those at most as likely
    as the tables observed [1]_; likelihoods are compared as whole numbers. The
    statistic compares the first cells with those expected under the Mantel-Haenszel
    odds ratio [2]_, less the correction for its estimation [3]_; it needs many patients
    in each stratum. In few patients both find large differences only: a large p-value
    does not show that the odds ratio is the same.

    References
    ----------
    .. [1] Zelen M. The analysis of several 2 x 2 contingency tables. Biometrika
       1971;58:129-137. :doi:`10.1093/biomet/58.1.129`
    .. [2] Breslow NE, Day NE. Statistical methods in cancer research, volume 1: the
       analysis of case-control studies. IARC 1980, section 4.4.
    .. [3] Tarone RE. On heterogeneity tests based on efficient scores. Biometrika
       1985;72:91-95. :doi:`10.1093/biomet/72.1.91`

    Examples
    --------
    Penicillin at once or after an hour and a half, five doses, cured or dead rabbits
    (Mantel 1963, in ``help(mantelhaen.test)`` of R):

    >>> from iph.stats import odds_ratio_homogeneity
    >>> doses = [[[0, 6], [0, 5]], [[3, 3], [0, 6]], [[6, 0], [2, 4]],
    ...          [[5, 1], [6, 0]], [[2, 0], [5, 0]]]
    >>> test = odds_ratio_homogeneity(doses)
    >>> print(f"p = {test.p_value:.3f} ({test.method})")
    p = 0.074 (exact)
    """
    one_of(method, "method", METHODS)
    drawn = resamples(n_resamples)
    left_out = whole(n_missing, "n_missing")
    strata = read_strata(tables)
    informative = len(strata.cells)
    statistic = _breslow_day_tarone(strata)
    df = max(informative - 1, 0)
    least = min(
        (
            min(cell.row, cell.n - cell.row) * min(cell.column, cell.n - cell.column)
            / cell.n
            for cell in strata.cells
        ),
        default=0.0,
    )  # fmt: skip
    found = find_p_value(
        method,
        Routes(
            exact=lambda limit: _zelen(strata, limit),
            limits=(AUTO_LIMIT, EXACT_LIMIT),
            drawn=lambda random: monte_carlo_p(
                _simulated_hits(strata, drawn, random), drawn
            ),
            asymptotic=lambda: chi2_upper(statistic, df),
            smallest=least,
            cases=strata.words() // _WORDS_A_CASE,
        ),
        rng,
        defined=strata.n > 0,
    )
    return OddsRatioHomogeneity(
        statistic=statistic,
        df=df,
        p_value=found.p_value,
        p_low=found.p_low,
        p_high=found.p_high,
        method=found.method,
        seed=found.seed,
        n_strata=strata.n_strata,
        n_strata_uninformative=strata.n_strata - informative,
        n=strata.n,
        n_missing=left_out,
    )


def _products(strata: Strata) -> tuple[float, float]:
    """Return both sums that the odds ratio of Mantel and Haenszel is the ratio of."""
    over = math.fsum(
        c.observed * (c.n - c.row - c.column + c.observed) / c.n for c in strata.cells
    )
    under = math.fsum(
        (c.row - c.observed) * (c.column - c.observed) / c.n for c in strata.cells
    )
    return over, under


def _breslow_day_tarone(strata: Strata) -> float:
    over, under = _products(strata)
    if len(strata.cells) < 2 or not over or not under:
        return math.nan
    ratio = over / under
    differences, variances = [], []
    for cell in strata.cells:
        expected = _expected(cell, ratio)
        parts = (
            expected,
            cell.row - expected,
            cell.column - expected,
            cell.n - cell.row - cell.column + expected,
        )
        differences.append(cell.observed - expected)
        variances.append(1.0 / sum(1.0 / part for part in parts))
    squares = sum(d * d / v for d, v in zip(differences, variances, strict=True))
    return float(squares - math.fsum(differences) ** 2 / math.fsum(variances))


def _expected(cell: FreeCell, ratio: float) -> float:
    """Return the first cell that has this odds ratio with the margins given.

    The root of (ratio - 1) x^2 - b x + ratio row column = 0 between the ends that the
    margins allow, by the form in which nothing cancels.
    """
    b = ratio * (cell.row + cell.column) + cell.n - cell.row - cell.column
    product = float(cell.row) * cell.column
    root = math.sqrt(b * b - 4.0 * (ratio - 1.0) * ratio * product)
    return 2.0 * ratio * product / (b + root)


def _combined(cells: tuple[Distribution, ...], limit: float) -> _Weights:
    """Return how often each product of ways comes up, by the sum of the cells."""
    found: _Weights = {0: {1: 1}}
    for cell in cells:
        states = sum(map(len, found.values())) * len(cell.values)
        check_work(states, limit, "test of equal odds ratios")
        longer: dict[int, dict[int, int]] = defaultdict(lambda: defaultdict(int))
        for total, weights in found.items():
            for x, own in zip(cell.values, cell.counts, strict=True):
                into = longer[total + x]
                for weight, times in weights.items():
                    into[weight * own] += times
        found = longer
    return found


def _zelen(strata: Strata, limit: float) -> float:
    """Return the chance of tables at most as likely as those observed.

    The strata are taken in two halves; the products of the second are sorted, so that
    for each of the first those below the bound are found at once.
    """
    check_work(strata.words(), limit, "test of equal odds ratios")
    cells = [ways(cell) for cell in strata.cells]
    observed = 1
    for cell, distribution in zip(strata.cells, cells, strict=True):
        observed *= distribution.counts[cell.observed - cell.low]
    cells.sort(key=lambda cell: len(cell.values))
    first = _combined(tuple(cells[::2]), limit)
    second = _combined(tuple(cells[1::2]), limit)
    rare = total = 0
    for sum_of_first, weights in first.items():
        others = sorted(second.get(strata.observed - sum_of_first, {}).items())
        ordered = [weight for weight, _ in others]
        up_to = [0, *accumulate(weight * times for weight, times in others)]
        for weight, times in weights.items():
            place = bisect_right(ordered, observed // weight)
            rare += weight * times * up_to[place]
            total += weight * times * up_to[-1]
    return rare / total


def _simulated_hits(strata: Strata, drawn: int, rng: "np.random.Generator") -> int:
    """Count random tables, of all with the sum observed, at most as likely as those.

    The first cells are drawn one after the other, each given what is left of the sum.
    A common odds ratio changes nothing given the sum; that of Mantel and Haenszel keeps
    the sum observed among the likely ones, so that nothing underflows.
    """
    over, under = _products(strata)
    if not over or not under:  # an end of what the margins allow: one way only
        return drawn
    tilt = math.log(over / under)
    logs = [_tilted(cell, tilt) for cell in strata.cells]
    after = _ways_after(logs)
    low = [cell.low for cell in strata.cells]
    left = np.full(drawn, strata.observed - sum(low), dtype=np.int64)
    places = np.zeros((drawn, len(logs)), dtype=np.int64)
    for k, own in enumerate(logs):
        uniform = (words(rng, drawn) >> np.uint64(11)).astype(np.float64)
        chances = np.exp(own)
        for rest in np.unique(left).tolist():
            rows = np.flatnonzero(left == rest)
            first = max(0, rest - after[k + 1].size + 1)
            last = min(rest, own.size - 1)
            ways_on = after[k + 1][rest - last : rest - first + 1][::-1]
            bounds = np.cumsum(chances[first : last + 1] * ways_on)
            cut = uniform[rows] / _WHOLE_FLOATS * bounds[-1]
            places[rows, k] = first + np.searchsorted(bounds, cut, side="right")
        left -= places[:, k]
    sums = sum((own[places[:, k]] for k, own in enumerate(logs)), np.zeros(drawn))
    seen = [cell.observed - cell.low for cell in strata.cells]
    observed = math.fsum(own[at] for own, at in zip(logs, seen, strict=True))
    near = _NEAR * max(abs(observed), 1.0)
    hits = int(np.count_nonzero(sums < observed - near))
    close: Ints = places[np.abs(sums - observed) <= near]
    if not len(close):
        return hits
    cells = [ways(cell) for cell in strata.cells]
    bound = _product(cells, seen)
    return hits + sum(_product(cells, row) <= bound for row in close.tolist())


def _tilted(cell: FreeCell, tilt: float) -> Floats:
    """Return the logarithms of the chances of a cell under a log odds ratio."""
    logs = cell.log_weights + tilt * np.arange(cell.high - cell.low + 1, dtype=np.int64)
    moved: Floats = logs - logs.max()
    return moved


def _ways_after(logs: list[Floats]) -> list[Floats]:
    """Return, from each stratum on, the chances of each sum, up to a factor."""
    found = [np.ones(1)]
    for own in reversed(logs):
        together = np.convolve(found[-1], np.exp(own))
        found.append(together / together.max())
    return found[::-1]


def _product(cells: list[Distribution], places: list[int]) -> int:
    return math.prod(cell.counts[at] for cell, at in zip(cells, places, strict=True))
