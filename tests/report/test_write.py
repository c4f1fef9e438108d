"""The report of a study, written into a folder."""

import base64
import csv
import hashlib
import html
import io
import json
import re
import sys
import zipfile
from html.parser import HTMLParser
from pathlib import Path

import docx
import pytest
from hypothesis import given, settings

from iph import Cohort
from iph.errors import FileError, InputError
from iph.protocol import LI_2023_PROTOCOL
from iph.report import Written, write
from iph.report._contents import document_of
from iph.report._write import report_files
from iph.study import Study, analyze
from iph.testing import cohorts

SPACE = "\N{NO-BREAK SPACE}"


@pytest.fixture(scope="module")
def written(by_hand: Study, tmp_path_factory: pytest.TempPathFactory) -> Written:
    """Return the report of the study made by hand."""
    return write(by_hand, tmp_path_factory.mktemp("reports") / "report")


@pytest.fixture(scope="module")
def heard() -> list[tuple[str, int, int]]:
    """Return what the progress of the published cases told."""
    return []


@pytest.fixture(scope="module")
def of_published(
    published: Study,
    heard: list[tuple[str, int, int]],
    tmp_path_factory: pytest.TempPathFactory,
) -> Written:
    """Return the report of the published cases."""
    folder = tmp_path_factory.mktemp("reports") / "report"
    return write(published, folder, progress=lambda *told: heard.append(told))


class Cells(HTMLParser):
    """Reads the tables of a page: caption, and rows of cells."""

    def __init__(self) -> None:
        super().__init__()
        self.tables: list[tuple[str, list[list[str]]]] = []
        self.opened = ""

    def handle_starttag(self, tag: str, attrs: object) -> None:  # noqa: ARG002 - the parser passes them
        """Open a table, a row or a cell."""
        if tag == "table":
            self.tables.append(("", []))
        if tag == "tr":
            self.tables[-1][1].append([])
        if tag in {"th", "td"}:
            self.tables[-1][1][-1].append("")
        if tag in {"th", "td", "caption"}:
            self.opened = tag

    def handle_endtag(self, tag: str) -> None:
        """Close a cell."""
        if tag == self.opened:
            self.opened = ""

    def handle_data(self, data: str) -> None:
        """Add text to the open cell."""
        if self.opened == "caption":
            caption, rows = self.tables[-1]
            self.tables[-1] = (caption + data, rows)
        elif self.opened:
            self.tables[-1][1][-1][-1] += data


@pytest.mark.usefixtures("undrawn")
def test_tables_of_word_fit_the_page(by_hand: Study, tmp_path: Path) -> None:
    """No table leaves the paper, and one of many grades wraps no count."""
    written = write(by_hand, tmp_path / "report")
    document = docx.Document(str(written.folder / "report.docx"))
    of_grades = 0
    for table in document.tables:
        head = table.rows[0].cells
        widths = [cell.width.inches for cell in head]
        assert sum(widths) < 8.5 - 2 * 0.9 + 0.01, [cell.text for cell in head]
        if head[-1].text != "5, normal":
            continue
        of_grades += 1
        size = head[0].paragraphs[0].runs[0].font.size
        assert size is not None
        assert size.pt == 6.5
        xml = table._tbl.tblPr.xml
        assert 0 < xml.index("w:tblCellMar") < xml.index("w:tblLook")
        for row in table.rows[1:]:
            for cell, width in zip(row.cells, widths, strict=True):
                assert len(cell.text) * 0.052 + 0.1 < width + 0.01, cell.text
    assert of_grades == 1


def test_everything_is_written(written: Written) -> None:
    """Each document, each table in two formats and each figure in two formats."""
    files = set(written.files)
    assert {"report.md", "report.html", "report.docx", "results.json"} <= files
    tables = {name for name in files if name.endswith(".csv")}
    assert {name.replace(".csv", ".tex") for name in tables} <= files
    drawn = {name for name in files if name.endswith(".png")}
    assert {name.replace(".png", ".svg") for name in drawn} <= files
    wanted = {"flow", "pain", "anatomy", "nerves", "zones_by_nerve", "balance"}
    wanted |= {"grades_strength", "moves_strength", "recovery_strength-5"}
    wanted |= {"incidence_strength-5"}
    assert {f"figures/{name}.png" for name in wanted} <= drawn
    for name in files:
        assert (written.folder / name).stat().st_size > 0


