"""The commands that begin, check and show a study file."""

import argparse
from importlib import resources
from pathlib import Path
from typing import Final

from iph._commands._exit import DONE
from iph._commands._output import say
from iph._commands._parsing import EPILOG, Commands
from iph._saving import replacing

_STARTS: Final = ("blank", "li_2023")


def add(commands: Commands) -> None:
    """Add the command."""
    parser = commands.add_parser(
        "protocol",
        help="begin, check or show the file that describes a study",
        description=(
            "A study file says in plain text which fields, visits, outcomes, endpoints "
            "and criteria a study has."
        ),
        epilog=EPILOG,
    )
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")

    new = actions.add_parser(
        "new",
        help="write a start with remarks, to be changed to your study",
        description=(
            "Write a study file to begin with: a small study of two arms, an addition "
            "to the study of Li et al. 2023, or a draft guessed from your own sheet."
        ),
        epilog=EPILOG,
    )
    new.add_argument("file", metavar="FILE", help="the study file to write (.toml)")
    new.add_argument(
        "--from",
        dest="start",
        default="blank",
        metavar="START",
        help="blank (default), li_2023, or a sheet of patients to guess from",
    )
    new.set_defaults(run=_new)

    check = actions.add_parser(
        "check",
        help="list every error of a study file",
        description="List every error of a study file with its line; change nothing.",
        epilog=EPILOG,
    )
    check.add_argument("file", metavar="FILE", help="the study file")
    check.set_defaults(run=_check)

    show = actions.add_parser(
        "show",
        help="print the data dictionary of a study file",
        description=(
            "Print every field, visit, outcome, endpoint and criterion of a study."
        ),
        epilog=EPILOG,
    )
    show.add_argument(
        "file", metavar="FILE", help="the study file, or li_2023 for that study"
    )
    show.add_argument(
        "--as",
        dest="form",
        choices=("table", "file", "python"),
        default="table",
        help=(
            "a table (default), the study file as iph writes it, or the classes in "
            "Python that say the same"
        ),
    )
    show.set_defaults(run=_show)


def _new(arguments: argparse.Namespace) -> int:
    if arguments.start in _STARTS:
        folder = resources.files("iph.protocol") / "starts"
        text = (folder / f"{arguments.start}.toml").read_bytes()
        with replacing(arguments.file) as draft:
            draft.write_bytes(text)
    else:
        from iph.records import suggest_protocol

        suggest_protocol(arguments.start, arguments.file)
    say(
        f"Wrote {arguments.file}: change it to your study, then check it with\n"
        f"python -m iph protocol check {arguments.file}"
    )
    return DONE


def _counted(n: int, noun: str, plural: str = "") -> str:
    return f"{n} {noun if n == 1 else plural or noun + 's'}"


def _check(arguments: argparse.Namespace) -> int:
    from iph.protocol import read_protocol
    from iph.records._redcap_limits import redcap_limits

    study = read_protocol(arguments.file)  # what is wrong is raised, all at once
    n_fields = len(study.patient_fields) + len(study.assessment_fields)
    n_criteria = len(study.criteria.all) if study.criteria else 0
    say(
        f"{arguments.file} is sound: {study.title}\n"
        f"{_counted(n_fields, 'field')}, {_counted(len(study.visits), 'visit')}, "
        f"{_counted(len(study.outcomes), 'outcome')}, "
        f"{_counted(len(study.endpoints), 'endpoint')}, "
        f"{_counted(n_criteria, 'criterion', 'criteria')}\n"
        f"digest {study.digest}"
    )
    limits = redcap_limits(study)
    if limits:
        say("For a REDCap project, if you want one:\n" + "\n".join(limits))
    return DONE


def _show(arguments: argparse.Namespace) -> int:
    from iph.protocol import LI_2023_PROTOCOL, read_protocol
    from iph.protocol._dictionary import dictionary_text
    from iph.protocol._file_writing import protocol_text
    from iph.protocol._python_text import python_text

    known = {"li_2023": LI_2023_PROTOCOL}
    named = known.get(arguments.file)
    is_file = named is None or Path(arguments.file).exists()
    study = read_protocol(arguments.file) if is_file else named
    assert study is not None  # noqa: S101 - one of the two
    forms = {"table": dictionary_text, "file": protocol_text, "python": python_text}
    say(forms[arguments.form](study).rstrip("\n"))
    return DONE
