"""Files of SPSS where pyreadstat cannot be: the same values, labels and reasons."""

import csv
import datetime as dt
import math
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import attrs
import hypothesis.strategies as st
import pandas as pd
import pyreadstat
import pytest
from hypothesis import given

from iph.errors import FileError
from iph.records import check
from iph.records._sav import read_sav
from iph.records._sav_bytes import SavError

FOLDER = Path(__file__).parent
MADE = sorted((FOLDER / "sav").glob("*sav"))
"""Written by GNU PSPP: plain, packed, and packed and deflated."""


def plain(value: Any) -> Any:
    """Return a value in which nothing recorded is one thing."""
    return None if isinstance(value, float) and math.isnan(value) else value


def by_pyreadstat(path: Path) -> tuple[dict[str, list[Any]], dict[str, Any]]:
    """Return what pyreadstat reads."""
    columns, about = pyreadstat.read_sav(
        str(path), output_format="dict", user_missing=True
    )
    return (
        {name: [plain(one) for one in values] for name, values in columns.items()},
        {
            "column_names_to_labels": about.column_names_to_labels,
            "variable_value_labels": about.variable_value_labels,
            "missing_ranges": about.missing_ranges,
            "number_rows": about.number_rows,
        },
    )


def by_iph(path: Path) -> tuple[dict[str, list[Any]], dict[str, Any]]:
    """Return what is read without it."""
    columns, about = read_sav(path)
    return columns, attrs.asdict(about)


@pytest.mark.parametrize("path", MADE, ids=[path.stem for path in MADE])
def test_files_of_another_program(path: Path) -> None:
    """What PSPP wrote is read as PSPP itself shows it, and as pyreadstat does."""
    columns, _ = by_iph(path)
    with (FOLDER / "sav" / "right.csv").open(encoding="utf-8", newline="") as file:
        first, *rows = csv.reader(file)
    assert list(columns) == first
    shown: dict[type, Callable[[Any], str]] = {
        float: lambda value: f"{value:g}",
        dt.date: lambda value: f"{value:%m/%d/%Y}",
        dt.datetime: lambda value: f"{value:%m/%d/%Y %H:%M:%S}",
        dt.time: lambda value: f"{value:%H:%M:%S}",
        type(None): lambda _: "",
        str: str,
    }
    cells = [
        [shown[type(one)](one) for one in row]
        for row in zip(*columns.values(), strict=True)
    ]
    assert cells == [[one.strip() for one in row] for row in rows]
    assert by_iph(path) == by_pyreadstat(path)


