"""Printed numbers are read exactly, and know what is printed like them."""

from collections.abc import Callable
from decimal import ROUND_DOWN, ROUND_HALF_DOWN, ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal
from fractions import Fraction

import hypothesis.strategies as st
import pytest
from hypothesis import given

from iph.evidence import Claim, audit
from iph.evidence._printed import (
    ROUNDED,
    TRUNCATED,
    PrintedNumber,
    decimal,
    has_ambiguous_commas,
    mean_sd_in,
    number,
    numbers_in,
    p_value_in,
    percentage_in,
    quartiles_in,
)


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("46.15%", ["46.15"]),
        ("4,251", ["4251"]),
        ("Total (n = 28)", ["28"]),
        ("eight", ["8"]),
        ("no patients", ["0"]),
        ("none", ["0"]),
        ("16.20(3.5,178.05)", ["16.20", "3.5", "178.05"]),
        ("level", []),
    ],
)
def test_numbers_are_read(text: str, values: list[str]) -> None:
    """Digits before words, thousands with their comma."""
    assert [n.value for n in numbers_in(text)] == [Fraction(v) for v in values]


@pytest.mark.parametrize(
    ("text", "figures"),
    [
        ("48 (20.25, 63)", ("20.25", "48", "63")),
        ("16.20(3.5,178.05)", ("3.5", "16.20", "178.05")),
        ("207 [180.50; 286.25]", ("180.50", "207", "286.25")),
        ("3 (1.25–7)", ("1.25", "3", "7")),
        ("7 (IQR 6 to 8)", ("6", "7", "8")),
        ("48 (20,25; 63)", ("20.25", "48", "63")),
        ("48,5 (20,25–63,0)", ("20.25", "48.5", "63.0")),
        ("48 (20,25, 63,5)", ("20.25", "48", "63.5")),
        ("48·5 (20·25-63·0)", ("20.25", "48.5", "63.0")),
        ("7 (6,8)", ("6", "7", "8")),
        ("7 (6‑8)", ("6", "7", "8")),
        ("−3 (−5 to −1)", ("-5", "-3", "-1")),
        ("1,234 (1,000–1,500)", ("1000", "1234", "1500")),
        ("5.0 years [2.5; 7.5]†", ("2.5", "5.0", "7.5")),
        ("median of 4", ("4",)),
    ],
)
def test_quartiles_are_read(text: str, figures: tuple[str, ...]) -> None:
    """The median comes first in print and second here, with its digits."""
    found = quartiles_in(text)
    assert found is not None
    assert tuple(str(n) for n in found) == figures


def test_what_is_no_figure_is_none() -> None:
    """Text without the figure gives none."""
    assert quartiles_in("about 4 or 5") is None
    assert mean_sd_in("110.57") is None
    assert mean_sd_in("48 ± 3, n = 28") is None
    assert mean_sd_in("7 (6, 8)") is None
    assert percentage_in("half") is None
    assert percentage_in("1 of 2") is None
    assert p_value_in("P = .048, n = 28") is None
    assert p_value_in("P < 1e-999999999") is None
    assert p_value_in("not significant") is None


@pytest.mark.parametrize(
    ("text", "mean", "sd"),
    [
        ("110.57 ± 26.17", "110.57", "26.17"),
        ("110.6 (26.2)", "110.6", "26.2"),
        ("-1.5 +/- 2", "-1.5", "2"),
        ("45·2 ± 12·3", "45.2", "12.3"),
        ("45,2 ± 12,3", "45.2", "12.3"),
        ("1,234 ± 0,456", "1.234", "0.456"),
        ("1,234.5 ± 345.6", "1234.5", "345.6"),
        ("−1,5 ± 2,0", "-1.5", "2.0"),
        ("mean 45.2 years (SD 12.3 years)", "45.2", "12.3"),
        ("325 ± 12 × 10⁹/L", "325", "12"),
        ("45.2 ± 12.3*", "45.2", "12.3"),
        ("5.00 ± -1.00", "5.00", "-1.00"),
    ],
)
def test_mean_and_sd_are_read(text: str, mean: str, sd: str) -> None:
    """With a sign between them or in parentheses."""
    found = mean_sd_in(text)
    assert found is not None
    assert (str(found[0]), str(found[1])) == (mean, sd)


