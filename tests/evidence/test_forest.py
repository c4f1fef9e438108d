"""The forest plot draws what was pooled."""

import numpy as np

from iph.evidence import forest_plot, pooled_proportion


def test_draws_every_series() -> None:
    """One row a series, the pooled one and the next one, on an axis from 0 to 1."""
    pooled = pooled_proportion([13, 7, 25], [25, 16, 28], labels=["Kim", "Lef", "Li"])
    ax = forest_plot(pooled, title="Conservative")
    labels = [label.get_text() for label in ax.get_yticklabels()]
    assert labels == [
        "Kim  13/25",
        "Lef  7/16",
        "Li  25/28",
        "pooled  69",
        "next series",
    ]
    assert ax.get_xlim() == (0.0, 1.0)
    assert ax.get_title() == "Conservative"
    squares = [float(c.get_offsets()[0][0]) for c in ax.collections[:3]]
    np.testing.assert_allclose(squares, [13 / 25, 7 / 16, 25 / 28])


def test_two_series_have_no_prediction() -> None:
    """With two series there is no row for the next one."""
    ax = forest_plot(pooled_proportion([3, 5], [9, 9]))
    assert len(ax.get_yticks()) == 3
