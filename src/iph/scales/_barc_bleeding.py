"""Type of a bleed by the Bleeding Academic Research Consortium."""

from typing import Final

from iph._bound import Bound
from iph.scales._bleeding_findings import BleedingFindings, criteria
from iph.scales._bleeding_rules import BleedingRule
from iph.scales._grade import Grade
from iph.scales._measure import Number

__all__ = ["BARC_BLEEDING", "BARCType", "barc_bleeding"]


class BARCType(Grade):
    """Type of a bleed by the Bleeding Academic Research Consortium: 0 to 5b.

    The integers are codes in the order of the numerals.
    Type 4, bleeding around bypass surgery, stands apart and is not worse than type 3c.

    Attributes
    ----------
    numeral : str
        ``"0"`` to ``"5b"``.
    label : str
        The type in a few words.
    meaning : str
        What puts a bleed into it.

    See Also
    --------
    barc_bleeding : Find it from what is known of the bleed.
    """

    TYPE_0 = (0, "0", "no bleeding", "no bleeding")
    TYPE_1 = (1, "1", "not actionable", "bleeding that calls for no action")
    TYPE_2 = (
        2,
        "2",
        "actionable",
        "overt bleeding that called for medical care, a hospital stay or an evaluation",
    )
    TYPE_3A = (
        3,
        "3a",
        "overt, hemoglobin -30 g/L",
        "a fall of hemoglobin from 30 to below 50 g/L, or any transfusion",
    )
    TYPE_3B = (
        4,
        "3b",
        "overt, hemoglobin -50 g/L",
        (
            "a fall of hemoglobin of 50 g/L or more, tamponade, surgery for control, "
            "or intravenous vasoactive drugs"
        ),
    )
    TYPE_3C = (
        5,
        "3c",
        "intracranial or intraocular",
        "bleeding within the skull or spine, or into the eye with loss of vision",
    )
    TYPE_4 = (6, "4", "bypass surgery", "bleeding around coronary bypass surgery")
    TYPE_5A = (7, "5a", "probably fatal", "fatal by suspicion, not confirmed")
    TYPE_5B = (8, "5b", "definitely fatal", "fatal: overt, or confirmed")


BARC_BLEEDING: Final = BleedingRule(
    name="barc2011",
    reference=(
        "Mehran R, et al. Standardized bleeding definitions for cardiovascular "
        "clinical trials. Circulation 2011;123:2736-2747. "
        "doi:10.1161/CIRCULATIONAHA.110.009449"
    ),
    levels=tuple(BARCType)[1:],
    criteria=(
        *criteria(
            BARCType.TYPE_5B,
            ("fatal_definite", "fatal; overt, or confirmed by autopsy or imaging"),
        ),
        *criteria(
            BARCType.TYPE_5A,
            ("fatal_probable", "fatal by clinical suspicion, not confirmed"),
        ),
        *criteria(
            BARCType.TYPE_4,
            ("bypass_surgery", "one of the criteria of bleeding around bypass surgery"),
        ),
        *criteria(
            BARCType.TYPE_3C,
            ("intracranial", "intracranial or intraspinal, beyond microbleeds"),
            ("intraocular", "intraocular, compromising vision"),
        ),
        *criteria(
            BARCType.TYPE_3B,
            ("hemoglobin_fall_g_l", "fall of hemoglobin of 50 g/L or more", 50),
            ("tamponade", "cardiac tamponade"),
            ("surgery_for_control", "surgery for control of the bleeding"),
            ("vasoactive_drugs", "intravenous vasoactive drugs"),
        ),
        *criteria(
            BARCType.TYPE_3A,
            ("hemoglobin_fall_g_l", "fall of hemoglobin of 30 g/L or more", 30),
            ("transfused_units", "any transfusion", 1),
        ),
        *criteria(
            BARCType.TYPE_2,
            ("medical_intervention", "nonsurgical care by a professional"),
            ("hospitalized", "hospital stay, or a higher level of care"),
            ("evaluated", "evaluation prompted by the bleeding"),
        ),
    ),
    note=(
        "of several types the last in the order of the numerals; type 0 is no bleed "
        "and is never the answer"
    ),
)


