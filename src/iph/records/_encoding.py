"""In which encoding a text is, told apart by the words in it; else asked.

Spreadsheets write CSV in the encoding of their country and do not say which. A byte
that is no UTF-8 may stand for a letter of a dozen scripts. An encoding is taken if the
text has words in it that iph knows; Windows-1252 also if its letters stand as those of
Western languages do. A wrong guess would be worse than a question.
"""

import functools
import re
import unicodedata
from collections.abc import Iterator
from typing import Any, Final

from iph.records._targets import guesses, known_names, normal
from iph.records._words import words

WESTERN: Final = "cp1252"
CANDIDATES: Final = {
    WESTERN: "Windows-1252 (Western European)",
    "gb18030": "GB 18030 (simplified Chinese)",
    "big5": "Big5 (traditional Chinese)",
    "cp932": "Shift-JIS (Japanese)",
    "cp949": "EUC-KR (Korean)",
    "cp1250": "Windows-1250 (Central European)",
    "cp1251": "Windows-1251 (Cyrillic)",
    "cp1253": "Windows-1253 (Greek)",
    "cp1254": "Windows-1254 (Turkish)",
    "mac_roman": "Mac OS Roman",
    "cp850": "code page 850 (DOS)",
}
"""Encodings in which spreadsheets of many countries save text."""

_SPLIT: Final = re.compile(r"[\s,;|\t\"'()\[\]/:=._-]+")
_BEYOND_ASCII: Final = re.compile(rb"[\x80-\xff]")
_LOOKED_AT: Final = 200_000
_RARE: Final = frozenset("ýÝþÞðÐ")
"""Letters of Icelandic and Czech, which stand where Turkish has its own."""


def encoding_of(head: bytes) -> tuple[str, tuple[str, ...]]:
    """Return the encoding of a text that is no UTF-8, and what it might be instead.

    The encoding is empty if it has to be asked; then each candidate comes with a piece
    of the text as it would be read.
    """
    first = _BEYOND_ASCII.search(head)
    start = head.rfind(b"\n", 0, first.start()) + 1 if first is not None else 0
    part = head[start : start + _LOOKED_AT]
    texts = {name: text for name in CANDIDATES if (text := _decoded(part, name))}
    hits = {name: _known(text) for name, text in texts.items()}
    most = max(hits.values(), default=0)
    best = [name for name in hits if hits[name] == most]
    if most and len({texts[name] for name in best}) == 1:
        return best[0], ()
    if WESTERN in best and _is_western(texts[WESTERN]):
        return WESTERN, ()
    listed = best if most else list(texts)
    return "", tuple(f"{name} ({_sample(texts[name])!r})" for name in listed)


def _decoded(head: bytes, name: str) -> str:
    """Return the text in an encoding; empty if it cannot be."""
    for cut in range(4):  # the head may end within a character
        try:
            return head[: len(head) - cut].decode(name)
        except UnicodeDecodeError:
            continue
    return ""


def _known(text: str) -> int:
    """Return how many different words of a text, not plain ASCII, are known."""
    parts = {part for part in _SPLIT.split(text) if part and not part.isascii()}
    lines = {cell.strip() for cell in re.split(r"[,;\t|\n\r\"]", text[:20_000])}
    return sum(normal(part) in _vocabulary() for part in parts | lines)


@functools.cache
def _vocabulary() -> frozenset[str]:
    found = {*known_names(), *guesses(), *map(normal, _texts(words()))}
    return frozenset(word for word in found if not word.isascii())


def _texts(listed: Any) -> Iterator[str]:
    """Yield all words of the vocabulary."""
    if isinstance(listed, str):
        yield listed
    else:
        parts = listed.values() if isinstance(listed, dict) else listed
        for part in parts:
            yield from _texts(part)


def _is_western(text: str) -> bool:
    """Whether the letters beyond ASCII stand as those of Western languages do."""
    for run in re.findall(r"[^\x00-\x7f]+", text):
        if len(run) > 2 or _RARE.intersection(run):
            return False
    for found in re.finditer(r"(?<=[^\W\d_])[^\x00-\x7f]+(?=[^\W\d_])", text):
        if any(not unicodedata.category(sign).startswith("L") for sign in found[0]):
            return False  # a sign within a word: a letter of another encoding
    return True


def _sample(text: str) -> str:
    found = next((p for p in _SPLIT.split(text) if p and not p.isascii()), "")
    return found[:20]
