"""Zones, nerves and size, as they are printed."""

from collections.abc import Iterable

from iph._categories import HematomaZone, Nerve
from iph.report._document import Sheet, SheetRow
from iph.report._numbers import (
    estimate_interval,
    p_with_error,
    share,
    share_interval,
)
from iph.study._anatomy import Count, SizeCorrelation, Zones
from iph.study._parts import Unavailable


def counts_sheet(
    counts: Iterable[Count], *, name: str, title: str, head: str, note: str = ""
) -> Sheet:
    """Print shares of patients with their intervals."""
    listed = tuple(counts)
    return Sheet(
        name=name,
        title=title,
        header=(head, "Patients", "95 % CI", "Not recorded"),
        rows=tuple(
            SheetRow(
                (
                    count.label,
                    count_text(count),
                    "" if count.share is None else share_interval(count.share),
                    str(count.n_missing),
                )
            )
            for count in listed
        ),
        notes=tuple(
            filter(
                None,
                (
                    note,
                    "95 % CIs were calculated by the Clopper-Pearson method.",
                    "Reported in: nobody is recorded as not having it, so that no "
                    "share can be read."
                    if any(count.share is None for count in listed)
                    else "",
                ),
            )
        ),
    )


def count_text(count: Count) -> str:
    """Write a count with its share; without it where only presence was recorded."""
    if count.share is None:
        return f"reported in {count.count} of {count.n + count.n_missing}"
    return share(count.count, count.n)


def zones_sheet(zones: Zones) -> Sheet:
    """Print the stretches of zones, and each zone by itself."""
    return counts_sheet(
        (*zones.stretches, *zones.zones),
        name="zones",
        title="Zones of the hematoma",
        head="Zones",
        note=(
            f"Combinations, the first {len(zones.stretches)} rows, are mutually "
            "exclusive; single zones are not."
        ),
    )


def zone_nerve_sheet(zones: Zones) -> Sheet:
    """Print zone by nerve."""
    return Sheet(
        name="zones_by_nerve",
        title="Patients with a zone and with a nerve involved",
        header=("Zone", *(nerve.label for nerve in Nerve)),
        rows=tuple(
            SheetRow(
                (zone.label, *(share(c, n) for c, n in zip(row, known, strict=True)))
            )
            for zone, row, known in zip(
                HematomaZone, zones.by_nerve, zones.known_by_nerve, strict=True
            )
        ),
        notes=(
            (
                f"Counts among {zones.n} patients with recorded zones; a patient may "
                "be counted in several cells."
            ),
        ),
    )


def zone_share_sheet(
    zones: Zones | Unavailable, nerves: tuple[Count, ...] | Unavailable
) -> Sheet:
    """Print the share of each zone and of each branch, as the schematic shows them."""
    rows = []
    if isinstance(zones, Zones):
        found = zip(HematomaZone, zones.zones, strict=True)
        rows += [(f"{zone.label} zone", share(c.count, zones.n)) for zone, c in found]
    if not isinstance(nerves, Unavailable):
        branches = zip(Nerve, nerves, strict=True)
        rows += [(f"{n.label} nerve", count_text(c)) for n, c in branches]
    return Sheet(
        name="anatomy",
        title="Zones and branches",
        header=("Zone or branch", "Patients"),
        rows=tuple(SheetRow(row) for row in rows),
    )


def nerves_sheet(nerves: Iterable[Count]) -> Sheet:
    """Print the branches involved."""
    return counts_sheet(nerves, name="nerves", title="Nerves involved", head="Branch")


def size_sheet(size: SizeCorrelation) -> Sheet:
    """Print volume against number of zones and of nerves."""
    return Sheet(
        name="size",
        title="Volume of the hematoma and its extent",
        header=("Volume and", "Spearman's rho (95 % CI)", "P value", "n", "Left out"),
        rows=tuple(
            SheetRow(
                (
                    what,
                    estimate_interval(
                        found.estimate,
                        found.low,
                        found.high,
                        level=found.confidence_level,
                    ),
                    p_with_error(found.p_value, found.p_low, found.p_high)
                    + f", {found.method}",
                    str(found.n),
                    str(found.n_missing),
                )
            )
            for what, found in (
                ("number of zones", size.zones),
                ("number of nerves", size.nerves),
            )
        ),
        notes=(
            (
                f"Volume as recorded in {size.n_measured} patients, from three "
                f"diameters "
                f"({size.volume_rule}) in {size.n_from_diameters}. Interval by "
                f"{size.zones.interval}. Part of the correlation with the number of "
                "zones is built in, because both describe extent."
            ),
        ),
    )
