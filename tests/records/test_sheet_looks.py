"""What a sheet shows: workbooks that lack a part, and libraries that are missing."""

import struct
import sys
import zipfile
from pathlib import Path

import openpyxl
import pytest
import xlrd

from iph.errors import FileError
from iph.records import check, suggest_protocol
from iph.records._sheet_looks import ods_looks, xls_looks


def workbook(path: Path, rows: list[list[object]]) -> Path:
    """Write rows into a workbook."""
    book = openpyxl.Workbook()
    page = book.active
    assert page is not None
    for row in rows:
        page.append(row)
    book.save(path)
    return path


def without(path: Path, part: str, instead: bytes | None = None) -> Path:
    """Return a workbook that lacks a part, or has another in its place."""
    changed = path.with_name(f"changed{path.suffix}")
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(changed, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            if name == part:
                if instead is None:
                    continue
                content = instead
            new.writestr(name, content)
    return changed


def test_a_workbook_without_styles_has_no_percent(tmp_path: Path) -> None:
    """Without formats its cells are read as they stand; damaged ones are refused."""
    path = workbook(tmp_path / "a.xlsx", [["patient_id", "age_years"], ["A", 48]])
    assert check(without(path, "xl/styles.xml")).errors == ()
    with pytest.raises(FileError, match="no Excel workbook"):
        check(without(path, "xl/styles.xml", b"<not xml"))


def test_the_library_of_old_workbooks_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without it the message says what to install; a damaged file is said."""
    path = tmp_path / "old.xls"
    path.write_bytes(b"no workbook")
    with pytest.raises(FileError, match="formats cannot be read"):
        xls_looks(path, "one")
    monkeypatch.setitem(sys.modules, "xlrd", None)
    with pytest.raises(FileError, match="needs xlrd"):
        xls_looks(path, "one")


def test_an_open_document_without_content_shows_nothing(tmp_path: Path) -> None:
    """A part that is missing or damaged changes no cell."""
    path = tmp_path / "a.ods"
    for content in (None, "<not xml"):
        with zipfile.ZipFile(path, "w") as archive:
            if content is not None:
                archive.writestr("content.xml", content)
        rows: list[list[object]] = [["a"]]
        ods_looks(path, "one").put_into(rows)
        assert rows == [["a"]]


def test_a_study_file_is_guessed_from_a_workbook(tmp_path: Path) -> None:
    """Yes and no of a spreadsheet are a yes/no; a visit that comes twice is asked."""
    rows: list[list[object]] = [
        ["patient_id", "smoker", "units", "pain_baseline", "pain_day_0", "pain_week_2"],
        ["A", True, 2.0, 7, 7, 3],
        ["B", False, 3.0, 5, 5, 1],
        ["C", None, None, 6, 6, 2],
    ]
    path = workbook(tmp_path / "study.xlsx", rows)
    draft = suggest_protocol(path, tmp_path / "study.toml").read_text(encoding="utf-8")
    assert "smoker" in draft
    assert "yes_no" in draft
    assert "week_2" in draft


def test_a_cell_of_a_format_that_is_not_there(tmp_path: Path) -> None:
    """A damaged workbook can name one; it is refused in words."""
    content = (Path(__file__).parent / "sheets" / "errors.xls").read_bytes()
    book = xlrd.open_workbook(file_contents=content, formatting_info=True)
    page = book.sheet_by_index(0)
    cell = struct.pack("<HHH", 1, 0, page.cell_xf_index(1, 0))
    assert content.count(cell) == 1
    path = tmp_path / "spoiled.xls"
    path.write_bytes(content.replace(cell, struct.pack("<HHH", 1, 0, 999)))
    with pytest.raises(FileError, match="formats cannot be read"):
        check(path)
