"""What the page asks, and the answers."""

import io
import json
import re
import zipfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import iph
from iph import _page
from iph._page import _answers, answer
from iph.evidence import published_cases
from iph.records import write

SHEET = (
    "patient_id;age_years;gender;hemoglobin_g_l;vas_baseline;vas_week_1\n"
    "P01;48;F;13.0;7,5;4\n"
    "P02;61;M;128;9;12\n"
)
ONE_WRONG = b"patient_id,sex\nP1,x\n"
INTERFACE = Path(iph.__file__).parent / "_page" / "interface"


def asked(action: str, files: dict[str, bytes] | None = None, **given_: Any) -> Any:
    """Return what was said, as the page gets it: by way of JSON."""
    found = answer(action, given_, files or {})
    return json.loads(json.dumps(found.said))


def look(text: str = SHEET, **given_: Any) -> Any:
    """Check a sheet."""
    return asked("look", {"ward.csv": text.encode()}, file="ward.csv", **given_)


def test_a_sheet_is_shown_with_its_errors_at_their_cells() -> None:
    """Each error names the row and column of a cell that the grid shows."""
    said = look()
    assert (said["ok"], said["n_patients"], said["n_errors"]) == (False, 2, 2)
    (table,) = said["tables"]
    assert table["header"][0] == "patient_id"
    rows = dict(table["rows"])
    for error in said["errors"]:
        (column,) = error["columns"]
        cell = rows[error["row"]][table["header"].index(column)]
        assert cell == error["value"]
    assert [error["value"] for error in said["errors"]] == ["13.0", "12"]
    assert ["gender", "", "? sex", "a guess: remove the mark if it is right"] in said[
        "questions"
    ]
    assert "sex" in dict(said["fields"])


def test_mended_cells_and_answers_count() -> None:
    """Cells that were mended are read instead, and columns as the answers say."""
    mended = [
        ["ward.csv", 2, "hemoglobin_g_l", "130"],
        ["ward.csv", 3, "vas_week_1", "1,2"],
    ]
    said = look(corrections=mended, answers=[["gender", "", "sex"]])
    assert (said["ok"], said["errors"]) == (True, [])
    assert dict(said["tables"][0]["rows"])[2][3] == "130"
    assert not any("gender" in line for line in said["not_read"])


def test_a_mended_cell_beyond_the_end_of_its_row_is_filled() -> None:
    """A row that is shorter than the header can be mended where it ends."""
    text = "patient_id,sex,age_years\nP01,F\n"
    said = look(text, corrections=[["ward.csv", 2, "age_years", "48"]])
    assert dict(said["tables"][0]["rows"])[2] == ["P01", "F", "48"]


def test_a_sheet_without_known_columns_asks_what_they_mean() -> None:
    """The error says that no column names the patients, the form asks of each."""
    said = look("Kennung,Alter?\nP01,48\n")
    assert (said["ok"], said["n_errors"]) == (False, 1)
    assert "patient_id" in json.dumps(said["errors"])
    assert {row[0] for row in said["questions"]} >= {"Kennung", "Alter?"}


def test_columns_that_name_a_person_are_not_shown() -> None:
    """Their place is told, and no cell of them."""
    said = look("patient_id,surname,sex\nP01,Miller,F\n")
    assert said["tables"][0]["hidden"] == [1]
    assert "Miller" not in json.dumps(said)


def test_a_long_sheet_is_shown_in_part_with_every_wrong_row() -> None:
    """The first rows, and the later ones in which an error stands."""
    lines = [f"P{i:04},{'x' if i == 777 else 'F'}" for i in range(900)]
    said = look("\n".join(["patient_id,sex", *lines]))
    (table,) = said["tables"]
    assert table["n_rows"] == 900
    numbers = [number for number, _ in table["rows"]]
    assert numbers == [*range(2, 302), 779]
    assert len(said["errors"]) == 1


@pytest.mark.parametrize(
    ("action", "files", "given_", "words"),
    [
        ("look", {"a.csv": b""}, {"file": "a.csv"}, "a.csv: the file is empty"),
        ("look", {"a.exe": b"MZ"}, {"file": "a.exe"}, "the ending .exe is not known"),
        ("look", {"a.xlsx": b"PK\3\4"}, {"file": "a.xlsx"}, "a.xlsx"),
        ("look", {}, {"file": "a.csv"}, "a.csv: there is no such file"),
        ("look", {}, {"file": "../a.csv"}, "the name of a dropped file"),
        ("look", {"../a.csv": b"x"}, {"file": "a.csv"}, "is no name of a file"),
        ("look", {}, {}, "the name of a dropped file"),
        ("report", {"a.csv": SHEET.encode()}, {"file": "a.csv"}, "2 errors are left"),
        ("report", {"a.csv": ONE_WRONG}, {"file": "a.csv"}, "1 error is left in it"),
        ("audit", {"a.csv": b"no,claims\n"}, {"file": "a.csv"}, "a.csv"),
        ("plan", {}, {"first": "x", "second": "0.3"}, "must be a number"),
        ("plan", {}, {"first": "2", "second": "0.3"}, "must be"),
        ("leave", {}, {}, "must be one of hello, look"),
    ],
)
def test_wrong_input_is_answered_in_words(
    action: str, files: dict[str, bytes], given_: dict[str, Any], words: str
) -> None:
    """The words say what is wrong, and not where the file was put to be read."""
    found = answer(action, given_, files)
    assert found.files == {}
    (said,) = found.said.values()
    assert words in said
    assert "iph-page-" not in said


