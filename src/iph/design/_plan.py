"""The tests that can be planned: outcomes, p-values, and "no difference"."""

import itertools
import math
from collections.abc import Callable, Sequence
from typing import Any, Final

import attrs
import numpy as np

from iph import stats
from iph._checks import Floats, days, numbers, one_of
from iph.design._outcomes import distributions
from iph.errors import InputError

Tables = tuple[tuple[int, ...], ...]

ALTERNATIVES: Final = ("two-sided", "greater", "less")


@attrs.frozen(kw_only=True, eq=False)
class Assumed:
    """What a plan assumes, as it was given and checked.

    Attributes
    ----------
    arms : ndarray, shape (arms, outcomes)
        How likely each outcome of a patient is, arm by arm.
    alternative : str
        The alternative of the test.
    values : tuple
        What each outcome is: a change, the days of visits; empty for grades.
    null_share : float
        The share to be tested against; NaN where there is none.
    lost : bool
        Whether patients can be lost before the last day.
    """

    arms: Floats
    alternative: str
    values: tuple[Any, ...] = ()
    null_share: float = math.nan
    lost: bool = False


@attrs.frozen(kw_only=True, eq=False)
class Planned:
    """A test that can be planned.

    Attributes
    ----------
    arms : tuple of (int, float)
        The least and the most arms.
    p_value : callable
        Returns the p-value of tables: the patients of each arm with each outcome.
    null : callable
        Returns what is assumed if there is nothing to find, given the sizes of arms.
    sided : bool
        Whether it can be one-sided.
    needs : str
        What must be given beside the arms: ``"values"``, ``"days"``, ``"null"`` or
        nothing.
    """

    arms: tuple[int, float]
    p_value: Callable[[Tables, Assumed], float]
    null: Callable[[Assumed, Sequence[int]], Assumed]
    sided: bool = True
    needs: str = ""


def _average(given: Assumed, sizes: Sequence[int]) -> Assumed:
    mean = np.average(given.arms, axis=0, weights=sizes)
    return attrs.evolve(given, arms=np.tile(mean, (len(sizes), 1)))


def _grades(test: Callable[..., Any], *, sided: bool = True) -> Callable[..., float]:
    def p_value(tables: Tables, given: Assumed) -> float:
        grades = range(len(tables[0]))
        side = {"alternative": given.alternative} if sided else {}
        found = test(*[grades] * len(tables), weights=tables, **side)
        return float(found.p_value)

    return p_value


def _cross_table(test: Callable[..., Any]) -> Callable[..., float]:
    def p_value(tables: Tables, given: Assumed) -> float:
        (without_1, with_1), (without_2, with_2) = tables
        table = [[with_1, without_1], [with_2, without_2]]
        return float(test(table, alternative=given.alternative).p_value)

    return p_value


def _one_share(tables: Tables, given: Assumed) -> float:
    """Return the exact p-value: twice the smaller tail, as Clopper and Pearson's."""
    ((without, having),) = tables
    n, share = without + having, given.null_share
    ways = [math.comb(n, k) * share**k * (1 - share) ** (n - k) for k in range(n + 1)]
    tails = {"greater": math.fsum(ways[having:]), "less": math.fsum(ways[: having + 1])}
    if given.alternative == "two-sided":
        return min(1.0, 2.0 * min(tails.values()))
    return tails[given.alternative]


def _null_share(given: Assumed, sizes: Sequence[int]) -> Assumed:  # noqa: ARG001
    share = given.null_share
    return attrs.evolve(given, arms=np.array([[1.0 - share, share]]))


def _mcnemar(tables: Tables, given: Assumed) -> float:  # noqa: ARG001
    ((both, first, second, neither),) = tables
    return float(stats.mcnemar([[both, first], [second, neither]]).p_value)


def _symmetric_square(given: Assumed, sizes: Sequence[int]) -> Assumed:  # noqa: ARG001
    both, first, second, neither = given.arms[0].tolist()
    middle = (first + second) / 2.0
    return attrs.evolve(given, arms=np.array([[both, middle, middle, neither]]))


