"""Tables of counts that may leave the hospital: small cells hidden, and protected."""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any, Final

import attrs

from iph._display import Displayed
from iph.records._coarsening import NOT_RECORDED, UNKNOWN, Coarse
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

EVERYBODY: Final = "all"
_APART: Final = frozenset({"none", UNKNOWN, NOT_RECORDED})


@attrs.frozen(kw_only=True)
class SharedTable(Displayed):
    """How many patients have which level of a field, without small counts.

    Attributes
    ----------
    field : str
        The field.
    visit : str
        The visit at which it was assessed; empty for a field of the patient.
    levels : tuple of str
        The levels; the last one is ``"not recorded"``.
    overlap : bool
        Whether one patient may be counted in several levels.
    groups : tuple of str
        The groups of patients; the last one is ``"all"``.
    group_sizes : tuple of int
        How many patients are in each group.
    counts : tuple of tuple of int or None
        One row a level, one number a group; None where the number is hidden.
    together : tuple of CountedTogether
        Levels that are hidden together, with the number of patients who have one of
        them; of levels that overlap, how many have any.
    """

    field: str
    visit: str = ""
    levels: tuple[str, ...]
    overlap: bool
    groups: tuple[str, ...]
    group_sizes: tuple[int, ...]
    counts: tuple[tuple[int | None, ...], ...]
    together: tuple[CountedTogether, ...] = ()

    @property
    def n_hidden(self) -> int:
        """How many numbers are hidden."""
        return sum(count is None for row in self.counts for count in row)


@attrs.frozen(kw_only=True)
class Groups:
    """The groups of patients, none of them small.

    Attributes
    ----------
    of_patients : tuple of str
        The group of each patient, or of patients who are alike.
    names : tuple of str
        The groups; none if there is only one.
    joined : tuple of str
        Groups that were made of several levels.
    weights : tuple of int
        How many patients each entry stands for; empty if it is one.
    """

    of_patients: tuple[str, ...]
    names: tuple[str, ...] = ()
    joined: tuple[str, ...] = ()
    weights: tuple[int, ...] = ()

    @property
    def sizes(self) -> Counter[str]:
        """How many patients are in each group."""
        if not self.weights:
            return Counter(self.of_patients)
        found: Counter[str] = Counter()
        for name, n in zip(self.of_patients, self.weights, strict=True):
            found[name] += n
        return found


def one_group(n: int) -> Groups:
    """Return everybody as one group."""
    return Groups(of_patients=(EVERYBODY,) * n)


def groups_of(by: Coarse, shown: SharedTable) -> Groups:
    """Return the groups of patients: what the table of their field shows apart."""
    name = dict(zip(shown.levels, shown.levels, strict=True))
    for joined in shown.together:
        name |= dict.fromkeys(joined.levels, " or ".join(joined.levels))
    given = [name[NOT_RECORDED if one is None else one] for one in by.answers]
    found = [one for one in dict.fromkeys(name.values()) if one in given]
    if len(found) == 1:
        return one_group(len(given))
    joined_names = [one for one in found if one not in shown.levels]
    return Groups(
        of_patients=tuple(given), names=tuple(found), joined=tuple(joined_names)
    )


def shared_table(
    name: tuple[str, str],
    found: Coarse,
    groups: Groups,
    rule: Rule,
    earlier: Sequence[SharedTable] = (),
) -> SharedTable | None:
    """Return the table of a field at a visit (empty for a field of the patient).

    None is returned if not even its totals may be shown, or if one that was shared
    earlier has other levels or groups.
    """
    if found.overlap:  # that each patient has a level takes one value more from some
        rule = attrs.evolve(rule, least=max(rule.least, LOWEST + 1))
    levels = (*found.levels, NOT_RECORDED)
    names = groups.names or (EVERYBODY,)
    counted = _Counted(found, groups, levels, names)
    all_names = (*names, EVERYBODY) if groups.names else names
    if any(_shape(one) != (levels, found.overlap, all_names) for one in earlier):
        return None
    blocks = shown_blocks(
        counted.apart, rule, [_apart_release(one, counted) for one in earlier]
    )
    if blocks is None:
        return None
    apart = shown_counts(counted.apart, blocks)
    shown = dict(zip(counted.apart_names, apart, strict=True))
    totals = together(counted.apart_names, counted.apart, blocks)
    if found.overlap:
        every = shown.pop(_ANY)
        for level in counted.several:
            former = [_level_release(one, level, counted) for one in earlier]
            shown[level] = _level(counted.of(level), every, rule, former)
        totals = _with_levels(totals, counted, every)
    if groups.names:
        shown = {level: _with_sum(row) for level, row in shown.items()}
        totals = tuple(
            attrs.evolve(one, counts=(*one.counts, sum(one.counts))) for one in totals
        )
    of_groups = groups.sizes
    sizes = [of_groups[name] for name in names]
    return SharedTable(
        field=name[0],
        visit=name[1],
        levels=levels,
        overlap=found.overlap,
        groups=all_names,
        group_sizes=tuple([*sizes, sum(sizes)] if groups.names else sizes),
        counts=tuple(shown[level] for level in levels),
        together=totals,
    )


