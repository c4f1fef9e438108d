"""The table of baseline characteristics: overall, or by groups."""

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from textwrap import shorten
from typing import Any

import attrs

from iph._display import Displayed
from iph.stats._description.bounded_quartiles import BoundedQuartiles
from iph.stats._description.describe import (
    Description,
    DescriptionRule,
    describe,
)
from iph.stats._groups.kruskal_wallis import kruskal_wallis
from iph.stats._groups.mann_whitney import mann_whitney
from iph.stats._groups.standardized_difference import (
    standardized_mean_difference,
    standardized_share_difference,
)
from iph.stats._inference.result import Estimate
from iph.stats._tables.fisher import fisher_exact
from iph.stats._tables.proportion import proportion
from iph.study._characteristics import Characteristic, Shape
from iph.study._columns import Coded, Columns, crossed
from iph.study._study_counts import Path
from iph.study._study_counts import Table as Counts
from iph.study._visit_counts import bounded_of, numbers_of


@attrs.frozen(kw_only=True)
class NumberCell(Displayed):
    """A number in one column of the table.

    Attributes
    ----------
    description : Description
        Mean, SD, quartiles, extremes, and which of them the rule shows; of the numbers
        alone, with bounds as missing.
    bounded : BoundedQuartiles or None
        The quartiles of numbers and bounds together, which are shown where there is
        any bound; None where there is none.
    n, n_missing : int
        Patients with a number or a bound, and without either.
    """

    description: Description
    bounded: BoundedQuartiles | None = None

    @property
    def n(self) -> int:
        """Patients with a number or a bound."""
        return (self.bounded or self.description).n

    @property
    def n_missing(self) -> int:
        """Patients without either."""
        return (self.bounded or self.description).n_missing


@attrs.frozen(kw_only=True)
class CategoryCell(Displayed):
    """A category in one column of the table.

    Attributes
    ----------
    counts : tuple of int
        Patients in each level; they may add up to more than n if a patient can be in
        several.
    shares : tuple of Estimate
        The same as shares of n; empty if only presence was recorded.
    n, n_missing : int
        Patients with and without a value.
    presence_only : bool
        Whether nobody of the study is recorded without it while some are not recorded:
        then n holds positives alone, and no share can be read.
    """

    counts: tuple[int, ...]
    shares: tuple[Estimate, ...]
    n: int
    n_missing: int
    presence_only: bool = False


@attrs.frozen(kw_only=True)
class TableRow(Displayed):
    """One characteristic.

    Attributes
    ----------
    name, label : str
        The field, and its name in print.
    unit : str or None
        Its unit.
    level_labels : tuple of str
        The levels of a category; empty for a number.
    exclusive : bool
        Whether a patient is in one level at most.
    cells : tuple of NumberCell or of CategoryCell
        Overall first, then one a group.
    difference : Estimate or None
        The standardized difference of two groups; that of categories has no direction,
        and no interval, since none holds its level at this size.
    test : str
        The test that compares the groups; empty if none was made.
    p_value : float or None
        Its p-value.
    bound_rule : str or None
        How the test ranked the values known by a bound alone, such as ``"ranked in the
        top tie"``; None if there are none, or no test was made. The difference counts
        them as missing.
    """

    name: str
    label: str
    unit: str | None
    level_labels: tuple[str, ...]
    exclusive: bool
    cells: tuple[NumberCell, ...] | tuple[CategoryCell, ...]
    difference: Estimate | None
    test: str
    p_value: float | None
    bound_rule: str | None = None


@attrs.frozen(kw_only=True)
class Table(Displayed):
    """A table of characteristics.

    Attributes
    ----------
    group : str
        What it is grouped by, in print; empty if it is not.
    columns : tuple of str
        ``"overall"``, then the groups.
    sizes : tuple of int
        Patients in each column.
    n_ungrouped : int
        Patients whose group is not known: they count in the overall column alone.
    rows : tuple of TableRow
        One a characteristic.
    """

    group: str
    columns: tuple[str, ...]
    sizes: tuple[int, ...]
    n_ungrouped: int
    rows: tuple[TableRow, ...]

    def __repr__(self) -> str:
        """Say what is in it; its cells would fill hundreds of lines."""
        columns = zip(self.columns, self.sizes, strict=True)
        sizes = ", ".join(f"{name} (n = {size})" for name, size in columns)
        rows = shorten(", ".join(row.name for row in self.rows), 400, placeholder="...")
        return f"<Table of {sizes}; rows: {rows}>"


@attrs.frozen(kw_only=True)
class DescriptionRules:
    """How numbers are described, and whether groups are tested."""

    description: DescriptionRule
    quartiles: str
    p_values: bool
    seed: int


def count_characteristics(
    columns: Columns, characteristics: Iterable[Characteristic], group: Coded
) -> dict[Path, Counts]:
    """Count the values of each characteristic by group."""
    return {
        ("characteristics", one.name): crossed([one.column(columns), group])
        for one in characteristics
    }


