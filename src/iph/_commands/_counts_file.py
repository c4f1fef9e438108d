"""Counts of a study in a file: which file holds any, and what is in it."""

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from iph._opening import opened

if TYPE_CHECKING:
    from iph.protocol import Protocol
    from iph.study import ProtectedCounts, StudyCounts

_BEGINNING: Final = 200  # characters in which JSON of counts says what it is


def holds_counts(file: str | None) -> bool:
    """Whether a file holds counts of a study, and no table of patients."""
    return _begins_with(file, '"iph-study-counts/')


def holds_protected(file: str | None) -> bool:
    """Whether a file holds counts in which small ones are hidden."""
    return _begins_with(file, '"iph-protected-counts/')


def _begins_with(file: str | None, name: str) -> bool:
    if file is None or Path(file).suffix.lower() != ".json":
        return False
    opened(Path(file))
    with Path(file).open(encoding="utf-8", errors="replace") as text:
        return name in text.read(_BEGINNING)


def read_counts(file: str, study: "Protocol[Any] | None") -> "StudyCounts":
    """Read the counts of a file by a protocol; by that of Li et al. 2023 if none."""
    from iph.protocol import LI_2023_PROTOCOL
    from iph.study import StudyCounts

    own = LI_2023_PROTOCOL if study is None else study
    return StudyCounts.from_json(_text(file), protocol=own)


def read_protected(file: str, study: "Protocol[Any] | None") -> "ProtectedCounts":
    """Read counts in which small ones are hidden, by a protocol, as above."""
    from iph.protocol import LI_2023_PROTOCOL
    from iph.study import ProtectedCounts

    own = LI_2023_PROTOCOL if study is None else study
    return ProtectedCounts.from_json(_text(file), protocol=own)


def _text(file: str) -> str:
    opened(Path(file))
    return Path(file).read_text(encoding="utf-8", errors="replace")
