"""Writing text tables: they read back, and a failed write changes nothing."""

import csv
import os
import stat
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import hypothesis.strategies as st
import pytest
from hypothesis import given

from iph import Cohort, FollowUp, Laboratory, Patient
from iph.errors import FileError, InputError
from iph.records import _writing, check, read, write
from iph.records._rows import long_rows
from iph.scales import ReferenceRange
from iph.testing import cohorts

IDS = st.text(min_size=1, max_size=8).filter(
    lambda text: text.isprintable() and text.strip() == text
) | st.sampled_from(["=1+1", "'=x", "''-", "'5", "-5", "+", "@a", "＝1", "NA", "1.0"])


@pytest.mark.filterwarnings("ignore::iph.errors.DoubtWarning")  # "AA,AA" is a name
@given(
    cohort=cohorts(max_size=2) | cohorts(max_size=2, patient_id=IDS),
    ending=st.sampled_from([".csv", ".tsv", ".json", ".sav", ".xlsx"]),
)
def test_a_written_cohort_reads_back(
    told_apart: Callable[[Cohort], Cohort], cohort: Cohort, ending: str
) -> None:
    """What is written and read is the cohort, in every format."""
    cohort = told_apart(cohort)
    with tempfile.TemporaryDirectory() as folder:
        path = write(cohort, Path(folder) / f"cohort{ending}")
        report = check(path)
        assert report.errors == ()
        if ending != ".sav":  # there choices are codes with labels
            assert report.interpretations == ()
        found = read(path)
        assert found.patients == cohort.patients
        if len(cohort):
            assert found == cohort


