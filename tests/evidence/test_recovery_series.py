"""The evidence file: what is written is read, and what is wrong is said at once."""

import csv
import tempfile
from pathlib import Path

import hypothesis.strategies as st
import pytest
from hypothesis import given

from iph.errors import FileError, InputError
from iph.evidence import (
    RecoverySeries,
    aggregate_series,
    li2023_claims,
    pooled_proportion,
    published_recovery,
    read_recovery_series,
    write_recovery_series,
)
from iph.evidence._pooled_text import changed_lines, pooled_lines, pooled_recovery

PRINTABLE = st.characters(exclude_categories=["C", "Z"], include_characters=" ")
TEXTS = st.text(PRINTABLE, max_size=20).filter(
    lambda text: text.isprintable() and text.strip()[:1] not in set("=+-@#")
)
NAMES = TEXTS.filter(str.strip)
YEARS = st.none() | st.integers(1800, 2200)
COUNTS = st.none() | st.integers(1, 10**9)
RECOVERED = st.none() | st.integers(0, 10**9)


@st.composite
def a_series(draw: st.DrawFn) -> RecoverySeries:
    """Draw a series, with or without its numbers."""
    n = draw(COUNTS)
    recovered = RECOVERED if n is None else st.none() | st.integers(0, n)
    return RecoverySeries(
        study=draw(NAMES),
        year=draw(YEARS),
        recovered=draw(recovered),
        n=n,
        outcome=draw(TEXTS),
        follow_up=draw(TEXTS),
        source=draw(TEXTS),
        doubt=draw(TEXTS),
    )


MANY = st.lists(a_series(), max_size=6, unique_by=lambda one: one.label)


def saved(text: str, folder: Path) -> Path:
    """Write a file and return its path."""
    path = folder / "evidence.csv"
    path.write_text(text, encoding="utf-8")
    return path


@given(MANY)
def test_what_is_written_is_read(series: list[RecoverySeries]) -> None:
    """Every file is read back as what was written."""
    with tempfile.TemporaryDirectory() as folder:
        path = write_recovery_series(series, Path(folder) / "evidence.csv")
        assert read_recovery_series(path) == tuple(series)
        assert [p.name for p in Path(folder).iterdir()] == ["evidence.csv"]


@given(MANY)
def test_a_spreadsheet_may_save_it(series: list[RecoverySeries]) -> None:
    """Semicolons, a byte order mark, filled-up and empty rows change nothing."""
    with tempfile.TemporaryDirectory() as folder:
        path = write_recovery_series(series, Path(folder) / "evidence.csv")
        with path.open(encoding="utf-8", newline="") as file:
            rows = list(csv.reader(file.read().splitlines()[1:]))
        first = "# iph recovery series, format 1;;;;;;;;;"
        with path.open("w", encoding="utf-8-sig", newline="") as file:
            file.write(first + "\r\n")
            writer = csv.writer(file, delimiter=";")
            writer.writerows([*row, "", ""] for row in rows)
            writer.writerow([""] * 10)
        assert read_recovery_series(path) == tuple(series)


def test_published_figures_are_those_of_the_series() -> None:
    """Each count is that of the published figures, or of the claims of Li et al."""
    found = {one.label: (one.recovered, one.n) for one in published_recovery()}
    printed = {(f.study, f.figure): (f.count, f.of) for f in aggregate_series()}
    assert found["Sreeram 1993"] == printed["Sreeram", "complete resolution"]
    assert found["Kim SJ 2020"] == printed["Kim SJ", "complete resolution"]
    assert found["Lefevre 2013"] == printed["Lefevre", "total recovery"]
    shanghai = [
        printed["(Shanghai Med J 24:150)", f"recovered about {when}"]
        for when in ("1 month", "2 months")
    ]
    assert found["Shanghai Med J 2001"] == (sum(c or 0 for c, _ in shanghai), 10)
    rest = ("partial recovery", "persistent deficit, long-term care")
    counts = [printed["(spmfr series)", name] for name in rest]
    assert found["spmfr 2025"] == (3 - sum(c or 0 for c, _ in counts), 3)
    claims = {claim.code: claim for claim in li2023_claims()}
    assert claims["strength-6m-abstract"].printed == "19"
    assert found["Li 2023"] == (19, 28)
    assert all(one.outcome and one.source for one in published_recovery())


def test_what_cannot_be_pooled_says_why() -> None:
    """A series without a count is kept, with the reason."""
    left_out = [one for one in published_recovery() if not one.is_counted]
    assert [one.study for one in left_out] == ["Guild", "Blood 126:4571"]
    lines = list(pooled_lines(published_recovery()))
    assert all(one.doubt in "\n".join(lines) for one in published_recovery())
    pooled = pooled_recovery(published_recovery())
    assert (pooled.n_series, pooled.n, pooled.n_missing) == (6, 86, 2)
    again = pooled_proportion([4, 10, 13, 12, 19, 0], [6, 10, 14, 25, 28, 3])
    assert pooled.estimate == again.estimate
    assert "  Sreeram 1993               4/6    67 % (22 to 96)" in lines


