"""Records of which only the number is known."""

from collections.abc import Iterator
from typing import NoReturn

import attrs

from iph._display import Displayed
from iph.errors import DataError


@attrs.frozen(kw_only=True)
class CountedRecords(Displayed):
    """Records that are known as counts alone: how many there are, and of which cohort.

    Whoever asks for a single patient is told why there is none.

    Attributes
    ----------
    n : int
        How many records there are.
    label : str
        What the cohort is called.
    notes, not_read : tuple of str
        What is known of the cohort, and what of its source was not read.
    synthetic : bool
        Whether any of the patients are made up.
    """

    n: int
    label: str
    notes: tuple[str, ...]
    not_read: tuple[str, ...]
    synthetic: bool

    def __len__(self) -> int:
        return self.n

    def __iter__(self) -> Iterator[NoReturn]:
        raise DataError(
            "single patients are not available from counts; ask the hospital that has "
            "counted them"
        )
