"""Ctrl-C, and the other requests to end, at whatever moment they come.

While modules load, an interruption may surface as any error of any library, so there
the process ends at once: nothing was begun. Later it is raised as usual, for drafts to
be removed on the way out. The system asks likewise when it shuts down, when the time of
a job is up, or when a terminal is closed.
"""

import contextlib
import os
import signal
import sys
from itertools import pairwise

# Nothing is imported that takes long: until this module is loaded, Python answers.
_SAID = b"\niph: stopped; nothing was half-written\n"
_ENDED_BY = 128  # what shells add to the number of the signal that ended a process
_SIGNALS = tuple(
    getattr(signal, name)
    for name in ("SIGINT", "SIGTERM", "SIGHUP")
    if hasattr(signal, name)  # Windows has no terminals that hang up
)

asked = 0
"""The number of the signal by which this process was asked to stop."""


def is_command() -> bool:
    """Whether this process was started as ``python -m iph`` or ``iph``."""
    name = os.path.basename(sys.argv[0]) if sys.argv else ""  # noqa: PTH119 - pathlib takes long to load
    return name in {"iph", "iph.exe"} or ("-m", "iph") in pairwise(sys.orig_argv)


def code() -> int:
    """Return the exit code of a process that was asked to stop."""
    return _ENDED_BY + (asked or signal.SIGINT)


def stop_at_once() -> None:
    """Let a request to stop end the process while the modules load."""
    for one in _SIGNALS:
        _handle(one, _end)


def stop_tidily() -> None:
    """Let a request to stop be raised, and remember it, whatever it is turned into."""
    for one in _SIGNALS:
        _handle(one, _raise)


def stop_no_more() -> None:
    """Let nothing disturb the last lines of a process whose work is done."""
    for one in _SIGNALS:
        # Ctrl-C would print where it struck; the others end the process silently.
        _handle(one, signal.SIG_IGN if one == signal.SIGINT else signal.SIG_DFL)


def _handle(one: signal.Signals, what: object) -> None:
    # The shell ignores some for jobs in the background, as nohup does; what another
    # language has set cannot be told, and is left alone.
    is_ours = signal.getsignal(one) not in (signal.SIG_IGN, None)
    try:
        if is_ours:
            signal.signal(one, what)  # type: ignore[arg-type] # one of four
    except ValueError:
        return  # not in the main thread, which alone is interrupted


def _end(one: int, _frame: object) -> None:
    with contextlib.suppress(OSError):  # perhaps nobody is there to read it
        os.write(2, _SAID)
    os._exit(_ENDED_BY + one)


def _raise(one: int, _frame: object) -> None:
    global asked  # noqa: PLW0603 - one process has one user
    asked = one
    raise KeyboardInterrupt