def test_series_without_doubt_are_pooled_by_themselves() -> None:
    """Where some are in doubt and two are not, both figures are shown."""
    series = [
        RecoverySeries(study="A", recovered=5, n=9),
        RecoverySeries(study="B", recovered=8, n=9),
        RecoverySeries(study="C", recovered=0, n=9, doubt="Of nine hips?"),
    ]
    firm = pooled_recovery(series[:2])
    text = "\n".join(pooled_lines(series))
    assert f"Without the series in doubt: {100 * firm.estimate:.0f} %" in text
    assert "in doubt" not in "\n".join(pooled_lines(series[:2]))
    ends = f"{100 * firm.low:.0f} to {100 * firm.high:.0f}"
    assert list(changed_lines(series[:1], series[:2])) == [
        "Before: 1 series with both numbers, too few to pool",
        f"Now: 2 series, 18 patients: {100 * firm.estimate:.0f} % ({ends})",
    ]


FIRST = "# iph recovery series, format 1\n"
HEADER = "study,year,recovered,n,outcome,follow_up,source,doubt\n"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("x", "does not begin with the line # iph recovery series, format 1"),
        (HEADER + "A,2020,1,2,,,,\n", "does not begin"),
        ("# iph recovery series, format 2\n" + HEADER, "reads format 1"),
        (FIRST, "has other columns than study, year"),
        (FIRST + "study,n\nA,2\n", "has other columns"),
        (FIRST + HEADER + "A,2020,1.5,2,,,,\n", "row 3: recovered must be a whole"),
        (FIRST + HEADER + "A,2020,3,2,,,,\nB,1,1,2,,,,\n", "row 4: year must be"),
        (FIRST + HEADER + "A,2020,1,2,,,,,more\n", "no longer than the header"),
        (FIRST + HEADER + "A,,1,2,,,,\nA,,1,2,,,,\n", "A stands twice"),
        (FIRST + HEADER + ",2020,1,2,,,,\n", "study must be given"),
        (FIRST + HEADER + "=A1,2020,1,2,,,,\n", "none of = + - @ #"),
    ],
)
def test_wrong_files_are_refused(text: str, message: str, tmp_path: Path) -> None:
    """What is wrong, where, and all of it."""
    with pytest.raises(FileError) as caught:
        read_recovery_series(saved(text, tmp_path))
    assert message in str(caught.value)


def test_all_wrong_rows_are_named(tmp_path: Path) -> None:
    """Two wrong rows, two complaints."""
    path = saved(FIRST + HEADER + "A,2020,3,2,,,,\nB,1,1,2,,,,\n", tmp_path)
    with pytest.raises(FileError, match=r"row 3: recovered .*; row 4: year"):
        read_recovery_series(path)


def test_files_that_cannot_be_used(tmp_path: Path) -> None:
    """No file, no text, no place to write to; and nothing is left behind."""
    with pytest.raises(FileError, match="no such file"):
        read_recovery_series(tmp_path / "none.csv")
    (tmp_path / "latin.csv").write_bytes(b"# \xe9")
    with pytest.raises(FileError, match="UTF-8"):
        read_recovery_series(tmp_path / "latin.csv")
    with pytest.raises(FileError, match="does not exist"):
        write_recovery_series([], tmp_path / "none" / "x.csv")
    one = RecoverySeries(study="A")
    with pytest.raises(InputError, match="named once each"):
        write_recovery_series([one, one], tmp_path / "x.csv")
    assert [p.name for p in tmp_path.iterdir()] == ["latin.csv"]


@pytest.mark.parametrize(
    ("part", "value"),
    [
        ("study", " "),
        ("study", 3),
        ("outcome", "a\nb"),
        ("doubt", "x" * 501),
        ("year", 12),
        ("recovered", -1),
        ("n", 0),
        ("n", 2.5),
    ],
)
def test_wrong_parts(part: str, value: object) -> None:
    """A part that is not what it must be is named."""
    given_: dict[str, object] = {"study": "A", part: value}
    with pytest.raises(InputError, match=part):
        RecoverySeries(**given_)


def test_more_recovered_than_there_are() -> None:
    """Three of two patients is no share."""
    with pytest.raises(InputError, match="at most the 2 patients"):
        RecoverySeries(study="A", recovered=3, n=2)
    assert not RecoverySeries(study="A", recovered=3).is_counted
    assert repr(RecoverySeries(study="A", recovered=3.0, n=4)).count("3.0") == 0
