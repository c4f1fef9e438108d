"""What a reader found in the reports of a hospital, of a ward and of published cases.

Each test is a kind of line that was wrong, half true, or said nothing.
"""

import csv
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import attrs
import pytest

from iph import Assessment, Cohort, FollowUp, Patient
from iph.records import read
from iph.report._contents import document_of, methods_sentences, warnings_of
from iph.report._document import Bullets, Document, Paragraph, Picture
from iph.report._parts.anatomy import zones_sheet
from iph.report._parts.baseline_tables import coagulation_sheet, table_one_sheet
from iph.report._parts.comparison import comparison_sheet
from iph.report._parts.missing import PART as MISSING
from iph.report._parts.part import Material
from iph.report._parts.participants import attendance_sheet, missed_sheet
from iph.report._parts.recovery_tables import recovery_sheet
from iph.report._parts.size import size_sheet
from iph.report._parts.stated import outcomes_sheet, stated_sentence
from iph.report._rules import is_tested, rules_used
from iph.study import StatedOutcomes, Study, analyze, compare_with_claims
from iph.study._anatomy import SizeCorrelation, Zones
from iph.study._recovery_results import RecoveryAnalysis

FILES = Path(__file__).parents[2] / "docs" / "tutorial" / "files"


def texts(document: Document) -> Iterator[str]:
    """Yield every text of a report that a reader sees."""
    for section in document.sections:
        for block in section.blocks:
            if isinstance(block, Paragraph):
                yield block.text
            elif isinstance(block, Bullets):
                yield from block.items
            elif isinstance(block, Picture):
                yield block.caption
            else:
                yield from (cell for row in block.rows for cell in row.cells)
                yield from block.notes


def ward_patient(place: int, **changed: Any) -> Patient:
    """Return a patient of a ward that records pain, strength and little else."""
    seen = [
        Assessment(visit="baseline", vas=8, strength=3 + place % 2),
        Assessment(visit="month_6", vas=1, strength=4 + place % 2),
    ]
    values: dict[str, Any] = {
        "patient_id": f"W{place}",
        "age_years": 40 + place,
        "etiology": "anticoagulant",
        "follow_up": FollowUp(assessments=seen),
    }
    return Patient(**values | changed)


@pytest.fixture(scope="module")
def hospital() -> Study:
    """Return the study of the hospital of the tutorial."""
    return analyze(read(FILES / "hospital.csv"))


@pytest.fixture(scope="module")
def ward() -> Study:
    """Return the study of a ward whose sheet has few columns."""
    return analyze(Cohort([ward_patient(k) for k in range(8)]), population="all")


def sheet_rows() -> list[dict[str, str]]:
    """Return the rows of the hospital's sheet that meet the criteria, read as text."""
    with (FILES / "hospital.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    return [
        row
        for row in rows
        if int(row["age_years"]) > 14
        and row["records_complete"] == "yes"
        and row["other_areas"] == "no"
        and row["lost_to_follow_up"] == "no"
    ]


def test_counts_of_the_hospital_are_those_of_its_sheet(hospital: Study) -> None:
    """Forty counts and more, counted from the text of the file alone."""
    rows, checked = sheet_rows(), 0
    sheets = {sheet.name: sheet for sheet in document_of(hospital).sheets}
    assert len(rows) == len(hospital.patients) == 26

    baseline = {row.cells[0]: row.cells[1] for row in sheets["baseline"].rows}
    for column in ("sex", "muscle", "etiology"):
        for code, count in Counter(row[column] for row in rows).items():
            if code != "hemophilia":  # a cause, and a comorbidity in another row
                assert baseline[code].startswith(f"{count}/26 "), code
                checked += 1
    given = Counter(code for row in rows for code in row["treatments"].split(";"))
    for code, count in given.items():
        label = code.replace("_", " ").replace("k1", "K1")
        assert baseline[label].startswith(f"{count}/26 "), code
        checked += 1

    visits = ("baseline", "week_1", "month_1", "month_3", "month_6", "year_1")
    known = {row.cells[0]: row.cells for row in sheets["missing"].rows}
    strength = {row.cells[0]: row.cells for row in sheets["grades_strength"].rows}
    for visit in visits:
        label = visit.replace("_", " ")
        scored = sum(row[f"vas_{visit}"] != "" for row in rows)
        assert known[f"Pain, {label}"][1].startswith(f"{scored}/26 ")
        grades = Counter(row[f"strength_{visit}"] for row in rows)
        assert strength[label][1:3] == (str(26 - grades[""]), str(grades[""]))
        for grade, cell in enumerate(strength[label][4:]):
            assert cell.split("/")[0] == str(grades[str(grade)])
        checked += 9

    turned = Counter()  # type: Counter[str]
    for row in rows:
        before, after = int(row["strength_baseline"]), int(row["strength_month_6"])
        same = "better" if after > before else "same"
        turned["worse" if after < before else same] += 1
    changes = {row.cells[0]: row.cells for row in sheets["changes_strength"].rows}
    shown = dict(zip(("better", "same", "worse"), changes["month 6"][2:], strict=False))
    assert shown == {way: str(turned[way]) for way in ("better", "same", "worse")}

    at_risk = [row for row in rows if row["strength_baseline"] != "5"]
    reached = [
        row for row in at_risk if any(row[f"strength_{v}"] == "5" for v in visits)
    ]
    (whole,) = (r for r in sheets["recovery_strength-5"].rows if r.cells[0] == "all")
    assert whole.cells[1:3] == (str(len(at_risk)), str(len(reached)))
    assert checked + 5 > 70


