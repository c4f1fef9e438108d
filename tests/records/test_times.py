"""Times in words: visits, columns at visits, and stems with a number."""

from collections.abc import Callable
from pathlib import Path

import hypothesis.strategies as st
import pytest
from hypothesis import given

from iph import Visit
from iph.records import check, read, suggest_mapping
from iph.records._guessing import guess_of, patterns
from iph.records._times import DAYS_IN, close_visit, split_time, time_words, visit_of

MakeFile = Callable[..., Path]
UNITS = [
    (word, unit)
    for unit in DAYS_IN
    for word in (*time_words()["units"][unit], *time_words()["also"][unit])
]


def test_a_word_means_one_unit() -> None:
    """No word stands for two units, and none for two months."""
    assert len({word for word, _ in UNITS}) == len(UNITS)
    months = [word for listed in time_words()["months"].values() for word in listed]
    assert len(set(months)) == len(months)


@given(st.sampled_from(UNITS), st.integers(0, 9999), st.sampled_from(["", " ", "_"]))
def test_a_time_is_split_off(unit: tuple[str, str], number: int, between: str) -> None:
    """A number with a unit before or behind it is a time, with the rest beside it."""
    word, meant = unit
    for text in (f"{number}{between}{word}", f"{word}{between}{number}"):
        assert split_time(text) == ("", meant, number)
        assert split_time(f"vas {text}") == ("vas", meant, number)


@given(st.text(alphabet="abhpqr xz.,", max_size=12))
def test_without_a_number_there_is_no_time(text: str) -> None:
    """A text without digits is no time."""
    assert split_time(text) is None


@pytest.mark.parametrize(
    ("text", "visit"),
    [
        ("wk 1", Visit.WEEK_1),
        ("WEEK 1", Visit.WEEK_1),
        ("M6", Visit.MONTH_6),
        ("6 Monate", Visit.MONTH_6),
        ("12mo", Visit.YEAR_1),
        ("1 año", Visit.YEAR_1),
        ("3个月", Visit.MONTH_3),
        ("3か月", Visit.MONTH_3),
        ("day 0", Visit.BASELINE),
        ("WEEK 12", None),
        ("2 years", None),
        ("6 months post op", None),
    ],
)
def test_a_visit_is_read_only_if_it_is_the_same(
    file_of: MakeFile, text: str, visit: Visit | None
) -> None:
    """Twelve weeks are close to three months, and not the same."""
    assert visit_of(text) is visit
    path = file_of("patient_id,visit,vas", f"A,{text},7")
    report = check(path)
    if visit is None:
        assert [e.value for e in report.errors] == [text]
    else:
        assert read(path).patients[0].follow_up.assessments[0].visit is visit
        assert report.interpretations


def test_close_times_are_guesses() -> None:
    """A visit within a tenth of its day is guessed, and nothing else."""
    assert close_visit(DAYS_IN["week"] * 12) is Visit.MONTH_3
    assert close_visit(DAYS_IN["week"] * 4) is Visit.MONTH_1
    assert close_visit(DAYS_IN["month"] * 2) is None


@pytest.mark.parametrize(
    ("header", "field"),
    [
        ("VAS wk 1", "vas_week_1"),
        ("vas_month_12", "vas_year_1"),
        ("mrc_6_mo", "strength_month_6"),
        ("pain.6m", "vas_month_6"),
        ("Schmerz nach 6 Monaten", "vas_month_6"),
        ("VAS adm.", "vas_baseline"),
        ("疼痛评分3个月", "vas_month_3"),
        ("strength_month_9", "strength_day_274"),
        ("vas_year_2", "vas_day_731"),
        ("number3m", ""),
    ],
)
def test_columns_at_visits_are_guessed(header: str, field: str) -> None:
    """The field and the visit are guessed from the two parts of a name."""
    assert guess_of(header) == field


def test_a_close_name_is_asked_about_with_its_visit(file_of: MakeFile) -> None:
    """A field's own name with a time in other words is no close miss of another."""
    hints = {
        e.column: e.hint
        for e in check(file_of("patient_id,strength6m,vas_month_9", "A,5,1")).errors
    }
    assert "strength_month_6" in hints["strength6m"]
    assert "vas_day_274" in hints["vas_month_9"]


def test_columns_may_hold_a_day_outside_the_schedule(file_of: MakeFile) -> None:
    """A column called after a day holds an assessment without a visit."""
    path = file_of("patient_id,vas_baseline,vas_day_61,strength_day_61", "A,7,3,4")
    baseline, other = read(path).patients[0].follow_up.assessments
    assert baseline.visit is Visit.BASELINE
    assert (other.visit, other.day, other.vas, other.strength) == (None, 61, 3, 4)
    assert check(path).layout == "wide"


def test_one_row_maps_all_columns_of_a_stem(file_of: MakeFile, tmp_path: Path) -> None:
    """A number in braces stands for all; a row for each number says which visit."""
    path = file_of("patient_id,bdi.0m,bdi.3m,bdi.2m,q1,q2,q9", "A,7,5,6,1,2,3")
    names = {"bdi.{n}m": "vas", "q{n}": "ignore"}
    (which,) = check(path, mapping=names).errors
    assert (which.column, which.value) == ("bdi.2m", "2")
    lines = ["column,cell,read_as", "bdi.{n}m,,vas", "bdi.{n}m,2,day 61"]
    lines += ["q{n},,strength", "q{n},1,week_1", "q{n},2,1 year", "q{n},9,ignore"]
    mapping = tmp_path / "m.csv"
    mapping.write_text("\n".join(lines), encoding="utf-8")
    seen = read(path, mapping=mapping).patients[0].follow_up.assessments
    assert [(a.visit, a.day, a.vas, a.strength) for a in seen] == [
        (Visit.BASELINE, None, 7, None),
        (Visit.WEEK_1, None, None, 1),
        (None, 61, 6, None),
        (Visit.MONTH_3, None, 5, None),
        (Visit.YEAR_1, None, None, 2),
    ]
    wrong = check(path, mapping={"bdi.{n}m": "age_years"}).errors
    assert any("seen at visits" in error.rule for error in wrong)


def test_stems_with_numbers_are_asked_about_together(file_of: MakeFile) -> None:
    """Columns that differ in a number have a row together."""
    assert patterns(["a1", "a2", "b3"]) == {"a{n}": [("a1", "1"), ("a2", "2")]}
    path = file_of("patient_id,pmq1,pmq2,pain.3m,pain.6m", "A,1,2,3,4")
    text = suggest_mapping(path).read_text(encoding="utf-8-sig")
    assert "\npain.{n}m,,? vas," in text
    assert "\npmq{n},1,," in text


def test_long_names_make_no_stems() -> None:
    """A header of thousands of digits costs nothing."""
    assert patterns(["1a" * 30_000] * 3) == {}
