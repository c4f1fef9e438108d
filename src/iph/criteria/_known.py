"""What criteria can be asked of: the recorded fields of a study, and what follows."""

from collections.abc import Iterable
from typing import Any, Final, Protocol

import attrs

from iph._fields import Declaration
from iph._options import instance
from iph._subject import Subject, fields_by_name
from iph.criteria._criterion import Criteria, lookup_of
from iph.criteria._rule import FIELDS, Fields, Lookup
from iph.errors import InputError


class DerivedValue(Protocol):
    """A value that follows from fields, as `iph.protocol.Derived` is one."""

    @property
    def name(self) -> str:
        """Its name."""

    @property
    def declaration(self) -> Declaration:
        """What it holds."""

    @property
    def fields(self) -> tuple[str, ...]:
        """The names of the fields that it follows from."""

    def expr(self, fields: Fields) -> Any:
        """Return it for the rows of a table."""


class StudyProtocol(Protocol):
    """What screening asks of a protocol, as `iph.protocol.Protocol` answers it.

    Two members are of any type here, since pyright compares the descriptors behind them
    and not what they give.
    """

    @property
    def criteria(self) -> Criteria | None:
        """Who belongs to the study."""

    @property
    def patient(self) -> type[Subject[Any]]:
        """The class of the patients."""

    @property
    def derived(self) -> Any:
        """The values that follow from the fields, a tuple of `DerivedValue`."""

    @property
    def patient_declarations(self) -> Any:
        """The declarations of a patient's fields by name, with the values derived."""

    def lookup_of(self, patient: Subject[Any]) -> Lookup:
        """Return what finds a patient's cell by name."""


@attrs.frozen
class Known:
    """The fields that a table may hold, and the values that follow from them.

    Attributes
    ----------
    fields : mapping
        What each name holds.
    derived : tuple of DerivedValue
        Those of the names that no column holds, each after those that it uses.
    """

    fields: Fields = FIELDS
    derived: tuple[DerivedValue, ...] = ()

    def columns(self, names: Iterable[str]) -> tuple[str, ...]:
        """Return the columns that are needed to know some names."""
        by_name = {one.name: one for one in self.derived}
        found: dict[str, None] = {}
        for name in names:
            inner = by_name.get(name)
            if inner is None:
                found[name] = None
            else:
                found |= dict.fromkeys(self.columns(inner.fields))
        return tuple(found)

    def needed(self, names: Iterable[str]) -> tuple[DerivedValue, ...]:
        """Return the derived values that some names need, in the order to find them."""
        wanted = set(names)
        for one in reversed(self.derived):
            if one.name in wanted:
                wanted |= set(one.fields)
        return tuple(one for one in self.derived if one.name in wanted)


PATIENTS: Final = Known()
"""The fields of `Patient`: what criteria are asked of if nothing else is said."""


def known_to(protocol: StudyProtocol | None) -> Known:
    """Return what a protocol knows of a patient; without one, what `Patient` has."""
    protocol = _study(protocol)
    if protocol is None:
        return PATIENTS
    fields = protocol.patient_declarations
    derived = tuple(one for one in protocol.derived if one.name in fields)
    return Known(fields, derived)


def fields_of(cls: type[Subject[Any]]) -> Fields:
    """Return what each field of a class of patients holds."""
    return {name: field.declaration for name, field in fields_by_name(cls).items()}


def lookups(protocol: StudyProtocol | None) -> Any:
    """Return what makes the look-up of a patient."""
    return lookup_of if protocol is None else protocol.lookup_of


def sound(criteria: Criteria, fields: Fields) -> None:
    """Refuse criteria that cannot be asked of a study with these fields."""
    wrong = {
        criterion.code: errors
        for criterion in criteria.all
        if (errors := criterion.rule.check(fields))
    }
    if wrong:
        told = [f"{code}: {e}" for code, errors in wrong.items() for e in errors]
        raise InputError(
            "criteria",
            "rules over the fields of the study",
            ", ".join(wrong),
            "; ".join(told),
        )


def chosen(criteria: Criteria | None, protocol: StudyProtocol | None) -> Criteria:
    """Return the criteria that are given, or else those of the protocol."""
    study = _study(protocol)
    found = criteria if criteria is not None or study is None else study.criteria
    if found is None:
        hint = "give criteria, or a protocol that has some"
        raise InputError("criteria", "a set of criteria", None, hint)
    return instance(found, "criteria", Criteria, "a set of criteria, such as LI_2023")


def _study(protocol: StudyProtocol | None) -> StudyProtocol | None:
    """Refuse what is no protocol, before its fields are asked for."""
    if protocol is not None and not hasattr(protocol, "patient_declarations"):
        raise InputError("protocol", "a Protocol, or None", protocol)
    return protocol
