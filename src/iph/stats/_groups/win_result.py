"""What `win_statistics` finds."""

from typing import Any

import attrs

from iph._results import Result
from iph.stats._inference.result import Estimate


@attrs.frozen(kw_only=True, eq=False)
class WinsOfOutcome(Result):
    """What one outcome decided.

    Attributes
    ----------
    name : str
        The outcome.
    wins, losses : int
        The pairs that it decided for and against the first group.
    open : int
        The pairs that it left to the next outcome.
    """

    name: str
    wins: int
    losses: int
    open: int


@attrs.frozen(kw_only=True, eq=False)
class WinStatistics(Result):
    """What `win_statistics` found.

    Attributes
    ----------
    outcomes : tuple of WinsOfOutcome
        What each outcome decided, in their order.
    wins, losses, ties : int
        The pairs, one patient of each group, in which the patient of the first group
        did better, did worse, or neither.
    win_ratio : Estimate
        Wins over losses; infinite without losses, NaN without either.
    win_odds : Estimate
        The same with half of the ties on either side.
    net_benefit : Estimate
        Wins minus losses over all pairs, from -1 to 1.
    z : float
        Wins minus losses in standard deviations of the permutation; NaN if all pairs
        are tied.
    p_value : float
        The p-value for the alternative asked.
    p_low, p_high : float or None
        The 99 % interval of a simulated p-value; None if nothing was simulated.
    method : str
        How the p-value was found: ``"exact"``, ``"monte-carlo"`` or ``"asymptotic"``.
    seed : int or None
        The documented seed if a p-value was simulated without `rng`, else None.
    alternative : str
        ``"two-sided"``, ``"less"`` or ``"greater"``.
    two_sided : str
        The rule of a two-sided exact or simulated p-value: ``"abs"`` or ``"central"``.
    confidence_level : float
        The level of the intervals.
    groups : tuple
        The labels of the two groups; the first one wins or loses.
    group_sizes : tuple of int
        The patients used of each.
    n : int
        The patients used of both.
    n_missing : int
        The patients left out: without a group, or without any outcome.
    """

    outcomes: tuple[WinsOfOutcome, ...]
    wins: int
    losses: int
    ties: int
    win_ratio: Estimate
    win_odds: Estimate
    net_benefit: Estimate
    z: float
    p_value: float
    p_low: float | None
    p_high: float | None
    method: str
    seed: int | None
    alternative: str
    two_sided: str
    confidence_level: float
    groups: tuple[Any, ...]
    group_sizes: tuple[int, ...]
    n: int
    n_missing: int
