"""A lazy table is counted where it lies: equal counts, and no row of a patient."""

import warnings
from pathlib import Path
from typing import Any

import attrs
import duckdb
import narwhals.stable.v2 as nw
import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from iph import Cohort, Laboratory, Patient
from iph.errors import InputError, NotReadWarning
from iph.evidence import published_cases
from iph.protocol import LI_2023_PROTOCOL, read_protocol
from iph.scales import ReferenceRange
from iph.study import analyze, count
from iph.study._asked import asked_of
from iph.study._coagulation import COAGULATION_RULES
from iph.study._columns import Columns
from iph.study._engine import _passes
from iph.study._engine._lazy import Fetched, lazy_tables
from iph.testing import cohorts_of, laboratories, protocols

STUDY = """
title = "Carpal tunnel release"
condition = "carpal tunnel syndrome"
[visits]
before = 0
week_6 = { day = 42 }
month_6 = { day = 182 }
[patient]
age = { label = "Age", unit = "years", low = 18, high = 100 }
arm = { label = "Arm", codes = { open = "open", endo = "endoscopic" } }
smoker = { label = "Smoker", yes_no = true }
[at_visit]
grip_kg = { label = "Grip", unit = "kg", low = 0, high = 99, step = "0.1" }
[outcomes]
grip_kg = { better = "high", response = 5 }
[endpoints]
strong = { label = "grip of 20 kg", when = "grip_kg >= 20" }
[include]
I1 = { rule = "age >= 18", statement = "adults" }
[events]
scar = { label = "Painful scar", grades = ["mild", "severe"], from = 1, related = true }
infection = "Wound infection"
"""


def _named_visits(cohort: Cohort[Any]) -> Cohort[Any]:
    """Return a cohort as a table can hold it: all at visits, and in order of time."""
    patients = []
    for patient in cohort:
        seen = [a for a in patient.follow_up.assessments if a.visit is not None]
        course = attrs.evolve(patient.follow_up, assessments=_by_time(seen))
        patients.append(attrs.evolve(patient, follow_up=course))
    return attrs.evolve(cohort, patients=patients)


def _by_time(seen: list[Any]) -> list[Any]:
    """Put visits on no fixed day where their day says, since rows have no order."""
    free = [a for a in seen if a.visit.nominal_day is None and a.day is not None]
    kept = [a for a in seen if a not in free]
    for one in free:
        earlier = [
            k for k, a in enumerate(kept) if a.day is not None and a.day < one.day
        ]
        later = [
            k
            for k, a in enumerate(kept)
            if a.time_day is not None and a.time_day > one.day
        ]
        after = earlier[-1] + 1 if earlier else 0
        kept.insert(max(after, later[0] if later else len(kept)), one)
    return kept


def lazy(frame: pl.DataFrame, engine: str) -> Any:
    """Return a table that is not fetched."""
    if engine == "polars":
        return frame.lazy()
    return duckdb.from_arrow(frame.to_arrow())


def test_a_connection_of_its_own() -> None:
    """Tables of one connection are counted there, though it is not the default one."""
    cohort = _named_visits(published_cases())
    patients = cohort.patients_frame("polars")
    seen = cohort.assessments_frame("polars")
    wanted = count(patients.lazy(), assessments=seen.lazy(), population="all")
    with duckdb.connect() as own:
        tables = [own.from_arrow(frame.to_arrow()) for frame in (patients, seen)]
        found = count(tables[0], assessments=tables[1], population="all")
    assert found.tables == wanted.tables


