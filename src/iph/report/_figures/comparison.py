"""Shares of two studies, one above the other, with the interval of each."""

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING

from iph._drawing.marks import mark
from iph._drawing.style import (
    BLUE,
    FAINT,
    INK,
    ONE_COLUMN,
    PAPER,
    VERMILION,
    canvas,
    house_style,
    shortened,
    wrapped,
)
from iph._options import instance
from iph.errors import InputError
from iph.report._phrases import (
    band_text,
    gap_text,
    row_label,
    share_of_all,
    told_apart,
)
from iph.study._compared import ComparedClaim, ComparedFigure, Comparison

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_ROW, _HEAD, _GAP = 0.2, 0.85, 0.25  # inches of a row; rows of a heading, and above it
_LINE = 0.55  # of a row: a further line of a label
_ASIDE = 0.19  # of a row: how far the two studies stand from its middle


def comparison_figure(comparison: Comparison, *, ax: "Axes | None" = None) -> "Figure":
    """Draw the shares of a study and of a published one, with their intervals.

    Parameters
    ----------
    comparison : Comparison
        What `iph.study.compare_with_claims` returns. Its shares are drawn.
    ax : Axes, optional
        Where to draw; a new figure by default.

    Returns
    -------
    Figure
        The figure drawn on.

    Raises
    ------
    InputError
        If no share is compared.

    Notes
    -----
    Filled dots are this study, open squares the published one; lines are exact
    intervals. At the right stands the difference in percentage points with the
    interval of Miettinen and Nurminen. A convenience sample has neither.

    Examples
    --------
    >>> from iph.evidence import published_cases
    >>> from iph.report import comparison_figure
    >>> from iph.study import analyze, compare_with_claims
    >>> study = analyze(published_cases(), population="not-excluded")
    >>> figure = comparison_figure(compare_with_claims(study))
    >>> len(figure.axes)
    1
    """
    instance(comparison, "comparison", Comparison, "what compare_with_claims returns")
    shares = [row for row in comparison.rows if row.measure == "share"]
    if not shares:
        raise InputError("comparison", "one in which shares are compared", comparison)
    with house_style():
        levels = _levels(shares)
        heads, places, bottom = _layout(shares, levels)
        figure, ax = canvas(ax, width=ONE_COLUMN, height=0.85 + _ROW * bottom)
        for row, place in zip(shares, places, strict=True):
            _draw_row(ax, row, place, held=comparison.method != "none")
        for label, place in heads:
            ax.text(
                0.0,
                place,
                shortened(label, 52),
                transform=ax.get_yaxis_transform(),
                ha="left",
                va="center",
                fontsize=6.5,
                fontweight="bold",
            )
        _finish(ax, comparison, levels, places, bottom)
    return figure


def _layout(
    shares: list[ComparedClaim], levels: list[str]
) -> tuple[list[tuple[str, float]], list[float], float]:
    """Return the headings and the rows with their places, and where the last ends."""
    heads: list[tuple[str, float]] = []
    places: list[float] = []
    at = 0.0
    for row, level in zip(shares, levels, strict=True):
        label = row_label(row)
        if not heads or heads[-1][0] != label:
            at += _GAP if heads else 0.0
            heads.append((label, at))
            at += _HEAD
        more = _LINE * level.count("\n")  # lines of the label, half on each side
        places.append(at + more / 2)
        at += 1.0 + more
    return heads, places, at


def _levels(shares: list[ComparedClaim]) -> list[str]:
    """Return what each row is called, in short lines, no two of a heading alike."""
    told = zip(shares, told_apart(shares), strict=True)
    return [wrapped(f"{row.level_label}{where}", 24) for row, where in told]


def _draw_row(ax: "Axes", row: ComparedClaim, place: float, *, held: bool) -> None:
    for figure, aside, color, marker, face in (
        (row.ours, -_ASIDE, BLUE, "o", BLUE),
        (row.published, _ASIDE, VERMILION, "s", PAPER),
    ):
        at = place + aside
        ax.plot(list(_bounds(figure)), [at, at], color=color, lw=0.9, zorder=2)
        (dot,) = ax.plot(
            figure.value * 100,
            at,
            marker=marker,
            ms=3.4,
            mew=0.8,
            mec=color,
            mfc=face,
            zorder=3,
            clip_on=False,
        )
        told = f"{share_of_all(figure.value, figure.n)} of {figure.n}"
        if not math.isnan(figure.low):
            interval = band_text(figure.low, figure.high, figure.n)
            told += f" (95 % CI, {interval})"
        mark(dot, f"{row.level_label}: {told}")
    ax.text(
        1.04,
        place,
        gap_text(row, intervals=held),
        transform=ax.get_yaxis_transform(),
        va="center",
        ha="left",
        fontsize=6.3,
    )


def _bounds(figure: ComparedFigure) -> Iterator[float]:
    yield figure.low * 100
    yield figure.high * 100


def _finish(
    ax: "Axes",
    comparison: Comparison,
    levels: list[str],
    places: list[float],
    bottom: float,
) -> None:
    from matplotlib.lines import Line2D

    ax.set_xlim(-2, 102)
    ax.set_ylim(bottom - 0.3, -0.7)
    ax.set_xticks([0, 25, 50, 75, 100])
    ax.set_yticks(places, levels, fontsize=6.3)
    ax.tick_params(axis="y", length=0, pad=5)
    ax.spines["left"].set_visible(False)
    ax.grid(axis="x", color=FAINT, lw=0.3, alpha=0.35)
    ax.set_xlabel("Patients (%)")
    held = comparison.method != "none"
    line = 0.9 if held else 0.0
    handles = [
        Line2D([], [], color=BLUE, marker="o", ms=3.4, lw=line, label="this study"),
        Line2D(
            [],
            [],
            color=VERMILION,
            marker="s",
            ms=3.4,
            lw=0.9,
            mfc=PAPER,
            label=wrapped(comparison.source, 30),
        ),
    ]
    ax.legend(
        handles=handles,
        loc="lower left",
        bbox_to_anchor=(0, 1.0),
        borderaxespad=0.2,
        ncols=1,
        handlelength=2.0,
        columnspacing=1.0,
    )
    ax.text(
        1.04,
        1.0,
        "Difference in\npercentage points" + (" (95 % CI)" if held else ""),
        transform=ax.transAxes,
        ha="left",
        va="bottom",
        fontsize=6.3,
        color=INK,
    )
