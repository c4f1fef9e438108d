"""A tally that may be published: small counts hidden, so that it cannot be added."""

from collections.abc import Iterable, Sequence
from typing import Any, Final

import attrs

from iph._checks import whole
from iph.errors import DataError
from iph.records._suppression import Sum, System, hidden_cells

_MOST_CELLS: Final = 500


def _row(values: Iterable[Any]) -> tuple[Any, ...]:
    return tuple(values)


def _table(rows: Iterable[Iterable[int | None]]) -> tuple[tuple[int | None, ...], ...]:
    return tuple(tuple(row) for row in rows)


@attrs.frozen(kw_only=True)
class SuppressedTally:
    """A tally in which small counts, and those that would reveal them, are hidden.

    It is made by `Tally.suppressed`, to be printed or passed on. It does not add up
    and no test takes it: a sum or a p-value of what is left would be wrong.

    Attributes
    ----------
    value, by : str
        The columns counted; `by` is empty if there are no groups.
    levels, groups : tuple
        The distinct values and groups, in order.
    counts : tuple of tuple of int or None
        One row a group, one number a level; None where it is hidden.
    missing : tuple of int or None
        Cases without a value, one number a group; None where it is hidden.
    sizes : tuple of int
        All cases of each group, with and without a value.
    n_ungrouped : int or None
        Cases of which the group is missing; None where it is hidden.
    n : int
        Cases in a known group, with or without a value.
    n_hidden : int
        How many numbers are hidden.
    least : int
        The smallest count that is shown, beside 0.
    """

    value: str
    by: str
    levels: tuple[Any, ...] = attrs.field(converter=_row)
    groups: tuple[Any, ...] = attrs.field(converter=_row)
    counts: tuple[tuple[int | None, ...], ...] = attrs.field(converter=_table)
    missing: tuple[int | None, ...] = attrs.field(converter=_row)
    sizes: tuple[int, ...] = attrs.field(converter=_row)
    n_ungrouped: int | None
    n: int
    n_hidden: int
    least: int


def suppressed(
    rows: Sequence[Sequence[int]],
    n_ungrouped: int,
    least: int,
    *,
    value: str,
    by: str,
    levels: tuple[Any, ...],
    groups: tuple[Any, ...],
) -> SuppressedTally:
    """Hide small counts, and what they could be computed from.

    The rows are those of `Tally.weights`: the counts of a group, then its missing.
    """
    limit = whole(least, "least", low=2)
    width = len(levels) + 1
    cells = [count for row in rows for count in row]
    if len(cells) > _MOST_CELLS:
        raise DataError(
            f"of more than {_MOST_CELLS} counts no small ones are hidden; grade the "
            "values or join groups first"
        )
    sizes = tuple(sum(row) for row in rows)
    small = [g for g, n in zip(groups, sizes, strict=True) if 0 < n < limit]
    if small:
        raise DataError(
            f"there are groups of fewer than {limit} cases ({small[0]!r}), which no "
            "hidden count protects; join groups first"
        )
    first_size = len(cells) + 1  # after the cells comes the number without a group
    sums = tuple(
        Sum(first_size + g, tuple(range(g * width, (g + 1) * width)))
        for g in range(len(rows))
    )
    system = System(
        counts=(*cells, n_ungrouped, *sizes),
        sums=sums,
        known=frozenset(range(first_size, first_size + len(rows))),
    )
    hidden = hidden_cells(system, limit)
    if hidden is None:
        raise DataError(
            "hiding counts does not protect the small ones; grade the values more "
            "coarsely, or join groups"
        )
    shown = [
        None if place in hidden else count for place, count in enumerate(system.counts)
    ]
    table = [shown[g * width : (g + 1) * width] for g in range(len(rows))]
    return SuppressedTally(
        value=value,
        by=by,
        levels=levels,
        groups=groups,
        counts=[row[:-1] for row in table],
        missing=[row[-1] for row in table],
        sizes=sizes,
        n_ungrouped=shown[len(cells)],
        n=sum(sizes),
        n_hidden=len(hidden),
        least=limit,
    )
