"""Spoiled cells and files: every error found, none hidden, no traceback.

The number of trials grows with ``IPH_FUZZ_CELLS`` and ``IPH_FUZZ_FILES``.
"""

import csv
import io
import os
import random
import tempfile
import zipfile
from pathlib import Path

import pytest
from hypothesis import given, settings

from iph import Cohort
from iph._fields import DeclaredField, Kind, cell
from iph.errors import FieldError, FileError
from iph.protocol import LI_2023_PROTOCOL
from iph.records import check, errors_text, write
from iph.records._cells import read_cell
from iph.records._example import example
from iph.records._targets import Target, known_names
from iph.records._writing import as_text
from iph.testing import PlantedTable, planted_tables

CELLS = int(os.environ.get("IPH_FUZZ_CELLS", "4000"))
FILES = int(os.environ.get("IPH_FUZZ_FILES", "60"))
FEW = FILES if "IPH_FUZZ_FILES" in os.environ else 6  # each is tried in a new process
SIGNS = "0123456789.,;-+eE<>= %/'\"\t\n\0\u2212\u0663\xa0ÄIVXxyesnoNA|_"
SEEDS = (
    "48", "7.5", "110,5", "female", "F", "upper;mid", "none", "yes", "0", "4-", "IV",
    "NA", "", "1e3", "unknown", "baseline", "2020-01-31", "1,234", "9" * 50,
)  # fmt: skip


@settings(max_examples=1 + settings().max_examples // 4)  # each reads files
@given(planted_tables())
def test_every_planted_error_is_found_and_nothing_else(table: PlantedTable) -> None:
    """The spoiled cells are the errors: none is hidden, none is invented."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "t.csv"
        with path.open("w", newline="", encoding="utf-8") as file:
            csv.writer(file).writerows([table.header, *table.rows])
        report = check(path)
    assert {(e.row, e.column) for e in report.errors} == table.planted
    assert len(report.errors) == len(table.planted)


def mutated(rng: random.Random, text: str) -> str:
    """Change a text at some places."""
    signs = list(text)
    for _ in range(rng.randint(0, 3)):
        place = rng.randint(0, len(signs))
        what = rng.randint(0, 2)
        if what == 0:
            signs.insert(place, rng.choice(SIGNS))
        elif signs and what == 1:
            del signs[place % len(signs)]
        elif signs:
            signs[place % len(signs)] = rng.choice(SIGNS)
    return "".join(signs)


def says_the_same(field: DeclaredField, text: str, value: object) -> bool:
    """Whether a cell literally says a value."""
    bare = text.strip()
    if value is None:
        return bare == ""
    written = as_text(cell(field, value), raw=True)
    if field.declaration.kind in (Kind.QUANTITY, Kind.DAYS, Kind.GRADE):
        return float(bare) == float(written)
    if field.declaration.kind is Kind.CHOICES:
        return {one.strip() for one in bare.split(";")} == set(written.split(";"))
    return bare == written


def test_no_accepted_cell_differs_from_its_value() -> None:
    """A mutated cell is refused, or read literally, or its reading has a reason."""
    rng = random.Random(2023)  # noqa: S311 - trials, no secrets
    targets: list[Target] = list(known_names().values())
    accepted = 0
    for _ in range(CELLS):
        target, text = rng.choice(targets), mutated(rng, rng.choice(SEEDS))
        try:
            found = read_cell(target, text)
        except FieldError:
            continue
        accepted += 1
        assert found.reason or says_the_same(target.field, text, found.value)
    assert accepted > CELLS / 100


def spoiled(rng: random.Random, sound: bytes) -> bytes:
    """Change, cut out, insert or cut off some bytes."""
    content = bytearray(sound)
    for _ in range(rng.randint(1, 4)):
        place = rng.randrange(len(content) + 1)
        what = rng.randint(0, 6)
        if what <= 2:
            content[place : place + 1] = bytes([rng.randrange(256)])
        elif what == 3:
            del content[place : place + rng.randint(1, 40)]
        elif what <= 5:
            content[place:place] = bytes(rng.choices(b"<>/=\"'0A,;\n\0\xff", k=3))
        else:
            del content[place:]
    return bytes(content)


def packed(sound: Path, sheet: bytes) -> bytes:
    """Return a workbook with the XML of its first sheet replaced."""
    made = io.BytesIO()
    name = "xl/worksheets/sheet1.xml"
    with zipfile.ZipFile(sound) as old, zipfile.ZipFile(made, "w") as new:
        for one in old.namelist():
            new.writestr(one, sheet if one == name else old.read(one))
    return made.getvalue()


@pytest.mark.parametrize(
    ("ending", "trials"),
    [(".csv", FILES), (".json", FILES), (".xlsx", FILES), (".sav", FEW)],
)
def test_no_mutated_file_gives_a_traceback(
    tmp_path: Path, ending: str, trials: int
) -> None:
    """A spoiled file is refused with words or checked; nothing else is raised."""
    rng = random.Random(2023)  # noqa: S311 - trials, no secrets
    cohort = Cohort(example(LI_2023_PROTOCOL).patients, label="mutated")
    sound = write(cohort, tmp_path / f"sound{ending}")
    path = tmp_path / f"spoiled{ending}"
    outcomes = set()
    for trial in range(trials):
        if ending == ".xlsx" and trial % 2:
            with zipfile.ZipFile(sound) as book:
                sheet = book.read("xl/worksheets/sheet1.xml")
            path.write_bytes(packed(sound, spoiled(rng, sheet)))
        else:
            path.write_bytes(spoiled(rng, sound.read_bytes()))
        try:
            outcomes.add("checked" if errors_text(check(path)) else "")
        except FileError:
            outcomes.add("refused")
    assert outcomes == {"checked", "refused"}
