"""What is counted of the patients of a study, with the defaults of its protocol."""

from typing import Any, Literal

import attrs

from iph._checks import one_of
from iph._options import instance
from iph.criteria._criterion import Criteria
from iph.protocol._protocol import Protocol
from iph.study._characteristics import (
    NOBODY_GROUPED,
    Characteristic,
    baseline_characteristics,
    blood_characteristics,
)
from iph.study._coagulation import COAGULATION_RULES
from iph.study._grouping import TREATED, grouping
from iph.study._selection import EVERYBODY

Population = Literal["included", "not-excluded", "all"]
POPULATIONS = ("included", "not-excluded", "all")
CoagulationRule = Literal[
    "laboratory", "laboratory-or-history", "platelets-or-laboratory-or-history"
]


@attrs.frozen(kw_only=True)
class Asked:
    """What is counted of the patients of a study.

    Attributes
    ----------
    protocol : Protocol
        What the study is.
    criteria : Criteria
        By whom is decided who belongs to it.
    population : str
        Which records are analyzed.
    by, recovery_group : str
        What the tables, and time to recovery, are grouped by; empty for nothing.
    coagulation, volume : str
        The rules; empty if the study asks for neither.
    """

    protocol: Protocol[Any]
    criteria: Criteria
    population: str
    by: str
    recovery_group: str
    coagulation: str
    volume: str

    @property
    def columns(self) -> Characteristic | None:
        """What the tables are grouped by."""
        return self._group(self.by, "by") if self.by else None

    @property
    def by_all(self) -> Characteristic:
        """The same; where it is nothing, one group of everybody."""
        return NOBODY_GROUPED if self.columns is None else self.columns

    @property
    def groups(self) -> Characteristic:
        """What time to recovery is grouped by."""
        if not self.recovery_group:
            return NOBODY_GROUPED
        return self._group(self.recovery_group, "recovery_group")

    @property
    def treated(self) -> Characteristic:
        """What stated outcomes are grouped by: with or without a procedure."""
        return self._group(TREATED, "by")

    def _group(self, name: str, argument: str) -> Characteristic:
        found = grouping(
            name, argument, self.protocol, coagulation_rule=self.coagulation
        )
        return _from_reference(self.protocol, found)

    @property
    def baseline(self) -> tuple[Characteristic, ...]:
        """The rows of the table of characteristics."""
        return baseline_characteristics(
            self.protocol, coagulation_rule=self.coagulation, volume_rule=self.volume
        )

    @property
    def blood(self) -> tuple[Characteristic, ...]:
        """The rows of the table of clotting tests."""
        return blood_characteristics(self.protocol)

    @property
    def rows(self) -> tuple[Characteristic, ...]:
        """The rows of both."""
        return (*self.baseline, *self.blood)


def asked_of(
    protocol: Protocol[Any],
    *,
    criteria: Criteria | None,
    population: str,
    by: str | None,
    recovery_group: str | None,
    coagulation: str,
    volume: str,
) -> Asked:
    """Return what is counted, with the defaults of the protocol."""
    instance(protocol, "protocol", Protocol, "a Protocol, such as LI_2023_PROTOCOL")
    if criteria is not None:
        instance(criteria, "criteria", Criteria, "Criteria, such as LI_2023")
    for name, group in (("by", by), ("recovery_group", recovery_group)):
        if group is not None:
            instance(group, name, str, "the name of a group")
    one_of(population, "population", POPULATIONS)
    one_of(coagulation, "coagulation", tuple(COAGULATION_RULES))
    parts, grouped_by = frozenset(protocol.parts), recovery_group or protocol.group
    if grouped_by is None and "coagulation" in parts:
        grouped_by = "coagulation_status"
    found = Asked(
        protocol=protocol,
        criteria=criteria or protocol.criteria or EVERYBODY,
        population=population,
        by=by or protocol.group or "",
        recovery_group=grouped_by or "",
        coagulation=coagulation if "coagulation" in parts else "",
        volume=volume if "size" in parts else "",
    )
    _ = found.groups, found.columns  # refuse a name that is none of a group
    return found


def _from_reference(protocol: Protocol[Any], by: Characteristic) -> Characteristic:
    """Put the group that others are compared with first."""
    reference = protocol.group_reference
    if by.name != protocol.group or reference is None:
        return by
    pairs = list(zip(by.levels, by.level_labels, strict=True))
    named = {True: "yes", False: "no"}
    pairs.sort(key=lambda pair: str(named.get(pair[0], pair[0])) != reference)
    return attrs.evolve(
        by,
        levels=tuple(level for level, _ in pairs),
        level_labels=tuple(label for _, label in pairs),
    )
