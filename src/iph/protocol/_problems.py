"""What is wrong with a study file: every problem, with its line and a remedy."""

import difflib
from collections.abc import Iterable
from typing import Any

import attrs

from iph._display import Displayed
from iph.errors import IphError


@attrs.frozen(kw_only=True)
class ProtocolError(Displayed):
    """One thing that keeps a study file from being read.

    Attributes
    ----------
    line : int or None
        The line of the file, counted from 1; None if it concerns the whole file.
    key : str
        The key, with the tables around it, such as ``patient.age_years.low``; empty
        if it concerns the whole file.
    problem : str
        What is wrong.
    hint : str
        What to do about it, where there is something to do.
    """

    line: int | None
    key: str
    problem: str
    hint: str = ""

    def __str__(self) -> str:
        line = "" if self.line is None else f"line {self.line}: "
        key = f"{self.key}: " if self.key else ""
        return f"{line}{key}{self.problem}" + (f"; {self.hint}" if self.hint else "")


class ProtocolErrors(IphError, ValueError):  # noqa: N818 - it holds several
    """A study file cannot be read; `errors` holds everything that is wrong with it.

    Parameters
    ----------
    path : str
        The file.
    errors : tuple of ProtocolError
        In the order of the file.
    """

    def __init__(self, path: str, errors: tuple[ProtocolError, ...]) -> None:
        self.path = path
        self.errors = errors
        count = "1 error" if len(errors) == 1 else f"{len(errors)} errors"
        super().__init__("\n".join([f"{path}: {count}", *map(str, errors)]))

    def __reduce__(self) -> tuple[Any, ...]:
        """Survive a trip to another process with all fields."""
        return type(self), (self.path, self.errors)


def nearest(word: str, known: Iterable[str]) -> str:
    """Ask whether the nearest of the known words was meant; else list them."""
    listed = list(known)
    close = difflib.get_close_matches(word, listed, n=1)
    if close:
        return f"did you mean {close[0]}?"
    return f"known: {', '.join(listed)}" if listed else ""


def is_near(word: str, names: Iterable[str]) -> bool:
    """Whether a word may mean one of some names."""
    close = difflib.get_close_matches(word.casefold(), [n.casefold() for n in names])
    return bool(close)
