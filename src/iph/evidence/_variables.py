"""What claims can speak of: the fields of a study, and its visits."""

from collections.abc import Mapping
from typing import Any, Final

import attrs

from iph._categories import ScheduledVisit
from iph._fields import Declaration, Kind
from iph.errors import InputError
from iph.protocol._li2023 import LI_2023_PROTOCOL
from iph.protocol._protocol import Protocol

_NUMBERS: Final = (Kind.QUANTITY, Kind.GRADE)


@attrs.frozen(kw_only=True)
class Variables:
    """The fields of a study by their column names, and its visits.

    Attributes
    ----------
    protocol : Protocol
        The study.
    declarations : mapping of str to Declaration
        Every field of a patient and of an assessment.
    measured : mapping of str to Declaration
        The numbers and grades that are seen at visits.
    categories : frozenset of str
        What else is seen at visits.
    visits : tuple of ScheduledVisit
        The visits in order.
    """

    protocol: Protocol[Any]
    declarations: Mapping[str, Declaration]
    measured: Mapping[str, Declaration]
    categories: frozenset[str]
    visits: tuple[ScheduledVisit, ...]

    @property
    def on_days(self) -> tuple[ScheduledVisit, ...]:
        """The visits that are on a fixed day."""
        return tuple(v for v in self.visits if v.nominal_day is not None)


def variables_of(protocol: Protocol[Any]) -> Variables:
    """Return what the claims of a paper on such a study can speak of."""
    given: object = protocol
    if not isinstance(given, Protocol):
        raise InputError("protocol", "a Protocol", given)
    seen = {field.name: field.declaration for field in protocol.assessment_fields}
    own = {field.name: field.declaration for field in protocol.patient_fields}
    measured = {name: one for name, one in seen.items() if one.kind in _NUMBERS}
    return Variables(
        protocol=protocol,
        declarations=own | seen,
        measured=measured,
        categories=frozenset(seen) - frozenset(measured),
        visits=protocol.visits,
    )


LI_2023_VARIABLES: Final = variables_of(LI_2023_PROTOCOL)
"""Those of a paper on iliopsoas hematoma."""
