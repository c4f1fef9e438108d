"""The counts that a study is made of: they add up, and go from hospital to hospital."""

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any

import attrs

from iph._bound import Bound
from iph._checks import whole
from iph._display import Displayed
from iph.criteria._criterion import Criteria
from iph.errors import InputError
from iph.protocol._li2023 import LI_2023_PROTOCOL
from iph.protocol._protocol import Protocol
from iph.study._counts_head import HEAD, asked
from iph.study._counts_reading import BOUND, FORMAT, SET, read_counts
from iph.study._protected_counts import ProtectedCounts, protected_counts

Path = tuple[str, ...]
Table = Counter[tuple[Any, ...]]
"""How many patients have which values together."""


def summed(table: Table, *places: int) -> Table:
    """Count by some of the columns alone."""
    found: Table = Counter()
    for key, n in table.items():
        found[tuple(key[place] for place in places)] += n
    return found


def column(table: Table, place: int) -> Counter[Any]:
    """Count by one column alone."""
    found: Counter[Any] = Counter()
    for key, n in table.items():
        found[key[place]] += n
    return found


def where(table: Table, place: int, value: object) -> Table:
    """Return the cells with a value in a column, without that column."""
    found: Table = Counter()
    for key, n in table.items():
        if key[place] == value:
            found[(*key[:place], *key[place + 1 :])] += n
    return found


def _tables(given: Mapping[Path, Table]) -> Mapping[Path, Table]:
    return MappingProxyType({path: table for path, table in given.items() if table})


def _in_order(table: Table) -> list[tuple[Any, ...]]:
    """Return the keys of a table in an order that does not tell who came first."""
    return sorted(table, key=lambda key: tuple(map(_by_type, key)))


def _by_type(value: Any) -> tuple[str, float, str]:
    if isinstance(value, (int, float)):
        return "number", float(value), ""
    return type(value).__name__, 0.0, str(_plain(value))


def _texts(values: Iterable[str]) -> tuple[str, ...]:
    return tuple(values)


