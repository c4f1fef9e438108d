"""Friedman's test."""

import math
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from iph.errors import InputError, WorkError
from iph.stats import friedman
from iph.stats._repeated.within_rows import n_arrangements
from iph.testing import rating_rows

Rows = list[list[int | None]]
Reference = Callable[[str], list[dict[str, Any]]]


def same(a: float, b: float) -> bool:
    """Whether two numbers agree, NaN with NaN."""
    return math.isclose(a, b, rel_tol=1e-12) or (math.isnan(a) and math.isnan(b))


def test_agrees_with_r(reference: Reference) -> None:
    """Statistic, df, p-value and W are those of R over more than 200 tied tables."""
    cases = [c for c in reference("repeated_measures.json") if c["kind"] == "friedman"]
    assert len(cases) > 200
    for case in cases:
        found = friedman(case["rows"], weights=case.get("weights"), method="asymptotic")
        if case["statistic"] is None:
            assert math.isnan(found.statistic)
            assert math.isnan(found.p_value)
            continue
        expected = [case["statistic"], case["df"], case["p_value"]]
        actual = [found.statistic, found.df, found.p_value]
        np.testing.assert_allclose(actual, expected, rtol=1e-9, atol=1e-12)
        if case["w"] is not None:
            assert found.kendalls_w == pytest.approx(case["w"], abs=1e-9)
            assert found.statistic == pytest.approx(case["coin"], abs=1e-9)


def test_rounding_first_base(reference: Reference) -> None:
    """The published example: chi-square 11.143, df 2, p = 0.003805."""
    case = reference("repeated_measures.json")[0]
    found = friedman(case["rows"], method="asymptotic")
    printed = f"{found.statistic:.3f} {found.df} {found.p_value:.6f}"
    assert printed == "11.143 2 0.003805"
    simulated = friedman(case["rows"], method="monte-carlo", rng=1, n_resamples=100_000)
    exact = friedman(case["rows"], method="exact")
    assert simulated.p_low is not None
    assert simulated.p_high is not None
    assert simulated.p_low < exact.p_value < simulated.p_high


@pytest.mark.parametrize(
    ("n", "k", "statistic", "p"),
    [(4, 3, 6.5, 0.042), (5, 3, 6.4, 0.039), (3, 4, 7.4, 0.033), (8, 3, 6.25, 0.047)],
)
def test_published_tables(n: int, k: int, statistic: float, p: float) -> None:
    """Exact probabilities without ties are those of the published tables."""
    rng = np.random.default_rng(5)
    for _ in range(10_000):
        rows = [rng.permutation(k).tolist() for _ in range(n)]
        if math.isclose(friedman(rows).statistic, statistic):
            assert friedman(rows, method="exact").p_value == pytest.approx(p, abs=5e-4)
            return
    pytest.fail("the statistic of the table was not met")


@given(rows=rating_rows(missing=True, max_rows=6, max_visits=4), data=st.data())
def test_order_of_rows_and_columns(rows: Rows, data: st.DataObject) -> None:
    """Rows may come in any order; moving columns moves the mean ranks alone."""
    first = friedman(rows, method="auto")
    shuffled = data.draw(st.permutations(rows))
    columns = data.draw(st.permutations(range(len(rows[0]))))
    other = friedman([[row[j] for j in columns] for row in shuffled], method="auto")
    assert same(other.statistic, first.statistic)
    assert same(other.p_value, first.p_value)
    for moved, j in zip(other.mean_ranks, columns, strict=True):
        assert same(moved, first.mean_ranks[j])


@given(rows=rating_rows(max_rows=6, max_visits=4), shift=st.integers(-9, 9))
def test_only_the_order_within_a_patient_matters(rows: Rows, shift: int) -> None:
    """A rising transform of each patient's grades, his own, changes nothing."""
    other = [
        [None if v is None else (v + i + 1) ** 3 + shift for v in row]
        for i, row in enumerate(rows)
    ]
    assert repr(friedman(other)) == repr(friedman(rows))


@given(rows=rating_rows(max_rows=6), data=st.data())
def test_mean_ranks_are_means_of_ranks(rows: Rows, data: st.DataObject) -> None:
    """The mean rank of a visit is the mean of the patients' mid-ranks there."""
    n = len(rows)
    cases = data.draw(st.lists(st.integers(1, 9), min_size=n, max_size=n))
    sums = [Fraction(0)] * len(rows[0])
    for row, count in zip(rows, cases, strict=True):
        for j, grade in enumerate(row):
            lower = sum(other < grade for other in row)  # type: ignore[operator] # no None here
            sums[j] += count * Fraction(2 * lower + row.count(grade) + 1, 2)
    found = friedman(rows, weights=cases, method="asymptotic")
    assert found.mean_ranks == tuple(float(s / sum(cases)) for s in sums)


@given(
    rows=rating_rows(missing=True, max_rows=5, max_visits=4),
    counts=st.lists(st.integers(0, 3), min_size=5, max_size=5),
    method=st.sampled_from(["asymptotic", "exact"]),
)
def test_weights_are_repeated_rows(rows: Rows, counts: list[int], method: Any) -> None:
    """Case counts give what the repeated rows give."""
    weights = counts[: len(rows)]
    repeated = [row for row, w in zip(rows, weights, strict=True) for _ in range(w)]
    found = friedman(rows, weights=weights, method=method)
    if not repeated:
        assert (found.n, found.n_missing) == (0, 0)
        return
    assert repr(found) == repr(friedman(repeated, method=method))


