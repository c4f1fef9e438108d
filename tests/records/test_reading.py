"""Reading and checking text tables in all layouts."""

import os
import pickle
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from iph import Cohort, Sex, StrengthModifier, Visit
from iph.errors import DoubtWarning, FileError, InputError, NotReadWarning
from iph.records import (
    RecordError,
    RecordErrors,
    check,
    errors_text,
    read,
    suggest_mapping,
)

MakeFile = Callable[..., Path]

LONG = (
    "patient_id,age_years,sex,visit,day,vas,strength",
    "P01,48,male,baseline,0,7,2",
    "P01,,,week_1,7,4,3",
    "P02,61,female,,,,",
)


def test_long_table(file_of: MakeFile) -> None:
    """One row a patient and visit: values of the patient stand in the first row."""
    cohort = read(file_of(*LONG))
    first, second = cohort
    assert (first.age_years, first.sex) == (48, Sex.MALE)
    assert [a.visit for a in first.follow_up.assessments] == [
        Visit.BASELINE,
        Visit.WEEK_1,
    ]
    assert [a.vas for a in first.follow_up.assessments] == [7.0, 4.0]
    assert second.follow_up.assessments == ()
    assert check(file_of(*LONG)).layout == "long"


def test_repeated_patient_values_agree(file_of: MakeFile) -> None:
    """Values of the patient may be repeated in each row, if they are the same."""
    same = file_of("patient_id,sex,visit", "P1,male,baseline", "P1,male,week_1")
    assert len(read(same).patients[0].follow_up.assessments) == 2
    other = file_of("patient_id,sex,visit", "P1,male,baseline", "P1,female,week_1")
    (error,) = check(other).errors
    assert (error.row, error.column, error.name) == (3, "sex", "one-value")


def test_wide_table(file_of: MakeFile) -> None:
    """A column for each field and visit gives the same assessments."""
    path = file_of(
        "patient_id,vas_week_1,vas_baseline,strength_baseline,day_week_1",
        "P01,4,7,2,8",
        "P02,,5,,",
    )
    first, second = read(path)
    visits = [(a.visit, a.vas, a.day) for a in first.follow_up.assessments]
    assert visits == [(Visit.BASELINE, 7.0, None), (Visit.WEEK_1, 4.0, 8)]
    assert [a.visit for a in second.follow_up.assessments] == [Visit.BASELINE]
    assert check(path).layout == "wide"


def test_discharge_in_a_wide_table_stands_where_its_day_says(file_of: MakeFile) -> None:
    """Discharge has no fixed place in the schedule; its day decides."""
    path = file_of(
        "patient_id,vas_baseline,vas_discharge,day_discharge,vas_week_1,day_week_1",
        "P01,7,3,12,4,7",
    )
    visits = [a.visit for a in read(path).patients[0].follow_up.assessments]
    assert visits == [Visit.BASELINE, Visit.WEEK_1, Visit.DISCHARGE]


def test_two_tables(file_of: MakeFile) -> None:
    """Patients and assessments may stand in two files, the second found by its name."""
    patients = file_of("patient_id,age_years", "P1,40", "P2,50", name="s_patients.csv")
    assert len(read(patients).patients[0].follow_up.assessments) == 0
    file_of("patient_id,visit,vas", "P2,week_1,3", name="s_assessments.csv")
    cohort = read(patients)
    assert [len(p.follow_up.assessments) for p in cohort] == [0, 1]
    other = file_of("patient_id,visit,vas", "P1,week_1,3", "P9,week_1,1", name="o.csv")
    report = check(patients, assessments=other)
    assert report.layout == "two tables"
    (error,) = report.errors
    assert (error.table, error.row, error.name) == ("o.csv", 3, "patient-known")


