"""The command that counts a cohort, or adds the counts of several hospitals."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from iph._commands._counts_file import holds_counts, read_counts
from iph._commands._exit import DONE
from iph._commands._output import say
from iph._commands._parsing import (
    EPILOG,
    Commands,
    cohort,
    overwrite_argument,
    protocol,
    protocol_argument,
    reading_arguments,
    refuse_idle,
    refuse_reading,
)
from iph._commands._tables import count_where_they_lie, lies_elsewhere
from iph._saving import refuse_old, replacing
from iph.errors import InputError

if TYPE_CHECKING:
    from iph.protocol import Protocol
    from iph.study import StudyCounts


def add(commands: Commands) -> None:
    """Add the command."""
    parser = commands.add_parser(
        "count",
        help="count a study, or add the counts of several hospitals",
        description=(
            "Count the patients of FILE by the protocol of a study, so that the study "
            "can be analyzed without them; or add several files of counts. Parquet "
            "files and tables of a database are counted where they lie. `report` takes "
            "what is written."
        ),
        epilog=EPILOG,
    )
    parser.add_argument(
        "files",
        nargs="+",
        metavar="FILE",
        help=(
            "a table of patients, also in Parquet or of a database "
            "(registry.duckdb#TABLE, URL#TABLE); or files of counts that are added"
        ),
    )
    reading_arguments(parser)
    protocol_argument(parser)
    parser.add_argument(
        "--out",
        "-o",
        default="counts.json",
        metavar="COUNTS",
        help="the file to write (default: %(default)s)",
    )
    parser.add_argument(
        "--population",
        choices=("included", "not-excluded", "all"),
        default="included",
        help="which records to count (default: %(default)s)",
    )
    parser.add_argument("--by", metavar="GROUP", help="group the tables")
    parser.add_argument("--recovery-group", metavar="GROUP", help="group recovery")
    overwrite_argument(parser)
    parser.set_defaults(run=_run)


def _run(arguments: argparse.Namespace) -> int:
    refuse_old(Path(arguments.out), overwrite=arguments.overwrite)
    own = protocol(arguments)
    counts = _counts(arguments, own)
    with replacing(arguments.out, overwrite=arguments.overwrite) as draft:
        draft.write_text(counts.to_json(), encoding="utf-8")
    say(f"Counted {counts.n} patients; wrote {arguments.out}")
    small = counts.n_small_cells()
    if small:
        say(
            f"{small} counts are below 5: send the file only to whoever may see such "
            "counts"
        )
    return DONE


def _counts(
    arguments: argparse.Namespace, own: "Protocol[Any] | None"
) -> "StudyCounts":
    from iph.protocol import LI_2023_PROTOCOL
    from iph.study import count

    files = arguments.files
    options: dict[str, Any] = {
        "population": arguments.population,
        "by": arguments.by,
        "recovery_group": arguments.recovery_group,
        "coagulation": "laboratory-or-history",
        "volume": "ellipsoid",
    }
    if all(map(holds_counts, files)):
        rule = "given with a table of patients: counts cannot be counted otherwise"
        usual = {"population": "included", "by": None, "recovery_group": None}
        refuse_idle(arguments, usual, rule)
        refuse_reading(arguments, rule)
        first, *others = [read_counts(file, own) for file in files]
        return sum(others, first)
    if len(files) > 1:
        hint = "count each table by itself, then add the counts"
        raise InputError("FILE", "one table, or files of counts", files, hint)
    (arguments.file,) = files
    if lies_elsewhere(arguments.file):
        return count_where_they_lie(arguments, own, **options)
    study = LI_2023_PROTOCOL if own is None else own
    return count(cohort(arguments, own), protocol=study, **options)
