"""The statements of a TOML file: as the standard library reads them, with lines."""

import sys
import tomllib
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iph.protocol._scan import _Walk, scan

NAMES = st.text("abcxyz_-019", min_size=1, max_size=6) | st.sampled_from(
    ['"a b"', "'c.d'", '"]"', "true"]
)
TEXTS = st.text(
    st.characters(exclude_characters="\"'\\", exclude_categories=["Cc", "Cs"]),
    max_size=12,
)


def several_lines(items: list[str]) -> str:
    """Write a list over lines, with comments between."""
    return "[ # the first ]\n" + "".join(f"  {one}, # {{\n" for one in items) + "]"


SIMPLE = st.one_of(
    TEXTS.map('"{}"'.format),
    TEXTS.map("'{}'".format),
    TEXTS.map('"""{}\n[x]\ny = 1\n"""'.format),
    TEXTS.map("'''\n#{}\n'''".format),
    st.integers().map(str),
    st.decimals(allow_nan=False, allow_infinity=False, places=3).map(str),
    st.sampled_from(["true", "false", "inf", "1979-05-27T07:32:00-07:00", "07:32:00"]),
)
VALUES = st.recursive(
    SIMPLE,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3).map(lambda items: f"[{', '.join(items)}]"),
        st.lists(inner, max_size=3).map(several_lines),
        st.dictionaries(NAMES, inner.filter(lambda v: "\n" not in v), max_size=3).map(
            lambda d: "{" + ", ".join(f"{k} = {v}" for k, v in d.items()) + "}"
        ),
    ),
    max_leaves=6,
)


def plain(name: str) -> str:
    """Return what a name in quotes is."""
    return name.strip("\"'")


@st.composite
def documents(draw: st.DrawFn) -> tuple[str, dict[tuple[str, ...], int]]:
    """Draw a sound text, and the line of every key that a statement sets."""
    lines: list[str] = []
    expected: dict[tuple[str, ...], int] = {}
    tables = draw(st.lists(NAMES, max_size=3, unique_by=plain))
    for table in [None, *tables]:
        at: tuple[str, ...] = ()
        if table is not None:
            at = (plain(table),)
            lines.append(f"[{table}] # [not] = a table")
            expected[at] = len(lines)
        taken = set(map(plain, tables)) if table is None else set()
        for name, value in draw(st.dictionaries(NAMES, VALUES, max_size=4)).items():
            if plain(name) in taken:
                continue
            taken.add(plain(name))
            lines += draw(st.sampled_from([[], [""], ["# x = ["]]))
            expected[*at, plain(name)] = len(lines) + 1
            lines += f"{name} = {value}".split("\n")
    return "\n".join(lines), expected


@given(documents(), st.sampled_from(["\n", "\r\n"]))
def test_a_sound_text_is_read_as_by_the_standard_library(
    document: tuple[str, dict[tuple[str, ...], int]], newline: str
) -> None:
    """The data are the same, and every key has the line on which it is written."""
    text, expected = document
    text = text.replace("\n", newline)
    found = scan(text)
    assert found.errors == ()
    assert found.data == tomllib.loads(text, parse_float=Decimal)
    assert {path: found.lines[path] for path in expected} == expected


@pytest.mark.skipif(sys.version_info >= (3, 15), reason="reads TOML 1.1 itself")
@given(st.text("ab01=[]{}\"'\\,.# \t\n-:", max_size=40))
def test_no_sound_text_is_refused(text: str) -> None:
    """Whatever the standard library reads is read; all else has an error."""
    try:
        data = tomllib.loads(text, parse_float=Decimal)
    except tomllib.TOMLDecodeError:
        assert scan(text).errors
    else:
        found = scan(text)
        assert found.errors == ()
        assert found.data == data


