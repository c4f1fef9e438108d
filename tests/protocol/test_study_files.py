"""Study files: read twice equal, written and read back equal, for any study."""

import csv
import enum
import gc
import json
import os
import pickle
import random
import re
import weakref
from decimal import Decimal
from pathlib import Path
from typing import Any

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import iph
from iph import Cohort
from iph._fields import label_of, part
from iph.criteria import screen
from iph.errors import FileError, InputError
from iph.protocol import (
    LI_2023_PROTOCOL,
    Derived,
    OutcomeRule,
    Protocol,
    ProtocolError,
    ProtocolErrors,
    read_protocol,
    write_protocol,
)
from iph.protocol._dictionary import dictionary_text
from iph.protocol._file_reading import protocol_of
from iph.protocol._file_writing import protocol_text
from iph.protocol._python_text import python_text
from iph.protocol._toml_writing import toml_key, toml_value

STUDIES = Path(__file__).parent / "studies"
FILES = sorted(STUDIES.glob("*.toml"))
RIGHT: dict[str, Any] = json.loads((STUDIES / "right.json").read_text("utf-8"))


def named(path: Path) -> str:
    """Name a file by its stem."""
    return path.stem


@pytest.mark.parametrize("file", FILES, ids=named)
def test_the_five_studies_are_read(file: Path, tmp_path: Path) -> None:
    """Each fits on a page, is read twice equal, and is written and read back equal."""
    assert len(file.read_text("utf-8").splitlines()) <= 30
    protocol = read_protocol(file)
    assert read_protocol(file) == protocol
    assert read_protocol(file).patient is protocol.patient
    written = write_protocol(protocol, tmp_path / "again.toml")
    assert read_protocol(written) == protocol
    assert "hematoma" not in written.read_text("utf-8")
    assert pickle.loads(pickle.dumps(protocol)) == protocol  # noqa: S301 - our own


def test_the_carpal_tunnel_study() -> None:
    """The file says what a reader of it would say."""
    study = read_protocol(STUDIES / "carpal_tunnel.toml")
    assert [(v.value, v.nominal_day, v.window) for v in study.visits] == [
        ("week_0", 0, None),
        ("week_1", 7, None),
        ("week_6", 42, (35, 56)),
        ("week_12", 84, (70, 98)),
    ]
    assert study.patient.__name__ == "CarpalTunnelSyndromePatient"
    assert study.lower_is_better("symptom")
    assert not study.lower_is_better("grip_kg")
    assert study.patient_declarations["sex"].options is iph.Sex
    relief = study.reached(study.endpoints[0])
    seen: Any = study.assessment
    found = [relief(seen(day=1, symptom=grade)) for grade in (0, 1, 2, None)]
    assert found == [True, True, False, None]


def test_a_study_in_minutes() -> None:
    """Times are whole minutes everywhere, and say so."""
    study = read_protocol(STUDIES / "interscalene_block.toml")
    days = [visit.nominal_day for visit in study.visits]
    assert days == [0, 10, 20, 30, 1440]
    fields = {**study.patient_declarations, **study.assessment_declarations}
    for name in ("day", "rescue_time", "died_day"):
        assert fields[name].unit == "minutes"
        assert fields[name].ucum == "min"
    patient = study.patient(patient_id="1", rescue=True, rescue_time=212)
    recorded = study.endpoints[1]
    assert recorded.form == "recorded"
    assert study.reached(recorded)(patient) is True


@pytest.mark.parametrize("name", sorted(RIGHT))
def test_criteria_of_the_five_studies(name: str) -> None:
    """Screening counts what was counted from the sheet by hand-written loops."""
    study = read_protocol(STUDIES / f"{name}.toml")
    with (STUDIES / f"{name}.csv").open(newline="", encoding="utf-8") as file:
        rows = {row["patient_id"]: row for row in csv.DictReader(file)}
    names = [f.name for f in study.patient_fields if f.path[0] != "follow_up"]
    words = {"yes": True, "no": False}
    patients = []
    for row in rows.values():
        given: dict[str, Any] = {n: row[n] for n in names if row.get(n)}
        for key, text in given.items():
            kind = study.patient_declarations[key].kind.value
            if kind in {"quantity", "days"}:
                given[key] = float(text)
            elif kind == "set of choices":
                given[key] = [] if text == "none" else text.split(";")
            else:
                given[key] = words.get(text, text)
        patients.append(study.patient(**given))
    found = screen(Cohort(patients), protocol=study)
    right = RIGHT[name]
    assert found.n_assessed == right["patients"]
    included = [
        one.patient_id
        for one in found.decisions or ()
        if one.eligibility.value == "included"
    ]
    unknown = [
        one.patient_id
        for one in found.decisions or ()
        if one.eligibility.value == "unknown"
    ]
    assert included == right["flow"]["included"]
    assert unknown == right["flow"]["unknown"]
    removed = [step.n_removed for step in found.flow]
    assert removed == [step["removed"] for step in right["flow"]["steps"]]


