"""The plan of an analysis: what it lays down, its files, and what a study did else."""

import json
import shutil
from pathlib import Path
from typing import Any

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import iph.__main__ as command
from iph._commands._exit import DONE, WRONG
from iph.design import Plan, plan, power, precision, read_plan_file, write_plan_file
from iph.errors import FileError, InputError
from iph.protocol import LI_2023_PROTOCOL, Protocol, read_protocol
from iph.records import read
from iph.report import deviations, write, write_plan
from iph.study import Study, analyze
from iph.testing import cohorts_of, protocols

STUDIES = Path(__file__).parents[1] / "protocol" / "studies"
NAMES = ("carpal_tunnel", "interscalene_block", "migraine", "pelvic_floor")


def study_of(name: str, **options: Any) -> tuple[Protocol[Any], Study]:
    """Return one of the worked protocols and the study of its sheet."""
    protocol = read_protocol(STUDIES / f"{name}.toml")
    cohort = read(STUDIES / f"{name}.csv", protocol=protocol)
    return protocol, analyze(cohort, protocol=protocol, **options)


def listed(sheet: Any) -> dict[tuple[str, str], tuple[str, str]]:
    """Return the deviations by topic and name."""
    return {row.cells[:2]: row.cells[2:] for row in sheet.rows}


@settings(max_examples=30)  # each draws a whole protocol and writes three documents
@given(protocol=protocols())
def test_every_protocol_can_be_planned(protocol: Protocol[Any]) -> None:
    """A plan comes back from its file as it was, and names all that is recorded."""
    from iph.design._plan_file import _plan_of, plan_text
    from iph.report._plan_document import plan_document

    made = plan(protocol)
    assert _plan_of(json.loads(plan_text(made))) == made
    fields = {item.name for item in made.items if item.topic == "field"}
    own = {f.name for f in (*protocol.patient_fields, *protocol.assessment_fields)}
    assert fields == own
    keys = [(item.topic, item.name) for item in made.items if item.topic != "field"]
    assert len(keys) == len(set(keys))
    for shell in made.shells:
        assert {len(row) for row in shell.rows} <= {len(shell.header)}
    document = plan_document(made)
    names = [sheet.name for sheet in document.sheets]
    assert len(names) == len(set(names))


@settings(max_examples=15)  # each draws a protocol and patients, and analyzes them
@given(data=st.data())
def test_only_the_data_can_keep_a_study_from_its_plan(data: st.DataObject) -> None:
    """Analyzed by the protocol planned, a study differs in tests without data."""
    protocol = data.draw(protocols())
    if not any(visit.nominal_day for visit in protocol.visits):
        return
    cohort = data.draw(cohorts_of(protocol))
    found = deviations(plan(protocol), analyze(cohort, protocol=protocol))
    for row in found.rows:
        topic, _, _, done = row.cells
        assert topic == "test"
        assert done.startswith("not made: ")


@pytest.mark.parametrize("name", NAMES)
def test_a_study_done_as_planned_deviates_in_nothing(name: str) -> None:
    """The tests that the plan names are those that the study makes."""
    protocol, study = study_of(name)
    found = deviations(plan(protocol), study)
    assert found.rows == ()
    assert "the one planned. Nothing was done otherwise." in found.notes[0]


def test_what_was_done_otherwise_is_listed() -> None:
    """Population, visit, group, level, number and tests."""
    protocol, study = study_of(
        "carpal_tunnel",
        population="not-excluded",
        primary_visit="week_6",
        quartiles="linear",
        p_values=True,
    )
    made = plan(
        protocol,
        level=0.01,
        sized=[(power("fisher", [0.2, 0.6], 30), "relief in 20 % against 60 %")],
    )
    found = listed(deviations(made, study))
    assert found["population", "analyzed"] == ("included", "not-excluded")
    assert found["primary visit", "visit"] == ("week_12", "week_6")
    assert found["rule", "quartiles"] == ("weibull", "linear")
    assert found["level", "significance"][0].startswith("1 % two-sided, with 99 %")
    assert found["level", "significance"][1].startswith("5 % two-sided, with 95 %")
    assert found["patients", "analyzed"] == ("60", str(len(study.patients)))
    tested = found["test", "characteristics at baseline: groups"]
    assert tested == ("-", "a test for each row")


def test_another_protocol_shows_in_every_item() -> None:
    """Fields, outcomes and endpoints that came or went, and the fingerprint."""
    protocol, _ = study_of("carpal_tunnel")
    _, study = study_of("migraine")
    sheet = deviations(plan(protocol), study)
    found = listed(sheet)
    assert "not the one planned" in sheet.notes[0]
    assert found["protocol", "digest"] == (protocol.digest, study.protocol.digest)
    assert found["outcome", "disability"][0] == "-"
    assert found["outcome", "symptom"][1] == "-"
    assert found["primary outcome", "primary"][1] == "disability at week_12"
    assert found["test", "Symptoms: groups"] == ("Mann-Whitney test", "-")


