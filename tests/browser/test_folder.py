"""The page as a folder on a server: it loads its parts, and then nothing any more."""

import contextlib
import functools
import http.server
import importlib.util
import json
import os
import re
import shutil
import threading
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

BUILT = Path(os.environ.get("IPH_PAGE", ""))
PYODIDE = Path(os.environ.get("IPH_PYODIDE", ""))
PATIENT = 600_000  # milliseconds that a busy machine may take
SHEET = "patient_id,sex,vas_week_1\nP01,F,4\nP02,M,12\n"
REFUSED = "fetch('parts/site.zip').then(() => 'reached', () => 'refused')"


class Quiet(http.server.SimpleHTTPRequestHandler):
    """Serves a folder, to pages of other servers as well, and says nothing of it."""

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def end_headers(self) -> None:
        """Allow what a server for all pages allows."""
        self.send_header("Access-Control-Allow-Origin", "*")
        super().end_headers()


@contextlib.contextmanager
def served(folder: Path) -> Iterator[str]:
    """Yield the address at which a folder is served."""
    serve = functools.partial(Quiet, directory=str(folder))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), serve) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}/"
        server.shutdown()


def small(folder: Path, address: str) -> Path:
    """Return a copy of the small page that takes Pyodide from an address."""
    shutil.copytree(BUILT / "small", folder)
    text = (folder / "index.html").read_text(encoding="utf-8")
    (usual,) = set(re.findall(r"https://[^\"' ]+/full/", text))
    (folder / "index.html").write_text(text.replace(usual, address), encoding="utf-8")
    return folder


def check_closed(chromium: Any, address: str) -> list[str]:
    """Check a sheet, see that the page is closed; return what it had asked for."""
    page = chromium.new_page(locale="en-US")
    page.set_default_timeout(PATIENT)
    loaded: list[str] = []
    page.on("requestfinished", lambda request: loaded.append(request.url))
    page.goto(address)
    page.wait_for_selector("html[data-ready]", state="attached")
    before = len(loaded)
    assert page.evaluate(REFUSED) == "refused"
    page.locator("details:has(#pasted)").evaluate("found => { found.open = true }")
    page.fill("#pasted", SHEET)
    page.click("#take-pasted")
    page.wait_for_selector("#found:not([hidden])")
    assert "1 error keeps" in page.inner_text("#verdict")
    assert loaded[before:] == []
    page.close()
    return loaded


def test_the_folder_is_closed_once_it_is_loaded(chromium: Any) -> None:
    """A sheet is checked, and what the page tries to fetch is refused."""
    with served(BUILT / "iph") as address:
        loaded = check_closed(chromium, address)
        assert all(url.startswith((address, "blob:")) for url in loaded)


def test_the_small_page_takes_pyodide_from_its_address(
    chromium: Any, tmp_path: Path
) -> None:
    """And nothing after that; it brings less than a tenth itself."""
    with (
        served(PYODIDE) as release,
        served(small(tmp_path / "small", release)) as address,
    ):
        loaded = check_closed(chromium, address)
    far = [url for url in loaded if url.startswith(release)]
    assert any("scipy" in url for url in far)
    assert any(url.endswith("pyodide.asm.wasm") for url in far)
    sizes = [p.stat().st_size for p in (tmp_path / "small").rglob("*") if p.is_file()]
    whole = [p.stat().st_size for p in (BUILT / "iph").rglob("*") if p.is_file()]
    assert sum(sizes) < sum(whole) / 10


def test_the_small_page_refuses_a_file_that_was_changed(
    chromium: Any, tmp_path: Path
) -> None:
    """It says in words which one, and starts nothing."""
    text = (BUILT / "small" / "index.html").read_text(encoding="utf-8")
    found = re.search(r'id="parts">(.*?)</script>', text)
    assert found is not None
    first = next(name for name, address, _ in json.loads(found[1]) if address)
    (tmp_path / "release").mkdir()
    content = bytearray((PYODIDE / first).read_bytes())
    content[-1] ^= 1
    (tmp_path / "release" / first).write_bytes(content)
    with (
        served(tmp_path / "release") as release,
        served(small(tmp_path / "small", release)) as address,
    ):
        page = chromium.new_page(locale="en-US")
        page.set_default_timeout(PATIENT)
        page.goto(address)
        page.wait_for_selector("#trouble:not([hidden])")
        words = page.inner_text("#trouble")
        page.close()
    assert f"{release}{first} cannot be had, or is not the file" in words


def test_the_documentation_opens_the_small_page(tmp_path: Path) -> None:
    """It lies beside the pages, and one of them leads there."""
    place = Path(__file__).parents[2] / "docs" / "_ext" / "iph_try.py"
    spec = importlib.util.spec_from_file_location("iph_try", place)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    assert 'href="try/index.html"' in module.try_page()
    app = SimpleNamespace(builder=SimpleNamespace(format="html"), outdir=tmp_path)
    app.connect = lambda _event, copied: copied(app, None)
    module.setup(app)
    assert (tmp_path / "try" / "index.html").is_file()
    assert (tmp_path / "try" / "parts" / "site.zip").is_file()
