"""A folder that is replaced as a whole, or not at all."""

import ctypes
import os
import sys
from pathlib import Path

import pytest

from iph.errors import FileError
from iph.report import _folder
from iph.report._folder import MANIFEST, replace_folder


def contents(folder: Path) -> dict[str, bytes]:
    """Return every file below a folder."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_files_are_written_with_their_folders(tmp_path: Path) -> None:
    """A new folder holds the files and the list of them; parents are made."""
    target = tmp_path / "a" / "b" / "report"
    replace_folder(target, {"report.md": b"x", "tables/t.csv": b"y"})
    assert sorted(contents(target)) == sorted([MANIFEST, "report.md", "tables/t.csv"])
    assert [p.name for p in target.parent.iterdir()] == ["report"]


def test_a_former_report_is_replaced_whole(tmp_path: Path) -> None:
    """Files of the former report that the new one lacks are gone."""
    target = tmp_path / "report"
    target.mkdir()
    replace_folder(target, {"old.md": b"x", "same.md": b"1"})
    (target / ".DS_Store").write_bytes(b"left by a file manager")
    replace_folder(target, {"new.md": b"y", "same.md": b"2"})
    assert sorted(contents(target)) == [MANIFEST, "new.md", "same.md"]
    assert (target / "same.md").read_bytes() == b"2"


@pytest.mark.parametrize("name", ["notes.txt", "tables/mine.csv"])
def test_foreign_files_are_never_deleted(tmp_path: Path, name: str) -> None:
    """A folder with anything that no report wrote is refused and left alone."""
    target = tmp_path / "report"
    replace_folder(target, {"report.md": b"x"})
    (target / name).parent.mkdir(exist_ok=True)
    (target / name).write_text("mine")
    before = contents(target)
    with pytest.raises(FileError, match="holds a file that no report wrote"):
        replace_folder(target, {"report.md": b"y"})
    assert contents(target) == before


def test_a_changed_file_is_never_deleted(tmp_path: Path) -> None:
    """A report that somebody wrote in is refused: the work in it would be lost."""
    target = tmp_path / "report"
    replace_folder(target, {"report.docx": b"x"})
    (target / "report.docx").write_bytes(b"edited")
    with pytest.raises(FileError, match="was changed since"):
        replace_folder(target, {"report.docx": b"y"})
    assert (target / "report.docx").read_bytes() == b"edited"


@pytest.mark.parametrize("text", ["", "[]", '{"files": 3}'])
def test_a_damaged_list_of_files_protects_them(tmp_path: Path, text: str) -> None:
    """Without a readable list nothing counts as written by a report."""
    target = tmp_path / "report"
    replace_folder(target, {"report.md": b"x"})
    (target / MANIFEST).write_text(text)
    with pytest.raises(FileError, match="no report wrote"):
        replace_folder(target, {"report.md": b"y"})


def test_a_file_is_no_folder(tmp_path: Path) -> None:
    """The path of a file is refused."""
    target = tmp_path / "report"
    target.write_text("mine")
    with pytest.raises(FileError, match="is a file, not a folder"):
        replace_folder(target, {"report.md": b"x"})
    assert target.read_text() == "mine"


def test_a_folder_below_a_file_cannot_be_written(tmp_path: Path) -> None:
    """What the system refuses is told by name, and nothing is left behind."""
    (tmp_path / "file").write_text("mine")
    with pytest.raises(FileError, match="cannot be written"):
        replace_folder(tmp_path / "file" / "report", {"report.md": b"x"})
    assert [p.name for p in tmp_path.iterdir()] == ["file"]


def test_an_unreadable_former_report_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A folder that cannot be looked into is not replaced."""
    target = tmp_path / "report"
    replace_folder(target, {"report.md": b"x"})

    def refuse(_path: Path) -> bytes:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "read_bytes", refuse)
    with pytest.raises(FileError, match=r"cannot be read \(Permission denied\)"):
        replace_folder(target, {"report.md": b"y"})


