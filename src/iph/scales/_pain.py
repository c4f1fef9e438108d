"""Severity of pain by named cut points on the 0 to 10 scale."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, overload

from iph._checks import one_of
from iph.scales._cutpoints import Cutpoints
from iph.scales._grade import Grade
from iph.scales._measure import Column, Grades, Number

__all__ = ["PAIN_RULES", "PainSeverity", "pain_severity"]

VAS_LOW: Final = 0.0
VAS_HIGH: Final = 10.0
VAS_HINT: Final = "pain is counted from 0 to 10 (cm); divide millimeters by 10"


class PainSeverity(Grade):
    """How bad pain is: none, mild, moderate, severe.

    Attributes
    ----------
    numeral : str
        ``"0"`` to ``"3"``.
    label : str
        The severity in a word.
    meaning : str
        The severity in words.

    See Also
    --------
    pain_severity : Grade a pain score by a named rule.
    """

    NONE = (0, "0", "none", "no pain")
    MILD = (1, "1", "mild", "mild pain")
    MODERATE = (2, "2", "moderate", "moderate pain")
    SEVERE = (3, "3", "severe", "severe pain")


def _rule(
    name: str,
    edges: tuple[float, float, float],
    reference: str,
    *,
    closed: tuple[str, str, str] = ("right", "left", "left"),
    note: str = "",
) -> Cutpoints[PainSeverity]:
    return Cutpoints(
        name=name,
        measure="vas",
        unit="0-10",
        reference=reference,
        levels=tuple(PainSeverity),
        edges=edges,
        closed=closed,
        low=VAS_LOW,
        high=VAS_HIGH,
        hint=VAS_HINT,
        note=note,
    )


_ONLY_ZERO: Final = "the reference has no class without pain: 0 alone is graded none"

# The first edge is where pain begins. "right" puts the edge itself into the class
# below: of the rules that begin at 0, only 0 is no pain.
_RULES: Final = (
    _rule(
        "li2023",
        (0, 4, 7),
        "0, 1-3, 4-6, 7-10 on the numeric rating scale, the usual reading behind the "
        "words of Li F, et al. Research Square 2023. doi:10.21203/rs.3.rs-3346582/v1",
        note="the paper names mild, moderate and severe pain without cut points",
    ),
    _rule(
        "jensen2003",
        (0.5, 4.5, 7.5),
        "0-4, 5-44, 45-74, 75-100 mm. Jensen MP, et al. J Pain 2003;4:407-414. "
        "doi:10.1016/s1526-5900(03)00716-8",
        closed=("left", "left", "left"),
        note="pain after operations, n = 123 and 125",
    ),
    _rule(
        "collins1997",
        (0, 3, 5.4),
        "above 30 mm at least moderate, above 54 mm severe. Collins SL, et al. Pain "
        "1997;72:95-97.",
        closed=("right", "right", "right"),
        note=(
            "85 percent of patients with moderate pain are above 30 mm and of those "
            f"with severe pain above 54 mm; {_ONLY_ZERO}"
        ),
    ),
    _rule(
        "boonstra2014-words",
        (0, 3.5, 7.5),
        "to 3.4, 3.5-7.4, from 7.5 cm, by the patients' words. Boonstra AM, et al. "
        "Pain 2014;155:2545-2550. doi:10.1016/j.pain.2014.09.014",
        note=f"chronic musculoskeletal pain; {_ONLY_ZERO}",
    ),
    _rule(
        "boonstra2014-function",
        (0, 3.5, 6.5),
        "to 3.4, 3.5-6.4, from 6.5 cm, by interference with function. Boonstra AM, et "
        "al. Pain 2014;155:2545-2550. doi:10.1016/j.pain.2014.09.014",
        note=f"chronic musculoskeletal pain; {_ONLY_ZERO}",
    ),
    _rule(
        "boonstra2016",
        (0, 6, 8),
        "to 5, 6-7, from 8 on the numeric rating scale. Boonstra AM, et al. Front "
        "Psychol 2016;7:1466. doi:10.3389/fpsyg.2016.01466",
        note=f"chronic musculoskeletal pain; {_ONLY_ZERO}",
    ),
    _rule(
        "woo2015",
        (0, 5, 7),
        "1-4, 5-6, 7-10 on the numeric rating scale, the cut points most often found. "
        "Woo A, et al. Ann Palliat Med 2015;4:176-183. PMID 26541396.",
        note="review of 27 studies, with and without cancer",
    ),
)

PAIN_RULES: Final[Mapping[str, Cutpoints[PainSeverity]]] = MappingProxyType(
    {rule.name: rule for rule in _RULES}
)


@overload
def pain_severity(vas: None, *, rule: str = ...) -> None: ...
@overload
def pain_severity(vas: int, *, rule: str = ...) -> PainSeverity: ...
@overload
def pain_severity(vas: Number | None, *, rule: str = ...) -> PainSeverity | None: ...
@overload
def pain_severity(vas: Column, *, rule: str = ...) -> Grades: ...
def pain_severity(
    vas: Number | Column | None, *, rule: str = "li2023"
) -> PainSeverity | Grades | None:
    """Grade the severity of pain by a named rule.

    Is the pain mild, moderate or severe?

    Parameters
    ----------
    vas : number, None, or sequence of them
        Visual analog or numeric rating scale from 0 (no pain) to 10 (worst pain).
        Units: cm or points; values between whole numbers are taken. None or NaN where
        it was not asked.
    rule : str, default "li2023"
        One of `PAIN_RULES`: ``"li2023"``, ``"jensen2003"``, ``"collins1997"``,
        ``"boonstra2014-words"``, ``"boonstra2014-function"``, ``"boonstra2016"``,
        ``"woo2015"``.

    Returns
    -------
    PainSeverity, None, or masked array of int64
        The severity; None if missing; for a sequence 0 (none) to 3 (severe), masked
        where missing.

    Raises
    ------
    InputError
        If a score is outside 0 to 10, or no number, or the rule is not known.

    See Also
    --------
    is_responder : Whether pain has fallen enough.

    Notes
    -----
    The rules disagree: 6.5 is moderate by the words and severe by the function of the
    same patients [1]_.
    Name the rule with every count, and choose it before looking at the data.

    Published classes leave gaps between what their scale can show, such as 1-3 and
    4-6 points.
    A value in a gap stays in the lower class until the next printed class begins, so
    3.5 is mild under ``"li2023"`` and 3.45 cm under ``"boonstra2014-words"``.
    On values that the scale of the reference can show, nothing is decided here.
    Under ``"li2023"`` and the other rules whose pain begins at 0, any score above 0 is
    at least mild.

    References
    ----------
    .. [1] Boonstra AM, et al. Cut-off points for mild, moderate, and severe pain on
       the visual analogue scale for pain in patients with chronic musculoskeletal
       pain. Pain 2014;155:2545-2550. doi:10.1016/j.pain.2014.09.014

    The reference of each rule stands in `PAIN_RULES`.

    Examples
    --------
    >>> from iph.scales import PAIN_RULES, pain_severity
    >>> pain_severity(6.5, rule="boonstra2014-words")
    <PainSeverity.MODERATE: 2>
    >>> pain_severity(6.5, rule="boonstra2014-function")
    <PainSeverity.SEVERE: 3>
    >>> pain_severity([7, 4, None, 0]).tolist()
    [3, 2, None, 0]
    >>> PAIN_RULES["jensen2003"].edges
    (0.5, 4.5, 7.5)
    """
    return PAIN_RULES[one_of(rule, "rule", tuple(PAIN_RULES))].grade(vas, name="vas")
