"""Which counts of a table to hide, by a rule that the reader may know.

A rule that hides the small counts, and then as little else as it can, is undone by a
reader who runs it on every table there might be: few of them give what was published.
So this rule never looks into what it hides. The levels of a table form a tree that is
the same for every table of so many levels: halves of halves. From the top, a node is
opened (the totals of its halves are shown) only if none of these totals is small in any
group; else it stays closed, and all levels under it are hidden.

A reader of a closed node with the total R thus knows the sum of its levels in each
group and that some half is small in some group: nothing else, since whatever lies
deeper was not looked at, and each node was decided by itself. Of a level in the left
half with k levels under the node, each of which may be known to occur:

* if the half is one level, it may be 1 to least - 1, or R less a small right half;
* else the right half may hold as few as it can, and the level any count that is left.

These are three values or more if R is at least k + 2, in both cases. That is why more
levels ask for a larger total.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final

import attrs

from iph._display import Displayed

LOWEST: Final = 3
_SPARE: Final = 2
_PAIR: Final = 2


@attrs.frozen(kw_only=True)
class CountedTogether(Displayed):
    """Levels whose counts are hidden, and how many cases they have together.

    Attributes
    ----------
    levels : tuple
        The levels.
    counts : tuple of int
        How many cases have one of them, one number a group.
    """

    levels: tuple[Any, ...]
    counts: tuple[int, ...]


@attrs.frozen
class Release:
    """What a former release shows of a table.

    Attributes
    ----------
    blocks : tuple of range
        The levels that are shown together, all of them in order.
    totals : tuple of tuple of int
        How many cases a block has, one number a group.
    """

    blocks: tuple[range, ...]
    totals: tuple[tuple[int, ...], ...]

    def of(self, node: range) -> tuple[int, ...] | None:
        """Return the totals of a node; None if it lies within a block."""
        inside = [
            (len(block), totals)
            for block, totals in zip(self.blocks, self.totals, strict=True)
            if node.start <= block.start and block.stop <= node.stop
        ]
        if sum(width for width, _ in inside) < len(node):
            return None
        return _sums(totals for _, totals in inside)


@attrs.frozen(kw_only=True)
class Rule:
    """When a count may be shown.

    Attributes
    ----------
    least : int
        The smallest count that is shown, beside 0.
    all_occur : bool
        Whether a reader knows that every level occurs.
    """

    least: int
    all_occur: bool = False

    def fits(self, total: int, n_levels: int) -> bool:
        """Whether nobody can be found behind the total of so many levels."""
        counted = n_levels if self.all_occur else min(n_levels, _PAIR)
        return total == 0 or abs(total) >= max(self.least, counted + _SPARE)


def shown_blocks(
    levels: Sequence[Sequence[int]], rule: Rule, earlier: Sequence[Release] = ()
) -> tuple[range, ...] | None:
    """Return the levels that are shown together; those that stand alone are shown.

    Parameters
    ----------
    levels : sequence of sequence of int
        The count of each level, one number a group.
    rule : Rule
        When a count may be shown.
    earlier : sequence of Release
        What was published of the same table before. A node that one of them left closed
        stays closed, and one is opened only if the differences of its halves from those
        published are not small either.

    Returns
    -------
    tuple of range or None
        All levels in order; None if even the totals of the groups are too small, which
        every reader can tell, since they are known.
    """
    top = range(len(levels))
    if not _fit(levels, top, rule, earlier):
        return None
    return tuple(_opened(levels, top, rule, earlier))


def _opened(
    levels: Sequence[Sequence[int]],
    node: range,
    rule: Rule,
    earlier: Sequence[Release],
) -> Iterator[range]:
    """Yield the closed nodes and single levels under a node, in order."""
    middle = node.start + len(node) // 2
    halves = range(node.start, middle), range(middle, node.stop)
    if len(node) > 1 and all(_fit(levels, half, rule, earlier) for half in halves):
        for half in halves:
            yield from _opened(levels, half, rule, earlier)
    else:
        yield node


def _fit(
    levels: Sequence[Sequence[int]],
    node: range,
    rule: Rule,
    earlier: Sequence[Release],
) -> bool:
    """Whether the total of a node may be shown, also beside what was shown before."""
    totals = _sums(levels[level] for level in node)
    if not all(rule.fits(total, len(node)) for total in totals):
        return False
    for release in earlier:
        before = release.of(node)
        if before is None:
            return False
        changes = (now - then for now, then in zip(totals, before, strict=True))
        if not all(rule.fits(change, len(node)) for change in changes):
            return False
    return True


def together(
    names: Sequence[Any], levels: Sequence[Sequence[int]], blocks: Iterable[range]
) -> tuple[CountedTogether, ...]:
    """Return the totals of the blocks in which counts are hidden."""
    return tuple(
        CountedTogether(
            levels=tuple(names[level] for level in block),
            counts=_sums(levels[level] for level in block),
        )
        for block in blocks
        if len(block) > 1
    )


def released(
    names: Sequence[Any],
    counts: Sequence[Sequence[int | None]],
    hidden: Iterable[CountedTogether],
) -> Release | None:
    """Return what a reader keeps of a published table; None if it is none of ours."""
    known = {one.levels: one.counts for one in hidden}
    first = {levels[0]: levels for levels in known}
    blocks: list[range] = []
    totals: list[tuple[int, ...]] = []
    at = 0
    while at < len(names):
        levels = first.get(names[at], (names[at],))
        found = known.get(levels, counts[at])
        if tuple(names[at : at + len(levels)]) != levels or None in found:
            return None
        blocks.append(range(at, at + len(levels)))
        totals.append(tuple(count for count in found if count is not None))
        at += len(levels)
    return Release(tuple(blocks), tuple(totals))


def shown_counts(
    levels: Sequence[Sequence[int]], blocks: Sequence[range]
) -> tuple[tuple[int | None, ...], ...]:
    """Return the counts with None where one is hidden: a group without cases is not."""
    return tuple(
        tuple(
            count if len(block) == 1 or total == 0 else None
            for count, total in zip(levels[level], totals, strict=True)
        )
        for block in blocks
        for totals in [_sums(levels[level] for level in block)]
        for level in block
    )


def _sums(rows: Iterable[Sequence[int]]) -> tuple[int, ...]:
    return tuple(sum(column) for column in zip(*rows, strict=True))
