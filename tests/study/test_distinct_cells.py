"""The cells that occur are counted table by table, or all at once, and alike."""

from collections import Counter
from typing import Any

import narwhals.stable.v2 as nw
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from iph.errors import DataError, InputError
from iph.study import count
from iph.study._engine import _distinct
from iph.study._engine._distinct import (
    ID,
    _counted,
    _counted_at_once,
    _melted,
    _pseudonym_cells,
    _pseudonyms,
)

SCHEMA = {ID: pl.String, "age": pl.Int64, "arm": pl.String, "smoker": pl.Boolean}
ROWS = st.lists(
    st.fixed_dictionaries(
        {
            ID: st.sampled_from(["A", "B", "C", "=", "", None]),
            "age": st.sampled_from([40, 41, None]),
            "arm": st.sampled_from(["open", "", " ", None]),
            "smoker": st.sampled_from([True, False, None]),
        }
    ),
    max_size=8,
)


def _told(cells: Any) -> Counter[Any]:
    """Return how many cells are alike; pseudonyms that stand once are no matter."""
    found: Counter[Any] = Counter()
    for title, name, number, text, n in cells.collect().iter_rows():
        if name != ID or number != 1:
            found[title, name, number, text] += n
    return found


@given(rows=ROWS)
def test_both_ways_count_alike(rows: list[dict[str, Any]]) -> None:
    """Cells, pseudonyms that stand twice and rows without one are told alike."""
    frame: Any = nw.from_native(pl.DataFrame(rows, schema=SCHEMA).lazy())
    kinds = dict(frame.collect_schema())
    cells = _melted(frame, "patients", ["age"], ["arm", "smoker"], kinds)
    alone = nw.concat([*map(_counted, cells), _pseudonyms(frame)], how="vertical")
    together = _counted_at_once([*cells, _pseudonym_cells(frame)])
    assert _told(together) == _told(alone)
    shown = together.filter(nw.col("iph_c") == ID).collect()["iph_s"]
    assert set(shown.to_list()) <= {None}


def test_too_many_cells_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """The number of different cells has a limit; what is wrong is told before it."""
    monkeypatch.setattr(_distinct, "MOST_DISTINCT", 3)
    frame = pl.DataFrame({ID: ["A", "B", "C", "D"], "age_years": [40, 41, 42, 43]})
    with pytest.raises(DataError, match="more than 3 different cells; round or grade"):
        count(frame.lazy())
    twice = pl.DataFrame({ID: [*"AABCD"], "age_years": [40, 41, 42, 43, 44]})
    monkeypatch.setattr(_distinct, "MOST_DISTINCT", 6)
    with pytest.raises(InputError, match="1 that stand in several rows"):
        count(twice.lazy())