@pytest.mark.parametrize("error", [KeyboardInterrupt, OSError(28, "No space left")])
def test_what_stops_the_writing_leaves_the_former_report(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: BaseException
) -> None:
    """After Ctrl-C or a full disk the former report is whole and alone."""
    target = tmp_path / "report"
    replace_folder(target, {"report.md": b"old"})
    before = contents(target)
    whole = Path.write_bytes

    def stop(path: Path, content: bytes) -> int:
        if path.name == "b.md":
            raise error
        return whole(path, content)

    monkeypatch.setattr(Path, "write_bytes", stop)
    with pytest.raises((KeyboardInterrupt, FileError)):
        replace_folder(target, {"a.md": b"1", "b.md": b"2"})
    assert contents(target) == before
    assert [p.name for p in tmp_path.iterdir()] == ["report"]


def test_a_failed_swap_puts_the_former_report_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """If the last step fails the former report returns to its place."""
    monkeypatch.setattr(_folder, "_exchange", lambda *_: False)
    target = tmp_path / "report"
    replace_folder(target, {"report.md": b"old"})
    rename = Path.rename
    calls: list[str] = []

    def stop(path: Path, to: Path) -> Path:
        calls.append(path.name)
        if len(calls) == 2:
            raise KeyboardInterrupt
        return rename(path, to)

    monkeypatch.setattr(Path, "rename", stop)
    with pytest.raises(KeyboardInterrupt):
        replace_folder(target, {"report.md": b"new"})
    assert (target / "report.md").read_bytes() == b"old"
    assert [p.name for p in tmp_path.iterdir()] == ["report"]


def test_the_former_report_is_never_absent(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the system can, the reports change names in one step."""
    target = tmp_path / "report"
    replace_folder(target, {"report.md": b"old"})
    exchange = _folder._exchange
    one_step: list[bool] = []
    renamed: list[str] = []
    rename = Path.rename

    def watched(one: Path, other: Path) -> bool:
        one_step.append(exchange(one, other))
        return one_step[-1]

    def moved(path: Path, to: Path) -> Path:
        renamed.append(path.name)
        return rename(path, to)

    monkeypatch.setattr(_folder, "_exchange", watched)
    monkeypatch.setattr(Path, "rename", moved)
    replace_folder(target, {"report.md": b"new"})
    assert (target / "report.md").read_bytes() == b"new"
    assert [p.name for p in tmp_path.iterdir()] == ["report"]
    assert bool(renamed) != one_step[0]


@pytest.mark.parametrize(
    ("platform", "library"), [("win32", object()), ("linux", object())]
)
def test_systems_without_an_exchange(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, platform: str, library: object
) -> None:
    """Elsewhere the former report is moved aside and the new one into its place."""
    target = tmp_path / "report"
    replace_folder(target, {"report.md": b"old"})
    monkeypatch.setattr(sys, "platform", platform)
    monkeypatch.setattr(ctypes, "CDLL", lambda _: library)
    assert not _folder._exchange(target, tmp_path)
    replace_folder(target, {"report.md": b"new"})
    assert (target / "report.md").read_bytes() == b"new"
    assert [p.name for p in tmp_path.iterdir()] == ["report"]


def test_new_parents_of_a_failed_report_are_removed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A report that could not be written leaves no empty folders."""

    def stop(_fresh: Path, _files: object) -> None:
        raise OSError(28, "No space left")

    monkeypatch.setattr(_folder, "_fill", stop)
    with pytest.raises(FileError, match="No space left"):
        replace_folder(tmp_path / "a" / "b" / "report", {"report.md": b"x"})
    assert list(tmp_path.iterdir()) == []


def test_a_link_is_followed(tmp_path: Path) -> None:
    """A report written through a link replaces the folder behind it."""
    replace_folder(tmp_path / "real", {"report.md": b"old"})
    link = tmp_path / "link"
    os.symlink(tmp_path / "real", link)  # noqa: PTH211 - the same call on all systems
    replace_folder(link, {"report.md": b"new"})
    assert link.is_symlink()
    assert (tmp_path / "real" / "report.md").read_bytes() == b"new"


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no pipes")
@pytest.mark.parametrize("name", [MANIFEST, "report.md"])
def test_a_pipe_in_the_place_of_a_file_is_not_waited_for(
    name: str, tmp_path: Path
) -> None:
    """Nobody writes into it, so reading it would never end."""
    target = tmp_path / "report"
    replace_folder(target, {"report.md": b"x"})
    (target / name).unlink()
    os.mkfifo(target / name)
    with pytest.raises(FileError, match="holds something that is no file"):
        replace_folder(target, {"report.md": b"y"})
