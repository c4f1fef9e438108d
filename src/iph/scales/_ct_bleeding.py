"""Active bleeding of a muscle hematoma on CT, by the types of Popov."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, overload

import numpy as np

from iph._checks import same_length, unmasked
from iph._options import each
from iph._scalars import is_missing
from iph.errors import InputError
from iph.scales._answers import yes_no, yes_no_expr
from iph.scales._grade import Grade
from iph.scales._measure import NOT_GRADED, Grades, expression, masked_grades

if TYPE_CHECKING:
    import narwhals.stable.v2 as nw

__all__ = ["CTBleedingType", "ct_bleeding_expr", "ct_bleeding_type"]

YesNo = bool | None


class CTBleedingType(Grade):
    """Type of a spontaneous muscle hematoma on CT: I to III, after Popov.

    Attributes
    ----------
    numeral : str
        ``"I"`` to ``"III"``.
    label : str
        The type in a few words.
    meaning : str
        What CT shows.

    See Also
    --------
    ct_bleeding_type : Find it from two findings.
    """

    TYPE_I = (1, "I", "no active bleeding", "no active bleeding")
    TYPE_II = (2, "II", "contained", "active bleeding, the muscular fascia intact")
    TYPE_III = (
        3,
        "III",
        "ruptured",
        "active bleeding, the muscular fascia is ruptured",
    )


@overload
def ct_bleeding_type(
    *, active_bleeding: YesNo, fascia_rupture: YesNo
) -> CTBleedingType | None: ...
@overload
def ct_bleeding_type(
    *, active_bleeding: Iterable[YesNo], fascia_rupture: Iterable[YesNo]
) -> Grades: ...
def ct_bleeding_type(
    *,
    active_bleeding: YesNo | Iterable[YesNo],
    fascia_rupture: YesNo | Iterable[YesNo],
) -> CTBleedingType | Grades | None:
    """Type a muscle hematoma by what CT shows of active bleeding.

    Does it still bleed, and does the fascia hold it?

    Parameters
    ----------
    active_bleeding : bool or None, or sequence of them
        Whether contrast leaves the vessels. None where it was not looked for.
    fascia_rupture : bool or None, or sequence of them
        Whether the muscular fascia is ruptured. None if not known.

    Returns
    -------
    CTBleedingType, None, or masked array of int64
        The type; None where what is not known leaves it open; for a sequence 1 to 3,
        masked where it is open.

    Raises
    ------
    InputError
        If a finding is neither yes nor no, or the lengths differ.

    See Also
    --------
    ct_bleeding_expr : The same for a data frame or database.

    Notes
    -----
    The types come with an algorithm for embolization [1]_: among the 27 patients who
    were referred for it, all who died of the bleed had type III.
    Without active bleeding the type is I, whatever the fascia.
    The reference divides type II into IIa, IIb and IIc; what tells them apart could not
    be read, so they are not offered.

    References
    ----------
    .. [1] Popov M, Sotiriadis C, Gay F, et al. Spontaneous intramuscular hematomas of
       the abdomen and pelvis: a new multilevel algorithm to direct transarterial
       embolization and patient management. Cardiovasc Intervent Radiol
       2017;40:537-545. doi:10.1007/s00270-017-1590-8

    Examples
    --------
    >>> from iph.scales import ct_bleeding_type
    >>> ct_bleeding_type(active_bleeding=True, fascia_rupture=False)
    <CTBleedingType.TYPE_II: 2>
    >>> ct_bleeding_type(
    ...     active_bleeding=[False, True, True], fascia_rupture=[None, True, None]
    ... ).tolist()
    [1, 3, None]
    """
    if _single(active_bleeding) and _single(fascia_rupture):
        active = yes_no(active_bleeding, "active_bleeding")
        rupture = yes_no(fascia_rupture, "fascia_rupture")
        found = _type(active, rupture)
        return None if found == NOT_GRADED else CTBleedingType(found)
    columns = []
    for values, name in (
        (active_bleeding, "active_bleeding"),
        (fascia_rupture, "fascia_rupture"),
    ):
        if _single(values):
            raise InputError(name, "a sequence, as the other finding is", values)
        listed = each(unmasked(values), name, "a sequence of True, False and None")
        columns.append([yes_no(v, f"{name}[{i}]") for i, v in enumerate(listed)])
    first, second = columns
    same_length(len(first), len(second), "active_bleeding", "fascia_rupture")
    types = [_type(a, r) for a, r in zip(first, second, strict=True)]
    return masked_grades(np.array(types, dtype=np.int64))


def _single(value: object) -> bool:
    return isinstance(value, (bool, np.bool_, str)) or is_missing(value)


def _type(active: bool | None, rupture: bool | None) -> int:  # noqa: FBT001 - findings
    """Return the type, -1 where it is open."""
    if active is False:
        return int(CTBleedingType.TYPE_I)
    if active is None or rupture is None:
        return NOT_GRADED
    return int(CTBleedingType.TYPE_III if rupture else CTBleedingType.TYPE_II)


def ct_bleeding_expr(
    *, active_bleeding: "str | nw.Expr", fascia_rupture: "str | nw.Expr"
) -> "nw.Expr":
    """Say the same as `ct_bleeding_type` of the rows of a data frame or database.

    Which types of hematoma does a registry hold?

    Parameters
    ----------
    active_bleeding, fascia_rupture : str or narwhals expression
        The columns of the two findings, yes or no.

    Returns
    -------
    narwhals expression
        1 to 3; null where what is not known leaves the type open.

    See Also
    --------
    ct_bleeding_type : The same for values and sequences.

    Examples
    --------
    >>> import narwhals.stable.v2 as nw
    >>> import pandas as pd
    >>> from iph.scales import ct_bleeding_expr
    >>> data = {"active": [False, True], "rupture": [False, True]}
    >>> frame = nw.from_native(pd.DataFrame(data))
    >>> found = ct_bleeding_expr(active_bleeding="active", fascia_rupture="rupture")
    >>> frame.select(type=found)["type"].to_list()
    [1, 3]
    """
    import narwhals.stable.v2 as nw

    active, inactive = yes_no_expr(expression(active_bleeding, "active_bleeding"))
    ruptured, intact = yes_no_expr(expression(fascia_rupture, "fascia_rupture"))
    coded = nw.lit(NOT_GRADED, nw.Int64)
    for shown, level in (
        (active & ruptured, CTBleedingType.TYPE_III),
        (active & intact, CTBleedingType.TYPE_II),
        (inactive, CTBleedingType.TYPE_I),
    ):
        coded = nw.when(shown).then(nw.lit(int(level), nw.Int64)).otherwise(coded)
    return nw.when(coded != NOT_GRADED).then(coded)
