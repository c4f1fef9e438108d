"""A folder that is replaced as a whole, or not at all."""

import ctypes
import hashlib
import json
import os
import shutil
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

from iph._options import pathname
from iph._saving import usual_mode
from iph.errors import FileError

MANIFEST = ".iph-report.json"
_LEFT_BY_SYSTEMS = {".DS_Store", "Thumbs.db", "desktop.ini"}


def replace_folder(folder: Path, files: Mapping[str, bytes]) -> None:
    """Write files into a folder, in place of a former report.

    Everything is written beside the folder first, then the two change places. Whatever
    stops that, be it an error or Ctrl-C, leaves the former folder as it was.

    Parameters
    ----------
    folder : Path
        The folder. It may be absent, empty, or a former report in which nothing was
        added or changed.
    files : mapping of str to bytes
        The content of each file, by its path within the folder.

    Raises
    ------
    FileError
        If the folder holds something else, or cannot be written.
    """
    target = Path(os.path.realpath(folder))
    refuse_foreign(target)
    made: list[Path] = []
    fresh: Path | None = None
    try:
        made = _make_parents(target.parent)
        fresh = Path(tempfile.mkdtemp(prefix=f".{target.name}-", dir=target.parent))
        _fill(fresh, files)
        _swap(fresh, target)
        made = []
    except OSError as error:
        problem = f"cannot be written ({error.strerror or error})"
        raise FileError(str(folder), problem, "choose another folder") from error
    finally:
        if fresh is not None:
            shutil.rmtree(fresh, ignore_errors=True)
        for parent in reversed(made):
            parent.rmdir()


def folder_of(folder: str | os.PathLike[str]) -> Path:
    """Return the folder to write; refuse what is none, or may not be replaced."""
    path = pathname(folder, "folder", kind="folder")
    refuse_foreign(Path(os.path.realpath(path)))
    return path


def refuse_foreign(target: Path) -> None:
    """Raise FileError unless a folder may be replaced: absent, empty, or our own."""
    try:
        if not target.exists():
            return
    except OSError as error:  # such as a name that is too long
        problem = f"cannot be written ({error.strerror or error})"
        raise FileError(str(target), problem, "choose another folder") from error
    if not target.is_dir():
        raise FileError(str(target), "is a file, not a folder", "choose another name")
    try:
        problem = _foreign(target)
    except OSError as error:
        problem = f"cannot be read ({error.strerror or error})"
        raise FileError(str(target), problem, "choose another folder") from error
    if problem:
        hint = "choose another folder, or move the file away"
        raise FileError(str(target), problem, hint)


def _foreign(target: Path) -> str:
    """Say what in a folder is not a former report; empty if nothing is."""
    found = {
        path.relative_to(target).as_posix(): path
        for path in sorted(target.rglob("*"))
        if not path.is_dir() and path.name not in _LEFT_BY_SYSTEMS
    }
    if not found:
        return ""
    odd = [name for name, path in sorted(found.items()) if not path.is_file()]
    if odd:  # such as a pipe, from which reading would wait without end
        return f"holds something that is no file: {odd[0]}"
    written = _manifest(target)
    foreign = (
        sorted(found.keys() - written.keys() - {MANIFEST}) if written else [*found]
    )
    if foreign:
        return f"holds a file that no report wrote: {foreign[0]}"
    for name in sorted(found.keys() & written.keys()):
        if _digest(found[name].read_bytes()) != written[name]:
            return f"{name} was changed since the report was written"
    return ""


def _manifest(target: Path) -> dict[str, str]:
    """Return what a former report wrote; empty if there is none or it is damaged."""
    try:
        found = json.loads((target / MANIFEST).read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return {}
    files = found.get("files") if isinstance(found, dict) else None
    return files if isinstance(files, dict) else {}


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _make_parents(parent: Path) -> list[Path]:
    """Make what is missing of a path, and return what was made."""
    missing = [p for p in (parent, *parent.parents) if not p.exists()]
    for path in reversed(missing):
        path.mkdir()
    return missing[::-1]


def _fill(fresh: Path, files: Mapping[str, bytes]) -> None:
    manifest = {name: _digest(content) for name, content in sorted(files.items())}
    text = json.dumps({"made_by": "iph.report", "files": manifest}, indent=1)
    for name, content in {**files, MANIFEST: f"{text}\n".encode()}.items():
        path = fresh / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    # mkdtemp makes folders for the owner alone; a report is as public as any folder.
    fresh.chmod(usual_mode(0o777))


def _swap(fresh: Path, target: Path) -> None:
    """Put the fresh folder in the place of the former one."""
    if not target.exists():
        fresh.rename(target)
        return
    if _exchange(fresh, target):
        return  # the former one goes with the name of the fresh one
    former = Path(tempfile.mkdtemp(prefix=f".{target.name}-", dir=target.parent))
    try:
        target.rename(former / "former")
        try:
            fresh.rename(target)
        except BaseException:
            (former / "former").rename(target)
            raise
    finally:
        shutil.rmtree(former, ignore_errors=True)


# What the system calls the working folder, and the exchange of two names.
_HERE, _EXCHANGE = -100, 2


def _exchange(one: Path, other: Path) -> bool:
    """Let two folders change names in one step, so that neither is ever absent.

    False where the system or the disk cannot do that.
    """
    if sys.platform != "linux":
        return False
    rename = getattr(ctypes.CDLL(None), "renameat2", None)
    if rename is None:
        return False
    names = (os.fsencode(one), _HERE, os.fsencode(other))
    return bool(rename(_HERE, *names, _EXCHANGE) == 0)
