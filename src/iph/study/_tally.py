"""How many cases have which value in which group: all that a statistic needs."""

from collections import Counter
from collections.abc import Iterable
from typing import Any, Final

import attrs

from iph._checks import whole
from iph._display import Displayed
from iph.errors import InputError
from iph.protocol._protocol import Protocol
from iph.study._counting import MOST_CELLS, MOST_ROWS, in_order, opened
from iph.study._declared_columns import (
    cells_read,
    declared_columns,
    field_of,
    levels_of,
)
from iph.study._frame_bounds import counted_values
from iph.study._suppressed_tally import SuppressedTally, suppressed

EVERYBODY: Final = "all"


@attrs.frozen(kw_only=True)
class SmallCell(Displayed):
    """A count that is so small that it may point at a person.

    Attributes
    ----------
    group : object
        The group.
    level : object
        The value; None for the count of missing values.
    count : int
        How many cases.
    """

    group: Any
    level: Any
    count: int


def _row(values: Iterable[Any]) -> tuple[Any, ...]:
    return tuple(values)


def _counts(values: Iterable[Any]) -> tuple[int, ...]:
    return tuple(whole(value, "counts") for value in values)


def _table(rows: Iterable[Iterable[Any]]) -> tuple[tuple[int, ...], ...]:
    return tuple(_counts(row) for row in rows)


def _count(value: Any) -> int:
    return whole(value, "n_ungrouped")


