"""Intraclass correlation."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from iph.errors import InputError
from iph.stats import icc
from iph.testing import rating_rows

Rows = list[list[int | None]]
FORMS: tuple[Any, ...] = ("agreement", "consistency", "one-way")
JUDGED = [
    [9, 2, 5, 8],
    [6, 1, 3, 2],
    [8, 4, 6, 8],
    [7, 1, 2, 6],
    [10, 5, 6, 9],
    [6, 2, 4, 7],
]


def naive(rows: list[list[float]], form: str) -> float:
    """Return the correlation of single readings from sums over all cells."""
    n, k = len(rows), len(rows[0])
    grand = sum(map(sum, rows)) / (n * k)
    by_row = [sum(row) / k for row in rows]
    by_column = [sum(row[j] for row in rows) / n for j in range(k)]
    total = sum((value - grand) ** 2 for row in rows for value in row)
    patients = k * sum((mean - grand) ** 2 for mean in by_row)
    readers = n * sum((mean - grand) ** 2 for mean in by_column)
    R = patients / (n - 1)
    if form == "one-way":
        W = (total - patients) / (n * (k - 1))
        return (R - W) / (R + (k - 1) * W)
    C, E = readers / (k - 1), (total - patients - readers) / ((n - 1) * (k - 1))
    if form == "consistency":
        return (R - E) / (R + (k - 1) * E)
    return (R - E) / (R + (k - 1) * E + k / n * (C - E))


def test_reference(reference: Callable[[str], list[dict[str, Any]]]) -> None:
    """Coefficients and bounds are those of irr in R; averages follow from singles."""
    compared = 0
    for case in reference("readers.json"):
        for name, expected in case.get("found", {}).items():
            form, unit = name.split()
            found = icc(case["rows"], form=form, unit=unit, interval="mcgraw-wong")
            assert found.estimate == pytest.approx(expected[0])
            assert found.statistic == pytest.approx(expected[3])
            if name != "agreement average":  # irr puts the average where a single goes
                assert (found.low, found.high) == pytest.approx(tuple(expected[1:3]))
            if form != "agreement":  # irr tests another hypothesis there
                ours = (found.df, found.df_error, found.p_value)
                assert ours == pytest.approx(tuple(expected[4:]))
            compared += 1
    assert compared == 600


def test_published() -> None:
    """The six coefficients that Shrout and Fleiss print."""
    printed = {
        ("one-way", "single"): ("ICC(1,1)", 0.17),
        ("agreement", "single"): ("ICC(A,1)", 0.29),
        ("consistency", "single"): ("ICC(C,1)", 0.71),
        ("one-way", "average"): ("ICC(1,k)", 0.44),
        ("agreement", "average"): ("ICC(A,k)", 0.62),
        ("consistency", "average"): ("ICC(C,k)", 0.91),
    }
    for (form, unit), (name, value) in printed.items():
        found = icc(JUDGED, form=form, unit=unit)  # type: ignore[arg-type] # of a tuple
        assert (found.name, round(found.estimate, 2)) == (name, value)
        assert (found.n, found.n_readers) == (6, 4)


@pytest.mark.parametrize("rows", [JUDGED, [[1, 2], [3, 3], [5, 7], [9, 8], [2, 4]]])
def test_generalized_interval_is_that_of_random_draws(rows: Any) -> None:
    """The integral gives the quantiles that drawing the chi-squares gives."""
    values = np.array(rows, dtype=float)
    n, k = values.shape
    by_row, by_column = values.mean(axis=1), values.mean(axis=0)
    rest = values - by_row[:, None] - by_column + values.mean()
    rng = np.random.default_rng(7)
    draws = 400_000
    R = k * n * by_row.var() / rng.chisquare(n - 1, draws)
    C = n * k * by_column.var() / rng.chisquare(k - 1, draws)
    E = (rest**2).sum() / rng.chisquare((n - 1) * (k - 1), draws)
    drawn = (R - E) / (R + (k - 1) * E + k / n * (C - E))
    found = icc(rows)
    expected = np.quantile(drawn, [0.025, 0.975])
    np.testing.assert_allclose([found.low, found.high], expected, atol=0.004)
    assert found.method == "generalized"


def test_generalized_interval_of_readers_alike_is_near_the_exact_one() -> None:
    """With many patients and readers who do not differ all intervals meet."""
    rng = np.random.default_rng(3)
    rows = rng.normal(size=(2000, 1)) * 2 + rng.normal(size=(2000, 3))
    rows -= rows.mean(axis=0)
    found, exact = icc(rows), icc(rows, form="consistency")
    assert (found.low, found.high) == pytest.approx((exact.low, exact.high), abs=5e-3)


@given(rows=rating_rows(min_rows=2), form=st.sampled_from(FORMS))
def test_naive(rows: Any, form: Any) -> None:
    """The coefficient is that of the sums of squares over all cells."""
    found = icc(rows, form=form)
    if len({value for row in rows for value in row}) == 1:
        assert math.isnan(found.estimate)
        return
    try:
        expected = naive(rows, form)
    except ZeroDivisionError:
        expected = math.nan
    if not math.isnan(found.estimate):
        assert found.estimate == pytest.approx(expected, abs=1e-9)
    if not math.isnan(found.low):
        k = len(rows[0])
        assert min(-1.0 / (k - 1), found.estimate) - 1e-9 <= found.low
        assert found.low <= found.estimate <= found.high <= 1.0


@given(
    rows=rating_rows(min_rows=2),
    form=st.sampled_from(FORMS),
    shifts=st.lists(st.integers(-9, 9), min_size=5, max_size=5),
    scale=st.integers(1, 9),
)
def test_shifts_and_scales(rows: Any, form: Any, shifts: list[int], scale: int) -> None:
    """Units never matter; a reader who reads higher matters but for consistency."""
    found = icc(rows, form=form)
    moved = icc([[scale * v + shifts[0] for v in row] for row in rows], form=form)
    for name in ("estimate", "low", "high"):
        ours, theirs = getattr(found, name), getattr(moved, name)
        assert ours == pytest.approx(theirs, nan_ok=True, abs=1e-6)
    tilted = [[v + s for v, s in zip(row, shifts, strict=False)] for row in rows]
    other = icc(tilted, form="consistency")
    plain = icc(rows, form="consistency")
    if not (math.isnan(other.estimate) or math.isnan(plain.estimate)):
        assert other.estimate == pytest.approx(plain.estimate, abs=1e-6)


@given(
    rows=rating_rows(missing=True, max_rows=5),
    counts=st.lists(st.integers(0, 3), min_size=5, max_size=5),
    form=st.sampled_from(FORMS),
)
def test_weights_and_missing(rows: Rows, counts: list[int], form: Any) -> None:
    """Case counts are repetition; who was not read by all is left out and counted."""
    weights = counts[: len(rows)]
    several = [row for row, w in zip(rows, weights, strict=True) for _ in range(w)]
    found = icc(rows, form=form, weights=weights)
    whole = [row for row in several if None not in row]
    assert (found.n, found.n_missing) == (len(whole), len(several) - len(whole))
    if whole:
        other = icc(whole, form=form)
        for name in ("estimate", "low", "high", "statistic", "p_value"):
            ours, theirs = getattr(found, name), getattr(other, name)
            assert ours == pytest.approx(theirs, nan_ok=True, abs=1e-6)


def test_average_is_stepped_up_from_single() -> None:
    """The bounds of the average are those of one reading, by Spearman and Brown."""
    for form in FORMS:
        one, many = icc(JUDGED, form=form), icc(JUDGED, form=form, unit="average")
        for name in ("estimate", "low", "high"):
            r = getattr(one, name)
            assert getattr(many, name) == pytest.approx(4 * r / (1 + 3 * r))


@pytest.mark.parametrize("interval", ["generalized", "mcgraw-wong"])
def test_full_agreement(interval: Any) -> None:
    """Full agreement is 1 without an interval; with a shift it is not full."""
    alike = icc([[1, 1], [2, 2], [5, 5]], interval=interval)
    assert alike.estimate == 1.0
    assert math.isnan(alike.low)
    assert alike.statistic == math.inf
    assert alike.p_value == 0.0
    shifted = icc([[1, 2], [2, 3], [5, 6]], interval=interval)
    assert shifted.low < shifted.estimate < 1.0
    consistent = icc([[1, 2], [2, 3], [5, 6]], form="consistency")
    assert consistent.estimate == 1.0
    assert math.isnan(consistent.low)


def test_little_to_judge() -> None:
    """One patient, the same readings, or patients alike leave no interval."""
    for rows in ([[1, 2]], [[3, 3], [3, 3]], [[1, None], [2, 3]]):
        assert math.isnan(icc(rows).estimate)
    alike = icc([[1, 2], [2, 1], [1, 2]], unit="average", form="consistency")
    assert alike.estimate == -math.inf
    assert math.isnan(alike.low)
    pure = icc([[1, 2], [1, 2]])  # readers differ, patients and rest do not
    assert math.isnan(pure.low)
    assert icc([[1, 2], [2, 1]], interval="mcgraw-wong").high != 0.0


def test_refused() -> None:
    """One reader is no agreement."""
    with pytest.raises(InputError, match="at least 2 columns"):
        icc([[1], [2]])
    for huge in (10**300, -1e300):
        with pytest.raises(InputError, match="between -1e140 and 1e140"):
            icc([[1, 2], [2, huge], [1, 2]])
    assert math.isfinite(icc([[1, 2], [2, 1e139], [1, 2]]).estimate)
