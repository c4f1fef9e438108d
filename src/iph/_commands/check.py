"""The command that lists every error of a table."""

import argparse
from typing import TYPE_CHECKING, Any

from iph._commands._exit import DONE, FOUND
from iph._commands._output import complain, progress, say
from iph._commands._parsing import (
    EPILOG,
    Commands,
    misplaced,
    overwrite_argument,
    protocol,
    protocol_argument,
    said,
    table_arguments,
)
from iph._commands._tables import is_no_file, opened_tables, shown
from iph.errors import FileError

if TYPE_CHECKING:
    from iph.records import RecordReport


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
    from iph.records import check, mark, suggest_mapping

    if is_no_file(arguments.file):
        return _told(_of_tables(arguments))
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
    done = _told(found)
    if arguments.marked is not None:
        say(f"Wrote {arguments.marked}")
    return done


def _of_tables(arguments: argparse.Namespace) -> "RecordReport":
    """Check a folder of files, or tables of a database; their rows are fetched."""
    from iph.records._frames import examined_frames

    read: dict[str, Any] = said(arguments)
    options = {name: read.pop(name) for name in ("mapping", "decimal", "missing")}
    read |= {"marked": arguments.marked, "ask": arguments.ask}
    files = [name for name, value in read.items() if value is not None]
    if files:
        names = " and ".join(f"--{name.replace('_', '-')}" for name in files)
        raise misplaced(names, "given for one file")
    places = (arguments.file, arguments.assessments, arguments.events)
    with opened_tables(places) as (patients, assessments, events):
        return examined_frames(
            patients,
            assessments,
            name=shown(arguments.file),
            events=events,
            protocol=protocol(arguments),
            **options,
        ).report


def _told(found: "RecordReport") -> int:
    from iph.records import errors_text

    say(errors_text(found))
    return FOUND if found.errors else DONE
