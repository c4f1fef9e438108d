"""Forest plot: estimates with their intervals, one below the other."""

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal

import attrs

from iph._display import Displayed
from iph._drawing.marks import mark
from iph._drawing.style import (
    BLUE,
    FAINT,
    ONE_COLUMN,
    VERMILION,
    canvas,
    house_style,
    shortened,
    wrapped,
)
from iph._options import each, instance, one_number, switch
from iph.errors import InputError
from iph.evidence._pooling import PooledProportion
from iph.report._numbers import decimal, share
from iph.stats._inference.result import Estimate

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_ROW = 0.27
_SIZE = 4.0  # points: the side of a square
_LEAST, _MORE = 2.0, 7.0  # of one with the weight 0, and with all of it
_BESIDE = 8.0  # points from the end of the axis to the words: more than half a square


@attrs.frozen(kw_only=True)
class ForestRow(Displayed):
    """One row of a forest plot.

    Attributes
    ----------
    label : str
        What is estimated.
    estimate : Estimate
        The estimate with its interval; NaN is shown as the words of `text` alone.
    text : str
        What stands beside it, such as ``"24/28 (85.7 %)"``.
    shape : str
        ``"square"`` for one of several, ``"diamond"`` for what they are pooled to, and
        ``"bar"`` for an interval without a middle.
    weight : float or None
        The area of a square, from 0 to 1; all are alike if not given.
    """

    label: str
    estimate: Estimate
    text: str
    shape: Literal["square", "diamond", "bar"] = "square"
    weight: float | None = None


def forest_figure(
    rows: Sequence[ForestRow] | PooledProportion,
    *,
    label: str = "",
    reference: float | None = None,
    percent: bool = False,
    ax: "Axes | None" = None,
) -> "Figure":
    """Draw estimates with their intervals.

    Parameters
    ----------
    rows : sequence of ForestRow or PooledProportion
        From top to bottom; or a proportion pooled over series: the series, the pooled
        proportion and the range of a further series are drawn.
    label : str
        What the axis shows.
    reference : float, optional
        Where a line is drawn, such as 0 for a difference.
    percent : bool, default False
        Whether the estimates are shares to be drawn in percent, from 0 to 100.
    ax : Axes, optional
        Where to draw; a new figure by default.

    Returns
    -------
    Figure
        The figure drawn on.

    Raises
    ------
    InputError
        If there is no row.

    Examples
    --------
    >>> from iph.report import ForestRow, forest_figure
    >>> from iph.stats import proportion
    >>> rows = [
    ...     ForestRow(label=name, estimate=proportion(k, 28), text=f"{k}/28")
    ...     for name, k in (("femoral", 25), ("lateral femoral cutaneous", 15))
    ... ]
    >>> figure = forest_figure(rows, label="Patients, %", percent=True)
    >>> len(figure.axes)
    1

    A pooled proportion: the series, the middle one, and where the next one lies.

    >>> from iph.evidence import pooled_proportion
    >>> pooled = pooled_proportion([13, 7, 25], [25, 16, 28], labels=["K", "L", "M"])
    >>> figure = forest_figure(pooled, label="Treated conservatively (%)")
    >>> [tick.get_text() for tick in figure.axes[0].get_yticklabels()]
    ['K', 'L', 'M', 'pooled', 'next series']
    """
    if isinstance(rows, PooledProportion):
        rows, percent = _pooled_rows(rows), True
    rows = each(rows, "rows", "a list of ForestRow")
    if not rows:
        raise InputError("rows", "at least one ForestRow", rows)
    for at, one in enumerate(rows):
        instance(one, f"rows[{at}]", ForestRow, "a ForestRow")
    percent = switch(percent, "percent")
    if reference is not None:
        reference = one_number(reference, "reference", "a number or None")
    instance(label, "label", str, "a text")
    factor = 100 if percent else 1
    with house_style():
        figure, ax = canvas(ax, width=ONE_COLUMN, height=0.65 + _ROW * len(rows))
        for place, row in enumerate(rows):
            _draw(ax, row, place, factor)
            ax.annotate(
                shortened(row.text, 30),
                (1.0, place),
                xytext=(_BESIDE, 0),
                xycoords=ax.get_yaxis_transform(),
                textcoords="offset points",
                va="center",
                ha="left",
                fontsize=6.5,
                annotation_clip=False,
            )
        if reference is not None:
            ax.axvline(reference * factor, color=FAINT, lw=0.6, ls=(0, (2, 2)))
        if percent:
            ax.set_xlim(0, 100)
            ax.set_xticks([0, 50, 100])
        ax.set_yticks(
            range(len(rows)), [wrapped(row.label, 26) for row in rows], fontsize=6.3
        )
        ax.set_ylim(len(rows) - 0.4, -0.6)
        ax.tick_params(axis="y", length=0, pad=5)
        ax.spines["left"].set_visible(False)
        ax.set_xlabel(label)
    return figure


def _draw(ax: "Axes", row: ForestRow, place: int, factor: int) -> None:
    found = row.estimate
    known = math.isfinite(found.estimate)
    bounded = math.isfinite(found.low) and math.isfinite(found.high)
    low, middle, high = (x * factor for x in (found.low, found.estimate, found.high))
    if row.shape == "diamond" and known and bounded:
        ax.fill(
            [low, middle, high, middle],
            [place, place - 0.28, place, place + 0.28],
            color=VERMILION,
            lw=0,
            zorder=3,
        )
    elif row.shape == "bar" and bounded:
        ax.plot([low, high], [place, place], color=VERMILION, lw=3, alpha=0.5)
    elif row.shape == "square":
        if known and bounded:
            ax.plot([low, high], [place, place], color=BLUE, lw=1.2, zorder=2)
        if known:
            size = (
                _SIZE if row.weight is None else _LEAST + _MORE * math.sqrt(row.weight)
            )
            (square,) = ax.plot(
                middle, place, marker="s", ms=size, color=BLUE, zorder=3, clip_on=False
            )
            mark(square, f"{row.label}: {row.text}")


def _pooled_rows(pooled: PooledProportion) -> tuple[ForestRow, ...]:
    """Return the series, the pooled proportion, and the range of a further series."""

    def estimate(value: float, low: float, high: float, n: int) -> Estimate:
        return Estimate(
            estimate=value,
            low=low,
            high=high,
            confidence_level=pooled.confidence_level,
            method=pooled.method,
            n=n,
            n_missing=0,
        )

    def percents(*values: float) -> str:
        return " to ".join(decimal(value * 100, 1) for value in values)

    rows = [
        ForestRow(
            label=one.label,
            estimate=estimate(one.estimate, one.low, one.high, one.n),
            text=share(one.count, one.n),
            weight=one.weight,
        )
        for one in pooled.series
    ]
    middle = f"{percents(pooled.estimate)} % ({percents(pooled.low, pooled.high)})"
    rows.append(
        ForestRow(
            label="pooled",
            estimate=estimate(pooled.estimate, pooled.low, pooled.high, pooled.n),
            text=middle,
            shape="diamond",
        )
    )
    if not math.isnan(pooled.prediction_low):
        ends = pooled.prediction_low, pooled.prediction_high
        rows.append(
            ForestRow(
                label="next series",
                estimate=estimate(math.nan, *ends, pooled.n),
                text=f"{percents(*ends)} %",
                shape="bar",
            )
        )
    return tuple(rows)
