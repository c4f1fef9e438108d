"""Counts of a study in a file: which file holds any, and what is in it."""

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from iph._opening import opened

if TYPE_CHECKING:
    from iph.protocol import Protocol
    from iph.study import StudyCounts

_BEGINNING: Final = 200  # characters in which JSON of counts says what it is


def holds_counts(file: str | None) -> bool:
    """Whether a file holds counts of a study, and no table of patients."""
    if file is None or Path(file).suffix.lower() != ".json":
        return False
    opened(Path(file))
    with Path(file).open(encoding="utf-8", errors="replace") as text:
        return '"iph-study-counts/' in text.read(_BEGINNING)


def read_counts(file: str, study: "Protocol[Any] | None") -> "StudyCounts":
    """Read the counts of a file by a protocol; by that of Li et al. 2023 if none."""
    from iph.protocol import LI_2023_PROTOCOL
    from iph.study import StudyCounts

    opened(Path(file))
    return StudyCounts.from_json(
        Path(file).read_text(encoding="utf-8", errors="replace"),
        protocol=LI_2023_PROTOCOL if study is None else study,
    )
