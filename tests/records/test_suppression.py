"""Hidden counts, attacked as by a reader who knows the rule: every table is published.

`benchmarks/disclosure.py` does the same with more patients, levels and releases.
"""

import itertools
from collections import defaultdict
from collections.abc import Iterator, Sequence

import attrs
import hypothesis.strategies as st
import pytest
from hypothesis import given

from iph.records._coarsening import Coarse
from iph.records._shared_tables import SharedTable, one_group, shared_table
from iph.records._suppression import (
    CountedTogether,
    Release,
    Rule,
    released,
    shown_blocks,
    shown_counts,
    together,
)

Table = tuple[tuple[int, ...], ...]


def columns(n_levels: int, size: int) -> Iterator[tuple[int, ...]]:
    """Yield every way in which so many patients can have so many levels."""
    if n_levels == 1:
        yield (size,)
        return
    for first in range(size + 1):
        for rest in columns(n_levels - 1, size - first):
            yield (first, *rest)


def tables(n_levels: int, *sizes: int) -> Iterator[Table]:
    """Yield every table of groups of these sizes, one row a level."""
    for found in itertools.product(*(list(columns(n_levels, n)) for n in sizes)):
        yield tuple(zip(*found, strict=True))


def published(
    table: Table, rule: Rule, earlier: Sequence[Release] = ()
) -> Release | None:
    """Return what a reader sees of a table; None if it is withheld."""
    names = "abcdefgh"[: len(table)]
    blocks = shown_blocks(table, rule, earlier)
    if blocks is None:
        return None
    return released(names, shown_counts(table, blocks), together(names, table, blocks))


def hidden(shown: Release) -> Iterator[tuple[int, int, int]]:
    """Yield the level, the group and the common count of each hidden count."""
    for block, totals in zip(shown.blocks, shown.totals, strict=True):
        if len(block) > 1:
            for group, total in enumerate(totals):
                yield from ((level, group, total) for level in block if total)


@pytest.mark.parametrize("least", [3, 4, 5])
@pytest.mark.parametrize("all_occur", [False, True])
@pytest.mark.parametrize(
    ("n_levels", "sizes"), [(3, (9,)), (4, (8,)), (5, (7,)), (3, (5, 4)), (3, (6, 6))]
)
def test_who_knows_the_rule_finds_three_values_or_more(
    *, n_levels: int, sizes: tuple[int, ...], least: int, all_occur: bool
) -> None:
    """Of all tables published alike, each hidden count has at least three values."""
    rule = Rule(least=least, all_occur=all_occur)
    alike: dict[Release | None, list[Table]] = defaultdict(list)
    for table in tables(n_levels, *sizes):
        if not all_occur or all(map(any, table)):
            alike[published(table, rule)].append(table)
    withheld = alike.pop(None, [])
    assert not withheld or not alike  # it follows from the sizes, which are known
    for shown, candidates in alike.items():
        assert shown is not None
        for level, group, _ in hidden(shown):
            assert len({table[level][group] for table in candidates}) >= 3
        for place, (block, totals) in enumerate(
            zip(shown.blocks, shown.totals, strict=True)
        ):
            if len(block) == 1:
                assert all(count == 0 or count >= least for count in totals)
            assert {
                tuple(map(sum, zip(*(t[level] for level in block), strict=True)))
                for t in candidates
            } == {shown.totals[place]}


@pytest.mark.parametrize("least", [4, 5])
@pytest.mark.parametrize("n_levels", [3, 4])
def test_all_values_are_left_that_the_sum_allows(n_levels: int, least: int) -> None:
    """Nothing is known of a block but its sum, and that one half of it is small."""
    rule = Rule(least=least)
    for shown in {published(table, rule) for table in tables(n_levels, 10)}:
        assert shown is not None
        for block, (total,) in zip(shown.blocks, shown.totals, strict=True):
            if len(block) == 1:
                continue
            left = len(block) // 2
            allowed = [
                one
                for one in columns(len(block), total)
                if any(0 < sum(h) < least for h in (one[:left], one[left:]))
                or (left == 1 and len(block) == 3 and 0 < sum(one[1:]) < least)
            ]
            candidates = [
                tuple(count for (count,) in table[block.start : block.stop])
                for table in tables(n_levels, 10)
                if published(table, rule) == shown
            ]
            for place in range(len(block)):
                assert {one[place] for one in candidates} == {
                    one[place] for one in allowed
                }


