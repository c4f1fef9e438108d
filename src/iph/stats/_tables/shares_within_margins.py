"""Non-inferiority and equivalence of two shares, by the exact unconditional test."""

import math
from typing import Literal

from iph._checks import level, one_of, whole
from iph.stats._inference.margins import MarginTest, checked_margins, judged
from iph.stats._tables.barnard import check_tables, measured
from iph.stats._tables.cross_table import Table, cross_table
from iph.stats._tables.unconditional_bounds import lower_bound, one_sided_p, opposite

Measure = Literal["difference", "ratio", "odds-ratio"]


def shares_within_margins(
    table: Table,
    *,
    lower: float | None = None,
    upper: float | None = None,
    measure: Measure = "difference",
    confidence_level: float = 0.95,
    n_missing: int = 0,
) -> MarginTest:
    """Test whether two shares differ by less than a margin, exactly.

    Is recovery with the gentler treatment at most ten percentage points rarer
    (non-inferiority), or do both treatments differ by ten points at most (equivalence)?

    Parameters
    ----------
    table : array-like of shape (2, 2)
        The counts ``[[a, b], [c, d]]``: one row a group, the new treatment first, the
        first column the patients with the outcome.
    lower, upper : float, optional
        The margins of the measure, first group against second. Of a good outcome give
        `lower` alone for non-inferiority, such as -0.1 of a difference; of a bad
        outcome `upper` alone; for equivalence both.
    measure : {"difference", "ratio", "odds-ratio"}, default: "difference"
        What the margins are margins of: the first risk minus the second, or the first
        divided by the second, or the same of the odds. The margin belongs into the
        protocol, before the data.
    confidence_level : float, default: 0.95
        Level of the interval. At .95 each one-sided test is made at .025, as usual for
        non-inferiority; .90 makes them at .05, as usual for equivalence.
    n_missing : int, default: 0
        Patients missing from the table; reported, not used. Those who are missing tend
        to make treatments look alike, which here speaks for the conclusion.

    Returns
    -------
    MarginTest
        With attributes ``measure``, ``estimate``, ``low``, ``high``,
        ``confidence_level``, ``lower``, ``upper``, ``p_lower``, ``p_upper``,
        ``p_value``, ``shown``, ``method``, ``n`` and ``n_missing``. If a group is empty
        p-values and estimate are NaN and the interval is the whole range.

    Raises
    ------
    iph.errors.InputError
        The table is not 2 x 2 counts, no margin is given, a margin is out of range or
        the lower one not below the upper one.
    iph.errors.WorkError
        The groups are too large: more than 50,000 tables with their sizes.

    See Also
    --------
    barnard : The test of no difference, and how it works.
    scores_within_margins : Scores and grades.

    Notes
    -----
    For each margin tables are ordered by the score statistic against it, and the
    p-value is the largest chance, over the share that stays free, of a table at least
    as far inside [1]_. The interval is that of Chan and Zhang, which leaves out a
    margin exactly if the p-value is at most (1 - level) / 2 [2]_; to make both agree in
    every table, the p-value is also the largest over the values beyond the margin that
    the interval looks at. Equivalence is shown if both one-sided tests are significant
    [3]_, with no correction for making two.

    References
    ----------
    .. [1] Chan ISF. Exact tests of equivalence and efficacy with a non-zero lower bound
       for comparative studies. Stat Med 1998;17:1403-1413.
       :doi:`10.1002/(SICI)1097-0258(19980630)17:12<1403::AID-SIM834>3.0.CO;2-Y`
    .. [2] Chan ISF, Zhang Z. Test-based exact confidence intervals for the difference
       of two binomial proportions. Biometrics 1999;55:1202-1209.
       :doi:`10.1111/j.0006-341X.1999.01202.x`
    .. [3] Schuirmann DJ. A comparison of the two one-sided tests procedure and the
       power approach for assessing the equivalence of average bioavailability. J
       Pharmacokinet Biopharm 1987;15:657-680. :doi:`10.1007/BF01068419`

    Examples
    --------
    Response of nephroblastoma to chemotherapy in 83 of 88 children and to radiotherapy
    in 69 of 76, with a margin of ten points (Rodary et al. 1989, analyzed by Chan 1998;
    the package EC of R finds p = .0017):

    >>> from iph.stats import shares_within_margins
    >>> test = shares_within_margins([[83, 5], [69, 7]], lower=-0.1)
    >>> print(f"{test.estimate:.3f} ({test.low:.3f} to {test.high:.3f}), "
    ...       f"p = {test.p_lower:.4f}, shown: {test.shown}")
    0.035 (-0.050 to 0.130), p = 0.0017, shown: True
    """
    one_of(measure, "measure", ("difference", "ratio", "odds-ratio"))
    asked, left_out = level(confidence_level), whole(n_missing, "n_missing")
    differs = measure == "difference"
    least, most = (-1.0, 1.0) if differs else (0.0, math.inf)
    margins = checked_margins(lower, upper, least, most)
    (a, b), (c, d) = cross_table(table, two_by_two=True)
    n1, n2 = a + b, c + d
    tail = (1.0 - asked) / 2.0
    estimate, low, high = math.nan, least, most
    p_values: list[float | None] = [None if m is None else math.nan for m in margins]
    if n1 and n2:
        check_tables(n1, n2)
        estimate = measured(measure, a, n1, c, n2)
        ends = ((a, n1, c, n2), (c, n2, a, n1))
        # The upper margin is a lower one, seen from the second group.
        above = None if margins[1] is None else opposite(measure, margins[1])
        nulls = (margins[0], above)
        pairs = tuple(zip(ends, nulls, strict=True))
        p_values = [
            None if m is None else one_sided_p("score", measure, counts, m)
            for counts, m in pairs
        ]
        low, mirrored = (
            lower_bound("score", measure, counts, tail, m) for counts, m in pairs
        )
        high = opposite(measure, mirrored)
    return MarginTest(
        measure=measure,
        estimate=estimate,
        low=low,
        high=high,
        confidence_level=asked,
        lower=margins[0],
        upper=margins[1],
        **judged(p_values[0], p_values[1], tail),
        method="exact unconditional, score",
        n=n1 + n2,
        n_missing=left_out,
    )
