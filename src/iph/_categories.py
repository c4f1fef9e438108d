"""The categories that clinical fields choose from.

Their values are the codes that tables hold. Every open list has "other" (recorded, but
not in the list) and "unknown" (asked, and not known); "not recorded" is None.
"""

import enum
from typing import Self


class Category(enum.Enum):
    """A code with a label for print."""

    @property
    def label(self) -> str:
        """The category in words."""
        return str(self.value).replace("_", " ")


class Sex(Category):
    """Sex, as recorded."""

    FEMALE = "female"
    MALE = "male"
    UNKNOWN = "unknown"


class Side(Category):
    """The side of a hematoma, a deficit or a limb."""

    LEFT = "left"
    RIGHT = "right"
    BILATERAL = "bilateral"
    UNKNOWN = "unknown"


class Etiology(Category):
    """What made the muscle bleed."""

    ANTICOAGULANT = "anticoagulant"
    ANTIPLATELET = "antiplatelet"
    HEMOPHILIA = "hemophilia"
    RODENTICIDE = "rodenticide"
    OTHER_COAGULOPATHY = "other_coagulopathy"
    TRAUMA = "trauma"
    IATROGENIC = "iatrogenic"
    SPONTANEOUS = "spontaneous"
    OTHER = "other"
    UNKNOWN = "unknown"


class Agent(Category):
    """An antithrombotic agent, by generic name."""

    WARFARIN = "warfarin"
    ACENOCOUMAROL = "acenocoumarol"
    PHENPROCOUMON = "phenprocoumon"
    HEPARIN = "heparin"
    LOW_MOLECULAR_WEIGHT_HEPARIN = "low_molecular_weight_heparin"
    FONDAPARINUX = "fondaparinux"
    RIVAROXABAN = "rivaroxaban"
    APIXABAN = "apixaban"
    EDOXABAN = "edoxaban"
    DABIGATRAN = "dabigatran"
    ARGATROBAN = "argatroban"
    ASPIRIN = "aspirin"
    CLOPIDOGREL = "clopidogrel"
    PRASUGREL = "prasugrel"
    TICAGRELOR = "ticagrelor"
    THROMBOLYTIC = "thrombolytic"
    OTHER = "other"
    UNKNOWN = "unknown"

    @property
    def is_anticoagulant(self) -> bool | None:
        """Whether it keeps blood from clotting; None if not known.

        An antiplatelet does not, and a thrombolytic dissolves what has clotted.
        """
        if self in {Agent.OTHER, Agent.UNKNOWN}:
            return None
        return self not in {
            Agent.ASPIRIN,
            Agent.CLOPIDOGREL,
            Agent.PRASUGREL,
            Agent.TICAGRELOR,
            Agent.THROMBOLYTIC,
        }


class Comorbidity(Category):
    """A disease beside the hematoma."""

    HEMOPHILIA = "hemophilia"
    STENT_OR_VALVE = "stent_or_valve"
    CORONARY_DISEASE = "coronary_disease"
    OTHER = "other"
    UNKNOWN = "unknown"


class PainSite(Category):
    """Where it hurts."""

    ABDOMEN = "abdomen"
    LUMBAR = "lumbar"
    HIP = "hip"
    GROIN = "groin"
    THIGH = "thigh"
    OTHER = "other"
    UNKNOWN = "unknown"


class Treatment(Category):
    """What was done; "conservative" is derived from it, never entered.

    ``medical_unspecified`` says that no procedure was done, and not which drugs.
    """

    CLOTTING_FACTOR = "clotting_factor"
    FRESH_FROZEN_PLASMA = "fresh_frozen_plasma"
    VITAMIN_K1 = "vitamin_k1"
    ANTICOAGULANT_ADJUSTED = "anticoagulant_adjusted"
    ANTICOAGULANT_STOPPED = "anticoagulant_stopped"
    RED_CELLS = "red_cells"
    HEMOSTATIC_DRUG = "hemostatic_drug"
    ANALGESIC = "analgesic"
    PERCUTANEOUS_DRAINAGE = "percutaneous_drainage"
    EMBOLIZATION = "embolization"
    SURGICAL_EVACUATION = "surgical_evacuation"
    REHABILITATION = "rehabilitation"
    MEDICAL_UNSPECIFIED = "medical_unspecified"
    OTHER = "other"
    UNKNOWN = "unknown"

    @property
    def label(self) -> str:
        """The treatment in words."""
        if self is Treatment.VITAMIN_K1:
            return "vitamin K1"
        if self is Treatment.MEDICAL_UNSPECIFIED:
            return "unspecified medical treatment"
        return super().label

    @property
    def is_invasive(self) -> bool | None:
        """Whether it enters the body beyond a vein; None if not known."""
        if self in {Treatment.OTHER, Treatment.UNKNOWN}:
            return None
        return self in {
            Treatment.PERCUTANEOUS_DRAINAGE,
            Treatment.EMBOLIZATION,
            Treatment.SURGICAL_EVACUATION,
        }


