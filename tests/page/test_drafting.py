"""The study file as a form, second tables, and the sheets of a workbook."""

import json
import sys
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iph._page import _kinds, answer
from iph.evidence import published_cases
from iph.protocol import read_protocol
from iph.records import write

HANDS = Path(__file__).parents[2] / "docs" / "tutorial" / "files" / "hands.csv"
HEAD = {"condition": "carpal tunnel syndrome", "day_zero": "operation"}


def asked(action: str, files: dict[str, bytes] | None = None, **given_: Any) -> Any:
    """Return what was said, as the page gets it: by way of JSON."""
    found = answer(action, given_, files or {})
    return json.loads(json.dumps(found.said))


def drafted() -> Any:
    """Return the draft of the sheet of the tutorial."""
    return asked("draft", {"hands.csv": HANDS.read_bytes()}, file="hands.csv")


def test_the_columns_of_a_sheet_become_a_form() -> None:
    """Kinds, codes, bounds and visits are guessed; a column called arm parts groups."""
    draft = drafted()
    assert draft["group"] == "arm"
    assert [visit["time"] for visit in draft["visits"]] == [
        *("0", "1 week", "6 weeks", "12 weeks")
    ]
    kinds = {field["name"]: field["kind"] for field in draft["fields"]}
    assert kinds == {
        **dict.fromkeys(("age_years", "sex"), "known"),
        **dict.fromkeys(("symptom", "grip_kg"), "number"),
        "arm": "codes",
        "diabetes": "yes_no",
    }


def test_a_laboratory_value_in_its_unit_is_chosen_as_built_in() -> None:
    """Its bounds and label come with it; in another unit it is a number of its own."""
    for header, kind in {"Hb (g/L)": "known", "Hb (g/dL)": "number"}.items():
        text = f"patient_id,{header}\nP1,130\nP2,121\n"
        draft = asked("draft", {"a.csv": text.encode()}, file="a.csv")
        (field,) = draft["fields"]
        assert (field["kind"], field["is_known"]) == (kind, kind == "known")
        assert field["unit"] == ("" if kind == "known" else "g/dL")


def test_the_corrected_form_is_the_study_of_the_sheet() -> None:
    """A grade with its words, two outcomes; then the sheet has no error."""
    draft = {**drafted(), **HEAD, "title": "Carpal tunnel release"}
    draft |= {"primary_outcome": "symptom", "primary_visit": "week_12"}
    fields = {field["name"]: field for field in draft["fields"]}
    fields["symptom"] |= {"kind": "grades", "better": "low"}
    fields["symptom"]["words"] = "none; mild; moderate; severe; very severe"
    fields["grip_kg"] |= {"better": "high", "unit": "kg", "high": "80,5"}
    found = answer("study", {"form": draft}, {})
    assert found.said["wrong"] == []
    assert found.said["title"] == "Carpal tunnel release"
    files = {"hands.csv": HANDS.read_bytes(), "study.toml": found.files["study.toml"]}
    said = asked("look", files, file="hands.csv", study="study.toml")
    assert (said["ok"], said["n_assessments"]) == (True, 93)
    assert said["study"] == "Carpal tunnel release"
    assert "grip_kg" in found.said["text"].partition("[outcomes]")[2]
    again = asked("study", text=found.said["text"])
    assert again == found.said


def test_what_is_wrong_with_a_form_is_told_at_its_fields() -> None:
    """All at once, each with the key of its row; and no file is made."""
    draft = drafted()
    fields = {field["name"]: field for field in draft["fields"]}
    fields["grip_kg"]["low"] = "few"
    fields["arm"]["words"] = ""
    draft["visits"][1]["time"] = "soon"
    found = answer("study", {"form": {**draft, "title": ""}}, {})
    assert found.files == {}
    told = [error["key"] for error in found.said["wrong"]]
    assert {"visits.week_1", "patient.arm", "at_visit.grip_kg.low"} <= {
        ".".join(key.split(".")[:3]) if "low" in key else ".".join(key.split(".")[:2])
        for key in told
    }
    assert any("title" in json.dumps(error) for error in found.said["wrong"])


WORDS = st.text(max_size=12)
KINDS = ("known", "number", "yes_no", "codes", "grades", "choices", "leave")
FIELDS = st.fixed_dictionaries(
    {
        **dict.fromkeys(
            ("name", "label", "unit", "low", "high", "step", "missing", "words"), WORDS
        ),
        "kind": st.sampled_from(KINDS),
        "at_visit": st.booleans(),
        "better": st.sampled_from(("", "low", "high")),
    }
)
FORMS = st.fixed_dictionaries(
    {
        **dict.fromkeys(("title", "condition", "day_zero", "group"), WORDS),
        "time_unit": st.sampled_from(("days", "hours", "minutes")),
        "visits": st.lists(
            st.fixed_dictionaries({"code": WORDS, "time": WORDS, "label": WORDS}),
            max_size=3,
        ),
        "fields": st.lists(FIELDS, max_size=4),
    }
)


