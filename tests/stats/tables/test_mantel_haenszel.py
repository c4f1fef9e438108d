"""The Cochran-Mantel-Haenszel test and the common odds ratio."""

import itertools
import math
from collections import defaultdict
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from iph.errors import InputError, WorkError
from iph.stats import cochran_mantel_haenszel, fisher_exact, mcnemar, odds_ratio
from iph.testing import contingency_tables

Reference = Callable[[str], list[dict[str, Any]]]
Tables = list[list[list[int]]]
STRATA: Any = st.lists(
    contingency_tables(max_rows=2, max_columns=2, max_count=5), min_size=1, max_size=4
)
RABBITS = [
    [[0, 6], [0, 5]],
    [[3, 3], [0, 6]],
    [[6, 0], [2, 4]],
    [[5, 1], [6, 0]],
    [[2, 0], [5, 0]],
]


def chances(tables: Tables) -> dict[int, int]:
    """Count, table by table, the allocations that give each sum of first cells."""
    ways: dict[int, int] = defaultdict(int)
    ranges = []
    for (a, b), (c, d) in tables:
        row, column, n = a + b, a + c, a + b + c + d
        ranges.append(
            [
                (x, math.comb(row, x) * math.comb(n - row, column - x))
                for x in range(max(0, row + column - n), min(row, column) + 1)
            ]
        )
    for cells in itertools.product(*ranges):
        ways[sum(x for x, _ in cells)] += math.prod(w for _, w in cells)
    return dict(ways)


@given(STRATA)
def test_enumeration(tables: Tables) -> None:
    """The exact p-values are those of a loop over all tables with the same margins."""
    ways, seen = chances(tables), sum(table[0][0] for table in tables)
    total = sum(ways.values())
    upper = Fraction(sum(w for x, w in ways.items() if x >= seen), total)
    lower = Fraction(sum(w for x, w in ways.items() if x <= seen), total)
    rare = Fraction(sum(w for w in ways.values() if w <= ways[seen]), total)
    if not any(map(sum, itertools.chain(*tables))):
        assert math.isnan(cochran_mantel_haenszel(tables).p_value)
        return
    expected: Any = [
        ({"alternative": "greater"}, upper),
        ({"alternative": "less"}, lower),
        ({}, min(Fraction(1), 2 * min(upper, lower))),
        ({"two_sided": "probability"}, rare),
    ]
    for options, p_value in expected:
        assert cochran_mantel_haenszel(tables, **options).p_value == float(p_value)


@given(STRATA, st.sampled_from([0.8, 0.95]))
def test_bounds_have_their_tails(tables: Tables, level: float) -> None:
    """Under each bound the tail of the sum observed has the probability asked."""
    found = cochran_mantel_haenszel(tables, confidence_level=level)
    ways, seen = chances(tables), sum(table[0][0] for table in tables)

    def tail(ratio: float, *, upper: bool) -> float:
        top = max(ways)
        weights = {
            x: w * math.exp((x - top) * math.log(ratio)) for x, w in ways.items()
        }
        far = [w for x, w in weights.items() if (x >= seen if upper else x <= seen)]
        return math.fsum(far) / math.fsum(weights.values())

    if len(ways) == 1:
        assert math.isnan(found.estimate)
        assert (found.low, found.high) == (0.0, math.inf)
        return
    assert found.low <= found.estimate <= found.high
    side = (1 - level) / 2
    if seen > min(ways):
        assert tail(found.low, upper=True) == pytest.approx(side, rel=1e-6)
    else:
        assert (found.estimate, found.low) == (0.0, 0.0)
    if seen < max(ways):
        assert tail(found.high, upper=False) == pytest.approx(side, rel=1e-6)
    else:
        assert (found.estimate, found.high) == (math.inf, math.inf)


