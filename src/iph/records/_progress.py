"""How far a long reading or writing has come."""

from collections.abc import Callable, Iterable, Iterator
from typing import Final, TypeAlias, TypeVar

Progress: TypeAlias = Callable[[str, int, int], None]
"""Called with what is done, how many of it are done, and of how many."""

EVERY: Final = 5_000

_Item = TypeVar("_Item")


def stepped(
    items: Iterable[_Item], what: str, total: int, progress: Progress | None
) -> Iterator[_Item]:
    """Pass items on, and say now and then how many; of few items nothing is said.

    The last word is always that all is done, so that whoever shows it can tidy up.
    """
    if progress is None or total < EVERY:
        yield from items
        return
    try:
        for done, item in enumerate(items):
            if done % EVERY == 0:
                progress(what, min(done, total - 1), total)
            yield item
    finally:
        progress(what, total, total)
