"""The statements of a TOML file with their lines, and every syntax error at once.

The reader of the standard library stops at the first error and keeps no lines. Here the
text is cut into statements by a walk over its quotes and brackets, each statement is
read by the standard library, and what it says is told in plain words. The walk is
linear: every character is passed once, and a long text that is never closed sends it
back to the following line at most once for each of the two kinds of long quotes.

TOML 1.0 holds on every Python. What 1.1 adds (a table in braces over several lines, a
comma before its end, two escapes, times without seconds) is refused, since the file
would work with one Python and not with another.
"""

import re
import tomllib
from collections.abc import Iterable, Iterator
from decimal import Decimal, InvalidOperation
from typing import Any, Final

import attrs

from iph.protocol._problems import ProtocolError
from iph.protocol._syntax_words import in_words

Path = tuple[str | int, ...]

_BARE: Final = r"[A-Za-z0-9_-]+"
_KEY: Final = rf"(?:{_BARE}|\"[^\"\n]*\"|'[^'\n]*')"
_SETS: Final = re.compile(rf"[ \t]*{_KEY}(?:[ \t]*\.[ \t]*{_KEY})*[ \t]*=")
_ONE_KEY: Final = re.compile(_KEY)
# A line that cannot be a part of a list: its first name is no number, date or true.
_HEADS: Final = re.compile(
    r"[ \t]*\[{1,2}[ \t]*(?!(?:true|false|inf|nan)\b)[A-Za-z_][A-Za-z0-9_.-]*[ \t]*\]"
)
# Everything that the walk must stop at.
_STOP: Final = re.compile(r"\"\"\"|'{3}|\"|'|[\[\]{}#\n,]")
_TEXT: Final = {
    '"': re.compile(r"(?:[^\"\\\n]|\\[^\n])*\""),
    "'": re.compile(r"[^'\n]*'"),
    '"""': re.compile(r"(?:[^\\\"]|\\.|\"{1,2}(?!\"))*\"{3,5}", re.DOTALL),
    "'''": re.compile(r"(?:[^']|'{1,2}(?!'))*'{3,5}", re.DOTALL),
}
_CLOSED_BY: Final = {"[": "]", "{": "}"}
_NEW_ESCAPE: Final = re.compile(r"(?:[^\\]|\\[^ex])*?\\[ex]", re.DOTALL)
_SHORT_TIME: Final = re.compile(r"(?<![0-9:+-])[0-9]{2}:[0-9]{2}(?![0-9:])")
_NO_SECONDS: Final = "a time needs seconds, such as 12:30:00"
_LONGEST_BRACES: Final = 50  # lines; further ones are looked at on their own
_AT: Final = re.compile(r" \(at (?:line (\d+), column \d+|end of document)\)$")


@attrs.frozen
class Scanned:
    """A TOML text as read.

    Attributes
    ----------
    data : dict
        What it holds, as `tomllib` reads it with decimals as `Decimal`; empty if there
        are errors.
    lines : dict of tuple to int
        The line of each key, by the keys of the tables around it and its own.
    errors : tuple of ProtocolError
        Every error of syntax, in the order of the file.
    """

    data: dict[str, Any]
    lines: dict[Path, int]
    errors: tuple[ProtocolError, ...]


def scan(text: str) -> Scanned:
    """Read a TOML text: its data and the line of each key, or all its errors."""
    text = text.replace("\r\n", "\n")
    places = _Places()
    errors: list[ProtocolError] = []
    for statement in _statements(text):
        if statement.problem:
            errors.append(_error(statement.line, statement.problem))
            continue
        try:
            data = tomllib.loads(statement.text + "\n")
        except (ValueError, RecursionError) as error:
            line = statement.line + (_line_in(error) or 1) - 1
            errors.append(_error(line, in_words(_bare(error), statement.text)))
        else:
            errors += places.take(statement, data)
    if errors:
        return Scanned({}, places.lines, tuple(errors))
    try:
        whole = tomllib.loads(text + "\n", parse_float=_decimal)
    except (ValueError, RecursionError) as error:  # a name with two meanings
        problem = in_words(_bare(error), "")
        return Scanned({}, places.lines, (_error(_line_in(error), problem),))
    return Scanned(whole, places.lines, ())


def _error(line: int | None, problem: tuple[str, str], key: str = "") -> ProtocolError:
    return ProtocolError(line=line, key=key, problem=problem[0], hint=problem[1])


