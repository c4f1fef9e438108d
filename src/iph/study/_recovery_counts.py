"""How many cases were seen until which day, with or without the event."""

from collections import Counter
from collections.abc import Iterable
from typing import Any

import attrs

from iph._checks import whole
from iph._display import Displayed
from iph.errors import InputError
from iph.study._counting import MOST_CELLS, MOST_ROWS, cells, opened


def _column(values: Iterable[Any]) -> tuple[Any, ...]:
    return tuple(values)


def _counts(values: Iterable[Any]) -> tuple[int, ...]:
    return tuple(whole(value, "weights") for value in values)


@attrs.frozen(kw_only=True)
class RecoveryCounts(Displayed):
    """Cases counted by day, event and group: four columns of one length.

    Counts of the same columns add up, as those of a `Tally` do.

    Attributes
    ----------
    day, by : str
        The columns counted; `by` is empty if there are no groups.
    time : tuple of int or float
        The days; None where missing.
    event : tuple of bool
        Whether the event was seen at that day; None where missing.
    group : tuple
        The group; None where missing, and throughout if there are no groups.
    weights : tuple of int
        How many cases each row stands for.

    Raises
    ------
    InputError
        If the columns differ in length, or an event is not yes or no.
    """

    day: str
    by: str = ""
    time: tuple[Any, ...] = attrs.field(converter=_column)
    event: tuple[Any, ...] = attrs.field(converter=_column)
    group: tuple[Any, ...] = attrs.field(converter=_column)
    weights: tuple[int, ...] = attrs.field(converter=_counts)

    def __attrs_post_init__(self) -> None:
        lengths = {
            len(column) for column in (self.time, self.event, self.group, self.weights)
        }
        if len(lengths) > 1:
            raise InputError("columns", "of one length", sorted(lengths))
        for event in self.event:
            if event is not None and not isinstance(event, bool):
                raise InputError("event", "True, False or None", event)

    @property
    def n(self) -> int:
        """Cases with day and event, and with a group if there are groups."""
        return sum(self.weights) - self.n_missing

    @property
    def n_missing(self) -> int:
        """Cases without day or event, or without a group if there are groups."""
        return sum(
            n
            for time, event, group, n in zip(*self._columns(), strict=True)
            if time is None or event is None or (self.by and group is None)
        )

    def _columns(self) -> tuple[tuple[Any, ...], ...]:
        return self.time, self.event, self.group, self.weights

    def __add__(self, other: object) -> "RecoveryCounts":
        if not isinstance(other, RecoveryCounts):
            return NotImplemented
        if (self.day, self.by) != (other.day, other.by):
            raise InputError(
                "counts",
                f"of one day and group ({self.day!r} by {self.by!r})",
                (other.day, other.by),
            )
        return _laid_out(self.day, self.by, self._cells() + other._cells())

    def _cells(self) -> Counter[tuple[Any, ...]]:
        rows = zip(*self._columns(), strict=True)
        return Counter({tuple(key): n for *key, n in rows})


def recovery_counts(
    frame: Any,
    day: str,
    event: str,
    *,
    by: str | None = None,
    missing: Iterable[Any] = ("",),
    most_cells: int = MOST_CELLS,
) -> RecoveryCounts:
    """Count days and events, by group, where the data lie.

    How many patients of a registry recovered, or left unrecovered, on which day?
    Kaplan-Meier curves and log-rank tests, exact ones as well, need no more.

    Parameters
    ----------
    frame : dataframe
        Anything that narwhals takes (pandas, Polars, PyArrow, DuckDB, Dask, PySpark,
        SQLFrame, Ibis), eager or lazy.
    day : str
        The column of days under observation.
    event : str
        The column that says whether the event was seen then: yes/no or 1/0.
    by : str, optional
        The column of groups.
    missing : iterable, default ("",)
        Values that say "not recorded", beside null, NaN and NA.
    most_cells : int, default 100,000
        The most combinations of day, event and group that may come back.

    Returns
    -------
    RecoveryCounts
        With ``time``, ``event``, ``group`` and ``weights``, as `kaplan_meier` and
        `logrank` take them, and ``day``, ``by``, ``n``, ``n_missing``.

    Raises
    ------
    InputError
        If it is no dataframe, lacks a column, or an event is neither yes nor no.
    DataError
        If there are more combinations than `most_cells`.

    See Also
    --------
    tally : The same for one value.

    Examples
    --------
    >>> import pandas as pd
    >>> from iph.stats import kaplan_meier, logrank
    >>> from iph.study import recovery_counts
    >>> frame = pd.DataFrame(
    ...     {
    ...         "day": [7, 7, 30, 90, 7, 30, 90, None],
    ...         "recovered": [1, 1, 1, 0, 0, 1, 0, 1],
    ...         "clotting": ["normal"] * 4 + ["abnormal"] * 4,
    ...     }
    ... )
    >>> counts = recovery_counts(frame, "day", "recovered", by="clotting")
    >>> curve = kaplan_meier(counts.time, counts.event, weights=counts.weights)
    >>> curve.n, curve.n_missing, curve.median().value
    (7, 1, 30.0)
    >>> test = logrank(
    ...     counts.time, counts.event, counts.group, weights=counts.weights,
    ...     method="asymptotic",
    ... )
    >>> round(test.p_value, 3)
    0.32
    """
    most = min(whole(most_cells, "most_cells", low=1), MOST_ROWS)
    asked = [day, event] if by is None else [day, event, by]
    names = ("iph_day", "iph_event", "iph_group")
    keys = dict(zip(names, asked, strict=False))
    found = cells(opened(frame, asked), keys, missing=missing, most=most)
    clean: Counter[tuple[Any, ...]] = Counter()
    for key, n in found.items():
        time, seen, *group = key
        clean[time, _yes_no(seen, event), group[0] if group else None] += n
    return _laid_out(day, by or "", clean)


def _yes_no(value: Any, name: str) -> bool | None:
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int) and value in {0, 1}:
        return bool(value)
    raise InputError(
        name,
        "True/1 (event) or False/0 (censored)",
        value,
        "recode it first, for example event = (status == 2)",
    )


def _laid_out(day: str, by: str, found: Counter[tuple[Any, ...]]) -> RecoveryCounts:
    def order(key: tuple[Any, ...]) -> tuple[Any, ...]:
        time, event, group = key
        return (
            group is None,
            type(group).__name__,
            group if group is not None else "",
            time is None,
            time if time is not None else 0,
            event is None,
            bool(event),
        )

    keys = sorted(found, key=order)
    return RecoveryCounts(
        day=day,
        by=by,
        time=[time for time, _, _ in keys],
        event=[event for _, event, _ in keys],
        group=[group for _, _, group in keys],
        weights=[found[key] for key in keys],
    )
