"""Where the hematoma lies, which nerves it reaches, and how its size goes with both."""

import attrs

from iph._categories import HematomaZone, Involvement, Nerve
from iph._model import Patient
from iph.scales._volume import ellipsoid_volume_ml
from iph.stats._association.rank_correlation import RankCorrelation
from iph.stats._association.spearman import spearman
from iph.stats._inference.result import Estimate
from iph.stats._tables.proportion import proportion
from iph.study._parts import Unavailable, missing_field

_LEAST_PAIRS = 3  # below that a rank correlation says nothing


@attrs.frozen(kw_only=True)
class Count:
    """How many patients have something, out of those whose status is known.

    Attributes
    ----------
    label : str
        What they have.
    count : int
        How many.
    share : Estimate or None
        The same as a share with its exact 95 % interval; None if only presence was
        recorded: then those known are positives alone.
    n, n_missing : int
        Patients with known and with unknown status.
    """

    label: str
    count: int
    share: Estimate | None
    n: int
    n_missing: int


@attrs.frozen(kw_only=True)
class Zones:
    """The distribution of hematoma zones.

    Attributes
    ----------
    stretches : tuple of Count
        Each contiguous set of zones, from cranial to caudal; the counts add up to n.
    zones : tuple of Count
        Each zone by itself; a patient can count in several.
    by_nerve, known_by_nerve : tuple of tuple of int
        Patients with each zone (rows) in whom each nerve (columns) is involved, and in
        whom it is known to be involved or spared; 0 known for a nerve if only its
        presence was recorded.
    n, n_missing : int
        Patients with and without recorded zones.
    """

    stretches: tuple[Count, ...]
    zones: tuple[Count, ...]
    by_nerve: tuple[tuple[int, ...], ...]
    known_by_nerve: tuple[tuple[int, ...], ...]
    n: int
    n_missing: int


STRETCHES = (
    frozenset({HematomaZone.UPPER}),
    frozenset({HematomaZone.UPPER, HematomaZone.MID}),
    frozenset(HematomaZone),
    frozenset({HematomaZone.MID}),
    frozenset({HematomaZone.MID, HematomaZone.LOWER}),
    frozenset({HematomaZone.LOWER}),
)


def stretch_label(zones: frozenset[HematomaZone]) -> str:
    """Name a set of zones, such as ``upper-mid``."""
    return "-".join(zone.value for zone in HematomaZone if zone in zones)


def _zones(patient: Patient) -> frozenset[HematomaZone] | None:
    return None if patient.hematoma is None else patient.hematoma.zones


def _count(label: str, count: int, n: int, n_missing: int) -> Count:
    share = proportion(count, n, n_missing=n_missing, method="clopper-pearson")
    return Count(label=label, count=count, share=share, n=n, n_missing=n_missing)


def zone_distribution(patients: tuple[Patient, ...]) -> Zones | Unavailable:
    """Count the zones that the hematomas reach."""
    known = [(p, z) for p in patients if (z := _zones(p)) is not None]
    missing = missing_field(patients, "zones", _zones)
    if not known:
        return Unavailable(
            part="Hematoma zones", reason="no zone is recorded", missing=(missing,)
        )
    n = len(known)
    states = {
        (zone, nerve): [_involvement(p, nerve) for p, z in known if zone in z]
        for zone in HematomaZone
        for nerve in Nerve
    }

    spared = {n: {_involvement(p, n) for p in patients} for n in Nerve}

    def count(label: str, number: int) -> Count:
        return _count(label, number, n, missing.n_missing)

    return Zones(
        stretches=tuple(
            count(stretch_label(stretch), sum(z == stretch for _, z in known))
            for stretch in STRETCHES
        ),
        zones=tuple(
            count(zone.value, sum(zone in z for _, z in known)) for zone in HematomaZone
        ),
        by_nerve=tuple(
            tuple(states[zone, nerve].count(True) for nerve in Nerve)
            for zone in HematomaZone
        ),
        known_by_nerve=tuple(
            tuple(_known(states[zone, nerve], spared[nerve]) for nerve in Nerve)
            for zone in HematomaZone
        ),
        n=n,
        n_missing=missing.n_missing,
    )


