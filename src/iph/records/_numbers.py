"""Numbers as people write them: marks, signs, bounds, and what stays ambiguous."""

import math
import re
from fractions import Fraction
from typing import Any, Final

from iph._bound import Bound
from iph._fields import Declaration
from iph.errors import FieldError
from iph.records._targets import Conversion, Target

_NUMBER: Final = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]{1,3})?")
_COMMA: Final = re.compile(r"[+-]?[0-9]+,[0-9]+")
_GROUPED: Final = {
    mark: re.compile(rf"[+-]?[1-9][0-9]{{0,2}}({mark}[0-9]{{3}})+")
    for mark in (",", r"\.")
}
_BOTH: Final = re.compile(
    r"[+-]?[1-9][0-9]{0,2}((\.[0-9]{3})+,[0-9]+|(,[0-9]{3})+\.[0-9]+)"
)
_APOSTROPHES: Final = re.compile(
    r"[+-]?[1-9][0-9]{0,2}(['\u2019\u00a0\u202f][0-9]{3})+([.,][0-9]+)?"
)
_BOUND: Final = re.compile(r"(<=|>=|=<|=>|<|>|≤|≥)\s*(?=[0-9.,+-])(.*)")
_OUT_OF: Final = re.compile(r"([0-9]+(?:[.,][0-9]+)?)\s*/\s*([0-9]+)")
_PERCENT: Final = re.compile(r"(.*[0-9])\s*%")
_LONGEST: Final = 40
NO_DATES: Final = (
    "dates are not read as they stand: map the column to days since another, such as "
    "symptom_days since onset_date"
)
"""The hint at a date where a number should stand."""
_HUGE: Final = 10**300

# Characters of East Asian input methods for ASCII ones, and typographic minus signs.
_WIDE: Final[dict[int, int | str]] = {
    **{0xFF01 + place: 0x21 + place for place in range(94)},
    0x3000: " ",
    **{0x2160 + place: word for place, word in enumerate(("I", "II", "III", "IV"))},
    **{0x2164 + place: word for place, word in enumerate(("V", "VI", "VII", "VIII"))},
}
_MINUS: Final = {0x2212: "-", 0x2010: "-", 0x2011: "-", 0x2013: "-"}


def narrowed(text: str) -> str:
    """Return a text with full-width signs and Roman numerals as plain letters."""
    return text if text.isascii() else text.translate(_WIDE).strip()


def is_number(text: str) -> bool:
    """Whether a text is a number as programs write it."""
    return len(text) <= _LONGEST and _NUMBER.fullmatch(text) is not None


def read_number(target: Target, text: str) -> tuple[Any, str]:
    """Return the value of a cell's text, and how it was read if not literally.

    Raises
    ------
    FieldError
        If it is no number, or could be two.
    """
    name, declared = target.field.name, target.field.declaration
    plain, reasons = narrowed(text), list[str]()
    if plain != text:
        reasons.append("full-width signs")
    if plain[:1] in {chr(sign) for sign in _MINUS}:
        plain = "-" + plain[1:]
        reasons.append("typographic minus")
    sign = ""
    bound = _BOUND.fullmatch(plain)
    if bound is not None:
        sign, plain = bound.group(1), bound.group(2)
    percent = _PERCENT.fullmatch(plain) if declared.unit == "%" else None
    if percent is not None:
        plain = percent.group(1)
        reasons.append("percent sign")
    out_of = _OUT_OF.fullmatch(plain)
    if out_of is not None and declared.unit == "points":
        if float(out_of.group(2)) != declared.high:
            hint = f"the scale goes to {declared.high:g}: write the points alone"
            raise FieldError(name, declared.rule(), text, hint)
        plain = out_of.group(1)
        reasons.append(f"out of {declared.high:g}")
    number, reason = _marked(target, text, plain)
    if reason:
        reasons.append(reason)
    value, reason = _in_unit(target, number)
    if reason:
        reasons.append(reason)
    if sign:
        value = declared.accept(name, Bound(sign, value))
        reasons.append("a bound")
    return value, ", ".join(reasons)


def _marked(target: Target, text: str, plain: str) -> tuple[str, str]:
    """Return a number with a decimal point and without other marks."""
    name, declared = target.field.name, target.field.declaration
    if len(plain) <= _LONGEST and not _NUMBER.fullmatch(plain):
        found = _other_marks(target.decimal, plain)
        if found is not None:
            return found
        if _GROUPED[","].fullmatch(plain):
            raise FieldError(name, declared.rule(), text, two_meanings(plain))
    elif len(plain) <= _LONGEST:
        if target.decimal != "," or "." not in plain:
            return plain, ""
        if _GROUPED[r"\."].fullmatch(plain):
            return plain.replace(".", ""), "point for thousands"
        hint = "the decimal mark is said to be a comma"
        raise FieldError(name, declared.rule(), text, hint)
    raise FieldError(name, declared.rule(), text, _hint(plain, declared))


