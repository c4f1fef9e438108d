"""The iliopsoas with its zones and the branches of the lumbar plexus, by share.

The drawing is schematic: one side seen from the front, the midline on the left, in the
order of anatomy and not to scale.
"""

from typing import TYPE_CHECKING, Any, Final

import numpy as np

from iph._categories import HematomaZone, Nerve
from iph._drawing.marks import mark
from iph._drawing.style import (
    EMPTY,
    FAINT,
    INK,
    PAPER,
    PAPER_SHADE,
    TWO_COLUMNS,
    canvas,
    house_style,
    share_color,
)
from iph._options import each, instance
from iph.errors import InputError
from iph.report._numbers import share
from iph.report._phrases import count_text
from iph.study._anatomy import Count, Zones
from iph.study._parts import Unavailable

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_Points = tuple[tuple[float, float], ...]

_POINTS_BETWEEN: Final = 12  # of a curve, from one given point to the next

# x from the midline (0) outwards, y from T12 (0) downwards; about half a vertebra each.
_PSOAS: Final[_Points] = (
    *((1.9, 0.6), (2.5, 2.0), (3.2, 4.0), (4.1, 6.5), (4.9, 9.0), (5.7, 11.5)),
    *((6.7, 13.8), (7.6, 15.6), (8.1, 17.2), (8.3, 18.6), (8.0, 19.3), (7.5, 18.8)),
    *((6.7, 16.8), (5.6, 14.6), (4.3, 12.2), (3.2, 10.0), (2.3, 8.6)),
    *((2.0, 7.0), (1.9, 4.0)),
)
_ILIACUS: Final[_Points] = (
    *((4.8, 9.2), (6.0, 8.4), (7.6, 8.3), (8.9, 9.2), (9.6, 10.7), (9.6, 12.2)),
    *((9.1, 14.0), (8.7, 15.6), (8.5, 17.2), (8.2, 19.0), (7.7, 17.0), (7.0, 15.0)),
    *((6.2, 13.0), (5.3, 10.9)),
)
_ILIUM: Final[_Points] = (
    *((2.6, 9.6), (4.2, 8.2), (6.0, 7.0), (7.9, 6.9), (9.6, 8.2), (10.4, 10.4)),
    *((10.4, 12.4), (9.8, 13.4), (9.5, 14.6), (8.8, 16.0), (7.4, 16.4), (5.4, 17.0)),
    *((3.0, 17.8), (1.4, 17.6), (1.2, 16.8), (3.2, 16.0), (4.4, 14.6), (3.4, 12.2)),
)
_FEMUR: Final[_Points] = (
    *((7.1, 15.9), (7.5, 15.0), (8.4, 14.8), (9.1, 15.5), (9.9, 16.2), (10.7, 16.3)),
    *((11.0, 17.2), (10.6, 18.8), (10.3, 20.6), (10.0, 23.0), (8.5, 23.0), (8.5, 20.8)),
    *((7.9, 19.8), (8.0, 18.9), (8.5, 18.2), (7.9, 17.2), (7.2, 16.8)),
)
_SACRUM: Final[_Points] = (
    (0.0, 9.4),
    (2.4, 9.4),
    (2.0, 12.0),
    (1.0, 15.0),
    (0.0, 15.6),
)
_VERTEBRAE: Final = ("T12", "L1", "L2", "L3", "L4", "L5")
_LIGAMENT: Final[_Points] = ((10.2, 12.6), (1.9, 17.0))
_STEP: Final = 1.55  # height of a vertebra with its disc