def _bare(error: Exception) -> str:
    """Return a message of the standard library without its place."""
    return _AT.sub("", str(error))


def _line_in(error: Exception) -> int | None:
    """Return the line that a message of the standard library names."""
    found = _AT.search(str(error))
    return int(found[1]) if found and found[1] else None


def _decimal(text: str) -> Decimal:
    try:
        return Decimal(text)
    except InvalidOperation:  # an exponent of twenty digits
        return Decimal(float(text))


@attrs.frozen
class _Statement:
    line: int
    text: str
    problem: tuple[str, str] | None = None


def _statements(text: str) -> Iterator[_Statement]:
    """Yield every statement with its first line, or what keeps it from being one."""
    at, line = 0, 1
    while at < len(text):
        cut = _cut(text, at)
        own = text[at : cut.end].rstrip("\n")
        if cut.problem is not None:
            wrong = line + text.count("\n", at, cut.wrong_at)
            yield _Statement(wrong, own, cut.problem)
        elif own.strip(" \t") and not own.lstrip(" \t").startswith("#"):
            yield _Statement(line, own)
        line += text.count("\n", at, cut.end)
        at = cut.end


@attrs.frozen
class _Cut:
    """Where a statement ends; what is wrong with it, and where."""

    end: int
    problem: tuple[str, str] | None = None
    wrong_at: int = 0


def _cut(text: str, start: int) -> _Cut:
    """Find where the statement that begins here ends."""
    walk = _Walk(text, start)
    while walk.found is None:
        walk.step()
    return walk.found


class _Walk:
    """A walk over the quotes, brackets and commas of one statement."""

    def __init__(self, text: str, start: int) -> None:
        self.text, self.at = text, start
        self.found: _Cut | None = None
        self.open: list[tuple[str, int]] = []
        self.after_comma = False
        self.is_header = text[start:].lstrip(" \t")[:1] == "["

    def wrong(self, at: int, problem: str, hint: str = "", *, inside: bool) -> None:
        """End the statement with an error, so that the next one is seen."""
        end = _next_line(self.text, at)
        while inside and end < len(self.text):
            if _SETS.match(self.text, end) or _HEADS.match(self.text, end):
                break  # the lines before are the rest of what was not closed
            end = _next_line(self.text, end)
        self.found = _Cut(end, (problem, hint), at)

    def step(self) -> None:
        """Pass the next mark."""
        stop = _STOP.search(self.text, self.at)
        end = len(self.text) if stop is None else stop.start()
        between = self.text[self.at : end]
        if short := _SHORT_TIME.search(between):
            self.wrong(self.at + short.start(), _NO_SECONDS, inside=bool(self.open))
            return
        self.after_comma = self.after_comma and not between.strip()
        if stop is None:
            self.at = end
            self.line_ends()
            return
        self.at = stop.end()
        mark = stop[0]
        if mark in _TEXT:
            self.text_begins(mark)
        elif mark == "#":
            newline = self.text.find("\n", self.at)
            self.at = len(self.text) if newline < 0 else newline
        elif mark == "\n":
            self.line_ends()
        elif mark in _CLOSED_BY:
            self.open.append((mark, stop.start()))
            self.after_comma = False
        elif mark == ",":
            self.after_comma = True
        else:
            self.bracket_ends(mark)

    def text_begins(self, mark: str) -> None:
        closed = _TEXT[mark].match(self.text, self.at)
        begun = self.at - len(mark)
        if closed is None:
            inside = bool(self.open) or len(mark) > 1
            problem = f"a text is not closed: {mark} is missing at its end"
            self.wrong(begun, problem, inside=inside)
        elif mark[0] == '"' and _NEW_ESCAPE.match(closed[0]):
            problem = r"\e and \x are no escapes here"
            inside = bool(self.open) or len(mark) > 1
            self.wrong(begun, problem, r"write \u and four digits", inside=inside)
        else:
            self.at, self.after_comma = closed.end(), False

    def line_ends(self) -> None:
        if not self.open:
            self.found = _Cut(self.at)
            return
        mark, place = self.open[-1]
        last = self.at >= len(self.text)
        if mark == "{":
            self.braces_break(place)
        elif self.is_header:
            self.wrong(place, "a ] is missing behind the name", inside=False)
        elif (
            last or _SETS.match(self.text, self.at) or _HEADS.match(self.text, self.at)
        ):
            self.wrong(place, "a ] is missing: the list is not closed", inside=True)

    def braces_break(self, place: int) -> None:
        """End a table in braces that goes on in the next line, with all of it."""
        goes_on = self.after_comma or self.text[place + 1 : self.at].isspace()
        problem, hint = "a } is missing", "a table in braces stands on one line"
        self.wrong(place, problem, hint, inside=True)
        end = self.at
        for _ in range(_LONGEST_BRACES if goes_on else 0):
            start, end = end, _next_line(self.text, end)
            if _HEADS.match(self.text, start):
                return
            if "}" in self.text[start:end] and "{" not in self.text[start:end]:
                self.found = _Cut(end, (problem, hint), place)
                return

    def bracket_ends(self, mark: str) -> None:
        place = self.at - 1
        if not self.open:
            problem = f"a {mark} stands here without its beginning"
            self.wrong(place, problem, inside=False)
            return
        wanted = _CLOSED_BY[self.open[-1][0]]
        if wanted != mark:
            self.wrong(place, f"a {wanted} is missing before the {mark}", inside=False)
        elif mark == "}" and self.after_comma:
            problem = "a comma stands before the }"
            self.wrong(place, problem, "remove the comma", inside=len(self.open) > 1)
        else:
            self.open.pop()
            self.after_comma = False


