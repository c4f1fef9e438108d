"""Coagulation status from tests and history."""

import itertools
import math
from collections.abc import Callable, Mapping, Sequence
from types import SimpleNamespace
from typing import Any

import attrs
import narwhals.stable.v2 as nw
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from iph.errors import InputError
from iph.scales import (
    CLOTTING_TESTS,
    DEFAULT_RANGES,
    CoagulationFindings,
    CoagulationStatus,
    RangeFinding,
    ReferenceRange,
    coagulation_expr,
    coagulation_findings,
    coagulation_status,
)

Evaluate = Callable[[Mapping[str, Sequence[Any]], nw.Expr], list[Any]]

NORMAL = CoagulationStatus.NORMAL
ABNORMAL = CoagulationStatus.ABNORMAL
NOT_ASSESSABLE = CoagulationStatus.NOT_ASSESSABLE

USUAL: dict[str, float | None] = {
    "hemoglobin_g_l": 80,
    "platelets_10e9_l": 207,
    "pt_s": 12,
    "inr": 1.0,
    "aptt_s": 30,
    "tt_s": 16,
    "fibrinogen_g_l": 3,
    "factor_viii_percent": 100,
    "factor_ix_percent": 100,
    "factor_xi_percent": 100,
}


def test_all_usual() -> None:
    """Usual values are normal, and a low hemoglobin says nothing of clotting."""
    assert coagulation_status(USUAL) is NORMAL
    assert coagulation_status(SimpleNamespace(**USUAL)) is NORMAL
    found = coagulation_findings(USUAL)
    assert (found.n, found.n_missing, found.method) == (8, 0, "laboratory, bleeding")
    assert [each.test for each in found.findings] == list(CLOTTING_TESTS)
    assert {each.finding for each in found.findings} == {RangeFinding.NORMAL}


@pytest.mark.parametrize(
    ("test", "value", "bleeding"),
    [
        ("pt_s", 21.55, True),
        ("pt_s", 10, False),
        ("inr", 2.4, True),
        ("inr", 0.7, False),
        ("aptt_s", 43.3, True),
        ("aptt_s", 20, False),
        ("tt_s", 25, True),
        ("tt_s", 13, False),
        ("fibrinogen_g_l", 1.5, True),
        ("fibrinogen_g_l", 6, False),
        ("factor_viii_percent", 3, True),
        ("factor_viii_percent", 178, False),
        ("factor_ix_percent", 20, True),
        ("factor_xi_percent", 20, True),
    ],
)
def test_direction(test: str, value: float, *, bleeding: bool) -> None:
    """One test on the side of bleeding is enough; the other side counts on demand."""
    values = {**USUAL, test: value}
    assert coagulation_status(values) is (ABNORMAL if bleeding else NORMAL)
    assert coagulation_status(values, direction="either") is ABNORMAL
    found = coagulation_findings(values, direction="either")
    assert [each.test for each in found.findings if each.counts] == [test]


@pytest.mark.parametrize(
    "laboratory",
    [None, {}, dict.fromkeys(USUAL), {"hemoglobin_g_l": 80}, {"pt_s": math.nan}],
    ids=str,
)
def test_nothing_measured(laboratory: Any) -> None:
    """Without any clotting test the status cannot be assessed."""
    found = coagulation_findings(laboratory)
    assert found.status is NOT_ASSESSABLE
    assert (found.n, found.n_missing) == (0, len(CLOTTING_TESTS))
    assert {each.finding for each in found.findings} == {None}