def test_a_zone_alone_is_told_from_a_zone_with_others(hospital: Study) -> None:
    """The mid zone alone lies in 7 of 26 patients, and the mid zone in all."""
    zones = hospital.zones
    assert isinstance(zones, Zones)
    rows = {row.cells[0]: row.cells[1] for row in zones_sheet(zones).rows}
    assert len(rows) == 9
    assert rows["mid only"] == "7/26 (27 %)"
    assert rows["mid, with or without others"] == "26/26 (100 %)"
    assert rows["upper, mid and lower"] == "6/26 (23 %)"
    told = " ".join(texts(document_of(hospital)))
    assert "the mid zone only in 7 of 26 patients" in told
    assert "the upper, mid and lower zones in 6 of 26 patients" in told


def test_a_cell_does_not_repeat_its_head(hospital: Study) -> None:
    """Below a head that names the interval stands the interval alone."""
    for sheet in document_of(hospital).sheets:
        for place, head in enumerate(sheet.header):
            cells = [row.cells[place] for row in sheet.rows]
            if "% CI)" in head:
                assert not any("% CI," in cell for cell in cells), sheet.name
            if head == "P value":
                assert not any(cell.startswith("P ") for cell in cells), sheet.name


def test_no_line_names_an_option_of_the_code(
    hospital: Study, ward: Study, published: Study
) -> None:
    """A reader of the report knows no field and no function by its code."""
    for study in (hospital, ward, published):
        for text in texts(document_of(study)):
            plain = re.sub(r"references\.bib|doi:\S+|python-docx", "", text)
            assert not re.search(r"[a-z]\w*_\w|iph\.\w", plain), text


def test_a_line_is_not_said_twice_in_a_list(published: Study) -> None:
    """What the cohort warns of stands among the warnings, and there alone."""
    beside = compare_with_claims(published)
    document = document_of(published, beside)
    for note in published.cohort.notes:
        said = [text for text in texts(document) if text.rstrip(".") == note]
        assert len(said) <= 1
    warned = warnings_of(published)
    assert len(set(warned)) == len(warned)


def test_treatments_are_given_together_only_where_they_are(
    hospital: Study, ward: Study
) -> None:
    """Where no treatment is recorded nobody can say that several were given."""
    said = "several treatments were given together"
    assert any(said in text for text in texts(document_of(hospital)))
    assert not any(said in text for text in texts(document_of(ward)))
    once = Cohort([ward_patient(k, treatments=["analgesic"]) for k in range(3)])
    assert said not in " ".join(warnings_of(analyze(once, population="all")))


def test_rows_that_nobody_has_are_named_in_a_note(ward: Study, nobody: Study) -> None:
    """They fill no table; a study of nobody keeps the shell."""
    table = table_one_sheet(ward.table_one)
    assert not any("none recorded" in cell for row in table.rows for cell in row.cells)
    (left_out,) = [n for n in table.notes if n.startswith("Recorded for nobody")]
    assert "comorbidities" in left_out
    assert "BNI" not in " ".join(n for n in table.notes if n != left_out)
    assert coagulation_sheet(ward.coagulation).rows == ()
    assert not any(sheet.name == "coagulation" for sheet in document_of(ward).sheets)
    assert any(row.cells[1] == "none recorded" for row in _rows(nobody))


def _rows(study: Study) -> Any:
    return table_one_sheet(study.table_one).rows


def test_an_empty_table_of_characteristics_is_a_sentence() -> None:
    """Where nothing of anybody is recorded at admission, words say so."""
    follow_up = FollowUp(assessments=[Assessment(visit="month_6", vas=1)])
    bare = Cohort([Patient(patient_id="P1", follow_up=follow_up)])
    told = list(texts(document_of(analyze(bare, population="all"))))
    assert "No field was recorded at admission." in told
    assert "No characteristic of admission is recorded for any patient." in told


