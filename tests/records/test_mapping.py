"""Mapping files: other column names and words, as the user says."""

import csv
from collections.abc import Callable
from importlib import resources
from pathlib import Path
from typing import Any

import pytest

from iph import Involvement, Sex, Side
from iph.errors import FileError, NotReadWarning
from iph.records import ColumnMapping, check, read, suggest_mapping

MakeFile = Callable[..., Path]

COLUMNS = {
    "case_id": "patient_id",
    "age_years": "age_years",
    "sex": "sex",
    "side": "side",
    "etiology": "etiology",
    "agent": "anticoagulant",
    "inr": "inr",
    "hb_g_dl": "hemoglobin_g_dl",
    "muscle": "muscle",
    "size_cm": "ignore",
    "interval_days": "symptom_days",
    "femoral_palsy": "femoral",
    "quad_mrc_baseline": "strength_baseline",
    "hipflex_mrc_baseline": "hip_flexor_strength_baseline",
    "lfcn_involved": "lateral_femoral_cutaneous",
    "treatment": "treatments",
    "followup_days": "day",
    "quad_mrc_followup": "strength",
    "hipflex_mrc_followup": "hip_flexor_strength",
    "recovery": "outcome",
}
WORDS = {
    "etiology": {
        "haemophilia": "hemophilia",
        "acquired_haemophilia": "other_coagulopathy",
        "liver_cirrhosis": "other_coagulopathy",
        "post_arthroplasty": "iatrogenic",
        "not_stated": "not recorded",
    },
    "femoral_palsy": {
        "yes": "involved",
        "no": "spared",
        "sensory_only": "involved",
        "unclear": "unknown",
    },
    "lfcn_involved": {"yes": "involved"},
    "treatment": {
        "conservative": "medical_unspecified",
        "surgery": "surgical_evacuation",
        "percutaneous": "percutaneous_drainage",
        "embolization+surgery": "embolization;surgical_evacuation",
    },
    "side": {"L hematoma, B palsy": "left", "B hematoma, R palsy": "bilateral"},
}


def raw_cases(folder: Path) -> Path:
    """Copy the raw table of published cases to a folder."""
    text = resources.files("iph.evidence").joinpath("published_cases.csv").read_text()
    path = folder / "cases.csv"
    path.write_text(text)
    return path


def test_published_cases_as_a_new_user_would_read_them(tmp_path: Path) -> None:
    """With a completed mapping every cell of 62 raw cases is read or listed."""
    path = raw_cases(tmp_path)
    draft = suggest_mapping(path)
    columns = completed(draft, tmp_path / "columns.csv", {})
    words = completed(
        suggest_mapping(path, tmp_path / "words.csv", mapping=columns),
        tmp_path / "complete.csv",
        WORDS,
    )
    (undated,) = check(path, mapping=words).errors
    assert (undated.row, undated.name) == (29, "assessment-when")
    lines = path.read_text().splitlines(keepends=True)
    lines[28] = lines[28].replace("surgery,,3,,", "surgery,,,,")
    path.write_text("".join(lines))
    report = check(path, mapping=words)
    assert report.errors == ()
    cohort = read(path, mapping=words)
    assert len(cohort) == 62
    with path.open() as file:
        rows = list(csv.DictReader(file))
    listed = {(note.column, note.value): note.count for note in report.interpretations}
    for column in COLUMNS:
        if column in report.ignored_columns:
            continue
        given = [row[column] for row in rows if row[column]]
        for value in set(given):
            assert listed.get((column, value[:60]), given.count(value)) == given.count(
                value
            )
    anemic = [p.laboratory for p in cohort if p.laboratory]
    assert sum(lab.hemoglobin_g_l is not None for lab in anemic) > 0
    assert cohort.patients[1].nerves is not None
    assert cohort.patients[1].nerves.femoral is Involvement.INVOLVED
    assert cohort.patients[1].side is Side.RIGHT


def completed(draft: Path, out: Path, words: dict[str, dict[str, str]]) -> Path:
    """Complete a mapping file as a user would: columns, then the words asked for."""
    with draft.open(encoding="utf-8-sig") as file:
        rows = list(csv.DictReader(file))
    for row in rows:
        if row["column"].startswith("("):  # questions on the sheet, list of fields
            continue
        if not row["cell"]:
            row["read_as"] = COLUMNS.get(row["column"], "ignore")
        elif not row["read_as"] or row["read_as"].startswith("?"):
            known = words.get(row["column"], {})
            row["read_as"] = known.get(row["cell"], "not recorded")
    with out.open("w", newline="") as file:
        writer = csv.DictWriter(file, ["column", "cell", "read_as", "comment"])
        writer.writeheader()
        writer.writerows(rows)
    return out


