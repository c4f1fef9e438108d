"""Text that a spreadsheet would run as a formula: disarmed, and undone on reading.

A cell that starts with ``=``, ``+``, ``-``, ``@``, a control character or one of their
full-width forms gets an apostrophe in front, as spreadsheets do themselves; plain
numbers and a lone plus or minus cannot run and stay as they are. Reading takes one such
apostrophe away, so that what was written comes back.
"""

import re
from typing import Final

_STARTS: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "\0", "＝", "＋", "－", "＠")
_HARMLESS: Final = re.compile(r"[+-]|[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")


def runs(text: str) -> bool:
    """Whether a spreadsheet might run a text (apostrophes in front put aside)."""
    bare = text.lstrip("'")
    return bare.startswith(_STARTS) and _HARMLESS.fullmatch(bare) is None


def disarmed(text: str) -> str:
    """Return the text such that a spreadsheet shows it and does not run it."""
    return f"'{text}" if runs(text) else text


def rearmed(text: str) -> str:
    """Undo `disarmed`."""
    return text[1:] if text.startswith("'") and runs(text) else text
