from collections.abc import Callable
from fractions import Fraction
from typing import Any

import hypothesis.strategies as st
import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given

from iph.errors import InputError
from iph.stats import SurvivalCurve, kaplan_meier
from iph.testing import survival_data

Rows = tuple[list[int], list[bool], list[int]]

TRANSFORMS = st.sampled_from(["log-log", "log", "plain", "logit", "arcsin"])

# Freireich et al. 1963: weeks of remission of 21 children under 6-mercaptopurine.
WEEKS = [6, 6, 6, 6, 7, 9, 10, 10, 11, 13, 16, 17, 19, 20, 22, 23, 25, 32, 32, 34, 35]
RELAPSE = [1, 1, 1, 0, 1, 0, 1, 0, 0, 1, 1, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0]


def floats(values: list[float | None]) -> npt.NDArray[np.float64]:
    """Read a column of a reference file, where NA is null."""
    return np.array([np.nan if v is None else v for v in values], dtype=np.float64)


def naive_curve(
    time: list[int], event: list[bool], entry: list[int] | None = None
) -> list[tuple[int, int, int, int, Fraction]]:
    """Estimate by hand, one patient and one fraction after the other."""
    began = entry if entry is not None else [-1] * len(time)
    rows = list(zip(began, time, event, strict=True))
    survival, out = Fraction(1), []
    for day in sorted(set(time)):
        n = sum(a < day <= t for a, t, _ in rows)
        d = sum(t == day and e for _, t, e in rows)
        c = sum(t == day and not e for _, t, e in rows)
        survival *= 1 - Fraction(d, n)
        out.append((day, n, d, c, survival))
    return out


def same(one: SurvivalCurve, other: SurvivalCurve) -> None:
    """Check that two curves hold the same arrays."""
    for name in ("time", "survival", "low", "high", "standard_error"):
        np.testing.assert_allclose(
            getattr(one, name), getattr(other, name), rtol=0, atol=1e-12
        )
    for name in ("at_risk", "events", "censored"):
        np.testing.assert_array_equal(getattr(one, name), getattr(other, name))
    assert (one.n, one.n_events) == (other.n, other.n_events)


def test_reference(reference: Callable[[str], list[dict[str, Any]]]) -> None:
    """Curve, error and bounds are those of R's survfit, on all five scales."""
    cases = reference("kaplan_meier.json")
    assert len(cases) >= 200
    for case in cases:
        curve = kaplan_meier(
            case["time"],
            case["event"],
            weights=case.get("weights"),
            entry=case.get("entry"),
            confidence_level=case["level"],
            interval=case["transform"],
        )
        out = case["out"]
        for name in ("time", "at_risk", "events", "censored"):
            np.testing.assert_array_equal(
                getattr(curve, name), out[name], err_msg=case["name"]
            )
        for name in ("survival", "standard_error", "low", "high"):
            np.testing.assert_allclose(
                getattr(curve, name),
                floats(out[name]),
                rtol=0,
                atol=1e-9,
                err_msg=f"{case['name']}: {name}",
            )


def test_freireich_as_printed() -> None:
    """The remission curve has the percentages that textbooks print for it."""
    curve = kaplan_meier(WEEKS, RELAPSE)
    hit = curve.events > 0
    assert [round(s, 4) for s in curve.survival[hit]] == [
        0.8571,
        0.8067,
        0.7529,
        0.6902,
        0.6275,
        0.5378,
        0.4482,
    ]
    assert curve.at_risk[hit].tolist() == [21, 17, 15, 12, 11, 7, 6]
    assert (curve.n, curve.n_events, curve.n_missing) == (21, 9, 0)
    assert curve.method == "kaplan-meier"


@given(survival_data())
def test_naive_loop(rows: Rows) -> None:
    """Each count and each factor is that of a loop over patients with fractions."""
    time, event, _ = rows
    curve = kaplan_meier(time, event)
    naive = naive_curve(time, event)
    assert curve.time.tolist() == [row[0] for row in naive]
    assert curve.at_risk.tolist() == [row[1] for row in naive]
    assert curve.events.tolist() == [row[2] for row in naive]
    assert curve.censored.tolist() == [row[3] for row in naive]
    np.testing.assert_allclose(
        curve.survival, [float(row[4]) for row in naive], rtol=1e-14, atol=0
    )


@given(survival_data(), st.data())
def test_naive_loop_left_truncated(rows: Rows, data: st.DataObject) -> None:
    """With late entry a patient is at risk after the entry only."""
    time = [t + 1 for t in rows[0]]
    entry = [data.draw(st.integers(0, t - 1)) for t in time]
    curve = kaplan_meier(time, rows[1], entry=entry)
    naive = naive_curve(time, rows[1], entry)
    assert curve.at_risk.tolist() == [row[1] for row in naive]
    np.testing.assert_allclose(
        curve.survival, [float(row[4]) for row in naive], rtol=1e-14, atol=0
    )


@given(survival_data(), st.randoms(use_true_random=False), TRANSFORMS)
def test_row_order(rows: Rows, random: Any, transform: Any) -> None:
    """The order of the patients does not matter."""
    order = list(range(len(rows[0])))
    random.shuffle(order)
    same(
        kaplan_meier(rows[0], rows[1], interval=transform),
        kaplan_meier(
            [rows[0][i] for i in order],
            [rows[1][i] for i in order],
            interval=transform,
        ),
    )


@given(survival_data(), st.data())
def test_weights_repeat(rows: Rows, data: st.DataObject) -> None:
    """A case count is the same as that many rows, zero being none."""
    time, event, _ = rows
    weights = [data.draw(st.integers(0, 3)) for _ in time]
    same(
        kaplan_meier(time, event, weights=weights),
        kaplan_meier(
            np.repeat(np.array(time, dtype=int), weights),
            np.repeat(np.array(event, dtype=bool), weights),
        ),
    )


