"""Recovery of a whole nerve, sensory and motor, by the Medical Research Council."""

from typing import Final

from iph.scales._codes import Codes
from iph.scales._grade import ApartGrade, Grade

__all__ = [
    "NERVE_MOTOR",
    "SENSORY_RECOVERY",
    "NerveMotorGrade",
    "SensoryRecovery",
]


class SensoryRecovery(Grade):
    """Sensory recovery of a nerve: S0 (none) to S4 (complete), after Highet.

    What does the patient feel again in the area that only this nerve supplies?

    Attributes
    ----------
    numeral : str
        ``"S0"`` to ``"S4"``, with ``"S1+"``, ``"S2+"`` and ``"S3+"`` between them.
    label : str
        The grade in a few words.
    meaning : str
        What the examiner finds.

    See Also
    --------
    NerveMotorGrade : The motor recovery of the same nerve.
    NumbnessGrade : Numbness as the patient minds it.

    Notes
    -----
    The scale was made for nerves that were cut and sutured; the ends, S0 no sensation
    and S4 normal, are those of a Cochrane review [1]_.
    The steps between them are given here in the few words that users of the scale
    share; the report of the Medical Research Council that defines them could not be
    read, so check the definition that you cite against your own.
    The integers count the eight codes as they are written and have no meaning of their
    own: print the code.
    S3 or more is often called functional sensory recovery.

    References
    ----------
    .. [1] Thomson SE, Ng NY, Riehle MO, et al. Bioengineered nerve conduits and wraps
       for peripheral nerve repair of the upper limb. Cochrane Database Syst Rev
       2022;12:CD012574. doi:10.1002/14651858.CD012574.pub2

    Examples
    --------
    >>> from iph.scales import SENSORY_RECOVERY, SensoryRecovery
    >>> SENSORY_RECOVERY.grade("S3+")
    <SensoryRecovery.S3_PLUS: 6>
    >>> SensoryRecovery.S3_PLUS > SensoryRecovery.S3
    True
    """

    S0 = (0, "S0", "none", "no sensation in the autonomous area")
    S1 = (1, "S1", "deep pain", "deep cutaneous pain")
    S1_PLUS = (2, "S1+", "superficial pain", "superficial pain")
    S2 = (3, "S2", "some pain and touch", "some superficial pain and touch")
    S2_PLUS = (4, "S2+", "with over-response", "pain and touch, with over-response")
    S3 = (5, "S3", "without over-response", "pain and touch, without over-response")
    S3_PLUS = (6, "S3+", "some two-point discrimination", "S3, and some discrimination")
    S4 = (7, "S4", "complete", "normal sensation")


class NerveMotorGrade(ApartGrade):
    """Motor recovery of a whole nerve: M0 (none) to M5 (full).

    How much of what the nerve moves does it move again?

    Attributes
    ----------
    numeral : str
        ``"M0"`` to ``"M5"``.
    label : str
        The grade in a few words.
    meaning : str
        What the examiner finds.

    See Also
    --------
    MRCGrade : Strength of one muscle.

    Notes
    -----
    The digits are those of the grades of a muscle, and their meaning is another [1]_:
    M3 of a nerve is that all important muscles contract against *resistance*, which is
    grade 4 of a muscle; grade 3 of a muscle is movement against gravity alone.
    So a grade of this scale cannot be compared with one of `MRCGrade`: it raises.

    References
    ----------
    .. [1] Medical Research Council. Aids to the examination of the peripheral nervous
       system. Memorandum no. 45. London: HMSO; 1976.

    Examples
    --------
    >>> from iph.scales import MRCGrade, NerveMotorGrade
    >>> NerveMotorGrade.M3.meaning
    'all important muscles contract against resistance'
    >>> NerveMotorGrade.M3 == MRCGrade(3)
    Traceback (most recent call last):
    iph.errors.InputError: a grade must be compared with one of NerveMotorGrade, got \
<MRCGrade.AGAINST_GRAVITY: 3>; the same digit means something else there
    """

    M0 = (0, "M0", "none", "no contraction")
    M1 = (1, "M1", "proximal", "perceptible contraction of proximal muscles")
    M2 = (
        2,
        "M2",
        "proximal and distal",
        "perceptible contraction of proximal and distal muscles",
    )
    M3 = (
        3,
        "M3",
        "against resistance",
        "all important muscles contract against resistance",
    )
    M4 = (
        4,
        "M4",
        "independent",
        "all synergistic and independent movements are possible",
    )
    M5 = (5, "M5", "full", "full recovery of all muscles")


SENSORY_RECOVERY: Final = Codes(
    name="mrc-sensory",
    measure="sensory recovery",
    reference=(
        "Medical Research Council, after Highet. Ends: Thomson SE, et al. Cochrane "
        "Database Syst Rev 2022;12:CD012574. doi:10.1002/14651858.CD012574.pub2"
    ),
    levels=tuple(SensoryRecovery),
    hint="write the letter: S3 is no grade of a muscle",
    note=(
        "the report that defines the steps between S0 and S4 could not be read; they "
        "stand in the words that users of the scale share"
    ),
)

NERVE_MOTOR: Final = Codes(
    name="mrc-nerve-motor",
    measure="nerve motor grade",
    reference=(
        "Medical Research Council, for an entire nerve: table 243-1 of the chapter "
        "Nerve injuries of the lower extremity at clinicalgate.com, read 2026-11-29"
    ),
    levels=tuple(NerveMotorGrade),
    hint="write the letter: M3 of a nerve is not grade 3 of a muscle",
)
