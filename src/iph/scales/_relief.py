"""Pain relief since baseline, and who responded."""

from typing import TYPE_CHECKING, Final, overload

import numpy as np
import numpy.typing as npt

from iph._options import switch
from iph.errors import InputError
from iph.scales._measure import (
    Answers,
    Column,
    Number,
    column,
    expression,
    is_column,
    measured,
)
from iph.scales._pain import VAS_HIGH, VAS_HINT, VAS_LOW

if TYPE_CHECKING:
    import narwhals.stable.v2 as nw

__all__ = ["is_responder", "pain_relief", "responder_expr"]

# A fall of exactly the threshold must not hang on the last bit of a float (10 to 9.7
# falls by 0.3000000000000007): scores have at most a few decimals, so falls closer
# than this to the threshold are equal to it.
_EQUAL: Final = 1e-9


def _scores(
    baseline: Number | Column | None, now: Number | Column | None
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64], bool]:
    """Return both scores as arrays of one length, and whether they are single."""
    pair: list[npt.NDArray[np.float64]] = []
    single = True
    for value, name in ((baseline, "baseline"), (now, "now")):
        if is_column(value, name):
            single = False
            array = column(value, name, low=VAS_LOW, high=VAS_HIGH, hint=VAS_HINT)  # type: ignore[arg-type] # is_column says so
        else:
            number = measured(value, name, low=VAS_LOW, high=VAS_HIGH, hint=VAS_HINT)
            array = np.array([number])
        pair.append(array)
    first, second = pair
    if first.size != second.size and 1 not in {first.size, second.size}:
        raise InputError("now", f"as long as baseline ({first.size})", second.size)
    first, second = np.broadcast_arrays(first, second)
    return first, second, single


@overload
def pain_relief(baseline: Number | None, now: Number | None) -> float | None: ...
@overload
def pain_relief(baseline: Column, now: Column) -> npt.NDArray[np.float64]: ...
@overload
def pain_relief(baseline: Number | None, now: Column) -> npt.NDArray[np.float64]: ...
def pain_relief(
    baseline: Number | Column | None, now: Number | Column | None
) -> float | npt.NDArray[np.float64] | None:
    """Return the part of the pain at baseline that is gone.

    By what share has the pain fallen?

    Parameters
    ----------
    baseline, now : number, None, or sequence of them
        Pain before treatment and now, each from 0 to 10; None or NaN where it was not
        asked. Sequences are paired by place.

    Returns
    -------
    float, None, or array of float
        ``(baseline - now) / baseline``: 1 if no pain is left, 0 if it is unchanged,
        negative if it is worse. None (in an array NaN) where one of the two is missing
        or the baseline is 0.

    Raises
    ------
    InputError
        If a score is outside 0 to 10, or no number, or the lengths differ.

    See Also
    --------
    is_responder : Whether the relief reaches a threshold.

    Notes
    -----
    Who had no pain at baseline cannot be relieved of it: such a patient is not
    evaluable, neither a responder nor a failure.

    Examples
    --------
    >>> from iph.scales import pain_relief
    >>> pain_relief(8, 2)
    0.75
    >>> pain_relief([8, 8, 0], [4, None, 0])
    array([0.5, nan, nan])
    """
    first, second, single = _scores(baseline, now)
    fall = np.full(first.shape, np.nan)
    np.divide(first - second, first, out=fall, where=first > 0)
    if single:
        return None if np.isnan(fall[0]) else float(fall[0])
    return fall


def _threshold(threshold: float) -> float:
    share = threshold
    if isinstance(share, bool) or not isinstance(share, (int, float, np.number)):
        raise InputError("threshold", "a number above 0, up to 1", threshold)
    if not 0 < share <= 1:
        hint = f"did you mean {share / 100:g}?" if 1 < share <= 100 else ""
        raise InputError("threshold", "above 0, up to 1", threshold, hint)
    return float(share)


