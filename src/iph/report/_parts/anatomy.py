"""Where the hematoma lay, and which nerves it reached."""

import math
from collections.abc import Iterable, Iterator
from functools import partial
from typing import Final

import attrs

from iph._categories import HematomaZone, Nerve
from iph.report._document import Block, Picture
from iph.report._figures.anatomy import anatomy_figure
from iph.report._figures.forest import ForestRow, forest_figure
from iph.report._figures.zones import zones_figure
from iph.report._numbers import (
    listing,
    of_patients,
    share,
    share_interval,
)
from iph.report._parts.part import Material, Part, Results, headed, of_study
from iph.report._phrases import count_text, with_interval
from iph.report._sheet import Sheet, SheetRow
from iph.stats._inference.result import Estimate
from iph.stats._tables.proportion import proportion
from iph.study._anatomy import Count, Zones
from iph.study._parts import Unavailable
from iph.study._study import Study

_HEADING = headed("Zones and nerves")
_NO_SHARE: Final = attrs.evolve(proportion(0, 0), low=math.nan, high=math.nan)


def counts_sheet(
    counts: Iterable[Count],
    *,
    name: str,
    title: str,
    head: str,
    note: str = "",
    counts_only: bool = False,
) -> Sheet:
    """Print shares of patients, with intervals for the population if there is one."""
    listed = tuple(counts)
    interval = () if counts_only else ("95 % CI",)
    method = "95 % CIs were calculated by the Clopper-Pearson method."
    return Sheet(
        name=name,
        title=title,
        header=(head, "Patients", *interval, "Not recorded"),
        rows=tuple(
            SheetRow(
                (
                    count.label,
                    count_text(count),
                    *(_interval(count) for _ in interval),
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
                    "" if counts_only else method,
                    "Reported in: nobody is recorded as not having it, so that no "
                    "share can be read."
                    if any(count.share is None for count in listed)
                    else "",
                ),
            )
        ),
    )


def _interval(count: Count) -> str:
    return "" if count.share is None else share_interval(count.share)


def zones_sheet(zones: Zones, *, counts_only: bool = False) -> Sheet:
    """Print the stretches of zones, and each zone by itself."""
    alone = (
        attrs.evolve(count, label=f"{listing(names)}{_only(names)}")
        for count in zones.stretches
        for names in [count.label.split("-")]
    )
    each = (
        attrs.evolve(count, label=f"{count.label}, with or without others")
        for count in zones.zones
    )
    return counts_sheet(
        (*alone, *each),
        name="zones",
        title="Zones of the hematoma",
        head="Zones",
        note=(
            f"Combinations, the first {len(zones.stretches)} rows, are mutually "
            "exclusive; single zones are not."
        ),
        counts_only=counts_only,
    )


def _only(names: list[str]) -> str:
    """Say that no other zone was involved, where there is another."""
    return " only" if len(names) < len(HematomaZone) else ""


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


def nerves_sheet(nerves: Iterable[Count], *, counts_only: bool = False) -> Sheet:
    """Print the branches involved."""
    return counts_sheet(
        nerves,
        name="nerves",
        title="Nerves involved",
        head="Branch",
        counts_only=counts_only,
    )


def anatomy_picture(
    zones: Zones | Unavailable, nerves: tuple[Count, ...] | Unavailable
) -> Picture:
    """Return the schematic of the iliopsoas."""
    sheet: Sheet = zone_share_sheet(zones, nerves)
    told = [f"{row.cells[0]} {row.cells[1]}" for row in sheet.rows]
    return Picture(
        name="anatomy",
        title="Iliopsoas: zones of the hematoma and branches of the lumbar plexus",
        alt=f"Drawing of the iliopsoas colored by share of patients: {listing(told)}.",
        caption=(
            "Schematic, not to scale: one side from the front, the midline on the "
            "left. Denominators are patients with known status; gray, not recorded, or "
            "recorded only where present."
        ),
        data=sheet,
        draw=partial(anatomy_figure, zones, nerves),
    )


def zones_picture(zones: Zones) -> Picture:
    """Return zone by nerve."""
    return Picture(
        name="zones_by_nerve",
        title="Zone by nerve",
        alt="Matrix of the number of patients with each zone and each nerve involved.",
        caption=(
            f"n = {zones.n} with recorded zones. Patients with the nerve involved, of "
            "those in whom it is known; a patient may be counted in several cells."
        ),
        data=zone_nerve_sheet(zones),
        draw=partial(zones_figure, zones),
    )


