"""Planning the tests over visits: courses, their power and their size."""

import itertools
import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from iph.design import courses, power
from iph.errors import InputError, WorkError
from iph.stats import anova_type_statistic, friedman, group_by_visit, page_trend
from iph.testing import distributions

VALUES = [(0, 1), (1, 0), (1, 1)]
SHARES = [0.6, 0.1, 0.3]


def outcomes(n: int, shares: Any) -> list[tuple[tuple[int, ...], float]]:
    """Return the course of every patient, for all patients, with its chance."""
    return [
        (taken, math.prod(shares[course] for course in taken))
        for taken in itertools.product(range(len(shares)), repeat=n)
    ]


@pytest.mark.parametrize(
    ("name", "test"),
    [
        ("friedman", friedman),
        ("page-trend", page_trend),
        ("anova-type", anova_type_statistic),
    ],
)
def test_visits_of_one_group(name: Any, test: Any) -> None:
    """The power is the sum over every course of every patient."""
    level, expected = 0.3, 0.0
    for taken, chance in outcomes(5, SHARES):
        expected += chance * (test([VALUES[one] for one in taken]).p_value <= level)
    found = power(name, SHARES, 5, values=VALUES, level=level)
    assert found.method == "enumerated"
    assert found.power == pytest.approx(expected, abs=1e-12)
    # Nothing to find: as many go up as go down.
    null = power(name, [0.35, 0.35, 0.3], 5, values=VALUES, level=level)
    assert found.size == pytest.approx(null.power, abs=1e-12)
    assert null.size == pytest.approx(null.power, abs=1e-12)


@pytest.mark.parametrize(
    ("name", "effect"),
    [("group-over-visits", "group"), ("group-by-visit", "interaction")],
)
def test_visits_of_two_arms(name: Any, effect: str) -> None:
    """The power is the sum over every course of every patient of both arms."""
    level, expected, other = 0.2, 0.0, [0.2, 0.6, 0.2]
    for first, one in outcomes(3, SHARES):
        for second, two in outcomes(3, other):
            rows = [VALUES[course] for course in (*first, *second)]
            test = getattr(group_by_visit(rows, list("aaabbb")), effect)
            expected += one * two * (test.p_value <= level)
    found = power(name, [SHARES, other], 3, values=VALUES, level=level)
    assert found.method == "enumerated"
    assert found.power == pytest.approx(expected, abs=1e-12)
    average = [0.4, 0.35, 0.25]
    null = power(name, [average, average], 3, values=VALUES, level=level)
    assert found.size == pytest.approx(null.power, abs=1e-12)


def test_patients_lost_keep_what_was_seen() -> None:
    """Cut off before a visit, as many of those left before each: none is left out."""
    from iph.design._course_tests import with_dropouts
    from iph.design._planned_tests import assumed

    given = assumed(
        "anova-type",
        [0.25, 0.75],
        alternative="two-sided",
        values=[(0, 1, 2), (2, 1, 0)],
        loss=0.36,
    )
    found = with_dropouts(given, given.loss)
    assert found.arms.sum() == pytest.approx(1.0)
    shares = dict(zip(map(str, found.values), found.arms[0].tolist(), strict=True))
    assert shares["(0.0, nan, nan)"] == pytest.approx(0.25 * 0.2)
    assert shares["(0.0, 1.0, nan)"] == pytest.approx(0.25 * 0.8 * 0.2)
    assert shares["(2.0, 1.0, 0.0)"] == pytest.approx(0.75 * 0.64)
    planned = power(
        "anova-type",
        [0.25, 0.75],
        6,
        values=[(0, 1, 2), (2, 1, 0)],
        loss=0.3,
        n_simulations=20,
    )
    assert planned.n_missing == 0
    left_out = power("friedman", [0.5, 0.5], 6, values=[(0, 1), (1, 0)], loss=0.3)
    assert left_out.n_arms == (4,)


@settings(max_examples=50)  # each makes up to 256 courses
@given(
    table=st.integers(2, 4).flatmap(
        lambda grades: st.lists(distributions(grades), min_size=2, max_size=4)
    ),
    correlation=st.floats(0.0, 0.999),
)
def test_courses_have_the_grades_of_each_visit(
    table: list[list[float]], correlation: float
) -> None:
    """Whatever the correlation, the grades of each visit are as frequent as given."""
    found = courses([table], correlation=correlation)
    assert sum(found.arms[0]) == pytest.approx(1.0)
    for visit, row in enumerate(table):
        seen = np.zeros(len(row))
        for course, share in zip(found.values, found.arms[0], strict=True):
            seen[course[visit]] += share
        np.testing.assert_allclose(seen, row, atol=1e-9)


@settings(max_examples=30)  # each integrates the normal distribution four times
@given(
    first=distributions(3), second=distributions(3), correlation=st.floats(0.0, 0.95)
)
def test_two_visits_are_cut_from_a_normal_pair(
    first: list[float], second: list[float], correlation: float
) -> None:
    """Two visits have the chances of the bivariate normal distribution."""
    from scipy.stats import multivariate_normal, norm

    found = courses([[first, second]], correlation=correlation)
    chances = np.array(found.arms[0]).reshape(3, 3)
    edges = [norm.ppf(np.cumsum(one)[:2]) for one in (first, second)]
    pair = multivariate_normal(cov=[[1.0, correlation], [correlation, 1.0]])
    for i, a in enumerate(edges[0]):
        for j, b in enumerate(edges[1]):
            if np.isfinite([a, b]).all():
                below = chances[: i + 1, : j + 1].sum()
                assert below == pytest.approx(pair.cdf([a, b]), abs=1e-6)


def test_courses_that_cannot_be_planned() -> None:
    """Too many, arms that differ, or visits that are one and the same."""
    even = [0.25] * 4
    with pytest.raises(WorkError, match="65,536 courses"):
        courses([[even] * 8])
    with pytest.raises(InputError, match="as many visits"):
        courses([[even] * 2, [even] * 3])
    with pytest.raises(InputError, match="correlation"):
        courses([[even] * 2], correlation=1.0)
    with pytest.raises(InputError, match="at least two visits"):
        power("friedman", [0.5, 0.5], 5, values=[(1,), (2,)])
    with pytest.raises(InputError, match="lost are assumed by loss"):
        power("anova-type", [0.5, 0.5], 5, values=[(1, None), (2, 1)])


def test_an_arm_that_nobody_is_seen_in_finds_nothing() -> None:
    """With a patient an arm there is no variance, and no test."""
    found = power("group-by-visit", [SHARES, SHARES], 1, values=VALUES)
    assert found.power == 0.0
