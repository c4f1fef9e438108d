"""Group, visit and their interaction."""

import math
from collections.abc import Callable
from typing import Any

import attrs
import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from scipy import stats

from iph.errors import InputError
from iph.stats import group_by_visit
from iph.testing import rating_rows

Rows = list[list[int | None]]
TESTS = ("group", "visit", "interaction")
GROUPS = st.lists(st.integers(0, 2), min_size=12, max_size=12)


def numbers(found: Any) -> list[float]:
    """Return what the three tests found, one after another."""
    return [
        value
        for name in TESTS
        for value in (
            getattr(found, name).statistic,
            getattr(found, name).df,
            getattr(found, name).df_error,
            getattr(found, name).p_value,
        )
    ]


def naive_effect(rows: Rows, group: list[int], g: int, visit: int) -> float:
    """Return a relative effect by comparing all pairs of grades."""
    everything = [grade for row in rows for grade in row if grade is not None]
    mine = [
        grade
        for row, label in zip(rows, group, strict=True)
        if label == g and (grade := row[visit]) is not None
    ]
    pairs = [(x > y) + (x == y) / 2 for x in mine for y in everything]
    return sum(pairs) / len(pairs) if pairs else math.nan


def naive_anova(rows: Rows, group: list[int], which: str) -> tuple[float, float]:
    """Return statistic and degrees of freedom cell by cell, with Kronecker products."""
    known = [
        (i, j) for i, row in enumerate(rows) for j, v in enumerate(row) if v is not None
    ]
    ranks = dict(
        zip(known, stats.rankdata([rows[i][j] for i, j in known]), strict=True)
    )
    names, t = sorted(set(group)), len(rows[0])
    cells = [(g, j) for g in names for j in range(t)]
    seen = {
        (g, j): [i for i, label in enumerate(group) if label == g and (i, j) in ranks]
        for g, j in cells
    }
    means = [sum(ranks[i, j] for i in seen[g, j]) / len(seen[g, j]) for g, j in cells]
    covariance = np.zeros((len(cells), len(cells)))
    for x, (g, j) in enumerate(cells):
        for y, (h, m) in enumerate(cells):
            both = set(seen[g, j]) & set(seen[h, m])
            for i in both:
                product = (ranks[i, j] - means[x]) * (ranks[i, m] - means[y])
                ones = (len(seen[g, j]) - 1) * (len(seen[h, m]) - 1)
                covariance[x, y] += product / (ones + len(both) - 1)
    a = len(names)
    contrasts = {
        "group": np.kron(np.eye(a) - 1 / a, np.ones((t, t)) / t),
        "visit": np.kron(np.ones((a, a)) / a, np.eye(t) - 1 / t),
        "interaction": np.kron(np.eye(a) - 1 / a, np.eye(t) - 1 / t),
    }
    T = contrasts[which]
    trace = np.trace(T @ covariance)
    square = np.trace(T @ covariance @ T @ covariance)
    return float(np.array(means) @ T @ means / trace), float(trace**2 / square)


def test_reference(reference: Callable[[str], list[dict[str, Any]]]) -> None:
    """Tests, effects and their variances are those of nparLD in R."""
    for case in reference("group_by_visit.json"):
        found = group_by_visit(case["rows"], case["group"])
        expected = [*case["anova"][0], *case["anova"][1], *case["anova"][2]]
        expected[2] = case["group_by_box"][3]
        ours = [
            value
            for test in (found.group, found.visit, found.interaction)
            for value in (test.statistic, test.df, test.p_value)
        ]
        np.testing.assert_allclose(ours, expected, rtol=1e-9, atol=1e-12)
        assert found.group.df_error == pytest.approx(case["group_by_box"][2])
        effects = [effect.estimate for effect in found.effects]
        np.testing.assert_allclose(effects, case["relative_effects"], rtol=1e-12)
        assert [effect.n for effect in found.effects] == case["n_at_visit"]
        if case.get("variance"):
            variance = [found.n * e.standard_error**2 for e in found.effects]
            np.testing.assert_allclose(variance, case["variance"], atol=1e-12)


def test_reference_by_wald(reference: Callable[[str], list[dict[str, Any]]]) -> None:
    """Where its covariance can be inverted, so is the Wald-type statistic."""
    compared = 0
    for case in reference("group_by_visit.json"):
        found = group_by_visit(case["rows"], case["group"], method="wald")
        for name, expected in zip(TESTS, case["wald"], strict=True):
            test = getattr(found, name)
            if not math.isnan(test.statistic):
                ours = [test.statistic, test.df, test.p_value]
                np.testing.assert_allclose(ours, expected, rtol=1e-6, atol=1e-12)
                compared += 1
    assert compared > 400