def barc_bleeding(
    *,
    fatal_definite: bool | None = None,
    fatal_probable: bool | None = None,
    bypass_surgery: bool | None = None,
    intracranial: bool | None = None,
    intraocular: bool | None = None,
    hemoglobin_fall_g_l: Number | Bound | None = None,
    tamponade: bool | None = None,
    surgery_for_control: bool | None = None,
    vasoactive_drugs: bool | None = None,
    transfused_units: Number | Bound | None = None,
    medical_intervention: bool | None = None,
    hospitalized: bool | None = None,
    evaluated: bool | None = None,
) -> BleedingFindings[BARCType]:
    """Grade a bleed by the Bleeding Academic Research Consortium: type 1 to 5b.

    Which type is this bleed in a trial of antiplatelet or anticoagulant drugs?

    Parameters
    ----------
    fatal_definite, fatal_probable : bool or None
        Whether the bleed was fatal and overt or confirmed by autopsy or imaging;
        whether it was fatal by clinical suspicion alone.
    bypass_surgery : bool or None
        Whether it meets one of the criteria of bleeding around coronary bypass surgery:
        intracranial within 48 hours, reoperation for control, five or more units within
        48 hours, or two liters or more from the chest tube within 24 hours.
    intracranial, intraocular : bool or None
        Whether it lies within the skull or spine (microbleeds and hemorrhagic
        transformation do not count), or in the eye and compromises vision.
    hemoglobin_fall_g_l : number, Bound or None
        Fall of hemoglobin due to the bleed. Units: g/L, from 0 to 250.
    tamponade, surgery_for_control, vasoactive_drugs : bool or None
        Whether there was cardiac tamponade, surgery for control (other than dental,
        nasal, of the skin or of hemorrhoids), or intravenous vasoactive drugs.
    transfused_units : int, Bound or None
        Units of red cells or whole blood given for the bleed, from 0 to 200.
    medical_intervention, hospitalized, evaluated : bool or None
        Whether it called for nonsurgical care by a professional, a hospital stay or a
        higher level of care, or an evaluation.

    Returns
    -------
    BleedingFindings
        `grade` (a `BARCType`; None where what is not known leaves it open),
        `at_least`, `at_most`, `reasons`, `unknown`, `method`, `n` and `n_missing`.

    Raises
    ------
    InputError
        If a yes/no is neither, or an amount is out of range.

    See Also
    --------
    isth_bleeding : The classes of trials of anticoagulants.

    Notes
    -----
    The definition [1]_ gives hemoglobin in g/dL: 3 to below 5 is 30 to below 50 g/L.
    The fall is taken as it is given: whoever corrects it for transfused units does so
    before.
    A finding that is not known is not a no, so a type is given only if all that could
    make it a higher one is known to be absent.

    References
    ----------
    .. [1] Mehran R, Rao SV, Bhatt DL, et al. Standardized bleeding definitions for
       cardiovascular clinical trials: a consensus report from the Bleeding Academic
       Research Consortium. Circulation 2011;123:2736-2747.
       doi:10.1161/CIRCULATIONAHA.110.009449

    Examples
    --------
    >>> from iph.scales import BARC_BLEEDING, barc_bleeding
    >>> found = barc_bleeding(hemoglobin_fall_g_l=34, hospitalized=True)
    >>> found.grade is None, found.at_least.numeral, found.at_most.numeral
    (True, '3a', '5b')
    >>> absent = dict.fromkeys(BARC_BLEEDING.inputs, False)
    >>> known = {"hemoglobin_fall_g_l": 34, "transfused_units": 2}
    >>> BARC_BLEEDING.findings({**absent, **known}).grade
    <BARCType.TYPE_3A: 3>
    """
    return BARC_BLEEDING.findings(
        {
            "fatal_definite": fatal_definite,
            "fatal_probable": fatal_probable,
            "bypass_surgery": bypass_surgery,
            "intracranial": intracranial,
            "intraocular": intraocular,
            "hemoglobin_fall_g_l": hemoglobin_fall_g_l,
            "tamponade": tamponade,
            "surgery_for_control": surgery_for_control,
            "vasoactive_drugs": vasoactive_drugs,
            "transfused_units": transfused_units,
            "medical_intervention": medical_intervention,
            "hospitalized": hospitalized,
            "evaluated": evaluated,
        }
    )