# From the upper to the lower edge of each zone.
_BANDS: Final = {
    HematomaZone.UPPER: (0.0, 7.8),
    HematomaZone.MID: (7.8, 14.6),
    HematomaZone.LOWER: (14.6, 20.0),
}
_ZONE_PLACES: Final = {
    HematomaZone.UPPER: "psoas, down to the iliac crest",
    HematomaZone.MID: "iliopsoas over the ilium",
    HematomaZone.LOWER: "iliopsoas at the ischium",
}
# The course of each branch from its roots. The two from L1 turn back toward the midline
# in the abdominal wall, near the crest; the ilioinguinal nerve follows the ligament.
_COURSES: Final[dict[Nerve, _Points]] = {
    Nerve.ILIOHYPOGASTRIC: (
        *((1.8, 2.5), (2.8, 2.9), (4.6, 3.6), (6.8, 5.0), (8.0, 6.9), (7.9, 8.9)),
        *((6.8, 10.8), (4.8, 12.3), (3.0, 13.1)),
    ),
    Nerve.ILIOINGUINAL: (
        *((1.8, 2.8), (3.0, 3.5), (4.6, 4.6), (7.4, 6.3), (9.5, 8.6), (9.8, 10.7)),
        *((8.4, 12.6), (5.8, 14.3), (2.6, 16.2)),
    ),
    Nerve.GENITOFEMORAL: ((1.9, 3.4), (2.9, 5.6), (3.7, 8.6), (4.7, 11.8), (5.6, 15.0)),
    Nerve.LATERAL_FEMORAL_CUTANEOUS: (
        *((2.0, 4.6), (4.2, 6.6), (6.6, 9.0), (8.8, 11.4), (9.9, 12.9), (10.5, 15.6)),
    ),
    Nerve.FEMORAL: (
        *((2.0, 5.6), (3.8, 8.0), (5.6, 11.0), (6.7, 13.6), (7.2, 15.6), (7.0, 18.0)),
        *((6.7, 20.4), (6.5, 22.6)),
    ),
    Nerve.OBTURATOR: ((1.9, 6.4), (2.3, 9.0), (2.9, 12.0), (3.5, 15.0), (3.9, 18.6)),
}
# Up to this point of its course a branch runs within or behind the psoas. Only the
# genitofemoral nerve leaves it in front; the obturator nerve leaves it on the inside,
# the others on the outside.
_LEAVES: Final[dict[Nerve, int]] = {
    Nerve.ILIOHYPOGASTRIC: 1,
    Nerve.ILIOINGUINAL: 1,
    Nerve.GENITOFEMORAL: 1,
    Nerve.LATERAL_FEMORAL_CUTANEOUS: 1,
    Nerve.FEMORAL: 2,
    Nerve.OBTURATOR: 1,
}
_FROM: Final = {
    Nerve.ILIOHYPOGASTRIC: "T12-L1",
    Nerve.ILIOINGUINAL: "L1",
    Nerve.GENITOFEMORAL: "L1-L2",
    Nerve.LATERAL_FEMORAL_CUTANEOUS: "L2-L3",
    Nerve.FEMORAL: "L2-L4",
    Nerve.OBTURATOR: "L2-L4",
}
# Where the label of a branch stands, and the point of its course that it names.
_LABELS: Final[dict[Nerve, tuple[float, float, int]]] = {
    Nerve.ILIOHYPOGASTRIC: (11.9, 4.6, 4),
    Nerve.ILIOINGUINAL: (11.9, 7.4, 4),
    Nerve.GENITOFEMORAL: (11.9, 10.2, 3),
    Nerve.LATERAL_FEMORAL_CUTANEOUS: (11.9, 13.4, -2),
    Nerve.FEMORAL: (11.9, 21.4, -2),
    Nerve.OBTURATOR: (-0.6, 20.2, -1),
}