def test_guesses_are_marked(file_of: MakeFile, tmp_path: Path) -> None:
    """Matching columns are filled in, guesses marked, personal columns ignored."""
    path = file_of(
        "patient_id,Pain (VAS) week 1,hemoglobin_g_dl,haemoglobin_g_l,name,=x,sex",
        "A,3,12,120,Doe,1,male;",
    )
    with suggest_mapping(path).open(encoding="utf-8-sig") as file:
        rows = [tuple(row.values()) for row in csv.DictReader(file)]
    guess = "a guess: remove the mark if it is right"
    assert [row for row in rows if not row[0].startswith("(")] == [
        ("patient_id", "", "patient_id", "Patient"),
        ("Pain (VAS) week 1", "", "vas_week_1", "Pain (VAS) (points)"),
        ("hemoglobin_g_dl", "", "hemoglobin_g_dl", "Hemoglobin (g/L)"),
        ("haemoglobin_g_l", "", "? hemoglobin_g_l", guess),
        ("name", "", "ignore", "looks like a name: not loaded"),
        ("'=x", "", "", "not known; holds 1"),
        ("sex", "", "sex", "Sex"),
        ("sex", "male;", "? male", "one of: female, male, unknown"),
    ]
    listed = {row[2] for row in rows if row[0] == "(field)"}
    assert {"vas", "inr", "treatments"} <= listed
    assert ("(sheet)", "records_complete") in {row[:2] for row in rows}
    with pytest.raises(FileError, match="exists already"):
        suggest_mapping(path)
    again = suggest_mapping(
        path, tmp_path / "b.csv", mapping=tmp_path / "series_mapping.csv"
    )
    assert "ignore" in again.read_text()


def test_what_is_left_empty_stays_undecided(file_of: MakeFile) -> None:
    """An empty read_as decides nothing: the word stays an error."""
    path = file_of("id,sex", "A,wbl")
    mapping = file_of("column,cell,read_as", "id,,patient_id", "sex,wbl,", name="m.csv")
    assert [e.value for e in check(path, mapping=mapping).errors] == ["wbl"]


def test_mapping_in_memory(file_of: MakeFile) -> None:
    """A dictionary from column names to fields does as well."""
    path = file_of("ID,Hb", "A,13.1")
    names = {"ID": "patient_id", "Hb": "hemoglobin_g_dl"}
    laboratory = read(path, mapping=names).patients[0].laboratory
    assert laboratory is not None
    assert laboratory.hemoglobin_g_l == 131.0


def test_errors_in_a_mapping(file_of: MakeFile) -> None:
    """A field that does not exist is an error of the mapping, with its row."""
    path = file_of("patient_id,x", "A,1")
    mapping = file_of("column,cell,read_as", "x,,shoe", name="m.csv")
    (error,) = check(path, mapping=mapping).errors
    assert (error.table, error.row, error.value) == ("m.csv", 2, "shoe")
    with pytest.raises(FileError, match="not a mapping file"):
        check(path, mapping=path)
    wrong = file_of("column,cell,read_as", "patient_id,A,", "x,1,shoe", name="n.csv")
    assert [e.name for e in check(path, mapping=wrong).errors] == ["fields-known"]


def test_a_mapping_made_in_python(file_of: MakeFile) -> None:
    """A mapping may be made of words instead of a file."""
    path = file_of("patient_id,gender", "A,w")
    told = ColumnMapping(columns={"gender": "sex"}, cells={"gender": {"w": "female"}})
    assert read(path, mapping=told).patients[0].sex is Sex.FEMALE


GERMAN = ("Pat.-Nr.;Alter;Geschlecht;Hb;Schmerz bei Aufnahme", "A;40;männlich;104;7")


