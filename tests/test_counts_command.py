"""The commands that count a study, add counts, and report what they give."""

import csv
import json
from pathlib import Path
from typing import Any

import attrs
import duckdb
import narwhals.stable.v2 as nw
import pytest

import iph.__main__ as command
from iph import Cohort
from iph._commands._exit import DONE, FOUND, WRONG
from iph._commands._tables import shown
from iph.protocol import LI_2023_PROTOCOL, read_protocol
from iph.records import write
from iph.study import ProtectedCounts, StudyCounts, count

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


def count_both(hospitals: Path, *options: str) -> None:
    """Have both hospitals count, and their counts added."""
    for name in ("north", "south"):
        file = hospitals / f"{name}.csv"
        assert run("count", file, *options, "-o", f"{name}.json") == DONE
    assert run("count", "north.json", "south.json", "-o", "sum.json") == DONE


@pytest.mark.usefixtures("undrawn")
def test_two_hospitals_that_never_exchange_a_row(
    hospitals: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The report of the sum of counts has the tables of all patients together."""
    monkeypatch.chdir(tmp_path)
    count_both(hospitals)
    told = capsys.readouterr().out
    assert "Counted 12 patients; wrote north.json" in told
    assert "counts are below 5" in told
    assert "Counted 28 patients" in told
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


@pytest.mark.usefixtures("undrawn")
def test_hospitals_that_show_no_small_count(
    hospitals: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The report of their sum has exact counts, ranges, and what is not available."""
    monkeypatch.chdir(tmp_path)
    count_both(hospitals, "--protected", "--least", "3")
    told = capsys.readouterr().out
    assert "Counts below 3 are hidden, in one hospital" in told
    assert "Counts below 3 are hidden, in 2 hospitals" in told
    assert run("report", "sum.json", "--out", "pooled") == DONE
    assert "28 patients of 2 hospitals" in capsys.readouterr().out
    (head, *lines) = rows(tmp_path / "pooled")["sex.csv"]
    counts = ProtectedCounts.from_json(Path("sum.json").read_text("utf-8"))
    assert head == ["", "All"]
    assert counts.n == 28
    assert [line[0] for line in lines][:2] == ["female", "male"]
    again = ("--protected", "--least", "3", "--earlier", "north.json")
    assert run("count", hospitals / "north.csv", *again, "-o", "again.json") == DONE
    north = Path("north.json").read_text("utf-8")
    assert Path("again.json").read_text("utf-8") == north


def test_options_of_protection(
    hospitals: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """What could do nothing is refused, and so are exact counts beside hidden ones."""
    monkeypatch.chdir(tmp_path)
    both = hospitals / "both.csv"
    for option in (("--least", "3"), ("--earlier", "a.json")):
        assert run("count", both, *option) == WRONG
        assert "given with --protected" in capsys.readouterr().err
    assert run("count", both, "-o", "exact.json") == DONE
    assert "or use --protected" in capsys.readouterr().out
    assert run("count", both, "--protected", "-o", "hidden.json") == DONE
    assert run("count", "hidden.json", "exact.json", "-o", "c.json") == WRONG
    assert "all protected, or none" in capsys.readouterr().err
    assert run("count", "hidden.json", "--by", "sex", "-o", "c.json") == WRONG
    assert "--by must be given with a table of patients" in capsys.readouterr().err
    assert run("report", "hidden.json", "--by", "sex", "--p-values") == WRONG
    assert "of which none is hidden" in capsys.readouterr().err
    assert run("report", "hidden.json", "--sheet", "1") == WRONG
    assert "--sheet must be given with patients" in capsys.readouterr().err


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


@pytest.fixture(scope="module")
def registry(tmp_path_factory: pytest.TempPathFactory, twin_of_li: Any) -> Path:
    """Write the twin 40 times over, as Parquet and as tables of DuckDB."""
    folder = tmp_path_factory.mktemp("registry")
    twin = twin_of_li(2023)
    frames = {"patients": twin.patients_frame, "visits": twin.assessments_frame}
    with duckdb.connect(folder / "registry.duckdb") as connection:
        for name, frame in frames.items():
            table = frame("pyarrow")
            connection.register("held", table)
            connection.execute(
                f"create table {name} as select held.* replace "  # noqa: S608 - ours
                "(patient_id || '-' || copy as patient_id) from held, range(40) t(copy)"
            )
            connection.execute(f"copy {name} to '{folder / name}.parquet'")
    return folder


@pytest.mark.usefixtures("undrawn")
@pytest.mark.parametrize(
    "named",
    [
        ("patients.parquet", "visits.parquet"),
        ("registry.duckdb#patients", "registry.duckdb#visits"),
    ],
)
def test_no_row_of_a_patient_leaves_the_registry(
    registry: Path,
    twin_of_li: Any,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    named: tuple[str, str],
) -> None:
    """Counts and report of a registry fetch cells alone, and no pseudonym."""
    sizes: list[int] = []
    cells: set[Any] = set()
    collect = nw.LazyFrame.collect

    def looked_at(frame: Any, *args: Any, **options: Any) -> Any:
        found = collect(frame, *args, **options)
        sizes.append(len(found))
        cells.update(cell for row in found.iter_rows() for cell in row)
        return found

    monkeypatch.setattr(nw.LazyFrame, "collect", looked_at)
    monkeypatch.chdir(tmp_path)
    tables = (registry / named[0], "--assessments", registry / named[1])
    assert run("count", *tables, "-o", "counts.json") == DONE
    reported = named[0].endswith(".parquet")  # once is enough, since it takes long
    if reported:
        assert run("report", *tables, "--out", "report") == DONE
        assert (tmp_path / "report/report.html").is_file()
    assert len(sizes) == (4 if reported else 2)  # two queries each
    of_patients = {f"{p.patient_id}-{k}" for p in twin_of_li(2023) for k in range(40)}
    assert len(of_patients) == 1120
    assert not cells & of_patients
    found = StudyCounts.from_json(Path("counts.json").read_text("utf-8"))
    one = count(twin_of_li(2023))
    assert found.tables == {
        path: {key: 40 * n for key, n in table.items()}
        for path, table in one.tables.items()
    }
    assert (found.label, found.notes, found.synthetic) == (one.label, one.notes, True)


HANDS = """
title = "Hands"
condition = "carpal tunnel syndrome"
[visits]
before = 0
week_6 = 42
[patient]
age = { label = "Age", unit = "years", low = 18, high = 100 }
[events]
scar = "Painful scar"
"""


def test_events_of_a_registry_are_counted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A table of events is named beside that of patients."""
    monkeypatch.chdir(tmp_path)
    Path("study.toml").write_text(HANDS, encoding="utf-8")
    with duckdb.connect("registry.duckdb") as connection:
        connection.execute(
            "create table patients as from (values ('A', 40), ('B', 60)) "
            "t(patient_id, age)"
        )
        connection.execute(
            "create table events as from (values ('B', 'scar'), ('B', 'scar')) "
            "t(patient_id, event)"
        )
    tables = ("registry.duckdb#patients", "--events", "registry.duckdb#events")
    assert run("count", *tables, "--protocol", "study.toml") == DONE
    counts = StudyCounts.from_json(
        Path("counts.json").read_text("utf-8"), protocol=read_protocol("study.toml")
    )
    assert counts.table("event", "scar") == {(2, None, None, None): 1}


def test_what_cannot_be_counted_in_place_is_refused(
    registry: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Rows are not fetched instead: each refusal says why, and what there is."""
    monkeypatch.chdir(tmp_path)
    database = registry / "registry.duckdb"
    assert run("count", f"{database}#nobody") == WRONG
    assert "its tables: patients, visits" in capsys.readouterr().err
    assert run("count", "no.duckdb#patients") == WRONG
    assert "there is no such file" in capsys.readouterr().err
    patients = registry / "patients.parquet"
    assert run("count", patients, "--missing", "-99") == WRONG
    assert "--missing must be given for a table that is read" in capsys.readouterr().err
    assert run("count", registry / "visits.parquet") == WRONG
    assert "holds what was seen at visits" in capsys.readouterr().err
    assert not Path("counts.json").exists()


def test_a_table_of_a_database_is_screened(
    registry: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Screening takes the same addresses."""
    assert run("screen", f"{registry / 'registry.duckdb'}#patients") == DONE
    assert "1120 records assessed" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("patients", "visits"),
    [
        ("registry.duckdb#patients", "registry.duckdb#visits"),
        ("pat*.parquet", "visits.parquet"),
    ],
)
def test_tables_that_are_no_file_are_checked(
    registry: Path, capsys: pytest.CaptureFixture[str], patients: str, visits: str
) -> None:
    """A check takes patterns and addresses as screening does, and reads their rows."""
    place = str(registry / patients)
    assert run("check", place, "--assessments", registry / visits) == DONE
    said = capsys.readouterr().out
    assert f"{place}: 1120 patients" in said
    assert "(two tables): no errors" in said


def test_what_is_wrong_in_a_database_is_listed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Each wrong cell is told; what can be said of a file alone is refused."""
    place = f"{tmp_path / 'wards.duckdb'}#north"
    with duckdb.connect(tmp_path / "wards.duckdb") as connection:
        connection.execute(
            "create table north as select 'A' patient_id, 300 age_years, 'robot' sex"
        )
    assert run("check", place) == FOUND
    told = capsys.readouterr().out
    assert f"{place}: 1 patient, 0 assessments (patients): 2 errors" in told
    assert "row 1, age_years" in told
    assert "'robot'" in told
    assert run("check", place, "--sheet", "1", "--marked", "out.xlsx") == WRONG
    assert "--sheet and --marked must be given for one file" in capsys.readouterr().err


def test_no_password_is_printed() -> None:
    """An address is shown without its user and password."""
    assert shown("postgres://me:secret@host:5432/db?ssl=1#cases") == (
        "postgres://host:5432/db#cases"
    )
    assert shown("a.duckdb#cases") == "a.duckdb#cases"
