"""Agreement of two or more readers."""

import enum
import itertools
import math
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import attrs
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from iph.errors import InputError
from iph.stats import agreement, proportion, weighted_kappa
from iph.testing import rating_rows

Rows = list[list[int | None]]
COEFFICIENTS: tuple[Any, ...] = ("gwet", "fleiss", "krippendorff", "percent")
SCHEMES = ("linear", "quadratic", "none")
READ = rating_rows(missing=True, max_visits=4, high=4)
UNITS = [
    [1, 1, None, 1],
    [2, 2, 3, 2],
    [3, 3, 3, 3],
    [3, 3, 3, 3],
    [2, 2, 2, 2],
    [1, 2, 3, 4],
    [4, 4, 4, 4],
    [1, 1, 2, 1],
    [2, 2, 2, 2],
    [None, 5, 5, 5],
    [None, None, 1, 1],
    [None, None, 3, None],
]


def weight(one: int, other: int, size: int, scheme: str) -> Fraction:
    """Return how far two grades agree."""
    if scheme == "none" or size == 1:
        return Fraction(one == other)
    power = 2 if scheme == "quadratic" else 1
    return 1 - Fraction(abs(one - other), size - 1) ** power


def naive(
    rows: Rows,
    size: int,
    coefficient: str,
    scheme: str,
    *,
    each: list[Any] | None = None,
    few: Any = None,
) -> Any:
    """Return a coefficient pair by pair; None where it is undefined.

    Each patient may have a weight; `few` keeps the correction of alpha fixed.
    """
    each = [Fraction(1)] * len(rows) if each is None else each
    pairs, patients = Fraction(0), Fraction(0)
    shares = [Fraction(0)] * size
    mass = Fraction(0)
    readings = Fraction(0)
    for row, case in zip(rows, each, strict=True):
        seen = [grade for grade in row if grade is not None]
        r = len(seen)
        if r > 1:
            agreed = sum(
                weight(x, y, size, scheme) for x, y in itertools.permutations(seen, 2)
            )
            if coefficient == "krippendorff":
                pairs += case * agreed / (r - 1)
            else:
                pairs += case * agreed / (r * (r - 1))
            patients += case
            readings += case * r
        if r > (1 if coefficient == "krippendorff" else 0):
            for grade in seen:
                part = case if coefficient == "krippendorff" else case / r
                shares[grade] += part
                mass += part
    if not patients:
        return None
    p = [share / mass for share in shares]
    chance: Any = sum(
        weight(k, m, size, scheme) * p[k] * p[m]
        for k in range(size)
        for m in range(size)
    )
    if coefficient == "percent":
        return pairs / patients
    observed = pairs / patients
    if coefficient == "krippendorff":
        few = 1 - 1 / readings if few is None else few
        observed = 1 - few * (1 - pairs / readings)
    if coefficient == "gwet":
        if size == 1:
            return None
        total = sum(
            weight(k, m, size, scheme) for k in range(size) for m in range(size)
        )
        chance = total / (size * (size - 1)) * sum(x * (1 - x) for x in p)
    return None if chance == 1 else 1 - (1 - observed) / (1 - chance)


@given(
    rows=READ,
    coefficient=st.sampled_from(COEFFICIENTS),
    scheme=st.sampled_from(SCHEMES),
)
def test_naive(rows: Rows, coefficient: Any, scheme: Any) -> None:
    """The coefficient is that of all pairs of readers, worked out with fractions."""
    found = agreement(rows, coefficient=coefficient, scheme=scheme, levels=range(5))
    expected = naive(rows, 5, coefficient, scheme)
    if expected is None:
        assert math.isnan(found.estimate)
    else:
        assert found.estimate == pytest.approx(float(expected), abs=1e-12)


@given(
    rows=rating_rows(missing=True, min_rows=2, max_visits=4, high=3),
    coefficient=st.sampled_from(COEFFICIENTS),
    scheme=st.sampled_from(SCHEMES),
)
def test_standard_error_is_that_of_the_slopes(
    rows: Rows, coefficient: Any, scheme: Any
) -> None:
    """The error is the spread of how the coefficient moves with each patient."""
    found = agreement(rows, coefficient=coefficient, scheme=scheme, levels=range(4))
    paired = {"krippendorff", "percent"}
    least = 2 if coefficient in paired else 1
    used = [row for row in rows if sum(v is not None for v in row) >= least]
    n = len(used)
    if math.isnan(found.estimate) or n < 2:
        assert math.isnan(found.standard_error)
        return
    readings = sum(v is not None for row in used for v in row)
    step = 1e-6
    slopes = []
    for place in range(n):
        ends = [
            naive(
                used,
                4,
                coefficient,
                scheme,
                each=[1.0 + side * step * (i == place) for i in range(n)],
                few=1.0 - 1.0 / readings,
            )
            for side in (-1.0, 1.0)
        ]
        slopes.append(n * (ends[1] - ends[0]) / (2.0 * step))
    expected = math.sqrt(math.fsum(slope**2 for slope in slopes) / (n * (n - 1)))
    assert found.standard_error == pytest.approx(expected, rel=1e-4, abs=1e-6)


