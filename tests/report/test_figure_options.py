"""What a journal asks of figures, and that the files are so."""

import io
import re
from collections.abc import Callable
from typing import Any

import attrs
import numpy as np
import pytest
from matplotlib.figure import Figure
from PIL import Image

from iph._commands.report import _figure_options
from iph._drawing.options import fitted
from iph._drawing.style import image
from iph.errors import InputError
from iph.report import (
    FigureOptions,
    Sheet,
    flow_figure,
    grades_figure,
    pain_figure,
    recovery_figure,
    zones_figure,
)
from iph.report._document import Picture
from iph.report._write import _drawn
from iph.stats import kaplan_meier
from iph.study import Study

CURVES = {
    name: kaplan_meier([7, 30, 91, 182], [1, 1, 1, 0]) for name in ("open", "closed")
}


def picture(draw: Callable[[], Figure]) -> Picture:
    """Return a figure as a report has it."""
    data = Sheet(name="d", title="D", header=("h",), rows=())
    return Picture(name="p", title="P", alt="p", caption="", data=data, draw=draw)


def drawn(options: FigureOptions) -> dict[str, bytes]:
    """Return two curves in every kind of file that is asked for."""
    return _drawn(picture(lambda: recovery_figure(CURVES)), options)


def test_without_options_nothing_changes() -> None:
    """The files are those of the figure drawn by itself."""
    files = drawn(FigureOptions())
    assert set(files) == {"png", "svg"}
    assert files["png"] == image(recovery_figure(CURVES), "png", name="p")


def test_every_kind_of_file_has_its_size_and_its_text() -> None:
    """Width in millimeters, dots per inch, and text that an editor can change."""
    options = FigureOptions(
        width_mm=100, size_pt=8, formats=["pdf", "tiff", "pdf"], dpi=500, text="text"
    )
    files = drawn(options)
    assert set(files) == {"png", "svg", "pdf", "tiff", "page"}
    assert b"Number at risk" in files["svg"]
    assert b"<text" in files["svg"]
    assert b"<text" not in files["page"]
    box = re.search(rb"/MediaBox \[ 0 0 ([\d.]+)", files["pdf"])
    assert box is not None
    assert float(box[1]) / 72 * 25.4 == pytest.approx(100, abs=0.01)
    assert b"CreationDate" not in files["pdf"]
    scanned = Image.open(io.BytesIO(files["tiff"]))
    assert scanned.width == pytest.approx(100 / 25.4 * 500, abs=1)
    assert scanned.info["dpi"] == (500, 500)
    assert drawn(options) == files


@pytest.mark.parametrize("name", ["flow", "pain", "grades", "zones", "curves"])
def test_gray_figures_have_no_color(name: str, by_hand: Study) -> None:
    """Whatever is drawn, red, green and blue are the same in every pixel."""
    draw: dict[str, Callable[[], Figure]] = {
        "flow": lambda: flow_figure(by_hand),
        "pain": lambda: pain_figure(by_hand.pain),
        "grades": lambda: grades_figure(by_hand.grades[1]),
        "zones": lambda: zones_figure(by_hand.zones),
        "curves": lambda: recovery_figure(CURVES),
    }
    png = _drawn(picture(draw[name]), FigureOptions(palette="gray"))["png"]
    pixels = np.asarray(Image.open(io.BytesIO(png)).convert("RGB"), dtype=np.int64)
    assert np.ptp(pixels, axis=2).max() <= 1
    assert np.ptp(pixels) > 200


def test_letters_grow_together() -> None:
    """Each text is larger by the same factor; what is drawn later is as before."""
    options = FigureOptions(width_mm=120, size_pt=9)
    plain = recovery_figure(CURVES)
    with options.applied():
        figure = recovery_figure(CURVES)
        fitted(figure, options)
    figure.draw_without_rendering()
    sizes = [
        [
            float(text.get_fontsize())
            for text in (ax.xaxis.label, *ax.get_xticklabels(), *ax.texts)
        ]
        for ax in (figure.axes[0], plain.axes[0])
    ]
    assert sizes[0] == pytest.approx([size * 9 / 7 for size in sizes[1]])
    width = figure.get_size_inches()[0]
    assert width * 25.4 == pytest.approx(120)
    again = image(recovery_figure(CURVES), "png", name="p")
    assert again == image(plain, "png", name="p")


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({"width_mm": 20}, "width_mm must be a number from 80 to 180"),
        ({"width_mm": "85"}, "width_mm must be"),
        ({"size_pt": float("nan")}, "size_pt must be a number from 5 to 12"),
        ({"size_pt": 9}, "size_pt must be at most 8 for a width of 88.9 mm"),
        ({"dpi": 1e9}, "dpi must be"),
        ({"formats": "pdf"}, "formats must be"),
        ({"formats": ["eps"]}, "formats must be"),
        ({"palette": "jet"}, "palette must be"),
        ({"text": "none"}, "text must be"),
        ({"font": 3}, "font must be"),
        ({"font": "No Such Font"}, "font must be a font that is installed"),
    ],
)
def test_what_no_journal_asks_is_refused(asked: dict[str, Any], words: str) -> None:
    """The message names the option and what is allowed."""
    with pytest.raises(InputError, match=words):
        FigureOptions(**asked)


def test_the_command_line_asks_the_same() -> None:
    """Each option once, as OPTION=VALUE."""
    told = ["formats=pdf,tiff", "dpi=500", "palette=gray", "text=text"]
    wanted = FigureOptions(
        formats=["pdf", "tiff"], dpi=500, palette="gray", text="text"
    )
    assert _figure_options(told, FigureOptions()) == wanted
    of_study = FigureOptions(dpi=300, width_mm=120)
    assert _figure_options([], of_study) == of_study
    assert _figure_options(["dpi=500"], of_study) == attrs.evolve(of_study, dpi=500)


@pytest.mark.parametrize("told", [["dpi"], ["size=7"], ["dpi=x"], ["dpi=9", "dpi=9"]])
def test_the_command_line_refuses_what_is_no_option(told: list[str]) -> None:
    """The message names the option of the command."""
    with pytest.raises(InputError, match="--figure must be"):
        _figure_options(told, FigureOptions())
