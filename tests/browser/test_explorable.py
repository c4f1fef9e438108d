"""What the script of a report adds: under its own policy, and only if it may run."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest


@pytest.fixture
def page(chromium: Any, reports: dict[str, Path]) -> Iterator[Any]:
    """Return the page of the twin under its policy; its console must stay silent."""
    context = chromium.new_context(viewport={"width": 1280, "height": 900})
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    opened = context.new_page()
    said: list[str] = []
    fetched: list[str] = []
    opened.on("console", lambda message: said.append(message.text))
    opened.on("pageerror", lambda error: said.append(str(error)))
    address = (reports["twin"] / "report.html").as_uri()
    opened.on("request", lambda request: fetched.append(request.url))
    opened.goto(address)
    yield opened
    assert said == []
    assert [url for url in fetched if not url.startswith(("data:", address))] == []
    context.close()


def cells(table: Any, column: int) -> list[str]:
    """Return the texts of a column."""
    found: list[str] = table.evaluate(
        "(t, k) => [...t.tBodies[0].rows].map(r => r.cells[k].textContent)", column
    )
    return found


def test_a_table_is_sorted_by_a_column_and_back(page: Any) -> None:
    """First upwards, then downwards, then as it was; levels stay below their head."""
    table = page.locator("table", has_text="Baseline characteristics").first
    before, head = cells(table, 0), table.locator("thead th").nth(1)
    head.locator("button").click()
    up = cells(table, 1)
    assert head.get_attribute("aria-sort") == "ascending"
    ages = [text for text in up if text[:1].isdigit() and "/" not in text]
    first = [float(text.split()[0]) for text in ages]
    assert first[:3] == sorted(first[:3])
    names = cells(table, 0)
    assert set(names[names.index("Sex") + 1 :][:2]) == {"female", "male"}
    head.locator("button").click()
    assert head.get_attribute("aria-sort") == "descending"
    assert cells(table, 1) != up
    head.locator("button").click()
    assert head.get_attribute("aria-sort") is None
    assert cells(table, 0) == before


def test_a_long_table_can_be_searched(page: Any) -> None:
    """Rows without the words go, on the screen alone."""
    block = page.locator(".block", has_text="Baseline characteristics").first
    block.locator("input[type=search]").fill("warfarin")
    rows = block.locator("tbody tr")
    shown = block.locator("tbody tr:visible th").all_inner_texts()
    assert shown == ["Antithrombotic agents", "warfarin"]
    page.emulate_media(media="print")
    assert rows.last.is_visible()
    assert block.locator(".tools").is_hidden()


def test_columns_and_groups_can_be_hidden(page: Any) -> None:
    """A column leaves its table and a group its figure, and both come back."""
    block = page.locator(".block:has(.tools details)").first
    block.locator(".tools summary").click()
    choice = block.locator(".choices input").first
    choice.uncheck()
    assert block.locator("tbody tr").first.locator("td").first.is_hidden()
    choice.check()
    assert block.locator("tbody tr").first.locator("td").first.is_visible()
    figure = page.locator("figure:has(fieldset)").first
    part = figure.locator("[data-group]").first
    own = figure.locator("fieldset label", has_text=part.get_attribute("data-group"))
    own.locator("input").first.uncheck()
    visible = "e => getComputedStyle(e).visibility"
    assert part.evaluate(visible) == "hidden"
    page.emulate_media(media="print")
    assert part.evaluate(visible) == "visible"


def test_a_figure_says_its_counts(page: Any) -> None:
    """What lies below the pointer is told beside it, within the window."""
    figure = page.locator("figure:has(#grades_strength-alt)")
    figure.scroll_into_view_if_needed()
    bar = figure.locator(".says").first
    bar.hover(force=True)
    tip = page.locator(".tip")
    assert tip.inner_text() == bar.get_attribute("data-says")
    box = tip.bounding_box()
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 1280
    page.mouse.move(2, 2)
    assert tip.is_hidden()


def test_a_table_is_copied_whole(page: Any) -> None:
    """What is pasted has the cells of the table."""
    block = page.locator(".block").first
    block.get_by_text("Copy", exact=True).click()
    pasted = page.evaluate("navigator.clipboard.readText()")
    assert block.locator("tbody tr").last.locator("td").first.inner_text() in pasted
    assert block.get_by_text("Copied").is_visible()


def test_without_scripts_the_page_is_whole(
    chromium: Any, reports: dict[str, Path]
) -> None:
    """All tables, figures and numbers stand there, and no control that does nothing."""
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto((reports["twin"] / "report.html").as_uri())
    assert page.locator("button, input, .tools, .tip").count() == 0
    assert page.locator(".says > title").count() > 50
    assert page.locator("table").count() > 20
    page.locator("figure summary").first.click()
    assert page.locator("figure details[open] table").first.is_visible()
    context.close()
