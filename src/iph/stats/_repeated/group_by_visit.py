"""Do groups of patients change differently: group, visit and their interaction."""

from collections.abc import Hashable, Iterable
from typing import Any

import attrs
import numpy as np
import numpy.typing as npt

from iph._checks import Floats, level, one_of, same_length
from iph._labels import coded
from iph._results import Result
from iph.errors import InputError
from iph.stats._inference.result import read_only
from iph.stats._repeated.effect_contrast import EffectContrast, effect_contrast
from iph.stats._repeated.factor_tests import FactorTest, Method, factor_tests
from iph.stats._repeated.relative_effects import (
    Cells,
    RelativeEffect,
    effects_and_covariances,
    errors_of,
    score_bounds,
)
from iph.stats._repeated.repeated_grades import Rows, ratings


@attrs.frozen(kw_only=True, eq=False)
class GroupByVisit(Result):
    """What `group_by_visit` found.

    Attributes
    ----------
    group : FactorTest
        Whether the groups differ, on average over the visits.
    visit : FactorTest
        Whether the visits differ, on average over the groups.
    interaction : FactorTest
        Whether the groups change differently between the visits.
    effects : tuple of RelativeEffect
        The relative effect of each group at each visit with its interval, group after
        group.
    groups : tuple
        The labels of the groups, in order.
    group_sizes : tuple of int
        The patients of each group who were seen at least once.
    method : str
        ``"box"`` or ``"wald"``.
    confidence_level : float
        The level of the intervals.
    n : int
        The patients used: in a group, and seen at least once.
    n_incomplete : int
        The patients among them with a missed visit.
    n_missing : int
        The patients left out: never seen, or without a group.
    """

    group: FactorTest
    visit: FactorTest
    interaction: FactorTest
    effects: tuple[RelativeEffect, ...]
    groups: tuple[Any, ...]
    group_sizes: tuple[int, ...]
    method: str
    confidence_level: float
    n: int
    n_incomplete: int
    n_missing: int
    _covariances: Floats = attrs.field(repr=False)  # what each group adds; for contrast

    def contrast(
        self,
        weights: npt.ArrayLike | Iterable[Iterable[float]],
        *,
        confidence_level: float = 0.95,
    ) -> EffectContrast:
        """Return a weighted difference of relative effects, with interval and test.

        Parameters
        ----------
        weights : array-like of shape (groups, visits)
            One row a group in the order of `groups`, adding up to 0. ``[[-1, 0, 1], [1,
            0, -1]]`` is the change of the first group from the first to the third visit
            minus that of the second; ``[[0, 0, 1], [0, 0, -1]]`` the difference at the
            third visit.
        confidence_level : float, default: 0.95
            Level of the interval.

        Returns
        -------
        EffectContrast
            With attributes ``estimate``, ``low``, ``high``, ``standard_error``, ``df``,
            ``statistic``, ``p_value``, ``confidence_level``, ``weights`` and
            ``method``.

        Raises
        ------
        iph.errors.InputError
            The weights have another shape, do not add up to 0, or are all 0.

        Notes
        -----
        The standard error is that of the relative effects, with their covariance within
        a patient, and Student's distribution has Satterthwaite's degrees of freedom
        from the groups. Several contrasts need a correction: `adjust_p_values`. Size
        and coverage are in the documentation.
        """
        return effect_contrast(
            self.effects,
            self._covariances,
            self.group_sizes,
            weights,
            confidence_level,
        )


