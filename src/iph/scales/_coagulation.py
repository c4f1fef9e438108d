"""Coagulation status of a patient, and of the rows of a database."""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, Final

from iph._checks import one_of
from iph._options import instance
from iph.scales._coagulation_findings import (
    BLEEDING_SIDE,
    CLOTTING_TESTS,
    DIRECTIONS,
    CoagulationStatus,
    Direction,
    Rule,
    check_tests,
    coagulation_findings,
    ranges_for,
    required_of,
)
from iph.scales._reference_ranges import DEFAULT_RANGES, RangeFinding, ReferenceRange

if TYPE_CHECKING:
    import narwhals.stable.v2 as nw

__all__ = ["CoagulationStatus", "coagulation_expr", "coagulation_status"]

_NOT_MEASURED: Final = -1  # below every RangeFinding


def coagulation_status(
    laboratory: object,
    *,
    ranges: Iterable[ReferenceRange] = DEFAULT_RANGES,
    tests: Iterable[str] = CLOTTING_TESTS,
    required: Iterable[str] = (),
    rule: Rule = "laboratory",
    direction: Direction = "bleeding",
    anticoagulant: bool | None = None,
    clotting_disorder: bool | None = None,
) -> CoagulationStatus:
    """Say whether the blood of a patient clots normally.

    Is coagulation abnormal, is it normal, or was it never looked at?

    Parameters
    ----------
    laboratory : object, mapping or None
        What has the fields of `iph.Laboratory`, such as ``pt_s``; a missing field or
        None is a test that was not done. Its ``reference_ranges``, if it has any, go
        before `ranges`.
    ranges : iterable of ReferenceRange, default DEFAULT_RANGES
        The ranges for laboratories that state none.
    tests : iterable of str, default CLOTTING_TESTS
        The tests that count.
    required : iterable of str, default none
        The tests without which nobody is called normal.
    rule : {"laboratory", "laboratory-or-history"}, default "laboratory"
        Whether an anticoagulant or a clotting disorder alone makes the status
        abnormal.
    direction : {"bleeding", "either"}, default "bleeding"
        Whether a test counts on the side of its range that speaks for bleeding (long
        clotting times; low platelets, fibrinogen and factors), or on either side.
    anticoagulant, clotting_disorder : bool or None
        The history: an agent or poison that acts on clotting; hemophilia or another
        coagulopathy. None is not known. Used by ``"laboratory-or-history"`` alone.

    Returns
    -------
    CoagulationStatus
        NORMAL, ABNORMAL or NOT_ASSESSABLE.

    Raises
    ------
    InputError
        If the laboratory has none of the fields, a value is no number or negative, a
        test is not known or has no range, or an option is none of those above.

    See Also
    --------
    coagulation_findings : Which tests it rests on.
    coagulation_expr : The same for a data frame or database.

    Notes
    -----
    ``"laboratory"``: abnormal if one test that counts is outside its range; not
    assessable if none was measured; else normal.
    A bound such as an INR ">8" counts as abnormal where every value within it would; a
    bound that may be abnormal is never held to be normal.
    A test that was not done is not held against the patient, so "normal" can rest on a
    single INR, and hemophilia leaves the INR normal: name in `required` what you need.

    ``"laboratory-or-history"``: abnormal as well if the patient takes an anticoagulant
    or has a clotting disorder; without an abnormal test it is normal only if both are
    known to be absent.

    Platelets are no test of clotting: a low count after a bleed is common. Whoever
    counts them adds ``"platelets_10e9_l"`` to `tests`.

    Ranges differ between reagents, so a clotting time cannot be judged without the
    range of its laboratory; the defaults are a middle course (see `DEFAULT_RANGES`).
    The limits of a range are normal.
    The study by Li et al. [1]_ compares normal and abnormal clotting function without
    stating its ranges or which tests it counted.

    References
    ----------
    .. [1] Li F, et al. Research Square 2023. doi:10.21203/rs.3.rs-3346582/v1

    Examples
    --------
    >>> from iph.scales import ReferenceRange, coagulation_status
    >>> coagulation_status({"aptt_s": 36}).label
    'abnormal'
    >>> own = ReferenceRange(test="aptt_s", low=31, high=43)
    >>> coagulation_status({"aptt_s": 36, "reference_ranges": [own]}).label
    'normal'
    >>> coagulation_status(None).label
    'not assessable'
    >>> coagulation_status(
    ...     None, rule="laboratory-or-history", anticoagulant=True
    ... ).label
    'abnormal'
    """
    return coagulation_findings(
        laboratory,
        ranges=ranges,
        tests=tests,
        required=required,
        rule=rule,
        direction=direction,
        anticoagulant=anticoagulant,
        clotting_disorder=clotting_disorder,
    ).status


