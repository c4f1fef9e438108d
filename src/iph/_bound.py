"""A bound: all that is known of a value that lies beyond what was measured."""

import math
import operator
from typing import Any, Final

import attrs

from iph.errors import InputError

OPERATORS: Final = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
_SIGNS: Final = {"≤": "<=", "≥": ">=", "=<": "<=", "=>": ">="}
SPELLINGS: Final = {
    sign: (sign, *(other for other, meant in _SIGNS.items() if meant == sign))
    for sign in OPERATORS
}
"""Each operator, and how else it is written."""


def _operator(value: Any) -> Any:
    return _SIGNS.get(value, value) if isinstance(value, str) else value


def _finite(value: Any) -> float:
    """Return the limit as a float; text and booleans are no limits."""
    if isinstance(value, (bool, str)) or not hasattr(value, "__float__"):
        raise InputError("value", "a finite number", value)
    try:
        number = float(value)
    except (OverflowError, ValueError, TypeError):  # beyond all floats, or a column
        raise InputError("value", "a finite number", value) from None
    if not math.isfinite(number):
        raise InputError("value", "a finite number", value)
    return number


@attrs.frozen
class Bound:
    """A limit that a value is known to lie beyond, such as an INR ">8".

    What does a laboratory say of a value outside what it measures?

    Parameters
    ----------
    operator : {"<", "<=", ">", ">="}
        How the value stands to the limit; "≤" and "≥" are taken as well.
    value : float
        The limit, in the unit of the field.

    Raises
    ------
    InputError
        If the operator is none of these, or the limit is no finite number.

    Examples
    --------
    >>> from iph import Bound, Laboratory
    >>> Laboratory(inr=Bound(">", 8)).inr
    Bound(operator='>', value=8.0)
    >>> Bound(">", 8).compare(">", 1.2), Bound(">", 1).compare(">", 1.2)
    (True, None)
    >>> print(Bound("<=", 20))
    <=20
    """

    operator: str = attrs.field(converter=_operator)
    value: float = attrs.field(converter=_finite)

    def __attrs_post_init__(self) -> None:
        known: object = self.operator
        if not isinstance(known, str) or known not in OPERATORS:
            words = ", ".join(repr(sign) for sign in OPERATORS)
            raise InputError("operator", f"one of {words}", self.operator)

    def __str__(self) -> str:
        return f"{self.operator}{_shortest(self.value)}"

    @property
    def is_upper(self) -> bool:
        """Whether the value lies below the limit."""
        return self.operator in ("<", "<=")

    def compare(self, sign: str, limit: float) -> bool | None:
        """Say whether the value stands so to a limit; None where it is not known.

        Parameters
        ----------
        sign : {"<", "<=", ">", ">="}
            How it must stand.
        limit : float
            To what.

        Returns
        -------
        bool or None
            True or False where every value within the bound answers alike.
        """
        if sign not in OPERATORS:
            raise InputError("sign", "one of '<', '<=', '>', '>='", sign)
        # Only the end of the bound can answer otherwise than the values just inside it,
        # and values far out lie beyond any limit: so all values answer alike only if
        # the limit lies outside the bound, or at an end that is not part of it.
        beyond = self.value < limit if self.is_upper else self.value > limit
        if self.value == limit:
            beyond = not (
                self.operator.endswith("=")
                and sign.endswith("=") is not (sign[0] == self.operator[0])
            )
        if not beyond:
            return None
        return sign[0] == self.operator[0]

    def ends(self, low: float, high: float) -> tuple[float, float]:
        """Return the least and the greatest float within the bound.

        Parameters
        ----------
        low, high : float
            Between which all values lie.

        Returns
        -------
        tuple of float
            Both ends; an end that is not part of the bound is the float beside it.
        """
        end = self.value
        if not self.operator.endswith("="):
            end = math.nextafter(end, -math.inf if self.is_upper else math.inf)
        return (low, max(low, end)) if self.is_upper else (min(high, end), high)


def _shortest(number: float) -> str:
    return repr(int(number)) if number.is_integer() else repr(number)