def test_reference(reference: Callable[[str], list[dict[str, Any]]]) -> None:
    """Coefficients are those of irrCAC; errors too, but for alpha and single reads."""
    errors = 0
    for case in reference("agreement.json"):
        once = any(sum(v is not None for v in row) == 1 for row in case["rows"])
        for coefficient in COEFFICIENTS:
            found = agreement(
                case["rows"], coefficient=coefficient, scheme=case["scheme"]
            )
            estimate, error, observed, expected = case[coefficient]
            assert found.estimate == pytest.approx(estimate, abs=5.1e-6)
            assert found.observed == pytest.approx(observed, abs=1e-12)
            assert found.expected == pytest.approx(expected, abs=1e-12)
            if not once and coefficient != "krippendorff":
                assert found.standard_error == pytest.approx(error, abs=5.1e-6)
                errors += 1
    assert errors > 150


@pytest.mark.parametrize(
    ("coefficient", "scheme", "published"),
    [
        ("krippendorff", "none", 0.743),
        ("krippendorff", "quadratic", 0.849),
        ("gwet", "none", 0.775),
        ("fleiss", "none", 0.761),
    ],
)
def test_published(coefficient: Any, scheme: Any, published: float) -> None:
    """Krippendorff's example of 12 units, and what Gwet finds in it."""
    found = agreement(UNITS, coefficient=coefficient, scheme=scheme)
    assert round(found.estimate, 3) == published
    assert (found.n, found.n_single, found.n_missing) == (11, 1, 0)
    assert (found.n_readers, found.levels) == (4, (1, 2, 3, 4, 5))


@given(
    rows=READ,
    coefficient=st.sampled_from(COEFFICIENTS),
    scheme=st.sampled_from(SCHEMES),
    order=st.randoms(),
)
def test_readers_and_patients_have_no_order(
    rows: Rows, coefficient: Any, scheme: Any, order: Any
) -> None:
    """Neither the order of patients nor of readers matters, nor the scale turned."""
    found = agreement(rows, coefficient=coefficient, scheme=scheme, levels=range(5))
    mixed = [order.sample(row, len(row)) for row in order.sample(rows, len(rows))]
    turned = [[None if v is None else 4 - v for v in row] for row in mixed]
    for other_rows in (mixed, turned):
        other = agreement(
            other_rows, coefficient=coefficient, scheme=scheme, levels=range(5)
        )
        for field in attrs.fields(type(found)):
            ours, theirs = getattr(found, field.name), getattr(other, field.name)
            assert ours == pytest.approx(theirs, nan_ok=True, abs=1e-9)


@given(rows=READ, coefficient=st.sampled_from(COEFFICIENTS))
def test_interval_holds_the_estimate(rows: Rows, coefficient: Any) -> None:
    """The interval holds the estimate within its range, and patients add up."""
    found = agreement(rows, coefficient=coefficient)
    least = 0.0 if coefficient == "percent" else -1.0
    assert found.low >= least or found.low == found.estimate
    assert found.low <= found.high <= 1.0
    if not math.isnan(found.estimate):
        assert found.low - 1e-12 <= found.estimate <= found.high + 1e-12
    else:
        assert (found.low, found.high) == (least, 1.0)
    assert found.n + found.n_single + found.n_missing == len(rows)


@given(
    rows=rating_rows(missing=True, max_rows=5, max_visits=4, high=4),
    counts=st.lists(st.integers(0, 3), min_size=5, max_size=5),
    coefficient=st.sampled_from(COEFFICIENTS),
)
def test_weights_are_repeated_rows(
    rows: Rows, counts: list[int], coefficient: Any
) -> None:
    """Case counts give what the repeated rows give."""
    weights = counts[: len(rows)]
    several = [row for row, w in zip(rows, weights, strict=True) for _ in range(w)]
    if several:
        found = agreement(
            rows, coefficient=coefficient, weights=weights, levels=range(5)
        )
        other = agreement(several, coefficient=coefficient, levels=range(5))
        for field in attrs.fields(type(found)):
            ours, theirs = getattr(found, field.name), getattr(other, field.name)
            assert ours == pytest.approx(theirs, nan_ok=True, abs=1e-9)


