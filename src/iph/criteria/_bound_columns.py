"""Numbers of a table that are known by a bound alone: the sign stands in a column.

A table holds ">8" as 8 in ``inr`` and ">" in ``inr_bound``. What it answers is what
`iph.Bound.compare` does, as an expression.
"""

import operator
from collections.abc import Iterable
from typing import Any

from iph._bound import OPERATORS, SPELLINGS, Bound
from iph._fields import Declaration
from iph.criteria._rule import Fields


def sign_column(name: str) -> str:
    """Return the name of the column that holds the signs of a field."""
    return f"{name}_bound"


def with_signs(fields: Fields, names: Iterable[str], columns: Iterable[str]) -> Fields:
    """Return fields that say of which of them a table holds the signs."""
    held = set(columns)
    marks = {
        _mark(name): fields[name]
        for name in names
        if fields[name].bounded
        and sign_column(name) in held
        and sign_column(name) not in fields
    }
    return {**fields, **marks}


def has_sign(name: str, fields: Fields) -> bool:
    """Whether the table holds the signs of a field."""
    return _mark(name) in fields


def compared(name: str, sign: str, limit: float, fields: Fields) -> Any:
    """Compare a number with a limit: true, false, or null for unknown."""
    import narwhals.stable.v2 as nw

    low, high = ends_of(fields[name])
    column = nw.col(name)
    number = (column - column) == 0  # false for NaN, and no statistics answer it
    plausible = number & (column >= low) & (column <= high)
    answer = OPERATORS[sign](column, limit)
    if not has_sign(name, fields):
        return nw.when(plausible).then(answer)
    told = nw.col(sign_column(name))
    found: Any = nw.when(plausible & (told.is_null() | (told == ""))).then(answer)
    for own, spellings in SPELLINGS.items():
        beyond, is_true = _beyond(own, sign, limit, column)
        sure = plausible & told.is_in(spellings) & beyond
        found = nw.when(sure).then(nw.lit(is_true)).otherwise(found)
    return found


def _beyond(own: str, sign: str, limit: float, column: Any) -> tuple[Any, bool]:
    """Return when values within a bound all answer alike, and their answer."""
    below = own.startswith("<")
    inner = operator.lt if below else operator.gt
    if Bound(own, limit).compare(sign, limit) is not None:  # at the limit itself, too
        inner = operator.le if below else operator.ge
    return inner(column, limit), sign[0] == own[0]


def ends_of(declared: Declaration) -> tuple[float, float]:
    """Return the least and the largest value of a field; of a grade, its codes."""
    if declared.options is not None:
        codes = [int(option.value) for option in declared.options]
        return min(codes), max(codes)
    low, high = declared.low, declared.high
    return (
        float("-inf") if low is None else low,
        float("inf") if high is None else high,
    )


def _mark(name: str) -> str:
    return f"{name} (sign)"  # no field has such a name
