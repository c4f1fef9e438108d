"""The forest plot of a pooled proportion."""

from typing import Any

import numpy as np

from iph.evidence._pooling import PooledProportion

__all__ = ["forest_plot"]

_ROW_INCHES = 0.32
_LEAST_AREA, _AREA = 12.0, 160.0


def forest_plot(pooled: PooledProportion, *, ax: Any = None, title: str = "") -> Any:
    """Draw a pooled proportion: the series, the middle one, and the next one.

    Parameters
    ----------
    pooled : PooledProportion
        What `pooled_proportion` returns.
    ax : matplotlib.axes.Axes, optional
        Where to draw; by default on a figure of its own.
    title : str, optional
        What is pooled.

    Returns
    -------
    matplotlib.axes.Axes
        The axes. Squares are series (their area is their weight) with Wilson
        intervals, the diamond is the pooled proportion with its interval, and the bar
        below it the prediction interval, where there is one.

    See Also
    --------
    pooled_proportion : The figures that are drawn.

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> from iph.evidence import forest_plot, pooled_proportion
    >>> pooled = pooled_proportion([13, 7, 25], [25, 16, 28], labels=["K", "L", "M"])
    >>> ax = forest_plot(pooled, ax=Figure().add_subplot())
    >>> [label.get_text() for label in ax.get_yticklabels()]
    ['K  13/25', 'L  7/16', 'M  25/28', 'pooled  69', 'next series']
    """
    has_prediction = not np.isnan(pooled.prediction_low)
    rows = pooled.n_series + 1 + has_prediction
    if ax is None:
        from matplotlib.figure import Figure

        figure = Figure(figsize=(6.4, 1.2 + _ROW_INCHES * rows), layout="constrained")
        ax = figure.add_subplot()
    labels = []
    for place, one in enumerate(pooled.series):
        ax.plot([one.low, one.high], [place, place], color="0.3", linewidth=1.2)
        area = _LEAST_AREA + _AREA * one.weight
        ax.scatter([one.estimate], [place], s=area, marker="s", color="0.3", zorder=3)
        labels.append(f"{one.label}  {one.count}/{one.n}")
    place = pooled.n_series
    ax.fill(
        [pooled.low, pooled.estimate, pooled.high, pooled.estimate],
        [place, place - 0.25, place, place + 0.25],
        color="C0",
    )
    ax.axvline(pooled.estimate, color="C0", linewidth=0.8, linestyle=":")
    labels.append(f"pooled  {pooled.n}")
    if has_prediction:
        ends = [pooled.prediction_low, pooled.prediction_high]
        ax.plot(ends, [place + 1, place + 1], color="C0", linewidth=4, alpha=0.5)
        labels.append("next series")
    ax.set_yticks(range(rows), labels)
    ax.set_ylim(rows - 0.5, -0.5)
    ax.set_xlim(0.0, 1.0)
    percent = 100 * pooled.confidence_level
    ax.set_xlabel(f"Proportion with {percent:g} % interval")
    ax.set_title(title)
    for side in ("top", "right"):
        ax.spines[side].set_visible(False)
    return ax