def test_rows_out_of_order_are_put_in_the_order_of_time(file_of: MakeFile) -> None:
    """The order of rows in a table says nothing; days and visits do."""
    path = file_of("patient_id,visit,day", "P,month_1,", "P,baseline,", "P,,9")
    days = [a.time_day for a in read(path).patients[0].follow_up.assessments]
    assert days == [0, 9, 30]


def test_a_discharge_without_a_day_keeps_its_place(file_of: MakeFile) -> None:
    """It has no scheduled day, so it stays behind the row before it."""
    path = file_of(
        "patient_id,visit,vas", "P,month_1,3", "P,baseline,5", "P,discharge,4"
    )
    seen = read(path).patients[0].follow_up.assessments
    assert [a.vas for a in seen] == [5, 4, 3]


def test_a_day_that_cannot_be_read_keeps_its_place(file_of: MakeFile) -> None:
    """A row without a time stands where it was written; only its cell is an error."""
    path = file_of(
        "patient_id,visit,day,vas", "P,month_1,,3", "P,baseline,,5", "P,,x,4"
    )
    errors = check(path).errors
    assert [(e.row, e.column, e.name) for e in errors] == [(4, "day", "value")]


def test_every_error_is_found_at_once(file_of: MakeFile) -> None:
    """Errors in cells, rows and rules between fields stand in one report."""
    path = file_of(
        "patient_id,age_years,sex,pregnancy,zones,hemoglobin_g_l,visit,vas",
        "P1,7.9,x,,upper;lower,13.0,baseline,11",
        "P2,130,male,trimester_1,mid,128,,",
        ",50,male,,,,baseline,3",
        "P3,50,male,,,,week_1,3",
        "P3,,,,,,week_1,4",
        "P3,,,,,,,",
    )
    found = [(e.row, e.column, e.name) for e in check(path).errors]
    assert found == [
        (2, "age_years", "value"),
        (2, "sex", "value"),
        (2, "zones", "zones-contiguous"),
        (2, "hemoglobin_g_l", "value"),
        (2, "vas", "value"),
        (3, "age_years", "value"),
        (3, "pregnancy, sex", "pregnancy-needs-female"),
        (4, "patient_id", "value"),
        (6, "visit", "visits-unique"),
        (7, "patient_id", "patients-unique"),
    ]
    with pytest.raises(RecordErrors) as caught:
        read(path)
    assert caught.value.errors == check(path).errors


def test_several_rules_of_one_patient_are_all_reported(file_of: MakeFile) -> None:
    """A broken rule hides no other, and each visit is named by its row."""
    path = file_of(
        "patient_id,limb,deficit_side,died,died_day,visit,day,strength_modifier",
        "P1,left,right,no,20,baseline,0,+",
        "P1,,,,,week_1,25,",
        "P1,,,,,month_1,25,",
        "P1,,,,,,,-",
    )
    found = [(e.row, e.name) for e in check(path).errors]
    assert found == [
        (2, "death-consistent"),
        (2, "limb-has-deficit"),
        (2, "modifier-needs-grade"),
        (4, "days-increase"),
        (5, "assessment-when"),
    ]


def test_a_rule_is_not_held_against_a_cell_that_cannot_be_read(
    file_of: MakeFile,
) -> None:
    """An unreadable strength grade makes no error of the modifier beside it."""
    path = file_of("patient_id,visit,strength,strength_modifier", "P,week_1,good,+")
    assert [e.column for e in check(path).errors] == ["strength"]


def test_an_unreadable_day_beside_an_impossible_course(file_of: MakeFile) -> None:
    """A visit after death is left out silently only while a day is unreadable."""
    path = file_of(
        "patient_id,died_day,visit,day",
        "P,2,baseline,soon",
        "P,,week_1,31",
    )
    assert [(e.row, e.column) for e in check(path).errors] == [(2, "day")]