PLANTED = {
    'title = "x': "a text is not closed",
    "x = '''y": "a text is not closed",
    "condition = carpal tunnel": "a text needs quotes",
    "day = 2 weeks": "a text needs quotes",
    "w = { day = 42, window = [35, 56}": "a ] is missing before the }",
    "l = [1, 2": "a ] is missing",
    "b = { a = 1": "a } is missing",
    "b = { a = 1,\n  c = 2 }": "a } is missing",
    "b = {\n  c = 2,\n}": "a } is missing",
    "b = { a = 1, }": "a comma stands before the }",
    "q = “x”": "straight quotes",
    "l = ['a' 'b']": "a comma or a ] is missing",
    "b = { a = 1 c = 2 }": "a comma or a } is missing",
    "n = 01": "needless 0",
    "n = 0,1": "needs a point",
    "y = True": "write true",
    "y = yes": "write true",
    "y = No": "write false",
    "age: 5": "not :",
    "grip kg = 4": "is no name",
    "größe = 4": "is no name",
    "n =": "a value is missing",
    "n 5": "is no name",
    "n": "= is missing",
    "b = { a = 1, a = 2 }": "stands twice",
    r'b = "C:\data"': "needs a second one",
    r'b = "\e[0m"': "no escapes",
    "t = 12:30": "needs seconds",
    'l = [\n  "a",\n  "b,\n  "c",\n]': "a text is not closed",
    "[a b]": "is no name",
    "[a": "a ] is missing",
    "n = ]": "without its beginning",
    "n = " + "9" * 5000: "limit",
}


@given(st.lists(st.sampled_from(sorted(PLANTED)), max_size=5, unique=True), st.data())
def test_every_planted_error_is_told_with_its_line(
    planted: list[str], data: st.DataObject
) -> None:
    """Each wrong statement is one error, whatever stands around it."""
    lines: list[str] = []
    expected = []
    for number, wrong in enumerate(planted):
        sound = data.draw(st.sampled_from(["", "# fine", f"s{number} = [1, # one\n2]"]))
        lines += sound.split("\n")
        within = wrong.split("\n")
        place = next((i for i, one in enumerate(within) if one == '  "b,'), 0)
        expected.append((len(lines) + 1 + place, PLANTED[wrong]))
        lines += [*within, f"t{number} = true"]
    found = scan("\n".join(lines)).errors
    assert [error.line for error in found] == [line for line, _ in expected]
    for error, (_, said) in zip(found, expected, strict=True):
        assert said in str(error)


@pytest.mark.parametrize(
    ("text", "line", "first"),
    [
        ("sex = {}\nage = 1\nsex = {}", 3, 1),
        ("[visits]\na = 0\n[patient]\n[visits]\nb = 1", 4, 1),
        ("[visits]\na = 0\n\na = 1", 4, 2),
        ("a.b = 1\na.b = 2", 2, 1),
        ("a = { b = 1 }\na = { c = 1 }", 2, 1),
    ],
)
def test_a_name_that_stands_twice_is_told_with_both_lines(
    text: str, line: int, first: int
) -> None:
    """The second is the error; the first is named."""
    (error,) = scan(text).errors
    assert error.line == line
    assert f"first in line {first}" in error.problem


@pytest.mark.parametrize(
    "text",
    ["a = 1\n[a]\nb = 1", "[a.b]\n[a]\nb.c = 1", "a = {}\na.b = 1", "[[a]]\n[a]"],
)
def test_a_name_of_two_meanings_is_told(text: str) -> None:
    """What only the whole text shows is an error as well."""
    (error,) = scan(text).errors
    assert error.line is not None
    assert error.problem[:1].islower()


def test_tables_in_lists_have_lines() -> None:
    """A list of tables counts its tables from 0."""
    found = scan("[[a]]\nx = 1\n[[a]]\nx = 2\n[a.b]\ny = { z = 3 }")
    assert found.lines["a", 0, "x"] == 2
    assert found.lines["a", 1, "x"] == 4
    assert found.lines["a", 1, "b", "y", "z"] == 6


@pytest.mark.parametrize(
    "line",
    [
        "f{} = {{ label = 'F', low = 0, high = 10 }}\n",
        "f{} = [\n",
        'f{} = """\n',
        "f{} = {{ a = 1,\n",
        'f{} = "\n',
    ],
)
def test_the_work_grows_with_the_length(
    line: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Eight times the text takes eight times the steps, sound or not."""
    steps = 0
    step = _Walk.step

    def counted(walk: _Walk) -> None:
        nonlocal steps
        steps += 1
        step(walk)

    monkeypatch.setattr(_Walk, "step", counted)
    scan("".join(line.format(i) for i in range(100)))
    few, steps = steps, 0
    scan("".join(line.format(i) for i in range(800)))
    assert few >= 100
    assert steps <= 8 * few + 8


def test_an_exponent_of_twenty_digits_is_read() -> None:
    """It is as large or small as a number can be."""
    found: dict[str, Any] = scan(
        "a = 1e99999999999999999999\nb = 1e-99999999999999999999"
    ).data
    assert found == {"a": Decimal("Infinity"), "b": 0}
