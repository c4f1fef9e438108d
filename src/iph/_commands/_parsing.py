"""The arguments that several commands share, and the cohort that they name."""

import argparse
import contextlib
import warnings
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from iph._cohort import Cohort
from iph._commands._output import complain, progress
from iph.errors import DoubtWarning, IphError, NotReadWarning

if TYPE_CHECKING:
    from iph.protocol import Protocol

EPILOG: Final = (
    "exit codes: 0 done; 1 the check or audit found something; 2 wrong input or a file "
    "that cannot be used, nothing was written; 130 stopped by Ctrl-C, 143 by the "
    "system. Not a medical device."
)

Commands: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"  # noqa: SLF001 - it has no other name


def table_arguments(parser: argparse.ArgumentParser, *, optional: bool) -> None:
    """Add the arguments of a command that reads a table."""
    many = "?" if optional else None
    parser.add_argument(
        "file",
        nargs=many,
        metavar="FILE",
        help="a table of patients"
        + (" (default: the bundled published cases)" if optional else ""),
    )
    reading_arguments(parser)


def reading_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what is said of a table."""
    parser.add_argument(
        "--assessments", metavar="FILE", help="a second table, one row a visit"
    )
    parser.add_argument(
        "--events", metavar="FILE", help="a table of events, one row an event"
    )
    parser.add_argument("--mapping", metavar="FILE", help="which column is which field")
    parser.add_argument("--sheet", help="the sheet of a workbook")
    parser.add_argument(
        "--header-row", type=int, metavar="N", help="the row of the column names"
    )
    parser.add_argument(
        "--decimal", choices=(".", ","), help="the decimal mark of numbers in text"
    )
    parser.add_argument("--encoding", help="of a text file, for example gb18030")
    parser.add_argument(
        "--missing",
        action="append",
        metavar="CODE",
        help="a text that means missing throughout, such as -99; may be repeated",
    )


def protocol_argument(parser: argparse.ArgumentParser) -> None:
    """Add the study file by which a command reads."""
    parser.add_argument(
        "--protocol",
        metavar="FILE",
        help="the study file: which fields, visits and criteria the study has",
    )


def protocol(arguments: argparse.Namespace) -> "Protocol[Any] | None":
    """Read the study file that the arguments name; None if they name none."""
    if getattr(arguments, "protocol", None) is None:
        return None
    from iph.protocol import read_protocol

    return read_protocol(arguments.protocol)


def cohort(
    arguments: argparse.Namespace, study: "Protocol[Any] | None" = None
) -> Cohort[Any]:
    """Read the cohort that the arguments name."""
    if arguments.file is None:
        given = (
            arguments.assessments,
            arguments.events,
            study,
            *said(arguments).values(),
        )
        if any(given):
            raise misplaced("FILE", "given with these options")
        from iph.evidence import published_cases

        return published_cases()
    from iph.records import read

    with told_line_by_line():
        return read(
            arguments.file,
            assessments=arguments.assessments,
            events=arguments.events,
            progress=progress(),
            protocol=study,
            **said(arguments),  # type: ignore[arg-type] # as parsed
        )


@contextlib.contextmanager
def told_line_by_line() -> Iterator[None]:
    """Print what tables left in doubt, and what of them was not read."""
    with warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always", DoubtWarning)
        warnings.simplefilter("always", NotReadWarning)  # said line by line
        yield
    for one in (warning.message for warning in warned):
        if isinstance(one, DoubtWarning):
            _each(one.doubts)
        elif isinstance(one, NotReadWarning):
            _each(f"not read: {what}" for what in one.not_read)
        else:
            warnings.warn(one, stacklevel=2)


def _each(sentences: Iterable[str]) -> None:
    for one in sentences:
        complain(one)


def misplaced(options: str, rule: str, hint: str = "") -> IphError:
    """Return the refusal of options for being given, or for not being given.

    No value is shown: that an option was "True" or "None" says nothing to its user.
    """
    sentence = f"{options} must be {rule}"
    return IphError(f"{sentence}; {hint}" if hint else sentence)


def refuse_idle(
    arguments: argparse.Namespace, usual: Mapping[str, object], rule: str
) -> None:
    """Refuse options that could do nothing, all at once; `usual` has their defaults."""
    idle = [
        f"--{name.replace('_', '-')}"
        for name, default in usual.items()
        if getattr(arguments, name) != default
    ]
    if idle:
        raise misplaced(" and ".join(idle), rule)


def refuse_reading(arguments: argparse.Namespace, rule: str) -> None:
    """Refuse what is said of a table where none is read."""
    names = ("assessments", "events", *said(arguments))
    refuse_idle(arguments, dict.fromkeys(names), rule)


def said(arguments: argparse.Namespace) -> dict[str, object]:
    """Return what the arguments say of a table."""
    return {
        "mapping": arguments.mapping,
        "sheet": arguments.sheet,
        "header_row": arguments.header_row,
        "decimal": arguments.decimal,
        "encoding": arguments.encoding,
        "missing": arguments.missing or (),
    }


def overwrite_argument(parser: argparse.ArgumentParser) -> None:
    """Add the argument without which no file is replaced."""
    parser.add_argument(
        "--overwrite",
        action="store_true",
        help="replace files that are there already",
    )