@pytest.mark.parametrize("engine", ["polars", "duckdb"])
@settings(max_examples=5)  # a protocol, a cohort and two counts of all an example
@given(protocol=protocols(), data=st.data())
def test_any_study_is_counted_where_it_lies(
    engine: str, protocol: Any, data: st.DataObject
) -> None:
    """Every table of every study has the cells that the patients have.

    What the cohort carries is counted with it: a convenience sample has no recovery.
    """
    cohort = _named_visits(data.draw(cohorts_of(protocol)))
    note = data.draw(st.sampled_from([(), ["a convenience sample"], ["of one ward"]]))
    synthetic = data.draw(st.booleans())
    if cohort.patients:  # a frame of nobody says nothing
        cohort = attrs.evolve(cohort, label="W", notes=note, synthetic=synthetic)
    else:
        cohort = attrs.evolve(cohort, synthetic=False)
    population: Any = data.draw(st.sampled_from(["included", "not-excluded", "all"]))
    events = None
    if cohort.events is not None:
        events = lazy(cohort.events_frame("polars"), engine)
    found = count(
        lazy(cohort.patients_frame("polars"), engine),
        assessments=lazy(cohort.assessments_frame("polars"), engine),
        events=events,
        protocol=protocol,
        population=population,
    )
    wanted = count(cohort, protocol=protocol, population=population)
    assert found.tables == wanted.tables
    assert found == wanted


CALL = """
title = "t"
condition = "c"
[visits]
before = 0
year_1 = 365
call = { day = "none" }
[at_visit]
pain = { label = "Pain", low = 0, high = 10, step = 1 }
[outcomes]
pain = { better = "low" }
[endpoints]
free = "pain = 0"
"""


@pytest.mark.parametrize("call", [336, 365, 400, 0, -4])
def test_a_visit_on_no_fixed_day(call: int, tmp_path: Path) -> None:
    """Where it stands among the rows changes nothing, in a cohort or in a table.

    It takes the nominal day of no other visit, unless both would be on one day.
    """
    file = tmp_path / "study.toml"
    file.write_text(CALL, encoding="utf-8")
    study: Any = read_protocol(file)

    def seen(visit: Any, day: int | None, pain: int) -> Any:
        return study.assessment(visit=visit, day=day, pain=pain)

    before, year_1, no_day = study.visits
    at = [seen(before, None, 5), seen(year_1, None, 1), seen(no_day, call, 0)]
    found = []
    for order in ([0, 1, 2], [0, 2, 1]):
        course = study.course(assessments=[at[place] for place in order])
        cohort = Cohort([study.patient(patient_id="A", follow_up=course)])
        frames = cohort.patients_frame("polars"), cohort.assessments_frame("polars")
        found.append(count(cohort, protocol=study))
        in_place = count(frames[0].lazy(), assessments=frames[1].lazy(), protocol=study)
        found.append(in_place)
    assert found == [found[0]] * 4
    last = max(call, 0 if call == 365 else 365)
    assert found[0].table("follow-up") == {(last, False): 1}


@settings(max_examples=50)  # a protocol, and a cohort of it, an example
@given(data=st.data())
def test_the_days_of_columns_are_those_of_courses(data: st.DataObject) -> None:
    """All patients at once have the days that each has, in the same order."""
    protocol = data.draw(protocols())
    cohort = data.draw(cohorts_of(protocol, min_size=1))
    days = Columns(cohort.patients, protocol).time_days
    for patient, row in zip(cohort, days.tolist(), strict=True):
        wanted = patient.follow_up.time_days
        found = [None if np.isnan(day) else day for day in row]
        assert tuple(found[: len(wanted)]) == wanted
        assert not any(found[len(wanted) :])


@pytest.mark.parametrize("engine", ["polars", "duckdb"])
@settings(max_examples=10)  # each plans a study twice
@given(data=st.data())
def test_values_are_held_against_the_ranges_of_their_laboratory(
    engine: str, data: st.DataObject
) -> None:
    """What is abnormal in a cohort is so in a frame, whoever measured it."""
    bloods = data.draw(st.lists(laboratories(), min_size=1, max_size=6))
    patients = [
        Patient(
            patient_id=f"P{n}",
            laboratory=laboratory,
            anticoagulant=[],
            comorbidities=[],
        )
        for n, laboratory in enumerate(bloods)
    ]
    cohort = Cohort(patients)
    rule: Any = data.draw(st.sampled_from(sorted(COAGULATION_RULES)))
    options: dict[str, Any] = {
        "population": "all",
        "coagulation": rule,
        "protocol": attrs.evolve(  # what is seen at visits is measured by nobody here
            LI_2023_PROTOCOL, outcomes=(), endpoints=(), primary=None
        ),
    }
    found = count(lazy(cohort.patients_frame("polars"), engine), **options)
    fetched = count(cohort.patients_frame("polars"), **options)
    assert count(cohort, **options) == found == fetched


