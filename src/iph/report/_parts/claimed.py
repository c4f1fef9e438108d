"""Printed counts and medians as claims that an audit can check."""

from collections.abc import Iterator

import attrs

from iph._categories import ScheduledVisit
from iph.evidence._claims import Claim, ClaimKind
from iph.report._numbers import percent


@attrs.frozen(kw_only=True)
class Asked:
    """What figures speak of, so that another study can be held against them.

    Attributes
    ----------
    variable, derived : str
        The field, or what follows from several; both empty if neither can be named.
    visit : ScheduledVisit or None
        The visit.
    levels : tuple of str
        The levels that are counted, in the order of the counts.
    """

    variable: str = ""
    derived: str = ""
    visit: ScheduledVisit | None = None
    levels: tuple[str, ...] = ()


def counted_claims(
    code: str,
    where: str,
    counts: dict[str, int],
    n: int,
    asked: Asked,
    *,
    divides: bool,
) -> Iterator[Claim]:
    """Print counts with their shares; those that divide the group add up to it."""
    levels = asked.levels or ("",) * len(counts)
    for (label, count), level in zip(
        counts.items() if n else (), levels[: len(counts) if n else 0], strict=True
    ):
        partition = code if divides else ""
        yield Claim(
            code=f"{code}: {label}",
            where=where,
            printed=str(count),
            kind=ClaimKind.COUNT,
            variable=asked.variable,
            derived=asked.derived,
            visit=asked.visit,
            levels=(level,) if level else (),
            of=str(n),
            partition=partition,
        )
        yield Claim(
            code=f"{code}: {label}, share",
            where=where,
            printed=percent(count, n),
            kind=ClaimKind.PERCENTAGE,
            count=f"{code}: {label}",
            of=str(n),
            partition=partition,
        )
