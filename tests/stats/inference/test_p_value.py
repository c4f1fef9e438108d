"""One procedure for every p-value, and what the documented seed gives."""

import math
from collections.abc import Callable
from typing import Any

import attrs
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from iph import stats
from iph.errors import InputError, WorkError
from iph.stats._inference.p_value import (
    LARGE,
    METHODS,
    MOST_DEALT,
    SEED,
    PValue,
    Routes,
    find_p_value,
    smallest_share,
)

SIMULATED = PValue(p_value=0.25, method="monte-carlo", p_low=0.2, p_high=0.3)


def routes(
    *, work: float = 1.0, smallest: float = 10.0, cases: int = 10, exact: bool = True
) -> Routes:
    """Return ways that say which of them was gone."""

    def counted(limit: float) -> float:
        if work > limit:
            msg = "too much"
            raise WorkError(msg)
        return 0.125

    return Routes(
        exact=counted if exact else None,
        limits=(10.0, 1000.0),
        drawn=lambda rng: attrs.evolve(SIMULATED, p_value=rng.random() / 1e9 + 0.25),
        asymptotic=lambda: 0.5,
        smallest=smallest,
        cases=cases,
        asymptotic_name="asymptotic, moved",
    )


@pytest.mark.parametrize(
    ("given_routes", "method"),
    [
        (routes(), "exact"),
        (routes(work=11.0), "monte-carlo"),
        (routes(exact=False), "monte-carlo"),
        (routes(work=11.0, smallest=LARGE), "monte-carlo"),
        (routes(work=11.0, smallest=LARGE + 1), "asymptotic, moved"),
        (routes(smallest=LARGE + 1), "exact"),
        (routes(work=11.0, cases=MOST_DEALT), "monte-carlo"),
        (routes(work=11.0, cases=MOST_DEALT + 1), "asymptotic, moved"),
    ],
)
def test_auto(given_routes: Routes, method: str) -> None:
    """Exact under the limit, asymptotic for large numbers, else simulated."""
    found = find_p_value("auto", given_routes, None)
    assert found.method == method
    assert found.seed == (SEED if method == "monte-carlo" else None)
    assert (found.p_low is None) == (method != "monte-carlo")
    seeded = find_p_value("auto", given_routes, 7)
    assert (seeded.method, seeded.seed) == (method, None)


def test_by_name() -> None:
    """A method asked for by name is done whatever the size, or refused."""
    large = routes(work=11.0, smallest=1e9, cases=10**9)
    assert find_p_value("exact", large, None).p_value == 0.125
    assert find_p_value("asymptotic", large, None).p_value == 0.5
    assert find_p_value("monte-carlo", large, 1).method == "monte-carlo"
    with pytest.raises(WorkError):
        find_p_value("exact", routes(work=1001.0), None)
    with pytest.raises(InputError, match="rng must be a numpy Generator"):
        find_p_value("monte-carlo", large, None)
    with pytest.raises(InputError, match="rng must be a numpy Generator"):
        find_p_value("exact", large, "seed")  # type: ignore[arg-type] # that is the test


@pytest.mark.parametrize("method", METHODS)
def test_without_data(method: str) -> None:
    """Where there is nothing to test the p-value is NaN."""
    found = find_p_value(method, routes(), 1, defined=False)
    assert math.isnan(found.p_value)
    assert (found.p_low, found.p_high, found.seed) == (None, None, None)


@given(
    sizes=st.lists(st.integers(0, 50), min_size=2, max_size=5).filter(any),
    commonest=st.integers(0, 100),
)
def test_smallest_share(sizes: list[int], commonest: int) -> None:
    """It is the smallest group's share of the cases off the commonest value."""
    n = sum(sizes)
    commonest = min(commonest, n)
    found = smallest_share(sizes, np.array([commonest, n - commonest]))
    assert found == min(sizes) * min(commonest, n - commonest) / n


GRADES = [[0, 1, 1, 2, 3, 3] * 3, [1, 2, 2, 3, 4, 5] * 3, [0, 0, 1, 3, 5, 5] * 3]
DECIMALS = [[i / 7 + j * 0.31 for i in range(15)] for j in range(3)]
TABLE = [[9, 8, 7, 6], [5, 9, 9, 3], [4, 5, 16, 7], [6, 7, 8, 19]]
ROWS = [[(7 * i + 3 * j * j) % 11 for j in range(6)] for i in range(40)]
X = [(11 * i) % 23 for i in range(50)]
Y = [(5 * i + i // 3) % 19 for i in range(50)]
PINNED: list[tuple[Callable[..., Any], tuple[Any, ...], float]] = [
    (stats.kruskal_wallis, tuple(GRADES), 1239 / 10_001),
    (stats.kruskal_wallis, tuple(DECIMALS), 349 / 10_001),
    (stats.jonckheere_terpstra, tuple(GRADES * 2), 4972 / 10_001),
    (stats.mann_whitney, ([*X, *X, *X, *X], [*Y, *Y, *Y, *Y, 30]), 88 / 10_001),
    (stats.fisher_exact, (TABLE,), 179 / 10_001),
    (stats.friedman, (ROWS,), 542 / 10_001),
    (stats.skillings_mack, ([*ROWS, [1, None, 3, 4, 5, 1]],), 316 / 10_001),
    (stats.page_trend, ([[*row, *row[:5]] for row in ROWS],), 394 / 10_001),
    (stats.kendall, (X, Y), 3586 / 10_001),
    (stats.spearman, (X, Y), 5040 / 10_001),
    (
        stats.bowker,
        ([[30 + (17 * i * j + 11 * i * i) % 29 for i in range(5)] for j in range(5)],),
        330 / 10_001,
    ),
]


def shuffled(values: list[Any]) -> list[Any]:
    """Return the same values in another order."""
    return [values[i] for i in np.random.default_rng(1).permutation(len(values))]


@pytest.mark.parametrize(("test", "given_data", "p_value"), PINNED)
def test_documented_p_values(
    test: Callable[..., Any], given_data: tuple[Any, ...], p_value: float
) -> None:
    """The documented seed gives these p-values, in any order of the rows.

    They are multiples of 1/10,001 and contain the exact p-value, or one simulated by
    another generator, within their error.
    """
    found = test(*given_data)
    assert (found.method, found.seed) == ("monte-carlo", SEED)
    assert round(found.p_value * 10_001) == round(p_value * 10_001)
    if test in {stats.kendall, stats.spearman}:
        order = np.random.default_rng(1).permutation(len(given_data[0]))
        moved = tuple([column[i] for i in order] for column in given_data)
    else:
        moved = tuple(shuffled(part) for part in given_data)
    if test not in {stats.fisher_exact, stats.bowker}:
        assert test(*moved) == found
    other = test(*given_data, rng=5, method="monte-carlo", n_resamples=40_000)
    assert other.seed is None
    error = math.sqrt(p_value * (1 - p_value) * (1 / 10_000 + 1 / 40_000))
    assert abs(other.p_value - p_value) < 4 * error + 1e-4


def test_no_draw_reached_the_observed_value() -> None:
    """Then the p-value is one in N + 1, with an upper bound."""
    far = [list(range(100 * j, 100 * j + 60)) for j in range(3)]
    found = stats.kruskal_wallis(*far)
    assert found.p_value == 1 / 10_001
    assert found.p_low == 0.0
    assert found.p_high == pytest.approx(-math.expm1(math.log(0.005) / 10_000))
