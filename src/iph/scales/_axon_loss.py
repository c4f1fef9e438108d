"""Loss of axons of a nerve, from the response of the muscle on both sides."""

from typing import TYPE_CHECKING, Final, overload

import numpy as np
import numpy.typing as npt

from iph.errors import InputError
from iph.scales._cutpoints import Cutpoints
from iph.scales._grade import Grade
from iph.scales._measure import (
    Column,
    Grades,
    Number,
    column,
    expression,
    is_column,
    measured,
)

if TYPE_CHECKING:
    import narwhals.stable.v2 as nw

__all__ = ["AXON_LOSS", "AxonLoss", "axon_loss", "axon_loss_expr", "axon_loss_percent"]

_MOST_MV: Final = 100.0
_HINT: Final = "peak amplitude in millivolts"
_EQUAL: Final = 1e-9  # percent: closer to a half is a half


class AxonLoss(Grade):
    """Loss of axons by the ratio of the sides: up to a half, or more.

    Attributes
    ----------
    numeral : str
        ``"0"`` or ``"1"``.
    label : str
        The range in words.
    meaning : str
        What was seen in such patients.

    See Also
    --------
    axon_loss : Grade two amplitudes.
    """

    UP_TO_HALF = (0, "0", "50 % or less", "all had improved within a year")
    MORE_THAN_HALF = (1, "1", "more than 50 %", "fewer than half improved")


AXON_LOSS: Final = Cutpoints(
    name="kuntzer1997",
    measure="axon loss",
    unit="%",
    reference=(
        "Kuntzer T, et al. Muscle Nerve 1997;20:205-211. "
        "doi:10.1002/(sici)1097-4598(199702)20:2<205::aid-mus11>3.0.co;2-1"
    ),
    levels=tuple(AxonLoss),
    edges=(50,),
    closed="right",
    low=0,
    high=100,
    hint="in percent of the healthy side",
    note="32 patients with a femoral neuropathy of one side, of any cause",
)


def _sides(
    affected_mv: Number | Column | None, healthy_mv: Number | Column | None
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64], bool]:
    """Return both amplitudes as arrays of one length, and whether they are single."""
    pair: list[npt.NDArray[np.float64]] = []
    single = True
    for value, name in ((affected_mv, "affected_mv"), (healthy_mv, "healthy_mv")):
        if is_column(value, name):
            single = False
            array = column(value, name, low=0, high=_MOST_MV, hint=_HINT)  # type: ignore[arg-type] # is_column says so
        else:
            array = np.array([measured(value, name, low=0, high=_MOST_MV, hint=_HINT)])
        pair.append(array)
    first, second = pair
    if first.size != second.size and 1 not in {first.size, second.size}:
        rule = f"as long as affected_mv ({first.size})"
        raise InputError("healthy_mv", rule, second.size)
    first, second = np.broadcast_arrays(first, second)
    if (second == 0).any():
        hint = "without a response of the healthy side there is no ratio: give None"
        raise InputError("healthy_mv", "above 0", 0, hint)
    return first, second, single


@overload
def axon_loss_percent(
    affected_mv: Number | None, healthy_mv: Number | None
) -> float | None: ...
@overload
def axon_loss_percent(
    affected_mv: Column, healthy_mv: Column
) -> npt.NDArray[np.float64]: ...
def axon_loss_percent(
    affected_mv: Number | Column | None, healthy_mv: Number | Column | None
) -> float | npt.NDArray[np.float64] | None:
    """Estimate what share of its axons a nerve has lost.

    How much smaller is the response of the muscle than on the healthy side?

    Parameters
    ----------
    affected_mv, healthy_mv : number, None, or sequence of them
        Amplitude of the compound muscle action potential of the affected and of the
        healthy side. Units: mV, from 0 to 100; the healthy one above 0. None or NaN
        where it was not measured. Sequences are paired by place.

    Returns
    -------
    float, None, or array of float
        ``100 * (healthy - affected) / healthy``, and 0 where the affected side is the
        larger. None (in an array NaN) where one of the two is missing.

    Raises
    ------
    InputError
        If an amplitude is out of range or no number, that of the healthy side is 0, or
        the lengths differ.

    See Also
    --------
    axon_loss : Grade the loss.

    Notes
    -----
    The estimate needs one healthy side, and a nerve whose fibers have degenerated: in
    the first days after an injury the response is still there.

    Examples
    --------
    >>> from iph.scales import axon_loss_percent
    >>> axon_loss_percent(3.0, 12.0)
    75.0
    >>> axon_loss_percent([6.0, 13.0, None], [12.0, 12.0, 12.0])
    array([50.,  0., nan])
    """
    first, second, single = _sides(affected_mv, healthy_mv)
    loss = np.clip(100.0 * ((second - first) / second), 0.0, 100.0)
    if single:
        return None if np.isnan(loss[0]) else float(loss[0])
    return loss