NAMES = st.text("abcdefgh019", min_size=1, max_size=5).map(lambda text: f"f{text}")
WORDS = st.text("aB9é'\\\"#=[]{},; %", min_size=1, max_size=5).map(
    lambda text: f"w{text}x"
)
LABELS = st.fixed_dictionaries({"label": WORDS}, optional={"note": WORDS})
CODES = st.lists(
    WORDS.map(lambda word: word.replace(";", "_"))
    | st.sampled_from(["or", "2nd", "7"]),
    min_size=2,
    max_size=4,
    unique_by=lambda word: " ".join(word.replace("_", " ").split()).casefold(),
)


@st.composite
def quantities(draw: st.DrawFn) -> dict[str, Any]:
    """Draw the declaration of a number."""
    digits = draw(st.integers(0, 2))
    low = draw(st.integers(-50, 50))
    high = low + draw(st.integers(1, 500))
    found: dict[str, Any] = {"low": low, "high": high}
    if digits:
        found["step"] = str(Decimal(1).scaleb(-digits))
        found["high"] = float(high) + 0.5
    more = draw(
        st.fixed_dictionaries(
            {},
            optional={
                "unit": WORDS,
                "ucum": WORDS,
                "loinc": WORDS,
                "missing": st.lists(st.integers(1000, 2000), min_size=1, unique=True),
                "closed": st.booleans(),
                "bounded": st.booleans(),
                "other_units": st.dictionaries(
                    WORDS, st.sampled_from(["0.1", "1/3", 7]), min_size=1, max_size=2
                ),
            },
        )
    )
    return found | more


DECLARATIONS = st.one_of(
    quantities(),
    CODES.map(lambda codes: {"codes": codes}),
    CODES.map(lambda codes: {"choices": codes}),
    CODES.map(lambda codes: {"codes": {code: f"{code}!" for code in codes}}),
    st.builds(lambda codes, n: {"grades": codes, "from": n}, CODES, st.integers(0, 9)),
    st.just({"yes_no": True}),
    st.just({"days": True, "high": 400}),
)


@st.composite
def study_files(draw: st.DrawFn) -> str:
    """Draw the text of a sound study file."""
    declared = st.builds(lambda a, b: a | b, LABELS, DECLARATIONS)
    fields = draw(st.dictionaries(NAMES, declared, max_size=8))
    listed = [*fields.items()]
    cut = draw(st.integers(0, len(listed)))
    patient, seen = dict(listed[:cut]), dict(listed[cut:])
    days = draw(st.lists(st.integers(1, 900), max_size=4, unique=True))
    visits: dict[str, Any] = {"start": 0}
    for day in sorted(days):
        word = f"{draw(WORDS)} {day}"
        visits[f"d_{day}"] = draw(st.sampled_from([day, {"day": day, "label": word}]))
    tables: dict[str, Any] = {"visits": visits, "patient": patient, "at_visit": seen}
    tables["outcomes"] = {
        name: {"better": draw(st.sampled_from(["low", "high"]))}
        | draw(st.sampled_from([{}, {"response": 1}, {"response": 2, "strict": True}]))
        for name, one in seen.items()
        if {"grades", "low"} & one.keys()
    }
    rules = {name: rule_of(name, one) for name, one in fields.items()}
    tables["derived"] = {
        f"x_{name}": {"label": name, "when": rules[name]} for name in listed_of(patient)
    }
    tables["endpoints"] = {f"e_{name}": rules[name] for name in seen}
    tables["include"] = {f"I-{n}": rules[n] for n in list(patient)[:2]}
    tables["exclude"] = {
        f"E {n}": {"rule": f"not {rules[n]}", "statement": draw(WORDS)}
        for n in list(patient)[2:]
    }
    head = {
        "title": draw(WORDS),
        "condition": draw(WORDS),
        "time_unit": draw(st.sampled_from(["days", "hours", "minutes"])),
    }
    lines = [f"{key} = {toml_value(value)}" for key, value in head.items()]
    for name, table in tables.items():
        lines.append(f"[{name}]")
        lines += [f"{toml_key(k)} = {toml_value(v)}" for k, v in table.items()]
    return "\n".join(lines)


