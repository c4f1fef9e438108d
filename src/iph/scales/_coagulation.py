"""Coagulation status from the clotting tests and the history."""

import math
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias

import attrs

from iph._checks import one_of
from iph.errors import InputError
from iph.scales._grade import Grade
from iph.scales._reference_ranges import (
    DEFAULT_RANGES,
    UNITS,
    RangeFinding,
    ReferenceRange,
)

if TYPE_CHECKING:
    import narwhals.stable.v2 as nw

__all__ = [
    "CLOTTING_TESTS",
    "CoagulationFindings",
    "CoagulationStatus",
    "TestFinding",
    "coagulation_expr",
    "coagulation_findings",
    "coagulation_status",
]

Rule: TypeAlias = Literal["laboratory", "laboratory-or-history"]
Direction: TypeAlias = Literal["bleeding", "either"]

_RULES: Final = ("laboratory", "laboratory-or-history")
_DIRECTIONS: Final = ("bleeding", "either")
_NOT_MEASURED: Final = -1  # below every RangeFinding

# Hemoglobin says how much blood is lost, not how it clots; platelets can be left out
# by naming the tests.
CLOTTING_TESTS: Final = (
    "platelets_10e9_l",
    "pt_s",
    "inr",
    "aptt_s",
    "tt_s",
    "fibrinogen_g_l",
    "factor_viii_percent",
    "factor_ix_percent",
    "factor_xi_percent",
)

# The side of the range on which a test speaks for bleeding: clotting takes long, or
# what is needed for it is scarce. The other side is mostly the acute phase.
_BLEEDING_SIDE: Final = {
    "platelets_10e9_l": RangeFinding.LOW,
    "pt_s": RangeFinding.HIGH,
    "inr": RangeFinding.HIGH,
    "aptt_s": RangeFinding.HIGH,
    "tt_s": RangeFinding.HIGH,
    "fibrinogen_g_l": RangeFinding.LOW,
    "factor_viii_percent": RangeFinding.LOW,
    "factor_ix_percent": RangeFinding.LOW,
    "factor_xi_percent": RangeFinding.LOW,
}


class CoagulationStatus(Grade):
    """Whether blood clots normally, as far as it is known.

    The integers are codes: the status that cannot be assessed is no grade between the
    others, and carries the -1 of everything that is not graded.

    Attributes
    ----------
    numeral : str
        The code.
    label : str
        The status in a word or two.
    meaning : str
        What it rests on.

    See Also
    --------
    coagulation_status : Find it from the tests and the history.
    """

    NOT_ASSESSABLE = (-1, "-1", "not assessable", "nothing speaks for either")
    NORMAL = (0, "0", "normal", "no test that counts is outside its range")
    ABNORMAL = (1, "1", "abnormal", "a test is outside its range, or the history is")


@attrs.frozen(kw_only=True)
class TestFinding:
    """One clotting test against its range.

    Attributes
    ----------
    test : str
        The field of the laboratory.
    value : float or None
        What was measured.
    finding : RangeFinding or None
        Low, normal or high; None if it was not measured.
    counts : bool
        Whether the finding makes the status abnormal.
    range : ReferenceRange
        The range used, the laboratory's own where it is known.
    """

    __test__ = False  # the name is no test case

    test: str
    value: float | None
    finding: RangeFinding | None
    counts: bool
    range: ReferenceRange


@attrs.frozen(kw_only=True)
class CoagulationFindings:
    """The status, and everything that it rests on.

    Attributes
    ----------
    status : CoagulationStatus
        Normal, abnormal or not assessable.
    method : str
        The rule and the direction that were used.
    findings : tuple of TestFinding
        One for each test that counts, in the order asked for.
    anticoagulant, hemophilia : bool or None
        The history, as given.
    n : int
        Number of tests measured.
    n_missing : int
        Number of tests not measured.
    """

    status: CoagulationStatus
    method: str
    findings: tuple[TestFinding, ...]
    anticoagulant: bool | None
    hemophilia: bool | None
    n: int
    n_missing: int


