"""A look at a file before it is opened: what never ends is no file to read."""

import stat
from pathlib import Path
from typing import Final

from iph.errors import FileError

LARGEST_FILE: Final = 1 << 30
"""Bytes that a table may have."""


def opened(path: Path, *, largest: int = LARGEST_FILE) -> int:
    """Return the size of a file that can be opened and is not too large.

    Raises
    ------
    FileError
        If it is missing, a folder, unreadable, empty or too large.
    """
    try:
        state = path.stat()
        if stat.S_ISREG(state.st_mode):  # else opening a pipe would wait without end
            with path.open("rb"):
                pass
    except FileNotFoundError:
        raise FileError(str(path), "there is no such file") from None
    except (OSError, ValueError) as problem:
        reason = getattr(problem, "strerror", None) or str(problem)
        raise FileError(str(path), f"cannot be read ({reason})") from problem
    if stat.S_ISDIR(state.st_mode):
        raise FileError(str(path), "is a folder", "give the name of a file")
    if not stat.S_ISREG(state.st_mode):
        raise FileError(str(path), "is not a file")
    size = state.st_size
    if size == 0:
        raise FileError(str(path), "the file is empty")
    if size > largest:
        limit = f"{largest >> 20} MiB"
        raise FileError(str(path), f"the file is larger than {limit}", "split it")
    return size
