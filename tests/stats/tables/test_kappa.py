"""Agreement of two raters."""

import functools
import math
from collections.abc import Callable
from enum import Enum, IntEnum
from fractions import Fraction
from typing import Any

import attrs
import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy import stats

from iph.errors import InputError
from iph.stats import weighted_kappa
from iph.stats._tables.kappa import KappaScheme
from iph.testing import contingency_tables

SCHEMES: tuple[KappaScheme, ...] = ("linear", "quadratic", "none")
SCHEME = st.sampled_from(SCHEMES)
GRADES = st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), max_size=25)


class Strength(IntEnum):
    """A grade, as clinicians write it."""

    NONE = 0
    TRACE = 1
    POOR = 2


@functools.cache
def agreement(i: int, j: int, size: int, scheme: str) -> Fraction:
    """Cohen's weights of agreement."""
    if scheme == "none":
        return Fraction(int(i == j))
    apart = Fraction(abs(i - j), size - 1)
    return 1 - (apart if scheme == "linear" else apart**2)


def kappa_of(shares: list[list[Fraction]], scheme: str) -> Fraction:
    """Kappa of a table of shares, by its definition."""
    size = len(shares)
    rows = [sum(row) for row in shares]
    columns = [sum(column) for column in zip(*shares, strict=True)]
    cells = [(i, j) for i in range(size) for j in range(size)]
    seen = sum(shares[i][j] * agreement(i, j, size, scheme) for i, j in cells)
    chance = sum(rows[i] * columns[j] * agreement(i, j, size, scheme) for i, j in cells)
    kappa: Fraction = (seen - chance) / (1 - chance)
    return kappa


def delta_error(table: list[list[int]], scheme: str) -> float:
    """Return the standard error by numerical derivatives in exact fractions."""
    n = sum(map(sum, table))
    shares = [[Fraction(c, n) for c in row] for row in table]
    step = Fraction(1, 10**12)
    center = kappa_of(shares, scheme)
    slopes = []
    for i, row in enumerate(shares):
        for j, share in enumerate(row):
            if share:
                # towards all patients in this cell, which keeps the sum at one
                moved = [[s * (1 - step) for s in line] for line in shares]
                moved[i][j] += step
                slopes.append((share, (kappa_of(moved, scheme) - center) / step))
    variance = sum(share * slope**2 for share, slope in slopes)
    return math.sqrt(variance / n)


def columns_of(table: list[list[int]]) -> tuple[list[int], list[int], list[int]]:
    """Return rater, other rater and case counts of a table."""
    size = len(table)
    cells = [(i, j) for i in range(size) for j in range(size)]
    return (
        [i for i, _ in cells],
        [j for _, j in cells],
        [table[i][j] for i, j in cells],
    )


def test_fleiss_levin_paik() -> None:
    """Table 18.1: kappa 0.676, null standard error 0.076, z 8.95 within rounding."""
    first, second, cases = columns_of([[75, 1, 4], [5, 4, 1], [0, 0, 10]])
    found = weighted_kappa(first, second, scheme="none", weights=cases)
    assert found.observed == pytest.approx(0.89)
    assert found.expected == pytest.approx(0.66)
    assert found.estimate == pytest.approx(0.23 / 0.34)
    assert round(found.null_standard_error, 3) == 0.076
    assert found.estimate / found.null_standard_error == pytest.approx(8.95, abs=0.1)


def test_reference(reference: Callable[[str], list[dict[str, Any]]]) -> None:
    """Kappa and standard error are the value and the ASE of vcd::Kappa in R.

    Its ASE is the standard error of the interval. It has none under the hypothesis of
    no agreement: its test of kappa = 0 divides by the same ASE, ours does not.
    """
    for case in reference("kappa.json"):
        size = len(case["table"])
        first, second, cases = columns_of(case["table"])
        for scheme in SCHEMES:
            found = weighted_kappa(
                first, second, scheme=scheme, levels=range(size), weights=cases
            )
            np.testing.assert_allclose(
                [found.estimate, found.standard_error],
                case[scheme],
                rtol=1e-9,
                atol=1e-12,
            )


@st.composite
def square_tables(draw: st.DrawFn) -> list[list[int]]:
    """Draw a square table with at least one patient."""
    size = draw(st.integers(2, 4))
    table = draw(
        contingency_tables(
            min_rows=size, max_rows=size, min_columns=size, max_columns=size
        )
    )
    assume(any(map(sum, table)))
    return table


