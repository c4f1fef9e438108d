"""The command that answers how many patients a study needs."""

import argparse
from typing import Any

from iph._commands._exit import DONE
from iph._commands._output import say
from iph._commands._parsing import EPILOG, Commands
from iph.errors import InputError


def add(commands: Commands) -> None:
    """Add the command."""
    parser = commands.add_parser(
        "plan",
        help="how many patients, what power, or how wide an interval",
        description=(
            "Plan a study of one or two arms. SHARES are the shares with the outcome "
            "in both arms (0.64 0.32), or in one arm; for grades, the share of each "
            "grade without the treatment (0.1,0.2,0.3,0.4). With --n the power of so "
            "many patients is found, without it the patients needed."
        ),
        epilog=EPILOG,
    )
    parser.add_argument(
        "outcome",
        choices=("shares", "grades", "width"),
        help=(
            "two shares compared, or one with a known share (--against); grades "
            "of two arms (--odds-ratio); the width of the interval of a share (--n)"
        ),
    )
    parser.add_argument("assumed", nargs="+", metavar="SHARES", help="what is assumed")
    parser.add_argument("--n", type=int, metavar="N", help="patients of each arm")
    parser.add_argument("--power", type=float, default=0.8, help="default: %(default)s")
    parser.add_argument(
        "--level", type=float, default=0.05, help="default: %(default)s"
    )
    parser.add_argument(
        "--loss", type=float, default=0.0, help="share lost (default: %(default)s)"
    )
    parser.add_argument("--odds-ratio", type=float, help="of a higher grade")
    parser.add_argument("--against", type=float, metavar="SHARE", help="a known share")
    parser.add_argument(
        "--test",
        choices=("fisher", "barnard", "boschloo"),
        default="fisher",
        help="of two shares (default: %(default)s)",
    )
    parser.set_defaults(run=_run)


def _run(arguments: argparse.Namespace) -> int:
    from iph.design import power, precision, sample_size, sentence

    if arguments.outcome == "width":
        if arguments.n is None or len(arguments.assumed) != 1:
            raise InputError("--n", "given with one share", arguments.n)
        (share,) = _shares(arguments.assumed)
        wide = precision("proportion", share, arguments.n)
        say(sentence(wide, assumed=f"a share of {100 * share:.0f} %"))
        return DONE
    test, arms, options, words = _assumed(arguments)
    options |= {"level": arguments.level, "loss": arguments.loss}
    if arguments.n is not None:
        found: Any = power(test, arms, arguments.n, **options)
    else:
        found = sample_size(test, arms, wanted=arguments.power, **options)
    say(sentence(found, assumed=words))
    return DONE


def _assumed(arguments: argparse.Namespace) -> tuple[Any, Any, dict[str, Any], str]:
    """Return the test, its arms, its options, and what is assumed in words."""
    from iph.design import proportional_odds

    if arguments.outcome == "grades":
        if arguments.odds_ratio is None or len(arguments.assumed) != 1:
            hint = "iph plan grades 0.1,0.2,0.3,0.4 --odds-ratio 3"
            raise InputError(
                "--odds-ratio", "given with one list of shares", None, hint
            )
        usual = _shares(arguments.assumed[0].split(","))
        arms = [proportional_odds(usual, arguments.odds_ratio), usual]
        words = f"an odds ratio of {arguments.odds_ratio:g} for a higher grade"
        return "mann-whitney", arms, {}, words
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
    return arguments.test, shares, {}, f"{printed[0]} against {printed[1]}"


def _shares(texts: list[str]) -> list[float]:
    found = []
    for text in texts:
        try:
            found.append(float(text))
        except ValueError:
            hint = "a share is a decimal number, such as 0.64"
            raise InputError("SHARES", "numbers from 0 to 1", text, hint) from None
    return found
