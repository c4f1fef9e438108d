"""Columns of grades, and what reads them."""

import sys
from subprocess import run

import numpy as np
import pytest

from iph._checks import events, labels, numbers
from iph.scales import pain_severity


def test_grades_are_read_by_argument_checks() -> None:
    """What is missing in a column of grades is missing to every statistic."""
    grades = pain_severity([0, None, 10])
    np.testing.assert_array_equal(numbers(grades, "x"), [0, np.nan, 3])
    codes, found = labels(grades, "x")
    assert (codes.tolist(), found) == ([0, -1, 1], (0, 3))
    answers = np.ma.MaskedArray([True, True, False], mask=[False, True, False])
    assert events(answers, "x").tolist() == [1, -1, 0]


@pytest.mark.parametrize("module", ["narwhals", "numpy.ma", "scipy", "pandas"])
def test_import_is_cheap(module: str) -> None:
    """Grading loads neither data frames nor masked arrays before they are used."""
    code = f"import sys, iph.scales._cutpoints; sys.exit('{module}' in sys.modules)"
    assert run([sys.executable, "-c", code], check=False).returncode == 0  # noqa: S603 - our own interpreter
