"""Hip flexion in three grades, from the bins of the Harris hip score."""

from typing import Final, overload

import numpy as np
import numpy.typing as npt

from iph.scales._cutpoints import Cutpoints
from iph.scales._grade import Grade
from iph.scales._measure import Column, Grades, Number, column, is_column, measured

__all__ = [
    "HIP_FLEXION",
    "HipFlexionGrade",
    "harris_flexion_index",
    "hip_flexion_grade",
]


class HipFlexionGrade(Grade):
    """Flexion of the hip in three grades: 1 (below 45°) to 3 (90° and above).

    Attributes
    ----------
    numeral : str
        ``"1"`` to ``"3"``.
    label : str
        The range of degrees.
    meaning : str
        The range in words.

    See Also
    --------
    hip_flexion_grade : Grade a measured angle.
    """

    BELOW_45 = (1, "1", "below 45°", "flexion below 45 degrees")
    FROM_45 = (2, "2", "45° to below 90°", "flexion from 45 to below 90 degrees")
    FROM_90 = (3, "3", "90° and above", "flexion of 90 degrees and above")


HIP_FLEXION: Final = Cutpoints(
    name="li2023",
    measure="hip flexion",
    unit="degrees",
    reference="Li F, et al. Research Square 2023. doi:10.21203/rs.3.rs-3346582/v1",
    levels=tuple(HipFlexionGrade),
    edges=(45, 90),
    low=0,
    high=160,
    hint="the angle from full extension, in degrees",
    note=(
        "the paper prints 0-45, 45-90 and 90-110: it leaves open where 45 and 90 "
        "belong, and everything above 110; here [0, 45), [45, 90), 90 and above"
    ),
)

# The Harris score counts each degree of flexion by the bin that it lies in.
_BINS: Final = ((0.0, 45.0, 1.0), (45.0, 90.0, 0.6), (90.0, 110.0, 0.3))


@overload
def hip_flexion_grade(deg: None) -> None: ...
@overload
def hip_flexion_grade(deg: int) -> HipFlexionGrade: ...
@overload
def hip_flexion_grade(deg: Number | None) -> HipFlexionGrade | None: ...
@overload
def hip_flexion_grade(deg: Column) -> Grades: ...
def hip_flexion_grade(deg: Number | Column | None) -> HipFlexionGrade | Grades | None:
    """Grade the flexion of the hip.

    How far can the patient still bend the hip: not to 45°, to less than a right angle,
    or to a right angle and more?

    Parameters
    ----------
    deg : number, None, or sequence of them
        Flexion from full extension. Units: degrees, from 0 to 160. None or NaN where
        it was not measured.

    Returns
    -------
    HipFlexionGrade, None, or masked array of int64
        The grade; None if missing; for a sequence the grades 1 to 3, masked where
        missing.

    Raises
    ------
    InputError
        If an angle is outside 0 to 160 degrees, or no number.

    See Also
    --------
    harris_flexion_index : The points that the Harris hip score gives.

    Notes
    -----
    Li et al. [1]_ use the bins of flexion in the Harris hip score [2]_ as grades and
    print them as 0-45, 45-90 and 90-110 degrees.
    That leaves undecided to which grade exactly 45 and exactly 90 degrees belong, and
    gives nothing above 110 degrees, although healthy adults reach 127 to 134 and
    children from 2 to 8 years 131 (boys) to 141 degrees (girls) [3]_.
    Here every interval is closed on the left, [0, 45), [45, 90), and grade 3 is 90
    degrees and above.
    Grade 3 means a hip that serves daily life, not a normal one.

    References
    ----------
    .. [1] Li F, et al. Research Square 2023. doi:10.21203/rs.3.rs-3346582/v1
    .. [2] Harris WH. Traumatic arthritis of the hip after dislocation and acetabular
       fractures. J Bone Joint Surg Am 1969;51:737-755.
    .. [3] Soucie JM, et al. Range of motion measurements: reference values and a
       database for comparison studies. Haemophilia 2011;17:500-507.
       doi:10.1111/j.1365-2516.2010.02399.x

    Examples
    --------
    >>> from iph.scales import hip_flexion_grade
    >>> hip_flexion_grade(45)
    <HipFlexionGrade.FROM_45: 2>
    >>> grades = hip_flexion_grade([30, 89.9, None, 120])
    >>> grades.tolist()
    [1, 2, None, 3]
    """
    return HIP_FLEXION.grade(deg, name="deg")


@overload
def harris_flexion_index(deg: int) -> float: ...
@overload
def harris_flexion_index(deg: Number | None) -> float | None: ...
@overload
def harris_flexion_index(deg: Column) -> npt.NDArray[np.float64]: ...
def harris_flexion_index(
    deg: Number | Column | None,
) -> float | npt.NDArray[np.float64] | None:
    """Return the index of flexion in the Harris hip score.

    How much of the motion that the score rewards is there?

    Parameters
    ----------
    deg : number, None, or sequence of them
        Flexion from full extension. Units: degrees, from 0 to 160. None or NaN where
        it was not measured.

    Returns
    -------
    float, None, or array of float
        The index, 0 to 78; None (in an array NaN) where missing.

    Raises
    ------
    InputError
        If an angle is outside 0 to 160 degrees, or no number.

    See Also
    --------
    hip_flexion_grade : The three grades made from the same bins.

    Notes
    -----
    Each degree counts 1.0 up to 45, 0.6 from 45 to 90, 0.3 from 90 to 110 and nothing
    above, so 110 degrees give 45 + 27 + 6 = 78.
    The score adds the indices of all motions of the hip and multiplies the sum by
    0.05 [1]_.

    References
    ----------
    .. [1] Harris WH. Traumatic arthritis of the hip after dislocation and acetabular
       fractures. J Bone Joint Surg Am 1969;51:737-755.

    Examples
    --------
    >>> from iph.scales import harris_flexion_index
    >>> [round(harris_flexion_index(deg), 1) for deg in (45, 90, 110, 130)]
    [45.0, 72.0, 78.0, 78.0]
    """
    low, high, hint = HIP_FLEXION.low, HIP_FLEXION.high, HIP_FLEXION.hint
    if is_column(deg, "deg"):
        array = column(deg, "deg", low=low, high=high, hint=hint)  # type: ignore[arg-type] # is_column says so
        return _index(array)
    number = measured(deg, "deg", low=low, high=high, hint=hint)
    return None if np.isnan(number) else float(_index(np.array(number)))


def _index(deg: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    parts = [
        weight * np.clip(deg - low, 0.0, high - low) for low, high, weight in _BINS
    ]
    return np.asarray(sum(parts), dtype=np.float64)
