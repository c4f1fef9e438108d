"""The command that pools recovery over series, and keeps a file of them."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from iph._commands._exit import DONE
from iph._commands._output import say, write_bytes
from iph._commands._parsing import (
    EPILOG,
    Commands,
    misplaced,
    overwrite_argument,
    refuse_idle,
)
from iph._saving import refuse_old
from iph.errors import FileError, InputError

if TYPE_CHECKING:
    from iph.evidence import RecoverySeries


def add(commands: Commands) -> None:
    """Add the command."""
    parser = commands.add_parser(
        "pool",
        help="pool recovery over series, and keep a file of them up to date",
        description=(
            "Pool recovery over the series of FILE (CSV), or the published ones. With "
            "--add, enter a series into FILE and say what it changes."
        ),
        epilog=EPILOG,
    )
    parser.add_argument("file", nargs="?", metavar="FILE", help="series, CSV")
    parser.add_argument(
        "--new", action="store_true", help="write FILE first, with the published series"
    )
    parser.add_argument(
        "--add",
        metavar="STUDY",
        help="the name of a series to enter; FILE is written anew with it",
    )
    parser.add_argument(
        "--replace",
        action="store_true",
        help="with --add: in place of the series of that name and year",
    )
    for name in ("year", "recovered", "n"):
        parser.add_argument(f"--{name}", type=int, metavar="N", help="of the series")
    for name in ("outcome", "follow-up", "source", "doubt"):
        parser.add_argument(
            f"--{name}", default="", metavar="TEXT", help="of the series"
        )
    parser.add_argument("--figure", metavar="OUT", help="draw them (.svg or .png)")
    overwrite_argument(parser)
    parser.set_defaults(run=_run)


def _run(arguments: argparse.Namespace) -> int:
    from iph.evidence import published_recovery, read_recovery_series
    from iph.evidence._pooled_text import pooled_lines, pooled_recovery

    given = [arguments.add, arguments.year, arguments.recovered, arguments.n]
    given += [arguments.outcome, arguments.follow_up, arguments.source, arguments.doubt]
    if arguments.add is None and (
        arguments.replace or any(x not in (None, "") for x in given)
    ):
        raise misplaced("--add", "given with what is said of a series")
    if arguments.figure is None:
        refuse_idle(arguments, {"overwrite": False}, "given with --figure")
    if arguments.file is None:
        if arguments.new or arguments.add is not None:
            raise misplaced("FILE", "given with --new and --add")
        series = published_recovery()
    else:
        file = Path(arguments.file)
        if arguments.new and file.exists():
            raise FileError(str(file), "is there already", "leave out --new")
        series = published_recovery() if arguments.new else read_recovery_series(file)
    figure = _figure_kind(arguments.figure)
    if figure is not None:
        refuse_old(Path(arguments.figure), overwrite=arguments.overwrite)
    before = series
    if arguments.add is not None:
        series = _with_one_more(series, arguments)
    lines = list(pooled_lines(series))
    if arguments.new or arguments.add is not None:
        from iph.evidence import write_recovery_series
        from iph.evidence._pooled_text import changed_lines

        if arguments.add is not None:
            lines += changed_lines(before, series)
        written = write_recovery_series(
            series, arguments.file, overwrite=not arguments.new
        )
        lines.append(f"Wrote {written}")
    say(*lines, sep="\n")
    if figure is not None:
        from iph._drawing.fonts import boxes_said
        from iph._drawing.style import image
        from iph.report import forest_figure

        drawn = forest_figure(pooled_recovery(series), label="Recovered (%)")
        path = Path(arguments.figure)
        write_bytes(
            path, image(drawn, figure, name="forest"), overwrite=arguments.overwrite
        )
        say(f"Wrote {path}")
        boxes = boxes_said(" ".join(one.study for one in series))
        if boxes:
            say(boxes)
    return DONE


def _figure_kind(name: str | None) -> Literal["png", "svg"] | None:
    """Return the kind of a figure by the end of its name; None if none is asked for."""
    if name is None:
        return None
    for kind in ("png", "svg"):
        if Path(name).suffix.lower() == f".{kind}":
            return kind
    raise InputError("--figure", "a file that ends in .svg or .png", name)


def _with_one_more(
    series: "tuple[RecoverySeries, ...]", arguments: argparse.Namespace
) -> "tuple[RecoverySeries, ...]":
    """Return the series with the one that the arguments describe."""
    from iph.evidence import RecoverySeries

    added = RecoverySeries(
        study=arguments.add,
        year=arguments.year,
        recovered=arguments.recovered,
        n=arguments.n,
        outcome=arguments.outcome,
        follow_up=arguments.follow_up,
        source=arguments.source,
        doubt=arguments.doubt,
    )
    if None in (added.recovered, added.n) and not added.doubt:
        rule = (
            "given with --recovered and --n, or --doubt that says why one is not known"
        )
        raise InputError("--add", rule, added.label)
    there = [one.label for one in series]
    if arguments.replace:
        if added.label not in there:
            raise InputError("--add", f"one of {', '.join(there)}", added.label)
        return tuple(added if one.label == added.label else one for one in series)
    if added.label in there:
        hint = "to put it in the place of that one, give --replace"
        raise InputError("--add", "a series that is not there yet", added.label, hint)
    return (*series, added)
