"""The command that answers how many patients a study needs, and writes its plan."""

import argparse
import math
from typing import Any, Final

from iph._commands._exit import DONE
from iph._commands._output import say
from iph._commands._parsing import (
    EPILOG,
    Commands,
    misplaced,
    protocol,
    protocol_argument,
    refuse_idle,
)
from iph.errors import InputError

_USUAL: Final[dict[str, object]] = {
    "n": None,
    "power": 0.8,
    "level": 0.05,
    "loss": 0.0,
    "odds_ratio": None,
    "against": None,
    "days": None,
    "readers": 2,
    "simulations": 1_000,
    "margin": None,
    "test": "fisher",
}
_OF_TESTS: Final = ("n", "power", "level", "loss", "simulations")
# Which of them say something of an outcome.
_USED: Final = {
    "shares": (*_OF_TESTS, "against", "margin", "test"),
    "grades": (*_OF_TESTS, "odds_ratio"),
    "visits": (*_OF_TESTS, "days"),
    "readers": (*_OF_TESTS, "against", "readers"),
    "width": ("n",),
    "analysis": (),
}


def add(commands: Commands) -> None:
    """Add the command."""
    parser = commands.add_parser(
        "plan",
        help="how many patients, and the plan of the analysis",
        description=(
            "Plan a study of one or two arms. SHARES are the shares with the outcome "
            "in both arms (0.64 0.32), or in one arm; for grades, the share of each "
            "grade without the treatment (0.1,0.2,0.3,0.4); for visits, in each arm "
            "the share that recovers by each of --days and the share that does not "
            "(0.2,0.3,0.2,0.3 0.1,0.2,0.2,0.5); for readers, the ICC hoped for, or the "
            "share of each pair of grades (0.4,0.1,0.1,0.4) for kappa. With --n the "
            "power of so many patients is found, without it the patients needed. With "
            "--out the plan of the analysis is written, with this answer in it."
        ),
        epilog=EPILOG,
    )
    parser.add_argument(
        "outcome",
        choices=("shares", "grades", "visits", "readers", "width", "analysis"),
        help=(
            "two shares compared (or shown to differ by less than --margin), or one "
            "with a known share (--against); grades of two arms (--odds-ratio); "
            "recovery seen at visits (--days); agreement of readers (--against); the "
            "width of the interval of a share (--n); or the plan of the analysis alone "
            "(--out)"
        ),
    )
    parser.add_argument("assumed", nargs="*", metavar="SHARES", help="what is assumed")
    parser.add_argument("--n", type=int, metavar="N", help="patients of each arm")
    parser.add_argument("--power", type=float, default=0.8, help="default: %(default)s")
    parser.add_argument(
        "--level", type=float, default=0.05, help="default: %(default)s"
    )
    parser.add_argument(
        "--loss", type=float, default=0.0, help="share lost (default: %(default)s)"
    )
    parser.add_argument("--odds-ratio", type=float, help="of a higher grade")
    parser.add_argument(
        "--against",
        type=float,
        metavar="SHARE",
        help="a known share, or the agreement of readers to be exceeded",
    )
    parser.add_argument(
        "--days", metavar="DAYS", help="of the visits, in order (7,30,91)"
    )
    parser.add_argument(
        "--readers",
        type=int,
        default=2,
        help="of each patient, for an ICC (default: %(default)s)",
    )
    parser.add_argument(
        "--simulations",
        type=int,
        default=1_000,
        metavar="N",
        help=(
            "studies to be drawn of each size where outcomes are too many to be "
            "counted; more make the answer finer and take longer (default: %(default)s)"
        ),
    )
    parser.add_argument(
        "--margin",
        type=float,
        metavar="SHARE",
        help="by how much less the first share may be, for non-inferiority",
    )
    parser.add_argument(
        "--test",
        choices=("fisher", "barnard", "boschloo"),
        default="fisher",
        help="of two shares (default: %(default)s)",
    )
    protocol_argument(parser)
    parser.add_argument(
        "--out",
        metavar="FOLDER",
        help=(
            "write the plan of the analysis of the study (that of --protocol; of Li et "
            "al. 2023 without it); a former plan is replaced"
        ),
    )
    parser.set_defaults(run=_run)


def _run(arguments: argparse.Namespace) -> int:
    _refuse_idle(arguments)
    if arguments.outcome == "analysis":
        if arguments.out is None or arguments.assumed:
            raise misplaced("--out", "given, and no shares")
        _write(arguments, [])
        return DONE
    if arguments.protocol is not None and arguments.out is None:
        raise misplaced("--protocol", "given with --out")
    from iph.design import sentence

    found, words = _answer(arguments)
    say(sentence(found, assumed=words))
    if arguments.out is not None:
        _write(arguments, [(found, words)])
    return DONE


def _refuse_idle(arguments: argparse.Namespace) -> None:
    """Refuse what is said of another outcome, or of another question."""
    used = set(_USED[arguments.outcome])
    if arguments.n is not None:
        used.discard("power")  # which is found
    if arguments.against is not None and arguments.outcome == "shares":
        used -= {"margin", "test"}
    if arguments.margin is not None:
        used.discard("test")
    if arguments.out is not None:
        used.add("level")
    usual = {name: value for name, value in _USUAL.items() if name not in used}
    refuse_idle(arguments, usual, "left out here, where it changes nothing")


