"""Which patient of a pair did better, by outcomes in the order of their weight."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import attrs
import numpy as np
import numpy.typing as npt

from iph._checks import Floats, days, events, numbers, on_grid, same_length
from iph._options import each
from iph.errors import InputError

Flags = npt.NDArray[np.bool_]
Signs = npt.NDArray[np.int8]

_PAIRS_AT_ONCE = 4_000_000
_CLOSE = 1e-11  # relative; a difference nearer to the margin is taken for it
_TIME_PARTS = 2
_HINT = (
    "a column of numbers, or a pair (time, event) of columns; the first outcome decides"
)


@attrs.frozen(kw_only=True, eq=False)
class Outcome:
    """One outcome: a score, or the time to an event.

    Attributes
    ----------
    name : str
        What it is called.
    values : numpy.ndarray
        The scores turned so that higher is better, or the times; NaN where missing.
    happened : numpy.ndarray or None
        Of a time, whether the event was seen; None for a score.
    later_is_better : bool
        Of a time, whether the event is one to be avoided.
    margin : float
        By how much a value must be better to win.
    """

    name: str
    values: Floats
    happened: Flags | None
    later_is_better: bool
    margin: float

    @property
    def known(self) -> Flags:
        """Where it was recorded."""
        return ~np.isnan(self.values)

    def taken(self, kept: Flags) -> "Outcome":
        """Return the outcome of some of the patients."""
        happened = None if self.happened is None else self.happened[kept]
        return attrs.evolve(self, values=self.values[kept], happened=happened)

    def signs(self, rows: slice) -> Signs:
        """Return, of each patient of the rows against all, 1, 0 or -1.

        A comparison with a missing value decides nothing.
        """
        own, other = self.values[rows, None], self.values[None, :]
        reach = self.margin + _CLOSE * float(
            np.nanmax(np.abs(self.values), initial=0.0)
        )
        if self.happened is None:
            if not self.margin:
                better, worse = own > other, own < other
            else:
                better, worse = own - other > reach, other - own > reach
            score: Signs = better.astype(np.int8) - worse.astype(np.int8)
            return score
        seen, other_seen = self.happened[rows, None], self.happened[None, :]
        step = reach if self.margin else 0.0
        # Free of the event when the other has it: events come before censorings.
        later = (own - other > step) | ((own - other == step) & ~seen)
        earlier = (other - own > step) | ((other - own == step) & ~other_seen)
        won, lost = other_seen & later, seen & earlier
        found: Signs = won.astype(np.int8) - lost.astype(np.int8)
        return found if self.later_is_better else -found


def read_outcomes(
    outcomes: Any, lower_is_better: Any, margins: Any, n: int
) -> list[Outcome]:
    """Check the outcomes, in the order of their weight."""
    if not isinstance(outcomes, Mapping) or not outcomes:
        raise InputError("outcomes", "a mapping of names to outcomes", outcomes, _HINT)
    margins = {} if margins is None else margins
    if not isinstance(margins, Mapping):
        raise InputError("margins", "a mapping of names to numbers", margins)
    lower_is_better = each(lower_is_better, "lower_is_better", "a list of names")
    for name in lower_is_better:
        if not isinstance(name, str):
            raise InputError("lower_is_better", "a list of names", name)
    for given, names in (("lower_is_better", lower_is_better), ("margins", margins)):
        unknown = [name for name in names if name not in outcomes]
        if unknown:
            rule = f"among the names of the outcomes {tuple(outcomes)}"
            raise InputError(given, rule, unknown[0])
    return [
        _outcome(
            name,
            column,
            lower=name in lower_is_better,
            margin=_margin(margins.get(name, 0.0), name),
            n=n,
        )
        for name, column in outcomes.items()
    ]


def _margin(value: Any, name: str) -> float:
    (found,) = numbers([value], f"margins[{name!r}]", low=0.0)
    if not np.isfinite(found):
        raise InputError(f"margins[{name!r}]", "a finite number", value)
    return float(found)


def _outcome(name: Any, column: Any, *, lower: bool, margin: float, n: int) -> Outcome:
    where = f"outcomes[{name!r}]"
    if not _is_time(column):
        values = on_grid(numbers(column, where))
        same_length(n, values.size, "group", where)
        return Outcome(
            name=str(name),
            values=-values if lower else values,
            happened=None,
            later_is_better=True,
            margin=margin,
        )
    time = on_grid(days(column[0], f"{where}[0]"))
    event = events(column[1], f"{where}[1]")
    same_length(n, time.size, "group", f"{where}[0]")
    same_length(n, event.size, "group", f"{where}[1]")
    return Outcome(
        name=str(name),
        values=np.where(event < 0, np.nan, time),
        happened=event == 1,
        later_is_better=not lower,
        margin=margin,
    )


def _is_time(column: Any) -> bool:
    """Say whether an outcome is a pair of columns, and not two numbers."""
    return (
        isinstance(column, tuple)
        and len(column) == _TIME_PARTS
        and all(
            isinstance(part, Sequence) or hasattr(part, "__array__") for part in column
        )
        and not any(isinstance(part, (str, bytes, np.generic)) for part in column)
    )


def compared(outcomes: list[Outcome], n: int) -> Iterator[tuple[slice, list[Signs]]]:
    """Yield blocks of patients against all, with what each outcome decides.

    An outcome decides only the pairs that those before it left open.
    """
    step = max(1, _PAIRS_AT_ONCE // max(n, 1))
    for start in range(0, n, step):
        rows = slice(start, min(start + step, n))
        decided: list[Signs] = []
        is_open: Flags | None = None
        for outcome in outcomes:
            signs = outcome.signs(rows)
            if is_open is not None:
                signs[~is_open] = 0
            is_open = signs == 0 if is_open is None else is_open & (signs == 0)
            decided.append(signs)
        yield rows, decided