def described(
    characteristics: Iterable[tuple[Characteristic, Counts]],
    sizes: Mapping[Any, int],
    *,
    by: Characteristic | None,
    rules: DescriptionRules,
) -> Table:
    """Describe counted values overall and, if asked, by group.

    Parameters
    ----------
    characteristics : iterable of tuple
        Each characteristic, and how many have which value in which group.
    sizes : mapping
        How many are in which group; None where it is not known.
    by : Characteristic or None
        What they are grouped by.
    rules : DescriptionRules
        How numbers are described, and whether groups are tested.

    Returns
    -------
    Table
        The table.
    """
    levels: list[Any] = [] if by is None else [v for v in by.levels if sizes.get(v)]
    names = {} if by is None else dict(zip(by.levels, by.level_labels, strict=True))
    rows = []
    for what, values in characteristics:
        overall: Counter[Any] = Counter()
        groups: dict[Any, Counter[Any]] = {level: Counter() for level in levels}
        for (value, group), n in values.items():
            overall[value] += n
            if group in groups:
                groups[group][value] += n
        rows.append(_row(what, [overall, *groups.values()], rules))
    return Table(
        group="" if by is None else by.label,
        columns=("overall", *(names[level] for level in levels)),
        sizes=(sum(sizes.values()), *(sizes[level] for level in levels)),
        n_ungrouped=0 if by is None else sizes.get(None, 0),
        rows=tuple(rows),
    )


def _row(
    what: Characteristic, columns: list[Counter[Any]], rules: DescriptionRules
) -> TableRow:
    made: tuple[Any, ...]
    if what.shape is Shape.NUMBER:
        made = tuple(_number(column, rules) for column in columns)
        values = [list(column) for column in columns[1:]]
        weights = [list(column.values()) for column in columns[1:]]
        comparison = compared_numbers(values, rules.seed, weights)
    else:
        presence = what.records_presence_only(columns[0])
        made = tuple(_category(c, what, presence_only=presence) for c in columns)
        comparison = compared_categories(made[1:], what, rules.seed)
    difference, test, p_value, bound_rule = comparison
    if not rules.p_values:
        test, p_value, bound_rule = "", None, None
    return TableRow(
        name=what.name,
        label=what.label,
        unit=what.unit,
        level_labels=what.level_labels,
        exclusive=what.shape is not Shape.SEVERAL,
        cells=made,
        difference=difference,
        test=test,
        p_value=p_value,
        bound_rule=bound_rule,
    )


def _number(column: Counter[Any], rules: DescriptionRules) -> NumberCell:
    values, weights = list(column), list(column.values())
    return NumberCell(
        description=describe(
            numbers_of(values),
            weights=weights,
            rule=rules.description,
            quartile_method=rules.quartiles,
        ),
        bounded=bounded_of(values, weights, rules.quartiles),
    )


def _category(
    column: Counter[Any], what: Characteristic, *, presence_only: bool
) -> CategoryCell:
    several = what.shape is Shape.SEVERAL
    missing = column[None]
    n = column.total() - missing
    counts = tuple(
        sum(
            m
            for value, m in column.items()
            if value is not None and (level in value if several else value == level)
        )
        for level in what.levels
    )
    return CategoryCell(
        counts=counts,
        shares=() if presence_only else shares_of(counts, n, missing),
        n=n,
        n_missing=missing,
        presence_only=presence_only,
    )


def shares_of(counts: tuple[int, ...], n: int, missing: int) -> tuple[Estimate, ...]:
    """Return counts as shares of n with exact intervals."""
    return tuple(
        proportion(count, n, n_missing=missing, method="clopper-pearson")
        for count in counts
    )


Comparison = tuple[Estimate | None, str, float | None, str | None]
NOT_COMPARED: Comparison = None, "", None, None


def compared_numbers(
    groups: list[list[Any]], rng: int, weights: list[list[int]]
) -> Comparison:
    """Compare a number between groups; each value stands for several.

    Bounds are ranked by the test, and have no distance for the difference.
    """
    filled = [group for group in groups if any(value is not None for value in group)]
    if len(filled) < 2 or len(filled) < len(groups):
        return NOT_COMPARED
    if len(groups) == 2:
        pair = weights[0], weights[1]
        found = mann_whitney(*groups, weights=pair, method="auto", rng=rng)
        plain = [numbers_of(group) for group in groups]
        difference = None
        if all(any(value is not None for value in group) for group in plain):
            difference = standardized_mean_difference(*plain, weights=pair)
        test = f"Mann-Whitney, {found.method}"
        return difference, test, found.p_value, found.bound_rule
    several = kruskal_wallis(*groups, weights=weights, method="auto", rng=rng)
    test = f"Kruskal-Wallis, {several.method}"
    return None, test, several.p_value, several.bound_rule


def compared_categories(
    cells: tuple[CategoryCell, ...], what: Characteristic, rng: int
) -> Comparison:
    """Compare one category: grades by ranks, others by Fisher's test."""
    if (
        what.shape is Shape.SEVERAL
        or len(cells) < 2
        or not all(c.n for c in cells)
        or any(c.presence_only for c in cells)
    ):
        return NOT_COMPARED
    yes_no = len(cells[0].counts) == 1
    counts = [
        [c.counts[0], c.n - c.counts[0]] if yes_no else list(c.counts) for c in cells
    ]
    missing = sum(cell.n_missing for cell in cells)
    difference = None
    if len(cells) == 2:
        found = standardized_share_difference(*counts, n_missing=missing)
        difference = attrs.evolve(found, low=math.nan, high=math.nan)
    if what.ordered:
        places = [list(range(len(counts[0])))] * len(counts)
        _, test, p_value, _ = compared_numbers(places, rng, counts)
        return difference, test, p_value, None
    exact = fisher_exact(counts, method="auto", rng=rng, n_missing=missing)
    return difference, f"Fisher, {exact.method}", exact.p_value, None
