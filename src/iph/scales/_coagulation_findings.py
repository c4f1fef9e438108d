"""Findings of the clotting tests, and the coagulation status they make."""

import math
from collections.abc import Iterable, Mapping
from typing import Final, Literal, TypeAlias

import attrs

from iph._bound import Bound
from iph._checks import one_of
from iph._display import Displayed
from iph._options import each, instance
from iph.errors import InputError
from iph.scales._grade import Grade
from iph.scales._reference_ranges import (
    DEFAULT_RANGES,
    UNITS,
    RangeFinding,
    ReferenceRange,
    one_each,
)

__all__ = [
    "CLOTTING_TESTS",
    "CoagulationFindings",
    "CoagulationStatus",
    "TestFinding",
    "coagulation_findings",
]

Rule: TypeAlias = Literal["laboratory", "laboratory-or-history"]
Direction: TypeAlias = Literal["bleeding", "either"]

RULES: Final = ("laboratory", "laboratory-or-history")
DIRECTIONS: Final = ("bleeding", "either")
_RANGES: Final = "a list of ReferenceRange"

# Hemoglobin says how much blood is lost, not how it clots. Platelets are cells, not
# factors, and fall with the bleed itself: they count only if they are named.
CLOTTING_TESTS: Final = (
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
BLEEDING_SIDE: Final = {
    "pt_s": RangeFinding.HIGH,
    "inr": RangeFinding.HIGH,
    "aptt_s": RangeFinding.HIGH,
    "tt_s": RangeFinding.HIGH,
    "fibrinogen_g_l": RangeFinding.LOW,
    "factor_viii_percent": RangeFinding.LOW,
    "factor_ix_percent": RangeFinding.LOW,
    "factor_xi_percent": RangeFinding.LOW,
    "platelets_10e9_l": RangeFinding.LOW,
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
class TestFinding(Displayed):
    """One clotting test against its range.

    Attributes
    ----------
    test : str
        The field of the laboratory.
    value : float, Bound or None
        What was measured.
    finding : RangeFinding or None
        Low, normal or high; None if it was not measured, or a bound leaves it open.
    counts : bool or None
        Whether the finding makes the status abnormal; None if a bound leaves it open.
    range : ReferenceRange
        The range used, the laboratory's own where it is known.
    """

    __test__ = False  # the name is no test case

    test: str
    value: float | Bound | None
    finding: RangeFinding | None
    counts: bool | None
    range: ReferenceRange


@attrs.frozen(kw_only=True)
class CoagulationFindings(Displayed):
    """The status, and everything that it rests on.

    Attributes
    ----------
    status : CoagulationStatus
        Normal, abnormal or not assessable.
    method : str
        The rule and the direction that were used.
    findings : tuple of TestFinding
        One for each test that counts, in the order asked for.
    anticoagulant, clotting_disorder : bool or None
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
    clotting_disorder: bool | None
    n: int
    n_missing: int


def _value_of(laboratory: object, test: str) -> float | Bound | None:
    if isinstance(laboratory, Mapping):
        value = laboratory.get(test)
    else:
        value = getattr(laboratory, test, None)
    if value is None or type(value).__name__ == "NAType":
        return None
    if isinstance(value, Bound):
        return value
    if isinstance(value, (bool, str)) or not hasattr(value, "__float__"):
        raise InputError(test, "a number or None", value)
    number = float(value)
    if math.isnan(number):
        return None
    if number < 0 or math.isinf(number):
        raise InputError(test, "a finite number of at least 0", value)
    return number


def ranges_for(
    laboratory: object, ranges: Iterable[ReferenceRange], tests: tuple[str, ...]
) -> dict[str, ReferenceRange]:
    """Return the range of each test; the laboratory's own go first."""
    if isinstance(laboratory, Mapping):
        own = laboratory.get("reference_ranges")
    else:
        own = getattr(laboratory, "reference_ranges", None)
    found: dict[str, ReferenceRange] = {}
    for name, several in (
        ("ranges", ranges),
        ("reference_ranges", () if own is None else own),
    ):
        listed = each(several, name, _RANGES)
        for one in listed:
            instance(one, name, ReferenceRange, _RANGES)
        found |= {one.test: one for one in one_each(listed, name)}
    for test in tests:
        if test not in found:
            raise InputError("ranges", f"given for {test}", sorted(found))
    return found


def check_tests(tests: Iterable[str]) -> tuple[str, ...]:
    listed = tuple(each(tests, "tests", "a sequence of test names"))
    for test in listed:
        one_of(test, "tests", tuple(BLEEDING_SIDE))
    if not listed or len(set(listed)) != len(listed):
        raise InputError("tests", "at least one test, each once", listed)
    return listed


def required_of(required: Iterable[str], asked: tuple[str, ...]) -> tuple[str, ...]:
    """Return the tests without which nobody is called normal, of those asked for."""
    listed = each(required, "required", "a list of names of tests")
    return tuple(one_of(test, "required", asked) for test in listed)


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
            "such as pt_s or aptt_s",
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
    clotting_disorder: bool | None = None,
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
    CoagulationFindings
        `status`, `method`, `findings` (for each test `test`, `value`, `finding`,
        `counts` and `range`), `anticoagulant`, `clotting_disorder`, `n` and
        `n_missing`.

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
    ('abnormal', 3, 5)
    >>> [f.test for f in found.findings if f.counts]
    ['pt_s', 'aptt_s']
    """
    one_of(rule, "rule", RULES)
    one_of(direction, "direction", DIRECTIONS)
    _check_laboratory(laboratory)
    _check_history(anticoagulant, "anticoagulant")
    _check_history(clotting_disorder, "clotting_disorder")
    asked = check_tests(tests)
    needed = required_of(required, asked)
    found = ranges_for(laboratory, ranges, asked)
    findings: list[TestFinding] = []
    for test in asked:
        value = _value_of(laboratory, test)
        possible = found[test].findings(value)
        findings.append(
            TestFinding(
                test=test,
                value=value,
                finding=next(iter(possible)) if len(possible) == 1 else None,
                counts=_counts(test, possible, direction),
                range=found[test],
            )
        )
    history = (
        (anticoagulant, clotting_disorder) if rule == "laboratory-or-history" else ()
    )
    measured = {each.test for each in findings if each.value is not None}
    counted = {each.counts for each in findings}
    if True in counted or True in history:
        status = CoagulationStatus.ABNORMAL
    elif (
        None in counted
        or not measured
        or not measured.issuperset(needed)
        or None in history
    ):  # a bound that may be abnormal is never held to be normal
        status = CoagulationStatus.NOT_ASSESSABLE
    else:
        status = CoagulationStatus.NORMAL
    return CoagulationFindings(
        status=status,
        method=f"{rule}, {direction}",
        findings=tuple(findings),
        anticoagulant=anticoagulant,
        clotting_disorder=clotting_disorder,
        n=len(measured),
        n_missing=len(asked) - len(measured),
    )


def _counts(
    test: str, possible: frozenset[RangeFinding], direction: str
) -> bool | None:
    """Whether a test speaks for an abnormal status; None if a bound may or may not."""
    answers = {
        finding is not RangeFinding.NORMAL
        and (direction == "either" or finding is BLEEDING_SIDE[test])
        for finding in possible
    }
    if len(answers) > 1:
        return None
    return True in answers