@given(rows=rating_rows(missing=True, max_rows=12, min_rows=4), groups=GROUPS)
@example(  # rounding set an effect above its upper limit
    rows=[
        *([None] * 4 for _ in range(3)),
        [None, None, 0, 0],
        [None, 0, 0, 0],
        [None, 0, 0, 0],
        [1, None, 0, 0],
    ],
    groups=[0, 0, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0],
)
def test_naive(rows: Rows, groups: list[int]) -> None:
    """All three statistics are those worked out cell by cell."""
    used = [i for i, row in enumerate(rows) if any(v is not None for v in row)]
    rows, group = [rows[i] for i in used], [groups[i] for i in used]
    if len(set(group)) < 2:
        return
    found = group_by_visit(rows, group)
    for name in TESTS:
        test = getattr(found, name)
        if not math.isnan(test.statistic):
            statistic, df = naive_anova(rows, group, name)
            assert test.statistic == pytest.approx(statistic)
            assert test.df == pytest.approx(df)
    for effect in found.effects:
        expected = naive_effect(rows, group, effect.group, effect.visit)
        assert effect.estimate == pytest.approx(expected, nan_ok=True)
        if not math.isnan(expected):
            assert 0.0 <= effect.low <= effect.estimate <= effect.high <= 1.0


@given(
    rows=rating_rows(missing=True, max_rows=12, min_rows=2),
    groups=GROUPS,
    order=st.randoms(),
)
def test_order_of_patients_groups_and_scale(
    rows: Rows, groups: list[int], order: Any
) -> None:
    """Neither the order of patients nor a change of scale matters, nor does a label."""
    group = groups[: len(rows)]
    seen = {
        g for g, row in zip(group, rows, strict=True) if any(v is not None for v in row)
    }
    if len(seen) < 2:
        return
    found = group_by_visit(rows, group)
    places = list(range(len(rows)))
    order.shuffle(places)
    stretched = [[None if v is None else 2 * v**3 + 1 for v in rows[i]] for i in places]
    other = group_by_visit(stretched, [f"arm {group[i]}" for i in places])
    np.testing.assert_allclose(numbers(found), numbers(other), rtol=1e-7, atol=1e-9)
    for effect, same in zip(found.effects, other.effects, strict=True):
        assert same.group == f"arm {effect.group}"
        for name in ("estimate", "low", "high", "n"):
            assert getattr(same, name) == pytest.approx(
                getattr(effect, name), nan_ok=True
            )


@given(rows=rating_rows(missing=True, max_rows=12, min_rows=2), groups=GROUPS)
def test_turned_scale(rows: Rows, groups: list[int]) -> None:
    """Grades counted from the other end turn each effect and leave the tests alone."""
    group = groups[: len(rows)]
    seen = {
        g for g, row in zip(group, rows, strict=True) if any(v is not None for v in row)
    }
    if len(seen) < 2:
        return
    found = group_by_visit(rows, group)
    turned = group_by_visit(
        [[None if v is None else -v for v in row] for row in rows], group
    )
    np.testing.assert_allclose(numbers(found), numbers(turned), rtol=1e-7, atol=1e-9)
    for effect, other in zip(found.effects, turned.effects, strict=True):
        ours = [effect.estimate, effect.low, effect.high]
        theirs = [1 - other.estimate, 1 - other.high, 1 - other.low]
        np.testing.assert_allclose(ours, theirs, atol=1e-9)


@given(
    rows=rating_rows(missing=True, min_rows=2, max_rows=6),
    groups=GROUPS,
    counts=st.lists(st.integers(0, 3), min_size=6, max_size=6),
)
def test_weights_are_repeated_rows(
    rows: Rows, groups: list[int], counts: list[int]
) -> None:
    """Case counts give what the repeated rows give."""
    weights, group = counts[: len(rows)], groups[: len(rows)]
    places = [i for i, w in enumerate(weights) for _ in range(w)]
    seen = {group[i] for i in places if any(v is not None for v in rows[i])}
    if len(seen) < 2:
        return
    found = group_by_visit(rows, group, weights=weights)
    other = group_by_visit([rows[i] for i in places], [group[i] for i in places])
    np.testing.assert_allclose(numbers(found), numbers(other), rtol=1e-7, atol=1e-9)
    for one, two in zip(found.effects, other.effects, strict=True):
        for field in attrs.fields(type(one)):
            ours, theirs = getattr(one, field.name), getattr(two, field.name)
            assert ours == pytest.approx(theirs, nan_ok=True)
    for name in ("n", "n_incomplete", "n_missing", "group_sizes"):
        assert getattr(found, name) == getattr(other, name)


