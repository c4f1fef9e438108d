"""All tables with the margins of an r x c table, visited as a network of states.

The columns are filled one after the other; what is left of the row totals is the
state, and since only the sizes left matter, states that differ by the order of the rows
are one. Along a path a table gathers the weight prod(column! / prod(cell!)), a whole
number proportional to its probability. Of each state it is known how heavy and how
light the rest of a table can get, so most states are settled without visiting their
tables: the idea of Mehta and Patel's network algorithm, with whole numbers in place of
floats.
"""

import math
from collections import defaultdict
from collections.abc import Sequence
from fractions import Fraction

from iph.stats._inference.exact_sums import check_work
from iph.stats._inference.exact_work import dealing_steps
from iph.stats._tables.cross_table import Counts

State = tuple[int, ...]
Arcs = dict[tuple[State, int], int]

EXACT_LIMIT = 5_000_000  # steps: about half a minute
_MOST_CASES = 10_000  # the factorials of more are slow by themselves


def estimated_steps(counts: Counts) -> int:
    """Return an upper bound of the steps from one state to the next."""
    rows, columns = _margins(counts)
    if sum(rows) > _MOST_CASES:
        return sum(rows) ** 2  # far above the limit
    # Up to (r - 1)! orders of the rows are one state.
    return dealing_steps(columns, rows) // math.factorial(len(rows) - 1)


def _margins(counts: Counts) -> tuple[State, list[int]]:
    """Return the totals of the shorter side, and those of the other, best first."""
    rows = tuple(sum(row) for row in counts)
    columns = tuple(sum(column) for column in zip(*counts, strict=True))
    if (len(rows), math.prod(rows)) > (len(columns), math.prod(columns)):
        rows, columns = columns, rows
    order = sorted(columns, reverse=True)
    # One state starts, and the last column is whatever is left: both ends cost little.
    return tuple(sorted(rows)), [order[0], *order[2:], order[1]]


def network_p(counts: Counts, *, limit: float = EXACT_LIMIT) -> float:
    """Return the probability of all tables at most as likely as that observed.

    Parameters
    ----------
    counts : tuple of tuple of int
        The table, without empty rows and columns, at least 2 x 2.
    limit : float
        The most steps that may be taken.

    Returns
    -------
    float

    Raises
    ------
    WorkError
        If it would take, or takes, more steps than the limit.
    """
    rows, columns = _margins(counts)
    check_work(estimated_steps(counts), limit, "Fisher test")
    fixed = math.prod(map(math.factorial, columns))
    observed = fixed // math.prod(
        math.factorial(cell) for row in counts for cell in row
    )
    stages = _stages(rows, columns)
    bounds = _bounds(stages, columns[-1])
    hits = 0
    steps = 0
    pasts: dict[State, dict[int, int]] = {rows: {1: 1}}
    for stage, (heaviest, lightest) in zip([*stages, {}], bounds, strict=True):
        following: dict[State, dict[int, int]] = {}
        for state, weights in pasts.items():
            heavy, light = heaviest[state], lightest[state]
            open_weights: list[tuple[int, int]] = []
            settled = 0
            for weight, many in weights.items():
                if weight * heavy <= observed:
                    settled += weight * many
                elif weight * light <= observed:
                    open_weights.append((weight, many))
            if settled:
                hits += settled * _all_tables(state)
            if not open_weights:
                continue
            arcs = stage[state]
            steps += len(open_weights) * len(arcs)
            check_work(steps, limit, "Fisher test")
            for (target, gained), ways in arcs.items():
                sums = following.setdefault(target, defaultdict(int))
                for weight, many in open_weights:
                    sums[weight * gained] += many * ways
        pasts = following
    return float(Fraction(hits, _all_tables(rows)))


def _all_tables(state: State) -> int:
    """Return the summed weight of all tables with these totals still to fill."""
    return math.factorial(sum(state)) // math.prod(map(math.factorial, state))


def _stages(rows: State, columns: Sequence[int]) -> list[dict[State, Arcs]]:
    """Return the steps out of each state, for each column but the last."""
    stages: list[dict[State, Arcs]] = []
    reached: set[State] = {rows}
    for column in columns[:-1]:
        stage = {state: _arcs(column, state) for state in reached}
        stages.append(stage)
        reached = {target for arcs in stage.values() for target, _ in arcs}
    return stages


def _arcs(column: int, state: State) -> Arcs:
    """Return what is left after each filling of a column, with its multinomial."""
    partial: list[tuple[State, int, int]] = [((), column, 1)]
    room = sum(state)
    for head in state[:-1]:
        room -= head
        partial = [
            ((*done, head - taken), left - taken, weight * math.comb(left, taken))
            for done, left, weight in partial
            for taken in range(max(0, left - room), min(head, left) + 1)
        ]
    last = state[-1]
    arcs: Arcs = defaultdict(int)
    for done, left, weight in partial:
        arcs[tuple(sorted((*done, last - left))), weight] += 1
    return arcs


def _bounds(
    stages: Sequence[dict[State, Arcs]], last: int
) -> list[tuple[dict[State, int], dict[State, int]]]:
    """Return the heaviest and the lightest rest of a table from every state."""
    final = {target for arcs in stages[-1].values() for target, _ in arcs}
    ends = {
        state: math.factorial(last) // math.prod(map(math.factorial, state))
        for state in final
    }
    bounds = [(ends, ends)]
    for stage in reversed(stages):
        heavy, light = bounds[-1]
        bounds.append(
            (
                {s: max(g * heavy[t] for t, g in arcs) for s, arcs in stage.items()},
                {s: min(g * light[t] for t, g in arcs) for s, arcs in stage.items()},
            )
        )
    return bounds[::-1]
