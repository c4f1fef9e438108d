"""Log-rank scores of patients as whole numbers over a common denominator.

A patient with an event at t has the score w(t) - H(t), a patient censored at t has
-H(t), where H(t) is the sum of w d / n over the event times up to t. The sum of the
scores of a group is its observed minus its expected events.
"""

from fractions import Fraction
from math import lcm

import attrs

from iph.errors import WorkError
from iph.stats._survival.logrank_terms import Weighting, event_times, exact_weights
from iph.stats._survival.survival_table import SurvivalTable

_MOST_BITS = 16_384  # of a common denominator; longer ones only burden the memory
_CUT_BITS = 96


@attrs.frozen(kw_only=True)
class StratumScores:
    """The scores of one stratum: what the allocations hand out.

    Attributes
    ----------
    scores : tuple of int
        The scores times `scale`, in the order of time, events before censorings.
    counts : tuple of int
        How many patients have each score.
    table : tuple of tuple of int
        How many patients of each group have each score.
    sizes : tuple of int
        How many patients each group has.
    sums : tuple of int
        The observed sum of the scores of each group.
    scale : int
        What the scores were multiplied by.
    error : int
        The most that a score may differ from its exact value (0: exact).
    """

    scores: tuple[int, ...]
    counts: tuple[int, ...]
    table: tuple[tuple[int, ...], ...]
    sizes: tuple[int, ...]
    sums: tuple[int, ...]
    scale: int
    error: int

    @property
    def n(self) -> int:
        """The patients of the stratum."""
        return sum(self.sizes)

    @property
    def variance(self) -> Fraction:
        """The factor of the permutation covariance: sum of squares / (n (n - 1))."""
        squares = sum(
            c * s * s for s, c in zip(self.scores, self.counts, strict=True)
        ) - Fraction(sum(self.sums) ** 2, max(self.n, 1))
        return Fraction(squares) / (max(self.n * (self.n - 1), 1) * self.scale**2)


def pools(
    tables: list[SurvivalTable], rule: Weighting, *, cut: bool = False
) -> list[StratumScores]:
    """Return the scores of each stratum over one common denominator.

    Parameters
    ----------
    tables : list of SurvivalTable
        One table a stratum.
    rule : Weighting
        The weights of the event times.
    cut : bool
        Whether scores may be cut after 96 binary digits where their common denominator
        would have thousands of digits (enough for a simulation, not for exact counts).

    Raises
    ------
    WorkError
        If the common denominator is too long and must not be cut.
    """
    steps = [_steps(table, rule) for table in tables]
    scale = 1
    for weights, jumps in steps:
        for value in (*weights, *jumps):
            scale = lcm(scale, value.denominator)
            if scale.bit_length() > _MOST_BITS:
                break
    if scale.bit_length() <= _MOST_BITS:
        return [
            _pool(table, *step, scale, 0)
            for table, step in zip(tables, steps, strict=True)
        ]
    if not cut:
        message = (
            "the exact log-rank test of so many different event times needs a common "
            'denominator of thousands of digits; use method="monte-carlo"'
        )
        raise WorkError(message)
    return [
        _pool(table, *step, 1 << _CUT_BITS, len(step[0]) + 1)
        for table, step in zip(tables, steps, strict=True)
    ]


def _steps(
    table: SurvivalTable, rule: Weighting
) -> tuple[list[Fraction], list[Fraction]]:
    """Return the weight and the jump of H at each event time."""
    d, n, _, _ = event_times(table)
    events, at_risk = d.tolist(), n.tolist()
    if rule.kind == "logrank":
        weights = [Fraction(1)] * len(events)
    else:
        weights = exact_weights(rule, events, at_risk)
    jumps = [
        w * Fraction(x, m) for w, x, m in zip(weights, events, at_risk, strict=True)
    ]
    return weights, jumps


def _pool(
    table: SurvivalTable,
    weights: list[Fraction],
    jumps: list[Fraction],
    scale: int,
    error: int,
) -> StratumScores:
    scores: list[int] = []
    rows: list[tuple[int, ...]] = []
    risen, place = 0, 0
    events, censored = table.events.T.tolist(), table.censored.T.tolist()
    for happened, lost in zip(events, censored, strict=True):
        if any(happened):
            weight, jump = weights[place], jumps[place]
            risen += jump.numerator * scale // jump.denominator
            score = weight.numerator * scale // weight.denominator - risen
            scores.append(score)
            rows.append(tuple(happened))
            place += 1
        if any(lost):
            scores.append(-risen)
            rows.append(tuple(lost))
    columns = list(zip(*rows, strict=True)) or [()] * len(table.events)
    return StratumScores(
        scores=tuple(scores),
        counts=tuple(map(sum, rows)),
        table=tuple(rows),
        sizes=tuple(map(sum, columns)),
        sums=tuple(
            sum(s * x for s, x in zip(scores, column, strict=True))
            for column in columns
        ),
        scale=scale,
        error=error,
    )
