"""Rules as data: one definition for one patient and for a table of any size.

Every rule answers in three values: met, not met, unknown. `of` asks one patient's cells
and returns True, False or None. `met` and `unmet` give two expressions that are never
null; where neither holds the answer is unknown. Both are written in the positive (no
negated filter, no ``!=``), because engines differ in what those do with a missing
value, and within the declared bounds, because some order NaN above every number.
A number must also be equal to itself by subtraction: DuckDB answers comparisons from
the statistics of Parquet row groups, in which NaN is not counted, and so finds NaN
within any bounds.
"""

import functools
import operator
import re
from collections.abc import Callable, Iterable
from typing import Any, Final, Literal, Protocol

import attrs

from iph._checks import one_of
from iph._fields import CHOICE_SEPARATOR, NO_CHOICE, DeclaredField, Kind
from iph._model import PATIENT_FIELDS
from iph.errors import InputError

Lookup = Callable[[str], Any]

FIELDS: Final = {declared.name: declared for declared in PATIENT_FIELDS}
UNKNOWN_CODE: Final = "unknown"


class Rule(Protocol):
    """What a criterion asks, answered with met, not met or unknown."""

    @property
    def fields(self) -> tuple[str, ...]:
        """The names of the fields that it looks at."""

    def of(self, lookup: Lookup) -> bool | None:
        """Answer for one patient: True, False, or None for unknown."""

    def met(self) -> Any:
        """Return the expression that holds where the rule is surely met."""

    def unmet(self) -> Any:
        """Return the expression that holds where the rule is surely not met."""


def _known(name: str, kind: tuple[Kind, ...], wanted: str) -> DeclaredField:
    declared = FIELDS.get(name)
    if declared is None or declared.declaration.kind not in kind:
        names = ", ".join(n for n, f in FIELDS.items() if f.declaration.kind in kind)
        raise InputError("field", f"a {wanted} field of Patient ({names})", name)
    return declared


def _surely(condition: Any) -> Any:
    """Turn null into false, in a way that every engine agrees on."""
    import narwhals.stable.v2 as nw

    return nw.when(condition).then(nw.lit(True)).otherwise(nw.lit(False))


_OPERATORS: Final[dict[str, Callable[[Any, Any], Any]]] = {
    ">": operator.gt,
    ">=": operator.ge,
    "<": operator.lt,
    "<=": operator.le,
}
_OPPOSITE: Final = {">": "<=", ">=": "<", "<": ">=", "<=": ">"}


@attrs.frozen
class Compare:
    """A quantity against a limit; unknown where missing or implausible.

    Parameters
    ----------
    field : str
        A quantity or days field of `Patient`.
    operator : {">", ">=", "<", "<="}
        How the value stands to the limit.
    limit : float
        The limit, in the unit of the field.
    """

    field: str
    operator: Literal[">", ">=", "<", "<="]
    limit: float

    def __attrs_post_init__(self) -> None:
        _known(self.field, (Kind.QUANTITY, Kind.DAYS), "quantity or days")
        one_of(self.operator, "operator", tuple(_OPERATORS))

    @property
    def fields(self) -> tuple[str, ...]:
        """The names of the fields that it looks at."""
        return (self.field,)

    def of(self, lookup: Lookup) -> bool | None:
        """Answer for one patient: True, False, or None for unknown."""
        value = lookup(self.field)
        if value is None:
            return None
        return bool(_OPERATORS[self.operator](value, self.limit))

    def _expression(self, symbol: str) -> Any:
        import narwhals.stable.v2 as nw

        declared = FIELDS[self.field].declaration
        column = nw.col(self.field)
        number = (column - column) == 0  # false for NaN, and no statistics answer it
        plausible = number & (column >= declared.low) & (column <= declared.high)
        return _surely(plausible & _OPERATORS[symbol](column, self.limit))

    def met(self) -> Any:
        """Return the expression that holds where the rule is surely met."""
        return self._expression(self.operator)

    def unmet(self) -> Any:
        """Return the expression that holds where the rule is surely not met."""
        return self._expression(_OPPOSITE[self.operator])


