"""Dates in, days out: what a column of dates becomes, and what is asked."""

import datetime as dt
from collections.abc import Callable
from pathlib import Path

import hypothesis.strategies as st
import pytest
from hypothesis import given

from iph.errors import InputError, NotReadWarning
from iph.records import check, from_frames, read, suggest_mapping
from iph.records._dates import date_of, is_date, order_of

MakeFile = Callable[..., Path]
DATES = st.dates(dt.date(1900, 1, 1), dt.date(2100, 1, 1))


@given(DATES, st.sampled_from("./-"), st.sampled_from(["day-month", "month-day"]))
def test_a_date_is_read_as_it_was_written(date: dt.date, sign: str, order: str) -> None:
    """Each usual form gives the same date, and the other order never a wrong one."""
    first, second = "%d", "%m"
    if order == "month-day":
        first, second = second, first
    text = f"{date:{first}{sign}{second}{sign}%Y}"
    assert date_of(text, order) == date
    assert date_of(text, "") is None
    decided = order_of([text], "")
    assert decided in ("", order)
    assert (decided == "") == (date.day <= 12)
    for form in ("%Y-%m-%d", "%Y/%m/%d", "%d %B %Y", "%B %d, %Y", "%d-%b-%Y"):
        assert date_of(f"{date:{form}}", "") == date
        assert is_date(f"{date:{form}}")
    assert date_of(f"{date.year}年{date.month}月{date.day}日", "") == date
    assert date_of(dt.datetime.combine(date, dt.time(7)), "") == date


@given(st.text(max_size=12) | st.integers() | st.none())
def test_what_is_no_date_is_none(cell: object) -> None:
    """No text without a year of four digits, and no number, is a date."""
    digits = sum(sign.isdecimal() for sign in cell) if isinstance(cell, str) else 0
    if digits < 4:
        assert date_of(cell, "day-month") is None
        assert date_of(cell, "month-day") is None


@given(DATES, st.integers(0, 3_000))
def test_days_are_counted_between_dates(onset: dt.date, days: int) -> None:
    """Days from one column to another, whatever the year."""
    import pandas as pd

    frame = pd.DataFrame(
        {"patient_id": ["A"], "from": [onset], "to": [onset + dt.timedelta(days)]}
    )
    names = {"to": "symptom_days since from"}
    assert from_frames(frame, mapping=names).patients[0].symptom_days == days


def test_days_count_from_the_zero_of_each_patient(file_of: MakeFile) -> None:
    """The zero may stand in one row of a patient, and in the table of patients."""
    names = {"seen": "day since op", "death": "died_day since op"}
    path = file_of(
        "patient_id,op,seen,vas,death",
        "A,,2021-02-27,8,",
        "A,2021-03-01,2021-03-08,4,2021-08-01",
        "B,2020-02-28,2020-03-01,5,",
    )
    first, second = read(path, mapping=names)
    assert [(a.day, a.vas) for a in first.follow_up.assessments] == [(-2, 8), (7, 4)]
    assert first.follow_up.died_day == 153
    assert second.follow_up.assessments[0].day == 2  # 2020 is a leap year
    patients = file_of("patient_id,op,sex", "A,2021-03-01,male", name="a_patients.csv")
    file_of("patient_id,seen,vas", "A,2021-03-08,4", name="a_assessments.csv")
    (patient,) = read(patients, mapping=names)
    assert patient.follow_up.assessments[0].day == 7


def test_no_date_is_kept(file_of: MakeFile) -> None:
    """Neither the report of a check nor the cohort repeats a date."""
    path = file_of("patient_id,onset,adm", "A,2021-03-01,2021-03-04", "B,,2021-05-06")
    names = {"adm": "symptom_days since onset"}
    with pytest.warns(NotReadWarning, match="no date in 'onset'") as caught:
        cohort = read(path, mapping=names)
    report = check(path, mapping=names)
    assert [p.symptom_days for p in cohort] == [3, None]
    for text in (repr(report), repr(cohort), str(caught[0].message)):
        assert "2021" not in text
    assert report.ignored_columns == ()
    assert any("became symptom_days" in said for said in report.warnings)


