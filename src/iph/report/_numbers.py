"""How numbers stand in print: rounded once, from the exact value, in one style."""

import math
import re
from collections.abc import Iterable
from fractions import Fraction

from iph.stats._inference.result import Estimate

MINUS = "\N{MINUS SIGN}"
UNDEFINED = "not defined"
NOBODY = "none recorded"

_ONES, _HUNDREDS = 10, 100  # from here on one decimal, and none
_DECIMALS_FROM = 100  # patients
_P_LEAST, _P_MOST = Fraction(1, 1000), Fraction(99, 100)
_P_THREE_DIGITS = Fraction(1, 100)  # below it a p-value has three digits
_P_LIMIT = Fraction(1, 20)  # rounding must not carry a p-value over it

Number = int | float | Fraction


def exact(value: Number) -> Fraction:
    """Return a number as a fraction; a float stands for the decimal that it prints."""
    if isinstance(value, float):
        return Fraction(repr(float(value)))
    return Fraction(value)


def decimal(value: Number, places: int) -> str:
    """Round half away from zero to a number of decimals.

    Examples
    --------
    >>> from fractions import Fraction
    >>> decimal(0.125, 2), decimal(-2.5, 0), decimal(Fraction(2, 3), 1)
    ('0.13', '\N{MINUS SIGN}3', '0.7')
    """
    if isinstance(value, float) and not math.isfinite(value):
        return UNDEFINED if math.isnan(value) else _infinite(value)
    part = exact(value)
    scaled = abs(part) * 10**places
    digits = (2 * scaled.numerator + scaled.denominator) // (2 * scaled.denominator)
    text = str(digits).rjust(places + 1, "0")
    if places:
        text = f"{text[:-places]}.{text[-places:]}"
    return MINUS + text if part < 0 and digits else text


def _infinite(value: float) -> str:
    return "infinite" if value > 0 else f"{MINUS}infinite"


def trimmed(value: Number, places: int = 2) -> str:
    """Round to at most so many decimals, without zeros at the end.

    Examples
    --------
    >>> trimmed(20.25), trimmed(63.0), trimmed(1 / 3)
    ('20.25', '63', '0.33')
    """
    text = decimal(value, places)
    return text.rstrip("0").rstrip(".") if "." in text else text


def places_for(n: int) -> int:
    """Return the decimals of a percentage: below 100 patients one is finer than 1 %.

    Examples
    --------
    >>> places_for(28), places_for(250)
    (0, 1)
    """
    return 0 if n < _DECIMALS_FROM else 1


def percent(count: int, n: int) -> str:
    """Write a share of patients in percent, from the two counts.

    Examples
    --------
    >>> percent(24, 28), percent(240, 280)
    ('86 %', '85.7 %')
    """
    return f"{decimal(Fraction(100 * count, n), places_for(n))} %"


def share(count: int, n: int) -> str:
    """Write a share with its count and its denominator, as a table does.

    Examples
    --------
    >>> share(24, 28), share(0, 0)
    ('24/28 (86 %)', 'none recorded')
    """
    return f"{count}/{n} ({percent(count, n)})" if n else NOBODY


def of_patients(count: int, n: int, noun: str = "patients") -> str:
    """Write a share with its count and its denominator, as a sentence does.

    Examples
    --------
    >>> of_patients(24, 28), of_patients(1, 1)
    ('24 of 28 patients (86 %)', '1 of 1 patient (100 %)')
    """
    singular = noun.replace("patients", "patient") if n == 1 else noun
    return f"{count} of {n} {singular} ({percent(count, n)})" if n else NOBODY


def none_or(count: int) -> str:
    """Write a count in a sentence.

    Examples
    --------
    >>> none_or(0), none_or(3)
    ('none', '3')
    """
    return str(count) if count else "none"


def sized(value: Number, like: Number) -> str:
    """Write a measured value with the decimals that its size deserves.

    Examples
    --------
    >>> sized(71.82, 71.82), sized(180.5, 207), sized(1.03, 1.1), sized(20.0, 48)
    ('71.8', '181', '1.03', '20')
    """
    return trimmed(value, _sized_places(like))


def outward(value: Number, like: Number, *, up: bool) -> str:
    """Write a limit as `sized`, but never rounded to where it would claim more.

    Examples
    --------
    >>> outward(45.25, 30.5, up=False), outward(45.25, 30.5, up=True)
    ('45.2', '45.3')
    """
    if math.isinf(value):
        return trimmed(value)
    unit = 10 ** _sized_places(like)
    scaled = exact(value) * unit
    whole = math.ceil(scaled) if up else math.floor(scaled)
    return sized(Fraction(whole, unit), like)


def _sized_places(like: Number) -> int:
    """Return the decimals that a measured value of some size deserves."""
    size = abs(exact(like))
    return 2 if size < _ONES else 1 if size < _HUNDREDS else 0


