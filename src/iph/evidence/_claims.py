"""Claims: what a paper prints, as data."""

import enum
import re
from fractions import Fraction
from typing import Any

import attrs
import numpy as np

from iph._categories import ScheduledVisit, Visit
from iph._checks import one_of
from iph._display import Displayed
from iph._options import each
from iph.errors import InputError
from iph.evidence._printed import (
    mean_sd_in,
    numbers_in,
    p_value_in,
    percentage_in,
    quartiles_in,
)
from iph.evidence._printed_intervals import estimate_in

__all__ = ["Claim", "ClaimKind"]


class ClaimKind(enum.Enum):
    """What a printed claim is.

    Attributes
    ----------
    COUNT
        A number of patients.
    SIZE
        The size of a group of patients, which may serve as a denominator.
    PERCENTAGE
        A share of a group of patients, in per cent.
    MEAN_SD
        Mean and standard deviation, as in ``110.57 ± 26.17``.
    MEDIAN
        Median with quartiles, as in ``48 (20.25, 63)``, or the median alone.
    P_VALUE
        A p-value or a bound of one.
    ESTIMATE
        An estimate, with its interval where it is printed, as in ``2.5 (1.2 to 5.3)``.
    RANGE
        Two ends, the lower first.
    IDENTIFIER
        A label, registration number or date: the same in all places.
    CAPTION
        A figure or table, with the topics that it shows.
    REFERENCE
        A pointer to a figure or table, with the topics that it is to show.
    METHOD
        A statistical method, with the kind of data it was used on.
    RULE
        A statement of the protocol that the results can be held against.
    CONSTANT
        A figure that has nothing to be held against: a version, a cited rate.
    """

    COUNT = "count"
    SIZE = "size"
    PERCENTAGE = "percentage"
    MEAN_SD = "mean-sd"
    MEDIAN = "median"
    P_VALUE = "p-value"
    ESTIMATE = "estimate"
    RANGE = "range"
    IDENTIFIER = "identifier"
    CAPTION = "caption"
    REFERENCE = "reference"
    METHOD = "method"
    RULE = "rule"
    CONSTANT = "constant"


COUNTED = frozenset({ClaimKind.COUNT, ClaimKind.SIZE})
SUMMARIES = frozenset({ClaimKind.MEAN_SD, ClaimKind.MEDIAN})


# No number of patients, and no figure that is printed of them, is as long.
_TOO_LONG = re.compile(r"\d{16}")
_DIGITS = 15
# A decimal number whose exact value is no burden: a billion digits would be one.
_DECIMAL = re.compile(
    r"[-+]?(?:\d{1,15}(?:\.\d{0,15})?|\.\d{1,15})(?:e[-+]?\d{1,2})?", re.IGNORECASE
)


def _is_blank(value: Any) -> bool:
    """Whether nothing is said; an array could not be compared."""
    if isinstance(value, (str, tuple, list)):
        return not value
    return value is None or value is np.ma.masked


def _kind(value: Any) -> ClaimKind:
    if isinstance(value, ClaimKind):
        return value
    return ClaimKind(one_of(value, "kind", [kind.value for kind in ClaimKind]))


def _given(value: Any) -> str:
    if isinstance(value, bool) or not isinstance(value, (str, int, float)):
        raise InputError("code, where and printed", "text", value)
    text = str(value).strip()
    if not text:
        raise InputError("code, where and printed", "given", value)
    return text


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool) or not isinstance(value, (str, int, float)):
        raise InputError("a part of a claim", "text or a number", value)
    return str(value).strip()


def _names(value: Any) -> tuple[str, ...]:
    if value is None:
        return ()
    if isinstance(value, str):  # a cell of a table
        return tuple(part.strip() for part in value.split(";") if part.strip())
    listed = each(value, "a list of a claim", "a list of texts")
    return tuple(str(part).strip() for part in listed)


def _count(cell: Any) -> int:
    """Read a whole number; nothing is cut off to make it one."""
    if isinstance(cell, bool) or (isinstance(cell, str) and len(cell) > _DIGITS):
        raise ValueError(cell)
    whole = int(cell)
    if abs(whole) >= 10**_DIGITS or (not isinstance(cell, str) and whole != cell):
        raise ValueError(cell)
    return whole


