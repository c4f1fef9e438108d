"""Tables by protocol: written, read back, templates, dictionaries, screening."""

import json
import tempfile
from pathlib import Path
from typing import Any

import attrs
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import iph
from iph import fields, records
from iph._fields import Kind
from iph.criteria import decide, screen
from iph.errors import InputError
from iph.protocol import LI_2023_PROTOCOL, Protocol, read_protocol
from iph.records._study import the_study
from iph.testing import cohorts_of, protocols

STUDIES = protocols().flatmap(
    lambda protocol: st.tuples(
        st.just(protocol), cohorts_of(protocol, min_size=1, max_size=3)
    )
)
FEW = settings(
    max_examples=15,  # each is a study with its file
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


@FEW
@given(study=STUDIES, ending=st.sampled_from([".csv", ".tsv", ".json"]))
def test_written_and_read_back_equal(
    study: tuple[Protocol[Any], iph.Cohort[Any]], ending: str, tmp_path: Path
) -> None:
    """Any cohort of any study comes back from a text file as it was.

    Events stand in a table of their own, for which only JSON has room.
    """
    protocol, cohort = study
    if ending != ".json":
        cohort = attrs.evolve(cohort, events=None)
    path = records.write(cohort, tmp_path / f"cohort{ending}", overwrite=True)
    assert records.read(path, protocol=protocol) == cohort


@settings(
    max_examples=5,  # a workbook each
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(study=STUDIES, ending=st.sampled_from([".xlsx", ".sav"]))
def test_read_back_from_programs(
    study: tuple[Protocol[Any], iph.Cohort[Any]], ending: str, tmp_path: Path
) -> None:
    """The same for a workbook and a file of SPSS."""
    protocol, cohort = study
    if ending == ".sav":
        cohort = attrs.evolve(cohort, events=None)
    path = records.write(cohort, tmp_path / f"cohort{ending}", overwrite=True)
    assert records.read(path, protocol=protocol) == cohort


@FEW
@given(study=STUDIES)
def test_frames_are_read_back(study: tuple[Protocol[Any], iph.Cohort[Any]]) -> None:
    """The two tidy tables of a cohort are the cohort."""
    protocol, cohort = study
    back = records.from_frames(
        cohort.patients_frame("polars"),
        cohort.assessments_frame("polars"),
        events=None if cohort.events is None else cohort.events_frame("polars"),
        protocol=protocol,
    )
    assert (back.patients, back.events) == (cohort.patients, cohort.events)


@FEW
@given(study=STUDIES)
def test_screening_is_the_same_in_frames(
    study: tuple[Protocol[Any], iph.Cohort[Any]],
) -> None:
    """Any criteria over any fields decide the same of patients and of their table."""
    protocol, cohort = study
    one_by_one = screen(cohort, protocol=protocol)
    frame = cohort.patients_frame("polars")
    assert screen(frame, protocol=protocol).flow == one_by_one.flow
    decided = decide(frame, protocol=protocol)["eligibility"].to_list()
    assert decided == [d.eligibility.value for d in one_by_one.decisions or ()]


@settings(
    max_examples=5,  # a workbook each
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(protocol=protocols())
def test_template_dictionary_and_check_agree(
    protocol: Protocol[Any], tmp_path: Path
) -> None:
    """What a template and a dictionary ask for is what is read, and all of it."""
    path = tmp_path / "study.xlsx"
    path.unlink(missing_ok=True)
    records.template(path, protocol=protocol)
    empty = records.check(path, protocol=protocol)
    assert (empty.errors, empty.ignored_columns, empty.n_patients) == ((), (), 0)
    example = records.read(path, sheet="example patients", protocol=protocol)
    assert type(example.patients[0]) is protocol.patient
    known = [f.name for f in (*protocol.patient_fields, *protocol.assessment_fields)]
    dictionary = records.redcap_dictionary(protocol=protocol)
    asked = [row[0] for row in dictionary.fields if row[1] != "adverse_events"]
    assert sorted([*asked, "visit"]) == sorted(known)
    schema = records.json_schema(protocol=protocol)
    assert json.dumps(schema)
    bundle = records.fhir_bundle(example)
    assert json.dumps(bundle)


def test_codes_for_missing_are_read_as_missing(tmp_path: Path) -> None:
    """A code for "not recorded" is no value, as text or as a number, and is listed."""

    @attrs.frozen(kw_only=True)
    class Scored(iph.Subject):
        score: int | None = fields.quantity(
            "Score", low=0, high=100, missing=[999, "n.e."]
        )

    protocol = Protocol(title="t", condition="c", patient=Scored)
    path = tmp_path / "scores.csv"
    path.write_text("patient_id,score\n1,40\n2,999\n3,999.0\n4,n.e.\n", "utf-8")
    found = records.check(path, protocol=protocol)
    assert [e.value for e in found.errors] == ["999.0"]
    path.write_text("patient_id,score\n1,40\n2,999\n4,n.e.\n", "utf-8")
    cohort = records.read(path, protocol=protocol)
    assert [p.score for p in cohort] == [40, None, None]
    said = records.check(path, protocol=protocol).interpretations
    assert {note.reason for note in said} == {"a code for missing"}


def test_a_study_is_read_by_its_own_fields_alone(tmp_path: Path) -> None:
    """Outside the reading, and after an error, the study is that of Li et al."""

    @attrs.frozen(kw_only=True)
    class Plain(iph.Subject):
        icu: bool | None = iph.fields.yes_no("Intensive care")

    protocol = Protocol(title="t", condition="c", patient=Plain)
    path = tmp_path / "plain.csv"
    path.write_text("patient_id,icu,age_years\n1,yes,48\n", "utf-8")
    found = records.check(path, protocol=protocol)
    assert found.ignored_columns == ("age_years",)
    assert the_study() is LI_2023_PROTOCOL
    path.write_text("patient_id,icu\n1,perhaps\n", "utf-8")
    with pytest.raises(records.RecordErrors):
        records.read(path, protocol=protocol)
    assert the_study() is LI_2023_PROTOCOL
    wrong: Any = "carpal"
    with pytest.raises(InputError, match="protocol must be a Protocol"):
        records.read(path, protocol=wrong)


class Weeks(iph.ScheduledVisit):
    """A schedule that Li et al. did not have."""

    BEFORE = "week_0", 0
    WEEK_2 = "week_2", 14
    WEEK_6 = "week_6", 42
    MONTH_9 = "month_9", 274


@attrs.frozen(kw_only=True)
class Hand(iph.SeenAt):
    """What is seen of a hand."""

    visit: Weeks | None = fields.choice("Visit", Weeks)
    pain: int | None = fields.quantity("Pain", low=0, high=10, best="low")


@attrs.frozen(kw_only=True)
class HandPatient(iph.Subject[Hand]):
    """What is known of its owner."""

    sex: iph.Sex | None = fields.choice("Sex", iph.Sex)


HANDS = Protocol(title="Hands", condition="pain of the hand", patient=HandPatient)


def test_times_in_words_are_visits_of_the_study(tmp_path: Path) -> None:
    """A cell or a sheet that says six weeks means the visit of day 42."""
    path = tmp_path / "long.csv"
    rows = [
        "1,F,baseline,7",
        "2,M,0 weeks,5",
        "3,F,6 wk,4",
        "4,F,day 14,3",
        "5,,9 mo,1",
    ]
    path.write_text("patient_id,sex,visit,pain\n" + "\n".join(rows[1:]), "utf-8")
    cohort = records.read(path, protocol=HANDS)
    visits = [patient.follow_up.assessments[0].visit for patient in cohort]
    assert visits == [Weeks.BEFORE, Weeks.WEEK_6, Weeks.WEEK_2, Weeks.MONTH_9]
    path.write_text("patient_id,sex,visit,pain\n" + rows[0], "utf-8")
    (wrong,) = records.check(path, protocol=HANDS).errors
    assert wrong.rule == "one of: week_0, week_2, week_6, month_9"


def test_a_mapping_is_suggested_from_the_fields_of_the_study(tmp_path: Path) -> None:
    """Guesses, visits and the list of fields are those of the study."""
    path = tmp_path / "strange.csv"
    path.write_text("case,gender,pain wk 6,pain.2,pain.6\nA,F,3,2,1\n", "utf-8")
    written = records.suggest_mapping(path, protocol=HANDS).read_text("utf-8-sig")
    assert "gender,,? sex," in written
    assert "pain wk 6,,? pain_week_6," in written
    assert "(field),,pain," in written
    assert "hematoma" not in written
    assert "vas" not in written
    mapping = {
        "case": "patient_id",
        "gender": "sex",
        "pain wk 6": "ignore",
        "pain.2": "pain_week_2",
        "pain.6": "pain_week_6",
    }
    cohort = records.read(path, mapping=mapping, protocol=HANDS)
    seen = [(a.visit, a.pain) for a in cohort.patients[0].follow_up.assessments]
    assert seen == [(Weeks.WEEK_2, 2), (Weeks.WEEK_6, 1)]


def test_a_redcap_project_of_a_study_is_read(tmp_path: Path) -> None:
    """The raw export of a project made by the dictionary needs no mapping."""
    project = records.redcap_dictionary(protocol=HANDS)
    events = [row[-1] for row in project.events]
    assert events[:3] == ["week_0_arm_1", "week_2_arm_1", "week_6_arm_1"]
    path = tmp_path / "export.csv"
    path.write_text(
        "patient_id,redcap_event_name,sex,pain\n"
        "P1,week_0_arm_1,female,7\nP1,week_6_arm_1,,2\n",
        "utf-8",
    )
    (patient,) = records.read(path, protocol=HANDS)
    seen = [(a.visit, a.pain) for a in patient.follow_up.assessments]
    assert seen == [(Weeks.BEFORE, 7), (Weeks.WEEK_6, 2)]


def sums(tables: Any) -> set[int]:
    """Return how many patients each table of one level a patient holds."""
    return {
        sum(row[-1] or 0 for row in table.counts)
        + sum(hidden.counts[-1] for hidden in table.together)
        for table in tables
    }


def test_a_study_of_ones_own_is_shared(tmp_path: Path) -> None:
    """Its own fields are counted at its own visits, in bands that it declares."""
    studies = Path(__file__).parent / "studies"
    protocol = read_protocol(studies / "carpal_tunnel.toml")
    cohort = records.read(studies / "carpal_tunnel.csv", protocol=protocol)
    shared = records.share(cohort, tmp_path / "shared", by="arm")
    tables = {(table.field, table.visit): table for table in shared.tables}
    assert {visit for name, visit in tables if name == "symptom"} == {
        str(visit.value) for visit in protocol.visits
    }
    assert {name for name, visit in tables if not visit} <= {
        field.name for field in protocol.patient_fields
    }
    plain = records.share(cohort, tmp_path / "plain", fields=["grip_kg"])
    assert plain.tables[0].visit == "week_0"
    assert plain.tables[0].levels == (
        *("below 30", "30 to below 60", "60 to below 90", "90 or more"),
        "not recorded",
    )
    assert sums(plain.tables) == {len(cohort)}
    own = records.share(
        cohort, tmp_path / "own", fields=["grip_kg"], bands={"grip_kg": (40, 60)}
    )
    assert own.tables[0].levels[:3] == ("below 40", "40 to below 60", "60 or more")
    with pytest.raises(InputError, match="fields must be names of fields that are"):
        records.share(cohort, tmp_path / "other", fields=["vas"])


def test_a_built_in_name_has_no_hold_on_an_own_field(tmp_path: Path) -> None:
    """A pain from 0 to 100 is not graded as one from 0 to 10."""

    @attrs.frozen(kw_only=True)
    class Plain(iph.Subject):
        vas: int | None = iph.fields.quantity("Pain", low=0, high=100)
        stay: int | None = iph.fields.days("Stay")
        fixed: int | None = iph.fields.quantity("Fixed", low=3, high=3)

    cohort = iph.Cohort([Plain(patient_id=str(n), vas=10 * n) for n in range(11)])
    shared = records.share(cohort, tmp_path / "shared")
    levels = {table.field: table.levels for table in shared.tables}
    assert levels["vas"][:2] == ("below 25", "25 to 49")
    assert levels["stay"][0] == "below 2"
    assert levels["fixed"][:2] == ("below 3", "3 or more")


@settings(max_examples=15)  # a folder each
@given(data=st.data())
def test_any_study_is_shared_without_small_counts(data: st.DataObject) -> None:
    """Nothing from 1 to 4 is shown, and every table holds all patients."""
    protocol = data.draw(protocols())
    drawn = data.draw(cohorts_of(protocol, min_size=1, max_size=3))
    patients = [
        attrs.evolve(one, patient_id=f"{place}-{copy}")
        for place, one in enumerate(drawn)
        for copy in range(data.draw(st.integers(1, 6)) + 4 * (place == 0))
    ]
    cohort = iph.Cohort(patients, synthetic=True, patient_class=protocol.patient)
    with tempfile.TemporaryDirectory() as folder:
        shared = records.share(cohort, Path(folder) / "shared")
    sets = {
        name
        for name, declared in (
            *protocol.patient_declarations.items(),
            *protocol.assessment_declarations.items(),
        )
        if declared.kind is Kind.CHOICES
    }
    single = [table for table in shared.tables if table.field not in sets]
    assert sums(single) <= {len(cohort)}
    for table in shared.tables:
        shown = [n for row in table.counts for n in row if n is not None]
        assert not any(0 < n < shared.least for n in shown)
