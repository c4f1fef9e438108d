"""Rows put together by patient: each value once, each assessment with its row."""

from typing import Any, Final

import attrs

from iph._categories import Visit
from iph._follow_up import Assessment
from iph._model import PATIENT_FIELDS
from iph.errors import RuleError
from iph.records._columns import Matched
from iph.records._report import RecordError
from iph.scales._reference_ranges import ReferenceRange

_ID: Final = PATIENT_FIELDS[0].name
_NOTHING: Final[frozenset[str]] = frozenset()


@attrs.define(kw_only=True, eq=False)
class Seen:
    """One assessment and the row it stands in.

    Attributes
    ----------
    assessment : Assessment
        What was seen.
    row : int
        The row.
    table : str
        The table.
    """

    assessment: Assessment
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
    bad: frozenset[str] = _NOTHING
    ranges: tuple[ReferenceRange, ...] = ()


@attrs.define(kw_only=True)
class Entries:
    """The patients of all tables, while they are read.

    Attributes
    ----------
    by_id : dict of str to Entry
        The patients by pseudonym, in the order of their first rows.
    nameless : list of Entry
        Rows that cannot be given to a patient; they are checked all the same.
    errors : list of RecordError
        What is wrong so far.
    matched : list of Matched
        The columns of each table.
    headers : dict of str to str
        The column name by which each field stands in the file.
    about : dict
        What a cohort carries besides its patients.
    """

    by_id: dict[str, Entry] = attrs.field(factory=dict)
    nameless: list[Entry] = attrs.field(factory=list)
    errors: list[RecordError] = attrs.field(factory=list)
    matched: list[Matched] = attrs.field(factory=list)
    headers: dict[str, str] = attrs.field(factory=dict)
    about: dict[str, Any] = attrs.field(factory=dict)

    def wrong(
        self, table: str, row: int | None, name: str, rule: str, **more: str
    ) -> None:
        """Add an error of a rule between cells."""
        self.errors.append(
            RecordError(
                row=row,
                column=more.get("column", ""),
                value=more.get("value", ""),
                rule=rule,
                hint=more.get("hint", ""),
                table=table,
                name=name,
            )
        )

    def rule_broken(
        self, rule: RuleError, row: int, table: str, visit: Visit | None = None
    ) -> None:
        """Add the error of a rule between fields, named as the file names them."""
        columns = [
            self.headers.get(name, name) if visit is None else f"{name}_{visit.value}"
            for name in rule.fields
        ]
        self.wrong(table, row, rule.rule, rule.message, column=", ".join(columns))


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