def _write(arguments: argparse.Namespace, sized: list[tuple[Any, str]]) -> None:
    """Write the plan of the analysis into a folder."""
    from iph.design import plan
    from iph.protocol import LI_2023_PROTOCOL
    from iph.report import write_plan

    study = protocol(arguments)
    made = plan(
        LI_2023_PROTOCOL if study is None else study,
        sized=sized,
        level=arguments.level,
    )
    files = write_plan(made, arguments.out)
    say(f"Wrote {len(files)} files to {arguments.out}")
    if "plan.docx" not in files:
        say("No plan.docx: install python-docx for it.")


def _answer(arguments: argparse.Namespace) -> tuple[Any, str]:
    """Return what was found, and what was assumed in words."""
    from iph.design import power, precision, sample_size

    if arguments.outcome == "width":
        if arguments.n is None or len(arguments.assumed) != 1:
            raise misplaced("--n", "given with one share")
        (share,) = _shares(arguments.assumed)
        wide = precision("proportion", share, arguments.n)
        return wide, f"a share of {100 * share:.0f} %"
    test, arms, options, words = _assumed(arguments)
    options |= {
        "level": arguments.level,
        "loss": arguments.loss,
        "n_simulations": arguments.simulations,
    }
    if arguments.n is not None:
        return power(test, arms, arguments.n, **options), words
    return sample_size(test, arms, wanted=arguments.power, **options), words


def _assumed(arguments: argparse.Namespace) -> tuple[Any, Any, dict[str, Any], str]:
    """Return the test, its arms, its options, and what is assumed in words."""
    from iph.design import proportional_odds

    if arguments.outcome == "grades":
        if arguments.odds_ratio is None or len(arguments.assumed) != 1:
            hint = "iph plan grades 0.1,0.2,0.3,0.4 --odds-ratio 3"
            raise misplaced("--odds-ratio", "given with one list of shares", hint)
        usual = _shares(arguments.assumed[0].split(","))
        arms = [proportional_odds(usual, arguments.odds_ratio), usual]
        words = f"an odds ratio of {arguments.odds_ratio:g} for a higher grade"
        return "mann-whitney", arms, {}, words
    if arguments.outcome == "visits":
        return _of_visits(arguments)
    if arguments.outcome == "readers":
        return _of_readers(arguments)
    shares = _shares(arguments.assumed)
    printed = [f"{100 * share:.0f} %" for share in shares]
    if arguments.against is not None:
        if len(shares) != 1:
            raise InputError("SHARES", "one share with --against", arguments.assumed)
        words = f"{printed[0]} against a known {100 * arguments.against:.0f} %"
        return "one-share", shares[0], {"null": arguments.against}, words
    if len(shares) != 2:
        hint = "or one with --against"
        raise InputError("SHARES", "two shares", arguments.assumed, hint)
    if arguments.margin is not None:
        words = (
            f"{printed[0]} to be at most {100 * arguments.margin:g} percentage points "
            f"below {printed[1]}"
        )
        return "shares-within-margins", shares, {"lower": -arguments.margin}, words
    return arguments.test, shares, {}, f"{printed[0]} against {printed[1]}"


def _of_visits(
    arguments: argparse.Namespace,
) -> tuple[str, Any, dict[str, Any], str]:
    """Return the test of recovery by visits."""
    arms = [_shares(arm.split(",")) for arm in arguments.assumed]
    if arguments.days is None or len(arms) != 2:
        hint = "iph plan visits 0.2,0.3,0.2,0.3 0.1,0.2,0.2,0.5 --days 7,30,91"
        raise misplaced("--days", "given with the shares of two arms", hint)
    days = _shares(arguments.days.split(","), "--days", "days, in order")
    first, second = (f"{100 * (1.0 - arm[-1]):.0f} %" for arm in arms)
    words = f"recovery by day {days[-1]:g} in {first} against {second}"
    return "interval-logrank", arms, {"days": days}, words


def _of_readers(
    arguments: argparse.Namespace,
) -> tuple[str, Any, dict[str, Any], str]:
    """Return the test of an ICC, or of a kappa."""
    if arguments.against is None or len(arguments.assumed) != 1:
        hint = "iph plan readers 0.9 --against 0.75"
        raise misplaced("--against", "given with one agreement", hint)
    from iph.design._rater_tests import true_kappa

    found, against = _shares(arguments.assumed[0].split(",")), arguments.against
    if len(found) == 1:
        words = (
            f"an ICC of {found[0]:g} of {arguments.readers} readers against {against:g}"
        )
        options = {"null": against, "readers": arguments.readers}
        return "icc", found[0], options, words
    size = math.isqrt(len(found))
    if size * size != len(found):
        hint = "row after row: 0.4,0.1,0.1,0.4 for two grades"
        raise InputError("SHARES", "one for each pair of grades", len(found), hint)
    table = [found[row * size : (row + 1) * size] for row in range(size)]
    words = f"a weighted kappa of {true_kappa(table):.2f} against {against:g}"
    return "kappa", table, {"null": against}, words


def _shares(
    texts: list[str], name: str = "SHARES", rule: str = "numbers from 0 to 1"
) -> list[float]:
    found = []
    for text in texts:
        try:
            found.append(float(text))
        except ValueError:
            hint = "a decimal number, such as 0.64"
            if name == "--days":
                hint = "separated by commas, such as 7,30,91"
            raise InputError(name, rule, text, hint) from None
    return found
