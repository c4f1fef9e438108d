"""The commands that count a study, add counts, and report what they give."""

import csv
import json
from pathlib import Path
from typing import Any

import attrs
import pytest

import iph.__main__ as command
from iph import Cohort
from iph._commands._exit import DONE, WRONG
from iph.protocol import LI_2023_PROTOCOL
from iph.records import write
from iph.study import StudyCounts, count

# The tables of a report with what counts do not tell: how often each criterion failed
# beside others, and how many have a field that stands in no other table.
_OF_RECORDS = {"flow.csv", "missing.csv"}


@pytest.fixture(scope="module")
def hospitals(tmp_path_factory: pytest.TempPathFactory, twin_of_li: Any) -> Path:
    """Write the patients of two hospitals, and of both together, as tables."""
    folder = tmp_path_factory.mktemp("hospitals")
    patients = twin_of_li(2023).patients
    parts = {"north": patients[:12], "south": patients[12:], "both": patients}
    for name, some in parts.items():
        renamed = [attrs.evolve(p, patient_id=f"P{k}") for k, p in enumerate(some)]
        write(Cohort(renamed), folder / f"{name}.csv")
    return folder


def run(*arguments: object) -> int:
    """Run a command in this process."""
    return command.main([str(one) for one in arguments])


def rows(folder: Path) -> dict[str, list[list[str]]]:
    """Return the tables that a report has written."""
    found = {}
    for file in sorted(folder.rglob("*.csv")):
        with file.open(encoding="utf-8-sig", newline="") as text:
            found[file.name] = list(csv.reader(text))
    return found


@pytest.mark.usefixtures("undrawn")
def test_two_hospitals_that_never_exchange_a_row(
    hospitals: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The report of the sum of counts has the tables of all patients together."""
    monkeypatch.chdir(tmp_path)
    for name in ("north", "south"):
        assert run("count", hospitals / f"{name}.csv", "-o", f"{name}.json") == DONE
    told = capsys.readouterr().out
    assert "Counted 12 patients; wrote north.json" in told
    assert "counts are below 5" in told
    assert run("count", "north.json", "south.json", "-o", "sum.json") == DONE
    assert "Counted 28 patients" in capsys.readouterr().out
    assert run("report", "sum.json", "--out", "counted") == DONE
    assert run("report", hospitals / "both.csv", "--out", "read") == DONE
    counted, read = rows(tmp_path / "counted"), rows(tmp_path / "read")
    assert len(counted) > 20
    for name, table in counted.items():
        if name not in _OF_RECORDS:
            assert table == read[name], name
    flow = counted["flow.csv"]
    assert any("not counted" in cell for line in flow for cell in line)
    assert [line[-1] for line in flow] == [line[-1] for line in read["flow.csv"]]
    assert "single patients" in (tmp_path / "counted/report.html").read_text("utf-8")


def test_counts_and_tables_are_not_mixed(
    hospitals: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Several tables, or counts of another protocol, are refused with the way out."""
    monkeypatch.chdir(tmp_path)
    north = hospitals / "north.csv"
    assert run("count", north, north) == WRONG
    assert "count each table by itself" in capsys.readouterr().err
    assert run("count", north, "-o", "north.json") == DONE
    assert run("count", north, "-o", "north.json") == WRONG
    assert "exists already" in capsys.readouterr().err
    content = json.loads(Path("north.json").read_text("utf-8"))
    Path("other.json").write_text(json.dumps(content | {"protocol": "0" * 64}), "utf-8")
    assert run("report", "other.json") == WRONG
    assert "protocol must be the one by which the counts were made" in (
        capsys.readouterr().err
    )
    assert run("count", "no.json") == WRONG
    assert "there is no such file" in capsys.readouterr().err


def test_options_of_counting(hospitals: Path, tmp_path: Path) -> None:
    """Population and groups are those that were asked for."""
    target = tmp_path / "counts.json"
    assert (
        run(
            "count",
            hospitals / "both.csv",
            "--population",
            "all",
            "--by",
            "sex",
            "--recovery-group",
            "conservative",
            "--out",
            target,
        )
        == DONE
    )
    counts = StudyCounts.from_json(target.read_text("utf-8"), protocol=LI_2023_PROTOCOL)
    assert (counts.population, counts.by) == ("all", "sex")
    assert counts.recovery_group == "conservative"
    assert counts != count(Cohort(()), population="all")
