"""Active bleeding of a muscle hematoma on CT."""

from collections.abc import Callable, Mapping, Sequence
from itertools import product
from typing import Any

import narwhals.stable.v2 as nw
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from iph.errors import InputError
from iph.scales import CTBleedingType, ct_bleeding_expr, ct_bleeding_type

Evaluate = Callable[[Mapping[str, Sequence[Any]], nw.Expr], list[Any]]
ANSWERS = (True, False, None)
TYPES = {
    (True, True): CTBleedingType.TYPE_III,
    (True, False): CTBleedingType.TYPE_II,
    (True, None): None,
    (False, True): CTBleedingType.TYPE_I,
    (False, False): CTBleedingType.TYPE_I,
    (False, None): CTBleedingType.TYPE_I,
    (None, True): None,
    (None, False): None,
    (None, None): None,
}


@pytest.mark.parametrize(("active", "rupture"), list(product(ANSWERS, ANSWERS)))
def test_every_pair(active: bool | None, rupture: bool | None) -> None:  # noqa: FBT001
    """The type is given where every completion of what is not known has it."""
    found = ct_bleeding_type(active_bleeding=active, fascia_rupture=rupture)
    assert found is TYPES[active, rupture]
    completions = {
        TYPES[a, r]
        for a in ([active] if active is not None else [True, False])
        for r in ([rupture] if rupture is not None else [True, False])
    }
    assert found == (completions.pop() if len(completions) == 1 else None)


@given(rows=st.lists(st.tuples(st.sampled_from(ANSWERS), st.sampled_from(ANSWERS))))
def test_column_equals_values(rows: list[tuple[bool | None, bool | None]]) -> None:
    """A column is answered as its rows are one by one."""
    active, rupture = [a for a, _ in rows], [r for _, r in rows]
    found = ct_bleeding_type(active_bleeding=active, fascia_rupture=rupture)
    assert found.tolist() == [TYPES[row] for row in rows]


def test_expression(evaluate: Evaluate) -> None:
    """Every engine answers as the function."""
    data = {"a": [a for a, _ in TYPES], "r": [r for _, r in TYPES]}
    found = ct_bleeding_expr(active_bleeding="a", fascia_rupture=nw.col("r"))
    assert evaluate(data, found) == list(TYPES.values())


def test_containers() -> None:
    """Arrays of NumPy and columns of pandas are columns; a missing value is missing."""
    found = ct_bleeding_type(
        active_bleeding=np.array([True, False]), fascia_rupture=np.array([True, True])
    )
    assert found.tolist() == [3, 1]
    column = pd.Series([True, None], dtype="boolean")
    found = ct_bleeding_type(active_bleeding=column, fascia_rupture=column)
    assert found.tolist() == [3, None]


def test_messages() -> None:
    """Numbers and words are no answers; the findings belong together."""
    wrong: Any = 1
    with pytest.raises(InputError, match=r"active_bleeding must be|a sequence"):
        ct_bleeding_type(active_bleeding=wrong, fascia_rupture=None)
    word: Any = "yes"
    with pytest.raises(InputError, match="fascia_rupture must be True, False or None"):
        ct_bleeding_type(active_bleeding=True, fascia_rupture=word)
    rows: Any = [True, "no"]
    with pytest.raises(InputError, match=r"fascia_rupture\[1\] must be True, False"):
        ct_bleeding_type(active_bleeding=[True, True], fascia_rupture=rows)
    with pytest.raises(InputError, match="fascia_rupture must be as long as active"):
        ct_bleeding_type(active_bleeding=[True, True], fascia_rupture=[True])
    mixed: Any = None
    with pytest.raises(InputError, match="fascia_rupture must be a sequence, as the"):
        ct_bleeding_type(active_bleeding=[True], fascia_rupture=mixed)
