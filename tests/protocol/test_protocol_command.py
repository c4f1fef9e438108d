"""The commands that begin, check and show a study file."""

from pathlib import Path
from typing import Any

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import iph.__main__ as command
from iph.errors import InputError
from iph.protocol import LI_2023_PROTOCOL, Derived, read_protocol
from iph.protocol._dictionary import dictionary_text
from iph.protocol._python_text import python_text
from iph.records import redcap_dictionary, suggest_protocol
from iph.records._redcap_limits import redcap_limits
from iph.records._suggested_protocol import suggested_text
from iph.records._table import Table

STUDIES = Path(__file__).parent / "studies"
FILES = sorted(STUDIES.glob("*.toml"))


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Work in an empty folder."""
    monkeypatch.chdir(tmp_path)


def run(*arguments: str) -> int:
    """Run a command in this process."""
    return command.main(["protocol", *arguments])


@pytest.mark.parametrize("start", ["blank", "li_2023"])
def test_a_start_is_sound(start: str, capsys: pytest.CaptureFixture[str]) -> None:
    """It is written with remarks, checked, shown in every form, and kept."""
    assert run("new", "study.toml", "--from", start) == 0
    assert run("check", "study.toml") == 0
    assert "study.toml is sound" in capsys.readouterr().out
    for form in ("table", "file", "python"):
        assert run("show", "study.toml", "--as", form) == 0
        assert len(capsys.readouterr().out) > 600
    written = Path("study.toml").read_text(encoding="utf-8")
    assert run("new", "study.toml") == 2
    assert "exists already" in capsys.readouterr().err
    assert Path("study.toml").read_text(encoding="utf-8") == written


def test_every_error_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    """A wrong file ends with exit code 2 and all of its errors."""
    text = (STUDIES / "carpal_tunnel.toml").read_text("utf-8")
    text = text.replace("grip_kg = {", "grip_kg = { lowest = 0,", 1)
    text = text.replace("symptom <= mild", "symptom <= mlid")
    Path("study.toml").write_text(text, encoding="utf-8")
    assert run("check", "study.toml") == 2
    said = capsys.readouterr().err.splitlines()
    assert said[0] == "iph: study.toml: 2 errors"
    assert said[1].startswith("line 20: at_visit.grip_kg.lowest: is no key here")
    assert said[2].startswith("line 25: endpoints.relief.when: symptom has no grade")
    assert run("check", "none.toml") == 2
    assert run("show", "none.toml") == 2


def test_the_published_study_can_be_shown(capsys: pytest.CaptureFixture[str]) -> None:
    """Its name stands for its file."""
    assert run("show", "li_2023") == 0
    shown = capsys.readouterr().out
    assert "hemoglobin_g_l" in shown
    assert "I2-I4" in shown


def test_the_dictionary_says_what_a_reader_needs() -> None:
    """Visits with their windows, fields with codes and units, and every rule."""
    text = dictionary_text(read_protocol(STUDIES / "migraine.toml"))
    for said in [
        "week_12 (week 12): day 84, 77 to 98",
        "placebo, mg70 70 mg, mg140 140 mg",
        "0 to 270",
        "disability: low is better; a response is at least 50 %",
        "I1: 18 to 65 years [age_years >= 18 and age_years <= 65]",
        "arm, compared with its first category",
        "disability at week_12",
    ]:
        assert said in text
    minutes = dictionary_text(read_protocol(STUDIES / "interscalene_block.toml"))
    assert "hour_24 (hour 24): minute 1440" in minutes
    assert "rescue: rescue analgesic [recorded in rescue_time: rescue]" in minutes
    li = dictionary_text(LI_2023_PROTOCOL)
    assert "hip_flexion: Hip flexion [hip_flexion_deg cut at 45, 90]" in li
    assert "[stated on the day in outcome_day: outcome = complete, unclear" in li


@pytest.mark.parametrize("file", [f for f in FILES if "block" not in f.stem])
def test_the_classes_in_python_say_the_same(file: Path) -> None:
    """The code that is shown makes a protocol of the same digest."""
    study = read_protocol(file)
    made: dict[str, Any] = {"__name__": "study"}
    exec(python_text(study), made)  # noqa: S102 - our own
    assert made["study"].digest == study.digest
    assert made["study"].patient.__name__ == study.patient.__name__


def test_the_published_study_in_python() -> None:
    """It is equal, since its classes are there already; a function is refused."""
    made: dict[str, Any] = {"__name__": "study"}
    exec(python_text(LI_2023_PROTOCOL), made)  # noqa: S102 - our own
    assert made["study"] == LI_2023_PROTOCOL
    declared = LI_2023_PROTOCOL.derived[1].declaration
    own = Derived(name="own", declaration=declared, function=str)
    with pytest.raises(InputError, match="own, which a function"):
        python_text(
            attrs.evolve(LI_2023_PROTOCOL, derived=[*LI_2023_PROTOCOL.derived, own])
        )
    with pytest.raises(InputError, match="day in minutes"):
        python_text(read_protocol(STUDIES / "interscalene_block.toml"))


@pytest.mark.parametrize("name", [file.stem for file in FILES])
def test_a_draft_from_a_sheet(name: str) -> None:
    """The visits and the kinds of the columns are found; every line is sound."""
    draft = suggest_protocol(STUDIES / f"{name}.csv", f"{name}.toml")
    guessed, right = read_protocol(draft), read_protocol(STUDIES / f"{name}.toml")
    found = [(v.value, v.nominal_day) for v in guessed.visits]
    wanted = [(v.value, v.nominal_day) for v in right.visits]
    if name == "interscalene_block":
        wanted = [("start", 0), *((f"minute_{n}", n) for n in (10, 20, 30))]
        wanted.append(("hour_24", 1440))
    assert found == wanted
    numbers = {"quantity", "days", "grade"}
    for role in ("patient_declarations", "assessment_declarations"):
        kinds = {n: d.kind.value for n, d in getattr(guessed, role).items()}
        for field, declared in getattr(right, role).items():
            kind = declared.kind.value
            assert kinds[field] == kind or {kinds[field], kind} <= numbers, field


def test_a_draft_of_a_ward_sheet(capsys: pytest.CaptureFixture[str]) -> None:
    """What points to a person is left out, and said; units stand in the headers."""
    Path("ward.csv").write_text(
        "Pat;Name;Date of birth;Age;Gender;Hb (g/dl);Drug;Days;Stage pre;Stage 3 mo\n"
        + "".join(
            f"W{n};Doe, J;17.08.194{n};{50 + n};f;1{n},1;"
            f"{'abc'[n % 3]};{'999' if n == 3 else n};{n % 3};{n % 2}\n"
            for n in range(9)
        ),
        encoding="utf-8",
    )
    assert run("new", "ward.toml", "--from", "ward.csv") == 0
    assert "protocol check ward.toml" in capsys.readouterr().out
    text = Path("ward.toml").read_text(encoding="utf-8")
    assert "# name: 'Name' looks like a name: not declared" in text
    assert "# date_of_birth: 'Date of birth' looks like a date of birth" in text
    assert "sex = {}  # the column 'Gender'" in text
    assert (
        'hb = { label = "Hb", unit = "g/dl", low = 0, high = 30, step = "0.1" }' in text
    )
    assert "pre = 0" in text
    assert 'month_3 = { day = "3 months", label = "3 mo" }' in text
    assert "missing = [999]" in text
    assert run("check", "ward.toml") == 0
    assert run("new", "ward.toml", "--from", "ward.csv") == 2
    assert run("new", "other.toml", "--from", "none.csv") == 2
    assert not Path("other.toml").exists()


HEADERS = st.lists(
    st.text("abc_ ()/%é1", max_size=8)
    | st.sampled_from(
        ["visit", "class", "pain week 2", "pain before", "pain_6 mo", "id"]
    ),
    min_size=1,
    max_size=6,
)
CELLS = st.sampled_from(
    [
        *("", "1", "2.5", "2,5", "-3", "yes", "no", "a;b", "b", "B", "none", "unknown"),
        *("1.2.2020", "999", "week 2", "1e400", "nan", "x\ty", "a long text", 7, None),
    ]
)


@settings(max_examples=60)  # each reads several drafts
@given(HEADERS, st.data())
def test_any_sheet_gives_a_sound_draft(headers: list[str], data: st.DataObject) -> None:
    """Whatever the columns are called and hold, the draft can be read."""
    rows = data.draw(st.lists(st.lists(CELLS, max_size=7), max_size=6))
    table = Table(name="sheet", header=tuple(headers), rows=list(enumerate(rows, 2)))
    Path("draft.toml").write_text(suggested_text([table], "a sheet"), encoding="utf-8")
    assert read_protocol("draft.toml").title == "a sheet"


def study_of(name: str) -> tuple[str, str]:
    """Return the paths of a sheet and of its study file."""
    return str(STUDIES / f"{name}.csv"), str(STUDIES / f"{name}.toml")


def test_commands_take_a_study_file(capsys: pytest.CaptureFixture[str]) -> None:
    """A sheet is checked, marked and screened by it; templates are made by it."""
    sheet, study = study_of("carpal_tunnel")
    assert command.main(["check", sheet, "--protocol", study]) == 0
    assert "60 patients" in capsys.readouterr().out
    wrong = Path(sheet).read_text("utf-8").replace("C01,65,female,open", "C01,65,f,cut")
    Path("wrong.csv").write_text(wrong, encoding="utf-8")
    marked = ["check", "wrong.csv", "--protocol", study, "--marked", "marked.xlsx"]
    assert command.main(marked) == 1
    assert "arm" in capsys.readouterr().out
    assert command.main(["screen", sheet, "--protocol", study]) == 0
    said = capsys.readouterr().out
    assert "Carpal tunnel release: open or endoscopic: 60 records assessed" in said
    assert "included 33, excluded 13, unknown 14" in said
    assert command.main(["template", "t.xlsx", "--protocol", study]) == 0
    assert command.main(["template", "r", "--redcap", "--protocol", study]) == 0
    written = "".join(p.read_text("utf-8-sig") for p in Path("r").glob("*.csv"))
    assert "grip_kg" in written
    assert "hematoma" not in written


def test_study_files_that_do_not_go_with_a_command(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Two sets of criteria, or none, and a study file without a table are refused."""
    sheet, study = study_of("carpal_tunnel")
    both = ["screen", sheet, "--protocol", study, "--as-printed"]
    assert command.main(both) == 2
    assert "--as-printed must be given without --protocol" in capsys.readouterr().err
    assert command.main(["screen", "--protocol", study]) == 2
    text = Path(study).read_text("utf-8")
    Path("bare.toml").write_text(text[: text.index("[include]")], encoding="utf-8")
    assert command.main(["screen", sheet, "--protocol", "bare.toml"]) == 2
    assert "write them into [include]" in capsys.readouterr().err
    assert command.main(["check", sheet, "--protocol", "none.toml"]) == 2


