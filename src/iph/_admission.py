"""What is found at admission: images, the hematoma, and the nerves."""

import attrs

from iph import _fields
from iph._categories import (
    AssociatedLesion,
    HematomaZone,
    ImagingFinding,
    Involvement,
    Muscle,
    Nerve,
)
from iph.errors import RuleError


@attrs.frozen(kw_only=True, field_transformer=_fields.converting)
class Imaging:
    """Which examinations were done, and whether they show the hematoma.

    Attributes
    ----------
    ct, mri : ImagingFinding or None
        Computed tomography and magnetic resonance imaging.
    surgical_confirmation : ImagingFinding or None
        Whether the hematoma was seen at operation.
    imaging_available : bool or None
        Whether CT or MRI images can be looked at (they may be done and lost).
    """

    ct: ImagingFinding | None = attrs.field(
        default=None,
        converter=_fields.Coded[ImagingFinding],
        metadata=_fields.choice("Hematoma on CT", ImagingFinding),
    )
    mri: ImagingFinding | None = attrs.field(
        default=None,
        converter=_fields.Coded[ImagingFinding],
        metadata=_fields.choice("Hematoma on MRI", ImagingFinding),
    )
    surgical_confirmation: ImagingFinding | None = attrs.field(
        default=None,
        converter=_fields.Coded[ImagingFinding],
        metadata=_fields.choice("Hematoma seen at operation", ImagingFinding),
    )
    imaging_available: bool | None = attrs.field(
        default=None, metadata=_fields.yes_no("CT or MRI available")
    )


@attrs.frozen(kw_only=True, field_transformer=_fields.converting)
class Hematoma:
    """The hematoma: where it is and how large.

    Attributes
    ----------
    hematoma_present : bool or None
        Whether there is a hematoma at all (some patients have only the pain).
    muscle : Muscle or None
        The compartment that holds it.
    zones : frozenset of HematomaZone or None
        The zones that it reaches; one stretch without a gap.
    diameter_a_cm, diameter_b_cm, diameter_c_cm : float or None
        Three diameters at right angles. Units: cm.
    volume_ml : float or None
        The volume as measured or evacuated. Units: mL.
    resolved_day : int or None
        Day since the start of treatment on which imaging shows no hematoma.
    other_areas : bool or None
        Whether blood is found in other areas as well.
    associated_lesions : frozenset of AssociatedLesion or None
        Lesions of the iliopsoas beside the hematoma; empty if there are none.

    Raises
    ------
    FieldError
        If a value is not one that its field can hold.
    RuleError
        ``zones-contiguous``: upper and lower without mid.
        ``zones-not-empty``: a hematoma in no zone.
        ``hematoma-present``: zones or a size of a hematoma that is not there.

    Examples
    --------
    >>> from iph import Hematoma, HematomaZone
    >>> Hematoma(zones={HematomaZone.UPPER, HematomaZone.LOWER})
    Traceback (most recent call last):
    iph.errors.RuleError: zones {upper, lower} leave a gap: add mid (rule zones-contiguous)
    """  # noqa: E501 - the message is one line

    hematoma_present: bool | None = attrs.field(
        default=None, metadata=_fields.yes_no("Hematoma present")
    )
    muscle: Muscle | None = attrs.field(
        default=None,
        converter=_fields.Coded[Muscle],
        metadata=_fields.choice("Compartment", Muscle),
    )
    zones: frozenset[HematomaZone] | None = attrs.field(
        default=None,
        converter=_fields.CodedSet[HematomaZone],
        metadata=_fields.choices(
            "Hematoma zones", HematomaZone, note="one stretch without a gap"
        ),
    )
    diameter_a_cm: float | None = attrs.field(
        default=None,
        converter=_fields.number,
        metadata=_fields.quantity(
            "Largest diameter",
            unit="cm",
            ucum="cm",
            low=0.1,
            high=40,
            step="0.1",
            other_units={"mm": "0.1"},
        ),
    )
    diameter_b_cm: float | None = attrs.field(
        default=None,
        converter=_fields.number,
        metadata=_fields.quantity(
            "Second diameter",
            unit="cm",
            ucum="cm",
            low=0.1,
            high=40,
            step="0.1",
            other_units={"mm": "0.1"},
        ),
    )
    diameter_c_cm: float | None = attrs.field(
        default=None,
        converter=_fields.number,
        metadata=_fields.quantity(
            "Third diameter",
            unit="cm",
            ucum="cm",
            low=0.1,
            high=40,
            step="0.1",
            other_units={"mm": "0.1"},
        ),
    )
    volume_ml: float | None = attrs.field(
        default=None,
        converter=_fields.number,
        metadata=_fields.quantity(
            "Hematoma volume",
            unit="mL",
            ucum="mL",
            low=1,
            high=5000,
            step="0.1",
            other_units={"L": 1000},
        ),
    )
    resolved_day: int | None = attrs.field(
        default=None,
        converter=_fields.whole,
        metadata=_fields.days("Hematoma resolved on imaging"),
    )
    other_areas: bool | None = attrs.field(
        default=None, metadata=_fields.yes_no("Hematoma in other areas")
    )
    associated_lesions: frozenset[AssociatedLesion] | None = attrs.field(
        default=None,
        converter=_fields.CodedSet[AssociatedLesion],
        metadata=_fields.choices(
            "Associated lesions of the iliopsoas", AssociatedLesion
        ),
    )

    def __attrs_post_init__(self) -> None:
        if self.zones is not None:
            if not self.zones:
                raise RuleError(
                    "zones-not-empty",
                    "zones must name a zone; give None if they are not recorded",
                    ("zones",),
                )
            if self.zones == {HematomaZone.UPPER, HematomaZone.LOWER}:
                raise RuleError(
                    "zones-contiguous",
                    "zones {upper, lower} leave a gap: add mid",
                    ("zones",),
                )
        sizes = ("diameter_a_cm", "diameter_b_cm", "diameter_c_cm", "volume_ml")
        described = ("zones", *sizes)
        given = [name for name in described if getattr(self, name) is not None]
        if self.hematoma_present is False and given:
            raise RuleError(
                "hematoma-present",
                f"hematoma_present is no, but {', '.join(given)} is given",
                ("hematoma_present", *given),
            )

    @property
    def diameters_cm(self) -> tuple[float, float, float] | None:
        """The three diameters; None unless all three are recorded."""
        a, b, c = self.diameter_a_cm, self.diameter_b_cm, self.diameter_c_cm
        if a is None or b is None or c is None:
            return None
        return a, b, c