def listed_of(patient: dict[str, Any]) -> list[str]:
    """Return the fields that a derived value is made of."""
    return list(patient)[::2]


def rule_of(name: str, one: dict[str, Any]) -> str:
    """Write a rule over a field."""
    if "yes_no" in one:
        return name
    for key, sign in (("codes", "="), ("choices", "has")):
        if key in one:
            quoted = "'" + next(iter(one[key])).replace("'", "''") + "'"
            return f"({name} {sign} {quoted})"
    if "grades" in one:
        return f"{name} >= {one['from'] + 1}"
    return (
        f"({name} > {one.get('low', 0)} and {name} != {one['high'] - 0.5:g})"
        if ("step" in one)
        else f"{name} = {one['high']}"
    )


@settings(max_examples=40)  # each makes several classes
@given(study_files())
def test_any_study_is_written_and_read_back_equal(text: str) -> None:
    """Nothing that a file says is lost on the way to a protocol and back."""
    protocol = protocol_of(text, "study.toml")
    again = protocol_of(protocol_text(protocol), "study.toml")
    assert again == protocol
    assert again.digest == protocol.digest


@settings(max_examples=40)  # each makes several classes
@given(st.data())
def test_any_change_of_lis_protocol_is_written_and_read_back(
    data: st.DataObject,
) -> None:
    """What is left out, put in another order or added is stated, and nothing else."""
    li = LI_2023_PROTOCOL
    assert li.criteria is not None

    def some(values: tuple[Any, ...]) -> Any:
        listed = data.draw(st.permutations(values))
        return tuple(listed[: data.draw(st.integers(0, len(listed)))])

    criteria = attrs.evolve(
        li.criteria, include=li.criteria.include, exclude=some(li.criteria.exclude)
    )
    used = {one.cut or one.name for one in li.derived}
    parts = some(li.parts)
    if "coagulation" not in parts:  # the part that this row belongs to
        used.add("coagulation_status")
    protocol = attrs.evolve(
        li,
        endpoints=some(li.endpoints),
        criteria=data.draw(st.sampled_from([None, li.criteria, criteria])),
        table=some(tuple(name for name in li.table if name not in used)),
        parts=parts,
        compare_with=data.draw(st.sampled_from([None, "li_2023"])),
        primary=data.draw(st.sampled_from([None, li.primary])),
        group=data.draw(st.sampled_from([None, "sex", "treated_conservatively"])),
        reference=data.draw(st.sampled_from(["", "ours", li.reference])),
    )
    assert protocol_of(protocol_text(protocol), "study.toml") == protocol


def test_lis_protocol_needs_two_lines_and_a_title() -> None:
    """A file that is based on it and adds nothing is it."""
    text = 'based_on = "li_2023"\n'
    assert protocol_of(text, "study.toml") == LI_2023_PROTOCOL
    assert len(protocol_text(LI_2023_PROTOCOL).splitlines()) == 5


