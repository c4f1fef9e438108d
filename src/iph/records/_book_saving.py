"""Saving a workbook: in memory first, so that a full disk is met in one place."""

import errno
import gc
import io
import os
import sys
from collections.abc import Callable
from pathlib import Path

from iph.errors import IphError


def save_book(save: Callable[[io.BytesIO], None], path: Path) -> None:
    """Write the workbook to a file that `save` writes to memory with openpyxl.

    Raises
    ------
    OSError
        If there is no room, in the folder or where the library keeps its sheets.
    """
    held = io.BytesIO()
    code = _problem(save, held)
    if code is not None:
        raise OSError(code, os.strerror(code))
    path.write_bytes(held.getvalue())


def _problem(save: Callable[[io.BytesIO], None], held: io.BytesIO) -> int | None:
    """Return the number of the error by which the system refused to save."""
    # Where a write fails the library leaves sheets open. Python closes them when it
    # drops them, and prints that this failed too, which nobody can catch.
    hook = sys.unraisablehook
    sys.unraisablehook = lambda _: None
    try:
        code = _tried(save, held)
        if code is not None:
            gc.collect()
    finally:
        sys.unraisablehook = hook
    return code


def _tried(save: Callable[[io.BytesIO], None], held: io.BytesIO) -> int | None:
    try:
        save(held)
    except IphError:
        raise
    except OSError as problem:
        return problem.errno or errno.EIO
    except Exception as problem:
        # lxml, where it is installed, writes the sheets, and has errors of its own
        if type(problem).__name__ != "SerialisationError":
            raise
        found: int = getattr(errno, str(problem).removeprefix("IO_"), errno.EIO)
        return found
    return None
