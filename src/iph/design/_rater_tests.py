"""How far readers agree: tests of a kappa or of an intraclass correlation."""

import math
from collections.abc import Sequence
from typing import Final

import attrs
import numpy as np
import numpy.typing as npt

from iph import stats
from iph._checks import Floats
from iph.design._assumed import Assumed, Tables
from iph.errors import InputError

_ROUNDING: Final = 1e-12


def kappa_refuses(tables: Tables, given: Assumed, level: float) -> bool:
    """Whether the interval of kappa leaves out the kappa tested against."""
    one_sided = given.alternative != "two-sided"
    asked = 1.0 - (2.0 * level if one_sided else level)
    if not asked > 0.0:
        rule = "below 0.5 for a one-sided test, which an interval makes"
        raise InputError("level", rule, level)
    found = kappa_of(tables[0], asked)
    if math.isnan(found.low):  # full agreement has no interval of kappa
        return False
    above, below = found.low > given.null_value, found.high < given.null_value
    sides = {"two-sided": above or below, "greater": above, "less": below}
    return sides[given.alternative]


def kappa_of(cells: Sequence[int], asked: float) -> stats.Agreement:
    """Return the weighted kappa of a square table, given row after row."""
    grades = range(math.isqrt(len(cells)))
    return stats.weighted_kappa(
        [row for row in grades for _ in grades],
        [column for _ in grades for column in grades],
        levels=grades,
        weights=cells,
        confidence_level=asked,
    )


def true_kappa(shares: npt.ArrayLike) -> float:
    """Return the weighted kappa, with linear weights, of the chances of all pairs."""
    flat = np.asarray(shares, dtype=float).ravel()
    size = math.isqrt(len(flat))
    table = flat.reshape(size, size)
    apart = np.abs(
        np.subtract.outer(
            np.arange(size, dtype=np.int64), np.arange(size, dtype=np.int64)
        )
    )
    by_chance = np.multiply.outer(table.sum(axis=1), table.sum(axis=0))
    expected = float((apart * by_chance).sum())
    return 1.0 - float((apart * table).sum()) / expected if expected else math.nan


def kappa_at_null(given: Assumed, sizes: Sequence[int]) -> Assumed:  # noqa: ARG001
    """Return the pairs of grades with the kappa tested against.

    Each reader's grades stay as frequent as assumed: what is assumed is mixed with what
    chance alone would give, or with less of it, and kappa changes in proportion.
    """
    shares = given.arms[0]
    size, kappa = math.isqrt(len(shares)), true_kappa(shares)
    table = shares.reshape(size, size)
    by_chance = np.multiply.outer(table.sum(axis=1), table.sum(axis=0)).ravel()
    mixed, null = by_chance, given.null_value
    if null != 0.0:
        part = null / kappa if kappa else math.nan
        mixed = by_chance + part * (shares - by_chance)
    if not np.all(mixed >= -_ROUNDING):
        rule = f"a kappa that such grades can have (that assumed is {kappa:.3g})"
        raise InputError("null", rule, null)
    mixed = np.clip(mixed, 0.0, None)
    return attrs.evolve(given, arms=(mixed / mixed.sum())[None, :])


def icc_chances(
    sizes: Sequence[int], given: Assumed, level: float
) -> tuple[float, float]:
    """Return power and size of the F test of a consistency ICC against a known one.

    Of patients and readers crossed, the mean square of the patients over that of the
    rest is (1 + k r / (1 - r)) times an F variable, with k readers and the ICC r.
    """
    from scipy.special import fdtr, fdtrc, fdtri

    (n,), readers = sizes, given.readers
    df, df_error = n - 1.0, (n - 1.0) * (readers - 1.0)
    if n < 2:
        return 0.0, 0.0
    ratios = [
        1.0 + readers * r / (1.0 - r) for r in (given.arms[0, 1], given.null_value)
    ]
    tail = level / 2.0 if given.alternative == "two-sided" else level
    chances = []
    for ratio in ratios:
        chance = 0.0
        if given.alternative != "less":
            edge = fdtri(df, df_error, 1.0 - tail) * ratios[1] / ratio
            chance += float(fdtrc(df, df_error, edge))
        if given.alternative != "greater":
            edge = fdtri(df, df_error, tail) * ratios[1] / ratio
            chance += float(fdtr(df, df_error, edge))
        chances.append(min(1.0, chance))
    return chances[0], chances[1]


def icc_limits(
    statistic: Floats, n: int, readers: int, asked: float
) -> tuple[Floats, Floats]:
    """Return the interval of a consistency ICC, given the F statistic."""
    from scipy.special import fdtri

    df, df_error, upper = n - 1.0, (n - 1.0) * (readers - 1.0), 0.5 + asked / 2.0
    ends = (
        statistic / float(fdtri(df, df_error, upper)),
        statistic * float(fdtri(df_error, df, upper)),
    )
    low, high = ((end - 1.0) / (end + readers - 1.0) for end in ends)
    return low, high
