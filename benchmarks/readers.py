"""Rows about the agreement of readers."""

from collections.abc import Callable
from typing import Any

import numpy as np
from statsmodels.stats import inter_rater

import by_hand
from iph.stats import agreement, icc, limits_of_agreement, weighted_kappa
from timing import Row, in_turn

ROWS_OF_TABLE = (200, 4)  # patients, readers


def _grades() -> Any:
    """Return grades of 200 patients by 4 readers, who agree more often than not."""
    rng = np.random.default_rng(53)
    true = rng.integers(0, 5, (ROWS_OF_TABLE[0], 1))
    other = rng.integers(0, 5, ROWS_OF_TABLE)
    return np.where(rng.random(ROWS_OF_TABLE) < 0.7, true, other)


def _row(
    number: int, work: str, works: dict[str, Callable[[], Any]], note: str = ""
) -> Row:
    np.testing.assert_allclose(*(one() for one in works.values()), rtol=1e-9)
    found = in_turn(works, 7, loops=3)
    return Row(
        number=number,
        work=work,
        found=found,
        asked="under 20 ms",
        reached=found["iph"] < 0.02,
        note=note,
    )


def of_four() -> list[Row]:
    """Take the agreement of four readers of 200 patients by three coefficients."""
    ratings = _grades()

    def theirs() -> float:
        table, _ = inter_rater.aggregate_raters(ratings)
        return float(inter_rater.fleiss_kappa(table))

    hand: dict[str, tuple[str, Callable[[], float]]] = {
        "gwet": ("by hand", lambda: by_hand.gwet(ratings)),
        "fleiss": ("statsmodels", theirs),
        "krippendorff": ("by hand", lambda: by_hand.krippendorff(ratings)),
    }
    rows = []
    for number, coefficient in enumerate(hand, start=53):

        def ours(coefficient: Any = coefficient) -> float:
            found = agreement(ratings, coefficient=coefficient, scheme="none")
            return found.estimate

        name, other = hand[coefficient]
        work = f"agreement of 4 readers of 200 patients, {coefficient.capitalize()}"
        note = f"{name} gives no interval."
        rows.append(_row(number, work, {"iph": ours, name: other}, note))
    return rows


def of_two() -> Row:
    """Take the weighted kappa of two readers of 200 patients."""
    first, second, *_ = _grades().T

    def theirs() -> float:
        table = np.zeros((5, 5))
        np.add.at(table, (first, second), 1)
        return float(inter_rater.cohens_kappa(table, wt="linear").kappa)

    works: dict[str, Callable[[], Any]] = {
        "iph": lambda: weighted_kappa(first, second).estimate,
        "statsmodels": theirs,
    }
    return _row(56, "weighted kappa of 2 readers of 200 patients", works)


def of_volumes() -> list[Row]:
    """Take the intraclass correlation and the limits of agreement of volumes."""
    rng = np.random.default_rng(57)
    readings = rng.normal(300, 80, (200, 1)) + rng.normal(0, 20, (200, 4))
    x, y, *_ = readings.T

    def our_limits() -> tuple[float, ...]:
        found = limits_of_agreement(x, y)
        low, high = found.lower, found.upper
        return low.estimate, high.estimate, low.low, high.high

    return [
        _row(
            57,
            "intraclass correlation of 4 readers of 200 patients",
            {
                "iph": lambda: icc(readings, interval="mcgraw-wong").estimate,
                "by hand": lambda: by_hand.icc_of_agreement(readings),
            },
            "by hand there is no interval; iph gives McGraw and Wong's here.",
        ),
        _row(
            58,
            "limits of agreement with exact intervals, 200 patients",
            {"iph": our_limits, "by hand": lambda: by_hand.limits(x, y)},
        ),
    ]


ROWS = (of_four, of_two, of_volumes)
