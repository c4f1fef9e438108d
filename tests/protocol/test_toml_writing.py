"""What is written as TOML is read again."""

import tomllib
from fractions import Fraction
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from iph.protocol._toml_writing import amount, toml_key, toml_value

LETTERS = st.characters(exclude_categories=["Cs"])
NAMES = st.text(LETTERS, max_size=8)
VALUES = st.recursive(
    st.booleans()
    | st.integers(-(2**63), 2**63)
    | st.text(LETTERS)
    | st.floats(allow_nan=False),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3)
    ),
    max_leaves=5,
)


@given(st.dictionaries(NAMES, VALUES, max_size=4))
def test_a_table_is_read_again(table: dict[str, Any]) -> None:
    """Keys, texts, numbers, lists and tables keep what they are."""
    text = "".join(f"{toml_key(k)} = {toml_value(v)}\n" for k, v in table.items())
    assert tomllib.loads(text) == table


@given(st.fractions(min_value=0, max_denominator=10**9))
def test_an_amount_is_exact(value: Fraction) -> None:
    """No digit of a factor is lost."""
    assert Fraction(amount(value)) == value


def test_amounts_are_short_where_they_can_be() -> None:
    """Whole numbers and decimals are written as such."""
    assert amount(Fraction(3)) == 3
    assert amount(Fraction("0.45359237")) == "0.45359237"
    assert amount(Fraction(1, 3)) == "1/3"
