"""Recovered, not recovered and unknown at each visit."""

import math
from typing import Any

import pytest
from hypothesis import given

from iph.errors import InputError
from iph.stats import proportion, recovered_by_visit
from iph.testing import recovery_intervals

VISITS = (0, 7, 30, 91, 182, 365)


def test_counts_and_exact_interval() -> None:
    """Counted by hand; the interval is that of binom.test(2, 3) in R."""
    rows = recovered_by_visit([0, 7, 7, 30], [7, 30, 91, math.inf], [7, 30, 91])
    assert [(r.recovered, r.not_recovered, r.undetermined) for r in rows] == [
        (1, 3, 0),
        (2, 1, 1),
        (3, 0, 1),
    ]
    second = rows[1]
    assert second.estimate == pytest.approx(2 / 3)
    assert second.low == pytest.approx(0.0942993240502461, abs=1e-9)
    assert second.high == pytest.approx(0.991596241340387, abs=1e-9)
    assert (second.lowest, second.highest) == (0.5, 0.75)
    assert (second.visit, second.method) == (30.0, "clopper-pearson")


@given(recovery_intervals())
def test_everyone_is_counted_once(data: tuple[list[int], list[float]]) -> None:
    """The three counts make n; on visits the patient attended nothing is unknown."""
    left, right = data
    rows = recovered_by_visit(left, right, VISITS)
    for row in rows:
        unknown = sum(
            low < row.visit < high for low, high in zip(left, right, strict=True)
        )
        assert row.undetermined == unknown
        assert (
            row.recovered + row.not_recovered + row.undetermined == row.n == len(left)
        )
        known = proportion(row.recovered, row.n - unknown, method="clopper-pearson")
        assert (row.low, row.high) == (known.low, known.high)
        assert row.lowest <= row.highest
        if unknown < row.n:
            assert row.lowest <= row.estimate <= row.highest
    shares = [(row.lowest, row.highest) for row in rows]
    assert shares == sorted(shares)


def test_known_day_counts_from_that_day() -> None:
    """Recovery known to fall on day 7 is recovery on day 7."""
    before, then = recovered_by_visit([7], [7], [6, 7])
    assert (before.not_recovered, then.recovered) == (1, 1)


def test_weights_and_missing() -> None:
    """A row stands for its cases; missing ones are counted."""
    (row,) = recovered_by_visit([0, 7, None], [7, 30, 7], [7], weights=[3, 2, 4])
    assert (row.recovered, row.not_recovered, row.n, row.n_missing) == (3, 2, 5, 4)


def test_nobody_known() -> None:
    """If no state is known the share is undefined and anything is possible."""
    (row,) = recovered_by_visit([0], [30], [7])
    assert math.isnan(row.estimate)
    assert (row.low, row.high, row.lowest, row.highest) == (0.0, 1.0, 0.0, 1.0)
    (none,) = recovered_by_visit([None], [30], [7])
    assert math.isnan(none.lowest)
    assert math.isnan(none.highest)
    assert none.n_missing == 1


@pytest.mark.parametrize(
    ("visits", "options", "message"),
    [
        ([7, None], {}, "visits must be days without missing ones"),
        ([-7], {}, r"visits\[0\] must be a finite number"),
        ([7], {"confidence_level": 2}, "confidence_level must be"),
        ([7], {"method": "wald"}, "method must be one of"),
    ],
)
def test_wrong_options_are_refused(
    visits: list[Any], options: dict[str, Any], message: str
) -> None:
    """Visits are days; level and interval are those of a proportion."""
    with pytest.raises(InputError, match=message):
        recovered_by_visit([0], [7], visits, **options)