def test_ranges_decide_what_is_abnormal() -> None:
    """The same 36 s are abnormal in one laboratory, and normal in another."""
    states = []
    for low, high in ((25, 35), (31, 43)):
        own = ReferenceRange(test="aptt_s", low=low, high=high)
        laboratory = Laboratory(aptt_s=36, reference_ranges=[own])
        patient = Patient(patient_id="A", laboratory=laboratory)
        frame = lazy(Cohort([patient]).patients_frame("polars"), "polars")
        counts = count(frame, population="all", coagulation="laboratory")
        (cell,) = counts.table("characteristics", "coagulation_status")
        states.append(cell[0])
    assert [state.label for state in states] == ["abnormal", "normal"]


def test_what_lazy_tables_say_of_two_cohorts_is_refused(
    tables: Any, study: Any
) -> None:
    """Two labels are errors, and cells that iph did not write.

    Ranges are a patient's: beside visits they are not counted in place.
    """
    wrong = {
        "cohort_label": (['"North"'] * 3 + ['"South"'] * 3, "2 different ones"),
        "cohort_notes": (["as told"] * 6, "as iph wrote it"),
        "reference_ranges": (["[1]"] * 6, "as iph wrote it"),
    }
    for name, (cells, rule) in wrong.items():
        patients = tables["patients"].with_columns(pl.Series(name, cells))
        with pytest.raises(InputError, match=rule):
            counted({**tables, "patients": patients}, study)
    ranges = pl.lit('[{"test": "aptt_s", "low": 25, "high": 35}]')
    seen = tables["assessments"].with_columns(reference_ranges=ranges)
    asked = asked_of(
        study,
        criteria=None,
        population="all",
        by=None,
        recovery_group=None,
        coagulation="laboratory",
        volume="ellipsoid",
    )
    fetched = lazy_tables(tables["patients"].lazy(), seen.lazy(), None, asked)
    assert isinstance(fetched, Fetched)
    assert "has the column reference_ranges" in fetched.why


def test_a_mark_in_either_table_is_the_mark_of_the_counts(
    tables: Any, study: Any
) -> None:
    """Patients of whom some are made up are called so; empty cells say nothing."""
    assert not counted(tables, study).synthetic
    for name in tables:
        marks = pl.Series([None, "yes"] + ["no"] * (len(tables[name]) - 2))
        marked = tables[name].with_columns(synthetic=marks)
        assert counted({**tables, name: marked}, study).synthetic


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """Return a small study from a file."""
    file = tmp_path_factory.mktemp("study") / "study.toml"
    file.write_text(STUDY, encoding="utf-8")
    return read_protocol(file)


@pytest.fixture
def tables() -> dict[str, pl.DataFrame]:
    """Return the tables of 6 patients, as a registry holds them."""
    patients = {
        "patient_id": list("ABCDEF"),
        "age": [40, 41, 42, None, 60, 61],
        "arm": ["open", "endo", "Open", "endoscopic", None, "endo"],
        "smoker": ["yes", "no", None, "YES", "no", "no"],
        "died": [None, None, None, None, None, True],
        "died_day": [None, None, None, None, None, 100],
    }
    seen = {
        "patient_id": [*"AABBCDEEF"],
        "visit": [
            "before",
            "week_6",
            "before",
            "month_6",
            *["before"] * 3,
            "week_6",
            "before",
        ],
        "day": [0, 40, -3, None, None, 0, 0, 45, 0],
        "grip_kg": [20.1, 24.5, 18.0, 31.2, None, 22.2, 12.6, 20.1, 9.0],
    }
    return {"patients": pl.DataFrame(patients), "assessments": pl.DataFrame(seen)}


