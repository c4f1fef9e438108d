"""How many patients, what difference, how wide an interval."""

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from iph.design import detectable, power, precision, sample_size
from iph.errors import InputError, WorkError
from iph.stats import proportion, risk_difference


@settings(max_examples=6)  # some twenty powers each
@given(low=st.floats(0.05, 0.4), gap=st.floats(0.4, 0.55), wanted=st.floats(0.5, 0.9))
def test_the_smallest_study_from_which_on_the_power_stays(
    low: float, gap: float, wanted: float
) -> None:
    """The study reaches the power, as do the next five; the one before does not."""
    arms = [low + gap, low]
    found = sample_size("fisher", arms, wanted=wanted)
    (n, _), (first, _) = found.n_arms, found.first
    assert found.power == power("fisher", arms, n).power
    for more in range(6):
        assert power("fisher", arms, n + more).power >= wanted
    assert first <= n
    if n > first:
        assert power("fisher", arms, n - 1).power < wanted


def test_power_saws() -> None:
    """A study can lose power with one patient more, and the curve shows it."""
    found = sample_size("one-share", 0.8, null=0.5, wanted=0.8)
    drops = [
        b < a for a, b in zip(found.curve_power, found.curve_power[1:], strict=False)
    ]
    assert any(drops)
    assert found.first[0] < found.n_arms[0]
    assert all(size <= 0.05 for size in found.curve_size)


def test_arms_can_differ_in_size_and_lose_patients() -> None:
    """Two to one, a fifth lost: what is recruited leaves what is needed."""
    found = sample_size("fisher", [0.9, 0.4], allocation=(2, 1), loss=0.2)
    first, second = found.n_arms
    assert first == 2 * second
    assert found.n_recruited == (math.ceil(first / 0.8), math.ceil(second / 0.8))
    assert found.n_missing == sum(found.n_recruited) - found.n


def test_no_difference_has_no_sample_size() -> None:
    """Where power cannot be reached, the message asks whether that was meant."""
    with pytest.raises(WorkError, match="difference assumed"):
        sample_size("one-share", 0.5, null=0.5)
    with pytest.raises(InputError, match="allocation"):
        sample_size("fisher", [0.3, 0.8], allocation=(1, 1, 1))


def test_what_is_detectable_is_just_detectable() -> None:
    """The odds ratio reaches the power, and one a little smaller does not."""
    found = detectable("fisher", 0.3, 20)
    assert found.power >= 0.8
    share = found.arms[0][1]
    assert found.measure == "odds ratio"
    assert share / (1 - share) / (0.3 / 0.7) == pytest.approx(found.difference)
    weaker = found.difference * 0.995
    less = 0.3 * weaker / (0.7 + 0.3 * weaker)
    assert power("fisher", [less, 0.3], 20).power < 0.8


def test_nothing_is_detectable_with_too_few() -> None:
    """Two against two patients never reach p = .05: the odds ratio is infinite."""
    found = detectable("fisher", 0.5, 2)
    assert math.isinf(found.difference)
    assert found.power == 0.0
    with pytest.raises(InputError, match="one of"):
        detectable("friedman", 0.5, 2)


def weaker(test: str, by: float, found: Any) -> Any:
    """Return the power just short of what was found detectable."""
    from iph.design._differences import difference_of

    controls: dict[str, tuple[Any, dict[str, Any]]] = DETECTED
    control, more = controls[test]
    base = np.array([1 - control, control] if isinstance(control, float) else control)
    difference = difference_of(test, base, len(found.n_arms), **more)
    value = difference.none + (found.difference - difference.none) * by
    return power(
        test,  # type: ignore[arg-type] # one of them
        difference.arms(value),
        found.n_arms,
        **difference.options(value),
    )


DETECTED: dict[str, tuple[Any, dict[str, Any]]] = {
    "one-share": (0.3, {}),
    "mcnemar": ([0.2, 0.3, 0.1, 0.4], {}),
    "sign": ([0.3, 0.2, 0.5], {"values": [-1, 0, 1]}),
    "wilcoxon-signed-rank": ([0.5, 0.5], {"values": [-1, 2]}),
    "kruskal-wallis": ([0.8, 0.2], {}),
    "jonckheere-terpstra": ([0.8, 0.2], {}),
    "shares-within-margins": (0.8, {}),
    "kappa": ([0.5, 0.5], {"null": 0.0}),
    "icc": (0.75, {"readers": 2}),
}


@pytest.mark.parametrize(
    ("test", "n", "measure"),
    [
        ("one-share", 30, "odds ratio"),
        ("mcnemar", 50, "odds ratio"),
        ("sign", 50, "odds ratio"),
        ("wilcoxon-signed-rank", 10, "odds ratio"),
        ("kruskal-wallis", (4, 4, 4), "odds ratio"),
        ("jonckheere-terpstra", (4, 4, 4), "odds ratio"),
        ("shares-within-margins", 8, "margin"),
        ("kappa", 12, "kappa"),
        ("icc", 20, "ICC"),
    ],
)
def test_each_test_finds_just_what_is_detectable(
    test: Any, n: Any, measure: str
) -> None:
    """It reaches the power, and a difference smaller by 1 % does not."""
    control, more = DETECTED[test]
    found = detectable(test, control, n, wanted=0.4, **more)
    assert found.measure == measure
    assert found.power >= 0.4
    assert math.isfinite(found.difference)
    less = weaker(test, 0.99, found)
    assert less.power < 0.4
    rows = [sum(row) for row in found.arms]
    if test == "icc":
        assert found.arms == ((found.difference,),)
    elif test == "kappa":
        assert sum(rows) == pytest.approx(1.0)
    else:
        assert rows == pytest.approx([1.0] * len(rows))


