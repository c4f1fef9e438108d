import itertools
import math
from typing import Any

import hypothesis.strategies as st
import pytest
from hypothesis import assume, given

from iph.errors import DataError, InputError, WorkError
from iph.stats import logrank, smallest_attainable_p
from iph.testing import survival_data

Rows = tuple[list[int], list[bool], list[int]]


@given(
    survival_data(groups=2, min_size=2, max_size=7, last_day=4),
    st.sampled_from(["abs", "central"]),
    st.sampled_from(["logrank", "gehan", "tarone-ware"]),
)
def test_two_groups_enumerated(rows: Rows, two_sided: Any, kind: Any) -> None:
    """It is the smallest of the p-values of all allocations."""
    time, event, group = rows
    assume(len(set(group)) == 2)
    found = smallest_attainable_p(time, event, group, two_sided=two_sided, kind=kind)
    assert found.p_value == min(
        logrank(
            time, event, labels, method="exact", two_sided=two_sided, kind=kind
        ).p_value
        for labels in set(itertools.permutations(group))
    )
    assert found.n_allocations == math.comb(len(time), group.count(0))
    assert found.p_value == found.n_extreme / found.n_allocations


@given(survival_data(groups=3, min_size=3, max_size=5, last_day=3))
def test_three_groups_enumerated(rows: Rows) -> None:
    """With three groups too."""
    time, event, group = rows
    assume(len(set(group)) == 3)
    found = smallest_attainable_p(time, event, group)
    assert found.p_value == min(
        logrank(time, event, labels, method="exact").p_value
        for labels in set(itertools.permutations(group))
    )


def test_strata() -> None:
    """In strata the extremes of all strata come together."""
    time, event = [1, 2, 3, 4, 5, 6, 7, 8], [True] * 8
    group, strata = [0, 1] * 4, [0] * 4 + [1] * 4
    found = smallest_attainable_p(time, event, group, strata=strata)
    assert found.n_allocations == 36
    assert found.p_value == min(
        logrank(time, event, [*first, *second], strata=strata, method="exact").p_value
        for first in set(itertools.permutations(group[:4]))
        for second in set(itertools.permutations(group[4:]))
    )


def test_alike() -> None:
    """If no allocation differs from another the smallest p-value is 1."""
    assert smallest_attainable_p([1, 2, 3], [False] * 3, list("aab")).p_value == 1.0
    assert smallest_attainable_p([1, 2, 3], [False] * 3, list("abc")).p_value == 1.0


def test_missing() -> None:
    """Incomplete patients are left out and counted."""
    found = smallest_attainable_p([1, 2, 3, None], [True] * 4, list("aabb"))
    assert (found.n, found.n_missing, found.n_allocations) == (3, 1, 3)


def test_messages() -> None:
    """What cannot be answered is refused with the reason."""
    with pytest.raises(InputError, match="more than two groups"):
        smallest_attainable_p([1, 2, 3], [1, 1, 1], [1, 2, 3], two_sided="central")
    with pytest.raises(DataError, match="without"):
        smallest_attainable_p([1, 2, 3], [1, 1, 1], [1, 2, 3], strata=[1, 1, 2])
    with pytest.raises(DataError, match="0 in print"):
        smallest_attainable_p([1, 2], [1, 1], [1, 2], weights=[10**6, 1])
    with pytest.raises(WorkError, match="several groups"):
        smallest_attainable_p(range(60), [True] * 60, [0, 1, 2] * 20)
    with pytest.raises(InputError, match="two_sided"):
        smallest_attainable_p([1, 2], [1, 1], [1, 2], two_sided="both")  # type: ignore[arg-type] # on purpose
