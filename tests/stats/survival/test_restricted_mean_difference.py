import itertools
import math
from collections.abc import Callable
from functools import partial
from typing import Any

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import assume, given

from iph.errors import DataError, InputError
from iph.stats import kaplan_meier, restricted_mean_difference
from iph.stats._survival.logrank_imputed import Patients
from iph.stats._survival.restricted_mean_permutation import standardized
from iph.stats._survival.survival_table import survival_table
from iph.testing import survival_data

normal = partial(restricted_mean_difference, method="normal")

Rows = tuple[list[int], list[bool], list[int]]


def test_reference(reference: Callable[[str], list[dict[str, Any]]]) -> None:
    """The difference and its test are those from the means that R prints."""
    cases = reference("restricted_mean.json")
    assert len(cases) >= 200
    for case in cases:
        found = normal(
            case["time"],
            case["event"],
            case["group"],
            tau=case.get("tau"),
            weights=case.get("weights"),
        )
        out = case["out"]
        for name in ("tau", "estimate", "standard_error", "low", "high"):
            assert getattr(found, name) == pytest.approx(out[name], abs=1e-9)
        p = math.nan if out["p_value"] is None else out["p_value"]
        assert found.p_value == pytest.approx(p, abs=1e-9, nan_ok=True), case["name"]
        assert [m.value for m in found.means] == pytest.approx(out["means"], abs=1e-9)


@given(survival_data())
def test_from_two_curves(rows: Rows) -> None:
    """It is the second group's mean less the first's, with the variances added."""
    time, event, group = rows
    assume(set(group) == {0, 1})
    means = []
    limit = min(
        max(t for t, g in zip(time, group, strict=True) if g == k) for k in (0, 1)
    )
    assume(limit > 0)
    for k in (0, 1):
        own = [i for i, g in enumerate(group) if g == k]
        curve = kaplan_meier([time[i] for i in own], [event[i] for i in own])
        means.append(curve.restricted_mean(limit))
    found = normal(time, event, group)
    assert found.tau == limit
    assert found.tau_rule == "smallest of the groups' largest times"
    assert found.means == tuple(means)
    assert found.estimate == means[1].value - means[0].value
    assert found.standard_error == pytest.approx(
        math.sqrt(sum(m.standard_error**2 for m in means)), rel=1e-12
    )
    assert found.low <= found.estimate <= found.high
    swapped = normal(time, event, [1 - g for g in group])
    assert swapped.estimate == -found.estimate
    np.testing.assert_equal(swapped.p_value, found.p_value)


@given(survival_data(), st.data())
def test_weights_repeat(rows: Rows, data: st.DataObject) -> None:
    """A case count is the same as that many rows."""
    time, event, group = (np.array(column) for column in rows)
    weights = np.array([data.draw(st.integers(0, 3)) for _ in rows[0]])
    copies = np.repeat(np.arange(time.size), weights)
    assume(set(group[copies].tolist()) == {0, 1})
    assume(min(time[copies][group[copies] == k].max() for k in (0, 1)) > 0)
    counted = normal(time, event, group, weights=weights)
    repeated = normal(time[copies], event[copies], group[copies])
    assert counted.estimate == repeated.estimate
    assert counted.standard_error == repeated.standard_error
    assert counted.n == repeated.n


def test_missing_and_labels() -> None:
    """Rows without a value are counted; a given limit is named so."""
    found = normal(
        [2, 4, 6, 8, None, 3],
        [True, True, True, True, True, True],
        ["late", "early", "early", "late", "late", None],
        tau=5,
    )
    assert (found.groups, found.tau_rule) == (("early", "late"), "given")
    assert (found.n, found.n_missing, found.method) == (4, 2, "normal")


def test_late_entry() -> None:
    """With late entry each group's curve is the left-truncated one."""
    time, event = [3, 5, 4, 6, 7], [True, True, True, True, False]
    entry, group = [0, 2, 0, 1, 3], [0, 0, 1, 1, 1]
    found = normal(time, event, group, entry=entry, tau=5)
    second = kaplan_meier(time[2:], event[2:], entry=entry[2:]).restricted_mean(5)
    assert found.means[1].value == second.value


def test_no_event_no_p() -> None:
    """Without any event before the limit there is no difference and no p-value."""
    found = normal([5, 6, 7], [True] * 3, [0, 0, 1], tau=3)
    assert (found.estimate, found.standard_error) == (0.0, 0.0)
    assert math.isnan(found.p_value)
    assert math.isnan(found.statistic)


def test_messages() -> None:
    """There must be two groups, known up to the limit."""
    with pytest.raises(DataError, match="takes two groups with patients, got 3"):
        restricted_mean_difference([1, 2, 3], [True] * 3, [0, 1, 2])
    with pytest.raises(DataError, match="got 0; select two groups"):
        restricted_mean_difference([], [], [])
    with pytest.raises(DataError, match="unknown after day 2"):
        restricted_mean_difference([2, 5], [False, True], [0, 1], tau=4)
    with pytest.raises(InputError, match="tau must be a positive number"):
        restricted_mean_difference([0, 5], [False, True], [0, 1])