def anatomy_figure(
    zones: Zones | Unavailable,
    nerves: tuple[Count, ...] | Unavailable,
    *,
    ax: "Axes | None" = None,
) -> "Figure":
    """Draw the zones and the branches of the lumbar plexus by share of patients.

    Parameters
    ----------
    zones : Zones or Unavailable
        The zones of the study; without them the muscle stays gray.
    nerves : tuple of Count or Unavailable
        The branches of the study; without them the nerves stay gray.
    ax : Axes, optional
        Where to draw; a new figure by default, wider than one column.

    Returns
    -------
    Figure
        The figure drawn on.

    Raises
    ------
    InputError
        If the zones, or the counts of the nerves, are not those of a study.

    Notes
    -----
    Schematic, not to scale: one side from the front, the midline on the left. Gray
    means not recorded, near white nobody, and darker more patients. A branch is dashed
    where it runs within or behind the psoas.

    Examples
    --------
    >>> from iph import Cohort, Hematoma, NerveInvolvement, Patient
    >>> from iph.report import anatomy_figure
    >>> from iph.study import analyze
    >>> patient = Patient(
    ...     patient_id="P01",
    ...     hematoma=Hematoma(zones={"upper", "mid"}),
    ...     nerves=NerveInvolvement(femoral="involved", obturator="spared"),
    ... )
    >>> study = analyze(Cohort([patient]), population="all")
    >>> figure = anatomy_figure(study.zones, study.nerves)
    >>> len(figure.axes)
    1
    """
    instance(zones, "zones", (Zones, Unavailable), "Zones or Unavailable")
    if not isinstance(nerves, Unavailable):
        rule = f"a list of {len(Nerve)} counts, one of each nerve"
        given = each(nerves, "nerves", rule)
        if len(given) != len(Nerve):
            raise InputError("nerves", rule, given)
        for at, one in enumerate(given):
            instance(one, f"nerves[{at}]", Count, "a Count")
    with house_style():
        figure, ax = canvas(ax, width=TWO_COLUMNS * 0.86, height=4.9)
        ax.set_axis_off()
        ax.set_xlim(-7.2, 20.4)
        ax.set_ylim(23.6, -0.4)
        _bones(ax)
        _muscle(ax, zones)
        _plexus(ax, nerves)
        _scale(ax)
    return figure


def _smooth(
    points: _Points, *, closed: bool
) -> "np.ndarray[Any, np.dtype[np.float64]]":
    """Return a curve through the points (Catmull and Rom's)."""
    given = np.array(points, dtype=np.float64)
    if closed:
        given = np.vstack([given[-1], given, given[:2]])
    else:
        ends = 2 * given[0] - given[1], 2 * given[-1] - given[-2]
        given = np.vstack([ends[0], given, ends[1]])
    t = np.linspace(0, 1, _POINTS_BETWEEN, endpoint=False)[:, None]
    parts = [
        0.5
        * (
            2 * b
            + (c - a) * t
            + (2 * a - 5 * b + 4 * c - d) * t**2
            + (3 * b - a - 3 * c + d) * t**3
        )
        for a, b, c, d in zip(given, given[1:], given[2:], given[3:], strict=False)
    ]
    if not closed:
        parts.append(given[-2:-1])
    return np.vstack(parts)


def _bones(ax: "Axes") -> None:
    from matplotlib.patches import FancyBboxPatch, Polygon

    bone: dict[str, Any] = {
        "facecolor": PAPER,
        "edgecolor": "#a8a8a8",
        "linewidth": 0.8,
    }
    for points in (_ILIUM, _FEMUR):
        ax.add_patch(Polygon(_smooth(points, closed=True), zorder=1, **bone))
    ax.add_patch(Polygon(np.array(_SACRUM), zorder=1, **bone))
    for place, name in enumerate(_VERTEBRAE):
        top = place * _STEP
        ax.add_patch(
            FancyBboxPatch(
                (0.0, top + 0.12),
                1.75,
                _STEP - 0.34,
                boxstyle="round,pad=0,rounding_size=0.18",
                zorder=2,
                **bone,
            )
        )
        ax.text(0.85, top + _STEP / 2, name, ha="center", va="center", fontsize=6)
    ax.text(0.9, 11.2, "sacrum", ha="center", va="center", fontsize=6, color=FAINT)
    ax.text(9.3, 21.6, "femur", ha="center", va="center", fontsize=6, color=FAINT)
    ax.text(6.8, 7.6, "ilium", ha="center", va="center", fontsize=6, color=FAINT)
    ax.plot(*zip(*_LIGAMENT, strict=True), color="#a8a8a8", lw=1.4, zorder=6)


