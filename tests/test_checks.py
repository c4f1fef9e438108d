"""Arguments are checked in one place, in one form."""

import math
from collections import Counter
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from iph import _checks, _labels
from iph._scalars import is_missing
from iph.errors import InputError


@given(st.lists(st.none() | st.floats(-1e6, 1e6) | st.integers(-100, 100)))
def test_numbers_keep_their_values_and_gaps(values: list[float | None]) -> None:
    """Numbers stay what they are; None becomes NaN in its place."""
    found = _checks.numbers(values, "x")
    assert found.dtype == np.float64
    for value, number in zip(values, found, strict=True):
        assert math.isnan(number) if value is None else number == value


@pytest.mark.parametrize(
    "column",
    [
        np.array([1, 2, 3]),
        np.array([1.0, 2.0, 3.0], dtype=np.float32),
        pd.Series([1, 2, 3]),
        pd.array([1, 2, 3], dtype="Int64"),
        (1, 2.0, Fraction(3)),
        np.array([1, Decimal(2), 3.0], dtype=object),
        [np.int8(1), np.float32(2.0), np.array(3)],
        iter([1, 2, 3]),
        range(1, 4),
    ],
    ids=[
        "int64",
        "float32",
        "Series",
        "Int64",
        "tuple",
        "objects",
        "scalars",
        "iterator",
        "range",
    ],
)
def test_numbers_of_any_library(column: Any) -> None:
    """Any column of numbers is taken."""
    assert _checks.numbers(column, "x").tolist() == [1.0, 2.0, 3.0]


def test_nulls_of_any_library() -> None:
    """The nulls of pandas are missing values."""
    found = _checks.numbers(pd.array([1, None], dtype="Int64"), "x")
    assert math.isnan(found[1])
    codes, names = _labels.coded(pd.Series(["a", None, pd.NA]), "g")
    assert (codes.tolist(), names) == ([0, -1, -1], ("a",))


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ("123", "x must be a sequence of numbers"),
        (5, "x must be a sequence of numbers"),
        ([1, "2"], r"x\[1\] must be a number or None"),
        ([True], r"x\[0\] must be a number or None"),
        ([1, math.inf], r"x\[1\] must be a finite number"),
        ([[1, 2], [3, 4]], "x"),
        (np.ones((2, 2)), "x must be one-dimensional"),
        (np.array(["1", "2"]), r"x\[0\] must be a number or None"),
        (np.array([b"1"]), r"x\[0\] must be a number or None"),
        ([1, np.str_("2")], r"x\[1\] must be a number or None"),
        (np.array([True]), r"x\[0\] must be a number or None"),
        (np.array([1 + 2j]), r"x\[0\] must be a number or None"),
        (np.array(["2023-10-01"], dtype="M8[D]"), r"x\[0\] must be a number or None"),
        (np.array([3], dtype="m8[D]"), r"x\[0\] must be a number or None"),
        ([np.array("1")], r"x\[0\] must be a number or None"),
        ([np.array([1])], r"x\[0\] must be a number or None"),
        (np.array([[1], [2]], dtype=object), "x must be one-dimensional"),
        (np.array("1"), "x must be one-dimensional"),
    ],
)
def test_numbers_refuse(values: Any, message: str) -> None:
    """Text, yes/no, dates, infinity and tables are refused with their place."""
    with pytest.raises(InputError, match=message):
        _checks.numbers(values, "x")


def test_numbers_within_bounds() -> None:
    """A bound is legal; what is beyond is named with its place."""
    assert _checks.numbers([0, 10], "vas", low=0, high=10).tolist() == [0, 10]
    with pytest.raises(InputError, match=r"vas\[1\] must be a finite number from 0"):
        _checks.numbers([0, 10.5], "vas", low=0, high=10)
    with pytest.raises(InputError, match=r"time\[0\]"):
        _checks.days([-1], "time")


def test_events() -> None:
    """Yes/no and 1/0 are events; None is missing; 1/2 coding is refused."""
    assert _checks.events([True, False, None], "event").tolist() == [1, 0, -1]
    assert _checks.events(np.array([True, False]), "event").tolist() == [1, 0]
    assert _checks.events([1.0, 0, math.nan], "event").tolist() == [1, 0, -1]
    assert _checks.events(np.array([1, 0]), "event").tolist() == [1, 0]
    with pytest.raises(InputError, match="recode it first"):
        _checks.events([1, 2, 1], "event")


