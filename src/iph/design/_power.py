"""The power and the true size of a test, over all outcomes of a study if possible."""

import math
from collections.abc import Sequence
from typing import Any, Final, Literal

import attrs
import numpy as np
import numpy.typing as npt

from iph._checks import generator, numbers, one_of, whole
from iph._checks import level as checked_level
from iph._options import listener
from iph._results import Result
from iph.design._assumed import Assumed
from iph.design._chances import (
    Progress,
    Refused,
    Study,
    bare,
    enumerated,
    n_tables,
    simulated,
)
from iph.design._outcomes import arm_sizes, written
from iph.design._planned_tests import TESTS, assumed
from iph.errors import InputError, WorkError
from iph.stats import Estimate, proportion
from iph.stats._inference.p_value import SEED

Test = Literal[
    "mann-whitney",
    "kruskal-wallis",
    "jonckheere-terpstra",
    "fisher",
    "barnard",
    "boschloo",
    "one-share",
    "mcnemar",
    "sign",
    "wilcoxon-signed-rank",
    "shares-within-margins",
    "scores-within-margins",
    "friedman",
    "page-trend",
    "anova-type",
    "group-over-visits",
    "group-by-visit",
    "logrank",
    "interval-logrank",
    "kappa",
    "icc",
]
Alternative = Literal["two-sided", "greater", "less"]
Method = Literal["auto", "enumerated", "simulated"]

_BAND: Final = 0.99


@attrs.frozen(kw_only=True, eq=False)
class Power(Result):
    """How often a test will find what is assumed.

    Attributes
    ----------
    test : str
        The test.
    n_arms : tuple of int
        The patients analyzed of each arm.
    power : float
        The probability that the p-value is at most `level` if the assumption is true.
    low, high : float or None
        The 99 % interval of a simulated power; None if all outcomes were enumerated.
    size : float
        The same probability if there is nothing to find: the true size of the test,
        which for exact tests of few patients lies well under the level.
    size_low, size_high : float or None
        The 99 % interval of a simulated size.
    level : float
        The significance level.
    alternative : str
        ``"two-sided"``, ``"greater"`` or ``"less"``.
    method : str
        ``"enumerated"`` or ``"simulated"``; ``"formula"`` of an intraclass correlation.
    n_simulations : int or None
        How many studies were simulated.
    seed : int or None
        The documented seed if no generator was given to a simulation, else None.
    n : int
        The patients analyzed.
    n_missing : int
        The patients recruited whose outcome is not known in the end: lost to follow-up.
        0 for a test that uses what was seen of them.
    """

    test: str
    n_arms: tuple[int, ...]
    power: float
    low: float | None
    high: float | None
    size: float
    size_low: float | None
    size_high: float | None
    level: float
    alternative: str
    method: str
    n_simulations: int | None
    seed: int | None
    n: int
    n_missing: int


