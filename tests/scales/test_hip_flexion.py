"""Hip flexion: grades and the index of the Harris score."""

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from iph.errors import InputError
from iph.scales import HipFlexionGrade, harris_flexion_index, hip_flexion_grade

ANGLES = st.floats(0, 160)


@pytest.mark.parametrize(
    ("deg", "grade"),
    [
        (0, 1),
        (math.nextafter(45, 0), 1),
        (45, 2),
        (math.nextafter(90, 0), 2),
        (90, 3),
        (110, 3),
        (111, 3),
        (160, 3),
    ],
)
def test_edges(deg: float, grade: int) -> None:
    """45 and 90 open the next grade, and above 110 is grade 3."""
    assert hip_flexion_grade(deg) is HipFlexionGrade(grade)


def test_column() -> None:
    """A column gives whole numbers, masked where nothing was measured."""
    grades = hip_flexion_grade(np.array([30.0, math.nan, 90.0]))
    assert grades.tolist() == [1, None, 3]
    assert hip_flexion_grade(None) is None


@pytest.mark.parametrize("deg", [-1, 161, math.inf])
def test_out_of_range(deg: float) -> None:
    """An impossible angle is refused by both functions, alone and in a column."""
    for function in (hip_flexion_grade, harris_flexion_index):
        with pytest.raises(InputError, match="deg must be a number from 0 to 160"):
            function(deg)
        with pytest.raises(InputError, match=r"deg\[1\] must be a number from 0 to"):
            function([30, deg])


@pytest.mark.parametrize(
    ("deg", "index"), [(0, 0), (45, 45), (60, 54), (90, 72), (110, 78), (130, 78)]
)
def test_index(deg: float, index: float) -> None:
    """The index counts each degree by its bin: 1, 0.6, 0.3 and nothing above 110."""
    assert harris_flexion_index(deg) == pytest.approx(index, abs=1e-12)


@given(angles=st.lists(ANGLES, min_size=1))
def test_index_formula(angles: list[float]) -> None:
    """The index is min(f, 45) + 0.6 clip(f-45, 0, 45) + 0.3 clip(f-90, 0, 20)."""
    expected = [
        min(f, 45) + 0.6 * min(max(f - 45, 0), 45) + 0.3 * min(max(f - 90, 0), 20)
        for f in angles
    ]
    np.testing.assert_allclose(harris_flexion_index(angles), expected, rtol=1e-12)


@given(angles=st.tuples(ANGLES, ANGLES).map(sorted))
def test_index_rises(angles: list[float]) -> None:
    """More flexion never lowers the index."""
    low, high = harris_flexion_index(angles)
    assert low <= high


def test_index_missing() -> None:
    """What was not measured has no index."""
    assert harris_flexion_index(None) is None
    assert harris_flexion_index(math.nan) is None
    np.testing.assert_array_equal(harris_flexion_index([45, None]), [45, math.nan])


@pytest.mark.parametrize("deg", ["45", True])
def test_no_number(deg: Any) -> None:
    """Text and yes/no are no angle."""
    with pytest.raises(InputError, match="deg must be a number"):
        harris_flexion_index(deg)