def nerves_picture(nerves: tuple[Count, ...]) -> Picture:
    """Return the shares of the branches with their intervals."""
    rows = [
        ForestRow(
            label=nerve.label,
            estimate=_NO_SHARE if c.share is None else c.share,
            text=count_text(c),
        )
        for nerve, c in zip(Nerve, nerves, strict=True)
    ]
    return Picture(
        name="nerves",
        title="Branches involved",
        alt="Forest plot of the share of patients in whom each branch is involved.",
        caption=(
            "Squares, share of the patients with known status; lines, Clopper-Pearson "
            "95 % CIs. Branches recorded only where involved have a count and no share."
        ),
        data=nerves_sheet(nerves),
        draw=partial(
            forest_figure,
            rows,
            label="Patients with the branch involved (%)",
            percent=True,
        ),
    )


def _zones(zones: Zones) -> str:
    parts = [
        f"the {listing(names)} {'zones' if names[1:] else 'zone'}{_only(names)} in "
        f"{of_patients(count.count, zones.n)}"
        for count in zones.stretches
        for names in [count.label.split("-")]
        if count.count
    ]
    return f"The hematoma involved {listing(parts)}."


def _shown(count: int, estimate: Estimate, study: Study) -> str:
    """Write a share; a convenience sample has no interval for any population."""
    if study.convenience:
        return of_patients(count, estimate.n)
    return with_interval(count, estimate)


def _nerves(nerves: tuple[Count, ...], study: Study) -> str:
    told, reported = [], []
    for nerve, count in zip(Nerve, nerves, strict=True):
        if not count.count:
            continue
        if count.share is None:
            reported.append(
                f"the {nerve.label} nerve in {count.count} of "
                f"{count.n + count.n_missing}"
            )
        else:
            shown = _shown(count.count, count.share, study)
            told.append(f"the {nerve.label} nerve in {shown}")
    if not told and not reported:
        return "No branch of the lumbar plexus was recorded as involved."
    text = ""
    if told:
        text = f"Nerve involvement: {listing(told)}."
    if reported:
        text += (
            f" Involvement was reported of {listing(reported)} patients; it was "
            "recorded only where present, so that no share can be read."
        )
    return text.strip()


def _nerves_summary(nerves: tuple[Count, ...]) -> str:
    told = [
        f"{nerve.label} {count_text(count)}"
        for nerve, count in zip(Nerve, nerves, strict=True)
        if count.count
    ]
    return f"Nerves involved: {', '.join(told) or 'none recorded'}"


def _drawn(material: Material) -> Results:
    """Return the study where anything of the drawing is known."""
    study = material.study
    known = isinstance(study.zones, Zones) or not isinstance(study.nerves, Unavailable)
    return (study,) if known else ()


def _all_nerves(material: Material) -> Results:
    """Return the branches as one result."""
    return (material.study.nerves,)


def _zones_blocks(zones: Zones, material: Material) -> Iterator[Block]:
    yield zones_sheet(zones, counts_only=material.study.convenience)
    yield zones_picture(zones)


def _nerves_blocks(nerves: tuple[Count, ...], material: Material) -> Iterator[Block]:
    """Print the branches; of a convenience sample without intervals."""
    only = material.study.convenience
    yield nerves_sheet(nerves, counts_only=only)
    if not only:
        yield nerves_picture(nerves)


DRAWING = Part(
    chapter="anatomy",
    heading=_HEADING,
    results=_drawn,
    blocks=lambda study, _: (anatomy_picture(study.zones, study.nerves),),
)
ZONES = Part(
    chapter="anatomy",
    heading=_HEADING,
    results=of_study("zones"),
    blocks=_zones_blocks,
    answers=lambda _found, _material: {"others": ""},
    sentences=lambda zones, _: (_zones(zones),),
)
NERVES = Part(
    chapter="anatomy",
    heading=_HEADING,
    results=_all_nerves,
    blocks=_nerves_blocks,
    answers=lambda _found, _material: {"others": ""},
    sentences=lambda nerves, material: (_nerves(nerves, material.study),),
    summary=lambda found, _: (_nerves_summary(found[0]),),
)
