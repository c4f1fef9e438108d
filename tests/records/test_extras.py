"""Without the library of a format, the message says what to install."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from iph import Cohort
from iph.errors import FileError
from iph.records import check, mark, read_redcap, template, write

TOKEN = "A" * 32
USES: list[tuple[str, str, Callable[[Path], Any]]] = [
    ("openpyxl", "excel", lambda folder: write(Cohort(), folder / "new.xlsx")),
    ("openpyxl", "excel", lambda folder: template(folder / "new.xlsx")),
    ("openpyxl", "excel", lambda f: mark(f / "old.csv", f / "new.xlsx")),
    (
        "python_calamine openpyxl",
        "excel",
        lambda folder: check(folder / "old.xlsx"),
    ),
    ("pyreadstat", "spss", lambda folder: check(folder / "old.dta")),
    ("pyreadstat", "spss", lambda folder: write(Cohort(), folder / "new.sav")),
    ("pandas", "spss", lambda folder: write(Cohort(), folder / "new.sav")),
    ("redcap", "redcap", lambda _: read_redcap("http://127.0.0.1:9/api/", TOKEN)),
]


@pytest.mark.parametrize(("module", "extra", "use"), USES, ids=range(len(USES)))
def test_what_to_install(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    module: str,
    extra: str,
    use: Callable[[Path], Any],
) -> None:
    """The extra is named, and nothing is left behind."""
    for ending in (".csv", ".xlsx", ".sav"):
        write(Cohort(), tmp_path / f"old{ending}")
    (tmp_path / "old.dta").write_bytes(b"<stata_dta>")
    for name in module.split():
        monkeypatch.setitem(sys.modules, name, None)
    with pytest.raises(FileError, match=rf"iph\[{extra}\]"):
        use(tmp_path)
    assert {path.stem for path in tmp_path.iterdir()} == {"old"}
