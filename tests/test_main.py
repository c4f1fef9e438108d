"""The command line: what it prints, what it writes, and how it fails."""

import json
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

import iph.__main__ as command
from iph import _stopping
from iph._commands import screen
from iph._commands._exit import DONE, FOUND, WRONG
from iph._commands._output import progress
from iph._follow_up import ASSESSMENT_FIELDS
from iph._model import PATIENT_FIELDS
from iph.errors import InputError
from iph.evidence import published_cases
from iph.records import write

PATIENTS = "patient_id,age_years,sex,hemoglobin_g_l,vas_baseline,vas_week_1\n"


def run(*arguments: str) -> int:
    """Run a command in this process."""
    return command.main(list(arguments))


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Work in an empty folder."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def table(text: str, name: str = "patients.csv") -> str:
    """Write a file and return its name."""
    Path(name).write_text(text, encoding="utf-8")
    return name


def test_report_of_the_published_cases(capsys: pytest.CaptureFixture[str]) -> None:
    """Without arguments the bundled cases are analyzed, and called what they are."""
    assert run("report") == DONE
    printed = capsys.readouterr().out
    assert "convenience sample" in printed
    assert "Records: 62; 0 included, 3 excluded, 59 undecided (Li 2023)" in printed
    report = Path("iph-report/report.md").read_text(encoding="utf-8")
    assert "convenience sample" in report
    assert Path("iph-report/figures/flow.png").read_bytes().startswith(b"\x89PNG")
    assert Path("iph-report/figures/flow.svg").exists()
    assert list(Path("iph-report/tables").glob("*.csv"))


@pytest.mark.usefixtures("undrawn")
def test_report_of_a_file(capsys: pytest.CaptureFixture[str]) -> None:
    """A file is read and analyzed; that nobody surely qualifies is said with advice."""
    name = table(PATIENTS + "P1,48,male,110,7,4\nP2,63,female,,8,2\n")
    assert run("report", name, "--out", "out") == DONE
    printed = capsys.readouterr().out
    assert "--population not-excluded" in printed
    assert Path("out/report.md").exists()
    assert run("report", name, "--out", "out", "--population", "all") == DONE
    assert "2 patients analyzed" in capsys.readouterr().out


@pytest.mark.usefixtures("undrawn")
def test_a_report_takes_its_rules(capsys: pytest.CaptureFixture[str]) -> None:
    """Coagulation, groups of recovery, primary visit and P values are options."""
    name = table(PATIENTS + "P1,48,male,110,7,4\nP2,63,female,,8,2\n")
    options = ["--coagulation", "laboratory", "--recovery-group", "age_years>=60"]
    options += ["--primary-visit", "week_1", "--by", "sex", "--p-values"]
    done = run("report", name, "--out", "out", "--population", "all", *options)
    assert done == DONE
    assert "Pain, baseline to week 1 (n = 2)" in capsys.readouterr().out
    report = Path("out/report.md").read_text(encoding="utf-8")
    assert (
        "Coagulation: abnormal if a clotting test was outside its reference range."
        in report
    )
    results = json.loads(Path("out/results.json").read_text(encoding="utf-8"))
    assert results["study"]["rules"]["recovery_group"] == "age_years>=60"
    assert "Groups of time to each endpoint" not in report  # nothing was dated
    assert "Primary visit: week 1." in report
    assert "P value" in report
    assert run("report", name, "--by", "magic", "--out", "no") == WRONG
    assert "by must be one of: coagulation_status" in capsys.readouterr().err


@pytest.mark.usefixtures("undrawn")
def test_a_report_can_be_grouped(capsys: pytest.CaptureFixture[str]) -> None:
    """Tables are grouped by a field that is named."""
    assert run("report", "--by", "sex", "--out", "by-sex") == DONE
    capsys.readouterr()
    baseline = Path("by-sex/tables/baseline.csv").read_text(encoding="utf-8")
    assert "female" in baseline.splitlines()[0].lower()