@given(survival_data())
def test_no_censoring_is_empirical(rows: Rows) -> None:
    """If everybody has the event, the curve is the share later than each day."""
    time = np.array(rows[0])
    curve = kaplan_meier(time, [True] * time.size)
    expected = [(time > day).sum() / time.size for day in curve.time]
    assert curve.survival.tolist() == expected


@given(survival_data(), TRANSFORMS, st.floats(0.5, 0.98))
def test_interval(rows: Rows, transform: Any, level: float) -> None:
    """The interval holds the curve, stays in [0, 1] and grows with the level."""
    narrow = kaplan_meier(rows[0], rows[1], interval=transform, confidence_level=level)
    wide = kaplan_meier(
        rows[0], rows[1], interval=transform, confidence_level=(1 + level) / 2
    )
    known = ~np.isnan(narrow.low)
    s, low, high = narrow.survival[known], narrow.low[known], narrow.high[known]
    slack = 1e-12
    assert (low <= s + slack).all()
    assert (s <= high + slack).all()
    assert ((low >= 0) & (high <= 1)).all()
    assert (wide.low[known] <= low + slack).all()
    assert (wide.high[known] >= high - slack).all()
    assert (np.isnan(narrow.low) == np.isnan(narrow.high)).all()
    undefined = narrow.survival <= 0
    if transform not in {"plain", "log"}:
        undefined |= narrow.survival >= 1
    assert (~known == undefined).all()


@given(survival_data())
def test_survival_falls(rows: Rows) -> None:
    """The curve never rises, and falls exactly at the events."""
    curve = kaplan_meier(rows[0], rows[1])
    steps = np.diff(curve.survival, prepend=1.0)
    assert (steps <= 0).all()
    assert ((steps < 0) == (curve.events > 0)).all()


@given(survival_data())
def test_continuous_times_are_counted_alike(rows: Rows) -> None:
    """Days as thousandths of a second stretch the curve and change nothing else."""
    whole = kaplan_meier(rows[0], rows[1])
    spread = kaplan_meier([t * 1e7 + 0.5 for t in rows[0]], rows[1])
    np.testing.assert_allclose(spread.time, whole.time * 1e7 + 0.5)
    np.testing.assert_array_equal(spread.survival, whole.survival)


def test_missing_is_counted() -> None:
    """Rows without time, event or entry are left out and counted with their weight."""
    curve = kaplan_meier(
        [1, None, 3, 4, float("nan")],
        [True, True, None, False, True],
        weights=[1, 2, 3, 4, 5],
    )
    assert (curve.n, curve.n_missing) == (5, 10)
    assert curve.time.tolist() == [1.0, 4.0]
    late = kaplan_meier([2, 3], [True, True], entry=[None, 1])
    assert (late.n, late.n_missing) == (1, 1)


def test_at_equal_times_events_come_first() -> None:
    """A patient censored on the day of an event is at risk of it."""
    curve = kaplan_meier([2, 2, 3], [True, False, True])
    assert curve.at_risk.tolist() == [3, 1]
    assert curve.survival.tolist() == [2 / 3, 0.0]


@pytest.mark.parametrize("transform", ["log-log", "log", "plain", "logit", "arcsin"])
def test_degenerate(transform: Any) -> None:
    """Nobody, one patient, all censored, all on one day, and day 0 give curves."""
    nobody = kaplan_meier([], [], interval=transform)
    assert (nobody.n, nobody.time.size, nobody.low.size) == (0, 0, 0)
    one = kaplan_meier([0], [True], interval=transform)
    assert one.survival.tolist() == [0.0]
    assert np.isnan(one.low).all()
    assert np.isnan(one.standard_error).all()
    censored = kaplan_meier([1, 2], [False, False], interval=transform)
    assert censored.survival.tolist() == [1.0, 1.0]
    assert censored.standard_error.tolist() == [0.0, 0.0]
    at_once = kaplan_meier([5, 5, 5], [True, True, True], interval=transform)
    assert at_once.survival.tolist() == [0.0]
    emptied = kaplan_meier([1, 3], [True, True], entry=[0, 2], interval=transform)
    assert emptied.survival.tolist() == [0.0, 0.0]


def test_arrays_are_read_only() -> None:
    """A result cannot be changed by writing into its arrays."""
    curve = kaplan_meier([1, 2, 2], [True, False, True])
    for name in (
        "time",
        "survival",
        "low",
        "high",
        "standard_error",
        "at_risk",
        "events",
        "censored",
    ):
        with pytest.raises(ValueError, match="read-only"):
            getattr(curve, name)[0] = 7


def test_messages() -> None:
    """Bad input is refused by name, with what it must be."""
    with pytest.raises(InputError, match="interval must be one of 'beta-product'"):
        kaplan_meier([1], [True], interval="loglog")  # type: ignore[arg-type] # refused
    with pytest.raises(InputError, match="confidence_level must be between 0 and 1"):
        kaplan_meier([1], [True], confidence_level=95)
    with pytest.raises(InputError, match="event must be as long as time"):
        kaplan_meier([1, 2], [True])
    with pytest.raises(InputError, match=r"event\[0\] must be True/1"):
        kaplan_meier([1, 2], [2, 1])
    with pytest.raises(InputError, match=r"time\[1\]"):
        kaplan_meier([1, -2], [True, True])
    with pytest.raises(InputError, match=r"entry\[0\] must be before time"):
        kaplan_meier([1], [True], entry=[1])
