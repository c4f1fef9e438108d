"""The publications that a report names, and their file for a reference manager."""

import re
from pathlib import Path

import pytest

import iph
from iph import report
from iph.report._document import Bullets, Paragraph, Picture, Section
from iph.report._references import OF_METHODS, bibliography, bibtex, publications
from iph.report._sheet import Sheet, SheetRow
from iph.study import Study

SOURCE = Path(iph.__file__).parent


def keys(text: str) -> list[str]:
    """Return the keys of a file of BibTeX."""
    return re.findall(r"^@\w+\{(\w+),$", text, re.MULTILINE)


def test_the_bibliography_is_read_whole() -> None:
    """Each entry of the file is found, and no sign of TeX is left in its words."""
    listed = keys((SOURCE / "report" / "references.bib").read_text(encoding="utf-8"))
    assert [*bibliography()] == listed == sorted(listed)
    for entry in map(str, bibliography().values()):
        assert not set("{}\\`") & set(entry), entry
        assert "''" not in entry
        assert re.search(r"\b(1[89]|20)\d\d\b", entry), entry


@pytest.mark.parametrize(
    ("key", "words"),
    [
        (
            "agresti1998",
            (
                'Agresti A, Coull BA. Approximate is better than "exact" for interval '
                "estimation of binomial proportions. Am Stat 1998;52:119-126. "
                "doi:10.1080/00031305.1998.10480550"
            ),
        ),
        (
            "gagnier2013",
            (
                "Gagnier JJ, et al. The CARE guidelines: consensus-based clinical case "
                "reporting guideline development. J Med Case Rep 2013;7:223. "
                "doi:10.1186/1752-1947-7-223"
            ),
        ),
        ("conover1999", "Conover WJ. Practical nonparametric statistics. Wiley 1999."),
        (
            "scirep2025",
            (
                "Reference intervals for coagulation parameters in Chinese adults "
                "stratified by sex and age. Sci Rep 2025. "
                "doi:10.1038/s41598-025-05774-8"
            ),
        ),
    ],
)
def test_a_reference_in_words(key: str, words: str) -> None:
    """As a list of references prints it, with what the entry holds."""
    assert str(bibliography()[key]) == words


def test_accents_are_letters() -> None:
    """Names are written as their owners write them."""
    assert "Hernán MA" in str(bibliography()["sterne2016"])
    assert "Tölle TR" in str(bibliography()["freynhagen2006"])


def test_each_method_is_said_somewhere_and_has_a_source() -> None:
    """A method that no report names any more, or an entry that went, is found."""
    code = "".join(
        path.read_text(encoding="utf-8")
        for room in ("report/_parts", "report", "study")
        for path in (SOURCE / room).glob("*.py")
        if path.name != "_references.py"
    )
    for said, sources in OF_METHODS.items():
        assert said in code, said
        assert set(sources) <= bibliography().keys()


def test_only_what_is_named_is_listed() -> None:
    """A method among the methods, a DOI anywhere, and none that only begins alike."""
    doi = bibliography()["holm1979"].doi, bibliography()["dunn1964"].doi
    assert doi == (None, "10.1080/00401706.1964.10490181")
    row = SheetRow((f"see doi:{doi[1]}.",))
    sheet = Sheet(name="x", title="X", header=("a",), rows=(row,))
    named = Section(name="x", title="X", blocks=(sheet, Paragraph("Holm's adjustment")))
    assert [one.key for one in publications([named])] == ["dunn1964"]
    longer = Section(name="x", title="X", blocks=(Bullets((f"doi:{doi[1]}9",)),))
    assert publications([longer]) == ()
    methods = Section(name="methods", title="X", blocks=named.blocks)
    assert [one.key for one in publications([methods])] == ["dunn1964", "holm1979"]


def test_a_caption_cites(by_hand: Study) -> None:
    """What stands below a figure is read as well."""
    data = Sheet(name="x", title="X", header=("a",), rows=())
    figure = report.flow_figure(by_hand)
    picture = Picture(
        name="x",
        title="X",
        alt="x",
        caption="After doi:10.1093/biomet/26.4.404.",
        data=data,
        draw=lambda: figure,
    )
    sections = [Section(name="x", title="X", blocks=(picture,))]
    assert [one.key for one in publications(sections)] == ["clopper1934"]
    assert keys(bibtex(sections)) == ["iph", "clopper1934"]


@pytest.mark.usefixtures("undrawn")
def test_the_file_of_a_report_holds_what_the_report_lists(
    by_hand: Study, tmp_path: Path
) -> None:
    """The sources of its methods, and the study whose criteria and tables it has."""
    written = report.write(by_hand, tmp_path / "report", style="lancet")
    assert "references.bib" in written.files
    held = (written.folder / "references.bib").read_text(encoding="utf-8")
    found = keys(held)
    assert found[0] == "iph"
    assert f"Version {iph.__version__}" in held
    assert {"clopper1934", "hyndman1996", "li2023", "turnbull1976"} <= set(found)
    text = (written.folder / "report.md").read_text(encoding="utf-8")
    chapter = text.split("## References\n")[1].split("\n## ")[0]
    assert "references.bib" in chapter
    listed = re.findall(r"^- (.*)$", chapter, re.MULTILINE)
    assert listed == [str(bibliography()[key]) for key in found[1:]]