@pytest.mark.parametrize(
    ("header", "cell"),
    [
        ("age_years", "7.9"),
        ("age_years", "48 years"),
        ("age_years", "forty"),
        ("age_years", "1e400"),
        ("age_years", "٤٨"),
        ("vas", "<3"),
        ("numbness", "<3"),
        ("hemoglobin_g_l", "1,234"),
        ("hemoglobin_g_l", "100-110"),
        ("hemoglobin_g_l", "inf"),
        ("died", "perhaps"),
        ("zones", "mid;;lower"),
        ("zones", "unknown;mid"),
        ("treatments", "unknown;analgesic"),
        ("sex", "1"),
        ("strength", "4-5"),
        ("strength", "4.5"),
        ("hip_flexor_strength", "4-"),
        ("numbness", "0"),
        ("symptom_days", "2020-01-31"),
    ],
)
def test_nothing_is_coerced_with_loss(
    file_of: MakeFile, header: str, cell: str
) -> None:
    """A cell that the field cannot hold as it stands is an error, never rounded."""
    path = file_of(f"patient_id;visit;{header}", f'P;week_1;"{cell}"')
    (error,) = check(path).errors
    assert (error.row, error.column, error.value) == (2, header, cell)


@pytest.mark.parametrize(
    ("header", "cell", "read_as"),
    [
        ("hemoglobin_g_l", "110,5", "110.5"),
        ("sex", "F", "female"),
        ("sex", "Female", "female"),
        ("died", "1", "yes"),
        ("died", "TRUE", "yes"),
        ("side", "R", "right"),
        ("etiology", "Other coagulopathy", "other_coagulopathy"),
        ("strength", "IV", "4"),
        ("strength", "4-", "4-"),
        ("numbness", "III", "3"),
        ("age_years", "NA", ""),
        ("zones", "mid, upper", "mid;upper"),
        ("pain_sites", "NONE", "none"),
        ("sex", "None", ""),
        ("inr", ">8", ">8"),
        ("aptt_s", "≥ 180", ">=180"),
        ("hemoglobin_g_dl", "<7", "<70"),
        ("day", "\u22123", "-3"),
        ("hemoglobin_g_dl", "13.1", "131.0"),
        ("vas_mm", "35", "3.5"),
        ("symptom_weeks", "2", "14"),
        ("symptom_months", "1.5", "46"),
        ("Hemoglobin (mmol/L)", "8", "128.912"),
    ],
)
def test_what_is_interpreted_is_listed(
    file_of: MakeFile, header: str, cell: str, read_as: str
) -> None:
    """A reading that is not literal is accepted and listed with its reason."""
    path = file_of(f"patient_id\tvisit\t{header}", f"P\tweek_1\t{cell}")
    report = check(path)
    assert report.errors == ()
    (note,) = report.interpretations
    assert (note.column, note.value, note.read_as) == (header, cell, read_as)
    assert (note.count, note.first_row) == (1, 2)
    assert note.reason


def test_modifier_of_strength(file_of: MakeFile) -> None:
    """The plus or minus behind a grade goes to its own field, uncontradicted."""
    head = "patient_id,visit,strength,strength_modifier"
    (assessment,) = (
        read(file_of(head, "P,week_1,4-,")).patients[0].follow_up.assessments
    )
    assert assessment.strength == 4
    assert assessment.strength_modifier is StrengthModifier.MINUS
    assert check(file_of(head, "P,week_1,4-,-")).ok
    (error,) = check(file_of(head, "P,week_1,4-,+")).errors
    assert error.name == "one-value"


def test_points_beside_decimal_commas_are_doubtful(file_of: MakeFile) -> None:
    """In a column with decimal commas a point may stand for thousands."""
    path = file_of("patient_id;platelets_10e9_l", "A;1.200", "B;210,5")
    (error,) = check(path).errors
    assert (error.row, error.value) == (2, "1.200")
    (alone,) = check(file_of("patient_id;platelets_10e9_l", "A;1.200")).errors
    assert "decimal=" in alone.hint
    assert check(file_of("patient_id,platelets_10e9_l", "A,1.200")).ok


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_separators_and_encodings(
    file_of: MakeFile, separator: str, encoding: str
) -> None:
    """Whatever the spreadsheet program writes is read the same."""
    rows = ["patient_id", "sex"], ["Ärzte-1", "male"]
    path = file_of(*(separator.join(row) for row in rows), encoding=encoding)
    assert read(path).patients[0].patient_id == "Ärzte-1"


