"""The command that counts a cohort, or adds the counts of several hospitals."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from iph._commands._counts_file import (
    holds_counts,
    holds_protected,
    read_counts,
    read_protected,
)
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
    from iph.study import ProtectedCounts, StudyCounts

_LEAST: Final = 5
_USUAL: Final = {"population": "included", "by": None, "recovery_group": None}
_NOT_AGAIN: Final = "given with a table of patients: counts cannot be counted otherwise"


def add(commands: Commands) -> None:
    """Add the command."""
    parser = commands.add_parser(
        "count",
        help="count a study, or add the counts of several hospitals",
        description=(
            "Count the patients of FILE by the protocol of a study, so that the study "
            "can be analyzed without them; or add several files of counts. Parquet "
            "files and tables of a database are counted where they lie. `report` takes "
            "what is written. With --protected no small count is, and of a sum with "
            "others each count is exact or lies in a range."
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
    parser.add_argument(
        "--protected",
        action="store_true",
        help="hide small counts, for whoever may not see them",
    )
    parser.add_argument(
        "--least",
        type=int,
        metavar="N",
        help=f"with --protected, the smallest count that is shown (default: {_LEAST})",
    )
    parser.add_argument(
        "--earlier",
        action="append",
        default=[],
        metavar="COUNTS",
        help="with --protected, the file that others have of these patients already",
    )
    overwrite_argument(parser)
    parser.set_defaults(run=_run)


def _run(arguments: argparse.Namespace) -> int:
    refuse_old(Path(arguments.out), overwrite=arguments.overwrite)
    own = protocol(arguments)
    if not arguments.protected:
        alone: dict[str, object] = {"least": None, "earlier": []}
        refuse_idle(arguments, alone, "given with --protected")
    counts = _asked(arguments, own)
    with replacing(arguments.out, overwrite=arguments.overwrite) as draft:
        draft.write_text(counts.to_json(), encoding="utf-8")
    say(f"Counted {counts.n} patients; wrote {arguments.out}")
    from iph.study import StudyCounts

    if not isinstance(counts, StudyCounts):
        n = len(counts.hospitals)
        say(f"Counts below {counts.least} are hidden, in {_hospitals(n)}")
        return DONE
    small = counts.n_small_cells()
    if small:
        say(
            f"{small} counts are below 5: send the file only to whoever may see such "
            "counts, or use --protected"
        )
    return DONE


def _hospitals(n_hospitals: int) -> str:
    return "one hospital" if n_hospitals == 1 else f"{n_hospitals} hospitals"


def _asked(
    arguments: argparse.Namespace, own: "Protocol[Any] | None"
) -> "StudyCounts | ProtectedCounts":
    """Count, and hide what is small if asked; or add what was hidden before."""
    files = arguments.files
    if all(map(holds_protected, files)):
        usual = {"protected": False, **_USUAL}
        refuse_idle(arguments, usual, _NOT_AGAIN)
        refuse_reading(arguments, _NOT_AGAIN)
        first, *others = [read_protected(file, own) for file in files]
        return sum(others, first)
    hidden = [file for file in files if holds_protected(file)]
    if hidden:
        rule = "files of counts that are all protected, or none"
        hint = "protect the others as well: count FILE --protected"
        raise InputError("FILE", rule, hidden[0], hint)
    counts = _counts(arguments, own)
    if not arguments.protected:
        return counts
    least = _LEAST if arguments.least is None else arguments.least
    earlier = [read_protected(file, own) for file in arguments.earlier]
    return counts.protected(least, earlier=earlier)


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
        refuse_idle(arguments, _USUAL, _NOT_AGAIN)
        refuse_reading(arguments, _NOT_AGAIN)
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