def group_by_visit(
    rows: Rows,
    group: npt.ArrayLike | Iterable[Hashable],
    *,
    method: Method = "box",
    confidence_level: float = 0.95,
    weights: npt.ArrayLike | Iterable[object] | None = None,
) -> GroupByVisit:
    """Test whether graded outcomes of groups of patients take different courses.

    Pain or strength was graded at several visits in two arms: do the arms differ, do
    the grades change, and do they change differently in the arms, when some patients
    missed visits? All grades are ranked together; every grade that was recorded is
    used (the F1-LD-F1 design of Brunner, Domhof and Langer).

    Parameters
    ----------
    rows : array-like of shape (patients, visits)
        The grades, at least two visits; None or NaN where a visit was missed.
    group : array-like of shape (patients,)
        The group of each patient, at least two; None where it is not known.
    method : {"box", "wald"}, default: "box"
        The ANOVA-type statistics with the approximation of Box, or the Wald-type
        statistics, which reject too often in small samples.
    confidence_level : float, default: 0.95
        Level of the intervals of the relative effects, between 0 and 1.
    weights : array-like of int, optional
        How many patients each row stands for.

    Returns
    -------
    GroupByVisit
        With attributes ``group``, ``visit`` and ``interaction`` (each with
        ``statistic``, ``df``, ``df_error``, ``p_value`` and ``method``), ``effects``
        (each with ``group``, ``visit``, ``estimate``, ``low``, ``high``,
        ``standard_error``, ``n`` and ``n_missing``), ``groups``, ``group_sizes``,
        ``method``, ``confidence_level``, ``n``, ``n_incomplete`` and ``n_missing``.
        The tests are NaN if fewer than two patients of a group were seen at some visit,
        and one of them is if the ranks leave no variance to judge it by; a Wald-type
        statistic also if the covariance of its contrasts cannot be inverted, as with
        fewer patients than visits.

    Raises
    ------
    iph.errors.InputError
        The rows are no table of numbers with two or more columns, there are fewer than
        two groups, or the columns differ in length.

    See Also
    --------
    anova_type_statistic : The same for one group of patients.
    mann_whitney : Two groups at one visit.

    Notes
    -----
    The hypotheses are those of the distributions: no group effect says that the
    distributions, averaged over the visits, are the same in all groups; no interaction
    that the distributions are sums of a part of the group and a part of the visit.
    They imply the same of the relative effects, and are what an analysis of variance
    asks of means [1]_.

    The relative effect of a group at a visit is the probability that a grade of it is
    higher than one drawn from all N grades, ``(R - 1/2) / N`` with the mean mid-rank R.
    It depends on how many patients the groups have, since all grades are drawn alike.
    With S the covariance of the mean ranks, which is zero between patients of different
    groups, and a projection T on the contrasts of the hypothesis, the ANOVA-type
    statistic is ``R' T R / trace(T S)`` with ``f = trace(T S)**2 / trace(T S T S)`` and
    infinitely many degrees of freedom. For the groups the second ones are finite:
    ``(sum c s)**2 / sum((c s)**2 / (n - 1))``, where s is the variance of the mean of a
    group over the visits, n its patients and ``c = 1 - 1 / groups``. Where visits were
    missed, S is that of [2]_. The numbers are those of ``f1.ld.f1`` in the R package
    ``nparLD`` 2.2 [3]_; for the groups, those that it calls ``ANOVA.test.mod.Box``. As
    with any test that takes missing visits for granted, they must not have been missed
    because of the grade.

    With 14 patients a group the ANOVA-type statistics reject about 5 to 6 % of true
    hypotheses at the 5 % level, with 4 to 8 patients up to 8 %; the Wald-type ones
    reject up to 20 %. The documentation has the table.

    The standard error of a relative effect comes from what each patient adds to it to
    first order, as in ``ld.ci`` of ``nparLD``; it holds whether or not the groups
    differ, and takes missing visits. The interval is a score interval with Student's
    quantile and a least variance. ``ld.ci`` gives one on the logit scale, and others
    print that of the estimate itself: for 2 to 11 grades and 8 to 60 patients that
    holds in as few as .53 of samples.

    References
    ----------
    .. [1] Brunner E, Domhof S, Langer F. Nonparametric analysis of longitudinal data in
       factorial experiments. New York: Wiley; 2002.
    .. [2] Domhof S, Brunner E, Osgood DW. Rank procedures for repeated measures with
       missing values. Sociol Methods Res 2002;30:367-393.
    .. [3] Noguchi K, Gel YR, Brunner E, Konietschke F. nparLD: an R software package
       for the nonparametric analysis of longitudinal data in factorial experiments.
       J Stat Softw 2012;50(12). :doi:`10.18637/jss.v050.i12`
    .. [4] Lumley T. Generalized estimating equations for ordinal data: a note on
       working correlation structures. Biometrics 1996;52:354-361.

    Examples
    --------
    Pain of the shoulder after laparoscopy (1 to 5; mornings and evenings of three days)
    in 22 patients whose air was sucked out and 19 others, as Lumley prints it [4]_:

    >>> from iph.stats import group_by_visit
    >>> suction = '''111111 321111 322211 111111 111111 121111 132111 221111 111111
    ...     311111 111111 211112 122222 311133 211111 111111 111111 211111 442422 444211
    ...     111211 111212'''.split()
    >>> control = '''523554 153453 444411 444443 234332 343332 334443 111111 111111
    ...     155543 132211 223422 221332 111111 111111 555433 333311 544422
    ...     133321'''.split()
    >>> pain = [[int(grade) for grade in patient] for patient in suction + control]
    >>> arm = ["suction"] * 22 + ["control"] * 19
    >>> found = group_by_visit(pain, arm)
    >>> for name in ("group", "visit", "interaction"):
    ...     test = getattr(found, name)
    ...     print(f"{name}: ATS {test.statistic:.2f}, p = {test.p_value:.4f}")
    group: ATS 17.86, p = 0.0002
    visit: ATS 4.08, p = 0.0074
    interaction: ATS 3.77, p = 0.0111
    >>> for effect in (found.effects[1], found.effects[7]):
    ...     interval = f"({effect.low:.2f} to {effect.high:.2f})"
    ...     print(f"{effect.group}, first evening: {effect.estimate:.2f} {interval}")
    control, first evening: 0.70 (0.59 to 0.78)
    suction, first evening: 0.43 (0.33 to 0.52)

    The pain of the controls rises above that of the others and falls back, which is
    the interaction. By how much more it rises from the first morning to the evening:

    >>> rise = found.contrast([[-1, 1, 0, 0, 0, 0], [1, -1, 0, 0, 0, 0]])
    >>> print(f"{rise.estimate:.2f} ({rise.low:.2f} to {rise.high:.2f})")
    0.17 (0.00 to 0.34)
    """
    one_of(method, "method", ("box", "wald"))
    asked = level(confidence_level)
    table = ratings(rows, weights)
    codes, found = coded(group, "group")
    same_length(len(table.values), codes.size, "rows", "group")
    known = ~np.isnan(table.values)
    used = known.any(axis=1) & (codes >= 0) & (table.counts > 0)
    present, codes = np.unique(codes[used], return_inverse=True)
    if present.size < 2:
        rule = "at least two groups with a grade"
        raise InputError("group", rule, tuple(found[place] for place in present))
    cells = Cells(
        values=table.values[used],
        known=known[used],
        counts=table.counts[used],
        codes=codes,
        groups=int(present.size),
    )
    names = tuple(found[place] for place in present)
    n = int(cells.counts.sum())
    whole = cells.known.all(axis=1)
    tests = factor_tests(cells, method)
    estimates, covariances = effects_and_covariances(cells)
    return GroupByVisit(
        group=tests[0],
        visit=tests[1],
        interaction=tests[2],
        effects=_effects(cells, names, estimates, covariances, asked),
        groups=names,
        group_sizes=tuple(cells.in_groups.tolist()),
        method=method,
        confidence_level=asked,
        n=n,
        n_incomplete=int(cells.counts[~whole].sum()),
        n_missing=int(table.counts.sum()) - n,
        covariances=read_only(covariances),
    )


def _effects(
    cells: Cells,
    names: tuple[Any, ...],
    estimates: Floats,
    covariances: Floats,
    asked: float,
) -> tuple[RelativeEffect, ...]:
    """Return the relative effects with their intervals, group after group."""
    errors, df = errors_of(covariances, cells)
    low, high = score_bounds(estimates, errors, df, cells, asked)
    seen, sizes = cells.seen, cells.in_groups
    return tuple(
        RelativeEffect(
            group=name,
            visit=visit,
            estimate=float(estimates[place, visit]),
            low=float(low[place, visit]),
            high=float(high[place, visit]),
            standard_error=float(errors[place, visit]),
            n=int(seen[place, visit]),
            n_missing=int(sizes[place] - seen[place, visit]),
        )
        for place, name in enumerate(names)
        for visit in range(cells.visits)
    )