@attrs.frozen(kw_only=True)
class Tally(Displayed):
    """Cases counted by value and group.

    Tallies of the same value and group add up: ``site_a + site_b + site_c`` is the
    tally of all patients together, so hospitals need to exchange nothing else, and the
    statistics of the sum are those of the pooled patients. A tally is made of plain
    numbers and texts: ``Tally(**json.loads(text))`` restores what
    ``json.dumps(attrs.asdict(tally))`` has written.

    Attributes
    ----------
    value, by : str
        The columns counted; `by` is empty if there are no groups.
    levels : tuple
        The distinct values, in order.
    groups : tuple
        The distinct groups, in order; ``("all",)`` if there are none.
    counts : tuple of tuple of int
        One row a group, one number a level.
    missing : tuple of int
        Cases without a value, one number a group.
    n_ungrouped : int
        Cases whose group is missing: they are in no other count.

    Raises
    ------
    InputError
        If the counts do not fit levels and groups, or are no whole numbers.
    """

    value: str
    by: str = ""
    levels: tuple[Any, ...] = attrs.field(converter=_row)
    groups: tuple[Any, ...] = attrs.field(converter=_row)
    counts: tuple[tuple[int, ...], ...] = attrs.field(converter=_table)
    missing: tuple[int, ...] = attrs.field(converter=_counts)
    n_ungrouped: int = attrs.field(default=0, converter=_count)

    def __attrs_post_init__(self) -> None:
        shape = (len(self.groups), len(self.levels))
        widths = {len(row) for row in self.counts} or {shape[1]}
        if len(self.counts) != shape[0] or widths != {shape[1]}:
            raise InputError("counts", "one row a group, one number a level", shape)
        if len(self.missing) != shape[0]:
            raise InputError("missing", "one number a group", self.missing)
        if len(set(self.groups)) != shape[0] or len(set(self.levels)) != shape[1]:
            raise InputError(
                "levels and groups", "distinct", (self.levels, self.groups)
            )

    @property
    def n(self) -> int:
        """Cases with a value, in a known group."""
        return sum(sum(row) for row in self.counts)

    @property
    def n_missing(self) -> int:
        """Cases in a known group without a value."""
        return sum(self.missing)

    @property
    def samples(self) -> tuple[tuple[Any, ...], ...]:
        """The values of each group, None for missing: the samples of a test."""
        return ((*self.levels, None),) * len(self.groups)

    @property
    def weights(self) -> tuple[tuple[int, ...], ...]:
        """How many cases each value of `samples` stands for."""
        return tuple(
            (*row, missing)
            for row, missing in zip(self.counts, self.missing, strict=True)
        )

    def small_cells(self, least: int = 5) -> tuple[SmallCell, ...]:
        """Return the counts below a limit that are not 0.

        Registries and statistical offices forbid to pass such counts on (below 5 to
        11, by country). Where there are any, grade the value more coarsely or join
        groups, or publish a copy made by `suppressed`; hiding them alone is not enough,
        because sums give them back.

        Parameters
        ----------
        least : int, default 5
            The smallest count that may be shown.

        Returns
        -------
        tuple of SmallCell
            Each with ``group``, ``level`` and ``count``; that of missing values with
            a level of None, that of cases without a group with both None.
        """
        limit = whole(least, "least", low=1)
        found = [
            SmallCell(group=group, level=level, count=count)
            for group, levels, row in zip(
                self.groups, self.samples, self.weights, strict=True
            )
            for level, count in zip(levels, row, strict=True)
        ]
        found.append(SmallCell(group=None, level=None, count=self.n_ungrouped))
        return tuple(cell for cell in found if 0 < cell.count < limit)

    def suppressed(
        self, least: int = 5, *, earlier: Iterable[SuppressedTally] = ()
    ) -> SuppressedTally:
        """Return a copy to publish, in which no small count can be read or computed.

        Which of these numbers may I print, or send to somebody who will not keep them
        to himself?

        Parameters
        ----------
        least : int, default 5
            The smallest count that may be shown, at least 3; 0 is shown as well. Ask
            your registry: rules run from 5 to 11.
        earlier : iterable of SuppressedTally, optional
            The copies of this table that were published before, perhaps of fewer
            cases. What a reader of all of them could compute is hidden, too.

        Returns
        -------
        SuppressedTally
            With ``value``, ``by``, ``levels``, ``groups``, ``counts``, ``missing``,
            ``together``, ``sizes``, ``n_ungrouped``, ``n``, ``n_hidden`` and
            ``least``; a count that is hidden is None.

        Raises
        ------
        InputError
            If an earlier copy has other levels or groups.
        DataError
            If a group is smaller than `least`, or too small for so many levels, or
            changed by so few cases since an earlier copy that both would tell of them.

        See Also
        --------
        iph.records.share : All fields of a cohort at once.

        Notes
        -----
        The reader may know the rule, the size of each group, and that every level
        occurs. Levels are halved, and their halves again. Halves are shown apart only
        if each has in every group 0 cases or enough of them: `least`, and two more than
        it has levels. Else all levels of both are hidden, and their common count
        is shown in ``together``. So nothing depends on the counts that are hidden but
        that some half is small, and each of them keeps all values which the common
        count then allows, three at the least.

        Totals of a level over all groups are not shown; who knows them from elsewhere
        may find out more. Without the `earlier` copies at hand, nothing is promised of
        what two copies tell together.

        What is hidden is lost: a copy does not add up with that of another hospital.
        Hospitals that pool exact counts agree on levels and groups which leave no small
        ones (`small_cells` is then empty), or send them to somebody who may see them.

        Examples
        --------
        >>> from iph.study import Tally
        >>> pain = Tally(
        ...     value="severity",
        ...     levels=["none", "mild", "severe"],
        ...     groups=["all"],
        ...     counts=[[40, 9, 2]],
        ...     missing=[12],
        ... )
        >>> shown = pain.suppressed()
        >>> shown.counts, shown.missing, shown.n
        (((40, 9, None),), (None,), 63)
        >>> shown.together[0].levels, shown.together[0].counts
        (('severe', None), (14,))
        """
        return suppressed(
            self.weights,
            self.n_ungrouped,
            least,
            value=self.value,
            by=self.by,
            levels=self.levels,
            groups=self.groups,
            earlier=earlier,
        )

    def __add__(self, other: object) -> "Tally":
        if isinstance(other, SuppressedTally):
            raise InputError("tallies", "with all counts, none of them hidden", other)
        if not isinstance(other, Tally):
            return NotImplemented
        if (self.value, self.by) != (other.value, other.by):
            raise InputError(
                "tallies",
                f"of one value and group ({self.value!r} by {self.by!r})",
                (other.value, other.by),
            )
        return _tally(
            self.value,
            self.by,
            self._cells() + other._cells(),
            groups=_together(self.groups, other.groups),
            levels=_together(self.levels, other.levels),
        )

    def _cells(self) -> Counter[tuple[Any, ...]]:
        """Return the counts by value and group."""
        found: Counter[tuple[Any, ...]] = Counter({(None, None): self.n_ungrouped})
        for group, row in zip(self.groups, self.weights, strict=True):
            for level, count in zip((*self.levels, None), row, strict=True):
                found[level, group] = count
        return found


def _together(some: tuple[Any, ...], others: tuple[Any, ...]) -> tuple[Any, ...]:
    """Return two lists of levels as one; if they are the same, in their own order."""
    return some if some == others else in_order({*some, *others})


