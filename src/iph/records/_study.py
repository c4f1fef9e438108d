"""The study whose tables are read: its fields and visits, and what their names mean.

Opening a table, matching its columns and reading its cells all ask which fields there
are. They ask here, instead of handing the protocol through every function on the way.
Whoever opens a file says which study it belongs to, for as long as the file is open;
otherwise it is that of Li et al. 2023.
"""

import contextlib
import functools
from collections.abc import Callable, Iterator
from contextvars import ContextVar
from typing import Any, Final, TypeVar

from iph._categories import ScheduledVisit
from iph.errors import InputError
from iph.protocol._li2023 import LI_2023_PROTOCOL
from iph.protocol._protocol import Protocol

_Made = TypeVar("_Made")


class _Open:
    """A protocol, and what was derived from it while its tables are read."""

    def __init__(self, protocol: Protocol[Any]) -> None:
        self.protocol = protocol
        self.derived: dict[Any, Any] = {}


_LI_2023: Final = _Open(LI_2023_PROTOCOL)
_OPEN: Final[ContextVar[_Open]] = ContextVar("iph_study", default=_LI_2023)


def the_study() -> Protocol[Any]:
    """Return the protocol of the study whose tables are read."""
    return _OPEN.get().protocol


def the_schedule() -> type[ScheduledVisit]:
    """Return the visits of that study."""
    declared = the_study().assessment_declarations["visit"]
    found: Any = declared.options
    return found  # type: ignore[no-any-return] # checked when the protocol is made


def checked(protocol: Protocol[Any] | None) -> Protocol[Any]:
    """Return a protocol, or that of Li et al. 2023 if none is given."""
    if protocol is None:
        return LI_2023_PROTOCOL
    given: object = protocol
    if not isinstance(given, Protocol):
        raise InputError("protocol", "a Protocol", given)
    return protocol


@contextlib.contextmanager
def of_study(protocol: Protocol[Any] | None) -> Iterator[None]:
    """Read tables as those of a study; of the one before, if none is given."""
    if protocol is None:
        yield
        return
    before = _OPEN.set(_Open(checked(protocol)))
    try:
        yield
    finally:
        _OPEN.reset(before)


def once_a_study(make: Callable[..., _Made]) -> Callable[..., _Made]:
    """Keep what a function of names returns, for each study apart."""

    @functools.wraps(make)
    def found(*names: str) -> _Made:
        derived = _OPEN.get().derived
        key = (make, *names)
        if key not in derived:
            if len(derived) > _MOST:
                derived.clear()
            derived[key] = make(*names)
        made: _Made = derived[key]
        return made

    return found


_MOST: Final = 10_000