LONG = """
title = "Grip"
condition = "carpal tunnel syndrome"
[visits]
before = 0
week_6 = { day = 42, window = [35, 56] }
[patient]
dose = { label = "Dose", codes = ["70 mg", "140 mg", "placebo"] }
drugs = { label = "Drugs", choices = ["a+b", "a-b", "c"] }
days_from_injury_to_operation = { label = "Delay", days = true }
[at_visit]
grip_kg = { label = "Grip strength", unit = "kg", low = 0, high = 120 }
"""


def test_the_limits_of_redcap_are_told(capsys: pytest.CaptureFixture[str]) -> None:
    """A sound file says which of its names and codes REDCap would not take."""
    Path("study.toml").write_text(LONG)
    assert run("check", "study.toml") == 0
    said = capsys.readouterr().out.splitlines()
    assert said[-5:] == [
        "For a REDCap project, if you want one:",
        "dose has codes with other signs than letters, digits and _: '70 mg', '140 mg'",
        "drugs has codes with other signs than letters, digits and _: 'a+b', 'a-b'",
        "drugs has the codes 'a+b' and 'a-b', one box in REDCap",
        "days_from_injury_to_operation has 29 signs; a name of REDCap has 26",
    ]
    project = redcap_dictionary(protocol=read_protocol("study.toml"))
    assert [event[2:5] for event in project.events] == [
        ("0", "0", "0"),
        ("42", "7", "14"),
        ("9999", "0", "0"),
    ]


def test_a_study_within_the_limits_hears_nothing() -> None:
    """The study of Li et al. 2023 fits into REDCap."""
    assert redcap_limits(LI_2023_PROTOCOL) == ()


def test_the_fields_of_a_study_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    """Those of its patients, its visits and its events, and nothing of another."""
    Path("study.toml").write_text(f'{LONG}[events]\nscar = "Painful scar"\n')
    assert command.main(["fields", "--protocol", "study.toml"]) == 0
    said = capsys.readouterr().out
    for words in ("dose", "grip_kg", "Each event:", "scar", "Visits: before, week_6"):
        assert words in said
    assert "hemoglobin" not in said