NAMES = st.text("abcdefghijklmnop_ÄöΩ病", min_size=1, max_size=20).map("v{}".format)
WORDS = st.text(
    st.characters(exclude_categories=["Cs", "Cc", "Zs", "Zl", "Zp"]), max_size=20
)
NUMBERS = st.none() | st.integers(-200, 300).map(float) | st.floats(-1e300, 1e300)
LONG = st.integers(0, 900).map(lambda size: "xy病"[size % 3] * (size // 3))
DAYS = st.none() | st.dates(dt.date(1600, 1, 1), dt.date(2100, 1, 1))
TIMES = st.none() | st.times().map(lambda one: one.replace(microsecond=0))
KINDS = st.sampled_from([NUMBERS, WORDS, LONG, DAYS, TIMES])
HEADERS = st.lists(NAMES, min_size=1, max_size=6, unique_by=str.casefold)
CODES = st.dictionaries(st.integers(-9, 99).map(float), WORDS, max_size=4)
LABELS = st.none() | WORDS
PACKED = st.sampled_from([{}, {"compress": True}, {"row_compress": True}])


@st.composite
def files(draw: st.DrawFn) -> tuple[dict[str, list[Any]], dict[str, Any]]:
    """Draw variables, and what pyreadstat is told of them."""
    names = draw(HEADERS)
    n_rows = draw(st.integers(1, 12))
    columns: dict[str, list[Any]] = {}
    labels: dict[str, dict[Any, str]] = {}
    missing: dict[str, list[Any]] = {}
    for name in names:
        kind = draw(KINDS)
        columns[name] = draw(st.lists(kind, min_size=n_rows, max_size=n_rows))
        if kind is NUMBERS and any(one is not None for one in columns[name]):
            labels[name] = draw(CODES)
            low = draw(st.integers(-99, -1))
            missing[name] = draw(
                st.sampled_from([[], [9], [8, 9], [{"lo": low, "hi": 0}, 99]])
            )
        elif kind is WORDS and any(columns[name]):  # codes no wider than the variable
            codes = st.sampled_from([one for one in columns[name] if one])
            labels[name] = draw(st.dictionaries(codes, WORDS, max_size=3))
            short = [one for one in columns[name] if 0 < len(one.encode()) <= 8]
            missing[name] = short[: draw(st.integers(0, 2))]
    told = {
        "column_labels": {name: draw(LABELS) for name in names},
        "variable_value_labels": {name: one for name, one in labels.items() if one},
        "missing_ranges": {name: one for name, one in missing.items() if one},
        **draw(PACKED),
    }
    return columns, told


@given(files())
def test_what_any_table_says_is_read(
    tmp_path_factory: pytest.TempPathFactory,
    drawn: tuple[dict[str, list[Any]], dict[str, Any]],
) -> None:
    """Values, labels and missing codes are those that pyreadstat wrote and reads."""
    columns, told = drawn
    path = tmp_path_factory.getbasetemp() / "any.sav"
    frame = pd.DataFrame(
        {name: pd.Series(one, dtype=object) for name, one in columns.items()}
    )
    pyreadstat.write_sav(frame, str(path), **told)
    assert by_iph(path) == by_pyreadstat(path)


SPOILED = st.tuples(st.integers(0, 10**4), st.integers(0, 255))


@given(
    st.sampled_from(MADE),
    st.lists(SPOILED, max_size=4),
    st.none() | st.integers(0, 10**4),
)
def test_a_damaged_file_is_refused_or_read(
    tmp_path_factory: pytest.TempPathFactory,
    whole: Path,
    spoiled: list[tuple[int, int]],
    end: int | None,
) -> None:
    """Nothing but its own error, whatever bytes a file has."""
    data = bytearray(whole.read_bytes())
    for place, byte in spoiled:
        data[place % len(data)] = byte
    path = tmp_path_factory.getbasetemp() / "spoiled.sav"
    path.write_bytes(bytes(data[: None if end is None else end % len(data)]))
    try:
        columns, about = read_sav(path)
    except SavError:
        return
    assert {len(values) for values in columns.values()} == {about.number_rows}


def recoded(data: bytes, name: str) -> bytes:
    """Return a file whose text is in another encoding, of the same length."""
    told = data.index(b"UTF-8") - 4
    size = len(name).to_bytes(4, "little")
    data = data[:told] + size + name.encode("ascii") + data[told + 9 :]
    text = "gehfähig"
    return data.replace(text.encode() + b" ", text.encode(name) + b"  ")


def test_the_encoding_is_the_one_that_the_file_names(tmp_path: Path) -> None:
    """Text of an older Windows is read; an unknown encoding is refused by its name."""
    data = (
        (FOLDER / "sav" / "plain.sav")
        .read_bytes()
        .replace("Größe".encode(), b"Groesse")
    )
    path = tmp_path / "old.sav"
    path.write_bytes(recoded(data, "windows-1252"))
    assert read_sav(path)[0]["note"][0] == "gehfähig"
    path.write_bytes(data.replace(b"UTF-8", b"UTF-5"))
    with pytest.raises(SavError, match="its encoding UTF-5 is not known"):
        read_sav(path)


def test_a_text_cut_within_a_character(tmp_path: Path) -> None:
    """SPSS cuts by bytes: what is left of a character is no character."""
    data = (FOLDER / "sav" / "plain.sav").read_bytes()
    cut = data.replace("gehfähig ".encode(), "gehfähi".encode() + b"\xc3 ")
    path = tmp_path / "cut.sav"
    path.write_bytes(cut)
    assert read_sav(path)[0]["note"][0] == "gehfähi"


OURS = sorted(path for path in FOLDER.rglob("*.sav") if path.parent.name != "sav")


@pytest.mark.parametrize("path", OURS, ids=[path.name for path in OURS])
def test_sheets_are_read_alike_without_pyreadstat(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A sheet of a ward gives the same report, word by word."""
    first = check(path)
    monkeypatch.setitem(sys.modules, "pyreadstat", None)
    assert str(check(path)) == str(first)


def test_what_cannot_be_read_without_pyreadstat(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A damaged file is refused in words, and other kinds name what they need."""
    monkeypatch.setitem(sys.modules, "pyreadstat", None)
    for ending, words in ((".sav", "is no SPSS file"), (".dta", r"iph\[spss\]")):
        path = tmp_path / f"a{ending}"
        path.write_bytes(b"$FL2")
        with pytest.raises(FileError, match=words):
            check(path)
