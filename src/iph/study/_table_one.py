"""The table of baseline characteristics: overall, or by groups."""

import math
from textwrap import shorten
from typing import Any

import attrs

from iph._subject import Subject
from iph.stats._description.describe import Description, describe
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


@attrs.frozen(kw_only=True)
class NumberCell:
    """A number in one column of the table.

    Attributes
    ----------
    description : Description
        Mean, SD, quartiles, extremes, and which of them the rule shows.
    n, n_missing : int
        Patients with and without a value.
    """

    description: Description

    @property
    def n(self) -> int:
        """Patients with a value."""
        return self.description.n

    @property
    def n_missing(self) -> int:
        """Patients without a value."""
        return self.description.n_missing


@attrs.frozen(kw_only=True)
class CategoryCell:
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
class TableRow:
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


@attrs.frozen(kw_only=True)
class Table:
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


def table_of(
    patients: tuple[Subject[Any], ...],
    characteristics: tuple[Characteristic, ...],
    *,
    by: Characteristic | None,
    description_rule: str,
    quartile_rule: str,
    p_values: bool,
    rng: int,
) -> Table:
    """Describe patients overall and, if asked, by group."""
    members: list[list[Subject[Any]]] = []
    names: list[str] = []
    title, ungrouped = "", 0
    if by is not None:
        title = by.label
        codes = [by.value(patient) for patient in patients]
        for level, label in zip(by.levels, by.level_labels, strict=True):
            group = [p for p, c in zip(patients, codes, strict=True) if c == level]
            if group:
                members.append(group)
                names.append(label)
        ungrouped = sum(code is None for code in codes)
    columns = [list(patients), *members]
    return Table(
        group=title,
        columns=("overall", *names),
        sizes=tuple(len(column) for column in columns),
        n_ungrouped=ungrouped,
        rows=tuple(
            _row(c, columns, description_rule, quartile_rule, rng, p_values=p_values)
            for c in characteristics
            if by is None or c.name != by.name
        ),
    )


def _row(
    characteristic: Characteristic,
    columns: list[list[Subject[Any]]],
    description_rule: str,
    quartile_rule: str,
    rng: int,
    *,
    p_values: bool,
) -> TableRow:
    values = [[characteristic.value(p) for p in column] for column in columns]
    cells: tuple[Any, ...]
    if characteristic.shape is Shape.NUMBER:
        cells = tuple(
            _number(column, description_rule, quartile_rule) for column in values
        )
        difference, test, p_value = compared_numbers(values[1:], rng)
    else:
        presence = characteristic.records_presence_only(values[0])
        cells = tuple(
            _category(column, characteristic, presence_only=presence)
            for column in values
        )
        difference, test, p_value = compared_categories(cells[1:], characteristic, rng)
    if not p_values:
        test, p_value = "", None
    return TableRow(
        name=characteristic.name,
        label=characteristic.label,
        unit=characteristic.unit,
        level_labels=characteristic.level_labels,
        exclusive=characteristic.shape is not Shape.SEVERAL,
        cells=cells,
        difference=difference,
        test=test,
        p_value=p_value,
    )


def _number(column: list[Any], description_rule: str, quartile_rule: str) -> NumberCell:
    return NumberCell(
        description=describe(
            column,
            rule=description_rule,  # type: ignore[arg-type] # checked there
            quartile_method=quartile_rule,
        )
    )


def _category(
    column: list[Any], characteristic: Characteristic, *, presence_only: bool
) -> CategoryCell:
    known = [value for value in column if value is not None]
    several = characteristic.shape is Shape.SEVERAL
    counts = tuple(
        sum(level in value if several else value == level for value in known)
        for level in characteristic.levels
    )
    n, missing = len(known), len(column) - len(known)
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


Comparison = tuple[Estimate | None, str, float | None]


def compared_numbers(
    groups: list[list[Any]], rng: int, weights: list[list[int]] | None = None
) -> Comparison:
    """Compare a number between groups; each value may stand for several."""
    filled = [group for group in groups if any(value is not None for value in group)]
    if len(filled) < 2 or len(filled) < len(groups):
        return None, "", None
    if len(groups) == 2:
        pair = None if weights is None else (weights[0], weights[1])
        found = mann_whitney(*groups, weights=pair, method="auto", rng=rng)
        difference = standardized_mean_difference(*groups, weights=pair)
        return difference, f"Mann-Whitney, {found.method}", found.p_value
    several = kruskal_wallis(*groups, weights=weights, method="auto", rng=rng)
    return None, f"Kruskal-Wallis, {several.method}", several.p_value


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
        return None, "", None
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
        _, test, p_value = compared_numbers(places, rng, counts)
        return difference, test, p_value
    exact = fisher_exact(counts, method="auto", rng=rng, n_missing=missing)
    return difference, f"Fisher, {exact.method}", exact.p_value
