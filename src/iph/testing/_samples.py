"""Strategies for the plain data that statistics take.

All of them draw few distinct values, since graded outcomes and visit days are tied
heavily, and the ties are where formulas break.
"""

from functools import lru_cache

import hypothesis.strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from iph._bound import OPERATORS, Bound
from iph._checks import whole

SurvivalRows = tuple[list[int], list[bool], list[int]]


@lru_cache(maxsize=1024)  # a strategy is made once: making it costs more than a draw
def _scores(
    low: int, high: int, min_size: int, max_size: int
) -> SearchStrategy[list[int]]:
    return st.lists(st.integers(low, high), min_size=min_size, max_size=max_size)


def scores(
    *, min_size: int = 0, max_size: int = 30, low: int = 0, high: int = 10
) -> SearchStrategy[list[int]]:
    """Draw graded values of one sample, such as pain from 0 to 10.

    Parameters
    ----------
    min_size, max_size : int
        The least and the largest number of values.
    low, high : int
        The least and the largest value.

    Returns
    -------
    SearchStrategy of list of int
        One value a patient.

    Examples
    --------
    >>> from hypothesis import find
    >>> from iph.testing import scores
    >>> find(scores(), lambda drawn: sum(drawn) >= 12)
    [2, 10]
    """
    n_least, n_most = whole(min_size, "min_size"), whole(max_size, "max_size")
    least, most = (
        whole(one, name, low=-(2**53)) for one, name in ((low, "low"), (high, "high"))
    )
    return _scores(least, most, n_least, n_most)


@st.composite
def grouped_scores(
    draw: DrawFn,
    *,
    min_groups: int = 2,
    max_groups: int = 4,
    min_size: int = 1,
    max_size: int = 8,
    high: int = 10,
) -> list[list[int]]:
    """Draw independent samples of graded values, one list a group.

    Parameters
    ----------
    min_groups, max_groups : int
        The least and the largest number of groups.
    min_size, max_size : int
        The least and the largest number of values in a group.
    high : int
        The largest value; the least is 0.

    Returns
    -------
    SearchStrategy of list of list of int
        One list a group.

    Examples
    --------
    >>> from hypothesis import find
    >>> from iph.testing import grouped_scores
    >>> find(grouped_scores(), lambda drawn: True)
    [[0], [0]]
    """
    top = draw(st.integers(0, high))
    return draw(_samples(top, min_size, max_size, min_groups, max_groups))


@lru_cache(maxsize=256)
def _samples(
    top: int, min_size: int, max_size: int, min_groups: int, max_groups: int
) -> SearchStrategy[list[list[int]]]:
    one = _scores(0, top, min_size, max_size)
    return st.lists(one, min_size=min_groups, max_size=max_groups)


@st.composite
def bounded_scores(
    draw: DrawFn,
    *,
    min_groups: int = 2,
    max_groups: int = 4,
    min_size: int = 1,
    max_size: int = 6,
    high: int = 5,
) -> list[list[int | Bound]]:
    """Draw independent samples in which some values are known by a bound alone.

    Parameters
    ----------
    min_groups, max_groups : int
        The least and the largest number of groups.
    min_size, max_size : int
        The least and the largest number of values in a group.
    high : int
        The largest value and limit; the least is 0.

    Returns
    -------
    SearchStrategy of list of list of int or iph.Bound
        One list a group. Often all bounds are of one sign, as from one device.

    Examples
    --------
    >>> from hypothesis import find
    >>> from iph import Bound
    >>> from iph.testing import bounded_scores
    >>> find(bounded_scores(), lambda drawn: isinstance(drawn[0][0], Bound))
    [[Bound(operator='<', value=0.0)], [0]]
    """
    signs = draw(st.lists(st.sampled_from(list(OPERATORS)), min_size=1, max_size=3))
    values = st.integers(0, high)
    bounds = st.builds(Bound, st.sampled_from(signs), values)
    return draw(
        st.lists(
            st.lists(values | bounds, min_size=min_size, max_size=max_size),
            min_size=min_groups,
            max_size=max_groups,
        )
    )


@st.composite
def rating_rows(
    draw: DrawFn,
    *,
    min_rows: int = 1,
    max_rows: int = 8,
    min_visits: int = 2,
    max_visits: int = 5,
    high: int = 10,
    missing: bool = False,
) -> list[list[int | None]]:
    """Draw repeated grades, one row a patient, one column a visit.

    Parameters
    ----------
    min_rows, max_rows : int
        The least and the largest number of patients.
    min_visits, max_visits : int
        The least and the largest number of visits.
    high : int
        The largest grade; the least is 0.
    missing : bool, default False
        Whether grades may be missing.

    Returns
    -------
    SearchStrategy of list of list of int or None
        One row a patient, all of one length.

    Examples
    --------
    >>> from hypothesis import find
    >>> from iph.testing import rating_rows
    >>> find(rating_rows(missing=True), lambda drawn: None in drawn[0])
    [[None, None]]
    """
    visits = draw(st.integers(min_visits, max_visits))
    top = draw(st.integers(0, high))
    return draw(_rating_rows(visits, top, min_rows, max_rows, missing=missing))


