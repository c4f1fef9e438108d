"""Tables for others: attacked from the written file, with a solver of its own."""

import csv
import math
import random
from collections.abc import Iterator
from pathlib import Path

import attrs
import numpy as np
import pytest
from scipy.optimize import linprog

from iph import (
    Assessment,
    Cohort,
    Etiology,
    FollowUp,
    Hematoma,
    Laboratory,
    PainSite,
    Patient,
    Sex,
)
from iph._follow_up import ASSESSMENT_FIELDS
from iph._model import PATIENT_FIELDS
from iph.errors import DataError, FileError, InputError
from iph.records import SharedTable, Sharing, share
from iph.scales import ReferenceRange

APART = {"none", "unknown", "not recorded"}


def cohort_of(n: int, seed: int = 1) -> Cohort:
    """Make patients with some common levels and many rare ones."""
    rng = random.Random(seed)  # noqa: S311 - made-up patients
    sites = list(PainSite)[:4]

    def one(number: int) -> Patient:
        course = [
            Assessment(visit="baseline", strength=rng.choice([1, 2, 2, 3, 3, 3])),
            Assessment(visit="month_1", day=rng.randint(20, 40), vas=rng.randint(0, 9)),
        ]
        return Patient(
            patient_id=f"P{number:04}",
            age_years=rng.randint(15, 99),
            sex=rng.choice([Sex.MALE, Sex.MALE, Sex.MALE, Sex.FEMALE, None]),
            symptom_days=rng.randint(0, 400),
            etiology=rng.choice([*list(Etiology)[:4], *[Etiology.TRAUMA] * 4]),
            pain_sites=rng.choice(
                [None, *[set(rng.sample(sites, k)) for k in range(4)]]
            ),
            laboratory=Laboratory(inr=rng.choice([1.0, 3.5])),
            follow_up=FollowUp(
                assessments=course[: rng.randint(0, 2)], died=number < 3
            ),
        )

    return Cohort([one(number) for number in range(n)])


FIELDS = ("age_years", "sex", "etiology", "pain_sites", "died", "strength")


