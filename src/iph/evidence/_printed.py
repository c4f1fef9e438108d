"""Printed numbers: their exact value, their last digit, and what rounds to them."""

import re
from fractions import Fraction

import attrs

_NUMBER = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?(?!\d)|\d+(?:\.\d+)?")
_PLAIN = r"[-−]?\d+(?:\.\d+)?"
_MEDIAN = re.compile(
    rf"^[^\d(\[−-]*({_PLAIN})[^\d(\[]*[(\[]\D*?({_PLAIN})"
    rf"\s*(?:,|;|–|-|to)\s*({_PLAIN})\D*[)\]]"
)
_MEAN_SD = re.compile(rf"({_PLAIN})\s*(?:±|\+/-|\\pm|\()\s*({_PLAIN})")
_P_VALUE = re.compile(r"(<=|>=|≤|≥|<|>|=)\s*(\d*\.?\d+(?:[eE]-?\d+)?)")

_WORDS = [
    "no",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
    "twenty",
]
_IN_WORDS = {word: value for value, word in enumerate(_WORDS)} | {"none": 0, "zero": 0}

ROUNDED = "rounded"
TRUNCATED = "truncated"


@attrs.frozen
class PrintedNumber:
    """A number as printed.

    Attributes
    ----------
    value : Fraction
        Its exact value.
    unit : Fraction
        One in its last printed digit.
    """

    value: Fraction
    unit: Fraction

    @property
    def rounded(self) -> tuple[Fraction, Fraction]:
        """All values that some rule of rounding prints so, both ends allowed.

        A value half-way between two prints goes up (half away from zero), down
        (binary fractions just below it) or to the even digit, so both ends count.
        """
        return self.value - self.unit / 2, self.value + self.unit / 2

    @property
    def truncated(self) -> tuple[Fraction, Fraction]:
        """All values that are printed so when digits are cut off.

        The far end itself is not among them.
        """
        if self.value < 0:
            return self.value - self.unit, self.value
        return self.value, self.value + self.unit

    def matches(self, exact: Fraction) -> str | None:
        """Say how an exact value becomes this print; None if it cannot."""
        low, high = self.rounded
        if low <= exact <= high:
            return ROUNDED
        if abs(self.value) <= abs(exact) < abs(self.value) + self.unit and (
            exact * self.value >= 0
        ):
            return TRUNCATED
        return None

    def __str__(self) -> str:
        return decimal(self.value, _places(self.unit))


def number(text: str) -> PrintedNumber:
    """Read a plain decimal number."""
    clean = text.replace(",", "").replace("−", "-")
    decimals = len(clean.partition(".")[2])
    return PrintedNumber(Fraction(clean), Fraction(1, 10**decimals))


def numbers_in(text: str) -> tuple[PrintedNumber, ...]:
    """Return the numbers of a printed string, in digits or else in words."""
    found = tuple(number(match) for match in _NUMBER.findall(text))
    if found:
        return found
    words = re.findall(r"[a-z]+", text.lower())
    return tuple(
        PrintedNumber(Fraction(_IN_WORDS[word]), Fraction(1))
        for word in words
        if word in _IN_WORDS
    )


def mean_sd_in(text: str) -> tuple[PrintedNumber, PrintedNumber] | None:
    """Return mean and SD of a string such as ``110.57 ± 26.17``."""
    match = _MEAN_SD.search(text)
    return None if match is None else (number(match[1]), number(match[2]))


def quartiles_in(text: str) -> tuple[PrintedNumber, ...] | None:
    """Return Q1, median and Q3 of ``48 (20.25, 63)``, or the median standing alone."""
    match = _MEDIAN.search(text)
    if match is not None:
        return number(match[2]), number(match[1]), number(match[3])
    found = numbers_in(text)
    return found if len(found) == 1 else None


def p_value_in(text: str) -> tuple[str, PrintedNumber] | None:
    """Return relation and bound of a string such as ``P < 0.05``."""
    match = _P_VALUE.search(text)
    if match is None:
        return None
    relation = match[1].replace("≤", "<=").replace("≥", ">=")
    bound = match[2] if match[2][0] != "." else f"0{match[2]}"
    if "e" in bound.lower():
        value = Fraction(bound)
        return relation, PrintedNumber(value, value / 10)
    return relation, number(bound)


def _places(unit: Fraction) -> int:
    return len(str(unit.denominator)) - 1


def decimal(value: Fraction, places: int) -> str:
    """Print an exact value, half away from zero."""
    scaled = abs(value) * 10**places
    whole = int(scaled + Fraction(1, 2))
    digits = str(whole).rjust(places + 1, "0")
    sign = "-" if value < 0 and whole else ""
    if places == 0:
        return sign + digits
    return f"{sign}{digits[:-places]}.{digits[-places:]}"


def percent(count: int, of: int, places: int = 2) -> str:
    """Print a percentage with its count, as reasons quote it."""
    return f"{decimal(Fraction(100 * count, of), places)} %"
