"""Reference ranges of the clotting tests, as data."""

import math
from typing import Final

import attrs

from iph._checks import one_of
from iph.errors import InputError

__all__ = ["DEFAULT_RANGES", "ReferenceRange"]

# The unit of each test that has a range: the one its field name states.
UNITS: Final = {
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


def _limit(
    instance: object, attribute: "attrs.Attribute[float | None]", value: object
) -> None:  # noqa: ARG001, E501 - the signature of an attrs validator
    if value is None:
        return
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise InputError(attribute.name, "a number or None", value)
    if not math.isfinite(value) or value < 0:
        raise InputError(attribute.name, "a finite number of at least 0", value)


@attrs.frozen(kw_only=True)
class ReferenceRange:
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
    low: float | None = attrs.field(default=None, validator=_limit)
    high: float | None = attrs.field(default=None, validator=_limit)
    unit: str = attrs.field(
        default=attrs.Factory(lambda self: UNITS.get(self.test, ""), takes_self=True)
    )
    reference: str = ""

    def __attrs_post_init__(self) -> None:
        one_of(self.test, "test", tuple(UNITS))
        one_of(self.unit, "unit", (UNITS[self.test],))
        if self.low is None and self.high is None:
            raise InputError("low", "given, or high, or both", None)
        if self.low is not None and self.high is not None and self.low >= self.high:
            raise InputError("low", f"below high ({self.high:g})", self.low)


# Ranges differ between reagents, so each default is a middle course between those that
# laboratories publish; a laboratory's own range always goes first.
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
