"""How reaching an endpoint is spoken of: recovering, where its name says so."""

from collections import Counter

import attrs

from iph.protocol._outcomes import EndpointRule
from iph.study._parts import MissingField, Unavailable
from iph.study._recovery_results import CompetingEvents
from iph.study._risk import AT_RISK, REACHED, UNKNOWN


@attrs.frozen(kw_only=True)
class Wording:
    """How reaching an endpoint is spoken of.

    Attributes
    ----------
    noun, done, verb, dated, rate : str
        Within a sentence: "before recovery", "had recovered", "seen to recover", "with
        a dated statement", "no rate of recovery".
    head : str
        At the head of a column.
    """

    noun: str
    done: str
    verb: str
    dated: str
    rate: str
    head: str


_RECOVERY = Wording(
    noun="recovery",
    done="recovered",
    verb="recover",
    dated="a recorded time",
    rate="recovery",
    head="Recovered",
)
_ENDPOINT = Wording(
    noun="the endpoint",
    done="reached it",
    verb="reach it",
    dated="a recorded time",
    rate="an endpoint",
    head="Reached",
)


def wording_of(label: str) -> Wording:
    """Return how an endpoint is spoken of: as a recovery where its name says so."""
    found = _RECOVERY if "recover" in label.lower() else _ENDPOINT
    if "stated" in label.lower():
        return attrs.evolve(found, dated="a dated statement")
    return found


def forbidden(endpoint: EndpointRule) -> Unavailable:
    """Say why no rate of an endpoint is computed."""
    return Unavailable(
        part=endpoint.label[0].upper() + endpoint.label[1:],
        reason=(
            "the cohort is a convenience sample, from which no rate of "
            f"{wording_of(endpoint.label).rate} can be estimated"
        ),
        missing=(),
    )


def nobody(
    starts: Counter[str],
    died: int,
    endpoint: EndpointRule,
    competing: tuple[CompetingEvents, ...] = (),
) -> Unavailable:
    """Say why there is nothing to analyze, with every count."""
    risk, unknown = starts[AT_RISK], starts[UNKNOWN]
    what = "grade at baseline" if endpoint.of_visits else "dated outcome"
    return Unavailable(
        part=endpoint.label[0].upper() + endpoint.label[1:],
        reason=(
            (
                f"of {risk} patients known to be at risk none was seen to "
                f"{wording_of(endpoint.label).verb}"
                if risk
                else "no patient is known to be at risk"
            )
            + (f", and {died} died" if died else "")
            + "".join(
                f", and {one.label} came first in {one.n}" for one in competing if one.n
            )
            + (
                f"; {starts[REACHED]} had the outcome at baseline"
                if starts[REACHED]
                else ""
            )
        ),
        missing=(MissingField(what, unknown, starts.total()),),
    )


def sensitivity_labels(label: str) -> dict[str, str]:
    """Return what each choice is called that changes the main analysis."""
    words = wording_of(label)
    unknown = f"Unknown baseline taken as not {words.head.lower()}"
    kept = "Recovery that lasted" if words.rate == "recovery" else "Reached, and kept"
    return {
        "main": "Main analysis",
        "lasting": f"{kept} to the last assessment",
        "lost-included": "Records excluded only for loss to follow-up taken in",
        "unknown-at-risk": unknown,
        "unknown-best": f"{unknown} if {words.noun} was seen later",
        "unknown-worst": f"{unknown} if {words.noun} was never seen",
    }
