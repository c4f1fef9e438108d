"""The one writer of files: whole or not at all, and never in place of others."""

import contextlib
import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from iph.errors import FileError

# Within a browser there is one user, and the mask that is told forbids everything.
_MASKLESS: Final = {"emscripten", "wasi"}


@contextlib.contextmanager
def replacing(
    path: str | os.PathLike[str], *, overwrite: bool = False
) -> Iterator[Path]:
    """Give a new file to write to; it takes the name `path` at the end.

    If anything fails on the way, an old file stays as it was and no other is left. A
    file that is there already is replaced only where that was asked for, a link never.

    Raises
    ------
    FileError
        If there is such a file, or the folder does not exist or cannot be written.
    """
    target = Path(path)
    refuse_old(target, overwrite=overwrite)
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
        refuse_old(target, overwrite=overwrite)  # it may have come meanwhile
        draft.replace(target)
    except OSError as problem:
        if isinstance(problem, FileError):
            if problem.path != name:
                raise
            # the draft has a name that nobody has chosen
            raise FileError(str(target), problem.problem, problem.hint) from problem
        reason = problem.strerror or str(problem)
        raise FileError(str(target), f"cannot be written ({reason})") from problem
    finally:
        draft.unlink(missing_ok=True)


def refuse_old(target: Path, *, overwrite: bool = False) -> None:
    """Raise FileError if what stands at a path is not to be replaced.

    Writers ask before they work for minutes, and once more before they write.
    """
    try:
        is_link, exists = target.is_symlink(), target.exists()
    except OSError as problem:  # such as a name that is too long
        reason = problem.strerror or str(problem)
        raise FileError(str(target), f"cannot be written ({reason})") from None
    if is_link:
        raise FileError(str(target), "is a link", "give the name of a file")
    if not exists or target.is_dir():
        return
    if not target.is_file():
        raise FileError(str(target), "is no file", "give the name of a file")
    if not overwrite:
        hint = "choose another name, delete the file, or ask to overwrite it"
        raise FileError(str(target), "exists already", hint)


def same_file(one: Path, other: str | os.PathLike[str]) -> bool:
    """Whether two paths lead to one file; a file that is not there is none."""
    try:
        return one.samefile(other)
    except OSError:
        return False


def _mode(target: Path) -> int:
    """Return the permissions of the old file, else those of any new one."""
    if target.exists():
        return target.stat().st_mode & 0o777
    return usual_mode(0o666)


def usual_mode(most: int) -> int:
    """Return the permissions of any new file (0o666) or folder (0o777)."""
    if sys.platform in _MASKLESS:
        return most & ~0o022
    mask = os.umask(0)  # there is no way to look at it without setting it
    os.umask(mask)
    return most & ~mask
