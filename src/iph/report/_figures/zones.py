"""Zone by nerve: how often a zone and a nerve go together."""

from typing import TYPE_CHECKING

from iph._categories import HematomaZone, Nerve
from iph._drawing.marks import mark
from iph._drawing.style import (
    ONE_COLUMN,
    PAPER,
    canvas,
    house_style,
    ink_on,
    share_color,
    wrapped,
)
from iph.study._anatomy import Zones
from iph.study._parts import Unavailable, available

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


def zones_figure(zones: Zones | Unavailable, *, ax: "Axes | None" = None) -> "Figure":
    """Draw the patients with each zone (rows) and each nerve involved (columns).

    Each cell counts out of those with the zone whose nerve status is known.

    Parameters
    ----------
    zones : Zones or Unavailable
        The distribution of zones.
    ax : Axes, optional
        Where to draw; a new figure by default.

    Returns
    -------
    Figure
        The figure drawn on.

    Raises
    ------
    DataError
        If the data cannot carry this part of the study.

    Examples
    --------
    >>> from iph import Cohort, Hematoma, NerveInvolvement, Patient
    >>> from iph.report import zones_figure
    >>> from iph.study import analyze
    >>> patient = Patient(
    ...     patient_id="P01",
    ...     hematoma=Hematoma(zones={"upper", "mid"}),
    ...     nerves=NerveInvolvement(femoral="involved", obturator="spared"),
    ... )
    >>> study = analyze(Cohort([patient]), population="all")
    >>> figure = zones_figure(study.zones)
    >>> len(figure.axes)
    1
    """
    zones = available(zones, "zones", Zones)
    from matplotlib.patches import Rectangle

    with house_style():
        figure, ax = canvas(ax, width=ONE_COLUMN, height=2.5)
        for r, row in enumerate(zones.by_nerve):
            for c, count in enumerate(row):
                known = zones.known_by_nerve[r][c]
                color = share_color(count / known) if known else PAPER
                cell = Rectangle(
                    (c, r), 1, 1, facecolor=color, edgecolor=PAPER, linewidth=1.2
                )
                ax.add_patch(cell)
                pair = f"{list(HematomaZone)[r].label} zone, {list(Nerve)[c].label}"
                mark(cell, f"{pair} nerve: {_cell(count, known)}".replace("\n", " "))
                ax.text(
                    c + 0.5,
                    r + 0.5,
                    _cell(count, known),
                    ha="center",
                    va="center",
                    color=ink_on(color),
                    fontsize=8 if known else 5.5,
                )
        ax.set_xlim(0, len(Nerve))
        ax.set_ylim(len(HematomaZone), 0)
        ax.set_xticks(
            [k + 0.5 for k in range(len(Nerve))],
            [wrapped(nerve.label, 10) for nerve in Nerve],
            rotation=45,
            ha="right",
            rotation_mode="anchor",
            fontsize=6.5,
        )
        totals = {count.label: count.count for count in zones.zones}
        ax.set_yticks(
            [k + 0.5 for k in range(len(HematomaZone))],
            [f"{z.label}\nn = {totals[z.value]}" for z in HematomaZone],
        )
        ax.tick_params(length=0)
        for side in ("left", "bottom"):
            ax.spines[side].set_visible(False)
        ax.set_title("Patients with the nerve involved, of those known", loc="left")
    return figure


def _cell(count: int, known: int) -> str:
    """Write a count of those known; alone where only presence was recorded."""
    if known:
        return f"{count}/{known}"
    return f"{count}\nreported" if count else "not\nrecorded"