@given(STRATA)
def test_interval_agrees_with_the_central_test(tables: Tables) -> None:
    """The 95 % interval leaves out 1 exactly if the p-value is below 0.05."""
    found = cochran_mantel_haenszel(tables)
    assert (found.low > 1.0 or found.high < 1.0) == (found.p_value < 0.05)


def test_r(reference: Reference) -> None:
    """P-values, statistics and estimates agree with mantelhaen.test of R.

    R solves for exact bounds to 1e-4, above 1 for the inverse; and it corrects nothing
    where the sum is less than one half from its expectation.
    """
    cases = reference("strata.json")
    assert len(cases) >= 150
    for case in cases:
        tables, level = case["tables"], case["level"]
        found = [
            cochran_mantel_haenszel(tables, alternative=side, two_sided="probability")
            for side in ("two-sided", "less", "greater")
        ]
        assert all(one.method == "exact" for one in found)
        # R takes chances within a relative 1e-7 as equal
        np.testing.assert_allclose([f.p_value for f in found], case["p"], rtol=1e-9)
        exact = cochran_mantel_haenszel(tables, confidence_level=level)
        for value, told in zip(
            (exact.estimate, exact.low, exact.high), case["printed"], strict=True
        ):
            small, expected = (v if v <= 1 else 1 / v for v in (value, float(told)))
            assert small == pytest.approx(expected, abs=1e-4)
        plain = cochran_mantel_haenszel(
            tables, method="asymptotic", continuity=False, confidence_level=level
        )
        assert plain.statistic == pytest.approx(case["chi_square"], rel=1e-9)
        assert plain.p_value == pytest.approx(case["asymptotic"], rel=1e-9)
        told = [math.nan if v is None else float(v) for v in case["mantel_haenszel"]]
        if 0.0 < told[0] < math.inf:
            np.testing.assert_allclose(
                [plain.estimate, plain.low, plain.high], told, rtol=1e-9
            )
        corrected = cochran_mantel_haenszel(tables, method="asymptotic")
        if corrected.statistic > 0.0:
            expected = case["corrected_chi_square"]
            assert corrected.statistic == pytest.approx(expected, rel=1e-9)
            assert corrected.p_value == pytest.approx(case["corrected"], rel=1e-9)


def test_rabbits() -> None:
    """The example of R: p = 0.03994, odds ratio 10.36."""
    found = cochran_mantel_haenszel(RABBITS, two_sided="probability")
    assert round(found.p_value, 5) == 0.03994
    assert found.estimate == pytest.approx(10.36102, abs=1e-4)
    assert (found.n, found.n_strata, found.n_strata_uninformative) == (54, 5, 2)


@given(contingency_tables(max_rows=2, max_columns=2))
def test_one_stratum_is_fisher(table: list[list[int]]) -> None:
    """With one stratum the test is Fisher's, and the estimate its odds ratio."""
    found = cochran_mantel_haenszel([table], two_sided="probability")
    np.testing.assert_equal(found.p_value, fisher_exact(table).p_value)
    ratio = odds_ratio(table)
    np.testing.assert_allclose(
        [found.estimate, found.low, found.high],
        [ratio.estimate, ratio.low, ratio.high],
        rtol=1e-7,
    )


@given(st.integers(0, 12), st.integers(0, 12), st.integers(0, 3))
def test_matched_pairs_are_mcnemar(up: int, down: int, same: int) -> None:
    """Pairs of patients are strata of two, and the exact test is McNemar's."""
    pairs = [[[1, 0], [0, 1]]] * up + [[[0, 1], [1, 0]]] * down
    tables = [*pairs, *[[[1, 0], [1, 0]]] * same, [[0, 1], [0, 1]]]
    found = cochran_mantel_haenszel(tables)
    first = [1] * up + [0] * down + [1] * (same + 1)
    second = [0] * up + [1] * down + [1] * (same + 1)
    if up + down:
        assert found.p_value == pytest.approx(mcnemar(first, second).p_value, rel=1e-12)
        ratio = up / down if down else math.inf
        assert found.estimate == pytest.approx(ratio, rel=1e-9)
    assert found.n_strata_uninformative == same + 1


