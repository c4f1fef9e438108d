"""What one number, the difference looked for, makes of the arms of each test."""

import math
from collections.abc import Callable, Sequence
from typing import Any, Final

import attrs
import numpy as np

from iph._checks import Floats, numbers
from iph._options import one_number
from iph.design._outcomes import proportional_odds
from iph.errors import InputError

MOST_ODDS: Final = 16  # doublings of an odds ratio that are looked at
_CHANGES: Final = 4  # outcomes of McNemar's test
_MOST_MARGIN: Final = 0.999  # of a share


@attrs.frozen(kw_only=True, eq=False)
class Difference:
    """How a test differs from "no difference" by one number.

    Attributes
    ----------
    measure : str
        What the number is: ``"odds ratio"``, ``"margin"``, ``"kappa"`` or ``"ICC"``.
    none : float
        What it is without a difference.
    rungs : tuple of float
        Larger and larger ones; the last is the largest that is looked at.
    arms : callable
        Returns the arms at one, as `power` takes them.
    options : callable
        Returns what else `power` takes at one.
    """

    measure: str
    none: float
    rungs: tuple[float, ...]
    arms: Callable[[float], Any]
    options: Callable[[float], dict[str, Any]]


def difference_of(
    test: str,
    base: Floats,
    arms: int,
    *,
    days: Any = None,
    values: Any = None,
    null: float | None = None,
    readers: int | None = None,
) -> Difference:
    """Return how a test of such a control can differ."""
    given = {"days": days, "values": values, "null": null, "readers": readers}
    asked = {name: one for name, one in given.items() if one is not None}
    if test in _BY_ODDS:
        return Difference(
            measure="odds ratio",
            none=1.0,
            rungs=tuple(2.0**step for step in range(1, MOST_ODDS + 1)),
            arms=lambda odds: _BY_ODDS[test](base, odds, arms),
            options=lambda _odds: asked,
        )
    if test == "one-share":
        _left_out(null, test)
        return Difference(
            measure="odds ratio",
            none=1.0,
            rungs=tuple(2.0**step for step in range(1, MOST_ODDS + 1)),
            arms=lambda odds: list(proportional_odds(base, odds)),
            options=lambda _odds: {**asked, "null": float(base[1])},
        )
    if test in {"sign", "wilcoxon-signed-rank"}:
        sizes, moving, still = _sizes_of(base, values)
        none = [still] if still else []
        both = [*(-size for size in sizes), *([0.0] if still else []), *sizes]
        return Difference(
            measure="odds ratio",
            none=1.0,
            rungs=tuple(2.0**step for step in range(1, MOST_ODDS + 1)),
            arms=lambda odds: [
                *(share / (1.0 + odds) for share in moving),
                *none,
                *(share * odds / (1.0 + odds) for share in moving),
            ],
            options=lambda _odds: {**asked, "values": both},
        )
    if test in {"kappa", "icc"}:
        return _of_readers(test, base, asked)
    most = min(float(base[1]), _MOST_MARGIN)
    if test == "scores-within-margins" and values is not None:
        most = float(np.ptp(_known(values, len(base))))
    return Difference(
        measure="margin",
        none=0.0,
        rungs=(most,),
        arms=lambda _margin: [base.tolist(), base.tolist()],
        options=lambda margin: {**asked, "lower": -margin},
    )


def _of_readers(test: str, base: Floats, asked: dict[str, Any]) -> Difference:
    """Return how agreement can exceed that tested against."""
    null = math.nan
    if test == "kappa" and "null" in asked:
        null = one_number(asked["null"], "null", "a number from 0 to below 1")
    if test == "icc":
        _left_out(asked.get("null"), test)
        null = float(base[1])
        asked = {**asked, "null": null}

    def pairs(kappa: float) -> Any:
        # Agreement by more than chance: kappa of the pairs alike, the rest by chance.
        return (
            kappa * np.diag(base) + (1.0 - kappa) * np.multiply.outer(base, base)
        ).tolist()

    return Difference(
        measure="ICC" if test == "icc" else "kappa",
        none=null,
        rungs=tuple(1.0 - (1.0 - null) * 0.5**step for step in range(1, 11)),
        arms=(lambda icc: icc) if test == "icc" else pairs,
        options=lambda _value: asked,
    )


def _left_out(null: Any, test: str) -> None:
    if null is not None:
        rule = f"left out: {test} is held against control"
        raise InputError("null", rule, null)


def _known(values: Any, wanted: int) -> Floats:
    """Return a number for each outcome; none may be missing."""
    found = numbers(values, "values")
    if len(found) != wanted or np.isnan(found).any():
        rule = f"{wanted} numbers, one for each outcome"
        raise InputError("values", rule, values)
    return found


def _sizes_of(base: Floats, values: Any) -> tuple[list[float], list[float], float]:
    """Return the sizes of changes, how likely each is, and no change."""
    listed = _known([] if values is None else values, len(base))
    shares: dict[float, float] = {}
    for value, share in zip(listed.tolist(), base.tolist(), strict=True):
        shares[abs(value)] = shares.get(abs(value), 0.0) + share
    still = shares.pop(0.0, 0.0)
    sizes = sorted(shares)
    return sizes, [shares[size] for size in sizes], still


def _two_arms(base: Floats, odds: float, arms: int) -> Any:  # noqa: ARG001 - of all
    return [proportional_odds(base, odds), tuple(base.tolist())]


def _first_arm(base: Floats, odds: float, arms: int) -> Any:
    return [proportional_odds(base, odds), *[tuple(base.tolist())] * (arms - 1)]


def _each_arm(base: Floats, odds: float, arms: int) -> Any:
    return [proportional_odds(base, odds**step) for step in range(arms - 1, -1, -1)]


def _changes(base: Floats, odds: float, arms: int) -> Any:  # noqa: ARG001 - of all
    if len(base) != _CHANGES:  # `power` says what is asked for
        return base.tolist()
    both, first, second, neither = base.tolist()
    either = first + second
    return [both, either * odds / (1.0 + odds), either / (1.0 + odds), neither]


_BY_ODDS: Final[dict[str, Callable[[Floats, float, int], Any]]] = {
    **dict.fromkeys(
        (
            "mann-whitney",
            "fisher",
            "barnard",
            "boschloo",
            "logrank",
            "interval-logrank",
        ),
        _two_arms,
    ),
    "kruskal-wallis": _first_arm,
    "jonckheere-terpstra": _each_arm,
    "mcnemar": _changes,
}
DETECTABLE: Final[Sequence[str]] = (
    *_BY_ODDS,
    "one-share",
    "sign",
    "wilcoxon-signed-rank",
    "shares-within-margins",
    "scores-within-margins",
    "kappa",
    "icc",
)
