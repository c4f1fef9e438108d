"""Rules as data: one definition for one patient and for a table of any size.

Every rule answers in three values: met, not met, unknown. `of` asks one patient's cells
and returns True, False or None; `expr` gives one expression that is true, false or null
in the same cases. "And", "or" and "not" of such expressions follow the logic of three
values on every engine, as long as the columns have types that know what is missing:
the frame is opened so that they do (NumPy has no missing yes/no).
A number counts only within its declared bounds, because some engines order NaN above
every number. It must also be equal to itself by subtraction: DuckDB answers comparisons
from the statistics of Parquet row groups, in which NaN is not counted, and so finds NaN
within any bounds.
"""

import functools
import operator
import re
from collections.abc import Iterable
from typing import Any, Final, Literal

import attrs

from iph._bound import OPERATORS, Bound
from iph._checks import one_of
from iph._display import Displayed
from iph._fields import CHOICE_SEPARATOR, NO_CHOICE, Declaration, Kind
from iph._options import each, one_number, switch, texts, wording
from iph.criteria._bound_columns import compared
from iph.criteria._rule import (
    FIELDS,
    UNKNOWN_CODE,
    Fields,
    Lookup,
    Rule,
    a_rule,
    wrong_field,
)
from iph.errors import InputError


def _any_code(field: str, codes: Iterable[str]) -> Any:
    """Return whether a text is one of some codes; null where it is missing.

    Two or three comparisons are quicker than a look-up in a set.
    """
    import narwhals.stable.v2 as nw

    column = nw.col(field)
    return functools.reduce(operator.or_, (column == nw.lit(code) for code in codes))


_MEASURED: Final = (Kind.QUANTITY, Kind.DAYS, Kind.GRADE)


@attrs.frozen
class Compare(Displayed):
    """A quantity, time or grade against a limit; unknown where missing or implausible.

    A bound such as ">8" answers where every value within it does.

    Parameters
    ----------
    field : str
        A quantity, days or grade field of the study.
    operator : {">", ">=", "<", "<="}
        How the value stands to the limit.
    limit : float
        The limit, in the unit of the field; the number of a grade.
    """

    field: str
    operator: Literal[">", ">=", "<", "<="]
    limit: float

    def __attrs_post_init__(self) -> None:
        wording(self.field, "field")
        one_of(self.operator, "operator", tuple(OPERATORS))
        one_number(self.limit, "limit", "a number")

    @property
    def fields(self) -> tuple[str, ...]:
        """The names of the fields that it looks at."""
        return (self.field,)

    def check(self, fields: Fields = FIELDS) -> tuple[InputError, ...]:
        """Say what keeps the rule from being asked of a study with these fields."""
        return wrong_field(self.field, fields, _MEASURED, "quantity, days or grade")

    def of(self, lookup: Lookup) -> bool | None:
        """Answer for one patient: True, False, or None for unknown."""
        value = lookup(self.field)
        if value is None:
            return None
        if isinstance(value, Bound):
            return value.compare(self.operator, self.limit)
        return bool(OPERATORS[self.operator](value, self.limit))

    def expr(self, fields: Fields = FIELDS) -> Any:
        """Answer for the rows of a table: true, false, or null for unknown."""
        return compared(self.field, self.operator, self.limit, fields)


def _codes(values: str | Iterable[str]) -> tuple[str, ...]:
    return texts(values, "codes", "a code, or several")


def _wrong_codes(
    declared: Declaration, codes: tuple[str, ...]
) -> tuple[InputError, ...]:
    """Return an error for each code that the field does not have."""
    known = _known_codes(declared)
    allowed = f"out of: {', '.join(known)}"
    return tuple(InputError("codes", allowed, c) for c in codes if c not in known)


def _known_codes(declared: Declaration) -> tuple[str, ...]:
    options = declared.options or ()
    return tuple(str(o.value) for o in options if o.value != UNKNOWN_CODE)


def _some_codes(codes: tuple[str, ...]) -> None:
    if not codes:
        raise InputError("codes", "at least one code", codes)