def _changes(test: Callable[..., Any]) -> Callable[..., float]:
    def p_value(tables: Tables, given: Assumed) -> float:
        found = test(given.values, weights=tables[0], alternative=given.alternative)
        return 1.0 if math.isnan(found.p_value) else float(found.p_value)

    return p_value


def _symmetric_changes(given: Assumed, sizes: Sequence[int]) -> Assumed:  # noqa: ARG001
    """Return the changes with either sign equally likely."""
    shares: dict[float, float] = {}
    for value, share in zip(given.values, given.arms[0].tolist(), strict=True):
        shares[value] = shares.get(value, 0.0) + share / 2.0
        shares[-value] = shares.get(-value, 0.0) + share / 2.0
    values = sorted(shares)
    arms = np.array([[shares[value] for value in values]])
    return attrs.evolve(given, arms=arms, values=tuple(values))


def _seen(given: Assumed) -> list[tuple[float, float]]:
    """Return (last day without, first day with) of each outcome.

    First those who reach it by each visit, then those who never do, then those lost
    after the start and after each visit but the last.
    """
    visits = [0.0, *given.values]
    reached = list(itertools.pairwise(visits))
    lost = [(day, math.inf) for day in visits[:-1]] if given.lost else []
    return [*reached, (visits[-1], math.inf), *lost]


def _logrank(tables: Tables, given: Assumed) -> float:
    seen = _seen(given)
    time = [left if math.isinf(right) else right for left, right in seen]
    event = [not math.isinf(right) for _, right in seen]
    k = len(seen)
    found = stats.logrank(
        time * 2,
        event * 2,
        ["first"] * k + ["second"] * k,
        weights=[*tables[0], *tables[1]],
        method="asymptotic" if given.lost else "auto",
        equal_follow_up=None if given.lost else True,
        alternative=given.alternative,  # type: ignore[arg-type] # checked
    )
    return 1.0 if math.isnan(found.p_value) else float(found.p_value)


def _interval_logrank(tables: Tables, given: Assumed) -> float:
    left, right = zip(*_seen(given), strict=True)
    k = len(left)
    found = stats.interval_logrank(
        left * 2,
        right * 2,
        ["first"] * k + ["second"] * k,
        weights=[*tables[0], *tables[1]],
        method="asymptotic" if given.lost else "auto",
        equal_follow_up=None if given.lost else True,
        alternative=given.alternative,  # type: ignore[arg-type] # checked
    )
    return 1.0 if math.isnan(found.p_value) else float(found.p_value)


TESTS: Final[dict[str, Planned]] = {
    "mann-whitney": Planned(
        arms=(2, 2), p_value=_grades(stats.mann_whitney), null=_average
    ),
    "kruskal-wallis": Planned(
        arms=(2, math.inf),
        p_value=_grades(stats.kruskal_wallis, sided=False),
        null=_average,
        sided=False,
    ),
    "jonckheere-terpstra": Planned(
        arms=(2, math.inf), p_value=_grades(stats.jonckheere_terpstra), null=_average
    ),
    "fisher": Planned(
        arms=(2, 2), p_value=_cross_table(stats.fisher_exact), null=_average
    ),
    "barnard": Planned(arms=(2, 2), p_value=_cross_table(stats.barnard), null=_average),
    "boschloo": Planned(
        arms=(2, 2), p_value=_cross_table(stats.boschloo), null=_average
    ),
    "one-share": Planned(
        arms=(1, 1), p_value=_one_share, null=_null_share, needs="null"
    ),
    "mcnemar": Planned(
        arms=(1, 1), p_value=_mcnemar, null=_symmetric_square, sided=False
    ),
    "sign": Planned(
        arms=(1, 1),
        p_value=_changes(stats.sign_test),
        null=_symmetric_changes,
        needs="values",
    ),
    "wilcoxon-signed-rank": Planned(
        arms=(1, 1),
        p_value=_changes(stats.wilcoxon_signed_rank),
        null=_symmetric_changes,
        needs="values",
    ),
    "logrank": Planned(arms=(2, 2), p_value=_logrank, null=_average, needs="days"),
    "interval-logrank": Planned(
        arms=(2, 2), p_value=_interval_logrank, null=_average, needs="days"
    ),
}

