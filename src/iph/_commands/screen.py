"""The command that counts which records meet the criteria."""

import argparse
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from iph._commands._exit import DONE
from iph._commands._output import say
from iph._commands._parsing import (
    EPILOG,
    Commands,
    cohort,
    misplaced,
    protocol,
    protocol_argument,
    reading_arguments,
)
from iph._commands._tables import lies_elsewhere, opened_tables
from iph.errors import InputError

if TYPE_CHECKING:
    from iph.criteria import Decision


def add(commands: Commands) -> None:
    """Add the command."""
    parser = commands.add_parser(
        "screen",
        help="count which records meet the criteria of a study",
        description=(
            "Print the flow of records through the criteria of Li et al. 2023, or of a "
            "study file."
        ),
        epilog=EPILOG,
    )
    parser.add_argument(
        "file",
        nargs="*",
        metavar="FILE",
        help=(
            "a table of patients; Parquet files (also a pattern or a folder) or a "
            "table of a database (registry.duckdb#TABLE, URL#TABLE), which are counted "
            "where they lie (default: the bundled published cases)"
        ),
    )
    reading_arguments(parser)
    protocol_argument(parser)
    parser.add_argument(
        "--as-printed",
        action="store_true",
        help="require CT, MRI and operation, as the published list reads",
    )
    parser.add_argument(
        "--list",
        action="store_true",
        help="list each record with its decision, what fails and what is missing",
    )
    parser.set_defaults(run=_run)


def _run(arguments: argparse.Namespace) -> int:
    from iph.criteria import li_2023, screen
    from iph.criteria._tables import is_parquet

    study = protocol(arguments)
    criteria = li_2023(confirmation="all" if arguments.as_printed else "any")
    if study is not None:
        if arguments.as_printed:
            raise misplaced("--as-printed", "given without --protocol")
        if study.criteria is None:
            rule = "a study file with criteria"
            hint = "write them into [include] and [exclude]"
            raise InputError("--protocol", rule, arguments.protocol, hint)
        criteria = study.criteria
    files: list[str] = arguments.file
    if any(is_parquet(file) or Path(file).is_dir() for file in files):
        from iph.criteria import open_table

        result = screen(open_table(files), criteria, protocol=study)
    elif len(files) > 1:
        raise InputError("FILE", "one table, or Parquet files", files)
    elif files and lies_elsewhere(files[0]):
        with opened_tables(files) as (table,):
            result = screen(table, criteria, protocol=study)
    else:
        arguments.file = files[0] if files else None
        result = screen(cohort(arguments, study), criteria, protocol=study)
    say(f"{criteria.name}: {result.n_assessed} records assessed")
    width = max(len(step.code) for step in result.flow)
    say(f"{'':{width}}  removed  unknown  remaining")
    for step in result.flow:
        say(
            f"{step.code:{width}}  {step.n_removed:7}  {step.n_unknown:7}  "
            f"{step.n_remaining:9}  {step.statement}"
        )
    say(
        f"included {result.n_included}, excluded {result.n_excluded}, "
        f"unknown {result.n_unknown}"
    )
    if arguments.list and result.decisions is None:
        raise misplaced("--list", "given for a table that is read")
    if arguments.list:
        say(*_decisions(result.decisions or ()), sep="\n")
    return DONE


def _decisions(decisions: "Sequence[Decision]") -> Iterator[str]:
    """Yield a line for each record: the decision, what fails, what is missing."""
    for one in decisions:
        failed = f"; fails {', '.join(one.failed)}" if one.failed else ""
        unknown = f"; missing for {', '.join(one.unknown)}" if one.unknown else ""
        yield f"{one.patient_id}: {one.eligibility.value}{failed}{unknown}"
