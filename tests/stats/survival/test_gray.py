import math
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given
from hypothesis.strategies import SearchStrategy

from iph.errors import DataError, InputError
from iph.stats import GrayTest, gray_test

Rows = list[tuple[int, int, int]]


def grouped(groups: int = 3) -> SearchStrategy[Rows]:
    """Days, ends of observation and groups, with an event of cause 1 in each."""
    row = st.tuples(st.integers(0, 9), st.integers(0, 2), st.integers(0, groups - 1))
    return st.lists(row, min_size=2, max_size=25).map(
        lambda rows: [*rows, *((4 + g, 1, g) for g in range(groups))]
    )


def columns(rows: Rows) -> tuple[list[int], list[int], list[int]]:
    """Return days, statuses and groups."""
    return [r[0] for r in rows], [r[1] for r in rows], [r[2] for r in rows]


def same(one: GrayTest, other: GrayTest) -> None:
    """Check that two tests are the same."""
    assert one.statistic == pytest.approx(other.statistic, rel=1e-7, nan_ok=True)
    assert one.p_value == pytest.approx(other.p_value, rel=1e-7, nan_ok=True)
    assert (one.df, one.n) == (other.df, other.n)


def naive_scores(rows: Rows, groups: int) -> list[Fraction]:
    """Sum observed less expected over the subdistribution risk sets, in fractions."""
    survival = [Fraction(1)] * groups
    incidence = [Fraction(0)] * groups
    scores = [Fraction(0)] * groups
    for day in sorted({r[0] for r in rows}):
        n = [sum(t >= day and g == k for t, _, g in rows) for k in range(groups)]
        d = [
            sum(t == day and s == 1 and g == k for t, s, g in rows)
            for k in range(groups)
        ]
        every = [
            sum(t == day and s > 0 and g == k for t, s, g in rows)
            for k in range(groups)
        ]
        kept = [
            n[k] * (1 - incidence[k]) / survival[k] if n[k] else Fraction(0)
            for k in range(groups)
        ]
        for k in range(groups):
            if sum(d):
                scores[k] += d[k] - kept[k] * sum(d) / sum(kept)
        for k in range(groups):
            if n[k]:
                incidence[k] += survival[k] * Fraction(d[k], n[k])
                survival[k] *= 1 - Fraction(every[k], n[k])
    return scores


def test_reference(reference: Callable[[str], list[dict[str, Any]]]) -> None:
    """Statistic and p-value are those of R's cmprsk, with ties, strata and rho."""
    compared = 0
    for case in reference("competing_risks.json"):
        out = case["out"]
        if "statistic" not in out:
            continue
        compared += 1
        found = gray_test(
            case["time"],
            case["status"],
            case["group"],
            cause=1,
            rho=case["rho"],
            strata=case.get("strata"),
            weights=case.get("weights"),
        )
        if out["statistic"] is None:  # cmprsk stops at a singular covariance
            assert found.df < out["df"], case["name"]
            assert math.isnan(found.statistic) == (found.df == 0)
            continue
        assert found.df == out["df"]
        assert found.statistic == pytest.approx(out["statistic"], rel=1e-9, abs=1e-9)
        assert found.p_value == pytest.approx(out["p_value"], rel=1e-9, abs=1e-9)
    assert compared >= 200


@given(grouped())
def test_naive_scores(rows: Rows) -> None:
    """The scores are observed less expected in each group, and sum to zero."""
    found = gray_test(*columns(rows), cause=1)
    expected = [float(score) for score in naive_scores(rows, 3)]
    np.testing.assert_allclose(found.scores, expected, rtol=0, atol=1e-12)
    assert abs(found.scores.sum()) < 1e-12


@given(grouped(), st.permutations(range(3)), st.randoms(use_true_random=False))
def test_relabeling_and_row_order(rows: Rows, labels: list[int], random: Any) -> None:
    """Neither the names of the groups nor the order of the rows matter."""
    mixed = [(t, s, labels[g]) for t, s, g in rows]
    random.shuffle(mixed)
    one, other = (gray_test(*columns(r), cause=1) for r in (rows, mixed))
    same(one, other)
    np.testing.assert_allclose(
        other.scores[[labels[g] for g in range(3)]], one.scores, atol=1e-12
    )


