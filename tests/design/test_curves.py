"""What to assume, and power over numbers and assumptions."""

import itertools
import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iph import Visit
from iph.design import planning_values, power, power_curves, precision
from iph.errors import InputError
from iph.evidence import li2023_claims, pooled_proportion, published_cases
from iph.report import power_figure
from iph.stats import proportion


def test_every_power_of_the_grid_is_that_of_its_study() -> None:
    """Rows are assumptions, columns sizes; losses make the arms smaller."""
    assumptions = {"wide": [0.9, 0.3], "narrow": [0.8, 0.4]}
    found = power_curves(
        "fisher", assumptions, [6, 9], allocation=(2, 1), loss=0.1, level=0.1
    )
    assert found.n_arms == ((12, 6), (18, 9))
    for label, row, size in zip(found.labels, found.power, found.size, strict=True):
        for sizes, one, null in zip(found.n_arms, row, size, strict=True):
            alone = power("fisher", assumptions[label], sizes, loss=0.1, level=0.1)
            assert (one, null) == (alone.power, alone.size)
    assert found.low == found.high == found.power
    assert (found.n, found.n_missing) == (27, 3)
    assert found.method == "enumerated"


def test_where_power_falls_is_counted() -> None:
    """Power saws: the number of its teeth."""
    found = power_curves("one-share", {"it": 0.8}, range(5, 30), null=0.5)
    (row,) = found.power
    teeth = sum(later < earlier for earlier, later in itertools.pairwise(row))
    assert found.falls == (teeth,)
    assert teeth > 0


@pytest.mark.parametrize(
    ("test", "arms", "more", "first"),
    [
        ("fisher", [0.6, 0.3], {}, (4, 4)),  # 2 of C(8, 4) ways at once: p = .029
        ("mann-whitney", [[0.2, 0.3, 0.5]] * 2, {}, (4, 4)),
        ("mann-whitney", [[0.2, 0.8]] * 2, {"allocation": (2, 1)}, (6, 3)),
        ("one-share", 0.5, {"null": 0.5}, (6,)),  # 2 / 2**6 = .031
        ("sign", [0.4, 0.6], {"values": [-1, 1]}, (6,)),
        ("icc", 0.8, {"null": 0.5, "readers": 2}, None),
        ("mann-whitney", [[0.01] * 100] * 2, {"n_simulations": 1}, None),
    ],
)
def test_the_first_study_that_can_find_anything(
    test: Any, arms: Any, more: dict[str, Any], first: tuple[int, ...] | None
) -> None:
    """The smallest study of which any outcome at all is significant."""
    found = power_curves(test, {"it": arms}, [60 if first is None else 7], **more)
    assert found.first == first
    if first is not None:
        share = first[0] // (more.pop("allocation", (1, 1))[0])
        tiny = tuple(n * (share - 1) // share for n in first)
        assert power(test, arms, tiny, **more).power == 0.0


@given(counts=st.lists(st.integers(0, 9), min_size=2, max_size=5))
def test_counts_become_shares_with_their_limits(counts: list[int]) -> None:
    """Shares as seen, and shifted so that one line has its Clopper-Pearson limits."""
    n = sum(counts)
    above = [sum(counts[line:]) for line in range(1, len(counts))]
    nearest = min(above, key=lambda k: abs(k / max(n, 1) - 0.5))
    if n == 0 or (len(counts) > 2 and nearest in {0, n}):
        with pytest.raises(InputError, match="patients with"):
            planning_values(counts)
        return
    found = planning_values(counts)
    assert found.seen == tuple(k / n for k in counts)
    line = 1 + above.index(nearest)
    limits = proportion(nearest, n)
    assert sum(found.lowest[line:]) == pytest.approx(limits.low, abs=1e-9)
    assert sum(found.highest[line:]) == pytest.approx(limits.high, abs=1e-9)
    assert math.fsum(found.lowest) == pytest.approx(1.0)


def test_values_of_a_cohort_a_paper_and_a_pool() -> None:
    """Each source says where its values come from and how many patients it has."""
    cohort = published_cases()
    found = planning_values(cohort, outcome="strength", visit="baseline")
    first = [one.follow_up.at(Visit.BASELINE) for one in cohort.patients]
    grades = [None if at is None else at.strength for at in first]
    known = [int(grade) for grade in grades if grade is not None]
    assert found.n == len(known)
    assert found.seen == tuple(known.count(g) / len(known) for g in range(6))
    assert found.n + found.n_missing == len(cohort)
    assert found.source.startswith("Thigh strength")
    printed = planning_values(li2023_claims(), partition="hip flexion, baseline")
    assert printed.seen == (10 / 28, 5 / 28, 13 / 28)
    assert printed.n == 28
    pool = pooled_proportion([18, 5, 12], [28, 12, 20])
    pooled = planning_values(pool)
    assert pooled.seen[1] == pool.estimate
    assert (pooled.lowest[1], pooled.highest[1]) == (
        pool.prediction_low,
        pool.prediction_high,
    )
    assert pooled.method == "prediction interval"


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: planning_values([5]), "two outcomes"),
        (lambda: planning_values([3, -1]), r"source\[1\]"),
        (lambda: planning_values(published_cases(), visit="baseline"), "outcome"),
        (lambda: planning_values(published_cases(), outcome="strength"), "visit"),
        (lambda: planning_values(li2023_claims()), "partition"),
        (lambda: power_curves("fisher", {}, [5]), "at least one"),
        (lambda: power_curves("fisher", {"a": [0.5, 0.2]}, [5, 5]), "ascending"),
        (lambda: power_figure(precision("proportion", 0.5, 4)), "PowerCurves"),  # type: ignore[arg-type] # refused
    ],
)
def test_what_cannot_be_assumed(call: Any, words: str) -> None:
    """The message says what is missing or allowed."""
    with pytest.raises(InputError, match=words):
        call()


def test_the_figure_shows_every_assumption_and_their_band() -> None:
    """A line each, the power wanted, and the first study that can find anything."""
    curves = power_curves(
        "fisher", {"as seen": [0.64, 0.32], "less": [0.64, 0.45]}, [3, 20, 40]
    )
    (ax,) = power_figure(curves).axes
    labels = [line.get_label() for line in ax.lines]
    assert labels[:2] == ["as seen", "less"]
    assert len(ax.lines) == 4
    assert len(ax.collections) == 1
    (ax,) = power_figure(curves, wanted=None).axes
    assert len(ax.lines) == 3
