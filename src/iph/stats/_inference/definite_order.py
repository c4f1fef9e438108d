"""The order of values some of which are known by a bound alone, as ">8".

Of two values one is the higher only if it surely is: 9 is higher than 8, and so is
">8", but ">8" and 9 may stand either way. Each value is scored by how many are surely
lower less how many are surely higher (Gehan 1965). Without bounds these are the ranks:
twice the mid-rank less N + 1. With bounds beyond which nothing was seen they are the
ranks in which such bounds tie, at the top or the bottom.
"""

from collections.abc import Iterable
from typing import Any

import attrs
import numpy as np
import numpy.typing as npt

from iph._bound import Bound
from iph._checks import Floats, Ints, array_or_list, unmasked
from iph._wide import bincount
from iph.errors import InputError

# Each limit has five places: below it, up to it, at it, from it, and above it.
_PLACES = {"<": 0, "<=": 1, ">=": 3, ">": 4}
_AT, _STEP = 2, 5
GEHAN = "scored after Gehan"
Bounds = dict[int, Bound]


@attrs.frozen(kw_only=True, eq=False)
class Scored:
    """Values with their scores.

    Attributes
    ----------
    scores : numpy.ndarray
        Of each value: N + 1, and how many cases are surely lower less how many are
        surely higher.
    is_ranking : bool
        Whether bounds stand at the ends, so that the scores are twice the mid-ranks.
    rule : str or None
        How the bounds were ranked, in words; None without bounds.
    n_bounds : int
        The cases that are known by a bound alone.
    """

    scores: Ints
    is_ranking: bool
    rule: str | None
    n_bounds: int


def bounds_apart(
    sample: npt.ArrayLike | Iterable[object], name: str
) -> tuple[Any, Bounds]:
    """Return a sample with None for its bounds, and the bounds by their places."""
    sample = unmasked(sample)
    if isinstance(sample, np.ndarray) and sample.dtype.kind != "O":
        return sample, {}
    listed = array_or_list(sample, name)
    if not (
        isinstance(listed, list) or (listed.dtype.kind == "O" and listed.ndim == 1)
    ):
        return listed, {}
    if Bound not in set(map(type, listed)):
        return listed, {}
    found = {i: one for i, one in enumerate(listed) if isinstance(one, Bound)}
    return [None if i in found else one for i, one in enumerate(listed)], found


def limits_of(bounds: Iterable[Bounds]) -> Floats:
    """Return the limits of all bounds, one after the other."""
    limits = [one.value for found in bounds for one in found.values()]
    return np.array(limits, dtype=np.float64)


def as_places(
    columns: list[npt.NDArray[Any]], bounds: list[Bounds], limits: Floats
) -> list[Floats]:
    """Return whole numbers for the values and bounds, in order; NaN where missing."""
    floats = [column.astype(np.float64) for column in columns]
    grid = np.unique(np.concatenate([*floats, limits]))  # NaN comes last
    found = []
    start = 0
    for column, own in zip(floats, bounds, strict=True):
        places = np.where(
            np.isnan(column), np.nan, _STEP * np.searchsorted(grid, column) + _AT
        )
        here = np.searchsorted(grid, limits[start : start + len(own)])
        for at, one, place in zip(own, own.values(), here.tolist(), strict=True):
            places[at] = _STEP * place + _PLACES[one.operator]
        found.append(places)
        start += len(own)
    return found


def unordered(names: str) -> InputError:
    """Say that the order of values is not known, and which tests do without."""
    hint = "mann_whitney, kruskal_wallis and dunn score such bounds after Gehan"
    return InputError(names, "in a known order", "bounds with values beyond them", hint)


def ends(places: npt.NDArray[Any]) -> tuple[Ints, Ints]:
    """Return the least and the greatest that a value can be, in thirds of a limit."""
    limit, kind = np.divmod(places.astype(np.int64), _STEP)
    last = 3 * int(limit.max(initial=0)) + 2
    least = np.where(kind < _AT, -2, 3 * limit + (kind == _PLACES[">"]))
    most = np.where(kind > _AT, last, 3 * limit - (kind == _PLACES["<"]))
    return least, most


def scored(places: npt.NDArray[Any], cases: Ints) -> Scored:
    """Score distinct places by what is surely lower and surely higher."""
    kind = places.astype(np.int64) % _STEP
    upper, lower = kind < _AT, kind > _AT  # the bounds of either side
    least, most = ends(places)
    n = int(cases.sum())
    below = _cases_before(most, cases, least)
    above = _cases_before(-least, cases, -most)
    scores = n + 1 + below - above
    beyond = _overlap(most[~lower], least[lower]) or _overlap(
        most[upper], least[~upper]
    )
    levels, level = np.unique(scores, return_inverse=True)
    ties = bincount(level, weights=cases, minlength=levels.size).astype(np.int64)
    is_ranking = not beyond and np.array_equal(levels, 2 * np.cumsum(ties) - ties + 1)
    tied = [word for word, side in (("top", lower), ("bottom", upper)) if side.any()]
    rule = None
    if tied and is_ranking:
        rule = f"ranked in the {' and the '.join(tied)} tie"
    elif tied:
        rule = GEHAN
    return Scored(
        scores=scores,
        is_ranking=is_ranking,
        rule=rule,
        n_bounds=int(cases[upper | lower].sum()),
    )


def _cases_before(ends: Ints, cases: Ints, starts: Ints) -> Ints:
    """Return how many cases end before each start."""
    order = np.argsort(ends, kind="stable")
    through = np.concatenate(([0], np.cumsum(cases[order])))
    found: Ints = through[np.searchsorted(ends[order], starts, side="left")]
    return found


def _overlap(most: Ints, least: Ints) -> bool:
    """Whether some value lies within a bound of the other kind."""
    return bool(most.size and least.size and most.max() > least.min())
