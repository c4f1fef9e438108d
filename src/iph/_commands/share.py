"""The command that writes tables in which no patient can be found."""

import argparse

from iph._commands._exit import DONE
from iph._commands._output import say
from iph._commands._parsing import (
    EPILOG,
    Commands,
    cohort,
    overwrite_argument,
    protocol,
    protocol_argument,
    table_arguments,
)


def add(commands: Commands) -> None:
    """Add the command."""
    parser = commands.add_parser(
        "share",
        help="write tables in which no patient can be found",
        description=(
            "Write tables of counts of FILE that may leave the hospital, with small "
            "counts hidden and protected, and an account of what was done."
        ),
        epilog=EPILOG,
    )
    table_arguments(parser, optional=False)
    protocol_argument(parser)
    parser.add_argument(
        "--out",
        default="iph-shared",
        metavar="FOLDER",
        help="the folder to write (default: %(default)s)",
    )
    parser.add_argument(
        "--by", metavar="FIELD", help="group the patients, for example by sex"
    )
    parser.add_argument(
        "--least",
        type=int,
        default=5,
        metavar="N",
        help="the smallest count to show (default: %(default)s)",
    )
    parser.add_argument(
        "--earlier",
        action="append",
        default=[],
        metavar="FOLDER",
        help="what others have already of these patients; may be repeated",
    )
    overwrite_argument(parser)
    parser.set_defaults(run=_run)


def _run(arguments: argparse.Namespace) -> int:
    from iph.records import share

    study = protocol(arguments)
    shared = share(
        cohort(arguments, study),
        arguments.out,
        by=arguments.by,
        least=arguments.least,
        earlier=arguments.earlier,
        protocol=study,
        overwrite=arguments.overwrite,
    )
    say(
        f"{shared.n} patients, {len(shared.tables)} tables, "
        f"{shared.n_hidden} numbers hidden"
    )
    say(f"Wrote {len(shared.files)} files to {shared.folder}; look at them before")
    say("they leave: not every risk can be computed")
    return DONE
