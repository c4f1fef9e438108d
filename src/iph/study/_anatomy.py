"""Where the hematoma lies, which nerves it reaches, and how its size goes with both."""

from collections import Counter
from typing import Any, Final

import attrs
import numpy as np

from iph._categories import HematomaZone, Involvement, Nerve
from iph._display import Displayed
from iph._model import Patient
from iph.scales._volume import ellipsoid_volume_ml
from iph.stats._association.rank_correlation import RankCorrelation
from iph.stats._association.spearman import spearman
from iph.stats._inference.result import Estimate
from iph.stats._tables.proportion import proportion
from iph.study._columns import Coded, Columns, crossed
from iph.study._parts import MissingField, Unavailable
from iph.study._study_counts import Path, StudyCounts, Table, column

DIAMETERS: Final = ("diameter_a_cm", "diameter_b_cm", "diameter_c_cm")
"""The fields of the three diameters."""

_LEAST_PAIRS = 3  # below that a rank correlation says nothing


@attrs.frozen(kw_only=True)
class Count(Displayed):
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
class Zones(Displayed):
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


def _count(label: str, count: int, n: int, n_missing: int) -> Count:
    share = proportion(count, n, n_missing=n_missing, method="clopper-pearson")
    return Count(label=label, count=count, share=share, n=n, n_missing=n_missing)


def count_zones(columns: Columns) -> dict[Path, Table]:
    """Count the zones that the hematomas reach, and the nerves involved in each."""
    zones = _zones(columns)
    found: dict[Path, Table] = {("zones",): crossed([zones])}
    for zone in HematomaZone:
        has = [v is not None and zone.value in v for v in zones.values]
        here = np.array([*has, False], dtype=bool)[zones.codes]
        for nerve in Nerve:
            path = ("zone and nerve", zone.value, nerve.value)
            found[path] = crossed([_involvement(columns, nerve)], here)
    return found


def _zones(columns: Columns) -> Coded:
    return columns.of_patients("zones").mapped(
        lambda zones: None if zones is None else frozenset(z.value for z in zones)
    )


def _involvement(columns: Columns, nerve: Nerve) -> Coded:
    """Return whether a nerve is involved; None if that is not known."""
    return columns.of_patients(nerve.value).mapped(is_involved)


def is_involved(state: Involvement | None) -> bool | None:
    """Whether a nerve is involved; None if that is not known."""
    if state in {None, Involvement.UNKNOWN}:
        return None
    return state is Involvement.INVOLVED


def count_nerves(columns: Columns) -> dict[Path, Table]:
    """Count the states of each nerve."""
    recorded = columns.found("nerves", lambda patient: patient.nerves is not None)
    found: dict[Path, Table] = {
        ("nerves", nerve.value): crossed([_involvement(columns, nerve)])
        for nerve in Nerve
    }
    found["nerves recorded",] = crossed([recorded])
    return found


def zone_distribution(counts: StudyCounts) -> Zones | Unavailable:
    """Say which zones the hematomas reach."""
    reached = column(counts.table("zones"), 0)
    missing = MissingField(
        "zones", reached.pop(None, 0), counts.n, "zones of the hematoma"
    )
    if not reached:
        return Unavailable(
            part="Hematoma zones", reason="no zone is recorded", missing=(missing,)
        )
    n = reached.total()
    states = {
        (zone, nerve): column(
            counts.table("zone and nerve", zone.value, nerve.value), 0
        )
        for zone in HematomaZone
        for nerve in Nerve
    }
    in_study = {nerve: _states(counts, nerve) for nerve in Nerve}

    def count(label: str, number: int) -> Count:
        return _count(label, number, n, missing.n_missing)

    return Zones(
        stretches=tuple(
            count(stretch_label(stretch), reached[frozenset(z.value for z in stretch)])
            for stretch in STRETCHES
        ),
        zones=tuple(
            count(zone.value, sum(m for z, m in reached.items() if zone.value in z))
            for zone in HematomaZone
        ),
        by_nerve=tuple(
            tuple(states[zone, nerve][True] for nerve in Nerve) for zone in HematomaZone
        ),
        known_by_nerve=tuple(
            tuple(_known(states[zone, nerve], in_study[nerve]) for nerve in Nerve)
            for zone in HematomaZone
        ),
        n=n,
        n_missing=missing.n_missing,
    )