def _counts(value: Any) -> tuple[tuple[int, ...], ...]:
    """Read a table of counts: nested lists, or rows as ``12 3; 5 8``."""
    if _is_blank(value):
        return ()
    rows: Any = value
    if isinstance(value, str):
        rows = [row.replace(",", " ").split() for row in value.split(";")]
    try:
        table = tuple(tuple(_count(cell) for cell in row) for row in rows)
    except (TypeError, ValueError, OverflowError):
        raise InputError("table", "rows of counts", value) from None
    if any(cell < 0 for row in table for cell in row) or len({*map(len, table)}) > 1:
        raise InputError("table", "rows of equally many counts", value)
    return table


def _row(value: Any) -> int | None:
    """Read the number of a row."""
    if _is_blank(value):
        return None
    try:
        row = _count(value)
    except (TypeError, ValueError, OverflowError):
        row = 0
    if row < 1:
        raise InputError("at_row", "a whole number of at least 1", value)
    return row


def _exact(value: Any) -> Fraction | None:
    if _is_blank(value):
        return None
    if isinstance(value, Fraction):
        return value
    if isinstance(value, bool) or _DECIMAL.fullmatch(str(value)) is None:
        raise InputError("step, low and high", "decimal numbers", value)
    return Fraction(str(value))


def _visit(value: Any) -> ScheduledVisit | None:
    if _is_blank(value):
        return None
    if isinstance(value, ScheduledVisit):
        return value
    codes = [visit.value for visit in Visit]
    if isinstance(value, str) and value in codes:
        return Visit(value)
    hint = "of another schedule give the visit itself, from protocol.visits"
    raise InputError("visit", f"one of {', '.join(codes)}", value, hint)