def test_windows_encoding_is_read_and_said(file_of: MakeFile) -> None:
    """Text that is not UTF-8 is read as Windows-1252, with a warning."""
    path = file_of("patient_id,sex", "Jäger,male", encoding="cp1252")
    with pytest.warns(DoubtWarning, match="Windows-1252") as warned:
        assert read(path).patients[0].patient_id == "Jäger"
    (doubt,) = warned
    assert doubt.filename == __file__  # where the user called
    assert "Windows-1252" in check(path).warnings[0]


def test_row_numbers_are_those_of_the_spreadsheet(file_of: MakeFile) -> None:
    """Empty rows and line breaks inside a cell do not shift the numbers."""
    path = file_of("", "patient_id,sex", "", '"P', '1",male', "P2,x")
    assert [(e.row, e.column) for e in check(path).errors] == [
        (4, "patient_id"),
        (5, "sex"),
    ]
    stated = file_of("sep=;", "patient_id;sex", "P1;x")
    assert [e.row for e in check(stated).errors] == [2]


def test_rows_of_another_length_are_errors(file_of: MakeFile) -> None:
    """A cut-off row or a cell beyond the header is never dropped silently."""
    path = file_of("patient_id,sex,,side", "A,male", "B,male,,left,5", "C,male,7,left,")
    found = [(e.row, e.name) for e in check(path).errors]
    assert found == [(2, "row-length"), (3, "row-length"), (4, "column-named")]


def test_columns_are_matched_by_name_or_label_alone(file_of: MakeFile) -> None:
    """Case and spaces do not matter; a close name is an error, another is listed."""
    path = file_of("Patient ID,Age,SEX,hemoglobin,shoe_size", "A,40,male,120,43")
    report = check(path)
    assert report.ok
    assert report.ignored_columns == ("shoe_size",)
    (error,) = check(file_of("patient_id,haemoglobin_g_l", "A,120")).errors
    assert error.name == "column-known"
    assert "hemoglobin_g_l" in error.hint
    (twice,) = check(file_of("patient_id,Age,Age (years)", "A,40,40")).errors
    assert twice.name == "column-unique"


def test_columns_that_name_a_person_are_not_loaded(file_of: MakeFile) -> None:
    """Names, dates of birth, phones and record numbers are warned of, cells unseen."""
    names = ["Last name", "DOB", "phone", "MRN", "hospital_number", "admission_date"]
    path = file_of(",".join(["patient_id", *names]), "A,Doe,1.1.70,555,99,12,1.1.20")
    report = check(path)
    assert report.ok
    assert report.ignored_columns == tuple(names)
    assert len(report.warnings) == len(names)
    assert "Doe" not in errors_text(report)


def test_missing_identifier_column(file_of: MakeFile) -> None:
    """Without pseudonyms nothing can be read, and all else is still checked."""
    found = [(e.row, e.name) for e in check(file_of("sex,age_years", "x,40")).errors]
    assert found == [(1, "column-missing"), (2, "value")]


