"""The server of the page: for this computer, for who has the token, and no other."""

import base64
import http.client
import json
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from iph import __main__
from iph._page import Answer, _server
from iph._page._server import HOST, PageServer


@pytest.fixture
def server() -> Iterator[PageServer]:
    """Return a server that answers."""
    with PageServer() as running:
        thread = threading.Thread(target=running.serve_forever, args=(0.01,))
        thread.start()
        yield running
        running.shutdown()
        thread.join()


def request(
    server: PageServer,
    method: str,
    path: str,
    body: bytes | None = None,
    **headers: str,
) -> tuple[int, dict[str, str], bytes]:
    """Return status, headers and content."""
    link = http.client.HTTPConnection(HOST, server.server_address[1], timeout=60)
    link.request(method, path, body, headers)
    found = link.getresponse()
    content = found.read()
    link.close()
    return found.status, {k.lower(): v for k, v in found.getheaders()}, content


def ask(server: PageServer, **question: Any) -> list[Any]:
    """Return the lines of an answer."""
    body = json.dumps(question).encode()
    status, _, content = request(server, "POST", f"/{server.token}/ask", body)
    assert status == 200
    return [json.loads(line) for line in content.splitlines()]


def test_the_interface_is_served_behind_the_token(server: PageServer) -> None:
    """Each file with its kind, a policy, and the wish that nothing be kept."""
    assert server.address.startswith(f"http://127.0.0.1:{server.server_address[1]}/")
    assert len(server.token) > 30
    kinds = {"": "text/html", "main.js": "text/javascript", "style.css": "text/css"}
    for name, kind in kinds.items():
        status, headers, content = request(server, "GET", f"/{server.token}/{name}")
        assert status == 200
        assert content
        assert headers["content-type"].startswith(kind)
        assert headers["cache-control"] == "no-store"
        assert "default-src 'none'" in headers["content-security-policy"]


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/wrong/",
        "/{token}/../_server.py",
        "/{token}/no.js",
        "/{token}/%2e%2e",
        "*",
    ],
)
def test_nothing_else_is_served(server: PageServer, path: str) -> None:
    """No file beside the interface, and nothing without the token."""
    status, _, content = request(server, "GET", path.replace("{token}", server.token))
    assert (status, content) == (404, b"")


def test_other_names_and_other_pages_are_refused(server: PageServer) -> None:
    """A page that leads here by another name, or asks from elsewhere, gets nothing."""
    path = f"/{server.token}/"
    assert request(server, "GET", path, Host="evil.example")[0] == 404
    foreign = {"Origin": "https://evil.example"}
    assert request(server, "POST", f"{path}ask", b"{}", **foreign)[0] == 403
    assert request(server, "POST", f"{path}no", b"{}")[0] == 404
    assert request(server, "POST", f"{path}ask", b"no json")[0] == 400
    assert request(server, "POST", f"{path}ask", b"[]")[0] == 400
    long = {"Content-Length": str(1 << 40)}
    assert request(server, "POST", f"{path}ask", None, **long)[0] == 413
    assert (
        request(server, "POST", f"{path}ask", None, **{"Content-Length": "x"})[0] == 411
    )


def test_a_question_is_answered_line_by_line(server: PageServer) -> None:
    """A sheet goes there and its check comes back; what is wrong is said in words."""
    sheet = base64.b64encode(b"patient_id,sex\nP01,F\n").decode()
    (line,) = ask(
        server, action="look", given={"file": "a.csv"}, files={"a.csv": sheet}
    )
    assert line["said"]["n_patients"] == 1
    (line,) = ask(server, action="look", given={"file": "a.csv"}, files={"a.csv": "%"})
    assert line["said"]["error"].startswith("not understood")
    (line,) = ask(server, action="audit", given={})
    assert base64.b64decode(line["files"]["findings.html"]).startswith(b"<!")


def test_work_can_be_stopped(
    server: PageServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The next step that is told ends it, and the next question is answered."""
    reached = threading.Event()

    def forever(_action: str, _given: object, _files: object, tell: Any) -> Answer:
        for i in range(10**9):
            tell("turning", i % 2, 2)
            if i == 3:
                reached.set()
        return Answer(said={})

    monkeypatch.setattr(_server, "answer", forever)

    def stop() -> None:
        reached.wait(30)
        assert request(server, "POST", f"/{server.token}/stop", b"")[0] == 204

    stopper = threading.Thread(target=stop)
    stopper.start()
    lines = ask(server, action="turn", given={})
    stopper.join()
    assert lines[0] == {"step": ["turning", 0, 2]}
    assert lines[-1] == {"stopped": True}
    monkeypatch.undo()
    assert "version" in ask(server, action="hello", given={})[-1]["said"]


def test_the_command_opens_the_page(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """It prints the address, opens it if it may, and ends with Ctrl-C."""
    opened: list[str] = []
    monkeypatch.setattr("webbrowser.open", opened.append)

    def interrupted(_: PageServer) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(PageServer, "serve_forever", interrupted)
    assert __main__.main(["page"]) == 0
    said = capsys.readouterr().out
    assert opened[0] in said
    assert said.endswith("Stopped.\n")
    assert __main__.main(["page", "--no-open"]) == 0
    assert len(opened) == 1
    assert __main__.main(["page", "--port", "70000"]) == 2