@given(square_tables(), SCHEME)
def test_definition(table: list[list[int]], scheme: KappaScheme) -> None:
    """Kappa is its definition, its standard error that of the delta method."""
    first, second, cases = columns_of(table)
    found = weighted_kappa(
        first, second, scheme=scheme, levels=range(len(table)), weights=cases
    )
    n = sum(cases)
    shares = [[Fraction(c, n) for c in row] for row in table]
    if math.isnan(found.estimate):
        occupied = [i for i, c in enumerate(cases) if c]
        assert len(occupied) == 1
        return
    expected = float(kappa_of(shares, scheme))
    np.testing.assert_allclose(found.estimate, expected, rtol=1e-12, atol=1e-12)
    np.testing.assert_allclose(
        found.standard_error, delta_error(table, scheme), rtol=1e-6, atol=1e-7
    )
    np.testing.assert_allclose(
        found.estimate,
        (found.observed - found.expected) / (1 - found.expected),
        atol=1e-9,
    )


@given(square_tables(), SCHEME)
def test_null_error(table: list[list[int]], scheme: KappaScheme) -> None:
    """Of a table without association both standard errors agree."""
    rows = [sum(row) for row in table]
    columns = [sum(column) for column in zip(*table, strict=True)]
    independent = [[r * c for c in columns] for r in rows]
    first, second, cases = columns_of(independent)
    found = weighted_kappa(
        first, second, scheme=scheme, levels=range(len(table)), weights=cases
    )
    assume(not math.isnan(found.estimate))
    assert found.estimate == 0.0
    np.testing.assert_allclose(
        found.standard_error, found.null_standard_error, rtol=1e-9, atol=1e-12
    )


@given(GRADES, SCHEME)
def test_symmetric(pairs: list[tuple[int, int]], scheme: KappaScheme) -> None:
    """The order of the raters does not matter, nor the direction of the scale."""
    first, second = [a for a, _ in pairs], [b for _, b in pairs]
    plain = weighted_kappa(first, second, scheme=scheme)
    swapped = weighted_kappa(second, first, scheme=scheme)
    turned = weighted_kappa([-a for a in first], [-b for b in second], scheme=scheme)
    for other in (swapped, turned):
        np.testing.assert_allclose(
            [other.estimate, other.low, other.high, other.p_value],
            [plain.estimate, plain.low, plain.high, plain.p_value],
            rtol=1e-9,
            atol=1e-12,
        )


@given(square_tables(), SCHEME)
def test_interval_by_formula(table: list[list[int]], scheme: KappaScheme) -> None:
    """The bounds solve the quadratic equation of the docstring and hold kappa."""
    first, second, cases = columns_of(table)
    found = weighted_kappa(
        first, second, scheme=scheme, levels=range(len(table)), weights=cases
    )
    n = sum(cases)
    assume(n > 1 and found.null_standard_error > 0 and abs(found.estimate) < 1)
    spread = max(
        found.null_standard_error**2,
        (1.5 if scheme == "quadratic" else 1.0) / n,
        delta_error(table, scheme) ** 2 * n / (n - 1) / (1 - found.estimate**2),
    )
    t = stats.t.ppf(0.975, n - 1)
    for bound in (found.low, found.high):
        gap = (found.estimate - bound) ** 2
        assert gap == pytest.approx(t * t * spread * (1 - bound**2), rel=1e-5, abs=1e-9)
    assert -1 <= found.low <= found.estimate <= found.high <= 1


def test_interval_does_not_shrink_to_a_point() -> None:
    """One disagreement among 28 patients: Wald's interval reaches 1, this does not."""
    first = [0] * 14 + [1] * 14
    second = [0] * 13 + [1] * 15
    found = weighted_kappa(first, second)
    assert found.estimate + 1.96 * found.standard_error > 1.0
    assert found.low < 0.75
    assert found.high < 1.0


