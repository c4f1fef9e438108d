"""Reports of studies of any condition: in their own words, and in every format."""

import functools
import json
import re
from pathlib import Path
from typing import Any

import hypothesis.strategies as st
import pytest
from hypothesis import given, settings
from matplotlib.figure import Figure

from iph import Cohort
from iph._drawing.style import image
from iph.evidence import audit
from iph.protocol import Protocol, read_protocol
from iph.records import read
from iph.report import study_claims, write
from iph.report._contents import document_of, summary_lines
from iph.report._formats.html import document_html
from iph.report._formats.markdown import document_markdown
from iph.report._formats.word import document_word
from iph.report._results_json import results_json
from iph.study import Study, analyze
from iph.testing import cohorts_of, protocols

STUDIES = Path(__file__).parents[1] / "protocol" / "studies"
NAMES = sorted(path.stem for path in STUDIES.glob("*.toml"))
# What belongs to Li et al. 2023 alone; "PROCESS 2023" is a checklist of any series.
FOREIGN = re.compile(
    r"(?i:hematoma|iliopsoas|femoral|lumbar|clotting|warfarin)"
    r"|\bLi\b|\bzones?\b|\bnerves?\b|\bVAS\b|study of 2023"
)
SVG = b'<svg width="9pt" height="9pt" viewBox="0 0 9 9"/>'


@functools.cache
def blank() -> bytes:
    """Return an empty figure, to stand for one that nobody looks at."""
    return image(Figure(figsize=(1, 1)), "png", name="blank")


def study_of(name: str) -> Study:
    """Analyze a worked study by its file."""
    protocol = read_protocol(STUDIES / f"{name}.toml")
    return analyze(read(STUDIES / f"{name}.csv", protocol=protocol), protocol=protocol)


@pytest.mark.usefixtures("undrawn")
@pytest.mark.parametrize("name", NAMES)
def test_from_the_sheet_to_the_report_in_its_own_words(
    name: str, tmp_path: Path
) -> None:
    """No file of the report has a word of another condition."""
    study = study_of(name)
    written = write(study, tmp_path / "report")
    for file in written.files:
        if Path(file).suffix in {".md", ".html", ".json", ".csv", ".tex"}:
            text = (tmp_path / "report" / file).read_text("utf-8")
            assert (
                FOREIGN.findall(
                    text.replace('"zones": null', "").replace('"nerves": null', "")
                )
                == []
            ), file
    text = (tmp_path / "report" / "report.md").read_text("utf-8")
    condition = study.protocol.condition
    assert text.startswith(f"# {condition[0].upper()}{condition[1:]}: report of a")
    assert study.protocol.title in text
    for visit in study.protocol.visits:
        assert visit.label in text


@pytest.mark.parametrize("name", NAMES)
def test_the_own_report_is_audited(name: str) -> None:
    """The figures that it prints can all be true, and their number is not small."""
    study = study_of(name)
    claims = study_claims(study)
    assert len(claims) > 30
    found = audit(claims, protocol=study.protocol)
    assert [f.claim.code for f in found if f.verdict.is_problem] == []
    fields = {claim.variable for claim in claims} - {""}
    assert fields >= {one.name for one in study.table_one.rows}


def test_times_are_in_the_unit_of_the_protocol() -> None:
    """A study in minutes has no word of days."""
    text = document_markdown(document_of(study_of("interscalene_block")))
    assert "Median follow-up was 1440 minutes" in text
    assert "| After minute | By minute |" in text
    assert re.findall(r"\b[Dd]ays?\b", text) == []
    # Whose time was recorded was not assessed for it at visits.
    (table,) = (
        sheet
        for sheet in document_of(study_of("interscalene_block")).sheets
        if sheet.name == "recovery_rescue_groups"
    )
    told = [row.cells[0] for row in table.rows]
    assert not any("ssessed" in text for text in told)
    assert told[-1] == "Known until, median minute (Q1, Q3)"


def test_two_arms_are_compared_at_each_visit() -> None:
    """Medians, effect, interval and test stand by visit, and the first arm is first."""
    study = study_of("carpal_tunnel")
    found = {sheet.name: sheet for sheet in document_of(study).sheets}
    sheet = found["groups_symptom"]
    assert sheet.header[1:3] == ("open", "endoscopic")
    assert [row.cells[0] for row in sheet.rows] == [
        one.visit.label for one in study.group_visits if one.field == "symptom"
    ]
    last = [one for one in study.group_visits if one.field == "symptom"][-1]
    assert last.better is not None
    assert sheet.rows[-1].cells[3].startswith(f"{100 * last.better.estimate:.0f} % (")


def test_a_series_without_a_group_has_no_chapter_of_groups() -> None:
    """Nothing is compared, and the caveat speaks of the missing control group."""
    study = study_of("pelvic_floor")
    chapters = {section.name: section for section in document_of(study).sections}
    assert "visits" not in chapters
    assert "published" in chapters
    assert chapters["published"].title == "Kaplan-Meier estimates, for comparison"
    assert "no control group" in document_markdown(document_of(study))


@st.composite
def _with_events(draw: st.DrawFn) -> tuple[Protocol[Any], Cohort[Any]]:
    """Draw a study and its cohort, with a table of events or without one."""
    protocol = draw(protocols())
    return protocol, draw(cohorts_of(protocol, min_size=1, max_size=5))


DRAWN = _with_events()


@settings(max_examples=8)  # a whole report each
@given(DRAWN)
def test_any_study_has_a_report_in_every_format(
    drawn: tuple[Protocol[Any], Cohort[Any]],
) -> None:
    """Whatever the protocol and the records are, every format can be written."""
    protocol, cohort = drawn
    study = analyze(cohort, protocol=protocol, population="all")
    document = document_of(study)
    names = [picture.name for picture in document.pictures]
    assert document_markdown(document).startswith("# ")
    assert document_html(document, dict.fromkeys(names, SVG)).startswith("<!")
    assert document_word(document, dict.fromkeys(names, blank()))[:2] == b"PK"
    assert json.loads(results_json(study, document))["format"] >= 3
    assert summary_lines(study)[0]
    assert audit(study_claims(study), protocol=protocol) is not None
    for sheet in document.sheets:
        assert sheet.latex().count("\\toprule") == 2  # and on a further page
        assert len(sheet.csv().splitlines()) == 1 + len(sheet.rows)
        assert all(len(row.cells) == len(sheet.header) for row in sheet.rows)


@settings(max_examples=3)  # its figures are drawn, which takes seconds
@given(DRAWN)
def test_the_figures_of_any_study_can_be_drawn(
    drawn: tuple[Protocol[Any], Cohort[Any]],
) -> None:
    """A scale, a schedule or a value at its end stops no figure."""
    protocol, cohort = drawn
    study = analyze(cohort, protocol=protocol, population="all")
    for picture in document_of(study).pictures:
        assert picture.draw().axes
