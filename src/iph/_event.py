"""One complication or adverse event of a patient."""

from typing import Final

import attrs

from iph import _fields
from iph._display import Displayed

_LARGEST: Final = 10_000_000
"""Beyond the times and grades of any study, whose protocol says its own bounds."""


@attrs.frozen(kw_only=True, field_transformer=_fields.converting)
class Event(Displayed):
    """One complication or adverse event of one patient.

    Attributes
    ----------
    patient_id : str
        The patient.
    event : str
        Its name in the protocol.
    day : int or None
        When it was seen, in the time unit of the study since day zero.
    grade : int or None
        Its grade by the scale of the protocol.
    related : bool or None
        Whether it was related to the treatment.

    Raises
    ------
    FieldError
        If a value is not one that its field can hold.

    Examples
    --------
    >>> from iph.records import Event
    >>> Event(patient_id="P01", event="scar", day=40, grade=2).related is None
    True
    """

    patient_id: str = attrs.field(
        converter=_fields.pseudonym, metadata=_fields.identifier("Patient")
    )
    event: str = attrs.field(
        converter=_fields.pseudonym, metadata=_fields.identifier("Event")
    )
    day: int | None = attrs.field(
        default=None,
        converter=_fields.whole,
        metadata=_fields.days("Day", low=-_LARGEST, high=_LARGEST),
    )
    grade: int | None = attrs.field(
        default=None,
        converter=_fields.whole,
        metadata=_fields.quantity("Grade", low=-_LARGEST, high=_LARGEST, step=1),
    )
    related: bool | None = attrs.field(
        default=None, metadata=_fields.yes_no("Related to the treatment")
    )