@overload
def is_responder(
    baseline: Number | None,
    now: Number | None,
    *,
    threshold: float = ...,
    strict: bool = ...,
) -> bool | None: ...
@overload
def is_responder(
    baseline: Column, now: Column, *, threshold: float = ..., strict: bool = ...
) -> Answers: ...
@overload
def is_responder(
    baseline: Number | None, now: Column, *, threshold: float = ..., strict: bool = ...
) -> Answers: ...
def is_responder(
    baseline: Number | Column | None,
    now: Number | Column | None,
    *,
    threshold: float = 0.5,
    strict: bool = False,
) -> bool | Answers | None:
    """Say whether the pain has fallen by a share of what it was.

    Is this patient's pain relieved by half (or by a third)?

    Parameters
    ----------
    baseline, now : number, None, or sequence of them
        Pain before treatment and now, each from 0 to 10; None or NaN where it was not
        asked. Sequences are paired by place.
    threshold : float, default 0.5
        The share that counts as a response, above 0 and up to 1.
    strict : bool, default False
        False: at least the threshold (>=), as IMMPACT defines a response. True: more
        than the threshold (>).

    Returns
    -------
    bool, None, or masked array of bool
        Whether the patient responded; None (in an array masked) where one of the two
        is missing or the baseline is 0.

    Raises
    ------
    InputError
        If a score is outside 0 to 10, or no number, the lengths differ, or the
        threshold is no share.

    See Also
    --------
    pain_relief : The relief itself.
    responder_expr : The same for a data frame or database.

    Notes
    -----
    IMMPACT calls a fall of at least 30 percent moderate and of at least 50 percent
    substantial [1]_.
    Li et al. [2]_ count "a 50% reduction" in 18 of 28 patients on one page and "a > 50%
    decrease" in 17 on another; a patient whose pain fell by exactly half would explain
    the difference, and `strict` chooses between the two readings.
    Falls within 1e-9 points of the threshold are equal to it, so that no answer hangs
    on how a decimal is stored.

    References
    ----------
    .. [1] Dworkin RH, et al. Interpreting the clinical importance of treatment outcomes
       in chronic pain clinical trials: IMMPACT recommendations. J Pain 2008;9:105-121.
       doi:10.1016/j.jpain.2007.09.005
    .. [2] Li F, et al. Research Square 2023. doi:10.21203/rs.3.rs-3346582/v1

    Examples
    --------
    >>> from iph.scales import is_responder
    >>> is_responder(8, 4), is_responder(8, 4, strict=True)
    (True, False)
    >>> is_responder([8, 7, 0, 6], [3, 4, 0, None]).tolist()
    [True, False, None, None]
    """
    share, strict = _threshold(threshold), switch(strict, "strict")
    first, second, single = _scores(baseline, now)
    beyond = first - second - share * first
    responded = beyond > _EQUAL if strict else beyond >= -_EQUAL
    evaluable = (first > 0) & np.isfinite(second)
    if single:
        return bool(responded[0]) if evaluable[0] else None
    return np.ma.MaskedArray(responded & evaluable, mask=~evaluable)


def responder_expr(
    baseline: "str | nw.Expr",
    now: "str | nw.Expr",
    *,
    threshold: float = 0.5,
    strict: bool = False,
) -> "nw.Expr":
    """Say the same as `is_responder` of the rows of a data frame or database.

    Whose pain, in a registry too large for memory, is relieved by half?

    Parameters
    ----------
    baseline, now : str or narwhals expression
        The columns with the pain before treatment and now.
    threshold : float, default 0.5
        The share that counts as a response, above 0 and up to 1.
    strict : bool, default False
        Whether the fall must be more than the threshold.

    Returns
    -------
    narwhals expression
        1 for a responder, 0 for a patient who is none; null where one of the scores is
        missing or out of range, or the baseline is 0.

    Raises
    ------
    InputError
        If the threshold is no share.

    See Also
    --------
    is_responder : The same for values and sequences.

    Examples
    --------
    >>> import narwhals.stable.v2 as nw
    >>> import pandas as pd
    >>> from iph.scales import responder_expr
    >>> frame = nw.from_native(pd.DataFrame({"before": [8, 7], "week_1": [4, 4]}))
    >>> frame.select(responder_expr("before", "week_1").alias("responded"))[
    ...     "responded"
    ... ].to_list()
    [1, 0]
    """
    import narwhals.stable.v2 as nw

    share, strict = _threshold(threshold), switch(strict, "strict")
    first = expression(baseline, "baseline")
    second = expression(now, "now")
    # Positive comparisons alone, each bounded above, as in Cutpoints.expr: so NaN,
    # which some engines take for the greatest of numbers, is not legal anywhere.
    legal = (first > VAS_LOW) & (first <= VAS_HIGH)
    legal = legal & (second >= VAS_LOW) & (second <= VAS_HIGH)
    beyond = first - second - first * share
    responded = beyond > _EQUAL if strict else beyond >= -_EQUAL
    # -1 stands for null until the end, see Cutpoints.expr.
    evaluable = nw.when(legal).then(nw.lit(0, nw.Int64))
    answer = evaluable.otherwise(nw.lit(-1, nw.Int64))
    yes = nw.when(legal & responded).then(nw.lit(1, nw.Int64))
    answer = yes.otherwise(answer)
    return nw.when(answer >= 0).then(answer)
