"""Planning values from what exists, with how far they can be wrong."""

import math
from collections.abc import Iterable, Sequence
from typing import Any, Final, TypeAlias

import attrs

from iph._checks import level as checked_level
from iph._checks import whole
from iph._cohort import Cohort
from iph._options import each, instance
from iph._results import Result
from iph.design._outcomes import proportional_odds
from iph.errors import InputError
from iph.evidence._claims import Claim, ClaimKind
from iph.evidence._pooling import PooledProportion
from iph.evidence._printed import number
from iph.protocol._li2023 import LI_2023_PROTOCOL
from iph.protocol._protocol import Protocol
from iph.stats import proportion

Source: TypeAlias = "Sequence[int] | PooledProportion | Cohort[Any] | Iterable[Claim]"

_HALF: Final = 0.5


@attrs.frozen(kw_only=True, eq=False)
class PlanningValues(Result):
    """What can be assumed of a group, and how far it can be wrong.

    Attributes
    ----------
    source : str
        Where it comes from.
    seen, lowest, highest : tuple of float
        The share of patients with each outcome, in ascending order: as seen, and at
        both ends of what is plausible.
    confidence_level : float
        The level of the plausible ends.
    method : str
        How they are found.
    n : int
        The patients behind it.
    n_missing : int
        The patients without a value.
    """

    source: str
    seen: tuple[float, ...]
    lowest: tuple[float, ...]
    highest: tuple[float, ...]
    confidence_level: float
    method: str
    n: int
    n_missing: int


def planning_values(
    source: Source,
    *,
    outcome: str | None = None,
    visit: str | None = None,
    protocol: Protocol[Any] = LI_2023_PROTOCOL,
    partition: str | None = None,
    confidence_level: float = 0.95,
) -> PlanningValues:
    """Take what a plan assumes from data, from print, or from a pool of series.

    A plan stands on a guess of how patients do without the new treatment. What do the
    patients seen so far say, and how far can that be wrong?

    Parameters
    ----------
    source : sequence of int, Cohort, iterable of Claim, or PooledProportion
        The patients with each outcome in ascending order, of two those without it
        first; a cohort, a twin as well; the claims of a paper; or pooled series.
    outcome : str, optional
        The field of a cohort's outcome; needed for a cohort.
    visit : str, optional
        The code of the visit; needed for a cohort.
    protocol : Protocol, default: LI_2023_PROTOCOL
        The study of a cohort.
    partition : str, optional
        Which counts of the claims: those that have this name in common; needed for
        claims.
    confidence_level : float, default: 0.95
        The level of the plausible ends; of pooled series it is their own.

    Returns
    -------
    PlanningValues
        With attributes ``source``, ``seen``, ``lowest``, ``highest``,
        ``confidence_level``, ``method``, ``n`` and ``n_missing``.

    Raises
    ------
    iph.errors.InputError
        Counts of fewer than two outcomes or of one alone; an outcome, visit or
        partition that there is none of.

    See Also
    --------
    power_curves : Shows how much of the power hangs on them.

    Notes
    -----
    With two outcomes the ends are the Clopper-Pearson limits of the share, or for
    pooled series the prediction interval: where the next series may lie, which is wider
    than the interval of the mean. With more grades they are drawn where they come
    nearest to halves, and shifted by the common odds ratio that brings the share above
    that line to its Clopper-Pearson limits.

    Examples
    --------
    Li et al. 2023 printed hip flexion of grades I, II and III in 10, 5 and 13 of 28
    patients at admission:

    >>> from iph.design import planning_values
    >>> from iph.evidence import li2023_claims
    >>> found = planning_values(li2023_claims(), partition="hip flexion, baseline")
    >>> for shares in (found.lowest, found.seen, found.highest):
    ...     print(" ".join(f"{share:.2f}" for share in shares))
    0.56 0.17 0.28
    0.36 0.18 0.46
    0.20 0.14 0.66
    """
    asked = checked_level(confidence_level)
    if isinstance(source, PooledProportion):
        return _of_pool(source)
    if isinstance(source, Cohort):
        return _of_counts(*_in_cohort(source, outcome, visit, protocol), asked)
    rule = "counts, claims, a cohort or a pooled proportion"
    listed = each(source, "source", rule)
    if listed and all(isinstance(one, Claim) for one in listed):
        return _of_counts(*_in_claims(listed, partition), 0, asked)
    counts = [whole(one, f"source[{place}]") for place, one in enumerate(listed)]
    return _of_counts(f"counts {', '.join(map(str, counts))}", counts, 0, asked)