def test_own_variables_beside_lis() -> None:
    """A file adds fields, a visit, outcomes and a group to the study of Li et al."""
    study = protocol_of(
        """\
based_on = "li_2023"
title = "Iliopsoas hematoma: creatine kinase and nine months"
group = "operated"
primary = false
[visits]
discharge = false
month_9 = { day = "9 months", window = [245, 305] }
[patient]
ck_u_l = { label = "Creatine kinase", unit = "U/L", low = 1, high = 500000 }
[at_visit]
girth_cm = { label = "Thigh girth", unit = "cm", low = 20, high = 90, step = "0.5" }
[derived]
operated = { label = "Operated", when = "treatments has surgical_evacuation" }
[outcomes]
vas = false
girth_cm = { better = "low" }
[endpoints]
stated = false
[exclude]
E7 = false
[table]
add = ["ck_u_l"]
""",
        "study.toml",
    )
    assert [visit.value for visit in study.visits] == [
        *("baseline", "week_1", "month_1", "month_3", "month_6", "month_9", "year_1")
    ]
    assert issubclass(study.patient, iph.Patient)
    assert issubclass(study.assessment, iph.Assessment)
    made: Any = study.patient
    seen: Any = study.assessment
    patient = made(
        patient_id="1",
        ck_u_l=1840,
        treatments=["surgical_evacuation"],
        follow_up=iph.FollowUp(
            assessments=[seen(visit="month_9", girth_cm=41.5, strength=5)]
        ),
    )
    assert study.lookup_of(patient)("operated") is True
    assert [outcome.field for outcome in study.outcomes] == [
        *("numbness", "strength", "hip_flexion", "girth_cm")
    ]
    assert study.criteria is not None
    assert [one.code for one in study.criteria.exclude][-1] == "E6"
    assert study.table == (*LI_2023_PROTOCOL.table, "ck_u_l")


class Weeks(iph.ScheduledVisit):
    """Visits that are written as a class."""

    BEFORE = "week_0", 0
    WEEK_6 = "week_6", 42, "six weeks", (35, 50)


class Arm(enum.Enum):
    """Codes that are written as a plain enumeration."""

    OPEN = "open"
    BY_SCOPE = "by_scope"


class Symptom(enum.IntEnum):
    """Grades that are written as a plain enumeration."""

    NONE = 1
    SOME = 2


class Gaps(enum.IntEnum):
    """Grades whose numbers leave a gap."""

    NONE = 0
    MUCH = 2


@attrs.frozen(kw_only=True)
class Hand(iph.SeenAt):
    """An assessment that is written as a class."""

    visit: Weeks | None = iph.fields.choice("Visit", Weeks)
    symptom: Symptom | None = iph.fields.grade("Symptoms", Symptom, best="low")


@attrs.frozen(kw_only=True)
class HandPatient(iph.Subject[Hand]):
    """A patient who is written as a class."""

    arm: Arm | None = iph.fields.choice("Operation", Arm)
    out_day: int | None = iph.fields.days("First day out of bed", high=90)


@attrs.frozen(kw_only=True)
class GapPatient(iph.Patient):
    """A patient with a grade that no file can state."""

    gap: Gaps | None = iph.fields.grade("Gap", Gaps, best="low")


def test_a_study_of_written_classes_becomes_a_file(tmp_path: Path) -> None:
    """What is read back has the same fields, and so the same digest."""
    study = Protocol(
        title="Hands",
        condition="carpal tunnel syndrome",
        day_zero="operation",
        patient=HandPatient,
        outcomes=[OutcomeRule(field="symptom", response=1)],
        group="arm",
        group_reference="by_scope",
    )
    file = write_protocol(study, tmp_path / "hands.toml")
    again = read_protocol(file)
    assert again.digest == study.digest
    patient = again.patient(patient_id="1", arm="by_scope", out_day=3)
    assert patient.arm.label == "by scope"
    with pytest.raises(FileError, match="exists already"):
        write_protocol(study, file)
    with pytest.raises(FileError, match="does not exist"):
        write_protocol(study, tmp_path / "no" / "hands.toml")


def test_what_a_file_cannot_state_is_refused(tmp_path: Path) -> None:
    """A function in Python, and grades with a gap, are named."""
    yes = LI_2023_PROTOCOL.derived[1].declaration
    by_function = Derived(name="own", declaration=yes, function=str)
    derived = (*LI_2023_PROTOCOL.derived, by_function)
    for study, said in [
        (attrs.evolve(LI_2023_PROTOCOL, derived=derived), "own, which a Python"),
        (attrs.evolve(LI_2023_PROTOCOL, patient=GapPatient), "gap, whose grades"),
    ]:
        with pytest.raises(InputError, match=said):
            write_protocol(study, tmp_path / "study.toml")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
