"""Non-inferiority and equivalence: power and size over all outcomes."""

import functools
import itertools
import math
from typing import Any

import numpy as np
import pytest

from iph.design import power, sample_size, sentence
from iph.errors import InputError
from iph.stats import MarginTest, scores_within_margins, shares_within_margins


def binomial(n: int, share: float) -> list[float]:
    """Return the chance of each number with the outcome."""
    return [math.comb(n, k) * share**k * (1 - share) ** (n - k) for k in range(n + 1)]


def ways(n: int, shares: Any) -> list[tuple[tuple[int, ...], float]]:
    """Return every table of an arm, found patient by patient, with its chance."""
    seen: dict[tuple[int, ...], float] = {}
    for patients in itertools.product(range(len(shares)), repeat=n):
        table = tuple(patients.count(level) for level in range(len(shares)))
        chance = math.prod(shares[level] for level in patients)
        seen[table] = seen.get(table, 0.0) + chance
    return [(table, chance) for table, chance in seen.items() if chance]


def shown(
    sizes: tuple[int, int],
    shares: tuple[float, float],
    margins: tuple[float | None, float | None],
    level: float,
) -> float:
    """Return how likely `shares_within_margins` shows it, table after table."""
    first, second = (binomial(n, p) for n, p in zip(sizes, shares, strict=True))
    found = 0.0
    for a, one in enumerate(first):
        for c, other in enumerate(second):
            counts = (a, sizes[0] - a), (c, sizes[1] - c)
            found += one * other * shares_test(counts, margins, level).shown
    return found


@functools.cache
def shares_test(counts: Any, margins: Any, level: float) -> MarginTest:
    """Return the test of one table; it takes some time, for its interval."""
    return shares_within_margins(
        counts, lower=margins[0], upper=margins[1], confidence_level=1 - level
    )


@pytest.mark.parametrize(
    ("sizes", "shares", "margins", "level"),
    [
        ((3, 3), (0.9, 0.5), (-0.3, None), 0.4),
        ((2, 3), (0.3, 0.6), (None, 0.3), 0.2),
        ((3, 2), (0.5, 0.5), (-0.5, 0.4), 0.8),
    ],
)
def test_shares_are_shown_as_the_test_shows_them(
    sizes: Any, shares: Any, margins: Any, level: float
) -> None:
    """Power is the chance that the exact unconditional test shows it; size too."""
    lower, upper = margins
    found = power(
        "shares-within-margins", shares, sizes, lower=lower, upper=upper, level=level
    )
    assert found.method == "enumerated"
    expected = shown(sizes, shares, margins, level)
    assert found.power == pytest.approx(expected, abs=1e-12)
    there = [m for m in margins if m is not None]
    edge = min(there, key=lambda m: abs(m - (shares[0] - shares[1])))
    null = shown(sizes, (shares[1] + edge, shares[1]), margins, level)
    assert found.size == pytest.approx(null, abs=1e-12)
    assert found.size <= level / 2 + 1e-9


@pytest.mark.parametrize(
    ("sizes", "first", "margins", "level"),
    [
        ((3, 2), (0.2, 0.3, 0.5), (-1.0, None), 0.2),
        ((2, 3), (0.6, 0.2, 0.2), (None, 1.0), 0.5),
        ((3, 3), (0.0, 1.0, 0.0), (-1.0, 1.0), 0.3),
        ((2, 2), (0.2, 0.3, 0.5), (-0.5, 2.0), 0.5),
    ],
)
def test_scores_are_shown_as_the_test_shows_them(
    sizes: Any, first: Any, margins: Any, level: float
) -> None:
    """Power is the chance that the Mann-Whitney test against the margins shows it."""
    second, values = (0.3, 0.4, 0.3), (0, 1, 2)
    lower, upper = margins
    found = power(
        "scores-within-margins",
        [first, second],
        sizes,
        values=values,
        lower=lower,
        upper=upper,
        level=level,
    )

    def summed(places: list[float], one: Any, other: Any) -> float:

        expected = 0.0
        for x, p in ways(sizes[0], one):
            for y, q in ways(sizes[1], other):
                test = scores_within_margins(
                    places,
                    places,
                    weights=(x, y),
                    lower=lower,
                    upper=upper,
                    confidence_level=1 - level,
                )
                expected += p * q * (test.p_value <= level / 2)
        return expected

    assert found.power == pytest.approx(summed([0, 1, 2], first, second), abs=1e-12)
    shift = float(np.dot(values, np.subtract(first, second)))
    edge = min((m for m in margins if m is not None), key=lambda m: abs(m - shift))
    places = sorted({0, 1, 2, edge, 1 + edge, 2 + edge})
    chance = dict(zip(values, second, strict=True))
    moved = [chance.get(place - edge, 0.0) for place in places]
    still = [chance.get(place, 0.0) for place in places]
    assert found.size == pytest.approx(summed(places, moved, still), abs=1e-12)


def test_how_many_show_that_a_treatment_is_no_worse() -> None:
    """The sentence says what is shown, and at which level each test is made."""
    found = sample_size(
        "shares-within-margins", [0.9, 0.9], lower=-0.5, wanted=0.6, level=0.2
    )
    assert found.power >= 0.6
    assert found.size <= 0.1 + 1e-9
    text = sentence(found, assumed="recovery less likely by at most 50 points")
    assert "to show recovery less likely by at most 50 points" in text
    assert "with each one-sided test at a level of 10 %" in text


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({}, "margin"),
        ({"lower": 0.2, "upper": 0.1}, "below upper"),
        ({"lower": -1.0}, "between -1 and 1"),
        ({"lower": -0.8}, "leaves room"),
        ({"lower": -0.1, "alternative": "greater"}, "no direction"),
    ],
)
def test_margins_that_cannot_be(options: dict[str, Any], words: str) -> None:
    """No margin, margins in disorder or out of reach, and a direction of its own."""
    with pytest.raises(InputError, match=words):
        power("shares-within-margins", [0.7, 0.7], 5, **options)


def test_a_margin_belongs_to_tests_of_margins() -> None:
    """Other tests refuse it."""
    with pytest.raises(InputError, match="takes no margin"):
        power("fisher", [0.7, 0.7], 5, lower=-0.1)
