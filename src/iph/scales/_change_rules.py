"""How much a score must change to count, as data."""

import math
from collections.abc import Mapping
from statistics import NormalDist
from types import MappingProxyType
from typing import Final, Literal

import attrs

from iph._checks import level, one_of
from iph._display import Displayed
from iph._options import one_number
from iph.errors import InputError
from iph.scales._grade import Grade
from iph.scales._instrument_list import INSTRUMENTS
from iph.scales._instruments import Better

__all__ = ["CHANGE_RULES", "ChangeGrade", "ChangeRule", "reliable_change"]

Kind = Literal[
    "minimal important change", "minimal detectable change", "reliable change"
]
_KINDS: Final = (
    "minimal important change",
    "minimal detectable change",
    "reliable change",
)


class ChangeGrade(Grade):
    """Whether a patient is worse, not changed, or improved.

    Attributes
    ----------
    numeral : str
        ``"0"`` to ``"2"``.
    label : str
        The change in a word or two.
    meaning : str
        The change in words.

    See Also
    --------
    score_change : Grade two scores.
    """

    WORSE = (0, "0", "worse", "worse by at least what counts")
    NOT_CHANGED = (1, "1", "not changed", "changed by less than what counts")
    IMPROVED = (2, "2", "improved", "better by at least what counts")


@attrs.frozen(kw_only=True)
class ChangeRule(Displayed):
    """How much the score of one patient must change to count.

    Attributes
    ----------
    name : str
        The name of the rule, as results print it.
    kind : {"minimal important change", "minimal detectable change", \
"reliable change"}
        Whether the change matters to patients, or exceeds the error of measurement.
    points : float
        The change that counts.
    better : {"higher", "lower"}
        Which scores are better for the patient.
    low, high : float
        The smallest and the largest score.
    reference : str
        Where the change is published.
    strict : bool
        False: a change of exactly `points` counts; True: it does not.
    whole : bool
        Whether scores are whole numbers.
    note : str
        In whom the change was found, and what was decided.

    Raises
    ------
    InputError
        If the points are not above 0, the bounds do not rise, or a word is not known.
    """

    name: str
    kind: Kind
    points: float
    better: Better
    low: float
    high: float
    reference: str
    strict: bool = False
    whole: bool = False
    note: str = ""

    def __attrs_post_init__(self) -> None:
        one_of(self.kind, "kind", _KINDS)
        one_of(self.better, "better", ("higher", "lower"))
        points, low, high = (
            one_number(getattr(self, name), name, "a finite number")
            for name in ("points", "low", "high")
        )
        if not (points > 0 and math.isfinite(points)):
            raise InputError("points", "a finite number above 0", self.points)
        if not (low < high and math.isfinite(low) and math.isfinite(high)):
            raise InputError("high", f"finite, above low ({low:g})", self.high)


def _of(
    instrument: str,
    name: str,
    kind: Kind,
    points: float,
    *,
    reference: str,
    note: str,
) -> ChangeRule:
    of = INSTRUMENTS[instrument]
    return ChangeRule(
        name=name,
        kind=kind,
        points=points,
        better=of.better,
        low=of.low,
        high=of.high,
        whole=of.whole,
        reference=reference,
        note=note,
    )


_BINKLEY: Final = (
    "Binkley JM, et al. Phys Ther 1999;79:371-383. doi:10.1093/ptj/79.4.371"
)
_BEARD: Final = (
    "Beard DJ, et al. J Clin Epidemiol 2015;68:73-79. "
    "doi:10.1016/j.jclinepi.2014.08.009"
)

