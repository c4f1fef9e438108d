"""Rows about the same patients, asked again."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
from statsmodels.stats import contingency_tables

from iph.stats import bowker, cochran_q, mcnemar
from timing import Row, in_turn, ratio_of

MILLION = 1_000_000


def findings() -> Row:
    """Compare five yes/no findings of 200,000 patients."""
    rng = np.random.default_rng(21)
    rows = rng.random((200_000, 5)) < rng.random((200_000, 1))
    works: dict[str, Callable[[], Any]] = {
        "iph": lambda: cochran_q(rows, method="asymptotic"),
        "statsmodels": lambda: contingency_tables.cochrans_q(rows),
    }
    q_values = [work().statistic for work in works.values()]
    np.testing.assert_allclose(*q_values, rtol=1e-9)
    found = in_turn(works, 7)
    return Row(
        number=37,
        work="Cochran's Q, 200,000 patients, 5 visits",
        found=found,
        asked="3 times faster",
        reached=ratio_of(found) >= 3,
    )


def one_finding() -> Row:
    """Compare a yes/no finding of a million patients before and after."""
    rng = np.random.default_rng(22)
    before, after = rng.random(MILLION) < 0.6, rng.random(MILLION) < 0.5

    def theirs() -> Any:
        table = pd.crosstab(before, after)
        return contingency_tables.mcnemar(table, exact=True)

    works: dict[str, Callable[[], Any]] = {
        "iph": lambda: mcnemar(before, after),
        "pandas + statsmodels": theirs,
    }
    ours, other = works["iph"](), theirs()
    np.testing.assert_allclose(ours.p_value, other.pvalue, rtol=1e-9, atol=1e-300)
    found = in_turn(works, 7)
    return Row(
        number=38,
        work="McNemar, exact, 1e6 patients",
        found=found,
        asked="3 times faster",
        reached=ratio_of(found) >= 3,
    )


def one_grade() -> Row:
    """Compare a grade of a million patients before and after."""
    rng = np.random.default_rng(23)
    before = rng.integers(0, 6, MILLION)
    after = np.clip(before + rng.integers(-1, 2, MILLION), 0, 5)

    def theirs() -> Any:
        table = contingency_tables.SquareTable(pd.crosstab(before, after))
        return table.symmetry(method="bowker")

    works: dict[str, Callable[[], Any]] = {
        "iph": lambda: bowker(before, after, method="asymptotic"),
        "pandas + statsmodels": theirs,
    }
    statistics = [work().statistic for work in works.values()]
    np.testing.assert_allclose(*statistics, rtol=1e-9)
    found = in_turn(works, 7)
    return Row(
        number=39,
        work="Bowker, 1e6 patients, 6 grades",
        found=found,
        asked="3 times faster",
        reached=ratio_of(found) >= 3,
    )


ROWS = (findings, one_finding, one_grade)
