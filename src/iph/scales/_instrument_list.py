"""Instruments for function, neuropathic pain and joints, as data.

What is said of licenses and languages was read on 2026-11-29; ask the owner before use.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from iph.scales._instruments import Instrument

__all__ = ["INSTRUMENTS"]

_UNREAD: Final = "terms not read: ask the owner before use"
_OXFORD: Final = (
    "Oxford University Innovation grants a license for each use; it is free for "
    "noncommercial academic studies and publicly funded care"
)

_BOUHASSIRA: Final = (
    "Bouhassira D, et al. Pain 2005;114:29-36. doi:10.1016/j.pain.2004.12.010"
)

_LIST: Final = (
    Instrument(
        name="lefs",
        title="Lower Extremity Functional Scale",
        version="20 items of 0 to 4",
        low=0.0,
        high=80.0,
        better="higher",
        reference=(
            "Binkley JM, et al. Phys Ther 1999;79:371-383. doi:10.1093/ptj/79.4.371"
        ),
        license="free of charge according to the Rehabilitation Measures Database",
        note=(
            "healthy visitors and staff of hospitals had a median of 77. Dingemans SA, "
            "et al. Acta Orthop 2017;88:422-426. doi:10.1080/17453674.2017.1309886"
        ),
    ),
    Instrument(
        name="oxford-hip-2007",
        title="Oxford Hip Score",
        version="scoring of 2007, 12 items of 0 to 4",
        low=0.0,
        high=48.0,
        better="higher",
        reference=(
            "Murray DW, et al. J Bone Joint Surg Br 2007;89:1010-1014. "
            "doi:10.1302/0301-620X.89B8.19424"
        ),
        license=_OXFORD,
        languages="English; translations from the owner",
        others=(("scoring of 1996, lower is better", 12.0, 60.0),),
        note="state which of the two scorings was used: 12 to 48 is possible in both",
    ),
    Instrument(
        name="oxford-hip-1996",
        title="Oxford Hip Score",
        version="scoring of 1996, 12 items of 1 to 5",
        low=12.0,
        high=60.0,
        better="lower",
        reference=("Dawson J, et al. J Bone Joint Surg Br 1996;78:185-190"),
        license=_OXFORD,
        languages="English; translations from the owner",
        others=(("scoring of 2007, higher is better", 0.0, 48.0),),
        note="state which of the two scorings was used: 12 to 48 is possible in both",
    ),
    Instrument(
        name="harris-hip",
        title="Harris Hip Score",
        version="1969, pain 44, function 47, deformity 4, motion 5 points",
        low=0.0,
        high=100.0,
        better="higher",
        whole=False,
        reference=(
            "Harris WH. J Bone Joint Surg Am 1969;51:737-755. "
            "doi:10.2106/00004623-196951040-00012"
        ),
        license="printed in the publication; no further terms read",
        note="filled in by the examiner; the points for motion are not whole",
    ),
    Instrument(
        name="dn4",
        title="Douleur Neuropathique 4 questions",
        version="10 items: 7 of the interview, 3 of the examination",
        low=0.0,
        high=10.0,
        better="lower",
        reference=_BOUHASSIRA,
        license=_UNREAD,
        languages="French; validated among others in Spanish, Dutch and Turkish",
        others=(("interview alone", 0.0, 7.0),),
    ),
    Instrument(
        name="dn4-interview",
        title="Douleur Neuropathique 4 questions",
        version="the 7 items of the interview",
        low=0.0,
        high=7.0,
        better="lower",
        reference=_BOUHASSIRA,
        license=_UNREAD,
        languages="French; validated among others in Dutch",
        others=(("all 10 items", 0.0, 10.0),),
    ),
    Instrument(
        name="paindetect",
        title="painDETECT",
        version="9 items: 7 of sensation, course of pain, radiation",
        low=-1.0,
        high=38.0,
        better="lower",
        reference=(
            "Freynhagen R, et al. Curr Med Res Opin 2006;22:1911-1920. "
            "doi:10.1185/030079906X132488"
        ),
        license=_UNREAD,
        languages="German; validated in other languages",
        note="made for low back pain; weak in fibromyalgia",
    ),
    Instrument(
        name="hjhs-2.1",
        title="Hemophilia Joint Health Score",
        version="2.1",
        low=0.0,
        high=126.0,
        better="lower",
        reference=(
            "St-Louis J, et al. Res Pract Thromb Haemost 2022;6:e12690. "
            "doi:10.1002/rth2.12690"
        ),
        license="registration with the International Prophylaxis Study Group",
        note=(
            "126 is the largest maximum printed in a publication that could be read "
            "(den Uijl I, et al. Blood Transfus 2014;12 Suppl 1:s330-s336. "
            "doi:10.2450/2012.0091-12), which does not name the version; the score "
            "sheet of 2.1 could not be read"
        ),
    ),
    Instrument(
        name="fish-8",
        title="Functional Independence Score in Hemophilia",
        version="eight activities of 1 to 4, with running",
        low=8.0,
        high=32.0,
        better="higher",
        reference=(
            "World Federation of Hemophilia, Compendium of Assessment Tools; Poonnoose "
            "PM, et al. Haemophilia 2007;13:620-626. "
            "doi:10.1111/j.1365-2516.2007.01508.x"
        ),
        license="published by the World Federation of Hemophilia with leave",
        languages="none needed: the patient performs",
        others=(("seven activities", 7.0, 28.0),),
    ),
    Instrument(
        name="fish-7",
        title="Functional Independence Score in Hemophilia",
        version="seven activities of 1 to 4",
        low=7.0,
        high=28.0,
        better="higher",
        reference=(
            "Tlacuilo-Parra A, et al. Pediatr Blood Cancer 2010;54:394-397. "
            "doi:10.1002/pbc.22291"
        ),
        license="published by the World Federation of Hemophilia with leave",
        languages="none needed: the patient performs",
        others=(("eight activities", 8.0, 32.0),),
    ),
)

INSTRUMENTS: Final[Mapping[str, Instrument]] = MappingProxyType(
    {one.name: one for one in _LIST}
)
