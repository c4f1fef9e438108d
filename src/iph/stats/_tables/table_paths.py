"""Parts of tables: the keys of their cells so far, and how probable they are."""

from collections.abc import Sequence
from typing import Any

import attrs
import numpy as np

from iph._checks import Ints
from iph.stats._tables.fillings import Floats


@attrs.frozen(eq=False)
class Paths:
    """Parts of tables that end in one state: the keys and the probability of each."""

    order: Ints
    words: Ints
    mass: Floats

    def take(self, which: Any) -> "Paths":
        """Return some of the paths."""
        return Paths(self.order[which], self.words[:, which], self.mass[which])

    def merged(self) -> "Paths":
        """Return the paths in order, those of equal products as one."""
        paths = self.take(np.argsort(self.order, kind="stable"))
        new = np.ones(paths.order.size, dtype=bool)
        new[1:] = (np.diff(paths.order) != 0) | np.diff(paths.words).any(axis=0)
        return paths.summed(np.flatnonzero(new))

    def merged_within(self, codes: Ints) -> tuple["Paths", Ints]:
        """Return the paths by code and order, equal ones as one, and their codes."""
        by_code = np.lexsort((self.order, codes))
        paths, codes = self.take(by_code), codes[by_code]
        new = np.ones(codes.size, dtype=bool)
        new[1:] = (np.diff(codes) != 0) | (np.diff(paths.order) != 0)
        new[1:] |= np.diff(paths.words).any(axis=0)
        starts = np.flatnonzero(new)
        return paths.summed(starts), codes[starts]

    def summed(self, starts: Ints) -> "Paths":
        """Return one path for each run of equal ones."""
        mass = np.add.reduceat(self.mass, starts)
        return Paths(self.order[starts], self.words[:, starts], mass)


def joined_paths(parts: Sequence[Paths]) -> Paths:
    """Return all paths of several parts."""
    return Paths(
        np.concatenate([part.order for part in parts]),
        np.concatenate([part.words for part in parts], axis=1),
        np.concatenate([part.mass for part in parts]),
    )
