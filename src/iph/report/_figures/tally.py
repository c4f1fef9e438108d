"""Counts by group as stacked bars: what `tally` returns of a column of a table."""

from typing import TYPE_CHECKING

from iph._drawing.marks import mark
from iph._drawing.style import (
    EMPTY,
    FAINT,
    ONE_COLUMN,
    PAPER,
    canvas,
    grade_colors,
    house_style,
    ink_on,
    shortened,
    wrapped,
)
from iph.errors import InputError
from iph.study._tally import Tally

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_LEAST_SHARE = 0.045  # of a bar: a lower segment has no room for its count
_MOST_BARS = 12  # beside each other in one column


def draw_tally(tally: Tally, ax: "Axes | None") -> "Figure":
    """Draw a bar a group, each of 100 %, with counts in its segments."""
    sizes = [
        sum(row) + gone for row, gone in zip(tally.counts, tally.missing, strict=True)
    ]
    if not sum(sizes):
        raise InputError("course", "a tally of at least one case", tally)
    if len(tally.groups) > _MOST_BARS:
        rule = f"a tally of at most {_MOST_BARS} groups"
        raise InputError("course", rule, len(tally.groups))
    names = [shortened(str(level), 40) for level in tally.levels]
    parts = list(zip(names, grade_colors(len(names)), strict=True))
    parts.append(("not recorded", EMPTY))
    with house_style():
        figure, ax = canvas(ax, width=ONE_COLUMN, height=3.2)
        for place, (row, gone, size) in enumerate(
            zip(tally.counts, tally.missing, sizes, strict=True)
        ):
            bottom = 0.0
            for (name, color), count in zip(parts, (*row, gone), strict=True):
                share = count / size if size else 0.0
                if share:
                    told = f"{tally.groups[place]}, {name}: {count} of {size}"
                    _segment(ax, (place, bottom, share), color, str(count), told)
                bottom += share
        _finish(ax, tally, sizes, parts if any(tally.missing) else parts[:-1])
    return figure


def _segment(
    ax: "Axes", at: tuple[int, float, float], color: str, count: str, told: str
) -> None:
    place, bottom, share = at
    (bar,) = ax.bar(
        place,
        share * 100,
        bottom=bottom * 100,
        width=0.72,
        color=color,
        edgecolor=FAINT if color == EMPTY else PAPER,
        linewidth=0.4,
        hatch="////" if color == EMPTY else None,
    )
    mark(bar, told)
    if share >= _LEAST_SHARE:
        middle = (bottom + share / 2) * 100
        behind = {"facecolor": color, "edgecolor": "none", "pad": 1.2}
        ax.text(
            place,
            middle,
            count,
            ha="center",
            va="center",
            color=ink_on(color),
            fontsize=7,
            bbox=behind if color == EMPTY else None,
        )


def _finish(
    ax: "Axes", tally: Tally, sizes: list[int], parts: list[tuple[str, str]]
) -> None:
    from matplotlib.patches import Patch

    ax.set_xticks(
        range(len(sizes)),
        [
            f"{wrapped(str(group), 12)}\nn = {size}"
            for group, size in zip(tally.groups, sizes, strict=True)
        ],
    )
    ax.set_xlim(-0.5, len(sizes) - 0.5)
    ax.set_ylim(0, 100)
    ax.set_ylabel("Share (%)")
    ax.set_xlabel(tally.by)
    ax.set_title(tally.value, loc="left")
    handles = [
        Patch(
            facecolor=color,
            edgecolor=FAINT,
            linewidth=0.4,
            hatch="////" if color == EMPTY else None,
            label=name,
        )
        for name, color in parts[::-1]
    ]
    ax.legend(
        handles=handles,
        loc="upper left",
        bbox_to_anchor=(1.01, 1.0),
        borderaxespad=0,
        handlelength=1.2,
    )