def test_a_file_that_is_too_large_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """Before it is read."""
    monkeypatch.setattr(_answers, "LARGEST", 1 << 20)
    said = asked("look", {"a.csv": b"," * (1 << 20) + b"x"}, file="a.csv")
    assert said == {"error": "a.csv: the file is larger than 1 MB; split it"}


@given(content=st.binary(max_size=200), ending=st.sampled_from([".csv", ".json"]))
def test_any_bytes_are_answered(content: bytes, ending: str) -> None:
    """Whatever is dropped, there is an answer of plain data."""
    said = asked("look", {f"a{ending}": content}, file=f"a{ending}")
    assert said.keys() == {"error"} or "tables" in said


def test_a_study_file_says_which_fields_there_are() -> None:
    """The sheet is read by it; a wrong one is answered in words."""
    folder = Path(iph.__file__).parent / "protocol" / "starts"
    study = (folder / "blank.toml").read_bytes()
    files = {"ward.csv": b"patient_id,arm\nP01,x\n", "study.toml": study}
    said = asked("look", files, file="ward.csv", study="study.toml")
    assert said["errors"][0]["columns"] == ["arm"]
    files["study.toml"] = b"title = 3"
    assert (
        "study.toml"
        in asked("look", files, file="ward.csv", study="study.toml")["error"]
    )


@pytest.mark.usefixtures("undrawn")
def test_the_report_is_that_of_the_command(tmp_path: Path) -> None:
    """The page, Word, all results, and every file of the report as ZIP."""
    write(published_cases(), tmp_path / "cases.csv")
    steps: list[tuple[str, int, int]] = []
    found = answer(
        "report",
        {"file": "cases.csv", "population": "not-excluded"},
        {"cases.csv": (tmp_path / "cases.csv").read_bytes()},
        lambda *step: steps.append(step),
    )
    assert "error" not in found.said
    assert found.said["n_records"] == len(published_cases())
    assert {"report.html", "report.docx", "results.json"} < found.files.keys()
    assert steps
    with zipfile.ZipFile(io.BytesIO(found.files["iph-report.zip"])) as archive:
        names = archive.namelist()
        kept = archive.read("iph-report/results.json")
    assert len(names) == found.said["n_files"] > 20
    assert kept == found.files["results.json"]


def test_a_stopped_report_leaves_nothing() -> None:
    """What `tell` raises ends the work."""

    def stop(*_: object) -> None:
        raise _page.Stopped

    with pytest.raises(_page.Stopped):
        answer("demo", {}, {}, stop)


def test_figures_are_audited_and_studies_planned() -> None:
    """By the same functions as from the command line."""
    found = answer("audit", {}, {})
    assert b"<table" in found.files["findings.html"]
    assert sum(n for _, n in found.said["verdicts"]) == found.said["n"]
    said = asked("plan", first="0,64", second="0.32", loss="0.1")
    assert (
        said["sentence"].startswith("With 43 patients") or "power" in said["sentence"]
    )
    assert "20 patients" in asked("plan", first="0.9", second="0.3", n="20")["sentence"]


def texts() -> dict[str, dict[str, str]]:
    """Return the texts of the page by language."""
    found: dict[str, dict[str, str]] = {}
    text = (INTERFACE / "texts.js").read_text(encoding="utf-8")
    for line in text.splitlines():
        opening = re.fullmatch(r"  (\w+): \{", line)
        if opening:
            found[opening[1]] = {}
        entry = re.fullmatch(r'    (\w+): "(.*)",', line)
        if entry:
            language = list(found)[-1]
            assert entry[1] not in found[language], entry[1]
            found[language][entry[1]] = entry[2]
    return found


def test_every_text_is_there_in_every_language() -> None:
    """With the same places for numbers and names; and each is asked for."""
    said = texts()
    assert list(said) == ["en", "de", "zh"]
    for language in ("de", "zh"):
        assert said[language].keys() == said["en"].keys()
        for key, text in said["en"].items():
            places = sorted(re.findall(r"\{(\w+)", text))
            assert sorted(re.findall(r"\{(\w+)", said[language][key])) == places, key
    files = [*INTERFACE.iterdir(), *(Path(__file__).parents[2] / "web").glob("*.js")]
    sources = [
        path.read_text(encoding="utf-8") for path in files if path.name != "texts.js"
    ]
    for key in said["en"]:
        assert any(f'"{key}"' in source for source in sources), key
    for source in sources:
        for key in re.findall(r'(?:data-text=|say\()"(\w+)"', source):
            assert key in said["en"], key
