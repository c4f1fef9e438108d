"""A rule over what has changed since baseline."""

from fractions import Fraction
from typing import Any, Final, Literal

import attrs

from iph._bound import OPERATORS, Bound
from iph._checks import one_of
from iph._display import Displayed
from iph._fields import Kind
from iph.criteria._rule import FIELDS, Fields, Lookup, Rule, wrong_field
from iph.errors import InputError

AT_BASELINE: Final = "baseline."
"""Before the name of a field: its cell at baseline, where a look-up has one."""

_DIGITS: Final = 7

_MEASURED: Final = (Kind.QUANTITY, Kind.DAYS, Kind.GRADE)


@attrs.frozen
class Change(Displayed):
    """A change since baseline against a limit; unknown where either value is.

    The change is the value now less that at baseline, so a fall is below 0. It is asked
    of what is seen at a visit, by the endpoints of a protocol.

    Parameters
    ----------
    field : str
        A quantity, days or grade field of an assessment.
    operator : {">", ">=", "<", "<="}
        How the change stands to the limit.
    limit : float
        The limit, in the unit of the field or in grades.
    percent : bool, default False
        Whether the limit is in percent of the value at baseline, whose sign does not
        count; unknown after a baseline of 0.

    Examples
    --------
    >>> from iph.criteria import Change
    >>> halved = Change("vas", "<=", -50, percent=True)
    >>> halved.of({"vas": 3.5, "baseline.vas": 7.0}.get)
    True
    """

    field: str
    operator: Literal[">", ">=", "<", "<="]
    limit: float
    percent: bool = attrs.field(default=False, kw_only=True)

    def __attrs_post_init__(self) -> None:
        one_of(self.operator, "operator", tuple(OPERATORS))

    @property
    def fields(self) -> tuple[str, ...]:
        """The names of the fields that it looks at."""
        return (self.field,)

    def check(self, fields: Fields = FIELDS) -> tuple[InputError, ...]:
        """Say what keeps the rule from being asked of a study with these fields."""
        wrong = wrong_field(self.field, fields, _MEASURED, "quantity, days or grade")
        if wrong:
            return wrong
        if "visit" not in fields:
            told = "one that is seen at visits, to have changed since baseline"
            return (InputError("field", told, self.field),)
        if self.percent and fields[self.field].kind is Kind.GRADE:
            told = "a number: a grade has no percent"
            return (InputError("field", told, self.field),)
        return ()

    def of(self, lookup: Lookup) -> bool | None:
        """Answer for one assessment: True, False, or None for unknown."""
        now, before = lookup(self.field), lookup(f"{AT_BASELINE}{self.field}")
        if now is None or before is None or Bound in {type(now), type(before)}:
            return None
        change, limit = _exact(now) - _exact(before), _exact(self.limit)
        if self.percent:
            if before == 0:
                return None
            limit = limit * abs(_exact(before)) / 100
        return bool(OPERATORS[self.operator](change, limit))

    def expr(self, fields: Fields = FIELDS) -> Any:
        """Answer for rows that have the value at baseline beside that of now.

        No row of a recorded table has it, and there the rule is refused.
        """
        before_name = f"{AT_BASELINE}{self.field}"
        if before_name not in fields:
            raise InputError("rule", "one that a single row can answer", self)
        import narwhals.stable.v2 as nw

        now, before = nw.col(self.field), nw.col(before_name)
        change = now - before
        beyond = change - self.limit
        if self.percent:
            beyond = 100 * change - self.limit * before.abs()
        # Decimals of a few digits differ by more than this or not at all.
        answer = OPERATORS[self.operator](beyond.round(_DIGITS), 0)
        known = ~now.is_null() & ~before.is_null()
        return nw.when(known & (before != 0) if self.percent else known).then(answer)


def _exact(value: float) -> Fraction:
    """Return a number as it is written: 0.1 is a tenth."""
    return Fraction(repr(float(value)))


def asks_change(rule: Rule | None) -> bool:
    """Whether a rule asks for a change anywhere."""
    parts: Any = getattr(rule, "rules", ())
    inner: Any = getattr(rule, "rule", None)
    return (
        isinstance(rule, Change)
        or any(map(asks_change, parts))
        or (inner is not None and asks_change(inner))
    )