def _states(counts: StudyCounts, nerve: Nerve) -> Counter[bool | None]:
    return column(counts.table("nerves", nerve.value), 0)


def _known(states: Counter[bool | None], in_study: Counter[bool | None]) -> int:
    """Count the known states; 0 where the study recorded presence only."""
    if in_study[None] and not in_study[False]:
        return 0
    return states.total() - states[None]


def nerve_counts(counts: StudyCounts) -> tuple[Count, ...] | Unavailable:
    """Count the patients in whom each branch is involved, of those known."""
    found = []
    for nerve in Nerve:
        states = _states(counts, nerve)
        known = states[True] + states[False]
        count = _count(nerve.label, states[True], known, states[None])
        presence_only = known and not states[False] and states[None]
        found.append(attrs.evolve(count, share=None) if presence_only else count)
    if not any(count.n for count in found):
        without = column(counts.table("nerves recorded"), 0)[False]
        return Unavailable(
            part="Nerve involvement",
            reason="no branch is recorded as involved or spared",
            missing=(MissingField("nerves", without, counts.n),),
        )
    return tuple(found)


@attrs.frozen(kw_only=True)
class SizeCorrelation(Displayed):
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


def volumes_ml(columns: Columns, *, rule: str) -> Coded:
    """Return the volume of each patient."""
    return columns.found(f"volume by {rule}", lambda p: volume_ml(p, rule=rule))


def count_sizes(columns: Columns, *, volume_rule: str) -> dict[Path, Table]:
    """Count volumes with the number of zones, and with that of nerves."""
    volumes = volumes_ml(columns, rule=volume_rule)
    zones = _zones(columns).mapped(lambda z: None if z is None else len(z))
    branches = [columns.of_patients(nerve.value) for nerve in Nerve]
    recorded = columns.found("nerves", lambda patient: patient.nerves is not None)
    nerves = columns.by_case([*branches, recorded], _n_involved)
    measured = columns.of_patients("volume_ml").mapped(lambda v: v is not None)
    return {
        ("size", "zones"): crossed([volumes, zones]),
        ("size", "nerves"): crossed([volumes, nerves]),
        ("size measured",): crossed([measured]),
    }


def _n_involved(patient: Any) -> int | None:
    """Count the nerves involved, if every branch is known."""
    nerves = patient.nerves
    return len(nerves.involved) if nerves is not None and nerves.is_complete else None


def size_correlation(
    counts: StudyCounts, *, volume_rule: str
) -> SizeCorrelation | Unavailable:
    """Correlate the volume with the number of zones and of nerves."""
    tables = {name: counts.table("size", name) for name in ("zones", "nerves")}
    pairs = [
        sum(n for key, n in table.items() if None not in key)
        for table in tables.values()
    ]
    without = {name: column(table, 1)[None] for name, table in tables.items()}
    no_volume = column(tables["zones"], 0)[None]
    if min(pairs) < _LEAST_PAIRS:
        gaps = (
            ("volume_ml", no_volume, "volume or three diameters"),
            ("zones", without["zones"], "zones of the hematoma"),
            ("nerves", without["nerves"], "state of every nerve"),
        )
        return Unavailable(
            part="Size and extent",
            reason=(
                f"it needs at least {_LEAST_PAIRS} patients with a volume and zones, "
                "and with a volume and the state of every nerve"
            ),
            missing=tuple(MissingField(f, n, counts.n, told) for f, n, told in gaps),
        )
    measured = column(counts.table("size measured"), 0)[True]
    return SizeCorrelation(
        zones=_correlation(tables["zones"]),
        nerves=_correlation(tables["nerves"]),
        volume_rule=volume_rule,
        n_measured=measured,
        n_from_diameters=counts.n - no_volume - measured,
    )


def _correlation(table: Table) -> RankCorrelation:
    return spearman(
        [volume for volume, _ in table],
        [extent for _, extent in table],
        weights=list(table.values()),
    )
