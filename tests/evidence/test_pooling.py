"""Proportions pooled over series, against R and against themselves."""

import math
from collections.abc import Callable
from typing import Any

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import assume, given, settings
from scipy import stats

from iph.errors import DataError, InputError
from iph.evidence import pooled_proportion
from iph.evidence._binomial_normal import _standard_error
from iph.stats import proportion

Reference = Callable[[str], list[dict[str, Any]]]

SERIES = st.lists(
    st.integers(1, 60).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))),
    min_size=2,
    max_size=8,
)


def test_logit_normal_agrees_with_metafor(reference: Reference) -> None:
    """Estimate, interval, tau2 and Q are those of metafor 3, to 1e-9 (tau2 1e-6)."""
    cases = [c for c in reference("pooling.json") if c["model"] == "logit-normal"]
    assert len(cases) == 36
    for case in cases:
        if case["interval"] not in {"hartung-knapp", "normal"}:
            continue  # without the floor, which is not offered
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
        np.testing.assert_allclose(found.i2, case["i2"], atol=1e-6)


def test_hartung_knapp_has_a_floor(reference: Reference) -> None:
    """Where series agree closely the interval without the floor is shorter."""
    cases = [c for c in reference("pooling.json") if c["name"] == "alike"]
    (bare,) = (
        c
        for c in cases
        if c["interval"] == "hartung-knapp without floor" and c["tau2_method"] == "reml"
    )
    found = pooled_proportion(bare["a"], bare["n"], model="logit-normal")
    assert found.low < bare["low"] < bare["high"] < found.high


def test_binomial_normal_agrees_with_lme4(reference: Reference) -> None:
    """The exact model agrees with glmer, whose optimizer stops near 1e-6."""
    cases = [c for c in reference("pooling.json") if c["model"] == "binomial-normal"]
    assert len(cases) == 6
    for case in cases:
        found = pooled_proportion(case["a"], case["n"], interval="normal")
        for name in ("estimate", "low", "high"):
            np.testing.assert_allclose(getattr(found, name), case[name], atol=1e-5)
        np.testing.assert_allclose(found.tau2, case["tau2"], rtol=1e-4, atol=1e-6)


@given(SERIES, st.sampled_from(["binomial-normal", "logit-normal"]))
def test_mirrored_outcome_gives_the_mirrored_result(
    series: list[tuple[int, int]], model: Any
) -> None:
    """The proportion without the outcome is one less that with it.

    I2 is 0 exactly if tau2 is, and below 1.
    """
    counts, sizes = zip(*series, strict=True)
    without = [n - a for a, n in series]
    one = pooled_proportion(counts, sizes, model=model)
    other = pooled_proportion(without, sizes, model=model)
    np.testing.assert_allclose(one.estimate, 1 - other.estimate, atol=1e-4)
    assert 0 <= one.low <= one.estimate <= one.high <= 1
    assert one.n == sum(sizes)
    np.testing.assert_allclose(sum(s.weight for s in one.series), 1.0)
    assert (one.i2 == 0.0) == (one.tau2 == 0.0)
    assert 0.0 <= one.i2 < 1.0


@given(SERIES)
def test_prediction_is_wider_than_the_interval(series: list[tuple[int, int]]) -> None:
    """A further series is less certain than the middle of all."""
    counts, sizes = zip(*series, strict=True)
    found = pooled_proportion(counts, sizes, model="logit-normal", interval="normal")
    all_or_none = not any(counts) or counts == sizes
    if len(series) < 3 or all_or_none:
        assert math.isnan(found.prediction_low)
    else:
        assert found.prediction_low <= found.low + 1e-12
        assert found.prediction_high >= found.high - 1e-12


@pytest.mark.parametrize("model", ["binomial-normal", "logit-normal", "common"])
def test_no_or_only_outcomes(model: Any) -> None:
    """All series without the outcome, or all with it: the exact interval of them all.

    Nobody of 22 patients in three series: 0 to 1 - .025^(1/22), 15.4 %.
    """
    none = pooled_proportion([0, 0, 0], [7, 10, 5], model=model)
    assert (none.estimate, none.low) == (0.0, 0.0)
    assert none.high == pytest.approx(1 - 0.025 ** (1 / 22), rel=1e-12)
    assert math.isnan(none.prediction_low)
    every = pooled_proportion([7, 10, 5], [7, 10, 5], model=model)
    assert (every.estimate, every.high) == (1.0, 1.0)
    assert every.low == pytest.approx(0.025 ** (1 / 22), rel=1e-12)
    assert ("exact" in none.method) == (model != "common")


def test_common() -> None:
    """Taken as one, the series have the exact interval of all their patients."""
    for counts, sizes in (([3], [12]), ([1, 0, 0], [28, 10, 12]), ([4, 9], [11, 30])):
        found = pooled_proportion(counts, sizes, model="common")
        expected = proportion(sum(counts), sum(sizes))
        assert found.estimate == expected.estimate
        assert (found.low, found.high) == (expected.low, expected.high)
        assert (found.tau2, found.i2) == (0.0, 0.0)


@settings(max_examples=25)  # each draw fits two mixed models
@given(SERIES)
def test_t_interval(series: list[tuple[int, int]]) -> None:
    """On the logit scale it is the normal one, longer by the ratio of quantiles."""
    counts, sizes = zip(*series, strict=True)
    assume(any(counts) and counts != sizes)
    plain = pooled_proportion(counts, sizes, interval="normal")
    found = pooled_proportion(counts, sizes)
    assume(plain.low > 0.001 and plain.high < 0.999)
    logits = [math.log(p / (1 - p)) for p in (plain.low, plain.high)]
    half = (logits[1] - logits[0]) / 2 * stats.t.ppf(0.975, len(series) - 1) / 1.959964
    middle = sum(logits) / 2
    expected = [1 / (1 + math.exp(-(middle + side * half))) for side in (-1, 1)]
    np.testing.assert_allclose([found.low, found.high], expected, atol=1e-5)


def test_options_that_do_not_belong_to_the_model() -> None:
    """What the model would ignore is refused."""
    for options in (
        {"tau2": "reml"},
        {"interval": "hartung-knapp"},
        {"model": "logit-normal", "interval": "t"},
        {"model": "common", "interval": "normal"},
        {"model": "common", "tau2": "reml"},
    ):
        with pytest.raises(InputError, match="with model="):
            pooled_proportion([1, 2], [4, 5], **options)  # type: ignore[arg-type]


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
