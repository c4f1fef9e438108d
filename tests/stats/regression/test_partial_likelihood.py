"""The sums over patients at risk, against sums event by event."""

import itertools
import math
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from iph.errors import WorkError
from iph.stats._regression import partial_likelihood as module
from iph.stats._regression.newton import Penalized, inverted, maximum
from iph.stats._regression.partial_likelihood import (
    PartialLikelihood,
    partial_likelihood,
)
from iph.stats._regression.risk_sets import risk_sets

Drawn = dict[str, np.ndarray]
STEP = 1e-5


@st.composite
def patients(draw: st.DrawFn) -> Drawn:
    """Draw rows with two columns, strata, entries and counts."""
    size = draw(st.integers(2, 12))
    top = draw(st.integers(1, 10))
    late, several = draw(st.booleans()), draw(st.booleans())
    rows = []
    for place in range(size):
        time = draw(st.integers(1, top))
        rows.append(
            (
                float(time),
                place == 0 or draw(st.booleans()),
                float(draw(st.integers(0, time - 1))) if late else -1.0,
                draw(st.integers(0, 2)) if several else 0,
                draw(st.integers(1, 3)),
                float(draw(st.integers(-2, 2))),
                float(draw(st.integers(0, 3))),
            )
        )
    names = ("time", "event", "entry", "stratum", "counts", "a", "b")
    return {k: np.array(v) for k, v in zip(names, zip(*rows, strict=True), strict=True)}


def kernel(drawn: Drawn, ties: Any) -> PartialLikelihood:
    """Return the likelihood that is tested."""
    sets = risk_sets(drawn["time"], drawn["event"], drawn["entry"], drawn["stratum"])
    x = np.stack((drawn["a"], drawn["b"]))
    event, counts = drawn["event"][sets.rows], drawn["counts"][sets.rows]
    return partial_likelihood(sets, x[:, sets.rows], event, counts, ties)


def naive(place: np.ndarray, drawn: Drawn, ties: str) -> float:
    """Return the log-likelihood, each case a row, each event for itself."""
    rows = np.repeat(np.arange(drawn["time"].size), drawn["counts"])
    time, event, entry, stratum = (
        drawn[name][rows] for name in ("time", "event", "entry", "stratum")
    )
    predictor = place @ np.stack((drawn["a"], drawn["b"]))[:, rows]
    total = 0.0
    for of, day in sorted({(s, t) for s, t, e in zip(stratum, time, event) if e}):  # noqa: B905 - of one length
        at_risk = (stratum == of) & (entry < day) & (time >= day)
        tied = at_risk & event & (time == day)
        for place_ in range(tied.sum()):
            share = place_ / tied.sum() if ties == "efron" else 0.0
            weights = np.exp(predictor[at_risk]).sum()
            total -= math.log(weights - share * np.exp(predictor[tied]).sum())
        total += predictor[tied].sum()
    return total


@given(patients(), st.sampled_from(["efron", "breslow"]))
def test_value(drawn: Drawn, ties: str) -> None:
    """The log-likelihood is that of every event among those at risk."""
    likelihood = kernel(drawn, ties)
    for place in ((0.0, 0.0), (0.7, -0.4), (-2.0, 1.0)):
        found = likelihood.at(np.array(place)).value
        expected = naive(np.array(place), drawn, ties)
        assert found == pytest.approx(expected, rel=1e-10, abs=1e-10)


@given(patients(), st.sampled_from(["efron", "breslow"]))
def test_derivatives(drawn: Drawn, ties: str) -> None:
    """Slope, information and tilt are what differences of the values say."""
    likelihood = kernel(drawn, ties)
    place = np.array([0.4, -0.3])
    point = likelihood.at(place)
    for i, unit in enumerate(np.eye(2) * STEP):
        above, below = likelihood.at(place + unit), likelihood.at(place - unit)
        slope = (above.value - below.value) / (2 * STEP)
        assert point.score[i] == pytest.approx(slope, rel=1e-6, abs=1e-6)
        bend = (above.score - below.score) / (2 * STEP)
        np.testing.assert_allclose(-point.information[i], bend, rtol=1e-6, atol=1e-6)
    assume(np.linalg.eigvalsh(point.information)[0] > 1e-3)
    tilt = point.tilt(inverted(point.information))
    for i, unit in enumerate(np.eye(2) * STEP):
        sizes = [
            np.linalg.slogdet(likelihood.at(place + sign * unit).information)[1]
            for sign in (1, -1)
        ]
        slope = (sizes[0] - sizes[1]) / (4 * STEP)
        assert tilt[i] == pytest.approx(slope, rel=1e-4, abs=1e-4)