def test_a_byte_order_mark_is_passed_over(tmp_path: Path, encoding: str) -> None:
    """Editors of Windows write one."""
    file = tmp_path / "study.toml"
    file.write_text('based_on = "li_2023"\r\ntitle = "Hämatome"', encoding=encoding)
    assert read_protocol(file).title == "Hämatome"


def test_files_that_are_no_text(tmp_path: Path) -> None:
    """Another encoding, a missing file and a huge one are told as such."""
    file = tmp_path / "study.toml"
    file.write_bytes('title = "x"\ncondition = "Hämatom"'.encode("latin-1"))
    with pytest.raises(ProtocolErrors, match=r"line 2: .*UTF-8"):
        read_protocol(file)
    file.write_text('title = "x"', encoding="utf-16")
    with pytest.raises(ProtocolErrors, match=r"line 1: .*UTF-8"):
        read_protocol(file)
    file.write_bytes(b"#" * 1_000_001)
    with pytest.raises(FileError, match="too large"):
        read_protocol(file)
    with pytest.raises(FileError, match="there is no such file"):
        read_protocol(tmp_path / "none.toml")
    file.write_bytes(b"")
    with pytest.raises(FileError, match="the file is empty"):
        read_protocol(file)
    os.mkfifo(tmp_path / "pipe.toml")
    for endless in (tmp_path / "pipe.toml", "/dev/zero"):
        with pytest.raises(FileError, match="is not a file"):
            read_protocol(endless)
    with pytest.raises(InputError, match="path must be the path of a file"):
        read_protocol(7)  # type: ignore[arg-type] # on purpose


def _mutated(rng: random.Random, text: str) -> str:
    """Change a file as hands do: letters, lines, marks, words of other lines."""
    lines = text.split("\n")
    for _ in range(rng.choice([1, 1, 2, 4])):
        place = rng.randrange(len(lines))
        line = lines[place]
        at = rng.randrange(len(line) + 1)
        words = re.findall(r"[\w.]+|[^\w\s]", rng.choice(lines)) or ["x"]
        other = rng.choice([*words, '"', "[", "{", "=", ",", "false", "-1", "1e9", "é"])
        if (how := rng.randrange(5)) == 0:
            lines[place] = line[:at] + line[at + 1 :]
        elif how == 1:
            lines[place] = line[:at] + other + line[at:]
        elif how == 2:
            parts = re.split(r"([\w.]+)", line)
            parts[rng.randrange(len(parts))] = other
            lines[place] = "".join(parts)
        elif how == 3:
            lines.insert(rng.randrange(len(lines)), line)
        else:
            del lines[place]
            lines = lines or [""]
    return "\n".join(lines)


@settings(max_examples=200)  # as many files as were promised
@given(st.sampled_from(FILES), st.randoms(use_true_random=True))
def test_a_mutated_file_is_read_or_told(file: Path, rng: random.Random) -> None:
    """Nothing but clear errors comes of a file that was changed at random."""
    text = _mutated(rng, file.read_text("utf-8"))
    lines = len(text.split("\n"))
    errors: tuple[ProtocolError, ...] = ()
    try:
        protocol = protocol_of(text, "study.toml")
    except ProtocolErrors as found:
        errors = found.errors
    if not errors:
        assert protocol_of(protocol_text(protocol), "study.toml") == protocol
    for error in errors:
        assert error.line is None or 1 <= error.line <= lines
        assert error.problem


def test_classes_of_a_file_go_when_nobody_has_it() -> None:
    """Reading a thousand protocols keeps none of them."""
    text = (STUDIES / "carpal_tunnel.toml").read_text("utf-8")
    # of no other test: equal declarations are one class, as long as anybody holds it
    for word in ("open", "Grip", "week_6"):
        text = text.replace(word, f"{word}_held")
    study = protocol_of(text, "study.toml")
    arm = study.patient_declarations["arm"].options
    assert arm is not None
    held = [weakref.ref(study.patient), weakref.ref(study.assessment), weakref.ref(arm)]
    del study, arm
    for _ in range(3):  # the classes let go of what is in their declarations
        gc.collect()
    assert [one() for one in held] == [None, None, None]


