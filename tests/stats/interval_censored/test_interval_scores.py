"""Scores of Sun and of Finkelstein by hand."""

import math

import numpy as np
import pytest

from iph._checks import Floats
from iph.stats._interval_censored.interval_scores import ScoreRule, class_scores
from iph.stats._interval_censored.intervals import Cells, innermost, read_intervals


def scores_of(left: list[float], right: list[float], rule: ScoreRule) -> Floats:
    """Score patients of whom each interval is a cell of its own."""
    cells = innermost(read_intervals(left, right))
    mass = cells.counts / cells.counts.sum()
    return class_scores(cells, mass, rule)


def test_sun_is_one_minus_the_hazards_so_far() -> None:
    """For separate intervals: 1 - 1/4, 1 - 1/4 - 1/3, ... as for known days."""
    found = scores_of([0, 1, 2, 3], [1, 2, 3, math.inf], "sun")
    hazard = np.cumsum([1 / 4, 1 / 3, 1 / 2, 1])
    np.testing.assert_allclose(found, 1 - hazard, atol=1e-12)


def test_finkelstein_is_the_slope_of_s_log_s() -> None:
    """For separate intervals: (S log S before - S log S after) / mass."""
    found = scores_of([0, 1, 2, 3], [1, 2, 3, math.inf], "finkelstein")
    survival = np.array([1, 3 / 4, 1 / 2, 1 / 4])
    entropy = np.append(survival * np.log(survival), 0.0)
    np.testing.assert_allclose(found, -np.diff(entropy) * 4, atol=1e-12)


@pytest.mark.parametrize("rule", ["sun", "finkelstein"])
def test_scores_of_all_patients_sum_to_zero(rule: ScoreRule) -> None:
    """At the maximum the scores of all patients cancel."""
    cells = innermost(read_intervals([0, 0, 1, 2], [1, 1, 2, math.inf], [3, 2, 4, 5]))
    mass = cells.counts / cells.counts.sum()
    assert class_scores(cells, mass, rule) @ cells.counts == pytest.approx(0, abs=1e-12)


@pytest.mark.parametrize("rule", ["sun", "finkelstein"])
def test_wide_intervals_take_the_scores_of_what_they_cover(rule: ScoreRule) -> None:
    """Who was seen rarely has the mean score of the cells covered, by their mass."""
    left = [0, 1, 2, 3, 0, 0, 1, 2]
    right = [1, 2, 3, math.inf, 2, 3, 3, math.inf]
    cells = innermost(read_intervals(left, right))
    mass = np.array([0.1, 0.2, 0.3, 0.4])
    alone = (cells.first == cells.last).nonzero()[0]
    found = class_scores(cells, mass, rule)
    score = np.empty(4)
    score[cells.first[alone]] = found[alone]
    if rule == "finkelstein":
        entropy = [s * math.log(s) for s in (1.0, 0.9, 0.7, 0.4)]
        expected = -np.diff([*entropy, 0.0]) / mass
    else:
        expected = 1 - np.cumsum([0.1, 0.2 / 0.9, 0.3 / 0.7, 1.0])
    np.testing.assert_allclose(score, expected, atol=1e-12)
    assert found.size == 8
    for first, last, value in zip(cells.first, cells.last, found, strict=True):
        part = slice(first, last + 1)
        mean = np.average(expected[part], weights=mass[part])
        assert value == pytest.approx(mean, abs=1e-12)


@pytest.mark.parametrize("rule", ["sun", "finkelstein"])
def test_cells_without_mass_add_nothing(rule: ScoreRule) -> None:
    """Where the curve has come to zero before the last cell, that cell is nothing."""

    def score(mass: list[float], last: list[int]) -> Floats:
        ends = np.arange(len(mass), dtype=np.float64)
        cells = Cells(
            left=ends,
            right=ends + 1,
            first=np.array([0, 1, 0]),
            last=np.array(last),
            counts=np.array([1, 1, 1]),
            of_row=np.arange(3),
        )
        return class_scores(cells, np.array(mass), rule)

    expected = score([0.5, 0.5], [0, 1, 1])
    np.testing.assert_allclose(expected[2], (expected[0] + expected[1]) / 2, atol=1e-15)
    np.testing.assert_array_equal(score([0.5, 0.5, 0.0, 0.0], [0, 2, 3]), expected)
