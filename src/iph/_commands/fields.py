"""The command that lists the fields."""

import argparse

from iph._commands._exit import DONE
from iph._commands._output import say
from iph._commands._parsing import EPILOG, Commands, protocol, protocol_argument


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
    protocol_argument(parser)
    parser.set_defaults(run=_run)


def _run(arguments: argparse.Namespace) -> int:
    from iph.records._event_fields import event_fields
    from iph.records._questions import fields_of_tables, meaning
    from iph.records._study import of_study, the_study

    with of_study(protocol(arguments)):
        study, listed = the_study(), fields_of_tables()
        if study.events:
            listed["Each event"] = event_fields(study)
        for title, fields in listed.items():
            say(f"{title}:")
            width = max(len(field.name) for field in fields)
            for field in fields:
                say(f"  {field.name:{width}}  {meaning(field.declaration)}")
        say(f"Visits: {', '.join(str(visit.value) for visit in study.visits)}")
    return DONE
