import math
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from scipy import stats

from iph.errors import InputError
from iph.stats import logrank
from iph.stats._survival import logrank_permutation as _logrank_permutation
from iph.stats._survival.logrank_permutation import _short_scores, simulated_p
from iph.stats._survival.logrank_scores import StratumScores, pools
from iph.stats._survival.logrank_terms import strata_tables, weighting
from iph.stats._survival.survival_table import survival_rows

CASES: list[dict[str, Any]] = [
    {"group": [0, 1] * 10},
    {"group": [0, 1] * 10, "two_sided": "central"},
    {"group": [0, 1] * 10, "kind": "tarone-ware"},
    {"group": [0, 1] * 10, "strata": [0] * 8 + [1] * 12},
    {"group": [0, 0, 0, 1] * 5, "kind": "gehan"},
    {"group": [0, 1] * 5 + [2, 2] + [0, 1] * 4},
]


@pytest.mark.parametrize("options", CASES)
def test_near_exact(options: dict[str, Any]) -> None:
    """The 99 % interval of the simulation holds the exact p-value."""
    time = [1, 1, 2, 2, 2, 3, 3, 4, 5, 5, 6, 7, 7, 8, 8, 8, 9, 9, 9, 9]
    event = [True, True, False, True] * 5
    exact = logrank(time, event, **options, method="exact")
    found = logrank(
        time, event, **options, method="monte-carlo", rng=3, n_resamples=20_000
    )
    assert found.p_low is not None
    assert found.p_high is not None
    assert found.p_low <= exact.p_value <= found.p_high
    assert found.p_low <= found.p_value <= found.p_high
    assert found.method == "monte-carlo"


def test_strata_of_three_groups() -> None:
    """Three groups in strata, with no exact answer, agree with the asymptotic test."""
    rng = np.random.default_rng(7)
    n = 400
    time, event = rng.integers(1, 9, n), rng.random(n) < 0.7
    group, strata = rng.integers(0, 3, n), rng.integers(0, 3, n)
    near = logrank(time, event, group, strata=strata)
    found = logrank(
        time,
        event,
        group,
        strata=strata,
        method="monte-carlo",
        rng=1,
        n_resamples=4000,
    )
    assert found.df == near.df == 2
    assert found.p_value == pytest.approx(near.p_value, abs=0.05)


def test_long_scores() -> None:
    """Scores of 3,000 different days are shortened, and the p-value stays right."""
    rng = np.random.default_rng(12)
    n = 3000
    time, group = rng.exponential(5.0, n), rng.integers(0, 2, n)
    near = logrank(time, [True] * n, group)
    found = logrank(
        time, [True] * n, group, method="monte-carlo", rng=5, n_resamples=2000
    )
    assert found.statistic == pytest.approx(near.statistic, rel=0.01)
    assert found.p_value == pytest.approx(near.p_value, abs=0.06)
    rows = survival_rows(
        np.arange(14_000), np.ones(14_000, bool), group=np.arange(14_000) % 2
    )
    (pool,) = pools(strata_tables(rows), weighting("logrank", 0, 0), cut=True)
    assert pool.error > 0
    assert abs(sum(pool.scores)) <= pool.error * 14_000
    assert simulated_p([pool], "abs", 100, rng, None).p_value > 0.0


def test_same_seed() -> None:
    """The same seed gives the same p-value; the seed is not optional."""
    data: dict[str, Any] = {
        "time": [1, 2, 3, 4, 5, 6],
        "event": [True] * 6,
        "group": list("aababb"),
        "method": "monte-carlo",
        "n_resamples": 500,
    }
    assert logrank(**data, rng=4) == logrank(**data, rng=4)
    with pytest.raises(InputError, match="rng"):
        logrank(**data)


def test_alike() -> None:
    """If all allocations are alike the simulated p-value is 1."""
    found = logrank(
        [1, 2, 3],
        [False] * 3,
        list("aab"),
        method="monte-carlo",
        rng=1,
        n_resamples=50,
    )
    assert found.p_value == 1.0
    several = logrank(
        [1, 2, 3],
        [False] * 3,
        list("abc"),
        method="monte-carlo",
        rng=1,
        n_resamples=50,
    )
    assert several.p_value == 1.0


