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


def read_back(path: Path) -> Iterator["ReadTable"]:
    """Yield each table of the file."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    for name in dict.fromkeys((row["field"], row["visit"]) for row in rows):
        own = [row for row in rows if (row["field"], row["visit"]) == name]
        assert all((row["status"] == "hidden") == (row["count"] == "") for row in own)
        found: dict[bool, Cells] = {True: {}, False: {}}
        for row in own:
            count = int(row["count"]) if row["count"] else None
            key = row["level"], row["group"]
            found[row["status"] == "together"][key] = count
        yield ReadTable(" ".join(name).strip(), found[False], found[True])


Cells = dict[tuple[str, str], int | None]


@attrs.frozen
class ReadTable:
    """A table of the file: its numbers by level and group, and the joined ones."""

    name: str
    cells: Cells
    joined: Cells


class Attack:
    """What a reader of one table can compute: all sums, and no negative count."""

    def __init__(self, table: ReadTable, *, overlap: bool) -> None:
        cells = table.cells
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
        self.sums = [0] * len(self.equal)
        for (name, group), total in table.joined.items():
            joined = name.split(" + ")
            if overlap and any(one not in APART for one in joined):
                joined = ["any", *(one for one in joined if one in APART)]
            self.equal.append(self.row({(one, group): 1 for one in joined}))
            self.sums.append(total or 0)
        if len(groups) > 1:
            for level in ("patients", *levels):
                inner = {(level, group): 1 for group in groups if group != "all"}
                self.equal.append(self.row(inner | {(level, "all"): -1}))
                self.sums.append(0)

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
                b_eq=np.array(self.sums),
                A_ub=np.array(self.less) if self.less else None,
                b_ub=np.zeros(len(self.less)) if self.less else None,
                bounds=self.bounds,
            )
            for sign in (1, -1)
        ]
        assert all(one.status == 0 for one in found)
        low, high = found[0].fun or 0.0, -(found[1].fun or 0.0)
        return math.ceil(low - 1e-6), math.floor(high + 1e-6)


def each_alone(levels: list[object], *_: object) -> tuple[range, ...]:
    """Show each level."""
    return tuple(range(at, at + 1) for at in range(len(levels)))


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
        patch.setattr("iph.records._shared_tables.shown_blocks", each_alone)
        open_ones = share(cohort, tmp_path / "open", by=by, least=least, fields=FIELDS)
    n_hidden = 0
    true_tables = {one.name: one for one in read_back(open_ones.files[0])}
    for table, read in zip(shared.tables, found, strict=True):
        assert read.name == f"{table.field} {table.visit}".strip()
        true = true_tables[read.name].cells
        assert set(read.cells) <= set(true) | {
            key for key in read.cells if " or " in key[1]
        }
        attack = Attack(read, overlap=table.overlap)
        for key, count in read.cells.items():
            if count is not None:
                assert count == true.get(key, count)
                assert count == 0 or count >= least
                continue
            n_hidden += 1
            low, high = attack.interval(key)
            assert high - low >= 2
            if 0 < (true.get(key) or 0) < least:
                assert low <= 1
                assert high >= least - 1
    assert n_hidden == shared.n_hidden > 0


@pytest.mark.parametrize("by", [None, "sex"])
def test_what_is_shown_is_true(tmp_path: Path, by: str | None) -> None:
    """Every number shown is the count, and those without a level are not few either."""
    cohort = cohort_of(40, seed=2)
    fields = ("sex", "etiology", "pain_sites", "strength")
    shared = share(cohort, tmp_path, by=by, fields=fields)
    assert {table.field for table in shared.tables} == {*fields}
    for table, read in zip(shared.tables, read_back(shared.files[0]), strict=True):
        expected = true_counts(cohort, table, shared)
        assert set(expected) <= set(read.cells)
        for key, count in read.cells.items():
            assert count in (None, expected.get(key, 0))
        if table.overlap:
            attack = Attack(read, overlap=True)
            for level, group in read.cells:
                if level not in APART and level != "patients":
                    low, high = attack.interval(
                        ("any", group), (level, group), signs=(1, -1)
                    )
                    assert low == high == 0 or low >= 5 or high - low >= 2


def test_numbers_are_coarsened(tmp_path: Path) -> None:
    """Ages in bands with open ends, days in bands, other numbers in their grades."""
    shared = share(cohort_of(200), tmp_path)
    tables = {(t.field, t.visit): t for t in shared.tables}
    ages = tables["age_years", ""]
    assert ages.levels[:2] == ("below 10", "10 to 19")
    assert ages.levels[-2:] == ("90 or more", "not recorded")
    assert tables["inr", ""].levels == ("low", "normal", "high", "not recorded")
    assert tables["symptom_days", ""].levels[-2] == "366 or more"
    assert tables["vas", "month_1"].levels[:2] == ("none", "mild")
    how = {change.field: change.how for change in shared.changes}
    assert (
        how["age_years"] == "put into bands cut at 10, 20, 30, 40, 50, 60, 70, 80, 90"
    )
    assert how["vas at baseline"] == "graded at 0, 4, 7 0-10 (li2023)"
    assert how["patient_id"] == "a pseudonym leads back to a person"


def test_bands_do_not_depend_on_the_patients(tmp_path: Path) -> None:
    """All bands are listed, since a list that leaves some out tells of the ages."""
    ages = [18, 25, 26, 27, 28, 45, 46, 47, 48, 49, 50, 95]
    cohort = Cohort(
        [Patient(patient_id=str(n), age_years=age) for n, age in enumerate(ages)]
    )
    shared = share(cohort, tmp_path / "a", fields=["age_years"])
    assert len(shared.tables[0].levels) == 11
    bands = {"age_years": [30, 45]}
    own = share(cohort, tmp_path / "b", bands=bands, fields=["age_years"])
    (table,) = own.tables
    assert table.levels[:3] == ("below 30", "30 to 44", "45 or more")
    assert table.counts == ((5,), (0,), (7,), (0,))
    assert table.together == ()
    assert (own.n, own.n_missing, own.by) == (12, 0, "")


def test_groups_are_those_that_may_be_shown(tmp_path: Path) -> None:
    """The size of a group is always shown, so no group may be small."""
    cohort = cohort_of(60, seed=3)
    sizes = {s: sum(p.sex is s for p in cohort) for s in (Sex.MALE, Sex.FEMALE, None)}
    shared = share(
        cohort, tmp_path / "a", by="sex", fields=["side", "etiology"], least=12
    )
    of_sex, table, _ = shared.tables
    assert sizes[Sex.FEMALE] < 12
    assert of_sex.levels == ("female", "male", "unknown", "not recorded")
    assert of_sex.groups == ("all",)
    assert table.groups == ("female or male", "not recorded", "all")
    assert shared.n_missing == sizes[None]
    wide = share(cohort, tmp_path / "b", by="side", fields=["sex"])
    assert [one.groups for one in wide.tables] == [("all",), wide.tables[1].groups]
    aged = share(cohort, tmp_path / "c", by="age_years", fields=["sex"])
    assert "coarsened" in {change.what for change in aged.changes}
    (joined,) = [c for c in aged.changes if c.what == "joined"]
    assert joined.field == "age_years"
    assert " or " in joined.how
    assert sum(aged.tables[1].group_sizes[:-1]) == aged.tables[1].group_sizes[-1] == 60


def test_sets_in_which_nothing_is_chosen(tmp_path: Path) -> None:
    """Where few have any level, it is not told which."""
    patients = [
        Patient(patient_id=str(n), pain_sites={PainSite.UNKNOWN} if n < 3 else set())
        for n in range(9)
    ]
    shared = share(Cohort(patients), tmp_path)
    table = next(one for one in shared.tables if one.field == "pain_sites")
    shown = dict(zip(table.levels, table.counts, strict=True))
    assert shown["unknown"] == shown["none"] == shown["not recorded"] == (None,)
    assert table.together[0].counts == (9,)
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
    monkeypatch.setattr("iph.records._shared_tables.shown_blocks", lambda *_: None)
    shared = share(cohort_of(12), tmp_path, fields=["sex"])
    assert shared.tables == ()
    (removed,) = [c.how for c in shared.changes if c.field == "sex"]
    assert removed.startswith("the groups are too small for so many levels")


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
        share(cohort_of(20), tmp_path, fields=["etiology"], overwrite=True)
    with pytest.raises(FileError, match="exists already"):
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
        ({"least": 2}, "least must be a whole number of at least 3"),
        ({"earlier": "out"}, "give a list, even of one"),
        ({"earlier": [7]}, "earlier must be folders of sharings"),
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


def grown(n: int, n_more: int) -> Cohort:
    """Return patients of which the first ones are always the same."""
    return Cohort(cohort_of(200, seed=4).patients[: n + n_more])


def test_a_second_sharing_knows_the_first(tmp_path: Path) -> None:
    """With the first at hand, nothing is shown that both together would tell."""
    fields = ["age_years", "sex", "etiology", "pain_sites", "vas"]
    first = share(grown(60, 0), tmp_path / "first", fields=fields)
    few = share(grown(60, 2), tmp_path / "few", fields=fields, earlier=[first.folder])
    assert few.tables == ()
    second = share(
        grown(60, 40),
        tmp_path / "more",
        fields=fields,
        earlier=[first.folder],
    )
    alone = share(grown(60, 40), tmp_path / "alone", fields=fields)
    assert second.n_hidden > alone.n_hidden
    before = {(one.field, one.visit): one for one in first.tables}
    n_compared = 0
    for table in second.tables:
        old = before[table.field, table.visit]
        for was, now in zip(old.counts, table.counts, strict=True):
            for then, count in zip(was, now, strict=True):
                if count is not None and count:
                    assert then is not None
                    assert count == then or abs(count - then) >= 5
                    n_compared += 1
    assert n_compared > 10


def test_a_sharing_with_other_groups_is_not_repeated(tmp_path: Path) -> None:
    """Tables by other groups are removed, and another field is not."""
    cohort = cohort_of(60, seed=4)
    first = share(cohort, tmp_path / "1", fields=["etiology"])
    second = share(
        cohort,
        tmp_path / "2",
        by="sex",
        fields=["etiology", "died"],
        earlier=[first.folder],
    )
    assert len(second.tables[0].groups) == 1
    assert [one.field for one in second.tables][1:] == ["died"] or [
        one.groups for one in second.tables
    ] == [("all",)] * 3
    bands = {"age_years": [50]}
    aged = share(cohort, tmp_path / "3", fields=["age_years"], bands=bands)
    again = share(cohort, tmp_path / "4", fields=["age_years"], earlier=[aged.folder])
    assert again.tables == ()


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("field,visit", "visit,field"),
        (",hidden", ",shown"),
        ("patients,all,40", "patients,all,41"),
        ("patients,all,40,shown\n", ""),
        (" + ", " and "),
    ],
)
def test_a_damaged_sharing_is_refused(tmp_path: Path, old: str, new: str) -> None:
    """What others have is not guessed at."""
    first = share(cohort_of(40), tmp_path / "first", fields=["age_years"])
    text = first.files[0].read_text(encoding="utf-8-sig")
    assert old in text
    first.files[0].write_text(text.replace(old, new), encoding="utf-8-sig")
    with pytest.raises(FileError, match=r"is no sharing|holds no whole table"):
        share(
            cohort_of(40),
            tmp_path / "2",
            fields=["age_years"],
            earlier=[first.folder],
        )
    first.files[0].write_bytes(b"\xff\xfe\x00")
    with pytest.raises(FileError, match="cannot be read"):
        share(cohort_of(40), tmp_path / "2", earlier=[first.folder])
    first.files[0].unlink()
    with pytest.raises(FileError, match="is no file"):
        share(cohort_of(40), tmp_path / "2", earlier=[first.folder])
