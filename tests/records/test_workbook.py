"""Workbooks read by openpyxl, where python-calamine is not to be had."""

import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest

from iph import Cohort
from iph.errors import FileError
from iph.evidence import published_cases
from iph.records import check, read, write
from iph.records._excel import sheet_names
from iph.records._workbook import open_workbook

SHEETS = sorted((Path(__file__).parent / "sheets").glob("*.xlsx"))


@pytest.fixture
def without_calamine(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """Return what brings python-calamine back; until then it cannot be imported."""
    monkeypatch.setitem(sys.modules, "python_calamine", None)
    return monkeypatch


def found(path: Path) -> Any:
    """Return all that a check tells, or the words of the refusal."""
    try:
        return check(path)
    except FileError as problem:
        return str(problem)


@pytest.mark.parametrize("path", SHEETS, ids=lambda path: path.stem)
def test_both_libraries_read_the_same(
    path: Path, without_calamine: pytest.MonkeyPatch
) -> None:
    """Every error, warning and remark is the same, and so are the sheets."""
    one, names = found(path), sheet_names(path)
    without_calamine.undo()
    assert one == found(path)
    assert names == sheet_names(path)


def test_both_libraries_give_the_same_patients(
    tmp_path: Path, without_calamine: pytest.MonkeyPatch
) -> None:
    """What was written is read by either."""
    path = tmp_path / "cases.xlsx"
    write(published_cases(), path)
    assert check(path).layout == "two tables"
    one = read(path)
    without_calamine.undo()
    assert one.patients == read(path).patients


@pytest.mark.usefixtures("without_calamine")
@pytest.mark.parametrize("member", ["xl/workbook.xml", "xl/worksheets/sheet1.xml"])
def test_a_damaged_workbook_is_refused_in_words(tmp_path: Path, member: str) -> None:
    """Whatever the library stumbles on."""
    whole, damaged = tmp_path / "whole.xlsx", tmp_path / "damaged.xlsx"
    write(Cohort(), whole)
    with zipfile.ZipFile(whole) as source, zipfile.ZipFile(damaged, "w") as target:
        for name in source.namelist():
            target.writestr(name, b"<odd" if name == member else source.read(name))
    with pytest.raises(FileError, match=r"is no Excel workbook|cannot be read"):
        check(damaged)


@pytest.mark.usefixtures("without_calamine")
def test_old_workbooks_need_the_other_library() -> None:
    """They are no XML."""
    with pytest.raises(FileError, match=r"iph\[excel\]"):
        open_workbook(Path(__file__).parent / "sheets" / "merged.xls")
