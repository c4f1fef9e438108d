"""Counts of hospitals that show no small one: what their sum is, or between which."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

import attrs

from iph._checks import whole
from iph._display import Displayed
from iph._options import each
from iph.criteria._criterion import Criteria
from iph.errors import InputError
from iph.protocol._li2023 import LI_2023_PROTOCOL
from iph.protocol._protocol import Protocol
from iph.records._suppression import LOWEST, Rule
from iph.study._counts_head import asked
from iph.study._hospital_bounds import PooledCount, pooled_counts
from iph.study._protected_reading import PROTECTED_FORMAT, read_protected
from iph.study._protecting import HospitalCounts, Protecting


def protected_counts(
    cells: Callable[..., Mapping[tuple[Any, ...], int]],
    head: Mapping[str, Any],
    least: int,
    earlier: Iterable["ProtectedCounts"],
) -> "ProtectedCounts":
    """Hide the small counts of a hospital; `cells` returns a table by its name."""
    rule = Rule(least=whole(least, "least", low=LOWEST))
    empty = ProtectedCounts(**head, least=rule.least, hospitals=())
    hint = "give a list, even of one"
    former = each(earlier, "earlier", "what `protected` returned", hint)
    known = [one for counts in former for one in _shown_before(counts, empty)]
    protecting = Protecting(
        protocol=empty.protocol,
        by=empty.by,
        recovery_group=empty.recovery_group,
        cells=cells,
        rule=rule,
        earlier=tuple(known),
    )
    n = sum(cells("patients").values())
    shown = protecting.shown(sum(cells("records").values()) - n)
    return attrs.evolve(empty, hospitals=(shown,))


def _shown_before(counts: object, now: "ProtectedCounts") -> tuple[HospitalCounts, ...]:
    """Return what one hospital has shown before, if it was counted alike."""
    if not isinstance(counts, ProtectedCounts):
        raise InputError("earlier", "what `protected` returned", counts)
    made, wanted = _asked(counts), _asked(now)
    for name, value in wanted.items():
        if name != "least" and made[name] != value:
            raise InputError("earlier", f"of the same {name}", made[name])
    if len(counts.hospitals) != 1:
        raise InputError("earlier", "of this hospital alone", counts)
    return counts.hospitals


def _asked(counts: "ProtectedCounts") -> dict[str, Any]:
    """Return what must be equal in counts that add up."""
    return {**asked(counts), "least": counts.least}


def _listed(values: Iterable[Any]) -> tuple[Any, ...]:
    return tuple(values)


@attrs.frozen(kw_only=True)
class ProtectedCounts(Displayed):
    """The patients of a study, counted, without small counts.

    What may I send to a hospital that pools our patients with its own, if not even a
    count below 5 may leave the house? Protected counts of one protocol and of the same
    options add up (``+``, ``sum``). Each count of the sum is known exactly where every
    hospital shows it, and between bounds where one does not.

    They are made by `StudyCounts.protected`. `analyze` does not take them, since most
    of a study needs what they hide.

    Attributes
    ----------
    protocol : Protocol
        What the study is.
    criteria : Criteria
        By whom is decided who belongs to the study.
    population, by, recovery_group, coagulation, volume : str
        What was counted, as `count` was asked; empty where the study has none.
    least : int
        The smallest count that is shown, beside 0.
    synthetic : bool
        Whether any of the patients are made up.
    hospitals : tuple of HospitalCounts
        What each hospital shows.
    n : int
        Patients of all hospitals who are analyzed.
    n_left_out : int or None
        Their records that are not; None where a hospital hides it.

    See Also
    --------
    StudyCounts.protected : Hide the small counts of one hospital.
    iph.report.write_pooled : A report of the sum.
    """

    protocol: Protocol[Any]
    criteria: Criteria
    population: str
    by: str
    recovery_group: str
    coagulation: str
    volume: str
    least: int
    synthetic: bool = False
    hospitals: tuple[HospitalCounts, ...] = attrs.field(converter=_listed)

    @property
    def n(self) -> int:
        """Patients who are analyzed."""
        return sum(one.n for one in self.hospitals)

    @property
    def n_left_out(self) -> int | None:
        """Records that are not analyzed; None where a hospital hides it."""
        found = [one.n_left_out for one in self.hospitals]
        known = [n for n in found if n is not None]
        return sum(known) if len(known) == len(found) else None

    def __repr__(self) -> str:
        """Say what was counted; the tables would fill pages."""
        return (
            f"<ProtectedCounts of {self.protocol.title!r}: n = {self.n}, "
            f"{len(self.hospitals)} hospitals, counts below {self.least} hidden>"
        )

    def counts(self) -> Iterator[PooledCount]:
        """Yield how many patients of all hospitals have each level of each variable.

        Yields
        ------
        PooledCount
            Those of all patients first, then those of each group.
        """
        yield from pooled_counts(
            self.protocol,
            self.hospitals,
            by=self.by,
            recovery_group=self.recovery_group,
        )

    def __add__(self, other: object) -> "ProtectedCounts":
        if not isinstance(other, ProtectedCounts):
            return NotImplemented
        mine, theirs = _asked(self), _asked(other)
        for name, value in mine.items():
            if theirs[name] != value:
                raise InputError(
                    "counts",
                    f"of one {name.replace('_', ' ')} ({value!r})",
                    theirs[name],
                    "count again where it differs: only counts made alike add up",
                )
        return attrs.evolve(
            self,
            synthetic=self.synthetic or other.synthetic,
            hospitals=(*self.hospitals, *other.hospitals),
        )

    def __radd__(self, other: object) -> "ProtectedCounts":
        if other == 0:  # where sum begins
            return self
        return NotImplemented

    def to_json(self, *, indent: int | None = None) -> str:
        """Return the counts as JSON, with the digest of the protocol.

        Parameters
        ----------
        indent : int or None, default: None
            Blanks by which a level is indented; None puts all in one line.

        Returns
        -------
        str
            An object with what was asked and ``hospitals``: the tables of each, null
            where a count is hidden.
        """
        content = {
            "format": PROTECTED_FORMAT,
            **_asked(self),
            "synthetic": self.synthetic,
            "hospitals": [attrs.asdict(one) for one in self.hospitals],
        }
        return json.dumps(content, indent=indent, allow_nan=False, ensure_ascii=False)

    @classmethod
    def from_json(
        cls,
        text: str,
        *,
        protocol: Protocol[Any] = LI_2023_PROTOCOL,
        criteria: Criteria | None = None,
    ) -> "ProtectedCounts":
        """Read counts that `to_json` has written.

        Parameters
        ----------
        text : str
            The JSON.
        protocol : Protocol, default LI_2023_PROTOCOL
            The protocol by which they were counted; it is known by its digest.
        criteria : Criteria, optional
            The criteria by which they were counted, if not those of the protocol.

        Returns
        -------
        ProtectedCounts
            Equal to those that were written.

        Raises
        ------
        InputError
            If the text is nothing of the kind, or the counts were made by another
            protocol or by other criteria.
        """
        head, hospitals = read_protected(text, protocol, criteria)
        return cls(hospitals=hospitals, **head)
