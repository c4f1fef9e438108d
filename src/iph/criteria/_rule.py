"""What a rule is: plain data that holds the names of fields.

What these fields are is said when the rule is used, by the declarations of the study
(those of `Patient` if none are given). So one rule serves any study that has its
fields, and `check` says what is wrong with it there.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final, Protocol

from iph._fields import Declaration, Kind
from iph._model import PATIENT_FIELDS
from iph.errors import InputError

Lookup = Callable[[str], Any]
Fields = Mapping[str, Declaration]

FIELDS: Final[Fields] = {f.name: f.declaration for f in PATIENT_FIELDS}
"""The fields of `Patient`, which a rule is asked of if nothing else is said."""

UNKNOWN_CODE: Final = "unknown"


class Rule(Protocol):
    """What a criterion asks, answered with met, not met or unknown."""

    @property
    def fields(self) -> tuple[str, ...]:
        """The names of the fields that it looks at."""

    def of(self, lookup: Lookup) -> bool | None:
        """Answer for one patient: True, False, or None for unknown."""

    def check(self, fields: Fields = FIELDS) -> tuple[InputError, ...]:
        """Say what keeps the rule from being asked of a study with these fields."""

    def expr(self, fields: Fields = FIELDS) -> Any:
        """Answer for the rows of a table: true, false, or null for unknown."""


def a_rule(value: Any, name: str) -> Any:
    """Check that something can be asked as a rule is."""
    asked = ("fields", "of", "check", "expr")
    if isinstance(value, type) or not all(hasattr(value, one) for one in asked):
        raise InputError(name, "a rule, such as Compare(...)", value)
    return value


def wrong_field(
    name: str, fields: Fields, kinds: tuple[Kind, ...], wanted: str
) -> tuple[InputError, ...]:
    """Say that a name is no field of some kinds, if it is none."""
    declared = fields.get(name)
    if declared is not None and declared.kind in kinds:
        return ()
    listed = [n for n, field in fields.items() if field.kind in kinds]
    names = ", ".join(listed) or "there is none"
    return (InputError("field", f"a {wanted} field of the study ({names})", name),)
