"""The command that checks printed figures against each other."""

import argparse
from pathlib import Path

from iph._commands._exit import DONE, FOUND
from iph._commands._output import say, write_bytes
from iph._commands._parsing import (
    EPILOG,
    Commands,
    misplaced,
    overwrite_argument,
    protocol,
    protocol_argument,
)
from iph._saving import refuse_old


def add(commands: Commands) -> None:
    """Add the command."""
    parser = commands.add_parser(
        "audit",
        help="check printed figures against each other",
        description=(
            "Check the claims of FILE (TOML or CSV), or those of Li et al. 2023: can "
            "data of that size give the printed figures, and do they agree?"
        ),
        epilog=EPILOG,
    )
    parser.add_argument("file", nargs="?", metavar="FILE", help="claims, TOML or CSV")
    protocol_argument(parser)
    parser.add_argument("--html", metavar="OUT", help="write the findings as a page")
    overwrite_argument(parser)
    parser.set_defaults(run=_run)


def _run(arguments: argparse.Namespace) -> int:
    from iph.evidence import (
        Verdict,
        audit,
        findings_html,
        findings_markdown,
        li2023_claims,
        read_claims,
    )
    from iph.protocol import LI_2023_PROTOCOL

    page = None if arguments.html is None else Path(arguments.html)
    if page is not None:
        refuse_old(page, overwrite=arguments.overwrite)
    study = protocol(arguments) or LI_2023_PROTOCOL
    if arguments.file is not None:
        claims = read_claims(arguments.file, protocol=study)
    elif arguments.protocol is None:
        claims = li2023_claims()
    else:
        raise misplaced(
            "FILE", "given with --protocol: the claims of a paper on the study"
        )
    findings = audit(claims, protocol=study)
    say(findings_markdown(findings))
    if page is not None:
        content = findings_html(findings).encode("utf-8", "backslashreplace")
        write_bytes(page, content, overwrite=arguments.overwrite)
        say(f"Wrote {page}")
    wrong = (Verdict.IMPOSSIBLE, Verdict.CONTRADICTS)
    return FOUND if any(finding.verdict in wrong for finding in findings) else DONE