def counted(tables: dict[str, pl.DataFrame], study: Any, **options: Any) -> Any:
    """Count the tables on Polars, which takes the least time to plan a query."""
    patients, seen = (lazy(tables[n], "polars") for n in ("patients", "assessments"))
    return count(patients, assessments=seen, protocol=study, **options)


def test_words_groups_and_deaths(tables: Any, study: Any) -> None:
    """A registry's words are read as declared, and a study is made of the counts."""
    every: list[dict[str, Any]] = [
        {},
        {"by": "arm"},
        {"by": "age>=42", "recovery_group": "smoker"},
    ]
    for options in every:
        found = counted(tables, study, **options)
        fetched = count(
            tables["patients"],
            assessments=tables["assessments"],
            protocol=study,
            **options,
        )
        assert found.tables == fetched.tables
        assert analyze(found).attendance == analyze(fetched).attendance


EVENTS = pl.DataFrame(
    {
        "patient_id": list("AAABDF"),
        "event": ["scar", "scar", "infection", "Painful scar", "infection", "scar"],
        "day": [40, 41, None, None, 7, 90],
        "grade": ["1", "severe", None, None, None, "mild"],
        "related": ["no", None, None, "yes", None, "no"],
    }
)


@pytest.mark.parametrize("engine", ["polars", "duckdb"])
def test_events_are_counted_where_they_lie(
    engine: str, tables: Any, study: Any
) -> None:
    """By the words of a registry; patient D has no age, and is not analyzed."""
    eager = (tables["patients"], tables["assessments"])
    frames = [lazy(frame, engine) for frame in (*eager, EVENTS)]
    found = count(
        frames[0], assessments=frames[1], events=frames[2], protocol=study, by="arm"
    )
    fetched = count(
        eager[0], assessments=eager[1], events=EVENTS, protocol=study, by="arm"
    )
    assert found == fetched
    assert found.table("events told") == {(): 6}
    assert found.table("events of others") == {(): 1}
    assert found.table("event", "scar") == {
        (2, 2, None, "open"): 1,
        (1, None, True, "endo"): 1,
        (1, 1, False, "endo"): 1,
    }
    assert found.table("events") == {
        (3, None, "open"): 1,
        (1, True, "endo"): 1,
        (1, False, "endo"): 1,
    }


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"patient_id": ["Z", *"AABDF"]}, "1 events are of no patient"),
        ({"patient_id": [None, *"AABDF"]}, "1 events are of no patient"),
        ({"event": [None] + ["scar"] * 5}, "an event has no name, or an answer that"),
        ({"event": ["fever"] + ["scar"] * 5}, r"event must be one of.*1 cell"),
        ({"grade": ["1", "2", "1", None, None, "1"]}, "an answer that the study"),
        ({"grade": ["3", "2", None, None, None, "1"]}, "grade must be"),
        ({"related": ["no", "no", "no", None, None, "no"]}, "an answer that the study"),
        ({"day": [1, 1, 1, 1, 1, 101]}, "an event comes after the day of death"),
    ],
)
def test_events_that_no_cohort_could_hold(
    changed: Any, message: str, tables: Any, study: Any
) -> None:
    """They are refused, with the number of patients."""
    odd = EVENTS.with_columns(**{n: pl.Series(n, v) for n, v in changed.items()})
    with pytest.raises(InputError, match=message):
        counted(tables, study, events=odd.lazy())


