"""Drafts of study files: visits, missing words and footers in several languages."""

from pathlib import Path

import hypothesis.strategies as st
import openpyxl
import pytest
from hypothesis import given, settings

from iph._subject import fields_by_name
from iph.errors import NotReadWarning
from iph.protocol import read_protocol
from iph.records import (
    ColumnMapping,
    Interpretation,
    RecordReport,
    check,
    errors_text,
    read,
    suggest_protocol,
)
from iph.records._guessed_visits import visit_behind, visits_listed
from iph.records._header import Asked
from iph.records._words import words

SHEET = """\
Pat-Nr;Geschlecht;Alter (Jahre);Arm;BCTQ präop;BCTQ 6 Wochen;Kraft präop (kg);Kraft 6 Wo
A1;w;51;Hand;3,1;2,0;20;25
A2;m;47;global;3,6;k.A.;31;33
A3;w;62;Hand;2,9;1,8;18;24
A4;m;58;global;3,3;2,2;27;30
Mittelwert;;54,5;;3,2;2,0;24;28
"""


@pytest.fixture
def sheet(tmp_path: Path) -> Path:
    """Return a German sheet as a spreadsheet program of that language saves it."""
    path = tmp_path / "reihe.csv"
    path.write_bytes(SHEET.replace("\n", "\r\n").encode("cp1252"))
    return path


def test_a_german_sheet_is_understood(sheet: Path, tmp_path: Path) -> None:
    """Fields have their visits and units, and the mean under them sets no bound."""
    text = suggest_protocol(sheet, tmp_path / "study.toml").read_text(encoding="utf-8")
    lines = text.splitlines()
    for line in (
        'baseline = { day = 0, label = "präop" }',
        'week_6 = { day = "6 weeks", label = "6 Wochen" }',
        "sex = {}  # the column 'Geschlecht'",
        "age_years = {}  # the column 'Alter (Jahre)'",
        "# It seems to be 'Pat-Nr': say so by a mapping (check --ask).",
    ):
        assert line in lines
    (score,) = (line for line in lines if line.startswith("bctq"))
    assert 'step = "0.1", missing = ["k.A."] }' in score
    assert "seen from 1.8 to 3.6" in score
    (grip,) = (line for line in lines if line.startswith("kraft"))
    assert 'label = "Kraft", unit = "kg", low = 0' in grip


def test_a_mean_below_is_no_patient_before_the_identifier_is_known(sheet: Path) -> None:
    """The one thing that is asked is which column names the patient."""
    (error,) = check(sheet).errors
    assert error.name == "column-missing"


@pytest.mark.parametrize(
    ("header", "stem", "code", "time"),
    [
        ("BCTQ 6 Wochen", "BCTQ", "week_6", "6 weeks"),
        ("Schmerz nach 6 Wochen", "Schmerz", "week_6", "6 weeks"),
        ("VAS 6 weeks postop", "VAS", "week_6", "6 weeks"),
        ("grip_w6", "grip", "week_6", "6 weeks"),
        ("VAS术后3个月", "VAS", "month_3", "3 months"),
        ("疼痛評価術前", "疼痛評価", "baseline", "0"),
        ("douleur après 1 an", "douleur", "year_1", "1 year"),
        ("dolor a los 6 meses", "dolor", "month_6", "6 months"),
        ("ağrı 2 hafta", "ağrı", "week_2", "2 weeks"),
        ("dor pré-operatório", "dor", "baseline", "0"),
        ("EVA_preop", "EVA", "preop", "0"),
        ("glucose 30 min", "glucose", "minute_30", "30 minutes"),
        ("vas last visit", "vas", "last_visit", ""),
    ],
)
def test_visit_behind(header: str, stem: str, code: str, time: str) -> None:
    """A visit is told in the words of the sheet's language."""
    found = visit_behind(header)
    assert found is not None
    assert (found[0], found[1].code, found[1].time) == (stem, code, time)


@pytest.mark.parametrize(
    "header",
    ["test 12", "b12", "month", "6 weeks", "factor 8", "grade", "C5", "", "x" * 2000],
)
def test_no_visit_behind(header: str) -> None:
    """A number or a unit alone is no visit, and neither is a visit without a field."""
    assert visit_behind(header) is None


@given(
    stem=st.from_regex(r"[A-Za-zäöé]{2,8}", fullmatch=True),
    word=st.sampled_from(
        [
            w
            for key in ("baseline", "discharge", "last_visit")
            for w in words()["visits"][key]
        ]
    ),
    mark=st.sampled_from([" ", "_", " - ", "."]),
)
def test_every_word_of_the_list_is_a_visit(stem: str, word: str, mark: str) -> None:
    """Each listed word behind a name is told, and as the cell of a column as well."""
    found = visit_behind(stem + mark + word)
    assert found is not None
    assert found[1].time in ("0", "")
    assert list(visits_listed([word])) == [word]


