"""Hostile but plausible sheets, made with an oracle that knows what each cell says.

A cell is written as a person might write it, in one of several forms. What is right is
known when it is made: a value, nothing recorded, or that it must be refused. No reading
may give another value, hide an error, or end in a traceback.
``benchmarks/hostile_sheets.py`` draws many more of them.
"""

import importlib.util
import sys
from pathlib import Path
from typing import Any

import pytest

_PLACE = Path(__file__).parent / "sheets" / "hostile.py"
_SPEC = importlib.util.spec_from_file_location("hostile", _PLACE)
assert _SPEC is not None
assert _SPEC.loader is not None
hostile: Any = importlib.util.module_from_spec(_SPEC)
sys.modules["hostile"] = hostile  # attrs looks a class up by its module
_SPEC.loader.exec_module(hostile)


@pytest.mark.parametrize("form", hostile.FORMS)
@pytest.mark.parametrize("seed", [1, 2])
def test_no_cell_of_a_hostile_sheet_is_misread(
    form: str, seed: int, tmp_path: Path
) -> None:
    """Each cell is read as its oracle says, or refused where it stands."""
    found = hostile.tried(form, tmp_path, seed=seed, n_patients=12)
    assert found.wrong == []
    assert found.n_read + found.n_refused + found.n_asked == found.n_cells
    assert min(found.n_read, found.n_refused) > 0


def test_the_oracle_notices_a_wrong_value(monkeypatch: pytest.MonkeyPatch) -> None:
    """A cell that says something else than it is held to say is found."""
    monkeypatch.setitem(hostile.COLUMNS, "age_years", lambda *_: ("40", 41))
    found = hostile.tried("pandas", Path(), seed=1, n_patients=3)
    assert len(found.wrong) == 3
    monkeypatch.setitem(
        hostile.COLUMNS, "age_years", lambda *_: ("40", hostile.REFUSED)
    )
    assert len(hostile.tried("pandas", Path(), seed=1, n_patients=3).wrong) == 3