@attrs.frozen
class OneOf(Displayed):
    """A choice among given codes; unknown where missing or "unknown".

    Parameters
    ----------
    field : str
        A choice field of the study.
    codes : str or tuple of str
        The codes that meet the rule.
    """

    field: str
    codes: tuple[str, ...] = attrs.field(converter=_codes)

    def __attrs_post_init__(self) -> None:
        wording(self.field, "field")
        _some_codes(self.codes)

    @property
    def fields(self) -> tuple[str, ...]:
        """The names of the fields that it looks at."""
        return (self.field,)

    def check(self, fields: Fields = FIELDS) -> tuple[InputError, ...]:
        """Say what keeps the rule from being asked of a study with these fields."""
        wrong = wrong_field(self.field, fields, (Kind.CHOICE,), "choice")
        return wrong or _wrong_codes(fields[self.field], self.codes)

    def of(self, lookup: Lookup) -> bool | None:
        """Answer for one patient: True, False, or None for unknown."""
        code = lookup(self.field)
        return None if code in {None, UNKNOWN_CODE} else code in self.codes

    def expr(self, fields: Fields = FIELDS) -> Any:
        """Answer for the rows of a table: true, false, or null for unknown."""
        import narwhals.stable.v2 as nw

        known = _any_code(self.field, _known_codes(fields[self.field]))
        return nw.when(known).then(_any_code(self.field, self.codes))


def _either(codes: Iterable[str]) -> str:
    """Return the pattern of any one of some codes."""
    return f"(?:{'|'.join(re.escape(code) for code in codes)})"


@attrs.frozen
class HasAny(Displayed):
    """A set that holds any of the given codes; unknown where missing or "unknown".

    Parameters
    ----------
    field : str
        A field of the study that holds a set of choices. In a table it is one text
        with ``;`` between the codes, ``none`` for the empty set.
    codes : str or tuple of str
        The codes; one of them is enough.
    """

    field: str
    codes: tuple[str, ...] = attrs.field(converter=_codes)

    def __attrs_post_init__(self) -> None:
        wording(self.field, "field")
        _some_codes(self.codes)

    @property
    def fields(self) -> tuple[str, ...]:
        """The names of the fields that it looks at."""
        return (self.field,)

    def check(self, fields: Fields = FIELDS) -> tuple[InputError, ...]:
        """Say what keeps the rule from being asked of a study with these fields."""
        wrong = wrong_field(self.field, fields, (Kind.CHOICES,), "set of choices")
        return wrong or _wrong_codes(fields[self.field], self.codes)

    def of(self, lookup: Lookup) -> bool | None:
        """Answer for one patient: True, False, or None for unknown."""
        text = lookup(self.field)
        if text is None or text == UNKNOWN_CODE:
            return None
        return any(code in self.codes for code in text.split(CHOICE_SEPARATOR))

    def expr(self, fields: Fields = FIELDS) -> Any:
        """Answer for the rows of a table: true, false, or null for unknown."""
        import narwhals.stable.v2 as nw

        others = set(_known_codes(fields[self.field])) - set(self.codes)
        column = nw.col(self.field)
        wanted, other = _either(self.codes), _either(sorted(others))
        apart = f"[^{CHOICE_SEPARATOR}]*{CHOICE_SEPARATOR}"
        met = column.str.contains(f"^(?:{apart})*{wanted}(?:{CHOICE_SEPARATOR}|$)")
        unmet = column == nw.lit(NO_CHOICE)
        if others:  # a pattern takes long, so that it is asked for only at need
            whole = f"^{other}(?:{CHOICE_SEPARATOR}{other})*$"
            unmet = unmet | column.str.contains(whole)
        return nw.when(met | unmet).then(met)


@attrs.frozen
class Answered(Displayed):
    """A yes/no question with a given answer.

    Parameters
    ----------
    field : str
        A yes/no field of the study.
    answer : bool
        The answer that meets the rule.
    missing_is_unmet : bool
        Whether a missing answer counts as "not met" rather than unknown: for a rule
        that speaks of what was stated, such as "said to be unavailable".
    """

    field: str
    answer: bool
    missing_is_unmet: bool = attrs.field(default=False, kw_only=True)

    def __attrs_post_init__(self) -> None:
        wording(self.field, "field")
        switch(self.answer, "answer")

    @property
    def fields(self) -> tuple[str, ...]:
        """The names of the fields that it looks at."""
        return (self.field,)

    def check(self, fields: Fields = FIELDS) -> tuple[InputError, ...]:
        """Say what keeps the rule from being asked of a study with these fields."""
        return wrong_field(self.field, fields, (Kind.YES_NO,), "yes/no")

    def of(self, lookup: Lookup) -> bool | None:
        """Answer for one patient: True, False, or None for unknown."""
        value = lookup(self.field)
        if value is None:
            return False if self.missing_is_unmet else None
        return bool(value) is self.answer

    def expr(self, fields: Fields = FIELDS) -> Any:  # noqa: ARG002 - as every rule
        """Answer for the rows of a table: true, false, or null for unknown."""
        import narwhals.stable.v2 as nw

        stated = nw.col(self.field) == nw.lit(self.answer)
        return stated.fill_null(value=False) if self.missing_is_unmet else stated


