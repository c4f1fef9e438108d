"""The sign test."""

import math
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iph.errors import InputError
from iph.stats import mcnemar, sign_test
from iph.testing import scores

Reference = Callable[[str], list[dict[str, Any]]]

SIDES = ("two-sided", "less", "greater")


def test_agrees_with_r(reference: Reference) -> None:
    """p-values are those of binom.test in R over 200 tied samples."""
    cases = reference("paired_samples.json")
    chosen = [case for case in cases if case["kind"] == "signed-rank"]
    assert len(chosen) > 200
    for case in chosen:
        for side, expected in zip(SIDES, case["sign"], strict=True):
            found = sign_test(case["x"], case["y"], alternative=side)  # type: ignore[arg-type] # one of the three
            assert found.p_value == pytest.approx(expected, abs=1e-12)


@given(d=scores(min_size=1, low=-3, high=3), method=st.sampled_from(["exact", "mid-p"]))
def test_swapping_flips_the_sign(d: list[int], method: Any) -> None:
    """Opposite differences: opposite z, mirrored one-sided p-values, all counted."""
    found = sign_test(d, method=method, alternative="greater")
    other = sign_test([-v for v in d], method=method, alternative="less")
    assert found.p_value == other.p_value
    assert (found.n_positive, found.n_negative) == (other.n_negative, other.n_positive)
    assert found.n_positive + found.n_negative + found.n_zero == found.n == len(d)
    if not math.isnan(found.z):
        assert found.z == -other.z
    assert found.statistic == sum(v > 0 for v in d)


@given(d=scores(min_size=1, low=-3, high=3), data=st.data())
def test_weights_are_repeated_rows(d: list[int], data: st.DataObject) -> None:
    """Case counts give what the repeated pairs give."""
    weights = data.draw(st.lists(st.integers(0, 3), min_size=len(d), max_size=len(d)))
    repeated = [v for v, w in zip(d, weights, strict=True) for _ in range(w)]
    assert repr(sign_test(d, weights=weights)) == repr(sign_test(repeated))


@given(
    pairs=st.lists(st.tuples(st.booleans(), st.booleans()), min_size=1),
    method=st.sampled_from(["exact", "mid-p", "asymptotic"]),
)
def test_of_yes_and_no_it_is_mcnemar(
    pairs: list[tuple[bool, bool]], method: Any
) -> None:
    """On a yes/no outcome sign test and McNemar's test are one."""
    x, y = [int(a) for a, _ in pairs], [int(b) for _, b in pairs]
    expected = sign_test(x, y, method=method).p_value
    assert mcnemar(x, y, method=method).p_value == pytest.approx(
        expected, abs=1e-15, nan_ok=True
    )


def test_degenerate_samples() -> None:
    """All alike: exact p is 1, asymptotic NaN; no pair: NaN."""
    assert sign_test([1, 2], [1, 2]).p_value == 1.0
    assert sign_test([1, 2], [1, 2], method="mid-p").p_value == 1.0
    assert math.isnan(sign_test([1, 2], [1, 2], method="asymptotic").p_value)
    empty = sign_test([None], [1])
    assert math.isnan(empty.p_value)
    assert (empty.statistic, empty.n, empty.n_missing) == (0, 0, 1)


def test_refusals() -> None:
    """Unknown options are refused."""
    with pytest.raises(InputError, match="method must be one of"):
        sign_test([1], method="sure")  # type: ignore[arg-type] # that is the test
    with pytest.raises(InputError, match="alternative must be one of"):
        sign_test([1], alternative="up")  # type: ignore[arg-type] # that is the test
