"""Log-rank scores as whole numbers, against fractions by the definition."""

from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from iph.errors import WorkError
from iph.stats._survival import logrank_scores as _logrank_scores
from iph.stats._survival.logrank_scores import StratumScores, pools
from iph.stats._survival.logrank_terms import exact_weights, strata_tables, weighting
from iph.stats._survival.survival_table import survival_rows
from iph.testing import survival_data

Rows = tuple[list[int], list[bool], list[int]]
RULES = {
    kind: weighting(kind, 0, 0) for kind in ("logrank", "gehan", "peto", "tarone-ware")
}


def by_definition(rows: Rows, kind: str) -> list[tuple[Fraction, list[int]]]:
    """Return w - H after an event and -H after a censoring, with cases by group."""
    time, event, group = rows
    found: list[tuple[Fraction, list[int]]] = []
    days = sorted(set(time))
    events = [sum(e and s == t for s, e in zip(time, event, strict=True)) for t in days]
    at_risk = [sum(s >= t for s in time) for t in days]
    hit = [i for i, d in enumerate(events) if d]
    weights = dict(
        zip(
            hit,
            exact_weights(
                RULES[kind], [events[i] for i in hit], [at_risk[i] for i in hit]
            )
            if kind != "logrank"
            else [Fraction(1)] * len(hit),
            strict=True,
        )
    )
    risen = Fraction(0)
    for i, day in enumerate(days):
        if i in weights:
            risen += weights[i] * Fraction(events[i], at_risk[i])
        for happened, score in ((True, weights.get(i, Fraction(0))), (False, 0)):
            cases = [
                sum(
                    s == day and e == happened and g == label
                    for s, e, g in zip(time, event, group, strict=True)
                )
                for label in sorted(set(group))
            ]
            if any(cases):
                found.append((score - risen, cases))
    return found


@given(survival_data(groups=3), st.sampled_from(sorted(RULES)))
def test_scores_are_as_defined(rows: Rows, kind: str) -> None:
    """Scores, cases, sums of the groups and the variance are those of fractions."""
    table = survival_rows(rows[0], rows[1], group=rows[2])
    (pool,) = pools(strata_tables(table), RULES[kind])
    expected = by_definition(rows, kind)
    assert [Fraction(s, pool.scale) for s in pool.scores] == [s for s, _ in expected]
    assert [list(row) for row in pool.table] == [cases for _, cases in expected]
    assert list(pool.counts) == [sum(cases) for _, cases in expected]
    assert pool.error == 0
    groups = range(len(set(rows[2])))
    assert list(pool.sizes) == [sum(c[g] for _, c in expected) for g in groups]
    assert [Fraction(s, pool.scale) for s in pool.sums] == [
        sum((s * c[g] for s, c in expected), Fraction(0)) for g in groups
    ]
    n = len(rows[0])
    assert pool.n == n
    squares = sum((s * s * sum(c) for s, c in expected), Fraction(0))
    assert pool.variance == squares / max(n * (n - 1), 1)
    assert sum(pool.sums) == 0


@pytest.mark.parametrize("kind", ["logrank", "peto", "tarone-ware"])
@pytest.mark.parametrize("strata", [None, [0, 1, 1] * 10])
def test_cut_scores_keep_96_digits(
    kind: str, strata: list[int] | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Scores that are cut are off by no more than they say, at the 96th binary digit.

    What they say is no more than a unit for each number that was rounded down.
    """
    rng = np.random.default_rng(3)
    rows = survival_rows(
        rng.permutation(30) // 2,
        rng.random(30) < 0.7,
        group=np.arange(30) % 2,
        strata=strata,
    )
    tables: Any = strata_tables(rows)
    exact = pools(tables, RULES[kind], cut=True)
    assert {pool.error for pool in exact} == {0}
    monkeypatch.setattr(_logrank_scores, "_MOST_BITS", 4)
    cut = pools(tables, RULES[kind], cut=True)
    assert [pool.scale for pool in cut] == [2**96] * len(exact)
    for whole, short, table in zip(exact, cut, tables, strict=True):
        off = [
            abs(Fraction(a, whole.scale) - Fraction(b, short.scale))
            for a, b in zip(whole.scores, short.scores, strict=True)
        ]
        jumps = int(table.events.any(axis=0).sum())
        assert 0 < max(off) <= Fraction(short.error, 2**96)
        assert short.error <= jumps + 1
        assert (short.table, short.sizes) == (whole.table, whole.sizes)


def test_common_denominators_as_long_as_the_limit(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A denominator of as many bits as are allowed is kept; one more is too long."""
    rows = survival_rows(range(8), [True] * 8, group=[0, 1] * 4)
    tables: Any = strata_tables(rows)
    (exact,) = pools(tables, RULES["logrank"])
    bits = exact.scale.bit_length()
    monkeypatch.setattr(_logrank_scores, "_MOST_BITS", bits)
    for cut in (False, True):
        (pool,) = pools(tables, RULES["logrank"], cut=cut)
        assert (pool.scale, pool.error) == (exact.scale, 0)
    monkeypatch.setattr(_logrank_scores, "_MOST_BITS", bits - 1)
    (pool,) = pools(tables, RULES["logrank"], cut=True)
    assert (pool.scale, pool.error > 0) == (2**96, True)
    with pytest.raises(WorkError, match="thousands of digits"):
        pools(tables, RULES["logrank"])


def test_sums_of_a_pool_that_does_not_sum_to_zero() -> None:
    """The variance is about the mean of the scores, whatever it is."""
    pool = StratumScores(
        scores=(5, 2),
        counts=(1, 3),
        table=((1, 0), (1, 2)),
        sizes=(2, 2),
        sums=(7, 4),
        scale=10,
        error=0,
    )
    values = [Fraction(s, 10) for s in (5, 2, 2, 2)]
    mean = sum(values) / 4
    assert pool.variance == sum((v - mean) ** 2 for v in values) / 12
