"""What a command prints and writes: never a control character, never half a file."""

import codecs
import io
import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Final

from iph._saving import replacing

# Control characters could move the cursor, change colors or hide text in a terminal;
# marks of writing direction could show it in another order. Lone surrogates stand for
# bytes of file names that are no text.
_DANGEROUS: Final = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]"
)
_PLAIN: Final = {
    "\u2010": "-",
    "\u2011": "-",
    "\u2012": "-",
    "\u2013": "-",
    "\u2014": "-",
    "\u2212": "-",
    "\u2018": "'",
    "\u2019": "'",
    "\u201c": '"',
    "\u201d": '"',
    "\u2026": "...",
    "\u00d7": "x",
    "\u2264": "<=",
    "\u2265": ">=",
    "\u00a0": " ",
    "\u202f": " ",
}
_HANDLER: Final = "iph-plain"


def say(*lines: object, sep: str = " ") -> None:
    """Print to the standard output."""
    print(visible(sep.join(map(str, lines))))


def complain(text: object) -> None:
    """Print to the standard error, in the name of the program."""
    if sys.stderr is not None:
        print(visible(f"iph: {text}"), file=sys.stderr)


def visible(text: str) -> str:
    """Return a text in which control characters are written out."""
    return _DANGEROUS.sub(lambda found: ascii(found[0])[1:-1], text)


def print_on_any_console() -> None:
    """Let a console print what it can, and plain signs for what it cannot."""
    codecs.register_error(_HANDLER, _plainly)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors=_HANDLER)


def _plainly(problem: UnicodeError) -> tuple[str, int]:
    """Return plain signs for the characters that a console does not have."""
    if not isinstance(problem, UnicodeEncodeError):
        raise problem
    missing = problem.object[problem.start : problem.end]
    plain = (_PLAIN.get(sign, ascii(sign)[1:-1]) for sign in missing)
    return "".join(plain), problem.end


def write_bytes(path: Path, content: bytes, *, overwrite: bool) -> None:
    """Write a file in one step."""
    with replacing(path, overwrite=overwrite) as draft:
        draft.write_bytes(content)


def progress() -> Callable[[str, int, int], None] | None:
    """Return a progress line for a terminal; nothing if nobody watches."""
    if sys.stderr is None or not sys.stderr.isatty():
        return None

    def show(what: str, done: int, total: int) -> None:
        bar = f"{'#' * (20 * done // total):<20}"
        line = f"\r[{bar}] {done}/{total} {visible(what)[:30]}"
        sys.stderr.write(f"{line:<70}" if done < total else "\r" + " " * 70 + "\r")
        sys.stderr.flush()

    return show
