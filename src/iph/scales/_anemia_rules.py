"""The rules that grade anemia, as data."""

import enum
import math
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

import attrs

from iph._display import Displayed
from iph.scales._cutpoints import Cutpoints
from iph.scales._grade import Grade

__all__ = ["ANEMIA_RULES", "AnemiaGrade", "AnemiaGroup", "AnemiaRule", "Pregnancy"]


class Pregnancy(enum.Enum):
    """Whether a patient is pregnant, and in which trimester."""

    NOT_PREGNANT = "not_pregnant"
    TRIMESTER_1 = "trimester_1"
    TRIMESTER_2 = "trimester_2"
    TRIMESTER_3 = "trimester_3"


class AnemiaGrade(Grade):
    """How severe an anemia is: none, mild, moderate, severe, very severe.

    Attributes
    ----------
    numeral : str
        ``"0"`` to ``"4"``.
    label : str
        The severity in a word or two.
    meaning : str
        The severity in words; the limits depend on the group (see `ANEMIA_RULES`).

    See Also
    --------
    anemia_grade : Grade a measured hemoglobin.
    """

    NONE = (0, "0", "none", "hemoglobin at or above the limit of the group")
    MILD = (1, "1", "mild", "mild anemia")
    MODERATE = (2, "2", "moderate", "moderate anemia")
    SEVERE = (3, "3", "severe", "severe anemia")
    VERY_SEVERE = (4, "4", "very severe", "very severe anemia, a level in China alone")


@attrs.frozen(kw_only=True)
class AnemiaGroup(Displayed):
    """The people for whom one set of cut points holds.

    Attributes
    ----------
    name : str
        Who they are.
    cutpoints : Cutpoints
        The cut points of hemoglobin. Units: g/L.
    age_from, age_below : float
        The ages. Units: years; the second is not included.
    sex : str or None
        ``"female"`` or ``"male"``; None if the group holds both.
    pregnancy : frozenset of Pregnancy
        The states that belong to the group.
    """

    name: str
    cutpoints: Cutpoints[AnemiaGrade]
    age_from: float
    age_below: float = math.inf
    sex: str | None = None
    pregnancy: frozenset[Pregnancy] = frozenset({Pregnancy.NOT_PREGNANT})


@attrs.frozen(kw_only=True)
class AnemiaRule(Displayed):
    """Limits of hemoglobin for every group of people, as one published rule.

    Attributes
    ----------
    name : str
        The name of the rule.
    reference : str
        Where it is published.
    groups : tuple of AnemiaGroup
        The groups; no person belongs to two.
    childbearing : tuple of (float, float)
        The ages, from and below, at which a woman may be pregnant if nothing is
        recorded.
    note : str
        What was decided where the reference leaves it open.
    """

    name: str
    reference: str
    groups: tuple[AnemiaGroup, ...]
    childbearing: tuple[float, float] = (15.0, 50.0)
    note: str = ""


_WHO: Final = (
    "WHO. Guideline on haemoglobin cutoffs to define anaemia in individuals and "
    "populations. Geneva: WHO; 2024; severity as in WHO/NMH/NHD/MNM/11.1, 2011"
)
_CHINA: Final = (
    "Chen J, Zeng R. In: Handbook of Clinical Diagnostics. Springer and People's "
    "Medical Publishing House; 2020. doi:10.1007/978-981-13-7677-1_6"
)
_WHO_LEVELS: Final = tuple(reversed(AnemiaGrade))[1:]
_PREGNANT_AGES: Final = (10.0, 60.0)


def _group(
    name: str,
    edges: tuple[float, ...],
    ages: tuple[float, float],
    *,
    reference: str = _WHO,
    levels: tuple[AnemiaGrade, ...] = _WHO_LEVELS,
    sex: str | None = None,
    pregnancy: tuple[Pregnancy, ...] = (Pregnancy.NOT_PREGNANT,),
) -> AnemiaGroup:
    return AnemiaGroup(
        name=name,
        cutpoints=Cutpoints(
            name=name,
            measure="hemoglobin",
            unit="g/L",
            reference=reference,
            levels=levels,
            edges=edges,
            low=20,
            high=250,
            hint="in g/L; is it in g/dL? multiply by 10",
        ),
        age_from=ages[0],
        age_below=ages[1],
        sex=sex,
        pregnancy=frozenset(pregnancy),
    )


_TO_65: Final = 66.0  # the guideline prints "15-65 years": 65 is included


def _who_groups(adults_below: float) -> tuple[AnemiaGroup, ...]:
    """Return the groups of WHO 2024, with adults up to the age given."""
    adults = (15, adults_below)
    return (
        _group("children of 6 to 23 months", (70, 95, 105), (0.5, 2)),
        _group("children of 24 to 59 months", (70, 100, 110), (2, 5)),
        _group("children of 5 to 11 years", (80, 110, 115), (5, 12)),
        _group("children of 12 to 14 years", (80, 110, 120), (12, 15)),
        _group("women", (80, 110, 120), adults, sex="female"),
        _group("men", (80, 110, 130), adults, sex="male"),
        _group(
            "first or third trimester",
            (70, 100, 110),
            _PREGNANT_AGES,
            sex="female",
            pregnancy=(Pregnancy.TRIMESTER_1, Pregnancy.TRIMESTER_3),
        ),
        _group(
            "second trimester",
            (70, 95, 105),
            _PREGNANT_AGES,
            sex="female",
            pregnancy=(Pregnancy.TRIMESTER_2,),
        ),
    )


_WHO_NOTE: Final = (
    "no limits below 6 months; no adjustment for altitude or smoking is made; where "
    "the limit is 105 g/L, mild is 95 to 104 and moderate 70 to 94"
)

WHO_2024: Final = AnemiaRule(
    name="who2024",
    reference=_WHO,
    groups=_who_groups(_TO_65),
    note=f"no limits above 65 years; {_WHO_NOTE}",
)

WHO_2024_2011: Final = AnemiaRule(
    name="who2024-2011",
    reference=_WHO,
    groups=_who_groups(math.inf),
    note=(
        "above 65 years, where the guideline of 2024 has no limits, those of 2011, "
        f"which have no upper age (the numbers are the same); {_WHO_NOTE}"
    ),
)

_CHINA_LEVELS: Final = tuple(reversed(AnemiaGrade))

CHINA: Final = AnemiaRule(
    name="china",
    reference=_CHINA,
    groups=(
        _group(
            "women",
            (30, 60, 90, 110),
            (15, math.inf),
            reference=_CHINA,
            levels=_CHINA_LEVELS,
            sex="female",
        ),
        _group(
            "men",
            (30, 60, 90, 120),
            (15, math.inf),
            reference=_CHINA,
            levels=_CHINA_LEVELS,
            sex="male",
        ),
        _group(
            "pregnant",
            (30, 60, 90, 100),
            _PREGNANT_AGES,
            reference=_CHINA,
            levels=_CHINA_LEVELS,
            sex="female",
            pregnancy=(
                Pregnancy.TRIMESTER_1,
                Pregnancy.TRIMESTER_2,
                Pregnancy.TRIMESTER_3,
            ),
        ),
    ),
    note=(
        "limits for adults, read as 15 years and above, at sea level; sources differ "
        "on whether exactly 90 g/L is mild or moderate, here it is mild"
    ),
)

ANEMIA_RULES: Final[Mapping[str, AnemiaRule]] = MappingProxyType(
    {rule.name: rule for rule in (WHO_2024_2011, WHO_2024, CHINA)}
)
