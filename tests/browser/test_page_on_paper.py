"""The page in Chromium, printed: a report whole, and the check without its frame."""

import re
from pathlib import Path
from typing import Any

import pytest

LAYOUT = (Path(__file__).parent / "layout.js").read_text(encoding="utf-8")
HOSPITAL = Path(__file__).parents[2] / "docs" / "tutorial" / "files" / "hospital.csv"
A4 = {"width": 718, "height": 1123}  # within margins of 1 cm
FRAMES = {"shown": "#downloads", "findings": "#audit-downloads"}
COUNTED = """id => {
  window.printed = 0;
  document.getElementById(id).contentWindow.print = () => { window.printed += 1; };
}"""
BROKEN = """() => [...document.querySelectorAll("figure, tr, h2, caption")]
  .filter(one => getComputedStyle(one).breakInside !== "avoid"
    && getComputedStyle(one).breakAfter !== "avoid").map(one => one.tagName)"""


def show_report(quiet: Any) -> None:
    """Show the report that was made last; make one if there is none."""
    quiet.page.click("#tab-sheet")
    if quiet.page.evaluate("document.getElementById('shown').srcdoc === ''"):
        quiet.drop(HOSPITAL)
        quiet.make_report()
    quiet.page.evaluate("document.getElementById('made').hidden = false")


@pytest.fixture
def shown(quiet: Any, chromium: Any, request: pytest.FixtureRequest) -> Any:
    """Return a frame of the page as a document of its own, in a dark room."""
    page = quiet.page
    if request.param == "shown":
        show_report(quiet)
    else:
        page.click("#tab-audit")
        page.click("#audit-li")
        page.wait_for_selector("#findings:not([hidden])")
    page.wait_for_function(
        "id => document.getElementById(id).contentDocument.body.childElementCount > 1",
        arg=request.param,
    )
    frame = page.locator(f"#{request.param}")
    copy = chromium.new_page(viewport=A4, color_scheme="dark")
    copy.emulate_media(media="print", color_scheme="dark")
    copy.set_content(frame.evaluate("frame => frame.srcdoc"))
    yield request.param, copy
    copy.close()
    page.click("#tab-sheet")


@pytest.mark.parametrize("shown", FRAMES, indirect=True)
def test_a_frame_is_printed_alone_and_whole(quiet: Any, shown: Any) -> None:
    """By its button and by Ctrl+P; on white, on many pages, with nothing cut."""
    page, (name, copy) = quiet.page, shown
    button = page.locator(f"{FRAMES[name]} button")
    button.click()  # what it cannot do is said on the console
    page.evaluate(COUNTED, name)
    button.click()
    assert page.evaluate("window.printed") == 1
    page.keyboard.press("Control+p")
    page.keyboard.press("p")
    assert page.evaluate("window.printed") == 2
    page.frame_locator(f"#{name}").locator("h1").click()
    page.keyboard.press("Control+p")
    assert page.evaluate("window.printed") == 3
    assert copy.evaluate(LAYOUT) == []
    assert copy.evaluate(BROKEN) == []
    white = {"rgb(255, 255, 255)", "rgba(0, 0, 0, 0)"}
    paper = "getComputedStyle(document.body).backgroundColor"
    assert copy.evaluate(paper) in white
    margin = dict.fromkeys(("top", "right", "bottom", "left"), "1cm")
    printed: bytes = copy.pdf(format="A4", margin=margin)
    assert len(re.findall(rb"/Type\s*/Page\b", printed)) > 10


def test_the_check_is_printed_without_the_frame(quiet: Any, tmp_path: Path) -> None:
    """The verdict and every error stand on paper, and how to print the report."""
    page = quiet.page
    wrong = tmp_path / "wrong.csv"
    text = HOSPITAL.read_text(encoding="utf-8").splitlines()
    head, first, *others = text
    cells = first.split(",")
    cells[head.split(",").index("age_years")] = "old"
    wrong.write_text("\n".join([head, ",".join(cells), *others]), encoding="utf-8")
    try:
        page.emulate_media(media="print", color_scheme="dark")
        page.set_viewport_size(A4)
        quiet.drop(wrong)
        assert page.evaluate(LAYOUT) == []
        for name in ("#verdict", "#errors li"):
            assert page.locator(name).is_visible()
        assert "row 2, age_years must be" in page.inner_text("#errors")
        for name in ("#drop", "#grids", "#tabs", ".on-paper"):
            assert not page.locator(name).first.is_visible()
        page.emulate_media(media="screen")
        show_report(quiet)
        page.emulate_media(media="print", color_scheme="dark")
        assert page.locator("#shown").is_hidden()
        assert page.locator("#made .on-paper").is_visible()
        assert page.evaluate(LAYOUT) == []
        assert len(re.findall(rb"/Type\s*/Page\b", page.pdf(format="A4"))) < 5
    finally:
        page.emulate_media(media="screen", color_scheme="light")