@pytest.mark.parametrize("added", [False, True])
@pytest.mark.parametrize(("before", "after"), [(7, 7), (5, 6), (4, 8), (5, 9)])
def test_two_releases_tell_no_more(*, before: int, after: int, added: bool) -> None:
    """Who has both, and knows that patients were only added, finds three values too."""
    rule = Rule(least=4)
    alike: dict[tuple[Release, Release], list[tuple[Table, Table]]] = defaultdict(list)
    for old, new in itertools.product(tables(3, before), tables(3, after)):
        if added and any(n < o for (o,), (n,) in zip(old, new, strict=True)):
            continue
        first = published(old, rule)
        assert first is not None
        second = published(new, rule, [first])
        assert (second is None) == (0 < after - before < 4)
        if second is not None:
            alike[first, second].append((old, new))
    for (first, second), pairs in alike.items():
        before_hidden = {level for level, *_ in hidden(first)}
        for level in before_hidden:
            assert len({old[level] for old, _ in pairs}) >= 3
        for level, *_ in hidden(second):
            if added and before == after and level not in before_hidden:
                continue  # nobody is new, so what was shown then holds still
            assert len({new[level] for _, new in pairs}) >= 3


@pytest.mark.parametrize(("least", "n"), [(3, 8), (4, 8), (5, 7)])
def test_levels_that_overlap(least: int, n: int) -> None:
    """A patient may have two levels: their counts are no sum, and are kept as well."""
    answers = [("a",), ("b",), ("a", "b"), ("none",), None]
    alike: dict[SharedTable, list[tuple[int, ...]]] = defaultdict(list)
    for counts in columns(len(answers), n):
        given = [one for one, k in zip(answers, counts, strict=True) for _ in range(k)]
        field = Coarse(levels=("a", "b", "none"), answers=tuple(given), overlap=True)
        shown = shared_table(("x", ""), field, one_group(n), Rule(least=least))
        assert shown is not None
        true = [sum(one is not None and name in one for one in given) for name in "ab"]
        alike[shown].append((*true, counts[3], counts[4]))
    for shown, candidates in alike.items():
        for place, (count,) in enumerate(shown.counts):
            values = {one[place] for one in candidates}
            assert len(values) >= 3 if count is None else values == {count}
            assert count in (None, 0) or count >= least


@given(
    levels=st.lists(
        st.lists(st.integers(0, 60), min_size=2, max_size=2), min_size=2, max_size=12
    ),
    least=st.integers(3, 11),
    all_occur=st.booleans(),
)
def test_what_is_hidden_does_not_matter(
    *, levels: list[list[int]], least: int, all_occur: bool
) -> None:
    """Whatever stands in a closed block, the rest is shown as before."""
    rule = Rule(least=least, all_occur=all_occur)
    blocks = shown_blocks(levels, rule)
    if blocks is None:
        return
    assert [level for block in blocks for level in block] == [*range(len(levels))]
    for block in blocks:
        if len(block) == 1:
            continue
        totals = [
            sum(column) for column in zip(*(levels[i] for i in block), strict=True)
        ]
        others = [list(one) for one in levels]
        for level in block:
            others[level] = [0] * len(totals)
        small = [min(total, 1) for total in totals]
        others[block.start] = small
        others[block.stop - 1] = [n - s for n, s in zip(totals, small, strict=True)]
        assert shown_blocks(others, rule) == blocks


def test_the_smallest_cells_are_not_sought() -> None:
    """Eight left, eight right, four on both sides: no table alone looks so."""
    rule = Rule(least=5)
    seen = published(((8,), (8,), (4,)), rule)
    alike = [table for table in tables(3, 20) if published(table, rule) == seen]
    assert {both for _, _, (both,) in alike} == {1, 2, 3, 4, 8, 9, 10, 11}


def test_an_earlier_release_is_not_opened() -> None:
    """What was hidden once stays hidden, though it may be large now."""
    rule = Rule(least=5)
    first = published(((20,), (9,), (2,)), rule)
    assert first is not None
    assert first.blocks == (range(1), range(1, 3))
    assert shown_blocks(((20,), (9,), (12,)), rule, [first]) == first.blocks
    assert shown_blocks(((22,), (9,), (10,)), rule, [first]) == (range(3),)
    assert shown_blocks(((20,), (9,), (3,)), rule, [first]) is None


def test_a_damaged_release_is_none_of_ours() -> None:
    """Names and numbers that do not fit are not guessed at."""
    both = CountedTogether(levels=("b", "c"), counts=(7,))
    assert released("abc", [(5,), (None,), (None,)], [both]) == Release(
        (range(1), range(1, 3)), ((5,), (7,))
    )
    assert released("acb", [(5,), (None,), (None,)], [both]) is None
    assert released("abc", [(None,), (None,), (None,)], [both]) is None
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        both.counts = ()  # type: ignore[misc] # on purpose
