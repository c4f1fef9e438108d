"""Observed and expected events and their covariance, by hand and by enumeration."""

import itertools
from fractions import Fraction
from math import comb, sqrt
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from iph.errors import InputError
from iph.stats._survival.logrank_terms import (
    Weighting,
    at_least_two,
    event_times,
    moments,
    strata_tables,
    weighting,
)
from iph.stats._survival.survival_table import SurvivalRows, survival_rows

Patient = tuple[int, bool, int, int]
RULES = ("logrank", "gehan", "tarone-ware", "peto", "fleming-harrington")


def patients(groups: int) -> st.SearchStrategy[list[Patient]]:
    """Day, event, group and stratum of each patient; every group is present."""
    row = st.tuples(
        st.integers(0, 6),
        st.booleans(),
        st.integers(0, groups - 1),
        st.integers(0, 2),
    )
    present = [(g, True, g, 0) for g in range(groups)]
    return st.lists(row, max_size=12).map(lambda rows: present + rows)


def read(rows: list[Patient], *, strata: bool) -> SurvivalRows:
    """Return the checked columns."""
    day, event, group, stratum = map(list, zip(*rows, strict=True))
    return survival_rows(day, event, group=group, strata=stratum if strata else None)


def rule_of(kind: str) -> Weighting:
    """Return a rule, late differences weighted most by the one with exponents."""
    late = kind == "fleming-harrington"
    return weighting(kind, 0.5 if late else 0.0, 1.0 if late else 0.0)


def weight_of(kind: str, at_risk: int, survival: Fraction) -> float:
    """Return the weight of one event time; the survival is that just before it."""
    if kind == "fleming-harrington":
        return sqrt(survival) * float(1 - survival)
    weights = {
        "logrank": 1.0,
        "gehan": float(at_risk),
        "tarone-ware": sqrt(at_risk),
        "peto": float(survival),
    }
    return weights[kind]


def hypergeometric(taken: int, mine: int, others: int) -> tuple[Fraction, Fraction]:
    """Return the mean and variance of one group's events, by listing the counts."""
    total = comb(mine + others, taken)
    chances = {
        x: Fraction(comb(mine, x) * comb(others, taken - x), total)
        for x in range(taken + 1)
        if x <= mine and taken - x <= others
    }
    mean = sum((x * p for x, p in chances.items()), Fraction(0))
    return mean, sum((x * x * p for x, p in chances.items()), -mean * mean)


def by_hand(rows: list[Patient], kind: str, groups: int) -> tuple[Any, Any, Any]:
    """Return observed, expected and covariance, day by day and group by group."""
    observed, expected = np.zeros(groups), np.zeros(groups)
    covariance = np.zeros((groups, groups))
    for stratum in sorted({row[3] for row in rows}):
        mine = [row for row in rows if row[3] == stratum]
        survival = Fraction(1)
        for day in sorted({row[0] for row in mine if row[1]}):
            risk = [sum(r[0] >= day and r[2] == g for r in mine) for g in range(groups)]
            seen = [
                sum(r[0] == day and r[1] and r[2] == g for r in mine)
                for g in range(groups)
            ]
            n, d = sum(risk), sum(seen)
            weight = weight_of(kind, n, survival)
            single = [hypergeometric(d, k, n - k) for k in risk]
            for g in range(groups):
                observed[g] += weight * seen[g]
                expected[g] += weight * float(single[g][0])
            for g, h in itertools.product(range(groups), repeat=2):
                # Of a pair: half of the variance of the sum, less those of the parts.
                both = hypergeometric(d, risk[g] + risk[h], n - risk[g] - risk[h])[1]
                pair = (both - single[g][1] - single[h][1]) / 2
                covariance[g, h] += weight**2 * float(pair) if g != h else 0.0
            survival *= 1 - Fraction(d, n)
    return observed, expected, covariance