def test_all_documents_show_the_same_numbers(written: Written) -> None:
    """Every table has the same cells in JSON, CSV, HTML, Word and Markdown."""
    folder = written.folder
    results = json.loads((folder / "results.json").read_text(encoding="utf-8"))
    page = Cells()
    page.feed((folder / "report.html").read_text(encoding="utf-8"))
    shown = {re.sub(r"^Table \d+\. ", "", t): rows for t, rows in page.tables}
    words = docx.Document(str(folder / "report.docx"))
    typed = [
        [[cell.text for cell in row.cells] for row in table.rows]
        for table in words.tables
    ]
    text = (folder / "report.md").read_text(encoding="utf-8")
    letters = re.sub(r"\W", "", text)
    assert len(typed) == len(results["tables"]) > 10
    for (name, sheet), word in zip(results["tables"].items(), typed, strict=True):
        cells = [sheet["header"], *sheet["rows"]]
        plain = [[c.replace(SPACE, " ") for c in row] for row in shown[sheet["title"]]]
        assert plain == cells
        assert [[c.replace(SPACE, " ") for c in row] for row in word] == cells
        held = (folder / f"tables/{name}.csv").read_text(encoding="utf-8-sig")
        listed = list(csv.reader(io.StringIO(held)))
        values = [[c.replace("\N{MINUS SIGN}", "-") for c in row[1:]] for row in cells]
        extra = len(listed[0]) - len(cells[0])
        assert [row[1 + extra :] for row in listed] == values
        for row in sheet["rows"]:
            for cell in row:
                assert re.sub(r"\W", "", cell) in letters


def test_numbers_are_those_of_the_study(written: Written, by_hand: Study) -> None:
    """The results hold the statistics at full precision, and no single patient."""
    results = json.loads((written.folder / "results.json").read_text(encoding="utf-8"))
    study = results["study"]
    assert results["cohort"]["n_analyzed"] == len(by_hand.patients) == 12
    assert results["protocol"]["digest"] == LI_2023_PROTOCOL.digest
    assert study["pain"]["friedman"]["p_value"] == by_hand.pain.friedman.p_value  # type: ignore[union-attr] # by hand
    by_visit = by_hand.recovery[0].overall.by_visit
    told = study["recovery"][0]["overall"]["by_visit"]
    assert [at["low"] for at in told] == [at.low for at in by_visit]
    assert study["rules"]["quartiles"] == "weibull"
    flat = json.dumps(results)
    assert "P01" not in flat
    assert "decisions" not in study["screening"]
    assert "sequences" not in study["grades"][0]
    assert "died" not in study["grades"][0]
    assert "rows" not in study["pain"]


def test_the_same_study_gives_the_same_bytes(
    of_published: Written, published: Study, tmp_path: Path
) -> None:
    """Nothing in any file depends on when, where or in which order it was written."""
    again = write(published, tmp_path / "again")
    assert again.files == of_published.files
    for name in again.files:
        first, second = (w.folder / name for w in (of_published, again))
        assert first.read_bytes() == second.read_bytes(), name