@pytest.mark.parametrize(
    ("ages", "sexes", "said"),
    [
        ((50,), (), "The only field recorded at admission is known"),
        ((50, 60), ("male", "male"), "All 2 fields recorded at admission are known"),
        ((50, None), ("male", "male"), "Of 2 fields recorded at admission, 1 is"),
        ((50, None), (), "Of 1 field recorded at admission, none is known"),
    ],
)
def test_fields_are_counted_in_words(
    ages: tuple[int | None, ...], sexes: tuple[str, ...], said: str
) -> None:
    """All, some and none of the fields have a sentence each."""
    sexes = sexes or (None,) * len(ages)  # type: ignore[assignment]
    patients = [
        Patient(patient_id=f"P{k}", age_years=age, sex=sex)
        for k, (age, sex) in enumerate(zip(ages, sexes, strict=True))
    ]
    study = analyze(Cohort(patients), population="all")
    (told,) = MISSING.sentences(study, Material(study=study))
    assert told.startswith(said)


def test_no_visit_missed_is_said_of_the_tests_of_all_visits(ward: Study) -> None:
    """Where nobody missed a visit, no test leaves anybody out."""
    told = " ".join(methods_sentences(ward))
    assert "; no visit was missed." in told
    assert "missed regardless" not in " ".join(texts(document_of(ward)))
    assert "excludes 0 patients" not in " ".join(texts(document_of(ward)))


def test_methods_name_what_the_supplement_holds(hospital: Study) -> None:
    """Each test that a table prints stands among the methods."""
    told = " ".join(methods_sentences(hospital))
    for name in ("Friedman's test", "signed-rank test", "Hodges-Lehmann"):
        assert name in told


def test_methods_name_no_test_that_was_not_made(
    hospital: Study, ward: Study, published: Study
) -> None:
    """Without groups there is no log-rank test, and without a test no P value."""
    log_rank = "Kaplan-Meier curves and log-rank tests"
    assert log_rank in " ".join(methods_sentences(hospital))
    assert log_rank not in " ".join(methods_sentences(ward))
    assert "the tests compare" not in " ".join(texts(document_of(ward)))
    assert is_tested(ward)
    assert "P values" in " ".join(methods_sentences(ward))
    assert not is_tested(published)
    assert "P values" not in " ".join(methods_sentences(published))
    assert "sensitivity analyses include the latter" not in " ".join(
        methods_sentences(hospital)
    )
    unknown = [ward_patient(k) for k in range(3)]
    seen = FollowUp(assessments=[Assessment(visit="month_6", vas=1, strength=5)])
    unknown.append(ward_patient(9, follow_up=seen))
    study = analyze(Cohort(unknown), population="all")
    assert "sensitivity analyses include the latter" in " ".join(
        methods_sentences(study)
    )


def test_rules_are_those_that_were_used(hospital: Study, published: Study) -> None:
    """A rule of what nobody has recorded decided nothing."""
    used = " ".join(rules_used(hospital))
    for rule in ("Severity of pain", "Hip flexion", "Seed of simulated", "Volume"):
        assert rule in used
    assert "Groups of time to each endpoint: coagulation." in used
    unused = " ".join(rules_used(published))
    for rule in ("Severity of pain", "Hip flexion", "Seed of simulated", "Groups of"):
        assert rule not in unused


def test_the_row_of_all_is_named_only_beside_others(ward: Study) -> None:
    """Where no groups are shown, nobody counts in a row of all patients only."""
    (strength, *_) = [a for a in ward.recovery if isinstance(a, RecoveryAnalysis)]
    lost = attrs.evolve(strength, n_ungrouped=2)
    assert not any("row of all" in note for note in recovery_sheet(lost).notes)


def test_outcomes_missed_alike_are_one_warning(hospital: Study) -> None:
    """Four outcomes that were missed at one visit are one line."""
    told = [line for line in warnings_of(hospital) if "patients due were" in line]
    (only,) = told
    assert only == (
        "At year 1, 19 of 26 patients due were assessed for pain, numbness (BNI), "
        "thigh strength (MRC) and hip flexion; percentages refer to the patients "
        "assessed at a visit."
    )


def test_a_visit_that_nobody_attended_has_no_day(published: Study) -> None:
    """Nobody was seen at month 6: it has no day, and nobody to compare with."""
    rows = {
        row.cells[0]: row.cells for row in attendance_sheet(published.attendance).rows
    }
    assert rows["month 6"][2] == "0"
    assert rows["month 6"][5] == "nobody seen"
    assert missed_sheet(published.attendance) is None


def test_death_without_a_day_counts_as_missed_throughout(published: Study) -> None:
    """Methods and warnings do not say both that the dead are missed and are not."""
    assert published.attendance.n_died == published.attendance.n_died_undated == 2
    told = " ".join((*methods_sentences(published), *warnings_of(published)))
    assert "neither assessed nor missing" not in told
    assert "neither missing nor imputed" not in told
    assert "2 patients died." in told


