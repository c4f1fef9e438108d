"""Planning a study of readers: kappa and intraclass correlation."""

import itertools
import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from iph.design import power, precision, sample_size, sentence
from iph.errors import InputError
from iph.stats import icc, weighted_kappa

TABLE = [[0.45, 0.05], [0.1, 0.4]]


def kappas(n: int, table: Any, level: float) -> list[tuple[float, Any]]:
    """Return kappa of every way that two readers can grade n patients."""
    cells = [share for row in table for share in row]
    found = []
    for pairs in itertools.product(range(len(cells)), repeat=n):
        size = len(table)
        first, second = zip(*(divmod(pair, size) for pair in pairs), strict=True)
        chance = math.prod(cells[pair] for pair in pairs)
        kappa = weighted_kappa(
            first, second, levels=range(size), confidence_level=1 - level
        )
        found.append((chance, kappa))
    return found


@pytest.mark.parametrize("side", ["two-sided", "greater", "less"])
def test_kappa_is_tested_by_its_interval(side: Any) -> None:
    """The power is the sum over every pair of grades of every patient."""
    level = 0.2
    found = power("kappa", TABLE, 6, null=0.2, level=level, alternative=side)
    asked = level if side == "two-sided" else 2 * level
    expected = 0.0
    for chance, kappa in kappas(6, TABLE, asked):
        above, below = kappa.low > 0.2, kappa.high < 0.2
        out = {"two-sided": above or below, "greater": above, "less": below}
        expected += chance * out[side]
    assert found.method == "enumerated"
    assert found.power == pytest.approx(expected, abs=1e-12)


@given(
    table=st.lists(st.floats(0.05, 1.0), min_size=9, max_size=9),
    part=st.floats(0.0, 1.0),
)
def test_readers_with_the_kappa_tested_against(table: list[float], part: float) -> None:
    """The null keeps the grades of both readers, and has the kappa that is asked."""
    from iph.design._planned_tests import assumed
    from iph.design._rater_tests import kappa_at_null, true_kappa

    shares = np.array(table).reshape(3, 3) / sum(table)
    kappa = true_kappa(shares.ravel())
    null = max(0.0, part * kappa)
    given_ = assumed("kappa", shares.tolist(), alternative="two-sided", null=null)
    found = kappa_at_null(given_, (10,)).arms[0]
    assert true_kappa(found) == pytest.approx(null, abs=1e-9)
    square = found.reshape(3, 3)
    np.testing.assert_allclose(square.sum(axis=0), shares.sum(axis=0), atol=1e-9)
    np.testing.assert_allclose(square.sum(axis=1), shares.sum(axis=1), atol=1e-9)


def test_kappa_is_that_of_a_large_sample() -> None:
    """What is assumed has the kappa of a table with counts in those shares."""
    from iph.design._rater_tests import kappa_of, true_kappa

    counts = (30, 4, 1, 6, 25, 5, 2, 3, 24)
    shares = np.array(counts) / 100
    assert true_kappa(shares) == pytest.approx(kappa_of(counts, 0.95).estimate)


def test_width_of_a_kappa() -> None:
    """The mean width over all outcomes but those of full agreement."""
    found = precision("kappa", TABLE, 5)
    seen = [(c, k) for c, k in kappas(5, TABLE, 0.05) if not math.isnan(k.low)]
    there = sum(chance for chance, _ in seen)
    width = sum(chance * (k.high - k.low) for chance, k in seen) / there
    assert found.expected == pytest.approx(width)
    assert found.undefined == pytest.approx(1 - there)
    holds = sum(chance for chance, k in seen if k.low <= 0.7 <= k.high)
    assert found.coverage == pytest.approx(holds)
    assert (found.found_by, found.seed) == ("enumerated", None)
    drawn = precision("kappa", np.full((3, 3), 1 / 9), 20, n_simulations=50)
    assert (drawn.found_by, drawn.n_simulations, drawn.seed) == ("simulated", 50, 2023)
    text = sentence(drawn, assumed="a kappa of 0")
    assert "percentage" not in text


