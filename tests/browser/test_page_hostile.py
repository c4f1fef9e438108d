"""Hostile files dropped on the page: words, and no more harm than in Python."""

from pathlib import Path
from typing import Any

from iph._page import LARGEST, answer

SHEETS = Path(__file__).parents[1] / "records" / "sheets"
HOSTILE = sorted(
    path for path in SHEETS.iterdir() if path.suffix != ".py" and path.is_file()
)


def test_hostile_files_do_no_more_harm_than_in_python(quiet: Any) -> None:
    """What the page can read is judged as the package judges it; else there are words.

    A page without a server cannot read some kinds, and names them beforehand.
    """
    page = quiet.page
    unread = page.inner_text("#unread") if page.locator("#unread").is_visible() else ""
    kinds = {"SPSS": (".sav", ".dta", ".xpt"), "Parquet": (".parquet", ".feather")}
    kinds["OpenDocument"] = (".xls", ".ods", ".xlsb")
    closed = {end for kind, ends in kinds.items() if kind in unread for end in ends}
    assert len(HOSTILE) > 50
    for path in HOSTILE:
        quiet.drop(path)
        files = {path.name: path.read_bytes()}
        native = answer("look", {"file": path.name}, files).said
        words = page.inner_text("#trouble") if "error" in native else ""
        if path.suffix in closed:
            assert "read it with iph installed" in page.inner_text("#trouble")
        elif "error" in native:
            assert words.splitlines()[0] == native["error"].splitlines()[0]
        else:
            said = page.inner_text("#verdict")
            sound = "no errors" if native["ok"] else f"{native['n_errors']} errors"
            assert sound in said, path.name
            assert f"{native['n_patients']} patients" in said, path.name


def test_a_file_of_50_mb_is_refused_in_words(quiet: Any, tmp_path: Path) -> None:
    """Before it is read."""
    path = tmp_path / "large.csv"
    with path.open("wb") as file:
        file.truncate(LARGEST + 1)
    quiet.drop(path)
    words = "large.csv is larger than 50 MB. Split it, or use the Python package."
    assert quiet.page.inner_text("#trouble") == words
