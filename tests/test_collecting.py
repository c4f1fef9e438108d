"""What a database says while it counts is told in words, and nothing else is."""

from typing import Any

import pytest

from iph._collecting import collected
from iph.errors import DataError


class _Frame:
    """A table that cannot be counted, of Ibis or of another engine."""

    def __init__(self, said: str, *, is_ibis: bool) -> None:
        self.said = said
        self.found = is_ibis

    @property
    def implementation(self) -> Any:
        return self

    def is_ibis(self) -> bool:
        return self.found

    def collect(self) -> Any:
        raise ConnectionError(self.said)


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("no rule for 'Log2'.\nmore of it", r"\(no rule for 'Log2'\); export them"),
        ("", r"\(ConnectionError\); export them"),
    ],
)
def test_a_database_that_cannot_count(said: str, told: str) -> None:
    """The first line of what it says stands in the message, all of it behind."""
    with pytest.raises(DataError, match=f"the database cannot count .*{told}") as found:
        collected(_Frame(said, is_ibis=True))
    assert isinstance(found.value.__cause__, ConnectionError)


def test_an_engine_that_is_tested() -> None:
    """An error of DuckDB or Polars is none of the user's making."""
    with pytest.raises(ConnectionError, match="broken"):
        collected(_Frame("broken", is_ibis=False))