WHOLE = """\
title = "Everything that a file can state"
condition = "a condition"
group = { by = "weight_class", reference = "1" }
parts = []
[visits]
before = -7
start = 0
discharge = { day = "none", label = "leaving" }
week_2 = "2 weeks"
[patient]
age_years = { label = "Age at operation", note = "from the letter" }
sex = true
weight_kg = { low = 30, high = 250, step = "0.1", missing = ["ND", 999] }
left_day = { label = "Left", days = true, low = -5, high = 400 }
body_mm = { low = 0, high = 9, bounded = true, closed = true }
[at_visit]
vas = { note = "own words" }
stage = { grades = ["one", "two"], from = 1, better = "low" }
[derived]
weight_class = { cut = "weight_kg", at = [70, 90.5], note = "by the letter" }
pain_class = { cut = "vas", at = [4], labels = ["low", "high"], from = 1 }
heavy = { when = "weight_kg >= 90", unclear = "age_years < 18", note = "adults" }
[outcomes]
vas = true
pain_class = { better = "low", response = 1, strict = true, label = "Pain class" }
[endpoints]
left = { reached = "heavy", seen_by = "left_day", unclear = "sex = male" }
[events]
infection = "Wound infection"
scar = { grades = ["mild", "severe"], from = 1, related = true }
[include]
I1 = { rule = "age_years >= 18", reading = "on the day of operation" }
[criteria]
name = "our criteria"
reference = "a registry"
[table]
rows = ["age_years", "vas"]
[rules]
quartiles = "r"
description = "mean"
"""


def test_everything_that_a_file_can_state() -> None:
    """Each key reaches the protocol, and is written again."""
    study = protocol_of(WHOLE, "study.toml")
    assert protocol_of(protocol_text(study), "study.toml") == study
    fields = study.patient_declarations
    assert fields["age_years"].label == "Age at operation"
    assert fields["age_years"].high == 120
    assert fields["weight_kg"].missing == ("ND", "999")
    assert (fields["left_day"].low, fields["left_day"].high) == (-5, 400)
    words = [label_of(one) for one in fields["weight_class"].options or ()]
    assert words == ["below 70", "70 to below 90.5", "90.5 or more"]
    assert [label_of(v) for v in study.visits] == [
        *("before", "start", "leaving", "week 2")
    ]
    seen = study.assessment_declarations
    assert seen["vas"].note == "own words"
    assert seen["stage"].best == "low"
    assert seen["pain_class"].best == "low"
    assert study.group_reference == "1"
    assert study.criteria is not None
    assert (study.criteria.name, study.criteria.reference) == (
        *("our criteria", "a registry"),
    )
    infection, scar = study.events
    assert (infection.label, infection.grades, infection.related) == (
        *("Wound infection", None, False),
    )
    assert [label_of(one) for one in scar.grades or ()] == ["mild", "severe"]
    assert scar.label == "Scar"
    assert scar.related
    assert study.rules.quartiles == "r"
    assert study.endpoints[0].form == "stated"
    text = dictionary_text(study)
    assert "unclear if sex = male" in text
    made: dict[str, Any] = {"__name__": "study"}
    exec(python_text(study), made)  # noqa: S102 - our own
    assert made["study"].digest == study.digest


@attrs.frozen(kw_only=True)
class OwnCourse(iph.Course[Hand]):
    """A course with a field that no file can state."""

    nights: int | None = iph.fields.quantity("Nights", low=0, high=90)


@attrs.frozen(kw_only=True)
class OwnCoursePatient(iph.Subject[Hand]):
    """A patient with that course."""

    follow_up: OwnCourse = attrs.field(
        factory=OwnCourse, metadata=part("Follow-up", OwnCourse, required=True)
    )


@pytest.mark.parametrize(
    "study",
    [
        Protocol(title="x" * 3_000, condition="x", patient=HandPatient),
        Protocol(title="x", condition="x", patient=OwnCoursePatient),
    ],
)
def test_what_is_not_read_back_is_refused(study: Protocol[Any], tmp_path: Path) -> None:
    """The text is read before it is written; what differs is named."""
    with pytest.raises(InputError, match="one that a study file can state"):
        write_protocol(study, tmp_path / "study.toml")
    assert not list(tmp_path.iterdir())