def test_labels() -> None:
    """Labels are coded in sorted order; NaN and None are missing."""
    codes, names = _labels.coded(["b", "a", None, math.nan], "group")
    assert (codes.tolist(), names) == ([1, 0, -1, -1], ("a", "b"))
    codes, names = _labels.coded(np.array([3, 1, 3]), "group")
    assert (codes.tolist(), names) == ([1, 0, 1], (1, 3))
    codes, names = _labels.coded([True, False], "group")
    assert names == (False, True)
    _, names = _labels.coded(["a", 1], "group")
    assert set(names) == {"a", 1}
    with pytest.raises(InputError, match="one-dimensional"):
        _labels.coded(np.ones((2, 2)), "group")


@given(
    values=st.lists(
        st.none()
        | st.sampled_from([math.nan, "", " ", "a", "é", 1, True, 2.5, Decimal("NaN")])
        | st.sampled_from([Decimal("sNaN"), pd.NA, np.ma.masked])
    )
)
def test_labels_of_any_kind(values: list[Any]) -> None:
    """What is missing in whatever way has no code; any other value has its own."""
    codes, names = _labels.coded(values, "group")
    for value, code in zip(values, codes.tolist(), strict=True):
        if code < 0:
            assert is_missing(value) or not str(value).strip()
        else:
            assert names[code] == value
    assert len(names) == len(set(names))