class ImagingFinding(Category):
    """Whether an examination shows the hematoma."""

    YES = "yes"
    NO = "no"
    NOT_DONE = "not_done"
    UNKNOWN = "unknown"


class HematomaZone(Category):
    """The zones of the iliopsoas of Li 2023, from cranial to caudal.

    Upper: within the psoas major at the level of the iliac crest. Mid: iliopsoas over
    the iliac bone. Lower: iliopsoas at the level of the ischium.
    """

    UPPER = "upper"
    MID = "mid"
    LOWER = "lower"


class Muscle(Category):
    """The compartment that holds the blood."""

    PSOAS = "psoas"
    ILIACUS = "iliacus"
    ILIOPSOAS = "iliopsoas"
    RETROPERITONEAL = "retroperitoneal"
    OTHER = "other"
    UNKNOWN = "unknown"


class AssociatedLesion(Category):
    """A lesion of the iliopsoas beside the hematoma."""

    CYST = "cyst"
    INFECTION = "infection"
    TUMOR = "tumor"
    OTHER = "other"
    UNKNOWN = "unknown"


class Nerve(Category):
    """A branch of the lumbar plexus, from cranial to caudal."""

    ILIOHYPOGASTRIC = "iliohypogastric"
    ILIOINGUINAL = "ilioinguinal"
    GENITOFEMORAL = "genitofemoral"
    LATERAL_FEMORAL_CUTANEOUS = "lateral_femoral_cutaneous"
    FEMORAL = "femoral"
    OBTURATOR = "obturator"


class Involvement(Category):
    """Whether a nerve is affected."""

    INVOLVED = "involved"
    SPARED = "spared"
    UNKNOWN = "unknown"


class StrengthModifier(Category):
    """The plus or minus of a strength reading, kept apart from its grade."""

    MINUS = "-"
    PLUS = "+"


class Outcome(Category):
    """Recovery in words, as the treating team stated it; no grade."""

    COMPLETE = "complete"
    NEAR_COMPLETE = "near_complete"
    PARTIAL = "partial"
    NONE = "none"
    IMPROVED = "improved"
    UNKNOWN = "unknown"

    @property
    def is_complete(self) -> bool | None:
        """Whether recovery was stated to be complete; None if not said."""
        if self in {Outcome.IMPROVED, Outcome.UNKNOWN}:
            return None
        return self is Outcome.COMPLETE


class ScheduledVisit(Category):
    """A visit of a schedule: the members of a subclass are the schedule, in order.

    Two visits are equal if their codes are: the visit at one month is the same visit in
    a schedule and in one that goes on for longer.

    Parameters
    ----------
    code : str
        The code that tables hold.
    nominal_day : int or None
        The scheduled day since day zero; None for a visit on no fixed day, such as
        discharge. The visit of day zero is the baseline.
    words : str
        The visit in print; from the code if empty.
    window : tuple of int, or None
        The first and the last day that count as this visit; None if none is stated.

    Examples
    --------
    >>> from iph import ScheduledVisit, Visit
    >>> class OurVisit(ScheduledVisit):
    ...     BASELINE = "baseline", 0
    ...     MONTH_1 = "month_1", 30
    ...     MONTH_9 = "month_9", 274, "nine months", (245, 305)
    >>> OurVisit.MONTH_1 == Visit.MONTH_1
    True
    >>> OurVisit.MONTH_9.label, OurVisit.MONTH_9.is_baseline
    ('nine months', False)
    """

    place: int
    nominal_day: int | None
    window: tuple[int, int] | None
    is_baseline: bool
    _words: str

    def __new__(
        cls,
        code: str,
        nominal_day: int | None = None,
        words: str = "",
        window: tuple[int, int] | None = None,
    ) -> Self:
        """Keep what is known of the visit beside its code."""
        visit = object.__new__(cls)
        visit._value_ = code
        visit.place = len(cls.__members__)
        visit.nominal_day = nominal_day
        visit.window = window
        visit.is_baseline = nominal_day == 0
        visit._words = words
        return visit

    def __eq__(self, other: object) -> bool:
        if self is other:
            return True
        return isinstance(other, ScheduledVisit) and self._value_ == other._value_

    def __hash__(self) -> int:
        return hash(self._value_)

    @property
    def label(self) -> str:
        """The visit in words."""
        return self._words or super().label


class Visit(ScheduledVisit):
    """A scheduled visit after the start of treatment.

    A month is 30.4 days, a year 365, rounded to whole days.
    """

    BASELINE = "baseline", 0
    DISCHARGE = "discharge"
    WEEK_1 = "week_1", 7
    MONTH_1 = "month_1", 30
    MONTH_3 = "month_3", 91
    MONTH_6 = "month_6", 182
    YEAR_1 = "year_1", 365
