"""The command line: which command runs, and how it ends."""

import argparse
import contextlib
import os
import re
import sys
from collections.abc import Callable, Sequence
from importlib.metadata import version
from typing import Any, Final

from iph import _stopping
from iph._commands import (
    audit,
    check,
    count,
    fields,
    page,
    plan,
    pool,
    protocol,
    report,
    screen,
    share,
    template,
)
from iph._commands._exit import DONE, WRONG
from iph._commands._output import complain, print_on_any_console
from iph._commands._parsing import EPILOG
from iph.errors import IphError

# What the system says when a library does not fit into memory any more.
_NO_ROOM: Final = re.compile(
    r"failed to map segment|cannot (map|allocate) ", re.IGNORECASE
)
_COMMANDS: Final = (
    report,
    screen,
    check,
    template,
    fields,
    protocol,
    share,
    count,
    audit,
    pool,
    plan,
    page,
)


class _Once(argparse._StoreAction):  # noqa: SLF001 - it has no other name
    """An option that stands twice is refused, where the first would not count."""

    def __call__(
        self,
        parser: argparse.ArgumentParser,
        namespace: argparse.Namespace,
        values: Any,
        option_string: str | None = None,
    ) -> None:
        """Keep what is given, once."""
        given: set[str] = getattr(namespace, "given", set())
        if option_string is not None and self.dest in given:
            raise argparse.ArgumentError(self, "given twice")
        namespace.given = given | {self.dest}
        super().__call__(parser, namespace, values, option_string)


class _Parser(argparse.ArgumentParser):
    """A parser of which commands are made as well."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.register("action", None, _Once)
        self.register("action", "store", _Once)


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="python -m iph",
        description="Clinical studies of small cohorts, from the sheet to the report.",
        epilog=EPILOG,
    )
    parser.add_argument("--version", action="version", version=version("iph"))
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for one in _COMMANDS:
        one.add(commands)
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command and return its exit code.

    Parameters
    ----------
    argv : sequence of str, optional
        The arguments; those of the process if not given.

    Returns
    -------
    int
        0 done; 1 the check or audit found something; 2 wrong input; 130 stopped by
        Ctrl-C, 143 by the system (128 and the number of the signal).
    """
    if argv is not None:
        return _run(argv)
    _stopping.stop_tidily()
    print_on_any_console()
    os.environ["MPLBACKEND"] = "agg"  # a command draws into files only
    code = _run(sys.argv[1:])
    _stopping.stop_no_more()
    return code


def _run(argv: Sequence[str]) -> int:
    """Run a command; whatever happens, the code and the words are right."""
    try:
        arguments = _parser().parse_args(argv)
        run: Callable[[argparse.Namespace], int] = arguments.run
        code = run(arguments)
        if sys.stdout is not None:
            sys.stdout.flush()
    except (Exception, KeyboardInterrupt) as error:  # noqa: BLE001 - raised again below
        return _ended(error)
    return code


def _ended(error: BaseException) -> int:
    """Say why a command ended, and return its code."""
    # some libraries turn an interruption into an error of their own
    if _stopping.asked or isinstance(error, KeyboardInterrupt):
        with contextlib.suppress(OSError):  # the terminal may be closed
            complain("stopped; nothing was half-written")
        return _stopping.code()
    if isinstance(error, BrokenPipeError):  # our reader (head, less) went away
        _leave_output()
        return DONE
    if isinstance(error, IphError):
        complain(error)
    elif _lacks_memory(error):
        complain("not enough memory; nothing was half-written")
    elif isinstance(error, OSError):
        reason = error.strerror or str(error)
        if error.filename is None:
            _leave_output()
            complain(f"the output cannot be written ({reason})")
        else:
            complain(f"{error.filename}: {reason}")
    else:
        raise error
    return WRONG


def _lacks_memory(error: BaseException | None) -> bool:
    """Whether memory was short, also where a library says that it is broken itself."""
    if not isinstance(error, ImportError):
        return isinstance(error, MemoryError)
    return bool(_NO_ROOM.search(str(error))) or _lacks_memory(error.__cause__)


def _leave_output() -> None:
    """Let nothing more be written where nothing can be written."""
    if sys.stdout is not None:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


if __name__ == "__main__":
    sys.exit(main())