@pytest.mark.filterwarnings("ignore::iph.errors.DoubtWarning")  # of the encoding
@pytest.mark.parametrize("encoding", ["utf-8", "cp1252"])
def test_a_sheet_of_which_no_header_is_known_is_asked_about(
    file_of: MakeFile, tmp_path: Path, encoding: str
) -> None:
    """The file is written, separated as the sheet is, and a guess counts unmarked."""
    path = file_of(*GERMAN, encoding=encoding)
    asked = suggest_mapping(path)
    text = asked.read_text(encoding="utf-8-sig")
    assert text.startswith("column;cell;read_as;comment\n")
    for meant in ("patient_id", "age_years", "sex", "hemoglobin_g_l", "vas_baseline"):
        assert f";;? {meant};" in text
    with pytest.raises(FileError, match="none of its 5 column names"):
        read(path, mapping=asked)
    confirmed = tmp_path / "confirmed.csv"
    confirmed.write_text(text.replace(";? ", ";"), encoding="utf-8-sig")
    (patient,) = read(path, mapping=confirmed)
    assert (patient.age_years, patient.sex) == (40, Sex.MALE)
    assert [a.vas for a in patient.follow_up.assessments] == [7]


def test_answers_for_the_whole_sheet(file_of: MakeFile) -> None:
    """The decimal mark, codes for missing and a field with one value are answered."""
    path = file_of(
        "titles above", "patient_id;volume_ml;vas_baseline", "A;1.250;-99", "B;900;n.b."
    )
    mapping = file_of(
        "column,cell,read_as",
        '(sheet),decimal mark,","',
        "(sheet),missing codes,-99; n.b.",
        "(sheet),records_complete,yes",
        "(sheet),header row,2",
        name="m.csv",
    )
    with pytest.warns(NotReadWarning, match="titles above"):
        first, second = read(path, mapping=mapping)
    assert first.hematoma is not None
    assert first.hematoma.volume_ml == 1250
    assert (first.records_complete, second.records_complete) == (True, True)
    assert first.follow_up.assessments == ()
    with pytest.warns(NotReadWarning, match="titles above"):
        again = read(path, decimal=",", missing=["-99", "n.b."], header_row=2)
    assert again.patients[0].hematoma == first.hematoma
    wrong = file_of("column,cell,read_as", "(sheet),shoe,43", name="w.csv")
    assert any(e.name == "answer-known" for e in check(path, mapping=wrong).errors)


def test_a_scale_coded_from_zero_is_said_so(file_of: MakeFile) -> None:
    """A column mapped to a scale from 0 to 3 is read one grade higher."""
    path = file_of("patient_id,num,numbness_0_3_month_6", "A,3,0", "B,1,2")
    names = {"num": "numbness_0_3_baseline"}
    courses = [p.follow_up.assessments for p in read(path, mapping=names)]
    assert [[a.numbness for a in seen] for seen in courses] == [[4, 1], [2, 3]]


def test_numbers_are_mapped_as_they_are_seen(tmp_path: Path) -> None:
    """A numeric cell of a workbook is mapped by what a person sees: 2, not 2.0."""
    import openpyxl

    path = tmp_path / "a.xlsx"
    book = openpyxl.Workbook()
    sheet: Any = book.active
    for row in (["patient_id", "died", "age_years"], ["A", 2.0, 999], ["B", 1, 50]):
        sheet.append(row)
    book.save(path)
    mapping = tmp_path / "m.csv"
    mapping.write_text(
        "column,cell,read_as\ndied,2,no\ndied,1,yes\nage_years,999,not recorded"
    )
    first, second = read(path, mapping=mapping)
    assert (first.follow_up.died, second.follow_up.died) == (False, True)
    assert (first.age_years, second.age_years) == (None, 50)


def test_questions_in_a_workbook(file_of: MakeFile, tmp_path: Path) -> None:
    """Answers are chosen from lists, and the workbook is read as a mapping."""
    import openpyxl

    path = file_of("pid,sex,=x", "A,1,5", "B,2,6")
    asked = suggest_mapping(path, tmp_path / "asked.xlsx")
    book = openpyxl.load_workbook(asked)
    page: Any = book["mapping"]
    rows = {(r[0].value, str(r[1].value or "")): r[2] for r in page.iter_rows()}
    lists = {
        str(cell): one.formula1
        for one in page.data_validations.dataValidation
        for cell in one.sqref.ranges
    }
    assert any("fields!" in formula for formula in lists.values())
    assert '"female,male,unknown,not recorded"' in lists.values()
    assert book["fields"]["A1"].value == "ignore"
    rows["pid", ""].value = "patient_id"
    rows["'=x", ""].value = "ignore"
    rows["sex", "1"].value = "male"
    rows["sex", "2"].value = "not recorded"
    book.save(tmp_path / "answered.xlsx")
    assert [p.sex for p in read(path, mapping=tmp_path / "answered.xlsx")] == [
        Sex.MALE,
        None,
    ]