def test_an_endpoint_that_moved_is_seen() -> None:
    """A response or an endpoint with another limit is another one."""
    protocol, study = study_of("carpal_tunnel")
    outcomes = (
        attrs.evolve(protocol.outcomes[0], response=9.0, response_percent=None),
        *protocol.outcomes[1:],
    )
    earlier = attrs.evolve(protocol, outcomes=outcomes)
    found = listed(deviations(plan(earlier), study))
    field = protocol.outcomes[0].field
    assert "at least 9 better" in found["outcome", field][0]
    assert set(found) == {("protocol", "digest"), ("outcome", field)}


@pytest.mark.usefixtures("undrawn")
def test_a_report_says_what_was_done_otherwise(tmp_path: Path) -> None:
    """In a chapter, the methods, the warnings, the summary and results.json."""
    protocol, study = study_of("carpal_tunnel", quartiles="linear")
    sized = [(power("fisher", [0.2, 0.6], 30), "relief in 20 % against 60 %")]
    made = plan(protocol, sized=sized, version="2")
    written = write(study, tmp_path / "report", plan=made)
    line = "Done otherwise than planned, 2 items: patients (1) and rule (1)"
    assert line in written.summary
    text = (written.folder / "report.md").read_text(encoding="utf-8")
    assert "## What was planned, and done otherwise" in text
    assert f"| patients | analyzed | 60 | {len(study.patients)} |" in text
    assert "version 2 of its plan, which was made from the same protocol" in text
    assert text.count(line) == 3  # the chapter, the methods, the warnings
    held = json.loads((written.folder / "results.json").read_text(encoding="utf-8"))
    assert (held["plan"]["version"], held["plan"]["n_planned"]) == ("2", 60)
    assert [
        (one["kind"], one["topic"], one["planned"], one["done"])
        for one in held["plan"]["deviations"]
    ] == [
        ("changed", "patients", "60", str(len(study.patients))),
        ("changed", "rule", "weibull", "linear"),
    ]
    assert f"{line}." in held["sentences"]["warnings"]


@pytest.mark.usefixtures("undrawn")
def test_a_report_as_planned_says_so(tmp_path: Path) -> None:
    """Nothing done otherwise is said once, and is no warning."""
    protocol, study = study_of("carpal_tunnel")
    written = write(study, tmp_path / "report", plan=plan(protocol))
    assert "Nothing was done otherwise than planned" in written.summary
    held = json.loads((written.folder / "results.json").read_text(encoding="utf-8"))
    assert held["plan"]["deviations"] == []
    assert "deviations" not in held["tables"]
    assert not any("planned" in one for one in held["sentences"]["warnings"])
    wrong: Any = 1
    with pytest.raises(InputError, match="read_plan_file"):
        write(study, tmp_path / "report", plan=wrong)


