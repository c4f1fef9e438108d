"""A look into a workbook before any library opens it: size, and no entities."""

import zipfile
import zlib
from pathlib import Path
from typing import Final

from iph._opening import opened
from iph.errors import FileError

LARGEST_WORKBOOK: Final = 200_000_000
"""Bytes that a workbook may unpack to."""

_MOST_MEMBERS: Final = 2_000
_OVERLAP: Final = 32
_CHUNK: Final = 1 << 20
_PROLOGS: Final = (b"<!doctype", b"<!entity")


def check_workbook(path: Path, *, largest: int = LARGEST_WORKBOOK) -> None:
    """Refuse what is no workbook, or one made to harm.

    Raises
    ------
    FileError
        If it is no zip file, unpacks to too much, or declares entities.
    """
    opened(path)
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
            if len(members) > _MOST_MEMBERS:
                raise FileError(str(path), f"holds more than {_MOST_MEMBERS} parts")
            total = 0
            for member in members:
                total = _unpacked(path, archive, member, total, largest)
    except (zipfile.BadZipFile, zlib.error, EOFError, ValueError) as problem:
        hint = "open it in a spreadsheet program and save it anew"
        raise FileError(str(path), "is no Excel workbook", hint) from problem
    except (NotImplementedError, RuntimeError) as problem:  # encryption, odd packing
        hint = "save it without a password"
        raise FileError(str(path), "the workbook is locked", hint) from problem
    except OSError as problem:
        if isinstance(problem, FileError):
            raise
        raise FileError(str(path), "the workbook is damaged") from problem


def _unpacked(
    path: Path,
    archive: zipfile.ZipFile,
    member: zipfile.ZipInfo,
    total: int,
    largest: int,
) -> int:
    """Count the real bytes, since the stated size can lie."""
    with archive.open(member) as file:
        before = b""
        while chunk := file.read(_CHUNK):
            # Anywhere, since a long comment may stand before; UTF-16 as well.
            plain = (before + chunk).replace(b"\0", b"").lower()
            if any(word in plain for word in _PROLOGS):
                problem = f"{member.filename} declares entities, as no spreadsheet does"
                raise FileError(str(path), problem)
            before = chunk[-_OVERLAP:]
            total += len(chunk)
            if total > largest:
                limit = f"{largest // 1_000_000} MB"
                raise FileError(str(path), f"unpacks to more than {limit}")
    return total
