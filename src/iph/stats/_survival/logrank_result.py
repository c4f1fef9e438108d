"""What a log-rank test gives."""

import math
from typing import Any

import attrs

from iph._results import Result


def _or_none(z: float) -> float | None:
    return None if math.isnan(z) else z


@attrs.frozen(kw_only=True, eq=False)
class Logrank(Result):
    """What a log-rank test found.

    Attributes
    ----------
    statistic : float
        The chi-square statistic; NaN if the data cannot tell the groups apart.
    df : int
        Its degrees of freedom: groups that were compared minus one.
    p_value : float
        The probability of a statistic at least as large if the groups do not differ.
    p_low, p_high : float or None
        The 99 % interval of a simulated p-value; None if nothing was simulated.
    z : float
        For two groups the signed root of the statistic, above 0 if the first group has
        more events than expected; NaN for more groups.
    observed : tuple of float
        Events of each group, weighted by `kind` (for ``"logrank"``: their number).
    expected : tuple of float
        Events expected in each group if the groups do not differ, weighted likewise.
    groups : tuple
        The labels of the groups, in the order of `observed` and `expected`.
    group_sizes : tuple of int
        The cases used of each group.
    method : str
        How the p-value was found: ``"asymptotic"``, ``"exact"``, ``"monte-carlo"`` or
        ``"imputed"``.
    equal_follow_up : bool or None
        Whether ``"auto"`` took the groups as followed alike; None for a method by name.
    caution : str
        What is doubtful about the method that ``"auto"`` took; empty if nothing.
    seed : int or None
        The documented seed if it was used; None if a generator was given or nothing
        was simulated.
    alternative : str
        The side of the test.
    two_sided : str
        The two-sided rule of the exact and of the simulated test of two groups.
    kind : str
        The weights of the event times.
    n : int
        The cases used.
    n_missing : int
        The cases left out because a value was missing.
    """

    statistic: float
    df: int
    p_value: float
    p_low: float | None
    p_high: float | None
    z: float = attrs.field(eq=_or_none)  # else no test of three groups equals itself
    observed: tuple[float, ...]
    expected: tuple[float, ...]
    groups: tuple[Any, ...]
    group_sizes: tuple[int, ...]
    method: str
    equal_follow_up: bool | None
    caution: str
    seed: int | None
    alternative: str
    two_sided: str
    kind: str
    n: int
    n_missing: int