_TWO_OUTCOMES: Final = {"fisher", "barnard", "boschloo", "one-share"}
_SQUARE: Final = 4


def assumed(
    test: str,
    arms: Any,
    *,
    alternative: str,
    values: Any = None,
    days_: Any = None,
    null: float | None = None,
    loss: float = 0.0,
) -> Assumed:
    """Check what a plan assumes of a test, and put it into one form."""
    one_of(test, "test", tuple(TESTS))
    one_of(alternative, "alternative", ALTERNATIVES)
    planned = TESTS[test]
    if not planned.sided and alternative != "two-sided":
        hint = f"{test} has no direction"
        raise InputError("alternative", "'two-sided'", alternative, hint)
    for name, given in (("values", values), ("days", days_), ("null", null)):
        if (given is not None) != (planned.needs == name):
            rule = "given" if planned.needs == name else f"left out: {test} takes none"
            raise InputError(name, rule, given)
    table = distributions([arms] if planned.arms == (1, 1) else arms)
    least, most = planned.arms
    if not least <= len(table) <= most:
        rule = f"{least} arms" if least == most else f"at least {least} arms"
        raise InputError("arms", rule, len(table))
    wanted = 2 if test in _TWO_OUTCOMES else _SQUARE if test == "mcnemar" else None
    if wanted is not None and table.shape[1] != wanted:
        hint = {2: "without and with the outcome, or the share with it alone"}.get(
            wanted, "in both, in the first alone, in the second alone, in neither"
        )
        raise InputError(
            "arms", f"{wanted} probabilities in each", table.shape[1], hint
        )
    found = Assumed(arms=table, alternative=alternative)
    if planned.needs == "values":
        changes = _as_many(numbers(values, "values"), table.shape[1], "values")
        return attrs.evolve(found, values=tuple(changes))
    if planned.needs == "days":
        visits = _as_many(days(days_, "days"), table.shape[1] - 1, "days")
        if any(b <= a for a, b in zip([0.0, *visits], visits, strict=False)):
            raise InputError("days", "days after the start, in order", visits)
        found = attrs.evolve(found, values=tuple(visits))
        return _with_loss(found, loss) if loss else found
    if planned.needs == "null":
        share = float(numbers([null], "null", low=0.0, high=1.0)[0])
        if not 0.0 < share < 1.0:
            raise InputError("null", "a share between 0 and 1", null)
        return attrs.evolve(found, null_share=share)
    return found


def _as_many(given: Floats, wanted: int, name: str) -> list[float]:
    if len(given) != wanted or np.isnan(given).any():
        raise InputError(
            name, f"{wanted} numbers, one for each outcome", given.tolist()
        )
    return [float(value) for value in given]


def _with_loss(given: Assumed, loss: float) -> Assumed:
    """Return the outcomes with patients lost before each visit, as many before each.

    A patient is lost before a visit with the same probability each time, whatever the
    course would have been; `loss` is that of being lost before the last.
    """
    visits = len(given.values)
    stays = (1.0 - loss) ** (1.0 / visits)
    kept = stays ** np.arange(1, visits + 1)
    reached = given.arms[:, :-1]
    before = 1.0 - np.cumsum(np.column_stack([np.zeros(len(reached)), reached]), axis=1)
    lost = before[:, :-1] * stays ** np.arange(visits) * (1.0 - stays)
    arms = np.column_stack([reached * kept, before[:, -1] * kept[-1], lost])
    return attrs.evolve(given, arms=arms, lost=True)
