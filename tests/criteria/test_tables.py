"""Tables on disk are screened as the patients that were written to them."""

import sys
from pathlib import Path
from typing import Any

import pyarrow.csv
import pyarrow.parquet as pq
import pytest
from hypothesis import Phase, given, settings

from iph import Cohort, Patient
from iph.criteria import LI_2023, open_table, screen
from iph.errors import DataError, FileError, InputError
from iph.testing import cohorts


def written(cohort: Cohort, folder: Path) -> None:
    """Write a cohort as two Parquet files and two of text."""
    table = cohort.patients_frame("pyarrow")
    half = len(cohort) // 2
    for name, part in {"a": table[:half], "b": table[half:]}.items():
        pq.write_table(part, folder / f"{name}.parquet")
        pyarrow.csv.write_csv(part, folder / f"{name}.csv")


@settings(max_examples=8, phases=[Phase.generate])
@given(cohort=cohorts(min_size=2, max_size=6))
def test_files_of_any_cohort(
    cohort: Cohort, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Parquet and text, by pattern or by name, give the flow of the patients."""
    folder = tmp_path_factory.mktemp("files")
    written(cohort, folder)
    expected = screen(cohort, LI_2023)
    asked: list[Any] = [
        folder / "*.parquet",
        [folder / "a.parquet", str(folder / "b.parquet")],
        f"{folder}/*.csv",
    ]
    for paths in asked:
        found = screen(open_table(paths), LI_2023)
        assert found.flow == expected.flow
        assert found.n_included == expected.n_included


def test_a_file_without_a_column(tmp_path: Path) -> None:
    """A column that only some files have is missing in the others."""
    cohort = Cohort([])
    table = cohort.patients_frame("pyarrow")
    pq.write_table(table, tmp_path / "a.parquet")
    pq.write_table(table.drop_columns(["age_years"]), tmp_path / "b.parquet")
    assert screen(open_table(tmp_path / "*.parquet"), LI_2023).n_assessed == 0


def test_a_folder_is_its_parquet_files(tmp_path: Path) -> None:
    """Files of either ending count, what Spark leaves beside them does not."""
    table = Cohort([Patient(patient_id="P01", age_years=12)]).patients_frame("pyarrow")
    for name in ("part-0.parquet", "part-1.parquet", "_common.parquet", ".x.parquet"):
        pq.write_table(table, tmp_path / name)
    (tmp_path / "_SUCCESS").touch()
    assert screen(open_table(tmp_path), LI_2023).n_excluded == 2
    pq.write_table(table, tmp_path / "other.pq")
    assert screen(open_table(tmp_path / "other.pq"), LI_2023).n_assessed == 1
    assert screen(open_table(tmp_path), LI_2023).n_assessed == 3
    (tmp_path / "empty").mkdir()
    with pytest.raises(FileError, match="is a folder without Parquet files"):
        open_table(tmp_path / "empty")


def test_what_cannot_be_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is missing, mixed or broken is named."""
    with pytest.raises(FileError, match="there is no such file"):
        open_table(tmp_path / "*.parquet")
    for name in ("a.parquet", "b.csv", "c.txt"):
        (tmp_path / name).write_text("no table", encoding="utf-8")
    with pytest.raises(InputError, match="paths must be files of one kind"):
        open_table([tmp_path / "a.parquet", tmp_path / "b.csv"])
    with pytest.raises(InputError, match="paths must be files of one kind"):
        open_table(tmp_path / "c.txt")
    with pytest.raises(InputError, match="paths must be files of one kind"):
        open_table([])
    with pytest.raises(FileError, match=r"a\.parquet: "):
        open_table(tmp_path / "a.parquet")
    monkeypatch.setitem(sys.modules, "duckdb", None)
    with pytest.raises(DataError, match=r"install it with: .*iph\[duckdb\]"):
        open_table(tmp_path / "a.parquet")
