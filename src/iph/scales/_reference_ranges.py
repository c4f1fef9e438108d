"""Reference ranges of the clotting tests, as data."""

import functools
from collections.abc import Iterable
from typing import TYPE_CHECKING, Final

import attrs

from iph._bound import Bound
from iph._checks import one_of
from iph._display import Displayed
from iph._options import one_number
from iph.errors import InputError
from iph.scales._cutpoints import Cutpoints
from iph.scales._grade import Grade

if TYPE_CHECKING:
    import narwhals.stable.v2 as nw

__all__ = ["DEFAULT_RANGES", "RangeFinding", "ReferenceRange"]

# Plausible values are the business of the patient's fields; a range only needs some
# finite end.
HIGHEST: Final = 1e6
"""The largest limit."""

# The unit of each test that has a range: the one its field name states.
UNITS: Final = {
    "hemoglobin_g_l": "g/L",
    "platelets_10e9_l": "10^9/L",
    "pt_s": "s",
    "inr": "",
    "aptt_s": "s",
    "tt_s": "s",
    "fibrinogen_g_l": "g/L",
    "factor_viii_percent": "%",
    "factor_ix_percent": "%",
    "factor_xi_percent": "%",
}


def _unit_of(test: object) -> str:
    """Return the unit that the name of a test states; the test is checked later."""
    return UNITS.get(test, "") if isinstance(test, str) else ""


def _check_limit(name: str, value: object) -> None:
    if value is None:
        return
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise InputError(name, "a number or None", value)
    rule = f"a number from 0 to {HIGHEST:,.0f}"
    if not 0 <= one_number(value, name, rule) <= HIGHEST:  # NaN is not
        raise InputError(name, rule, value)


class RangeFinding(Grade):
    """Where a value lies to its reference range.

    Attributes
    ----------
    numeral : str
        ``"0"``, ``"1"`` or ``"2"``.
    label : str
        Low, normal or high.
    meaning : str
        The same in words.
    """

    LOW = (0, "0", "low", "below the range")
    NORMAL = (1, "1", "normal", "within the range, its limits included")
    HIGH = (2, "2", "high", "above the range")


@attrs.frozen(kw_only=True)
class ReferenceRange(Displayed):
    """The range of a test in which a laboratory calls a value normal.

    Attributes
    ----------
    test : str
        The field of the laboratory it belongs to, such as ``"aptt_s"``.
    low, high : float or None
        The limits, both still normal; None where the range is open.
    unit : str
        The unit, always the one that the field name states.
    reference : str
        Where the range is from.

    Raises
    ------
    InputError
        If the test is none of those with a range, or the limits are not in order.

    Examples
    --------
    >>> from iph.scales import ReferenceRange
    >>> ReferenceRange(test="aptt_s", low=31, high=43, reference="our laboratory").unit
    's'
    """

    test: str
    low: float | None = None
    high: float | None = None
    unit: str = attrs.field(
        default=attrs.Factory(lambda self: _unit_of(self.test), takes_self=True)
    )
    reference: str = ""

    def __attrs_post_init__(self) -> None:
        one_of(self.test, "test", tuple(UNITS))
        _check_limit("low", self.low)
        _check_limit("high", self.high)
        one_of(self.unit, "unit", (UNITS[self.test],))
        if self.low is None and self.high is None:
            raise InputError("low", "given, or high, or both", None)
        if self.low is not None and self.high is not None and self.low >= self.high:
            raise InputError("low", f"below high ({self.high:g})", self.low)

    @functools.cached_property
    def cutpoints(self) -> Cutpoints[RangeFinding]:
        """The range as cut points: its limits are the edges, and both are normal."""
        levels, edges, closed = [RangeFinding.NORMAL], [], []
        if self.low is not None:
            levels.insert(0, RangeFinding.LOW)
            edges.append(self.low)
            closed.append("left")
        if self.high is not None:
            levels.append(RangeFinding.HIGH)
            edges.append(self.high)
            closed.append("right")
        return Cutpoints(
            name=f"range of {self.test}",
            measure=self.test,
            unit=self.unit,
            reference=self.reference,
            levels=levels,
            edges=edges,
            closed=closed,
            low=0,
            high=HIGHEST,
        )

    def findings(self, value: float | Bound | None) -> frozenset[RangeFinding]:
        """Return every finding that a value allows: several, if it is a bound.

        Parameters
        ----------
        value : float, Bound or None
            What was measured, in `unit`.

        Returns
        -------
        frozenset of RangeFinding
            One finding of a number; each one that a bound leaves possible; none of
            what was not measured.
        """
        if not isinstance(value, Bound):
            found = self.finding(value)
            return frozenset() if found is None else frozenset({found})
        is_low = False if self.low is None else value.compare("<", self.low)
        is_high = False if self.high is None else value.compare(">", self.high)
        answers = {
            RangeFinding.LOW: is_low,
            RangeFinding.HIGH: is_high,
            RangeFinding.NORMAL: True not in (is_low, is_high),
        }
        return frozenset(one for one, answer in answers.items() if answer is not False)

    def finding(self, value: float | None) -> RangeFinding | None:
        """Say whether a value is low, normal or high.

        Parameters
        ----------
        value : float or None
            What was measured, in `unit`.

        Returns
        -------
        RangeFinding or None
            LOW, NORMAL or HIGH; None if it was not measured.

        Raises
        ------
        InputError
            If the value is negative, infinite or no number.
        """
        return self.cutpoints.grade(value, name=self.test)

    def expr(self, column: "str | nw.Expr") -> "nw.Expr":
        """Say the same of the rows of a data frame or database.

        Parameters
        ----------
        column : str or narwhals expression
            The column.

        Returns
        -------
        narwhals expression
            0 low, 1 normal, 2 high; null where the value is missing.
        """
        return self.cutpoints.expr(column)


