"""Rows about cross tables of more than two rows or columns."""

import functools

import numpy as np

from iph.stats import fisher_exact
from timing import Row, in_r, in_turn, ratio_of

_TABLES = (
    (30, [[39, 33, 32], [37, 38, 29], [27, 27, 38]]),
    (31, [[110, 95, 99, 93, 105], [98, 101, 100, 104, 95]]),
    (32, [[9, 6, 5, 4], [5, 8, 7, 4], [6, 5, 9, 5], [4, 7, 6, 10]]),
)


def fisher() -> list[Row]:
    """Take Fisher's exact test of tables of hundreds of patients."""
    rows = []
    for number, cells in _TABLES:
        table = np.array(cells)
        row, column = np.indices(table.shape)
        counts = table.ravel().astype(float)
        r = in_r("fisher", (counts, counts > 0, row.ravel(), column.ravel()), 5)
        test = fisher_exact(cells)
        assert test.method == "exact"
        np.testing.assert_allclose(test.p_value, r["p"], rtol=1e-6)
        ours = in_turn({"iph": functools.partial(fisher_exact, cells)}, 5)
        found = {**ours, "R": r["seconds"]}
        shape = " x ".join(map(str, table.shape))
        rows.append(
            Row(
                number=number,
                work=f"Fisher's exact test, {shape}, n = {table.sum():,}",
                found=found,
                asked="no slower than fisher.test",
                reached=ratio_of(found) >= 1,
                note="R merges tables whose probabilities differ by less than 1e-7.",
            )
        )
    return rows


ROWS = (fisher,)
