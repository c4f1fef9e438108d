"""Reports and the page opened in a real browser.

They need Chromium and the packages of the dependency group ``browser``, so they are
collected only with ``IPH_BROWSER=1``; what is missing then is a failure. The browser is
the one that the variable ``IPH_CHROMIUM`` names, else that of the system.

The page is served by `python -m iph page`; or it is the one that web/build.py made,
which runs Python itself, if the variable ``IPH_PAGE`` names the folder of it.
"""

import os
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import attrs
import pytest

from iph import Cohort
from iph._page._server import PageServer
from iph.evidence import published_cases
from iph.report import write
from iph.study import analyze, compare_with_claims

PATIENT = 600_000  # milliseconds that a busy machine may take

if os.environ.get("IPH_BROWSER") != "1":
    collect_ignore_glob = ["test_*.py"]
elif not os.environ.get("IPH_PAGE"):
    collect_ignore = ["test_folder.py"]  # of the page that web/build.py makes


@pytest.fixture(scope="session")
def reports(
    twin_of_li: Callable[[int], Cohort], tmp_path_factory: pytest.TempPathFactory
) -> dict[str, Path]:
    """Return the folders of the report of the published cases and of a twin."""
    folder = tmp_path_factory.mktemp("browser")
    studies = {
        "published": analyze(published_cases(), population="not-excluded"),
        "twin": analyze(twin_of_li(2023), by="coagulation_status"),
    }
    return {
        name: write(study, folder / name, comparison=compare_with_claims(study)).folder
        for name, study in studies.items()
    }


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    """Return a running browser without a window."""
    from playwright.sync_api import sync_playwright

    path = os.environ.get("IPH_CHROMIUM") or shutil.which("chromium")
    assert path is not None, "no chromium on the path"
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield browser
        browser.close()


@attrs.define
class Opened:
    """A page that is open, and what it did."""

    page: Any
    said: list[str]
    fetched: list[str]
    seconds: float

    def new_requests(self, address: str) -> list[str]:
        """Return what was asked for since it was loaded, beside its own questions.

        A worker that is started anew is read from memory, by an address of its own.
        """
        own = {f"{address}ask", f"{address}stop"}
        fetched = [url for url in self.fetched if not url.startswith("blob:")]
        return [url for url in fetched if url not in own]

    def paste(self, text: str) -> None:
        """Paste a table and wait until it was checked."""
        details = self.page.locator("details:has(#pasted)")
        details.evaluate("found => { found.open = true }")
        self.page.fill("#pasted", text)
        self.page.click("#take-pasted")
        self.page.wait_for_selector("#working", state="hidden")
        self.page.wait_for_selector("#found")

    def drop(self, *paths: Path) -> None:
        """Choose files, and wait until the first was checked or refused."""
        self.page.set_input_files("#file", [str(path) for path in paths])
        self.page.wait_for_function(
            """name => {
              const find = id => document.getElementById(id);
              const said = find("trouble").hidden ? find("verdict") : find("trouble");
              return find("working").hidden && said.textContent.includes(name);
            }""",
            arg=paths[0].name,
        )

    def make_report(self, population: str = "included") -> None:
        """Press the button, and wait until the report is shown."""
        page = self.page
        page.select_option("#population", population)
        page.click("#report")
        page.wait_for_selector("#made:not([hidden]), #trouble:not([hidden])")
        assert page.locator("#trouble").is_hidden(), page.inner_text("#trouble")

    def saved(self, name: str) -> bytes:
        """Return a file that the page offers."""
        with self.page.expect_download() as waiting:
            self.page.click(f"a[download='{name}']")
        return Path(waiting.value.path()).read_bytes()


@pytest.fixture(scope="session")
def address() -> Iterator[str]:
    """Return where the page is."""
    built = os.environ.get("IPH_PAGE")
    if built:
        yield (Path(built) / "iph.html").resolve().as_uri()
        return
    with PageServer() as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.address
        server.shutdown()


@pytest.fixture(scope="session")
def opened(chromium: Any, address: str) -> Iterator[Opened]:
    """Return the page, once it is ready to be asked."""
    context = chromium.new_context(
        viewport={"width": 1280, "height": 900}, locale="en-US", accept_downloads=True
    )
    if address.startswith("file:"):
        context.set_offline(True)
    page = context.new_page()
    page.set_default_timeout(PATIENT)
    said: list[str] = []
    fetched: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    started = time.monotonic()
    page.goto(address)
    page.wait_for_selector("html[data-ready]", state="attached")
    seconds = time.monotonic() - started
    page.on("request", lambda request: fetched.append(request.url))
    yield Opened(page, said, fetched, seconds)
    context.close()


@pytest.fixture
def quiet(opened: Opened, address: str) -> Iterator[Opened]:
    """Return the page; nothing may be fetched or said on the console meanwhile."""
    opened.page.set_viewport_size({"width": 1280, "height": 900})
    yield opened
    assert opened.new_requests(address) == []
    assert opened.said == []