@pytest.mark.parametrize("kind", ["tarone-ware", "gehan"])
@pytest.mark.parametrize("strata", [1, 3])
def test_shortened_scores_stay_within_what_counts_as_tied(
    kind: Any, strata: int
) -> None:
    """No sum of shortened scores is off by more than half of what counts as tied.

    So two sums that are equal before stay tied; scores that were not cut are exact.
    """
    rng = np.random.default_rng(strata)
    n = 40
    rows = survival_rows(
        rng.permutation(n),
        rng.random(n) < 0.8,
        group=np.arange(n) % 2,
        strata=np.arange(n) // 2 % strata,
    )
    found = pools(strata_tables(rows), weighting(kind, 0.0, 0.0))
    short, tolerance = _short_scores(found)
    before = np.concatenate([np.array(pool.scores, dtype=object) for pool in found])
    after = np.concatenate(short)
    # A power of two, from the longest score.
    longest = int(np.argmax(np.abs(after)))
    unit = 1 << round(math.log2(before[longest] / int(after[longest])))
    assert (unit > 1) == (tolerance > 0) == (kind == "tarone-ware")
    assert np.abs(after).sum() < 2**53
    cut = before - after.astype(object) * unit
    assert ((cut >= 0) & (cut < unit)).all()
    worst = Fraction(int(cut.sum()), unit)  # of all patients together
    assert 2 * worst <= tolerance <= 2 * n


FOUND = [0] * 70 + [184] * 6 + [183] * 3 + [300] * 4 + [-184] * 15 + [-300] * 2


@pytest.mark.parametrize("sign", [1, -1])
@pytest.mark.parametrize(("error", "tail", "far"), [(1, 10, 27), (0, 4, 6)])
def test_tails_with_what_counts_as_tied(
    sign: int, error: int, tail: int, far: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Sums from 184 on are tied with 200 if each of 4 scores may be off by 1.

    A sum may then be off by (1 + 1) x 4, and so may the other; exact sums are tied if
    they are equal. Both tails are counted alike, and twice the smaller one is central.
    """
    pool = StratumScores(
        scores=(300, -100),
        counts=(1, 3),
        table=((1, 0), (1, 2)) if sign > 0 else ((0, 1), (2, 1)),
        sizes=(2, 2),
        sums=(200 * sign, -200 * sign),
        scale=1,
        error=error,
    )
    drawn: list[int] = []

    def draw(scores: Any, counts: Any, size: int, rows: int, _: Any) -> Any:
        assert (scores.tolist(), counts.tolist(), size) == ([300, -100], [1, 3], 2)
        first = sum(drawn)
        drawn.append(rows)
        return sign * np.array(FOUND[first : first + rows], dtype=float)

    monkeypatch.setattr(_logrank_permutation, "drawn_sums", draw)
    monkeypatch.setattr(_logrank_permutation, "_CHUNK", 30)
    rng = np.random.default_rng(1)
    central = simulated_p([pool], "central", 100, rng, None)
    assert drawn == [30, 30, 30, 10]
    drawn.clear()
    both = simulated_p([pool], "abs", 100, rng, None)
    for p, hits, times in ((central, tail, 2), (both, far, 1)):
        bounds = stats.binomtest(hits, 100).proportion_ci(0.99, method="exact")
        assert p.p_value == pytest.approx(times * (hits + 1) / 101, rel=1e-12)
        assert p.p_low == pytest.approx(times * bounds.low, rel=1e-9)
        assert p.p_high == pytest.approx(times * bounds.high, rel=1e-9)


def test_central_p_is_at_most_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """Twice a tail of more than half is 1, and so are its bounds."""
    (pool,) = pools(
        strata_tables(survival_rows([1, 2, 3, 4], [1] * 4, group=[0, 1, 0, 1])),
        weighting("logrank", 0, 0),
    )
    (whole,), _ = _short_scores([pool])
    same = float(whole @ [row[0] for row in pool.table])
    monkeypatch.setattr(
        _logrank_permutation, "drawn_sums", lambda *given: np.full(given[3], same)
    )
    found = simulated_p([pool], "central", 50, np.random.default_rng(1), None)
    assert (found.p_value, found.p_low, found.p_high) == (1.0, 1.0, 1.0)


def test_several_groups_count_what_is_as_far(monkeypatch: pytest.MonkeyPatch) -> None:
    """Sums of three groups equal to the observed ones, or farther, are hits."""
    rows = survival_rows(range(6), [1] * 6, group=list("abcabc"))
    (pool,) = pools(strata_tables(rows), weighting("logrank", 0, 0))
    observed = np.array(pool.sums)
    moves = [(1.0, 7), (-1.0, 5), (1.001, 3), (0.999, 4), (0.0, 21)]
    batches = [np.tile(factor * observed, (many, 1)) for factor, many in moves]
    monkeypatch.setattr(_logrank_permutation, "random_sums", lambda *_: iter(batches))
    found = simulated_p([pool], "abs", 40, np.random.default_rng(1), None)
    assert found.p_value == 16 / 41


def test_progress() -> None:
    """Every chunk of draws is told before it starts, and nothing else changes."""
    seen = []

    def watch(what: str, done: int, total: int) -> None:
        seen.append((what, done, total))

    data: dict[str, Any] = {
        "time": [1, 2, 3, 4],
        "event": [True] * 4,
        "group": list("abab"),
        "method": "monte-carlo",
        "n_resamples": 25_000,
        "rng": 9,
    }
    assert logrank(**data, progress=watch) == logrank(**data)
    assert seen == [("allocations", done, 3) for done in range(4)]
