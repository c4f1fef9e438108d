"""The intervals of many samples at once, for those that have a closed form.

`iph.stats` takes one sample at a time, and milliseconds for it. What stands here is the
same arithmetic over an axis of samples; `coverage_cases.at_once` holds it against the
function itself in the first samples of every place.
"""

import math

import numpy as np

from iph.stats import median_interval
from iph.stats._description.rank_distributions import (
    rank_sum_interval,
    signed_rank_interval,
)
from iph.stats._groups.superiority import newcombe_bounds
from iph.stats._inference.tails import two_sided_quantile
from iph.stats._tables.agreement import _FLOORS as READER_FLOORS
from iph.stats._tables.kappa import _FLOORS as KAPPA_FLOORS

LEVEL = 0.95
_NONE = 1e-12  # what is left of 1 by rounding
Bounds = tuple[np.ndarray, np.ndarray]


def _score(estimate: np.ndarray, reach: np.ndarray) -> Bounds:
    """Return the t with ``(estimate - t)^2 <= reach (1 - t^2)``."""
    root = np.sqrt(reach * np.maximum(1.0 - estimate**2, 0.0) + reach**2)
    low, high = ((estimate + side * root) / (1.0 + reach) for side in (-1.0, 1.0))
    low = np.maximum(np.minimum(low, estimate), -1.0)
    return low, np.minimum(np.maximum(high, estimate), 1.0)


def _divided(above: np.ndarray, below: np.ndarray) -> np.ndarray:
    """Return quotients; 0 where nothing is left to divide by."""
    some = below > _NONE
    found: np.ndarray = np.where(some, above / np.where(some, below, 1.0), 0.0)
    return found


def _known(undefined: np.ndarray, bounds: Bounds) -> Bounds:
    """Put -1 to 1 where the estimate is undefined."""
    low, high = bounds
    return np.where(undefined, -1.0, low), np.where(undefined, 1.0, high)