@overload
def axon_loss(
    affected_mv: Number | None, healthy_mv: Number | None
) -> AxonLoss | None: ...
@overload
def axon_loss(affected_mv: Column, healthy_mv: Column) -> Grades: ...
def axon_loss(
    affected_mv: Number | Column | None, healthy_mv: Number | Column | None
) -> AxonLoss | Grades | None:
    """Grade the loss of axons of a femoral nerve by the cut of Kuntzer.

    Is recovery within a year to be expected?

    Parameters
    ----------
    affected_mv, healthy_mv : number, None, or sequence of them
        Amplitude of the compound muscle action potential of the affected and of the
        healthy side. Units: mV, from 0 to 100; the healthy one above 0. None or NaN
        where it was not measured. Sequences are paired by place.

    Returns
    -------
    AxonLoss, None, or masked array of int64
        Whether the loss is up to a half or more; None if missing; for a sequence 0 or
        1, masked where missing.

    Raises
    ------
    InputError
        If an amplitude is out of range or no number, that of the healthy side is 0, or
        the lengths differ.

    See Also
    --------
    axon_loss_percent : The loss itself.
    axon_loss_expr : The same for a data frame or database.

    Notes
    -----
    Of 32 patients with a femoral neuropathy of one side all with a loss of 50 % or less
    had improved within a year, and fewer than half of the others; of seven factors the
    loss alone mattered [1]_.
    Two amplitudes whose loss is half to within 1e-9 % are a loss of half, so that no
    grade hangs on how a decimal is stored.

    References
    ----------
    .. [1] Kuntzer T, van Melle G, Regli F. Clinical and prognostic features in
       unilateral femoral neuropathies. Muscle Nerve 1997;20:205-211.
       doi:10.1002/(sici)1097-4598(199702)20:2<205::aid-mus11>3.0.co;2-1

    Examples
    --------
    >>> from iph.scales import axon_loss
    >>> axon_loss(6.0, 12.0)
    <AxonLoss.UP_TO_HALF: 0>
    >>> axon_loss([3.0, 7.0, None], [12.0, 12.0, 12.0]).tolist()
    [1, 0, None]
    """
    first, second, single = _sides(affected_mv, healthy_mv)
    loss = np.clip(100.0 * ((second - first) / second), 0.0, 100.0)
    half = AXON_LOSS.edges[0]
    loss = np.where(np.abs(loss - half) <= _EQUAL, half, loss)
    return AXON_LOSS.grade(float(loss[0])) if single else AXON_LOSS.grade(loss)


def axon_loss_expr(
    affected_mv: "str | nw.Expr", healthy_mv: "str | nw.Expr"
) -> "nw.Expr":
    """Say the same as `axon_loss` of the rows of a data frame or database.

    How many nerves of a registry have lost more than half of their axons?

    Parameters
    ----------
    affected_mv, healthy_mv : str or narwhals expression
        The columns of the amplitudes of both sides. Units: mV.

    Returns
    -------
    narwhals expression
        0 or 1; null where an amplitude is missing or out of range, or that of the
        healthy side is 0.

    See Also
    --------
    axon_loss : The same for values and sequences.

    Examples
    --------
    >>> import narwhals.stable.v2 as nw
    >>> import pandas as pd
    >>> from iph.scales import axon_loss_expr
    >>> data = {"left": [3.0, 7.0], "right": [12.0, 12.0]}
    >>> frame = nw.from_native(pd.DataFrame(data))
    >>> frame.select(loss=axon_loss_expr("left", "right"))["loss"].to_list()
    [1, 0]
    """
    import narwhals.stable.v2 as nw

    affected = expression(affected_mv, "affected_mv")
    healthy = expression(healthy_mv, "healthy_mv")
    legal = (affected - affected == 0) & (healthy - healthy == 0)
    legal = legal & (affected >= 0) & (affected <= _MOST_MV)
    legal = legal & (healthy > 0) & (healthy <= _MOST_MV)
    # The divisor is 1 where the row is not used, so that no engine divides by 0.
    divisor = nw.when(healthy > 0).then(healthy).otherwise(nw.lit(1.0))
    more = 100.0 * ((healthy - affected) / divisor) - AXON_LOSS.edges[0] > _EQUAL
    zero, one = nw.lit(0, nw.Int64), nw.lit(1, nw.Int64)
    return nw.when(legal).then(nw.when(more).then(one).otherwise(zero))
