"""The page of a report in Chromium: legible, self-contained, and open to everybody."""

import re
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest

LAYOUT = (Path(__file__).parent / "layout.js").read_text(encoding="utf-8")
AXE = (files("axe_playwright_python") / "axe.min.js").read_text(encoding="utf-8")
WIDTHS = {390: 844, 1280: 900}


@pytest.fixture(params=["published", "twin"])
def name(request: pytest.FixtureRequest) -> str:
    """Return which report is opened."""
    chosen: str = request.param
    return chosen


@pytest.fixture
def opened(
    chromium: Any, reports: dict[str, Path], name: str
) -> Iterator[tuple[Any, list[str], list[str]]]:
    """Return the page, what its console said, and what it fetched."""
    # The policy of the page forbids scripts, that of axe too; without it a request
    # that it would stop is seen instead.
    context = chromium.new_context(bypass_csp=True)
    page = context.new_page()
    said: list[str] = []
    fetched: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("request", lambda request: fetched.append(request.url))
    page.goto((reports[name] / "report.html").as_uri())
    yield page, said, fetched
    context.close()


def test_the_page_fetches_nothing_and_has_every_figure(
    opened: tuple[Any, list[str], list[str]], reports: dict[str, Path], name: str
) -> None:
    """Nothing but the file itself is asked for, the console is silent, all is there."""
    page, said, fetched = opened
    address = (reports[name] / "report.html").as_uri()
    assert [url for url in fetched if not url.startswith(("data:", address))] == []
    assert said == []
    drawn = len(list((reports[name] / "figures").glob("*.svg")))
    assert page.locator("figure svg").count() == drawn > 2
    titles = page.locator("main h2").all_inner_texts()
    assert "Comparison with Li et al. 2023" in titles
    assert page.locator("nav li").count() == len(titles)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", WIDTHS)
def test_the_page_is_legible_and_accessible(
    opened: tuple[Any, list[str], list[str]], width: int, scheme: str
) -> None:
    """No text is cut or overlaps, nothing scrolls sideways, axe finds no violation.

    In the dark only colors differ, so that only contrast is looked at again.
    """
    page, said, _ = opened
    page.set_viewport_size({"width": width, "height": WIDTHS[width]})
    page.emulate_media(color_scheme=scheme)
    page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
    assert page.evaluate(LAYOUT) == []
    assert said == []
    if scheme == "dark" and width != min(WIDTHS):
        return  # no color depends on the width
    # A figure is one image with one name; its thousand paths say nothing more.
    page.evaluate(
        "document.querySelectorAll('figure svg > g').forEach(g => g.remove())"
    )
    page.add_script_tag(content=AXE)
    rules = ", runOnly: ['cat.color']" if scheme == "dark" else ""
    found = page.evaluate(f"axe.run(document, {{resultTypes: ['violations']{rules}}})")
    assert len(found["passes"]) > (0 if scheme == "dark" else 10)
    assert [
        (one["id"], node["html"][:90], node.get("failureSummary", "")[:200])
        for one in found["violations"]
        for node in one["nodes"][:3]
    ] == []


def test_the_check_of_the_layout_finds_what_is_wrong(chromium: Any) -> None:
    """Text over text, text beyond its cell, a wide page, and a figure that is empty."""
    page = chromium.new_page(viewport={"width": 390, "height": 844})
    page.set_content(
        "<p style='position: absolute; top: 9px'>first</p>"
        "<p style='position: absolute; top: 12px'>second</p>"
        "<table style='position: absolute; top: 90px; width: 60px; "
        "table-layout: fixed'>"
        "<tr><td style='white-space: nowrap'>a cell of many words</td></tr></table>"
        "<div style='width: 900px'>wide</div>"
        "<figure><svg aria-labelledby='none'></svg></figure>"
    )
    told = " ".join(page.evaluate(LAYOUT))
    for words in ("overlap", "leaves its place", "scrolls sideways", "is not drawn"):
        assert words in told
    page.close()


def test_the_page_can_be_printed(
    opened: tuple[Any, list[str], list[str]],
) -> None:
    """In print no text is cut, the contents and links to skip are left out."""
    page, _, _ = opened
    page.set_viewport_size({"width": 718, "height": 1123})  # A4 within 1 cm margins
    page.emulate_media(media="print")
    assert page.locator("nav").is_hidden()
    assert page.evaluate(LAYOUT) == []
    printed: bytes = page.pdf(format="A4")
    assert len(re.findall(rb"/Type\s*/Page\b", printed)) > 5
