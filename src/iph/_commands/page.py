"""The command that opens the page: a browser instead of a command line."""

import argparse
import webbrowser

from iph._commands._exit import DONE
from iph._commands._output import say
from iph._commands._parsing import EPILOG, Commands
from iph.errors import InputError

_LAST_PORT = 65_535


def add(commands: Commands) -> None:
    """Add the command."""
    parser = commands.add_parser(
        "page",
        help="check and report a sheet in the browser, on this computer alone",
        description=(
            "Open a page in which a sheet is dropped, checked, mended and reported. "
            "It is served to this computer alone, and no patient leaves it."
        ),
        epilog=EPILOG,
    )
    parser.add_argument(
        "--port", type=int, default=0, metavar="N", help="default: any that is free"
    )
    parser.add_argument(
        "--no-open", action="store_true", help="print the address, open no browser"
    )
    parser.set_defaults(run=_run)


def _run(arguments: argparse.Namespace) -> int:
    from iph._page._server import PageServer

    if not 0 <= arguments.port <= _LAST_PORT:
        raise InputError("--port", f"a number from 0 to {_LAST_PORT}", arguments.port)
    with PageServer(arguments.port) as server:
        say(f"Open {server.address}\nStop with Ctrl-C.")
        if not arguments.no_open:
            webbrowser.open(server.address)
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            say("Stopped.")
    return DONE
