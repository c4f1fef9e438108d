"""Function of the hip by the Harris and the Oxford hip score."""

from typing import Final, Literal, overload

import numpy as np
import numpy.typing as npt

from iph._checks import one_of
from iph.scales._cutpoints import Cutpoints
from iph.scales._grade import Grade
from iph.scales._instrument_list import INSTRUMENTS
from iph.scales._measure import Column, Grades, Number, is_column

__all__ = [
    "HARRIS_HIP",
    "OXFORD_HIP",
    "HipScoreGrade",
    "convert_oxford_hip",
    "harris_hip_grade",
    "oxford_hip_grade",
]

OxfordVersion = Literal["1996", "2007"]
_VERSIONS: Final = ("1996", "2007")
_BOTH: Final = 60.0  # the two scorings of one answer add up to 5 in each of 12 items


class HipScoreGrade(Grade):
    """Result of a hip score: poor, fair, good, excellent.

    Attributes
    ----------
    numeral : str
        ``"0"`` to ``"3"``.
    label : str
        The result in a word.
    meaning : str
        The same with its subject.

    See Also
    --------
    harris_hip_grade, oxford_hip_grade : Grade a total.
    """

    POOR = (0, "0", "poor", "poor result")
    FAIR = (1, "1", "fair", "fair result")
    GOOD = (2, "2", "good", "good result")
    EXCELLENT = (3, "3", "excellent", "excellent result")


HARRIS_HIP: Final = Cutpoints(
    name="harris1969",
    measure="Harris hip score",
    unit="points",
    reference=(
        "below 70, 70-79, 80-89, 90-100. Harris WH. J Bone Joint Surg Am "
        "1969;51:737-755. doi:10.2106/00004623-196951040-00012"
    ),
    levels=tuple(HipScoreGrade),
    edges=(70, 80, 90),
    low=0,
    high=100,
    hint="0 to 100 points, including up to 5 for motion",
    note=(
        "the classes are those that later authors print under this reference, whose "
        "text could not be read; a total between two classes stays in the lower one"
    ),
)

OXFORD_HIP: Final = Cutpoints(
    name="oxford2007",
    measure="Oxford hip score",
    unit="points",
    reference=(
        "below 27, 27-33, 34-41, above 41, in the scoring of 2007. Murray DW, et al. J "
        "Bone Joint Surg Br 2007;89:1010-1014. doi:10.1302/0301-620X.89B8.19424"
    ),
    levels=tuple(HipScoreGrade),
    edges=(27, 34, 42),
    low=0,
    high=48,
    whole=True,
    hint="in the scoring of 2007, where 48 is best; convert_oxford_hip takes the other",
    note="the authors advise against classes and offer these where there must be some",
)


@overload
def harris_hip_grade(total: Number | None) -> HipScoreGrade | None: ...
@overload
def harris_hip_grade(total: Column) -> Grades: ...
def harris_hip_grade(total: Number | Column | None) -> HipScoreGrade | Grades | None:
    """Grade a Harris hip score.

    Is the result of this hip poor, fair, good or excellent?

    Parameters
    ----------
    total : number, None, or sequence of them
        The total, from 0 to 100. None or NaN where it was not scored.

    Returns
    -------
    HipScoreGrade, None, or masked array of int64
        The result; None if missing; for a sequence 0 (poor) to 3 (excellent), masked
        where missing.

    Raises
    ------
    InputError
        If a total is outside 0 to 100, or no number.

    See Also
    --------
    harris_flexion_index : The share of flexion in the points for motion.

    Notes
    -----
    The score [1]_ has 44 points for pain, 47 for function, 4 for the absence of
    deformity and 5 for motion.
    It was made for the hip joint: the palsy of a femoral nerve lowers it by function
    alone.

    References
    ----------
    .. [1] Harris WH. Traumatic arthritis of the hip after dislocation and acetabular
       fractures: treatment by mold arthroplasty. J Bone Joint Surg Am 1969;51:737-755.
       doi:10.2106/00004623-196951040-00012

    Examples
    --------
    >>> from iph.scales import harris_hip_grade
    >>> harris_hip_grade(82)
    <HipScoreGrade.GOOD: 2>
    >>> harris_hip_grade([69.9, 70, None, 100]).tolist()
    [0, 1, None, 3]
    """
    return HARRIS_HIP.grade(total, name="total")