def test_formulas_are_text(file_of: MakeFile) -> None:
    """A disarmed text reads back without its apostrophe."""
    path = file_of("patient_id,sex", "'=HYPERLINK(1),male", "'tis,male")
    assert [p.patient_id for p in read(path)] == ["=HYPERLINK(1)", "'tis"]


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"", "empty"),
        (b"\n \n", "no header"),
        (b"PK\x03\x04 and so on", "zip"),
        (b"patient_id,sex\nA,\0\n", "null bytes"),
        (b"\x81\x8d,\x9d", "encoding"),
        (b"Dear all, the meeting is moved.\n", "none of its 2 column names"),
        (b"patient_id," * 3000, "3001 columns"),
        (b"x" * (1 << 21), "longer than 1 MiB"),
        (b"x" * 200_000 + b"\nA\n", "row 1 cannot be read"),
        (b'patient_id,sex\nA,"male\nB,female\n', "row 2"),
    ],
)
def test_what_is_no_table_is_refused_with_words(
    tmp_path: Path, content: bytes, problem: str
) -> None:
    """A file that cannot be a table raises FileError, which says what is wrong."""
    path = tmp_path / "file.csv"
    path.write_bytes(content)
    with pytest.raises(FileError, match=problem):
        check(path)


@pytest.mark.parametrize("size", ["1e300", "1e308", "-1e308", "1e309", "9e999"])
@pytest.mark.parametrize(
    "column", ["volume_ml", "volume_l", "vas_mm", "hemoglobin_g_dl", "symptom_months"]
)
def test_numbers_beyond_all_bounds(file_of: MakeFile, column: str, size: str) -> None:
    """A number that no float can hold is refused as any other."""
    path = file_of(f"patient_id,visit,{column}", f"A,week_1,{size}")
    (error,) = check(path).errors
    assert (error.row, error.column, error.value) == (2, column, size)


def test_ten_million_columns(tmp_path: Path) -> None:
    """A header without end is refused before it is taken apart."""
    path = tmp_path / "wide.csv"
    path.write_bytes(b"patient_id," * 10_000_000 + b"\nA\n")
    tracemalloc.start()
    with pytest.raises(FileError, match="longer than 1 MiB"):
        check(path)
    assert tracemalloc.get_traced_memory()[1] < 20_000_000
    tracemalloc.stop()


@pytest.mark.parametrize("ending", [".csv", ".json", ".xlsx", ".ods", ".sav"])
def test_two_gigabytes_are_refused_by_their_size(tmp_path: Path, ending: str) -> None:
    """A file that is too large is not read at all."""
    path = tmp_path / f"large{ending}"
    with path.open("wb") as file:
        file.truncate(2 << 30)  # takes no room on the disk
    with pytest.raises(FileError, match=r"larger than \d+ MiB; split it"):
        check(path)


def test_files_that_cannot_be_opened(tmp_path: Path) -> None:
    """A missing file, a folder and an unknown ending are named as what they are."""
    with pytest.raises(FileError, match="no such file"):
        read(tmp_path / "none.csv")
    (tmp_path / "folder.csv").mkdir()
    with pytest.raises(FileError, match="folder"):
        read(tmp_path / "folder.csv")
    (tmp_path / "scan.png").write_bytes(b"x")
    with pytest.raises(FileError, match=r"ending \.png"):
        read(tmp_path / "scan.png")
    with pytest.raises(InputError, match="the path of a file"):
        read("a\0b.csv")
    os.mkfifo(tmp_path / "pipe.csv")
    with pytest.raises(FileError, match="is not a file"):
        read(tmp_path / "pipe.csv")


def test_a_header_without_rows_is_an_empty_cohort(file_of: MakeFile) -> None:
    """No patients is no error, but is said."""
    path = file_of("patient_id,sex")
    assert read(path) == Cohort()
    assert check(path).warnings == ("the table holds no patients",)


def test_text_of_a_report(file_of: MakeFile) -> None:
    """The report for a terminal is sorted by row and counts by rule."""
    path = file_of("patient_id,sex,other", "A,x,1", "B,y,2", "C,F,3")
    lines = errors_text(check(path)).splitlines()
    assert lines[0].endswith("3 patients, 0 assessments (patients): 2 errors")
    assert "row 2, sex: must be one of: female, male, unknown, got 'x'" in lines[1]
    assert lines[3:5] == [
        "By rule:",
        "  2  sex must be one of: female, male, unknown",
    ]
    assert lines[5:] == [
        "Not read literally:",
        "  sex: 'F' read as 'female' (a word for this code; 1 cell, first in row 4)",
        "Columns not loaded: other",
    ]


