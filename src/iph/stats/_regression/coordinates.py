"""Coordinates in which a likelihood is well scaled, whatever units the columns have."""

import attrs
import numpy as np

from iph._checks import Floats, Ints
from iph._wide import bincount
from iph.errors import DataError

_RANK = 1e-9  # relative size below which a direction does not vary


@attrs.frozen(kw_only=True, eq=False)
class Coordinates:
    """Columns made orthogonal.

    Attributes
    ----------
    names : tuple of str
        The names of the columns.
    scaled : ndarray of float, shape (n, p)
        The columns in units of their range, less their mean (of the stratum).
    columns : ndarray of float, shape (p, n)
        Combinations of them, orthogonal and with mean square 1.
    back : ndarray of float, shape (p, p)
        What takes coefficients of the combinations to those of the columns as given.
    center : ndarray of float, shape (p,)
        Where the combinations are 0, without strata.
    """

    names: tuple[str, ...]
    scaled: Floats
    columns: Floats
    back: Floats
    center: Floats


def coordinates(
    names: tuple[str, ...], x: Floats, among: str, stratum: Ints | None = None
) -> Coordinates:
    """Return the coordinates; refuse columns that are constant or collinear.

    Parameters
    ----------
    names : tuple of str
        The names of the columns.
    x : ndarray of float, shape (n, p)
        The columns.
    among : str
        Among whom they must vary, in words.
    stratum : ndarray of int, optional
        The stratum of each row, within which they must vary.
    """
    low, width = x.min(axis=0), np.ptp(x, axis=0)
    scaled = (x - low) / np.where(width > 0.0, width, 1.0)
    mean = scaled.mean(axis=0)
    scaled -= mean if stratum is None else _means(scaled, stratum)
    for name, column in zip(names, scaled.T, strict=True):
        if not np.abs(column).max() > _RANK:
            raise DataError(f"covariate {name} is constant among {among}; leave it out")
    triangle = np.linalg.qr(scaled, mode="r")
    values, directions = np.linalg.svd(triangle)[1:]
    if values.size < len(names) or values[-1] <= _RANK * values[0]:
        words = ", ".join(names[i] for i in leading(directions[-1]))
        raise DataError(
            f"covariates {words} are collinear: one follows from the others; "
            "leave one out"
        )
    turn = np.sqrt(len(x)) * np.linalg.inv(triangle)
    return Coordinates(
        names=names,
        scaled=scaled,
        columns=np.ascontiguousarray((scaled @ turn).T),
        back=turn / width[:, None],
        center=low + width * mean,
    )


def leading(direction: Floats) -> Ints:
    """Return the places of the columns that take part in a direction."""
    size = np.abs(direction)
    return np.flatnonzero(size > np.sqrt(_RANK) * size.max())


def _means(x: Floats, stratum: Ints) -> Floats:
    """Return for each row the means of its stratum."""
    sizes = bincount(stratum)
    sums = np.column_stack([bincount(stratum, column) for column in x.T])
    means: Floats = (sums / np.maximum(sizes, 1)[:, None])[stratum]
    return means
