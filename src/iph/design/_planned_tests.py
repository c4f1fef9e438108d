"""The tests that can be planned: outcomes, p-values, and "no difference"."""

import math
from collections.abc import Callable, Sequence
from typing import Any, Final

import attrs
import numpy as np

from iph import stats
from iph._checks import Floats, days, numbers, one_of, whole
from iph._options import each
from iph.design import _course_tests, _margin_tests, _rater_tests, _recovery_tests
from iph.design._assumed import Assumed, Planned, Tables, average
from iph.design._outcomes import distributions
from iph.errors import InputError
from iph.stats._inference.margins import checked_margins

ALTERNATIVES: Final = ("two-sided", "greater", "less")


def _by_p(p_value: Callable[[Tables, Assumed], float]) -> Callable[..., bool]:
    def refuses(tables: Tables, given: Assumed, level: float) -> bool:
        return p_value(tables, given) <= level

    return refuses


def _grades(test: Callable[..., Any], *, sided: bool = True) -> Callable[..., bool]:
    def p_value(tables: Tables, given: Assumed) -> float:
        grades = range(len(tables[0]))
        side = {"alternative": given.alternative} if sided else {}
        found = test(*[grades] * len(tables), weights=tables, **side)
        return float(found.p_value)

    return _by_p(p_value)


def _cross_table(test: Callable[..., Any]) -> Callable[..., bool]:
    def p_value(tables: Tables, given: Assumed) -> float:
        (without_1, with_1), (without_2, with_2) = tables
        table = [[with_1, without_1], [with_2, without_2]]
        return float(test(table, alternative=given.alternative).p_value)

    return _by_p(p_value)


def _one_share(tables: Tables, given: Assumed) -> float:
    """Return the exact p-value: twice the smaller tail, as Clopper and Pearson's."""
    ((without, having),) = tables
    n, share = without + having, given.null_value
    ways = [math.comb(n, k) * share**k * (1 - share) ** (n - k) for k in range(n + 1)]
    tails = {"greater": math.fsum(ways[having:]), "less": math.fsum(ways[: having + 1])}
    if given.alternative == "two-sided":
        return min(1.0, 2.0 * min(tails.values()))
    return tails[given.alternative]


def _null_share(given: Assumed, sizes: Sequence[int]) -> Assumed:  # noqa: ARG001
    share = given.null_value
    return attrs.evolve(given, arms=np.array([[1.0 - share, share]]))


def _mcnemar(tables: Tables, given: Assumed) -> float:  # noqa: ARG001
    ((both, first, second, neither),) = tables
    return float(stats.mcnemar([[both, first], [second, neither]]).p_value)


def _symmetric_square(given: Assumed, sizes: Sequence[int]) -> Assumed:  # noqa: ARG001
    both, first, second, neither = given.arms[0].tolist()
    middle = (first + second) / 2.0
    return attrs.evolve(given, arms=np.array([[both, middle, middle, neither]]))


def _changes(test: Callable[..., Any]) -> Callable[..., bool]:
    def p_value(tables: Tables, given: Assumed) -> float:
        found = test(given.values, weights=tables[0], alternative=given.alternative)
        return 1.0 if math.isnan(found.p_value) else float(found.p_value)

    return _by_p(p_value)


def _symmetric_changes(given: Assumed, sizes: Sequence[int]) -> Assumed:  # noqa: ARG001
    """Return the changes with either sign equally likely."""
    shares: dict[float, float] = {}
    for value, share in zip(given.values, given.arms[0].tolist(), strict=True):
        shares[value] = shares.get(value, 0.0) + share / 2.0
        shares[-value] = shares.get(-value, 0.0) + share / 2.0
    values = sorted(shares)
    arms = np.array([[shares[value] for value in values]])
    return attrs.evolve(given, arms=arms, values=tuple(values))


_MOST_READERS: Final = 1_000
_TWO: Final = "without and with the outcome, or the share with it alone"
_SQUARE: Final = "in both, in the first alone, in the second alone, in neither"

