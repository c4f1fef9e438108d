"""Severity of hemophilia."""

import math

import pytest

from iph.errors import InputError
from iph.scales import HemophiliaSeverity, hemophilia_severity


@pytest.mark.parametrize(
    ("percent", "label"),
    [
        (0, "severe"),
        (math.nextafter(1, 0), "severe"),
        (1, "moderate"),
        (5, "moderate"),
        (math.nextafter(5, 6), "mild"),
        (math.nextafter(40, 0), "mild"),
        (40, "40 % and above"),
        (178.05, "40 % and above"),
    ],
)
def test_limits(percent: float, label: str) -> None:
    """1 and 5 percent are moderate, 40 percent is no hemophilia."""
    severity = hemophilia_severity(percent)
    assert severity is not None
    assert severity.label == label


def test_column() -> None:
    """The more severe, the larger the number; missing stays missing."""
    assert hemophilia_severity([100, 20, 3, 0.5, None]).tolist() == [0, 1, 2, 3, None]
    assert hemophilia_severity(None) is None
    assert HemophiliaSeverity.SEVERE > HemophiliaSeverity.MILD


def test_message() -> None:
    """An activity that cannot be is refused with the other unit it may be in."""
    assert hemophilia_severity(600) is HemophiliaSeverity.NONE
    with pytest.raises(InputError, match="percent must be a number from 0 to 600"):
        hemophilia_severity(math.nextafter(600, 601))
    with pytest.raises(InputError, match=r"percent must be .* 1 IU/mL is 100 %"):
        hemophilia_severity(-1)