def _joined_fields(rules: Iterable[Rule]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for rule in rules for name in rule.fields))


def _rules(values: Iterable[Rule]) -> tuple[Rule, ...]:
    rules = each(values, "rules", "a sequence of rules")
    if not rules:
        raise InputError("rules", "at least one rule", rules)
    return tuple(a_rule(one, f"rules[{at}]") for at, one in enumerate(rules))


@attrs.frozen
class AllOf(Displayed):
    """All rules at once: one that is not met decides, whatever is unknown.

    Parameters
    ----------
    rules : iterable of Rule
        The rules that must all be met.
    """

    rules: tuple[Rule, ...] = attrs.field(converter=_rules)

    @property
    def fields(self) -> tuple[str, ...]:
        """The names of the fields that it looks at."""
        return _joined_fields(self.rules)

    def check(self, fields: Fields = FIELDS) -> tuple[InputError, ...]:
        """Say what keeps the rule from being asked of a study with these fields."""
        return tuple(error for rule in self.rules for error in rule.check(fields))

    def of(self, lookup: Lookup) -> bool | None:
        """Answer for one patient: True, False, or None for unknown."""
        answers = {rule.of(lookup) for rule in self.rules}
        if False in answers:
            return False
        return None if None in answers else True

    def expr(self, fields: Fields = FIELDS) -> Any:
        """Answer for the rows of a table: true, false, or null for unknown."""
        return functools.reduce(
            operator.and_, (rule.expr(fields) for rule in self.rules)
        )


@attrs.frozen
class AnyOf(Displayed):
    """Any of the rules: one that is met decides, whatever is unknown.

    Parameters
    ----------
    rules : iterable of Rule
        The rules; one of them is enough.
    """

    rules: tuple[Rule, ...] = attrs.field(converter=_rules)

    @property
    def fields(self) -> tuple[str, ...]:
        """The names of the fields that it looks at."""
        return _joined_fields(self.rules)

    def check(self, fields: Fields = FIELDS) -> tuple[InputError, ...]:
        """Say what keeps the rule from being asked of a study with these fields."""
        return tuple(error for rule in self.rules for error in rule.check(fields))

    def of(self, lookup: Lookup) -> bool | None:
        """Answer for one patient: True, False, or None for unknown."""
        answers = {rule.of(lookup) for rule in self.rules}
        if True in answers:
            return True
        return None if None in answers else False

    def expr(self, fields: Fields = FIELDS) -> Any:
        """Answer for the rows of a table: true, false, or null for unknown."""
        return functools.reduce(
            operator.or_, (rule.expr(fields) for rule in self.rules)
        )


@attrs.frozen
class Not(Displayed):
    """The opposite of a rule; unknown stays unknown.

    Parameters
    ----------
    rule : Rule
        The rule whose answer is turned round.
    """

    rule: Rule

    def __attrs_post_init__(self) -> None:
        a_rule(self.rule, "rule")

    @property
    def fields(self) -> tuple[str, ...]:
        """The names of the fields that it looks at."""
        return self.rule.fields

    def check(self, fields: Fields = FIELDS) -> tuple[InputError, ...]:
        """Say what keeps the rule from being asked of a study with these fields."""
        return self.rule.check(fields)

    def of(self, lookup: Lookup) -> bool | None:
        """Answer for one patient: True, False, or None for unknown."""
        answer = self.rule.of(lookup)
        return None if answer is None else not answer

    def expr(self, fields: Fields = FIELDS) -> Any:
        """Answer for the rows of a table: true, false, or null for unknown."""
        return ~self.rule.expr(fields)
