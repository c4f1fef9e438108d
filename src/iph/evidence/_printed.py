"""Printed numbers: their exact value, their last digit, and what rounds to them.

A print is read whole or not at all. It is first brought to one spelling (dashes, raised
dots, full-width digits, powers of ten); then it is decided from all its numbers whether
a comma marks decimals or thousands.
"""

import re
import unicodedata
from fractions import Fraction

import attrs

# A number in one spelling: with thousands, or with a decimal point or comma.
_DIGITS = (
    r"(?:\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d{1,3}(?:\.\d{3})+,\d+"
    r"|\d+[.,]\d+|\.\d+|\d+)"
)
_POWER = r"(?:\s*[x*]\s*10\s*\^?\s*\(?[-+]?\d{1,3}\)?|e[-+]?\d{1,3}(?!\d))"
_NUMBER = re.compile(rf"(?<![\d.])-?{_DIGITS}(?!\d)", re.IGNORECASE)
_THOUSANDS = re.compile(r"-?[1-9]\d{0,2}(?:,\d{3})+(?:\.\d+)?")
_AMBIGUOUS = re.compile(r"-?[1-9]\d{0,2},\d{3}")
_RELATION = r"(?:<\s*=|>\s*=|=\s*<|=\s*>|[<>=])"
_MARKS = r"(?:\s*(?:[*\u2020\u2021\u00a7\u00b6#]+|[a-d]|\([^()\d]*\)))?\s*[.;,)]?"
_UNIT = r"(?:(?![-+]?\d)[^\d()\[\]±;,]{0,24}?(?:10\s*\^?\s*9\s*/\s*l)?)"
_LABEL = r"[^\d()\[\]±<>=-]*?"