def level_text(confidence_level: float) -> str:
    """Write a confidence level in percent."""
    return f"{trimmed(exact(confidence_level) * 100)} %"


def share_interval(estimate: Estimate) -> str:
    """Write the interval of a share in percent."""
    if math.isnan(estimate.low) or math.isnan(estimate.estimate):
        return UNDEFINED
    places = places_for(estimate.n)
    low, high = (
        decimal(exact(bound) * 100, places) for bound in (estimate.low, estimate.high)
    )
    return f"{low} to {high} %"


def estimate_interval(value: float, low: float, high: float, *, places: int = 2) -> str:
    """Write an estimate with its interval below a head that names its level.

    Examples
    --------
    >>> estimate_interval(-0.125, -0.5, 0.25)
    '\N{MINUS SIGN}0.13 (\N{MINUS SIGN}0.50 to 0.25)'
    """
    if math.isnan(value):
        return UNDEFINED
    if math.isnan(low) or math.isnan(high):
        return f"{decimal(value, places)} (CI {UNDEFINED})"
    bounds = f"{decimal(low, places)} to {decimal(high, places)}"
    return f"{decimal(value, places)} ({bounds})"


def p_value(p: float | None) -> str:
    """Write a p-value as the AMA Manual of Style asks: no zero before the point.

    Two digits; three below .01, or where two would carry it over .05; never 0 nor 1.

    Examples
    --------
    >>> p_value(0.0312), p_value(0.00512), p_value(0.0463), p_value(0.0496)
    ('.03', '.005', '.046', '.0496')
    >>> p_value(1e-9), p_value(0.999), p_value(float("nan"))
    ('< .001', '> .99', 'not defined')
    """
    if p is None or math.isnan(p):
        return UNDEFINED
    part = exact(p)
    if part < _P_LEAST:
        return "< .001"
    if part > _P_MOST:
        return "> .99"
    for places in (3, 4) if part < _P_THREE_DIGITS else (2, 3, 4):
        text = decimal(part, places)
        if (Fraction(text) < _P_LIMIT) == (part < _P_LIMIT):
            return text[1:]
    return "< .05"


def p_equals(p: float | None) -> str:
    """Write ``P = .03``, ``P < .001`` or ``P not defined``."""
    text = p_value(p)
    return f"P {text}" if text[0] in "<>n" else f"P = {text}"


def p_with_error(p: float | None, low: float | None, high: float | None) -> str:
    """Write a p-value, and the 99 % interval of a simulated one."""
    if low is None or high is None:
        return p_equals(p)
    return f"{p_equals(p)} (simulated; 99 % interval {p_value(low)} to {p_value(high)})"


def p_simulated(p: float | None, high: float | None) -> str:
    """Write a simulated p-value by its upper bound where it is at its least.

    Examples
    --------
    >>> p_simulated(0.0001, 0.0005), p_simulated(0.03, 0.035), p_simulated(0.03, None)
    ('< .001', '.03', '.03')
    """
    if p is not None and high is not None and high < _P_LEAST:
        return "< .001"
    return p_value(p)


def days(value: float) -> str:
    """Write a number of days, which is whole or half a day."""
    if math.isnan(value):
        return "not reached"
    return trimmed(value, 1)


def listing(words: Iterable[str]) -> str:
    """Join words as a sentence does.

    Examples
    --------
    >>> listing(["age", "sex", "side"])
    'age, sex and side'
    """
    parts = list(words)
    return " and ".join(([", ".join(parts[:-1])] if parts[1:] else []) + parts[-1:])


def counted(n: int, noun: str, plural: str = "") -> str:
    """Write a count with its noun.

    Examples
    --------
    >>> counted(1, "patient"), counted(3, "patient")
    ('1 patient', '3 patients')
    """
    return f"{n} {noun if n == 1 else plural or noun + 's'}"


_SPACE = "\N{NO-BREAK SPACE}"
_TOGETHER = re.compile(r"(?<=\d) (?=%)|(?<=%) (?=CI)|(?<=\b[Pn]) (?=[<>=] )")
_SIGNED = re.compile(rf"(?<=\b[Pn]{_SPACE}[<>=]) ")


def unbroken(text: str) -> str:
    """Join what no line may part: a number and its percent sign, a P and its value.

    Examples
    --------
    >>> unbroken("5 %, P = .03").replace("\N{NO-BREAK SPACE}", "~")
    '5~%, P~=~.03'
    """
    return _SIGNED.sub(_SPACE, _TOGETHER.sub(_SPACE, text))


def sentence(words: str) -> str:
    """Begin with a capital and end with a full stop."""
    text = words.strip()
    text = text[:1].upper() + text[1:]
    return text if text.endswith((".", "?", "!")) or not text else f"{text}."