@given(rows=rating_rows(missing=True, min_rows=3, max_rows=8))
def test_two_equal_groups_differ_in_nothing(rows: Rows) -> None:
    """If both groups are the same patients, only the visits can matter."""
    if not any(v is not None for row in rows for v in row):
        return
    found = group_by_visit(rows * 2, [0] * len(rows) + [1] * len(rows))
    for test in (found.group, found.interaction):
        assert math.isnan(test.statistic) or test.statistic == pytest.approx(
            0, abs=1e-9
        )


def test_two_groups_are_compared_by_welch_of_their_mean_ranks() -> None:
    """Of two groups without missing visits the group test is Welch's of mean ranks."""
    rows = [[1, 4], [2, 2], [1, 3], [0, 4], [3, 5], [4, 4], [5, 1], [5, 5]]
    group = list("aaaabbbb")
    ranks = stats.rankdata(rows).reshape(-1, 2).mean(axis=1)
    expected = stats.ttest_ind(ranks[:4], ranks[4:], equal_var=False)
    found = group_by_visit(rows, group).group
    assert found.statistic == pytest.approx(expected.statistic**2)
    assert found.df == pytest.approx(1.0)
    assert found.df_error == pytest.approx(expected.df)
    assert found.p_value == pytest.approx(expected.pvalue)


def test_wald_of_one_contrast_is_the_anova_type_statistic() -> None:
    """Of two groups and two visits each hypothesis is one contrast."""
    rows = [[1, 4], [2, 2], [1, 3], [0, 4], [3, 5], [4, 4], [5, 1], [5, 5]]
    box = group_by_visit(rows, list("aaaabbbb"))
    wald = group_by_visit(rows, list("aaaabbbb"), method="wald")
    for name in TESTS:
        assert getattr(wald, name).df == 1.0
        one, other = getattr(box, name).statistic, getattr(wald, name).statistic
        assert one == pytest.approx(other)
    assert wald.method == wald.visit.method == "wald"


@pytest.mark.parametrize(
    ("rows", "group"),
    [
        ([[2, 2]] * 4, "aabb"),  # nothing varies
        ([[1, 2], [1, 2], [5, 7], [5, 7]], "aabb"),  # nothing varies within a group
        ([[1, 2], [2, 1], [3, 4]], "aab"),  # a group of one patient
        ([[1, 2], [2, 1], [3, None], [4, 1]], "aabb"),  # one patient at a visit
        ([[1, 2], [2, 1], [None, 2], [None, 1]], "aabb"),  # nobody at a visit
    ],
)
@pytest.mark.parametrize("method", ["box", "wald"])
def test_undefined(rows: Any, group: str, method: Any) -> None:
    """Without variance or patients there is no test; the effects remain."""
    found = group_by_visit(rows, list(group), method=method)
    assert all(math.isnan(value) for value in numbers(found))
    assert found.effects[0].estimate > 0.0


def test_intervals_where_little_is_known() -> None:
    """A group of one patient or none at a visit leaves all open."""
    found = group_by_visit([[1, 2], [2, 1], [3, None]], list("aab"))
    empty = found.effects[3]
    assert math.isnan(empty.estimate)
    assert (empty.n, empty.n_missing) == (0, 1)
    assert all((e.low, e.high) == (0.0, 1.0) for e in found.effects)
    assert math.isnan(found.effects[0].standard_error)
    apart = group_by_visit([[1, 9], [1, 9], [1, None], [1, 9]], list("aabb"))
    assert 0.0 < apart.effects[0].low < apart.effects[0].estimate
    assert apart.effects[1].estimate < apart.effects[1].high < 1.0
    alone = group_by_visit([[1, None], [2, None], [None, 2], [None, 2]], list("aabb"))
    assert [e.n for e in alone.effects] == [2, 0, 0, 2]


def test_patients_are_counted() -> None:
    """Who has no group or was never seen is missing, and counted."""
    rows = [[1, 2], [2, None], [3, 4], [4, 4], [None, None], [5, 5]]
    found = group_by_visit(rows, ["a", "a", "b", "b", "b", None])
    assert (found.n, found.n_incomplete, found.n_missing) == (4, 1, 2)
    assert found.groups == ("a", "b")
    assert found.group_sizes == (2, 2)


def test_refused() -> None:
    """One group, one visit, or columns that do not fit are refused."""
    with pytest.raises(InputError, match="at least two groups"):
        group_by_visit([[1, 2], [2, 1]], ["a", "a"])
    with pytest.raises(InputError, match="at least two groups"):
        group_by_visit([[1, 2], [None, None]], ["a", "b"])
    with pytest.raises(InputError, match="at least 2 columns"):
        group_by_visit([[1], [2]], ["a", "b"])
    with pytest.raises(InputError, match="group must be as long as rows"):
        group_by_visit([[1, 2], [2, 1]], ["a", "b", "a"])
    with pytest.raises(InputError, match="method must be"):
        group_by_visit([[1, 2], [2, 1]], ["a", "b"], method="exact")  # type: ignore[arg-type] # refused


