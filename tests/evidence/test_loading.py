"""Claims are read from CSV and TOML, or refused with their place."""

import math
import os
from pathlib import Path
from typing import Any

import pytest

from iph.errors import FileError, InputError
from iph.evidence import Claim, Verdict, audit, read_claims, read_recovery_series

CSV = """\
code,where,printed,kind,count,of,parts
n,Abstract,28 patients,size,,,a;b
a,Results,18,count,,n,
b,Results,10,count,,n,
a-share,Table 1,64.3%,percentage,a,n,
"""
TOML = """\
[[claim]]
code = "n"
where = "Abstract"
printed = "28"
kind = "size"
parts = ["a", "b"]

[[claim]]
code = "a"
where = "Results"
printed = "17"
kind = "count"
of = 28

[[claim]]
code = "b"
where = "Results"
printed = "ten"
kind = "count"
"""


def test_csv_with_byte_order_mark(tmp_path: Path) -> None:
    """A file saved by a spreadsheet is read."""
    file = tmp_path / "claims.csv"
    file.write_text("\ufeff" + CSV, encoding="utf-8")
    verdicts = [finding.verdict for finding in audit(read_claims(file))]
    assert verdicts == [Verdict.CONSISTENT] * 4


def test_toml(tmp_path: Path) -> None:
    """The same in TOML, with a sum that fails."""
    file = tmp_path / "claims.toml"
    file.write_text(TOML, encoding="utf-8")
    finding = audit(read_claims(str(file)))[0]
    assert finding.verdict is Verdict.CONTRADICTS
    assert finding.reason == "its parts make 17 + 10 = 27, not 28."


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("a.csv", "code,where,printed,kind\n", "holds no claims"),
        ("a.csv", "code,where,printed\nn,A,1\n", "row 2 lacks kind"),
        ("a.csv", "code,where,printed,kind,hue\nn,A,1,size,red\n", "no field 'hue'"),
        ("a.csv", "code,where,printed,kind\nn,A,1,size,x\n", "more cells than the"),
        ("a.csv", "code,where,printed,kind\nn,A,1,guess\n", "row 2: kind must be"),
        ("a.csv", "code,where,printed,kind,of\nn,A,1,size,m\n", "code of a count"),
        ("a.toml", "claim = 3", "holds no claims"),
        ("a.toml", "claim = [3]", "claim 1 is not a table"),
        ("a.toml", "[[claim", "is not TOML"),
        ("a.txt", "", "neither .csv nor .toml"),
    ],
)
def test_unusable_files(tmp_path: Path, name: str, text: str, message: str) -> None:
    """The message names the file and the place in it."""
    file = tmp_path / name
    file.write_text(text, encoding="utf-8")
    with pytest.raises(FileError, match=message) as caught:
        read_claims(file)
    assert caught.value.path == str(file)


def test_unreadable_files(tmp_path: Path) -> None:
    """A missing file and one that is not UTF-8 are refused alike."""
    with pytest.raises(FileError, match="no such file"):
        read_claims(tmp_path / "none.csv")
    file = tmp_path / "latin.csv"
    file.write_bytes(b"code\n\xe9\n")
    with pytest.raises(FileError, match="not UTF-8"):
        read_claims(file)


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("a.toml", f"a = {'[' * 100_000}", "nested too deeply|is not TOML"),
        ("a.toml", f"a = {'9' * 5_000}", "is not TOML"),
        ("a.csv", f"code,where\n{'x' * 200_000},1\n", "row 2 cannot be read: field"),
        ("a.csv", 'code,where\na,"open\n', "cannot be read: unexpected end"),
        ("a.csv", "x" * 10_000_001, "larger than 9 MiB"),
    ],
)
def test_files_made_to_harm(tmp_path: Path, name: str, text: str, message: str) -> None:
    """Depth, digits, long cells and large files are refused in words, at once."""
    file = tmp_path / name
    file.write_text(text, encoding="utf-8")
    with pytest.raises(FileError, match=message):
        read_claims(file)


def test_what_never_ends_is_no_file_of_claims(tmp_path: Path) -> None:
    """A pipe or a device is refused before it is opened."""
    os.mkfifo(tmp_path / "pipe.csv")
    (tmp_path / "zero.csv").symlink_to("/dev/zero")
    for path in (tmp_path / "pipe.csv", tmp_path / "zero.csv"):
        for reader in (read_claims, read_recovery_series):
            with pytest.raises(FileError, match="is not a file"):
                reader(path)


@pytest.mark.parametrize(
    "given",
    [
        {"step": "1e-999999999"},
        {"low": "1e9999999"},
        {"printed": "P < 1e-999999999", "kind": "p-value"},
        {"printed": "1" * 40_000},
        {"count": "9" * 5_000},
        {"table": [[math.inf, 2], [3, 1]], "kind": "p-value", "test": "fisher"},
        {"table": [[1.9, 2.9], [3.9, 1.9]], "kind": "p-value", "test": "fisher"},
        {"table": [[10**400, 2], [3, 1]], "kind": "p-value", "test": "fisher"},
        {"table": [[True, 2.5], ["3", 1]], "kind": "p-value", "test": "fisher"},
    ],
)
def test_numbers_of_any_size_end(given: dict[str, Any]) -> None:
    """A number with a billion digits is refused, or no figure that can be checked."""
    about = {"code": "a", "where": "x", "printed": "1", "kind": "count"} | given
    try:
        claim = Claim(**about)
    except InputError:
        return
    (finding,) = audit([claim])
    assert finding.verdict in {Verdict.NOT_CHECKABLE, Verdict.CONSISTENT}