def coagulation_expr(
    *,
    ranges: Iterable[ReferenceRange] = DEFAULT_RANGES,
    tests: Iterable[str] = CLOTTING_TESTS,
    required: Iterable[str] = (),
    direction: Direction = "bleeding",
    columns: Mapping[str, str] | None = None,
) -> "nw.Expr":
    """Say the same of the rows of a data frame or database, by the tests alone.

    How many of a registry's patients have abnormal coagulation?

    Parameters
    ----------
    ranges : iterable of ReferenceRange, default DEFAULT_RANGES
        The ranges.
    tests : iterable of str, default CLOTTING_TESTS
        The tests that count; each needs its column.
    required : iterable of str, default none
        The tests without which nobody is called normal.
    direction : {"bleeding", "either"}, default "bleeding"
        Whether a test counts on the side that speaks for bleeding, or on either.
    columns : mapping of str to str, optional
        The column of each test that is not called like the test.

    Returns
    -------
    narwhals expression
        The integer value of `CoagulationStatus`, never null: 1 abnormal, 0 normal, -1
        not assessable. A negative or infinite value is as if not measured.

    Raises
    ------
    InputError
        If a test is not known or has no range, or an option is none of those above.

    See Also
    --------
    coagulation_status : The same for one patient, and with the history.

    Examples
    --------
    >>> import narwhals.stable.v2 as nw
    >>> import pandas as pd
    >>> from iph.scales import coagulation_expr
    >>> frame = nw.from_native(pd.DataFrame({"inr": [1.0, 2.4, None]}))
    >>> status = coagulation_expr(tests=["inr"]).alias("status")
    >>> frame.select(status)["status"].to_list()
    [0, 1, -1]
    """
    import narwhals.stable.v2 as nw

    one_of(direction, "direction", DIRECTIONS)
    asked = check_tests(tests)
    needed = required_of(required, asked)
    found = ranges_for(None, ranges, asked)
    if columns is not None:
        instance(columns, "columns", Mapping, "a mapping of tests to columns")
    one, zero = nw.lit(1, nw.Int64), nw.lit(0, nw.Int64)
    abnormal: Any = zero
    measured: Any = zero
    complete: Any = one
    for test in asked:
        column = (columns or {}).get(test, test)
        finding = found[test].cutpoints.coded_expr(column, none=_NOT_MEASURED)
        known = finding > _NOT_MEASURED
        is_measured = nw.when(known).then(one).otherwise(zero)
        outside = (finding == int(RangeFinding.LOW)) | (
            finding == int(RangeFinding.HIGH)
        )
        if direction == "bleeding":
            outside = finding == int(BLEEDING_SIDE[test])
        abnormal = abnormal + nw.when(outside).then(one).otherwise(zero)
        measured = measured + is_measured
        if test in needed:
            complete = complete * is_measured
    normal = (measured > 0) & (complete == 1)
    unless = nw.when(normal).then(zero).otherwise(nw.lit(-1, nw.Int64))
    return nw.when(abnormal > 0).then(one).otherwise(unless)
