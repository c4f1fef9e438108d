"""Who responded, by group."""

import math
from collections.abc import Callable
from fractions import Fraction
from math import comb
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from iph.errors import InputError
from iph.scales import ChangeGrade, is_responder, score_change
from iph.stats import barnard, proportion, responder_table

ROWS = st.lists(
    st.tuples(st.sampled_from([True, False, None]), st.sampled_from(["a", "b", None])),
    max_size=30,
)


def at_least(k: int, n: int, share: float) -> Fraction:
    """Return P(X >= k), exactly, for the share that a float is."""
    p = Fraction(share)
    return sum(
        (comb(n, j) * p**j * (1 - p) ** (n - j) for j in range(k, n + 1)), Fraction(0)
    )


@given(rows=ROWS)
def test_counts(rows: list[tuple[bool | None, str | None]]) -> None:
    """Each patient is counted once, in the row of the group, as known or missing."""
    answers, groups = [a for a, _ in rows], [g for _, g in rows]
    found = responder_table(answers, group=groups)
    expected: list[str | None] = [*sorted({g for g in groups if g is not None})]
    if None in groups:
        expected.append(None)
    assert [row.group for row in found] == expected
    for row in found:
        of = [a for a, g in rows if g == row.group]
        assert row.responders == of.count(True)
        assert row.n == of.count(True) + of.count(False)
        assert row.n_missing == of.count(None)
        assert row.missing_failed.n == len(of)
    (whole,) = responder_table(answers)
    assert whole.group is None
    assert whole.responders == sum(row.responders for row in found)
    assert whole.n == sum(row.n for row in found)


@given(
    answers=st.lists(st.sampled_from([True, False, None]), min_size=1, max_size=25),
    level=st.sampled_from([0.8, 0.95, 0.99]),
)
def test_the_bounds_are_where_a_tail_is_its_share(
    answers: list[bool | None], level: float
) -> None:
    """At the lower bound as many responders or more have half of 1 - level, exactly."""
    (row,) = responder_table(answers, confidence_level=level)
    for share, k, n in (
        (row, row.responders, row.n),
        (row.missing_failed, row.responders, len(answers)),
    ):
        tail = (1 - level) / 2
        if k > 0:
            assert float(at_least(k, n, share.low)) == pytest.approx(tail, rel=1e-6)
        else:
            assert share.low == 0
        if k < n:
            above = 1 - at_least(k + 1, n, share.high)
            assert float(above) == pytest.approx(tail, rel=1e-6)
        else:
            assert share.high == 1
    assert row.missing_failed.n_missing == 0
    if row.n:
        assert row.missing_failed.estimate <= row.estimate


def test_r(reference: Callable[[str], list[dict[str, Any]]]) -> None:
    """Counts by group and both intervals are those of R."""
    cases = reference("responders.json")
    assert len(cases) == 120
    for case in cases:
        answers = np.atleast_1d(np.array(case["answer"], dtype=object)).tolist()
        groups = np.atleast_1d(np.array(case["group"], dtype=object)).tolist()
        found = responder_table(answers, group=groups, confidence_level=case["level"])
        assert len(found) == len(case["rows"])
        for row, expected in zip(found, case["rows"], strict=True):
            names = ("group", "responders", "n", "n_missing")
            assert [getattr(row, n) for n in names] == [expected[n] for n in names]
            np.testing.assert_allclose(
                [row.low, row.high], expected["interval"], rtol=1e-9
            )
            np.testing.assert_allclose(
                [row.missing_failed.low, row.missing_failed.high],
                expected["missing_failed"],
                rtol=1e-9,
            )


def test_what_scales_answer() -> None:
    """The answers of the scales go in as they are."""
    relieved = is_responder([8, 7, 0, 6], [3, 4, 0, None])
    (row,) = responder_table(relieved)
    assert (row.responders, row.n, row.n_missing) == (1, 2, 2)
    grades = score_change([31, 60, 44, None], [52, 51, 53, 70], rule="lefs-mdc90")
    (row,) = responder_table(grades == ChangeGrade.IMPROVED)
    assert (row.responders, row.n, row.n_missing) == (2, 3, 1)


@pytest.mark.parametrize(
    "answers",
    [
        [True, False, None],
        [1, 0, math.nan],
        [1.0, 0.0, None],
        np.array([1, 0, np.nan]),
        np.ma.MaskedArray([True, False, True], mask=[False, False, True]),
        pd.Series([True, False, None], dtype="boolean"),
        (True, False, pd.NA),
    ],
    ids=range(7),
)
def test_containers(answers: Any) -> None:
    """Every library's yes, no and missing are the same."""
    (row,) = responder_table(answers)
    assert (row.responders, row.n, row.n_missing) == (1, 2, 1)


def test_nobody() -> None:
    """Without patients, or without one who is known, nothing is known."""
    (row,) = responder_table([])
    assert math.isnan(row.estimate)
    assert (row.low, row.high, row.n, row.n_missing) == (0, 1, 0, 0)
    (row,) = responder_table([None, None])
    assert math.isnan(row.estimate)
    assert (row.missing_failed.estimate, row.missing_failed.n) == (0, 2)
    assert responder_table([], group=[]) == ()


def test_the_shares_are_those_of_proportion() -> None:
    """Every interval that a share can have, a row can have."""
    (row,) = responder_table([True] * 7 + [False] * 21, method="wilson")
    share = proportion(7, 28, method="wilson")
    assert (row.estimate, row.low, row.high) == (share.estimate, share.low, share.high)
    assert (row.method, row.confidence_level) == ("wilson", 0.95)


def test_the_table_of_two_groups_goes_into_a_test() -> None:
    """The counts of two rows are the table that a test of two shares takes."""
    rows = responder_table([True] * 7 + [False] * 5, group=["a"] * 6 + ["b"] * 6)
    table = [[row.responders, row.n - row.responders] for row in rows]
    assert table == [[6, 0], [1, 5]]
    assert barnard(table).n == 12


@pytest.mark.parametrize(
    ("answers", "message"),
    [
        ([True, 2], r"answers\[1\] must be True/1, False/0 or None, got 2"),
        ([0.5], r"answers\[0\] must be True/1, False/0 or None"),
        (["yes"], r"answers\[0\] must be a number or None"),
        ("yes", "answers must be a sequence of True, False and None"),
        (True, "answers must be a sequence of True, False and None"),
    ],
)
def test_messages(answers: Any, message: str) -> None:
    """What is neither yes nor no is named."""
    with pytest.raises(InputError, match=message):
        responder_table(answers)


def test_lengths() -> None:
    """A group for each patient."""
    with pytest.raises(InputError, match="group must be as long as answers"):
        responder_table([True, False], group=["a"])