def test_tests_and_required() -> None:
    """Which tests count is chosen, and which must be there to call a patient normal."""
    values = {"platelets_10e9_l": 90, "inr": 1.0}
    assert coagulation_status(values) is NORMAL
    assert coagulation_status(values, tests=("platelets_10e9_l", "inr")) is ABNORMAL
    many = {**values, "platelets_10e9_l": 500}
    assert coagulation_status(many, tests=("platelets_10e9_l", "inr")) is NORMAL
    needs: Any = {"tests": ("inr", "aptt_s"), "required": ("aptt_s",)}
    assert coagulation_status(values, **needs) is NOT_ASSESSABLE
    assert coagulation_status({**values, "aptt_s": 30}, **needs) is NORMAL
    assert coagulation_status({"inr": 3.0}, **needs) is ABNORMAL


def test_own_ranges_go_first() -> None:
    """The range of the laboratory replaces the default of that test alone."""
    own = ReferenceRange(test="aptt_s", low=31, high=43)
    values = {**USUAL, "aptt_s": 40}
    assert coagulation_status(values) is ABNORMAL
    assert coagulation_status({**values, "reference_ranges": (own,)}) is NORMAL
    laboratory = SimpleNamespace(**values, reference_ranges=(own,))
    found = coagulation_findings(laboratory)
    assert found.status is NORMAL
    used = {each.test: each.range for each in found.findings}
    assert used["aptt_s"] is own
    assert used["pt_s"] in DEFAULT_RANGES
    given_ranges = (own, *(r for r in DEFAULT_RANGES if r.test != "aptt_s"))
    assert coagulation_status(values, ranges=given_ranges) is NORMAL


@pytest.mark.parametrize("anticoagulant", [True, False, None])
@pytest.mark.parametrize("disorder", [True, False, None])
@pytest.mark.parametrize("values", [USUAL, {"inr": 3.0}, None], ids=["n", "a", "-"])
def test_history(
    values: Any, *, anticoagulant: bool | None, disorder: bool | None
) -> None:
    """By history one cause is enough, and an unknown one leaves a normal test open."""
    history: Any = {"anticoagulant": anticoagulant, "clotting_disorder": disorder}
    by_tests = coagulation_status(values)
    assert coagulation_status(values, **history) is by_tests
    found = coagulation_findings(values, rule="laboratory-or-history", **history)
    if by_tests is ABNORMAL or anticoagulant or disorder:
        assert found.status is ABNORMAL
    elif by_tests is NORMAL and None not in history.values():
        assert found.status is NORMAL
    else:
        assert found.status is NOT_ASSESSABLE
    assert (found.anticoagulant, found.clotting_disorder) == (anticoagulant, disorder)
    assert found.method == "laboratory-or-history, bleeding"


VALUES = st.dictionaries(
    st.sampled_from(CLOTTING_TESTS), st.floats(0, 600) | st.none(), min_size=1
)


@given(values=VALUES, more=VALUES)
def test_more_tests_never_make_it_normal(values: Any, more: Any) -> None:
    """A further test can show an abnormality, never remove one."""
    if coagulation_status(values) is ABNORMAL:
        assert coagulation_status({**more, **values}) is not NORMAL


@pytest.mark.parametrize("direction", ["bleeding", "either"])
@pytest.mark.parametrize("required", [(), ("aptt_s",)], ids=str)
def test_expression(evaluate: Evaluate, direction: Any, required: Any) -> None:
    """An expression says what the function says of each row."""
    inr: list[float | None] = [1.0, 2.4, 0.7, None, None, 1.2, math.nan]
    aptt: list[float | None] = [30.0, 30.0, None, 40.0, None, None, 20.0]
    options: Any = {
        "tests": ("inr", "aptt_s"),
        "direction": direction,
        "required": required,
    }
    expected = [
        coagulation_status({"inr": i, "aptt_s": a}, **options)
        for i, a in zip(inr, aptt, strict=True)
    ]
    expression = coagulation_expr(columns={"aptt_s": "aptt"}, **options)
    assert evaluate({"inr": inr, "aptt": aptt}, expression) == expected