def _margins(tables: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    return tables.sum(axis=2), tables.sum(axis=1)


def kendall_bounds(tables: np.ndarray) -> Bounds:
    """Return the score interval of tau_b of tables, one a place of the first axis."""
    tables = tables.astype(float)
    n = tables[0].sum()
    (k, m), margins = tables.shape[1:], _margins(tables)
    signs = [np.sign(np.subtract.outer(np.arange(s), np.arange(s))) for s in (k, m)]
    each = signs[0] @ tables @ signs[1].T
    rows, columns = (n * n - (t**2).sum(axis=1) for t in margins)
    undefined = rows * columns == 0.0
    scale = np.where(undefined, 1.0, rows * columns)
    tau = (tables * each).sum(axis=(1, 2)) / np.sqrt(scale)
    ties = [
        [
            (t * (t - 1) * (2 * t + 5)).sum(axis=1),
            (t * (t - 1)).sum(axis=1),
            (t * (t - 1) * (t - 2)).sum(axis=1),
        ]
        for t in margins
    ]
    variance = (n * (n - 1) * (2 * n + 5) - ties[0][0] - ties[1][0]) / 18.0
    variance += ties[0][1] * ties[1][1] / (2.0 * n * (n - 1))
    variance += ties[0][2] * ties[1][2] / (9.0 * n * (n - 1) * (n - 2))
    null = 4.0 * variance / scale
    influence = 2.0 * each / np.sqrt(scale)[:, None, None]
    of_ties = [
        _divided(t, np.broadcast_to(s[:, None], t.shape))
        for t, s in zip(margins, (rows, columns), strict=True)
    ]
    both = of_ties[0][:, :, None] + of_ties[1][:, None, :]
    influence += tau[:, None, None] * both
    mean = (tables * influence).sum(axis=(1, 2), keepdims=True) / n
    square = (tables * (influence - mean) ** 2).sum(axis=(1, 2))
    spread = np.maximum(null, _divided(square, 1.0 - tau**2))
    z = two_sided_quantile(LEVEL)
    return _known(undefined, _score(tau, z * z * spread))


def spearman_bounds(tables: np.ndarray, interval: str) -> Bounds:
    """Return the interval of the rank correlation of tables."""
    tables = tables.astype(float)
    n = tables[0].sum()
    margins = _margins(tables)
    a, b = (2.0 * np.cumsum(t, axis=1) - t - n for t in margins)
    product = (tables * a[:, :, None] * b[:, None, :]).sum(axis=(1, 2))
    squares = [(n**3 - n - (t**3 - t).sum(axis=1)) / 3.0 for t in margins]
    undefined = squares[0] * squares[1] == 0.0
    scale = np.sqrt(np.where(undefined, 1.0, squares[0] * squares[1]))
    rho = np.clip(product / scale, -1.0, 1.0)
    spread = (1.0 + rho * rho / 2.0) / (n - 3)
    z = two_sided_quantile(LEVEL)
    scored = np.maximum(1.0 / (n - 1), spread * (1.0 - rho * rho))
    low, high = _score(rho, z * z * scored)
    if interval == "bonett-wright":
        inside = np.abs(rho) < 1.0 - _NONE
        middle = np.arctanh(np.where(inside, rho, 0.0))
        ends = [np.tanh(middle + side * z * np.sqrt(spread)) for side in (-1, 1)]
        low, high = np.where(inside, ends[0], low), np.where(inside, ends[1], high)
    return _known(undefined, (low, high))


def kappa_bounds(tables: np.ndarray, scheme: str) -> Bounds:
    """Return the interval of kappa of square tables; NaN at full agreement."""
    from scipy.special import stdtrit

    tables = tables.astype(float)
    n, size = tables[0].sum(), tables.shape[1]
    agreement = agreeing(size, scheme)
    shares = tables / n
    rows, columns = _margins(shares)
    by_chance = rows[:, :, None] * columns[:, None, :]
    observed, expected = ((s * agreement).sum(axis=(1, 2)) for s in (shares, by_chance))
    left = 1.0 - expected > _NONE
    kappa = np.where(left, 1.0 - _divided(1.0 - observed, 1.0 - expected), 0.0)
    means = (columns @ agreement)[:, :, None] + (rows @ agreement)[:, None, :]
    rest, center = (1.0 - kappa)[:, None, None], kappa - expected * (1.0 - kappa)
    terms = agreement - means * rest - center[:, None, None]
    null_terms = agreement - means + expected[:, None, None]
    scale = n * np.where(left, (1.0 - expected) ** 2, 1.0)
    variance = (shares * terms**2).sum(axis=(1, 2)) / scale
    null = (by_chance * null_terms**2).sum(axis=(1, 2)) / scale
    spread = np.maximum(null, KAPPA_FLOORS[scheme] / n)
    inside = np.maximum(spread, _divided(variance * n / (n - 1), 1.0 - kappa**2))
    spread = np.where(np.abs(kappa) < 1.0, inside, spread)
    reach = float(stdtrit(n - 1, 0.5 + LEVEL / 2.0)) ** 2 * spread
    low, high = _known(null * scale < _NONE, _score(kappa, reach))
    full = 1.0 - observed < _NONE
    return np.where(full, math.nan, low), np.where(full, math.nan, high)


def agreeing(size: int, scheme: str) -> np.ndarray:
    """Return the weight of agreement of any two grades."""
    steps = np.abs(np.subtract.outer(np.arange(size), np.arange(size))) / (size - 1)
    if scheme == "none":
        return 1.0 * (steps == 0.0)
    found: np.ndarray = 1.0 - (steps if scheme == "linear" else steps**2)
    return found


def reader_bounds(read: np.ndarray, coefficient: str, scheme: str) -> Bounds:
    """Return the interval of agreement of several readers.

    `read` holds how many readers gave each patient each grade: samples, patients,
    grades.
    """
    read = read.astype(float)
    weight = agreeing(read.shape[2], scheme)
    readings = read.sum(axis=2)
    paired = readings > 1.0
    pairs = np.where(paired, readings * (readings - 1.0), 1.0)
    agreed = (read * (read @ weight - 1.0)).sum(axis=2)
    share = np.where(paired, agreed / pairs, 0.0)
    n_paired = paired.sum(axis=1)
    parts = {"percent": _percent, "krippendorff": _krippendorff}
    if coefficient in parts:
        estimate, error = parts[coefficient](read, readings, share, weight)
    else:
        estimate, error = _chance(read, readings, share, weight, coefficient)
    if coefficient == "percent":
        return _shared(estimate, n_paired)
    per_patient = (paired * readings).sum(axis=1) / n_paired
    floor = READER_FLOORS[coefficient][scheme == "quadratic"]
    return _scored_readers(
        estimate, error, n_paired, floor * np.sqrt(2.0 / per_patient)
    )


def _percent(
    _read: np.ndarray, readings: np.ndarray, share: np.ndarray, _weight: np.ndarray
) -> Bounds:
    observed = share.sum(axis=1) / (readings > 1.0).sum(axis=1)
    return observed, np.zeros_like(observed)


def _chance(
    read: np.ndarray,
    readings: np.ndarray,
    share: np.ndarray,
    weight: np.ndarray,
    coefficient: str,
) -> Bounds:
    """Return the coefficient of Gwet or Fleiss, and its standard error."""
    used, paired = readings > 0.0, readings > 1.0
    n, n_paired = used.sum(axis=1), paired.sum(axis=1)
    observed = share.sum(axis=1) / n_paired
    own = read / np.maximum(readings, 1.0)[:, :, None]
    shares = own.sum(axis=1) / n[:, None]
    if coefficient == "fleiss":
        slope = 2.0 * shares @ weight
        expected = (shares * slope).sum(axis=1) / 2.0
    else:
        size = len(weight)
        scale = float(weight.sum()) / (size * (size - 1))
        expected = scale * (shares * (1.0 - shares)).sum(axis=1)
        slope = scale * (1.0 - 2.0 * shares)
    rest = 1.0 - expected
    estimate = np.where(rest > _NONE, 1.0 - _divided(1.0 - observed, rest), math.nan)
    added = np.where(paired, share - observed[:, None], 0.0)
    added *= (n / n_paired)[:, None]
    along = ((own - shares[:, None, :]) * slope[:, None, :]).sum(axis=2)
    added = (added - (1.0 - estimate)[:, None] * along) / rest[:, None]
    return estimate, np.sqrt((used * added**2).sum(axis=1) / (n * (n - 1.0)))


def _krippendorff(
    read: np.ndarray, readings: np.ndarray, share: np.ndarray, weight: np.ndarray
) -> Bounds:
    """Return alpha and its standard error."""
    paired = readings > 1.0
    read = read * paired[:, :, None]
    readings = readings * paired
    n, total = paired.sum(axis=1), readings.sum(axis=1)
    by_reader = share * readings
    shares = read.sum(axis=1) / total[:, None]
    means = shares @ weight
    expected = (shares * means).sum(axis=1)
    raw, few = by_reader.sum(axis=1) / total, 1.0 - 1.0 / total
    rest = 1.0 - expected
    observed = raw * few + 1.0 / total
    estimate = np.where(rest > _NONE, 1.0 - _divided(1.0 - observed, rest), math.nan)
    agreed = few[:, None] * (by_reader - raw[:, None] * readings)
    apart = read - shares[:, None, :] * readings[:, :, None]
    chance = 2.0 * (apart * means[:, None, :]).sum(axis=2)
    added = agreed - (1.0 - estimate)[:, None] * chance
    added /= (rest * total / n)[:, None]
    return estimate, np.sqrt((paired * added**2).sum(axis=1) / (n * (n - 1.0)))


def _scored_readers(
    estimate: np.ndarray, error: np.ndarray, n: np.ndarray, floor: np.ndarray
) -> Bounds:
    from scipy.special import stdtrit

    undefined = np.isnan(estimate) | (n < 2)
    kappa = np.maximum(np.where(undefined, 0.0, estimate), -1.0)
    spread = floor / n
    inside = np.maximum(spread, _divided(error**2, 1.0 - kappa**2))
    spread = np.where(np.abs(kappa) < 1.0 - _NONE, inside, spread)
    low, high = _score(kappa, stdtrit(n - 1.0, 0.5 + LEVEL / 2.0) ** 2 * spread)
    below = ~undefined & (estimate < -1.0)
    return _known(undefined, (np.where(below, estimate, low), high))


def _shared(share: np.ndarray, n: np.ndarray) -> Bounds:
    from scipy.special import betaincinv

    tail = (1.0 - LEVEL) / 2.0
    agreed, not_agreed = n * share, n * (1.0 - share)
    none, full = agreed < _NONE * n, not_agreed < _NONE * n
    low = betaincinv(np.where(none, 1.0, agreed), not_agreed + 1.0, tail)
    high = betaincinv(agreed + 1.0, np.where(full, 1.0, not_agreed), 1.0 - tail)
    low, high = np.where(none, 0.0, low), np.where(full, 1.0, high)
    lost = np.isnan(share)
    return np.where(lost, 0.0, low), np.where(lost, 1.0, high)


def order_bounds(values: np.ndarray) -> Bounds:
    """Return the interval of the median by order statistics; no values are equal."""
    known = median_interval(np.arange(values.shape[1]))
    if math.isinf(known.low):
        return _endless(len(values))
    ordered = np.sort(values, axis=1)
    return ordered[:, int(known.low)], ordered[:, int(known.high)]


def middle_bounds(values: np.ndarray) -> Bounds:
    """Return the interval of Hodges and Lehmann of one group."""
    n = values.shape[1]
    first, second = np.triu_indices(n)
    rank = signed_rank_interval(n, LEVEL)[0]
    return _ranked((values[:, first] + values[:, second]) / 2.0, rank)


def shift_bounds(first: np.ndarray, second: np.ndarray) -> Bounds:
    """Return the interval of Hodges and Lehmann of two groups."""
    apart = first[:, :, None] - second[:, None, :]
    rank = rank_sum_interval(first.shape[1], second.shape[1], LEVEL)[0]
    return _ranked(apart.reshape(len(first), -1), rank)


def _ranked(values: np.ndarray, rank: int) -> Bounds:
    """Return the values at a rank from both ends."""
    if rank < 1:
        return _endless(len(values))
    places = (rank - 1, values.shape[1] - rank)
    parted = np.partition(values, places, axis=1)
    return parted[:, places[0]], parted[:, places[1]]


def _endless(runs: int) -> Bounds:
    return np.full(runs, -math.inf), np.full(runs, math.inf)


def win_bounds(first: np.ndarray, second: np.ndarray, figure: str) -> Bounds:
    """Return the interval of net benefit or win ratio of two groups of outcomes.

    The outcomes are counted from the worst to the best, one sample a row.
    """
    wins = (first * (np.cumsum(second, axis=1) - second)).sum(axis=1)
    equal = (first * second).sum(axis=1)
    sizes = (int(first[0].sum()), int(second[0].sum()))
    pairs = sizes[0] * sizes[1]
    doubled, place = np.unique(2 * wins + equal, return_inverse=True)
    z = two_sided_quantile(LEVEL)
    ends = [newcombe_bounds(d / 2.0 / pairs, *sizes, z) for d in doubled.tolist()]
    low, high = np.array(ends)[place].T
    if figure == "net_benefit":
        return 2.0 * low - 1.0, 2.0 * high - 1.0
    tied = equal / pairs
    losses = pairs - wins - equal
    with np.errstate(divide="ignore", invalid="ignore"):
        exact = np.where(losses > 0, wins / losses, math.inf)
        ratios = []
        for end in (low, high):
            above, below = end - tied / 2.0, 1.0 - end - tied / 2.0
            ratio = np.where(below > 0.0, above / below, math.inf)
            ratios.append(np.where(above <= 0.0, 0.0, ratio))
    low, high = np.minimum(ratios[0], exact), np.maximum(ratios[1], exact)
    return np.where(equal == pairs, 0.0, low), np.where(equal == pairs, math.inf, high)
