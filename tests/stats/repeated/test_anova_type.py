"""The ANOVA-type statistic of repeated grades."""

import math
from collections.abc import Callable
from typing import Any

import attrs
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from iph.errors import InputError
from iph.stats import anova_type_statistic, probability_of_superiority
from iph.testing import rating_rows

Rows = list[list[int | None]]


def naive(rows: Rows) -> tuple[float, float]:
    """Return statistic and degrees of freedom cell by cell, with the matrix P."""
    known = [
        (i, j) for i, row in enumerate(rows) for j, v in enumerate(row) if v is not None
    ]
    ranks = dict(
        zip(known, stats.rankdata([rows[i][j] for i, j in known]), strict=True)
    )
    k, total = len(rows[0]), len(known)
    seen = [[i for i in range(len(rows)) if (i, j) in ranks] for j in range(k)]
    means = [sum(ranks[i, j] for i in seen[j]) / len(seen[j]) for j in range(k)]
    covariance = np.zeros((k, k))
    for j in range(k):
        for m in range(k):
            both = set(seen[j]) & set(seen[m])
            for i in both:
                product = (ranks[i, j] - means[j]) * (ranks[i, m] - means[m])
                divisor = (len(seen[j]) - 1) * (len(seen[m]) - 1) + len(both) - 1
                covariance[j, m] += product / divisor / total**2
    centering = np.eye(k) - 1 / k
    effects = (np.array(means) - 0.5) / total
    trace = np.trace(centering @ covariance)
    square = np.trace(centering @ covariance @ centering @ covariance)
    return float(effects @ centering @ effects / trace), float(trace**2 / square)


def test_reference(reference: Callable[[str], list[dict[str, Any]]]) -> None:
    """Statistic, degrees of freedom, p-value and effects are those of nparLD in R."""
    for case in reference("anova_type.json"):
        found = anova_type_statistic(case["rows"])
        np.testing.assert_allclose(
            [found.statistic, found.df, found.p_value, *found.relative_effects],
            [case["statistic"], case["df"], case["p_value"], *case["relative_effects"]],
            rtol=1e-9,
            atol=1e-12,
        )
        assert list(found.n_at_visit) == case["n_at_visit"]


@given(rows=rating_rows(missing=True))
def test_definition(rows: Rows) -> None:
    """The statistic is its definition wherever that divides by no zero."""
    found = anova_type_statistic(rows)
    if math.isnan(found.statistic):
        return
    statistic, df = naive(rows)
    assert found.statistic == pytest.approx(statistic, rel=1e-8, abs=1e-9)
    assert found.df == pytest.approx(df, rel=1e-8)
    expected = stats.chi2.sf(statistic * df, df)
    assert found.p_value == pytest.approx(expected, rel=1e-6, abs=1e-12)


@given(rows=rating_rows(missing=True), data=st.data())
def test_order_and_scale_do_not_matter(rows: Rows, data: st.DataObject) -> None:
    """Patients and visits may be moved, and grades stretched."""
    found = anova_type_statistic(rows)
    visits = data.draw(st.permutations(range(len(rows[0]))))
    moved = [[row[j] for j in visits] for row in data.draw(st.permutations(rows))]
    stretched = [[None if v is None else 3 * v**3 + v for v in row] for row in moved]
    other = anova_type_statistic(stretched)
    assert other.statistic == pytest.approx(found.statistic, rel=1e-9, nan_ok=True)
    assert other.df == pytest.approx(found.df, rel=1e-9, nan_ok=True)
    expected = [found.relative_effects[j] for j in visits]
    np.testing.assert_allclose(other.relative_effects, expected, rtol=1e-12)
    assert other.n_at_visit == tuple(found.n_at_visit[j] for j in visits)


@given(
    rows=rating_rows(missing=True, max_rows=5),
    counts=st.lists(st.integers(0, 3), min_size=5, max_size=5),
)
def test_weights_are_repeated_rows(rows: Rows, counts: list[int]) -> None:
    """Case counts give what the repeated rows give."""
    weights = counts[: len(rows)]
    repeated = [row for row, w in zip(rows, weights, strict=True) for _ in range(w)]
    if repeated:
        found = anova_type_statistic(rows, weights=weights)
        other = anova_type_statistic(repeated)
        np.testing.assert_allclose(
            [found.statistic, found.df, found.p_value, *found.relative_effects],
            [other.statistic, other.df, other.p_value, *other.relative_effects],
            rtol=1e-8,
            atol=1e-12,
        )
        names = ("n_at_visit", "n", "n_incomplete", "n_missing", "method")
        assert all(getattr(found, name) == getattr(other, name) for name in names)