TESTS: Final[dict[str, Planned]] = {
    "mann-whitney": Planned(
        name="the Mann-Whitney test",
        arms=(2, 2),
        refuses=_grades(stats.mann_whitney),
        null=average,
    ),
    "kruskal-wallis": Planned(
        name="the Kruskal-Wallis test",
        arms=(2, math.inf),
        refuses=_grades(stats.kruskal_wallis, sided=False),
        null=average,
        sided=False,
    ),
    "jonckheere-terpstra": Planned(
        name="the Jonckheere-Terpstra test",
        arms=(2, math.inf),
        refuses=_grades(stats.jonckheere_terpstra),
        null=average,
    ),
    "fisher": Planned(
        name="Fisher's exact test",
        arms=(2, 2),
        refuses=_cross_table(stats.fisher_exact),
        null=average,
        outcomes=(2, _TWO),
    ),
    "barnard": Planned(
        name="Barnard's test",
        arms=(2, 2),
        refuses=_cross_table(stats.barnard),
        null=average,
        outcomes=(2, _TWO),
    ),
    "boschloo": Planned(
        name="Boschloo's test",
        arms=(2, 2),
        refuses=_cross_table(stats.boschloo),
        null=average,
        outcomes=(2, _TWO),
    ),
    "shares-within-margins": Planned(
        name="the exact unconditional test of two shares against a margin",
        arms=(2, 2),
        refuses=_by_p(_margin_tests.shares),
        null=_margin_tests.share_at_margin,
        sided=False,
        needs=("margins",),
        outcomes=(2, _TWO),
    ),
    "scores-within-margins": Planned(
        name="the Mann-Whitney test against a margin",
        arms=(2, 2),
        refuses=_by_p(_margin_tests.scores),
        null=_margin_tests.score_at_margin,
        sided=False,
        needs=("values", "margins"),
    ),
    "one-share": Planned(
        name="the exact binomial test",
        arms=(1, 1),
        refuses=_by_p(_one_share),
        null=_null_share,
        needs=("null",),
        outcomes=(2, _TWO),
    ),
    "mcnemar": Planned(
        name="McNemar's exact test",
        arms=(1, 1),
        refuses=_by_p(_mcnemar),
        null=_symmetric_square,
        sided=False,
        outcomes=(4, _SQUARE),
    ),
    "sign": Planned(
        name="the sign test",
        arms=(1, 1),
        refuses=_changes(stats.sign_test),
        null=_symmetric_changes,
        needs=("values",),
    ),
    "wilcoxon-signed-rank": Planned(
        name="the Wilcoxon signed-rank test",
        arms=(1, 1),
        refuses=_changes(stats.wilcoxon_signed_rank),
        null=_symmetric_changes,
        needs=("values",),
    ),
    "friedman": Planned(
        name="the Friedman test",
        arms=(1, 1),
        refuses=_by_p(_course_tests.within(stats.friedman)),
        null=_course_tests.any_order,
        sided=False,
        needs=("courses",),
    ),
    "page-trend": Planned(
        name="Page's test of a trend",
        arms=(1, 1),
        refuses=_by_p(_course_tests.within(stats.page_trend, sided=True)),
        null=_course_tests.any_order,
        needs=("courses",),
    ),
    "anova-type": Planned(
        name="the ANOVA-type test of the visits",
        arms=(1, 1),
        refuses=_by_p(_course_tests.within(stats.anova_type_statistic)),
        null=_course_tests.any_order,
        sided=False,
        needs=("courses",),
        with_lost=_course_tests.with_dropouts,
    ),
    "group-over-visits": Planned(
        name="the ANOVA-type test of the arms over all visits",
        arms=(2, math.inf),
        refuses=_by_p(_course_tests.between("group")),
        null=average,
        sided=False,
        needs=("courses",),
        with_lost=_course_tests.with_dropouts,
    ),
    "group-by-visit": Planned(
        name="the ANOVA-type test of arm by visit",
        arms=(2, math.inf),
        refuses=_by_p(_course_tests.between("interaction")),
        null=average,
        sided=False,
        needs=("courses",),
        with_lost=_course_tests.with_dropouts,
    ),
    "logrank": Planned(
        name="the log-rank test",
        arms=(2, 2),
        refuses=_by_p(_recovery_tests.logrank),
        null=average,
        needs=("days",),
        with_lost=_recovery_tests.with_lost,
    ),
    "interval-logrank": Planned(
        name="the interval-censored log-rank test",
        arms=(2, 2),
        refuses=_by_p(_recovery_tests.interval_logrank),
        null=average,
        needs=("days",),
        with_lost=_recovery_tests.with_lost,
    ),
    "kappa": Planned(
        name="the interval of the weighted kappa",
        arms=(1, 1),
        refuses=_rater_tests.kappa_refuses,
        null=_rater_tests.kappa_at_null,
        needs=("null",),
    ),
    "icc": Planned(
        name="the F test of the intraclass correlation",
        arms=(1, 1),
        refuses=None,
        null=_null_share,
        needs=("null", "readers"),
        outcomes=(2, "one number, the correlation assumed"),
    ),
}


