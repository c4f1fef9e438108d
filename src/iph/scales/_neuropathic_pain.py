"""Screening for neuropathic pain by DN4 and painDETECT."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, overload

from iph._checks import one_of
from iph.scales._cutpoints import Cutpoints
from iph.scales._grade import Grade
from iph.scales._measure import Column, Grades, Number

__all__ = ["NEUROPATHIC_PAIN_RULES", "NeuropathicPain", "neuropathic_pain"]


class NeuropathicPain(Grade):
    """What a screening says of a neuropathic component of pain.

    Attributes
    ----------
    numeral : str
        ``"0"`` to ``"2"``.
    label : str
        The answer in a word.
    meaning : str
        The answer in words.

    See Also
    --------
    neuropathic_pain : Grade a total.
    """

    UNLIKELY = (0, "0", "unlikely", "a neuropathic component is unlikely")
    UNCLEAR = (1, "1", "unclear", "a neuropathic component may be present")
    LIKELY = (2, "2", "likely", "a neuropathic component is likely")


_TWO: Final = (NeuropathicPain.UNLIKELY, NeuropathicPain.LIKELY)

_RULES: Final = (
    Cutpoints(
        name="dn4",
        measure="DN4",
        unit="0-10",
        reference=(
            "4 or more of 10. Bouhassira D, et al. Pain 2005;114:29-36. "
            "doi:10.1016/j.pain.2004.12.010"
        ),
        levels=_TWO,
        edges=(4,),
        low=0,
        high=10,
        whole=True,
        hint="all ten items, one point each",
        note="the same cut was best for the Spanish version",
    ),
    Cutpoints(
        name="dn4-dutch",
        measure="DN4",
        unit="0-10",
        reference=(
            "5 or more of 10. van Seventer R, et al. Pain Pract 2013;13:390-398. "
            "doi:10.1111/papr.12006"
        ),
        levels=_TWO,
        edges=(5,),
        low=0,
        high=10,
        whole=True,
        hint="all ten items, one point each",
        note="Dutch version: sensitivity 75 %, specificity 79 %",
    ),
    Cutpoints(
        name="dn4-interview-dutch",
        measure="DN4 interview",
        unit="0-7",
        reference=(
            "4 or more of 7. van Seventer R, et al. Pain Pract 2013;13:390-398. "
            "doi:10.1111/papr.12006"
        ),
        levels=_TWO,
        edges=(4,),
        low=0,
        high=7,
        whole=True,
        hint="the seven items of the interview, one point each",
        note="Dutch version: sensitivity 74 %, specificity 79 %",
    ),
    Cutpoints(
        name="paindetect",
        measure="painDETECT",
        unit="-1-38",
        reference=(
            "to 12, 13-18, from 19. Freynhagen R, et al. Curr Med Res Opin "
            "2006;22:1911-1920. doi:10.1185/030079906X132488"
        ),
        levels=tuple(NeuropathicPain),
        edges=(13, 19),
        low=-1,
        high=38,
        whole=True,
        hint="the nine items, from -1 to 38",
        note="made for low back pain",
    ),
)

NEUROPATHIC_PAIN_RULES: Final[Mapping[str, Cutpoints[NeuropathicPain]]] = (
    MappingProxyType({rule.name: rule for rule in _RULES})
)


@overload
def neuropathic_pain(total: Number | None, *, rule: str) -> NeuropathicPain | None: ...
@overload
def neuropathic_pain(total: Column, *, rule: str) -> Grades: ...
def neuropathic_pain(
    total: Number | Column | None, *, rule: str
) -> NeuropathicPain | Grades | None:
    """Screen for a neuropathic component of pain by a named rule.

    Does the pain of this thigh come from the nerve?

    Parameters
    ----------
    total : number, None, or sequence of them
        The total of the questionnaire that the rule is of, a whole number. None or NaN
        where it was not completed.
    rule : str
        One of `NEUROPATHIC_PAIN_RULES`: ``"dn4"``, ``"dn4-dutch"``,
        ``"dn4-interview-dutch"``, ``"paindetect"``. It has no default, since the
        questionnaire and its language decide.

    Returns
    -------
    NeuropathicPain, None, or masked array of int64
        The answer; None if missing; for a sequence 0 (unlikely) to 2 (likely), masked
        where missing.

    Raises
    ------
    InputError
        If the questionnaire has no such total, it is no whole number, or the rule is
        not known.

    Notes
    -----
    DN4 [1]_ scores ten items; four or more points suggest neuropathic pain.
    In its Dutch version the cut is five of ten, or four of the seven of the
    interview [2]_.
    painDETECT [3]_ calls it unlikely up to 12 and likely from 19.
    A screening is no diagnosis: numbness scores in both questionnaires, so a
    painless palsy scores too.
    The cut of the seven items of the interview in other languages could not be read in
    a publication, so it is not offered.

    References
    ----------
    .. [1] Bouhassira D, Attal N, Alchaar H, et al. Comparison of pain syndromes
       associated with nervous or somatic lesions and development of a new neuropathic
       pain diagnostic questionnaire (DN4). Pain 2005;114:29-36.
       doi:10.1016/j.pain.2004.12.010
    .. [2] van Seventer R, Vos C, Giezeman M, et al. Validation of the Dutch version of
       the DN4 diagnostic questionnaire for neuropathic pain. Pain Pract
       2013;13:390-398. doi:10.1111/papr.12006
    .. [3] Freynhagen R, Baron R, Gockel U, Tölle TR. painDETECT: a new screening
       questionnaire to identify neuropathic components in patients with back pain. Curr
       Med Res Opin 2006;22:1911-1920. doi:10.1185/030079906X132488

    Examples
    --------
    >>> from iph.scales import neuropathic_pain
    >>> neuropathic_pain(4, rule="dn4")
    <NeuropathicPain.LIKELY: 2>
    >>> neuropathic_pain(4, rule="dn4-dutch")
    <NeuropathicPain.UNLIKELY: 0>
    >>> neuropathic_pain([12, 13, 19, None], rule="paindetect").tolist()
    [0, 1, 2, None]
    """
    chosen = one_of(rule, "rule", tuple(NEUROPATHIC_PAIN_RULES))
    return NEUROPATHIC_PAIN_RULES[chosen].grade(total, name="total")
