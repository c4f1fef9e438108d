"""Columns of a dataframe by name, in the forms that the functions of `stats` take."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Literal

from iph._checks import array_or_list, one_of, unmasked
from iph._labels import coded, declared_order
from iph._options import instance
from iph._scalars import is_missing
from iph.errors import DataError, InputError
from iph.protocol._problems import nearest

WithoutGroup = Literal["refuse", "leave-out"]


class Samples:
    """Give columns of a dataframe by name to the functions of `iph.stats`.

    How do I test my own table? A function of `iph.stats` takes samples, one array each,
    and knows no dataframe. This class makes what a function takes of the names of the
    columns: a column, a sample for each group, a row for each patient, or covariates.

    ===================  ==========================================================
    Takes                Written as
    ===================  ==========================================================
    columns              ``logrank(data["days"], data["healed"], data["arm"])``
    two groups           ``mann_whitney(*data.pair("vas", by="arm"))``
    two groups or more   ``kruskal_wallis(*data.samples("vas", by="arm"))``
    a row a patient      ``friedman(data.rows("day_0", "week_1", "month_1"))``
    covariates           ``cox_regression(data["days"], data["healed"],
                         data.covariates("age_years", "severity"))``
    ===================  ==========================================================

    Tables of counts and summary figures are no columns; `tally` counts a table.

    Parameters
    ----------
    frame : dataframe or mapping of str to array-like
        A dataframe in memory that narwhals takes (pandas, Polars, PyArrow), or columns
        of one length by name. A lazy table is collected first.

    Attributes
    ----------
    names : tuple of str
        The columns, in their order.

    Raises
    ------
    InputError
        If it is no such table, or its columns differ in length. Every method refuses a
        column that is not there, and says which name is nearest.

    See Also
    --------
    describe_frame : Table 1 of a dataframe.
    tally : How many have which value in which group.

    Notes
    -----
    Missing values (None, NaN, NA) stay where they are: the functions count them. An
    ordered categorical (of pandas, or the Enum of Polars) brings its order: as a group,
    that of the samples; as a value, its grade, 0 for the lowest.

    Examples
    --------
    >>> from iph.stats import kruskal_wallis, mann_whitney, sign_test
    >>> from iph.study import Samples
    >>> data = Samples({
    ...     "arm": ["open", "open", "closed", "open", "closed", "closed"],
    ...     "before": [5, 5, 4, 4, 4, 3],
    ...     "after": [5, 4, 2, 4, None, 1],
    ... })
    >>> data.groups("arm")
    ('closed', 'open')
    >>> test = mann_whitney(*data.pair("after", by="arm"))
    >>> print(f"p = {test.p_value:.2f}, {test.n} patients, {test.n_missing} missing")
    p = 0.10, 5 patients, 1 missing
    >>> sign_test(data["before"], data["after"]).n
    5
    """

    def __init__(self, frame: Any) -> None:
        self._frame = _opened(frame)
        self.names: tuple[str, ...] = tuple(self._frame)

    def __repr__(self) -> str:
        """Name the columns."""
        return f"Samples({', '.join(self.names)})"

    def __getitem__(self, name: str) -> Any:
        """Return a column as it stands in the table."""
        instance(name, "column", str, "the name of a column")
        if name not in self._frame:
            rule = "a column of the table"
            raise InputError("column", rule, name, nearest(name, self.names))
        return self._frame[name]

    def values(self, name: str) -> list[Any]:
        """Return the value of each row, an ordered categorical as its grades.

        Parameters
        ----------
        name : str
            The column.

        Returns
        -------
        list
            The values in their order. Of an ordered categorical, whole numbers from 0,
            the lowest level, and None where missing.
        """
        column = self[name]
        cells = _cells(column, name)
        levels = declared_order(column)
        if levels is None:
            return cells
        grade = {level: place for place, level in enumerate(levels)}
        return [None if is_missing(cell) else grade[cell] for cell in cells]

    def groups(self, name: str) -> tuple[Any, ...]:
        """Return the groups in the order of their samples.

        Parameters
        ----------
        name : str
            The column.

        Returns
        -------
        tuple
            The distinct labels that occur: in the order of an ordered categorical, else
            sorted.
        """
        return coded(_column(self[name], name), name)[1]

    def samples(
        self,
        name: str,
        *,
        by: str,
        groups: Iterable[Any] | None = None,
        without_group: WithoutGroup = "refuse",
    ) -> tuple[list[Any], ...]:
        """Return the values of each group, for tests of independent groups.

        Parameters
        ----------
        name : str
            The column of the values, or of the case counts that belong to them.
        by : str
            The column of the groups.
        groups : iterable, optional
            Which groups, and in which order; all if None, as `groups` lists them.
        without_group : {"refuse", "leave-out"}, default: "refuse"
            What to do with rows whose group is missing. They belong to no sample, so
            that no test can count them.

        Returns
        -------
        tuple of list
            The values of each group.

        Raises
        ------
        InputError
            If a group is not there.
        DataError
            If the group is missing for some rows.
        """
        one_of(without_group, "without_group", ("refuse", "leave-out"))
        codes, labels = coded(_column(self[by], by), by)
        unknown = int((codes < 0).sum())
        if unknown and without_group == "refuse":
            raise DataError(
                f"{by} is missing in {unknown} of {codes.size} rows, which belong to "
                'no sample; without_group="leave-out" leaves them out'
            )
        asked = labels if groups is None else _asked(groups, labels, by)
        values = self.values(name)
        found: dict[int, list[Any]] = {labels.index(label): [] for label in asked}
        for value, code in zip(values, codes.tolist(), strict=True):
            if code in found:
                found[code].append(value)
        return tuple(found.values())

    def pair(
        self,
        name: str,
        *,
        by: str,
        groups: Iterable[Any] | None = None,
        without_group: WithoutGroup = "refuse",
    ) -> tuple[list[Any], list[Any]]:
        """Return the values of two groups, for tests of two independent groups.

        Parameters
        ----------
        name : str
            The column of the values, or of the case counts that belong to them.
        by : str
            The column of the groups.
        groups : iterable, optional
            Which two groups, and in which order; if None, those that there are, as
            `groups` lists them.
        without_group : {"refuse", "leave-out"}, default: "refuse"
            What to do with rows whose group is missing.

        Returns
        -------
        tuple of two lists
            The values of each group.

        Raises
        ------
        InputError
            If there are not two groups, or one is not there.
        DataError
            If the group is missing for some rows.
        """
        labels = self.groups(by) if groups is None else tuple(groups)
        if len(labels) != 2:
            hint = "say which two, such as groups=('open', 'closed')"
            raise InputError("groups", f"two groups of {by}", labels, hint)
        first, second = self.samples(
            name, by=by, groups=labels, without_group=without_group
        )
        return first, second

    def rows(self, *names: str) -> list[list[Any]]:
        """Return a row for each patient, for tests of repeated measures.

        Parameters
        ----------
        *names : str
            The columns, such as the visits in their order.

        Returns
        -------
        list of list
            The values of each row of the table.

        Raises
        ------
        InputError
            If no column is named, or if ordered categoricals among them differ in their
            levels.
        """
        if not names:
            raise InputError("names", "at least one column", names)
        columns = [self.values(name) for name in names]
        orders = {name: declared_order(self[name]) for name in names}
        first = orders[names[0]]
        for name, order in orders.items():
            if order != first:
                rule = f"of the same levels as {names[0]} ({_told(first)})"
                raise InputError(name, rule, _told(order))
        return [list(row) for row in zip(*columns, strict=True)]

    def covariates(self, *names: str) -> dict[str, list[Any]]:
        """Return columns by name, for regressions.

        Parameters
        ----------
        *names : str
            The columns.

        Returns
        -------
        dict of str to list
            The values of each column.

        Raises
        ------
        InputError
            If no column is named.
        """
        if not names:
            raise InputError("names", "at least one column", names)
        return {name: self.values(name) for name in names}


def _opened(frame: Any) -> dict[str, Any]:
    """Return the columns of a table by name, as they stand."""
    if isinstance(frame, Mapping):
        return _of_mapping(frame)
    import narwhals.stable.v2 as nw
    from narwhals.exceptions import DuplicateError

    rule = "a dataframe in memory or a mapping of columns"
    try:
        table = nw.from_native(frame, eager_only=True)
        names = table.columns
    except DuplicateError:
        names = [str(name) for name in frame.columns]
        raise InputError("frame", "a table of different columns", names) from None
    except TypeError:
        hint = "collect a lazy table first" if hasattr(frame, "collect") else ""
        raise InputError("frame", rule, type(frame), hint) from None
    for name in names:
        instance(name, "names", str, "texts")
    return {name: table.get_column(name).to_native() for name in names}


def _of_mapping(columns: Mapping[Any, Any]) -> dict[str, Any]:
    """Return columns by name; refuse what is no column, and other lengths."""
    found: dict[str, Any] = {}
    for name, column in columns.items():
        instance(name, "names", str, "texts")
        read = array_or_list(column, name)
        # What can be read but once, such as a generator, is kept as the list read.
        found[name] = column if hasattr(column, "__len__") else read
    lengths = {name: len(column) for name, column in found.items()}
    if len(set(lengths.values())) > 1:
        raise InputError("frame", "columns of one length", lengths)
    return found


def _column(column: Any, name: str) -> Any:
    """Return a column that can be told what its labels are."""
    return _cells(column, name) if declared_order(column) is None else column


def _cells(column: Any, name: str) -> list[Any]:
    """Return the value of each row of a column of any library."""
    import narwhals.stable.v2 as nw

    series = nw.from_native(column, series_only=True, pass_through=True)
    if isinstance(series, nw.Series):
        return list(series.to_list())
    return list(array_or_list(unmasked(column), name))


def _asked(groups: Iterable[Any], labels: Sequence[Any], by: str) -> tuple[Any, ...]:
    """Return the groups asked for; refuse one that is not there or asked for twice."""
    asked = tuple(groups)
    for group in asked:
        if group not in labels:
            texts = [str(label) for label in labels]
            raise InputError(
                "groups", f"groups of {by}", group, nearest(str(group), texts)
            )
    if len(set(asked)) != len(asked):
        raise InputError("groups", "different groups", asked)
    return asked


def _told(levels: tuple[Any, ...] | None) -> str:
    """Return what there is to say of the levels of a column."""
    return "no order" if levels is None else ", ".join(map(str, levels))
