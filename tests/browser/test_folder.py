"""The page as a folder on a server: it loads its parts, and then nothing any more."""

import functools
import http.server
import os
import threading
from pathlib import Path
from typing import Any

FOLDER = Path(os.environ.get("IPH_PAGE", "")) / "iph"
PATIENT = 600_000  # milliseconds that a busy machine may take
SHEET = "patient_id,sex,vas_week_1\nP01,F,4\nP02,M,12\n"


class Quiet(http.server.SimpleHTTPRequestHandler):
    """Serves a folder and says nothing of it."""

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def test_the_folder_is_closed_once_it_is_loaded(chromium: Any) -> None:
    """A sheet is checked, and what the page tries to fetch is refused."""
    serve = functools.partial(Quiet, directory=str(FOLDER))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), serve) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        page = chromium.new_page(locale="en-US")
        page.set_default_timeout(PATIENT)
        page.goto(f"http://127.0.0.1:{server.server_address[1]}/")
        page.wait_for_selector("html[data-ready]", state="attached")
        reached: list[str] = []
        page.on("requestfinished", lambda request: reached.append(request.url))
        refused = "fetch('parts/site.zip').then(() => 'reached', () => 'refused')"
        assert page.evaluate(refused) == "refused"
        page.locator("details:has(#pasted)").evaluate("found => { found.open = true }")
        page.fill("#pasted", SHEET)
        page.click("#take-pasted")
        page.wait_for_selector("#found:not([hidden])")
        assert "1 errors" in page.inner_text("#verdict")
        assert reached == []
        page.close()
        server.shutdown()
