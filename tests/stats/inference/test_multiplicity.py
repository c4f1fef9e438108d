"""The rule that says which endpoints may be claimed."""

import itertools
import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from iph.errors import InputError
from iph.stats import MultiplicityRule, adjust_p_values

P_VALUES = st.lists(st.floats(0.0, 1.0), min_size=5, max_size=5)
NAMES = ["a", "b", "c", "d", "e"]
RULE = MultiplicityRule(primary=["a", "b"], secondary=["c", "d"])


def judged(p_values: Any, rule: MultiplicityRule = RULE) -> dict[str, Any]:
    """Return the verdicts by name."""
    return {
        one.name: one for one in rule.judge(dict(zip(NAMES, p_values, strict=True)))
    }


@given(P_VALUES)
def test_by_hand(p_values: list[float]) -> None:
    """Claims are those of Holm's rule, then of a fixed order, written out."""
    found = judged(p_values)
    small, large = sorted(p_values[:2])
    first, both = small <= 0.025, small <= 0.025 and large <= 0.05
    for name, p in zip("ab", p_values, strict=False):
        assert found[name].claimed == (both or (first and p == small))
    third = both and p_values[2] <= 0.05
    assert found["c"].claimed == third
    assert found["d"].claimed == (third and p_values[3] <= 0.05)
    assert not found["e"].claimed
    assert [found[n].role for n in NAMES] == [
        "primary", "primary", "secondary", "secondary", "descriptive",
    ]  # fmt: skip
    holm = adjust_p_values(p_values[:2], method="holm")
    assert (found["a"].p_adjusted, found["b"].p_adjusted) == holm
    assert found["d"].p_adjusted == max(*holm, *p_values[2:4])
    assert math.isnan(found["e"].p_adjusted)


@given(P_VALUES, st.floats(0.001, 0.999))
def test_adjusted_p_value_is_the_level_of_the_claim(
    p_values: list[float], alpha: float
) -> None:
    """An endpoint is claimed exactly if its adjusted p-value is at most alpha."""
    rule = MultiplicityRule(primary=["a", "b"], secondary=["c", "d"], alpha=alpha)
    for name, one in judged(p_values, rule).items():
        if name != "e":
            assert one.claimed == (one.p_adjusted <= alpha)
            assert one.p_adjusted >= one.p_value


@given(P_VALUES, st.integers(0, 4), st.floats(0.0, 1.0))
def test_smaller_p_values_never_lose_a_claim(
    p_values: list[float], place: int, factor: float
) -> None:
    """A smaller p-value keeps every claim."""
    lower = [p * factor if i == place else p for i, p in enumerate(p_values)]
    before, after = judged(p_values), judged(lower)
    assert all(after[n].claimed for n in NAMES if before[n].claimed)


def test_false_claims_are_rare() -> None:
    """Whichever hypotheses are true, at most .05 of studies make a false claim."""
    rng = np.random.default_rng(8)
    for true in itertools.product([False, True], repeat=4):
        false_claims = 0
        for _ in range(400):
            p = rng.random(5)
            p[:4] = np.where(true, p[:4], p[:4] * 0.01)
            found = judged(p.tolist())
            false_claims += any(
                found[n].claimed for n, null in zip("abcd", true, strict=True) if null
            )
        assert false_claims / 400 <= 0.05 + 3 * math.sqrt(0.05 * 0.95 / 400)


def test_missing_p_value_stops_the_order() -> None:
    """A p-value that could not be found counts as not significant."""
    found = judged([0.001, 0.001, None, 0.001, 0.001])
    assert "no p-value" in found["c"].reason
    assert found["d"].reason == "not tested: c was not significant"
    assert not found["d"].claimed
    lost = judged([None, 0.02, 0.001, 0.001, 0.5])
    assert lost["b"].claimed
    assert not lost["c"].claimed
    assert math.isnan(lost["a"].p_value)


def test_one_name_is_enough() -> None:
    """One primary endpoint is given as text, and is tested at the whole level."""
    rule = MultiplicityRule(primary="strength")
    assert rule.primary == ("strength",)
    (verdict,) = rule.judge({"strength": 0.05})
    assert verdict.claimed
    assert rule == MultiplicityRule(primary=["strength"])


def test_refused() -> None:
    """A rule without endpoints, or p-values that do not fit it, are refused."""
    with pytest.raises(InputError, match="at least one endpoint"):
        MultiplicityRule(primary=())
    with pytest.raises(InputError, match="each named once"):
        MultiplicityRule(primary="a", secondary=["b", "a"])
    for wrong in (3, {"a": 1}, [1], [""]):
        with pytest.raises(InputError, match="endpoints must be"):
            MultiplicityRule(primary="x", secondary=wrong)
    with pytest.raises(InputError, match="alpha must be"):
        MultiplicityRule(primary="a", alpha=5)
    with pytest.raises(InputError, match="none for c, d"):
        RULE.judge({"a": 0.1, "b": 0.2})
    with pytest.raises(InputError, match="p_values"):
        RULE.judge({"a": 0.1, "b": 0.2, "c": 1.2, "d": 0.3})
    with pytest.raises(InputError, match="a mapping of endpoints"):
        RULE.judge([0.1, 0.2])  # type: ignore[arg-type] # refused