@pytest.mark.filterwarnings("ignore::iph.errors.DoubtWarning")  # of the encoding
@pytest.mark.parametrize("size", [1 << 20, (1 << 20) + 7])
def test_a_long_file_that_is_not_utf8(tmp_path: Path, size: int) -> None:
    """Wherever in a file the first such character stands, the encoding is said."""
    path = tmp_path / "long.csv"
    start = b"patient_id,remark\nP1,\n"
    filler = b"\n" * (size - len(start) - len(b"P2,Fu\xc3"))
    path.write_bytes(start + filler + b"P2,Fu\xc3")
    report = check(path, mapping={"remark": "ignore"})
    assert report.ok
    assert "Windows-1252" in report.warnings[0]
    late = tmp_path / "late.csv"
    late.write_bytes(b"patient_id,remark\nP1,\xe9" + b"\n" * size + b"P2,\xe9\n")
    assert [p.patient_id for p in read(late, mapping={"remark": "ignore"})] == [
        "P1",
        "P2",
    ]


def test_many_errors_are_counted_in_the_message(file_of: MakeFile) -> None:
    """An exception shows the first ones, and survives a trip to another process."""
    path = file_of("patient_id,sex", *(f"P{n},x" for n in range(30)))
    with pytest.raises(RecordErrors, match=r"and 10 more \(see \.errors\)") as caught:
        read(path)
    again = pickle.loads(pickle.dumps(caught.value))  # noqa: S301 - our own
    assert again.errors == caught.value.errors
    one = RecordError(row=None, column="", value="", rule="so", table="t", name="n")
    assert str(one) == "t: so (rule n)"


@pytest.mark.parametrize(
    ("name", "what"),
    [
        ("Müller, Hans", "names"),
        ("Hans Müller 2", "names"),
        ("王小明", "names"),
        ("12.03.1950", "dates"),
        ("M 1950-03-12", "dates"),
        ("110101199003070012", "numbers of a register"),
    ],
)
def test_pseudonyms_that_name_a_person_are_warned_of(
    file_of: MakeFile, name: str, what: str
) -> None:
    """The warning says what they look like and repeats none of them."""
    path = file_of("patient_id;sex", f"{name};male", "P02;female")
    (warning,) = check(path).warnings
    with pytest.warns(DoubtWarning, match=f"look like {what}") as said:
        read(path)
    assert name not in str(said[0].message)
    assert f"1 of the pseudonyms look like {what}" in warning
    assert name not in warning
    assert check(file_of("patient_id;sex", "Patient 7;male", "17;male")).warnings == ()


@pytest.mark.parametrize(
    ("header", "values", "asked"),
    [
        ("factor_viii_percent", ("0.35", "0.9", "2.9"), True),
        ("factor_viii_percent", ("0.35", "0.9", "3"), False),
        ("factor_viii_percent", ("<1", "", "0.5"), True),
        ("factor_viii_percent", ("", "", ""), False),
        ("factor_viii_percent", ("0", "0", "0"), False),
        ("factor_viii_iu_ml", ("0.35", "0.9", "1.2"), False),
        ("factor_viii_iu_ml", ("0.005", "0.01", "0.02"), False),
        ("fibrinogen_g_l", ("0.4", "1.2", "2.0"), False),
        ("inr", ("1", "1.1", "2.4"), False),
    ],
)
def test_factors_that_look_like_units_are_asked_about(
    file_of: MakeFile, header: str, values: tuple[str, ...], *, asked: bool
) -> None:
    """Activities below 3 % throughout may be in IU/mL; the check says so, and reads on.

    A column whose name states its unit is taken at its word.
    """
    rows = [f"P{place};{value}" for place, value in enumerate(values)]
    path = file_of(f"patient_id;{header}", *rows)
    report = check(path)
    assert report.ok
    assert len(report.warnings) == asked
    if asked:
        known = len([value for value in values if value])
        assert f"all {known} values are below 3 %" in report.warnings[0]
        assert "if they are in IU/mL (1 IU/mL is 100 %)" in report.warnings[0]
        assert header in report.warnings[0]
    assert len(read(path)) == len(values)