# Ranges differ between reagents, so each default is a middle course between those that
# laboratories publish; a laboratory's own range always goes first.
def one_each(ranges: Iterable[ReferenceRange], name: str) -> tuple[ReferenceRange, ...]:
    """Return ranges; refuse two of one test, between which nobody could choose."""
    found = tuple(ranges)
    tests = [one.test for one in found]
    twice = next((test for test in tests if tests.count(test) > 1), None)
    if twice is not None:
        raise InputError(name, "one range for each test", twice)
    return found


DEFAULT_RANGES: Final = (
    ReferenceRange(
        test="platelets_10e9_l",
        low=150,
        high=450,
        reference="LOINC 777-3, usual range; China WS/T 405-2012 sets its own",
    ),
    ReferenceRange(
        test="pt_s",
        low=11,
        high=13.5,
        reference=(
            "general range; published ones run from 10.0-11.8 (Innovin on CA-1500, "
            "Blood 106:4025, n = 221) to 12.0-15.5 (ARUP Laboratories)"
        ),
    ),
    ReferenceRange(
        test="inr",
        low=0.8,
        high=1.2,
        reference="Frontier Pathology NHS 0.8-1.2; Ridgeview 0.9-1.1",
    ),
    ReferenceRange(
        test="aptt_s",
        low=25,
        high=35,
        reference=(
            "general range; ARUP Laboratories 24-35, Frontier Pathology NHS "
            "24.8-37.4, Actin FSL 24.7-31.7"
        ),
    ),
    ReferenceRange(
        test="tt_s",
        low=14,
        high=19,
        reference="ARUP Laboratories 14.7-19.5; Blood 106:4025 13.8-17.4",
    ),
    ReferenceRange(
        test="fibrinogen_g_l",
        low=2,
        high=4,
        reference=(
            "general range; Frontier Pathology NHS 1.8-4.5, Clauss 1.6-4.2 "
            "(Blood 106:4025)"
        ),
    ),
    ReferenceRange(
        test="factor_viii_percent",
        low=50,
        high=150,
        reference=(
            "RCPA 50-150; ARUP Laboratories 56-191, China 58.1-157.5 "
            "(doi:10.1038/s41598-025-05774-8)"
        ),
    ),
    ReferenceRange(
        test="factor_ix_percent",
        low=60,
        high=150,
        reference=(
            "middle course: UTMB 65-150, Baystate 50-200, ARUP Laboratories 78-184, "
            "China 70.5-152.2 (doi:10.1038/s41598-025-05774-8)"
        ),
    ),
    ReferenceRange(
        test="factor_xi_percent",
        low=60,
        high=150,
        reference="middle course: ARUP Laboratories 56-153, UChicago 70-144",
    ),
)
