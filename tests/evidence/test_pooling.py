"""Proportions pooled over series, against R and against themselves."""

import math
from collections.abc import Callable
from typing import Any

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given

from iph.errors import DataError, InputError
from iph.evidence import pooled_proportion
from iph.evidence._binomial_normal import _standard_error

Reference = Callable[[str], list[dict[str, Any]]]

SERIES = st.lists(
    st.integers(1, 60).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))),
    min_size=2,
    max_size=8,
)


def test_logit_normal_agrees_with_metafor(reference: Reference) -> None:
    """Estimate, interval, tau2 and Q are those of metafor 3, to 1e-9 (tau2 1e-6)."""
    cases = [c for c in reference("pooling.json") if c["model"] == "logit-normal"]
    assert len(cases) == 24
    for case in cases:
        found = pooled_proportion(
            case["a"],
            case["n"],
            model="logit-normal",
            tau2=case["tau2_method"],
            interval=case["interval"],
        )
        for name in ("estimate", "low", "high", "q", "q_p_value"):
            np.testing.assert_allclose(getattr(found, name), case[name], atol=5e-9)
        np.testing.assert_allclose(found.tau2, case["tau2"], atol=1e-6)


def test_binomial_normal_agrees_with_lme4(reference: Reference) -> None:
    """The exact model agrees with glmer, whose optimizer stops near 1e-6."""
    cases = [c for c in reference("pooling.json") if c["model"] == "binomial-normal"]
    assert len(cases) == 6
    for case in cases:
        found = pooled_proportion(case["a"], case["n"])
        for name in ("estimate", "low", "high"):
            np.testing.assert_allclose(getattr(found, name), case[name], atol=1e-5)
        np.testing.assert_allclose(found.tau2, case["tau2"], rtol=1e-4, atol=1e-6)


@given(SERIES, st.sampled_from(["binomial-normal", "logit-normal"]))
def test_mirrored_outcome_gives_the_mirrored_result(
    series: list[tuple[int, int]], model: Any
) -> None:
    """The proportion without the outcome is one less that with it."""
    counts, sizes = zip(*series, strict=True)
    without = [n - a for a, n in series]
    one = pooled_proportion(counts, sizes, model=model)
    other = pooled_proportion(without, sizes, model=model)
    np.testing.assert_allclose(one.estimate, 1 - other.estimate, atol=1e-4)
    assert 0 <= one.low <= one.estimate <= one.high <= 1
    assert one.n == sum(sizes)
    np.testing.assert_allclose(sum(s.weight for s in one.series), 1.0)


@given(SERIES)
def test_prediction_is_wider_than_the_interval(series: list[tuple[int, int]]) -> None:
    """A further series is less certain than the middle of all."""
    counts, sizes = zip(*series, strict=True)
    found = pooled_proportion(counts, sizes, model="logit-normal", interval="normal")
    if len(series) < 3:
        assert math.isnan(found.prediction_low)
    else:
        assert found.prediction_low <= found.low + 1e-12
        assert found.prediction_high >= found.high - 1e-12


@pytest.mark.parametrize(("counts", "estimate"), [([0, 0], 0.0), ([5, 9], 1.0)])
def test_no_or_only_outcomes(counts: list[int], estimate: float) -> None:
    """The exact model has no maximum inside: the estimate is 0 or 1, all is open."""
    found = pooled_proportion(counts, [5, 9])
    assert found.estimate == estimate
    assert (found.low, found.high) == (0.0, 1.0)
    assert math.isnan(found.prediction_low)


def test_missing_series_are_counted() -> None:
    """A series without a number or without patients is left out and counted."""
    found = pooled_proportion([3, None, 0, 4], [9, 7, 0, 8], labels=list("abcd"))
    assert found.n_series == 2
    assert found.n_missing == 2
    assert [one.label for one in found.series] == ["a", "d"]


def test_refusals() -> None:
    """What cannot be pooled is refused with a reason."""
    with pytest.raises(
        InputError, match=r"counts\[1\] must be at most its series of 4"
    ):
        pooled_proportion([1, 5], [4, 4])
    with pytest.raises(InputError, match=r"counts\[0\] must be a whole number"):
        pooled_proportion([1.5, 2], [4, 4])
    with pytest.raises(DataError, match="at least 2 series"):
        pooled_proportion([1], [4])
    with pytest.raises(InputError, match="model must be one of"):
        pooled_proportion([1, 2], [4, 4], model="beta")  # type: ignore[arg-type] # the point


def test_series_that_are_all_or_nothing() -> None:
    """When series scatter without end the interval says nothing."""
    found = pooled_proportion([0, 30, 0, 30], [30, 30, 30, 30], model="binomial-normal")
    assert (found.low, found.high) == (0.0, 1.0)


def test_flat_likelihood_has_no_standard_error() -> None:
    """Without curvature the standard error is infinite."""
    point = np.array([0.0, 0.0])
    assert _standard_error(lambda _: 1.0, point) == math.inf
