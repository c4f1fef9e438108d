"""Who improved, who did not change, and who became worse."""

from typing import TYPE_CHECKING, Final, overload

import numpy as np
import numpy.typing as npt

from iph._checks import one_of
from iph.errors import InputError
from iph.scales._change_rules import CHANGE_RULES, ChangeGrade, ChangeRule
from iph.scales._measure import (
    NOT_GRADED,
    Column,
    Grades,
    Number,
    column,
    expression,
    is_column,
    masked_grades,
    measured,
)

if TYPE_CHECKING:
    import narwhals.stable.v2 as nw

__all__ = ["score_change", "score_change_expr"]

# A change of exactly the points must not hang on the last bit of a float.
_EQUAL: Final = 1e-9


def _rule(rule: str | ChangeRule) -> ChangeRule:
    if isinstance(rule, ChangeRule):
        return rule
    return CHANGE_RULES[one_of(rule, "rule", tuple(CHANGE_RULES))]


def _checked(
    values: npt.NDArray[np.float64], name: str, rule: ChangeRule, *, single: bool
) -> None:
    """Refuse the first score that is no whole number, where all must be."""
    broken = (values != np.floor(values)) & ~np.isnan(values)
    if rule.whole and broken.any():
        first = int(np.argmax(broken))
        where = name if single else f"{name}[{first}]"
        kind = f"a whole number from {rule.low:g} to {rule.high:g}"
        raise InputError(where, kind, float(values[first]), rule.name)


@overload
def score_change(
    baseline: Number | None, now: Number | None, *, rule: str | ChangeRule
) -> ChangeGrade | None: ...
@overload
def score_change(
    baseline: Column, now: Column, *, rule: str | ChangeRule
) -> Grades: ...
@overload
def score_change(
    baseline: Number | None, now: Column, *, rule: str | ChangeRule
) -> Grades: ...
def score_change(
    baseline: Number | Column | None,
    now: Number | Column | None,
    *,
    rule: str | ChangeRule,
) -> ChangeGrade | Grades | None:
    """Say by a named rule whether a score has improved.

    Has this patient improved by as much as counts?

    Parameters
    ----------
    baseline, now : number, None, or sequence of them
        The score before treatment and now, in the version that the rule is of. None or
        NaN where it was not scored. Sequences are paired by place; one baseline stands
        for all rows of `now`.
    rule : str or ChangeRule
        One of `CHANGE_RULES`, such as ``"lefs-mdc90"``, or a rule of your own; see
        `reliable_change`. It has no default.

    Returns
    -------
    ChangeGrade, None, or masked array of int64
        WORSE, NOT_CHANGED or IMPROVED; None if a score is missing; for a sequence 0 to
        2, masked where one is missing.

    Raises
    ------
    InputError
        If a score is out of range or no number, the lengths differ, or the rule is not
        known.

    See Also
    --------
    is_responder : Pain relief by a share of the pain at baseline.
    score_change_expr : The same for a data frame or database.
    iph.stats.responder_table : The shares of those who improved.

    Notes
    -----
    A minimal important change matters to patients; a minimal detectable or reliable
    change exceeds the error of measurement of one patient.
    Both are for single patients: the mean change of a group may be smaller and real, or
    larger while few have improved.
    Who starts near the best score cannot improve by the points; count such patients.
    Changes within 1e-9 points of what counts are equal to it.

    Examples
    --------
    >>> from iph.scales import score_change
    >>> score_change(31, 52, rule="lefs-mdc90")
    <ChangeGrade.IMPROVED: 2>
    >>> score_change([31, 60, 44, None], [39, 51, 53, 70], rule="lefs-mdc90").tolist()
    [1, 0, 2, None]
    """
    chosen = _rule(rule)
    pair: list[npt.NDArray[np.float64]] = []
    single = True
    for value, name in ((baseline, "baseline"), (now, "now")):
        bounds = {"low": chosen.low, "high": chosen.high}
        one = not is_column(value, name)
        if one:
            number = measured(value, name, **bounds, hint=chosen.name)
            array = np.array([number])
        else:
            single = False
            array = column(value, name, **bounds, hint=chosen.name)  # type: ignore[arg-type] # is_column says so
        _checked(array, name, chosen, single=one)
        pair.append(array)
    first, second = pair
    if first.size != second.size and 1 not in {first.size, second.size}:
        raise InputError("now", f"as long as baseline ({first.size})", second.size)
    first, second = np.broadcast_arrays(first, second)
    gain = second - first if chosen.better == "higher" else first - second
    beyond = np.abs(gain) - chosen.points
    counts = beyond > _EQUAL if chosen.strict else beyond >= -_EQUAL
    grades = np.where(
        counts & (gain > 0), ChangeGrade.IMPROVED, ChangeGrade.NOT_CHANGED
    )
    grades = np.where(counts & (gain < 0), ChangeGrade.WORSE, grades)
    grades = np.where(np.isnan(gain), NOT_GRADED, grades).astype(np.int64)
    if single:
        return None if grades[0] == NOT_GRADED else ChangeGrade(int(grades[0]))
    return masked_grades(grades)


def score_change_expr(
    baseline: "str | nw.Expr", now: "str | nw.Expr", *, rule: str | ChangeRule
) -> "nw.Expr":
    """Say the same as `score_change` of the rows of a data frame or database.

    How many in a registry have improved by as much as counts?

    Parameters
    ----------
    baseline, now : str or narwhals expression
        The columns of the score before treatment and now.
    rule : str or ChangeRule
        One of `CHANGE_RULES`, or a rule of your own.

    Returns
    -------
    narwhals expression
        0 (worse), 1 (not changed) or 2 (improved); null where a score is missing or out
        of range.

    Raises
    ------
    InputError
        If the rule is not known.

    See Also
    --------
    score_change : The same for values and sequences.

    Examples
    --------
    >>> import narwhals.stable.v2 as nw
    >>> import pandas as pd
    >>> from iph.scales import score_change_expr
    >>> frame = nw.from_native(pd.DataFrame({"before": [31, 60], "after": [52, 51]}))
    >>> change = score_change_expr("before", "after", rule="lefs-mdc90")
    >>> frame.select(change=change)["change"].to_list()
    [2, 0]
    """
    import narwhals.stable.v2 as nw

    chosen = _rule(rule)
    first = expression(baseline, "baseline")
    second = expression(now, "now")

    def legal(value: "nw.Expr") -> "nw.Expr":
        within = (value - value == 0) & (value >= chosen.low) & (value <= chosen.high)
        return within & (value.round(0) == value) if chosen.whole else within

    gain = second - first if chosen.better == "higher" else first - second

    def counts(by: "nw.Expr") -> "nw.Expr":
        beyond = by - chosen.points
        return beyond > _EQUAL if chosen.strict else beyond >= -_EQUAL

    grades = {grade: nw.lit(int(grade), nw.Int64) for grade in ChangeGrade}
    graded = nw.when(counts(gain)).then(grades[ChangeGrade.IMPROVED])
    fallen = nw.when(counts(gain * -1)).then(grades[ChangeGrade.WORSE])
    change = graded.otherwise(fallen.otherwise(grades[ChangeGrade.NOT_CHANGED]))
    return nw.when(legal(first) & legal(second)).then(change)