def test_some_deaths_without_a_day_are_told_apart() -> None:
    """Of two who died one has a day: the line speaks of that one alone."""
    dead = [
        FollowUp(assessments=[Assessment(visit="baseline", vas=8)], **died)
        for died in ({"died_day": 20}, {"died": True})
    ]
    patients = [ward_patient(k, follow_up=one) for k, one in enumerate(dead)]
    study = analyze(Cohort(patients), population="all")
    told = " ".join(warnings_of(study))
    assert "2 patients died, and at visits after death the 1 whose day is known" in told


def test_outcomes_reconcile_with_the_dead(published: Study) -> None:
    """Forty have a stated outcome; the row of the dead is of others as well."""
    sheet = outcomes_sheet(published.outcomes, counts_only=True)  # type: ignore[arg-type]
    counts = [int(row.cells[1]) for row in sheet.rows if row.cells[1].isdecimal()]
    assert sum(counts[:-1]) == 40
    assert any("died" in note and "beside" in note for note in sheet.notes)


def test_stated_outcomes_add_up_in_their_sentence(published: Study) -> None:
    """Stated, stated without completeness, and stated either way reconcile."""
    found = published.outcomes
    assert isinstance(found, StatedOutcomes)
    text = stated_sentence(found, published)
    assert text in texts(document_of(published))
    assert text == (
        "An outcome was stated in words for 40 of 59 patients; in 14, it was not "
        "stated whether recovery was complete. In the others, it was complete in "
        "14 of 26 patients. It was complete in 7 of 14 patients treated with a "
        "procedure and 7 of 12 patients treated without a procedure."
    )
    either = attrs.evolve(found, n=found.overall.share.n)
    assert "40 of 59" not in stated_sentence(either, published)
    assert (
        "for 26 of 45 patients; recovery was complete in 14 of 26 patients."
        in stated_sentence(either, published)
    )


def test_volumes_are_counted_where_there_are_any(hospital: Study) -> None:
    """No volume as recorded in 0 patients."""
    size = hospital.size
    assert isinstance(size, SizeCorrelation)
    (note,) = size_sheet(size).notes
    assert note.startswith("Volume, from three diameters (ellipsoid) in 26 patients.")
    both = size_sheet(attrs.evolve(size, n_measured=1, n_from_diameters=25))
    assert "as recorded in 1 patient and from three diameters" in both.notes[0]


def test_a_gap_says_once_that_nothing_is_recorded(ward: Study) -> None:
    """Not recorded in 8 of 8 patients is not recorded in any of them."""
    told = [gap.sentence for gap in ward.unavailable]
    assert any("in any of 8 patients" in text for text in told)
    assert not any("8 of 8" in text or "; 0 had" in text for text in told)


def test_doubtful_prints_are_marked(published: Study) -> None:
    """A mean that the audit calls implausible stands with a mark."""
    sheet = comparison_sheet(compare_with_claims(published))
    (inr,) = [row.cells for row in sheet.rows if row.cells[0].startswith("INR")]
    assert inr[1] == "1.92 \N{PLUS-MINUS SIGN} 1.59\N{DOUBLE DAGGER}"
    assert any("implausible distribution" in note for note in sheet.notes)


def test_a_convenience_sample_has_no_interval_of_a_share(
    published: Study, hospital: Study
) -> None:
    """An interval is of a population, of which these patients are no sample."""
    document = document_of(published)
    (nerves,) = [sheet for sheet in document.sheets if sheet.name == "nerves"]
    assert nerves.header == ("Branch", "Patients", "Not recorded")
    assert not any("CI" in note for note in nerves.notes)
    assert not any(picture.name == "nerves" for picture in document.pictures)
    zones = hospital.zones
    assert isinstance(zones, Zones)
    assert zones_sheet(zones).header[2] == "95 % CI"
    assert "95 % CI" not in zones_sheet(zones, counts_only=True).header
    assert any(picture.name == "nerves" for picture in document_of(hospital).pictures)


def test_the_caption_speaks_of_what_is_drawn(hospital: Study) -> None:
    """Boxes are hatched, in the figure, its caption and its text for readers."""
    told = [p for p in document_of(hospital).pictures if p.name.startswith("intervals")]
    assert told
    for picture in told:
        assert "Hatched boxes" in picture.caption
        assert "hatched boxes" in picture.alt


def test_patients_of_visits_differ_only_where_one_was_missed(
    hospital: Study, ward: Study, published: Study
) -> None:
    """Where everybody was seen at each visit they are the same patients."""
    said = "at different visits differ"
    assert any(said in text for text in texts(document_of(hospital)))
    for study in (ward, published):  # the latter has one visit of grades alone
        assert not any(said in text for text in texts(document_of(study)))
    notes = {s.name: s.notes for s in document_of(ward).sheets}
    assert (
        "The changes of the same patients stand in the next table." in notes["pain"][0]
    )
