"""What the tables say of one patient, and objects made of it as far as rules allow."""

from typing import Any, Final

import attrs

from iph._course import SeenAt
from iph.errors import RuleError
from iph.scales._reference_ranges import ReferenceRange

NOTHING: Final[frozenset[str]] = frozenset()
"""No fields."""


@attrs.define(kw_only=True, eq=False)
class Seen:
    """One assessment and the row it stands in.

    Attributes
    ----------
    assessment : SeenAt
        What was seen.
    row : int
        The row.
    table : str
        The table.
    """

    assessment: SeenAt
    row: int
    table: str


@attrs.define(kw_only=True, eq=False)
class Entry:
    """All that the tables say of one patient.

    Attributes
    ----------
    row : int
        The first row.
    table : str
        Its table.
    values : dict
        Fields of the patient by name.
    seen : list of Seen
        The assessments, in the order of the rows.
    bad : frozenset of str
        Fields with a cell that cannot be read.
    ranges : tuple of ReferenceRange
        The laboratory's own ranges.
    """

    row: int
    table: str
    values: dict[str, Any] = attrs.field(factory=dict)
    seen: list[Seen] = attrs.field(factory=list)
    bad: frozenset[str] = NOTHING
    ranges: tuple[ReferenceRange, ...] = ()


@attrs.frozen
class Constructed:
    """An object, or the rules that its fields break.

    Attributes
    ----------
    made : object
        The object without the fields that break a rule; None if there can be none.
    rules : tuple of RuleError
        Each rule that is broken, once.
    """

    made: Any
    rules: tuple[RuleError, ...] = ()


def constructed(
    cls: type[Any], values: dict[str, Any], bad: frozenset[str]
) -> Constructed:
    """Make an object, and find every rule that its fields break.

    After each broken rule the fields that it names are left out, so that one rule hides
    no other. A rule about a field whose cell could not be read is not held against it.
    """
    broken: list[RuleError] = []
    left = dict(values)
    while True:
        try:
            return Constructed(cls(**left), tuple(broken))
        except RuleError as rule:
            if not bad.intersection(rule.fields):
                broken.append(rule)
            named = [name for name in rule.fields if name in left]
            if not named:
                return Constructed(None, tuple(broken))
            for name in named:
                del left[name]