def read_back(path: Path) -> Iterator[tuple[str, dict[tuple[str, str], int | None]]]:
    """Yield each table of the file: its name, and its numbers by level and group."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    for name in dict.fromkeys((row["field"], row["visit"]) for row in rows):
        cells = {
            (row["level"], row["group"]): int(row["count"]) if row["count"] else None
            for row in rows
            if (row["field"], row["visit"]) == name
        }
        assert all((row["status"] == "hidden") == (row["count"] == "") for row in rows)
        yield " ".join(name).strip(), cells


Cells = dict[tuple[str, str], int | None]


class Attack:
    """What a reader of one table can compute: all sums, and no negative count."""

    def __init__(self, cells: Cells, *, overlap: bool) -> None:
        self.keys = [*cells]
        groups = list(dict.fromkeys(group for _, group in cells))
        levels = list(dict.fromkeys(level for level, _ in cells if level != "patients"))
        if overlap:
            self.keys += [("any", group) for group in groups]
        self.at = {key: place for place, key in enumerate(self.keys)}
        self.bounds = [
            (0, None) if cells.get(key) is None else (cells[key], cells[key])
            for key in self.keys
        ]
        self.equal: list[np.ndarray] = []
        self.less: list[np.ndarray] = []
        for group in groups:
            apart = [level for level in levels if level in APART or not overlap]
            parts = [(level, group) for level in apart]
            if overlap:
                parts.append(("any", group))
                several = [(level, group) for level in levels if level not in APART]
                for one in several:
                    self.less.append(self.row({one: 1, ("any", group): -1}))
                self.less.append(
                    self.row({("any", group): 1} | dict.fromkeys(several, -1))
                )
            sums = dict.fromkeys(parts, 1) | {("patients", group): -1}
            self.equal.append(self.row(sums))
        if len(groups) > 1:
            for level in ("patients", *levels):
                inner = {(level, group): 1 for group in groups if group != "all"}
                self.equal.append(self.row(inner | {(level, "all"): -1}))

    def row(self, factors: dict[tuple[str, str], int]) -> np.ndarray:
        """Return the factors of a sum."""
        made = np.zeros(len(self.keys))
        for key, factor in factors.items():
            made[self.at[key]] = factor
        return made

    def interval(
        self, *keys: tuple[str, str], signs: tuple[int, ...] = (1,)
    ) -> tuple[int, int]:
        """Return between which whole numbers a count, or a difference, must lie."""
        goal = self.row(dict(zip(keys, signs, strict=True)))
        found = [
            linprog(
                sign * goal,
                A_eq=np.array(self.equal),
                b_eq=np.zeros(len(self.equal)),
                A_ub=np.array(self.less) if self.less else None,
                b_ub=np.zeros(len(self.less)) if self.less else None,
                bounds=self.bounds,
            )
            for sign in (1, -1)
        ]
        assert all(one.status == 0 for one in found)
        low, high = found[0].fun or 0.0, -(found[1].fun or 0.0)
        return math.ceil(low - 1e-6), math.floor(high + 1e-6)


def nothing(*_: object) -> frozenset[int]:
    """Hide no cell."""
    return frozenset()


def true_counts(cohort: Cohort, table: SharedTable, shared: Sharing) -> Cells:
    """Count again what the table of a field says, without its help."""
    fields = {f.name: f for f in (*PATIENT_FIELDS, *ASSESSMENT_FIELDS)}
    found: Cells = {}
    assert shared.by in ("", "sex")
    for patient in cohort:
        sex = "not recorded" if patient.sex is None else patient.sex.value
        seen = {a.visit.value: a for a in patient.follow_up.assessments if a.visit}
        source = seen.get(table.visit) if table.visit else patient
        value = None if source is None else fields[table.field].value_of(source)
        if value is None:
            levels = ["not recorded"]
        elif isinstance(value, frozenset):
            levels = [one.value for one in value] or ["none"]
        else:
            levels = [str(getattr(value, "value", value))]
        own = sex if sex in table.groups else "other groups"
        for group in {"all", own if len(table.groups) > 1 else "all"}:
            for level in ("patients", *levels):
                found[level, group] = (found.get((level, group)) or 0) + 1
    return found


@pytest.mark.parametrize(
    ("n", "by", "least"), [(28, None, 5), (40, "sex", 5), (9, None, 3)]
)
def test_no_hidden_number_can_be_computed(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    n: int,
    by: str | None,
    least: int,
) -> None:
    """Whatever the file shows, a small count may be any small count, and more."""
    cohort = cohort_of(n)
    shared = share(cohort, tmp_path, by=by, least=least, fields=FIELDS)
    found = list(read_back(shared.files[0]))
    with monkeypatch.context() as patch:
        patch.setattr("iph.records._shared_tables.hidden_cells", nothing)
        open_ones = share(cohort, tmp_path, by=by, least=least, fields=FIELDS)
    n_hidden = 0
    for table, (name, cells), (_, true) in zip(
        shared.tables, found, read_back(open_ones.files[0]), strict=True
    ):
        assert name == f"{table.field} {table.visit}".strip()
        assert list(cells) == list(true)
        attack = Attack(cells, overlap=table.overlap)
        for key, count in cells.items():
            if count is not None:
                assert count == true[key]
                assert count == 0 or count >= least
                continue
            n_hidden += 1
            low, high = attack.interval(key)
            assert low < high
            if 0 < (true[key] or 0) < least:
                assert low <= 1
                assert high >= least - 1
    assert n_hidden == shared.n_hidden > 0


@pytest.mark.parametrize("by", [None, "sex"])
def test_what_is_shown_is_true(tmp_path: Path, by: str | None) -> None:
    """Every number shown is the count, and those without a level are not few either."""
    cohort = cohort_of(40, seed=2)
    fields = ("sex", "etiology", "pain_sites", "strength")
    shared = share(cohort, tmp_path, by=by, fields=fields)
    assert {table.field for table in shared.tables} == {*fields} - {by}
    for table, (_, cells) in zip(
        shared.tables, read_back(shared.files[0]), strict=True
    ):
        expected = true_counts(cohort, table, shared)
        assert set(expected) <= set(cells)
        for key, count in cells.items():
            assert count in (None, expected.get(key, 0))
        if table.overlap:
            attack = Attack(cells, overlap=True)
            for level, group in cells:
                if level in APART or level == "patients":
                    continue
                any_level = ("patients", group)
                n_any = (expected[any_level] or 0) - sum(
                    expected.get((one, group)) or 0 for one in APART
                )
                without = n_any - (expected.get((level, group)) or 0)
                if 0 < without < 5:
                    keys = ("any", group), (level, group)
                    low, high = attack.interval(*keys, signs=(1, -1))
                    assert low <= 1
                    assert high >= 4


def test_numbers_are_coarsened(tmp_path: Path) -> None:
    """Ages in bands with open ends, days in bands, other numbers in their grades."""
    shared = share(cohort_of(200), tmp_path)
    tables = {(t.field, t.visit): t for t in shared.tables}
    ages = tables["age_years", ""]
    assert ages.levels[:2] == ("below 20", "20 to 29")
    assert ages.levels[-2:] == ("90 or more", "not recorded")
    assert tables["inr", ""].levels == ("low", "normal", "high", "not recorded")
    assert tables["symptom_days", ""].levels[-2] == "366 or more"
    assert tables["vas", "month_1"].levels[:2] == ("none", "mild")
    how = {change.field: change.how for change in shared.changes}
    assert how["age_years"] == "put into bands cut at 20, 30, 40, 50, 60, 70, 80, 90"
    assert how["vas at month_1"] == "graded at 0, 4, 7 0-10 (li2023)"
    assert how["patient_id"] == "a pseudonym leads back to a person"


def test_ends_of_bands_are_joined(tmp_path: Path) -> None:
    """No one stands alone at an end; a field with few values keeps no band at all."""
    ages = [18, 25, 26, 27, 28, 45, 46, 47, 48, 49, 50, 95]
    cohort = Cohort(
        [
            Patient(patient_id=str(n), age_years=age, symptom_days=3 if n < 3 else None)
            for n, age in enumerate(ages)
        ]
    )
    shared = share(cohort, tmp_path)
    assert shared.tables[0].levels == (
        "below 30",
        "30 to 39",
        "40 or more",
        "not recorded",
    )
    assert shared.tables[1].levels == ("any value", "not recorded")
    own = share(cohort, tmp_path, bands={"age_years": [30, 45]}, fields=["age_years"])
    (table,) = own.tables
    assert table.levels[:3] == ("below 30", "30 to 44", "45 or more")
    assert table.counts == ((5,), (0,), (7,), (0,))
    assert (own.n, own.n_missing, own.by) == (12, 0, "")


def test_small_groups_are_joined(tmp_path: Path) -> None:
    """The size of a group is always shown, so no group may be small."""
    cohort = cohort_of(60, seed=3)
    sizes = {s: sum(p.sex is s for p in cohort) for s in (Sex.MALE, Sex.FEMALE, None)}
    shared = share(cohort, tmp_path, by="sex", fields=["side", "etiology"], least=12)
    (table,) = shared.tables
    assert sizes[Sex.FEMALE] < 12
    assert table.groups == ("male", "other groups", "all")
    assert table.group_sizes == (sizes[Sex.MALE], 60 - sizes[Sex.MALE], 60)
    assert shared.n_missing == sizes[None]
    (joined,) = [c for c in shared.changes if c.what == "joined"]
    assert str(joined) == "sex: small groups were joined: female, not recorded"
    alone = share(cohort, tmp_path, by="sex", fields=["etiology"], least=40)
    assert alone.tables[0].groups == ("all",)
    aged = share(cohort, tmp_path, by="age_years", fields=["sex"])
    assert "coarsened" in {change.what for change in aged.changes}


def test_what_a_rule_of_the_patient_tells_everybody(tmp_path: Path) -> None:
    """No man is pregnant: a 0 that must be there protects nothing."""
    states = ["trimester_1"] * 3 + ["not_pregnant"] * 9
    women = [
        Patient(patient_id=f"F{n}", sex="female", pregnancy=state)
        for n, state in enumerate(states)
    ]
    men = [Patient(patient_id=f"M{n}", sex="male") for n in range(9)]
    shared = share(Cohort(women + men), tmp_path, by="sex")
    (table,) = shared.tables
    row = table.counts[table.levels.index("trimester_1")]
    assert row[table.groups.index("male")] == 0
    assert row[table.groups.index("female")] is None


def test_sets_in_which_nothing_is_chosen(tmp_path: Path) -> None:
    """Where nobody has any level there is nothing but what stands apart."""
    patients = [
        Patient(patient_id=str(n), pain_sites={PainSite.UNKNOWN} if n < 3 else set())
        for n in range(9)
    ]
    shared = share(Cohort(patients), tmp_path)
    (table,) = shared.tables
    assert table.levels == ("unknown", "none", "not recorded")
    assert table.counts == ((None,), (None,), (0,))
    assert table.overlap


def test_what_is_removed_is_said(tmp_path: Path) -> None:
    """Free text, a laboratory's name and what nobody recorded are left out."""
    ranges = (ReferenceRange(test="inr", low=0.8, high=1.1, reference="Our Hospital"),)
    cohort = Cohort(
        [
            Patient(
                patient_id=f"=P{n}",
                laboratory=Laboratory(inr=1, reference_ranges=ranges),
                hematoma=Hematoma(volume_ml=40 + n),
                follow_up=FollowUp(assessments=[Assessment(day=40 + n, vas=3)]),
            )
            for n in range(6)
        ],
        label="Our Hospital",
        synthetic=True,
    )
    shared = share(cohort, tmp_path / "out")
    text = "".join(path.read_text(encoding="utf-8-sig") for path in shared.files)
    assert "Our Hospital" not in text
    assert "P1" not in text
    assert "The patients are made up." in text
    assert ",synthetic\n" in text
    removed = {c.field for c in shared.changes if c.what == "removed"}
    assert {
        "label and notes",
        "reference_ranges",
        "assessments outside the schedule",
    } < (removed)
    assert [path.name for path in sorted(shared.folder.iterdir())] == [
        "tables.csv",
        "what-was-done.md",
    ]
    assert all(str(change) in text for change in shared.changes)