def test_what_is_no_table_of_events(tables: Any, study: Any) -> None:
    """Its columns must be there, others are named; a study may ask for no events."""
    with pytest.raises(InputError, match="with the columns patient_id and event"):
        counted(tables, study, events=EVENTS.drop("event").lazy())
    more = EVENTS.with_columns(ward=pl.lit("3")).lazy()
    with pytest.warns(NotReadWarning, match="'ward' of the table of events"):
        counted(tables, study, events=more)
    bare = attrs.evolve(study, events=())
    with pytest.raises(InputError, match="None for a study that declares none"):
        counted(tables, bare, events=EVENTS.lazy())
    few = EVENTS.select("patient_id", "event").lazy()
    assert counted(tables, study, events=few).table("event", "infection") == {
        (1, None, None, None): 1
    }
    in_memory = counted(tables, study, events=EVENTS)  # so all rows are fetched
    assert in_memory == counted(tables, study, events=EVENTS.lazy())


class Spied:
    """What was fetched from an engine: the number of rows, and all cells."""

    def __init__(self) -> None:
        self.sizes: list[int] = []
        self.cells: set[Any] = set()


@pytest.fixture
def spied(monkeypatch: pytest.MonkeyPatch) -> Spied:
    """Look at all that a lazy table is asked for."""
    spy, collect = Spied(), nw.LazyFrame.collect

    def looked_at(frame: Any, *args: Any, **options: Any) -> Any:
        found = collect(frame, *args, **options)
        spy.sizes.append(len(found))
        spy.cells |= {cell for row in found.iter_rows() for cell in row}
        return found

    monkeypatch.setattr(nw.LazyFrame, "collect", looked_at)
    return spy


@pytest.mark.parametrize("engine", ["polars", "duckdb"])
def test_no_row_of_a_patient_is_fetched(
    spied: Spied, tables: Any, study: Any, engine: str
) -> None:
    """Of 3,000 patients two queries fetch some cells, and no pseudonym."""
    times = pl.DataFrame({"place": range(500)})
    many = {
        name: table.join(times, how="cross")
        .with_columns(pl.col("patient_id") + "-" + pl.col("place").cast(pl.String))
        .drop("place")
        for name, table in {**tables, "events": EVENTS}.items()
    }
    found = count(
        lazy(many["patients"], engine),
        assessments=lazy(many["assessments"], engine),
        events=lazy(many["events"], engine),
        protocol=study,
        by="arm",
    )
    one = counted(tables, study, events=EVENTS.lazy(), by="arm").tables
    assert found.tables == {
        path: {key: 500 * n for key, n in table.items()} for path, table in one.items()
    }
    assert len(spied.sizes) == 4
    assert max(spied.sizes) < 300
    assert not spied.cells & set(many["patients"]["patient_id"])


