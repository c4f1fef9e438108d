"""Databases that Ibis reaches are counted by their address, or refused in words."""

import contextlib
import sqlite3
from pathlib import Path

import attrs
import pytest

from iph.__main__ import main
from iph.evidence import published_cases

pytest.importorskip("ibis", reason="databases are reached by the extra 'engines'")


def test_tables_by_address(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The counts are those of the file of DuckDB; SQLite lacks what counting needs."""
    import duckdb

    monkeypatch.chdir(tmp_path)
    patients = []
    for patient in published_cases():
        seen = [a for a in patient.follow_up.assessments if a.visit is not None]
        course = attrs.evolve(patient.follow_up, assessments=seen)
        patients.append(attrs.evolve(patient, follow_up=course))
    cohort = attrs.evolve(published_cases(), patients=patients)
    frames = {
        "patients": cohort.patients_frame("pyarrow"),
        "visits": cohort.assessments_frame("pyarrow"),
    }
    with duckdb.connect("own.duckdb") as own, sqlite3.connect("own.sqlite") as lite:
        for name, frame in frames.items():
            own.register("held", frame)
            own.execute(f"create table {name} as from held")
            frame.to_pandas().to_sql(name, lite, index=False)
    lite.close()
    counted = []
    for source in ("own.duckdb", f"duckdb://{tmp_path}/own.duckdb"):
        tables = (f"{source}#patients", "--assessments", f"{source}#visits")
        options = ("--population", "all", "--overwrite", "-o", "counts.json")
        assert main(["count", *tables, *options]) == 0
        counted.append(Path("counts.json").read_bytes())
    assert counted[0] == counted[1]
    for table, word in (("patients", "cannot count these tables"), ("no", "no table")):
        address = f"sqlite://{tmp_path}/own.sqlite#{table}"
        assert main(["count", address, "-o", "no.json"]) == 2
        assert word in capsys.readouterr().err


def test_a_fault_of_our_own_is_not_laid_on_the_database(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What fails before the database is asked is shown as it is."""
    with contextlib.closing(sqlite3.connect(tmp_path / "own.sqlite")) as lite:
        lite.execute("create table patients (patient_id text, age_years int)")

    def broken(*_tables: object) -> None:
        raise KeyError("a fault of ours")

    monkeypatch.setattr("iph.study._count.counted_unfetched", broken)
    address = f"sqlite://{tmp_path}/own.sqlite#patients"
    with pytest.raises(KeyError, match="a fault of ours"):
        main(["count", address, "-o", str(tmp_path / "no.json")])