@given(st.lists(st.integers(0, 4), min_size=1, max_size=20), SCHEME)
def test_full_agreement(grades: list[int], scheme: KappaScheme) -> None:
    """Identical grades give exactly 1, or nothing if there is only one grade."""
    found = weighted_kappa(grades, grades, scheme=scheme)
    if len(set(grades)) == 1:
        assert math.isnan(found.estimate)
        assert math.isnan(found.p_value)
        assert math.isnan(found.low)
    else:
        assert found.estimate == 1.0
        assert math.isnan(found.low)
    assert found.agreed == found.agreed_high == 1.0
    assert found.agreed_low == pytest.approx(0.025 ** (1 / len(grades)))


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("counts", [[3, 1, 2], [1, 2, 4], [3, 4, 6, 7], [2, 7, 1]])
def test_rater_who_gives_one_grade(counts: list[int], scheme: KappaScheme) -> None:
    """Against one and the same grade kappa is 0 and never varies: there is no test."""
    grades = list(range(len(counts)))
    for grade in grades:
        same = [grade] * len(grades)
        for raters in ((same, grades), (grades, same)):
            found = weighted_kappa(*raters, scheme=scheme, weights=counts)
            assert found.estimate == 0.0
            assert (found.standard_error, found.null_standard_error) == (0.0, 0.0)
            assert math.isnan(found.p_value)
            if found.agreed < 1.0:
                assert (found.low, found.high) == (-1.0, 1.0)


@given(GRADES)
def test_relabeling(pairs: list[tuple[int, int]]) -> None:
    """Without weights of distance, names and order of the categories do not matter."""
    names = "cadbe"
    first, second = [a for a, _ in pairs], [b for _, b in pairs]
    plain = weighted_kappa(first, second, scheme="none")
    named = weighted_kappa(
        [names[a] for a in first], [names[b] for b in second], scheme="none"
    )
    np.testing.assert_allclose(
        [named.estimate, named.standard_error, named.null_standard_error],
        [plain.estimate, plain.standard_error, plain.null_standard_error],
        rtol=1e-9,
        atol=1e-12,
    )


@given(GRADES, st.data(), SCHEME)
def test_weights_are_repetition(
    pairs: list[tuple[int, int]], data: st.DataObject, scheme: KappaScheme
) -> None:
    """Case counts give what the repeated rows give."""
    cases = [data.draw(st.integers(0, 3)) for _ in pairs]
    rows = [
        pair for pair, count in zip(pairs, cases, strict=True) for _ in range(count)
    ]
    counted = weighted_kappa(
        [a for a, _ in pairs],
        [b for _, b in pairs],
        levels=range(5),
        weights=cases,
        scheme=scheme,
    )
    repeated = weighted_kappa(
        [a for a, _ in rows], [b for _, b in rows], levels=range(5), scheme=scheme
    )
    np.testing.assert_equal(attrs.astuple(counted), attrs.astuple(repeated))


@given(GRADES, st.sampled_from([0.5, 0.9]), st.sampled_from([0.95, 0.99]))
def test_interval(pairs: list[tuple[int, int]], few: float, many: float) -> None:
    """The interval holds kappa, stays within -1 and 1 and grows with the level."""
    first, second = [a for a, _ in pairs], [b for _, b in pairs]
    inner = weighted_kappa(first, second, confidence_level=few)
    outer = weighted_kappa(first, second, confidence_level=many)
    assume(not math.isnan(inner.low))
    assert -1.0 <= outer.low <= inner.low <= inner.estimate
    assert inner.estimate <= inner.high <= outer.high <= 1.0


def test_grade_that_nobody_received() -> None:
    """A whole-number grade keeps its place on the scale, whatever its type."""
    found = weighted_kappa([0, 1, 3, 3], [0, 3, 3, 1])
    assert found.levels == (0, 1, 2, 3)
    kept = weighted_kappa([0, 1, 3, 3], [0, 3, 3, 1], levels=[0, 1, 2, 3])
    assert attrs.astuple(found) == attrs.astuple(kept)
    floats = weighted_kappa([0.0, 1.0, 3.0, 3.0], [0.0, 3.0, 3.0, 1.0])
    assert floats.estimate == found.estimate
    closed = weighted_kappa([0, 1, 3, 3], [0, 3, 3, 1], levels=[0, 1, 3])
    assert closed.estimate != found.estimate


def test_enumeration() -> None:
    """Members of an enumeration are grades like any other."""
    first = [Strength.NONE, Strength.TRACE, Strength.POOR, None]
    second = [Strength.NONE, Strength.POOR, Strength.POOR, Strength.TRACE]
    found = weighted_kappa(first, second)
    assert found.levels == (Strength.NONE, Strength.TRACE, Strength.POOR)
    assert (found.n, found.n_missing) == (3, 1)


