"""How large the hematoma was, and how far it reached."""

import math

from iph.report._numbers import (
    counted,
    decimal,
    estimate_interval,
    level_text,
    listing,
    p_simulated,
)
from iph.report._parts.part import Part, headed, of_study
from iph.report._phrases import method_words
from iph.report._sheet import Sheet, SheetRow
from iph.study._anatomy import SizeCorrelation


def size_sheet(size: SizeCorrelation) -> Sheet:
    """Print volume against number of zones and of nerves."""
    return Sheet(
        name="size",
        title="Volume of the hematoma and its extent",
        header=(
            "Volume and",
            f"Spearman's rho ({level_text(size.zones.confidence_level)} CI)",
            "P value",
            "Method",
            "n",
            "Left out",
        ),
        rows=tuple(
            SheetRow(
                (
                    what,
                    estimate_interval(found.estimate, found.low, found.high),
                    p_simulated(found.p_value, found.p_high),
                    method_words(found.method),
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
                f"{_volumes(size)} The interval holds under ties. Part of the "
                "correlation with the number of zones is built in, because both "
                "describe extent."
            ),
        ),
    )


def _volumes(size: SizeCorrelation) -> str:
    """Say in how many patients the volume was recorded, and computed."""
    ways = (
        (size.n_measured, "as recorded in"),
        (size.n_from_diameters, f"from three diameters ({size.volume_rule}) in"),
    )
    told = [f"{way} {counted(n, 'patient')}" for n, way in ways if n]
    return f"Volume, {listing(told)}."


def _size(size: SizeCorrelation) -> str:
    parts = []
    for what, found in (("zones", size.zones), ("nerves", size.nerves)):
        if math.isnan(found.estimate):
            parts.append(f"not defined with the number of {what} (n = {found.n})")
            continue
        interval = "CI not estimable"
        if not math.isnan(found.low):
            level = level_text(found.confidence_level)
            interval = (
                f"{level} CI, {decimal(found.low, 2)} to {decimal(found.high, 2)}"
            )
        parts.append(
            f"{decimal(found.estimate, 2)} ({interval}; n = {found.n}) with the number "
            f"of {what}"
        )
    return (
        f"Spearman's correlation of hematoma volume was {listing(parts)}; part of the "
        "former is built in, because both describe extent."
    )


_INTERVAL = (
    " The interval of rho is of the score kind, from the larger of the variance "
    "without correlation and that of Bonett and Wright."
)


def _size_methods(size: SizeCorrelation) -> str:
    return (
        "Volume was correlated with extent by Spearman's rank correlation "
        f"({method_words(size.zones.method)})"
        + (
            "; volumes not recorded were computed from three diameters "
            f"({size.volume_rule})."
            if size.n_from_diameters
            else "."
        )
        + _INTERVAL * any(math.isfinite(r.low) for r in (size.zones, size.nerves))
    )


PART = Part(
    chapter="anatomy",
    heading=headed("Zones and nerves"),
    results=of_study("size"),
    blocks=lambda size, _: (size_sheet(size),),
    sentences=lambda size, _: (_size(size),),
    methods=lambda found, _: (_size_methods(found[0]),),
)
