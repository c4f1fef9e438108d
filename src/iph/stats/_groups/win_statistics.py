"""Win ratio, win odds and net benefit: outcomes compared pair by pair, worst first."""

import math
from collections.abc import Collection, Hashable, Iterable, Mapping
from typing import Any

import attrs
import numpy as np
import numpy.typing as npt

from iph._checks import Ints, case_counts, level, one_of, whole
from iph._labels import coded
from iph.errors import InputError, WorkError
from iph.stats._groups.mann_whitney import (
    ALTERNATIVES,
    TWO_SIDED,
    Alternative,
    TwoSided,
)
from iph.stats._groups.superiority import newcombe_bounds
from iph.stats._groups.win_pairs import Outcome, compared, read_outcomes
from iph.stats._groups.win_result import WinsOfOutcome, WinStatistics
from iph.stats._inference.exact_sums import subset_tail
from iph.stats._inference.exact_work import DEFAULT_LIMIT
from iph.stats._inference.monte_carlo import TailHits, random_sums
from iph.stats._inference.p_value import (
    METHODS,
    Method,
    Routes,
    find_p_value,
    smallest_share,
)
from iph.stats._inference.result import Estimate
from iph.stats._inference.tails import (
    normal_two_sided,
    normal_upper,
    two_sided_quantile,
)

_AUTO_LIMIT = 1_000_000  # states: about half a second
_MOST_ROWS = 20_000  # whose pairs take some seconds an outcome