def test_what_is_not_remembered_reads_back_as_well(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Cells are remembered for speed alone: with more of them nothing changes."""
    cohort = Cohort([Patient(patient_id=f"P{n}", symptom_days=n) for n in range(9)])
    before = write(cohort, tmp_path / "a.csv").read_bytes()
    monkeypatch.setattr("iph.records._writing._REMEMBERED", 1)
    monkeypatch.setattr("iph.records._columns._REMEMBERED", 1)
    path = write(cohort, tmp_path / "b.csv")
    assert path.read_bytes() == before
    assert read(path) == cohort


def test_what_a_cohort_carries_besides_patients(tmp_path: Path) -> None:
    """Label, notes, reference ranges and the mark of made-up patients come back."""
    ranges = (ReferenceRange(test="aptt_s", low=31, high=43, reference="ours"),)
    cohort = Cohort(
        [
            Patient(patient_id="A", laboratory=Laboratory(reference_ranges=ranges)),
            Patient(patient_id="B", follow_up=FollowUp()),
        ],
        label="Füße",
        synthetic=True,
        notes=["first, second", "=third"],
    )
    path = write(cohort, tmp_path / "c.csv")
    assert read(path) == cohort
    with path.open(encoding="utf-8-sig", newline="") as file:
        assert [row["synthetic"] for row in csv.DictReader(file)] == ["yes", "yes"]


@pytest.mark.parametrize(
    ("column", "cell"),
    [
        ("synthetic", "perhaps"),
        ("cohort_label", "no JSON"),
        ("cohort_label", "7"),
        ("cohort_notes", '"text"'),
        ("reference_ranges", '[{"test": "age"}]'),
        ("reference_ranges", "[" * 100_000),
    ],
)
def test_spoiled_columns_of_a_cohort(tmp_path: Path, column: str, cell: str) -> None:
    """A column that iph writes for itself is checked like any other."""
    path = tmp_path / "c.csv"
    with path.open("w", newline="") as file:
        csv.writer(file).writerows([["patient_id", column], ["A", cell]])
    (error,) = check(path).errors
    assert (error.row, error.column) == (2, column)


def test_formulas_are_disarmed(tmp_path: Path) -> None:
    """Text that a spreadsheet would run gets an apostrophe, unless told otherwise."""
    cohort = Cohort([Patient(patient_id='=HYPERLINK("x")')])
    armed = write(cohort, tmp_path / "raw.csv", raw=True).read_text()
    safe = write(cohort, tmp_path / "safe.csv").read_text()
    assert "'=HYPERLINK" in safe
    assert "'=HYPERLINK" not in armed


def test_a_failed_write_leaves_the_old_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever fails on the way, the old file stands and no other is left."""
    path = tmp_path / "c.csv"
    path.write_text("old")
    for failing in ("replace", "chmod"):
        with monkeypatch.context() as patch:

            def fail(*_: object, **__: object) -> None:
                raise OSError(28, "No space left on device")

            patch.setattr(Path, failing, fail)
            with pytest.raises(FileError, match="No space left"):
                write(Cohort(), path, overwrite=True)
    assert path.read_text() == "old"
    assert [one.name for one in tmp_path.iterdir()] == ["c.csv"]


def test_nothing_is_replaced_that_is_not_meant(tmp_path: Path) -> None:
    """A file that stands there is kept, unless it is said; a link is not followed."""
    path, link = tmp_path / "c.csv", tmp_path / "link.csv"
    path.write_text("mine")
    with pytest.raises(FileError, match="exists already"):
        write(Cohort(), path)
    link.symlink_to(path)
    dangling = tmp_path / "dangling.csv"
    dangling.symlink_to(tmp_path / "nothing.csv")
    for one in (link, dangling):
        with pytest.raises(FileError, match="is a link"):
            write(Cohort(), one, overwrite=True)
    os.mkfifo(tmp_path / "pipe.csv")
    with pytest.raises(FileError, match="is no file"):
        write(Cohort(), tmp_path / "pipe.csv", overwrite=True)
    assert path.read_text() == "mine"
    assert len(list(tmp_path.iterdir())) == 4
    write(Cohort(), path, overwrite=True)
    assert path.read_text(encoding="utf-8-sig").startswith("patient_id")


def test_a_file_that_comes_meanwhile_is_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What another program wrote in the meantime is no former file either."""
    path = tmp_path / "c.csv"
    rows = long_rows

    def slow(*given: Any, **options: Any) -> Any:
        path.write_text("theirs")
        return rows(*given, **options)

    monkeypatch.setattr(_writing, "long_rows", slow)
    with pytest.raises(FileError, match="exists already"):
        write(Cohort(), path)
    assert path.read_text() == "theirs"


def test_an_interrupted_write_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An interruption in the middle removes the draft."""

    def interrupt(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("iph.records._writing.long_rows", interrupt)
    with pytest.raises(KeyboardInterrupt):
        write(Cohort(), tmp_path / "c.csv")
    assert list(tmp_path.iterdir()) == []


def test_permissions_of_an_old_file_stay(tmp_path: Path) -> None:
    """A replaced file is as readable as before; a new one as any new file."""
    path = tmp_path / "c.csv"
    write(Cohort(), path)
    (tmp_path / "plain").write_text("")
    assert path.stat().st_mode == (tmp_path / "plain").stat().st_mode
    path.chmod(0o640)
    write(Cohort(), path, overwrite=True)
    assert stat.S_IMODE(path.stat().st_mode) == 0o640


def test_where_nothing_can_be_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No folder, a folder of that name, no ending, no permission, no cohort."""
    with pytest.raises(FileError, match="does not exist"):
        write(Cohort(), tmp_path / "no" / "c.csv")
    (tmp_path / "d.csv").mkdir()
    with pytest.raises(FileError, match="is a folder"):
        write(Cohort(), tmp_path / "d.csv")
    with pytest.raises(FileError, match=r"ending \.doc"):
        write(Cohort(), tmp_path / "c.doc")
    with pytest.raises(InputError, match="cohort must be a Cohort"):
        write([], tmp_path / "c.csv")  # type: ignore[arg-type] # on purpose

    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(tempfile, "mkstemp", refuse)
    with pytest.raises(FileError, match="Permission denied"):
        write(Cohort(), tmp_path / "c.csv")