@settings(max_examples=10)  # each draws 400 studies
@given(
    truth=st.floats(0.0, 0.95),
    null=st.floats(0.0, 0.9),
    n=st.integers(4, 12),
    readers=st.integers(2, 4),
    seed=st.integers(0, 2**32 - 1),
)
def test_icc_power_lies_in_the_band_of_simulated_readings(
    truth: float, null: float, n: int, readers: int, seed: int
) -> None:
    """Readings drawn from normal patients, readers and errors: `icc` as often says so.

    The band is that of a count at 1e-6, so that no example falls out of it by chance.
    """
    from scipy.stats import binom

    found = power("icc", truth, n, null=null, readers=readers, alternative="greater")
    assert found.method == "formula"
    assert found.size == pytest.approx(0.05)
    rng = np.random.default_rng(seed)
    hits = 0
    for _ in range(400):
        patients = rng.normal(0, math.sqrt(truth), (n, 1))
        rows = patients + rng.normal(0, math.sqrt(1 - truth), (n, readers))
        test = icc(rows + rng.normal(0, 2, readers), form="consistency")
        edge = (1 + readers * null / (1 - null)) * quantile(test.df, test.df_error)
        hits += test.statistic >= edge
    low, high = (binom.ppf(tail, 400, found.power) for tail in (5e-7, 1 - 5e-7))
    assert low <= hits <= high


def quantile(df: float, df_error: float) -> float:
    """Return the 95 % quantile of F."""
    from scipy.stats import f

    return float(f.ppf(0.95, df, df_error))


@given(
    rows=st.lists(
        st.lists(st.integers(0, 20), min_size=3, max_size=3), min_size=4, max_size=9
    )
)
def test_icc_limits_are_those_of_the_data(rows: list[list[int]]) -> None:
    """The interval of an F statistic is that which `icc` gives to readings with it."""
    from iph.design._rater_tests import icc_limits

    seen = icc(rows, form="consistency")
    if math.isfinite(seen.statistic) and seen.statistic > 0:
        low, high = icc_limits(np.array([seen.statistic]), len(rows), 3, 0.95)
        assert low[0] == pytest.approx(seen.low, abs=1e-9)
        assert high[0] == pytest.approx(seen.high, abs=1e-9)


def test_one_patient_tells_nothing_of_readers() -> None:
    """Without a second patient there is no variance between patients."""
    found = power("icc", 0.9, 1, null=0.5, readers=2)
    assert (found.power, found.size) == (0.0, 0.0)


def test_width_of_an_icc() -> None:
    """The exact interval holds in 95 % of studies, and narrows with patients."""
    few, many = (precision("icc", 0.8, n, readers=3) for n in (10, 40))
    assert few.coverage == pytest.approx(0.95, abs=1e-4)
    assert many.expected < few.expected < few.assured
    assert few.found_by == "formula"


def test_how_many_patients_readers_need() -> None:
    """Two readers of a correlation of 0.9 against 0.7."""
    found = sample_size("icc", 0.9, null=0.7, readers=2, alternative="greater")
    assert found.power >= 0.8
    less = found.n_arms[0] - 1
    before = power("icc", 0.9, less, null=0.7, readers=2, alternative="greater")
    assert before.power < 0.8
    assert found.method == "formula"
    assert "follows from the distribution" in sentence(found, assumed="0.9")


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: power("icc", 0.9, 10, null=0.5), "readers must be given"),
        (lambda: power("icc", 1.0, 10, null=0.5, readers=2), "correlation from 0"),
        (lambda: power("icc", 0.9, 10, null=1.0, readers=2), "below 1"),
        (
            lambda: power("icc", 0.9, 9, null=0, readers=2, method="simulated"),
            "formula",
        ),
        (lambda: power("kappa", [[0.5, 0.5]], 10, null=0), "square"),
        (lambda: power("kappa", TABLE, 10, null=0.99), "such grades can have"),
        (
            lambda: power("kappa", TABLE, 3, null=0, level=0.5, alternative="less"),
            "below 0.5",
        ),
        (lambda: precision("icc", 0.5, 1, readers=2), "two patients"),
        (lambda: precision("kappa", TABLE, 9, method="wald"), "one alone"),
        (lambda: precision("proportion", 0.5, 9, readers=2), "takes none"),
    ],
)
def test_readers_that_cannot_be_planned(call: Any, words: str) -> None:
    """The message says what is wrong."""
    with pytest.raises(InputError, match=words):
        call()