def test_a_file_of_which_only_pseudonyms_are_known(file_of: MakeFile) -> None:
    """Nothing would be read, which is an error until the columns are explained."""
    path = file_of("patient_id,arm,improved", "A,1,yes")
    (error,) = check(path).errors
    assert error.name == "fields-known"
    assert len(read(path, mapping={"arm": "ignore", "improved": "ignore"})) == 1


def test_encodings_of_east_asia_are_told(file_of: MakeFile) -> None:
    """A file in GBK is read right where its encoding is said."""
    path = file_of("patient_id,性别 (sex)", "甲1,男", encoding="gb18030")
    mapping = {"性别 (sex)": "sex"}
    (patient,) = read(path, mapping=mapping, encoding="gb18030")
    assert (patient.patient_id, patient.sex) == ("甲1", Sex.MALE)
    with pytest.raises(InputError, match="encoding must be"):
        read(path, encoding="klingon")
    with pytest.raises(FileError, match="encoding"):
        read(path, encoding="ascii")


def test_an_exact_name_goes_before_a_label(file_of: MakeFile) -> None:
    """A column that only may mean the same is left aside, and it is said."""
    path = file_of("patient_id,Age,age_years", "A,480,40")
    with pytest.warns(NotReadWarning, match="'Age'.*the same as 'age_years'"):
        assert read(path).patients[0].age_years == 40


def test_ages_may_have_decimals_or_be_months(file_of: MakeFile) -> None:
    """Completed years are read if the column says so; else a hint names it."""
    (error,) = check(file_of("patient_id,age", "A,72.9")).errors
    assert "age_decimal_years" in error.hint
    path = file_of("patient_id,age", "A,72.9", "B,3")
    cohort = read(path, mapping={"age": "age_decimal_years"})
    assert [p.age_years for p in cohort] == [72, 3]
    path = file_of("patient_id,age (months)", "A,35", "B,36")
    assert [p.age_years for p in read(path)] == [2, 3]


def test_a_unit_beside_a_value_is_its_unit(file_of: MakeFile) -> None:
    """Another unit is converted cell by cell; one that is not known is an error."""
    path = file_of("patient_id,age,age_unit", "A,2,years", "B,18,months", "C,40,")
    assert [p.age_years for p in read(path)] == [2, 1, 40]
    assert check(path).ignored_columns == ()
    path = file_of("patient_id,hemoglobin,hemoglobin_unit", "A,12,g/dL", "B,120,g/L")
    labs = [p.laboratory for p in read(path)]
    assert [lab and lab.hemoglobin_g_l for lab in labs] == [120, 120]
    header = "patient_id,platelets_10e9_l,platelets_10e9_l_unit"
    path = file_of(header, "A,286.000,/µl", "B,286000,/µl", "C,286,10^9/l")
    (error,) = check(path).errors
    assert (error.row, error.rule) == (2, "a number with one meaning")
    (error,) = check(file_of("patient_id,AGE,AGEU", "A,90,DAYS")).errors
    assert (error.row, error.column) == (2, "AGE")
    assert "DAYS" in error.hint


def test_a_general_name_is_asked_about_once(file_of: MakeFile) -> None:
    """A column called outcome that holds something else is one question."""
    path = file_of("patient_id,sex,outcome", "A,male,Death", "B,male,Recover")
    (error,) = check(path).errors
    assert (error.name, error.row, error.column) == ("column-meant", None, "outcome")
    assert "ignore" in error.hint
    assert len(read(path, mapping={"outcome": "ignore"})) == 2


