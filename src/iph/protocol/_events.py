"""Which complications and adverse events a study looks for."""

import enum
from typing import Any

import attrs

from iph._display import Displayed
from iph.errors import InputError


def _grades(options: type[enum.Enum] | None) -> type[enum.Enum] | None:
    given: Any = options
    if given is None:
        return None
    values: list[object] = []
    if isinstance(given, enum.EnumMeta):
        values = [option.value for option in options or ()]
    if not values or not all(isinstance(value, int) for value in values):
        raise InputError("grades", "an enumeration of whole numbers", given)
    return options


@attrs.frozen(kw_only=True)
class EventRule(Displayed):
    """A complication or an adverse event that a study looks for.

    A study that declares one has asked every patient for it: who has none in the table
    of events had none.

    Parameters
    ----------
    name : str
        The code that tables hold.
    label : str
        What it is called in print.
    grades : type of IntEnum, optional
        The scale by which its severity is graded; None if it is not.
    related : bool, default False
        Whether the study records if it was related to the treatment.

    Raises
    ------
    InputError
        If the name or the label is no text, or the grades are no whole numbers.

    See Also
    --------
    iph.records.read_events : Read the table of events.
    iph.study.event_table : Who had which event, by group.

    Examples
    --------
    >>> from iph.protocol import EventRule
    >>> from iph.scales import PainSeverity
    >>> scar = EventRule(name="scar", label="Painful scar", grades=PainSeverity)
    >>> scar.related
    False
    """

    name: str
    label: str
    grades: type[enum.Enum] | None = attrs.field(default=None, converter=_grades)
    related: bool = False

    def __attrs_post_init__(self) -> None:
        for name in ("name", "label"):
            value: object = getattr(self, name)
            if not isinstance(value, str) or not value.strip():
                raise InputError(name, "a text that is not empty", value)