def power(
    test: Test,
    arms: npt.ArrayLike | Sequence[Any],
    n: int | Sequence[int],
    *,
    values: npt.ArrayLike | Sequence[Any] | None = None,
    days: npt.ArrayLike | Sequence[float] | None = None,
    null: float | None = None,
    lower: float | None = None,
    upper: float | None = None,
    readers: int | None = None,
    loss: float = 0.0,
    level: float = 0.05,
    alternative: Alternative = "two-sided",
    method: Method = "auto",
    rng: np.random.Generator | int | None = None,
    n_simulations: int = 10_000,
    progress: Progress | None = None,
) -> Power:
    """Find the power and the true size of a test, over all its outcomes.

    How likely will a study of so many patients find the difference that is assumed, and
    how likely one that is not there?

    Parameters
    ----------
    test : str
        ``"mann-whitney"``, ``"kruskal-wallis"`` or ``"jonckheere-terpstra"`` of ordered
        grades; ``"fisher"``, ``"barnard"`` or ``"boschloo"`` of two shares;
        ``"one-share"`` against a share that is known; ``"mcnemar"``, ``"sign"`` or
        ``"wilcoxon-signed-rank"`` of paired outcomes; ``"shares-within-margins"`` or
        ``"scores-within-margins"`` for non-inferiority and equivalence;
        ``"logrank"`` or ``"interval-logrank"`` of recovery seen at visits;
        ``"friedman"``, ``"page-trend"`` or ``"anova-type"`` of the visits of one group;
        ``"group-over-visits"`` or ``"group-by-visit"`` of arms seen at visits;
        ``"kappa"`` or ``"icc"`` of readers.
    arms : array-like of shape (arms, k)
        The probability of each outcome of a patient, one row an arm: of the grades in
        ascending order; of recovery by each day of `days` and, last, of none by then;
        of each change, score or course in `values`. A share is a plain number. For a
        single group one row; for McNemar of "in both", "in the first alone", "in the
        second alone" and "in neither"; for kappa a square table of the grades of both
        readers; for an ICC the correlation.
    n : int or sequence of int
        The patients of each arm who are recruited; one number for arms of equal size.
    values : array-like of shape (k,) or (k, visits), optional
        The changes of a signed-rank or sign test, the scores within margins, or the
        courses of the tests over visits: the grades of all visits, one row an outcome.
    days : array-like of shape (k - 1,), optional
        The days of the visits at which recovery is seen.
    null : float, optional
        The share, kappa or correlation that is tested against.
    lower, upper : float, optional
        The margins of the first arm against the second, one of them for
        non-inferiority, both for equivalence: of the difference of shares, or of the
        shift of scores.
    readers : int, optional
        How many read each patient, for an ICC; up to 1,000.
    loss : float, default: 0.0
        The share lost to follow-up. Tests of recovery, of arms over visits and
        ``"anova-type"`` use what was seen of them until then, the same share of those
        left being lost before each visit. For other tests the arms are smaller by that
        share, rounded down.
    level : float, default: 0.05
        The significance level, between 0 and 1.
    alternative : {"two-sided", "greater", "less"}, default: "two-sided"
        As the test takes it: ``"greater"`` if the first arm is higher.
    method : {"auto", "enumerated", "simulated"}, default: "auto"
        ``"enumerated"`` sums over every outcome that the study can have;
        ``"simulated"`` draws studies. ``"auto"`` enumerates up to 10,000 outcomes; for
        Mann-Whitney up to 100,000,000 pairs of tables (two arms of 30 in four grades
        are 29,767,936), for Fisher up to 4,000,000 pairs of numbers (two arms of
        1,999), for McNemar and the sign test up to 2,000 patients, for Barnard and
        Boschloo always.
    rng : numpy.random.Generator or int, optional
        Generator or seed of a simulation; without it the documented seed is used.
    n_simulations : int, default: 10_000
        Studies to be simulated.
    progress : callable, optional
        Wraps the loop over what takes long, for instance ``tqdm.tqdm``.

    Returns
    -------
    Power
        With attributes ``test``, ``n_arms``, ``power``, ``low``, ``high``, ``size``,
        ``size_low``, ``size_high``, ``level``, ``alternative``, ``method``,
        ``n_simulations``, ``seed``, ``n`` and ``n_missing``.

    Raises
    ------
    iph.errors.InputError
        Probabilities that do not sum to 1, arms that do not fit the test, an unknown
        option.
    iph.errors.WorkError
        ``method="enumerated"`` would take too long.

    See Also
    --------
    sample_size : How many patients reach a power.
    detectable : What difference a number of patients can find.
    precision : How wide an interval will be.

    Notes
    -----
    With nothing to find, all arms have the average of the outcomes assumed; a share,
    kappa or correlation is the one tested against, with readers who use each grade as
    often; a change has either sign, and the grades of a course any order, with equal
    probability; the first arm lies a margin away from the second, the nearer of two.
    The size is that of this one hypothesis, not the largest over all.

    Each outcome is tested as the function of `iph.stats` of that name tests it with
    ``method="auto"``; two-sided, the Mann-Whitney test counts allocations at least as
    far from the expected U. The log-rank tests are permutation tests without loss
    (follow-up is equal by design) and asymptotic with loss. Against margins each
    one-sided test is made at half the level, as usual for non-inferiority. Kappa, with
    linear weights, is tested by its interval, which full agreement does not have; such
    an outcome counts as not significant. The power of an ICC, of consistency, follows
    from the F distribution [2]_.

    Power does not rise steadily with n: an exact test has few attainable p-values, and
    one patient more can move them past the level [1]_.

    References
    ----------
    .. [1] Chernick MR, Liu CY. The saw-toothed behavior of power versus sample size and
       software solutions. Am Stat 2002;56:149-155. :doi:`10.1198/000313002317572835`
    .. [2] Walter SD, Eliasziw M, Donner A. Sample size and optimal designs for
       reliability studies. Stat Med 1998;17:101-110.
       :doi:`10.1002/(SICI)1097-0258(19980115)17:1<101::AID-SIM727>3.0.CO;2-E`

    Examples
    --------
    Li et al. 2023 saw 18 of 28 patients with pain relief of at least 50 %. How likely
    would Fisher's test find 18 of 28 against half as many, with 28 patients in each of
    two arms?

    >>> from iph.design import power
    >>> found = power("fisher", [18 / 28, 9 / 28], 28)
    >>> print(f"power {found.power:.2f}, true size {found.size:.3f} ({found.method})")
    power 0.57, true size 0.023 (enumerated)
    """
    given = assumed(
        test,
        arms,
        alternative=alternative,
        values=values,
        days_=days,
        null=null,
        lower=lower,
        upper=upper,
        readers=readers,
        loss=checked_loss(loss),
    )
    recruited = arm_sizes(n, len(given.arms))
    analyzed = recruited if given.loss else kept(recruited, loss)
    study = Study(
        test=test,
        sizes=analyzed,
        level=checked_level(level, "level"),
        alternative=alternative,
    )
    return attrs.evolve(
        find_power(
            study,
            given,
            method=method,
            rng=rng,
            n_simulations=whole(n_simulations, "n_simulations", low=1),
            progress=progress,
        ),
        n_missing=sum(recruited) - sum(analyzed),
    )


