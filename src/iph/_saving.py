"""Files that are either written whole or not at all."""

import contextlib
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

from iph.errors import FileError


@contextlib.contextmanager
def replacing(path: str | os.PathLike[str]) -> Iterator[Path]:
    """Give a new file to write to; it takes the place of `path` at the end.

    If anything fails on the way, the old file stays as it was and no other is left.

    Raises
    ------
    FileError
        If the folder does not exist or cannot be written.
    """
    target = Path(path)
    folder = target.parent
    if not folder.is_dir():
        raise FileError(str(target), f"the folder {folder} does not exist")
    if target.is_dir():
        raise FileError(str(target), "is a folder", "give the name of a file")
    try:
        handle, name = tempfile.mkstemp(
            dir=folder, prefix=f".{target.stem}-", suffix=target.suffix
        )
    except OSError as problem:
        reason = problem.strerror or str(problem)
        raise FileError(str(target), f"cannot be written ({reason})") from problem
    os.close(handle)
    draft = Path(name)
    try:
        yield draft
        draft.chmod(_mode(target))
        draft.replace(target)
    except OSError as problem:
        if isinstance(problem, FileError):
            raise
        reason = problem.strerror or str(problem)
        raise FileError(str(target), f"cannot be written ({reason})") from problem
    finally:
        draft.unlink(missing_ok=True)


def _mode(target: Path) -> int:
    """Return the permissions of the old file, else those of any new one."""
    if target.exists():
        return target.stat().st_mode & 0o777
    mask = os.umask(0)  # there is no way to look at it without setting it
    os.umask(mask)
    return 0o666 & ~mask