@pytest.mark.usefixtures("undrawn")
def test_a_report_is_put_beside_a_paper(capsys: pytest.CaptureFixture[str]) -> None:
    """By default beside Li et al. 2023; beside another paper, or none, if asked."""
    name = table(PATIENTS + "P1,48,male,110,7,4\nP2,63,female,,8,2\n")
    claims = table(
        "code,where,printed,kind,variable,levels,of\n"
        "men,Table 1,20,count,sex,male,50\n",
        "kim2020.csv",
    )
    options = ("report", name, "--population", "all", "--out", "out")
    page = Path("out/report.md")
    assert run(*options) == DONE
    assert "## Comparison with Li et al. 2023" in page.read_text(encoding="utf-8")
    assert run(*options, "--compare", claims) == DONE
    assert "## Comparison with kim2020" in page.read_text(encoding="utf-8")
    assert run(*options, "--compare", "none") == DONE
    assert "## Comparison" not in page.read_text(encoding="utf-8")
    assert run(*options, "--compare", "nowhere.csv") == WRONG
    assert "nowhere.csv" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (PATIENTS + "P1,48,male,13.0,7,4\n", "is it in g/dL?"),
        (PATIENTS + "P1,48,martian,110,7,4\n", "female, male"),
        (PATIENTS + "P1,48.5,male,110,11,x\n", "3 errors"),
        ("age_years,sex\n48,male\n", "patient_id"),
        ("", "empty"),
        (
            "patient_id,day,vas\nP1,7,4\nP1,7,3\n",
            "days-increase",
        ),
    ],
)
def test_wrong_tables(
    content: str, message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """What a new user gets wrong is said, nothing is written, the exit code is 2."""
    name = table(content)
    assert run("report", name, "--out", "out") == WRONG
    assert message in capsys.readouterr().err
    assert not Path("out").exists()


def test_a_file_that_is_no_table(capsys: pytest.CaptureFixture[str]) -> None:
    """A picture is refused with words, and so is a file that is not there."""
    Path("scan.csv").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 4)
    for name in ("scan.csv", "nowhere.csv"):
        for verb in ("report", "screen", "check"):
            assert run(verb, name) == WRONG
            assert name in capsys.readouterr().err


@pytest.mark.usefixtures("undrawn")
def test_a_folder_that_cannot_be_written(capsys: pytest.CaptureFixture[str]) -> None:
    """A file in the way of the folder is left alone, and named."""
    Path("out").write_text("mine", encoding="utf-8")
    assert run("report", "--out", "out") == WRONG
    assert "out" in capsys.readouterr().err
    assert Path("out").read_text(encoding="utf-8") == "mine"


def test_check(capsys: pytest.CaptureFixture[str]) -> None:
    """A clean table is 0, errors are 1, all of them listed."""
    good = table(PATIENTS + "P1,48,male,110,7,4\n", "good.csv")
    bad = table(PATIENTS + "P1,7.9,male,13.0,11,4\n", "bad.csv")
    assert run("check", good) == DONE
    assert "no errors" in capsys.readouterr().out
    assert run("check", bad) == FOUND
    printed = capsys.readouterr().out
    for column in ("age_years", "hemoglobin_g_l", "vas_baseline"):
        assert column in printed


def test_check_can_mark_the_sheet(capsys: pytest.CaptureFixture[str]) -> None:
    """The table is written back as a workbook with its wrong cells marked."""
    bad = table(PATIENTS + "P1,7.9,male,110,11,4\n", "bad.csv")
    assert run("check", bad, "--marked", "marked.xlsx") == FOUND
    assert "Wrote marked.xlsx" in capsys.readouterr().out
    assert Path("marked.xlsx").read_bytes().startswith(b"PK")


def test_share(capsys: pytest.CaptureFixture[str]) -> None:
    """Tables of counts are written, and no row of a patient."""
    rows = "".join(f"P{n},{40 + n},male,110,7,4\n" for n in range(9))
    name = table(PATIENTS + rows)
    assert run("share", name, "--out", "out", "--least", "3") == DONE
    assert "9 patients" in capsys.readouterr().out
    assert "P1" not in Path("out/tables.csv").read_text(encoding="utf-8")
    assert run("share", name, "--out", "few", "--least", "20") == WRONG
    assert "too few" in capsys.readouterr().err
    assert not Path("few").exists()