def _value_of(laboratory: object, test: str) -> float | None:
    if isinstance(laboratory, Mapping):
        value = laboratory.get(test)
    else:
        value = getattr(laboratory, test, None)
    if value is None or type(value).__name__ == "NAType":
        return None
    if isinstance(value, (bool, str)) or not hasattr(value, "__float__"):
        raise InputError(test, "a number or None", value)
    number = float(value)
    if math.isnan(number):
        return None
    if number < 0 or math.isinf(number):
        raise InputError(test, "a finite number of at least 0", value)
    return number


def _ranges_for(
    laboratory: object, ranges: Iterable[ReferenceRange], tests: tuple[str, ...]
) -> dict[str, ReferenceRange]:
    """Return the range of each test; the laboratory's own go first."""
    if isinstance(laboratory, Mapping):
        own = laboratory.get("reference_ranges")
    else:
        own = getattr(laboratory, "reference_ranges", None)
    found: dict[str, ReferenceRange] = {}
    for name, several in (("ranges", ranges), ("reference_ranges", own or ())):
        seen: set[str] = set()
        for one in several:
            if one.test in seen:
                raise InputError(name, "one range for each test", one.test)
            seen.add(one.test)
            found[one.test] = one
    for test in tests:
        if test not in found:
            raise InputError("ranges", f"given for {test}", sorted(found))
    return found


def _check_tests(tests: Iterable[str]) -> tuple[str, ...]:
    if isinstance(tests, str) or not isinstance(tests, Iterable):
        raise InputError("tests", "a sequence of test names", tests)
    listed = tuple(tests)
    for test in listed:
        one_of(test, "tests", CLOTTING_TESTS)
    if not listed or len(set(listed)) != len(listed):
        raise InputError("tests", "at least one test, each once", listed)
    return listed


def _check_laboratory(laboratory: object) -> None:
    if laboratory is None:
        return
    if isinstance(laboratory, Mapping):
        known = not laboratory or any(test in laboratory for test in UNITS)
    else:
        known = any(hasattr(laboratory, test) for test in UNITS)
    if not known:
        raise InputError(
            "laboratory",
            "an object or mapping with the fields of iph.Laboratory, or None",
            laboratory,
            f"such as {CLOTTING_TESTS[1]} or {CLOTTING_TESTS[3]}",
        )


def _check_history(value: object, name: str) -> None:
    if value is not None and not isinstance(value, bool):
        raise InputError(name, "True, False or None", value)


