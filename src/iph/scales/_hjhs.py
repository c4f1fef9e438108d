"""The Hemophilia Joint Health Score against healthy adults."""

from typing import TYPE_CHECKING, Final, overload

import numpy as np

from iph.errors import InputError
from iph.scales._instrument_list import INSTRUMENTS
from iph.scales._measure import (
    Answers,
    Column,
    Number,
    column,
    expression,
    is_column,
    measured,
)

if TYPE_CHECKING:
    import narwhals.stable.v2 as nw

__all__ = ["hjhs_above_healthy", "hjhs_above_healthy_expr"]

_ADULT: Final = 18.0
_OLDER: Final = 51.0  # "50 or less" and "above 50", in completed years
_MOST_YEARS: Final = 120.0
_YOUNGER_P95: Final = 12.0
_OLDER_P95: Final = 19.0
_HINT: Final = "in completed years"


@overload
def hjhs_above_healthy(
    total: Number | None, *, age_years: Number | None
) -> bool | None: ...
@overload
def hjhs_above_healthy(
    total: Column, *, age_years: Number | Column | None
) -> Answers: ...
def hjhs_above_healthy(
    total: Number | Column | None, *, age_years: Number | Column | None
) -> bool | Answers | None:
    """Say whether a joint health score is above that of 95 % of healthy adults.

    Are these joints worse than those of nearly all healthy people of this age?

    Parameters
    ----------
    total : number, None, or sequence of them
        Total of version 2.1 of the Hemophilia Joint Health Score, a whole number. None
        or NaN where it was not scored.
    age_years : number, None, or sequence of them
        Age. Units: completed years, from 0 to 120. None if not known.

    Returns
    -------
    bool, None, or masked array of bool
        Whether the total exceeds the 95th percentile; None (in an array masked) where
        the total is missing, or the age is below 18 years or not known.

    Raises
    ------
    InputError
        If a total or an age is out of range, or the lengths differ.

    See Also
    --------
    hjhs_above_healthy_expr : The same for a data frame or database.

    Notes
    -----
    The 95th percentile of 120 healthy adults was 12 up to 50 years and 19 above [1]_.
    Of children the norms could not be read.
    No change of the score is agreed to matter [2]_, so none is offered.

    References
    ----------
    .. [1] St-Louis J, Abad A, Funk S, et al. The Hemophilia Joint Health Score version
       2.1 Validation in Adult Patients Study: a multicenter international study. Res
       Pract Thromb Haemost 2022;6:e12690. doi:10.1002/rth2.12690
    .. [2] Ay C, Mancuso ME, Matino D, Strike K, Pasta G. The haemophilia joint health
       score for the assessment of joint health in patients with haemophilia.
       Haemophilia 2024;30:1265-1271. doi:10.1111/hae.15116

    Examples
    --------
    >>> from iph.scales import hjhs_above_healthy
    >>> hjhs_above_healthy(15, age_years=34), hjhs_above_healthy(15, age_years=60)
    (True, False)
    >>> hjhs_above_healthy([13, 13, 25, 8], age_years=[50, 51, None, 12]).tolist()
    [True, False, None, None]
    """
    single = not is_column(total, "total")
    instrument = INSTRUMENTS["hjhs-2.1"]
    if single:
        score = instrument.score(total)  # type: ignore[arg-type] # a single one
        totals = np.array([np.nan if score is None else score.total])
    else:
        totals = instrument.scores(total)  # type: ignore[arg-type] # is_column says so
    if is_column(age_years, "age_years"):
        ages = column(age_years, "age_years", low=0, high=_MOST_YEARS, hint=_HINT)  # type: ignore[arg-type] # is_column says so
        if single or ages.size not in {1, totals.size}:
            rule = f"one value or as long as total ({totals.size})"
            raise InputError("age_years", rule, ages.size)
    else:
        age = measured(age_years, "age_years", low=0, high=_MOST_YEARS, hint=_HINT)
        ages = np.array([age])
    ages = np.broadcast_to(ages, totals.shape)
    limits = np.where(ages >= _OLDER, _OLDER_P95, _YOUNGER_P95)
    above = totals > limits
    evaluable = ~np.isnan(totals) & (ages >= _ADULT)
    if single:
        return bool(above[0]) if evaluable[0] else None
    return np.ma.MaskedArray(above & evaluable, mask=~evaluable)


def hjhs_above_healthy_expr(
    total: "str | nw.Expr", *, age_years: "str | nw.Expr"
) -> "nw.Expr":
    """Say the same as `hjhs_above_healthy` of the rows of a data frame or database.

    Whose joints are worse than those of healthy people of this age?

    Parameters
    ----------
    total, age_years : str or narwhals expression
        The columns of the totals of version 2.1 and of age. Units of age: years.

    Returns
    -------
    narwhals expression
        1 or 0; null where the total or the age is missing or out of range, or the age
        is below 18 years.

    See Also
    --------
    hjhs_above_healthy : The same for values and sequences.

    Examples
    --------
    >>> import narwhals.stable.v2 as nw
    >>> import pandas as pd
    >>> from iph.scales import hjhs_above_healthy_expr
    >>> frame = nw.from_native(pd.DataFrame({"hjhs": [15, 15], "age": [34, 60]}))
    >>> above = hjhs_above_healthy_expr("hjhs", age_years="age")
    >>> frame.select(above=above)["above"].to_list()
    [1, 0]
    """
    import narwhals.stable.v2 as nw

    instrument = INSTRUMENTS["hjhs-2.1"]
    value = expression(total, "total")
    age = expression(age_years, "age_years")
    legal = ((value - value) == 0) & (value >= instrument.low)
    legal = legal & (value <= instrument.high) & (value.round(0) == value)
    legal = legal & ((age - age) == 0) & (age >= _ADULT) & (age <= _MOST_YEARS)
    above = ((age >= _OLDER) & (value > _OLDER_P95)) | (
        (age < _OLDER) & (value > _YOUNGER_P95)
    )
    zero, one = nw.lit(0, nw.Int64), nw.lit(1, nw.Int64)
    return nw.when(legal).then(nw.when(above).then(one).otherwise(zero))