_P_VALUE = re.compile(
    rf"\(?(?:(?:two|one)[- ](?:sided|tailed)\s+)?(?:p(?:[- ]?val(?:ue)?s?)?)?\s*:?\s*"
    rf"({_RELATION})?\s*(-?{_DIGITS})({_POWER})?{_MARKS}",
    re.IGNORECASE,
)
_P_POWER = re.compile(
    rf"(?:p(?:[- ]?val(?:ue)?s?)?)?\s*({_RELATION})?\s*10\s*\^?\s*\(?(-\d{{1,3}})\)?"
    rf"{_MARKS}",
    re.IGNORECASE,
)
_MEAN_SD = re.compile(
    rf"{_LABEL}(-?{_DIGITS}){_UNIT}\s*(?:±|\+\s*/\s*-|\+-|\\pm|[(\[])\s*"
    rf"(?:SD\s*[:=]?\s*)?(?:±\s*)?(-?{_DIGITS}){_UNIT}[)\]]?{_UNIT}{_MARKS}",
    re.IGNORECASE,
)
_MEDIAN = re.compile(
    rf"{_LABEL}(-?{_DIGITS}){_UNIT}[(\[]\s*(?:[^\d()\[\]-]*?\s)?([-\d.,; to]+?)"
    rf"\s*{_UNIT}[)\]]{_UNIT}{_MARKS}",
    re.IGNORECASE,
)
# Between two quartiles; a comma is tried last, since it may mark decimals.
_BETWEEN = (r"\s*;\s*", r"\s+to\s+", r"(?<=[\d.,])\s*-\s*(?=[-\d.])", r",\s+", r",")
_DASHES = dict.fromkeys(
    map(ord, "\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe58\ufe63\uff0d"), "-"
)
_SPELLINGS = str.maketrans(
    {
        **dict.fromkeys("\u00b7\u2219\u22c5\u2027\u30fb", "."),
        **dict.fromkeys("\u00d7\u2715\u2a2f", "x"),
        "≤": "<=",
        "⩽": "<=",
        "≦": "<=",
        "≥": ">=",
        "⩾": ">=",
        "≧": ">=",
        "$": "",
        "~": "",
        "≈": "=",
    }
)

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
    relation : {"=", "<", "<=", ">", ">="}
        What stands before it: ``<1 %`` is a bound.
    """

    value: Fraction
    unit: Fraction
    relation: str = "="

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
        if self.relation != "=":
            below = (
                exact < self.value if self.relation[0] == "<" else exact > self.value
            )
            at = exact == self.value and self.relation[1:] == "="
            return ROUNDED if below or at else None
        low, high = self.rounded
        if low <= exact <= high:
            return ROUNDED
        if abs(self.value) <= abs(exact) < abs(self.value) + self.unit and (
            exact * self.value >= 0
        ):
            return TRUNCATED
        return None

    def __str__(self) -> str:
        sign = "" if self.relation == "=" else self.relation
        return sign + decimal(self.value, _places(self.unit))


def one_spelling(text: str) -> str:
    """Bring dashes, dots, digits, spaces and powers of ten to one spelling."""
    plain = unicodedata.normalize("NFKC", text.translate(_SPELLINGS)).translate(_DASHES)
    return " ".join(plain.translate(_SPELLINGS).split())


# A longer text is a sentence, not a figure.
_LONGEST = 200


def _whole(pattern: re.Pattern[str], plain: str) -> re.Match[str] | None:
    """Match a whole print."""
    return pattern.fullmatch(plain) if len(plain) <= _LONGEST else None


def _comma_marks_decimals(text: str) -> bool:
    """Say whether a number of the print can only have a decimal comma."""
    for token in _NUMBER.findall(text):
        if "," in token and _THOUSANDS.fullmatch(token) is None:
            return True
    return False


def has_ambiguous_commas(text: str) -> bool:
    """Say whether commas of a print may mark thousands as well as decimals."""
    plain = one_spelling(text)
    tokens = [token for token in _NUMBER.findall(plain) if "," in token]
    return (
        bool(tokens)
        and not _comma_marks_decimals(plain)
        and all(_AMBIGUOUS.fullmatch(token) for token in tokens)
    )


def number(text: str, *, decimal_comma: bool = False) -> PrintedNumber:
    """Read a decimal number in one spelling."""
    if decimal_comma or ("," in text and _THOUSANDS.fullmatch(text) is None):
        clean = text.replace(".", "").replace(",", ".") if "," in text else text
    else:
        clean = text.replace(",", "")
    clean = clean.replace("−", "-").replace("-.", "-0.")
    clean = f"0{clean}" if clean.startswith(".") else clean
    decimals = len(clean.partition(".")[2])
    return PrintedNumber(Fraction(clean), Fraction(1, 10**decimals))


def numbers_in(text: str) -> tuple[PrintedNumber, ...]:
    """Return the numbers of a printed string, in digits or else in words."""
    plain = one_spelling(text)
    comma = _comma_marks_decimals(plain)
    found = tuple(
        number(match.lstrip("-"), decimal_comma=comma)
        for match in _NUMBER.findall(plain)
    )
    if found:
        return found
    words = re.findall(r"[a-z]+", plain.lower())
    return tuple(
        PrintedNumber(Fraction(_IN_WORDS[word]), Fraction(1))
        for word in words
        if word in _IN_WORDS
    )


def percentage_in(text: str) -> PrintedNumber | None:
    """Return the percentage of a string such as ``46.15%`` or ``<1 %``."""
    plain = one_spelling(text)
    found = numbers_in(plain)
    if len(found) != 1:  # of a count with its share the share is meant
        signed = re.findall(rf"({_RELATION}?\s*{_DIGITS})\s*%", plain)
        if len(signed) != 1:
            return None
        plain, found = signed[0], numbers_in(signed[0])
    relation = re.search(rf"({_RELATION})\s*[\d.,]", plain)
    if relation is None:
        return found[0]
    return attrs.evolve(found[0], relation=_relation(relation[1]))


def mean_sd_in(text: str) -> tuple[PrintedNumber, PrintedNumber] | None:
    """Return mean and SD of a string such as ``110.57 ± 26.17``."""
    plain = one_spelling(text)
    match = _whole(_MEAN_SD, plain)
    if match is None:
        return None
    comma = _comma_marks_decimals(plain)
    return number(match[1], decimal_comma=comma), number(match[2], decimal_comma=comma)


def quartiles_in(text: str) -> tuple[PrintedNumber, ...] | None:
    """Return Q1, median and Q3 of ``48 (20.25, 63)``, or the median standing alone."""
    plain = one_spelling(text)
    match = _whole(_MEDIAN, plain)
    if match is not None:
        for between in _BETWEEN:
            ends = re.split(between, match[2])
            if len(ends) == 2 and all(
                re.fullmatch(rf"-?{_DIGITS}", end) for end in ends
            ):
                comma = any(_comma_marks_decimals(part) for part in (match[1], *ends))
                q1, q3 = (number(end, decimal_comma=comma) for end in ends)
                return q1, number(match[1], decimal_comma=comma), q3
        return None
    found = numbers_in(text)
    return found if len(found) == 1 else None


def p_value_in(text: str) -> tuple[str, PrintedNumber] | None:
    """Return relation and bound of a string such as ``P < 0.05`` or ``.048*``."""
    plain = one_spelling(text)
    power = _whole(_P_POWER, plain)
    if power is not None:
        value = Fraction(10) ** int(power[2])
        return _relation(power[1]), PrintedNumber(value, value / 10)
    match = _whole(_P_VALUE, plain)
    if match is None:
        return None
    found = number(match[2], decimal_comma="," in match[2])
    if match[3]:
        shift = re.search(r"[-+]?\d+(?=\)?$)", match[3])
        scale = Fraction(10) ** int(shift[0] if shift else 0)
        found = PrintedNumber(found.value * scale, found.unit * scale)
    return _relation(match[1]), found


def _relation(sign: str | None) -> str:
    """Return a relation in one spelling; a number alone is equal to itself."""
    bare = (sign or "=").replace(" ", "")
    return {"=<": "<=", "=>": ">="}.get(bare, bare)


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