@pytest.mark.parametrize("strata", [False, True])
@pytest.mark.parametrize("kind", RULES)
@pytest.mark.parametrize("groups", [2, 3])
@given(data=st.data())
def test_moments_are_those_of_all_counts(
    data: st.DataObject, kind: str, groups: int, *, strata: bool
) -> None:
    """Sums over days and strata of hypergeometric means and covariances."""
    rows = data.draw(patients(groups))
    found = moments(strata_tables(read(rows, strata=strata)), rule_of(kind))
    if not strata:
        rows = [(*row[:3], 0) for row in rows]
    observed, expected, covariance = by_hand(rows, kind, groups)
    np.testing.assert_allclose(found.observed, observed, rtol=1e-11, atol=1e-11)
    np.testing.assert_allclose(found.expected, expected, rtol=1e-11, atol=1e-11)
    np.testing.assert_allclose(found.exchanges, -covariance, rtol=1e-11, atol=1e-11)
    assert found.observed.sum() == pytest.approx(found.expected.sum(), abs=1e-9)


def test_two_patients_at_risk() -> None:
    """The last two, one a group: expected one half, variance one quarter."""
    rows = [(1, True, 0, 0), (2, True, 1, 0)]
    found = moments(strata_tables(read(rows, strata=False)), rule_of("logrank"))
    assert found.observed.tolist() == [1.0, 1.0]
    assert found.expected.tolist() == [0.5, 1.5]
    assert found.exchanges.tolist() == [[0.0, 0.25], [0.25, 0.0]]


def test_every_stratum_counts() -> None:
    """Two strata alike have twice the moments of one."""
    rows = [(1, True, 0, 0), (2, False, 0, 0), (2, True, 1, 0), (3, True, 1, 0)]
    again = [(day, event, group, 1) for day, event, group, _ in rows]
    one = moments(strata_tables(read(rows, strata=True)), rule_of("logrank"))
    two = moments(strata_tables(read(rows + again, strata=True)), rule_of("logrank"))
    np.testing.assert_allclose(two.observed, 2 * one.observed, rtol=1e-14)
    np.testing.assert_allclose(two.expected, 2 * one.expected, rtol=1e-14)
    np.testing.assert_allclose(two.exchanges, 2 * one.exchanges, rtol=1e-14)


def test_tables_of_strata() -> None:
    """One table a stratum, in their order; one of all without strata or patients."""
    rows = [(4, True, 0, 9), (5, False, 1, 2), (6, True, 1, 9)]
    tables = strata_tables(read(rows, strata=True))
    assert [table.n for table in tables] == [1, 2]
    assert [table.time.tolist() for table in tables] == [[5.0], [4.0, 6.0]]
    assert all(table.groups == (0, 1) for table in tables)
    (table,) = strata_tables(read(rows, strata=False))
    assert table.time.tolist() == [4.0, 5.0, 6.0]
    nobody = survival_rows([], [], group=[], strata=[])
    assert [table.n for table in strata_tables(nobody)] == [0]


def test_event_times_alone() -> None:
    """Days of censorings are left out; the numbers at risk are those of the day."""
    rows = [(1, False, 0, 0), (2, True, 0, 0), (2, True, 1, 0), (3, False, 1, 0)]
    (table,) = strata_tables(read([*rows, (4, True, 1, 0)], strata=False))
    events, at_risk, events_g, at_risk_g = event_times(table)
    assert events.tolist() == [2, 1]
    assert at_risk.tolist() == [4, 1]
    assert events_g.tolist() == [[1, 0], [1, 1]]
    assert at_risk_g.tolist() == [[1, 0], [3, 1]]


def test_a_comparison_needs_two_groups() -> None:
    """One group, or none, cannot be compared; two can."""
    for groups in ((), ("one",)):
        with pytest.raises(InputError, match="labels of at least two groups"):
            at_least_two(groups)
    at_least_two(("one", "other"))
