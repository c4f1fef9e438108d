"""Volume of a hematoma from three diameters."""

import math
from collections.abc import Callable, Mapping, Sequence
from itertools import permutations
from typing import Any

import attrs
import narwhals.stable.v2 as nw
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from iph.errors import InputError
from iph.scales import VOLUME_RULES, ellipsoid_volume_ml

Evaluate = Callable[[Mapping[str, Sequence[Any]], nw.Expr], list[Any]]

DIAMETERS = st.floats(0.1, 20)


@pytest.mark.parametrize(
    ("diameters", "rule", "volume"),
    [
        ((8, 5, 7), "ellipsoid", 147),
        ((8, 5, 7), "abc/2", 140),
        ((9.4, 6.4, 5.2), "abc/2", 156),
        ((9, 5, 4.5), "abc/2", 101),
        ((6.5, 3.0, 7.4), "abc/2", 72),
        ((11, 5, 6), "abc/2", 165),
        ((9, 5, 4), "abc/3", 60),
    ],
)
def test_published(diameters: Any, rule: str, volume: float) -> None:
    """The volumes of published patients, in whole milliliters."""
    found = ellipsoid_volume_ml(*diameters, rule=rule)
    assert found is not None
    assert round(found) == volume


@given(sides=st.tuples(DIAMETERS, DIAMETERS, DIAMETERS))
def test_properties(sides: tuple[float, float, float]) -> None:
    """Any order of diameters is the same, and twice the size is eight volumes."""
    volume = ellipsoid_volume_ml(*sides)
    for order in permutations(sides):
        assert ellipsoid_volume_ml(*order) == pytest.approx(volume, rel=1e-12)
    double = ellipsoid_volume_ml(*(2 * side for side in sides))
    assert double == pytest.approx(8 * volume, rel=1e-12)  # type: ignore[operator] # not None here
    half = ellipsoid_volume_ml(*sides, rule="abc/2")
    assert volume / half == pytest.approx(math.pi / 3, rel=1e-12)  # type: ignore[operator] # not None here
    assert ellipsoid_volume_ml(*([side] for side in sides)).tolist() == [volume]


def test_bounds(evaluate: Evaluate) -> None:
    """A diameter of 0.1 or 40 cm is legal, the number beyond is not."""
    smallest = ellipsoid_volume_ml(0.1, 0.1, 0.1)
    assert smallest == pytest.approx(math.pi / 6000, rel=1e-12)
    largest = ellipsoid_volume_ml(40, 40, 40, rule="abc/2")
    assert largest == pytest.approx(32_000, rel=1e-12)
    beyond = (math.nextafter(0.1, 0), math.nextafter(40, 41))
    for side in beyond:
        with pytest.raises(InputError, match=r"a must be a number from 0\.1 to 40"):
            ellipsoid_volume_ml(side, 5, 5)
    legal = VOLUME_RULES["abc/2"].expr("a", "b", "c")
    data = {"a": [0.1, 40.0, *beyond], "b": [2.0] * 4, "c": [1.0] * 4}
    found = evaluate(data, legal)
    assert found[2:] == [None, None]
    np.testing.assert_allclose(np.array(found[:2], dtype=float), [0.1, 40], rtol=1e-12)


def test_missing() -> None:
    """A missing diameter leaves the volume missing, alone and in a column."""
    for place in range(3):
        sides: list[float | None] = [8, 5, 7]
        sides[place] = None
        assert ellipsoid_volume_ml(*sides) is None
    volumes = ellipsoid_volume_ml([8, None, 2], [5, 5, math.nan], [7, 7, 1])
    np.testing.assert_allclose(volumes, [math.pi / 6 * 280, math.nan, math.nan])


@pytest.mark.parametrize("rule", VOLUME_RULES)
def test_expression(evaluate: Evaluate, rule: str) -> None:
    """An expression gives the volumes of the function; null where it cannot."""
    a: list[Any] = [8.0, None, 2.0, 5.0, 80.0]
    b: list[Any] = [5.0, 5.0, math.nan, 4.0, 50.0]
    c: list[Any] = [7, 7, 1, 3, 70]
    expected = ellipsoid_volume_ml(a[:4], b[:4], c[:4], rule=rule).tolist()
    for expression in (
        VOLUME_RULES[rule].expr("a", "b", "c"),
        VOLUME_RULES[rule].expr(nw.col("a"), nw.col("b"), nw.col("c")),
    ):
        found = evaluate({"a": a, "b": b, "c": c}, expression)
        assert [x is None for x in found] == [False, True, True, False, True]
        np.testing.assert_allclose(
            np.array(found[:4], dtype=float), expected, rtol=1e-12
        )


def test_everything_is_given_by_name() -> None:
    """A rule is made by the names of its parts."""
    for rule in VOLUME_RULES.values():
        assert all(field.kw_only for field in attrs.fields(type(rule)))


def test_one_diameter_for_a_column() -> None:
    """A single diameter, wherever it stands, stands for all rows of the others."""
    assert ellipsoid_volume_ml([2, 4], 3, 1, rule="abc/2").tolist() == [3, 6]  # type: ignore[call-overload] # also mixed
    assert ellipsoid_volume_ml(3, 1, [2, 4], rule="abc/2").tolist() == [3, 6]  # type: ignore[call-overload] # also mixed


def test_messages() -> None:
    """A diameter in millimeters, other lengths and rules are refused."""
    with pytest.raises(InputError, match=r"b must be .* is it in mm. divide by 10"):
        ellipsoid_volume_ml(8, 50, 7)
    with pytest.raises(InputError, match=r"c must be a number from 0\.1 to 40"):
        ellipsoid_volume_ml(8, 5, 0)
    with pytest.raises(InputError, match=r"b must be as long as a \(2\), got 3"):
        ellipsoid_volume_ml([8, 8], [5, 5, 5], [7, 7])
    with pytest.raises(InputError, match="rule must be one of 'ellipsoid', 'abc/2'"):
        ellipsoid_volume_ml(8, 5, 7, rule="abc")