@given(rows=rating_rows(missing=True))
def test_patients_and_effects(rows: Rows) -> None:
    """Patients add up, and the effects, weighted by patients, to one half."""
    found = anova_type_statistic(rows)
    seen = [sum(v is not None for v in row) for row in rows]
    k = len(rows[0])
    assert found.n == sum(s > 0 for s in seen)
    assert found.n_incomplete == sum(0 < s < k for s in seen)
    assert found.n_missing == sum(s == 0 for s in seen)
    pairs = [(e, m) for e, m in zip(found.relative_effects, found.n_at_visit) if m]  # noqa: B905 - of one result
    if pairs:
        total = sum(m for _, m in pairs)
        assert sum(e * m for e, m in pairs) / total == pytest.approx(0.5)


def test_effect_is_a_probability_of_superiority() -> None:
    """The effect of a visit is its probability of superiority over all visits."""
    rows = [[1, 4, 3], [2, 2, 5], [1, 3, 3], [0, 4, 4]]
    found = anova_type_statistic(rows)
    everything = [grade for row in rows for grade in row]
    for j, effect in enumerate(found.relative_effects):
        column = [row[j] for row in rows]
        expected = probability_of_superiority(column, everything).estimate
        assert effect == pytest.approx(expected)


def test_two_complete_visits_give_a_squared_t() -> None:
    """Of two visits it is the square of the paired t of the ranks, with df 1."""
    rows = [[1, 4], [2, 2], [1, 3], [0, 4], [3, 5]]
    ranks = stats.rankdata(rows).reshape(-1, 2)
    found = anova_type_statistic(rows)
    t = stats.ttest_rel(ranks[:, 0], ranks[:, 1]).statistic
    assert found.statistic == pytest.approx(t * t)
    assert found.df == pytest.approx(1.0)


@pytest.mark.parametrize(
    "rows",
    [
        [[2, 2, 2], [2, 2, 2], [2, 2, 2]],  # nothing varies
        [[1, 2], [1, 2], [1, 2]],  # the same change in everyone
        [[1, 5], [2, 6], [3, 7], [4, 8]],  # the ranks vary in parallel
        [[1, 2, None], [2, 3, None], [1, 1, 4]],  # one patient at a visit
        [[1, None], [2, None]],  # nobody at a visit
    ],
)
def test_undefined(rows: Any) -> None:
    """Without variance of changes there is no statistic; the effects remain."""
    found = anova_type_statistic(rows)
    assert math.isnan(found.statistic)
    assert math.isnan(found.df)
    assert math.isnan(found.p_value)
    assert not math.isnan(found.relative_effects[0])


def test_visits_that_no_patient_shares() -> None:
    """Two samples of different patients are independent: no covariance."""
    rows = [[1, None], [2, None], [4, None], [None, 3], [None, 5], [None, 5]]
    found = anova_type_statistic(rows)
    ranks = stats.rankdata([1, 2, 4, 3, 5, 5])
    first, second = ranks[:3], ranks[3:]
    error = first.var(ddof=1) / 3 + second.var(ddof=1) / 3
    assert found.statistic == pytest.approx((first.mean() - second.mean()) ** 2 / error)
    assert (found.n, found.n_incomplete) == (6, 6)


def test_nobody() -> None:
    """If nobody was seen nothing is defined."""
    found = anova_type_statistic([[None, None], [None, None]])
    assert math.isnan(found.p_value)
    assert all(math.isnan(effect) for effect in found.relative_effects)
    assert (found.n, found.n_missing) == (0, 2)


def test_refused() -> None:
    """One visit is no course."""
    with pytest.raises(InputError, match="at least 2 columns"):
        anova_type_statistic([[1], [2]])
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        anova_type_statistic([[1, 2], [2, 1]]).n = 3  # type: ignore[misc] # refused
