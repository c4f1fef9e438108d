"""Severity of a bleed by the International Society on Thrombosis and Haemostasis."""

from typing import Final

from iph._bound import Bound
from iph.scales._bleeding_findings import BleedingFindings, criteria
from iph.scales._bleeding_rules import BleedingRule
from iph.scales._grade import Grade
from iph.scales._measure import Number

__all__ = ["ISTH_BLEEDING", "ISTHBleeding", "isth_bleeding"]


class ISTHBleeding(Grade):
    """Severity of a bleed by the ISTH: minor, clinically relevant, major.

    Attributes
    ----------
    numeral : str
        ``"0"`` to ``"2"``.
    label : str
        The class in a few words.
    meaning : str
        What puts a bleed into it.

    See Also
    --------
    isth_bleeding : Find it from what is known of the bleed.
    """

    MINOR = (0, "0", "minor", "neither major nor clinically relevant")
    CLINICALLY_RELEVANT_NON_MAJOR = (
        1,
        "1",
        "clinically relevant non-major",
        "not major, and it brought about an intervention, a hospital stay or a visit",
    )
    MAJOR = (
        2,
        "2",
        "major",
        (
            "fatal, at a critical site, a fall of hemoglobin of 20 g/L or more, or two "
            "or more units transfused"
        ),
    )


ISTH_BLEEDING: Final = BleedingRule(
    name="isth2005",
    reference=(
        "Major: Schulman S, Kearon C. J Thromb Haemost 2005;3:692-694. "
        "doi:10.1111/j.1538-7836.2005.01204.x. Clinically relevant non-major: Kaatz S, "
        "et al. J Thromb Haemost 2015;13:2119-2126. doi:10.1111/jth.13140"
    ),
    levels=tuple(ISTHBleeding),
    criteria=(
        *criteria(
            ISTHBleeding.MAJOR,
            ("fatal", "fatal bleeding"),
            (
                "critical_site",
                (
                    "symptomatic bleeding in a critical area or organ: intracranial, "
                    "intraspinal, intraocular, retroperitoneal, intra-articular, "
                    "pericardial, or intramuscular with compartment syndrome"
                ),
            ),
            ("hemoglobin_fall_g_l", "fall of hemoglobin of 20 g/L or more", 20),
            ("transfused_units", "two or more units of red cells or whole blood", 2),
        ),
        *criteria(
            ISTHBleeding.CLINICALLY_RELEVANT_NON_MAJOR,
            ("medical_intervention", "intervention by a health care professional"),
            ("hospitalized", "hospital stay, or a higher level of care"),
            ("evaluated", "evaluation face to face"),
        ),
    ),
    note=(
        "patients without surgery; the definition of 2005, whose fall of hemoglobin "
        "has no time limit"
    ),
)


def isth_bleeding(
    *,
    fatal: bool | None = None,
    critical_site: bool | None = None,
    hemoglobin_fall_g_l: Number | Bound | None = None,
    transfused_units: Number | Bound | None = None,
    medical_intervention: bool | None = None,
    hospitalized: bool | None = None,
    evaluated: bool | None = None,
) -> BleedingFindings[ISTHBleeding]:
    """Grade a bleed by the ISTH: major, clinically relevant non-major, or minor.

    Was this a major bleed, and by which criterion?

    Parameters
    ----------
    fatal : bool or None
        Whether the bleed was fatal.
    critical_site : bool or None
        Whether it was a symptomatic bleed in a critical area or organ: intracranial,
        intraspinal, intraocular, retroperitoneal, intra-articular, pericardial, or
        intramuscular with compartment syndrome.
    hemoglobin_fall_g_l : number, Bound or None
        Fall of hemoglobin due to the bleed. Units: g/L, from 0 to 250.
    transfused_units : int, Bound or None
        Units of red cells or whole blood given for the bleed, from 0 to 200.
    medical_intervention, hospitalized, evaluated : bool or None
        Whether the bleed brought about an intervention by a health care professional, a
        hospital stay or a higher level of care, or an evaluation face to face.

    Returns
    -------
    BleedingFindings
        `grade` (an `ISTHBleeding`; None where what is not known leaves it open),
        `at_least`, `at_most`, `reasons`, `unknown`, `method`, `n` and `n_missing`.

    Raises
    ------
    InputError
        If a yes/no is neither, or an amount is out of range.

    See Also
    --------
    barc_bleeding : The types of trials of antiplatelet drugs.
    recorded_bleeding : What the record of a patient says of these findings.

    Notes
    -----
    One criterion of a class is enough [1]_, [2]_.
    A finding that is not known is not a no: if only the hospital stay is known, the
    bleed is at least clinically relevant and may be major, so its grade is None.

    A retroperitoneal hematoma is at a critical site by definition, and one within the
    iliopsoas muscle if it causes a compartment syndrome.
    Whether a palsy of the femoral nerve is one is for the authors to decide and state.

    A later definition of major bleeding, which adds interventions and reversal of
    anticoagulation, could not be read and is not offered.

    References
    ----------
    .. [1] Schulman S, Kearon C. Definition of major bleeding in clinical investigations
       of antihemostatic medicinal products in non-surgical patients. J Thromb Haemost
       2005;3:692-694. doi:10.1111/j.1538-7836.2005.01204.x
    .. [2] Kaatz S, Ahmad D, Spyropoulos AC, Schulman S. Definition of clinically
       relevant non-major bleeding in studies of anticoagulants in atrial fibrillation
       and venous thromboembolic disease in non-surgical patients. J Thromb Haemost
       2015;13:2119-2126. doi:10.1111/jth.13140

    Examples
    --------
    >>> from iph.scales import ISTHBleeding, isth_bleeding
    >>> found = isth_bleeding(hemoglobin_fall_g_l=34, transfused_units=1)
    >>> found.grade, [one.finding for one in found.reasons]
    (<ISTHBleeding.MAJOR: 2>, ['hemoglobin_fall_g_l'])

    One unit, and no hemoglobin before the bleed to compare with:

    >>> found = isth_bleeding(
    ...     fatal=False, critical_site=False, transfused_units=1, hospitalized=True
    ... )
    >>> found.grade is None, found.reaches(ISTHBleeding.MAJOR) is None
    (True, True)
    >>> found.at_least.label
    'clinically relevant non-major'
    >>> [one.finding for one in found.unknown]
    ['hemoglobin_fall_g_l', 'medical_intervention', 'evaluated']
    """
    return ISTH_BLEEDING.findings(
        {
            "fatal": fatal,
            "critical_site": critical_site,
            "hemoglobin_fall_g_l": hemoglobin_fall_g_l,
            "transfused_units": transfused_units,
            "medical_intervention": medical_intervention,
            "hospitalized": hospitalized,
            "evaluated": evaluated,
        }
    )