def _known(states: list[bool | None], in_study: set[bool | None]) -> int:
    """Count the known states; 0 where the study recorded presence only."""
    if None in in_study and False not in in_study:
        return 0
    return len(states) - states.count(None)


def _involvement(patient: Patient, nerve: Nerve) -> bool | None:
    if patient.nerves is None:
        return None
    state = patient.nerves.of(nerve)
    if state in {None, Involvement.UNKNOWN}:
        return None
    return state is Involvement.INVOLVED


def nerve_counts(patients: tuple[Patient, ...]) -> tuple[Count, ...] | Unavailable:
    """Count the patients in whom each branch is involved, of those known."""
    found = []
    for nerve in Nerve:
        states = [_involvement(patient, nerve) for patient in patients]
        known = [state for state in states if state is not None]
        count = _count(nerve.label, sum(known), len(known), len(states) - len(known))
        presence_only = known and all(known) and len(known) < len(states)
        found.append(attrs.evolve(count, share=None) if presence_only else count)
    if not any(count.n for count in found):
        return Unavailable(
            part="Nerve involvement",
            reason="no branch is recorded as involved or spared",
            missing=(missing_field(patients, "nerves", lambda p: p.nerves),),
        )
    return tuple(found)


@attrs.frozen(kw_only=True)
class SizeCorrelation:
    """Whether larger hematomas reach more zones and more nerves.

    Attributes
    ----------
    zones, nerves : RankCorrelation
        Spearman's correlation of the volume with the number of zones, and with the
        number of nerves of those patients in whom every branch is known.
    volume_rule : str
        How the volume was found where only diameters are recorded.
    n_measured, n_from_diameters : int
        Patients whose volume was recorded, and found from diameters.
    """

    zones: RankCorrelation
    nerves: RankCorrelation
    volume_rule: str
    n_measured: int
    n_from_diameters: int


def volume_ml(patient: Patient, *, rule: str) -> float | None:
    """Return the recorded volume, or else that of three diameters."""
    if patient.hematoma is None:
        return None
    if patient.hematoma.volume_ml is not None:
        return patient.hematoma.volume_ml
    diameters = patient.hematoma.diameters_cm
    return None if diameters is None else ellipsoid_volume_ml(*diameters, rule=rule)


def size_correlation(
    patients: tuple[Patient, ...], *, volume_rule: str
) -> SizeCorrelation | Unavailable:
    """Correlate the volume with the number of zones and of nerves."""
    volumes = [volume_ml(patient, rule=volume_rule) for patient in patients]
    zones = [None if (z := _zones(p)) is None else len(z) for p in patients]
    nerves = [
        len(p.nerves.involved)
        if p.nerves is not None and p.nerves.is_complete
        else None
        for p in patients
    ]
    pairs = [
        sum(
            v is not None and c is not None for v, c in zip(volumes, other, strict=True)
        )
        for other in (zones, nerves)
    ]
    if min(pairs) < _LEAST_PAIRS:
        return Unavailable(
            part="Size and extent",
            reason=(
                f"it needs {_LEAST_PAIRS} patients with a volume and zones, and with a "
                "volume and all nerves"
            ),
            missing=(
                missing_field(
                    patients,
                    "volume_ml or three diameters",
                    lambda p: volume_ml(p, rule=volume_rule),
                ),
                missing_field(patients, "zones", _zones),
                missing_field(
                    patients,
                    "nerves (every branch)",
                    lambda p: True if p.nerves and p.nerves.is_complete else None,
                ),
            ),
        )
    recorded = sum(
        p.hematoma is not None and p.hematoma.volume_ml is not None for p in patients
    )
    return SizeCorrelation(
        zones=spearman(volumes, zones),
        nerves=spearman(volumes, nerves),
        volume_rule=volume_rule,
        n_measured=recorded,
        n_from_diameters=sum(v is not None for v in volumes) - recorded,
    )
