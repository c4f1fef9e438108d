"""Columns given as arguments of their own are answered with how to give a table."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from iph import stats
from iph.errors import InputError

OF_ONE_TABLE: list[Callable[..., Any]] = [
    stats.agreement,
    stats.anova_type_statistic,
    stats.cochran_q,
    stats.friedman,
    stats.friedman_pairs,
    stats.icc,
    stats.kendalls_w,
    stats.page_trend,
    stats.skillings_mack,
]
COLUMNS = [0, 1, 0, 1, 1], [1, 1, 0, 0, 1], [1, 0, 1, 1, 1]


@pytest.mark.parametrize("test", OF_ONE_TABLE, ids=lambda test: str(test.__name__))
def test_columns_as_arguments_are_told_how_to_become_a_table(
    test: Callable[..., Any],
) -> None:
    """What SciPy takes is refused with a call that works."""
    with pytest.raises(InputError, match="one table with a row a patient") as refused:
        test(*COLUMNS)
    call = refused.value.hint.partition(": ")[2]
    a, b, c = COLUMNS
    names = {"numpy": np, test.__name__: test, "a": a, "b": b, "c": c}
    found = eval(call, names)  # noqa: S307 - the sentence of the error
    assert found == test(list(zip(a, b, c, strict=True)))