def _other_marks(decimal: str, plain: str) -> tuple[str, str] | None:
    """Return a number that is not written in the way of programs; None if unclear."""
    if _APOSTROPHES.fullmatch(plain):
        bare = re.sub(r"['\u2019\u00a0\u202f]", "", plain)
        return bare.replace(",", "."), "thousands apart"
    if _BOTH.fullmatch(plain):
        last = max(plain.rfind(","), plain.rfind("."))
        whole = re.sub(r"[.,]", "", plain[:last])
        agrees = decimal in ("", plain[last])
        return (f"{whole}.{plain[last + 1 :]}", "thousands apart") if agrees else None
    if not _COMMA.fullmatch(plain):
        return None
    if decimal == "." and _GROUPED[","].fullmatch(plain):
        return plain.replace(",", ""), "comma for thousands"
    if decimal == "," or (decimal == "" and not _GROUPED[","].fullmatch(plain)):
        return plain.replace(",", "."), "decimal comma"
    return None


def two_meanings(plain: str) -> str:
    """Ask which of two numbers a text with one mark before three digits is."""
    bare = re.sub(r"[.,]", "", plain)
    point = re.sub(r"[.,]", ".", plain) if len(re.findall("[.,]", plain)) == 1 else ""
    other = "." if "," in plain else ","
    own = "," if other == "." else "."
    if not point:
        return f"is it {bare}? say decimal={other!r} (--decimal)"
    return (
        f"is it {point} or {bare}? say decimal={own!r} (--decimal) for {point}, "
        f"decimal={other!r} for {bare}"
    )


def may_be_thousands(target: Target, text: str) -> bool:
    """Whether a point before three digits may separate thousands in this field."""
    declared = target.field.declaration
    plain = narrowed(text).strip().lstrip("<>=≤≥ ")
    if target.decimal or not _GROUPED[r"\."].fullmatch(plain):
        return False
    number = Fraction(plain.replace(".", ""))
    if target.conversion is not None:
        number *= target.conversion.factor
    return declared.low is None or declared.low <= number <= (declared.high or 0)


def _in_unit(target: Target, plain: str) -> tuple[Any, str]:
    """Return a number as the field's own value."""
    if target.conversion is not None:
        return converted(target, Fraction(plain), target.conversion)
    declared = target.field.declaration
    return declared.accept(target.field.name, float(plain)), ""


def _hint(text: str, declared: Declaration) -> str:
    if text.startswith(("<", ">", "≤", "≥", "~")):
        return "a bound is not a value: leave it empty, or give the value"
    if re.match(r"[+-]?[0-9]+([.,][0-9]+)?\s*%", text) and declared.unit != "%":
        return "this is no percentage"
    if re.match(r"[+-]?[0-9]+([.,][0-9]+)?\s*[^\W\d_]", text):
        return "write the number alone; the unit belongs to the column"
    if re.match(r"[0-9]{1,4}[-/.][0-9]{1,2}[-/.][0-9]{1,4}$", text):
        return NO_DATES
    if re.match(r"[0-9]+\s*[-/–]\s*[0-9]", text):
        return "a range is not a value: which one was it?"
    return ""


def converted(
    target: Target, number: Fraction, conversion: Conversion
) -> tuple[Any, str]:
    """Return a number of another unit as the field's own value.

    Raises
    ------
    FieldError
        If the field cannot hold it.
    """
    name, declared = target.field.name, target.field.declaration
    exact = number * conversion.factor
    reason = f"{conversion.unit} times {float(conversion.factor):.10g}"
    if conversion.completed:
        exact = Fraction(math.floor(exact))
        reason = f"{conversion.unit} to completed {declared.unit}"
    elif conversion.rounded:
        half_up = (2 * abs(exact) + 1) // 2
        exact = Fraction(half_up if exact >= 0 else -half_up)
        reason += ", rounded to whole days"
    try:
        return declared.accept(name, float(exact)), reason
    except FieldError as refused:
        given = f"{float(number):g}" if abs(number) < _HUGE else "a huge number"
        hint = f"the column is in {conversion.unit}: {given} is {reason}"
        raise FieldError(name, refused.rule, float(exact), hint) from None
    except OverflowError:
        raise FieldError(name, declared.rule(), "an endless number") from None