@attrs.frozen(kw_only=True, eq=False)
class StudyCounts(Displayed):
    """The patients of a study, counted: all that most of its figures need.

    What may I send to a hospital that pools our patients with its own, if no patient
    may leave the house? Counts of one protocol and of the same options add up (``+``,
    ``sum``), and `analyze` makes of the sum what it makes of all patients together.

    They are counts, and no protection by themselves: a count of one still speaks of one
    patient. Whoever may not pass on small counts looks at `n_small_cells` first, and
    sends what `protected` returns.

    Attributes
    ----------
    protocol : Protocol
        What the study is.
    criteria : Criteria
        By whom is decided who belongs to the study.
    population, by, recovery_group, coagulation, volume : str
        What was counted, as `count` was asked; empty where the study has none.
    label : str
        What the cohort is called.
    notes, not_read : tuple of str
        What is known of the cohort, and what of its source was not read.
    synthetic : bool
        Whether any of the patients are made up.
    tables : mapping
        Each table by its name, a tuple of texts: how many patients have which values
        together.
    n : int
        Patients who are analyzed.

    See Also
    --------
    count : Count a cohort or a dataframe.
    analyze : Make a study of the counts.
    """

    protocol: Protocol[Any]
    criteria: Criteria
    population: str
    by: str
    recovery_group: str
    coagulation: str
    volume: str
    label: str = ""
    notes: tuple[str, ...] = attrs.field(default=(), converter=_texts)
    not_read: tuple[str, ...] = attrs.field(default=(), converter=_texts)
    synthetic: bool = False
    tables: Mapping[Path, Table] = attrs.field(converter=_tables)

    def table(self, *path: str) -> Table:
        """Return a table by its name; it is empty if nothing was counted there.

        Parameters
        ----------
        *path : str
            The parts of its name, such as ``"values", "vas", "baseline"``.

        Returns
        -------
        Counter
            How many patients have which values together.
        """
        return self.tables.get(path, Counter())

    @property
    def n(self) -> int:
        """Patients who are analyzed."""
        return self.table("patients").total()

    def __repr__(self) -> str:
        """Say what was counted; the tables would fill pages."""
        cells = sum(map(len, self.tables.values()))
        return (
            f"<StudyCounts of {self.protocol.title!r}: n = {self.n}, {cells} cells in "
            f"{len(self.tables)} tables>"
        )

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, StudyCounts):
            return NotImplemented
        return self._head() == other._head() and self.tables == other.tables

    __hash__ = None  # type: ignore[assignment] # the tables are mappings

    def __add__(self, other: object) -> "StudyCounts":
        if isinstance(other, ProtectedCounts):
            rule, hint = "with no count hidden", "protect these as well: `protected`"
            raise InputError("counts", rule, other, hint)
        if not isinstance(other, StudyCounts):
            return NotImplemented
        mine, theirs = asked(self), asked(other)
        for name, value in mine.items():
            if theirs[name] != value:
                raise InputError(
                    "counts",
                    f"of one {name.replace('_', ' ')} ({value!r})",
                    theirs[name],
                    "count again where it differs: only counts made alike add up",
                )
        tables = dict(self.tables)
        for path, table in other.tables.items():
            tables[path] = tables.get(path, Counter()) + table
        return attrs.evolve(
            self,
            label=" + ".join(
                dict.fromkeys(name for name in (self.label, other.label) if name)
            ),
            notes=dict.fromkeys((*self.notes, *other.notes)),
            not_read=dict.fromkeys((*self.not_read, *other.not_read)),
            synthetic=self.synthetic or other.synthetic,
            tables=tables,
        )

    def __radd__(self, other: object) -> "StudyCounts":
        if other == 0:  # where sum begins
            return self
        return NotImplemented

    def _head(self) -> dict[str, Any]:
        return {
            "format": FORMAT,
            **asked(self),
            "label": self.label,
            "notes": list(self.notes),
            "not_read": list(self.not_read),
            "synthetic": self.synthetic,
        }

    def n_small_cells(self, least: int = 5) -> int:
        """Count the cells below a limit that are not 0.

        Parameters
        ----------
        least : int, default 5
            The smallest count that may be shown.

        Returns
        -------
        int
            How many cells of all tables are smaller.
        """
        limit = whole(least, "least", low=1)
        return sum(n < limit for table in self.tables.values() for n in table.values())

    def protected(
        self, least: int = 5, *, earlier: Iterable[ProtectedCounts] = ()
    ) -> ProtectedCounts:
        """Return what may be sent to somebody who may not see small counts.

        What can a hospital pass on of its patients if a count below 5 may not leave it?

        Parameters
        ----------
        least : int, default 5
            The smallest count that is shown, at least 3; 0 is shown as well. Ask your
            registry: rules run from 5 to 11.
        earlier : iterable of ProtectedCounts, optional
            Those of these patients, or some of them, that others have already. What
            they could compute with both at hand is hidden, too.

        Returns
        -------
        ProtectedCounts
            One table a variable, with ``n``, ``n_left_out``, ``counts``, ``hospitals``,
            ``to_json`` and ``from_json``. They add up.

        Raises
        ------
        DataError
            If there are fewer patients than `least`.
        InputError
            If `least` is below 3, or earlier counts are of another study, or of several
            hospitals.

        See Also
        --------
        iph.records.share : The same of a cohort, as tables to be read.
        Tally.suppressed : The same of one table.

        Notes
        -----
        Counted are the recorded fields of the table of characteristics, the outcomes
        at each visit, and how many patients had each event, in the levels of
        `iph.records.share` and by its rule: a hidden count keeps three values at the
        least, also for a reader who knows the rule. Each variable stands in one table,
        since two tables of the same values could be subtracted from each other; for the
        same reason there are no pairs of visits, no ranks, no attendance, no recovery,
        no days and grades of events, and nothing else that is derived. Whoever had died
        by a visit counts there as not recorded.

        Tables are grouped by a recorded field; groups that are too small are joined.
        Groups that follow from other fields, such as how the blood clots, are not
        shown.

        Examples
        --------
        >>> from iph import Cohort
        >>> from iph.evidence import published_cases
        >>> from iph.study import count
        >>> cases = published_cases().patients
        >>> north, south = (
        ...     count(Cohort(some), population="all").protected()
        ...     for some in (cases[:30], cases[30:])
        ... )
        >>> for one in (north + south).counts():
        ...     if one.field == "side":
        ...         print(one.level, one.count)
        left 28
        right 15
        bilateral 0 to 19
        not recorded 0 to 19
        bilateral + not recorded 19
        """
        head = {name: getattr(self, name) for name in HEAD}
        return protected_counts(
            self.table, {**head, "synthetic": self.synthetic}, least, earlier
        )

    def to_json(self, *, indent: int | None = None) -> str:
        """Return the counts as JSON, with the digest of the protocol.

        Parameters
        ----------
        indent : int or None, default: None
            Blanks by which a level is indented; None puts all in one line.

        Returns
        -------
        str
            An object with what was asked and ``tables``: the name of each, its values
            and how often they stand together.
        """
        tables = [
            {
                "table": list(path),
                "cells": [
                    [[_plain(v) for v in key], table[key]] for key in _in_order(table)
                ],
            }
            for path, table in sorted(self.tables.items())
        ]
        content = {**self._head(), "tables": tables}
        return json.dumps(content, indent=indent, allow_nan=False, ensure_ascii=False)

    @classmethod
    def from_json(
        cls,
        text: str,
        *,
        protocol: Protocol[Any] = LI_2023_PROTOCOL,
        criteria: Criteria | None = None,
    ) -> "StudyCounts":
        """Read counts that `to_json` has written.

        Parameters
        ----------
        text : str
            The JSON.
        protocol : Protocol, default LI_2023_PROTOCOL
            The protocol by which they were counted; it is known by its digest.
        criteria : Criteria, optional
            The criteria by which they were counted, if not those of the protocol.

        Returns
        -------
        StudyCounts
            Equal to those that were written.

        Raises
        ------
        InputError
            If the text is nothing of the kind, or the counts were made by another
            protocol or by other criteria.
        """
        head, tables = read_counts(text, protocol, criteria)
        return cls(tables=tables, **head)


def _plain(value: Any) -> Any:
    """Return a value as JSON holds it: a set or bound by name, a grade by number."""
    if isinstance(value, Bound):
        return {BOUND: [value.operator, value.value]}
    if isinstance(value, frozenset):
        return {SET: sorted(value)}
    if isinstance(value, bool) or value is None or isinstance(value, str):
        return value
    return int(value) if isinstance(value, int) else float(value)