def _next_line(text: str, at: int) -> int:
    newline = text.find("\n", at)
    return len(text) if newline < 0 else newline + 1


class _Places:
    """The line of every key, and names that stand twice."""

    def __init__(self) -> None:
        self.lines: dict[Path, int] = {}
        self._set: dict[Path, int] = {}
        self._headed: dict[Path, int] = {}
        self._counts: dict[Path, int] = {}
        self._table: Path = ()

    def take(self, statement: _Statement, data: dict[str, Any]) -> list[ProtocolError]:
        """Note the keys of a statement; return what stands twice."""
        start = statement.text.lstrip(" \t")
        if start.startswith("[["):
            self._table = self._one_more(self._resolved(_chain(data)))
            self.lines.setdefault(self._table, statement.line)
            return []
        if start.startswith("["):
            self._table = self._resolved(_chain(data))
            return self._once(self._headed, self._table, statement.line)
        path, value = self._table, data
        for name in _chain(data)[: _parts(start)]:
            path, value = (*path, name), value[str(name)]
            self.lines.setdefault(path, statement.line)
        self._note(path, value, statement.line)
        return self._once(self._set, path, statement.line)

    def _note(self, path: Path, value: Any, line: int) -> None:
        """Note the line of everything inside a value."""
        inside: Iterable[tuple[str | int, Any]] = ()
        if isinstance(value, dict):
            inside = value.items()
        if isinstance(value, list):
            inside = enumerate(value)
        for name, one in inside:
            self.lines.setdefault((*path, name), line)
            self._note((*path, name), one, line)

    def _once(
        self, seen: dict[Path, int], path: Path, line: int
    ) -> list[ProtocolError]:
        self.lines.setdefault(path, line)
        first = seen.setdefault(path, line)
        if first == line:
            return []
        name = ".".join(map(str, path))
        problem = f"stands twice, first in line {first}"
        return [_error(line, (problem, "keep one of them"), key=name)]

    def _one_more(self, path: Path) -> Path:
        self._counts[path] = self._counts.get(path, -1) + 1
        return (*path, self._counts[path])

    def _resolved(self, path: Path) -> Path:
        """Return a path of tables with the place in each list of tables on the way."""
        found: Path = ()
        for name in path[:-1]:
            found = (*found, name)
            if found in self._counts:
                found = (*found, self._counts[found])
        return (*found, *path[-1:])


def _chain(data: dict[str, Any]) -> Path:
    """Return the names from a statement's first to the last that stands alone."""
    found: Path = ()
    value: Any = data
    while isinstance(value, (dict, list)) and len(value) == 1:
        if isinstance(value, dict):
            ((name, value),) = value.items()
            found = (*found, name)
        else:
            (value,) = value
    return found


def _parts(statement: str) -> int:
    """Return how many names with dots between them a statement sets."""
    found = _SETS.match(statement)
    return len(_ONE_KEY.findall(found[0])) if found else 1