@given(
    rows=st.lists(st.integers(0, 3).map(lambda v: [v, v, v]), min_size=2, max_size=9),
    coefficient=st.sampled_from(COEFFICIENTS),
)
def test_full_agreement(rows: Rows, coefficient: Any) -> None:
    """Full agreement is 1, and few patients leave room below it."""
    found = agreement(rows, coefficient=coefficient, levels=range(4))
    if len({row[0] for row in rows}) > 1 or coefficient in {"gwet", "percent"}:
        assert found.estimate == pytest.approx(1.0)
        assert found.standard_error == pytest.approx(0.0, abs=1e-9)
        assert found.low < 0.95
        assert found.high == pytest.approx(1.0)
    else:  # one grade throughout leaves kappa and alpha no room for chance
        assert math.isnan(found.estimate)
        assert (found.low, found.high) == (-1.0, 1.0)


def test_two_readers_and_equal_weights() -> None:
    """The share of two readers is a share; kappa of equal margins is Cohen's."""
    first, second = [1, 2, 3, 1, 2, 3, 1, 2], [1, 2, 1, 3, 2, 3, 2, 1]
    rows = [list(pair) for pair in zip(first, second, strict=True)]
    share = agreement(rows, coefficient="percent", scheme="none")
    expected = proportion(4, 8)
    assert share.estimate == expected.estimate
    assert (share.low, share.high) == pytest.approx((expected.low, expected.high))
    assert share.method == "clopper-pearson"
    kappa = agreement(rows, coefficient="fleiss")
    cohen = weighted_kappa(first, second)
    assert kappa.estimate == pytest.approx(cohen.estimate)
    assert kappa.method == "score"


class Grade(enum.IntEnum):
    """A grade that nobody received keeps its place."""

    NONE = 0
    MILD = 1
    SEVERE = 2


def test_levels() -> None:
    """Levels come from the enumeration, from the numbers, or are given."""
    rows = [[Grade.NONE, Grade.NONE], [Grade.SEVERE, Grade.NONE]]
    assert agreement(rows).levels == (0, 1, 2)
    assert agreement([[0, 0], [2, 0]]).levels == (0, 1, 2)
    words = [["mild", "mild"], ["none", "severe"], ["none", None]]
    given_ = agreement(words, levels=["none", "mild", "severe"])
    assert given_.levels == ("none", "mild", "severe")
    assert given_.estimate == agreement([[1, 1], [0, 2], [0, None]]).estimate
    assert agreement(np.array(words, dtype=object), scheme="none").n == 2
    alone = agreement([["mild", "mild"]], scheme="none")
    assert math.isnan(alone.estimate)  # one grade is no choice
    assert agreement(np.array([[1.0, np.nan], [2.0, 2.0]])).n_single == 1


def test_nothing_to_compare() -> None:
    """Patients read once or never say nothing of agreement."""
    for coefficient in COEFFICIENTS:
        found = agreement([[1, None], [None, 2], [None, None]], coefficient=coefficient)
        assert math.isnan(found.estimate)
        assert found.high == 1.0
        assert (found.n, found.n_single, found.n_missing) == (0, 2, 1)
    alone = agreement([[1, 2]])
    assert (alone.low, alone.high) == (-1.0, 1.0)
    assert math.isnan(alone.standard_error)


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([[1], [2]], "at least 2 columns"),
        ([], "at least 2 columns"),
        ([[1, 2], [1, 2, 3]], r"rows\[1\] must be as long as rows\[0\]"),
        ([[1, 2], 3], r"rows\[1\] must be a row of grades"),
        (5, "a table of grades"),
        ("12", "a table of grades"),
        (np.array([1, 2]), "two-dimensional"),
        ([["a", "b"], ["c", "a"]], "grades that have an order"),
    ],
)
def test_refused(rows: Any, message: str) -> None:
    """What is no table of grades of two readers is refused with the reason."""
    with pytest.raises(InputError, match=message):
        agreement(rows)


def test_refused_levels() -> None:
    """A grade outside the levels is refused."""
    with pytest.raises(InputError, match="one of the levels"):
        agreement([[1, 4]], levels=[1, 2, 3])