def test_a_table_that_cannot_be_protected_is_not_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without a proof that small counts are safe, no number of the table is shown."""
    monkeypatch.setattr("iph.records._shared_tables.hidden_cells", lambda *_: None)
    shared = share(cohort_of(12), tmp_path, fields=["sex"])
    assert shared.tables == ()
    assert "sex: hiding cells cannot protect it" in [str(c) for c in shared.changes]


def test_a_failed_sharing_leaves_the_old_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both files are replaced, or none."""
    old = share(cohort_of(12), tmp_path, fields=["sex"])
    before = [path.read_bytes() for path in old.files]

    def fail(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_text", fail)
    with pytest.raises(FileError, match="No space left"):
        share(cohort_of(20), tmp_path, fields=["etiology"])
    assert [path.read_bytes() for path in old.files] == before
    assert len(list(tmp_path.iterdir())) == 2
    with pytest.raises(FileError, match="cannot be made"):
        share(cohort_of(12), old.files[0])


def test_the_solver_keeps_quiet(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """Nothing is printed beside what the library says itself."""
    share(cohort_of(28), tmp_path, by="sex", fields=["etiology", "pain_sites"])
    assert capfd.readouterr() == ("", "")


def test_arguments_are_checked(tmp_path: Path) -> None:
    """Each wrong argument is named with what it must be."""
    cohort = cohort_of(12)
    for options, said in (
        ({"least": 1}, "least must be a whole number of at least 2"),
        ({"by": "pain_sites"}, "by must be a field with one level a patient"),
        ({"by": "vas"}, "by must be a field of the patient"),
        ({"by": 3}, "by must be a field of the patient"),
        ({"fields": "sex"}, "give a list, even of one"),
        ({"fields": 7}, "give a list, even of one"),
        ({"fields": ["shoe"]}, "must be names of fields that are shared, got 'shoe'"),
        ({"fields": ["patient_id"]}, "a pseudonym leads back"),
        ({"fields": [3]}, "must be names of fields"),
        ({"bands": [3]}, "bands must be cut points by the name of a field"),
        ({"bands": {"sex": [3]}}, "bands must be for fields that hold a number"),
        ({"bands": {"age_years": [30, 20]}}, "must be rising cut points"),
        ({"bands": {"age_years": []}}, "must be rising cut points"),
        ({"bands": {"age_years": [500]}}, "from 0 to 120"),
    ):
        with pytest.raises(InputError, match=said):
            share(cohort, tmp_path, **options)
    with pytest.raises(InputError, match="cohort must be a Cohort"):
        share([], tmp_path)  # type: ignore[arg-type] # on purpose
    with pytest.raises(DataError, match="4 patients are too few"):
        share(attrs.evolve(cohort, patients=cohort.patients[:4]), tmp_path)
    assert list(tmp_path.iterdir()) == []