def _codes(values: str | Iterable[str]) -> tuple[str, ...]:
    return (values,) if isinstance(values, str) else tuple(values)


def _check_codes(field: DeclaredField, codes: tuple[str, ...]) -> None:
    options = field.declaration.options
    allowed = [str(option.value) for option in options or ()]
    for code in codes:
        if code == UNKNOWN_CODE or code not in allowed:
            known = ", ".join(word for word in allowed if word != UNKNOWN_CODE)
            raise InputError("codes", f"out of: {known}", code)


def _other_codes(field: str, codes: tuple[str, ...]) -> tuple[str, ...]:
    options = FIELDS[field].declaration.options or ()
    taken = {*codes, UNKNOWN_CODE}
    return tuple(str(o.value) for o in options if o.value not in taken)


@attrs.frozen
class OneOf:
    """A choice among given codes; unknown where missing or "unknown".

    Parameters
    ----------
    field : str
        A choice field of `Patient`.
    codes : str or tuple of str
        The codes that meet the rule.
    """

    field: str
    codes: tuple[str, ...] = attrs.field(converter=_codes)

    def __attrs_post_init__(self) -> None:
        _check_codes(_known(self.field, (Kind.CHOICE,), "choice"), self.codes)

    @property
    def fields(self) -> tuple[str, ...]:
        """The names of the fields that it looks at."""
        return (self.field,)

    def of(self, lookup: Lookup) -> bool | None:
        """Answer for one patient: True, False, or None for unknown."""
        code = lookup(self.field)
        return None if code in {None, UNKNOWN_CODE} else code in self.codes

    def met(self) -> Any:
        """Return the expression that holds where the rule is surely met."""
        import narwhals.stable.v2 as nw

        return _surely(nw.col(self.field).is_in(self.codes))

    def unmet(self) -> Any:
        """Return the expression that holds where the rule is surely not met."""
        import narwhals.stable.v2 as nw

        return _surely(nw.col(self.field).is_in(_other_codes(self.field, self.codes)))


@attrs.frozen
class HasAny:
    """A set that holds any of the given codes; unknown where missing or "unknown".

    Parameters
    ----------
    field : str
        A field of `Patient` that holds a set of choices. In a table it is one text
        with ``;`` between the codes, ``none`` for the empty set.
    codes : str or tuple of str
        The codes of which one is enough.
    """

    field: str
    codes: tuple[str, ...] = attrs.field(converter=_codes)

    def __attrs_post_init__(self) -> None:
        _check_codes(_known(self.field, (Kind.CHOICES,), "set of choices"), self.codes)

    @property
    def fields(self) -> tuple[str, ...]:
        """The names of the fields that it looks at."""
        return (self.field,)

    def of(self, lookup: Lookup) -> bool | None:
        """Answer for one patient: True, False, or None for unknown."""
        text = lookup(self.field)
        if text is None or text == UNKNOWN_CODE:
            return None
        return any(code in self.codes for code in text.split(CHOICE_SEPARATOR))

    def met(self) -> Any:
        """Return the expression that holds where the rule is surely met."""
        import narwhals.stable.v2 as nw

        words = "|".join(re.escape(code) for code in self.codes)
        pattern = f"(?:^|{CHOICE_SEPARATOR})(?:{words})(?:{CHOICE_SEPARATOR}|$)"
        return _surely(nw.col(self.field).str.contains(pattern))

    def unmet(self) -> Any:
        """Return the expression that holds where the rule is surely not met."""
        import narwhals.stable.v2 as nw

        others = (NO_CHOICE, *_other_codes(self.field, self.codes))
        words = "|".join(re.escape(code) for code in others)
        pattern = f"^(?:{words})(?:{CHOICE_SEPARATOR}(?:{words}))*$"
        return _surely(nw.col(self.field).str.contains(pattern))