def _muscle(ax: "Axes", zones: Zones | Unavailable) -> None:
    """Fill the muscle band by band, and name each band on the left."""
    from matplotlib.patches import Polygon, Rectangle

    for place, (zone, (top, bottom)) in enumerate(_BANDS.items()):
        color, words = EMPTY, "not recorded"
        if isinstance(zones, Zones):
            count = zones.zones[place].count
            color = share_color(count / zones.n)
            words = share(count, zones.n)
        for points in (_ILIACUS, _PSOAS):
            outline = Polygon(
                _smooth(points, closed=True),
                facecolor=color,
                edgecolor=INK,
                linewidth=0.7,
                zorder=3,
            )
            ax.add_patch(outline)
            mark(outline, f"{zone.label} zone: {words}")
            frame = Rectangle((-1, top), 14, bottom - top, transform=ax.transData)
            outline.set_clip_path(frame)
        middle = (top + bottom) / 2
        ax.text(
            -0.6,
            middle,
            f"{zone.label} zone\n{_ZONE_PLACES[zone]}\n{words}",
            ha="right",
            va="center",
            fontsize=7,
            linespacing=1.4,
        )
        if top:
            ax.plot(
                [-7.0, 10.6], [top, top], color=FAINT, lw=0.5, ls=(0, (3, 3)), zorder=4
            )


def _plexus(ax: "Axes", nerves: tuple[Count, ...] | Unavailable) -> None:
    """Draw the branches with their names and shares on the right."""
    for place, nerve in enumerate(Nerve):
        color, words = EMPTY, "not recorded"
        if not isinstance(nerves, Unavailable) and nerves[place].n:
            found = nerves[place]
            words = count_text(found)
            if found.share is not None:
                color = share_color(found.count / found.n)
        line = _smooth(_COURSES[nerve], closed=False)
        seen = _LEAVES[nerve] * _POINTS_BETWEEN
        hidden, line = line[: seen + 1], line[seen:]
        ax.plot(*hidden.T, color=INK, lw=0.9, ls=(0, (2, 1.4)), zorder=6.5)
        ax.plot(*line.T, color=INK, lw=4.2, zorder=7)
        ax.plot(*line.T, color=PAPER, lw=3.4, zorder=7.1)
        (branch,) = ax.plot(*line.T, color=color, lw=2.4, zorder=7.2)
        mark(branch, f"{nerve.label} nerve: {words}")
        x, y, target = _LABELS[nerve]
        right = x > 0
        x0, y0 = _COURSES[nerve][target]
        ax.annotate(
            f"{nerve.label} nerve ({_FROM[nerve]})\n{words}",
            (x0, y0),
            (x, y),
            ha="left" if right else "right",
            va="center",
            fontsize=7,
            linespacing=1.4,
            arrowprops={
                "arrowstyle": "-",
                "relpos": (0.0 if right else 1.0, 0.5),
                "color": FAINT,
                "lw": 0.6,
                "shrinkA": 2,
                "shrinkB": 1,
            },
            zorder=8,
        )


def _scale(ax: "Axes") -> None:
    """Draw what the colors mean."""
    from matplotlib.patches import Rectangle

    left, top, width = -7.0, 22.3, 0.62
    shades = [PAPER_SHADE, *(share_color(k / 10) for k in range(1, 11))]
    for k, color in enumerate(shades):
        ax.add_patch(
            Rectangle(
                (left + k * width, top), width, 0.6, facecolor=color, edgecolor="none"
            )
        )
    for k, text in ((0, "0"), (5, "50"), (10, "100 %")):
        x = left + (k + 0.5) * width
        ax.text(x, top + 0.75, text, ha="center", va="top", fontsize=6.5)
    ax.text(left, top - 0.2, "Share of patients", ha="left", va="bottom", fontsize=6.5)