@lru_cache(maxsize=256)
def _rating_rows(
    visits: int, top: int, min_rows: int, max_rows: int, *, missing: bool
) -> SearchStrategy[list[list[int | None]]]:
    cell: SearchStrategy[int | None] = st.integers(0, top)
    if missing:
        cell = st.none() | cell
    row = st.lists(cell, min_size=visits, max_size=visits)
    return st.lists(row, min_size=min_rows, max_size=max_rows)


@st.composite
def survival_data(
    draw: DrawFn,
    *,
    groups: int = 2,
    min_size: int = 1,
    max_size: int = 20,
    last_day: int = 12,
) -> SurvivalRows:
    """Draw days, event indicators and group codes of patients under observation.

    Parameters
    ----------
    groups : int, default 2
        The number of groups; some may be empty.
    min_size, max_size : int
        The least and the largest number of patients.
    last_day : int, default 12
        The last day; few days make many ties.

    Returns
    -------
    SearchStrategy of tuple of list
        Days, whether the event was seen, and the code of the group.

    Examples
    --------
    >>> from hypothesis import find
    >>> from iph.testing import survival_data
    >>> find(survival_data(), lambda drawn: any(drawn[1]))
    ([0], [True], [0])
    """
    top = draw(st.integers(1, last_day))
    some = max(groups, 1)
    # one number a patient: the day, then the event, then the group
    codes = draw(_scores(0, (top + 1) * 2 * some - 1, min_size, max_size))
    days = [code // (2 * some) for code in codes]
    return days, [code // some % 2 == 1 for code in codes], [c % some for c in codes]


@st.composite
def recovery_intervals(
    draw: DrawFn,
    *,
    min_size: int = 1,
    max_size: int = 15,
    visits: tuple[int, ...] = (0, 7, 30, 91, 182, 365),
) -> tuple[list[int], list[float]]:
    """Draw half-open intervals (last day not recovered, first day recovered].

    Parameters
    ----------
    min_size, max_size : int
        The least and the largest number of patients.
    visits : tuple of int
        The days of the visits.

    Returns
    -------
    SearchStrategy of tuple of list
        The left and the right ends; infinity if recovery was never seen.

    Examples
    --------
    >>> from hypothesis import find
    >>> from iph.testing import recovery_intervals
    >>> find(recovery_intervals(), lambda drawn: drawn[1][0] == float("inf"))
    ([0], [inf])
    """
    last = len(visits)
    rows = draw(_pairs(last, min_size, max_size))
    left = [visits[a] for a, _ in rows]
    right = [float(visits[b]) if b < last else float("inf") for _, b in rows]
    return left, right


@st.composite
def _pair(draw: DrawFn, last: int) -> tuple[int, int]:
    """Draw a place not recovered at, and a later one, or the end, recovered at."""
    place = draw(st.integers(0, last - 1))
    return place, draw(st.integers(place + 1, last))


@lru_cache(maxsize=256)
def _pairs(
    last: int, min_size: int, max_size: int
) -> SearchStrategy[list[tuple[int, int]]]:
    return st.lists(_pair(last), min_size=min_size, max_size=max_size)


@st.composite
def distributions(draw: DrawFn, levels: int) -> list[float]:
    """Draw probabilities of the levels of an outcome, as a plan assumes them.

    Parameters
    ----------
    levels : int
        How many levels there are.

    Returns
    -------
    SearchStrategy of list of float
        One probability a level, zeros among them; they sum to 1.

    Examples
    --------
    >>> from hypothesis import find
    >>> from iph.testing import distributions
    >>> find(distributions(2), lambda shares: shares[0] > 0.5)
    [1.0, 0.0]
    """
    parts = draw(st.lists(st.integers(0, 9), min_size=levels, max_size=levels))
    total = sum(parts)
    if not total:  # no level was given anything: all of it falls to the last
        return [0.0] * (levels - 1) + [1.0]
    return [part / total for part in parts]


@st.composite
def contingency_tables(
    draw: DrawFn,
    *,
    min_rows: int = 2,
    max_rows: int = 4,
    min_columns: int = 2,
    max_columns: int = 4,
    max_count: int = 8,
) -> list[list[int]]:
    """Draw tables of counts.

    Parameters
    ----------
    min_rows, max_rows, min_columns, max_columns : int
        The least and the largest size.
    max_count : int, default 8
        The largest count; the least is 0.

    Returns
    -------
    SearchStrategy of list of list of int
        One list a row; rows and columns may be empty of cases.

    Examples
    --------
    >>> from hypothesis import find
    >>> from iph.testing import contingency_tables
    >>> find(contingency_tables(), lambda table: table[0][0] == 3)
    [[3, 0], [0, 0]]
    """
    columns = draw(st.integers(min_columns, max_columns))
    return draw(_counts(columns, min_rows, max_rows, max_count))


@lru_cache(maxsize=256)
def _counts(
    columns: int, min_rows: int, max_rows: int, max_count: int
) -> SearchStrategy[list[list[int]]]:
    row = _scores(0, max_count, columns, columns)
    return st.lists(row, min_size=min_rows, max_size=max_rows)
