"""Non-inferiority and equivalence of two shares."""

import itertools
import math
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from iph.errors import InputError, WorkError
from iph.stats import barnard, shares_within_margins

Reference = Callable[[str], list[dict[str, Any]]]


def test_r(reference: Reference) -> None:
    """P-values agree with those of Chan's test in the R package EC."""
    cases = reference("margins.json")
    assert len(cases) >= 25
    for case in cases:
        found = shares_within_margins(case["table"], lower=-case["margin"])
        assert found.p_lower == pytest.approx(case["p"], abs=1e-6)
        assert found.p_upper is None
        assert found.p_value == found.p_lower


@pytest.mark.parametrize(
    ("measure", "lower", "upper"),
    [("difference", -0.15, 0.33), ("ratio", 0.4, 1.7), ("odds-ratio", 0.3, 5.0)],
)
def test_interval_agrees(measure: Any, lower: float, upper: float) -> None:
    """In every table the interval leaves out a margin exactly if p is at most .05."""
    for a, c in itertools.product(range(4), range(5)):
        found = shares_within_margins(
            [[a, 3 - a], [c, 4 - c]],
            lower=lower,
            upper=upper,
            measure=measure,
            confidence_level=0.9,
        )
        assert found.p_lower is not None
        assert found.p_upper is not None
        assert (found.low > lower) == (found.p_lower <= 0.05)
        assert (found.high < upper) == (found.p_upper <= 0.05)
        assert found.shown == (found.low > lower and found.high < upper)
        assert found.p_value == max(found.p_lower, found.p_upper)


def test_guaranteed_size() -> None:
    """At the margin at most .05 of samples are called shown, whatever the free risk."""
    n1, n2, margin = 4, 4, 0.4
    shown = {
        (a, c)
        for a, c in itertools.product(range(n1 + 1), range(n2 + 1))
        if shares_within_margins(
            [[a, n1 - a], [c, n2 - c]], lower=-margin, confidence_level=0.9
        ).shown
    }
    assert shown
    for step in range(121):
        q = margin + step / 200
        p = q - margin
        size = math.fsum(
            math.comb(n1, a) * p**a * (1 - p) ** (n1 - a)
            * math.comb(n2, c) * q**c * (1 - q) ** (n2 - c)
            for a, c in shown
        )  # fmt: skip
        assert size <= 0.05 + 1e-7


@settings(max_examples=5)  # some tenths of a second each
@given(st.data())
def test_mirrors(data: st.DataObject) -> None:
    """With the groups swapped, the margins change their sign and their places."""
    n1, n2 = data.draw(st.integers(1, 6)), data.draw(st.integers(1, 6))
    a, c = data.draw(st.integers(0, n1)), data.draw(st.integers(0, n2))
    lower, upper = data.draw(st.sampled_from([(-0.2, 0.3), (-0.5, 0.1)]))
    one = shares_within_margins([[a, n1 - a], [c, n2 - c]], lower=lower, upper=upper)
    two = shares_within_margins([[c, n2 - c], [a, n1 - a]], lower=-upper, upper=-lower)
    assert [one.p_lower, one.p_upper] == pytest.approx(
        [two.p_upper, two.p_lower], abs=1e-7
    )
    assert [one.low, one.high] == pytest.approx([-two.high, -two.low], abs=1e-6)
    assert one.low <= one.estimate <= one.high


def test_no_margin_is_barnard() -> None:
    """With a margin of nothing this is Barnard's one-sided test."""
    table = [[7, 5], [2, 10]]
    found = shares_within_margins(table, lower=0.0, upper=0.5)
    assert found.p_lower == barnard(table, alternative="greater").p_value


def test_empty_group() -> None:
    """With an empty group nothing is shown."""
    found = shares_within_margins([[0, 0], [3, 2]], lower=-0.1, n_missing=2)
    assert math.isnan(found.p_value)
    assert math.isnan(found.estimate)
    assert not found.shown
    assert (found.low, found.high, found.n, found.n_missing) == (-1.0, 1.0, 5, 2)


def test_refused() -> None:
    """Margins that are none, out of range or in disorder are refused."""
    table = [[3, 1], [1, 3]]
    with pytest.raises(InputError, match="a margin, unless upper is given"):
        shares_within_margins(table)
    with pytest.raises(InputError, match="lower must be a number between -1 and 1"):
        shares_within_margins(table, lower=-10)
    with pytest.raises(InputError, match="upper must be a number between 0 and inf"):
        shares_within_margins(table, upper=-0.5, measure="ratio")
    with pytest.raises(InputError, match="lower must be below upper"):
        shares_within_margins(table, lower=0.2, upper=0.1)
    for wrong in (True, "0.1", math.nan):
        with pytest.raises(InputError, match="lower must be a number"):
            shares_within_margins(table, lower=wrong)  # type: ignore[arg-type] # refused
    with pytest.raises(WorkError, match="50,000"):
        shares_within_margins([[300, 10], [200, 90]], lower=-0.1)