def test_the_page_is_self_contained(written: Written) -> None:
    """One script, named by its hash, no address, every figure inside with a name."""
    text = (written.folder / "report.html").read_text(encoding="utf-8")
    (script,) = re.findall(r"<script>(.*?)</script>", text, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    assert f"default-src 'none'; script-src 'sha256-{digest}'; style-src" in text
    assert not re.search(r"fetch|XMLHttp|import\(|innerHTML|https?:", script)
    assert re.findall(r'(?:src|href)="(?!#|data:,)([^"]*)"', text) == []
    assert "default-src 'none'" in text
    figures = len([name for name in written.files if name.endswith(".svg")])
    assert text.count("<svg") == text.count('role="img"') == figures
    identifiers = re.findall(r'\bid="([^"]*)"', text)
    assert len(set(identifiers)) == len(identifiers)
    for name in re.findall(r'aria-labelledby="([^"]*)"', text):
        assert name in identifiers
    for name in re.findall(r'href="#([^"]*)"', text):
        assert name in identifiers


def test_a_figure_keeps_its_text_for_screen_readers(written: Written) -> None:
    """Each figure of the Word file has an alternative text."""
    with zipfile.ZipFile(written.folder / "report.docx") as archive:
        text = archive.read("word/document.xml").decode()
    images = len([name for name in written.files if name.endswith(".png")])
    described = re.findall(r'<wp:docPr [^>]*descr="([^"]+)"', text)
    assert len(described) == images


def test_made_up_patients_are_announced(written: Written) -> None:
    """Every document of a synthetic cohort says so before any result."""
    for name in ("report.md", "report.html"):
        text = (written.folder / name).read_text(encoding="utf-8")
        assert "Made-up patients: nothing in this report is a finding." in text
    assert "made-up patients" in written.summary[0]


def test_published_cases_degrade_with_words(
    of_published: Written, published: Study, heard: list[tuple[str, int, int]]
) -> None:
    """Gaps are said in words, unknowns counted, and progress told for each figure."""
    report = of_published
    assert [place for _, place, _ in heard] == list(range(1, len(heard) + 1))
    assert {total for _, _, total in heard} == {len(heard)}
    text = (report.folder / "report.md").read_text(encoding="utf-8")
    for gap in published.unavailable:
        assert re.sub(r"\W", "", gap.sentence) in re.sub(r"\W", "", text)
    assert "convenience sample" in text[: text.index("##")]
    assert "eligibility could not be determined for 59 of 62 records" in text.lower()
    assert "the eligibility of 59 could not be determined (Li 2023)" in text
    assert not re.search(r"\b4/4\b|\b2/2\b", text)
    assert "reported in 4 of 59" in text
    results = text[: text.index("## Reporting checklists")]
    shown = results.count("**Table ") + results.count("**Figure ")
    assert results.count("A convenience sample: the counts") >= shown > 5
    assert "nan" not in re.findall(r"[a-z]+", text)
    assert len(report.summary) <= 10
    assert max(map(len, report.summary)) <= 210


@pytest.mark.parametrize("name", ["nobody", "alone"])
def test_next_to_nothing_is_reported(
    name: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    """A study of no patient and one of a single patient make a whole report."""
    study: Study = request.getfixturevalue(name)
    report = write(study, tmp_path / "report")
    text = html.unescape((report.folder / "report.html").read_text(encoding="utf-8"))
    patients = "0 patients" if name == "nobody" else "1 patient"
    assert f"The analysis includes {patients}." in text
    said = {"nobody": "none recorded", "alone": "Recorded for nobody, and left out"}
    assert said[name] in text


@given(cohort=cohorts(max_size=3))
@settings(max_examples=1 + settings().max_examples // 50)  # each draws all figures
def test_any_cohort_can_be_reported(cohort: Cohort) -> None:
    """No cohort, however patchy, stops the report."""
    study = analyze(cohort, population="all", by="side")
    files = report_files(study, document_of(study), progress=None)
    assert json.loads(files["results.json"])["cohort"]["n_analyzed"] == len(cohort)


def test_stopping_leaves_the_former_report(
    alone: Study, nobody: Study, tmp_path: Path
) -> None:
    """Ctrl-C while figures are drawn leaves the former report as it was."""
    former = write(nobody, tmp_path / "report")
    before = {name: (former.folder / name).read_bytes() for name in former.files}

    def stop(_title: str, _place: int, _total: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write(alone, tmp_path / "report", progress=stop)
    assert before == {n: (former.folder / n).read_bytes() for n in former.files}
    assert [p.name for p in tmp_path.iterdir()] == ["report"]


def test_without_python_docx_the_rest_is_written(
    nobody: Study, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where Word files cannot be made the summary says so, and nothing else changes."""
    monkeypatch.setattr("iph.report._write.can_write_word", lambda: False)
    report = write(nobody, tmp_path / "report")
    assert "report.docx" not in report.files
    assert report.summary[-1] == "No report.docx: install python-docx for it."


@pytest.mark.parametrize("missing", ["lxml", "docx"])
def test_where_python_docx_does_not_load_the_rest_is_written(
    nobody: Study, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, missing: str
) -> None:
    """As in a browser whose Python has no lxml: no stack, and the summary says so."""
    for name in [*sys.modules]:
        if name.partition(".")[0] in {"docx", "lxml"}:
            monkeypatch.delitem(sys.modules, name)

    monkeypatch.setitem(sys.modules, missing, None)  # an import of it fails
    report = write(nobody, tmp_path / "report")
    assert "report.docx" not in report.files
    assert "report.html" in report.files
    assert any(line.startswith("No report.docx: ") for line in report.summary)


def test_wrong_arguments_are_named(nobody: Study, tmp_path: Path) -> None:
    """What is no study, no path or no place to write is refused before any work."""
    with pytest.raises(InputError, match="study must be a Study"):
        write(tmp_path, tmp_path)  # type: ignore[arg-type] # on purpose
    with pytest.raises(InputError, match="folder must be the path of a folder"):
        write(nobody, 3)  # type: ignore[arg-type] # on purpose
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(FileError, match=r"no report wrote: mine\.txt"):
        write(nobody, tmp_path)
