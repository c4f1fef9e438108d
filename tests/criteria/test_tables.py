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


@settings(
    max_examples=1 + settings().max_examples // 10,  # each reads seven files
    phases=[Phase.generate],
)
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


@pytest.mark.parametrize("name", ["a[1]", "a[!2]"])
def test_a_name_that_looks_like_a_pattern(tmp_path: Path, name: str) -> None:
    """A file is that file, by its name or found by a pattern, and never another."""
    for stem, ages in ((name, [48]), ("a1", [48, 12])):
        table = pyarrow.table({"age_years": ages})
        for ending in ("csv", "tsv"):
            pyarrow.csv.write_csv(table, tmp_path / f"{stem}.{ending}")
        pq.write_table(table, tmp_path / f"{stem}.parquet")
    for ending in ("csv", "tsv", "parquet"):
        rows = open_table(tmp_path / f"{name}.{ending}").fetchall()
        assert rows == [(48,)]
        assert len(open_table(tmp_path / f"*.{ending}").fetchall()) == 3


def test_endings_in_capitals(tmp_path: Path) -> None:
    """The case of an ending says nothing, and both endings of Parquet are one kind."""
    table = pyarrow.table({"age_years": [48]})
    pq.write_table(table, tmp_path / "a.PARQUET")
    pq.write_table(table, tmp_path / "b.Pq")
    both = [tmp_path / "a.PARQUET", tmp_path / "b.Pq"]
    assert open_table(both).fetchall() == [(48,), (48,)]
    pyarrow.csv.write_csv(table, tmp_path / "c.CSV")
    assert open_table(str(tmp_path / "c.CSV")).fetchall() == [(48,)]


def test_codes_stay_words(tmp_path: Path) -> None:
    """In text, yes and no are words, and what looks like a date is none."""
    path = tmp_path / "a.csv"
    path.write_text("ct,sex,age_years\nyes,2023-01-02,48\nno,,48.5\n", encoding="utf-8")
    assert open_table(path).fetchall() == [
        ("yes", "2023-01-02", 48),
        ("no", None, 48.5),
    ]


def test_a_broken_file_is_named_in_one_line(tmp_path: Path) -> None:
    """What is wrong is said first, and the options of the reader are left out."""
    path = tmp_path / "a.csv"
    path.write_bytes(b'a,b\n\xff\xfe\x00,1\n"x')
    with pytest.raises(FileError, match=r"a\.csv: .*Error") as caught:
        open_table(path)
    assert "\n" not in str(caught.value)


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
    with pytest.raises(FileError, match="there is no such file"):
        open_table([tmp_path / "a.parquet", tmp_path / "z.parquet"])
    with pytest.raises(FileError, match=r"a\.parquet: "):
        open_table(tmp_path / "a.parquet")
    monkeypatch.setitem(sys.modules, "duckdb", None)
    with pytest.raises(DataError, match=r"install it with: .*iph\[duckdb\]"):
        open_table(tmp_path / "a.parquet")
