"""A study file from a protocol: what is read back is the same protocol."""

import os
from pathlib import Path
from typing import Any, Final, NoReturn

from iph._model import Patient
from iph._options import instance, pathname
from iph._saving import refuse_old, replacing
from iph.errors import InputError
from iph.protocol._file_reading import protocol_of
from iph.protocol._file_tables import Tables
from iph.protocol._li2023 import LI_2023_PROTOCOL
from iph.protocol._problems import ProtocolErrors
from iph.protocol._protocol import Protocol

_HEAD: Final = "# A study file of iph; check it with: python -m iph protocol check FILE"


def write_protocol(protocol: Protocol[Any], path: str | os.PathLike[str]) -> Path:
    """Write a protocol to a study file, from which the same protocol is read.

    How do I give my study, as I described it in Python, to colleagues without Python?

    Parameters
    ----------
    protocol : Protocol
        The protocol.
    path : path
        The file; it must not exist.

    Returns
    -------
    Path
        The file. `read_protocol` reads a protocol of the same digest from it. What a
        class statement says beyond fields (rules between fields, own methods) is no
        part of a protocol and is not written.

    Raises
    ------
    FileError
        If the file exists already or cannot be written.
    InputError
        If a file cannot state the protocol: a value derived by a Python function, a
        grade whose numbers leave gaps, an own class of courses.

    See Also
    --------
    read_protocol : Read a study file.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> from iph.protocol import LI_2023_PROTOCOL, read_protocol, write_protocol
    >>> folder = tempfile.TemporaryDirectory()
    >>> file = write_protocol(LI_2023_PROTOCOL, Path(folder.name) / "li.toml")
    >>> read_protocol(file).digest == LI_2023_PROTOCOL.digest
    True
    >>> folder.cleanup()
    """
    target = pathname(path)
    refuse_old(target)
    text = protocol_text(protocol)
    with replacing(target) as draft:
        draft.write_text(text, encoding="utf-8")
    return target


def protocol_text(protocol: Protocol[Any]) -> str:
    """Return the text of a protocol, after reading it back.

    Raises
    ------
    InputError
        If a file cannot state the protocol.
    """
    instance(protocol, "protocol", Protocol, "a Protocol, such as LI_2023_PROTOCOL")
    based = issubclass(protocol.patient, Patient)
    tables = Tables(protocol, LI_2023_PROTOCOL if based else None)
    text = "\n".join([_HEAD, *tables.lines()]) + "\n"
    try:
        again = protocol_of(text, "protocol")
    except ProtocolErrors as found:
        _refuse(str(found.errors[0]))
    if again.digest != protocol.digest or again.figures != protocol.figures:
        own = (getattr(protocol, key) for key in _COMPARED)
        new = (getattr(again, key) for key in _COMPARED)
        parts = zip(_COMPARED, own, new, strict=True)
        _refuse(", ".join(key for key, a, b in parts if a != b) or "fields")
    return text


_COMPARED: Final = (
    *("derived", "outcomes", "endpoints", "criteria", "table", "group", "figures"),
)


def _refuse(what: str) -> NoReturn:
    raise InputError("protocol", "one that a study file can state", what)