_RULES: Final = (
    _of(
        "lefs",
        "lefs-mdc90",
        "minimal detectable change",
        9.0,
        reference=_BINKLEY,
        note="with 90 % confidence; 107 patients of physical therapists",
    ),
    _of(
        "lefs",
        "lefs-mcid",
        "minimal important change",
        9.0,
        reference=_BINKLEY,
        note="with 90 % confidence; 107 patients of physical therapists",
    ),
    _of(
        "oxford-hip-2007",
        "oxford-hip-mdc90",
        "minimal detectable change",
        5.0,
        reference=_BEARD,
        note="with 90 % confidence; 82,415 patients with a hip replacement",
    ),
    _of(
        "oxford-hip-2007",
        "oxford-hip-mic",
        "minimal important change",
        8.0,
        reference=_BEARD,
        note=(
            "for single patients; means of groups differ by 11 over time and by 5 "
            "between two groups. 82,415 patients with a hip replacement"
        ),
    ),
    ChangeRule(
        name="pain-farrar2001",
        kind="minimal important change",
        points=2.0,
        better="lower",
        low=0.0,
        high=10.0,
        reference=(
            "Farrar JT, et al. Pain 2001;94:149-158. doi:10.1016/s0304-3959(01)00349-9"
        ),
        note=(
            "about two points of the numeric rating scale; 2,724 patients with chronic "
            "pain. More pain at baseline asks for a larger fall: is_responder takes a "
            "share of it"
        ),
    ),
)

CHANGE_RULES: Final[Mapping[str, ChangeRule]] = MappingProxyType(
    {rule.name: rule for rule in _RULES}
)


def reliable_change(
    *,
    standard_deviation: float,
    reliability: float,
    better: Better,
    low: float,
    high: float,
    confidence_level: float = 0.95,
    name: str = "reliable-change",
) -> ChangeRule:
    """Make the rule of Jacobson and Truax: a change beyond the error of measurement.

    How much must the score of a patient change before it is no mere error?

    Parameters
    ----------
    standard_deviation : float
        Standard deviation of the scores before treatment, above 0.
    reliability : float
        Test-retest reliability of the score, from 0 to below 1.
    better : {"higher", "lower"}
        Which scores are better for the patient.
    low, high : float
        The smallest and the largest score.
    confidence_level : float, default 0.95
        How rarely a patient who has not changed exceeds the rule: in 1 minus this
        share, half of it in either direction. Between 0 and 1.
    name : str, default "reliable-change"
        The name of the rule, as results print it.

    Returns
    -------
    ChangeRule
        Its `points` are the quantile of the normal distribution times the standard
        error of a difference; a change must exceed them.

    Raises
    ------
    InputError
        If a number is out of range.

    See Also
    --------
    score_change : Grade two scores by the rule.

    Notes
    -----
    The standard error of one score is ``SE = SD * sqrt(1 - reliability)``, and that of
    the difference of two is ``sqrt(2) * SE``; a change is reliable if it exceeds 1.96
    of these [1]_ (at 95 %, the quantile with all its digits here).
    The standard deviation and the reliability must come from patients like yours: a
    reliability from healthy people, or a deviation after treatment, gives another rule.
    A reliable change need not matter to the patient: name a minimal important change
    beside it.
    Whether the patient has come within the range of healthy people, the other half of
    that paper, is not asked here.

    References
    ----------
    .. [1] Jacobson NS, Truax P. Clinical significance: a statistical approach to
       defining meaningful change in psychotherapy research. J Consult Clin Psychol
       1991;59:12-19. doi:10.1037//0022-006x.59.1.12

    Examples
    --------
    A scale with a standard deviation of 7.6 and a reliability of 0.95:

    >>> from iph.scales import reliable_change
    >>> rule = reliable_change(
    ...     standard_deviation=7.6, reliability=0.95, better="lower", low=0, high=30
    ... )
    >>> print(f"{rule.points:.2f}")
    4.71
    """
    deviation = _number(standard_deviation, "standard_deviation")
    if not 0 < deviation < math.inf:
        raise InputError("standard_deviation", "above 0", standard_deviation)
    share = _number(reliability, "reliability")
    if not 0 <= share < 1:
        raise InputError("reliability", "from 0 to below 1", reliability)
    quantile = -NormalDist().inv_cdf((1 - level(confidence_level)) / 2)
    error = math.sqrt(2 * (1 - share)) * deviation
    return ChangeRule(
        name=name,
        kind="reliable change",
        points=quantile * error,
        better=better,
        low=_number(low, "low"),
        high=_number(high, "high"),
        strict=True,
        reference=(
            "Jacobson NS, Truax P. J Consult Clin Psychol 1991;59:12-19. "
            "doi:10.1037//0022-006x.59.1.12"
        ),
        note=(
            f"standard deviation {deviation:g}, reliability {share:g}, confidence "
            f"level {confidence_level:g}"
        ),
    )


def _number(value: float, name: str) -> float:
    return one_number(value, name, "a number")
