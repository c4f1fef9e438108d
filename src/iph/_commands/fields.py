"""The command that lists the fields."""

import argparse

from iph._commands._exit import DONE
from iph._commands._output import say
from iph._commands._parsing import EPILOG, Commands


def add(commands: Commands) -> None:
    """Add the command."""
    parser = commands.add_parser(
        "fields",
        help="list the columns that a table may have",
        description=(
            "List every field with its meaning, its unit and what a cell may hold. "
            "Those that are seen at visits may have the visit behind the name, such as "
            "vas_week_1."
        ),
        epilog=EPILOG,
    )
    parser.set_defaults(run=_run)


def _run(arguments: argparse.Namespace) -> int:
    from iph._categories import Visit
    from iph.records._questions import fields_of_tables, meaning

    del arguments
    for title, fields in fields_of_tables().items():
        say(f"{title}:")
        width = max(len(field.name) for field in fields)
        for field in fields:
            say(f"  {field.name:{width}}  {meaning(field.declaration)}")
    say(f"Visits: {', '.join(visit.value for visit in Visit)}")
    return DONE