def test_numbers_read_in_one_way_are_told_once() -> None:
    """Decimal commas of a column are one line; each word keeps its own."""
    commas = [("3,8", "3.8", 2, 2), ("4,1", "4.1", 5, 3), ("2,7", "2.7", 1, 9)]
    notes = [
        Interpretation(
            column="grip",
            value=v,
            read_as=r,
            reason="decimal comma",
            count=n,
            first_row=k,
        )
        for v, r, n, k in commas
    ]
    word = Interpretation(
        column="sex", value="w", read_as="female", reason="a word", count=3, first_row=2
    )
    other = Interpretation(
        column="sex", value="m", read_as="male", reason="a word", count=1, first_row=4
    )
    text = errors_text(
        RecordReport(path="a.csv", interpretations=(*notes, word, other))
    )
    assert text.splitlines()[2:] == [
        "  grip: 8 cells like '3,8' read as '3.8' (decimal comma; first in row 2)",
        "  sex: 'w' read as 'female' (a word; 3 cells, first in row 2)",
        "  sex: 'm' read as 'male' (a word; 1 cell, first in row 4)",
    ]


@pytest.fixture
def workbook(tmp_path: Path) -> Path:
    """Return a Chinese workbook: a title, patients, and their visits in a sheet."""
    book = openpyxl.Workbook()
    patients = book.active
    assert patients is not None
    patients.title = "基本资料"
    patients.append(["腰椎间盘突出症患者资料"])
    patients.merge_cells("A1:E1")
    patients.append(["编号", "性别", "手术方式", "VAS术前", "VAS术后1周"])
    for row in (
        ["L1", "男", "开放", 8, 4],
        ["L2", "女", "内镜", 7, "失访"],
        ["L3", "女", "开放", 6, 3],
        ["L4", "男", "内镜", 9, 5],
        ["平均", None, None, 7.5, 4],
    ):
        patients.append(row)
    visits = book.create_sheet("随访")
    visits.append(["编号", "随访时间", "VAS"])
    for name in ("L1", "L2"):
        visits.append([name, "3个月", 2])
    path = tmp_path / "lumbar.xlsx"
    book.save(path)
    return path


def test_a_workbook_becomes_a_study(workbook: Path, tmp_path: Path) -> None:
    """Both sheets are in the draft, and three answers are all that reading asks for."""
    draft = suggest_protocol(workbook, tmp_path / "study.toml")
    text = draft.read_text(encoding="utf-8")
    for line in (
        'baseline = { day = 0, label = "术前" }',
        'week_1 = { day = "1 week", label = "术后1周" }',
        'month_3 = { day = "3 months", label = "3个月" }',
    ):
        assert line in text.splitlines()
    assert text.count('label = "VAS"') == 1
    assert 'missing = ["失访"]' in text
    protocol = read_protocol(draft)
    asked = check(workbook, protocol=protocol).errors
    assert [error.name for error in asked] == ["column-missing"] * 3
    assert sorted(error.hint.split("?")[0] for error in asked) == [
        "is it 编号",
        "is it 编号",
        "is it 随访时间",
    ]
    answers = {"编号": "patient_id", "随访时间": "visit", "性别": "sex"}
    with pytest.warns(NotReadWarning) as warned:
        cohort = read(
            workbook, protocol=protocol, mapping=ColumnMapping(columns=answers)
        )
    told = warned[0].message
    assert isinstance(told, NotReadWarning)
    assert any("'平均'" in said for said in told.not_read)
    scores = [
        [(seen.visit.value, seen.vas) for seen in patient.follow_up.assessments]
        for patient in cohort
    ]
    assert scores[0] == [("baseline", 8), ("week_1", 4), ("month_3", 2)]
    assert scores[1] == [("baseline", 7), ("month_3", 2)]  # the word is no score
    assert [len(of_one) for of_one in scores] == [3, 2, 2, 2]


def test_a_score_without_a_visit_is_asked_about_once(tmp_path: Path) -> None:
    """One column that lacks its visit is one question, not one a row."""
    path = tmp_path / "a.csv"
    path.write_text(
        "patient_id,vas\n" + "".join(f"P{k},{k}\n" for k in range(9)), encoding="utf-8"
    )
    (error,) = check(path).errors
    assert (error.column, error.name) == ("vas", "column-missing")
    assert "visit or day" in error.rule
    path.write_text("patient_id,age_years,vas\nP1,51,\nP2,40,\n", encoding="utf-8")
    assert check(path).errors == ()  # nothing was seen
    path.write_text("patient_id,vas\nP1,5\nP1,4\n", encoding="utf-8")
    (error,) = check(path).errors  # and not that P1 stands there twice
    assert error.name == "column-missing"


@pytest.mark.parametrize(
    ("rows", "place"),
    [
        (["A series of hands", "id,Age,Grip left,Side", "P1,51,20,left"], 2),
        (["Title", "", "Ward 7", "code,Grip,Kraft,Arm", "P1,20,3,a"], 4),
        (["编号,姓名,年龄", "L1,甲,51"], 1),
        (["Table 1", "a,b", "1,2"], 1),
        (["x,y,z", "a,b,c"], 1),
    ],
)
def test_a_header_below_titles(rows: list[str], place: int) -> None:
    """Lone cells above a row of several words are titles; anything else is asked."""
    cells = [row.split(",") if row else [None] for row in rows]
    assert Asked().header_place(cells) == place - 1