def checked_loss(loss: float) -> float:
    """Check the share of patients who are lost: some must be left."""
    share = float(numbers([loss], "loss", low=0.0, high=1.0)[0])
    if not share < 1.0:
        raise InputError("loss", "a share from 0 to below 1", loss)
    return share


def kept(recruited: Sequence[int], loss: float) -> tuple[int, ...]:
    """Return the patients whose outcome is known, rounded down."""
    # As the decimal numbers that were written: 30 less 10 % are 27.
    left = tuple(math.floor(n * (1 - written(loss))) for n in recruited)
    if not all(left):
        raise InputError("n", "at least one patient analyzed in each arm", left)
    return left


def find_power(
    study: Study,
    given: Assumed,
    *,
    method: str,
    rng: np.random.Generator | int | None,
    n_simulations: int,
    progress: Progress | None,
) -> Power:
    """Return the power and the size, enumerated or simulated."""
    one_of(method, "method", ("auto", "enumerated", "simulated"))
    listener(progress)
    wraps: Progress = progress if progress is not None else bare
    planned = TESTS[study.test]
    if planned.refuses is None and method == "simulated":
        rule = f"'auto': the power of {study.test} follows from a formula"
        raise InputError("method", rule, method)
    absent = planned.null(given, study.sizes)
    if planned.with_lost is not None and given.loss:
        given, absent = (planned.with_lost(one, given.loss) for one in (given, absent))
    exact = enumerated(study, given, absent, wraps) if method != "simulated" else None
    if exact is None and method == "enumerated":
        raise WorkError(
            f"{n_tables(study.sizes, given):,} outcomes are too many to enumerate; "
            "use method='simulated'"
        )
    hits: list[Estimate] = []
    if exact is None:
        source = generator(SEED if rng is None else rng)
        refused = Refused(study)
        for assumption in (given, absent):
            count = simulated(refused, assumption, source, n_simulations, wraps)
            hits.append(proportion(count, n_simulations, confidence_level=_BAND))
        exact = hits[0].estimate, hits[1].estimate
    return Power(
        test=study.test,
        n_arms=study.sizes,
        power=exact[0],
        low=hits[0].low if hits else None,
        high=hits[0].high if hits else None,
        size=exact[1],
        size_low=hits[1].low if hits else None,
        size_high=hits[1].high if hits else None,
        level=study.level,
        alternative=study.alternative,
        method="simulated" if hits else "enumerated" if planned.refuses else "formula",
        n_simulations=n_simulations if hits else None,
        seed=SEED if hits and rng is None else None,
        n=sum(study.sizes),
        n_missing=0,
    )