@given(STRATA, st.sampled_from(["exact", "asymptotic"]))
def test_swapping_groups_inverts(tables: Tables, method: Any) -> None:
    """With the groups swapped the odds ratio is inverted and the p-value the same."""
    one = cochran_mantel_haenszel(tables, method=method)
    two = cochran_mantel_haenszel([t[::-1] for t in tables], method=method)
    np.testing.assert_allclose(one.p_value, two.p_value, rtol=1e-12)
    inverse = [1 / v if v else math.inf for v in (two.estimate, two.high, two.low)]
    np.testing.assert_allclose([one.estimate, one.low, one.high], inverse, rtol=1e-7)
    less = cochran_mantel_haenszel(tables, method=method, alternative="less")
    greater = cochran_mantel_haenszel(
        [t[::-1] for t in tables], method=method, alternative="greater"
    )
    np.testing.assert_allclose(less.p_value, greater.p_value, rtol=1e-12)


@settings(max_examples=30)  # two exact intervals each
@given(STRATA, st.randoms())
def test_order_and_empty_strata_do_not_matter(tables: Tables, random: Any) -> None:
    """Strata in another order, or with one without patients, give the same."""
    shuffled = [*tables, [[0, 0], [0, 0]]]
    random.shuffle(shuffled)
    one, two = cochran_mantel_haenszel(tables), cochran_mantel_haenszel(shuffled)
    np.testing.assert_equal(one.p_value, two.p_value)
    np.testing.assert_allclose([one.low, one.high], [two.low, two.high], rtol=1e-9)
    assert two.n_strata == one.n_strata + 1
    assert two.n == one.n


def test_large_strata_are_asymptotic() -> None:
    """Beyond the limit of the work "auto" takes the chi-square, "exact" refuses."""
    large = [[[9000, 21_000], [8000, 22_000]]] * 4
    found = cochran_mantel_haenszel(large)
    assert found.method == "asymptotic, continuity-corrected"
    assert found.estimate == pytest.approx(9 * 22 / 8 / 21, rel=1e-12)
    assert "Mantel-Haenszel" in found.estimator
    with pytest.raises(WorkError, match="exact test of stratified tables"):
        cochran_mantel_haenszel(large, method="exact")


def test_nothing_to_tell() -> None:
    """If the margins decide alone, every odds ratio fits."""
    for method in ("exact", "asymptotic"):
        found = cochran_mantel_haenszel([[[0, 0], [3, 4]]], method=method, n_missing=3)
        assert found.p_value == 1.0
        assert math.isnan(found.statistic)
        assert math.isnan(found.estimate)
        assert (found.low, found.high) == (0.0, math.inf)
        assert (found.n_missing, found.n_strata_uninformative) == (3, 1)


def test_refused() -> None:
    """What is no sequence of 2 x 2 tables is refused, with the place."""
    for wrong in ([[1, 2], [3, 4]], [[[1, 2, 3], [4, 5, 6]]], "tables", 7):
        with pytest.raises(InputError, match="tables"):
            cochran_mantel_haenszel(wrong)
    with pytest.raises(InputError, match=r"tables\[1\]\[0\]\[1\] must be a whole"):
        cochran_mantel_haenszel([[[1, 2], [3, 4]], [[1, -2], [3, 4]]])
    with pytest.raises(InputError, match="at least one 2 x 2 table"):
        cochran_mantel_haenszel([])
    with pytest.raises(InputError, match=r"of shape \(strata, 2, 2\)"):
        cochran_mantel_haenszel(np.ones((2, 2), dtype=int))


def test_arrays() -> None:
    """An array of three dimensions is a sequence of tables."""
    array: Any = np.array(RABBITS)
    assert cochran_mantel_haenszel(array) == cochran_mantel_haenszel(RABBITS)
