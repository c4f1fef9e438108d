"""Writers whose disk takes no more: words, and no file."""

import errno
import resource
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from iph import Cohort
from iph.errors import FileError
from iph.evidence import published_cases
from iph.records import template, write
from iph.records._book_saving import save_book

LEAST, SOME = 500, 4_000
WRITING = """
import sys
from iph.errors import FileError
from iph.evidence import published_cases
from iph.records import template, write
try:
    if sys.argv[1] == "template":
        template("a.xlsx")
    else:
        write(published_cases(), sys.argv[1])
except FileError as refused:
    print(refused)
"""


@pytest.mark.parametrize("size", [LEAST, SOME])
@pytest.mark.parametrize("name", ["a.xlsx", "a.sav", "template"])
def test_no_file_may_grow(name: str, size: int, tmp_path: Path) -> None:
    """Whichever library meets the end of the disk, its error is said in words."""
    limit = (size, size)
    done = subprocess.run(  # noqa: S603 - our own lines
        [sys.executable, "-B", "-c", WRITING, name],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, limit),
    )
    target = "a.xlsx" if name == "template" else name
    assert done.stdout.startswith(f"{target}: cannot be written (")
    assert (done.stderr, done.returncode) == ("", 0)
    assert list(tmp_path.iterdir()) == []


def failing(problem: Exception) -> Callable[[object], None]:
    """Return what fails to save a workbook."""

    def save(_: object) -> None:
        raise problem

    return save


def test_errors_of_a_library_of_sheets(tmp_path: Path) -> None:
    """Its own words for a full disk become those of the system; others are raised."""
    kind = type("SerialisationError", (Exception,), {})
    for text, code in (("IO_ENOSPC", errno.ENOSPC), ("IO_WRITE", errno.EIO)):
        with pytest.raises(OSError, match=r"[Nn]o space|[Ii]nput/output") as caught:
            save_book(failing(kind(text)), tmp_path / "a.xlsx")
        assert caught.value.errno == code
    with pytest.raises(ValueError, match="a fault"):
        save_book(failing(ValueError("a fault")), tmp_path / "a.xlsx")


def test_a_library_that_is_missing_is_said_of_the_file_that_was_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No message names the hidden draft."""
    monkeypatch.setitem(sys.modules, "pyreadstat", None)
    with pytest.raises(FileError, match="pip install") as caught:
        write(Cohort(published_cases().patients[:1]), tmp_path / "a.sav")
    assert caught.value.path == str(tmp_path / "a.sav")
    assert list(tmp_path.iterdir()) == []
    assert template(tmp_path / "a.xlsx").exists()