@given(patients())
def test_sums_over_those_at_risk(drawn: Drawn) -> None:
    """Sums over rows and over moments are those of the pairs that belong together."""
    sets = risk_sets(drawn["time"], drawn["event"], drawn["entry"], drawn["stratum"])
    n, k = sets.rows.size, sets.moments.size
    time, entry = drawn["time"][sets.rows], drawn["entry"][sets.rows]
    stratum = drawn["stratum"][sets.rows]
    own = np.repeat(np.unique(stratum), np.diff(sets.bounds))
    together = (entry[:, None] < sets.moments) & (time[:, None] >= sets.moments)
    together &= stratum[:, None] == own
    assert together.any(axis=1).all()
    days = {
        (s, t)
        for s, t, e in zip(drawn["stratum"], drawn["time"], drawn["event"], strict=True)
        if e
    }
    assert set(zip(own, sets.moments, strict=True)) == days
    rng = np.random.default_rng(n * k)
    rows, moments = rng.normal(size=(2, n)), rng.normal(size=(2, k))
    np.testing.assert_allclose(sets.sums(rows), rows @ together, atol=1e-12)
    collected = sets.collected(moments)
    np.testing.assert_allclose(collected, moments @ together.T, atol=1e-12)
    row, node, above, below, leaf = sets.cover()
    # The bound of a node reaches all that are above it, whatever way.
    reach: set[tuple[int, int]] = set(zip(node, row, strict=True))
    for high, low in sorted(zip(above, below, strict=True)):
        reach |= {(high, r) for v, r in reach if v == low}
    found = {(m, r) for m, r in itertools.product(range(k), range(n))}
    found = {(m, r) for m, r in found if (leaf[m], r) in reach}
    assert found == {(m, r) for r, m in zip(*np.nonzero(together), strict=True)}


def test_few_left_late() -> None:
    """Those at risk late weigh little beside those who left, and nothing is lost."""
    drawn = {
        "time": np.array([1.0, 2.0, 3.0, 4.0]),
        "event": np.array([True, True, True, True]),
        "entry": np.array([0.0, 0.0, 1.5, 1.5]),
        "stratum": np.zeros(4, dtype=np.int64),
        "counts": np.ones(4, dtype=np.int64),
        "a": np.array([60.0, 59.0, 0.0, 1.0]),
        "b": np.zeros(4),
    }
    found = kernel(drawn, "efron").at(np.array([1.0, 0.0])).value
    terms = [60.0, 59.0], [59.0, 0.0, 1.0], [0.0, 1.0]
    first = [60.0, 59.0, 0.0]
    expected = sum(
        v - np.logaddexp.reduce(t) for v, t in zip(first, terms, strict=True)
    )
    assert found == pytest.approx(expected, rel=1e-12)


def test_out_of_reach() -> None:
    """Hazards that no float can hold have no likelihood, and the search steps back."""
    drawn = {
        "time": np.array([1.0, 2.0, 3.0]),
        "event": np.array([True, True, True]),
        "entry": np.full(3, -1.0),
        "stratum": np.zeros(3, dtype=np.int64),
        "counts": np.ones(3, dtype=np.int64),
        "a": np.array([1.0, 0.0, 1.0]),
        "b": np.array([0.0, 1.0, 0.0]),
    }
    likelihood = kernel(drawn, "efron")
    far = np.array([-2000.0, 0.0])
    assert likelihood.at(np.array([0.0, -1.0])).value > -math.inf
    assert likelihood.at(np.array([0.0, 800.0])).value == -math.inf
    assert Penalized(plain=likelihood).at(far).value == -math.inf


def test_too_many_terms(monkeypatch: pytest.MonkeyPatch) -> None:
    """Efron's rule takes memory for each event; above a limit it is refused."""
    monkeypatch.setattr(module, "_MOST_TERMS", 5)
    drawn = {
        "time": np.array([1.0, 1.0]),
        "event": np.array([True, True]),
        "entry": np.full(2, -1.0),
        "stratum": np.zeros(2, dtype=np.int64),
        "counts": np.array([3, 3]),
        "a": np.array([0.0, 1.0]),
        "b": np.array([1.0, 0.0]),
    }
    with pytest.raises(WorkError, match=r"each of 6 events, more than 5; choose ties="):
        kernel(drawn, "efron")
    assert kernel(drawn, "breslow").moment.size == 1


def test_search_without_a_maximum() -> None:
    """Where the likelihood rises without end the search says that it found none."""
    drawn = {
        "time": np.array([1.0, 2.0, 3.0, 4.0]),
        "event": np.ones(4, dtype=bool),
        "entry": np.full(4, -1.0),
        "stratum": np.zeros(4, dtype=np.int64),
        "counts": np.ones(4, dtype=np.int64),
        "a": np.array([0.0, 0.0, 1.0, 1.0]),
        "b": np.array([0.0, 1.0, 0.0, 1.0]),
    }
    likelihood = kernel(drawn, "efron")
    assert not maximum(likelihood, np.zeros(2), bent=True).found
    top = maximum(Penalized(plain=likelihood), np.zeros(2))
    assert top.found
    np.testing.assert_allclose(top.point.score, 0.0, atol=1e-9)