@pytest.mark.parametrize("few", [16, 2])
@given(values=st.lists(st.sampled_from(["open", "closed", "", " ", "ß", "z"])))
def test_texts_by_any_way(few: int, values: list[str]) -> None:
    """An array of texts is coded as the list of them, by comparing or one by one."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(_labels, "_MANY", 0)
        patch.setattr(_labels, "_FEW", few)
        codes, names = _labels.coded(np.array(values, dtype="U"), "group")
    listed, listed_names = _labels.coded(values, "group")
    assert names == listed_names
    assert codes.tolist() == listed.tolist()


def test_case_counts() -> None:
    """Weights are whole numbers of cases; one a row if not given."""
    assert _checks.case_counts(None, 3).tolist() == [1, 1, 1]
    assert _checks.case_counts([2.0, 0], 2).tolist() == [2, 0]
    with pytest.raises(InputError, match="case counts, not sampling weights"):
        _checks.case_counts([0.5], 1)
    with pytest.raises(InputError, match="as long as"):
        _checks.case_counts([1], 2)
    with pytest.raises(InputError, match="weights"):
        _checks.case_counts([-1], 1)


@pytest.mark.parametrize("level", [0.5, 0.95, np.float64(0.99)])
def test_levels(level: float) -> None:
    """A level lies strictly between 0 and 1."""
    assert _checks.level(level) == level


@pytest.mark.parametrize("level", [0, 1, -0.1, math.nan, True, "0.95", None, 950])
def test_levels_refuse(level: Any) -> None:
    """Anything else is refused."""
    with pytest.raises(InputError, match="confidence_level must be"):
        _checks.level(level)


def test_a_level_in_per_cent_is_suspected() -> None:
    """95 was meant to be 0.95."""
    with pytest.raises(InputError, match=r"did you mean 0\.95\?"):
        _checks.level(95)


def test_whole_numbers() -> None:
    """7.0 is whole; 7.9, yes and text are not; bounds are legal."""
    assert _checks.whole(7.0, "k") == 7
    assert _checks.whole(np.int64(3), "k", low=3, high=3) == 3
    wrong: Any
    for wrong in (7.9, True, "7", None, 2, 4):
        with pytest.raises(InputError, match="k must be a whole number from 3 to 3"):
            _checks.whole(wrong, "k", low=3, high=3)


def test_words() -> None:
    """An option is one of the allowed words, which are listed."""
    assert _checks.one_of("a", "x", ("a", "b")) == "a"
    with pytest.raises(InputError, match="x must be one of 'a', 'b', got 'c'"):
        _checks.one_of("c", "x", ("a", "b"))


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        (None, None),
        (pd.NA, None),
        (pd.NaT, None),
        (math.nan, None),
        (np.float64("nan"), None),
        (pa.scalar(None, pa.int64()), None),
        (pa.scalar(7), 7),
        (pa.scalar(7.5), 7.5),
        (pa.scalar("7"), "7"),
        (np.int64(7), 7),
        (np.float32(7.5), 7.5),
        (np.bool_(True), True),
        (False, False),
        (7.0, 7),
        (Decimal("7.5"), 7.5),
        ("7", "7"),
        ([7], [7]),
    ],
    ids=lambda value: f"{type(value).__name__} {value}",
)
def test_plain_cells(cell: Any, expected: Any) -> None:
    """A cell of any library becomes None, a yes/no, a number or a text of Python."""
    found = _checks.plain(cell)
    assert found == expected
    assert type(found) is type(expected)


def test_masked_arrays() -> None:
    """What is masked is missing, whatever stands below the mask."""
    mask = [False, True, False]
    found = _checks.numbers(np.ma.MaskedArray([1, 2, 3], mask=mask), "x")
    np.testing.assert_array_equal(found, [1, math.nan, 3])
    yes_no = np.ma.MaskedArray([True, False, False], mask=mask)
    assert _checks.events(yes_no, "event").tolist() == [1, -1, 0]
    names = np.ma.MaskedArray(["b", "x", "a"], mask=mask)
    codes, found_names = _labels.coded(names, "group")
    assert (codes.tolist(), found_names) == ([1, -1, 0], ("a", "b"))
    counts = _labels.coded(np.ma.MaskedArray([5, 6, 4], mask=mask), "group")
    assert (counts[0].tolist(), counts[1]) == ([1, -1, 0], (4.0, 5.0))


@pytest.mark.parametrize(
    "values",
    [
        [3, 1, 3],
        [-(2**62), 2**62, 0, 2**62],
        [2**16 + 5, 5, 6],
        [2**16 + 4, 5, 6],
        [-2, -1, -2],
    ],
)
@given(data=st.data())
def test_whole_labels_by_any_way(values: list[int], data: st.DataObject) -> None:
    """Counting and sorting code whole labels alike, as a plain dictionary does."""
    drawn = data.draw(st.lists(st.sampled_from(values), max_size=8))
    ordered = sorted(set(drawn))
    codes, names = _labels.coded(np.array(drawn, dtype=np.int64), "group")
    assert names == tuple(ordered)
    assert codes.tolist() == [ordered.index(value) for value in drawn]


def test_labels_beyond_signed_numbers() -> None:
    """Unsigned labels above 2**63 are coded; a step from there loses nothing."""
    high = np.array([2**63, 2**63 + 2, 2**63, 2**63 - 1], dtype=np.uint64)
    codes, names = _labels.coded(high, "group")
    assert names == (2**63 - 1, 2**63, 2**63 + 2)
    assert codes.tolist() == [1, 2, 1, 0]


def test_infinity_where_it_is_an_end() -> None:
    """An end that was never seen may be infinite; nothing else may."""
    ends = _checks.numbers([1, math.inf], "right", low=0, infinite=True)
    assert ends.tolist() == [1, math.inf]
    with pytest.raises(InputError, match=r"right\[1\] must be a number from 0 to inf"):
        _checks.numbers([1, -1], "right", low=0, infinite=True)


def test_counts_that_add_up_exactly() -> None:
    """Cases may number 2**53 together, not more; a missing count is refused."""
    most = 2.0**53
    assert _checks.case_counts([most / 2, most / 2], 2).sum() == most
    with pytest.raises(InputError, match=r"at most 2\*\*53 cases together"):
        _checks.case_counts([most, 2.0], 2)
    with pytest.raises(InputError, match=r"weights\[1\] must be a whole number"):
        _checks.case_counts([1, None], 2)


@pytest.mark.parametrize(
    ("level", "hint"),
    [(99.9, "0.999"), (1.5, "0.015"), (1.0, ""), (100.0, ""), (-5.0, "")],
)
def test_only_a_per_cent_is_suspected(level: float, hint: str) -> None:
    """A hint is given where a level could have been meant in per cent."""
    with pytest.raises(InputError) as caught:
        _checks.level(level)
    assert ("did you mean" in str(caught.value)) is bool(hint)
    assert hint in str(caught.value)


def test_generators() -> None:
    """A generator is taken, a seed makes one, and nothing is seeded silently."""
    mine = np.random.default_rng(1)
    assert _checks.generator(mine) is mine
    assert _checks.generator(1).random() == np.random.default_rng(1).random()
    wrong: Any
    for wrong in (None, True, 1.5):
        with pytest.raises(InputError, match="rng must be a numpy Generator"):
            _checks.generator(wrong)


@pytest.mark.parametrize(
    "missing", [np.ma.masked, Decimal("NaN"), Decimal("sNaN"), pd.NaT, None]
)
def test_a_missing_value_of_a_library_is_never_a_number(missing: Any) -> None:
    """A masked value is no 0 and a signaling NaN no error: both are missing."""
    assert math.isnan(_checks.numbers([1, missing], "x")[1])
    assert _labels.coded(["a", missing], "g")[0].tolist() == [0, -1]
    assert _checks.events([True, missing], "e").tolist() == [1, -1]
    assert _checks.plain(missing) is None


@pytest.mark.parametrize(
    "values", [Counter([7, 7, 3]), {7: 2, 3: 1}, {7, 3}, frozenset({7})], ids=type
)
@pytest.mark.parametrize(
    "check", [_checks.numbers, _checks.events, _labels.coded], ids=lambda f: f.__name__
)
def test_a_mapping_or_set_is_no_column(check: Callable[..., Any], values: Any) -> None:
    """The keys of a mapping are not its values, and a set forgets ties: say so."""
    with pytest.raises(InputError, match="give a list"):
        check(values, "x")


def test_what_no_column_can_hold_is_refused_at_its_place() -> None:
    """A number beyond every float and a label that is a list are named by place."""
    with pytest.raises(InputError, match=r"x\[1\] .* got a number of 401 digits"):
        _checks.numbers([1, 10**400], "x")
    with pytest.raises(InputError, match=r"g\[1\] must be a text, .* got \[1\]"):
        _labels.coded(["a", [1]], "g")
    with pytest.raises(InputError, match=r"seed, got -1"):
        _checks.generator(-1)


@given(st.integers())
def test_a_whole_number_of_a_cell_keeps_its_digits(number: int) -> None:
    """A long identifier is not rounded to what a float can hold."""
    assert _checks.plain(number) == number


@given(st.lists(st.none() | st.booleans() | st.sampled_from([0, 1, 0.0, math.nan])))
def test_events_are_read_alike_in_any_mixture(values: list[Any]) -> None:
    """Yes, no and missing keep their meaning, whatever stands beside them."""
    alone = [_checks.events([value], "e")[0] for value in values]
    assert _checks.events(values, "e").tolist() == alone


def test_a_message_shows_numbers_as_they_were_given() -> None:
    """No message speaks of the types of NumPy."""
    with pytest.raises(InputError, match=r"censored\), got 2\.0;"):
        _checks.events([1, 2], "e")
    with pytest.raises(InputError, match=r"inf, got inf$"):
        _checks.numbers(np.array([1.0, math.inf]), "x")


@given(
    st.lists(st.integers(-(10**11), 10**11), min_size=1, max_size=20),
    st.integers(0, 6),
)
def test_sums_of_decimals_tie(whole: list[int], decimals: int) -> None:
    """A decimal and the same number as a sum of two others are one value."""
    unit = 10**decimals
    plain = np.array([number / unit for number in whole])
    computed = (plain + 0.1) - 0.1
    largest = float(np.abs(plain).max()) + 0.1
    first, second = _checks.on_grid(plain, largest), _checks.on_grid(computed, largest)
    # A sum may fall on the two sides of the middle between two points of the grid.
    step = 10.0 ** (math.floor(math.log10(largest)) - 11)
    assert np.abs(first - second).max() <= step * 1.01
    short = np.array([number % 1000 / 10 for number in whole])
    assert _checks.on_grid((short + 0.3) - 0.3, 200.0).tolist() == short.tolist()


@given(st.lists(st.floats(-1e300, 1e300), min_size=1, max_size=20))
def test_the_grid_is_at_rest(values: list[float]) -> None:
    """Values on the grid stay; whole numbers and missing values are never moved."""
    given_values = np.array([*values, math.nan])
    found = _checks.on_grid(given_values)
    whole = given_values == np.rint(given_values)
    assert np.array_equal(found[whole], given_values[whole])
    assert math.isnan(found[-1])
    largest = float(np.nanmax(np.abs(given_values)))
    assert np.array_equal(_checks.on_grid(found, largest), found, equal_nan=True)
    known = found[:-1]
    assert (np.abs(known - given_values[:-1]) <= largest * 1e-11).all()
    order = np.argsort(given_values[:-1], kind="stable")
    moved = ~whole[:-1][order]
    assert (np.diff(known[order][moved]) >= 0).all()