_ANY: Final = ""  # those who have at least one of the levels that overlap


class _Counted:
    """The counts of a field: apart, those with any level of several count once."""

    def __init__(
        self,
        found: Coarse,
        groups: Groups,
        levels: Sequence[str],
        names: Sequence[str],
    ) -> None:
        self.groups = names
        self.several = list(several_levels(levels) if found.overlap else ())
        self.apart_names = [one for one in levels if one not in self.several]
        if found.overlap:
            self.apart_names.insert(0, _ANY)
        counts: Counter[tuple[str, str]] = Counter()
        weights = groups.weights or (1,) * len(groups.of_patients)
        entries = zip(found.answers, groups.of_patients, weights, strict=True)
        for answer, group, n in entries:
            given = _levels(answer)
            for level in given:
                counts[level, group] += n
            if not _APART.intersection(given):
                counts[_ANY, group] += n
        self._counts = counts
        self.apart = [self.of(name) for name in self.apart_names]

    def of(self, level: str) -> tuple[int, ...]:
        """Return the count of a level, one number a group."""
        return tuple(self._counts[level, group] for group in self.groups)


def several_levels(levels: Iterable[str]) -> tuple[str, ...]:
    """Return those levels of which a patient may have several."""
    return tuple(one for one in levels if one not in _APART)


def _levels(answer: Any) -> tuple[str, ...]:
    if answer is None:
        return (NOT_RECORDED,)
    return answer if isinstance(answer, tuple) else (answer,)


def _level(
    count: Sequence[int],
    every: Sequence[int | None],
    rule: Rule,
    earlier: Sequence[Release | None],
) -> tuple[int | None, ...]:
    """Return the count of a level that overlaps: with it and without it are halves."""
    known = [n for n in every if n is not None]
    before = [one for one in earlier if one is not None]
    if len(known) == len(every) and len(before) == len(earlier):
        halves = [count, [n - yes for n, yes in zip(known, count, strict=True)]]
        blocks = shown_blocks(halves, rule, before)
        if blocks is not None:
            return shown_counts(halves, blocks)[0]
    return tuple(0 if n == 0 else None for n in every)


def _with_levels(
    totals: Sequence[CountedTogether],
    counted: _Counted,
    every: Sequence[int | None],
) -> tuple[CountedTogether, ...]:
    """Name the levels that are counted apart as "any"."""
    named = [
        attrs.evolve(one, levels=(*counted.several, *one.levels[1:]))
        if one.levels[0] == _ANY
        else one
        for one in totals
    ]
    if not any(one.levels[0] == _ANY for one in totals):
        counts = tuple(count for count in every if count is not None)
        named.insert(0, CountedTogether(levels=tuple(counted.several), counts=counts))
    return tuple(named)


def _with_sum(row: Sequence[int | None]) -> tuple[int | None, ...]:
    known = [count for count in row if count is not None]
    return (*row, sum(known) if len(known) == len(row) else None)


def _shape(table: SharedTable) -> tuple[Any, ...]:
    return table.levels, table.overlap, table.groups


def _apart_release(table: SharedTable, counted: _Counted) -> Release:
    """Return what a former table shows of the levels that exclude each other."""
    width = len(counted.groups)
    rows = {
        level: row[:width]
        for level, row in zip(table.levels, table.counts, strict=True)
    }
    totals = [attrs.evolve(one, counts=one.counts[:width]) for one in table.together]
    several = tuple(counted.several)
    if several:
        (first,) = [one for one in totals if one.levels[: len(several)] == several]
        totals.remove(first)
        rest = first.levels[len(several) :]
        rows[_ANY] = (None,) * width if rest else first.counts
        if rest:
            totals.append(attrs.evolve(first, levels=(_ANY, *rest)))
    names = counted.apart_names
    found = released(names, [rows[name] for name in names], totals)
    if found is None:  # pragma: no cover - the reader of the file has seen to it
        raise AssertionError
    return found


def _level_release(table: SharedTable, level: str, counted: _Counted) -> Release | None:
    """Return what a former table shows of those with and without a level."""
    width = len(counted.groups)
    row = table.counts[table.levels.index(level)][:width]
    several = tuple(counted.several)
    every = [one.counts[:width] for one in table.together if one.levels == several]
    if not every:
        return None
    if None in row:
        return Release((range(2),), (every[0],))
    yes = tuple(count for count in row if count is not None)
    without = tuple(n - count for n, count in zip(every[0], yes, strict=True))
    return Release((range(1), range(1, 2)), (yes, without))
