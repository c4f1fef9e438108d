"""The chi-square statistic of balances between categories that exchange cases.

The covariance matrix of such balances has zero row sums and is minus the number of
exchanges off its diagonal (a graph Laplacian). Its rank is the number of categories
minus the number of groups of categories that exchange nothing with each other, so
degrees of freedom are counted, never guessed from small eigenvalues.
"""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from iph._checks import Floats


class Solver(NamedTuple):
    """The generalized inverse of a covariance matrix, and its rank."""

    inverse: Floats
    df: int

    def statistic(self, balance: Floats) -> Floats:
        """Return the quadratic form of each row of balances."""
        found: Floats = np.einsum(
            "...i,ij,...j->...", balance, self.inverse, balance, optimize=True
        )
        return np.maximum(found, 0.0)


def solver(exchanges: Floats) -> Solver:
    """Return the solver for symmetric numbers of exchanges between categories.

    Within each group of connected categories one category, whose balance follows from
    the others, is left out, which gives the same quadratic form as the Moore-Penrose
    inverse.
    """
    k = len(exchanges)
    covariance = np.diag(exchanges.sum(axis=1)) - exchanges
    inverse = np.zeros((k, k))
    df = 0
    for group in _connected(exchanges > 0.0):
        kept = np.array(group[1:], dtype=np.intp)
        df += kept.size
        block = np.ix_(kept, kept)
        inverse[block] = np.linalg.inv(covariance[block])
    return Solver(inverse, df)


def _connected(linked: npt.NDArray[np.bool_]) -> list[list[int]]:
    """Return the groups of categories that are linked, directly or through others."""
    left = set(range(len(linked)))
    groups = []
    while left:
        group = [min(left)]
        left.remove(group[0])
        for member in group:
            found = sorted(other for other in left if linked[member, other])
            group.extend(found)
            left.difference_update(found)
        groups.append(sorted(group))
    return groups