@attrs.frozen
class Answered:
    """A yes/no question with a given answer.

    Parameters
    ----------
    field : str
        A yes/no field of `Patient`.
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
        _known(self.field, (Kind.YES_NO,), "yes/no")

    @property
    def fields(self) -> tuple[str, ...]:
        """The names of the fields that it looks at."""
        return (self.field,)

    def of(self, lookup: Lookup) -> bool | None:
        """Answer for one patient: True, False, or None for unknown."""
        value = lookup(self.field)
        if value is None:
            return False if self.missing_is_unmet else None
        return bool(value) is self.answer

    def _stated(self, *, answer: bool) -> Any:
        import narwhals.stable.v2 as nw

        return _surely(nw.col(self.field) == nw.lit(answer))

    def met(self) -> Any:
        """Return the expression that holds where the rule is surely met."""
        return self._stated(answer=self.answer)

    def unmet(self) -> Any:
        """Return the expression that holds where the rule is surely not met."""
        if not self.missing_is_unmet:
            return self._stated(answer=not self.answer)
        return ~self._stated(answer=self.answer)  # never null, so the negation is safe


def _all_of(expressions: Iterable[Any]) -> Any:
    return functools.reduce(operator.and_, expressions)


def _any_of(expressions: Iterable[Any]) -> Any:
    return functools.reduce(operator.or_, expressions)


def _joined_fields(rules: Iterable[Rule]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for rule in rules for name in rule.fields))


def _rules(values: Iterable[Rule]) -> tuple[Rule, ...]:
    rules = tuple(values)
    if not rules:
        raise InputError("rules", "at least one rule", rules)
    return rules


@attrs.frozen
class AllOf:
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

    def of(self, lookup: Lookup) -> bool | None:
        """Answer for one patient: True, False, or None for unknown."""
        answers = {rule.of(lookup) for rule in self.rules}
        if False in answers:
            return False
        return None if None in answers else True

    def met(self) -> Any:
        """Return the expression that holds where the rule is surely met."""
        return _all_of(rule.met() for rule in self.rules)

    def unmet(self) -> Any:
        """Return the expression that holds where the rule is surely not met."""
        return _any_of(rule.unmet() for rule in self.rules)


@attrs.frozen
class AnyOf:
    """Any of the rules: one that is met decides, whatever is unknown.

    Parameters
    ----------
    rules : iterable of Rule
        The rules of which one is enough.
    """

    rules: tuple[Rule, ...] = attrs.field(converter=_rules)

    @property
    def fields(self) -> tuple[str, ...]:
        """The names of the fields that it looks at."""
        return _joined_fields(self.rules)

    def of(self, lookup: Lookup) -> bool | None:
        """Answer for one patient: True, False, or None for unknown."""
        answers = {rule.of(lookup) for rule in self.rules}
        if True in answers:
            return True
        return None if None in answers else False

    def met(self) -> Any:
        """Return the expression that holds where the rule is surely met."""
        return _any_of(rule.met() for rule in self.rules)

    def unmet(self) -> Any:
        """Return the expression that holds where the rule is surely not met."""
        return _all_of(rule.unmet() for rule in self.rules)


@attrs.frozen
class Not:
    """The opposite of a rule; unknown stays unknown.

    Parameters
    ----------
    rule : Rule
        The rule whose answer is turned round.
    """

    rule: Rule

    @property
    def fields(self) -> tuple[str, ...]:
        """The names of the fields that it looks at."""
        return self.rule.fields

    def of(self, lookup: Lookup) -> bool | None:
        """Answer for one patient: True, False, or None for unknown."""
        answer = self.rule.of(lookup)
        return None if answer is None else not answer

    def met(self) -> Any:
        """Return the expression that holds where the rule is surely met."""
        return self.rule.unmet()

    def unmet(self) -> Any:
        """Return the expression that holds where the rule is surely not met."""
        return self.rule.met()
