"""The patient: what is known of one person at admission and afterwards."""

from typing import ClassVar

import attrs

from iph import _fields
from iph._admission import Hematoma, Imaging, NerveInvolvement
from iph._bound import Bound
from iph._categories import (
    Agent,
    Comorbidity,
    Etiology,
    PainSite,
    Sex,
    Side,
    Treatment,
)
from iph._course import SeenAt
from iph._follow_up import Assessed_co, Assessment, FollowUp
from iph._laboratory import Laboratory
from iph._subject import Subject, patient_fields
from iph.errors import RuleError
from iph.scales._anemia import Pregnancy


@attrs.frozen(kw_only=True, field_transformer=_fields.converting)
class Patient(Subject[Assessed_co]):
    """One patient, by pseudonym; times are days, and nothing names a person.

    Attributes
    ----------
    patient_id : str
        A pseudonym, unique in its cohort.
    age_years : int or None
        Age at admission. Units: completed years.
    sex : Sex or None
        Sex.
    side : Side or None
        The side of the hematoma (bilateral if there is one on each side).
    deficit_side : Side or None
        The side of the neurological deficit, which need not be that of the hematoma.
    symptom_days : int or None
        Days from onset to admission.
    pain_sites : frozenset of PainSite or None
        Where it hurts.
    etiology : Etiology or None
        What made the muscle bleed.
    anticoagulant : frozenset of Agent or None
        Antithrombotic agents taken; empty if none.
    comorbidities : frozenset of Comorbidity or None
        Other diseases; empty if none.
    pregnancy : Pregnancy or None
        Whether pregnant, and in which trimester.
    records_complete : bool or None
        Whether the medical record is complete.
    laboratory, imaging, hematoma, nerves : object or None
        See these classes.
    hemoglobin_fall_g_l : float, Bound or None
        By how much hemoglobin fell through the bleed; 0 if it did not. Units: g/L.
    treatments : frozenset of Treatment or None
        What was done.
    follow_up : FollowUp
        The course; empty if nothing was seen.

    Raises
    ------
    FieldError
        If a value is not one that its field can hold.
    RuleError
        ``limb-has-deficit``: the assessed limb is the healthy one.
        ``pregnancy-needs-female``: a pregnancy of a male patient.

    Examples
    --------
    >>> from iph import Patient
    >>> patient = Patient(patient_id="P01", age_years=48, sex="male", side="right")
    >>> patient.sex
    <Sex.MALE: 'male'>
    >>> patient.assessed_limb
    <Side.RIGHT: 'right'>
    """

    _seen: ClassVar[type[SeenAt]] = Assessment

    age_years: int | None = attrs.field(
        default=None,
        converter=_fields.whole,
        metadata=_fields.quantity(
            "Age", unit="years", ucum="a", low=0, high=120, step=1
        ),
    )
    sex: Sex | None = attrs.field(
        default=None, converter=_fields.Coded[Sex], metadata=_fields.choice("Sex", Sex)
    )
    side: Side | None = attrs.field(
        default=None,
        converter=_fields.Coded[Side],
        metadata=_fields.choice("Side of the hematoma", Side),
    )
    deficit_side: Side | None = attrs.field(
        default=None,
        converter=_fields.Coded[Side],
        metadata=_fields.choice(
            "Side of the deficit", Side, note="need not be the side of the hematoma"
        ),
    )
    symptom_days: int | None = attrs.field(
        default=None,
        converter=_fields.whole,
        metadata=_fields.days("Onset to admission"),
    )
    pain_sites: frozenset[PainSite] | None = attrs.field(
        default=None,
        converter=_fields.CodedSet[PainSite],
        metadata=_fields.choices("Pain sites", PainSite),
    )
    etiology: Etiology | None = attrs.field(
        default=None,
        converter=_fields.Coded[Etiology],
        metadata=_fields.choice("Etiology", Etiology),
    )
    anticoagulant: frozenset[Agent] | None = attrs.field(
        default=None,
        converter=_fields.CodedSet[Agent],
        metadata=_fields.choices("Antithrombotic agents", Agent),
    )
    comorbidities: frozenset[Comorbidity] | None = attrs.field(
        default=None,
        converter=_fields.CodedSet[Comorbidity],
        metadata=_fields.choices("Comorbidities", Comorbidity),
    )
    pregnancy: Pregnancy | None = attrs.field(
        default=None,
        converter=_fields.Coded[Pregnancy],
        metadata=_fields.choice("Pregnancy", Pregnancy),
    )
    records_complete: bool | None = attrs.field(
        default=None, metadata=_fields.yes_no("Medical record complete")
    )
    laboratory: Laboratory | None = attrs.field(
        default=None, metadata=_fields.part("Laboratory", Laboratory)
    )
    imaging: Imaging | None = attrs.field(
        default=None, metadata=_fields.part("Imaging", Imaging)
    )
    hematoma: Hematoma | None = attrs.field(
        default=None, metadata=_fields.part("Hematoma", Hematoma)
    )
    nerves: NerveInvolvement | None = attrs.field(
        default=None, metadata=_fields.part("Nerves", NerveInvolvement)
    )
    hemoglobin_fall_g_l: float | Bound | None = attrs.field(
        default=None,
        converter=_fields.number_or_bound,
        metadata=_fields.quantity(
            "Fall of hemoglobin",
            unit="g/L",
            ucum="g/L",
            low=0,
            high=250,
            step="0.1",
            other_units={"g/dL": 10, "mmol/L": "16.114"},
            note="through the bleed; 0 if it did not fall",
            bounded=True,
        ),
    )
    treatments: frozenset[Treatment] | None = attrs.field(
        default=None,
        converter=_fields.CodedSet[Treatment],
        metadata=_fields.choices("Treatments", Treatment),
    )
    follow_up: FollowUp[Assessed_co] = attrs.field(
        factory=FollowUp, metadata=_fields.part("Follow-up", FollowUp, required=True)
    )

    def __attrs_post_init__(self) -> None:
        super().__attrs_post_init__()
        limb, deficit = self.follow_up.limb, self.deficit_side
        if limb is not None and {limb, deficit} == {Side.LEFT, Side.RIGHT}:
            raise RuleError(
                "limb-has-deficit",
                f"the {limb.value} limb is assessed, but the deficit is on the "
                f"{deficit.value if deficit else ''}",
                ("limb", "deficit_side"),
            )
        pregnant = self.pregnancy not in {None, Pregnancy.NOT_PREGNANT}
        if pregnant and self.sex is Sex.MALE:
            raise RuleError(
                "pregnancy-needs-female",
                "pregnancy is given, but sex is male",
                ("pregnancy", "sex"),
            )

    @property
    def assessed_limb(self) -> Side | None:
        """The limb that the assessments speak of, as far as it is known.

        The limb that is given; else the side of a one-sided deficit; else, if no side
        of a deficit is recorded, that of a one-sided hematoma. None means the more
        affected limb, and nobody wrote down which that is.
        """
        if self.follow_up.limb is not None:
            return self.follow_up.limb
        side = self.side if self.deficit_side is None else self.deficit_side
        return side if side in {Side.LEFT, Side.RIGHT} else None

    @property
    def treated_conservatively(self) -> bool | None:
        """Whether no invasive treatment was given; None if that is not known."""
        if self.treatments is None:
            return None
        invasive = {treatment.is_invasive for treatment in self.treatments}
        if True in invasive:
            return False
        return None if None in invasive else True


PATIENT_FIELDS = patient_fields(Patient)
