"""The text of a rule, as a study file states it: reading it gives the rule again."""

import re
from collections.abc import Iterable
from typing import Final

from iph.criteria._change import Change
from iph.criteria._rule import Rule
from iph.criteria._rules import (
    AllOf,
    Answered,
    AnyOf,
    Compare,
    HasAny,
    Not,
    OneOf,
)
from iph.errors import InputError
from iph.protocol._rule_reading import KEYWORDS

_WORD: Final = re.compile(r"[^\W\d]\w*")
_LOOSE, _EITHER, _BOTH, _TIGHT = range(4)


def rule_text(rule: Rule) -> str:
    """Return the text that says a rule.

    A joined rule of one part is written as that part.

    Raises
    ------
    InputError
        If it is no rule of `iph.criteria`.
    """
    return _text(rule, _LOOSE)


def _text(rule: Rule, inside: int) -> str:
    """Return the text of a rule, in parentheses if what it stands in binds tighter."""
    if isinstance(rule, (AllOf, AnyOf)) and len(rule.rules) == 1:
        return _text(rule.rules[0], inside)
    said, binds = _said(rule)
    return said if inside < binds else f"({said})"


def _said(rule: Rule) -> tuple[str, int]:
    """Return the text of a rule and how tightly it holds together."""
    if isinstance(rule, AnyOf):
        return " or ".join(_text(one, _EITHER) for one in rule.rules), _EITHER
    if isinstance(rule, AllOf):
        equal = _equality(rule)
        if equal is not None:
            return f"{equal.field} = {_number(equal.limit)}", _TIGHT + 1
        return " and ".join(_text(one, _BOTH) for one in rule.rules), _BOTH
    if isinstance(rule, HasAny):
        return f"{rule.field} has {' or '.join(map(_code, rule.codes))}", _EITHER
    return _single(rule), _TIGHT + 1


def _single(rule: Rule) -> str:
    """Return the text of a rule that joins nothing."""
    if isinstance(rule, Not):
        return _denied(rule)
    if isinstance(rule, Compare):
        return f"{rule.field} {rule.operator} {_number(rule.limit)}"
    if isinstance(rule, Change):
        percent = " %" if rule.percent else ""
        return f"change({rule.field}) {rule.operator} {_number(rule.limit)}{percent}"
    if isinstance(rule, OneOf):
        codes = ", ".join(map(_code, rule.codes))
        return f"{rule.field} " + (f"in ({codes})" if rule.codes[1:] else f"= {codes}")
    if isinstance(rule, Answered):
        stated = "stated " if rule.missing_is_unmet else ""
        return f"{stated}{rule.field}{'' if rule.answer else ' = no'}"
    raise InputError("rule", "one of the rules of iph.criteria", rule)


def _denied(rule: Not) -> str:
    inner = rule.rule
    while isinstance(inner, (AllOf, AnyOf)) and len(inner.rules) == 1:
        inner = inner.rules[0]  # one part is that part
    if isinstance(inner, OneOf) and len(inner.codes) == 1:
        return f"{inner.field} != {_code(inner.codes[0])}"
    equal = _equality(inner) if isinstance(inner, AllOf) else None
    if equal is not None:
        return f"{equal.field} != {_number(equal.limit)}"
    return f"not {_text(inner, _TIGHT)}"


def _equality(rule: AllOf) -> Compare | None:
    """Return the comparison if a rule says that a number is one number."""
    kinds: Iterable[tuple[str, float, str] | None] = (
        (one.field, one.limit, one.operator) if isinstance(one, Compare) else None
        for one in rule.rules
    )
    match list(kinds):
        case [(field, limit, ">="), (same, equal, "<=")] if (field, limit) == (
            same,
            equal,
        ):
            return Compare(field, ">=", limit)
    return None


def _number(limit: float) -> str:
    number = float(limit)
    return str(int(number)) if number.is_integer() else repr(number)


def _code(code: str) -> str:
    """Return a code, in quotes unless it is one plain word."""
    if _WORD.fullmatch(code) and code not in KEYWORDS:
        return code
    return "'" + code.replace("'", "''") + "'"