@overload
def oxford_hip_grade(
    total: Number | None, *, version: OxfordVersion
) -> HipScoreGrade | None: ...
@overload
def oxford_hip_grade(total: Column, *, version: OxfordVersion) -> Grades: ...
def oxford_hip_grade(
    total: Number | Column | None, *, version: OxfordVersion
) -> HipScoreGrade | Grades | None:
    """Grade an Oxford hip score.

    Does the patient call the function of this hip poor, fair, good or excellent?

    Parameters
    ----------
    total : number, None, or sequence of them
        The total in its version, a whole number. None or NaN where it was not scored.
    version : {"1996", "2007"}
        The scoring: 12 to 60, lower is better (1996), or 0 to 48, higher is better
        (2007). It has no default, since most totals are possible in both.

    Returns
    -------
    HipScoreGrade, None, or masked array of int64
        The result; None if missing; for a sequence 0 (poor) to 3 (excellent), masked
        where missing.

    Raises
    ------
    InputError
        If the version has no such total; the message says if the other version has it.

    See Also
    --------
    convert_oxford_hip : A total in the other scoring.

    Notes
    -----
    The authors of the scoring of 2007 [1]_ advise against classes; print the totals.

    References
    ----------
    .. [1] Murray DW, Fitzpatrick R, Rogers K, et al. The use of the Oxford hip and knee
       scores. J Bone Joint Surg Br 2007;89:1010-1014. doi:10.1302/0301-620X.89B8.19424

    Examples
    --------
    >>> from iph.scales import oxford_hip_grade
    >>> oxford_hip_grade(39, version="2007")
    <HipScoreGrade.GOOD: 2>
    >>> oxford_hip_grade(39, version="1996")
    <HipScoreGrade.POOR: 0>
    """
    if one_of(version, "version", _VERSIONS) == "1996":
        total = convert_oxford_hip(total, to="2007")
    elif is_column(total, "total"):
        total = INSTRUMENTS["oxford-hip-2007"].scores(total)  # type: ignore[arg-type] # is_column says so
    else:
        score = INSTRUMENTS["oxford-hip-2007"].score(total)  # type: ignore[arg-type] # a single one
        total = None if score is None else score.total
    return OXFORD_HIP.grade(total, name="total")


@overload
def convert_oxford_hip(total: Number | None, *, to: OxfordVersion) -> float | None: ...
@overload
def convert_oxford_hip(
    total: Column, *, to: OxfordVersion
) -> npt.NDArray[np.float64]: ...
def convert_oxford_hip(
    total: Number | Column | None, *, to: OxfordVersion
) -> float | npt.NDArray[np.float64] | None:
    """Convert an Oxford hip score from one scoring to the other.

    What is a total of 1996 in the scoring of 2007, or the reverse?

    Parameters
    ----------
    total : number, None, or sequence of them
        The total in the scoring that it is converted from, a whole number. None or NaN
        where it was not scored.
    to : {"1996", "2007"}
        The scoring that it is converted to.

    Returns
    -------
    float, None, or array of float
        60 minus the total; None (in an array NaN) where it is missing.

    Raises
    ------
    InputError
        If the version it is converted from has no such total; the message says if the
        other version has it.

    Notes
    -----
    The twelve answers count 1 (best) to 5 in the scoring of 1996 [1]_ and 4 (best) to 0
    in that of 2007, so the two totals of one patient add up to 60.

    References
    ----------
    .. [1] Dawson J, Fitzpatrick R, Carr A, Murray D. Questionnaire on the perceptions
       of patients about total hip replacement. J Bone Joint Surg Br 1996;78:185-190.

    Examples
    --------
    >>> from iph.scales import convert_oxford_hip
    >>> convert_oxford_hip(21, to="2007")
    39.0
    >>> convert_oxford_hip([12, 60, None], to="2007")
    array([48.,  0., nan])
    """
    source = "2007" if one_of(to, "to", _VERSIONS) == "1996" else "1996"
    instrument = INSTRUMENTS[f"oxford-hip-{source}"]
    if is_column(total, "total"):
        return _BOTH - instrument.scores(total)  # type: ignore[arg-type] # is_column says so
    score = instrument.score(total)  # type: ignore[arg-type] # a single one
    return None if score is None else _BOTH - score.total
