"""Printed estimates with their intervals: ``OR 2.5 (95 % CI 1.2 to 5.3)``."""

import math
import re
from fractions import Fraction

import attrs

from iph.evidence._printed import (
    _DIGITS,
    _MARKS,
    PrintedNumber,
    _comma_marks_decimals,
    number,
    one_spelling,
)

_LEVEL = re.compile(
    r"(\d{2}(?:[.,]\d+)?)\s*%\s*-?\s*"
    r"(?:c\.?\s*i\.?|conf(?:idence|\.)?\s*int(?:erval|\.)?|limits|cri)\s*[:=,]?",
    re.IGNORECASE,
)
_BARE = re.compile(r"\b(?:c\.?i\.?|confidence interval)\s*[:=,]?", re.IGNORECASE)
_ENDLESS = r"(?:\u221e|inf(?:inity|inite)?\b)"
_FIGURE = rf"[-+]?(?:{_DIGITS}|{_ENDLESS})"
_UNIT = r"(?:\s*(?:%|(?!to\b|until\b)[a-z\u00b5]+(?:/[a-z]+)?))?"
_LABEL = r"(?:[a-z][a-z .]*?\s*[=:]?\s*)?"
_ESTIMATE = re.compile(
    rf"{_LABEL}({_FIGURE})({_UNIT})"
    rf"(?:\s*[,;:]?\s*[(\[]?\s*({_FIGURE}){_UNIT}"
    rf"\s*(?:to|until|;|,|\s-\s|-)\s*({_FIGURE}){_UNIT}\s*[)\]]?)?{_MARKS}",
    re.IGNORECASE,
)
_LONGEST = 120


@attrs.frozen(kw_only=True)
class PrintedEstimate:
    """An estimate as printed, with or without its interval.

    Attributes
    ----------
    estimate : PrintedNumber
        The estimate.
    ends : tuple of PrintedNumber or None
        The interval; an end that is None is infinite. Empty where none is printed.
    level : float or None
        The confidence level, where it is printed.
    percent : bool
        Whether a per cent sign stands behind the estimate.
    """

    estimate: PrintedNumber
    ends: tuple[PrintedNumber | None, ...] = ()
    level: float | None = None
    percent: bool = False


def estimate_in(text: str) -> PrintedEstimate | None:
    """Return the estimate of a string such as ``2.5 (1.2 to 5.3)``."""
    plain = one_spelling(text)
    if len(plain) > _LONGEST:
        return None
    level = _LEVEL.search(plain)
    rest = plain if level is None else plain[: level.start()] + plain[level.end() :]
    rest = " ".join(_BARE.sub(" ", rest).split())
    rest = re.sub(r"([(\[])\s+", r"\1", rest)
    match = _ESTIMATE.fullmatch(rest)
    if match is None:
        return None
    figures = [figure for figure in (match[1], match[3], match[4]) if figure]
    comma = any(map(_comma_marks_decimals, figures))
    read = [_number(figure, decimal_comma=comma) for figure in figures]
    if read[0] is None:
        return None
    return PrintedEstimate(
        estimate=read[0],
        ends=tuple(read[1:]),
        level=None if level is None else float(level[1].replace(",", ".")) / 100.0,
        percent="%" in match[2],
    )


def _number(text: str, *, decimal_comma: bool) -> PrintedNumber | None:
    """Read a figure; None if it is infinite."""
    if re.search(_ENDLESS, text, re.IGNORECASE):
        return None
    found = number(text.removeprefix("+"), decimal_comma=decimal_comma)
    # "1690" may have been rounded to three figures: its last digits may be none.
    digits = text.lstrip("+-")
    if found.unit == 1 and digits.endswith("0") and len(digits.rstrip("0")) > 1:
        unit = Fraction(10) ** (len(digits) - len(digits.rstrip("0")))
        return PrintedNumber(found.value, unit)
    return found


def range_of(printed: PrintedNumber) -> tuple[float, float]:
    """Return the least and the greatest value that is printed so, rounded or cut off.

    A little is added on both sides for what floats lose.
    """
    ends = (*printed.rounded, *printed.truncated)
    low, high = float(min(ends)), float(max(ends))
    slack = 1e-9 * max(abs(low), abs(high))
    return low - slack, high + slack


def prints(printed: PrintedNumber | None, value: float) -> bool:
    """Say whether a value can be printed so."""
    if math.isnan(value):
        return False
    if printed is None:
        return value == math.inf
    low, high = range_of(printed)
    return low <= value <= high