def test_impossible_orders_are_errors(file_of: MakeFile) -> None:
    """Admission before onset is an error of its row, and so is a visit after death."""
    path = file_of("patient_id,onset,adm", "A,2021-03-04,2021-03-01")
    (error,) = check(path, mapping={"adm": "symptom_days since onset"}).errors
    assert (error.row, error.column, error.value) == (2, "adm", "-3 days since onset")
    assert "order" in error.hint
    path = file_of(
        "patient_id,op,seen,vas,death", "A,2021-03-01,2021-09-08,4,2021-08-01"
    )
    names = {"seen": "day since op", "death": "died_day since op"}
    assert [e.name for e in check(path, mapping=names).errors] == [
        "nothing-after-death"
    ]
    path = file_of(
        "patient_id,op,seen,vas", "A,2021-03-01,2021-03-02,4", "A,2021-03-05,,"
    )
    names = {"seen": "day since op"}
    assert "another date" in {e.value for e in check(path, mapping=names).errors}


def test_the_order_of_day_and_month_is_decided_or_asked(
    file_of: MakeFile, tmp_path: Path
) -> None:
    """One day above 12 decides for its column; without one it is asked."""
    names = {"adm": "symptom_days since onset"}
    path = file_of("patient_id,onset,adm", "A,03/04/2021,05/04/2021")
    asked = check(path, mapping=names).errors
    assert {(e.row, e.column) for e in asked} == {(None, "onset"), (None, "adm")}
    assert all("day-month" in e.hint for e in asked)
    lines = ["column,cell,read_as", "adm,,symptom_days since onset"]
    for order, days in (("day-month", 2), ("month-day", 61)):
        mapping = tmp_path / f"{order}.csv"
        text = "\n".join([*lines, f"(sheet),date order,{order}"])
        mapping.write_text(text, encoding="utf-8")
        assert read(path, mapping=mapping).patients[0].symptom_days == days
    mapping.write_text("\n".join([*lines, "(sheet),date order,x"]), encoding="utf-8")
    with pytest.raises(InputError, match="date order must be one of"):
        check(path, mapping=mapping)
    path = file_of("patient_id,onset,adm", "A,13.04.2021,15.04.2021", "B,1.13.2021,")
    errors = check(path, mapping=names).errors
    assert [(e.row, e.value) for e in errors] == [(3, "1.13.2021")]


@pytest.mark.parametrize("cell", ["3.4.21", "31.02.2021", "spring 2021", "44000"])
def test_what_is_no_date_is_refused(file_of: MakeFile, cell: str) -> None:
    """Short years, days that never were and words are errors of their cell."""
    path = file_of("patient_id,onset,adm", f"A,2021-01-01,{cell}", "B,2021-01-01,NA")
    (error,) = check(path, mapping={"adm": "symptom_days since onset"}).errors
    assert (error.row, error.column, error.value) == (2, "adm", cell)


def test_a_mapping_of_dates_is_checked(file_of: MakeFile) -> None:
    """Only a field of days can be counted, and from a column that is there."""
    path = file_of("patient_id,onset,adm", "A,2021-01-01,2021-01-03")
    wrong = [e.value for e in check(path, mapping={"adm": "vas since onset"}).errors]
    assert "vas since onset" in wrong
    (error,) = check(path, mapping={"adm": "symptom_days since birth"}).errors
    assert "birth is not" in error.rule


def test_dates_are_asked_about(file_of: MakeFile) -> None:
    """What a column of dates may become is guessed from names and cells."""
    path = file_of(
        "patient_id;Beginn;Aufnahme am;OP-Datum;Kontrolle;verstorben am;bis;VAS",
        "A;01.02.2021;13.02.2021;14.02.2021;20.02.2021;;1.1.2022;3",
    )
    text = suggest_mapping(path).read_text(encoding="utf-8-sig")
    for row in (
        "Beginn;;ignore;",
        "Aufnahme am;;? symptom_days since Beginn;",
        "OP-Datum;;ignore;",
        "Kontrolle;;? day since OP-Datum;",
        "bis;;ignore;dates: write for example day since",
        "(sheet);date order;;",
    ):
        assert f"\n{row}" in text, row
