"""Severity of hemophilia by factor activity."""

from typing import Final, overload

from iph._bound import Bound
from iph.scales._cutpoints import Cutpoints
from iph.scales._grade import Grade
from iph.scales._measure import Column, Grades, Number

__all__ = ["HEMOPHILIA", "HemophiliaSeverity", "hemophilia_severity"]


class HemophiliaSeverity(Grade):
    """Severity by the activity of factor VIII or IX: none, mild, moderate, severe.

    Attributes
    ----------
    numeral : str
        ``"0"`` to ``"3"``.
    label : str
        The severity in a word or two.
    meaning : str
        The range of activity.

    See Also
    --------
    hemophilia_severity : Grade a measured activity.
    """

    NONE = (0, "0", "40 % and above", "activity of 40 % and above")
    MILD = (1, "1", "mild", "activity above 5 to below 40 %")
    MODERATE = (2, "2", "moderate", "activity from 1 to 5 %")
    SEVERE = (3, "3", "severe", "activity below 1 %")


HEMOPHILIA: Final = Cutpoints(
    name="isth2014",
    measure="factor activity",
    unit="%",
    reference=(
        "Blanchette VS, et al. Definitions in hemophilia: communication from the SSC "
        "of the ISTH. J Thromb Haemost 2014;12:1935-1939. doi:10.1111/jth.12672"
    ),
    levels=tuple(reversed(HemophiliaSeverity)),
    edges=(1, 5, 40),
    closed=("left", "right", "left"),
    low=0,
    high=600,
    hint="in percent of normal (IU/dL): 1 IU/mL is 100 %",
)


@overload
def hemophilia_severity(percent: None) -> None: ...
@overload
def hemophilia_severity(
    percent: Number | Bound | None,
) -> HemophiliaSeverity | None: ...
@overload
def hemophilia_severity(percent: Column) -> Grades: ...
def hemophilia_severity(
    percent: Number | Bound | Column | None,
) -> HemophiliaSeverity | Grades | None:
    """Grade hemophilia A or B by the activity of factor VIII or IX.

    How severe is the lack of the factor?

    Parameters
    ----------
    percent : number, Bound, None, or sequence of numbers and None
        Activity of factor VIII (hemophilia A) or IX (B). Units: % of normal, which is
        IU/dL, from 0 to 600. None or NaN where it was not measured. A `Bound` such as
        "<1" is graded if all values within it have one grade.

    Returns
    -------
    HemophiliaSeverity, None, or masked array of int64
        The severity; None if missing; for a sequence 0 (40 % and above) to 3 (severe),
        masked where missing.

    Raises
    ------
    InputError
        If an activity is outside 0 to 600 %, or no number.

    Notes
    -----
    Severe is below 1, moderate 1 to 5 with both ends, mild above 5 and below 40 % [1]_.
    The definition prints 5 to 40 % for mild; that exactly 40 % is no longer mild is a
    choice made here. An activity of 40 % and above may still be low for the laboratory
    (45 % is), as in carriers.
    The grade is that of an activity measured without replacement therapy.
    It says nothing of acquired hemophilia, which needs an inhibitor, and does not hold
    for factor XI, whose activity does not track bleeding.

    References
    ----------
    .. [1] Blanchette VS, et al. Definitions in hemophilia: communication from the SSC
       of the ISTH. J Thromb Haemost 2014;12:1935-1939. doi:10.1111/jth.12672

    Examples
    --------
    >>> from iph.scales import hemophilia_severity
    >>> hemophilia_severity(3.5)
    <HemophiliaSeverity.MODERATE: 2>
    >>> hemophilia_severity([0.5, 5, 5.1, 40, None]).tolist()
    [3, 2, 1, 0, None]
    """
    return HEMOPHILIA.grade(percent, name="percent")