def test_codes_of_yes_and_no_are_asked_about_together(
    file_of: MakeFile, tmp_path: Path
) -> None:
    """Beside a 2, a 1 need not mean yes."""
    path = file_of("patient_id,died", "A,1", "B,2", "C,0")
    assert [e.value for e in check(path).errors] == ["1", "2", "0"]
    mapping = tmp_path / "m.csv"
    lines = ["column,cell,read_as", "died,1,no", "died,2,yes", "died,0,not recorded"]
    mapping.write_text("\n".join(lines), encoding="utf-8")
    assert [p.follow_up.died for p in read(path, mapping=mapping)] == [
        False,
        True,
        None,
    ]


def test_rows_are_patients_if_none_is_named(file_of: MakeFile) -> None:
    """Rows are numbered on request, and those under the table are no patients."""
    path = file_of("age_years,sex", "40,male", "", "50,female", "Mean,", "* a note,")
    (error,) = [e for e in check(path).errors if e.name == "column-missing"]
    assert "(row)" in error.hint
    named = {"(row)": "patient_id"}
    with pytest.warns(NotReadWarning, match="'Mean'"):
        cohort = read(path, mapping=named)
    assert [p.patient_id for p in cohort] == ["row 2", "row 4"]
    assert any("numbered" in said for said in check(path, mapping=named).warnings)


def test_a_row_of_groups_is_no_header(file_of: MakeFile) -> None:
    """A row with gaps above the header is left aside, and it is said."""
    path = file_of(
        "Patient,,Strength,", "patient_id,sex,vas_baseline,died", "A,male,7,no"
    )
    with pytest.warns(NotReadWarning, match="above the header"):
        assert read(path).patients[0].patient_id == "A"


def test_a_scale_that_may_begin_at_zero_is_asked_about(file_of: MakeFile) -> None:
    """Without a 0 and the highest grade nobody can tell; with a 0 it is guessed."""
    path = file_of("patient_id,numbness_baseline,numbness_month_6", "A,3,1", "B,2,1")
    (said,) = check(path).warnings
    assert "numbness_0_3_baseline" in said
    assert not check(file_of("patient_id,numbness_baseline", "A,4", "B,1")).warnings
    path = file_of("patient_id,numbness_baseline,numbness_month_6", "A,3,0", "B,2,1")
    text = suggest_mapping(path).read_text(encoding="utf-8-sig")
    for visit in ("baseline", "month_6"):
        assert f"\nnumbness_{visit},,? numbness_0_3_{visit}," in text


def test_a_header_may_stand_in_two_rows(file_of: MakeFile, tmp_path: Path) -> None:
    """Groups above and visits below are one name, merged cells or not."""
    import openpyxl

    path = file_of(
        "Pain of the ward,,", ",Strength,", "patient_id,baseline,month 6", "A,3,4"
    )
    with pytest.warns(NotReadWarning, match="Pain of the ward"):
        seen = read(path).patients[0].follow_up.assessments
    assert [(a.visit, a.strength) for a in seen] == [
        (Visit.BASELINE, 3),
        (Visit.MONTH_6, 4),
    ]
    assert "the header stands in rows 2 and 3" in check(path).warnings[0]
    book = openpyxl.Workbook()
    page: Any = book.active
    rows = ["Patient", "VAS", None], [None, "baseline", "month 6"], ["A", 7, 3]
    for row in rows:
        page.append(row)
    page.merge_cells("B1:C1")
    page.merge_cells("A1:A2")
    book.save(tmp_path / "a.xlsx")
    seen = read(tmp_path / "a.xlsx").patients[0].follow_up.assessments
    assert [a.vas for a in seen] == [7, 3]
    lower = file_of("patient_id,sex,", ",male,x", "B,male,")
    assert check(lower).errors  # a row of data is no part of the header