def _of_pool(pool: PooledProportion) -> PlanningValues:
    shares = (pool.prediction_low, pool.estimate, pool.prediction_high)
    low, seen, high = ((1.0 - share, share) for share in shares)
    return PlanningValues(
        source=f"{pool.n_series} series pooled",
        seen=seen,
        lowest=low,
        highest=high,
        confidence_level=pool.confidence_level,
        method="prediction interval",
        n=pool.n,
        n_missing=pool.n_missing,
    )


def _in_cohort(
    cohort: Cohort[Any],
    outcome: str | None,
    visit: str | None,
    protocol: Protocol[Any],
) -> tuple[str, list[int], int]:
    """Return where counts come from, the counts, and the patients without a value."""
    instance(protocol, "protocol", Protocol, "a Protocol", "use read_protocol(path)")
    name = outcome if isinstance(outcome, str) else ""
    declared = protocol.assessment_declarations.get(name)
    if declared is None or declared.options is None:
        graded = [
            known
            for known, one in protocol.assessment_declarations.items()
            if one.options is not None and known != "visit"
        ]
        raise InputError("outcome", f"one of {', '.join(graded)}", outcome)
    named = visit if isinstance(visit, str) else None
    at = next((one for one in protocol.visits if one.value == named), None)
    if at is None:
        codes = ", ".join(str(one.value) for one in protocol.visits)
        raise InputError("visit", f"one of {codes}", visit)
    codes_of = [one.value for one in declared.options]
    counts, missing = dict.fromkeys(codes_of, 0), 0
    for patient in cohort.patients:
        seen = patient.follow_up.at(at)
        value = None if seen is None else protocol.lookup_at(seen)(name)
        value = getattr(value, "value", value)
        if value in counts:
            counts[value] += 1
        else:
            missing += 1
    source = f"{declared.label} at {at.label} of {len(cohort)} patients"
    return source, list(counts.values()), missing


def _in_claims(claims: list[Claim], partition: str | None) -> tuple[str, list[int]]:
    """Return where counts come from, and the counts, in the order of print."""
    named = partition if isinstance(partition, str) else None
    parts = [
        one
        for one in claims
        if one.kind is ClaimKind.COUNT and one.partition and one.partition == named
    ]
    if not parts:
        names = dict.fromkeys(c.partition for c in claims if c.partition)
        raise InputError("partition", f"one of {', '.join(names)}", partition)
    counts = [int(number(one.printed).value) for one in parts]
    return f"{parts[0].where}: {partition}", counts


def _of_counts(
    source: str, counts: Sequence[int], missing: int, asked: float
) -> PlanningValues:
    n = sum(counts)
    if len(counts) < 2 or n == 0:
        raise InputError("source", "the patients with each of two outcomes", counts)
    seen = tuple(count / n for count in counts)
    above = [sum(counts[line:]) for line in range(1, len(counts))]
    line = min(range(len(above)), key=lambda one: abs(above[one] / n - _HALF))
    limits = proportion(above[line], n, confidence_level=asked)
    low: tuple[float, ...]
    high: tuple[float, ...]
    if len(counts) == 2:
        low, high = ((1.0 - one, one) for one in (limits.low, limits.high))
    elif 0 < above[line] < n:
        low, high = (
            proportional_odds(seen, _odds(one) / _odds(above[line] / n))
            for one in (limits.low, limits.high)
        )
    else:
        rule = "patients with more than one of the grades: one alone cannot be shifted"
        raise InputError("source", rule, counts)
    return PlanningValues(
        source=source,
        seen=seen,
        lowest=low,
        highest=high,
        confidence_level=asked,
        method="clopper-pearson",
        n=n,
        n_missing=missing,
    )


def _odds(share: float) -> float:
    return share / (1.0 - share) if share < 1.0 else math.inf
