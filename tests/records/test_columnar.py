"""Parquet and Feather files: what they hold is read, what cannot be is refused."""

import sys
from pathlib import Path

import pyarrow as pa
import pytest
from pyarrow import feather, parquet

from iph.errors import FileError
from iph.records import _frame_table, check, read

TABLE = pa.table(
    {
        "patient_id": ["A", "B"],
        "age_years": [48, None],
        "comorbidities": [["hemophilia"], []],
    }
)


@pytest.mark.parametrize("ending", [".parquet", ".feather"])
def test_both_kinds_are_read(ending: str, tmp_path: Path) -> None:
    """A list is a set of choices; null is not recorded."""
    path = tmp_path / f"cohort{ending}"
    written = parquet.write_table if ending == ".parquet" else feather.write_feather
    written(TABLE, path)
    first, second = read(path)
    assert (first.age_years, second.age_years) == (48, None)
    assert {one.value for one in first.comorbidities or ()} == {"hemophilia"}


def test_cells_that_no_table_holds_are_errors(tmp_path: Path) -> None:
    """Numbers in a list, and structures, are refused at their place."""
    path = tmp_path / "odd.parquet"
    columns = {"patient_id": ["A"], "comorbidities": [[1, 2]], "vas": [{"now": 3}]}
    parquet.write_table(pa.table(columns), path)
    found = {(error.row, error.column) for error in check(path).errors}
    assert (1, "comorbidities") in found


@pytest.mark.parametrize("ending", [".parquet", ".feather"])
def test_a_damaged_file_is_refused(ending: str, tmp_path: Path) -> None:
    """Bytes of another kind are said to be no such file."""
    path = tmp_path / f"damaged{ending}"
    path.write_bytes(b"PAR1 this is none PAR1")
    with pytest.raises(FileError, match="cannot be read"):
        read(path)


def test_files_without_end_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Too many columns, and more bytes than any study has, are said."""
    path = tmp_path / "large.parquet"
    parquet.write_table(TABLE, path)
    monkeypatch.setattr(_frame_table, "MOST_COLUMNS", 2)
    with pytest.raises(FileError, match="3 columns, more than 2"):
        read(path)
    monkeypatch.setattr(_frame_table, "LARGEST_FILE", 10)
    with pytest.raises(FileError, match="unpacks to more than"):
        read(path)


def test_the_library_is_named_where_it_is_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without pyarrow the message says what to install."""
    path = tmp_path / "cohort.parquet"
    parquet.write_table(TABLE, path)
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(FileError, match="needs pyarrow"):
        read(path)
