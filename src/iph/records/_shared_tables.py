"""Tables of counts that may leave the hospital: small cells hidden, and protected."""

from collections import Counter
from collections.abc import Sequence
from typing import Any, Final

import attrs

from iph.records._coarsening import NOT_RECORDED, UNKNOWN, Coarse
from iph.records._suppression import Sum, System, hidden_cells

EVERYBODY: Final = "all"
OTHERS: Final = "other groups"
_APART: Final = frozenset({"none", UNKNOWN})


@attrs.frozen(kw_only=True)
class SharedTable:
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
    """

    field: str
    visit: str = ""
    levels: tuple[str, ...]
    overlap: bool
    groups: tuple[str, ...]
    group_sizes: tuple[int, ...]
    counts: tuple[tuple[int | None, ...], ...]

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
        The group of each patient.
    names : tuple of str
        The groups.
    joined : tuple of str
        Groups that were joined, since they are small.
    """

    of_patients: tuple[str, ...]
    names: tuple[str, ...]
    joined: tuple[str, ...] = ()


def groups_of(by: Coarse | None, n: int, least: int) -> Groups:
    """Return the groups of patients; small ones are joined."""
    if by is None:
        return Groups(of_patients=(EVERYBODY,) * n, names=())
    given = [NOT_RECORDED if one is None else one for one in by.answers]
    sizes = Counter(given)
    order = [name for name in (*by.levels, NOT_RECORDED) if sizes[name]]
    joined: list[str] = []
    for name in sorted(order, key=lambda name: (sizes[name], order.index(name))):
        together = sum(sizes[one] for one in joined)
        if sizes[name] >= least and (not joined or together >= least):
            break
        joined.append(name)
    joined.sort(key=order.index)
    names = [name for name in order if name not in joined]
    if joined:
        names.append(OTHERS)
    return Groups(
        of_patients=tuple(OTHERS if one in joined else one for one in given),
        names=tuple(names) if len(names) > 1 else (),
        joined=tuple(joined),
    )


def shared_table(
    field: str,
    visit: str,
    found: Coarse,
    groups: Groups,
    least: int,
    *,
    ruled: bool = False,
) -> SharedTable | None:
    """Return the table of a field; None if hiding cells cannot protect it.

    With `ruled`, everybody knows where a 0 must stand.
    """
    overlap = any(isinstance(answer, tuple) for answer in found.answers)
    levels = (*found.levels, NOT_RECORDED)
    names = (*groups.names, EVERYBODY)
    counted: Counter[tuple[str, str]] = Counter()
    sizes: Counter[str] = Counter()
    with_any: Counter[str] = Counter()
    for answer, own in zip(found.answers, groups.of_patients, strict=True):
        for group in {own, EVERYBODY}:
            sizes[group] += 1
            for level in _levels(answer):
                counted[level, group] += 1
            with_any[group] += answer is not None and _APART.isdisjoint(_levels(answer))
    layout = _Layout(levels=levels, groups=names)
    for level in levels:
        for group in names:
            count = counted[level, group]
            layout.add((level, group), count, known=ruled and not count)
        if groups.names:
            layout.sums((level, EVERYBODY), [(level, g) for g in groups.names])
    for group in names:
        layout.add(("", group), sizes[group], known=True)
        if overlap:
            _add_overlap(layout, group, with_any[group])
        else:
            layout.sums(("", group), [(level, group) for level in levels])
    hidden = hidden_cells(layout.system(), least)
    if hidden is None:
        return None
    return SharedTable(
        field=field,
        visit=visit,
        levels=levels,
        overlap=overlap,
        groups=names,
        group_sizes=tuple(sizes[group] for group in names),
        counts=tuple(
            tuple(
                None if layout.places[level, group] in hidden else counted[level, group]
                for group in names
            )
            for level in levels
        ),
    )


def _levels(answer: Any) -> tuple[str, ...]:
    if answer is None:
        return (NOT_RECORDED,)
    return answer if isinstance(answer, tuple) else (answer,)


def _add_overlap(layout: "_Layout", group: str, n_any: int) -> None:
    """Add what follows where a patient may have several levels.

    Those with any level are those with a certain one, and those without it. Together
    the levels count each of them at least once.
    """
    apart = [one for one in layout.levels if one in _APART or one == NOT_RECORDED]
    several = [one for one in layout.levels if one not in apart]
    layout.add(("any", group), n_any, unseen=True, sensitive=True)
    layout.sums(("", group), [("any", group), *[(one, group) for one in apart]])
    total = 0
    for level in several:
        count = layout.counts[layout.places[level, group]]
        total += count
        without = ("without", f"{level} {group}")
        layout.add(without, n_any - count, unseen=True, sensitive=True)
        layout.sums(("any", group), [(level, group), without])
    if several:
        layout.add(("again", group), total - n_any, unseen=True)
        layout.add(("ticks", group), total, unseen=True)
        layout.sums(("ticks", group), [(level, group) for level in several])
        layout.sums(("ticks", group), [("any", group), ("again", group)])


@attrs.define(kw_only=True)
class _Layout:
    """The cells of a table and the sums between them, as they are put together."""

    levels: tuple[str, ...]
    groups: tuple[str, ...]
    places: dict[tuple[str, str], int] = attrs.field(factory=dict)
    counts: list[int] = attrs.field(factory=list)
    _sums: list[Sum] = attrs.field(factory=list)
    _known: set[int] = attrs.field(factory=set)
    _unseen: set[int] = attrs.field(factory=set)
    _sensitive: set[int] = attrs.field(factory=set)

    def add(
        self,
        key: tuple[str, str],
        count: int,
        *,
        known: bool = False,
        unseen: bool = False,
        sensitive: bool = False,
    ) -> None:
        """Add a cell."""
        place = self.places[key] = len(self.counts)
        self.counts.append(count)
        for given, places in (
            (known, self._known),
            (unseen, self._unseen),
            (sensitive, self._sensitive),
        ):
            if given:
                places.add(place)

    def sums(self, total: tuple[str, str], parts: Sequence[tuple[str, str]]) -> None:
        """Add a sum."""
        places = tuple(self.places[part] for part in parts)
        self._sums.append(Sum(self.places[total], places))

    def system(self) -> System:
        """Return the cells and sums."""
        return System(
            counts=tuple(self.counts),
            sums=tuple(self._sums),
            known=frozenset(self._known),
            unseen=frozenset(self._unseen),
            sensitive=frozenset(self._sensitive),
        )
