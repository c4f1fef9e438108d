"""How far a long simulation has come, told as everywhere in the library."""

from collections.abc import Callable, Iterator, Sequence
from typing import TypeAlias, TypeVar

from iph._options import listener

Progress: TypeAlias = Callable[[str, int, int], None]
"""Called with what is done, how many of it are done, and of how many."""

_Item = TypeVar("_Item")


def reported(
    items: Sequence[_Item], what: str, progress: Progress | None
) -> Iterator[_Item]:
    """Pass items on and say before each how many are done, and at last that all are."""
    progress = listener(progress)
    for done, item in enumerate(items):
        if progress is not None:
            progress(what, done, len(items))
        yield item
    if progress is not None:
        progress(what, len(items), len(items))