def win_statistics(
    group: npt.ArrayLike | Iterable[Hashable],
    outcomes: Mapping[str, Any],
    *,
    lower_is_better: Collection[str] = (),
    margins: Mapping[str, float] | None = None,
    method: Method = "auto",
    alternative: Alternative = "two-sided",
    two_sided: TwoSided = "central",
    confidence_level: float = 0.95,
    weights: npt.ArrayLike | Iterable[object] | None = None,
    rng: np.random.Generator | int | None = None,
    n_resamples: int = 10_000,
) -> WinStatistics:
    """Compare two groups by several outcomes, the gravest of them first.

    Some patients died, so that their strength at one year does not exist: in how many
    pairs, one patient of each group, does the patient of the first group do better, if
    death decides first and strength only between patients who lived?

    Parameters
    ----------
    group : array-like of shape (n,)
        The group of each patient, two in all; None where it is not known.
    outcomes : mapping of str to column, or to a pair of columns
        The outcomes by name, the gravest first. A column of numbers is a score of which
        higher is better; a pair ``(time, event)``, time to an event to be avoided, with
        the day of the event or the last day seen, and whether it happened. None or NaN
        where missing.
    lower_is_better : collection of str, default: ()
        The names of scores of which lower is better, such as pain, and of times to an
        event that is wanted, such as recovery.
    margins : mapping of str to float, optional
        By how much more than nothing an outcome must be better to win a pair.
    method : {"auto", "exact", "asymptotic", "monte-carlo"}, default: "auto"
        The p-value from all allocations of the patients to the groups, from the normal
        distribution, or from `n_resamples` random allocations; ``"auto"`` is exact if
        that takes about a second at most, else asymptotic if both groups are large,
        else Monte Carlo; see :doc:`the rule </reference/p-values>`.
    alternative : {"two-sided", "less", "greater"}, default: "two-sided"
        ``"greater"``: the first group does better.
    two_sided : {"central", "abs"}, default: "central"
        What is two-sided in an exact or simulated test: twice the smaller tail, or
        allocations at least as far from no difference.
    confidence_level : float, default: 0.95
        Level of the intervals, between 0 and 1.
    weights : array-like of int, optional
        How many patients each row stands for.
    rng : numpy.random.Generator or int, optional
        Generator or seed of a simulated p-value; needed by ``"monte-carlo"``, while
        ``"auto"`` does with a documented seed.
    n_resamples : int, default: 10_000
        Random allocations of a Monte Carlo test.

    Returns
    -------
    WinStatistics
        With attributes ``outcomes`` (each with ``name``, ``wins``, ``losses`` and
        ``open``), ``wins``, ``losses``, ``ties``, ``win_ratio``, ``win_odds`` and
        ``net_benefit`` (each with ``estimate``, ``low`` and ``high``), ``z``,
        ``p_value``, ``p_low``, ``p_high``, ``method``, ``seed``, ``alternative``,
        ``two_sided``, ``confidence_level``, ``groups``, ``group_sizes``, ``n`` and
        ``n_missing``.

    Raises
    ------
    iph.errors.InputError
        There are not two groups, columns differ in length, an outcome is neither a
        column of numbers nor a pair of time and event, or a name is unknown.
    iph.errors.WorkError
        There are more than 20,000 rows, or ``method="exact"`` would take too long.

    See Also
    --------
    mann_whitney, probability_of_superiority : One score, nobody died.
    logrank : One time to an event.

    Notes
    -----
    A pair is compared by the first outcome; if that does not decide, by the second, and
    so on [1]_ [2]_. A time decides if one patient had the event while the other was
    still followed without it, so that pairs with short follow-up pass to the next
    outcome: what is estimated depends on how long patients were followed, and both
    groups must have been followed alike. A missing value decides nothing.

    The win ratio leaves ties out; where they are many it is far from 1 although few
    pairs differ. So read it with the net benefit. The test is that of Finkelstein and
    Schoenfeld [3]_: each patient's wins minus losses against all others of both groups
    are kept, and the patients are allotted anew. With one time it is Gehan's test. If
    all who lived were followed to the end, with death first and a score second, it is
    Mann and Whitney's test of worst ranks [4]_, in which whoever died ranks below all
    who lived, by the day of death.

    All three intervals come from Newcombe's of the probability of superiority, ties
    counting half, with the share of ties as it was seen; so they exclude no difference
    together. For 3 to 11 outcomes and 8 to 60 patients they held in .94 or more of
    simulated samples, .97 on average, while the usual interval of the win ratio on the
    log scale is not defined in up to a fifth of samples of 8. The p-value comes from
    the permutation and can differ from them at the margin.

    References
    ----------
    .. [1] Buyse M. Generalized pairwise comparisons of prioritized outcomes in the
       two-sample problem. Stat Med 2010;29:3245-3257. :doi:`10.1002/sim.3923`
    .. [2] Pocock SJ, Ariti CA, Collier TJ, Wang D. The win ratio: a new approach to the
       analysis of composite endpoints in clinical trials based on clinical priorities.
       Eur Heart J 2012;33:176-182. :doi:`10.1093/eurheartj/ehr352`
    .. [3] Finkelstein DM, Schoenfeld DA. Combining mortality and longitudinal measures
       in clinical trials. Stat Med 1999;18:1341-1354.
    .. [4] Lachin JM. Worst-rank score analysis with informatively missing observations
       in clinical trials. Control Clin Trials 1999;20:408-422.
    .. [5] Gehan EA. A generalized Wilcoxon test for comparing arbitrarily
       singly-censored samples. Biometrika 1965;52:203-223.
       :doi:`10.1093/biomet/52.1-2.203`

    Examples
    --------
    Weeks in remission of 42 children with leukemia, with 6-MP or placebo, the example
    of Gehan [5]_, who counts 271 more wins than losses:

    >>> from iph.stats import win_statistics
    >>> placebo = [1, 1, 2, 2, 3, 4, 4, 5, 5, 8, 8, 8, 8, 11, 11, 12, 12, 15, 17]
    >>> placebo += [22, 23]
    >>> relapsed = [6, 6, 6, 7, 10, 13, 16, 22, 23]
    >>> censored = [6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35]
    >>> weeks = relapsed + censored + placebo
    >>> relapse = [True] * 9 + [False] * 12 + [True] * 21
    >>> drug = ["6-MP"] * 21 + ["placebo"] * 21
    >>> found = win_statistics(drug, {"relapse": (weeks, relapse)})
    >>> print(found.groups, found.wins, found.losses, found.ties)
    ('6-MP', 'placebo') 335 64 42
    >>> for name in ("win_ratio", "net_benefit"):
    ...     figure = getattr(found, name)
    ...     interval = f"({figure.low:.2f} to {figure.high:.2f})"
    ...     print(f"{name} {figure.estimate:.2f} {interval}")
    win_ratio 5.23 (1.89 to 17.57)
    net_benefit 0.61 (0.28 to 0.81)

    The permutation test of these 271 more wins:

    >>> print(f"z = {found.z:.2f}, p = {found.p_value:.5f} ({found.method})")
    z = 3.61, p = 0.00018 (exact)
    """
    one_of(method, "method", METHODS)
    one_of(alternative, "alternative", ALTERNATIVES)
    one_of(two_sided, "two_sided", TWO_SIDED)
    asked = level(confidence_level)
    drawn = whole(n_resamples, "n_resamples", low=1)
    codes, names = coded(group, "group")
    counts = case_counts(weights, codes.size)
    given = read_outcomes(outcomes, lower_is_better, margins, codes.size)
    known = np.any([outcome.known for outcome in given], axis=0)
    used = known & (codes >= 0) & (counts > 0)
    present, codes = np.unique(codes[used], return_inverse=True)
    if present.size != 2:
        rule = "of two groups with an outcome"
        raise InputError("group", rule, tuple(names[place] for place in present))
    n_missing = int(counts.sum()) - int(counts[used].sum())
    cases = counts[used]
    tally = _tally([outcome.taken(used) for outcome in given], codes, cases)
    sizes = (int(cases[codes == 0].sum()), int(cases[codes == 1].sum()))
    scores, place = np.unique(tally.scores, return_inverse=True)
    ties = np.zeros(scores.size, dtype=np.int64)
    np.add.at(ties, place, cases)
    excess = tally.wins - tally.losses
    n = sum(sizes)
    squares = sum(int(s) * int(s) * int(t) for s, t in zip(scores, ties, strict=True))
    z = math.nan
    if squares:
        z = excess / math.sqrt(sizes[0] * sizes[1] * squares / (n * (n - 1)))
    found = find_p_value(
        method,
        Routes(
            exact=lambda limit: subset_tail(
                scores.tolist(), ties.tolist(), sizes[0], excess, limit=limit
            ).p_value(alternative, two_sided),
            limits=(_AUTO_LIMIT, DEFAULT_LIMIT),
            drawn=lambda random: _hits(
                scores, ties, sizes, excess, n_resamples=drawn, rng=random
            ).p_value(alternative, two_sided),
            asymptotic=lambda: _normal_p(z, alternative),
            smallest=smallest_share(sizes, ties),
            cases=n,
        ),
        rng,
    )
    ratio, odds, benefit = _estimates(tally, sizes, asked, n_missing)
    return WinStatistics(
        outcomes=tally.outcomes,
        wins=tally.wins,
        losses=tally.losses,
        ties=sizes[0] * sizes[1] - tally.wins - tally.losses,
        win_ratio=ratio,
        win_odds=odds,
        net_benefit=benefit,
        z=z,
        p_value=found.p_value,
        p_low=found.p_low,
        p_high=found.p_high,
        method=found.method,
        seed=found.seed,
        alternative=alternative,
        two_sided=two_sided,
        confidence_level=asked,
        groups=tuple(names[place] for place in present),
        group_sizes=sizes,
        n=n,
        n_missing=n_missing,
    )