@attrs.frozen(kw_only=True)
class Claim(Displayed):
    """One printed figure, with what it speaks of.

    Only `code`, `where`, `printed` and `kind` are needed; everything else tells the
    audit what the figure can be held against. Lists may be given as text with ``;``
    between the entries, so that a claim fits one row of a table.

    Parameters
    ----------
    code : str
        The claim's own name, by which others refer to it.
    where : str
        Where it stands, such as ``"Table 1"``.
    printed : str
        The figure exactly as printed: ``"46.15%"``, ``"48(20.25, 63)"``, ``"two"``.
    kind : ClaimKind or str
        What it is.
    quote : str
        A few words around it, exactly as printed.
    value : str
        The figure in digits, where `printed` does not hold it (a count of listed
        items, a label).
    variable : str
        The field it speaks of, by its column name (``"age_years"``): unit, step and
        bounds come from there.
    derived : str
        What it counts where no single field holds that: ``"pain_relief"``, with
        ``levels``, or ``"treated_conservatively"``. A study is compared with it. With a
        variable ``"response"``: patients who are better since baseline by what the
        protocol calls a response.
    visit : ScheduledVisit or str, optional
        The visit it speaks of; as text, the code of a `Visit`.
    levels : tuple of str
        The values that are counted, such as ``"male"``, ``"2; 3"`` or ``"45-89"``.
    quantity : str
        What is claimed. Claims of one kind and one quantity must agree.
    count, of : str
        For a percentage, its count and denominator; for a count, the group it is
        counted in; for a summary, the number of patients. A number, or the code of
        another claim.
    parts : tuple of str
        Codes or numbers that must add up to this count (for a percentage: to its
        count).
    partition : str
        A name shared by claims that divide one group without overlap, so that they
        add up to the group.
    at_most : str
        A count or code that this one cannot exceed.
    step, low, high : Fraction, optional
        Measurement step and hard bounds, where they differ from the variable's.
    target : str
        For a caption or reference: the figure or table.
    topics : tuple of str
        For a caption, what it shows; for a reference, what it is to show.
    test, table : str and rows of counts
        For a p-value: the test, and the counts that it can be recomputed from: a cross
        table; for rank tests one group a row and one grade a column; for signed ranks,
        Bowker and McNemar the grades before (rows) and after (columns); for Friedman
        and Cochran the grades themselves, one patient a row; for a log-rank test at
        risk, events, at risk, events, one time a row. For a method: its name in `test`.
        For an estimate, its measure in `test` (``"odds-ratio"``, ``"risk-ratio"``,
        ``"risk-difference"``, ``"proportion"``, ``"hazard-ratio"``, ``"rate-ratio"``,
        ``"mean"``, ``"mean-difference"``, ``"correlation"``), and for the first three
        the counts: one group a row, with the outcome and without. For a percentage
        of a curve, ``"kaplan-meier"`` (without the event) or ``"kaplan-meier failure"``
        (with it), and one time a row: at risk, or at risk and the events from there to
        the next time.
    at_row : int, optional
        For a percentage of a curve: the row of `table` whose time it is that of, 1 the
        first; by default the last.
    statistic : str
        For a p-value: the statistic printed with it, such as ``"t(26) = 2.20"``,
        ``"F(2, 75) = 3.1"``, ``"chi2(1) = 3.84"``, ``"z = -1.96"``, ``"r(26) = .41"``.
    samples : str
        For a method: ``"independent"``, ``"repeated"`` (the same patients again) or
        ``"overlapping"``.
    conflicts : tuple of str
        Codes of claims that cannot be true if this rule holds.
    note : str
        What a reader of the verdict must know, added to its reason.

    Raises
    ------
    InputError
        If a part is not what it must be. A print that cannot be read as its kind is
        no error: `audit` says so of it.

    See Also
    --------
    audit : Check claims against each other.
    read_claims : Read them from a file.

    Examples
    --------
    >>> from iph.evidence import Claim
    >>> men = Claim(code="men", where="Table 1", printed="46.15%",
    ...             kind="percentage", count=24, of=28)
    >>> men.kind
    <ClaimKind.PERCENTAGE: 'percentage'>
    """

    code: str = attrs.field(converter=_given)
    where: str = attrs.field(converter=_given)
    printed: str = attrs.field(converter=_given)
    kind: ClaimKind = attrs.field(converter=_kind)
    quote: str = attrs.field(default="", converter=_text)
    value: str = attrs.field(default="", converter=_text)
    variable: str = attrs.field(default="", converter=_text)
    derived: str = attrs.field(default="", converter=_text)
    visit: ScheduledVisit | None = attrs.field(default=None, converter=_visit)
    levels: tuple[str, ...] = attrs.field(default=(), converter=_names)
    quantity: str = attrs.field(default="", converter=_text)
    count: str = attrs.field(default="", converter=_text)
    of: str = attrs.field(default="", converter=_text)
    parts: tuple[str, ...] = attrs.field(default=(), converter=_names)
    partition: str = attrs.field(default="", converter=_text)
    at_most: str = attrs.field(default="", converter=_text)
    step: Fraction | None = attrs.field(default=None, converter=_exact)
    low: Fraction | None = attrs.field(default=None, converter=_exact)
    high: Fraction | None = attrs.field(default=None, converter=_exact)
    target: str = attrs.field(default="", converter=_text)
    topics: tuple[str, ...] = attrs.field(default=(), converter=_names)
    test: str = attrs.field(default="", converter=_text)
    table: tuple[tuple[int, ...], ...] = attrs.field(default=(), converter=_counts)
    at_row: int | None = attrs.field(default=None, converter=_row)
    statistic: str = attrs.field(default="", converter=_text)
    samples: str = attrs.field(default="", converter=_text)
    conflicts: tuple[str, ...] = attrs.field(default=(), converter=_names)
    note: str = attrs.field(default="", converter=_text)

    def __attrs_post_init__(self) -> None:
        if self.code.isdigit():  # references to codes may be numbers as well
            raise InputError("code", "a name, not a number", self.code)
        if self.samples not in {"", "independent", "repeated", "overlapping"}:
            raise InputError(
                "samples", "independent, repeated or overlapping", self.samples
            )
        if self.step is not None and self.step <= 0:
            raise InputError("step", "above zero", str(self.step))
        for text in (self.count, self.of, self.at_most, *self.parts):
            if _TOO_LONG.search(text):
                raise InputError(
                    f"a number of claim {self.code}", "of at most 15 digits", text
                )

    @property
    def readable(self) -> bool:
        """Whether the print can be read as its kind; if not, it is not checked."""
        reader = _READERS.get(self.kind)
        if reader is None:
            return True
        return _TOO_LONG.search(self.figure) is None and bool(reader(self.figure))

    @property
    def figure(self) -> str:
        """The figure that is checked: `value` where it is given, else `printed`."""
        return self.value or self.printed


def _is_whole_number(text: str) -> bool:
    found = numbers_in(text)
    return len(found) == 1 and found[0].value.denominator == 1


_READERS: dict[ClaimKind, Any] = {
    ClaimKind.COUNT: _is_whole_number,
    ClaimKind.SIZE: _is_whole_number,
    ClaimKind.PERCENTAGE: percentage_in,
    ClaimKind.MEAN_SD: mean_sd_in,
    ClaimKind.MEDIAN: quartiles_in,
    ClaimKind.P_VALUE: p_value_in,
    ClaimKind.ESTIMATE: estimate_in,
}
