"""A tally that may be published: small counts hidden, so that it cannot be added."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import attrs

from iph._checks import whole
from iph._display import Displayed
from iph.errors import DataError, InputError
from iph.records._suppression import (
    LOWEST,
    CountedTogether,
    Release,
    Rule,
    released,
    shown_blocks,
    shown_counts,
    together,
)


def _row(values: Iterable[Any]) -> tuple[Any, ...]:
    return tuple(values)


def _table(rows: Iterable[Iterable[int | None]]) -> tuple[tuple[int | None, ...], ...]:
    return tuple(tuple(row) for row in rows)


@attrs.frozen(kw_only=True)
class SuppressedTally(Displayed):
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
    together : tuple of CountedTogether
        Levels that are hidden together, with their common count in each group; the
        level None stands for missing values.
    sizes : tuple of int
        All cases of each group, with and without a value.
    n_ungrouped : int or None
        Cases whose group is missing; None where it is hidden.
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
    together: tuple[CountedTogether, ...]
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
    earlier: Iterable[SuppressedTally],
) -> SuppressedTally:
    """Hide small counts, and what they could be computed from.

    The rows are those of `Tally.weights`: the counts of a group, then its missing.
    """
    rule = Rule(least=whole(least, "least", low=LOWEST), all_occur=True)
    names = (*levels, None)
    former = tuple(_former(earlier, (value, by, levels, groups)))
    sizes = tuple(sum(row) for row in rows)
    small = [g for g, n in zip(groups, sizes, strict=True) if 0 < n < rule.least]
    if small:
        raise DataError(
            f"there are groups of fewer than {rule.least} cases ({small[0]!r}), which "
            "no hidden count protects; join groups first"
        )
    by_level = list(zip(*rows, strict=True)) or [()] * len(names)
    blocks = shown_blocks(by_level, rule, [_release(one) for one in former])
    if blocks is None:
        raise DataError(_reason(sizes, len(names), rule, former))
    shown = shown_counts(by_level, blocks)
    others = [one.n_ungrouped for one in former]
    n_others = n_ungrouped if _alone(n_ungrouped, others, rule) else None
    return SuppressedTally(
        value=value,
        by=by,
        levels=levels,
        groups=groups,
        counts=zip(*shown[:-1], strict=True) if levels else [()] * len(groups),
        missing=shown[-1],
        together=together(names, by_level, blocks),
        sizes=sizes,
        n_ungrouped=n_others,
        n=sum(sizes),
        n_hidden=sum(row.count(None) for row in shown) + (n_others is None),
        least=rule.least,
    )


def _former(
    earlier: Iterable[SuppressedTally], asked: tuple[Any, ...]
) -> Iterator[SuppressedTally]:
    """Yield the copies that were published before, of the same levels and groups."""
    if isinstance(earlier, SuppressedTally) or not isinstance(earlier, Iterable):
        hint = "give a list, even of one"
        raise InputError("earlier", "copies made by `suppressed`", earlier, hint)
    for one in earlier:
        if not isinstance(one, SuppressedTally):
            raise InputError("earlier", "copies made by `suppressed`", one)
        if (one.value, one.by, one.levels, one.groups) != asked:
            hint = "what copies with other levels tell together is not known"
            raise InputError("earlier", "of the same levels and groups", one, hint)
        yield one


def _release(one: SuppressedTally) -> Release:
    """Return what the reader of a copy knows of its table."""
    counts = [*zip(*one.counts, strict=True), one.missing]
    found = released((*one.levels, None), counts, one.together)
    if found is None:
        raise InputError("earlier", "as `suppressed` made it", one)
    return found


def _alone(count: int, before: Iterable[int | None], rule: Rule) -> bool:
    """Whether a count that is in no sum may be shown."""
    changes = [None if was is None else count - was for was in before]
    return all(one is not None and rule.fits(one, 2) for one in (count, *changes))


def _reason(
    sizes: Sequence[int], n_levels: int, rule: Rule, former: Sequence[SuppressedTally]
) -> str:
    """Say why nothing may be shown; it follows from the sizes of the groups alone."""
    for size in sizes:
        if not rule.fits(size, n_levels):
            return (
                f"a group of {size} cases is too small for {n_levels} levels (with the "
                "missing ones), which no hidden count protects; grade the values more "
                "coarsely, or join groups"
            )
    was = next(
        old
        for one in former
        for now, old in zip(sizes, one.sizes, strict=True)
        if not rule.fits(now - old, n_levels)
    )
    return (
        "too few cases were added or removed since the earlier copy (a group had "
        f"{was} cases), so that both together would tell of them; wait for more"
    )