@given(
    rows=rating_rows(max_rows=12, min_rows=4), groups=GROUPS, visit=st.integers(0, 2)
)
def test_contrast_by_influence(rows: Rows, groups: list[int], visit: int) -> None:
    """A contrast has the variance of what each patient adds, found by leaving out.

    With everybody seen, what a patient adds to first order is the limit of counting the
    patient a little more, less what that changes in the share of the group.
    """
    group = [min(label, 1) for label in groups[: len(rows)]]
    group[:4] = [0, 0, 1, 1]
    visit = min(visit, len(rows[0]) - 1)
    weights = np.zeros((2, len(rows[0])))
    weights[0, visit], weights[1, 0] = 1.0, -1.0
    found = group_by_visit(rows, group).contrast(weights)
    many = 10**6

    def value(counts: list[int]) -> float:
        repeated = group_by_visit(rows, group, weights=counts)
        effects = [effect.estimate for effect in repeated.effects]
        return float(np.ravel(weights) @ effects)

    plain = [many] * len(rows)
    at = value(plain)
    assert found.estimate == pytest.approx(at, abs=1e-12)
    added = []
    for place in range(len(rows)):
        more = list(plain)
        more[place] += 1
        added.append((value(more) - at) * many)
    variance = 0.0
    for label in (0, 1):
        mine = [a for a, other in zip(added, group, strict=True) if other == label]
        variance += float(np.var(mine, ddof=1)) * len(mine)
    assert found.standard_error**2 == pytest.approx(
        max(variance, floor_of(rows, group, weights)), rel=1e-3, abs=1e-7
    )


def floor_of(rows: Rows, group: list[int], weights: Any) -> float:
    """Return the least variance: a tenth of that of independent yes/no."""
    found = group_by_visit(rows, group)
    total = 0.0
    for effect, weight in zip(found.effects, np.ravel(weights), strict=True):
        share = (effect.estimate * effect.n + 0.5) / (effect.n + 1)
        total += 0.1 * weight**2 * share * (1 - share) / effect.n
    return total


def test_contrast_interval_and_test() -> None:
    """Interval and p-value are those of Student, and change sign with the weights."""
    rng = np.random.default_rng(5)
    rows = rng.integers(0, 6, (24, 3)) + np.arange(3)
    group = [0] * 10 + [1] * 14
    found = group_by_visit(rows, group)
    one = found.contrast([[-1, 0, 1], [1, 0, -1]])
    other = found.contrast([[1, 0, -1], [-1, 0, 1]], confidence_level=0.8)
    assert (one.estimate, one.p_value) == (-other.estimate, other.p_value)
    assert 9 <= one.df <= 22
    t = one.estimate / one.standard_error
    assert one.statistic == pytest.approx(t)
    assert one.p_value == pytest.approx(2 * stats.t.sf(abs(t), one.df))
    reach = stats.t.ppf(0.9, one.df) * one.standard_error
    assert other.high - other.estimate == pytest.approx(reach)
    assert one.weights == ((-1.0, 0.0, 1.0), (1.0, 0.0, -1.0))
    doubled = found.contrast([[-2, 0, 2], [2, 0, -2]])
    assert doubled.p_value == pytest.approx(one.p_value)


def test_contrast_without_variance() -> None:
    """Equal grades leave an interval around 0; a group of one patient leaves none."""
    equal = group_by_visit([[1, 1]] * 6, [0, 0, 0, 1, 1, 1]).contrast([[1, -1], [0, 0]])
    assert (equal.estimate, equal.p_value) == (0.0, 1.0)
    assert equal.low == -equal.high < 0
    alone = group_by_visit([[1, 2]] * 4, [0, 0, 0, 1]).contrast([[1, -1], [0, 0]])
    assert math.isnan(alone.standard_error)
    assert math.isnan(alone.low)
    assert math.isnan(alone.p_value)


@pytest.mark.parametrize(
    ("weights", "match"),
    [
        ([[1, -1]], "a table of 2 groups and 3 visits"),
        ([[1, 0, 0], [0, 0, 0]], "add up to 0"),
        ([[0, 0, 0], [0, 0, 0]], "not all 0"),
        ([[1, -1, 0], [1, -1]], "a table of 2 groups and 3 visits"),
        (3, "a table of 2 groups and 3 visits"),
    ],
)
def test_contrast_messages(weights: Any, match: str) -> None:
    """Weights that are no contrast are refused."""
    found = group_by_visit([[1, 2, 3]] * 4, [0, 0, 1, 1])
    with pytest.raises(InputError, match=match):
        found.contrast(weights)