def drafted(text: str, folder: Path) -> list[str]:
    """Return the lines of the draft of a sheet, which is written anew."""
    sheet, study = folder / "sheet.csv", folder / "study.toml"
    sheet.write_text(text, encoding="utf-8")
    study.unlink(missing_ok=True)
    return suggest_protocol(sheet, study).read_text(encoding="utf-8").splitlines()


@pytest.mark.parametrize(
    ("header", "cells", "line"),
    [
        ("hemoglobin_g_l", "130 <20", "hemoglobin_g_l = {}"),
        ("Hb (g/L)", "130 12.9", "hemoglobin_g_l = {}  # the column 'Hb (g/L)'"),
        ("INR", "1.2 >8", "inr = {}"),
        ("Fibrinogen [g/l]", "2 n.d.", "fibrinogen_g_l = {}  # the column"),
        ("Hemoglobin", "130 125", 'hemoglobin = { label = "Hemoglobin", low = 0'),
        ("Hb (g/dL)", "13 12.5", 'hb = { label = "Hb", unit = "g/dL", low = 0'),
        ("volume_ml", "30 50", "volume_ml = { low = 0"),
        ("Hemoglobin (g/L)", "low high low low", 'hemoglobin = { label = "Hemoglobin"'),
    ],
)
def test_a_laboratory_value_in_its_unit_is_built_in(
    header: str, cells: str, line: str, tmp_path: Path
) -> None:
    """Only if the header says the unit and the cells are numbers; others are own."""
    rows = [f"P{n},{cell}" for n, cell in enumerate(cells.split())]
    lines = drafted("\n".join([f"patient_id,{header}", *rows]), tmp_path)
    (found,) = (one for one in lines if one.startswith(line))
    assert found.endswith("'n.d.': not recorded?") is ("n.d." in cells)


def test_a_wrong_unit_is_not_hidden_by_the_draft(tmp_path: Path) -> None:
    """Values in g/dL below a header in g/L are told at their cells."""
    drafted("patient_id,hemoglobin_g_l\nP1,13.1\nP2,12.5\n", tmp_path)
    study = read_protocol(tmp_path / "study.toml")
    errors = check(tmp_path / "sheet.csv", protocol=study).errors
    assert [error.row for error in errors] == [2, 3]
    assert errors[0].hint == "is it in g/dL? (131 g/L)"


def test_a_value_within_the_bounds_is_no_code_for_missing(tmp_path: Path) -> None:
    """99 beside 100 is a value; beside 12 it may stand for missing."""
    for beside, is_code in {"100": False, "12": True, "-80": False}.items():
        text = f"patient_id,score\nP1,99\nP2,{beside}\nP3,{beside}\n"
        (line,) = (n for n in drafted(text, tmp_path) if n.startswith("score"))
        assert ("missing = [99]" in line) is is_code, line
        study = read_protocol(tmp_path / "study.toml")
        assert check(tmp_path / "sheet.csv", protocol=study).ok
    text = "patient_id,score\nP1,-99\nP2,-80\nP3,-70\n"
    (line,) = (n for n in drafted(text, tmp_path) if n.startswith("score"))
    assert "missing" not in line
    assert "seen from -99 to -70" in line


HEMOGLOBIN = {"g/L": 1.0, "g/dL": 0.1, "mmol/L": 1 / 16.114}


@settings(max_examples=40)  # each drafts a study and reads a sheet by it
@given(
    st.lists(st.sampled_from(sorted(HEMOGLOBIN)), min_size=1, unique=True),
    st.lists(st.integers(60, 180), min_size=2, max_size=4),
    st.sampled_from(["Hemoglobin", "Hb"]),
)
def test_hemoglobin_in_two_units_is_never_confused(
    tmp_path_factory: pytest.TempPathFactory,
    units: list[str],
    grams: list[int],
    word: str,
) -> None:
    """Each column is a field in the unit that its header says, with its cells."""
    folder = tmp_path_factory.mktemp("units")
    rows = [[f"{g * HEMOGLOBIN[unit]:.1f}" for unit in units] for g in grams]
    head = ["patient_id", *(f"{word} ({unit})" for unit in units)]
    lines = [",".join(head), *(",".join([f"P{n}", *r]) for n, r in enumerate(rows))]
    draft = drafted("\n".join(lines), folder)
    is_known = any(line.startswith("hemoglobin_g_l = {}") for line in draft)
    assert is_known is (units == ["g/L"])
    study = read_protocol(folder / "study.toml")
    cohort = read(folder / "sheet.csv", protocol=study)
    for patient, row in zip(cohort, rows, strict=True):
        found = {
            field.declaration.unit: field.value_of(patient)
            for field in fields_by_name(type(patient)).values()
            if field.declaration.label in (word, "Hemoglobin")
        }
        assert found == dict(zip(units, map(float, row), strict=True))