@given(rows=rating_rows(max_rows=4, max_visits=4))
def test_exact_p_is_a_ratio_of_arrangements(rows: Rows) -> None:
    """The p-value times the number of arrangements is a whole number above zero."""
    from iph.stats._repeated.repeated_grades import ratings, row_patterns, signed_ranks

    values, counts = ratings(rows, None).complete()
    total = n_arrangements(row_patterns(signed_ranks(values), counts))
    hits = friedman(rows, method="exact").p_value * total
    assert hits == pytest.approx(round(hits), abs=1e-6)
    assert 1 <= round(hits) <= total


@given(rows=rating_rows(min_rows=2))
def test_w_is_a_share(rows: Rows) -> None:
    """W lies within 0 and 1 and is the statistic over n (k - 1)."""
    found = friedman(rows, method="asymptotic")
    if not math.isnan(found.kendalls_w):
        assert 0.0 <= found.kendalls_w <= 1.0
        assert found.statistic == pytest.approx(found.kendalls_w * found.n * found.df)


def test_million_patients_are_exact() -> None:
    """Sums far beyond 32 bits do not disturb the statistic: W stays, Q grows with n."""
    rows = [[0, 1, 2, 2], [1, 0, 2, 1], [0, 0, 1, 3]]
    few = friedman(rows)
    many = friedman(rows, weights=[10**12] * 3)
    assert many.n == 3 * 10**12
    assert many.kendalls_w == few.kendalls_w
    assert many.statistic == pytest.approx(few.statistic * 1e12, rel=1e-15)


def test_no_order_in_any_patient() -> None:
    """With all grades tied Q and W are NaN; the exact p-value of one table is 1."""
    rows = [[2, 2, 2], [5, 5, 5]]
    assert math.isnan(friedman(rows).statistic)
    assert math.isnan(friedman(rows).kendalls_w)
    assert math.isnan(friedman(rows, method="asymptotic").p_value)
    assert friedman(rows, method="exact").p_value == 1.0
    assert friedman(rows, method="monte-carlo", rng=1).p_value == 1.0
    assert friedman(rows).mean_ranks == (2.0, 2.0, 2.0)


@pytest.mark.parametrize("method", ["asymptotic", "exact", "monte-carlo", "auto"])
def test_no_complete_patient(method: Any) -> None:
    """Without a complete patient all is NaN, and the incomplete ones are counted."""
    found = friedman([[1, None], [None, 2]], method=method, rng=1)
    assert (found.n, found.n_missing, found.df) == (0, 2, 1)
    assert math.isnan(found.statistic)
    assert math.isnan(found.p_value)
    assert all(map(math.isnan, found.mean_ranks))
    assert found.p_low is None


def test_one_patient() -> None:
    """One patient's order is as likely as any: p = 1, W = 1."""
    found = friedman([[1, 2, 3]], method="exact")
    assert (found.p_value, found.kendalls_w, found.statistic) == (1.0, 1.0, 2.0)


def test_two_visits_are_the_sign_test() -> None:
    """With two visits the exact test is the two-sided sign test."""
    from iph.stats import sign_test

    rows = [[1, 2], [3, 3], [0, 4], [2, 1], [1, 5], [0, 1]]
    expected = sign_test([r[0] for r in rows], [r[1] for r in rows]).p_value
    assert friedman(rows, method="exact").p_value == pytest.approx(expected, abs=1e-15)


def test_auto_names_what_was_done() -> None:
    """Auto counts small tables, simulates others, and takes chi-square for large."""
    rng = np.random.default_rng(1)
    small, large = rng.integers(0, 5, (6, 4)), rng.random((60, 6))
    assert friedman(small, method="auto").method == "exact"
    drawn = friedman(large)
    assert (drawn.method, drawn.seed) == ("monte-carlo", 2023)
    given = friedman(large, rng=1, n_resamples=99)
    assert (given.method, given.seed) == ("monte-carlo", None)
    assert friedman(rng.random((201, 6))).method == "asymptotic"
    unchanging = [[1, 1, 1, 1, 1, 1]] * 1000
    assert friedman([*large.tolist(), *unchanging]).method == "monte-carlo"


def test_auto_counts_up_to_its_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    """Six steps are the work of two orders of one patient, then of a second's."""
    rows = [[1, 2], [2, 1], [1, 1]]
    monkeypatch.setattr("iph.stats._repeated.friedman.AUTO_STEPS", 6)
    assert friedman(rows, method="auto").method == "exact"
    monkeypatch.setattr("iph.stats._repeated.friedman.AUTO_STEPS", 5)
    assert friedman(rows, method="auto").method == "monte-carlo"


def test_refusals() -> None:
    """Unknown methods, missing generators and endless work are refused."""
    with pytest.raises(InputError, match="method must be one of"):
        friedman([[1, 2]], method="exakt")  # type: ignore[arg-type] # that is the test
    with pytest.raises(InputError, match="rng must be a numpy Generator"):
        friedman([[1, 2]], method="monte-carlo")
    with pytest.raises(InputError, match="n_resamples must be a whole number"):
        friedman([[1, 2]], n_resamples=0)
    with pytest.raises(WorkError, match="method='monte-carlo' with rng="):
        friedman(np.random.default_rng(1).random((60, 7)), method="exact")