def tally(
    frame: Any,
    value: Any,
    *,
    by: Any = None,
    name: str = "",
    by_name: str = "",
    protocol: Protocol[Any] | None = None,
    missing: Iterable[Any] = ("",),
    most_cells: int = MOST_CELLS,
) -> Tally:
    """Count the values of a column, by group, where the data lie.

    How many patients of a registry have which grade at which visit? Ranks, quartiles,
    means and exact tests need no more than this table, whose size does not depend on
    the number of patients.

    Parameters
    ----------
    frame : dataframe
        Anything that narwhals takes (pandas, Polars, PyArrow, DuckDB, Dask, PySpark,
        SQLFrame, Ibis), eager or lazy.
    value : str or narwhals expression
        The column to count, or an expression of ``narwhals.stable.v2``, such as a
        scale's ``HIP_FLEXION.expr("hip_flexion_deg")``. Where ``NAME_bound`` beside a
        column holds signs such as ">", its numbers are levels of `iph.Bound`.
    by : str or narwhals expression, optional
        What to group by.
    name, by_name : str, optional
        What the result calls an expression (default ``"value"`` and ``"group"``).
    protocol : Protocol, optional
        The study, whose fields say what the columns of their names hold: words are read
        as codes, the codes of a choice or grade stand in their order, and those that
        nobody has are counted with 0. Without one, a name says nothing.
    missing : iterable, default ("",)
        Values that say "not recorded", beside null, NaN and NA.
    most_cells : int, default 100,000
        The most combinations of value and group that may come back.

    Returns
    -------
    Tally
        With ``value``, ``by``, ``levels``, ``groups``, ``counts``, ``missing``,
        ``n_ungrouped``, ``n``, ``n_missing``, ``samples``, ``weights``,
        ``small_cells`` and ``suppressed``.

    Raises
    ------
    InputError
        If it is no dataframe, lacks a column, or if cells are none that a declared
        field can hold, with their number.
    DataError
        If there are more combinations than `most_cells`.

    See Also
    --------
    recovery_counts : The same for days and events.
    describe_frame : A whole table of characteristics.

    Examples
    --------
    >>> import pandas as pd
    >>> from iph.stats import kruskal_wallis
    >>> from iph.study import tally
    >>> frame = pd.DataFrame(
    ...     {"vas": [7, 6, 8, 3, 2, None, 4], "visit": [0, 0, 0, 1, 1, 1, None]}
    ... )
    >>> pain = tally(frame, "vas", by="visit")
    >>> pain.levels, pain.counts, pain.missing, pain.n_ungrouped
    ((2, 3, 6, 7, 8), ((0, 0, 1, 1, 1), (1, 1, 0, 0, 0)), (0, 1), 1)
    >>> result = kruskal_wallis(*pain.samples, weights=pain.weights)
    >>> round(result.statistic, 3), result.n, result.n_missing
    (3.0, 5, 1)
    """
    value_name = value if isinstance(value, str) else name or "value"
    group_name = by if isinstance(by, str) else by_name or "group"
    most = min(whole(most_cells, "most_cells", low=1), MOST_ROWS)
    declared = declared_columns(protocol)
    of_value, of_group = field_of(declared, value), field_of(declared, by)
    table = opened(frame, [value] if by is None else [value, by])
    groups_asked = {} if by is None else {"iph_group": by}
    counted = counted_values(
        table, value, groups_asked, declared, missing=missing, most=most
    )
    values = cells_read(of_value, ((key[0], n) for key, n in counted.items()))
    groups = cells_read(of_group, ((key[-1], n) for key, n in counted.items()))
    found: Counter[tuple[Any, ...]] = Counter()
    for key, n in counted.items():
        group = EVERYBODY if by is None else groups.get(key[1], key[1])
        found[values.get(key[0], key[0]), group] += n
    return _tally(
        value_name,
        "" if by is None else group_name,
        found,
        groups=(EVERYBODY,) if by is None else levels_of(of_group, table, by),
        levels=levels_of(of_value, table, value),
    )


def _tally(
    value: str,
    by: str,
    found: Counter[tuple[Any, ...]],
    *,
    groups: tuple[Any, ...],
    levels: tuple[Any, ...],
) -> Tally:
    """Lay out counts by value and group; those that are given come first."""
    known = {group for _, group in found if group is not None}
    names = (*groups, *in_order(known - {*groups}))
    known = {level for level, group in found if None not in (level, group)}
    columns = (*levels, *in_order(known - {*levels}))
    return Tally(
        value=value,
        by=by,
        levels=columns,
        groups=names,
        counts=[[found[level, group] for level in columns] for group in names],
        missing=[found[None, group] for group in names],
        n_ungrouped=sum(n for (_, group), n in found.items() if group is None),
    )