def coagulation_findings(
    laboratory: object,
    *,
    ranges: Iterable[ReferenceRange] = DEFAULT_RANGES,
    tests: Iterable[str] = CLOTTING_TESTS,
    required: Iterable[str] = (),
    rule: Rule = "laboratory",
    direction: Direction = "bleeding",
    anticoagulant: bool | None = None,
    hemophilia: bool | None = None,
) -> CoagulationFindings:
    """Find the coagulation status and everything that it rests on.

    Which tests are abnormal, by whose range, and which were never done?

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
        Whether an anticoagulant or hemophilia alone makes the status abnormal.
    direction : {"bleeding", "either"}, default "bleeding"
        Whether a test counts on the side of its range that speaks for bleeding (long
        clotting times; low platelets, fibrinogen and factors), or on either side.
    anticoagulant, hemophilia : bool or None
        The history; None is not known. Used by ``"laboratory-or-history"`` alone.

    Returns
    -------
    CoagulationFindings
        `status`, `method`, `findings` (for each test `test`, `value`, `finding`,
        `counts` and `range`), `anticoagulant`, `hemophilia`, `n` and `n_missing`.

    Raises
    ------
    InputError
        If the laboratory has none of the fields, a value is no number or negative, a
        test is not known or has no range, or an option is none of those above.

    See Also
    --------
    coagulation_status : The status alone, with the notes on the rules.

    Examples
    --------
    >>> from iph.scales import coagulation_findings
    >>> found = coagulation_findings({"pt_s": 21.6, "aptt_s": 43.3, "tt_s": 16.3})
    >>> found.status.label, found.n, found.n_missing
    ('abnormal', 3, 6)
    >>> [f.test for f in found.findings if f.counts]
    ['pt_s', 'aptt_s']
    """
    one_of(rule, "rule", _RULES)
    one_of(direction, "direction", _DIRECTIONS)
    _check_laboratory(laboratory)
    _check_history(anticoagulant, "anticoagulant")
    _check_history(hemophilia, "hemophilia")
    asked = _check_tests(tests)
    needed = tuple(one_of(test, "required", asked) for test in required)
    found = _ranges_for(laboratory, ranges, asked)
    findings: list[TestFinding] = []
    for test in asked:
        value = _value_of(laboratory, test)
        finding = found[test].finding(value)
        findings.append(
            TestFinding(
                test=test,
                value=value,
                finding=finding,
                counts=_counts(test, finding, direction),
                range=found[test],
            )
        )
    history = (anticoagulant, hemophilia) if rule == "laboratory-or-history" else ()
    measured = {each.test for each in findings if each.finding is not None}
    if any(each.counts for each in findings) or True in history:
        status = CoagulationStatus.ABNORMAL
    elif not measured or not measured.issuperset(needed) or None in history:
        status = CoagulationStatus.NOT_ASSESSABLE
    else:
        status = CoagulationStatus.NORMAL
    return CoagulationFindings(
        status=status,
        method=f"{rule}, {direction}",
        findings=tuple(findings),
        anticoagulant=anticoagulant,
        hemophilia=hemophilia,
        n=len(measured),
        n_missing=len(asked) - len(measured),
    )


def _counts(test: str, finding: RangeFinding | None, direction: str) -> bool:
    if finding is None or finding is RangeFinding.NORMAL:
        return False
    return direction == "either" or finding is _BLEEDING_SIDE[test]


def coagulation_status(
    laboratory: object,
    *,
    ranges: Iterable[ReferenceRange] = DEFAULT_RANGES,
    tests: Iterable[str] = CLOTTING_TESTS,
    required: Iterable[str] = (),
    rule: Rule = "laboratory",
    direction: Direction = "bleeding",
    anticoagulant: bool | None = None,
    hemophilia: bool | None = None,
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
        Whether an anticoagulant or hemophilia alone makes the status abnormal.
    direction : {"bleeding", "either"}, default "bleeding"
        Whether a test counts on the side of its range that speaks for bleeding (long
        clotting times; low platelets, fibrinogen and factors), or on either side.
    anticoagulant, hemophilia : bool or None
        The history; None is not known. Used by ``"laboratory-or-history"`` alone.

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
    A test that was not done is not held against the patient, so "normal" can rest on a
    single INR, and hemophilia leaves the INR normal: name in `required` what you need.

    ``"laboratory-or-history"``: abnormal as well if the patient takes an anticoagulant
    or has hemophilia; without an abnormal test it is normal only if both are known to
    be absent.

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
        hemophilia=hemophilia,
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

    one_of(direction, "direction", _DIRECTIONS)
    asked = _check_tests(tests)
    needed = tuple(one_of(test, "required", asked) for test in required)
    found = _ranges_for(None, ranges, asked)
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
            outside = finding == int(_BLEEDING_SIDE[test])
        abnormal = abnormal + nw.when(outside).then(one).otherwise(zero)
        measured = measured + is_measured
        if test in needed:
            complete = complete * is_measured
    normal = (measured > 0) & (complete == 1)
    unless = nw.when(normal).then(zero).otherwise(nw.lit(-1, nw.Int64))
    return nw.when(abnormal > 0).then(one).otherwise(unless)
