"""How figures look is said in the study file, once for all reports of the study."""

from pathlib import Path
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from iph import Cohort, Patient
from iph.errors import InputError
from iph.protocol import LI_2023_PROTOCOL, ProtocolErrors
from iph.protocol._dictionary import dictionary_text
from iph.protocol._file_figures import FIGURES
from iph.protocol._file_reading import protocol_of
from iph.protocol._file_writing import protocol_text
from iph.protocol._python_text import python_text
from iph.report import FigureOptions, write
from iph.study import analyze

BASED = 'format = 1\nbased_on = "li_2023"\n[figures]\n'


def hundredths(low: float, high: float) -> st.SearchStrategy[float]:
    """Draw a number of two decimals; a file holds up to fifteen."""
    return st.integers(round(low * 100), int(high * 100)).map(lambda n: n / 100)


@st.composite
def options(draw: st.DrawFn) -> FigureOptions:
    """Draw options that a journal can ask for."""
    width = draw(hundredths(80, 180))
    most = FigureOptions(width_mm=width).widened * 7.9  # letters grow with the width
    return FigureOptions(
        width_mm=width,
        size_pt=draw(hundredths(5, min(most, 12))),
        font=draw(st.sampled_from(["DejaVu Sans", "DejaVu Serif"])),
        palette=draw(st.sampled_from(["okabe-ito", "gray"])),
        formats=draw(st.lists(st.sampled_from(["pdf", "tiff"]), unique=True)),
        dpi=draw(hundredths(72, 1_200)),
        text=draw(st.sampled_from(["outlines", "text"])),
    )


def test_each_option_is_a_key() -> None:
    """What `FigureOptions` declares is what the file can say."""
    assert [*FIGURES] == [field.name for field in attrs.fields(FigureOptions)]


@given(options())
def test_what_is_written_is_read(asked: FigureOptions) -> None:
    """The options of a study survive its file, and leave the study what it is."""
    study = attrs.evolve(LI_2023_PROTOCOL, figures=asked)
    assert study.digest == LI_2023_PROTOCOL.digest
    again = protocol_of(protocol_text(study), "study.toml")
    assert again.figures == asked
    assert again.digest == study.digest


def test_a_study_without_options_says_nothing_of_them() -> None:
    """Files and dictionaries are as they were before there were options."""
    assert LI_2023_PROTOCOL.figures == FigureOptions()
    assert "[figures]" not in protocol_text(LI_2023_PROTOCOL)
    assert "\nFigures\n" not in dictionary_text(LI_2023_PROTOCOL)
    assert "figures=" not in python_text(LI_2023_PROTOCOL)


def test_the_dictionary_and_python_say_them() -> None:
    """`protocol show` prints each option, and `protocol python` states them."""
    text = 'width_mm = 120\nsize_pt = 7.5\nformats = ["pdf", "tiff"]\n'
    study = protocol_of(BASED + text, "study.toml")
    asked = FigureOptions(width_mm=120, size_pt=7.5, formats=["pdf", "tiff"])
    assert study.figures == asked
    said = "\nFigures\n  width_mm: 120\n  size_pt: 7.5\n  formats: pdf, tiff\n"
    assert said in dictionary_text(study)
    held: dict[str, Any] = {}
    exec(python_text(study), held)  # noqa: S102 - our own code
    assert held["study"].figures == asked
    assert held["study"].digest == study.digest


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (
            "width_mm = 20\ndpi = 5000",
            [
                (4, "figures.width_mm", "must be a number from 80 to 180, got 20.0"),
                (5, "figures.dpi", "must be a number from 72 to 1200, got 5000.0"),
            ],
        ),
        (
            "size_pt = 11",
            [(4, "figures.size_pt", "must be at most 8 for a width of 88.9 mm")],
        ),
        (
            "width_mm = 90\nsize_pt = 11.5",
            [(5, "figures.size_pt", "must be at most 8.1 for a width of 90 mm")],
        ),
        (
            'font = "Nobody Sans"',
            [(4, "figures.font", "must be a font that is installed")],
        ),
        ('palette = "red"', [(4, "figures.palette", "one of: okabe-ito, gray")]),
        ('formats = ["eps"]', [(4, "figures.formats", "one of: pdf, tiff")]),
        ("width = 90", [(4, "figures.width", "is no key here")]),
        (
            'width = 90\ndpi = 5000\npalette = "red"',
            [
                (4, "figures.width", "is no key here"),
                (5, "figures.dpi", "must be a number from 72 to 1200, got 5000.0"),
                (6, "figures.palette", "one of: okabe-ito, gray"),
            ],
        ),
        (
            'width_mm = "90"\nsize_pt = 12',
            [(4, "figures.width_mm", "must be a number, got '90'")],
        ),
        ('dpi = "300"', [(4, "figures.dpi", "must be a number, got '300'")]),
    ],
)
def test_what_no_figure_can_be_is_told(
    text: str, told: list[tuple[int, str, str]]
) -> None:
    """Every option that cannot be, at its line, before any data are read."""
    with pytest.raises(ProtocolErrors) as caught:
        protocol_of(BASED + text, "study.toml")
    found = caught.value.errors
    assert [(one.line, one.key) for one in found] == [(n, key) for n, key, _ in told]
    for one, (_, _, words) in zip(found, told, strict=True):
        assert words in one.problem


def test_options_that_only_together_cannot_be() -> None:
    """Letters that would fit a wide figure are told where it is not wide."""
    wide = protocol_of(f"{BASED}width_mm = 180\nsize_pt = 12", "study.toml")
    assert wide.figures.size_pt == 12
    with pytest.raises(ProtocolErrors, match="at most 9 for a width of 100 mm"):
        protocol_of(f"{BASED}width_mm = 100\nsize_pt = 9.5", "study.toml")


def test_a_protocol_takes_no_other_options() -> None:
    """In Python as well, they are checked where they are said."""
    wrong: Any = {"palette": "gray"}
    with pytest.raises(InputError, match="figures must be FigureOptions"):
        attrs.evolve(LI_2023_PROTOCOL, figures=wrong)


@pytest.mark.usefixtures("undrawn")
def test_a_report_is_drawn_as_its_study_file_says(tmp_path: Path) -> None:
    """Unless something else is asked for."""
    own = attrs.evolve(LI_2023_PROTOCOL, figures=FigureOptions(formats=["pdf"]))
    cohort = Cohort([Patient(patient_id=name) for name in "ab"])
    study = analyze(cohort, protocol=own, population="all")
    files = write(study, tmp_path / "asked").files
    assert "figures/flow.pdf" in files
    plain = write(study, tmp_path / "plain", figure_options=FigureOptions()).files
    assert "figures/flow.pdf" not in plain
