"""Ctrl-C, at whatever moment it comes.

While modules load, an interruption may surface as any error of any library, so there
the process ends at once: nothing was begun. Later it is raised as usual, for drafts to
be removed on the way out.
"""

import os
import signal
import sys
from itertools import pairwise

# Nothing is imported that takes long: until this module is loaded, Python answers.
_SAID = b"\niph: stopped; nothing was half-written\n"
_CODE = 130

asked = False
"""Whether the user wanted to stop."""


def is_command() -> bool:
    """Whether this process was started as ``python -m iph`` or ``iph``."""
    name = os.path.basename(sys.argv[0]) if sys.argv else ""  # noqa: PTH119 - pathlib takes long to load
    return name in {"iph", "iph.exe"} or ("-m", "iph") in pairwise(sys.orig_argv)


def stop_at_once() -> None:
    """Let Ctrl-C end the process while the modules load."""
    _handle(_end)


def stop_tidily() -> None:
    """Let Ctrl-C be raised, and remember it, whatever it is turned into."""
    _handle(_raise)


def stop_no_more() -> None:
    """Let nothing interrupt the last lines of a process whose work is done."""
    _handle(signal.SIG_IGN)


def _handle(what: object) -> None:
    ignored = signal.getsignal(signal.SIGINT) == signal.SIG_IGN
    try:
        if not ignored:  # as the shell has it for jobs in the background
            signal.signal(signal.SIGINT, what)  # type: ignore[arg-type] # one of three
    except ValueError:
        return  # not in the main thread, which alone is interrupted


def _end(_signal: int, _frame: object) -> None:
    os.write(2, _SAID)
    os._exit(_CODE)


def _raise(_signal: int, _frame: object) -> None:
    global asked  # noqa: PLW0603 - one process has one user
    asked = True
    raise KeyboardInterrupt
