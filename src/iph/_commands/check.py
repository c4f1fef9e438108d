"""The command that lists every error of a table."""

import argparse
from typing import Any

from iph._commands._exit import DONE, FOUND
from iph._commands._output import complain, progress, say
from iph._commands._parsing import (
    EPILOG,
    Commands,
    overwrite_argument,
    protocol,
    protocol_argument,
    said,
    table_arguments,
)
from iph.errors import FileError


def add(commands: Commands) -> None:
    """Add the command."""
    parser = commands.add_parser(
        "check",
        help="list every error of a table",
        description="List every error of a table, cell by cell, and change nothing.",
        epilog=EPILOG,
    )
    table_arguments(parser, optional=False)
    protocol_argument(parser)
    parser.add_argument(
        "--marked",
        metavar="OUT",
        help="write the table to a workbook in which every wrong cell is marked",
    )
    parser.add_argument(
        "--ask",
        metavar="OUT",
        help=(
            "write a file (.csv, or .xlsx with drop-down lists) that asks for the "
            "meaning of unknown columns and words; fill in read_as and give it with "
            "--mapping"
        ),
    )
    overwrite_argument(parser)
    parser.set_defaults(run=_run)


def _run(arguments: argparse.Namespace) -> int:
    from iph.records import check, errors_text, mark, suggest_mapping

    options: dict[str, Any] = {**said(arguments), "protocol": protocol(arguments)}
    if arguments.ask is not None:
        asked = suggest_mapping(arguments.file, arguments.ask, **options)
        say(
            f"Wrote {asked}: fill in read_as, remove the mark ? of guesses that are "
            "right, and give it with --mapping"
        )
    options |= {"assessments": arguments.assessments, "progress": progress()}
    try:
        if arguments.marked is None:
            found = check(arguments.file, events=arguments.events, **options)
        else:
            found = mark(
                arguments.file,
                arguments.marked,
                overwrite=arguments.overwrite,
                **options,
            )
    except FileError as problem:
        if arguments.ask is None:
            raise
        complain(problem)  # the questions are written
        return FOUND
    say(errors_text(found))
    if arguments.marked is not None:
        say(f"Wrote {arguments.marked}")
    return FOUND if found.errors else DONE