@given(grouped(), st.floats(-1, 2))
def test_monotone_transform_of_time(rows: Rows, rho: float) -> None:
    """Only the order of the days matters."""
    time, status, group = columns(rows)
    one = gray_test(time, status, group, cause=1, rho=rho)
    squared = gray_test([t * t + 0.5 for t in time], status, group, cause=1, rho=rho)
    np.testing.assert_equal(one.statistic, squared.statistic)


@given(grouped(2), st.data())
def test_weights_repeat(rows: Rows, data: st.DataObject) -> None:
    """A case count is the same as that many rows."""
    time, status, group = (np.array(column) for column in columns(rows))
    weights = np.array([data.draw(st.integers(0, 3)) for _ in rows[:-2]] + [1, 1])
    copies = np.repeat(np.arange(time.size), weights)
    same(
        gray_test(time, status, group, cause=1, weights=weights),
        gray_test(time[copies], status[copies], group[copies], cause=1),
    )


@given(grouped(2))
def test_strata_that_hold_nothing_new(rows: Rows) -> None:
    """One stratum is no stratum, and two equal strata double the statistic."""
    time, status, group = columns(rows)
    plain = gray_test(time, status, group, cause=1)
    same(plain, gray_test(time, status, group, cause=1, strata=["a"] * len(rows)))
    doubled = gray_test(
        time * 2,
        status * 2,
        group * 2,
        cause=1,
        strata=[0] * len(rows) + [1] * len(rows),
    )
    assert doubled.statistic == pytest.approx(
        2 * plain.statistic, rel=1e-7, nan_ok=True
    )


@given(grouped(2))
def test_other_causes_are_one(rows: Rows) -> None:
    """Whether the competing events have one name or several does not matter."""
    time, status, group = columns(rows)
    split = [s + (s == 2 and t % 2) for t, s in zip(time, status, strict=True)]
    same(
        gray_test(time, status, group, cause=1),
        gray_test(time, split, group, cause=1),
    )


def test_missing_is_counted() -> None:
    """Rows without time, status, group or stratum are left out and counted."""
    found = gray_test(
        [1, 2, 3, 4, None, 2, 2, 2],
        [1, 1, 0, 1, 1, None, 1, 1],
        ["a", "b", "a", "b", "a", "a", None, "a"],
        cause=1,
        strata=[0, 0, 0, 0, 0, 0, 0, None],
        weights=[1, 1, 1, 1, 2, 3, 4, 5],
    )
    assert (found.n, found.n_missing) == (4, 14)
    assert (found.groups, found.cause, found.rho) == (("a", "b"), 1, 0.0)
    assert found.method == "asymptotic"


def test_missing_group_in_a_later_stratum() -> None:
    """A patient of an unknown group belongs to no group of any stratum."""
    columns: dict[str, list[Any]] = {
        "time": [1, 2, 3, 4, 1, 2, 3, 4],
        "status": [1, 1, 0, 1, 1, 2, 1, 1],
        "group": ["a", "b", "a", "b", "a", "b", "b", "a"],
        "strata": [0, 0, 0, 0, 1, 1, 1, 1],
    }
    whole = gray_test(**columns, cause=1)  # type: ignore[arg-type] # all columns
    for stratum in (0, 1):
        more = {
            name: [*values, added]
            for (name, values), added in zip(
                columns.items(), (2, 1, None, stratum), strict=True
            )
        }
        found = gray_test(**more, cause=1)  # type: ignore[arg-type] # all columns
        assert (found.n, found.n_missing) == (8, 1)
        assert found.statistic == whole.statistic


def test_groups_that_never_meet() -> None:
    """Groups that are not at risk together cannot be compared: NaN."""
    found = gray_test([1, 2, 3, 4], [2, 2, 1, 1], [0, 0, 1, 1], cause=1)
    assert math.isnan(found.statistic)
    assert math.isnan(found.p_value)
    assert found.df == 0
    censored = gray_test([1, 2], [0, 0], [0, 1], cause=1)
    assert math.isnan(censored.p_value)


def test_no_positive_variance() -> None:
    """Where ties leave a variance below zero there is no statistic, not a negative."""
    found = gray_test([0, 2, 2, 0, 2], [0, 1, 1, 1, 1], [0, 1, 0, 1, 0], cause=1)
    assert math.isnan(found.statistic)
    assert math.isnan(found.p_value)