def assumed(
    test: str,
    arms: Any,
    *,
    alternative: str,
    values: Any = None,
    days_: Any = None,
    null: float | None = None,
    lower: float | None = None,
    upper: float | None = None,
    readers: int | None = None,
    loss: float = 0.0,
) -> Assumed:
    """Check what a plan assumes of a test, and put it into one form."""
    one_of(test, "test", tuple(TESTS))
    one_of(alternative, "alternative", ALTERNATIVES)
    planned = TESTS[test]
    if not planned.sided and alternative != "two-sided":
        hint = f"{test} has no direction"
        raise InputError("alternative", "'two-sided'", alternative, hint)
    needs = {"values" if one == "courses" else one for one in planned.needs}
    for name, given in (
        ("values", values),
        ("days", days_),
        ("null", null),
        ("readers", readers),
    ):
        if (given is not None) != (name in needs):
            rule = "given" if name in needs else f"left out: {test} takes none"
            raise InputError(name, rule, given)
    for name, given in (("lower", lower), ("upper", upper)):
        if given is not None and "margins" not in needs:
            raise InputError(name, f"left out: {test} takes no margin", given)
    found = Assumed(
        arms=_arms(test, planned, arms),
        alternative=alternative,
        loss=loss if planned.with_lost else 0.0,
    )
    k = found.arms.shape[1]
    if "courses" in planned.needs:
        found = attrs.evolve(found, values=_courses(values, k))
    elif "values" in planned.needs:
        listed = _as_many(numbers(values, "values"), k, "values")
        found = attrs.evolve(found, values=tuple(listed))
    if "days" in planned.needs:
        visits = _as_many(days(days_, "days"), k - 1, "days")
        if any(b <= a for a, b in zip([0.0, *visits], visits, strict=False)):
            raise InputError("days", "days after the start, in order", visits)
        found = attrs.evolve(found, values=tuple(visits))
    if "margins" in planned.needs:
        most = 1.0 if test == "shares-within-margins" else math.inf
        found = attrs.evolve(found, margins=checked_margins(lower, upper, -most, most))
    if "readers" in planned.needs:
        count = whole(readers, "readers", low=2, high=_MOST_READERS)
        found = attrs.evolve(found, readers=count)
    if "null" in planned.needs:
        found = attrs.evolve(found, null_value=_null(test, null))
    return found


def _arms(test: str, planned: Planned, arms: Any) -> Floats:
    """Return the chances of the outcomes in each arm, as many as the test takes."""
    given = [arms] if planned.arms == (1, 1) else arms
    if test == "kappa":
        given = [_square(arms)]
    table = distributions(given)
    least, most = planned.arms
    if not least <= len(table) <= most:
        rule = f"{least} arms" if least == most else f"at least {least} arms"
        raise InputError("arms", rule, len(table))
    if planned.outcomes is not None and table.shape[1] != planned.outcomes[0]:
        wanted, hint = planned.outcomes
        raise InputError(
            "arms", f"{wanted} probabilities in each", table.shape[1], hint
        )
    if test == "icc" and not table[0, 1] < 1.0:
        raise InputError("arms", "a correlation from 0 to below 1", arms)
    return table


def _square(arms: Any) -> list[float]:
    """Return the chances of all pairs of grades, row after row."""
    rule = "a square table: the probability of each pair of grades"
    listed = each(arms, "arms", rule)
    rows = [numbers(row, f"arms[{place}]") for place, row in enumerate(listed)]
    if len(rows) < 2 or any(len(row) != len(rows) for row in rows):
        raise InputError("arms", rule, arms)
    return [float(share) for row in rows for share in row]


def _null(test: str, null: float | None) -> float:
    """Return the share, kappa or correlation to be tested against."""
    share = float(numbers([null], "null", low=0.0, high=1.0)[0])
    least_fits = share > 0.0 or test in {"kappa", "icc"}
    if not (least_fits and share < 1.0):
        rule = "a share between 0 and 1" if test == "one-share" else "0 to below 1"
        raise InputError("null", rule, null)
    return share


def _as_many(given: Floats, wanted: int, name: str) -> list[float]:
    if len(given) != wanted or np.isnan(given).any():
        raise InputError(
            name, f"{wanted} numbers, one for each outcome", given.tolist()
        )
    return [float(value) for value in given]


def _courses(values: Any, wanted: int) -> tuple[tuple[float, ...], ...]:
    """Return the grades of all visits, one course for each outcome."""
    rule = f"{wanted} courses, one for each outcome, of at least two visits"
    listed = each(values, "values", rule)
    rows = [numbers(row, f"values[{place}]") for place, row in enumerate(listed)]
    lengths = {len(row) for row in rows}
    if len(rows) != wanted or len(lengths) != 1 or lengths <= {0, 1}:
        raise InputError("values", rule, len(rows))
    if any(np.isnan(row).any() for row in rows):
        hint = "patients who are lost are assumed by loss"
        raise InputError("values", "a grade at every visit", values, hint)
    return tuple(tuple(row.tolist()) for row in rows)