@pytest.mark.usefixtures("undrawn")
def test_a_report_is_held_against_a_plan_from_a_terminal(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The plan that `plan --out` wrote, from another protocol than the report."""
    sheet, file = (str(STUDIES / f"migraine.{end}") for end in ("csv", "toml"))
    write_plan_file(plan(LI_2023_PROTOCOL), tmp_path / "plan.json")
    asked = ["report", sheet, "--protocol", file, "--out", str(tmp_path / "report")]
    held = ["--plan", str(tmp_path / "plan.json")]
    assert command.main([*asked, *held]) == DONE
    printed = capsys.readouterr().out
    assert "Done otherwise than planned" in printed
    assert "protocol (1)" in printed
    assert command.main([*asked, *held, "--protected"]) == WRONG
    assert "without --protected" in capsys.readouterr().err
    assert command.main([*asked, "--plan", sheet]) == WRONG
    assert "not JSON" in capsys.readouterr().err


def test_a_plan_is_kept_in_a_file(tmp_path: Path) -> None:
    """What was written is read; what is no plan is refused."""
    made = plan(LI_2023_PROTOCOL, words={"ethics": "approved"}, version="2.1")
    path = tmp_path / "plan.json"
    write_plan_file(made, path)
    assert read_plan_file(path) == made
    with pytest.raises(FileError):
        write_plan_file(made, path)
    for text, words in (
        ("{", "not JSON"),
        ("[1]", "no plan"),
        ('{"kind": "iph analysis plan", "format": 99}', "has format 99"),
        ('{"kind": "iph analysis plan", "format": 1}', "damaged"),
    ):
        path.write_text(text, encoding="utf-8")
        with pytest.raises(FileError, match=words):
            read_plan_file(path)
    with pytest.raises(FileError, match="there is no such file"):
        read_plan_file(tmp_path / "absent.json")


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("title", 3),
        ("title", "\ud800"),
        ("version", None),
        ("items", [{"topic": "level", "name": "significance"}]),
        ("items", [{"topic": "level", "name": "significance", "text": 0.05}]),
        ("items", 3),
        ("sample_size", "one"),
        ("n_planned", 27.5),
        ("words", [["ethics", ["approved"]]]),
        ("shells", [{"name": "a", "title": "b", "header": ["c"], "rows": [[1]]}]),
    ],
)
def test_a_plan_file_that_was_changed_is_damaged(
    key: str, value: object, tmp_path: Path
) -> None:
    """What is no text or number where there must be one makes no plan."""
    path = write_plan_file(plan(LI_2023_PROTOCOL), tmp_path / "plan.json")
    held = json.loads(path.read_text(encoding="utf-8")) | {key: value}
    path.write_text(json.dumps(held), encoding="utf-8")
    with pytest.raises(FileError, match="is damaged"):
        read_plan_file(path)


def test_a_plan_is_written_as_text_and_as_data(tmp_path: Path) -> None:
    """Markdown, HTML, Word, JSON and the tables; the data come back."""
    wide = precision("proportion", 18 / 28, 28)
    made = plan(
        LI_2023_PROTOCOL,
        sized=[(wide, "pain relief in 64 %")],
        words={"objectives": "To describe the course of pain."},
    )
    folder = tmp_path / "plan"
    files = write_plan(made, folder)
    assert {"plan.md", "plan.html", "plan.docx", "plan.json"} < set(files)
    assert "tables/shell-baseline.csv" in files
    assert read_plan_file(folder / "plan.json") == made
    text = (folder / "plan.md").read_text(encoding="utf-8")
    assert made.protocol_digest in text
    assert "confidence interval for pain relief in 64 %" in text
    assert "Objectives: To describe the course of pain." in text
    assert "| 8 | Objectives | What the authors say |" in text
    assert "| primary | Pain (VAS) (vas) at month 6 (month_6) |" in text
    assert "| primary visit | month 6 (month_6) |" in text
    assert "| analyzed | patients known to meet all criteria (included) |" in text
    assert "| 30 | Harms | the authors must say: harms |" in text
    assert "| 16 | Significance level | Level, intervals and P values |" in text
    page = (folder / "plan.html").read_text(encoding="utf-8")
    assert "Tables to be filled" in page
    before = {path.name: path.read_bytes() for path in folder.glob("plan.*")}
    assert write_plan(made, folder) == files
    assert before == {path.name: path.read_bytes() for path in folder.glob("plan.*")}
    (folder / "mine.txt").write_text("", encoding="utf-8")
    with pytest.raises(FileError, match="mine"):
        write_plan(made, folder)


def test_checklists_know_every_topic_of_the_authors() -> None:
    """What a checklist asks of the authors is what they can say, and all of it."""
    from iph.design._analysis_plan import AUTHORS_WORDS
    from iph.report._plan_checklists import _ANALYSIS, _PROTOCOL
    from iph.report._plan_document import _TITLES

    asked = {where for _, _, where in (*_ANALYSIS, *_PROTOCOL)}
    assert asked - _TITLES.keys() == set(AUTHORS_WORDS)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"population": "healthy"}, "population"),
        ({"level": 1.5}, "level"),
        ({"primary_visit": "never"}, "primary_visit"),
        ({"words": {"weather": "fine"}}, "words"),
    ],
)
def test_what_cannot_be_planned(options: dict[str, Any], words: str) -> None:
    """Unknown populations, visits and topics are refused."""
    with pytest.raises(InputError, match=words):
        plan(LI_2023_PROTOCOL, **options)


def test_plans_and_studies_are_what_is_asked_for() -> None:
    """The message says how to make one."""
    wrong: Any = 1
    with pytest.raises(InputError, match="read_protocol"):
        plan(wrong)
    with pytest.raises(InputError, match=r"iph\.design\.plan"):
        write_plan(wrong, "x")
    with pytest.raises(InputError, match="folder"):
        write_plan(plan(LI_2023_PROTOCOL), wrong)
    with pytest.raises(InputError, match=r"iph\.design\.plan"):
        deviations(wrong, wrong)
    with pytest.raises(InputError, match=r"iph\.study\.analyze"):
        deviations(plan(LI_2023_PROTOCOL), wrong)


def test_a_plan_from_a_terminal(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A study file and an answer become a plan; alone too."""
    file = tmp_path / "study.toml"
    shutil.copy(STUDIES / "carpal_tunnel.toml", file)
    out = tmp_path / "plan"
    asked = ["plan", "shares", "0.9", "0.3", "--n", "12"]
    assert command.main([*asked, "--protocol", str(file), "--out", str(out)]) == DONE
    made: Plan = read_plan_file(out / "plan.json")
    assert made.n_planned == 24
    assert "12 patients analyzed in each arm" in made.sample_size[0]
    alone = ["plan", "analysis", "--protocol", str(file), "--out", str(out)]
    assert command.main(alone) == DONE
    assert read_plan_file(out / "plan.json").sample_size == ()
    assert "Wrote" in capsys.readouterr().out
    assert command.main(["plan", "analysis"]) == WRONG
    assert command.main([*asked, "--protocol", str(file)]) == WRONG
    assert "--out" in capsys.readouterr().err
