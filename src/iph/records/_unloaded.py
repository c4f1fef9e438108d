"""Columns that are not loaded: which hold anything, and what, if it is asked."""

from collections.abc import Sequence
from typing import Any, Final

from iph.records._matching import Matched
from iph.records._privacy import looks_like
from iph.records._report import shown
from iph.records._table import MISSING_CELLS, Table
from iph.records._targets import normal

_SAMPLES: Final = 20


class Unloaded:
    """Watches the columns of a table that are not loaded.

    Attributes
    ----------
    said : list of str
        A sentence for each that holds anything.
    """

    def __init__(self, table: Table, found: Matched, *, keeps_samples: bool) -> None:
        self.said: list[str] = []
        self._table, self._found = table, found
        self._keeps_samples = keeps_samples
        told = set(found.told)
        self._unfilled = {
            place: name
            for place, name in found.set_aside
            if name not in told and not table.strict
        }

    def notice(self, cells: Sequence[Any]) -> None:
        """Look at one row."""
        if self._keeps_samples:
            self._sample(cells)
        if not self._unfilled:
            return
        for place in [p for p in self._unfilled if cells[p] not in MISSING_CELLS]:
            name = self._unfilled.pop(place)
            why = looks_like(normal(name))
            said = f"looks like {why} and is never loaded" if why else "is not known"
            said = self._found.reasons.get(place, said)
            self.said.append(f"column {name!r} of {self._table.name} {said}")

    def _sample(self, cells: Sequence[Any]) -> None:
        """Keep some texts of each column."""
        for place, _ in self._found.set_aside:
            texts = self._found.samples.setdefault(place, [])
            if cells[place] not in MISSING_CELLS and len(texts) < _SAMPLES:
                text = shown(cells[place]).strip()
                if text and text not in texts:
                    texts.append(text)