def test_changes_are_tilted_whatever_their_size() -> None:
    """The odds of going up are the same for each size of change."""
    found = detectable(
        "sign", [0.1, 0.2, 0.1, 0.4, 0.2], 60, values=[-2, -1, 0, 1, 2], wanted=0.5
    )
    (row,) = found.arms
    assert row[3] / row[0] == pytest.approx(found.difference)  # 1 against -1
    assert row[4] / row[1] == pytest.approx(found.difference)
    assert row[2] == pytest.approx(0.1)
    assert row[0] + row[3] == pytest.approx(0.6)


def test_what_is_detectable_of_recovery_at_visits_counts_the_lost() -> None:
    """It is what `power` finds of the arms there, with the same share lost."""
    plan: dict[str, Any] = {"days": [7, 30], "loss": 0.2, "n_simulations": 100}
    arms = [0.5, 0.3, 0.2]
    found = detectable("interval-logrank", arms, 20, wanted=0.5, **plan)
    again = power("interval-logrank", found.arms, 20, **plan)
    assert math.isfinite(found.difference)
    assert found.power == again.power >= 0.5
    assert (found.n, found.n_missing) == (40, 0)  # the lost are used until then


def test_what_is_detectable_of_shares_is_that_of_the_patients_left() -> None:
    """Of 25 recruited patients a fifth is lost: it is what 20 patients can find."""
    lost, left = detectable("fisher", 0.3, 25, loss=0.2), detectable("fisher", 0.3, 20)
    assert lost.difference == left.difference
    assert (lost.n_arms, lost.n, lost.n_missing) == ((25, 25), 40, 10)


def test_a_kappa_is_that_of_its_table() -> None:
    """Readers who use the grades as often as said have the kappa found."""
    from iph.design._rater_tests import true_kappa

    found = detectable("kappa", [0.2, 0.3, 0.5], 4, null=0.0, wanted=0.3)
    table = np.array(found.arms)
    expected = 1 - 0.5**10 if math.isinf(found.difference) else found.difference
    assert true_kappa(table.ravel()) == pytest.approx(expected)
    np.testing.assert_allclose(table.sum(axis=1), [0.2, 0.3, 0.5])


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: detectable("one-share", 0.3, 20, null=0.3), "held against control"),
        (lambda: detectable("sign", [0.5, 0.5], 20), "2 numbers"),
        (lambda: detectable("icc", 0.75, 20), "readers must be given"),
        (lambda: detectable("kappa", [0.5, 0.5], 20), "null must be given"),
        (lambda: detectable("mcnemar", [0.5, 0.5], 20), "4 probabilities"),
        (lambda: detectable("fisher", 0.5, (5, 5, 5)), "or 2, one for each arm"),
    ],
)
def test_what_is_not_detectable(call: Any, words: str) -> None:
    """The message says what is missing, or too much."""
    with pytest.raises(InputError, match=words):
        call()


@given(share=st.floats(0, 1), n=st.integers(1, 40))
def test_width_of_a_share(share: float, n: int) -> None:
    """The mean width, and the coverage of a guaranteed interval."""
    found = precision("proportion", share, n)
    widths = [proportion(k, n).high - proportion(k, n).low for k in range(n + 1)]
    chances = [
        math.comb(n, k) * share**k * (1 - share) ** (n - k) for k in range(n + 1)
    ]
    assert found.expected == pytest.approx(np.dot(widths, chances))
    assert found.coverage >= 0.95 - 1e-9
    within = sum(c for w, c in zip(widths, chances, strict=True) if w <= found.assured)
    assert within >= 0.9 - 1e-9
    below = [w for w in widths if w < found.assured]
    if below:
        less = sum(c for w, c in zip(widths, chances, strict=True) if w <= max(below))
        assert less < 0.9 + 1e-9


def test_width_of_a_difference() -> None:
    """Two shares: each outcome has the interval that the data would have."""
    found = precision("risk-difference", [0.7, 0.4], (4, 3), method="newcombe")
    expected = 0.0
    for a in range(5):
        for c in range(4):
            one = risk_difference([[a, 4 - a], [c, 3 - c]], method="newcombe")
            chance = math.comb(4, a) * 0.7**a * 0.3 ** (4 - a)
            chance *= math.comb(3, c) * 0.4**c * 0.6 ** (3 - c)
            expected += chance * (one.high - one.low)
    assert found.expected == pytest.approx(expected)
    assert found.method == "newcombe"
    assert found.n_arms == (4, 3)
    with pytest.raises(InputError, match="interval"):
        precision("median", 0.5, 4)  # type: ignore[arg-type] # refused


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"allocation": (1, 60_000)}, "allocation must be a whole number from 1 to 20"),
        ({"allocation": (0, 1)}, "allocation must be a whole number from 1 to 20"),
    ],
)
def test_what_is_no_allocation(arguments: Any, said: str) -> None:
    """Arms that no study has are refused before they are searched for hours."""
    with pytest.raises(InputError, match=said):
        sample_size("fisher", [0.6, 0.3], **arguments)


@pytest.mark.parametrize("readers", [1, 1_001, 10**400])
def test_how_many_readers_a_study_can_have(readers: int) -> None:
    """Two to a thousand; a number beyond all floats is refused as any other."""
    with pytest.raises(InputError, match="readers must be a whole number from 2 to"):
        detectable("icc", 0.75, 20, readers=readers)
    with pytest.raises(InputError, match="readers must be a whole number from 2 to"):
        precision("icc", 0.75, 20, readers=readers)