def test_nothing_of_a_factor_is_a_measurement() -> None:
    """A value of 0 was measured, and speaks for bleeding where little does."""
    found = coagulation_findings({"factor_viii_percent": 0})
    assert (found.status, found.n, found.n_missing) == (ABNORMAL, 1, 7)
    expression = coagulation_expr(tests=["factor_viii_percent"])
    frame = nw.from_native(pd.DataFrame({"factor_viii_percent": [0.0, 50.0, -1.0]}))
    assert frame.select(x=expression)["x"].to_list() == [1, 0, -1]


def test_two_required_tests(evaluate: Evaluate) -> None:
    """Each of the tests that are required must have been done."""
    names = ("inr", "aptt_s", "tt_s")
    normal: list[float] = [1.0, 30.0, 16.0]
    rows: list[list[float | None]] = [
        [value if done else None for value, done in zip(normal, which, strict=True)]
        for which in itertools.product([True, False], repeat=3)
    ]
    data = dict(zip(names, map(list, zip(*rows, strict=True)), strict=True))
    options: Any = {"tests": names, "required": ("inr", "tt_s")}
    expected = [-1 if None in {row[0], row[2]} else 0 for row in rows]
    assert evaluate(data, coagulation_expr(**options)) == expected
    for row, status in zip(rows, expected, strict=True):
        values = dict(zip(names, row, strict=True))
        assert coagulation_status(values, **options) == status


def test_everything_is_given_by_name() -> None:
    """Findings are made by the names of their parts, and are no tests of pytest."""
    found = coagulation_findings(USUAL)
    for made in (CoagulationFindings, type(found.findings[0])):
        assert all(field.kw_only for field in attrs.fields(made))
    assert vars(type(found.findings[0]))["__test__"] is False


def test_kinds_of_numbers() -> None:
    """Numbers of numpy and missing values of pandas are taken."""
    assert coagulation_status({"inr": np.float64(3)}) is ABNORMAL
    assert coagulation_status({"inr": np.int64(1), "pt_s": pd.NA}) is NORMAL


@pytest.mark.parametrize(
    ("laboratory", "options", "message"),
    [
        ({"INR": 3}, {}, "laboratory must be an object or mapping with the fields"),
        (object(), {}, "laboratory must be an object or mapping"),
        ({"inr": "3"}, {}, "inr must be a number or None"),
        ({"inr": True}, {}, "inr must be a number or None"),
        ({"inr": [3]}, {}, "inr must be a number or None"),
        ({"inr": -1}, {}, "inr must be a finite number of at least 0"),
        ({"inr": math.inf}, {}, "inr must be a finite number of at least 0"),
        (USUAL, {"tests": ("INR",)}, "tests must be one of 'pt_s'"),
        (USUAL, {"tests": ("hemoglobin_g_l",)}, "tests must be one of"),
        (USUAL, {"tests": ()}, "tests must be at least one test, each once"),
        (USUAL, {"tests": ("inr", "inr")}, "tests must be at least one test, each"),
        (USUAL, {"tests": "inr"}, "tests must be a sequence of test names"),
        (USUAL, {"tests": 3}, "tests must be a sequence of test names"),
        (USUAL, {"tests": ("inr",), "required": ("pt_s",)}, "required must be one of"),
        (USUAL, {"rule": "history"}, "rule must be one of 'laboratory'"),
        (USUAL, {"direction": "both"}, "direction must be one of 'bleeding'"),
        (USUAL, {"anticoagulant": 1}, "anticoagulant must be True, False or None"),
        (
            USUAL,
            {"clotting_disorder": "yes"},
            "clotting_disorder must be True, False or None",
        ),
        (USUAL, {"ranges": ()}, "ranges must be given for pt_s"),
        (USUAL, {"ranges": DEFAULT_RANGES[:1] * 2}, "ranges must be one range for"),
    ],
)
def test_messages(laboratory: Any, options: dict[str, Any], message: str) -> None:
    """Every illegal argument is named with what it must be."""
    with pytest.raises(InputError, match=message):
        coagulation_findings(laboratory, **options)
