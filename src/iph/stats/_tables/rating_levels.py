"""The grades of raters: their order, their codes and how far they lie apart."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from iph._checks import Ints
from iph._labels import coded
from iph._options import each
from iph.errors import InputError

_MOST_LEVELS = 1000


def refuse_text(grades: tuple[Any, ...]) -> None:
    """Refuse words without an order; the alphabet is none."""
    if len(grades) > 2 and any(isinstance(grade, str) for grade in grades):
        hint = "give levels= from the lowest to the highest grade, or scheme='none'"
        raise InputError("raters", "grades that have an order", grades, hint)


def ordered_levels(found: list[Any], levels: Any) -> tuple[Any, ...]:
    """Return all grades from the lowest to the highest, as given or as found."""
    if levels is not None:
        given = tuple(each(levels, "levels", "grades from lowest to highest"))
        if len(set(coded(given, "levels")[1])) != len(given) or len(set(given)) != len(
            given
        ):
            raise InputError("levels", "distinct grades, from lowest to highest", given)
        return given
    distinct = coded(found, "raters")[1]
    whole = all(
        isinstance(value, (int, np.integer))
        or (isinstance(value, float) and value.is_integer())
        for value in distinct
    )
    if not (distinct and whole):
        return distinct
    low, high = int(distinct[0]), int(distinct[-1])
    if high - low >= _MOST_LEVELS:
        hint = "give levels= with the grades from lowest to highest"
        raise InputError("raters", f"at most {_MOST_LEVELS} grades apart", high, hint)
    known = {value: value for value in distinct}
    return tuple(known.get(value, value) for value in range(low, high + 1))


def level_places(found: Sequence[Any], place: dict[Any, int], name: str) -> Ints:
    """Return the place of each label, and one more for what is missing."""
    for value in found:
        if value not in place:
            raise InputError(name, f"one of the levels {tuple(place)}", value)
    return np.array([*(place[value] for value in found), 0], dtype=np.int64)


def level_distances(size: int, scheme: str) -> Ints:
    """Return how much any two grades disagree, in whole numbers."""
    steps = np.arange(size, dtype=np.int64)
    apart = np.abs(np.subtract.outer(steps, steps))
    if scheme == "quadratic":
        return apart * apart
    return apart if scheme == "linear" else (apart > 0).astype(np.int64)
