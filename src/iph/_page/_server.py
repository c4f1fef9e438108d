"""The page served to a browser on this computer, with the installed library behind it.

Nothing listens beyond the loopback address. The address holds a random token, so that
no other user of the computer and no other page can ask; a page that leads the browser
here by another name is refused, as is any question that another page sends.
"""

import base64
import binascii
import json
import secrets
import threading
from collections.abc import Mapping
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib import resources
from typing import Any, Final

from iph._page._answers import LARGEST, Answer, Stopped, answer

HOST: Final = "127.0.0.1"

_LONGEST_QUESTION: Final = 3 * LARGEST  # base64 of a sheet and a study file
_KINDS: Final = {
    "html": "text/html; charset=utf-8",
    "css": "text/css; charset=utf-8",
    "js": "text/javascript; charset=utf-8",
}
# A report is shown in a frame without scripts; its styles stand within it.
_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; "
    "img-src data:; connect-src 'self'; frame-src 'self'; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'"
)
_HEADERS: Final = {
    "Content-Security-Policy": _POLICY,
    "Cache-Control": "no-store",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


class PageServer(ThreadingHTTPServer):
    """A server of the page.

    Attributes
    ----------
    token : str
        What the address must begin with.
    """

    daemon_threads = True

    def __init__(self, port: int = 0) -> None:
        self.token = secrets.token_urlsafe(24)
        self._stop = threading.Event()
        self._one = threading.Lock()
        super().__init__((HOST, port), _Handler)

    @property
    def address(self) -> str:
        """The address to open."""
        return f"{self.origin}/{self.token}/"

    @property
    def origin(self) -> str:
        """The address without the token."""
        return f"http://{HOST}:{self.server_address[1]}"

    def stop_work(self) -> None:
        """Stop what is being answered, at its next step."""
        self._stop.set()

    def answered(self, question: Mapping[str, Any], tell: Any) -> Answer:
        """Answer a question, one at a time, until it is stopped."""

        def step(what: str, done: int, total: int) -> None:
            if self._stop.is_set():
                raise Stopped
            tell(what, done, total)

        files = {
            str(name): base64.b64decode(content, validate=True)
            for name, content in dict(question.get("files", {})).items()
        }
        with self._one:
            self._stop.clear()
            return answer(
                str(question.get("action")),
                dict(question.get("given", {})),
                files,
                step,
            )


class _Handler(BaseHTTPRequestHandler):
    """Answers a request for the interface, a question, or a wish to stop."""

    server: PageServer
    server_version = "iph"
    sys_version = ""

    def log_message(self, *_: object) -> None:
        """Say nothing of who asked what."""

    def do_GET(self) -> None:
        """Give a file of the interface."""
        name = self._asked()
        if name is None:
            return
        name = name or "index.html"
        kind = _KINDS.get(name.rpartition(".")[2])
        found = resources.files("iph._page") / "interface" / name
        if "/" in name or "\\" in name or kind is None or not found.is_file():
            self._send(HTTPStatus.NOT_FOUND)
            return
        self._send(HTTPStatus.OK, found.read_bytes(), kind)

    def do_POST(self) -> None:
        """Answer a question line by line: steps, then what was found."""
        name = self._asked()
        if name is None:
            return
        if self.headers.get("Origin") not in (None, self.server.origin):
            self._send(HTTPStatus.FORBIDDEN)
        elif name == "stop":
            self.server.stop_work()
            self._send(HTTPStatus.NO_CONTENT)
        elif name == "ask":
            self._answer()
        else:
            self._send(HTTPStatus.NOT_FOUND)

    def _asked(self) -> str | None:
        """Return what is asked for behind the token; None if that is refused."""
        host = self.headers.get("Host", "")
        _, token, *rest = [*self.path.partition("?")[0].split("/", 2), ""][:3]
        right = secrets.compare_digest(token.encode(), self.server.token.encode())
        if host != self.server.origin.removeprefix("http://") or not right:
            self._send(HTTPStatus.NOT_FOUND)
            return None
        return rest[0]

    def _answer(self) -> None:
        try:
            length = int(self.headers.get("Content-Length", ""))
        except ValueError:
            self._send(HTTPStatus.LENGTH_REQUIRED)
            return
        if not 0 <= length <= _LONGEST_QUESTION:
            self._send(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
            return
        try:
            question = json.loads(self.rfile.read(length))
            given = {**question}
        except (ValueError, TypeError):
            self._send(HTTPStatus.BAD_REQUEST)
            return
        self.send_response(HTTPStatus.OK)
        self._end_headers("application/x-ndjson")
        try:
            found = self.server.answered(given, self._tell)
            files = {
                name: base64.b64encode(content).decode("ascii")
                for name, content in found.files.items()
            }
            self._line({"said": found.said, "files": files})
        except Stopped:
            self._line({"stopped": True})
        except (binascii.Error, TypeError, ValueError) as problem:
            self._line({"said": {"error": f"not understood: {problem}"}, "files": {}})

    def _tell(self, what: str, done: int, total: int) -> None:
        self._line({"step": [what, done, total]})

    def _line(self, content: Mapping[str, Any]) -> None:
        try:
            self.wfile.write(json.dumps(content).encode() + b"\n")
        except OSError:  # the page was closed
            raise Stopped from None

    def _send(
        self, status: HTTPStatus, content: bytes = b"", kind: str = "text/plain"
    ) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(content)))
        self._end_headers(kind)
        self.wfile.write(content)

    def _end_headers(self, kind: str) -> None:
        self.send_header("Content-Type", kind)
        for name, said in _HEADERS.items():
            self.send_header(name, said)
        self.end_headers()
