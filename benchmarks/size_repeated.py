"""Size of the tests of repeated grades."""

import itertools
from typing import Any

import numpy as np

from iph.stats import group_by_visit
from size_cases import Family

_SIZES = ((4, 4), (4, 8), (6, 6), (5, 15), (14, 14), (10, 18), (30, 30))
_MISSING = 0.15
_VISITS = 3
_CORRELATION = 0.6


def correlated_grades(
    shares: np.ndarray, patients: int, rng: np.random.Generator
) -> np.ndarray:
    """Draw grades cut from normal variables that go together within a patient.

    The shares of the grades stand in one row a visit.
    """
    from scipy.special import ndtr

    own = np.sqrt(_CORRELATION) * rng.standard_normal((patients, 1))
    rest = np.sqrt(1.0 - _CORRELATION) * rng.standard_normal((patients, len(shares)))
    below = ndtr(own + rest)
    edges = np.cumsum(shares, axis=1)[:, :-1]
    grades: np.ndarray = (below[:, :, None] >= edges[None]).sum(axis=2).astype(float)
    return grades


def _p_values(setting: Any, rng: np.random.Generator) -> list[float]:
    sizes, levels, missing = setting
    shares = np.full((_VISITS, levels), 1.0 / levels)
    rows = correlated_grades(shares, sum(sizes), rng)
    if missing:
        rows[rng.random(rows.shape) < _MISSING] = np.nan
    group = np.repeat(np.arange(len(sizes)), sizes)
    if np.unique(group[~np.isnan(rows).all(axis=1)]).size < len(sizes):
        return [1.0] * 6
    found = [group_by_visit(rows, group, method=name) for name in ("box", "wald")]
    return [
        getattr(test, name).p_value
        for test in found
        for name in ("group", "visit", "interaction")
    ]


def _name(setting: Any) -> str:
    sizes, levels, missing = setting
    seen = f"{_MISSING:.0%} missed" if missing else "all seen"
    return f"{' v '.join(map(str, sizes))}, {levels} grades, {seen}"


TESTS = [
    Family(
        name="group_by_visit",
        what=f"{_VISITS} visits, all grades equally frequent at each; grades of one "
        f"patient cut from normal variables with a correlation of {_CORRELATION:g}; "
        "visits missed at random.\nThe default is that of Box.",
        columns=(
            "Box: group",
            "visit",
            "interaction",
            "Wald: group",
            "visit by Wald",
            "interaction by Wald",
        ),
        settings=list(itertools.product(_SIZES, (4, 11), (False, True))),
        name_of=_name,
        p_values=_p_values,
    )
]
