"""The command that writes an empty workbook or a REDCap project."""

import argparse
from pathlib import Path

from iph._commands._exit import DONE
from iph._commands._output import say
from iph._commands._parsing import (
    EPILOG,
    Commands,
    overwrite_argument,
    protocol,
    protocol_argument,
)
from iph.errors import FileError


def add(commands: Commands) -> None:
    """Add the command."""
    parser = commands.add_parser(
        "template",
        help="write an empty workbook, or a REDCap project, to enter patients in",
        description=(
            "Write a workbook with drop-downs, units and a codebook (FILE.xlsx), or "
            "the data dictionary and events of a REDCap project into a FOLDER."
        ),
        epilog=EPILOG,
    )
    parser.add_argument("path", metavar="FILE.xlsx", help="the workbook to write")
    parser.add_argument(
        "--redcap",
        action="store_true",
        help="write a REDCap project into the folder of that name instead",
    )
    protocol_argument(parser)
    overwrite_argument(parser)
    parser.set_defaults(run=_run)


def _run(arguments: argparse.Namespace) -> int:
    from iph.records import redcap_dictionary, template

    study = protocol(arguments)
    if arguments.redcap:
        folder = Path(arguments.path)
        try:
            folder.mkdir(exist_ok=True)
        except OSError as error:
            raise FileError(str(folder), f"cannot be made ({error.strerror})") from None
        written = redcap_dictionary(protocol=study).write(
            folder, overwrite=arguments.overwrite
        )
        say(*(f"Wrote {path}" for path in written), sep="\n")
    else:
        say(f"Wrote {template(arguments.path, protocol=study)}")
    return DONE
