"""Options that could do nothing beside others, or stand twice, are refused."""

from pathlib import Path

import pytest

from iph.__main__ import main

SHEET = "patient_id,age_years,sex\nP1,44,f\nP2,54,m\n"
READING = ("--events", "e.csv", "--sheet", "x", "--missing", "NA")


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("s.csv").write_text(SHEET, encoding="utf-8")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("report", "s.csv", "--protected", "--style", "ama"), "--style must be given"),
        (("report", "--protected", "--compare", "li2023"), "--compare must be given"),
        (
            ("report", "--protected", "--p-values", "--figure", "dpi=300"),
            "--figure and --p-values must be given without --protected",
        ),
        (("report", "--protected", "--listing"), "--listing must be given without"),
        (
            ("report", "--demo", *READING),
            "--events and --sheet and --missing must be given with FILE, and not",
        ),
        (("pool", "--overwrite"), "--overwrite must be given with --figure"),
        (("plan", "shares", ".6", ".3", "--days", "7"), "--days must be left out"),
        (("plan", "shares", ".6", ".3", "--n", "9", "--power", ".9"), "--power must"),
        (
            ("plan", "shares", ".6", "--against", ".3", "--test", "barnard"),
            "--test must be left out here, where it changes nothing",
        ),
        (
            ("plan", "shares", ".6", ".6", "--margin", ".1", "--test", "barnard"),
            "--test must be left out",
        ),
        (("plan", "width", ".5", "--n", "9", "--level", ".1"), "--level must be left"),
        (("plan", "visits", ".5,.5", ".4,.6", "--readers", "3"), "--readers must be"),
        (("plan", "analysis", "--out", "p", "--n", "9"), "--n must be left out"),
    ],
)
def test_an_option_that_could_do_nothing_is_refused(
    arguments: tuple[str, ...], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nobody believes to have asked for what was never done."""
    assert main(arguments) == 2
    assert message in capsys.readouterr().err
    assert [one.name for one in Path().iterdir()] == ["s.csv"]


def test_counts_are_not_read_or_grouped_again(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """What is said of a table of patients says nothing of counts."""
    assert main(["count", "s.csv", "--population", "all"]) == 0
    capsys.readouterr()
    for arguments, message in (
        (("report", "counts.json", *READING), "--sheet and --missing must be given"),
        (("count", "counts.json", "-o", "b.json", *READING), "--events and --sheet"),
        (
            ("count", "counts.json", "-o", "b.json", "--by", "sex"),
            "--by must be given with a table of patients",
        ),
    ):
        assert main(arguments) == 2
        assert message in capsys.readouterr().err
    assert {one.name for one in Path().iterdir()} == {"counts.json", "s.csv"}
    assert main(["count", "counts.json", "-o", "b.json"]) == 0


@pytest.mark.parametrize(
    "arguments",
    [
        ("report", "s.csv", "--by", "sex", "--by", "side"),
        ("share", "s.csv", "--least", "5", "--least=3"),
        ("count", "s.csv", "-o", "a.json", "--out", "b.json"),
    ],
)
def test_an_option_stands_once(
    arguments: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    """Of two values one would be passed over."""
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert ended.value.code == 2
    assert "given twice" in capsys.readouterr().err


def test_events_of_a_study_that_declares_none(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """The message shows the name of the file as it was given."""
    Path("e.csv").write_text("patient_id,event,day\nP1,scar,3\n", encoding="utf-8")
    assert main(["report", "s.csv", "--events", "e.csv"]) == 2
    assert "got 'e.csv'" in capsys.readouterr().err