def test_pooled_incidence_beyond_one() -> None:
    """Groups that run out early push the pooled estimate past 1; the rest goes on.

    R 4.2.2, cmprsk 2.2-11: cuminc(t, s, g, rho = r)$Tests.
    """
    time = [1, 1, 1, 2, 3, 4, 5, 6, 7, 8, 9, 9]
    status = [1, 1, 1, 1, 1, 1, 1, 2, 1, 1, 1, 0]
    group = [1, 1, 1, 2, 3, 2, 3, 2, 3, 2, 2, 3]
    expected = {0.0: 11.00277, 0.5: 11.00922, 1.0: 11.00435, -1.0: 11.02774}
    for rho, statistic in expected.items():
        found = gray_test(time, status, group, cause=1, rho=rho)
        assert round(found.statistic, 5) == statistic


def test_pooled_incidence_of_exactly_one() -> None:
    """Events after the pooled estimate has come to 1 weigh nothing.

    Without competing events and censorings only the first day compares both groups:
    the score 1 has the hypergeometric variance 2 (4 - 2) / (4 - 1) / 4 = 1 / 3.
    """
    found = gray_test([1, 1, 2, 3], [1, 1, 1, 1], [1, 1, 2, 2], cause=1)
    assert found.scores.tolist() == pytest.approx([1.0, -1.0], abs=1e-14)
    assert found.statistic == pytest.approx(3.0, rel=1e-12)


def test_messages() -> None:
    """There must be two groups, a cause that occurs, and columns of one length."""
    with pytest.raises(DataError, match="two or more groups with patients, got 1"):
        gray_test([1, 2], [1, 0], ["a", "a"], cause=1)
    with pytest.raises(DataError, match="got 0"):
        gray_test([], [], [], cause=1)
    with pytest.raises(DataError, match="got 0"):
        gray_test([], [], [], cause=1, strata=[])
    with pytest.raises(DataError, match="got 0"):
        gray_test([1, 2], [1, 0], ["a", "b"], cause=1, strata=[None, None])
    with pytest.raises(DataError, match="got 1"):
        gray_test([1, 2], [1, 0], ["a", "b"], cause=1, weights=[1, 0])
    with pytest.raises(InputError, match="cause must be one of the causes"):
        gray_test([1, 2], [1, 0], ["a", "b"], cause=3)
    with pytest.raises(InputError, match="group must be as long as status"):
        gray_test([1, 2], [1, 0], ["a"], cause=1)
    with pytest.raises(InputError, match="strata must be as long as status"):
        gray_test([1, 2], [1, 0], ["a", "b"], cause=1, strata=[1])
    with pytest.raises(InputError, match="rho must be a number, got None"):
        gray_test([1, 2], [1, 0], ["a", "b"], cause=1, rho=None)  # type: ignore[arg-type] # refused


def test_group_never_compared_lowers_the_degrees_of_freedom() -> None:
    """A group lost before the first event adds nothing: the test is that of the rest.

    `logrank` does the same; R's cmprsk refuses, and the result used to be NaN.
    """
    time = [3, 5, 5, 7, 9, 9, 12, 14, 20, 20]
    status = [1, 2, 1, 0, 1, 1, 2, 1, 1, 0]
    group = [1, 0, 1, 1, 0, 1, 0, 0, 1, 0]
    rest = gray_test(time, status, group, cause=1)
    all_three = gray_test([*time, 1, 2], [*status, 0, 0], [*group, 2, 2], cause=1)
    assert (rest.df, all_three.df) == (1, 1)
    assert all_three.statistic == pytest.approx(rest.statistic, rel=1e-9)
    assert all_three.p_value == pytest.approx(rest.p_value, rel=1e-9)


def test_nothing_compared_has_no_degrees_of_freedom() -> None:
    """Groups that are never at risk together give NaN with df 0, as in `logrank`."""
    found = gray_test([1, 2, 3, 4], [0, 0, 1, 1], ["a", "a", "b", "b"], cause=1)
    assert found.df == 0
    assert math.isnan(found.statistic)
    assert math.isnan(found.p_value)


def test_mistyped_censored_is_refused() -> None:
    """Text labels without the one for censored are a slip, not a series of events."""
    ends = ["recovered", "died", "lost", "recovered"]
    for wrong in (0, "last seen"):
        with pytest.raises(InputError, match=r"censored must be one of"):
            gray_test(
                [1, 2, 3, 4], ends, [0, 1, 0, 1], cause="recovered", censored=wrong
            )