@attrs.frozen(kw_only=True, eq=False)
class _Tally:
    """Wins minus losses of each patient against all, and the pairs of the groups."""

    scores: Ints
    wins: int
    losses: int
    outcomes: tuple[WinsOfOutcome, ...]


def _tally(outcomes: list[Outcome], codes: Ints, cases: Ints) -> _Tally:
    if codes.size > _MOST_ROWS:
        raise WorkError(
            f"comparing {codes.size} rows pair by pair takes too long; give equal rows "
            "once, with weights="
        )
    scores = np.zeros(codes.size, dtype=np.int64)
    won = np.zeros((len(outcomes), 2), dtype=np.int64)
    second = np.where(codes == 1, cases, 0)
    for rows, decided in compared(outcomes, codes.size):
        first = np.where(codes[rows] == 0, cases[rows], 0)
        for place, signs in enumerate(decided):
            scores[rows] += signs @ cases
            won[place] += [first @ ((signs == s) @ second) for s in (1, -1)]
    left = int(cases[codes == 0].sum()) * int(second.sum())
    found = []
    for outcome, (wins, losses) in zip(outcomes, won.tolist(), strict=True):
        left -= wins + losses
        found.append(
            WinsOfOutcome(name=outcome.name, wins=wins, losses=losses, open=left)
        )
    wins, losses = won.sum(axis=0).tolist()
    return _Tally(scores=scores, wins=wins, losses=losses, outcomes=tuple(found))


def _estimates(
    tally: _Tally, sizes: tuple[int, int], asked: float, n_missing: int
) -> list[Estimate]:
    """Return win ratio, win odds and net benefit, from one interval."""
    pairs = sizes[0] * sizes[1]
    tied = (pairs - tally.wins - tally.losses) / pairs
    superior = (tally.wins + tied * pairs / 2.0) / pairs
    ends = newcombe_bounds(superior, *sizes, two_sided_quantile(asked))
    points = (superior, *ends)

    def estimate(values: Iterable[float]) -> Estimate:
        value, low, high = values
        return Estimate(
            estimate=value,
            low=low,
            high=high,
            confidence_level=asked,
            method="newcombe",
            n=sum(sizes),
            n_missing=n_missing,
        )

    if tied == 1.0:
        ratio = estimate((math.nan, 0.0, math.inf))
    else:
        exact = tally.wins / tally.losses if tally.losses else math.inf
        low, high = (_ratio(a - tied / 2.0, 1.0 - a - tied / 2.0) for a in ends)
        ratio = estimate((exact, min(low, exact), max(high, exact)))
    return [
        ratio,
        estimate(_ratio(a, 1.0 - a) for a in points),
        estimate(2.0 * a - 1.0 for a in points),
    ]


def _ratio(above: float, below: float) -> float:
    """Return a ratio of shares; one of them may be used up."""
    if above <= 0.0:
        return 0.0
    return above / below if below > 0.0 else math.inf


def _normal_p(z: float, alternative: str) -> float:
    if alternative == "two-sided":
        return normal_two_sided(z)
    return normal_upper(z if alternative == "greater" else -z)


def _hits(
    scores: Ints,
    ties: Ints,
    sizes: tuple[int, int],
    excess: int,
    *,
    n_resamples: int,
    rng: "np.random.Generator",
) -> TailHits:
    hits = TailHits()  # the scores of all patients add up to zero
    for sums in random_sums(scores, ties, sizes, n_resamples, rng):
        hits.count(sums[:, 0], excess)
    return hits