def area(time: list[int], event: list[bool], tau: float) -> tuple[float, float]:
    """Return the area under the curve up to tau and Greenwood's variance, by steps."""
    survival, steps = 1.0, [(0.0, 1.0)]
    jumps = []
    for day in sorted({t for t in time if t < tau}):
        n = sum(t >= day for t in time)
        d = sum(t == day and e for t, e in zip(time, event, strict=True))
        survival *= 1 - d / n
        steps.append((float(day), survival))
        jumps.append((float(day), d, n))
    ends = [day for day, _ in steps[1:]] + [tau]

    def from_day(start: float) -> float:
        pieces = zip(steps, ends, strict=True)
        return sum(s * (end - day) for (day, s), end in pieces if day >= start)

    variance = sum(
        from_day(day) ** 2 * d / (n * (n - d)) for day, d, n in jumps if n > d
    )
    return from_day(0.0), variance


def naive_standardized(
    time: list[int], event: list[bool], group: list[int], tau: float
) -> float:
    """Return the difference over its standard error; infinite without one."""
    parts = [
        area(
            [t for t, g in zip(time, group, strict=True) if g == k],
            [e for e, g in zip(event, group, strict=True) if g == k],
            tau,
        )
        for k in (0, 1)
    ]
    difference = parts[1][0] - parts[0][0]
    error = math.sqrt(parts[0][1] + parts[1][1])
    if abs(difference) < 1e-9:
        return 0.0
    return difference / error if error > 1e-9 else math.copysign(math.inf, difference)


@given(survival_data(min_size=2, max_size=12), st.integers(1, 13))
def test_permuted_statistic_is_the_naive_one(rows: Rows, tau: int) -> None:
    """Each row of labels gives the areas and Greenwood's variance of its groups."""
    time, event = [*rows[0], 4, 7], [*rows[1], True, True]
    group = [*(g % 2 for g in rows[2]), 0, 1]
    table = survival_table(time, event, group=group)
    patients = Patients.of(table)
    turned = np.stack([patients.group, 1 - patients.group])
    found = standardized(patients, turned, table.time, float(tau))
    expected = naive_standardized(time, event, group, float(tau))
    assert found[0] == pytest.approx(expected, rel=1e-9, abs=1e-9)
    assert found[1] == pytest.approx(-expected, rel=1e-9, abs=1e-9)
    last = min(
        max(t for t, g in zip(time, group, strict=True) if g == k) for k in (0, 1)
    )
    chosen = standardized(patients, turned, table.time, None)
    if last > 0:
        own = naive_standardized(time, event, group, float(last))
        assert chosen[0] == pytest.approx(own, rel=1e-9, abs=1e-9)


def test_permutation_p_holds_the_enumerated_one() -> None:
    """All allocations of eight patients, each difference over its own error."""
    time, event = [3, 5, 7, 9, 2, 4, 4, 6], [True, True, False, True] + [True] * 4
    group = [1] * 4 + [0] * 4
    observed = abs(naive_standardized(time, event, group, 6.0))
    far = [
        abs(naive_standardized(time, event, [k in chosen for k in range(8)], 6.0))
        >= observed - 1e-9
        for chosen in itertools.combinations(range(8), 4)
    ]
    found = restricted_mean_difference(time, event, group, tau=6)
    assert (found.method, found.seed) == ("studentized permutation", 2023)
    assert found.p_low is not None
    assert found.p_high is not None
    assert found.p_low <= sum(far) / len(far) <= found.p_high
    # The interval is symmetric and agrees with the p-value.
    assert found.high - found.estimate == pytest.approx(found.estimate - found.low)
    assert (found.low > 0 or found.high < 0) == (found.p_value < 0.05)


def test_permutation_interval_agrees_with_its_p_value() -> None:
    """0 is left out where p is at most 1 minus the level, whatever the level."""
    rng = np.random.default_rng(3)
    for _ in range(20):
        time = rng.integers(1, 30, 14).tolist()
        group = [0] * 7 + [1] * 7
        for level in (0.5, 0.8, 0.95):
            found = restricted_mean_difference(
                time,
                [True] * 14,
                group,
                tau=20,
                confidence_level=level,
                rng=1,
                n_resamples=199,
            )
            outside = found.low > 0 or found.high < 0
            if abs(found.p_value - (1 - level)) > 0.006:
                assert outside == (found.p_value < 1 - level)


def test_large_groups_and_late_entry_are_normal() -> None:
    """Above 100 patients in both groups, and with late entry, nothing is permuted."""
    rng = np.random.default_rng(1)
    time = rng.integers(1, 60, 220)
    group = np.arange(220) % 2
    assert restricted_mean_difference(time, time > 0, group, tau=30).method == "normal"
    data: Any = ([3, 5, 7, 9], [True] * 4, [0, 1, 0, 1])
    assert restricted_mean_difference(*data, tau=6, entry=[0] * 4).method == "normal"
    with pytest.raises(InputError, match='method must be "normal" with entry'):
        restricted_mean_difference(*data, tau=6, entry=[0] * 4, method="permutation")


def test_no_error_leaves_no_p_value() -> None:
    """Where no event falls before tau in either group nothing is permuted."""
    found = restricted_mean_difference([5, 6, 7, 8], [True] * 4, [0, 1, 0, 1], tau=3)
    assert math.isnan(found.p_value)
    assert (found.p_low, found.seed) == (None, None)
    assert (found.low, found.high) == (0.0, 0.0)