@pytest.mark.parametrize(
    ("text", "relation", "value"),
    [
        ("P < 0.05", "<", "0.05"),
        ("p=.049", "=", "0.049"),
        ("p ≤ 1e-4", "<=", "0.0001"),
        ("P > 0.05", ">", "0.05"),
        ("P ≥ 0.1", ">=", "0.1"),
        ("p = 5.8 × 10−4", "=", "0.00058"),
        ("p=5.8x10^-4", "=", "0.00058"),
        ("p = 5.8 × 10⁻⁴", "=", "0.00058"),
        ("5.8E-04", "=", "0.00058"),
        ("p < 10^-4", "<", "0.0001"),
        ("p<10⁻⁴", "<", "0.0001"),
        ("p=0,048", "=", "0.048"),
        ("p = 0·048", "=", "0.048"),
        ("P<0·05", "<", "0.05"),
        ("P < 2,2e-16", "<", "2.2e-16"),
        ("0.048", "=", "0.048"),
        (".048", "=", "0.048"),
        ("0.048*", "=", "0.048"),
        ("P = 0.048†", "=", "0.048"),
        ("0.048a", "=", "0.048"),
        ("p = -.22", "=", "-0.22"),
        ("p < .000", "<", "0"),
        ("P = 0.000", "=", "0"),
        ("($P < 0.05$)", "<", "0.05"),
        ("two-sided P = .04", "=", "0.04"),
        ("P-value: 0.03", "=", "0.03"),
        ("p = 0.05 (Fisher)", "=", "0.05"),
        ("ｐ ＝ ０．０４８", "=", "0.048"),
        ("P⩽0.001", "<=", "0.001"),
    ],
)
def test_p_values_are_read(text: str, relation: str, value: str) -> None:
    """The relation and the bound."""
    found = p_value_in(text)
    assert found is not None
    assert (found[0], found[1].value) == (relation, Fraction(value))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("46.15%", "46.15"),
        ("46,15 %", "46.15"),
        ("46·15%", "46.15"),
        ("24 (85.7%)", "85.7"),
        ("<1%", "<1"),
        ("< 0.1 %", "<0.1"),
        ("≥99%", ">=99"),
        ("> 99 %", ">99"),
        ("2 (<1%)", "<1"),
        ("５０％", "50"),
    ],
)
def test_percentages_are_read(text: str, expected: str) -> None:
    """Bounds are bounds, and beside a count the share is meant."""
    assert str(percentage_in(text)) == expected


def test_bounds_hold_what_lies_beyond() -> None:
    """What is below 1 % is any smaller share, as 1 of 484 is."""
    below, above = percentage_in("<1%"), percentage_in(">99%")
    assert below is not None
    assert above is not None
    assert below.matches(Fraction(100, 484)) == ROUNDED
    assert below.matches(Fraction(1)) is None
    assert above.matches(Fraction(48300, 484)) == ROUNDED
    assert above.matches(Fraction(99)) is None


# How ten programs and journals write a decimal number, and a bound in front of it.
STYLES: dict[str, Callable[[str], str]] = {
    "R": lambda text: text,
    "SPSS": lambda text: text.replace("0.", ".", 1) if text.startswith("0.") else text,
    "SPSS, German": lambda text: text.replace(".", ","),
    "SAS": lambda text: f" {text} ",
    "Stata": lambda text: text.removeprefix("0"),
    "Prism": lambda text: f"{text} (*)",
    "jamovi": lambda text: f"{text} ***",
    "Lancet": lambda text: text.replace(".", "·"),
    "LaTeX": lambda text: f"${text}$",
    "full width": lambda text: text.translate(
        {ord(c): chr(ord(c) + 0xFEE0) for c in "0123456789."}
    ),
    "French": lambda text: text.replace(".", ",") + "\u202f",
}


@given(
    st.sampled_from(sorted(STYLES)),
    st.integers(0, 9999),
    st.sampled_from(["", "p = ", "P=", "P<", "p > ", "P ≤ "]),
)
def test_a_p_value_in_any_style_is_that_value(
    style: str, digits: int, before: str
) -> None:
    """Whatever program printed it, the figure is read as what it says."""
    text = f"{digits / 10_000:.4f}"
    found = p_value_in(before + STYLES[style](text))
    assert found is not None
    assert found[1] == PrintedNumber(Fraction(digits, 10_000), Fraction(1, 10_000))
    assert found[0] == {"<": "<", ">": ">", "≤": "<="}.get(before.strip()[-1:], "=")


