"""Numbers in the style of a journal: what changes, and what must not."""

import re
from pathlib import Path

import pytest

from iph.errors import InputError
from iph.report import write
from iph.report._contents import document_of
from iph.report._document import Document, Paragraph, Section
from iph.report._formats.journal import Style, in_style
from iph.report._formats.markdown import document_markdown
from iph.study import Study

DOT = "\N{MIDDLE DOT}"


def styled(text: str, style: Style) -> str:
    """Return a text in a style."""
    section = Section(name="a", title="A", blocks=(Paragraph(text),))
    document = Document(title="T", subtitle="S", banner="", sections=(section,))
    (block,) = in_style(document, style).sections[0].blocks
    assert isinstance(block, Paragraph)
    return block.text


@pytest.mark.parametrize(
    ("text", "ama", "bmj", "lancet"),
    [
        (
            "24 of 28 (86 %; 95 % CI, 67.3 to 95 %)",
            "24 of 28 (86%; 95% CI, 67.3 to 95%)",
            "24 of 28 (86%; 95% CI, 67.3 to 95%)",
            f"24 of 28 (86%; 95% CI, 67{DOT}3 to 95%)",
        ),
        ("P = .03", "P = .03", "P=0.03", f"p=0{DOT}03"),
        (
            "sign test, P < .001)",
            *("sign test, P < .001)", "sign test, P<0.001)"),
            f"sign test, p<0{DOT}001)",
        ),
        (".046", ".046", "0.046", f"0{DOT}046"),
        ("< .001", "< .001", "<0.001", f"<0{DOT}001"),
        ("P value", "P value", "P value", "p value"),
        ("iph 0.1.0", "iph 0.1.0", "iph 0.1.0", "iph 0.1.0"),
        ("doi:10.1002/sim.47", *["doi:10.1002/sim.47"] * 3),
        ("\N{MINUS SIGN}1.5", *["\N{MINUS SIGN}1.5"] * 2, f"\N{MINUS SIGN}1{DOT}5"),
    ],
)
def test_numbers_of_each_journal(text: str, ama: str, bmj: str, lancet: str) -> None:
    """Percent signs, P values and decimals; no version and no address."""
    assert styled(text, "si") == text
    assert styled(text, "ama") == ama
    assert styled(text, "bmj") == bmj
    assert styled(text, "lancet") == lancet


@pytest.mark.parametrize("style", ["ama", "bmj", "lancet"])
def test_a_style_changes_no_number(by_hand: Study, style: Style) -> None:
    """The same digits stand in the same order; only what is between them differs."""
    document = document_of(by_hand)

    def digits(found: Document) -> str:
        text = document_markdown(found)
        return "".join(
            c for c in text.replace("0.", "").replace(f"0{DOT}", "") if c.isdigit()
        )

    assert digits(in_style(document, style)) == digits(document)
    results = document_markdown(in_style(document, style)).split("## Reporting")[0]
    assert re.search(r"\d %", results) is None
    assert len(in_style(document, style).sheets) == len(document.sheets)


@pytest.mark.usefixtures("undrawn")
def test_what_a_program_reads_stays_as_it_is(nobody: Study, tmp_path: Path) -> None:
    """A table as CSV and the results as JSON are the same in each style."""
    found = {}
    for style in ("si", "lancet"):
        written = write(nobody, tmp_path / style, style=style)
        found[style] = {
            name: (written.folder / name).read_bytes()
            for name in written.files
            if name.endswith((".csv", ".json"))
        }
    assert found["si"] == found["lancet"]
    with pytest.raises(InputError, match="style must be one of"):
        write(nobody, tmp_path / "x", style="nature")  # type: ignore[arg-type] # wrong
