"""Rows about cross tables of more than two rows or columns."""

import functools

import numpy as np

from iph.stats import fisher_exact
from timing import Row, in_r, in_turn, ratio_of

PATIENCE = 60  # seconds of processor time that R has for a table
_RUNS = 4  # within them: one for the p-value, three for the time

_TABLES = (
    (30, [[39, 33, 32], [37, 38, 29], [27, 27, 38]]),
    (31, [[110, 95, 99, 93, 105], [98, 101, 100, 104, 95]]),
    (32, [[9, 6, 5, 4], [5, 8, 7, 4], [6, 5, 9, 5], [4, 7, 6, 10]]),
    (62, [[17, 12, 11, 9], [10, 15, 14, 9], [12, 10, 17, 11], [8, 14, 12, 19]]),
    (
        63,
        [
            [4, 2, 3, 1, 2],
            [1, 4, 2, 3, 2],
            [2, 1, 5, 2, 2],
            [3, 2, 1, 4, 2],
            [2, 3, 1, 2, 4],
        ],
    ),
)


def fisher() -> list[Row]:
    """Take Fisher's exact test of tables of hundreds of patients."""
    rows = []
    for number, cells in _TABLES:
        table = np.array(cells)
        row, column = np.indices(table.shape)
        counts = table.ravel().astype(float)
        columns = (counts, counts > 0, row.ravel(), column.ravel())
        r = in_r("fisher", columns, _RUNS - 1, PATIENCE)
        work = functools.partial(fisher_exact, cells, method="exact")
        test = work()
        note = "R merges tables whose probabilities differ by less than 1e-7."
        if "p" in r:
            np.testing.assert_allclose(test.p_value, r["p"], rtol=1e-6)
        else:
            drawn = fisher_exact(cells, method="monte-carlo", rng=1)
            assert drawn.p_low is not None
            assert drawn.p_high is not None
            assert drawn.p_low <= test.p_value <= drawn.p_high
            r["seconds"] /= _RUNS
            note = (
                f"R was stopped after {PATIENCE} s in which {_RUNS} runs should have "
                "ended, so that its time and the ratio are lower bounds."
            )
        ours = in_turn({"iph": work}, 3)
        found = {**ours, "R": r["seconds"]}
        shape = " x ".join(map(str, table.shape))
        rows.append(
            Row(
                number=number,
                work=f"Fisher's exact test, {shape}, n = {table.sum():,}",
                found=found,
                asked="no slower than fisher.test",
                reached=ratio_of(found) >= 1,
                note=note,
            )
        )
    return rows


ROWS = (fisher,)
