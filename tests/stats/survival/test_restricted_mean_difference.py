import math
from collections.abc import Callable
from typing import Any

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import assume, given

from iph.errors import DataError, InputError
from iph.stats import kaplan_meier, restricted_mean_difference
from iph.testing import survival_data

Rows = tuple[list[int], list[bool], list[int]]


def test_reference(reference: Callable[[str], list[dict[str, Any]]]) -> None:
    """The difference and its test are those from the means that R prints."""
    cases = reference("restricted_mean.json")
    assert len(cases) >= 200
    for case in cases:
        found = restricted_mean_difference(
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
    found = restricted_mean_difference(time, event, group)
    assert found.tau == limit
    assert found.tau_rule == "smallest of the groups' largest times"
    assert found.means == tuple(means)
    assert found.estimate == means[1].value - means[0].value
    assert found.standard_error == pytest.approx(
        math.sqrt(sum(m.standard_error**2 for m in means)), rel=1e-12
    )
    assert found.low <= found.estimate <= found.high
    swapped = restricted_mean_difference(time, event, [1 - g for g in group])
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
    counted = restricted_mean_difference(time, event, group, weights=weights)
    repeated = restricted_mean_difference(time[copies], event[copies], group[copies])
    assert counted.estimate == repeated.estimate
    assert counted.standard_error == repeated.standard_error
    assert counted.n == repeated.n


def test_missing_and_labels() -> None:
    """Rows without a value are counted; a given limit is named so."""
    found = restricted_mean_difference(
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
    found = restricted_mean_difference(time, event, group, entry=entry, tau=5)
    second = kaplan_meier(time[2:], event[2:], entry=entry[2:]).restricted_mean(5)
    assert found.means[1].value == second.value


def test_no_event_no_p() -> None:
    """Without any event before the limit there is no difference and no p-value."""
    found = restricted_mean_difference([5, 6, 7], [True] * 3, [0, 0, 1], tau=3)
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
