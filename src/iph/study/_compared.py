"""What a comparison with a published study holds."""

import math
from typing import Literal, TypeAlias

import attrs

from iph._categories import ScheduledVisit
from iph._display import Displayed
from iph.evidence._claims import Claim
from iph.evidence._verdict import Finding
from iph.stats._inference.result import Estimate

Measure: TypeAlias = Literal["share", "mean", "median"]


@attrs.frozen(kw_only=True)
class ComparedFigure(Displayed):
    """One figure of one of two studies.

    Attributes
    ----------
    value : float
        The share (0 to 1), mean or median.
    low, high : float
        Its own interval: the exact one of a share, and, where the values themselves are
        known, the exact one of a median; NaN otherwise, and for a convenience sample.
    count : int or None
        For a share, how many patients.
    sd : float
        For a mean, the standard deviation; NaN otherwise.
    q1, q3 : float
        For a median, the quartiles; NaN where not printed, and for all others.
    n : int
        Of how many patients it speaks.
    n_missing : int
        Patients without a value; 0 for a printed figure, which does not tell.
    """

    value: float
    low: float = math.nan
    high: float = math.nan
    count: int | None = None
    sd: float = math.nan
    q1: float = math.nan
    q3: float = math.nan
    n: int
    n_missing: int = 0


@attrs.frozen(kw_only=True)
class ComparedClaim(Displayed):
    """A printed figure beside the same figure of a study.

    Attributes
    ----------
    field : str
        The field, or what is derived from several.
    label : str
        Its name in print.
    visit : ScheduledVisit or None
        The visit; None for what is known once.
    level_label : str
        For a share, the levels that are counted; empty otherwise.
    unit : str or None
        The unit of a mean or median.
    measure : str
        ``"share"``, ``"mean"`` or ``"median"``.
    claims : tuple of Claim
        Where the figure is printed.
    doubtful : tuple of Finding
        What an audit finds wrong with any of these claims.
    published, ours : ComparedFigure
        The figure as printed, and that of the study.
    difference : Estimate
        Ours minus theirs; bounds are NaN where there is no interval. ``method`` is
        ``"miettinen-nurminen"``, ``"welch"`` or ``"none"``.
    remark : str
        Why there is no interval, or what it covers; empty if nothing is to be said.
    """

    field: str
    label: str
    visit: ScheduledVisit | None
    level_label: str
    unit: str | None
    measure: Measure
    claims: tuple[Claim, ...]
    doubtful: tuple[Finding, ...]
    published: ComparedFigure
    ours: ComparedFigure
    difference: Estimate
    remark: str


@attrs.frozen(kw_only=True)
class UnansweredClaim(Displayed):
    """A printed figure of patients that a study does not answer.

    Attributes
    ----------
    claim : Claim
        The claim.
    reason : str
        Why not.
    """

    claim: Claim
    reason: str


@attrs.frozen(kw_only=True)
class Comparison(Displayed):
    """A study beside a published one.

    Attributes
    ----------
    source : str
        What the published study is called.
    rows : tuple of ComparedClaim
        One a printed figure that the study answers, in the order of the fields and
        visits. A figure printed in several places stands once; two prints that do not
        agree stand in two rows.
    unanswered : tuple of UnansweredClaim
        The other printed figures of patients.
    cautions : tuple of str
        What a reader of the differences must know.
    confidence_level : float
        The level of all intervals.
    method : str
        How the intervals are made; ``"none"`` for a convenience sample.
    n : int
        Patients of the study.
    n_missing : int
        Records of its cohort that are not analyzed.
    """

    source: str
    rows: tuple[ComparedClaim, ...]
    unanswered: tuple[UnansweredClaim, ...]
    cautions: tuple[str, ...]
    confidence_level: float
    method: str
    n: int
    n_missing: int