def _nerve(nerve: Nerve) -> _fields.Metadata:
    return _fields.choice(f"{nerve.label.capitalize()} nerve", Involvement)


@attrs.frozen(kw_only=True, field_transformer=_fields.converting)
class NerveInvolvement:
    """Which branches of the lumbar plexus are affected; None where not recorded.

    `femoral` also answers whether the hematoma compresses the femoral nerve.

    Attributes
    ----------
    iliohypogastric, ilioinguinal, genitofemoral : Involvement or None
        The high branches.
    lateral_femoral_cutaneous, femoral, obturator : Involvement or None
        The branches to the thigh.

    Examples
    --------
    >>> from iph import Nerve, NerveInvolvement
    >>> nerves = NerveInvolvement(femoral="involved", obturator="spared")
    >>> nerves.involved == {Nerve.FEMORAL}
    True
    """

    iliohypogastric: Involvement | None = attrs.field(
        default=None,
        converter=_fields.Coded[Involvement],
        metadata=_nerve(Nerve.ILIOHYPOGASTRIC),
    )
    ilioinguinal: Involvement | None = attrs.field(
        default=None,
        converter=_fields.Coded[Involvement],
        metadata=_nerve(Nerve.ILIOINGUINAL),
    )
    genitofemoral: Involvement | None = attrs.field(
        default=None,
        converter=_fields.Coded[Involvement],
        metadata=_nerve(Nerve.GENITOFEMORAL),
    )
    lateral_femoral_cutaneous: Involvement | None = attrs.field(
        default=None,
        converter=_fields.Coded[Involvement],
        metadata=_nerve(Nerve.LATERAL_FEMORAL_CUTANEOUS),
    )
    femoral: Involvement | None = attrs.field(
        default=None,
        converter=_fields.Coded[Involvement],
        metadata=_nerve(Nerve.FEMORAL),
    )
    obturator: Involvement | None = attrs.field(
        default=None,
        converter=_fields.Coded[Involvement],
        metadata=_nerve(Nerve.OBTURATOR),
    )

    def of(self, nerve: Nerve) -> Involvement | None:
        """Return the involvement of one nerve."""
        found: Involvement | None = getattr(self, nerve.value)
        return found

    @property
    def involved(self) -> frozenset[Nerve]:
        """The nerves known to be affected; the others may be spared or unknown."""
        return frozenset(n for n in Nerve if self.of(n) is Involvement.INVOLVED)

    @property
    def is_complete(self) -> bool:
        """Whether every branch is known to be affected or spared."""
        known = {Involvement.INVOLVED, Involvement.SPARED}
        return all(self.of(nerve) in known for nerve in Nerve)