def test_missing() -> None:
    """A patient without one of the grades is left out and counted."""
    found = weighted_kappa(["a", None, "b", "a"], ["a", "b", None, "b"])
    assert (found.n, found.n_missing) == (2, 2)


def test_no_room_for_chance() -> None:
    """If every pairing of the grades agrees alike, kappa is 0 and has no interval."""
    for first, second in (
        ([0, 0, 0], [0, 1, 2]),  # one rater has a single grade
        ([0, 0, 0], [1, 1, 1]),
        ([0, 0, 1, 1], [1, 2, 2, 1]),  # no grade of the one below any of the other
    ):
        found = weighted_kappa(first, second)
        assert found.estimate == 0.0
        assert found.null_standard_error == 0.0
        assert math.isnan(found.p_value)
        assert (found.low, found.high) == (-1.0, 1.0)


def test_nobody() -> None:
    """Without patients nothing is defined."""
    for found in (weighted_kappa([], []), weighted_kappa([None], [1])):
        assert math.isnan(found.estimate)
        assert math.isnan(found.observed)
        assert found.n == 0


def test_large_counts() -> None:
    """Counts of billions stay exact."""
    first, second, cases = columns_of([[75, 1, 4], [5, 4, 1], [0, 0, 10]])
    few = weighted_kappa(first, second, weights=cases)
    many = weighted_kappa(first, second, weights=[c * 10**12 for c in cases])
    assert many.estimate == few.estimate


def test_refused() -> None:
    """Unknown grades, doubled levels and unknown schemes are refused."""
    with pytest.raises(InputError, match=r"rater2 must be one of the levels \(0, 1\)"):
        weighted_kappa([0, 1], [1, 2], levels=[0, 1])
    with pytest.raises(InputError, match="levels must be distinct grades"):
        weighted_kappa([0, 1], [1, 0], levels=[0, 1, 1])
    with pytest.raises(InputError, match="scheme must be one of 'linear'"):
        weighted_kappa([0], [1], scheme="cubic")  # type: ignore[arg-type] # refused
    with pytest.raises(InputError, match=r"rater2 must be as long as rater1 \(2\)"):
        weighted_kappa([0, 1], [1])
    with pytest.raises(InputError, match="at most 1000 grades apart"):
        weighted_kappa([0, 5000], [1, 2])


class Course(Enum):
    """Words whose order is not that of the alphabet."""

    WORSE = "worse"
    SAME = "same"
    BETTER = "better"


def test_declared_order() -> None:
    """An enumeration or ordered categorical brings its order and all its levels."""
    words = ["worse", "same", "better", "same", "worse"]
    others = ["same", "same", "better", "better", "worse"]
    levels = ["worse", "same", "better"]
    plain = weighted_kappa(words, others, levels=levels)
    members = [[Course(word) for word in column] for column in (words, others)]
    assert weighted_kappa(*members).estimate == plain.estimate
    assert weighted_kappa(*members).levels == tuple(Course)
    pandas = [
        pd.Categorical(column, categories=levels, ordered=True)
        for column in (words, others)
    ]
    assert weighted_kappa(*pandas) == plain
    assert weighted_kappa(*map(pd.Series, pandas)) == plain
    polars = [pl.Series(column, dtype=pl.Enum(levels)) for column in (words, others)]
    assert weighted_kappa(*polars) == plain
    turned = pd.Categorical(words, categories=levels[::-1], ordered=True)
    with pytest.raises(InputError, match="of the same ordered levels"):
        weighted_kappa(pandas[0], turned)


def test_words_without_order_are_refused() -> None:
    """The alphabet is no order; without distances none is needed."""
    words = ["worse", "same", "better"]
    with pytest.raises(InputError, match="give levels="):
        weighted_kappa(words, words)
    assert weighted_kappa(words, words, scheme="none").estimate == 1.0
    assert weighted_kappa(["yes", "no"], ["no", "no"]).n == 2


def test_empty_text_is_missing() -> None:
    """A cell of nothing, or of blanks, is no grade."""
    found = weighted_kappa(["yes", "", "no", " "], ["yes", "no", "no", "no"])
    assert (found.n, found.n_missing, found.levels) == (2, 2, ("no", "yes"))