def test_template(capsys: pytest.CaptureFixture[str]) -> None:
    """A workbook or a REDCap project is written, and checks as empty and sound."""
    assert run("template", "study.xlsx") == DONE
    assert "Wrote study.xlsx" in capsys.readouterr().out
    assert run("check", "study.xlsx") == DONE
    assert "holds no patients" in capsys.readouterr().out
    assert run("template", "project", "--redcap") == DONE
    names = sorted(path.name for path in Path("project").iterdir())
    assert "redcap_dictionary.csv" in names
    Path("taken").write_text("mine", encoding="utf-8")
    assert run("template", "taken", "--redcap") == WRONG
    assert "taken: cannot be made" in capsys.readouterr().err


def test_pseudonyms_that_name_persons_are_said(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Each command that reads patients says so, and repeats no name."""
    Path("named.csv").write_text(
        "patient_id,age_years\nMuster Hans,40\n12.03.1950,50", encoding="utf-8"
    )
    assert run("screen", "named.csv") == DONE
    said = capsys.readouterr().err
    assert "look like names" in said
    assert "look like dates" in said
    assert "Muster" not in said


def test_fields(capsys: pytest.CaptureFixture[str]) -> None:
    """Every field is listed with its meaning, and the visits."""
    assert run("fields") == DONE
    said = capsys.readouterr().out
    for field in (*PATIENT_FIELDS, *ASSESSMENT_FIELDS):
        assert f"  {field.name} " in said
    assert "Hemoglobin (g/L): a number from" in said
    assert "month_6" in said


def test_screen_of_parquet(capsys: pytest.CaptureFixture[str]) -> None:
    """Parquet files are counted where they lie; two other tables are refused."""
    frame = published_cases().patients_frame("polars")
    frame[:30].write_parquet("a.parquet")
    frame[30:].write_parquet("b.parquet")
    assert run("screen", "a.parquet", "b.parquet") == DONE
    assert "included 0, excluded 3, unknown 59" in capsys.readouterr().out
    assert run("screen", ".") == DONE
    assert "included 0, excluded 3, unknown 59" in capsys.readouterr().out
    assert run("screen", "a.csv", "b.csv") == WRONG
    assert "one table, or Parquet files" in capsys.readouterr().err


def test_screen(capsys: pytest.CaptureFixture[str]) -> None:
    """The flow adds up, and the printed reading can be asked for."""
    assert run("screen") == DONE
    printed = capsys.readouterr().out
    assert "62 records assessed" in printed
    assert "included 0, excluded 3, unknown 59" in printed
    name = table(PATIENTS + "P1,14,male,110,7,4\nP2,63,female,,8,2\n")
    assert run("screen", name, "--list") == DONE
    listed = capsys.readouterr().out.splitlines()
    assert [line.split(";")[0] for line in listed[-2:]] == [
        "P1: excluded",
        "P2: unknown",
    ]
    assert all("missing for" in line for line in listed[-2:])
    assert run("screen", "--as-printed") == DONE
    assert "\nI4 " in capsys.readouterr().out


def test_screen_of_what_was_written(capsys: pytest.CaptureFixture[str]) -> None:
    """A cohort written to a file screens like the cohort."""
    write(published_cases(), "cases.csv")
    assert run("screen", "cases.csv") == DONE
    assert "included 0, excluded 3, unknown 59" in capsys.readouterr().out


def test_audit_of_a_file(capsys: pytest.CaptureFixture[str]) -> None:
    """Claims that hold together are no finding; without a name no page is written."""
    claims = table("code,where,printed,kind,count,of\nmen,A,50 %,percentage,2,4\n")
    assert run("audit", claims) == DONE
    assert "consistent" in capsys.readouterr().out
    assert not list(Path().glob("*.html"))


def test_audit(capsys: pytest.CaptureFixture[str]) -> None:
    """The bundled claims hold impossible ones; the page is written in one step."""
    assert run("audit", "--html", "audit.html") == FOUND
    printed = capsys.readouterr().out
    assert "46.15%" in printed
    assert "impossible" in printed
    assert Path("audit.html").read_text(encoding="utf-8").startswith("<!DOCTYPE html>")
    assert not Path("audit.html.part").exists()
    assert run("audit", "--html", "no/such/folder.html") == WRONG
    assert "the folder no/such does not exist" in capsys.readouterr().err


def test_audit_of_another_condition(capsys: pytest.CaptureFixture[str]) -> None:
    """Fields and visits are those of the study file; the claims must be given."""
    study = """format = 1
title = "Carpal tunnel release"
condition = "carpal tunnel syndrome"
[visits]
week_0 = 0
week_12 = "12 weeks"
[at_visit]
grip_kg = { label = "Grip", unit = "kg", low = 0, high = 120, step = "0.1" }
[outcomes]
grip_kg = { better = "high" }
"""
    Path("hands.toml").write_text(study, encoding="utf-8")
    head = "code,where,printed,kind,variable,visit,of\n"
    claims = table(f"{head}g,A,21.54 (18; 27),median,grip_kg,week_12,9\n")
    assert run("audit", claims, "--protocol", "hands.toml") == FOUND
    assert "no 9 values in steps of 0.1 have it" in capsys.readouterr().out
    assert run("audit", claims) == WRONG
    assert "visit must be one of baseline, discharge" in capsys.readouterr().err
    assert run("audit", "--protocol", "hands.toml") == WRONG
    said = "FILE must be given with --protocol: the claims of a paper on the study"
    assert said in capsys.readouterr().err


@pytest.mark.usefixtures("undrawn")
def test_demo(capsys: pytest.CaptureFixture[str]) -> None:
    """The synthetic cohort fills every part, and says that it is made up."""
    assert run("report", "--demo", "--out", "demo") == DONE
    assert "synthetic" in capsys.readouterr().out.lower()
    report = Path("demo/report.md").read_text(encoding="utf-8")
    assert "ynthetic" in report
    assert Path("demo/figures/recovery_strength-5.png").exists()


@pytest.mark.parametrize(
    "arguments",
    [
        ("report", "--demo", "file.csv"),
        ("report", "--sheet", "one"),
        ("report", "--by", "shoe size"),
    ],
)
def test_arguments_that_do_not_go_together(
    arguments: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    """Contradicting arguments are refused with words."""
    assert run(*arguments) == WRONG
    assert "must be" in capsys.readouterr().err


def test_usage(capsys: pytest.CaptureFixture[str]) -> None:
    """No command is a usage error; help and version print and end."""
    with pytest.raises(SystemExit) as caught:
        run()
    assert caught.value.code == 2
    for argument in ("--help", "--version"):
        with pytest.raises(SystemExit) as caught:
            run(argument)
        assert caught.value.code == 0
    assert "Not a medical device" in " ".join(capsys.readouterr().out.split())


def test_stopping(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Ctrl-C ends with a word and its own exit code."""

    def stop(*_: object) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr(screen, "cohort", stop)
    assert run("screen") == 130
    assert "stopped" in capsys.readouterr().err


def test_progress_is_for_a_terminal(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Progress shows on a terminal and is wiped at the end; elsewhere it is silent."""
    assert progress() is None
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    show = progress()
    assert show is not None
    show("figures", 1, 2)
    show("figures", 2, 2)
    shown = capsys.readouterr().err
    assert "[##########          ] 1/2 figures" in shown
    assert shown.endswith("\r")


def test_a_long_table_shows_how_far_it_is(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Thousands of rows show a bar on a terminal; a short table shows none."""
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    long = table("patient_id\n" + "".join(f"P{n}\n" for n in range(5_100)))
    assert run("check", long) == DONE
    shown = capsys.readouterr().err
    assert "] 5000/5101 rows of" in shown
    assert "] 5000/5100 patients" in shown
    assert shown.endswith("\r")
    short = table("patient_id\nP1\n", "short.csv")
    assert run("check", short) == DONE
    assert capsys.readouterr().err == ""


def test_as_a_module() -> None:
    """``python -m iph`` runs, and a reader that goes away does no harm."""
    done = subprocess.run(
        [sys.executable, "-m", "iph", "screen"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert "included 0" in done.stdout


def test_a_reader_that_goes_away(monkeypatch: pytest.MonkeyPatch) -> None:
    """A closed pipe ends the command quietly."""

    def gone(*_: object) -> int:
        raise BrokenPipeError

    moved: list[int] = []
    monkeypatch.setattr(screen, "cohort", gone)
    monkeypatch.setattr(os, "dup2", lambda old, new: moved.extend((old, new)))
    monkeypatch.setattr(sys.stdout, "fileno", lambda: 1, raising=False)
    assert run("screen") == DONE
    assert moved[-1] == 1


def test_errors_are_caught_by_their_base() -> None:
    """Every error of ours ends with exit code 2 because of its base."""
    assert issubclass(InputError, Exception)
    assert str(InputError("x", "y", 1)) == "x must be y, got 1"


def test_check_can_ask_what_columns_mean(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Unknown columns are asked for, then the words in them; answers are kept."""
    sheet, first, second = (tmp_path / name for name in ("s.csv", "1.csv", "2.csv"))
    sheet.write_text("patient_id,Cause\nP01,warfarin\n", encoding="utf-8")
    assert run("check", str(sheet), "--ask", str(first)) == FOUND
    assert f"Wrote {first}: fill in read_as" in capsys.readouterr().out
    asked = first.read_text(encoding="utf-8-sig")
    assert "\nCause,,? etiology," in asked
    first.write_text(asked.replace(",? etiology,", ",etiology,"), "utf-8")
    again = ("check", str(sheet), "--mapping", str(first), "--ask", str(second))
    assert run(*again) == FOUND
    answers = second.read_text(encoding="utf-8-sig")
    assert "\nCause,,etiology," in answers
    assert "\nCause,warfarin,," in answers


@pytest.mark.parametrize(
    "error",
    [
        MemoryError(),
        ImportError("x.so: failed to map segment from shared object"),
        ImportError("x.so: cannot allocate memory in static TLS block"),
    ],
)
def test_too_little_memory(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    error: Exception,
) -> None:
    """Too little memory is said in words, be it for data or for a library."""

    def full(*_: object) -> int:
        raise error

    monkeypatch.setattr(screen, "cohort", full)
    assert run("screen") == WRONG
    assert "iph: not enough memory; nothing was half-written" in capsys.readouterr().err


def test_other_import_errors_are_not_hidden(monkeypatch: pytest.MonkeyPatch) -> None:
    """A library that is broken is no lack of memory."""

    def broken(*_: object) -> int:
        raise ImportError("cannot import name 'x'")

    monkeypatch.setattr(screen, "cohort", broken)
    with pytest.raises(ImportError, match="cannot import name"):
        run("screen")


def test_series_are_pooled(capsys: pytest.CaptureFixture[str]) -> None:
    """The published series, what they give together, and a further series."""
    assert run("pool") == DONE
    printed = capsys.readouterr().out
    assert printed.startswith("Recovery in 86 patients of 6 series\n")
    assert "A further series like these: " in printed
    assert "Kim SJ 2020: A review of 2000 to 2019" in printed
    assert not list(Path().iterdir())


def test_a_file_of_series_is_kept(capsys: pytest.CaptureFixture[str]) -> None:
    """A series is entered, corrected, and drawn; what changed is said."""
    assert run("pool", "own.csv", "--new") == DONE
    own = ("--add", "Own", "--year", "2026", "--n", "20")
    assert run("pool", "own.csv", *own, "--recovered", "14") == DONE
    printed = capsys.readouterr().out
    assert "Before: 6 series, 86 patients: " in printed
    assert "Now: 7 series, 106 patients: " in printed
    assert run("pool", "own.csv", *own, "--recovered", "15") == WRONG
    assert "give --replace" in capsys.readouterr().err
    right = (*own, "--recovered", "15", "--replace", "--figure", "forest.svg")
    assert run("pool", "own.csv", *right) == DONE
    assert "Own 2026" in Path("forest.svg").read_text(encoding="utf-8")
    assert "Own,2026,15,20" in Path("own.csv").read_text(encoding="utf-8")
    assert run("pool", "own.csv", "--figure", "forest.png") == DONE
    assert Path("forest.png").read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--new",), "FILE must be given"),
        (("--add", "Own"), "FILE must be given"),
        (("own.csv",), "own.csv: there is no such file"),
        (("--n", "3"), "--add must be given"),
        (("--doubt", "?"), "--add must be given"),
        (("--figure", "forest.gif"), "ends in .svg or .png"),
        (("there.csv", "--new"), "is there already"),
        (("new.csv", "--new", "--add", "X"), "given with --recovered and --n, or"),
        (
            ("new.csv", "--new", "--add", "X", "--doubt", "?", "--replace"),
            "one of Sreeram 1993",
        ),
        (("new.csv", "--new", "--add", "X", "--n", "2", "--recovered", "3"), "at most"),
    ],
)
def test_wrong_series(
    arguments: tuple[str, ...],
    message: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """What cannot be done is said, and nothing is written."""
    table("", "there.csv")
    assert run("pool", *arguments) == WRONG
    assert message in capsys.readouterr().err
    assert [p.name for p in Path().iterdir()] == ["there.csv"]


@pytest.mark.parametrize(
    ("arguments", "precious"),
    [
        (("audit", "claims.csv", "--html", "claims.csv"), "claims.csv"),
        (("check", "p.csv", "--marked", "other.xlsx"), "other.xlsx"),
        (
            ("check", "p.csv", "--assessments", "a.xlsx", "--marked", "a.xlsx"),
            "a.xlsx",
        ),
        (("share", "p.csv", "--out", "."), "tables.csv"),
        (("share", "p.csv", "--out", "."), "what-was-done.md"),
        (("template", "--redcap", "."), "redcap_forms.csv"),
        (("template", "other.xlsx"), "other.xlsx"),
        (("pool", "--figure", "figure.svg"), "figure.svg"),
        (("pool", "series.csv", "--new"), "series.csv"),
    ],
)
def test_no_file_is_replaced_unasked(
    arguments: tuple[str, ...], precious: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """What stands under the name of an output is kept, and said to be there."""
    table(PATIENTS + "".join(f"P{n},4{n},male,110,7,4\n" for n in range(9)), "p.csv")
    Path(precious).write_text("precious")
    before = {path.name for path in Path().iterdir()}
    assert run(*arguments) == WRONG
    said = capsys.readouterr().err
    assert precious in said
    assert "Traceback" not in said
    assert Path(precious).read_text() == "precious"
    assert {path.name for path in Path().iterdir()} == before


@pytest.mark.parametrize(
    ("arguments", "name"),
    [
        (("audit", "--html", "page.html"), "page.html"),
        (("check", "p.csv", "--marked", "m.xlsx"), "m.xlsx"),
        (("share", "p.csv", "--out", "."), "tables.csv"),
        (("template", "--redcap", "."), "redcap_forms.csv"),
        (("pool", "--figure", "f.svg"), "f.svg"),
    ],
)
def test_a_file_is_replaced_where_asked_but_no_link(
    arguments: tuple[str, ...], name: str
) -> None:
    """--overwrite replaces a file; a link, or a draft of another's name, is kept."""
    table(PATIENTS + "".join(f"P{n},4{n},male,110,7,4\n" for n in range(9)), "p.csv")
    Path(name).write_text("old")
    part = Path(f"{name}.part")
    part.write_text("mine")
    assert run(*arguments, "--overwrite") in (DONE, 1)
    assert Path(name).read_bytes() != b"old"
    assert part.read_text() == "mine"
    Path(name).unlink()
    Path(name).symlink_to(part)
    assert run(*arguments, "--overwrite") == WRONG
    assert part.read_text() == "mine"


def test_a_second_share_with_the_first_at_hand() -> None:
    """What others have is given by its folder."""
    name = table(PATIENTS + "".join(f"P{n},4{n},male,110,7,4\n" for n in range(9)))
    assert run("share", name, "--out", "first") == DONE
    again = ("share", name, "--out", "second", "--earlier", "first")
    assert run(*again) == DONE
    first, second = (Path(f, "tables.csv").read_bytes() for f in ("first", "second"))
    assert first == second
    assert run("share", name, "--out", "third", "--earlier", "none") == WRONG


def as_process(
    *arguments: str, **environment: str
) -> subprocess.CompletedProcess[bytes]:
    """Run a command as a process of its own."""
    return subprocess.run(  # noqa: S603 - our own command
        [sys.executable, "-m", "iph", *arguments],
        capture_output=True,
        check=False,
        env={**os.environ, **environment},
    )


@pytest.mark.parametrize("encoding", ["ascii", "cp932", "cp437", "cp1252"])
def test_consoles_that_lack_a_character(encoding: str) -> None:
    """A dash that the console does not have is a hyphen; a name is spelled out."""
    table("patient_id,vas_baseline,näme 中\u2013x\nP1,1,1\n", "中.csv")
    done = as_process("audit", PYTHONIOENCODING=encoding)
    assert done.returncode == 1
    assert done.stderr == b""
    assert b"\\u2013" not in done.stdout
    done = as_process("check", "中.csv", PYTHONIOENCODING=encoding)
    assert done.returncode == 0
    assert b"Traceback" not in done.stderr
    assert b"n" in done.stdout


def test_control_characters_are_written_out(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Neither a name of a file nor of a column moves the cursor."""
    escape = "\x1b[31m"
    name = table(
        f"patient_id,vas_baseline,{escape}red\u202e\nP1,1,1\n", f"n{escape}one.csv"
    )
    assert run("check", name) == DONE
    assert run("check", f"{escape}none.csv") == WRONG
    shown = capsys.readouterr()
    for text in (shown.out, shown.err):
        assert "\x1b" not in text
        assert "\u202e" not in text
        assert "\\x1b[31m" in text


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only Linux has /dev/full")
def test_an_output_that_is_full_or_closed() -> None:
    """A full disk under the output is said in words; a closed output is none."""
    command_line = f"{sys.executable} -m iph screen"
    full = subprocess.run(  # noqa: S602 - the shell opens and closes outputs
        f"{command_line} > /dev/full",
        shell=True,
        capture_output=True,
        text=True,
        check=False,
    )
    assert full.returncode == WRONG
    assert full.stderr == (
        "iph: the output cannot be written (No space left on device)\n"
    )
    for closed in (">&-", "2>&-", ">&- 2>&-"):
        done = subprocess.run(f"{command_line} {closed}", shell=True, check=False)  # noqa: S602 - as above
        assert done.returncode == DONE


def test_a_drawing_backend_that_does_not_exist() -> None:
    """Figures are drawn into files, whatever the environment says of windows."""
    done = as_process("pool", "--figure", "f.svg", MPLBACKEND="nonsense")
    assert (done.returncode, done.stderr) == (0, b"")


@pytest.mark.parametrize(
    ("library", "arguments"),
    [("numpy", ("audit",)), ("matplotlib", ("pool", "--figure", "f.svg"))],
)
def test_stopping_while_modules_load(library: str, arguments: tuple[str, ...]) -> None:
    """Ctrl-C ends with a word and its own code, whichever library is loading."""
    Path(f"{library}.py").write_text(
        "import os\nos.kill(os.getpid(), 2)\nfor _ in range(99): 1\n"
    )
    path = os.pathsep.join([str(Path.cwd()), os.environ.get("PYTHONPATH", "")])
    done = as_process(*arguments, PYTHONPATH=path)
    assert done.returncode == 130
    assert done.stderr.strip() == b"iph: stopped; nothing was half-written"


def test_an_interruption_that_a_library_swallowed(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """An error that an interruption was turned into counts as the interruption."""

    def turned(*_: object) -> int:
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)
        raise ImportError("cannot import name 'x'")

    monkeypatch.setattr(screen, "cohort", turned)
    monkeypatch.setattr(_stopping, "asked", 0)
    former = signal.getsignal(signal.SIGINT)
    try:
        _stopping.stop_tidily()
        assert run("screen") == 130
    finally:
        signal.signal(signal.SIGINT, former)
    assert "stopped" in capsys.readouterr().err


def test_other_errors_of_the_system_are_said(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A file that fails in the middle is named."""

    def failing(*_: object) -> int:
        raise OSError(5, "Input/output error", "disk.csv")

    monkeypatch.setattr(screen, "cohort", failing)
    assert run("screen") == WRONG
    assert capsys.readouterr().err == "iph: disk.csv: Input/output error\n"


def test_nothing_leaves_the_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """No command opens a connection to anywhere."""

    def refuse(*_: object, **__: object) -> None:
        raise AssertionError

    monkeypatch.setattr(socket, "socket", refuse)
    monkeypatch.setattr(socket, "create_connection", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    name = table(PATIENTS + "".join(f"P{n},4{n},male,110,7,4\n" for n in range(9)))
    for command_line in (
        ("check", name),
        ("screen", name),
        ("share", name, "--out", "shared"),
        ("audit", "--html", "page.html"),
        ("report", name, "--population", "all", "--out", "report"),
    ):
        assert run(*command_line) in (DONE, FOUND)
