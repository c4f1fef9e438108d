"""Characters of other scripts are drawn if a font here does, and told if none does."""

from collections.abc import Iterator
from pathlib import Path

import attrs
import pytest

from iph import Cohort, Patient
from iph._drawing import fonts
from iph.protocol import LI_2023_PROTOCOL
from iph.report import write
from iph.study import analyze

NOBODYS = "\U0001f9e0"  # no font that comes with matplotlib has it


@pytest.fixture(autouse=True)
def _forgotten() -> Iterator[None]:
    """Look for fonts anew in each test, and after it."""
    fonts.families.cache_clear()
    yield
    fonts.families.cache_clear()


def test_the_font_of_the_house_comes_first() -> None:
    """Latin, Greek and Cyrillic letters look the same on every machine."""
    assert fonts.families()[0] == "DejaVu Sans"
    assert fonts.undrawn("Vähemmän über ß ≥ 5 µm, Ψ и Ж") == ""


def test_a_font_beside_it_draws_what_it_lacks(monkeypatch: pytest.MonkeyPatch) -> None:
    """What one font lacks is looked for in the next, and said once if none has it."""
    text = f"\u1d81{NOBODYS}{NOBODYS}\u1d81"
    monkeypatch.setattr(fonts, "_BESIDE", ("No Such Font",))
    assert fonts.families() == ("DejaVu Sans",)
    assert fonts.undrawn(text) == f"\u1d81{NOBODYS}"
    fonts.families.cache_clear()
    monkeypatch.setattr(fonts, "_BESIDE", ("STIXGeneral", "No Such Font"))
    assert fonts.families() == ("DejaVu Sans", "STIXGeneral")
    assert fonts.undrawn(text) == NOBODYS


@pytest.mark.usefixtures("undrawn")
def test_a_report_says_what_its_figures_cannot_show(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """One sentence for all figures, and none where every character is drawn."""
    monkeypatch.setattr(fonts, "_BESIDE", ())
    cohort = Cohort([Patient(patient_id="P1"), Patient(patient_id="P2")])
    for title, told in ((f"Series {NOBODYS}", 1), ("Größen", 0)):
        protocol = attrs.evolve(LI_2023_PROTOCOL, title=title)
        study = analyze(cohort, protocol=protocol, population="all")
        summary = write(study, tmp_path / f"report{told}").summary
        assert sum(NOBODYS in said and "boxes" in said for said in summary) == told