@pytest.mark.parametrize("engine", ["polars", "duckdb"])
def test_tables_too_large_for_one_pass(
    spied: Spied,
    tables: Any,
    study: Any,
    engine: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Tables whose cells need more than 62 bits together are counted in turn."""
    once = counted(tables, study, by="arm").tables
    n_once = len(spied.sizes)
    monkeypatch.setattr(_passes, "FAR", 1 << 18)  # cells that one pass may tell apart
    patients, seen = (lazy(tables[n], engine) for n in ("patients", "assessments"))
    found = count(patients, assessments=seen, protocol=study, by="arm")
    assert found.tables == once
    assert len(spied.sizes) - n_once > n_once


@pytest.mark.parametrize(
    ("table", "row", "message"),
    [
        ("patients", {"patient_id": "A"}, "1 that stand in several rows"),
        ("patients", {"patient_id": None}, "rows without one"),
        ("patients", {"patient_id": "G", "age": 300}, "300 \\(1\\)"),
        ("patients", {"patient_id": "G", "arm": "robot"}, "robot \\(1\\)"),
        (
            "patients",
            {"patient_id": "G", "died": False, "died_day": 3},
            "said not to have died \\(1\\)",
        ),
        ("assessments", {"patient_id": "A", "visit": "week_6"}, "stands twice"),
        ("assessments", {"patient_id": "Z", "visit": "before"}, "of no patient"),
        ("assessments", {"patient_id": "A", "day": 90}, "1 without"),
        (
            "assessments",
            {"patient_id": "A", "visit": "month_6", "day": 39},
            "do not rise",
        ),
        (
            "assessments",
            {"patient_id": "F", "visit": "month_6", "day": 182},
            "after the day of death",
        ),
    ],
)
def test_what_no_cohort_could_hold_is_refused(
    tables: Any, study: Any, table: str, row: dict[str, Any], message: str
) -> None:
    """Every contradiction is told, with how many cells or patients it concerns."""
    more = pl.DataFrame([row], schema_overrides=tables[table].schema)
    tables[table] = pl.concat([tables[table], more], how="diagonal_relaxed")
    with pytest.raises(InputError, match=message):
        counted(tables, study)


def test_all_wrong_columns_are_told(tables: Any, study: Any) -> None:
    """One message names each column that holds what its field cannot."""
    tables["patients"] = tables["patients"].with_columns(
        age=pl.lit(1), arm=pl.lit("robot")
    )
    with pytest.raises(InputError, match=r"2 columns that are not.*age.*arm"):
        counted(tables, study)


def test_columns_that_are_not_read_are_told(tables: Any, study: Any) -> None:
    """A column without a field is named in a warning and in the counts."""
    tables["patients"] = tables["patients"].with_columns(ward=pl.lit("7b"))
    with pytest.warns(NotReadWarning, match="'ward' of the table of patients"):
        found = counted(tables, study)
    assert any("ward" in said for said in found.not_read)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        counted({**tables, "patients": tables["patients"].drop("ward")}, study)


def test_the_parts_of_li(by_hand: Cohort[Any]) -> None:
    """Coagulation, zones, nerves, size, treatments and stated outcomes as well."""
    courses = [
        attrs.evolve(
            patient,
            sex=None if place % 7 == 0 else patient.sex,
            anticoagulant=None if place % 5 == 0 else patient.anticoagulant,
            comorbidities=["unknown"] if place % 9 == 0 else patient.comorbidities,
            treatments=[None, ["other"], patient.treatments][place % 3],
            hematoma=attrs.evolve(
                patient.hematoma,
                volume_ml=None if place % 2 else 40 + place,
                diameter_a_cm=8.5,
                diameter_b_cm=3 + place / 10,
                diameter_c_cm=None if place % 4 == 1 else 2,
            ),
            follow_up=attrs.evolve(
                patient.follow_up,
                outcome=[None, "complete", "partial", "improved"][place % 4],
                outcome_day=[None, 30 + place][place % 2],
            ),
        )
        for place, patient in enumerate(by_hand)
    ]
    cohort = Cohort(courses)
    options: Any = {"population": "not-excluded", "by": "conservative"}
    patients = cohort.patients_frame("polars").lazy()
    seen = cohort.assessments_frame("polars").lazy()
    found = count(patients, assessments=seen, **options)
    assert found.tables == count(cohort, **options).tables


def test_patients_without_assessments(tables: Any, study: Any) -> None:
    """A table of patients alone is counted as well."""
    found = count(lazy(tables["patients"], "duckdb"), protocol=study)
    assert found.tables == count(tables["patients"], protocol=study).tables


def test_an_empty_table(tables: Any, study: Any) -> None:
    """Nobody is counted as nobody."""
    empty = {name: table.clear() for name, table in tables.items()}
    nobody: Any = Cohort((), patient_class=study.patient)
    assert counted(empty, study).tables == count(nobody, protocol=study).tables


def test_parquet_on_disk(tables: Any, study: Any, tmp_path: Path) -> None:
    """Files are counted without being loaded."""
    frames = []
    for name, table in tables.items():
        table.write_parquet(tmp_path / f"{name}.parquet", row_group_size=2)
        frames.append(duckdb.read_parquet(str(tmp_path / f"{name}.parquet")))
    found = count(frames[0], assessments=frames[1], protocol=study)
    assert found.tables == counted(tables, study).tables