@given(form=FORMS)
def test_any_form_gives_a_study_or_the_words_for_what_is_wrong(form: Any) -> None:
    """Whatever is typed; a file that is made can be read."""
    found = answer("study", {"form": form}, {})
    assert "error" not in found.said
    assert bool(found.said["wrong"]) is (found.files == {})
    if found.files:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "study.toml"
            path.write_bytes(found.files["study.toml"])
            assert read_protocol(path).title == found.said["title"]


SHEETS = st.lists(
    st.lists(st.text(st.characters(codec="utf-8"), max_size=8), min_size=2, max_size=4),
    min_size=1,
    max_size=5,
)


@given(rows=SHEETS)
def test_any_sheet_can_be_drafted_or_is_refused_in_words(rows: list[list[str]]) -> None:
    """A draft is a form that can be sent back as it is."""
    text = "\n".join(",".join(cells) for cells in rows)
    draft = asked("draft", {"a.csv": text.encode()}, file="a.csv")
    if "error" in draft:
        return
    found = asked("study", form={**draft, **HEAD})
    assert isinstance(found["wrong"], list)


def test_a_second_table_holds_the_assessments() -> None:
    """Both are shown, and errors stand in the one to which they belong."""
    files = {
        "people.csv": b"patient_id,sex\nP01,F\n",
        "visits.csv": b"patient_id,visit,vas\nP01,week_1,12\n",
    }
    given_ = {"file": "people.csv", "assessments": "visits.csv"}
    said = asked("look", files, **given_)
    assert [table["name"] for table in said["tables"]] == ["people.csv", "visits.csv"]
    assert [error["table"] for error in said["errors"]] == ["visits.csv"]
    mended = [["visits.csv", 2, "vas", "1.2"]]
    said = asked("look", files, corrections=mended, **given_)
    assert (said["ok"], said["n_assessments"]) == (True, 1)
    fields = {field["name"] for field in asked("draft", files, **given_)["fields"]}
    assert {"sex", "vas"} <= fields


def test_of_a_workbook_in_doubt_the_sheets_are_named(tmp_path: Path) -> None:
    """One of them can be chosen; a workbook that is clear lists them as well."""
    from openpyxl import Workbook

    book = Workbook()
    for name, column in (("first", "sex"), ("second", "age_years")):
        sheet = book.create_sheet(name)
        sheet.append(["patient_id", column])
        sheet.append(["P01", "F" if column == "sex" else 48])
    book.save(tmp_path / "book.xlsx")
    files = {"book.xlsx": (tmp_path / "book.xlsx").read_bytes()}
    said = asked("look", files, file="book.xlsx")
    assert said["sheets"] == ["Sheet", "first", "second"]
    assert "sheets is meant" in said["error"]
    said = asked("look", files, file="book.xlsx", sheet="second")
    assert (said["ok"], said["sheets"]) == (True, ["Sheet", "first", "second"])
    write(published_cases(), tmp_path / "cases.xlsx")
    files = {"cases.xlsx": (tmp_path / "cases.xlsx").read_bytes()}
    assert asked("look", files, file="cases.xlsx")["sheets"] == [
        *("patients", "assessments")
    ]


def test_kinds_that_cannot_be_read_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """So that nobody has to try; and nobody is told to install into a browser."""
    monkeypatch.setattr(_kinds, "find_spec", lambda name: name == "openpyxl" or None)
    unread = asked("hello")["unread"]
    assert "Excel" not in unread
    assert "SPSS portable (.por), Stata, SAS" in unread
    monkeypatch.setitem(sys.modules, "pyreadstat", None)
    said = asked("look", {"a.dta": b"<"}, file="a.dta")["error"]
    assert "pip install" in said
    monkeypatch.setattr(sys, "platform", "emscripten")
    monkeypatch.setattr(_kinds, "find_spec", lambda name: name or None)
    (alone,) = asked("hello")["unread"]  # what is there needs another process as well
    assert "OpenDocument" in alone
    said = asked("look", {"a.dta": b"<"}, file="a.dta")["error"]
    assert said.endswith("save it as .csv or .xlsx, or read it with iph installed")


def test_a_page_without_word_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody is told to install into a browser; other lines stay."""
    said = ("28 patients", "No report.docx: install python-docx for it.")
    assert _kinds.summary_here(said) == list(said)
    monkeypatch.setattr(sys, "platform", "emscripten")
    first, second = _kinds.summary_here(said)
    assert first == "28 patients"
    assert second.startswith("No report.docx: this page was built without lxml")


@pytest.mark.usefixtures("undrawn")
def test_a_report_without_lxml_is_whole_but_for_word(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """No stack: the page offers the other files, and says why there is no Word."""
    for name in [*sys.modules]:
        if name.partition(".")[0] in {"docx", "lxml"}:
            monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "lxml", None)  # an import of it fails
    text = "patient_id,sex\nP1,F\nP2,M\n"
    given_ = {"file": "a.csv", "population": "all"}
    monkeypatch.setattr(_kinds, "_is_alone", lambda: True)
    found = answer("report", given_, {"a.csv": text.encode()})
    assert found.files.keys() == {"report.html", "results.json", "iph-report.zip"}
    assert any("was built without lxml" in line for line in found.said["summary"])