@given(
    st.sampled_from(["R", "SPSS, German", "Lancet", "LaTeX", "full width", "French"]),
    st.sampled_from(
        ["{} ± {}", "{} ({})", "{}±{}", "{} +/- {}", "{} [{}]", "{} (SD {})"]
    ),
    st.integers(-99_999, 99_999),
    st.integers(0, 99_999),
    st.integers(0, 2),
)
def test_a_mean_in_any_style_is_that_mean(
    style: str, frame: str, mean: int, sd: int, decimals: int
) -> None:
    """Mean and SD come back with their digits, decimal comma or not."""
    scale = Decimal(1).scaleb(-decimals)
    texts = [str(Decimal(value) * scale) for value in (mean, sd)]
    found = mean_sd_in(frame.format(*(STYLES[style](text) for text in texts)))
    assert found is not None
    assert [number.value for number in found] == [Fraction(text) for text in texts]


@given(
    st.sampled_from(["R", "SPSS, German", "Lancet", "LaTeX", "full width"]),
    st.sampled_from(["{} ({}; {})", "{} [{}–{}]", "{} ({} to {})", "{} (IQR {}-{})"]),
    st.lists(st.integers(0, 9999), min_size=3, max_size=3).map(sorted),
    st.integers(0, 2),
)
def test_quartiles_in_any_style_are_those(
    style: str, frame: str, values: list[int], decimals: int
) -> None:
    """With every dash and a semicolon, the three figures come back."""
    scale = Decimal(1).scaleb(-decimals)
    q1, median, q3 = (str(Decimal(value) * scale) for value in values)
    written = (STYLES[style](text) for text in (median, q1, q3))
    found = quartiles_in(frame.format(*written))
    assert found is not None
    assert [n.value for n in found] == [Fraction(text) for text in (q1, median, q3)]


@given(
    st.fractions(min_value=-1000, max_value=1000, max_denominator=999),
    st.integers(0, 3),
    st.sampled_from([ROUND_HALF_UP, ROUND_HALF_EVEN, ROUND_HALF_DOWN, ROUND_DOWN]),
)
def test_every_rounding_of_a_value_matches_it(
    value: Fraction, decimals: int, rounding: str
) -> None:
    """What any rule prints is recognized, as rounded or as cut off."""
    exact = Decimal(value.numerator) / Decimal(value.denominator)
    text = str(exact.quantize(Decimal(1).scaleb(-decimals), rounding))
    how = number(text).matches(value)
    assert how == ROUNDED if rounding != ROUND_DOWN else how in {ROUNDED, TRUNCATED}


@given(st.integers(-10_000, 10_000), st.integers(0, 3), st.integers(2, 9))
def test_other_values_do_not_match(digits: int, decimals: int, away: int) -> None:
    """A value more than one digit away is never printed so."""
    unit = Fraction(1, 10**decimals)
    printed = number(str(Decimal(digits).scaleb(-decimals)))
    assert printed.value == digits * unit
    assert printed.matches(printed.value + away * unit) is None
    assert printed.matches(printed.value - away * unit) is None


def test_decimal_rounds_half_away_from_zero() -> None:
    """Reasons quote figures as the house rounds them."""
    assert decimal(Fraction(1, 8), 2) == "0.13"
    assert decimal(Fraction(-1, 8), 2) == "-0.13"
    assert decimal(Fraction(-1, 1000), 1) == "0.0"
    assert decimal(Fraction(5, 2), 0) == "3"


@pytest.mark.parametrize(
    ("text", "ambiguous"),
    [
        ("5,571 (1,503 to 20,653)", True),
        ("85,714 %", True),
        ("85,71 %", False),
        ("0,571 (0,503 to 0,653)", False),
        ("1,250.5 ± 3.2", False),
        ("12,345,678", False),
        ("45.1 ± 3.2", False),
        ("5,571 (1,50 to 20,65)", False),
    ],
)
def test_commas_that_may_mark_either(text: str, *, ambiguous: bool) -> None:
    """Three digits after a comma are thousands or decimals; other digits tell."""
    assert has_ambiguous_commas(text) is ambiguous


def test_a_comma_is_read_so_that_the_figure_can_be_true() -> None:
    """What one reading makes impossible and the other true is not called wrong."""
    group = Claim(code="n", where="T", printed="28", kind="size")
    men = Claim(code="men", where="T", printed="24", kind="count", of="n")
    prints = {"85,714 %": False, "85,814 %": True}
    for printed, wrong in prints.items():
        share = Claim(
            code="share",
            where="T",
            printed=printed,
            kind="percentage",
            count="men",
            of="n",
        )
        findings = audit([group, men, share])
        assert [finding.claim for finding in findings] == [group, men, share]
        assert findings[2].verdict.is_problem is wrong
        assert set(findings[2].related) <= {group, men}
